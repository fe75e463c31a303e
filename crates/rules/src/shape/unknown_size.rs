//! Layers that need a size that is not known when they are built.

use diagnostics::Severity;
use ops::Mistake;

use crate::{Check, Explanation, Failure, Group, Rule};

/// Finds layers whose weights would get an unknown size.
pub(super) static UNKNOWN_SIZE: Rule = Rule {
    name: "unknown-size",
    group: Group::Shape,
    summary: "a layer has to make weights for an axis whose size is not known",
    severity: Severity::Error,
    page: include_str!("unknown_size.md"),
    check: Check::Failure(check),
};

fn check(failure: &Failure<'_>) -> Option<Explanation> {
    let Mistake::UnknownDim = failure.mistake()? else { return None };
    let operands = failure.operands();
    let callee = failure.op();
    let message = match operands.first() {
        Some(operand) => format!(
            "{callee} cannot make its weights: the size of `{}` {} is not known where they need it",
            operand.name, operand.spec.shape
        ),
        None => format!("{callee} cannot make its weights: a size of its input is not known"),
    };
    Some(
        Explanation::new(message)
            .note(
                "weights are made when the layer is first called, with the size of its input's last axis; `None` means \
                 that this is only known when data comes",
            )
            .help(
                "give `Input` the size, or take the unknown axis away before: global pooling in place of `Flatten`, a \
                 reduction, a recurrent layer",
            )
            .operands(failure),
    )
}
