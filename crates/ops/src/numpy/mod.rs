//! The vocabulary of NumPy's rules: arrays made of arguments, axes, broadcasting, indexing, known elements.
//!
//! NumPy converts, promotes and complains in ways of its own, so its functions are rows of their own beside
//! TensorFlow's; what they have in common is stated here, the functions themselves in `defs/numpy_*.rs`:
//!
//! ```text
//! fn roll(np: &Np) -> Infer<Outputs> {
//!     let x = np.array(X)?;
//!     np.axes(AXIS, &x)?;
//!     Ok(Nd::new(x.shape, x.dtype).output())
//! }
//! ```
//!
//! - [`Np`] is one call; it reads arguments as NumPy does and makes its exceptions.
//! - [`Nd`] is an array or a Python scalar that takes part in arithmetic.
//! - Known elements are followed up to [`tensor::MAX_ELEMENTS`], because they drive shapes: `np.unique(y)`,
//!   `np.eye(3)[labels]`, `y.max() + 1`.

pub mod convert;
pub mod cx;
pub mod elements;
pub mod index;
mod nd;
pub mod numbers;
pub mod promote;
pub mod random;

pub(crate) use cx::no_array;
pub use cx::{Np, call};
pub use nd::{Nd, Weak};
