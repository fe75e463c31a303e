//! Normalization: `moments`, `batch_normalization`, `l2_normalize`, `layer_normalization`.

use tensor::{DType, Dim, Shape};

use crate::defs::reduce::variance;
use crate::defs::rule;
use crate::kernels::nn;
use crate::kernels::pointwise::{binary, cast, unary};
use crate::kernels::reduce::{Axes, reduce};
use crate::kernels::shape::{reshape, squeeze};
use crate::params::{AXIS, KEEPDIMS, X};
use crate::spec::keras::{self, Promoted};
use crate::spec::{Cx, Tensor, Val, run};
use crate::{Arg, Exc, Infer, Mistake, Op, Param, Stop, Surface};

const MEAN: Param<Arg> = Param::at(1, &["mean"]);
const VARIANCE: Param<Arg> = Param::at(2, &["variance", "var"]);
const OFFSET: Param<Arg> = Param::named(&["offset", "beta"]);
const SCALE: Param<Arg> = Param::named(&["scale", "gamma"]);
const EPSILON: Param<Arg> = Param::named(&["variance_epsilon", "epsilon"]);
const BIAS: Param<Arg> = Param::at(1, &["bias"]);

pub(in crate::defs) static OPS: &[Op] = &[
    rule(
        "moments",
        &["tf.nn.moments", "keras.ops.moments"],
        |c| run(c, moments),
        "tensorflow/python/ops/nn_impl.py: moments",
    ),
    rule(
        "batch_normalization",
        &["tf.nn.batch_normalization", "keras.ops.batch_normalization"],
        |c| run(c, batch_normalization),
        "tensorflow/python/ops/nn_impl.py: batch_normalization",
    ),
    rule(
        "l2_normalize",
        &["tf.math.l2_normalize", "tf.keras.backend.l2_normalize"],
        |c| run(c, l2_normalize),
        "tensorflow/python/ops/nn_impl.py: l2_normalize",
    ),
    rule(
        "layer_normalization",
        &["keras.ops.layer_normalization"],
        |c| run(c, layer_normalization),
        "keras/src/ops/nn.py: _layer_normalization",
    ),
    rule(
        "rms_normalization",
        &["keras.ops.rms_normalization"],
        |c| run(c, rms_normalization),
        "keras/src/ops/nn.py: _rms_normalization",
    ),
    rule("bias_add", &["tf.nn.bias_add"], |c| run(c, bias_add), "tensorflow/python/ops/nn_ops.py: bias_add"),
];

/// `tf.nn.bias_add`.
fn bias_add(cx: &Cx<'_>) -> Infer<Val> {
    let format = super::window::text(cx.known(super::window::DATA_FORMAT)?)?;
    let format = match format.as_deref() {
        None => "NHWC",
        Some(f) if f.starts_with("NC") => "NCHW",
        Some(f) if f.starts_with('N') && f.ends_with('C') => "NHWC",
        Some(other) => {
            let text = format!(
                "`data_format` must be of the form `N...C` or `NC...`. Received: data_format={other}"
            );
            return cx.value_error(text.clone(), Mistake::Argument { param: "data_format", problem: text });
        }
    };
    nn::bias_add(cx, cx.known(X)?.clone(), cx.known(BIAS)?.clone(), format).map(Val::T)
}

fn moments(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    let axes = cx.known(AXIS)?.clone();
    let keepdims = cx.get(KEEPDIMS)?;
    if cx.surface() == Surface::KerasOps {
        return of_keras(cx, &x, &axes, keepdims);
    }
    moments_of(cx, &x, &axes, keepdims).map(|(m, v)| Val::Tuple(vec![Val::T(m), Val::T(v)]))
}

