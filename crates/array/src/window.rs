//! Windows that slide over images: convolutions and pools.
//!
//! Images are batch, spatial axes, channels. A padded image seen through all windows at once is only a view with
//! other strides; the matrix that a convolution multiplies is that view made dense.

use smallvec::SmallVec;

use crate::array::{Array, Sizes, count};
use crate::elements::Buffer;
use crate::runs::runs;
use crate::scalars::Real;
use crate::{Fault, Result};

/// How windows slide along the spatial axes; one entry for each of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slide {
    /// The size of the window.
    pub sizes: Vec<usize>,
    /// The steps.
    pub strides: Vec<usize>,
    /// The distances between the window's elements.
    pub dilations: Vec<usize>,
    /// The padding before and after.
    pub pads: Vec<(usize, usize)>,
}

impl Slide {
    /// The number of spatial axes.
    fn axes(&self) -> usize {
        self.sizes.len()
    }

    /// How far a window reaches along an axis.
    fn reach(&self, axis: usize) -> usize {
        self.sizes[axis].saturating_sub(1) * self.dilations[axis] + 1
    }

    /// The number of places of the window along each spatial axis of an image.
    ///
    /// # Errors
    /// The window is larger than the padded image.
    pub fn places(&self, image: &[usize]) -> Result<Sizes> {
        let padded = self.padded(image)?;
        (0..self.axes())
            .map(|axis| {
                let room = padded[axis + 1].checked_sub(self.reach(axis));
                let room = room.ok_or(Fault::Shape("a window larger than the image".to_owned()))?;
                Ok(room / self.strides[axis].max(1) + 1)
            })
            .collect()
    }

    /// The sizes of a padded image.
    fn padded(&self, image: &[usize]) -> Result<Sizes> {
        let axes = self.axes();
        let fits = [self.strides.len(), self.dilations.len(), self.pads.len()] == [axes; 3];
        if !fits || image.len() != axes + 2 {
            return Err(Fault::Shape(format!("an image of {} axes", image.len())));
        }
        let mut padded: Sizes = image.into();
        self.pads.iter().enumerate().for_each(|(axis, (before, after))| padded[axis + 1] += before + after);
        Ok(padded)
    }

    /// Visits every place of the window: the pixel that it makes, and for each of its elements that is not
    /// padding the number of the element and the pixel under it. Pixels are counted through batch and spatial axes.
    ///
    /// # Errors
    /// The window is larger than the padded image.
    pub(crate) fn visit(
        &self,
        image: &[usize],
        mut visit: impl FnMut(usize, &[(usize, usize)]),
    ) -> Result<()> {
        let places = self.places(image)?;
        let under: Vec<Vec<Vec<(usize, usize)>>> =
            (0..self.axes()).map(|axis| self.under(axis, places[axis], image[axis + 1])).collect();
        let mut index: Sizes = SmallVec::from_elem(0, places.len());
        let mut shown = Vec::new();
        let mut next = Vec::new();
        let pixels: usize = places.iter().product();
        for pixel in 0..count(&[&image[..1], &places[..]].concat())? {
            shown.clear();
            shown.push((0, pixel / pixels.max(1)));
            for axis in 0..self.axes() {
                let (size, length) = (self.sizes[axis], image[axis + 1]);
                next.clear();
                for (element, pixel) in &shown {
                    let taps = &under[axis][index[axis]];
                    next.extend(taps.iter().map(|(tap, at)| (element * size + tap, pixel * length + at)));
                }
                std::mem::swap(&mut shown, &mut next);
            }
            visit(pixel, &shown);
            for (slot, size) in index.iter_mut().zip(&places).rev() {
                *slot = (*slot + 1) % size;
                if *slot != 0 {
                    break;
                }
            }
        }
        Ok(())
    }

