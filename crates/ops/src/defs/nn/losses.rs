//! Cross entropies: `tf.nn.…_cross_entropy_with_logits`, `keras.ops.…_crossentropy`, `K.…_crossentropy`.

use tensor::{DType, Dim, Shape};

use crate::defs::rule;
use crate::kernels::index::{gather_nd, scatter_nd, select, where_};
use crate::kernels::join;
use crate::kernels::layout::transpose;
use crate::kernels::loss;
use crate::kernels::pointwise::{binary, cast, unary};
use crate::kernels::reduce::{Axes, reduce};
use crate::kernels::shape::{reshape, shape_from, shape_of, squeeze};
use crate::kernels::stride::{item, part};
use crate::params::AXIS;
use crate::spec::{Cx, Misfit, Tensor, Val, keras, merge, run, text_of};
use crate::{Arg, Exc, Infer, Mistake, Op, Param, Stop, Surface};

/// The labels.
const LABELS: Param<Arg> = Param::at(0, &["labels", "target"]);
/// What is compared with them.
const LOGITS: Param<Arg> = Param::at(1, &["logits", "output"]);
const FROM_LOGITS: Param<bool> = Param::named(&["from_logits"]);
const POS_WEIGHT: Param<Arg> = Param::at(2, &["pos_weight"]);

const SOURCE: &str = "tensorflow/python/ops/nn_ops.py, nn_impl.py";
const KERAS: &str = "keras/src/backend/tensorflow/nn.py, keras/src/legacy/backend.py";

pub(in crate::defs) static OPS: &[Op] = &[
    rule(
        "sigmoid_cross_entropy_with_logits",
        &["tf.nn.sigmoid_cross_entropy_with_logits"],
        |c| run(c, |cx| with_logits(cx, "sigmoid_cross_entropy_with_logits")),
        SOURCE,
    ),
    rule(
        "softmax_cross_entropy_with_logits",
        &["tf.nn.softmax_cross_entropy_with_logits"],
        |c| run(c, |cx| with_logits(cx, "softmax_cross_entropy_with_logits")),
        SOURCE,
    ),
    rule(
        "sparse_softmax_cross_entropy_with_logits",
        &["tf.nn.sparse_softmax_cross_entropy_with_logits"],
        |c| run(c, |cx| with_logits(cx, "sparse_softmax_cross_entropy_with_logits")),
        SOURCE,
    ),
    rule(
        "weighted_cross_entropy_with_logits",
        &["tf.nn.weighted_cross_entropy_with_logits"],
        |c| run(c, weighted),
        SOURCE,
    ),
    rule("log_poisson_loss", &["tf.nn.log_poisson_loss"], |c| run(c, log_poisson), SOURCE),
    rule(
        "binary_crossentropy",
        &["keras.ops.binary_crossentropy", "tf.keras.backend.binary_crossentropy"],
        |c| run(c, binary_crossentropy),
        KERAS,
    ),
    rule(
        "categorical_crossentropy",
        &["keras.ops.categorical_crossentropy", "tf.keras.backend.categorical_crossentropy"],
        |c| run(c, categorical),
        KERAS,
    ),
    rule(
        "sparse_categorical_crossentropy",
        &["keras.ops.sparse_categorical_crossentropy", "tf.keras.backend.sparse_categorical_crossentropy"],
        |c| run(c, sparse_categorical),
        KERAS,
    ),
];

fn with_logits(cx: &Cx<'_>, name: &str) -> Infer<Val> {
    let (labels, logits) = (cx.known(LABELS)?, cx.known(LOGITS)?);
    let sparse_or_sigmoid = !name.starts_with("softmax");
    if sparse_or_sigmoid && (labels.is_none() || logits.is_none()) {
        let text = format!(
            "Both `labels` and `logits` must be provided for {name}Received: labels={} and logits={}",
            text_of(labels),
            text_of(logits)
        );
        return cx.value_error(text, Mistake::NoneValue);
    }
    let logits = cx.convert(logits, None)?;
    let labels = cx.convert(labels, None)?;
    match name {
        "sigmoid_cross_entropy_with_logits" => sigmoid(cx, &labels, &logits),
        "softmax_cross_entropy_with_logits" => {
            let axis = match cx.known(AXIS)? {
                v if v.is_none() => -1,
                v => cx.int(v)?,
            };
            softmax(cx, &labels, &logits, axis)
        }
        _ => sparse(cx, &labels, &logits),
    }
    .map(Val::T)
}

