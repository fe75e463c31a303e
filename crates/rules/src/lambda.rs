//! Rules about `Lambda` layers.

mod lambda_input_taken_for_float32;
mod lambda_mask_dropped;
mod lambda_output_shape_not_inferred;
mod lambda_output_shape_wrong;
mod lambda_returns_no_tensor;
mod mask_dropped;

use crate::Rule;

/// The rules of the group.
pub(crate) static RULES: &[&Rule] = &[
    &lambda_input_taken_for_float32::LAMBDA_INPUT_TAKEN_FOR_FLOAT32,
    &lambda_output_shape_not_inferred::LAMBDA_OUTPUT_SHAPE_NOT_INFERRED,
    &lambda_output_shape_wrong::LAMBDA_OUTPUT_SHAPE_WRONG,
    &lambda_returns_no_tensor::LAMBDA_RETURNS_NO_TENSOR,
    &lambda_mask_dropped::LAMBDA_MASK_DROPPED,
    &mask_dropped::MASK_DROPPED,
];
