//! Losses of regression, and hinges.
//!
//! source: keras/src/losses/losses.py, tf_keras/src/losses.py

use ops::{Arg, Infer};
use tensor::DType;

use super::{Bound, Loss};
use crate::tools::{Tools, dtype_of, squeeze_or_expand};

type Compute = fn(&mut Tools<'_>, Arg, Arg, &Bound<'_>) -> Infer<Arg>;

const fn loss(function: &'static str, class: &'static str, compute: Compute) -> Loss {
    Loss { function, class, compute, source: "keras/src/losses/losses.py, tf_keras/src/losses.py" }
}

pub(super) static LOSSES: &[Loss] = &[
    loss("keras.losses.mean_squared_error", "keras.losses.MeanSquaredError", mean_squared_error),
    loss("keras.losses.mean_absolute_error", "keras.losses.MeanAbsoluteError", mean_absolute_error),
    loss(
        "keras.losses.mean_absolute_percentage_error",
        "keras.losses.MeanAbsolutePercentageError",
        mean_absolute_percentage_error,
    ),
    loss(
        "keras.losses.mean_squared_logarithmic_error",
        "keras.losses.MeanSquaredLogarithmicError",
        mean_squared_logarithmic_error,
    ),
    loss("keras.losses.cosine_similarity", "keras.losses.CosineSimilarity", cosine_similarity),
    loss("keras.losses.huber", "keras.losses.Huber", huber),
    loss("keras.losses.log_cosh", "keras.losses.LogCosh", log_cosh),
    loss("keras.losses.kl_divergence", "keras.losses.KLDivergence", kl_divergence),
    loss("keras.losses.poisson", "keras.losses.Poisson", poisson),
    loss("keras.losses.hinge", "keras.losses.Hinge", hinge),
    loss("keras.losses.squared_hinge", "keras.losses.SquaredHinge", squared_hinge),
    loss("keras.losses.categorical_hinge", "keras.losses.CategoricalHinge", categorical_hinge),
];

const LAST: Arg = Arg::Int(-1);

/// Begins as losses of regression do: Keras 3 makes the ranks equal.
fn pair(t: &mut Tools<'_>, y_true: &Arg, y_pred: &Arg) -> Infer<(Arg, Arg)> {
    let (y_true, y_pred) = t.start(y_true, y_pred)?;
    if t.keras3() { squeeze_or_expand(t, y_true, y_pred) } else { Ok((y_true, y_pred)) }
}

/// The squared difference: one kernel in Keras 2, two in Keras 3.
fn squared_difference(t: &mut Tools<'_>, y_true: &Arg, y_pred: &Arg) -> Infer<Arg> {
    if t.keras3() {
        let difference = t.sub(y_true, y_pred)?;
        return t.square(&difference);
    }
    t.call(["tf.math.squared_difference", ""], &[y_pred, y_true], &[])
}

fn mean_squared_error(t: &mut Tools<'_>, y_true: Arg, y_pred: Arg, _: &Bound<'_>) -> Infer<Arg> {
    let (y_true, y_pred) = pair(t, &y_true, &y_pred)?;
    let square = squared_difference(t, &y_true, &y_pred)?;
    t.mean(&square, LAST)
}

/// `y_true - y_pred` in Keras 3, the other way round in Keras 2.
fn difference(t: &mut Tools<'_>, y_true: &Arg, y_pred: &Arg) -> Infer<Arg> {
    if t.keras3() { t.sub(y_true, y_pred) } else { t.sub(y_pred, y_true) }
}

fn mean_absolute_error(t: &mut Tools<'_>, y_true: Arg, y_pred: Arg, _: &Bound<'_>) -> Infer<Arg> {
    let (y_true, y_pred) = pair(t, &y_true, &y_pred)?;
    let difference = difference(t, &y_true, &y_pred)?;
    let size = t.abs(&difference)?;
    t.mean(&size, LAST)
}

