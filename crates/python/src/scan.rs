//! A scan that refuses text whose syntax tree would be too deep to walk.
//!
//! Walking, printing or dropping a tree recurses, and a stack overflow cannot be caught. So the depth is
//! bounded before there is a tree, by a scan that knows only strings, comments, brackets and lines. It counts
//! every operator, keyword and trailer that could nest (`a + b + c` nests twice to the left) and so may
//! count too much, never too little. CPython refuses such texts as well, with similar limits.
//!
//! On its way it notes brackets and indentation that do not fit, for which CPython has better words than the
//! parser, whose recovery looks past them.

use diagnostics::Span;

use crate::commands;
use crate::depth::{DepthLimits, TooDeep};
use crate::parse::Dialect;

/// What does not fit, each the first of its kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Findings {
    /// A bracket that is open at the end, or where only a statement can begin.
    pub(crate) unclosed: Option<Span>,
    /// A closing bracket that closes nothing or another kind, and CPython's message.
    pub(crate) mismatch: Option<(Span, String)>,
    /// The beginning of a line whose depth depends on the width of tabs.
    pub(crate) tabs: Option<Span>,
    /// The commands of a notebook, in order.
    pub(crate) commands: Vec<Span>,
}

impl Findings {
    /// Tells whether everything fits.
    pub(crate) fn is_clean(&self) -> bool {
        self.unclosed.is_none() && self.mismatch.is_none() && self.tabs.is_none()
    }
}

/// Checks a text against the limits.
pub(crate) fn scan(source: &str, limits: DepthLimits, dialect: Dialect) -> Result<Findings, TooDeep> {
    let scanner = Scanner {
        bytes: source.as_bytes(),
        at: 0,
        limits,
        dialect,
        frames: vec![Frame::default()],
        indents: Vec::new(),
        below: 0,
        findings: Findings::default(),
        statement: 0,
    };
    scanner.run()
}

/// What can be open: the logical line at the bottom, then brackets and f-strings.
#[derive(Clone, Copy, Default)]
struct Frame {
    kind: FrameKind,
    /// What could nest, since the beginning or the last comma.
    chain: u32,
    /// The `lambda`s whose colon is to come: a comma between their parameters ends nothing.
    lambdas: u32,
    /// Where it was opened.
    start: u32,
}

#[derive(Clone, Copy, Default, PartialEq)]
enum FrameKind {
    #[default]
    Line,
    Bracket,
    /// A replacement field of an f-string; `}` resumes the string.
    Field(Quote),
    /// The format specification after a field's colon; `}` ends the field.
    Format(Quote),
}

/// How a string literal ends and whether it is an f-string, a t-string or raw.
#[derive(Clone, Copy, PartialEq)]
struct Quote {
    byte: u8,
    triple: bool,
    fields: bool,
    raw: bool,
}

struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
    limits: DepthLimits,
    dialect: Dialect,
    frames: Vec<Frame>,
    /// The widths of the open blocks, with tabs to the next eighth column and with tabs as one column.
    indents: Vec<(usize, usize)>,
    /// The sum of the chains of all frames but the last.
    below: u32,
    findings: Findings,
    /// Where the last statement began that began a line.
    statement: usize,
}

