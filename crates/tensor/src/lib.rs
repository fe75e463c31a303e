//! Dims, shapes, dtypes, specs and known contents of tensors.
//!
//! The algebra under the framework model. It knows no Python, no Keras and no error texts: what does
//! not fit is answered with `None` or a plain value, and the ops decide what a framework says about it.

mod broadcast;
mod content;
mod dim;
mod dtype;
mod shape;
mod spread;

pub use broadcast::{BroadcastError, broadcast, broadcast_dim};
pub use content::{Among, Array, Content, Data, MAX_DRAWN, MAX_ELEMENTS, UNSURE, integers_between};
pub use dim::{Dim, Symbol};
pub use dtype::{DType, numpy_result_type};
pub use shape::{Shape, TensorSpec};
pub use spread::{Each, Spread};
