//! One finding as text, with its source lines, as rustc prints it.

use std::ops::Range;

use annotate_snippets::renderer::{DecorStyle, Renderer};
use annotate_snippets::{AnnotationKind, Group, Level, Patch, Snippet};
use checker::{Diagnostic, FileReport, Fix, Severity, Span};

use super::printable;

/// Notes are not set wider than this, however wide the terminal is.
const MAX_TEXT_WIDTH: usize = 100;

/// How findings are printed.
pub(crate) struct Style {
    renderer: Renderer,
    width: usize,
}

impl Style {
    /// Makes a style for a terminal.
    pub(crate) fn new(styled: bool, width: usize) -> Style {
        let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
        Style { renderer: renderer.term_width(width).decor_style(DecorStyle::Ascii), width }
    }

    /// Prints a finding, without a line end.
    pub(crate) fn render(&self, found: &Diagnostic, file: &FileReport) -> String {
        let level = match found.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
            Severity::Info => Level::INFO,
        };
        let places = || std::iter::once(&found.primary).chain(&found.labels);
        let window = Window::around(places().map(|label| label.span), file);
        let mut snippet = window.snippet().path(&file.path);
        for (at, label) in places().enumerate() {
            let kind = if at == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
            let text = (!label.text.is_empty()).then(|| printable(&label.text));
            snippet = snippet.annotation(kind.span(window.range(label.span)).label(text));
        }
        let prefix = format!("{}[{}]: ", found.severity, found.rule).len();
        let message = wrapped(&printable(&found.message), self.width.saturating_sub(prefix));
        let title = level.primary_title(message).id(found.rule);
        // "NNN = note: " stands before the text.
        let margin = window.last_line().to_string().len() + " = note: ".len();
        let width = self.width.min(MAX_TEXT_WIDTH).saturating_sub(margin);
        let mut group = title.element(snippet);
        for note in &found.notes {
            group = group.element(Level::NOTE.message(wrapped(&printable(note), width)));
        }
        for help in &found.help {
            group = group.element(Level::HELP.message(wrapped(&printable(help), width)));
        }
        let mut report = vec![group];
        if let Some(fix) = &found.fix {
            let window = Window::around(fix.edits.iter().map(|edit| edit.span), file);
            report.push(repair(fix, &window));
        }
        self.renderer.render(&report)
    }
}

fn repair<'a>(fix: &'a Fix, window: &Window<'a>) -> Group<'a> {
    let mut snippet = window.snippet();
    for edit in &fix.edits {
        snippet = snippet.patch(Patch::new(window.range(edit.span), edit.content.as_str()));
    }
    Level::HELP.secondary_title(printable(&fix.title)).element(snippet)
}

/// The source lines that a finding is about. The renderer looks at all it is given, so a long file is
/// not handed over whole for each finding.
struct Window<'a> {
    text: &'a str,
    source: &'a str,
    start: usize,
    first_line: usize,
}

impl<'a> Window<'a> {
    fn around(spans: impl Iterator<Item = Span>, file: &'a FileReport) -> Window<'a> {
        let source = file.source.as_str();
        let bounds = spans.fold(None, |all: Option<Span>, span| Some(all.map_or(span, |a| a.cover(span))));
        let bounds = bounds.unwrap_or_default();
        let limit = |at: u32| (at as usize).min(source.len());
        let first_line = file.lines.line(limit(bounds.start));
        let last_line = file.lines.line(limit(bounds.end));
        let start = file.lines.range(first_line, source).start;
        let end = file.lines.range(last_line, source).end;
        Window { text: source.get(start..end).unwrap_or(source), source, start, first_line }
    }

    fn snippet<T: Clone>(&self) -> Snippet<'a, T> {
        Snippet::source(self.text).line_start(self.first_line).fold(true)
    }

    fn last_line(&self) -> usize {
        self.first_line + self.text.matches('\n').count()
    }

    /// Returns a span's range in the window; one that lies askew is set right, since a wrong place is
    /// better than none.
    fn range(&self, span: Span) -> Range<usize> {
        let place = |at: u32| {
            let mut at = (at as usize).min(self.source.len());
            while !self.source.is_char_boundary(at) {
                at -= 1;
            }
            at.saturating_sub(self.start).min(self.text.len())
        };
        let start = place(span.start);
        start..place(span.end).max(start)
    }
}

/// Breaks lines at blanks so that they fit, but not within backticks; lines that begin with a blank are
/// drawings and stay.
pub(crate) fn wrapped(text: &str, width: usize) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for line in text.lines() {
        if !out.is_empty() {
            out.push('\n');
        }
        if line.starts_with(' ') {
            out.push_str(line);
            continue;
        }
        let mut column = 0;
        for word in words(line) {
            let length = word.chars().count();
            if column > 0 && column + 1 + length > width {
                out.push('\n');
                column = 0;
            } else if column > 0 {
                out.push(' ');
                column += 1;
            }
            out.push_str(word);
            column += length;
        }
    }
    out
}

/// Splits a line at the blanks that are not within backticks.
fn words(line: &str) -> impl Iterator<Item = &str> {
    let mut in_code = false;
    line.split(move |c| {
        in_code ^= c == '`';
        c == ' ' && !in_code
    })
}

#[cfg(test)]
mod tests;
