//! NumPy's element-wise functions.

use tensor::{Content, DType, Shape};

use super::row;
use crate::numpy::cx::{argument, tuple};
use crate::numpy::{Nd, Np, Weak, call, elements, promote};
use crate::spec::fold;
use crate::{Call, Eval, Exc, Infer, Mistake, Op, Operand, Outputs, Param, Stop};

const X: Param<Operand> = Param::at(0, &["x", "x1"]);
const Y: Param<Operand> = Param::at(1, &["y", "x2"]);
const DTYPE: Param<Option<DType>> = Param::named(&["dtype"]);
const OUT: Param<Operand> = Param::named(&["out"]);

/// A function of one array that computes in floats.
const fn float(name: &'static str, apis: &'static [&'static str], f: fn(f64) -> f64) -> Op {
    Op { eval: Eval::Unary(f), kernel: name.split_at(3).1, ..row(name, apis, in_floats) }
}

/// A function of one array that keeps the dtype.
const fn kept(name: &'static str, apis: &'static [&'static str], f: fn(f64) -> f64) -> Op {
    Op { eval: Eval::Unary(f), kernel: name.split_at(3).1, ..row(name, apis, keeping) }
}

/// A function of one array that answers with bools.
const fn test(name: &'static str, apis: &'static [&'static str], f: fn(f64) -> f64) -> Op {
    Op { eval: Eval::Unary(f), kernel: name.split_at(3).1, ..row(name, apis, testing) }
}

/// A function of two arrays by one of the rules below.
const fn two(
    name: &'static str,
    apis: &'static [&'static str],
    f: fn(f64, f64) -> f64,
    infer: fn(&Call<'_>) -> Infer<Outputs>,
) -> Op {
    Op { eval: Eval::Binary(f), kernel: name.split_at(3).1, ..row(name, apis, infer) }
}

fn truth(b: bool) -> f64 {
    f64::from(u8::from(b))
}

fn modulo(a: f64, b: f64) -> f64 {
    a - b * (a / b).floor()
}

pub(super) static OPS: &[Op] = &[
    float("np.exp", &["np.exp"], f64::exp),
    float("np.exp2", &["np.exp2"], f64::exp2),
    float("np.expm1", &["np.expm1"], f64::exp_m1),
    float("np.log", &["np.log"], f64::ln),
    float("np.log2", &["np.log2"], f64::log2),
    float("np.log10", &["np.log10"], f64::log10),
    float("np.log1p", &["np.log1p"], f64::ln_1p),
    float("np.sqrt", &["np.sqrt"], f64::sqrt),
    float("np.cbrt", &["np.cbrt"], f64::cbrt),
    float("np.sin", &["np.sin"], f64::sin),
    float("np.cos", &["np.cos"], f64::cos),
    float("np.tan", &["np.tan"], f64::tan),
    float("np.arcsin", &["np.arcsin"], f64::asin),
    float("np.arccos", &["np.arccos"], f64::acos),
    float("np.arctan", &["np.arctan"], f64::atan),
    float("np.sinh", &["np.sinh"], f64::sinh),
    float("np.cosh", &["np.cosh"], f64::cosh),
    float("np.tanh", &["np.tanh"], f64::tanh),
    float("np.arcsinh", &["np.arcsinh"], f64::asinh),
    float("np.arccosh", &["np.arccosh"], f64::acosh),
    float("np.arctanh", &["np.arctanh"], f64::atanh),
    float("np.rint", &["np.rint"], f64::round_ties_even),
    float("np.deg2rad", &["np.deg2rad", "np.radians"], f64::to_radians),
    float("np.rad2deg", &["np.rad2deg", "np.degrees"], f64::to_degrees),
    float("np.fabs", &["np.fabs"], f64::abs),
    kept("np.sinc", &["np.sinc"], |_| f64::NAN),
    kept("np.floor", &["np.floor"], f64::floor),
    kept("np.ceil", &["np.ceil"], f64::ceil),
    kept("np.trunc", &["np.trunc", "np.fix"], f64::trunc),
    kept("np.negative", &["np.negative"], |x| -x),
    kept("np.positive", &["np.positive"], |x| x),
    kept("np.square", &["np.square"], |x| x * x),
    kept("np.sign", &["np.sign"], |x| {
        if x > 0.0 {
            1.0
        } else if x < 0.0 {
            -1.0
        } else {
            x
        }
    }),
    kept("np.reciprocal", &["np.reciprocal"], |x| 1.0 / x),
    kept("np.conjugate", &["np.conjugate", "np.ndarray.conj", "np.ndarray.conjugate"], |x| x),
    Op { eval: Eval::Unary(f64::abs), kernel: "absolute", ..row("np.absolute", &["np.absolute"], absolute) },
    Op { eval: Eval::Missing, kernel: "invert", ..row("np.invert", &["np.invert"], inverted) },
    Op { eval: Eval::Missing, ..row("np.real", &["np.real", "np.imag"], real) },
    Op { eval: Eval::Missing, ..row("np.angle", &["np.angle"], real) },
    test("np.isnan", &["np.isnan"], |x| truth(x.is_nan())),
    test("np.isinf", &["np.isinf"], |x| truth(x.is_infinite())),
    test("np.isfinite", &["np.isfinite"], |x| truth(x.is_finite())),
    test("np.logical_not", &["np.logical_not"], |x| truth(x == 0.0)),
    test("np.signbit", &["np.signbit"], |x| truth(x.is_sign_negative())),
    two("np.add", &["np.add"], |a, b| a + b, arithmetic),
    two("np.subtract", &["np.subtract"], |a, b| a - b, arithmetic),
    two("np.multiply", &["np.multiply"], |a, b| a * b, arithmetic),
    two("np.divide", &["np.divide"], |a, b| a / b, division),
    two("np.floor_divide", &["np.floor_divide"], |a, b| (a / b).floor(), arithmetic),
    two("np.mod", &["np.mod", "np.remainder"], modulo, arithmetic),
    two("np.fmod", &["np.fmod"], |a, b| a % b, arithmetic),
    two("np.power", &["np.power"], f64::powf, arithmetic),
    two("np.float_power", &["np.float_power"], f64::powf, division),
    two("np.maximum", &["np.maximum"], |a, b| if a.is_nan() || a >= b { a } else { b }, arithmetic),
    two("np.minimum", &["np.minimum"], |a, b| if a.is_nan() || a <= b { a } else { b }, arithmetic),
    // These prefer a number to NaN.
    two("np.fmax", &["np.fmax"], |a, b| if b.is_nan() || a >= b { a } else { b }, arithmetic),
    two("np.fmin", &["np.fmin"], |a, b| if b.is_nan() || a <= b { a } else { b }, arithmetic),
    two("np.arctan2", &["np.arctan2"], f64::atan2, floats_of_two),
    two("np.hypot", &["np.hypot"], f64::hypot, floats_of_two),
    two("np.logaddexp", &["np.logaddexp"], |_, _| f64::NAN, floats_of_two),
    two("np.logaddexp2", &["np.logaddexp2"], |_, _| f64::NAN, floats_of_two),
    two("np.nextafter", &["np.nextafter"], |_, _| f64::NAN, floats_of_two),
    two("np.copysign", &["np.copysign"], f64::copysign, floats_of_two),
    two("np.bitwise_and", &["np.bitwise_and"], |a, b| (a as i64 & b as i64) as f64, bits),
    two("np.bitwise_or", &["np.bitwise_or"], |a, b| (a as i64 | b as i64) as f64, bits),
    two("np.bitwise_xor", &["np.bitwise_xor"], |a, b| (a as i64 ^ b as i64) as f64, bits),
    two("np.left_shift", &["np.left_shift"], |_, _| f64::NAN, bits),
    two("np.right_shift", &["np.right_shift"], |_, _| f64::NAN, bits),
    two("np.equal", &["np.equal"], |a, b| truth(a == b), comparison),
    two("np.not_equal", &["np.not_equal"], |a, b| truth(a != b), comparison),
    two("np.less", &["np.less"], |a, b| truth(a < b), comparison),
    two("np.less_equal", &["np.less_equal"], |a, b| truth(a <= b), comparison),
    two("np.greater", &["np.greater"], |a, b| truth(a > b), comparison),
    two("np.greater_equal", &["np.greater_equal"], |a, b| truth(a >= b), comparison),
    two("np.logical_and", &["np.logical_and"], |a, b| truth(a != 0.0 && b != 0.0), comparison),
    two("np.logical_or", &["np.logical_or"], |a, b| truth(a != 0.0 || b != 0.0), comparison),
    two("np.logical_xor", &["np.logical_xor"], |a, b| truth((a != 0.0) != (b != 0.0)), comparison),
    row("np.divmod", &["np.divmod"], divided),
    row("np.isclose", &["np.isclose"], close),
    row("np.round", &["np.round", "np.around", "np.ndarray.round"], round),
    row("np.clip", &["np.clip", "np.ndarray.clip"], clip),
    row("np.nan_to_num", &["np.nan_to_num"], cleaned),
];

/// `np.sqrt('a')`: no loop takes the dtype.
fn unsupported<R>(np: &Np<'_>, dtype: DType) -> Infer<R> {
    if dtype == DType::Object {
        return Err(Stop::Unknown("arithmetic on Python objects"));
    }
    let text = format!(
        "ufunc '{}' not supported for the input types, and the inputs could not be safely coerced to any supported \
         types according to the casting rule ''safe''",
        np.call.op.kernel
    );
    np.type_error(text, Mistake::DType { param: "x", got: dtype.to_string(), expected: "numbers".to_owned() })
}

/// Applies the op's function of one argument.
fn applied(np: &Np<'_>, x: &Nd, dtype: Option<DType>) -> Infer<Outputs> {
    let dtype = np.dtype(DTYPE)?.or(dtype);
    let content = match (np.call.op.eval, dtype, x.floats()) {
        (Eval::Unary(f), Some(dtype), Some(values)) => {
            computed(x.shape.all_known(), dtype, values.into_iter().map(f).collect())
        }
        _ => Content::Unknown,
    };
    Ok(Nd::new(x.shape.clone(), dtype).with_content(content).output())
}

/// The elements of a result, unless an integer is out of what a float holds exactly.
fn computed(sizes: Option<Vec<i64>>, dtype: DType, values: Vec<f64>) -> Content {
    let exact = |v: &f64| v.is_finite() && v.abs() < 9e15;
    if (dtype.is_integer() && !values.iter().all(exact)) || values.iter().any(|v| v.is_nan()) {
        return Content::Unknown;
    }
    let made = || tensor::Array::new(sizes?, dtype, elements::of_floats(values, dtype)?);
    made().map_or(Content::Unknown, |a| Content::Array(a.into()))
}

fn in_floats(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(X)?;
        let dtype = match (x.dtype, x.weak) {
            (_, Weak::Int) => Some(DType::Float64),
            (Some(d), _) => Some(match promote::floated(d) {
                Some(d) => d,
                None => return unsupported(np, d),
            }),
            (None, _) => None,
        };
        applied(np, &x, dtype)
    })
}

fn keeping(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(X)?;
        let dtype = match x.dtype {
            Some(DType::Bool) => match c.op.kernel {
                "negative" => {
                    let text = "The numpy boolean negative, the `-` operator, is not supported, use the `~` operator or the logical_not function instead.";
                    return np.type_error(text, argument("x", "bools"));
                }
                "sign" | "positive" => return unsupported(np, DType::Bool),
                "square" | "reciprocal" => Some(DType::Int8),
                "sinc" => Some(DType::Float64),
                _ => Some(DType::Bool),
            },
            Some(d) if d.is_integer() && c.op.kernel == "sinc" => Some(DType::Float64),
            Some(d) if promote::floated(d).is_none() => return unsupported(np, d),
            other => other,
        };
        applied(np, &x, dtype)
    })
}

