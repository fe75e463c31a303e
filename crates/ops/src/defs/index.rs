//! Picking and placing elements by index: `x[...]`, gather, where, scatter, one-hot.

use tensor::{DType, Dim, Shape};

use super::rule;
use crate::kernels::index::{self, gather, gather_nd, one_hot, scatter_nd, select, tensor_scatter, where_};
use crate::kernels::pointwise::{binary, cast};
use crate::kernels::reduce::{Axes, reduce};
use crate::kernels::shape::{reshape, shape_of, squeeze};
use crate::kernels::stride::{Bounds, Pick, item, part, strided_slice};
use crate::kernels::{join, shape};
use crate::params::{AXIS, X, Y};
use crate::spec::{Cx, Tensor, Val, fold, keras, merge, repr, run};
use crate::{Arg, Exc, Infer, Mistake, Op, Param, Stop, Surface};

pub(super) static OPS: &[Op] = &[
    rule(
        "getitem",
        &["keras.ops.get_item"],
        |c| run(c, getitem),
        "tensorflow/python/ops/tensor_getitem_override.py",
    ),
    rule(
        "gather",
        &["tf.gather", "tf.keras.backend.gather", "tf.nn.embedding_lookup"],
        |c| run(c, gather_op),
        "tensorflow/core/ops/array_ops.cc: GatherV2",
    ),
    rule("take", &["keras.ops.take"], |c| run(c, take), "keras/src/ops/numpy.py: Take"),
    rule(
        "take_along_axis",
        &["keras.ops.take_along_axis"],
        |c| run(c, take_along_axis),
        "keras/src/backend/tensorflow/numpy.py: take_along_axis",
    ),
    rule(
        "gather_nd",
        &["tf.gather_nd"],
        |c| run(c, gather_nd_op),
        "tensorflow/core/framework/common_shape_fns.cc: GatherNdShape",
    ),
    rule(
        "boolean_mask",
        &["tf.boolean_mask"],
        |c| run(c, boolean_mask_op),
        "tensorflow/python/ops/array_ops.py: boolean_mask",
    ),
    rule(
        "where",
        &["tf.where", "keras.ops.where"],
        |c| run(c, where_op),
        "tensorflow/core/ops/math_ops.cc: SelectV2",
    ),
    rule(
        "one_hot",
        &["tf.one_hot", "keras.ops.one_hot", "tf.keras.backend.one_hot"],
        |c| run(c, one_hot_op),
        "tensorflow/core/ops/array_ops.cc: OneHot",
    ),
    rule(
        "slice",
        &["tf.slice", "keras.ops.slice"],
        |c| run(c, slice_op),
        "tensorflow/core/framework/common_shape_fns.cc: SliceShape",
    ),
    rule(
        "strided_slice",
        &["tf.strided_slice"],
        |c| run(c, strided),
        "tensorflow/core/ops/array_ops.cc: StridedSlice",
    ),
    rule(
        "scatter_nd",
        &["tf.scatter_nd", "keras.ops.scatter"],
        |c| run(c, scatter),
        "tensorflow/core/ops/array_ops.cc: ScatterNd",
    ),
    rule(
        "tensor_scatter_update",
        &["tf.tensor_scatter_nd_update", "keras.ops.scatter_update"],
        |c| run(c, |cx| scatter_into(cx, "TensorScatterUpdate")),
        "tensorflow/core/framework/common_shape_fns.cc: ScatterNdTensorShape",
    ),
    rule(
        "tensor_scatter_add",
        &["tf.tensor_scatter_nd_add"],
        |c| run(c, |cx| scatter_into(cx, "TensorScatterAdd")),
        "tensorflow/core/framework/common_shape_fns.cc: ScatterNdTensorShape",
    ),
    rule(
        "tensor_scatter_sub",
        &["tf.tensor_scatter_nd_sub"],
        |c| run(c, |cx| scatter_into(cx, "TensorScatterSub")),
        "tensorflow/core/framework/common_shape_fns.cc: ScatterNdTensorShape",
    ),
    rule(
        "tensor_scatter_max",
        &["tf.tensor_scatter_nd_max"],
        |c| run(c, |cx| scatter_into(cx, "TensorScatterMax")),
        "tensorflow/core/framework/common_shape_fns.cc: ScatterNdTensorShape",
    ),
    rule(
        "tensor_scatter_min",
        &["tf.tensor_scatter_nd_min"],
        |c| run(c, |cx| scatter_into(cx, "TensorScatterMin")),
        "tensorflow/core/framework/common_shape_fns.cc: ScatterNdTensorShape",
    ),
    rule(
        "sequence_mask",
        &["tf.sequence_mask"],
        |c| run(c, sequence_mask),
        "tensorflow/python/ops/array_ops.py: sequence_mask",
    ),
];

