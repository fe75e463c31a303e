//! Variables whose gradient is zero whatever the data is.

use diagnostics::{Label, Severity, Span};
use graph::{NodeId, Source, VariableId};
use interp::Interp;
use interp::record::GradientStatus;
use ops::Flow;
use tensor::Dim;

use super::path::{Asked, Ways, place};
use crate::places::{call_of, owner};
use crate::wording::listed;
use crate::{Check, Context, Group, Rule, source};

/// Finds variables that get a gradient of zeros.
pub(super) static GRADIENT_ALWAYS_ZERO: Rule = Rule {
    name: "gradient-always-zero",
    group: Group::Gradient,
    summary: "a variable's gradient is zero whatever the data is",
    severity: Severity::Warning,
    page: include_str!("gradient_always_zero.md"),
    check: Check::Script(check),
};

fn check(interp: &Interp<'_>, cx: &mut Context<'_>) {
    let mut done: Vec<(Span, Vec<String>)> = Vec::new();
    for event in &interp.events {
        let Some(Asked { span, targets, sources, status, .. }) = Asked::of(interp, event) else { continue };
        let is_zero = |(source, status): (&NodeId, &GradientStatus)| match interp.trace.node(*source).source {
            Source::Variable(id) if *status == GradientStatus::Zero => Some(id),
            _ => None,
        };
        let zero: Vec<VariableId> = sources.iter().zip(status).filter_map(is_zero).collect();
        let Some(first) = zero.first() else { continue };
        let names: Vec<String> =
            zero.iter().map(|v| interp.trace.variable(*v).name.trim_end_matches(":0").to_owned()).collect();
        let cause = cause_of(interp, &targets, interp.trace.variable(*first).node);
        let key = (cause.node().map_or(span, |node| interp.trace.node(node).span), names.clone());
        if done.contains(&key) {
            continue;
        }
        done.push(key);
        let all = zero.len() == sources.len();
        report(interp, cx, (span, all), &names, cause);
    }
}

/// Why a gradient is zero.
#[derive(Clone, Copy)]
enum Cause {
    /// This operation hands on zeros.
    Slope(NodeId),
    /// A softmax over a single unit.
    SingleSoftmax(NodeId),
    /// The variable is added to both sides of this difference: `encode(a) - encode(b)`.
    Cancelled(NodeId),
    /// It cannot be told.
    Unknown,
}

impl Cause {
    /// The operation that is to blame.
    fn node(self) -> Option<NodeId> {
        match self {
            Cause::Slope(node) | Cause::SingleSoftmax(node) | Cause::Cancelled(node) => Some(node),
            Cause::Unknown => None,
        }
    }
}

fn cause_of(interp: &Interp<'_>, targets: &[NodeId], source: NodeId) -> Cause {
    let Some(way) = Ways::from(interp, targets).to(source, Flow::Zero) else { return Cause::Unknown };
    let stop = way.stop.and_then(|stop| way.nodes.get(stop));
    let is_difference =
        |node: &NodeId| matches!(interp.trace.node(*node).source, Source::Op(op) if op.name == "subtract");
    match stop {
        Some(node) if single_softmax(interp, *node) => Cause::SingleSoftmax(*node),
        Some(node) => Cause::Slope(*node),
        // Each step hands something on: two ways do, and the sum of what arrives is zero.
        None => way.nodes.iter().rev().copied().find(is_difference).map_or(Cause::Unknown, Cause::Cancelled),
    }
}

fn report(
    interp: &Interp<'_>,
    cx: &mut Context<'_>,
    (asked, all): (Span, bool),
    names: &[String],
    cause: Cause,
) {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    let shown = if quoted.len() > 4 { format!("{} variables", quoted.len()) } else { listed(&quoted) };
    let asked = source::first_line(interp.program, source::whole(interp.program, asked));
    let at = cause.node().map(|node| place(interp, node));
    let (text, why) = match (cause, &at) {
        (Cause::SingleSoftmax(_), _) => {
            ("zeros come out of here", "a softmax over a single unit is always 1".to_owned())
        }
        (Cause::Slope(_), _) if recurrent(names) => {
            ("zeros come out of here", "they are applied to a state that is still zero".to_owned())
        }
        (Cause::Slope(_), Some(place)) if place.written => {
            ("zeros come out of here", format!("the slope of {} is zero everywhere", place.name))
        }
        (Cause::Slope(_), Some(place)) => {
            ("zeros come out of here", format!("{} hands only zeros back to it", place.name))
        }
        (Cause::Cancelled(_), _) => (
            "what is added to both sides goes out again",
            "it is added to both sides of a difference".to_owned(),
        ),
        (Cause::Slope(_) | Cause::Unknown, _) => {
            ("trained here", "the loss does not change with them".to_owned())
        }
    };
    let span = at.map_or(asked, |place| place.span);
    let found = cx.report(span, text, format!("the gradient of {shown} is always zero: {why}"));
    let others = if all { "trains nothing" } else { "trains all but these" };
    if span != asked {
        found.labels.push(Label { span: asked, text: others.to_owned() });
    }
    for name in names.iter().take(4) {
        let Some(place) = owner(name).and_then(|layer| call_of(interp, layer)) else { continue };
        if place != span && !found.labels.iter().any(|label| label.span == place) {
            found.labels.push(Label { span: place, text: "gets zeros".to_owned() });
        }
    }
    found.notes.push(
        "a gradient of zeros is none of `None`: no framework warns of it, the weights just keep their first values"
            .to_owned(),
    );
    found.help.push(match cause {
        Cause::SingleSoftmax(_) => {
            "for two classes use one unit with `sigmoid`, or two units with `softmax`; for a number, no activation"
                .to_owned()
        }
        Cause::Slope(_) if recurrent(names) => {
            "over a single step a recurrent layer does not use its recurrent weights: give it sequences with several steps, \
             along axis 1"
                .to_owned()
        }
        Cause::Slope(_) => "use a function that has a slope where the data is: `tanh` in place of `sign`, `sigmoid` in place \
                            of a step; or say what the gradient is to be with `@tf.custom_gradient`"
            .to_owned(),
        Cause::Cancelled(_) => "nothing is learned by it and nothing is lost: `use_bias=False` in that layer leaves it out, an \
                                activation behind it makes it count"
            .to_owned(),
        Cause::Unknown => "look at what is between them and the loss: a softmax over a single unit is always 1, a product \
                           with zeros hides its other factor"
            .to_owned(),
    });
}

/// Tells whether only recurrent weights get zeros: there is but one step.
fn recurrent(names: &[String]) -> bool {
    names.iter().all(|name| name.ends_with("recurrent_kernel"))
}

/// Tells whether a node is a softmax over an axis of size 1.
fn single_softmax(interp: &Interp<'_>, node: NodeId) -> bool {
    let node = interp.trace.node(node);
    matches!(node.source, Source::Op(op) if op.name.contains("softmax"))
        && node.spec.shape.dim(-1) == Some(Dim::Known(1))
}
