//! Orthogonal factors, eigenvalues and singular values of stacks of real matrices.
//!
//! Eigenvectors are unique only up to their signs. Those of symmetric matrices are found as Eigen does, which
//! TensorFlow calls: by reflections to a tridiagonal matrix and implicit QR steps on that, so that the signs are
//! mostly the same.

use crate::matrix::{Matrix, Stack};
use crate::{Array, Fault, Result};

/// The most steps for each eigenvalue or singular value.
const MAX_ROUNDS: usize = 60;

/// Reflects a vector onto its first axis: the vector of the reflection, its factor, and what the first element
/// becomes. A vector that lies on the axis stays, as in LAPACK and Eigen.
fn reflection(x: &[f64]) -> (Vec<f64>, f64, f64) {
    let tail: f64 = x[1..].iter().map(|v| v * v).sum();
    if tail == 0.0 {
        return (vec![0.0; x.len()], 0.0, x[0]);
    }
    let norm = (x[0] * x[0] + tail).sqrt();
    let beta = if x[0] >= 0.0 { -norm } else { norm };
    let mut v: Vec<f64> = x.iter().map(|e| e / (x[0] - beta)).collect();
    v[0] = 1.0;
    (v, (beta - x[0]) / beta, beta)
}

/// Applies a reflection of the rows from `start` on, from the left.
fn reflect(m: &mut Matrix, v: &[f64], factor: f64, start: usize) {
    for j in 0..m.columns {
        let along: f64 = v.iter().enumerate().map(|(k, v)| v * m.at(start + k, j)).sum();
        v.iter().enumerate().for_each(|(k, v)| *m.at_mut(start + k, j) -= factor * v * along);
    }
}

/// Factors matrices into orthogonal ones and upper triangles: `(q, r)`, with all columns of `q` or those that count.
///
/// # Errors
/// The rank is below 2, or the dtype is not real.
pub fn qr(x: &Array, full: bool) -> Result<(Array, Array)> {
    let stack = Stack::of(x)?;
    let [.., rows, columns] = *x.shape() else { return Err(Fault::Shape("no matrix".to_owned())) };
    let kept = if full { rows } else { rows.min(columns) };
    let (mut qs, mut rs) = (Vec::new(), Vec::new());
    for m in &stack.matrices {
        let mut r = m.clone();
        let mut reflections = Vec::new();
        for k in 0..rows.min(columns) {
            let column: Vec<f64> = (k..rows).map(|i| r.at(i, k)).collect();
            let (v, factor, _) = reflection(&column);
            reflect(&mut r, &v, factor, k);
            (k + 1..rows).for_each(|i| *r.at_mut(i, k) = 0.0);
            reflections.push((v, factor));
        }
        let mut q = Matrix::identity(rows);
        for (k, (v, factor)) in reflections.iter().enumerate().rev() {
            reflect(&mut q, v, *factor, k);
        }
        qs.push(q.left(kept));
        r.values.truncate(kept * columns);
        r.rows = kept;
        rs.push(r);
    }
    Ok((stack.stacked(rows, kept, qs)?, stack.stacked(kept, columns, rs)?))
}

/// A symmetric matrix as a tridiagonal one: the diagonal, what stands below it, and the rotation.
///
/// source: Eigen/src/Eigenvalues/Tridiagonalization.h: tridiagonalization_inplace
fn tridiagonal(mut a: Matrix) -> (Vec<f64>, Vec<f64>, Matrix) {
    let n = a.rows;
    // Only the lower triangle is read.
    for i in 0..n {
        (i + 1..n).for_each(|j| *a.at_mut(i, j) = a.at(j, i));
    }
    let mut below = Vec::new();
    let mut reflections = Vec::new();
    for k in 0..n.saturating_sub(1) {
        let column: Vec<f64> = (k + 1..n).map(|i| a.at(i, k)).collect();
        let (v, factor, beta) = reflection(&column);
        below.push(beta);
        reflect(&mut a, &v, factor, k + 1);
        a = a.transposed();
        reflect(&mut a, &v, factor, k + 1);
        reflections.push((v, factor));
    }
    let mut q = Matrix::identity(n);
    for (k, (v, factor)) in reflections.iter().enumerate().rev() {
        reflect(&mut q, v, *factor, k + 1);
    }
    ((0..n).map(|i| a.at(i, i)).collect(), below, q)
}