const INDEX: Param<Arg> = Param::at(1, &["index", "key"]);

fn getitem(cx: &Cx<'_>) -> Infer<Val> {
    let (x, index) = (cx.known(X)?, cx.known(INDEX)?);
    if cx.surface() == Surface::Numpy {
        let x = cx.convert(x, None)?;
        return item_of_array(cx, &x, index).map(Val::T);
    }
    if cx.symbolic() {
        let Val::T(x) = x else { return Err(Stop::Unknown("a symbolic call without a tensor")) };
        return symbolic_item(cx, x, index).map(Val::T);
    }
    let x = cx.convert(x, None)?;
    // A bool or a tensor of bools is a mask.
    if let Val::T(mask) = index
        && mask.dtype == Some(DType::Bool)
    {
        return boolean_mask(cx, &x, mask, 0).map(Val::T);
    }
    if matches!(index, Val::Py(Arg::Bool(_))) {
        // A bool is a mask without axes.
        let problem = "is one bool".to_owned();
        return cx.value_error("mask cannot be scalar.", Mistake::Argument { param: "mask", problem });
    }
    packed_index(cx, index)?;
    let picks = picks_of(cx, index)?;
    strided_slice(cx, &x, &picks).map(Val::T)
}

/// Packs the beginnings of an index in which a tensor has axes, as `x[i, 0]` does before it slices.
fn packed_index(cx: &Cx<'_>, index: &Val) -> Infer<()> {
    let entries = index.items().unwrap_or(std::slice::from_ref(index));
    let deep = |v: &Val| matches!(v, Val::T(t) if index::indexes(t.dtype) && t.rank().is_some_and(|r| r > 1));
    if !entries.iter().any(deep) {
        return Ok(());
    }
    let begin: Vec<Tensor> = entries
        .iter()
        .filter(|entry| !matches!(entry, Val::Py(Arg::Ellipsis)))
        .map(|entry| match entry {
            Val::T(t) => Ok(t.clone()),
            Val::Py(Arg::Int(n)) => Ok(Tensor::int(*n)),
            Val::Py(Arg::None | Arg::Slice(_)) => Ok(Tensor::int(0)),
            _ => Err(Stop::Unknown("an index of higher rank")),
        })
        .collect::<Infer<_>>()?;
    let packed = join::pack_tensors(cx, &begin, 0)?;
    cx.fit("StridedSlice", merge::rank(&packed.shape, 1)).map(drop)
}

/// Reads an index: an entry, or a tuple or list of entries.
fn picks_of(cx: &Cx<'_>, index: &Val) -> Infer<Vec<Pick>> {
    match index.items() {
        Some(items) => items.iter().map(|entry| pick_of(cx, entry)).collect(),
        None => pick_of(cx, index).map(|p| vec![p]),
    }
}

fn pick_of(cx: &Cx<'_>, entry: &Val) -> Infer<Pick> {
    Ok(match entry {
        Val::Py(Arg::Ellipsis) => Pick::Ellipsis,
        Val::Py(Arg::None) => Pick::NewAxis,
        Val::Py(Arg::Int(n)) => Pick::At(Dim::Known(*n)),
        // One among others is the integer that a bool is.
        Val::Py(Arg::Bool(b)) => Pick::At(Dim::Known(i64::from(*b))),
        Val::Py(Arg::Dim(d)) => Pick::At(*d),
        Val::Py(Arg::Slice(parts)) => {
            let bound = |arg: &Arg| -> Infer<Option<Dim>> {
                Ok(Some(match arg {
                    Arg::None | Arg::Missing => return Ok(None),
                    Arg::Int(n) => Dim::Known(*n),
                    Arg::Dim(d) => *d,
                    Arg::Tensor(t)
                        if index::indexes(t.spec.dtype) && t.spec.shape.rank().is_none_or(|r| r != 1) =>
                    {
                        fold::scalar_dim(&t.content)
                    }
                    Arg::Unknown => return Err(Stop::Unknown("a bound that is not known")),
                    Arg::Number(_) => return Err(Stop::Unknown("a bound that is not known")),
                    other => return refuse_index(cx, &Val::Py(other.clone())),
                }))
            };
            Pick::Range(Bounds { start: bound(&parts[0])?, stop: bound(&parts[1])?, step: bound(&parts[2])? })
        }
        Val::T(t) if index::indexes(t.dtype) && t.rank() == Some(0) => Pick::At(fold::scalar_dim(&t.content)),
        Val::T(t) if index::indexes(t.dtype) && t.rank().is_none_or(|r| r > 1) => {
            return Err(Stop::Unknown("an index of higher rank"));
        }
        Val::T(_) | Val::Py(Arg::Float(_) | Arg::Str(_)) | Val::List(_) | Val::Tuple(_) => {
            return refuse_index(cx, entry);
        }
        _ => return Err(Stop::Unknown("an index that is not known")),
    })
}

