//! What happens to a batch in a metric's `update_state`.
//!
//! source: keras/src/metrics/reduction_metrics.py, tf_keras/src/metrics/base_metric.py

use ops::{Arg, Infer, Keras, Stop};
use tensor::DType;

use super::accuracy::MetricFunction;
use crate::losses::Loss;
use crate::tools::{Tools, squeeze_for_loss};
use crate::{Bound, Runner};

/// What a metric computes of labels and predictions.
#[derive(Clone, Copy, Debug)]
pub enum MetricCall<'a> {
    /// An accuracy, by its function or class.
    Accuracy(&'static MetricFunction, Bound<'a>),
    /// A loss averaged as a metric.
    Loss(&'static Loss, Bound<'a>),
    /// A function of the script.
    Function(&'a Arg),
}

/// Carries out `update_state(y_true, y_pred, sample_weight)` of a metric that averages a function.
///
/// # Errors
/// What Keras raises for shapes that do not fit.
pub fn update_metric(
    runner: &mut dyn Runner,
    metric: MetricCall<'_>,
    y_true: Arg,
    y_pred: Arg,
    sample_weight: &Arg,
) -> Infer<()> {
    let values = metric_values(runner, metric, y_true, y_pred)?;
    if !matches!(values, Arg::Tensor(_)) || sample_weight.is_none() {
        return Ok(());
    }
    match super::tally::weigh(runner, values, sample_weight.clone()) {
        // A mean of values whose number is not known is one all the same.
        Err(Stop::Unknown(_)) => Ok(()),
        answer => answer,
    }
}

/// Computes what a metric averages.
///
/// # Errors
/// What Keras raises for shapes that do not fit.
pub(super) fn metric_values(
    runner: &mut dyn Runner,
    metric: MetricCall<'_>,
    y_true: Arg,
    y_pred: Arg,
) -> Infer<Arg> {
    let (mut y_true, mut y_pred) = (y_true, y_pred);
    if runner.keras() == Keras::Two {
        let dtype = match metric {
            MetricCall::Accuracy(_, settings) | MetricCall::Loss(_, settings) => settings.get("dtype"),
            MetricCall::Function(_) => Arg::None,
        };
        let dtype = match dtype {
            Arg::Str(name) => DType::parse(&name),
            Arg::DType(dtype) => Some(dtype),
            _ => None,
        };
        let dtype = dtype.unwrap_or(DType::Float32);
        let mut tools = Tools::new(runner);
        y_true = tools.cast(&y_true, dtype)?;
        y_pred = tools.cast(&y_pred, dtype)?;
        (y_true, y_pred) = squeeze_for_loss(&mut tools, y_true, y_pred)?;
    }
    match metric {
        MetricCall::Accuracy(f, settings) => f.compute(runner, y_true, y_pred, &settings),
        MetricCall::Loss(loss, settings) => {
            let values = loss.compute(runner, y_true, y_pred, &settings)?;
            // The metric of this name is the loss with the other sign.
            if loss.function.ends_with("cosine_similarity") {
                return Tools::new(runner).negative(&values);
            }
            Ok(values)
        }
        MetricCall::Function(f) => runner.call(f, vec![y_true, y_pred], Vec::new()),
    }
}
