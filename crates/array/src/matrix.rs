//! Systems of equations, inverses, determinants and triangular factors of stacks of matrices.
//!
//! Computed in double precision and rounded to the dtype. Complex matrices are not taken.

use tensor::DType;

use crate::{Array, Fault, Result};

/// The most multiplications that one stack of matrices may cost.
const MAX_WORK: usize = 1 << 31;

/// A matrix in row-major order.
#[derive(Clone, Debug)]
pub(crate) struct Matrix {
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    pub(crate) values: Vec<f64>,
}

impl Matrix {
    pub(crate) fn zeros(rows: usize, columns: usize) -> Matrix {
        Matrix { rows, columns, values: vec![0.0; rows * columns] }
    }

    pub(crate) fn identity(size: usize) -> Matrix {
        let mut out = Matrix::zeros(size, size);
        (0..size).for_each(|i| *out.at_mut(i, i) = 1.0);
        out
    }

    pub(crate) fn at(&self, row: usize, column: usize) -> f64 {
        self.values[row * self.columns + column]
    }

    pub(crate) fn at_mut(&mut self, row: usize, column: usize) -> &mut f64 {
        &mut self.values[row * self.columns + column]
    }

    pub(crate) fn transposed(&self) -> Matrix {
        let mut out = Matrix::zeros(self.columns, self.rows);
        for row in 0..self.rows {
            (0..self.columns).for_each(|column| *out.at_mut(column, row) = self.at(row, column));
        }
        out
    }

    /// The largest sum of absolute values of a column.
    fn largest_sum(&self) -> f64 {
        let sum = |column: usize| (0..self.rows).map(|row| self.at(row, column).abs()).sum::<f64>();
        (0..self.columns).map(sum).fold(0.0, f64::max)
    }

    pub(crate) fn swap_rows(&mut self, a: usize, b: usize) {
        (0..self.columns).for_each(|j| self.values.swap(a * self.columns + j, b * self.columns + j));
    }

    /// The first columns.
    pub(crate) fn left(&self, columns: usize) -> Matrix {
        let rows = self.values.chunks_exact(self.columns.max(1));
        let values = rows.flat_map(|row| &row[..columns.min(row.len())]).copied().collect();
        Matrix { rows: self.rows, columns, values }
    }
}

/// A stack of matrices: the sizes before the last two axes, and the matrices.
pub(crate) struct Stack {
    pub(crate) outer: Vec<usize>,
    pub(crate) matrices: Vec<Matrix>,
    dtype: DType,
}

impl Stack {
    /// Takes an array apart.
    ///
    /// # Errors
    /// The rank is below 2, the dtype is not real, or the matrices are too large.
    pub(crate) fn of(x: &Array) -> Result<Stack> {
        let [outer @ .., rows, columns] = x.shape() else {
            return Err(Fault::Shape("no matrix".to_owned()));
        };
        if !x.dtype().is_floating() {
            return Err(Fault::Unsupported("matrices of another dtype"));
        }
        let work = x.len().saturating_mul((*rows).max(*columns));
        if work > MAX_WORK {
            return Err(Fault::TooLarge);
        }
        let values = x.to_floats()?;
        let size = rows * columns;
        let count: usize = outer.iter().product();
        let one = |at: usize| Matrix {
            rows: *rows,
            columns: *columns,
            values: values[at * size..(at + 1) * size].to_vec(),
        };
        Ok(Stack { outer: outer.to_vec(), matrices: (0..count).map(one).collect(), dtype: x.dtype() })
    }

    /// Takes an array of square matrices apart; gives their size.
    ///
    /// # Errors
    /// They are not square, or as [`Stack::of`].
    pub(crate) fn square(x: &Array) -> Result<(Stack, usize)> {
        match *x.shape() {
            [.., rows, columns] if rows == columns => Ok((Stack::of(x)?, rows)),
            _ => Err(Fault::Shape("Input matrix must be square.".to_owned())),
        }
    }

