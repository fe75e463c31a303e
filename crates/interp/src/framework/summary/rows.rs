//! The layers of a model as `summary()` lists them: names, outputs, parameters, connections.

use std::rc::Rc;

use diagnostics::Span;
use graph::{NodeId, Source};
use ops::Keras;

use crate::framework::history::{Callee, KerasCall};
use crate::framework::order::Owner;
use crate::heap::ObjId;
use crate::interp::Interp;

/// What a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A layer.
    Layer(ObjId),
    /// An operation on KerasTensors, by its call.
    Operation(u32),
}

/// A row of a model's table.
#[derive(Clone, Debug)]
pub struct Row {
    /// What it is about.
    pub entry: Entry,
    /// The layer's name.
    pub name: Rc<str>,
    /// Its class.
    pub class: Rc<str>,
    /// The tensors that its last call in the model gives.
    pub outputs: Vec<NodeId>,
    /// The number of its parameters; nothing where it cannot be told.
    pub parameters: Option<i64>,
    /// Where its inputs come from, as Keras writes it: `dense[0][0]`.
    pub connected_to: Vec<String>,
    /// The expression that made it.
    pub made: Span,
}

impl Interp<'_> {
    /// Returns the rows of a model's table in Keras' order, operations between its layers included.
    pub fn model_rows(&self, model: ObjId) -> Vec<Row> {
        self.entries_of(model).into_iter().filter_map(|entry| self.row_of(model, entry)).collect()
    }

    /// What a model consists of, in Keras' order.
    pub(super) fn entries_of(&self, model: ObjId) -> Vec<Entry> {
        let functional = self.model(model).filter(|state| state.sequential.is_none());
        let ends = functional.and_then(|state| state.graph.as_ref()).and_then(|graph| {
            let outputs = self.flat_tensors(graph.outputs.as_ref()?);
            Some((graph.inputs.clone(), outputs))
        });
        match ends {
            Some((inputs, outputs)) => {
                let owners = self.order_graph(&inputs, &outputs).owners;
                let entry = |owner| match owner {
                    Owner::Layer(id) => Entry::Layer(id),
                    Owner::Op(call) => Entry::Operation(call),
                };
                owners.into_iter().map(entry).collect()
            }
            None => self.layers_of(model).into_iter().map(Entry::Layer).collect(),
        }
    }

    /// The row of a layer or operation in the table of a model, which it need not belong to itself.
    pub(super) fn row_of(&self, model: ObjId, entry: Entry) -> Option<Row> {
        let graph = self.model(model).and_then(|model| model.graph.as_ref());
        let connected_to = |calls: &[&KerasCall]| {
            calls
                .iter()
                .flat_map(|call| call.inputs.iter().filter_map(|node| self.inbound_place(*node)))
                .collect()
        };
        match entry {
            Entry::Operation(index) => {
                let call = self.keras_calls.get(index as usize)?;
                let Callee::Op { name, class, .. } = &call.callee else { return None };
                Some(Row {
                    entry,
                    name: name.clone(),
                    class: class.clone(),
                    outputs: self.flat_tensors(&call.outputs),
                    parameters: Some(0),
                    connected_to: connected_to(&[call]),
                    made: call.span,
                })
            }
            Entry::Layer(layer) => {
                let state = self.layer(layer)?;
                let own = |index: &u32| {
                    let call = self.keras_calls.get(*index as usize)?;
                    matches!(call.callee, Callee::Layer(id) if id == layer).then_some(call)
                };
                let calls = graph.map_or(&state.calls[..], |graph| &graph.calls[..]);
                let calls: Vec<&KerasCall> = calls.iter().filter_map(own).collect();
                let input = self.input_of(layer);
                // Keras shows the last of a shared layer's outputs.
                let outputs = match calls.last() {
                    Some(call) => self.flat_tensors(&call.outputs),
                    None => input.into_iter().collect(),
                };
                let (trainable, rest) = self.weights_of(layer);
                Some(Row {
                    entry,
                    name: state.name.clone(),
                    class: self.class_name(layer),
                    outputs,
                    parameters: self.count(&trainable).zip(self.count(&rest)).map(|(a, b)| a + b),
                    connected_to: connected_to(&calls),
                    made: input.map_or(state.made, |node| self.trace.node(node).span),
                })
            }
        }
    }

    /// Returns where a KerasTensor comes from, as Keras writes it: the layer, which of its calls, which output.
    fn inbound_place(&self, node: NodeId) -> Option<String> {
        let Source::LayerCall(index) = self.trace.node(node).source else {
            let name = &self.layer(self.input_layer(node)?)?.name;
            return Some(format!("{name}[0][0]"));
        };
        let call = self.keras_calls.get(index as usize)?;
        let output = self.flat_tensors(&call.outputs).iter().position(|known| *known == node).unwrap_or(0);
        match &call.callee {
            Callee::Layer(id) => {
                let state = self.layer(*id)?;
                let which = state.calls.iter().position(|known| *known == index).unwrap_or(0);
                Some(format!("{}[{which}][{output}]", state.name))
            }
            Callee::Op { name, .. } => Some(format!("{name}[0][{output}]")),
        }
    }

    /// The shapes of a layer's outputs as `summary()` writes them.
    pub(super) fn shown_outputs(&mut self, row: &Row) -> crate::raise::Eval<String> {
        let Entry::Layer(layer) = row.entry else {
            return Ok(self.shown_shapes(&row.outputs, false));
        };
        let calls: Vec<u32> = self.layer(layer).map(|state| state.calls.clone()).unwrap_or_default();
        let outputs: Vec<Vec<NodeId>> = calls
            .iter()
            .filter_map(|index| self.keras_calls.get(*index as usize))
            .map(|call| self.flat_tensors(&call.outputs))
            .collect();
        if let Some(node) = self.input_of(layer) {
            return Ok(self.shown_shapes(&[node], self.keras == Keras::Two));
        }
        let graph = self.model(layer).and_then(|model| model.graph.as_ref());
        let own = graph.and_then(|graph| graph.outputs.as_ref()).map(|outputs| self.flat_tensors(outputs));
        match (self.keras, outputs.last()) {
            (Keras::Three, Some(last)) => Ok(self.shown_shapes(last, false)),
            (Keras::Two, Some(last)) => {
                let text = self.shown_shapes(last, false);
                let same = outputs.iter().all(|other| self.shown_shapes(other, false) == text);
                Ok(if same { text } else { "multiple".to_owned() })
            }
            (_, None) if own.is_some() => Ok(self.shown_shapes(&own.unwrap_or_default(), false)),
            (Keras::Two, None) => Ok("multiple".to_owned()),
            (Keras::Three, None) => self.shown_built(layer),
        }
    }

    /// Shapes as Python writes them: one alone, several in a list.
    fn shown_shapes(&self, nodes: &[NodeId], listed: bool) -> String {
        let shape = |node: &NodeId| {
            let shape = &self.trace.node(*node).spec.shape;
            match (self.keras, shape.dims()) {
                // Keras 3 joins the sizes itself, without the comma of a tuple of one.
                (Keras::Three, Some([only])) => format!("({only})"),
                _ => shape.tuple(),
            }
        };
        match nodes {
            [one] if !listed => shape(one),
            several => format!("[{}]", several.iter().map(shape).collect::<Vec<_>>().join(", ")),
        }
    }

    /// What Keras 3 makes of the shape that a layer without symbolic calls was built for.
    fn shown_built(&mut self, layer: ObjId) -> crate::raise::Eval<String> {
        let unknown = "?".to_owned();
        let Some(state) = self.layer(layer) else { return Ok(unknown) };
        let Some(shape) = state.built_on.clone() else { return Ok(unknown) };
        let own = !state.weights.is_empty() || !state.sublayers.is_empty();
        let (builds, declared) = match state.decl {
            Some(decl) => (own || MERGING.contains(&decl.name), true),
            None => (self.script_method(layer, "build").is_some(), false),
        };
        // The base class knows no shapes.
        if !builds || !declared && self.script_method(layer, "compute_output_shape").is_none() {
            return Ok(unknown);
        }
        let args = crate::value::Args::of([shape]);
        let object = crate::value::Value::Instance(layer);
        let outputs = self.on_specs(|interp| interp.call_method(&object, "compute_output_shape", args))?;
        let text = match outputs {
            Some(outputs) => self.display(&outputs)?,
            None => None,
        };
        Ok(text.map_or(unknown, |text| text.replace(",)", ")")))
    }
}

/// Layers without weights that have a `build`.
const MERGING: &[&str] =
    &["Add", "Average", "Concatenate", "Dot", "Maximum", "Minimum", "Multiply", "Subtract"];
