//! Where the script calls its layers.

use diagnostics::Span;
use graph::NodeId;
use interp::Interp;
use interp::framework::history::Callee;

use crate::source;

/// The name of the outermost layer in which a node was made.
pub(crate) fn layer_of(interp: &Interp<'_>, node: NodeId) -> Option<String> {
    let mut at = interp.trace.node(node).scope;
    let mut found = None;
    for _ in 0..32 {
        let Some(scope) = interp.trace.scope(at) else { break };
        let name = scope.label.split_once(" '").map(|(_, name)| name.trim_end_matches('\'').to_owned());
        // The model's own scope is not a step of the way.
        if call_of(interp, name.as_deref().unwrap_or_default()).is_some() {
            found = name;
        }
        at = scope.parent;
    }
    found
}

/// Where a layer is first called.
pub(crate) fn call_of(interp: &Interp<'_>, name: &str) -> Option<Span> {
    let call = interp.keras_calls.iter().find(|call| match &call.callee {
        Callee::Layer(id) => interp.layer(*id).is_some_and(|state| &*state.name == name),
        Callee::Op { .. } => false,
    })?;
    Some(source::whole(interp.module, call.span))
}

/// The layer that a variable is a weight of, and what is left of its name: `encoder/kernel`.
pub(crate) fn owner(name: &str) -> Option<&str> {
    name.split_once('/').map(|(layer, _)| layer)
}
