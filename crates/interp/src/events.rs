//! Facts that rules read beside the record and the trace.

use std::rc::Rc;

use diagnostics::Span;
use graph::{NodeId, VariableId};

use crate::heap::ObjId;
use crate::record::GradientStatus;
use crate::value::{FunctionId, Value};

/// What Keras 3's inference does to a Lambda's function otherwise than a run.
#[derive(Clone, Debug)]
pub enum Misled {
    /// It hands an input over in the layer's own dtype.
    Dtype {
        /// The input.
        input: NodeId,
        /// The dtype that the function sees.
        taken: tensor::DType,
        /// What the function gives for the input as it is.
        gives: Option<tensor::Shape>,
    },
    /// It hands no mask over.
    Mask {
        /// What the function gives with one.
        gives: Option<tensor::Shape>,
    },
}

/// Something that happened which a rule may have something to say about.
#[derive(Clone, Debug)]
pub enum Event {
    /// An exception left a layer call or a model's method, or ended the script.
    Raised {
        /// The exception.
        exception: ObjId,
        /// Whether the script ends with it.
        fatal: bool,
    },
    /// The script catches an exception.
    Caught {
        /// The exception.
        exception: ObjId,
        /// The `except` clause.
        span: Span,
    },
    /// A Keras 3 Lambda's inference swallowed an exception.
    Swallowed {
        /// What the function raised.
        hidden: ObjId,
        /// What Keras raises in its place.
        shown: ObjId,
        /// The layer's name.
        layer: Rc<str>,
        /// What inference does otherwise than a run, where that alone made the function fail.
        misled: Option<Misled>,
    },
    /// A Lambda is called symbolically, and its function reads names outside of itself.
    Captured {
        /// The layer's name.
        layer: Rc<str>,
        /// The function.
        function: FunctionId,
        /// The names and what they mean at the call.
        values: Vec<(Rc<str>, Value)>,
        /// The call.
        span: Span,
    },
    /// A Lambda's function gives something that is no tensor.
    NoTensor {
        /// The layer's name.
        layer: Rc<str>,
        /// The function.
        function: Option<FunctionId>,
        /// The type of what it gives.
        gives: Rc<str>,
        /// What Keras 3 raises; Keras 2 says nothing.
        shown: Option<ObjId>,
        /// The layer's call.
        span: Span,
    },
    /// A Lambda, or a layer of the script's own, does not hand the mask of its input on.
    MaskDropped {
        /// The layer's name.
        layer: Rc<str>,
        /// Whether it is a Lambda.
        lambda: bool,
        /// The input that has a mask.
        input: NodeId,
        /// The layer's call.
        span: Span,
    },
    /// A Lambda with `output_shape` under Keras 3: the function was not run by Keras; we ran it.
    DeclaredShape {
        /// The layer's name.
        layer: Rc<str>,
        /// What was declared, batch first.
        declared: tensor::Shape,
        /// What the function gives, if it runs.
        actual: Option<tensor::Shape>,
        /// What the function raises, if it does.
        raises: Option<ObjId>,
        /// The expression that made the layer.
        made: Span,
        /// The layer's call.
        span: Span,
    },
    /// The function of a Keras 3 Lambda with `output_shape` gives a KerasTensor, which is no value: it uses one
    /// from outside.
    Outside {
        /// The layer's name.
        layer: Rc<str>,
        /// The layer's call.
        span: Span,
    },
    /// A model was saved.
    Saved {
        /// The path.
        path: Rc<str>,
        /// Its Lambdas whose functions are saved as code, and the expressions that made them.
        lambdas: Vec<(Rc<str>, Span)>,
        /// The call.
        span: Span,
    },
    /// A model was loaded.
    Loaded {
        /// The path.
        path: Rc<str>,
        /// The call.
        span: Span,
    },
    /// A model was fitted.
    Fit {
        /// The call.
        span: Span,
        /// The loss's node.
        loss: NodeId,
        /// The trainable variables in order.
        variables: Vec<VariableId>,
        /// What becomes of each one's gradient.
        status: Vec<GradientStatus>,
        /// The model's name.
        model: Rc<str>,
        /// The model.
        id: ObjId,
    },
    /// A loss of Keras' was computed.
    Loss {
        /// The loss's name.
        by: Rc<str>,
        /// The labels.
        labels: NodeId,
        /// The predictions.
        predictions: NodeId,
        /// Whether it is told that the predictions are scores and not probabilities; nothing where there is no
        /// such setting, or it is not known.
        from_logits: Option<bool>,
        /// The call that computes it.
        span: Span,
    },
    /// A tape is asked again that has given its gradients.
    UsedTape {
        /// What is raised.
        exception: ObjId,
        /// Where it gave them.
        first: Span,
    },
    /// A tape was asked for gradients.
    Tape {
        /// The call.
        span: Span,
        /// The targets.
        targets: Vec<NodeId>,
        /// The sources in order.
        sources: Vec<NodeId>,
        /// What the tape has recorded: ranges of nodes.
        recorded: Vec<std::ops::Range<u32>>,
        /// What becomes of each one's gradient.
        status: Vec<GradientStatus>,
    },
}
