//! Scans, sorting, ranking and counting.

use tensor::{DType, Dim, Shape};

use super::rule;
use crate::kernels::layout::transpose;
use crate::kernels::pointwise::{binary, cast, unary};
use crate::kernels::reduce::{Axes, reduce, scan, top_k, unique};
use crate::kernels::shape::{reshape, shape_of};
use crate::kernels::stride::{Bounds, Pick, item, strided_slice};
use crate::params::{AXIS, DTYPE, X, Y};
use crate::spec::{Cx, Misfit, Tensor, Val, keras, merge, run};
use crate::{Arg, Infer, Mistake, Op, Param, Stop, Surface, Violation};

pub(super) static OPS: &[Op] = &[
    rule(
        "cumsum",
        &["tf.math.cumsum", "keras.ops.cumsum", "tf.keras.backend.cumsum"],
        |c| run(c, |cx| cumulative(cx, "Cumsum")),
        "tensorflow/core/ops/math_ops.cc: Cumsum",
    ),
    rule(
        "cumprod",
        &["tf.math.cumprod", "keras.ops.cumprod", "tf.keras.backend.cumprod"],
        |c| run(c, |cx| cumulative(cx, "Cumprod")),
        "tensorflow/core/ops/math_ops.cc: Cumprod",
    ),
    rule(
        "cumulative_logsumexp",
        &["tf.math.cumulative_logsumexp"],
        |c| run(c, |cx| cumulative(cx, "CumulativeLogsumexp")),
        "tensorflow/core/ops/math_ops.cc: CumulativeLogsumexp",
    ),
    rule(
        "sort",
        &["tf.sort", "keras.ops.sort"],
        |c| run(c, |cx| sort(cx, false)),
        "tensorflow/python/ops/sort_ops.py",
    ),
    rule(
        "argsort",
        &["tf.argsort", "keras.ops.argsort"],
        |c| run(c, |cx| sort(cx, true)),
        "tensorflow/python/ops/sort_ops.py",
    ),
    rule(
        "top_k",
        &["tf.math.top_k", "keras.ops.top_k"],
        |c| run(c, top_k_op),
        "tensorflow/core/ops/nn_ops.cc: TopKShapeFn",
    ),
    rule(
        "in_top_k",
        &["tf.math.in_top_k", "keras.ops.in_top_k", "tf.keras.backend.in_top_k"],
        |c| run(c, in_top_k),
        "tensorflow/core/ops/nn_ops.cc: InTopKV2",
    ),
    rule(
        "approx_top_k",
        &["tf.math.approx_max_k", "tf.math.approx_min_k", "tf.approx_top_k"],
        |c| run(c, approximate_top),
        "tensorflow/core/ops/nn_ops.cc: ApproxTopKShape",
    ),
    rule("unique", &["tf.unique"], |c| run(c, unique_op), "tensorflow/core/ops/array_ops.cc: Unique"),
    rule(
        "unique_with_counts",
        &["tf.unique_with_counts"],
        |c| run(c, unique_with_counts),
        "tensorflow/core/ops/array_ops.cc: UniqueWithCounts",
    ),
    rule(
        "bincount",
        &["tf.math.bincount", "keras.ops.bincount"],
        |c| run(c, bincount),
        "tensorflow/python/ops/bincount_ops.py",
    ),
    rule(
        "searchsorted",
        &["tf.searchsorted", "keras.ops.searchsorted"],
        |c| run(c, searchsorted),
        "tensorflow/python/ops/array_ops.py: searchsorted",
    ),
    rule("diff", &["keras.ops.diff"], |c| run(c, diff), "keras/src/ops/numpy.py: Diff"),
    rule("digitize", &["keras.ops.digitize"], |c| run(c, digitize), "keras/src/ops/numpy.py: Digitize"),
];

const EXCLUSIVE: Param<bool> = Param::named(&["exclusive"]);
const REVERSE: Param<bool> = Param::named(&["reverse"]);

