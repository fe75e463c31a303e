//! Kernels that put tensors together or take them apart along an axis.
//!
//! source: tensorflow/python/ops/array_grad.py: _ConcatGradV2, _PackGrad, _UnpackGrad, _SplitGrad

use array::{Array, Binary, Fault, Result};
use smallvec::smallvec;

use super::algebra::{sizes, zeros_like};
use super::reduce::axis_of;
use super::{Applied, Arrays, Back, Grads, Row, Vjp};
use crate::kernels::{index, join};
use crate::spec::{Tensor, Val};
use crate::{Infer, Stop};

pub(super) static ROWS: &[Row] = &[
    Row {
        kernel: "AddN",
        eval: total,
        vjp: Vjp::All(|b| Ok(smallvec![Some(b.grad(0)?.clone()); b.xs().len()])),
    },
    Row { kernel: "ConcatV2", eval: concat, vjp: Vjp::All(concat_back) },
    Row { kernel: "Pack", eval: pack, vjp: Vjp::All(pack_back) },
    Row { kernel: "Split", eval: split, vjp: Vjp::All(split_back) },
    Row { kernel: "SplitV", eval: split_sizes, vjp: Vjp::All(split_back) },
    Row { kernel: "Unpack", eval: unpack, vjp: Vjp::All(unpack_back) },
];

fn total(a: &mut Applied<'_>) -> Result<Arrays> {
    let mut parts = a.xs(0).into_iter();
    let first = parts.next().ok_or(Fault::Shape("a sum of nothing".to_owned()))?;
    Ok(smallvec![parts.try_fold(first, |sum, part| array::binary(Binary::Add, sum, &part))?])
}

fn concat(a: &mut Applied<'_>) -> Result<Arrays> {
    let parts = a.xs(0);
    let rank = parts.first().map_or(0, Array::rank);
    Ok(smallvec![array::concatenate(&parts, axis_of(a.x(1)?.to_int()?, rank)?)?])
}

fn concat_back(b: &Back<'_>) -> Infer<Grads> {
    let (axis, parts) = b.xs().split_last().ok_or(Stop::Unknown("a join of nothing"))?;
    let axis = axis.int_value().ok_or(Stop::Unknown("an axis that is not known"))?;
    let g = b.grad(0)?;
    let at = axis_of(axis, g.rank().unwrap_or(0)).map_err(|_| Stop::Unknown("an axis that is not there"))?;
    let mut begin = vec![0; g.rank().unwrap_or(0)];
    let mut grads: Grads = smallvec![];
    for (number, part) in parts.iter().enumerate() {
        let own = sizes(part)?;
        grads.push(b.when(number, || index::slice(b.cx, g, Tensor::vector(&begin), Tensor::vector(&own)))?);
        begin[at] += own[at];
    }
    grads.push(None);
    Ok(grads)
}

fn pack(a: &mut Applied<'_>) -> Result<Arrays> {
    let parts = a.xs(0);
    let rank = parts.first().map_or(0, Array::rank);
    Ok(smallvec![array::stack(&parts, axis_of(a.step.int("axis").unwrap_or(0), rank + 1)?)?])
}

fn pack_back(b: &Back<'_>) -> Infer<Grads> {
    let parts = join::unpack(b.cx, b.grad(0)?, b.xs().len() as i64, b.step.int("axis").unwrap_or(0))?;
    Ok(parts.into_iter().map(Some).collect())
}

/// Cuts along an axis into parts of these sizes.
fn cut(x: &Array, axis: usize, sizes: impl IntoIterator<Item = usize>) -> Result<Arrays> {
    let mut start = 0;
    sizes
        .into_iter()
        .map(|size| {
            start += size;
            x.narrow(axis, start - size, start)
        })
        .collect()
}

fn split(a: &mut Applied<'_>) -> Result<Arrays> {
    let x = a.x(1)?;
    let axis = axis_of(a.x(0)?.to_int()?, x.rank())?;
    let count = usize::try_from(a.step.int("num_split").unwrap_or(1)).unwrap_or(1).max(1);
    cut(x, axis, vec![x.shape()[axis] / count; count])
}

fn split_sizes(a: &mut Applied<'_>) -> Result<Arrays> {
    let (x, sizes) = (a.x(0)?, a.x(1)?.to_ints()?);
    let axis = axis_of(a.x(2)?.to_int()?, x.rank())?;
    let known: i64 = sizes.iter().filter(|n| **n >= 0).sum();
    let rest = x.shape()[axis].saturating_sub(usize::try_from(known).unwrap_or(usize::MAX));
    cut(x, axis, sizes.iter().map(|n| usize::try_from(*n).unwrap_or(rest)))
}

/// Joins the gradients of the parts, zeros where none arrives.
fn split_back(b: &Back<'_>) -> Infer<Grads> {
    let axis = if b.step.kernel.name == "Split" { b.x(0)? } else { b.x(2)? };
    let joined = join::concat(b.cx, Val::list(parts(b)?), axis)?;
    Ok(if b.step.kernel.name == "Split" {
        smallvec![None, Some(joined)]
    } else {
        smallvec![Some(joined), None, None]
    })
}

fn parts(b: &Back<'_>) -> Infer<Vec<Tensor>> {
    (0..b.count()).map(|at| b.g(at).map_or_else(|| zeros_like(b.cx, b.y(at)?), |g| Ok(g.clone()))).collect()
}

fn unpack(a: &mut Applied<'_>) -> Result<Arrays> {
    let x = a.x(0)?;
    let axis = axis_of(a.step.int("axis").unwrap_or(0), x.rank())?;
    let mut shape = x.shape().to_vec();
    let count = shape.remove(axis);
    (0..count).map(|at| x.narrow(axis, at, at + 1)?.reshape(&shape)).collect()
}

fn unpack_back(b: &Back<'_>) -> Infer<Grads> {
    let packed = join::pack(b.cx, Val::list(parts(b)?), b.step.int("axis").unwrap_or(0))?;
    Ok(smallvec![Some(packed)])
}
