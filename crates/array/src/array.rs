//! The array: a shared buffer with a dtype, sizes and strides.

use std::sync::Arc;

use smallvec::SmallVec;
use tensor::DType;

use crate::elements::{Buffer, Complex, Element};
use crate::runs::runs;
use crate::{Fault, Result};

/// The sizes of an array.
pub type Sizes = SmallVec<[usize; 6]>;

/// The most elements that one array may have.
pub const MAX_LEN: usize = 1 << 28;

/// An array of any rank and dtype. Cloning shares the elements.
#[derive(Clone, Debug)]
pub struct Array {
    dtype: DType,
    shape: Sizes,
    strides: SmallVec<[isize; 6]>,
    offset: usize,
    pub(crate) buffer: Buffer,
}

/// The number of elements of a shape.
///
/// # Errors
/// There are more than [`MAX_LEN`].
pub(crate) fn count(shape: &[usize]) -> Result<usize> {
    let count = shape.iter().try_fold(1_usize, |n, size| n.checked_mul(*size));
    count.filter(|n| *n <= MAX_LEN).ok_or(Fault::TooLarge)
}

/// The strides of a dense array.
fn dense_strides(shape: &[usize]) -> SmallVec<[isize; 6]> {
    let mut strides: SmallVec<[isize; 6]> = SmallVec::from_elem(1, shape.len());
    for axis in (1..shape.len()).rev() {
        strides[axis - 1] = strides[axis] * shape[axis].max(1) as isize;
    }
    strides
}

/// Broadcasts two shapes.
///
/// # Errors
/// Two sizes differ and neither is 1.
pub fn broadcast(a: &[usize], b: &[usize]) -> Result<Sizes> {
    let rank = a.len().max(b.len());
    let at = |shape: &[usize], axis: usize| (axis + shape.len()).checked_sub(rank).map_or(1, |i| shape[i]);
    (0..rank)
        .map(|axis| match (at(a, axis), at(b, axis)) {
            (1, n) | (n, 1) => Ok(n),
            (m, n) if m == n => Ok(n),
            _ => Err(Fault::Shape(format!("shapes {a:?} and {b:?} cannot be broadcast"))),
        })
        .collect()
}

impl Array {
    /// Makes a dense array of elements that are brought into the range and precision of the dtype.
    pub(crate) fn new<T: Element>(shape: &[usize], dtype: DType, mut values: Vec<T>) -> Result<Array> {
        if !T::keeps(dtype) {
            return Err(Fault::DType(dtype));
        }
        if count(shape)? != values.len() {
            return Err(Fault::Shape(format!("{} elements for the shape {shape:?}", values.len())));
        }
        T::fit(&mut values, dtype);
        let buffer = T::buffer(values);
        Ok(Array { dtype, shape: shape.into(), strides: dense_strides(shape), offset: 0, buffer })
    }

    /// Makes an array of zeros, `False` or empty strings.
    ///
    /// # Errors
    /// There are too many elements, or the dtype has no elements.
    pub fn zeros(shape: &[usize], dtype: DType) -> Result<Array> {
        let buffer = Buffer::zeros(dtype, count(shape)?)?;
        Ok(Array { dtype, shape: shape.into(), strides: dense_strides(shape), offset: 0, buffer })
    }

    /// Makes an array of one number.
    ///
    /// # Errors
    /// There are too many elements, or the dtype is not numeric.
    pub fn full(shape: &[usize], dtype: DType, value: f64) -> Result<Array> {
        count(shape)?;
        Array::scalar(dtype, value)?.broadcast_to(shape).map(|a| a.dense())
    }

    /// Makes a scalar.
    ///
    /// # Errors
    /// The dtype is not numeric.
    pub fn scalar(dtype: DType, value: f64) -> Result<Array> {
        Array::floats(&[], dtype, vec![value])
    }

