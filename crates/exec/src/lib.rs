//! Runs recorded programs on numbers, as often as wanted.
//!
//! `ops` records what a function consists of once ([`ops::numeric::Program`]); a [`Plan`] is that program
//! made ready to run: without the steps that nothing asks for, and with the place where each value is used last,
//! after which its buffer is used again. [`slopes`] compares a program's gradient with what the program does.

mod plan;
pub mod slopes;

pub use plan::{Failure, Plan, Unplanned};
