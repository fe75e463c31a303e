//! Element-wise functions of one and two tensors that Keras composes of TensorFlow's kernels.

use tensor::DType;

use crate::defs::rule;
use crate::kernels::index::select;
use crate::kernels::pointwise::{binary, cast, unary};
use crate::kernels::reduce::{Axes, reduce};
use crate::kernels::shape::static_sizes;
use crate::params::{X, Y};
use crate::spec::fold;
use crate::spec::keras::{self, Promoted};
use crate::spec::{Cx, Tensor, Val, run};
use crate::{Arg, Call, Exc, Flow, Infer, Mistake, Op, Outputs, Param, Stop};

const SOURCE: &str = "keras/src/backend/tensorflow/numpy.py, keras/src/ops/numpy.py";

/// A function of one tensor: name and path.
const fn one(name: &'static str, apis: &'static [&'static str]) -> Op {
    rule(name, apis, of_one, SOURCE)
}

/// A function of two tensors: name, path and the kernel that broadcasts.
const fn two(name: &'static str, apis: &'static [&'static str], kernel: &'static str) -> Op {
    Op { kernel, ..rule(name, apis, of_two, SOURCE) }
}

pub(in crate::defs) static OPS: &[Op] = &[
    one("keras_angle", &["keras.ops.angle"]),
    one("cbrt", &["keras.ops.cbrt"]),
    one("deg2rad", &["keras.ops.deg2rad"]),
    one("exp2", &["keras.ops.exp2"]),
    one("fabs", &["keras.ops.fabs"]),
    one("i0", &["keras.ops.i0"]),
    one("isneginf", &["keras.ops.isneginf"]),
    one("isposinf", &["keras.ops.isposinf"]),
    one("isreal", &["keras.ops.isreal"]),
    one("nan_to_num", &["keras.ops.nan_to_num"]),
    one("rad2deg", &["keras.ops.rad2deg"]),
    one("signbit", &["keras.ops.signbit"]),
    one("sinc", &["keras.ops.sinc"]),
    one("trunc", &["keras.ops.trunc"]),
    two("fmax", &["keras.ops.fmax"], "Maximum"),
    two("fmin", &["keras.ops.fmin"], "Minimum"),
    two("fmod", &["keras.ops.fmod"], "FloorMod"),
    two("gcd", &["keras.ops.gcd"], "FloorMod"),
    two("heaviside", &["keras.ops.heaviside"], "AddV2"),
    two("hypot", &["keras.ops.hypot"], "Maximum"),
    two("isclose", &["keras.ops.isclose"], "Sub"),
    two("allclose", &["keras.ops.allclose"], "Sub"),
    two("lcm", &["keras.ops.lcm"], "FloorMod"),
    two("ldexp", &["keras.ops.ldexp"], "Mul"),
    two("logaddexp", &["keras.ops.logaddexp"], "Sub"),
    two("logaddexp2", &["keras.ops.logaddexp2"], "Sub"),
    two("keras_nextafter", &["keras.ops.nextafter"], "NextAfter"),
];

/// The dtype that a function of one tensor computes in and returns.
fn dtype_of(name: &str, dtype: DType) -> DType {
    let floating = dtype.is_floating() || dtype.is_complex();
    match name {
        "keras_angle" | "sinc" => keras::floated(dtype),
        "cbrt" | "deg2rad" | "rad2deg" | "i0" if dtype == DType::Int64 => DType::Float64,
        "cbrt" | "deg2rad" | "rad2deg" | "i0" | "exp2" | "fabs" if !floating => DType::Float32,
        _ => dtype,
    }
}

fn tells(name: &str) -> bool {
    matches!(name, "isneginf" | "isposinf" | "isreal" | "signbit" | "isclose" | "allclose")
}

fn of_one(call: &Call<'_>) -> Infer<Outputs> {
    run(call, |cx| {
        let name = call.op.name;
        let x = cx.tensor(X)?;
        let Some(own) = x.dtype else { return Err(Stop::Unknown("a dtype that is not known")) };
        if cx.symbolic() && name == "fabs" && own.is_complex() {
            let text = format!("fabs does not support complex inputs. Received: dtype={own}");
            let mistake =
                Mistake::DType { param: "x", got: own.to_string(), expected: "a real dtype".to_owned() };
            return cx.type_error(text, mistake);
        }
        let dtype = dtype_of(name, own);
        let x = cast(cx, x, Some(dtype))?;
        let mut out = if cx.symbolic() { described(&x, name, dtype) } else { composed(cx, &x, dtype)? };
        if cx.symbolic() && tells(name) {
            out = Tensor::new(x.shape.clone(), DType::Bool);
        }
        if name == "keras_angle" && dtype.is_complex() {
            out.dtype = Some(if dtype == DType::Complex64 { DType::Float32 } else { DType::Float64 });
        }
        Ok(Val::T(out))
    })
}

/// What is told of a symbolic tensor: the shape, and that rounding lets no gradient through.
fn described(x: &Tensor, name: &str, dtype: DType) -> Tensor {
    let mut out = x.clone().like();
    let flat = (name == "trunc" && dtype.is_floating()) || (name == "keras_angle" && !dtype.is_complex());
    if flat {
        out.reach = out.reach.at_most(Flow::None);
    }
    out
}

/// The kernels that a function of one tensor consists of.
fn composed(cx: &Cx<'_>, x: &Tensor, dtype: DType) -> Infer<Tensor> {
    let value = |number: f64| cx.convert_like(&Val::from(number), x);
    let zeros = || unary(cx, "ZerosLike", x);
    let float = dtype.is_floating();
    match cx.call.op.name {
        "cbrt" => {
            let root = binary(cx, "Pow", unary(cx, "Abs", x)?, value(1.0 / 3.0)?)?;
            binary(cx, "Mul", unary(cx, "Sign", x)?, root)
        }
        "exp2" if float => binary(cx, "Pow", value(2.0)?, x),
        "deg2rad" if float => binary(cx, "Mul", x, value(std::f64::consts::PI / 180.0)?),
        "rad2deg" if float => binary(cx, "Mul", x, value(180.0 / std::f64::consts::PI)?),
        "fabs" => unary(cx, "Abs", x),
        "i0" => unary(cx, "BesselI0", x),
        "sinc" if float => {
            let angle = binary(cx, "Mul", x, value(std::f64::consts::PI)?)?;
            let wave = binary(cx, "RealDiv", unary(cx, "Sin", &angle)?, &angle)?;
            let none = binary(cx, "Equal", x, value(0.0)?)?;
            select(cx, Val::T(none), Val::T(unary(cx, "OnesLike", x)?), Val::T(wave))
        }
        "trunc" if float => {
            let below = binary(cx, "Less", x, value(0.0)?)?;
            select(cx, Val::T(below), Val::T(unary(cx, "Ceil", x)?), Val::T(unary(cx, "Floor", x)?))
        }
        "trunc" => Ok(x.clone()),
        "keras_angle" if float => {
            let below = binary(cx, "Less", x, value(0.0)?)?;
            let half_turn = binary(cx, "AddV2", zeros()?, value(std::f64::consts::PI)?)?;
            select(cx, Val::T(below), Val::T(half_turn), Val::T(zeros()?))
        }
        // A zero with a sign is told from others by its bits, or by what it divides.
        "signbit" if float => {
            let below = binary(cx, "Less", x, value(0.0)?)?;
            let inverse = binary(cx, "RealDiv", value(1.0)?, x.clone())?;
            let inverse_below = binary(cx, "Less", inverse, value(0.0)?)?;
            binary(cx, "LogicalOr", below, inverse_below)
        }
        "signbit" if dtype.is_integer() => binary(cx, "Less", x, cx.convert_like(&Val::from(0), x)?),
        "isposinf" if float => binary(cx, "Equal", x, value(f64::INFINITY)?),
        "isneginf" if float => binary(cx, "Equal", x, value(f64::NEG_INFINITY)?),
        "isreal" if !dtype.is_complex() => unary(cx, "OnesLike", cast(cx, zeros()?, Some(DType::Bool))?),
        "isposinf" | "isneginf" => cast(cx, zeros()?, Some(DType::Bool)),
        "nan_to_num" if cx.eager() && matches!(dtype, DType::Float32 | DType::Float64) => {
            let largest = if dtype == DType::Float32 { f64::from(f32::MAX) } else { f64::MAX };
            let given = |name: &'static [&'static str], usual: f64| -> Infer<Val> {
                let given = cx.known(Param::<Arg>::named(name))?;
                let value = if given.is_none() { Val::from(usual) } else { given.clone() };
                cx.convert_like(&value, x).map(Val::T)
            };
            let instead =
                |out: Tensor, test: Tensor, value: Val| select(cx, Val::T(test), value, Val::T(out));
            let out = instead(x.clone(), unary(cx, "IsNan", x)?, given(&["nan"], 0.0)?)?;
            let above = binary(cx, "Equal", x, value(f64::INFINITY)?)?;
            let out = instead(out, above, given(&["posinf"], largest)?)?;
            let below = binary(cx, "Equal", x, value(f64::NEG_INFINITY)?)?;
            instead(out, below, given(&["neginf"], -largest)?)
        }
        name if tells(name) => Ok(Tensor::new(x.shape.clone(), DType::Bool)),
        name => Ok(described(x, name, dtype)),
    }
}

/// Whether a Python float joins in the promotion.
fn joins_float(name: &str) -> bool {
    matches!(name, "ldexp" | "logaddexp" | "logaddexp2" | "keras_nextafter")
}

fn result_of(name: &str, dtype: DType) -> DType {
    match (name, dtype) {
        ("hypot" | "heaviside", DType::Int64) => DType::Float64,
        ("hypot" | "heaviside", d) if d.is_integer() => DType::Float32,
        ("fmod", DType::Bool) => DType::Int32,
        (_, d) => d,
    }
}

fn of_two(call: &Call<'_>) -> Infer<Outputs> {
    run(call, |cx| {
        let (a, b) = (cx.known(X)?, cx.known(Y)?);
        if cx.symbolic() { symbolic(cx, a, b) } else { computed(cx, a, b) }.map(Val::T)
    })
}

fn symbolic(cx: &Cx<'_>, a: &Val, b: &Val) -> Infer<Tensor> {
    let name = cx.call.op.name;
    let shape = |v: &Val| match v {
        Val::T(t) => Ok(t.shape.clone()),
        Val::Py(Arg::Int(_) | Arg::Float(_) | Arg::Bool(_)) => Ok(tensor::Shape::scalar()),
        _ => Err(Stop::Unknown("an operand that is no tensor")),
    };
    let out = keras::broadcast_shapes(cx, &shape(a)?, &shape(b)?)?;
    let mut dtypes = vec![keras::promoted(a)?, keras::promoted(b)?];
    if joins_float(name) {
        dtypes.push(Promoted::Float);
    }
    let dtype = if tells(name) { DType::Bool } else { result_of(name, keras::common_dtype(cx, &dtypes)?) };
    let out = if name == "allclose" { tensor::Shape::scalar() } else { out };
    let operands: Vec<&Tensor> = [a, b].into_iter().filter_map(Val::as_tensor).collect();
    Ok(keras::spec(out, dtype, &operands))
}

fn computed(cx: &Cx<'_>, a: &Val, b: &Val) -> Infer<Tensor> {
    let op = cx.call.op;
    let (x, y, result) = if matches!(op.name, "fmax" | "fmin") {
        let (x, y) = keras::weak_pair(cx, a, b, false)?;
        let dtype = x.dtype;
        (x, y, dtype)
    } else {
        integers(cx, a, b)?;
        let (mut both, dtype) = keras::cast_all(cx, &[a, b], joins_float(op.name))?;
        let result = result_of(op.name, dtype);
        let y = both.pop().ok_or(Stop::Unknown("an operand"))?;
        let x = both.pop().ok_or(Stop::Unknown("an operand"))?;
        (cast(cx, x, Some(result))?, cast(cx, y, Some(result))?, Some(result))
    };
    let (x, y) = match (op.name, result) {
        ("keras_nextafter", _) => (cast(cx, x, Some(DType::Float64))?, cast(cx, y, Some(DType::Float64))?),
        ("fmod", Some(d)) if d.is_unsigned() => {
            (cast(cx, x, Some(DType::Int32))?, cast(cx, y, Some(DType::Int32))?)
        }
        _ => (x, y),
    };
    if matches!(op.name, "gcd" | "lcm") {
        // `tf.broadcast_to(x1, tf.broadcast_static_shape(x1.shape, x2.shape))`.
        let Ok(shape) = tensor::broadcast(&x.shape, &y.shape) else {
            let text = format!(
                "Incompatible shapes for broadcasting. Two shapes are compatible if for each dimension pair they are either \
                 equal or one of them is 1. Received: {} and {}.",
                x.shape.tuple(),
                y.shape.tuple()
            );
            return cx.value_error(
                text,
                Mistake::Argument { param: "x2", problem: "does not broadcast".to_owned() },
            );
        };
        static_sizes(cx, &shape)?;
    }
    let out = match op.name {
        "fmax" | "fmin" if result.is_some_and(DType::is_floating) => {
            return without_nan(cx, op.kernel, &x, &y);
        }
        "fmax" | "fmin" => return binary(cx, op.kernel, &x, &y),
        "gcd" | "lcm" => match divided(cx, &x, &y, op.name).filter(|_| cx.eager()) {
            Some(out) => out,
            None => {
                let mut out = binary(cx, op.kernel, &x, &y)?.like();
                out.reach = Default::default();
                out
            }
        },
        "isclose" | "allclose" => {
            let near = near(cx, &x, &y)?;
            return match op.name {
                "allclose" => reduce(cx, "All", near, &Axes::of(&Val::Py(Arg::None)), false),
                _ => Ok(near),
            };
        }
        name => of_both(cx, name, &x, &y)?,
    };
    cast(cx, out, result)
}

/// The greatest common divisors, or least common multiples, of known integers.
fn divided(cx: &Cx<'_>, x: &Tensor, y: &Tensor, name: &str) -> Option<Tensor> {
    let sizes = tensor::broadcast(&x.shape, &y.shape).ok()?.all_known()?;
    let known = |t: &Tensor| Some((cx.integers(t)?, t.shape.all_known()?));
    let ((a, from_a), (b, from_b)) = (known(x)?, known(y)?);
    let at = |index: &[i64], shape: &[i64]| {
        let own = &index[index.len() - shape.len()..];
        let own: Vec<i64> = own.iter().zip(shape).map(|(i, n)| if *n == 1 { 0 } else { *i }).collect();
        fold::offset(&own, shape)
    };
    let mut values = Vec::new();
    fold::for_each_index(&sizes, |index| {
        let (mut left, mut right) = (a.get(at(index, &from_a)).copied(), b.get(at(index, &from_b)).copied());
        let product = left.zip(right).and_then(|(l, r)| l.checked_mul(r)).map(i64::abs);
        while let (Some(l), Some(r @ 1..)) = (left.map(i64::abs), right.map(i64::abs)) {
            (left, right) = (Some(r), Some(l % r));
        }
        let divisor = left.map(i64::abs);
        values.push(match name {
            "gcd" => divisor,
            _ => product.zip(divisor).map(|(p, d)| p.checked_div(d).unwrap_or(0)),
        });
    });
    let values: Vec<i64> = values.into_iter().collect::<Option<_>>()?;
    Some(Tensor::ints(sizes, x.dtype?, values))
}

/// The kernels that an arithmetic function of two tensors consists of.
fn of_both(cx: &Cx<'_>, name: &str, x: &Tensor, y: &Tensor) -> Infer<Tensor> {
    let value = |number: f64| cx.convert_like(&Val::from(number), x);
    let absolute = |t: &Tensor| unary(cx, "Abs", t);
    match name {
        "fmod" => {
            let rest = binary(cx, "FloorMod", absolute(x)?, absolute(y)?)?;
            binary(cx, "Mul", unary(cx, "Sign", x)?, rest)
        }
        "heaviside" => {
            let none = cx.convert_like(&Val::from(0), x)?;
            let (below, above) = (binary(cx, "Less", x, &none)?, binary(cx, "Greater", x, &none)?);
            let ones = unary(cx, "OnesLike", x)?;
            let inner = select(cx, Val::T(above), Val::T(ones), Val::T(y.clone()))?;
            select(cx, Val::T(below), Val::T(unary(cx, "ZerosLike", x)?), Val::T(inner))
        }
        "hypot" => {
            let (a, b) = (absolute(x)?, absolute(y)?);
            let (most, least) = (binary(cx, "Maximum", &a, &b)?, binary(cx, "Minimum", &a, &b)?);
            let ratio = unary(cx, "Square", binary(cx, "DivNoNan", least, &most)?)?;
            binary(cx, "Mul", most, unary(cx, "Sqrt", binary(cx, "AddV2", value(1.0)?, ratio)?)?)
        }
        "ldexp" => {
            let scaled = binary(cx, "Mul", x, binary(cx, "Pow", value(2.0)?, y)?)?;
            let none = binary(cx, "Equal", x, value(0.0)?)?;
            let kept = binary(cx, "LogicalOr", unary(cx, "IsInf", x)?, none)?;
            select(cx, Val::T(kept), Val::T(x.clone()), Val::T(scaled))
        }
        "logaddexp" | "logaddexp2" => {
            let apart = binary(cx, "Sub", x, y)?;
            let mut away = unary(cx, "Neg", absolute(&apart)?)?;
            let two = value(std::f64::consts::LN_2)?;
            if name == "logaddexp2" {
                away = binary(cx, "Mul", away, &two)?;
            }
            let mut more = unary(cx, "Log1p", unary(cx, "Exp", away)?)?;
            if name == "logaddexp2" {
                more = binary(cx, "RealDiv", more, two)?;
            }
            let sum = binary(cx, "AddV2", binary(cx, "Maximum", x, y)?, more)?;
            let undefined = unary(cx, "IsNan", apart)?;
            select(cx, Val::T(undefined), Val::T(binary(cx, "AddV2", x, y)?), Val::T(sum))
        }
        _ => binary(cx, cx.call.op.kernel, x, y),
    }
}

/// `isclose`: floats may differ by a part of the second.
fn near(cx: &Cx<'_>, x: &Tensor, y: &Tensor) -> Infer<Tensor> {
    if !x.dtype.is_some_and(DType::is_floating) {
        return binary(cx, "Equal", x, y);
    }
    let value = |name: &'static [&'static str], default: f64| match cx.known(Param::<Arg>::named(name))? {
        Val::Py(Arg::Missing) => cx.convert_like(&Val::from(default), x),
        given => cx.convert_like(given, x),
    };
    let (part, least) = (value(&["rtol"], 1e-5)?, value(&["atol"], 1e-8)?);
    let apart = unary(cx, "Abs", binary(cx, "Sub", x, y)?)?;
    let allowed = binary(cx, "AddV2", least, binary(cx, "Mul", part, unary(cx, "Abs", y)?)?)?;
    let close = binary(cx, "LessEqual", apart, allowed)?;
    match cx.get(Param::<bool>::named(&["equal_nan"]))? {
        true => {
            let both = binary(cx, "LogicalAnd", unary(cx, "IsNan", x)?, unary(cx, "IsNan", y)?)?;
            binary(cx, "LogicalOr", close, both)
        }
        false => Ok(close),
    }
}

