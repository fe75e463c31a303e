//! Bounded readers of saved Keras models.
//!
//! `.keras` archives, HDF5 files, SavedModel folders and bare configs become one [`ModelFile`]: the config, the
//! functions stored in it, the arrays' shapes, and what is damaged. These readers are as lenient as the loaders, never
//! load the data of arrays, and are bounded in time, memory and depth. What the code in a file means, whether it
//! is dangerous and whether it will load is decided elsewhere; nothing here runs anything.

mod archive;
mod arrays;
mod base64;
mod bundle;
mod damage;
mod elements;
mod functions;
mod hdf5;
mod json;
mod model;
mod npy;
mod protobuf;
mod rewrite;
mod saved_model;
mod source;
mod structure;
mod whole;

pub use arrays::{Variables, read_weights, write_weights};
pub use base64::{BadPadding, decode_base64};
pub use bundle::{Bundle, metadata, read_bundle, write_bundle};
pub use damage::{Damage, DamageKind};
pub use functions::{
    ForeignClass, Found, Step, Stored, StoredFunction, find_functions, stored_function, stored_in_slot,
};
pub use hdf5::Weight;
pub use json::{Json, JsonError, MAX_DEPTH, read_json};
pub use model::{Format, ModelFile, read_folder, read_model};
pub use npy::{Npy, NpyError, read_npy, read_npz, write_npy, write_npz};
pub use rewrite::{RewriteError, rewrite_archive, rewrite_hdf5};
pub use saved_model::SavedObject;
pub use source::{Bytes, Window};
pub use whole::write_whole;
