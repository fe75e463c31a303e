//! Keras models in Rust: built, checked, differentiated and trained without TensorFlow and without Python.
//!
//! This is the engine of the command `kerascope` as a library. Layers, losses, metrics and optimizers are Keras 3's on
//! TensorFlow: the same shapes, the same exceptions with the same messages, the same gradients - as values. A
//! [`Lambda`] is a Rust closure on tensors, which is traced once and runs as a recorded program.
//!
//! # A mistake, as a value
//!
//! A weighted sum over the last axis, with `K.dot`. Keras 3 believes the `output_shape` and raises
//! `pop index out of range` only when data arrives; here that is a [`Finding`] with its cause:
//!
//! ```
//! use kerascope::{Exc, Finding, Input, Lambda, Model};
//!
//! # fn main() -> kerascope::Result<()> {
//! let sequence = Input::new([10, 100]);
//! let summed = Lambda::new(|k, x| {
//!     let weights = k.call("tf.keras.backend.random_normal", [[100].into()], [])?;
//!     k.call("tf.keras.backend.dot", [x.into(), (&weights).into()], [])
//! })
//! .output_shape([100])
//! .call(&sequence)?;
//! let model = Model::new(&[&sequence], &summed)?;
//!
//! let findings = model.check(10, &[]);
//! let raised = findings.iter().find_map(|finding| match finding {
//!     Finding::Raises(raised) => Some(raised),
//!     _ => None,
//! });
//! let raised = raised.expect("`K.dot` takes no operand of rank 1");
//! assert_eq!(raised.exception, Exc::IndexError);
//! assert_eq!(raised.message, "pop index out of range");
//! assert_eq!(raised.function, "tf.keras.backend.dot");
//! # Ok(())
//! # }
//! ```
//!
//! # What it consists of
//!
//! - [`Input`] and [`Layer`] make [`Symbol`]s: tensors without data. Any class of `keras.layers` that the engine models
//!   is made by [`Layer::new`], with its constructor's arguments by name.
//! - [`Lambda`] makes a layer of a closure, which computes in a [`Scope`].
//! - [`Model`] and [`Sequential`] put layers together; [`Model::check`] says what is wrong as [`Finding`]s, and
//!   [`Model::as_layer`] makes a model a part of another.
//! - [`Model::compile`], [`Model::fit`], [`Model::evaluate`], [`Model::predict`] train and run it, with any [`Optimizer`],
//!   [`Schedule`], [`Loss`] and [`Metric`] of Keras', or a loss of your own. [`Fit`] says how: validation data, weights of
//!   samples and classes, steps. [`Model::fit_with`] asks [`Callback`]s, such as [`EarlyStopping`], after each batch and
//!   epoch.
//! - [`Model::train_on_batch`] makes one step; [`Model::gradients`] and [`Model::apply_gradients`] are the halves of one, for
//!   a training of your own.
//! - [`Model::summary`] lists the layers.
//! - [`Model::save`] and [`Model::load`] write and read Keras' `.keras` files, with what the model was compiled with and
//!   its optimizer's state; a [`Loader`] supplies the functions that no file holds.
//!
//! # Limits
//!
//! The first numbers of weights and random ops are repeatable, but not TensorFlow's.

mod attached;
mod callbacks;
mod check;
mod compile;
mod data;
mod engine;
mod error;
mod gradients;
mod host;
mod lambda;
mod layer;
mod model;
mod network;
mod options;
mod plans;
mod saved;
mod scope;
mod summary;
mod symbol;
mod train;
mod value;
mod weight;

pub use array::Array;
pub use attached::{Constraint, Regularizer};
pub use callbacks::{Batch, Callback, EarlyStopping, Epoch, Next, ReduceOnPlateau};
pub use check::{Cut, Fate, Finding};
pub use compile::{Loss, Losses, Metric, Optimizer, Schedule};
pub use data::Labels;
pub use error::{Error, Raised, Result};
pub use exec::Failure;
pub use gradients::Gradients;
pub use lambda::Lambda;
pub use layer::Layer;
pub use model::{Model, Sequential};
pub use ops::{Exc, Mistake};
pub use options::{Fit, History};
pub use saved::Loader;
pub use scope::Scope;
pub use summary::{Summary, SummaryRow};
pub use symbol::{Input, Symbol};
pub use tensor::{DType, Dim, Shape, TensorSpec};
pub use value::{Tensor, Value};
pub use weight::Weight;
