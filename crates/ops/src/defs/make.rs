//! Making tensors: constants, ranges, filled ones, casts.

use tensor::{Content, DType, Dim, Shape};

use super::rule;
use crate::kernels::pointwise::{binary, cast, unary};
use crate::kernels::shape::{fill, range, reshape, shape_of};
use crate::params::{DTYPE, X, Y};
use crate::spec::{Cx, Misfit, Tensor, Val, fold, keras, merge, repr, run, text_of};
use crate::{Arg, Exc, Infer, Mistake, Op, Param, Stop, Surface, TensorKind, Violation};

pub(super) static OPS: &[Op] = &[
    rule(
        "zeros",
        &["tf.zeros", "keras.ops.zeros", "keras.ops.empty", "tf.keras.backend.zeros"],
        |c| run(c, |cx| filled(cx, 0)),
        "tensorflow/python/ops/array_ops.py: zeros",
    ),
    rule(
        "ones",
        &["tf.ones", "keras.ops.ones", "tf.keras.backend.ones"],
        |c| run(c, |cx| filled(cx, 1)),
        "tensorflow/python/ops/array_ops.py: ones",
    ),
    rule(
        "fill",
        &["tf.fill"],
        |c| run(c, |cx| fill(cx, cx.known(X)?, cx.known(Y)?).map(Val::T)),
        "tensorflow/core/ops/array_ops.cc: Fill",
    ),
    rule("full", &["keras.ops.full"], |c| run(c, full), "keras/src/backend/tensorflow/numpy.py: full"),
    rule(
        "full_like",
        &["keras.ops.full_like"],
        |c| run(c, full_like),
        "keras/src/backend/tensorflow/numpy.py: full_like",
    ),
    rule(
        "zeros_like",
        &["tf.zeros_like", "keras.ops.zeros_like", "keras.ops.empty_like", "tf.keras.backend.zeros_like"],
        |c| run(c, |cx| like(cx, 0)),
        "tensorflow/python/ops/array_ops.py: zeros_like_impl",
    ),
    rule(
        "ones_like",
        &["tf.ones_like", "keras.ops.ones_like", "tf.keras.backend.ones_like"],
        |c| run(c, |cx| like(cx, 1)),
        "tensorflow/python/ops/array_ops.py: ones_like_impl",
    ),
    rule(
        "eye",
        &["tf.eye", "keras.ops.eye", "keras.ops.identity", "tf.keras.backend.eye"],
        |c| run(c, eye),
        "tensorflow/python/ops/linalg_ops_impl.py: eye",
    ),
    rule(
        "constant",
        &["tf.constant", "tf.keras.backend.constant"],
        |c| run(c, constant),
        "tensorflow/python/framework/constant_op.py",
    ),
    rule(
        "convert_to_tensor",
        &["tf.convert_to_tensor", "keras.ops.convert_to_tensor", "keras.ops.array"],
        |c| run(c, convert),
        "tensorflow/python/framework/tensor_conversion.py",
    ),
    rule("range", &["tf.range"], |c| run(c, range_op), "tensorflow/python/ops/math_ops.py: range"),
    rule(
        "arange",
        &["keras.ops.arange", "tf.keras.backend.arange"],
        |c| run(c, arange),
        "keras/src/backend/tensorflow/numpy.py: arange",
    ),
    rule(
        "cast",
        &["tf.cast", "keras.ops.cast", "tf.keras.backend.cast"],
        |c| run(c, cast_op),
        "tensorflow/python/ops/math_ops.py: cast",
    ),
    rule(
        "saturate_cast",
        &["tf.saturate_cast", "keras.ops.saturate_cast"],
        |c| run(c, saturate),
        "tensorflow/python/ops/math_ops.py: saturate_cast",
    ),
    rule(
        "cast_to_floatx",
        &["tf.keras.backend.cast_to_floatx"],
        |c| run(c, cast_to_floatx),
        "keras/src/legacy/backend.py",
    ),
    rule("bitcast", &["tf.bitcast"], |c| run(c, bitcast), "tensorflow/core/ops/array_ops.cc: Bitcast"),
    rule(
        "clip",
        &["tf.clip_by_value", "keras.ops.clip", "tf.keras.backend.clip"],
        |c| run(c, clip),
        "tensorflow/python/ops/clip_ops.py: clip_by_value",
    ),
    rule(
        "dtype_name",
        &["tf.keras.backend.dtype", "keras.ops.dtype"],
        |c| run(c, dtype_name),
        "keras/src/legacy/backend.py: dtype",
    ),
    rule(
        "is_tensor",
        &["tf.is_tensor", "keras.ops.is_tensor"],
        |c| run(c, is_tensor),
        "keras/src/ops/core.py: is_tensor",
    ),
    rule("complex", &["tf.complex"], |c| run(c, complex), "tensorflow/python/ops/math_ops.py: complex"),
    rule(
        "real",
        &["tf.math.real", "keras.ops.real"],
        |c| run(c, |cx| part(cx, "Real")),
        "tensorflow/python/ops/math_ops.py: real",
    ),
    rule(
        "imag",
        &["tf.math.imag", "keras.ops.imag"],
        |c| run(c, |cx| part(cx, "Imag")),
        "tensorflow/python/ops/math_ops.py: imag",
    ),
];

