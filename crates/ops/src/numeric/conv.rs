//! Convolutions.
//!
//! source: tensorflow/python/ops/nn_grad.py: _Conv2DGrad, _Conv2DBackpropInputGrad, _Conv2DBackpropFilterGrad

use array::{Array, Fault, Result, Slide};
use smallvec::smallvec;

use super::algebra::sizes;
use super::{Applied, Arrays, Back, Grads, Row, Vjp};
use crate::kernels::conv::{self, Padding, Window};
use crate::spec::{Tensor, Val};
use crate::{Infer, Stop};

pub(super) static ROWS: &[Row] = &[
    Row { kernel: "Conv2D", eval: convolve, vjp: Vjp::All(convolve_back) },
    Row { kernel: "Conv2DBackpropFilter", eval: filter_gradient, vjp: Vjp::All(filter_back) },
    Row { kernel: "Conv2DBackpropInput", eval: image_gradient, vjp: Vjp::All(image_back) },
    Row { kernel: "Conv3D", eval: convolve, vjp: Vjp::All(convolve_back) },
    Row { kernel: "Conv3DBackpropFilterV2", eval: filter_gradient, vjp: Vjp::All(filter_back) },
    Row { kernel: "Conv3DBackpropInputV2", eval: image_gradient, vjp: Vjp::All(image_back) },
    Row { kernel: "DepthwiseConv2dNative", eval: depthwise, vjp: Vjp::All(convolve_back) },
    Row {
        kernel: "DepthwiseConv2dNativeBackpropFilter",
        eval: depthwise_filter_gradient,
        vjp: Vjp::All(filter_back),
    },
    Row {
        kernel: "DepthwiseConv2dNativeBackpropInput",
        eval: depthwise_image_gradient,
        vjp: Vjp::All(image_back),
    },
];

/// Whether the channels come before the spatial axes.
pub(super) fn first(a: &Applied<'_>) -> bool {
    a.step.text("data_format") == "NCHW"
}

/// Moves the channels behind the spatial axes, where they are not.
pub(super) fn channels_last(x: &Array, first: bool) -> Result<Array> {
    if !first {
        return Ok(x.clone());
    }
    let order: Vec<usize> = [0].into_iter().chain(2..x.rank()).chain([1]).collect();
    x.permute(&order)
}

/// Moves the channels back to where they were.
pub(super) fn as_given(x: &Array, first: bool) -> Result<Array> {
    if !first {
        return Ok(x.clone());
    }
    let order: Vec<usize> = [0, x.rank() - 1].into_iter().chain(1..x.rank() - 1).collect();
    x.permute(&order)
}

/// How the window of a filter slides over an image whose channels come last.
pub(super) fn slide(a: &Applied<'_>, image: &[usize], filter: &[usize]) -> Result<Slide> {
    let axes = image.len().saturating_sub(2);
    let skip = if first(a) { 2 } else { 1 };
    let list = |name: &str, axis: usize| {
        a.step.ints(name).get(axis + skip).map_or(1, |n| usize::try_from(*n).unwrap_or(1).max(1))
    };
    let mut slide = Slide { sizes: Vec::new(), strides: Vec::new(), dilations: Vec::new(), pads: Vec::new() };
    for axis in 0..axes {
        let size = filter.get(axis).copied().ok_or(Fault::Shape("a filter of too few axes".to_owned()))?;
        let (stride, dilation, length) = (list("strides", axis), list("dilations", axis), image[axis + 1]);
        let pad = match a.step.text("padding") {
            "SAME" => {
                let reach = (size.saturating_sub(1)) * dilation + 1;
                let total =
                    (length.div_ceil(stride).saturating_sub(1) * stride + reach).saturating_sub(length);
                (total / 2, total - total / 2)
            }
            "EXPLICIT" => {
                let at = |i: usize| {
                    let n = a.step.ints("explicit_paddings").get(2 * (axis + skip) + i).copied().unwrap_or(0);
                    usize::try_from(n).unwrap_or(0)
                };
                (at(0), at(1))
            }
            _ => (0, 0),
        };
        slide.sizes.push(size);
        slide.strides.push(stride);
        slide.dilations.push(dilation);
        slide.pads.push(pad);
    }
    Ok(slide)
}

fn convolve(a: &mut Applied<'_>) -> Result<Arrays> {
    let (x, filter) = (channels_last(a.x(0)?, first(a))?, a.x(1)?);
    let slide = slide(a, x.shape(), filter.shape())?;
    Ok(smallvec![as_given(&array::convolve(&x, filter, &slide)?, first(a))?])
}

fn image_gradient(a: &mut Applied<'_>) -> Result<Arrays> {
    let (filter, g) = (a.x(1)?, channels_last(a.x(2)?, first(a))?);
    let mut image = image_sizes(a)?;
    if let [rows, columns] = image[..] {
        // Two sizes are those of the spatial axes.
        image = vec![g.shape()[0], rows, columns, filter.shape()[2]];
    }
    let slide = slide(a, &image, filter.shape())?;
    Ok(smallvec![as_given(&array::convolve_back_images(&g, filter, &slide, &image)?, first(a))?])
}

