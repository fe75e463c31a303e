//! Python's standard library, as far as scripts that build models use it.

/// A function that gives the same whatever it is called with.
macro_rules! gives {
    ($name:literal, $value:expr) => {
        $crate::native::native($name, {
            const CALL: $crate::value::NativeFn = |_, _| Ok($value);
            CALL
        })
    };
}

mod argparse;
mod collections;
mod contextlib;
mod copying;
mod deque;
mod environment;
mod files;
mod functools;
mod itertools;
mod json;
mod math;
mod operator;
mod os;
mod pathlib;
mod paths;
mod random;
mod streams;
mod sys;
mod text;
mod threading;
mod time;
mod typing;
pub(crate) mod unmodelled;
mod warnings;

pub(crate) use contextlib::makes_manager;
pub(crate) use environment::KERAS_BACKEND;
pub(crate) use paths::normal;

use crate::interp::Interp;
use crate::native::NativeClass;
use crate::raise::Eval;
use crate::value::{Args, Native, Value};

/// Native classes.
pub(super) static CLASSES: &[&NativeClass] = &[
    &argparse::PARSER,
    &contextlib::MANAGER,
    &contextlib::SUPPRESS,
    &contextlib::NULL,
    &pathlib::PATH,
    &random::RANDOM,
    &streams::FILE,
    &typing::NAMESPACE,
];

/// Native functions.
pub(super) static FUNCTIONS: &[&[Native]] = &[
    collections::FUNCTIONS,
    contextlib::FUNCTIONS,
    copying::FUNCTIONS,
    files::FUNCTIONS,
    functools::FUNCTIONS,
    itertools::FUNCTIONS,
    json::FUNCTIONS,
    warnings::FUNCTIONS,
    math::FUNCTIONS,
    operator::FUNCTIONS,
    os::FUNCTIONS,
    paths::FUNCTIONS,
    random::FUNCTIONS,
    streams::FUNCTIONS,
    sys::FUNCTIONS,
    text::FUNCTIONS,
    threading::FUNCTIONS,
    time::FUNCTIONS,
    typing::FUNCTIONS,
];

/// The modules that have a model.
const MODULES: &[&str] = &[
    "__future__",
    "abc",
    "argparse",
    "builtins",
    "collections",
    "collections.abc",
    "contextlib",
    "copy",
    "csv",
    "dataclasses",
    "datetime",
    "enum",
    "functools",
    "gc",
    "glob",
    "inspect",
    "io",
    "itertools",
    "json",
    "logging",
    "math",
    "multiprocessing",
    "numbers",
    "operator",
    "os",
    "os.path",
    "pathlib",
    "pickle",
    "platform",
    "pprint",
    "random",
    "shutil",
    "string",
    "subprocess",
    "sys",
    "tempfile",
    "textwrap",
    "threading",
    "time",
    "timeit",
    "traceback",
    "types",
    "typing",
    "typing_extensions",
    "warnings",
];

/// Classes of the standard library: path, bases. Those of modules that only describe types are transparent.
const TYPES: &[(&str, &[&str])] = &[
    ("abc.ABC", &[]),
    ("abc.ABCMeta", &["builtins.type"]),
    ("argparse.Namespace", &[]),
    ("argparse.ArgumentParser", &[]),
    ("collections.OrderedDict", &["builtins.dict"]),
    ("collections.defaultdict", &["builtins.dict"]),
    ("collections.Counter", &["builtins.dict"]),
    ("collections.deque", &[]),
    ("contextlib._GeneratorContextManager", &[]),
    ("contextlib.AbstractContextManager", &["abc.ABC"]),
    ("contextlib.ContextDecorator", &[]),
    ("contextlib.suppress", &[]),
    ("contextlib.nullcontext", &[]),
    ("dataclasses.Field", &[]),
    ("enum.Enum", &[]),
    ("enum.IntEnum", &["builtins.int", "enum.Enum"]),
    ("enum.StrEnum", &["builtins.str", "enum.Enum"]),
    ("enum.Flag", &["enum.Enum"]),
    ("enum.IntFlag", &["builtins.int", "enum.Flag"]),
    ("enum._auto", &[]),
    ("_io.TextIOWrapper", &[]),
    ("numbers.Number", &[]),
    ("numbers.Complex", &["numbers.Number"]),
    ("numbers.Real", &["numbers.Complex"]),
    ("numbers.Rational", &["numbers.Real"]),
    ("numbers.Integral", &["numbers.Rational"]),
    ("pathlib.PurePath", &[]),
    ("pathlib.Path", &["pathlib.PurePath"]),
    ("random.Random", &[]),
    ("types.SimpleNamespace", &[]),
    ("typing.Generic", &[]),
    ("typing.Protocol", &["typing.Generic"]),
    ("typing.NamedTuple", &["builtins.tuple"]),
    ("typing.TypedDict", &["builtins.dict"]),
];

