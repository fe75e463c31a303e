//! One step of an optimizer: clipping, weight decay, the updates, moving averages.
//!
//! source: keras/src/optimizers/base_optimizer.py: apply, tf_keras/src/optimizers/optimizer.py: apply_gradients

use ops::{Arg, Infer, Keras};
use tensor::DType;

use super::gradient::Gradient;
use super::rules::{Applied, aside, update};
use crate::config::{Bound, number};
use crate::runner::{Keeper, Within};
use crate::tools::{Tools, dtype_of, shape_of};

/// What a step is made of.
#[derive(Debug)]
pub struct Updates<'a> {
    /// The optimizer's class: `Adam`.
    pub class: &'a str,
    /// Its constructor's arguments.
    pub settings: Bound<'a>,
    /// The learning rate of this step.
    pub rate: Arg,
    /// The number of steps made so far, an int64 scalar.
    pub iterations: Arg,
    /// Whether the step is traced as a graph rather than carried out at once.
    pub traced: bool,
    /// The variables that get a gradient: the place among all that the optimizer was built for, the variable, the
    /// gradient, and whether weights decay.
    pub pairs: &'a [(usize, Arg, Arg, bool)],
}

/// Makes a step; the count of steps is the caller's.
///
/// # Errors
/// The optimizer is not modelled, or an op answers so.
pub fn apply(keeper: &mut dyn Keeper, updates: &Updates<'_>) -> Infer<()> {
    let t = &mut Tools::new(keeper);
    let gradients = updates.pairs.iter().map(|(_, _, gradient, _)| Gradient::of(t, gradient)).collect();
    let steps = number(&updates.settings.get("gradient_accumulation_steps")).filter(|steps| *steps >= 2.0);
    let iterations = match steps {
        None => {
            step(keeper, updates, gradients, &updates.iterations)?;
            updates.iterations.clone()
        }
        Some(steps) => step_of_several(keeper, updates, &gradients, steps as i64)?,
    };
    if updates.settings.get("use_ema") == Arg::Bool(true) {
        averages(keeper, updates, &iterations)?;
    }
    Ok(())
}

/// Makes a step only where a condition holds, which may be known when it is made only.
///
/// # Errors
/// As [`apply`].
pub fn apply_where(keeper: &mut dyn Keeper, holds: &Arg, updates: &Updates<'_>) -> Infer<()> {
    apply(&mut When { keeper, holds: holds.clone() }, updates)
}

/// Updates the variables by gradients, after so many steps.
fn step(
    keeper: &mut dyn Keeper,
    updates: &Updates<'_>,
    gradients: Vec<Gradient>,
    iterations: &Arg,
) -> Infer<()> {
    let t = &mut Tools::new(keeper);
    let mut gradients = clipped(t, gradients, &updates.settings)?;
    if t.keras() == Keras::Two {
        gradients = gradients.into_iter().map(Gradient::merged).collect();
    }
    decay_alone(keeper, updates)?;
    if updates.settings.get("use_ema") == Arg::Bool(true) && keeper.keras() == Keras::Two {
        begin_averages(keeper, updates)?;
    }
    by_rule(keeper, updates, &gradients, iterations)
}

/// Makes weights decay as the optimizer's arguments say, and nothing else.
///
/// # Errors
/// An op answers so.
pub fn decay_alone(keeper: &mut dyn Keeper, updates: &Updates<'_>) -> Infer<()> {
    for (_, variable, _, decays) in updates.pairs {
        let name = match shape_of(variable).rank().and_then(|rank| aside(&updates.settings, rank)) {
            Some(true) if updates.class == "Muon" => "adam_weight_decay",
            _ => "weight_decay",
        };
        if let (Some(decay), true) = (number(&updates.settings.get(name)), *decays) {
            weight_decay(keeper, variable, &updates.rate, decay)?;
        }
    }
    Ok(())
}

/// Updates the variables by their gradients as the optimizer's class does, and nothing else.
///
/// # Errors
/// The optimizer is not modelled, or an op answers so.
pub fn update_alone(keeper: &mut dyn Keeper, updates: &Updates<'_>) -> Infer<()> {
    let t = &mut Tools::new(keeper);
    let gradients: Vec<Gradient> =
        updates.pairs.iter().map(|(_, _, gradient, _)| Gradient::of(t, gradient)).collect();
    by_rule(keeper, updates, &gradients, &updates.iterations)
}

