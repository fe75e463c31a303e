//! Element-wise functions: most are the plain function of one or two numbers that their op names.

use array::{Array, Binary, Compare, Result, binary, compare, select};
use tensor::DType;

use super::Function;
use super::given::{Given, floats, of_floats, unknown};
use super::reduce::rounding;
use crate::Eval;
use crate::numpy::promote;

pub(super) fn find(name: &str) -> Option<Function> {
    Some(match name {
        "clip" => clip,
        "round" => round,
        "isclose" => close,
        "nan_to_num" => cleaned,
        "invert" => inverted,
        "absolute" => |g| {
            let x = g.x()?;
            if !x.dtype().is_complex() {
                return applied(g);
            }
            let sizes = x.to_complexes()?.into_iter().map(|z| z.re.hypot(z.im)).collect();
            Ok(vec![of_floats(x.shape(), g.dtype, sizes)?])
        },
        "real" => |g| if g.name() == "imag" { Err(unknown()) } else { g.x().map(|x| vec![x]) },
        "divmod" => divided,
        "sinc" => |g| {
            one(g, |x| {
                let y = std::f64::consts::PI * x;
                if y == 0.0 { 1.0 } else { y.sin() / y }
            })
        },
        "logaddexp" => |g| {
            two(g, |a, b| {
                let (high, low) = (a.max(b), a.min(b));
                if high == low { high + std::f64::consts::LN_2 } else { high + (low - high).exp().ln_1p() }
            })
        },
        "logaddexp2" => |g| {
            two(g, |a, b| {
                let (high, low) = (a.max(b), a.min(b));
                let more =
                    if high == low { 1.0 } else { (low - high).exp2().ln_1p() / std::f64::consts::LN_2 };
                high + more
            })
        },
        "nextafter" => |g| match g.dtype {
            Some(DType::Float64) => two(g, |a, b| match a.partial_cmp(&b) {
                Some(std::cmp::Ordering::Less) => a.next_up(),
                Some(std::cmp::Ordering::Greater) => a.next_down(),
                Some(std::cmp::Ordering::Equal) => b,
                None => f64::NAN,
            }),
            _ => Err(unknown()),
        },
        "left_shift" | "right_shift" => |g| exact(g, shift(g)),
        _ => applied,
    })
}

fn shift(g: &Given<'_>) -> Binary {
    if g.op.name == "np.left_shift" { Binary::LeftShift } else { Binary::RightShift }
}

/// Applies the function that the op names.
fn applied(g: &Given<'_>) -> Result<Vec<Array>> {
    let exactly = match g.op.name {
        "np.add" => Some(Binary::Add),
        "np.subtract" => Some(Binary::Sub),
        "np.multiply" => Some(Binary::Mul),
        "np.divide" if g.dtype.is_some_and(DType::is_floating) => Some(Binary::Div),
        "np.floor_divide" => Some(Binary::FloorDiv),
        "np.mod" => Some(Binary::FloorMod),
        "np.bitwise_and" => Some(Binary::And),
        "np.bitwise_or" => Some(Binary::Or),
        "np.bitwise_xor" => Some(Binary::Xor),
        "np.power" if g.dtype.is_some_and(DType::is_integer) => Some(Binary::Pow),
        _ => None,
    };
    let comparison = match g.op.name {
        "np.equal" => Some(Compare::Equal),
        "np.not_equal" => Some(Compare::NotEqual),
        "np.less" => Some(Compare::Less),
        "np.less_equal" => Some(Compare::LessEqual),
        "np.greater" => Some(Compare::Greater),
        "np.greater_equal" => Some(Compare::GreaterEqual),
        _ => None,
    };
    if let Some(comparison) = comparison {
        let (x, y) = operands(g)?;
        let dtype = compared(g, &x, &y)?;
        return Ok(vec![compare(comparison, &x.cast(dtype)?, &y.cast(dtype)?)?]);
    }
    let numeric = g.dtype.is_some_and(|d| d.is_integer() || d.is_floating() || d == DType::Bool);
    if let (Some(function), true) = (exactly, numeric && g.dtype != Some(DType::Bool))
        && let Ok(result) = exact(g, function)
    {
        return Ok(result);
    }
    match g.op.eval {
        // The functions are those of real numbers.
        _ if g.dtype.is_some_and(DType::is_complex) => Err(unknown()),
        Eval::Unary(f) => one(g, f),
        Eval::Binary(f) => two(g, f),
        _ => Err(unknown()),
    }
}

/// The dtype that two operands are compared in: against an array, a Python number counts as one of its dtype.
fn compared(g: &Given<'_>, x: &Array, y: &Array) -> Result<DType> {
    let adapts =
        |number: &Array, to: DType| to.is_floating() || (to.is_integer() && number.dtype().is_integer());
    Ok(match (weak(g, 0), weak(g, 1)) {
        (false, true) if adapts(y, x.dtype()) => x.dtype(),
        (true, false) if adapts(x, y.dtype()) => y.dtype(),
        _ => promote::in_list(x.dtype(), y.dtype()).ok_or_else(unknown)?,
    })
}

/// Tells whether an operand is a Python number.
fn weak(g: &Given<'_>, at: usize) -> bool {
    matches!(g.args.get(at), Some((_, crate::Arg::Int(_) | crate::Arg::Float(_) | crate::Arg::Dim(_))))
}

