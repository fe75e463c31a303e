//! Layers and variables that a Lambda borrows: no model knows of them.

use diagnostics::{Label, Severity};
use graph::{Source, VariableId};
use interp::Interp;
use interp::events::Event;
use interp::value::Value;

use crate::{Check, Context, Group, Rule, source};

/// Finds weights that are used only inside of Lambdas.
pub(super) static UNTRACKED_WEIGHTS: Rule = Rule {
    name: "untracked-weights",
    group: Group::State,
    summary: "a Lambda uses a layer or variable from outside, which nothing trains or saves",
    severity: Severity::Warning,
    page: include_str!("untracked_weights.md"),
    check: Check::Script(check),
};

fn check(interp: &Interp<'_>, cx: &mut Context<'_>) {
    let trained = trained(interp);
    let mut done: Vec<VariableId> = Vec::new();
    for event in &interp.events {
        let Event::Captured { layer, values, span, .. } = event else { continue };
        for (name, value) in values {
            let (kind, variables) = match value {
                Value::Instance(id) if interp.layer(*id).is_some() => ("layer", interp.weights_of(*id).0),
                Value::Tensor(node) => match interp.trace.node(*node).source {
                    Source::Variable(id) if interp.trace.variable(id).trainable => ("variable", vec![id]),
                    _ => continue,
                },
                _ => continue,
            };
            if variables.is_empty() || variables.iter().any(|v| trained.contains(v) || done.contains(v)) {
                continue;
            }
            done.extend(&variables);
            let call = source::whole(interp.program, *span);
            let message =
                format!("{kind} `{name}` is used in the Lambda '{layer}' only: nothing trains or saves it");
            let found = cx.report(call, format!("the function uses `{name}`"), message);
            let made = variables.first().map(|v| interp.trace.node(interp.trace.variable(*v).node).span);
            let made = made.map(|span| source::whole(interp.program, span)).unwrap_or_default();
            if kind == "variable" && made.start < made.end && !call.contains(made) {
                found.labels.push(Label { span: made, text: "made here".to_owned() });
            }
            found.notes.push(
                "a Lambda does not track what its function uses: the weights are not among `model.trainable_weights`, so \
                 `fit` leaves them as they are and `save` leaves them out"
                    .to_owned(),
            );
            found.help.push(if kind == "layer" {
                format!(
                    "call `{name}` itself in the model, or hold it in a layer of your own, as an attribute"
                )
            } else {
                "make it in a layer of your own with `add_weight`".to_owned()
            });
        }
    }
}

/// The variables that anything trains.
fn trained(interp: &Interp<'_>) -> Vec<VariableId> {
    let mut out: Vec<VariableId> = Vec::new();
    for event in &interp.events {
        match event {
            Event::Fit { variables, .. } => out.extend(variables),
            Event::Tape { sources, .. } => {
                let variable = |node| match interp.trace.node(node).source {
                    Source::Variable(id) => Some(id),
                    _ => None,
                };
                out.extend(sources.iter().filter_map(|node| variable(*node)));
            }
            _ => {}
        }
    }
    out
}