/// The cosine and sine of the rotation that brings `(p, q)` onto the first axis.
fn givens(p: f64, q: f64) -> (f64, f64) {
    if q == 0.0 {
        (if p < 0.0 { -1.0 } else { 1.0 }, 0.0)
    } else if p == 0.0 {
        (0.0, if q < 0.0 { 1.0 } else { -1.0 })
    } else if p.abs() > q.abs() {
        let t = q / p;
        let c = 1.0 / (1.0 + t * t).sqrt().copysign(p);
        (c, -t * c)
    } else {
        let t = p / q;
        let s = -1.0 / (1.0 + t * t).sqrt().copysign(q);
        (-t * s, s)
    }
}

/// One implicit QR step on the block from `start` to `end`.
///
/// source: Eigen/src/Eigenvalues/SelfAdjointEigenSolver.h: tridiagonal_qr_step
fn qr_step(diagonal: &mut [f64], below: &mut [f64], start: usize, end: usize, q: &mut Matrix) {
    let half = (diagonal[end - 1] - diagonal[end]) * 0.5;
    let e = below[end - 1];
    let mut shift = diagonal[end];
    if half == 0.0 {
        shift -= e.abs();
    } else if e != 0.0 {
        let whole = half + half.hypot(e).copysign(half);
        shift -= if e * e == 0.0 { e / (whole / e) } else { e * e / whole };
    }
    let (mut x, mut z) = (diagonal[start] - shift, below[start]);
    for k in start..end {
        if z == 0.0 {
            break;
        }
        let (c, s) = givens(x, z);
        let low = s * diagonal[k] + c * below[k];
        let next = s * below[k] + c * diagonal[k + 1];
        diagonal[k] = c * (c * diagonal[k] - s * below[k]) - s * (c * below[k] - s * diagonal[k + 1]);
        diagonal[k + 1] = s * low + c * next;
        below[k] = c * low - s * next;
        if k > start {
            below[k - 1] = c * below[k - 1] - s * z;
        }
        x = below[k];
        if k + 1 < end {
            z = -s * below[k + 1];
            below[k + 1] *= c;
        }
        turn(q, k, k + 1, c, s);
    }
}

/// Turns two columns in their plane.
fn turn(m: &mut Matrix, i: usize, j: usize, c: f64, s: f64) {
    for row in 0..m.rows {
        let (a, b) = (m.at(row, i), m.at(row, j));
        *m.at_mut(row, i) = c * a - s * b;
        *m.at_mut(row, j) = s * a + c * b;
    }
}

/// The eigenvalues of a symmetric matrix in ascending order, and the eigenvectors as columns.
fn symmetric(mut a: Matrix) -> Result<(Vec<f64>, Matrix)> {
    let n = a.rows;
    let largest = a.values.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
    let scale = if largest == 0.0 { 1.0 } else { largest };
    if !scale.is_finite() {
        return Err(Fault::Shape("eigenvalues of numbers that are not finite".to_owned()));
    }
    a.values.iter_mut().for_each(|v| *v /= scale);
    let (mut diagonal, mut below, mut q) = tridiagonal(a);
    let mut end = n.saturating_sub(1);
    let mut rounds = 0;
    while end > 0 {
        for i in 0..end {
            if below[i].abs() <= f64::EPSILON * (diagonal[i].abs() + diagonal[i + 1].abs()) {
                below[i] = 0.0;
            }
        }
        while end > 0 && below[end - 1] == 0.0 {
            end -= 1;
        }
        if end == 0 {
            break;
        }
        rounds += 1;
        if rounds > MAX_ROUNDS * n {
            return Err(Fault::Unsupported("eigenvalues that do not converge"));
        }
        let mut start = end - 1;
        while start > 0 && below[start - 1] != 0.0 {
            start -= 1;
        }
        qr_step(&mut diagonal, &mut below, start, end, &mut q);
    }
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|i, j| diagonal[*i].total_cmp(&diagonal[*j]));
    let mut vectors = Matrix::zeros(n, n);
    for (to, from) in order.iter().enumerate() {
        (0..n).for_each(|row| *vectors.at_mut(row, to) = q.at(row, *from));
    }
    Ok((order.into_iter().map(|i| diagonal[i] * scale).collect(), vectors))
}

