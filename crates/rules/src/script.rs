//! Rules about Python itself: syntax, imports, names, calls.

mod syntax_error;

use crate::Rule;

/// The rules of the group.
pub(crate) static RULES: &[&Rule] = &[&syntax_error::SYNTAX_ERROR];