fn absolute(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(X)?;
        let dtype = match x.dtype {
            Some(DType::Complex64) => Some(DType::Float32),
            Some(DType::Complex128) => Some(DType::Float64),
            Some(d) if promote::floated(d).is_none() => return unsupported(np, d),
            other => other,
        };
        applied(np, &x, dtype)
    })
}

fn inverted(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(X)?;
        match (x.dtype, x.array().map(|a| a.data)) {
            (Some(DType::Bool), Some(tensor::Data::Bool(values))) => {
                let values = values.into_iter().map(|b| !b).collect();
                let sizes = x.shape.all_known().unwrap_or_default();
                Ok(Nd::of(sizes, DType::Bool, tensor::Data::Bool(values)).output())
            }
            (Some(d), _) if d != DType::Bool && !d.is_integer() => unsupported(np, d),
            (dtype, _) => Ok(Nd::new(x.shape, dtype).output()),
        }
    })
}

fn real(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(Param::at(0, &["val", "z"]))?;
        let dtype = match x.dtype {
            Some(DType::Complex64) => Some(DType::Float32),
            Some(DType::Complex128) => Some(DType::Float64),
            other if c.op.name == "np.angle" => other.and(Some(DType::Float64)),
            other => other,
        };
        Ok(Nd::new(x.shape, dtype).output())
    })
}

