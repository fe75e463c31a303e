//! Kernels that move or repeat elements, and those that only change the shape.
//!
//! source: tensorflow/python/ops/array_grad.py

use array::{Array, Fault, Result};
use smallvec::smallvec;
use tensor::DType;

use super::algebra::{reshape, sizes, sum, transpose, unbroadcast};
use super::reduce::axis_of;
use super::{Applied, Arrays, Back, Grads, Row, Vjp};
use crate::kernels::{index, layout};
use crate::spec::{Tensor, Val};
use crate::{Infer, Stop};

pub(super) static ROWS: &[Row] = &[
    Row {
        kernel: "BroadcastTo",
        eval: broadcast,
        vjp: Vjp::All(|b| first(b, |g| unbroadcast(b.cx, g.clone(), b.x(0)?))),
    },
    Row { kernel: "EnsureShape", eval: |a| Ok(smallvec![a.take(0)?]), vjp: Vjp::One(|_, g| Ok(g)) },
    Row { kernel: "ExpandDims", eval: expand, vjp: Vjp::All(as_it_was) },
    Row { kernel: "MirrorPad", eval: mirror, vjp: Vjp::All(mirror_back) },
    Row { kernel: "MirrorPadGrad", eval: folded, vjp: Vjp::All(folded_back) },
    Row { kernel: "Pad", eval: pad, vjp: Vjp::All(pad_back) },
    Row { kernel: "PadV2", eval: pad, vjp: Vjp::All(pad_back) },
    Row { kernel: "Reshape", eval: shaped, vjp: Vjp::All(as_it_was) },
    Row {
        kernel: "ReverseV2",
        eval: reverse,
        vjp: Vjp::All(|b| first(b, |g| layout::reverse(b.cx, g, b.x(1)?))),
    },
    Row { kernel: "Roll", eval: roll, vjp: Vjp::All(roll_back) },
    Row { kernel: "Squeeze", eval: squeeze, vjp: Vjp::All(as_it_was) },
    Row { kernel: "Tile", eval: tile, vjp: Vjp::All(tile_back) },
    Row { kernel: "Transpose", eval: turned, vjp: Vjp::All(turn_back) },
];

/// The gradient of the first input; the others get none.
pub(super) fn first(b: &Back<'_>, make: impl Fn(&Tensor) -> Infer<Tensor>) -> Infer<Grads> {
    let mut grads: Grads = smallvec![None; b.xs().len()];
    grads[0] = Some(make(b.grad(0)?)?);
    Ok(grads)
}

fn as_it_was(b: &Back<'_>) -> Infer<Grads> {
    first(b, |g| reshape(b.cx, g, &sizes(b.x(0)?)?))
}

fn broadcast(a: &mut Applied<'_>) -> Result<Arrays> {
    Ok(smallvec![a.x(0)?.broadcast_to(&a.x(1)?.to_sizes()?)?])
}

fn expand(a: &mut Applied<'_>) -> Result<Arrays> {
    let x = a.x(0)?;
    let at = axis_of(a.x(1)?.to_int()?, x.rank() + 1)?;
    let mut shape = x.shape().to_vec();
    shape.insert(at, 1);
    Ok(smallvec![x.reshape(&shape)?])
}

fn squeeze(a: &mut Applied<'_>) -> Result<Arrays> {
    let x = a.x(0)?;
    let axes: Result<Vec<usize>> =
        a.step.ints("squeeze_dims").iter().map(|axis| axis_of(*axis, x.rank())).collect();
    let axes = axes?;
    let gone = |axis: usize, size: usize| size == 1 && (axes.is_empty() || axes.contains(&axis));
    let kept = x.shape().iter().enumerate().filter(|(axis, size)| !gone(*axis, **size));
    let shape: Vec<usize> = kept.map(|(_, size)| *size).collect();
    Ok(smallvec![x.reshape(&shape)?])
}

fn shaped(a: &mut Applied<'_>) -> Result<Arrays> {
    let (x, wanted) = (a.x(0)?, a.x(1)?.to_ints()?);
    let known: i64 = wanted.iter().filter(|n| **n >= 0).product();
    let rest = (x.len() as i64).checked_div(known).unwrap_or(0);
    let size = |n: &i64| usize::try_from(if *n < 0 { rest } else { *n }).map_err(|_| Fault::TooLarge);
    let shape: Vec<usize> = wanted.iter().map(size).collect::<Result<_>>()?;
    Ok(smallvec![x.reshape(&shape)?])
}

fn turned(a: &mut Applied<'_>) -> Result<Arrays> {
    let rank = a.x(0)?.rank();
    let order: Vec<usize> =
        a.x(1)?.to_ints()?.into_iter().map(|axis| axis_of(axis, rank)).collect::<Result<_>>()?;
    Ok(smallvec![a.x(0)?.permute(&order)?])
}

fn turn_back(b: &Back<'_>) -> Infer<Grads> {
    let order = b.x(1)?.int_values().ok_or(Stop::Unknown("a permutation that is not known"))?;
    let mut back = vec![0; order.len()];
    for (at, axis) in order.iter().enumerate() {
        let axis = if *axis < 0 { axis + order.len() as i64 } else { *axis };
        if let Some(slot) = usize::try_from(axis).ok().and_then(|axis| back.get_mut(axis)) {
            *slot = at as i64;
        }
    }
    first(b, |g| transpose(b.cx, g, &back))
}

fn tile(a: &mut Applied<'_>) -> Result<Arrays> {
    Ok(smallvec![array::tile(a.x(0)?, &a.x(1)?.to_sizes()?)?])
}