/// `tf.nn.moments`.
pub(super) fn moments_of(cx: &Cx<'_>, x: &Tensor, axes: &Val, keepdims: bool) -> Infer<(Tensor, Tensor)> {
    let half = x.dtype == Some(DType::Float16);
    let y = if half { cast(cx, x, Some(DType::Float32))? } else { x.clone() };
    let along = Axes::of(axes);
    let mut mean = reduce(cx, "Mean", &y, &along, true)?;
    let stopped = unary(cx, "StopGradient", &mean)?;
    let distance = binary(cx, "SquaredDifference", &y, stopped)?;
    let mut variance = reduce(cx, "Mean", distance, &along, true)?;
    if !keepdims {
        let axes = if axes.is_none() { Vec::new() } else { cx.ints(axes)? };
        mean = squeeze(cx, mean, &axes)?;
        variance = squeeze(cx, variance, &axes)?;
    }
    if half {
        return Ok((cast(cx, mean, x.dtype)?, cast(cx, variance, x.dtype)?));
    }
    Ok((mean, variance))
}

/// `keras.ops.moments`.
fn of_keras(cx: &Cx<'_>, x: &Tensor, axes: &Val, keepdims: bool) -> Infer<Val> {
    let pair = |a: Tensor, b: Tensor| Val::Tuple(vec![Val::T(a), Val::T(b)]);
    if cx.symbolic() {
        let list = if axes.is_none() { None } else { Some(cx.ints(axes)?) };
        let shape = keras::reduce_shape(cx, &x.shape, list.as_deref(), keepdims)?;
        let out = keras::spec(shape, x.dtype, &[x]);
        return Ok(pair(out.clone(), out));
    }
    let own = x.dtype;
    let half = matches!(own, Some(DType::Float16 | DType::BFloat16));
    let x = if half { cast(cx, x, Some(DType::Float32))? } else { x.clone() };
    let (mut mean, mut variance) = moments_of(cx, &x, axes, keepdims)?;
    if half {
        // What half precision cannot hold is its largest number.
        let within = |x: Tensor| -> Infer<Tensor> {
            let bound = |value: f64| cx.convert_like(&Val::from(value), &x).map(Val::T);
            let below = binary(cx, "Minimum", &x, bound(65504.0)?)?;
            cast(cx, binary(cx, "Maximum", below, bound(-65504.0)?)?, own)
        };
        mean = within(mean)?;
        variance = within(variance)?;
    }
    Ok(pair(mean, variance))
}

fn batch_normalization(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    let (mean, variance) = (cx.tensor(MEAN)?, cx.tensor(VARIANCE)?);
    let optional = |p: Param<Arg>| -> Infer<Option<Tensor>> {
        match cx.known(p)? {
            v if v.is_none() => Ok(None),
            v => cx.convert(v, mean.dtype).map(Some),
        }
    };
    let (mut offset, mut scale) = (optional(OFFSET)?, optional(SCALE)?);
    let (mut mean, mut variance) = (mean.clone(), variance);
    if cx.surface() == Surface::KerasOps {
        let axis = cx.int(cx.known(AXIS)?)?;
        if cx.symbolic() {
            return symbolic_batch(cx, &x, axis, &mean, &variance, offset.as_ref(), scale.as_ref())
                .map(Val::T);
        }
        if axis != -1 {
            let Some(rank) = x.rank() else { return Err(Stop::Unknown("a tensor of unknown rank")) };
            if mean.rank() == Some(0) {
                // `shape[axis] = mean.shape[0]`.
                let mistake = Mistake::RankMismatch { param: "mean", expected: "1".to_owned(), got: 0 };
                return cx.raise(Exc::IndexError, "tuple index out of range", mistake);
            }
            let at = if axis < 0 { axis + rank as i64 } else { axis };
            let Some(at) = usize::try_from(at).ok().filter(|at| *at < rank) else {
                let mistake = Mistake::AxisOutOfRange { axis, rank };
                return cx.raise(Exc::IndexError, "list assignment index out of range", mistake);
            };
            let mut sizes = vec![Val::from(1); rank];
            sizes[at] = match mean.shape.dim(0) {
                Some(Dim::Known(size)) => Val::from(size),
                Some(Dim::Symbol(_)) => Val::Py(Arg::None),
                _ => return Err(Stop::Unknown("a mean of unknown size")),
            };
            let spread = |t: Tensor| reshape(cx, t, Val::List(sizes.clone()));
            mean = spread(mean)?;
            variance = spread(variance)?;
            offset = offset.map(spread).transpose()?;
            scale = scale.map(spread).transpose()?;
        }
    }
    let epsilon = match cx.known(EPSILON)? {
        v if v.is_none() => Val::from(1e-3),
        other => other.clone(),
    };
    normalized(cx, &x, &mean, &variance, offset.as_ref(), scale.as_ref(), &epsilon).map(Val::T)
}

