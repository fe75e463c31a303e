//! Keras' layers: constructor checks, weights, call in terms of ops, masks.
//!
//! A [`Layer`] is a static struct of `fn` pointers, as an op is. It sees its instance only through a
//! [`Host`], which the interpreter implements: constructor arguments, weights, ops and sublayers. Nothing
//! here knows Python's syntax or the interpreter's values.

pub mod activations;
mod args;
mod attached;
mod base;
mod config;
pub mod constraints;
mod dims;
mod family;
mod host;
mod identifiers;
pub mod initial;
pub mod initializers;
mod layer;
mod layers;
pub mod losses;
pub mod metrics;
mod naming;
pub mod optimizers;
mod python;
pub mod regularizers;
mod runner;
pub mod saved;
mod spec;
mod tools;
pub mod training;
pub mod watch;
mod weights;

pub use attached::{Activity, Attached, mean_penalty};
pub use base::{BaseArgs, check_base, check_name, knows_keyword};
pub use config::{Bound, Config, configs, find_config, number, shown};
pub use family::{Family, Named, is_class};
pub use host::{Host, WeightArgs};
pub use identifiers::family_of_argument;
pub use layer::{Adapted, CallArgs, LAMBDA_NOT_INFERRED, Layer, Mask, OutputShape, Seeds};
pub use layers::{enable_adapter, find_layer, is_made_built, layers, standard_words};
pub use naming::{duplicate_name, snake_case};
pub use runner::{Keeper, Runner, Within};
pub use spec::{InputSpec, check_input, check_tensor};
pub use weights::check_weight;
