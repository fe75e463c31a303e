//! Reductions of the rows of each segment.

use tensor::DType;

use crate::array::{Sizes, count};
use crate::elements::{Buffer, Complex, Element, wrap};
use crate::gather::Rows;
use crate::scalars::{Real, larger, smaller};
use crate::{Array, Fault, Result};

/// Reduces the rows that have the same id; the ids' axes are the first ones of `x`. Rows whose id is negative
/// belong to no segment. A segment without rows is `empty`.
///
/// # Errors
/// An id is not below the number of segments, the shapes do not fit, or the dtype has no such reduction.
pub fn segments(how: Rows, x: &Array, ids: &Array, segments: usize, empty: f64) -> Result<Array> {
    if !x.shape().starts_with(ids.shape()) {
        return Err(Fault::Shape(format!("ids of {:?} for {:?}", ids.shape(), x.shape())));
    }
    let dtype = x.dtype();
    match &x.buffer {
        Buffer::Single(_) => reals::<f32>(how, x, ids, segments, empty),
        Buffer::Double(_) => reals::<f64>(how, x, ids, segments, empty),
        Buffer::Int(_) => {
            let step = how.on_ints();
            rows(x, ids, segments, empty as i64, |a, b| wrap(step(a, b), dtype))
        }
        Buffer::Complex(_) if how == Rows::Add => {
            rows(x, ids, segments, Complex { re: empty, im: 0.0 }, Complex::add)
        }
        _ => Err(Fault::DType(dtype)),
    }
}

fn reals<R: Real>(how: Rows, x: &Array, ids: &Array, segments: usize, empty: f64) -> Result<Array> {
    let empty = R::of(empty);
    match how {
        Rows::Add => rows(x, ids, segments, empty, |a: R, b| a + b),
        Rows::Sub => rows(x, ids, segments, empty, |a: R, b| a - b),
        Rows::Max => rows(x, ids, segments, empty, larger::<R>),
        Rows::Min => rows(x, ids, segments, empty, smaller::<R>),
        Rows::Mul => rows(x, ids, segments, empty, |a: R, b| a * b),
        Rows::Set => rows(x, ids, segments, empty, |_, b: R| b),
    }
}

fn rows<A: Element + Copy>(
    x: &Array,
    ids: &Array,
    segments: usize,
    empty: A,
    step: impl Fn(A, A) -> A,
) -> Result<Array> {
    let mut shape: Sizes = x.shape()[ids.rank()..].into();
    let inner: usize = shape.iter().product();
    shape.insert(0, segments);
    let mut out = vec![empty; count(&shape)?];
    let mut begun = vec![false; segments];
    let (dense, numbers) = (x.dense(), ids.to_ints()?);
    let values = dense.slice::<A>()?;
    for (row, id) in numbers.iter().enumerate().filter(|(_, id)| **id >= 0) {
        let segment = usize::try_from(*id).ok().filter(|at| *at < segments);
        let segment = segment.ok_or(Fault::Index(*id, segments))?;
        let target = &mut out[segment * inner..(segment + 1) * inner];
        let row = &values[row * inner..(row + 1) * inner];
        if std::mem::replace(&mut begun[segment], true) {
            target.iter_mut().zip(row).for_each(|(to, v)| *to = step(*to, *v));
        } else {
            target.copy_from_slice(row);
        }
    }
    Array::new(&shape, x.dtype(), out)
}

/// Returns the least and the largest number of a dtype that is finite.
pub fn extremes(dtype: DType) -> (f64, f64) {
    match dtype {
        DType::Float64 => (f64::MIN, f64::MAX),
        DType::Float16 => (-65504.0, 65504.0),
        DType::BFloat16 => (-3.389_531_389_251_535_5e38, 3.389_531_389_251_535_5e38),
        d if d.is_floating() => (f64::from(f32::MIN), f64::from(f32::MAX)),
        d => {
            let bits = d.size().unwrap_or(8) * 8;
            if d.is_unsigned() {
                (0.0, (u64::MAX >> (64 - bits)) as f64)
            } else {
                ((i64::MIN >> (64 - bits)) as f64, (i64::MAX >> (64 - bits)) as f64)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reduces_rows_by_id() {
        let x = Array::floats(&[4, 2], DType::Float32, (0..8).map(f64::from).collect()).unwrap();
        let ids = Array::ints(&[4], DType::Int32, vec![2, -1, 0, 2]).unwrap();
        let of = |how, empty| segments(how, &x, &ids, 3, empty).unwrap().to_floats().unwrap();
        assert_eq!(of(Rows::Add, 0.0), [4.0, 5.0, 0.0, 0.0, 6.0, 8.0]);
        assert_eq!(of(Rows::Max, -1.0), [4.0, 5.0, -1.0, -1.0, 6.0, 7.0]);
        assert_eq!(of(Rows::Mul, 1.0), [4.0, 5.0, 1.0, 1.0, 0.0, 7.0]);
        assert!(segments(Rows::Add, &x, &ids, 2, 0.0).is_err());
        let whole = Array::ints(&[4, 2], DType::Int32, vec![0; 8]).unwrap();
        assert_eq!(segments(Rows::Add, &x, &whole, 1, 0.0).unwrap().to_floats().unwrap(), [28.0]);
    }

    #[test]
    fn dtypes_have_ends() {
        assert_eq!(extremes(DType::UInt8), (0.0, 255.0));
        assert_eq!(extremes(DType::Int8), (-128.0, 127.0));
        assert_eq!(extremes(DType::Float32).1, f64::from(f32::MAX));
    }
}
