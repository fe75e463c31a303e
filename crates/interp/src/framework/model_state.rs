//! What a model tells of its training: whether and with what it is compiled.
//!
//! source: keras/src/trainers/trainer.py, keras/src/backend/tensorflow/trainer.py, tf_keras/src/engine/training.py

use ops::Keras;

use crate::heap::ObjId;
use crate::interp::Interp;
use crate::value::Value;

impl Interp<'_> {
    /// Reads such an attribute; the inner `None` says that `compile` makes it.
    pub(crate) fn training_attr(&mut self, id: ObjId, name: &str) -> Option<Option<Value>> {
        let state = self.layer(id).filter(|s| s.model.is_some() && s.lost.is_none() && s.initialised)?;
        let own = self.heap.instance(id).is_some_and(|i| self.class(i.class).path.is_none());
        let compiled = state.model.as_ref().and_then(|model| model.compiled.as_ref());
        let given = |name: &str| {
            let (_, value) = compiled?.given.iter().find(|(own, _)| &**own == name)?;
            Some(value.clone())
        };
        match (self.keras, name, compiled.is_some()) {
            (Keras::Three, "compiled", is) => Some(Some(Value::Bool(is))),
            (Keras::Three, "optimizer" | "stop_training", false) if !own => Some(None),
            (Keras::Two, "loss", false) if !own => Some(None),
            (Keras::Two, "loss", false) => None,
            (_, "loss", _) => Some(Some(Value::None)),
            (Keras::Two, "optimizer" | "jit_compile", false) => Some(Some(Value::None)),
            (Keras::Two, "stop_training", false) => Some(Some(Value::Bool(false))),
            (_, "run_eagerly", false) => Some(Some(Value::Bool(false))),
            (_, "run_eagerly", true) => match given(name)? {
                Value::Bool(eagerly) => Some(Some(Value::Bool(eagerly))),
                Value::None => Some(Some(Value::Bool(false))),
                _ => None,
            },
            (Keras::Three, "steps_per_execution", false) => Some(Some(Value::Int(1))),
            (Keras::Three, "steps_per_execution", true) => match given(name)? {
                Value::Int(steps) => Some(Some(Value::Int(steps))),
                _ => None,
            },
            (Keras::Three, "jit_compile", false) => Some(Some(Value::Bool(false))),
            _ => None,
        }
    }
}