    /// The elements of the window, with what is under them, at each of its places along an axis.
    fn under(&self, axis: usize, places: usize, length: usize) -> Vec<Vec<(usize, usize)>> {
        let at = |place: usize, tap: usize| {
            let at = (place * self.strides[axis] + tap * self.dilations[axis]).checked_sub(self.pads[axis].0);
            Some((tap, at.filter(|at| *at < length)?))
        };
        (0..places).map(|place| (0..self.sizes[axis]).filter_map(|tap| at(place, tap)).collect()).collect()
    }

    /// The sizes of what a window makes of an image: batch, places, channels.
    ///
    /// # Errors
    /// The window is larger than the padded image.
    pub(crate) fn made(&self, image: &[usize], channels: usize) -> Result<Sizes> {
        let mut shape: Sizes = image[..1].into();
        shape.extend(self.places(image)?);
        shape.push(channels);
        Ok(shape)
    }

    /// The pads of every axis of an image.
    fn all_pads(&self) -> Vec<(usize, usize)> {
        std::iter::once((0, 0)).chain(self.pads.iter().copied()).chain([(0, 0)]).collect()
    }

    /// A padded image seen through all windows: batch, places, window, channels.
    fn view(&self, padded: &Array, image: &[usize]) -> Result<Array> {
        let places = self.places(image)?;
        let strides = padded.strides();
        let mut shape: Sizes = SmallVec::new();
        let mut steps: SmallVec<[isize; 6]> = SmallVec::new();
        shape.push(padded.shape()[0]);
        steps.push(strides[0]);
        for (axis, place) in places.iter().enumerate() {
            shape.push(*place);
            steps.push(strides[axis + 1] * self.strides[axis] as isize);
        }
        for axis in 0..self.axes() {
            shape.push(self.sizes[axis]);
            steps.push(strides[axis + 1] * self.dilations[axis] as isize);
        }
        shape.push(padded.shape()[self.axes() + 1]);
        steps.push(strides[self.axes() + 1]);
        Ok(padded.seen(shape, steps))
    }
}

/// Returns what every window shows: batch, places, window, channels. Padding is `value`.
///
/// # Errors
/// The image has another rank, or is smaller than the window.
pub fn windows(x: &Array, slide: &Slide, value: f64) -> Result<Array> {
    slide.places(x.shape())?;
    let bare = slide.pads.iter().all(|pad| *pad == (0, 0));
    let padded =
        if bare { x.dense() } else { crate::pad(x, &slide.all_pads(), &Array::scalar(x.dtype(), value)?)? };
    let view = slide.view(&padded, x.shape())?;
    count(view.shape())?;
    Ok(view)
}

/// Adds what every window shows up to an image of these sizes: the transpose of [`windows`].
///
/// # Errors
/// The shapes do not belong together, or the dtype is not one of floats.
pub fn from_windows(parts: &Array, slide: &Slide, image: &[usize]) -> Result<Array> {
    match &parts.buffer {
        Buffer::Single(_) => added::<f32>(parts, slide, image),
        Buffer::Double(_) => added::<f64>(parts, slide, image),
        _ => Err(Fault::DType(parts.dtype())),
    }
}

fn added<R: Real>(parts: &Array, slide: &Slide, image: &[usize]) -> Result<Array> {
    let padded = slide.padded(image)?;
    let frame = Array::zeros(&padded, parts.dtype())?;
    let view = slide.view(&frame, image)?;
    if view.shape() != parts.shape() {
        return Err(Fault::Shape(format!("{:?} is not {:?}", parts.shape(), view.shape())));
    }
    let mut out = R::room(frame.len());
    out.resize(frame.len(), R::zero());
    let from = parts.slice::<R>()?;
    let strides = [parts.strides(), view.strides()];
    runs(view.shape(), strides, [parts.offset(), view.offset()], |[i, o], [p, q], n| {
        if let ([1, 1], Some(source), Some(target)) = ([p, q], from.get(i..i + n), out.get_mut(o..o + n)) {
            target.iter_mut().zip(source).for_each(|(t, s)| *t = *t + *s);
            return;
        }
        for k in 0..n as isize {
            let source = from.get(i.wrapping_add_signed(k * p));
            if let (Some(s), Some(t)) = (source, out.get_mut(o.wrapping_add_signed(k * q))) {
                *t = *t + *s;
            }
        }
    });
    let full = Array::new(&padded, parts.dtype(), out)?;
    let starts: Sizes = slide.all_pads().iter().map(|(before, _)| *before).collect();
    full.window(&starts, image, &vec![1; image.len()])
}

