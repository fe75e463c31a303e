//! Libraries beside the frameworks: Python's standard library, NumPy's own objects, scikit-learn.

pub(crate) mod gone;
mod models;
pub(crate) mod numpy;
mod python;

pub(crate) use models::has_models_within;
pub(crate) use python::normal as python_path;
pub(crate) use python::{KERAS_BACKEND, makes_manager};

use crate::interp::Interp;
use crate::native::NativeClass;
use crate::raise::Eval;
use crate::value::{Args, Native, Value};

/// Native classes.
pub(crate) static CLASSES: &[&NativeClass] = python::CLASSES;

/// Native functions, by path: `math.sqrt`.
pub(crate) static FUNCTIONS: &[&[Native]] = python::FUNCTIONS;

/// Returns a module by its name; nothing where there is no model.
pub(crate) fn module(name: &str) -> Option<Value> {
    (python::is_module(name) || models::is_module(name)).then(|| Value::Module(name.into()))
}

/// Tells whether a public path of the frameworks is modelled in Python.
pub(crate) fn has_model(path: &str) -> bool {
    models::is_modelled(path)
}

/// The public paths that are modelled in Python.
pub(crate) fn modelled_paths() -> impl Iterator<Item = &'static str> {
    models::paths()
}

/// Finds a method that only a library's container has: `Counter.most_common`.
pub(crate) fn container_method(class: &str, name: &str) -> Option<&'static Native> {
    python::container_method(class, name)
}

/// Tells whether objects of a library's type have an attribute that no model answers for.
pub(crate) fn has_unmodelled(class: &str, name: &str) -> bool {
    python::unmodelled::has(class, name)
}

/// Makes an instance of a library's class that has a value of its own: `OrderedDict(a=1)`.
///
/// # Errors
/// What the class raises.
pub(crate) fn construct(interp: &mut Interp<'_>, path: &str, args: &Args) -> Eval<Option<Value>> {
    python::construct(interp, path, args)
}

/// The bases of a library's class, by path.
pub(crate) fn bases(path: &str) -> &'static [&'static str] {
    python::bases(path)
}

/// Tells whether all that a library's class has is known, so that it does not hide what derived classes lack.
pub(crate) fn is_transparent(path: &str) -> bool {
    python::is_transparent(path)
}

/// Reads a member of a library's module.
pub(crate) fn member(interp: &mut Interp<'_>, path: &str, name: &str) -> Option<Value> {
    if gone::name(path, name) {
        return None;
    }
    let full = format!("{path}.{name}");
    if is_transparent(&full) {
        return Some(Value::Class(interp.native_class(&full)));
    }
    if let Some(function) = crate::native::find_function(&full) {
        return Some(Value::Native(function));
    }
    if let Some(value) = python::member(interp, path, name) {
        return Some(value);
    }
    if let Ok(Some(value)) = interp.modelled(&full) {
        return Some(value);
    }
    if models::is_module(&full) {
        return Some(Value::Module(full.into()));
    }
    Some(interp.unknown(format!("`{full}` is not modelled")))
}
