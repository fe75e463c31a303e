//! Pools: the largest or the mean element under a window that slides over images.
//!
//! Padding counts for nothing: it is never the largest, and the mean is that of the elements that are there.
//! Where several elements are the largest, the first one is meant, as in TensorFlow's kernels of two axes.

use tensor::DType;

use crate::elements::{Buffer, Element};
use crate::scalars::Real;
use crate::window::Slide;
use crate::{Array, Fault, Result};

/// Returns the largest element under each place of the window.
///
/// # Errors
/// The image has another rank or is smaller than the window, or the dtype has no order.
pub fn max_pool(x: &Array, slide: &Slide) -> Result<Array> {
    match &x.buffer {
        Buffer::Single(_) => tops::<f32>(x, slide),
        Buffer::Double(_) => tops::<f64>(x, slide),
        Buffer::Int(_) => tops::<i64>(x, slide),
        _ => Err(Fault::DType(x.dtype())),
    }
}

fn tops<A: Element + Copy + PartialOrd>(x: &Array, slide: &Slide) -> Result<Array> {
    let dense = x.dense();
    let (values, channels) = (dense.slice::<A>()?, channels(x)?);
    let shape = slide.made(x.shape(), channels)?;
    let mut out = A::room(shape.iter().product());
    out.resize(shape.iter().product(), A::zero());
    slide.visit(x.shape(), |pixel, shown| {
        let tops = &mut out[pixel * channels..(pixel + 1) * channels];
        for (n, (_, under)) in shown.iter().enumerate() {
            let row = &values[under * channels..(under + 1) * channels];
            if n == 0 {
                tops.copy_from_slice(row);
            } else {
                tops.iter_mut().zip(row).for_each(|(top, v)| *top = if *v > *top { *v } else { *top });
            }
        }
    })?;
    Array::new(&shape, x.dtype(), out)
}

/// Returns where the largest element under each place of the window stands in the image, counted through all its
/// elements.
///
/// # Errors
/// As [`max_pool`].
pub fn max_places(x: &Array, slide: &Slide) -> Result<Vec<u32>> {
    match &x.buffer {
        Buffer::Single(_) => largest::<f32>(x, slide),
        Buffer::Double(_) => largest::<f64>(x, slide),
        Buffer::Int(_) => largest::<i64>(x, slide),
        _ => Err(Fault::DType(x.dtype())),
    }
}

fn largest<A: Element + Copy + PartialOrd>(x: &Array, slide: &Slide) -> Result<Vec<u32>> {
    let dense = x.dense();
    let (values, channels) = (dense.slice::<A>()?, channels(x)?);
    let mut out = vec![0_u32; slide.made(x.shape(), channels)?.iter().product()];
    let mut best: Vec<A> = vec![A::zero(); channels];
    slide.visit(x.shape(), |pixel, shown| {
        let places = &mut out[pixel * channels..(pixel + 1) * channels];
        for (n, (_, under)) in shown.iter().enumerate() {
            let row = &values[under * channels..(under + 1) * channels];
            // No array has so many elements that a place does not fit.
            let start = u32::try_from(under * channels).unwrap_or(u32::MAX);
            for (at, ((best, place), value)) in (start..).zip(best.iter_mut().zip(places.iter_mut()).zip(row))
            {
                let larger = n == 0 || *value > *best;
                (*best, *place) = if larger { (*value, at) } else { (*best, *place) };
            }
        }
    })?;
    Ok(out)
}

fn channels(x: &Array) -> Result<usize> {
    x.shape().last().copied().ok_or(Fault::Shape("an image without axes".to_owned()))
}

/// Picks the elements at these places of an image of `x`'s sizes, one for each element of the pool's result.
///
/// # Errors
/// The sizes do not fit.
pub fn pick(x: &Array, places: &[u32], slide: &Slide) -> Result<Array> {
    let at = Array::ints(&[places.len()], DType::Int64, places.iter().map(|at| i64::from(*at)).collect())?;
    crate::gather(&x.reshape(&[x.len()])?, &at, 0, 0)?.reshape(&slide.made(x.shape(), channels(x)?)?)
}

