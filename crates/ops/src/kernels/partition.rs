//! Kernels that move rows between tensors or parts of a tensor into the batch.

use tensor::{Content, Dim, Shape};

use crate::spec::merge::{self, Fit};
use crate::spec::{Cx, Misfit, Tensor, Val};
use crate::{Infer, Mistake};

/// `SpaceToBatchND` and `BatchToSpaceND` (`tensorflow/core/ops/array_ops.cc`): blocks of the axes behind the first
/// move into it, or out of it.
///
/// # Errors
/// Ranks or sizes do not fit the blocks.
pub fn blocks(cx: &Cx<'_>, kernel: &str, x: Val, block: Val, edges: Val) -> Infer<Tensor> {
    let node = cx.node(kernel, [x, block, edges])?;
    let (x, block, edges) = (node.x(0), node.x(1), node.x(2));
    let block_shape = cx.fit(kernel, merge::rank(&block.shape, 1))?;
    let Some(Dim::Known(count)) = block_shape.dim(0) else { return Ok(node.out(Shape::UNKNOWN)) };
    let count = usize::try_from(count).unwrap_or(0);
    let edges_shape = cx.fit(kernel, merge::rank(&edges.shape, 2))?;
    cx.fit(kernel, merge::shapes(&edges_shape, &Shape::known(&[count as i64, 2])))?;
    cx.fit_or(kernel, merge::rank_at_least(&x.shape, count + 1), || {
        format!("input rank should be >= {} instead of {}", count + 1, x.rank().unwrap_or(0))
    })?;
    let Some(dims) = x.shape.dims() else { return Ok(node.out(Shape::UNKNOWN)) };
    let sizes = block.int_values();
    let edges = edges.int_values();
    let mut batch = dims[0];
    let mut out = dims.to_vec();
    for at in 0..count {
        let size = sizes.as_ref().and_then(|s| s.get(at).copied());
        let edge = edges.as_ref().and_then(|e| Some((*e.get(2 * at)?, *e.get(2 * at + 1)?)));
        let moved = if kernel == "SpaceToBatchND" {
            let padded = edge.map_or(Dim::Unknown, |(a, b)| dims[at + 1].plus(Dim::Known(a + b)));
            batch = size.map_or(Dim::Unknown, |s| batch.times(Dim::Known(s)));
            match size {
                Some(size) => cx.fit_or(kernel, merge::divide(padded, size), || {
                    format!("padded_shape[{at}]={padded} is not divisible by block_shape[{at}]={size}")
                })?,
                None => Dim::Unknown,
            }
        } else {
            if let Some(size) = size {
                let known = batch.known().unwrap_or(0);
                batch = cx.fit_or(kernel, merge::divide(batch, size), || {
                    format!(
                        "Input batch dimension ({known}) is not divisible by product of block sizes ({size})"
                    )
                })?;
            } else {
                batch = Dim::Unknown;
            }
            match (size, edge) {
                (Some(size), Some((a, b))) => {
                    let whole = dims[at + 1].times(Dim::Known(size));
                    cx.fit_or(kernel, merge::subtract(whole, Dim::Known(a + b)), || {
                        format!(
                            "cropped_shape[{at}]={} must be non-negative",
                            whole.known().unwrap_or(0) - a - b
                        )
                    })?
                }
                _ => Dim::Unknown,
            }
        };
        out[at + 1] = moved;
    }
    out[0] = batch;
    Ok(node.out(Shape::new(out)))
}