/// The eigenvalues of symmetric matrices in ascending order, and their eigenvectors as columns. Only the lower
/// triangle is read.
///
/// # Errors
/// A matrix is not square or not finite, or the dtype is not real.
pub fn eigh(x: &Array) -> Result<(Array, Array)> {
    let (stack, n) = Stack::square(x)?;
    let (mut values, mut vectors) = (Vec::new(), Vec::new());
    for m in &stack.matrices {
        let (own, columns) = symmetric(m.clone())?;
        values.push(own);
        vectors.push(columns);
    }
    Ok((stack.joined(&[n], values)?, stack.stacked(n, n, vectors)?))
}

/// The singular values of a matrix with no more columns than rows, and both sides' vectors as columns: turns pairs
/// of columns until all are orthogonal.
fn singular(m: &Matrix) -> Result<(Vec<f64>, Matrix, Matrix)> {
    let (rows, n) = (m.rows, m.columns);
    let (mut u, mut v) = (m.clone(), Matrix::identity(n));
    let mut rounds = 0;
    loop {
        let mut turned = false;
        for i in 0..n {
            for j in i + 1..n {
                let dot = |a: usize, b: usize| (0..rows).map(|r| u.at(r, a) * u.at(r, b)).sum::<f64>();
                let (own, other, both) = (dot(i, i), dot(j, j), dot(i, j));
                if both == 0.0 || both.abs() <= 1e-15 * (own * other).sqrt() {
                    continue;
                }
                turned = true;
                let zeta = (other - own) / (2.0 * both);
                let t = 1.0_f64.copysign(zeta) / (zeta.abs() + (1.0 + zeta * zeta).sqrt());
                let c = 1.0 / (1.0 + t * t).sqrt();
                turn(&mut u, i, j, c, c * t);
                turn(&mut v, i, j, c, c * t);
            }
        }
        if !turned {
            break;
        }
        rounds += 1;
        if rounds > MAX_ROUNDS {
            return Err(Fault::Unsupported("singular values that do not converge"));
        }
    }
    let norm = |j: usize| (0..rows).map(|r| u.at(r, j).powi(2)).sum::<f64>().sqrt();
    let values: Vec<f64> = (0..n).map(norm).collect();
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|i, j| values[*j].total_cmp(&values[*i]));
    let (mut left, mut right) = (Matrix::zeros(rows, n), Matrix::zeros(n, n));
    for (to, from) in order.iter().enumerate() {
        for row in 0..rows {
            let length = values[*from];
            *left.at_mut(row, to) = if length > 0.0 { u.at(row, *from) / length } else { 0.0 };
        }
        (0..n).for_each(|row| *right.at_mut(row, to) = v.at(row, *from));
    }
    Ok((order.into_iter().map(|i| values[i]).collect(), left, right))
}

/// Completes orthonormal columns to a basis; columns of zeros count as missing.
fn completed(m: &Matrix, columns: usize) -> Matrix {
    let n = m.rows;
    let mut out = Matrix::zeros(n, columns);
    let column = |m: &Matrix, j: usize| (0..n).map(|i| m.at(i, j)).collect::<Vec<f64>>();
    let mut basis: Vec<Vec<f64>> = Vec::new();
    for j in 0..m.columns {
        let own = column(m, j);
        if own.iter().any(|v| *v != 0.0) {
            basis.push(own);
        }
    }
    let mut spare = (0..n).filter_map(|axis| {
        let mut e = vec![0.0; n];
        e[axis] = 1.0;
        // Twice, since once leaves what rounding put there.
        for _ in 0..2 {
            for b in &basis {
                let along: f64 = b.iter().zip(&e).map(|(x, y)| x * y).sum();
                e.iter_mut().zip(b).for_each(|(x, y)| *x -= along * y);
            }
        }
        let norm = e.iter().map(|v| v * v).sum::<f64>().sqrt();
        (norm > 1e-8).then(|| {
            e.iter_mut().for_each(|v| *v /= norm);
            basis.push(e.clone());
            e
        })
    });
    for j in 0..columns {
        let own = if j < m.columns { column(m, j) } else { vec![0.0; n] };
        let own = if own.iter().any(|v| *v != 0.0) { own } else { spare.next().unwrap_or(own) };
        own.iter().enumerate().for_each(|(i, v)| *out.at_mut(i, j) = *v);
    }
    out
}

