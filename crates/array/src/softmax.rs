//! The softmax along the last axis, its logarithm, and the cross-entropy of both.

use crate::array::Sizes;
use crate::elements::Buffer;
use crate::scalars::{Real, larger};
use crate::{Array, Fault, Result};

/// The softmax along the last axis, or its logarithm.
///
/// # Errors
/// The array is a scalar or not of floats.
pub fn softmax(x: &Array, log: bool) -> Result<Array> {
    match &x.buffer {
        Buffer::Single(_) => rows::<f32>(x, log),
        Buffer::Double(_) => rows::<f64>(x, log),
        _ => Err(Fault::DType(x.dtype())),
    }
}

fn rows<R: Real>(x: &Array, log: bool) -> Result<Array> {
    let width = *x.shape().last().ok_or(Fault::Shape("the softmax of a scalar".to_owned()))?;
    let mut out = x.elements::<R>()?;
    for row in out.chunks_exact_mut(width.max(1)) {
        let top = row.iter().fold(R::of(f64::NEG_INFINITY), |top, v| larger(top, *v));
        row.iter_mut().for_each(|v| *v = *v - top);
        if log {
            let sum = row.iter().fold(R::zero(), |sum, v| sum + v.exp()).ln();
            row.iter_mut().for_each(|v| *v = *v - sum);
        } else {
            row.iter_mut().for_each(|v| *v = v.exp());
            let sum = row.iter().fold(R::zero(), |sum, v| sum + *v);
            row.iter_mut().for_each(|v| *v = *v / sum);
        }
    }
    Array::new(x.shape(), x.dtype(), out)
}

/// The cross-entropy of each row: `-Σ labels * log_softmax(logits)`. A label of zero counts as nothing, whatever
/// the logarithm.
///
/// # Errors
/// The shapes cannot be broadcast, or the dtypes are not one of floats.
pub fn cross_entropy(logits: &Array, labels: &Array) -> Result<Array> {
    let shape: Sizes = crate::array::broadcast(logits.shape(), labels.shape())?;
    let log = softmax(&logits.broadcast_to(&shape)?, true)?;
    let product = crate::binary(crate::Binary::MulNoNan, log, &labels.broadcast_to(&shape)?)?;
    let mut marks = vec![false; shape.len()];
    if let Some(last) = marks.last_mut() {
        *last = true;
    }
    crate::unary(crate::Unary::Neg, crate::reduce(crate::Reduction::Sum, &product, &marks, false)?)
}

#[cfg(test)]
mod tests {
    use tensor::DType;

    use super::*;

    #[test]
    fn sums_to_one_and_stays_finite() {
        let x = Array::floats(&[2, 2], DType::Float32, vec![1000.0, 1000.0, 0.0, 1.0]).unwrap();
        let y = softmax(&x, false).unwrap().to_floats().unwrap();
        assert_eq!(y[..2], [0.5, 0.5]);
        assert!((y[2] + y[3] - 1.0).abs() < 1e-6);
        let log = softmax(&x, true).unwrap().to_floats().unwrap();
        assert!((log[0] - 0.5_f64.ln()).abs() < 1e-6);
        let labels = Array::floats(&[1, 2], DType::Float32, vec![0.0, 1.0]).unwrap();
        let loss = cross_entropy(&x, &labels).unwrap().to_floats().unwrap();
        assert!((loss[1] + f64::ln(y[3])).abs() < 1e-6);
    }
}