fn cumulative(cx: &Cx<'_>, kernel: &str) -> Infer<Val> {
    let mut x = cx.tensor(X)?;
    let axis = cx.known(AXIS)?;
    let ways = (cx.get(EXCLUSIVE)?, cx.get(REVERSE)?);
    if cx.surface() != Surface::KerasOps {
        let axis = if axis.is_none() { Val::from(0) } else { axis.clone() };
        return scan(cx, kernel, x, axis, ways).map(Val::T);
    }
    let mut dtype = cx.get(DTYPE)?.or(x.dtype);
    if dtype == Some(DType::Bool) {
        dtype = Some(DType::Int32);
    }
    if cx.symbolic() {
        let shape = if axis.is_none() { Shape::new([x.shape.size()]) } else { x.shape.clone() };
        if let (false, Some(rank)) = (axis.is_none(), x.rank()) {
            keras::canonicalize_axis(cx, cx.int(axis)?, rank)?;
        }
        return Ok(Val::T(keras::spec(shape, dtype, &[&x])));
    }
    x = cast(cx, x, dtype)?;
    if axis.is_none() {
        x = reshape(cx, x, Val::ints(&[-1]))?;
    }
    let axis = if axis.is_none() { Val::from(0) } else { axis.clone() };
    scan(cx, kernel, x, axis, ways).map(Val::T)
}

const DIRECTION: Param<Arg> = Param::named(&["direction"]);

fn sort(cx: &Cx<'_>, indices: bool) -> Infer<Val> {
    let mut x = cx.tensor(X)?;
    let axis = cx.known(AXIS)?;
    if cx.surface() == Surface::KerasOps {
        if cx.symbolic() {
            let shape = if axis.is_none() { Shape::new([x.shape.size()]) } else { x.shape.clone() };
            if let (false, Some(rank)) = (axis.is_none(), x.rank()) {
                keras::canonicalize_axis(cx, cx.int(axis)?, rank)?;
            }
            let dtype = if indices { Some(DType::Int32) } else { x.dtype };
            let operands: &[&Tensor] = if indices { &[] } else { &[&x] };
            return Ok(Val::T(keras::spec(shape, dtype, operands)));
        }
        if indices && x.rank() == Some(0) {
            return Ok(Val::T(Tensor::vector(&[0])));
        }
        if x.dtype == Some(DType::Bool) {
            x = cast(cx, x, Some(if indices { DType::UInt8 } else { DType::Int8 }))?;
            let out = sorted(cx, &x, cx.int(axis).unwrap_or(-1), indices, false)?;
            return if indices { Ok(Val::T(out)) } else { cast(cx, out, Some(DType::Bool)).map(Val::T) };
        }
        if axis.is_none() {
            x = reshape(cx, x, Val::ints(&[-1]))?;
            return sorted(cx, &x, 0, indices, false).map(Val::T);
        }
    }
    let descending = match cx.known(DIRECTION)? {
        Val::Py(Arg::Str(s)) => match &**s {
            "ASCENDING" => false,
            "DESCENDING" => true,
            other => {
                let text = format!(
                    "Argument `direction` should be one of ASCENDING, DESCENDING. Received: direction={other}"
                );
                return cx.value_error(text.clone(), Mistake::Argument { param: "direction", problem: text });
            }
        },
        v if v.is_none() => false,
        _ => return Err(Stop::Unknown("a direction that is not known")),
    };
    sorted(cx, &x, cx.int(axis)?, indices, descending).map(Val::T)
}

/// `_sort_or_argsort`: the largest of the axis moved to the end.
pub(super) fn sorted(cx: &Cx<'_>, x: &Tensor, axis: i64, indices: bool, descending: bool) -> Infer<Tensor> {
    // `_ascending_sort`: what is turned round by its negative, and integers so that the least one has one too.
    let turned = |x: &Tensor| -> Infer<Tensor> {
        match x.dtype {
            _ if descending => Ok(x.clone()),
            Some(dtype @ (DType::UInt8 | DType::UInt16 | DType::UInt32)) => {
                let bits = [DType::UInt8, DType::UInt16, DType::UInt32].iter().position(|d| *d == dtype);
                let most = (1_i64 << (8 << bits.unwrap_or(0))) - 1;
                binary(cx, "Sub", Val::from(most), x)
            }
            Some(dtype) if dtype.is_integer() && dtype != DType::UInt64 => {
                binary(cx, "Sub", unary(cx, "Neg", x)?, Val::from(1))
            }
            Some(dtype) if !dtype.is_differentiable() => Ok(x.clone()),
            _ => unary(cx, "Neg", x),
        }
    };
    let values = turned(x)?;
    let k = item(cx, &shape_of(&values, DType::Int32), axis)?;
    let Some(rank) = values.rank() else {
        return Ok(Tensor {
            dtype: if indices { Some(DType::Int32) } else { x.dtype },
            ..values.with_shape(Shape::UNKNOWN)
        });
    };
    let at = if axis < 0 { axis + rank as i64 } else { axis };
    let last = at == rank as i64 - 1;
    let mut order: Vec<i64> = (0..rank as i64).collect();
    if !last && (0..rank as i64).contains(&at) {
        order.swap(at as usize, rank - 1);
    }
    let input = if last { values } else { transpose(cx, values, Val::ints(&order))? };
    let (largest, places) = top_k(cx, input, k, DType::Int32)?;
    let out = if indices { places } else { largest };
    let out = if last { out } else { transpose(cx, out, Val::ints(&order))? };
    if indices { Ok(out) } else { turned(&out) }
}

