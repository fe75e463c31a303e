//! Where a size or a number of axes comes from: the call that gave it to a tensor.

use std::cmp::Ordering;

use diagnostics::Span;
use graph::{NodeId, Source};
use interp::Interp;
use tensor::{Dim, Shape};

use crate::failure::{Failure, Operand};
use crate::places::{call_of, layer_of, layer_that_made};
use crate::source;
use crate::wording::axes;

/// So many steps are followed back.
const MAX_STEPS: usize = 2000;

/// What is asked about a tensor.
#[derive(Clone, Copy)]
pub(crate) enum Aspect {
    /// Its size at an axis counted from the end, the last being 1.
    Size(usize),
    /// Its number of axes.
    Rank,
}

/// A call that changed a tensor.
pub(crate) struct Change {
    /// The call.
    pub span: Span,
    /// The shape of what it was given.
    pub before: Shape,
    /// The shape of what it gave.
    pub after: Shape,
    /// The layer that was called, if it was one.
    layer: Option<String>,
}

impl Change {
    /// Follows a tensor back to the call that made it what it is. `None` where it is so from its source on.
    pub(crate) fn of(interp: &Interp<'_>, node: NodeId, aspect: Aspect) -> Option<Change> {
        let trace = &interp.trace;
        let value = |node: NodeId| value(&trace.node(node).spec.shape, aspect);
        let wanted = value(node)?;
        let mut at = node;
        // Of a layer that is run, what it gave; its operations on the way say less.
        let (mut scope, mut given) = (trace.node(at).scope, at);
        for _ in 0..MAX_STEPS {
            if trace.node(at).scope != scope {
                (scope, given) = (trace.node(at).scope, at);
            }
            let made_of = inputs(interp, at);
            let own = matches!(aspect, Aspect::Size(1)) && has_own_size(interp, at);
            if let Some(same) = made_of.iter().find(|input| !own && value(**input) == Some(wanted)) {
                at = *same;
                continue;
            }
            let mut before = *made_of.first()?;
            let layer = layer_that_made(interp, at).or_else(|| layer_of(interp, at));
            let (span, whole) = place(interp, at, layer.as_deref())?;
            if whole {
                for _ in 0..MAX_STEPS {
                    match inputs(interp, before).first() {
                        Some(input) if trace.node(before).scope == scope => before = *input,
                        _ => break,
                    }
                }
            }
            let after = if whole { given } else { at };
            let shape = |node: NodeId| trace.node(node).spec.shape.clone();
            return Some(Change { span, before: shape(before), after: shape(after), layer });
        }
        None
    }

    /// Says what the call did, if it stands elsewhere than what is reported.
    pub(crate) fn told(&self, failure: &Failure<'_>, what: &str) -> Option<String> {
        let elsewhere = !failure.span().contains(self.span) && !self.span.contains(failure.span());
        let line = failure.program().line(self.span.start);
        elsewhere.then(|| match self.before == self.after {
            true => format!("{what} the call on line {line}"),
            false => format!("{what} the call on line {line}: {} becomes {}", self.before, self.after),
        })
    }

    /// Says how many axes the call added or took away.
    pub(crate) fn axes(&self, failure: &Failure<'_>) -> Option<String> {
        let (before, after) = (self.before.rank()?, self.after.rank()?);
        let some = |count: usize| if count == 1 { "an axis".to_owned() } else { axes(count) };
        let line = failure.program().line(self.span.start);
        let done = match before.cmp(&after) {
            Ordering::Greater => format!("takes {} away", some(before - after)),
            Ordering::Less => format!("adds {}", some(after - before)),
            Ordering::Equal => return None,
        };
        Some(format!("the call on line {line} {done}: {} becomes {}", self.before, self.after))
    }

