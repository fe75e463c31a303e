//! Putting tensors together and taking them apart.

use tensor::{DType, Dim, Shape};

use super::rule;
use crate::kernels::pointwise::{binary, cast, unary};
use crate::kernels::shape::reshape;
use crate::kernels::{join, shape, stride};
use crate::params::{AXIS, X};
use crate::spec::keras::{self, Promoted};
use crate::spec::{Cx, Tensor, Val, numpy, run, text_of};
use crate::{Arg, Exc, Infer, Mistake, Mode, Op, Param, Stop, Surface, TensorKind, Violation};

const VALUES: Param<Arg> = Param::at(0, &["values", "tensors", "xs", "arrays"]);
const PARTS: Param<Arg> = Param::at(1, &["num_or_size_splits", "indices_or_sections"]);
const NUM: Param<Option<i64>> = Param::named(&["num"]);

pub(super) static OPS: &[Op] = &[
    rule(
        "concatenate",
        &["tf.concat", "keras.ops.concatenate", "tf.keras.backend.concatenate"],
        |c| run(c, concatenate),
        "tensorflow/core/framework/common_shape_fns.cc: ConcatV2Shape",
    ),
    rule(
        "stack",
        &["tf.stack", "keras.ops.stack", "tf.keras.backend.stack"],
        |c| run(c, stack),
        "tensorflow/core/ops/array_ops.cc: Pack",
    ),
    rule(
        "unstack",
        &["tf.unstack", "keras.ops.unstack"],
        |c| run(c, unstack),
        "tensorflow/python/ops/array_ops_stack.py",
    ),
    rule(
        "split",
        &["tf.split", "keras.ops.split"],
        |c| run(c, split),
        "tensorflow/core/ops/array_ops.cc: Split, SplitV",
    ),
    rule("append", &["keras.ops.append"], |c| run(c, append), "keras/src/ops/numpy.py: Append"),
    rule("hstack", &["keras.ops.hstack"], |c| run(c, |cx| along(cx, 1)), "keras/src/ops/numpy.py: Hstack"),
    rule("vstack", &["keras.ops.vstack"], |c| run(c, |cx| along(cx, 0)), "keras/src/ops/numpy.py: Vstack"),
    rule("add_n", &["tf.add_n"], |c| run(c, add_n), "tensorflow/python/ops/math_ops.py: add_n"),
    rule(
        "accumulate_n",
        &["tf.math.accumulate_n"],
        |c| run(c, accumulate_n),
        "tensorflow/python/ops/math_ops.py: accumulate_n",
    ),
    rule(
        "meshgrid",
        &["tf.meshgrid", "keras.ops.meshgrid"],
        |c| run(c, meshgrid),
        "tensorflow/python/ops/array_ops.py: meshgrid",
    ),
];

/// `tf.concat`.
pub(super) fn concat(cx: &Cx<'_>, values: &Val, axis: Val) -> Infer<Tensor> {
    let list = match values {
        Val::List(_) | Val::Tuple(_) => values.clone(),
        Val::Py(Arg::Unknown) => return Err(Stop::Unknown("a list of tensors that is not known")),
        other => Val::List(vec![other.clone()]),
    };
    if let Some([only]) = list.items() {
        let axis = cx.convert(&axis, Some(DType::Int32))?;
        if axis.rank().is_some_and(|r| r != 0) {
            let text = format!("Shape {} must have rank 0", axis.shape.tuple());
            return cx.value_error(text.clone(), Mistake::Argument { param: "axis", problem: text });
        }
        return unary(cx, "Identity", only);
    }
    join::concat(cx, list, axis)
}

