//! `math`.

use crate::interp::Interp;
use crate::native::native;
use crate::raise::Eval;
use crate::value::{Args, Native, NativeFn, Plain, Value};

macro_rules! float {
    ($name:literal, $of:expr) => {
        native(concat!("math.", $name), {
            const CALL: NativeFn = |interp, args| unary(interp, $name, &args, $of);
            CALL
        })
    };
}

macro_rules! test {
    ($name:literal, $of:expr) => {
        native(concat!("math.", $name), {
            const CALL: NativeFn = |interp, args| {
                let of: fn(f64) -> bool = $of;
                Ok(number(interp, $name, &args, 0)?.map_or(Value::Any(Plain::Bool), |x| Value::Bool(of(x))))
            };
            CALL
        })
    };
}

pub(super) static FUNCTIONS: &[Native] = &[
    float!("sqrt", f64::sqrt),
    float!("cbrt", f64::cbrt),
    float!("exp", f64::exp),
    float!("exp2", f64::exp2),
    float!("expm1", f64::exp_m1),
    float!("log2", positive_log2),
    float!("log10", positive_log10),
    float!("log1p", f64::ln_1p),
    float!("sin", f64::sin),
    float!("cos", f64::cos),
    float!("tan", f64::tan),
    float!("asin", f64::asin),
    float!("acos", f64::acos),
    float!("atan", f64::atan),
    float!("sinh", f64::sinh),
    float!("cosh", f64::cosh),
    float!("tanh", f64::tanh),
    float!("fabs", f64::abs),
    float!("degrees", f64::to_degrees),
    float!("radians", f64::to_radians),
    test!("isnan", f64::is_nan),
    test!("isinf", f64::is_infinite),
    test!("isfinite", f64::is_finite),
    native("math.log", log),
    native("math.pow", |interp, args| binary(interp, "pow", &args, f64::powf)),
    native("math.atan2", |interp, args| binary(interp, "atan2", &args, f64::atan2)),
    native("math.fmod", |interp, args| binary(interp, "fmod", &args, |a, b| a % b)),
    native("math.copysign", |interp, args| binary(interp, "copysign", &args, f64::copysign)),
    native("math.hypot", |interp, args| binary(interp, "hypot", &args, f64::hypot)),
    native("math.floor", |interp, args| whole(interp, "floor", &args, f64::floor)),
    native("math.ceil", |interp, args| whole(interp, "ceil", &args, f64::ceil)),
    native("math.trunc", |interp, args| whole(interp, "trunc", &args, f64::trunc)),
    native("math.gcd", |interp, args| fold(interp, &args, 0, gcd)),
    native("math.lcm", |interp, args| fold(interp, &args, 1, lcm)),
    native("math.factorial", |interp, args| {
        Ok(match int(interp, &args, 0)? {
            Some(n) if n < 0 => {
                let text = "factorial() not defined for negative values";
                return Err(interp.raise(ops::Exc::ValueError, text));
            }
            Some(n) if n <= 20 => Value::Int((1..=n).product()),
            _ => Value::Any(Plain::Int),
        })
    }),
    native("math.comb", |interp, args| {
        Ok(match (int(interp, &args, 0)?, int(interp, &args, 1)?) {
            (Some(n), Some(k)) if n >= 0 && k >= 0 => choose(n, k),
            _ => Value::Any(Plain::Int),
        })
    }),
    native("math.perm", |_, _| Ok(Value::Any(Plain::Int))),
    native("math.isqrt", |interp, args| {
        Ok(match int(interp, &args, 0)? {
            Some(n) if n >= 0 => Value::Int(n.isqrt()),
            Some(_) => {
                let text = "isqrt() argument must be nonnegative";
                return Err(interp.raise(ops::Exc::ValueError, text));
            }
            None => Value::Any(Plain::Int),
        })
    }),
    native("math.prod", |interp, args| {
        let Some(iterable) = args.positional.first() else { return Ok(Value::Any(Plain::Int)) };
        let (items, more) = interp.iterate(iterable, 100_000)?;
        let mut total = args.keyword("start").cloned().unwrap_or(Value::Int(1));
        if more {
            return Ok(Value::Any(Plain::Int));
        }
        for item in items {
            total = interp.binary(python::ast::Operator::Mult, &total, &item)?;
        }
        Ok(total)
    }),
    native("math.fsum", |interp, args| {
        let Some(iterable) = args.positional.first() else { return Ok(Value::Any(Plain::Float)) };
        let (items, more) = interp.iterate(iterable, 100_000)?;
        let numbers: Option<Vec<f64>> = items.iter().map(as_float).collect();
        Ok(match numbers {
            Some(numbers) if !more && numbers.len() < 2 => Value::Float(numbers.iter().sum()),
            _ => Value::Any(Plain::Float),
        })
    }),
    native("math.dist", |_, _| Ok(Value::Any(Plain::Float))),
    native("math.erf", |_, _| Ok(Value::Any(Plain::Float))),
    native("math.erfc", |_, _| Ok(Value::Any(Plain::Float))),
    native("math.gamma", |_, _| Ok(Value::Any(Plain::Float))),
    native("math.lgamma", |_, _| Ok(Value::Any(Plain::Float))),
    native("math.isclose", |interp, args| {
        let (a, b) = (number(interp, "isclose", &args, 0)?, number(interp, "isclose", &args, 1)?);
        Ok(match (a, b) {
            (Some(a), Some(b)) if args.keywords.is_empty() => {
                Value::Bool(a == b || (a - b).abs() <= 1e-9 * a.abs().max(b.abs()))
            }
            _ => Value::Any(Plain::Bool),
        })
    }),
    native("math.modf", |interp, args| {
        Ok(match number(interp, "modf", &args, 0)? {
            Some(x) => Value::tuple([Value::Float(x.fract()), Value::Float(x.trunc())]),
            None => Value::tuple([Value::Any(Plain::Float), Value::Any(Plain::Float)]),
        })
    }),
];

