//! Facts that rules read beside the record and the trace.

use std::rc::Rc;

use diagnostics::Span;
use graph::{NodeId, VariableId};

use crate::heap::ObjId;

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
    /// A Keras 3 Lambda's inference swallowed an exception.
    Swallowed {
        /// What the function raised.
        hidden: ObjId,
        /// What Keras raises in its place.
        shown: ObjId,
        /// The layer's name.
        layer: Rc<str>,
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
        /// The `output_shape` argument, or the layer's call.
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
        /// The model's name.
        model: Rc<str>,
    },
}
