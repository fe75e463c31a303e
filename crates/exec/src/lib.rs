//! Runs recorded programs on numbers, as often as wanted.
//!
//! `ops` records what a function consists of once ([`ops::numeric::Program`]); a [`Plan`] is that program
//! made ready to run: without the steps that nothing asks for, with element-wise steps gathered to chains, and with
//! the place where each value is used last, after which its buffer is used again. A [`Stateful`] is a plan that changes
//! variables, as a step of training does: in place, once nothing is left that could be refused. [`slopes`] compares a program's gradient with what the program does.

mod fuse;
mod plan;
pub mod slopes;
mod stateful;

pub use plan::{Failure, Plan, Unplanned};
pub use stateful::{Recording, Stateful, Variables};
