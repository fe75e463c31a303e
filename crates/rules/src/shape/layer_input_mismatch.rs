//! Layers called on tensors that they do not take.

use diagnostics::{Fix, Severity};
use graph::Source;
use interp::framework::history::Callee;
use ops::{Misfitting, Mistake};
use python::ast::Expr;

use crate::explain::made_at;
use crate::failure::Operand;
use crate::places::{call_of, layer_of};
use crate::repair::{add_keyword, safe};
use crate::{Check, Explanation, Failure, Group, Rule, source};

/// Finds layers that are called on tensors of another rank or size than they take.
pub(super) static LAYER_INPUT_MISMATCH: Rule = Rule {
    name: "layer-input-mismatch",
    group: Group::Shape,
    summary: "a layer is called on a tensor of another rank or size than it takes",
    severity: Severity::Error,
    page: include_str!("layer_input_mismatch.md"),
    check: Check::Failure(check),
};

fn check(failure: &Failure<'_>) -> Option<Explanation> {
    let Mistake::LayerInput { layer, misfit } = failure.mistake()? else { return None };
    let operands = failure.operands();
    let subject = match &operands[..] {
        [] => "its input".to_owned(),
        [one] if one.expression.is_none() => format!("its input {}", one.spec.shape),
        [one] => format!("`{}` {}", one.name, one.spec.shape),
        several => format!("{} tensors", several.len()),
    };
    let callee = failure.op();
    let kind = callee.split([' ', '.']).next().filter(|k| !k.is_empty() && *k != layer).unwrap_or("layer");
    let who = if kind == "layer" { format!("layer '{layer}'") } else { format!("{kind} layer '{layer}'") };
    let mut explanation = Explanation::new(format!("{who} cannot take {subject}: {}", worded(misfit)));
    for operand in &operands {
        explanation.notes.extend(removed_axis(failure, operand, misfit));
    }
    explanation.help.extend(advice(misfit));
    if let Some((help, fix)) = operands.first().and_then(|operand| sequences(failure, operand)) {
        explanation.help.push(help);
        explanation.fix = Some(fix);
    }
    if let Some(span) = call_of(failure.interp, layer)
        && !span.contains(failure.span())
        && !failure.span().contains(span)
    {
        let known = built_for(failure, layer);
        explanation = explanation.label(span, known.unwrap_or_else(|| "the layer is called here".to_owned()));
    }
    Some(explanation.operands(failure))
}

/// What does not fit, in plain words; the full shape is shown as a label.
pub(super) fn worded(misfit: &Misfitting) -> String {
    match misfit {
        Misfitting::Rank { want, got } => format!("it takes tensors of rank {want}, this one has rank {got}"),
        Misfitting::LowRank { least, got } => {
            format!("it takes tensors of rank {least} or more, this one has rank {got}")
        }
        Misfitting::HighRank { most, got } => {
            format!("it takes tensors of rank {most} or less, this one has rank {got}")
        }
        Misfitting::Size { axis, size } => format!("it was built for {size} elements at axis {axis}"),
        Misfitting::Other(problem) => problem.clone(),
    }
}

fn advice(misfit: &Misfitting) -> Option<String> {
    let Misfitting::Size { .. } = misfit else { return None };
    Some(
        "a layer's weights have the size of its first input: make a second layer for another size".to_owned(),
    )
}

/// What a layer was first called on, where that is not what it gets now.
fn built_for(failure: &Failure<'_>, layer: &str) -> Option<String> {
    let interp = failure.interp;
    let call = interp.keras_calls.iter().find(|call| match &call.callee {
        Callee::Layer(id) => interp.layer(*id).is_some_and(|state| &*state.name == layer),
        Callee::Op { .. } => false,
    })?;
    let input = interp.trace.node(*call.inputs.first()?);
    Some(format!("the layer was built here, for {}", input.spec.shape))
}

/// A recurrent layer that gives only its last step, in front of one that needs all.
fn sequences(failure: &Failure<'_>, operand: &Operand) -> Option<(String, Fix)> {
    let interp = failure.interp;
    let name = layer_of(interp, operand.node).or_else(|| made_by(failure, operand))?;
    let state = interp.layers().find(|state| *state.name == *name)?;
    let recurrent =
        matches!(state.decl?.name, "LSTM" | "GRU" | "SimpleRNN" | "RNN" | "Bidirectional" | "ConvLSTM2D");
    let call = source::call_at(interp.program, state.made)?;
    // Of a wrapper, the layer within it.
    let call = call.arguments.args.first().and_then(Expr::as_call_expr).unwrap_or(call);
    if !recurrent || call.arguments.find_keyword("return_sequences").is_some() {
        return None;
    }
    let help =
        format!("layer '{name}' gives only its last step: `return_sequences=True` makes it give all of them");
    let edit = add_keyword(interp.program, call, "return_sequences=True");
    Some((help, safe(format!("let layer '{name}' give all its steps"), vec![edit])))
}

/// The layer whose call made a KerasTensor.
fn made_by(failure: &Failure<'_>, operand: &Operand) -> Option<String> {
    let Source::LayerCall(call) = failure.interp.trace.node(operand.node).source else { return None };
    match &failure.interp.keras_calls.get(call as usize)?.callee {
        Callee::Layer(id) => failure.interp.layer(*id).map(|state| state.name.to_string()),
        Callee::Op { .. } => None,
    }
}

/// Says which call made the tensor, and which axes it took away.
fn removed_axis(failure: &Failure<'_>, operand: &Operand, misfit: &Misfitting) -> Option<String> {
    if !matches!(misfit, Misfitting::Rank { .. } | Misfitting::LowRank { .. } | Misfitting::HighRank { .. }) {
        return None;
    }
    let trace = &failure.interp.trace;
    let node = trace.node(operand.node);
    let Source::LayerCall(call) = node.source else { return None };
    let call = failure.interp.keras_calls.get(call as usize)?;
    let input = trace.node(*call.inputs.first()?);
    let (before, after) = (input.spec.shape.rank()?, node.spec.shape.rank()?);
    let (span, _) = made_at(failure, operand.node)?;
    let line = failure.program().line(span.start);
    if before <= after {
        return None;
    }
    let gone = before - after;
    let axes = if gone == 1 { "an axis".to_owned() } else { format!("{gone} axes") };
    Some(format!(
        "the call on line {line} takes {axes} away: {} becomes {}",
        input.spec.shape, node.spec.shape
    ))
}
