//! Activation functions of several kernels, or with settings.

use tensor::{DType, Dim, Shape};

use crate::defs::rule;
use crate::kernels::index::select;
use crate::kernels::join::split;
use crate::kernels::pointwise::{binary, cast, leaky_relu as leaky_relu_of, unary};
use crate::params::{AXIS, X};
use crate::spec::{Cx, Tensor, Val, keras, run};
use crate::{Arg, Exc, Infer, Mistake, Op, Param, Stop, Surface};

const ALPHA: Param<Arg> = Param::named(&["alpha", "negative_slope"]);
const APPROXIMATE: Param<Arg> = Param::named(&["approximate"]);
const THRESHOLD: Param<Arg> = Param::at(1, &["threshold"]);
const DEFAULT: Param<Arg> = Param::at(2, &["default_value"]);
const MAX_VALUE: Param<Arg> = Param::named(&["max_value"]);

const SOURCE: &str = "keras/src/backend/tensorflow/nn.py";

pub(in crate::defs) static OPS: &[Op] = &[
    rule(
        "leaky_relu",
        &["tf.nn.leaky_relu", "keras.ops.leaky_relu"],
        |c| run(c, leaky_relu),
        "tensorflow/python/ops/nn_ops.py: leaky_relu",
    ),
    rule("elu", &["tf.nn.elu", "keras.ops.elu", "tf.keras.backend.elu"], |c| run(c, elu), SOURCE),
    rule(
        "gelu",
        &["tf.nn.gelu", "keras.ops.gelu"],
        |c| run(c, gelu),
        "tensorflow/python/ops/nn_ops.py: gelu",
    ),
    rule(
        "silu",
        &["tf.nn.silu", "keras.ops.silu"],
        |c| run(c, silu),
        "tensorflow/python/ops/nn_impl.py: swish",
    ),
    rule("crelu", &["tf.nn.crelu"], |c| run(c, crelu), "tensorflow/python/ops/nn_ops.py: crelu"),
    rule(
        "log_sigmoid",
        &["tf.math.log_sigmoid", "keras.ops.log_sigmoid"],
        |c| run(c, log_sigmoid),
        "tensorflow/python/ops/math_ops.py: log_sigmoid",
    ),
    rule(
        "hard_sigmoid",
        &["keras.ops.hard_sigmoid", "tf.keras.backend.hard_sigmoid"],
        |c| run(c, hard_sigmoid),
        SOURCE,
    ),
    rule("hard_silu", &["keras.ops.hard_silu"], |c| run(c, hard_silu), SOURCE),
    rule("hard_tanh", &["keras.ops.hard_tanh"], |c| run(c, hard_tanh), SOURCE),
    rule("hard_shrink", &["keras.ops.hard_shrink"], |c| run(c, hard_shrink), SOURCE),
    rule("soft_shrink", &["keras.ops.soft_shrink"], |c| run(c, soft_shrink), SOURCE),
    rule("tanh_shrink", &["keras.ops.tanh_shrink"], |c| run(c, tanh_shrink), SOURCE),
    rule("threshold", &["keras.ops.threshold"], |c| run(c, threshold), SOURCE),
    rule("squareplus", &["keras.ops.squareplus"], |c| run(c, squareplus), SOURCE),
    rule("sparse_plus", &["keras.ops.sparse_plus"], |c| run(c, sparse_plus), SOURCE),
    rule("sparse_sigmoid", &["keras.ops.sparse_sigmoid"], |c| run(c, sparse_sigmoid), SOURCE),
    rule("celu", &["keras.ops.celu"], |c| run(c, celu), SOURCE),
    rule("glu", &["keras.ops.glu"], |c| run(c, glu), SOURCE),
    rule(
        "backend_relu",
        &["tf.keras.backend.relu"],
        |c| run(c, backend_relu),
        "keras/src/legacy/backend.py: relu",
    ),
];

