//! What a script computes, for people: the source with its tensors, and tables.

use std::collections::BTreeMap;
use std::io::{self, Write};

use checker::record::Outcome;
use checker::trace::{Asker, Body, Computed, GradientRow, GradientTable, LayerRow, ModelTable, Traced};
use checker::{Page, Span, thousands};
use clap::builder::styling::{AnsiColor, Style};

use super::super::table::{self, cut};
use super::super::{printable, snippet::wrapped};
use super::{keras_shapes, last_line, source, status_name};
use crate::terminal::Terminal;

/// So many specs of one expression are shown: a loop may give more.
const MAX_SPECS: usize = 3;
/// The expression before a spec is not longer than this.
const MAX_TEXT: usize = 30;
/// What a line made stands in this column where the source leaves room.
const COLUMN: usize = 48;

/// Writes the source with what its lines make, or only the functions of some layers.
pub(crate) fn write(traced: &Traced, part: bool, terminal: &mut Terminal) -> io::Result<()> {
    let profile = &traced.profile;
    let first = format!("Traced for {} ({})", profile.title(), profile.reason);
    let first = terminal.paint(Style::new().dimmed(), &wrapped(&first, terminal.width()));
    writeln!(terminal, "{first}")?;
    if !part {
        let path = &traced.pages.script().path;
        for page in traced.pages.iter().filter(|page| &page.path == path) {
            whole(traced, page, terminal)?;
        }
    }
    for body in &traced.bodies {
        opened(traced, body, terminal)?;
    }
    for model in &traced.models {
        layers(traced, model, terminal)?;
    }
    for gradients in &traced.gradients {
        self::gradients(traced, gradients, terminal)?;
    }
    if let Some(text) = ending(&traced.outcome) {
        writeln!(terminal, "\n{}", wrapped(&text, terminal.width()))?;
    }
    Ok(())
}

fn heading(text: &str, terminal: &mut Terminal) -> io::Result<()> {
    let text = wrapped(text, terminal.width());
    writeln!(terminal, "\n{}", terminal.paint(AnsiColor::Green.on_default().bold(), &text))
}

/// Writes a page with what each line makes.
fn whole(traced: &Traced, page: &Page, terminal: &mut Terminal) -> io::Result<()> {
    heading(&page.title(), terminal)?;
    let notes = notes(traced, page, &traced.values, true);
    let text = page.text.trim_end_matches(['\n', '\r']);
    let margin = text.lines().count().to_string().len();
    for (at, line) in text.lines().enumerate() {
        annotated(at + 1, margin, line, notes.get(&(at + 1)), terminal)?;
    }
    Ok(())
}

/// Writes the lines of a function that a layer runs, with what they make for some calls.
fn opened(traced: &Traced, body: &Body, terminal: &mut Terminal) -> io::Result<()> {
    let mut lines: Vec<usize> = body.calls.iter().map(|span| traced.pages.first_line(*span)).collect();
    lines.dedup();
    let noun = if lines.len() == 1 { "line" } else { "lines" };
    let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
    let lines = lines.join(", ");
    heading(&format!("{} '{}', called on {noun} {lines}", body.class, body.layer), terminal)?;
    let Some(first) = body.values.first() else { return Ok(()) };
    let page = traced.pages.at(first.span.start);
    let notes = notes(traced, page, &body.values, false);
    let margin = notes.keys().last().map_or(1, |line| line.to_string().len());
    for (line, note) in &notes {
        let range = page.lines().range(*line, &page.text);
        let text = page.text.get(range).unwrap_or_default().trim_end();
        annotated(*line, margin, text, Some(note), terminal)?;
    }
    Ok(())
}

/// Returns what each line of a page makes, in words.
fn notes(traced: &Traced, page: &Page, values: &[Computed], brief: bool) -> BTreeMap<usize, String> {
    let mut lines: BTreeMap<usize, Vec<&Computed>> = BTreeMap::new();
    for computed in values {
        let place = traced.pages.at(computed.span.start);
        if place.path == page.path && place.cell == page.cell {
            lines.entry(place.positions(computed.span).1.line).or_default().push(computed);
        }
    }
    let words = |found: Vec<&Computed>| match &found[..] {
        [one] if brief => specs(one),
        several => {
            let each = several.iter().map(|computed| {
                format!("{}: {}", cut(&printable(&source(traced, computed.span)), MAX_TEXT), specs(computed))
            });
            each.collect::<Vec<_>>().join("; ")
        }
    };
    lines.into_iter().map(|(line, found)| (line, words(found))).collect()
}

fn specs(computed: &Computed) -> String {
    let mut shown: Vec<String> = computed.specs.iter().take(MAX_SPECS).map(ToString::to_string).collect();
    if computed.specs.len() > MAX_SPECS {
        shown.push("...".to_owned());
    }
    shown.join(" | ")
}

