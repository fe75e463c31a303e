//! KerasTensors that a Lambda's function finds outside of itself.

use diagnostics::{Fix, Label, Severity, Span};
use graph::NodeId;
use interp::Interp;
use interp::events::Event;
use interp::value::Value;
use ops::{Mistake, TensorKind};
use python::Ranged;
use python::ast::Expr;

use crate::repair::lambda::{lambda_of, rename_parameter, take_list};
use crate::repair::{insert, risky};
use crate::{Check, Context, Explanation, Failure, Group, Rule, source};

/// Finds functions of Lambdas that use a KerasTensor which is not their input.
pub(super) static KERAS_TENSOR_CAPTURED: Rule = Rule {
    name: "keras-tensor-captured",
    group: Group::State,
    summary: "a Lambda's function uses a KerasTensor from outside instead of its input",
    severity: Severity::Error,
    page: include_str!("keras_tensor_captured.md"),
    check: Check::Script(check),
};

const NOTE: &str =
    "when the model runs, a layer gets values for its inputs only; a tensor from outside stays a placeholder";

const HELP: &str = "hand both over: `Lambda(lambda pair: f(pair[0], pair[1]))([x, y])`";

fn check(interp: &Interp<'_>, cx: &mut Context<'_>) {
    for failure in cx.failures() {
        if let Some(explanation) = refused(failure) {
            cx.explain(failure, explanation);
        }
    }
    for event in &interp.events {
        let Event::Outside { layer, span } = event else { continue };
        let call = source::whole(interp.program, *span);
        let outside = captured(interp, Some(layer)).into_iter().next();
        let message = match &outside {
            Some((name, _)) => format!("`{name}` is a tensor of the model and no input of layer '{layer}'"),
            None => {
                format!("the function of layer '{layer}' uses a tensor of the model that is not its input")
            }
        };
        let found = cx.report_as(Severity::Warning, call, "", message);
        if let Some((_, node)) = outside {
            let span = source::whole(interp.program, interp.trace.node(node).span);
            found.labels.push(Label { span, text: "a KerasTensor, made outside of the function".to_owned() });
        }
        found.notes.push(NOTE.to_owned());
        found.notes.push(
            "with `output_shape`, Keras 3 does not run the function when the layer is called: a run of the model will fail"
                .to_owned(),
        );
        found.help.push(HELP.to_owned());
        found.fix = fix(interp, layer, call);
    }
}

fn refused(failure: &Failure<'_>) -> Option<Explanation> {
    let captured = match failure.mistake()? {
        Mistake::CapturedTensor => captured(failure.interp, None).into_iter().next(),
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
    Some(explanation.note(NOTE).help(HELP).mended(swallowing(failure)))
}

fn is_keras(failure: &Failure<'_>, node: NodeId) -> bool {
    failure.interp.trace.node(node).kind == TensorKind::Keras
}

fn made(failure: &Failure<'_>, node: NodeId) -> Span {
    source::whole(failure.program(), failure.interp.trace.node(node).span)
}

/// Hands the tensors from outside over as inputs, where a lambda of one parameter uses them.
fn fix(interp: &Interp<'_>, layer: &str, call: Span) -> Option<Fix> {
    let whole = source::call_at(interp.program, call)?;
    let Expr::Call(maker) = &*whole.func else { return None };
    let lambda = lambda_of(maker)?;
    let [parameter] = &lambda.parameters.as_deref()?.args[..] else { return None };
    let outside = captured(interp, Some(layer));
    let mut names: Vec<&str> = vec![parameter.parameter.name.as_str()];
    for (name, _) in &outside {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    let [argument] = &whole.arguments.args[..] else { return None };
    // `Lambda(lambda x: X[:, t])(X)`: what is found outside is what the function is given.
    if let (Expr::Name(given), [name]) = (argument, &names[1..])
        && given.id.as_str() == *name
    {
        let edits = rename_parameter(lambda, name)?;
        return Some(risky(format!("let the function take `{name}` as its input"), edits));
    }
    let mut edits = take_list(lambda, &names)?;
    let place = python::span(argument.range());
    edits.push(insert(place.start, "["));
    edits.push(insert(place.end, format!(", {}]", names.get(1..)?.join(", "))));
    (names.len() > 1).then(|| risky("hand the tensors over as inputs", edits))
}

/// The same for a Lambda whose call raises.
fn swallowing(failure: &Failure<'_>) -> Option<Fix> {
    let layer = failure.interp.events.iter().rev().find_map(|event| match event {
        Event::Captured { layer, span, .. } => Some((layer, *span)),
        _ => None,
    });
    let (layer, span) = layer?;
    fix(failure.interp, layer, source::whole(failure.program(), span))
}

/// The KerasTensors that the functions of Lambdas find outside of themselves; of one layer, if it is named.
fn captured(interp: &Interp<'_>, only: Option<&str>) -> Vec<(String, NodeId)> {
    let mut out = Vec::new();
    for event in &interp.events {
        let Event::Captured { layer, values, .. } = event else { continue };
        if only.is_some_and(|only| only != &**layer) {
            continue;
        }
        for (name, value) in values {
            if let Value::Tensor(node) = value
                && interp.trace.node(*node).kind == TensorKind::Keras
            {
                out.push((name.to_string(), *node));
            }
        }
    }
    out
}
