//! An exception that ends the script and that no other rule explains.

use diagnostics::{Label, Severity, Span};
use interp::Interp;
use interp::events::Event;
use interp::record::Raised;

use crate::{Check, Context, Group, Rule};

/// Reports the exception that the script ends with.
pub(super) static UNCAUGHT_EXCEPTION: Rule = Rule {
    name: "uncaught-exception",
    group: Group::Script,
    summary: "the script ends with an exception",
    severity: Severity::Error,
    page: include_str!("uncaught_exception.md"),
    check: Check::Uncaught(check),
};

/// A message is cut after so many characters; frameworks print whole tensors.
const MAX_MESSAGE: usize = 160;

fn check(raised: &Raised, interp: &Interp<'_>, cx: &mut Context<'_>) {
    let Some((innermost, outer)) = raised.trace.split_last() else { return };
    let span = place(raised, interp).unwrap_or_else(|| line(innermost.line, interp));
    let mut lines = raised.core.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().map(shortened).unwrap_or_default();
    let message = if first.is_empty() {
        format!("{} is raised", raised.exception)
    } else {
        format!("{}: {first}", raised.exception)
    };
    let rest: Vec<&str> = lines.collect();
    let found = cx.report(span, "raised here", message);
    for frame in outer {
        let span = line(frame.line, interp);
        let text = format!("called here, in {}", frame.function).replace("in <module>", "by the script");
        if !found.labels.iter().any(|label| label.span == span) {
            found.labels.push(Label { span, text });
        }
    }
    if !rest.is_empty() {
        found.notes.push(format!("the message goes on: {}", shortened(&rest.join(" "))));
    }
}

/// Returns the expression that raised, where the interpreter noted it.
fn place(raised: &Raised, interp: &Interp<'_>) -> Option<Span> {
    interp.events.iter().find_map(|event| {
        let Event::Raised { exception, .. } = event else { return None };
        let known = interp.raised_record(*exception);
        let same = known.exception == raised.exception && known.trace == raised.trace;
        let span = interp.exception(*exception)?.span;
        (same && span.start < span.end).then_some(span)
    })
}

/// Returns a line without its indentation.
fn line(number: u32, interp: &Interp<'_>) -> Span {
    let span = interp.module.line_span(number).unwrap_or_default();
    let text = interp.module.text(span);
    let code = text.split(" #").next().unwrap_or(text).trim_end();
    let indent = (text.len() - text.trim_start().len()) as u32;
    Span::new(span.start + indent, (span.start + code.len() as u32).max(span.start + indent))
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(MAX_MESSAGE) {
        Some((end, _)) => format!("{}...", text[..end].trim_end()),
        None => text.to_owned(),
    }
}