/// What an activation of `keras.activations` consists of, by the name of its op.
pub(in crate::defs) fn composed(name: &str) -> Option<fn(&Cx<'_>) -> Infer<Val>> {
    Some(match name.strip_suffix("_activation")? {
        "celu" => celu,
        "gelu" => gelu,
        "hard_shrink" => hard_shrink,
        "hard_sigmoid" => |cx| hard_sigmoid_of(cx, &cx.tensor(X)?, cx.keras3()).map(Val::T),
        "hard_silu" => |cx| {
            let x = cx.tensor(X)?;
            let gate = hard_sigmoid_of(cx, &x, cx.keras3())?;
            binary(cx, "Mul", x, gate).map(Val::T)
        },
        "hard_tanh" => hard_tanh,
        "leaky_relu" => leaky_relu,
        "log_sigmoid" => log_sigmoid,
        "mish" => |cx| {
            let x = cx.tensor(X)?;
            let gate = unary(cx, "Tanh", unary(cx, "Softplus", &x)?)?;
            binary(cx, "Mul", x, gate).map(Val::T)
        },
        "silu" => silu,
        "soft_shrink" => soft_shrink,
        "sparse_plus" => sparse_plus,
        "sparse_sigmoid" => sparse_sigmoid,
        "squareplus" => squareplus,
        "tanh_shrink" => tanh_shrink,
        "threshold" => threshold,
        _ => return None,
    })
}

/// The result of a symbolic call that keeps shape and dtype, or nothing where it is carried out.
fn same(cx: &Cx<'_>) -> Option<Val> {
    if !cx.symbolic() {
        return None;
    }
    let Ok(Val::T(x)) = cx.known(X) else { return None };
    Some(Val::T(keras::spec(x.shape.clone(), x.dtype, &[x])))
}

/// Converts a Python number to a constant of a tensor's dtype.
fn constant(cx: &Cx<'_>, value: f64, like: &Tensor) -> Infer<Val> {
    cx.convert_like(&Val::from(value), like).map(Val::T)
}

fn number(val: &Val) -> Option<f64> {
    match val {
        Val::Py(Arg::Float(x)) => Some(*x),
        Val::Py(Arg::Int(n)) => Some(*n as f64),
        Val::Py(Arg::Bool(b)) => Some(f64::from(u8::from(*b))),
        _ => None,
    }
}

fn leaky_relu(cx: &Cx<'_>) -> Infer<Val> {
    if let Some(out) = same(cx) {
        return Ok(out);
    }
    let x = cx.tensor(X)?;
    let x = if x.dtype.is_some_and(DType::is_integer) { cast(cx, x, Some(DType::Float32))? } else { x };
    let alpha = match cx.known(ALPHA)? {
        v if v.is_none() => 0.2,
        v => number(v).ok_or(Stop::Unknown("a slope that is no number"))?,
    };
    leaky_relu_of(cx, x, alpha).map(Val::T)
}

/// `elu`: `alpha * (exp(x) - 1)` below zero.
pub(in crate::defs) fn elu(cx: &Cx<'_>) -> Infer<Val> {
    if let Some(out) = same(cx) {
        return Ok(out);
    }
    let x = cx.tensor(X)?;
    let out = unary(cx, "Elu", &x)?;
    let alpha = cx.known(ALPHA)?;
    if alpha.is_none() || number(alpha) == Some(1.0) {
        return Ok(Val::T(out));
    }
    let positive = binary(cx, "Greater", &x, Val::from(0))?;
    let scaled = binary(cx, "Mul", cx.convert_like(alpha, &out)?, &out)?;
    select(cx, Val::T(positive), Val::T(out), Val::T(scaled)).map(Val::T)
}

fn gelu(cx: &Cx<'_>) -> Infer<Val> {
    if let Some(out) = same(cx) {
        return Ok(out);
    }
    let x = cx.tensor(X)?;
    if let Some(dtype) = x.dtype.filter(|d| !d.is_floating()) {
        let text = format!(
            "`features.dtype` must be a floating point tensor.Received:features.dtype=<dtype: '{dtype}'>"
        );
        let (got, expected) = (dtype.to_string(), "a float".to_owned());
        return cx.value_error(text, Mistake::DType { param: "features", got, expected });
    }
    let approximate = match cx.val(APPROXIMATE) {
        // `tf.nn.gelu` is exact by default, `keras.ops.gelu` is not.
        Val::Py(Arg::Missing) => cx.surface() == Surface::KerasOps,
        _ => cx.get(Param::<bool>::named(&["approximate"]))?,
    };
    let half = binary(cx, "Mul", constant(cx, 0.5, &x)?, &x)?;
    if !approximate {
        let scaled = binary(cx, "Mul", &x, constant(cx, -std::f64::consts::FRAC_1_SQRT_2, &x)?)?;
        return binary(cx, "Mul", half, unary(cx, "Erfc", scaled)?).map(Val::T);
    }
    let cube = binary(cx, "Pow", &x, constant(cx, 3.0, &x)?)?;
    let bent = binary(cx, "AddV2", &x, binary(cx, "Mul", constant(cx, 0.044_715, &x)?, cube)?)?;
    let gate = unary(cx, "Tanh", binary(cx, "Mul", constant(cx, 0.797_884_560_802_865_4, &x)?, bent)?)?;
    binary(cx, "Mul", half, binary(cx, "AddV2", constant(cx, 1.0, &x)?, gate)?).map(Val::T)
}

