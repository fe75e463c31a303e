//! Accuracies: functions of labels and predictions.
//!
//! source: keras/src/metrics/accuracy_metrics.py, tf_keras/src/metrics/accuracy_metrics.py,
//! tf_keras/src/utils/metrics_utils.py

use ops::{Arg, Infer, Stop};
use tensor::{DType, Dim};

use crate::tools::{Tools, check_compatible, dtype_of, rank_of, shape_of, squeeze_or_expand};
use crate::{Bound, Runner};

/// A metric's function.
#[derive(Debug)]
pub struct MetricFunction {
    /// The function's public path, or its definition where it has none.
    pub path: &'static str,
    /// The class that averages it.
    pub class: &'static str,
    compute: fn(&mut Tools<'_>, Arg, Arg, &Bound<'_>) -> Infer<Arg>,
    /// Where the behaviour was read.
    pub source: &'static str,
}

const fn metric(
    path: &'static str,
    class: &'static str,
    compute: fn(&mut Tools<'_>, Arg, Arg, &Bound<'_>) -> Infer<Arg>,
) -> MetricFunction {
    let source = "keras/src/metrics/accuracy_metrics.py, tf_keras/src/metrics/accuracy_metrics.py";
    MetricFunction { path, class, compute, source }
}

static FUNCTIONS: &[MetricFunction] = &[
    metric("tf_keras.src.metrics.accuracy_metrics:accuracy", "keras.metrics.Accuracy", accuracy),
    metric("keras.metrics.binary_accuracy", "keras.metrics.BinaryAccuracy", binary_accuracy),
    metric("keras.metrics.categorical_accuracy", "keras.metrics.CategoricalAccuracy", categorical_accuracy),
    metric(
        "keras.metrics.sparse_categorical_accuracy",
        "keras.metrics.SparseCategoricalAccuracy",
        sparse_categorical_accuracy,
    ),
    metric(
        "keras.metrics.top_k_categorical_accuracy",
        "keras.metrics.TopKCategoricalAccuracy",
        top_k_categorical_accuracy,
    ),
    metric(
        "keras.metrics.sparse_top_k_categorical_accuracy",
        "keras.metrics.SparseTopKCategoricalAccuracy",
        sparse_top_k_categorical_accuracy,
    ),
];

/// Finds a metric's function by its path or the path of the class that averages it.
pub fn find_metric_function(path: &str) -> Option<&'static MetricFunction> {
    FUNCTIONS.iter().find(|f| f.path == path || f.class == path)
}

impl MetricFunction {
    /// Calls the function: `keras.metrics.binary_accuracy(y_true, y_pred)`.
    ///
    /// # Errors
    /// What Keras raises.
    pub fn call(&self, runner: &mut dyn Runner, settings: &Bound<'_>) -> Infer<Arg> {
        self.compute(runner, settings.get("y_true"), settings.get("y_pred"), settings)
    }

    /// Computes the function of labels and predictions, with settings such as `threshold`.
    ///
    /// # Errors
    /// What Keras raises.
    pub fn compute(
        &self,
        runner: &mut dyn Runner,
        y_true: Arg,
        y_pred: Arg,
        settings: &Bound<'_>,
    ) -> Infer<Arg> {
        (self.compute)(&mut Tools::new(runner), y_true, y_pred, settings)
    }
}

/// Compares, and gives the answer as floats.
fn matches(t: &mut Tools<'_>, y_true: &Arg, y_pred: &Arg) -> Infer<Arg> {
    let equal = t.equal(y_true, y_pred)?;
    t.cast(&equal, DType::Float32)
}

/// Converts both, in Keras 3 the labels to the predictions' dtype.
fn converted(t: &mut Tools<'_>, y_true: &Arg, y_pred: &Arg) -> Infer<(Arg, Arg)> {
    let y_pred = t.convert(y_pred, None)?;
    let dtype = if t.keras3() { dtype_of(&y_pred) } else { None };
    let y_true = t.convert(y_true, dtype)?;
    Ok((y_true, y_pred))
}

