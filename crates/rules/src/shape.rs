//! Rules about shapes that do not fit, or fit only by accident.

mod axis_out_of_range;
mod batch_dim_changed;
mod batch_size_baked_in;
mod data_does_not_fit_model;
mod extra_axes;
mod gradient_note;
mod graph_disconnected;
mod incompatible_shapes;
mod index_out_of_range;
mod labels_do_not_fit_loss;
mod layer_input_mismatch;
mod mending;
mod none_as_size;
mod reshape_size;
mod silent_broadcast;
mod stack_or_concat_mismatch;
mod unknown_size;
mod whence;
mod window_larger_than_input;

use crate::Rule;

/// The rules of the group. What joins tensors goes before what combines them in other ways.
pub(crate) static RULES: &[&Rule] = &[
    &none_as_size::NONE_AS_SIZE,
    &batch_size_baked_in::BATCH_SIZE_BAKED_IN,
    &graph_disconnected::GRAPH_DISCONNECTED,
    &labels_do_not_fit_loss::LABELS_DO_NOT_FIT_LOSS,
    &data_does_not_fit_model::DATA_DOES_NOT_FIT_MODEL,
    &layer_input_mismatch::LAYER_INPUT_MISMATCH,
    &stack_or_concat_mismatch::STACK_OR_CONCAT_MISMATCH,
    &window_larger_than_input::WINDOW_LARGER_THAN_INPUT,
    &unknown_size::UNKNOWN_SIZE,
    &reshape_size::RESHAPE_SIZE,
    &axis_out_of_range::AXIS_OUT_OF_RANGE,
    &index_out_of_range::INDEX_OUT_OF_RANGE,
    &incompatible_shapes::INCOMPATIBLE_SHAPES,
    &batch_dim_changed::BATCH_DIM_CHANGED,
    &silent_broadcast::SILENT_BROADCAST,
];
