//! The tables of layers, as `summary()` shows them.

use graph::{NodeId, Source};
use interp::Interp;
use interp::framework::history::{Callee, KerasCall};
use interp::heap::ObjId;

use super::{LayerRow, ModelTable};

/// Returns the tables of the models that are there at the end.
pub(super) fn of(interp: &Interp<'_>) -> Vec<ModelTable> {
    interp.models().into_iter().filter_map(|id| table(interp, id)).collect()
}

fn table(interp: &Interp<'_>, id: ObjId) -> Option<ModelTable> {
    let state = interp.layer(id)?;
    let (trainable, rest) = interp.weights_of(id);
    Some(ModelTable {
        name: state.name.to_string(),
        class: interp.class_name(id).to_string(),
        layers: interp.layers_of(id).into_iter().filter_map(|layer| row(interp, id, layer)).collect(),
        trainable: interp.count(&trainable),
        non_trainable: interp.count(&rest),
    })
}

fn row(interp: &Interp<'_>, model: ObjId, layer: ObjId) -> Option<LayerRow> {
    let state = interp.layer(layer)?;
    let graph = interp.model(model).and_then(|model| model.graph.as_ref());
    let own = |index: &u32| {
        let call = interp.keras_calls.get(*index as usize)?;
        matches!(call.callee, Callee::Layer(id) if id == layer).then_some(call)
    };
    let calls = graph.map_or(&state.calls[..], |graph| &graph.calls[..]);
    let calls: Vec<&KerasCall> = calls.iter().filter_map(own).collect();
    let input = interp.input_of(layer);
    // Keras shows the last of a shared layer's outputs.
    let outputs: Vec<NodeId> = match calls.last() {
        Some(call) => interp.flat_tensors(&call.outputs),
        None => input.into_iter().collect(),
    };
    let (trainable, rest) = interp.weights_of(layer);
    let made = match input {
        Some(node) => interp.trace.node(node).span,
        None => state.made,
    };
    Some(LayerRow {
        name: state.name.to_string(),
        class: interp.class_name(layer).to_string(),
        outputs: outputs.iter().map(|node| interp.trace.node(*node).spec.clone()).collect(),
        parameters: interp.count(&trainable).zip(interp.count(&rest)).map(|(a, b)| a + b),
        connected_to: calls
            .iter()
            .flat_map(|call| call.inputs.iter().filter_map(|node| made_by(interp, *node)))
            .collect(),
        made,
    })
}

/// Returns where a KerasTensor comes from, as Keras writes it: the layer, which of its calls, which output.
fn made_by(interp: &Interp<'_>, node: NodeId) -> Option<String> {
    let Source::LayerCall(index) = interp.trace.node(node).source else {
        let name = &interp.layer(interp.input_layer(node)?)?.name;
        return Some(format!("{name}[0][0]"));
    };
    let call = interp.keras_calls.get(index as usize)?;
    let output = interp.flat_tensors(&call.outputs).iter().position(|known| *known == node).unwrap_or(0);
    match &call.callee {
        Callee::Layer(id) => {
            let state = interp.layer(*id)?;
            let which = state.calls.iter().position(|known| *known == index).unwrap_or(0);
            Some(format!("{}[{which}][{output}]", state.name))
        }
        Callee::Op { path, .. } => Some(format!("{path}[0][{output}]")),
    }
}
