//! Reshapes that would change the number of elements.

use diagnostics::Severity;
use ops::Mistake;
use tensor::{Dim, Shape};

use super::mending;
use crate::{Check, Explanation, Failure, Group, Rule};

/// Finds reshapes to another number of elements.
pub(super) static RESHAPE_SIZE: Rule = Rule {
    name: "reshape-size",
    group: Group::Shape,
    summary: "a tensor is reshaped to another number of elements",
    severity: Severity::Error,
    page: include_str!("reshape_size.md"),
    check: Check::Failure(check),
};

fn check(failure: &Failure<'_>) -> Option<Explanation> {
    let Mistake::ReshapeSize { from, to } = failure.mistake()? else { return None };
    let operands = failure.operands();
    let subject = operands.first().map_or_else(
        || "a tensor".to_owned(),
        |operand| format!("`{}` {}", operand.name, operand.spec.shape),
    );
    let message = match (from, to) {
        (Dim::Known(from), Dim::Known(to)) => {
            format!("`{}` cannot turn {subject} with {from} elements into one with {to}", failure.callee())
        }
        _ => format!(
            "`{}` cannot turn {subject} into a tensor with another number of elements",
            failure.callee()
        ),
    };
    let mut explanation = Explanation::new(message)
        .note("a reshape only regroups elements: the product of all sizes stays the same");
    if let (Dim::Known(from), Dim::Known(to)) = (from, to)
        && *to > 0
        && *from > *to
        && from % to == 0
    {
        explanation.help.push(format!(
            "{from} elements are {} times {to}: an axis of that size, or `-1` in its place, takes the rest",
            from / to
        ));
    }
    let sample = operands.first().and_then(|operand| sample_size(&operand.spec.shape));
    let unknown_batch =
        operands.first().is_some_and(|operand| operand.spec.shape.dim(0).is_some_and(|dim| !dim.is_known()));
    if explanation.help.is_empty()
        && let (Some(sample), Dim::Known(to)) = (sample, to)
        && to % sample != 0
    {
        explanation.help.push(format!(
            "each sample has {sample} elements: behind the batch, the sizes have to multiply to that, or one of them be `-1`"
        ));
    }
    if unknown_batch || explanation.help.is_empty() {
        explanation.help.push(
            "keep the batch apart: `-1` in the first place, or `keras.layers.Reshape`, which leaves it alone"
                .to_owned(),
        );
    }
    explanation.fix = sample.and_then(|sample| mending::batch_kept(failure.interp, failure.span(), sample));
    Some(explanation.operands(failure))
}

/// The number of elements behind the first axis.
pub(super) fn sample_size(shape: &Shape) -> Option<i64> {
    let dims = shape.dims()?.get(1..)?;
    let size = dims.iter().try_fold(1i64, |size, dim| size.checked_mul(dim.known()?))?;
    (size > 0).then_some(size)
}
