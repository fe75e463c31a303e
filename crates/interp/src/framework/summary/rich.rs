//! Tables as Keras 3 prints them, which has the library Rich lay them out.
//!
//! source: rich/table.py: `_calculate_column_widths`; rich/_wrap.py: `divide_line`; rich/text.py: `wrap`, `truncate`;
//! rich/_ratio.py: `ratio_reduce`

use std::fmt::Write as _;

/// A color of the terminal's 256, and whether the text is bold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Ink {
    /// The number of the color.
    pub(super) color: Option<u8>,
    /// Whether the text is bold.
    pub(super) bold: bool,
}

/// A text in one ink.
#[derive(Clone, Debug, Default)]
pub(super) struct Piece {
    /// The text.
    pub(super) text: String,
    /// Its ink.
    pub(super) ink: Ink,
}

impl Piece {
    /// Text in no ink of its own.
    pub(super) fn plain(text: impl Into<String>) -> Piece {
        Piece { text: text.into(), ink: Ink::default() }
    }

    /// Text in a color.
    pub(super) fn colored(text: impl Into<String>, color: u8) -> Piece {
        Piece { text: text.into(), ink: Ink { color: Some(color), bold: false } }
    }

    /// Bold text, perhaps in a color.
    pub(super) fn bold(text: impl Into<String>, color: Option<u8>) -> Piece {
        Piece { text: text.into(), ink: Ink { color, bold: true } }
    }
}

/// Where the text of a column stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Justify {
    /// At the left.
    Left,
    /// At the right.
    Right,
    /// In the middle.
    Center,
}

/// A column: its title, where its text stands, and its width without the room beside the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    /// The title.
    pub(super) title: &'static str,
    /// Where the text stands.
    pub(super) justify: Justify,
    /// The width that is asked for.
    pub(super) width: usize,
}

/// The terminal that a table goes to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paper {
    /// The number of columns; what is wider is cut.
    pub(super) columns: usize,
    /// Whether inks are used.
    pub(super) inks: bool,
}

type Line = Vec<(char, Ink)>;

/// The part of a table that a row is of: titles sit at the bottom of their row, other cells at the top.
#[derive(Clone, Copy, Debug)]
enum Part {
    Head,
    Body,
}

/// Writes a table of a total width, with lines between its rows.
pub(super) fn table(columns: &[Column], rows: &[Vec<Vec<Piece>>], width: usize, paper: Paper) -> String {
    let widths = widths(columns, width);
    let titles: Vec<Vec<Piece>> = columns.iter().map(|c| vec![Piece::bold(c.title, None)]).collect();
    let mut out = String::new();
    let rule = |out: &mut String, [left, fill, between, right]: [char; 4]| {
        let inner: Vec<String> = widths.iter().map(|w| fill.to_string().repeat(*w)).collect();
        let line = format!("{left}{}{right}", inner.join(&between.to_string()));
        write_line(out, &plain_line(&line), paper);
    };
    rule(&mut out, ['┏', '━', '┳', '┓']);
    write_row(&mut out, columns, &widths, &titles, Part::Head, paper);
    rule(&mut out, ['┡', '━', '╇', '┩']);
    for (at, row) in rows.iter().enumerate() {
        if at > 0 {
            rule(&mut out, ['├', '─', '┼', '┤']);
        }
        write_row(&mut out, columns, &widths, row, Part::Body, paper);
    }
    rule(&mut out, ['└', '─', '┴', '┘']);
    out
}

/// Writes a line of text.
pub(super) fn text(pieces: &[Piece], paper: Paper) -> String {
    let mut out = String::new();
    write_line(&mut out, &line_of(pieces), paper);
    out
}

/// The columns' widths with a space at either side of the text, made narrower until the table fits.
fn widths(columns: &[Column], width: usize) -> Vec<usize> {
    let mut widths: Vec<usize> = columns.iter().map(|column| column.width + 2).collect();
    let room = width.saturating_sub(columns.len() + 1);
    let mut excess = widths.iter().sum::<usize>().saturating_sub(room);
    let mut left = widths.len();
    for width in &mut widths {
        // Halves are rounded to the even number, as Python does.
        let share = (excess as f64 / left.max(1) as f64).round_ties_even() as usize;
        let taken = share.min(*width);
        *width -= taken;
        excess -= taken.min(excess);
        left -= 1;
    }
    widths
}

fn write_row(
    out: &mut String,
    columns: &[Column],
    widths: &[usize],
    cells: &[Vec<Piece>],
    part: Part,
    paper: Paper,
) {
    let bar = match part {
        Part::Head => '┃',
        Part::Body => '│',
    };
    let wrapped: Vec<Vec<Line>> = columns
        .iter()
        .zip(widths)
        .zip(cells)
        .map(|((column, width), cell)| wrap(&line_of(cell), width.saturating_sub(2), column.justify))
        .collect();
    let height = wrapped.iter().map(Vec::len).max().unwrap_or(0);
    for at in 0..height {
        let mut line: Line = vec![(bar, Ink::default())];
        for (cell, width) in wrapped.iter().zip(widths) {
            let inner = width.saturating_sub(2);
            line.push((' ', Ink::default()));
            let above = match part {
                Part::Head => height - cell.len(),
                Part::Body => 0,
            };
            match at.checked_sub(above).and_then(|at| cell.get(at)) {
                Some(text) => line.extend(text.iter().copied()),
                None => line.extend(std::iter::repeat_n((' ', Ink::default()), inner)),
            }
            line.push((' ', Ink::default()));
            line.push((bar, Ink::default()));
        }
        write_line(out, &line, paper);
    }
}