fn concatenate(cx: &Cx<'_>) -> Infer<Val> {
    let (values, axis) = (cx.known(VALUES)?, cx.known(AXIS)?);
    match cx.surface() {
        Surface::Numpy => joined_arrays(cx, values, axis),
        Surface::KerasOps if cx.symbolic() => {
            if let Val::Py(Arg::None) = axis {
                let text = "`axis` cannot be None for `concatenate`.";
                let problem = "is None".to_owned();
                return cx.value_error(text, Mistake::Argument { param: "axis", problem });
            }
            let axis = cx.int(axis)?;
            symbolic_concat(cx, values, axis)
        }
        // `xs = xs or ()` asks a traced tensor.
        Surface::KerasOps if cx.call.mode == Mode::Graph && values.as_tensor().is_some_and(Tensor::is_tf) => {
            return Err(Violation::symbolic_bool().raised());
        }
        Surface::KerasOps => concat(cx, &promoted(cx, values)?, axis.clone()),
        Surface::Backend => {
            // It asks each tensor whether it is sparse.
            if !cx.eager() && values.as_tensor().is_some_and(Tensor::is_tf) {
                return Err(Violation::symbolic_iteration().raised());
            }
            let mut axis = cx.int(axis)?;
            // The rows of a tensor on values are tensors.
            let rows;
            let values = match values {
                Val::T(t) if t.is_tf() => match t.shape.dim(0) {
                    Some(Dim::Known(count)) => {
                        rows = Val::list(join::unpack(cx, t, count, 0)?);
                        &rows
                    }
                    _ => values,
                },
                other => other,
            };
            if axis < 0 {
                let first = values
                    .items()
                    .and_then(<[Val]>::first)
                    .ok_or(Stop::Unknown("an empty list of tensors"))?;
                let rank = cx.convert(first, None)?.rank().unwrap_or(0) as i64;
                axis = if rank > 0 { axis.rem_euclid(rank) } else { 0 };
            }
            concat(cx, values, Val::from(axis))
        }
        Surface::Tf => concat(cx, values, axis.clone()),
    }
    .map(Val::T)
}

/// Casts tensors of several dtypes to their common one.
fn promoted(cx: &Cx<'_>, values: &Val) -> Infer<Val> {
    let items = values.items().ok_or(Stop::Unknown("a list of tensors that is not known"))?;
    // Nested lists are mapped over, and stay what they are: `ops.concatenate([ops.shape(x), [1]])`.
    if let Some(nested) = items.iter().find(|item| item.items().is_some()) {
        let text = format!("'{}' object has no attribute 'dtype'", crate::spec::type_name(nested));
        return cx.raise(Exc::AttributeError, text.clone(), Mistake::Argument { param: "xs", problem: text });
    }
    let tensors: Vec<Tensor> = items.iter().map(|v| keras::tensor(cx, v, None)).collect::<Infer<_>>()?;
    if tensors.iter().all(|t| t.dtype == tensors[0].dtype) {
        return Ok(Val::list(tensors));
    }
    let dtypes: Vec<Promoted> =
        tensors.iter().map(|t| keras::promoted(&Val::T(t.clone()))).collect::<Infer<_>>()?;
    let dtype = keras::common_dtype(cx, &dtypes)?;
    let cast: Vec<Tensor> = tensors.into_iter().map(|t| cast(cx, t, Some(dtype))).collect::<Infer<_>>()?;
    Ok(Val::list(cast))
}

fn tensors_of(cx: &Cx<'_>, values: &Val) -> Infer<Vec<Tensor>> {
    let items = values.items().ok_or(Stop::Unknown("a list of tensors that is not known"))?;
    items.iter().map(|v| cx.convert(v, None)).collect()
}

fn common(cx: &Cx<'_>, tensors: &[Tensor]) -> Infer<Option<DType>> {
    let dtypes: Vec<Promoted> = match tensors.iter().map(|t| t.dtype.map(Promoted::Of)).collect() {
        Some(dtypes) => dtypes,
        None => return Ok(None),
    };
    keras::common_dtype(cx, &dtypes).map(Some)
}

