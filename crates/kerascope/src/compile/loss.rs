//! Losses: one of Keras', or a function of the program's own.

use std::fmt;
use std::rc::Rc;

use keras::losses::{LossCall, Weighting};
use keras::{Named, Runner};
use ops::{Arg, Infer, Keras, Operand, Stop};

use super::Configured;
use crate::engine::Engine;
use crate::error::Result;
use crate::scope::Scope;
use crate::value::{Tensor, Value};

/// A loss: one of Keras', or a function of the program's own.
#[derive(Clone)]
pub struct Loss {
    kind: LossKind,
    weight: f64,
}

/// The losses of a model: one for all outputs, or one for each, in their order.
#[derive(Clone, Debug)]
pub struct Losses(pub(crate) Vec<Loss>);

impl<L: Into<Loss>> From<L> for Losses {
    fn from(loss: L) -> Losses {
        Losses(vec![loss.into()])
    }
}

impl<const N: usize> From<[Loss; N]> for Losses {
    fn from(losses: [Loss; N]) -> Losses {
        Losses(losses.into())
    }
}

impl From<Vec<Loss>> for Losses {
    fn from(losses: Vec<Loss>) -> Losses {
        Losses(losses)
    }
}

/// A loss of labels and predictions.
type LossFunction = dyn Fn(&mut Scope<'_>, &Tensor, &Tensor) -> Result<Tensor>;

#[derive(Clone)]
enum LossKind {
    /// A class or a function of `keras.losses`, by a name that `compile` takes.
    Named(Configured),
    Bound(Bound),
    Function(Rc<LossFunction>),
}

/// A loss of Keras' whose arguments have been checked.
#[derive(Clone)]
struct Bound {
    loss: &'static keras::losses::Loss,
    config: Configured,
    /// What it was called, if it was given no arguments.
    name: Option<String>,
}

/// How a loss was given.
pub(crate) enum Given<'l> {
    /// By a name.
    Name(&'l str),
    /// As an object.
    Object(&'l Configured),
    /// As a function of the program's own.
    Function,
}

impl fmt::Debug for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            LossKind::Named(config) | LossKind::Bound(Bound { config, .. }) => f.write_str(&config.class),
            LossKind::Function(_) => f.write_str("a function"),
        }
    }
}

impl From<&str> for Loss {
    fn from(name: &str) -> Loss {
        Loss::new(name)
    }
}

impl Loss {
    /// Names a loss as `compile` takes it: `"mse"`, `"SparseCategoricalCrossentropy"`.
    pub fn new(name: &str) -> Loss {
        Loss::of(LossKind::Named(Configured::new(name)))
    }

    /// Makes a loss of a function of labels and predictions; what it returns is averaged.
    pub fn function(function: impl Fn(&mut Scope<'_>, &Tensor, &Tensor) -> Result<Tensor> + 'static) -> Loss {
        Loss::of(LossKind::Function(Rc::new(function)))
    }

    fn of(kind: LossKind) -> Loss {
        Loss { kind, weight: 1.0 }
    }

    /// Sets what it is multiplied by before the losses of several outputs are added: `loss_weights`.
    #[must_use]
    pub fn weight(self, weight: f64) -> Loss {
        Loss { weight, ..self }
    }

    /// Returns what the loss is multiplied by.
    pub(crate) fn factor(&self) -> f64 {
        self.weight
    }

    /// Gives an argument of the class's constructor, such as `from_logits`. A function takes none.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Loss {
        if let LossKind::Named(config) = &mut self.kind {
            config.settings.push((name.into(), value.into().0));
        }
        self
    }

    pub(crate) fn bind(&self) -> Infer<Loss> {
        let LossKind::Named(config) = &self.kind else { return Ok(self.clone()) };
        let unknown = Stop::Unknown("a loss that is not modelled");
        let path = match keras::losses::loss_named(Keras::Three, &config.class)? {
            Named::Function(path) | Named::Class(path) => path,
            Named::Itself => return Err(unknown),
        };
        let loss = keras::losses::find_loss(path).ok_or(unknown)?;
        // A function by its name has the defaults of its class.
        let class = loss.class.rsplit('.').next().unwrap_or_default().to_owned();
        let bound = Configured { class, settings: config.settings.clone() }.bind("losses")?;
        let name = config.settings.is_empty().then(|| config.class.clone());
        Ok(Loss { kind: LossKind::Bound(Bound { loss, config: bound, name }), weight: self.weight })
    }

    /// Tells how it was given.
    pub(crate) fn given(&self) -> Given<'_> {
        match &self.kind {
            LossKind::Bound(Bound { name: Some(name), .. }) => Given::Name(name),
            LossKind::Named(config) | LossKind::Bound(Bound { config, .. }) => Given::Object(config),
            LossKind::Function(_) => Given::Function,
        }
    }

    /// Computes the loss of a batch, whose samples may have weights.
    pub(crate) fn compute(
        &self,
        engine: &mut Engine,
        labels: Arg,
        predictions: Operand,
        sample_weight: Arg,
    ) -> Infer<Arg> {
        let mask = predictions.node.and_then(|node| engine.masks.get(&graph::NodeId(node)).cloned());
        let mut weighting = Weighting { mask: mask.unwrap_or(Arg::None), sample_weight, ..Weighting::mean() };
        let predictions = Arg::Tensor(predictions);
        match &self.kind {
            LossKind::Named(_) => Err(Stop::Unknown("a loss that was not compiled")),
            LossKind::Bound(Bound { loss, config, .. }) => {
                let bound = config.bound();
                if let reduction @ Arg::Str(_) = bound.get("reduction") {
                    weighting.reduction = reduction;
                }
                keras::losses::call_loss(
                    engine,
                    LossCall::Known(loss, bound),
                    labels,
                    predictions,
                    &weighting,
                )
            }
            LossKind::Function(function) => {
                let (Arg::Tensor(y), Arg::Tensor(p)) = (labels, predictions) else {
                    return Err(Stop::Unknown("labels that are no tensor"));
                };
                let value = function(&mut Scope { engine, layer: None }, &Tensor(y), &Tensor(p))?;
                keras::losses::reduce(engine, Arg::Tensor(value.0), &weighting)
            }
        }
    }
}

/// Adds the losses of a model's outputs, each times its weight.
pub(crate) fn total(engine: &mut Engine, losses: &[(Arg, f64)]) -> Infer<Arg> {
    let mut sum: Option<Arg> = None;
    for (loss, weight) in losses {
        let part = match *weight {
            1.0 => loss.clone(),
            weight => engine.api("keras.ops.multiply", &[loss.clone(), Arg::Float(weight)], &[])?,
        };
        sum = Some(match sum {
            Some(sum) => engine.api("keras.ops.add", &[sum, part], &[])?,
            None => part,
        });
    }
    sum.ok_or(Stop::Unknown("a model without outputs"))
}
