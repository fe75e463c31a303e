//! Pools, and the trade of channels for space.
//!
//! source: tensorflow/python/ops/nn_grad.py: _MaxPoolGrad, _AvgPoolGrad, _MaxPoolGradGrad, _AvgPoolGradGrad

use array::{Array, Fault, Result, Slide};
use smallvec::smallvec;
use tensor::DType;

use super::algebra::{sizes, zeros_like};
use super::conv::{as_given, channels_last, first, image_sizes, slide, window};
use super::{Applied, Arrays, Back, Grads, Row, Vjp};
use crate::Infer;
use crate::kernels::pool;
use crate::spec::{Tensor, Val};

pub(super) static ROWS: &[Row] = &[
    Row { kernel: "AvgPool", eval: means, vjp: Vjp::All(|b| mean_back(b, "AvgPoolGrad")) },
    Row { kernel: "AvgPool3D", eval: means, vjp: Vjp::All(|b| mean_back(b, "AvgPool3DGrad")) },
    Row { kernel: "AvgPool3DGrad", eval: shares, vjp: Vjp::All(|b| share_back(b, "AvgPool3D")) },
    Row { kernel: "AvgPoolGrad", eval: shares, vjp: Vjp::All(|b| share_back(b, "AvgPool")) },
    Row { kernel: "DepthToSpace", eval: to_space, vjp: Vjp::One(|b, g| blocks(b, g, "SpaceToDepth")) },
    Row { kernel: "MaxPool", eval: largest, vjp: Vjp::All(|b| largest_back(b, "MaxPoolGrad")) },
    Row { kernel: "MaxPool3D", eval: largest, vjp: Vjp::All(|b| largest_back(b, "MaxPool3DGrad")) },
    Row { kernel: "MaxPool3DGrad", eval: to_all, vjp: Vjp::All(|b| placed_back(b, "MaxPool3DGradGrad")) },
    Row { kernel: "MaxPool3DGradGrad", eval: picked, vjp: Vjp::Missing },
    Row { kernel: "MaxPoolGrad", eval: placed, vjp: Vjp::All(|b| placed_back(b, "MaxPoolGradGrad")) },
    Row { kernel: "MaxPoolGradGrad", eval: picked, vjp: Vjp::All(|b| picked_back(b, "MaxPoolGrad")) },
    Row { kernel: "MaxPoolWithArgmax", eval: with_places, vjp: Vjp::All(|b| largest_back(b, "MaxPoolGrad")) },
    Row { kernel: "SpaceToDepth", eval: to_depth, vjp: Vjp::One(|b, g| blocks(b, g, "DepthToSpace")) },
];

/// How a pool's window slides over an image whose channels come last.
fn pooling(a: &Applied<'_>, image: &[usize]) -> Result<Slide> {
    let ksize = a.step.ints("ksize");
    let channels = if first(a) { 1 } else { ksize.len().saturating_sub(1) };
    let all: Vec<usize> = ksize.iter().map(|n| usize::try_from(*n).unwrap_or(0)).collect();
    if all.first() != Some(&1) || all.get(channels) != Some(&1) {
        return Err(Fault::Unsupported("a pool over channels"));
    }
    let spatial: Vec<usize> = (1..all.len()).filter(|axis| *axis != channels).map(|axis| all[axis]).collect();
    slide(a, image, &spatial)
}

fn largest(a: &mut Applied<'_>) -> Result<Arrays> {
    let x = channels_last(a.x(0)?, first(a))?;
    Ok(smallvec![as_given(&array::max_pool(&x, &pooling(a, x.shape())?)?, first(a))?])
}

fn with_places(a: &mut Applied<'_>) -> Result<Arrays> {
    let x = a.x(0)?;
    let slide = pooling(a, x.shape())?;
    let places = array::max_places(x, &slide)?;
    let image: usize = x.shape()[1..].iter().product();
    // Places are counted in each image anew.
    let own = places.iter().map(|at| (*at as usize % image.max(1)) as i64).collect();
    let values = array::pick(x, &places, &slide)?;
    let at = Array::ints(values.shape(), a.step.dtype("Targmax").unwrap_or(DType::Int64), own)?;
    Ok(smallvec![values, at])
}

fn placed(a: &mut Applied<'_>) -> Result<Arrays> {
    let (x, g) = (channels_last(a.x(0)?, first(a))?, channels_last(a.x(2)?, first(a))?);
    let places = array::max_places(&x, &pooling(a, x.shape())?)?;
    Ok(smallvec![as_given(&array::place(&g, &places, x.shape())?, first(a))?])
}

fn to_all(a: &mut Applied<'_>) -> Result<Arrays> {
    let last = |at: usize| channels_last(a.x(at)?, first(a));
    let (x, y, g) = (last(0)?, last(1)?, last(2)?);
    let grad = array::max_pool_back_to_all(&x, &y, &g, &pooling(a, x.shape())?)?;
    Ok(smallvec![as_given(&grad, first(a))?])
}

