//! Crossentropies. Both profiles read the logits behind a final softmax or sigmoid, so that
//! `Dense(1, activation="softmax")` still gets a gradient.
//!
//! source: keras/src/losses/losses.py, keras/src/backend/tensorflow/nn.py, tf_keras/src/backend.py

use ops::{Arg, Exc, Infer, Mistake, Stop, Violation};
use tensor::{DType, Dim};

use super::{Bound, Loss};
use crate::config::{shown, value_error};
use crate::tools::{Tools, check_compatible, dtype_of, rank_of, shape_of};

const SOURCE: &str = "keras/src/losses/losses.py, tf_keras/src/losses.py";

pub(super) static LOSSES: &[Loss] = &[
    Loss {
        function: "keras.losses.categorical_crossentropy",
        class: "keras.losses.CategoricalCrossentropy",
        compute: categorical,
        source: SOURCE,
    },
    Loss {
        function: "keras.losses.categorical_focal_crossentropy",
        class: "keras.losses.CategoricalFocalCrossentropy",
        compute: categorical_focal,
        source: SOURCE,
    },
    Loss {
        function: "keras.losses.sparse_categorical_crossentropy",
        class: "keras.losses.SparseCategoricalCrossentropy",
        compute: sparse,
        source: SOURCE,
    },
    Loss {
        function: "keras.losses.binary_crossentropy",
        class: "keras.losses.BinaryCrossentropy",
        compute: binary,
        source: SOURCE,
    },
    Loss {
        function: "keras.losses.binary_focal_crossentropy",
        class: "keras.losses.BinaryFocalCrossentropy",
        compute: binary_focal,
        source: SOURCE,
    },
    Loss {
        function: "keras.losses.categorical_generalized_cross_entropy",
        class: "keras.losses.CategoricalGeneralizedCrossEntropy",
        compute: generalized,
        source: SOURCE,
    },
];

fn axis_of(settings: &Bound<'_>) -> Arg {
    match settings.get("axis") {
        Arg::Missing => Arg::Int(-1),
        axis => axis,
    }
}

/// Refuses `axis=True`.
fn checked_axis(settings: &Bound<'_>) -> Infer<Arg> {
    match axis_of(settings) {
        Arg::Bool(b) => {
            let text = shown(&Arg::Bool(b));
            let core = format!("`axis` must be of type `int`. Received: axis={text} of type <class 'bool'>");
            Err(value_error("axis", core))
        }
        axis => Ok(axis),
    }
}

fn flag(settings: &Bound<'_>, name: &str) -> Arg {
    match settings.get(name) {
        Arg::Missing => Arg::Bool(false),
        flag => flag,
    }
}

/// Returns what lies behind a final `softmax` or `sigmoid` and that these are logits; else what was given. Keras
/// keeps the logits on the output of either, and any crossentropy takes them:
/// `Dense(1, activation="softmax")` with `loss="binary_crossentropy"`.
fn behind(t: &mut Tools<'_>, y_pred: Arg, from_logits: Arg, activation: &str) -> (Arg, Arg) {
    let kept = |name: &str| ["softmax", "sigmoid", activation].iter().any(|a| name.contains(a));
    // An eager tensor has no operation behind it; Keras' own activations keep the logits all the same.
    let eager = matches!(&y_pred, Arg::Tensor(t) if t.kind == ops::TensorKind::Eager);
    let plain = |name: &str| {
        kept(name)
            && !name.contains("log")
            && !name.contains("hard")
            && (!eager || name.ends_with("_activation"))
    };
    match t.runner().made_by(&y_pred) {
        Some((name, inputs)) if plain(name) && inputs.len() == 1 => (inputs[0].clone(), Arg::Bool(true)),
        _ => (y_pred, from_logits),
    }
}

