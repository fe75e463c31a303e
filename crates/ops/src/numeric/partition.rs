//! Kernels that move rows between tensors, backwards, or parts of a tensor into the batch.
//!
//! source: tensorflow/python/ops/data_flow_grad.py, array_grad.py

use array::{Array, Fault, Result, Rows};
use smallvec::smallvec;
use tensor::DType;

use super::algebra::{sizes, zeros_like};
use super::{Applied, Arrays, Back, Grads, Row, Vjp};
use crate::Infer;
use crate::kernels::{index, partition};
use crate::spec::{Tensor, Val};

pub(super) static ROWS: &[Row] = &[
    Row { kernel: "BatchToSpaceND", eval: to_space, vjp: Vjp::All(|b| blocks_back(b, "SpaceToBatchND")) },
    Row { kernel: "DynamicPartition", eval: parted, vjp: Vjp::All(parted_back) },
    Row { kernel: "DynamicStitch", eval: stitched, vjp: Vjp::All(stitched_back) },
    Row { kernel: "ReverseSequence", eval: backwards, vjp: Vjp::All(backwards_back) },
    Row { kernel: "SpaceToBatchND", eval: to_batch, vjp: Vjp::All(|b| blocks_back(b, "BatchToSpaceND")) },
    Row { kernel: "UnravelIndex", eval: unraveled, vjp: Vjp::Missing },
];

/// The sizes of a block, and how many elements are added or cut before and behind each axis.
type Blocks = (Vec<usize>, Vec<(usize, usize)>);

/// The block's sizes, and how many elements are added or cut before and behind each blocked axis.
fn block(a: &Applied<'_>) -> Result<Blocks> {
    let sizes = a.x(1)?.to_sizes()?;
    let edges = a.x(2)?.to_sizes()?.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect::<Vec<_>>();
    if edges.len() != sizes.len() || sizes.contains(&0) || sizes.len() >= a.x(0)?.rank() {
        return Err(Fault::Shape("blocks that do not fit".to_owned()));
    }
    Ok((sizes, edges))
}

fn to_batch(a: &mut Applied<'_>) -> Result<Arrays> {
    let (block, edges) = block(a)?;
    let x = a.x(0)?;
    let count = block.len();
    let rest = x.rank() - count - 1;
    let pads: Vec<_> = [(0, 0)].into_iter().chain(edges).chain(vec![(0, 0); rest]).collect();
    let x = array::pad(x, &pads, &Array::zeros(&[], x.dtype())?)?;
    let shape = x.shape();
    if block.iter().zip(&shape[1..]).any(|(size, length)| !length.is_multiple_of(*size)) {
        return Err(Fault::Shape("an axis that blocks do not divide".to_owned()));
    }
    // The batch, then each axis as blocks and places in them, then the rest.
    let mut split = vec![shape[0]];
    block.iter().zip(&shape[1..]).for_each(|(size, length)| split.extend([length / size, *size]));
    split.extend(&shape[count + 1..]);
    let places = (0..count).map(|i| 2 * i + 2);
    let order: Vec<usize> =
        places.chain([0]).chain((0..count).map(|i| 2 * i + 1)).chain(2 * count + 1..split.len()).collect();
    let mut out = vec![shape[0] * block.iter().product::<usize>()];
    block.iter().zip(&shape[1..]).for_each(|(size, length)| out.push(length / size));
    out.extend(&shape[count + 1..]);
    Ok(smallvec![x.reshape(&split)?.permute(&order)?.reshape(&out)?])
}

fn to_space(a: &mut Applied<'_>) -> Result<Arrays> {
    let (block, edges) = block(a)?;
    let x = a.x(0)?;
    let (count, shape) = (block.len(), x.shape());
    let moved: usize = block.iter().product();
    if !shape[0].is_multiple_of(moved) {
        return Err(Fault::Shape("a batch that blocks do not divide".to_owned()));
    }
    let split: Vec<usize> =
        block.iter().copied().chain([shape[0] / moved]).chain(shape[1..].iter().copied()).collect();
    // The batch, then each axis with the places of its blocks, then the rest.
    let pairs = (0..count).flat_map(|i| [count + 1 + i, i]);
    let order: Vec<usize> = [count].into_iter().chain(pairs).chain(2 * count + 1..split.len()).collect();
    let mut whole = vec![shape[0] / moved];
    block.iter().zip(&shape[1..]).for_each(|(size, length)| whole.push(length * size));
    whole.extend(&shape[count + 1..]);
    let mut out = x.reshape(&split)?.permute(&order)?.reshape(&whole)?;
    for (at, (before, after)) in edges.into_iter().enumerate() {
        let end = whole[at + 1].checked_sub(after).filter(|end| *end >= before);
        let end = end.ok_or(Fault::Shape("more is cut than there is".to_owned()))?;
        out = out.narrow(at + 1, before, end)?;
    }
    Ok(smallvec![out])
}

fn blocks_back(b: &Back<'_>, kernel: &str) -> Infer<Grads> {
    let grad = partition::blocks(b.cx, kernel, b.grad(0)?.into(), b.x(1)?.into(), b.x(2)?.into())?;
    Ok(smallvec![Some(grad), None, None])
}

