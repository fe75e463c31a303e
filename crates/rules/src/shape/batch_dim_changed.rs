//! Lambdas that give another number of samples than they get.

use diagnostics::{Label, Severity, Span};
use graph::{NodeId, Source};
use interp::Interp;
use interp::framework::history::{Callee, KerasCall};
use tensor::Dim;

use super::batch_size_baked_in::fixed_rows;
use super::mending;
use super::reshape_size::sample_size;
use crate::places::shown_call;
use crate::{Check, Context, Group, Rule, source};

/// Finds Lambdas that reduce or reshape the batch away.
pub(super) static BATCH_DIM_CHANGED: Rule = Rule {
    name: "batch-dim-changed",
    group: Group::Shape,
    summary: "a Lambda's output does not have the batch of its input at axis 0",
    severity: Severity::Warning,
    page: include_str!("batch_dim_changed.md"),
    check: Check::Script(check),
};

fn check(interp: &Interp<'_>, cx: &mut Context<'_>) {
    let mut done: Vec<Span> = Vec::new();
    for call in &interp.keras_calls {
        let Callee::Layer(id) = &call.callee else { continue };
        let Some(state) = interp.layer(*id).filter(|state| state.lambda.is_some()) else { continue };
        let [output] = interp.flat_tensors(&call.outputs)[..] else { continue };
        let baked = fixed_rows(interp, output).is_some();
        if done.contains(&call.span) || baked || !loses_batch(interp, call, output) {
            continue;
        }
        done.push(call.span);
        report(interp, cx, call, output, &state.name.clone());
    }
}

/// Tells whether the batch of the inputs is surely not the first axis of the output.
fn loses_batch(interp: &Interp<'_>, call: &KerasCall, output: NodeId) -> bool {
    let batch = |node: &NodeId| interp.trace.node(*node).spec.shape.dim(0);
    let open = |node: &NodeId| matches!(batch(node), Some(Dim::Symbol(_) | Dim::Unknown));
    if call.inputs.is_empty() || !call.inputs.iter().all(open) {
        return false;
    }
    let shape = &interp.trace.node(output).spec.shape;
    match (shape.rank(), shape.dim(0)) {
        // A scalar may be meant for `add_loss`; for a layer it is no batch.
        (Some(0), _) => interp.keras_calls.iter().any(|later| later.inputs.contains(&output)),
        (Some(_), Some(Dim::Known(size))) => size != 1 || shape.rank() == Some(1),
        _ => false,
    }
}

fn report(interp: &Interp<'_>, cx: &mut Context<'_>, call: &KerasCall, output: NodeId, layer: &str) {
    let trace = &interp.trace;
    let shape = &trace.node(output).spec.shape;
    let place = shown_call(interp, layer, call.span);
    // The last operation of the function, where it was traced.
    let traced = trace.node(output).inputs.first().map(|(node, _)| trace.node(*node));
    let made = traced.filter(|node| matches!(node.source, Source::Op(_)));
    let made = made.map(|node| source::whole(interp.program, node.span)).filter(|span| span.start < span.end);
    let message = match shape.rank() {
        Some(0) => format!("layer '{layer}' gives one number for the whole batch"),
        _ => format!("layer '{layer}' gives {shape}: axis 0 is no longer the batch"),
    };
    let input = call.inputs.first().map(|node| trace.node(*node).spec.shape.to_string()).unwrap_or_default();
    let span = made.filter(|span| !span.contains(place)).unwrap_or(place);
    let found = cx.report(span, format!("{shape} of {input}"), message);
    if !span.contains(place) && !place.contains(span) {
        found.labels.push(Label { span: place, text: "the layer is called here".to_owned() });
    }
    let sample = call.inputs.first().and_then(|node| sample_size(&trace.node(*node).spec.shape));
    found.fix = sample.and_then(|sample| mending::batch_kept(interp, span, sample));
    found.notes.push(
        "Keras takes axis 0 of every tensor for the batch: `predict` joins the batches along it, and losses compare it with \
         the labels; it does not check that a Lambda keeps it"
            .to_owned(),
    );
    found.help.push(
        "count the axes from 1 for what belongs to one sample; in a reshape put `-1`, or `tf.shape(x)[0]`, in the first place"
            .to_owned(),
    );
}
