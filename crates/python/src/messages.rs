//! Syntax errors in CPython's words.
//!
//! The parser says what it expected, which often helps more, and CPython's words are what the user will see:
//! both are kept. Where CPython's words depend on much context (`cannot assign to function call here`), the
//! parser's stand for them.

use diagnostics::Span;
use ruff_python_ast::token::TokenKind;
use ruff_python_parser::semantic_errors::{
    AwaitOutsideAsyncFunctionKind, SemanticSyntaxError, SemanticSyntaxErrorKind, YieldOutsideFunctionKind,
};
use ruff_python_parser::{
    InterpolatedStringErrorType, LexicalErrorType, ParseErrorType, UnsupportedSyntaxError,
};

use crate::module::Module;
use crate::scan::{Findings, never_closed};
use crate::span;

/// What is to be said of an error.
#[derive(Debug)]
pub(crate) struct Words {
    pub(crate) exception: Option<&'static str>,
    pub(crate) message: String,
    pub(crate) detail: Option<String>,
    pub(crate) span: Span,
}

impl Words {
    pub(crate) fn new(message: impl Into<String>, span: Span) -> Words {
        Words { exception: Some("SyntaxError"), message: message.into(), detail: None, span }
    }
}

const INVALID: &str = "invalid syntax";

/// Puts an error of the parser in words.
pub(crate) fn of_parser(error: &ParseErrorType, module: &Module, span: Span) -> Words {
    let own = error.to_string();
    // CPython counts the end of the text to its last line.
    let end = module.source().trim_end().len() as u32;
    let span = if span.start as usize >= module.source().len() { Span::new(end, end) } else { span };
    let indentation =
        |message: String| Words { exception: Some("IndentationError"), ..Words::new(message, span) };
    let message = match error {
        ParseErrorType::UnexpectedIndentation => return indentation("unexpected indent".to_owned()),
        ParseErrorType::Lexical(LexicalErrorType::IndentationError) => return indentation(own),
        ParseErrorType::OtherError(text) if text.starts_with("Expected an indented block") => {
            return indentation(missing_block(text, module, span));
        }
        ParseErrorType::Lexical(error) => of_lexer(error, module, span),
        ParseErrorType::ExpectedToken { expected, found } => of_expected(*expected, *found),
        ParseErrorType::SimpleStatementsOnSameLine => of_two_statements(module, span),
        ParseErrorType::InvalidAssignmentTarget => of_target("assign to", module, span),
        ParseErrorType::InvalidDeleteTarget => of_target("delete", module, span),
        other => of_rule(other).to_owned(),
    };
    let detail = Some(own).filter(|own| *own != message);
    Words { detail, ..Words::new(message, span) }
}

fn of_rule(error: &ParseErrorType) -> &'static str {
    match error {
        ParseErrorType::PositionalAfterKeywordArgument => "positional argument follows keyword argument",
        ParseErrorType::PositionalAfterKeywordUnpacking => {
            "positional argument follows keyword argument unpacking"
        }
        ParseErrorType::InvalidArgumentUnpackingOrder => {
            "iterable argument unpacking follows keyword argument unpacking"
        }
        ParseErrorType::NonDefaultParamAfterDefaultParam => "non-default argument follows default argument",
        ParseErrorType::ExpectedKeywordParam => "named arguments must follow bare *",
        ParseErrorType::ParamAfterVarKeywordParam => "arguments cannot follow var-keyword argument",
        ParseErrorType::UnparenthesizedGeneratorExpression => "Generator expression must be parenthesized",
        ParseErrorType::OtherError(text) if text.starts_with("Expected `except` or `finally`") => {
            "expected 'except' or 'finally' block"
        }
        ParseErrorType::OtherError(text) if text.starts_with("Only single target") => {
            "only single target (not tuple) can be annotated"
        }
        _ => INVALID,
    }
}