    /// Makes an array of a numeric dtype from floats.
    ///
    /// # Errors
    /// The count is not that of the shape, or the dtype is not numeric.
    pub fn floats(shape: &[usize], dtype: DType, values: Vec<f64>) -> Result<Array> {
        match dtype {
            DType::Float64 => Array::new(shape, dtype, values),
            d if d.is_floating() => {
                Array::new::<f32>(shape, d, values.into_iter().map(|x| x as f32).collect())
            }
            d if d.is_integer() => {
                Array::new::<i64>(shape, d, values.into_iter().map(|x| x as i64).collect())
            }
            DType::Bool => Array::new::<bool>(shape, dtype, values.into_iter().map(|x| x != 0.0).collect()),
            d => {
                Array::new(shape, d, values.into_iter().map(|re| Complex { re, im: 0.0 }).collect::<Vec<_>>())
            }
        }
    }

    /// Makes an array of a numeric dtype from integers.
    ///
    /// # Errors
    /// The count is not that of the shape, or the dtype is not numeric.
    pub fn ints(shape: &[usize], dtype: DType, values: Vec<i64>) -> Result<Array> {
        if dtype.is_integer() {
            return Array::new(shape, dtype, values);
        }
        Array::floats(shape, dtype, values.into_iter().map(|n| n as f64).collect())
    }

    /// Makes an array of bools.
    ///
    /// # Errors
    /// The count is not that of the shape.
    pub fn bools(shape: &[usize], values: Vec<bool>) -> Result<Array> {
        Array::new(shape, DType::Bool, values)
    }

    /// Makes an array of strings.
    ///
    /// # Errors
    /// The count is not that of the shape.
    pub fn texts(shape: &[usize], values: Vec<Arc<str>>) -> Result<Array> {
        Array::new(shape, DType::String, values)
    }

    /// Makes an array of complex numbers.
    ///
    /// # Errors
    /// The count is not that of the shape, or the dtype is not complex.
    pub fn complexes(shape: &[usize], dtype: DType, values: Vec<Complex>) -> Result<Array> {
        Array::new(shape, dtype, values)
    }

    /// Returns the dtype.
    pub fn dtype(&self) -> DType {
        self.dtype
    }

    /// Returns the sizes.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Returns the number of axes.
    pub fn rank(&self) -> usize {
        self.shape.len()
    }

