//! Variables that no gradient reaches, and the operation that stops it.

use diagnostics::{Label, Severity, Span};
use graph::{NodeId, Source};
use interp::Interp;
use interp::heap::ObjId;
use interp::record::GradientStatus;
use ops::Flow;

use super::path::{Asked, Place, Way, Ways, layers, place};
use super::refusals;
use crate::places::{call_of, owner};
use crate::wording::listed;
use crate::{Check, Context, Group, Rule, source};

/// Finds variables that no gradient reaches.
pub(super) static GRADIENT_CUT: Rule = Rule {
    name: "gradient-cut",
    group: Group::Gradient,
    summary: "no gradient reaches a variable: an operation on the way hands none on",
    severity: Severity::Error,
    page: include_str!("gradient_cut.md"),
    check: Check::Script(check),
};

/// Variables behind one operation.
struct Cut {
    /// The operation; nothing where the target is not computed from the variables at all.
    stop: Option<NodeId>,
    way: Option<Way>,
    variables: Vec<String>,
    /// Where gradients are asked for, and whether others arrive there.
    asked: Vec<(Span, bool)>,
    tape: bool,
}

fn check(interp: &Interp<'_>, cx: &mut Context<'_>) {
    let mut cuts: Vec<Cut> = Vec::new();
    for event in &interp.events {
        let Some(Asked { span, targets, sources, status, tape }) = Asked::of(interp, event) else { continue };
        if !status.contains(&GradientStatus::None) {
            continue;
        }
        let ways = Ways::from(interp, &targets);
        let partly = status.iter().any(|s| *s != GradientStatus::None);
        for (source, status) in sources.iter().zip(status) {
            if *status == GradientStatus::None {
                add(interp, &mut cuts, (&ways, *source), (span, partly, tape));
            }
        }
    }
    for cut in &cuts {
        report(interp, cx, cut);
    }
}

