//! `if` and `while` on tensors that have no values yet.

use diagnostics::Severity;
use ops::{Keras, Mistake};

use crate::{Check, Explanation, Failure, Group, Rule};

/// Finds Python's control flow on symbolic tensors.
pub(super) static PYTHON_CONTROL_FLOW_ON_TENSOR: Rule = Rule {
    name: "python-control-flow-on-tensor",
    group: Group::Backend,
    summary: "Python is to decide by a tensor that has no value yet",
    severity: Severity::Error,
    page: include_str!("python_control_flow_on_tensor.md"),
    check: Check::Failure(check),
};

fn check(failure: &Failure<'_>) -> Option<Explanation> {
    let Mistake::PythonControlFlow = failure.mistake()? else { return None };
    let condition = failure.module().text(failure.span());
    let shown = if condition.len() <= 40 && !condition.contains('\n') && !condition.is_empty() {
        format!("`{condition}`")
    } else {
        "this".to_owned()
    };
    let mut explanation = Explanation::new(format!(
        "{shown} is a symbolic tensor: Python cannot decide by it, it has no value yet"
    ));
    explanation.label = "neither true nor false".to_owned();
    explanation = explanation
        .note(
            "Python chooses a branch when the function is traced; the tensor gets values only when the traced graph \
             runs, for every batch anew",
        )
        .note(
            "AutoGraph, which rewrites `if` for `tf.function`, does not rewrite the functions of Lambda layers",
        )
        .operands(failure);
    let (choose, branch) = match failure.interp.keras {
        Keras::Three => ("keras.ops.where(condition, a, b)", "keras.ops.cond(condition, f, g)"),
        Keras::Two => ("tf.where(condition, a, b)", "tf.cond(condition, f, g)"),
    };
    Some(explanation.help(format!("`{choose}` chooses for each element, `{branch}` between two functions")))
}
