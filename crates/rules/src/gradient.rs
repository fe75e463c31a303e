//! Rules about gradients that are cut or zero, and weights that never train.

mod gradient_always_zero;
mod gradient_cut;
mod logits_as_probabilities;
mod nan_gradient;
mod no_trainable_weights;
mod path;
mod random_weight;
mod symbolic_gradients_in_eager;
mod tape_misuse;

use diagnostics::Span;
use graph::NodeId;
use interp::Interp;
use interp::events::Event;
use interp::heap::ObjId;
use ops::{Flow, Mistake};

use crate::Rule;

/// The rules of the group.
pub(crate) static RULES: &[&Rule] = &[
    &gradient_cut::GRADIENT_CUT,
    &gradient_always_zero::GRADIENT_ALWAYS_ZERO,
    &no_trainable_weights::NO_TRAINABLE_WEIGHTS,
    &random_weight::RANDOM_WEIGHT,
    &tape_misuse::TAPE_MISUSE,
    &symbolic_gradients_in_eager::SYMBOLIC_GRADIENTS_IN_EAGER,
    &nan_gradient::NAN_GRADIENT,
    &logits_as_probabilities::LOGITS_AS_PROBABILITIES,
];

/// Returns what the operation is called that hands no gradient on (`Flow::None`), or only zeros, on the way from
/// targets back to a source, and its place.
pub fn gradient_stop(
    interp: &Interp<'_>,
    targets: &[NodeId],
    source: NodeId,
    flow: Flow,
) -> Option<(String, Span)> {
    let way = path::Ways::from(interp, targets).to(source, flow)?;
    let place = path::place(interp, *way.nodes.get(way.stop?)?);
    Some((place.name.trim_matches('`').to_owned(), place.span))
}

/// The exceptions by which `fit` or an optimizer refuses to go on without any gradient: each with whether the
/// script ends with it, and its place.
fn refusals(interp: &Interp<'_>) -> Vec<(ObjId, bool, Span)> {
    let mut out: Vec<(ObjId, bool, Span)> = Vec::new();
    for event in &interp.events {
        let Event::Raised { exception, fatal } = event else { continue };
        let Some(state) = interp.exception(*exception) else { continue };
        let mistake = state.details.as_deref().map(|details| &details.mistake);
        if !matches!(mistake, Some(Mistake::Argument { param: "grads_and_vars", .. })) {
            continue;
        }
        match out.iter_mut().find(|(known, _, _)| known == exception) {
            Some(known) => known.1 |= fatal,
            None => out.push((*exception, *fatal, state.span)),
        }
    }
    out
}
