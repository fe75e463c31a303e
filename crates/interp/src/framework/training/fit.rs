//! `fit`, `evaluate` and `predict` with numbers: epochs, batches, what callbacks and histories see.
//!
//! source: keras/src/backend/tensorflow/trainer.py, tf_keras/src/engine/training.py

use std::rc::Rc;

use array::Array;
use ops::Keras;

use super::batches::Source;
use super::continued::Rest;
use crate::framework::binding::Given;
use crate::framework::callbacks::Callbacks;
use crate::framework::data::{Data, Feed};
use crate::framework::train_step::Step;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::{Args, Value};

/// Names with numbers, in the order of a log.
pub(crate) type Logs = Vec<(Rc<str>, f64)>;

/// Data that is gone through once for each epoch.
#[derive(Clone, Debug)]
pub(crate) struct Rounds {
    pub(super) source: Source,
    pub(super) shuffled: bool,
    pub(super) steps: Option<usize>,
    /// What is left of a pass over the data that goes on in the next epoch.
    pub(super) rest: Rest,
    /// The weights of classes that are still to become weights of samples.
    classes: Value,
    /// The data, until the first batch comes: then a step is traced on its specs.
    untraced: Option<Data>,
    /// What the traced step gave.
    pub(crate) traced: Option<Value>,
}

/// Steps that are carried out together.
struct Group {
    /// Their numbers.
    steps: std::ops::Range<usize>,
    /// The number of the last one, as callbacks are told it.
    last: usize,
}

