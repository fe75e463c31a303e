//! The learning rates of schedules.
//!
//! source: keras/src/optimizers/schedules/learning_rate_schedule.py

use ops::{Arg, Infer, Stop};
use tensor::DType;

use crate::config::{Bound, number};
use crate::runner::Runner;
use crate::tools::{Tools, dtype_of};

/// Computes the learning rate of a schedule, by its class and its constructor's arguments, at a step.
///
/// # Errors
/// The schedule is not modelled, or an op answers so.
pub fn scheduled(runner: &mut dyn Runner, class: &str, settings: &Bound<'_>, step: &Arg) -> Infer<Arg> {
    // Numbers of NumPy's make rates of their own dtype.
    if settings.args.iter().any(|(_, arg)| matches!(arg, Arg::Unknown | Arg::Tensor(_) | Arg::Number(_))) {
        return Err(Stop::Unknown("a schedule of numbers that are not Python's"));
    }
    let mut t = Tools::new(runner);
    let float = |name: &str| number(&settings.get(name)).ok_or(Stop::Unknown("a schedule's argument"));
    let truth = |name: &str| settings.get(name) == Arg::Bool(true);
    let at = t.cast(step, DType::Float32)?;
    match class {
        "ExponentialDecay" | "InverseTimeDecay" => {
            let mut part = t.div(&at, &Arg::Float(float("decay_steps")?))?;
            if truth("staircase") {
                part = t.call(["tf.floor", "keras.ops.floor"], &[&part], &[])?;
            }
            let (initial, rate) =
                (Arg::Float(float("initial_learning_rate")?), Arg::Float(float("decay_rate")?));
            if class == "ExponentialDecay" {
                let base = t.convert(&rate, Some(DType::Float32))?;
                let factor = t.pow(&base, &part)?;
                return t.mul(&initial, &factor);
            }
            let lost = t.mul(&rate, &part)?;
            let below = t.add(&Arg::Float(1.0), &lost)?;
            t.div(&initial, &below)
        }
        "PolynomialDecay" => polynomial(&mut t, settings, &at),
        "PiecewiseConstantDecay" => piecewise(&mut t, settings, step),
        "CosineDecay" => {
            let (steps, alpha) = (float("decay_steps")?, float("alpha")?);
            let initial = float("initial_learning_rate")?;
            let Some(target) = number(&settings.get("warmup_target")) else {
                return cosine(&mut t, &at, steps, initial, alpha);
            };
            if crate::tools::rank_of(&at)? > 0 {
                return Err(Stop::Unknown("the warm-up of several steps"));
            }
            let warmup = number(&settings.get("warmup_steps")).unwrap_or(0.0);
            let at = t.minimum(&at, &Arg::Float(steps + warmup))?;
            let part = t.div(&at, &Arg::Float(warmup))?;
            let rise = t.mul(&Arg::Float(target - initial), &part)?;
            let rising = t.add(&rise, &Arg::Float(initial))?;
            let later = t.sub(&at, &Arg::Float(warmup))?;
            let falling = cosine(&mut t, &later, steps, target, alpha)?;
            let rises = t.call(["tf.less", "keras.ops.less"], &[&at, &Arg::Float(warmup)], &[])?;
            t.choose(&rises, &rising, &falling)
        }
        "CosineDecayRestarts" => restarts(&mut t, settings, &at),
        _ => Err(Stop::Unknown("a learning rate schedule that is not modelled")),
    }
}

/// From `rate` down to `alpha * rate` along half a cosine.
fn cosine(t: &mut Tools<'_>, at: &Arg, steps: f64, rate: f64, alpha: f64) -> Infer<Arg> {
    let at = t.minimum(at, &Arg::Float(steps))?;
    let part = t.div(&at, &Arg::Float(steps))?;
    decayed(t, &part, &Arg::Float(0.5), rate, alpha)
}

fn decayed(t: &mut Tools<'_>, part: &Arg, half: &Arg, rate: f64, alpha: f64) -> Infer<Arg> {
    let angle = t.mul(&Arg::Float(std::f64::consts::PI), part)?;
    let wave = t.call(["tf.cos", "keras.ops.cos"], &[&angle], &[])?;
    let wave = t.add(&Arg::Float(1.0), &wave)?;
    let wave = t.mul(half, &wave)?;
    let left = t.mul(&Arg::Float(1.0 - alpha), &wave)?;
    let left = t.add(&left, &Arg::Float(alpha))?;
    t.mul(&Arg::Float(rate), &left)
}

