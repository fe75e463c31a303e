//! Less common functions of `tf.math`, `tf.nn` and `tf`.

use tensor::{DType, Dim, Shape};

use super::rule;
use crate::kernels::index::{scatter_nd, select, slice};
use crate::kernels::join;
use crate::kernels::linalg::mat_mul;
use crate::kernels::pointwise::{binary, cast, unary};
use crate::kernels::reduce::{Axes, reduce};
use crate::kernels::shape::{reshape, squeeze};
use crate::kernels::stride::item;
use crate::params::{AXIS, KEEPDIMS, X};
use crate::spec::{Cx, Misfit, Tensor, Val, has_attribute, merge, run};
use crate::{Arg, Exc, Infer, Mistake, Op, Param, Stop, Violation};

const Y: Param<Arg> = Param::at(1, &["b", "y", "range"]);
const Z: Param<Arg> = Param::at(2, &["x", "z"]);
const NUM_CLASSES: Param<Arg> = Param::named(&["num_classes"]);
const WEIGHTS: Param<Arg> = Param::named(&["weights"]);
const DTYPE: Param<Arg> = Param::named(&["dtype"]);
const NBINS: Param<Arg> = Param::named(&["nbins", "value_range_bins"]);

const SOURCE: &str = "tensorflow/python/ops/math_ops.py";

pub(super) static OPS: &[Op] = &[
    rule("betainc", &["tf.math.betainc"], |c| run(c, betainc), "tensorflow/core/ops/math_ops.cc: Betainc"),
    rule("polyval", &["tf.math.polyval"], |c| run(c, polyval), SOURCE),
    rule("confusion_matrix", &["tf.math.confusion_matrix"], |c| run(c, confusion_matrix), SOURCE),
    rule("invert_permutation", &["tf.math.invert_permutation"], |c| run(c, invert_permutation), SOURCE),
    rule("zero_fraction", &["tf.math.zero_fraction"], |c| run(c, zero_fraction), SOURCE),
    rule("erfcinv", &["tf.math.erfcinv"], |c| run(c, erfcinv), SOURCE),
    rule("reciprocal_no_nan", &["tf.math.reciprocal_no_nan"], |c| run(c, reciprocal_no_nan), SOURCE),
    rule("angle", &["tf.math.angle"], |c| run(c, angle), SOURCE),
    rule("lbeta", &["tf.math.lbeta"], |c| run(c, lbeta), "tensorflow/python/ops/special_math_ops.py: lbeta"),
    rule("scalar_mul", &["tf.math.scalar_mul"], |c| run(c, scalar_mul), SOURCE),
    rule(
        "is_non_decreasing",
        &["tf.math.is_non_decreasing"],
        |c| run(c, |cx| ordered(cx, "LessEqual")),
        "tensorflow/python/ops/check_ops.py: is_non_decreasing",
    ),
    rule(
        "is_strictly_increasing",
        &["tf.math.is_strictly_increasing"],
        |c| run(c, |cx| ordered(cx, "Less")),
        "tensorflow/python/ops/check_ops.py: is_strictly_increasing",
    ),
    rule(
        "histogram_fixed_width",
        &["tf.histogram_fixed_width"],
        |c| run(c, |cx| histogram(cx, true)),
        SOURCE,
    ),
    rule(
        "histogram_fixed_width_bins",
        &["tf.histogram_fixed_width_bins"],
        |c| run(c, |cx| histogram(cx, false)),
        SOURCE,
    ),
    rule(
        "check_numerics",
        &["tf.debugging.check_numerics"],
        |c| run(c, check_numerics),
        "tensorflow/core/ops/array_ops.cc: CheckNumerics",
    ),
    rule(
        "local_response_normalization",
        &["tf.nn.local_response_normalization"],
        |c| run(c, lrn),
        "tensorflow/core/ops/nn_ops.cc: LRN",
    ),
    rule("sufficient_statistics", &["tf.nn.sufficient_statistics"], |c| run(c, sufficient), SOURCE),
    rule("normalize_moments", &["tf.nn.normalize_moments"], |c| run(c, normalize_moments), SOURCE),
    rule("weighted_moments", &["tf.nn.weighted_moments"], |c| run(c, weighted_moments), SOURCE),
    rule(
        "row_losses",
        &["tf.nn.nce_loss", "tf.nn.sampled_softmax_loss"],
        |c| run(c, row_losses),
        "tensorflow/python/ops/nn_impl.py: nce_loss",
    ),
];

