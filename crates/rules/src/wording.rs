//! Words that several rules need.

use ops::Keras;
use tensor::{Dim, Shape};

use crate::failure::{Failure, Operand};
use crate::source;

/// Names an axis counted from the end, 1 being the last.
pub(crate) fn axis_from_end(from_end: usize) -> String {
    match from_end {
        0 | 1 => "the last axis".to_owned(),
        2 => "the second-to-last axis".to_owned(),
        n => format!("axis -{n}"),
    }
}

/// Writes a rank as prose.
pub(crate) fn axes(rank: usize) -> String {
    match rank {
        0 => "no axes (a scalar)".to_owned(),
        1 => "one axis".to_owned(),
        n => format!("{n} axes"),
    }
}

/// Joins `a`, `b` and `c` as prose does.
pub(crate) fn listed(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// Writes `3 rows`, `1 row`.
pub(crate) fn counted(number: impl TryInto<u64>, noun: &str) -> String {
    let number = number.try_into().unwrap_or_default();
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// The module that the script calls functions of, and what stands for it in advice: `K` of `K.dot`, else the
/// one whose functions work everywhere in the profile.
pub(crate) fn functions_of(failure: &Failure<'_>) -> String {
    let callee = failure.callee();
    match callee.rsplit_once('.') {
        Some((module, _)) if module.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.') => {
            let root = module.split('.').next().unwrap_or_default();
            let is_module = matches!(failure.interp.global(root), Some(interp::value::Value::Module(_)));
            if is_module && !module.contains("linalg") { module.to_owned() } else { tensor_module(failure) }
        }
        _ => tensor_module(failure),
    }
}

fn tensor_module(failure: &Failure<'_>) -> String {
    match failure.interp.keras {
        Keras::Two => "tf".to_owned(),
        Keras::Three => "keras.ops".to_owned(),
    }
}

/// The first two operands, if there are so many.
pub(crate) fn pair(operands: &[Operand]) -> Option<(&Operand, &Operand)> {
    match operands {
        [first, second, ..] => Some((first, second)),
        _ => None,
    }
}

/// Returns the dims that broadcasting two shapes gives, or nothing where they do not fit.
pub(crate) fn broadcast(a: &Shape, b: &Shape) -> Option<Shape> {
    let (a, b) = (a.dims()?, b.dims()?);
    let rank = a.len().max(b.len());
    let at = |dims: &[Dim], i: usize| (i + dims.len()).checked_sub(rank).map_or(Dim::Known(1), |i| dims[i]);
    (0..rank)
        .map(|i| match (at(a, i), at(b, i)) {
            (Dim::Known(1), d) | (d, Dim::Known(1)) => Some(d),
            (a, b) => a.merge(b),
        })
        .collect()
}

/// Returns the shape with an axis of size 1 put in.
pub(crate) fn with_axis(shape: &Shape, at: usize) -> Option<Shape> {
    let mut dims = shape.dims()?.to_vec();
    if at > dims.len() {
        return None;
    }
    dims.insert(at, Dim::Known(1));
    Some(Shape::new(dims))
}

/// Writes an expression so that it can be an operand.
pub(crate) fn operand_text(failure: &Failure<'_>, operand: &Operand) -> String {
    let simple = operand.expression.is_none_or(|span| {
        source::name_at(failure.program(), span).is_some()
            || source::call_at(failure.program(), span).is_some()
    });
    if simple { operand.name.clone() } else { format!("({})", operand.name) }
}