fn refuse_index<R>(cx: &Cx<'_>, entry: &Val) -> Infer<R> {
    let text = format!(
        "Only integers, slices (`:`), ellipsis (`...`), tf.newaxis (`None`) and scalar tf.int32/tf.int64 tensors are valid indices, got {}",
        repr(entry)
    );
    cx.type_error(text, Mistake::Argument { param: "index", problem: "not an index".to_owned() })
}

/// `GetItem.compute_output_spec` in `keras/src/ops/numpy.py`.
fn symbolic_item(cx: &Cx<'_>, x: &Tensor, index: &Val) -> Infer<Tensor> {
    let unsupported = |entry: &Val| {
        let text = format!("Unsupported key type for array slice. Received: `{}`", repr(entry));
        cx.value_error(text.clone(), Mistake::Argument { param: "index", problem: text })
    };
    let mut entries: Vec<Val> = match index {
        Val::Py(Arg::Int(_)) => vec![index.clone()],
        Val::Tuple(items) | Val::List(items) => items.clone(),
        // A bare slice, `...` or `None` is wrapped by `KerasTensor.__getitem__`'s caller into a tuple.
        Val::Py(Arg::Slice(_) | Arg::Ellipsis | Arg::None) => vec![index.clone()],
        Val::Py(Arg::Unknown | Arg::Dim(_)) => return Err(Stop::Unknown("an index that is not known")),
        other => return unsupported(other),
    };
    let ellipses = entries.iter().filter(|e| **e == Val::Py(Arg::Ellipsis)).count();
    if ellipses > 1 {
        let text = format!("Slice should only have one ellipsis. Received: `{}`", repr(index));
        return cx.value_error(text.clone(), Mistake::Argument { param: "index", problem: text });
    }
    if ellipses == 0 {
        entries.push(Val::Py(Arg::Ellipsis));
    }
    let Some(dims) = x.shape.dims() else { return Ok(keras::spec(Shape::UNKNOWN, x.dtype, &[x])) };
    let (mut rest, mut out) = (dims.to_vec(), Vec::new());
    for (i, entry) in entries.iter().enumerate() {
        match entry {
            Val::Py(Arg::Ellipsis) => {
                let needed = entries[i + 1..].iter().filter(|e| **e != Val::Py(Arg::None)).count();
                let consumed = rest.len().saturating_sub(needed);
                out.extend(rest.drain(..consumed));
                continue;
            }
            Val::Py(Arg::None) => {
                out.push(Dim::Known(1));
                continue;
            }
            _ => {}
        }
        if rest.is_empty() {
            let text = format!(
                "Array has shape {} but slice has to many indices. Received: `{}`",
                x.shape.tuple(),
                repr(index)
            );
            let expected = format!("at least {}", entries.len());
            return cx.value_error(text, Mistake::RankMismatch { param: "index", expected, got: dims.len() });
        }
        let length = rest.remove(0);
        match entry {
            Val::Py(Arg::Int(n)) => {
                if let Dim::Known(size) = length
                    && !(-size..size).contains(n)
                {
                    let text = format!(
                        "Array has shape {} but out-of-bounds index {} was requested.",
                        x.shape.tuple(),
                        repr(index)
                    );
                    let axis = dims.len() - rest.len() - 1;
                    return cx.value_error(text, Mistake::IndexOutOfRange { index: *n, axis, size });
                }
            }
            Val::Py(Arg::Slice(_)) => {
                let Pick::Range(bounds) = pick_of(cx, entry)? else { continue };
                let sliced =
                    strided_slice(cx, &Tensor::new(Shape::new([length]), x.dtype), &[Pick::Range(bounds)])?;
                // An unknown length stays unknown, whatever the slice.
                out.push(if length.is_known() {
                    sliced.shape.dim(0).unwrap_or(Dim::Unknown)
                } else {
                    length
                });
            }
            Val::Py(Arg::Unknown | Arg::Dim(_)) => return Err(Stop::Unknown("an index that is not known")),
            other => return unsupported(other),
        }
    }
    Ok(keras::spec(Shape::new(out), x.dtype, &[x]))
}