const K: Param<Arg> = Param::at(1, &["k"]);
const INDEX_TYPE: Param<Option<DType>> = Param::named(&["index_type"]);

fn top_k_op(cx: &Cx<'_>) -> Infer<Val> {
    let k = cx.known(K)?;
    let k = if k.is_none() { Val::from(1) } else { k.clone() };
    if cx.symbolic() {
        let Val::T(x) = cx.known(X)? else { return Err(Stop::Unknown("a symbolic call without a tensor")) };
        let Some(rank) = x.rank().filter(|r| *r > 0) else {
            return Err(Stop::Unknown("a scalar, or a tensor of unknown rank"));
        };
        let shape = x.shape.with_dim(rank - 1, Dim::Known(cx.int(&k)?));
        let parts = [keras::spec(shape.clone(), x.dtype, &[x]), keras::spec(shape, DType::Int32, &[])];
        return Ok(Val::tuple(parts));
    }
    let index = cx.get(INDEX_TYPE)?.unwrap_or(DType::Int32);
    let (values, indices) = top_k(cx, cx.known(X)?, k, index)?;
    Ok(Val::Named(vec![("values", Val::T(values)), ("indices", Val::T(indices))]))
}

const THIRD: Param<Arg> = Param::at(2, &["k"]);

fn in_top_k(cx: &Cx<'_>) -> Infer<Val> {
    // The legacy backend has the predictions first, the others the targets.
    let (targets, predictions) = match cx.surface() {
        Surface::Backend => (cx.known(Y)?, cx.known(X)?),
        _ => (cx.known(X)?, cx.known(Y)?),
    };
    if cx.symbolic() {
        let Val::T(targets) = targets else { return Err(Stop::Unknown("a symbolic call without a tensor")) };
        return Ok(Val::T(keras::spec(targets.shape.clone(), DType::Bool, &[])));
    }
    let node = cx.node("InTopKV2", [predictions.clone(), targets.clone(), cx.known(THIRD)?.clone()])?;
    let scores = cx.fit_or("InTopKV2", merge::rank(&node.x(0).shape, 2), || {
        "predictions must be 2-dimensional".to_owned()
    })?;
    let labels = cx.fit_or("InTopKV2", merge::rank(&node.x(1).shape, 1), || {
        "targets must be 1-dimensional".to_owned()
    })?;
    let dim = |s: &Shape| s.dim(0).unwrap_or(Dim::Unknown);
    let batch = cx.fit_or("InTopKV2", merge::dims(dim(&scores), dim(&labels), "the batch"), || {
        format!(
            "First dimension of predictions {} must match length of targets {}",
            dim(&scores),
            dim(&labels)
        )
    })?;
    Ok(Val::T(node.out(Shape::new([batch]))))
}

/// `tf.math.approx_max_k`: the largest or smallest elements along an axis, and where they are.
fn approximate_top(cx: &Cx<'_>) -> Infer<Val> {
    const K: Param<i64> = Param::named(&["k"]);
    const ALONG: Param<i64> = Param::named(&["reduction_dimension"]);
    let node = cx.node("ApproxTopK", [cx.known(X)?.clone()])?;
    let (k, axis) = (cx.get(K)?, cx.get(ALONG)?);
    let shape = &node.x(0).shape;
    let Some(dims) = shape.dims() else {
        return Ok(Val::tuple([node.out(Shape::UNKNOWN), node.nth(1, Shape::UNKNOWN)]));
    };
    let at = cx.fit(
        "ApproxTopK",
        merge::axis(axis, dims.len(), || {
            let rank = dims.len() as i64;
            format!(
                "Invalid reduction dimension: {axis}. Must be within the range of [{}, {}]",
                -rank,
                rank - 1
            )
        }),
    )?;
    if dims[at].known().is_some_and(|n| n < k) {
        let text = format!("input must have last dimension >= k = {k} but was {}", dims[at]);
        return cx.refuse("ApproxTopK", Misfit::argument("k", text));
    }
    let out = shape.with_dim(at, Dim::Known(k));
    Ok(Val::tuple([node.out(out.clone()), node.nth(1, out)]))
}