fn betainc(cx: &Cx<'_>) -> Infer<Val> {
    const A: Param<Arg> = Param::at(0, &["a"]);
    let inputs = [cx.known(A)?.clone(), cx.known(Y)?.clone(), cx.known(Z)?.clone()];
    let node = cx.node("Betainc", inputs)?;
    let mut out = Shape::scalar();
    for i in 0..3 {
        let shape = &node.x(i).shape;
        out = match (shape.rank(), out.rank()) {
            (None, _) | (_, None) => Shape::UNKNOWN,
            (Some(0), _) => out,
            (_, Some(0)) => shape.clone(),
            _ => cx.fit_or("Betainc", merge::shapes(&out, shape), || {
                format!("Shapes of a and b are inconsistent: {} vs. {}", out.bracketed(), shape.bracketed())
            })?,
        };
    }
    Ok(Val::T(node.out(out)))
}

fn polyval(cx: &Cx<'_>) -> Infer<Val> {
    const COEFFS: Param<Arg> = Param::at(0, &["coeffs"]);
    const AT: Param<Arg> = Param::at(1, &["x"]);
    let coeffs = cx.known(COEFFS)?;
    let Val::List(items) = coeffs else {
        let text = format!(
            "Argument coeffs must be list type. Received type {}.",
            crate::spec::repr::type_name(coeffs)
        );
        if matches!(coeffs, Val::Py(Arg::Unknown)) {
            return Err(Stop::Unknown("coefficients that are not known"));
        }
        return cx.value_error(text.clone(), Mistake::Argument { param: "coeffs", problem: text });
    };
    let x = cx.tensor(AT)?;
    let mut parts = items.iter().map(|c| cx.convert_like(c, &x));
    let Some(first) = parts.next() else { return unary(cx, "ZerosLike", x).map(Val::T) };
    let mut sum = first?;
    for part in parts {
        let product = binary(cx, "Mul", sum, &x)?;
        sum = binary(cx, "AddV2", part?, product)?;
    }
    Ok(Val::T(sum))
}

fn confusion_matrix(cx: &Cx<'_>) -> Infer<Val> {
    const LABELS: Param<Arg> = Param::at(0, &["labels"]);
    const PREDICTIONS: Param<Arg> = Param::at(1, &["predictions"]);
    let (mut predictions, mut labels) = (cx.tensor(PREDICTIONS)?, cx.tensor(LABELS)?);
    if let (Some(p), Some(l)) = (predictions.rank(), labels.rank()) {
        let one = |t: &Tensor| t.shape.dim(-1).is_some_and(|d| d.compatible(Dim::Known(1)));
        if p == l + 1 && one(&predictions) {
            predictions = squeeze(cx, predictions, &[-1])?;
        } else if l == p + 1 && one(&labels) {
            labels = squeeze(cx, labels, &[-1])?;
        }
    }
    let predictions = cast(cx, predictions, Some(DType::Int64))?;
    let labels = cast(cx, labels, Some(DType::Int64))?;
    let classes = match cx.known(NUM_CLASSES)? {
        v if v.is_none() => {
            let largest = |t: &Tensor| reduce(cx, "Max", t, &Axes::All, false);
            let both = binary(cx, "Maximum", largest(&predictions)?, largest(&labels)?)?;
            Val::T(binary(cx, "AddV2", both, Val::from(1))?)
        }
        v => Val::T(cx.convert(v, Some(DType::Int64))?),
    };
    let dtype = match cx.known(DTYPE)? {
        v if v.is_none() => Some(DType::Int32),
        v => cx.dtype(v)?,
    };
    let weights = cx.known(WEIGHTS)?;
    let ones = if weights.is_none() {
        cast(cx, unary(cx, "OnesLike", &predictions)?, dtype)?
    } else {
        let weights = cx.convert(weights, None)?;
        if !predictions.shape.compatible(&weights.shape) {
            let (left, right) = (predictions.shape.tuple(), weights.shape.tuple());
            let problem = "of another shape than the predictions".to_owned();
            return cx.value_error(
                format!("Shapes {left} and {right} are incompatible"),
                Mistake::Argument { param: "weights", problem },
            );
        }
        cast(cx, weights, dtype)?
    };
    let shape = join::pack(cx, Val::List(vec![classes.clone(), classes]), 0)?;
    let indices = super::join::stacked(cx, &Val::list([labels, predictions]), 1)?;
    scatter_nd(cx, Val::T(indices), Val::T(ones), Val::T(shape)).map(Val::T)
}

