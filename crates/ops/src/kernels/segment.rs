//! Kernels that reduce the rows of each segment.

use tensor::{Dim, Shape};

use super::partition::behind;
use crate::Infer;
use crate::Mistake;
use crate::spec::merge;
use crate::spec::{Cx, Tensor, Val};

/// `SegmentSum` and its like, over sorted ids.
///
/// # Errors
/// The ids are no vector, or the data has no rows.
pub fn sorted(cx: &Cx<'_>, kernel: &str, data: Val, ids: Val) -> Infer<Tensor> {
    let node = cx.node(kernel, [data, ids])?;
    let (data, ids) = (node.x(0), node.x(1));
    cx.fit(kernel, merge::rank_at_least(&data.shape, 1))?;
    cx.fit_or(kernel, merge::rank(&ids.shape, 1), || "segment_ids should be a vector.".to_owned())?;
    let Some(dims) = data.shape.dims() else { return Ok(node.out(Shape::UNKNOWN)) };
    if cx.eager() && !ids.shape.dim(0).is_none_or(|n| n.compatible(dims[0])) {
        let fits = merge::dims(dims[0], ids.shape.dim(0).unwrap_or(Dim::Unknown), "rows and their ids");
        cx.fit_or(kernel, fits, || {
            "segment_ids should be the same size as dimension 0 of input.".to_owned()
        })?;
    }
    let count = match ids.int_values().as_deref() {
        Some([]) => Dim::Known(0),
        Some([.., last]) if cx.eager() => Dim::Known(last + 1),
        _ => Dim::Unknown,
    };
    Ok(node.out(std::iter::once(count).chain(dims[1..].iter().copied()).collect()))
}

/// `UnsortedSegmentSum` and its like.
///
/// # Errors
/// The data's shape does not start with that of the ids.
pub fn unsorted(cx: &Cx<'_>, kernel: &str, data: Val, ids: Val, count: Val) -> Infer<Tensor> {
    let node = cx.node(kernel, [data, ids, count])?;
    let (data, ids, count) = (node.x(0), node.x(1), node.x(2));
    cx.fit_or(kernel, merge::rank(&count.shape, 0), || {
        format!("num_segments should be a scalar, not shape {}", count.shape.bracketed())
    })?;
    if ids.rank().is_none() {
        return Ok(node.out(Shape::UNKNOWN));
    }
    let rest = cx.fit_or(kernel, behind(&data.shape, &ids.shape), || {
        let (data, ids) = (data.shape.bracketed(), ids.shape.bracketed());
        format!("data.shape = {data} does not start with segment_ids.shape = {ids}")
    })?;
    let Some(rest) = rest else { return Ok(node.out(Shape::UNKNOWN)) };
    let first = count.content.dims().and_then(|d| d.first().copied()).unwrap_or(Dim::Unknown);
    if let Dim::Known(size @ ..0) = first
        && !cx.eager()
    {
        let text = format!("Dimension size, given by scalar input 2, must be non-negative but is {size}");
        return cx.value_error(text, Mistake::UnknownDim);
    }
    let shape: Shape = std::iter::once(first).chain(rest).collect();
    Ok(node.out(shape))
}
