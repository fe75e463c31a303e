//! Elements whose integers are known to be among some values: the labels and ids that meet a layer or a loss which has
//! no place for one of them.
//!
//! A pipeline is followed by the spec of one element. What its integers are drawn from goes beside it, a set of values
//! for each tensor, through the methods that keep it true; every other method drops it.

use std::rc::Rc;

use tensor::{Among, Array, Content, Data, Each};

use super::{Count, DatasetState};
use crate::interp::Interp;
use crate::value::Value;

/// What the integers of a dataset's elements are drawn from.
#[derive(Clone, Debug, Default)]
pub struct Draws {
    /// What is known of each tensor of an element, in the order of its leaves.
    leaves: Vec<Leaf>,
    /// Whether some of the elements are like all: the labels of a list may be sorted.
    alike: bool,
}

/// What is known of one tensor of the elements.
#[derive(Clone, Debug)]
enum Leaf {
    /// Nothing.
    Unknown,
    /// The values that its integers are drawn from.
    Drawn(Rc<Data>),
    /// The draws that are among the elements of each row.
    Among(Rc<Among>),
    /// The rows of an array, one for each element, in order.
    Rows(Rc<Array>),
    /// The same in an order that is not known.
    Mixed(Rc<Array>),
}

impl Leaf {
    /// What is said of a tensor's elements, if it is what integers are drawn from.
    fn of(content: &Content) -> Leaf {
        match content {
            Content::Drawn(values) if matches!(**values, Data::Int(_) | Data::Str(_)) => {
                Leaf::Drawn(values.clone())
            }
            Content::Sample(rows) if matches!(rows.data, Data::Int(_)) => Leaf::Mixed(rows.clone()),
            Content::Among(among) if among.each != Each::Array && matches!(*among.values, Data::Int(_)) => {
                Leaf::Among(among.clone())
            }
            _ => Leaf::Unknown,
        }
    }

    /// What is known of so many elements; of any number without one.
    fn content(&self, alike: bool, count: Option<i64>) -> Content {
        match self {
            Leaf::Unknown => Content::Unknown,
            Leaf::Drawn(values) => Content::Drawn(values.clone()),
            Leaf::Among(among) => Content::Among(among.clone()),
            Leaf::Rows(rows) | Leaf::Mixed(rows) => {
                // Of sorted rows the first ones are no random choice.
                let all = count.zip(rows.shape.first()).is_none_or(|(count, rows)| count >= *rows);
                if alike || all { Content::Sample(rows.clone()) } else { Content::Unknown }
            }
        }
    }

    fn mixed(self) -> Leaf {
        match self {
            Leaf::Rows(rows) => Leaf::Mixed(rows),
            other @ (Leaf::Unknown | Leaf::Drawn(_) | Leaf::Among(_) | Leaf::Mixed(_)) => other,
        }
    }
}

impl Draws {
    /// What remains for some of the elements.
    pub(super) fn some(self) -> Draws {
        if self.alike { self } else { Draws::default() }
    }

    /// What remains for the elements from a place on, up to another: of rows in order exactly these.
    pub(super) fn between(self, start: usize, stop: usize) -> Draws {
        let alike = self.alike;
        let cut = |leaf: Leaf| match leaf {
            Leaf::Rows(array) => {
                let count = array.shape.first().and_then(|rows| usize::try_from(*rows).ok()).unwrap_or(0);
                let rows = array.rows(start.min(count), stop.min(count));
                rows.map_or(Leaf::Unknown, |rows| Leaf::Rows(rows.into()))
            }
            kept @ (Leaf::Drawn(_) | Leaf::Among(_) | Leaf::Mixed(_)) if alike => kept,
            Leaf::Drawn(_) | Leaf::Among(_) | Leaf::Mixed(_) | Leaf::Unknown => Leaf::Unknown,
        };
        Draws { leaves: self.leaves.into_iter().map(cut).collect(), alike }
    }

