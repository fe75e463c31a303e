//! Syntax errors in CPython's words.

use ruff_python_parser::semantic_errors::{
    AwaitOutsideAsyncFunctionKind, SemanticSyntaxError, SemanticSyntaxErrorKind, YieldOutsideFunctionKind,
};
use ruff_python_parser::{InterpolatedStringErrorType, LexicalErrorType, ParseErrorType};

/// Returns the exception and the message for an error of the parser on a line.
pub(crate) fn of_parser(error: &ParseErrorType, line: u32) -> (&'static str, String) {
    let message = match error {
        ParseErrorType::UnexpectedIndentation => return ("IndentationError", "unexpected indent".to_owned()),
        ParseErrorType::Lexical(LexicalErrorType::IndentationError) => {
            return ("IndentationError", error.to_string());
        }
        ParseErrorType::OtherError(text) if text.starts_with("Expected an indented block") => {
            return ("IndentationError", text.replacen("Expected", "expected", 1).replace('`', "'"));
        }
        ParseErrorType::Lexical(LexicalErrorType::UnclosedStringError) => {
            format!("unterminated string literal (detected at line {line})")
        }
        ParseErrorType::Lexical(LexicalErrorType::FStringError(
            InterpolatedStringErrorType::UnterminatedString,
        )) => {
            format!("unterminated f-string literal (detected at line {line})")
        }
        ParseErrorType::Lexical(LexicalErrorType::LineContinuationError) => {
            "unexpected character after line continuation character".to_owned()
        }
        ParseErrorType::PositionalAfterKeywordArgument => {
            "positional argument follows keyword argument".to_owned()
        }
        ParseErrorType::PositionalAfterKeywordUnpacking => {
            "positional argument follows keyword argument unpacking".to_owned()
        }
        ParseErrorType::InvalidArgumentUnpackingOrder => {
            "iterable argument unpacking follows keyword argument unpacking".to_owned()
        }
        ParseErrorType::NonDefaultParamAfterDefaultParam => {
            "non-default argument follows default argument".to_owned()
        }
        ParseErrorType::ExpectedKeywordParam => "named arguments must follow bare *".to_owned(),
        ParseErrorType::UnparenthesizedGeneratorExpression => {
            "Generator expression must be parenthesized".to_owned()
        }
        other => other.to_string(),
    };
    ("SyntaxError", message)
}

/// Returns the message for an error that CPython's compiler finds after parsing.
pub(crate) fn of_compiler(error: &SemanticSyntaxError) -> String {
    match &error.kind {
        SemanticSyntaxErrorKind::ReturnOutsideFunction => "'return' outside function".to_owned(),
        SemanticSyntaxErrorKind::YieldOutsideFunction(YieldOutsideFunctionKind::Await)
        | SemanticSyntaxErrorKind::AwaitOutsideAsyncFunction(AwaitOutsideAsyncFunctionKind::Await) => {
            "'await' outside function".to_owned()
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
        SemanticSyntaxErrorKind::NonModuleImportStar(_) => "import * only allowed at module level".to_owned(),
        SemanticSyntaxErrorKind::MultipleStarredExpressions => {
            "multiple starred expressions in assignment".to_owned()
        }
        SemanticSyntaxErrorKind::LoadBeforeGlobalDeclaration { name, .. } => {
            format!("name '{name}' is used prior to global declaration")
        }
        _ => error.to_string().replace('`', "'"),
    }
}
