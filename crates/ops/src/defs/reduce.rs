//! Reductions along axes.

use tensor::{DType, Dim, Shape};

use super::rule;
use crate::kernels::pointwise::{binary, cast, unary};
use crate::kernels::reduce::{Axes, arg, reduce};
use crate::kernels::shape::{reshape, shape_of};
use crate::params::{AXIS, KEEPDIMS, X};
use crate::spec::{Cx, Tensor, Val, keras, numpy, run};
use crate::{Arg, Call, Exc, Flow, Infer, Mistake, Op, Outputs, Param, Stop, Surface};

/// A row for a reduction that one kernel carries out.
const fn reduction(name: &'static str, apis: &'static [&'static str], kernel: &'static str) -> Op {
    Op { kernel, ..rule(name, apis, plain, "tensorflow/core/framework/common_shape_fns.cc: ReductionShape") }
}

pub(super) static OPS: &[Op] = &[
    reduction("sum", &["tf.reduce_sum", "keras.ops.sum", "tf.keras.backend.sum"], "Sum"),
    reduction("mean", &["tf.reduce_mean", "keras.ops.mean", "tf.keras.backend.mean"], "Mean"),
    reduction("max", &["tf.reduce_max", "keras.ops.max", "keras.ops.amax", "tf.keras.backend.max"], "Max"),
    reduction("min", &["tf.reduce_min", "keras.ops.min", "keras.ops.amin", "tf.keras.backend.min"], "Min"),
    reduction("prod", &["tf.reduce_prod", "keras.ops.prod", "tf.keras.backend.prod"], "Prod"),
    reduction("all", &["tf.reduce_all", "keras.ops.all", "tf.keras.backend.all"], "All"),
    reduction("any", &["tf.reduce_any", "keras.ops.any", "tf.keras.backend.any"], "Any"),
    reduction("euclidean_norm", &["tf.math.reduce_euclidean_norm"], "EuclideanNorm"),
    rule(
        "logsumexp",
        &["tf.reduce_logsumexp", "keras.ops.logsumexp"],
        |c| run(c, logsumexp),
        "tensorflow/python/ops/math_ops.py: reduce_logsumexp",
    ),
    rule(
        "variance",
        &["tf.math.reduce_variance", "keras.ops.var", "tf.keras.backend.var"],
        |c| run(c, |cx| spread(cx, false)),
        "tensorflow/python/ops/math_ops.py: reduce_variance",
    ),
    rule(
        "std",
        &["tf.math.reduce_std", "keras.ops.std", "tf.keras.backend.std"],
        |c| run(c, |cx| spread(cx, true)),
        "tensorflow/python/ops/math_ops.py: reduce_std",
    ),
    rule(
        "argmax",
        &["tf.argmax", "keras.ops.argmax", "tf.keras.backend.argmax"],
        |c| run(c, |cx| extreme(cx, "ArgMax")),
        "tensorflow/core/ops/math_ops.cc: ArgOpShape",
    ),
    rule(
        "argmin",
        &["tf.argmin", "keras.ops.argmin", "tf.keras.backend.argmin"],
        |c| run(c, |cx| extreme(cx, "ArgMin")),
        "tensorflow/core/ops/math_ops.cc: ArgOpShape",
    ),
    rule(
        "count_nonzero",
        &["tf.math.count_nonzero", "keras.ops.count_nonzero"],
        |c| run(c, count_nonzero),
        "tensorflow/python/ops/math_ops.py: count_nonzero_v2",
    ),
    rule(
        "average",
        &["keras.ops.average"],
        |c| run(c, average),
        "keras/src/backend/tensorflow/numpy.py: average",
    ),
];

/// Reads `axis` for NumPy and Keras 3's symbolic calls; nothing for all axes.
fn axis_list(cx: &Cx<'_>) -> Infer<Option<Vec<i64>>> {
    let axis = cx.known(AXIS)?;
    if axis.is_none() { Ok(None) } else { cx.ints(axis).map(Some) }
}

fn plain(call: &Call<'_>) -> Infer<Outputs> {
    run(call, |cx| {
        let kernel = call.op.kernel;
        let (axes, keepdims) = (Axes::of(cx.known(AXIS)?), cx.get(KEEPDIMS)?);
        match call.surface {
            Surface::Numpy => of_array(cx),
            Surface::KerasOps if cx.symbolic() => symbolic(cx),
            Surface::KerasOps => of_keras(cx, kernel, &axes, keepdims),
            Surface::Backend => {
                let mut x = cx.tensor(X)?;
                if matches!(kernel, "All" | "Any") || (kernel == "Mean" && x.dtype == Some(DType::Bool)) {
                    let to = if kernel == "Mean" { DType::Float32 } else { DType::Bool };
                    x = cast(cx, x, Some(to))?;
                }
                reduce(cx, kernel, x, &axes, keepdims)
            }
            Surface::Tf => reduce(cx, kernel, cx.known(X)?, &axes, keepdims),
        }
        .map(Val::T)
    })
}

/// The dtype that Keras 3 sums small integers in.
fn wide(dtype: Option<DType>) -> Option<DType> {
    match dtype {
        Some(DType::Bool | DType::Int8 | DType::Int16) => Some(DType::Int32),
        Some(DType::UInt8 | DType::UInt16) => Some(DType::UInt32),
        other => other,
    }
}

/// `keras/src/backend/tensorflow/numpy.py`.
fn of_keras(cx: &Cx<'_>, kernel: &str, axes: &Axes, keepdims: bool) -> Infer<Tensor> {
    let x = keras::tensor(cx, cx.known(X)?, None)?;
    let dtype = x.dtype;
    // Only on values is it asked whether there is anything.
    let initial = cx.val(Param::<Arg>::named(&["initial"]));
    if cx.eager() && matches!(kernel, "Max" | "Min") && initial.is_none() && x.shape.size() == Dim::Known(0) {
        let which = kernel.to_lowercase();
        let text = format!(
            "Cannot compute the {which} of an empty tensor.\nCondition x > y did not hold.\nFirst 1 elements of x:\n[0]\n\
             First 1 elements of y:\n[0]"
        );
        let mistake = Mistake::Argument { param: "x", problem: "has no elements".to_owned() };
        return cx.raise(Exc::InvalidArgumentError, text, mistake);
    }
    let kernel = match (kernel, dtype) {
        ("Max", Some(DType::Bool)) => "Any",
        ("Min", Some(DType::Bool)) => "All",
        (other, _) => other,
    };
    let x = match kernel {
        "Sum" => cast(cx, x, wide(dtype))?,
        "Prod" if cx.val(crate::params::DTYPE).is_none() => cast(cx, x, wide(dtype))?,
        "All" | "Any" => cast(cx, x, Some(DType::Bool))?,
        "Mean" => {
            let Some(own) = dtype else { return Err(Stop::Unknown("a dtype that is not known")) };
            let compute =
                keras::common_dtype(cx, &[keras::Promoted::Of(own), keras::Promoted::Of(DType::Float32)])?;
            let result = if own.is_integer() || own == DType::Bool { compute } else { own };
            let x = cast(cx, x, Some(compute))?;
            let mean = reduce(cx, kernel, x, axes, keepdims)?;
            return cast(cx, mean, Some(result));
        }
        _ => x,
    };
    let out = reduce(cx, kernel, x, axes, keepdims)?;
    match (cx.call.op.kernel, kernel) {
        (_, "Max" | "Min") if !initial.is_none() => {
            let bound = if kernel == "Max" { "Maximum" } else { "Minimum" };
            binary(cx, bound, out, initial.clone())
        }
        ("Max" | "Min", "Any" | "All") if !initial.is_none() => {
            Err(Stop::Unknown("a bound of a reduction of truths"))
        }
        _ => Ok(out),
    }
}

/// `compute_output_spec` in `keras/src/ops/numpy.py`.
fn symbolic(cx: &Cx<'_>) -> Infer<Tensor> {
    let Val::T(x) = cx.known(X)? else { return Err(Stop::Unknown("a symbolic call without a tensor")) };
    let shape = keras::reduce_shape(cx, &x.shape, axis_list(cx)?.as_deref(), cx.get(KEEPDIMS)?)?;
    let integral = x.dtype.is_some_and(|d| d.is_integer() || d == DType::Bool);
    let dtype = match cx.call.op.kernel {
        "All" | "Any" => Some(DType::Bool),
        "Sum" | "Prod" => wide(x.dtype),
        "Mean" if integral => Some(DType::Float32),
        _ => x.dtype,
    };
    Ok(keras::spec(shape, dtype, &[x]))
}

fn of_array(cx: &Cx<'_>) -> Infer<Tensor> {
    let x = cx.tensor(X)?;
    let keepdims = matches!(cx.val(KEEPDIMS), Val::Py(Arg::Bool(true)));
    let shape = numpy_shape(cx, &x.shape, keepdims)?;
    let dtype = match (cx.call.op.kernel, x.dtype) {
        ("All" | "Any", _) => Some(DType::Bool),
        ("Sum" | "Prod", Some(d)) if d == DType::Bool || d.is_integer() => {
            Some(if d.is_unsigned() { DType::UInt64 } else { DType::Int64 })
        }
        ("Mean", Some(d)) if d == DType::Bool || d.is_integer() => Some(DType::Float64),
        (_, dtype) => dtype,
    };
    Ok(Tensor::new(shape, dtype))
}

/// The shape of a reduction of an array.
fn numpy_shape(cx: &Cx<'_>, shape: &Shape, keepdims: bool) -> Infer<Shape> {
    let Some(dims) = shape.dims() else { return Ok(Shape::UNKNOWN) };
    let Some(axes) = axis_list(cx)? else {
        return Ok(if keepdims { dims.iter().map(|_| Dim::Known(1)).collect() } else { Shape::scalar() });
    };
    let axes: Vec<usize> =
        axes.iter().map(|a| numpy::normalize_axis(cx, *a, dims.len())).collect::<Infer<_>>()?;
    let kept = dims.iter().enumerate().filter_map(|(i, d)| match (axes.contains(&i), keepdims) {
        (true, true) => Some(Dim::Known(1)),
        (true, false) => None,
        (false, _) => Some(*d),
    });
    Ok(kept.collect())
}

fn logsumexp(cx: &Cx<'_>) -> Infer<Val> {
    let (axes, keepdims) = (Axes::of(cx.known(AXIS)?), cx.get(KEEPDIMS)?);
    if cx.symbolic() {
        return symbolic(cx).map(Val::T);
    }
    let x = cx.tensor(X)?;
    log_sum_exp(cx, &x, &axes, keepdims).map(Val::T)
}

/// `tf.reduce_logsumexp`.
pub(super) fn log_sum_exp(cx: &Cx<'_>, x: &Tensor, axes: &Axes, keepdims: bool) -> Infer<Tensor> {
    let largest = reduce(cx, "Max", x, axes, true)?;
    let finite = unary(cx, "IsFinite", &largest)?;
    let largest = crate::kernels::index::select(cx, Val::T(finite), Val::T(largest), Val::from(0))?;
    let largest = unary(cx, "StopGradient", largest)?;
    let shifted = binary(cx, "Sub", x, &largest)?;
    let sum = reduce(cx, "Sum", unary(cx, "Exp", shifted)?, axes, keepdims)?;
    let log = unary(cx, "Log", sum)?;
    let largest = if keepdims { largest } else { reshape(cx, largest, shape_of(&log, DType::Int32))? };
    let out = binary(cx, "AddV2", log, largest)?;
    let scalar = !keepdims && *axes == Axes::All;
    Ok(if scalar { out.with_shape(Shape::scalar()) } else { out })
}

/// `tf.math.reduce_variance`.
pub(super) fn variance(cx: &Cx<'_>, x: &Tensor, axes: &Axes, keepdims: bool) -> Infer<Tensor> {
    let mean = reduce(cx, "Mean", x, axes, true)?;
    if let Some(d) = mean.dtype.filter(|d| d.is_integer()) {
        let text = format!("Input must be either real or complex. Received integer type <dtype: '{d}'>.");
        return cx.type_error(
            text,
            Mistake::DType { param: "input_tensor", got: d.to_string(), expected: "a float".to_owned() },
        );
    }
    let difference = binary(cx, "Sub", x, mean)?;
    let squared = match difference.dtype {
        Some(dtype @ (DType::Complex64 | DType::Complex128)) => {
            let conjugate = unary(cx, "Conj", &difference)?;
            let mut node = cx.node("Real", [Val::T(binary(cx, "Mul", conjugate, difference)?)])?;
            let real = if dtype == DType::Complex64 { DType::Float32 } else { DType::Float64 };
            node.set("Tout", Some(real));
            node.out(node.x(0).shape.clone())
        }
        _ => unary(cx, "Square", difference)?,
    };
    let mut out = reduce(cx, "Mean", squared, axes, keepdims)?;
    // Over one element the difference is zero, and so is the gradient.
    if x.shape.size().is_known() && x.shape.size() == out.shape.size() {
        out.reach = out.reach.at_most(Flow::Zero);
    }
    Ok(out)
}

fn spread(cx: &Cx<'_>, root: bool) -> Infer<Val> {
    let axes = Axes::of(cx.known(AXIS)?);
    let surface = cx.surface();
    if surface == Surface::Numpy {
        let x = cx.tensor(X)?;
        let keepdims = matches!(cx.val(KEEPDIMS), Val::Py(Arg::Bool(true)));
        let dtype = x.dtype.map(|d| if d.is_floating() { d } else { DType::Float64 });
        return Ok(Val::T(Tensor::new(numpy_shape(cx, &x.shape, keepdims)?, dtype)));
    }
    let keepdims = cx.get(KEEPDIMS)?;
    let x = cx.tensor(X)?;
    let integral = x.dtype.is_some_and(|d| d.is_integer() || d == DType::Bool);
    if cx.symbolic() {
        let shape = keras::reduce_shape(cx, &x.shape, axis_list(cx)?.as_deref(), keepdims)?;
        let dtype = if integral { Some(DType::Float32) } else { x.dtype };
        return Ok(Val::T(keras::spec(shape, dtype, &[&x])));
    }
    let own = x.dtype;
    let x = match surface {
        Surface::KerasOps if !root => {
            // The variance of half floats is computed in float32.
            let wide = own.map(|d| if d == DType::Float64 { d } else { DType::Float32 });
            let variance = variance(cx, &cast(cx, x, wide)?, &axes, keepdims)?;
            return cast(cx, variance, own.map(keras::floated)).map(Val::T);
        }
        Surface::KerasOps if integral => cast(cx, x, Some(DType::Float32))?,
        Surface::Backend if own == Some(DType::Bool) => cast(cx, x, Some(DType::Float32))?,
        _ => x,
    };
    let reach = x.reach.clone();
    let variance = variance(cx, &x, &axes, keepdims)?;
    if !root {
        return Ok(Val::T(variance));
    }
    // At zero the gradient of a root is infinite, and zero times infinity is not zero.
    Ok(Val::T(Tensor { reach, ..unary(cx, "Sqrt", variance)? }))
}

const OUTPUT_TYPE: Param<Option<DType>> = Param::named(&["output_type"]);

fn extreme(cx: &Cx<'_>, kernel: &str) -> Infer<Val> {
    let axis = cx.known(AXIS)?.clone();
    let keepdims = matches!(cx.val(KEEPDIMS), Val::Py(Arg::Bool(true)));
    match cx.surface() {
        Surface::Numpy => {
            let x = cx.tensor(X)?;
            Ok(Val::T(Tensor::new(numpy_shape(cx, &x.shape, keepdims)?, DType::Int64)))
        }
        Surface::KerasOps if cx.symbolic() => {
            let x = cx.tensor(X)?;
            let shape = keras::reduce_shape(cx, &x.shape, axis_list(cx)?.as_deref(), keepdims)?;
            Ok(Val::T(keras::spec(shape, DType::Int32, &[])))
        }
        Surface::KerasOps => keras_extreme(cx, kernel, &axis, keepdims).map(Val::T),
        surface => {
            let default = if surface == Surface::Backend { -1 } else { 0 };
            let axis = if axis.is_none() { Val::from(default) } else { axis };
            let out = cx.get(OUTPUT_TYPE)?.unwrap_or(DType::Int64);
            if !matches!(out, DType::Int16 | DType::UInt16 | DType::Int32 | DType::Int64) && !cx.eager() {
                let text = format!(
                    "Value passed to parameter 'output_type' has DataType {out} not in list of allowed values: int16, uint16, \
                     int32, int64"
                );
                let (got, expected) = (out.to_string(), "an integer dtype".to_owned());
                return cx.type_error(text, Mistake::DType { param: "output_type", got, expected });
            }
            arg(cx, kernel, cx.known(X)?, axis, out).map(Val::T)
        }
    }
}

/// `argmax` of `keras/src/backend/tensorflow/numpy.py`.
fn keras_extreme(cx: &Cx<'_>, kernel: &str, axis: &Val, keepdims: bool) -> Infer<Tensor> {
    let x = keras::tensor(cx, cx.known(X)?, None)?;
    let original = x.shape.clone();
    let flat = axis.is_none();
    let x = if flat { reshape(cx, x, Val::ints(&[-1]))? } else { x };
    let axis = if flat { Val::from(0) } else { axis.clone() };
    if let Val::List(_) | Val::Tuple(_) = axis {
        let text = "axis must be int or Tensor with integer datatype";
        return cx.type_error(text, Mistake::Argument { param: "axis", problem: text.to_owned() });
    }
    let found = arg(cx, kernel, x, axis.clone(), DType::Int32)?;
    if !keepdims {
        return Ok(found);
    }
    let Some(dims) = original.dims() else { return Ok(found.with_shape(Shape::UNKNOWN)) };
    let mut kept = dims.to_vec();
    let found = if flat {
        kept.fill(Dim::Known(1));
        reshape(cx, found, Val::ints(&vec![1; dims.len()]))?
    } else {
        let at = keras::canonicalize_axis(cx, cx.int(&axis)?, dims.len())?;
        kept[at] = Dim::Known(1);
        crate::kernels::shape::expand_dims(cx, found, Val::from(at as i64))?
    };
    Ok(found.with_shape(Shape::new(kept)))
}

fn count_nonzero(cx: &Cx<'_>) -> Infer<Val> {
    let axes = Axes::of(cx.known(AXIS)?);
    let keras = cx.surface() == Surface::KerasOps;
    let x = cx.tensor(X)?;
    if cx.symbolic() {
        let shape = keras::reduce_shape(cx, &x.shape, axis_list(cx)?.as_deref(), false)?;
        return Ok(Val::T(keras::spec(shape, DType::Int32, &[])));
    }
    let out = if keras { DType::Int32 } else { cx.get(crate::params::DTYPE)?.unwrap_or(DType::Int64) };
    let nonzero = match x.dtype {
        Some(DType::Bool) => x,
        // A string counts if it is not empty.
        Some(DType::String) => binary(cx, "NotEqual", x, Val::Py(Arg::Str("".into())))?,
        _ => binary(cx, "NotEqual", x, Val::from(0))?,
    };
    let sum = reduce(cx, "Sum", cast(cx, nonzero, Some(DType::Int64))?, &axes, cx.get(KEEPDIMS)?)?;
    cast(cx, sum, Some(out)).map(Val::T)
}

const WEIGHTS: Param<Arg> = Param::named(&["weights"]);

fn average(cx: &Cx<'_>) -> Infer<Val> {
    let axes = Axes::of(cx.known(AXIS)?);
    let x = keras::tensor(cx, cx.known(X)?, None)?;
    if cx.symbolic() {
        if !cx.val(WEIGHTS).is_none() {
            return Err(Stop::Unknown("a weighted average"));
        }
        let shape = keras::reduce_shape(cx, &x.shape, axis_list(cx)?.as_deref(), false)?;
        return Ok(Val::T(keras::spec(shape, x.dtype.map(keras::floated), &[&x])));
    }
    let weights = cx.known(WEIGHTS)?;
    if weights.is_none() {
        let dtype = x.dtype.map(keras::floated);
        return reduce(cx, "Mean", cast(cx, x, dtype)?, &axes, false).map(Val::T);
    }
    let (both, _) = keras::cast_all(cx, &[&Val::T(x), weights], true)?;
    let [x, weights] = &both[..] else { return Err(Stop::Unknown("a weighted average")) };
    if axes != Axes::All && x.rank() != weights.rank() {
        return uneven(cx, x, weights).map(Val::T);
    }
    let total = reduce(cx, "Sum", weights, &axes, false)?;
    let sum = reduce(cx, "Sum", binary(cx, "Mul", x, weights)?, &axes, false)?;
    binary(cx, "RealDiv", sum, total).map(Val::T)
}

/// A weighted average with weights of another rank: `tf.tensordot` along axes that are a tensor, whose shape is
/// not known while tracing.
fn uneven(cx: &Cx<'_>, x: &Tensor, weights: &Tensor) -> Infer<Tensor> {
    let axis = cx.int(cx.known(AXIS)?)?;
    let total = reduce(cx, "Sum", weights, &Axes::All, false)?;
    let fits = x.shape.dim(axis).zip(weights.shape.dim(0)).is_some_and(|(dim, rows)| dim.compatible(rows));
    if cx.eager() && !fits {
        return Err(Stop::Unknown("weights that do not fit"));
    }
    if let (false, Some(_), Some(left @ Dim::Known(_)), Some(right @ Dim::Known(_))) =
        (fits, x.shape.all_known(), x.shape.dim(axis), weights.shape.dim(0))
    {
        let text = format!("Dimensions must be equal, but are {left} and {right}");
        return cx.value_error(text, Mistake::DimMismatch { left, right, what: "an axis and its weights" });
    }
    // Known sizes are folded through the axes that are a tensor; a size that is not known leaves no shape.
    let product =
        if cx.eager() || (fits && x.shape.all_known().is_some() && weights.shape.all_known().is_some()) {
            let axes = Val::List(vec![Val::ints(&[axis]), Val::ints(&[0])]);
            super::linalg::matmul::tensordot(cx, x, weights, &axes)?
        } else {
            let mut product = x.clone().with_shape(Shape::UNKNOWN).like();
            product.reach.join(&weights.reach);
            product
        };
    binary(cx, "RealDiv", product, total)
}
