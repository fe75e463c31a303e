//! Weights that a script puts into files and takes out again, as far as a run follows them: what was saved under a
//! path is what loading from that path gives.
//!
//! source: keras/src/callbacks/model_checkpoint.py, tf_keras/src/callbacks.py: ModelCheckpoint

use std::rc::Rc;

use ops::{Arg, Keras};

use crate::builtins::number_text;
use crate::framework::training::{Event, Owner};
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::{Args, Value};

/// What `ModelCheckpoint` remembers of the epochs and batches that it has seen.
const EPOCH: &str = "_current_epoch";
const LAST_BATCH: &str = "_last_batch_seen";
const SEEN_BATCHES: &str = "_batches_seen_since_last_saving";

/// What was saved under a path.
#[derive(Clone, Debug)]
pub(crate) struct File {
    /// The list that `get_weights` gave.
    weights: Value,
    /// The optimizer as it was then.
    optimizer: Option<ObjId>,
    /// How many epochs had been trained, of a backup.
    epochs: i64,
}

impl Interp<'_> {
    /// Keeps the numbers that a model's weights have now under a path.
    pub(crate) fn keep_weights(&mut self, id: ObjId, path: &Rc<str>) -> Eval<()> {
        if !self.computes() {
            return Ok(());
        }
        let weights = self.call_method(&Value::Instance(id), "get_weights", Args::default())?;
        let optimizer = match self.compiled(id).map(|c| c.optimizer.clone()) {
            Some(Value::Instance(optimizer)) => self.copied_optimizer(optimizer),
            _ => None,
        };
        if let (Some(weights), Some(numbers)) = (weights, &mut self.numbers) {
            numbers.files.insert(path.clone(), File { weights, optimizer, epochs: 0 });
        }
        Ok(())
    }

    /// Gives a model the weights that were kept under a path; a run cannot go on without them.
    pub(crate) fn take_weights(&mut self, id: ObjId, path: &str) -> Eval<()> {
        if !self.computes() {
            return Ok(());
        }
        match self.numbers.as_ref().and_then(|n| n.files.get(path)).map(|f| f.weights.clone()) {
            Some(weights) => {
                self.call_method(&Value::Instance(id), "set_weights", Args::of([weights]))?;
            }
            None if self.carries_out() => self.read_weight_file(id, path)?,
            None => self.undecided("weights of a file that the script did not write"),
        }
        Ok(())
    }

    /// Keeps a model and its optimizer after so many epochs.
    pub(super) fn keep_backup(&mut self, model: ObjId, path: Rc<str>, epochs: i64) -> Eval<()> {
        self.keep_weights(model, &path)?;
        if let Some(file) = self.numbers.as_mut().and_then(|n| n.files.get_mut(&path)) {
            file.epochs = epochs;
        }
        Ok(())
    }

    /// Gives a model and its optimizer the state of a backup; answers with the epochs trained until then.
    pub(super) fn take_backup(&mut self, model: ObjId, path: &str) -> Eval<Option<i64>> {
        let Some(file) = self.numbers.as_ref().and_then(|n| n.files.get(path)).cloned() else {
            return Ok(None);
        };
        self.take_weights(model, path)?;
        let optimizer = self.compiled(model).map(|c| c.optimizer.clone());
        if let (Some(Value::Instance(optimizer)), Some(saved)) = (optimizer, file.optimizer) {
            self.copy_slots(&Owner::Object(saved), &Owner::Object(optimizer));
            let rate =
                self.config(saved).filter(|s| s.schedule.is_none()).and_then(|s| s.learning_rate.clone());
            if rate.is_some() {
                self.set_rate_number(optimizer, rate)?;
            }
        }
        Ok(Some(file.epochs))
    }

    /// Forgets what was saved under a path.
    pub(super) fn forget_file(&mut self, path: &str) {
        if let Some(numbers) = &mut self.numbers {
            numbers.files.remove(path);
        }
    }

    /// `ModelCheckpoint`: keeps the model at the end of an epoch or after so many batches.
    pub(super) fn checkpoint(&mut self, id: ObjId, event: &Event<'_>) -> Eval<()> {
        let every = match self.callback_setting(id, "save_freq") {
            Arg::Int(batches) => Some(batches),
            _ => None,
        };
        match (event.method, every) {
            ("on_epoch_begin", Some(_)) => self.set_own_attr(id, EPOCH, Value::Int(event.epoch())),
            ("on_epoch_end", None) => self.checkpoint_now(id, event, event.epoch(), None),
            ("on_train_batch_end", Some(every)) => {
                let batch = event.epoch();
                let last = self.callback_float(id, LAST_BATCH, -1.0) as i64;
                let more = if batch <= last { batch + 1 } else { batch - last };
                let seen = self.callback_float(id, SEEN_BATCHES, 0.0) as i64 + more;
                self.set_own_attr(id, LAST_BATCH, Value::Int(batch))?;
                self.set_own_attr(id, SEEN_BATCHES, Value::Int(if seen >= every { 0 } else { seen }))?;
                if seen < every {
                    return Ok(());
                }
                let epoch = self.callback_float(id, EPOCH, 0.0) as i64;
                self.checkpoint_now(id, event, epoch, Some(batch))
            }
            _ => Ok(()),
        }
    }

    /// Keeps the model, or where only the best counts, a better one.
    fn checkpoint_now(&mut self, id: ObjId, event: &Event<'_>, epoch: i64, batch: Option<i64>) -> Eval<()> {
        let Some(model) = self.model_of_callback(id) else { return Ok(()) };
        let Some(path) = self.checkpoint_path(id, event, epoch, batch)? else { return Ok(()) };
        let epoch = epoch + 1;
        let best_only = self.callback_setting(id, "save_best_only") == Arg::Bool(true);
        let watched = if best_only { self.watched(id, event) } else { None };
        if best_only && watched.is_none() && self.keras == Keras::Two {
            return Ok(());
        }
        // Keras 3 keeps the model where the number that it watches is missing.
        if let Some((current, more)) = watched {
            let worst = if more { f64::NEG_INFINITY } else { f64::INFINITY };
            let first = self.callback_number(id, "initial_value_threshold", worst);
            let best = self.callback_float(id, "best", first);
            let better = if more { current > best } else { current < best };
            let monitor = self.monitor_of_callback(id);
            let shown = match self.keras {
                // Keras 3 has no best number before the first.
                Keras::Three if best.is_infinite() => "None".to_owned(),
                Keras::Two | Keras::Three => number_text::fixed(best, 5),
            };
            if !better {
                self.callback_says(id, |_| {
                    format!("\nEpoch {epoch}: {monitor} did not improve from {shown}")
                });
                return Ok(());
            }
            let now = number_text::fixed(current, 5);
            self.callback_says(id, |_| {
                format!("\nEpoch {epoch}: {monitor} improved from {shown} to {now}, saving model to {path}")
            });
            self.set_own_attr(id, "best", Value::Float(current))?;
        } else if !best_only {
            self.callback_says(id, |_| format!("\nEpoch {epoch}: saving model to {path}"));
        }
        self.keep_weights(model, &path)?;
        if self.callback_setting(id, "save_weights_only") == Arg::Bool(true) {
            self.write_weight_file(model, &path)?;
        } else {
            self.write_model_file(model, &path)?;
            self.saved.insert(path.clone(), model);
        }
        if self.keras == Keras::Three {
            self.callback_says(id, |_| format!("\nEpoch {epoch}: finished saving model to {path}"));
        }
        Ok(())
    }

    /// Remembers the files that `ModelCheckpoint`s have written by the end of a training whose numbers are not known.
    pub(super) fn note_checkpoints(&mut self, model: ObjId, callbacks: &Value, logs: &Value) {
        let callbacks = match callbacks {
            Value::List(id) => self.heap.list(*id).cloned().unwrap_or_default(),
            one => vec![one.clone()],
        };
        for callback in callbacks {
            let Value::Instance(id) = callback else { continue };
            if &*self.class_name(id) != "ModelCheckpoint" {
                continue;
            }
            let Arg::Str(path) = self.callback_setting(id, "filepath") else { continue };
            if path.contains('{') {
                continue;
            }
            if self.callback_setting(id, "save_weights_only") == Arg::Bool(true) {
                self.note_weight_shapes(model, &path);
            } else if !self.computes() && self.surely_writes(id, logs) {
                self.note_weight_shapes(model, &path);
                self.saved.insert(path, model);
            }
        }
    }

    /// Tells whether a `ModelCheckpoint` has written its file after one epoch, whose numbers are finite: with
    /// `save_best_only` the first is the best, if the logs have what it watches.
    fn surely_writes(&mut self, id: ObjId, logs: &Value) -> bool {
        let by_epoch = match self.callback_setting(id, "save_freq") {
            Arg::Missing => true,
            Arg::Str(when) => &*when == "epoch",
            _ => false,
        };
        let any = match self.callback_setting(id, "save_best_only") {
            Arg::Missing | Arg::Bool(false) => true,
            Arg::Bool(true) => {
                let monitor = self.monitor_of_callback(id);
                let names = self.pairs_of(logs).unwrap_or_default();
                let watched = names.iter().any(|(name, _)| name.as_str() == Some(&*monitor));
                let first = self.callback_setting(id, "initial_value_threshold");
                watched && (first == Arg::Missing || first.is_none())
            }
            _ => false,
        };
        by_epoch && any
    }

    /// The path with the epoch and the logs in it: `"best-{epoch:02d}-{val_loss:.2f}.keras"`.
    fn checkpoint_path(
        &mut self,
        id: ObjId,
        event: &Event<'_>,
        epoch: i64,
        batch: Option<i64>,
    ) -> Eval<Option<Rc<str>>> {
        let Arg::Str(path) = self.callback_setting(id, "filepath") else { return Ok(None) };
        let logs = event.args.get(1).cloned().unwrap_or(Value::None);
        let mut keywords = vec![("epoch".into(), Value::Int(epoch + 1))];
        keywords.extend(batch.map(|batch| ("batch".into(), Value::Int(batch + 1))));
        keywords.extend(self.logs_of(&logs).into_iter().map(|(name, x)| (name, Value::Float(x))));
        let args = Args { positional: Vec::new(), keywords };
        Ok(match self.call_method(&Value::Str(path), "format", args)? {
            Some(Value::Str(path)) => Some(path),
            _ => None,
        })
    }

    /// The optimizer of a file, in the state in which it was saved.
    pub(super) fn restored_optimizer(&mut self, path: &str) -> Value {
        let saved = self.numbers.as_ref().and_then(|n| n.files.get(path)).and_then(|file| file.optimizer);
        match saved.and_then(|saved| self.copied_optimizer(saved)) {
            Some(copy) => Value::Instance(copy),
            None => self.unknown("the state of an optimizer in a file"),
        }
    }

    /// Another optimizer in the state of one.
    fn copied_optimizer(&mut self, optimizer: ObjId) -> Option<ObjId> {
        let copy = self.unbuilt(optimizer)?;
        self.copy_slots(&Owner::Object(optimizer), &Owner::Object(copy));
        Some(copy)
    }
}
