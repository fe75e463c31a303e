//! Arithmetic in kernels, as gradient functions are written.

use tensor::{DType, Dim};

use crate::kernels::{layout, linalg, pointwise, reduce, shape};
use crate::spec::{Cx, Tensor, Val};
use crate::{Infer, Stop};

/// A scalar of a tensor's dtype.
pub(super) fn number(cx: &Cx<'_>, value: f64, like: &Tensor) -> Infer<Tensor> {
    let value = match like.dtype {
        Some(d) if d.is_integer() => Val::from(value as i64),
        _ => Val::from(value),
    };
    cx.convert(&value, like.dtype)
}

/// Applies an element-wise kernel.
pub(super) fn unary(cx: &Cx<'_>, kernel: &str, x: &Tensor) -> Infer<Tensor> {
    pointwise::unary(cx, kernel, x)
}

/// Applies a kernel to two tensors.
pub(super) fn binary(cx: &Cx<'_>, kernel: &str, x: &Tensor, y: &Tensor) -> Infer<Tensor> {
    pointwise::binary(cx, kernel, x, y)
}

/// `x + y`.
pub(super) fn add(cx: &Cx<'_>, x: &Tensor, y: &Tensor) -> Infer<Tensor> {
    binary(cx, "AddV2", x, y)
}

/// `x - y`.
pub(super) fn sub(cx: &Cx<'_>, x: &Tensor, y: &Tensor) -> Infer<Tensor> {
    binary(cx, "Sub", x, y)
}

/// `x * y`.
pub(super) fn mul(cx: &Cx<'_>, x: &Tensor, y: &Tensor) -> Infer<Tensor> {
    binary(cx, "Mul", x, y)
}

/// `x / y`.
pub(super) fn div(cx: &Cx<'_>, x: &Tensor, y: &Tensor) -> Infer<Tensor> {
    binary(cx, "RealDiv", x, y)
}

/// `-x`.
pub(super) fn neg(cx: &Cx<'_>, x: &Tensor) -> Infer<Tensor> {
    unary(cx, "Neg", x)
}

/// `x * value`.
pub(super) fn scale(cx: &Cx<'_>, x: &Tensor, value: f64) -> Infer<Tensor> {
    mul(cx, x, &number(cx, value, x)?)
}

/// `x + value`.
pub(super) fn shift(cx: &Cx<'_>, x: &Tensor, value: f64) -> Infer<Tensor> {
    add(cx, x, &number(cx, value, x)?)
}

/// The complex conjugate; a real tensor itself.
pub(super) fn conj(cx: &Cx<'_>, x: &Tensor) -> Infer<Tensor> {
    if x.dtype.is_some_and(DType::is_complex) { unary(cx, "Conj", x) } else { Ok(x.clone()) }
}

/// A complex tensor of its parts.
pub(super) fn complex(cx: &Cx<'_>, re: &Tensor, im: &Tensor) -> Infer<Tensor> {
    let mut node = cx.node("Complex", [re.into(), im.into()])?;
    let double = re.dtype == Some(DType::Float64);
    node.set("Tout", Some(if double { DType::Complex128 } else { DType::Complex64 }));
    Ok(node.out(re.shape.clone()))
}

/// A part of a complex tensor: `Real` or `Imag`.
pub(super) fn part(cx: &Cx<'_>, kernel: &str, x: &Tensor) -> Infer<Tensor> {
    let mut node = cx.node(kernel, [x.into()])?;
    let double = x.dtype == Some(DType::Complex128);
    node.set("Tout", Some(if double { DType::Float64 } else { DType::Float32 }));
    Ok(node.out(x.shape.clone()))
}

/// Zeros of a tensor's shape and dtype.
pub(super) fn zeros_like(cx: &Cx<'_>, x: &Tensor) -> Infer<Tensor> {
    unary(cx, "ZerosLike", x)
}

/// Ones of a tensor's shape and dtype.
pub(super) fn ones_like(cx: &Cx<'_>, x: &Tensor) -> Infer<Tensor> {
    unary(cx, "OnesLike", x)
}

/// `tf.where(condition, x, y)`.
pub(super) fn select(cx: &Cx<'_>, condition: &Tensor, x: &Tensor, y: &Tensor) -> Infer<Tensor> {
    crate::kernels::index::select(cx, condition.into(), x.into(), y.into())
}

/// The tensor's sizes, which must be known.
///
/// # Errors
/// One is not.
pub(super) fn sizes(x: &Tensor) -> Infer<Vec<i64>> {
    x.shape.all_known().ok_or(Stop::Unknown("a gradient of a tensor whose shape is not known"))
}

/// `tf.reshape(x, sizes)`.
pub(super) fn reshape(cx: &Cx<'_>, x: &Tensor, sizes: &[i64]) -> Infer<Tensor> {
    if x.shape.all_known().as_deref() == Some(sizes) {
        return Ok(x.clone());
    }
    shape::reshape(cx, x, Tensor::vector(sizes))
}

/// `tf.reduce_sum(x, axes, keepdims)`.
pub(super) fn sum(cx: &Cx<'_>, x: &Tensor, axes: &[i64], keepdims: bool) -> Infer<Tensor> {
    reduce::reduce(cx, "Sum", x, &reduce::Axes::Some(Val::T(Tensor::vector(axes))), keepdims)
}

/// `tf.broadcast_to(x, sizes)`.
pub(super) fn broadcast_to(cx: &Cx<'_>, x: &Tensor, sizes: &[i64]) -> Infer<Tensor> {
    shape::broadcast_to(cx, x, Tensor::vector(sizes))
}

/// `tf.transpose(x, order)`.
pub(super) fn transpose(cx: &Cx<'_>, x: &Tensor, order: &[i64]) -> Infer<Tensor> {
    layout::transpose(cx, x, Tensor::vector(order))
}

/// A product of matrices, with batch dims or without, of operands that may be adjoint.
pub(super) fn matmul(cx: &Cx<'_>, a: &Tensor, b: &Tensor, adjoint_a: bool, adjoint_b: bool) -> Infer<Tensor> {
    if a.rank() == Some(2) && b.rank() == Some(2) && !a.dtype.is_some_and(DType::is_complex) {
        return linalg::mat_mul(cx, a.into(), b.into(), adjoint_a, adjoint_b);
    }
    linalg::batch_mat_mul(cx, a.into(), b.into(), adjoint_a, adjoint_b)
}

/// Sums a gradient over the axes along which an operand was broadcast, to the operand's shape.
///
/// source: tensorflow/python/ops/math_ops.py: _ReduceGradientArgs
pub(super) fn unbroadcast(cx: &Cx<'_>, grad: Tensor, operand: &Tensor) -> Infer<Tensor> {
    let (Some(have), Some(want)) = (grad.shape.dims(), operand.shape.dims()) else {
        return Err(Stop::Unknown("a gradient of a tensor of unknown rank"));
    };
    if have == want {
        return Ok(grad);
    }
    let skip = have.len().saturating_sub(want.len());
    let mut axes = Vec::new();
    for (axis, dim) in have.iter().enumerate() {
        let own = axis.checked_sub(skip).map(|at| want[at]);
        match (own, *dim) {
            (None, _) | (Some(Dim::Known(1)), _) => axes.push(axis as i64),
            (Some(own), dim) if own == dim && own.is_known() => {}
            _ => return Err(Stop::Unknown("a gradient whose broadcast axes are not known")),
        }
    }
    let kept = sizes(operand)?;
    let summed = sum(cx, &grad, &axes, false)?;
    reshape(cx, &summed, &kept)
}