fn testing(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(X)?;
        match x.dtype {
            Some(d) if promote::floated(d).is_none() && c.op.kernel != "logical_not" => unsupported(np, d),
            _ => applied(np, &x, Some(DType::Bool)),
        }
    })
}

/// The two operands of a ufunc.
fn operands(np: &Np<'_>) -> Infer<(Nd, Nd)> {
    Ok((np.array(X)?, np.array(Y)?))
}

/// The shape that the operands are broadcast to, which `out` has to have.
fn spread(np: &Np<'_>, x: &Nd, y: &Nd) -> Infer<Shape> {
    let Some(out) = np.out(OUT)? else { return np.broadcast(&[&x.shape, &y.shape]) };
    let shape = np.broadcast(&[&x.shape, &y.shape, &out.shape])?;
    if let (Some(have), Some(want)) = (out.shape.all_known(), shape.all_known())
        && have != want
    {
        let text = format!(
            "non-broadcastable output operand with shape {} doesn't match the broadcast shape {}",
            tuple(&out.shape),
            tuple(&shape)
        );
        return np.value_error(text, argument("out", "too small"));
    }
    Ok(if out.rank().is_some() { out.shape } else { shape })
}

/// The result has to fit the array that it is stored in: `x /= 255` on bytes does not.
fn storable(np: &Np<'_>, dtype: Option<DType>) -> Infer<()> {
    let Some(out) = np.out(OUT)? else { return Ok(()) };
    if let (Some(from), Some(to)) = (dtype, out.dtype)
        && !promote::same_kind(from, to)
    {
        let text = format!(
            "Cannot cast ufunc '{}' output from {} to {} with casting rule 'same_kind'",
            np.call.op.kernel,
            promote::shown(from),
            promote::shown(to)
        );
        let mistake = Mistake::DType { param: "out", got: from.to_string(), expected: to.to_string() };
        return np.raise(Exc::UFuncTypeError, text, mistake);
    }
    Ok(())
}

