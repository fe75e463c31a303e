//! Functions that `keras.ops` takes over from NumPy and TensorFlow itself does not have.

pub(super) mod distance;
pub(super) mod elementwise;
pub(super) mod layout;
pub(super) mod nan;
pub(super) mod quantile;
pub(super) mod sets;
