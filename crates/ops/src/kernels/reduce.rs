//! Kernels that reduce, scan or order elements along axes.

use tensor::{Array, Content, DType, Dim, Shape};

use crate::spec::merge;
use crate::spec::{Cx, Misfit, Tensor, Val, fold};
use crate::{Infer, Mistake};

/// The axes of a reduction.
#[derive(Clone, Debug, PartialEq)]
pub enum Axes {
    /// All of them: `axis=None`.
    All,
    /// These.
    Some(Val),
}

impl Axes {
    /// Reads an `axis` argument.
    pub fn of(val: &Val) -> Axes {
        if val.is_none() { Axes::All } else { Axes::Some(val.clone()) }
    }

    /// Makes axes of ints.
    pub fn ints(axes: &[i64]) -> Axes {
        Axes::Some(Val::ints(axes))
    }
}

/// Applies a reduction kernel: `Sum`, `Mean`, `Prod`, `Max`, `Min`, `All`, `Any`, `EuclideanNorm`.
///
/// # Errors
/// An axis lies outside of the rank, or the dtype is not taken.
pub fn reduce(cx: &Cx<'_>, kernel: &str, x: impl Into<Val>, axes: &Axes, keepdims: bool) -> Infer<Tensor> {
    let x = x.into();
    let axes = match axes {
        Axes::Some(axes) => axes.clone(),
        Axes::All => {
            let rank = match &x {
                Val::T(t) => t.rank(),
                other => cx.convert(other, None)?.rank(),
            };
            match rank {
                Some(rank) => Val::T(Tensor::vector(&(0..rank as i64).collect::<Vec<_>>())),
                None => {
                    // Every axis of an unknown rank: a scalar, or that rank of ones.
                    let unknown = Tensor::new(Shape::new([Dim::Unknown]), DType::Int32);
                    let node = cx.node(kernel, [x, Val::T(unknown)])?;
                    return Ok(node.out(if keepdims { Shape::UNKNOWN } else { Shape::scalar() }));
                }
            }
        }
    };
    let mut node = cx.node(kernel, [x, axes])?;
    node.with("keep_dims", keepdims);
    let (x, axes) = (node.x(0), node.x(1));
    cx.fit(kernel, merge::rank_at_most(&axes.shape, 1))?;
    let Some(dims) = x.shape.dims() else { return Ok(node.out(Shape::UNKNOWN)) };
    let Some(axes) = axes.int_values() else {
        return Ok(node.out(if keepdims { Shape::of_rank(dims.len()) } else { Shape::UNKNOWN }));
    };
    let rank = dims.len();
    let mut reduced = vec![false; rank];
    for axis in &axes {
        let at = merge::axis(*axis, rank, || {
            format!("Invalid reduction dimension {axis} for input with {rank} dimensions.")
        });
        let at = cx.fit_or(kernel, at, || {
            format!("Invalid reduction dimension ({axis} for input with {rank} dimension(s)")
        })?;
        if reduced[at] && cx.eager() {
            let text = format!("Invalid reduction arguments: Axes contains duplicate dimension: {at}");
            return cx.refuse(kernel, Misfit::argument("axis", text));
        }
        reduced[at] = true;
    }
    let kept = dims.iter().zip(&reduced).filter_map(|(dim, gone)| match (gone, keepdims) {
        (true, true) => Some(Dim::Known(1)),
        (true, false) => None,
        (false, _) => Some(*dim),
    });
    let shape: Shape = kept.collect();
    let content = reduced_content(kernel, x, &reduced, &shape);
    Ok(node.out_with(shape, content))
}

/// Reduces known elements.
fn reduced_content(kernel: &str, x: &Tensor, reduced: &[bool], shape: &Shape) -> Content {
    let (Content::Array(array), Some(sizes), Some(dtype)) = (&x.content, shape.all_known(), x.dtype) else {
        return Content::Unknown;
    };
    let Some(values) = array.data.to_floats() else { return Content::Unknown };
    let (start, step): (f64, fn(f64, f64) -> f64) = match kernel {
        "Sum" | "Mean" => (0.0, |a, b| a + b),
        "Prod" => (1.0, |a, b| a * b),
        "Max" => (f64::NEG_INFINITY, f64::max),
        "Min" => (f64::INFINITY, f64::min),
        "All" => (1.0, |a, b| a * b),
        "Any" => (0.0, f64::max),
        "EuclideanNorm" => (0.0, |a, b| a + b * b),
        _ => return Content::Unknown,
    };
    // The kept axes alone, in the layout without the reduced ones, decide on the place.
    let kept: Vec<i64> =
        array.shape.iter().zip(reduced).filter(|(_, gone)| !**gone).map(|(n, _)| *n).collect();
    let count = kept.iter().product::<i64>();
    let mut out = vec![start; usize::try_from(count).unwrap_or(0)];
    let mut at = 0;
    fold::for_each_index(&array.shape, |index| {
        let place = index.iter().zip(&array.shape).zip(reduced).filter(|(_, gone)| !**gone);
        let place = place.fold(0, |at, ((i, n), _)| at * n + i);
        if let Some(slot) = out.get_mut(usize::try_from(place).unwrap_or(0)) {
            *slot = step(*slot, values[at]);
        }
        at += 1;
    });
    let per = if out.is_empty() { 0.0 } else { values.len() as f64 / out.len() as f64 };
    match kernel {
        "Mean" if dtype.is_integer() => out.iter_mut().for_each(|v| *v = (*v / per).trunc()),
        "Mean" => out.iter_mut().for_each(|v| *v /= per),
        "EuclideanNorm" => out.iter_mut().for_each(|v| *v = v.sqrt()),
        _ => {}
    }
    fold::data(out, dtype)
        .and_then(|data| Array::new(sizes, dtype, data))
        .map_or(Content::Unknown, |a| Content::Array(a.into()))
}

