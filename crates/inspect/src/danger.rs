//! Whether code reaches out of its process: files, network, other programs, code made at run time.

mod names;
mod value;
mod walk;

use std::fmt;

pub(crate) use names::{Meaning, meaning};
pub(crate) use walk::judge_source;

/// How dangerous something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Danger {
    /// Nothing in it reaches out.
    Harmless,
    /// It cannot be told: code that could not be read, or that calls what the file does not hold.
    Unknown,
    /// It reaches the operating system, files, the network, or makes code as it runs.
    Dangerous,
}

impl Danger {
    /// Returns the name that is printed.
    pub fn name(self) -> &'static str {
        match self {
            Danger::Harmless => "harmless",
            Danger::Unknown => "unknown",
            Danger::Dangerous => "dangerous",
        }
    }
}

impl fmt::Display for Danger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A verdict and the reasons for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The worst of what was found.
    pub danger: Danger,
    /// Why, each reason once, the worst first.
    pub reasons: Vec<String>,
}

impl Judgement {
    /// Makes a verdict of nothing found.
    pub(crate) fn harmless() -> Judgement {
        Judgement { danger: Danger::Harmless, reasons: Vec::new() }
    }

    /// Makes a verdict with one reason.
    pub(crate) fn new(danger: Danger, reason: impl Into<String>) -> Judgement {
        Judgement { danger, reasons: vec![reason.into()] }
    }

    /// Adds a reason; a worse one comes before those that are there.
    pub(crate) fn add(&mut self, danger: Danger, reason: impl Into<String>) {
        let reason = reason.into();
        if danger > self.danger {
            self.danger = danger;
            self.reasons.insert(0, reason);
        } else if !self.reasons.contains(&reason) && self.reasons.len() < 20 {
            self.reasons.push(reason);
        }
    }
}
