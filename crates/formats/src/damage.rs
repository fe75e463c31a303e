//! What is wrong with a file, and where.

use std::fmt;

/// A kind of damage, as far as a loader's answer depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DamageKind {
    /// The container cannot be opened: no zip, no HDF5, cut off.
    Container,
    /// A part that must be there is missing.
    Missing,
    /// A text is not JSON.
    Json,
    /// A config is JSON, but lacks what every model's config has.
    Config,
    /// What is stored for a function is no function.
    Function,
    /// A weight file cannot be read.
    Weights,
    /// A member's name climbs out of the folder it is unpacked to, or is absolute.
    Traversal,
    /// Two members have one name.
    Duplicate,
    /// A member is much larger than what it is packed in, or than anything sensible.
    Bomb,
    /// The HDF5 file points to other files.
    External,
}

/// One thing that is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// Its kind.
    pub kind: DamageKind,
    /// Where: a member, an attribute, a layer; empty for the file as a whole.
    pub place: String,
    /// What is wrong.
    pub what: String,
    /// The exception that Python raises when it comes to it, with its message, where that is known.
    pub exception: Option<(&'static str, String)>,
}

impl Damage {
    pub(crate) fn new(kind: DamageKind, place: impl Into<String>, what: impl Into<String>) -> Damage {
        Damage { kind, place: place.into(), what: what.into(), exception: None }
    }

    pub(crate) fn raising(mut self, exception: &'static str, message: impl Into<String>) -> Damage {
        self.exception = Some((exception, message.into()));
        self
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.place.is_empty() {
            write!(f, "the file {}", self.what)
        } else {
            write!(f, "{}: {}", self.place, self.what)
        }
    }
}