fn invert_permutation(cx: &Cx<'_>) -> Infer<Val> {
    let node = cx.node("InvertPermutation", [cx.known(X)?.clone()])?;
    let x = node.x(0);
    let shape = cx.fit_or("InvertPermutation", merge::rank(&x.shape, 1), || {
        format!("invert_permutation expects a 1D vector, got shape {}", x.shape.bracketed())
    })?;
    Ok(Val::T(node.out(shape)))
}

fn zero_fraction(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    if !cx.eager() {
        return Ok(Val::T(Tensor::new(Shape::scalar(), DType::Float32)));
    }
    let zeros = unary(cx, "ZerosLike", &x)?;
    let counted = cast(cx, binary(cx, "Equal", x, zeros)?, Some(DType::Float32))?;
    reduce(cx, "Mean", counted, &Axes::All, false).map(Val::T)
}

fn erfcinv(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    let half = binary(cx, "Mul", cx.convert_like(&Val::from(0.5), &x)?, &x)?;
    let root = unary(cx, "Neg", unary(cx, "Ndtri", half)?)?;
    let scale = cx.convert_like(&Val::from(std::f64::consts::FRAC_1_SQRT_2), &root)?;
    binary(cx, "Mul", root, scale).map(Val::T)
}

fn reciprocal_no_nan(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    let one = cx.convert_like(&Val::from(1), &x)?;
    binary(cx, "DivNoNan", one, x).map(Val::T)
}

fn angle(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    match x.dtype {
        Some(d) if d.is_complex() => {
            let mut node = cx.node("Angle", [Val::T(x)])?;
            node.set("Tout", super::pointwise::real(Some(d)));
            Ok(Val::T(node.out(node.x(0).shape.clone())))
        }
        Some(_) => {
            let zero = cx.convert_like(&Val::from(0), &x)?;
            let below = binary(cx, "Less", &x, zero)?;
            let pi = cx.convert_like(&Val::from(std::f64::consts::PI), &x);
            let Ok(pi) = pi else { return Err(Stop::Unknown("the angle of integers")) };
            let zeros = unary(cx, "ZerosLike", &x)?;
            let ones = binary(cx, "AddV2", &zeros, pi)?;
            select(cx, Val::T(below), Val::T(ones), Val::T(zeros)).map(Val::T)
        }
        None => Err(Stop::Unknown("a dtype that is not known")),
    }
}

fn lbeta(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    let last = Axes::ints(&[-1]);
    let product = reduce(cx, "Sum", unary(cx, "Lgamma", &x)?, &last, false)?;
    let whole = unary(cx, "Lgamma", reduce(cx, "Sum", x, &last, false)?)?;
    binary(cx, "Sub", product, whole).map(Val::T)
}

fn scalar_mul(cx: &Cx<'_>) -> Infer<Val> {
    const SCALAR: Param<Arg> = Param::at(0, &["scalar"]);
    const OF: Param<Arg> = Param::at(1, &["x"]);
    has_attribute(cx, cx.known(OF)?, "dtype", "x")?;
    let x = cx.tensor(OF)?;
    let scalar = cx.convert_like(cx.known(SCALAR)?, &x).map_err(|stop| match stop {
        // The error handler names the argument in front of what the conversion says.
        Stop::Violation(said) if said.core.starts_with("Tensor conversion requested") => {
            Violation { core: format!("scalar: {}", said.core), ..*said }.raised()
        }
        other => other,
    })?;
    if let Some(rank) = scalar.rank().filter(|r| *r != 0) {
        let text = format!("The input scalar must be a 0-D value. Received shape {}.", scalar.shape.tuple());
        let mistake = Mistake::RankMismatch { param: "scalar", expected: "0".to_owned(), got: rank };
        return cx.value_error(text, mistake);
    }
    binary(cx, "Mul", scalar, x).map(Val::T)
}

