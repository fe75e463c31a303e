//! Under which names Keras' files have the parts of a layer.
//!
//! source: keras/src/saving/saving_lib.py: `_walk_saveable`, `_save_container_state`

use ops::Keras;

/// Returns the attribute under which a layer of a class has a part that its declaration keeps under a name; nothing
/// for what it does not keep.
pub fn attribute_of<'n>(keras: Keras, class: &str, name: &'n str) -> Option<&'n str> {
    match (keras, class) {
        // A Bidirectional of Keras 3 does not keep the layer that it copied.
        (Keras::Three, "Bidirectional") if name == "layer" => None,
        (Keras::Three, "MultiHeadAttention") if name.ends_with("_dense") && name != "_gate_dense" => {
            Some(name.trim_start_matches('_'))
        }
        _ => Some(name),
    }
}

/// What attributes are visited by: those that begin with `_` come last in Keras 3.
pub fn attribute_order(name: &str) -> (bool, &str) {
    (name.starts_with('_'), name)
}

/// The names of objects in a list, which are counted: `dense`, `dense_1`.
#[derive(Clone, Debug, Default)]
pub struct Counted(Vec<(String, usize)>);

impl Counted {
    /// Returns the name of the next object of that kind.
    pub fn next(&mut self, name: String) -> String {
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, count)) => {
                *count += 1;
                format!("{name}_{count}")
            }
            None => {
                self.0.push((name.clone(), 0));
                name
            }
        }
    }
}
