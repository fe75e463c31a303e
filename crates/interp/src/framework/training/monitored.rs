//! The number that a callback watches, and whether more of it is better: Keras 3 asks the compiled metrics.
//!
//! source: keras/src/callbacks/monitor_callback.py: `_set_monitor_op`

use ops::{Arg, Keras};

use crate::framework::compile::OutputMetric;
use crate::framework::given_metric::MetricKind;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::Value;

/// What a metric says of its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    Up,
    Down,
    /// Nothing: it has no `_direction`.
    Untold,
    Unknown,
}

/// Metrics without `_direction`, which their subclasses lack as well.
const UNTOLD: [&str; 8] = [
    "Metric",
    "Mean",
    "Sum",
    "TruePositives",
    "TrueNegatives",
    "FalsePositives",
    "FalseNegatives",
    "MeanTensor",
];

/// Parts of the names of the classes of which less is better.
const DOWN: [&str; 6] = ["Error", "Hinge", "Crossentropy", "LogCosh", "KLDivergence", "Poisson"];

impl Interp<'_> {
    /// Refuses, at the end of an epoch in Keras 3, to watch a number of which it is not known whether more is better.
    ///
    /// # Errors
    /// `ValueError`
    pub(crate) fn refuse_monitor(&mut self, id: ObjId) -> Eval<()> {
        let auto = match self.callback_setting(id, "mode") {
            Arg::Missing => true,
            Arg::Str(mode) => !matches!(&*mode, "min" | "max"),
            _ => false,
        };
        let Some(model) = self.model_of_callback(id).filter(|_| auto && self.keras == Keras::Three) else {
            return Ok(());
        };
        if matches!(self.callback_setting(id, "monitor"), Arg::Str(_) | Arg::Missing)
            && self.monitored_direction(id, model) == Direction::Untold
        {
            let (class, monitor) = (self.class_name(id), self.monitor_of_callback(id));
            let text = format!(
                "{class} callback received monitor={monitor}, but Keras isn't able to automatically determine whether \
                 that metric should be maximized or minimized. Pass `mode='max'` in order to monitor based on the \
                 highest metric value, or pass `mode='min'` in order to use the lowest value."
            );
            return Err(self.bad_argument("monitor", text));
        }
        Ok(())
    }

    /// Tells whether more is better of the number that a callback watches.
    pub(crate) fn more_is_better(&mut self, id: ObjId) -> bool {
        let monitor = self.monitor_of_callback(id);
        let mode = match self.callback_setting(id, "mode") {
            Arg::Str(mode) => mode,
            _ => "auto".into(),
        };
        if self.keras == Keras::Three
            && !matches!(&*mode, "min" | "max")
            && let Some(model) = self.model_of_callback(id)
        {
            match self.monitored_direction(id, model) {
                Direction::Up => return true,
                Direction::Down => return false,
                Direction::Untold | Direction::Unknown => {}
            }
        }
        keras::watch::more_is_better(self.keras, &mode, &monitor)
    }

    fn monitored_direction(&mut self, id: ObjId, model: ObjId) -> Direction {
        let monitor = self.monitor_of_callback(id);
        let name = monitor.strip_prefix("val_").unwrap_or(&monitor).to_owned();
        let Some(compiled) = self.compiled(model).cloned() else { return Direction::Unknown };
        let class = self.heap.instance(model).map(|instance| instance.class);
        let owner = class.and_then(|class| self.class_attr(class, "metrics")).map(|(_, owner)| owner);
        let own = owner.is_some_and(|owner| self.class(owner).native.is_none());
        let mut found = if name == "loss" { Direction::Down } else { Direction::Untold };
        let metrics: &[OutputMetric] = match &compiled.built_metrics {
            Some(metrics) => metrics,
            None if compiled.metrics.is_none() && compiled.weighted_metrics.is_none() => &[],
            None => return Direction::Unknown,
        };
        if own || metrics.iter().any(|m| matches!(m.metric.kind, MetricKind::Unknown)) {
            return if found == Direction::Down { found } else { Direction::Unknown };
        }
        for metric in metrics.iter().filter(|m| *m.metric.name == *name) {
            match self.direction(&metric.metric.kind) {
                Direction::Untold => {}
                told => found = told,
            }
        }
        found
    }

    fn direction(&mut self, kind: &MetricKind) -> Direction {
        let id = match kind {
            MetricKind::Accuracy(_) => return Direction::Up,
            MetricKind::Loss(loss) if loss.function.ends_with("osine_similarity") => {
                return Direction::Unknown;
            }
            MetricKind::Loss(_) => return Direction::Down,
            MetricKind::Function(Value::Function(_)) => return Direction::Untold,
            MetricKind::Function(_) | MetricKind::Unknown => return Direction::Unknown,
            MetricKind::Object(id) => *id,
        };
        if self.callback_state(id, "_direction").is_some() {
            return Direction::Unknown;
        }
        let path = self.config(id).map(|state| state.path.clone()).unwrap_or_default();
        let Some(class) = path.strip_prefix("keras.metrics.") else { return Direction::Unknown };
        match class {
            "MeanMetricWrapper" => Direction::Unknown,
            _ if UNTOLD.contains(&class) => Direction::Untold,
            _ if DOWN.iter().any(|part| class.contains(part)) => Direction::Down,
            _ => Direction::Up,
        }
    }
}
