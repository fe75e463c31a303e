//! Kernels that put tensors together or take them apart along an axis.

use tensor::{Array, Content, Data, Dim, Shape};

use crate::spec::merge;
use crate::spec::{Cx, Misfit, Node, Tensor, Val, fold};
use crate::{Infer, Mistake};

/// `Pack`: stacks tensors along a new axis.
///
/// # Errors
/// Shapes or dtypes differ, or the axis lies outside of `[-rank - 1, rank]`.
pub fn pack(cx: &Cx<'_>, values: Val, axis: i64) -> Infer<Tensor> {
    let mut node = cx.node("Pack", [values])?;
    node.with("axis", axis);
    let parts = node.xs(0);
    let mut shape = Shape::UNKNOWN;
    for (i, part) in parts.iter().enumerate().rev() {
        let merged = merge::shapes(&part.shape, &shape)
            .map_err(|m| m.with(&format!("\n\tFrom merging shape {i} with other shapes.")));
        shape = cx.fit_or("Pack", merged, || {
            let first = &parts[0].shape;
            let other = parts.iter().position(|p| !p.shape.compatible(first)).unwrap_or(i);
            format!(
                "Shapes of all inputs must match: values[0].shape = {} != values[{other}].shape = {}",
                first.bracketed(),
                parts[other].shape.bracketed()
            )
        })?;
    }
    let Some(dims) = shape.dims() else { return Ok(node.out(Shape::UNKNOWN)) };
    let rank = dims.len() as i64 + 1;
    let at =
        merge::axis(axis, dims.len() + 1, || format!("Invalid axis: {axis}; must be in [-{rank},{rank})"));
    let at = cx.fit("Pack", at)?;
    let mut out = dims.to_vec();
    out.insert(at, Dim::Known(parts.len() as i64));
    let content = packed_content(parts, at);
    Ok(node.out_with(Shape::new(out), content))
}

/// Packs converted tensors.
///
/// # Errors
/// As [`pack`].
pub fn pack_tensors(cx: &Cx<'_>, parts: &[Tensor], axis: i64) -> Infer<Tensor> {
    pack(cx, Val::list(parts.iter().cloned()), axis)
}

/// Integer scalars are packed as far as each is known; arrays only where all are.
fn packed_content(parts: &[Tensor], axis: usize) -> Content {
    let scalars = parts.iter().all(|p| p.rank() == Some(0) && p.dtype.is_some_and(tensor::DType::is_integer));
    if scalars {
        let dims = parts.iter().map(|p| fold::scalar_dim(&p.content)).collect();
        let dtype = parts.first().and_then(|p| p.dtype).unwrap_or(tensor::DType::Int32);
        return crate::spec::vector_of(dims, dtype);
    }
    if axis != 0 {
        return Content::Unknown;
    }
    let mut shape = vec![parts.len() as i64];
    shape.extend(parts.first().and_then(|p| p.shape.all_known()).unwrap_or_default());
    chained(parts, shape)
}

/// Chains the elements of arrays that are all known.
fn chained(parts: &[Tensor], shape: Vec<i64>) -> Content {
    let Some(dtype) = parts.first().and_then(|p| p.dtype) else { return Content::Unknown };
    let mut values = Vec::new();
    for part in parts {
        let Content::Array(array) = &part.content else { return Content::Unknown };
        let Some(own) = array.data.to_floats() else { return Content::Unknown };
        values.extend(own);
        if values.len() > tensor::MAX_ELEMENTS {
            return Content::Unknown;
        }
    }
    fold::data(values, dtype)
        .and_then(|data| Array::new(shape, dtype, data))
        .map_or(Content::Unknown, |a| Content::Array(a.into()))
}

