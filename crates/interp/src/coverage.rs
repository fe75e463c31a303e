//! Which public names have a model.

use names::Kind;
use ops::Keras;

use crate::value::profile;

/// How a public name is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// An op's shapes, dtypes, errors and gradients.
    Op(&'static str),
    /// A class, loss or metric with a declaration.
    Declared,
    /// Code of its own in the interpreter, or a model in Python.
    Native,
    /// The name and its signature; calls give an unknown value.
    Named,
}

/// Tells how a public path is known under a version of Keras.
pub fn coverage(keras: Keras, path: &str) -> Option<Coverage> {
    let entry = names::lookup(profile(keras), path)?;
    let short = path.strip_prefix("tf.").filter(|p| p.starts_with("keras.")).unwrap_or(path);
    if crate::native::find_function(path).is_some() || crate::native::find_function(short).is_some() {
        return Some(Coverage::Native);
    }
    if crate::libraries::has_model(path) {
        return Some(Coverage::Native);
    }
    Some(match entry.kind {
        Kind::Class if crate::native::class_of_definition(profile(keras), entry.definition).is_some() => {
            Coverage::Native
        }
        Kind::Class if path.contains("keras.layers.") && keras::find_layer(&own_name(&entry)).is_some() => {
            Coverage::Declared
        }
        Kind::Class if keras::find_config(&beside(short, &own_name(&entry))).is_some() => Coverage::Declared,
        Kind::Function => match binding::op_of_path(keras, path) {
            Some((op, ..)) => Coverage::Op(op.name),
            None if is_declared_function(&beside(short, &own_name(&entry))) => Coverage::Declared,
            None => Coverage::Named,
        },
        _ => Coverage::Named,
    })
}

/// Returns the frameworks' functions that are modelled in Python, by path.
pub fn modelled_functions(keras: Keras) -> impl Iterator<Item = &'static str> {
    crate::libraries::modelled_paths().filter(move |path| {
        names::lookup(profile(keras), path).is_some_and(|entry| entry.kind == Kind::Function)
    })
}

/// The name that an object is defined by: that of `keras.layers.AvgPool2D` is `AveragePooling2D`.
fn own_name(entry: &names::Entry<'_>) -> String {
    match entry.definition.rsplit([':', '.']).next() {
        Some(name) if !name.is_empty() => name.to_owned(),
        _ => entry.path.rsplit('.').next().unwrap_or_default().to_owned(),
    }
}

/// The path of another name in the same module.
fn beside(path: &str, name: &str) -> String {
    path.rsplit_once('.').map_or_else(|| name.to_owned(), |(module, _)| format!("{module}.{name}"))
}

/// Tells whether a path is a loss or metric function that is declared.
fn is_declared_function(path: &str) -> bool {
    keras::losses::find_loss(path).is_some() || keras::metrics::find_metric_function(path).is_some()
}