fn of_expected(expected: TokenKind, found: TokenKind) -> String {
    match (expected, found) {
        (TokenKind::Colon, TokenKind::Equal) => {
            "invalid syntax. Maybe you meant '==' or ':=' instead of '='?".to_owned()
        }
        (TokenKind::Colon, TokenKind::Rbrace) => "':' expected after dictionary key".to_owned(),
        (TokenKind::Colon, TokenKind::Newline) => "expected ':'".to_owned(),
        (TokenKind::Else, _) => "expected 'else' after 'if' expression".to_owned(),
        (TokenKind::Comma, TokenKind::Name | TokenKind::Int | TokenKind::Float | TokenKind::String) => {
            "invalid syntax. Perhaps you forgot a comma?".to_owned()
        }
        _ => INVALID.to_owned(),
    }
}

fn of_lexer(error: &LexicalErrorType, module: &Module, span: Span) -> String {
    let own = error.to_string();
    let line = module.line(span.end.max(span.start));
    match error {
        LexicalErrorType::UnclosedStringError => {
            let text = module.text(span).trim_start_matches(|c: char| c.is_ascii_alphabetic());
            let triple = text.starts_with("\"\"\"") || text.starts_with("'''");
            let kind = if triple { "triple-quoted string" } else { "string" };
            let line = if triple { last_line(module) } else { module.line(span.start) };
            format!("unterminated {kind} literal (detected at line {line})")
        }
        LexicalErrorType::FStringError(InterpolatedStringErrorType::UnterminatedString) => {
            format!("unterminated f-string literal (detected at line {line})")
        }
        LexicalErrorType::LineContinuationError => {
            "unexpected character after line continuation character".to_owned()
        }
        LexicalErrorType::UnrecognizedToken { tok } if tok.is_ascii() => INVALID.to_owned(),
        LexicalErrorType::UnrecognizedToken { tok } => {
            format!("invalid character '{tok}' (U+{:04X})", u32::from(*tok))
        }
        LexicalErrorType::FStringError(_) => own.replace('`', "'"),
        LexicalErrorType::OtherError(text) if text.contains("decimal integer") => {
            "leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers"
                .to_owned()
        }
        LexicalErrorType::InvalidByteLiteral => own,
        _ => INVALID.to_owned(),
    }
}

/// Returns the last line that holds anything.
fn last_line(module: &Module) -> u32 {
    module.line((module.source().trim_end_matches('\n').len() as u32).saturating_sub(1))
}

/// Puts `expected an indented block after 'if' statement on line 1` together.
fn missing_block(text: &str, module: &Module, span: Span) -> String {
    let text = text.replacen("Expected", "expected", 1).replace('`', "'");
    let text = text.replace("'class' definition", "class definition");
    // The statement whose block is missing is the one before, comments left out.
    let mut line = module.line(span.start);
    while line > 1 {
        line -= 1;
        let content = module.line_span(line).map(|span| module.text(span).trim());
        if content.is_some_and(|content| !content.is_empty() && !content.starts_with('#')) {
            break;
        }
    }
    format!("{text} on line {line}")
}

/// Tells Python 2's statements from two statements on a line.
fn of_two_statements(module: &Module, span: Span) -> String {
    let line = module.line_span(module.line(span.start)).unwrap_or_default();
    let before = module.text(Span::new(line.start, span.start));
    for name in ["print", "exec"] {
        if before.rsplit(';').next().is_some_and(|statement| statement.trim() == name) {
            return format!("Missing parentheses in call to '{name}'. Did you mean {name}(...)?");
        }
    }
    INVALID.to_owned()
}

/// Says what cannot be assigned or deleted, judging by its text.
fn of_target(verb: &str, module: &Module, span: Span) -> String {
    let text = module.text(span).trim();
    let statement = module.line_span(module.line(span.start)).unwrap_or_default();
    let first = module.text(statement).trim_start().starts_with(text);
    let what = match text {
        "None" | "True" | "False" => return format!("cannot {verb} {text}"),
        _ if text.starts_with("yield") => return "assignment to yield expression not possible".to_owned(),
        _ if text.starts_with(|c: char| c.is_ascii_digit() || c == '\'' || c == '"') => "literal",
        _ if text.ends_with(')') && !text.starts_with('(') => "function call",
        _ => "expression",
    };
    let hint = if first && verb == "assign to" { " here. Maybe you meant '==' instead of '='?" } else { "" };
    format!("cannot {verb} {what}{hint}")
}

