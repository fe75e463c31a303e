//! The declaration of an op.

use smallvec::SmallVec;
use tensor::Content;

use crate::spec::KernelRef;
use crate::{Call, Infer, Outputs};

/// Whether a gradient reaches an input through a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Flow {
    /// The tape gives `None`.
    None,
    /// A gradient arrives and is zero everywhere (`tf.sign`).
    Zero,
    /// It cannot be told.
    Unknown,
    /// A gradient arrives.
    Ok,
    /// Asking for it raises `LookupError`: this kernel has no entry in the gradient registry.
    Raises(KernelRef),
}

impl Flow {
    /// What a kernel without an entry in the gradient registry makes of a gradient.
    pub fn unregistered(kernel: &str) -> Flow {
        KernelRef::find(kernel).map_or(Flow::Unknown, Flow::Raises)
    }

    /// What a gradient that got so far becomes on the next step back.
    #[must_use]
    pub fn then(self, step: Flow) -> Flow {
        match (self, step) {
            (Flow::None, _) | (_, Flow::None) => Flow::None,
            (Flow::Raises(kernel), _) | (_, Flow::Raises(kernel)) => Flow::Raises(kernel),
            (one, other) => one.min(other),
        }
    }
}

/// One flow for each tensor argument, in the order of [`Call::operands`].
pub type Flows = SmallVec<[Flow; 4]>;

/// Which inputs of an op get a gradient. The facts are TensorFlow's, not calculus': it has no gradient
/// for `floor`, `ceil` and `round`, but zeros for `sign`. Inputs of integer or bool dtype never get
/// one; that need not be said.
#[derive(Clone, Copy, Debug)]
pub enum Gradient {
    /// No input gets one: the tape gives `None`.
    NotDifferentiable,
    /// Every input gets zeros.
    Zero,
    /// Every input gets one.
    Flows,
    /// As the kernels that `infer` composes say: each [`crate::Out`] carries its flows.
    Kernels,
    /// Only tensors in these parameters (by name) get one: `tf.gather`'s `params`, not its indices.
    Only(&'static [&'static str]),
    /// It depends on the call: one answer for each of [`Call::operands`].
    Custom(fn(&Call<'_>, &Outputs) -> Flows),
}

/// How known contents are computed.
#[derive(Clone, Copy, Debug)]
pub enum Eval {
    /// Not modelled: the result's contents are unknown unless `infer` gives them.
    Missing,
    /// By the kernels that `infer` composes.
    Kernels,
    /// Element by element.
    Unary(fn(f64) -> f64),
    /// Element by element on two broadcast operands.
    Binary(fn(f64, f64) -> f64),
    /// Any other way.
    Custom(fn(&Call<'_>) -> Option<Content>),
}

/// One tensor operation: everything known about it.
#[derive(Debug)]
pub struct Op {
    /// The name, unique among ops; layers call it by this.
    pub name: &'static str,
    /// Public paths that mean this op: `tf.reduce_sum`, `keras.ops.sum`, `tf.keras.backend.sum`, `np.sum`.
    /// Aliases of the same function need not be listed. A path that the recorded surface has no signature
    /// for carries one: `np.concatenate(arrays, axis=0, dtype=None)`.
    pub apis: &'static [&'static str],
    /// The result's spec, or what the framework raises.
    pub infer: fn(&Call<'_>) -> Infer<Outputs>,
    /// Which inputs get a gradient.
    pub gradient: Gradient,
    /// Evaluation on known contents.
    pub eval: Eval,
    /// Where the behaviour was read: `keras/src/ops/numpy.py: Concatenate.compute_output_spec`.
    pub source: &'static str,
    /// What tells apart the rows that share an `infer`: the TensorFlow kernel; empty where there is nothing.
    pub kernel: &'static str,
}

impl Op {
    /// Tells which of the call's operands get a gradient.
    pub fn flows(&self, call: &Call<'_>, outputs: &Outputs) -> Flows {
        let mut flows = match self.gradient {
            Gradient::Custom(f) => f(call, outputs),
            Gradient::Kernels => best(outputs),
            _ => {
                let mut flows = Flows::new();
                call.operands(&mut |param, _| {
                    flows.push(match self.gradient {
                        Gradient::NotDifferentiable => Flow::None,
                        Gradient::Zero => Flow::Zero,
                        Gradient::Only(params) if !params.contains(&param) => Flow::None,
                        _ => Flow::Ok,
                    });
                });
                flows
            }
        };
        let mut at = 0;
        call.operands(&mut |_, operand| {
            if let (Some(flow), Some(dtype)) = (flows.get_mut(at), operand.spec.dtype)
                && !dtype.is_differentiable()
            {
                *flow = Flow::None;
            }
            at += 1;
        });
        flows
    }
}

/// Returns the best flow of all tensors in a result, for each operand.
fn best(outputs: &Outputs) -> Flows {
    let mut flows = Flows::new();
    outputs.tensors(&mut |out| {
        let Some(own) = &out.flows else { return };
        for (at, flow) in own.iter().enumerate() {
            match flows.get_mut(at) {
                Some(known) => *known = (*flow).max(*known),
                None => flows.push(*flow),
            }
        }
    });
    flows
}
