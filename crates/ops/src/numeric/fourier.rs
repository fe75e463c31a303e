//! Fourier transforms.
//!
//! source: tensorflow/python/ops/signal/fft_ops.py

use array::Result;
use smallvec::smallvec;
use tensor::{DType, Dim, Shape};

use super::algebra::{complex as complex_of, mul, number, part, scale, sizes};
use super::{Applied, Arrays, Back, Grads, Row, Vjp};
use crate::kernels::{fourier, layout};
use crate::spec::{Cx, Tensor, Val};
use crate::{Infer, Stop};

/// A complex transform, and the one that goes back.
const fn whole(kernel: &'static str, vjp: Vjp) -> Row {
    Row { kernel, eval: transform, vjp }
}

pub(super) static ROWS: &[Row] = &[
    whole("FFT", Vjp::One(|b, g| complex_back(b, g, "IFFT"))),
    whole("FFT2D", Vjp::One(|b, g| complex_back(b, g, "IFFT2D"))),
    whole("FFT3D", Vjp::One(|b, g| complex_back(b, g, "IFFT3D"))),
    whole("IFFT", Vjp::One(|b, g| complex_back(b, g, "FFT"))),
    whole("IFFT2D", Vjp::One(|b, g| complex_back(b, g, "FFT2D"))),
    whole("IFFT3D", Vjp::One(|b, g| complex_back(b, g, "FFT3D"))),
    Row { kernel: "IRFFT", eval: real_back, vjp: Vjp::All(|b| half_back(b, "RFFT")) },
    Row { kernel: "IRFFT2D", eval: real_back, vjp: Vjp::All(|b| half_back(b, "RFFT2D")) },
    Row { kernel: "IRFFT3D", eval: real_back, vjp: Vjp::Never },
    Row { kernel: "RFFT", eval: real, vjp: Vjp::All(|b| real_grad(b, "IFFT")) },
    Row { kernel: "RFFT2D", eval: real, vjp: Vjp::All(|b| real_grad(b, "IFFT2D")) },
    Row { kernel: "RFFT3D", eval: real, vjp: Vjp::Never },
];

fn transform(a: &mut Applied<'_>) -> Result<Arrays> {
    let kernel = a.step.kernel.name;
    Ok(smallvec![array::fourier(a.x(0)?, fourier::axes(kernel), kernel.starts_with('I'))?])
}

fn real(a: &mut Applied<'_>) -> Result<Arrays> {
    Ok(smallvec![array::real_fourier(a.x(0)?, &a.x(1)?.to_sizes()?)?])
}

fn real_back(a: &mut Applied<'_>) -> Result<Arrays> {
    Ok(smallvec![array::real_fourier_back(a.x(0)?, &a.x(1)?.to_sizes()?)?])
}

/// The product of the last sizes.
fn count(x: &Tensor, axes: usize) -> Infer<f64> {
    let sizes = sizes(x)?;
    Ok(sizes.iter().rev().take(axes).product::<i64>() as f64)
}

/// A transform's gradient is the transform back, without or with its division.
fn complex_back(b: &Back<'_>, g: Tensor, back: &str) -> Infer<Tensor> {
    let axes = fourier::axes(back);
    let factor = count(&g, axes)?;
    let out = fourier::transform(b.cx, back, Val::T(g))?;
    times(b.cx, &out, if back.starts_with('I') { factor } else { 1.0 / factor })
}

/// A complex tensor times a number.
fn times(cx: &Cx<'_>, x: &Tensor, factor: f64) -> Infer<Tensor> {
    let double = x.dtype == Some(DType::Complex128);
    let real = Tensor::new(Shape::scalar(), if double { DType::Float64 } else { DType::Float32 });
    mul(cx, x, &complex_of(cx, &number(cx, factor, &real)?, &number(cx, 0.0, &real)?)?)
}

/// Cuts the last axes to sizes or fills them up with zeros.
fn fitted(b: &Back<'_>, x: &Tensor, wanted: &[i64]) -> Infer<Tensor> {
    let own = sizes(x)?;
    let start = own.len().saturating_sub(wanted.len());
    let cut: Vec<i64> = own
        .iter()
        .enumerate()
        .map(|(i, n)| wanted.get(i.wrapping_sub(start)).map_or(*n, |w| *n.min(w)))
        .collect();
    let begin = Val::T(Tensor::vector(&vec![0; own.len()]));
    let x = crate::kernels::index::slice(b.cx, x, begin, Val::T(Tensor::vector(&cut)))?;
    let missing = |i: usize| wanted.get(i.wrapping_sub(start)).map_or(0, |w| w - cut[i]);
    let pads: Vec<i64> = (0..own.len()).flat_map(|i| [0, missing(i)]).collect();
    let pads = Tensor::ints(vec![own.len() as i64, 2], DType::Int32, pads);
    layout::pad(b.cx, "Pad", x, pads, None)
}

/// The lengths that a transform of real numbers was told.
fn lengths(b: &Back<'_>) -> Infer<Vec<i64>> {
    b.x(1)?.int_values().ok_or(Stop::Unknown("a transform whose length is not known"))
}

/// `Re(Σ g exp(2πijk/n))` over the half that was given out: a transform back of the half, filled up with zeros.
fn real_grad(b: &Back<'_>, back: &str) -> Infer<Grads> {
    let lengths = lengths(b)?;
    let whole = fourier::transform(b.cx, back, Val::T(fitted(b, b.grad(0)?, &lengths)?))?;
    let real = scale(b.cx, &part(b.cx, "Real", &whole)?, lengths.iter().product::<i64>() as f64)?;
    let own = sizes(b.x(0)?)?;
    let last = &own[own.len().saturating_sub(lengths.len())..];
    Ok(smallvec![Some(fitted(b, &real, last)?), None])
}

/// The transform of the gradient, in which what stands for two counts twice.
fn half_back(b: &Back<'_>, forward: &str) -> Infer<Grads> {
    let (cx, lengths) = (b.cx, lengths(b)?);
    let last = lengths.last().copied().unwrap_or(1);
    let g = b.grad(0)?;
    let half = fourier::real(cx, forward, g, &lengths.iter().map(|n| Dim::Known(*n)).collect::<Vec<_>>())?;
    let count = lengths.iter().product::<i64>().max(1) as f64;
    let alone = |k: i64| k == 0 || 2 * k == last;
    let weights: Vec<f64> = (0..=last / 2).map(|k| if alone(k) { 1.0 } else { 2.0 } / count).collect();
    let width = weights.len() as i64;
    let dtype = if g.dtype == Some(DType::Float64) { DType::Float64 } else { DType::Float32 };
    let real = Tensor::floats(vec![width], dtype, weights);
    let zero = number(cx, 0.0, &real)?;
    let zeros = mul(cx, &real, &zero)?;
    let grad = mul(cx, &half, &complex_of(cx, &real, &zeros)?)?;
    let own = sizes(b.x(0)?)?;
    let end = &own[own.len().saturating_sub(lengths.len())..];
    Ok(smallvec![Some(fitted(b, &grad, end)?), None])
}
