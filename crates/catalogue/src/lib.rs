//! What the errors of Keras mean: an error text or a traceback in, entries of the catalogue out.
//!
//! The entries are data (`data/*.toml`), read and compiled on first use. Nothing here reads files or
//! knows the checker; who has the script at hand asks that as well.

mod clean;
mod entry;
mod matching;
mod nearest;
mod traceback;

pub use clean::cleaned;
pub use entry::{Cause, Entry, Kind, entries, find_entry};
pub use matching::{Match, matches};
pub use nearest::nearest;
pub use traceback::{Frame, Traceback};