const SHAPE: Param<Arg> = Param::at(0, &["shape"]);

/// `tf.zeros` and `tf.ones`.
fn filled(cx: &Cx<'_>, value: i64) -> Infer<Val> {
    let wanted = cx.known(SHAPE)?;
    // `K.ones` makes its tensor outside of every graph, where a graph's tensors cannot be used.
    if cx.surface() == Surface::Backend
        && !cx.eager()
        && let Some(inside) = graph_tensor(wanted)
    {
        let text = format!(
            "{} is out of scope and cannot be used here. Use return values, explicit Python locals or TensorFlow \
             collections to access it.",
            crate::spec::repr(inside)
        );
        let problem = "is a tensor of the graph that is traced".to_owned();
        return cx.type_error(text, Mistake::Argument { param: "shape", problem });
    }
    let dtype = cx.get(DTYPE)?.unwrap_or(DType::Float32);
    if cx.symbolic() {
        return Ok(Val::T(keras::spec(cx.shape(wanted)?, dtype, &[])));
    }
    if cx.surface() == Surface::Backend
        && wanted.items().is_some_and(|items| items.iter().any(|item| matches!(item, Val::Py(Arg::None))))
    {
        // Outside of every graph the shape is converted as values are.
        let text =
            "Attempt to convert a value (None) with an unsupported type (<class 'NoneType'>) to a Tensor.";
        return cx.value_error(text, Mistake::NoneValue);
    }
    of_shape(cx, wanted, value, dtype).map(Val::T)
}

/// The first tensor of a graph in a shape: `(K.shape(x)[0], 2)`.
fn graph_tensor(shape: &Val) -> Option<&Val> {
    match shape {
        Val::T(t) => (t.kind == TensorKind::Graph).then_some(shape),
        _ => shape.items()?.iter().find_map(graph_tensor),
    }
}

/// Fills a shape that may hold tensors.
pub(super) fn of_shape(cx: &Cx<'_>, wanted: &Val, value: i64, dtype: DType) -> Infer<Tensor> {
    let scalar = match dtype {
        DType::Bool => cx.convert(&Val::from(value != 0), None)?,
        DType::String if value == 0 => Tensor::new(Shape::scalar(), DType::String),
        _ => cx.convert(&Val::from(value), Some(dtype))?,
    };
    let mut dims = cx.convert(wanted, Some(DType::Int32)).or_else(|stop| match (wanted, stop) {
        (Val::T(t), _) if t.is_tf() => Ok(t.clone()),
        (_, stop) => Err(stop),
    })?;
    if dims.rank() == Some(0) {
        dims = reshape(cx, dims, Val::ints(&[-1]))?;
    }
    fill(cx, dims, scalar)
}

