//! Losses that take scores for probabilities.

use diagnostics::{Label, Severity, Span};
use graph::NodeId;
use interp::Interp;
use interp::events::Event;
use ops::Arg;

use crate::places::{call_of, layer_of};
use crate::repair::losses::{from_logits, loss_of};
use crate::repair::risky;
use crate::{Check, Context, Group, Rule, source};

/// Finds crossentropies of what a layer without an activation gives.
pub(super) static LOGITS_AS_PROBABILITIES: Rule = Rule {
    name: "logits-as-probabilities",
    group: Group::Gradient,
    summary: "a loss that expects probabilities gets the unbounded scores of a layer without activation",
    severity: Severity::Warning,
    page: include_str!("logits_as_probabilities.md"),
    check: Check::Script(check),
};

fn check(interp: &Interp<'_>, cx: &mut Context<'_>) {
    let mut done: Vec<Span> = Vec::new();
    for event in &interp.events {
        let Event::Loss { by, predictions, from_logits: Some(false), span, .. } = event else { continue };
        if done.contains(span) {
            continue;
        }
        let Some(layer) = unbounded(interp, *predictions) else { continue };
        done.push(*span);
        let call = source::whole(interp.program, *span);
        let place = loss_of(interp, call).map(|loss| python::span(python::Ranged::range(loss)));
        let message =
            format!("'{by}' expects probabilities, but layer '{layer}' has no activation and gives scores");
        let shown = source::first_line(interp.program, place.unwrap_or(call));
        let found = cx.report(shown, "takes what it gets for probabilities", message);
        if let Some(place) = call_of(interp, &layer).filter(|place| !place.contains(shown)) {
            found.labels.push(Label { span: place, text: "any number can come out here".to_owned() });
        }
        found.notes.push(
            "probabilities are cut off at 0 and 1 before their logarithm is taken: where a score lies outside, the loss does \
             not change with it, and no gradient comes back"
                .to_owned(),
        );
        let activation = if by.starts_with("binary") { "sigmoid" } else { "softmax" };
        found.help.push(format!(
            "tell the loss, `from_logits=True`, which is exact; or give the layer `activation=\"{activation}\"`"
        ));
        found.fix = loss_of(interp, call)
            .and_then(|loss| from_logits(interp, loss))
            .map(|edit| risky("tell the loss that it gets scores: `from_logits=True`", vec![edit]));
    }
}

/// The layer of Keras' without an activation that a tensor comes out of.
fn unbounded(interp: &Interp<'_>, predictions: NodeId) -> Option<String> {
    let name = layer_of(interp, predictions)?;
    let state = interp.layers().find(|state| *state.name == *name)?;
    let dense = matches!(state.decl?.name, "Dense" | "Conv1D" | "Conv2D" | "Conv3D");
    let activation = state.config.iter().find(|(key, _)| &**key == "activation").map(|(_, arg)| arg);
    let linear = match activation {
        None | Some(Arg::None) => true,
        Some(Arg::Str(name)) => &**name == "linear",
        Some(_) => false,
    };
    (dense && linear).then_some(name)
}
