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
            let up = |n: i64| n.saturating_add(stride - 1).div_euclid(stride);
            return Ok(if stride == 1 { input } else { input.map(up) });
        }
        // A dilated window is a plain one over every so many elements, put into a batch of their own.
        let dilation = dilation.max(1);
        let seen = input.map(|n| n.saturating_add(dilation - 1).div_euclid(dilation));
        merge::subtract(seen, Dim::Known(size))?;
        let reach = self.reach();
        let windows = |n: i64| n.saturating_sub(reach).div_euclid(stride) + 1;
        Ok(if reach == 1 && stride == 1 { input } else { input.map(windows) })
    }

    fn reach(self) -> i64 {
        self.size.saturating_sub(1).saturating_mul(self.dilation).saturating_add(1)
    }

    /// Words what the kernel says on values of an input that is too small.
    pub fn too_large(self, input: Dim) -> String {
        let (reach, stride) = (self.reach(), self.stride);
        let out = input.map(|n| n.saturating_sub(reach).div_euclid(stride.max(1)) + 1);
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
