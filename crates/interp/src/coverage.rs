//! Which public names have a model.

use names::Kind;
use ops::Keras;

use crate::value::profile;

/// How a public name is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// An op's shapes, dtypes, errors and gradients.
    Op(&'static str),
    /// A class with a declaration.
    Declared,
    /// Code of its own in the interpreter.
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
    Some(match entry.kind {
        Kind::Class if crate::native::class_of_definition(profile(keras), entry.definition).is_some() => {
            Coverage::Native
        }
        Kind::Class if path.contains("keras.layers.") && keras::find_layer(entry.name()).is_some() => {
            Coverage::Declared
        }
        Kind::Function => match crate::call::op_of_path(keras, path) {
            Some((op, ..)) => Coverage::Op(op.name),
            None => Coverage::Named,
        },
        _ => Coverage::Named,
    })
}
