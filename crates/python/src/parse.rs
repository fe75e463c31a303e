//! From text to module.

use std::sync::Arc;

use diagnostics::Span;
use ruff_python_ast as ast;
use ruff_python_ast::PythonVersion;
use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_python_parser::{Mode, ParseOptions, Parsed, parse_cells_unchecked, parse_unchecked};
use ruff_text_size::{Ranged, TextRange, TextSize};

use crate::depth::{self, DepthLimits, TooDeep};
use crate::messages;
use crate::module::Module;
use crate::scan::{self, Findings};
use crate::{semantic, span};

/// The longest source that is looked at: offsets are 32 bits wide, and a tree takes many times its text.
pub(crate) const MAX_SOURCE: usize = 1 << 28;

/// Parses a module.
///
/// A text with errors gives the errors and as much of the tree as could be made out. A text nested so deeply
/// that walking its tree could exhaust the stack gives an empty tree and one error, which names an exception
/// only if Python refuses the text too. The stack must have 16 MB in a debug build.
pub fn parse(source: &str) -> Module {
    parse_with_depth_limit(source, DepthLimits::default())
        .unwrap_or_else(|deep| Module::refused(source, deep))
}

/// Parses a module unless it is nested deeper than the limits allow.
pub fn parse_with_depth_limit(source: &str, limits: DepthLimits) -> Result<Module, TooDeep> {
    if source.len() > MAX_SOURCE {
        return Err(TooDeep {
            span: Span::default(),
            message: "source text too long".to_owned(),
            exception: None,
        });
    }
    let findings = scan::scan(source, limits, Dialect::Python)?;
    match parse_unchecked(source, options()).try_into_module() {
        Some(parsed) => build(source, parsed, limits, Dialect::Python, &findings),
        // Never: the mode asks for a module.
        None => Ok(Module::new(source, ast::Suite::new(), Vec::new())),
    }
}

/// Parses a module in place: its text is put behind the others, and its places are those that it has there.
///
/// A text that is refused has the places that [`parse`] gives: nothing of it is ever shown.
pub(crate) fn parse_behind(texts: &mut String, source: &Arc<str>) -> Module {
    let (limits, start) = (DepthLimits::default(), texts.len());
    match source.strip_prefix('\u{feff}') {
        // Only at the very beginning does the parser pass over the byte order mark.
        Some(rest) => texts.extend(["\n\n\n", rest]),
        None => texts.push_str(source),
    }
    let plain = || parse(source);
    if !scan::scan(source, limits, Dialect::Python).is_ok_and(|findings| findings.is_clean()) {
        return plain();
    }
    let range = TextRange::new(TextSize::try_from(start).unwrap_or_default(), TextSize::of(&*texts));
    let parsed = parse_cells_unchecked(texts, [range], &options());
    if depth::find_too_deep(parsed.suite(), limits.tree).is_some() {
        // To drop the tree would recurse as deeply.
        std::mem::forget(parsed);
        return plain();
    }
    let whole = parsed.errors().is_empty() && parsed.unsupported_syntax_errors().is_empty();
    if !whole || !semantic::check(texts, parsed.suite(), false).is_empty() {
        return plain();
    }
    let comments = comments(parsed.tokens());
    Module::starting_at(range.start().to_u32(), Arc::clone(source), parsed.into_suite(), comments)
}

/// Plain Python or what notebooks hold, which may have commands to the notebook between.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Python,
    Notebook,
}

pub(crate) fn options() -> ParseOptions {
    ParseOptions::from(Mode::Module).with_target_version(PythonVersion::latest())
}

/// Makes a module of what the parser found.
pub(crate) fn build(
    source: &str,
    parsed: Parsed<ast::ModModule>,
    limits: DepthLimits,
    dialect: Dialect,
    findings: &Findings,
) -> Result<Module, TooDeep> {
    if let Some(range) = depth::find_too_deep(parsed.suite(), limits.tree) {
        let message = "too many nested levels of syntax".to_owned();
        // To drop the tree would recurse as deeply. The scan of the text leaves few such trees.
        std::mem::forget(parsed);
        return Err(TooDeep { span: span(range), message, exception: None });
    }
    let comments = comments(parsed.tokens());
    let errors = parsed.errors().to_vec();
    let newer = parsed.unsupported_syntax_errors().to_vec();
    let mut module = Module::new(source, parsed.into_suite(), comments);
    for error in &errors {
        let words = messages::of_parser(&error.error, &module, span(error.location));
        module.add_error(words);
    }
    for error in &newer {
        module.add_error(messages::of_newer(error));
    }
    if errors.is_empty() {
        for error in semantic::check(source, module.body(), dialect == Dialect::Notebook) {
            let words = messages::of_compiler(&error, &module);
            module.add_error(words);
        }
    }
    if let Some(words) = messages::of_findings(findings, &module) {
        module.put_first_error(words);
    }
    Ok(module)
}

fn comments(tokens: &Tokens) -> Vec<Span> {
    let comments = tokens.iter().filter(|token| token.kind() == TokenKind::Comment);
    comments.map(|token| span(token.range())).collect()
}
