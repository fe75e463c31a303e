//! Kernels of neural networks: biases, softmax and its cross-entropies.
//!
//! source: tensorflow/python/ops/nn_grad.py

use array::{Array, Binary, Fault, Result};
use smallvec::smallvec;

use super::algebra::{mul, neg, number, reshape, sizes, sub, sum, unary};
use super::{Applied, Arrays, Back, Grads, Row, Vjp};
use crate::kernels::index;
use crate::spec::{Tensor, Val};
use crate::{Infer, Stop};

pub(super) static ROWS: &[Row] = &[
    Row { kernel: "BiasAdd", eval: bias, vjp: Vjp::All(bias_back) },
    Row { kernel: "CTCLoss", eval: |a| sequence_loss(a, 0), vjp: Vjp::All(sequence_loss_back) },
    Row { kernel: "CTCLossGradient", eval: |a| sequence_loss(a, 1), vjp: Vjp::Missing },
    Row { kernel: "InTopKV2", eval: in_top, vjp: Vjp::Missing },
    Row { kernel: "L2Loss", eval: half_square, vjp: Vjp::One(|b, g| mul(b.cx, b.x(0)?, &g)) },
    Row { kernel: "LRN", eval: normalised, vjp: Vjp::One(normalised_back) },
    Row { kernel: "LRNGrad", eval: normalised_gradient, vjp: Vjp::Never },
    Row {
        kernel: "LogSoftmax",
        eval: |a| Ok(smallvec![array::softmax(a.x(0)?, true)?]),
        vjp: Vjp::One(|b, g| {
            // g - softmax * sum(g).
            let soft = unary(b.cx, "Exp", b.y(0)?)?;
            sub(b.cx, &g, &mul(b.cx, &soft, &over_last(b, &g)?)?)
        }),
    },
    Row {
        kernel: "Softmax",
        eval: |a| Ok(smallvec![array::softmax(a.x(0)?, false)?]),
        vjp: Vjp::One(|b, g| {
            // (g - sum(g * softmax)) * softmax.
            let weighted = over_last(b, &mul(b.cx, &g, b.y(0)?)?)?;
            mul(b.cx, &sub(b.cx, &g, &weighted)?, b.y(0)?)
        }),
    },
    Row { kernel: "SoftmaxCrossEntropyWithLogits", eval: dense_loss, vjp: Vjp::All(dense_loss_back) },
    Row { kernel: "SparseSoftmaxCrossEntropyWithLogits", eval: sparse_loss, vjp: Vjp::All(sparse_loss_back) },
];

fn over_last(b: &Back<'_>, x: &Tensor) -> Infer<Tensor> {
    sum(b.cx, x, &[-1], true)
}

fn bias(a: &mut Applied<'_>) -> Result<Arrays> {
    let mut bias = a.x(1)?.clone();
    if a.step.text("data_format") == "NCHW" {
        let mut shape = vec![1; a.x(0)?.rank()];
        *shape.get_mut(1).ok_or(Fault::Shape("an image without channels".to_owned()))? = bias.len();
        bias = bias.reshape(&shape)?;
    }
    let x = a.take(0)?;
    Ok(smallvec![array::binary(Binary::Add, x, &bias)?])
}

fn bias_back(b: &Back<'_>) -> Infer<Grads> {
    let g = b.grad(0)?;
    let rank = g.rank().ok_or(Stop::Unknown("a gradient of unknown rank"))? as i64;
    let channels = if b.step.text("data_format") == "NCHW" { 1 } else { rank - 1 };
    let axes: Vec<i64> = (0..rank).filter(|axis| *axis != channels).collect();
    Ok(smallvec![Some(g.clone()), b.when(1, || sum(b.cx, g, &axes, false))?])
}

fn dense_loss(a: &mut Applied<'_>) -> Result<Arrays> {
    Ok(smallvec![array::cross_entropy(a.x(0)?, a.x(1)?)?])
}

/// A gradient of each row's loss as a column.
fn column(b: &Back<'_>) -> Infer<Tensor> {
    let g = b.grad(0)?;
    let mut column = sizes(g)?;
    column.push(1);
    reshape(b.cx, g, &column)
}

