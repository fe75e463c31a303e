//! What is wrong with a model, as values.

use std::rc::Rc;

use graph::{NodeId, Source};
use ops::{Arg, Flow};
use tensor::{DType, Dim, Shape, TensorSpec};

use crate::engine::Engine;
use crate::error::{Error, Raised};
use crate::layer::Kind;
use crate::model::Model;

/// One thing that is wrong with a model, or cannot be told of it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Finding {
    /// Running the model raises this.
    Raises(Box<Raised>),
    /// The `output_shape` of a Lambda, which Keras 3 believes, is not the shape of what its function gives.
    OutputShape {
        /// The layer.
        layer: String,
        /// What Keras takes for the output's shape.
        declared: Shape,
        /// What the output's shape is.
        actual: Shape,
    },
    /// Nothing in the model can be trained.
    NoTrainableWeights,
    /// Training does not change this weight.
    Untrained {
        /// The weight: `dense/kernel`.
        weight: String,
        /// What arrives at it.
        gradient: Fate,
        /// The operation that lets no gradient through; nothing where the loss does not depend on the weight, or where
        /// the gradient is zero.
        cut: Option<Cut>,
    },
    /// A function draws numbers anew at each call where a weight may have been meant: nothing trains them.
    Redrawn {
        /// The layer.
        layer: String,
        /// The op that draws.
        op: &'static str,
    },
    /// From here on it cannot be told.
    Unknown(&'static str),
}

/// What becomes of a gradient on its way to a weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// None arrives: `GradientTape` gives `None`.
    None,
    /// Zeros arrive.
    Zero,
}

/// Where a gradient stops.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// The op: `round`, `argmax`.
    pub op: &'static str,
    /// The layer in which it is applied; empty for the loss.
    pub layer: String,
}

impl Model {
    /// Says what is wrong with the model, without numbers: what a batch of so many samples raises, which weights no
    /// gradient reaches. Where the model is compiled, the gradients are those of its losses, with labels of these
    /// shapes, without the batch; those of the outputs where none are given.
    ///
    /// Errors are claims: what [`Finding::Raises`] says is raised. What cannot be told is [`Finding::Unknown`].
    pub fn check(&self, samples: i64, labels: &[TensorSpec]) -> Vec<Finding> {
        let mut engine = Engine::checking();
        let mut findings = Vec::new();
        let inputs =
            self.network.inputs.iter().map(|input| engine.input(batch_of(input.spec(), samples)).0).collect();
        let outputs = self.network.forward(&mut engine, inputs, |call, outputs| {
            let (Kind::Lambda(_), Arg::Tensor(actual)) = (&call.layer.inner().kind, outputs) else { return };
            let declared = declared_shape(&call.layer.inner().state.borrow().output_shape, samples);
            if let Some(declared) = declared.filter(|declared| !declared.compatible(&actual.spec.shape)) {
                let (layer, actual) = (call.layer.name().to_string(), actual.spec.shape.clone());
                findings.push(Finding::OutputShape { layer, declared, actual });
            }
        });
        let targets = outputs.and_then(|outputs| self.targets(&mut engine, outputs, samples, labels));
        self.find_draws(&engine, &mut findings);
        match targets {
            Ok(targets) => self.find_untrained(&mut engine, &targets, &mut findings),
            Err(Error::Raised(raised)) => findings.push(Finding::Raises(raised)),
            Err(Error::Unknown(why)) => findings.push(Finding::Unknown(why)),
            Err(_) => findings.push(Finding::Unknown("a model that cannot be traced")),
        }
        findings
    }

    /// What gradients are taken of: the losses, or the outputs of a model without any.
    fn targets(
        &self,
        engine: &mut Engine,
        outputs: Vec<Arg>,
        samples: i64,
        labels: &[TensorSpec],
    ) -> Result<Vec<Arg>, Error> {
        if self.compiled.is_none() {
            return Ok(outputs);
        }
        let mut pairs = Vec::with_capacity(outputs.len());
        for (at, output) in outputs.iter().enumerate() {
            let Arg::Tensor(predictions) = output else { return Ok(outputs) };
            let spec = match labels.get(at) {
                Some(labels) => {
                    let dims = std::iter::once(Dim::Known(samples));
                    let own = labels.shape.dims().unwrap_or_default().iter().copied();
                    TensorSpec::new(dims.chain(own).collect::<Shape>(), labels.dtype)
                }
                None => predictions.spec.clone(),
            };
            if let (Arg::Tensor(labels), _) = engine.input(spec) {
                pairs.push((labels, predictions.clone()));
            }
        }
        Ok(self.losses_of(engine, &pairs, &[])?.into_iter().map(|(loss, _)| loss).collect())
    }

