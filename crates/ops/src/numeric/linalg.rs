//! Matrix kernels.
//!
//! source: tensorflow/python/ops/math_grad.py: _MatMulGrad, _BatchMatMulV2

use array::{Array, Result};
use smallvec::smallvec;
use tensor::DType;

use super::algebra::{conj, matmul, unbroadcast};
use super::{Applied, Arrays, Back, Grads, Row, Vjp};
use crate::Infer;
use crate::kernels::linalg;
use crate::spec::{Tensor, Val};

pub(super) static ROWS: &[Row] = &[
    Row { kernel: "BatchMatMul", eval: |a| product(a, "adj_x", "adj_y", true), vjp: Vjp::All(product_back) },
    Row {
        kernel: "BatchMatMulV2",
        eval: |a| product(a, "adj_x", "adj_y", true),
        vjp: Vjp::All(product_back),
    },
    Row {
        kernel: "MatMul",
        eval: |a| product(a, "transpose_a", "transpose_b", false),
        vjp: Vjp::All(product_back),
    },
    Row { kernel: "MatrixBandPart", eval: band, vjp: Vjp::All(band_back) },
    Row { kernel: "MatrixDiagPartV3", eval: diagonal, vjp: Vjp::All(diagonal_back) },
    Row { kernel: "MatrixSetDiagV3", eval: with_diagonal, vjp: Vjp::All(with_diagonal_back) },
    Row { kernel: "MatrixDiagV3", eval: on_diagonal, vjp: Vjp::All(on_diagonal_back) },
];

fn product(a: &mut Applied<'_>, left: &str, right: &str, adjoint: bool) -> Result<Arrays> {
    let side = |x: Array, turned: bool| -> Result<Array> {
        if !turned {
            return Ok(x);
        }
        let x = x.transposed()?;
        if adjoint && x.dtype().is_complex() { array::unary(array::Unary::Conj, x) } else { Ok(x) }
    };
    let (turn_x, turn_y) = (a.step.flag(left), a.step.flag(right));
    let (x, y) = (side(a.take(0)?, turn_x)?, side(a.take(1)?, turn_y)?);
    Ok(smallvec![array::matmul(&x, &y)?])
}

fn product_back(b: &Back<'_>) -> Infer<Grads> {
    let plain = b.step.kernel.name == "MatMul";
    let (ta, tb) = if plain {
        (b.step.flag("transpose_a"), b.step.flag("transpose_b"))
    } else {
        (b.step.flag("adj_x"), b.step.flag("adj_y"))
    };
    // `MatMul` transposes, so complex operands are conjugated first; `BatchMatMul` takes adjoints.
    let (x, y) =
        if plain { (conj(b.cx, b.x(0)?)?, conj(b.cx, b.x(1)?)?) } else { (b.x(0)?.clone(), b.x(1)?.clone()) };
    let g = b.grad(0)?;
    let times = |p: &Tensor, q: &Tensor, tp: bool, tq: bool| {
        if plain { linalg::mat_mul(b.cx, p.into(), q.into(), tp, tq) } else { matmul(b.cx, p, q, tp, tq) }
    };
    let left = || match (ta, tb) {
        (false, false) => times(g, &y, false, true),
        (false, true) => times(g, &y, false, false),
        (true, false) => times(&y, g, false, true),
        (true, true) => times(&y, g, true, true),
    };
    let right = || match (ta, tb) {
        (false, false) => times(&x, g, true, false),
        (false, true) => times(g, &x, true, false),
        (true, false) => times(&x, g, false, false),
        (true, true) => times(g, &x, true, true),
    };
    Ok(smallvec![
        b.when(0, || unbroadcast(b.cx, left()?, b.x(0)?))?,
        b.when(1, || unbroadcast(b.cx, right()?, b.x(1)?))?,
    ])
}

/// The places of a stack of matrices, with row and column.
fn places(shape: &[usize]) -> impl Iterator<Item = (i64, i64)> {
    let (rows, columns) = match shape {
        [.., rows, columns] => (*rows, *columns),
        _ => (0, 0),
    };
    let count: usize = shape.iter().product();
    (0..count).map(move |at| ((at / columns % rows) as i64, (at % columns) as i64))
}

fn band(a: &mut Applied<'_>) -> Result<Arrays> {
    let (x, lower, upper) = (a.x(0)?, a.x(1)?.to_int()?, a.x(2)?.to_int()?);
    let inside = |(row, column): (i64, i64)| {
        (lower < 0 || row - column <= lower) && (upper < 0 || column - row <= upper)
    };
    let mask = Array::bools(x.shape(), places(x.shape()).map(inside).collect())?;
    Ok(smallvec![array::select(&mask, x, &Array::zeros(&[], x.dtype())?)?])
}

