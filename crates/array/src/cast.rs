//! Elements of one type as another.

use std::sync::Arc;

use tensor::DType;

use crate::elements::{Buffer, Complex, Element};
use crate::runs::runs;
use crate::{Array, Fault, Result};

/// Applies a function to every element, in row-major order.
pub(crate) fn map<A: Element + Copy, B: Element>(
    x: &Array,
    dtype: DType,
    f: impl Fn(A) -> B,
) -> Result<Array> {
    let slice = x.slice::<A>()?;
    let mut out = B::room(x.len());
    runs(x.shape(), [x.strides()], [x.offset()], |[at], [step], n| {
        if step == 1 {
            out.extend(slice.get(at..at + n).unwrap_or_default().iter().map(|v| f(*v)));
        } else {
            let values = (0..n as isize).filter_map(|i| slice.get(at.wrapping_add_signed(i * step)));
            out.extend(values.map(|v| f(*v)));
        }
    });
    Array::new(x.shape(), dtype, out)
}

/// Turns a float into an integer as C does on x86: what does not fit is the smallest.
fn int(x: f64) -> i64 {
    if x.is_nan() || x.abs() >= 9.3e18 { i64::MIN } else { x as i64 }
}

impl Array {
    /// Converts to another dtype: towards zero for integers, "is not zero" for bool, the real part of complex
    /// numbers for real ones.
    ///
    /// # Errors
    /// One of the two is no numeric dtype.
    pub fn cast(&self, to: DType) -> Result<Array> {
        if to == self.dtype() {
            return Ok(self.clone());
        }
        match (&self.buffer, to) {
            (Buffer::Text(_), _) => Err(Fault::DType(self.dtype())),
            (Buffer::Bool(_), DType::Bool) => Ok(self.clone()),
            (Buffer::Bool(_), t) if t.is_integer() => map(self, t, |x: bool| i64::from(x)),
            (Buffer::Bool(_), DType::Float64) => map(self, to, |x: bool| f64::from(u8::from(x))),
            (Buffer::Bool(_), t) if t.is_floating() => map(self, t, |x: bool| f32::from(u8::from(x))),
            (Buffer::Bool(_), t) => map(self, t, |x: bool| Complex { re: f64::from(u8::from(x)), im: 0.0 }),
            (Buffer::Int(_), DType::Bool) => map(self, to, |x: i64| x != 0),
            (Buffer::Int(_), t) if t.is_integer() => map(self, t, |x: i64| x),
            (Buffer::Int(_), DType::Float64) => map(self, to, |x: i64| x as f64),
            (Buffer::Int(_), t) if t.is_floating() => map(self, t, |x: i64| x as f32),
            (Buffer::Int(_), t) => map(self, t, |x: i64| Complex { re: x as f64, im: 0.0 }),
            (Buffer::Single(_), DType::Bool) => map(self, to, |x: f32| x != 0.0),
            (Buffer::Single(_), t) if t.is_integer() => map(self, t, |x: f32| int(f64::from(x))),
            (Buffer::Single(_), DType::Float64) => map(self, to, |x: f32| f64::from(x)),
            (Buffer::Single(_), t) if t.is_floating() => map(self, t, |x: f32| x),
            (Buffer::Single(_), t) => map(self, t, |x: f32| Complex { re: f64::from(x), im: 0.0 }),
            (Buffer::Double(_), DType::Bool) => map(self, to, |x: f64| x != 0.0),
            (Buffer::Double(_), t) if t.is_integer() => map(self, t, int),
            (Buffer::Double(_), t) if t.is_floating() => map(self, t, |x: f64| x as f32),
            (Buffer::Double(_), t) => map(self, t, |re: f64| Complex { re, im: 0.0 }),
            (Buffer::Complex(_), DType::Bool) => map(self, to, |x: Complex| x != Complex::default()),
            (Buffer::Complex(_), t) if t.is_integer() => map(self, t, |x: Complex| int(x.re)),
            (Buffer::Complex(_), DType::Float64) => map(self, to, |x: Complex| x.re),
            (Buffer::Complex(_), t) if t.is_floating() => map(self, t, |x: Complex| x.re as f32),
            (Buffer::Complex(_), t) => map(self, t, |x: Complex| x),
        }
    }

