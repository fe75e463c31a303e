//! Rules about Python itself: syntax, imports, names, calls.

mod analysis_incomplete;
mod misspelt_comment;
mod syntax_error;
mod uncaught_exception;

use crate::Rule;

/// The rules of the group.
pub(crate) static RULES: &[&Rule] = &[
    &analysis_incomplete::ANALYSIS_INCOMPLETE,
    &misspelt_comment::MISSPELT_COMMENT,
    &syntax_error::SYNTAX_ERROR,
    &uncaught_exception::UNCAUGHT_EXCEPTION,
];
