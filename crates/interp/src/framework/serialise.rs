//! What of a Lambda cannot be saved: values in its `arguments`, and those that its stored code holds.

use std::rc::Rc;

use ops::{Exc, Keras, Mistake, TensorKind, Violation};

use crate::builtins::EAGER;
use crate::framework::saving::stores_code;
use crate::heap::{ObjId, Object};
use crate::interp::Interp;
use crate::raise::{Eval, Halt};
use crate::value::Value;

/// How deep a value is looked into.
const DEPTH: u32 = 16;

/// How a config is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// As an object's config: `.keras`, `to_json`, and all of Keras 3.
    Config,
    /// As the JSON in Keras 2's `.h5` files, which are made of a deep copy.
    Legacy,
}

impl Interp<'_> {
    /// Raises what saving raises for a model's Lambdas whose values cannot be saved.
    ///
    /// # Errors
    /// `TypeError` for the first such value.
    pub(crate) fn check_serialisable(&mut self, model: ObjId, form: Form) -> Eval<()> {
        for layer in self.all_layers(model) {
            self.check_lambda_serialisable(layer, form)?;
        }
        Ok(())
    }

    /// Raises what a Lambda's config raises, if it is one.
    ///
    /// # Errors
    /// `TypeError` for the first value without a config.
    pub(crate) fn check_lambda_serialisable(&mut self, layer: ObjId, form: Form) -> Eval<()> {
        let Some(state) = self.layer(layer) else { return Ok(()) };
        let (Some(lambda), name) = (state.lambda.clone(), state.name.clone()) else { return Ok(()) };
        if let Value::Function(function) = lambda.function
            && stores_code(self, &lambda.function)
        {
            let defaults: Vec<Value> =
                self.function(function).defaults.iter().map(|(_, value)| value.clone()).collect();
            for value in defaults {
                self.check_value(&value, form, &name, "a default of its function", 0)?;
            }
            for (captured, value) in self.captured_locally(function) {
                self.check_value(&value, form, &name, &format!("the captured `{captured}`"), 0)?;
            }
        }
        for (key, value) in self.pairs_of(&lambda.arguments).unwrap_or_default() {
            let place = format!("`arguments[\"{}\"]`", key.as_str().unwrap_or("?"));
            self.check_value(&value, form, &name, &place, 0)?;
        }
        Ok(())
    }

    fn check_value(
        &mut self,
        value: &Value,
        form: Form,
        layer: &Rc<str>,
        place: &str,
        depth: u32,
    ) -> Eval<()> {
        let refuse = match value {
            Value::Tuple(items) if depth < DEPTH => {
                return items.iter().try_for_each(|v| self.check_value(v, form, layer, place, depth + 1));
            }
            Value::List(id) if depth < DEPTH => {
                let items = self.heap.list(*id).cloned().unwrap_or_default();
                return items.iter().try_for_each(|v| self.check_value(v, form, layer, place, depth + 1));
            }
            Value::Dict(_) if depth < DEPTH => {
                let pairs = self.pairs_of(value).unwrap_or_default();
                return pairs
                    .iter()
                    .try_for_each(|(_, v)| self.check_value(v, form, layer, place, depth + 1));
            }
            Value::Set(id) => matches!(self.heap.get(*id), Object::Set(_)),
            Value::Slice(_) => self.keras == Keras::Two,
            Value::Ellipsis => self.keras == Keras::Two && form == Form::Config,
            Value::Tensor(node) => {
                form == Form::Legacy && matches!(self.trace.node(*node).kind, TensorKind::Eager)
            }
            Value::Range(..) => true,
            Value::Instance(id) => self.refuses_config(*id),
            _ => false,
        };
        if refuse { Err(self.unserialisable(value, form, layer, place)?) } else { Ok(()) }
    }

    /// Tells whether an object of the script's own class, or one that is tied to the process, has no config.
    fn refuses_config(&mut self, id: ObjId) -> bool {
        let Some(class) = self.heap.instance(id).map(|instance| instance.class) else { return false };
        let plain = self.class(class).mro.iter().all(|class| {
            let class = self.class(*class);
            class.path.as_deref().is_none_or(|path| path == "builtins.object")
                && (class.native.is_none() && !class.open)
        });
        let config = self.find_attr(&Value::Instance(id), "get_config").ok().flatten();
        let named = self.find_attr(&Value::Instance(id), "__name__").ok().flatten();
        (plain && config.is_none() && named.is_none()) || self.is_lock(class)
    }

    fn is_lock(&self, class: crate::class::ClassId) -> bool {
        self.class(class).path.as_deref().is_some_and(|path| path.starts_with("_thread."))
    }

    fn unserialisable(&mut self, value: &Value, form: Form, layer: &Rc<str>, place: &str) -> Eval<Halt> {
        let lock = match value {
            Value::Instance(id) => self.heap.instance(*id).map(|i| i.class).filter(|c| self.is_lock(*c)),
            _ => None,
        };
        let type_name = match (lock, value) {
            (Some(class), _) => self.class(class).path.clone().unwrap_or_default(),
            (None, Value::Tensor(_)) => EAGER.into(),
            (None, Value::Instance(_)) => format!("__main__.{}", self.type_name(value)).into(),
            _ => self.type_name(value),
        };
        let shown = match (lock, self.repr(value)?) {
            (Some(_), _) => format!("<unlocked {type_name} object at 0x…>"),
            (None, Some(text)) => text,
            (None, None) => format!("<{type_name} object at 0x…>"),
        };
        let core = match (form, lock) {
            (Form::Legacy, Some(_)) => format!("cannot pickle '{type_name}' object"),
            (Form::Legacy, None) => {
                format!("Unable to serialize {shown} to JSON. Unrecognized type <class '{type_name}'>.")
            }
            (Form::Config, _) => format!(
                "Cannot serialize object {shown} of type <class '{type_name}'>. To be serializable, a class must \
                 implement the `get_config()` method."
            ),
        };
        let mistake = Mistake::Unserialisable {
            layer: layer.to_string(),
            place: place.to_owned(),
            kind: type_name.to_string(),
        };
        let violation = Violation { class: Exc::TypeError, core, mistake };
        Ok(self.raise_violation(violation, "get_config".into(), Vec::new()))
    }

    /// The names that a function finds in the functions around it: only those go into its code as a closure.
    fn captured_locally(&self, function: crate::value::FunctionId) -> Vec<(Rc<str>, Value)> {
        let scope = self.function(function).scope;
        let is_local = |name: &str| {
            let mut at = Some(scope);
            while let Some(id) = at {
                let Some(scope) = self.heap.scope(id) else { return false };
                if scope.names.contains_key(name) {
                    return scope.parent.is_some();
                }
                at = scope.elsewhere.get(name).copied().or(scope.parent);
            }
            false
        };
        self.captured(function).into_iter().filter(|(name, _)| is_local(name)).collect()
    }
}
