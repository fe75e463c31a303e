//! The elements of `keras.ops.take_along_axis`.
//!
//! source: keras/src/backend/tensorflow/numpy.py: take_along_axis

use tensor::DType;

use crate::Infer;
use crate::kernels::index::{gather, select};
use crate::kernels::pointwise::binary;
use crate::kernels::shape::{broadcast_to, reshape};
use crate::spec::{Cx, Tensor, Val, fold};

/// The elements at places along an axis, found by their places among all elements.
pub(super) fn taken(
    cx: &Cx<'_>,
    x: &Tensor,
    indices: &Tensor,
    at: usize,
    from: &[i64],
    sizes: &[i64],
) -> Infer<Tensor> {
    let mut whole = sizes.to_vec();
    whole[at] = from[at];
    let spread = |t: &Tensor, to: &[i64]| broadcast_to(cx, t, Val::ints(to));
    let elements = reshape(cx, spread(x, &whole)?, Val::ints(&[-1]))?;
    let indices = spread(indices, sizes)?;
    let long = |values: i64| cx.convert(&Val::from(values), Some(DType::Int64));
    let below = binary(cx, "Less", &indices, long(0)?)?;
    let wrapped = binary(cx, "AddV2", &indices, long(from[at])?)?;
    let indices = select(cx, Val::T(below), Val::T(wrapped), Val::T(indices))?;
    // Where the line begins along which an element lies, and how far its elements are apart.
    let strides: Vec<i64> = (0..whole.len()).map(|axis| whole[axis + 1..].iter().product()).collect();
    let mut starts = Vec::new();
    fold::for_each_index(sizes, |index| {
        let outside = index.iter().zip(&strides).enumerate().filter(|(axis, _)| *axis != at);
        starts.push(outside.map(|(_, (i, stride))| i * stride).sum());
    });
    let starts = Tensor::ints(sizes.to_vec(), DType::Int64, starts);
    let places = binary(cx, "AddV2", binary(cx, "Mul", indices, long(strides[at])?)?, starts)?;
    gather(cx, elements, places, Val::from(0), 0)
}