/// Basic indexing of an array; with arrays as indices only a single one.
fn item_of_array(cx: &Cx<'_>, x: &Tensor, index: &Val) -> Infer<Tensor> {
    if let Val::T(at) = index {
        let Some(dims) = x.shape.dims() else { return Ok(x.clone().with_shape(Shape::UNKNOWN)) };
        if at.dtype == Some(DType::Bool) {
            let rank = at.rank().unwrap_or(1).min(dims.len());
            let out = std::iter::once(Dim::Unknown).chain(dims[rank..].iter().copied());
            return Ok(Tensor::new(out.collect(), x.dtype));
        }
        let Some(own) = at.shape.dims() else { return Ok(x.clone().with_shape(Shape::UNKNOWN)) };
        let out = own.iter().chain(dims.iter().skip(1)).copied().collect();
        return Ok(Tensor::new(out, x.dtype));
    }
    let entries = index.items().map_or_else(|| vec![index.clone()], <[Val]>::to_vec);
    if entries.iter().any(|e| matches!(e, Val::T(_) | Val::List(_) | Val::Tuple(_))) {
        return Err(Stop::Unknown("an index of arrays"));
    }
    let picks: Vec<Pick> = entries.iter().map(|e| pick_of(cx, e)).collect::<Infer<_>>()?;
    let taken = picks.iter().filter(|p| matches!(p, Pick::At(_) | Pick::Range(_))).count();
    if let Some(rank) = x.rank().filter(|r| taken > *r) {
        let text =
            format!("too many indices for array: array is {rank}-dimensional, but {taken} were indexed");
        let expected = format!("at least {taken}");
        return cx.raise(
            Exc::IndexError,
            text,
            Mistake::RankMismatch { param: "index", expected, got: rank },
        );
    }
    let out = strided_slice(cx, x, &picks);
    match out {
        Err(Stop::Violation(v)) => match v.mistake {
            Mistake::IndexOutOfRange { index, axis, size } => {
                let text = format!("index {index} is out of bounds for axis {axis} with size {size}");
                cx.raise(Exc::IndexError, text, Mistake::IndexOutOfRange { index, axis, size })
            }
            _ => Err(Stop::Violation(v)),
        },
        other => other.map(|t| Tensor { dtype: x.dtype, ..t }),
    }
}

const INDICES: Param<Arg> = Param::at(1, &["indices", "ids"]);
const BATCH_DIMS: Param<Option<i64>> = Param::named(&["batch_dims"]);

fn gather_op(cx: &Cx<'_>) -> Infer<Val> {
    let (params, indices) = (cx.known(X)?, cx.known(INDICES)?);
    if cx.surface() == Surface::Backend || cx.call.path == "tf.nn.embedding_lookup" {
        if cx.surface() == Surface::Backend {
            return gather(cx, params, indices, Val::from(0), 0).map(Val::T);
        }
        return super::lookup::embedding(cx, params, indices).map(Val::T);
    }
    let batch = cx.get(BATCH_DIMS)?.unwrap_or(0);
    let axis = cx.known(AXIS)?;
    let axis = if axis.is_none() { Val::from(batch) } else { axis.clone() };
    // Along the first axis the batch dims are not passed on.
    let first = cx.int(&axis).is_ok_and(|a| a == 0);
    gather(cx, params, indices, axis, if first { 0 } else { batch }).map(Val::T)
}

fn take(cx: &Cx<'_>) -> Infer<Val> {
    let (x, indices, axis) = (cx.known(X)?, cx.known(INDICES)?, cx.known(AXIS)?);
    if cx.symbolic() || cx.surface() == Surface::Numpy {
        let (x, indices) = (cx.convert(x, None)?, cx.convert(indices, None)?);
        let (Some(dims), Some(own)) = (x.shape.dims(), indices.shape.dims()) else {
            return Ok(Val::T(keras::spec(Shape::UNKNOWN, x.dtype, &[&x])));
        };
        if axis.is_none() {
            return Ok(Val::T(keras::spec(indices.shape.clone(), x.dtype, &[&x])));
        }
        let at = match cx.surface() {
            Surface::Numpy => crate::spec::numpy::normalize_axis(cx, cx.int(axis)?, dims.len())?,
            _ => keras::canonicalize_axis(cx, cx.int(axis)?, dims.len())?,
        };
        let out = dims[..at].iter().chain(own).chain(&dims[at + 1..]).copied().collect();
        return Ok(Val::T(keras::spec(out, x.dtype, &[&x])));
    }
    let mut x = keras::tensor(cx, x, None)?;
    let mut axis = axis.clone();
    if axis.is_none() {
        x = reshape(cx, x, Val::ints(&[-1]))?;
        axis = Val::from(0);
    }
    let indices = keras::tensor(cx, indices, None)?;
    // Negative indices count from the end: `tf.shape(x)[axis]` is added.
    let size = item(cx, &shape_of(&x, DType::Int32), cx.int(&axis)?)?;
    let size = cast(cx, size, indices.dtype)?;
    let negative = binary(cx, "Less", &indices, Val::from(0))?;
    let moved = binary(cx, "AddV2", &indices, size)?;
    let indices = select(cx, Val::T(negative), Val::T(moved), Val::T(indices))?;
    gather(cx, x, indices, axis, 0).map(Val::T)
}

