//! Rules about shapes that do not fit, or fit only by accident.

mod axis_out_of_range;
mod gradient_note;
mod incompatible_shapes;
mod index_out_of_range;
mod layer_input_mismatch;
mod reshape_size;
mod stack_or_concat_mismatch;

use crate::Rule;

/// The rules of the group. What joins tensors goes before what combines them in other ways.
pub(crate) static RULES: &[&Rule] = &[
    &layer_input_mismatch::LAYER_INPUT_MISMATCH,
    &stack_or_concat_mismatch::STACK_OR_CONCAT_MISMATCH,
    &reshape_size::RESHAPE_SIZE,
    &axis_out_of_range::AXIS_OUT_OF_RANGE,
    &index_out_of_range::INDEX_OUT_OF_RANGE,
    &incompatible_shapes::INCOMPATIBLE_SHAPES,
];
