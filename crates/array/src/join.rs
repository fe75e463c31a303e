//! Joining, repeating and padding.

use crate::array::{Sizes, count};
use crate::elements::{Buffer, Complex, Element};
use crate::runs::runs;
use crate::{Array, Fault, Result};

/// Applies a generic function by the type that an array's elements are kept in.
macro_rules! by_storage {
    ($array:expr, $function:ident ( $($argument:expr),* )) => {
        match &$array.buffer {
            Buffer::Bool(_) => $function::<bool>($($argument),*),
            Buffer::Int(_) => $function::<i64>($($argument),*),
            Buffer::Single(_) => $function::<f32>($($argument),*),
            Buffer::Double(_) => $function::<f64>($($argument),*),
            Buffer::Complex(_) => $function::<Complex>($($argument),*),
            Buffer::Text(_) => $function::<std::sync::Arc<str>>($($argument),*),
        }
    };
}
pub(crate) use by_storage;

/// Joins arrays along an axis.
///
/// # Errors
/// There are none, or their dtypes, ranks or other sizes differ.
pub fn concatenate(parts: &[Array], axis: usize) -> Result<Array> {
    let first = parts.first().ok_or(Fault::Shape("nothing to join".to_owned()))?;
    let mut shape: Sizes = first.shape().into();
    if axis >= shape.len() {
        return Err(Fault::Shape(format!("no axis {axis} of {}", shape.len())));
    }
    shape[axis] = 0;
    for part in parts {
        let fits = part.rank() == shape.len()
            && (0..shape.len()).all(|a| a == axis || part.shape()[a] == first.shape()[a]);
        if !fits || part.dtype() != first.dtype() {
            return Err(Fault::Shape(format!("{:?} and {:?} cannot be joined", first.shape(), part.shape())));
        }
        shape[axis] += part.shape()[axis];
    }
    by_storage!(first, joined(parts, axis, &shape))
}

fn joined<A: Element>(parts: &[Array], axis: usize, shape: &[usize]) -> Result<Array> {
    let outer: usize = shape[..axis].iter().product();
    let dense: Vec<Array> = parts.iter().map(Array::dense).collect();
    let mut out = A::room(count(shape)?);
    for at in 0..outer {
        for part in &dense {
            let block: usize = part.shape()[axis..].iter().product();
            out.extend_from_slice(part.slice::<A>()?.get(at * block..(at + 1) * block).unwrap_or_default());
        }
    }
    Array::new(shape, dense[0].dtype(), out)
}

/// Joins arrays along a new axis.
///
/// # Errors
/// There are none, or their dtypes or sizes differ.
pub fn stack(parts: &[Array], axis: usize) -> Result<Array> {
    let wide = |part: &Array| {
        let mut shape: Sizes = part.shape().into();
        if axis > shape.len() {
            return Err(Fault::Shape(format!("no axis {axis} of {}", shape.len() + 1)));
        }
        shape.insert(axis, 1);
        part.reshape(&shape)
    };
    concatenate(&parts.iter().map(wide).collect::<Result<Vec<_>>>()?, axis)
}

/// Repeats an array along its axes.
///
/// # Errors
/// There is not one number for each axis, or too many elements.
pub fn tile(x: &Array, times: &[usize]) -> Result<Array> {
    if times.len() != x.rank() {
        return Err(Fault::Shape(format!("{} multiples for {} axes", times.len(), x.rank())));
    }
    let with_ones: Sizes = x.shape().iter().flat_map(|size| [1, *size]).collect();
    let wide: Sizes = x.shape().iter().zip(times).flat_map(|(size, n)| [*n, *size]).collect();
    let shape: Sizes = x.shape().iter().zip(times).map(|(size, n)| size * n).collect();
    count(&shape)?;
    x.reshape(&with_ones)?.broadcast_to(&wide)?.reshape(&shape)
}

/// Puts a value around an array: so many elements before and after along each axis.
///
/// # Errors
/// There is not one pair for each axis, or too many elements.
pub fn pad(x: &Array, pads: &[(usize, usize)], value: &Array) -> Result<Array> {
    by_storage!(x, padded(x, pads, value))
}

