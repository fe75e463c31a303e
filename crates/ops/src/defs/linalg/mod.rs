//! Linear algebra.

pub(super) mod batch_dot;
pub(super) mod einsum;
pub(super) mod matmul;
pub(super) mod tensordot;