fn ordered(cx: &Cx<'_>, kernel: &str) -> Infer<Val> {
    let x = cx.tensor(X)?;
    let Some(size) = x.shape.all_known().map(|sizes| sizes.iter().product::<i64>()).filter(|_| cx.eager())
    else {
        return Ok(Val::T(Tensor::new(Shape::scalar(), DType::Bool)));
    };
    let flat = reshape(cx, x, Val::ints(&[-1]))?;
    let steps = (size - 1).max(0);
    let from = |start: i64| slice(cx, &flat, Val::ints(&[start.min(size)]), Val::ints(&[steps]));
    let steps = binary(cx, "Sub", from(1)?, from(0)?)?;
    let zero = cx.convert_like(&Val::from(0), &steps)?;
    reduce(cx, "All", binary(cx, kernel, zero, steps)?, &Axes::All, false).map(Val::T)
}

fn histogram(cx: &Cx<'_>, counts: bool) -> Infer<Val> {
    const RANGE: Param<Arg> = Param::at(1, &["value_range"]);
    let x = cx.tensor(X)?;
    let dtype = match cx.known(DTYPE)? {
        v if v.is_none() => Some(DType::Int32),
        v => cx.dtype(v)?,
    };
    let range = match cx.known(RANGE)? {
        range @ Val::T(_) => cx.convert(range, None)?,
        range if counts => cx.convert_like(range, &x)?,
        range => cx.convert(range, None)?,
    };
    if !counts {
        if range.rank() == Some(0) {
            let text = "Attempting to slice scalar input.";
            return cx.refuse("StridedSlice", Misfit::argument("value_range", text));
        }
        cx.node("Sub", [Val::T(x.clone()), Val::T(range.clone())])?;
        return if cx.eager() {
            bins_of(cx, &x, &range, dtype)
        } else {
            Ok(Val::T(Tensor::new(x.shape, dtype)))
        };
    }
    let bins = match cx.known(NBINS)? {
        v if v.is_none() => 100,
        v => cx.int(v)?,
    };
    let mut node = cx.node("HistogramFixedWidth", [Val::T(x), Val::T(range), Val::from(bins)])?;
    node.set("dtype", dtype);
    let bounds = cx.fit("HistogramFixedWidth", merge::rank(&node.x(1).shape, 1))?;
    cx.fit("HistogramFixedWidth", merge::value(bounds.dim(0).unwrap_or(Dim::Unknown), 2))?;
    Ok(Val::T(node.out(Shape::new([Dim::Known(bins)]))))
}

/// The bin of each value: its place between both ends, cut to the first and the last bin.
fn bins_of(cx: &Cx<'_>, x: &Tensor, range: &Tensor, dtype: Option<DType>) -> Infer<Val> {
    let bins = match cx.known(NBINS)? {
        v if v.is_none() => 100,
        v => cx.int(v)?,
    };
    let flat = reshape(cx, x, Val::ints(&[-1]))?;
    let (low, high) = (item(cx, range, 0)?, item(cx, range, 1)?);
    let width = binary(cx, "Sub", high, &low)?;
    let scaled = binary(cx, "RealDiv", binary(cx, "Sub", flat, low)?, width)?;
    let count = cast(cx, Val::from(bins), scaled.dtype)?;
    let places = cast(cx, unary(cx, "Floor", binary(cx, "Mul", count, scaled)?)?, Some(DType::Int32))?;
    let places = binary(cx, "Minimum", places, Val::from(bins - 1))?;
    let places = cast(cx, binary(cx, "Maximum", places, Val::from(0))?, dtype)?;
    let Some(sizes) = x.shape.all_known() else { return Err(Stop::Unknown("values of unknown number")) };
    reshape(cx, places, Val::ints(&sizes)).map(Val::T)
}

fn check_numerics(cx: &Cx<'_>) -> Infer<Val> {
    cx.text_attr(Param::<Arg>::at(1, &["message"]), "message")?;
    let node = cx.node("CheckNumerics", [cx.known(X)?.clone()])?;
    let x = node.x(0);
    Ok(Val::T(node.out(x.shape.clone()).with_content(x.content.clone())))
}

