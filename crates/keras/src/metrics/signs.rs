//! What metrics of true and false positives and negatives, and of confusion matrices, do with a batch, as far as it
//! can raise.
//!
//! source: keras/src/metrics/metrics_utils.py: update_confusion_matrix_variables,
//! keras/src/metrics/iou_metrics.py: _IoUBase.update_state

use ops::{Arg, Exc, Infer, Keras, Mistake, Mode, Stop, Violation};
use tensor::{DType, Dim, Shape};

use super::confusion::{Counting, misfit};
use crate::Bound;
use crate::tools::{Tools, rank_of, shape_of, squeeze_or_expand};

/// Tells whether labels and predictions of several labels are what a metric takes: a row of as many for each sample.
fn agrees_on_labels(y_true: &Arg, y_pred: &Arg, weight: &Arg, settings: &Bound<'_>) -> bool {
    let (labels, predictions) = (shape_of(y_true), shape_of(y_pred));
    let last = predictions.dim(-1).and_then(Dim::known).filter(|_| predictions.rank() == Some(2));
    let fits = match (last, settings.get("num_labels")) {
        (Some(last), Arg::Int(count)) => last == count,
        (Some(_), count) => count.is_none(),
        (None, _) => false,
    };
    fits && labels == predictions && weight.is_none() && settings.get("label_weights").is_none()
}

/// Refuses predictions that are no matrix of labels, where the first batch decides the variables' shape: `AUC._build`.
pub(super) fn has_labels(y_pred: &Arg, settings: &Bound<'_>) -> Infer<()> {
    let decides = settings.get("multi_label") == Arg::Bool(true) && settings.get("num_labels").is_none();
    if !decides || rank_of(y_pred)? == 2 {
        return Ok(());
    }
    let shape = shape_of(y_pred);
    Err(misfit(format!(
        "`y_pred` must have rank 2 when `multi_label=True`. Found rank {}. Full shape received for `y_pred`: {}",
        shape.rank().unwrap_or(0),
        shape.tuple()
    )))
}

/// Refuses rows of another number of labels than the variables were made for, by `num_labels`.
pub(super) fn fits_count(t: &Tools<'_>, predictions: &Shape, settings: &Bound<'_>) -> Infer<()> {
    let (Some(&[rows, labels]), Arg::Int(count)) =
        (predictions.all_known().as_deref(), settings.get("num_labels"))
    else {
        return Ok(());
    };
    let thresholds = match settings.get("thresholds") {
        Arg::List(given) | Arg::Tuple(given) => given.len() as i64 + 2,
        _ => match settings.get("num_thresholds") {
            Arg::Int(thresholds) => thresholds,
            _ => return Ok(()),
        },
    };
    if labels == count {
        return Ok(());
    }
    if t.keras3() {
        let text = format!("Incompatible shapes: [{thresholds},{count}] vs. [{thresholds},{labels}]");
        let mistake = Mistake::Data { problem: text.clone() };
        let core = format!("{} name:", ops::spec::on_values("AddV2", &text));
        return Err(Violation::stop(Exc::InvalidArgumentError, core, mistake));
    }
    Err(misfit(format!("Number of labels is not consistent..  Specified by tensor shape=({rows}, {labels})")))
}

