//! A line for each finding, for people and tools that grep.

use std::io::{self, Write};

use super::{Report, printable};

/// Writes `path:line:column: severity[rule] message` for each finding.
pub(crate) fn write(report: &Report, out: &mut impl Write) -> io::Result<()> {
    for (file, found) in report.findings() {
        let at = file.lines.position(found.primary.span.start as usize, &file.source);
        let message = printable(&found.message).replace('\n', " ");
        let (line, column, path) = (at.line, at.column, &file.path);
        writeln!(out, "{path}:{line}:{column}: {}[{}] {message}", found.severity, found.rule)?;
    }
    Ok(())
}
