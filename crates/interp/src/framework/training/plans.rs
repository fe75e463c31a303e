//! Steps of models that are recorded once and run for every batch.
//!
//! As `tf.function` does, a step is traced for the specs of its batch; what it consists of - the model, its loss,
//! the gradients, the optimizer's updates, the metrics - is one program, in which the variables are inputs and
//! their new values outputs.

use std::rc::Rc;

use array::Array;
use exec::{Stateful, Variables};
use graph::NodeId;
use ops::TensorKind;
use ops::numeric::ValueId;
use rustc_hash::FxHashMap;
use tensor::TensorSpec;

use crate::framework::numbers::Recorded;
use crate::framework::train_step::Step;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::raise::{Eval, Halt};
use crate::value::Value;

/// The steps that were recorded; nothing for those that cannot be.
#[derive(Debug, Default)]
pub(crate) struct Plans {
    known: FxHashMap<Key, Option<Rc<Ready>>>,
}

/// What a step is recorded for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    model: ObjId,
    step: u8,
    specs: Vec<TensorSpec>,
    structure: String,
    any_rows: bool,
}

/// A step that is ready to run.
#[derive(Debug)]
struct Ready {
    program: Stateful<NodeId>,
    outputs: Vec<TensorSpec>,
    result: Template,
}

/// What a step returns, with the places of what is computed.
#[derive(Clone, Debug)]
pub(super) enum Template {
    /// An output by its number.
    Output(usize),
    /// Something that is not computed.
    Value(Value),
    /// A tuple.
    Tuple(Vec<Template>),
    /// A list.
    List(Vec<Template>),
    /// A dict.
    Dict(Vec<(Value, Template)>),
}

impl Variables<NodeId> for Interp<'_> {
    fn elements(&mut self, variable: &NodeId) -> Option<Array> {
        self.array_of_node(*variable)
    }

    fn release(&mut self, variable: &NodeId) {
        if let Some(numbers) = &mut self.numbers {
            numbers.release(*variable);
        }
    }

    fn store(&mut self, variable: &NodeId, elements: Array) {
        if let Some(numbers) = &mut self.numbers {
            numbers.store(*variable, elements);
        }
    }
}

