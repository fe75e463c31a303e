//! Kernels that pick or place elements by index.

use tensor::{Content, DType, Dim, Shape};

use crate::spec::merge;
use crate::spec::{Cx, Misfit, Tensor, Val, fold};
use crate::{Flow, Infer, Mistake, Stop};

/// `Slice`: `size` elements from `begin` on, `-1` for the rest.
///
/// # Errors
/// The lengths of the two are not the rank, or the slice lies outside.
pub fn slice(cx: &Cx<'_>, x: impl Into<Val>, begin: impl Into<Val>, size: impl Into<Val>) -> Infer<Tensor> {
    let node = cx.node("Slice", [x.into(), begin.into(), size.into()])?;
    let (x, begin, size) = (node.x(0), node.x(1), node.x(2));
    let begin_shape = cx.fit("Slice", merge::rank(&begin.shape, 1))?;
    let size_shape = cx.fit("Slice", merge::rank(&size.shape, 1))?;
    let count = cx.fit("Slice", merge::shapes(&begin_shape, &size_shape))?.dim(0).and_then(Dim::known);
    let mut input = x.shape.clone();
    if let Some(count) = count.and_then(|n| usize::try_from(n).ok()) {
        input = cx.fit_or("Slice", merge::rank(&x.shape, count), || {
            let rank = x.rank().unwrap_or(0);
            format!(
                "Expected begin and size arguments to be 1-D tensors of size {rank}, but got shapes {} and {} instead.",
                begin.shape.bracketed(),
                size.shape.bracketed()
            )
        })?;
    }
    let Some(sizes) = size.int_values() else {
        // The elements may be known in part: `tf.slice(x, [0, 0], [tf.shape(x)[0], 2])`.
        let rank = count.and_then(|n| usize::try_from(n).ok());
        return Ok(node.out(match cx.fit("Slice", super::shape::shape_from(size))? {
            out if out.rank().is_some() && !cx.eager() => out,
            _ => rank.map_or(Shape::UNKNOWN, Shape::of_rank),
        }));
    };
    let starts = begin.content.dims().unwrap_or_else(|| vec![Dim::Unknown; sizes.len()]);
    let mut out = Vec::with_capacity(sizes.len());
    for (i, size) in sizes.iter().enumerate() {
        let dim = input.dim(i as i64).unwrap_or(Dim::Unknown);
        let start = starts.get(i).copied().unwrap_or(Dim::Unknown);
        if *size < -1 {
            let length = dim.known().unwrap_or(-1);
            let text = format!(
                "Out of bounds slicing on dimension {i} of length {length}: sizes vector cannot be < -1, but was {size}"
            );
            return cx.refuse("Slice", Misfit::argument("size", text));
        }
        if let (true, Dim::Known(n), Dim::Known(b)) = (cx.eager(), dim, start) {
            slice_values(cx, i, n, b, *size)?;
        }
        out.push(if *size == -1 { cx.fit("Slice", merge::subtract(dim, start))? } else { Dim::Known(*size) });
    }
    let out = Shape::new(out);
    let content = sliced(x, &starts, &out);
    Ok(node.out_with(out, content))
}

/// What the kernel refuses on values.
fn slice_values(cx: &Cx<'_>, axis: usize, length: i64, begin: i64, size: i64) -> Infer<()> {
    let text = if !(0..=length).contains(&begin) {
        format!("Expected begin[{axis}] in [0, {length}], but got {begin}")
    } else if size != -1 && begin + size > length {
        format!("Expected size[{axis}] in [0, {}], but got {size}", length - begin)
    } else {
        return Ok(());
    };
    cx.refuse(
        "Slice",
        Misfit::new(text, Mistake::IndexOutOfRange { index: begin + size.max(0), axis, size: length }),
    )
}

