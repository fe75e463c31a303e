//! Inverses, determinants, factors and systems of equations.
//!
//! source: tensorflow/python/ops/linalg_grad.py

use array::{Array, Binary, Fault, Result};
use smallvec::smallvec;
use tensor::DType;

use super::algebra::{
    add, binary, mul, neg, number, ones_like, reshape, scale, sizes, sub, transpose, unbroadcast, zeros_like,
};
use super::{Applied, Arrays, Back, Grads, Row, Vjp};
use crate::kernels::linalg::{self, Diagonals, Sides};
use crate::kernels::pointwise::cast;
use crate::kernels::shape::expand_dims;
use crate::kernels::{index, join};
use crate::spec::{Cx, Tensor, Val};
use crate::{Infer, Stop};

pub(super) static ROWS: &[Row] = &[
    Row {
        kernel: "Cholesky",
        eval: |a| Ok(smallvec![array::cholesky(a.x(0)?)?]),
        vjp: Vjp::One(cholesky_back),
    },
    Row { kernel: "Cross", eval: cross, vjp: Vjp::All(cross_back) },
    Row {
        kernel: "LogMatrixDeterminant",
        eval: |a| {
            let (sign, log) = array::log_determinant(a.x(0)?)?;
            Ok(smallvec![sign, log])
        },
        vjp: Vjp::All(log_determinant_back),
    },
    Row {
        kernel: "Lu",
        eval: |a| {
            let (lu, order) = array::lu(a.x(0)?)?;
            Ok(smallvec![lu, order.cast(a.step.dtype("output_idx_type").unwrap_or(DType::Int32))?])
        },
        vjp: Vjp::Missing,
    },
    Row {
        kernel: "MatrixDeterminant",
        eval: |a| Ok(smallvec![array::determinant(a.x(0)?)?]),
        vjp: Vjp::One(|b, g| inverse_times(b, &mul(b.cx, &g, b.y(0)?)?)),
    },
    Row {
        kernel: "MatrixInverse",
        eval: |a| Ok(smallvec![array::inverse(a.x(0)?, a.step.flag("adjoint"))?]),
        vjp: Vjp::One(inverse_back),
    },
    Row { kernel: "MatrixSolve", eval: solve, vjp: Vjp::All(solve_back) },
    Row { kernel: "MatrixSolveLs", eval: least_squares, vjp: Vjp::All(least_squares_back) },
    Row {
        kernel: "MatrixTriangularSolve",
        eval: |a| {
            let (lower, adjoint) = (a.step.flag("lower"), a.step.flag("adjoint"));
            Ok(smallvec![array::solve_triangular(a.x(0)?, a.x(1)?, lower, adjoint)?])
        },
        vjp: Vjp::All(triangular_back),
    },
    Row {
        kernel: "Qr",
        eval: |a| {
            let (q, r) = array::qr(a.x(0)?, a.step.flag("full_matrices"))?;
            Ok(smallvec![q, r])
        },
        vjp: Vjp::All(orthogonal_back),
    },
    Row {
        kernel: "SelfAdjointEigV2",
        eval: |a| {
            let (values, vectors) = array::eigh(a.x(0)?)?;
            Ok(smallvec![values, vectors])
        },
        vjp: Vjp::All(eigen_back),
    },
    Row {
        kernel: "Svd",
        eval: |a| {
            let (s, u, v) = array::svd(a.x(0)?, a.step.flag("full_matrices"))?;
            Ok(smallvec![s, u, v])
        },
        vjp: Vjp::All(singular_back),
    },
];

fn product(cx: &Cx<'_>, a: &Tensor, b: &Tensor, adjoint_a: bool, adjoint_b: bool) -> Infer<Tensor> {
    linalg::batch_mat_mul(cx, a.into(), b.into(), adjoint_a, adjoint_b)
}

fn adjoint(cx: &Cx<'_>, x: &Tensor) -> Infer<Tensor> {
    let rank = x.rank().ok_or(Stop::Unknown("a gradient of unknown rank"))?;
    let mut order: Vec<i64> = (0..rank as i64).collect();
    order.swap(rank.saturating_sub(2), rank.saturating_sub(1));
    transpose(cx, x, &order)
}

/// Half of the diagonal, and only the lower triangle.
fn lower_half(cx: &Cx<'_>, x: &Tensor) -> Infer<Tensor> {
    let half = scale(cx, &linalg::matrix_diag_part(cx, x, Diagonals::one(0))?, 0.5)?;
    let whole = linalg::set_diag(cx, x.into(), Val::T(half), 0)?;
    linalg::band_part(cx, whole, Val::from(-1), Val::from(0))
}