/// Requires logits and labels of one shape.
fn same_shape(cx: &Cx<'_>, labels: &Tensor, logits: &Tensor) -> Infer<()> {
    if cx.running() || labels.shape.compatible(&logits.shape) {
        return Ok(());
    }
    let text = format!(
        "`logits` and `labels` must have the same shape, received ({} vs {}).",
        logits.shape.tuple(),
        labels.shape.tuple()
    );
    cx.value_error(text, mismatch(&logits.shape, &labels.shape))
}

/// What is wrong with two shapes that must be equal.
fn mismatch(left: &Shape, right: &Shape) -> Mistake {
    let (Some(a), Some(b)) = (left.dims(), right.dims()) else { return Mistake::Other };
    if a.len() != b.len() {
        return Mistake::RankMismatch { param: "labels", expected: a.len().to_string(), got: b.len() };
    }
    match a.iter().zip(b).find(|(l, r)| !l.compatible(**r)) {
        Some((l, r)) => Mistake::DimMismatch { left: *l, right: *r, what: "labels and outputs" },
        None => Mistake::Other,
    }
}

/// `tf.nn.sigmoid_cross_entropy_with_logits`.
pub(super) fn sigmoid(cx: &Cx<'_>, labels: &Tensor, logits: &Tensor) -> Infer<Tensor> {
    same_shape(cx, labels, logits)?;
    let zeros = unary(cx, "ZerosLike", logits)?;
    let positive = binary(cx, "GreaterEqual", logits, &zeros)?;
    let rectified = select(cx, Val::T(positive.clone()), Val::T(logits.clone()), Val::T(zeros))?;
    let negative = unary(cx, "Neg", logits)?;
    let negative = select(cx, Val::T(positive), Val::T(negative), Val::T(logits.clone()))?;
    let product = binary(cx, "Mul", logits, labels)?;
    let left = binary(cx, "Sub", rectified, product)?;
    let right = unary(cx, "Log1p", unary(cx, "Exp", negative)?)?;
    binary(cx, "AddV2", left, right)
}

/// `(1 - z) x + (1 + (q - 1) z) (log1p(exp(-|x|)) + relu(-x))`.
fn weighted(cx: &Cx<'_>) -> Infer<Val> {
    let logits = cx.tensor(LOGITS)?;
    let labels = cx.tensor(LABELS)?;
    same_shape(cx, &labels, &logits)?;
    let weight = cx.convert_like(cx.known(POS_WEIGHT)?, &logits)?;
    let one = cx.convert_like(&Val::from(1.0), &logits)?;
    let more = binary(cx, "Mul", binary(cx, "Sub", weight, &one)?, &labels)?;
    let weight = binary(cx, "AddV2", &one, more)?;
    let left = binary(cx, "Mul", binary(cx, "Sub", &one, &labels)?, &logits)?;
    let curve = unary(cx, "Log1p", unary(cx, "Exp", unary(cx, "Neg", unary(cx, "Abs", &logits)?)?)?)?;
    let curve = binary(cx, "AddV2", curve, unary(cx, "Relu", unary(cx, "Neg", &logits)?)?)?;
    binary(cx, "AddV2", left, binary(cx, "Mul", weight, curve)?).map(Val::T)
}

fn log_poisson(cx: &Cx<'_>) -> Infer<Val> {
    let input = cx.tensor(Param::<Arg>::at(1, &["log_input"]))?;
    let targets = cx.tensor(Param::<Arg>::at(0, &["targets"]))?;
    if !targets.shape.compatible(&input.shape) {
        let text = format!(
            "`log_input` and `targets` must have the same shape, received ({} vs {}).",
            input.shape.tuple(),
            targets.shape.tuple()
        );
        return cx.value_error(text, mismatch(&input.shape, &targets.shape));
    }
    let product = binary(cx, "Mul", &input, targets)?;
    binary(cx, "Sub", unary(cx, "Exp", input)?, product).map(Val::T)
}

/// Moves an axis to the end: `_move_dim_to_end`.
fn move_to_end(cx: &Cx<'_>, x: &Tensor, axis: i64, rank: i64) -> Infer<Tensor> {
    let refuse = |text: String| {
        let mistake = Mistake::AxisOutOfRange { axis, rank: usize::try_from(rank).unwrap_or(0) };
        cx.refuse("Range", Misfit::new(text, mistake))
    };
    if axis < 0 {
        return refuse(format!("Requires start <= limit when delta > 0: 0/{axis}"));
    }
    if axis + 1 > rank {
        return refuse(format!("Requires start <= limit when delta > 0: {}/{rank}", axis + 1));
    }
    let order: Vec<i64> = (0..axis).chain(axis + 1..rank).chain([axis]).collect();
    transpose(cx, x, Val::ints(&order))
}

