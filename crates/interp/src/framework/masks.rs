//! Masks: what a layer's outputs get attached (`_set_mask_metadata` of both profiles).

use graph::NodeId;
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
        let mut args = args.clone();
        let gone = self.restore_mask(&first, &mut args);
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
                    let call = self.declared_args(id, &args);
                    let answer = rule(&mut LayerHost { interp: self, id }, &call);
                    match self.settle(answer, "compute_mask", Vec::new)? {
                        Ok(mask) => Some(self.value_of(&mask)),
                        Err(_) => None,
                    }
                }
                Some(Mask::Drops) => None,
                Some(Mask::Keeps) => previous,
                Some(Mask::Takes) => {
                    self.take_masks(&args);
                    previous
                }
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
        if gone {
            let outputs = self.flat_tensors(outputs);
            self.taken_masks.extend(outputs);
        }
        Ok(())
    }

    /// The mask attached to a tensor or to each of several.
    pub(crate) fn mask_of(&mut self, value: &Value) -> Option<Value> {
        self.masks_where(value, |interp, node| !interp.taken_masks.contains(&node))
    }

    /// The masks of tensors, of those that a condition is true for.
    fn masks_where(&mut self, value: &Value, holds: impl Fn(&Self, NodeId) -> bool) -> Option<Value> {
        let find =
            |interp: &Self, node: NodeId| interp.masks.get(&node).filter(|_| holds(interp, node)).cloned();
        match value {
            Value::Tensor(id) => find(self, *id),
            Value::List(_) | Value::Tuple(_) => {
                let nodes = self.flat_tensors(value);
                let masks: Vec<Option<Value>> = nodes.into_iter().map(|node| find(self, node)).collect();
                if masks.iter().all(Option::is_none) {
                    return None;
                }
                Some(self.new_list(masks.into_iter().map(|mask| mask.unwrap_or(Value::None)).collect()))
            }
            _ => None,
        }
    }

    /// Gives a call the masks that were taken away from its inputs; tells whether there are any.
    fn restore_mask(&mut self, first: &Value, args: &mut Args) -> bool {
        let told = args.keyword("mask").is_some_and(|mask| !mask.is_none());
        if told || !self.flat_tensors(first).iter().any(|node| self.taken_masks.contains(node)) {
            return false;
        }
        if let Some(mask) = self.masks_where(first, |_, _| true) {
            args.keywords.retain(|(name, _)| &**name != "mask");
            args.keywords.push(("mask".into(), mask));
        }
        true
    }

    /// A call of a functional model's layer on one tensor has been recorded with the mask of the tensor, if it takes
    /// one, so that nobody takes it away.
    ///
    /// source: keras/src/layers/layer.py: Layer.__call__, whose `original_kwargs` are those that the mask is put into
    pub(crate) fn recorded_mask(&mut self, id: ObjId, args: &mut Args) -> Eval<()> {
        let ([Value::Tensor(node)], []) = (&args.positional[..], &args.keywords[..]) else { return Ok(()) };
        let node = *node;
        let Some(mask) = self.masks.get(&node).filter(|_| self.taken_masks.contains(&node)).cloned() else {
            return Ok(());
        };
        if self.call_parameters(id)?.iter().any(|param| &*param.name == "mask") {
            args.keywords.push(("mask".into(), mask));
        }
        Ok(())
    }

    /// Takes the masks away from all tensors that a layer of Keras 3 was called on, but for symbolic ones.
    ///
    /// source: keras/src/layers/attention/multi_head_attention.py: MultiHeadAttention.call
    fn take_masks(&mut self, args: &Args) {
        if self.keras == ops::Keras::Two {
            return;
        }
        let given = args.positional.iter().chain(args.keywords.iter().map(|(_, value)| value));
        let nodes: Vec<NodeId> = given.flat_map(|value| self.flat_tensors(value)).collect();
        for node in nodes {
            if self.trace.node(node).kind != ops::TensorKind::Keras {
                self.taken_masks.insert(node);
            }
        }
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