/// Constants.
pub(super) fn constant(name: &str) -> Option<Value> {
    Some(Value::Float(match name {
        "pi" => std::f64::consts::PI,
        "e" => std::f64::consts::E,
        "tau" => std::f64::consts::TAU,
        "inf" => f64::INFINITY,
        "nan" => f64::NAN,
        _ => return None,
    }))
}

fn positive_log2(x: f64) -> f64 {
    if x == 0.0 { f64::NAN } else { x.log2() }
}

fn positive_log10(x: f64) -> f64 {
    if x == 0.0 { f64::NAN } else { x.log10() }
}

/// A known number as a float.
pub(super) fn as_float(value: &Value) -> Option<f64> {
    match value {
        Value::Float(x) => Some(*x),
        _ => value.as_int().map(|n| n as f64),
    }
}

/// Reads a number argument; nothing where it is not known.
fn number(interp: &mut Interp<'_>, name: &str, args: &Args, at: usize) -> Eval<Option<f64>> {
    let Some(value) = args.positional.get(at) else {
        let text = format!("math.{name}() takes exactly one argument ({} given)", args.positional.len());
        return Err(interp.raise(ops::Exc::TypeError, text));
    };
    let value = interp.plain(value);
    match &value {
        Value::Str(_) | Value::None | Value::List(_) | Value::Tuple(_) | Value::Dict(_) => {
            let text = format!("must be real number, not {}", interp.type_name(&value));
            Err(interp.raise(ops::Exc::TypeError, text))
        }
        Value::Tensor(_) => {
            let float = interp.builtin_class("float");
            match interp.call(&Value::Class(float), Args::of([value]))? {
                Value::Float(x) => Ok(Some(x)),
                _ => Ok(None),
            }
        }
        _ => Ok(as_float(&value)),
    }
}

fn unary(interp: &mut Interp<'_>, name: &str, args: &Args, of: fn(f64) -> f64) -> Eval {
    let Some(x) = number(interp, name, args, 0)? else { return Ok(Value::Any(Plain::Float)) };
    let y = of(x);
    if y.is_nan() && !x.is_nan() {
        return Err(interp.raise(ops::Exc::ValueError, "math domain error"));
    }
    if y.is_infinite() && x.is_finite() {
        return Err(interp.raise_named("OverflowError", "math range error"));
    }
    Ok(Value::Float(y))
}

