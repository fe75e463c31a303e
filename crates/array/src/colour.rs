//! Colours as hue, saturation and value; all of them between 0 and 1, in single precision.
//!
//! source: tensorflow/core/kernels/image/{colorspace_op.h,adjust_saturation_op.cc,adjust_hue_op.cc}

use tensor::DType;

use crate::{Array, Fault, Result};

/// What is made of each colour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Recolouring {
    /// Hue, saturation and value of red, green and blue.
    ToHsv,
    /// Red, green and blue of hue, saturation and value.
    FromHsv,
    /// The hue turned by a part of the circle.
    Hue(f32),
    /// The saturation times a factor.
    Saturation(f32),
}

fn to_hsv([r, g, b]: [f32; 3]) -> [f32; 3] {
    let value = r.max(g).max(b);
    let range = value - r.min(g).min(b);
    let saturation = if value > 0.0 { range / value } else { 0.0 };
    let norm = 1.0 / (6.0 * range);
    let hue = if range <= 0.0 {
        0.0
    } else if r == value {
        norm * (g - b)
    } else if g == value {
        norm * (b - r) + 2.0 / 6.0
    } else {
        norm * (r - g) + 4.0 / 6.0
    };
    [if hue < 0.0 { hue + 1.0 } else { hue }, saturation, value]
}

fn from_hsv([hue, saturation, value]: [f32; 3]) -> [f32; 3] {
    let turn = hue * 6.0;
    let shares = [
        ((turn - 3.0).abs() - 1.0).clamp(0.0, 1.0),
        (2.0 - (turn - 2.0).abs()).clamp(0.0, 1.0),
        (2.0 - (turn - 4.0).abs()).clamp(0.0, 1.0),
    ];
    shares.map(|share| (1.0 - saturation + saturation * share) * value)
}

/// Changes the colours along the last axis.
///
/// # Errors
/// The last axis is not 3 long, or the numbers are not real.
pub fn recolour(x: &Array, how: Recolouring) -> Result<Array> {
    if x.shape().last() != Some(&3) {
        return Err(Fault::Shape("colours of other than three channels".to_owned()));
    }
    let values = x.cast(DType::Float32)?.elements::<f32>()?;
    let one = |colour: [f32; 3]| match how {
        Recolouring::ToHsv => to_hsv(colour),
        Recolouring::FromHsv => from_hsv(colour),
        Recolouring::Hue(by) => {
            let [hue, saturation, value] = to_hsv(colour);
            from_hsv([(hue + by).rem_euclid(1.0), saturation, value])
        }
        Recolouring::Saturation(factor) => {
            let [hue, saturation, value] = to_hsv(colour);
            from_hsv([hue, (saturation * factor).clamp(0.0, 1.0), value])
        }
    };
    let out = values.chunks_exact(3).flat_map(|c| one([c[0], c[1], c[2]])).collect();
    Array::new(x.shape(), DType::Float32, out)?.cast(x.dtype())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: &Array, expected: [f64; 3]) {
        let found = found.to_floats().unwrap();
        assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6), "{found:?}");
    }

    #[test]
    fn goes_there_and_back() {
        for colour in [[0.2, 0.5, 0.3], [0.9, 0.1, 0.4], [0.1, 0.3, 0.7], [0.5, 0.5, 0.5]] {
            let x = Array::floats(&[1, 3], DType::Float32, colour.to_vec()).unwrap();
            close(
                &recolour(&recolour(&x, Recolouring::ToHsv).unwrap(), Recolouring::FromHsv).unwrap(),
                colour,
            );
            close(&recolour(&x, Recolouring::Hue(1.0)).unwrap(), colour);
            let grey = colour.iter().copied().fold(0.0, f64::max);
            close(&recolour(&x, Recolouring::Saturation(0.0)).unwrap(), [grey; 3]);
        }
        let red = Array::floats(&[3], DType::Float32, vec![1.0, 0.0, 0.0]).unwrap();
        close(&recolour(&red, Recolouring::Hue(1.0 / 3.0)).unwrap(), [0.0, 1.0, 0.0]);
    }
}
