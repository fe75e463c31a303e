//! Text that is not Python.

use diagnostics::{Label, Severity};
use python::SyntaxError;

use crate::{Check, Context, Group, Rule};

/// Finds the first place where a script is not Python.
pub(super) static SYNTAX_ERROR: Rule = Rule {
    name: "syntax-error",
    group: Group::Script,
    summary: "the text is not Python",
    severity: Severity::Error,
    page: include_str!("syntax_error.md"),
    check: Check::Syntax(check),
};

/// Python's words where it has no better ones.
const INVALID: &str = "invalid syntax";

/// Reports the first error only: Python stops there, and later ones are often its consequences.
fn check(errors: &[SyntaxError], cx: &mut Context<'_>) {
    let [first, rest @ ..] = errors else { return };
    let message = match (first.exception, first.message.as_str()) {
        (_, INVALID) => INVALID.to_owned(),
        (Some("IndentationError" | "TabError"), message) => format!("wrong indentation: {message}"),
        (_, message) => format!("{INVALID}: {message}"),
    };
    let label = first.detail.as_deref().map(uncapitalised).unwrap_or_default();
    let mut lines: Vec<u32> = rest.iter().map(|error| error.line).collect();
    let found = cx.report(first.span, label, message);
    // A bracket that is not closed is noticed where the next statement does not fit.
    if let Some(noticed) = rest.first().filter(|_| first.message.ends_with("was never closed")) {
        let text = noticed.detail.as_ref().unwrap_or(&noticed.message);
        found.labels.push(Label { span: noticed.span, text: uncapitalised(text) });
        lines.remove(0);
    }
    lines.dedup();
    lines.retain(|&line| line != first.line);
    if let Some(listed) = listed(&lines) {
        found.notes.push(format!("there is more on {listed}, which may go away with this"));
    }
}

/// Writes line numbers as prose: `line 4`, `lines 4, 5 and 9`, `lines 4 to 90`.
fn listed(lines: &[u32]) -> Option<String> {
    let (last, others) = lines.split_last()?;
    Some(match others {
        [] => format!("line {last}"),
        [first, ..] if lines.len() > 5 => format!("lines {first} to {last}"),
        [..] => {
            let others: Vec<String> = others.iter().map(u32::to_string).collect();
            format!("lines {} and {last}", others.join(", "))
        }
    })
}

/// Lowers a first letter, so that a message can follow a colon.
fn uncapitalised(message: &str) -> String {
    let mut letters = message.chars();
    let second = message.chars().nth(1).unwrap_or(' ');
    match letters.next() {
        // `EOF` and the like stay.
        Some(first) if !second.is_uppercase() => first.to_lowercase().chain(letters).collect(),
        _ => message.to_owned(),
    }
}