/// Breaks text into lines of exactly so many characters.
fn wrap(text: &Line, width: usize, justify: Justify) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut from = 0;
    for to in breaks(text, width).into_iter().chain([text.len()]) {
        let mut line = text[from..to].to_vec();
        from = to;
        while line.len() > width && line.last().is_some_and(|(c, _)| c.is_whitespace()) {
            line.pop();
        }
        if justify != Justify::Left {
            while line.last().is_some_and(|(c, _)| c.is_whitespace()) {
                line.pop();
            }
        }
        if line.len() > width {
            line.truncate(width);
            if let Some(last) = line.last_mut() {
                last.0 = '…';
            }
        }
        let room = width - line.len();
        let before = match justify {
            Justify::Left => 0,
            Justify::Right => room,
            Justify::Center => room / 2,
        };
        let blank = (' ', Ink::default());
        line.splice(0..0, std::iter::repeat_n(blank, before));
        line.extend(std::iter::repeat_n(blank, room - before));
        lines.push(line);
    }
    lines
}

/// Where a line is broken: before a word that does not fit. A word that fits no line is cut later.
fn breaks(text: &Line, width: usize) -> Vec<usize> {
    let mut found = Vec::new();
    let mut used = 0;
    let mut start = 0;
    while start < text.len() {
        let blank = |at: &usize| text[*at].0.is_whitespace();
        let word = (start..text.len()).find(|at| !blank(at)).unwrap_or(text.len());
        if word == text.len() {
            break;
        }
        let end = (word..text.len()).find(blank).unwrap_or(text.len());
        let next = (end..text.len()).find(|at| !blank(at)).unwrap_or(text.len());
        let length = end - start;
        if width.saturating_sub(used) >= length {
            used += next - start;
        } else if length > width || used > 0 {
            if start > 0 {
                found.push(start);
            }
            used = next - start;
        }
        start = next;
    }
    found
}

fn line_of(pieces: &[Piece]) -> Line {
    pieces.iter().flat_map(|piece| piece.text.chars().map(|c| (c, piece.ink))).collect()
}

fn plain_line(text: &str) -> Line {
    text.chars().map(|c| (c, Ink::default())).collect()
}

/// Writes a line, as far as there is room for it.
fn write_line(out: &mut String, line: &Line, paper: Paper) {
    let line = &line[..line.len().min(paper.columns)];
    if !paper.inks {
        out.extend(line.iter().map(|(c, _)| *c));
        out.push('\n');
        return;
    }
    for run in line.chunk_by(|a, b| a.1 == b.1) {
        let ink = run.first().map_or(Ink::default(), |(_, ink)| *ink);
        let text: String = run.iter().map(|(c, _)| *c).collect();
        let _ = match (ink.bold, ink.color) {
            (false, None) => write!(out, "{text}"),
            (true, None) => write!(out, "\x1b[1m{text}\x1b[0m"),
            (false, Some(color)) => write!(out, "\x1b[38;5;{color}m{text}\x1b[0m"),
            (true, Some(color)) => write!(out, "\x1b[1;38;5;{color}m{text}\x1b[0m"),
        };
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[Column] = &[
        Column { title: "Layer (type)", justify: Justify::Left, width: 18 },
        Column { title: "Param #", justify: Justify::Right, width: 9 },
        Column { title: "Trainable", justify: Justify::Center, width: 5 },
    ];

    fn rows() -> Vec<Vec<Vec<Piece>>> {
        let row = |name: &str, count: &str, mark: &str| {
            vec![
                vec![Piece::plain(format!("{name} (")), Piece::colored("Dense", 33), Piece::plain(")")],
                vec![Piece::colored(count, 34)],
                vec![Piece::bold(mark, Some(34))],
            ]
        };
        vec![row("a", "1,000", "Y"), row("a_name_that_is_too_long_for_it", "8", "N")]
    }

    #[test]
    fn a_table_with_text_that_does_not_fit() {
        let text = table(COLUMNS, &rows(), 32, Paper { columns: 80, inks: false });
        let expected = "\
┏━━━━━━━━━━━━━━━━━┳━━━━━━━┳━━━━┓
┃                 ┃ Param ┃    ┃
┃ Layer (type)    ┃     # ┃ T… ┃
┡━━━━━━━━━━━━━━━━━╇━━━━━━━╇━━━━┩
│ a (Dense)       │ 1,000 │ Y  │
├─────────────────┼───────┼────┤
│ a_name_that_is… │     8 │ N  │
│ (Dense)         │       │    │
└─────────────────┴───────┴────┘
";
        assert_eq!(text, expected);
    }

    #[test]
    fn inks_and_cut_lines() {
        let pieces = [Piece::bold(" Total params: ", None), Piece::colored("12", 34), Piece::plain(" (1 B)")];
        let inked = text(&pieces, Paper { columns: 20, inks: true });
        assert_eq!(inked, "\x1b[1m Total params: \x1b[0m\x1b[38;5;34m12\x1b[0m (1\n");
    }
}
