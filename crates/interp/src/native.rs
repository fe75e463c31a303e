//! Native functions and classes: tables of Python names and the Rust code behind them.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::raise::ExceptionState;
use crate::value::{Native, NativeFn, Value};

/// A class with native parts.
#[derive(Debug)]
pub struct NativeClass {
    /// The canonical public path: `keras.layers.Layer`, `builtins.Exception`.
    pub path: &'static str,
    /// The state that a new instance starts with.
    pub state: fn() -> NativeState,
    /// Methods; their first argument is the instance.
    pub methods: &'static [&'static [Native]],
    /// Properties: called with the instance.
    pub properties: &'static [&'static [Native]],
}

/// A native entry of a table.
pub const fn native(name: &'static str, call: NativeFn) -> Native {
    Native { name, call }
}

impl NativeClass {
    /// Finds a method or property.
    pub fn attr(&'static self, name: &str) -> Option<Value> {
        let method = self.methods.iter().copied().flatten().find(|m| m.name == name).map(Value::Native);
        method.or_else(|| {
            let getter = self.properties.iter().copied().flatten().find(|p| p.name == name)?;
            let wrapped = crate::value::Wrapped::Property(Value::Native(getter), None);
            Some(Value::Wrapped(wrapped.into()))
        })
    }
}

/// What native classes keep in an instance.
#[derive(Clone, Debug, Default)]
pub enum NativeState {
    /// Nothing.
    #[default]
    Plain,
    /// The plain value of an instance whose class derives from `dict`, `str`, `int` and so on.
    Data(Value),
    /// An exception.
    Exception(Box<ExceptionState>),
    /// A layer or model.
    Layer(Box<crate::framework::layer::LayerState>),
    /// A gradient tape.
    Tape(Box<crate::framework::tape::TapeState>),
    /// A loss, metric, optimizer, initializer, regularizer, constraint, callback or schedule: its arguments.
    Config(Box<crate::framework::config::ConfigState>),
    /// A `tf.TensorArray`.
    TensorArray(Box<crate::framework::tensor_array::ArrayState>),
    /// A file that is open.
    File(Box<crate::files::FileState>),
    /// A `keras.utils.Progbar` of a script that is carried out.
    Bar(Box<crate::framework::Bar>),
    /// A `tf.data.Dataset`, by the spec of its elements.
    Dataset(Box<crate::framework::dataset::DatasetState>),
}

static CLASSES: LazyLock<FxHashMap<&'static str, &'static NativeClass>> = LazyLock::new(|| {
    let tables = [
        crate::builtins::CLASSES,
        crate::framework::CLASSES,
        crate::libraries::CLASSES,
        crate::libraries::numpy::CLASSES,
    ];
    tables.into_iter().flatten().map(|c| (c.path, *c)).collect()
});

static FUNCTIONS: LazyLock<FxHashMap<&'static str, &'static Native>> = LazyLock::new(|| {
    let tables = [
        crate::builtins::FUNCTIONS,
        crate::framework::FUNCTIONS,
        crate::libraries::FUNCTIONS,
        crate::libraries::numpy::FUNCTIONS,
    ];
    tables.into_iter().flatten().copied().flatten().map(|f| (f.name, f)).collect()
});

/// Finds the native class of a canonical path.
pub fn find_class(path: &str) -> Option<&'static NativeClass> {
    CLASSES.get(path).copied()
}

/// Native classes by the definition of their path, for each profile.
static DEFINED: [LazyLock<FxHashMap<&'static str, &'static NativeClass>>; 2] =
    [LazyLock::new(|| defined(names::Profile::Keras2)), LazyLock::new(|| defined(names::Profile::Keras3))];

fn defined(profile: names::Profile) -> FxHashMap<&'static str, &'static NativeClass> {
    classes().filter_map(|c| Some((names::canonical(profile, c.path)?, c))).collect()
}

/// Finds the native class of a recorded definition: `keras.src.layers.layer:Layer`.
pub fn class_of_definition(profile: names::Profile, definition: &str) -> Option<&'static NativeClass> {
    let index = usize::from(profile == names::Profile::Keras3);
    DEFINED[index].get(definition).copied()
}

/// Returns every native class.
pub fn classes() -> impl Iterator<Item = &'static NativeClass> {
    CLASSES.values().copied()
}

/// Finds the native function of a public path: `tf.map_fn`, `builtins.len`, `math.sqrt`.
pub fn find_function(path: &str) -> Option<&'static Native> {
    FUNCTIONS.get(path).copied()
}

/// Native functions of the frameworks by the definition of their path, for each profile.
static FUNCTIONS_DEFINED: [LazyLock<FxHashMap<&'static str, &'static Native>>; 2] = [
    LazyLock::new(|| functions_defined(names::Profile::Keras2)),
    LazyLock::new(|| functions_defined(names::Profile::Keras3)),
];

fn functions_defined(profile: names::Profile) -> FxHashMap<&'static str, &'static Native> {
    let framework = FUNCTIONS.iter().filter(|(p, _)| p.starts_with("tf.") || p.starts_with("keras."));
    let defined = framework.filter_map(|(path, f)| Some((names::lookup(profile, path)?.definition, *f)));
    defined.filter(|(definition, _)| !definition.is_empty()).collect()
}

/// Finds the native function of a path that means the same as the one it is listed under: `tf.autodiff.GradientTape`.
pub fn function_of_definition(profile: names::Profile, path: &str) -> Option<&'static Native> {
    let definition = names::lookup(profile, path)?.definition;
    FUNCTIONS_DEFINED[usize::from(profile == names::Profile::Keras3)].get(definition).copied()
}

/// Returns the paths of every native function.
pub fn functions() -> impl Iterator<Item = &'static str> {
    FUNCTIONS.keys().copied()
}
