//! One finding as text, with its source lines, as rustc prints it.

use std::ops::Range;

use annotate_snippets::renderer::{DecorStyle, Renderer};
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Patch, Snippet};
use checker::{Diagnostic, Edit, FileReport, Fix, Label, Page, Severity, Span};

use self::narrow::Narrowed;
use super::printable;

mod narrow;

/// Text is not set wider than this, however wide the terminal is.
pub(crate) const MAX_TEXT_WIDTH: usize = 100;

/// Labels are not set narrower than this.
const MIN_LABEL_WIDTH: usize = 24;

/// How far the lines of a message behind its first are set in.
const HANG: usize = 4;

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
        let message =
            set_in(&printable(&found.message), self.width.saturating_sub(prefix), self.width - HANG);
        let lines = message.lines().count();
        let narrowed: Vec<Option<Narrowed>> = windows
            .iter()
            .map(|window| window.narrowed(&window.places(found, file), window.room(self.width)))
            .collect();
        let mut group = Group::with_title(level.primary_title(message).id(found.rule));
        for (window, narrowed) in windows.iter().zip(&narrowed) {
            group = group.element(window.annotated(found, file, narrowed.as_ref(), self.width));
        }
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
            report.extend(repair(fix, &windows, file, self.width));
        }
        let mut text = hung(&self.renderer.render(&report), lines, prefix);
        if let (Some(window), Some(Some(narrowed))) = (windows.first(), narrowed.first()) {
            text = window.with_own_column(&text, &found.primary, narrowed);
        }
        text
    }
}

