//! One JSON document for a whole report; its form is a contract, described in the README.

use std::io::{self, Write};

use checker::{Applicability, Diagnostic, Edit, FileReport, Fix, Label, Span};
use serde::Serialize;

use super::record::OutcomeJson;
use super::{Report, Unchecked, page};

/// The version of the document's form.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    files: Vec<File<'a>>,
}

#[derive(Serialize)]
struct File<'a> {
    path: &'a str,
    profile: Option<&'static str>,
    profile_reason: Option<&'a str>,
    diagnostics: Vec<Finding<'a>>,
    outcome: OutcomeJson<'a>,
}

/// A finding in its JSON form.
#[derive(Serialize)]
pub(crate) struct Finding<'a> {
    rule: &'static str,
    group: &'static str,
    severity: String,
    message: &'a str,
    location: Location<'a>,
    labels: Vec<Place<'a>>,
    notes: &'a [String],
    help: &'a [String],
    url: Option<String>,
    fix: Option<Repair<'a>>,
}

#[derive(Serialize)]
struct Location<'a> {
    /// The file, where it is another than the one that was checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a str>,
    /// The cell of a notebook, in which lines are counted anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    cell: Option<u32>,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

#[derive(Serialize)]
struct Place<'a> {
    location: Location<'a>,
    text: &'a str,
}

#[derive(Serialize)]
struct Repair<'a> {
    applicability: &'static str,
    title: &'a str,
    edits: Vec<Replacement<'a>>,
}

#[derive(Serialize)]
struct Replacement<'a> {
    location: Location<'a>,
    content: &'a str,
}

/// Writes the document.
pub(crate) fn write(report: &Report, out: &mut impl Write) -> io::Result<()> {
    let unchecked = report.unchecked.iter().map(|Unchecked { path, why }| File {
        path,
        profile: None,
        profile_reason: None,
        diagnostics: Vec::new(),
        outcome: OutcomeJson::Unknown { why, line: None },
    });
    let files = report.files.iter().map(file).chain(unchecked).collect();
    serde_json::to_writer_pretty(&mut *out, &Document { version: VERSION, files })?;
    writeln!(out)
}

fn file(report: &FileReport) -> File<'_> {
    File {
        path: report.path(),
        profile: Some(report.profile.name()),
        profile_reason: Some(&report.profile.reason),
        diagnostics: report.diagnostics.iter().map(|found| finding(found, report)).collect(),
        outcome: OutcomeJson::from(&report.record.outcome),
    }
}

/// Returns the JSON form of a finding.
pub(crate) fn finding<'a>(found: &'a Diagnostic, file: &'a FileReport) -> Finding<'a> {
    let own = Some(&found.primary).filter(|label| !label.text.is_empty());
    Finding {
        rule: found.rule,
        group: found.group,
        severity: found.severity.to_string(),
        message: &found.message,
        location: location(found.primary.span, file),
        labels: own
            .into_iter()
            .chain(&found.labels)
            .map(|Label { span, text }| Place { location: location(*span, file), text })
            .collect(),
        notes: &found.notes,
        help: &found.help,
        url: checker::find_rule(found.rule).map(page),
        fix: found.fix.as_ref().map(|fix| repair(fix, file)),
    }
}

fn repair<'a>(fix: &'a Fix, file: &'a FileReport) -> Repair<'a> {
    let edit = |Edit { span, content }: &'a Edit| Replacement { location: location(*span, file), content };
    Repair {
        applicability: match fix.applicability {
            Applicability::Safe => "safe",
            Applicability::Unsafe => "unsafe",
        },
        title: &fix.title,
        edits: fix.edits.iter().map(edit).collect(),
    }
}

fn location(span: Span, file: &FileReport) -> Location<'_> {
    let (page, start, end) = file.place(span);
    Location {
        path: Some(&*page.path).filter(|path| *path != file.path()),
        cell: page.cell,
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
    }
}
