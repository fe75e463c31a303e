//! A metric that `compile(metrics=...)` was given: a name, a class, a function or an object, made ready for its output.
//!
//! source: keras/src/trainers/compile_utils.py: get_metric, tf_keras/src/engine/compile_utils.py: _get_metric_object

use std::rc::Rc;

use keras::metrics::MetricCall;
use keras::{Bound, Named};
use ops::{Arg, Keras};

use crate::heap::ObjId;
use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::{Args, Value};

/// A metric that `compile` was given, made ready for its output.
#[derive(Clone, Debug)]
pub struct Metric {
    /// The name in logs, without the output's.
    pub name: Rc<str>,
    /// What it is.
    pub kind: MetricKind,
}

/// What a metric is.
#[derive(Clone, Debug)]
pub enum MetricKind {
    /// The mean of a function that is declared.
    Accuracy(&'static keras::metrics::MetricFunction),
    /// The mean of a loss.
    Loss(&'static keras::losses::Loss),
    /// The mean of a function of the script.
    Function(Value),
    /// An object.
    Object(ObjId),
    /// Nothing is known of it.
    Unknown,
}

impl Metric {
    /// Returns what the metric averages, if it is none that keeps its values itself; `function` is its function as
    /// [`Interp::metric_function`] reads it.
    pub(crate) fn averaged<'m>(&self, keras: Keras, function: &'m Arg) -> Option<MetricCall<'m>> {
        let settings = Bound { keras, class: "", args: &[] };
        match &self.kind {
            MetricKind::Accuracy(f) => Some(MetricCall::Accuracy(f, settings)),
            MetricKind::Loss(loss) => Some(MetricCall::Loss(loss, settings)),
            MetricKind::Function(_) => Some(MetricCall::Function(function)),
            MetricKind::Object(_) | MetricKind::Unknown => None,
        }
    }
}

impl Interp<'_> {
    /// Reads the function of the script that a metric averages.
    pub(crate) fn metric_function(&mut self, metric: &Metric) -> Arg {
        match &metric.kind {
            MetricKind::Function(function) => self.arg(function),
            _ => Arg::Missing,
        }
    }

    /// Reads one of the metrics that `compile` was given; nothing for `None`.
    ///
    /// # Errors
    /// What Keras raises for a name or object that it does not know.
    pub(crate) fn metric_of(
        &mut self,
        given: &Value,
        y_true: &Value,
        y_pred: &Value,
    ) -> Eval<Option<Metric>> {
        let name = self.callable_name(given);
        let kind = match given {
            Value::None => return Ok(None),
            Value::Str(text) => {
                let shapes = (self.first_shape(y_true), self.first_shape(y_pred));
                let answer = keras::metrics::metric_named(self.keras, text, Some((&shapes.0, &shapes.1)));
                if let Some(own) = self.custom_named(text, !matches!(answer, Ok(Named::Itself) | Err(_))) {
                    return self.metric_of(&own, y_true, y_pred);
                }
                match self.settle(answer, "compile", Vec::new)? {
                    Ok(Named::Class(path)) if self.keras == Keras::Two => self.metric_by_class(path)?,
                    Ok(Named::Function(path) | Named::Class(path)) => self.metric_by_path(path)?,
                    // Keras 2 keeps an unknown string, and calls it.
                    Ok(Named::Itself) => {
                        return Err(self.raise(ops::Exc::TypeError, "'str' object is not callable"));
                    }
                    Err(_) => MetricKind::Unknown,
                }
            }
            Value::Api(path) => {
                let path = path.clone();
                self.metric_by_path(&path)?
            }
            Value::Instance(id) if self.is_metric(given) => MetricKind::Object(*id),
            Value::Class(_) if self.keras == Keras::Three => {
                let made = self.call(given, Args::default())?;
                return self.metric_of(&made, y_true, y_pred);
            }
            Value::Function(_) | Value::Bound(_) | Value::Native(_) | Value::Wrapped(_) => {
                MetricKind::Function(given.clone())
            }
            Value::Instance(_) => MetricKind::Function(given.clone()),
            // `metrics=[f1(y, y)]`: what a function gave stands where the function was meant.
            Value::Int(_) | Value::Float(_) | Value::Bool(_) | Value::Tensor(_) if self.is_scalar(given) => {
                self.refuse_identifier(&keras::metrics::METRIC_NAMES, given, "compile")?;
                MetricKind::Unknown
            }
            _ => MetricKind::Unknown,
        };
        let name = match (&kind, given) {
            // The name of a class gives way to the object's own: `metrics=["AUC"]` is shown as `auc`, then `auc_1`.
            (MetricKind::Object(made), Value::Str(_)) if self.keras == Keras::Two => {
                self.callable_name(&Value::Instance(*made))
            }
            _ => name,
        };
        Ok(Some(Metric { name, kind }))
    }

    /// Tells whether a value is one number: Keras 2 compares an array with names before it asks what it is.
    fn is_scalar(&self, value: &Value) -> bool {
        match value {
            Value::Tensor(node) => self.trace.node(*node).spec.shape.rank() == Some(0),
            _ => true,
        }
    }

    fn metric_by_path(&mut self, path: &str) -> Eval<MetricKind> {
        if let Some(function) = keras::metrics::find_metric_function(path) {
            return Ok(MetricKind::Accuracy(function));
        }
        let name = path.rsplit(['.', ':']).next().unwrap_or(path);
        if let Some(loss) = keras::losses::find_loss(&format!("keras.losses.{name}")) {
            return Ok(MetricKind::Loss(loss));
        }
        self.metric_by_class(path)
    }

    /// Makes an object of a class of metrics that is given by its path.
    fn metric_by_class(&mut self, path: &str) -> Eval<MetricKind> {
        if !keras::is_class(path) || path.contains(':') {
            return Ok(MetricKind::Unknown);
        }
        let class = self.native_class(path);
        match self.instantiate(class, Args::default())? {
            Value::Instance(id) if self.config(id).is_some() => Ok(MetricKind::Object(id)),
            _ => Ok(MetricKind::Unknown),
        }
    }

    /// Carries out a metric's `update_state`.
    ///
    /// # Errors
    /// What Keras or the script's own code raises.
    pub(crate) fn update_metric(
        &mut self,
        metric: &Metric,
        y_true: &Value,
        y_pred: &Value,
        weight: &Value,
    ) -> Eval<()> {
        let by = format!("metric '{}'", metric.name);
        self.judging(&by, y_true, y_pred, |interp| interp.apply_metric(metric, y_true, y_pred, weight))
    }

    fn apply_metric(&mut self, metric: &Metric, y_true: &Value, y_pred: &Value, weight: &Value) -> Eval<()> {
        if let MetricKind::Object(id) = metric.kind {
            let args = Args {
                positional: vec![y_true.clone(), y_pred.clone()],
                keywords: vec![("sample_weight".into(), weight.clone())],
            };
            self.call_method(&Value::Instance(id), "update_state", args)?;
            return Ok(());
        }
        if self.hides_unknown(y_true) || self.hides_unknown(y_pred) {
            return Ok(());
        }
        let function = self.metric_function(metric);
        let Some(call) = metric.averaged(self.keras, &function) else { return Ok(()) };
        let (y_true, y_pred, weight) = (self.arg(y_true), self.arg(y_pred), self.arg(weight));
        let answer = keras::metrics::update_metric(self, call, y_true, y_pred, &weight);
        if let (Err(_), MetricKind::Function(_)) =
            (self.settle(answer, &metric.name, Vec::new)?, &metric.kind)
        {
            self.undecided("a metric of the script that is not known");
        }
        Ok(())
    }
}
