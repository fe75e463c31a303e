//! Rules about Python itself: syntax, imports, names, calls.

mod analysis_incomplete;
mod call_does_not_fit_signature;
mod caught_exception;
mod duplicate_layer_name;
mod layer_called_on_no_tensor;
mod missing_key;
mod missing_name;
mod misspelt_comment;
mod model_not_built;
mod not_a_layer;
mod output_not_from_layer;
mod renaming;
mod super_init_missing;
mod syntax_error;
mod uncaught_exception;
mod unknown_result;
mod unpacking;
mod unused_suppression;
mod wrong_argument;

use crate::Rule;

/// The rules of the group. Those without an explanation of their own come last.
pub(crate) static RULES: &[&Rule] = &[
    &analysis_incomplete::ANALYSIS_INCOMPLETE,
    &unknown_result::UNKNOWN_RESULT,
    &misspelt_comment::MISSPELT_COMMENT,
    &unused_suppression::UNUSED_SUPPRESSION,
    &syntax_error::SYNTAX_ERROR,
    &missing_name::MISSING_NAME,
    &missing_key::MISSING_KEY,
    &unpacking::UNPACKING,
    &call_does_not_fit_signature::CALL_DOES_NOT_FIT_SIGNATURE,
    &model_not_built::MODEL_NOT_BUILT,
    &super_init_missing::SUPER_INIT_MISSING,
    &not_a_layer::NOT_A_LAYER,
    &layer_called_on_no_tensor::LAYER_CALLED_ON_NO_TENSOR,
    &output_not_from_layer::OUTPUT_NOT_FROM_LAYER,
    &duplicate_layer_name::DUPLICATE_LAYER_NAME,
    &wrong_argument::WRONG_ARGUMENT,
    &uncaught_exception::UNCAUGHT_EXCEPTION,
    &caught_exception::CAUGHT_EXCEPTION,
];
