//! Indices outside of an axis.

use diagnostics::Severity;
use ops::Mistake;

use crate::{Check, Explanation, Failure, Group, Rule};

/// Finds indices that lie outside of an axis.
pub(super) static INDEX_OUT_OF_RANGE: Rule = Rule {
    name: "index-out-of-range",
    group: Group::Shape,
    summary: "an index lies outside of the axis",
    severity: Severity::Error,
    page: include_str!("index_out_of_range.md"),
    check: Check::Failure(check),
};

fn check(failure: &Failure<'_>) -> Option<Explanation> {
    let Mistake::IndexOutOfRange { index, axis, size } = failure.mistake()? else { return None };
    let operands = failure.operands();
    let subject = operands.first().map_or_else(
        || "the tensor".to_owned(),
        |operand| format!("`{}` {}", operand.name, operand.spec.shape),
    );
    let message = format!("index {index} is outside of axis {axis} of {subject}, which has {size} elements");
    let mut explanation = Explanation::new(message);
    if *size > 0 {
        explanation.notes.push(format!("valid are 0 to {}, and from the end -1 to -{size}", size - 1));
    }
    if failure.op().to_ascii_lowercase().contains("embedding") {
        explanation
            .help
            .push(format!("`input_dim` of an Embedding is the largest id plus one: at least {}", index + 1));
    }
    Some(explanation.operands(failure))
}
