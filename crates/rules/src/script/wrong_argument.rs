//! Arguments with values that a function does not take.

use diagnostics::Severity;
use ops::Mistake;

use crate::{Check, Explanation, Failure, Group, Rule};

/// Finds arguments of a kind or value that the function refuses.
pub(super) static WRONG_ARGUMENT: Rule = Rule {
    name: "wrong-argument",
    group: Group::Script,
    summary: "an argument has a value that the function does not take",
    severity: Severity::Error,
    page: include_str!("wrong_argument.md"),
    check: Check::Failure(check),
};

/// A problem longer than this is told in a note.
const MAX_PROBLEM: usize = 110;

fn check(failure: &Failure<'_>) -> Option<Explanation> {
    let Mistake::Argument { param, problem } = failure.mistake()? else { return None };
    let callee = failure.callee();
    let problem = problem.lines().next().unwrap_or_default().trim_end_matches('.');
    let message = if problem.is_empty() || problem.chars().count() > MAX_PROBLEM {
        format!("`{callee}` refuses its argument `{param}`")
    } else {
        format!("`{callee}` refuses its argument `{param}`: {problem}")
    };
    Some(Explanation::new(message).operands(failure))
}
