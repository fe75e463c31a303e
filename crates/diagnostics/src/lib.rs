//! Diagnostics, labels and fixes as plain data.
//!
//! Nothing here renders, serialises or reads files; the command line and the editor do.

mod edit;

use std::fmt;

pub use edit::{ApplyError, apply_edits};

/// A range of a source text in bytes, the end exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// Makes a span.
    pub fn new(start: u32, end: u32) -> Span {
        Span { start, end }
    }

    /// Returns the smallest span that covers both.
    pub fn cover(self, other: Span) -> Span {
        Span { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// Tells whether the span covers the other one.
    pub fn contains(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

/// How sure and how bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Advice.
    Info,
    /// The script runs and does not do what it seems to.
    Warning,
    /// A claim: this line raises when it is reached.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        })
    }
}

/// A place in the source and what is to be said about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What it is, for instance `float32[None, 10, 100]`.
    pub text: String,
}

/// Whether a fix can be applied without asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Applicability {
    /// The script means the same, or what it evidently was to mean.
    Safe,
    /// A person should look at it.
    Unsafe,
}

/// One replacement of source text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; empty for an insertion.
    pub span: Span,
    /// The new text.
    pub content: String,
}

/// Edits that mend a finding together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// Whether it may be applied without asking.
    pub applicability: Applicability,
    /// What it does, in the imperative: `bind the loop variable as a default argument`.
    pub title: String,
    /// The edits; they do not overlap.
    pub edits: Vec<Edit>,
}

/// One finding: what is wrong, why, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The rule's name, in kebab-case.
    pub rule: &'static str,
    /// The rule's group.
    pub group: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in one line.
    pub message: String,
    /// The expression it is about, and what is to be said of it there.
    pub primary: Label,
    /// Other places that matter: operands where they were made.
    pub labels: Vec<Label>,
    /// Why: each a sentence or two.
    pub notes: Vec<String>,
    /// What to do: each a sentence or two.
    pub help: Vec<String>,
    /// A repair.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// Makes a diagnostic without labels, notes, help or fix.
    pub fn new(
        rule: &'static str,
        group: &'static str,
        severity: Severity,
        primary: Label,
        message: String,
    ) -> Self {
        let (labels, notes, help) = (Vec::new(), Vec::new(), Vec::new());
        Diagnostic { rule, group, severity, message, primary, labels, notes, help, fix: None }
    }
}