const FILL_VALUE: Param<Arg> = Param::at(1, &["fill_value"]);

fn full(cx: &Cx<'_>) -> Infer<Val> {
    let wanted = cx.known(SHAPE)?;
    let dtype = cx.get(DTYPE)?.unwrap_or(DType::Float32);
    if cx.symbolic() {
        return Ok(Val::T(keras::spec(cx.shape(wanted)?, dtype, &[])));
    }
    let value = keras::tensor(cx, cx.known(FILL_VALUE)?, Some(dtype))?;
    crate::kernels::shape::broadcast_to(cx, value, wanted).map(Val::T)
}

fn full_like(cx: &Cx<'_>) -> Infer<Val> {
    let x = keras::tensor(cx, cx.known(X)?, None)?;
    let dtype = cx.get(DTYPE)?.or(x.dtype);
    if cx.symbolic() {
        return Ok(Val::T(keras::spec(x.shape, dtype, &[])));
    }
    let value = keras::tensor(cx, cx.known(FILL_VALUE)?, dtype)?;
    crate::kernels::shape::broadcast_to(cx, value, shape_of(&x, DType::Int32)).map(Val::T)
}

/// `tf.zeros_like` and `tf.ones_like`: no gradient goes through them.
fn like(cx: &Cx<'_>, value: i64) -> Infer<Val> {
    let x = cx.tensor(X)?;
    let dtype = cx.get(DTYPE)?.or(x.dtype);
    if let (Some(DType::String), 1, false) = (dtype, value, cx.symbolic()) {
        // There is no string that is a one.
        cx.convert(&Val::from(1), dtype)?;
    }
    let mut out = Tensor::new(x.shape.clone(), dtype);
    out.content = match (value, x.shape.all_known(), dtype) {
        (0, ..) => Content::Zeros,
        (_, Some(sizes), Some(dtype)) => ones(&sizes, dtype),
        _ => Content::Unknown,
    };
    Ok(Val::T(out))
}

fn ones(sizes: &[i64], dtype: DType) -> Content {
    let count = sizes.iter().try_fold(1_i64, |n, d| n.checked_mul(*d));
    let Some(count) = count.and_then(|n| usize::try_from(n).ok()).filter(|n| *n <= tensor::MAX_ELEMENTS)
    else {
        return Content::Unknown;
    };
    fold::filled(count, 1.0, dtype)
        .and_then(|data| tensor::Array::new(sizes.to_vec(), dtype, data))
        .map_or(Content::Unknown, |a| Content::Array(a.into()))
}

const ROWS: Param<Arg> = Param::at(0, &["num_rows", "N", "n", "size"]);
const COLUMNS: Param<Arg> = Param::named(&["num_columns", "M"]);
const BATCH_SHAPE: Param<Arg> = Param::named(&["batch_shape"]);
const OFFSET: Param<Arg> = Param::named(&["k"]);