impl Scanner<'_> {
    fn run(mut self) -> Result<Findings, TooDeep> {
        self.line_start()?;
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b'#' => self.skip_while(|byte| byte != b'\n' && byte != b'\r'),
                b'\n' | b'\r' => self.newline()?,
                b'\\' => self.continuation(),
                b'"' | b'\'' => self.string(b"")?,
                b'(' | b'[' | b'{' => self.open(FrameKind::Bracket)?,
                b')' | b']' | b'}' => self.close(byte)?,
                b',' | b';' => self.separator(byte),
                b':' => self.colon()?,
                b' ' | b'\t' | 0x0c => self.at += 1,
                b'0'..=b'9' => self.skip_while(|byte| is_word(byte) || byte == b'.'),
                _ if is_word(byte) => self.word()?,
                b'=' => self.equals()?,
                // `model.fit?` asks for help; nothing else in Python has a question mark.
                b'?' if self.dialect == Dialect::Notebook && self.frames.len() == 1 => {
                    self.skip_command(self.statement);
                }
                _ => self.nest()?,
            }
        }
        self.note_unclosed();
        Ok(self.findings)
    }

    /// Notes the innermost open bracket, if there is one.
    fn note_unclosed(&mut self) {
        let bracket = self.frames.iter().skip(1).rev().find(|frame| frame.kind == FrameKind::Bracket);
        if self.findings.unclosed.is_none() {
            self.findings.unclosed = bracket.map(|frame| Span::new(frame.start, frame.start + 1));
        }
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn skip_while(&mut self, wanted: impl Fn(u8) -> bool) {
        while self.peek(0).is_some_and(&wanted) {
            self.at += 1;
        }
    }

    fn too_deep(&self, message: &str, exception: Option<&'static str>) -> TooDeep {
        // Then what seems to nest is the rest of the text, and the missing bracket is what matters.
        if let Some(span) = self.findings.unclosed {
            return TooDeep { span, message: never_closed(self.bytes, span), exception: Some("SyntaxError") };
        }
        let at = self.at.min(self.bytes.len()) as u32;
        TooDeep { span: Span::new(at, at), message: message.to_owned(), exception }
    }

    fn top(&mut self) -> Option<&mut Frame> {
        self.frames.last_mut()
    }

    /// Counts one byte that may make the tree deeper.
    fn nest(&mut self) -> Result<(), TooDeep> {
        self.at += 1;
        let limit = self.limits.expression.saturating_sub(self.below);
        match self.top() {
            Some(top) => {
                top.chain += 1;
                if top.chain > limit {
                    Err(self.too_deep("expression too deeply nested", None))
                } else {
                    Ok(())
                }
            }
            None => Ok(()),
        }
    }

    fn open(&mut self, kind: FrameKind) -> Result<(), TooDeep> {
        let start = self.at as u32;
        self.nest()?;
        if self.frames.len() > self.limits.brackets as usize {
            return Err(self.too_deep("too many nested parentheses", Some("SyntaxError")));
        }
        self.below += self.frames.last().map_or(0, |top| top.chain);
        self.frames.push(Frame { kind, start, ..Frame::default() });
        Ok(())
    }

    fn pop(&mut self) {
        if self.frames.len() > 1 {
            self.frames.pop();
            self.below -= self.frames.last().map_or(0, |top| top.chain);
        }
    }

    fn close(&mut self, byte: u8) -> Result<(), TooDeep> {
        let top = self.frames.last().copied().unwrap_or_default();
        match top.kind {
            FrameKind::Line => self.mismatch(byte, None),
            FrameKind::Bracket => {
                let open = self.bytes.get(top.start as usize).copied().unwrap_or_default();
                if !matches!((open, byte), (b'(', b')') | (b'[', b']') | (b'{', b'}')) {
                    self.mismatch(byte, Some((open, top.start)));
                }
                self.pop();
            }
            FrameKind::Field(quote) if byte == b'}' => {
                self.at += 1;
                self.pop();
                return self.string_body(quote);
            }
            // Another bracket than `}` is an error inside the field; the field stays open.
            FrameKind::Field(_) | FrameKind::Format(_) => {}
        }
        self.at += 1;
        Ok(())
    }

    fn mismatch(&mut self, byte: u8, open: Option<(u8, u32)>) {
        if self.findings.mismatch.is_some() {
            return;
        }
        let close = char::from(byte);
        let message = match open {
            None => format!("unmatched '{close}'"),
            Some((open, start)) => {
                let open = char::from(open);
                let message =
                    format!("closing parenthesis '{close}' does not match opening parenthesis '{open}'");
                let line = line_of(self.bytes, start as usize);
                if line == line_of(self.bytes, self.at) {
                    message
                } else {
                    format!("{message} on line {line}")
                }
            }
        };
        let at = self.at as u32;
        self.findings.mismatch = Some((Span::new(at, at + 1), message));
    }

    fn separator(&mut self, byte: u8) {
        self.at += 1;
        if let Some(top) = self.top()
            && (top.lambdas == 0 || byte == b';')
        {
            top.chain = 0;
            top.lambdas = 0;
        }
    }

    fn colon(&mut self) -> Result<(), TooDeep> {
        if let Some(Frame { kind: FrameKind::Field(quote), lambdas: 0, .. }) = self.frames.last().copied() {
            self.at += 1;
            if let Some(top) = self.top() {
                top.kind = FrameKind::Format(quote);
            }
            return self.string_body(quote);
        }
        if let Some(top) = self.top() {
            top.lambdas = top.lambdas.saturating_sub(1);
        }
        self.nest()
    }

    fn equals(&mut self) -> Result<(), TooDeep> {
        self.nest()?;
        self.skip_while(|byte| matches!(byte, b' ' | b'\t' | 0x0c));
        let command = self.frames.len() == 1 && matches!(self.peek(0), Some(b'%' | b'!'));
        if command && self.dialect == Dialect::Notebook {
            self.skip_command(self.at);
        }
        Ok(())
    }

    fn word(&mut self) -> Result<(), TooDeep> {
        let start = self.at;
        self.skip_while(is_word);
        let word = self.bytes.get(start..self.at).unwrap_or_default();
        if let Some(b'"' | b'\'') = self.peek(0)
            && word.len() <= 2
            && word.iter().all(|byte| b"rRbBuUfFtT".contains(byte))
        {
            return self.string(word);
        }
        if STATEMENTS.contains(&word) {
            self.note_unclosed();
        }
        if KEYWORDS.contains(&word) {
            self.at -= 1;
            self.nest()?;
            if word == b"lambda"
                && let Some(top) = self.top()
            {
                top.lambdas += 1;
            }
        }
        Ok(())
    }

    fn string(&mut self, prefix: &[u8]) -> Result<(), TooDeep> {
        let has = |letters: &[u8]| prefix.iter().any(|byte| letters.contains(byte));
        let byte = self.peek(0).unwrap_or_default();
        let triple = self.peek(1) == Some(byte) && self.peek(2) == Some(byte);
        self.at += if triple { 3 } else { 1 };
        self.string_body(Quote { byte, triple, fields: has(b"fFtT"), raw: has(b"rR") })
    }

    /// Skips to the end of a string or into its next replacement field.
    fn string_body(&mut self, quote: Quote) -> Result<(), TooDeep> {
        while let Some(byte) = self.peek(0) {
            match byte {
                b'\\' if quote.raw && quote.fields && matches!(self.peek(1), Some(b'{' | b'}')) => {
                    self.at += 1
                }
                b'\\' => self.at += 2,
                b'\n' | b'\r' if !quote.triple => {
                    // Not closed on its line: an error, and code goes on at the next line.
                    self.leave_string();
                    return Ok(());
                }
                b'{' if quote.fields => {
                    let formatting = self.formatting();
                    if self.peek(1) != Some(b'{') || formatting {
                        return self.open(FrameKind::Field(quote));
                    }
                    self.at += 2;
                }
                b'}' if self.formatting() => {
                    self.at += 1;
                    self.pop();
                }
                _ if byte == quote.byte => {
                    let closes = !quote.triple || (self.peek(1) == Some(byte) && self.peek(2) == Some(byte));
                    self.at += if closes && quote.triple { 3 } else { 1 };
                    if closes {
                        self.leave_string();
                        return Ok(());
                    }
                }
                _ => self.at += 1,
            }
        }
        Ok(())
    }

    fn formatting(&self) -> bool {
        matches!(self.frames.last(), Some(Frame { kind: FrameKind::Format(_), .. }))
    }

    /// Leaves format specifications that the end of their string cut short.
    fn leave_string(&mut self) {
        while self.formatting() {
            self.pop();
        }
    }

    /// Skips a backslash and the line break after it.
    fn continuation(&mut self) {
        self.at += if self.peek(1) == Some(b'\r') && self.peek(2) == Some(b'\n') { 3 } else { 2 };
    }

    /// Skips a notebook's command, which ends with its line and is not Python.
    fn skip_command(&mut self, start: usize) {
        while let Some(byte) = self.peek(0) {
            match byte {
                b'\n' | b'\r' => break,
                b'\\' => self.continuation(),
                _ => self.at += 1,
            }
        }
        self.at = self.at.min(self.bytes.len());
        self.findings.commands.push(Span::new(start as u32, self.at as u32));
    }

    fn newline(&mut self) -> Result<(), TooDeep> {
        self.at += 1;
        if self.frames.len() > 1 {
            return Ok(());
        }
        self.frames = vec![Frame::default()];
        self.below = 0;
        self.line_start()
    }

    /// Opens and closes blocks for the indentation between a place and here.
    fn indent(&mut self, start: usize) {
        let (mut column, mut characters) = (0, 0);
        for byte in self.bytes.get(start..self.at).unwrap_or_default() {
            (column, characters) = match byte {
                b'\t' => (column / 8 * 8 + 8, characters + 1),
                0x0c => (0, 0),
                _ => (column + 1, characters + 1),
            };
        }
        while self.indents.last().is_some_and(|(last, _)| *last > column) {
            self.indents.pop();
        }
        let (last, last_characters) = self.indents.last().copied().unwrap_or_default();
        let agrees =
            if column == last { characters == last_characters } else { characters > last_characters };
        if !agrees && self.findings.tabs.is_none() {
            self.findings.tabs = Some(Span::new(start as u32, self.at as u32));
        }
        if column > last {
            self.indents.push((column, characters));
        }
    }

    /// Reads the indentation of a line that begins a statement.
    fn line_start(&mut self) -> Result<(), TooDeep> {
        let start = self.at;
        self.skip_while(|byte| matches!(byte, b' ' | b'\t' | 0x0c));
        self.statement = self.at;
        let notebook = self.dialect == Dialect::Notebook;
        let rest = self.bytes.get(self.at..).filter(|_| notebook).unwrap_or_default();
        let timing = commands::timing(rest);
        let marked = matches!(rest.first(), Some(b'%' | b'!' | b'?' | b'/' | b',' | b';'));
        if timing.is_none() && (marked || commands::is_automatic(rest)) {
            self.skip_command(self.at);
        }
        if matches!(self.peek(0), None | Some(b'\n' | b'\r' | b'#')) {
            return Ok(());
        }
        self.indent(start);
        if self.indents.len() > self.limits.indentation as usize {
            return Err(self.too_deep("too many levels of indentation", Some("IndentationError")));
        }
        if let Some(length) = timing {
            self.findings.commands.push(Span::new(self.at as u32, (self.at + length) as u32));
            self.at += length;
            self.statement = self.at;
        }
        Ok(())
    }
}

