//! Losses of segmentation, similarity and sequences, which only Keras 3 has.
//!
//! source: keras/src/losses/losses.py

use ops::{Arg, Infer};
use tensor::DType;

use super::{Bound, Loss};
use crate::config::value_error;
use crate::tools::{Tools, rank_of, shape_of};

pub(super) static LOSSES: &[Loss] = &[
    Loss { function: "keras.losses.dice", class: "keras.losses.Dice", compute: overlap, source: SOURCE },
    Loss {
        function: "keras.losses.tversky",
        class: "keras.losses.Tversky",
        compute: tversky,
        source: SOURCE,
    },
    Loss { function: "keras.losses.circle", class: "keras.losses.Circle", compute: circle, source: SOURCE },
    Loss { function: "keras.losses.ctc", class: "keras.losses.CTC", compute: ctc, source: SOURCE },
];

const SOURCE: &str = "keras/src/losses/losses.py";

/// One minus the share of what overlaps: `dice`.
fn overlap(t: &mut Tools<'_>, y_true: Arg, y_pred: Arg, settings: &Bound<'_>) -> Infer<Arg> {
    let (y_true, y_pred) = t.start(&y_true, &y_pred)?;
    let axis = axis_of(settings);
    let both = t.mul(&y_true, &y_pred)?;
    let both = t.sum(&both, axis.clone())?;
    let both = t.mul(&Arg::Float(2.0), &both)?;
    let wanted = t.sum(&y_true, axis.clone())?;
    let predicted = t.sum(&y_pred, axis)?;
    let all = t.add(&wanted, &predicted)?;
    missing_share(t, &both, &all)
}

/// `tversky`: `alpha` and `beta` weigh what is wanted but not predicted, and the reverse.
fn tversky(t: &mut Tools<'_>, y_true: Arg, y_pred: Arg, settings: &Bound<'_>) -> Infer<Arg> {
    let share = |name: &str| crate::config::number(&settings.get(name)).unwrap_or(0.5);
    let (y_true, y_pred) = t.start(&y_true, &y_pred)?;
    let axis = axis_of(settings);
    let both = t.mul(&y_true, &y_pred)?;
    let both = t.sum(&both, axis.clone())?;
    let mut all = both.clone();
    for (name, inside, outside) in [("alpha", &y_true, &y_pred), ("beta", &y_pred, &y_true)] {
        let rest = t.sub(&Arg::Int(1), outside)?;
        let missed = t.mul(&rest, inside)?;
        let missed = t.sum(&missed, axis.clone())?;
        let missed = t.mul(&missed, &Arg::Float(share(name)))?;
        all = t.add(&all, &missed)?;
    }
    missing_share(t, &both, &all)
}

/// The axes that are summed along: all where none is given.
fn axis_of(settings: &Bound<'_>) -> Arg {
    match settings.get("axis") {
        Arg::Missing => Arg::None,
        axis => axis,
    }
}

/// `1 - both / (all + epsilon)`.
fn missing_share(t: &mut Tools<'_>, both: &Arg, all: &Arg) -> Infer<Arg> {
    let all = t.add(all, &Arg::Float(1e-7))?;
    let share = t.div(both, &all)?;
    t.sub(&Arg::Int(1), &share)
}

fn circle(t: &mut Tools<'_>, y_true: Arg, y_pred: Arg, _: &Bound<'_>) -> Infer<Arg> {
    if t.runner().computes() {
        return Err(ops::Stop::Unknown("a loss whose numbers are not modelled"));
    }
    let y_pred = t.convert(&y_pred, None)?;
    t.cast(&y_true, DType::Int32)?;
    let turned = t.call(["", "keras.ops.transpose"], &[&y_pred], &[])?;
    let products = t.call(["", "keras.ops.matmul"], &[&y_pred, &turned], &[])?;
    let distances = t.sub(&Arg::Int(1), &products)?;
    // Distances of integers become floats here.
    let distances = t.call(["", "keras.ops.maximum"], &[&distances, &Arg::Float(0.0)], &[])?;
    let sum = t.call(["", "keras.ops.logsumexp"], &[&distances], &[("axis", Arg::Int(1))])?;
    t.softplus(&sum)
}

fn ctc(t: &mut Tools<'_>, y_true: Arg, y_pred: Arg, _: &Bound<'_>) -> Infer<Arg> {
    if t.runner().computes() {
        return Err(ops::Stop::Unknown("a loss whose numbers are not modelled"));
    }
    if rank_of(&y_true)? != 2 {
        let text = "Targets `y_true` are expected to be a tensor of shape `(batch_size, max_length)` in integer format.";
        let shape = shape_of(&y_true).tuple();
        return Err(value_error("y_true", format!("{text} Received: y_true.shape={shape}")));
    }
    if rank_of(&y_pred)? != 3 {
        let text =
            "Logits `y_pred` are expected to be a tensor of shape `(batch_size, max_length, num_classes)`.";
        let shape = shape_of(&y_pred).tuple();
        return Err(value_error("y_pred", format!("{text} Received: y_pred.shape={shape}")));
    }
    // The loss of each sample; a gradient reaches the logits through any op of them.
    let worst = t.max(&y_pred, Arg::Int(-1))?;
    t.sum(&worst, Arg::Int(-1))
}
