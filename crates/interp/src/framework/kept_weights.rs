//! Weights that a script puts into files and takes out again, as far as a run follows them: what was saved under a
//! path is what loading from that path gives.
//!
//! source: keras/src/callbacks/model_checkpoint.py, tf_keras/src/callbacks.py: ModelCheckpoint

use std::rc::Rc;

use ops::{Arg, Keras};

use crate::builtins::number_text;
use crate::framework::training::{Event, ITERATIONS, Owner};
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::{Args, Value};

/// What was saved under a path.
#[derive(Clone, Debug)]
pub(crate) struct File {
    /// The list that `get_weights` gave.
    weights: Value,
    /// The steps that the optimizer had made.
    steps: i64,
}

impl Interp<'_> {
    /// Keeps the numbers that a model's weights have now under a path.
    pub(crate) fn keep_weights(&mut self, id: ObjId, path: &Rc<str>) -> Eval<()> {
        if !self.computes() {
            return Ok(());
        }
        let weights = self.call_method(&Value::Instance(id), "get_weights", Args::default())?;
        let steps = match self.compiled(id).map(|c| c.optimizer.clone()) {
            Some(Value::Instance(optimizer)) => self.optimizer_steps(optimizer),
            _ => 0,
        };
        if let (Some(weights), Some(numbers)) = (weights, &mut self.numbers) {
            numbers.files.insert(path.clone(), File { weights, steps });
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

    /// `ModelCheckpoint` at the end of an epoch: keeps the model, or where only the best counts, a better one.
    pub(super) fn checkpoint(&mut self, id: ObjId, event: &Event<'_>) -> Eval<()> {
        let Some(model) = self.model_of_callback(id) else { return Ok(()) };
        let every_epoch = matches!(self.callback_setting(id, "save_freq"), Arg::Missing | Arg::Str(_));
        if !every_epoch && event.method == "on_train_begin" {
            self.without_number("what `ModelCheckpoint` keeps after a number of batches is not followed");
        }
        if event.method != "on_epoch_end" || !every_epoch {
            return Ok(());
        }
        let epoch = event.epoch() + 1;
        let Some(path) = self.checkpoint_path(id, event)? else { return Ok(()) };
        if self.callback_setting(id, "save_best_only") == Arg::Bool(true) {
            let Some((current, more)) = self.watched(id, event) else { return Ok(()) };
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
        } else {
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

    /// Remembers the shapes in the files that `ModelCheckpoint`s have written by the end of a training.
    pub(super) fn note_checkpoints(&mut self, model: ObjId, callbacks: &Value) {
        let callbacks = match callbacks {
            Value::List(id) => self.heap.list(*id).cloned().unwrap_or_default(),
            one => vec![one.clone()],
        };
        for callback in callbacks {
            let Value::Instance(id) = callback else { continue };
            let weights = self.callback_setting(id, "save_weights_only") == Arg::Bool(true);
            if let Arg::Str(path) = self.callback_setting(id, "filepath")
                && weights
                && !path.contains('{')
                && &*self.class_name(id) == "ModelCheckpoint"
            {
                self.note_weight_shapes(model, &path);
            }
        }
    }

    /// The path with the epoch and the logs in it: `"best-{epoch:02d}-{val_loss:.2f}.keras"`.
    fn checkpoint_path(&mut self, id: ObjId, event: &Event<'_>) -> Eval<Option<Rc<str>>> {
        let Arg::Str(path) = self.callback_setting(id, "filepath") else { return Ok(None) };
        let logs = event.args.get(1).cloned().unwrap_or(Value::None);
        let mut keywords = vec![("epoch".into(), Value::Int(event.epoch() + 1))];
        keywords.extend(self.logs_of(&logs).into_iter().map(|(name, x)| (name, Value::Float(x))));
        let args = Args { positional: Vec::new(), keywords };
        Ok(match self.call_method(&Value::Str(path), "format", args)? {
            Some(Value::Str(path)) => Some(path),
            _ => None,
        })
    }

    /// The optimizer of a file, in the state in which it was saved; unknown where it has gone on since.
    pub(super) fn restored_optimizer(&mut self, optimizer: ObjId, path: &str) -> Value {
        let then = self.numbers.as_ref().and_then(|n| n.files.get(path)).map(|file| file.steps);
        if then != Some(self.optimizer_steps(optimizer)) {
            return self.unknown("the state of an optimizer in a file");
        }
        let Some(copy) = self.unbuilt(optimizer) else {
            return self.unknown("an optimizer that is not known");
        };
        self.copy_slots(&Owner::Object(optimizer), &Owner::Object(copy));
        Value::Instance(copy)
    }

    /// How many steps an optimizer has made.
    fn optimizer_steps(&mut self, optimizer: ObjId) -> i64 {
        let node = self.existing_slot(&Owner::Object(optimizer), ITERATIONS);
        node.and_then(|node| self.array_of_node(node)).and_then(|array| array.to_int().ok()).unwrap_or(0)
    }
}