/// Moves labels towards the middle: `y * (1 - smoothing) + smoothing / classes`, where a smoothing is asked for.
fn smoothed(t: &mut Tools<'_>, y_true: Arg, settings: &Bound<'_>, classes: Option<i64>) -> Infer<Arg> {
    let share = match settings.get("label_smoothing") {
        Arg::Missing | Arg::None => return Ok(y_true),
        Arg::Float(0.0) | Arg::Int(0) | Arg::Bool(false) => return Ok(y_true),
        Arg::Float(x) => x,
        Arg::Str(text) if !text.is_empty() => {
            let core = if t.keras3() {
                "unsupported operand type(s) for -: 'float' and 'str'".to_owned()
            } else {
                format!("Expected float32, but got {text} of type 'str'.")
            };
            return Err(crate::config::refused(Exc::TypeError, "label_smoothing", core));
        }
        _ => 0.1,
    };
    let scaled = t.mul(&y_true, &Arg::Float(1.0 - share))?;
    t.add(&scaled, &Arg::Float(share / classes.unwrap_or(1).max(1) as f64))
}

/// The number of classes: the size of the last axis.
fn classes_of(y_pred: &Arg) -> Option<i64> {
    shape_of(y_pred).dim(-1).and_then(Dim::known)
}

fn categorical(t: &mut Tools<'_>, y_true: Arg, y_pred: Arg, settings: &Bound<'_>) -> Infer<Arg> {
    let axis = checked_axis(settings)?;
    let (y_true, y_pred) = t.start(&y_true, &y_pred)?;
    has_classes(&y_pred)?;
    let classes = classes_of(&y_pred);
    let y_true = smoothed(t, y_true, settings, classes)?;
    let (y_pred, logits) = behind(t, y_pred, flag(settings, "from_logits"), "softmax");
    t.call(
        ["tf.keras.backend.categorical_crossentropy", "keras.ops.categorical_crossentropy"],
        &[&y_true, &y_pred],
        &[("from_logits", logits), ("axis", axis)],
    )
}

/// A setting that is a number.
fn setting(settings: &Bound<'_>, name: &str, default: f64) -> f64 {
    crate::config::number(&settings.get(name)).unwrap_or(default)
}

/// Both profiles look at `y_pred.shape[-1]`, to warn of a single class.
fn has_classes(y_pred: &Arg) -> Infer<()> {
    if shape_of(y_pred).rank() != Some(0) {
        return Ok(());
    }
    let mistake = Mistake::RankMismatch { param: "y_pred", expected: "at least 1".to_owned(), got: 0 };
    Err(Violation::stop(Exc::IndexError, "tuple index out of range", mistake))
}

fn categorical_focal(t: &mut Tools<'_>, y_true: Arg, y_pred: Arg, settings: &Bound<'_>) -> Infer<Arg> {
    let axis = checked_axis(settings)?;
    let (y_true, y_pred) = t.start(&y_true, &y_pred)?;
    has_classes(&y_pred)?;
    let classes = classes_of(&y_pred);
    let y_true = smoothed(t, y_true, settings, classes)?;
    if !t.keras3() {
        check_compatible(t, &y_true, &y_pred)?;
    }
    let (mut output, mut logits) = (y_pred, flag(settings, "from_logits"));
    if !t.keras3() {
        // Keras 3 takes the probabilities as they are.
        (output, logits) = behind(t, output, logits, "softmax");
    }
    if logits == Arg::Bool(true) {
        output = t.call(["tf.nn.softmax", "keras.ops.softmax"], &[&output], &[("axis", axis.clone())])?;
    }
    let keywords = [("axis", axis.clone()), ("keepdims", Arg::Bool(true))];
    let sum = t.call(["tf.reduce_sum", "keras.ops.sum"], &[&output], &keywords)?;
    let output = t.over(&output, &sum)?;
    let output = t.clip_to(&output, 1e-7, 1.0 - 1e-7)?;
    let log = t.log(&output)?;
    let entropy = t.times(&y_true, &log)?;
    let entropy = t.negative(&entropy)?;
    let rest = t.sub(&Arg::Float(1.0), &output)?;
    let factor = t.pow(&rest, &Arg::Float(setting(settings, "gamma", 2.0)))?;
    let alpha = match settings.get("alpha") {
        // One for each class.
        given @ (Arg::List(_) | Arg::Tuple(_)) => {
            t.convert(&given, Some(dtype_of(&factor).unwrap_or(DType::Float32)))?
        }
        _ => Arg::Float(setting(settings, "alpha", 0.25)),
    };
    let factor = t.mul(&factor, &alpha)?;
    let focal = t.mul(&factor, &entropy)?;
    t.sum(&focal, axis)
}