fn sliced(x: &Tensor, starts: &[Dim], out: &Shape) -> Content {
    let (Some(starts), Some(sizes)) =
        (starts.iter().map(|d| d.known()).collect::<Option<Vec<i64>>>(), out.all_known())
    else {
        return Content::Unknown;
    };
    match &x.content {
        Content::Array(a) => {
            super::layout::picked(a, &sizes, |index| index.iter().zip(&starts).map(|(i, s)| i + s).collect())
        }
        Content::Zeros => Content::Zeros,
        other => other.independent().unwrap_or(Content::Unknown),
    }
}

/// `GatherV2`.
///
/// # Errors
/// The ranks do not allow the axis or the batch dims; on values, an index lies outside.
pub fn gather(
    cx: &Cx<'_>,
    params: impl Into<Val>,
    indices: impl Into<Val>,
    axis: impl Into<Val>,
    batch_dims: i64,
) -> Infer<Tensor> {
    let mut node = cx.node("GatherV2", [params.into(), indices.into(), axis.into()])?;
    node.with("batch_dims", batch_dims);
    let (params, indices, axis) = (node.x(0), node.x(1), node.x(2));
    cx.fit_or("GatherV2", merge::rank_at_least(&params.shape, 1), || {
        "params must be at least 1 dimensional".to_owned()
    })?;
    cx.fit("GatherV2", merge::rank(&axis.shape, 0))?;
    let Some(axis) = axis.int_value() else {
        let rank = params.rank().zip(indices.rank()).map(|(a, b)| a + b - 1);
        return Ok(node.out(rank.map_or(Shape::UNKNOWN, Shape::of_rank)));
    };
    let least = usize::try_from(if axis < 0 { -axis } else { axis + 1 }).unwrap_or(0);
    let rank = params.rank().unwrap_or(least);
    let in_range = merge::rank_at_least(&params.shape, least)
        .map_err(|m| Misfit { mistake: Mistake::AxisOutOfRange { axis, rank }, ..m });
    cx.fit("GatherV2", in_range)?;
    let batch = usize::try_from(batch_dims.abs()).unwrap_or(0);
    cx.fit("GatherV2", merge::rank_at_least(&indices.shape, batch))?;
    let (Some(dims), Some(index_dims)) = (params.shape.dims(), indices.shape.dims()) else {
        return Ok(node.out(Shape::UNKNOWN));
    };
    let batch = if batch_dims < 0 { index_dims.len() - batch } else { batch };
    cx.fit("GatherV2", merge::rank_at_least(&params.shape, batch + 1))?;
    let at = if axis < 0 { rank - least } else { least - 1 };
    if cx.eager() {
        gather_values(cx, dims, index_dims, batch, at, indices)?;
    }
    let out: Shape = dims[..at].iter().chain(&index_dims[batch..]).chain(&dims[at + 1..]).copied().collect();
    let content = gathered(params, indices, at, batch, &out);
    Ok(node.out_with(out, content))
}

fn gather_values(
    cx: &Cx<'_>,
    params: &[Dim],
    index_dims: &[Dim],
    batch: usize,
    axis: usize,
    indices: &Tensor,
) -> Infer<()> {
    for (i, (p, n)) in params.iter().zip(index_dims).take(batch).enumerate() {
        if !p.compatible(*n) {
            let text = format!("params.shape[{i}]: {p} should be equal to indices.shape[{i}]: {n}");
            let mistake = Mistake::DimMismatch { left: *p, right: *n, what: "batch dims" };
            return cx.refuse("GatherV2", Misfit::new(text, mistake));
        }
    }
    let Dim::Known(size) = params[axis] else { return Ok(()) };
    if let Some((index, spared)) = indices.content.outside(&(0..size), &indices.shape) {
        let text = format!("indices = {index} is not in [0, {size})");
        let misfit = Misfit::new(text, Mistake::IndexOutOfRange { index, axis, size });
        cx.call.risk(spared, cx.refuse("GatherV2", misfit))?;
    }
    let Some((shape, values)) = super::join::int_data(indices) else { return Ok(()) };
    if let Some(at) = values.iter().position(|n| !(0..size).contains(n)) {
        let index = values[at];
        let text = format!("indices{} = {index} is not in [0, {size})", place(&shape, at));
        return cx.refuse("GatherV2", Misfit::new(text, Mistake::IndexOutOfRange { index, axis, size }));
    }
    Ok(())
}

