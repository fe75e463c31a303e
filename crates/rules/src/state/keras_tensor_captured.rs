//! KerasTensors that a Lambda's function finds outside of itself.

use diagnostics::{Label, Severity, Span};
use graph::NodeId;
use interp::events::Event;
use interp::value::Value;
use ops::{Mistake, TensorKind};

use crate::{Check, Explanation, Failure, Group, Rule, source};

/// Finds functions of Lambdas that use a KerasTensor which is not their input.
pub(super) static KERAS_TENSOR_CAPTURED: Rule = Rule {
    name: "keras-tensor-captured",
    group: Group::State,
    summary: "a Lambda's function uses a KerasTensor from outside instead of its input",
    severity: Severity::Error,
    page: include_str!("keras_tensor_captured.md"),
    check: Check::Failure(check),
};

fn check(failure: &Failure<'_>) -> Option<Explanation> {
    let captured = match failure.mistake()? {
        Mistake::CapturedTensor => captured(failure).into_iter().next(),
        // Under Keras 3 it is a TensorFlow function that refuses the tensor.
        Mistake::SymbolicInput { .. } if failure.swallowed.is_some() => {
            let operands = failure.operands();
            let found = operands.into_iter().find(|o| is_keras(failure, o.node))?;
            Some((found.name, found.node))
        }
        _ => return None,
    };
    let message = match &captured {
        Some((name, _)) => format!("`{name}` is a tensor of the model and no input of this Lambda"),
        None => "a tensor of the model is used in a Lambda whose input it is not".to_owned(),
    };
    let mut explanation = Explanation::new(message);
    if let Some((_, node)) = captured {
        let span = made(failure, node);
        explanation
            .labels
            .push(Label { span, text: "a KerasTensor, made outside of the function".to_owned() });
    }
    Some(
        explanation
            .note("when the model runs, a layer gets values for its inputs only; a tensor from outside stays a placeholder")
            .help("hand both over: `Lambda(lambda pair: f(pair[0], pair[1]))([x, y])`"),
    )
}

fn is_keras(failure: &Failure<'_>, node: NodeId) -> bool {
    failure.interp.trace.node(node).kind == TensorKind::Keras
}

fn made(failure: &Failure<'_>, node: NodeId) -> Span {
    source::whole(failure.program(), failure.interp.trace.node(node).span)
}

/// The KerasTensors that the functions of Lambdas find outside of themselves.
fn captured(failure: &Failure<'_>) -> Vec<(String, NodeId)> {
    let mut out = Vec::new();
    for event in &failure.interp.events {
        let Event::Captured { values, .. } = event else { continue };
        for (name, value) in values {
            if let Value::Tensor(node) = value
                && is_keras(failure, *node)
            {
                out.push((name.to_string(), *node));
            }
        }
    }
    out
}
