//! Metrics, and what a round keeps of them.

use keras::Named;
use keras::metrics::{Batch, MetricCall, Tally};
use ops::{Arg, Infer, Keras, Operand, Stop};

use super::Configured;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::host::{Keep, Slots};
use crate::value::Value;

/// A metric: any of `keras.metrics`, by a name that `compile` takes or by its class with arguments.
///
/// ```
/// use kerascope::Metric;
///
/// let metrics = [Metric::new("accuracy"), Metric::new("TopKCategoricalAccuracy").with("k", 3)];
/// # let _ = metrics;
/// ```
#[derive(Clone, Debug)]
pub struct Metric {
    config: Configured,
    /// Whether it is an object, not a name.
    made: bool,
    output: Option<String>,
    weighted: bool,
}

/// A metric of one output.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) metric: Metric,
    pub(crate) output: usize,
}

/// What a batch is measured by.
pub(crate) struct Measured<'a> {
    pub(crate) y_true: &'a Operand,
    pub(crate) y_pred: &'a Operand,
    /// The weights of its samples, or `Arg::None`.
    pub(crate) sample_weight: &'a Arg,
}

impl Metric {
    /// Names a metric as `compile` takes it: `"accuracy"`, `"mae"`, `"AUC"`.
    pub fn new(name: &str) -> Metric {
        Metric { config: Configured::new(name), made: false, output: None, weighted: false }
    }

    /// Gives an argument of the class's constructor, such as `thresholds`. The metric's name is then its class's.
    #[must_use]
    pub fn with(self, name: &str, value: impl Into<Value>) -> Metric {
        Metric { config: self.config.with(name, value), made: true, ..self }
    }

    /// Measures one output alone, by its name; without this, each output is measured.
    #[must_use]
    pub fn of_output(self, name: &str) -> Metric {
        Metric { output: Some(name.to_owned()), ..self }
    }

    /// Counts samples by their weights: `weighted_metrics`.
    #[must_use]
    pub fn weighted(self) -> Metric {
        Metric { weighted: true, ..self }
    }

    /// Checks the arguments.
    fn bind(self) -> Infer<Metric> {
        if !self.made {
            return Ok(self);
        }
        Ok(Metric { config: self.config.bind("metrics")?, ..self })
    }

    /// Tells whether it counts samples by their weights.
    pub(crate) fn is_weighted(&self) -> bool {
        self.weighted
    }

    /// Returns its name, if it was given by one, or else the object that it is.
    pub(crate) fn given(&self) -> std::result::Result<&str, &Configured> {
        if self.made { Err(&self.config) } else { Ok(self.config.class()) }
    }

    /// The name of its number: the one it was given by, or the object's.
    pub(crate) fn log_name(&self) -> String {
        match self.config.bound().get("name") {
            _ if !self.made => self.config.class().to_owned(),
            Arg::Str(name) => name.to_string(),
            _ => keras::snake_case(self.config.class()),
        }
    }

    /// Adds a batch to what the metric keeps, and returns its present result.
    pub(crate) fn update(&self, engine: &mut Engine, slots: &mut Slots, batch: &Measured<'_>) -> Infer<Arg> {
        let Measured { y_true, y_pred, sample_weight } = *batch;
        let shapes = Some((&y_true.spec.shape, &y_pred.spec.shape));
        let unknown = Stop::Unknown("a metric that is not modelled");
        let named;
        let (path, config) = if self.made {
            named = format!("keras.metrics.{}", self.config.class());
            (named.as_str(), self.config.clone())
        } else {
            let path = match keras::metrics::metric_named(Keras::Three, self.config.class(), shapes)? {
                Named::Function(path) | Named::Class(path) => path,
                Named::Itself => return Err(unknown),
            };
            let config = Configured::new(path.rsplit('.').next().unwrap_or(path));
            (path, if keras::is_class(path) { config.bind("metrics")? } else { config })
        };
        let call = match (keras::metrics::find_metric_function(path), loss_of(path, config.class())) {
            (Some(accuracy), _) => Some(MetricCall::Accuracy(accuracy, config.bound())),
            (None, Some(loss)) => Some(MetricCall::Loss(loss, config.bound())),
            (None, None) => None,
        };
        let mask = y_pred.node.and_then(|node| engine.masks.get(&graph::NodeId(node)).cloned());
        let (labels, predictions) = (Arg::Tensor(y_true.clone()), Arg::Tensor(y_pred.clone()));
        let weight = if self.weighted { sample_weight.clone() } else { Arg::None };
        let mut keep = Keep { engine, slots };
        match call {
            Some(call) => {
                let mask = mask.unwrap_or(Arg::None);
                let batch = keras::metrics::measured(&mut keep, call, labels, predictions, weight, &mask)?;
                keras::metrics::add_to_mean(&mut keep, batch)?;
                keras::metrics::mean(&mut keep)
            }
            None => {
                let tally = Tally { class: config.class(), settings: config.bound() };
                tally.update(&mut keep, labels, predictions, weight)?;
                tally.result(&mut keep)
            }
        }
    }
}

impl From<&str> for Metric {
    fn from(name: &str) -> Metric {
        Metric::new(name)
    }
}

/// The metrics of each output in Keras' order: those that do not look at weights of samples first.
pub(super) fn entries(metrics: impl IntoIterator<Item = Metric>, outputs: &[String]) -> Result<Vec<Entry>> {
    let metrics: Vec<Metric> = metrics.into_iter().map(Metric::bind).collect::<Infer<_>>()?;
    for metric in &metrics {
        if let Some(wanted) = metric.output.as_ref().filter(|wanted| !outputs.contains(wanted)) {
            return Err(Error::Data(format!("the model has no output '{wanted}'")));
        }
    }
    let mut entries = Vec::new();
    for weighted in [false, true] {
        for (output, name) in outputs.iter().enumerate() {
            let own = |metric: &&Metric| {
                metric.weighted == weighted && metric.output.as_ref().is_none_or(|wanted| wanted == name)
            };
            entries.extend(metrics.iter().filter(own).map(|metric| Entry { metric: metric.clone(), output }));
        }
    }
    Ok(entries)
}

fn loss_of(path: &str, class: &str) -> Option<&'static keras::losses::Loss> {
    keras::losses::find_loss(path).or_else(|| keras::losses::find_loss(&format!("keras.losses.{class}")))
}

/// Adds a loss to the mean of a round, weighed by the size of the batch, and returns the mean.
pub(crate) fn track(engine: &mut Engine, slots: &mut Slots, loss: Arg, rows: Arg) -> Infer<Arg> {
    let mut keep = Keep { engine, slots };
    keras::metrics::add_to_mean(&mut keep, Batch { values: loss, weight: rows })?;
    keras::metrics::mean(&mut keep)
}