/// Tells whether two shapes are equal off an axis, unknown dims fitting everything.
fn equal_off(a: &Shape, b: &Shape, axis: Option<usize>) -> bool {
    match (a.dims(), b.dims()) {
        (Some(a), Some(b)) => {
            a.len() == b.len()
                && a.iter().zip(b).enumerate().all(|(i, (a, b))| Some(i) == axis || a.compatible(*b))
        }
        _ => true,
    }
}

/// `Concatenate.compute_output_spec`.
fn symbolic_concat(cx: &Cx<'_>, values: &Val, axis: i64) -> Infer<Tensor> {
    let tensors = tensors_of(cx, values)?;
    let first = tensors.first().ok_or(Stop::Unknown("an empty list of tensors"))?;
    let Some(rank) = first.rank() else { return Ok(keras::spec(Shape::UNKNOWN, first.dtype, &[first])) };
    let axis = keras::canonicalize_axis(cx, axis, rank)?;
    let mut size = Dim::Known(0);
    for x in &tensors {
        if !equal_off(&x.shape, &first.shape, Some(axis)) {
            let text = format!(
                "Every value in `xs` must have the same shape except on the `axis` dim. But found element of shape {}, \
                 which is different from the first element's shape {}.",
                x.shape.tuple(),
                first.shape.tuple()
            );
            let what = "dims off the axis";
            let (left, right) = differing(&first.shape, &x.shape, Some(axis));
            return cx.value_error(text, Mistake::DimMismatch { left, right, what });
        }
        size = size.plus(x.shape.dim(axis as i64).unwrap_or(Dim::Unknown));
    }
    let operands: Vec<&Tensor> = tensors.iter().collect();
    Ok(keras::spec(first.shape.with_dim(axis, size), common(cx, &tensors)?, &operands))
}

/// The first pair of dims that differ.
fn differing(a: &Shape, b: &Shape, axis: Option<usize>) -> (Dim, Dim) {
    let pairs = a.dims().unwrap_or_default().iter().zip(b.dims().unwrap_or_default());
    let found = pairs.enumerate().find(|(i, (a, b))| Some(*i) != axis && !a.compatible(**b));
    found.map_or((Dim::Unknown, Dim::Unknown), |(_, (a, b))| (*a, *b))
}

fn joined_arrays(cx: &Cx<'_>, values: &Val, axis: &Val) -> Infer<Tensor> {
    let tensors = tensors_of(cx, values)?;
    let first = tensors.first().ok_or(Stop::Unknown("an empty list of arrays"))?;
    let Some(rank) = first.rank() else { return Err(Stop::Unknown("arrays of unknown rank")) };
    if axis.is_none() {
        return Ok(Tensor::new(Shape::new([Dim::Unknown]), first.dtype));
    }
    let axis = numpy::normalize_axis(cx, cx.int(axis)?, rank)?;
    let mut size = Dim::Known(0);
    let mut dtype = first.dtype;
    for (i, x) in tensors.iter().enumerate() {
        if x.rank().is_some_and(|r| r != rank) {
            let text = format!(
                "all the input array dimensions must match exactly, but along dimension 0, the array at index 0 has {rank} dimension(s) and the array at index {i} has {} dimension(s)",
                x.rank().unwrap_or(0)
            );
            return cx.value_error(
                text,
                Mistake::RankMismatch {
                    param: "arrays",
                    expected: rank.to_string(),
                    got: x.rank().unwrap_or(0),
                },
            );
        }
        if !equal_off(&x.shape, &first.shape, Some(axis)) {
            let (left, right) = differing(&first.shape, &x.shape, Some(axis));
            let at = (0..rank)
                .find(|a| {
                    *a != axis
                        && !first
                            .shape
                            .dim(*a as i64)
                            .unwrap_or(Dim::Unknown)
                            .compatible(x.shape.dim(*a as i64).unwrap_or(Dim::Unknown))
                })
                .unwrap_or(0);
            let text = format!(
                "all the input array dimensions except for the concatenation axis must match exactly, but along dimension {at}, the array at index 0 has size {left} and the array at index {i} has size {right}"
            );
            return cx.value_error(text, Mistake::DimMismatch { left, right, what: "dims off the axis" });
        }
        size = size.plus(x.shape.dim(axis as i64).unwrap_or(Dim::Unknown));
        dtype = dtype.zip(x.dtype).and_then(|(a, b)| tensor::numpy_result_type(a, b));
    }
    Ok(Tensor::new(first.shape.with_dim(axis, size), dtype))
}