    fn find_untrained(&self, engine: &mut Engine, targets: &[Arg], findings: &mut Vec<Finding>) {
        let weights = self.trainable_weights();
        if weights.is_empty() {
            findings.push(Finding::NoTrainableWeights);
        }
        let node = |target: &Arg| match target {
            Arg::Tensor(target) => target.node.map(NodeId),
            _ => None,
        };
        let Some(targets) = targets.iter().map(node).collect::<Option<Vec<NodeId>>>() else { return };
        let nodes: Vec<NodeId> = weights.iter().map(|weight| engine.node_of(weight)).collect();
        let everything = 0..u32::MAX;
        let reach = engine.trace.reach(&targets, std::slice::from_ref(&everything));
        for (weight, node) in weights.iter().zip(nodes) {
            let gradient = match reach.at(node) {
                Flow::Ok | Flow::Unknown | Flow::Raises(_) => continue,
                Flow::Zero => Fate::Zero,
                Flow::None => Fate::None,
            };
            let cut = engine.trace.cut(&targets, node).and_then(|cut| cut_of(engine, cut.node));
            findings.push(Finding::Untrained { weight: weight.name().to_string(), gradient, cut });
        }
    }

    /// Looks for Lambdas without weights that draw numbers.
    fn find_draws(&self, engine: &Engine, findings: &mut Vec<Finding>) {
        let lambdas: Vec<Rc<str>> = self
            .layers()
            .iter()
            .filter(|layer| matches!(layer.inner().kind, Kind::Lambda(_)) && layer.weights().is_empty())
            .map(crate::Layer::name)
            .collect();
        for at in 0..u32::try_from(engine.trace.len()).unwrap_or(u32::MAX) {
            let node = engine.trace.node(NodeId(at));
            let Source::Op(op) = node.source else { continue };
            let Some(scope) = engine.trace.scope(node.scope) else { continue };
            if op.name.starts_with("random_") && lambdas.contains(&scope.label) {
                findings.push(Finding::Redrawn { layer: scope.label.to_string(), op: op.name });
            }
        }
    }
}

fn cut_of(engine: &Engine, node: NodeId) -> Option<Cut> {
    let node = engine.trace.node(node);
    let Source::Op(op) = node.source else { return None };
    let layer = engine.trace.scope(node.scope).map(|scope| scope.label.to_string()).unwrap_or_default();
    Some(Cut { op: op.name, layer })
}

/// The spec of an input for a batch of this size.
fn batch_of(spec: &TensorSpec, samples: i64) -> TensorSpec {
    let shape = match spec.shape.rank() {
        Some(rank) if rank > 0 => spec.shape.with_dim(0, Dim::Known(samples)),
        _ => spec.shape.clone(),
    };
    TensorSpec::new(shape, spec.dtype.unwrap_or(DType::Float32))
}

fn declared_shape(declared: &Option<Vec<i64>>, samples: i64) -> Option<Shape> {
    let dims = declared.as_ref()?.iter().map(|n| Dim::Known(*n));
    Some(std::iter::once(Dim::Known(samples)).chain(dims).collect())
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Finding::Raises(raised) => raised.fmt(f),
            Finding::OutputShape { layer, declared, actual } => {
                let (declared, actual) = (declared.tuple(), actual.tuple());
                write!(f, "layer '{layer}' gives {actual}, not {declared} as its `output_shape` says")
            }
            Finding::NoTrainableWeights => f.write_str("nothing in the model can be trained"),
            Finding::Untrained { weight, gradient, cut } => {
                let what = match gradient {
                    Fate::None => "no gradient reaches it",
                    Fate::Zero => "its gradient is zero",
                };
                write!(f, "'{weight}' is not trained: {what}")?;
                match cut {
                    Some(Cut { op, layer }) if layer.is_empty() => write!(f, ", `{op}` stops it"),
                    Some(Cut { op, layer }) => write!(f, ", `{op}` in layer '{layer}' stops it"),
                    None => Ok(()),
                }
            }
            Finding::Redrawn { layer, op } => {
                write!(f, "layer '{layer}' draws numbers anew at each call (`{op}`): nothing trains them")
            }
            Finding::Unknown(why) => write!(f, "it cannot be told: {why}"),
        }
    }
}