/// Flattens all axes but the last: `_flatten_outer_dims`. The sizes are static where all outer ones are.
fn flattened(cx: &Cx<'_>, x: &Tensor) -> Infer<Tensor> {
    let Some(dims) = x.shape.dims() else {
        return Ok(x.clone().with_shape(Shape::of_rank(2)));
    };
    let Some((last, outer)) = dims.split_last() else {
        let mistake = Mistake::RankMismatch { param: "logits", expected: "at least 1".to_owned(), got: 0 };
        return cx.raise(Exc::IndexError, "list index out of range", mistake);
    };
    let rows = outer.iter().fold(Dim::Known(1), |n, d| n.times(*d));
    let known = outer.iter().all(|d| d.is_known());
    let out = if known { Shape::new([rows, *last]) } else { Shape::of_rank(2) };
    let flat = reshape(cx, x, Tensor::dims(vec![Dim::Known(-1), *last], DType::Int32))?;
    Ok(flat.with_shape(out))
}

/// `tf.nn.softmax_cross_entropy_with_logits`.
pub(super) fn softmax(cx: &Cx<'_>, labels: &Tensor, logits: &Tensor, axis: i64) -> Infer<Tensor> {
    let half = matches!(logits.dtype, Some(DType::Float16 | DType::BFloat16));
    let mut precise = if half { cast(cx, logits, Some(DType::Float32))? } else { logits.clone() };
    let mut labels = cast(cx, labels, precise.dtype)?;
    let rank = logits.rank();
    if axis != -1 {
        let Some(rank) = rank else { return Err(Stop::Unknown("logits of unknown rank")) };
        precise = move_to_end(cx, &precise, axis, rank as i64)?;
        labels = move_to_end(cx, &labels, axis, rank as i64)?;
    }
    let flat = flattened(cx, &precise)?;
    let flat_labels = flattened(cx, &labels)?;
    let cost = loss::softmax_cross_entropy(cx, Val::T(flat), Val::T(flat_labels))?;
    let shape = match precise.shape.dims() {
        Some(dims) => Shape::new(dims[..dims.len() - 1].iter().copied()),
        None => Shape::UNKNOWN,
    };
    let cost = match shape.dims() {
        // The sizes are cut out of `tf.shape(logits)`, which is a constant only where all of them are known.
        Some(dims) => {
            let known = precise.shape.all_known().is_some();
            let sizes = dims.iter().map(|d| if known { *d } else { Dim::Unknown }).collect();
            reshape(cx, cost, Tensor::dims(sizes, DType::Int32))?
        }
        // What the flattened labels tell is not the shape that the costs get.
        None => cost.with_shape(Shape::UNKNOWN),
    };
    // What the labels tell of the rows stays: `set_shape` only adds to it.
    let shape = if cx.eager() { shape } else { cx.fit("SetShape", merge::shapes(&cost.shape, &shape))? };
    let cost = cost.with_shape(shape);
    if half { cast(cx, cost, logits.dtype) } else { Ok(cost) }
}