fn parted(a: &mut Applied<'_>) -> Result<Arrays> {
    let (x, parts) = (a.x(0)?, a.x(1)?);
    let count = a.step.int("num_partitions").and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
    let rows = parts.len();
    let shape = [&[rows], x.shape().get(parts.rank()..).unwrap_or_default()].concat();
    let (x, of) = (x.reshape(&shape)?, parts.to_ints()?);
    if let Some(wrong) = of.iter().find(|n| usize::try_from(**n).map_or(true, |n| n >= count)) {
        return Err(Fault::Index(*wrong, count));
    }
    let own = |part: usize| {
        let places: Vec<i64> =
            of.iter().enumerate().filter(|(_, n)| **n == part as i64).map(|(row, _)| row as i64).collect();
        array::gather(&x, &Array::ints(&[places.len()], DType::Int64, places)?, 0, 0)
    };
    (0..count).map(own).collect()
}

/// The rows' places are parted alike, and say where their gradients belong.
fn parted_back(b: &Back<'_>) -> Infer<Grads> {
    let (cx, own) = (b.cx, sizes(b.x(0)?)?);
    let prefix = sizes(b.x(1)?)?;
    let places = Tensor::ints(prefix.clone(), DType::Int32, (0..prefix.iter().product()).collect());
    let parted = partition::partition(cx, Val::T(places), b.x(1)?.into(), b.count())?;
    let grads: Vec<Val> = (0..b.count())
        .map(|at| match b.g(at) {
            Some(g) => Ok(g.into()),
            None => zeros_like(cx, b.y(at)?).map(Val::T),
        })
        .collect::<Infer<_>>()?;
    let whole = partition::stitch(cx, "DynamicStitch", Val::list(parted), Val::List(grads))?;
    Ok(smallvec![Some(super::algebra::reshape(cx, &whole, &own)?), None])
}

fn stitched(a: &mut Applied<'_>) -> Result<Arrays> {
    let (indices, data) = (a.xs(0), a.xs(1));
    let first = indices.first().zip(data.first()).ok_or(Fault::Shape("nothing to stitch".to_owned()))?;
    let rest = first.1.shape().get(first.0.rank()..).unwrap_or_default().to_vec();
    let mut places = Vec::new();
    let mut rows = Vec::new();
    for (at, x) in indices.iter().zip(&data) {
        places.extend(at.to_ints()?);
        rows.push(x.reshape(&[&[at.len()], &rest[..]].concat())?);
    }
    let count = places.iter().max().map_or(0, |n| n + 1);
    let count = usize::try_from(count).map_err(|_| Fault::Index(count, 0))?;
    let rows = array::concatenate(&rows, 0)?;
    let at = Array::ints(&[places.len(), 1], DType::Int64, places)?;
    let empty = Array::zeros(&[&[count], &rest[..]].concat(), rows.dtype())?;
    Ok(smallvec![array::scatter_nd(&empty, &at, &rows, Rows::Set)?])
}

fn stitched_back(b: &Back<'_>) -> Infer<Grads> {
    let half = b.xs().len() / 2;
    let mut grads: Grads = smallvec![None; half];
    for at in 0..half {
        let own = || index::gather(b.cx, b.grad(0)?, b.x(at)?, 0_i64, 0);
        grads.push(b.when(half + at, own)?);
    }
    Ok(grads)
}

/// The axis of a sequence and that of its batch.
fn axes(step: &super::Step) -> (i64, i64) {
    (step.int("seq_dim").unwrap_or(1), step.int("batch_dim").unwrap_or(0))
}

fn backwards(a: &mut Applied<'_>) -> Result<Arrays> {
    let (x, lengths) = (a.x(0)?, a.x(1)?.to_sizes()?);
    let (axis, batch) = axes(a.step);
    let at = |n: i64| usize::try_from(n).ok().filter(|n| *n < x.rank()).ok_or(Fault::Index(n, x.rank()));
    let (axis, batch) = (at(axis)?, at(batch)?);
    let steps = x.shape()[axis];
    let rows: Result<Vec<Array>> = lengths
        .iter()
        .enumerate()
        .map(|(row, length)| {
            let length = *length.min(&steps);
            let order = (0..steps).map(|i| if i < length { length - 1 - i } else { i } as i64).collect();
            array::gather(
                &x.narrow(batch, row, row + 1)?,
                &Array::ints(&[steps], DType::Int64, order)?,
                axis,
                0,
            )
        })
        .collect();
    Ok(smallvec![array::concatenate(&rows?, batch)?])
}

fn backwards_back(b: &Back<'_>) -> Infer<Grads> {
    let (axis, batch) = axes(b.step);
    let grad = partition::reverse_sequence(b.cx, b.grad(0)?.into(), b.x(1)?.into(), axis, batch)?;
    Ok(smallvec![Some(grad), None])
}

/// The coordinates of places in a shape: one row for each axis.
fn unraveled(a: &mut Applied<'_>) -> Result<Arrays> {
    let (places, dims) = (a.x(0)?, a.x(1)?.to_sizes()?);
    let count: usize = dims.iter().product();
    let flat = places.to_ints()?;
    if let Some(wrong) = flat.iter().find(|n| usize::try_from(**n).map_or(true, |n| n >= count)) {
        return Err(Fault::Index(*wrong, count));
    }
    let along = |axis: usize| {
        let inner = dims[axis + 1..].iter().product::<usize>() as i64;
        let size = dims[axis] as i64;
        flat.iter().map(|n| n / inner % size).collect::<Vec<_>>()
    };
    let values: Vec<i64> = (0..dims.len()).flat_map(along).collect();
    let shape = if places.rank() == 0 { vec![dims.len()] } else { vec![dims.len(), flat.len()] };
    Ok(smallvec![Array::ints(&shape, places.dtype(), values)?])
}
