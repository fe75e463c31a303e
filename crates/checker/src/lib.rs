//! kerascope as a library: a source text in, a report out.
//!
//! [`check`] is everything the command line and an editor need: it parses, interprets, runs
//! the rules and applies suppressions, on a thread of its own with a stack that deep code cannot
//! exhaust, and turns a panic into a report. Nothing here reads files or writes to a terminal.

mod analyse;
pub mod config;
mod decode;
mod fix;
pub mod grad;
mod guard;
mod lines;
mod pages;
mod parallel;
pub mod profile;
mod report;
pub mod run;
mod selection;
pub mod trace;

pub use diagnostics::{Applicability, Diagnostic, Edit, Fix, Label, Severity, Span, apply_edits};
pub use interp::framework::summary::thousands;
pub use interp::results::Numeric;
pub use interp::{Alone, Backend, Found, Search, Sources, record, world};
pub use ops::Keras;
pub use python::{Library, NotebookError};
pub use rules::{Group, Rule, find_rule, rules};
pub use tensor::{Dim, Shape, TensorSpec};

pub use analyse::{Input, check, check_source, is_notebook, predict};
pub use config::Config;
pub use decode::{MAX_BYTES, MAX_LINES, MAX_NOTEBOOK_BYTES, Unreadable, decode, decode_notebook};
pub use fix::{Applied, Fixed, fix_file};
pub use guard::{STACK_SIZE, capture_panics, guarded as with_deep_stack};
pub use lines::{LineIndex, Position};
pub use names::nearest;
pub use pages::{Page, Pages};
pub use parallel::map_in_parallel;
pub use profile::Profile;
pub use report::{FileReport, Settings, unknown_record};
pub use selection::{Selection, UnknownName, similar_rule};