/// Checks labels, predictions and weights as a metric that counts at thresholds does.
///
/// # Errors
/// What Keras raises; `Stop::Unknown` for several labels.
pub(super) fn check_signs(
    t: &mut Tools<'_>,
    counting: Counting,
    y_true: &Arg,
    y_pred: &Arg,
    weight: &Arg,
    settings: &Bound<'_>,
) -> Infer<()> {
    let several = settings.get("multi_label") == Arg::Bool(true);
    has_labels(y_pred, settings)?;
    if several {
        fits_count(t, &shape_of(y_pred), settings)?;
    }
    if several && agrees_on_labels(y_true, y_pred, weight, settings) {
        return Ok(());
    }
    if several || !settings.get("label_weights").is_none() {
        return Err(Stop::Unknown("a count of several labels"));
    }
    let (y_true, y_pred) = (t.cast(y_true, DType::Float32)?, t.cast(y_pred, DType::Float32)?);
    let (y_pred, y_true) = squeeze_or_expand(t, y_pred, y_true)?;
    let weight = match weight {
        Arg::None | Arg::Missing => None,
        given => Some(beside(t, &y_true, given)?),
    };
    if let k @ Arg::Int(_) = settings.get("top_k") {
        t.call(["", "keras.ops.top_k"], &[&y_pred, &k], &[])?;
    }
    let (mut labels, mut predictions) = (shape_of(&y_true), shape_of(&y_pred));
    if let Arg::Int(class) = settings.get("class_id") {
        if predictions.rank() == Some(1) {
            return Err(misfit(format!(
                "When class_id is provided, y_pred must be a 2D array with shape (num_samples, num_classes), found shape: \
                 {}",
                predictions.tuple()
            )));
        }
        let eager = on_data(t);
        labels = one_class(&labels, class, eager)?;
        predictions = one_class(&predictions, class, eager)?;
    }
    let weights = match weight {
        Some(weight) => {
            let sizes = Arg::shape(&predictions);
            if predictions.all_known().is_some() {
                t.call(["", "keras.ops.broadcast_to"], &[&weight, &sizes], &[])?;
            }
            predictions.size()
        }
        None => Dim::Known(1),
    };
    let (of_labels, of_predictions) = (labels.size(), predictions.size());
    let rows = |size: Dim| Shape::new([Dim::Known(1), size]);
    if evenly(counting, settings)? {
        let together = spread(t, "Mul", &Shape::new([of_labels]), &Shape::new([weights]))?;
        return match (together, of_predictions) {
            (Dim::Known(labels), Dim::Known(predictions)) if labels != predictions => Err(misfit(format!(
                "Argument `segment_ids` and `data` should have same leading dimension. Got ({predictions},) v.s. ({labels},)."
            ))),
            _ => Ok(()),
        };
    }
    if predictions.rank() == Some(0) {
        let mistake = Mistake::RankMismatch { param: "y_pred", expected: "at least 1".to_owned(), got: 0 };
        return Err(Violation::stop(Exc::IndexError, "tuple index out of range", mistake));
    }
    spread(t, "LogicalAnd", &rows(of_labels), &rows(of_predictions)).map(|_| ())
}

/// Gives weights another axis, and takes it away again where labels have as many without it.
fn beside(t: &mut Tools<'_>, y_true: &Arg, weight: &Arg) -> Infer<Arg> {
    let weight = t.cast(weight, DType::Float32)?;
    let weight = t.expand_dims(&weight, -1)?;
    if rank_of(&weight)? == rank_of(y_true)? + 1 { t.squeeze(&weight, -1) } else { Ok(weight) }
}

/// Refuses a class that the last axis does not have.
pub(super) fn has_class(shape: &Shape, class: i64, eager: bool) -> Infer<()> {
    if let (Some(rank), Some(Dim::Known(size))) = (shape.rank(), shape.dim(-1))
        && !(-size..size).contains(&class)
    {
        let text = format!("slice index {class} of dimension {} out of bounds.", rank - 1);
        if !eager {
            return Err(misfit(text));
        }
        let mistake = Mistake::Data { problem: text.clone() };
        let core = format!("{} name: strided_slice/", ops::spec::on_values("StridedSlice", &text));
        return Err(Violation::stop(Exc::InvalidArgumentError, core, mistake));
    }
    Ok(())
}

/// `x[..., class_id, None]`.
fn one_class(shape: &Shape, class: i64, eager: bool) -> Infer<Shape> {
    let Some(rank) = shape.rank() else { return Err(Stop::Unknown("data of unknown rank")) };
    if rank == 0 {
        return Err(Stop::Unknown("a class of a scalar"));
    }
    has_class(shape, class, eager)?;
    Ok(shape.with_dim(rank - 1, Dim::Known(1)))
}

/// Tells whether the thresholds are many and evenly spaced, which Keras counts in buckets.
fn evenly(counting: Counting, settings: &Bound<'_>) -> Infer<bool> {
    match (counting, settings.get("thresholds")) {
        (Counting::Buckets, Arg::None | Arg::Missing) => match settings.get("num_thresholds") {
            Arg::Int(count) => Ok(count > 1),
            Arg::Missing => Ok(true),
            _ => Err(Stop::Unknown("a number of thresholds that is not known")),
        },
        (_, given) if given.items().is_some_and(|items| items.len() > 2) => {
            Err(Stop::Unknown("thresholds that may be evenly spaced"))
        }
        _ => Ok(false),
    }
}

/// Tells whether kernels see the data, whatever was known while the step was traced.
pub(super) fn on_data(t: &mut Tools<'_>) -> bool {
    matches!(t.runner().mode(), Mode::Eager | Mode::Running)
}

