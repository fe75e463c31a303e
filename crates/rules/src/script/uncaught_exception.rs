//! An exception that ends the script and that no other rule explains.

use diagnostics::Severity;

use crate::{Check, Explanation, Failure, Group, Rule};

/// Reports the exception that the script ends with.
pub(super) static UNCAUGHT_EXCEPTION: Rule = Rule {
    name: "uncaught-exception",
    group: Group::Script,
    summary: "the script ends with an exception",
    severity: Severity::Error,
    page: include_str!("uncaught_exception.md"),
    check: Check::Failure(check),
};

/// A message is cut after so many characters; frameworks print whole tensors.
const MAX_MESSAGE: usize = 160;

fn check(failure: &Failure<'_>) -> Option<Explanation> {
    failure.fatal.then(|| plain(failure))
}

/// Repeats what is raised.
pub(super) fn plain(failure: &Failure<'_>) -> Explanation {
    let mut lines = failure.core().lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().map(shortened).unwrap_or_default();
    let exception = failure.exception();
    let message =
        if first.is_empty() { format!("{exception} is raised") } else { format!("{exception}: {first}") };
    let mut explanation = Explanation::new(message).operands(failure);
    explanation.label = "raised here".to_owned();
    explanation.quotes = lines.next().is_none();
    explanation
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(MAX_MESSAGE) {
        Some((end, _)) => format!("{}...", text[..end].trim_end()),
        None => text.to_owned(),
    }
}