/// Abstract classes of `collections.abc`, which `typing` repeats.
const ABSTRACT: &[&str] = &[
    "Callable",
    "Collection",
    "Container",
    "Generator",
    "Hashable",
    "Iterable",
    "Iterator",
    "Mapping",
    "MutableMapping",
    "MutableSequence",
    "MutableSet",
    "Reversible",
    "Sequence",
    "Set",
    "Sized",
];

/// Tells whether a module has a model.
pub(super) fn is_module(name: &str) -> bool {
    MODULES.binary_search(&name).is_ok()
}

/// The bases of a class, by path.
pub(super) fn bases(path: &str) -> &'static [&'static str] {
    TYPES.iter().find(|(p, _)| *p == path).map_or(&[], |(_, bases)| bases)
}

/// Tells whether all that a class has is known.
pub(super) fn is_transparent(path: &str) -> bool {
    TYPES.iter().any(|(p, _)| *p == path)
}

/// Makes an instance of a class that has a value of its own.
pub(super) fn construct(interp: &mut Interp<'_>, path: &str, args: &Args) -> Eval<Option<Value>> {
    match path.split_once('.') {
        Some(("collections", name)) => collections::construct(interp, name, args),
        Some(("pathlib", _)) => pathlib::construct(interp, args).map(Some),
        Some(("argparse", "ArgumentParser")) => argparse::construct(interp).map(Some),
        Some(("typing", "NamedTuple")) => match crate::native::find_function("typing.NamedTuple") {
            Some(function) => (function.call)(interp, args.clone()).map(Some),
            None => Ok(None),
        },
        Some(("enum", _)) if !args.positional.is_empty() => {
            Ok(Some(interp.unknown("an enum made by a call")))
        }
        Some(("functools", "partial")) => functools::partial(interp, args.clone()).map(Some),
        _ => Ok(None),
    }
}

/// Finds a method that only a library's container has.
pub(super) fn container_method(class: &str, name: &str) -> Option<&'static Native> {
    match class {
        "deque" => deque::METHODS.iter().find(|m| m.name == name),
        "Counter" => collections::COUNTER.iter().find(|m| m.name == name),
        "_Environ" => environment::METHODS.iter().find(|m| m.name == name),
        "OrderedDict" => collections::ORDERED.iter().find(|m| m.name == name),
        _ => None,
    }
}

/// Reads a member that is no function: a constant, a class, a module.
pub(super) fn member(interp: &mut Interp<'_>, path: &str, name: &str) -> Option<Value> {
    let full = format!("{path}.{name}");
    if is_module(&full) {
        return Some(Value::Module(full.into()));
    }
    match path {
        "builtins" => interp.name(name).ok(),
        "pathlib" if matches!(name, "PosixPath" | "PurePosixPath" | "WindowsPath") => {
            Some(Value::Class(interp.native_class("pathlib.Path")))
        }
        "math" => math::constant(name),
        "sys" => sys::constant(interp, name),
        "os" => os::constant(interp, name),
        "os.path" => os::separator(name),
        "string" => text::constant(name),
        "argparse" => argparse::constant(interp, name),
        "enum" | "dataclasses" | "types" | "typing" | "typing_extensions" | "collections.abc" => {
            typing::member(interp, path, name)
        }
        _ => None,
    }
}
