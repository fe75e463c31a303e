//! Kernels of Fourier transforms.

use tensor::{DType, Dim, Shape};

use crate::spec::{Cx, Tensor, Val, merge};
use crate::{Flow, Infer};

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
    let mut out = node.out(Shape::new(shape));
    let inner = &dims[dims.len().saturating_sub(lengths.len())..];
    if !forward && (lengths.len() > 2 || !broadcasts(inner, lengths)) {
        // The gradient weighs a spectrum of these lengths, and raises where it does not broadcast.
        out.reach = out.reach.at_most(Flow::Unknown);
    }
    Ok(out)
}

/// Tells whether a spectrum's sizes broadcast with those of a transform of the lengths.
fn broadcasts(sizes: &[Dim], lengths: &[Dim]) -> bool {
    let last = lengths.len().saturating_sub(1);
    sizes.iter().zip(lengths).enumerate().all(|(at, (size, length))| {
        let own = if at == last { length.map(|n| n / 2 + 1) } else { *length };
        match (*size, own) {
            (Dim::Known(1), _) | (_, Dim::Known(1)) => true,
            (Dim::Known(a), Dim::Known(b)) => a == b,
            _ => true,
        }
    })
}