/// Applies the op's function of two arguments.
fn combined(np: &Np<'_>, x: &Nd, y: &Nd, dtype: Option<DType>) -> Infer<Outputs> {
    let dtype = np.dtype(DTYPE)?.or(dtype);
    storable(np, dtype)?;
    let shape = spread(np, x, y)?;
    let content = match (np.call.op.eval, dtype) {
        (Eval::Binary(f), Some(dtype)) => paired(x, y, &shape, dtype, f),
        _ => Content::Unknown,
    };
    Ok(Nd::new(shape, dtype).with_content(content).output())
}

fn paired(x: &Nd, y: &Nd, shape: &Shape, dtype: DType, f: fn(f64, f64) -> f64) -> Content {
    let known = || {
        let sizes = shape.all_known()?;
        elements::few(&sizes)?;
        let (a, b) = (x.array()?, y.array()?);
        let (left, right) = (a.data.to_floats()?, b.data.to_floats()?);
        let mut values = Vec::new();
        fold::for_each_index(&sizes, |index| {
            values.push(f(left[fold::offset(index, &a.shape)], right[fold::offset(index, &b.shape)]));
        });
        Some(computed(Some(sizes), dtype, values))
    };
    let one = |nd: &Nd| nd.floats().filter(|v| v.len() == 1).and_then(|v| v.first().copied());
    known().unwrap_or_else(|| fold::drawn_with((&x.content, &y.content), (one(x), one(y)), dtype, f))
}

