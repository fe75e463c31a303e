//! Operands of different dtypes, and dtypes that an operation does not take.

use diagnostics::Severity;
use ops::Mistake;
use tensor::DType;

use crate::failure::Operand;
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
    let Mistake::DType { got, expected, .. } = failure.mistake()? else { return None };
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
            .help(cast(a, b))
        }
        None => {
            let subject = operands.first().map_or("its argument", |operand| operand.name.as_str());
            let explanation =
                Explanation::new(format!("`{callee}` cannot take `{subject}`: {}", wants(got, expected)));
            match operands.first() {
                Some(operand) if is_dtype(expected) => {
                    explanation.help(format!("cast it: `tf.cast({}, \"{expected}\")`", operand.name))
                }
                _ => explanation,
            }
        }
    };
    Some(explanation.operands(failure))
}

fn wants(got: &str, expected: &str) -> String {
    match (got.is_empty(), expected.is_empty()) {
        (false, false) => format!("it is {got}, not {expected}"),
        (true, false) => format!("it takes {expected}"),
        _ => format!("{got} does not fit"),
    }
}

fn is_dtype(text: &str) -> bool {
    DType::parse(text).is_some()
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

/// Which operand to cast: the integer, else the narrower float, which loses nothing by it.
fn cast(a: &Operand, b: &Operand) -> String {
    let width = |o: &Operand| o.spec.dtype.map_or(0, |d| if d.is_floating() { 100 } else { 0 });
    let (from, to) = if width(a) >= width(b) { (b, a) } else { (a, b) };
    let target = match (from.spec.dtype, to.spec.dtype) {
        // float64 comes of NumPy's default; a model computes in float32.
        (Some(DType::Float32), Some(DType::Float64)) => {
            return format!("cast the wider one: `tf.cast({}, \"float32\")`", to.name);
        }
        _ => name(to),
    };
    format!("`tf.cast({}, \"{target}\")` makes them equal", from.name)
}