    /// Returns the number of elements.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Tells whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.shape.contains(&0)
    }

    /// Returns the steps in the buffer from one element to the next along each axis.
    pub(crate) fn strides(&self) -> &[isize] {
        &self.strides
    }

    /// Returns where the first element stands in the buffer.
    pub(crate) fn offset(&self) -> usize {
        self.offset
    }

    /// Returns the whole buffer.
    pub(crate) fn slice<T: Element>(&self) -> Result<&[T]> {
        T::slice(&self.buffer).ok_or(Fault::DType(self.dtype))
    }

    /// Returns the elements, where the array is the whole buffer in row-major order.
    pub(crate) fn whole<T: Element>(&self) -> Option<&[T]> {
        (self.is_dense() && self.offset == 0 && self.buffer.len() == self.len())
            .then(|| T::slice(&self.buffer))?
    }

    /// Returns the elements to write into, where the array is the whole buffer and nobody else holds it.
    pub(crate) fn whole_mut<T: Element>(&mut self) -> Option<&mut [T]> {
        if !(self.is_dense() && self.offset == 0 && self.buffer.len() == self.len()) {
            return None;
        }
        T::slice_mut(&mut self.buffer)
    }

    /// Gives the elements up to be overwritten, where the array is the whole buffer and nobody else holds it.
    pub(crate) fn give_up(&mut self) -> Option<Vec<f32>> {
        self.whole_mut::<f32>()?;
        let Buffer::Single(singles) = &mut self.buffer else { return None };
        Arc::get_mut(singles).map(|singles| std::mem::take(&mut **singles))
    }

    /// Tells whether the elements lie in row-major order without gaps.
    pub fn is_dense(&self) -> bool {
        let mut expected = 1;
        self.shape.iter().zip(&self.strides).rev().all(|(size, stride)| {
            let fits = *size == 1 || *stride == expected;
            expected *= *size as isize;
            fits
        }) || self.is_empty()
    }

    /// Returns the elements in row-major order.
    pub(crate) fn elements<T: Element>(&self) -> Result<Vec<T>> {
        let slice = self.slice::<T>()?;
        let mut out = T::room(self.len());
        runs(&self.shape, [&self.strides], [self.offset], |[at], [step], n| {
            if step == 1 {
                out.extend_from_slice(slice.get(at..at + n).unwrap_or_default());
            } else {
                out.extend(
                    (0..n as isize).filter_map(|i| slice.get(at.wrapping_add_signed(i * step))).cloned(),
                );
            }
        });
        Ok(out)
    }

    /// Returns the array with its elements in row-major order in a buffer of its own length.
    #[must_use]
    pub fn dense(&self) -> Array {
        if self.is_dense() && self.offset == 0 && self.buffer.len() == self.len() {
            return self.clone();
        }
        let buffer = match &self.buffer {
            Buffer::Bool(_) => self.elements().map(bool::buffer),
            Buffer::Int(_) => self.elements().map(i64::buffer),
            Buffer::Single(_) => self.elements().map(f32::buffer),
            Buffer::Double(_) => self.elements().map(f64::buffer),
            Buffer::Complex(_) => self.elements().map(Complex::buffer),
            Buffer::Text(_) => self.elements().map(<Arc<str>>::buffer),
        };
        let Ok(buffer) = buffer else { return self.clone() };
        Array {
            dtype: self.dtype,
            shape: self.shape.clone(),
            strides: dense_strides(&self.shape),
            offset: 0,
            buffer,
        }
    }

    /// Gives the elements other sizes.
    ///
    /// # Errors
    /// The number of elements is another.
    pub fn reshape(&self, shape: &[usize]) -> Result<Array> {
        if count(shape)? != self.len() {
            return Err(Fault::Shape(format!("cannot reshape {:?} to {shape:?}", &self.shape[..])));
        }
        let mut out = if self.is_dense() { self.clone() } else { self.dense() };
        (out.shape, out.strides) = (shape.into(), dense_strides(shape));
        Ok(out)
    }

    /// Reorders the axes: axis `i` of the result is axis `order[i]`.
    ///
    /// # Errors
    /// The order is no permutation of the axes.
    pub fn permute(&self, order: &[usize]) -> Result<Array> {
        let mut sorted: Sizes = order.into();
        sorted.sort_unstable();
        if sorted.len() != self.rank() || sorted.iter().enumerate().any(|(i, axis)| i != *axis) {
            return Err(Fault::Shape(format!("{order:?} does not order {} axes", self.rank())));
        }
        let mut out = self.clone();
        for (i, axis) in order.iter().enumerate() {
            (out.shape[i], out.strides[i]) = (self.shape[*axis], self.strides[*axis]);
        }
        Ok(out)
    }

    /// Swaps the last two axes.
    ///
    /// # Errors
    /// There are fewer than two.
    pub fn transposed(&self) -> Result<Array> {
        let mut order: Sizes = (0..self.rank()).collect();
        if let [.., a, b] = order.as_mut_slice() {
            std::mem::swap(a, b);
        }
        if self.rank() < 2 { Err(Fault::Shape("no matrix".to_owned())) } else { self.permute(&order) }
    }

    /// Repeats the array along new axes and axes of size 1, without copying.
    ///
    /// # Errors
    /// The shape is not one that the array's can be broadcast to.
    pub fn broadcast_to(&self, shape: &[usize]) -> Result<Array> {
        let fault = || Fault::Shape(format!("cannot broadcast {:?} to {shape:?}", &self.shape[..]));
        let skip = shape.len().checked_sub(self.rank()).ok_or_else(fault)?;
        let mut strides: SmallVec<[isize; 6]> = SmallVec::from_elem(0, shape.len());
        for (axis, size) in self.shape.iter().enumerate() {
            strides[skip + axis] = match *size {
                n if n == shape[skip + axis] => self.strides[axis],
                1 => 0,
                _ => return Err(fault()),
            };
        }
        count(shape)?;
        Ok(Array { shape: shape.into(), strides, ..self.clone() })
    }

    /// Takes `sizes[axis]` elements along each axis, from `starts[axis]` on in steps of `steps[axis]`, without
    /// copying.
    ///
    /// # Errors
    /// An element lies outside, or the lists have another length than the rank.
    pub fn window(&self, starts: &[usize], sizes: &[usize], steps: &[isize]) -> Result<Array> {
        let rank = self.rank();
        if [starts.len(), sizes.len(), steps.len()] != [rank; 3] {
            return Err(Fault::Shape(format!("{} starts for {rank} axes", starts.len())));
        }
        let mut out = self.clone();
        out.shape = sizes.into();
        for axis in 0..rank {
            out.strides[axis] = self.strides[axis] * steps[axis];
            if out.shape.contains(&0) {
                continue;
            }
            let last = starts[axis] as isize + steps[axis] * (sizes[axis] as isize - 1);
            let inside = |at: isize| usize::try_from(at).is_ok_and(|at| at < self.shape[axis]);
            if !inside(starts[axis] as isize) || !inside(last) {
                return Err(Fault::Index(last as i64, self.shape[axis]));
            }
            out.offset = out.offset.wrapping_add_signed(self.strides[axis] * starts[axis] as isize);
        }
        Ok(if out.is_empty() { Array::zeros(sizes, self.dtype)? } else { out })
    }

    /// Takes the elements of one axis from `start` to `stop`.
    ///
    /// # Errors
    /// They lie outside.
    pub fn narrow(&self, axis: usize, start: usize, stop: usize) -> Result<Array> {
        let mut starts: Sizes = SmallVec::from_elem(0, self.rank());
        let mut sizes = self.shape.clone();
        if axis >= self.rank() || stop < start {
            return Err(Fault::Shape(format!("no axis {axis} from {start} to {stop}")));
        }
        (starts[axis], sizes[axis]) = (start, stop - start);
        self.window(&starts, &sizes, &vec![1; self.rank()])
    }

    /// Sees the buffer in other sizes and strides, which must not reach beyond it.
    pub(crate) fn seen(&self, shape: Sizes, strides: SmallVec<[isize; 6]>) -> Array {
        Array { shape, strides, ..self.clone() }
    }

    /// Drops leading axes of size 1.
    ///
    /// # Errors
    /// One has another size.
    pub(crate) fn without_leading(&self, axes: usize) -> Result<Array> {
        if self.shape.iter().take(axes).any(|size| *size != 1) || axes > self.rank() {
            return Err(Fault::Shape("a leading axis is not 1".to_owned()));
        }
        Ok(Array { shape: self.shape[axes..].into(), strides: self.strides[axes..].into(), ..self.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counting(shape: &[usize]) -> Array {
        Array::ints(shape, DType::Int32, (0..shape.iter().product::<usize>() as i64).collect()).unwrap()
    }

    #[test]
    fn views_share_and_dense_copies() {
        let x = counting(&[2, 3]);
        let t = x.transposed().unwrap();
        assert!(!t.is_dense());
        assert_eq!(t.to_ints().unwrap(), [0, 3, 1, 4, 2, 5]);
        assert_eq!(t.reshape(&[6]).unwrap().to_ints().unwrap(), [0, 3, 1, 4, 2, 5]);
        assert_eq!(x.broadcast_to(&[2, 2, 3]).unwrap().to_ints().unwrap().len(), 12);
        let flipped = x.window(&[1, 2], &[2, 2], &[-1, -2]).unwrap();
        assert_eq!(flipped.to_ints().unwrap(), [5, 3, 2, 0]);
    }

    #[test]
    fn refuses_what_does_not_fit() {
        let x = counting(&[2, 3]);
        assert!(x.reshape(&[5]).is_err());
        assert!(x.permute(&[0, 0]).is_err());
        assert!(x.broadcast_to(&[2, 4]).is_err());
        assert!(x.window(&[0, 2], &[2, 2], &[1, 1]).is_err());
        assert_eq!(Array::zeros(&[1 << 20, 1 << 20], DType::Bool).err(), Some(Fault::TooLarge));
        assert!(Array::zeros(&[0, 3], DType::Float32).unwrap().dense().is_empty());
    }
}