impl Interp<'_> {
    /// Where the batches of data come from.
    pub(crate) fn rounds(&mut self, id: ObjId, feed: &Feed, data: &Data, shuffled: bool) -> Option<Rounds> {
        let steps = feed.steps.and_then(|n| usize::try_from(n).ok()).filter(|n| *n > 0);
        let source = match data {
            Data::Unknown => return None,
            Data::Arrays(arrays) => Source::Arrays(arrays.clone()),
            Data::Batches { first, .. } => match &feed.x {
                Value::Iterator(id) => Source::Iterator(*id, self.reader(first)),
                Value::Instance(id) if self.dataset_of(*id) => Source::Iterable(feed.x.clone()),
                Value::Instance(_) => Source::Indexed(feed.x.clone()),
                _ => return None,
            },
        };
        // Those of arrays without weights of samples are there already.
        let done = matches!(source, Source::Arrays(_)) && feed.weight.is_none();
        let none = done || self.pairs_of(&feed.class_weight).is_none_or(|pairs| pairs.is_empty());
        let classes = if none { Value::None } else { feed.class_weight.clone() };
        let untraced = (!self.runs_eagerly(id)).then(|| data.clone());
        Some(Rounds { source, shuffled, steps, rest: Rest::default(), classes, untraced, traced: None })
    }

    /// Tells whether a model's steps are carried out as they are, without a trace.
    pub(crate) fn runs_eagerly(&self, id: ObjId) -> bool {
        self.running.eager_functions || self.compiled(id).is_some_and(|compiled| compiled.run_eagerly)
    }

    /// Traces a step on specs as a check does, when the first batch of all rounds comes.
    fn trace_first(&mut self, id: ObjId, step: Step, rounds: &mut Rounds) -> Eval<()> {
        if let Some(data) = rounds.untraced.take() {
            rounds.traced = Some(self.on_specs(|interp| interp.run_steps(id, &data, step))?);
        }
        Ok(())
    }

    /// The batches of the next round. `anew` tells whether an iterator is made for it.
    fn next_round(&mut self, rounds: &mut Rounds, anew: bool) -> Eval<Option<Vec<Value>>> {
        let batches = self.round_of(rounds, anew)?;
        if rounds.classes.is_none() {
            return Ok(batches);
        }
        let Some(batches) = batches else { return Ok(None) };
        let mut weighed = Vec::with_capacity(batches.len());
        for batch in batches {
            let Some(batch) = self.weighed_by_class(&batch, &rounds.classes)? else { return Ok(None) };
            weighed.push(batch);
        }
        Ok(Some(weighed))
    }

    fn round_of(&mut self, rounds: &mut Rounds, anew: bool) -> Eval<Option<Vec<Value>>> {
        if let Some(batches) = self.continued_round(rounds)? {
            return Ok(batches);
        }
        self.batches_of_round(&mut rounds.source, rounds.shuffled, rounds.steps, anew)
    }

    /// Trains a model, calling callbacks, and returns its history; nothing of it is known where a number is not.
    pub(crate) fn fit_with_numbers(
        &mut self,
        id: ObjId,
        given: &Given,
        mut rounds: Rounds,
        mut validation: Option<Rounds>,
        callbacks: &mut Callbacks,
    ) -> Eval<Vec<(Rc<str>, Vec<f64>)>> {
        let epochs = given.int("epochs").unwrap_or(1);
        let (validates, _) = match given.get("validation_freq") {
            // The epochs, counted from 1, that are validated.
            listed @ (Value::List(_) | Value::Tuple(_) | Value::Set(_)) => self.iterate(&listed, 100_000)?,
            _ => (Vec::new(), false),
        };
        let frequency = given.int("validation_freq").unwrap_or(1).max(1);
        let mut history: Vec<(Rc<str>, Vec<f64>)> = Vec::new();
        let none = self.new_dict([]);
        self.set_stop(id, false)?;
        self.reset_source(&rounds.source)?;
        self.forget_restored(id)?;
        self.run_callbacks(callbacks, "on_train_begin", std::slice::from_ref(&none))?;
        let mut last = Logs::new();
        let initial = self.initial_epoch(id, given);
        rounds.rest.epochs = usize::try_from(epochs.saturating_sub(initial)).ok();
        for epoch in initial..epochs {
            if rounds.rest.ran_out() {
                break;
            }
            self.reset_model_metrics(id)?;
            let at = Value::Int(epoch);
            let fresh = self.new_dict([]);
            self.run_callbacks(callbacks, "on_epoch_begin", &[at.clone(), fresh])?;
            let Some(mut logs) = self.train_round(id, &mut rounds, callbacks)? else { return Ok(Vec::new()) };
            if let Some(validation) = &mut validation
                && if validates.is_empty() {
                    (epoch + 1) % frequency == 0
                } else {
                    validates.iter().any(|at| at.as_int() == Some(epoch + 1))
                }
            {
                let more = self.test_round(id, validation, callbacks);
                if let Err(halt) = &more {
                    self.note_failed_validation(id, halt);
                }
                let Some(more) = more? else { return Ok(Vec::new()) };
                logs.extend(more.into_iter().map(|(name, x)| (format!("val_{name}").into(), x)));
            }
            self.order_logs(&mut logs);
            // What callbacks add to it is in the history, but not in what the end of the training is told.
            let dict = self.number_logs(&logs);
            self.run_callbacks(callbacks, "on_epoch_end", &[at, dict.clone()])?;
            for (name, x) in self.logs_of(&dict) {
                match history.iter_mut().find(|(n, _)| *n == name) {
                    Some((_, values)) => values.push(x),
                    None => history.push((name, vec![x])),
                }
            }
            last = logs;
            if self.stops(id)? {
                break;
            }
            if self.keras == Keras::Two {
                self.end_epoch(&rounds.source)?;
            }
        }
        if let Some(Value::Instance(optimizer)) = self.compiled(id).map(|c| c.optimizer.clone()) {
            let optimizer = self.stepping_optimizer(optimizer);
            self.finalize_averages(optimizer);
        }
        for rounds in std::iter::once(&mut rounds).chain(&mut validation) {
            self.leave_source(rounds)?;
        }
        let last = self.number_logs(&last);
        self.run_callbacks(callbacks, "on_train_end", &[last])?;
        Ok(history)
    }

    fn train_round(
        &mut self,
        id: ObjId,
        rounds: &mut Rounds,
        callbacks: &mut Callbacks,
    ) -> Eval<Option<Logs>> {
        self.begin_epoch(&rounds.source)?;
        let Some(batches) = self.next_round(rounds, false)? else {
            self.without_number("the batches of a training are not known");
            return Ok(None);
        };
        if batches.is_empty() {
            self.trace_first(id, Step::Train, rounds)?;
            self.without_number("an epoch without a batch is not followed");
            return Ok(None);
        }
        let names = ["on_train_batch_begin", "on_train_batch_end"];
        let logs = self.steps(id, Step::Train, rounds, &batches, callbacks, names)?;
        if !self.stops(id)? {
            self.step_without_data(id, rounds)?;
        }
        if self.keras == Keras::Two && rounds.traced.as_ref().is_some_and(Value::is_none) {
            return Err(self.empty_logs());
        }
        if self.keras == Keras::Three && !self.stops(id)? {
            self.end_epoch(&rounds.source)?;
        }
        self.round_logs(&logs)
    }

    /// Keras 3 tells a `Sequence` that an epoch has ended before a training or an evaluation begins.
    ///
    /// source: keras/src/trainers/epoch_iterator.py: EpochIterator.reset
    fn reset_source(&mut self, source: &Source) -> Eval<()> {
        if self.keras == Keras::Three { self.end_epoch(source) } else { Ok(()) }
    }

    /// Keras 3 tells a `Sequence` that an epoch begins.
    fn begin_epoch(&mut self, source: &Source) -> Eval<()> {
        if let (Keras::Three, Source::Indexed(sequence)) = (self.keras, source) {
            self.call_method(sequence, "on_epoch_begin", Args::default())?;
        }
        Ok(())
    }

    /// A `Sequence` is told that an epoch has ended: in Keras 3 by its last batch, in Keras 2 after the callbacks,
    /// unless one of them has stopped the training.
    ///
    /// source: keras/src/trainers/epoch_iterator.py: EpochIterator, tf_keras/src/engine/data_adapter.py:
    /// DataHandler.enumerate_epochs
    fn end_epoch(&mut self, source: &Source) -> Eval<()> {
        if let Source::Indexed(sequence) = source {
            self.call_method(sequence, "on_epoch_end", Args::default())?;
        }
        Ok(())
    }

    /// Tests a model on one round of data.
    pub(crate) fn test_round(
        &mut self,
        id: ObjId,
        rounds: &mut Rounds,
        callbacks: &mut Callbacks,
    ) -> Eval<Option<Logs>> {
        self.reset_source(&rounds.source)?;
        self.reset_model_metrics(id)?;
        let none = self.new_dict([]);
        self.run_callbacks(callbacks, "on_test_begin", std::slice::from_ref(&none))?;
        self.begin_epoch(&rounds.source)?;
        let Some(batches) = self.next_round(rounds, true)? else {
            self.without_number("the batches of an evaluation are not known");
            return Ok(None);
        };
        let names = ["on_test_batch_begin", "on_test_batch_end"];
        let logs = self.steps(id, Step::Test, rounds, &batches, callbacks, names)?;
        self.end_epoch(&rounds.source)?;
        // Keras 2 has no logs of an evaluation for which a generator has nothing left.
        let none =
            batches.is_empty() && self.keras == Keras::Two && matches!(rounds.source, Source::Iterator(..));
        let mut result = if none { Some(Logs::new()) } else { self.round_logs(&logs)? };
        self.order_logs(result.as_deref_mut().unwrap_or_default());
        let dict = self.number_logs(result.as_deref().unwrap_or_default());
        self.run_callbacks(callbacks, "on_test_end", &[dict])?;
        Ok(result)
    }

    /// Leaves data that is not gone through any more.
    pub(crate) fn leave_source(&mut self, rounds: &mut Rounds) -> Eval<()> {
        match &mut rounds.source {
            Source::Iterator(id, reader) => self.leave_generator(*id, reader),
            _ => Ok(()),
        }
    }

    /// Makes one step; returns the logs.
    pub(crate) fn single_step(&mut self, id: ObjId, step: Step, rounds: &mut Rounds) -> Eval<Option<Logs>> {
        let Some(batches) = self.next_round(rounds, false)? else { return Ok(None) };
        let names = ["on_train_batch_begin", "on_train_batch_end"];
        let logs = self.steps(id, step, rounds, &batches, &mut Callbacks::default(), names)?;
        self.round_logs(&logs)
    }

    /// Makes a step for each batch; returns what the last one returned.
    fn steps(
        &mut self,
        id: ObjId,
        step: Step,
        rounds: &mut Rounds,
        batches: &[Value],
        callbacks: &mut Callbacks,
        [begin, end]: [&'static str; 2],
    ) -> Eval {
        let mut logs = Value::None;
        for group in self.groups(id, batches.len()) {
            if !callbacks.list.is_empty() {
                let none = self.new_dict([]);
                self.run_callbacks(callbacks, begin, &[Value::Int(group.steps.start as i64), none])?;
            }
            self.trace_first(id, step, rounds)?;
            for batch in batches.get(group.steps).unwrap_or_default() {
                logs = self.step_with_numbers(id, step, batch)?;
                self.spend(1)?;
            }
            if !callbacks.list.is_empty() {
                let known = self.callback_logs(&logs);
                let dict = self.number_logs(&known);
                self.run_callbacks(callbacks, end, &[Value::Int(group.last as i64), dict])?;
            }
            self.show_step(id, callbacks, end, group.last, &logs);
            if !callbacks.list.is_empty() && step == Step::Train && self.stops(id)? {
                break;
            }
        }
        self.trace_first(id, step, rounds)?;
        Ok(logs)
    }

    /// The steps that are carried out together, between which no callback is called.
    ///
    /// source: keras/src/backend/tensorflow/trainer.py: TFEpochIterator, tf_keras/src/engine/data_adapter.py:
    /// DataHandler.steps
    fn groups(&self, id: ObjId, count: usize) -> Vec<Group> {
        let given = self.compiled(id).and_then(|c| {
            c.given.iter().find(|(name, _)| &**name == "steps_per_execution").and_then(|(_, v)| v.as_int())
        });
        let size = given.and_then(|n| usize::try_from(n).ok()).unwrap_or(1).max(1);
        let group = |start: usize| {
            let end = (start + size).min(count);
            // Keras 3 numbers a last smaller group as if it were whole.
            let last = if self.keras == Keras::Three { start + size - 1 } else { end - 1 };
            Group { steps: start..end, last }
        };
        (0..count).step_by(size).map(group).collect()
    }

    /// The logs of a round: those of the metrics, or of the script's own last step where it returns others.
    fn round_logs(&mut self, last: &Value) -> Eval<Option<Logs>> {
        let logs = self.logs_of(last);
        let count = self.pairs_of(last).map_or(0, |pairs| pairs.len());
        if logs.len() != count || last.is_unknown() {
            self.without_number("the logs of a step are not known");
            return Ok(None);
        }
        Ok(Some(logs))
    }

    /// The numbers in a dict of logs; dicts in it are opened. Keras 3 sorts them.
    pub(crate) fn logs_of(&mut self, logs: &Value) -> Logs {
        let mut out = Vec::new();
        for (key, value) in self.pairs_of(logs).unwrap_or_default() {
            let Some(name) = key.as_str().map(Rc::from) else { continue };
            match &value {
                Value::Dict(_) => out.extend(self.logs_of(&value)),
                Value::Float(x) => out.push((name, *x)),
                Value::Int(n) => out.push((name, *n as f64)),
                Value::Tensor(node) => {
                    let mean = self.array_of_node(*node).and_then(|a| a.to_floats().ok());
                    if let Some([x]) = mean.as_deref() {
                        out.push((name, *x));
                    }
                }
                _ => {}
            }
        }
        out
    }

    /// A dict of logs with numbers.
    pub(crate) fn number_logs(&mut self, logs: &[(Rc<str>, f64)]) -> Value {
        let pairs: Vec<_> = logs.iter().map(|(n, x)| (Value::Str(n.clone()), Value::Float(*x))).collect();
        self.new_dict(pairs)
    }

    /// Sets `model.stop_training`.
    pub(crate) fn set_stop(&mut self, id: ObjId, stop: bool) -> Eval<()> {
        self.set_own_attr(id, "stop_training", Value::Bool(stop))
    }

    fn stops(&mut self, id: ObjId) -> Eval<bool> {
        let stop = self.find_attr(&Value::Instance(id), "stop_training")?;
        Ok(match stop {
            Some(value) => self.truth(&value)? == Some(true),
            None => false,
        })
    }

    /// Gives the arrays that `predict` returns their numbers: the outputs of all batches, one behind the other.
    pub(crate) fn predict_with_numbers(
        &mut self,
        id: ObjId,
        rounds: &mut Rounds,
        arrays: &Value,
        callbacks: &mut Callbacks,
    ) -> Eval<()> {
        self.begin_epoch(&rounds.source)?;
        let Some(batches) = self.next_round(rounds, false)? else {
            self.without_number("the batches of a prediction are not known");
            return Ok(());
        };
        let targets = self.flat_tensors(arrays);
        let mut parts: Vec<Vec<Array>> = vec![Vec::new(); targets.len()];
        let mut rounds_done = 0;
        for group in self.groups(id, batches.len()) {
            let none = self.new_dict([]);
            let begin = Value::Int(group.steps.start as i64);
            self.run_callbacks(callbacks, "on_predict_batch_begin", &[begin, none])?;
            let mut of_group = Vec::new();
            for batch in batches.get(group.steps).unwrap_or_default() {
                of_group.push(self.step_with_numbers(id, Step::Predict, batch)?);
            }
            let outputs = self.joined_outputs(&of_group);
            let logs = self.new_dict([(Value::str("outputs"), outputs.clone())]);
            let end = Value::Int(group.last as i64);
            self.run_callbacks(callbacks, "on_predict_batch_end", &[end, logs])?;
            self.show_step(id, callbacks, "on_predict_batch_end", group.last, &Value::None);
            let outputs = self.flat_tensors(&outputs);
            if outputs.len() != parts.len() {
                self.without_number("the outputs of a prediction are not known");
                return Ok(());
            }
            rounds_done += 1;
            for (node, part) in outputs.into_iter().zip(&mut parts) {
                part.extend(self.array_of_node(node));
            }
        }
        self.end_epoch(&rounds.source)?;
        self.leave_source(rounds)?;
        for (node, part) in targets.into_iter().zip(parts) {
            let whole = part.len() == rounds_done;
            match array::concatenate(&part, 0).ok().filter(|_| whole) {
                Some(array) => self.set_array(node, array),
                None => self.without_number("a prediction is not known"),
            }
        }
        Ok(())
    }

    /// The outputs of steps that are carried out together, one behind the other.
    fn joined_outputs(&mut self, outputs: &[Value]) -> Value {
        let [first, _, ..] = outputs else { return outputs.first().cloned().unwrap_or(Value::None) };
        let all: Vec<Vec<graph::NodeId>> = outputs.iter().map(|o| self.flat_tensors(o)).collect();
        let mut at = 0;
        self.map_tensors(first, &mut |interp, id| {
            let parts: Option<Vec<Array>> =
                all.iter().map(|nodes| interp.array_of_node(*nodes.get(at)?)).collect();
            at += 1;
            let joined = parts.and_then(|parts| array::concatenate(&parts, 0).ok());
            match joined.map(|array| interp.eager(array)) {
                Some(Value::Tensor(node)) => node,
                _ => {
                    interp.without_number("the outputs of a prediction are not known");
                    id
                }
            }
        })
    }

    /// The lists of a history as Python has them.
    pub(crate) fn history_lists(&mut self, history: &[(Rc<str>, Vec<f64>)]) -> Vec<(Value, Value)> {
        let mut out = Vec::with_capacity(history.len());
        for (name, values) in history {
            let list = self.new_list(values.iter().map(|x| Value::Float(*x)).collect());
            out.push((Value::Str(name.clone()), list));
        }
        out
    }

    /// A log's numbers in the order of names.
    pub(crate) fn log_floats(&self, logs: &Logs, names: &[Rc<str>]) -> Option<Vec<f64>> {
        names.iter().map(|name| logs.iter().find(|(n, _)| n == name).map(|(_, x)| *x)).collect()
    }

    fn dataset_of(&self, id: ObjId) -> bool {
        matches!(self.heap.instance(id).map(|i| &i.native), Some(crate::native::NativeState::Dataset(_)))
    }
}
