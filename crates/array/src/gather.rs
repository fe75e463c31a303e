//! Picking and placing by index.

use tensor::DType;

use crate::array::{Sizes, count};
use crate::elements::{Buffer, Complex, Element};
use crate::join::by_storage;
use crate::scalars::{Real, larger, smaller};
use crate::{Array, Fault, Result};

/// What is done with a row that is placed where one already is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are those of the functions")]
pub enum Rows {
    Add,
    Sub,
    Max,
    Min,
    Mul,
    Set,
}

impl Rows {
    /// Returns what becomes of an integer and the one that comes to it.
    pub(crate) fn on_ints(self) -> fn(i64, i64) -> i64 {
        match self {
            Rows::Add => i64::wrapping_add,
            Rows::Sub => i64::wrapping_sub,
            Rows::Max => i64::max,
            Rows::Min => i64::min,
            Rows::Mul => i64::wrapping_mul,
            Rows::Set => |_, b| b,
        }
    }
}

/// Checks indices against a size.
fn inside(indices: &Array, size: usize) -> Result<Vec<usize>> {
    let fits = |n: i64| usize::try_from(n).ok().filter(|at| *at < size).ok_or(Fault::Index(n, size));
    indices.to_ints()?.into_iter().map(fits).collect()
}

/// Picks along an axis: the axis is replaced by those of the indices. The first `batch` axes of both belong
/// together.
///
/// # Errors
/// An index lies outside, or the axes do not fit.
pub fn gather(params: &Array, indices: &Array, axis: usize, batch: usize) -> Result<Array> {
    if axis >= params.rank() || batch > axis || batch > indices.rank() {
        return Err(Fault::Shape(format!("no axis {axis} of {}", params.rank())));
    }
    if params.shape()[..batch] != indices.shape()[..batch] {
        return Err(Fault::Shape("other batch sizes".to_owned()));
    }
    let mut shape: Sizes = params.shape()[..axis].into();
    shape.extend_from_slice(&indices.shape()[batch..]);
    shape.extend_from_slice(&params.shape()[axis + 1..]);
    count(&shape)?;
    by_storage!(params, gathered(params, indices, axis, batch, &shape))
}

fn gathered<A: Element>(
    params: &Array,
    indices: &Array,
    axis: usize,
    batch: usize,
    shape: &[usize],
) -> Result<Array> {
    let dense = params.dense();
    let (values, size) = (dense.slice::<A>()?, params.shape()[axis]);
    let at = inside(indices, size)?;
    let batches: usize = params.shape()[..batch].iter().product();
    let middle: usize = params.shape()[batch..axis].iter().product();
    let inner: usize = params.shape()[axis + 1..].iter().product();
    let each = at.len().checked_div(batches).unwrap_or(0);
    let mut out: Vec<A> = Vec::with_capacity(shape.iter().product());
    for block in 0..batches {
        let picks = at.get(block * each..(block + 1) * each).unwrap_or_default();
        for row in 0..middle {
            for pick in picks {
                let start = ((block * middle + row) * size + pick) * inner;
                out.extend_from_slice(values.get(start..start + inner).unwrap_or_default());
            }
        }
    }
    Array::new(shape, params.dtype(), out)
}

/// The sizes that an index of `depth` numbers leaves, and where each index points.
fn places(shape: &[usize], indices: &Array, batch: usize) -> Result<(Vec<usize>, usize)> {
    let depth = indices.shape().last().copied().ok_or(Fault::Shape("a scalar index".to_owned()))?;
    let picked =
        shape.get(batch..batch + depth).ok_or(Fault::Shape(format!("an index of {depth} numbers")))?;
    let inner: usize = shape[batch + depth..].iter().product();
    let numbers = indices.to_ints()?;
    let rows: usize = indices.shape()[..indices.rank() - 1].iter().product();
    let batches: usize = shape[..batch].iter().product();
    let whole: usize = shape[batch..].iter().product();
    let mut out = Vec::with_capacity(rows);
    for row in 0..rows {
        let index = numbers.get(row * depth..(row + 1) * depth).unwrap_or_default();
        let mut at = 0;
        for (n, size) in index.iter().zip(picked) {
            let n = usize::try_from(*n).ok().filter(|at| at < size).ok_or(Fault::Index(*n, *size))?;
            at = at * size + n;
        }
        let block = if batches == 0 { 0 } else { row * batches / rows.max(1) };
        out.push(block * whole + at * inner);
    }
    Ok((out, inner))
}