/// The singular values of matrices in descending order, and both sides' vectors as columns: `(s, u, v)`, all of
/// them or those that count.
///
/// # Errors
/// The rank is below 2, or the dtype is not real.
pub fn svd(x: &Array, full: bool) -> Result<(Array, Array, Array)> {
    let stack = Stack::of(x)?;
    let [.., rows, columns] = *x.shape() else { return Err(Fault::Shape("no matrix".to_owned())) };
    let least = rows.min(columns);
    let (left, right) = if full { (rows, columns) } else { (least, least) };
    let (mut values, mut us, mut vs) = (Vec::new(), Vec::new(), Vec::new());
    for m in &stack.matrices {
        let (s, u, v) = if rows >= columns {
            singular(m)?
        } else {
            let (s, v, u) = singular(&m.transposed())?;
            (s, u, v)
        };
        values.push(s);
        us.push(completed(&u, left));
        vs.push(completed(&v, right));
    }
    Ok((stack.joined(&[least], values)?, stack.stacked(rows, left, us)?, stack.stacked(columns, right, vs)?))
}

#[cfg(test)]
mod tests {
    use tensor::DType;

    use super::*;
    use crate::matmul;

    fn close(x: &Array, y: &Array) {
        let (x, y) = (x.to_floats().unwrap(), y.to_floats().unwrap());
        assert!(x.len() == y.len() && x.iter().zip(&y).all(|(a, b)| (a - b).abs() < 1e-10), "{x:?} {y:?}");
    }

    fn sample(shape: &[usize]) -> Array {
        let count = shape.iter().product::<usize>();
        let values = (0..count).map(|k| (k as f64 * 0.618_033_988 + 0.3).fract() - 0.4).collect();
        Array::floats(shape, DType::Float64, values).unwrap()
    }

    fn diagonal(values: &[f64], rows: usize, columns: usize) -> Array {
        let mut m = Matrix::zeros(rows, columns);
        values.iter().enumerate().for_each(|(i, v)| *m.at_mut(i, i) = *v);
        Array::floats(&[rows, columns], DType::Float64, m.values).unwrap()
    }

    #[test]
    fn factors_multiply_to_the_matrix() {
        for shape in [[4, 3], [3, 3], [2, 4]] {
            let x = sample(&shape);
            for full in [false, true] {
                let (q, r) = qr(&x, full).unwrap();
                close(&matmul(&q, &r).unwrap(), &x);
                let (s, u, v) = svd(&x, full).unwrap();
                let middle = diagonal(&s.to_floats().unwrap(), u.shape()[1], v.shape()[1]);
                let whole = matmul(&matmul(&u, &middle).unwrap(), &v.transposed().unwrap()).unwrap();
                close(&whole, &x);
                let n = u.shape()[1];
                close(&matmul(&u.transposed().unwrap(), &u).unwrap(), &diagonal(&vec![1.0; n], n, n));
            }
        }
    }

    #[test]
    fn eigenvectors_diagonalise() {
        let x = sample(&[5, 5]);
        let x = crate::binary(crate::Binary::Add, x.clone(), &x.transposed().unwrap()).unwrap();
        let (values, vectors) = eigh(&x).unwrap();
        let values = values.to_floats().unwrap();
        assert!(values.is_sorted());
        let scaled = matmul(&vectors, &diagonal(&values, 5, 5)).unwrap();
        close(&matmul(&x, &vectors).unwrap(), &scaled);
        let (zero, basis) = eigh(&diagonal(&[0.0; 2], 2, 2)).unwrap();
        close(&zero, &Array::zeros(&[2], DType::Float64).unwrap());
        close(&basis, &diagonal(&[1.0; 2], 2, 2));
    }

    #[test]
    fn rank_deficient_matrices_have_whole_bases() {
        let x = Array::floats(&[2, 2], DType::Float64, vec![1.0, 2.0, 2.0, 4.0]).unwrap();
        let (s, u, _) = svd(&x, false).unwrap();
        close(&s, &Array::floats(&[2], DType::Float64, vec![5.0, 0.0]).unwrap());
        close(&matmul(&u.transposed().unwrap(), &u).unwrap(), &diagonal(&[1.0; 2], 2, 2));
    }
}
