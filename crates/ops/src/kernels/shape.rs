//! Kernels that read, make or change shapes without moving elements.

use tensor::{Content, DType, Dim, Shape};

use crate::spec::merge::{self, Fit};
use crate::spec::{Cx, Misfit, Tensor, Val, fold, partly_known};
use crate::{Infer, Mistake, Stop};

/// Reads a shape from an integer vector: `-1` and unknown elements are unknown dims.
///
/// # Errors
/// The tensor is no vector, or an element is below `-1`.
pub fn shape_from(t: &Tensor) -> Fit<Shape> {
    let vector = merge::rank(&t.shape, 1)?;
    let Some(dims) = t.content.dims() else {
        let length = vector.dim(0).and_then(Dim::known);
        return Ok(length.map_or(Shape::UNKNOWN, |n| Shape::of_rank(usize::try_from(n).unwrap_or(0))));
    };
    let mut out = Vec::with_capacity(dims.len());
    for dim in dims {
        out.push(match dim {
            Dim::Known(-1) => Dim::Unknown,
            Dim::Known(n) if n < -1 => {
                return Err(Misfit::argument(
                    "shape",
                    format!("Invalid value in tensor used for shape: {n}"),
                ));
            }
            other => other,
        });
    }
    Ok(Shape::new(out))
}

/// `Reshape`.
///
/// # Errors
/// The number of elements differs.
pub fn reshape(cx: &Cx<'_>, x: impl Into<Val>, shape: impl Into<Val>) -> Infer<Tensor> {
    let node = cx.node("Reshape", [x.into(), shape.into()])?;
    let (x, wanted) = (node.x(0), node.x(1));
    if cx.eager() {
        reshape_values(cx, x, wanted)?;
    }
    // The kernel takes `tf.reshape(x, -1)`; the shape function, which counts in a graph, does not.
    let one = (cx.eager() && wanted.rank() == Some(0))
        .then(|| Tensor { shape: Shape::known(&[1]), ..wanted.clone() });
    let out = cx.fit("Reshape", shape_from(one.as_ref().unwrap_or(wanted)))?;
    let out = cx.fit("Reshape", reshaped(&x.shape, out))?;
    let content = reshaped_content(x, &out);
    Ok(node.out_with(out, content))
}

/// What the kernel refuses on values.
fn reshape_values(cx: &Cx<'_>, x: &Tensor, wanted: &Tensor) -> Infer<()> {
    let (Some(sizes), Dim::Known(from)) = (wanted.int_values(), x.shape.size()) else { return Ok(()) };
    let unknown: Vec<usize> = (0..sizes.len()).filter(|i| sizes[*i] == -1).collect();
    let known: i64 = sizes.iter().filter(|n| **n != -1).product();
    let mistake = || Mistake::ReshapeSize { from: Dim::Known(from), to: Dim::Known(known) };
    let text = match unknown.as_slice() {
        [] if known != from => {
            format!("Input to reshape is a tensor with {from} values, but the requested shape has {known}")
        }
        [_] if known != 0 && from % known != 0 => format!(
            "Input to reshape is a tensor with {from} values, but the requested shape requires a multiple of {known}"
        ),
        [first, second, ..] => format!("Only one input size may be -1, not both {first} and {second}"),
        _ => return Ok(()),
    };
    cx.refuse("Reshape", Misfit::new(text, mistake()))
}