/// `Unpack`: takes a tensor apart into `count` along an axis.
///
/// # Errors
/// The axis lies outside of the rank, or its size is another.
pub fn unpack(cx: &Cx<'_>, x: impl Into<Val>, count: i64, axis: i64) -> Infer<Vec<Tensor>> {
    let mut node = cx.node("Unpack", [x.into()])?;
    node.with("axis", axis);
    let x = node.x(0);
    let times = usize::try_from(count).unwrap_or(0).min(10_000);
    let Some(dims) = x.shape.dims() else { return Ok(parts(&node, times, &Shape::UNKNOWN)) };
    let rank = dims.len();
    let at = cx.fit(
        "Unpack",
        merge::axis(axis, rank, || format!("Invalid axis: {axis}; must be in [{},{rank})", -(rank as i64))),
    )?;
    cx.fit_or("Unpack", merge::value(dims[at], count), || {
        format!("Input shape axis {at} must equal {count}, got shape {}", x.shape.bracketed())
    })?;
    let mut out = dims.to_vec();
    out.remove(at);
    let out = Shape::new(out);
    Ok((0..times)
        .map(|i| {
            let part = node.part(i, out.clone());
            let dims = if rank == 1 { x.content.dims() } else { None };
            let evaluated = matches!(x.content, Content::Array(_));
            match dims.and_then(|d| d.get(i).copied()) {
                Some(dim) if evaluated || !dim.is_known() => part.with_content(Content::Dims([dim].into())),
                _ => part,
            }
        })
        .collect())
}

/// `ConcatV2`.
///
/// # Errors
/// Ranks or sizes off the axis differ, or the axis lies outside of the rank.
pub fn concat(cx: &Cx<'_>, values: Val, axis: impl Into<Val>) -> Infer<Tensor> {
    let node = cx.node("ConcatV2", [values, axis.into()])?;
    let (parts, axis) = (node.xs(0), node.x(1));
    let Some((first, rank)) = parts.iter().enumerate().find_map(|(i, p)| p.rank().map(|r| (i, r))) else {
        return Ok(node.out(Shape::UNKNOWN));
    };
    if rank == 0 {
        let who = if cx.eager() { "ConcatOp : " } else { "" };
        let text = format!("{who}Can't concatenate scalars (use tf.stack instead)");
        return cx.refuse("ConcatV2", Misfit::argument("values", text));
    }
    let Some(axis) = axis.int_value() else { return Ok(node.out(Shape::of_rank(rank))) };
    if cx.eager() {
        let ok = -(rank as i64) <= axis && axis < rank as i64;
        if !ok {
            let text = format!(
                "ConcatOp : Expected concatenating dimensions in the range [-{rank}, {rank}), but got {axis}"
            );
            return cx.refuse("ConcatV2", Misfit::new(text, Mistake::AxisOutOfRange { axis, rank }));
        }
    }
    for (i, part) in parts.iter().enumerate() {
        cx.fit_or("ConcatV2", merge::rank(&part.shape, rank), || {
            format!(
                "ConcatOp : Ranks of all input tensors should match: shape[{first}] = {} vs. shape[{i}] = {}",
                parts[first].shape.bracketed(),
                part.shape.bracketed()
            )
        })?;
    }
    let least = if axis < 0 { -axis } else { axis + 1 };
    let least = usize::try_from(least).unwrap_or(0);
    if rank < least {
        let text = format!("Shape must be at least rank {least} but is rank {rank}");
        return cx.refuse("ConcatV2", Misfit::new(text, Mistake::AxisOutOfRange { axis, rank }));
    }
    let at = if axis < 0 { rank - least } else { axis as usize };
    let out = concatenated(cx, parts, rank, at)?;
    let content = concat_content(parts, rank, &out);
    Ok(node.out_with(out, content))
}

fn concatenated(cx: &Cx<'_>, parts: &[Tensor], rank: usize, at: usize) -> Infer<Shape> {
    let dims = |p: &Tensor| p.shape.dims().map_or_else(|| vec![Dim::Unknown; rank], <[Dim]>::to_vec);
    let sub = |d: &[Dim]| Shape::new(d.iter().copied());
    let Some(last) = parts.last() else { return Ok(Shape::UNKNOWN) };
    let last_dims = dims(last);
    let (mut before, mut middle, mut after) =
        (sub(&last_dims[..at]), last_dims[at], sub(&last_dims[at + 1..]));
    for (i, part) in parts.iter().enumerate().rev().skip(1) {
        let own = dims(part);
        let eager = || {
            let other =
                parts.iter().position(|p| !fits_off_axis(&dims(&parts[0]), &dims(p), at)).unwrap_or(i);
            let first = dims(&parts[0]);
            let off =
                (0..rank).find(|a| *a != at && !first[*a].compatible(dims(&parts[other])[*a])).unwrap_or(0);
            format!(
                "ConcatOp : Dimension {off} in both shapes must be equal: shape[0] = {} vs. shape[{other}] = {}",
                parts[0].shape.bracketed(),
                parts[other].shape.bracketed()
            )
        };
        before = cx.fit_or("ConcatV2", merge::shapes(&sub(&own[..at]), &before), eager)?;
        middle = middle.plus(own[at]);
        after = cx.fit_or("ConcatV2", merge::shapes(&sub(&own[at + 1..]), &after), eager)?;
    }
    let before = before.dims().unwrap_or_default().iter().copied();
    let after = after.dims().unwrap_or_default().iter().copied();
    Ok(before.chain([middle]).chain(after).collect())
}

