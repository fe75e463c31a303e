//! What objects are by themselves: where they lie, and how those without a text of their own are shown.
//!
//! source: CPython: `object.__repr__`, `function.__repr__`, `method.__repr__`

use ops::Keras;

use crate::framework::config::ConfigState;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::value::{Bound, Value, profile};

/// Where the first object lies. Where it really would is different in each process.
const BASE: i64 = 0x7f00_0000_0000;

/// `id(object)`.
pub(super) fn address(id: ObjId) -> i64 {
    BASE + i64::from(id.0) * 64
}

impl Interp<'_> {
    /// `<keras.src.optimizers.adam.Adam object at 0x7f0000000040>`: an object of a class of Keras or of the script that
    /// says nothing of its own. Nothing for other libraries' objects, whose own texts may not be modelled.
    pub(super) fn plain_object(&mut self, id: ObjId) -> Option<String> {
        let class = self.heap.instance(id)?.class;
        let of_keras = self
            .class(class)
            .path
            .as_deref()
            .is_some_and(|path| path.strip_prefix("tf.").unwrap_or(path).starts_with("keras."));
        let module = self.heap.scope(self.class(class).dict).and_then(|dict| dict.names.get("__module__"));
        let of_script = matches!(module, Some(Value::Str(name)) if &**name == "__main__");
        if !(of_keras || of_script) {
            return None;
        }
        if let Some(text) = self.config(id).cloned().and_then(|state| self.config_text(id, &state)) {
            return Some(text);
        }
        let home = self.full_type(&Value::Instance(id));
        let home = home.trim_start_matches("<class '").trim_end_matches("'>");
        Some(format!("<{home} object at {:#x}>", address(id)))
    }

    /// Keras' losses and metrics that say what they are.
    ///
    /// source: tf_keras/src/metrics/base_metric.py; keras/src/losses/losses.py: LossFunctionWrapper
    fn config_text(&mut self, id: ObjId, state: &ConfigState) -> Option<String> {
        let class = self.class_name(id);
        if self.keras == Keras::Two {
            let metric = self.is_metric(&Value::Instance(id));
            return metric.then(|| format!("{class}(name={},dtype=float32)", state.name));
        }
        let path = self.loss_function_of(id)?;
        let function = path.rsplit('.').next()?;
        let mut settings = Vec::new();
        for (name, arg) in &state.args {
            if !matches!(&**name, "name" | "reduction" | "dtype") {
                let value = self.value_of(arg);
                settings.push(format!("'{name}': {}", self.repr(&value).ok()??));
            }
        }
        let settings = settings.join(", ");
        Some(format!(
            "<LossFunctionWrapper(<function {function} at {:#x}>, kwargs={{{settings}}})>",
            BASE - 64
        ))
    }

    /// Functions, methods and Keras' own functions; nothing for others.
    pub(super) fn function_text(&mut self, value: &Value) -> Option<String> {
        match value {
            Value::Function(id) => {
                let place = BASE - 0x10_0000 + i64::from(id.0) * 160;
                Some(format!("<function {} at {place:#x}>", self.function(*id).qualname))
            }
            Value::Api(path) if path.starts_with("keras.") || path.starts_with("tf.keras.") => {
                let path = path.strip_prefix("tf.").unwrap_or(path);
                let entry = names::lookup(profile(self.keras), path)?;
                let name = names::canonical(profile(self.keras), path)?.rsplit([':', '.']).next()?;
                (entry.kind == names::Kind::Function)
                    .then(|| format!("<function {name} at {:#x}>", BASE - 0x100_0000 + 160))
            }
            Value::Bound(bound) => {
                let Bound { object: object @ Value::Instance(_), function: Value::Function(id), .. } =
                    &**bound
                else {
                    return None;
                };
                let name = self.function(*id).qualname.clone();
                let object = self.repr(object).ok()??;
                Some(format!("<bound method {name} of {object}>"))
            }
            _ => None,
        }
    }
}