/// The rows of a tensor as a list: what going through it gives.
fn rows_of(cx: &Cx<'_>, values: &Val) -> Infer<Val> {
    let Val::T(t) = values else { return Ok(values.clone()) };
    match t.shape.dim(0) {
        Some(Dim::Known(count)) if (0..1000).contains(&count) => {
            let rows = (0..count).map(|at| stride::item(cx, t, at)).collect::<Infer<Vec<_>>>()?;
            Ok(Val::list(rows))
        }
        _ => Err(Stop::Unknown("a tensor of so many rows")),
    }
}

fn stack(cx: &Cx<'_>) -> Infer<Val> {
    let (values, axis) = (cx.known(VALUES)?, cx.int(cx.known(AXIS)?)?);
    match cx.surface() {
        Surface::KerasOps if cx.symbolic() => symbolic_stack(cx, values, axis),
        // A tensor is as good as the list of its rows; an array is so along the first axis only.
        Surface::KerasOps if matches!(values, Val::T(t) if t.kind == TensorKind::Numpy) && axis != 0 => {
            let rank = values.as_tensor().and_then(Tensor::rank).unwrap_or(0);
            let text = format!("expected a sequence for attr N, got an ndarray with rank {rank} instead");
            return cx.value_error(text, Mistake::Other).map(Val::T);
        }
        Surface::KerasOps if matches!(values, Val::T(t) if t.kind != TensorKind::Graph) => {
            stacked(cx, &rows_of(cx, values)?, axis)
        }
        // The dtypes of the parts are asked for.
        Surface::KerasOps if cx.call.mode == Mode::Graph && values.as_tensor().is_some_and(Tensor::is_tf) => {
            return Err(Violation::symbolic_iteration().raised());
        }
        Surface::KerasOps => stacked(cx, &promoted(cx, values)?, axis),
        Surface::Numpy => {
            let tensors = tensors_of(cx, values)?;
            let first = tensors.first().ok_or(Stop::Unknown("an empty list of arrays"))?;
            if tensors.iter().any(|t| !t.shape.compatible(&first.shape)) {
                return cx
                    .value_error("all input arrays must have the same shape", Mistake::Other)
                    .map(Val::T);
            }
            let Some(dims) = first.shape.dims() else { return Err(Stop::Unknown("arrays of unknown rank")) };
            let at = numpy::normalize_axis(cx, axis, dims.len() + 1)?;
            let mut out = dims.to_vec();
            out.insert(at, Dim::Known(tensors.len() as i64));
            Ok(Tensor::new(Shape::new(out), first.dtype))
        }
        _ => stacked(cx, values, axis),
    }
    .map(Val::T)
}

/// `tf.stack`.
pub(super) fn stacked(cx: &Cx<'_>, values: &Val, axis: i64) -> Infer<Tensor> {
    if axis == 0
        && let Ok(packed) = cx.convert(values, None)
    {
        return Ok(packed);
    }
    let first = match values {
        Val::T(t) => stride::item(cx, t, 0)?,
        other => {
            let items = other.items().ok_or(Stop::Unknown("a list of tensors that is not known"))?;
            cx.convert(items.first().ok_or(Stop::Unknown("an empty list of tensors"))?, None)?
        }
    };
    if let Some(rank) = first.rank() {
        let rank = rank as i64 + 1;
        if !(-rank..rank).contains(&axis) {
            let text = format!("Argument `axis` = {axis} not in range [{}, {rank})", -rank);
            return cx.value_error(text, Mistake::AxisOutOfRange { axis, rank: rank as usize });
        }
    }
    join::pack(cx, values.clone(), axis)
}

