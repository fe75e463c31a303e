//! Regularizers and constraints of weights.

use std::rc::Rc;

use keras::{Activity, Attached, Bound};
use ops::{Arg, Infer, Keras, Stop};

use crate::compile::Configured;
use crate::engine::Engine;
use crate::layer::Layer;
use crate::value::Value;
use crate::weight::Weight;

/// Adds to the loss what it makes of a weight: any of `keras.regularizers`.
///
/// ```
/// use kerascope::{Constraint, Layer, Regularizer};
///
/// let decayed = Layer::new("Dense")
///     .with("units", 4)
///     .regularized("kernel", &Regularizer::new("L2").with("l2", 1e-4))
///     .constrained("bias", &Constraint::new("NonNeg"));
/// # let _ = decayed;
/// ```
#[derive(Clone, Debug)]
pub struct Regularizer(pub(crate) Configured);

/// Changes a weight after each step: any of `keras.constraints`.
#[derive(Clone, Debug)]
pub struct Constraint(pub(crate) Configured);

impl Regularizer {
    /// Makes a regularizer of a class. Its arguments are checked when a layer with it is first called.
    pub fn new(class: &str) -> Regularizer {
        Regularizer(Configured::new(class))
    }

    /// Gives an argument of the constructor.
    #[must_use]
    pub fn with(self, name: &str, value: impl Into<Value>) -> Regularizer {
        Regularizer(self.0.with(name, value))
    }
}

impl Constraint {
    /// Makes a constraint of a class. Its arguments are checked when a layer with it is first called.
    pub fn new(class: &str) -> Constraint {
        Constraint(Configured::new(class))
    }

    /// Gives an argument of the constructor.
    #[must_use]
    pub fn with(self, name: &str, value: impl Into<Value>) -> Constraint {
        Constraint(self.0.with(name, value))
    }
}

/// What is attached to a weight.
#[derive(Clone, Debug)]
pub(crate) enum Applied {
    /// Named as Keras' layers take it: `"l2"`.
    Named(Rc<str>),
    /// An object of the program's.
    Made(Rc<Configured>),
}

impl Applied {
    /// Checks what an object was made with.
    pub(crate) fn made(kind: Attached, config: &Configured) -> Infer<Applied> {
        Ok(Applied::Made(Rc::new(config.bind(module(kind))?)))
    }
}

/// The module that the classes are in.
fn module(kind: Attached) -> &'static str {
    match kind {
        Attached::Regularizer => "regularizers",
        Attached::Constraint => "constraints",
    }
}

impl Engine {
    /// Computes what is attached to a weight makes of it: a penalty, or the weight's new value; nothing where nothing
    /// of this kind is attached.
    pub(crate) fn attached(&mut self, kind: Attached, weight: &Weight) -> Infer<Option<Arg>> {
        let Some(applied) = weight.attached(kind) else { return Ok(None) };
        let x = self.read(weight);
        self.apply(kind, &applied, &x).map(Some)
    }

    fn apply(&mut self, kind: Attached, applied: &Applied, x: &Arg) -> Infer<Arg> {
        match applied {
            Applied::Named(name) => kind.apply_named(self, name, x),
            Applied::Made(config) => {
                let path = format!("keras.{}.{}", module(kind), config.class());
                kind.apply(self, &path, &config.bound(), x)
            }
        }
    }

    /// Returns what a layer's argument attaches; nothing where it is no object of this kind.
    pub(crate) fn applied(&self, kind: Attached, given: &Arg) -> Infer<Option<Applied>> {
        match given {
            Arg::Str(name) => Ok(Some(Applied::Named(name.clone()))),
            given => self.object_of(given).map(|config| Applied::made(kind, config)).transpose(),
        }
    }

    /// Adds to the loss what a layer's activity regularizer makes of its outputs.
    pub(crate) fn regularize_activity(&mut self, layer: &Layer, outputs: &Arg) -> Infer<()> {
        let config = layer.inner().state.borrow().config.clone();
        let Some(regularizer) = Activity::of(layer.class(), &config) else { return Ok(()) };
        let kind = Attached::Regularizer;
        let applied = match regularizer {
            Activity::Given(given) => self.applied(kind, given)?,
            Activity::Own(_) => None,
        };
        let mut all = Vec::new();
        outputs.tensors(&mut |operand| all.push(Arg::Tensor(operand.clone())));
        for output in all {
            let penalty = match (regularizer, &applied) {
                (Activity::Own(args), _) => {
                    let settings = Bound { keras: Keras::Three, class: "", args };
                    kind.apply(self, Activity::OWN, &settings, &output)?
                }
                (Activity::Given(_), Some(applied)) => self.apply(kind, applied, &output)?,
                (Activity::Given(_), None) => return Err(Stop::Unknown("a regularizer that is not known")),
            };
            let mean = keras::mean_penalty(self, penalty, &output)?;
            self.penalties.push(mean);
        }
        Ok(())
    }
}
