//! Kernels that move or repeat elements.

use tensor::{Array, Content, DType, Data, Dim, Shape};

use crate::spec::merge;
use crate::spec::{Cx, Misfit, Tensor, Val, fold};
use crate::{Arg, Infer, Mistake};

/// `Transpose`.
///
/// # Errors
/// The permutation has another length than the rank, or an entry out of range.
pub fn transpose(cx: &Cx<'_>, x: impl Into<Val>, perm: impl Into<Val>) -> Infer<Tensor> {
    let node = cx.node("Transpose", [x.into(), perm.into()])?;
    let (x, perm) = (node.x(0), node.x(1));
    let length = perm.shape.dim(0).unwrap_or(Dim::Unknown);
    let Some(rank) = x.rank() else {
        let rank = length.known().filter(|n| *n >= 2).and_then(|n| usize::try_from(n).ok());
        return Ok(node.out(rank.map_or(Shape::UNKNOWN, Shape::of_rank)));
    };
    let eager = || {
        format!(
            "transpose expects a vector of size {rank}. But input(1) is a vector of size {}",
            if perm.rank() == Some(1) { length.to_string() } else { "1".to_owned() }
        )
    };
    cx.fit_or("Transpose", merge::rank(&perm.shape, 1), eager)?;
    cx.fit_or("Transpose", merge::value(length, rank as i64), eager)?;
    let Some(perm) = perm.int_values() else { return Ok(node.out(Shape::of_rank(rank))) };
    let dims = x.shape.dims().unwrap_or_default();
    let mut order = Vec::with_capacity(rank);
    for (i, axis) in perm.iter().enumerate() {
        let at = merge::axis(*axis, rank, || format!("perm dim {axis} is out of range of input rank {rank}"));
        let at = cx.fit_or("Transpose", at, || format!("{axis} is out of range [0 .. {rank})"))?;
        if order.contains(&at) && cx.eager() {
            let missing = (0..rank).find(|a| !perm.contains(&(*a as i64))).unwrap_or(i);
            return cx.refuse(
                "Transpose",
                Misfit::argument("perm", format!("{missing} is missing from {{{}}}.", list(&perm))),
            );
        }
        order.push(at);
    }
    let out: Shape = order.iter().map(|at| dims[*at]).collect();
    let content = transposed(x, &order);
    let mut out = node.out_with(out, content);
    if perm.iter().any(|axis| *axis < 0) {
        // The gradient inverts the permutation, by a kernel that takes no negative axes.
        out.reach = out.reach.at_most(crate::Flow::Unknown);
    }
    Ok(out)
}

fn list(values: &[i64]) -> String {
    values.iter().map(i64::to_string).collect::<Vec<_>>().join(",")
}

fn transposed(x: &Tensor, order: &[usize]) -> Content {
    match &x.content {
        Content::Array(a) if a.shape.len() == order.len() => {
            let shape: Vec<i64> = order.iter().map(|at| a.shape[*at]).collect();
            picked(a, &shape, |index| {
                let mut source = vec![0; index.len()];
                for (i, at) in order.iter().enumerate() {
                    source[*at] = index[i];
                }
                source
            })
        }
        Content::Zeros => Content::Zeros,
        other if order.len() <= 1 => other.clone(),
        other => other.independent().unwrap_or(Content::Unknown),
    }
}

/// A tensor that is turned so many quarters from one axis towards another: each is a transpose and a mirror.
///
/// # Errors
/// What the kernels refuse.
pub fn quarter_turns(cx: &Cx<'_>, x: Tensor, axes: [usize; 2], turns: i64) -> Infer<Tensor> {
    let mut order: Vec<i64> = (0..x.rank().unwrap_or(0) as i64).collect();
    order.swap(axes[0], axes[1]);
    let mut turned = x;
    for _ in 0..turns.rem_euclid(4) {
        let swapped = transpose(cx, turned, Val::ints(&order))?;
        turned = reverse(cx, swapped, Val::ints(&[axes[0] as i64]))?;
    }
    Ok(turned)
}

/// Makes an array whose elements are picked from another by index.
pub fn picked(from: &Array, shape: &[i64], mut source: impl FnMut(&[i64]) -> Vec<i64>) -> Content {
    let count = shape.iter().try_fold(1_i64, |n, d| n.checked_mul(*d));
    if count.is_none_or(|n| !(0..=tensor::MAX_ELEMENTS as i64).contains(&n)) {
        return Content::Unknown;
    }
    let mut at = Vec::new();
    let mut inside = true;
    fold::for_each_index(shape, |index| {
        let place = source(index);
        inside &= place.iter().zip(&from.shape).all(|(i, n)| 0 <= *i && i < n);
        at.push(place.iter().zip(&from.shape).fold(0, |at, (i, n)| at * n + i));
    });
    if !inside {
        return Content::Unknown;
    }
    let at = at.into_iter().map(|i| usize::try_from(i).unwrap_or(0));
    let data = match &from.data {
        Data::Bool(v) => Data::Bool(at.filter_map(|i| v.get(i).copied()).collect()),
        Data::Int(v) => Data::Int(at.filter_map(|i| v.get(i).copied()).collect()),
        Data::Float(v) => Data::Float(at.filter_map(|i| v.get(i).copied()).collect()),
        Data::Str(v) => Data::Str(at.filter_map(|i| v.get(i).cloned()).collect()),
    };
    Array::new(shape.to_vec(), from.dtype, data).map_or(Content::Unknown, |a| Content::Array(a.into()))
}

