//! A parsed module: its text, its tree, and where everything is.

use std::sync::Arc;

use diagnostics::Span;
use ruff_python_ast as ast;

use crate::commands;
use crate::depth::TooDeep;
use crate::messages::Words;

/// A place where the text is not Python.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// The exception that Python raises: `SyntaxError`, `IndentationError` or `TabError`.
    ///
    /// `None` if the text is only nested too deeply to be looked at here, while Python may accept it.
    pub exception: Option<&'static str>,
    /// What is wrong in Python 3.11's words, as far as they are known; often just `invalid syntax`.
    pub message: String,
    /// What was expected or found in the parser's words, where they say more.
    pub detail: Option<String>,
    /// Where.
    pub span: Span,
    /// The line, from 1.
    pub line: u32,
}

/// A source text with its syntax tree.
///
/// Its places are those of a [`Program`](crate::Program): a module that a script imports does not begin at 0.
#[derive(Debug)]
pub struct Module {
    source: Arc<str>,
    start: u32,
    body: ast::Suite,
    line_starts: Vec<u32>,
    errors: Vec<SyntaxError>,
    comments: Vec<Span>,
    open: bool,
}

impl Module {
    pub(crate) fn new(source: &str, body: ast::Suite, comments: Vec<Span>) -> Module {
        Module::starting_at(0, source.into(), body, comments)
    }

    pub(crate) fn starting_at(start: u32, source: Arc<str>, body: ast::Suite, comments: Vec<Span>) -> Module {
        let line_starts = line_starts(&source);
        Module { source, start, body, line_starts, errors: Vec::new(), comments, open: false }
    }

    /// Makes a module of which nothing is known but why.
    pub(crate) fn refused(source: &str, deep: TooDeep) -> Module {
        let TooDeep { span, message, exception } = deep;
        let mut module = Module::new(source, ast::Suite::new(), Vec::new());
        module.add_error(Words { exception, message, detail: None, span });
        module
    }

    /// Adds an error in the order of places, after those at the same place.
    pub(crate) fn add_error(&mut self, words: Words) {
        let at = self.errors.partition_point(|error| error.span.start <= words.span.start);
        self.insert_error(at, words);
    }

    /// Adds the error that CPython reports, which is not always the first in the text.
    pub(crate) fn put_first_error(&mut self, words: Words) {
        self.insert_error(0, words);
    }

    fn insert_error(&mut self, at: usize, words: Words) {
        let Words { exception, message, detail, span } = words;
        let line = self.line(span.start);
        self.errors.insert(at, SyntaxError { exception, message, detail, span, line });
    }

    /// Puts a notebook's commands into the tree, but for those on the top level that mean nothing to Python.
    pub(crate) fn restore_commands(&mut self, commands: &[Span]) {
        commands::restore(&mut self.body, &self.source, commands);
        self.body.retain(|statement| match statement {
            ast::Stmt::IpyEscapeCommand(command) => commands::variable_set(&command.value).is_some(),
            _ => true,
        });
    }

    /// Says whether the module may have names that no statement of it binds.
    pub(crate) fn set_open(&mut self, open: bool) {
        self.open = open;
    }

    /// Tells whether the module may have names that no statement of it binds: a notebook with commands that do.
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Returns the top-level statements.
    pub fn body(&self) -> &[ast::Stmt] {
        &self.body
    }

    /// Returns the module's documentation: the text that it begins with.
    pub fn docstring(&self) -> Option<&str> {
        docstring(&self.body)
    }

    /// Returns the source text.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Returns the source text to be kept.
    pub fn shared_source(&self) -> Arc<str> {
        Arc::clone(&self.source)
    }

    /// Returns the place at which the text begins.
    pub fn start(&self) -> u32 {
        self.start
    }

    /// Returns the place one past the text.
    pub fn end(&self) -> u32 {
        self.start + self.source.len() as u32
    }

    /// Returns an offset into the text.
    fn within(&self, place: u32) -> usize {
        place.saturating_sub(self.start) as usize
    }

    /// Returns the syntax errors, the one that Python reports first; empty if the text is Python.
    pub fn errors(&self) -> &[SyntaxError] {
        &self.errors
    }

    /// Returns the line that holds the offset, from 1.
    pub fn line(&self, offset: u32) -> u32 {
        let offset = self.within(offset);
        self.line_starts.partition_point(|start| *start as usize <= offset).max(1) as u32
    }