/// `Stack.compute_output_spec`.
fn symbolic_stack(cx: &Cx<'_>, values: &Val, axis: i64) -> Infer<Tensor> {
    let tensors = tensors_of(cx, values)?;
    let first = tensors.first().ok_or(Stop::Unknown("an empty list of tensors"))?;
    let Some(dims) = first.shape.dims() else {
        return Ok(keras::spec(Shape::UNKNOWN, first.dtype, &[first]));
    };
    let at = keras::canonicalize_axis(cx, axis, dims.len() + 1)?;
    for x in &tensors {
        if !equal_off(&x.shape, &first.shape, None) {
            let text = format!(
                "Every value in `x` must have the same shape. But found element of shape {},  which is different from \
                 the first element's shape {}.",
                x.shape.tuple(),
                first.shape.tuple()
            );
            let (left, right) = differing(&first.shape, &x.shape, None);
            return cx.value_error(text, Mistake::DimMismatch { left, right, what: "dims at the same axis" });
        }
    }
    let mut out = dims.to_vec();
    out.insert(at, Dim::Known(tensors.len() as i64));
    let operands: Vec<&Tensor> = tensors.iter().collect();
    Ok(keras::spec(Shape::new(out), common(cx, &tensors)?, &operands))
}

fn unstack(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    let axis = cx.int(cx.known(AXIS)?)?;
    let mut count = cx.get(NUM)?;
    if cx.symbolic() {
        let Some(dims) = x.shape.dims() else { return Err(Stop::Unknown("a tensor of unknown rank")) };
        let at = keras::canonicalize_axis(cx, axis, dims.len())?;
        if count.is_none() && dims[at] == Dim::Unknown {
            return Err(Stop::Unknown("an unstack of a size that is not known"));
        }
        let Some(count) = count.or(dims[at].known()) else {
            let text = format!(
                "Cannot infer argument `num` from shape {}. Either provide a tensor with a concrete shape in the `axis` dimension or explicitly pass the `num` argument.",
                x.shape.tuple()
            );
            return cx.value_error(text.clone(), Mistake::Argument { param: "num", problem: text });
        };
        let mut rest = dims.to_vec();
        rest.remove(at);
        let part = keras::spec(Shape::new(rest), x.dtype, &[&x]);
        return Ok(Val::list(vec![part; usize::try_from(count).unwrap_or(0)]));
    }
    if count.is_none() {
        if let Some(rank) = x.rank() {
            let signed = rank as i64;
            if !(-signed..signed).contains(&axis) {
                let text = format!("Argument `axis` = {axis} not in range [{}, {signed})", -signed);
                return cx.value_error(text, Mistake::AxisOutOfRange { axis, rank });
            }
            count = x.shape.dim(axis).and_then(Dim::known);
        }
        if count.is_none() && !matches!(x.shape.dim(axis), Some(Dim::Symbol(_))) {
            return Err(Stop::Unknown("an unstack of a size that is not known"));
        }
        if count.is_none() {
            let text = format!("Cannot infer argument `num` from shape {}", x.shape.tuple());
            return cx.value_error(text.clone(), Mistake::Argument { param: "num", problem: text });
        }
    }
    join::unpack(cx, x, count.unwrap_or(0), axis).map(Val::list)
}

