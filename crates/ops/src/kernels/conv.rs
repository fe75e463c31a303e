//! Convolution kernels: a window of weights that moves over images.

use tensor::{Dim, Shape};

use crate::spec::merge::{self, Fit};
use crate::spec::{Cx, Misfit, Node, Tensor, Val};
use crate::{Infer, Mistake, Stop};

/// How an image is padded before a window moves over it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Padding {
    /// Not at all.
    Valid,
    /// So that stride 1 keeps the size.
    Same,
    /// By these amounts before and after each axis, batch and channels included.
    Explicit(Vec<i64>),
}

/// How a window moves: one entry for each axis of the image, batch and channels included.
#[derive(Clone, Debug)]
pub struct Window {
    /// The steps.
    pub strides: Vec<i64>,
    /// The distances between the window's elements.
    pub dilations: Vec<i64>,
    /// The padding.
    pub padding: Padding,
    /// Whether the channels stand before the spatial axes (`NCHW`).
    pub first: bool,
}

impl Window {
    /// Returns the axis of the channels.
    pub fn channels(&self, rank: usize) -> usize {
        if self.first { 1 } else { rank - 1 }
    }

    /// Returns the first spatial axis.
    pub fn spatial(&self) -> usize {
        if self.first { 2 } else { 1 }
    }

    /// Sets the attributes that a convolution's numbers depend on.
    pub fn describe(&self, node: &mut Node<'_>) {
        node.with("strides", &self.strides[..]);
        node.with("dilations", &self.dilations[..]);
        node.with("data_format", if self.first { "NCHW" } else { "NHWC" });
        match &self.padding {
            Padding::Valid => node.with("padding", "VALID"),
            Padding::Same => node.with("padding", "SAME"),
            Padding::Explicit(list) => {
                node.with("padding", "EXPLICIT");
                node.with("explicit_paddings", &list[..]);
            }
        }
    }

    fn at(list: &[i64], axis: usize) -> i64 {
        list.get(axis).copied().unwrap_or(1)
    }

    /// Returns the size that is left of an axis: `GetWindowedOutputSizeFromDimsV2`.
    ///
    /// # Errors
    /// The window is larger than the padded axis, or a stride or dilation is not positive.
    pub fn output_size(&self, axis: usize, size: Dim, filter: Dim) -> Fit<Dim> {
        let (stride, dilation) = (Window::at(&self.strides, axis), Window::at(&self.dilations, axis));
        if stride <= 0 {
            return Err(Misfit::argument("strides", format!("Stride must be > 0, but got {stride}")));
        }
        if dilation < 1 {
            return Err(Misfit::argument(
                "dilations",
                format!("Dilation rate must be >= 1, but got {dilation}"),
            ));
        }
        let padded = match &self.padding {
            Padding::Same => return Ok(divided(size, stride - 1, stride)),
            Padding::Valid => size,
            Padding::Explicit(list) => {
                size.plus(Dim::Known(Window::at(list, 2 * axis) + Window::at(list, 2 * axis + 1)))
            }
        };
        let window = if dilation == 1 { filter } else { filter.map(|n| (n - 1) * dilation + 1) };
        let left = merge::subtract(padded, window)?;
        // `x - 3 + 1` of an unknown size is unknown; `x - 1 + 1` is the size itself.
        if stride == 1 && window == Dim::Known(1) {
            return Ok(padded);
        }
        Ok(divided(left, stride, stride))
    }
}

/// `(size + add) / by`, rounded down; the same size where nothing is done to it.
fn divided(size: Dim, add: i64, by: i64) -> Dim {
    if add == 0 && by == 1 { size } else { size.map(|n| (n + add) / by) }
}

/// Requires a rank, with the text of the kernel on values.
fn ranked(cx: &Cx<'_>, kernel: &str, shape: &Shape, rank: usize, what: &str) -> Infer<Shape> {
    cx.fit_or(kernel, merge::rank(shape, rank), || {
        format!("{what} must be {rank}-dimensional: {}", shape.bracketed())
    })
}

/// What some kernels do with windows that are too large differs between platforms once there are values.
fn sized(cx: &Cx<'_>, kernel: &str, size: Fit<Dim>) -> Infer<Dim> {
    match size {
        Err(misfit) if cx.eager() && matches!(misfit.mistake, Mistake::DimMismatch { .. }) => {
            Err(Stop::Unknown("a window larger than the image, on values"))
        }
        other => cx.fit(kernel, other),
    }
}

