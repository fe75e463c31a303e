//! Layers called on tensors that they do not take.

use diagnostics::{Fix, Label, Severity, Span};
use ops::{Misfitting, Mistake};
use python::Ranged;
use tensor::Dim;

use crate::failure::Operand;
use crate::places::{call_of, calls_named, layer_of, layer_that_made};
use crate::repair::{add_keyword, safe};
use crate::wording::axes;
use crate::{Check, Explanation, Failure, Group, Rule};

use super::extra_axes::{is_recurrent, recurrent_call};
use super::whence::{Aspect, Change};

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
        explanation.notes.extend(whence(failure, operand, misfit));
    }
    explanation.help.extend(advice(misfit));
    if let Some(lost) = operands.first().and_then(|operand| sequences(failure, operand)) {
        explanation.help.push(lost.help);
        explanation.fix = lost.fix;
        explanation.labels.extend(lost.written.map(|span| Label { span, text: "not true here".to_owned() }));
    }
    if explanation.help.is_empty()
        && let Some(operand) = operands.first()
    {
        explanation.help.extend(rank_advice(failure, operand, misfit));
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

/// What to do about a number of axes.
fn rank_advice(failure: &Failure<'_>, operand: &Operand, misfit: &Misfitting) -> Option<String> {
    let (want, got) = match misfit {
        Misfitting::Rank { want: other, got }
        | Misfitting::LowRank { least: other, got }
        | Misfitting::HighRank { most: other, got } => (*other, *got),
        Misfitting::Size { .. } | Misfitting::Other(_) => return None,
    };
    let change = Change::of(failure.interp, operand.node, Aspect::Rank);
    let before = change.as_ref().and_then(|change| Some((change, change.before.rank()?)));
    if got > want {
        return Some(match before {
            Some((change, before)) if before == want => {
                format!("call the layer on what that call is given, {}", change.before)
            }
            _ => "`keras.layers.Flatten()` makes one axis of all but the batch, a global pooling or a reduction takes axes \
                  away, `keras.layers.TimeDistributed` calls a layer for each step"
                .to_owned(),
        });
    }
    Some(match before {
        Some((change, before)) if before >= want => format!(
            "call the layer on what that call is given, {}, or keep the axis there: a reduction does with `keepdims=True`",
            change.before
        ),
        _ => format!(
            "`keras.layers.Reshape` or `expand_dims` adds axes; where the data has them, `Input` has to say so: {} beside \
             the batch",
            axes(want.saturating_sub(1))
        ),
    })
}

/// What a layer was first called on, where that is not what it gets now.
fn built_for(failure: &Failure<'_>, layer: &str) -> Option<String> {
    let interp = failure.interp;
    let (_, call) = calls_named(interp, layer).next()?;
    let input = interp.trace.node(*call.inputs.first()?);
    Some(format!("the layer was built here, for {}", input.spec.shape))
}

/// A recurrent layer that gives only its last step.
struct LastStep {
    /// What to do.
    help: String,
    /// The repair, where nothing is said of it yet.
    fix: Option<Fix>,
    /// The value of `return_sequences` that is written.
    written: Option<Span>,
}

/// A recurrent layer that gives only its last step, in front of one that needs all.
fn sequences(failure: &Failure<'_>, operand: &Operand) -> Option<LastStep> {
    let interp = failure.interp;
    let name = layer_that_made(interp, operand.node).or_else(|| layer_of(interp, operand.node))?;
    let state = interp.layers().find(|state| *state.name == *name)?;
    if !is_recurrent(state) {
        return None;
    }
    let call = recurrent_call(interp, state)?;
    let help =
        format!("layer '{name}' gives only its last step: `return_sequences=True` makes it give all of them");
    if let Some(keyword) = call.arguments.find_keyword("return_sequences") {
        let value = &keyword.value;
        let written = (!value.is_boolean_literal_expr()).then(|| python::span(value.range()));
        return Some(LastStep { help, fix: None, written });
    }
    let edit = add_keyword(interp.program, call, "return_sequences=True");
    let fix = safe(format!("let layer '{name}' give all its steps"), vec![edit]);
    Some(LastStep { help, fix: Some(fix), written: None })
}

/// Says which call took axes of the tensor away, or gave it the size that does not fit.
fn whence(failure: &Failure<'_>, operand: &Operand, misfit: &Misfitting) -> Option<String> {
    match misfit {
        Misfitting::Size { axis, .. } => {
            let rank = operand.spec.shape.rank()?;
            let from_end =
                if *axis < 0 { axis.unsigned_abs() as usize } else { rank.checked_sub(*axis as usize)? };
            let Dim::Known(size) = operand.spec.shape.dim(-(from_end as i64))? else { return None };
            let change = Change::of(failure.interp, operand.node, Aspect::Size(from_end))?;
            change.told(failure, &format!("the {size} at axis {axis} comes from"))
        }
        Misfitting::Rank { .. } | Misfitting::LowRank { .. } | Misfitting::HighRank { .. } => {
            Change::of(failure.interp, operand.node, Aspect::Rank)?.axes(failure)
        }
        Misfitting::Other(_) => None,
    }
}
