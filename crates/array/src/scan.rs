//! Cumulative functions along one axis.

use crate::elements::{Buffer, Element, wrap};
use crate::scalars::{Real, larger};
use crate::{Array, Fault, Result};

/// What is accumulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are those of the functions")]
pub enum Scan {
    Sum,
    Prod,
    LogSumExp,
    Max,
}

/// Accumulates along an axis; `exclusive` leaves out the element itself, `reverse` begins at the end.
///
/// # Errors
/// There is no such axis, or the function is not defined for the dtype.
pub fn scan(how: Scan, x: &Array, axis: usize, exclusive: bool, reverse: bool) -> Result<Array> {
    if axis >= x.rank() {
        return Err(Fault::Shape(format!("no axis {axis} of {}", x.rank())));
    }
    let dtype = x.dtype();
    match &x.buffer {
        Buffer::Single(_) => reals::<f32>(how, x, axis, exclusive, reverse),
        Buffer::Double(_) => reals::<f64>(how, x, axis, exclusive, reverse),
        Buffer::Int(_) => {
            let (start, step): (i64, fn(i64, i64) -> i64) = match how {
                Scan::Sum => (0, i64::wrapping_add),
                Scan::Prod => (1, i64::wrapping_mul),
                Scan::Max => (i64::MIN, i64::max),
                Scan::LogSumExp => return Err(Fault::DType(dtype)),
            };
            along(x, axis, exclusive, reverse, start, move |a, b| wrap(step(a, b), dtype))
        }
        _ => Err(Fault::DType(dtype)),
    }
}

fn reals<R: Real>(how: Scan, x: &Array, axis: usize, exclusive: bool, reverse: bool) -> Result<Array> {
    let low = R::of(f64::NEG_INFINITY);
    match how {
        Scan::Sum => along(x, axis, exclusive, reverse, R::zero(), |a, b| a + b),
        Scan::Prod => along(x, axis, exclusive, reverse, R::of(1.0), |a, b| a * b),
        Scan::Max => along(x, axis, exclusive, reverse, low, larger::<R>),
        Scan::LogSumExp => along(x, axis, exclusive, reverse, low, |a: R, b: R| {
            let top = larger(a, b);
            if top == R::of(f64::NEG_INFINITY) { top } else { top + ((a - top).exp() + (b - top).exp()).ln() }
        }),
    }
}

fn along<A: Element + Copy>(
    x: &Array,
    axis: usize,
    exclusive: bool,
    reverse: bool,
    start: A,
    step: impl Fn(A, A) -> A,
) -> Result<Array> {
    let mut out = x.elements::<A>()?;
    let length = x.shape()[axis];
    let inner: usize = x.shape()[axis + 1..].iter().product();
    if out.is_empty() {
        return Array::new(x.shape(), x.dtype(), out);
    }
    for block in out.chunks_exact_mut(length * inner) {
        for lane in 0..inner {
            let mut sum = start;
            for i in 0..length {
                let at = (if reverse { length - 1 - i } else { i }) * inner + lane;
                let next = step(sum, block[at]);
                block[at] = if exclusive { sum } else { next };
                sum = next;
            }
        }
    }
    Array::new(x.shape(), x.dtype(), out)
}

#[cfg(test)]
mod tests {
    use tensor::DType;

    use super::*;

    #[test]
    fn accumulates_both_ways() {
        let x = Array::ints(&[2, 3], DType::Int32, vec![1, 2, 3, 4, 5, 6]).unwrap();
        let sum = |axis, exclusive, reverse| {
            scan(Scan::Sum, &x, axis, exclusive, reverse).unwrap().to_ints().unwrap()
        };
        assert_eq!(sum(1, false, false), [1, 3, 6, 4, 9, 15]);
        assert_eq!(sum(1, true, false), [0, 1, 3, 0, 4, 9]);
        assert_eq!(sum(0, false, true), [5, 7, 9, 4, 5, 6]);
        assert!(scan(Scan::Sum, &x, 2, false, false).is_err());
    }
}