/// `tf.nn.batch_normalization`.
pub(in crate::defs) fn normalized(
    cx: &Cx<'_>,
    x: &Tensor,
    mean: &Tensor,
    variance: &Tensor,
    offset: Option<&Tensor>,
    scale: Option<&Tensor>,
    epsilon: &Val,
) -> Infer<Tensor> {
    let mut inverse = unary(cx, "Rsqrt", binary(cx, "AddV2", variance, epsilon.clone())?)?;
    if let Some(scale) = scale {
        inverse = binary(cx, "Mul", inverse, scale)?;
    }
    let left = binary(cx, "Mul", x, cast(cx, &inverse, x.dtype)?)?;
    let right = match offset {
        Some(offset) => binary(cx, "Sub", offset, binary(cx, "Mul", mean, &inverse)?)?,
        None => binary(cx, "Mul", unary(cx, "Neg", mean)?, &inverse)?,
    };
    binary(cx, "AddV2", left, cast(cx, right, x.dtype)?)
}

/// `BatchNorm.compute_output_spec`.
fn symbolic_batch(
    cx: &Cx<'_>,
    x: &Tensor,
    axis: i64,
    mean: &Tensor,
    variance: &Tensor,
    offset: Option<&Tensor>,
    scale: Option<&Tensor>,
) -> Infer<Tensor> {
    let Some(size) = x.shape.dim(axis) else { return Err(Stop::Unknown("an axis outside of the rank")) };
    let expected = Shape::new([size]);
    let check = |name: &'static str, t: &Tensor| -> Infer<()> {
        if t.shape.compatible(&expected) {
            return Ok(());
        }
        let text = format!(
            "Arguments `{name}` must be a vector of length `x.shape[axis]`. Expected: `{}`. Received: `{}.",
            expected.tuple(),
            t.shape.tuple()
        );
        cx.value_error(text.clone(), Mistake::Argument { param: name, problem: text })
    };
    check("mean", mean)?;
    check("variance", variance)?;
    if let Some(offset) = offset {
        check("offset", offset)?;
    }
    if let Some(scale) = scale {
        check("scale", scale)?;
    }
    let from: Vec<&Tensor> = [x, mean, variance].into_iter().chain(offset).chain(scale).collect();
    Ok(keras::spec(x.shape.clone(), x.dtype, &from))
}

fn l2_normalize(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    if x.dtype.is_some_and(DType::is_complex) {
        return Err(Stop::Unknown("a complex tensor"));
    }
    let axes = Axes::of(cx.known(AXIS)?);
    let sum = reduce(cx, "Sum", unary(cx, "Square", &x)?, &axes, true)?;
    let epsilon = match cx.known(EPSILON)? {
        v if v.is_none() => Val::from(1e-12),
        other => other.clone(),
    };
    let inverse = unary(cx, "Rsqrt", binary(cx, "Maximum", sum, epsilon)?)?;
    binary(cx, "Mul", x, inverse).map(Val::T)
}

/// The dtype that Keras 3 normalizes in.
fn wide(cx: &Cx<'_>, x: &Tensor) -> Infer<DType> {
    let Some(own) = x.dtype else { return Err(Stop::Unknown("a dtype that is not known")) };
    keras::common_dtype(cx, &[Promoted::Of(own), Promoted::Of(DType::Float32)])
}