fn silu(cx: &Cx<'_>) -> Infer<Val> {
    if let Some(out) = same(cx) {
        return Ok(out);
    }
    let x = cx.tensor(X)?;
    // `tf.nn.silu(features, beta=1.0)`; Keras' has no such parameter.
    let scaled = match cx.val(Param::<Arg>::named(&["beta"])) {
        Val::Py(Arg::Missing | Arg::Float(1.0)) => x.clone(),
        beta => binary(cx, "Mul", cx.convert_like(beta, &x)?, &x)?,
    };
    let gate = unary(cx, "Sigmoid", scaled)?;
    binary(cx, "Mul", x, gate).map(Val::T)
}

fn crelu(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    let axis = match cx.known(AXIS)? {
        Val::Py(Arg::Missing) => Val::from(-1),
        other => other.clone(),
    };
    let negative = unary(cx, "Neg", &x)?;
    let joined = crate::kernels::join::concat(cx, Val::list([x, negative]), axis)?;
    unary(cx, "Relu", joined).map(Val::T)
}

fn log_sigmoid(cx: &Cx<'_>) -> Infer<Val> {
    if let Some(out) = same(cx) {
        return Ok(out);
    }
    let x = cx.tensor(X)?;
    let negative = unary(cx, "Neg", x)?;
    unary(cx, "Neg", unary(cx, "Softplus", negative)?).map(Val::T)
}

fn hard_sigmoid(cx: &Cx<'_>) -> Infer<Val> {
    if let Some(out) = same(cx) {
        return Ok(out);
    }
    let x = cx.tensor(X)?;
    hard_sigmoid_of(cx, &x, cx.surface() == Surface::KerasOps).map(Val::T)
}

fn hard_sigmoid_of(cx: &Cx<'_>, x: &Tensor, three: bool) -> Infer<Tensor> {
    if three {
        let moved = unary(cx, "Relu6", binary(cx, "AddV2", x, constant(cx, 3.0, x)?)?)?;
        return binary(cx, "RealDiv", &moved, constant(cx, 6.0, &moved)?);
    }
    let scaled = binary(cx, "Mul", x, constant(cx, 0.2, x)?)?;
    let moved = binary(cx, "AddV2", &scaled, constant(cx, 0.5, &scaled)?)?;
    clipped(cx, &moved, 0.0, 1.0)
}

/// `tf.clip_by_value` with numbers that are within the shape.
fn clipped(cx: &Cx<'_>, x: &Tensor, low: f64, high: f64) -> Infer<Tensor> {
    let below = binary(cx, "Minimum", x, constant(cx, high, x)?)?;
    binary(cx, "Maximum", &below, constant(cx, low, &below)?)
}

fn hard_silu(cx: &Cx<'_>) -> Infer<Val> {
    if let Some(out) = same(cx) {
        return Ok(out);
    }
    let x = cx.tensor(X)?;
    let gate = hard_sigmoid_of(cx, &x, cx.surface() == Surface::KerasOps)?;
    binary(cx, "Mul", x, gate).map(Val::T)
}

fn hard_tanh(cx: &Cx<'_>) -> Infer<Val> {
    if let Some(out) = same(cx) {
        return Ok(out);
    }
    // The kernels convert the bounds themselves, to what `x` is.
    let x = cx.tensor(X)?;
    let below = binary(cx, "Minimum", x, Val::from(1.0))?;
    binary(cx, "Maximum", below, Val::from(-1.0)).map(Val::T)
}

fn cut(cx: &Cx<'_>, x: &Tensor, kernel: &str, at: Val) -> Infer<Val> {
    binary(cx, kernel, x, at).map(Val::T)
}

/// A threshold that is a number, 0.5 where it is not given.
fn threshold_of(cx: &Cx<'_>) -> Infer<Val> {
    Ok(match cx.known(THRESHOLD)? {
        Val::Py(Arg::Missing) => Val::from(0.5),
        other => other.clone(),
    })
}

fn zeros_like(cx: &Cx<'_>, x: &Tensor) -> Infer<Val> {
    unary(cx, "ZerosLike", x).map(Val::T)
}

