//! Connectionist temporal classification: losses and decoders.

use tensor::{DType, Dim, Shape};

use crate::defs::rule;
use crate::kernels::join::concat;
use crate::kernels::layout::{tile, transpose};
use crate::kernels::pointwise::{binary, cast, unary};
use crate::kernels::reduce::{Axes, reduce};
use crate::kernels::shape::{expand_dims, squeeze};
use crate::kernels::stride::{Bounds, Pick, strided_slice};
use crate::kernels::{index, loss};
use crate::spec::keras::{self, Promoted};
use crate::spec::{Cx, Misfit, Tensor, Val, run};
use crate::{Arg, Exc, Infer, Mistake, Op, Param, Stop, Surface};

const LABELS: Param<Arg> = Param::at(0, &["labels", "target", "y_true"]);
const LOGITS: Param<Arg> = Param::at(1, &["logits", "output", "y_pred"]);
const LABEL_LENGTH: Param<Arg> = Param::named(&["label_length", "target_length"]);
const LOGIT_LENGTH: Param<Arg> = Param::named(&["logit_length", "output_length", "input_length"]);
const TIME_MAJOR: Param<Arg> = Param::named(&["logits_time_major"]);
const BLANK: Param<Arg> = Param::named(&["blank_index", "mask_index"]);
const UNIQUE: Param<Arg> = Param::named(&["unique"]);
const INPUTS: Param<Arg> = Param::at(0, &["inputs", "y_pred"]);
const LENGTHS: Param<Arg> = Param::at(1, &["sequence_length", "sequence_lengths", "input_length"]);
const TOP_PATHS: Param<Arg> = Param::named(&["top_paths"]);
const STRATEGY: Param<Arg> = Param::named(&["strategy"]);
const GREEDY: Param<Arg> = Param::named(&["greedy"]);

pub(in crate::defs) static OPS: &[Op] = &[
    rule(
        "ctc_loss",
        &["tf.nn.ctc_loss", "keras.ops.ctc_loss"],
        |c| run(c, ctc_loss),
        "tensorflow/python/ops/ctc_ops.py: ctc_loss_dense",
    ),
    rule(
        "ctc_batch_cost",
        &["tf.keras.backend.ctc_batch_cost"],
        |c| run(c, batch_cost),
        "keras/src/legacy/backend.py: ctc_batch_cost",
    ),
    rule(
        "ctc_decode",
        &["keras.ops.ctc_decode", "tf.keras.backend.ctc_decode"],
        |c| run(c, decode),
        "keras/src/backend/tensorflow/nn.py: ctc_decode, keras/src/legacy/backend.py: ctc_decode",
    ),
];

fn ctc_loss(cx: &Cx<'_>) -> Infer<Val> {
    let (labels, logits) = (cx.tensor(LABELS)?, cx.tensor(LOGITS)?);
    let (label_length, logit_length) = (cx.tensor(LABEL_LENGTH)?, cx.tensor(LOGIT_LENGTH)?);
    let blank = match cx.known(BLANK)? {
        v if v.is_none() => 0,
        v => cx.int(v)?,
    };
    if !cx.known(UNIQUE)?.is_none() {
        return Err(Stop::Unknown("labels that were made unique"));
    }
    if cx.surface() == Surface::KerasOps {
        return of_keras(cx, labels, logits, label_length, logit_length, blank).map(Val::T);
    }
    let time_major = !matches!(cx.known(TIME_MAJOR)?, Val::Py(Arg::Bool(false)));
    dense(cx, labels, logits, &label_length, &logit_length, time_major, blank).map(Val::T)
}