fn by_rule(
    keeper: &mut dyn Keeper,
    updates: &Updates<'_>,
    gradients: &[Gradient],
    iterations: &Arg,
) -> Infer<()> {
    for (at, ((index, variable, _, _), gradient)) in updates.pairs.iter().zip(gradients).enumerate() {
        let (rate, traced) = (&updates.rate, updates.traced);
        let place = (at, gradients.len());
        let applied = Applied { index: *index, place, variable, gradient, rate, iterations, traced };
        update(keeper, updates.class, &updates.settings, &applied)?;
    }
    Ok(())
}

/// What changes variables only where a condition holds: the branch of a `cond` that is taken in some steps.
struct When<'k> {
    keeper: &'k mut (dyn Keeper + 'k),
    holds: Arg,
}

impl<'k> Within for When<'k> {
    type Engine = dyn Keeper + 'k;

    fn engine(&self) -> &Self::Engine {
        self.keeper
    }

    fn engine_mut(&mut self) -> &mut Self::Engine {
        self.keeper
    }
}

impl Keeper for When<'_> {
    fn slot(&mut self, name: &str, shape: &[i64], dtype: DType, initial: f64) -> Infer<Arg> {
        self.keeper.slot(name, shape, dtype, initial)
    }

    fn assign(&mut self, variable: &Arg, value: &Arg) -> Infer<()> {
        let holds = self.holds.clone();
        let value = Tools::new(self.keeper).choose(&holds, value, variable)?;
        self.keeper.assign(variable, &value)
    }
}

/// Adds gradients up, and updates the variables by their mean in every step that is a multiple of `steps`. Answers
/// with the number of updates made before.
fn step_of_several(
    keeper: &mut dyn Keeper,
    updates: &Updates<'_>,
    gradients: &[Gradient],
    steps: i64,
) -> Infer<Arg> {
    let t = &mut Tools::new(keeper);
    let count = Arg::Int(steps);
    let next = t.add(&updates.iterations, &Arg::Int(1))?;
    let rest = t.call(["", "keras.ops.mod"], &[&next, &count], &[])?;
    let due = t.equal(&rest, &Arg::Int(0))?;
    let iterations = t.call(["", "keras.ops.floor_divide"], &[&updates.iterations, &count], &[])?;
    let mut means = Vec::new();
    for ((index, variable, _, _), gradient) in updates.pairs.iter().zip(gradients) {
        let sums = slot_like(keeper, *index, "gradient_accumulator", variable)?;
        let t = &mut Tools::new(keeper);
        let sum = t.add(&gradient.sum, &sums)?;
        let mean = t.div(&sum, &count)?;
        let zeros = t.call(["", "keras.ops.zeros_like"], &[&sums], &[])?;
        let kept = t.choose(&due, &zeros, &sum)?;
        means.push(Gradient::of(t, &mean));
        keeper.assign(&sums, &kept)?;
    }
    step(&mut When { keeper, holds: due }, updates, means, &iterations)?;
    Ok(iterations)
}

/// Clips gradients as the optimizer's arguments say.
fn clipped(t: &mut Tools<'_>, gradients: Vec<Gradient>, settings: &Bound<'_>) -> Infer<Vec<Gradient>> {
    let given = |name: &str| number(&settings.get(name)).filter(|n| *n > 0.0);
    if let Some(limit) = given("clipnorm") {
        return gradients.iter().map(|gradient| by_norm(t, gradient, limit)).collect();
    }
    if let Some(limit) = given("global_clipnorm") {
        let mut total: Option<Arg> = None;
        for gradient in &gradients {
            let sum = gradient.squared_norm(t)?;
            total = Some(match total {
                Some(total) => t.add(&total, &sum)?,
                None => sum,
            });
        }
        let Some(total) = total else { return Ok(gradients) };
        let norm = t.sqrt(&total)?;
        let inverse = t.div(&Arg::Float(1.0), &norm)?;
        let least = t.minimum(&inverse, &Arg::Float(1.0 / limit))?;
        let scale = t.mul(&Arg::Float(limit), &least)?;
        let mut by_scale = |t: &mut Tools<'_>, x: &Arg| t.mul(x, &scale);
        // A product with a tensor is a tensor.
        return gradients.iter().map(|gradient| Ok(gradient.scaled(t, &mut by_scale)?.merged())).collect();
    }
    if let Some(limit) = given("clipvalue") {
        let mut clip = |t: &mut Tools<'_>, x: &Arg| t.clip_to(x, -limit, limit);
        return gradients.iter().map(|gradient| gradient.mapped(t, &mut clip)).collect();
    }
    Ok(gradients)
}