fn fits_off_axis(a: &[Dim], b: &[Dim], at: usize) -> bool {
    a.iter().zip(b).enumerate().all(|(i, (a, b))| i == at || a.compatible(*b))
}

/// Vectors of integers are chained as far as each element is known.
fn concat_content(parts: &[Tensor], rank: usize, out: &Shape) -> Content {
    if rank != 1 {
        return Content::Unknown;
    }
    let mut dims = Vec::new();
    for part in parts {
        match (part.content.dims(), part.shape.dim(0).and_then(Dim::known)) {
            (Some(own), _) => dims.extend(own),
            (None, Some(n)) if part.dtype.is_some_and(tensor::DType::is_integer) && n <= 64 => {
                dims.extend(std::iter::repeat_n(Dim::Unknown, usize::try_from(n).unwrap_or(0)));
            }
            _ => return out.all_known().map_or(Content::Unknown, |shape| chained(parts, shape)),
        }
    }
    if parts.iter().all(|p| matches!(p.content, Content::Array(_))) {
        let dtype = parts.first().and_then(|p| p.dtype).unwrap_or(tensor::DType::Int32);
        return crate::spec::vector_of(dims, dtype);
    }
    Content::Dims(dims.into())
}

/// `Split` into equal parts.
///
/// # Errors
/// The axis lies outside of the rank, or its size is no multiple.
pub fn split(cx: &Cx<'_>, x: impl Into<Val>, count: i64, axis: impl Into<Val>) -> Infer<Vec<Tensor>> {
    if count < 1 {
        let text = format!("Attr 'num_split' of 'Split' Op passed {count} less than minimum 1.");
        return cx
            .value_error(text.clone(), Mistake::Argument { param: "num_or_size_splits", problem: text });
    }
    let mut node = cx.node("Split", [axis.into(), x.into()])?;
    node.with("num_split", count);
    let (axis, x) = (node.x(0).int_value(), node.x(1));
    let times = usize::try_from(count).unwrap_or(0).min(10_000);
    let (Some(rank), Some(axis)) = (x.rank(), axis) else {
        let shape = x.rank().map_or(Shape::UNKNOWN, Shape::of_rank);
        return Ok(parts(&node, times, &shape));
    };
    let at = split_axis(cx, "Split", axis, rank)?;
    let size = x.shape.dim(at as i64).unwrap_or(Dim::Unknown);
    let divided = merge::divide(size, count)
        .map_err(|m| m.with("\n\tNumber of ways to split should evenly divide the split dimension"));
    let divided = cx.fit_or("Split", divided, || {
        format!(
            "Number of ways to split should evenly divide the split dimension, but got split_dim {at} (size = {size}) and num_split {count}"
        )
    })?;
    Ok(parts(&node, times, &x.shape.with_dim(at, divided)))
}

/// Makes parts of one shape.
fn parts(node: &Node<'_>, times: usize, shape: &Shape) -> Vec<Tensor> {
    (0..times).map(|at| node.part(at, shape.clone())).collect()
}

fn split_axis(cx: &Cx<'_>, kernel: &str, axis: i64, rank: usize) -> Infer<usize> {
    let at = merge::axis(axis, rank, || {
        format!("Dimension size, given by scalar input {axis} must be in range [-{rank}, {rank})")
    });
    cx.fit_or(kernel, at, || {
        format!("-input rank(-{rank}) <= split_dim < input rank ({rank}), but got {axis}")
    })
}

