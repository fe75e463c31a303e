//! Gradient questions: what reaches a variable from a loss, and what cuts the way.

use std::ops::Range;

use ops::Flow;
use rustc_hash::FxHashMap;

use crate::{NodeId, Trace};

/// What a gradient of a target reaches.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    flows: FxHashMap<NodeId, Flow>,
}

impl Reach {
    /// Returns what arrives at a node: `Flow::None` where there is no path.
    pub fn at(&self, node: NodeId) -> Flow {
        self.flows.get(&node).copied().unwrap_or(Flow::None)
    }
}

/// The place where a gradient stops on its way to a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// The node whose op passes no gradient back.
    pub node: NodeId,
    /// The nodes from the target to the cut, then on to the source.
    pub path: Vec<NodeId>,
}

impl Trace {
    /// Walks back from the targets and tells what arrives where. Only nodes in `recorded` (ranges of
    /// ids, in order) pass a gradient on: those a tape has seen; inputs of such nodes are reached.
    pub fn reach(&self, targets: &[NodeId], recorded: &[Range<u32>]) -> Reach {
        let mut flows: FxHashMap<NodeId, Flow> = FxHashMap::default();
        let mut heap: std::collections::BinaryHeap<NodeId> = std::collections::BinaryHeap::new();
        for &target in targets {
            let float = self.node(target).spec.dtype.is_none_or(tensor_is_differentiable);
            if flows.insert(target, if float { Flow::Ok } else { Flow::None }).is_none() {
                heap.push(target);
            }
        }
        // Ids grow from inputs to outputs, so the largest id first visits every node after its users.
        while let Some(id) = heap.pop() {
            let arrived = flows.get(&id).copied().unwrap_or(Flow::None);
            if arrived == Flow::None || !recorded.iter().any(|r| r.contains(&id.0)) {
                continue;
            }
            for &(input, flow) in &self.node(id).inputs {
                let passed = arrived.then(flow);
                match flows.get_mut(&input) {
                    Some(best) => *best = (*best).max(passed),
                    None => {
                        flows.insert(input, passed);
                        heap.push(input);
                    }
                }
            }
        }
        Reach { flows }
    }

    /// Finds the op that cuts the gradient on the way from the targets to `source`; nothing where a
    /// gradient arrives or where the targets do not depend on the source at all.
    pub fn cut(&self, targets: &[NodeId], source: NodeId) -> Option<Cut> {
        let mut from: FxHashMap<NodeId, NodeId> = FxHashMap::default();
        let mut heap: std::collections::BinaryHeap<NodeId> = targets.iter().copied().collect();
        while let Some(id) = heap.pop() {
            for &(input, _) in &self.node(id).inputs {
                if let std::collections::hash_map::Entry::Vacant(slot) = from.entry(input) {
                    slot.insert(id);
                    heap.push(input);
                }
            }
        }
        let mut path = vec![source];
        let mut at = source;
        while let Some(&user) = from.get(&at) {
            path.push(user);
            at = user;
        }
        path.reverse();
        let cut = path.windows(2).find(|pair| {
            let node = self.node(pair[0]);
            node.inputs.iter().any(|(input, flow)| *input == pair[1] && *flow == Flow::None)
        })?;
        Some(Cut { node: cut[0], path })
    }
}

fn tensor_is_differentiable(dtype: tensor::DType) -> bool {
    dtype.is_differentiable()
}
