//! Optimizers and their learning rates.

use array::Array;
use keras::optimizers::Updates;
use keras::{Keeper, Runner};
use ops::{Arg, Infer, Stop};
use tensor::DType;

use super::Configured;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::host::{Keep, Slots, find_slot, slot_of};
use crate::value::Value;
use crate::weight::{Weight, sizes};

/// The name of the variable that an optimizer's learning rate is.
const RATE: &str = "learning_rate";

/// The name of the variable that counts its steps.
const ITERATIONS: &str = "iterations";

/// An optimizer: any of `keras.optimizers`.
///
/// ```
/// use kerascope::{Optimizer, Schedule};
///
/// let plain = Optimizer::new("SGD").with("learning_rate", 0.1).with("momentum", 0.9);
/// let decay = Schedule::new("ExponentialDecay")
///     .with("initial_learning_rate", 0.1)
///     .with("decay_steps", 100)
///     .with("decay_rate", 0.5);
/// let decaying = Optimizer::new("Adam").scheduled(decay);
/// # let _ = (plain, decaying);
/// ```
#[derive(Clone, Debug)]
pub struct Optimizer {
    pub(crate) config: Configured,
    pub(crate) schedule: Option<Schedule>,
}

/// A learning rate that changes from step to step: any of `keras.optimizers.schedules`.
#[derive(Clone, Debug)]
pub struct Schedule {
    pub(crate) config: Configured,
}

impl Schedule {
    /// Makes a schedule of a class.
    pub fn new(class: &str) -> Schedule {
        Schedule { config: Configured::new(class) }
    }

    /// Gives an argument of the constructor.
    #[must_use]
    pub fn with(self, name: &str, value: impl Into<Value>) -> Schedule {
        Schedule { config: self.config.with(name, value) }
    }
}

impl Optimizer {
    /// Makes an optimizer of a class.
    pub fn new(class: &str) -> Optimizer {
        Optimizer { config: Configured::new(class), schedule: None }
    }

    /// Gives an argument of the constructor.
    #[must_use]
    pub fn with(self, name: &str, value: impl Into<Value>) -> Optimizer {
        Optimizer { config: self.config.with(name, value), ..self }
    }

    /// Gives it a learning rate that changes.
    #[must_use]
    pub fn scheduled(mut self, schedule: Schedule) -> Optimizer {
        self.schedule = Some(schedule);
        self
    }

    /// Checks the arguments.
    pub(crate) fn bind(&self) -> Infer<Optimizer> {
        let schedule = match &self.schedule {
            Some(schedule) => Some(Schedule { config: schedule.config.bind("optimizers.schedules")? }),
            None => None,
        };
        Ok(Optimizer { config: self.config.bind("optimizers")?, schedule })
    }

    /// Returns the present learning rate; nothing where a schedule says it.
    pub(crate) fn rate(&self, slots: &Slots) -> Option<f64> {
        if self.schedule.is_some() {
            return None;
        }
        match find_slot(slots, RATE) {
            Some(weight) => weight.array().ok()?.to_float().ok(),
            None => self.first_rate().ok(),
        }
    }

    /// Sets the learning rate.
    pub(crate) fn set_rate(&mut self, slots: &mut Slots, rate: f64) -> Result<()> {
        if self.schedule.is_some() {
            return Err(Error::Unknown("a rate beside a schedule"));
        }
        let settings = &mut self.config.settings;
        settings.retain(|(name, _)| &**name != RATE);
        settings.push((RATE.into(), Arg::Float(rate)));
        match find_slot(slots, RATE) {
            Some(weight) => weight.assign(&Array::scalar(DType::Float32, rate)?),
            None => Ok(()),
        }
    }

    /// Makes a step.
    pub(crate) fn step(
        &self,
        engine: &mut Engine,
        slots: &mut Slots,
        pairs: &[(usize, Arg, Arg, bool)],
    ) -> Infer<()> {
        let mut keep = Keep { engine, slots };
        let iterations = keep.slot(ITERATIONS, &[], DType::Int64, 0.0)?;
        let rate = match &self.schedule {
            Some(Schedule { config }) => {
                let bound = config.bound();
                keras::optimizers::scheduled(&mut keep, bound.class, &bound, &iterations)?
            }
            None => keep.slot(RATE, &[], DType::Float32, self.first_rate()?)?,
        };
        let updates = Updates {
            class: &self.config.class,
            settings: self.config.bound(),
            rate,
            iterations: iterations.clone(),
            traced: true,
            pairs,
        };
        keras::optimizers::apply(&mut keep, &updates)?;
        let next = keep.api("keras.ops.add", &[iterations.clone(), Arg::Int(1)], &[])?;
        keep.assign(&iterations, &next)
    }

    /// Returns its name.
    pub(crate) fn name(&self) -> String {
        match self.config.bound().get("name") {
            Arg::Str(name) => name.to_string(),
            _ => keras::snake_case(&self.config.class),
        }
    }

    /// Gives weights their moving averages, where the optimizer keeps them: what Keras does when a training ends.
    ///
    /// source: keras/src/optimizers/base_optimizer.py: finalize_variable_values
    pub(crate) fn finalize(&self, slots: &Slots, weights: &[Weight]) -> Result<()> {
        if self.config.bound().get("use_ema") != Arg::Bool(true) {
            return Ok(());
        }
        for (at, weight) in weights.iter().enumerate() {
            if let Some(average) = find_slot(slots, &format!("{at}/average")) {
                weight.assign(&average.array()?)?;
            }
        }
        Ok(())
    }

    /// The learning rate that it is made with.
    fn first_rate(&self) -> Infer<f64> {
        let rate = keras::number(&self.config.bound().get(RATE));
        rate.ok_or(Stop::Unknown("a learning rate that is no number"))
    }

    /// Tells whether there is already what it keeps for the weights: a step has been recorded, or it was loaded.
    pub(crate) fn is_built(&self, slots: &Slots) -> bool {
        slots.iter().any(|(name, _, _)| name != ITERATIONS && name != RATE)
    }

    /// Returns the optimizer's variables in the order in which files have them: the count of steps, the learning rate
    /// unless a schedule says it, then what it keeps for the weights once it is `built`. Those that are not there are
    /// made.
    ///
    /// source: keras/src/optimizers/base_optimizer.py: `variables`, `save_own_variables`
    pub(crate) fn variables(&self, slots: &mut Slots, weights: &[Weight], built: bool) -> Infer<Vec<Weight>> {
        let unknown = Stop::Unknown("what an optimizer keeps");
        let mut all = vec![slot_of(slots, ITERATIONS, &[], DType::Int64, 0.0)?];
        if self.schedule.is_none() {
            all.push(slot_of(slots, RATE, &[], DType::Float32, self.first_rate()?)?);
        }
        if !built {
            return Ok(all);
        }
        let of = |weight: &Weight| Some(sizes(weight.spec())?.into_iter().map(|n| n as i64).collect());
        let shapes: Option<Vec<Vec<i64>>> = weights.iter().map(of).collect();
        let kept = keras::optimizers::kept_slots(
            &self.config.class,
            &self.config.bound(),
            &shapes.ok_or(unknown.clone())?,
        );
        for kept in kept.ok_or(unknown)? {
            let dtype = kept.of.and_then(|at| weights.get(at)?.spec().dtype).unwrap_or(DType::Float32);
            all.push(slot_of(slots, &kept.name, &kept.sizes, dtype, kept.initial)?);
        }
        Ok(all)
    }
}
