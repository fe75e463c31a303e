//! What came of a run: a traceback with its explanation, what stopped it, the numbers it left.

use std::collections::BTreeMap;
use std::io::{self, Write};

use checker::Numeric;
use checker::record::Outcome;
use checker::run::{Ran, Traceback};
use serde::Serialize;
use serde_json::{Value as Json, json};

use super::printable;
use super::snippet::Style;
use crate::terminal::Terminal;

/// Writes to standard error what ended a script before its end: Python's traceback and, beneath it, why; or what
/// could not be carried out.
pub(crate) fn explain(ran: &Ran, terminal: &mut Terminal) -> io::Result<()> {
    if let Some(raised) = &ran.traceback {
        write_traceback(raised, &mut io::stderr().lock())?;
        let style = Style::new(terminal.styles_errors(), terminal.width());
        for found in &ran.report.diagnostics {
            writeln!(io::stderr(), "\n{}", style.render(found, &ran.report))?;
        }
    }
    if let Outcome::Unknown { why, line } = &ran.report.record.outcome {
        let place = line.map(|line| format!("{}:{line}: ", ran.report.path())).unwrap_or_default();
        terminal.complain(&format!("{place}this cannot be carried out: {}", printable(why)));
    }
    for note in &ran.notes {
        terminal.announce(&format!("note: {}", printable(note)))?;
    }
    Ok(())
}

fn write_traceback(raised: &Traceback, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "Traceback (most recent call last):")?;
    for frame in &raised.frames {
        writeln!(out, "  File \"{}\", line {}, in {}", frame.path, frame.line, frame.function)?;
        if !frame.text.is_empty() {
            writeln!(out, "    {}", printable(&frame.text))?;
        }
    }
    match raised.message.as_str() {
        "" => writeln!(out, "{}", raised.exception),
        message => writeln!(out, "{}: {}", raised.exception, printable(message)),
    }
}

/// What a run leaves, in the fields in which real trainings are recorded.
#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    script: &'a str,
    profile: &'static str,
    outcome: Json,
    #[serde(flatten)]
    results: BTreeMap<&'static str, Json>,
}

/// Writes the outcome and the numbers as one JSON document in a line.
pub(crate) fn write_json(script: &str, ran: &Ran, terminal: &mut Terminal) -> io::Result<()> {
    let document = Document {
        version: 1,
        script,
        profile: match ran.report.profile.keras {
            checker::Keras::Two => "keras2",
            checker::Keras::Three => "keras3",
        },
        outcome: outcome(ran),
        results: ran
            .results
            .iter()
            .map(|(name, numbers)| (*name, numeric(numbers, if *name == "history" { plain } else { shaped })))
            .collect(),
    };
    serde_json::to_writer(&mut *terminal, &document)?;
    terminal.write_all(b"\n")
}

fn outcome(ran: &Ran) -> Json {
    match &ran.report.record.outcome {
        Outcome::Ok { exit: None } => json!({"status": "ok"}),
        Outcome::Ok { exit: Some(code) } => json!({"status": "ok", "exit": code}),
        Outcome::Raises(raised) => json!({
            "status": "raises",
            "exception": raised.exception,
            "line": raised.trace.first().map(|frame| frame.line),
            "message": ran.traceback.as_ref().map_or(raised.core.as_str(), |t| &t.message),
        }),
        Outcome::Unknown { why, line } => json!({"status": "unknown", "why": why, "line": line}),
    }
}

/// Numbers in their structure, each array as `array` writes it.
fn numeric(numbers: &Numeric, array: fn(&[usize], &[f64]) -> Json) -> Json {
    match numbers {
        Numeric::None => Json::Null,
        Numeric::Array { shape, values } => array(shape, values),
        Numeric::List(items) => items.iter().map(|item| numeric(item, array)).collect(),
        Numeric::Dict(items) => items
            .iter()
            .map(|(name, item)| (name.clone(), numeric(item, array)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
    }
}

/// An array with its shape.
fn shaped(shape: &[usize], values: &[f64]) -> Json {
    json!({"shape": shape, "values": values.iter().copied().map(number).collect::<Vec<_>>()})
}

/// Numbers of which single ones stand for themselves: those of a history.
fn plain(shape: &[usize], values: &[f64]) -> Json {
    match (shape, values) {
        ([], [x]) => number(*x),
        ([_], values) => values.iter().copied().map(number).collect(),
        _ => shaped(shape, values),
    }
}

/// A number; JSON has no NaN and no infinity, so those are words.
fn number(x: f64) -> Json {
    if x.is_nan() {
        return json!("nan");
    }
    if x.is_infinite() {
        return json!(if x > 0.0 { "inf" } else { "-inf" });
    }
    if x.fract() == 0.0 && x.abs() < 1e15 { json!(x as i64) } else { json!(x) }
}