    /// Puts the parts of each matrix together again, which have these sizes.
    pub(crate) fn joined(&self, inner: &[usize], parts: Vec<Vec<f64>>) -> Result<Array> {
        let shape = [&self.outer, inner].concat();
        Array::floats(&shape, self.dtype, parts.concat())
    }

    /// Puts what was made of each matrix together again.
    pub(crate) fn stacked(&self, rows: usize, columns: usize, made: Vec<Matrix>) -> Result<Array> {
        self.joined(&[rows, columns], made.into_iter().map(|m| m.values).collect())
    }
}

/// The factors of a square matrix: unit lower and upper triangle in one, the order of the rows, and its sign.
pub(crate) struct Factors {
    pub(crate) lu: Matrix,
    pub(crate) order: Vec<usize>,
    pub(crate) sign: f64,
}

/// Factors a square matrix by elimination with the largest pivots; a column without a pivot stays as it is.
pub(crate) fn factors(mut a: Matrix) -> Factors {
    let n = a.rows;
    let (mut order, mut sign): (Vec<usize>, f64) = ((0..n).collect(), 1.0);
    for k in 0..n {
        let pivot =
            (k + 1..n).fold(k, |best, i| if a.at(i, k).abs() > a.at(best, k).abs() { i } else { best });
        if a.at(pivot, k) == 0.0 {
            continue;
        }
        if pivot != k {
            a.swap_rows(pivot, k);
            order.swap(pivot, k);
            sign = -sign;
        }
        for i in k + 1..n {
            let factor = a.at(i, k) / a.at(k, k);
            *a.at_mut(i, k) = factor;
            (k + 1..n).for_each(|j| *a.at_mut(i, j) -= factor * a.at(k, j));
        }
    }
    Factors { lu: a, order, sign }
}

impl Factors {
    fn diagonal(&self) -> impl Iterator<Item = f64> {
        (0..self.lu.rows).map(|i| self.lu.at(i, i))
    }

    /// Solves for the columns of a right side.
    fn solve(&self, right: &Matrix) -> Result<Matrix> {
        if self.diagonal().any(|d| d == 0.0) {
            return Err(Fault::Shape("Input matrix is not invertible.".to_owned()));
        }
        let mut x = Matrix::zeros(right.rows, right.columns);
        for (row, from) in self.order.iter().enumerate() {
            (0..right.columns).for_each(|j| *x.at_mut(row, j) = right.at(*from, j));
        }
        substitute(&self.lu, &mut x, true, true);
        substitute(&self.lu, &mut x, false, false);
        Ok(x)
    }
}

/// Solves with a triangle, in place; the diagonal of a unit triangle counts as ones.
fn substitute(triangle: &Matrix, x: &mut Matrix, lower: bool, unit: bool) {
    let n = triangle.rows;
    for step in 0..n {
        let i = if lower { step } else { n - 1 - step };
        let known = if lower { 0..i } else { i + 1..n };
        for j in 0..x.columns {
            let sum: f64 = known.clone().map(|k| triangle.at(i, k) * x.at(k, j)).sum();
            let own = x.at(i, j) - sum;
            *x.at_mut(i, j) = if unit { own } else { own / triangle.at(i, i) };
        }
    }
}

/// The inverses of square matrices, or of their adjoints.
///
/// # Errors
/// A matrix is not square or has no inverse, or the dtype is not real. Neither is a matrix inverted that is so nearly
/// singular that its inverse consists of rounding errors: libraries make others of them.
pub fn inverse(x: &Array, adjoint: bool) -> Result<Array> {
    let (stack, n) = Stack::square(x)?;
    let rounding = if x.dtype() == DType::Float64 { f64::EPSILON } else { f64::from(f32::EPSILON) };
    let one = |m: &Matrix| {
        let m = if adjoint { m.transposed() } else { m.clone() };
        let made = factors(m.clone()).solve(&Matrix::identity(n))?;
        if m.largest_sum() * made.largest_sum() * rounding > 0.1 {
            return Err(Fault::Unsupported("the inverse of a nearly singular matrix"));
        }
        Ok(made)
    };
    let made = stack.matrices.iter().map(one).collect::<Result<_>>()?;
    stack.stacked(n, n, made)
}

