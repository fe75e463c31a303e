//! Python's built-in functions and types.

mod functions;
mod methods;
mod text;
mod types;

use crate::native::{NativeClass, NativeState};
use crate::value::Native;

/// Native classes.
pub(crate) static CLASSES: &[&NativeClass] = &[&EXCEPTION];

/// Native functions, by path: `builtins.len`.
pub(crate) static FUNCTIONS: &[&[Native]] = &[functions::FUNCTIONS];

pub(crate) use types::{is_builtin, is_type};

static EXCEPTION: NativeClass = NativeClass {
    path: "builtins.BaseException",
    state: || NativeState::Exception(Box::default()),
    methods: &[types::EXCEPTION_METHODS],
    properties: &[],
};