const OUT_IDX: Param<Option<DType>> = Param::named(&["out_idx"]);

fn unique_op(cx: &Cx<'_>) -> Infer<Val> {
    let (values, places) = unique(cx, cx.known(X)?, cx.get(OUT_IDX)?.unwrap_or(DType::Int32))?;
    Ok(Val::Named(vec![("y", Val::T(values)), ("idx", Val::T(places))]))
}

fn unique_with_counts(cx: &Cx<'_>) -> Infer<Val> {
    // While tracing nobody asks for the rank.
    let mut node = cx.node("UniqueWithCounts", [cx.known(X)?.clone()])?;
    node.set("out_idx", Some(cx.get(OUT_IDX)?.unwrap_or(DType::Int32)));
    if cx.eager() {
        cx.fit_or("UniqueWithCounts", merge::rank(&node.x(0).shape, 1), || {
            "unique expects a 1D vector.".to_owned()
        })?;
    }
    let distinct = Shape::new([Dim::Unknown]);
    let (values, places) = (node.out(distinct.clone()), node.nth(1, node.x(0).shape.clone()));
    let counts = node.nth(2, distinct);
    Ok(Val::Named(vec![("y", Val::T(values)), ("idx", Val::T(places)), ("count", Val::T(counts))]))
}

const WEIGHTS: Param<Arg> = Param::named(&["weights"]);

fn bincount(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    let weights = cx.known(WEIGHTS)?;
    let axis = cx.known(AXIS)?;
    let keras_ops = cx.surface() == Surface::KerasOps;
    let axis = match axis {
        v if v.is_none() => {
            if keras_ops {
                -1
            } else {
                0
            }
        }
        v => cx.int(v)?,
    };
    if axis != 0 && axis != -1 {
        let text =
            format!("Unsupported value for argument axis={axis}. Only 0 and -1 are currently supported.");
        return cx.value_error(text.clone(), Mistake::Argument { param: "axis", problem: text });
    }
    let dtype = if weights.is_none() {
        if keras_ops { DType::Int32 } else { cx.get(DTYPE)?.unwrap_or(DType::Int32) }
    } else {
        let weights = cx.convert(weights, None)?;
        weights.dtype.ok_or(Stop::Unknown("weights of a dtype that is not known"))?
    };
    if axis != 0 && !cx.symbolic() {
        cx.fit("DenseBincount", merge::rank_at_most(&x.shape, 2))?;
    }
    // The length depends on the values, and of the rows of counts the number is not told.
    let rank = if axis == 0 { Some(0) } else { x.rank() };
    let shape = rank.map_or(Shape::UNKNOWN, |rank| Shape::of_rank(rank.max(1)));
    if cx.symbolic() || !x.dtype.is_some_and(DType::is_integer) {
        return Ok(Val::T(Tensor::new(shape, dtype)));
    }
    let counts = counted(cx, &x, axis == 0, weights, dtype)?;
    let counts = if counts.shape.all_known().is_some() { counts } else { counts.with_shape(shape) };
    Ok(Val::T(if counts.dtype == Some(dtype) { counts } else { cast(cx, counts, Some(dtype))? }))
}

/// How often each integer occurs: in all of a tensor, or in each of its rows.
///
/// source: tensorflow/python/ops/bincount_ops.py: bincount
fn counted(cx: &Cx<'_>, x: &Tensor, flat: bool, weights: &Val, dtype: DType) -> Infer<Tensor> {
    const LEAST: Param<Arg> = Param::named(&["minlength"]);
    const MOST: Param<Arg> = Param::named(&["maxlength"]);
    const BINARY: Param<Arg> = Param::named(&["binary_output"]);
    let narrow = !matches!(x.dtype, Some(DType::Int32 | DType::Int64));
    let x = if narrow { cast(cx, x, Some(DType::Int32))? } else { x.clone() };
    let largest = reduce(cx, "Max", &x, &Axes::All, false)?;
    // While tracing, nothing times what is not known is not known either.
    let empty = cx.eager() && x.shape.size().known() == Some(0);
    let mut size = if empty { Tensor::int(0) } else { binary(cx, "AddV2", largest, Val::from(1))? };
    size = cast(cx, size, x.dtype)?;
    for (param, kernel) in [(LEAST, "Maximum"), (MOST, "Minimum")] {
        let bound = cx.known(param)?;
        if !bound.is_none() {
            size = binary(cx, kernel, cx.convert(bound, x.dtype)?, size)?;
        }
    }
    let line = Val::ints(&[-1]);
    let (x, weights) = match (flat, weights.is_none()) {
        (true, true) => (reshape(cx, x, line)?, Val::T(nothing(dtype))),
        (true, false) => (reshape(cx, x, line.clone())?, Val::T(reshape(cx, weights, line)?)),
        (false, true) => (x, Val::T(nothing(dtype))),
        (false, false) => (x, weights.clone()),
    };
    let rows = x.shape.dims().filter(|dims| dims.len() > 1).map(|dims| dims[0]);
    let mut node = cx.node("DenseBincount", [Val::T(x), Val::T(size), weights])?;
    if let Val::Py(Arg::Bool(binary)) = cx.known(BINARY)? {
        node.with("binary_output", *binary);
    }
    let out = rows.into_iter().chain([crate::kernels::stride::dim_of(node.x(1))]).collect();
    Ok(node.out(out))
}