/// source: _CholeskyGrad
fn cholesky_back(b: &Back<'_>, g: Tensor) -> Infer<Tensor> {
    let (cx, l) = (b.cx, b.y(0)?);
    let inverse = linalg::inverse(cx, l, false)?;
    let middle = lower_half(cx, &product(cx, l, &g, true, false)?)?;
    let grad = product(cx, &product(cx, &inverse, &middle, true, false)?, &inverse, false, false)?;
    scale(cx, &add(cx, &grad, &adjoint(cx, &grad)?)?, 0.5)
}

/// Determinants' gradients: the adjoint inverse times a number for each matrix.
fn inverse_times(b: &Back<'_>, factor: &Tensor) -> Infer<Tensor> {
    let mut shape = sizes(factor)?;
    shape.extend([1, 1]);
    mul(b.cx, &linalg::inverse(b.cx, b.x(0)?, true)?, &reshape(b.cx, factor, &shape)?)
}

fn log_determinant_back(b: &Back<'_>) -> Infer<Grads> {
    match b.g(1) {
        Some(g) => Ok(smallvec![Some(inverse_times(b, g)?)]),
        None => Ok(smallvec![Some(zeros_like(b.cx, b.x(0)?)?)]),
    }
}

fn inverse_back(b: &Back<'_>, g: Tensor) -> Infer<Tensor> {
    let (cx, y) = (b.cx, b.y(0)?);
    let turned = b.step.flag("adjoint");
    // With `adjoint`, the input is that of the inverse's adjoint.
    let inner = if turned { adjoint(cx, &g)? } else { g };
    let y = if turned { adjoint(cx, y)? } else { y.clone() };
    neg(cx, &product(cx, &y, &product(cx, &inner, &y, false, true)?, true, false)?)
}

fn solve(a: &mut Applied<'_>) -> Result<Arrays> {
    Ok(smallvec![array::solve(a.x(0)?, a.x(1)?, a.step.flag("adjoint"))?])
}

/// Least squares by the normal equations, as the kernel's fast way.
fn least_squares(a: &mut Applied<'_>) -> Result<Arrays> {
    let (x, y) = (a.x(0)?.cast(DType::Float64)?, a.x(1)?.cast(DType::Float64)?);
    let turned = x.transposed()?;
    let [.., rows, columns] = *x.shape() else { return Err(Fault::Shape("no matrix".to_owned())) };
    let weight = a.x(2)?.to_float()?;
    let weighted = |gramian: Array| {
        let n = rows.min(columns);
        let eye = (0..n * n).map(|at| if at / n == at % n { weight } else { 0.0 }).collect();
        array::binary(Binary::Add, gramian, &Array::floats(&[n, n], DType::Float64, eye)?)
    };
    let out = if rows >= columns {
        array::solve(&weighted(array::matmul(&turned, &x)?)?, &array::matmul(&turned, &y)?, false)?
    } else {
        array::matmul(&turned, &array::solve(&weighted(array::matmul(&x, &turned)?)?, &y, false)?)?
    };
    Ok(smallvec![out.cast(a.x(0)?.dtype())?])
}

/// source: _MatrixSolveGrad
fn solve_back(b: &Back<'_>) -> Infer<Grads> {
    let turned = b.step.flag("adjoint");
    let side = Sides { lower: false, adjoint: !turned };
    let right = linalg::solve(b.cx, "MatrixSolve", b.x(0)?.into(), b.grad(0)?.into(), side)?;
    solved_back(b, turned, right, Ok)
}

/// source: _MatrixTriangularSolveGrad
fn triangular_back(b: &Back<'_>) -> Infer<Grads> {
    let (turned, lower) = (b.step.flag("adjoint"), b.step.flag("lower"));
    let side = Sides { lower, adjoint: !turned };
    let right = linalg::solve(b.cx, "MatrixTriangularSolve", b.x(0)?.into(), b.grad(0)?.into(), side)?;
    let (below, above) = if lower { (-1, 0) } else { (0, -1) };
    solved_back(b, turned, right, |grad| linalg::band_part(b.cx, grad, Val::from(below), Val::from(above)))
}

/// The gradients of both sides, of which that of the right side is known.
fn solved_back(
    b: &Back<'_>,
    turned: bool,
    right: Tensor,
    read: impl Fn(Tensor) -> Infer<Tensor>,
) -> Infer<Grads> {
    let (cx, y) = (b.cx, b.y(0)?);
    let left = || {
        let grad =
            if turned { product(cx, y, &right, false, true) } else { product(cx, &right, y, false, true) };
        unbroadcast(cx, read(neg(cx, &grad?)?)?, b.x(0)?)
    };
    Ok(smallvec![b.when(0, left)?, b.when(1, || unbroadcast(cx, right.clone(), b.x(1)?))?])
}