fn band_back(b: &Back<'_>) -> Infer<Grads> {
    let grad = linalg::band_part(b.cx, b.grad(0)?, b.x(1)?, b.x(2)?)?;
    Ok(smallvec![Some(grad), None, None])
}

/// The last axis of a stack of vectors on diagonal `k`.
fn on_diagonal(a: &mut Applied<'_>) -> Result<Arrays> {
    let (x, k) = (a.x(0)?.clone(), a.x(1)?.to_int()?);
    let Some((length, outer)) = x.shape().split_last() else {
        return Err(array::Fault::Shape("the diagonal of a scalar".to_owned()));
    };
    let size = length + k.unsigned_abs() as usize;
    let mut shape = outer.to_vec();
    shape.extend([size, size]);
    // Each element is picked by its place along the diagonal, off it by any.
    let on = Array::bools(&[size, size], places(&[size, size]).map(|(r, c)| c - r == k).collect())?;
    if *length == 0 {
        return Ok(smallvec![Array::zeros(&shape, x.dtype())?]);
    }
    let along = |(row, column): (i64, i64)| row.min(column).clamp(0, *length as i64 - 1);
    let at = Array::ints(&[size, size], DType::Int64, places(&[size, size]).map(along).collect())?;
    let picked = array::gather(&x, &at, outer.len(), 0)?;
    Ok(smallvec![array::select(&on, &picked, &a.x(4)?.reshape(&[])?)?])
}

fn on_diagonal_back(b: &Back<'_>) -> Infer<Grads> {
    let k = b.x(1)?.int_value().ok_or(crate::Stop::Unknown("a diagonal that is not known"))?;
    let grad = linalg::matrix_diag_part(b.cx, b.grad(0)?, linalg::Diagonals::one(k))?;
    Ok(smallvec![Some(grad), None, None, None, None])
}

fn diagonal(a: &mut Applied<'_>) -> Result<Arrays> {
    let (x, k) = (a.x(0)?, a.x(1)?.to_int()?);
    let [outer @ .., rows, columns] = x.shape() else {
        return Err(array::Fault::Shape("the diagonal of no matrix".to_owned()));
    };
    let (rows, columns) = (*rows as i64, *columns as i64);
    let length = (rows + k.min(0)).min(columns - k.max(0)).max(0);
    let places = (0..length).map(|i| (i - k.min(0)) * columns + i + k.max(0)).collect();
    let mut flat = outer.to_vec();
    flat.push((rows * columns) as usize);
    let at = Array::ints(&[length as usize], DType::Int64, places)?;
    Ok(smallvec![array::gather(&x.reshape(&flat)?, &at, outer.len(), 0)?])
}

fn diagonal_back(b: &Back<'_>) -> Infer<Grads> {
    let k = b.x(1)?.int_value().ok_or(crate::Stop::Unknown("a diagonal that is not known"))?;
    let zeros = super::algebra::zeros_like(b.cx, b.x(0)?)?;
    Ok(smallvec![Some(linalg::set_diag(b.cx, Val::T(zeros), b.grad(0)?.into(), k)?), None, None])
}

/// Puts a stack of vectors on diagonal `k` of a stack of matrices.
fn with_diagonal(a: &mut Applied<'_>) -> Result<Arrays> {
    let (x, diagonal, k) = (a.x(0)?, a.x(1)?, a.x(2)?.to_int()?);
    let [.., rows, columns] = *x.shape() else {
        return Err(array::Fault::Shape("the diagonal of no matrix".to_owned()));
    };
    let length = diagonal.shape().last().copied().unwrap_or(0) as i64;
    if length == 0 {
        return Ok(smallvec![x.clone()]);
    }
    let plane = [rows, columns];
    let on = Array::bools(&plane, places(&plane).map(|(r, c)| c - r == k).collect())?;
    let along = |(row, column): (i64, i64)| row.min(column).clamp(0, length - 1);
    let at = Array::ints(&plane, DType::Int64, places(&plane).map(along).collect())?;
    let picked = array::gather(diagonal, &at, diagonal.rank() - 1, 0)?;
    Ok(smallvec![array::select(&on, &picked, x)?])
}

fn with_diagonal_back(b: &Back<'_>) -> Infer<Grads> {
    let (cx, g) = (b.cx, b.grad(0)?);
    let k = b.x(2)?.int_value().ok_or(crate::Stop::Unknown("a diagonal that is not known"))?;
    let own = || linalg::set_diag(cx, g.into(), Val::T(super::algebra::zeros_like(cx, b.x(1)?)?), k);
    Ok(smallvec![
        b.when(0, own)?,
        b.when(1, || linalg::matrix_diag_part(cx, g, linalg::Diagonals::one(k)))?,
        None
    ])
}