fn sparse(t: &mut Tools<'_>, y_true: Arg, y_pred: Arg, settings: &Bound<'_>) -> Infer<Arg> {
    let axis = axis_of(settings);
    let ignore = settings.get("ignore_class");
    if !t.keras3() {
        let (y_pred, logits) = behind(t, y_pred, flag(settings, "from_logits"), "softmax");
        let keywords = [("from_logits", logits), ("axis", axis), ("ignore_class", ignore)];
        return t.call(
            ["tf.keras.backend.sparse_categorical_crossentropy", ""],
            &[&y_true, &y_pred],
            &keywords,
        );
    }
    if matches!(&y_true, Arg::List(_)) || matches!(&y_pred, Arg::List(_)) {
        // Its shape is asked for before anything is converted.
        let text = "'list' object has no attribute 'shape'".to_owned();
        let mistake = ops::Mistake::MissingName { name: "shape".to_owned() };
        return Err(ops::Violation::stop(ops::Exc::AttributeError, text, mistake));
    }
    let y_pred = t.convert(&y_pred, None)?;
    let mut y_true = t.convert(&y_true, None)?;
    let Arg::Int(at) = axis else { return Err(Stop::Unknown("an axis that is not known")) };
    if rank_of(&y_true)? == rank_of(&y_pred)? && shape_of(&y_true).dim(at) == Some(Dim::Known(1)) {
        y_true = t.squeeze(&y_true, at)?;
    }
    if !ignore.is_none() {
        return ignoring(t, y_true, &y_pred, &ignore, at, settings);
    }
    let (y_pred, logits) = behind(t, y_pred, flag(settings, "from_logits"), "softmax");
    let keywords = [("from_logits", logits), ("axis", axis)];
    t.call(["", "keras.ops.sparse_categorical_crossentropy"], &[&y_true, &y_pred], &keywords)
}

/// The mask that a sparse cross entropy without one class leaves on its losses, by which a mean leaves them out;
/// `Arg::None` where there is none. It changes numbers only.
pub(crate) fn counted(
    t: &mut Tools<'_>,
    loss: &Loss,
    y_true: Arg,
    losses: &Arg,
    settings: &Bound<'_>,
) -> Infer<Arg> {
    let ignore = settings.get("ignore_class");
    let sparse = loss.function == "keras.losses.sparse_categorical_crossentropy";
    let sizes = shape_of(losses).all_known();
    let Some(sizes) = sizes.filter(|_| sparse && !ignore.is_none() && t.runner().computes()) else {
        return Ok(Arg::None);
    };
    let y_true = t.convert(&y_true, None)?;
    let class = t.convert(&ignore, dtype_of(&y_true))?;
    let valid = t.call(["tf.not_equal", "keras.ops.not_equal"], &[&y_true, &class], &[])?;
    let sizes = Arg::List(sizes.into_iter().map(Arg::Int).collect());
    t.call(["tf.reshape", "keras.ops.reshape"], &[&valid, &sizes], &[])
}

/// Keras 3's sparse cross entropy without one class: labels, predictions and losses are 0 there.
fn ignoring(
    t: &mut Tools<'_>,
    y_true: Arg,
    y_pred: &Arg,
    ignore: &Arg,
    axis: i64,
    settings: &Bound<'_>,
) -> Infer<Arg> {
    let sizes = t.call(["", "keras.ops.shape"], &[y_pred], &[])?;
    let Some(items) = sizes.items() else { return Err(Stop::Unknown("predictions of unknown rank")) };
    let rank = items.len() as i64;
    let at = if axis < 0 { axis + rank } else { axis };
    let kept = (0..rank).zip(items).filter(|(i, _)| *i != at).map(|(_, size)| size.clone());
    let kept = Arg::Tuple(kept.collect());
    let class = t.convert(ignore, dtype_of(y_pred))?;
    let valid = t.call(["", "keras.ops.not_equal"], &[&y_true, &class], &[])?;
    let y_true = t.choose(&valid, &y_true, &Arg::Int(0))?;
    let column = t.expand_dims(&valid, axis)?;
    let y_pred = t.choose(&column, y_pred, &Arg::Int(0))?;
    let keywords = [("from_logits", flag(settings, "from_logits")), ("axis", Arg::Int(axis))];
    let losses = t.call(["", "keras.ops.sparse_categorical_crossentropy"], &[&y_true, &y_pred], &keywords)?;
    let valid = t.call(["", "keras.ops.reshape"], &[&valid, &kept], &[])?;
    t.choose(&valid, &losses, &Arg::Float(0.0))
}

