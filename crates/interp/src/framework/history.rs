//! How KerasTensors came to be: the symbolic calls that a functional model repeats.

use std::rc::Rc;

use diagnostics::Span;
use graph::NodeId;
use ops::{Arg, Op, Surface};

use crate::heap::ObjId;
use crate::value::{Args, Value};

/// Who was called.
#[derive(Clone, Debug)]
pub enum Callee {
    /// A layer or model.
    Layer(ObjId),
    /// An op on KerasTensors: `keras.ops.mean(x)`, `x + 1`.
    Op {
        /// The name of the layer or operation that Keras makes of it: `add_1`.
        name: Rc<str>,
        /// Its class: `TFOpLambda`, `Add`.
        class: Rc<str>,
        /// The op.
        op: &'static Op,
        /// Its path.
        path: Rc<str>,
        /// Its surface.
        surface: Surface,
        /// The bound arguments.
        args: Vec<(Rc<str>, Arg)>,
    },
}

/// A symbolic call.
#[derive(Clone, Debug)]
pub struct KerasCall {
    /// Who was called.
    pub callee: Callee,
    /// The arguments, for a layer.
    pub args: Args,
    /// What came out: KerasTensors in a structure.
    pub outputs: Value,
    /// The KerasTensors among the arguments.
    pub inputs: Vec<NodeId>,
    /// The expression.
    pub span: Span,
}
