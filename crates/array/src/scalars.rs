//! What element-wise functions need of a real number, and the same of a complex one.

use crate::elements::{Complex, Element};

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

macro_rules! real {
    ($type:ty) => {
        impl Real for $type {
            fn of(x: f64) -> Self {
                x as $type
            }
            fn wide(self) -> f64 {
                f64::from(self)
            }
            fn abs(self) -> Self {
                <$type>::abs(self)
            }
            fn sqrt(self) -> Self {
                <$type>::sqrt(self)
            }
            fn exp(self) -> Self {
                <$type>::exp(self)
            }
            fn ln(self) -> Self {
                <$type>::ln(self)
            }
            fn tanh(self) -> Self {
                <$type>::tanh(self)
            }
            fn floor(self) -> Self {
                <$type>::floor(self)
            }
            fn powf(self, exponent: Self) -> Self {
                <$type>::powf(self, exponent)
            }
            fn is_nan(self) -> bool {
                <$type>::is_nan(self)
            }
        }
    };
}

real!(f32);
real!(f64);

/// The larger of two numbers; no number where one is none.
pub(crate) fn larger<R: Real>(a: R, b: R) -> R {
    if a.is_nan() || a > b { a } else { b }
}

/// The smaller of two numbers; no number where one is none.
pub(crate) fn smaller<R: Real>(a: R, b: R) -> R {
    if a.is_nan() || a < b { a } else { b }
}

/// `log(1 + exp(x))`.
pub(crate) fn softplus<R: Real>(x: R) -> R {
    larger(x, R::zero()) + (-x.abs()).exp().by(f64::ln_1p)
}

/// `1 / (1 + exp(-x))`, precise on both sides.
pub(crate) fn sigmoid<R: Real>(x: R) -> R {
    let one = R::of(1.0);
    if x < R::zero() {
        let e = x.exp();
        e / (one + e)
    } else {
        one / (one + (-x).exp())
    }
}

/// The remainder with the sign of the divisor, as Python's `%`.
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
