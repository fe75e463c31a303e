//! Functional models: tensors by symbolic calls, repeated on other tensors.

use graph::NodeId;
use rustc_hash::FxHashMap;

use crate::framework::history::Callee;
use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::{Args, Value};

/// The part of the history between a model's inputs and outputs.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    /// The input KerasTensors, flattened.
    pub inputs: Vec<NodeId>,
    /// The inputs in their structure.
    pub input_structure: Option<Value>,
    /// The outputs in their structure.
    pub outputs: Option<Value>,
    /// The symbolic calls by falling depth, which is the order in which they are repeated.
    pub calls: Vec<u32>,
}

impl Interp<'_> {
    /// Returns the InputLayer behind an `Input`.
    pub fn input_layer(&self, node: NodeId) -> Option<crate::heap::ObjId> {
        self.input_layers.get(&node).copied()
    }

    /// Returns the tensor of an InputLayer.
    pub fn input_of(&self, layer: crate::heap::ObjId) -> Option<NodeId> {
        self.input_layers.iter().find_map(|(node, id)| (*id == layer).then_some(*node))
    }

    /// Repeats a graph's calls on other tensors.
    ///
    /// # Errors
    /// What a layer raises for them.
    pub(crate) fn repeat_graph(&mut self, graph: &Graph, tensors: &[NodeId], training: Option<bool>) -> Eval {
        let by_specs = self.keras == ops::Keras::Three
            && tensors.iter().any(|t| self.trace.node(*t).kind == ops::TensorKind::Keras);
        let mut known: FxHashMap<NodeId, Value> = FxHashMap::default();
        for (input, tensor) in graph.inputs.iter().zip(tensors) {
            known.insert(*input, Value::Tensor(*tensor));
        }
        for index in &graph.calls {
            let Some(call) = self.keras_calls.get(*index as usize).cloned() else { continue };
            let result = match &call.callee {
                Callee::Layer(id) => {
                    let mut args = Args {
                        positional: call.args.positional.iter().map(|v| self.substitute(v, &known)).collect(),
                        keywords: call
                            .args
                            .keywords
                            .iter()
                            .map(|(n, v)| (n.clone(), self.substitute(v, &known)))
                            .collect(),
                    };
                    // Keras 3 puts the model's `training` in the place of one that the call was made with.
                    if let (Some(training), ops::Keras::Three) = (training, self.keras)
                        && let Some((_, own)) = args.keywords.iter_mut().find(|(n, _)| &**n == "training")
                    {
                        *own = Value::Bool(training);
                    }
                    self.recorded_mask(*id, &mut args)?;
                    let before = self.training;
                    self.training = training.or(before);
                    self.running.by_specs = by_specs;
                    let result = self.call_layer(*id, args);
                    self.running.by_specs = false;
                    self.training = before;
                    result?
                }
                Callee::Op { op, path, surface, args, .. } => {
                    let args: Vec<_> =
                        args.iter().map(|(n, a)| (n.clone(), self.substitute_arg(a, &known))).collect();
                    self.call_op(op, path, *surface, &args)?
                }
            };
            if result.is_unknown() {
                return Ok(result);
            }
            // What is no tensor goes on as it is: a Lambda that forgot to return gives `None` to the next layer.
            let (old, new) = (self.leaves(&call.outputs), self.leaves(&result));
            for (old, new) in old.into_iter().zip(new) {
                if let Value::Tensor(old) = old {
                    known.insert(old, new);
                }
            }
        }
        let outputs = graph.outputs.clone().unwrap_or(Value::None);
        let outputs = self.substitute(&outputs, &known);
        // Keras 3 unpacks a list of one where the model is called, not where it is inferred
        // (`keras/src/models/functional.py: Functional.call`).
        Ok(self.sole(&outputs).filter(|_| !by_specs).unwrap_or(outputs))
    }

    /// The only item of a list or tuple.
    pub(crate) fn sole(&self, value: &Value) -> Option<Value> {
        let items = match value {
            Value::List(id) => self.heap.list(*id)?.as_slice(),
            Value::Tuple(items) => items,
            _ => return None,
        };
        if let [one] = items { Some(one.clone()) } else { None }
    }

    pub(crate) fn substitute(&mut self, value: &Value, known: &FxHashMap<NodeId, Value>) -> Value {
        if self.flat_tensors(value).is_empty() {
            return value.clone();
        }
        self.map_leaves(value, &mut |_, leaf| match leaf {
            Value::Tensor(id) => known.get(id).unwrap_or(leaf).clone(),
            _ => leaf.clone(),
        })
    }

    pub(crate) fn substitute_arg(&mut self, arg: &ops::Arg, known: &FxHashMap<NodeId, Value>) -> ops::Arg {
        use ops::Arg;
        match arg {
            Arg::Tensor(operand) => match operand.node.and_then(|n| known.get(&NodeId(n))) {
                Some(Value::Tensor(new)) => Arg::Tensor(self.trace.operand(*new)),
                _ => arg.clone(),
            },
            Arg::Tuple(items) => Arg::Tuple(items.iter().map(|a| self.substitute_arg(a, known)).collect()),
            Arg::List(items) => Arg::List(items.iter().map(|a| self.substitute_arg(a, known)).collect()),
            Arg::Slice(parts) => {
                let [a, b, c] = &**parts;
                let parts = [
                    self.substitute_arg(a, known),
                    self.substitute_arg(b, known),
                    self.substitute_arg(c, known),
                ];
                Arg::Slice(parts.into())
            }
            _ => arg.clone(),
        }
    }
}