/// `tf.nn.sparse_softmax_cross_entropy_with_logits`.
pub(super) fn sparse(cx: &Cx<'_>, labels: &Tensor, logits: &Tensor) -> Infer<Tensor> {
    let half = logits.dtype == Some(DType::Float16);
    let precise = if half { cast(cx, logits, Some(DType::Float32))? } else { logits.clone() };
    let Some(dims) = logits.shape.dims() else { return Err(Stop::Unknown("logits of unknown rank")) };
    let Some((_, outer)) = dims.split_last() else {
        let text =
            format!("`logits` cannot be a scalar. Received logits={}`", text_of(&Val::T(logits.clone())));
        let mistake = Mistake::RankMismatch { param: "logits", expected: "at least 1".to_owned(), got: 0 };
        return cx.value_error(text, mistake);
    };
    if let Some(rank) = labels.rank().filter(|r| *r != outer.len()) {
        let text = format!(
            "`labels.shape.rank` must equal `logits.shape.rank - 1`. Received: labels.shape={} of rank {rank} and \
             logits.shape={} of rank {}",
            labels.shape.tuple(),
            logits.shape.tuple(),
            dims.len()
        );
        let mistake = Mistake::RankMismatch { param: "labels", expected: outer.len().to_string(), got: rank };
        return cx.value_error(text, mistake);
    }
    let rows = Shape::new(outer.iter().copied());
    let defined = labels.shape.all_known().is_some() && rows.all_known().is_some();
    if defined && labels.shape != rows {
        let text = format!(
            "`labels.shape` must equal `logits.shape` except for the last dimension. Received: labels.shape={} and \
             logits.shape={}",
            labels.shape.tuple(),
            logits.shape.tuple()
        );
        return cx.value_error(text, mismatch(&rows, &labels.shape));
    }
    let cost = if dims.len() == 2 {
        loss::sparse_softmax_cross_entropy(cx, Val::T(precise), Val::T(labels.clone()))?
    } else {
        if cx.eager() && !labels.shape.compatible(&rows) {
            return Err(Stop::Unknown("labels and logits that differ in a size"));
        }
        let size = item(cx, &shape_of(logits, DType::Int32), dims.len() as i64 - 1)?;
        let wanted = join::pack(cx, Val::List(vec![Val::from(-1), Val::T(size)]), 0)?;
        let flat = reshape(cx, precise, wanted)?;
        let flat_labels = reshape(cx, labels, Val::ints(&[-1]))?;
        let cost = loss::sparse_softmax_cross_entropy(cx, Val::T(flat), Val::T(flat_labels))?;
        let cost = reshape(cx, cost, shape_of(labels, DType::Int32))?;
        let shape = cost.shape.merge(&labels.shape).unwrap_or_default();
        cost.with_shape(shape)
    };
    if half { cast(cx, cost, logits.dtype) } else { Ok(cost) }
}

/// `tf.clip_by_value(x, epsilon, 1 - epsilon)`.
fn clipped(cx: &Cx<'_>, x: &Tensor) -> Infer<Tensor> {
    let high = cx.convert_like(&Val::from(0.999_999_9), x)?;
    let low = cx.convert_like(&Val::from(1e-7), x)?;
    let below = binary(cx, "Minimum", x, high)?;
    binary(cx, "Maximum", below, low)
}

/// Requires target and output of one shape, as `keras.ops` words it.
fn keras_shapes(cx: &Cx<'_>, target: &Tensor, output: &Tensor) -> Infer<()> {
    let (Some(a), Some(b)) = (target.shape.dims(), output.shape.dims()) else {
        return Err(Stop::Unknown("tensors of unknown rank"));
    };
    let received =
        format!("Received: target.shape={}, output.shape={}", target.shape.tuple(), output.shape.tuple());
    if a.len() != b.len() && !cx.symbolic() {
        let text = format!("Arguments `target` and `output` must have the same rank (ndim). {received}");
        return cx.value_error(text, mismatch(&target.shape, &output.shape));
    }
    // `compute_output_spec` compares tuples, to which `None` is no other size.
    let differ = cx.symbolic() && keras::alike(&target.shape, &output.shape) == Some(false);
    if differ || !target.shape.compatible(&output.shape) {
        let text = format!("Arguments `target` and `output` must have the same shape. {received}");
        return cx.value_error(text, mismatch(&target.shape, &output.shape));
    }
    Ok(())
}

fn binary_crossentropy(cx: &Cx<'_>) -> Infer<Val> {
    let (target, output) = (cx.tensor(LABELS)?, cx.tensor(LOGITS)?);
    let from_logits = cx.get(FROM_LOGITS)?;
    let keras = cx.surface() == Surface::KerasOps;
    if keras {
        keras_shapes(cx, &target, &output)?;
        if cx.symbolic() {
            return Ok(Val::T(keras::spec(output.shape.clone(), output.dtype, &[&target, &output])));
        }
    }
    if from_logits {
        return sigmoid(cx, &target, &output).map(Val::T);
    }
    let mut output = clipped(cx, &output)?;
    let one = |like: &Tensor| cx.convert_like(&Val::from(1), like);
    let mut rest = binary(cx, "Sub", one(&output)?, &output)?;
    if !keras {
        output = binary(cx, "AddV2", &output, Val::from(1e-7))?;
        rest = binary(cx, "AddV2", rest, Val::from(1e-7))?;
    }
    let hit = binary(cx, "Mul", &target, unary(cx, "Log", output)?)?;
    let other = binary(cx, "Sub", one(&target)?, &target)?;
    let miss = binary(cx, "Mul", other, unary(cx, "Log", rest)?)?;
    unary(cx, "Neg", binary(cx, "AddV2", hit, miss)?).map(Val::T)
}