/// `keras.ops.ctc_loss`.
fn of_keras(
    cx: &Cx<'_>,
    labels: Tensor,
    logits: Tensor,
    label_length: Tensor,
    logit_length: Tensor,
    blank: i64,
) -> Infer<Tensor> {
    let Some(own) = logits.dtype else { return Err(Stop::Unknown("a dtype that is not known")) };
    let result = keras::common_dtype(cx, &[Promoted::Of(own), Promoted::Of(DType::Float32)])?;
    if cx.symbolic() {
        let first = |t: &Tensor| t.shape.dim(0);
        let check = |a: &'static str, x: &Tensor, b: &str, y: &Tensor| -> Infer<()> {
            match (first(x), first(y)) {
                (Some(left), Some(right)) if !left.compatible(right) => {
                    let text = format!(
                        "Arguments `{a}` and `{b}` must have the same first dimension. Received shapes: `{}` and `{}`.",
                        x.shape.tuple(),
                        y.shape.tuple()
                    );
                    cx.value_error(text, Mistake::DimMismatch { left, right, what: "batch sizes" })
                }
                (Some(_), Some(_)) => Ok(()),
                _ => Err(Stop::Unknown("tensors of too low a rank")),
            }
        };
        check("target", &labels, "output", &logits)?;
        check("target_length", &label_length, "target", &labels)?;
        check("output_length", &logit_length, "output", &logits)?;
        let batch = first(&labels).unwrap_or(Dim::Unknown);
        return Ok(keras::spec(Shape::new([batch]), result, &[&logits]));
    }
    let labels = cast(cx, labels, Some(DType::Int32))?;
    let compute = if result == DType::Float64 { DType::Float32 } else { result };
    let logits = cast(cx, logits, Some(compute))?;
    let loss = dense(cx, labels, logits, &label_length, &logit_length, false, blank)?;
    cast(cx, loss, Some(result))
}

/// `_get_dim`: the size of an axis that must be there.
fn dim(cx: &Cx<'_>, x: &Tensor, axis: i64) -> Infer<Dim> {
    match (x.rank(), x.shape.dim(axis)) {
        (None, _) => Err(Stop::Unknown("a tensor of unknown rank")),
        (_, Some(dim)) => Ok(dim),
        (Some(rank), None) => {
            let mistake = Mistake::AxisOutOfRange { axis, rank };
            cx.raise(Exc::IndexError, "tuple index out of range", mistake)
        }
    }
}

/// A size as a value: an int, or a scalar that is not known.
fn size(dim: Dim) -> Val {
    match dim {
        Dim::Known(n) => Val::from(n),
        _ => Val::T(Tensor::new(Shape::scalar(), DType::Int32)),
    }
}

/// `x[:, :, start:stop]`.
fn last_axis(cx: &Cx<'_>, x: &Tensor, start: Option<i64>, stop: Option<i64>) -> Infer<Tensor> {
    let whole = Pick::Range(Bounds { start: None, stop: None, step: None });
    let bounds = Bounds { start: start.map(Dim::Known), stop: stop.map(Dim::Known), step: None };
    strided_slice(cx, x, &[whole, whole, Pick::Range(bounds)])
}

/// `ctc_loss_dense`. The loss is differentiable by the logits alone.
fn dense(
    cx: &Cx<'_>,
    mut labels: Tensor,
    mut logits: Tensor,
    label_length: &Tensor,
    logit_length: &Tensor,
    time_major: bool,
    mut blank: i64,
) -> Infer<Tensor> {
    let own = logits.dtype;
    let half = matches!(own, Some(DType::Float16 | DType::BFloat16));
    if half {
        logits = cast(cx, logits, Some(DType::Float32))?;
    }
    if !time_major {
        logits = transpose(cx, logits, Val::ints(&[1, 0, 2]))?;
    }
    if blank != 0 {
        if blank < 0 {
            match dim(cx, &logits, 2)? {
                Dim::Known(n) => blank += n,
                _ => return Err(Stop::Unknown("a blank counted from an end that is not known")),
            }
        }
        let parts = [
            last_axis(cx, &logits, Some(blank), Some(blank + 1))?,
            last_axis(cx, &logits, None, Some(blank))?,
            last_axis(cx, &logits, Some(blank + 1), None)?,
        ];
        logits = concat(cx, Val::list(parts), Val::from(2))?;
        let less = binary(cx, "Less", &labels, Val::from(blank))?;
        let moved = binary(cx, "AddV2", &labels, Val::from(1))?;
        labels = index::select(cx, Val::T(less), Val::T(moved), Val::T(labels))?;
    }
    let classes = dim(cx, &logits, 2)?;
    let longest = dim(cx, &labels, 1)?;
    let batch = states(cx, &labels, &logits, classes, longest)?;
    let counted = final_states(cx, label_length, longest)?;
    let (Some(2), Some(3)) = (labels.rank(), logits.rank()) else {
        return Err(Stop::Unknown("labels or logits of another rank"));
    };
    let rows = labels.shape.dim(0).unwrap_or(Dim::Unknown);
    if !counted.compatible(rows) {
        let text = format!("Dimensions must be equal, but are {counted} and {rows}");
        let mistake = Mistake::DimMismatch { left: counted, right: rows, what: "labels and their lengths" };
        return cx.refuse("AddV2", Misfit::new(text, mistake));
    }
    if logit_length.rank().is_some_and(|r| r != 1) {
        return Err(Stop::Unknown("lengths that are no vector"));
    }
    let lengths = logit_length.shape.dim(0).unwrap_or(Dim::Unknown);
    if !lengths.compatible(batch) {
        return Err(Stop::Unknown("other than one length for each sequence"));
    }
    let merged = batch.merge(rows).and_then(|d| d.merge(counted)).and_then(|d| d.merge(lengths));
    // The kernel that stands for the loop has dtypes of its own.
    let labels = Val::T(cast(cx, labels, Some(DType::Int64))?);
    let counts = Val::T(cast(cx, label_length.clone(), Some(DType::Int32))?);
    let lengths = Val::T(cast(cx, logit_length.clone(), Some(DType::Int32))?);
    let mut loss = loss::ctc(cx, Val::T(logits), labels, counts, lengths, Some(0))?;
    loss.shape = Shape::new([merged.unwrap_or(batch)]);
    loss.dtype = Some(DType::Float32);
    if half { cast(cx, loss, own) } else { Ok(loss) }
}