fn binary(t: &mut Tools<'_>, y_true: Arg, y_pred: Arg, settings: &Bound<'_>) -> Infer<Arg> {
    let (y_true, y_pred) = t.start(&y_true, &y_pred)?;
    let y_true = smoothed(t, y_true, settings, Some(2))?;
    let entropy = binary_entropy(t, &y_true, y_pred, flag(settings, "from_logits"))?;
    t.mean(&entropy, axis_of(settings))
}

fn binary_entropy(t: &mut Tools<'_>, y_true: &Arg, y_pred: Arg, from_logits: Arg) -> Infer<Arg> {
    let (y_pred, logits) = behind(t, y_pred, from_logits, "sigmoid");
    t.call(
        ["tf.keras.backend.binary_crossentropy", "keras.ops.binary_crossentropy"],
        &[y_true, &y_pred],
        &[("from_logits", logits)],
    )
}

fn binary_focal(t: &mut Tools<'_>, y_true: Arg, y_pred: Arg, settings: &Bound<'_>) -> Infer<Arg> {
    let (y_true, y_pred) = t.start(&y_true, &y_pred)?;
    let y_true = smoothed(t, y_true, settings, Some(2))?;
    let logits = flag(settings, "from_logits");
    let chance = match logits {
        Arg::Bool(true) => t.call(["tf.sigmoid", "keras.ops.sigmoid"], &[&y_pred], &[])?,
        _ => y_pred.clone(),
    };
    let entropy = binary_entropy(t, &y_true, y_pred, logits)?;
    let one = Arg::Float(1.0);
    let (unlikely, absent) = (t.sub(&one, &chance)?, t.sub(&one, &y_true)?);
    let (hit, miss) = (t.mul(&y_true, &chance)?, t.mul(&absent, &unlikely)?);
    let right = t.add(&hit, &miss)?;
    let rest = t.sub(&one, &right)?;
    let factor = t.pow(&rest, &Arg::Float(setting(settings, "gamma", 2.0)))?;
    let mut focal = t.mul(&factor, &entropy)?;
    if flag(settings, "apply_class_balancing") == Arg::Bool(true) {
        let alpha = setting(settings, "alpha", 0.25);
        let ours = t.mul(&y_true, &Arg::Float(alpha))?;
        let others = t.mul(&absent, &Arg::Float(1.0 - alpha))?;
        let weight = t.add(&ours, &others)?;
        focal = t.mul(&weight, &focal)?;
    }
    t.mean(&focal, axis_of(settings))
}

fn generalized(t: &mut Tools<'_>, y_true: Arg, y_pred: Arg, settings: &Bound<'_>) -> Infer<Arg> {
    let q = Arg::Float(setting(settings, "q", 0.5));
    let y_pred = t.convert(&y_pred, None)?;
    let classes = shape_of(&y_pred).dim(-1).and_then(Dim::known);
    let Some(classes) = classes else { return Err(Stop::Unknown("a number of classes that is not known")) };
    let labels = t.cast(&y_true, DType::Int32)?;
    let hot = t.call(["tf.one_hot", "keras.ops.one_hot"], &[&labels, &Arg::Int(classes)], &[])?;
    let product = t.mul(&y_pred, &hot)?;
    let chance = t.sum(&product, Arg::Int(-1))?;
    let power = t.call(["tf.pow", "keras.ops.power"], &[&chance, &q], &[])?;
    let rest = t.sub(&Arg::Float(1.0), &power)?;
    t.div(&rest, &q)
}
