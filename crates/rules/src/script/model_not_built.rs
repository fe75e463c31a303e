//! Models that are asked too early.

use diagnostics::Severity;
use ops::Mistake;

use crate::{Check, Explanation, Failure, Group, Rule};

/// Finds models that are asked for what they have only once they are built.
pub(super) static MODEL_NOT_BUILT: Rule = Rule {
    name: "model-not-built",
    group: Group::Script,
    summary: "a model is asked for its summary, weights or ends before it is built",
    severity: Severity::Error,
    page: include_str!("model_not_built.md"),
    check: Check::Failure(check),
};

fn check(failure: &Failure<'_>) -> Option<Explanation> {
    let Mistake::NotBuilt = failure.mistake()? else { return None };
    Some(
        Explanation::new("the model is not built yet: it does not know the shape of its inputs")
            .note("weights are made for a shape, so a model without an Input gets them with its first call")
            .help("begin with an Input: `Sequential([Input((8,)), ...])`; or `model.build((None, 8))`"),
    )
}
