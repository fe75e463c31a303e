//! TensorFlow's kernels: what each op type does to shapes, dtypes and known contents, and what it refuses.
//!
//! The texts are those of the shape functions in `tensorflow/core/ops/*.cc` while tracing, and those of the
//! kernels in `tensorflow/core/kernels/*` on values. Public functions in `crate::defs` compose these.

pub mod conv;
pub mod einsum;
pub mod fourier;
pub mod image;
pub mod index;
pub mod join;
pub mod layout;
pub mod linalg;
pub mod loss;
pub mod nn;
pub mod partition;
pub mod pointwise;
pub mod pool;
pub mod random;
pub mod reduce;
pub mod segment;
pub mod shape;
pub mod stride;
pub mod window;
