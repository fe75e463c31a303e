//! Rules about functions of one framework or version used where they do not work.

mod keras2_backend_function;
mod keras_ops_of;
mod loss_added_to_functional_model;
mod numpy_function_on_symbolic_tensor;
mod python_control_flow_on_tensor;
mod tensor_item_assignment;
mod tensorflow_function_on_keras_tensor;

use crate::Rule;

/// The rules of the group.
pub(crate) static RULES: &[&Rule] = &[
    &keras2_backend_function::KERAS2_BACKEND_FUNCTION,
    &loss_added_to_functional_model::LOSS_ADDED_TO_FUNCTIONAL_MODEL,
    &numpy_function_on_symbolic_tensor::NUMPY_FUNCTION_ON_SYMBOLIC_TENSOR,
    &tensorflow_function_on_keras_tensor::TENSORFLOW_FUNCTION_ON_KERAS_TENSOR,
    &python_control_flow_on_tensor::PYTHON_CONTROL_FLOW_ON_TENSOR,
    &tensor_item_assignment::TENSOR_ITEM_ASSIGNMENT,
];
