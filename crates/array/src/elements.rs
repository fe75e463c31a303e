//! The types that elements are kept in, and rounding to dtypes.

use std::sync::Arc;

use tensor::DType;

use crate::spare::{self, Singles};
use crate::{Fault, Result};

/// A complex number.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Complex {
    /// The real part.
    pub re: f64,
    /// The imaginary part.
    pub im: f64,
}

/// Elements of one storage type, shared.
#[derive(Clone, Debug)]
pub(crate) enum Buffer {
    Bool(Arc<Vec<bool>>),
    Int(Arc<Vec<i64>>),
    Single(Arc<Singles>),
    Double(Arc<Vec<f64>>),
    Complex(Arc<Vec<Complex>>),
    Text(Arc<Vec<Arc<str>>>),
}

/// A type that elements are kept in.
pub(crate) trait Element: Clone + PartialEq + 'static {
    /// What a new array is filled with.
    fn zero() -> Self;
    /// The elements of a buffer of this type.
    fn slice(buffer: &Buffer) -> Option<&[Self]>;
    /// The elements of a buffer that nobody else holds.
    fn slice_mut(buffer: &mut Buffer) -> Option<&mut [Self]>;
    /// Makes a buffer.
    fn buffer(values: Vec<Self>) -> Buffer;
    /// Makes room for so many elements.
    fn room(len: usize) -> Vec<Self> {
        Vec::with_capacity(len)
    }
    /// Makes so many elements that are all written before they are read.
    fn overwritten(len: usize) -> Vec<Self> {
        vec![Self::zero(); len]
    }
    /// Brings values into the range and precision of a dtype.
    fn fit(values: &mut [Self], dtype: DType);
    /// Tells whether a dtype is kept in this type.
    fn keeps(dtype: DType) -> bool;
}

macro_rules! element {
    ($type:ty, $variant:ident, $zero:expr, $keeps:pat, $fit:expr) => {
        element!($type, $variant, $zero, $keeps, $fit, Vec::from, {});
    };
    ($type:ty, $variant:ident, $zero:expr, $keeps:pat, $fit:expr, $keep:expr, { $($room:tt)* }) => {
        impl Element for $type {
            #[inline]
            fn zero() -> Self {
                $zero
            }
            #[inline]
            fn slice(buffer: &Buffer) -> Option<&[Self]> {
                if let Buffer::$variant(v) = buffer { Some(v) } else { None }
            }
            #[inline]
            fn slice_mut(buffer: &mut Buffer) -> Option<&mut [Self]> {
                if let Buffer::$variant(v) = buffer { Arc::get_mut(v).map(|v| v.as_mut_slice()) } else { None }
            }
            fn buffer(values: Vec<Self>) -> Buffer {
                Buffer::$variant(Arc::new($keep(values)))
            }
            $($room)*
            fn fit(values: &mut [Self], dtype: DType) {
                let fit: fn(&mut [Self], DType) = $fit;
                fit(values, dtype);
            }
            fn keeps(dtype: DType) -> bool {
                matches!(dtype, $keeps)
            }
        }
    };
}

use DType::{
    BFloat16, Bool, Complex64, Complex128, Float16, Float32, Float64, Int8, Int16, Int32, Int64, Object,
    String, UInt8, UInt16, UInt32, UInt64,
};

element!(bool, Bool, false, Bool, |_, _| {});
element!(i64, Int, 0, UInt8 | UInt16 | UInt32 | UInt64 | Int8 | Int16 | Int32 | Int64, fit_ints);
element!(f32, Single, 0.0, BFloat16 | Float16 | Float32, fit_singles, Singles::from, {
    fn room(len: usize) -> Vec<f32> {
        let mut values = spare::buffer(len);
        values.clear();
        values
    }
    fn overwritten(len: usize) -> Vec<f32> {
        let mut values = spare::buffer(len);
        values.resize(len, 0.0);
        values
    }
});
element!(f64, Double, 0.0, Float64, |_, _| {});
element!(Complex, Complex, Complex::default(), Complex64 | Complex128, fit_complex);
element!(Arc<str>, Text, Arc::from(""), String | Object, |_, _| {});