/// `SplitV` into parts of given sizes, of which one may be `-1`.
///
/// # Errors
/// The axis lies outside of the rank, or the sizes do not add up.
pub fn split_v(
    cx: &Cx<'_>,
    x: impl Into<Val>,
    sizes: impl Into<Val>,
    axis: impl Into<Val>,
    count: i64,
) -> Infer<Vec<Tensor>> {
    let node = cx.node("SplitV", [x.into(), sizes.into(), axis.into()])?;
    let (x, sizes, axis) = (node.x(0), node.x(1).int_values(), node.x(2).int_value());
    let times = usize::try_from(count).unwrap_or(0).min(10_000);
    let Some(rank) = x.rank() else { return Ok(parts(&node, times, &Shape::UNKNOWN)) };
    if rank == 0 {
        return cx.refuse("SplitV", Misfit::argument("value", "Can't split scalars"));
    }
    let Some(axis) = axis else { return Ok(parts(&node, times, &Shape::of_rank(rank))) };
    let at = split_axis(cx, "SplitV", axis, rank)?;
    let Some(sizes) = sizes else { return Ok(parts(&node, times, &x.shape.with_dim(at, Dim::Unknown))) };
    if sizes.len() != times {
        let text = "Length of size_splits should be equal to num_outputs";
        return cx.refuse("SplitV", Misfit::argument("num_or_size_splits", text));
    }
    if sizes.iter().filter(|n| **n == -1).count() > 1 {
        return cx
            .refuse("SplitV", Misfit::argument("num_or_size_splits", "size_splits can only have one -1"));
    }
    let total: i64 = sizes.iter().filter(|n| **n != -1).sum();
    let whole = x.shape.dim(at as i64).and_then(Dim::known);
    let mut out = Vec::with_capacity(times);
    for (i, size) in sizes.iter().enumerate() {
        let size = if *size == -1 { whole.map_or(-1, |n| n - total) } else { *size };
        if size < -1 || (size == -1 && whole.is_some()) {
            let text = format!("Split size at index {i} must be >= 0. Got: {size}");
            return cx.refuse("SplitV", Misfit::argument("num_or_size_splits", text));
        }
        let dim = if size == -1 { Dim::Unknown } else { Dim::Known(size) };
        out.push(node.part(i, x.shape.with_dim(at, dim)));
    }
    if let Some(whole) = whole {
        let rest = sizes.contains(&-1);
        if if rest { total > whole } else { total != whole } {
            let list: Vec<String> = sizes.iter().map(i64::to_string).collect();
            let text = format!("can't split axis of size {whole} into pieces of size [{}]", list.join(","));
            let mistake = Mistake::DimMismatch {
                left: Dim::Known(whole),
                right: Dim::Known(total),
                what: "the sizes of the parts",
            };
            return cx.refuse("SplitV", Misfit::new(text, mistake));
        }
    }
    Ok(out)
}

/// `AddN`.
///
/// # Errors
/// Shapes or dtypes differ.
pub fn add_n(cx: &Cx<'_>, values: Val) -> Infer<Tensor> {
    let node = cx.node("AddN", [values])?;
    let parts = node.xs(0);
    let mut shape = parts.last().map_or(Shape::UNKNOWN, |p| p.shape.clone());
    for (i, part) in parts.iter().enumerate().rev().skip(1) {
        let merged = merge::shapes(&part.shape, &shape)
            .map_err(|m| m.with(&format!("\n\tFrom merging shape {i} with other shapes.")));
        shape = cx.fit_or("AddN", merged, || {
            let other = parts.iter().position(|p| !p.shape.compatible(&parts[0].shape)).unwrap_or(1);
            format!(
                "Inputs to operation AddN of type AddN must have the same size and shape.  Input 0: {} != input {other}: {}",
                parts[0].shape.bracketed(),
                parts[other].shape.bracketed()
            )
        })?;
    }
    Ok(node.out(shape))
}

/// Returns the elements of a known integer array, for kernels that move elements.
pub fn int_data(t: &Tensor) -> Option<(Vec<i64>, Vec<i64>)> {
    match &t.content {
        Content::Array(array) => match &array.data {
            Data::Int(values) => Some((array.shape.clone(), values.clone())),
            _ => None,
        },
        _ => None,
    }
}
