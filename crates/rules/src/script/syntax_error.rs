//! Text that is not Python.

use diagnostics::{Label, Severity, Span};
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
    let (title, detail) = match first.message.split_once(": ") {
        Some((title, detail)) => (title, detail),
        None => (first.message.as_str(), ""),
    };
    let title = uncapitalised(title);
    // An error behind the last line only says that something was expected there.
    let end = module.line(module.source().trim_end().len() as u32);
    let mut lines: Vec<u32> = rest.iter().map(|error| error.line).collect();
    lines.dedup();
    lines.retain(|&line| line != first.line && line <= end);
    let found = match blamed_bracket(module, first) {
        Some(bracket) => {
            let message = format!("invalid syntax: `{}` is never closed", module.text(bracket));
            let found = cx.report(bracket, "opened here", message);
            found.labels.push(Label { span: first.span, text: title });
            found
        }
        None => cx.report(first.span, detail, format!("invalid syntax: {title}")),
    };
    if let Some(listed) = listed(&lines) {
        found.notes.push(format!("there is more on {listed}, which may go away with this"));
    }
}

/// The exception with which Python refuses a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The class's name.
    pub exception: &'static str,
    /// What is wrong.
    pub message: String,
    /// The line that Python names, from 1.
    pub line: u32,
}

/// Returns how Python refuses a script, if it does.
pub fn refusal(module: &Module) -> Option<Refusal> {
    let first = module.errors().first()?;
    let (message, line) = match blamed_bracket(module, first) {
        Some(bracket) => (format!("'{}' was never closed", module.text(bracket)), module.line(bracket.start)),
        None => (first.message.clone(), first.line),
    };
    let indentation = ["indent", "dedent"].iter().any(|word| message.to_lowercase().contains(word));
    let exception = if indentation { "IndentationError" } else { "SyntaxError" };
    Some(Refusal { exception, message, line })
}

/// Returns the bracket that Python blames for an error: the innermost that is open, if it is on an earlier
/// line. A missing bracket is noticed only where the next statement does not fit.
fn blamed_bracket(module: &Module, error: &SyntaxError) -> Option<Span> {
    open_bracket(module, error.span.start).filter(|bracket| module.line(bracket.start) < error.line)
}

/// Returns the innermost bracket that is open at an offset.
fn open_bracket(module: &Module, offset: u32) -> Option<Span> {
    let bytes = module.source().as_bytes();
    let mut comments = module.comments().map(|(span, _)| span).peekable();
    let mut open = Vec::new();
    let mut at = 0;
    while at < (offset as usize).min(bytes.len()) {
        while comments.next_if(|comment| (comment.end as usize) <= at).is_some() {}
        if let Some(comment) = comments.next_if(|comment| comment.start as usize == at) {
            at = comment.end as usize;
            continue;
        }
        match bytes[at] {
            b'(' | b'[' | b'{' => open.push(Span::new(at as u32, at as u32 + 1)),
            b')' | b']' | b'}' => {
                open.pop();
            }
            b'"' | b'\'' => at = string_end(bytes, at) - 1,
            _ => {}
        }
        at += 1;
    }
    open.pop()
}

/// Returns where the string that begins at `start` ends, or its line if it does not.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let quote = [bytes[start]; 3];
    let triple = bytes[start..].starts_with(&quote);
    let closing = if triple { &quote[..] } else { &quote[..1] };
    let mut at = start + closing.len();
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'\n' if !triple => return at,
            _ if bytes[at..].starts_with(closing) => return at + closing.len(),
            _ => at += 1,
        }
    }
    bytes.len()
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
