//! Metrics that count: confusion matrices, intersections over unions, F-scores. What they refuse are shapes of
//! labels and predictions that do not fit each other.
//!
//! source: keras/src/metrics/metrics_utils.py, keras/src/metrics/{iou,f_score,regression}_metrics.py,
//! tf_keras/src/utils/metrics_utils.py

use ops::{Arg, Exc, Infer, Keras, Mistake, Stop, Violation};
use tensor::Shape;

use super::signs::{check_classes, check_signs, has_class, on_data};
use crate::tools::{Tools, check_compatible, dtype_of, rank_of, shape_of, squeeze_for_loss};
use crate::{Bound, Runner};

/// How a class counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counting {
    /// True and false positives and negatives at a few thresholds: `Precision`.
    Thresholds,
    /// The same at many evenly spaced thresholds: `AUC`.
    Buckets,
    /// A confusion matrix of classes: `MeanIoU`.
    Classes,
    /// Columns of a matrix: `F1Score`, `R2Score`; with the name that their errors say.
    Columns(&'static str),
}

/// Finds how a class counts, by its path.
pub fn counting(path: &str) -> Option<Counting> {
    Some(match path.strip_prefix("keras.metrics.")? {
        "Precision" | "Recall" | "TruePositives" | "TrueNegatives" | "FalsePositives" | "FalseNegatives" => {
            Counting::Thresholds
        }
        "AUC"
        | "SensitivityAtSpecificity"
        | "SpecificityAtSensitivity"
        | "PrecisionAtRecall"
        | "RecallAtPrecision" => Counting::Buckets,
        "MeanIoU" | "IoU" | "BinaryIoU" | "OneHotIoU" | "OneHotMeanIoU" => Counting::Classes,
        "F1Score" | "FBetaScore" => Counting::Columns("FBetaScore"),
        "R2Score" => Counting::Columns("R2Score"),
        _ => return None,
    })
}

/// Returns the shape of a metric's result: a number, but for several thresholds one for each; nothing where it hangs
/// on the data.
pub fn result_shape(path: &str, settings: &Bound<'_>) -> Option<Shape> {
    match (path.strip_prefix("keras.metrics.").unwrap_or(path), counting(path)) {
        ("MeanTensor", _) => None,
        ("F1Score" | "FBetaScore", _) if settings.get("average").is_none() => None,
        ("R2Score", _) if settings.get("class_aggregation") == Arg::None => None,
        (_, Some(Counting::Thresholds)) => match settings.get("thresholds").items() {
            Some(items) if items.len() > 1 => Some(Shape::known(&[items.len() as i64])),
            _ => Some(Shape::scalar()),
        },
        _ => Some(Shape::scalar()),
    }
}

/// Checks labels and predictions as `update_state(y_true, y_pred)` does in a traced step.
///
/// # Errors
/// What Keras or TensorFlow raises; `Stop::Unknown` for shapes that do not fit in a way that is not modelled.
pub fn check_counting(
    runner: &mut dyn Runner,
    counting: Counting,
    y_true: Arg,
    y_pred: Arg,
    weight: &Arg,
    settings: &Bound<'_>,
) -> Infer<()> {
    if let Counting::Columns(name) = counting {
        return check_columns(runner.keras(), name, &y_true, &y_pred);
    }
    let tools = &mut Tools::new(runner);
    match (counting, tools.keras()) {
        (Counting::Classes, _) => check_classes(tools, &y_true, &y_pred, weight, settings),
        (_, Keras::Three) => check_signs(tools, counting, &y_true, &y_pred, weight, settings),
        (_, Keras::Two) => check_signs2(tools, y_true, y_pred, settings),
    }
}

/// Keras 2 compares the shapes before it counts.
fn check_signs2(tools: &mut Tools<'_>, y_true: Arg, y_pred: Arg, settings: &Bound<'_>) -> Infer<()> {
    super::signs::has_labels(&y_pred, settings)?;
    let (y_true, y_pred) = squeeze_for_loss(tools, y_true, y_pred)?;
    check_compatible(tools, &y_pred, &y_true)?;
    if settings.get("multi_label") == Arg::Bool(true) {
        super::signs::fits_count(tools, &shape_of(&y_pred), settings)?;
    }
    if let k @ Arg::Int(_) = settings.get("top_k") {
        tools.call(["tf.math.top_k", ""], &[&y_pred, &k], &[])?;
    }
    match settings.get("class_id") {
        Arg::Int(class) => {
            let eager = on_data(tools);
            has_class(&shape_of(&y_pred), class, eager)
        }
        _ => Ok(()),
    }
}

fn check_columns(keras: Keras, name: &str, y_true: &Arg, y_pred: &Arg) -> Infer<()> {
    let (labels, predictions) = (shape_of(y_true), shape_of(y_pred));
    let array = matches!(y_true, Arg::Tensor(operand) if operand.kind == ops::TensorKind::Numpy);
    if keras == Keras::Two
        && !array
        && let Some(dtype) = dtype_of(y_true)
        && !dtype.is_floating()
    {
        let shape = labels.tuple();
        return Err(misfit(format!(
            "Tensor conversion requested dtype float32 for Tensor with dtype {dtype}: <tf.Tensor 'ExpandDims_1:0' \
             shape={shape} dtype={dtype}>"
        )));
    }
    if rank_of(y_true)? != 2 || rank_of(y_pred)? != 2 {
        let (t, p) = (labels.tuple(), predictions.tuple());
        return Err(misfit(format!(
            "{name} expects 2D inputs with shape (batch_size, output_dim). Received input shapes: y_pred.shape={p} and \
             y_true.shape={t}."
        )));
    }
    if labels.compatible(&predictions) { Ok(()) } else { Err(Stop::Unknown("labels that do not fit")) }
}

pub(super) fn misfit(core: String) -> Stop {
    let problem = core.clone();
    Violation::stop(Exc::ValueError, core, Mistake::Data { problem })
}
