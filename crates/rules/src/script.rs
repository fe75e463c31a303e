//! Rules about Python itself: syntax, imports, names, calls.

mod syntax_error;

use crate::Rule;

pub use syntax_error::{Refusal, refusal};

/// The rules of the group.
pub(crate) static RULES: &[&Rule] = &[&syntax_error::SYNTAX_ERROR];
