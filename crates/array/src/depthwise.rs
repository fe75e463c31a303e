//! Depthwise convolutions: each channel has filters of its own. A filter is window, channels, multiplier.

use crate::array::count;
use crate::elements::Buffer;
use crate::scalars::Real;
use crate::window::Slide;
use crate::{Array, Fault, Result};

/// Convolves each channel of images by its own filters.
///
/// # Errors
/// The sizes do not fit, or the dtype is not one of floats.
pub fn depthwise(x: &Array, filter: &Array, slide: &Slide) -> Result<Array> {
    let (channels, times) = channels(x.shape(), filter.shape(), slide)?;
    let shape = slide.made(x.shape(), channels * times)?;
    let part = Part { x: x.clone(), filter: filter.clone(), g: Array::zeros(&shape, x.dtype())? };
    part.each(slide, Which::Made)
}

/// The gradient of a depthwise convolution with respect to the images, of these sizes.
///
/// # Errors
/// As [`depthwise`].
pub fn depthwise_back_images(g: &Array, filter: &Array, slide: &Slide, image: &[usize]) -> Result<Array> {
    count(image)?;
    Part { x: Array::zeros(image, g.dtype())?, filter: filter.clone(), g: g.clone() }
        .each(slide, Which::Images)
}

/// The gradient of a depthwise convolution with respect to the filter, of these sizes.
///
/// # Errors
/// As [`depthwise`].
pub fn depthwise_back_filter(x: &Array, g: &Array, slide: &Slide, filter: &[usize]) -> Result<Array> {
    count(filter)?;
    Part { x: x.clone(), filter: Array::zeros(filter, g.dtype())?, g: g.clone() }.each(slide, Which::Filter)
}

/// The channels of the images, and how many results each of them has.
fn channels(image: &[usize], filter: &[usize], slide: &Slide) -> Result<(usize, usize)> {
    let axes = slide.sizes.len();
    match (image, filter) {
        (&[.., channels], &[.., own, times])
            if channels == own && filter.len() == axes + 2 && filter[..axes] == slide.sizes[..] =>
        {
            Ok((channels, times))
        }
        _ => Err(Fault::Shape(format!("a filter of {filter:?} for images of {image:?}"))),
    }
}

/// Which of the three is summed up from the two others.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    Made,
    Images,
    Filter,
}

/// The images, the filter and what is made of them; the one that is computed is zeros.
struct Part {
    x: Array,
    filter: Array,
    g: Array,
}

impl Part {
    fn each(&self, slide: &Slide, which: Which) -> Result<Array> {
        match &self.g.buffer {
            Buffer::Single(_) => self.sums::<f32>(slide, which),
            Buffer::Double(_) => self.sums::<f64>(slide, which),
            _ => Err(Fault::DType(self.g.dtype())),
        }
    }

    /// Adds the product of two up in the third, for each element of the window at each place and each channel.
    fn sums<R: Real>(&self, slide: &Slide, which: Which) -> Result<Array> {
        let (channels, times) = channels(self.x.shape(), self.filter.shape(), slide)?;
        let outputs = channels * times;
        if self.g.shape() != &slide.made(self.x.shape(), outputs)?[..] {
            return Err(Fault::Shape(format!("results of {:?}", self.g.shape())));
        }
        let dense = [self.x.dense(), self.filter.dense(), self.g.dense()];
        let [x, filter, g] = [dense[0].slice::<R>()?, dense[1].slice::<R>()?, dense[2].slice::<R>()?];
        let target = match which {
            Which::Images => &self.x,
            Which::Filter => &self.filter,
            Which::Made => &self.g,
        };
        let mut out = vec![R::zero(); target.len()];
        slide.visit(self.x.shape(), |pixel, shown| {
            let made = pixel * outputs..(pixel + 1) * outputs;
            for (tap, under) in shown {
                let (image, weights) =
                    (under * channels..(under + 1) * channels, tap * outputs..(tap + 1) * outputs);
                match which {
                    Which::Made => {
                        let row = out[made.clone()]
                            .chunks_exact_mut(times.max(1))
                            .zip(filter[weights].chunks_exact(times.max(1)));
                        for ((to, f), x) in row.zip(&x[image]) {
                            to.iter_mut().zip(f).for_each(|(to, f)| *to = *to + *f * *x);
                        }
                    }
                    Which::Images => {
                        let row = g[made.clone()]
                            .chunks_exact(times.max(1))
                            .zip(filter[weights].chunks_exact(times.max(1)));
                        for ((g, f), to) in row.zip(&mut out[image]) {
                            *to = g.iter().zip(f).fold(*to, |sum, (g, f)| sum + *g * *f);
                        }
                    }
                    Which::Filter => {
                        let row = out[weights]
                            .chunks_exact_mut(times.max(1))
                            .zip(g[made.clone()].chunks_exact(times.max(1)));
                        for ((to, g), x) in row.zip(&x[image]) {
                            to.iter_mut().zip(g).for_each(|(to, g)| *to = *to + *g * *x);
                        }
                    }
                }
            }
        })?;
        Array::new(target.shape(), target.dtype(), out)
    }
}

#[cfg(test)]
mod tests {
    use tensor::DType;

    use super::*;

    fn waves(shape: &[usize]) -> Array {
        let count = shape.iter().product::<usize>();
        Array::floats(shape, DType::Float64, (0..count).map(|n| (n as f64 * 0.7).sin()).collect()).unwrap()
    }

    fn inner(a: &Array, b: &Array) -> f64 {
        a.to_floats().unwrap().iter().zip(b.to_floats().unwrap()).map(|(a, b)| a * b).sum()
    }

    #[test]
    fn is_a_convolution_in_groups_whose_gradients_are_transposes() {
        let by = Slide {
            sizes: vec![2, 3],
            strides: vec![1, 2],
            dilations: vec![2, 1],
            pads: vec![(1, 0), (1, 1)],
        };
        let (x, f) = (waves(&[2, 5, 6, 3]), waves(&[2, 3, 3, 2]));
        let y = depthwise(&x, &f, &by).unwrap();
        let grouped = crate::convolve(&x, &f.reshape(&[2, 3, 1, 6]).unwrap(), &by).unwrap();
        for (a, b) in y.to_floats().unwrap().iter().zip(grouped.to_floats().unwrap()) {
            assert!((a - b).abs() < 1e-12);
        }
        let g = waves(y.shape());
        let images = depthwise_back_images(&g, &f, &by, x.shape()).unwrap();
        let filter = depthwise_back_filter(&x, &g, &by, f.shape()).unwrap();
        assert!((inner(&x, &images) - inner(&y, &g)).abs() < 1e-9);
        assert!((inner(&f, &filter) - inner(&y, &g)).abs() < 1e-9);
        assert!(depthwise(&x, &waves(&[2, 3, 2, 2]), &by).is_err());
    }
}