/// Counts the lines up to a place, from 1; only for messages.
fn line_of(bytes: &[u8], at: usize) -> usize {
    bytes.iter().take(at).filter(|byte| **byte == b'\n').count() + 1
}

/// Returns what CPython says of a bracket that stays open.
pub(crate) fn never_closed(bytes: &[u8], span: Span) -> String {
    let bracket = bytes.get(span.start as usize).copied().map_or('(', char::from);
    format!("'{bracket}' was never closed")
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii()
}

/// The words that make an expression or an erroneous one-line statement deeper.
const KEYWORDS: &[&[u8]] = &[
    b"and", b"as", b"async", b"await", b"case", b"class", b"def", b"elif", b"else", b"except", b"finally",
    b"for", b"from", b"if", b"in", b"is", b"lambda", b"match", b"not", b"or", b"return", b"try", b"while",
    b"with", b"yield",
];

/// The words that no expression holds.
const STATEMENTS: &[&[u8]] = &[
    b"assert",
    b"break",
    b"class",
    b"continue",
    b"def",
    b"del",
    b"elif",
    b"except",
    b"finally",
    b"global",
    b"import",
    b"nonlocal",
    b"pass",
    b"raise",
    b"return",
    b"try",
    b"while",
    b"with",
];

#[cfg(test)]
mod tests;