    /// The same elements in another order, or several to one.
    pub(super) fn shuffled(self, whole: bool) -> Draws {
        Draws { alike: self.alike || whole, leaves: self.leaves.into_iter().map(Leaf::mixed).collect() }
    }

    /// Of a tuple of elements.
    pub(super) fn beside(self, other: Draws) -> Draws {
        let alike = self.alike && other.alike;
        Draws { leaves: self.leaves.into_iter().chain(other.leaves).collect(), alike }
    }

    /// Of so many tensors of which nothing is known.
    pub(super) fn nothing(leaves: usize) -> Draws {
        Draws { leaves: vec![Leaf::Unknown; leaves], alike: true }
    }

    /// Of what a function makes of an element that these were written into.
    pub(super) fn through(&self, interp: &Interp<'_>, result: &Value) -> Draws {
        if !self.any() {
            return Draws::default();
        }
        let contents = interp.flat_tensors(result).into_iter().map(|node| &interp.trace.node(node).content);
        Draws { leaves: contents.map(Leaf::of).collect(), alike: self.alike }
    }

    /// What is drawn alike in two batches.
    pub(crate) fn in_both(self, other: &Draws) -> Draws {
        let same = |(leaf, other): (Leaf, Option<&Leaf>)| match (&leaf, other) {
            (Leaf::Drawn(values), Some(Leaf::Drawn(others))) if values == others => leaf,
            _ => Leaf::Unknown,
        };
        let others = other.leaves.iter().map(Some).chain(std::iter::repeat(None));
        let leaves = self.leaves.into_iter().zip(others).map(same).collect();
        Draws { leaves, alike: self.alike && other.alike }
    }

    /// Tells whether there is no tensor yet of which anything could be known.
    pub(super) fn is_empty(&self) -> bool {
        self.leaves.is_empty()
    }

    /// Tells whether some of the elements are like all.
    pub(crate) fn is_alike(&self) -> bool {
        self.alike
    }

    /// Tells whether anything is known.
    pub(crate) fn any(&self) -> bool {
        self.leaves.iter().any(|leaf| !matches!(leaf, Leaf::Unknown))
    }
}

impl DatasetState {
    /// The number of rows in all batches that are read, of which only the last may be smaller.
    pub(crate) fn all_rows(&self, steps: Option<i64>) -> Option<i64> {
        let [batch] = self.batches[..] else { return None };
        let (first, last) = (batch.first?, batch.last?);
        Some(match (self.count.read(), steps) {
            (Some(n), Some(steps)) if steps < n => steps.saturating_mul(first),
            (Some(n), _) if n > 0 => (n - 1).saturating_mul(first).saturating_add(last),
            (None, Some(steps)) if self.count == Count::Infinite && first == last => {
                steps.saturating_mul(first)
            }
            _ => return None,
        })
    }

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
    pub(crate) fn draws_of(&self, data: &Value) -> Draws {
        let contents = self.flat_tensors(data).into_iter().map(|node| &self.trace.node(node).content);
        let mut alike = true;
        let leaves = contents.map(|content| match content {
            Content::Array(array) if matches!(array.data, Data::Int(_)) => {
                alike = false;
                Leaf::Rows(array.clone())
            }
            other => Leaf::of(other),
        });
        Draws { leaves: leaves.collect(), alike }
    }

    /// Writes what is known into the tensors of an element, or of so many of them.
    pub(crate) fn with_draws(&mut self, element: Value, draws: &Draws, count: Option<i64>) -> Value {
        for (node, leaf) in self.flat_tensors(&element).into_iter().zip(&draws.leaves) {
            let content = leaf.content(draws.alike, count);
            if content != Content::Unknown {
                self.trace.node_mut(node).content = content;
            }
        }
        element
    }

    /// The same for the first batch, where it is known to be like the others.
    pub(crate) fn first_with_draws(&mut self, element: Value, draws: &Draws) -> Value {
        if draws.alike { self.with_draws(element, draws, None) } else { element }
    }
}
