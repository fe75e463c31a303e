//! Reads what CPython's `marshal` wrote, without Python: constants and code objects.
//!
//! The format is that of `Python/marshal.c`. What CPython reads is read, bytes after the object included,
//! which it ignores; whatever it refuses is refused. Nothing is executed.

mod code;
mod error;
mod loads;
mod reader;

use crate::object::{Layout, Object};
use crate::version::Versions;

pub use error::{MarshalError, Problem};
pub use loads::{Loaded, loads};

/// A file's object and what is known of who wrote it.
#[derive(Clone, Debug, PartialEq)]
pub struct Marshalled {
    /// The object.
    pub value: Object,
    /// The releases that may have written it: the layout of its code objects, the instructions in them and
    /// their tables fit. Empty if it has code that fits none.
    pub versions: Versions,
    /// How many bytes the object takes; CPython ignores those after it.
    pub length: usize,
}

/// Reads an object.
///
/// Takes time and memory in proportion to the bytes.
///
/// # Errors
/// Fails with the place and what was expected there when the bytes are not a whole object of any release.
pub fn read(bytes: &[u8]) -> Result<Marshalled, MarshalError> {
    let mut best: Option<Marshalled> = None;
    let mut furthest: Option<MarshalError> = None;
    for layout in [Layout::Modern, Layout::Positional, Layout::Old] {
        match reader::read(bytes, layout) {
            Ok(read) if !read.has_code => {
                return Ok(Marshalled { value: read.value, versions: Versions::ALL, length: read.length });
            }
            Ok(read) => {
                let versions = crate::tell::versions(&read.value);
                if best.as_ref().is_none_or(|best| best.versions.is_empty() && !versions.is_empty()) {
                    best = Some(Marshalled { value: read.value, versions, length: read.length });
                }
            }
            Err(error) => {
                if furthest.as_ref().is_none_or(|furthest| error.offset > furthest.offset) {
                    furthest = Some(error);
                }
            }
        }
    }
    match (best, furthest) {
        (Some(marshalled), _) => Ok(marshalled),
        (None, Some(error)) => Err(error),
        // No layout was tried, which can't be.
        (None, None) => {
            Err(MarshalError { offset: 0, problem: Problem::Truncated { expected: "an object" } })
        }
    }
}

#[cfg(test)]
mod tests;