/// Writes where an element stands, `[0,2]`; nothing for a scalar.
fn place(shape: &[i64], at: usize) -> String {
    let mut rest = at as i64;
    let mut index: Vec<String> = Vec::new();
    for n in shape.iter().rev() {
        index.push((rest % (*n).max(1)).to_string());
        rest /= (*n).max(1);
    }
    index.reverse();
    if index.is_empty() { String::new() } else { format!("[{}]", index.join(",")) }
}

fn gathered(params: &Tensor, indices: &Tensor, axis: usize, batch: usize, out: &Shape) -> Content {
    if batch != 0 {
        return Content::Unknown;
    }
    let Some((index_shape, index)) = super::join::int_data(indices) else { return Content::Unknown };
    match &params.content {
        Content::Array(a) => {
            let Some(sizes) = out.all_known() else { return Content::Unknown };
            let rank = index_shape.len();
            super::layout::picked(a, &sizes, |at| {
                let inner = &at[axis..axis + rank];
                let flat = inner.iter().zip(&index_shape).fold(0, |n, (i, size)| n * size + i);
                let picked = usize::try_from(flat).ok().and_then(|i| index.get(i).copied()).unwrap_or(-1);
                at[..axis].iter().copied().chain([picked]).chain(at[axis + rank..].iter().copied()).collect()
            })
        }
        Content::Zeros => Content::Zeros,
        _ => Content::Unknown,
    }
}

/// `GatherNd`.
///
/// # Errors
/// The indices are longer than the rank.
pub fn gather_nd(cx: &Cx<'_>, params: impl Into<Val>, indices: impl Into<Val>) -> Infer<Tensor> {
    let node = cx.node("GatherNd", [params.into(), indices.into()])?;
    let (params, indices) = (node.x(0), node.x(1));
    cx.fit_or("GatherNd", merge::rank_at_least(&indices.shape, 1), || {
        "indices must be at least a vector".to_owned()
    })?;
    if cx.eager() {
        cx.fit_or("GatherNd", merge::rank_at_least(&params.shape, 1), || {
            "params must be at least a vector".to_owned()
        })?;
    }
    let (Some(dims), Some(index_dims)) = (params.shape.dims(), indices.shape.dims()) else {
        return Ok(node.out(Shape::UNKNOWN));
    };
    let Some((Dim::Known(depth), outer)) = index_dims.split_last() else {
        return Ok(node.out(Shape::UNKNOWN));
    };
    let depth = usize::try_from(*depth).unwrap_or(0);
    if depth > dims.len() {
        let (p, i) = (params.shape.bracketed(), indices.shape.bracketed());
        let text = if cx.eager() {
            format!(
                "index innermost dimension length must be <= params rank; saw: {depth} vs. {}",
                dims.len()
            )
        } else {
            format!(
                "indices.shape[-1] must be <= params.rank, but saw indices shape: {i} and params shape: {p}"
            )
        };
        let expected = format!("at least {depth}");
        return cx.refuse(
            "GatherNd",
            Misfit::new(text, Mistake::RankMismatch { param: "params", expected, got: dims.len() }),
        );
    }
    if let (true, Some((shape, values))) = (cx.eager(), super::join::int_data(indices)) {
        for (row, index) in values.chunks(depth.max(1)).enumerate() {
            let outside =
                index.iter().zip(dims).position(|(i, d)| d.known().is_some_and(|n| !(0..n).contains(i)));
            if let Some(axis) = outside {
                let outer_shape = &shape[..shape.len().saturating_sub(1)];
                let list: Vec<String> = index.iter().map(i64::to_string).collect();
                let text = format!(
                    "indices{} = [{}] does not index into param shape {}, node name: GatherNd",
                    place(outer_shape, row),
                    list.join(", "),
                    params.shape.bracketed()
                );
                let size = dims[axis].known().unwrap_or(0);
                return cx.refuse(
                    "GatherNd",
                    Misfit::new(text, Mistake::IndexOutOfRange { index: index[axis], axis, size }),
                );
            }
        }
    }
    let mut out = node.out(outer.iter().chain(&dims[depth..]).copied().collect());
    if outer.is_empty() {
        // The gradient scatters, which fails on the values of a single index.
        out.reach = out.reach.at_most(Flow::Unknown);
    }
    Ok(out)
}

