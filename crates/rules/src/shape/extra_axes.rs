//! Which layer leaves a sample more axes than were meant: all steps of a sequence, all places of a picture.

use diagnostics::{Edit, Fix};
use graph::NodeId;
use interp::Interp;
use interp::framework::layer::LayerState;
use python::Ranged;
use python::ast::{Expr, ExprCall};

use crate::places::{calls_named, layer_of, layer_that_made};
use crate::repair::{replace, risky};
use crate::source;

/// So many layers are followed back.
const MAX_LAYERS: usize = 64;

/// What takes the axes away.
pub(super) struct ExtraAxes {
    /// What to do.
    pub help: String,
    /// The repair, where it is one word.
    pub fix: Option<Fix>,
}

/// Follows a tensor back to the layer that left it the axes. `None` where no layer's habit explains them.
pub(super) fn left_by(interp: &Interp<'_>, node: NodeId) -> Option<ExtraAxes> {
    let mut at = node;
    for _ in 0..MAX_LAYERS {
        let rank = interp.trace.node(at).spec.shape.rank().filter(|rank| *rank > 2)?;
        let name = layer_that_made(interp, at).or_else(|| layer_of(interp, at))?;
        let (state, call) = calls_named(interp, &name).next()?;
        if let Some(found) = habit(interp, state, rank) {
            return Some(found);
        }
        at = *call.inputs.first()?;
    }
    None
}

/// What is known of a layer that gives something for each step or place: so many axes.
fn habit(interp: &Interp<'_>, state: &LayerState, rank: usize) -> Option<ExtraAxes> {
    let line = interp.program.line(source::whole(interp.program, state.made).start);
    let name = &state.name;
    if is_recurrent(state) {
        let help = format!(
            "layer '{name}' on line {line} gives all its steps: without `return_sequences=True` it gives only the last, one \
             row for each sample"
        );
        let title = format!("let layer '{name}' give only its last step");
        let fix = all_steps_written(interp, state).map(|edit| risky(title, vec![edit]));
        return Some(ExtraAxes { help, fix });
    }
    let kind = state.decl.map_or("", |decl| decl.name);
    let slides = ["Conv", "Pooling", "UpSampling"].iter().any(|part| kind.contains(part));
    let tokens = matches!(kind, "Embedding" | "MultiHeadAttention" | "Attention" | "AdditiveAttention");
    let what = if state.model.is_some() { "model" } else { "layer" };
    (slides || tokens || state.model.is_some()).then(|| ExtraAxes {
        help: format!(
            "`Flatten()` or `GlobalAveragePooling{}D()` behind {what} '{name}' on line {line} makes one row of each sample",
            rank - 2
        ),
        fix: None,
    })
}

/// Tells whether a layer goes through a sequence step by step, and so can give all steps or the last.
pub(super) fn is_recurrent(state: &LayerState) -> bool {
    const RECURRENT: [&str; 6] = ["LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional", "ConvLSTM2D"];
    state.decl.is_some_and(|decl| RECURRENT.contains(&decl.name))
}

/// The call that makes a recurrent layer; of a wrapper, the one that makes the layer within it.
pub(super) fn recurrent_call<'a>(interp: &Interp<'a>, state: &LayerState) -> Option<&'a ExprCall> {
    let call = source::call_at(interp.program, state.made)?;
    Some(call.arguments.args.first().and_then(Expr::as_call_expr).unwrap_or(call))
}

/// The `True` of `return_sequences=True` in the call that makes a layer.
fn all_steps_written(interp: &Interp<'_>, state: &LayerState) -> Option<Edit> {
    let value = &recurrent_call(interp, state)?.arguments.find_keyword("return_sequences")?.value;
    value.is_boolean_literal_expr().then(|| replace(python::span(value.range()), "False"))
}
