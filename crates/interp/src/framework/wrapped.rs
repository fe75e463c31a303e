//! What Keras adds to the message of an exception that leaves a layer's `call`: the layer, and what it was given.
//!
//! source: keras/src/utils/traceback_utils.py: inject_argument_info_in_traceback, keras/src/layers/layer.py,
//! keras/src/ops/operation.py: Operation.__call__, tf_keras/src/utils/traceback_utils.py,
//! tf_keras/src/engine/base_layer.py

use std::rc::Rc;

use ops::{Keras, TensorKind};
use python::{Bound, Signature};

use crate::heap::ObjId;
use crate::interp::Interp;
use crate::raise::{Eval, Halt, Wording};
use crate::value::{Args, Value};

/// How a parameter without a default shows that nothing was given to it.
const NOTHING: &str = "<class 'inspect._empty'>";

impl Interp<'_> {
    /// Words an exception that leaves a layer's `call`, unless a layer within has done so.
    pub(crate) fn tell_arguments(&mut self, id: ObjId, args: &Args, symbolic: bool, result: Eval) -> Eval {
        let Err(Halt::Exception(exception)) = result else { return result };
        let fresh = self.exception(exception).is_some_and(|state| !state.told);
        // Only a run prints messages; a script that looks into one finds the core.
        if !fresh || !self.carries_out() {
            return result;
        }
        let shown = self.shown_arguments(id, args, symbolic);
        let inner = self.exception_text(exception);
        let display = match (self.keras, symbolic) {
            (Keras::Three, _) => format!("{}.call()", self.class_name(id)),
            (Keras::Two, quoted) => {
                let name = self.layer(id).map(|state| state.name.clone()).unwrap_or_default();
                let quote = if quoted { '"' } else { '\'' };
                format!("layer {quote}{name}{quote} (type {})", self.class_name(id))
            }
        };
        let wording = match (shown, inner) {
            (Some(shown), Some(inner)) if !shown.is_empty() => {
                let (bold, plain, call) = match self.keras {
                    Keras::Three => ("\u{1b}[1m", "\u{1b}[0m", "Arguments"),
                    Keras::Two => ("", "", "Call arguments"),
                };
                Wording::Text(
                    format!(
                        "Exception encountered when calling {display}.\n\n{bold}{inner}{plain}\n\n{call} received by \
                         {display}:\n{}",
                        shown.join("\n")
                    )
                    .into(),
                )
            }
            (Some(_), Some(inner)) => Wording::Text(inner.into()),
            _ => Wording::Unknown,
        };
        let known = match &wording {
            Wording::Text(text) => Value::Str(text.clone()),
            _ => Value::unknown("the message of an exception"),
        };
        if let Some(state) = self.exception_mut(exception) {
            state.told = true;
            state.wording = wording;
        }
        if let Some(instance) = self.heap.instance_mut(exception) {
            instance.attrs.insert("args".into(), Value::tuple([known]));
        }
        Err(Halt::Exception(exception))
    }

    /// The lines about what a layer's `call` was given, each parameter one; nothing where they cannot be told.
    fn shown_arguments(&mut self, id: ObjId, args: &Args, symbolic: bool) -> Option<Vec<String>> {
        let first = self.first_argument(args);
        if self.flat_tensors(&first).iter().any(|node| self.masks.contains_key(node)) {
            return None;
        }
        if symbolic && self.keras == Keras::Three {
            // `symbolic_call(self, *args, **kwargs)`
            let mut lines = Vec::new();
            let positional = Value::tuple(args.positional.iter().cloned());
            let shown = if args.positional.is_empty() {
                NOTHING.to_owned()
            } else {
                self.shown_argument(id, &positional, 0)?
            };
            lines.push(format!("  • args={shown}"));
            lines.push(format!("  • kwargs={}", self.shown_pairs(id, &args.keywords)?));
            return Some(lines);
        }
        let (signature, defaults) = self.parameters_of_call(id)?;
        let mut keywords = args.keywords.clone();
        let trains = signature.position("training").is_some();
        if let (Some(training), true) = (self.training, trains)
            && !keywords.iter().any(|(name, _)| &**name == "training")
        {
            keywords.push(("training".into(), Value::Bool(training)));
        }
        keywords.retain(|(name, value)| trains || &**name != "training" || !value.is_none());
        let bound = python::bind(&signature, "call", &args.positional, &keywords).ok()?;
        let mut lines = Vec::new();
        for ((at, parameter), bound) in signature.params.iter().enumerate().zip(bound) {
            let text = match bound {
                Bound::Given(value) => self.shown_argument(id, &value, 0)?,
                Bound::VarArgs(values) if values.is_empty() => NOTHING.to_owned(),
                Bound::VarArgs(values) => self.shown_argument(id, &Value::tuple(values), 0)?,
                Bound::KwArgs(pairs) => self.shown_pairs(id, &pairs)?,
                Bound::Default(default) => match defaults.iter().find(|(own, _)| *own == at) {
                    Some((_, value)) => self.display(value).ok()??,
                    None => default.source()?,
                },
            };
            lines.push(format!("  • {}={text}", parameter.name));
        }
        Some(lines)
    }

    /// The parameters of a layer's `call` without `self`, with the defaults of a function of the script's.
    pub(super) fn parameters_of_call(&mut self, id: ObjId) -> Option<(Signature, Vec<(usize, Value)>)> {
        if let Some(method) = self.script_method(id, "call") {
            let Value::Bound(bound) = method else { return None };
            let Value::Function(function) = bound.function else { return None };
            let function = self.function(function);
            let defaults = &function.defaults;
            let defaults =
                defaults.iter().filter_map(|(at, value)| Some((at.checked_sub(1)?, value.clone()))).collect();
            return Some((function.signature.without_first(), defaults));
        }
        let model = self.model(id).is_some_and(|model| model.graph.is_some() || model.sequential.is_some());
        let signature = match (model, self.keras) {
            (true, Keras::Three) => {
                Rc::new(python::parse_signature("(self, inputs, training=None, mask=None, **kwargs)")?)
            }
            (true, Keras::Two) => {
                Rc::new(python::parse_signature("(self, inputs, training=None, mask=None)")?)
            }
            (false, keras) => self.call_signature(id, keras)?,
        };
        Some((signature.without_first(), Vec::new()))
    }

    fn shown_pairs(&mut self, id: ObjId, pairs: &[(Rc<str>, Value)]) -> Option<String> {
        if pairs.is_empty() {
            return Some(NOTHING.to_owned());
        }
        let mut items = Vec::new();
        for (name, value) in pairs {
            items.push(format!("'{name}': {}", self.shown_argument(id, value, 1)?));
        }
        Some(format!("{{{}}}", items.join(", ")))
    }

    /// An argument: a tensor by its shape and dtype, anything else by its `repr`, which within a structure is a text.
    fn shown_argument(&mut self, id: ObjId, value: &Value, depth: u32) -> Option<String> {
        if depth > 8 {
            return None;
        }
        let items = match value {
            Value::Tuple(items) => Some(items.to_vec()),
            Value::List(list) => self.heap.list(*list).cloned(),
            _ => None,
        };
        if let Some(items) = items {
            let shown: Option<Vec<String>> =
                items.iter().map(|item| self.shown_argument(id, item, depth + 1)).collect();
            let shown = shown?.join(", ");
            return Some(match value {
                Value::Tuple(items) if items.len() == 1 => format!("({shown},)"),
                Value::Tuple(_) => format!("({shown})"),
                _ => format!("[{shown}]"),
            });
        }
        let leaf = match value {
            Value::Dict(_) | Value::Unknown(_) => return None,
            Value::Tensor(node) => {
                let node = self.trace.node(*node).clone();
                let functional =
                    self.model(id).is_some_and(|model| model.graph.is_some() && model.sequential.is_none());
                match (node.kind, self.keras) {
                    (TensorKind::Keras, Keras::Three) => self.repr(value).ok()??,
                    (TensorKind::Numpy, Keras::Three) if functional => self.repr(value).ok()??,
                    (kind, _) => {
                        let own = self.layer(id).map(|state| state.compute_dtype);
                        let dtype = match (kind, node.spec.dtype?, own) {
                            // What layers are given as arrays they make tensors of their own dtype of.
                            (TensorKind::Numpy, dtype, Some(own)) if dtype.is_floating() => own,
                            (_, dtype, _) => dtype,
                        };
                        node.spec.shape.dims()?;
                        format!("tf.Tensor(shape={}, dtype={})", node.spec.shape.tuple(), dtype.name())
                    }
                }
            }
            other => self.repr(other).ok()??,
        };
        // Texts in a list are shown as such.
        if depth == 0 { Some(leaf) } else { self.repr(&Value::str(&leaf)).ok()? }
    }
}
