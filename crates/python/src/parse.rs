//! From text to module.

use diagnostics::Span;
use ruff_python_ast as ast;
use ruff_python_ast::PythonVersion;
use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_python_parser::{Mode, ParseOptions, Parsed, parse_unchecked};
use ruff_text_size::Ranged;

use crate::depth::{self, DepthLimits, TooDeep};
use crate::module::Module;
use crate::{messages, semantic, span, tree_depth};

/// The longest source that is looked at: offsets are 32 bits wide, and a tree takes many times its text.
pub(crate) const MAX_SOURCE: usize = 1 << 28;

/// Parses a module.
///
/// A text with errors gives the errors and as much of the tree as could be made out. A text nested so deeply
/// that walking its tree could exhaust the stack gives an empty tree and one error.
pub fn parse(source: &str) -> Module {
    parse_with_depth_limit(source, DepthLimits::default())
        .unwrap_or_else(|deep| Module::refused(source, deep.message, deep.span))
}

/// Parses a module unless it is nested deeper than the limits allow.
pub fn parse_with_depth_limit(source: &str, limits: DepthLimits) -> Result<Module, TooDeep> {
    if source.len() > MAX_SOURCE {
        return Ok(Module::refused("", "source text too long".to_owned(), Span::default()));
    }
    depth::check(source, limits, Dialect::Python)?;
    match parse_unchecked(source, options(Dialect::Python)).try_into_module() {
        Some(parsed) => build(source, parsed, limits, Dialect::Python),
        None => Ok(Module::refused(source, "invalid syntax".to_owned(), Span::default())),
    }
}

/// Plain Python or what notebooks hold, which may have commands to the notebook between.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Python,
    Notebook,
}

pub(crate) fn options(dialect: Dialect) -> ParseOptions {
    let mode = match dialect {
        Dialect::Python => Mode::Module,
        Dialect::Notebook => Mode::Ipython,
    };
    ParseOptions::from(mode).with_target_version(PythonVersion::latest())
}

/// Makes a module of what the parser found.
pub(crate) fn build(
    source: &str,
    parsed: Parsed<ast::ModModule>,
    limits: DepthLimits,
    dialect: Dialect,
) -> Result<Module, TooDeep> {
    if let Some(range) = tree_depth::find_too_deep(parsed.suite(), limits.tree) {
        let message = "too many nested levels of syntax".to_owned();
        // To drop the tree would recurse as deeply. The scan of the text leaves few such trees.
        std::mem::forget(parsed);
        return Err(TooDeep { span: span(range), message });
    }
    let comments = comments(parsed.tokens());
    let errors = parsed.errors().to_vec();
    let newer: Vec<_> = parsed.unsupported_syntax_errors().to_vec();
    let mut module = Module::new(source, parsed.into_suite(), comments);
    for error in &errors {
        let (exception, message) =
            messages::of_parser(&error.error, module.line(error.location.start().to_u32()));
        module.add_error(exception, message, span(error.location));
    }
    for error in &newer {
        module.add_error("SyntaxError", error.to_string(), span(error.range));
    }
    if errors.is_empty() {
        for error in semantic::check(source, module.body(), dialect == Dialect::Notebook) {
            module.add_error("SyntaxError", messages::of_compiler(&error), span(error.range));
        }
    }
    Ok(module)
}

fn comments(tokens: &Tokens) -> Vec<Span> {
    let comments = tokens.iter().filter(|token| token.kind() == TokenKind::Comment);
    comments.map(|token| span(token.range())).collect()
}