fn mean_absolute_percentage_error(t: &mut Tools<'_>, y_true: Arg, y_pred: Arg, _: &Bound<'_>) -> Infer<Arg> {
    let (y_true, y_pred) = pair(t, &y_true, &y_pred)?;
    let difference = t.minus(&y_true, &y_pred)?;
    let size = t.abs(&y_true)?;
    let least = t.number_like(1e-7, &y_pred)?;
    let size = t.maximum(&size, &least)?;
    let part = t.over(&difference, &size)?;
    let part = t.abs(&part)?;
    let mean = t.mean(&part, LAST)?;
    t.times(&Arg::Float(100.0), &mean)
}

fn mean_squared_logarithmic_error(t: &mut Tools<'_>, y_true: Arg, y_pred: Arg, _: &Bound<'_>) -> Infer<Arg> {
    let (y_true, y_pred) = pair(t, &y_true, &y_pred)?;
    let mut log = |x: &Arg| {
        let x = t.maximum(x, &Arg::Float(1e-7))?;
        let x = t.add(&x, &Arg::Float(1.0))?;
        t.log(&x)
    };
    let (predicted, wanted) = (log(&y_pred)?, log(&y_true)?);
    // Both profiles subtract the labels here.
    let square = if t.keras3() {
        let difference = t.sub(&predicted, &wanted)?;
        t.square(&difference)?
    } else {
        t.call(["tf.math.squared_difference", ""], &[&predicted, &wanted], &[])?
    };
    t.mean(&square, LAST)
}

fn cosine_similarity(t: &mut Tools<'_>, y_true: Arg, y_pred: Arg, settings: &Bound<'_>) -> Infer<Arg> {
    let axis = match settings.get("axis") {
        Arg::Missing => LAST,
        axis => axis,
    };
    // Keras 2 converts nothing: integer labels fail in the norm.
    let (y_true, y_pred) = if t.keras3() { pair(t, &y_true, &y_pred)? } else { (y_true, y_pred) };
    let paths = ["tf.linalg.l2_normalize", "keras.ops.normalize"];
    let mut unit = |x: &Arg| t.call(paths, &[x], &[("axis", axis.clone())]);
    let (y_true, y_pred) = (unit(&y_true)?, unit(&y_pred)?);
    let product = t.times(&y_true, &y_pred)?;
    let sum = t.sum(&product, axis)?;
    t.negative(&sum)
}

fn huber(t: &mut Tools<'_>, y_true: Arg, y_pred: Arg, settings: &Bound<'_>) -> Infer<Arg> {
    let (mut y_true, mut y_pred) = pair(t, &y_true, &y_pred)?;
    if !t.keras3() && dtype_of(&y_pred).is_some_and(|d| !d.is_floating()) {
        // Keras 2's function casts everything to `floatx`.
        y_pred = t.cast(&y_pred, DType::Float32)?;
        y_true = t.cast(&y_true, DType::Float32)?;
    }
    let delta = match settings.get("delta") {
        Arg::Missing => Arg::Float(1.0),
        Arg::Int(n) => Arg::Float(n as f64),
        delta => delta,
    };
    let error = t.sub(&y_pred, &y_true)?;
    let size = t.abs(&error)?;
    let square = t.square(&error)?;
    // Of integers Keras 3 makes half of one nothing.
    let (half, delta, rest) = match &delta {
        Arg::Float(delta) => {
            let whole = t.number_like(*delta, &error)?;
            let half = t.number_like(0.5, &error)?;
            let rest =
                if matches!(half, Arg::Float(_)) { Arg::Float(0.5 * delta * delta) } else { half.clone() };
            (half, whole, rest)
        }
        _ => (Arg::Float(0.5), delta.clone(), Arg::Float(0.5)),
    };
    let near = t.times(&half, &square)?;
    let far = t.times(&delta, &size)?;
    let far = t.minus(&far, &rest)?;
    let is_near = t.call(["tf.less_equal", "keras.ops.less_equal"], &[&size, &delta], &[])?;
    let values = t.call(["tf.where", "keras.ops.where"], &[&is_near, &near, &far], &[])?;
    t.mean(&values, LAST)
}