/// `Conv2D` or `Conv3D`: the filter is spatial sizes, input channels of a group, output channels.
///
/// # Errors
/// Ranks, channels or sizes do not fit.
pub fn conv(cx: &Cx<'_>, kernel: &'static str, x: Val, filter: Val, window: &Window) -> Infer<Tensor> {
    let rank = if kernel == "Conv3D" { 5 } else { 4 };
    let mut node = cx.node(kernel, [x, filter])?;
    window.describe(&mut node);
    let image = ranked(cx, kernel, &node.x(0).shape, rank, "input")?;
    let filter = ranked(cx, kernel, &node.x(1).shape, rank, "filter")?;
    let (Some(dims), Some(weights)) = (image.dims(), filter.dims()) else {
        return Ok(node.out(Shape::UNKNOWN));
    };
    let channels = window.channels(rank);
    cx.fit(kernel, grouped(dims[channels], weights[rank - 2], weights[rank - 1]))?;
    let mut out = dims.to_vec();
    out[channels] = weights[rank - 1];
    for (i, weight) in weights[..rank - 2].iter().enumerate() {
        let axis = window.spatial() + i;
        out[axis] = sized(cx, kernel, window.output_size(axis, dims[axis], *weight))?;
    }
    Ok(node.out(Shape::new(out)))
}

/// The channels must be as many as the filter's, or a multiple: then they are convolved in groups.
fn grouped(have: Dim, want: Dim, out: Dim) -> Fit<()> {
    let (Dim::Known(input), Dim::Known(filter)) = (have, want) else { return Ok(()) };
    let mistake =
        || Mistake::DimMismatch { left: have, right: want, what: "channels of the input and the filter" };
    if filter == 0 {
        return Err(Misfit::new("Depth of filter must not be 0", mistake()));
    }
    if input % filter != 0 {
        let text = format!("Depth of input ({input}) is not a multiple of input depth of filter ({filter})");
        return Err(Misfit::new(text, mistake()));
    }
    let groups = input / filter;
    match out {
        Dim::Known(n) if groups > 1 && n % groups != 0 => {
            let text = format!("Depth of output ({n}) is not a multiple of the number of groups ({groups})");
            Err(Misfit::new(text, mistake()))
        }
        _ => Ok(()),
    }
}

/// `DepthwiseConv2dNative`: the filter is height, width, channels, multiplier.
///
/// # Errors
/// Ranks, channels or sizes do not fit.
pub fn depthwise(cx: &Cx<'_>, x: Val, filter: Val, window: &Window) -> Infer<Tensor> {
    const KERNEL: &str = "DepthwiseConv2dNative";
    let mut node = cx.node(KERNEL, [x, filter])?;
    window.describe(&mut node);
    let image = ranked(cx, KERNEL, &node.x(0).shape, 4, "input")?;
    let filter = ranked(cx, KERNEL, &node.x(1).shape, 4, "filter")?;
    let (Some(dims), Some(weights)) = (image.dims(), filter.dims()) else {
        return Ok(node.out(Shape::UNKNOWN));
    };
    let channels = window.channels(4);
    let merged = merge::dims(dims[channels], weights[2], "channels of the input and the filter");
    let depth = cx.fit_or(KERNEL, merged, || {
        format!("input depth must be evenly divisible by filter depth: {} vs {}", dims[channels], weights[2])
    })?;
    let mut out = dims.to_vec();
    out[channels] = depth.times(weights[3]);
    for (i, weight) in weights[..2].iter().enumerate() {
        let axis = window.spatial() + i;
        out[axis] = sized(cx, KERNEL, window.output_size(axis, dims[axis], *weight))?;
    }
    Ok(node.out(Shape::new(out)))
}

/// `Conv2DBackpropInput` or `Conv3DBackpropInputV2`: the transposed convolution. The filter is spatial sizes,
/// output channels, input channels; `sizes` is the shape of the result.
///
/// # Errors
/// Ranks or channels do not fit.
pub fn transposed(
    cx: &Cx<'_>,
    kernel: &'static str,
    sizes: Val,
    filter: Val,
    x: Val,
    window: &Window,
) -> Infer<Tensor> {
    let three = kernel == "Conv3DBackpropInputV2";
    let rank = if three { 5 } else { 4 };
    let mut node = cx.node(kernel, [sizes, filter, x])?;
    window.describe(&mut node);
    let sizes = cx.fit(kernel, super::shape::shape_from(node.x(0)))?;
    if three {
        return cx.fit(kernel, merge::rank(&sizes, 5)).map(|s| out_of(&node, s));
    }
    let image = cx.fit(kernel, merge::rank(&node.x(2).shape, rank))?;
    let filter = cx.fit(kernel, merge::rank(&node.x(1).shape, rank))?;
    let (Some(dims), Some(weights)) = (image.dims(), filter.dims()) else { return Ok(node.out(sizes)) };
    if !cx.eager() {
        let what = "channels of the input and the filter";
        cx.fit(kernel, merge::dims(dims[window.channels(rank)], weights[rank - 1], what))?;
    }
    let mut out = match sizes.dims() {
        None => vec![Dim::Unknown; rank],
        Some(sizes) if sizes.len() == rank => sizes.to_vec(),
        Some([rows, columns]) => {
            let mut out = vec![*rows; rank];
            out[window.spatial() + 1] = *columns;
            out[window.channels(rank)] = weights[rank - 2];
            out[0] = Dim::Unknown;
            out
        }
        Some(other) => {
            let text = format!(
                "Conv2DBackpropInput requires input_sizes to contain 4 values or 2 values, but got: {}",
                other.len()
            );
            return cx.refuse(kernel, Misfit::argument("output_shape", text));
        }
    };
    let batch = merge::dims(out[0], dims[0], "the batch of the input and of the result");
    if cx.eager() && batch.is_err() {
        return Err(Stop::Unknown("a transposed convolution to another batch, on values"));
    }
    cx.fit(kernel, batch)?;
    out[0] = if cx.eager() { out[0] } else { dims[0] };
    Ok(out_of(&node, Shape::new(out)))
}

