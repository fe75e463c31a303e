//! Decompositions of matrices and what is made of them.

use array::{Array, Binary, Reduction, Result, binary, matmul};
use tensor::DType;

use super::Function;
use super::given::{Given, floats, of_floats, unknown};
use crate::Arg;

pub(super) fn find(name: &str) -> Option<Function> {
    Some(match name {
        "linalg.inv" => |g| {
            let x = double(&g.x()?)?;
            Ok(vec![if g.name() == "cholesky" { array::cholesky(&x)? } else { array::inverse(&x, false)? }])
        },
        "linalg.solve" => |g| {
            let (a, b) = (double(&g.x()?)?, double(&g.named(&["b"])?)?);
            // A vector is a column of its own.
            if b.rank() == 1 {
                let column = b.reshape(&[b.len(), 1])?;
                return Ok(vec![array::solve(&a, &column, false)?.reshape(b.shape())?]);
            }
            Ok(vec![array::solve(&a, &b, false)?])
        },
        // NumPy multiplies by adding logarithms.
        "linalg.det" => |g| {
            let (sign, log) = array::log_determinant(&double(&g.x()?)?)?;
            let values = sign.to_floats()?.iter().zip(log.to_floats()?).map(|(s, l)| s * l.exp()).collect();
            Ok(vec![Array::floats(sign.shape(), DType::Float64, values)?])
        },
        "linalg.slogdet" => |g| {
            let (sign, log) = array::log_determinant(&double(&g.x()?)?)?;
            Ok(vec![sign, log])
        },
        "linalg.qr" => |g| {
            let full = match g.arg(&["mode"]) {
                None => false,
                Some(Arg::Str(mode)) if &**mode == "reduced" => false,
                Some(Arg::Str(mode)) if &**mode == "complete" => true,
                Some(_) => return Err(unknown()),
            };
            let (q, r) = array::qr(&double(&g.x()?)?, full)?;
            Ok(vec![q, r])
        },
        "linalg.svd" => |g| {
            let (s, u, v) = array::svd(&double(&g.x()?)?, g.flag(&["full_matrices"], true)?)?;
            Ok(if g.flag(&["compute_uv"], true)? { vec![u, s, v.transposed()?.dense()] } else { vec![s] })
        },
        "linalg.eigh" => |g| {
            let (values, vectors) = array::eigh(&lower(g)?)?;
            Ok(vec![values, vectors])
        },
        "linalg.eigvalsh" => |g| Ok(vec![array::eigh(&lower(g)?)?.0]),
        "linalg.matrix_rank" => |g| {
            if g.arg(&["tol", "rtol"]).is_some() {
                return Err(unknown());
            }
            let (s, least) = singular_values(&g.x()?, 1.0)?;
            let kept = floats(&s)?.iter().filter(|v| **v > least).count();
            Ok(vec![Array::ints(&[], DType::Int64, vec![kept as i64])?])
        },
        "linalg.pinv" => inverted,
        "linalg.lstsq" => least_squares,
        _ => return None,
    })
}

/// Matrices in double precision, in which all is computed.
fn double(x: &Array) -> Result<Array> {
    x.cast(DType::Float64)
}

/// Symmetric matrices of which the lower triangle is read.
fn lower(g: &Given<'_>) -> Result<Array> {
    let x = double(&g.x()?)?;
    match g.arg(&["UPLO"]) {
        Some(Arg::Str(which)) if &**which == "U" => x.transposed(),
        _ => Ok(x),
    }
}

/// The singular values of a matrix, and below which they count as zero.
fn singular_values(x: &Array, factor: f64) -> Result<(Array, f64)> {
    let [rows, columns] = *x.shape() else { return Err(unknown()) };
    let s = array::svd(&double(x)?, false)?.0;
    let largest = floats(&s)?.first().copied().unwrap_or(0.0);
    let eps = if x.dtype() == DType::Float32 { f64::from(f32::EPSILON) } else { f64::EPSILON };
    Ok((s, factor * largest * rows.max(columns) as f64 * eps))
}

