//! `if` and `while` on tensors that have no values yet.

use diagnostics::{Fix, Severity};
use ops::{Keras, Mistake};
use python::Ranged;
use python::ast::{AnyNodeRef, Expr};

use crate::repair::{keras_ops, replace, risky, tensorflow};
use crate::{Check, Explanation, Failure, Group, Rule, source};

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
    let condition = failure.program().text(failure.span());
    let shown = if condition.len() <= 40 && !condition.contains('\n') && !condition.is_empty() {
        format!("`{condition}`")
    } else {
        "this".to_owned()
    };
    if failure.op() == "iter" {
        return Some(iteration(failure));
    }
    let mut explanation = Explanation::new(format!(
        "{shown} is a symbolic tensor: Python cannot decide by it, it has no value yet"
    ));
    explanation.label = "neither true nor false".to_owned();
    explanation = explanation
        .note(
            "Python chooses a branch when the function is traced; the tensor gets values only when the traced graph \
             runs, for every batch anew",
        )
        .note(match failure.interp.keras {
            Keras::Two => {
                "AutoGraph, which rewrites `if` for `tf.function`, does not rewrite the functions of Lambda layers"
            }
            Keras::Three => {
                "AutoGraph, which rewrites `if` for `tf.function`, is kept away from layers, models and losses by Keras 3"
            }
        })
        .operands(failure);
    let (choose, branch) = match failure.interp.keras {
        Keras::Three => ("keras.ops.where(condition, a, b)", "keras.ops.cond(condition, f, g)"),
        Keras::Two => ("tf.where(condition, a, b)", "tf.cond(condition, f, g)"),
    };
    let explanation = explanation.mended(fix(failure));
    Some(explanation.help(format!("`{choose}` chooses for each element, `{branch}` between two functions")))
}

/// `a if condition else b` as a choice between tensors.
fn fix(failure: &Failure<'_>) -> Option<Fix> {
    let module = failure.program();
    let choice = source::around(module, failure.span()).into_iter().rev().find_map(|node| match node {
        AnyNodeRef::ExprIf(e) => Some(e),
        _ => None,
    })?;
    let choose = match failure.interp.keras {
        Keras::Two => tensorflow(failure.interp)?,
        Keras::Three => keras_ops(failure.interp)?,
    };
    let text = |expr: &Expr| module.text(python::span(expr.range()));
    let content = format!(
        "{}.where({}, {}, {})",
        choose.name,
        text(&choice.test),
        text(&choice.body),
        text(&choice.orelse)
    );
    let mut edits = vec![replace(python::span(choice.range()), content)];
    edits.extend(choose.import);
    Some(risky("choose between the two tensors", edits))
}

/// `for row in x`, `a, b = x`, `list(x)`.
fn iteration(failure: &Failure<'_>) -> Explanation {
    let operands = failure.operands();
    let subject = operands.first().map_or("a tensor".to_owned(), |o| match o.expression {
        Some(_) => format!("`{}` {}", o.name, o.spec.shape),
        None => format!("a tensor {}", o.spec.shape),
    });
    Explanation::new(format!("Python cannot iterate over {subject}: it is symbolic, and its length not known yet"))
        .note("Python's loop runs while the function is traced; how many rows there are is only known when data comes")
        .help(
            "operations work on all rows at once: `x * 2` in place of a loop; `tf.map_fn` (`keras.ops.map`) calls a function \
             for each; `tf.unstack(x, axis=1)` gives the parts along an axis of known size",
        )
        .operands(failure)
}
