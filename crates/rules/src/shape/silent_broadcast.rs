//! Losses that compare every label with one and the same prediction.

use diagnostics::{Label, Severity, Span};
use interp::Interp;
use interp::events::Event;
use tensor::Dim;

use crate::places::{call_of, layer_of};
use crate::repair::losses::units;
use crate::repair::risky;
use crate::{Check, Context, Group, Rule, source};

/// Finds losses whose operands are broadcast along the last axis.
pub(super) static SILENT_BROADCAST: Rule = Rule {
    name: "silent-broadcast",
    group: Group::Shape,
    summary: "a loss broadcasts labels against predictions of another size",
    severity: Severity::Warning,
    page: include_str!("silent_broadcast.md"),
    check: Check::Script(check),
};

fn check(interp: &Interp<'_>, cx: &mut Context<'_>) {
    let mut done: Vec<Span> = Vec::new();
    for event in &interp.events {
        let Event::Loss { by, labels, predictions, span, .. } = event else { continue };
        let (y, p) = (&interp.trace.node(*labels).spec, &interp.trace.node(*predictions).spec);
        let (Some(Dim::Known(wanted)), Some(Dim::Known(given))) = (y.shape.dim(-1), p.shape.dim(-1)) else {
            continue;
        };
        let ranks = y.shape.rank() == p.shape.rank() && y.shape.rank().is_some_and(|rank| rank > 1);
        if !ranks || wanted == given || done.contains(span) || by.contains("sparse") {
            continue;
        }
        done.push(*span);
        let call = source::first_line(interp.program, source::whole(interp.program, *span));
        let message = format!(
            "'{by}' compares {wanted} labels with {given} predictions of each sample, by broadcasting"
        );
        let found = cx.report(call, format!("labels {}", y.shape), message);
        if let Some(place) = layer_of(interp, *predictions).and_then(|layer| call_of(interp, &layer))
            && !place.contains(call)
        {
            found.labels.push(Label { span: place, text: format!("gives {}", p.shape) });
        }
        found.notes.push(
            "an axis of size 1 is repeated to the other's size: the loss is a number, and not the one that was meant; no \
             framework says so"
                .to_owned(),
        );
        let fix = units(interp, *predictions, (given, wanted));
        found.fix =
            fix.map(|(layer, edit)| risky(format!("give layer '{layer}' {wanted} units"), vec![edit]));
        found.help.push(if given == 1 {
            format!("give the last layer {wanted} units, or hand over one label for each sample")
        } else {
            "hand over a label for each of the predictions, or give the last layer one unit".to_owned()
        });
    }
}