fn eye(cx: &Cx<'_>) -> Infer<Val> {
    let rows = cx.known(ROWS)?;
    let columns = cx.known(COLUMNS)?;
    if cx.surface() == Surface::Backend && !cx.eager() && graph_tensor(rows).is_some() {
        return Err(Stop::Unknown("a variable made outside of the graph that its size is in"));
    }
    if cx.surface() != Surface::KerasOps
        && (rows.items().is_some() || columns.items().is_some())
        && graph_tensor(rows).or(graph_tensor(columns)).is_none()
    {
        let columns = if columns.is_none() { rows } else { columns };
        let text = format!(
            "Arguments `num_rows` and `num_columns` must be positive integer values. Received: num_rows={}, \
             num_columns={}",
            crate::spec::repr(rows),
            crate::spec::repr(columns)
        );
        return cx.type_error(text.clone(), Mistake::Argument { param: "num_rows", problem: text });
    }
    let keras_checks = |t: &&Tensor| {
        cx.surface() == Surface::KerasOps
            && cx.call.path.ends_with("eye")
            && !t.dtype.is_some_and(DType::is_integer)
    };
    let sized = graph_tensor(rows).and_then(Val::as_tensor).filter(|t| !keras_checks(t));
    if let Some(rank) = sized.and_then(Tensor::rank).filter(|rank| *rank > 0) {
        // `tf.concat((batch_shape, [diag_size]), axis=0)`.
        let text = format!("Shape must be rank 1 but is rank {}", rank + 1);
        return cx.refuse("ConcatV2", Misfit::argument("num_rows", text));
    }
    let dim = |v: &Val| -> Infer<Dim> {
        let t = cx.convert(v, None)?;
        if t.dtype.is_some_and(|d| !d.is_integer()) {
            let text = match cx.surface() {
                Surface::KerasOps => "Argument `N` must be an integer or an integer tensor.",
                _ => "Arguments `num_rows` and `num_columns` must be integer types.",
            };
            return cx.type_error(text, Mistake::Argument { param: "num_rows", problem: text.to_owned() });
        }
        Ok(fold::scalar_dim(&t.content))
    };
    let n = dim(rows)?;
    let m = if columns.is_none() { n } else { dim(columns)? };
    if [n, m].iter().any(|d| matches!(d, Dim::Known(..0))) {
        return cx.refuse("Fill", Misfit::argument("num_rows", "Fill dimensions must be >= 0"));
    }
    let batch = cx.known(BATCH_SHAPE)?;
    let batch = if batch.is_none() { Shape::scalar() } else { cx.shape(batch)? };
    let dtype = cx.get(DTYPE)?.unwrap_or(DType::Float32);
    if dtype == DType::String && cx.surface() == Surface::Tf {
        // The diagonal's ones.
        cx.convert(&Val::from(1), Some(dtype))?;
    }
    let offset = cx.known(OFFSET)?;
    let offset = if offset.is_none() { 0 } else { cx.int(offset)? };
    let Some(outer) = batch.dims() else { return Ok(Val::T(Tensor::new(Shape::UNKNOWN, dtype))) };
    let shape: Shape = outer.iter().copied().chain([n, m]).collect();
    let content = match shape.all_known() {
        Some(sizes) if sizes.iter().product::<i64>() <= tensor::MAX_ELEMENTS as i64 => {
            let mut values = Vec::new();
            let first = outer.len();
            fold::for_each_index(&sizes, |i| {
                values.push(if i[first] + offset == i[first + 1] { 1.0 } else { 0.0 });
            });
            fold::data(values, dtype)
                .and_then(|data| tensor::Array::new(sizes, dtype, data))
                .map_or(Content::Unknown, |a| Content::Array(a.into()))
        }
        _ => Content::Unknown,
    };
    Ok(Val::T(Tensor::new(shape, dtype).with_content(content)))
}

const CONSTANT_SHAPE: Param<Arg> = Param::named(&["shape"]);

fn constant(cx: &Cx<'_>) -> Infer<Val> {
    let value = cx.known(X)?;
    let backend = cx.surface() == Surface::Backend;
    let dtype = cx.get(DTYPE)?.or(backend.then_some(DType::Float32));
    let x = constant_of(cx, value, dtype)?;
    // `shape=2` is a vector's.
    let vector;
    let wanted = match cx.known(CONSTANT_SHAPE)? {
        Val::Py(Arg::Int(size)) => {
            vector = Val::ints(&[*size]);
            &vector
        }
        wanted => wanted,
    };
    if wanted.is_none() {
        return Ok(Val::T(x));
    }
    let shape = cx.shape(wanted)?;
    let (Some(have), Some(want)) = (x.shape.size().known(), shape.size().known()) else {
        return Ok(Val::T(Tensor::new(shape, x.dtype)));
    };
    if have == want {
        return reshape(cx, x, wanted).map(Val::T);
    }
    let mistake = Mistake::ReshapeSize { from: Dim::Known(have), to: Dim::Known(want) };
    if cx.eager() {
        if have == 1 {
            let scalar = reshape(cx, x, Val::ints(&[]))?;
            return fill(cx, wanted, scalar).map(Val::T);
        }
        let text = format!(
            "Eager execution of tf.constant with unsupported shape. Tensor {} (converted from {}) has {have} elements, but got `shape` {} with {want} elements).",
            repr(&Val::T(x)),
            repr(value),
            shape.tuple()
        );
        return cx.type_error(text, mistake);
    }
    if matches!(x.shape.all_known().as_deref(), Some([] | [1])) {
        let scalar = reshape(cx, x, Val::ints(&[]))?;
        return fill(cx, wanted, scalar).map(Val::T);
    }
    cx.type_error(
        format!("Expected Tensor's shape: {}, but got {}.", shape.tuple(), x.shape.tuple()),
        mistake,
    )
}

