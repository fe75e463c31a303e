//! Images of other sizes: each pixel of the result is a weighted sum along rows, then along columns.
//!
//! source: tensorflow/core/kernels/image/{resize_bilinear_op,resize_nearest_neighbor_op,resize_bicubic_op,
//! resize_area_op,scale_and_translate_op,sampling_kernels}.{cc,h}

use std::f32::consts::PI;

use tensor::DType;

use crate::{Array, Fault, Result};

/// How pixels are weighted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resampling {
    /// The pixel that lies under the centre.
    Nearest,
    /// Between the two neighbours.
    Bilinear,
    /// By Keys' cubic of the four neighbours.
    Bicubic,
    /// By the area that is covered.
    Area,
    /// By a function of the distance, which shrinking widens.
    Kernel(Weighing, bool),
}

/// A function of the distance between pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weighing {
    /// Lanczos' with this radius.
    Lanczos(u8),
    /// A bell of radius 1.5.
    Gaussian,
    /// A tent.
    Triangle,
    /// Keys' cubic.
    KeysCubic,
    /// Mitchell's cubic.
    MitchellCubic,
}

impl Weighing {
    fn radius(self) -> f32 {
        match self {
            Weighing::Lanczos(radius) => f32::from(radius),
            Weighing::Gaussian => 1.5,
            Weighing::Triangle => 1.0,
            Weighing::KeysCubic | Weighing::MitchellCubic => 2.0,
        }
    }

    fn weight(self, distance: f32) -> f32 {
        let x = distance.abs();
        match self {
            _ if x >= self.radius() => 0.0,
            Weighing::Lanczos(_) if x <= 1e-3 => 1.0,
            Weighing::Lanczos(radius) => {
                let r = f32::from(radius);
                r * (PI * x).sin() * (PI * x / r).sin() / (PI * PI * x * x)
            }
            // The standard deviation is a third of the radius.
            Weighing::Gaussian => (-x * x / (2.0 * 0.5 * 0.5)).exp(),
            Weighing::Triangle => 1.0 - x,
            Weighing::KeysCubic if x >= 1.0 => ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0,
            Weighing::KeysCubic => ((1.5 * x - 2.5) * x) * x + 1.0,
            Weighing::MitchellCubic if x >= 1.0 => {
                (((-7.0 / 18.0) * x + 2.0) * x - 10.0 / 3.0) * x + 16.0 / 9.0
            }
            Weighing::MitchellCubic => (((7.0 / 6.0) * x - 2.0) * x) * x + 8.0 / 9.0,
        }
    }
}

/// What one pixel of the result is made of along an axis: places and weights.
type Taps = Vec<(usize, f32)>;

/// The places and weights along an axis.
fn taps(how: Resampling, from: usize, to: usize) -> Vec<Taps> {
    let scale = from as f32 / to as f32;
    let last = from.saturating_sub(1);
    let centre = |at: usize| (at as f32 + 0.5) * scale;
    let one = |at: usize| match how {
        Resampling::Nearest => vec![((centre(at).floor() as usize).min(last), 1.0)],
        Resampling::Bilinear => {
            let place = centre(at) - 0.5;
            let (low, high) = (place.floor().max(0.0) as usize, place.ceil().max(0.0) as usize);
            vec![(low, 1.0 - (place - place.floor())), (high.min(last), place - place.floor())]
        }
        Resampling::Bicubic => cubic(centre(at) - 0.5, from),
        Resampling::Area => {
            let (start, end) = (at as f32 * scale, (at + 1) as f32 * scale);
            let covered = |i: usize| (end.min(i as f32 + 1.0) - start.max(i as f32)) / scale;
            (start.floor() as usize..end.ceil() as usize).map(|i| (i.min(last), covered(i))).collect()
        }
        Resampling::Kernel(weighing, antialias) => {
            let wide = if antialias { scale.max(1.0) } else { 1.0 };
            let reach = weighing.radius() * wide;
            let (low, high) = ((centre(at) - reach - 0.5).ceil(), (centre(at) + reach - 0.5).floor());
            let places = low.max(0.0) as usize..=(high.max(0.0) as usize).min(last);
            normal(places.map(|i| (i, weighing.weight((i as f32 + 0.5 - centre(at)) / wide))).collect())
        }
    };
    (0..to).map(one).collect()
}

/// The four neighbours by Keys' cubic, whose weights stand in a table; those outside of the image count nothing.
fn cubic(place: f32, from: usize) -> Taps {
    const TABLE: f32 = 1024.0;
    let base = place.floor();
    let step = ((place - base) * TABLE).round_ties_even() / TABLE;
    let around = [(-1.0, 1.0 + step), (0.0, step), (1.0, 1.0 - step), (2.0, 2.0 - step)];
    let inside = around.iter().filter(|(by, _)| (0.0..from as f32).contains(&(base + by)));
    normal(inside.map(|(by, x)| ((base + by) as usize, Weighing::KeysCubic.weight(*x))).collect())
}

/// Weights that add up to one.
fn normal(mut taps: Taps) -> Taps {
    let sum: f32 = taps.iter().map(|(_, w)| w).sum();
    if sum.abs() >= 1000.0 * f32::MIN_POSITIVE {
        taps.iter_mut().for_each(|(_, w)| *w /= sum);
    }
    taps
}

