//! `Einsum`: products named by the labels of axes.

use tensor::{Dim, Shape};

use crate::spec::merge::{self, Fit};
use crate::spec::{Cx, Misfit, Tensor, Val};
use crate::{Infer, Mistake};

/// The dims that labels stand for.
#[derive(Debug, Default)]
struct Labels(Vec<(char, Dim)>);

impl Labels {
    fn get(&self, label: char) -> Option<Dim> {
        self.0.iter().find(|(l, _)| *l == label).map(|(_, d)| *d)
    }

    fn merge(&mut self, label: char, dim: Dim) -> Fit<()> {
        match self.0.iter_mut().find(|(l, _)| *l == label) {
            Some((_, known)) => *known = merge::dims(*known, dim, "axes of one label")?,
            None => self.0.push((label, dim)),
        }
        Ok(())
    }
}

/// `Einsum` of one or two tensors.
///
/// # Errors
/// Labels do not fit the ranks, or axes of one label differ.
pub fn einsum(cx: &Cx<'_>, inputs: Vec<Val>, equation: &str) -> Infer<Tensor> {
    let count = inputs.len();
    let node = cx.node("Einsum", [Val::List(inputs)])?;
    let refuse = |text: String| cx.refuse("Einsum", Misfit::argument("equation", text));
    let Some((left, output)) = equation.split_once("->") else {
        return refuse(format!("Expecting exactly one '->' in einsum equation: {equation}"));
    };
    let subscripts: Vec<&str> = left.split(',').collect();
    if count != subscripts.len() {
        return refuse(format!(
            "Expected {} inputs for equation {equation} but got: {count}",
            subscripts.len()
        ));
    }
    let mut labels = Labels::default();
    let mut broadcast: Option<Shape> = None;
    for (i, (subscript, x)) in subscripts.iter().zip(node.xs(0)).enumerate() {
        let context = |m: Misfit| m.with(&format!("\n\t for {i}th input and equation: {equation}"));
        let (before, after, ellipsis) = match subscript.split_once("...") {
            Some((before, after)) => (before, after, true),
            None => (*subscript, "", false),
        };
        let named = before.chars().count() + after.chars().count();
        let fits = if ellipsis {
            merge::rank_at_least(&x.shape, named)
        } else {
            merge::rank(&x.shape, named).map(drop)
        };
        cx.fit_or("Einsum", fits.map_err(context), || words(x, named, i, ellipsis))?;
        let Some(dims) = x.shape.dims() else {
            for label in before.chars().chain(after.chars()) {
                cx.fit("Einsum", labels.merge(label, Dim::Unknown))?;
            }
            if ellipsis {
                broadcast = Some(Shape::UNKNOWN);
            }
            continue;
        };
        let split = dims.len() - after.chars().count();
        let head = before.chars().zip(dims);
        let tail = after.chars().zip(&dims[split..]);
        for (label, dim) in head.chain(tail) {
            cx.fit_or("Einsum", labels.merge(label, *dim), || {
                format!(
                    "Expected dimension {} at axis {} of the input shaped {} but got dimension {dim}",
                    labels_of(dim),
                    i,
                    x.shape.bracketed()
                )
            })?;
        }
        if ellipsis {
            let own = Shape::new(dims[before.chars().count()..split].iter().copied());
            broadcast = Some(match broadcast {
                None => own,
                Some(other) => cx.fit("Einsum", merge::broadcast(&other, &own))?,
            });
        }
    }
    output_shape(cx, equation, output, &labels, broadcast).map(|shape| node.out(shape))
}

fn labels_of(dim: &Dim) -> String {
    dim.to_string()
}

/// What the kernel says of a rank.
fn words(x: &Tensor, named: usize, i: usize, ellipsis: bool) -> String {
    let rank = x.rank().unwrap_or(0);
    let least = if ellipsis { "at least " } else { "" };
    format!("Expected input {i} to have rank {least}{named} but got: {rank}")
}

fn output_shape(
    cx: &Cx<'_>,
    equation: &str,
    output: &str,
    labels: &Labels,
    broadcast: Option<Shape>,
) -> Infer<Shape> {
    let (before, after, ellipsis) = match output.split_once("...") {
        Some((before, after)) => (before, after, true),
        None => (output, "", false),
    };
    let broadcast = broadcast.unwrap_or_else(Shape::scalar);
    if !ellipsis {
        let fits = merge::rank_at_most(&broadcast, 0)
            .map_err(|m| m.with(&format!("\n\t for einsum equation '{equation}' without ellipsis (...) in the output subscripts where input(s) have non-empty broadcasting shape")));
        cx.fit("Einsum", fits)?;
    }
    let Some(middle) = broadcast.dims() else { return Ok(Shape::UNKNOWN) };
    let mut out = Vec::new();
    for label in before.chars() {
        out.push(dim_of(cx, labels, label)?);
    }
    if ellipsis {
        out.extend(middle);
    }
    for label in after.chars() {
        out.push(dim_of(cx, labels, label)?);
    }
    Ok(Shape::new(out))
}

fn dim_of(cx: &Cx<'_>, labels: &Labels, label: char) -> Infer<Dim> {
    match labels.get(label) {
        Some(dim) => Ok(dim),
        None => {
            let text =
                format!("Einsum output subscripts for equation have label {label} that is not in the inputs");
            cx.refuse("Einsum", Misfit::new(text, Mistake::Other))
        }
    }
}