/// Multiplies all leading axes by all trailing ones: `axes` leading axes of `a` stay.
fn flat(x: &Array, axes: usize) -> Result<Array> {
    let (rows, columns) = x.shape().split_at(axes);
    x.reshape(&[rows.iter().product(), columns.iter().product()])
}

/// Returns the matrix that a convolution multiplies: a row for each place of the window, of what it shows there. It
/// is laid out by rows or by columns, whichever has the longer stretches of the image to copy.
fn columns(x: &Array, slide: &Slide) -> Result<Array> {
    let axes = slide.axes();
    let view = windows(x, slide, 0.0)?;
    let channels = view.shape()[view.rank() - 1];
    let last = |list: &[usize]| list.last().copied().unwrap_or(1);
    let along = if last(&slide.dilations) == 1 { last(&slide.sizes) * channels } else { channels };
    let across = if channels == 1 && last(&slide.strides) == 1 { view.shape()[axes] } else { 0 };
    if along >= across {
        return flat(&view, axes + 1);
    }
    let order: Sizes = (axes + 1..view.rank()).chain(0..axes + 1).collect();
    flat(&view.permute(&order)?, axes + 1)?.transposed()
}

/// Convolves images with a filter: window, input channels of a group, output channels.
///
/// # Errors
/// The channels or sizes do not fit.
pub fn convolve(x: &Array, filter: &Array, slide: &Slide) -> Result<Array> {
    let axes = slide.axes();
    grouped(x, filter, axes, |x, filter| {
        let shape = slide.made(x.shape(), filter.shape()[axes + 1])?;
        crate::matmul(&columns(x, slide)?, &flat(filter, axes + 1)?)?.reshape(&shape)
    })
}

/// The gradient of a convolution with respect to the images, of these sizes.
///
/// # Errors
/// The channels or sizes do not fit.
pub fn convolve_back_images(g: &Array, filter: &Array, slide: &Slide, image: &[usize]) -> Result<Array> {
    let axes = slide.axes();
    let (own, all) = (filter.shape()[axes], image[axes + 1]);
    let groups = all.checked_div(own).unwrap_or(0).max(1);
    let outputs = filter.shape()[axes + 1] / groups;
    let mut part: Sizes = image.into();
    part[axes + 1] = own;
    let mut parts = Vec::with_capacity(groups);
    for group in 0..groups {
        let g = g.narrow(axes + 1, group * outputs, (group + 1) * outputs)?;
        let filter = filter.narrow(axes + 1, group * outputs, (group + 1) * outputs)?;
        let columns = crate::matmul(&flat(&g, axes + 1)?, &flat(&filter, axes + 1)?.transposed()?)?;
        let mut shape: Sizes = g.shape()[..axes + 1].into();
        shape.extend_from_slice(&slide.sizes);
        shape.push(own);
        parts.push(from_windows(&columns.reshape(&shape)?, slide, &part)?);
    }
    if let [part] = &parts[..] { Ok(part.clone()) } else { crate::concatenate(&parts, axes + 1) }
}

/// The gradient of a convolution with respect to the filter, of these sizes.
///
/// # Errors
/// The channels or sizes do not fit.
pub fn convolve_back_filter(x: &Array, g: &Array, slide: &Slide, filter: &[usize]) -> Result<Array> {
    let axes = slide.axes();
    let own = filter[axes];
    let groups = x.shape()[axes + 1].checked_div(own).unwrap_or(0).max(1);
    let outputs = filter[axes + 1] / groups;
    let mut shape: Sizes = filter.into();
    shape[axes + 1] = outputs;
    let mut parts = Vec::with_capacity(groups);
    for group in 0..groups {
        let x = x.narrow(axes + 1, group * own, (group + 1) * own)?;
        let g = g.narrow(axes + 1, group * outputs, (group + 1) * outputs)?;
        let view = columns(&x, slide)?.transposed()?;
        parts.push(crate::matmul(&view, &flat(&g, axes + 1)?)?.reshape(&shape)?);
    }
    if let [part] = &parts[..] { Ok(part.clone()) } else { crate::concatenate(&parts, axes + 1) }
}

