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

/// Writes a table; where it is too wide, its widest columns are cut, with a sign. Columns of numbers are set to the
/// right.
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
    let columns: [Column; N] = std::array::from_fn(|at| Column {
        width: widths[at],
        numbers: rows.iter().all(|row| is_number(&row[at])),
    });
    let heading = line(&headings.map(str::to_owned), &columns);
    writeln!(terminal, "{}", terminal.paint(Style::new().bold(), &heading))?;
    for row in rows {
        writeln!(terminal, "{}", line(row, &columns))?;
    }
    Ok(())
}

/// How a column is set.
struct Column {
    width: usize,
    numbers: bool,
}

/// Tells whether a cell holds a number, one that is not known, or nothing.
fn is_number(cell: &str) -> bool {
    cell == "?" || cell.chars().all(|c| c.is_ascii_digit() || c == ',')
}

fn line<const N: usize>(cells: &[String; N], columns: &[Column; N]) -> String {
    let mut out = String::new();
    for (cell, Column { width, numbers }) in cells.iter().zip(columns) {
        let cell = cut(cell, *width);
        let padding = " ".repeat(width - cell.chars().count().min(*width));
        let gap = " ".repeat(GAP);
        out.push_str(&if *numbers {
            format!("{gap}{padding}{cell}")
        } else {
            format!("{gap}{cell}{padding}")
        });
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
