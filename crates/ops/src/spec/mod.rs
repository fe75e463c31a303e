//! The vocabulary of spec rules: what many ops say about shapes, dtypes, contents, gradients and errors.
//!
//! A public function such as `tf.nn.moments`, `K.batch_dot` or `keras.ops.std` is Python code over a few
//! hundred TensorFlow *kernels* (`Mean`, `BatchMatMulV2`, `Squeeze`). Each kernel's behaviour is stated once,
//! in `crate::kernels`; a rule composes them as the framework does, and shape, dtype, error text, known
//! contents and gradient flow of the composite follow:
//!
//! ```text
//! fn std(cx: &Cx) -> Infer<Val> {            // keras/src/backend/tensorflow/numpy.py: std
//!     let x = cx.tensor(X)?;
//!     let mean = reduce::mean(cx, &x, &axes, true)?;
//!     ...
//! }
//! ```
//!
//! - [`Cx`] is one call being inferred: its arguments as [`Val`]s, its mode and its profile.
//! - [`Val`] is an argument or a result; [`Tensor`] a tensor in it, which remembers how gradients reach the
//!   call's operands ([`Reach`]).
//! - [`convert`](Cx::convert) is `tf.convert_to_tensor`; [`Cx::kernel`] converts a kernel's inputs and checks
//!   their dtypes as TensorFlow's op registry does.
//! - [`merge`] holds the shape functions' helpers and their texts, [`fold`] the arithmetic on known contents.

mod attribute;
mod convert;
mod cx;
pub mod fold;
pub mod keras;
mod kernel;
pub mod merge;
mod node;
pub mod numpy;
pub mod repr;
mod slope;
mod value;

pub use attribute::has_attribute;
pub use convert::partly_known;
pub use cx::{Cx, no_cast, on_values, run};
pub use kernel::{Input, Kernel, KernelRef, Slope, Ty, kernel};
pub use merge::Misfit;
pub use node::Node;
pub use repr::{repr, text_of, type_name};
pub use slope::slope_of;
pub(crate) use value::vector_of;
pub use value::{Reach, Tensor, Val};