/// The shape function of `Reshape`: at most one unknown dim on each side can be told.
pub fn reshaped(from: &Shape, to: Shape) -> Fit<Shape> {
    let (Some(source), Some(target)) = (from.dims(), to.dims()) else { return Ok(to) };
    let unknown = |dims: &[Dim]| -> Vec<usize> { (0..dims.len()).filter(|i| !dims[*i].is_known()).collect() };
    let known = |dims: &[Dim]| dims.iter().filter_map(|d| d.known()).fold(1_i64, i64::saturating_mul);
    let (source_unknown, target_unknown) = (unknown(source), unknown(target));
    let (source_size, target_size) = (known(source), known(target));
    match (source_unknown.as_slice(), target_unknown.as_slice()) {
        ([], []) if source_size != target_size => {
            let text = format!(
                "Cannot reshape a tensor with {source_size} elements to shape {} ({target_size} elements)",
                to.bracketed()
            );
            let (from, to) = (Dim::Known(source_size), Dim::Known(target_size));
            Err(Misfit::new(text, Mistake::ReshapeSize { from, to }))
        }
        ([], [_]) if target_size == 0 && source_size != 0 => {
            let text = format!(
                "Cannot reshape a tensor with {source_size} elements to shape {} (0 elements)",
                to.bracketed()
            );
            let (from, to) = (Dim::Known(source_size), Dim::Known(0));
            Err(Misfit::new(text, Mistake::ReshapeSize { from, to }))
        }
        ([], [at]) if target_size > 0 => {
            let inferred = divided(source_size, target_size)?;
            Ok(to.with_dim(*at, inferred))
        }
        ([_], []) if source_size > 0 => divided(target_size, source_size).map(|_| to),
        ([from_at], [at]) if source_size == target_size => Ok(to.with_dim(*at, source[*from_at])),
        _ => Ok(to),
    }
}

fn divided(size: i64, by: i64) -> Fit<Dim> {
    merge::divide(Dim::Known(size), by).map_err(|misfit| {
        let mistake = Mistake::ReshapeSize { from: Dim::Known(size), to: Dim::Known(by) };
        Misfit { mistake, ..misfit }
    })
}

/// The elements stay in row-major order.
fn reshaped_content(x: &Tensor, shape: &Shape) -> Content {
    match &x.content {
        Content::Array(array) => shape
            .all_known()
            .and_then(|sizes| tensor::Array::new(sizes, array.dtype, array.data.clone()))
            .map_or(Content::Unknown, |a| Content::Array(a.into())),
        Content::Zeros => Content::Zeros,
        Content::Sample(_) => x.content.clone(),
        other => other.independent().unwrap_or(Content::Unknown),
    }
}

/// `tf.shape(x)`: a constant where the shape is known.
pub fn shape_of(x: &Tensor, dtype: DType) -> Tensor {
    match x.shape.dims() {
        Some(dims) => {
            let out = Tensor::dims(dims.to_vec(), dtype);
            match out.content {
                Content::Dims(ref dims) => {
                    let content = Content::Shape(dims.clone());
                    out.with_content(content)
                }
                _ => out,
            }
        }
        None => Tensor::new(Shape::new([Dim::Unknown]), dtype),
    }
}

/// `tf.size(x)`.
pub fn size_of(x: &Tensor, dtype: DType) -> Tensor {
    Tensor::new(Shape::scalar(), dtype).with_content(Content::Dims([x.shape.size()].into()))
}

/// `tf.rank(x)`.
pub fn rank_of(x: &Tensor) -> Tensor {
    let rank = x.rank().map_or(Dim::Unknown, |r| Dim::Known(r as i64));
    Tensor::new(Shape::scalar(), DType::Int32).with_content(Content::Dims([rank].into()))
}

/// `ExpandDims`.
///
/// # Errors
/// The axis lies outside of `[-rank - 1, rank]`.
pub fn expand_dims(cx: &Cx<'_>, x: impl Into<Val>, axis: impl Into<Val>) -> Infer<Tensor> {
    let node = cx.node("ExpandDims", [x.into(), axis.into()])?;
    let (x, axis) = (node.x(0), node.x(1).int_values());
    let Some(dims) = x.shape.dims() else { return Ok(node.out(Shape::UNKNOWN)) };
    let Some(axis) = axis else {
        // Nothing is said of an axis that is not one number.
        let one = matches!(node.x(1).shape.size(), Dim::Known(1) | Dim::Unknown);
        return Ok(node.out(if one { Shape::of_rank(dims.len() + 1) } else { Shape::UNKNOWN }));
    };
    let [axis] = axis[..] else {
        let text = "'dim' input must be a tensor with a single value";
        return cx.refuse("ExpandDims", Misfit::argument("axis", text));
    };
    let rank = dims.len() as i64;
    let at = merge::axis(axis, dims.len() + 1, || {
        format!("dim {axis} not in the interval [{}, {rank}].", -rank - 1)
    });
    let at = cx.fit_or("ExpandDims", at, || {
        format!("Tried to expand dim index {axis} for tensor with {rank} dimensions.")
    })?;
    let mut out = dims.to_vec();
    out.insert(at, Dim::Known(1));
    let out = Shape::new(out);
    let content = reshaped_content(x, &out);
    Ok(node.out_with(out, content))
}

