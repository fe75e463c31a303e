//! A Code Quality report of GitLab, which it shows in a merge request.

use std::collections::HashMap;
use std::io::{self, Write};

use checker::{Diagnostic, FileReport, Severity};
use serde::Serialize;

use super::{Report, printable};

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'static str,
    fingerprint: String,
    severity: &'static str,
    location: Location<'a>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
    end: usize,
}

/// Writes the report.
pub(crate) fn write(report: &Report, out: &mut impl Write) -> io::Result<()> {
    let mut seen = HashMap::new();
    let issues: Vec<Issue<'_>> = report
        .findings()
        .map(|(file, found)| {
            let times = seen.entry((file.path(), found.rule, &found.message)).or_insert(0_usize);
            *times += 1;
            issue(file, found, *times)
        })
        .collect();
    serde_json::to_writer_pretty(&mut *out, &issues)?;
    writeln!(out)
}

fn issue<'a>(file: &'a FileReport, found: &Diagnostic, times: usize) -> Issue<'a> {
    let (page, start, end) = file.place(found.primary.span);
    Issue {
        description: printable(&found.message),
        check_name: found.rule,
        // It stays the same when lines are added above.
        fingerprint: fingerprint(&[file.path(), found.rule, &found.message, &times.to_string()]),
        severity: match found.severity {
            Severity::Error => "critical",
            Severity::Warning => "major",
            Severity::Info => "info",
        },
        location: Location { path: &page.path, lines: Lines { begin: start.line, end: end.line } },
    }
}

/// Returns a number that is the same for the same texts in every version of this program: FNV-1a.
fn fingerprint(parts: &[&str]) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for part in parts {
        // No text holds the byte 255, which keeps "ab", "c" and "a", "bc" apart.
        for byte in part.bytes().chain([255]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    format!("{hash:016x}")
}