/// `tf.constant` refuses symbolic tensors.
fn constant_of(cx: &Cx<'_>, value: &Val, dtype: Option<DType>) -> Infer<Tensor> {
    // `tf.constant([tf.shape(x)[0], 3])`: a tensor in a list is as bad.
    if let (Some(inside), false) = (graph_tensor(value), cx.eager()) {
        let text = match dtype {
            None => "Expected any non-tensor type, but got a tensor instead.".to_owned(),
            Some(d) => format!("Expected {d}, but got {} of type 'SymbolicTensor'.", text_of(inside)),
        };
        return cx.type_error(text.clone(), Mistake::Argument { param: "value", problem: text });
    }
    cx.convert(value, dtype)
}

const DTYPE_HINT: Param<Option<DType>> = Param::named(&["dtype_hint"]);

fn convert(cx: &Cx<'_>) -> Infer<Val> {
    let (value, dtype) = (cx.known(X)?, cx.get(DTYPE)?);
    if cx.surface() == Surface::KerasOps {
        return keras::tensor(cx, value, dtype).map(Val::T);
    }
    match (dtype, cx.get(DTYPE_HINT)?) {
        (None, Some(hint)) => cx.convert_hint(value, Some(hint)),
        (dtype, _) => cx.convert(value, dtype),
    }
    .map(Val::T)
}

const LIMIT: Param<Arg> = Param::at(1, &["limit", "stop"]);
const DELTA: Param<Arg> = Param::at(2, &["delta", "step"]);

fn range_op(cx: &Cx<'_>) -> Infer<Val> {
    let (start, limit, delta) = (cx.known(X)?, cx.known(LIMIT)?, cx.known(DELTA)?);
    ranged(cx, start, limit, delta, cx.get(DTYPE)?).map(Val::T)
}

/// `tf.range`.
fn ranged(cx: &Cx<'_>, start: &Val, limit: &Val, delta: &Val, dtype: Option<DType>) -> Infer<Tensor> {
    let zero = Val::from(0);
    let (start, limit) = if limit.is_none() { (&zero, start) } else { (start, limit) };
    let one = Val::from(1);
    let delta = if delta.is_none() { &one } else { delta };
    let converted = |v: &Val| match v {
        Val::T(t) if t.is_tf() => Ok(t.clone()),
        other => cx.convert(other, dtype),
    };
    let parts = [converted(start)?, converted(limit)?, converted(delta)?];
    let order = [DType::Int32, DType::Int64, DType::Float16, DType::BFloat16, DType::Float32, DType::Float64];
    let dtype = match dtype {
        Some(dtype) => Some(dtype),
        None => {
            let mut highest = 0;
            for part in &parts {
                let Some(own) = part.dtype else { return Ok(Tensor::new(Shape::new([Dim::Unknown]), None)) };
                match order.iter().position(|d| *d == own) {
                    Some(at) => highest = highest.max(at),
                    None => return cx.raise(Exc::AssertionError, "", Mistake::Other),
                }
            }
            Some(order[highest])
        }
    };
    let [start, limit, delta] = parts.map(|t| cast(cx, t, dtype).map(Val::T));
    range(cx, start?, limit?, delta?)
}

