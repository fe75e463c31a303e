//! Sorting and the places of extremes, along the last or any axis.

use std::cmp::Ordering;

use tensor::DType;

use crate::elements::Buffer;
use crate::{Array, Fault, Result};

/// Calls `visit` with the elements of each line along an axis; what it returns are the lines of the result.
fn lines(x: &Array, axis: usize, dtype: DType, mut visit: impl FnMut(&[f64]) -> Vec<i64>) -> Result<Array> {
    if axis >= x.rank() {
        return Err(Fault::Shape(format!("no axis {axis} of {}", x.rank())));
    }
    let last: crate::Sizes = (0..x.rank()).filter(|a| *a != axis).chain([axis]).collect();
    let moved = x.permute(&last)?;
    let values = keys(&moved)?;
    let length = x.shape()[axis];
    let mut out = Vec::new();
    let count = moved.shape()[..x.rank() - 1].iter().product::<usize>();
    let mut width = 0;
    for line in 0..count {
        let made = visit(values.get(line * length..(line + 1) * length).unwrap_or_default());
        width = made.len();
        out.extend(made);
    }
    let mut shape: crate::Sizes = moved.shape()[..x.rank() - 1].into();
    shape.push(if count == 0 { length } else { width });
    let result = Array::ints(&shape, dtype, out)?;
    let mut back: crate::Sizes = (0..x.rank() - 1).collect();
    back.insert(axis, x.rank() - 1);
    result.permute(&back).map(|a| a.dense())
}

/// The elements as numbers that are ordered alike. Integers over 2^53 may lose their order.
fn keys(x: &Array) -> Result<Vec<f64>> {
    match &x.buffer {
        Buffer::Complex(_) | Buffer::Text(_) => Err(Fault::DType(x.dtype())),
        _ => x.to_floats(),
    }
}

/// Orders numbers, those that are none last.
fn ascending(a: f64, b: f64) -> Ordering {
    a.partial_cmp(&b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()))
}

/// Returns the places that sort each line along an axis, equal elements in their order.
///
/// # Errors
/// There is no such axis, or the dtype has no order.
pub fn sort_order(x: &Array, axis: usize, descending: bool, dtype: DType) -> Result<Array> {
    lines(x, axis, dtype, |line| {
        let mut order: Vec<usize> = (0..line.len()).collect();
        order.sort_by(|a, b| {
            let ordering = ascending(line[*a], line[*b]);
            if descending { ordering.reverse() } else { ordering }
        });
        order.into_iter().map(|i| i as i64).collect()
    })
}

/// Returns the place of the first largest, or smallest, element of each line along an axis, which is dropped.
///
/// # Errors
/// There is no such axis, the lines are empty, or the dtype has no order.
pub fn arg_extreme(x: &Array, axis: usize, largest: bool, dtype: DType) -> Result<Array> {
    if x.shape().get(axis) == Some(&0) {
        return Err(Fault::Shape("the extreme of nothing".to_owned()));
    }
    let kept = lines(x, axis, dtype, |line| {
        let better = |a: f64, b: f64| if largest { a > b } else { a < b };
        let best = (1..line.len()).fold(0, |best, i| if better(line[i], line[best]) { i } else { best });
        vec![best as i64]
    })?;
    let mut shape: crate::Sizes = x.shape().into();
    shape.remove(axis);
    if kept.is_empty() { Array::zeros(&shape, dtype) } else { kept.reshape(&shape) }
}

/// Returns the places of the `k` largest elements along the last axis, the largest first.
///
/// # Errors
/// There are fewer, or the dtype has no order.
pub fn top_k(x: &Array, k: usize, dtype: DType) -> Result<Array> {
    let axis = x.rank().checked_sub(1).ok_or(Fault::Shape("the largest of a scalar".to_owned()))?;
    if x.shape()[axis] < k {
        return Err(Fault::Shape(format!("{k} of {}", x.shape()[axis])));
    }
    sort_order(x, axis, true, dtype)?.narrow(axis, 0, k).map(|a| a.dense())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_stable() {
        let x = Array::floats(&[2, 3], DType::Float32, vec![2.0, 1.0, 2.0, 0.0, 0.0, -1.0]).unwrap();
        let order =
            |axis, descending| sort_order(&x, axis, descending, DType::Int32).unwrap().to_ints().unwrap();
        assert_eq!(order(1, false), [1, 0, 2, 2, 0, 1]);
        assert_eq!(order(1, true), [0, 2, 1, 0, 1, 2]);
        assert_eq!(order(0, false), [1, 1, 1, 0, 0, 0]);
        assert_eq!(top_k(&x, 2, DType::Int32).unwrap().to_ints().unwrap(), [0, 2, 0, 1]);
        let arg = arg_extreme(&x, 0, true, DType::Int64).unwrap();
        assert_eq!((arg.shape(), arg.to_ints().unwrap()), (&[3][..], vec![0, 0, 0]));
    }
}