/// The gradient of a convolution with respect to its images or its filter, whose shape is the input that the
/// kernel calls its sizes: `Conv2DBackpropInput`, `DepthwiseConv2dNativeBackpropFilter`.
///
/// # Errors
/// The sizes are no shape.
pub fn gradient(cx: &Cx<'_>, kernel: &'static str, inputs: [Val; 3], window: &Window) -> Infer<Tensor> {
    let mut node = cx.node(kernel, inputs)?;
    window.describe(&mut node);
    let at = node.kernel.inputs().position(|input| input.name.ends_with("sizes")).unwrap_or(0);
    let sizes = cx.fit(kernel, super::shape::shape_from(node.x(at)))?;
    Ok(node.out(sizes))
}

fn out_of(node: &Node<'_>, shape: Shape) -> Tensor {
    node.out(shape)
}

/// `Dilation2D`: the filter is height, width, channels.
///
/// # Errors
/// Ranks, channels or sizes do not fit.
pub fn dilation(cx: &Cx<'_>, x: Val, filter: Val, window: &Window) -> Infer<Tensor> {
    const KERNEL: &str = "Dilation2D";
    let node = cx.node(KERNEL, [x, filter])?;
    let image = ranked(cx, KERNEL, &node.x(0).shape, 4, "input")?;
    let filter = ranked(cx, KERNEL, &node.x(1).shape, 3, "filter")?;
    let (Some(dims), Some(weights)) = (image.dims(), filter.dims()) else {
        return Ok(node.out(Shape::UNKNOWN));
    };
    let depth = cx.fit(KERNEL, merge::dims(dims[3], weights[2], "channels of the input and the filter"))?;
    let mut out = vec![dims[0], Dim::Unknown, Dim::Unknown, depth];
    for i in 0..2 {
        out[i + 1] = sized(cx, KERNEL, window.output_size(i + 1, dims[i + 1], weights[i]))?;
    }
    Ok(node.out(Shape::new(out)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(stride: i64, dilation: i64, padding: Padding) -> Window {
        Window {
            strides: vec![1, stride, stride, 1],
            dilations: vec![1, dilation, dilation, 1],
            padding,
            first: false,
        }
    }

    #[test]
    fn sizes_follow_stride_padding_and_dilation() {
        let size = |w: &Window, n: i64| w.output_size(1, Dim::Known(n), Dim::Known(3));
        assert_eq!(size(&window(1, 1, Padding::Valid), 5), Ok(Dim::Known(3)));
        assert_eq!(size(&window(2, 1, Padding::Same), 5), Ok(Dim::Known(3)));
        assert_eq!(size(&window(1, 2, Padding::Valid), 9), Ok(Dim::Known(5)));
        assert_eq!(
            size(&window(1, 1, Padding::Valid), 2).unwrap_err().text,
            "Negative dimension size caused by subtracting 3 from 2"
        );
        assert_eq!(window(1, 1, Padding::Same).output_size(1, Dim::Unknown, Dim::Known(3)), Ok(Dim::Unknown));
    }

    #[test]
    fn channels_must_be_a_multiple() {
        let misfit = grouped(Dim::Known(3), Dim::Known(4), Dim::Known(8)).unwrap_err();
        assert_eq!(misfit.text, "Depth of input (3) is not a multiple of input depth of filter (4)");
        assert!(grouped(Dim::Known(4), Dim::Known(2), Dim::Known(8)).is_ok());
        assert!(grouped(Dim::Known(4), Dim::Known(2), Dim::Known(3)).is_err());
        assert!(grouped(Dim::Unknown, Dim::Known(2), Dim::Known(3)).is_ok());
    }
}
