//! JUnit XML, which CI servers show as tests: a suite for each file, a failed test for each finding.

use std::io::{self, Write};

use checker::{Diagnostic, FileReport, Severity};

use super::{Report, full_message};

/// Writes the document.
pub(crate) fn write(report: &Report, out: &mut impl Write) -> io::Result<()> {
    let failures = report.findings().filter(|(_, found)| fails(found)).count();
    let tests: usize = report.files.iter().map(|file| file.diagnostics.len().max(1)).sum();
    let errors = report.unchecked.len();
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(
        out,
        "<testsuites name=\"kerascope\" tests=\"{}\" failures=\"{failures}\" errors=\"{errors}\">",
        tests + errors
    )?;
    for file in &report.files {
        suite(file, out)?;
    }
    for unchecked in &report.unchecked {
        let (path, why) = (escaped(&unchecked.path), escaped(&unchecked.why));
        writeln!(out, "  <testsuite name=\"{path}\" tests=\"1\" failures=\"0\" errors=\"1\">")?;
        writeln!(out, "    <testcase name=\"check\" classname=\"{path}\" file=\"{path}\">")?;
        writeln!(out, "      <error message=\"{why}\"/>\n    </testcase>\n  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}

/// A hint is no failure, as it does not count for the exit code.
fn fails(found: &Diagnostic) -> bool {
    found.severity > Severity::Info
}

fn suite(file: &FileReport, out: &mut impl Write) -> io::Result<()> {
    let path = escaped(file.path());
    let tests = file.diagnostics.len().max(1);
    let failures = file.diagnostics.iter().filter(|found| fails(found)).count();
    writeln!(out, "  <testsuite name=\"{path}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\">")?;
    if file.diagnostics.is_empty() {
        writeln!(out, "    <testcase name=\"check\" classname=\"{path}\" file=\"{path}\"/>")?;
    }
    for found in &file.diagnostics {
        let (page, at, _) = file.place(found.primary.span);
        let (line, rule) = (at.line, found.rule);
        writeln!(
            out,
            "    <testcase name=\"{rule}:{line}:{}\" classname=\"{path}\" file=\"{path}\" line=\"{line}\">",
            at.column
        )?;
        let text = format!("{}:{line}:{}: {}", page.title(), at.column, full_message(found));
        if fails(found) {
            let message = escaped(&found.message);
            let severity = found.severity;
            write!(out, "      <failure type=\"{severity}\" message=\"{message}\">")?;
            writeln!(out, "{}</failure>", escaped(&text))?;
        } else {
            writeln!(out, "      <system-out>{}</system-out>", escaped(&text))?;
        }
        writeln!(out, "    </testcase>")?;
    }
    writeln!(out, "  </testsuite>")
}

/// Escapes a text for an attribute or an element; what XML 1.0 cannot hold at all is replaced.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // In an attribute, a line end would be read as a blank.
            '\n' | '\t' | '\r' => out.push_str(&format!("&#{};", u32::from(c))),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            _ => out.push(c),
        }
    }
    out
}
