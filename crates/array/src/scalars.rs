//! What element-wise functions need of a real number, and the same of a complex one.

use crate::elements::{Complex, Element};
use crate::transcendental;

/// A real number: `f32` or `f64`.
pub(crate) trait Real:
    Element
    + Copy
    + PartialOrd
    + std::ops::Add<Output = Self>
    + std::ops::Sub<Output = Self>
    + std::ops::Mul<Output = Self>
    + std::ops::Div<Output = Self>
    + std::ops::Neg<Output = Self>
    + std::ops::Rem<Output = Self>
{
    /// Converts from double precision.
    fn of(x: f64) -> Self;
    /// Converts to double precision.
    fn wide(self) -> f64;
    /// Computes in double precision.
    fn by(self, f: fn(f64) -> f64) -> Self {
        Self::of(f(self.wide()))
    }
    /// The absolute value.
    fn abs(self) -> Self;
    /// The square root.
    fn sqrt(self) -> Self;
    /// The exponential.
    fn exp(self) -> Self;
    /// The natural logarithm.
    fn ln(self) -> Self;
    /// The hyperbolic tangent.
    fn tanh(self) -> Self;
    /// The largest integer not above.
    fn floor(self) -> Self;
    /// A power.
    fn powf(self, exponent: Self) -> Self;
    /// Tells whether it is no number.
    fn is_nan(self) -> bool;
}

// The functions are inlined into loops, which are vectorised only so.
macro_rules! real {
    ($type:ty, $exp:path, $log:path, $tanh:path) => {
        impl Real for $type {
            #[inline]
            fn of(x: f64) -> Self {
                x as $type
            }
            #[inline]
            fn wide(self) -> f64 {
                f64::from(self)
            }
            #[inline]
            fn abs(self) -> Self {
                <$type>::abs(self)
            }
            #[inline]
            fn sqrt(self) -> Self {
                <$type>::sqrt(self)
            }
            #[inline]
            fn exp(self) -> Self {
                $exp(self)
            }
            #[inline]
            fn ln(self) -> Self {
                $log(self)
            }
            #[inline]
            fn tanh(self) -> Self {
                $tanh(self)
            }
            #[inline]
            fn floor(self) -> Self {
                <$type>::floor(self)
            }
            #[inline]
            fn powf(self, exponent: Self) -> Self {
                <$type>::powf(self, exponent)
            }
            #[inline]
            fn is_nan(self) -> bool {
                <$type>::is_nan(self)
            }
        }
    };
}

real!(f32, transcendental::exp, transcendental::log, transcendental::tanh);
real!(f64, f64::exp, f64::ln, f64::tanh);

/// The larger of two numbers; no number where one is none.
#[inline]
pub(crate) fn larger<R: Real>(a: R, b: R) -> R {
    if a.is_nan() || a > b { a } else { b }
}

/// The smaller of two numbers; no number where one is none.
#[inline]
pub(crate) fn smaller<R: Real>(a: R, b: R) -> R {
    if a.is_nan() || a < b { a } else { b }
}

/// `log(1 + exp(x))`.
#[inline]
pub(crate) fn softplus<R: Real>(x: R) -> R {
    larger(x, R::zero()) + (-x.abs()).exp().by(f64::ln_1p)
}

/// `1 / (1 + exp(-x))`, precise on both sides.
#[inline]
pub(crate) fn sigmoid<R: Real>(x: R) -> R {
    let one = R::of(1.0);
    let e = (-x.abs()).exp();
    let up = if x < R::zero() { e } else { one };
    up / (one + e)
}

/// The remainder with the sign of the divisor, as Python's `%`.
#[inline]
pub(crate) fn floor_mod<R: Real>(a: R, b: R) -> R {
    let rest = a % b;
    if rest != R::zero() && (rest < R::zero()) != (b < R::zero()) { rest + b } else { rest }
}

impl Complex {
    /// Makes a complex number of its absolute value and angle.
    pub(crate) fn polar(r: f64, angle: f64) -> Complex {
        Complex { re: r * angle.cos(), im: r * angle.sin() }
    }

    /// The absolute value.
    pub(crate) fn abs(self) -> f64 {
        self.re.hypot(self.im)
    }

    /// The angle.
    pub(crate) fn angle(self) -> f64 {
        self.im.atan2(self.re)
    }

    pub(crate) fn add(self, b: Complex) -> Complex {
        Complex { re: self.re + b.re, im: self.im + b.im }
    }

    pub(crate) fn sub(self, b: Complex) -> Complex {
        Complex { re: self.re - b.re, im: self.im - b.im }
    }

    pub(crate) fn mul(self, b: Complex) -> Complex {
        Complex { re: self.re * b.re - self.im * b.im, im: self.re * b.im + self.im * b.re }
    }

    pub(crate) fn div(self, b: Complex) -> Complex {
        let norm = b.re * b.re + b.im * b.im;
        let up = self.mul(Complex { re: b.re, im: -b.im });
        Complex { re: up.re / norm, im: up.im / norm }
    }

    pub(crate) fn exp(self) -> Complex {
        Complex::polar(self.re.exp(), self.im)
    }

    pub(crate) fn ln(self) -> Complex {
        Complex { re: self.abs().ln(), im: self.angle() }
    }

    pub(crate) fn sqrt(self) -> Complex {
        Complex::polar(self.abs().sqrt(), self.angle() / 2.0)
    }
}
