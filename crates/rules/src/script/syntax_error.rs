//! Text that is not Python.

use diagnostics::Severity;
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

/// Reports the first error only: Python stops there, and later ones are often its consequences.
fn check(errors: &[SyntaxError], cx: &mut Context<'_>) {
    let [first, rest @ ..] = errors else { return };
    let (title, label) = match first.message.split_once(": ") {
        Some((title, detail)) => (title, detail),
        None => (first.message.as_str(), ""),
    };
    let found = cx.report(first.span, label, format!("invalid syntax: {}", uncapitalised(title)));
    let mut lines: Vec<u32> = rest.iter().map(|error| error.line).collect();
    lines.dedup();
    lines.retain(|&line| line != first.line);
    if let Some((last, others)) = lines.split_last() {
        let listed = match others {
            [] => format!("line {last}"),
            [..] if lines.len() > 5 => format!("lines {} to {last}", lines[0]),
            [..] => {
                let others: Vec<String> = others.iter().map(u32::to_string).collect();
                format!("lines {} and {last}", others.join(", "))
            }
        };
        found.notes.push(format!("there is more on {listed}, which may go away with this"));
    }
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
