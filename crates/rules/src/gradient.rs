//! Rules about gradients that are cut or zero, and weights that never train.

mod gradient_always_zero;
mod gradient_cut;
mod no_trainable_weights;
mod path;
mod random_weight;

use crate::Rule;

/// The rules of the group.
pub(crate) static RULES: &[&Rule] = &[
    &gradient_cut::GRADIENT_CUT,
    &gradient_always_zero::GRADIENT_ALWAYS_ZERO,
    &no_trainable_weights::NO_TRAINABLE_WEIGHTS,
    &random_weight::RANDOM_WEIGHT,
];