    /// Tells whether a known size became half or less, as by strides.
    fn halves(&self) -> bool {
        let (Some(before), Some(after)) = (self.before.dims(), self.after.dims()) else { return true };
        before.iter().zip(after).skip(1).any(|pair| match pair {
            (Dim::Known(before), Dim::Known(after)) => after.saturating_mul(2) <= before.saturating_add(1),
            _ => false,
        })
    }

    /// Tells whether a window without padding took the size away.
    fn shrinks(&self, interp: &Interp<'_>) -> bool {
        let Some(layer) = &self.layer else { return false };
        let state = interp.layers().find(|state| *state.name == **layer);
        let kind = state.and_then(|state| state.decl).map_or("", |decl| decl.name);
        let slides = kind.contains("Conv") && !kind.contains("Transpose") && !kind.contains("LSTM");
        let pools = kind.contains("Pooling") && !kind.contains("Global");
        (slides || pools && !self.halves()) && self.before.rank() == self.after.rank()
    }
}

/// The arguments by which a layer is given the size of its result's last axis.
const SIZES: [&str; 3] = ["units", "filters", "output_dim"];

/// Tells whether a layer's call made a tensor and gave it a last axis of its own, of whatever size its input's was.
fn has_own_size(interp: &Interp<'_>, node: NodeId) -> bool {
    let made = layer_that_made(interp, node);
    let state = made.and_then(|name| interp.layers().find(|state| *state.name == *name));
    state.is_some_and(|state| {
        // A `Bidirectional` has the size that its recurrent layer is given.
        let wraps = state.decl.is_some_and(|decl| decl.name == "Bidirectional");
        wraps || state.config.iter().any(|(name, _)| SIZES.contains(&&**name))
    })
}

/// What is asked of a shape: nothing where it is not known.
fn value(shape: &Shape, aspect: Aspect) -> Option<i64> {
    let dims = shape.dims()?;
    match aspect {
        Aspect::Rank => Some(dims.len() as i64),
        Aspect::Size(from_end) => dims.len().checked_sub(from_end).and_then(|at| dims.get(at))?.known(),
    }
}

/// What a tensor was made of: of a layer's result, the layer's inputs.
fn inputs(interp: &Interp<'_>, node: NodeId) -> Vec<NodeId> {
    let node = interp.trace.node(node);
    let call = match node.source {
        Source::LayerCall(call) => interp.keras_calls.get(call as usize),
        _ => None,
    };
    match call {
        Some(call) => call.inputs.to_vec(),
        None => node.inputs.iter().map(|(input, _)| *input).collect(),
    }
}

/// Where the script makes a tensor, or the layer's call of what a run computes in a layer, with `true`.
fn place(interp: &Interp<'_>, node: NodeId, layer: Option<&str>) -> Option<(Span, bool)> {
    let noted = interp.trace.node(node).span;
    let span = source::whole(interp.program, noted);
    let runs = source::callee(interp.program, noted).is_some_and(|callee| source::is_run(&callee));
    if span.start < span.end && !runs {
        return Some((span, false));
    }
    Some((call_of(interp, layer?)?, true))
}

/// Says of operands that differ at an axis which calls made them so, and what keeps sizes as they are.
pub(super) fn sizes(
    failure: &Failure<'_>,
    operands: &[&Operand],
    from_end: usize,
) -> (Vec<String>, Option<String>) {
    let interp = failure.interp;
    let mut notes = Vec::new();
    let mut help = None;
    for operand in operands {
        let Some(Dim::Known(size)) = operand.spec.shape.dim(-(from_end as i64)) else { continue };
        let Some(change) = Change::of(interp, operand.node, Aspect::Size(from_end)) else { continue };
        if change.shrinks(interp) {
            help = Some(
                "a convolution or pooling with `padding=\"same\"` keeps the sizes (with strides of 1)"
                    .to_owned(),
            );
        }
        let what = format!("the {size} of `{}` comes from", operand.name);
        notes.extend(change.told(failure, &what).filter(|note| !notes.contains(note)));
    }
    (notes, help)
}
