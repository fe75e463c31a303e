//! Kernels of neural networks: biases, softmax and its cross-entropies.
//!
//! source: tensorflow/python/ops/nn_grad.py

use array::{Binary, Fault, Result};
use smallvec::smallvec;

use super::algebra::{mul, neg, number, reshape, sizes, sub, sum, unary};
use super::{Applied, Arrays, Back, Grads, Row, Vjp};
use crate::kernels::index;
use crate::spec::{Tensor, Val};
use crate::{Infer, Stop};

pub(super) static ROWS: &[Row] = &[
    Row { kernel: "BiasAdd", eval: bias, vjp: Vjp::All(bias_back) },
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