    /// Reads the bits of numbers of 32 or 64 bits as those of another dtype of the same width.
    ///
    /// # Errors
    /// The widths differ, or are others.
    pub fn bitcast(&self, to: DType) -> Result<Array> {
        let wide = |d: DType| matches!(d, DType::Int64 | DType::UInt64);
        let narrow = |d: DType| matches!(d, DType::Int32 | DType::UInt32);
        match (&self.buffer, self.dtype(), to) {
            (_, from, to) if from == to => Ok(self.clone()),
            (Buffer::Single(_), DType::Float32, t) if narrow(t) => {
                map(self, t, |x: f32| i64::from(x.to_bits().cast_signed()))
            }
            (Buffer::Double(_), _, t) if wide(t) => map(self, t, |x: f64| x.to_bits().cast_signed()),
            (Buffer::Int(_), from, DType::Float32) if narrow(from) => {
                map(self, to, |x: i64| f32::from_bits(x as u32))
            }
            (Buffer::Int(_), from, DType::Float64) if wide(from) => {
                map(self, to, |x: i64| f64::from_bits(x.cast_unsigned()))
            }
            (Buffer::Int(_), from, t) if (narrow(from) && narrow(t)) || (wide(from) && wide(t)) => {
                map(self, t, |x: i64| x)
            }
            _ => Err(Fault::Unsupported("the bits of numbers of another width")),
        }
    }

    /// Returns the elements as floats, in row-major order.
    ///
    /// # Errors
    /// They are strings or complex numbers.
    pub fn to_floats(&self) -> Result<Vec<f64>> {
        if matches!(self.buffer, Buffer::Complex(_)) {
            return Err(Fault::DType(self.dtype()));
        }
        self.cast(DType::Float64)?.elements()
    }

    /// Returns the elements as integers, in row-major order.
    ///
    /// # Errors
    /// They are not integers or bools.
    pub fn to_ints(&self) -> Result<Vec<i64>> {
        match &self.buffer {
            Buffer::Int(_) => self.elements(),
            Buffer::Bool(_) => self.cast(DType::Int64)?.elements(),
            _ => Err(Fault::DType(self.dtype())),
        }
    }

    /// Returns the elements as bools, in row-major order.
    ///
    /// # Errors
    /// They are strings.
    pub fn to_bools(&self) -> Result<Vec<bool>> {
        self.cast(DType::Bool)?.elements()
    }

    /// Returns the elements as complex numbers, in row-major order.
    ///
    /// # Errors
    /// They are strings.
    pub fn to_complexes(&self) -> Result<Vec<Complex>> {
        self.cast(DType::Complex128)?.elements()
    }

    /// Returns the elements as strings, in row-major order.
    ///
    /// # Errors
    /// They are none.
    pub fn to_texts(&self) -> Result<Vec<Arc<str>>> {
        self.elements()
    }

    /// Returns sizes, axes or indices: the elements as non-negative integers.
    ///
    /// # Errors
    /// One is negative, or they are no integers.
    pub fn to_sizes(&self) -> Result<Vec<usize>> {
        let size = |n: i64| usize::try_from(n).map_err(|_| Fault::Shape(format!("a negative size: {n}")));
        self.to_ints()?.into_iter().map(size).collect()
    }

    /// Returns the only element as an integer.
    ///
    /// # Errors
    /// There are more or none, or it is no integer.
    pub fn to_int(&self) -> Result<i64> {
        match self.to_ints()?[..] {
            [n] => Ok(n),
            _ => Err(Fault::Shape("not one element".to_owned())),
        }
    }

    /// Returns the only element as a float.
    ///
    /// # Errors
    /// There are more or none, or it is no real number.
    pub fn to_float(&self) -> Result<f64> {
        match self.to_floats()?[..] {
            [x] => Ok(x),
            _ => Err(Fault::Shape("not one element".to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn converts_as_tensorflow_does() {
        let x = Array::floats(&[3], DType::Float32, vec![-1.7, 0.0, 2.5]).unwrap();
        assert_eq!(x.cast(DType::Int32).unwrap().to_ints().unwrap(), [-1, 0, 2]);
        assert_eq!(x.to_bools().unwrap(), [true, false, true]);
        assert_eq!(
            x.cast(DType::Complex64).unwrap().cast(DType::Float32).unwrap().to_floats(),
            x.to_floats()
        );
        assert!(x.to_ints().is_err());
        assert_eq!(x.cast(DType::UInt8).unwrap().to_ints().unwrap()[0], 255);
    }
}
