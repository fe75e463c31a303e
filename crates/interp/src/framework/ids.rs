//! What only shows on the values of the data: ids beyond those that an `Embedding` has.
//!
//! A step is traced for tensors without values. Where a script's integers are known, carrying the step out on
//! them meets what the kernels refuse.

use std::rc::Rc;

use graph::NodeId;
use ops::{Mistake, TensorKind};
use tensor::{Array, Content, Data, Dim};

use crate::framework::data::Arrays;
use crate::framework::dataset::Draws;
use crate::framework::train_step::Step;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::raise::{Eval, Halt};
use crate::value::Value;

/// So many batches are looked at.
const MAX_BATCHES: i64 = 8;

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
            if step == Step::Train
                && let Err(Halt::Exception(exception)) = &result
                && let Some(state) = self.exception_mut(*exception)
            {
                // Training takes the samples in another order, and the message says where the id stands.
                state.unsure = true;
            }
            result?;
        }
        Ok(())
    }

    fn run_on_draws(&mut self, id: ObjId, arrays: &Arrays, sources: &[NodeId], step: Step) -> Eval<()> {
        let batch = self.batch_of(arrays, arrays.rows, TensorKind::Eager);
        for (node, source) in self.flat_tensors(&batch).into_iter().zip(sources) {
            if let Some(values) = self.drawn_ids(*source) {
                self.trace.node_mut(node).content = Content::Drawn(values);
            }
        }
        self.run_on_all_rows(id, &batch, step)
    }

    /// The same for the batches of a dataset.
    pub(crate) fn run_on_drawn(
        &mut self,
        id: ObjId,
        element: &Value,
        draws: &Draws,
        rows: i64,
        step: Step,
    ) -> Eval<()> {
        let batch = self.map_tensors(element, &mut |interp, node| {
            let mut spec = interp.trace.node(node).spec.clone();
            spec.shape = spec.shape.with_dim(0, Dim::Known(rows));
            interp.fresh(node, spec, TensorKind::Eager)
        });
        let batch = self.with_draws(batch, draws);
        self.run_on_all_rows(id, &batch, step)
    }

    /// Carries a step out on all rows at once, among which there is what a batch has only by chance: a label that the
    /// loss has no class for, an id that the embedding has no row for. Whatever else is refused of so large a batch
    /// does not count.
    fn run_on_all_rows(&mut self, id: ObjId, batch: &Value, step: Step) -> Eval<()> {
        let undecided = self.undecided.clone();
        let result = self.run_on_values(id, batch, step);
        self.undecided = undecided;
        let Err(Halt::Exception(exception)) = &result else { return result };
        let Some(state) = self.exception_mut(*exception) else { return Ok(()) };
        // Where it stands, and which of them it is, the message says.
        state.unsure = true;
        let mistake = state.details.as_ref().map(|details| &details.mistake);
        let of_values = matches!(
            mistake,
            Some(Mistake::IndexOutOfRange { .. } | Mistake::Argument { param: "labels", .. })
        );
        if of_values { result } else { Ok(()) }
    }

    /// What an array's integers are drawn from.
    fn drawn_ids(&self, node: NodeId) -> Option<Rc<Data>> {
        match &self.trace.node(node).content {
            Content::Drawn(values) if matches!(**values, Data::Int(_)) => Some(values.clone()),
            _ => None,
        }
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
            all @ (Content::Drawn(_) | Content::Zeros) => all.clone(),
            _ => self.ids_in_rows(node, start, Some(count)),
        }
    }

    fn known_ids(&self, node: NodeId) -> Option<&Array> {
        match &self.trace.node(node).content {
            Content::Array(array) if matches!(array.data, Data::Int(_)) => Some(array),
            _ => None,
        }
    }
}