/// Picks by indices of several numbers each, the last axis of `indices`. The first `batch` axes belong together.
///
/// # Errors
/// An index lies outside or is too long.
pub fn gather_nd(params: &Array, indices: &Array, batch: usize) -> Result<Array> {
    let depth = indices.shape().last().copied().unwrap_or(0);
    let (at, inner) = places(params.shape(), indices, batch)?;
    let mut shape: Sizes = indices.shape()[..indices.rank() - 1].into();
    shape.extend_from_slice(params.shape().get(batch + depth..).unwrap_or_default());
    by_storage!(params, rows_at(params, &at, inner, &shape))
}

fn rows_at<A: Element>(params: &Array, at: &[usize], inner: usize, shape: &[usize]) -> Result<Array> {
    let dense = params.dense();
    let values = dense.slice::<A>()?;
    let mut out: Vec<A> = Vec::with_capacity(count(shape)?);
    for start in at {
        out.extend_from_slice(values.get(*start..start + inner).unwrap_or_default());
    }
    Array::new(shape, params.dtype(), out)
}

/// Places rows into an array by indices of several numbers each.
///
/// # Errors
/// An index lies outside, the rows do not fit, or the function is not defined for the dtype.
pub fn scatter_nd(base: &Array, indices: &Array, rows: &Array, how: Rows) -> Result<Array> {
    let (at, inner) = places(base.shape(), indices, 0)?;
    if at.len() * inner != rows.len() {
        return Err(Fault::Shape(format!("rows of shape {:?}", rows.shape())));
    }
    if rows.dtype() != base.dtype() {
        return Err(Fault::DType(rows.dtype()));
    }
    match (&base.buffer, how) {
        (_, Rows::Set) => by_storage!(base, set_rows(base, &at, inner, rows)),
        (Buffer::Single(_), _) => real_rows::<f32>(base, &at, inner, rows, how),
        (Buffer::Double(_), _) => real_rows::<f64>(base, &at, inner, rows, how),
        (Buffer::Int(_), _) => placed::<i64>(base, &at, inner, rows, how.on_ints()),
        (Buffer::Complex(_), Rows::Add) => placed::<Complex>(base, &at, inner, rows, Complex::add),
        _ => Err(Fault::DType(base.dtype())),
    }
}

fn set_rows<A: Element>(base: &Array, at: &[usize], inner: usize, rows: &Array) -> Result<Array> {
    placed::<A>(base, at, inner, rows, |_, b| b)
}

fn real_rows<R: Real>(base: &Array, at: &[usize], inner: usize, rows: &Array, how: Rows) -> Result<Array> {
    match how {
        Rows::Add => placed(base, at, inner, rows, |a: R, b: R| a + b),
        Rows::Sub => placed(base, at, inner, rows, |a: R, b: R| a - b),
        Rows::Max => placed(base, at, inner, rows, larger::<R>),
        Rows::Min => placed(base, at, inner, rows, smaller::<R>),
        Rows::Mul => placed(base, at, inner, rows, |a: R, b: R| a * b),
        Rows::Set => placed(base, at, inner, rows, |_: R, b: R| b),
    }
}

fn placed<A: Element>(
    base: &Array,
    at: &[usize],
    inner: usize,
    rows: &Array,
    step: impl Fn(A, A) -> A,
) -> Result<Array> {
    let mut out = base.elements::<A>()?;
    let rows = rows.elements::<A>()?;
    for (i, start) in at.iter().enumerate() {
        let row = rows.get(i * inner..(i + 1) * inner).unwrap_or_default();
        let target = out.get_mut(*start..start + inner).unwrap_or_default();
        target.iter_mut().zip(row).for_each(|(a, b)| *a = step(a.clone(), b.clone()));
    }
    Array::new(base.shape(), base.dtype(), out)
}

/// Picks along an axis by an index for each element: `out[i][j] = x[i][indices[i][j]]`.
///
/// # Errors
/// An index lies outside, or the other sizes differ.
pub fn take_along(x: &Array, indices: &Array, axis: usize) -> Result<Array> {
    let rank = x.rank();
    let fits = indices.rank() == rank
        && axis < rank
        && (0..rank).all(|a| a == axis || x.shape()[a] == indices.shape()[a]);
    if !fits {
        return Err(Fault::Shape(format!("indices of shape {:?} for {:?}", indices.shape(), x.shape())));
    }
    let last: Sizes = (0..rank).filter(|a| *a != axis).chain([axis]).collect();
    let mut back: Sizes = (0..rank - 1).collect();
    back.insert(axis, rank - 1);
    gather(&x.permute(&last)?, &indices.permute(&last)?, rank - 1, rank - 1)?
        .permute(&back)
        .map(|a| a.dense())
}