fn filter_gradient(a: &mut Applied<'_>) -> Result<Arrays> {
    let (x, g) = (channels_last(a.x(0)?, first(a))?, channels_last(a.x(2)?, first(a))?);
    let filter = a.x(1)?.to_sizes()?;
    let slide = slide(a, x.shape(), &filter)?;
    Ok(smallvec![array::convolve_back_filter(&x, &g, &slide, &filter)?])
}

fn depthwise(a: &mut Applied<'_>) -> Result<Arrays> {
    let (x, filter) = (channels_last(a.x(0)?, first(a))?, a.x(1)?);
    let slide = slide(a, x.shape(), filter.shape())?;
    Ok(smallvec![as_given(&array::depthwise(&x, filter, &slide)?, first(a))?])
}

fn depthwise_image_gradient(a: &mut Applied<'_>) -> Result<Arrays> {
    let (filter, g) = (a.x(1)?, channels_last(a.x(2)?, first(a))?);
    let image = image_sizes(a)?;
    let slide = slide(a, &image, filter.shape())?;
    Ok(smallvec![as_given(&array::depthwise_back_images(&g, filter, &slide, &image)?, first(a))?])
}

fn depthwise_filter_gradient(a: &mut Applied<'_>) -> Result<Arrays> {
    let (x, g) = (channels_last(a.x(0)?, first(a))?, channels_last(a.x(2)?, first(a))?);
    let filter = a.x(1)?.to_sizes()?;
    let slide = slide(a, x.shape(), &filter)?;
    Ok(smallvec![array::depthwise_back_filter(&x, &g, &slide, &filter)?])
}

/// The sizes in the first input, with the channels last.
pub(super) fn image_sizes(a: &Applied<'_>) -> Result<Vec<usize>> {
    let mut image = a.x(0)?.to_sizes()?;
    if first(a) && image.len() > 2 {
        image[1..].rotate_left(1);
    }
    Ok(image)
}

/// The window that a step was made with.
pub(super) fn window(b: &Back<'_>) -> Infer<Window> {
    let ints = |name: &str| match b.step.ints(name) {
        [] => Err(Stop::Unknown("a window that is not known")),
        list => Ok(list.to_vec()),
    };
    let padding = match b.step.text("padding") {
        "SAME" => Padding::Same,
        "EXPLICIT" => Padding::Explicit(ints("explicit_paddings")?),
        _ => Padding::Valid,
    };
    let first = b.step.text("data_format") == "NCHW";
    // Pools are not dilated.
    let dilations = b.step.ints("dilations").to_vec();
    Ok(Window { strides: ints("strides")?, dilations, padding, first })
}

/// The gradient kernels of a family of convolutions: of the images, of the filter.
fn kernels(b: &Back<'_>) -> [&'static str; 2] {
    match b.step.kernel.name {
        name if name.starts_with("Conv3D") => ["Conv3DBackpropInputV2", "Conv3DBackpropFilterV2"],
        name if name.starts_with("Depthwise") => {
            ["DepthwiseConv2dNativeBackpropInput", "DepthwiseConv2dNativeBackpropFilter"]
        }
        _ => ["Conv2DBackpropInput", "Conv2DBackpropFilter"],
    }
}

fn images(b: &Back<'_>, like: &Tensor, filter: &Tensor, g: &Tensor) -> Infer<Tensor> {
    let sizes = Val::T(Tensor::vector(&sizes(like)?));
    conv::gradient(b.cx, kernels(b)[0], [sizes, filter.into(), g.into()], &window(b)?)
}

fn filters(b: &Back<'_>, x: &Tensor, like: &Tensor, g: &Tensor) -> Infer<Tensor> {
    let sizes = Val::T(Tensor::vector(&sizes(like)?));
    conv::gradient(b.cx, kernels(b)[1], [x.into(), sizes, g.into()], &window(b)?)
}

fn forward(b: &Back<'_>, x: &Tensor, filter: &Tensor) -> Infer<Tensor> {
    let window = window(b)?;
    match b.step.kernel.name {
        name if name.starts_with("Conv3D") => conv::conv(b.cx, "Conv3D", x.into(), filter.into(), &window),
        name if name.starts_with("Depthwise") => conv::depthwise(b.cx, x.into(), filter.into(), &window),
        _ => conv::conv(b.cx, "Conv2D", x.into(), filter.into(), &window),
    }
}

fn convolve_back(b: &Back<'_>) -> Infer<Grads> {
    let g = b.grad(0)?;
    Ok(smallvec![
        b.when(0, || images(b, b.x(0)?, b.x(1)?, g))?,
        b.when(1, || filters(b, b.x(0)?, b.x(1)?, g))?,
    ])
}

fn image_back(b: &Back<'_>) -> Infer<Grads> {
    let g = b.grad(0)?;
    Ok(
        smallvec![
            None,
            b.when(1, || filters(b, g, b.x(1)?, b.x(2)?))?,
            b.when(2, || forward(b, g, b.x(1)?))?,
        ],
    )
}

fn filter_back(b: &Back<'_>) -> Infer<Grads> {
    let g = b.grad(0)?;
    Ok(smallvec![b.when(0, || images(b, b.x(0)?, g, b.x(2)?))?, None, b.when(2, || forward(b, b.x(0)?, g))?,])
}