fn cast_like(t: &mut Tools<'_>, x: Arg, like: &Arg) -> Infer<Arg> {
    match (dtype_of(&x), dtype_of(like)) {
        (Some(have), Some(want)) if have != want => t.cast(&x, want),
        _ => Ok(x),
    }
}

fn accuracy(t: &mut Tools<'_>, y_true: Arg, y_pred: Arg, _: &Bound<'_>) -> Infer<Arg> {
    let (y_true, y_pred) = converted(t, &y_true, &y_pred)?;
    if t.keras3() {
        let (y_true, y_pred) = squeeze_or_expand(t, y_true, y_pred)?;
        return matches(t, &y_true, &y_pred);
    }
    check_compatible(t, &y_true, &y_pred)?;
    let y_pred = cast_like(t, y_pred, &y_true)?;
    matches(t, &y_true, &y_pred)
}

fn binary_accuracy(t: &mut Tools<'_>, y_true: Arg, y_pred: Arg, settings: &Bound<'_>) -> Infer<Arg> {
    let y_pred = t.convert(&y_pred, None)?;
    let listed = y_true.items().is_some();
    let mut y_true = t.convert(&y_true, None)?;
    if listed && !t.keras3() {
        // `tf.equal` makes a tensor of a list in the dtype of the predictions.
        y_true = cast_like(t, y_true, &y_pred)?;
    }
    let threshold = match settings.get("threshold") {
        Arg::Missing => Arg::Float(0.5),
        threshold => threshold,
    };
    let mut y_pred = y_pred;
    let threshold = match (t.keras3(), dtype_of(&y_pred)) {
        (false, Some(dtype)) => t.cast(&threshold, dtype)?,
        _ => threshold,
    };
    if t.keras3() {
        (y_true, y_pred) = squeeze_or_expand(t, y_true, y_pred)?;
    }
    let above = t.call(["tf.greater", "keras.ops.greater"], &[&y_pred, &threshold], &[])?;
    let like = if t.keras3() { &y_true } else { &y_pred };
    let above = cast_like(t, above, like)?;
    let matches = matches(t, &y_true, &above)?;
    // Keras 2's function averages the last axis; its class does not.
    if t.keras3() || settings.class == "BinaryAccuracy" {
        return Ok(matches);
    }
    t.call(["tf.reduce_mean", ""], &[&matches], &[("axis", Arg::Int(-1))])
}

fn categorical_accuracy(t: &mut Tools<'_>, y_true: Arg, y_pred: Arg, _: &Bound<'_>) -> Infer<Arg> {
    let labels = t.argmax(&y_true)?;
    let (labels, y_pred) = converted(t, &labels, &y_pred)?;
    class_matches(t, labels, y_pred, true)
}

fn sparse_categorical_accuracy(t: &mut Tools<'_>, y_true: Arg, y_pred: Arg, _: &Bound<'_>) -> Infer<Arg> {
    let (y_true, y_pred) = converted(t, &y_true, &y_pred)?;
    let only_one = t.keras3();
    let matches = class_matches(t, y_true, y_pred, !only_one)?;
    let shape = shape_of(&matches);
    if shape.rank().is_some_and(|r| r > 1) && shape.dim(-1) == Some(Dim::Known(1)) {
        return t.squeeze(&matches, -1);
    }
    Ok(matches)
}

