//! Boxes cut out of images, and the gradients of that.
//!
//! source: tensorflow/core/kernels/image/crop_and_resize_op.cc

use tensor::DType;

use crate::resample::{image, singles};
use crate::{Array, Fault, Result};

/// Boxes in images: each is its top, left, bottom and right as parts of the image whose number it has.
#[derive(Debug)]
pub struct Boxes<'a> {
    /// A row of four for each box.
    pub edges: &'a Array,
    /// The number of the image of each box.
    pub images: &'a Array,
    /// Whether the nearest pixel is taken, else what lies between four.
    pub nearest: bool,
}

/// A pixel of a crop: its box, its image, and the place in the image that it is taken from, if there is one.
struct Pixel {
    number: usize,
    own: usize,
    at: [usize; 2],
    place: Option<[f32; 2]>,
}

impl Boxes<'_> {
    /// Calls `visit` for each pixel of each crop, in order.
    fn pixels(
        &self,
        [batch, rows, columns]: [usize; 3],
        size: [usize; 2],
        mut visit: impl FnMut(&Pixel),
    ) -> Result<()> {
        let (edges, images) = (singles(self.edges)?, self.images.to_ints()?);
        let place = |low: f32, high: f32, length: usize, at: usize, count: usize| {
            let last = (length - 1) as f32;
            let place = if count > 1 {
                low * last + at as f32 * ((high - low) * last / (count - 1) as f32)
            } else {
                0.5 * (low + high) * last
            };
            (0.0..=last).contains(&place).then_some(place)
        };
        for (number, (image, edge)) in images.iter().zip(edges.chunks_exact(4)).enumerate() {
            let own = usize::try_from(*image).ok().filter(|n| *n < batch);
            let own = own.ok_or(Fault::Index(*image, batch))?;
            for at in 0..size[0] * size[1] {
                let at = [at / size[1], at % size[1]];
                let y = place(edge[0], edge[2], rows, at[0], size[0]);
                let x = place(edge[1], edge[3], columns, at[1], size[1]);
                visit(&Pixel { number, own, at, place: y.zip(x).map(|(y, x)| [y, x]) });
            }
        }
        Ok(())
    }

    /// The pixels that a place is taken from, each with its part of the result.
    fn sources(&self, [y, x]: [f32; 2]) -> [([usize; 2], f32); 4] {
        if self.nearest {
            let none = ([0, 0], 0.0);
            return [([y.round() as usize, x.round() as usize], 1.0), none, none, none];
        }
        let (down, right) = (y - y.floor(), x - x.floor());
        let at = |y: f32, x: f32| [y as usize, x as usize];
        [
            (at(y.floor(), x.floor()), (1.0 - down) * (1.0 - right)),
            (at(y.floor(), x.ceil()), (1.0 - down) * right),
            (at(y.ceil(), x.floor()), down * (1.0 - right)),
            (at(y.ceil(), x.ceil()), down * right),
        ]
    }
}

/// Cuts boxes out of images and brings them to one height and width; what lies outside of an image is `fill`.
///
/// # Errors
/// The images are not of rank 4, or a box names an image that is not there.
pub fn crop_and_resize(x: &Array, boxes: &Boxes<'_>, size: [usize; 2], fill: f32) -> Result<Array> {
    let [batch, rows, columns, channels] = image(x)?;
    let count = boxes.images.len();
    if count.saturating_mul(size[0]).saturating_mul(size[1] * channels) > crate::MAX_LEN {
        return Err(Fault::TooLarge);
    }
    let values = singles(x)?;
    let mut out = Vec::new();
    boxes.pixels([batch, rows, columns], size, |pixel| {
        let Some(place) = pixel.place else {
            out.extend(std::iter::repeat_n(fill, channels));
            return;
        };
        let from = boxes.sources(place);
        let value = |[y, x]: [usize; 2], c: usize| {
            values.get(((pixel.own * rows + y) * columns + x) * channels + c).copied().unwrap_or(0.0)
        };
        if boxes.nearest {
            out.extend((0..channels).map(|c| value(from[0].0, c)));
            return;
        }
        let (down, right) = (place[0] - place[0].floor(), place[1] - place[1].floor());
        out.extend((0..channels).map(|c| {
            let across = |a: f32, b: f32| a + (b - a) * right;
            let top = across(value(from[0].0, c), value(from[1].0, c));
            let bottom = across(value(from[2].0, c), value(from[3].0, c));
            top + (bottom - top) * down
        }));
    })?;
    Array::new(&[count, size[0], size[1], channels], DType::Float32, out)
}

