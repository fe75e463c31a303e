//! Element-wise functions of one array.

use tensor::DType;

use crate::cast::map;
use crate::elements::{Buffer, Complex, wrap};
use crate::scalars::{Real, larger, sigmoid, smaller, softplus};
use crate::{Array, Fault, Result, special};

/// A function of one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are those of the functions")]
pub enum Unary {
    Abs,
    Acos,
    Acosh,
    Asin,
    Asinh,
    Atan,
    Atanh,
    BesselI0,
    BesselI0e,
    BesselI1,
    BesselI1e,
    Ceil,
    Conj,
    Cos,
    Cosh,
    Dawsn,
    Digamma,
    Elu,
    Erf,
    Erfc,
    Erfinv,
    Exp,
    Expint,
    Expm1,
    Floor,
    FresnelCos,
    FresnelSin,
    Identity,
    Invert,
    Lgamma,
    Log,
    Log1p,
    Ndtri,
    Neg,
    Reciprocal,
    Relu,
    Relu6,
    Rint,
    Rsqrt,
    Selu,
    Sigmoid,
    Sign,
    Sin,
    Sinh,
    Softplus,
    Softsign,
    Spence,
    Sqrt,
    Square,
    Tan,
    Tanh,
}

/// A question about one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are those of the questions")]
pub enum Test {
    Finite,
    Infinite,
    NaN,
    False,
}

/// The scale and alpha of selu.
const SELU: (f64, f64) = (1.050_700_987_355_480_5, 1.673_263_242_354_377_2);

/// Applies a function to every element. The buffer is written into where nobody else holds it.
///
/// # Errors
/// The function is not defined for the dtype.
pub fn unary(f: Unary, x: Array) -> Result<Array> {
    if f == Unary::Identity {
        return Ok(x);
    }
    match &x.buffer {
        Buffer::Single(_) => reals::<f32>(f, x),
        Buffer::Double(_) => reals::<f64>(f, x),
        Buffer::Int(_) => ints(f, &x),
        Buffer::Complex(_) => complexes(f, &x),
        Buffer::Bool(_) if f == Unary::Invert => test(Test::False, &x),
        Buffer::Bool(_) | Buffer::Text(_) => Err(Fault::DType(x.dtype())),
    }
}

/// Something that is done with a function of one number, whichever it is.
pub(crate) trait Each<R> {
    /// What comes of it.
    type Out;
    /// Does it.
    fn with(self, f: impl Fn(R) -> R) -> Self::Out;
}

/// A function applied to a whole array, in place where that can be.
struct Whole(Array);

impl<R: Real> Each<R> for Whole {
    type Out = Result<Array>;

    fn with(self, f: impl Fn(R) -> R) -> Result<Array> {
        let Whole(mut x) = self;
        let dtype = x.dtype();
        if let Some(values) = x.whole_mut::<R>() {
            values.iter_mut().for_each(|v| *v = f(*v));
            R::fit(values, dtype);
            return Ok(x);
        }
        map(&x, dtype, f)
    }
}

fn reals<R: Real>(f: Unary, x: Array) -> Result<Array> {
    let dtype = x.dtype();
    on_reals::<R, _>(f, Whole(x)).unwrap_or(Err(Fault::DType(dtype)))
}

