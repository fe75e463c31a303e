//! What the constructors of Keras' own callbacks check, and what a callback tells of itself before it is used.
//!
//! source: keras/src/callbacks/*.py, tf_keras/src/callbacks.py

use std::rc::Rc;

use ops::{Arg, Exc, Keras, Mistake, Violation};

use crate::heap::ObjId;
use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::Value;

impl Interp<'_> {
    /// Checks what the constructors of Keras' own callbacks check.
    ///
    /// # Errors
    /// What they raise.
    pub(crate) fn check_callback(&mut self, id: ObjId) -> Eval<()> {
        let Some(state) = self.config(id).cloned() else { return Ok(()) };
        let class = state.path.rsplit('.').next().unwrap_or_default();
        let get = |name: &str| {
            state.args.iter().find(|(n, _)| &**n == name).map_or(Arg::Missing, |(_, arg)| arg.clone())
        };
        let refused = match class {
            "ModelCheckpoint" => self.refused_frequency(&get).or_else(|| self.refused_file(&get)),
            "ReduceLROnPlateau" => self.refused_factor(&get),
            "BackupAndRestore" if self.keras == Keras::Three => self.refused_backup(&get),
            _ => None,
        };
        let Some((param, problem, core)) = refused else { return Ok(()) };
        let mistake = Mistake::Argument { param, problem: problem.to_owned() };
        let violation = Violation { class: Exc::ValueError, core, mistake };
        Err(self.raise_violation(violation, class.into(), Vec::new()))
    }

    fn refused_frequency(&self, get: &dyn Fn(&str) -> Arg) -> Option<Refused> {
        let given = self.no_frequency(&get("save_freq"))?;
        let expected = match self.keras {
            Keras::Two => "Expected save_freq are \"epoch\" or integer",
            Keras::Three => "Expected save_freq are 'epoch' or integer values",
        };
        Some(("save_freq", "no number of batches", format!("Unrecognized save_freq: {given}. {expected}")))
    }

    /// What a `save_freq` shows that is neither `"epoch"` nor a number of batches.
    fn no_frequency(&self, given: &Arg) -> Option<std::rc::Rc<str>> {
        let wrong = match given {
            Arg::Str(text) => &**text != "epoch",
            Arg::Float(_) | Arg::None => true,
            _ => false,
        };
        wrong.then(|| self.keras_text(given))
    }

    /// source: keras/src/callbacks/backup_and_restore.py
    fn refused_backup(&self, get: &dyn Fn(&str) -> Arg) -> Option<Refused> {
        if matches!(get("backup_dir"), Arg::None) || matches!(get("backup_dir"), Arg::Str(s) if s.is_empty())
        {
            return Some(("backup_dir", "no folder", "Empty `backup_dir` argument passed".to_owned()));
        }
        let given = self.no_frequency(&get("save_freq"))?;
        let text = format!(
            "Invalid value for argument `save_freq`. Received: save_freq={given}. Expected either 'epoch' or an integer \
             value."
        );
        Some(("save_freq", "no number of batches", text))
    }

    fn refused_file(&self, get: &dyn Fn(&str) -> Arg) -> Option<Refused> {
        let Arg::Str(file) = get("filepath") else { return None };
        if self.keras == Keras::Two {
            return None;
        }
        let weights = get("save_weights_only") == Arg::Bool(true);
        let core = if weights && !file.ends_with(".weights.h5") {
            format!(
                "When using `save_weights_only=True` in `ModelCheckpoint`, the filepath provided must end in \
                 `.weights.h5` (Keras weights format). Received: filepath={file}"
            )
        } else if !weights && !file.ends_with(".keras") && !file.ends_with(".h5") {
            format!(
                "The filepath provided must end in `.keras` (Keras model format). Received: filepath={file}"
            )
        } else {
            return None;
        };
        Some(("filepath", "another ending", core))
    }

    fn refused_factor(&self, get: &dyn Fn(&str) -> Arg) -> Option<Refused> {
        let given = get("factor");
        let large = match given {
            Arg::Float(factor) => factor >= 1.0,
            Arg::Int(factor) => factor >= 1,
            _ => false,
        };
        let shown = self.keras_text(&given);
        let end = match self.keras {
            Keras::Two => format!("Got {shown}"),
            Keras::Three => format!("Received factor={shown}"),
        };
        let core = format!("ReduceLROnPlateau does not support a factor >= 1.0. {end}");
        large.then_some(("factor", "no fraction", core))
    }

    fn keras_text(&self, arg: &Arg) -> Rc<str> {
        match arg {
            Arg::Str(text) => text.clone(),
            other => keras::shown(other).into(),
        }
    }

    /// What a callback of Keras' own has from its constructor; nothing once it was handed a model, when a training may
    /// have changed it.
    pub(crate) fn callback_attr(&mut self, id: ObjId, name: &str) -> Option<Value> {
        let state = self.config(id).filter(|state| state.path.starts_with("keras.callbacks."))?;
        let class = state.path.rsplit('.').next().unwrap_or_default().to_owned();
        if self.is_scripts_own(id) || self.heap.instance(id)?.attrs.contains_key("model") {
            return None;
        }
        match (&*class, name) {
            (_, "model" | "params") => Some(Value::None),
            ("History", "history") => Some(self.new_dict([])),
            ("EarlyStopping", "wait" | "stopped_epoch") => Some(Value::Int(0)),
            ("EarlyStopping", "best_weights") => Some(Value::None),
            ("ReduceLROnPlateau", "wait" | "cooldown_counter") => Some(Value::Int(0)),
            // `self.__dict__.update(kwargs)`
            ("LambdaCallback", name) => {
                let more = state.args.iter().find(|(n, _)| &**n == "kwargs").map(|(_, more)| more.clone());
                let Some(Arg::Dict(more)) = more else { return None };
                let (_, given) = more.iter().find(|(n, _)| &**n == name)?;
                Some(self.value_of(given))
            }
            _ => None,
        }
    }

    /// An argument of a callback's constructor as the attribute of its name has it.
    pub(crate) fn kept_by_callback(&mut self, id: ObjId, name: &str) -> Option<Value> {
        let state = self.config(id).filter(|state| state.path.starts_with("keras.callbacks."))?;
        let class = state.path.rsplit('.').next().unwrap_or_default();
        let given = state.args.iter().find(|(n, _)| &**n == name).map(|(_, arg)| arg.clone())?;
        match (class, name, given) {
            ("EarlyStopping" | "ReduceLROnPlateau", "mode", Arg::Str(mode)) => {
                let known = matches!(&*mode, "auto" | "min" | "max");
                let keeps = self.keras == Keras::Three || class == "ReduceLROnPlateau";
                keeps.then(|| Value::str(if known { &mode } else { "auto" }))
            }
            // Keras 2 turns its sign by what is watched.
            ("EarlyStopping", "min_delta", Arg::Float(_)) if self.keras == Keras::Two => {
                Some(self.unknown("a threshold by what is watched"))
            }
            ("EarlyStopping" | "ReduceLROnPlateau", "min_delta", Arg::Float(delta)) => {
                Some(Value::Float(delta.abs()))
            }
            _ => None,
        }
    }
}

/// The argument, what is wrong with it, and what Keras says.
type Refused = (&'static str, &'static str, String);
