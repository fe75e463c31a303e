//! Losses that compare every label with one and the same prediction.

use diagnostics::{Label, Severity, Span};
use interp::Interp;
use interp::events::Event;
use tensor::{Dim, Shape};

use super::extra_axes;
use crate::places::{call_of, layer_of};
use crate::repair::losses::units;
use crate::repair::risky;
use crate::wording::counted;
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
        let (y, p) = (&interp.trace.node(*labels).spec.shape, &interp.trace.node(*predictions).spec.shape);
        let Some(repeated) = repeated(y, p).filter(|_| !done.contains(span) && !by.contains("sparse")) else {
            continue;
        };
        done.push(*span);
        let call = source::first_line(interp.program, source::whole(interp.program, *span));
        let message = match repeated {
            Repeated::Last { labels, predictions } => format!(
                "'{by}' compares {} with {} of each sample, by broadcasting",
                counted(labels, "label"),
                counted(predictions, "prediction")
            ),
            Repeated::Within => format!("'{by}' compares labels {y} with predictions {p}, by broadcasting"),
            Repeated::Batch => {
                format!(
                    "'{by}' compares the labels {y} of all samples with each prediction of {p}, by broadcasting"
                )
            }
        };
        let found = cx.report(call, format!("labels {y}"), message);
        if let Some(place) = layer_of(interp, *predictions).and_then(|layer| call_of(interp, &layer))
            && !place.contains(call)
        {
            found.labels.push(Label { span: place, text: format!("gives {p}") });
        }
        found.notes.push(
            "an axis of size 1 is repeated to the other's size: the loss is a number, and not the one that was meant; no \
             framework says so"
                .to_owned(),
        );
        let extra = (p.rank() > y.rank()).then(|| extra_axes::left_by(interp, *predictions)).flatten();
        if let Some(extra) = extra {
            found.help.push(extra.help);
            found.fix = extra.fix;
        } else if let Repeated::Last { labels: wanted, predictions: given } = repeated {
            let fix = units(interp, *predictions, (given, wanted));
            found.fix =
                fix.map(|(layer, edit)| risky(format!("give layer '{layer}' {wanted} units"), vec![edit]));
            found.help.push(if given == 1 {
                format!("give the last layer {wanted} units, or hand over one label for each sample")
            } else {
                "hand over a label for each of the predictions, or give the last layer one unit".to_owned()
            });
        } else {
            found.help.push("give the labels the shape of the predictions".to_owned());
        }
    }
}

/// What is repeated so that labels and predictions have one shape.
enum Repeated {
    /// The values of each sample, of which there are so many.
    Last { labels: i64, predictions: i64 },
    /// What each sample has at another axis.
    Within,
    /// The batch: it meets an axis that is not the predictions' batch.
    Batch,
}

/// What the subtraction in a loss repeats, once Keras has brought the ranks together (`keras/src/losses/loss.py:
/// squeeze_or_expand_to_same_rank`, `tf_keras/src/utils/losses_utils.py: squeeze_or_expand_dimensions`).
fn repeated(labels: &Shape, predictions: &Shape) -> Option<Repeated> {
    let (y, p) = (labels.dims()?, predictions.dims()?);
    let one = Dim::Known(1);
    let (y, p) = match (y, p) {
        // A label for each sample beside a prediction for each: not a matter of repeating.
        ([_], [_, last]) if *last == one => return None,
        ([_, last], [_]) if *last == one => return None,
        (y, [inner @ .., last]) if y.len() == inner.len() && *last == one => (y, inner),
        ([inner @ .., last], p) if p.len() == inner.len() && *last == one => (inner, p),
        both => both,
    };
    if y.len() != p.len() {
        // The shorter one's batch stands below an axis of the other, which is of size 1.
        let (short, long) = if y.len() < p.len() { (y, p) } else { (p, y) };
        let met = long.get(long.len() - short.len())?;
        return (!short.is_empty() && *met == one && short[0] != one).then_some(Repeated::Batch);
    }
    let differing = |at: usize| match (y[at], p[at]) {
        (Dim::Known(a), Dim::Known(b)) => a != b && (a == 1 || b == 1),
        _ => false,
    };
    let at = (1..y.len()).rev().find(|at| differing(*at))?;
    match (y[at], p[at]) {
        (Dim::Known(labels), Dim::Known(predictions)) if at + 1 == y.len() => {
            Some(Repeated::Last { labels, predictions })
        }
        _ => Some(Repeated::Within),
    }
}
