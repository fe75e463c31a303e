//! Numbers: what a call consists of, how each kernel computes, and how gradients are taken through it.
//!
//! Every op is composed of kernels (`crate::kernels`), each of which is applied through [`Cx::node`]. With a
//! [`Recorder`] at hand, each application becomes a [`Step`] of a [`Program`]: the kernel, its attributes and
//! its inputs. A step whose inputs are known is computed at once, so that one mechanism serves three ends:
//! with all operands known a call is carried out eagerly, with none it is traced, and constants are folded
//! in both. Without a recorder nothing of this happens: the checker pays a null pointer.
//!
//! What a kernel does with numbers is one [`Row`]: `eval` on arrays, and `vjp`, which is written in kernels
//! again, through the same functions that ops are composed of. A gradient is therefore recorded like
//! anything else and can be differentiated once more. Rows stand in a file for each family, named like the
//! family's file in `crate::kernels`.
//!
//! [`Cx::node`]: crate::spec::Cx::node

mod algebra;
mod backward;
mod conv;
mod einsum;
mod elementwise;
mod factor;
mod fourier;
mod image;
mod image_back;
mod index;
mod join;
mod layout;
mod linalg;
mod make;
mod nn;
mod pairs;
mod partition;
mod pointwise;
mod pool;
mod program;
mod random;
mod recorder;
mod reduce;
mod row;
mod segment;
mod strings;

pub(crate) use einsum::einsum_of;
pub(crate) use factor::cross_of;

pub use backward::{gradients, gradients_within};
pub use elementwise::Elementwise;
pub use program::{Attr, Attrs, Draws, Program, Source, Step, StepId, Value, ValueId};
pub use recorder::{Missing, Recorder, array_of, content_of, shape_of, spec_of};
pub use row::{Applied, Arrays, Back, Eval, Grads, Row, Vjp, row, rows};