/// `Tile`.
///
/// # Errors
/// There is not one multiple for each axis.
pub fn tile(cx: &Cx<'_>, x: impl Into<Val>, multiples: impl Into<Val>) -> Infer<Tensor> {
    let node = cx.node("Tile", [x.into(), multiples.into()])?;
    let (x, multiples) = (node.x(0), node.x(1));
    let Some(dims) = x.shape.dims() else {
        return Ok(node.out(Shape::UNKNOWN));
    };
    let rank = dims.len();
    if cx.eager() {
        let length = multiples.shape.dim(0).and_then(Dim::known);
        if multiples.rank().is_some_and(|r| r != 1) {
            let text = format!("Expected multiples to be 1-D, but got shape {}", multiples.shape.bracketed());
            return cx.refuse("Tile", Misfit::argument("multiples", text));
        }
        if let Some(length) = length.filter(|n| *n != rank as i64) {
            let text = format!(
                "Expected multiples argument to be a vector of length {rank} but got length {length}"
            );
            return cx.refuse("Tile", Misfit::argument("multiples", text));
        }
    }
    let times = match multiples.rank() {
        Some(1) | None => cx.fit("Tile", super::shape::shape_from(multiples))?,
        Some(_) => cx.fit("Tile", merge::rank(&multiples.shape, 1))?,
    };
    let misfit = |m: Misfit| {
        let got = times.rank().unwrap_or(0);
        let mistake = Mistake::RankMismatch { param: "multiples", expected: format!("{rank} entries"), got };
        Misfit { mistake, ..m }
    };
    let times = cx.fit("Tile", merge::rank(&times, rank).map_err(misfit))?;
    let times = times.dims().unwrap_or_default();
    let out: Shape = dims.iter().zip(times).map(|(d, n)| d.times(*n)).collect();
    let content = match (&x.content, out.all_known()) {
        (Content::Zeros, _) => Content::Zeros,
        (Content::Array(a), Some(shape)) => {
            let sizes = a.shape.clone();
            picked(a, &shape, |index| index.iter().zip(&sizes).map(|(i, n)| i % n).collect())
        }
        _ => Content::Unknown,
    };
    Ok(node.out_with(out, content))
}

/// `Pad`, `PadV2` or `MirrorPad`; `value` is what `PadV2` pads with and the mode (`"REFLECT"`) of `MirrorPad`.
///
/// # Errors
/// The paddings are not a row of two for each axis, or negative.
pub fn pad(
    cx: &Cx<'_>,
    kernel: &str,
    x: impl Into<Val>,
    paddings: impl Into<Val>,
    value: Option<Val>,
) -> Infer<Tensor> {
    let node = match value {
        Some(Val::Py(Arg::Str(mode))) if kernel == "MirrorPad" => {
            let mut node = cx.node(kernel, [x.into(), paddings.into()])?;
            node.with("mode", &*mode);
            node
        }
        Some(value) => cx.node(kernel, [x.into(), paddings.into(), value])?,
        None => cx.node(kernel, [x.into(), paddings.into()])?,
    };
    let (x, paddings) = (node.x(0), node.x(1));
    let pads = cx.fit(kernel, merge::rank(&paddings.shape, 2))?;
    cx.fit(kernel, merge::value(pads.dim(1).unwrap_or(Dim::Unknown), 2))?;
    let rows = pads.dim(0).and_then(Dim::known).and_then(|n| usize::try_from(n).ok());
    let shape = match (rows, x.rank()) {
        (Some(rows), _) => {
            let eager = || {
                let comma = if kernel == "MirrorPad" { "," } else { "" };
                format!(
                    "The first dimension of paddings must be the rank of inputs{}{comma} {}",
                    paddings.shape.bracketed(),
                    x.shape.bracketed()
                )
            };
            cx.fit_or(kernel, merge::rank(&x.shape, rows), eager)?
        }
        (None, _) => x.shape.clone(),
    };
    let Some(dims) = shape.dims() else { return Ok(node.out(Shape::UNKNOWN)) };
    let Some(values) = paddings.int_values() else { return Ok(node.out(Shape::of_rank(dims.len()))) };
    let mut out = Vec::with_capacity(dims.len());
    for (dim, pair) in dims.iter().zip(values.chunks_exact(2)) {
        let (before, after) = (pair[0], pair[1]);
        if before < 0 || after < 0 {
            return cx.refuse(kernel, Misfit::argument("paddings", "Paddings must be non-negative"));
        }
        if let (true, "MirrorPad", Dim::Known(n)) = (cx.eager(), kernel, *dim)
            && (before >= n || after >= n)
        {
            let text =
                format!("paddings must be less than the dimension size: {before}, {after} not less than {n}");
            return cx.refuse(kernel, Misfit::argument("paddings", text));
        }
        out.push(dim.plus(Dim::Known(before + after)));
    }
    let out = Shape::new(out);
    let content = match kernel {
        "Pad" => padded(x, &values, &out, 0.0),
        "PadV2" => {
            let value = fold::array(&node.x(2).content, &[], x.dtype.unwrap_or(DType::Int32));
            match value.and_then(|a| a.data.to_floats()?.first().copied()) {
                Some(value) => padded(x, &values, &out, value),
                None => Content::Unknown,
            }
        }
        _ => Content::Unknown,
    };
    Ok(node.out_with(out, content))
}