/// `ArgMax` or `ArgMin`.
///
/// # Errors
/// The axis lies outside of the rank.
pub fn arg(cx: &Cx<'_>, kernel: &str, x: impl Into<Val>, axis: impl Into<Val>, out: DType) -> Infer<Tensor> {
    let mut node = cx.node(kernel, [x.into(), axis.into()])?;
    node.set("output_type", Some(out));
    let (x, axis) = (node.x(0), node.x(1));
    cx.fit(kernel, merge::rank(&axis.shape, 0))?;
    let Some(rank) = x.rank() else { return Ok(node.out(Shape::UNKNOWN)) };
    if rank <= 1 && !cx.eager() {
        return Ok(node.out(Shape::scalar()));
    }
    let Some(axis) = axis.int_value() else { return Ok(node.out(Shape::of_rank(rank.saturating_sub(1)))) };
    let at = merge::axis(axis, rank, || {
        format!(
            "Dimension ({axis}) must be in the range [{}, {rank}), where {rank} is the number of dimensions in the input.",
            -(rank as i64)
        )
    });
    let at = cx.fit_or(kernel, at, || {
        format!("Expected dimension in the range [-{rank}, {rank}), but got {axis}")
    })?;
    let mut dims = x.shape.dims().unwrap_or_default().to_vec();
    dims.remove(at);
    Ok(node.out(Shape::new(dims)))
}

/// `Cumsum`, `Cumprod` or `CumulativeLogsumexp`: the axis is looked at only on values.
///
/// # Errors
/// The axis is no scalar, or lies outside of the rank on values.
pub fn scan(
    cx: &Cx<'_>,
    kernel: &str,
    x: impl Into<Val>,
    axis: impl Into<Val>,
    (exclusive, reverse): (bool, bool),
) -> Infer<Tensor> {
    let mut node = cx.node(kernel, [x.into(), axis.into()])?;
    node.with("exclusive", exclusive);
    node.with("reverse", reverse);
    let (x, axis) = (node.x(0), node.x(1));
    if let (true, Some(rank), Some(axis)) = (cx.eager(), x.rank(), axis.int_value()) {
        let at = merge::axis(axis, rank, || {
            format!("ScanOp: Expected scan axis in the range [-{rank}, {rank}), but got {axis}")
        });
        cx.fit(kernel, at)?;
    }
    Ok(node.out(x.shape.clone()))
}

/// `TopKV2`: values and indices of the `k` largest along the last axis.
///
/// # Errors
/// The last axis is shorter than `k`.
pub fn top_k(cx: &Cx<'_>, x: impl Into<Val>, k: impl Into<Val>, index: DType) -> Infer<(Tensor, Tensor)> {
    let mut node = cx.node("TopKV2", [x.into(), k.into()])?;
    node.set("index_type", Some(index));
    let (x, k) = (node.x(0), node.x(1));
    cx.fit("TopKV2", merge::rank_at_least(&x.shape, 1))?;
    let k = fold::scalar_dim(&k.content);
    let Some(rank) = x.rank() else { return Ok((node.out(Shape::UNKNOWN), node.nth(1, Shape::UNKNOWN))) };
    let last = x.shape.dim(-1).unwrap_or(Dim::Unknown);
    if let (Dim::Known(have), Dim::Known(want)) = (last, k) {
        if want < 0 {
            return cx.refuse("TopKV2", Misfit::argument("k", format!("Need k >= 0, got {want}")));
        }
        if have < want {
            let text = if cx.eager() {
                format!("input must have at least k columns. Had {have}, needed {want}")
            } else {
                format!("input must have last dimension >= k = {want} but is {have}")
            };
            let mistake = Mistake::DimMismatch { left: last, right: k, what: "the last axis and k" };
            return cx.refuse("TopKV2", Misfit::new(text, mistake));
        }
    }
    let shape = x.shape.with_dim(rank - 1, k);
    Ok((node.out(shape.clone()), node.nth(1, shape)))
}

/// `Unique`: the distinct elements of a vector and where each element is among them.
///
/// # Errors
/// The tensor is no vector.
pub fn unique(cx: &Cx<'_>, x: impl Into<Val>, index: DType) -> Infer<(Tensor, Tensor)> {
    let mut node = cx.node("Unique", [x.into()])?;
    node.set("out_idx", Some(index));
    let x =
        cx.fit_or("Unique", merge::rank(&node.x(0).shape, 1), || "unique expects a 1D vector.".to_owned())?;
    Ok((node.out(Shape::new([Dim::Unknown])), node.nth(1, x)))
}