fn lrn(cx: &Cx<'_>) -> Infer<Val> {
    const RADIUS: Param<Arg> = Param::named(&["depth_radius"]);
    let mut node = cx.node("LRN", [cx.known(X)?.clone()])?;
    let number = |name: &'static [&'static str], default: f64| match cx.known(Param::<Arg>::named(name))? {
        Val::Py(Arg::Float(x)) => Ok(*x),
        v if v.is_none() => Ok(default),
        other => cx.int(other).map(|n| n as f64),
    };
    let radius = cx.known(RADIUS)?;
    node.with("depth_radius", if radius.is_none() { 5 } else { cx.int(radius)? });
    node.with("bias", number(&["bias"], 1.0)?);
    node.with("alpha", number(&["alpha"], 1.0)?);
    node.with("beta", number(&["beta"], 0.5)?);
    let shape =
        cx.fit_or("LRN", merge::rank(&node.x(0).shape, 4), || "in must be 4-dimensional".to_owned())?;
    Ok(Val::T(node.out(shape)))
}

fn sufficient(cx: &Cx<'_>) -> Infer<Val> {
    const SHIFT: Param<Arg> = Param::named(&["shift"]);
    let x = cx.tensor(X)?;
    let given = cx.known(AXIS)?;
    match given {
        // `list(set(axes))`.
        Val::T(axes) if !cx.eager() && axes.is_tf() => return Err(Violation::symbolic_iteration().raised()),
        Val::Py(Arg::Int(_)) => {
            let text = "'int' object is not iterable";
            return cx.type_error(text, Mistake::Argument { param: "axes", problem: text.to_owned() });
        }
        _ => {}
    }
    let axes = Axes::of(given);
    let keepdims = cx.get(KEEPDIMS)?;
    let mut counts = Tensor::new(Shape::scalar(), x.dtype);
    if let (true, Some(sizes), Ok(wanted), Some(dtype)) =
        (cx.eager(), x.shape.all_known(), cx.ints(given), x.dtype.filter(|d| d.is_floating()))
    {
        let rank = sizes.len() as i64;
        let size =
            |axis: &i64| usize::try_from(axis.rem_euclid(rank.max(1))).ok().and_then(|at| sizes.get(at));
        let count: i64 = wanted.iter().filter_map(size).product();
        counts = Tensor::floats(Vec::new(), dtype, vec![count as f64]);
    }
    if let (Some(dims), Ok(mut wanted)) = (x.shape.dims(), cx.ints(given)) {
        // `all(x_shape.dims[d].value is not None for d in axes)`: Python looks at the axes up to an unknown size.
        wanted.sort_unstable();
        let rank = dims.len() as i64;
        for axis in wanted {
            let at = if axis < 0 { axis + rank } else { axis };
            match usize::try_from(at).ok().and_then(|at| dims.get(at)) {
                Some(dim) if dim.is_known() => {}
                Some(_) => break,
                None => {
                    let mistake = Mistake::AxisOutOfRange { axis, rank: dims.len() };
                    return cx.raise(Exc::IndexError, "list index out of range", mistake);
                }
            }
        }
    }
    let shift = cx.known(SHIFT)?;
    let (mean, variance) = if shift.is_none() {
        (x.clone(), unary(cx, "Square", &x)?)
    } else {
        (binary(cx, "Sub", &x, shift)?, binary(cx, "SquaredDifference", &x, shift)?)
    };
    let mean = reduce(cx, "Sum", mean, &axes, keepdims)?;
    let variance = reduce(cx, "Sum", variance, &axes, keepdims)?;
    let shift = if shift.is_none() { Val::Py(Arg::None) } else { Val::T(cx.convert(shift, None)?) };
    Ok(Val::Tuple(vec![Val::T(counts), Val::T(mean), Val::T(variance), shift]))
}

