//! Products of matrices.
//!
//! The only place that knows the library that multiplies: `ndarray` over `matrixmultiply`, which takes any
//! strides, so that transposed operands are not copied.

use ndarray::linalg::general_mat_mul;
use ndarray::{ArrayView2, ArrayViewMut2, Axis, LinalgScalar, ShapeBuilder};
use tensor::DType;

use crate::array::broadcast;
use crate::elements::{Complex, Element};
use crate::{Array, Fault, Result};

/// The fewest rows or columns, and products of numbers, that are worth a thread of their own.
const LEAST_LINES: usize = 32;
const LEAST_PRODUCTS: usize = 1 << 22;

/// Multiplies matrices: the last two axes are rows and columns, the axes before them are broadcast.
///
/// # Errors
/// A rank is below 2, the sizes do not fit, or the dtype has no product.
pub fn matmul(a: &Array, b: &Array) -> Result<Array> {
    let (&[ref batch_a @ .., rows, inner], &[ref batch_b @ .., other, columns]) = (a.shape(), b.shape())
    else {
        return Err(Fault::Shape("a product of what is no matrix".to_owned()));
    };
    if inner != other {
        return Err(Fault::Shape(format!("{inner} columns by {other} rows")));
    }
    let mut shape = broadcast(batch_a, batch_b)?;
    let batch = shape.clone();
    shape.extend([rows, columns]);
    let wide = |x: &Array| {
        let mut full = batch.clone();
        full.extend_from_slice(&x.shape()[x.rank() - 2..]);
        x.broadcast_to(&full)
    };
    match a.dtype() {
        DType::Float64 => floats::<f64>(a, b, &shape, &wide),
        d if d.is_floating() => floats::<f32>(a, b, &shape, &wide),
        d if d.is_integer() => {
            plain(&wide(a)?, &wide(b)?, &shape, 0_i64, |sum, x, y| sum.wrapping_add(x.wrapping_mul(y)))
        }
        d if d.is_complex() => {
            plain(&wide(a)?, &wide(b)?, &shape, Complex::default(), |sum, x, y| sum.add(x.mul(y)))
        }
        d => Err(Fault::DType(d)),
    }
}

fn floats<R: Element + LinalgScalar + Send + Sync>(
    a: &Array,
    b: &Array,
    shape: &[usize],
    wide: &dyn Fn(&Array) -> Result<Array>,
) -> Result<Array> {
    let (rows, columns, inner) = (shape[shape.len() - 2], shape[shape.len() - 1], a.shape()[a.rank() - 1]);
    let length = crate::array::count(shape)?;
    if length == 0 || inner == 0 {
        return Array::new(shape, a.dtype(), vec![<R as Element>::zero(); length]);
    }
    let mut out = R::overwritten(length);
    // A stack of matrices by one matrix is one tall matrix by that matrix.
    if b.rank() == 2 && a.rank() > 2 && a.is_dense() {
        let tall = a.reshape(&[a.len() / inner.max(1), inner])?;
        if tall.shape()[0] == out.len() / columns.max(1) {
            product::<R>(&tall, b, &mut out)?;
            return Array::new(shape, a.dtype(), out);
        }
    }
    let (x, y) = (wide(a)?, wide(b)?);
    let batch = &shape[..shape.len() - 2];
    if batch.is_empty() {
        product::<R>(&x, &y, &mut out)?;
    } else {
        let mut index = vec![0; batch.len()];
        for part in out.chunks_exact_mut(rows * columns) {
            product::<R>(&matrix(&x, &index)?, &matrix(&y, &index)?, part)?;
            for axis in (0..batch.len()).rev() {
                index[axis] += 1;
                if index[axis] < batch[axis] {
                    break;
                }
                index[axis] = 0;
            }
        }
    }
    Array::new(shape, a.dtype(), out)
}

/// Takes one matrix of a stack.
fn matrix(x: &Array, index: &[usize]) -> Result<Array> {
    let (rows, columns) = (x.shape()[x.rank() - 2], x.shape()[x.rank() - 1]);
    let starts: Vec<usize> = index.iter().copied().chain([0, 0]).collect();
    let sizes: Vec<usize> = index.iter().map(|_| 1).chain([rows, columns]).collect();
    let part = x.window(&starts, &sizes, &vec![1; x.rank()])?;
    part.without_leading(index.len())
}

/// Multiplies two matrices into a dense one.
fn product<R: Element + LinalgScalar + Send + Sync>(a: &Array, b: &Array, out: &mut [R]) -> Result<()> {
    let (a, b) = (viewable(a), viewable(b));
    let (rows, columns) = (a.shape()[0], b.shape()[1]);
    let large = a.len() * columns >= LEAST_PRODUCTS;
    let target = ArrayViewMut2::from_shape((rows, columns), out).map_err(|e| Fault::Shape(e.to_string()))?;
    multiplied(view(&a)?, view(&b)?, target, if large { rayon::current_num_threads() } else { 1 });
    Ok(())
}

