//! Rules about models that cannot be saved or loaded.

mod lambda_not_loadable;
mod unregistered_custom_object;

use crate::Rule;

/// The rules of the group.
pub(crate) static RULES: &[&Rule] =
    &[&lambda_not_loadable::LAMBDA_NOT_LOADABLE, &unregistered_custom_object::UNREGISTERED_CUSTOM_OBJECT];