fn axis_or_last(cx: &Cx<'_>) -> Infer<i64> {
    match cx.known(AXIS)? {
        v if v.is_none() => Ok(-1),
        v => cx.int(v),
    }
}

fn categorical(cx: &Cx<'_>) -> Infer<Val> {
    let (target, output) = (cx.tensor(LABELS)?, cx.tensor(LOGITS)?);
    let axis = axis_or_last(cx)?;
    if cx.surface() == Surface::KerasOps {
        if target.rank() == Some(0) && !cx.symbolic() {
            let text = format!(
                "Arguments `target` and `output` must be at least rank 1. Received: target.shape={}, output.shape={}",
                target.shape.tuple(),
                output.shape.tuple()
            );
            let mistake =
                Mistake::RankMismatch { param: "target", expected: "at least 1".to_owned(), got: 0 };
            return cx.value_error(text, mistake);
        }
        keras_shapes(cx, &target, &output)?;
        if cx.symbolic() {
            let dims = output.shape.dims().unwrap_or_default();
            let shape = Shape::new(dims[..dims.len().saturating_sub(1)].iter().copied());
            return Ok(Val::T(keras::spec(shape, output.dtype, &[&target, &output])));
        }
    } else if !cx.running() && !target.shape.compatible(&output.shape) {
        let text = format!("Shapes {} and {} are incompatible", target.shape.tuple(), output.shape.tuple());
        return cx.value_error(text, mismatch(&target.shape, &output.shape));
    }
    if cx.get(FROM_LOGITS)? {
        return softmax(cx, &target, &output, axis).map(Val::T);
    }
    let axes = Axes::ints(&[axis]);
    let total = reduce(cx, "Sum", &output, &axes, true)?;
    let scaled = clipped(cx, &binary(cx, "RealDiv", output, total)?)?;
    let product = binary(cx, "Mul", target, unary(cx, "Log", scaled)?)?;
    unary(cx, "Neg", reduce(cx, "Sum", product, &axes, false)?).map(Val::T)
}

fn sparse_categorical(cx: &Cx<'_>) -> Infer<Val> {
    let (target, output) = (cx.tensor(LABELS)?, cx.tensor(LOGITS)?);
    let axis = axis_or_last(cx)?;
    let from_logits = cx.get(FROM_LOGITS)?;
    match cx.surface() {
        Surface::KerasOps => keras_sparse(cx, target, output, axis, from_logits).map(Val::T),
        _ => backend_sparse(cx, target, output, axis, from_logits).map(Val::T),
    }
}

/// `keras.ops.sparse_categorical_crossentropy`.
fn keras_sparse(
    cx: &Cx<'_>,
    mut target: Tensor,
    mut output: Tensor,
    axis: i64,
    from_logits: bool,
) -> Infer<Tensor> {
    let (Some(rank), Some(target_rank)) = (output.rank(), target.rank()) else {
        return Err(Stop::Unknown("tensors of unknown rank"));
    };
    let received =
        |t: &Tensor| format!("target.shape={}, output.shape={}", t.shape.tuple(), output.shape.tuple());
    let argument = |text: String| Mistake::Argument { param: "axis", problem: text };
    if !cx.symbolic() && axis != -1 && axis != rank as i64 - 1 {
        let text = format!("Only axis=-1 is currently supported. Received: axis={axis}");
        return cx.value_error(text.clone(), argument(text));
    }
    if rank == 0 {
        let text = format!(
            "Argument `output` must be at least rank 1. Received: output.shape={}",
            output.shape.tuple()
        );
        return cx.value_error(text.clone(), argument(text));
    }
    let at = keras::canonicalize_axis(cx, axis, rank)?;
    let dims = output.shape.dims().unwrap_or_default();
    let rows: Shape = (0..rank).filter(|i| *i != at).map(|i| dims[i]).collect();
    let mut shape = target.shape.clone();
    if target_rank == rank && target.shape.dim(-1) == Some(Dim::Known(1)) {
        let own = target.shape.dims().unwrap_or_default();
        shape = Shape::new(own[..own.len() - 1].iter().copied());
    }
    if cx.symbolic() {
        if !shape.compatible(&rows) || keras::alike(&shape, &rows) == Some(false) {
            let text = format!(
                "Arguments `target` and `output` must have the same shape up until the last dimension: {}",
                received(&target)
            );
            return cx.value_error(text, mismatch(&rows, &shape));
        }
        return Ok(keras::spec(rows, output.dtype, &[&output]));
    }
    target = cast(cx, target, Some(DType::Int64))?;
    if shape != target.shape {
        target = squeeze(cx, target, &[-1])?;
    }
    if target.rank() != Some(rank - 1) {
        let text = format!(
            "Argument `output` must have rank (ndim) `target.ndim - 1`. Received: {}",
            received(&target)
        );
        return cx.value_error(text, mismatch(&rows, &target.shape));
    }
    if !target.shape.compatible(&rows) {
        let text = format!(
            "Arguments `target` and `output` must have the same shape up until the last dimension: {}",
            received(&target)
        );
        return cx.value_error(text, mismatch(&rows, &target.shape));
    }
    if !from_logits {
        output = unary(cx, "Log", clipped(cx, &output)?)?;
    }
    sparse(cx, &target, &output)
}

