//! Keras 3's `layer.variables`, which has the states of seeds beside the weights.
//!
//! source: keras/src/layers/layer.py: `variables`, `non_trainable_variables`

use ops::{Arg, Keras};

use crate::heap::ObjId;
use crate::interp::Interp;
use crate::value::Value;

/// How deep layers are looked into.
const DEPTH: u32 = 64;

/// Classes with a seed, and the argument that has to be above zero for it to be made.
const SEEDED: &[(&str, Option<&str>)] = &[
    ("AlphaDropout", Some("rate")),
    ("Attention", Some("dropout")),
    ("AdditiveAttention", Some("dropout")),
    ("ConvLSTM1D", None),
    ("ConvLSTM2D", None),
    ("ConvLSTM3D", None),
    ("Dropout", Some("rate")),
    ("GRUCell", None),
    ("GaussianDropout", Some("rate")),
    ("GaussianNoise", Some("stddev")),
    ("LSTMCell", None),
    ("SimpleRNNCell", None),
    ("SpatialDropout1D", Some("rate")),
    ("SpatialDropout2D", Some("rate")),
    ("SpatialDropout3D", Some("rate")),
];

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
        if let Some((_, rate)) = SEEDED.iter().find(|(class, _)| *class == decl.name) {
            let drops = match rate.and_then(|name| self.layer_arg(id, name)) {
                None | Some(Arg::Missing) => rate.is_none(),
                Some(Arg::Float(rate)) => *rate > 0.0,
                Some(Arg::Int(rate)) => *rate > 0,
                Some(_) => return None,
            };
            count += u32::from(drops);
            return Some(count);
        }
        let others = decl.name.starts_with("Random")
            || matches!(
                decl.name,
                "AugMix" | "CutMix" | "MixUp" | "RandAugment" | "Solarization" | "Pipeline"
            )
            || decl.name.ends_with("HeadAttention")
            || decl.name == "GroupQueryAttention";
        let drops = |name| {
            !matches!(self.layer_arg(id, name), None | Some(Arg::Missing | Arg::Int(0)))
                && !matches!(self.layer_arg(id, name), Some(Arg::Float(rate)) if *rate == 0.0)
        };
        if others && (!decl.name.ends_with("Attention") || drops("dropout")) {
            return None;
        }
        Some(count)
    }
}