/// Multiplies two matrices, on so many threads: each takes some of the rows or of the columns. Each element is the same
/// sum however many threads there are.
///
/// What all of them read is packed by each of them, so the larger matrix is the one that is divided.
fn multiplied<R: Element + LinalgScalar + Send + Sync>(
    a: ArrayView2<'_, R>,
    b: ArrayView2<'_, R>,
    mut target: ArrayViewMut2<'_, R>,
    threads: usize,
) {
    let (rows, columns) = (a.nrows(), b.ncols());
    let axis = Axis(usize::from(rows < columns));
    let lines = rows.max(columns);
    if threads < 2 || lines < 2 * LEAST_LINES {
        return general_mat_mul(R::one(), &a, &b, <R as Element>::zero(), &mut target);
    }
    let (first, second) = target.split_at(axis, lines / 2);
    let ((a, c), (b, d)) = match axis {
        Axis(0) => (a.split_at(axis, lines / 2), (b, b)),
        _ => ((a, a), b.split_at(axis, lines / 2)),
    };
    rayon::join(|| multiplied(a, b, first, threads / 2), || multiplied(c, d, second, threads - threads / 2));
}

/// Makes strides positive, as the library's views have them.
fn viewable(x: &Array) -> Array {
    if x.strides().iter().zip(x.shape()).all(|(stride, size)| *stride > 0 || *size <= 1) {
        x.clone()
    } else {
        x.dense()
    }
}

fn view<R: Element>(x: &Array) -> Result<ArrayView2<'_, R>> {
    let slice = x.slice::<R>()?.get(x.offset()..).unwrap_or_default();
    let stride = |axis: usize| if x.shape()[axis] <= 1 { 1 } else { x.strides()[axis].unsigned_abs() };
    let shape = (x.shape()[0], x.shape()[1]).strides((stride(0), stride(1)));
    ArrayView2::from_shape(shape, slice).map_err(|e| Fault::Shape(e.to_string()))
}

/// Multiplies element by element, for dtypes that the library does not know.
fn plain<A: Element + Copy>(
    a: &Array,
    b: &Array,
    shape: &[usize],
    zero: A,
    step: impl Fn(A, A, A) -> A,
) -> Result<Array> {
    let (rows, columns) = (shape[shape.len() - 2], shape[shape.len() - 1]);
    let inner = a.shape()[a.rank() - 1];
    let (x, y) = (a.elements::<A>()?, b.elements::<A>()?);
    let total = crate::array::count(shape)?;
    let mut out = Vec::with_capacity(total);
    for at in 0..total {
        let (batch, row, column) = (at / (rows * columns), at / columns % rows, at % columns);
        let sum = (0..inner).fold(zero, |sum, k| {
            step(sum, x[(batch * rows + row) * inner + k], y[(batch * inner + k) * columns + column])
        });
        out.push(sum);
    }
    Array::new(shape, a.dtype(), out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counting(shape: &[usize], dtype: DType) -> Array {
        Array::ints(shape, dtype, (0..shape.iter().product::<usize>() as i64).collect()).unwrap()
    }

    #[test]
    fn all_dtypes_and_strides_agree() {
        let expected = [10.0, 13.0, 28.0, 40.0];
        for dtype in [DType::Float32, DType::Float64, DType::Int32, DType::Float16] {
            let (a, b) = (counting(&[2, 3], dtype), counting(&[3, 2], dtype));
            assert_eq!(matmul(&a, &b).unwrap().to_floats().unwrap(), expected);
            let back = b.transposed().unwrap().dense().transposed().unwrap();
            assert_eq!(matmul(&a, &back).unwrap().to_floats().unwrap(), expected);
        }
    }

    #[test]
    fn broadcasts_batches() {
        let (a, b) = (counting(&[2, 1, 2, 3], DType::Float32), counting(&[4, 3, 2], DType::Float32));
        let c = matmul(&a, &b).unwrap();
        assert_eq!(c.shape(), [2, 4, 2, 2]);
        let ints = matmul(&a.cast(DType::Int64).unwrap(), &b.cast(DType::Int64).unwrap()).unwrap();
        assert_eq!(c.to_floats().unwrap(), ints.cast(DType::Float64).unwrap().to_floats().unwrap());
        let tall = matmul(&a, &counting(&[3, 2], DType::Float32)).unwrap();
        assert_eq!(tall.shape(), [2, 1, 2, 2]);
        assert!(matmul(&a, &counting(&[2, 2], DType::Float32)).is_err());
    }

    #[test]
    fn threads_compute_the_same() {
        // The first is divided by columns, the second by rows.
        for (rows, columns) in [(201, 241), (241, 201)] {
            let (a, b) = (counting(&[rows, 173], DType::Float64), counting(&[173, columns], DType::Float64));
            let whole = matmul(&a, &b).unwrap().to_floats().unwrap();
            let row = |at| matmul(&a.narrow(0, at, at + 1).unwrap(), &b).unwrap().to_floats().unwrap();
            assert_eq!(whole, (0..rows).flat_map(row).collect::<Vec<_>>());
        }
    }

    #[test]
    fn empty_sums_are_zero() {
        let c = matmul(&counting(&[2, 0], DType::Float32), &counting(&[0, 3], DType::Float32)).unwrap();
        assert_eq!(c.to_floats().unwrap(), [0.0; 6]);
    }
}
