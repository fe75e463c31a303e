//! Rules about variables, layers and Python state in the wrong place.

mod keras_tensor_captured;
mod late_bound_loop_variable;
mod layer_or_variable_in_lambda;
mod untracked_weights;

use crate::Rule;

/// The rules of the group.
pub(crate) static RULES: &[&Rule] = &[
    &layer_or_variable_in_lambda::LAYER_OR_VARIABLE_IN_LAMBDA,
    &keras_tensor_captured::KERAS_TENSOR_CAPTURED,
    &late_bound_loop_variable::LATE_BOUND_LOOP_VARIABLE,
    &untracked_weights::UNTRACKED_WEIGHTS,
];