/// `OneHot`.
///
/// # Errors
/// The depth is no scalar or negative, or the axis lies outside of the rank.
pub fn one_hot(cx: &Cx<'_>, indices: Val, depth: Val, on: Val, off: Val, axis: i64) -> Infer<Tensor> {
    let mut node = cx.node("OneHot", [indices, depth, on, off])?;
    node.with("axis", axis);
    let (indices, depth) = (node.x(0), node.x(1));
    if axis < -1 {
        return cx.refuse("OneHot", Misfit::argument("axis", "axis must be >= -1"));
    }
    // The shape function looks at the depth's value only, where that is known.
    if cx.eager() || !matches!(depth.content, Content::Unknown) {
        cx.fit("OneHot", merge::rank(&depth.shape, 0))?;
    }
    let depth = fold::scalar_dim(&depth.content);
    if let Dim::Known(n) = depth
        && n < 0
    {
        let text = if cx.eager() {
            format!("depth must be non-negative, got: {n}")
        } else {
            format!("Dimension size, given by scalar input 1, must be non-negative but is {n}")
        };
        return cx.refuse("OneHot", Misfit::argument("depth", text));
    }
    for i in 2..4 {
        cx.fit("OneHot", merge::rank(&node.x(i).shape, 0))?;
    }
    let Some(dims) = indices.shape.dims() else { return Ok(node.out(Shape::UNKNOWN)) };
    let rank = dims.len();
    let at = if axis == -1 { rank } else { usize::try_from(axis).unwrap_or(0) };
    if at > rank && cx.eager() {
        let text = format!("Expected axis to be -1 or between [0, {}).  But received: {axis}", rank + 1);
        return cx.refuse("OneHot", Misfit::new(text, Mistake::AxisOutOfRange { axis, rank: rank + 1 }));
    }
    // `(axis + new_rank) % new_rank`.
    let at = at % (rank + 1);
    let mut out = dims.to_vec();
    out.insert(at, depth);
    Ok(node.out(Shape::new(out)))
}

/// `SelectV2`: `tf.where` with three arguments.
///
/// # Errors
/// The three cannot be broadcast, or dtypes differ.
pub fn select(cx: &Cx<'_>, condition: Val, then: Val, otherwise: Val) -> Infer<Tensor> {
    let node = cx.node("SelectV2", [condition, then, otherwise])?;
    let (condition, then, otherwise) = (node.x(0), node.x(1), node.x(2));
    let eager = || {
        format!(
            "condition {}, then {}, and else {} must be broadcastable",
            condition.shape.bracketed(),
            then.shape.bracketed(),
            otherwise.shape.bracketed()
        )
    };
    let other = cx.fit_or("SelectV2", merge::broadcast(&then.shape, &otherwise.shape), eager)?;
    let out = cx.fit_or("SelectV2", merge::broadcast(&condition.shape, &other), eager)?;
    let content = selected(condition, then, otherwise);
    Ok(node.out_with(out, content))
}

