//! Under which names compiled metrics are logged.
//!
//! source: keras/src/trainers/compile_utils.py: CompileMetrics.result, tf_keras/src/engine/compile_utils.py:
//! MetricsContainer._set_metric_names

/// The names of a model's compiled metrics, in order: first those that do not look at weights of samples.
#[derive(Clone, Debug, Default)]
pub struct LogNames(Vec<String>);

/// The name of a metric.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogName {
    /// The name, the output's before the metric's.
    pub name: String,
    /// How many metrics before it have it too.
    pub before: usize,
}

impl LogNames {
    /// Returns the name of the next metric, of an output where there are several. Where another has it, one that
    /// counts samples by their weights says so in its name.
    pub fn next(&mut self, output: Option<&str>, metric: &str, weighted: bool) -> LogName {
        let full = |name: &str| match output {
            Some(output) => format!("{output}_{name}"),
            None => name.to_owned(),
        };
        let before = |name: &str| self.0.iter().filter(|known| *known == name).count();
        let mut name = full(metric);
        if weighted && before(&name) > 0 {
            name = full(&format!("weighted_{metric}"));
        }
        let before = before(&name);
        self.0.push(name.clone());
        LogName { name, before }
    }
}

impl LogName {
    /// Returns the name that Keras 3 tells it apart by: `mae_1`. Keras 2 refuses a name that another has.
    pub fn numbered(self) -> String {
        match self.before {
            0 => self.name,
            before => format!("{}_{before}", self.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_apart() {
        let mut names = LogNames::default();
        let mut next = |output, weighted| names.next(output, "mae", weighted).numbered();
        assert_eq!([next(None, false), next(None, false), next(None, false)], ["mae", "mae_1", "mae_2"]);
        assert_eq!([next(Some("a"), false), next(Some("a"), true)], ["a_mae", "a_weighted_mae"]);
        assert_eq!([next(None, true), next(None, true)], ["weighted_mae", "weighted_mae_1"]);
    }
}
