//! Axes that a tensor does not have.

use diagnostics::Severity;
use ops::Mistake;

use super::mending;
use super::whence::{Aspect, Change};
use crate::wording::axes;
use crate::{Check, Explanation, Failure, Group, Rule};

/// Finds axes outside of a tensor's rank.
pub(super) static AXIS_OUT_OF_RANGE: Rule = Rule {
    name: "axis-out-of-range",
    group: Group::Shape,
    summary: "an operation is asked for an axis that the tensor does not have",
    severity: Severity::Error,
    page: include_str!("axis_out_of_range.md"),
    check: Check::Failure(check),
};

fn check(failure: &Failure<'_>) -> Option<Explanation> {
    let Mistake::AxisOutOfRange { axis, rank } = failure.mistake()? else { return None };
    let operands = failure.operands();
    let subject = operands.first().map_or_else(
        || "its operand".to_owned(),
        |operand| format!("`{}` {}", operand.name, operand.spec.shape),
    );
    let message =
        format!("`{}` is asked for axis {axis} of {subject}, which has {}", failure.callee(), axes(*rank));
    let mut explanation = Explanation::new(message);
    if let Some(operand) = operands.first()
        && let Some(change) = Change::of(failure.interp, operand.node, Aspect::Rank)
        && change.before.rank().is_some_and(|before| before > *rank)
    {
        explanation.notes.extend(change.axes(failure));
        explanation.help.push("count without the axis that is gone, or keep it where it goes".to_owned());
    }
    match *rank {
        0 => {}
        1 => explanation.notes.push("its only axis is 0".to_owned()),
        rank => {
            explanation.notes.push(format!(
                "axes count from 0 (the batch) to {}, or from -1 (the last) to -{rank}",
                rank - 1
            ));
            if *axis == rank as i64 {
                explanation.help.push(format!("the last axis is {}, or -1", rank - 1));
            }
        }
    }
    explanation.fix = mending::axis(failure, *axis, *rank);
    Some(explanation.operands(failure))
}
