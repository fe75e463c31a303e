//! Reductions along axes.

use tensor::DType;

use crate::array::Sizes;
use crate::elements::{Buffer, Complex, Element, wrap};
use crate::scalars::{Real, larger, smaller};
use crate::{Array, Fault, Result};

/// A way to make one number of many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are those of the reductions")]
pub enum Reduction {
    All,
    Any,
    EuclideanNorm,
    Max,
    Mean,
    Min,
    Prod,
    Sum,
}

/// Reduces along the marked axes, which are dropped, or kept with size 1.
///
/// # Errors
/// There is not one mark for each axis, or the reduction is not defined for the dtype.
pub fn reduce(how: Reduction, x: &Array, reduced: &[bool], keep: bool) -> Result<Array> {
    if reduced.len() != x.rank() {
        return Err(Fault::Shape(format!("{} marks for {} axes", reduced.len(), x.rank())));
    }
    let shape: Sizes = x
        .shape()
        .iter()
        .zip(reduced)
        .filter(|(_, gone)| keep || !**gone)
        .map(|(size, gone)| if *gone { 1 } else { *size })
        .collect();
    match &x.buffer {
        Buffer::Single(_) => reals::<f32>(how, x, reduced, &shape),
        Buffer::Double(_) => reals::<f64>(how, x, reduced, &shape),
        Buffer::Int(_) => ints(how, x, reduced, &shape),
        Buffer::Bool(_) => bools(how, x, reduced, &shape),
        Buffer::Complex(_) => complexes(how, x, reduced, &shape),
        Buffer::Text(_) => Err(Fault::DType(x.dtype())),
    }
}

/// Folds along the marked axes. Where they come first, whole rows are folded into one; otherwise each result
/// is the fold of one row by `row`.
fn fold<A: Element + Copy>(
    x: &Array,
    reduced: &[bool],
    shape: &[usize],
    start: A,
    step: impl Fn(A, A) -> A,
    row: impl Fn(&[A]) -> A,
) -> Result<Array> {
    let kept = (0..x.rank()).filter(|axis| !reduced[*axis]);
    let gone = (0..x.rank()).filter(|axis| reduced[*axis]);
    let results: usize = kept.clone().map(|axis| x.shape()[axis]).product();
    let first = reduced.iter().take_while(|gone| **gone).count();
    if first > 0 && !reduced[first..].contains(&true) && results > 1 {
        let dense = x.dense();
        let values = dense.slice::<A>()?;
        let mut out = vec![start; results];
        for line in values.chunks_exact(results) {
            out.iter_mut().zip(line).for_each(|(out, v)| *out = step(*out, *v));
        }
        return Array::new(shape, x.dtype(), out);
    }
    let order: Sizes = kept.chain(gone).collect();
    let dense = x.permute(&order)?.dense();
    let values = dense.slice::<A>()?;
    if results == 0 || values.is_empty() {
        return Array::new(shape, x.dtype(), vec![start; results]);
    }
    let out = values.chunks_exact(values.len() / results).map(row).collect();
    Array::new(shape, x.dtype(), out)
}

/// Adds in lanes and blocks, so that the error does not grow with the length and the loop is vectorised.
fn sum<R: Real>(values: &[R]) -> R {
    const LANES: usize = 16;
    if values.len() > 1024 {
        let (left, right) = values.split_at(values.len() / 2 / LANES * LANES);
        return sum(left) + sum(right);
    }
    let mut lanes = [R::zero(); LANES];
    let blocks = values.chunks_exact(LANES);
    let rest = blocks.remainder();
    for block in blocks {
        lanes.iter_mut().zip(block).for_each(|(lane, v)| *lane = *lane + *v);
    }
    let mut width = LANES / 2;
    while width > 0 {
        for i in 0..width {
            lanes[i] = lanes[i] + lanes[i + width];
        }
        width /= 2;
    }
    rest.iter().fold(lanes[0], |sum, v| sum + *v)
}

fn reals<R: Real>(how: Reduction, x: &Array, reduced: &[bool], shape: &[usize]) -> Result<Array> {
    let (zero, one) = (R::zero(), R::of(1.0));
    let (high, low) = (R::of(f64::INFINITY), R::of(f64::NEG_INFINITY));
    match how {
        Reduction::Sum => fold(x, reduced, shape, zero, |a, b| a + b, sum),
        Reduction::Mean => {
            let total = fold(x, reduced, shape, zero, |a, b| a + b, sum)?;
            let results = total.len();
            let count = R::of(x.len() as f64 / results as f64);
            crate::cast::map(&total, x.dtype(), |v: R| v / count)
        }
        Reduction::Prod => {
            fold(x, reduced, shape, one, |a, b| a * b, |row| row.iter().fold(one, |a, b| a * *b))
        }
        Reduction::Max => {
            fold(x, reduced, shape, low, larger::<R>, |row| row.iter().fold(low, |a, b| larger(a, *b)))
        }
        Reduction::Min => {
            fold(x, reduced, shape, high, smaller::<R>, |row| row.iter().fold(high, |a, b| smaller(a, *b)))
        }
        Reduction::EuclideanNorm => {
            let squares = crate::cast::map(x, x.dtype(), |v: R| v * v)?;
            let total = fold(&squares, reduced, shape, zero, |a, b| a + b, sum)?;
            crate::cast::map(&total, x.dtype(), R::sqrt)
        }
        Reduction::All | Reduction::Any => Err(Fault::DType(x.dtype())),
    }
}

