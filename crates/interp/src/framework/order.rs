//! The order of a functional model's layers: by depth, then by traversal from the outputs.

use graph::{Depths, NodeId, Source};
use ops::TensorKind;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::framework::history::Callee;
use crate::heap::ObjId;
use crate::interp::Interp;

/// A step of a functional graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Step {
    /// The Input behind a tensor.
    Input(NodeId),
    /// A symbolic call.
    Call(u32),
}

/// Who carries a step out; steps of one layer share a depth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Owner {
    /// A layer.
    Layer(ObjId),
    /// An operation on KerasTensors, by its call.
    Op(u32),
}

/// A functional graph in Keras' order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ordered {
    /// The layers, Input layers included, by falling depth.
    pub layers: Vec<ObjId>,
    /// The layers and operations by falling depth.
    pub owners: Vec<Owner>,
    /// Whether the steps make one line: each has at most one input, and no layer is called twice.
    pub straight: bool,
    /// The calls by falling depth, as Keras repeats and checks them.
    pub calls: Vec<u32>,
}

/// A tensor that a model's outputs need and its inputs do not lead to.
#[derive(Clone, Debug)]
pub(crate) struct Disconnected {
    /// The tensor.
    pub tensor: NodeId,
    /// The layer that needs it.
    pub layer: Option<ObjId>,
    /// The names of the layers that were reached before.
    pub reached: Vec<std::rc::Rc<str>>,
}

struct Walk<'i, 'a> {
    interp: &'i Interp<'a>,
    stop: FxHashSet<NodeId>,
    finished: FxHashSet<Step>,
    /// Steps from inputs to outputs.
    order: Vec<Step>,
    /// When an owner was first met.
    met: FxHashMap<Owner, usize>,
}

impl Interp<'_> {
    /// Orders the calls between inputs and outputs (`map_graph` of Keras 3, `_map_graph_network` of Keras 2).
    pub(crate) fn order_graph(&self, inputs: &[NodeId], outputs: &[NodeId]) -> Ordered {
        let stop = inputs.iter().copied().collect();
        let mut walk = Walk {
            interp: self,
            stop,
            finished: FxHashSet::default(),
            order: Vec::new(),
            met: FxHashMap::default(),
        };
        for output in outputs {
            walk.visit(*output);
        }
        walk.ordered(inputs)
    }
}

impl Interp<'_> {
    /// Finds the first tensor that cannot be computed from the inputs, in Keras 2's order.
    pub(crate) fn first_disconnected(&self, inputs: &[NodeId], ordered: &Ordered) -> Option<Disconnected> {
        let mut computable: FxHashSet<NodeId> = inputs.iter().copied().collect();
        let mut reached = Vec::new();
        for index in &ordered.calls {
            let call = self.keras_calls.get(*index as usize)?;
            let layer = if let Callee::Layer(id) = call.callee { Some(id) } else { None };
            if let Some(tensor) = call.inputs.iter().find(|t| !computable.contains(t)) {
                return Some(Disconnected { tensor: *tensor, layer, reached });
            }
            computable.extend(self.flat_tensors(&call.outputs));
            reached.extend(layer.and_then(|l| self.layer(l)).map(|s| s.name.clone()));
        }
        None
    }

    /// Finds the Inputs behind a KerasTensor, in the order in which they are met.
    pub(crate) fn source_inputs(&self, tensor: NodeId) -> Vec<NodeId> {
        self.ends(vec![tensor], FxHashSet::default())
    }

    /// What symbolic calls begin with, back from these tensors and up to those that were seen.
    fn ends(&self, mut stack: Vec<NodeId>, mut seen: FxHashSet<NodeId>) -> Vec<NodeId> {
        let mut found = Vec::new();
        while let Some(node) = stack.pop() {
            if !seen.insert(node) {
                continue;
            }
            match self.trace.node(node).source {
                Source::LayerCall(call) => {
                    let inputs = self.keras_calls.get(call as usize).map_or(&[][..], |c| &c.inputs);
                    stack.extend(inputs.iter().rev());
                }
                _ => found.push(node),
            }
        }
        found
    }

    /// Tells whether outputs depend on a tensor of which it is not known what made it: one of two branches.
    pub(crate) fn rests_on_opaque(&self, inputs: &[NodeId], outputs: &[NodeId]) -> bool {
        let ends = self.ends(outputs.to_vec(), inputs.iter().copied().collect());
        ends.iter().any(|node| matches!(self.trace.node(*node).source, Source::Opaque(_)))
    }

    /// Finds the first output that the inputs do not lead to, as Keras 3 does.
    pub(crate) fn unconnected_output(
        &self,
        inputs: &[NodeId],
        outputs: &[NodeId],
        ordered: &Ordered,
    ) -> Option<usize> {
        let mut computable: FxHashSet<NodeId> = inputs.iter().copied().collect();
        for index in &ordered.calls {
            let call = self.keras_calls.get(*index as usize)?;
            if call.inputs.iter().all(|t| computable.contains(t)) {
                computable.extend(self.flat_tensors(&call.outputs));
            }
        }
        outputs.iter().position(|t| !computable.contains(t))
    }
}