fn selected(condition: &Tensor, then: &Tensor, otherwise: &Tensor) -> Content {
    // What is chosen nowhere leaves the draws as they are.
    if matches!(otherwise.content, Content::Drawn(_) | Content::Sample(_) | Content::Among(_))
        && condition.content.is_zero()
        && condition.shape == otherwise.shape
    {
        return otherwise.content.clone();
    }
    let known = |t: &Tensor| fold::array(&t.content, &t.shape.all_known()?, t.dtype?);
    let (Some(c), Some(a), Some(b), Some(dtype)) =
        (known(condition), known(then), known(otherwise), then.dtype)
    else {
        return Content::Unknown;
    };
    let (Some(cv), Some(av), Some(bv)) = (c.data.to_floats(), a.data.to_floats(), b.data.to_floats()) else {
        return Content::Unknown;
    };
    let Some(shape) = fold::broadcast(&a.shape, &b.shape).and_then(|s| fold::broadcast(&c.shape, &s)) else {
        return Content::Unknown;
    };
    if shape.iter().try_fold(1_i64, |n, d| n.checked_mul(*d)).is_none_or(|n| n > tensor::MAX_ELEMENTS as i64)
    {
        return Content::Unknown;
    }
    let mut values = Vec::new();
    fold::for_each_index(&shape, |i| {
        let chosen = cv[fold::offset(i, &c.shape)] != 0.0;
        values.push(if chosen { av[fold::offset(i, &a.shape)] } else { bv[fold::offset(i, &b.shape)] });
    });
    fold::data(values, dtype)
        .and_then(|data| tensor::Array::new(shape, dtype, data))
        .map_or(Content::Unknown, |a| Content::Array(a.into()))
}

/// `Where`: the indices of the true elements.
///
/// # Errors
/// The value is no tensor.
pub fn where_(cx: &Cx<'_>, condition: impl Into<Val>) -> Infer<Tensor> {
    let node = cx.node("Where", [condition.into()])?;
    if cx.eager() && node.x(0).rank() == Some(0) {
        // The kernel is written for one to eight axes; the shape function takes a scalar.
        let text = "WhereOp : Unhandled input dimensions: 0";
        return cx.refuse("Where", Misfit::argument("condition", text));
    }
    let rank = node.x(0).rank().map_or(Dim::Unknown, |r| Dim::Known(r as i64));
    if let Some((count, values)) = true_places(node.x(0)) {
        let sizes = vec![count, rank.known().unwrap_or(0)];
        // While tracing the count is not static, known or not.
        let shape = if cx.eager() { Shape::known(&sizes) } else { Shape::new([Dim::Unknown, rank]) };
        return Ok(node.out_with(shape, Content::ints(sizes, DType::Int64, values)));
    }
    Ok(node.out(Shape::new([Dim::Unknown, rank])))
}

/// Returns how many elements are true and the index of each, one behind the other.
fn true_places(x: &Tensor) -> Option<(i64, Vec<i64>)> {
    let Content::Array(array) = &x.content else { return None };
    let values = array.data.to_floats()?;
    let (mut at, mut count, mut places) = (0, 0, Vec::new());
    fold::for_each_index(&array.shape, |index| {
        if values.get(at).is_some_and(|v| *v != 0.0) {
            places.extend_from_slice(index);
            count += 1;
        }
        at += 1;
    });
    Some((count, places))
}

/// `ScatterNd`.
///
/// # Errors
/// Indices, updates and shape do not fit each other.
pub fn scatter_nd(cx: &Cx<'_>, indices: Val, updates: Val, shape: Val) -> Infer<Tensor> {
    let node = cx.node("ScatterNd", [indices, updates, shape])?;
    if !cx.eager() {
        for at in [0, 1] {
            cx.fit("ScatterNd", merge::rank_at_least(&node.x(at).shape, 1))?;
        }
    }
    let out = cx.fit("ScatterNd", super::shape::shape_from(node.x(2)))?;
    let out = scatter_shape(cx, "ScatterNd", node.x(0), node.x(1), out)?;
    Ok(node.out_with(out, Content::Unknown))
}

/// `TensorScatterUpdate` and its like.
///
/// # Errors
/// Indices, updates and tensor do not fit each other.
pub fn tensor_scatter(cx: &Cx<'_>, kernel: &str, x: Val, indices: Val, updates: Val) -> Infer<Tensor> {
    let node = cx.node(kernel, [x, indices, updates])?;
    cx.fit_or(kernel, merge::rank_at_least(&node.x(0).shape, 1), || "input must be at least 1-D".to_owned())?;
    let some = |at: usize| node.x(at).shape.size().known().is_some_and(|n| n > 0);
    if node.x(0).shape.size() == Dim::Known(0) && (some(1) || some(2)) {
        let whose = if cx.eager() { "output shape" } else { "input" };
        let text = format!("Indices and updates specified for empty {whose}");
        return cx.refuse(kernel, Misfit::argument("indices", text));
    }
    let out = scatter_shape(cx, kernel, node.x(1), node.x(2), node.x(0).shape.clone())?;
    Ok(node.out(out))
}

