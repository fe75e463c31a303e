//! Which expressions give results that are not known, each by its first cause.

use diagnostics::Span;
use rustc_hash::FxHashSet;

use crate::interp::Interp;
use crate::value::{Reason, Value};

/// So many are listed.
const MAX_LISTED: usize = 500;

/// An expression of the script whose result is not known though what it is made of is.
#[derive(Clone, Debug)]
pub struct UnknownResult {
    /// The expression.
    pub span: Span,
    /// Why.
    pub why: String,
    /// Which cause it is.
    reason: Option<usize>,
}

/// The unknown results so far.
#[derive(Debug, Default)]
pub(crate) struct Unknowns {
    listed: Vec<UnknownResult>,
    seen: FxHashSet<(String, Span)>,
    /// The causes that were noted, by where they are kept; keeping them keeps the places from being used again.
    reasons: Vec<Reason>,
    known: FxHashSet<usize>,
}

impl Unknowns {
    /// Returns what was noted, in the order of evaluation.
    pub(crate) fn listed(&self) -> &[UnknownResult] {
        &self.listed
    }

    fn add(&mut self, span: Span, why: String, reason: Option<usize>) {
        if self.listed.len() < MAX_LISTED && self.seen.insert((why.clone(), span)) {
            self.listed.push(UnknownResult { span, why, reason });
        }
    }

    /// Notes an expression if it is the first one that is unknown for this reason.
    fn add_cause(&mut self, span: Span, reason: &Reason) {
        let identity = reason.identity();
        if self.known.insert(identity) {
            self.reasons.push(reason.clone());
            self.add(span, reason.text().to_owned(), Some(identity));
        }
    }

    /// Takes a cause off the list: a comment states what the value is.
    pub(crate) fn settle(&mut self, reason: &Reason) {
        let identity = reason.identity();
        self.listed.retain(|unknown| unknown.reason != Some(identity));
    }
}

impl Interp<'_> {
    /// Returns the expressions whose results are not known, where that is asked for.
    pub fn unknown_results(&self) -> &[UnknownResult] {
        self.unknowns.listed()
    }

    /// Notes an expression's value if nothing, or no shape, is known of it for the first time.
    pub(crate) fn note_unknown(&mut self, value: &Value, span: Span) {
        if !self.frames.last().is_some_and(|frame| frame.own) {
            return;
        }
        match value {
            Value::Unknown(reason) => self.unknowns.add_cause(span, reason),
            Value::Tensor(id) => {
                let node = self.trace.node(*id);
                let open = |id: graph::NodeId| !self.trace.node(id).spec.shape.is_told();
                if node.span == self.here() && open(*id) && !node.inputs.iter().any(|(input, _)| open(*input))
                {
                    self.unknowns.add(span, "the shape of what this gives is not known".to_owned(), None);
                }
            }
            _ => {}
        }
    }
}