impl Walk<'_, '_> {
    fn step(&self, tensor: NodeId) -> Option<Step> {
        let node = self.interp.trace.node(tensor);
        match node.source {
            Source::LayerCall(call) => Some(Step::Call(call)),
            Source::Input if node.kind == TensorKind::Keras => Some(Step::Input(tensor)),
            _ => None,
        }
    }

    fn owner(&self, step: Step) -> Option<Owner> {
        match step {
            Step::Input(tensor) => self.interp.input_layers.get(&tensor).map(|id| Owner::Layer(*id)),
            Step::Call(call) => match &self.interp.keras_calls.get(call as usize)?.callee {
                Callee::Layer(id) => Some(Owner::Layer(*id)),
                Callee::Op { .. } => Some(Owner::Op(call)),
            },
        }
    }

    /// The steps before a step: those behind the tensors it is called on, unless they are the model's inputs.
    fn behind(&self, step: Step) -> std::vec::IntoIter<Step> {
        let inputs = match step {
            Step::Call(call) if !self.is_stop(step) => self.interp.keras_calls.get(call as usize),
            _ => None,
        };
        let inputs = inputs.map_or(&[][..], |c| &c.inputs);
        inputs.iter().filter_map(|t| self.step(*t)).collect::<Vec<_>>().into_iter()
    }

    /// Visits depth first with a stack of its own, since models can be thousands of layers deep.
    fn visit(&mut self, output: NodeId) {
        let Some(start) = self.step(output) else { return };
        // A call's inputs are older than its outputs, so that nothing stands behind itself.
        let mut stack = vec![(start, self.behind(start))];
        self.enter(start);
        while let Some((step, parents)) = stack.last_mut() {
            let step = *step;
            match parents.next() {
                Some(parent) => {
                    if self.finished.contains(&parent) {
                        continue;
                    }
                    self.enter(parent);
                    stack.push((parent, self.behind(parent)));
                }
                None => {
                    stack.pop();
                    if self.finished.insert(step) {
                        self.order.push(step);
                    }
                }
            }
        }
    }

    /// A call whose outputs are the model's inputs is not looked behind.
    fn is_stop(&self, step: Step) -> bool {
        let Step::Call(call) = step else { return true };
        let outputs =
            self.interp.keras_calls.get(call as usize).map(|c| self.interp.flat_tensors(&c.outputs));
        outputs.is_some_and(|o| o.iter().any(|t| self.stop.contains(t)))
    }

    fn enter(&mut self, step: Step) {
        if let Some(owner) = self.owner(step) {
            let count = self.met.len();
            self.met.entry(owner).or_insert(count);
        }
    }

    /// Tells whether the steps make one line.
    fn is_straight(&self, depths: &FxHashMap<Step, usize>) -> bool {
        let several = |step: &Step| match step {
            Step::Call(call) => {
                self.interp.keras_calls.get(*call as usize).is_some_and(|call| call.inputs.len() > 1)
            }
            Step::Input(_) => false,
        };
        let owners: FxHashSet<Owner> = depths.keys().filter_map(|step| self.owner(*step)).collect();
        let distinct: FxHashSet<usize> = depths.values().copied().collect();
        owners.len() == depths.len() && distinct.len() == depths.len() && !depths.keys().any(several)
    }

    fn ordered(mut self, inputs: &[NodeId]) -> Ordered {
        let behind = |step| self.behind(step).collect();
        let mut counted = Depths::count(&self.order, |step| self.owner(step), behind);
        // Inputs that lead nowhere come last but are layers all the same.
        for input in inputs {
            if let Some(owner) =
                self.step(*input).filter(|s| matches!(s, Step::Input(_))).and_then(|s| self.owner(s))
            {
                counted.owners.entry(owner).or_insert(0);
                self.met.entry(owner).or_insert(0);
            }
        }
        let straight = self.is_straight(&counted.steps);
        let owners = counted.sorted(&self.met);
        let layer = |owner: &Owner| if let Owner::Layer(id) = owner { Some(*id) } else { None };
        let mut by_depth: Vec<(usize, u32)> = counted
            .inserted
            .iter()
            .filter_map(|step| match step {
                Step::Call(call) if !self.is_stop(*step) => {
                    Some((counted.steps.get(step).copied().unwrap_or(0), *call))
                }
                _ => None,
            })
            .collect();
        by_depth.sort_by_key(|(depth, _)| std::cmp::Reverse(*depth));
        Ordered {
            layers: owners.iter().filter_map(layer).collect(),
            owners,
            straight,
            calls: by_depth.into_iter().map(|(_, call)| call).collect(),
        }
    }
}
