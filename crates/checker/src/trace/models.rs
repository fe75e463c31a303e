//! The tables of layers, as `summary()` shows them.

use interp::Interp;
use interp::framework::summary::Row;
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
        layers: interp.model_rows(id).into_iter().map(|found| row(interp, found)).collect(),
        trainable: interp.count(&trainable),
        non_trainable: interp.count(&rest),
    })
}

fn row(interp: &Interp<'_>, row: Row) -> LayerRow {
    LayerRow {
        name: row.name.to_string(),
        class: row.class.to_string(),
        outputs: row.outputs.iter().map(|node| interp.trace.node(*node).spec.clone()).collect(),
        parameters: row.parameters,
        connected_to: row.connected_to,
        made: row.made,
    }
}
