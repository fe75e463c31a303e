//! Elements whose integers are known to be among some values: the labels and ids that meet a layer or a loss which has
//! no place for one of them.
//!
//! A pipeline is followed by the spec of one element. What its integers are drawn from goes beside it, a set of values
//! for each tensor, through the methods that keep it true; every other method drops it.

use std::rc::Rc;

use tensor::{Content, Data};

use super::{Count, DatasetState};
use crate::interp::Interp;
use crate::value::Value;

/// What the integers of a dataset's elements are drawn from.
#[derive(Clone, Debug, Default)]
pub struct Draws {
    /// The values for each tensor of an element, in the order of its leaves.
    leaves: Vec<Option<Rc<Data>>>,
    /// Whether some of the elements are like all: the labels of a list may be sorted.
    alike: bool,
}

impl Draws {
    /// What remains for some of the elements.
    pub(super) fn some(self) -> Draws {
        if self.alike { self } else { Draws::default() }
    }

    /// The same elements in another order.
    pub(super) fn shuffled(self, whole: bool) -> Draws {
        Draws { alike: self.alike || whole, ..self }
    }

    /// Of a tuple of elements.
    pub(super) fn beside(self, other: Draws) -> Draws {
        let alike = self.alike && other.alike;
        Draws { leaves: self.leaves.into_iter().chain(other.leaves).collect(), alike }
    }

    /// Of so many tensors of which nothing is known.
    pub(super) fn nothing(leaves: usize) -> Draws {
        Draws { leaves: vec![None; leaves], alike: true }
    }

    /// Of what a function makes of an element that these were written into.
    pub(super) fn through(&self, interp: &Interp<'_>, result: &Value) -> Draws {
        if !self.any() {
            return Draws::default();
        }
        let leaves =
            interp.flat_tensors(result).into_iter().map(|node| match &interp.trace.node(node).content {
                Content::Drawn(values) if matches!(**values, Data::Int(_)) => Some(values.clone()),
                _ => None,
            });
        Draws { leaves: leaves.collect(), alike: self.alike }
    }

    /// Tells whether anything is known.
    pub(crate) fn any(&self) -> bool {
        self.leaves.iter().any(Option::is_some)
    }
}

impl DatasetState {
    /// The number of rows in all batches, as far as there are surely so many.
    pub(crate) fn least_rows(&self, steps: Option<i64>) -> Option<i64> {
        let [batch] = self.batches[..] else { return None };
        let batches = match (self.count, steps) {
            (Count::Known(n), Some(steps)) => n.min(steps),
            (Count::Known(n), None) | (Count::Infinite, Some(n)) => n,
            _ => return None,
        };
        let first = batch.first?;
        Some((batches - 1).max(0).saturating_mul(first).saturating_add(batch.last.unwrap_or(0)))
    }
}

impl Interp<'_> {
    /// What the integers of arrays are drawn from: a dataset takes each of their rows.
    pub(super) fn draws_of(&self, data: &Value) -> Draws {
        let contents = self.flat_tensors(data).into_iter().map(|node| &self.trace.node(node).content);
        let mut alike = true;
        let leaves = contents.map(|content| {
            alike &= !matches!(content, Content::Array(_));
            match content.sampled() {
                Content::Drawn(values) if matches!(*values, Data::Int(_)) => Some(values),
                _ => None,
            }
        });
        Draws { leaves: leaves.collect(), alike }
    }

    /// Writes what is known into the tensors of an element.
    pub(crate) fn with_draws(&mut self, element: Value, draws: &Draws) -> Value {
        for (node, values) in self.flat_tensors(&element).into_iter().zip(&draws.leaves) {
            if let Some(values) = values {
                self.trace.node_mut(node).content = Content::Drawn(values.clone());
            }
        }
        element
    }
}
