//! Training with numbers: what a step changes, and how often it is made.
//!
//! Losses, metrics, optimizers, regularizers and constraints are declared in crate `keras` in terms of ops; here
//! is what keeps their variables and carries a model's steps out on real batches.

mod backups;
mod batches;
mod callbacks;
mod continued;
mod fit;
mod keeper;
mod logged;
mod loss_scale;
mod metrics;
mod monitored;
mod optimizer;
mod penalties;
mod plans;
mod progress;
mod read_ahead;
mod shown;
mod swap_averages;

pub(crate) use callbacks::Event;
pub(crate) use fit::{Logs, Rounds};
pub(crate) use keeper::{Keep, Owner, Slots};
pub(crate) use optimizer::ITERATIONS;
pub(crate) use plans::Plans;
pub use progress::Bar;
pub(crate) use progress::{Call, Progress, Update, Verbosity};
pub(crate) use read_ahead::{Ahead, Drawn};
