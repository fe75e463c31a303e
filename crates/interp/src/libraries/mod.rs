//! Libraries beside the frameworks: Python's standard library, NumPy's own objects, scikit-learn.

pub(crate) mod numpy;

use crate::interp::Interp;
use crate::native::NativeClass;
use crate::value::{Native, Value};

/// Native classes.
pub(crate) static CLASSES: &[&NativeClass] = &[];

/// Native functions, by path: `math.sqrt`.
pub(crate) static FUNCTIONS: &[&[Native]] = &[];

/// Returns a module by its name; nothing where there is no model.
pub(crate) fn module(name: &str) -> Option<Value> {
    let _ = name;
    None
}

/// Finds a method that only a library's container has: `Counter.most_common`.
pub(crate) fn container_method(class: &str, name: &str) -> Option<&'static Native> {
    let _ = (class, name);
    None
}

/// Reads a member of a library's module.
pub(crate) fn member(interp: &mut Interp<'_>, path: &str, name: &str) -> Option<Value> {
    let full = format!("{path}.{name}");
    match crate::native::find_function(&full) {
        Some(function) => Some(Value::Native(function)),
        None => Some(interp.unknown(format!("`{full}` is not modelled"))),
    }
}