fn layer_normalization(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    let (gamma, beta) = (cx.known(SCALE)?, cx.known(OFFSET)?);
    if cx.symbolic() {
        let others: Vec<&Tensor> = [gamma, beta].into_iter().filter_map(Val::as_tensor).collect();
        let from: Vec<&Tensor> = std::iter::once(&x).chain(others).collect();
        return Ok(Val::T(keras::spec(x.shape.clone(), x.dtype, &from)));
    }
    let compute = wide(cx, &x)?;
    let Some(dims) = x.shape.dims() else { return Err(Stop::Unknown("a tensor of unknown rank")) };
    let rank = dims.len() as i64;
    let mut axes = match cx.known(AXIS)? {
        v if v.is_none() => vec![-1],
        v => cx.ints(v)?,
    };
    axes.sort_unstable();
    if axes.iter().any(|a| !(-rank..rank).contains(a)) {
        let axis = axes[0];
        let mistake = Mistake::AxisOutOfRange { axis, rank: dims.len() };
        return cx.raise(Exc::IndexError, "tuple index out of range", mistake);
    }
    let wide_x = cast(cx, &x, Some(compute))?;
    let mean = reduce(cx, "Mean", &wide_x, &Axes::ints(&axes), true)?;
    let spread = variance(cx, &wide_x, &Axes::ints(&axes), true)?;
    let mut inverse = unary(cx, "Rsqrt", binary(cx, "AddV2", spread, Val::from(1e-7))?)?;
    let along = |val: &Val| -> Infer<Option<Tensor>> {
        if val.is_none() {
            return Ok(None);
        }
        let t = keras::tensor(cx, val, Some(compute))?;
        if t.rank() == Some(dims.len()) || axes == [rank - 1] {
            return Ok(Some(t));
        }
        let mut sizes = vec![Val::from(1); dims.len()];
        for axis in &axes {
            let at = if *axis < 0 { axis + rank } else { *axis };
            let at = usize::try_from(at).unwrap_or(0);
            if !dims[at].is_known() {
                return Err(Stop::Unknown("an axis of unknown size"));
            }
            sizes[at] = Val::from(dims[at]);
        }
        reshape(cx, t, Val::List(sizes)).map(Some)
    };
    if let Some(gamma) = along(gamma)? {
        inverse = binary(cx, "Mul", inverse, gamma)?;
    }
    let mut rest = binary(cx, "Mul", unary(cx, "Neg", mean)?, &inverse)?;
    if let Some(beta) = along(beta)? {
        rest = binary(cx, "AddV2", rest, beta)?;
    }
    let out = binary(cx, "AddV2", binary(cx, "Mul", wide_x, inverse)?, rest)?;
    cast(cx, out, x.dtype).map(Val::T)
}

fn rms_normalization(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    let scale = cx.known(SCALE)?;
    if cx.symbolic() {
        let from: Vec<&Tensor> = std::iter::once(&x).chain(scale.as_tensor()).collect();
        return Ok(Val::T(keras::spec(x.shape.clone(), x.dtype, &from)));
    }
    let compute = wide(cx, &x)?;
    let wide_x = cast(cx, &x, Some(compute))?;
    let axes = match cx.known(AXIS)? {
        v if v.is_none() => Val::from(-1),
        v => v.clone(),
    };
    if x.rank() == Some(0) {
        return Err(Stop::Unknown("a normalization of a scalar"));
    }
    let mean = reduce(cx, "Mean", unary(cx, "Square", &wide_x)?, &Axes::of(&axes), true)?;
    let inverse = unary(cx, "Rsqrt", binary(cx, "AddV2", mean, Val::from(1e-7))?)?;
    let mut out = binary(cx, "Mul", wide_x, inverse)?;
    if !scale.is_none() {
        let scale = keras::tensor(cx, scale, Some(compute))?;
        out = binary(cx, "Mul", out, scale)?;
    }
    cast(cx, out, x.dtype).map(Val::T)
}