/// A matrix with these on its diagonal.
fn diagonal(cx: &Cx<'_>, x: &Tensor) -> Infer<Tensor> {
    linalg::matrix_diag(cx, x, Diagonals::one(0))
}

/// source: _SelfAdjointEigV2Grad
fn eigen_back(b: &Back<'_>) -> Infer<Grads> {
    let cx = b.cx;
    // An output that nobody used is computed again.
    let (values, vectors) = match (b.y(0), b.y(1)) {
        (Ok(values), Ok(vectors)) => (values.clone(), vectors.clone()),
        _ => linalg::eigenvectors(cx, b.x(0)?)?,
    };
    let (values, vectors) = (&values, &vectors);
    let mut middle = match b.g(0) {
        Some(g) => diagonal(cx, g)?,
        None => zeros_like(cx, vectors)?,
    };
    if let Some(g) = b.g(1) {
        let rows = expand_dims(cx, values, Val::from(-2))?;
        let apart = sub(cx, &rows, &expand_dims(cx, values, Val::from(-1))?)?;
        let one = number(cx, 1.0, values)?;
        let inverse = binary(cx, "DivNoNan", &one, &apart)?;
        middle = add(cx, &middle, &mul(cx, &inverse, &product(cx, vectors, g, true, false)?)?)?;
    }
    let grad = product(cx, vectors, &product(cx, &middle, vectors, false, true)?, false, false)?;
    // Only the lower triangle is read.
    Ok(smallvec![Some(lower_half(cx, &add(cx, &grad, &adjoint(cx, &grad)?)?)?)])
}

/// The gradient of singular values; that of the vectors is not written.
///
/// source: _SvdGrad
fn singular_back(b: &Back<'_>) -> Infer<Grads> {
    if b.g(1).is_some() || b.g(2).is_some() {
        return Err(Stop::Unknown("the gradient of singular vectors"));
    }
    let cx = b.cx;
    // `compute_uv=False` leaves the vectors out; they are computed for the gradient.
    let [_, u, v] = linalg::singular(cx, b.x(0)?)?;
    let grad = product(cx, &product(cx, &u, &diagonal(cx, b.grad(0)?)?, false, false)?, &v, false, true)?;
    Ok(smallvec![Some(grad)])
}

/// The cross product of vectors along the last axis.
fn cross(a: &mut Applied<'_>) -> Result<Arrays> {
    Ok(smallvec![cross_of(a.x(0)?, a.x(1)?)?])
}

/// The cross product of vectors along the last axis.
pub(crate) fn cross_of(x: &Array, y: &Array) -> Result<Array> {
    let turned = |x: &Array, by: [i64; 3]| {
        let axis = x.rank().checked_sub(1).ok_or(Fault::Shape("a vector without axes".to_owned()))?;
        array::gather(x, &Array::ints(&[3], DType::Int64, by.to_vec())?, axis, 0)
    };
    let times = |p: [i64; 3], q: [i64; 3]| array::binary(Binary::Mul, turned(x, p)?, &turned(y, q)?);
    array::binary(Binary::Sub, times([1, 2, 0], [2, 0, 1])?, &times([2, 0, 1], [1, 2, 0])?)
}

fn cross_back(b: &Back<'_>) -> Infer<Grads> {
    let g = b.grad(0)?;
    let crossed = |x: &Tensor, y: &Tensor| {
        let node = b.cx.node("Cross", [x.into(), y.into()])?;
        Ok(node.out(x.shape.clone()))
    };
    Ok(smallvec![b.when(0, || crossed(b.x(1)?, g))?, b.when(1, || crossed(g, b.x(0)?))?])
}

/// What a part of a matrix's columns is taken by.
fn columns(cx: &Cx<'_>, x: &Tensor, from: i64, count: i64) -> Infer<Tensor> {
    let mut begin = vec![0; sizes(x)?.len()];
    let mut size = sizes(x)?;
    if let (Some(begin), Some(size)) = (begin.last_mut(), size.last_mut()) {
        (*begin, *size) = (from, count);
    }
    index::slice(cx, x, Tensor::vector(&begin), Tensor::vector(&size))
}