const IGNORE: Param<Arg> = Param::named(&["ignore_class"]);

/// The losses without one class: rows are picked by a mask, and their losses scattered to where they were.
fn ignored(cx: &Cx<'_>, target: &Tensor, output: &Tensor, sizes: &Tensor) -> Infer<Tensor> {
    let (Some(rank), Some(dims)) = (target.rank(), output.shape.dims()) else {
        return Err(Stop::Unknown("a mask of unknown rank"));
    };
    let masked = Shape::new(dims.iter().take(rank).copied());
    if !masked.compatible(&target.shape) {
        let text = format!("Shapes {} and {} are incompatible", masked.tuple(), target.shape.tuple());
        return cx.value_error(text, mismatch(&masked, &target.shape));
    }
    let rows = shape_from(&part(cx, sizes, None, Some(-1))?).unwrap_or(Shape::UNKNOWN);
    if let (true, Some(whole)) = (cx.eager(), rows.all_known()) {
        let class = cast(cx, cx.known(IGNORE)?, target.dtype)?;
        let counts = binary(cx, "NotEqual", target, class)?;
        let places = where_(cx, &counts)?;
        let losses = sparse(cx, &gather_nd(cx, target, &places)?, &gather_nd(cx, output, &places)?)?;
        let places = where_(cx, reshape(cx, counts, Val::ints(&whole))?)?;
        return scatter_nd(
            cx,
            Val::T(places),
            Val::T(losses),
            cast(cx, Val::ints(&whole), Some(DType::Int64))?.into(),
        );
    }
    Ok(output.clone().like().with_shape(rows))
}

/// `K.sparse_categorical_crossentropy`.
fn backend_sparse(
    cx: &Cx<'_>,
    mut target: Tensor,
    mut output: Tensor,
    axis: i64,
    from_logits: bool,
) -> Infer<Tensor> {
    let ignore = !cx.known(IGNORE)?.is_none();
    target = cast(cx, target, Some(DType::Int64))?;
    if !from_logits {
        output = unary(cx, "Log", clipped(cx, &output)?)?;
    }
    let Some(rank) = output.rank() else { return Err(Stop::Unknown("an output of unknown rank")) };
    if rank == 0 {
        return cx.raise(Exc::ZeroDivisionError, "integer modulo by zero", Mistake::Other);
    }
    let at = axis.rem_euclid(rank as i64);
    if at != rank as i64 - 1 {
        let order: Vec<i64> = (0..rank as i64).filter(|i| *i != at).chain([at]).collect();
        output = transpose(cx, output, Val::ints(&order))?;
    }
    let sizes = shape_of(&output, DType::Int32);
    let update = target.rank().is_some_and(|r| r + 1 != rank);
    if update {
        target = reshape(cx, target, Val::ints(&[-1]))?;
        let last = item(cx, &sizes, rank as i64 - 1)?;
        let wanted = join::pack(cx, Val::List(vec![Val::from(-1), Val::T(last)]), 0)?;
        output = reshape(cx, output, wanted)?;
    }
    if ignore {
        return ignored(cx, &target, &output, &sizes);
    }
    let out = sparse(cx, &target, &output)?;
    if update && rank >= 3 {
        return reshape(cx, out, part(cx, &sizes, None, Some(-1))?);
    }
    Ok(out)
}
