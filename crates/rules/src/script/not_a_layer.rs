//! Functions and tensors where layers are needed.

use diagnostics::Severity;
use ops::Mistake;

use crate::{Check, Explanation, Failure, Group, Rule};

/// Finds what is added to a Sequential model and is no layer.
pub(super) static NOT_A_LAYER: Rule = Rule {
    name: "not-a-layer",
    group: Group::Script,
    summary: "something that is no layer is put into a Sequential model",
    severity: Severity::Error,
    page: include_str!("not_a_layer.md"),
    check: Check::Failure(check),
};

fn check(failure: &Failure<'_>) -> Option<Explanation> {
    let Mistake::NotALayer = failure.mistake()? else { return None };
    Some(
        Explanation::new("only layers can be put into a Sequential model")
            .help("a function becomes a layer by `keras.layers.Lambda(function)`")
            .help(
                "a layer is added without being called: `model.add(Dense(4))`, not `model.add(Dense(4)(x))`",
            ),
    )
}
