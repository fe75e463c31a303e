//! How windows of kernels and pools slide: Keras 3's output sizes and their refusals.
//!
//! source: keras/src/ops/operation_utils.py, keras/src/backend/common/backend_utils.py

use ops::{Exc, Infer};
use tensor::Dim;

use crate::dims::{self, NONE};
use crate::python::{ints, raise, unknown, value_error, window_error};

/// A window along the spatial axes.
pub(super) struct Window<'a> {
    /// The sizes.
    pub(super) size: &'a [i64],
    /// The steps.
    pub(super) strides: &'a [i64],
    /// The gaps between a kernel's elements, plus one.
    pub(super) dilation: &'a [i64],
    /// `valid`, `same` or `causal`.
    pub(super) padding: &'a str,
}

/// How far a window reaches.
fn reach(size: i64, dilation: i64) -> i64 {
    size.saturating_sub(1).saturating_mul(dilation).saturating_add(1)
}

/// `(n - 1) * stride`: where the last of `n` transposed windows starts.
fn last_start(n: i64, stride: i64) -> i64 {
    n.saturating_sub(1).saturating_mul(stride)
}

/// What a window makes of a size; nothing where the window does not fit.
fn slid(n: i64, size: i64, stride: i64, dilation: i64, valid: bool) -> Option<i64> {
    let effective = if valid { reach(size, dilation) } else { 1 };
    let out = n.saturating_sub(effective).div_euclid(stride).saturating_add(1);
    (out > 0 || !valid).then_some(out)
}

/// What dividing by a stride of zero raises: arrays of floats divide, and what comes out is no integer.
fn unslid(window: &Window<'_>, dim: Dim) -> Infer<Option<Dim>> {
    let Dim::Known(n) = dim else { return unknown("a stride of zero") };
    match n - if window.padding == "valid" { window.size.first().copied().unwrap_or(1) } else { 1 } {
        0 => value_error("strides", "cannot convert float NaN to integer"),
        1.. => raise(Exc::OverflowError, "strides", "cannot convert float infinity to integer"),
        _ => unknown("a stride of zero"),
    }
}

fn slide(window: &Window<'_>, spatial: &[Dim], at: usize) -> Infer<Option<Dim>> {
    let stride = window.strides[at];
    if stride <= 0 {
        return unslid(window, spatial[at]);
    }
    let dilation = window.dilation.get(at).copied().unwrap_or(1);
    Ok(match spatial[at] {
        Dim::Known(n) => {
            slid(n, window.size[at], stride, dilation, window.padding == "valid").map(Dim::Known)
        }
        Dim::Symbol(_) => Some(NONE),
        Dim::Unknown => Some(Dim::Unknown),
    })
}

/// `compute_conv_output_shape`.
pub(super) fn conv_shape(
    shape: &[Dim],
    filters: Dim,
    window: &Window<'_>,
    channels_first: bool,
) -> Infer<Vec<Dim>> {
    let channels = dims::at(shape, if channels_first { 1 } else { -1 })?;
    let kernel: Vec<Dim> = window.size.iter().map(|n| Dim::Known(*n)).chain([channels, filters]).collect();
    if kernel.len() != shape.len() {
        return value_error(
            "kernel_size",
            format!(
                "Kernel shape must have the same length as input, but received kernel of shape {} and input of shape \
                 {}.",
                dims::text(&kernel),
                dims::text(shape)
            ),
        );
    }
    if !matches!(window.padding, "valid" | "same" | "causal") {
        return unknown("a padding of another kind");
    }
    let (axes, channel_axis) = dims::axes(channels_first, shape.len());
    let spatial: Vec<Dim> = shape[axes.clone()].to_vec();
    let mut out = shape.to_vec();
    out[channel_axis] = filters;
    for (i, axis) in axes.enumerate() {
        let Some(dim) = slide(window, &spatial, i)? else {
            return window_error(format!(
                "Computed output size would be zero or negative. Received `inputs shape={}`, `kernel shape={}`, \
                     `dilation_rate={}`, `strides={}`, `padding=valid`.",
                dims::text(shape),
                dims::text(&kernel),
                array(&window.dilation.iter().map(|n| Dim::Known(*n)).collect::<Vec<_>>()),
                ints(window.strides)
            ));
        };
        out[axis] = dim;
    }
    Ok(out)
}

