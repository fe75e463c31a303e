//! Lambdas between a mask and the layers that it is meant for.

use diagnostics::{Diagnostic, Fix, Label, Severity, Span};
use graph::NodeId;
use interp::Interp;
use interp::events::Event;
use interp::value::Value;
use ops::Keras;

use crate::places::{calls_named, shown_call};
use crate::repair::lambda::lambda_call;
use crate::repair::{add_keyword, risky};
use crate::{Check, Context, Group, Rule, source};

/// Finds Lambdas that do not hand on the mask of their input.
pub(super) static LAMBDA_MASK_DROPPED: Rule = Rule {
    name: "lambda-mask-dropped",
    group: Group::Lambda,
    summary: "a Lambda drops the mask that its input carries",
    severity: Severity::Warning,
    page: include_str!("lambda_mask_dropped.md"),
    check: Check::Script(check),
};

fn check(interp: &Interp<'_>, cx: &mut Context<'_>) {
    let mut done: Vec<&str> = Vec::new();
    for event in &interp.events {
        let Event::MaskDropped { layer, lambda: true, input, span } = event else { continue };
        // Every run of the model meets it again.
        if !done.contains(&&**layer) {
            done.push(layer);
            let found = report(interp, cx, (layer, *input, *span), HELP);
            found.fix = hand_on(interp, layer, *input);
        }
    }
}

/// Reports a layer that drops a mask.
pub(super) fn report<'c>(
    interp: &Interp<'_>,
    cx: &'c mut Context<'_>,
    (layer, input, span): (&str, NodeId, Span),
    help: &str,
) -> &'c mut Diagnostic {
    let call = shown_call(interp, layer, span);
    let message =
        format!("layer '{layer}' drops the mask of its input: the layers behind it see the padding as data");
    let made = source::whole(interp.program, interp.trace.node(input).span);
    let says = match interp.keras {
        Keras::Two => "Keras 2 does not say so",
        Keras::Three => "Keras 3 warns of it when the layer is called",
    };
    let found = cx.report(call, "the mask ends here", message);
    if made.start < made.end && !call.contains(made) && !made.contains(call) {
        found.labels.push(Label { span: made, text: "this output carries a mask".to_owned() });
    }
    found.notes.push(format!("a layer hands a mask on only if it is told to; {says}"));
    found.help.push(help.to_owned());
    found
}

/// Lets a Lambda hand its input's mask on, where its output has the steps that the mask is about.
fn hand_on(interp: &Interp<'_>, layer: &str, input: NodeId) -> Option<Fix> {
    let made = calls_named(interp, layer).find_map(|(_, call)| match &call.outputs {
        Value::Tensor(output) => Some(*output),
        _ => None,
    })?;
    let steps = |node: NodeId| interp.trace.node(node).spec.shape.dim(1);
    if steps(made).is_none() || steps(made) != steps(input) {
        return None;
    }
    let call = lambda_call(interp, layer)?;
    let edit = add_keyword(interp.program, call, "mask=lambda x, mask: mask");
    let free = call.arguments.find_keyword("mask").is_none();
    free.then(|| risky("hand the mask on", vec![edit]))
}

const HELP: &str = "let the function use it (`lambda x, mask=None: ...`), hand it on with `mask=lambda x, mask: mask`, or \
                    write a layer with `supports_masking = True`";
