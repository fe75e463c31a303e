//! An abstract interpreter for Python scripts that use Keras.

pub mod record;

pub use record::Record;
