//! Element-wise functions of one tensor.

use tensor::{DType, Dim, TensorSpec};

use super::rule;
use crate::kernels::pointwise;
use crate::params::X;
use crate::spec::{Cx, Tensor, Val, keras, partly_known, run};
use crate::{Arg, Call, Infer, Keras, Mistake, Op, Outputs, Param, Stop, Surface};

/// One row: name, public paths, kernel.
const fn unary(name: &'static str, apis: &'static [&'static str], kernel: &'static str) -> Op {
    Op { kernel, ..rule(name, apis, same, "tensorflow/core/ops/math_ops.cc: UNARY") }
}

pub(super) static OPS: &[Op] = &[
    unary("abs", &["tf.abs", "keras.ops.abs", "keras.ops.absolute", "tf.keras.backend.abs"], "Abs"),
    unary("negative", &["tf.negative", "keras.ops.negative"], "Neg"),
    unary("exp", &["tf.exp", "keras.ops.exp", "tf.keras.backend.exp"], "Exp"),
    unary("expm1", &["tf.math.expm1", "keras.ops.expm1"], "Expm1"),
    unary("log", &["tf.math.log", "keras.ops.log", "tf.keras.backend.log"], "Log"),
    unary("log1p", &["tf.math.log1p", "keras.ops.log1p"], "Log1p"),
    unary("log2", &["keras.ops.log2"], "Log"),
    unary("log10", &["keras.ops.log10"], "Log"),
    unary("sqrt", &["tf.sqrt", "keras.ops.sqrt", "tf.keras.backend.sqrt"], "Sqrt"),
    unary("rsqrt", &["tf.math.rsqrt", "keras.ops.rsqrt"], "Rsqrt"),
    unary("square", &["tf.square", "keras.ops.square", "tf.keras.backend.square"], "Square"),
    unary("sign", &["tf.sign", "keras.ops.sign", "tf.keras.backend.sign"], "Sign"),
    unary("sin", &["tf.sin", "keras.ops.sin", "tf.keras.backend.sin"], "Sin"),
    unary("cos", &["tf.cos", "keras.ops.cos", "tf.keras.backend.cos"], "Cos"),
    unary("tan", &["tf.tan", "keras.ops.tan"], "Tan"),
    unary("asin", &["tf.asin", "keras.ops.arcsin"], "Asin"),
    unary("acos", &["tf.acos", "keras.ops.arccos"], "Acos"),
    unary("atan", &["tf.atan", "keras.ops.arctan"], "Atan"),
    unary("sinh", &["tf.sinh", "keras.ops.sinh"], "Sinh"),
    unary("cosh", &["tf.cosh", "keras.ops.cosh"], "Cosh"),
    unary("tanh", &["tf.tanh", "keras.ops.tanh", "tf.keras.backend.tanh"], "Tanh"),
    unary("asinh", &["tf.asinh", "keras.ops.arcsinh"], "Asinh"),
    unary("acosh", &["tf.acosh", "keras.ops.arccosh"], "Acosh"),
    unary("atanh", &["tf.atanh", "keras.ops.arctanh"], "Atanh"),
    unary("sigmoid", &["tf.sigmoid", "keras.ops.sigmoid", "tf.keras.backend.sigmoid"], "Sigmoid"),
    unary("floor", &["tf.floor", "keras.ops.floor"], "Floor"),
    unary("ceil", &["tf.math.ceil", "keras.ops.ceil"], "Ceil"),
    unary("rint", &["tf.math.rint"], "Rint"),
    unary("round", &["tf.round", "keras.ops.round", "tf.keras.backend.round"], "Round"),
    unary("erf", &["tf.math.erf", "keras.ops.erf"], "Erf"),
    unary("erfc", &["tf.math.erfc", "keras.ops.erfc"], "Erfc"),
    unary("erfinv", &["tf.math.erfinv", "keras.ops.erfinv"], "Erfinv"),
    unary("ndtri", &["tf.math.ndtri"], "Ndtri"),
    unary("lgamma", &["tf.math.lgamma"], "Lgamma"),
    unary("digamma", &["tf.math.digamma"], "Digamma"),
    unary("reciprocal", &["tf.math.reciprocal", "keras.ops.reciprocal"], "Reciprocal"),
    unary("is_nan", &["tf.math.is_nan", "keras.ops.isnan"], "IsNan"),
    unary("is_inf", &["tf.math.is_inf", "keras.ops.isinf"], "IsInf"),
    unary("is_finite", &["tf.math.is_finite", "keras.ops.isfinite"], "IsFinite"),
    unary("logical_not", &["tf.logical_not", "keras.ops.logical_not"], "LogicalNot"),
    unary("invert", &["tf.bitwise.invert", "keras.ops.bitwise_invert", "keras.ops.bitwise_not"], "Invert"),
    unary("conj", &["tf.math.conj", "keras.ops.conj", "keras.ops.conjugate"], "Conj"),
    unary("bessel_i0", &["tf.math.bessel_i0", "tf.math.special.bessel_i0"], "BesselI0"),
    unary("bessel_i0e", &["tf.math.bessel_i0e"], "BesselI0e"),
    unary("bessel_i1", &["tf.math.bessel_i1"], "BesselI1"),
    unary("bessel_i1e", &["tf.math.bessel_i1e"], "BesselI1e"),
    unary("bessel_j0", &["tf.math.special.bessel_j0"], "BesselJ0"),
    unary("bessel_j1", &["tf.math.special.bessel_j1"], "BesselJ1"),
    unary("bessel_k0", &["tf.math.special.bessel_k0"], "BesselK0"),
    unary("bessel_k0e", &["tf.math.special.bessel_k0e"], "BesselK0e"),
    unary("bessel_k1", &["tf.math.special.bessel_k1"], "BesselK1"),
    unary("bessel_k1e", &["tf.math.special.bessel_k1e"], "BesselK1e"),
    unary("bessel_y0", &["tf.math.special.bessel_y0"], "BesselY0"),
    unary("bessel_y1", &["tf.math.special.bessel_y1"], "BesselY1"),
    unary("dawsn", &["tf.math.special.dawsn"], "Dawsn"),
    unary("expint", &["tf.math.special.expint"], "Expint"),
    unary("spence", &["tf.math.special.spence"], "Spence"),
    unary("fresnel_cos", &["tf.math.special.fresnel_cos"], "FresnelCos"),
    unary("fresnel_sin", &["tf.math.special.fresnel_sin"], "FresnelSin"),
    unary("identity", &["tf.identity", "keras.ops.copy"], "Identity"),
    unary("stop_gradient", &["tf.stop_gradient", "keras.ops.stop_gradient"], "StopGradient"),
    unary("relu", &["tf.nn.relu", "keras.ops.relu"], "Relu"),
    unary("relu6", &["tf.nn.relu6", "keras.ops.relu6"], "Relu6"),
    unary("selu", &["tf.nn.selu", "keras.ops.selu"], "Selu"),
    unary("softplus", &["tf.math.softplus", "keras.ops.softplus", "tf.keras.backend.softplus"], "Softplus"),
    unary("softsign", &["tf.nn.softsign", "keras.ops.softsign", "tf.keras.backend.softsign"], "Softsign"),
];

/// How Keras 3 casts before it computes.
#[derive(Clone, Copy, PartialEq)]
enum Before {
    /// Not at all.
    Nothing,
    /// Everything that is no float becomes one.
    Float,
    /// Bools become bools: `tf.cast(x, "bool")`.
    Bool,
}

fn before(op: &str) -> Before {
    match op {
        "exp" | "expm1" | "log" | "log1p" | "log2" | "log10" | "sqrt" | "sin" | "cos" | "tan" | "asin"
        | "acos" | "atan" | "sinh" | "cosh" | "tanh" | "asinh" | "acosh" | "atanh" | "floor" | "ceil" => {
            Before::Float
        }
        "logical_not" => Before::Bool,
        _ => Before::Nothing,
    }
}

/// The result has the operand's shape.
fn same(call: &Call<'_>) -> Infer<Outputs> {
    run(call, |cx| {
        let x = cx.known(X)?;
        match call.surface {
            Surface::Numpy => numpy(cx, x),
            Surface::KerasOps if cx.symbolic() => symbolic(cx, x),
            Surface::KerasOps => keras_ops(cx, x),
            Surface::Backend => backend(cx, x),
            Surface::Tf => tf(cx, x),
        }
        .map(Val::T)
    })
}

/// `tensorflow/python/ops/math_ops.py`.
fn tf(cx: &Cx<'_>, x: &Val) -> Infer<Tensor> {
    let kernel = cx.call.op.kernel;
    if !matches!(kernel, "Abs" | "Conj" | "Invert" | "Round" | "Sigmoid" | "Sign") {
        // The kernel converts its input itself, and words what it cannot convert.
        return pointwise::unary(cx, kernel, x.clone());
    }
    let x = cx.convert(x, None)?;
    let dtype = x.dtype;
    match kernel {
        "Round" | "Conj"
            if dtype.is_some_and(|d| d.is_integer() || (kernel == "Conj" && d.is_floating())) =>
        {
            Ok(x)
        }
        "Abs" if dtype.is_some_and(DType::is_complex) => {
            let mut node = cx.node("ComplexAbs", [Val::T(x.clone())])?;
            node.set("Tout", real(dtype));
            Ok(node.out(x.shape))
        }
        "Invert" if dtype == Some(DType::Bool) && cx.call.path.is_empty() => {
            pointwise::unary(cx, "LogicalNot", x)
        }
        // `div_no_nan(x, cast(abs(x), x.dtype))`: the number of that direction on the unit circle.
        "Sign" if dtype.is_some_and(DType::is_complex) => {
            let mut node = cx.node("ComplexAbs", [Val::T(x.clone())])?;
            node.set("Tout", real(dtype));
            let size = node.out(x.shape.clone());
            pointwise::binary(cx, "DivNoNan", x, &pointwise::cast(cx, size, dtype)?)
        }
        _ => pointwise::unary(cx, kernel, x),
    }
}

/// The dtype of a complex number's parts.
pub(super) fn real(dtype: Option<DType>) -> Option<DType> {
    match dtype {
        Some(DType::Complex64) => Some(DType::Float32),
        Some(DType::Complex128) => Some(DType::Float64),
        other => other,
    }
}

/// `keras/src/legacy/backend.py`, `tf_keras/src/backend.py`.
fn backend(cx: &Cx<'_>, x: &Val) -> Infer<Tensor> {
    match cx.call.op.name {
        "sqrt" if cx.call.keras == Keras::Three => {
            let x = cx.convert(x, None)?;
            let zero = Val::T(cx.convert_like(&Val::from(0.0), &x)?);
            let positive = pointwise::binary(cx, "Maximum", x, zero)?;
            pointwise::unary(cx, "Sqrt", positive)
        }
        "sqrt" => {
            // `tf.clip_by_value(x, 0.0, inf)` keeps shape and dtype.
            let x = cx.convert(x, None)?;
            let clipped = pointwise::binary(cx, "Maximum", x, Val::from(0.0))?;
            pointwise::unary(cx, "Sqrt", clipped)
        }
        _ => tf(cx, x),
    }
}

/// `ops.round(x, decimals=1)`.
fn rounded(cx: &Cx<'_>, x: Tensor, dtype: DType) -> Infer<Tensor> {
    const DECIMALS: Param<Arg> = Param::named(&["decimals"]);
    let decimals = match cx.known(DECIMALS)? {
        v if v.is_none() => 0,
        v => cx.int(v)?,
    };
    if decimals == 0 {
        return pointwise::unary(cx, "Round", x);
    }
    if dtype.is_integer() && decimals > 0 {
        return Ok(x);
    }
    let wide = if dtype.is_integer() { DType::Float32 } else { dtype };
    let factor = 10.0_f64.powi(i32::try_from(decimals.clamp(-400, 400)).unwrap_or(0));
    let scaled = pointwise::binary(cx, "Mul", pointwise::cast(cx, x, Some(wide))?, Val::from(factor))?;
    let round = pointwise::unary(cx, "Round", scaled)?;
    pointwise::cast(cx, pointwise::binary(cx, "RealDiv", round, Val::from(factor))?, Some(dtype))
}

/// `keras/src/backend/tensorflow/numpy.py`.
fn keras_ops(cx: &Cx<'_>, x: &Val) -> Infer<Tensor> {
    let op = cx.call.op;
    let x = keras::tensor(cx, x, None)?;
    let Some(dtype) = x.dtype else { return tf(cx, &Val::T(x)) };
    let integral = dtype.is_integer() || dtype == DType::Bool;
    match op.name {
        "abs" if dtype.is_unsigned() || dtype == DType::Bool => Ok(x),
        "square" if dtype == DType::Bool => {
            let x = pointwise::cast(cx, x, Some(DType::Int32))?;
            pointwise::unary(cx, op.kernel, x)
        }
        "is_nan" | "is_inf" | "is_finite" if integral => {
            // `tf.ones(x.shape, tf.bool)`.
            let open = x.shape.dims().is_some_and(|dims| dims.iter().any(|d| matches!(d, Dim::Symbol(_))));
            if open && !cx.eager() {
                return cx.value_error(partly_known(&x.shape), Mistake::NoneValue);
            }
            let filled = if op.name == "is_finite" { "OnesLike" } else { "ZerosLike" };
            pointwise::unary(cx, filled, pointwise::cast(cx, x, Some(DType::Bool))?)
        }
        "round" => rounded(cx, x, dtype),
        // The kernel takes no unsigned integers.
        "sign" if matches!(dtype, DType::UInt8 | DType::UInt16 | DType::UInt32) => {
            let wide = pointwise::cast(cx, x, Some(DType::Int32))?;
            pointwise::cast(cx, pointwise::unary(cx, op.kernel, wide)?, Some(dtype))
        }
        "log2" | "log10" => {
            let x = pointwise::cast(cx, x, Some(keras::floated(dtype)))?;
            let log = pointwise::unary(cx, "Log", x)?;
            let base = Val::from(if op.name == "log2" { 2.0_f64.ln() } else { 10.0_f64.ln() });
            pointwise::binary(cx, "RealDiv", log, base)
        }
        name => {
            let to = match before(name) {
                Before::Float if integral => DType::Float32,
                Before::Bool => DType::Bool,
                _ => dtype,
            };
            tf(cx, &Val::T(pointwise::cast(cx, x, Some(to))?))
        }
    }
}

/// `compute_output_spec` in `keras/src/ops/numpy.py`.
fn symbolic(cx: &Cx<'_>, x: &Val) -> Infer<Tensor> {
    let Val::T(x) = x else { return Err(Stop::Unknown("a symbolic call without a tensor")) };
    let integral = x.dtype.is_some_and(|d| d.is_integer() || d == DType::Bool);
    let dtype = match cx.call.op.name {
        "is_nan" | "is_inf" | "is_finite" | "logical_not" => Some(DType::Bool),
        "reciprocal" => Some(DType::Float32),
        name if before(name) == Before::Float && integral => Some(DType::Float32),
        _ => x.dtype,
    };
    let graph = pointwise::unary(cx, cx.call.op.kernel, Tensor { dtype: None, ..x.clone() });
    let mut out = keras::spec(x.shape.clone(), dtype, &[]);
    if let Ok(traced) = graph {
        out.reach = traced.reach;
    }
    Ok(out)
}

/// A ufunc of one array.
fn numpy(cx: &Cx<'_>, x: &Val) -> Infer<Tensor> {
    let op = cx.call.op;
    let x = match x {
        Val::T(t) => t.clone(),
        Val::Py(Arg::Int(n)) => Tensor::ints(Vec::new(), DType::Int64, vec![*n]),
        other => {
            let mut t = cx.convert(other, None)?;
            t.dtype = match t.dtype {
                Some(DType::Int32) => Some(DType::Int64),
                Some(DType::Float32) => Some(DType::Float64),
                other => other,
            };
            t
        }
    };
    let floats = before(op.name) == Before::Float && !matches!(op.name, "floor" | "ceil");
    let dtype = match (op.name, x.dtype) {
        ("is_nan" | "is_inf" | "is_finite" | "logical_not", _) => Some(DType::Bool),
        (_, Some(DType::Bool | DType::Int8 | DType::UInt8)) if floats => Some(DType::Float16),
        (_, Some(DType::Int16 | DType::UInt16)) if floats => Some(DType::Float32),
        (_, Some(d)) if floats && d.is_integer() => Some(DType::Float64),
        (_, dtype) => dtype,
    };
    let spec = TensorSpec::new(x.shape.clone(), dtype);
    let traced = pointwise::unary(cx, op.kernel, Tensor { dtype: spec.dtype, ..x });
    let content = traced.map(|t| t.content).unwrap_or_default();
    Ok(Tensor::new(spec.shape, spec.dtype).with_content(content))
}
