//! Square roots whose gradient is NaN at zero.

use diagnostics::{Fix, Severity, Span};
use graph::{Node, NodeId, Source};
use interp::Interp;
use ops::TensorKind;
use python::Ranged;

use crate::repair::{safe, wrap};
use crate::{Check, Context, Group, Rule, source};

/// Finds Euclidean distances without a guard at zero.
pub(super) static NAN_GRADIENT: Rule = Rule {
    name: "nan-gradient",
    group: Group::Gradient,
    summary: "the gradient of a square root is infinite at zero, which a distance can be",
    severity: Severity::Warning,
    page: include_str!("nan_gradient.md"),
    check: Check::Script(check),
};

fn check(interp: &Interp<'_>, cx: &mut Context<'_>) {
    let count = u32::try_from(interp.trace.len()).unwrap_or(u32::MAX);
    let mut done: Vec<Span> = Vec::new();
    for id in (0..count).map(NodeId) {
        let node = interp.trace.node(id);
        if let Some((distance, function)) = root(interp, node) {
            let span = source::whole(interp.program, node.span);
            let written =
                source::callee(interp.program, node.span).is_some_and(|callee| callee.ends_with(function));
            if !done.contains(&span) && written {
                done.push(span);
                report(interp, cx, span, distance);
            }
        }
    }
}

/// The difference whose length a node is, and the function that is written for it: `sqrt(sum(square(a - b)))`,
/// `tf.norm(a - b)`.
fn root(interp: &Interp<'_>, node: &Node) -> Option<(NodeId, &'static str)> {
    if is(node, &["sqrt"]) {
        return Some((distance(interp, node)?, "sqrt"));
    }
    // Outside of a model, a length is mostly that of an error that is shown.
    if !matches!(node.kind, TensorKind::Graph | TensorKind::Keras) {
        return None;
    }
    // Of other orders, the length is another one.
    let call = is(node, &["norm"]).then(|| source::call_at(interp.program, node.span))??;
    let plain = call.arguments.args.len() < 2 && call.arguments.find_keyword("ord").is_none();
    let (vector, _) = node.inputs.first().filter(|_| plain)?;
    of_two(interp, interp.trace.node(*vector)).then_some((*vector, "norm"))
}

/// Tells whether a node is the difference of two tensors, which may be equal.
fn of_two(interp: &Interp<'_>, node: &Node) -> bool {
    let constant = |input: &NodeId| matches!(interp.trace.node(*input).source, Source::Constant);
    is(node, &["subtract"]) && node.inputs.len() == 2 && !node.inputs.iter().any(|(input, _)| constant(input))
}

/// The difference of which a root takes the sum of squares, with nothing added.
fn distance(interp: &Interp<'_>, root: &Node) -> Option<NodeId> {
    let trace = &interp.trace;
    let one = |node: &Node| node.inputs.first().map(|(input, _)| *input);
    let sum = trace.node(one(root)?);
    if !is(sum, &["sum", "reduce_sum", "mean"]) {
        return None;
    }
    let square = trace.node(one(sum)?);
    let squared = match square.source {
        Source::Op(op) if op.name == "square" => one(square)?,
        Source::Op(op) if op.name == "multiply" => {
            let first = one(square)?;
            square.inputs.iter().all(|(input, _)| *input == first).then_some(first)?
        }
        Source::Op(op) if matches!(op.name, "pow" | "power") => one(square)?,
        _ => return None,
    };
    of_two(interp, trace.node(squared)).then_some(squared)
}

fn is(node: &Node, names: &[&str]) -> bool {
    matches!(node.source, Source::Op(op) if names.contains(&op.name))
}

fn report(interp: &Interp<'_>, cx: &mut Context<'_>, span: Span, difference: NodeId) {
    let message = "where the two are equal this root is of zero, and its gradient NaN";
    let found = cx.report(span, "the slope at 0 is infinite", message);
    let made = source::whole(interp.program, interp.trace.node(difference).span);
    if !span.contains(made) && made.start < made.end {
        found.labels.push(diagnostics::Label { span: made, text: "can be all zeros".to_owned() });
    }
    found.notes.push(
        "infinity times the zero slope of the square is NaN; one such sample makes every weight NaN, and the loss with \
         them"
            .to_owned(),
    );
    found.fix = fix(interp, span);
    found
        .help
        .push("keep the root off zero: `sqrt(maximum(sum, epsilon))`, or `sqrt(sum + epsilon)`".to_owned());
}

/// Keeps the root off zero, with the functions of the module that the root is of.
fn fix(interp: &Interp<'_>, span: Span) -> Option<Fix> {
    let call = source::call_at(interp.program, span)?;
    let [argument] = &call.arguments.args[..] else { return None };
    let callee = interp.program.text(python::span(call.func.range()));
    let module = callee.strip_suffix(".sqrt")?.trim_end_matches(".math");
    let edits = wrap(python::span(argument.range()), &format!("{module}.maximum("), ", 1e-7)");
    Some(safe("keep the root off zero", edits))
}
