//! Discrete Fourier transforms along the last axes.

use std::f64::consts::TAU;

use tensor::DType;

use crate::array::Sizes;
use crate::elements::Complex;
use crate::{Array, Fault, Result};

/// The most multiplications that one transform may cost.
const MAX_WORK: usize = 1 << 32;

impl Complex {
    fn plus(self, other: Complex) -> Complex {
        Complex { re: self.re + other.re, im: self.im + other.im }
    }

    fn times(self, other: Complex) -> Complex {
        Complex { re: self.re * other.re - self.im * other.im, im: self.re * other.im + self.im * other.re }
    }
}

/// The smallest factor of a length that is not 1.
fn factor(n: usize) -> usize {
    (2..).take_while(|f| f * f <= n).find(|f| n.is_multiple_of(*f)).unwrap_or(n.max(1))
}

/// The multiplications for each element of a line.
fn cost(mut n: usize) -> usize {
    let mut sum = 1;
    while n > 1 {
        let f = factor(n);
        sum += f;
        n /= f;
    }
    sum
}

/// Transforms the elements at `start`, `start + step`, … of a line: splits it by its smallest factor, transforms
/// the parts and adds them up. `roots` are those of the whole line.
fn transform(line: &[Complex], start: usize, step: usize, count: usize, roots: &[Complex]) -> Vec<Complex> {
    if count == 1 {
        return vec![line[start]];
    }
    let parts = factor(count);
    let length = count / parts;
    let each: Vec<Vec<Complex>> =
        (0..parts).map(|p| transform(line, start + p * step, step * parts, length, roots)).collect();
    let turn = roots.len() / count;
    let sum = |k: usize| {
        let term = |(p, part): (usize, &Vec<Complex>)| part[k % length].times(roots[p * k % count * turn]);
        each.iter().enumerate().map(term).fold(Complex::default(), Complex::plus)
    };
    (0..count).map(sum).collect()
}

/// Transforms along an axis; the inverse is divided by the length.
fn along(x: &Array, axis: usize, inverse: bool) -> Result<Array> {
    let length = x.shape()[axis];
    if x.len().saturating_mul(cost(length)) > MAX_WORK {
        return Err(Fault::TooLarge);
    }
    let last: Sizes = (0..x.rank()).filter(|a| *a != axis).chain([axis]).collect();
    let moved = x.permute(&last)?;
    let sign = if inverse { 1.0 } else { -1.0 };
    let root = |k: usize| {
        // Quarters of the circle are exact, so that zeros are zeros.
        if (4 * k).is_multiple_of(length) {
            let (re, im) = [(1.0, 0.0), (0.0, sign), (-1.0, 0.0), (0.0, -sign)][4 * k / length % 4];
            return Complex { re, im };
        }
        let angle = sign * TAU * k as f64 / length as f64;
        Complex { re: angle.cos(), im: angle.sin() }
    };
    let roots: Vec<Complex> = (0..length).map(root).collect();
    let mut out = Vec::with_capacity(x.len());
    for line in moved.elements::<Complex>()?.chunks_exact(length.max(1)) {
        let made = transform(line, 0, 1, length, &roots);
        let scale = Complex { re: if inverse { 1.0 / length as f64 } else { 1.0 }, im: 0.0 };
        out.extend(made.into_iter().map(|z| z.times(scale)));
    }
    let mut back: Sizes = (0..x.rank() - 1).collect();
    back.insert(axis, x.rank() - 1);
    Array::new(moved.shape(), x.dtype(), out)?.permute(&back)
}

/// The first of as many last axes.
fn first_axis(x: &Array, axes: usize) -> Result<usize> {
    x.rank().checked_sub(axes).ok_or_else(|| Fault::Shape(format!("{axes} axes of {}", x.rank())))
}

/// Transforms complex numbers along as many of the last axes, or back.
///
/// # Errors
/// There are fewer axes, or the numbers are not complex.
pub fn fourier(x: &Array, axes: usize, inverse: bool) -> Result<Array> {
    if !x.dtype().is_complex() {
        return Err(Fault::DType(x.dtype()));
    }
    (first_axis(x, axes)?..x.rank())
        .try_fold(x.clone(), |x, axis| along(&x, axis, inverse))
        .map(|a| a.dense())
}