fn take_along_axis(cx: &Cx<'_>) -> Infer<Val> {
    let (x, indices, axis) = (cx.known(X)?, cx.known(INDICES)?, cx.known(AXIS)?);
    let mut x = keras::tensor(cx, x, None)?;
    let indices = if cx.symbolic() {
        cx.convert(indices, None)?
    } else {
        keras::tensor(cx, indices, Some(DType::Int64))?
    };
    let flat = axis.is_none();
    if flat {
        if !cx.symbolic() && indices.rank().is_some_and(|r| r != 1) {
            let text = format!(
                "`indices` must be 1D if axis=None. Received: indices.shape={}",
                indices.shape.tuple()
            );
            return cx.value_error(text.clone(), Mistake::Argument { param: "indices", problem: text });
        }
        let size = x.shape.size();
        x = match cx.eager() {
            true => reshape(cx, x, Val::ints(&[-1]))?,
            false => x.with_shape(Shape::new([size])),
        };
    }
    let (Some(a), Some(b)) = (x.shape.dims(), indices.shape.dims()) else {
        return Ok(Val::T(keras::spec(Shape::UNKNOWN, x.dtype, &[&x])));
    };
    if a.len() != b.len() {
        let text = format!(
            "`x` and `indices` must have the same number of dimensions, but receive shape {} and {}.",
            keras::list(&x.shape),
            keras::list(&indices.shape)
        );
        let (expected, got) = (a.len().to_string(), b.len());
        return cx.value_error(text, Mistake::RankMismatch { param: "indices", expected, got });
    }
    let at = if flat { 0 } else { keras::canonicalize_axis(cx, cx.int(axis)?, a.len())? };
    let own = x.shape.with_dim(at, b[at]);
    let out = keras::broadcast_shapes(cx, &own, &indices.shape)?;
    if let (true, Some(from), Some(sizes)) = (cx.eager(), x.shape.all_known(), out.all_known()) {
        return super::along::taken(cx, &x, &indices, at, &from, &sizes).map(Val::T);
    }
    Ok(Val::T(keras::spec(out, x.dtype, &[&x])))
}

fn gather_nd_op(cx: &Cx<'_>) -> Infer<Val> {
    if let Some(batch) = cx.get(BATCH_DIMS)?.filter(|batch| *batch != 0) {
        return super::gather_batches::batch_gather_nd(cx, batch).map(Val::T);
    }
    gather_nd(cx, cx.known(X)?, cx.known(INDICES)?).map(Val::T)
}

const MASK: Param<Arg> = Param::at(1, &["mask"]);

fn boolean_mask_op(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    let mask = cx.convert(cx.known(MASK)?, None)?;
    let axis = cx.known(AXIS)?;
    let axis = if axis.is_none() { 0 } else { cx.int(axis)? };
    boolean_mask(cx, &x, &mask, axis).map(Val::T)
}

/// `tf.boolean_mask`.
fn boolean_mask(cx: &Cx<'_>, x: &Tensor, mask: &Tensor, axis: i64) -> Infer<Tensor> {
    let Some(rank) = mask.rank() else { return Err(Stop::Unknown("a mask of unknown rank")) };
    if rank == 0 {
        let text = "mask cannot be scalar.";
        return cx.value_error(text, Mistake::Argument { param: "mask", problem: text.to_owned() });
    }
    let Some(dims) = x.shape.dims() else { return Ok(x.clone().with_shape(Shape::UNKNOWN)) };
    // Slices of Python's, in which a negative axis counts from the end and one more than the last is the first.
    let place = |at: i64| {
        let from_end = if at < 0 { at + dims.len() as i64 } else { at };
        usize::try_from(from_end).unwrap_or(0).min(dims.len())
    };
    let (at, end) = (place(axis), place(axis + rank as i64));
    let masked: Shape = dims.get(at..end).unwrap_or_default().iter().copied().collect();
    if !masked.compatible(&mask.shape) {
        let text = format!("Shapes {} and {} are incompatible", masked.tuple(), mask.shape.tuple());
        let pair = masked.dims().unwrap_or_default().iter().zip(mask.shape.dims().unwrap_or_default());
        let mistake = match pair.into_iter().find(|(a, b)| !a.compatible(**b)) {
            Some((a, b)) => Mistake::DimMismatch { left: *a, right: *b, what: "the mask and the tensor" },
            None => Mistake::RankMismatch { param: "mask", expected: dims.len().to_string(), got: rank },
        };
        return cx.value_error(text, mistake);
    }
    let whole = shape_of(x, DType::Int32);
    let start = axis;
    let stop = axis + rank as i64;
    let middle = part(cx, &whole, Some(start), Some(stop))?;
    let leading = reduce(cx, "Prod", middle, &Axes::ints(&[0]), false)?;
    let leading = reshape(cx, leading, Val::ints(&[1]))?;
    let (before, after) = (part(cx, &whole, None, Some(start))?, part(cx, &whole, Some(stop), None)?);
    let wanted = join::concat(cx, Val::list([before, leading, after]), Val::from(0))?;
    let flat = reshape(cx, x, wanted)?;
    let size = masked.size();
    let known: Shape =
        dims.iter().take(at).copied().chain([size]).chain(dims.iter().skip(end).copied()).collect();
    let flat = flat.with_shape(known);
    let mask = reshape(cx, mask, Val::ints(&[-1]))?;
    let indices = squeeze(cx, where_(cx, mask)?, &[1])?;
    gather(cx, flat, indices, Val::from(axis), 0)
}