fn hard_shrink(cx: &Cx<'_>) -> Infer<Val> {
    if let Some(out) = same(cx) {
        return Ok(out);
    }
    let x = cx.tensor(X)?;
    let outside = cut(cx, &unary(cx, "Abs", &x)?, "Greater", threshold_of(cx)?)?;
    select(cx, outside, Val::T(x.clone()), zeros_like(cx, &x)?).map(Val::T)
}

fn soft_shrink(cx: &Cx<'_>) -> Infer<Val> {
    if let Some(out) = same(cx) {
        return Ok(out);
    }
    let x = cx.tensor(X)?;
    let at = threshold_of(cx)?;
    let above = cut(cx, &x, "Greater", at.clone())?;
    let lower = binary(cx, "Sub", &x, at.clone())?;
    let below = match number(&at) {
        Some(n) => cut(cx, &x, "Less", Val::from(-n))?,
        None => return Err(Stop::Unknown("a threshold that is no number")),
    };
    let higher = binary(cx, "AddV2", &x, at)?;
    let inner = select(cx, below, Val::T(higher), zeros_like(cx, &x)?)?;
    select(cx, above, Val::T(lower), Val::T(inner)).map(Val::T)
}

fn tanh_shrink(cx: &Cx<'_>) -> Infer<Val> {
    if let Some(out) = same(cx) {
        return Ok(out);
    }
    let x = cx.tensor(X)?;
    let tanh = unary(cx, "Tanh", &x)?;
    binary(cx, "Sub", x, tanh).map(Val::T)
}

fn threshold(cx: &Cx<'_>) -> Infer<Val> {
    if let Some(out) = same(cx) {
        return Ok(out);
    }
    let x = cx.tensor(X)?;
    let above = cut(cx, &x, "Greater", cx.known(THRESHOLD)?.clone())?;
    select(cx, above, Val::T(x), cx.known(DEFAULT)?.clone()).map(Val::T)
}

fn squareplus(cx: &Cx<'_>) -> Infer<Val> {
    if let Some(out) = same(cx) {
        return Ok(out);
    }
    let x = cx.tensor(X)?;
    const B: Param<Arg> = Param::at(1, &["b"]);
    let b = match cx.known(B)? {
        Val::Py(Arg::Missing) => constant(cx, 4.0, &x)?,
        given => cx.convert_like(given, &x).map(Val::T)?,
    };
    let root = unary(cx, "Sqrt", binary(cx, "AddV2", unary(cx, "Square", &x)?, b)?)?;
    let sum = binary(cx, "AddV2", x, root)?;
    binary(cx, "RealDiv", &sum, constant(cx, 2.0, &sum)?).map(Val::T)
}

fn sparse_plus(cx: &Cx<'_>) -> Infer<Val> {
    if let Some(out) = same(cx) {
        return Ok(out);
    }
    let x = cx.tensor(X)?;
    let low = cut(cx, &x, "LessEqual", Val::from(-1))?;
    let middle = cut(cx, &x, "Less", Val::from(1))?;
    let square = unary(cx, "Square", binary(cx, "AddV2", &x, Val::from(1))?)?;
    let curve = binary(cx, "Mul", constant(cx, 0.25, &square)?, &square)?;
    let rest = select(cx, middle, Val::T(curve), Val::T(x.clone()))?;
    select(cx, low, zeros_like(cx, &x)?, Val::T(rest)).map(Val::T)
}

fn sparse_sigmoid(cx: &Cx<'_>) -> Infer<Val> {
    if let Some(out) = same(cx) {
        return Ok(out);
    }
    let x = cx.tensor(X)?;
    let low = cut(cx, &x, "LessEqual", Val::from(-1))?;
    let high = cut(cx, &x, "GreaterEqual", Val::from(1))?;
    let moved = binary(cx, "AddV2", &x, Val::from(1))?;
    let line = binary(cx, "Mul", constant(cx, 0.5, &moved)?, moved)?;
    let rest = select(cx, high, constant(cx, 1.0, &x)?, Val::T(line))?;
    select(cx, low, constant(cx, 0.0, &x)?, Val::T(rest)).map(Val::T)
}

fn celu(cx: &Cx<'_>) -> Infer<Val> {
    if let Some(out) = same(cx) {
        return Ok(out);
    }
    let x = cx.tensor(X)?;
    let alpha = match cx.known(ALPHA)? {
        v if v.is_none() => Val::from(1.0),
        other => other.clone(),
    };
    let positive = binary(cx, "Maximum", &x, Val::from(0.0))?;
    let negative = binary(cx, "Minimum", &x, Val::from(0.0))?;
    let curve = unary(cx, "Expm1", binary(cx, "RealDiv", negative, alpha.clone())?)?;
    let scaled = binary(cx, "Mul", cx.convert_like(&alpha, &curve)?, &curve)?;
    binary(cx, "AddV2", positive, scaled).map(Val::T)
}

