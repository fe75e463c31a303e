//! Masks: what a layer's outputs get attached (`_set_mask_metadata` of both profiles).

use keras::Mask;

use crate::framework::host::LayerHost;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::{Args, Value};

impl Interp<'_> {
    /// Attaches masks to the outputs of a call.
    ///
    /// # Errors
    /// What a `compute_mask` of the script raises.
    pub(crate) fn attach_masks(&mut self, id: ObjId, args: &Args, outputs: &Value) -> Eval<()> {
        let first = self.first_argument(args);
        let previous =
            args.keyword("mask").filter(|m| !m.is_none()).cloned().or_else(|| self.mask_of(&first));
        let masks = if let Some(method) = self.script_method(id, "compute_mask") {
            let mask = previous.clone().unwrap_or(Value::None);
            Some(self.call(&method, Args::of([first, mask]))?)
        } else if let Some(lambda) = self.layer(id).and_then(|s| s.lambda.clone()) {
            match &lambda.mask {
                Value::None => {
                    if previous.is_some() {
                        self.watch_mask(id, &first);
                    }
                    None
                }
                Value::Tensor(_) => Some(lambda.mask.clone()),
                // What cannot be called is taken for the mask itself, which nothing uses.
                Value::Dict(_) => None,
                callee => {
                    let mask = previous.clone().unwrap_or(Value::None);
                    Some(self.call(callee, Args::of([first, mask]))?)
                }
            }
        } else {
            match self.layer(id).and_then(|s| s.decl).map(|d| d.mask) {
                Some(Mask::Computes(rule)) => {
                    let call = self.declared_args(id, args);
                    let answer = rule(&mut LayerHost { interp: self, id }, &call);
                    match self.settle(answer, "compute_mask", Vec::new)? {
                        Ok(mask) => Some(self.value_of(&mask)),
                        Err(_) => None,
                    }
                }
                Some(Mask::Drops) => None,
                Some(Mask::Keeps) => previous,
                None => {
                    let is_model = self.layer(id).is_some_and(|s| s.model.is_some());
                    if previous.is_some() && !is_model {
                        self.watch_mask(id, &first);
                    }
                    previous
                        .filter(|_| self.layer(id).is_some_and(|s| s.supports_masking && s.model.is_none()))
                }
            }
        };
        self.set_masks(outputs, masks);
        Ok(())
    }

    fn set_masks(&mut self, outputs: &Value, masks: Option<Value>) {
        let Some(masks) = masks.filter(|m| !m.is_none() && !m.is_unknown()) else { return };
        let nodes = self.flat_tensors(outputs);
        let several: Option<Vec<Value>> = match &masks {
            Value::Tuple(items) => Some(items.to_vec()),
            Value::List(id) => self.heap.list(*id).cloned(),
            _ => None,
        };
        match several {
            Some(items) => {
                for (node, mask) in nodes.into_iter().zip(items) {
                    if !mask.is_none() {
                        self.masks.insert(node, mask);
                    }
                }
            }
            // One mask belongs to the first output; states that follow have none.
            None => {
                if let Some(node) = nodes.first() {
                    self.masks.entry(*node).or_insert(masks);
                }
            }
        }
    }
}
