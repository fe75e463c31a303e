//! Attributes of Keras 3's variables that a script may set: `v.trainable = False`, `v.constraint = NonNeg()`.
//!
//! source: keras/src/backend/common/variables.py: Variable

use graph::NodeId;
use keras::Attached;
use ops::{Arg, Exc};

use crate::framework::lookups;
use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::Value;

/// Properties without a setter.
const FIXED: &[&str] = &["name", "path", "shape", "dtype", "ndim", "value"];

impl Interp<'_> {
    /// Sets an attribute of a variable of Keras 3.
    ///
    /// # Errors
    /// What its setter raises.
    pub(crate) fn variable_set_attr(&mut self, id: NodeId, name: &str, value: &Value) -> Eval<()> {
        let Some(variable) = self.variable_of(id) else { return Ok(()) };
        if let Some(kind) = Attached::ALL.into_iter().find(|kind| kind.word() == name) {
            return self.set_attached(id, kind, value);
        }
        match name {
            "trainable" => {
                if let Some(trainable) = self.truth(value)? {
                    self.trace.variable_mut(variable).trainable = trainable;
                }
                Ok(())
            }
            "overwrite_with_gradient" => {
                match value {
                    Value::Bool(true) => drop(self.running.overwritten.insert(variable)),
                    Value::Bool(false) => drop(self.running.overwritten.remove(&variable)),
                    value if value.is_unknown() => {}
                    value => {
                        let shown = self.display(value)?.unwrap_or_default();
                        let text = format!("`overwrite_with_gradient` must be a boolean. Received: {shown}");
                        return Err(self.raise(Exc::TypeError, text));
                    }
                }
                Ok(())
            }
            _ if FIXED.contains(&name) => {
                let text = format!("property '{name}' of 'Variable' object has no setter");
                Err(self.raise(Exc::AttributeError, text))
            }
            _ => Ok(()),
        }
    }

    /// A regularizer or constraint is anything that can be called.
    fn set_attached(&mut self, id: NodeId, kind: Attached, value: &Value) -> Eval<()> {
        if value.is_none() {
            self.running.attached.remove(&(id, kind));
            return Ok(());
        }
        let plain = matches!(
            value,
            Value::Int(_)
                | Value::Float(_)
                | Value::Bool(_)
                | Value::Str(_)
                | Value::List(_)
                | Value::Dict(_)
        );
        if plain {
            let (word, shown) = (kind.word(), self.display(value)?.unwrap_or_default());
            let text = format!(
                "Invalid value for attribute `{word}`. Expected a callable (such as a `keras.{word}s.{}` instance) or \
                 `None`. Received: {word}={shown}",
                match kind {
                    Attached::Regularizer => "Regularizer",
                    Attached::Constraint => "Constraint",
                }
            );
            return Err(self.raise(Exc::ValueError, text));
        }
        let given = self.arg(value);
        self.attach(id, kind, given);
        Ok(())
    }

    /// Reads `v.regularizer` or `v.constraint`: the object itself where a layer's argument named it.
    pub(crate) fn attached_object(&mut self, id: NodeId, kind: Attached) -> Eval {
        let family = match kind {
            Attached::Regularizer => &keras::regularizers::REGULARIZERS,
            Attached::Constraint => &keras::constraints::CONSTRAINTS,
        };
        match self.attached(id, kind) {
            None => Ok(Value::None),
            Some(given @ Arg::Str(_)) => {
                let given = self.value_of(&given);
                let object = lookups::object(self, family, &given)?;
                let kept = self.arg(&object);
                self.attach(id, kind, kept);
                Ok(object)
            }
            Some(given) => Ok(self.value_of(&given)),
        }
    }
}