impl Interp<'_> {
    /// Forgets what was recorded of a model's steps.
    pub(crate) fn forget_plans(&mut self, model: ObjId) {
        if let Some(numbers) = &mut self.numbers {
            numbers.plans.known.retain(|key, _| key.model != model);
        }
    }

    /// Carries a step out on a batch with numbers, and returns what it returns.
    ///
    /// # Errors
    /// What the step raises.
    pub(super) fn step_with_numbers(&mut self, model: ObjId, step: Step, batch: &Value) -> Eval {
        let eagerly = self.runs_eagerly(model);
        self.running.any_rows = false;
        if eagerly {
            let batch = self.as_eager(batch);
            return self.under_step(|interp| interp.call_step(model, step, &batch));
        }
        self.running.any_rows = self.traced_for_any_rows(model, step);
        let nodes = self.flat_tensors(batch);
        let specs = nodes.iter().map(|n| self.trace.node(*n).spec.clone()).collect();
        let structure = self.structure_text(batch, "*");
        let key = Key { model, step: step as u8, specs, structure, any_rows: self.running.any_rows };
        let known = self.numbers.as_ref().and_then(|n| n.plans.known.get(&key)).cloned();
        let ready = match known {
            Some(ready) => ready,
            None => {
                let ready = self.in_quiet(|interp| interp.record_step(model, step, batch)).map(Rc::new);
                if let Some(numbers) = &mut self.numbers {
                    numbers.plans.known.insert(key, ready.clone());
                }
                ready
            }
        };
        if let Some(ready) = ready
            && let Some(result) = self.run_ready(&ready, &nodes)
        {
            return Ok(result);
        }
        let batch = self.as_eager(batch);
        self.in_quiet(|interp| {
            interp.undone(|interp| interp.under_step(|interp| interp.call_step(model, step, &batch)))
        })
    }

    /// Whether TensorFlow traced a step for batches of any size, as it does where the last one is smaller.
    fn traced_for_any_rows(&self, model: ObjId, step: Step) -> bool {
        let specs = self.model(model).and_then(|m| m.traced[step as usize].as_ref());
        let rows = |spec: &TensorSpec| spec.shape.dim(0).is_none_or(|rows| !rows.is_known());
        specs.is_some_and(|specs| specs.iter().any(rows))
    }

    /// A batch as tensors with data.
    fn as_eager(&mut self, batch: &Value) -> Value {
        self.map_tensors(batch, &mut |interp, id| match interp.trace.node(id).kind {
            TensorKind::Eager => id,
            _ => interp.stand_in(id, TensorKind::Eager, graph::Source::Constant),
        })
    }

    /// Carries something out as a step is: no function is rewritten anew.
    fn under_step(&mut self, f: impl FnOnce(&mut Self) -> Eval) -> Eval {
        let before = (self.running.autograph, self.running.tapes, self.running.measuring);
        let executing = std::mem::replace(&mut self.running.executing, true);
        self.running.measuring += 1;
        self.running.autograph = crate::framework::tracing::Autograph::Disabled;
        let result = f(self);
        (self.running.autograph, self.running.tapes, self.running.measuring) = before;
        self.running.executing = executing;
        if let Some(numbers) = &mut self.numbers {
            numbers.shorten();
        }
        result
    }

    /// Carries a step out without what it does to Python's objects, which a traced step does once only.
    fn undone(&mut self, f: impl FnOnce(&mut Self) -> Eval) -> Eval {
        let counters = self.counters.clone();
        let (events, tapes, calls) =
            (self.events.len(), self.record.tapes.len(), self.record.layer_calls.len());
        self.heap.open();
        let result = f(self);
        if matches!(result, Err(Halt::Exception(_))) {
            self.heap.keep();
        } else {
            self.heap.undo();
        }
        self.counters = counters;
        self.events.truncate(events);
        self.record.tapes.truncate(tapes);
        self.record.layer_calls.truncate(calls);
        result
    }

    /// Records a step for the specs of a batch; nothing where a part of it has no numbers.
    fn record_step(&mut self, model: ObjId, step: Step, batch: &Value) -> Option<Ready> {
        let undecided = self.undecided.clone();
        let depth = self.frames.len();
        self.heap.open();
        let ((inputs, result), recorded) = self.record_program(|interp| {
            let mut inputs = Vec::new();
            let batch = interp.map_tensors(batch, &mut |interp, id| {
                let new = interp.placeholder_of(id);
                inputs.extend(interp.input_number(new));
                new
            });
            let count = interp.flat_tensors(&batch).len();
            let result = interp.under_step(|interp| {
                interp.running.executing = false;
                interp.in_graph(|interp| interp.call_step(model, step, &batch))
            });
            ((inputs.len() == count).then_some(inputs), result)
        });
        self.frames.truncate(depth);
        let known = self.undecided.is_none() || undecided.is_some();
        self.undecided = undecided;
        let ready = self.ready(inputs, result.ok().filter(|_| known), recorded);
        self.heap.undo();
        ready
    }

    /// A tensor of a graph in the place of a batch's, of the same spec.
    fn placeholder_of(&mut self, id: NodeId) -> NodeId {
        let spec = self.trace.node(id).spec.clone();
        let span = self.here();
        self.trace.add(graph::Source::Input, TensorKind::Graph, spec, span)
    }

    fn ready(
        &mut self,
        inputs: Option<Vec<ValueId>>,
        result: Option<Value>,
        recorded: Option<Recorded>,
    ) -> Option<Ready> {
        let (inputs, result, recorded) = (inputs?, result?, recorded?);
        let mut outputs: Vec<ValueId> = Vec::new();
        let mut specs = Vec::new();
        let mut whole = !self.hides_unknown(&result);
        let template = self.template(&result, &mut |interp, node| {
            let Some(value) = recorded.values.get(&node) else {
                // What is no part of the program must be known without it.
                whole &= interp.content_array(node).is_some();
                return None;
            };
            outputs.push(*value);
            specs.push(interp.trace.node(node).spec.clone());
            Some(outputs.len() - 1)
        });
        if !whole {
            return None;
        }
        let program = recorded.recording.ready(&inputs, &outputs).ok()?;
        Some(Ready { program, outputs: specs, result: template })
    }

    /// Runs a step on a batch; nothing where a kernel refuses its inputs.
    fn run_ready(&mut self, ready: &Ready, batch: &[NodeId]) -> Option<Value> {
        let batch: Option<Vec<Array>> = batch.iter().map(|node| self.array_of_node(*node)).collect();
        let results = ready.program.run(batch?, self).ok()?;
        let mut outputs = Vec::with_capacity(results.len());
        for (spec, array) in ready.outputs.iter().zip(results) {
            let span = self.here();
            let node = self.trace.add(graph::Source::Constant, TensorKind::Eager, spec.clone(), span);
            self.set_array(node, array);
            outputs.push(node);
        }
        Some(self.filled(&ready.result, &outputs))
    }

    /// Takes a value apart, so that it outlives the objects that it is made of.
    fn template(
        &mut self,
        value: &Value,
        output: &mut dyn FnMut(&mut Self, NodeId) -> Option<usize>,
    ) -> Template {
        match value {
            Value::Tensor(node) => match output(self, *node) {
                Some(at) => Template::Output(at),
                None => Template::Value(value.clone()),
            },
            Value::Tuple(items) => Template::Tuple(items.iter().map(|v| self.template(v, output)).collect()),
            Value::List(id) => {
                let items = self.heap.list(*id).cloned().unwrap_or_default();
                Template::List(items.iter().map(|v| self.template(v, output)).collect())
            }
            Value::Dict(_) => {
                let pairs = self.pairs_of(value).unwrap_or_default();
                Template::Dict(pairs.iter().map(|(k, v)| (k.clone(), self.template(v, output))).collect())
            }
            _ => Template::Value(value.clone()),
        }
    }

    fn filled(&mut self, template: &Template, outputs: &[NodeId]) -> Value {
        match template {
            Template::Output(at) => outputs.get(*at).map_or(Value::None, |node| Value::Tensor(*node)),
            Template::Value(value) => value.clone(),
            Template::Tuple(items) => {
                Value::tuple(items.iter().map(|t| self.filled(t, outputs)).collect::<Vec<_>>())
            }
            Template::List(items) => {
                let items = items.iter().map(|t| self.filled(t, outputs)).collect();
                self.new_list(items)
            }
            Template::Dict(pairs) => {
                let pairs: Vec<(Value, Value)> =
                    pairs.iter().map(|(k, t)| (k.clone(), self.filled(t, outputs))).collect();
                self.new_dict(pairs)
            }
        }
    }
}
