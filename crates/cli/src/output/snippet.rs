//! One finding as text, with its source lines, as rustc prints it.

use std::ops::Range;

use annotate_snippets::renderer::{DecorStyle, Renderer};
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Patch, Snippet};
use checker::{Diagnostic, FileReport, Fix, Page, Severity, Span};

use super::printable;

/// Notes are not set wider than this, however wide the terminal is.
const MAX_TEXT_WIDTH: usize = 100;

/// Labels are not set narrower than this.
const MIN_LABEL_WIDTH: usize = 24;

/// About the length of a word, by which lines of a label may differ.
const WORD_LENGTH: usize = 8;

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
        let windows =
            Window::around(std::iter::once(&found.primary).chain(&found.labels).map(|l| l.span), file);
        let prefix = format!("{}[{}]: ", found.severity, found.rule).len();
        let message = wrapped(&printable(&found.message), self.width.saturating_sub(prefix));
        let snippets = windows.iter().map(|window| window.annotated(found, file, self.width));
        let mut group = level.primary_title(message).id(found.rule).elements(snippets);
        // "NNN = note: " stands before the text.
        let last = windows.iter().map(Window::last_line).max().unwrap_or(0);
        let margin = last.to_string().len() + " = note: ".len();
        let width = self.width.min(MAX_TEXT_WIDTH).saturating_sub(margin);
        for note in &found.notes {
            group = group.element(Level::NOTE.message(wrapped(&printable(note), width)));
        }
        for help in &found.help {
            group = group.element(Level::HELP.message(wrapped(&printable(help), width)));
        }
        let mut report = vec![group];
        if let Some(fix) = &found.fix {
            let windows = Window::around(fix.edits.iter().map(|edit| edit.span), file);
            report.extend(repair(fix, &windows, file));
        }
        self.renderer.render(&report)
    }
}

fn repair<'a>(fix: &'a Fix, windows: &[Window<'a>], file: &FileReport) -> Option<Group<'a>> {
    let (first, more) = windows.split_first()?;
    let patched = |window: &Window<'a>| {
        let edits = fix.edits.iter().filter(|edit| window.holds(edit.span, file));
        edits.fold(window.snippet(), |snippet, edit| {
            snippet.patch(Patch::new(window.range(edit.span), edit.content.as_str()))
        })
    };
    let title = Level::HELP.secondary_title(printable(&fix.title)).element(patched(first));
    Some(more.iter().fold(title, |group, window| group.element(patched(window))))
}

/// The lines of one page that a finding is about. The renderer looks at all it is given, so a long file is
/// not handed over whole for each finding.
struct Window<'a> {
    page: &'a Page,
    text: &'a str,
    start: usize,
    first_line: usize,
}

impl<'a> Window<'a> {
    /// Makes a window for each page that a span lies on, the first span's first.
    fn around(spans: impl Iterator<Item = Span>, file: &'a FileReport) -> Vec<Window<'a>> {
        let mut bounds: Vec<(&Page, Span)> = Vec::new();
        for span in spans {
            let page = file.pages.at(span.start);
            match bounds.iter_mut().find(|(known, _)| std::ptr::eq(*known, page)) {
                Some((_, all)) => *all = all.cover(span),
                None => bounds.push((page, span)),
            }
        }
        bounds.into_iter().map(|(page, bounds)| Window::of(page, bounds)).collect()
    }

    fn of(page: &'a Page, bounds: Span) -> Window<'a> {
        let first_line = page.lines().line(page.offset(bounds.start));
        let last_line = page.lines().line(page.offset(bounds.end));
        let start = page.lines().range(first_line, &page.text).start;
        let end = page.lines().range(last_line, &page.text).end;
        Window { page, text: page.text.get(start..end).unwrap_or(&page.text), start, first_line }
    }

    /// Tells whether a span lies on the window's page.
    fn holds(&self, span: Span, file: &FileReport) -> bool {
        std::ptr::eq(file.pages.at(span.start), self.page)
    }

    fn snippet<T: Clone>(&self) -> Snippet<'a, T> {
        Snippet::source(self.text).line_start(self.first_line).fold(true)
    }

    /// Makes a snippet of the page with the labels that lie on it.
    fn annotated(&self, found: &Diagnostic, file: &FileReport, width: usize) -> Snippet<'a, Annotation<'a>> {
        let labels = std::iter::once(&found.primary).chain(&found.labels).enumerate();
        let own = labels.filter(|(_, label)| self.holds(label.span, file));
        own.fold(self.snippet().path(self.page.title()), |snippet, (at, label)| {
            let kind = if at == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
            let range = self.range(label.span);
            let lines = self.set(&printable(&label.text), &range, width);
            if lines.is_empty() {
                return snippet.annotation(kind.span(range));
            }
            // Labels of one place are printed below each other.
            lines
                .into_iter()
                .fold(snippet, |snippet, line| snippet.annotation(kind.span(range.clone()).label(Some(line))))
        })
    }

    /// Breaks a label that does not fit behind what it is about into lines that fit below it.
    fn set(&self, label: &str, range: &Range<usize>, width: usize) -> Vec<String> {
        let line = self.text.get(..range.start).map_or(0, |before| before.rfind('\n').map_or(0, |at| at + 1));
        let columns = |to: usize| self.text.get(line..to).map_or(0, |text| text.chars().count());
        // "NNN | " stands before the source.
        let room = width.saturating_sub(self.last_line().to_string().len() + " | ".len());
        let length = label.chars().count();
        let behind = columns(range.end) + 1 + length;
        if label.is_empty()
            || behind <= room
            || self.text.get(range.clone()).is_some_and(|t| t.contains('\n'))
        {
            return Some(label.to_owned()).filter(|label| !label.is_empty()).into_iter().collect();
        }
        let below = room.saturating_sub(columns(range.start)).max(MIN_LABEL_WIDTH);
        // One line alone would be set behind the source; the last line is not to hold a single word.
        let lines = length.div_ceil(below).max(2);
        let below = below.min(length.div_ceil(lines) + WORD_LENGTH);
        if length <= MIN_LABEL_WIDTH {
            return vec![label.to_owned()];
        }
        wrapped(label, below).lines().map(str::to_owned).collect()
    }

    fn last_line(&self) -> usize {
        self.first_line + self.text.matches('\n').count()
    }

    /// Returns a span's range in the window; one that lies askew is set right, since a wrong place is
    /// better than none.
    fn range(&self, span: Span) -> Range<usize> {
        let place = |at: u32| self.page.offset(at).saturating_sub(self.start).min(self.text.len());
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