fn kernel(b: &Back<'_>, name: &str, x: &Tensor) -> Infer<Tensor> {
    Ok(b.cx.node(name, [Val::from(x)])?.out(x.shape.clone()))
}

fn dense_loss_back(b: &Back<'_>) -> Infer<Grads> {
    let g = column(b)?;
    let own = |grad: Tensor, at: usize| super::algebra::unbroadcast(b.cx, grad, b.x(at)?);
    // The kernel takes it for granted that labels sum to one; with deterministic ops TensorFlow does not.
    Ok(smallvec![
        b.when(0, || own(mul(b.cx, &g, &sub(b.cx, &kernel(b, "Softmax", b.x(0)?)?, b.x(1)?)?)?, 0))?,
        b.when(1, || own(neg(b.cx, &mul(b.cx, &g, &kernel(b, "LogSoftmax", b.x(0)?)?)?)?, 1))?,
    ])
}

fn sparse_loss(a: &mut Applied<'_>) -> Result<Arrays> {
    let (logits, labels) = (a.x(0)?, a.x(1)?);
    let (width, rows) = (logits.shape().last().copied().unwrap_or(0), labels.to_ints()?);
    if let Some(label) = rows.iter().find(|n| usize::try_from(**n).map_or(true, |n| n >= width)) {
        return Err(Fault::Index(*label, width));
    }
    let log = array::softmax(logits, true)?;
    let picked = array::gather(&log, &labels.reshape(&[rows.len(), 1])?, 1, 1)?.reshape(&[rows.len()])?;
    Ok(smallvec![array::unary(array::Unary::Neg, picked)?])
}

fn sparse_loss_back(b: &Back<'_>) -> Infer<Grads> {
    let logits = b.x(0)?;
    let classes = sizes(logits)?.last().copied().unwrap_or(0);
    let (on, off) = (number(b.cx, 1.0, logits)?, number(b.cx, 0.0, logits)?);
    let hot = index::one_hot(b.cx, b.x(1)?.into(), Val::from(classes), on.into(), off.into(), -1)?;
    let grad = mul(b.cx, &column(b)?, &sub(b.cx, &kernel(b, "Softmax", logits)?, &hot)?)?;
    Ok(smallvec![Some(grad), None])
}

/// The loss of sequences, or its gradient by the logits. The last class stands for no label, or that which is named.
fn sequence_loss(a: &mut Applied<'_>, which: usize) -> Result<Arrays> {
    let (logits, labels, label_lengths, lengths) = (a.x(0)?, a.x(1)?, a.x(2)?, a.x(3)?);
    let classes = logits.shape().last().copied().unwrap_or(0);
    let named = a.step.int("blank").and_then(|blank| usize::try_from(blank).ok());
    let blank = named.unwrap_or(classes.saturating_sub(1));
    let both = array::ctc(&array::Sequences { logits, labels, label_lengths, lengths, blank })?;
    Ok(both.into_iter().skip(which).take(1).collect())
}

fn sequence_loss_back(b: &Back<'_>) -> Infer<Grads> {
    let logits = b.x(0)?;
    let inputs = [b.x(0)?, b.x(1)?, b.x(2)?, b.x(3)?].map(Val::from);
    let mut slope = b.cx.node("CTCLossGradient", inputs)?;
    if let Some(blank) = b.step.int("blank") {
        slope.with("blank", blank);
    }
    let slope = slope.out(logits.shape.clone());
    // One gradient for all times and classes of a sequence.
    let g = b.grad(0)?;
    let mut shape = vec![1];
    shape.extend(sizes(g)?);
    shape.push(1);
    let g = reshape(b.cx, g, &shape)?;
    Ok(smallvec![Some(mul(b.cx, &g, &slope)?), None, None, None])
}

/// Half of the sum of squares.
fn half_square(a: &mut Applied<'_>) -> Result<Arrays> {
    let x = a.take(0)?;
    let square = array::unary(array::Unary::Square, x)?;
    let sum = array::reduce(array::Reduction::Sum, &square, &vec![true; square.rank()], false)?;
    let half = Array::scalar(sum.dtype(), 0.5)?;
    Ok(smallvec![array::binary(Binary::Mul, sum, &half)?])
}