/// Adds up along the middle of three axes.
fn along(x: &[f32], outer: usize, from: usize, inner: usize, taps: &[Taps]) -> Vec<f32> {
    let mut out = Vec::with_capacity(outer * taps.len() * inner);
    for block in 0..outer {
        let row = |at: usize| &x[(block * from + at) * inner..][..inner];
        for own in taps {
            match own[..] {
                [(at, 1.0)] => out.extend_from_slice(row(at)),
                // The kernels interpolate between two neighbours, which rounds otherwise than a weighted sum.
                [(low, _), (high, w)] => {
                    out.extend(row(low).iter().zip(row(high)).map(|(a, b)| a + (b - a) * w));
                }
                _ => {
                    let start = out.len();
                    out.resize(start + inner, 0.0);
                    for (at, w) in own {
                        out[start..].iter_mut().zip(row(*at)).for_each(|(sum, v)| *sum += v * w);
                    }
                }
            }
        }
    }
    out
}

/// Gives back along the middle of three axes what [`along`] took.
fn along_back(g: &[f32], outer: usize, from: usize, inner: usize, taps: &[Taps]) -> Vec<f32> {
    let mut out = vec![0.0; outer * from * inner];
    for block in 0..outer {
        for (to, own) in taps.iter().enumerate() {
            let grad = &g[(block * taps.len() + to) * inner..][..inner];
            for (at, w) in own {
                let row = &mut out[(block * from + at) * inner..][..inner];
                row.iter_mut().zip(grad).for_each(|(sum, v)| *sum += v * w);
            }
        }
    }
    out
}

/// The four sizes of a batch of images.
pub(crate) fn image(x: &Array) -> Result<[usize; 4]> {
    let sizes = <[usize; 4]>::try_from(x.shape());
    let sizes = sizes.map_err(|_| Fault::Shape(format!("images of {} axes", x.rank())))?;
    if sizes[1] == 0 || sizes[2] == 0 {
        return Err(Fault::Shape("images without pixels".to_owned()));
    }
    Ok(sizes)
}

/// Brings images, whose channels come last, to another height and width; in single precision.
///
/// # Errors
/// The images are not of rank 4, are empty, or not of numbers.
pub fn resample(x: &Array, how: Resampling, height: usize, width: usize) -> Result<Array> {
    let [batch, rows, columns, channels] = image(x)?;
    if height == 0 || width == 0 || batch.saturating_mul(height * width * channels) > crate::MAX_LEN {
        return Err(Fault::TooLarge);
    }
    if how == Resampling::Nearest {
        let picked = |taps: &[Taps]| taps.iter().map(|own| own[0].0 as i64).collect::<Vec<_>>();
        let at = |from, to| Array::ints(&[to], DType::Int64, picked(&taps(how, from, to)));
        return crate::gather(&crate::gather(x, &at(rows, height)?, 1, 0)?, &at(columns, width)?, 2, 0);
    }
    let values = singles(x)?;
    let wide = along(&values, batch * rows, columns, channels, &taps(how, columns, width));
    let out = along(&wide, batch, rows, width * channels, &taps(how, rows, height));
    Array::new(&[batch, height, width, channels], DType::Float32, out)
}

/// The gradient of [`resample`] for images of another height and width.
///
/// # Errors
/// As [`resample`].
pub fn resample_back(g: &Array, how: Resampling, height: usize, width: usize) -> Result<Array> {
    let [batch, rows, columns, channels] = image(g)?;
    if height == 0 || width == 0 || batch.saturating_mul(height * width * channels) > crate::MAX_LEN {
        return Err(Fault::TooLarge);
    }
    let low = along_back(&singles(g)?, batch, height, columns * channels, &taps(how, height, rows));
    let out = along_back(&low, batch * height, width, channels, &taps(how, width, columns));
    Array::new(&[batch, height, width, channels], DType::Float32, out)
}

pub(crate) fn singles(x: &Array) -> Result<Vec<f32>> {
    x.cast(DType::Float32)?.elements::<f32>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(values: &[f64]) -> Array {
        Array::floats(&[1, 1, values.len(), 1], DType::Float32, values.to_vec()).unwrap()
    }

    fn wide(how: Resampling, to: usize) -> Vec<f64> {
        resample(&line(&[0.0, 1.0, 4.0, 9.0]), how, 1, to).unwrap().to_floats().unwrap()
    }

    #[test]
    fn the_same_size_is_the_same_image() {
        let kernels = [Weighing::Triangle, Weighing::KeysCubic, Weighing::Lanczos(3)];
        let by_kernel = kernels.map(|weighing| Resampling::Kernel(weighing, true));
        let all = [Resampling::Nearest, Resampling::Bilinear, Resampling::Bicubic, Resampling::Area];
        for how in all.into_iter().chain(by_kernel) {
            let found = wide(how, 4);
            assert!(
                found.iter().zip([0.0, 1.0, 4.0, 9.0]).all(|(a, b)| (a - b).abs() < 1e-5),
                "{how:?} {found:?}"
            );
        }
    }

    #[test]
    fn shrinks_and_grows() {
        assert_eq!(wide(Resampling::Bilinear, 2), [0.5, 6.5]);
        assert_eq!(wide(Resampling::Area, 2), [0.5, 6.5]);
        assert_eq!(wide(Resampling::Nearest, 2), [1.0, 9.0]);
        assert_eq!(wide(Resampling::Bilinear, 8)[..4], [0.0, 0.25, 0.75, 1.75]);
    }

    #[test]
    fn the_gradient_gives_back_what_was_taken() {
        let how = Resampling::Bicubic;
        let ones = line(&[1.0; 3]);
        let sum: f64 = resample_back(&ones, how, 1, 4).unwrap().to_floats().unwrap().iter().sum();
        assert!((sum - 3.0).abs() < 1e-5);
    }
}