fn arange(cx: &Cx<'_>) -> Infer<Val> {
    let (start, stop, step) = (cx.known(X)?, cx.known(LIMIT)?, cx.known(DELTA)?);
    if cx.surface() == Surface::Backend {
        // `if stop is None and start < 0`.
        if let (true, Val::T(start)) = (stop.is_none() && !cx.eager(), start)
            && start.is_tf()
        {
            return Err(Violation::symbolic_bool().raised());
        }
        let negative = matches!(start, Val::Py(Arg::Int(n)) if *n < 0) && stop.is_none();
        let zero = Val::from(0);
        let out = ranged(cx, if negative { &zero } else { start }, stop, step, None)?;
        let dtype = cx.get(DTYPE)?.unwrap_or(DType::Int32);
        return if dtype == DType::Int32 { Ok(Val::T(out)) } else { cast(cx, out, Some(dtype)).map(Val::T) };
    }
    let mut dtypes = Vec::new();
    for part in [start, stop, step].into_iter().filter(|p| !p.is_none()) {
        dtypes.push(keras::promoted(part)?);
    }
    let dtype = match cx.get(DTYPE)? {
        Some(dtype) => dtype,
        None => keras::common_dtype(cx, &dtypes)?,
    };
    ranged(cx, start, stop, step, Some(dtype)).map(Val::T)
}

fn cast_op(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.known(X)?;
    let dtype = match cx.get(Param::<Option<DType>>::at(1, &["dtype"]))? {
        Some(dtype) => dtype,
        // `standardize_dtype(None)` is the default.
        None if cx.surface() == Surface::KerasOps && matches!(cx.vals().get(1), Some(Val::Py(Arg::None))) => {
            DType::Float32
        }
        None if cx.surface() == Surface::Tf && matches!(cx.vals().get(1), Some(Val::Py(Arg::None))) => {
            let text = "Cannot convert the argument `type_value`: None to a TensorFlow DType.";
            return cx.type_error(text, Mistake::NoneValue);
        }
        None => return Err(Stop::Unknown("a dtype that is not given")),
    };
    if cx.symbolic() {
        let Val::T(x) = x else { return Err(Stop::Unknown("a symbolic call without a tensor")) };
        let mut out = keras::spec(x.shape.clone(), dtype, &[x]);
        if !dtype.is_differentiable() {
            out.reach = Default::default();
        }
        return Ok(Val::T(out));
    }
    cast(cx, x, Some(dtype)).map(Val::T)
}

/// `tf.saturate_cast`: clipped to what both dtypes hold, then cast.
fn saturate(cx: &Cx<'_>) -> Infer<Val> {
    let (x, dtype) = (cx.known(X)?, cx.get(Param::<Option<DType>>::at(1, &["dtype"]))?);
    if cx.symbolic() {
        return cast_op(cx);
    }
    let Some(dtype) = dtype else { return Err(Stop::Unknown("a dtype that is not given")) };
    saturated(cx, x, dtype).map(Val::T)
}

