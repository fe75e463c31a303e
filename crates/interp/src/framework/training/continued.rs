//! Epochs of a given number of steps: where one has ended in the midst of the data, the next one goes on.
//!
//! source: keras/src/trainers/epoch_iterator.py, tf_keras/src/engine/data_adapter.py: DataHandler

use keras::training::{Passes, Steps};
use ops::Keras;

use super::batches::Source;
use super::fit::Rounds;
use crate::framework::dataset::Count;
use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::{Args, Value};

/// What is left of a pass over the data.
#[derive(Clone, Debug, Default)]
pub(super) struct Rest {
    /// The batches that are to come.
    passes: Passes<Value>,
    /// How many epochs there are, where passes go on from one to the next.
    pub(super) epochs: Option<usize>,
    /// Whether Keras 2 has counted the steps of an epoch.
    pub(super) counted: bool,
}

impl Rest {
    /// Tells whether Keras 2 ends the training because there were too few batches.
    pub(super) fn ran_out(&self) -> bool {
        self.passes.ran_out
    }
}

impl Interp<'_> {
    /// The batches of an epoch that goes on where the last one ended; nothing for one that begins anew. They are
    /// not known where there is nothing within.
    pub(super) fn continued_round(&mut self, rounds: &mut Rounds) -> Eval<Option<Option<Vec<Value>>>> {
        let (Some(steps), Some(epochs)) = (rounds.steps, rounds.rest.epochs) else { return Ok(None) };
        let count = match &rounds.source {
            Source::Arrays(arrays) => arrays.count().map_or(Count::Unknown, Count::Known),
            Source::Iterable(dataset) => self.dataset(dataset).map_or(Count::Unknown, |state| state.count),
            Source::Indexed(sequence) if self.keras == Keras::Three => {
                let count = self.call_method(sequence, "__len__", Args::default())?;
                count.and_then(|c| c.as_int()).map_or(Count::Unknown, Count::Known)
            }
            // Keras 2 begins a `Sequence` anew; a generator goes on by itself.
            Source::Indexed(_) | Source::Iterator(..) => return Ok(None),
        };
        let arrays = matches!(rounds.source, Source::Arrays(_));
        let known = count.known().and_then(|n| usize::try_from(n).ok());
        if !arrays && self.keras == Keras::Two && known == Some(steps) {
            return Ok(None);
        }
        let wanted = known.unwrap_or(steps.saturating_mul(epochs));
        // Keras 2 repeats arrays for each epoch.
        let repeats = if arrays && self.keras == Keras::Two { epochs } else { 0 };
        let steps = Steps { keras: self.keras, count: steps, counted: known.is_some(), repeats };
        let Rounds { source, shuffled, rest, .. } = rounds;
        rest.passes.epoch(steps, || self.batches_of_round(source, *shuffled, Some(wanted), false)).map(Some)
    }
}