const CONDITION: Param<Arg> = Param::at(0, &["condition"]);
const THEN: Param<Arg> = Param::at(1, &["x", "x1"]);
const OTHERWISE: Param<Arg> = Param::at(2, &["y", "x2"]);

fn where_op(cx: &Cx<'_>) -> Infer<Val> {
    let condition = cx.known(CONDITION)?;
    let (then, otherwise) = (cx.known(THEN)?, cx.known(OTHERWISE)?);
    let keras = cx.surface() == Surface::KerasOps;
    if cx.surface() == Surface::Numpy {
        return where_array(cx, condition, then, otherwise);
    }
    match (then.is_none(), otherwise.is_none()) {
        (true, true) if cx.symbolic() => {
            let shape = condition.as_tensor().map_or(Shape::scalar(), |t| t.shape.clone());
            Ok(Val::T(keras::spec(shape, DType::Int32, &[])))
        }
        (true, true) if keras => super::keras_numpy::sets::nonzero(cx),
        (true, true) => where_(cx, cx.convert_hint(condition, Some(DType::Bool))?).map(Val::T),
        (false, false) if cx.symbolic() => {
            let shape = |v: &Val| v.as_tensor().map_or(Shape::scalar(), |t| t.shape.clone());
            let out = keras::broadcast_shapes(cx, &shape(condition), &shape(then))?;
            let out = keras::broadcast_shapes(cx, &out, &shape(otherwise))?;
            let dtype = keras::common_dtype(cx, &[keras::promoted(then)?, keras::promoted(otherwise)?])?;
            let operands: Vec<&Tensor> = [then, otherwise].into_iter().filter_map(Val::as_tensor).collect();
            Ok(Val::T(keras::spec(out, dtype, &operands)))
        }
        (false, false) if keras => {
            let condition = cast(cx, condition, Some(DType::Bool))?;
            let (then, otherwise) = keras::weak_pair(cx, then, otherwise, false)?;
            select(cx, Val::T(condition), Val::T(then), Val::T(otherwise)).map(Val::T)
        }
        (false, false) => select(cx, condition.clone(), then.clone(), otherwise.clone()).map(Val::T),
        _ => {
            let text = if keras {
                "`x1` and `x2` either both should be `None` or both should have non-None value."
            } else {
                "x and y must both be non-None or both be None."
            };
            cx.value_error(text, Mistake::Argument { param: "y", problem: text.to_owned() })
        }
    }
}

fn where_array(cx: &Cx<'_>, condition: &Val, then: &Val, otherwise: &Val) -> Infer<Val> {
    use crate::spec::numpy;
    if then.is_none() {
        let rank = numpy::shape_of(condition).rank().ok_or(Stop::Unknown("an array of unknown rank"))?;
        let one = || Val::T(Tensor::new(Shape::new([Dim::Unknown]), DType::Int64));
        return Ok(Val::Tuple((0..rank.max(1)).map(|_| one()).collect()));
    }
    let out = numpy::broadcast(cx, &numpy::shape_of(condition), &numpy::shape_of(then))?;
    let out = numpy::broadcast(cx, &out, &numpy::shape_of(otherwise))?;
    let dtype = numpy::result_type(keras::promoted(then)?, keras::promoted(otherwise)?);
    Ok(Val::T(Tensor::new(out, dtype)))
}

const DEPTH: Param<Arg> = Param::at(1, &["depth", "num_classes"]);
const ON: Param<Arg> = Param::named(&["on_value"]);
const OFF: Param<Arg> = Param::named(&["off_value"]);