fn split(cx: &Cx<'_>) -> Infer<Val> {
    let (x, parts, axis) = (cx.known(X)?, cx.known(PARTS)?, cx.known(AXIS)?);
    match cx.surface() {
        Surface::KerasOps if cx.symbolic() => symbolic_split(cx, x, parts, axis),
        Surface::KerasOps => keras_split(cx, &keras::tensor(cx, x, None)?, parts, axis),
        Surface::Numpy => Err(Stop::Unknown("np.split")),
        _ => tf_split(cx, x, parts, axis, cx.get(NUM)?),
    }
    .map(Val::list)
}

/// `tf.split`.
fn tf_split(cx: &Cx<'_>, x: &Val, parts: &Val, axis: &Val, num: Option<i64>) -> Infer<Vec<Tensor>> {
    if let Val::Py(Arg::Int(_) | Arg::Bool(_) | Arg::Dim(Dim::Known(_))) = parts {
        return join::split(cx, x, cx.int(parts)?, axis);
    }
    if let Val::Py(Arg::Dim(_) | Arg::Number(_)) = parts {
        // `tf.split(x, x.shape[0] // 2)`: a number, but not which.
        return Err(Stop::Unknown("a number of parts that is not known"));
    }
    let sizes = cx.convert(parts, None)?;
    if sizes.rank() == Some(0) {
        let text = format!(
            "Rank-0 tensors are not supported as the num_or_size_splits argument to split. Argument provided: {}",
            text_of(parts)
        );
        return cx
            .value_error(text.clone(), Mistake::Argument { param: "num_or_size_splits", problem: text });
    }
    let length = sizes.shape.dim(0).unwrap_or(Dim::Unknown);
    if num.is_none() && length == Dim::Unknown {
        return Err(Stop::Unknown("a split into a number of parts that is not known"));
    }
    let Some(count) = num.or(length.known()) else {
        let text = format!("Cannot infer argument `num` from shape {}", text_of(parts));
        return cx.value_error(text.clone(), Mistake::Argument { param: "num", problem: text });
    };
    join::split_v(cx, x, sizes, axis, count)
}

/// `split` of `keras/src/backend/tensorflow/numpy.py`: indices become sizes.
pub(super) fn keras_split(cx: &Cx<'_>, x: &Tensor, parts: &Val, axis: &Val) -> Infer<Vec<Tensor>> {
    if let Val::Py(Arg::Int(_)) = parts {
        return tf_split(cx, &x.into(), parts, axis, None);
    }
    let at = cx.int(axis)?;
    let total = x.shape.dim(at);
    let indices = cx.convert(parts, None)?;
    let Some(total) = total else {
        let Some(rank) = x.rank() else { return Err(Stop::Unknown("a tensor of unknown rank")) };
        let mistake = Mistake::AxisOutOfRange { axis: at, rank };
        return cx.raise(Exc::IndexError, "tuple index out of range", mistake);
    };
    if total == Dim::Unknown {
        return Err(Stop::Unknown("a split of a size that is not known"));
    }
    if !total.is_known() {
        // `None - indices[-1:]`.
        let text = "None values not supported.";
        return cx.value_error(text, Mistake::NoneValue);
    }
    let start = stride::part(cx, &indices, Some(0), Some(1))?;
    let last = stride::part(cx, &indices, Some(-1), None)?;
    let end = binary(cx, "Sub", cx.convert(&Val::from(total), last.dtype)?, last)?;
    let later = stride::part(cx, &indices, Some(1), None)?;
    let earlier = stride::part(cx, &indices, None, Some(-1))?;
    let between = binary(cx, "Sub", later, earlier)?;
    let sizes = join::concat(cx, Val::list([start, between, end]), Val::from(0))?;
    tf_split(cx, &x.into(), &Val::T(sizes), axis, None)
}