/// The gradient of [`crop_and_resize`] for the images, which are of this shape.
///
/// # Errors
/// As there.
pub fn crop_back(g: &Array, boxes: &Boxes<'_>, shape: [usize; 4]) -> Result<Array> {
    let [_, height, width, channels] = image(g)?;
    let [batch, rows, columns, _] = shape;
    if shape.iter().fold(1_usize, |all, n| all.saturating_mul(*n)) > crate::MAX_LEN {
        return Err(Fault::TooLarge);
    }
    let grads = singles(g)?;
    let mut out = vec![0.0_f32; batch * rows * columns * channels];
    boxes.pixels([batch, rows, columns], [height, width], |pixel| {
        let Some(place) = pixel.place else { return };
        let start = ((pixel.number * height + pixel.at[0]) * width + pixel.at[1]) * channels;
        for ([y, x], part) in boxes.sources(place) {
            let to = ((pixel.own * rows + y) * columns + x) * channels;
            for c in 0..channels {
                if let (Some(slot), Some(g)) = (out.get_mut(to + c), grads.get(start + c)) {
                    *slot += g * part;
                }
            }
        }
    })?;
    Array::new(&shape, DType::Float32, out)
}

/// The gradient of [`crop_and_resize`] for the edges of the boxes.
///
/// # Errors
/// As there.
pub fn crop_back_boxes(g: &Array, x: &Array, boxes: &Boxes<'_>) -> Result<Array> {
    let [_, height, width, channels] = image(g)?;
    let [batch, rows, columns, _] = image(x)?;
    let (grads, values) = (singles(g)?, singles(x)?);
    let mut out = vec![0.0_f32; boxes.images.len() * 4];
    let (tall, wide) = ((rows - 1) as f32, (columns - 1) as f32);
    boxes.pixels([batch, rows, columns], [height, width], |pixel| {
        let Some([y, x]) = pixel.place else { return };
        let start = ((pixel.number * height + pixel.at[0]) * width + pixel.at[1]) * channels;
        let value = |y: f32, x: f32, c: usize| {
            let at = ((pixel.own * rows + y as usize) * columns + x as usize) * channels + c;
            values.get(at).copied().unwrap_or(0.0)
        };
        let (mut by_y, mut by_x) = (0.0, 0.0);
        for c in 0..channels {
            let g = grads.get(start + c).copied().unwrap_or(0.0);
            let (top, bottom) = (y.floor(), y.ceil());
            let (left, right) = (x.floor(), x.ceil());
            let [a, b, p, q] =
                [value(top, left, c), value(top, right, c), value(bottom, left, c), value(bottom, right, c)];
            let (down, across) = (y - top, x - left);
            by_y += g * ((1.0 - across) * (p - a) + across * (q - b));
            by_x += g * ((1.0 - down) * (b - a) + down * (q - p));
        }
        // How far each edge moves the place.
        let share = |at: usize, count: usize, length: f32| {
            if count > 1 {
                let part = at as f32 * length / (count - 1) as f32;
                [length - part, part]
            } else {
                [0.5 * length, 0.5 * length]
            }
        };
        let ([y_low, y_high], [x_low, x_high]) =
            (share(pixel.at[0], height, tall), share(pixel.at[1], width, wide));
        for (side, part) in [by_y * y_low, by_x * x_low, by_y * y_high, by_x * x_high].into_iter().enumerate()
        {
            if let Some(slot) = out.get_mut(4 * pixel.number + side) {
                *slot += part;
            }
        }
    })?;
    Array::new(&[boxes.images.len(), 4], DType::Float32, out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_are_cut_out() {
        let edges = Array::floats(&[1, 4], DType::Float32, vec![0.0, 0.0, 0.0, 2.0]).unwrap();
        let images = Array::ints(&[1], DType::Int32, vec![0]).unwrap();
        let x = Array::floats(&[1, 1, 4, 1], DType::Float32, vec![0.0, 1.0, 4.0, 9.0]).unwrap();
        let boxes = Boxes { edges: &edges, images: &images, nearest: false };
        let cut = crop_and_resize(&x, &boxes, [1, 3], -1.0).unwrap();
        assert_eq!(cut.to_floats().unwrap(), [0.0, 9.0, -1.0]);
    }
}