fn one_hot_op(cx: &Cx<'_>) -> Infer<Val> {
    let (indices, depth) = (cx.known(X)?, cx.known(DEPTH)?);
    let axis = cx.known(AXIS)?;
    let axis = if axis.is_none() { -1 } else { cx.int(axis)? };
    let dtype = cx.get(crate::params::DTYPE)?;
    if cx.symbolic() {
        let Val::T(x) = indices else { return Err(Stop::Unknown("a symbolic call without a tensor")) };
        let Some(dims) = x.shape.dims() else { return Ok(Val::T(keras::spec(Shape::UNKNOWN, dtype, &[]))) };
        let depth = cx.shape(depth)?.dim(0).unwrap_or(Dim::Unknown);
        let mut out = dims.to_vec();
        match usize::try_from(axis) {
            _ if axis == -1 => out.push(depth),
            Ok(at) if at < dims.len() => out.insert(at, depth),
            _ => {
                let text = format!("axis must be -1 or between [0, {}), but received {axis}.", dims.len());
                return cx.value_error(text, Mistake::AxisOutOfRange { axis, rank: dims.len() });
            }
        }
        return Ok(Val::T(keras::spec(Shape::new(out), dtype.unwrap_or(DType::Float32), &[])));
    }
    if cx.surface() == Surface::KerasOps {
        let x = keras::tensor(cx, indices, Some(DType::Int64))?;
        let dtype = dtype.unwrap_or(DType::Float32);
        let kind = if dtype == DType::Bool { DType::Bool } else { dtype };
        let value = |n: i64| {
            cx.convert(&if kind == DType::Bool { Val::from(n == 1) } else { Val::from(n) }, Some(kind))
        };
        return one_hot(cx, Val::T(x), depth.clone(), Val::T(value(1)?), Val::T(value(0)?), axis).map(Val::T);
    }
    let (on, off) = (cx.known(ON)?, cx.known(OFF)?);
    let given = |v: &Val| match dtype {
        _ if v.is_none() => Ok(None),
        Some(_) => cx.convert_hint(v, dtype).map(Some),
        None => cx.convert(v, None).map(Some),
    };
    let (on, off) = (given(on)?, given(off)?);
    let own = dtype.or_else(|| on.as_ref().or(off.as_ref()).and_then(|t| t.dtype)).unwrap_or(DType::Float32);
    for (name, value) in [("on_value", &on), ("off_value", &off)] {
        if let Some(have) = value.as_ref().and_then(|t| t.dtype)
            && have != own
        {
            let text = format!("dtype <dtype: '{have}'> of {name} does not match dtype parameter {own}");
            return cx.type_error(
                text,
                Mistake::DType { param: "dtype", got: have.to_string(), expected: own.to_string() },
            );
        }
    }
    let value = |given: Option<Tensor>, n: i64| match given {
        Some(t) => Ok(t),
        None => cx.convert(&Val::from(n), Some(own)),
    };
    let (on, off) = (value(on, 1)?, value(off, 0)?);
    one_hot(cx, indices.clone(), depth.clone(), Val::T(on), Val::T(off), axis).map(Val::T)
}

const BEGIN: Param<Arg> = Param::at(1, &["begin", "start_indices"]);
const SIZE: Param<Arg> = Param::at(2, &["size", "shape"]);

fn slice_op(cx: &Cx<'_>) -> Infer<Val> {
    let (x, begin, size) = (cx.known(X)?, cx.known(BEGIN)?, cx.known(SIZE)?);
    if cx.symbolic() {
        let Val::T(x) = x else { return Err(Stop::Unknown("a symbolic call without a tensor")) };
        return super::symbolic_slice::symbolic_slice(cx, x, begin, size);
    }
    index::slice(cx, x, begin, size).map(Val::T)
}

const END: Param<Arg> = Param::at(2, &["end"]);
const STRIDES: Param<Arg> = Param::named(&["strides"]);
const MASKS: [Param<Option<i64>>; 5] = [
    Param::named(&["begin_mask"]),
    Param::named(&["end_mask"]),
    Param::named(&["ellipsis_mask"]),
    Param::named(&["new_axis_mask"]),
    Param::named(&["shrink_axis_mask"]),
];

