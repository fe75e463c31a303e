//! Kernels that read shapes or put tensors together.

use tensor::{Content, Dim, Shape};

use crate::Infer;
use crate::spec::{Cx, Tensor, Val, merge};

/// `Pack`: stacks tensors along a new axis, which lies within `[-rank - 1, rank]`.
///
/// # Errors
/// Shapes or dtypes differ.
pub fn pack(cx: &Cx<'_>, values: Val, axis: i64) -> Infer<Tensor> {
    let node = cx.node("Pack", [values])?;
    let parts = node.xs(0);
    let mut shape = Shape::UNKNOWN;
    for (i, part) in parts.iter().enumerate().rev() {
        let merged = merge::shapes(&part.shape, &shape)
            .map_err(|m| m.with(&format!("\n\tFrom merging shape {i} with other shapes.")));
        shape = cx.fit_or("Pack", merged, || {
            let other = parts.iter().position(|p| !p.shape.compatible(&parts[0].shape)).unwrap_or(1);
            format!(
                "Shapes of all inputs must match: values[0].shape = {} != values[{other}].shape = {}",
                parts[0].shape.bracketed(),
                parts[other].shape.bracketed()
            )
        })?;
    }
    let Some(dims) = shape.dims() else { return Ok(node.out(Shape::UNKNOWN)) };
    let at = if axis < 0 { axis + dims.len() as i64 + 1 } else { axis };
    let Some(at) = usize::try_from(at).ok().filter(|at| *at <= dims.len()) else {
        return Ok(node.out(Shape::UNKNOWN));
    };
    let mut out = dims.to_vec();
    out.insert(at, Dim::Known(parts.len() as i64));
    let content = packed_content(parts, dims.is_empty());
    Ok(node.out(Shape::new(out)).with_content(content))
}

/// Packs converted tensors.
///
/// # Errors
/// As [`pack`].
pub fn pack_tensors(cx: &Cx<'_>, parts: &[Tensor], axis: i64) -> Infer<Tensor> {
    pack(cx, Val::list(parts.iter().cloned()), axis)
}

/// Integer scalars are packed as far as each is known.
fn packed_content(parts: &[Tensor], scalars: bool) -> Content {
    if scalars && parts.iter().all(|p| p.dtype.is_some_and(tensor::DType::is_integer)) {
        return Content::Dims(parts.iter().map(|p| crate::spec::fold::scalar_dim(&p.content)).collect());
    }
    Content::Unknown
}