/// `Squeeze`; no axes means every axis of size 1.
///
/// # Errors
/// An axis lies outside of the rank or its size is not 1.
pub fn squeeze(cx: &Cx<'_>, x: impl Into<Val>, axes: &[i64]) -> Infer<Tensor> {
    let mut node = cx.node("Squeeze", [x.into()])?;
    node.with("squeeze_dims", axes);
    let x = node.x(0);
    let Some(dims) = x.shape.dims() else { return Ok(node.out(Shape::UNKNOWN)) };
    let rank = dims.len();
    let mut squeezed = vec![false; rank];
    for (i, axis) in axes.iter().enumerate() {
        let at =
            merge::axis(*axis, rank, || format!("squeeze_dims[{i}] not in [{},{rank}).", -(rank as i64)));
        let at = cx.fit_or("Squeeze", at, || {
            format!("Tried to squeeze dim index {axis} for tensor with {rank} dimensions.")
        })?;
        squeezed[at] = true;
    }
    let mut out = Vec::with_capacity(rank);
    for (i, dim) in dims.iter().enumerate() {
        match dim {
            Dim::Known(1) if axes.is_empty() || squeezed[i] => {}
            Dim::Known(n) if squeezed[i] => {
                let text = format!("Can not squeeze dim[{i}], expected a dimension of 1, got {n}");
                let mistake =
                    Mistake::DimMismatch { left: *dim, right: Dim::Known(1), what: "a squeezed axis" };
                return cx.refuse("Squeeze", Misfit::new(text, mistake));
            }
            _ if squeezed[i] => {}
            // Whether an unknown dim is 1 decides on the rank.
            Dim::Symbol(_) | Dim::Unknown if axes.is_empty() => return Ok(node.out(Shape::UNKNOWN)),
            other => out.push(*other),
        }
    }
    let out = Shape::new(out);
    let content = reshaped_content(x, &out);
    Ok(node.out_with(out, content))
}

/// `BroadcastTo`.
///
/// # Errors
/// The shape does not fit.
pub fn broadcast_to(cx: &Cx<'_>, x: impl Into<Val>, shape: impl Into<Val>) -> Infer<Tensor> {
    let node = cx.node("BroadcastTo", [x.into(), shape.into()])?;
    let (x, wanted) = (node.x(0), node.x(1));
    if cx.eager()
        && let Some(n) = wanted.int_values().and_then(|v| v.into_iter().find(|n| *n < 0))
    {
        return cx.refuse("BroadcastTo", Misfit::argument("shape", format!("Dimension {n} must be >= 0")));
    }
    let mut out = cx.fit("BroadcastTo", shape_from(wanted))?;
    let (Some(from), Some(to)) = (x.shape.dims(), out.rank()) else { return Ok(node.out(out)) };
    cx.fit_or("BroadcastTo", merge::rank_at_most(&x.shape, to), || {
        format!("Rank of input ({}) must be no greater than rank of output shape ({to}).", from.len())
    })?;
    for (i, dim) in from.iter().rev().enumerate() {
        let at = to - 1 - i;
        if let (Dim::Known(n), Some(have)) = (dim, out.dim(at as i64))
            && *n > 1
        {
            let merged = cx.fit_or("BroadcastTo", merge::dims(*dim, have, "a broadcast axis"), || {
                format!("Incompatible shapes: {} vs. {}", x.shape.bracketed(), out.bracketed())
            })?;
            out = out.with_dim(at, merged);
        }
    }
    let content = match (&x.content, out.all_known()) {
        (Content::Zeros, _) => Content::Zeros,
        (Content::Array(a), Some(sizes)) => {
            let ones = tensor::Array::new(sizes.clone(), a.dtype, tensor::Data::Int(vec![0; count(&sizes)]));
            let dtype = a.dtype;
            ones.map_or(Content::Unknown, |ones| fold::binary(a, &ones, dtype, |x, _| x))
        }
        _ => Content::Unknown,
    };
    Ok(node.out_with(out, content))
}