fn fit_ints(values: &mut [i64], dtype: DType) {
    if !matches!(dtype, Int64 | UInt64) {
        values.iter_mut().for_each(|v| *v = wrap(*v, dtype));
    }
}

fn fit_singles(values: &mut [f32], dtype: DType) {
    match dtype {
        Float16 => values.iter_mut().for_each(|v| *v = half(*v)),
        BFloat16 => values.iter_mut().for_each(|v| *v = brain(*v)),
        _ => {}
    }
}

fn fit_complex(values: &mut [Complex], dtype: DType) {
    if dtype == Complex64 {
        let single = |x: f64| f64::from(x as f32);
        values.iter_mut().for_each(|v| *v = Complex { re: single(v.re), im: single(v.im) });
    }
}

/// Wraps an integer to the width of a dtype, as machine arithmetic does.
pub(crate) fn wrap(value: i64, dtype: DType) -> i64 {
    match dtype {
        Int8 => i64::from(value as i8),
        Int16 => i64::from(value as i16),
        Int32 => i64::from(value as i32),
        UInt8 => i64::from(value as u8),
        UInt16 => i64::from(value as u16),
        UInt32 => i64::from(value as u32),
        _ => value,
    }
}

/// Rounds to 8 significant bits, ties to even.
fn brain(x: f32) -> f32 {
    if !x.is_finite() {
        return x;
    }
    let bits = x.to_bits();
    f32::from_bits(bits.wrapping_add(0x7fff + ((bits >> 16) & 1)) & 0xffff_0000)
}

/// Rounds to half precision: 11 significant bits, exponents from -14 to 15.
fn half(x: f32) -> f32 {
    if x == 0.0 || !x.is_finite() {
        return x;
    }
    let wide = f64::from(x);
    let exponent = wide.abs().log2().floor().max(-14.0);
    let step = (exponent - 10.0).exp2();
    let rounded = (wide / step).round_ties_even() * step;
    if rounded.abs() > 65504.0 { f32::INFINITY.copysign(x) } else { rounded as f32 }
}

impl Buffer {
    /// The number of elements.
    pub(crate) fn len(&self) -> usize {
        match self {
            Buffer::Bool(v) => v.len(),
            Buffer::Int(v) => v.len(),
            Buffer::Single(v) => v.len(),
            Buffer::Double(v) => v.len(),
            Buffer::Complex(v) => v.len(),
            Buffer::Text(v) => v.len(),
        }
    }

    /// Makes a buffer of as many zeros.
    pub(crate) fn zeros(dtype: DType, len: usize) -> Result<Buffer> {
        Ok(match dtype {
            Bool => bool::buffer(vec![false; len]),
            d if d.is_integer() => i64::buffer(vec![0; len]),
            Float64 => f64::buffer(vec![0.0; len]),
            d if d.is_floating() => f32::buffer(vec![0.0; len]),
            d if d.is_complex() => Complex::buffer(vec![Complex::default(); len]),
            String | Object => <Arc<str>>::buffer(vec![Arc::from(""); len]),
            other => return Err(Fault::DType(other)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_as_the_dtypes_do() {
        let mut values = [0.1, 70000.0, 1.0e-8, f32::NAN];
        f32::fit(&mut values, Float16);
        assert_eq!(values[0], 0.099_975_586);
        assert_eq!(values[1], f32::INFINITY);
        assert_eq!(values[2], 0.0);
        assert!(values[3].is_nan());
        assert_eq!(brain(1.01), 1.007_812_5);
        assert_eq!(wrap(300, UInt8), 44);
        assert_eq!(wrap(i64::from(i32::MAX) + 1, Int32), i64::from(i32::MIN));
    }
}