/// Compares labels with the likeliest class. Labels of the predictions' rank lose their last axis first:
/// always, or in Keras 3's sparse accuracy only where it has size 1.
fn class_matches(t: &mut Tools<'_>, y_true: Arg, y_pred: Arg, always: bool) -> Infer<Arg> {
    let original = shape_of(&y_true);
    let same = rank_of(&y_true)? == rank_of(&y_pred)?;
    let squeezes = same && (always || original.dim(-1) == Some(Dim::Known(1)));
    let labels = if squeezes { t.squeeze(&y_true, -1)? } else { y_true };
    let best = t.argmax(&y_pred)?;
    let best = cast_like(t, best, &labels)?;
    let found = matches(t, &labels, &best)?;
    if squeezes { t.expand_dims(&found, -1) } else { Ok(found) }
}

fn top_k_categorical_accuracy(
    t: &mut Tools<'_>,
    y_true: Arg,
    y_pred: Arg,
    settings: &Bound<'_>,
) -> Infer<Arg> {
    let labels = t.argmax(&y_true)?;
    in_top_k(t, labels, y_pred, settings)
}

fn sparse_top_k_categorical_accuracy(
    t: &mut Tools<'_>,
    y_true: Arg,
    y_pred: Arg,
    settings: &Bound<'_>,
) -> Infer<Arg> {
    in_top_k(t, y_true, y_pred, settings)
}

fn in_top_k(t: &mut Tools<'_>, labels: Arg, y_pred: Arg, settings: &Bound<'_>) -> Infer<Arg> {
    let mut y_pred = t.convert(&y_pred, None)?;
    let sorted = settings.get("from_sorted_ids") == Arg::Bool(true);
    let labels = t.convert(&labels, None)?;
    let of_labels = dtype_of(&y_pred).filter(|_| sorted).unwrap_or(DType::Int32);
    let mut labels = t.cast(&labels, of_labels)?;
    let original = labels.clone();
    let flat = |shape: &[Arg]| Arg::List(shape.into());
    if rank_of(&y_pred)? > 2 {
        let classes = shape_of(&y_pred).dim(-1).and_then(Dim::known).map_or(Arg::Unknown, Arg::Int);
        y_pred =
            t.call(["tf.reshape", "keras.ops.reshape"], &[&y_pred, &flat(&[Arg::Int(-1), classes])], &[])?;
    }
    let reshapes = rank_of(&labels)? > 1;
    if reshapes {
        labels = t.call(["tf.reshape", "keras.ops.reshape"], &[&labels, &flat(&[Arg::Int(-1)])], &[])?;
    }
    let k = match settings.get("k") {
        Arg::Missing => Arg::Int(5),
        k => k,
    };
    let found = if sorted {
        among_first(t, &labels, &y_pred, &k)?
    } else {
        let keywords = [("targets", labels.clone()), ("predictions", y_pred), ("k", k)];
        t.call(["tf.math.in_top_k", "keras.ops.in_top_k"], &[], &keywords)?
    };
    let found = t.cast(&found, DType::Float32)?;
    if !reshapes {
        return Ok(found);
    }
    let sizes = t.call(["tf.shape", "keras.ops.shape"], &[&original], &[])?;
    t.call(["tf.reshape", "keras.ops.reshape"], &[&found, &sizes], &[])
}

/// Whether each label is among the first `k` classes of its row, which are sorted by their scores.
fn among_first(t: &mut Tools<'_>, labels: &Arg, classes: &Arg, k: &Arg) -> Infer<Arg> {
    let unknown = Stop::Unknown("a number of classes that is not known");
    let (Arg::Int(k), Some(count)) = (k, shape_of(classes).dim(-1).and_then(Dim::known)) else {
        return Err(unknown);
    };
    // `y_pred[:, :k]`
    let end = if *k < 0 { count + k } else { *k }.clamp(0, count);
    let first = Arg::List((0..end).map(Arg::Int).collect());
    let first = t.call(["tf.gather", "keras.ops.take"], &[classes, &first], &[("axis", Arg::Int(1))])?;
    let column = t.expand_dims(labels, 1)?;
    let same = t.equal(&column, &first)?;
    t.call(["tf.reduce_any", "keras.ops.any"], &[&same], &[("axis", Arg::Int(1))])
}