/// The number of elements, or none where there are too many to be kept.
fn count(sizes: &[i64]) -> usize {
    let n = sizes.iter().try_fold(1_i64, |n, d| n.checked_mul(*d)).unwrap_or(0);
    usize::try_from(n).ok().filter(|n| *n <= tensor::MAX_ELEMENTS).unwrap_or(0)
}

/// `Fill`.
///
/// # Errors
/// `dims` is no vector or `value` no scalar.
pub fn fill(cx: &Cx<'_>, dims: impl Into<Val>, value: impl Into<Val>) -> Infer<Tensor> {
    let node = cx.node("Fill", [dims.into(), value.into()])?;
    let (dims, value) = (node.x(0), node.x(1));
    if let Some(n) = dims.int_values().and_then(|v| v.into_iter().find(|n| *n < 0)) {
        let text = if cx.eager() {
            format!("Dimension {n} must be >= 0")
        } else {
            "Fill dimensions must be >= 0".to_owned()
        };
        return cx.refuse("Fill", Misfit::argument("dims", text));
    }
    // The kernel still takes a vector of one for a number; only the shape function, in a graph, does not.
    if !cx.eager() || value.shape.dims() != Some(&[Dim::Known(1)]) {
        cx.fit("Fill", merge::rank(&value.shape, 0))?;
    }
    let out = if cx.eager() && dims.rank() == Some(0) {
        let size = dims.int_values().and_then(|values| values.first().copied());
        Shape::new([size.map_or(Dim::Unknown, Dim::Known)])
    } else {
        cx.fit("Fill", shape_from(dims))?
    };
    let content = if value.content.is_zero() {
        Content::Zeros
    } else {
        match (&value.content, out.all_known(), value.dtype) {
            (Content::Array(a), Some(sizes), Some(dtype)) if count(&sizes) > 0 => a
                .data
                .to_floats()
                .and_then(|v| fold::filled(count(&sizes), *v.first()?, dtype))
                .and_then(|data| tensor::Array::new(sizes, dtype, data))
                .map_or(Content::Unknown, |a| Content::Array(a.into())),
            _ => Content::Unknown,
        }
    };
    Ok(node.out_with(out, content))
}

/// A `TensorShape` in place of a vector of sizes: `tf.broadcast_to(x, x.shape)`.
///
/// # Errors
/// A size of the shape is `None`.
pub fn static_sizes(cx: &Cx<'_>, shape: &Shape) -> Infer<()> {
    let Some(dims) = shape.dims() else { return Err(Stop::Unknown("a shape that is not known")) };
    if dims.contains(&Dim::Unknown) {
        return Err(Stop::Unknown("a size that is not known"));
    }
    if cx.eager() || dims.iter().all(|d| d.is_known()) {
        return Ok(());
    }
    let error = partly_known(shape);
    let text = format!("Tried to convert 'shape' to a tensor and failed. Error: {error}");
    cx.value_error(text, Mistake::NoneValue)
}