/// Clips a tensor to what integers of a dtype hold, and casts it.
///
/// # Errors
/// The dtypes are not taken.
pub(super) fn saturated(cx: &Cx<'_>, x: &Val, dtype: DType) -> Infer<Tensor> {
    let x = cx.convert(x, None)?;
    let limits = |dtype: DType| {
        let bits = match dtype {
            DType::Int8 | DType::UInt8 => 8,
            DType::Int16 | DType::UInt16 => 16,
            DType::Int32 | DType::UInt32 => 32,
            _ => return None,
        };
        let signed = matches!(dtype, DType::Int8 | DType::Int16 | DType::Int32);
        let count = 1_i64 << bits;
        Some(if signed { (-count / 2, count / 2 - 1) } else { (0, count - 1) })
    };
    let (have, want) = (x.dtype.and_then(limits), limits(dtype));
    let clipped = match (have, want, x.dtype) {
        (Some(have), Some(want), _) => {
            let (low, high) = (Val::from(have.0.max(want.0)), Val::from(have.1.min(want.1)));
            let high = binary(cx, "Minimum", &x, cx.convert_like(&high, &x)?)?;
            binary(cx, "Maximum", high, cx.convert_like(&low, &x)?)?
        }
        (None, Some((low, high)), Some(DType::Float32 | DType::Float64)) if high < 1 << 16 => {
            let high = binary(cx, "Minimum", &x, cx.convert_like(&Val::from(high as f64), &x)?)?;
            binary(cx, "Maximum", high, cx.convert_like(&Val::from(low as f64), &x)?)?
        }
        // Bounds that both hold exactly need more than this; the shape and dtype do not.
        (_, Some(_), _) => x.like(),
        _ => x,
    };
    cast(cx, clipped, Some(dtype))
}

fn cast_to_floatx(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.known(X)?;
    if let Val::T(t) = x
        && !t.is_tf()
    {
        let mut array = t.clone();
        array.content = fold::cast(&t.content, DType::Float32);
        array.dtype = Some(DType::Float32);
        return Ok(Val::T(array));
    }
    cast(cx, x, Some(DType::Float32)).map(Val::T)
}

const TYPE: Param<Option<DType>> = Param::at(1, &["type"]);

fn bitcast(cx: &Cx<'_>) -> Infer<Val> {
    let to = cx.get(TYPE)?;
    let mut node = cx.node("Bitcast", [cx.known(X)?.clone()])?;
    node.set("type", to);
    let x = node.x(0);
    let (Some(from), Some(into)) = (x.dtype.and_then(DType::size), to.and_then(DType::size)) else {
        return Ok(Val::T(node.out(Shape::UNKNOWN)));
    };
    let Some(dims) = x.shape.dims() else { return Ok(Val::T(node.out(Shape::UNKNOWN))) };
    let out: Shape = match from.cmp(&into) {
        std::cmp::Ordering::Equal => x.shape.clone(),
        std::cmp::Ordering::Greater => {
            dims.iter().copied().chain([Dim::Known(i64::from(from / into))]).collect()
        }
        std::cmp::Ordering::Less => {
            cx.fit_or("Bitcast", merge::rank_at_least(&x.shape, 1), || "Cannot bitcast a scalar".to_owned())?;
            let (last, wanted) = (dims[dims.len() - 1], i64::from(into / from));
            if last.known().is_some_and(|last| last != wanted) {
                let text = format!("Cannot bitcast due to shape. {last} does not match {wanted}");
                return cx.refuse("Bitcast", Misfit::argument("input", text));
            }
            dims[..dims.len() - 1].iter().copied().collect()
        }
    };
    Ok(Val::T(node.out(out)))
}

const LOW: Param<Arg> = Param::at(1, &["clip_value_min", "x_min", "min_value"]);
const HIGH: Param<Arg> = Param::at(2, &["clip_value_max", "x_max", "max_value"]);

fn clip(cx: &Cx<'_>) -> Infer<Val> {
    let mut x = cx.tensor(X)?;
    let (low, high) = (cx.known(LOW)?, cx.known(HIGH)?);
    if cx.surface() == Surface::KerasOps {
        let dtype = if x.dtype == Some(DType::Bool) { Some(DType::Int32) } else { x.dtype };
        if cx.symbolic() {
            return Ok(Val::T(keras::spec(x.shape.clone(), dtype, &[&x])));
        }
        x = cast(cx, x, dtype)?;
    }
    let bound = |v: &Val, default: f64| if v.is_none() { Val::from(default) } else { v.clone() };
    let (low, high) = if cx.surface() == Surface::Backend {
        (bound(low, f64::NEG_INFINITY), bound(high, f64::INFINITY))
    } else {
        (low.clone(), high.clone())
    };
    clip_by_value(cx, &x, low, high).map(Val::T)
}

