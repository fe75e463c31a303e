//! Kernels that make tensors of numbers, and those that answer about shapes.

use array::{Array, Binary, Fault, Result};
use smallvec::smallvec;
use tensor::DType;

use super::algebra::sum;
use super::{Applied, Arrays, Row, Vjp};

pub(super) static ROWS: &[Row] = &[
    Row {
        kernel: "Fill",
        eval: fill,
        vjp: Vjp::All(|b| {
            let g = b.grad(0)?;
            let axes: Vec<i64> = (0..g.rank().unwrap_or(0) as i64).collect();
            Ok(smallvec![None, Some(sum(b.cx, g, &axes, false)?)])
        }),
    },
    Row { kernel: "InvertPermutation", eval: inverted, vjp: Vjp::Never },
    Row { kernel: "LinSpace", eval: linspace, vjp: Vjp::Never },
    Row { kernel: "Range", eval: range, vjp: Vjp::Never },
];

fn fill(a: &mut Applied<'_>) -> Result<Arrays> {
    Ok(smallvec![a.x(1)?.broadcast_to(&a.x(0)?.to_sizes()?)?])
}

fn range(a: &mut Applied<'_>) -> Result<Arrays> {
    let dtype = a.x(0)?.dtype();
    if dtype.is_integer() {
        let (start, limit, step) = (a.x(0)?.to_int()?, a.x(1)?.to_int()?, a.x(2)?.to_int()?);
        if step == 0 {
            return Err(Fault::Shape("Requires delta != 0".to_owned()));
        }
        let count = count(((limit - start) as f64 / step as f64).ceil())?;
        return Ok(smallvec![Array::ints(
            &[count],
            dtype,
            (0..count as i64).map(|i| start + i * step).collect()
        )?]);
    }
    let (start, limit, step) = (a.x(0)?.to_float()?, a.x(1)?.to_float()?, a.x(2)?.to_float()?);
    let count = count(crate::kernels::shape::range_length(start, limit, step, dtype))?;
    // `start + i * delta`, each rounded to the dtype.
    let at = Array::floats(&[count], dtype, (0..count).map(|i| i as f64).collect())?;
    let beyond = array::binary(Binary::Mul, at, &Array::scalar(dtype, step)?)?;
    Ok(smallvec![array::binary(Binary::Add, beyond, &Array::scalar(dtype, start)?)?])
}

fn count(n: f64) -> Result<usize> {
    if n.is_nan() || n > array::MAX_LEN as f64 { Err(Fault::TooLarge) } else { Ok(n.max(0.0) as usize) }
}

fn linspace(a: &mut Applied<'_>) -> Result<Arrays> {
    let (start, stop, n) = (a.x(0)?, a.x(1)?.to_float()?, a.x(2)?.to_int()?);
    let (dtype, start) = (start.dtype(), start.to_float()?);
    let step = if n > 1 { (stop - start) / (n - 1) as f64 } else { 0.0 };
    let last = |i: i64| if i > 0 && i == n - 1 { stop } else { start + step * i as f64 };
    let count = count(n as f64)?;
    Ok(smallvec![Array::floats(&[count], dtype, (0..n).map(last).collect())?])
}

fn inverted(a: &mut Applied<'_>) -> Result<Arrays> {
    let order = a.x(0)?.to_sizes()?;
    let mut back = vec![0; order.len()];
    for (at, axis) in order.iter().enumerate() {
        *back.get_mut(*axis).ok_or(Fault::Index(*axis as i64, order.len()))? = at as i64;
    }
    let dtype = if a.x(0)?.dtype() == DType::Int64 { DType::Int64 } else { DType::Int32 };
    Ok(smallvec![Array::ints(&[back.len()], dtype, back)?])
}