/// `glu`: halves an axis.
pub(in crate::defs) fn glu(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    let axis = match cx.known(AXIS)? {
        Val::Py(Arg::Missing) => -1,
        other => cx.int(other)?,
    };
    let Some(rank) = x.rank() else { return Err(Stop::Unknown("a tensor of unknown rank")) };
    let Some(size) = x.shape.dim(axis) else {
        let mistake = Mistake::AxisOutOfRange { axis, rank };
        return cx.raise(Exc::IndexError, "tuple index out of range", mistake);
    };
    if size.known().is_some_and(|n| n % 2 != 0) {
        let text = format!(
            "axis size must be divisible by 2. Received: x.shape={} with axis={axis}",
            x.shape.tuple()
        );
        let problem = format!("the size {size} of axis {axis} is odd");
        return cx.value_error(text, Mistake::Argument { param: "axis", problem });
    }
    let at = if axis < 0 { axis + rank as i64 } else { axis };
    let halved = |shape: &Shape| shape.with_dim(usize::try_from(at).unwrap_or(0), size.map(|n| n / 2));
    if cx.symbolic() {
        return Ok(Val::T(keras::spec(halved(&x.shape), x.dtype, &[&x])));
    }
    if size == Dim::Unknown {
        return Err(Stop::Unknown("an axis of unknown size"));
    }
    if !size.is_known() {
        // `None % 2` is no number.
        let text = "unsupported operand type(s) for %: 'NoneType' and 'int'";
        return cx.type_error(text, Mistake::NoneValue);
    }
    let parts = split(cx, &x, 2, Val::from(axis))?;
    let [left, right] = &parts[..] else { return Err(Stop::Unknown("other than two halves")) };
    let gate = unary(cx, "Sigmoid", right)?;
    binary(cx, "Mul", left, gate).map(Val::T)
}

/// `K.relu` with a slope, a maximum and a threshold.
pub(in crate::defs) fn backend_relu(cx: &Cx<'_>) -> Infer<Val> {
    const THRESHOLD: Param<Arg> = Param::named(&["threshold"]);
    let mut x = cx.tensor(X)?;
    let (alpha, max, threshold) = (cx.known(ALPHA)?, cx.known(MAX_VALUE)?, cx.known(THRESHOLD)?);
    let number_or = |val: &Val| -> Infer<f64> {
        match val {
            v if v.is_none() => Ok(0.0),
            v => number(v).ok_or(Stop::Unknown("a setting that is no number")),
        }
    };
    let (slope, cut_at) = (number_or(alpha)?, number_or(threshold)?);
    let mut negative = None;
    if slope != 0.0 {
        if max.is_none() && cut_at == 0.0 {
            let x =
                if x.dtype.is_some_and(DType::is_integer) { cast(cx, x, Some(DType::Float32))? } else { x };
            return leaky_relu_of(cx, x, slope).map(Val::T);
        }
        let mut flipped = unary(cx, "Neg", &x)?;
        if cut_at != 0.0 {
            flipped = binary(cx, "AddV2", flipped, threshold.clone())?;
        }
        negative = Some(unary(cx, "Relu", flipped)?);
    }
    let mut clip = !max.is_none();
    if cut_at != 0.0 {
        let above = binary(cx, "Greater", &x, threshold.clone())?;
        let above = cast(cx, above, x.dtype)?;
        x = binary(cx, "Mul", &x, above)?;
    } else if number(max) == Some(6.0) {
        x = unary(cx, "Relu6", x)?;
        clip = false;
    } else {
        x = unary(cx, "Relu", x)?;
    }
    if clip {
        let most = number(max).unwrap_or(0.0);
        x = if x.dtype.is_some_and(DType::is_integer) && most.fract() == 0.0 {
            // The bounds are constants of the tensor's dtype, and nothing is below zero here.
            binary(cx, "Minimum", &x, Val::from(most as i64))?
        } else {
            clipped(cx, &x, 0.0, most)?
        };
    }
    if let Some(negative) = negative {
        let scaled = binary(cx, "Mul", constant(cx, slope, &x)?, negative)?;
        x = binary(cx, "Sub", x, scaled)?;
    }
    Ok(Val::T(x))
}
