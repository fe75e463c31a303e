//! Tapes that are asked for gradients of what they have not recorded.

use std::ops::Range;

use diagnostics::{Label, Severity, Span};
use graph::{NodeId, Source};
use interp::Interp;
use interp::events::Event;
use interp::record::GradientStatus;
use ops::{Flow, Mistake};

use super::path::Ways;
use super::refusals;
use crate::wording::listed;
use crate::{Check, Context, Explanation, Failure, Group, Rule, source};

/// Finds tapes that are used up, were left too early, or do not watch what they are asked for.
pub(super) static TAPE_MISUSE: Rule = Rule {
    name: "tape-misuse",
    group: Group::Gradient,
    summary: "a `GradientTape` is asked for gradients of what it has not recorded",
    severity: Severity::Error,
    page: include_str!("tape_misuse.md"),
    check: Check::Script(check),
};

fn check(interp: &Interp<'_>, cx: &mut Context<'_>) {
    for failure in cx.failures() {
        let Some(Mistake::EmptyTape { used }) = failure.mistake() else { continue };
        let explanation = if *used { used_up(interp, failure) } else { never_entered() };
        cx.explain(failure, explanation);
    }
    let mut done: Vec<Span> = Vec::new();
    for event in &interp.events {
        let Event::Tape { span, targets, sources, recorded, status } = event else { continue };
        if done.contains(span) {
            continue;
        }
        // Without an operation that stops it, the gradient is missing because of the tape.
        if !status.contains(&GradientStatus::None) {
            continue;
        }
        let ways = Ways::from(interp, targets);
        let lost = |source: NodeId| {
            ways.to(source, Flow::None).is_some_and(|way| way.stop.is_none() && way.nodes.len() > 1)
        };
        let missing: Vec<NodeId> = sources
            .iter()
            .zip(status)
            .filter(|(source, status)| **status == GradientStatus::None && lost(**source))
            .map(|(source, _)| *source)
            .collect();
        if !missing.is_empty() {
            done.push(*span);
            report(interp, cx, *span, (targets, recorded), &missing);
        }
    }
}

/// `tape.gradient` for the second time.
fn used_up(interp: &Interp<'_>, failure: &Failure<'_>) -> Explanation {
    let explanation =
        Explanation::new("this tape has given its gradients already: it can be asked only once")
            .note("a tape drops what it recorded with the first call of `gradient`, unless it is persistent")
            .help(
                "ask for all gradients in one call: `tape.gradient(loss, [a, b])`; or make it \
             `tf.GradientTape(persistent=True)`, or use one tape for each",
            );
    let first = interp.events.iter().find_map(|event| match event {
        Event::UsedTape { exception, first } if failure.is(*exception) => Some(*first),
        _ => None,
    });
    let first = first.map(|span| source::first_line(interp.program, source::whole(interp.program, span)));
    match first.filter(|span| !span.contains(failure.span())) {
        Some(span) => explanation.label(span, "asked here first"),
        None => explanation,
    }
}

fn never_entered() -> Explanation {
    Explanation::new("this tape has recorded nothing: no `with` block entered it")
        .note("a tape records what is computed within its `with` block")
        .help("compute the loss in `with tf.GradientTape() as tape:`, and ask for its gradients behind the block")
}

fn report(
    interp: &Interp<'_>,
    cx: &mut Context<'_>,
    span: Span,
    (targets, recorded): (&[NodeId], &[Range<u32>]),
    missing: &[NodeId],
) {
    let outside = targets.iter().find(|target| !recorded.iter().any(|range| range.contains(&target.0)));
    let call = source::whole(interp.program, span);
    let refused = refusals(interp).into_iter().find(|(_, _, refused)| !interp.events.iter().any(|event| {
        matches!(event, Event::Fit { span, .. } if interp.program.line(span.start) == interp.program.line(refused.start))
    }));
    let severity =
        if refused.is_some_and(|(_, fatal, _)| fatal) { Severity::Error } else { Severity::Warning };
    let named: Vec<String> =
        missing.iter().take(3).map(|node| format!("`{}`", name(interp, *node))).collect();
    let more = missing.len().saturating_sub(3);
    let who = if more > 0 { format!("{} and {more} others", named.join(", ")) } else { listed(&named) };
    let (message, label, help) = match outside {
        Some(target) => {
            let made = source::whole(interp.program, interp.trace.node(*target).span);
            (
                format!(
                    "the tape has not recorded the computation of its target: the gradient of {who} is `None`"
                ),
                Some(Label { span: made, text: "computed outside of the tape's `with` block".to_owned() }),
                "compute the loss inside of the `with` block; `tape.gradient` itself belongs behind it",
            )
        }
        None => (
            format!("the tape does not watch {who}: the gradient is `None`"),
            None,
            "a tape watches trainable variables by itself; a tensor has to be named: `tape.watch(x)`, before it is used. An \
             assignment such as `w = w - rate * g` makes a tensor of a variable: `w.assign_sub(rate * g)` keeps it",
        ),
    };
    let found = cx.report_as(severity, call, "gives `None`", message);
    found.labels.extend(label.filter(|label| label.span.start < label.span.end));
    found.help.push(help.to_owned());
    if let Some((exception, _, place)) = refused {
        let class = interp.exception_name(exception);
        let place = source::first_line(interp.program, source::whole(interp.program, place));
        if !place.contains(call) {
            found
                .labels
                .push(Label { span: place, text: format!("raises `{class}`: no variable has a gradient") });
        }
        cx.explains(exception);
    }
}

fn name(interp: &Interp<'_>, node: NodeId) -> String {
    let known = interp.trace.node(node);
    match known.source {
        Source::Variable(id) => interp.trace.variable(id).name.trim_end_matches(":0").to_owned(),
        _ => source::plain(interp.program, known.span).unwrap_or_else(|| "the tensor".to_owned()),
    }
}