/// `_ilabel_to_state`: returns the batch size of the logits' and labels' product.
fn states(cx: &Cx<'_>, labels: &Tensor, logits: &Tensor, classes: Dim, longest: Dim) -> Infer<Dim> {
    let probabilities = super::softmax::along(cx, "LogSoftmax", logits, -1)?;
    let blank = last_axis(cx, &probabilities, None, Some(1))?;
    let times =
        longest.known().map_or(Val::T(Tensor::new(Shape::scalar(), DType::Int32)), |n| Val::from(n + 1));
    let multiples = match &times {
        Val::T(_) => Val::T(Tensor::new(Shape::known(&[3]), DType::Int32)),
        known => Val::List(vec![Val::from(1), Val::from(1), known.clone()]),
    };
    let blank = tile(cx, blank, multiples)?;
    let hot = index::one_hot(cx, Val::T(labels.clone()), size(classes), Val::from(1.0), Val::from(0.0), -1)?;
    let hot = expand_dims(cx, hot, Val::from(0))?;
    let wide = expand_dims(cx, probabilities, Val::from(2))?;
    let product = binary(cx, "Mul", wide, hot)?;
    let sum = reduce(cx, "Sum", product, &Axes::ints(&[3]), false)?;
    let all = concat(cx, Val::list([sum, blank]), Val::from(2))?;
    Ok(all.shape.dim(1).unwrap_or(Dim::Unknown))
}

/// `ctc_state_log_probs`: returns the batch size of the lengths.
fn final_states(cx: &Cx<'_>, lengths: &Tensor, longest: Dim) -> Infer<Dim> {
    let batch = dim(cx, lengths, 0)?;
    let count = longest.map(|n| n + 1);
    let mask = index::one_hot(cx, Val::T(lengths.clone()), size(count), Val::from(1.0), Val::from(0.0), 0)?;
    let ones = Tensor::new(Shape::new([Dim::Known(2), Dim::Known(1), batch]), DType::Float32);
    binary(cx, "Mul", ones, mask)?;
    Ok(batch)
}