fn binary(interp: &mut Interp<'_>, name: &str, args: &Args, of: fn(f64, f64) -> f64) -> Eval {
    if args.positional.len() != 2 {
        return Ok(Value::Any(Plain::Float));
    }
    let (a, b) = (number(interp, name, args, 0)?, number(interp, name, args, 1)?);
    let (Some(a), Some(b)) = (a, b) else { return Ok(Value::Any(Plain::Float)) };
    let y = of(a, b);
    if y.is_nan() && !a.is_nan() && !b.is_nan() {
        return Err(interp.raise(ops::Exc::ValueError, "math domain error"));
    }
    Ok(Value::Float(y))
}

fn log(interp: &mut Interp<'_>, args: Args) -> Eval {
    let x = number(interp, "log", &args, 0)?;
    if x.is_some_and(|x| x <= 0.0) {
        return Err(interp.raise(ops::Exc::ValueError, "math domain error"));
    }
    let base = match args.positional.len() {
        1 => Some(None),
        _ => number(interp, "log", &args, 1)?.map(Some),
    };
    Ok(match (x, base) {
        (Some(x), Some(None)) => Value::Float(x.ln()),
        (Some(x), Some(Some(base))) if base > 0.0 && base != 1.0 => Value::Float(x.ln() / base.ln()),
        _ => Value::Any(Plain::Float),
    })
}

fn whole(interp: &mut Interp<'_>, name: &str, args: &Args, of: fn(f64) -> f64) -> Eval {
    if let Some(Value::Int(_) | Value::Dim(_) | Value::Drawn(_)) = args.positional.first() {
        return Ok(args.positional[0].clone());
    }
    match number(interp, name, args, 0)? {
        Some(x) if x.is_nan() => {
            Err(interp.raise(ops::Exc::ValueError, "cannot convert float NaN to integer"))
        }
        Some(x) if x.is_infinite() => {
            Err(interp.raise_named("OverflowError", "cannot convert float infinity to integer"))
        }
        Some(x) if of(x).abs() < 9.2e18 => Ok(Value::Int(of(x) as i64)),
        _ => Ok(Value::Any(Plain::Int)),
    }
}

fn int(interp: &mut Interp<'_>, args: &Args, at: usize) -> Eval<Option<i64>> {
    match args.positional.get(at) {
        Some(Value::Float(_)) => {
            let text = "'float' object cannot be interpreted as an integer";
            Err(interp.raise(ops::Exc::TypeError, text))
        }
        Some(value) => Ok(value.as_int()),
        None => Ok(None),
    }
}

fn fold(interp: &mut Interp<'_>, args: &Args, start: i64, of: fn(i64, i64) -> Option<i64>) -> Eval {
    let mut total = Some(start);
    for at in 0..args.positional.len() {
        let n = int(interp, args, at)?;
        total = total.zip(n).and_then(|(a, b)| of(a, b));
    }
    Ok(total.map_or(Value::Any(Plain::Int), Value::Int))
}

fn gcd(a: i64, b: i64) -> Option<i64> {
    let (mut a, mut b) = (a.checked_abs()?, b.checked_abs()?);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    Some(a)
}

fn lcm(a: i64, b: i64) -> Option<i64> {
    if a == 0 || b == 0 {
        return Some(0);
    }
    (a / gcd(a, b)?).checked_mul(b)?.checked_abs()
}

fn choose(n: i64, k: i64) -> Value {
    if k > n {
        return Value::Int(0);
    }
    let k = k.min(n - k);
    let mut total: i64 = 1;
    for i in 0..k.min(100) {
        match total.checked_mul(n - i) {
            Some(product) => total = product / (i + 1),
            None => return Value::Any(Plain::Int),
        }
    }
    if k > 100 { Value::Any(Plain::Int) } else { Value::Int(total) }
}
