//! Kernels on batches of images.

use tensor::{DType, Dim, Shape};

use crate::Infer;
use crate::numeric::Attr;
use crate::spec::merge;
use crate::spec::{Cx, Misfit, Tensor, Val, fold};

/// The resizing kernels: `ResizeBilinear`, `ResizeNearestNeighbor`, `ResizeBicubic`, `ResizeArea`.
///
/// # Errors
/// The rank is not 4, or the size is no vector of two.
pub fn resize(cx: &Cx<'_>, kernel: &str, images: Val, size: Val) -> Infer<Tensor> {
    let node = cx.node(kernel, [images, size])?;
    let shape = sized(cx, kernel, node.x(0), node.x(1))?;
    Ok(node.out(shape))
}

/// `ScaleAndTranslate`: resizing by a kernel function.
///
/// # Errors
/// As [`resize`].
pub fn scale_and_translate(
    cx: &Cx<'_>,
    images: Val,
    size: Val,
    weighing: &'static str,
    antialias: bool,
) -> Infer<Tensor> {
    const KERNEL: &str = "ScaleAndTranslate";
    // The scale is that of the sizes, which the kernel's numbers take it from, and nothing is moved.
    let vector = |of: f64| Val::T(Tensor::floats(vec![2], DType::Float32, vec![of; 2]));
    let mut node = cx.node(KERNEL, [images, size, vector(1.0), vector(0.0)])?;
    node.with("kernel_type", weighing);
    node.with("antialias", antialias);
    let shape = sized(cx, KERNEL, node.x(0), node.x(1))?;
    Ok(node.out(shape))
}

