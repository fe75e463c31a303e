//! Variables.

use std::rc::Rc;

use graph::{NodeId, Source, VariableId};
use tensor::TensorSpec;

use crate::interp::Interp;
use crate::value::Native;

/// Native functions.
pub(crate) static FUNCTIONS: &[Native] = &[];

impl Interp<'_> {
    /// Returns the variable behind a node, if it is one.
    pub fn variable_of(&self, node: NodeId) -> Option<VariableId> {
        match self.trace.node(node).source {
            Source::Variable(id) => Some(id),
            _ => None,
        }
    }

    pub(crate) fn variable_trainable(&self, node: NodeId) -> bool {
        self.variable_of(node).is_some_and(|v| self.trace.variable(v).trainable)
    }

    /// Makes a variable.
    pub fn new_variable(&mut self, name: Rc<str>, spec: TensorSpec, trainable: bool) -> VariableId {
        let span = self.here();
        self.trace.add_variable(name, spec, trainable, span)
    }
}