/// `_compute_split_output_spec`.
pub(super) fn symbolic_split(cx: &Cx<'_>, x: &Val, parts: &Val, axis: &Val) -> Infer<Vec<Tensor>> {
    let Val::T(x) = x else { return Err(Stop::Unknown("a symbolic call without a tensor")) };
    let Some(rank) = x.rank() else { return Err(Stop::Unknown("a tensor of unknown rank")) };
    let axis = keras::canonicalize_axis(cx, cx.int(axis)?, rank)?;
    let size = x.shape.dim(axis as i64).unwrap_or(Dim::Unknown);
    let part = |dim: Dim| keras::spec(x.shape.with_dim(axis, dim), x.dtype, &[x]);
    if let Val::Py(Arg::Int(n)) = parts {
        let n = *n;
        if n < 1 {
            return Err(Stop::Unknown("a split into no parts"));
        }
        if let Dim::Known(size) = size
            && size % n != 0
        {
            let text = format!(
                "`x` size on given `axis` must be divisible by `indices_or_sections` when `indices_or_sections` is an int. But received {size} and {n}."
            );
            return cx.value_error(
                text,
                Mistake::DimMismatch { left: Dim::Known(size), right: Dim::Known(n), what: "a multiple" },
            );
        }
        let each = size.map(|s| s / n);
        return Ok(vec![part(each); usize::try_from(n).unwrap_or(0)]);
    }
    let indices = cx.ints(parts)?;
    let mut out = Vec::with_capacity(indices.len() + 1);
    let mut previous = Dim::Known(0);
    for end in indices.into_iter().map(Dim::Known).chain([size]) {
        out.push(part(end.map2(previous, |a, b| Some((a - b).max(0)))));
        previous = end;
    }
    Ok(out)
}

const SECOND: Param<Arg> = Param::at(1, &["x2", "values"]);

fn append(cx: &Cx<'_>) -> Infer<Val> {
    let (x1, x2, axis) = (cx.known(X)?, cx.known(SECOND)?, cx.known(AXIS)?);
    let both = Val::List(vec![x1.clone(), x2.clone()]);
    if cx.surface() == Surface::Numpy {
        return Err(Stop::Unknown("np.append"));
    }
    if cx.symbolic() {
        let tensors = tensors_of(cx, &both)?;
        let dtype = common(cx, &tensors)?;
        if axis.is_none() {
            let size = tensors[0].shape.size().plus(tensors[1].shape.size());
            return Ok(Val::T(keras::spec(Shape::new([size]), dtype, &[&tensors[0], &tensors[1]])));
        }
        return Err(Stop::Unknown("a symbolic append along an axis"));
    }
    let (tensors, _) = keras::cast_all(cx, &[x1, x2], false)?;
    if axis.is_none() {
        let flat: Vec<Tensor> =
            tensors.into_iter().map(|t| reshape(cx, t, Val::ints(&[-1]))).collect::<Infer<_>>()?;
        return concat(cx, &Val::list(flat), Val::from(0)).map(Val::T);
    }
    concat(cx, &Val::list(tensors), axis.clone()).map(Val::T)
}

/// `hstack` and `vstack`.
fn along(cx: &Cx<'_>, axis: i64) -> Infer<Val> {
    let values = cx.known(VALUES)?;
    if cx.surface() == Surface::Numpy {
        return Err(Stop::Unknown("stacking of arrays"));
    }
    if cx.symbolic() {
        return symbolic_concat(cx, values, axis).map(Val::T);
    }
    let values = promoted(cx, values)?;
    let vectors = matches!(values.items().and_then(<[Val]>::first), Some(Val::T(t)) if t.rank() == Some(1));
    concat(cx, &values, Val::from(if vectors { 0 } else { axis })).map(Val::T)
}

fn add_n(cx: &Cx<'_>) -> Infer<Val> {
    let values = cx.known(VALUES)?;
    match values.items() {
        Some([]) => {
            let text = "Inputs must be an iterable of at least one Tensor/IndexedSlices with the same dtype and shape.";
            cx.value_error(text, Mistake::Argument { param: "inputs", problem: text.to_owned() })
        }
        Some([only]) => cx.convert(only, None).map(Val::T),
        None if !cx.eager() && values.as_tensor().is_some_and(Tensor::is_tf) => {
            Err(Violation::symbolic_iteration().raised())
        }
        _ => join::add_n(cx, values.clone()).map(Val::T),
    }
}