/// Sums over the repetitions.
fn tile_back(b: &Back<'_>) -> Infer<Grads> {
    let times = b.x(1)?.int_values().ok_or(Stop::Unknown("multiples that are not known"))?;
    let own = sizes(b.x(0)?)?;
    let split: Vec<i64> = times.iter().zip(&own).flat_map(|(n, size)| [*n, *size]).collect();
    let axes: Vec<i64> = (0..times.len() as i64).map(|axis| axis * 2).collect();
    first(b, |g| sum(b.cx, &reshape(b.cx, g, &split)?, &axes, false))
}

/// The pairs of a paddings tensor.
fn pairs(paddings: &Array) -> Result<Vec<(usize, usize)>> {
    Ok(paddings.to_sizes()?.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect())
}

fn pad(a: &mut Applied<'_>) -> Result<Arrays> {
    let x = a.x(0)?;
    let value = if a.step.kernel.name == "PadV2" { a.x(2)?.clone() } else { Array::zeros(&[], x.dtype())? };
    Ok(smallvec![array::pad(x, &pairs(a.x(1)?)?, &value)?])
}

fn pad_back(b: &Back<'_>) -> Infer<Grads> {
    let pads = b.x(1)?.int_values().ok_or(Stop::Unknown("paddings that are not known"))?;
    let begin: Vec<i64> = pads.chunks_exact(2).map(|pair| pair[0]).collect();
    let own = sizes(b.x(0)?)?;
    let g = b.grad(0)?;
    let inner = index::slice(b.cx, g, Tensor::vector(&begin), Tensor::vector(&own))?;
    let mut grads: Grads = smallvec![Some(inner.clone()), None];
    if b.step.kernel.name == "PadV2" {
        let all = |t: &Tensor| sum(b.cx, t, &(0..own.len() as i64).collect::<Vec<_>>(), false);
        let border = |_: ()| super::algebra::sub(b.cx, &all(g)?, &all(&inner)?);
        grads.push(b.when(2, || border(()))?);
    }
    Ok(grads)
}

/// Whether the edge itself is repeated.
fn symmetric(a: &Applied<'_>) -> Result<bool> {
    match a.step.text("mode") {
        "SYMMETRIC" => Ok(true),
        "REFLECT" => Ok(false),
        _ => Err(Fault::Unsupported("a mode that is not known")),
    }
}

fn mirror(a: &mut Applied<'_>) -> Result<Arrays> {
    Ok(smallvec![array::mirror_pad(a.x(0)?, &pairs(a.x(1)?)?, symmetric(a)?)?])
}

/// Adds up what a mirror shows of each element.
fn folded(a: &mut Applied<'_>) -> Result<Arrays> {
    let (g, pads) = (a.x(0)?, pairs(a.x(1)?)?);
    let inner = |(size, (before, after)): (&usize, &(usize, usize))| size.checked_sub(before + after);
    let sizes: Option<Vec<usize>> = g.shape().iter().zip(&pads).map(inner).collect();
    let sizes = sizes.ok_or(Fault::Shape("pads larger than what is padded".to_owned()))?;
    let count: usize = sizes.iter().product();
    let numbers = Array::ints(&sizes, DType::Int64, (0..count as i64).collect())?;
    let seen = array::mirror_pad(&numbers, &pads, symmetric(a)?)?.reshape(&[g.len(), 1])?;
    let zeros = Array::zeros(&[count], g.dtype())?;
    let sums = array::scatter_nd(&zeros, &seen, &g.reshape(&[g.len()])?, array::Rows::Add)?;
    Ok(smallvec![sums.reshape(&sizes)?])
}

fn mirror_back(b: &Back<'_>) -> Infer<Grads> {
    let mut node = b.cx.node("MirrorPadGrad", [b.grad(0)?.into(), b.x(1)?.into()])?;
    node.with("mode", b.step.text("mode"));
    Ok(smallvec![Some(node.out(b.x(0)?.shape.clone())), None])
}

fn folded_back(b: &Back<'_>) -> Infer<Grads> {
    let mode = Val::Py(crate::Arg::Str(b.step.text("mode").into()));
    Ok(smallvec![Some(layout::pad(b.cx, "MirrorPad", b.grad(0)?, b.x(1)?, Some(mode))?), None])
}

fn reverse(a: &mut Applied<'_>) -> Result<Arrays> {
    let x = a.x(0)?;
    let (mut starts, mut steps) = (vec![0; x.rank()], vec![1; x.rank()]);
    for axis in a.x(1)?.to_ints()? {
        let at = axis_of(axis, x.rank())?;
        (starts[at], steps[at]) = (x.shape()[at].saturating_sub(1), -1);
    }
    Ok(smallvec![x.window(&starts, x.shape(), &steps)?])
}

fn roll(a: &mut Applied<'_>) -> Result<Arrays> {
    let mut x = a.x(0)?.clone();
    for (shift, axis) in a.x(1)?.to_ints()?.into_iter().zip(a.x(2)?.to_ints()?) {
        let at = axis_of(axis, x.rank())?;
        let size = x.shape()[at];
        if size == 0 {
            continue;
        }
        let by = shift.rem_euclid(size as i64) as usize;
        x = array::concatenate(&[x.narrow(at, size - by, size)?, x.narrow(at, 0, size - by)?], at)?;
    }
    Ok(smallvec![x])
}

fn roll_back(b: &Back<'_>) -> Infer<Grads> {
    let shift = super::algebra::neg(b.cx, b.x(1)?)?;
    first(b, |g| layout::roll(b.cx, g, Val::T(shift.clone()), b.x(2)?))
}
