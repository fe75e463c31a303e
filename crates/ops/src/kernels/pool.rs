//! Pooling kernels, and those that trade channels for space.

use tensor::{Dim, Shape};

use super::conv::Window;
use crate::spec::merge;
use crate::spec::{Cx, Misfit, Node, Tensor, Val};
use crate::{Infer, Mistake, Stop};

/// `MaxPool`, `AvgPool`, `MaxPool3D` or `AvgPool3D`; `sizes` has an entry for each axis.
///
/// # Errors
/// The rank differs, or the window is larger than the image.
pub fn pool(cx: &Cx<'_>, kernel: &'static str, x: Val, sizes: &[i64], window: &Window) -> Infer<Tensor> {
    let mut node = cx.node(kernel, [x])?;
    describe(&mut node, sizes, window);
    let shape = pooled(cx, &node, sizes, window)?;
    Ok(node.out(shape))
}

/// Sets the attributes that a pool's numbers depend on.
fn describe(node: &mut Node<'_>, sizes: &[i64], window: &Window) {
    node.with("ksize", sizes);
    window.describe(node);
}

/// `MaxPoolGrad` and its like, whose result has this shape.
///
/// # Errors
/// The dtypes are not taken.
pub fn gradient<const N: usize>(
    cx: &Cx<'_>,
    kernel: &'static str,
    inputs: [Val; N],
    shape: Shape,
    sizes: &[i64],
    window: &Window,
) -> Infer<Tensor> {
    let mut node = cx.node(kernel, inputs)?;
    describe(&mut node, sizes, window);
    Ok(node.out(shape))
}

/// `MaxPoolWithArgmax`: the largest elements and where they were.
///
/// # Errors
/// As [`pool`].
pub fn with_argmax(
    cx: &Cx<'_>,
    x: Val,
    sizes: &[i64],
    window: &Window,
    index: tensor::DType,
) -> Infer<(Tensor, Tensor)> {
    let mut node = cx.node("MaxPoolWithArgmax", [x])?;
    node.set("Targmax", Some(index));
    describe(&mut node, sizes, window);
    let shape = pooled(cx, &node, sizes, window)?;
    Ok((node.out(shape.clone()), node.nth(1, shape)))
}

fn pooled(cx: &Cx<'_>, node: &Node<'_>, sizes: &[i64], window: &Window) -> Infer<Shape> {
    let kernel = node.kernel.name;
    let rank = if kernel.ends_with("3D") { 5 } else { 4 };
    let shape = cx.fit_or(kernel, merge::rank(&node.x(0).shape, rank), || {
        if rank == 5 {
            "tensor_in must be 5-dimensional".to_owned()
        } else {
            "tensor_in must be 4-dimensional".to_owned()
        }
    })?;
    let name = if rank == 5 { "Pool3D ops require" } else { kernel };
    for (what, list) in [("stride", &window.strides[..]), ("ksize", sizes)] {
        if list.len() != rank {
            let requires = if rank == 5 { "" } else { " requires" };
            let text = format!(
                "{name}{requires} the {what} attribute to contain {rank} values, but got: {}",
                list.len()
            );
            return cx.refuse(kernel, Misfit::argument("ksize", text));
        }
    }
    let Some(dims) = shape.dims() else { return Ok(Shape::UNKNOWN) };
    let mut out = dims.to_vec();
    let spatial = window.spatial()..window.spatial() + rank - 2;
    for axis in spatial.chain((rank == 4).then_some(window.channels(rank))) {
        let size = window.output_size(axis, dims[axis], Dim::Known(sizes[axis]));
        out[axis] = match size {
            // What the kernels do with windows that are too large differs between platforms.
            Err(misfit) if cx.eager() && matches!(misfit.mistake, Mistake::DimMismatch { .. }) => {
                return Err(Stop::Unknown("a window larger than the image, on values"));
            }
            other => cx.fit(kernel, other)?,
        };
    }
    Ok(Shape::new(out))
}

/// `DepthToSpace` or `SpaceToDepth`, by blocks of `block` × `block`.
///
/// # Errors
/// The rank is not 4, or a size is no multiple.
pub fn blocks(cx: &Cx<'_>, kernel: &'static str, x: Val, block: i64, first: bool) -> Infer<Tensor> {
    if block < 2 {
        let text = if cx.eager() {
            format!("Value for attr 'block_size' of {block} must be at least minimum 2")
        } else {
            format!("Attr 'block_size' of '{kernel}' Op passed {block} less than minimum 2.")
        };
        return cx.raise(
            if cx.eager() { crate::Exc::InvalidArgumentError } else { crate::Exc::ValueError },
            text.clone(),
            Mistake::Argument { param: "block_size", problem: text },
        );
    }
    let mut node = cx.node(kernel, [x])?;
    node.with("block_size", block);
    node.with("data_format", if first { "NCHW" } else { "NHWC" });
    let to_space = kernel == "DepthToSpace";
    let shape = cx.fit_or(kernel, merge::rank(&node.x(0).shape, 4), || {
        let colon = if to_space { ":" } else { "" };
        format!("Input rank should be{colon} 4 instead of{colon} {}", node.x(0).rank().unwrap_or(0))
    })?;
    let Some(dims) = shape.dims() else { return Ok(node.out(Shape::UNKNOWN)) };
    let (rows, columns, depth) = if first { (2, 3, 1) } else { (1, 2, 3) };
    let mut out = dims.to_vec();
    let square = block.saturating_mul(block);
    if to_space {
        out[depth] = cx.fit_or(kernel, merge::divide(dims[depth], square), || {
            format!("Input depth dimension {} should be divisible by: {square}", dims[depth])
        })?;
        for axis in [rows, columns] {
            out[axis] = dims[axis].times(Dim::Known(block));
        }
    } else {
        for axis in [rows, columns] {
            out[axis] = cx.fit_or(kernel, merge::divide(dims[axis], block), || {
                format!(
                    "Image width {} and height {} should be divisible by block_size: {block}",
                    dims[columns], dims[rows]
                )
            })?;
        }
        out[depth] = dims[depth].times(Dim::Known(square));
    }
    Ok(node.out(Shape::new(out)))
}
