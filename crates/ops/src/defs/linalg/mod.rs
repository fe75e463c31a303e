//! Linear algebra.

pub(super) mod dot;
pub(super) mod einsum;
pub(super) mod matmul;
pub(super) mod matrix;
pub(super) mod more;
mod square;
