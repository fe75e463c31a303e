//! Rules about element types.

mod dtype_mismatch;

use crate::Rule;

/// The rules of the group.
pub(crate) static RULES: &[&Rule] = &[&dtype_mismatch::DTYPE_MISMATCH];