/// `compute_pooling_output_shape`.
pub(super) fn pool_shape(shape: &[Dim], window: &Window<'_>, channels_first: bool) -> Infer<Vec<Dim>> {
    if !matches!(window.padding, "valid" | "same") {
        return value_error(
            "padding",
            format!(
                "Argument `padding` must be either 'valid' or 'same'. Received: padding={}",
                window.padding
            ),
        );
    }
    if shape.len() != window.size.len() + 2 {
        return unknown("an input of another rank");
    }
    let (axes, _) = dims::axes(channels_first, shape.len());
    let spatial: Vec<Dim> = shape[axes.clone()].to_vec();
    if window.strides.contains(&0) && shape.iter().any(|dim| matches!(dim, Dim::Symbol(_))) {
        // With a `None` among them, the sizes are Python's own ints.
        return raise(Exc::ZeroDivisionError, "strides", "division by zero");
    }
    let mut out = shape.to_vec();
    for (i, axis) in axes.clone().enumerate() {
        let Some(dim) = slide(window, &spatial, i)? else {
            // The array of sizes is a view: its `None`s have become -1 before it is shown.
            let mut shown = shape.to_vec();
            for dim in &mut shown[axes] {
                *dim = Dim::Known(dim.known().unwrap_or(-1));
            }
            return window_error(format!(
                "Computed output size would be zero or negative. Received: `inputs.shape={}`, `pool_size={}`, \
                     `strides={}`, `padding=valid`.",
                array_of(&shown, shape),
                array(&window.size.iter().map(|n| Dim::Known(*n)).collect::<Vec<_>>()),
                ints(window.strides)
            ));
        };
        out[axis] = dim;
    }
    Ok(out)
}

/// Writes a NumPy array of sizes; one of numbers only is aligned.
fn array(values: &[Dim]) -> String {
    array_of(values, values)
}

/// Writes an array whose elements were `made` of: an array with a `None` stays one of objects.
fn array_of(values: &[Dim], made: &[Dim]) -> String {
    let texts: Vec<String> = values.iter().map(ToString::to_string).collect();
    let numbers = made.iter().all(|d| d.is_known());
    let width = if numbers { texts.iter().map(String::len).max().unwrap_or_default() } else { 0 };
    let padded: Vec<String> = texts.iter().map(|t| format!("{t:>width$}")).collect();
    format!("[{}]", padded.join(" "))
}

/// `_get_output_shape_given_tf_padding`: the size that a transposed window makes.
pub(super) fn transposed(
    dim: Dim,
    size: i64,
    stride: i64,
    dilation: i64,
    same: bool,
    extra: Option<i64>,
) -> Dim {
    let size = reach(size, dilation);
    dims::map(dim, |n| match (same, extra) {
        (false, None) => last_start(n, stride).saturating_add(size.max(stride)),
        (false, Some(extra)) => last_start(n, stride).saturating_add(size).saturating_add(extra),
        (true, None) => n.saturating_mul(stride),
        (true, Some(extra)) => last_start(n, stride).saturating_add(size % 2).saturating_add(extra),
    })
}

/// Keras 2's `deconv_output_length`.
pub(super) fn transposed2(
    dim: Dim,
    size: i64,
    stride: i64,
    dilation: i64,
    same: bool,
    extra: Option<i64>,
) -> Dim {
    let size = reach(size, dilation);
    dims::map(dim, |n| match (same, extra) {
        (false, None) => n.saturating_mul(stride).saturating_add(size.saturating_sub(stride).max(0)),
        (true, None) => n.saturating_mul(stride),
        // `size - 2 * (size // 2)` is what an odd size leaves over.
        (true, Some(extra)) => last_start(n, stride).saturating_add(size.rem_euclid(2)).saturating_add(extra),
        (false, Some(extra)) => last_start(n, stride).saturating_add(size).saturating_add(extra),
    })
}

/// Keras 2's `conv_output_length`.
pub(super) fn length2(dim: Dim, size: i64, stride: i64, dilation: i64, padding: &str) -> Dim {
    let size = reach(size, dilation);
    dims::map(dim, |n| {
        let n = if padding == "valid" { n.saturating_sub(size).saturating_add(1) } else { n };
        n.saturating_add(stride - 1).div_euclid(stride.max(1))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slides_and_refuses() {
        assert_eq!(slid(10, 3, 1, 1, true), Some(8));
        assert_eq!(slid(10, 3, 2, 1, false), Some(5));
        assert_eq!(slid(6, 3, 1, 3, true), None);
        assert_eq!(transposed(Dim::Known(5), 3, 2, 1, false, None), Dim::Known(11));
        assert_eq!(transposed2(Dim::Known(5), 3, 2, 1, true, Some(1)), Dim::Known(10));
        assert_eq!(length2(Dim::Known(1), 3, 2, 1, "valid"), Dim::Known(0));
    }

    #[test]
    fn aligns_numbers_only() {
        let known = |values: &[i64]| values.iter().map(|n| Dim::Known(*n)).collect::<Vec<_>>();
        assert_eq!(array(&known(&[3, 10, 100])), "[  3  10 100]");
        assert_eq!(array(&[NONE, Dim::Known(1), Dim::Known(17)]), "[None 1 17]");
    }
}
