//! Public functions as ops: which op a path means, and how a call's arguments become its parameters.
//!
//! Ops list the paths that mean them, the recordings (crate `names`) say which paths are the same function and what
//! its signature is, and `python` reads signatures. Both who interprets a script and who calls the engine from Rust
//! need the three together. Knows no values but [`Arg`].

mod settings;

use std::rc::Rc;
use std::sync::LazyLock;

use ops::{Arg, Keras, Op};
use rustc_hash::FxHashMap;

pub use settings::{Misfit, bound, default_arg, misbound};

/// Every path an op is declared with; a path with a signature of its own carries it.
static PATHS: LazyLock<FxHashMap<&'static str, (&'static Op, Option<&'static str>)>> = LazyLock::new(|| {
    let mut paths = FxHashMap::default();
    for op in ops::ops() {
        for api in op.apis {
            let (path, signature) = match api.find('(') {
                Some(at) => (&api[..at], Some(&api[at..])),
                None => (*api, None),
            };
            // NumPy's functions are rows of their own.
            let own = path.starts_with("np.") == op.name.starts_with("np.");
            if own || !paths.contains_key(path) {
                paths.insert(path, (op, signature));
            }
        }
    }
    paths
});

/// Ops by the definition that their paths have in a profile, so that `tf.math.reduce_sum` finds the op
/// declared for `tf.reduce_sum`.
static DEFINITIONS: [LazyLock<FxHashMap<&'static str, &'static str>>; 2] = [
    LazyLock::new(|| definitions(names::Profile::Keras2)),
    LazyLock::new(|| definitions(names::Profile::Keras3)),
];

fn definitions(profile: names::Profile) -> FxHashMap<&'static str, &'static str> {
    let entry = |path: &'static str| Some((names::lookup(profile, path)?.definition, path));
    PATHS.keys().filter_map(|path| entry(path)).filter(|(d, _)| !d.is_empty()).collect()
}

/// Returns the recordings of a profile.
pub fn profile(keras: Keras) -> names::Profile {
    match keras {
        Keras::Two => names::Profile::Keras2,
        Keras::Three => names::Profile::Keras3,
    }
}

/// Finds the op that a public path means, the path it is declared with, and its own signature.
pub fn op_of_path(keras: Keras, path: &str) -> Option<(&'static Op, &'static str, Option<&'static str>)> {
    let declared = |path: &str| PATHS.get_key_value(path).map(|(p, (op, sig))| (*op, *p, *sig));
    if let Some(found) = declared(path) {
        return Some(found);
    }
    // Keras 2's `keras.backend.dot` is `tf.keras.backend.dot`.
    if keras == Keras::Two
        && path.starts_with("keras.")
        && let Some(found) = declared(&format!("tf.{path}"))
    {
        return Some(found);
    }
    let definition = names::lookup(profile(keras), path)?.definition;
    let index = if keras == Keras::Two { 0 } else { 1 };
    DEFINITIONS[index].get(definition).and_then(|path| declared(path))
}

/// Returns a parsed signature: the op's own, or the recorded one of the path.
pub fn signature(keras: Keras, path: &str, own: Option<&str>) -> Option<Rc<python::Signature>> {
    let text = match own {
        Some(text) => text,
        None => names::lookup(profile(keras), path)?.signature,
    };
    python::parse_signature(text).map(Rc::new)
}

/// The recorded signature of a method of a class that is at a path.
pub fn method_signature(keras: Keras, class: &str, method: &str) -> Option<Rc<python::Signature>> {
    let member = names::class_member(profile(keras), class, method);
    python::parse_signature(member.entry()?.signature).map(Rc::new)
}

/// Arguments by the names of the parameters that took them.
pub type Arguments = Vec<(Rc<str>, Arg)>;