/// `tf.constant([], dtype)`.
fn nothing(dtype: DType) -> Tensor {
    Tensor::new(Shape::known(&[0]), dtype).with_content(tensor::Content::Zeros)
}

const SORTED: Param<Arg> = Param::at(0, &["sorted_sequence"]);
const VALUES: Param<Arg> = Param::at(1, &["values"]);
const OUT_TYPE: Param<Option<DType>> = Param::named(&["out_type"]);

fn searchsorted(cx: &Cx<'_>) -> Infer<Val> {
    let sequence = cx.convert(cx.known(SORTED)?, None)?;
    let values = match cx.known(VALUES)? {
        // Tensors keep their dtypes, and the kernel refuses two.
        Val::T(values) if values.is_tf() && cx.surface() == Surface::Tf => {
            let inputs = [Val::T(sequence.clone()), Val::T(values.clone())];
            cx.node("LowerBound", inputs)?.x(1).clone()
        }
        other => cx.convert(other, sequence.dtype)?,
    };
    let mut dtype = Some(cx.get(OUT_TYPE)?.unwrap_or(DType::Int32));
    if cx.surface() == Surface::KerasOps {
        if let Some(rank) = sequence.rank().filter(|r| *r != 1) {
            let text = format!(
                "`searchsorted` only supports 1-D sorted sequences. You can use `keras.ops.vectorized_map` to extend it to N-D sequences. Received: sorted_sequence.shape={}",
                sequence.shape.tuple()
            );
            return cx.value_error(
                text,
                Mistake::RankMismatch { param: "sorted_sequence", expected: "1".to_owned(), got: rank },
            );
        }
        dtype = match sequence.shape.dim(0) {
            Some(Dim::Known(_)) => Some(DType::Int32),
            Some(Dim::Symbol(_)) => Some(DType::Int64),
            Some(Dim::Unknown) | None => None,
        };
    }
    if values.rank() == Some(0) && !cx.symbolic() {
        // `tf.shape(values)[-1]` of a scalar.
        item(cx, &shape_of(&values, DType::Int32), -1)?;
    }
    if !cx.symbolic()
        && let (Some(&[.., columns]), Some(&[.., width])) = (sequence.shape.dims(), values.shape.dims())
        && dtype.is_some()
        && sequence.dtype.is_some()
    {
        const SIDE: Param<Arg> = Param::named(&["side"]);
        let right = matches!(cx.known(SIDE)?, Val::Py(Arg::Str(side)) if &**side == "right");
        let rows =
            |t: &Tensor, size: Dim| reshape(cx, t, Tensor::dims(vec![Dim::Known(-1), size], DType::Int32));
        let (ordered, wanted) = (rows(&sequence, columns)?, rows(&values, width)?);
        let count = |t: &Tensor| t.shape.dim(0).and_then(Dim::known);
        if cx.eager() && count(&ordered).zip(count(&wanted)).is_some_and(|(a, b)| a != b) {
            let kernel = if right { "UpperBound" } else { "LowerBound" };
            let text = "Leading dim_size of both tensors must match.";
            return cx.refuse(kernel, Misfit::argument("values", text));
        }
        let inputs = [Val::T(ordered), Val::T(wanted)];
        let mut node = cx.node(if right { "UpperBound" } else { "LowerBound" }, inputs)?;
        node.set("out_type", dtype);
        let places = node.out(node.x(1).shape.clone());
        let out = reshape(
            cx,
            places,
            Tensor::dims(values.shape.dims().unwrap_or_default().to_vec(), DType::Int32),
        )?;
        return Ok(Val::T(out.with_shape(values.shape)));
    }
    Ok(Val::T(Tensor::new(values.shape, dtype)))
}

