//! NumPy's functions.
//!
//! They are rows of their own beside TensorFlow's and Keras': NumPy converts, promotes and complains in its own
//! way, and no gradient passes through it. An op's name is the function's path; operators and methods of
//! arrays find it by that.

mod create;
mod join;
mod layout;
mod linalg;
mod pick;
mod random;
mod reduce;
mod sort;
mod ufunc;

use crate::{Call, Eval, Gradient, Infer, Op, Outputs};

/// Every family.
pub(super) static FAMILIES: &[&[Op]] = &[
    create::OPS,
    join::OPS,
    layout::OPS,
    linalg::OPS,
    pick::OPS,
    random::OPS,
    reduce::OPS,
    sort::OPS,
    ufunc::OPS,
];

/// One row: the rule follows known elements itself.
const fn row(
    name: &'static str,
    apis: &'static [&'static str],
    infer: fn(&Call<'_>) -> Infer<Outputs>,
) -> Op {
    let source = "numpy/_core, numpy/lib";
    Op { name, apis, infer, gradient: Gradient::NotDifferentiable, eval: Eval::Kernels, source, kernel: "" }
}