/// Writes a source line, and what it makes beside it or, where there is no room, below it.
fn annotated(
    number: usize,
    margin: usize,
    line: &str,
    note: Option<&String>,
    terminal: &mut Terminal,
) -> io::Result<()> {
    let dimmed = Style::new().dimmed();
    let bar = terminal.paint(dimmed, &format!("{number:>margin$} |"));
    let room = terminal.width().saturating_sub(margin + 3);
    let line = cut(&printable(&line.replace('\t', "    ")), room);
    let Some(note) = note else {
        return writeln!(terminal, "{}", format!("{bar} {line}").trim_end());
    };
    let style = AnsiColor::Cyan.on_default();
    let used = line.chars().count();
    let beside = used.max(COLUMN) + 2 + "-> ".len() + note.chars().count() <= room;
    let close = used + 2 + "-> ".len() + note.chars().count() <= room;
    if beside || close {
        let gap = if beside { COLUMN.saturating_sub(used) + 2 } else { 2 };
        let note = terminal.paint(style, &format!("-> {note}"));
        return writeln!(terminal, "{bar} {line}{}{note}", " ".repeat(gap));
    }
    writeln!(terminal, "{bar} {line}")?;
    let blank = terminal.paint(dimmed, &format!("{} |", " ".repeat(margin)));
    for (at, part) in wrapped(note, room.saturating_sub(7)).lines().enumerate() {
        let arrow = if at == 0 { "    -> " } else { "       " };
        let part = terminal.paint(style, &format!("{arrow}{}", cut(part, room.saturating_sub(7))));
        writeln!(terminal, "{blank}{part}")?;
    }
    Ok(())
}

fn layers(traced: &Traced, model: &ModelTable, terminal: &mut Terminal) -> io::Result<()> {
    heading(&format!("Model '{}' ({})", model.name, model.class), terminal)?;
    let row = |row: &LayerRow| {
        [
            format!("{} ({})", row.name, row.class),
            keras_shapes(&row.outputs),
            counted(row.parameters),
            row.connected_to.join(", "),
            place(traced, row.made),
        ]
    };
    let rows: Vec<[String; 5]> = model.layers.iter().map(row).collect();
    table::write(["Layer (type)", "Output shape", "Param #", "Connected to", "Line"], &rows, terminal)?;
    let all = model.trainable.zip(model.non_trainable).map(|(a, b)| a + b);
    let (trained, rest) = (counted(model.trainable), counted(model.non_trainable));
    let sums = format!("  {} parameters: {trained} trainable, {rest} not", counted(all));
    writeln!(terminal, "{sums}")
}

fn gradients(traced: &Traced, gradients: &GradientTable, terminal: &mut Terminal) -> io::Result<()> {
    let by = match gradients.by {
        Asker::Fit => "fit",
        Asker::Tape => "the tape",
    };
    heading(&format!("Gradients of {by} on line {}", traced.pages.first_line(gradients.span)), terminal)?;
    if gradients.rows.is_empty() {
        return writeln!(terminal, "  There is nothing that is trained.");
    }
    let row = |GradientRow { name, status, stopped }: &GradientRow| {
        let (by, line) = match stopped {
            Some((by, span)) => (by.clone(), place(traced, *span)),
            None => (String::new(), String::new()),
        };
        [printable(name), status_name(*status).to_owned(), by, line]
    };
    let rows: Vec<[String; 4]> = gradients.rows.iter().map(row).collect();
    table::write(["Variable", "Gradient", "Stopped by", "Line"], &rows, terminal)
}

/// Returns the line of an expression, and its file where that is not the script.
fn place(traced: &Traced, span: Span) -> String {
    if span.start == span.end {
        return String::new();
    }
    let (title, _) = last_line(traced, span);
    let line = traced.pages.first_line(span);
    if title == traced.pages.script().title() { line.to_string() } else { format!("{title}:{line}") }
}

fn counted(number: Option<i64>) -> String {
    number.map_or_else(|| "?".to_owned(), thousands)
}

/// Says why the trace ends before the script does.
pub(crate) fn ending(outcome: &Outcome) -> Option<String> {
    match outcome {
        Outcome::Ok { .. } => None,
        Outcome::Raises(raised) => {
            let line = raised.trace.first().map(|frame| format!(" on line {}", frame.line));
            Some(format!(
                "The script ends{} with {}; `kerascope check` says why.",
                line.unwrap_or_default(),
                raised.exception
            ))
        }
        Outcome::Unknown { line: Some(line), why } => {
            let why = printable(why).replace('\n', " ");
            Some(format!("How the script goes on cannot be told after line {line}: {why}"))
        }
        Outcome::Unknown { line: None, why } => {
            Some(format!("How the script goes on cannot be told: {}", printable(why).replace('\n', " ")))
        }
    }
}
