//! The texts that findings lie in: a script or a notebook's cells, and the modules that they import.

use std::sync::{Arc, OnceLock};

use diagnostics::Span;
use python::{Program, SourceFile};

use crate::{LineIndex, Position};

/// One text with lines of its own: a file, or a cell of a notebook.
#[derive(Clone, Debug)]
pub struct Page {
    /// The file's path as it is to be shown.
    pub path: String,
    /// Of a notebook, which of its cells this is, from 1; cells of prose count too.
    pub cell: Option<u32>,
    /// The text.
    pub text: Arc<str>,
    /// The place of its first byte.
    start: u32,
    /// The number of its first line, where a notebook's code is counted as one text.
    first_line: u32,
    /// Made when it is asked for: of most modules that a script imports nothing is shown.
    lines: OnceLock<LineIndex>,
}

/// All texts of a report, in the order of their places; the script's come first.
#[derive(Clone, Debug)]
pub struct Pages(Vec<Page>);

impl Page {
    fn new(path: &str, cell: Option<u32>, text: Arc<str>, start: u32, first_line: u32) -> Page {
        Page { path: path.to_owned(), cell, text, start, first_line, lines: OnceLock::new() }
    }

    /// Returns what to call the page: `train.py`, `train.ipynb:cell 3`.
    pub fn title(&self) -> String {
        match self.cell {
            Some(cell) => format!("{}:cell {cell}", self.path),
            None => self.path.clone(),
        }
    }

    /// Returns the lines of the text.
    pub fn lines(&self) -> &LineIndex {
        self.lines.get_or_init(|| LineIndex::new(&self.text))
    }

    /// Returns the byte of the text that a place is; one outside counts as the nearest.
    pub fn offset(&self, place: u32) -> usize {
        let mut at = (place.saturating_sub(self.start) as usize).min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }

    /// Returns where a span begins and ends.
    pub fn positions(&self, span: Span) -> (Position, Position) {
        let position = |place| self.lines().position(self.offset(place), &self.text);
        (position(span.start), position(span.end))
    }

    /// Returns the text of a span.
    pub fn slice(&self, span: Span) -> Option<&str> {
        let (start, end) = (span.start.checked_sub(self.start)?, span.end.checked_sub(self.start)?);
        self.text.get(start as usize..end as usize)
    }
}

impl Pages {
    /// Makes the one page of a script alone.
    pub fn of_script(path: &str, text: &str) -> Pages {
        Pages(vec![Page::new(path, None, text.into(), 0, 1)])
    }

    /// Returns the line on which a span begins.
    pub fn first_line(&self, span: Span) -> usize {
        self.at(span.start).positions(span).0.line
    }

    /// Makes the pages of a program.
    pub(crate) fn of(program: &Program) -> Pages {
        let mut pages: Vec<Page> = program.files().flat_map(|file| pages_of(file)).collect();
        // The script and its cells come first: modules lie behind it.
        pages.sort_by_key(|page| page.start);
        Pages(pages)
    }

    /// Returns every page.
    pub fn iter(&self) -> impl Iterator<Item = &Page> {
        self.0.iter()
    }

    /// Returns the page that a place lies on.
    pub fn at(&self, place: u32) -> &Page {
        let after = self.0.partition_point(|page| page.start <= place);
        &self.0[after.saturating_sub(1)]
    }

    /// Returns the script's first page.
    pub fn script(&self) -> &Page {
        &self.0[0]
    }

    /// Tells whether a place lies in the script itself and not in what it imports.
    pub fn in_script(&self, place: u32) -> bool {
        self.at(place).path == self.script().path
    }

    /// Returns the cell that holds a line of a notebook's code, and the line in it; of a script the line itself.
    pub fn cell_line(&self, line: u32) -> (Option<u32>, u32) {
        let own = self.0.iter().take_while(|page| page.path == self.script().path);
        let page = own.take_while(|page| page.first_line <= line).last().unwrap_or(self.script());
        (page.cell, line.saturating_sub(page.first_line) + 1)
    }
}

fn pages_of(file: &SourceFile) -> Vec<Page> {
    let module = file.module();
    if file.cells().is_empty() {
        return vec![Page::new(file.path(), None, module.shared_source(), module.start(), 1)];
    }
    let starts: Vec<u32> = file
        .cells()
        .iter()
        .map(|(line, _)| module.line_span(*line).map_or(module.end(), |s| s.start))
        .collect();
    let ends = starts.iter().skip(1).copied().chain([module.end()]);
    let cells = file.cells().iter().zip(starts.iter().zip(ends));
    cells
        .map(|((line, cell), (start, end))| {
            Page::new(file.path(), Some(*cell), module.text(Span::new(*start, end)).into(), *start, *line)
        })
        .collect()
}
