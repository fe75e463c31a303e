//! `SwapEMAWeights`: the moving averages of an optimizer in the place of a model's weights, while it is tested.
//!
//! source: keras/src/callbacks/swap_ema_weights.py

use graph::NodeId;
use ops::Arg;

use super::callbacks::Event;
use super::keeper::Owner;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::Value;

/// Whether the averages are in the model now.
const SWAPPED: &str = "_ema_weights_in_model";

impl Interp<'_> {
    /// Carries out a method of the callback.
    ///
    /// # Errors
    /// `ValueError` where the optimizer keeps no averages.
    pub(super) fn swap_averages(&mut self, id: ObjId, event: &Event<'_>) -> Eval<()> {
        let on_epoch = self.callback_setting(id, "swap_on_epoch") == Arg::Bool(true);
        let swapped = matches!(self.callback_state(id, SWAPPED), Some(Value::Bool(true)));
        let swaps = match event.method {
            "on_epoch_begin" => on_epoch && swapped,
            "on_epoch_end" => on_epoch && !swapped,
            "on_test_begin" | "on_predict_begin" => !swapped,
            "on_test_end" => swapped,
            // It was meant to put the weights back, but asks for the opposite.
            "on_predict_end" => !swapped,
            _ => false,
        };
        if !swaps {
            return Ok(());
        }
        for [variable, average] in self.averages_of_callback(id)? {
            let (now, then) = (self.array_of_node(variable), self.array_of_node(average));
            let (Some(now), Some(then)) = (now, then) else {
                self.without_number("the averages of weights are not known");
                return Ok(());
            };
            self.set_array(variable, then.clone());
            // At the end of the training the averages become the weights, which they already are.
            let last = event.method == "on_epoch_end" && self.is_last_epoch(id, event);
            self.set_array(average, if last { then } else { now });
        }
        let in_model = matches!(event.method, "on_epoch_end" | "on_test_begin" | "on_predict_begin");
        self.set_own_attr(id, SWAPPED, Value::Bool(in_model))
    }

    fn is_last_epoch(&mut self, id: ObjId, event: &Event<'_>) -> bool {
        let Some(params) = self.callback_state(id, "params") else { return false };
        let pairs = self.pairs_of(&params).unwrap_or_default();
        let epochs = pairs.into_iter().find(|(key, _)| key.as_str() == Some("epochs"));
        epochs.and_then(|(_, epochs)| epochs.as_int()) == Some(event.epoch() + 1)
    }

    /// The variables of the model's optimizer, each with its average.
    fn averages_of_callback(&mut self, id: ObjId) -> Eval<Vec<[NodeId; 2]>> {
        let Some(optimizer) = self.optimizer_of_callback(id) else {
            self.without_number("the optimizer whose averages are swapped is not known");
            return Ok(Vec::new());
        };
        let state = self.config(optimizer).cloned().unwrap_or_default();
        let built = state.built_for.unwrap_or_default();
        let mut pairs = Vec::with_capacity(built.len());
        for (at, variable) in built.into_iter().enumerate() {
            let variable = self.trace.variable(variable).node;
            if let Some(average) = self.existing_slot(&Owner::Object(optimizer), &format!("{at}/average")) {
                pairs.push([variable, average]);
            }
        }
        if pairs.is_empty() {
            let averages = state.args.iter().any(|(n, a)| &**n == "use_ema" && *a == Arg::Bool(true));
            let shown = if averages { "True" } else { "False" };
            let text = format!(
                "SwapEMAWeights must be used when `use_ema=True` is set on the optimizer. Received: use_ema={shown}"
            );
            return Err(self.raise(ops::Exc::ValueError, text));
        }
        Ok(pairs)
    }
}
