//! Models whose outputs need an Input that is not among their inputs.

use diagnostics::Severity;
use ops::Mistake;

use crate::explain::made_at;
use crate::{Check, Explanation, Failure, Group, Rule};

/// Finds models that lack one of the Inputs that their outputs are computed from.
pub(super) static GRAPH_DISCONNECTED: Rule = Rule {
    name: "graph-disconnected",
    group: Group::Shape,
    summary: "a model's outputs need an Input that is not among its inputs",
    severity: Severity::Error,
    page: include_str!("graph_disconnected.md"),
    check: Check::Failure(check),
};

fn check(failure: &Failure<'_>) -> Option<Explanation> {
    let Mistake::Disconnected { layer } = failure.mistake()? else { return None };
    let details = failure.details()?;
    let message = if layer.is_empty() {
        "the model's outputs are computed from an Input that is not among its inputs".to_owned()
    } else {
        format!(
            "layer '{layer}', which the outputs need, is called on an Input that is not among the model's inputs"
        )
    };
    let mut explanation = Explanation::new(message);
    for (_, node) in &details.operands {
        if let Some((span, _)) = made_at(failure, *node) {
            explanation = explanation.label(span, "this Input is not among the inputs");
        }
    }
    Some(
        explanation
            .note("each call of `Input` makes another one, also with the same name or shape")
            .help("add it to the model's inputs, or use the Input that is there"),
    )
}
