//! Commands in notebooks (`%matplotlib inline`, `!pip install`, `model.fit?`), which are not Python.
//!
//! The parser never sees them: names of the same length stand for them and are turned into escape commands in
//! the tree. The parser's own support for commands can be made to panic by commands inside brackets.

use diagnostics::Span;
use ruff_python_ast as ast;
use ruff_python_ast::IpyEscapeKind;
use ruff_python_ast::visitor::transformer::{Transformer, walk_expr, walk_stmt};
use ruff_text_size::Ranged;

/// Returns the text with a name of the same length for the first line of each command, and blanks for the rest.
pub(crate) fn hide(source: &str, commands: &[Span]) -> String {
    let mut hidden = String::with_capacity(source.len());
    let mut end = 0;
    for command in commands {
        let (start, stop) = (command.start as usize, command.end as usize);
        hidden.push_str(source.get(end..start).unwrap_or_default());
        let mut filler = '_';
        let text = source.get(start..stop).unwrap_or_default();
        if let Some(length) = timing(text.as_bytes()).filter(|length| *length == text.len()) {
            // A statement of its own before the one that is timed: `_____;x = f()`.
            hidden.extend(std::iter::repeat_n('_', length.saturating_sub(1)).chain([';']));
            end = stop;
            continue;
        }
        for byte in text.bytes() {
            match byte {
                b'\n' | b'\r' => {
                    filler = ' ';
                    hidden.push(char::from(byte));
                }
                _ => hidden.push(filler),
            }
        }
        end = stop;
    }
    hidden.push_str(source.get(end..).unwrap_or_default());
    hidden
}

/// Puts the commands back where their names stand in the tree.
pub(crate) fn restore(body: &mut ast::Suite, source: &str, commands: &[Span]) {
    let restorer = Restorer { source, commands };
    body.iter_mut().for_each(|statement| restorer.visit_stmt(statement));
}

/// Returns the length of a command that times the statement behind it in its line, which is Python's: `%time x = f()`.
pub(crate) fn timing(line: &[u8]) -> Option<usize> {
    let rest = line.strip_prefix(b"%time")?;
    matches!(rest.first(), Some(b' ' | b'\t')).then_some("%time ".len())
}

/// Commands that need no percent sign where a line begins with them, and no name has been given their name.
const AUTOMATIC: &[&str] =
    &["cat", "cd", "clear", "conda", "cp", "ls", "matplotlib", "mkdir", "mv", "pip", "pwd", "rm", "whos"];

/// Tells whether a line is a command without its percent sign: `ls`, `cd data`, `pip install keras`.
pub(crate) fn is_automatic(line: &[u8]) -> bool {
    let end = line.iter().position(|byte| !byte.is_ascii_alphabetic()).unwrap_or(line.len());
    let (word, rest) = line.split_at(end);
    if !AUTOMATIC.iter().any(|name| name.as_bytes() == word) {
        return false;
    }
    let blank = rest.iter().position(|byte| !matches!(byte, b' ' | b'\t')).unwrap_or(rest.len());
    match rest.get(blank) {
        None | Some(b'\n' | b'\r') => true,
        // An expression instead, `cat in names`, has no effect either.
        Some(first) => blank > 0 && (first.is_ascii_alphanumeric() || b"./~\"'$_".contains(first)),
    }
}

/// Returns the variable of the environment that a command sets, and its value: `%env KERAS_BACKEND=jax`,
/// `%set_env KERAS_BACKEND jax`. Nothing where the value is made of Python's (`%env PATH=$path`).
pub fn variable_set(command: &str) -> Option<(&str, &str)> {
    let (magic, rest) = command.trim().split_once(char::is_whitespace)?;
    if !matches!(magic, "%env" | "%set_env") || rest.contains(['$', '{', '\n']) {
        return None;
    }
    let rest = rest.trim();
    let (name, value) = rest.split_once('=').or_else(|| rest.split_once(char::is_whitespace))?;
    Some((name.trim(), value.trim()))
}

struct Restorer<'a> {
    source: &'a str,
    commands: &'a [Span],
}

impl Restorer<'_> {
    fn command(&self, node: &ast::Expr) -> Option<(IpyEscapeKind, Box<str>)> {
        let start = node.range().start().to_u32();
        let ast::Expr::Name(_) = node else { return None };
        let index = self.commands.binary_search_by_key(&start, |command| command.start).ok()?;
        let command = self.commands.get(index)?;
        let text = self.source.get(command.start as usize..command.end as usize)?;
        let kind = text.chars().next().and_then(|first| IpyEscapeKind::try_from(first).ok());
        Some((kind.unwrap_or(IpyEscapeKind::Help), text.into()))
    }
}

impl Transformer for Restorer<'_> {
    fn visit_stmt(&self, statement: &mut ast::Stmt) {
        if let ast::Stmt::Expr(inner) = statement
            && let Some((kind, value)) = self.command(&inner.value)
        {
            let (range, node_index) = (inner.range, inner.node_index.clone());
            let command = ast::StmtIpyEscapeCommand { node_index, range, kind, value };
            *statement = ast::Stmt::IpyEscapeCommand(command);
            return;
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&self, expression: &mut ast::Expr) {
        if let Some((kind, value)) = self.command(expression) {
            let (range, node_index) = (expression.range(), ast::AtomicNodeIndex::NONE);
            let command = ast::ExprIpyEscapeCommand { node_index, range, kind, value };
            *expression = ast::Expr::IpyEscapeCommand(command);
            return;
        }
        walk_expr(self, expression);
    }
}
