//! Rules about models that cannot be saved or loaded.

mod config_not_readable;
mod lambda_loses_globals;
mod lambda_not_loadable;
mod lambda_value_not_serializable;
mod model_format_not_supported;
mod unregistered_custom_object;

use crate::Rule;

/// The rules of the group.
pub(crate) static RULES: &[&Rule] = &[
    &lambda_not_loadable::LAMBDA_NOT_LOADABLE,
    &lambda_loses_globals::LAMBDA_LOSES_GLOBALS,
    &model_format_not_supported::MODEL_FORMAT_NOT_SUPPORTED,
    &unregistered_custom_object::UNREGISTERED_CUSTOM_OBJECT,
    &lambda_value_not_serializable::LAMBDA_VALUE_NOT_SERIALIZABLE,
    &config_not_readable::CONFIG_NOT_READABLE,
];