fn repair<'a>(fix: &'a Fix, windows: &[Window<'a>], file: &FileReport, width: usize) -> Option<Group<'a>> {
    let title = wrapped(&printable(&fix.title), width.saturating_sub("help: ".len()));
    let mut group = Group::with_title(Level::HELP.secondary_title(title));
    for window in windows {
        let edits = || fix.edits.iter().filter(|edit| window.holds(edit.span, file));
        let places: Vec<Range<usize>> = edits().map(|edit| window.range(edit.span)).collect();
        let added = edits()
            .map(|edit| {
                let line = |edit: &Edit| window.page.positions(edit.span).0.line;
                let beside = edits().filter(|other| line(other) == line(edit));
                beside
                    .map(|other| other.content.lines().map(|line| line.chars().count()).max().unwrap_or(0))
                    .sum()
            })
            .max()
            .unwrap_or(0);
        // A line that is changed at two places far from each other is shown whole.
        let narrowed = window
            .narrowed(&places, window.room(width).saturating_sub(added))
            .filter(|narrowed| places.iter().all(|place| narrowed.shows(place)));
        group = group.element(edits().fold(window.snippet(narrowed.as_ref()), |snippet, edit| {
            let range = shown(window.range(edit.span), narrowed.as_ref());
            snippet.patch(Patch::new(range, edit.content.as_str()))
        }));
    }
    (!windows.is_empty()).then_some(group)
}

/// Where a place of a window is shown.
fn shown(range: Range<usize>, narrowed: Option<&Narrowed>) -> Range<usize> {
    match narrowed {
        Some(narrowed) => narrowed.place(&range),
        None => range,
    }
}

/// Takes back the indentation by which the renderer sets a message's further lines below its first word: of a
/// long rule's name it leaves no room for the message.
fn hung(report: &str, lines: usize, prefix: usize) -> String {
    let surplus = " ".repeat(prefix.saturating_sub(HANG));
    let lines = report.split('\n').enumerate().map(|(at, line)| match line.strip_prefix(&surplus) {
        Some(rest) if (1..lines).contains(&at) => rest,
        _ => line,
    });
    lines.collect::<Vec<_>>().join("\n")
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

    fn snippet<T: Clone>(&self, narrowed: Option<&Narrowed>) -> Snippet<'a, T> {
        let snippet = match narrowed {
            Some(narrowed) => Snippet::source(narrowed.text.clone()),
            None => Snippet::source(self.text),
        };
        snippet.line_start(self.first_line).fold(true)
    }

    /// The labels that lie on the page, the primary one with `true`.
    fn labels<'b>(
        &self,
        found: &'b Diagnostic,
        file: &FileReport,
    ) -> impl Iterator<Item = (bool, &'b Label)> {
        let primary = std::iter::once((true, &found.primary));
        primary
            .chain(found.labels.iter().map(|label| (false, label)))
            .filter(|(_, label)| self.holds(label.span, file))
    }

    /// The places of the labels that lie on the page.
    fn places(&self, found: &Diagnostic, file: &FileReport) -> Vec<Range<usize>> {
        self.labels(found, file).map(|(_, label)| self.range(label.span)).collect()
    }

    /// Cuts lines that are too long, if there are any.
    fn narrowed(&self, places: &[Range<usize>], room: usize) -> Option<Narrowed> {
        Narrowed::new(self.text, places, room)
    }

    /// Puts the column of the source into a finding's head where the renderer counted that of a line which was
    /// cut in front.
    fn with_own_column(&self, report: &str, primary: &Label, narrowed: &Narrowed) -> String {
        let range = self.range(primary.span);
        if !narrowed.shifts(range.start) {
            return report.to_owned();
        }
        let (start, _) = self.page.positions(primary.span);
        let cut = narrowed.column(narrowed.place(&range).start);
        let head = |column: usize| format!("{}:{}:{column}", self.page.title(), start.line);
        report.replacen(&head(cut), &head(start.column), 1)
    }

    /// The columns that are left for the source.
    fn room(&self, width: usize) -> usize {
        // "NNN | " stands before it.
        width.saturating_sub(self.last_line().to_string().len() + " | ".len())
    }

    /// Makes a snippet of the page with the labels that lie on it.
    fn annotated(
        &self,
        found: &Diagnostic,
        file: &FileReport,
        narrowed: Option<&Narrowed>,
        width: usize,
    ) -> Snippet<'a, Annotation<'a>> {
        let text = narrowed.map_or(self.text, |narrowed| &narrowed.text);
        let page = self.snippet(narrowed).path(self.page.title());
        let all: Vec<Range<usize>> =
            self.places(found, file).into_iter().map(|place| shown(place, narrowed)).collect();
        // Of several labels in a line only the last is set behind the source.
        let is_last = |range: &Range<usize>| {
            let beside = |from, to| text.get(from..to).is_some_and(|between| !between.contains('\n'));
            !all.iter().any(|other| other.start > range.start && beside(range.start, other.start))
        };
        self.labels(found, file).fold(page, |snippet, (primary, label)| {
            let kind = if primary { AnnotationKind::Primary } else { AnnotationKind::Context };
            let range = shown(self.range(label.span), narrowed);
            let label = printable(&label.text);
            if label.is_empty() {
                return snippet.annotation(kind.span(range));
            }
            let short = label.chars().count() <= MIN_LABEL_WIDTH;
            let set = if short && !is_last(&range) {
                Set::Beside(label)
            } else {
                set(&label, text, &range, self.room(width))
            };
            let (lines, below) = match set {
                Set::Beside(label) => (vec![label], None),
                Set::Below(lines) => (lines, shortened(text, &range)),
            };
            // Labels of one place are printed below each other. One alone is, where another place without a label
            // overlaps it.
            let labelled = lines.into_iter().fold(snippet, |snippet, line| {
                snippet.annotation(kind.span(range.clone()).label(Some(line)))
            });
            below.into_iter().fold(labelled, |snippet, range| snippet.annotation(kind.span(range)))
        })
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

/// Where a label is put.
#[derive(Debug, PartialEq, Eq)]
enum Set {
    /// Behind the line under what it is about.
    Beside(String),
    /// In lines below that.
    Below(Vec<String>),
}

/// Returns a place without its last character; nothing where it has but one.
fn shortened(source: &str, range: &Range<usize>) -> Option<Range<usize>> {
    let (last, _) = source.get(range.clone())?.char_indices().last()?;
    (last > 0).then(|| range.start..range.start + last)
}

/// Breaks a label that does not fit behind what it is about into lines that fit below it.
fn set(label: &str, source: &str, range: &Range<usize>, room: usize) -> Set {
    let line = source.get(..range.start).map_or(0, |before| before.rfind('\n').map_or(0, |at| at + 1));
    let columns = |to: usize| source.get(line..to).map_or(0, |text| text.chars().count());
    let length = label.chars().count();
    let behind = columns(range.end) + 1 + length;
    if behind <= room || source.get(range.clone()).is_some_and(|text| text.contains('\n')) {
        return Set::Beside(label.to_owned());
    }
    let below = room.saturating_sub(columns(range.start)).max(MIN_LABEL_WIDTH);
    // The last line is not to hold a single word.
    let lines = length.div_ceil(below);
    let below = below.min(length.div_ceil(lines) + WORD_LENGTH);
    Set::Below(wrapped(label, below).lines().map(str::to_owned).collect())
}

/// Breaks lines at blanks so that they fit, but not within backticks or brackets; lines that begin with a blank are
/// drawings and stay.
pub(crate) fn wrapped(text: &str, width: usize) -> String {
    set_in(text, width, width)
}

/// Breaks lines as [`wrapped`] does, where the first has other room than the others.
fn set_in(text: &str, first: usize, others: usize) -> String {
    let mut width = first;
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
                width = others;
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

/// Splits a line at the blanks that are not within backticks or square brackets: `float32[100, 200]` is one word.
fn words(line: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let (mut start, mut closed, mut in_code) = (0, 0, false);
    for (at, c) in line.char_indices() {
        match c {
            '`' => in_code = !in_code,
            '[' => closed = closed.max(at + bracketed(line.get(at..).unwrap_or_default())),
            ' ' if !in_code && at >= closed => {
                words.extend(line.get(start..at));
                start = at + 1;
            }
            _ => {}
        }
    }
    words.extend(line.get(start..));
    words
}

/// The length of the brackets that a text begins with; none where they are not closed, as in `[0, 17)`.
fn bracketed(text: &str) -> usize {
    text.find([']', ')']).filter(|at| text[*at..].starts_with(']')).unwrap_or(0)
}

#[cfg(test)]
mod tests;