/// `fmax` and `fmin`: where one side is no number, the other one.
fn without_nan(cx: &Cx<'_>, kernel: &str, x: &Tensor, y: &Tensor) -> Infer<Tensor> {
    let (first, second) = (unary(cx, "IsNan", x)?, unary(cx, "IsNan", y)?);
    let only = |one: &Tensor, other: &Tensor| binary(cx, "LogicalAnd", one, unary(cx, "LogicalNot", other)?);
    let out = binary(cx, kernel, x, y)?;
    let out = select(cx, Val::T(only(&first, &second)?), Val::from(y), Val::T(out))?;
    select(cx, Val::T(only(&second, &first)?), Val::from(x), Val::T(out))
}

/// `gcd`, `lcm` and `ldexp` take integers.
fn integers(cx: &Cx<'_>, a: &Val, b: &Val) -> Infer<()> {
    let (x, y) = (cx.convert(a, None)?, cx.convert(b, None)?);
    let (Some(first), Some(second)) = (x.dtype, y.dtype) else { return Ok(()) };
    let text = match cx.call.op.name {
        "gcd" if !first.is_integer() || !second.is_integer() => {
            "Arguments to gcd must be integers.".to_owned()
        }
        "lcm" if !first.is_integer() || !second.is_integer() => {
            format!("Arguments to lcm must be integers. Received: x1.dtype={first}, x2.dtype={second}")
        }
        "ldexp" if !second.is_integer() => {
            format!("ldexp exponent must be an integer type. Received: x2 dtype=<dtype: '{second}'>")
        }
        _ => return Ok(()),
    };
    let got = format!("{first} and {second}");
    cx.raise(Exc::TypeError, text, Mistake::DType { param: "x2", got, expected: "integers".to_owned() })
}
