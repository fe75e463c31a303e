//! What Keras' own callbacks do with numbers.
//!
//! source: keras/src/callbacks/*.py, tf_keras/src/callbacks.py

use std::rc::Rc;

use keras::watch::{Plateau, Stopping};
use ops::{Arg, Keras};

use crate::builtins::number_text;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::{Args, Plain, Value};
use crate::world::Stream;

/// What a callback's method was called with.
pub(crate) struct Event<'v> {
    /// Its name: `on_epoch_end`.
    pub(crate) method: &'v str,
    /// Its arguments.
    pub(crate) args: &'v [Value],
}

impl Event<'_> {
    /// The epoch or batch that it is about.
    pub(crate) fn epoch(&self) -> i64 {
        self.args.first().and_then(Value::as_int).unwrap_or(0)
    }
}

impl Interp<'_> {
    /// Carries out a method of one of Keras' own callbacks.
    ///
    /// # Errors
    /// What the script's functions in it raise.
    pub(crate) fn own_callback(&mut self, id: ObjId, method: &str, args: &[Value]) -> Eval<()> {
        let path = self.config(id).map(|s| s.path.clone()).unwrap_or_default();
        let event = Event { method, args };
        match path.strip_prefix("keras.callbacks.").unwrap_or_default() {
            "EarlyStopping" => self.early_stopping(id, &event),
            "ReduceLROnPlateau" => self.reduce_on_plateau(id, &event),
            "ModelCheckpoint" => self.checkpoint(id, &event),
            "CSVLogger" => self.csv_logger(id, &event),
            "BackupAndRestore" | "experimental.BackupAndRestore" => self.backup(id, &event),
            class @ ("TensorBoard" | "RemoteMonitor") => self.leaves_nothing(class, &event),
            "SwapEMAWeights" => self.swap_averages(id, &event),
            "TerminateOnNaN" => self.terminate_on_nan(id, &event),
            "LearningRateScheduler" if method == "on_epoch_end" => self.log_rate(id, args),
            _ => Ok(()),
        }
    }

    pub(crate) fn callback_setting(&self, id: ObjId, name: &str) -> Arg {
        let state = self.config(id);
        state.and_then(|s| s.args.iter().find(|(n, _)| &**n == name)).map_or(Arg::Missing, |(_, a)| a.clone())
    }

    pub(crate) fn callback_number(&self, id: ObjId, name: &str, default: f64) -> f64 {
        match self.callback_setting(id, name) {
            Arg::Float(x) => x,
            Arg::Int(n) => n as f64,
            _ => default,
        }
    }

    pub(super) fn callback_state(&mut self, id: ObjId, name: &str) -> Option<Value> {
        self.heap.instance(id)?.attrs.get(name).cloned()
    }

    pub(crate) fn callback_float(&mut self, id: ObjId, name: &str, default: f64) -> f64 {
        match self.callback_state(id, name) {
            Some(Value::Float(x)) => x,
            Some(value) => value.as_int().map_or(default, |n| n as f64),
            None => default,
        }
    }

    /// The best number that a callback has seen.
    fn callback_best(&mut self, id: ObjId) -> Option<f64> {
        Some(self.callback_float(id, "best", f64::NAN)).filter(|best| !best.is_nan())
    }

    pub(crate) fn model_of_callback(&mut self, id: ObjId) -> Option<ObjId> {
        match self.callback_state(id, "model")? {
            Value::Instance(model) => Some(model),
            _ => None,
        }
    }

    /// The name of the number that a callback watches.
    pub(crate) fn monitor_of_callback(&self, id: ObjId) -> Rc<str> {
        match self.callback_setting(id, "monitor") {
            Arg::Str(name) => name,
            _ => "val_loss".into(),
        }
    }

    pub(crate) fn watched(&mut self, id: ObjId, event: &Event<'_>) -> Option<(f64, bool)> {
        let monitor = self.monitor_of_callback(id);
        let logs = event.args.get(1).cloned().unwrap_or(Value::None);
        let current = self.logs_of(&logs).into_iter().find(|(name, _)| *name == monitor).map(|(_, x)| x)?;
        Some((current, self.more_is_better(id)))
    }

    fn early_stopping(&mut self, id: ObjId, event: &Event<'_>) -> Eval<()> {
        let restores = self.callback_setting(id, "restore_best_weights") == Arg::Bool(true);
        match event.method {
            "on_train_begin" => {
                for name in ["wait", "stopped_epoch", "best_epoch"] {
                    self.set_own_attr(id, name, Value::Int(0))?;
                }
                self.set_own_attr(id, "best", Value::None)?;
                self.set_own_attr(id, "best_weights", Value::None)
            }
            "on_epoch_end" => {
                let epoch = event.epoch();
                let Some((current, more)) = self.watched(id, event) else { return Ok(()) };
                let mut stopping = Stopping {
                    more,
                    min_delta: self.callback_number(id, "min_delta", 0.0).abs(),
                    patience: self.callback_number(id, "patience", 0.0) as i64,
                    baseline: Some(self.callback_number(id, "baseline", f64::NAN)).filter(|x| !x.is_nan()),
                    start: self.callback_number(id, "start_from_epoch", 0.0) as i64,
                    best: self.callback_best(id),
                    wait: self.callback_float(id, "wait", 0.0) as i64,
                };
                if epoch < stopping.start {
                    return Ok(());
                }
                let Some(model) = self.model_of_callback(id) else { return Ok(()) };
                if restores && self.callback_state(id, "best_weights").is_none_or(|v| v.is_none()) {
                    self.keep_best(id, model, epoch)?;
                }
                let seen = stopping.see(epoch, current);
                self.set_own_attr(id, "wait", Value::Int(stopping.wait))?;
                if seen.best {
                    self.set_own_attr(id, "best", Value::Float(current))?;
                    self.set_own_attr(id, "best_epoch", Value::Int(epoch))?;
                    if restores {
                        self.keep_best(id, model, epoch)?;
                    }
                }
                if seen.stop {
                    self.set_own_attr(id, "stopped_epoch", Value::Int(epoch))?;
                    self.set_stop(model, true)?;
                }
                Ok(())
            }
            "on_train_end" => {
                let stopped = self.callback_float(id, "stopped_epoch", 0.0) as i64;
                if stopped > 0 {
                    self.callback_says(id, |_| format!("Epoch {}: early stopping", stopped + 1));
                }
                match self.model_of_callback(id).filter(|_| restores) {
                    Some(model) => self.restore_best(id, model),
                    None => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }

    fn keep_best(&mut self, id: ObjId, model: ObjId, epoch: i64) -> Eval<()> {
        let weights = self.call_method(&Value::Instance(model), "get_weights", Args::default())?;
        self.set_own_attr(id, "best_weights", weights.unwrap_or(Value::None))?;
        self.set_own_attr(id, "best_epoch", Value::Int(epoch))
    }

    fn restore_best(&mut self, id: ObjId, model: ObjId) -> Eval<()> {
        let Some(weights) = self.callback_state(id, "best_weights").filter(|w| !w.is_none()) else {
            return Ok(());
        };
        let best = self.callback_float(id, "best_epoch", 0.0) as i64 + 1;
        self.callback_says(id, |_| {
            format!("Restoring model weights from the end of the best epoch: {best}.")
        });
        self.call_method(&Value::Instance(model), "set_weights", Args::of([weights]))?;
        Ok(())
    }

    fn reduce_on_plateau(&mut self, id: ObjId, event: &Event<'_>) -> Eval<()> {
        if event.method == "on_train_begin" {
            for name in ["wait", "cooldown_counter"] {
                self.set_own_attr(id, name, Value::Int(0))?;
            }
            return self.set_own_attr(id, "best", Value::None);
        }
        if event.method != "on_epoch_end" {
            return Ok(());
        }
        self.log_rate(id, event.args)?;
        let Some((current, more)) = self.watched(id, event) else { return Ok(()) };
        let mut plateau = Plateau {
            more,
            min_delta: self.callback_number(id, "min_delta", 1e-4),
            patience: self.callback_number(id, "patience", 10.0) as i64,
            factor: self.callback_number(id, "factor", 0.1),
            single: self.keras == Keras::Two,
            min_rate: self.callback_number(id, "min_lr", 0.0),
            cooldown: self.callback_number(id, "cooldown", 0.0) as i64,
            best: self.callback_best(id),
            wait: self.callback_float(id, "wait", 0.0) as i64,
            cooling: self.callback_float(id, "cooldown_counter", 0.0) as i64,
        };
        let rate = self.rate_of_callback(id);
        if let Some(rate) = plateau.see(current, rate) {
            self.set_rate_of_callback(id, rate)?;
            self.callback_says(id, |_| {
                let (rate, epoch) = (number_text::repr(rate), event.epoch() + 1);
                format!("\nEpoch {epoch}: ReduceLROnPlateau reducing learning rate to {rate}.")
            });
        }
        self.set_own_attr(id, "best", plateau.best.map_or(Value::None, Value::Float))?;
        self.set_own_attr(id, "wait", Value::Int(plateau.wait))?;
        self.set_own_attr(id, "cooldown_counter", Value::Int(plateau.cooling))
    }

    pub(super) fn optimizer_of_callback(&mut self, id: ObjId) -> Option<ObjId> {
        let model = self.model_of_callback(id)?;
        match self.compiled(model)?.optimizer {
            Value::Instance(optimizer) => Some(self.stepping_optimizer(optimizer)),
            _ => None,
        }
    }

    /// The present learning rate of the model that a callback belongs to.
    pub(crate) fn rate_of_callback(&mut self, id: ObjId) -> Option<f64> {
        let optimizer = self.optimizer_of_callback(id)?;
        let Ok(Arg::Tensor(rate)) = self.shown_rate(optimizer) else { return None };
        let array = self.array_of_node(graph::NodeId(rate.node?))?;
        array.to_float().ok()
    }

    /// Sets that learning rate.
    pub(crate) fn set_rate_of_callback(&mut self, id: ObjId, rate: f64) -> Eval<()> {
        match self.optimizer_of_callback(id) {
            Some(optimizer) => self.set_rate_number(optimizer, Some(Value::Float(rate))),
            None => Ok(()),
        }
    }

    /// Adds the learning rate to the logs of an epoch.
    pub(crate) fn log_rate(&mut self, id: ObjId, args: &[Value]) -> Eval<()> {
        let name = if self.keras == Keras::Two { "lr" } else { "learning_rate" };
        let Some(logs) = args.get(1).cloned() else { return Ok(()) };
        let rate = match self.rate_of_callback(id) {
            Some(rate) => Value::Float(rate),
            None if self.computes() => return Ok(()),
            None => Value::Any(Plain::Float),
        };
        self.set_item(&logs, Value::str(name), rate)
    }

    fn terminate_on_nan(&mut self, id: ObjId, event: &Event<'_>) -> Eval<()> {
        if !matches!(event.method, "on_batch_end" | "on_train_batch_end") {
            return Ok(());
        }
        let logs = event.args.get(1).cloned().unwrap_or(Value::None);
        let loss = self.logs_of(&logs).into_iter().find(|(name, _)| &**name == "loss");
        let Some((_, loss)) = loss.filter(|(_, x)| !x.is_finite()) else { return Ok(()) };
        if self.callback_setting(id, "raise_error") == Arg::Bool(true) {
            let text = format!(
                "NaN or Inf loss encountered at batch {}. Loss value: {}. Terminating training immediately.",
                event.epoch(),
                number_text::repr(loss)
            );
            return Err(self.raise(ops::Exc::RuntimeError, text));
        }
        self.write_out(
            Stream::Output,
            &format!("Batch {}: Invalid loss, terminating training\n", event.epoch()),
        );
        match self.model_of_callback(id) {
            Some(model) => self.set_stop(model, true),
            None => Ok(()),
        }
    }
}