fn normalize_moments(cx: &Cx<'_>) -> Infer<Val> {
    const COUNTS: Param<Arg> = Param::at(0, &["counts"]);
    const MEAN: Param<Arg> = Param::at(1, &["mean_ss"]);
    const VARIANCE: Param<Arg> = Param::at(2, &["variance_ss"]);
    const SHIFT: Param<Arg> = Param::at(3, &["shift"]);
    let divisor = unary(cx, "Reciprocal", cx.tensor(COUNTS)?)?;
    let shifted = binary(cx, "Mul", cx.tensor(MEAN)?, &divisor)?;
    let shift = cx.known(SHIFT)?;
    let mean = if shift.is_none() { shifted.clone() } else { binary(cx, "AddV2", &shifted, shift)? };
    let square = binary(cx, "Mul", cx.tensor(VARIANCE)?, divisor)?;
    let variance = binary(cx, "Sub", square, unary(cx, "Square", shifted)?)?;
    Ok(Val::tuple([mean, variance]))
}

fn weighted_moments(cx: &Cx<'_>) -> Infer<Val> {
    const FREQUENCY: Param<Arg> = Param::at(2, &["frequency_weights"]);
    let mut x = cx.tensor(X)?;
    let own = x.dtype;
    if own == Some(DType::Float16) {
        x = cast(cx, x, Some(DType::Float32))?;
    }
    let weights = cx.tensor(FREQUENCY)?;
    let weights = if weights.dtype == x.dtype { weights } else { cast(cx, weights, x.dtype)? };
    let given = cx.known(AXIS)?;
    let axes = Axes::of(given);
    let total = reduce(cx, "Sum", binary(cx, "Mul", &weights, &x)?, &axes, true)?;
    let spread = binary(cx, "AddV2", &weights, unary(cx, "ZerosLike", &x)?)?;
    let count = reduce(cx, "Sum", spread, &axes, true)?;
    let mean = binary(cx, "DivNoNan", total, &count)?;
    let apart = binary(cx, "SquaredDifference", &x, &mean)?;
    let apart = reduce(cx, "Sum", binary(cx, "Mul", &weights, apart)?, &axes, true)?;
    let mut both = [mean, binary(cx, "DivNoNan", apart, &count)?];
    if !cx.get(KEEPDIMS)? {
        let places = if given.is_none() { Vec::new() } else { cx.ints(given)? };
        let [mean, variance] = both;
        both = [squeeze(cx, mean, &places)?, squeeze(cx, variance, &places)?];
    }
    if own == Some(DType::Float16) {
        let [mean, variance] = both;
        both = [cast(cx, mean, own)?, cast(cx, variance, own)?];
    }
    Ok(Val::tuple(both))
}

/// A loss of each row.
fn row_losses(cx: &Cx<'_>) -> Infer<Val> {
    const INPUTS: Param<Arg> = Param::named(&["inputs"]);
    const BIASES: Param<Arg> = Param::named(&["biases"]);
    const ROWS: Param<Arg> = Param::at(0, &["weights"]);
    if let Some(name) = match cx.known(Param::<Arg>::named(&["labels"]))? {
        Val::List(_) => Some("list"),
        Val::Tuple(_) => Some("tuple"),
        _ => None,
    } {
        let text = format!("'{name}' object has no attribute 'dtype'");
        return cx.raise(
            Exc::AttributeError,
            text.clone(),
            Mistake::Argument { param: "labels", problem: text },
        );
    }
    let Val::T(weights) = cx.known(ROWS)? else { return Err(Stop::Unknown("weights in parts")) };
    let (x, biases) = (cx.tensor(INPUTS)?, cx.tensor(BIASES)?);
    if weights.rank() != Some(2) || x.rank().is_none() {
        return Err(Stop::Unknown("inputs or weights that are no matrices"));
    }
    // The logits of what is sampled: `tf.matmul(inputs, sampled_w, transpose_b=True)`.
    let columns = weights.shape.dim(1).unwrap_or(Dim::Unknown);
    let sampled = weights.clone().like().with_shape(Shape::new([Dim::Unknown, columns]));
    mat_mul(cx, Val::T(x.clone()), Val::T(sampled), false, true)?;
    let mut out = Tensor::new(Shape::new([x.shape.dim(0).unwrap_or(Dim::Unknown)]), x.dtype);
    for tensor in [&x, &biases, weights] {
        out.reach.join(&tensor.reach);
    }
    Ok(Val::T(out))
}