fn operands(g: &Given<'_>) -> Result<(Array, Array)> {
    let second = g.args.get(1).map(|(_, arg)| arg).ok_or_else(unknown)?;
    Ok((g.x()?, g.array(second)?))
}

/// Computes in the dtype of the result.
fn exact(g: &Given<'_>, function: Binary) -> Result<Vec<Array>> {
    let (x, y) = operands(g)?;
    let dtype = g.dtype.ok_or_else(unknown)?;
    Ok(vec![binary(function, x.cast(dtype)?, &y.cast(dtype)?)?])
}

fn one(g: &Given<'_>, f: fn(f64) -> f64) -> Result<Vec<Array>> {
    let x = g.x()?;
    let values = floats(&x)?.into_iter().map(f).collect();
    Ok(vec![of_floats(x.shape(), g.dtype, values)?])
}

fn two(g: &Given<'_>, f: fn(f64, f64) -> f64) -> Result<Vec<Array>> {
    let (x, y) = operands(g)?;
    let (x, y) = (x.cast(DType::Float64)?, y.cast(DType::Float64)?);
    let shape = array::broadcast(x.shape(), y.shape())?;
    let (x, y) = (x.broadcast_to(&shape)?.to_floats()?, y.broadcast_to(&shape)?.to_floats()?);
    let values = x.into_iter().zip(y).map(|(a, b)| f(a, b)).collect();
    Ok(vec![of_floats(&shape, g.dtype, values)?])
}

fn clip(g: &Given<'_>) -> Result<Vec<Array>> {
    let dtype = g.dtype.ok_or_else(unknown)?;
    let mut x = g.x()?.cast(dtype)?;
    if let Some(low) = g.maybe(&["a_min", "min"])? {
        x = binary(Binary::Maximum, x, &low.cast(dtype)?)?;
    }
    if let Some(high) = g.maybe(&["a_max", "max"])? {
        x = binary(Binary::Minimum, x, &high.cast(dtype)?)?;
    }
    Ok(vec![x])
}

fn round(g: &Given<'_>) -> Result<Vec<Array>> {
    let (x, decimals) = (g.x()?, g.int(&["decimals"], 0)?);
    if x.dtype().is_integer() && decimals >= 0 {
        return Ok(vec![x]);
    }
    // Single precision is rounded in single precision: 0.99995 is 9999.5 ten-thousandths there.
    let own = rounding(x.dtype());
    let scale = own(10_f64.powi(i32::try_from(decimals.abs()).unwrap_or(0).min(300)));
    let rounded = |v: f64| match decimals {
        0 => v.round_ties_even(),
        1.. => own(own(v * scale).round_ties_even() / scale),
        _ => own(own(v / scale).round_ties_even() * scale),
    };
    let values = floats(&x)?.into_iter().map(rounded).collect();
    Ok(vec![of_floats(x.shape(), g.dtype, values)?])
}

/// `|a - b| <= atol + rtol * |b|`; infinities are close to themselves.
fn close(g: &Given<'_>) -> Result<Vec<Array>> {
    let (a, b) = operands(g)?;
    let (rtol, atol) = (g.float(&["rtol"], 1e-5)?, g.float(&["atol"], 1e-8)?);
    let nan = g.flag(&["equal_nan"], false)?;
    let shape = array::broadcast(a.shape(), b.shape())?;
    let spread = |x: &Array| x.cast(DType::Float64)?.broadcast_to(&shape)?.to_floats();
    let near = |(a, b): (f64, f64)| {
        a == b
            || (nan && a.is_nan() && b.is_nan())
            || (b.is_finite() && (a - b).abs() <= atol + rtol * b.abs())
    };
    Ok(vec![Array::bools(&shape, spread(&a)?.into_iter().zip(spread(&b)?).map(near).collect())?])
}

fn cleaned(g: &Given<'_>) -> Result<Vec<Array>> {
    let x = g.x()?;
    let widest = if x.dtype() == DType::Float32 { f64::from(f32::MAX) } else { f64::MAX };
    let (nan, high) = (g.float(&["nan"], 0.0)?, g.float(&["posinf"], widest)?);
    let low = g.float(&["neginf"], -widest)?;
    let clean = |v: f64| match v {
        v if v.is_nan() => nan,
        f64::INFINITY => high,
        f64::NEG_INFINITY => low,
        v => v,
    };
    Ok(vec![of_floats(x.shape(), Some(x.dtype()), floats(&x)?.into_iter().map(clean).collect())?])
}

fn inverted(g: &Given<'_>) -> Result<Vec<Array>> {
    let x = g.x()?;
    match x.dtype() {
        DType::Bool => Ok(vec![Array::bools(x.shape(), x.to_bools()?.into_iter().map(|b| !b).collect())?]),
        dtype => Ok(vec![Array::ints(x.shape(), dtype, x.to_ints()?.into_iter().map(|n| !n).collect())?]),
    }
}

fn divided(g: &Given<'_>) -> Result<Vec<Array>> {
    let quotient = exact(g, Binary::FloorDiv)?;
    let rest = exact(g, Binary::FloorMod)?;
    Ok(quotient.into_iter().chain(rest).collect())
}

/// `np.where(condition, x, y)`.
pub(super) fn choose(condition: &Array, x: &Array, y: &Array, dtype: DType) -> Result<Array> {
    select(&condition.cast(DType::Bool)?, &x.cast(dtype)?, &y.cast(dtype)?)
}