/// `np.linalg.pinv(a)`.
fn inverted(g: &Given<'_>) -> Result<Vec<Array>> {
    let x = double(&g.x()?)?;
    if x.rank() != 2 || g.arg(&["rtol"]).is_some() || g.flag(&["hermitian"], false)? {
        return Err(unknown());
    }
    let Truncated { scaled, turned, .. } = truncated(&x, g.float(&["rcond"], 1e-15)?)?;
    Ok(vec![matmul(&scaled, &turned)?])
}

/// A matrix by its singular values above a share of the largest: its pseudo-inverse is `scaled @ turned`.
struct Truncated {
    scaled: Array,
    turned: Array,
    values: Array,
    rank: usize,
}

fn truncated(x: &Array, share: f64) -> Result<Truncated> {
    let (s, u, v) = array::svd(x, false)?;
    let values = floats(&s)?;
    let least = share * values.first().copied().unwrap_or(0.0);
    let rank = values.iter().filter(|s| **s > least).count();
    let inverse = values.iter().map(|s| if *s > least { 1.0 / s } else { 0.0 }).collect();
    let scaled = binary(Binary::Mul, v, &of_floats(&[values.len()], None, inverse)?)?;
    Ok(Truncated { scaled, turned: u.transposed()?, values: s, rank })
}

/// `np.linalg.lstsq(a, b)`: by the singular values above `rcond` times the largest, as LAPACK's `gelsd`.
fn least_squares(g: &Given<'_>) -> Result<Vec<Array>> {
    let (a, b) = (double(&g.x()?)?, double(&g.named(&["b"])?)?);
    let [rows, columns] = *a.shape() else { return Err(unknown()) };
    let right = if b.rank() == 1 { b.reshape(&[b.len(), 1])? } else { b.clone() };
    let default = f64::EPSILON * rows.max(columns) as f64;
    let Truncated { scaled, turned, values, rank } = truncated(&a, g.float(&["rcond"], default)?)?;
    let solved = matmul(&scaled, &matmul(&turned, &right)?)?;
    let left = binary(Binary::Sub, matmul(&a, &solved)?, &right)?;
    let squares = binary(Binary::Mul, left.clone(), &left)?;
    let residuals = match rank == columns && rows > columns {
        true => array::reduce(Reduction::Sum, &squares, &[true, false], false)?,
        false => of_floats(&[0], None, Vec::new())?,
    };
    let solved = if b.rank() == 1 { solved.reshape(&[columns])? } else { solved };
    Ok(vec![solved, residuals, Array::ints(&[], DType::Int32, vec![rank as i64])?, values])
}

/// The coefficients of the polynomial that fits best: the scaled Vandermonde matrix solved in the least squares.
///
/// source: numpy/lib/_polynomial_impl.py: polyfit
pub(super) fn polynomial(g: &Given<'_>) -> Result<Vec<Array>> {
    let differs = |name| g.arg(&[name]).is_some_and(|arg| !matches!(arg, Arg::None | Arg::Bool(false)));
    if ["rcond", "full", "w", "cov"].into_iter().any(differs) {
        return Err(unknown());
    }
    let (x, y) = (floats(&g.x()?)?, double(&g.named(&["y"])?)?);
    let order = usize::try_from(g.int(&["deg"], 0)?).map_err(|_| unknown())?;
    if order > 64 || x.len() <= order || y.rank() != 1 || y.len() != x.len() {
        return Err(unknown());
    }
    let width = order + 1;
    let powers = x.iter().flat_map(|x| (0..width).rev().map(|n| x.powi(n as i32))).collect();
    let matrix = of_floats(&[x.len(), width], None, powers)?;
    let square = binary(Binary::Mul, matrix.clone(), &matrix)?;
    let scale = floats(&array::reduce(Reduction::Sum, &square, &[true, false], false)?)?;
    let scale: Vec<f64> = scale.into_iter().map(f64::sqrt).collect();
    let scaled = binary(Binary::Div, matrix, &of_floats(&[width], None, scale.clone())?)?;
    let (q, r) = array::qr(&scaled, false)?;
    let right = matmul(&q.transposed()?, &y.reshape(&[x.len(), 1])?)?;
    let solved = floats(&array::solve_triangular(&r, &right, false, false)?)?;
    let out = solved.iter().zip(&scale).map(|(c, s)| c / s).collect();
    Ok(vec![of_floats(&[width], g.dtype, out)?])
}