/// Adds gradients up at these places of an image of these sizes: the transpose of [`pick`].
///
/// # Errors
/// The sizes do not fit, or the dtype is not one of floats.
pub fn place(g: &Array, places: &[u32], image: &[usize]) -> Result<Array> {
    match &g.buffer {
        Buffer::Single(_) => placed::<f32>(g, places, image),
        Buffer::Double(_) => placed::<f64>(g, places, image),
        _ => Err(Fault::DType(g.dtype())),
    }
}

fn placed<R: Real>(g: &Array, places: &[u32], image: &[usize]) -> Result<Array> {
    let dense = g.dense();
    let grads = dense.slice::<R>()?;
    if grads.len() != places.len() {
        return Err(Fault::Shape(format!("{} gradients for {} places", grads.len(), places.len())));
    }
    let mut out = vec![R::zero(); crate::array::count(image)?];
    for (place, grad) in places.iter().zip(grads) {
        let (at, size) = (*place as usize, out.len());
        let to = out.get_mut(at).ok_or(Fault::Index(i64::from(*place), size))?;
        *to = *to + *grad;
    }
    Array::new(image, g.dtype(), out)
}

/// Gives the gradient of each place to every element under it that equals the largest one, as TensorFlow's kernel
/// of three axes does.
///
/// # Errors
/// The sizes do not fit, or the dtype is not one of floats.
pub fn max_pool_back_to_all(x: &Array, y: &Array, g: &Array, slide: &Slide) -> Result<Array> {
    match &x.buffer {
        Buffer::Single(_) => to_all::<f32>(x, y, g, slide),
        Buffer::Double(_) => to_all::<f64>(x, y, g, slide),
        _ => Err(Fault::DType(x.dtype())),
    }
}

fn to_all<R: Real>(x: &Array, y: &Array, g: &Array, slide: &Slide) -> Result<Array> {
    let channels = channels(x)?;
    if y.shape() != &slide.made(x.shape(), channels)?[..] || g.shape() != y.shape() {
        return Err(Fault::Shape(format!("a gradient of {:?}", g.shape())));
    }
    let (x, y, g) = (x.dense(), y.dense(), g.dense());
    let (values, tops, grads) = (x.slice::<R>()?, y.slice::<R>()?, g.slice::<R>()?);
    let mut out = vec![R::zero(); values.len()];
    slide.visit(x.shape(), |pixel, shown| {
        for (_, under) in shown {
            for channel in 0..channels {
                let (from, to) = (pixel * channels + channel, under * channels + channel);
                if values[to] == tops[from] {
                    out[to] = out[to] + grads[from];
                }
            }
        }
    })?;
    Array::new(x.shape(), x.dtype(), out)
}

/// Returns the mean of the elements under each place of the window.
///
/// # Errors
/// The image has another rank or is smaller than the window, or the dtype is not one of floats.
pub fn mean_pool(x: &Array, slide: &Slide) -> Result<Array> {
    match &x.buffer {
        Buffer::Single(_) => means::<f32>(x, slide),
        Buffer::Double(_) => means::<f64>(x, slide),
        _ => Err(Fault::DType(x.dtype())),
    }
}

fn means<R: Real>(x: &Array, slide: &Slide) -> Result<Array> {
    let dense = x.dense();
    let (values, channels) = (dense.slice::<R>()?, channels(x)?);
    let shape = slide.made(x.shape(), channels)?;
    let mut out = vec![R::zero(); shape.iter().product()];
    slide.visit(x.shape(), |pixel, shown| {
        let sums = &mut out[pixel * channels..(pixel + 1) * channels];
        for (_, under) in shown {
            let row = &values[under * channels..(under + 1) * channels];
            sums.iter_mut().zip(row).for_each(|(sum, v)| *sum = *sum + *v);
        }
        let count = R::of(shown.len() as f64);
        sums.iter_mut().for_each(|sum| *sum = *sum / count);
    })?;
    Array::new(&shape, x.dtype(), out)
}