/// `K.ctc_batch_cost`.
fn batch_cost(cx: &Cx<'_>) -> Infer<Val> {
    let (labels, output) = (cx.tensor(LABELS)?, cx.tensor(LOGITS)?);
    let (label_length, input_length) = (cx.tensor(LABEL_LENGTH)?, cx.tensor(LOGIT_LENGTH)?);
    let label_length = squeeze(cx, label_length, &[-1])?;
    let input_length = cast(cx, squeeze(cx, input_length, &[-1])?, Some(DType::Int32))?;
    let Some(dims) = labels.shape.dims() else { return Err(Stop::Unknown("labels of unknown rank")) };
    let (rank, longest) = (dims.len(), dims.get(1).copied());
    let Some(longest) = longest else {
        let text = format!("slice index {} of dimension 0 out of bounds.", rank.min(1));
        let mistake = Mistake::IndexOutOfRange { index: 1, axis: 0, size: rank as i64 };
        return cx.refuse("StridedSlice", Misfit::new(text, mistake));
    };
    if rank > 2 && label_length.rank() == Some(1) {
        // What `gather_nd` picks out of the labels are values of a sparse tensor.
        let rest = dims.get(2..).unwrap_or_default().iter().copied();
        let values = Shape::new(std::iter::once(Dim::Unknown).chain(rest));
        let text = format!("Shape {} must have rank 1", values.tuple());
        let mistake = Mistake::RankMismatch { param: "y_true", expected: "2".to_owned(), got: rank };
        return cx.value_error(text, mistake);
    }
    if rank != 2 || label_length.rank().is_some_and(|r| r != 1) {
        return Err(Stop::Unknown("labels or lengths of another rank"));
    }
    if longest == Dim::Known(1) && !cx.eager() {
        let text = "Input tensor `Cast:0` enters the loop with shape (1, 1), but has shape (1, None) after one iteration. \
                    To allow the shape to vary across iterations, use the `shape_invariants` argument of tf.while_loop to \
                    specify a less-specific shape.";
        let problem = "labels of length 1".to_owned();
        return cx.value_error(text, Mistake::Argument { param: "y_true", problem });
    }
    let turned = transpose(cx, output, Val::ints(&[1, 0, 2]))?;
    let logits = unary(cx, "Log", binary(cx, "AddV2", turned, Val::from(1e-7))?)?;
    let labels = Val::T(cast(cx, labels, Some(DType::Int64))?);
    let counts = Val::T(cast(cx, label_length, Some(DType::Int32))?);
    let cost = loss::ctc(cx, Val::T(logits), labels, counts, Val::T(input_length), None)?;
    expand_dims(cx, cost, Val::from(1)).map(Val::T)
}

/// `keras.ops.ctc_decode` and `K.ctc_decode`.
fn decode(cx: &Cx<'_>) -> Infer<Val> {
    let (x, lengths) = (cx.tensor(INPUTS)?, cx.tensor(LENGTHS)?);
    let given = match cx.known(TOP_PATHS)? {
        v if v.is_none() => 1,
        v => cx.int(v)?,
    };
    let keras = cx.surface() == Surface::KerasOps;
    let greedy = if keras {
        match cx.known(STRATEGY)? {
            Val::Py(Arg::Str(s)) if &**s == "greedy" => true,
            Val::Py(Arg::Str(s)) if &**s == "beam_search" => false,
            Val::Py(Arg::Missing) => true,
            Val::Py(Arg::Str(s)) if !cx.symbolic() => {
                let text = format!("Invalid strategy {s}. Supported values are 'greedy' and 'beam_search'.");
                return cx.value_error(text.clone(), Mistake::Argument { param: "strategy", problem: text });
            }
            _ => return Err(Stop::Unknown("a strategy that is not known")),
        }
    } else {
        !matches!(cx.known(GREEDY)?, Val::Py(Arg::Bool(false)))
    };
    let paths = if greedy { 1 } else { given };
    let (Some(batch), Some(steps)) = (x.shape.dim(0), x.shape.dim(1)) else {
        return Err(Stop::Unknown("inputs of too low a rank"));
    };
    if cx.symbolic() {
        let Some(own) = x.dtype else { return Err(Stop::Unknown("a dtype that is not known")) };
        let dtype = keras::common_dtype(cx, &[Promoted::Of(own), Promoted::Of(DType::Float32)])?;
        let decoded = keras::spec(Shape::new([Dim::Known(paths), batch, steps]), DType::Int32, &[]);
        let scores = keras::spec(Shape::new([batch, Dim::Known(paths)]), dtype, &[]);
        return Ok(Val::tuple([decoded, scores]));
    }
    let turned = transpose(cx, &x, Val::ints(&[1, 0, 2]))?;
    let lengths = cast(cx, lengths, Some(DType::Int32))?;
    let kernel = if greedy { "CTCGreedyDecoder" } else { "CTCBeamSearchDecoder" };
    let scores = loss::ctc_scores(cx, kernel, Val::T(turned), Val::T(lengths), paths)?;
    let count = usize::try_from(paths).unwrap_or(1).min(1000);
    if keras {
        let decoded = Tensor::new(Shape::new([Dim::Known(paths), batch, steps]), DType::Int32);
        return Ok(Val::tuple([decoded, scores]));
    }
    let one = Tensor::new(Shape::new([batch, steps]), DType::Int64);
    Ok(Val::Tuple(vec![Val::list(vec![one; count]), Val::T(scores)]))
}