/// Convolves each group of channels by its own outputs.
fn grouped(
    x: &Array,
    filter: &Array,
    axes: usize,
    one: impl Fn(&Array, &Array) -> Result<Array>,
) -> Result<Array> {
    if filter.rank() != axes + 2 || x.rank() != axes + 2 {
        return Err(Fault::Shape(format!("a filter of {} axes", filter.rank())));
    }
    let (own, all) = (filter.shape()[axes], x.shape()[axes + 1]);
    let groups = all.checked_div(own).unwrap_or(0);
    if groups <= 1 {
        return one(x, filter);
    }
    let outputs = filter.shape()[axes + 1] / groups;
    let parts: Result<Vec<Array>> = (0..groups)
        .map(|group| {
            let x = x.narrow(axes + 1, group * own, (group + 1) * own)?;
            one(&x, &filter.narrow(axes + 1, group * outputs, (group + 1) * outputs)?)
        })
        .collect();
    crate::concatenate(&parts?, axes + 1)
}

#[cfg(test)]
mod tests {
    use tensor::DType;

    use super::*;

    fn counting(shape: &[usize]) -> Array {
        let count = shape.iter().product::<usize>();
        Array::floats(shape, DType::Float64, (0..count).map(|n| (n as f64 * 0.7).sin()).collect()).unwrap()
    }

    fn slide(size: usize, stride: usize, dilation: usize, pad: (usize, usize)) -> Slide {
        Slide {
            sizes: vec![size; 2],
            strides: vec![stride; 2],
            dilations: vec![dilation; 2],
            pads: vec![pad; 2],
        }
    }

    /// The sum of the products of all elements.
    fn inner(a: &Array, b: &Array) -> f64 {
        assert_eq!(a.shape(), b.shape());
        a.to_floats().unwrap().iter().zip(b.to_floats().unwrap()).map(|(a, b)| a * b).sum()
    }

    #[test]
    fn a_window_of_ones_sums() {
        let x = Array::full(&[1, 3, 3, 1], DType::Float32, 1.0).unwrap();
        let ones = Array::full(&[2, 2, 1, 1], DType::Float32, 1.0).unwrap();
        let y = convolve(&x, &ones, &slide(2, 1, 1, (0, 1))).unwrap();
        assert_eq!(y.to_floats().unwrap(), [4.0, 4.0, 2.0, 4.0, 4.0, 2.0, 2.0, 2.0, 1.0]);
    }

    #[test]
    fn gradients_are_transposes() {
        // <conv(x, f), g> is linear in x and f, so both gradients give it back.
        for (groups, by) in [(1, slide(3, 1, 1, (1, 1))), (2, slide(2, 2, 2, (0, 1)))] {
            let (x, f) = (counting(&[2, 6, 5, 4]), counting(&[by.sizes[0], by.sizes[1], 4 / groups, 6]));
            let y = convolve(&x, &f, &by).unwrap();
            let g = counting(y.shape());
            let expected = inner(&y, &g);
            let images = convolve_back_images(&g, &f, &by, x.shape()).unwrap();
            assert!((inner(&x, &images) - expected).abs() < 1e-9);
            let filter = convolve_back_filter(&x, &g, &by, f.shape()).unwrap();
            assert!((inner(&f, &filter) - expected).abs() < 1e-9);
        }
    }

    #[test]
    fn refuses_what_does_not_fit() {
        let x = counting(&[1, 2, 2, 1]);
        assert!(windows(&x, &slide(3, 1, 1, (0, 0)), 0.0).is_err());
        assert!(convolve(&x, &counting(&[2, 2, 1]), &slide(2, 1, 1, (0, 0))).is_err());
    }
}
