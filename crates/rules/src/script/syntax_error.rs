//! Text that is not Python.

use diagnostics::{Label, Severity};
use python::{Module, SyntaxError};

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
    let module = cx.module();
    if first.exception.is_none() {
        let found = cx.report(first.span, "", format!("not looked at: {}", first.message));
        found.severity = Severity::Warning;
        found.notes.push("Python may accept this; nothing else is known of the script".to_owned());
        return;
    }
    let (title, detail) = words(first);
    // An error behind the last line only says that something was expected there.
    let end = module.line(module.source().trim_end().len() as u32);
    let mut lines: Vec<u32> = rest.iter().map(|error| error.line).collect();
    lines.dedup();
    lines.retain(|&line| line != first.line && line <= end);
    let found = match rest.first() {
        Some(noticed) if first.message.ends_with("was never closed") => {
            let message = format!("invalid syntax: `{}` is never closed", module.text(first.span));
            lines.retain(|&line| line != noticed.line);
            let found = cx.report(first.span, "opened here", message);
            found.labels.push(Label { span: noticed.span, text: words(noticed).0 });
            found
        }
        _ => cx.report(first.span, detail, format!("invalid syntax: {title}")),
    };
    if let Some(listed) = listed(&lines) {
        found.notes.push(format!("there is more on {listed}, which may go away with this"));
    }
}

/// How a script is refused before its first line runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The class of the exception that Python raises; `None` if only kerascope refuses the script.
    pub exception: Option<&'static str>,
    /// What is wrong.
    pub message: String,
    /// The line that Python names, from 1.
    pub line: u32,
}

/// Returns how a script is refused, if it is.
pub fn refusal(module: &Module) -> Option<Refusal> {
    let SyntaxError { exception, message, line, .. } = module.errors().first()?.clone();
    Some(Refusal { exception, message, line })
}

/// Returns what is wrong in the words that say most, and what more there is to say.
fn words(error: &SyntaxError) -> (String, &str) {
    // Python often says `invalid syntax` and no more.
    let text = error.detail.as_deref().unwrap_or(&error.message);
    let (title, detail) = text.split_once(": ").unwrap_or((text, ""));
    (uncapitalised(title), detail)
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