/// Makes a new axis that is `on` at each index and `off` elsewhere; an index that lies outside is nowhere.
///
/// # Errors
/// There is no such axis, or the values are no scalars of one dtype.
pub fn one_hot(indices: &Array, depth: usize, on: &Array, off: &Array, axis: usize) -> Result<Array> {
    if axis > indices.rank() {
        return Err(Fault::Shape(format!("no axis {axis} of {}", indices.rank() + 1)));
    }
    let mut line: Sizes = smallvec::smallvec![1; indices.rank() + 1];
    line[axis] = depth;
    let numbers = Array::ints(&line, indices.dtype(), (0..depth as i64).collect())?;
    let mut shape: Sizes = indices.shape().into();
    shape.insert(axis, 1);
    let hit = crate::compare(crate::Compare::Equal, &indices.reshape(&shape)?, &numbers)?;
    crate::select(&hit, on, off)
}

/// Returns the indices of the elements that are true, one row for each.
///
/// # Errors
/// The elements are strings.
pub fn indices_of_true(x: &Array) -> Result<Array> {
    let flags = x.to_bools()?;
    let mut out = Vec::new();
    for at in flags.iter().enumerate().filter(|(_, flag)| **flag).map(|(at, _)| at) {
        let mut rest = at;
        let start = out.len();
        out.resize(start + x.rank(), 0);
        for (slot, size) in out[start..].iter_mut().zip(x.shape()).rev() {
            *slot = (rest % size) as i64;
            rest /= size;
        }
    }
    let rows = flags.iter().filter(|flag| **flag).count();
    Array::ints(&[rows, x.rank()], DType::Int64, out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ints(shape: &[usize], values: &[i64]) -> Array {
        Array::ints(shape, DType::Int32, values.to_vec()).unwrap()
    }

    #[test]
    fn picks() {
        let x = ints(&[2, 3], &[1, 2, 3, 4, 5, 6]);
        let picked = gather(&x, &ints(&[2], &[2, 0]), 1, 0).unwrap();
        assert_eq!(picked.to_ints().unwrap(), [3, 1, 6, 4]);
        let batched = gather(&x, &ints(&[2, 1], &[2, 0]), 1, 1).unwrap();
        assert_eq!((batched.shape(), batched.to_ints().unwrap()), (&[2, 1][..], vec![3, 4]));
        let nd = gather_nd(&x, &ints(&[2, 2], &[0, 1, 1, 2]), 0).unwrap();
        assert_eq!(nd.to_ints().unwrap(), [2, 6]);
        assert_eq!(gather_nd(&x, &ints(&[2, 1], &[0, 2]), 1).unwrap().to_ints().unwrap(), [1, 6]);
        assert_eq!(take_along(&x, &ints(&[1, 3], &[1, 0, 1]), 0).unwrap().to_ints().unwrap(), [4, 2, 6]);
        assert_eq!(gather(&x, &ints(&[1], &[3]), 1, 0).err(), Some(Fault::Index(3, 3)));
    }

    #[test]
    fn places_rows() {
        let base = ints(&[3], &[0, 0, 0]);
        let sum = scatter_nd(&base, &ints(&[3, 1], &[1, 1, 0]), &ints(&[3], &[5, 6, 7]), Rows::Add).unwrap();
        assert_eq!(sum.to_ints().unwrap(), [7, 11, 0]);
        assert!(scatter_nd(&base, &ints(&[1, 1], &[3]), &ints(&[1], &[5]), Rows::Add).is_err());
    }

    #[test]
    fn finds_and_marks() {
        let hot = one_hot(&ints(&[2], &[1, 5]), 3, &ints(&[], &[1]), &ints(&[], &[0]), 1).unwrap();
        assert_eq!(hot.to_ints().unwrap(), [0, 1, 0, 0, 0, 0]);
        let x = Array::bools(&[2, 2], vec![false, true, true, false]).unwrap();
        assert_eq!(indices_of_true(&x).unwrap().to_ints().unwrap(), [0, 1, 1, 0]);
    }
}