fn log_cosh(t: &mut Tools<'_>, y_true: Arg, y_pred: Arg, _: &Bound<'_>) -> Infer<Arg> {
    let (y_true, y_pred) = pair(t, &y_true, &y_pred)?;
    let error = t.minus(&y_pred, &y_true)?;
    let double = t.times(&error, &Arg::Float(-2.0))?;
    let soft = t.softplus(&double)?;
    let sum = t.plus(&error, &soft)?;
    let sum = t.minus(&sum, &Arg::Float(std::f64::consts::LN_2))?;
    t.mean(&sum, LAST)
}

fn kl_divergence(t: &mut Tools<'_>, y_true: Arg, y_pred: Arg, _: &Bound<'_>) -> Infer<Arg> {
    let (y_true, y_pred) = t.start(&y_true, &y_pred)?;
    let (y_true, y_pred) = (t.clip(&y_true)?, t.clip(&y_pred)?);
    let ratio = t.over(&y_true, &y_pred)?;
    let log = t.log(&ratio)?;
    let product = t.times(&y_true, &log)?;
    t.sum(&product, LAST)
}

fn poisson(t: &mut Tools<'_>, y_true: Arg, y_pred: Arg, _: &Bound<'_>) -> Infer<Arg> {
    let (y_true, y_pred) = t.start(&y_true, &y_pred)?;
    let least = t.number_like(1e-7, &y_pred)?;
    let above = t.plus(&y_pred, &least)?;
    let log = t.log(&above)?;
    let product = t.times(&y_true, &log)?;
    let values = t.minus(&y_pred, &product)?;
    t.mean(&values, LAST)
}

/// `max(1 - y_true * y_pred, 0)`, with labels of 0 and 1 moved to -1 and 1.
fn margin(t: &mut Tools<'_>, y_true: &Arg, y_pred: &Arg) -> Infer<Arg> {
    let (y_true, y_pred) = t.start(y_true, y_pred)?;
    let double = t.times(&Arg::Float(2.0), &y_true)?;
    let mut labels = t.minus(&double, &Arg::Float(1.0))?;
    if t.runner().computes() {
        // Only where all are 0 or 1; which of the two it is changes no shape.
        let (zero, one) = (t.equal(&y_true, &Arg::Float(0.0))?, t.equal(&y_true, &Arg::Float(1.0))?);
        let either = t.call(["tf.logical_or", "keras.ops.logical_or"], &[&zero, &one], &[])?;
        let binary = t.call(["tf.reduce_all", "keras.ops.all"], &[&either], &[])?;
        labels = t.choose(&binary, &labels, &y_true)?;
    }
    let product = t.times(&labels, &y_pred)?;
    let rest = t.minus(&Arg::Float(1.0), &product)?;
    t.maximum(&rest, &Arg::Float(0.0))
}

fn hinge(t: &mut Tools<'_>, y_true: Arg, y_pred: Arg, _: &Bound<'_>) -> Infer<Arg> {
    let margin = margin(t, &y_true, &y_pred)?;
    t.mean(&margin, LAST)
}

fn squared_hinge(t: &mut Tools<'_>, y_true: Arg, y_pred: Arg, _: &Bound<'_>) -> Infer<Arg> {
    let margin = margin(t, &y_true, &y_pred)?;
    let square = t.square(&margin)?;
    t.mean(&square, LAST)
}

fn categorical_hinge(t: &mut Tools<'_>, y_true: Arg, y_pred: Arg, _: &Bound<'_>) -> Infer<Arg> {
    let (y_true, y_pred) = t.start(&y_true, &y_pred)?;
    let product = t.times(&y_true, &y_pred)?;
    let positive = t.sum(&product, LAST)?;
    let others = t.minus(&Arg::Float(1.0), &y_true)?;
    let product = t.times(&others, &y_pred)?;
    let negative = t.max(&product, LAST)?;
    let rest = t.minus(&negative, &positive)?;
    let rest = t.plus(&rest, &Arg::Float(1.0))?;
    t.maximum(&rest, &Arg::Float(0.0))
}