/// Pads known elements with a value.
fn padded(x: &Tensor, pads: &[i64], out: &Shape, value: f64) -> Content {
    let (Content::Array(array), Some(sizes), Some(dtype)) = (&x.content, out.all_known(), x.dtype) else {
        return Content::Unknown;
    };
    let Some(from) = array.data.to_floats() else { return Content::Unknown };
    if sizes
        .iter()
        .try_fold(1_i64, |n, size| n.checked_mul(*size))
        .is_none_or(|n| n > tensor::MAX_ELEMENTS as i64)
    {
        return Content::Unknown;
    }
    let mut values = Vec::new();
    fold::for_each_index(&sizes, |index| {
        let source: Vec<i64> = index.iter().zip(pads.chunks_exact(2)).map(|(i, pair)| i - pair[0]).collect();
        let inside = source.iter().zip(&array.shape).all(|(i, n)| (0..*n).contains(i));
        values.push(if inside {
            from.get(fold::offset(&source, &array.shape)).copied().unwrap_or(value)
        } else {
            value
        });
    });
    fold::data(values, dtype)
        .and_then(|data| Array::new(sizes, dtype, data))
        .map_or(Content::Unknown, |a| Content::Array(a.into()))
}

/// `ReverseV2`.
///
/// # Errors
/// An axis lies outside of the rank or stands twice.
pub fn reverse(cx: &Cx<'_>, x: impl Into<Val>, axes: impl Into<Val>) -> Infer<Tensor> {
    let node = cx.node("ReverseV2", [x.into(), axes.into()])?;
    let (x, axes) = (node.x(0), node.x(1));
    cx.fit("ReverseV2", merge::rank(&axes.shape, 1))?;
    let (Some(rank), Some(axes)) = (x.rank(), axes.int_values()) else {
        return Ok(node.out(x.shape.clone()));
    };
    let mut seen = vec![false; rank];
    for (i, axis) in axes.iter().enumerate() {
        let at = merge::axis(*axis, rank, || {
            format!("'axis'[{i}] = {axis} is out of valid range [0, {}", rank as i64 - 1)
        });
        let at = cx.fit("ReverseV2", at)?;
        if seen[at] {
            return cx.refuse(
                "ReverseV2",
                Misfit::argument("axis", format!("axis {at} specified more than once.")),
            );
        }
        seen[at] = true;
    }
    let content = match &x.content {
        Content::Array(a) => {
            let shape = a.shape.clone();
            picked(a, &shape, |index| {
                index
                    .iter()
                    .zip(&shape)
                    .zip(&seen)
                    .map(|((i, n), flip)| if *flip { n - 1 - i } else { *i })
                    .collect()
            })
        }
        Content::Zeros => Content::Zeros,
        _ => Content::Unknown,
    };
    Ok(node.out_with(x.shape.clone(), content))
}

/// `Roll`: the axes are looked at only on values.
///
/// # Errors
/// The tensor is a scalar, or an axis lies outside of the rank on values.
pub fn roll(cx: &Cx<'_>, x: impl Into<Val>, shift: impl Into<Val>, axis: impl Into<Val>) -> Infer<Tensor> {
    let node = cx.node("Roll", [x.into(), shift.into(), axis.into()])?;
    let (x, shift, axis) = (node.x(0), node.x(1), node.x(2));
    cx.fit_or("Roll", merge::rank_at_least(&x.shape, 1), || "input must be 1-D or higher".to_owned())?;
    cx.fit("Roll", merge::rank_at_most(&shift.shape, 1))?;
    cx.fit("Roll", merge::rank_at_most(&axis.shape, 1))?;
    let merged = merge::shapes(&shift.shape, &axis.shape);
    cx.fit_or("Roll", merged, || "shift and axis must have the same size".to_owned())?;
    if let (true, Some(rank), Some(axes)) = (cx.eager(), x.rank(), axis.int_values()) {
        for axis in axes {
            cx.fit("Roll", merge::axis(axis, rank, || format!("axis {axis} is out of range")))?;
        }
    }
    Ok(node.out(x.shape.clone()))
}