/// The size of two vectors together, the last axes of what a kernel takes: on values it is the kernel that refuses
/// them, in a graph its shape function.
fn spread(t: &mut Tools<'_>, kernel: &str, x: &Shape, y: &Shape) -> Infer<Dim> {
    let last = |shape: &Shape| shape.dim(-1).unwrap_or(Dim::Unknown);
    match (last(x), last(y)) {
        (Dim::Known(1), other) | (other, Dim::Known(1)) => Ok(other),
        (Dim::Known(a), Dim::Known(b)) if a != b && on_data(t) => {
            let text = format!("Incompatible shapes: {} vs. {}", x.bracketed(), y.bracketed());
            Err(on_values(kernel, &text))
        }
        (Dim::Known(a), Dim::Known(b)) if a != b => {
            Err(misfit(format!("Dimensions must be equal, but are {a} and {b}")))
        }
        (known @ Dim::Known(_), _) => Ok(known),
        (_, other) => Ok(other),
    }
}

/// Checks labels and predictions as a metric that keeps a matrix of classes does.
///
/// # Errors
/// What Keras raises.
pub(super) fn check_classes(
    t: &mut Tools<'_>,
    y_true: &Arg,
    y_pred: &Arg,
    weight: &Arg,
    settings: &Bound<'_>,
) -> Infer<()> {
    let class = settings.class;
    if class == "BinaryIoU" && settings.get("threshold") == Arg::None {
        let core = "Tried to convert 'y' to a tensor and failed. Error: None values not supported.";
        return Err(misfit(core.to_owned()));
    }
    let (labels, predictions) = as_classes(t, y_true.clone(), y_pred.clone(), settings)?;
    if rank_of(&labels)? == 0 || rank_of(&predictions)? == 0 {
        return Err(misfit("Argument `axis` = 1 not in range [-1, 1)".to_owned()));
    }
    let (labels, predictions) = (shape_of(&labels).size(), shape_of(&predictions).size());
    let eager = on_data(t);
    if !weight.is_none() && t.keras() == Keras::Three {
        let weights = shape_of(weight);
        if let (Dim::Known(weights), Dim::Known(labels)) = (weights.size(), labels)
            && weights != 1
            && weights != labels
        {
            if eager {
                let text = format!("Incompatible shapes: [{weights}] vs. [{labels}]");
                return Err(on_values("BroadcastTo", &text));
            }
            return Err(misfit(format!("Dimensions must be equal, but are {weights} and {labels}")));
        }
    }
    match (t.keras(), labels, predictions) {
        (Keras::Three, ..) => {
            spread(t, "LogicalAnd", &Shape::new([labels]), &Shape::new([predictions])).map(|_| ())
        }
        (Keras::Two, Dim::Known(labels), Dim::Known(predictions)) if labels != predictions && eager => {
            let text = format!(
                "Shapes of all inputs must match: values[0].shape = [{labels}] != values[1].shape = [{predictions}]"
            );
            Err(on_values("Pack", &text))
        }
        (Keras::Two, Dim::Known(labels), Dim::Known(predictions)) if labels != predictions => {
            Err(misfit(format!(
                "Dimension 0 in both shapes must be equal, but are {labels} and {predictions}. Shapes are [{labels}] and \
                 [{predictions}].\n\tFrom merging shape 0 with other shapes."
            )))
        }
        (Keras::Two, ..) => {
            let weights = shape_of(weight);
            let flat = if weights.rank().is_some_and(|rank| rank > 1) {
                Shape::new([weights.size()])
            } else {
                weights
            };
            let own = Shape::new([predictions]);
            if weight.is_none() || flat.compatible(&own) {
                return Ok(());
            }
            Err(misfit(format!("Shapes {} and {} are incompatible", own.tuple(), flat.tuple())))
        }
    }
}

/// Labels and predictions as classes: where they are a number for each class, the class of the largest.
pub(super) fn as_classes(
    t: &mut Tools<'_>,
    y_true: Arg,
    y_pred: Arg,
    settings: &Bound<'_>,
) -> Infer<(Arg, Arg)> {
    let hot = matches!(settings.class, "OneHotIoU" | "OneHotMeanIoU");
    let axis = match settings.get("axis") {
        axis @ Arg::Int(_) => axis,
        _ => Arg::Int(-1),
    };
    let mut classes = |name: &str, given: Arg, sparse: bool| {
        let sparse = match settings.get(name) {
            Arg::Bool(sparse) => sparse,
            _ => sparse,
        };
        if sparse || settings.class == "BinaryIoU" {
            return Ok(given);
        }
        t.call(["tf.math.argmax", "keras.ops.argmax"], &[&given], &[("axis", axis.clone())])
    };
    let y_true = classes("sparse_y_true", y_true, !hot)?;
    Ok((y_true, classes("sparse_y_pred", y_pred, !hot)?))
}

/// What a kernel raises on values.
fn on_values(kernel: &str, text: &str) -> Stop {
    let mistake = Mistake::Data { problem: text.to_owned() };
    Violation::stop(Exc::InvalidArgumentError, ops::spec::on_values(kernel, text), mistake)
}
