//! Which tensors the lines of a script give.

use diagnostics::Span;
use graph::{NodeId, ScopeId, Source};
use indexmap::IndexMap;
use interp::Interp;
use rustc_hash::FxBuildHasher;
use tensor::TensorSpec;

use super::{Body, Computed};

/// Scopes do not nest deeper than this.
const MAX_DEPTH: usize = 64;
/// Methods that give no tensor, though they make some on their way.
const NO_VALUE: &[&str] =
    &["fit", "evaluate", "compile", "summary", "save", "train_on_batch", "test_on_batch", "add", "build"];

/// The expressions of one frame with the specs that they gave.
type Frame = IndexMap<Span, Vec<TensorSpec>, FxBuildHasher>;

/// Returns what the script's own lines give, and what the functions that its layers run give.
pub(super) fn of(interp: &Interp<'_>) -> (Vec<Computed>, Vec<Body>) {
    let mut frames: IndexMap<ScopeId, Frame, FxBuildHasher> = IndexMap::default();
    let mut last: Option<(ScopeId, Span)> = None;
    for id in (0..interp.trace.len()).filter_map(|id| u32::try_from(id).ok()).map(NodeId) {
        let node = interp.trace.node(id);
        let scope = frame_of(interp, node.scope, node.span);
        // What a function is called on was made by an expression elsewhere.
        if scope != ScopeId::default() && matches!(node.source, Source::Input) {
            continue;
        }
        let specs = frames.entry(scope).or_default().entry(node.span).or_default();
        // Of the operations that one evaluation of an expression is made of, the last is its value.
        if last == Some((scope, node.span)) {
            specs.pop();
        }
        specs.push(node.spec.clone());
        last = Some((scope, node.span));
    }
    let mut values = Vec::new();
    let mut bodies: Vec<Body> = Vec::new();
    for (scope, frame) in frames {
        let computed = outermost(interp, frame);
        match interp.trace.scope(scope) {
            None => values = computed,
            Some(_) if computed.is_empty() => {}
            Some(known) => {
                // A loss of the script's own has a name only.
                let (class, layer) = known.label.split_once(" '").unwrap_or(("Function", &known.label));
                let layer = layer.trim_end_matches('\'');
                let same = |body: &&mut Body| body.layer == layer && body.values == computed;
                match bodies.iter_mut().find(same) {
                    Some(body) if body.calls.contains(&known.span) => {}
                    Some(body) => body.calls.push(known.span),
                    None => bodies.push(Body {
                        layer: layer.to_owned(),
                        class: class.to_owned(),
                        calls: vec![known.span],
                        values: computed,
                    }),
                }
            }
        }
    }
    (values, bodies)
}

/// Returns the call whose code the expression stands in: what a layer of Keras' own computes counts for
/// the expression that calls it.
fn frame_of(interp: &Interp<'_>, mut scope: ScopeId, span: Span) -> ScopeId {
    for _ in 0..MAX_DEPTH {
        match interp.trace.scope(scope) {
            Some(known) if known.span == span => scope = known.parent,
            _ => break,
        }
    }
    scope
}

/// Returns the expressions that are no part of another, in the order of their place.
fn outermost(interp: &Interp<'_>, frame: Frame) -> Vec<Computed> {
    let wanted = |span: &Span| span.start < span.end && !gives_nothing(interp, *span);
    let mut found: Vec<Computed> = frame
        .into_iter()
        .map(|(span, specs)| (rules::whole_expression(interp.program, span), specs))
        .filter(|(span, _)| wanted(span))
        .map(|(span, specs)| Computed { span, specs: distinct(specs) })
        .collect();
    // The longer of two that begin alike comes first, so that what is inside follows it.
    found.sort_by_key(|computed| (computed.span.start, std::cmp::Reverse(computed.span.end)));
    let mut outer: Vec<Computed> = Vec::new();
    for computed in found {
        if !outer.last().is_some_and(|known| known.span.contains(computed.span)) {
            outer.push(computed);
        }
    }
    outer
}

fn distinct(specs: Vec<TensorSpec>) -> Vec<TensorSpec> {
    let mut out: Vec<TensorSpec> = Vec::new();
    for spec in specs {
        if !out.contains(&spec) {
            out.push(spec);
        }
    }
    out
}

/// Tells whether an expression is a call of a method that gives no tensor.
fn gives_nothing(interp: &Interp<'_>, span: Span) -> bool {
    let text = interp.program.text(span);
    let callee = text.split_once('(').map_or("", |(callee, _)| callee);
    callee.rsplit_once('.').is_some_and(|(_, name)| NO_VALUE.contains(&name.trim()))
}
