//! The way of a gradient from a target to what it is asked for, and where it is lost.

use std::collections::BinaryHeap;

use diagnostics::Span;
use graph::{NodeId, ScopeId, Source, VariableId};
use interp::Interp;
use interp::events::Event;
use interp::record::GradientStatus;
use ops::Flow;
use rustc_hash::FxHashMap;

use crate::places::{call_of, layer_of};
use crate::source;

/// Gradients that a script asks for, of `fit` or of a tape.
pub(super) struct Asked<'a> {
    /// The call.
    pub(super) span: Span,
    /// What is differentiated.
    pub(super) targets: Vec<NodeId>,
    /// By what: variables, for a tape also other tensors.
    pub(super) sources: Vec<NodeId>,
    /// What becomes of each one's gradient.
    pub(super) status: &'a [GradientStatus],
    /// Whether a tape is asked.
    pub(super) tape: bool,
}

impl<'a> Asked<'a> {
    /// Reads an event; nothing where it asks for no gradients.
    pub(super) fn of(interp: &Interp<'_>, event: &'a Event) -> Option<Asked<'a>> {
        match event {
            Event::Fit { span, loss, variables, status, .. } => {
                let node = |v: &VariableId| interp.trace.variable(*v).node;
                let sources = variables.iter().map(node).collect();
                Some(Asked { span: *span, targets: vec![*loss], sources, status, tape: false })
            }
            Event::Tape { span, targets, sources, status, .. } => {
                let (targets, sources) = (targets.clone(), sources.clone());
                Some(Asked { span: *span, targets, sources, status, tape: true })
            }
            _ => None,
        }
    }
}

/// The way of a gradient, from the target to the source.
pub(super) struct Way {
    /// The nodes in order.
    pub nodes: Vec<NodeId>,
    /// Where in `nodes` the op is that hands no gradient, or only zeros, on.
    pub stop: Option<usize>,
}

/// The best ways from targets back to all that they are computed from.
pub(super) struct Ways<'a> {
    interp: &'a Interp<'a>,
    /// What arrives at a node, and the user by whom it comes.
    best: FxHashMap<NodeId, (Flow, Option<NodeId>)>,
}

impl<'a> Ways<'a> {
    /// Walks back from targets, once for all sources.
    pub(super) fn from(interp: &'a Interp<'a>, targets: &[NodeId]) -> Ways<'a> {
        // Ids grow from inputs to outputs, so the largest id first visits every node after its users. A node
        // is reached best by the user on whose way most passes.
        let mut best: FxHashMap<NodeId, (Flow, Option<NodeId>)> = FxHashMap::default();
        let mut heap: BinaryHeap<NodeId> = BinaryHeap::new();
        for target in targets {
            best.insert(*target, (Flow::Ok, None));
            heap.push(*target);
        }
        while let Some(id) = heap.pop() {
            let arrived = best.get(&id).map_or(Flow::None, |(flow, _)| *flow);
            for (input, passes) in &interp.trace.node(id).inputs {
                let through = arrived.then(*passes);
                match best.get_mut(input) {
                    Some(known) if known.0 < through => *known = (through, Some(id)),
                    Some(_) => {}
                    None => {
                        best.insert(*input, (through, Some(id)));
                        heap.push(*input);
                    }
                }
            }
        }
        Ways { interp, best }
    }

    /// Finds the way to a source that gets furthest, and its first step where no more than `flow` is handed on;
    /// nothing where the targets are not computed from the source.
    pub(super) fn to(&self, source: NodeId, flow: Flow) -> Option<Way> {
        let trace = &self.interp.trace;
        let mut nodes = vec![source];
        let mut at = self.best.get(&source)?.1;
        while let Some(id) = at {
            nodes.push(id);
            at = self.best.get(&id).and_then(|(_, user)| *user);
        }
        nodes.reverse();
        let stop = nodes.windows(2).position(|pair| {
            let inputs = &trace.node(pair[0]).inputs;
            inputs.iter().filter(|(input, _)| *input == pair[1]).all(|(_, passes)| *passes <= flow)
        });
        Some(Way { stop: stop.map(|at| deepest(self.interp, &nodes, at)), nodes })
    }
}

/// An index has no gradient because it is an integer: what made one of a float is to blame, `argmax` and not
/// the `gather` behind it.
fn deepest(interp: &Interp<'_>, nodes: &[NodeId], stop: usize) -> usize {
    let integral = |at: &&NodeId| interp.trace.node(**at).spec.dtype.is_some_and(|d| !d.is_differentiable());
    stop + nodes.get(stop + 1..).unwrap_or_default().iter().take_while(integral).count()
}

/// What an op is called in the script, and where: for an op within a layer of Keras', the layer.
pub(super) struct Place {
    /// The expression.
    pub span: Span,
    /// What to call it: `K.round`, `layer 'encoder'`.
    pub name: String,
    /// Whether the script itself writes the op, if only by its sign.
    pub written: bool,
}

/// Finds an op in the script.
pub(super) fn place(interp: &Interp<'_>, node: NodeId) -> Place {
    let known = interp.trace.node(node);
    let span = source::whole(interp.program, known.span);
    let op = match known.source {
        Source::Op(op) => op.name,
        Source::Opaque(text) => text,
        _ => "",
    };
    if let Some(layer) = builtin_layer(interp, known.scope, known.span) {
        let called = call_of(interp, &layer).unwrap_or(span);
        return Place { span: called, name: format!("layer '{layer}'"), written: false };
    }
    let callee = source::callee(interp.program, known.span);
    let written = callee.as_deref().is_some_and(|text| !source::is_run(text));
    let name = match callee.filter(|_| written) {
        Some(text) => format!("`{text}`"),
        None => format!("`{op}`"),
    };
    Place { span, name, written }
}

/// The layer in which a node was made, if the script's own code was not at work there.
fn builtin_layer(interp: &Interp<'_>, scope: ScopeId, span: Span) -> Option<String> {
    let known = interp.trace.scope(scope)?;
    // Within a Lambda or a layer of the script's own, expressions lie elsewhere than the call.
    if known.span != span {
        return None;
    }
    let (class, name) = known.label.split_once(" '")?;
    (class != "Lambda").then(|| name.trim_end_matches('\'').to_owned())
}

/// The layers on a way, each once, in order.
pub(super) fn layers(interp: &Interp<'_>, nodes: &[NodeId]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for node in nodes {
        if let Some(layer) = layer_of(interp, *node)
            && out.last() != Some(&layer)
        {
            out.push(layer);
        }
    }
    out
}
