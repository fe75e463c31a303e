//! SARIF 2.1.0, the static analysis results interchange format, which code scanning services read.

use std::io::{self, Write};

use checker::{Diagnostic, FileReport, Fix, Label, Rule, Severity, Span};
use serde::Serialize;

use super::{Report, Unchecked, full_message, page, printable};

/// Where the format's schema is published.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool,
    /// Columns count characters.
    column_kind: &'static str,
    invocations: [Invocation; 1],
    results: Vec<Finding<'a>>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    semantic_version: &'static str,
    information_uri: &'static str,
    rules: Vec<Descriptor>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    id: &'static str,
    short_description: Text,
    help: Help,
    help_uri: String,
    default_configuration: Configuration,
    properties: Properties,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Properties {
    tags: [&'static str; 1],
}

#[derive(Serialize)]
struct Help {
    text: &'static str,
    markdown: &'static str,
}

#[derive(Serialize)]
struct Text {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
struct Notification {
    level: &'static str,
    message: Text,
    locations: [Location; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Finding<'a> {
    rule_id: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    level: &'static str,
    message: Text,
    locations: [Location; 1],
    related_locations: Vec<Location>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<Repair<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: Artifact,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

#[derive(Serialize)]
struct Artifact {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Repair<'a> {
    description: Text,
    artifact_changes: [Change<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Change<'a> {
    artifact_location: Artifact,
    replacements: Vec<Replacement<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement<'a> {
    deleted_region: Region,
    inserted_content: Content<'a>,
}

#[derive(Serialize)]
struct Content<'a> {
    text: &'a str,
}

/// Writes the log.
pub(crate) fn write(report: &Report, out: &mut impl Write) -> io::Result<()> {
    let mut rules: Vec<&'static Rule> =
        report.findings().filter_map(|(_, found)| checker::find_rule(found.rule)).collect();
    rules.sort_by_key(|rule| rule.name);
    rules.dedup_by_key(|rule| rule.name);
    let results = report.findings().map(|(file, found)| finding(file, found, &rules)).collect();
    let driver = Driver {
        name: "kerascope",
        semantic_version: env!("CARGO_PKG_VERSION"),
        information_uri: env!("CARGO_PKG_REPOSITORY"),
        rules: rules.iter().map(|rule| descriptor(rule)).collect(),
    };
    let invocation = Invocation {
        execution_successful: report.unchecked.is_empty(),
        tool_execution_notifications: report.unchecked.iter().map(notification).collect(),
    };
    let run =
        Run { tool: Tool { driver }, column_kind: "unicodeCodePoints", invocations: [invocation], results };
    serde_json::to_writer_pretty(&mut *out, &Log { schema: SCHEMA, version: "2.1.0", runs: [run] })?;
    writeln!(out)
}

fn descriptor(rule: &'static Rule) -> Descriptor {
    Descriptor {
        id: rule.name,
        short_description: Text { text: rule.summary.to_owned() },
        help: Help { text: rule.page, markdown: rule.page },
        help_uri: page(rule),
        default_configuration: Configuration { level: level(rule.severity) },
        properties: Properties { tags: [rule.group.name()] },
    }
}

fn notification(Unchecked { path, why }: &Unchecked) -> Notification {
    let physical_location = PhysicalLocation { artifact_location: artifact(path), region: None };
    let locations = [Location { id: None, physical_location, message: None }];
    Notification { level: "error", message: Text { text: why.clone() }, locations }
}

fn finding<'a>(file: &FileReport, found: &'a Diagnostic, rules: &[&'static Rule]) -> Finding<'a> {
    let related = found.labels.iter().enumerate().map(|(at, label)| Location {
        id: Some(at + 1),
        physical_location: physical(label.span, file),
        message: (!label.text.is_empty()).then(|| Text { text: printable(&label.text) }),
    });
    Finding {
        rule_id: found.rule,
        rule_index: rules.iter().position(|rule| rule.name == found.rule),
        level: level(found.severity),
        message: Text { text: full_message(found) },
        locations: [primary(&found.primary, file)],
        related_locations: related.collect(),
        fixes: found.fix.iter().map(|fix| repair(fix, file)).collect(),
    }
}

fn primary(label: &Label, file: &FileReport) -> Location {
    let message = (!label.text.is_empty()).then(|| Text { text: printable(&label.text) });
    Location { id: None, physical_location: physical(label.span, file), message }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn repair<'a>(fix: &'a Fix, file: &FileReport) -> Repair<'a> {
    let replacements = fix.edits.iter().map(|edit| Replacement {
        deleted_region: region(edit.span, file),
        inserted_content: Content { text: &edit.content },
    });
    Repair {
        description: Text { text: fix.title.clone() },
        artifact_changes: [Change {
            artifact_location: artifact(file.path()),
            replacements: replacements.collect(),
        }],
    }
}

fn physical(span: Span, file: &FileReport) -> PhysicalLocation {
    let (page, ..) = file.place(span);
    PhysicalLocation { artifact_location: artifact(&page.path), region: Some(region(span, file)) }
}

fn region(span: Span, file: &FileReport) -> Region {
    let (_, start, end) = file.place(span);
    Region { start_line: start.line, start_column: start.column, end_line: end.line, end_column: end.column }
}

/// Returns a path as a URI reference.
fn artifact(path: &str) -> Artifact {
    let mut uri = String::with_capacity(path.len());
    if path.starts_with('/') {
        uri.push_str("file://");
    }
    for byte in path.bytes() {
        match byte {
            b'\\' => uri.push('/'),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    Artifact { uri }
}