/// Spreads the gradient of each mean over the elements under it, in an image of these sizes.
///
/// # Errors
/// The sizes do not fit, or the dtype is not one of floats.
pub fn mean_pool_back(g: &Array, slide: &Slide, image: &[usize]) -> Result<Array> {
    match &g.buffer {
        Buffer::Single(_) => spread::<f32>(g, slide, image),
        Buffer::Double(_) => spread::<f64>(g, slide, image),
        _ => Err(Fault::DType(g.dtype())),
    }
}

fn spread<R: Real>(g: &Array, slide: &Slide, image: &[usize]) -> Result<Array> {
    let channels = channels(g)?;
    if image.last() != Some(&channels) || g.shape() != &slide.made(image, channels)?[..] {
        return Err(Fault::Shape(format!("a gradient of {:?}", g.shape())));
    }
    let dense = g.dense();
    let grads = dense.slice::<R>()?;
    let mut out = vec![R::zero(); crate::array::count(image)?];
    let mut share = vec![R::zero(); channels];
    slide.visit(image, |pixel, shown| {
        let count = R::of(shown.len() as f64);
        let row = &grads[pixel * channels..(pixel + 1) * channels];
        share.iter_mut().zip(row).for_each(|(share, g)| *share = *g / count);
        for (_, under) in shown {
            let target = &mut out[under * channels..(under + 1) * channels];
            target.iter_mut().zip(&share).for_each(|(t, s)| *t = *t + *s);
        }
    })?;
    Array::new(image, g.dtype(), out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slide(size: usize, stride: usize, pad: (usize, usize)) -> Slide {
        Slide { sizes: vec![size; 2], strides: vec![stride; 2], dilations: vec![1; 2], pads: vec![pad; 2] }
    }

    fn counting() -> Array {
        Array::floats(&[1, 3, 3, 1], DType::Float32, (0..9).map(f64::from).collect()).unwrap()
    }

    #[test]
    fn padding_is_no_element() {
        let by = slide(2, 2, (0, 1));
        assert_eq!(max_pool(&counting(), &by).unwrap().to_floats().unwrap(), [4.0, 5.0, 7.0, 8.0]);
        assert_eq!(mean_pool(&counting(), &by).unwrap().to_floats().unwrap(), [2.0, 3.5, 6.5, 8.0]);
        let low = crate::unary(crate::Unary::Neg, counting()).unwrap();
        assert_eq!(max_pool(&low, &by).unwrap().to_floats().unwrap(), [-0.0, -2.0, -6.0, -8.0]);
    }

    #[test]
    fn the_first_of_equals_is_meant() {
        let x = Array::full(&[1, 3, 3, 1], DType::Float32, 1.0).unwrap();
        let by = slide(2, 1, (0, 0));
        let places = max_places(&x, &by).unwrap();
        assert_eq!(places, [0, 1, 3, 4]);
        let g = Array::floats(&[1, 2, 2, 1], DType::Float32, vec![1.0, 2.0, 3.0, 4.0]).unwrap();
        let back = place(&g, &places, x.shape()).unwrap();
        assert_eq!(back.to_floats().unwrap(), [1.0, 2.0, 0.0, 3.0, 4.0, 0.0, 0.0, 0.0, 0.0]);
        let all = max_pool_back_to_all(&x, &max_pool(&x, &by).unwrap(), &g, &by).unwrap();
        assert_eq!(all.to_floats().unwrap(), [1.0, 3.0, 2.0, 4.0, 10.0, 6.0, 3.0, 7.0, 4.0]);
    }

    #[test]
    fn means_share_their_gradient() {
        let by = slide(2, 2, (0, 1));
        let g = Array::floats(&[1, 2, 2, 1], DType::Float32, vec![4.0, 2.0, 2.0, 1.0]).unwrap();
        let back = mean_pool_back(&g, &by, &[1, 3, 3, 1]).unwrap();
        assert_eq!(back.to_floats().unwrap(), [1.0; 9]);
        assert!(mean_pool_back(&g, &by, &[1, 3, 3, 2]).is_err());
    }
}