/// Whether fewer than `k` predictions are above the target's; what is not finite is never among the largest.
fn in_top(a: &mut Applied<'_>) -> Result<Arrays> {
    let (scores, targets, k) = (a.x(0)?, a.x(1)?.to_ints()?, a.x(2)?.to_int()?);
    let width = scores.shape().last().copied().unwrap_or(0);
    let values = scores.to_floats()?;
    let one = |(row, target): (usize, &i64)| {
        let line = values.get(row * width..(row + 1) * width).unwrap_or_default();
        let own = usize::try_from(*target).ok().and_then(|at| line.get(at));
        let finite = line.iter().all(|v| v.is_finite());
        own.is_some_and(|own| finite && (line.iter().filter(|v| *v > own).count() as i64) < k)
    };
    let found: Vec<bool> = targets.iter().enumerate().map(one).collect();
    Ok(smallvec![Array::bools(&[found.len()], found)?])
}

/// How a kernel divides each channel by a power of the squares of those around it.
///
/// source: tensorflow/core/kernels/lrn_op.cc
struct Around {
    radius: usize,
    bias: f64,
    alpha: f64,
    beta: f64,
}

impl Around {
    fn of(a: &Applied<'_>) -> Around {
        let attr = |name: &str, default: f64| a.step.float(name).unwrap_or(default);
        let radius = usize::try_from(a.step.int("depth_radius").unwrap_or(5)).unwrap_or(0);
        Around { radius, bias: attr("bias", 1.0), alpha: attr("alpha", 1.0), beta: attr("beta", 0.5) }
    }

    /// The channels around one.
    fn near(&self, at: usize, channels: usize) -> std::ops::Range<usize> {
        at.saturating_sub(self.radius)..(at + self.radius + 1).min(channels)
    }

    /// What each channel of a pixel is divided by, before the power.
    fn norms(&self, pixel: &[f64]) -> Vec<f64> {
        let squares = |at| pixel[self.near(at, pixel.len())].iter().map(|v| v * v).sum::<f64>();
        (0..pixel.len()).map(|at| self.bias + self.alpha * squares(at)).collect()
    }
}

fn normalised(a: &mut Applied<'_>) -> Result<Arrays> {
    let (x, around) = (a.x(0)?, Around::of(a));
    let channels = x.shape().last().copied().unwrap_or(0);
    let mut out = Vec::with_capacity(x.len());
    for pixel in x.to_floats()?.chunks_exact(channels.max(1)) {
        out.extend(pixel.iter().zip(around.norms(pixel)).map(|(value, norm)| value / norm.powf(around.beta)));
    }
    Ok(smallvec![Array::floats(x.shape(), x.dtype(), out)?])
}

fn normalised_gradient(a: &mut Applied<'_>) -> Result<Arrays> {
    let (g, x, around) = (a.x(0)?, a.x(1)?, Around::of(a));
    let channels = x.shape().last().copied().unwrap_or(0).max(1);
    let (grads, values) = (g.to_floats()?, x.to_floats()?);
    let mut out = Vec::with_capacity(x.len());
    for (pixel, grad) in values.chunks_exact(channels).zip(grads.chunks_exact(channels)) {
        let norms = around.norms(pixel);
        for (at, value) in pixel.iter().enumerate() {
            let through = |i: usize| grad[i] * pixel[i] * norms[i].powf(-around.beta - 1.0);
            let others: f64 = around.near(at, channels).map(through).sum();
            let own = grad[at] * norms[at].powf(-around.beta);
            out.push(own - 2.0 * around.alpha * around.beta * value * others);
        }
    }
    Ok(smallvec![Array::floats(x.shape(), x.dtype(), out)?])
}

/// source: _LRNGrad
fn normalised_back(b: &Back<'_>, g: Tensor) -> Infer<Tensor> {
    let mut node = b.cx.node("LRNGrad", [Val::T(g), b.x(0)?.into(), b.y(0)?.into()])?;
    for name in ["depth_radius", "bias", "alpha", "beta"] {
        if let Some(attr) = b.step.attr(name) {
            node.with(name, attr.clone());
        }
    }
    Ok(node.out(b.x(0)?.shape.clone()))
}