/// `ReverseSequence`: the first elements of each row, as many as `lengths` says.
///
/// # Errors
/// The axes lie outside, or there are not as many lengths as rows.
pub fn reverse_sequence(cx: &Cx<'_>, x: Val, lengths: Val, axis: i64, batch: i64) -> Infer<Tensor> {
    const KERNEL: &str = "ReverseSequence";
    let mut node = cx.node(KERNEL, [x, lengths])?;
    node.with("seq_dim", axis);
    node.with("batch_dim", batch);
    let (x, lengths) = (node.x(0), node.x(1));
    let lengths = cx.fit_or(KERNEL, merge::rank(&lengths.shape, 1), || {
        format!("seq_lengths must be 1-dim, not {}", lengths.rank().unwrap_or(0))
    })?;
    let Some(dims) = x.shape.dims() else { return Ok(node.out(Shape::UNKNOWN)) };
    let rank = dims.len() as i64;
    for (name, at) in [("batch_dim", batch), ("seq_dim", axis)] {
        if at >= rank {
            let text = if cx.eager() {
                format!("{name} must be < input rank ( {at} vs. {rank})")
            } else {
                format!("{name} must be < input rank: {at} vs. {rank}")
            };
            return cx
                .refuse(KERNEL, Misfit::new(text, Mistake::AxisOutOfRange { axis: at, rank: dims.len() }));
        }
    }
    let Some(at) = usize::try_from(batch).ok() else { return Ok(node.out(x.shape.clone())) };
    let rows = cx.fit_or(
        KERNEL,
        merge::dims(dims[at], lengths.dim(0).unwrap_or(Dim::Unknown), "rows and their lengths"),
        || {
            format!(
                "Length of seq_lengths != input.dims({batch}), ({} vs. {})",
                lengths.dim(0).unwrap_or(Dim::Unknown),
                dims[at]
            )
        },
    )?;
    Ok(node.out(x.shape.with_dim(at, rows)))
}

/// `DynamicPartition`: the rows of each partition.
///
/// # Errors
/// The data's shape does not start with that of the partitions.
pub fn partition(cx: &Cx<'_>, data: Val, partitions: Val, count: usize) -> Infer<Vec<Tensor>> {
    const KERNEL: &str = "DynamicPartition";
    let mut node = cx.node(KERNEL, [data, partitions])?;
    node.with("num_partitions", count as i64);
    let (data, partitions) = (node.x(0), node.x(1));
    let rest = cx.fit_or(KERNEL, behind(&data.shape, &partitions.shape), || {
        format!(
            "data.shape must start with partitions.shape, got data.shape = {}, partitions.shape = {}",
            data.shape.bracketed(),
            partitions.shape.bracketed()
        )
    })?;
    let shape = rest.map_or(Shape::UNKNOWN, |rest| std::iter::once(Dim::Unknown).chain(rest).collect());
    Ok((0..count).map(|at| node.part(at, shape.clone())).collect())
}

/// `DynamicStitch`: rows put where their indices say.
///
/// # Errors
/// The data's shapes do not start with those of their indices, or do not agree behind them.
pub fn stitch(cx: &Cx<'_>, kernel: &str, indices: Val, data: Val) -> Infer<Tensor> {
    let node = cx.node(kernel, [indices, data])?;
    let mut rest: Option<Shape> = None;
    let mut largest = Some(-1);
    for (at, (indices, data)) in node.xs(0).iter().zip(node.xs(1)).enumerate() {
        largest = match (largest, indices.int_values()) {
            (Some(so_far), Some(values)) => Some(values.into_iter().fold(so_far, i64::max)),
            _ => None,
        };
        if indices.rank().is_none() {
            continue;
        }
        let own = cx.fit_or(kernel, behind(&data.shape, &indices.shape), || {
            format!(
                "data[{at}].shape = {} does not start with indices[{at}].shape = {}",
                data.shape.bracketed(),
                indices.shape.bracketed()
            )
        })?;
        let own = own.map_or(Shape::UNKNOWN, Shape::new);
        rest = Some(match rest {
            Some(rest) => cx.fit(kernel, merge::shapes(&rest, &own))?,
            None => own,
        });
    }
    let first = largest.map_or(Dim::Unknown, |n| Dim::Known(n + 1));
    let shape = match rest.as_ref().and_then(Shape::dims) {
        Some(rest) => std::iter::once(first).chain(rest.iter().copied()).collect(),
        None => Shape::UNKNOWN,
    };
    Ok(node.out_with(shape, Content::Unknown))
}

/// Merges the first dims of a shape with a prefix; returns the dims behind it, unless a rank is unknown.
pub(super) fn behind(shape: &Shape, prefix: &Shape) -> Fit<Option<Vec<Dim>>> {
    let Some(prefix) = prefix.dims() else { return Ok(None) };
    merge::rank_at_least(shape, prefix.len())?;
    let Some(dims) = shape.dims() else { return Ok(None) };
    for (a, b) in dims.iter().zip(prefix) {
        merge::dims(*a, *b, "rows and their ids")?;
    }
    Ok(Some(dims[prefix.len()..].to_vec()))
}