/// Hands a function on; nothing where it is not one of real numbers.
pub(crate) fn on_reals<R: Real, E: Each<R>>(f: Unary, each: E) -> Option<E::Out> {
    let (zero, one) = (R::zero(), R::of(1.0));
    Some(match f {
        Unary::Abs => each.with(R::abs),
        Unary::Acos => each.with(|v: R| v.by(f64::acos)),
        Unary::Acosh => each.with(|v: R| v.by(f64::acosh)),
        Unary::Asin => each.with(|v: R| v.by(f64::asin)),
        Unary::Asinh => each.with(|v: R| v.by(f64::asinh)),
        Unary::Atan => each.with(|v: R| v.by(f64::atan)),
        Unary::Atanh => each.with(|v: R| v.by(f64::atanh)),
        Unary::BesselI0 => each.with(|v: R| v.by(|v| special::bessel_scaled(0, v) * v.abs().exp())),
        Unary::BesselI0e => each.with(|v: R| v.by(|v| special::bessel_scaled(0, v))),
        Unary::BesselI1 => each.with(|v: R| v.by(|v| special::bessel_scaled(1, v) * v.abs().exp())),
        Unary::BesselI1e => each.with(|v: R| v.by(|v| special::bessel_scaled(1, v))),
        Unary::Ceil => each.with(|v: R| -(-v).floor()),
        Unary::Conj | Unary::Identity => each.with(|v: R| v),
        Unary::Cos => each.with(|v: R| v.by(f64::cos)),
        Unary::Cosh => each.with(|v: R| v.by(f64::cosh)),
        Unary::Dawsn => each.with(|v: R| v.by(special::dawsn)),
        Unary::Digamma => each.with(|v: R| v.by(special::digamma)),
        Unary::Elu => each.with(move |v: R| if v < zero { v.by(f64::exp_m1) } else { v }),
        Unary::Erf => each.with(|v: R| v.by(special::erf)),
        Unary::Erfc => each.with(|v: R| v.by(special::erfc)),
        Unary::Erfinv => each.with(|v: R| v.by(special::erfinv)),
        Unary::Exp => each.with(R::exp),
        Unary::Expint => each.with(|v: R| v.by(special::expint)),
        Unary::Expm1 => each.with(|v: R| v.by(f64::exp_m1)),
        Unary::Floor => each.with(R::floor),
        Unary::FresnelCos => each.with(|v: R| v.by(|v| special::fresnel(true, v))),
        Unary::FresnelSin => each.with(|v: R| v.by(|v| special::fresnel(false, v))),
        Unary::Lgamma => each.with(|v: R| v.by(special::lgamma)),
        Unary::Log => each.with(R::ln),
        Unary::Log1p => each.with(|v: R| v.by(f64::ln_1p)),
        Unary::Ndtri => each.with(|v: R| v.by(special::ndtri)),
        Unary::Neg => each.with(|v: R| -v),
        Unary::Reciprocal => each.with(move |v: R| one / v),
        Unary::Relu => each.with(move |v: R| if v <= zero { zero } else { v }),
        Unary::Relu6 => each.with(move |v: R| smaller(larger(v, zero), R::of(6.0))),
        Unary::Rint => each.with(|v: R| v.by(f64::round_ties_even)),
        Unary::Rsqrt => each.with(move |v: R| one / v.sqrt()),
        Unary::Selu => each
            .with(move |v: R| R::of(SELU.0) * if v < zero { R::of(SELU.1) * v.by(f64::exp_m1) } else { v }),
        Unary::Sigmoid => each.with(sigmoid::<R>),
        Unary::Sign => each.with(move |v: R| {
            if v > zero {
                one
            } else if v < zero {
                -one
            } else {
                v
            }
        }),
        Unary::Sin => each.with(|v: R| v.by(f64::sin)),
        Unary::Sinh => each.with(|v: R| v.by(f64::sinh)),
        Unary::Softplus => each.with(softplus::<R>),
        Unary::Softsign => each.with(move |v: R| v / (one + v.abs())),
        Unary::Spence => each.with(|v: R| v.by(special::spence)),
        Unary::Sqrt => each.with(R::sqrt),
        Unary::Square => each.with(|v: R| v * v),
        Unary::Tan => each.with(|v: R| v.by(f64::tan)),
        Unary::Tanh => each.with(R::tanh),
        Unary::Invert => return None,
    })
}

fn ints(f: Unary, x: &Array) -> Result<Array> {
    let dtype = x.dtype();
    let g: fn(i64) -> i64 = match f {
        Unary::Abs => i64::wrapping_abs,
        Unary::Conj | Unary::Rint | Unary::Floor | Unary::Ceil => |v| v,
        Unary::Invert => |v| !v,
        Unary::Neg => i64::wrapping_neg,
        Unary::Relu => |v| v.max(0),
        Unary::Relu6 => |v| v.clamp(0, 6),
        Unary::Sign => i64::signum,
        Unary::Square => |v| v.wrapping_mul(v),
        _ => return Err(Fault::DType(dtype)),
    };
    map(x, dtype, move |v: i64| wrap(g(v), dtype))
}

