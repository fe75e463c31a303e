//! Tables of text that fit a width.

use std::io::{self, Write};

use clap::builder::styling::Style;

use crate::terminal::Terminal;

/// What stands between columns.
const GAP: usize = 2;
/// A column is not cut below this.
const MIN_COLUMN: usize = 8;
/// The sign of a cut.
const CUT: &str = "...";

/// Writes a table; where it is too wide, its widest columns are cut, with a sign.
pub(super) fn write<const N: usize>(
    headings: [&str; N],
    rows: &[[String; N]],
    terminal: &mut Terminal,
) -> io::Result<()> {
    let mut widths = headings.map(str::len);
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    // "  " before the first column, and between the others.
    while widths.iter().sum::<usize>() + GAP * N > terminal.width() {
        let Some(widest) = widths.iter_mut().max() else { break };
        if *widest <= MIN_COLUMN {
            break;
        }
        *widest -= 1;
    }
    let heading = line(&headings.map(str::to_owned), &widths);
    writeln!(terminal, "{}", terminal.paint(Style::new().bold(), &heading))?;
    for row in rows {
        writeln!(terminal, "{}", line(row, &widths))?;
    }
    Ok(())
}

fn line<const N: usize>(cells: &[String; N], widths: &[usize; N]) -> String {
    let mut out = String::new();
    for (cell, &width) in cells.iter().zip(widths) {
        let cell = cut(cell, width);
        let padding = width - cell.chars().count().min(width);
        out.push_str(&format!("{}{cell}{}", " ".repeat(GAP), " ".repeat(padding)));
    }
    out.trim_end().to_owned()
}

/// Shortens a text to a width, with a sign where it was cut.
pub(super) fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let kept: String = text.chars().take(width.saturating_sub(CUT.len())).collect();
    format!("{}{CUT}", kept.trim_end())
}
