//! Operands of different dtypes, and dtypes that an operation does not take.

use diagnostics::{Fix, Severity};
use graph::Source;
use ops::Mistake;
use tensor::DType;

use crate::failure::Operand;
use crate::repair::{risky, safe, tensorflow, wrap};
use crate::{Check, Explanation, Failure, Group, Rule};

/// Finds operands of different dtypes, and of one that the operation does not take.
pub(super) static DTYPE_MISMATCH: Rule = Rule {
    name: "dtype-mismatch",
    group: Group::Dtype,
    summary: "an operation gets operands of different dtypes, or of one that it does not take",
    severity: Severity::Error,
    page: include_str!("dtype_mismatch.md"),
    check: Check::Failure(check),
};

fn check(failure: &Failure<'_>) -> Option<Explanation> {
    let Mistake::DType { param, got, expected } = failure.mistake()? else { return None };
    let operands = failure.operands();
    let callee = failure.callee();
    let explanation = match differing(&operands) {
        Some((a, b)) => {
            let (left, right) = (name(a), name(b));
            Explanation::new(format!(
                "`{callee}` cannot combine `{}` of {left} with `{}` of {right}",
                a.name, b.name
            ))
            .note("TensorFlow does not convert between dtypes by itself: one of the operands has to be cast")
            .help(format!("`tf.cast({}, \"{}\")` makes them equal", which(a, b).0.name, which(a, b).1))
            .mended(cast(failure, which(a, b)))
        }
        None => {
            let blamed = blamed(failure, &operands, param, expected);
            let subject = blamed.map_or("its argument", |operand| operand.name.as_str());
            let explanation =
                Explanation::new(format!("`{callee}` cannot take `{subject}`: {}", wants(got, expected)));
            match blamed.and_then(|operand| Some((operand, wanted(operand, expected)?))) {
                Some((operand, target)) => explanation
                    .help(format!(
                        "cast it: `tf.cast({}, \"{target}\")`{}",
                        operand.name,
                        at_input(failure, operand, target)
                    ))
                    // What has that dtype already is not what is to be cast.
                    .mended(cast(failure, (operand, target)).filter(|_| name(operand) != target)),
                None => explanation.help("cast it, or make it of a dtype that is taken"),
            }
        }
    };
    Some(explanation.operands(failure))
}

/// The operand whose dtype is not taken: the one of the parameter that is named, else the first whose dtype is none of
/// those.
fn blamed<'o>(
    failure: &Failure<'_>,
    operands: &'o [Operand],
    param: &str,
    expected: &str,
) -> Option<&'o Operand> {
    let named = failure.details()?.operands.iter().find(|(name, _)| **name == *param);
    let named = named.and_then(|(_, node)| operands.iter().find(|operand| operand.node == *node));
    let taken: Vec<DType> = expected.split(", ").filter_map(DType::parse).collect();
    let refused = |operand: &&Operand| operand.spec.dtype.is_some_and(|dtype| !taken.contains(&dtype));
    named.filter(refused).or_else(|| operands.iter().find(refused)).or(operands.first())
}

/// Where an operand is a model's input, which can be of another dtype from the start.
fn at_input(failure: &Failure<'_>, operand: &Operand, target: &str) -> String {
    let float = DType::parse(target).is_some_and(DType::is_floating);
    let trace = &failure.interp.trace;
    let mut at = operand.node;
    // A Lambda's function is given a tensor that stands for what the layer is called on.
    for _ in 0..8 {
        let node = trace.node(at);
        match (&node.source, node.inputs.first()) {
            (Source::Input, _) if !float => return format!(", or declare `Input(..., dtype=\"{target}\")`"),
            (_, Some((input, _))) if node.spec == trace.node(*input).spec => at = *input,
            _ => break,
        }
    }
    String::new()
}

fn wants(got: &str, expected: &str) -> String {
    match (got.is_empty(), expected.is_empty()) {
        (false, false) => format!("it is {got}, not {expected}"),
        (true, false) => format!("it takes {expected}"),
        _ => format!("{got} does not fit"),
    }
}

/// The dtype to cast an operand to: the one that is taken, or float32 where any float is.
fn wanted(operand: &Operand, expected: &str) -> Option<&'static str> {
    let taken: Vec<DType> = expected.split(", ").filter_map(DType::parse).collect();
    let integral = operand.spec.dtype.is_some_and(|d| !d.is_floating());
    let floats = taken.iter().any(|dtype| dtype.is_floating());
    match taken[..] {
        [one] => Some(one.name()),
        _ if integral && taken.contains(&DType::Float32) => Some("float32"),
        _ if !integral && !floats && taken.contains(&DType::Int32) => Some("int32"),
        _ => None,
    }
}

fn name(operand: &Operand) -> &'static str {
    operand.spec.dtype.map_or("an unknown dtype", DType::name)
}

/// The first two operands whose dtypes differ.
fn differing(operands: &[Operand]) -> Option<(&Operand, &Operand)> {
    let first = operands.iter().find(|operand| operand.spec.dtype.is_some())?;
    let other = operands.iter().find(|o| o.spec.dtype.is_some_and(|d| Some(d) != first.spec.dtype))?;
    Some((first, other))
}

/// Which operand to cast, and to what: the integer, else the narrower float, which loses nothing by it.
fn which<'o>(a: &'o Operand, b: &'o Operand) -> (&'o Operand, &'static str) {
    let width = |o: &Operand| o.spec.dtype.map_or(0, |d| if d.is_floating() { 100 } else { 0 });
    let (from, to) = if width(a) >= width(b) { (b, a) } else { (a, b) };
    match (from.spec.dtype, to.spec.dtype) {
        // float64 comes of NumPy's default; a model computes in float32.
        (Some(DType::Float32), Some(DType::Float64)) => (to, "float32"),
        (Some(DType::Float64), Some(DType::Float32)) => (from, "float32"),
        // A constant follows the half that a mixed policy computes in.
        (Some(DType::Float32), Some(half @ (DType::Float16 | DType::BFloat16))) => (from, half.name()),
        (Some(half @ (DType::Float16 | DType::BFloat16)), Some(DType::Float32)) => (to, half.name()),
        _ => (from, name(to)),
    }
}

/// Puts the cast in where the operand is used.
fn cast(failure: &Failure<'_>, (operand, target): (&Operand, &str)) -> Option<Fix> {
    let place = operand.expression?;
    let tensorflow = tensorflow(failure.interp)?;
    let mut edits = wrap(place, &format!("{}.cast(", tensorflow.name), &format!(", \"{target}\")"));
    edits.extend(tensorflow.import);
    let title = format!("cast `{}` to {target}", operand.name);
    let to_float = DType::parse(target).is_some_and(DType::is_floating);
    Some(if to_float { safe(title, edits) } else { risky(title, edits) })
}
