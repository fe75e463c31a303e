//! Layers that need a size that is not known when they are built.

use diagnostics::Severity;
use ops::Mistake;

use crate::{Check, Explanation, Failure, Group, Rule};

/// Finds layers whose weights would get an unknown size.
pub(super) static UNKNOWN_SIZE: Rule = Rule {
    name: "unknown-size",
    group: Group::Shape,
    summary: "a layer has to make weights for an axis whose size is not known",
    severity: Severity::Error,
    page: include_str!("unknown_size.md"),
    check: Check::Failure(check),
};

fn check(failure: &Failure<'_>) -> Option<Explanation> {
    match failure.mistake()? {
        Mistake::UnknownDim => {}
        Mistake::NoRank => return Some(no_rank(failure)),
        _ => return None,
    }
    let operands = failure.operands();
    let callee = failure.op();
    let message = match operands.first() {
        Some(operand) => format!(
            "{callee} cannot make its weights: the size of `{}` {} is not known where they need it",
            operand.name, operand.spec.shape
        ),
        None => format!("{callee} cannot make its weights: a size of its input is not known"),
    };
    Some(
        Explanation::new(message)
            .note(
                "weights are made when the layer is first called, with the size of its input's last axis; `None` means \
                 that this is only known when data comes",
            )
            .help(
                "give `Input` the size, or take the unknown axis away before: global pooling in place of `Flatten`, a \
                 reduction, a recurrent layer",
            )
            .operands(failure),
    )
}

/// Explains a tensor of which Keras is not even told the number of axes.
fn no_rank(failure: &Failure<'_>) -> Explanation {
    let mut explanation =
        Explanation::new("what the function gives has no shape that Keras could know: not even its number of axes")
            .note(
                "Python code that runs behind `tf.numpy_function` or `tf.py_function` is not traced: TensorFlow knows of its \
                 result only the dtype that it is told",
            )
            .help(
                "say the shape behind the call, `y.set_shape(x.shape)`, or do the same with TensorFlow's own functions, which \
                 are traced and have gradients",
            );
    if let Some(operand) = failure.operands().first()
        && let Some((span, _)) = crate::explain::made_at(failure, operand.node)
    {
        explanation.span = Some(span);
        explanation.label = "a result without a shape".to_owned();
    }
    explanation
}
