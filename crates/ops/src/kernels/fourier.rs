//! Kernels of Fourier transforms.

use tensor::{DType, Dim, Shape};

use crate::Infer;
use crate::spec::{Cx, Tensor, Val, merge};

/// Returns over how many of the last axes a kernel transforms: its name says it.
pub fn axes(kernel: &str) -> usize {
    match kernel.as_bytes() {
        [.., b'2', b'D'] => 2,
        [.., b'3', b'D'] => 3,
        _ => 1,
    }
}

/// `FFT`, `IFFT` and their like over more axes.
///
/// # Errors
/// The rank is too low.
pub fn transform(cx: &Cx<'_>, kernel: &str, x: Val) -> Infer<Tensor> {
    let node = cx.node(kernel, [x])?;
    let axes = axes(kernel);
    cx.fit_or(kernel, merge::rank_at_least(&node.x(0).shape, axes), || {
        format!("Input must have rank of at least {axes} but got: {}", node.x(0).shape.bracketed())
    })?;
    Ok(node.out(node.x(0).shape.clone()))
}

/// `RFFT`, `IRFFT` and their like, of which ranks and lengths were looked at: the last axes are cut or filled up to
/// the lengths, and the very last one is a half on the complex side.
///
/// # Errors
/// The dtype is not one that the kernel takes.
pub fn real(cx: &Cx<'_>, kernel: &str, x: &Tensor, lengths: &[Dim]) -> Infer<Tensor> {
    let mut node = cx.node(kernel, [x.into(), Val::T(Tensor::dims(lengths.to_vec(), DType::Int32))])?;
    let forward = !kernel.starts_with('I');
    let double = matches!(x.dtype, Some(DType::Float64 | DType::Complex128));
    if forward {
        node.set("Tcomplex", Some(if double { DType::Complex128 } else { DType::Complex64 }));
    } else {
        node.set("Treal", Some(if double { DType::Float64 } else { DType::Float32 }));
    }
    let Some(dims) = x.shape.dims() else { return Ok(node.out(Shape::UNKNOWN)) };
    let mut shape = dims[..dims.len().saturating_sub(lengths.len())].to_vec();
    shape.extend(lengths);
    if let (true, Some(last)) = (forward, shape.last_mut()) {
        *last = last.map(|n| if n == 0 { 0 } else { n / 2 + 1 });
    }
    Ok(node.out(Shape::new(shape)))
}
