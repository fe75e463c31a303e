//! Python's built-in functions and types.

pub(crate) mod arguments;
mod bytes;
mod complex;
pub(crate) mod construct;
mod dicts;
mod enums;
mod formatting;
mod functions;
mod identity;
mod iterators;
mod kinds;
mod lists;
mod methods;
pub(crate) mod number_text;
mod numbers;
mod objects;
mod operators;
mod output;
mod percent;
mod records;
mod reveal;
mod sequences;
mod sets;
mod spec;
mod splitting;
mod strings;
pub(crate) mod text;
mod tuples;
mod types;

pub(crate) use objects::EAGER;

use crate::native::{NativeClass, NativeState};
use crate::value::Native;

/// Native classes.
pub(crate) static CLASSES: &[&NativeClass] = &[
    &output::STREAM,
    &EXCEPTION,
    &strings::STR,
    &bytes::BYTES,
    &lists::LIST,
    &dicts::DICT,
    &sets::SET,
    &tuples::TUPLE,
    &tuples::RANGE,
    &tuples::SLICE,
    &numbers::INT,
    &numbers::FLOAT,
    &iterators::GENERATOR,
];

/// Native functions, by path: `builtins.len`.
pub(crate) static FUNCTIONS: &[&[Native]] = &[
    enums::FUNCTIONS,
    functions::FUNCTIONS,
    objects::FUNCTIONS,
    records::FUNCTIONS,
    reveal::FUNCTIONS,
    sequences::FUNCTIONS,
];

pub(crate) use kinds::Kind;
pub(crate) use types::{is_builtin, is_type};

static EXCEPTION: NativeClass = NativeClass {
    path: "builtins.BaseException",
    state: || NativeState::Exception(Box::default()),
    methods: &[types::EXCEPTION_METHODS],
    properties: &[],
};
