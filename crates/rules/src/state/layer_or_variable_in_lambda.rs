//! Layers and variables that a Lambda makes or borrows: nothing saves or trains them.

use diagnostics::Severity;
use graph::{NodeId, ScopeId};
use interp::Interp;
use ops::Mistake;

use crate::{Check, Context, Explanation, Failure, Group, Rule, source};

/// Finds variables and layers that live in a Lambda's function and in no layer.
pub(super) static LAYER_OR_VARIABLE_IN_LAMBDA: Rule = Rule {
    name: "layer-or-variable-in-lambda",
    group: Group::State,
    summary: "a Lambda's function makes a variable or layer",
    severity: Severity::Error,
    page: include_str!("layer_or_variable_in_lambda.md"),
    check: Check::Script(check),
};

const NOTE: &str = "a Lambda runs its function at every call: what is made in it belongs to no layer, is not in \
                    `model.trainable_weights`, and is gone with the next call";

const HELP: &str = "make a layer of your own: variables are made once in `build` with `add_weight`, layers in \
                    `__init__`, and `call` uses them";

fn check(interp: &Interp<'_>, cx: &mut Context<'_>) {
    let mut explained = false;
    for failure in cx.failures() {
        if let Some(explanation) = refused(failure) {
            cx.explain(failure, explanation);
            explained = true;
        }
    }
    let made = interp.trace.variables().find(|(_, variable)| in_lambda(interp, variable.node));
    let Some((_, variable)) = made.filter(|_| !explained) else { return };
    let span = source::whole(interp.program, interp.trace.node(variable.node).span);
    let layer = lambda_of(interp, variable.node).unwrap_or_default();
    let message = format!("the function of {layer} makes new weights each time it runs: they are lost");
    let found = cx.report_as(Severity::Warning, span, "made here", message);
    found.notes.push(NOTE.to_owned());
    found.help.push(HELP.to_owned());
}

fn refused(failure: &Failure<'_>) -> Option<Explanation> {
    let Mistake::MadeInCall = failure.mistake()? else { return None };
    let interp = failure.interp;
    let made = interp.trace.variables().filter(|(_, variable)| in_lambda(interp, variable.node));
    let made: Vec<_> = made.map(|(id, _)| id).collect();
    let inside = made.first().and_then(|id| lambda_of(interp, interp.trace.variable(*id).node));
    let message = match &inside {
        Some(layer) => format!("the function of {layer} makes new weights each time it runs"),
        None => "a traced function makes a variable each time it runs".to_owned(),
    };
    let mut explanation = Explanation::new(message);
    for id in made.iter().take(6) {
        let span = source::whole(failure.program(), interp.trace.node(interp.trace.variable(*id).node).span);
        explanation = explanation.label(span, "made here");
    }
    explanation = explanation.note(NOTE);
    Some(explanation.help(HELP))
}

/// The Lambda inside whose call a node was made.
fn lambda_of(interp: &Interp<'_>, node: NodeId) -> Option<String> {
    let mut at = interp.trace.node(node).scope;
    for _ in 0..64 {
        let scope = interp.trace.scope(at)?;
        if scope.label.starts_with("Lambda '") {
            return Some(scope.label.replacen("Lambda", "layer", 1));
        }
        at = scope.parent;
        if at == ScopeId(0) {
            return None;
        }
    }
    None
}

fn in_lambda(interp: &Interp<'_>, node: NodeId) -> bool {
    lambda_of(interp, node).is_some()
}
