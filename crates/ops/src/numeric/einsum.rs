//! `Einsum`.
//!
//! source: tensorflow/python/ops/linalg_grad.py: _EinsumGrad

use array::{Array, Result};
use smallvec::smallvec;
use tensor::Shape;

use super::algebra::{broadcast_to, conj, reshape, sizes, unbroadcast};
use super::{Applied, Arrays, Back, Grads, Row, Vjp};
use crate::kernels::einsum::{Equation, einsum};
use crate::spec::Tensor;
use crate::{Infer, Stop};

pub(super) static ROWS: &[Row] = &[Row { kernel: "Einsum", eval, vjp: Vjp::All(back) }];

/// What the axes of an ellipsis are labelled with, counted from the last one.
const DOTS: u32 = 0xE000;

/// The labels with those of the ellipsis written out, for as many axes as it stands for.
fn labels(text: &str, dots: usize) -> Vec<char> {
    let Some((before, after)) = text.split_once("...") else { return text.chars().collect() };
    let broadcast = (0..dots as u32).rev().filter_map(|at| char::from_u32(DOTS + at));
    before.chars().chain(broadcast).chain(after.chars()).collect()
}

/// How many axes the ellipsis of an operand stands for.
fn dots(text: &str, rank: usize) -> usize {
    if text.contains("...") { (rank + 3).saturating_sub(text.chars().count()) } else { 0 }
}

fn eval(a: &mut Applied<'_>) -> Result<Arrays> {
    Ok(smallvec![einsum_of(&Equation::parse(a.step.text("equation")), &a.xs(0))?])
}

/// Computes what an equation says.
pub(crate) fn einsum_of(equation: &Equation, arrays: &[Array]) -> Result<Array> {
    let each = || equation.inputs.iter().zip(arrays);
    let inputs: Vec<Vec<char>> = each().map(|(text, x)| labels(text, dots(text, x.rank()))).collect();
    let most = each().map(|(text, x)| dots(text, x.rank())).max().unwrap_or(0);
    array::einsum(arrays, &inputs, &labels(&equation.output, most))
}

fn back(b: &Back<'_>) -> Infer<Grads> {
    let equation = Equation::parse(b.step.text("equation"));
    (0..b.xs().len()).map(|at| b.when(at, || of_operand(b, &equation, at))).collect()
}

/// The equation with the roles of the output and of one operand exchanged. Labels that only this operand has
/// were summed, so the gradient is the same along them.
fn of_operand(b: &Back<'_>, equation: &Equation, at: usize) -> Infer<Tensor> {
    let own = equation.inputs.get(at).ok_or(Stop::Unknown("an operand without labels"))?;
    let other = b.xs().iter().enumerate().find(|(i, _)| *i != at);
    let other = other.and_then(|(i, y)| Some((equation.inputs.get(i)?, y)));
    let x = b.x(at)?;
    let shape = sizes(x)?;
    let wide = dots(own, shape.len());
    let each = labels(own, wide);
    let known = |label: char| {
        let stands = |text: &str| text.contains(label) || (label as u32 >= DOTS && text.contains("..."));
        stands(&equation.output) || other.is_some_and(|(text, _)| stands(text))
    };
    if wide > 0 && !own.starts_with("...") {
        return Err(Stop::Unknown("the gradient of an equation with an ellipsis behind labels"));
    }
    let mut plain = String::new();
    for label in own.split("...").flat_map(str::chars).filter(|label| known(*label)) {
        if !plain.contains(label) {
            plain.push(label);
        }
    }
    // The axes of an ellipsis are never summed by an equation.
    if [own, &equation.output].into_iter().chain(other.map(|(text, _)| text)).any(|text| text.contains("..."))
    {
        plain.insert_str(0, "...");
    }
    let g = b.grad(0)?;
    let made = match other {
        Some((text, y)) => {
            let inputs = vec![equation.output.clone(), text.clone()];
            einsum(b.cx, &Equation { inputs, output: plain }, vec![g.clone(), conj(b.cx, y)?])?
        }
        None => {
            einsum(b.cx, &Equation { inputs: vec![equation.output.clone()], output: plain }, vec![g.clone()])?
        }
    };
    // Axes that were summed alone come back with their size, and diagonals to where they were.
    let mut distinct: Vec<char> = Vec::new();
    let mut wanted = Vec::new();
    for (label, size) in each.iter().zip(&shape) {
        if !distinct.contains(label) {
            distinct.push(*label);
            wanted.push(*size);
        }
    }
    let have = sizes(&made)?;
    let count = distinct.iter().filter(|label| known(**label)).count();
    let front = have.len().saturating_sub(count);
    let mut rest = have[front..].iter();
    let kept = distinct.iter().map(|label| if known(*label) { rest.next().copied().unwrap_or(1) } else { 1 });
    let full: Vec<i64> = have[..front].iter().copied().chain(kept).collect();
    let narrow: Vec<i64> =
        distinct.iter().zip(&wanted).map(|(label, size)| if known(*label) { *size } else { 1 }).collect();
    let made = reshape(b.cx, &made, &full)?;
    let made = unbroadcast(b.cx, made, &Tensor::new(Shape::known(&narrow), x.dtype))?;
    let made = broadcast_to(b.cx, &made, &wanted)?;
    if distinct.len() == each.len() {
        return Ok(made);
    }
    let mut once = own.clone();
    let mut seen = Vec::new();
    once.retain(|label| {
        label == '.'
            || !seen.contains(&label) && {
                seen.push(label);
                true
            }
    });
    einsum(b.cx, &Equation { inputs: vec![once], output: own.clone() }, vec![made])
}
