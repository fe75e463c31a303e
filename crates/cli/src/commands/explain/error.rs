//! What an error text means, and where in the script it comes from.

use std::io::Write;
use std::path::Path;

use anyhow::Result;
use catalogue::{Entry, Match, Traceback, cleaned, matches, nearest};
use checker::record::Outcome;
use checker::{Diagnostic, FileReport, Keras, Profile, Severity};
use clap::builder::styling::Style as Paint;
use serde::Serialize;

use crate::Exit;
use crate::args::{Explain, PlainFormat};
use crate::commands::check::check_file;
use crate::output::entry::{self, EntryJson};
use crate::output::json::{Finding, finding};
use crate::output::snippet::{Style, wrapped};
use crate::settings::{Named, Resolver};
use crate::terminal::Terminal;

/// So many of the checker's findings are shown.
const MAX_FINDINGS: usize = 3;

/// Everything that is known about an error.
struct Explanation {
    /// What the catalogue knows, the best first.
    found: Vec<Match>,
    /// What comes nearest where it knows nothing.
    near: Vec<&'static Entry>,
    /// The script at hand.
    script: Option<Script>,
}

/// A script and what the checker finds in it that may explain the error, the likeliest first.
struct Script {
    report: FileReport,
    findings: Vec<Diagnostic>,
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    /// Whether the entries match; otherwise they are what comes nearest.
    matched: bool,
    entries: Vec<EntryJson<'a>>,
    script: Option<ScriptJson<'a>>,
}

#[derive(Serialize)]
struct ScriptJson<'a> {
    path: &'a str,
    profile: &'static str,
    profile_reason: &'a str,
    diagnostics: Vec<Finding<'a>>,
}

/// Explains a text, with a script or without.
pub(super) fn run(
    text: &str,
    script: Option<&Path>,
    arguments: &Explain,
    terminal: &mut Terminal,
) -> Result<Exit> {
    let explanation = explain(text, script, arguments)?;
    match arguments.output_format {
        PlainFormat::Json => print_json(&document(&explanation), terminal)?,
        PlainFormat::Text => print(&explanation, terminal)?,
    }
    let known = !explanation.found.is_empty();
    let located = explanation.script.is_some_and(|script| !script.findings.is_empty());
    Ok(if known || located { Exit::Clean } else { Exit::Findings })
}

fn explain(text: &str, script: Option<&Path>, arguments: &Explain) -> Result<Explanation> {
    let traceback = Traceback::of(&cleaned(text));
    let own = traceback.own_files();
    // The script that is given, else the outermost file of the traceback that is there.
    let path = script.or_else(|| own.iter().map(|(file, _)| Path::new(*file)).find(|file| file.is_file()));
    let report = match path {
        Some(path) => Some(check(path, traceback.keras, arguments)?),
        None => None,
    };
    // Without a text, the script's own exception is what is to be explained.
    let predicted =
        report.as_ref().filter(|_| text.trim().is_empty()).and_then(|report| match &report.record.outcome {
            Outcome::Raises(raised) => Some(format!("{}: {}", raised.exception, raised.core)),
            Outcome::Ok { .. } | Outcome::Unknown { .. } => None,
        });
    let text = predicted.as_deref().unwrap_or(text);
    let found = matches(text);
    let near = if found.is_empty() { nearest(text) } else { Vec::new() };
    let script = report.map(|report| {
        let findings = relevant(&report, &own, &found);
        Script { report, findings }
    });
    Ok(Explanation { found, near, script })
}

/// Checks the script for the Keras that the traceback shows, unless the script or the user says otherwise.
fn check(path: &Path, keras: Option<u8>, arguments: &Explain) -> Result<FileReport> {
    let mut resolver = Resolver::new(&arguments.target, Named::default())?;
    let mut settings = resolver.settings(path)?;
    let seen = match keras {
        Some(2) => Some((Keras::Two, "the traceback runs through Keras 2")),
        Some(3) => Some((Keras::Three, "the traceback runs through Keras 3")),
        _ => None,
    };
    if let Some((keras, reason)) = seen {
        settings.project = Some(Profile { keras, reason: reason.to_owned() });
    }
    check_file(path, path, &settings)
}