fn complexes(f: Unary, x: &Array) -> Result<Array> {
    let g: fn(Complex) -> Complex = match f {
        Unary::Conj => |v| Complex { re: v.re, im: -v.im },
        Unary::Cos => |v| Complex { re: v.re.cos() * v.im.cosh(), im: -v.re.sin() * v.im.sinh() },
        Unary::Exp => Complex::exp,
        Unary::Log => Complex::ln,
        Unary::Neg => |v| Complex { re: -v.re, im: -v.im },
        Unary::Reciprocal => |v| Complex { re: 1.0, im: 0.0 }.div(v),
        Unary::Rsqrt => |v| Complex { re: 1.0, im: 0.0 }.div(v.sqrt()),
        Unary::Sin => |v| Complex { re: v.re.sin() * v.im.cosh(), im: v.re.cos() * v.im.sinh() },
        Unary::Sqrt => Complex::sqrt,
        Unary::Square => |v| v.mul(v),
        Unary::Sign => |v| {
            let size = v.abs();
            if size == 0.0 { v } else { Complex { re: v.re / size, im: v.im / size } }
        },
        Unary::Sigmoid => |v| {
            let one = Complex { re: 1.0, im: 0.0 };
            one.div(one.add(Complex { re: -v.re, im: -v.im }.exp()))
        },
        Unary::Tanh => |v| {
            let (a, b) = (v.exp(), Complex { re: -v.re, im: -v.im }.exp());
            a.sub(b).div(a.add(b))
        },
        _ => return Err(Fault::DType(x.dtype())),
    };
    map(x, x.dtype(), g)
}

/// Asks a question of every element.
///
/// # Errors
/// The question is not defined for the dtype.
pub fn test(what: Test, x: &Array) -> Result<Array> {
    match &x.buffer {
        Buffer::Bool(_) if what == Test::False => map(x, DType::Bool, |v: bool| !v),
        Buffer::Single(_) => tests::<f32>(what, x),
        Buffer::Double(_) => tests::<f64>(what, x),
        _ => Err(Fault::DType(x.dtype())),
    }
}

fn tests<R: Real>(what: Test, x: &Array) -> Result<Array> {
    match what {
        Test::Finite => map(x, DType::Bool, |v: R| v.wide().is_finite()),
        Test::Infinite => map(x, DType::Bool, |v: R| v.wide().is_infinite()),
        Test::NaN => map(x, DType::Bool, R::is_nan),
        Test::False => map(x, DType::Bool, |v: R| v == R::zero()),
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    fn floats(f: Unary, x: &[f64]) -> Vec<f64> {
        let x = Array::floats(&[x.len()], DType::Float32, x.to_vec()).unwrap();
        unary(f, x).unwrap().to_floats().unwrap()
    }

    #[test]
    fn keeps_nan_and_the_edges() {
        assert_eq!(floats(Unary::Relu, &[-1.0, 0.0, 2.0]), [0.0, 0.0, 2.0]);
        assert!(floats(Unary::Relu, &[f64::NAN])[0].is_nan());
        assert_eq!(floats(Unary::Sigmoid, &[-200.0, 0.0, 200.0]), [0.0, 0.5, 1.0]);
        assert_eq!(floats(Unary::Softplus, &[-200.0, 200.0]), [0.0, 200.0]);
        assert_eq!(floats(Unary::Rint, &[0.5, 1.5, -2.5]), [0.0, 2.0, -2.0]);
    }

    #[test]
    fn writes_in_place_only_when_alone() {
        let x = Array::floats(&[2], DType::Float64, vec![1.0, 2.0]).unwrap();
        let kept = x.clone();
        unary(Unary::Neg, x).unwrap();
        assert_eq!(kept.to_floats().unwrap(), [1.0, 2.0]);
    }

    #[test]
    fn integers_wrap() {
        let x = Array::ints(&[2], DType::Int8, vec![-128, 100]).unwrap();
        assert_eq!(unary(Unary::Neg, x.clone()).unwrap().to_ints().unwrap(), [-128, -100]);
        assert_eq!(unary(Unary::Square, x.clone()).unwrap().to_ints().unwrap(), [0, 16]);
        assert_eq!(unary(Unary::Exp, x).err(), Some(Fault::DType(DType::Int8)));
    }
}
