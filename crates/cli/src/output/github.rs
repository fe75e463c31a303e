//! Workflow commands of GitHub Actions, which it shows beside the lines that a pull request changes.

use std::io::{self, Write};

use checker::Severity;

use super::{Report, full_message};

/// Writes a command for each finding.
pub(crate) fn write(report: &Report, out: &mut impl Write) -> io::Result<()> {
    for (file, found) in report.findings() {
        let command = match found.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "notice",
        };
        let (page, start, end) = file.place(found.primary.span);
        let title = property(&format!("kerascope ({})", found.rule));
        let path = property(&page.path);
        write!(out, "::{command} title={title},file={path},line={}", start.line)?;
        // GitHub takes columns only for what lies on one line.
        if start.line == end.line {
            write!(out, ",col={},endLine={},endColumn={}", start.column, end.line, end.column)?;
        } else {
            write!(out, ",endLine={}", end.line)?;
        }
        let place = format!("{}:{}:{}: ", page.title(), start.line, start.column);
        writeln!(out, "::{}", data(&(place + &full_message(found))))?;
    }
    for unchecked in &report.unchecked {
        let (path, why) = (property(&unchecked.path), data(&unchecked.why));
        writeln!(out, "::error title=kerascope,file={path}::{why}")?;
    }
    Ok(())
}

/// Escapes the text of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes the value of a command's property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