/// Returns the findings that may explain the error: those on the traceback's lines, those that the
/// catalogue names, and errors.
fn relevant(report: &FileReport, own: &[(&str, Vec<u32>)], found: &[Match]) -> Vec<Diagnostic> {
    let touches = |diagnostic: &Diagnostic| {
        let mut spans = std::iter::once(&diagnostic.primary).chain(&diagnostic.labels);
        spans.any(|label| {
            let (page, start, end) = report.place(label.span);
            let name = Path::new(&page.path).file_name();
            let here = own.iter().filter(|(file, _)| Path::new(file).file_name() == name);
            let mut lines = here.flat_map(|(_, lines)| lines);
            lines.any(|line| (start.line..=end.line).contains(&(*line as usize)))
        })
    };
    let named = |diagnostic: &Diagnostic| {
        let rank = found.iter().position(|found| found.entry.rules.iter().any(|r| r == diagnostic.rule));
        rank.map_or(0, |rank| if rank == 0 { 3 } else { 2 })
    };
    let mut scored: Vec<(u32, &Diagnostic)> = report
        .diagnostics
        .iter()
        .map(|diagnostic| {
            let error = if diagnostic.severity == Severity::Error { 4 } else { 0 };
            let hint = diagnostic.severity == Severity::Info;
            let place = if touches(diagnostic) && !hint { 2 } else { 0 };
            (error + place + named(diagnostic), diagnostic)
        })
        .filter(|(score, _)| *score > 0)
        .collect();
    scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    scored.into_iter().take(MAX_FINDINGS).map(|(_, diagnostic)| diagnostic.clone()).collect()
}

fn document(explanation: &Explanation) -> Document<'_> {
    let Explanation { found, near, script } = explanation;
    let entries = found.iter().map(EntryJson::from).chain(near.iter().map(|near| EntryJson::from(*near)));
    Document {
        version: 1,
        matched: !found.is_empty(),
        entries: entries.collect(),
        script: script.as_ref().map(|Script { report, findings }| ScriptJson {
            path: report.path(),
            profile: report.profile.name(),
            profile_reason: &report.profile.reason,
            diagnostics: findings.iter().map(|found| finding(found, report)).collect(),
        }),
    }
}

/// Writes a JSON document.
pub(super) fn print_json(document: &impl Serialize, terminal: &mut Terminal) -> Result<()> {
    serde_json::to_writer_pretty(&mut *terminal, document)?;
    writeln!(terminal)?;
    Ok(())
}

fn print(explanation: &Explanation, terminal: &mut Terminal) -> Result<()> {
    let Explanation { found, near, script } = explanation;
    if let Some(script) = script {
        print_script(script, terminal)?;
    }
    if let [best, others @ ..] = &found[..] {
        entry::write(best.entry, Some(best), terminal)?;
        if !others.is_empty() {
            writeln!(terminal, "\nThe text matches these as well:")?;
            entry::list(others.iter().map(|other| other.entry), terminal)?;
        }
        return Ok(());
    }
    let located = script.as_ref().is_some_and(|script| !script.findings.is_empty());
    if located && near.is_empty() {
        return Ok(());
    }
    say("Nothing in the catalogue of errors matches this text.", terminal)?;
    if !near.is_empty() {
        writeln!(terminal, "\nThe nearest there is:")?;
        entry::list(near.iter().copied(), terminal)?;
        let more = "`kerascope explain NAME`, with the name in brackets, says more about one of these.";
        writeln!(terminal, "\n{}", wrapped(more, terminal.width()))?;
    }
    Ok(())
}

fn print_script(script: &Script, terminal: &mut Terminal) -> Result<()> {
    let Script { report, findings } = script;
    let (path, profile) = (report.path(), &report.profile);
    let dimmed = Paint::new().dimmed();
    let line = format!("Checked {path} for {} ({})", profile.title(), profile.reason);
    let line = terminal.paint(dimmed, &wrapped(&line, terminal.width()));
    writeln!(terminal, "{line}\n")?;
    let style = Style::new(terminal.styled(), terminal.width());
    for found in findings {
        writeln!(terminal, "{}\n", style.render(found, report))?;
    }
    if findings.is_empty() {
        say(&format!("Nothing in {path} is found that would explain it.\n"), terminal)?;
    }
    Ok(())
}

fn say(text: &str, terminal: &mut Terminal) -> Result<()> {
    writeln!(terminal, "{}", wrapped(text, terminal.width()))?;
    Ok(())
}