/// The determinants of square matrices: their signs, and the logarithms of their absolute values.
///
/// # Errors
/// A matrix is not square, or the dtype is not real.
pub fn log_determinant(x: &Array) -> Result<(Array, Array)> {
    let (stack, _) = Stack::square(x)?;
    let mut signs = Vec::new();
    let mut logs = Vec::new();
    for m in &stack.matrices {
        let f = factors(m.clone());
        let sign = f.diagonal().fold(f.sign, |s, d| if d == 0.0 { 0.0 } else { s * d.signum() });
        signs.push(vec![sign]);
        logs.push(vec![f.diagonal().map(|d| d.abs().ln()).sum()]);
    }
    Ok((stack.joined(&[], signs)?, stack.joined(&[], logs)?))
}

/// The determinants of square matrices.
///
/// # Errors
/// A matrix is not square, or the dtype is not real.
pub fn determinant(x: &Array) -> Result<Array> {
    let (stack, _) = Stack::square(x)?;
    let one = |m: &Matrix| {
        let f = factors(m.clone());
        vec![f.diagonal().fold(f.sign, |product, d| product * d)]
    };
    stack.joined(&[], stack.matrices.iter().map(one).collect())
}

/// The factors of square matrices in one, and the order of their rows.
///
/// # Errors
/// A matrix is not square, or the dtype is not real.
pub fn lu(x: &Array) -> Result<(Array, Array)> {
    let (stack, n) = Stack::square(x)?;
    let all: Vec<Factors> = stack.matrices.iter().map(|m| factors(m.clone())).collect();
    let order = all.iter().flat_map(|f| &f.order).map(|row| *row as i64).collect();
    let shape = [&stack.outer[..], &[n]].concat();
    let lu = stack.stacked(n, n, all.into_iter().map(|f| f.lu).collect())?;
    Ok((lu, Array::ints(&shape, DType::Int32, order)?))
}

/// The lower triangles whose product with their adjoints are the matrices; only the lower triangle is read.
///
/// # Errors
/// A matrix is not square or not positive definite, or the dtype is not real.
pub fn cholesky(x: &Array) -> Result<Array> {
    let (stack, n) = Stack::square(x)?;
    let one = |m: &Matrix| {
        let mut l = Matrix::zeros(n, n);
        for i in 0..n {
            for j in 0..=i {
                let sum: f64 = (0..j).map(|k| l.at(i, k) * l.at(j, k)).sum();
                let rest = m.at(i, j) - sum;
                if i == j && (rest.is_nan() || rest <= 0.0) {
                    return Err(Fault::Shape("Cholesky decomposition was not successful.".to_owned()));
                }
                *l.at_mut(i, j) = if i == j { rest.sqrt() } else { rest / l.at(j, j) };
            }
        }
        Ok(l)
    };
    let made = stack.matrices.iter().map(one).collect::<Result<_>>()?;
    stack.stacked(n, n, made)
}

/// Brings two arrays of matrices to common sizes before the last two axes.
fn paired(a: &Array, b: &Array) -> Result<(Stack, Stack)> {
    let split = |x: &Array| x.shape().split_last_chunk::<2>().map(|(outer, inner)| (outer.to_vec(), *inner));
    let (Some((first, m)), Some((second, n))) = (split(a), split(b)) else {
        return Err(Fault::Shape("no matrix".to_owned()));
    };
    if m[0] != n[0] {
        return Err(Fault::Shape(format!("{} rows for {}", n[0], m[0])));
    }
    let outer = crate::broadcast(&first, &second)?;
    let to = |x: &Array, inner: [usize; 2]| Stack::of(&x.broadcast_to(&[&outer[..], &inner].concat())?);
    Ok((to(a, m)?, to(b, n)?))
}

