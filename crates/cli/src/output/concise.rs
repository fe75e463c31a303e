//! A line for each finding, for people and tools that grep.

use std::io::{self, Write};

use super::{Report, printable};

/// Writes `path:line:column: severity[rule] message` for each finding.
pub(crate) fn write(report: &Report, out: &mut impl Write) -> io::Result<()> {
    for (file, found) in report.findings() {
        let (page, at, _) = file.place(found.primary.span);
        let message = printable(&found.message).replace('\n', " ");
        let (line, column, path) = (at.line, at.column, page.title());
        writeln!(out, "{path}:{line}:{column}: {}[{}] {message}", found.severity, found.rule)?;
    }
    Ok(())
}