fn picked(a: &mut Applied<'_>) -> Result<Arrays> {
    let (x, g) = (channels_last(a.x(0)?, first(a))?, channels_last(a.x(2)?, first(a))?);
    let slide = pooling(a, x.shape())?;
    let picked = array::pick(&g, &array::max_places(&x, &slide)?, &slide)?;
    Ok(smallvec![as_given(&picked, first(a))?])
}

fn means(a: &mut Applied<'_>) -> Result<Arrays> {
    let x = channels_last(a.x(0)?, first(a))?;
    Ok(smallvec![as_given(&array::mean_pool(&x, &pooling(a, x.shape())?)?, first(a))?])
}

fn shares(a: &mut Applied<'_>) -> Result<Arrays> {
    let (image, g) = (image_sizes(a)?, channels_last(a.x(1)?, first(a))?);
    Ok(smallvec![as_given(&array::mean_pool_back(&g, &pooling(a, &image)?, &image)?, first(a))?])
}

/// Applies a gradient kernel with the window of the step.
fn gradient<const N: usize>(
    b: &Back<'_>,
    kernel: &'static str,
    inputs: [Val; N],
    like: &Tensor,
) -> Infer<Tensor> {
    pool::gradient(b.cx, kernel, inputs, like.shape.clone(), b.step.ints("ksize"), &window(b)?)
}

fn largest_back(b: &Back<'_>, kernel: &'static str) -> Infer<Grads> {
    let inputs = [b.x(0)?.into(), b.y(0)?.into(), b.grad(0)?.into()];
    Ok(smallvec![Some(gradient(b, kernel, inputs, b.x(0)?)?)])
}

/// The places of the largest do not move, so zeros arrive at the image.
fn placed_back(b: &Back<'_>, kernel: &'static str) -> Infer<Grads> {
    let inputs = || Ok([b.x(0)?.into(), b.x(1)?.into(), b.grad(0)?.into()]);
    Ok(smallvec![
        b.when(0, || zeros_like(b.cx, b.x(0)?))?,
        b.when(1, || zeros_like(b.cx, b.x(1)?))?,
        b.when(2, || gradient(b, kernel, inputs()?, b.x(2)?))?,
    ])
}

fn picked_back(b: &Back<'_>, kernel: &'static str) -> Infer<Grads> {
    placed_back(b, kernel)
}

fn mean_back(b: &Back<'_>, kernel: &'static str) -> Infer<Grads> {
    let own = Val::T(Tensor::vector(&sizes(b.x(0)?)?));
    Ok(smallvec![Some(gradient(b, kernel, [own, b.grad(0)?.into()], b.x(0)?)?)])
}

fn share_back(b: &Back<'_>, kernel: &'static str) -> Infer<Grads> {
    let pooled = || pool::pool(b.cx, kernel, b.grad(0)?.into(), b.step.ints("ksize"), &window(b)?);
    Ok(smallvec![None, b.when(1, pooled)?])
}

/// Splits the spatial axes into blocks, or joins them.
fn blocks(b: &Back<'_>, g: Tensor, kernel: &'static str) -> Infer<Tensor> {
    let size = b.step.int("block_size").unwrap_or(1);
    pool::blocks(b.cx, kernel, Val::T(g), size, b.step.text("data_format") == "NCHW")
}

fn block(a: &Applied<'_>) -> Result<(Array, [usize; 4], usize)> {
    let x = channels_last(a.x(0)?, first(a))?;
    let &[batch, rows, columns, depth] = x.shape() else {
        return Err(Fault::Shape("no image".to_owned()));
    };
    let size = a.step.int("block_size").and_then(|n| usize::try_from(n).ok()).unwrap_or(1).max(1);
    Ok((x, [batch, rows, columns, depth], size))
}

fn to_space(a: &mut Applied<'_>) -> Result<Arrays> {
    let (x, [batch, rows, columns, depth], size) = block(a)?;
    let depth = depth / (size * size);
    let parts = x.reshape(&[batch, rows, columns, size, size, depth])?.permute(&[0, 1, 3, 2, 4, 5])?;
    Ok(smallvec![as_given(&parts.reshape(&[batch, rows * size, columns * size, depth])?, first(a))?])
}

fn to_depth(a: &mut Applied<'_>) -> Result<Arrays> {
    let (x, [batch, rows, columns, depth], size) = block(a)?;
    let (rows, columns) = (rows / size, columns / size);
    let parts = x.reshape(&[batch, rows, size, columns, size, depth])?.permute(&[0, 1, 3, 2, 4, 5])?;
    Ok(smallvec![as_given(&parts.reshape(&[batch, rows, columns, size * size * depth])?, first(a))?])
}
