//! Elements of several sizes that are batched: the last windows of `window` are short without `drop_remainder`.
//!
//! `tf.data` puts an axis only before elements of one size. Two elements of sizes that no others have are followed
//! through the pipeline. Where they still differ when they are batched, one of the batches cannot be made, however
//! the elements are shuffled.
//!
//! source: tensorflow/core/kernels/data/window_dataset_op.cc, batch_dataset_op.cc, tensorflow/core/util/batch_util.cc

use std::rc::Rc;

use ops::TensorKind;
use tensor::Shape;

use super::{Batch, Count, DatasetState};
use crate::interp::Interp;
use crate::raise::{Eval, Halt};
use crate::value::{Args, Value};

/// What is known of elements that are not of one size.
#[derive(Clone, Debug)]
pub enum Uneven {
    /// Two elements of sizes that no others have.
    Elements(Rc<[Value; 2]>),
    /// A batch cannot be made of them; what the kernel says.
    Batches(Rc<str>),
    /// Not even the first of them can be had; what is said of it.
    First(Rc<str>),
}

/// The lengths of two windows, each of which is the only one of its length; nothing where there are not three such
/// windows, of which one may have the length of a piece of a whole window.
pub(super) fn short_windows(count: Count, size: i64, shift: i64) -> Option<[i64; 2]> {
    let rows = count.known().filter(|rows| *rows > 0 && shift > 0)?;
    let windows = rows / shift + i64::from(rows % shift > 0);
    let shortest = rows - (windows - 1) * shift;
    let short = if shortest < size { ((size - 1 - shortest) / shift + 1).min(windows) } else { 0 };
    let longest = shortest + (short - 1) * shift;
    (short >= 3).then_some([longest - shift, longest])
}

impl Interp<'_> {
    /// What a dataset that a method is called on has of such elements.
    pub(super) fn uneven(&self, args: &Args) -> Option<Uneven> {
        args.positional.first().and_then(|value| self.dataset(value)).and_then(|state| state.uneven)
    }

    /// Hands the two elements through a function of the script's, which is called for nothing else.
    ///
    /// # Errors
    /// A budget that ran out.
    pub(super) fn uneven_through(
        &mut self,
        uneven: Option<Uneven>,
        follow: &mut dyn FnMut(&mut Self, &Value) -> Eval<Option<Value>>,
    ) -> Eval<Option<Uneven>> {
        let elements = match uneven {
            Some(Uneven::Elements(elements)) => elements,
            Some(Uneven::First(text)) => return Ok(Some(Uneven::First(text))),
            Some(Uneven::Batches(_)) | None => return Ok(None),
        };
        let mut followed = Vec::with_capacity(2);
        for element in elements.iter() {
            followed.extend(self.follow(element, follow)?);
        }
        Ok(<[Value; 2]>::try_from(followed).ok().map(|two| Uneven::Elements(Rc::new(two))))
    }

    /// Hands an element to a function of the script's which has been traced already, and is not met again.
    ///
    /// # Errors
    /// A budget that ran out.
    pub(super) fn follow(
        &mut self,
        element: &Value,
        follow: &mut dyn FnMut(&mut Self, &Value) -> Eval<Option<Value>>,
    ) -> Eval<Option<Value>> {
        let depth = self.frames.len();
        let (undecided, events) = (self.undecided.clone(), self.events.len());
        let result = self.on_specs(|interp| follow(interp, element));
        self.frames.truncate(depth);
        self.undecided = undecided;
        self.events.truncate(events);
        match result {
            Ok(value) => Ok(value),
            Err(Halt::Exception(_)) => Ok(None),
            Err(halt) => Err(halt),
        }
    }

    /// The only element of a dataset that a function made, with its sizes; nothing where there are several.
    pub(super) fn only_element(&mut self, state: &DatasetState) -> Option<Value> {
        (state.count == Count::Known(1)).then(|| self.element_as(state, TensorKind::Graph, &Batch::first))
    }

    /// What becomes of the two elements in batches of at least two.
    pub(super) fn uneven_batches(&self, uneven: Option<Uneven>) -> Option<Uneven> {
        let elements = match uneven {
            Some(Uneven::Elements(elements)) => elements,
            Some(Uneven::First(text)) => return Some(Uneven::First(text)),
            Some(Uneven::Batches(_)) | None => return None,
        };
        let shapes = |value: &Value| -> Vec<Shape> {
            self.flat_tensors(value)
                .into_iter()
                .map(|node| self.trace.node(node).spec.shape.clone())
                .collect()
        };
        let (one, other) = (shapes(&elements[0]), shapes(&elements[1]));
        let differ = |(a, b): &(Shape, Shape)| a.all_known().zip(b.all_known()).is_some_and(|(a, b)| a != b);
        let (tensor, batch) = other.into_iter().zip(one).find(differ)?;
        let text = format!(
            "Cannot add tensor to the batch: number of elements does not match. Shapes are: [tensor]: {}, [batch]: {}",
            batch.bracketed(),
            tensor.bracketed()
        );
        Some(Uneven::Batches(text.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_windows_are_short() {
        // [0, 1, 2, 3], [1, 2, 3, 4], … [6, 7, 8, 9], [7, 8, 9], [8, 9], [9]
        assert_eq!(short_windows(Count::Known(10), 4, 1), Some([2, 3]));
        assert_eq!(short_windows(Count::Known(10), 3, 1), None);
        assert_eq!(short_windows(Count::Known(12), 4, 4), None);
        assert_eq!(short_windows(Count::Infinite, 4, 1), None);
    }
}
