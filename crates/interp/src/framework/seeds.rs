//! Keras 3's `layer.variables`, which has the states of seeds beside the weights.
//!
//! source: keras/src/layers/layer.py: `variables`, `non_trainable_variables`

use keras::Seeds;
use ops::{Arg, Keras};

use crate::heap::ObjId;
use crate::interp::Interp;
use crate::value::Value;

/// How deep layers are looked into.
const DEPTH: u32 = 64;

impl Interp<'_> {
    /// The variables of a layer with the states of its seeds, which are not followed, in Keras 3's order; nothing where
    /// it has no seeds or their number cannot be told. `trainable` says which variables are asked for.
    pub(super) fn seeded_variables(&mut self, id: ObjId, trainable: Option<bool>) -> Option<Value> {
        if self.keras != Keras::Three || trainable == Some(true) {
            return None;
        }
        let mut all = Vec::new();
        let mut seeds = 0;
        if self.collect_seeded(id, &mut all, &mut seeds, 0).is_none() {
            return Some(self.unknown("the seeds among a layer's variables"));
        }
        if seeds == 0 {
            return None;
        }
        let frozen = self.layer(id).is_some_and(|state| !state.trainable);
        if trainable == Some(false) && !frozen {
            all.retain(|value| match value {
                Value::Tensor(node) => {
                    self.variable_of(*node).is_none_or(|v| !self.trace.variable(v).trainable)
                }
                _ => true,
            });
        }
        Some(self.new_list(all))
    }

    fn collect_seeded(&mut self, id: ObjId, all: &mut Vec<Value>, seeds: &mut u32, depth: u32) -> Option<()> {
        let state = self.layer(id).filter(|_| depth < DEPTH)?;
        let own: Vec<_> = state.weights.iter().map(|w| (w.variable, w.made_trainable)).collect();
        let within = state.sublayers.clone();
        let count = self.seeds_of(id)?;
        for (variable, _) in own.iter().filter(|(_, made)| *made).chain(own.iter().filter(|(_, made)| !*made))
        {
            let node = self.trace.variable(*variable).node;
            if !all.iter().any(|value| matches!(value, Value::Tensor(known) if *known == node)) {
                all.push(Value::Tensor(node));
            }
        }
        for _ in 0..count {
            *seeds += 1;
            all.push(self.unknown("the state of a seed"));
        }
        within.into_iter().try_for_each(|layer| self.collect_seeded(layer, all, seeds, depth + 1))
    }

    /// How many seeds a layer itself has.
    fn seeds_of(&self, id: ObjId) -> Option<u32> {
        let own = |value: &Value| matches!(value, Value::Instance(object) if &*self.class_name(*object) == "SeedGenerator");
        let kept = self.heap.instance(id)?.attrs.values().filter(|value| own(value)).count();
        let mut count = u32::try_from(kept).ok()?;
        let state = self.layer(id)?;
        let Some(decl) = state.decl else { return Some(count) };
        let above = |name: &str| match self.layer_arg(id, name) {
            None | Some(Arg::Missing) => Some(false),
            Some(Arg::Float(rate)) => Some(*rate > 0.0),
            Some(Arg::Int(rate)) => Some(*rate > 0),
            Some(_) => None,
        };
        let own = match decl.seeds {
            Seeds::None => false,
            Seeds::One => true,
            Seeds::Above(name) => above(name)?,
            Seeds::Some => return None,
            Seeds::SomeAbove(name) if above(name)? => return None,
            Seeds::SomeAbove(_) => false,
        };
        count += u32::from(own);
        Some(count)
    }
}
