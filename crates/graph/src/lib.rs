//! The trace of an interpreted script: every tensor as a node with its spec, inputs and origin.
//!
//! Knows nothing of Python values. Gradient questions are answered here, by walking the nodes.

mod depth;
mod gradient;
mod trace;

pub use depth::Depths;
pub use gradient::{Cut, Reach};
pub use trace::{Node, NodeId, Scope, ScopeId, Source, Trace, Variable, VariableId};