/// The common dtype of two operands, or what NumPy raises when there is none.
fn common(np: &Np<'_>, x: &Nd, y: &Nd) -> Infer<Option<DType>> {
    if let Some(dtype) = promote::result_type(&[x, y]) {
        return fits(np, x, y, dtype).map(|()| Some(dtype));
    }
    match (x.dtype, y.dtype) {
        (Some(DType::Object), _) | (_, Some(DType::Object)) => Ok(Some(DType::Object)),
        (Some(a), Some(b)) if a == DType::String || b == DType::String => {
            if a == b && np.call.op.kernel == "add" {
                return Ok(Some(DType::String));
            }
            let text_scalar = |nd: &Nd| nd.dtype == Some(DType::String) && nd.rank() == Some(0);
            if np.call.op.kernel == "multiply" && (text_scalar(x) || text_scalar(y)) {
                // `np.str_` is a `str`, which a number repeats.
                return Err(Stop::Unknown("a text that is repeated"));
            }
            let text = format!(
                "ufunc '{}' did not contain a loop with signature matching types ({}, {}) -> None",
                np.call.op.kernel,
                text_dtype(x),
                text_dtype(y)
            );
            let got = format!("{a} and {b}");
            np.raise(
                Exc::UFuncTypeError,
                text,
                Mistake::DType { param: "x", got, expected: "numbers".to_owned() },
            )
        }
        _ => Ok(None),
    }
}

/// Writes a dtype with the width that strings have.
fn text_dtype(x: &Nd) -> String {
    match x.dtype {
        Some(DType::String) => {
            let width = match x.array().map(|a| a.data) {
                Some(tensor::Data::Str(texts)) => {
                    texts.iter().map(|t| t.chars().count()).max().unwrap_or(1).max(1)
                }
                _ => 1,
            };
            format!("dtype('<U{width}')")
        }
        dtype => format!("dtype('{}')", dtype.map_or("?", DType::name)),
    }
}

/// A Python int has to fit the array's dtype.
fn fits(np: &Np<'_>, x: &Nd, y: &Nd, dtype: DType) -> Infer<()> {
    // Functions that compute in floats take any int.
    let exact = !matches!(np.call.op.kernel, "divide" | "float_power" | "arctan2" | "hypot" | "copysign");
    if !dtype.is_integer() || x.weak == y.weak || !exact {
        return Ok(());
    }
    for weak in [x, y].into_iter().filter(|n| n.weak == Weak::Int) {
        for value in weak.int_values().unwrap_or_default() {
            crate::numpy::convert::in_range(value, dtype)?;
        }
    }
    Ok(())
}

fn arithmetic(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let (x, y) = operands(np)?;
        let dtype = common(np, &x, &y)?;
        let dtype = match (dtype, c.op.kernel) {
            (Some(DType::Bool), "subtract") => {
                let text = "numpy boolean subtract, the `-` operator, is not supported, use the bitwise_xor, the `^` operator, or the logical_xor function instead.";
                return np.type_error(text, argument("x", "bools"));
            }
            (Some(DType::Bool), "floor_divide" | "mod" | "fmod" | "power") => Some(DType::Int8),
            (Some(d), "power") if d.is_integer() => {
                if y.weak == Weak::Int && y.int_values().is_some_and(|v| v.iter().any(|n| *n < 0)) {
                    let text = "Integers to negative integer powers are not allowed.";
                    return np.value_error(text, argument("y", "below 0"));
                }
                Some(d)
            }
            (other, _) => other,
        };
        combined(np, &x, &y, dtype)
    })
}

fn division(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let (x, y) = operands(np)?;
        let dtype = common(np, &x, &y)?.map(|d| match d {
            d if d.is_integer() || d == DType::Bool || c.op.kernel == "float_power" => DType::Float64,
            d => d,
        });
        combined(np, &x, &y, dtype)
    })
}

fn floats_of_two(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let (x, y) = operands(np)?;
        let weak = x.weak != Weak::No && y.weak != Weak::No;
        let dtype =
            common(np, &x, &y)?.and_then(|d| if weak { Some(DType::Float64) } else { promote::floated(d) });
        combined(np, &x, &y, dtype)
    })
}

fn bits(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let (x, y) = operands(np)?;
        let dtype = match common(np, &x, &y)? {
            Some(DType::Bool) if c.op.kernel.ends_with("shift") => Some(DType::Int8),
            Some(d) if d != DType::Bool && !d.is_integer() => return unsupported(np, d),
            other => other,
        };
        combined(np, &x, &y, dtype)
    })
}

