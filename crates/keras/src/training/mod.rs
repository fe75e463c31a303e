//! What surrounds the steps of a training: the rows of its batches, its passes over the data, the weights of its samples,
//! the names of its logs.
//!
//! How a step is carried out, and who is asked in between, is the caller's; what callbacks decide is in
//! [`watch`](crate::watch).

mod logs;
mod passes;
mod rows;

pub use logs::{LogName, LogNames};
pub use passes::{Passes, Steps};
pub use rows::{BOTH_WEIGHTS, class_weights, has_classes, rows, split_at};