/// `tf.math.accumulate_n` checks the static shapes first.
fn accumulate_n(cx: &Cx<'_>) -> Infer<Val> {
    let values = cx.known(VALUES)?;
    let tensors = tensors_of(cx, values)?;
    let mut shape = Shape::UNKNOWN;
    for tensor in &tensors {
        shape = match shape.merge(&tensor.shape) {
            Some(merged) => merged,
            None => {
                let text =
                    format!("Shapes {} and {} are not compatible", shape.tuple(), tensor.shape.tuple());
                let (left, right) = differing(&shape, &tensor.shape, None);
                return cx
                    .value_error(text, Mistake::DimMismatch { left, right, what: "dims at the same axis" });
            }
        };
    }
    if let [only] = &tensors[..] {
        return Ok(Val::T(only.clone()));
    }
    join::add_n(cx, Val::list(tensors)).map(Val::T)
}

const INDEXING: Param<Arg> = Param::named(&["indexing"]);

fn meshgrid(cx: &Cx<'_>) -> Infer<Val> {
    let Some(Val::Tuple(args)) = cx.vals().first() else {
        return Err(Stop::Unknown("tensors that are not known"));
    };
    let options = |name: &str| -> Option<Arg> {
        cx.call.args.iter().find_map(|(_, arg)| match arg {
            Arg::Dict(items) => items.iter().find(|(key, _)| &**key == name).map(|(_, v)| v.clone()),
            _ => None,
        })
    };
    let indexing = match cx.val(INDEXING) {
        Val::Py(Arg::Str(s)) => s.to_string(),
        _ => match options("indexing") {
            Some(Arg::Str(s)) => s.to_string(),
            None => "xy".to_owned(),
            _ => return Err(Stop::Unknown("an indexing that is not known")),
        },
    };
    if !matches!(&*indexing, "xy" | "ij") {
        let text = format!("Argument `indexing` parameter must be either 'xy' or 'ij', got '{indexing}'");
        let problem = "is neither `xy` nor `ij`".to_owned();
        return cx.value_error(text, Mistake::Argument { param: "indexing", problem });
    }
    let tensors: Vec<Tensor> = args.iter().map(|a| cx.convert(a, None)).collect::<Infer<_>>()?;
    let rank = tensors.len();
    let mut sizes: Vec<Dim> = tensors.iter().map(|t| t.shape.size()).collect();
    let swap = indexing == "xy" && rank > 1;
    if swap {
        sizes.swap(0, 1);
    }
    if cx.symbolic() {
        let spec = |_| keras::spec(sizes.iter().copied().collect(), DType::Float32, &[]);
        return Ok(Val::list(tensors.iter().map(spec)));
    }
    let shape: Shape = sizes.iter().copied().collect();
    let dtype = tensors.first().and_then(|t| t.dtype);
    let one = cx.convert_like(&Val::from(1), &Tensor::new(Shape::scalar(), dtype));
    let ones = match one {
        Ok(one) => shape::fill(cx, Tensor::dims(sizes.clone(), DType::Int32), one)?.with_shape(shape),
        // What has no one is not multiplied by it either, which is said below.
        Err(_) => Tensor::new(shape, dtype),
    };
    let mut out = Vec::with_capacity(rank);
    for (i, tensor) in tensors.iter().enumerate() {
        let mut at = vec![1; rank];
        let axis = match i {
            0 if swap => 1,
            1 if swap => 0,
            i => i,
        };
        at[axis] = -1;
        let spread = shape::reshape(cx, tensor, Val::ints(&at))?;
        out.push(binary(cx, "Mul", spread, &ones)?);
    }
    Ok(Val::list(out))
}