fn padded<A: Element>(x: &Array, pads: &[(usize, usize)], value: &Array) -> Result<Array> {
    if pads.len() != x.rank() {
        return Err(Fault::Shape(format!("{} pads for {} axes", pads.len(), x.rank())));
    }
    let shape: Sizes = x.shape().iter().zip(pads).map(|(size, (a, b))| size + a + b).collect();
    let value =
        value.elements::<A>()?.into_iter().next().ok_or(Fault::Shape("no value to pad with".to_owned()))?;
    let mut out = vec![value; count(&shape)?];
    let frame = Array::zeros(&shape, x.dtype())?;
    let starts: Sizes = pads.iter().map(|(before, _)| *before).collect();
    let hole = frame.window(&starts, x.shape(), &vec![1; x.rank()])?;
    let from = x.slice::<A>()?;
    runs(x.shape(), [x.strides(), hole.strides()], [x.offset(), hole.offset()], |[i, o], [p, q], n| {
        for k in 0..n as isize {
            let (source, target) =
                (from.get(i.wrapping_add_signed(k * p)), out.get_mut(o.wrapping_add_signed(k * q)));
            if let (Some(source), Some(target)) = (source, target) {
                *target = source.clone();
            }
        }
    });
    Array::new(&shape, x.dtype(), out)
}

/// Mirrors an array at its ends: `symmetric` repeats the end elements.
///
/// # Errors
/// There is not one pair for each axis, or more is mirrored than there is.
pub fn mirror_pad(x: &Array, pads: &[(usize, usize)], symmetric: bool) -> Result<Array> {
    if pads.len() != x.rank() {
        return Err(Fault::Shape(format!("{} pads for {} axes", pads.len(), x.rank())));
    }
    let mut out = x.clone();
    for (axis, (before, after)) in pads.iter().enumerate() {
        let size = out.shape()[axis];
        let skip = usize::from(!symmetric);
        if before + skip > size || after + skip > size {
            return Err(Fault::Shape(format!("cannot mirror {before}, {after} of {size}")));
        }
        let flipped = |start: usize, length: usize| {
            let mut starts: Sizes = smallvec::smallvec![0; out.rank()];
            let mut sizes: Sizes = out.shape().into();
            let mut steps = vec![1; out.rank()];
            (starts[axis], sizes[axis], steps[axis]) = (start, length, -1);
            out.window(&starts, &sizes, &steps)
        };
        let mut parts = Vec::new();
        if *before > 0 {
            parts.push(flipped(before + skip - 1, *before)?);
        }
        parts.push(out.clone());
        if *after > 0 {
            parts.push(flipped(size - 1 - skip, *after)?);
        }
        out = concatenate(&parts, axis)?;
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use tensor::DType;

    use super::*;

    fn ints(shape: &[usize], values: &[i64]) -> Array {
        Array::ints(shape, DType::Int32, values.to_vec()).unwrap()
    }

    #[test]
    fn joins_and_repeats() {
        let (a, b) = (ints(&[2, 1], &[1, 2]), ints(&[2, 2], &[3, 4, 5, 6]));
        assert_eq!(concatenate(&[a.clone(), b], 1).unwrap().to_ints().unwrap(), [1, 3, 4, 2, 5, 6]);
        let flat = a.reshape(&[2]).unwrap();
        assert_eq!(stack(&[flat.clone(), flat.clone()], 1).unwrap().to_ints().unwrap(), [1, 1, 2, 2]);
        assert_eq!(tile(&flat, &[3]).unwrap().to_ints().unwrap(), [1, 2, 1, 2, 1, 2]);
        assert!(concatenate(&[flat, a], 0).is_err());
    }

    #[test]
    fn pads() {
        let x = ints(&[3], &[1, 2, 3]);
        assert_eq!(pad(&x, &[(1, 2)], &ints(&[], &[9])).unwrap().to_ints().unwrap(), [9, 1, 2, 3, 9, 9]);
        assert_eq!(mirror_pad(&x, &[(2, 1)], false).unwrap().to_ints().unwrap(), [3, 2, 1, 2, 3, 2]);
        assert_eq!(mirror_pad(&x, &[(2, 1)], true).unwrap().to_ints().unwrap(), [2, 1, 1, 2, 3, 3]);
        assert!(mirror_pad(&x, &[(3, 0)], false).is_err());
    }
}
