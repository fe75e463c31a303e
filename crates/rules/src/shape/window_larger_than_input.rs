//! Convolutions and poolings that nothing is left for.

use diagnostics::Severity;
use ops::Mistake;

use crate::{Check, Explanation, Failure, Group, Rule};

/// Finds windows that are larger than what they slide over.
pub(super) static WINDOW_LARGER_THAN_INPUT: Rule = Rule {
    name: "window-larger-than-input",
    group: Group::Shape,
    summary: "a convolution's or pooling's window is larger than its input",
    severity: Severity::Error,
    page: include_str!("window_larger_than_input.md"),
    check: Check::Failure(check),
};

fn check(failure: &Failure<'_>) -> Option<Explanation> {
    let Mistake::WindowTooLarge = failure.mistake()? else { return None };
    let operands = failure.operands();
    let callee = failure.op();
    let message = match operands.first() {
        Some(operand) => format!(
            "the window of {callee} is larger than what is left of `{}` {}: nothing would come out",
            operand.name, operand.spec.shape
        ),
        None => format!("the window of {callee} is larger than its input: nothing would come out"),
    };
    Some(
        Explanation::new(message)
            .note("without padding, a window takes its size less one off each axis, and pooling divides what is left")
            .help("use `padding=\"same\"`, a smaller window, fewer poolings before it, or larger inputs")
            .operands(failure),
    )
}