fn ints(how: Reduction, x: &Array, reduced: &[bool], shape: &[usize]) -> Result<Array> {
    let dtype = x.dtype();
    let bits = dtype.size().unwrap_or(8) * 8;
    let (least, most) = if dtype.is_unsigned() {
        (0, wrap(-1, dtype))
    } else {
        (i64::MIN >> (64 - bits), i64::MAX >> (64 - bits))
    };
    let (start, step): (i64, fn(i64, i64) -> i64) = match how {
        Reduction::Sum | Reduction::Mean => (0, i64::wrapping_add),
        Reduction::Prod => (1, i64::wrapping_mul),
        Reduction::Max => (least, i64::max),
        Reduction::Min => (most, i64::min),
        Reduction::All | Reduction::Any | Reduction::EuclideanNorm => return Err(Fault::DType(dtype)),
    };
    let total = fold(x, reduced, shape, start, step, |row| row.iter().fold(start, |a, b| step(a, *b)))?;
    if how != Reduction::Mean || total.is_empty() {
        return Ok(total);
    }
    let count = (x.len() / total.len()) as i64;
    crate::cast::map(&total, dtype, |v: i64| v.checked_div(count).unwrap_or(0))
}

fn bools(how: Reduction, x: &Array, reduced: &[bool], shape: &[usize]) -> Result<Array> {
    match how {
        Reduction::All | Reduction::Min => {
            fold(x, reduced, shape, true, |a, b| a & b, |row| row.iter().all(|v| *v))
        }
        Reduction::Any | Reduction::Max => {
            fold(x, reduced, shape, false, |a, b| a | b, |row| row.iter().any(|v| *v))
        }
        _ => Err(Fault::DType(x.dtype())),
    }
}

fn complexes(how: Reduction, x: &Array, reduced: &[bool], shape: &[usize]) -> Result<Array> {
    let (start, step): (Complex, fn(Complex, Complex) -> Complex) = match how {
        Reduction::Sum | Reduction::Mean => (Complex::default(), Complex::add),
        Reduction::Prod => (Complex { re: 1.0, im: 0.0 }, Complex::mul),
        _ => return Err(Fault::DType(x.dtype())),
    };
    let total = fold(x, reduced, shape, start, step, |row| row.iter().fold(start, |a, b| step(a, *b)))?;
    if how == Reduction::Sum || how == Reduction::Prod {
        return Ok(total);
    }
    let count = x.len() as f64 / total.len() as f64;
    crate::cast::map(&total, DType::Complex128, |v: Complex| Complex { re: v.re / count, im: v.im / count })?
        .cast(x.dtype())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counting(shape: &[usize], dtype: DType) -> Array {
        Array::floats(shape, dtype, (0..shape.iter().product::<usize>()).map(|n| n as f64).collect()).unwrap()
    }

    #[test]
    fn reduces_any_axes() {
        let x = counting(&[2, 3, 4], DType::Float32);
        let sum = |marks: &[bool]| reduce(Reduction::Sum, &x, marks, false).unwrap().to_floats().unwrap();
        assert_eq!(sum(&[true, true, true]), [276.0]);
        assert_eq!(sum(&[true, true, false]), [60.0, 66.0, 72.0, 78.0]);
        assert_eq!(sum(&[false, true, true]), [66.0, 210.0]);
        assert_eq!(sum(&[true, false, true]), [60.0, 92.0, 124.0]);
        let kept = reduce(Reduction::Max, &x, &[false, true, false], true).unwrap();
        assert_eq!(kept.shape(), [2, 1, 4]);
    }

    #[test]
    fn nothing_gives_the_start() {
        let x = Array::zeros(&[0, 2], DType::Float32).unwrap();
        let of = |how| reduce(how, &x, &[true, false], false).unwrap().to_floats().unwrap();
        assert_eq!(of(Reduction::Sum), [0.0, 0.0]);
        assert_eq!(of(Reduction::Max), [f64::NEG_INFINITY; 2]);
        assert!(of(Reduction::Mean)[0].is_nan());
    }

    #[test]
    fn long_sums_keep_their_precision() {
        let x = Array::full(&[1 << 20], DType::Float32, 0.1).unwrap();
        let sum = reduce(Reduction::Sum, &x, &[true], false).unwrap().to_float().unwrap();
        assert!((sum - 104_857.6).abs() < 0.2, "{sum}");
    }

    #[test]
    fn integers_and_bools() {
        let x = Array::ints(&[2, 2], DType::Int32, vec![-3, 2, 5, 5]).unwrap();
        let of = |how| reduce(how, &x, &[true, false], false).unwrap().to_ints().unwrap();
        assert_eq!(of(Reduction::Mean), [1, 3]);
        assert_eq!(of(Reduction::Min), [-3, 2]);
        let b = Array::bools(&[2], vec![true, false]).unwrap();
        assert_eq!(reduce(Reduction::All, &b, &[true], false).unwrap().to_bools().unwrap(), [false]);
    }
}
