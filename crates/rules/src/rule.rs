//! What a rule is.

use diagnostics::{Severity, Span};
use interp::Interp;
use interp::events::Event;
use python::{Module, Suppressions, SyntaxError};

use crate::{Context, Explanation, Failure};

/// What a group of rules is about; `--select` and `--ignore` take its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Group {
    /// Python itself: syntax, imports, names, calls.
    Script,
    /// Shapes that do not fit, or fit only by accident.
    Shape,
    /// Element types.
    Dtype,
    /// `Lambda` layers.
    Lambda,
    /// Gradients that are cut, zero or NaN, and weights that never train.
    Gradient,
    /// Variables, layers and Python state in the wrong place.
    State,
    /// Functions of one framework or version used where they do not work.
    Backend,
    /// Models that cannot be saved or loaded.
    Saving,
    /// What a model file holds.
    ModelFile,
}

impl Group {
    /// Every group.
    pub const ALL: &[Group] = &[
        Group::Script,
        Group::Shape,
        Group::Dtype,
        Group::Lambda,
        Group::Gradient,
        Group::State,
        Group::Backend,
        Group::Saving,
        Group::ModelFile,
    ];

    /// Returns the name used on the command line and in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Group::Script => "script",
            Group::Shape => "shape",
            Group::Dtype => "dtype",
            Group::Lambda => "lambda",
            Group::Gradient => "gradient",
            Group::State => "state",
            Group::Backend => "backend",
            Group::Saving => "saving",
            Group::ModelFile => "model-file",
        }
    }
}

/// One rule: a defect it finds, and its page.
#[derive(Debug)]
pub struct Rule {
    /// The defect in kebab-case, so that "allow NAME" reads well.
    pub name: &'static str,
    /// What the rule is about.
    pub group: Group,
    /// The defect in one line, without a full stop.
    pub summary: &'static str,
    /// How bad it is. [`Severity::Error`] claims that the line raises when it is reached.
    pub severity: Severity,
    /// The rule's page, in Markdown: documentation and test at once.
    pub page: &'static str,
    /// What it listens to, and what it does then.
    pub check: Check,
}

/// What a rule listens to.
#[derive(Clone, Copy, Debug)]
pub enum Check {
    /// The text and its tree, also where Python refuses it.
    Module(fn(&Module, &mut Context<'_>)),
    /// The places where the text is not Python; there is at least one.
    Syntax(fn(&[SyntaxError], &mut Context<'_>)),
    /// Each of the interpreter's events, in order.
    Event(fn(&Event, &Interp<'_>, &mut Context<'_>)),
    /// That how the script ends cannot be told: why, and where that begins.
    Unknown(fn(&str, Span, &mut Context<'_>)),
    /// Each exception that the script meets, unless a rule has said that it explains it. The first rule that
    /// has an explanation gives it; the finding is an error where the script ends with the exception.
    Failure(fn(&Failure<'_>) -> Option<Explanation>),
    /// The comments that silence findings, once they have silenced what there is. Asked only where everything
    /// that could be found was found.
    Comments(fn(&Suppressions, &mut Context<'_>)),
    /// The whole script, once it is over: its record, its trace, what became unknown.
    Script(fn(&Interp<'_>, &mut Context<'_>)),
}
