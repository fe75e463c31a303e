//! `BackupAndRestore`: a training that was interrupted goes on where it was.
//!
//! source: keras/src/callbacks/backup_and_restore.py, tf_keras/src/callbacks.py: BackupAndRestore

use std::rc::Rc;

use ops::{Arg, Keras};

use super::callbacks::Event;
use crate::framework::binding::Given;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::Value;

/// The epoch with which a model that was restored goes on; Keras 3 calls it so.
const INITIAL: &str = "_initial_epoch";

impl Interp<'_> {
    /// Carries out a method of the callback. What is kept after a number of batches is not followed.
    pub(super) fn backup(&mut self, id: ObjId, event: &Event<'_>) -> Eval<()> {
        let Some(model) = self.model_of_callback(id) else { return Ok(()) };
        let Arg::Str(folder) = self.callback_setting(id, "backup_dir") else {
            self.without_number("a backup at a path that is not known");
            return Ok(());
        };
        let path: Rc<str> = format!("{folder}/latest.weights.h5").into();
        let each_epoch = matches!(self.callback_setting(id, "save_freq"), Arg::Missing | Arg::Str(_));
        match event.method {
            "on_train_begin" if !each_epoch => {
                self.without_number(
                    "what `BackupAndRestore` keeps after a number of batches is not followed",
                );
            }
            "on_train_begin" => {
                if let Some(epochs) = self.take_backup(model, &path)? {
                    self.set_own_attr(model, INITIAL, Value::Int(epochs))?;
                }
            }
            "on_epoch_end" => self.keep_backup(model, path, event.epoch() + 1)?,
            "on_train_end" if self.callback_setting(id, "delete_checkpoint") != Arg::Bool(false) => {
                self.forget_file(&path);
            }
            _ => {}
        }
        Ok(())
    }

    /// The epoch that a training begins with: after `on_train_begin`, that with which a model goes on which a callback
    /// restored.
    pub(crate) fn initial_epoch(&mut self, model: ObjId, given: &Given) -> i64 {
        let restored = self.callback_state(model, INITIAL).and_then(|epoch| epoch.as_int());
        restored.filter(|epoch| *epoch > 0).or(given.int("initial_epoch")).unwrap_or(0)
    }

    /// Keras 2 restores a model for one training.
    pub(super) fn forget_restored(&mut self, model: ObjId) -> Eval<()> {
        if self.keras == Keras::Three || self.callback_state(model, INITIAL).is_none() {
            return Ok(());
        }
        self.set_own_attr(model, INITIAL, Value::Int(0))
    }
}