/// The gradients of kernels that resize: of images of this shape.
///
/// # Errors
/// The dtype is not one that the kernel takes.
pub fn resize_gradient(
    cx: &Cx<'_>,
    kernel: &str,
    grad: Val,
    like: Val,
    shape: Shape,
    ways: [(&'static str, Attr); 2],
) -> Infer<Tensor> {
    let mut node = cx.node(kernel, [grad, like])?;
    ways.into_iter().for_each(|(name, attr)| node.with(name, attr));
    Ok(node.out(shape))
}

/// Images of another size.
fn sized(cx: &Cx<'_>, kernel: &str, images: &Tensor, size: &Tensor) -> Infer<Shape> {
    let shape = cx.fit_or(kernel, merge::rank(&images.shape, 4), || {
        format!("input must be 4-dimensional{}", images.shape.bracketed())
    })?;
    let vector = cx.fit_or(kernel, merge::rank(&size.shape, 1), || {
        format!("shape_t must be 1-dimensional{}", size.shape.bracketed())
    })?;
    cx.fit_or(kernel, merge::value(vector.dim(0).unwrap_or(Dim::Unknown), 2), || {
        format!("shape_t must have two elements{}", size.shape.bracketed())
    })?;
    let (height, width) = match size.content.dims().as_deref() {
        Some([height, width]) => (*height, *width),
        _ => (Dim::Unknown, Dim::Unknown),
    };
    if cx.eager() && [height, width].iter().any(|d| d.known().is_some_and(|n| n <= 0)) {
        return cx.refuse(kernel, Misfit::argument("size", "output dimensions must be positive"));
    }
    Ok(shape.with_dim(1, height).with_dim(2, width))
}

/// Reads a size as two dims.
pub fn pair(size: &Tensor) -> (Dim, Dim) {
    match size.content.dims().as_deref() {
        Some([height, width]) => (*height, *width),
        _ => (Dim::Unknown, fold::scalar_dim(&tensor::Content::Unknown)),
    }
}

/// Kernels that adjust colours: `AdjustContrastv2`, `AdjustHue`, `AdjustSaturation`.
///
/// # Errors
/// The rank is below 3, or the factor no scalar.
pub fn adjust(cx: &Cx<'_>, kernel: &str, images: Val, factor: Val) -> Infer<Tensor> {
    let node = cx.node(kernel, [images, factor])?;
    let shape = &node.x(0).shape;
    cx.fit_or(kernel, merge::rank_at_least(shape, 3), || {
        format!("input must be at least 3-D, got shape{}", shape.bracketed())
    })?;
    let last = shape.dim(-1).and_then(Dim::known);
    if let (true, true, Some(n)) = (cx.eager(), kernel != "AdjustContrastv2", last.filter(|n| *n != 3)) {
        let text = format!("input must have 3 channels but instead has {n} channels.");
        return cx.refuse(kernel, Misfit::argument("image", text));
    }
    Ok(node.out(shape.clone()))
}

/// `RGBToHSV` and `HSVToRGB`.
///
/// # Errors
/// There are other than three channels.
pub fn colours(cx: &Cx<'_>, kernel: &str, images: Val) -> Infer<Tensor> {
    let node = cx.node(kernel, [images])?;
    let shape = node.x(0).shape.clone();
    cx.fit_or(kernel, merge::rank_at_least(&shape, 1), || {
        format!("input must be at least 1D{}", shape.bracketed())
    })?;
    let Some(rank) = shape.rank() else { return Ok(node.out(shape)) };
    let last = shape.dim(-1).unwrap_or(Dim::Unknown);
    let three = cx.fit_or(kernel, merge::value(last, 3), || {
        format!("input must have 3 channels but input only has {last} channels.")
    })?;
    Ok(node.out(shape.with_dim(rank - 1, three)))
}

/// `ExtractImagePatches`: the patches under a window, one after the other in the channels.
///
/// # Errors
/// The rank is not 4, or the window is larger than the image.
pub fn patches(cx: &Cx<'_>, images: Val, sizes: &[i64], window: &super::conv::Window) -> Infer<Tensor> {
    const KERNEL: &str = "ExtractImagePatches";
    let node = cx.node(KERNEL, [images])?;
    let shape = cx.fit_or(KERNEL, merge::rank(&node.x(0).shape, 4), || {
        format!("input must be 4-dimensional{}", node.x(0).shape.bracketed())
    })?;
    let Some(dims) = shape.dims() else { return Ok(node.out(Shape::UNKNOWN)) };
    let mut out = dims.to_vec();
    out[3] = dims[3].times(Dim::Known(sizes[1].saturating_mul(sizes[2])));
    let known = dims[1].is_known() && dims[2].is_known();
    for axis in [1, 2] {
        let Some(size) = dims[axis].known().filter(|_| known) else {
            out[axis] = Dim::Unknown;
            continue;
        };
        let (stride, rate) = (window.strides[axis], window.dilations[axis]);
        let effective = (sizes[axis] - 1) * rate + 1;
        let left = size - effective + stride;
        if window.padding == super::conv::Padding::Valid && left < 0 {
            let text = format!(
                "Computed output size would be negative: {} [input_size: {size}, effective_filter_size: {effective}, \
                 stride: {stride}]",
                left / stride
            );
            let mistake = crate::Mistake::DimMismatch {
                left: dims[axis],
                right: Dim::Known(effective),
                what: "a window larger than the image",
            };
            return cx.refuse(KERNEL, Misfit::new(text, mistake));
        }
        out[axis] = match window.padding {
            // C++ divides towards zero, so that a window which is too large by less than a stride finds no patch.
            super::conv::Padding::Valid => Dim::Known(left / stride.max(1)),
            _ => cx.fit(KERNEL, window.output_size(axis, dims[axis], Dim::Known(sizes[axis])))?,
        };
    }
    let taken = [out[1], out[2]].map(Dim::known);
    let open = !cx.eager() && cx.call.recorder.is_none();
    if let ([Some(rows), Some(columns)], Some(channels), false) = (taken, dims[3].known(), open) {
        let image = node.x(0).clone();
        return gathered(cx, image, [rows, columns], channels, sizes, window)
            .map(|t| t.with_shape(Shape::new(out)));
    }
    Ok(node.out(Shape::new(out)))
}

/// The patches as their rows and columns, which are gathered one after the other.
fn gathered(
    cx: &Cx<'_>,
    image: Tensor,
    out: [i64; 2],
    channels: i64,
    sizes: &[i64],
    window: &super::conv::Window,
) -> Infer<Tensor> {
    let mut places = Vec::new();
    let mut edges = vec![0; 8];
    for (at, count) in out.into_iter().enumerate() {
        let (axis, stride, rate) = (at + 1, window.strides[at + 1], window.dilations[at + 1]);
        let size = image.shape.dim(axis as i64).and_then(Dim::known).unwrap_or(0);
        let reach = (count - 1) * stride + (sizes[axis] - 1) * rate + 1;
        if window.padding != super::conv::Padding::Valid && reach > size {
            edges[2 * axis] = (reach - size) / 2;
            edges[2 * axis + 1] = reach - size - edges[2 * axis];
        }
        let inner = sizes[axis];
        let line = (0..count * inner).map(|i| i / inner * stride + i % inner * rate).collect();
        places.push(Tensor::ints(vec![count * inner], DType::Int32, line));
    }
    let mut image = image;
    if edges.iter().any(|n| *n > 0) {
        image = super::layout::pad(cx, "Pad", image, Tensor::ints(vec![4, 2], DType::Int32, edges), None)?;
    }
    for (axis, line) in [1, 2].into_iter().zip(places) {
        image = super::index::gather(cx, image, line, Val::from(axis), 0)?;
    }
    let apart = [-1, out[0], sizes[1], out[1], sizes[2], channels];
    let apart = super::shape::reshape(cx, image, Val::ints(&apart))?;
    let turned = super::layout::transpose(cx, apart, Val::ints(&[0, 1, 3, 2, 4, 5]))?;
    super::shape::reshape(cx, turned, Val::ints(&[-1, out[0], out[1], sizes[1] * sizes[2] * channels]))
}

/// `CropAndResize`: crops of images by boxes.
///
/// # Errors
/// Ranks differ, or there are other than one image number for each box.
pub fn crop_and_resize(
    cx: &Cx<'_>,
    images: Val,
    boxes: Val,
    numbers: Val,
    size: Val,
    (nearest, fill): (bool, f64),
) -> Infer<Tensor> {
    const KERNEL: &str = "CropAndResize";
    let mut node = cx.node(KERNEL, [images, boxes, numbers, size])?;
    node.with("method", if nearest { "nearest" } else { "bilinear" });
    node.with("extrapolation_value", fill);
    let images =
        cx.fit_or(KERNEL, merge::rank(&node.x(0).shape, 4), || "input image must be 4-D".to_owned())?;
    let boxes = cx.fit_or(KERNEL, merge::rank(&node.x(1).shape, 2), || "boxes must be 2-D".to_owned())?;
    let numbers =
        cx.fit_or(KERNEL, merge::rank(&node.x(2).shape, 1), || "box_index must be 1-D".to_owned())?;
    let dim = |s: &Shape, at: i64| s.dim(at).unwrap_or(Dim::Unknown);
    let count =
        cx.fit_or(KERNEL, merge::dims(dim(&boxes, 0), dim(&numbers, 0), "boxes and image numbers"), || {
            "box_index has incompatible shape".to_owned()
        })?;
    cx.fit_or(KERNEL, merge::value(dim(&boxes, 1), 4), || "boxes must have 4 columns".to_owned())?;
    let size = node.x(3);
    let vector = cx.fit_or(KERNEL, merge::rank(&size.shape, 1), || "crop_size must be 1-D".to_owned())?;
    cx.fit(KERNEL, merge::value(dim(&vector, 0), 2))?;
    let (height, width) = pair(size);
    Ok(node.out(Shape::new([count, height, width, dim(&images, 3)])))
}

/// `ExtractVolumePatches`: the patches under a window of three axes, one after the other in the channels.
///
/// # Errors
/// The rank is not 5, or the window is larger than the volume.
pub fn volume_patches(
    cx: &Cx<'_>,
    volumes: Val,
    sizes: &[i64],
    strides: &[i64],
    padding: &str,
) -> Infer<Tensor> {
    const KERNEL: &str = "ExtractVolumePatches";
    let node = cx.node(KERNEL, [volumes])?;
    let shape = cx.fit_or(KERNEL, merge::rank(&node.x(0).shape, 5), || {
        format!("input must be 5-dimensional{}", node.x(0).shape.bracketed())
    })?;
    let (Some(dims), [_, a, b, c, _]) = (shape.dims(), sizes) else { return Ok(node.out(Shape::UNKNOWN)) };
    let padding = match padding {
        "SAME" => super::conv::Padding::Same,
        _ => super::conv::Padding::Valid,
    };
    let window =
        super::conv::Window { strides: strides.to_vec(), dilations: vec![1; 5], padding, first: false };
    let mut out = dims.to_vec();
    for axis in 1..4 {
        out[axis] = cx.fit(KERNEL, window.output_size(axis, dims[axis], Dim::Known(sizes[axis])))?;
    }
    out[4] = dims[4].times(Dim::Known(a.saturating_mul(*b).saturating_mul(*c)));
    Ok(node.out(Shape::new(out)))
}