/// `tf.clip_by_norm`.
fn by_norm(t: &mut Tools<'_>, gradient: &Gradient, limit: f64) -> Infer<Gradient> {
    let sum = gradient.squared_norm(t)?;
    let norm = t.sqrt(&sum)?;
    let norm = t.maximum(&norm, &Arg::Float(limit))?;
    gradient.scaled(t, &mut |t, x| {
        let scaled = t.mul(x, &Arg::Float(limit))?;
        t.div(&scaled, &norm)
    })
}

fn weight_decay(keeper: &mut dyn Keeper, variable: &Arg, rate: &Arg, decay: f64) -> Infer<()> {
    let dtype = dtype_of(variable).unwrap_or(DType::Float32);
    let mut t = Tools::new(keeper);
    let rate = t.cast(rate, dtype)?;
    let loss = t.mul(variable, &Arg::Float(decay))?;
    let loss = t.mul(&loss, &rate)?;
    let value = t.sub(variable, &loss)?;
    keeper.assign(variable, &value)
}

/// Keras 2's averages begin with the variables' first values.
fn begin_averages(keeper: &mut dyn Keeper, updates: &Updates<'_>) -> Infer<()> {
    for (index, variable, _, _) in updates.pairs {
        let average = average_of(keeper, *index, variable)?;
        let mut t = Tools::new(keeper);
        let first = t.equal(&updates.iterations, &Arg::Int(0))?;
        let value = t.choose(&first, variable, &average)?;
        keeper.assign(&average, &value)?;
    }
    Ok(())
}

/// Moves the averages of the variables, and where it is time puts them in the variables' place.
fn averages(keeper: &mut dyn Keeper, updates: &Updates<'_>, iterations: &Arg) -> Infer<()> {
    let momentum = number(&updates.settings.get("ema_momentum")).unwrap_or(0.99);
    let every = number(&updates.settings.get("ema_overwrite_frequency")).filter(|n| *n >= 1.0);
    for (index, variable, _, _) in updates.pairs {
        let average = average_of(keeper, *index, variable)?;
        let dtype = dtype_of(variable).unwrap_or(DType::Float32);
        let mut t = Tools::new(keeper);
        // In the first step of Keras 3 the average is the variable; Keras 2 begins with its first value.
        let share = match t.keras() {
            Keras::Two => Arg::Float(momentum),
            Keras::Three => {
                let later = t.call(["", "keras.ops.not_equal"], &[iterations, &Arg::Int(0)], &[])?;
                let later = t.cast(&later, dtype)?;
                t.mul(&later, &Arg::Float(momentum))?
            }
        };
        let old = t.mul(&share, &average)?;
        let rest = match &share {
            Arg::Float(share) => Arg::Float(1.0 - share),
            share => t.sub(&Arg::Int(1), share)?,
        };
        let new = t.mul(&rest, variable)?;
        let value = t.add(&old, &new)?;
        keeper.assign(&average, &value)?;
        if let Some(every) = every {
            let mut t = Tools::new(keeper);
            let next = t.add(iterations, &Arg::Int(1))?;
            let paths = ["tf.math.floormod", "keras.ops.mod"];
            let rest = t.call(paths, &[&next, &Arg::Int(every as i64)], &[])?;
            let due = t.equal(&rest, &Arg::Int(0))?;
            let value = t.choose(&due, &average, variable)?;
            keeper.assign(variable, &value)?;
        }
    }
    Ok(())
}

/// The moving average of a variable.
fn average_of(keeper: &mut dyn Keeper, index: usize, variable: &Arg) -> Infer<Arg> {
    slot_like(keeper, index, "average", variable)
}

/// What is kept beside a variable, of its shape and dtype.
fn slot_like(keeper: &mut dyn Keeper, index: usize, name: &str, variable: &Arg) -> Infer<Arg> {
    let unknown = ops::Stop::Unknown("a variable whose shape is not known");
    let sizes = shape_of(variable).all_known().ok_or(unknown)?;
    let dtype = dtype_of(variable).unwrap_or(DType::Float32);
    keeper.slot(&format!("{index}/{name}"), &sizes, dtype, 0.0)
}
