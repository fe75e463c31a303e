//! Every public name and signature of TensorFlow, Keras and NumPy, as data.
//!
//! The tables in `data/` are recordings of the real packages (its README says how they were made). They are
//! part of the binary as text and are searched as text: nothing is parsed, and nothing happens at start-up.
//!
//! A path names an object the way a script reaches it: `tf.math.reduce_sum`, `keras.layers.Dense`,
//! `np.linalg.norm`, `keras.layers.Dense.build`. The modules' full names (`tensorflow`, `numpy`) work as well.
//! Where a definition (`keras.src.layers.core.dense:Dense`) is at hand instead of a path, it works too; it is
//! the only name of classes that scripts meet and that no module exports, such as TensorFlow's eager tensor.

mod classes;
mod entry;
mod lookup;
mod memo;
mod suggest;
mod table;

pub use classes::{class_member, config_keys, is_subclass, mro};
pub use entry::{Entry, Existence, Kind, Profile};
pub use lookup::{
    attribute_error, canonical, dispatch_symbol, exists, is_dispatched, keras_class, lookup, members,
    module_name, paths_of,
};
pub use suggest::{nearest, suggest};

#[cfg(test)]
mod tests;
