//! Kernels that slide windows along spatial axes: convolutions and pools.
//!
//! source: tensorflow/core/framework/common_shape_fns.cc, tensorflow/python/ops/nn_ops.py

use tensor::Dim;

use crate::spec::{Misfit, merge};

/// A window along one axis.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// Its size.
    pub size: i64,
    /// The step.
    pub stride: i64,
    /// The gap between its elements, plus one.
    pub dilation: i64,
    /// Whether the input is padded so that every element is met.
    pub same: bool,
}

impl Window {
    /// Returns the size of the output along the axis.
    ///
    /// # Errors
    /// The window is larger than the input.
    pub fn slide(self, input: Dim) -> Result<Dim, Misfit> {
        let Window { size, stride, dilation, same } = self;
        let stride = stride.max(1);
        if same {
            return Ok(if stride == 1 { input } else { input.map(|n| (n + stride - 1).div_euclid(stride)) });
        }
        // A dilated window is a plain one over every so many elements, put into a batch of their own.
        let seen = input.map(|n| (n + dilation - 1).div_euclid(dilation.max(1)));
        merge::subtract(seen, Dim::Known(size))?;
        let reach = (size - 1) * dilation + 1;
        Ok(if reach == 1 && stride == 1 { input } else { input.map(|n| (n - reach).div_euclid(stride) + 1) })
    }

    /// Words what the kernel says on values of an input that is too small.
    pub fn too_large(self, input: Dim) -> String {
        let reach = (self.size - 1) * self.dilation + 1;
        let Window { stride, .. } = self;
        let out = input.map(|n| (n - reach).div_euclid(stride.max(1)) + 1);
        format!(
            "Computed output size would be negative: {out} [input_size: {input}, effective_filter_size: {reach}, \
             stride: {stride}]"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slides_as_tensorflow_does() {
        let window = Window { size: 3, stride: 2, dilation: 1, same: false };
        assert_eq!(window.slide(Dim::Known(8)), Ok(Dim::Known(3)));
        assert_eq!(window.slide(Dim::Unknown), Ok(Dim::Unknown));
        let dilated = Window { dilation: 3, stride: 1, ..window };
        let text = dilated.slide(Dim::Known(6)).map_err(|m| m.text);
        assert_eq!(text, Err("Negative dimension size caused by subtracting 3 from 2".to_owned()));
        assert_eq!(Window { same: true, ..window }.slide(Dim::Known(5)), Ok(Dim::Known(3)));
    }
}