    /// Returns the line and the column in characters of an offset, both from 1.
    ///
    /// An offset inside a character or past the end counts as the last place before it.
    pub fn line_column(&self, offset: u32) -> (u32, u32) {
        let line = self.line(offset);
        let start = self.line_starts.get(line as usize - 1).copied().unwrap_or(0) as usize;
        let before = self.source.as_bytes().get(start..self.within(offset).min(self.source.len()));
        // Continuation bytes do not begin a character; the byte order mark is not part of the first line.
        let characters = before.unwrap_or_default().iter().filter(|byte| **byte & 0xC0 != 0x80).count();
        let mark = usize::from(line == 1 && characters > 0 && self.source.starts_with('\u{feff}'));
        (line, (characters - mark) as u32 + 1)
    }

    /// Returns the span of a line without its line break.
    pub fn line_span(&self, line: u32) -> Option<Span> {
        let index = (line as usize).checked_sub(1)?;
        let start = *self.line_starts.get(index)?;
        let end = self.line_starts.get(index + 1).copied().unwrap_or(self.source.len() as u32);
        let text = self.source.get(start as usize..end as usize)?.trim_end_matches(['\n', '\r']);
        let start = self.start + start;
        Some(Span::new(start, start + text.len() as u32))
    }

    /// Returns the text of a span, empty if the span is not one of this source.
    pub fn text(&self, span: Span) -> &str {
        if span.start < self.start {
            return "";
        }
        self.source.get(self.within(span.start)..self.within(span.end)).unwrap_or_default()
    }

    /// Returns the comments with their places, `#` included, in order.
    pub fn comments(&self) -> impl Iterator<Item = (Span, &str)> {
        self.comments.iter().map(|span| (*span, self.text(*span)))
    }
}

/// Returns the offsets at which lines begin; Python ends lines at `\n`, `\r\n` and `\r`.
fn line_starts(source: &str) -> Vec<u32> {
    let bytes = source.as_bytes();
    let mut starts = vec![0];
    for (at, byte) in bytes.iter().enumerate() {
        if *byte == b'\n' || (*byte == b'\r' && bytes.get(at + 1) != Some(&b'\n')) {
            starts.push(at as u32 + 1);
        }
    }
    starts
}

/// Returns the docstring of a module's, class's or function's body: `__doc__`.
pub fn docstring(body: &[ast::Stmt]) -> Option<&str> {
    match body.first()? {
        ast::Stmt::Expr(statement) => Some(statement.value.as_string_literal_expr()?.value.to_str()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::parse;

    #[test]
    fn counts_lines_and_characters() {
        let module = parse("a = 'é'\r\nb = 1\rc = 2\n");
        assert_eq!(module.line_column(0), (1, 1));
        assert_eq!(module.line_column(8), (1, 8), "é is two bytes and one character");
        assert_eq!(module.line_column(10), (2, 1));
        assert_eq!(module.line_column(16), (3, 1));
        assert_eq!(module.line_column(9999), (4, 1));
        assert_eq!(module.line_span(1).map(|span| module.text(span)), Some("a = 'é'"));
        assert_eq!(module.line_span(9), None);
    }

    #[test]
    fn a_byte_order_mark_has_no_column() {
        let module = parse("\u{feff}x = 1\n");
        assert!(module.errors().is_empty());
        assert_eq!(module.line_column(3), (1, 1));
        assert_eq!(module.line_column(7), (1, 5));
    }

    #[test]
    fn finds_comments_but_not_in_strings() {
        let module = parse("x = '# no'  # yes\n# kerascope: ignore-file\n");
        let comments: Vec<_> = module.comments().map(|(_, text)| text).collect();
        assert_eq!(comments, ["# yes", "# kerascope: ignore-file"]);
    }

    #[test]
    fn reports_all_errors_and_keeps_the_rest() {
        let module = parse("x = 1\ny = (\nz = 3\ndef\n");
        assert!(module.errors().len() > 1);
        assert!(module.errors()[0].line >= 2);
        assert!(!module.body().is_empty());
    }

    #[test]
    fn accepts_the_newest_syntax() {
        for source in ["type X[T = int] = list[T]\n", "x = f'{'a'}'\n", "x = t'{1}'\n", "def f[T](): pass\n"]
        {
            assert_eq!(parse(source).errors(), [], "{source}");
        }
    }
}
