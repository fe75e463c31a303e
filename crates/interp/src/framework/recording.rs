//! What is recorded of symbolic calls and of exceptions that leave them.

use graph::{NodeId, Source};
use ops::TensorKind;

use crate::framework::history::{Callee, KerasCall};
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::record::{LayerCall, Phase};
use crate::value::{Args, Value};

impl Interp<'_> {
    pub(crate) fn note_symbolic_call(&mut self, id: ObjId, args: Args, outputs: &Value, inputs: &[NodeId]) {
        let index = u32::try_from(self.keras_calls.len()).unwrap_or(u32::MAX);
        for node in self.flat_tensors(outputs) {
            if self.trace.node(node).kind == TensorKind::Keras {
                self.trace.node_mut(node).source = Source::LayerCall(index);
            }
        }
        let span = self.here();
        let inputs = inputs.to_vec();
        self.keras_calls.push(KerasCall {
            callee: Callee::Layer(id),
            args,
            outputs: outputs.clone(),
            inputs,
            span,
        });
        if let Some(state) = self.layer_mut(id) {
            state.calls.push(index);
        }
    }

    pub(crate) fn record_layer_call(&mut self, id: ObjId, line: u32, inputs: &[NodeId], outputs: &Value) {
        let outputs = self.flat_tensors(outputs);
        let shape = |n: &NodeId| self.trace.node(*n).spec.shape.clone();
        let dtype =
            |n: &NodeId| self.trace.node(*n).spec.dtype.map_or("unknown", tensor::DType::name).to_owned();
        self.record.layer_calls.push(LayerCall {
            line,
            layer: self.layer(id).map(|s| s.name.to_string()).unwrap_or_default(),
            class: self.class_name(id).to_string(),
            inputs: inputs.iter().map(shape).collect(),
            outputs: outputs.iter().map(shape).collect(),
            dtypes: outputs.iter().map(dtype).collect(),
        });
    }

    /// Records an exception that leaves a layer call or a model's method.
    pub(crate) fn record_raised(&mut self, id: ObjId, phase: Phase) {
        if let Some(state) = self.exception_mut(id) {
            state.recorded = true;
        }
        let mut raised = self.raised_record(id);
        raised.phase = phase;
        self.record.raised.push(raised);
        self.events.push(crate::events::Event::Raised { exception: id, fatal: false });
    }
}
