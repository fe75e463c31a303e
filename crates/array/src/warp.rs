//! Images moved, turned and stretched.
//!
//! source: tensorflow/core/kernels/image/image_ops.h

use tensor::DType;

use crate::{Array, Fault, Result};

/// What lies beyond the edges of an image.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Beyond {
    /// The image, mirrored at its edges: `d c b a | a b c d | d c b a`.
    Reflect,
    /// The image again.
    Wrap,
    /// One number.
    Constant(f32),
    /// The pixel at the edge.
    Nearest,
}

impl Beyond {
    /// The place along an axis of this length that a place beyond it shows.
    fn place(self, at: f32, len: f32) -> f32 {
        let last = len - 1.0;
        let found = match self {
            Beyond::Constant(_) => return at,
            Beyond::Nearest => at,
            _ if len <= 1.0 => 0.0,
            Beyond::Reflect if at < 0.0 => {
                let twice = 2.0 * len;
                let at = if at < twice { twice * (-at / twice).trunc() + at } else { at };
                if at < -len { at + twice } else { -at - 1.0 }
            }
            Beyond::Reflect if at > last => {
                let twice = 2.0 * len;
                let at = at - twice * (at / twice).trunc();
                if at >= len { twice - at - 1.0 } else { at }
            }
            Beyond::Wrap if at < 0.0 => at + len * ((-at / last).trunc() + 1.0),
            Beyond::Wrap if at > last => at - len * (at / last).trunc(),
            Beyond::Reflect | Beyond::Wrap => at,
        };
        found.clamp(0.0, last.max(0.0))
    }
}

/// Warps a batch of images of shape `[batch, height, width, channels]`: each pixel of the result is looked up at the
/// place that eight numbers, for each image or for all, project it to.
///
/// # Errors
/// The images are no batch, or the transforms are not eight numbers for each or one of them.
pub fn warp(x: &Array, transforms: &Array, size: [usize; 2], beyond: Beyond, smooth: bool) -> Result<Array> {
    let &[batch, height, width, channels] = x.shape() else {
        return Err(Fault::Shape(format!("images of shape {:?}", x.shape())));
    };
    let numbers = transforms.cast(DType::Float32)?.elements::<f32>()?;
    if numbers.len() != 8 && numbers.len() != 8 * batch {
        return Err(Fault::Shape("transforms of other than eight numbers".to_owned()));
    }
    let pixels = x.cast(DType::Float32)?.elements::<f32>()?;
    let fill = if let Beyond::Constant(value) = beyond { value } else { 0.0 };
    let mut out = Vec::with_capacity(batch * size[0] * size[1] * channels);
    for image in 0..batch {
        let t = if numbers.len() == 8 { &numbers[..] } else { &numbers[8 * image..8 * image + 8] };
        let read = |row: f32, column: f32, channel: usize| {
            let inside = row >= 0.0 && column >= 0.0 && row < height as f32 && column < width as f32;
            let at = ((image * height + row as usize) * width + column as usize) * channels + channel;
            if inside { pixels.get(at).copied().unwrap_or(fill) } else { fill }
        };
        for place in 0..size[0] * size[1] {
            let (row, column) = ((place / size[1]) as f32, (place % size[1]) as f32);
            let depth = t[6] * column + t[7] * row + 1.0;
            let from =
                [(t[3] * column + t[4] * row + t[5]) / depth, (t[0] * column + t[1] * row + t[2]) / depth];
            let [row, column] = [beyond.place(from[0], height as f32), beyond.place(from[1], width as f32)];
            for channel in 0..channels {
                out.push(match smooth {
                    _ if depth == 0.0 => fill,
                    false => read(row.round(), column.round(), channel),
                    true => {
                        let (top, left) = (row.floor(), column.floor());
                        let across = |row: f32| {
                            (left + 1.0 - column) * read(row, left, channel)
                                + (column - left) * read(row, left + 1.0, channel)
                        };
                        (top + 1.0 - row) * across(top) + (row - top) * across(top + 1.0)
                    }
                });
            }
        }
    }
    Array::new(&[batch, size[0], size[1], channels], DType::Float32, out)?.cast(x.dtype())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn warped(transform: [f64; 8], beyond: Beyond) -> Vec<f64> {
        let x = Array::floats(&[1, 1, 4, 1], DType::Float32, vec![1.0, 2.0, 3.0, 4.0]).unwrap();
        let transform = Array::floats(&[1, 8], DType::Float32, transform.to_vec()).unwrap();
        warp(&x, &transform, [1, 4], beyond, true).unwrap().to_floats().unwrap()
    }

    #[test]
    fn shows_what_lies_beyond_the_edges() {
        let right = [1.0, 0.0, -1.0, 0.0, 1.0, 0.0, 0.0, 0.0];
        assert_eq!(warped(right, Beyond::Constant(9.0)), [9.0, 1.0, 2.0, 3.0]);
        assert_eq!(warped(right, Beyond::Nearest), [1.0, 1.0, 2.0, 3.0]);
        assert_eq!(warped(right, Beyond::Reflect), [1.0, 1.0, 2.0, 3.0]);
        assert_eq!(warped(right, Beyond::Wrap), [4.0, 1.0, 2.0, 3.0]);
    }

    #[test]
    fn looks_between_pixels() {
        let half = [1.0, 0.0, 0.5, 0.0, 1.0, 0.0, 0.0, 0.0];
        assert_eq!(warped(half, Beyond::Nearest), [1.5, 2.5, 3.5, 4.0]);
    }
}
