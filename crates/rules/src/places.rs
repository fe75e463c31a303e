//! Where the script calls its layers.

use diagnostics::Span;
use graph::{NodeId, Source};
use interp::Interp;
use interp::framework::history::{Callee, KerasCall};
use interp::framework::layer::LayerState;

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

/// The layer whose call made a KerasTensor.
pub(crate) fn layer_that_made(interp: &Interp<'_>, node: NodeId) -> Option<String> {
    let Source::LayerCall(call) = interp.trace.node(node).source else { return None };
    match &interp.keras_calls.get(call as usize)?.callee {
        Callee::Layer(id) => interp.layer(*id).map(|state| state.name.to_string()),
        Callee::Op { .. } => None,
    }
}

/// The calls of the layers of a name, in their order.
pub(crate) fn calls_named<'a>(
    interp: &'a Interp<'_>,
    name: &'a str,
) -> impl DoubleEndedIterator<Item = (&'a LayerState, &'a KerasCall)> {
    interp.keras_calls.iter().filter_map(move |call| {
        let Callee::Layer(id) = &call.callee else { return None };
        let state = interp.layer(*id).filter(|state| &*state.name == name)?;
        Some((state, call))
    })
}

/// Where a layer is first called; where a model calls it, where it was made.
pub(crate) fn call_of(interp: &Interp<'_>, name: &str) -> Option<Span> {
    let (state, call) = calls_named(interp, name).next()?;
    let call = source::whole(interp.program, call.span);
    let made = source::whole(interp.program, state.made);
    Some(if calls(interp, call, made) { call } else { made })
}

/// Returns the expression to show for a call of a layer: the call, or in a list of layers the layer.
pub(crate) fn shown_call(interp: &Interp<'_>, name: &str, call: Span) -> Span {
    let call = source::whole(interp.program, call);
    let layer = calls_named(interp, name).next_back();
    let made = layer.map(|(state, _)| source::whole(interp.program, state.made)).unwrap_or_default();
    if calls(interp, call, made) { call } else { made }
}

/// Tells whether a call is the layer's own, `Dense(4)(x)` or `dense(x)`, and not that of a model around it.
fn calls(interp: &Interp<'_>, call: Span, made: Span) -> bool {
    if made.start == made.end {
        return true;
    }
    let within = call.contains(made) && call != made;
    let own = source::call_at(interp.program, call)
        .is_some_and(|call| python::span(python::Ranged::range(&*call.func)) == made);
    own || (!within && call != made)
}

/// The layer that a variable is a weight of, and what is left of its name: `encoder/kernel`.
pub(crate) fn owner(name: &str) -> Option<&str> {
    name.split_once('/').map(|(layer, _)| layer)
}
