//! How far the calls of a model are from its outputs, by which Keras orders its layers.

use std::cmp::Reverse;
use std::hash::Hash;

use rustc_hash::FxHashMap;

/// The depths of steps, and of those that carry them out, which share one.
#[derive(Clone, Debug)]
pub struct Depths<S, O> {
    /// Each step's depth.
    pub steps: FxHashMap<S, usize>,
    /// Each owner's depth: that of its deepest step.
    pub owners: FxHashMap<O, usize>,
    /// The steps in the order in which they first got a depth.
    pub inserted: Vec<S>,
}

impl<S: Copy + Eq + Hash, O: Copy + Eq + Hash> Depths<S, O> {
    /// Counts depths from the outputs on.
    ///
    /// `order` has each step after those `behind` it.
    ///
    /// source: keras/src/ops/function.py: map_graph, tf_keras/src/engine/functional.py: _map_graph_network
    pub fn count(order: &[S], owner: impl Fn(S) -> Option<O>, behind: impl Fn(S) -> Vec<S>) -> Depths<S, O> {
        let mut found =
            Depths { steps: FxHashMap::default(), owners: FxHashMap::default(), inserted: Vec::new() };
        for &step in order.iter().rev() {
            let Some(owner) = owner(step) else { continue };
            let own = found.steps.get(&step).copied().unwrap_or(0);
            let depth = own.max(found.owners.get(&owner).copied().unwrap_or(0));
            found.owners.insert(owner, depth);
            if found.steps.insert(step, depth).is_none() {
                found.inserted.push(step);
            }
            for parent in behind(step) {
                let inserted = &mut found.inserted;
                let before = found.steps.entry(parent).or_insert_with(|| {
                    inserted.push(parent);
                    0
                });
                *before = (*before).max(depth + 1);
            }
        }
        found
    }

    /// Returns the owners by falling depth, those of one depth in the order in which they were `met`.
    pub fn sorted(&self, met: &FxHashMap<O, usize>) -> Vec<O> {
        let place = |owner: &O| met.get(owner).copied().unwrap_or(0);
        let mut owners: Vec<(usize, usize, O)> =
            self.owners.iter().map(|(owner, depth)| (*depth, place(owner), *owner)).collect();
        owners.sort_by_key(|(depth, met, _)| (Reverse(*depth), *met));
        owners.into_iter().map(|(_, _, owner)| owner).collect()
    }
}
