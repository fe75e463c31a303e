//! Tensors that are to be changed in place.

use diagnostics::Severity;
use ops::Mistake;

use crate::{Check, Explanation, Failure, Group, Rule};

/// Finds assignments to parts of tensors.
pub(super) static TENSOR_ITEM_ASSIGNMENT: Rule = Rule {
    name: "tensor-item-assignment",
    group: Group::Backend,
    summary: "a part of a tensor is assigned to: tensors cannot be changed",
    severity: Severity::Error,
    page: include_str!("tensor_item_assignment.md"),
    check: Check::Failure(check),
};

fn check(failure: &Failure<'_>) -> Option<Explanation> {
    let Mistake::ItemAssignment = failure.mistake()? else { return None };
    let operands = failure.operands();
    let subject = operands.first().filter(|o| o.expression.is_some()).map(|o| format!("`{}`", o.name));
    let message =
        format!("{} is a tensor, which cannot be changed in place", subject.unwrap_or("this".to_owned()));
    Some(
        Explanation::new(message)
            .note("NumPy's arrays can be assigned to; tensors are values, and operations make new ones")
            .help(
                "make a new tensor: `tf.where(condition, a, b)`, `tf.concat` of the parts, `tf.tensor_scatter_nd_update`, \
                 in Keras 3 `keras.ops.slice_update`",
            )
            .operands(failure),
    )
}