const ORDER: Param<Option<i64>> = Param::at(1, &["n"]);

fn diff(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    let n = cx.get(ORDER)?.unwrap_or(1);
    if n < 0 {
        let text = format!("Order `n` must be non-negative. Received n={n}");
        return cx.value_error(text.clone(), Mistake::Argument { param: "n", problem: text });
    }
    let Some(rank) = x.rank() else { return Ok(Val::T(x.with_shape(Shape::UNKNOWN))) };
    if rank == 0 && n > 0 {
        let text = "`diff` requires input that is at least one dimensional.";
        return cx.value_error(
            text,
            Mistake::RankMismatch { param: "a", expected: "at least 1".to_owned(), got: 0 },
        );
    }
    let axis = cx.known(AXIS)?;
    let axis = if axis.is_none() { -1 } else { cx.int(axis)? };
    let at = keras::canonicalize_axis(cx, axis, rank)?;
    let size = x.shape.dim(at as i64).unwrap_or(Dim::Unknown);
    let shape = x.shape.with_dim(at, size.map(|s| (s - n).max(0)));
    if n > 16 {
        return Ok(Val::T(binary(cx, "Sub", &x, &x)?.like().with_shape(shape)));
    }
    let mut out = x;
    for _ in 0..n {
        let part = |start: Option<i64>, stop: Option<i64>| {
            let (start, stop) = (start.map(Dim::Known), stop.map(Dim::Known));
            let mut picks = vec![Pick::Range(Bounds { start: None, stop: None, step: None }); at];
            picks.push(Pick::Range(Bounds { start, stop, step: None }));
            strided_slice(cx, &out, &picks)
        };
        let kernel = if out.dtype == Some(DType::Bool) { "NotEqual" } else { "Sub" };
        out = binary(cx, kernel, part(Some(1), None)?, part(None, Some(-1))?)?;
    }
    Ok(Val::T(out.with_shape(shape)))
}

fn digitize(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    if let (true, Val::T(bins)) = (cx.symbolic(), cx.known(Y)?)
        && let Some(got) = bins.rank().filter(|rank| *rank > 1)
    {
        let shape = bins.shape.tuple();
        let text = format!("`bins` must be a 1D array. Received: bins=… with shape bins.shape={shape}");
        return cx.value_error(text, Mistake::RankMismatch { param: "bins", expected: "1".to_owned(), got });
    }
    if let Val::T(bins) = cx.known(Y)?
        && bins.is_tf()
        && !cx.symbolic()
    {
        if cx.eager() && bins.rank() != Some(1) {
            return Err(Stop::Unknown("bins that are no vector"));
        }
        if !cx.eager() {
            // `list(bins)`.
            return Err(Violation::symbolic_iteration().raised());
        }
    }
    let bins: Option<Vec<f64>> = match cx.known(Y)? {
        Val::List(items) | Val::Tuple(items) => items.iter().map(Val::number).collect(),
        Val::T(bins) if cx.eager() => match &bins.content {
            tensor::Content::Array(known) => known.data.to_floats(),
            _ => None,
        },
        _ => None,
    };
    match bins.filter(|bins| bins.len() < 64) {
        Some(bins) if !cx.symbolic() && x.dtype.is_some_and(|d| d.is_floating() || d.is_integer()) => {
            if cx.eager() && bins.windows(2).any(|pair| pair[0] > pair[1]) {
                return cx.refuse("Bucketize", Misfit::argument("bins", "Expected sorted boundaries"));
            }
            bucketed(cx, &x, &bins).map(Val::T)
        }
        _ => Ok(Val::T(Tensor::new(x.shape, DType::Int32))),
    }
}

/// How many edges lie at or below each number.
fn bucketed(cx: &Cx<'_>, x: &Tensor, edges: &[f64]) -> Infer<Tensor> {
    let wide = cast(cx, x, Some(DType::Float32))?;
    let mut sum = cast(cx, unary(cx, "ZerosLike", &wide)?, Some(DType::Int32))?;
    for edge in edges {
        let above = binary(cx, "GreaterEqual", &wide, cx.convert_like(&Val::from(*edge), &wide)?)?;
        sum = binary(cx, "AddV2", sum, cast(cx, above, Some(DType::Int32))?)?;
    }
    Ok(sum)
}
