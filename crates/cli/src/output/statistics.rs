//! How often each rule was found.

use std::collections::BTreeMap;
use std::io::{self, Write};

use checker::{Severity, find_rule};
use clap::builder::styling::AnsiColor;
use serde::{Serialize, Serializer};

use super::table::cut;
use super::{Report, SEVERITY_WIDTH, severity_column};
use crate::terminal::Terminal;

/// How often one rule was found.
#[derive(Serialize)]
struct Count {
    rule: &'static str,
    #[serde(serialize_with = "by_name")]
    severity: Severity,
    count: usize,
    files: usize,
}

#[derive(Serialize)]
struct Document {
    version: u32,
    statistics: Vec<Count>,
}

fn by_name<S: Serializer>(severity: &Severity, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(severity)
}

/// Counts by rule and severity, the most frequent first.
fn counts(report: &Report) -> Vec<Count> {
    let mut found: BTreeMap<(&'static str, Severity), (usize, Vec<&str>)> = BTreeMap::new();
    for (file, diagnostic) in report.findings() {
        let (count, files) = found.entry((diagnostic.rule, diagnostic.severity)).or_default();
        *count += 1;
        if files.last() != Some(&file.path()) {
            files.push(file.path());
        }
    }
    let mut counts: Vec<Count> = found
        .into_iter()
        .map(|((rule, severity), (count, files))| Count { rule, severity, count, files: files.len() })
        .collect();
    counts.sort_by_key(|count| std::cmp::Reverse(count.count));
    counts
}

/// Writes a table.
pub(crate) fn write(report: &Report, terminal: &mut Terminal) -> io::Result<()> {
    let counts = counts(report);
    let digits = counts.first().map_or(1, |most| most.count.to_string().len());
    let width = counts.iter().map(|count| count.rule.len()).max().unwrap_or(0);
    for Count { rule, severity, count, .. } in counts {
        let name = terminal.paint(AnsiColor::Cyan.on_default(), rule);
        let gap = " ".repeat(width - rule.len());
        // "NN  warning  rule  " stands before it.
        let room = terminal.width().saturating_sub(digits + SEVERITY_WIDTH + width + 6);
        let summary = cut(find_rule(rule).map_or("", |rule| rule.summary), room);
        let severity = severity_column(severity, terminal);
        writeln!(terminal, "{count:>digits$}  {severity}  {name}{gap}  {summary}")?;
    }
    Ok(())
}

/// Writes a JSON document.
pub(crate) fn write_json(report: &Report, out: &mut impl Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &Document { version: 1, statistics: counts(report) })?;
    writeln!(out)
}