/// source: _QrGrad
fn orthogonal_back(b: &Back<'_>) -> Infer<Grads> {
    let cx = b.cx;
    let (Ok(q), Ok(r)) = (b.y(0), b.y(1)) else {
        return Err(Stop::Unknown("a gradient of factors of which one is not there"));
    };
    let last = |x: &Tensor| {
        let sizes = sizes(x)?;
        let [.., rows, columns] = sizes[..] else { return Err(Stop::Unknown("no matrix")) };
        Ok([rows, columns])
    };
    let ([q_rows, q_columns], [r_rows, r_columns]) = (last(q)?, last(r)?);
    if r_rows > r_columns && q_rows == q_columns {
        return Err(Stop::Unknown("a gradient that TensorFlow does not have"));
    }
    let given = |at: usize, like: &Tensor| b.g(at).map_or_else(|| zeros_like(cx, like), |g| Ok(g.clone()));
    let (dq, dr) = (given(0, q)?, given(1, r)?);
    if q_rows >= r_columns {
        return Ok(smallvec![Some(deep_back(cx, [q, r], [&dq, &dr])?)]);
    }
    // The matrix is [x, y], its factor [u, v]: the square part, and what follows from it.
    let wide = r_columns - q_rows;
    let (y, u) = (columns(cx, b.x(0)?, q_rows, wide)?, columns(cx, r, 0, q_rows)?);
    let (dv, du) = (columns(cx, &dr, q_rows, wide)?, columns(cx, &dr, 0, q_rows)?);
    let dy = product(cx, q, &dv, false, false)?;
    let dq = add(cx, &dq, &product(cx, &y, &dv, false, true)?)?;
    let dx = deep_back(cx, [q, &u], [&dq, &du])?;
    Ok(smallvec![Some(join::concat(cx, Val::list([dx, dy]), Val::from(-1))?)])
}

/// The gradient of a matrix that is no wider than high, by its factors.
fn deep_back(cx: &Cx<'_>, [q, r]: [&Tensor; 2], [dq, dr]: [&Tensor; 2]) -> Infer<Tensor> {
    // x · r^-H
    let divided = |x: &Tensor| {
        let sides = Sides { lower: false, adjoint: false };
        let solved = linalg::solve(cx, "MatrixTriangularSolve", r.into(), Val::T(adjoint(cx, x)?), sides)?;
        adjoint(cx, &solved)
    };
    let turning = product(cx, q, dq, true, false)?;
    let inner = product(cx, r, dr, false, true)?;
    let odd = |x: &Tensor| sub(cx, x, &adjoint(cx, x)?);
    let lower = linalg::band_part(cx, add(cx, &odd(&turning)?, &odd(&inner)?)?, Val::from(-1), Val::from(0))?;
    let first = product(cx, q, &add(cx, dr, &divided(&lower)?)?, false, false)?;
    let second = divided(&sub(cx, dq, &product(cx, q, &turning, false, false)?)?)?;
    add(cx, &first, &second)
}

/// source: _MatrixSolveLsGrad
fn least_squares_back(b: &Back<'_>) -> Infer<Grads> {
    let (cx, a, y, x, g) = (b.cx, b.x(0)?, b.x(1)?, b.y(0)?, b.grad(0)?);
    let sizes = sizes(a)?;
    let [.., rows, wide] = sizes[..] else { return Err(Stop::Unknown("no matrix")) };
    let tall = rows >= wide;
    let gramian = product(cx, a, a, tall, !tall)?;
    // A weight on the diagonal, which the kernel takes as a number of its own dtype.
    let ones = ones_like(cx, &linalg::matrix_diag_part(cx, &gramian, Diagonals::one(0))?)?;
    let weight = mul(cx, &ones, &cast(cx, b.x(2)?, a.dtype)?)?;
    let gramian = add(cx, &gramian, &diagonal(cx, &weight)?)?;
    let solved = |right: &Tensor| {
        let side = Sides { lower: false, adjoint: false };
        linalg::solve(cx, "MatrixSolve", (&gramian).into(), right.into(), side)
    };
    if tall {
        let z = solved(g)?;
        let crossed = product(cx, x, &z, false, true)?;
        let both = add(cx, &crossed, &adjoint(cx, &crossed)?)?;
        let left = || sub(cx, &product(cx, y, &z, false, true)?, &product(cx, a, &both, false, false)?);
        return Ok(smallvec![b.when(0, left)?, b.when(1, || product(cx, a, &z, false, false))?, None]);
    }
    let right = solved(&product(cx, a, g, false, false)?)?;
    let inner = solved(y)?;
    let left = || {
        let one = product(cx, &right, &product(cx, &inner, a, true, false)?, false, false)?;
        let rest = sub(cx, g, &product(cx, a, &right, true, false)?)?;
        sub(cx, &product(cx, &inner, &rest, false, true)?, &one)
    };
    Ok(smallvec![b.when(0, left)?, b.when(1, || Ok(right.clone()))?, None])
}