/// Solves `a x = b`, or with the adjoint of `a`.
///
/// # Errors
/// The matrices are not square or have no inverse, the rows differ, or the dtype is not real.
pub fn solve(a: &Array, b: &Array, adjoint: bool) -> Result<Array> {
    let (_, n) = Stack::square(a)?;
    let (left, right) = paired(a, b)?;
    let one = |(m, r): (&Matrix, &Matrix)| {
        let m = if adjoint { m.transposed() } else { m.clone() };
        factors(m).solve(r)
    };
    let made = left.matrices.iter().zip(&right.matrices).map(one).collect::<Result<_>>()?;
    right.stacked(n, b.shape()[b.rank() - 1], made)
}

/// Solves `a x = b`, or with the adjoint of `a`, where `a` is a lower or an upper triangle; the other one is not read.
///
/// # Errors
/// The matrices are not square, the rows differ, or the dtype is not real.
pub fn solve_triangular(a: &Array, b: &Array, lower: bool, adjoint: bool) -> Result<Array> {
    let (_, n) = Stack::square(a)?;
    let (left, right) = paired(a, b)?;
    let one = |(m, r): (&Matrix, &Matrix)| {
        let mut x = r.clone();
        let m = if adjoint { m.transposed() } else { m.clone() };
        substitute(&m, &mut x, lower != adjoint, false);
        x
    };
    let made = left.matrices.iter().zip(&right.matrices).map(one).collect();
    right.stacked(n, b.shape()[b.rank() - 1], made)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn array(shape: &[usize], values: &[f64]) -> Array {
        Array::floats(shape, DType::Float64, values.to_vec()).unwrap()
    }

    fn close(x: &Array, expected: &[f64]) {
        let found = x.to_floats().unwrap();
        let same = found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12);
        assert!(same && found.len() == expected.len(), "{found:?} is not {expected:?}");
    }

    #[test]
    fn solves_and_inverts_stacks() {
        // The first needs its rows swapped.
        let a = array(&[2, 2, 2], &[0.0, 2.0, 1.0, 1.0, 4.0, 1.0, 2.0, 3.0]);
        let back = crate::matmul(&inverse(&a, false).unwrap(), &a).unwrap();
        close(&back, &[1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0]);
        close(&determinant(&a).unwrap(), &[-2.0, 10.0]);
        let (sign, log) = log_determinant(&a).unwrap();
        close(&sign, &[-1.0, 1.0]);
        close(&log, &[2.0_f64.ln(), 10.0_f64.ln()]);
        let b = array(&[2, 1], &[2.0, 3.0]);
        close(&solve(&a, &b, false).unwrap(), &[2.0, 1.0, 0.3, 0.8]);
        let singular = array(&[2, 2], &[1.0, 2.0, 2.0, 4.0]);
        assert!(inverse(&singular, false).is_err());
        let nearly = array(&[3, 3], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]);
        assert!(inverse(&nearly, false).is_err());
        close(&determinant(&singular).unwrap(), &[0.0]);
    }

    #[test]
    fn triangles_are_read_alone() {
        let a = array(&[2, 2], &[4.0, 9.0, 2.0, 3.0]);
        let l = cholesky(&a).unwrap();
        close(&l, &[2.0, 0.0, 1.0, 2.0_f64.sqrt()]);
        let b = array(&[2, 1], &[2.0, 3.0]);
        close(&solve_triangular(&a, &b, true, false).unwrap(), &[0.5, 2.0 / 3.0]);
        close(&solve_triangular(&a, &b, true, true).unwrap(), &[0.0, 1.0]);
        assert!(cholesky(&array(&[1, 1], &[-1.0])).is_err());
    }
}
