//! From the syntax tree to source text that parses to the same tree.

mod expression;
mod functions;
mod statement;
mod text;

use unicode_ident::{is_xid_continue, is_xid_start};

use crate::version::Version;

use super::tree::{Expr, Stmt};

/// The longest source that is printed: shared parts of a tree could make it much longer than the code.
const MAX_SOURCE: usize = 1_000_000;
/// How deep expressions and blocks may be nested.
const MAX_DEPTH: usize = 90;

/// Prints a function, a lambda or a class.
///
/// # Errors
/// Fails with the reason when the tree has no source: a name that is no identifier, a constant without a
/// literal, or a marker that should have been taken away.
pub(crate) fn print(tree: &Printed, version: Version) -> Result<String, &'static str> {
    let mut printer = Printer { text: String::new(), indent: 0, depth: 0, version };
    match tree {
        Printed::Expression(expr) => printer.expr(expr, expression::Precedence::Test)?,
        Printed::Statements(statements) => printer.statements(statements)?,
    }
    while printer.text.ends_with('\n') {
        printer.text.pop();
    }
    Ok(printer.text)
}

/// What can be printed.
pub(crate) enum Printed<'a> {
    Expression(&'a Expr),
    Statements(&'a [Stmt]),
}

struct Printer {
    text: String,
    indent: usize,
    depth: usize,
    version: Version,
}

type Prints = Result<(), &'static str>;

impl Printer {
    fn push(&mut self, text: &str) -> Prints {
        self.text.push_str(text);
        if self.text.len() > MAX_SOURCE { Err("its source would be too long") } else { Ok(()) }
    }

    /// Writes a name, which must be one: hostile code can have any text there.
    fn name(&mut self, name: &str) -> Prints {
        if !is_identifier(name) || is_keyword(name) {
            return Err("a name in it is no identifier");
        }
        self.push(name)
    }

    fn deeper(&mut self) -> Prints {
        self.depth += 1;
        if self.depth > MAX_DEPTH { Err("it is nested too deep") } else { Ok(()) }
    }
}

fn is_identifier(name: &str) -> bool {
    let mut characters = name.chars();
    let first = characters.next().is_some_and(|first| first == '_' || is_xid_start(first));
    first && characters.all(is_xid_continue)
}

fn is_keyword(name: &str) -> bool {
    matches!(
        name,
        "False"
            | "None"
            | "True"
            | "and"
            | "as"
            | "assert"
            | "async"
            | "await"
            | "break"
            | "class"
            | "continue"
            | "def"
            | "del"
            | "elif"
            | "else"
            | "except"
            | "finally"
            | "for"
            | "from"
            | "global"
            | "if"
            | "import"
            | "in"
            | "is"
            | "lambda"
            | "nonlocal"
            | "not"
            | "or"
            | "pass"
            | "raise"
            | "return"
            | "try"
            | "while"
            | "with"
            | "yield"
    )
}
