//! What a failure hides: operands that no gradient would pass and weights that are none.

use graph::{NodeId, Source};
use ops::Flow;

use crate::failure::Operand;
use crate::wording::listed;
use crate::{Explanation, Failure, source};

/// So many steps back are looked at.
const MAX_STEPS: usize = 64;

/// Adds what would still be wrong if the shapes did fit.
pub(super) fn add(mut explanation: Explanation, failure: &Failure<'_>, operands: &[Operand]) -> Explanation {
    let inside = failure.state().is_some_and(|state| state.frames.len() > 1);
    if !inside {
        return explanation;
    }
    for operand in operands {
        if let Some(note) = random(failure, operand).or_else(|| cut(failure, operand)) {
            explanation.notes.push(note);
        }
    }
    explanation
}

/// A float that is drawn and then multiplied is meant for a weight.
fn random(failure: &Failure<'_>, operand: &Operand) -> Option<String> {
    let node = failure.interp.trace.node(operand.node);
    let drawn =
        crate::draws::is_draw(node) && node.spec.shape.all_known().is_some_and(|sizes| !sizes.is_empty());
    let product =
        matches!(failure.op(), "dot" | "matmul" | "multiply" | "tensordot" | "batch_dot" | "einsum");
    (drawn && product).then(|| {
        format!(
            "`{}` is no weight: it is drawn anew at every call and nothing trains it; a layer with `add_weight` \
             learns one",
            operand.name
        )
    })
}

/// Operations on the way to an operand that pass no gradient: `K.round`, a cast to int, a random draw.
fn cut(failure: &Failure<'_>, operand: &Operand) -> Option<String> {
    let trace = &failure.interp.trace;
    let mut steps: Vec<String> = Vec::new();
    let mut todo: Vec<NodeId> = vec![operand.node];
    let mut seen: Vec<NodeId> = Vec::new();
    let mut drawn = false;
    while let Some(id) = todo.pop() {
        if seen.len() > MAX_STEPS || seen.contains(&id) {
            continue;
        }
        seen.push(id);
        let node = trace.node(id);
        let Source::Op(op) = node.source else { continue };
        let span = source::whole(failure.program(), node.span);
        let text = source::callee(failure.program(), node.span).unwrap_or_else(|| op.name.to_owned());
        let cuts = !node.inputs.is_empty()
            && node.inputs.iter().all(|(_, flow)| *flow == Flow::None)
            && node
                .inputs
                .iter()
                .any(|(input, _)| trace.node(*input).spec.dtype.is_none_or(|d| d.is_floating()));
        if crate::draws::is_draw(node) {
            drawn = true;
            steps.push(format!("`{text}` (a random draw)"));
            continue;
        }
        // A shape is no float's derivative: nobody expects a gradient of it.
        if cuts && !matches!(op.name, "shape" | "size" | "rank") && span.start < span.end {
            steps.push(match op.name {
                "cast" => format!("`{text}` (a cast to {})", node.spec.dtype.map_or("int", |d| d.name())),
                _ => format!("`{text}`"),
            });
        }
        todo.extend(node.inputs.iter().map(|(input, _)| *input));
    }
    steps.reverse();
    steps.dedup();
    let integral = trace.node(operand.node).spec.dtype.is_some_and(|d| !d.is_floating());
    let lost = integral && (drawn || !steps.is_empty());
    lost.then(|| {
        format!(
            "even if it did not fail, no gradient would pass `{}`: {} {} none back",
            operand.name,
            listed(&steps),
            if steps.len() == 1 { "hands" } else { "hand" }
        )
    })
}