/// Cuts the last axes to sizes, or fills them up with zeros.
///
/// # Errors
/// There are fewer axes.
pub(crate) fn fitted(x: &Array, sizes: &[usize]) -> Result<Array> {
    let mut out = x.clone();
    let start = first_axis(x, sizes.len())?;
    for (at, size) in sizes.iter().enumerate() {
        let own = out.shape()[start + at];
        if own > *size {
            out = out.narrow(start + at, 0, *size)?;
        } else if own < *size {
            let mut pads = vec![(0, 0); out.rank()];
            pads[start + at].1 = size - own;
            out = crate::pad(&out, &pads, &Array::zeros(&[], out.dtype())?)?;
        }
    }
    Ok(out)
}

/// The complex dtype of the precision of a dtype, and the real one.
fn precision(dtype: DType) -> (DType, DType) {
    match dtype {
        DType::Float64 | DType::Complex128 => (DType::Complex128, DType::Float64),
        _ => (DType::Complex64, DType::Float32),
    }
}

/// Transforms real numbers along the last axes, cut or filled up to sizes. The last axis of the result is a half,
/// since the other half is the conjugate.
///
/// # Errors
/// There are fewer axes, or the numbers are not real.
pub fn real_fourier(x: &Array, sizes: &[usize]) -> Result<Array> {
    let whole = fourier(&fitted(x, sizes)?.cast(precision(x.dtype()).0)?, sizes.len(), false)?;
    let last = *sizes.last().ok_or(Fault::Shape("no axes".to_owned()))?;
    if last == 0 {
        return Ok(whole);
    }
    whole.narrow(whole.rank() - 1, 0, last / 2 + 1).map(|a| a.dense())
}

/// The real numbers whose transform along the last axes has this half, cut or filled up with zeros to sizes.
///
/// # Errors
/// There are fewer axes, or the numbers are not complex.
pub fn real_fourier_back(x: &Array, sizes: &[usize]) -> Result<Array> {
    let [outer @ .., last] = sizes else { return Err(Fault::Shape("no axes".to_owned())) };
    let half: Vec<usize> = outer.iter().copied().chain([last / 2 + 1]).collect();
    let mut x = fitted(x, &half)?;
    for axis in first_axis(&x, sizes.len())?..x.rank() - 1 {
        x = along(&x, axis, true)?;
    }
    let mut shape = x.shape().to_vec();
    let width = half[outer.len()];
    let mut whole = Vec::new();
    for line in x.elements::<Complex>()?.chunks_exact(width) {
        let other = |k: usize| {
            let z = line[last - k];
            Complex { re: z.re, im: -z.im }
        };
        // What is real of the transform of real numbers is taken to be real.
        let own = |k: usize| Complex {
            im: if (2 * k).is_multiple_of(*last.max(&1)) { 0.0 } else { line[k].im },
            ..line[k]
        };
        whole.extend((0..*last).map(|k| if k < width { own(k) } else { other(k) }));
    }
    if let Some(size) = shape.last_mut() {
        *size = *last;
    }
    let x = along(&Array::new(&shape, x.dtype(), whole)?, shape.len() - 1, true)?;
    x.cast(precision(x.dtype()).1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(shape: &[usize]) -> Array {
        let count = shape.iter().product::<usize>();
        let values = (0..count).map(|k| (k as f64 * 0.618_033_988 + 0.3).fract() - 0.4).collect();
        Array::floats(shape, DType::Float64, values).unwrap()
    }

    #[test]
    fn a_transform_is_the_sum_that_defines_it() {
        for n in [1, 2, 7, 12, 15] {
            let x = sample(&[n]);
            let y = fourier(&x.cast(DType::Complex128).unwrap(), 1, false).unwrap();
            let values = x.to_floats().unwrap();
            for (k, z) in y.elements::<Complex>().unwrap().into_iter().enumerate() {
                let angle = |j: usize| TAU * (j * k) as f64 / n as f64;
                let re: f64 = values.iter().enumerate().map(|(j, v)| v * angle(j).cos()).sum();
                let im: f64 = values.iter().enumerate().map(|(j, v)| -v * angle(j).sin()).sum();
                assert!((z.re - re).abs() < 1e-12 && (z.im - im).abs() < 1e-12, "{n}: {k}");
            }
        }
    }

    #[test]
    fn transforms_go_back() {
        for sizes in [&[6][..], &[5], &[3, 4], &[2, 3, 5]] {
            let shape = [&[2], sizes].concat();
            let x = sample(&shape);
            let back = real_fourier_back(&real_fourier(&x, sizes).unwrap(), sizes).unwrap();
            assert_eq!(back.shape(), x.shape());
            let pairs = back.to_floats().unwrap().into_iter().zip(x.to_floats().unwrap());
            pairs.for_each(|(a, b)| assert!((a - b).abs() < 1e-12));
        }
        assert_eq!(fitted(&sample(&[3]), &[5]).unwrap().shape(), [5]);
    }
}
