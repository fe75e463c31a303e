//! Kernels of neural networks.

use tensor::Dim;

use crate::Infer;
use crate::spec::merge;
use crate::spec::{Cx, Misfit, Tensor, Val};

/// `BiasAdd`: adds a vector along the channels (`NHWC`: the last axis, `NCHW`: the second).
///
/// # Errors
/// The bias is no vector as long as the channels.
pub fn bias_add(cx: &Cx<'_>, x: Val, bias: Val, format: &str) -> Infer<Tensor> {
    let (x, bias) = if cx.eager() {
        (x, bias)
    } else {
        let x = cx.convert(&x, None)?;
        let bias = cx.convert(&bias, x.dtype)?;
        (Val::T(x), Val::T(bias))
    };
    let mut node = cx.node("BiasAdd", [x, bias])?;
    node.with("data_format", format);
    let (x, bias) = (node.x(0), node.x(1));
    let first = format == "NCHW";
    cx.fit_or("BiasAdd", merge::rank_at_least(&x.shape, if first { 3 } else { 2 }), || {
        format!("Input tensor must be at least 2D: {}", x.shape.bracketed())
    })?;
    let bias_shape = cx.fit_or("BiasAdd", merge::rank(&bias.shape, 1), || {
        format!("Biases must be 1D: {}", bias.shape.bracketed())
    })?;
    let axis = if first { 1 } else { -1 };
    let channels = x.shape.dim(axis).unwrap_or(Dim::Unknown);
    let size = bias_shape.dim(0).unwrap_or(Dim::Unknown);
    let merged = cx.fit_or("BiasAdd", merge::dims(channels, size, "the channels and the bias"), || {
        format!(
            "Must provide as many biases as the {} dimension of the input tensor: {} vs. {}",
            if first { "channel" } else { "last" },
            bias.shape.bracketed(),
            x.shape.bracketed()
        )
    })?;
    let out = match x.rank() {
        Some(rank) => x.shape.with_dim(if first { 1 } else { rank - 1 }, merged),
        None => x.shape.clone(),
    };
    Ok(node.out(out))
}

/// Refuses an axis of a softmax.
///
/// # Errors
/// Always: the exception that TensorFlow's Python code raises in every mode.
pub fn refuse_dim<R>(cx: &Cx<'_>, axis: i64, rank: usize) -> Infer<R> {
    let text = format!(
        "`dim` must be in the range [{}, {rank}) where {rank} is the number of dimensions in the input. Received: dim={axis}",
        -(rank as i64)
    );
    let misfit = Misfit::new(text.clone(), crate::Mistake::AxisOutOfRange { axis, rank });
    cx.raise(crate::Exc::InvalidArgumentError, text, misfit.mistake)
}