fn strided(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    let node =
        cx.node("StridedSlice", [Val::T(x.clone()), cx.known(BEGIN)?.clone(), cx.known(END)?.clone()])?;
    let (begin, end) = (node.x(1).clone(), node.x(2).clone());
    for places in [&begin, &end] {
        cx.fit("StridedSlice", merge::rank(&places.shape, 1))?;
    }
    let strides = cx.known(STRIDES)?;
    let Some(count) = begin.shape.dim(0).and_then(Dim::known).and_then(|n| usize::try_from(n).ok()) else {
        return Ok(Val::T(x.with_shape(Shape::UNKNOWN)));
    };
    let parts = |t: &Tensor| t.content.dims().unwrap_or_else(|| vec![Dim::Unknown; count]);
    let steps =
        if strides.is_none() { vec![Dim::Known(1); count] } else { parts(&cx.convert(strides, None)?) };
    let (begin, end) = (parts(&begin), parts(&end));
    let mut masks = [0_i64; 5];
    for (mask, param) in masks.iter_mut().zip(MASKS) {
        *mask = cx.get(param)?.unwrap_or(0);
    }
    let set = |mask: usize, i: usize| masks[mask] & (1 << i) != 0;
    let at = |list: &[Dim], i: usize| list.get(i).copied().unwrap_or(Dim::Unknown);
    let picks: Vec<Pick> = (0..count.min(32))
        .map(|i| {
            if set(2, i) {
                Pick::Ellipsis
            } else if set(3, i) {
                Pick::NewAxis
            } else if set(4, i) {
                Pick::At(at(&begin, i))
            } else {
                Pick::Range(Bounds {
                    start: (!set(0, i)).then(|| at(&begin, i)),
                    stop: (!set(1, i)).then(|| at(&end, i)),
                    step: Some(at(&steps, i)),
                })
            }
        })
        .collect();
    strided_slice(cx, &x, &picks).map(Val::T)
}

const UPDATES: Param<Arg> = Param::at(2, &["updates"]);
const REDUCTION: Param<Arg> = Param::named(&["reduction"]);

fn scatter(cx: &Cx<'_>) -> Infer<Val> {
    let (indices, updates, wanted) = (cx.known(X)?, cx.known(Y)?, cx.known(Param::<Arg>::at(2, &["shape"]))?);
    if cx.symbolic() {
        let Val::T(values) = updates else { return Err(Stop::Unknown("a symbolic call without a tensor")) };
        return Ok(Val::T(keras::spec(cx.shape(wanted)?, values.dtype, &[values])));
    }
    scatter_nd(cx, indices.clone(), updates.clone(), wanted.clone()).map(Val::T)
}

fn scatter_into(cx: &Cx<'_>, kernel: &str) -> Infer<Val> {
    let (x, indices, updates) = (cx.known(X)?, cx.known(INDICES)?, cx.known(UPDATES)?);
    if cx.symbolic() {
        let Val::T(x) = x else { return Err(Stop::Unknown("a symbolic call without a tensor")) };
        return Ok(Val::T(keras::spec(x.shape.clone(), x.dtype, &[x])));
    }
    let kernel = match cx.val(REDUCTION) {
        Val::Py(Arg::Str(s)) => match s.to_lowercase().as_str() {
            "add" => "TensorScatterAdd",
            "max" => "TensorScatterMax",
            "min" => "TensorScatterMin",
            "mul" => return Err(Stop::Unknown("a reduction by a loop")),
            other => {
                let text = format!(
                    "Invalid reduction: {other}. Supported values are: None, 'add', 'max', 'min', 'mul'."
                );
                return cx.value_error(text.clone(), Mistake::Argument { param: "reduction", problem: text });
            }
        },
        _ => kernel,
    };
    tensor_scatter(cx, kernel, x.clone(), indices.clone(), updates.clone()).map(Val::T)
}

const MAXLEN: Param<Arg> = Param::at(1, &["maxlen"]);

fn sequence_mask(cx: &Cx<'_>) -> Infer<Val> {
    let lengths = cx.tensor(X)?;
    let maxlen = cx.known(MAXLEN)?;
    let maxlen = if maxlen.is_none() {
        let largest = reduce(cx, "Max", &lengths, &Axes::All, false)?;
        binary(cx, "Maximum", Val::T(cx.convert_like(&Val::from(0), &largest)?), largest)?
    } else {
        cx.convert(maxlen, None)?
    };
    if maxlen.rank().is_some_and(|r| r != 0) {
        let text = format!(
            "Argument `maxlen` must be scalar for sequence_mask, received `maxlen` = {} with shape '{}' instead",
            crate::spec::text_of(&Val::T(maxlen.clone())),
            maxlen.shape.tuple()
        );
        return cx.value_error(text.clone(), Mistake::Argument { param: "maxlen", problem: text });
    }
    let value = |n: i64| cx.convert(&Val::from(n), maxlen.dtype).map(Val::T);
    let row = shape::range(cx, value(0)?, Val::T(maxlen.clone()), value(1)?)?;
    let column = cast(cx, shape::expand_dims(cx, lengths, Val::from(-1))?, maxlen.dtype)?;
    let mask = binary(cx, "Less", row, column)?;
    let dtype = cx.get(crate::params::DTYPE)?.unwrap_or(DType::Bool);
    cast(cx, mask, Some(dtype)).map(Val::T)
}
