//! What only shows on the values of the data: ids beyond those that an `Embedding` has.
//!
//! A step is traced for tensors without values. Where a script's integers are known, carrying the step out on
//! them meets what the kernels refuse.

use graph::NodeId;
use ops::{Mistake, TensorKind};
use tensor::{Array, Content, Dim, Each};

use crate::framework::data::{Arrays, Data, Feed};
use crate::framework::dataset::Draws;
use crate::framework::train_step::Step;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::raise::{Eval, Halt};
use crate::record::FitGradients;
use crate::value::Value;

/// So many batches are looked at.
const MAX_BATCHES: i64 = 8;

/// What is sure among so many times the rows is likelier than not among the rows: a chance of [`tensor::UNSURE`] that
/// it is missing there is one of a half here.
const LIKELIER_THAN_NOT: i64 = 9;

impl Interp<'_> {
    /// Carries a step out on the batches of data whose integers are known: ids and labels.
    ///
    /// # Errors
    /// What a kernel raises for them.
    pub(crate) fn run_on_ids(&mut self, id: ObjId, arrays: &Arrays, step: Step) -> Eval<()> {
        let mut sources = self.flat_tensors(&arrays.x);
        sources.extend(self.flat_tensors(&arrays.y));
        let Some(rows) = arrays.rows.known() else { return Ok(()) };
        if sources.iter().any(|n| self.drawn_ids(*n).is_some()) {
            self.run_on_draws(id, arrays, &sources, step)?;
        }
        if !sources.iter().any(|n| self.known_ids(*n).is_some()) {
            return Ok(());
        }
        for at in 0..arrays.count().unwrap_or(0).min(MAX_BATCHES) {
            let start = at * arrays.batch;
            let count = arrays.batch.min(rows - start);
            let batch = self.batch_of(arrays, Dim::Known(count), TensorKind::Eager);
            for (node, source) in self.flat_tensors(&batch).into_iter().zip(&sources) {
                if self.known_ids(*source).is_some() {
                    self.trace.node_mut(node).content = self.ids_in_rows(*source, start, Some(count));
                }
            }
            let result = self.run_on_values(id, &batch, step);
            if step == Step::Train {
                // Training takes the samples in another order, and the message says where the id stands.
                self.doubt_message(&result);
            }
            result?;
        }
        Ok(())
    }

    /// Says that the text of an exception, if there is one, depends on chance.
    pub(crate) fn doubt_message(&mut self, result: &Eval<()>) {
        if let Err(Halt::Exception(exception)) = result
            && let Some(state) = self.exception_mut(*exception)
        {
            state.unsure = true;
        }
    }

    /// Carries a training step out on the rows that `validation_split` has cut in two: one of the halves meets what is
    /// surely among all of them.
    ///
    /// # Errors
    /// What a kernel raises for them.
    pub(crate) fn run_on_halves(&mut self, id: ObjId, feed: &Feed) -> Eval<()> {
        let Data::Arrays(arrays) = self.read_data(feed)? else { return Ok(()) };
        let mut sources = self.flat_tensors(&arrays.x);
        sources.extend(self.flat_tensors(&arrays.y));
        if sources.iter().any(|n| self.drawn_ids(*n).is_some()) {
            self.run_on_draws(id, &arrays, &sources, Step::Train)?;
        }
        Ok(())
    }

    fn run_on_draws(&mut self, id: ObjId, arrays: &Arrays, sources: &[NodeId], step: Step) -> Eval<()> {
        let result = self.run_on_drawn_rows(id, arrays, sources, arrays.rows, step);
        if step == Step::Train && matches!(result, Err(Halt::Exception(_))) {
            let first = arrays.batch.saturating_mul(LIKELIER_THAN_NOT);
            let first = arrays.rows.known().map_or(first, |rows| first.min(rows));
            let first = self.run_on_drawn_rows(id, arrays, sources, Dim::Known(first), step);
            self.note_first_batch(&first);
        }
        result
    }

    /// The gradients of a first batch that is refused cannot be taken either.
    fn note_first_batch(&mut self, result: &Eval<()>) {
        if let Err(Halt::Exception(exception)) = result
            && self.running.measuring == 0
        {
            let gradients = FitGradients::Unmeasured(self.exception_name(*exception).to_string());
            if let Some(record) = self.record.gradients.last_mut() {
                record.gradients = gradients;
            }
        }
    }

    fn run_on_drawn_rows(
        &mut self,
        id: ObjId,
        arrays: &Arrays,
        sources: &[NodeId],
        rows: Dim,
        step: Step,
    ) -> Eval<()> {
        let batch = self.batch_of(arrays, rows, TensorKind::Eager);
        for (node, source) in self.flat_tensors(&batch).into_iter().zip(sources) {
            if let Some(content) = self.drawn_ids(*source) {
                self.trace.node_mut(node).content = content;
            }
        }
        self.run_on_all_rows(id, &batch, step)
    }

    /// The same for the batches of a dataset, of which the first one is given.
    pub(crate) fn run_on_drawn(
        &mut self,
        id: ObjId,
        element: &Value,
        first: &Value,
        (draws, rows): (&Draws, i64),
        step: Step,
    ) -> Eval<()> {
        let result = self.run_on_drawn_elements(id, element, (draws, rows), step);
        let first = self.flat_tensors(first).first().and_then(|n| self.trace.node(*n).spec.shape.dim(0));
        if step == Step::Train
            && draws.is_alike()
            && matches!(result, Err(Halt::Exception(_)))
            && let Some(Dim::Known(size)) = first
        {
            let first = size.saturating_mul(LIKELIER_THAN_NOT).min(rows);
            let first = self.run_on_drawn_elements(id, element, (draws, first), step);
            self.note_first_batch(&first);
        }
        result
    }

    fn run_on_drawn_elements(
        &mut self,
        id: ObjId,
        element: &Value,
        (draws, rows): (&Draws, i64),
        step: Step,
    ) -> Eval<()> {
        let batch = self.map_tensors(element, &mut |interp, node| {
            let mut spec = interp.trace.node(node).spec.clone();
            spec.shape = spec.shape.with_dim(0, Dim::Known(rows));
            interp.fresh(node, spec, TensorKind::Eager)
        });
        let batch = self.with_draws(batch, draws, Some(rows));
        self.run_on_all_rows(id, &batch, step)
    }

    /// Carries a step out on all rows at once, among which there is what a batch has only by chance: a label that the
    /// loss has no class for, an id that the embedding has no row for. Whatever else is refused of so large a batch
    /// does not count.
    fn run_on_all_rows(&mut self, id: ObjId, batch: &Value, step: Step) -> Eval<()> {
        let undecided = self.undecided.clone();
        let result = self.run_on_values(id, batch, step);
        self.undecided = undecided;
        // Where it stands, and which of them it is, the message says.
        self.doubt_message(&result);
        let other = matches!(result, Err(Halt::Exception(_))) && !self.refuses_values(&result);
        if other { Ok(()) } else { result }
    }

    /// Tells whether a step was refused for an id or a label that there is no place for.
    pub(crate) fn refuses_values(&self, result: &Eval<()>) -> bool {
        let Err(Halt::Exception(exception)) = result else { return false };
        let details = self.exception(*exception).and_then(|state| state.details.as_ref());
        matches!(
            details.map(|details| &details.mistake),
            Some(Mistake::IndexOutOfRange { .. } | Mistake::Argument { param: "labels", .. })
        )
    }

    /// What an array's integers are drawn from.
    fn drawn_ids(&self, node: NodeId) -> Option<Content> {
        let content = &self.trace.node(node).content;
        let integers = match content {
            Content::Drawn(values) => matches!(**values, tensor::Data::Int(_)),
            Content::Sample(rows) => matches!(rows.data, tensor::Data::Int(_)),
            Content::Among(among) => matches!(*among.values, tensor::Data::Int(_)),
            _ => false,
        };
        integers.then(|| content.clone())
    }

    /// The content of some rows of an array, where it is of integers that are known.
    pub(crate) fn ids_in_rows(&self, node: NodeId, start: i64, count: Option<i64>) -> Content {
        let start = usize::try_from(start).ok();
        let range = start.zip(count.and_then(|count| usize::try_from(count).ok()));
        let rows = self.known_ids(node).zip(range);
        let rows = rows.and_then(|(ids, (start, count))| ids.rows(start, start.checked_add(count)?));
        rows.map_or(Content::Unknown, |rows| Content::Array(rows.into()))
    }

    /// What is known of some rows of an array, as far as it matters to what is looked up by integers.
    pub(crate) fn rows_content(&self, node: NodeId, start: i64, count: i64) -> Content {
        match &self.trace.node(node).content {
            // Some rows of a random choice are a random choice as well.
            all @ (Content::Drawn(_) | Content::Sample(_) | Content::Zeros) => all.clone(),
            all @ Content::Among(among) if among.each != Each::Array => all.clone(),
            _ => self.ids_in_rows(node, start, Some(count)),
        }
    }

    fn known_ids(&self, node: NodeId) -> Option<&Array> {
        match &self.trace.node(node).content {
            Content::Array(array) if matches!(array.data, tensor::Data::Int(_)) => Some(array),
            _ => None,
        }
    }
}
