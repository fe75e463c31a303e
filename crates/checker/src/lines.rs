//! From byte offsets to lines and columns.

use diagnostics::Span;

/// A place in a text as people count: lines and columns from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

/// Where the lines of one text begin.
#[derive(Clone, Debug)]
pub struct LineIndex {
    /// The byte offset of each line's first character.
    starts: Vec<usize>,
}

impl LineIndex {
    /// Indexes a text. A line ends as in Python, with `\n`, `\r\n` or `\r`.
    pub fn new(text: &str) -> LineIndex {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for (at, byte) in bytes.iter().enumerate() {
            match byte {
                b'\n' => starts.push(at + 1),
                b'\r' if bytes.get(at + 1) != Some(&b'\n') => starts.push(at + 1),
                _ => {}
            }
        }
        LineIndex { starts }
    }

    /// Returns the line, from 1, that holds the byte at `offset`.
    pub fn line(&self, offset: usize) -> usize {
        self.starts.partition_point(|&start| start <= offset)
    }

    /// Returns the byte range of a line (from 1) with its end-of-line characters.
    pub fn range(&self, line: usize, text: &str) -> std::ops::Range<usize> {
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or(text.len());
        let end = self.starts.get(line).copied().unwrap_or(text.len());
        start..end
    }

    /// Returns the place of the byte at `offset` in `text`, which must be the text indexed.
    pub fn position(&self, offset: usize, text: &str) -> Position {
        let line = self.line(offset);
        let start = self.starts.get(line - 1).copied().unwrap_or(0);
        let column = text.get(start..offset).map_or(0, |s| s.chars().count()) + 1;
        Position { line, column }
    }

    /// Returns the places where a span begins and ends.
    pub fn positions(&self, span: Span, text: &str) -> (Position, Position) {
        (self.position(span.start as usize, text), self.position(span.end as usize, text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_from_one_in_characters() {
        let text = "a\r\né = x\rb\n";
        let index = LineIndex::new(text);
        let at = |offset| {
            let p = index.position(offset, text);
            (p.line, p.column)
        };
        assert_eq!(at(0), (1, 1));
        assert_eq!(at(text.find('x').unwrap_or(0)), (2, 5));
        assert_eq!(at(text.find('b').unwrap_or(0)), (3, 1));
        assert_eq!(at(text.len()), (4, 1));
        assert_eq!(&text[index.range(2, text)], "é = x\r");
        assert_eq!(index.range(9, text), text.len()..text.len());
    }
}