fn add(
    interp: &Interp<'_>,
    cuts: &mut Vec<Cut>,
    (ways, source): (&Ways<'_>, NodeId),
    (span, partly, tape): (Span, bool, bool),
) {
    let way = ways.to(source, Flow::None);
    let stop = way.as_ref().and_then(|w| w.stop.and_then(|at| w.nodes.get(at)).copied());
    if way.is_some() && stop.is_none() {
        // A tape that does not follow the source; that is about the tape and not about an operation.
        return;
    }
    let name = name_of(interp, source);
    let same = |cut: &&mut Cut| match (cut.stop, stop) {
        (Some(a), Some(b)) => interp.trace.node(a).span == interp.trace.node(b).span,
        (None, None) => cut.asked.first().is_some_and(|(known, _)| *known == span),
        _ => false,
    };
    match cuts.iter_mut().find(same) {
        Some(cut) => {
            if !cut.variables.contains(&name) {
                cut.variables.push(name);
            }
            if !cut.asked.iter().any(|(known, _)| *known == span) {
                cut.asked.push((span, partly));
            }
        }
        None => cuts.push(Cut { stop, way, variables: vec![name], asked: vec![(span, partly)], tape }),
    }
}

fn name_of(interp: &Interp<'_>, node: NodeId) -> String {
    let known = interp.trace.node(node);
    match known.source {
        Source::Variable(id) => interp.trace.variable(id).name.trim_end_matches(":0").to_owned(),
        _ => source::plain(interp.program, known.span).unwrap_or_else(|| "the tensor".to_owned()),
    }
}

fn report(interp: &Interp<'_>, cx: &mut Context<'_>, cut: &Cut) {
    let quoted: Vec<String> = cut.variables.iter().map(|name| format!("`{name}`")).collect();
    let shown = if quoted.len() > 4 {
        format!("{} and {} others", quoted[..3].join(", "), quoted.len() - 3)
    } else {
        listed(&quoted)
    };
    let raised: Vec<(ObjId, bool)> = cut
        .asked
        .iter()
        .filter_map(|(span, partly)| if *partly { None } else { refusal(interp, *span, cut.tape) })
        .collect();
    let fatal = raised.iter().any(|(_, fatal)| *fatal);
    let severity = if fatal { Severity::Error } else { Severity::Warning };
    for (exception, _) in &raised {
        cx.explains(*exception);
    }
    match (cut.stop, &cut.way) {
        (Some(stop), Some(way)) => {
            let place = place(interp, stop);
            let message = format!("no gradient reaches {shown}: it stops at {}", place.name);
            let found = cx.report_as(severity, place.span, "the gradient ends here", message);
            found.labels.extend(owners(interp, cut, &place));
            found.labels.extend(asked(interp, cut, &raised));
            found.notes.extend(drawn(interp, way, &place, &cut.variables, cut.tape));
            found.help.extend(advice(interp, stop, &place));
        }
        _ => {
            let Some((span, _)) = cut.asked.first() else { return };
            let target = if cut.tape { "the target" } else { "the loss" };
            let message = format!("no gradient reaches {shown}: {target} is not computed from it");
            let place = source::first_line(interp.program, source::whole(interp.program, *span));
            let found = cx.report_as(severity, place, "asked for here", message);
            found.labels.extend(owners(
                interp,
                cut,
                &Place { span: place, name: String::new(), written: true },
            ));
            found.help.push(
                "use its layer on the way from the inputs to the loss, or leave it out of what is trained"
                    .to_owned(),
            );
        }
    }
}

/// The calls that ask for the gradients, and what they raise.
fn asked(interp: &Interp<'_>, cut: &Cut, raised: &[(ObjId, bool)]) -> Vec<Label> {
    let text = |span: Span, partly: bool| {
        let refused =
            raised.iter().find(|(id, _)| interp.exception(*id).is_some_and(|state| state.span == span));
        match refused {
            Some((id, _)) => format!("raises `{}`", interp.exception_name(*id)),
            None if cut.tape => "gives `None`".to_owned(),
            None if partly => "trains all but these".to_owned(),
            None => "trains nothing".to_owned(),
        }
    };
    let label = |(span, partly): &(Span, bool)| Label {
        span: source::first_line(interp.program, source::whole(interp.program, *span)),
        text: text(*span, *partly),
    };
    cut.asked.iter().take(3).map(label).collect()
}

/// The layers that go without.
fn owners(interp: &Interp<'_>, cut: &Cut, stop: &Place) -> Vec<Label> {
    let mut out: Vec<Label> = Vec::new();
    for name in cut.variables.iter().take(8) {
        let Some(span) = owner(name).and_then(|layer| call_of(interp, layer)) else { continue };
        if span.contains(stop.span) || out.iter().any(|label| label.span == span) {
            continue;
        }
        out.push(Label { span, text: "gets no gradient".to_owned() });
    }
    out
}

/// The gradient's way in words: `loss -> 'head' -> K.round (ends here) -> 'encoder' -> encoder/kernel`.
fn drawn(interp: &Interp<'_>, way: &Way, place: &Place, variables: &[String], tape: bool) -> Option<String> {
    let stop = way.stop?;
    let before = layers(interp, &way.nodes[..stop]);
    let after = layers(interp, &way.nodes[stop + 1..]);
    let own = crate::places::layer_of(interp, *way.nodes.get(stop)?);
    let quoted =
        |names: Vec<String>| names.into_iter().filter(|n| Some(n) != own.as_ref()).map(|n| format!("'{n}'"));
    let mut steps: Vec<String> = vec![if tape { "the target" } else { "the loss" }.to_owned()];
    steps.extend(quoted(before));
    let line = interp.program.line(place.span.start);
    steps.push(match &own {
        Some(layer) if place.written => format!("{} in '{layer}' (line {line}), where it ends", place.name),
        _ => format!("{} (line {line}), where it ends", place.name),
    });
    steps.extend(quoted(after));
    steps.extend(variables.first().map(|name| format!("`{name}`")));
    Some(format!("the gradient's way back: {}", steps.join(" -> ")))
}

/// The exception that is raised because every gradient is `None`: by `fit` on its own line, behind a tape
/// by the optimizer.
fn refusal(interp: &Interp<'_>, span: Span, tape: bool) -> Option<(ObjId, bool)> {
    let line = interp.program.line(span.start);
    let found =
        refusals(interp).into_iter().rfind(|(_, _, at)| tape || interp.program.line(at.start) == line);
    found.map(|(exception, fatal, _)| (exception, fatal))
}

/// What to write instead of an operation that hands no gradient on.
fn advice(interp: &Interp<'_>, stop: NodeId, place: &Place) -> Vec<String> {
    let node = interp.trace.node(stop);
    let Source::Op(op) = node.source else {
        return vec!["compute it with operations of the framework, which have gradients".to_owned()];
    };
    let call = place.name.trim_matches('`').to_owned();
    let straight = |call: &str| {
        vec![
            format!(
                "to round forward and train as if nothing were rounded (straight through): `x + tf.stop_gradient({call}(x) \
                 - x)`, or a function under `@tf.custom_gradient` that returns `upstream` as its gradient"
            ),
            "or a smooth function in its place, such as a steep `sigmoid`".to_owned(),
        ]
    };
    match op.name {
        "round" | "rint" | "floor" | "ceil" | "trunc" | "floordiv" | "floor_divide" => straight(&call),
        "argmax" | "argmin" | "argsort" | "top_k" | "one_hot" => vec![
            "an index has no gradient; a soft choice has one: `softmax(x * sharpness)` as weights over the positions"
                .to_owned(),
        ],
        "greater" | "greater_equal" | "less" | "less_equal" | "equal" | "not_equal" | "sign" => vec![
            "a comparison is a step, whose gradient is nowhere; a steep `sigmoid((x - limit) * sharpness)` is a soft one"
                .to_owned(),
        ],
        "cast" => vec![
            "only floats have gradients: keep the tensor a float, or let the gradient through by hand with \
             `@tf.custom_gradient`"
                .to_owned(),
        ],
        "stop_gradient" | "backend_stop_gradient" => {
            vec!["leave `stop_gradient` out if what is behind it is to be trained".to_owned()]
        }
        name if name.contains("numpy_function") || name.contains("py_func") => vec![
            "TensorFlow cannot see into Python code: write it with tensor operations, or give it a gradient with \
             `@tf.custom_gradient`"
                .to_owned(),
        ],
        _ => vec![
            "use an operation that has a gradient, or say what the gradient is to be with `@tf.custom_gradient`"
                .to_owned(),
        ],
    }
}
