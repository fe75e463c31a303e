//! Kernels on batches of images.

use tensor::{Dim, Shape};

use crate::Infer;
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
pub fn scale_and_translate(cx: &Cx<'_>, images: Val, size: Val) -> Infer<Tensor> {
    const KERNEL: &str = "ScaleAndTranslate";
    let vector = || Val::T(Tensor::new(Shape::known(&[2]), tensor::DType::Float32));
    let node = cx.node(KERNEL, [images, size, vector(), vector()])?;
    let shape = sized(cx, KERNEL, node.x(0), node.x(1))?;
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