/// `tf.clip_by_value`: the bounds must not broadcast the tensor.
pub(super) fn clip_by_value(cx: &Cx<'_>, x: &Tensor, low: Val, high: Val) -> Infer<Tensor> {
    let upper = binary(cx, "Minimum", x, high)?;
    same_shape(cx, &x.shape, &upper.shape)?;
    let both = binary(cx, "Maximum", upper, low)?;
    same_shape(cx, &x.shape, &both.shape)?;
    Ok(both)
}

/// `TensorShape.assert_is_compatible_with`.
pub(super) fn same_shape(cx: &Cx<'_>, left: &Shape, right: &Shape) -> Infer<()> {
    if left.compatible(right) {
        return Ok(());
    }
    let text = format!("Shapes {} and {} are incompatible", left.tuple(), right.tuple());
    let pairs = left.dims().unwrap_or_default().iter().zip(right.dims().unwrap_or_default());
    let mistake = match pairs.into_iter().find(|(a, b)| !a.compatible(**b)) {
        Some((a, b)) => Mistake::DimMismatch { left: *a, right: *b, what: "dims of equal shapes" },
        None => {
            let (expected, got) = (left.rank().unwrap_or(0).to_string(), right.rank().unwrap_or(0));
            Mistake::RankMismatch { param: "", expected, got }
        }
    };
    cx.value_error(text, mistake)
}

fn dtype_name(cx: &Cx<'_>) -> Infer<Val> {
    if cx.surface() == Surface::Backend {
        keras::is_no_placeholder(cx, cx.known(X)?, "dtype", "'str' object has no attribute 'base_dtype'")?;
    }
    let dtype = match cx.known(X)? {
        Val::T(t) => t.dtype,
        _ => return Err(Stop::Unknown("the dtype of no tensor")),
    };
    dtype.map(|d| Val::Py(Arg::Str(d.name().into()))).ok_or(Stop::Unknown("a dtype that is not known"))
}

fn is_tensor(cx: &Cx<'_>) -> Infer<Val> {
    match cx.known(X)? {
        Val::T(t) => Ok(Val::from(t.is_tf() && t.kind != crate::TensorKind::Keras)),
        Val::Py(Arg::Object(_)) => Err(Stop::Unknown("an object that may be a tensor")),
        _ => Ok(Val::from(false)),
    }
}

fn complex(cx: &Cx<'_>) -> Infer<Val> {
    let (real, imag) = (cx.tensor(X)?, cx.tensor(Y)?);
    let out = match (real.dtype, imag.dtype) {
        (Some(DType::Float64), Some(DType::Float64)) => Some(DType::Complex128),
        (Some(DType::Float32), Some(DType::Float32)) => Some(DType::Complex64),
        (Some(a), Some(b)) => {
            let text = format!(
                "The `real` and `imag` components have incorrect types: {a} {b}. They must be consistent, and one of [tf.float32, tf.float64]"
            );
            return cx.type_error(
                text,
                Mistake::DType { param: "imag", got: b.to_string(), expected: a.to_string() },
            );
        }
        _ => None,
    };
    let mut node = cx.node("Complex", [Val::T(real), Val::T(imag)])?;
    node.set("Tout", out);
    let shape = crate::kernels::pointwise::broadcast(cx, "Complex", &node.x(0).shape, &node.x(1).shape)?;
    Ok(Val::T(node.out(shape)))
}

fn part(cx: &Cx<'_>, kernel: &str) -> Infer<Val> {
    let x = cx.tensor(X)?;
    match x.dtype {
        Some(d) if d.is_complex() => {
            let mut node = cx.node(kernel, [Val::T(x.clone())])?;
            node.set("Tout", super::pointwise::real(Some(d)));
            Ok(Val::T(node.out(x.shape)))
        }
        None => Err(Stop::Unknown("a dtype that is not known")),
        _ if kernel == "Imag" => unary(cx, "ZerosLike", x).map(Val::T),
        _ => Ok(Val::T(x)),
    }
}