/// `Range`; the three are of one dtype.
///
/// # Errors
/// The bounds contradict the step.
pub fn range(cx: &Cx<'_>, start: Val, limit: Val, delta: Val) -> Infer<Tensor> {
    let node = cx.node("Range", [start, limit, delta])?;
    for (i, which) in ["start", "limit", "delta"].into_iter().enumerate() {
        let fits = merge::rank(&node.x(i).shape, 0);
        cx.fit("Range", fits.map_err(|m| m.with(&format!("\n\t for '{which}'"))))?;
    }
    let value = |i: usize| match &node.x(i).content {
        Content::Array(a) => a.data.to_floats().and_then(|v| v.first().copied()),
        _ => None,
    };
    let (Some(start), Some(limit), Some(delta)) = (value(0), value(1), value(2)) else {
        // `tf.range(tf.shape(x)[0])` has the length that the scalar stands for.
        let from_zero = value(0) == Some(0.0) && value(2) == Some(1.0);
        let length = if from_zero { fold::scalar_dim(&node.x(1).content) } else { Dim::Unknown };
        return Ok(node.out(Shape::new([if length.is_known() { Dim::Unknown } else { length }])));
    };
    let refuse = |text: String| cx.refuse("Range", Misfit::argument("delta", text));
    // The shape function computes in four dtypes only, which it says by the numbers of others.
    match node.x(0).dtype {
        Some(DType::Float16) if !cx.eager() => return refuse("Unsupported dtype19".to_owned()),
        Some(DType::BFloat16) if !cx.eager() => return refuse("Unsupported dtype14".to_owned()),
        _ => {}
    }
    if delta == 0.0 {
        return refuse("Requires delta != 0".to_owned());
    }
    if delta > 0.0 && start > limit {
        return refuse(format!("Requires start <= limit when delta > 0: {start}/{limit}"));
    }
    if delta < 0.0 && start < limit {
        return refuse(format!("Requires start >= limit when delta < 0: {start}/{limit}"));
    }
    let dtype = node.x(0).dtype.unwrap_or(DType::Int32);
    let length = range_length(start, limit, delta, dtype);
    let values = if length <= tensor::MAX_ELEMENTS as f64 {
        fold::data((0..length as i64).map(|i| range_element(start, delta, i, dtype)).collect(), dtype)
    } else {
        None
    };
    let length = length as i64;
    let content = values
        .and_then(|data| tensor::Array::new(vec![length], dtype, data))
        .map_or(Content::Unknown, |a| Content::Array(a.into()));
    Ok(node.out_with(Shape::known(&[length]), content))
}

/// The number of elements of `Range`, which is computed in the dtype of the bounds: of `0.1, 1.1, 0.1` there are ten in
/// single precision, and would be eleven in double.
pub(crate) fn range_length(start: f64, limit: f64, delta: f64, dtype: DType) -> f64 {
    match dtype {
        DType::Float32 => f64::from(((limit as f32 - start as f32) / delta as f32).abs().ceil()),
        _ => ((limit - start) / delta).abs().ceil(),
    }
}

/// An element of `Range`, `start + i * delta` with both steps rounded to the dtype.
fn range_element(start: f64, delta: f64, i: i64, dtype: DType) -> f64 {
    match dtype {
        DType::Float32 => f64::from(start as f32 + i as f32 * delta as f32),
        _ => start + i as f64 * delta,
    }
}

/// `EnsureShape`.
///
/// # Errors
/// The shapes contradict.
pub fn ensure_shape(cx: &Cx<'_>, x: impl Into<Val>, shape: &Shape) -> Infer<Tensor> {
    let node = cx.node("EnsureShape", [x.into()])?;
    let x = node.x(0);
    let merged = match (shape.rank(), x.rank()) {
        (Some(want), Some(_)) => merge::rank(&x.shape, want).and_then(|_| merge::shapes(shape, &x.shape)),
        _ => merge::shapes(shape, &x.shape),
    };
    let out = cx.fit_or("EnsureShape", merged, || {
        format!(
            "Shape of tensor input {} is not compatible with expected shape {}.",
            x.shape.bracketed(),
            shape.bracketed()
        )
    })?;
    Ok(node.out_with(out, x.content.clone()))
}