/// Checks that updates lie where indices point.
fn scatter_shape(
    cx: &Cx<'_>,
    kernel: &str,
    indices: &Tensor,
    updates: &Tensor,
    input: Shape,
) -> Infer<Shape> {
    let (Some(index), Some(update)) = (indices.shape.dims(), updates.shape.dims()) else { return Ok(input) };
    // The shape function checks nothing of indices against a scalar.
    if update.is_empty() && !index.is_empty() && !cx.eager() {
        return Ok(input);
    }
    if index.is_empty() {
        let text = "Shape must be at least rank 1 but is rank 0";
        return cx.refuse(kernel, Misfit::argument("indices", text));
    }
    let outer = index.len() - 1;
    let sub = |dims: &[Dim], range: std::ops::Range<usize>| -> Shape {
        dims.get(range.start.min(dims.len())..range.end.min(dims.len()))
            .unwrap_or_default()
            .iter()
            .copied()
            .collect()
    };
    let (indexed, updated) = (sub(index, 0..outer), sub(update, 0..outer));
    let misfit = |m: Misfit| {
        let text = format!(
            "Dimensions [0,{outer}) of indices[shape={}] = {} must match dimensions [0,{outer}) of updates[shape={}] = {}: {}",
            indices.shape.bracketed(),
            indexed.bracketed(),
            updates.shape.bracketed(),
            updated.bracketed(),
            m.text
        );
        Misfit { text, ..m }
    };
    cx.fit_or(kernel, merge::shapes(&indexed, &updated).map_err(misfit), || {
        format!(
            "Dimensions [0,{outer}) of indices[shape={}] must match dimensions [0,{outer}) of updates[shape={}]",
            indices.shape.bracketed(),
            updates.shape.bracketed()
        )
    })?;
    let (Some(dims), Dim::Known(depth)) = (input.dims(), index[outer]) else { return Ok(input) };
    let depth = usize::try_from(depth).unwrap_or(0);
    if depth > dims.len() && cx.eager() {
        return Err(Stop::Unknown("indices of more elements than there are axes"));
    }
    let (inner, tail) = (sub(dims, depth..dims.len()), sub(update, outer..update.len()));
    // The shape function runs before the values of `shape` are looked at, when ranks can differ but no sizes.
    let early = kernel == "ScatterNd" && inner.rank() != tail.rank();
    let shown = if early { Shape::of_rank(dims.len()) } else { input.clone() };
    let inner = if early { Shape::of_rank(dims.len().saturating_sub(depth)) } else { inner };
    let misfit = |m: Misfit| {
        let text = format!(
            "Dimensions [{depth},{}) of input[shape={}] = {} must match dimensions [{outer},{}) of updates[shape={}] = {}: {}",
            dims.len(),
            shown.bracketed(),
            inner.bracketed(),
            update.len(),
            updates.shape.bracketed(),
            tail.bracketed(),
            m.text
        );
        Misfit { text, ..m }
    };
    cx.fit_or(kernel, merge::shapes(&inner, &tail).map_err(misfit), || {
        format!(
            "Dimensions [{depth},{}) of input[shape={}] must match dimensions [{outer},{}) of updates[shape={}]",
            dims.len(),
            input.bracketed(),
            update.len(),
            updates.shape.bracketed()
        )
    })?;
    Ok(input)
}

/// Tells whether a dtype can index.
pub fn indexes(dtype: Option<DType>) -> bool {
    matches!(dtype, Some(DType::Int16 | DType::Int32 | DType::Int64) | None)
}
