//! `Einsum`: one or two tensors by an equation.

use tensor::{Dim, Shape};

use crate::spec::{Cx, Misfit, Tensor, Val, merge};
use crate::{Infer, Stop};

/// The subscripts of an equation whose spaces are gone and whose output is written out.
#[derive(Clone, Debug, PartialEq)]
pub struct Equation {
    /// Those of the inputs.
    pub inputs: Vec<String>,
    /// Those of the output.
    pub output: String,
}

impl Equation {
    /// Reads an equation; where the output is left out it gets all letters that stand once, in order.
    pub fn parse(text: &str) -> Equation {
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let (inputs, output) = match text.split_once("->") {
            Some((inputs, output)) => (inputs.to_owned(), output.to_owned()),
            None => {
                let count = |letter: char| text.chars().filter(|c| *c == letter).count();
                let mut once: Vec<char> =
                    text.chars().filter(|c| c.is_alphabetic() && count(*c) == 1).collect();
                once.sort_unstable();
                let dots = if text.contains("...") { "..." } else { "" };
                (text.clone(), format!("{dots}{}", once.into_iter().collect::<String>()))
            }
        };
        Equation { inputs: inputs.split(',').map(str::to_owned).collect(), output }
    }

    /// Writes the equation as TensorFlow stores it.
    pub fn text(&self) -> String {
        format!("{}->{}", self.inputs.join(","), self.output)
    }
}

/// Dims by letter, in the order of their first use.
type Letters = Vec<(char, Dim)>;

/// `Einsum`.
///
/// # Errors
/// Ranks or dims do not fit the equation.
pub fn einsum(cx: &Cx<'_>, equation: &Equation, operands: Vec<Tensor>) -> Infer<Tensor> {
    let mut node = cx.node("Einsum", [Val::list(operands)])?;
    node.with("equation", &*equation.text());
    let operands = node.xs(0);
    if operands.len() != equation.inputs.len() {
        let text = format!(
            "Expected {} inputs for equation {} but got: {}",
            equation.inputs.len(),
            equation.text(),
            operands.len()
        );
        return cx.refuse("Einsum", Misfit::argument("equation", text));
    }
    let mut letters = Letters::new();
    let mut batches = Vec::new();
    for (i, (x, labels)) in operands.iter().zip(&equation.inputs).enumerate() {
        batches.push(input(cx, equation, i, x, labels, &mut letters)?);
    }
    let mut batch = batches.first().cloned().unwrap_or_default();
    if let Some(other) = batches.get(1) {
        batch = cx.fit_or("Einsum", merge::broadcast(&batch, other), || {
            format!("Invalid broadcasting dimensions. {} vs. {}", batches[0].bracketed(), other.bracketed())
        })?;
    }
    let mut out = Vec::new();
    let mut rest = equation.output.as_str();
    if !rest.contains("...") {
        if batch.rank().is_some_and(|r| r > 0) {
            let rank = batch.rank().unwrap_or(0);
            let text = format!(
                "Shape must be at most rank 0 but is rank {rank}\n\t for output with equation: {}",
                equation.text()
            );
            return cx.refuse("Einsum", Misfit::argument("equation", text));
        }
    } else if batch.rank().is_none() {
        return Ok(node.out(Shape::UNKNOWN));
    }
    while let Some(letter) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix("...") {
            out.extend(batch.dims().unwrap_or_default().iter().copied());
            rest = after;
            continue;
        }
        let found = letters.iter().find(|(l, _)| *l == letter);
        out.push(found.ok_or(Stop::Unknown("an output label that no input has"))?.1);
        rest = &rest[letter.len_utf8()..];
    }
    Ok(node.out(Shape::new(out)))
}

/// Reads one input's labels; returns the shape that its ellipsis stands for.
fn input(
    cx: &Cx<'_>,
    equation: &Equation,
    number: usize,
    x: &Tensor,
    labels: &str,
    letters: &mut Letters,
) -> Infer<Shape> {
    let (before, after) = match labels.split_once("...") {
        Some((before, after)) => (before, Some(after)),
        None => (labels, None),
    };
    let named = before.chars().count() + after.map_or(0, |a| a.chars().count());
    let context = |m: Misfit| m.with(&format!("\n\t for {number}th input and equation: {}", equation.text()));
    match after {
        Some(_) => cx.fit_or("Einsum", merge::rank_at_least(&x.shape, named).map_err(context), || {
            format!(
                "Expected input {number} to have rank at least {named} but got: {}",
                x.rank().unwrap_or(0)
            )
        })?,
        None => cx
            .fit_or("Einsum", merge::rank(&x.shape, named).map_err(context), || {
                format!("Expected input {number} to have rank {named} but got: {}", x.rank().unwrap_or(0))
            })
            .map(|_| ())?,
    }
    let dims = x.shape.dims();
    let rank = dims.map(<[Dim]>::len);
    let at = |axis: usize| dims.and_then(|d| d.get(axis).copied()).unwrap_or(Dim::Unknown);
    let mut label = |letter: char, axis: usize| -> Infer<()> {
        let own = at(axis);
        match letters.iter_mut().find(|(l, _)| *l == letter) {
            Some((_, known)) => {
                let expected = *known;
                *known = cx.fit_or("Einsum", merge::dims(expected, own, "dims with the same letter"), || {
                    format!(
                        "Expected dimension {expected} at axis {axis} of the input shaped {} but got dimension {own}",
                        x.shape.bracketed()
                    )
                })?;
            }
            None => letters.push((letter, own)),
        }
        Ok(())
    };
    for (axis, letter) in before.chars().enumerate() {
        label(letter, axis)?;
    }
    let Some(after) = after else { return Ok(Shape::scalar()) };
    let count = after.chars().count();
    for (i, letter) in after.chars().enumerate() {
        // After the ellipsis axes count from the end.
        label(letter, rank.map_or(usize::MAX, |r| r - count + i))?;
    }
    let start = before.chars().count();
    Ok(dims.map_or(Shape::UNKNOWN, |d| d[start..d.len() - count].iter().copied().collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_the_output_out() {
        assert_eq!(Equation::parse("ij, jk").text(), "ij,jk->ik");
        assert_eq!(Equation::parse("...ij,...jk").output, "...ik");
        assert_eq!(Equation::parse("bij -> bj").text(), "bij->bj");
    }
}