fn comparison(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let (x, y) = (np.array(X)?, np.array(Y)?);
        let texts = |nd: &Nd| nd.array().map(|a| a.data);
        let shape = np.broadcast(&[&x.shape, &y.shape])?;
        if let (Some(tensor::Data::Str(a)), Some(tensor::Data::Str(b)), Some(sizes)) =
            (texts(&x), texts(&y), shape.all_known())
            && matches!(c.op.kernel, "equal" | "not_equal")
            && elements::few(&sizes).is_some()
        {
            let (own, other) =
                (x.shape.all_known().unwrap_or_default(), y.shape.all_known().unwrap_or_default());
            let mut values = Vec::new();
            fold::for_each_index(&sizes, |index| {
                let same = a.get(fold::offset(index, &own)) == b.get(fold::offset(index, &other));
                values.push(same == (c.op.kernel == "equal"));
            });
            return Ok(Nd::of(sizes, DType::Bool, tensor::Data::Bool(values)).output());
        }
        let objects =
            [&x, &y].iter().any(|n| n.dtype.is_none_or(|d| matches!(d, DType::Object | DType::String)));
        if objects {
            return Ok(Nd::new(shape, DType::Bool).output());
        }
        combined(np, &x, &y, Some(DType::Bool))
    })
}

fn divided(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let (x, y) = operands(np)?;
        let dtype = common(np, &x, &y)?;
        // Its `out` is a pair of arrays, `(None, None)` by default.
        let shape = np.broadcast(&[&x.shape, &y.shape])?;
        let one = || Nd::new(shape.clone(), dtype).output();
        Ok(Outputs::Tuple(vec![one(), one()]))
    })
}

fn close(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let (x, y) = (np.array(Param::named(&["a"]))?, np.array(Param::named(&["b"]))?);
        Ok(Nd::new(np.broadcast(&[&x.shape, &y.shape])?, DType::Bool).output())
    })
}

fn round(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(Param::at(0, &["a"]))?;
        let decimals = np.int_or(Param::named(&["decimals"]), 0)?;
        let dtype = match (x.dtype, x.weak) {
            (Some(DType::Bool), _) => Some(DType::Float16),
            (Some(d), _) if promote::floated(d).is_none() => return unsupported(np, d),
            (d, _) => d,
        };
        let scale = 10_f64.powi(i32::try_from(decimals).unwrap_or(0).clamp(-300, 300));
        let content = match (dtype, x.floats()) {
            (Some(dtype), Some(values)) => {
                let values = values.into_iter().map(|v| (v * scale).round_ties_even() / scale);
                computed(x.shape.all_known(), dtype, values.collect())
            }
            _ => Content::Unknown,
        };
        Ok(Nd::new(x.shape, dtype).with_content(content).output())
    })
}

fn clip(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(Param::at(0, &["a"]))?;
        let bound = |names: &'static [&'static str]| np.maybe_array(Param::named(names));
        let mut low = bound(&["a_min"])?;
        let mut high = bound(&["a_max"])?;
        if low.is_none() {
            low = bound(&["min"])?;
        }
        if high.is_none() {
            high = bound(&["max"])?;
        }
        let operands: Vec<&Nd> = std::iter::once(&x).chain(&low).chain(&high).collect();
        let shape = np.broadcast(&operands.iter().map(|n| &n.shape).collect::<Vec<_>>())?;
        let dtype = promote::result_type(&operands);
        let limit = |nd: &Option<Nd>, none: f64| match nd {
            None => Some(none),
            Some(nd) => nd.floats().filter(|v| v.len() == 1).map(|v| v[0]),
        };
        let limits = limit(&low, f64::NEG_INFINITY).zip(limit(&high, f64::INFINITY));
        let content = match (limits, dtype, x.floats()) {
            (Some((low, high)), Some(dtype), Some(values)) if operands.len() > 1 => {
                let values = values.into_iter().map(|v| v.max(low).min(high)).collect();
                computed(shape.all_known(), dtype, values)
            }
            _ => Content::Unknown,
        };
        Ok(Nd::new(shape, dtype).with_content(content).output())
    })
}

fn cleaned(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(X)?;
        Ok(Nd::new(x.shape, x.dtype).output())
    })
}