fn restarts(t: &mut Tools<'_>, settings: &Bound<'_>, at: &Arg) -> Infer<Arg> {
    let float = |name: &str, default: f64| number(&settings.get(name)).unwrap_or(default);
    let (longer, lower) = (float("t_mul", 2.0), float("m_mul", 1.0));
    let part = t.div(at, &Arg::Float(float("first_decay_steps", 1.0)))?;
    let floor = ["tf.floor", "keras.ops.floor"];
    let (round, part) = if longer == 1.0 {
        let round = t.call(floor, &[&part], &[])?;
        let part = t.sub(&part, &round)?;
        (round, part)
    } else {
        let grown = t.mul(&part, &Arg::Float(1.0 - longer))?;
        let grown = t.sub(&Arg::Float(1.0), &grown)?;
        let log = t.log(&grown)?;
        let round = t.div(&log, &Arg::Float(longer.ln()))?;
        let round = t.call(floor, &[&round], &[])?;
        let base = t.convert(&Arg::Float(longer), Some(DType::Float32))?;
        let power = t.pow(&base, &round)?;
        let sum = t.sub(&Arg::Float(1.0), &power)?;
        let sum = t.div(&sum, &Arg::Float(1.0 - longer))?;
        let rest = t.sub(&part, &sum)?;
        let part = t.div(&rest, &power)?;
        (round, part)
    };
    let base = t.convert(&Arg::Float(lower), Some(DType::Float32))?;
    let height = t.pow(&base, &round)?;
    let half = t.mul(&Arg::Float(0.5), &height)?;
    decayed(t, &part, &half, float("initial_learning_rate", 0.0), float("alpha", 0.0))
}

fn polynomial(t: &mut Tools<'_>, settings: &Bound<'_>, at: &Arg) -> Infer<Arg> {
    let float = |name: &str, default: f64| number(&settings.get(name)).unwrap_or(default);
    let (steps, power) = (float("decay_steps", 1.0), float("power", 1.0));
    let (initial, end) = (float("initial_learning_rate", 0.0), float("end_learning_rate", 1e-4));
    let part = if settings.get("cycle") == Arg::Bool(true) {
        let rounds = t.div(at, &Arg::Float(steps))?;
        let rounds = t.call(["tf.math.ceil", "keras.ops.ceil"], &[&rounds], &[])?;
        // At step 0 the first round counts.
        let rounds = t.maximum(&rounds, &Arg::Float(1.0))?;
        let length = t.mul(&rounds, &Arg::Float(steps))?;
        t.div(at, &length)?
    } else {
        let at = t.minimum(at, &Arg::Float(steps))?;
        t.div(&at, &Arg::Float(steps))?
    };
    let rest = t.sub(&Arg::Float(1.0), &part)?;
    let rest = t.pow(&rest, &Arg::Float(power))?;
    let above = t.mul(&Arg::Float(initial - end), &rest)?;
    t.add(&above, &Arg::Float(end))
}

fn piecewise(t: &mut Tools<'_>, settings: &Bound<'_>, step: &Arg) -> Infer<Arg> {
    let numbers = |name: &str| -> Option<Vec<f64>> {
        settings.get(name).items()?.iter().map(number).collect::<Option<Vec<f64>>>()
    };
    let unknown = Stop::Unknown("a schedule's boundaries");
    let (Some(bounds), Some(values)) = (numbers("boundaries"), numbers("values")) else {
        return Err(unknown);
    };
    if values.len() != bounds.len() + 1 {
        return Err(unknown);
    }
    if t.keras() == ops::Keras::Two && crate::tools::shape_of(step).rank() != Some(0) {
        return Err(Stop::Unknown("a learning rate of several steps"));
    }
    let whole =
        settings.get("values").items().is_some_and(|items| matches!(items.first(), Some(Arg::Int(_))));
    let dtype = if whole { DType::Int32 } else { DType::Float32 };
    let last = values.last().copied().unwrap_or(0.0);
    let one = |value: f64| if whole { Arg::Int(value as i64) } else { Arg::Float(value) };
    let mut rate = t.convert(&one(last), Some(dtype))?;
    let integer = dtype_of(step).is_some_and(DType::is_integer);
    for (bound, value) in bounds.iter().zip(&values).rev() {
        // Boundaries are cast to the dtype of the step.
        let bound = if integer { Arg::Int(*bound as i64) } else { Arg::Float(*bound) };
        let before = t.call(["tf.less_equal", "keras.ops.less_equal"], &[step, &bound], &[])?;
        let value = t.convert(&one(*value), Some(dtype))?;
        rate = t.choose(&before, &value, &rate)?;
    }
    Ok(rate)
}
