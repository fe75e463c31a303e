//! Keras' layers: constructor checks, weights, call in terms of ops, masks.
//!
//! A [`Layer`] is a static struct of `fn` pointers, as an op is. It sees its instance only through a
//! [`Host`], which the interpreter implements: constructor arguments, weights, ops and sublayers. Nothing
//! here knows Python's syntax or the interpreter's values.

mod host;
mod layer;
mod layers;
mod spec;

pub use host::{Host, WeightArgs};
pub use layer::{CallArgs, Layer, Mask};
pub use layers::{find_layer, layers};
pub use spec::{InputSpec, check_input};
