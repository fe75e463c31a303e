//! What a generator yields first, beside what `from_generator` was told of it.
//!
//! TensorFlow compares them only when the element is asked for, in a Python function of the pipeline: `fit` has traced
//! its step by then.
//!
//! source: tensorflow/python/data/ops/from_generator_op.py: generator_py_func; tensorflow/python/data/util/nest.py

use tensor::DType;

use super::Uneven;
use crate::interp::Interp;
use crate::raise::{Eval, Halt};
use crate::value::{Args, Value};

impl Interp<'_> {
    /// What is wrong with the first element of a generator, for elements that were declared so. The generator is carried
    /// out on trial; what it changes is changed back.
    ///
    /// # Errors
    /// A budget that ran out.
    pub(super) fn misfit_yielded(&mut self, generator: &Value, declared: &Value) -> Eval<Option<Uneven>> {
        if self.carries_out() || self.graph_depth > 0 {
            return Ok(None);
        }
        let depth = self.frames.len();
        let (undecided, events) = (self.undecided.clone(), self.events.len());
        let record = self.record.clone();
        self.heap.open();
        let result = self.wanting(Some(1), |interp| {
            let made = interp.call(generator, Args::default())?;
            let (items, _) = interp.iterate(&made, 1)?;
            let Some(first) = items.into_iter().next() else { return Ok(None) };
            match interp.is_shaped(declared, &first) {
                Some(false) => {
                    let expected = interp.told_types(declared);
                    let shown = interp.display(&first)?.unwrap_or_else(|| "…".to_owned());
                    Ok(Some(format!(
                        "`generator` yielded an element that did not match the expected structure. The expected \
                         structure was {expected}, but the yielded element was {shown}."
                    )))
                }
                Some(true) => Ok(interp.misshapen(declared, &first)),
                None => Ok(None),
            }
        });
        self.heap.undo();
        self.frames.truncate(depth);
        self.record = record;
        self.undecided = undecided;
        self.events.truncate(events);
        match result {
            Ok(fault) => {
                Ok(fault.map(|text| Uneven::First(format!("raise TypeError(\n\nTypeError: {text}").into())))
            }
            Err(Halt::Exception(_)) => Ok(None),
            Err(halt) => Err(halt),
        }
    }

    /// Whether a value has the structure of a declared element: a list counts as one part of it.
    fn is_shaped(&self, declared: &Value, value: &Value) -> Option<bool> {
        let all = |pairs: Vec<(Value, Value)>| {
            let told: Vec<Option<bool>> =
                pairs.iter().map(|(part, value)| self.is_shaped(part, value)).collect();
            let unlike = told.contains(&Some(false));
            if unlike { Some(false) } else { (!told.contains(&None)).then_some(true) }
        };
        match (declared, value) {
            (Value::Unknown(_), _) | (_, Value::Unknown(_) | Value::Instance(_)) => None,
            (Value::Tuple(parts), Value::Tuple(values)) if parts.len() == values.len() => {
                all(parts.iter().cloned().zip(values.iter().cloned()).collect())
            }
            (Value::Dict(_), Value::Dict(_)) => {
                let (parts, values) = (self.pairs_of(declared)?, self.pairs_of(value)?);
                let found = |key: &Value| {
                    values
                        .iter()
                        .find(|(own, _)| own.as_str() == key.as_str())
                        .map(|(_, value)| value.clone())
                };
                if parts.iter().chain(&values).any(|(key, _)| key.as_str().is_none()) {
                    return None;
                }
                if parts.len() != values.len() {
                    return Some(false);
                }
                let pairs: Option<Vec<_>> =
                    parts.iter().map(|(key, part)| Some((part.clone(), found(key)?))).collect();
                pairs.map_or(Some(false), all)
            }
            (Value::Tuple(_) | Value::Dict(_), _) => Some(false),
            _ => Some(true),
        }
    }

    /// The first part of an element that has another shape than was declared.
    fn misshapen(&mut self, declared: &Value, value: &Value) -> Option<String> {
        match (declared, value) {
            (Value::Tuple(parts), Value::Tuple(values)) => {
                let pairs: Vec<_> = parts.iter().cloned().zip(values.iter().cloned()).collect();
                pairs.iter().find_map(|(part, value)| self.misshapen(part, value))
            }
            (Value::Dict(_), Value::Dict(_)) => {
                let (parts, values) = (self.pairs_of(declared)?, self.pairs_of(value)?);
                parts.iter().find_map(|(key, part)| {
                    let (_, value) = values.iter().find(|(own, _)| own.as_str() == key.as_str())?;
                    self.misshapen(part, value)
                })
            }
            (Value::Tensor(node), value) => {
                let expected = self.trace.node(*node).spec.shape.clone();
                let shape = match value {
                    Value::Tensor(own) => self.trace.node(*own).spec.shape.clone(),
                    other => self.plain_spec(other, 0)?.shape,
                };
                if expected.compatible(&shape) {
                    return None;
                }
                // Where only some sizes are known here, the whole is not told.
                let (shape, expected) = (shape.all_known()?, expected.tuple());
                let shape = tensor::Shape::known(&shape).tuple();
                Some(format!(
                    "`generator` yielded an element of shape {shape} where an element of shape {expected} was expected."
                ))
            }
            _ => None,
        }
    }

    /// The dtypes of an element in its structure.
    fn told_types(&self, declared: &Value) -> String {
        match declared {
            Value::Tuple(items) => {
                let all: Vec<String> = items.iter().map(|item| self.told_types(item)).collect();
                if all.len() == 1 { format!("({},)", all[0]) } else { format!("({})", all.join(", ")) }
            }
            Value::Dict(_) => {
                let pairs = self.pairs_of(declared).unwrap_or_default();
                let all: Vec<String> = pairs
                    .iter()
                    .map(|(key, item)| {
                        format!("'{}': {}", key.as_str().unwrap_or("…"), self.told_types(item))
                    })
                    .collect();
                format!("{{{}}}", all.join(", "))
            }
            Value::Tensor(node) => {
                format!("tf.{}", self.trace.node(*node).spec.dtype.map_or("…", DType::name))
            }
            _ => "…".to_owned(),
        }
    }
}
