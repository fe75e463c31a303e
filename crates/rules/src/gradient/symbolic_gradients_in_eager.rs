//! Gradients of a graph where there is no graph.

use diagnostics::Severity;
use ops::Mistake;

use crate::{Check, Explanation, Failure, Group, Rule};

/// Finds `tf.gradients` and `K.gradients` outside of a graph.
pub(super) static SYMBOLIC_GRADIENTS_IN_EAGER: Rule = Rule {
    name: "symbolic-gradients-in-eager",
    group: Group::Gradient,
    summary: "`tf.gradients` is called where there is no graph to differentiate",
    severity: Severity::Error,
    page: include_str!("symbolic_gradients_in_eager.md"),
    check: Check::Failure(check),
};

fn check(failure: &Failure<'_>) -> Option<Explanation> {
    let Mistake::NoGraph = failure.mistake()? else { return None };
    let callee = failure.callee();
    Some(
        Explanation::new(format!("`{callee}` differentiates a graph, and outside of a `tf.function` there is none"))
            .note(
                "TensorFlow 2 computes at once: what an operation was computed from is known only to a tape that watched it",
            )
            .help(
                "record the computation: `with tf.GradientTape() as tape: tape.watch(x); y = f(x)`, then \
                 `tape.gradient(y, x)`; variables are watched without `watch`",
            )
            .help("for a loss that needs gradients (a gradient penalty), do so in `train_step`")
            .operands(failure),
    )
}