/// Puts an error about syntax that is newer than any released Python in words.
pub(crate) fn of_newer(error: &UnsupportedSyntaxError) -> Words {
    Words { detail: Some(error.to_string()), ..Words::new(INVALID, span(error.range)) }
}

/// Puts an error that CPython's compiler finds after parsing in words.
pub(crate) fn of_compiler(error: &SemanticSyntaxError, module: &Module) -> Words {
    let mut place = span(error.range);
    let message = match &error.kind {
        SemanticSyntaxErrorKind::ReturnOutsideFunction => "'return' outside function".to_owned(),
        SemanticSyntaxErrorKind::YieldOutsideFunction(YieldOutsideFunctionKind::Await) => {
            "'await' outside function".to_owned()
        }
        SemanticSyntaxErrorKind::AwaitOutsideAsyncFunction(AwaitOutsideAsyncFunctionKind::Await) => {
            "'await' outside async function".to_owned()
        }
        SemanticSyntaxErrorKind::YieldOutsideFunction(_) => "'yield' outside function".to_owned(),
        SemanticSyntaxErrorKind::BreakOutsideLoop => "'break' outside loop".to_owned(),
        SemanticSyntaxErrorKind::ContinueOutsideLoop => "'continue' not properly in loop".to_owned(),
        SemanticSyntaxErrorKind::DuplicateParameter(name) => {
            format!("duplicate argument '{name}' in function definition")
        }
        SemanticSyntaxErrorKind::DuplicateKeywordArgument(name) => {
            format!("keyword argument repeated: {name}")
        }
        SemanticSyntaxErrorKind::LateFutureImport => {
            "from __future__ imports must occur at the beginning of the file".to_owned()
        }
        SemanticSyntaxErrorKind::FutureFeatureNotDefined(name) => {
            format!("future feature {name} is not defined")
        }
        SemanticSyntaxErrorKind::NonModuleImportStar(_) => "import * only allowed at module level".to_owned(),
        SemanticSyntaxErrorKind::MultipleStarredExpressions => {
            "multiple starred expressions in assignment".to_owned()
        }
        SemanticSyntaxErrorKind::LoadBeforeGlobalDeclaration { name, start } => {
            // CPython points at the declaration, not at the use before it.
            let after = module.text(Span::new(place.end, module.source().len() as u32)).trim_start();
            let assigned = after.starts_with('=') && !after.starts_with("==");
            place = Span::new(start.to_u32(), start.to_u32());
            let how = if assigned { "assigned to before" } else { "used prior to" };
            format!("name '{name}' is {how} global declaration")
        }
        _ => error
            .to_string()
            .replace('`', "'")
            .replace("cannot refer to a parameter and a global variable", "is parameter and global"),
    };
    Words::new(message, place)
}

/// Puts brackets or tabs that do not fit in words, if they are what CPython would report first.
pub(crate) fn of_findings(findings: &Findings, module: &Module) -> Option<Words> {
    let first = module.errors().first();
    if let Some(tabs) = findings.tabs
        && first
            .is_none_or(|error| tabs.start <= error.span.start || error.exception == Some("IndentationError"))
    {
        let message = "inconsistent use of tabs and spaces in indentation";
        return Some(Words {
            exception: Some("TabError"),
            ..Words::new(message, Span::new(tabs.start, tabs.end))
        });
    }
    let first = first?;
    if let Some((span, message)) = &findings.mismatch
        && module.line(span.start) <= first.line
    {
        return Some(Words::new(message.clone(), *span));
    }
    let unclosed = findings.unclosed?;
    let stops_at_line_end = module.text(first.span).trim().is_empty();
    let later = module.line(unclosed.start) < first.line || stops_at_line_end;
    let message = never_closed(module.source().as_bytes(), unclosed);
    (unclosed.start < first.span.start && later).then(|| Words::new(message, unclosed))
}

#[cfg(test)]
mod tests;
