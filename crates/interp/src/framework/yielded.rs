//! What Keras 3 refuses of the batches that generators and `PyDataset`s give.
//!
//! It asks the first batches for the specs of a `tf.data` pipeline, in which a list is no structure.
//!
//! source: keras/src/trainers/data_adapters/generator_data_adapter.py, py_dataset_adapter.py,
//! data_adapter_utils.py; tensorflow/python/data/ops/from_generator_op.py

use ops::{Exc, Keras};

use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::{Args, Value};

/// What gives the batches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Yields {
    /// A Python generator.
    Generator,
    /// A `PyDataset`, or `Sequence`.
    Sequence,
}

/// What is wrong with a part of a batch.
enum Fault {
    /// A number, in the place of an array.
    Scalar(Value),
    /// A list.
    List,
}

impl Interp<'_> {
    /// Returns a batch as the adapter standardises it.
    ///
    /// # Errors
    /// What Keras 3 raises for a batch that is no tuple, and for lists and numbers within one.
    pub(crate) fn check_yielded(&mut self, batch: Value, by: Yields) -> Eval {
        if batch.is_unknown() {
            return Ok(batch);
        }
        if self.keras == Keras::Two {
            // It makes a tensor of each number, also of those in a list.
            return self.numbers_as_tensors(&batch);
        }
        let batch = match (&batch, by) {
            (Value::List(id), Yields::Sequence) => match self.heap.list(*id).cloned() {
                Some(items) => Value::tuple(items),
                None => return Ok(batch),
            },
            (Value::Tensor(_), Yields::Sequence) => Value::tuple([batch]),
            _ => batch,
        };
        let structured = match by {
            // What an object of the script's is cannot be told: a named tuple is one.
            _ if matches!(batch, Value::Instance(_)) => true,
            Yields::Generator => matches!(batch, Value::Tuple(_)),
            Yields::Sequence => match &batch {
                Value::Tuple(items) => (1..=3).contains(&items.len()),
                other => matches!(other, Value::Dict(_)),
            },
        };
        if !structured {
            let shown = self.display(&batch)?.unwrap_or_else(|| "…".to_owned());
            let core = match by {
                Yields::Generator => format!(
                    "When passing a Python generator to a Keras model, the generator must return a tuple, either \
                     (input,) or (inputs, targets) or (inputs, targets, sample_weights). Received: {shown}"
                ),
                Yields::Sequence => {
                    let start: String = shown.chars().take(100).collect();
                    let class = self.type_name(&batch);
                    format!(
                        "PyDataset.__getitem__() must return a tuple or a dict. If a tuple, it must be ordered either \
                         (input,) or (inputs, targets) or (inputs, targets, sample_weights). Received: {start}... of \
                         type <class '{class}'>"
                    )
                }
            };
            return Err(self.bad_data(Exc::ValueError, core));
        }
        if let (Value::Tuple(items), Yields::Sequence) = (&batch, by)
            && items.iter().any(Value::is_none)
        {
            // Nothing makes an optional value of it, as there is for what a generator yields.
            let core = "raise TypeError(\n\nTypeError: `generator` yielded an element that did not match the expected \
                        structure.";
            return Err(self.bad_data(Exc::InvalidArgumentError, core.to_owned()));
        }
        match self.fault_in(&batch) {
            None => Ok(batch),
            Some(Fault::Scalar(value)) => {
                let shown = self.display(&value)?.unwrap_or_else(|| "…".to_owned());
                let core = format!(
                    "When passing a dataset to a Keras model, the arrays must be at least rank 1. Received: {shown} of \
                     rank 0."
                );
                Err(self.bad_data(Exc::ValueError, core))
            }
            Some(Fault::List) => {
                let core = "`output_signature` must contain objects that are subclass of `tf.TypeSpec` but found <class \
                            'list'> which is not.";
                Err(self.bad_data(Exc::TypeError, core.to_owned()))
            }
        }
    }

    /// A batch with a scalar in the place of each number.
    fn numbers_as_tensors(&mut self, batch: &Value) -> Eval {
        let mut ended = Ok(());
        let made = self.map_leaves(batch, &mut |interp, leaf| match leaf {
            Value::Int(_)
            | Value::Float(_)
            | Value::Bool(_)
            | Value::Str(_)
            | Value::Any(_)
            | Value::Drawn(_)
                if ended.is_ok() =>
            {
                let scalar = interp.call_api(&"tf.constant".into(), Args::of([leaf.clone()]));
                scalar.unwrap_or_else(|halt| {
                    ended = Err(halt);
                    leaf.clone()
                })
            }
            _ => leaf.clone(),
        });
        ended.map(|()| made)
    }

    /// The first number in a batch, else the first list.
    fn fault_in(&self, part: &Value) -> Option<Fault> {
        let first = |items: &[Value]| {
            let mut found = None;
            for fault in items.iter().filter_map(|item| self.fault_in(item)) {
                match fault {
                    Fault::Scalar(_) => return Some(fault),
                    Fault::List => found = Some(fault),
                }
            }
            found
        };
        match part {
            Value::Tuple(items) => first(items),
            Value::List(id) => {
                let items = self.heap.list(*id)?;
                if items.iter().any(Value::is_unknown) {
                    return None;
                }
                first(items).or(Some(Fault::List))
            }
            Value::Dict(_) => {
                let values: Vec<Value> = self.pairs_of(part)?.into_iter().map(|(_, value)| value).collect();
                first(&values)
            }
            Value::Int(_)
            | Value::Float(_)
            | Value::Bool(_)
            | Value::Str(_)
            | Value::Any(_)
            | Value::Drawn(_) => Some(Fault::Scalar(part.clone())),
            Value::Tensor(id) if self.trace.node(*id).spec.shape.rank() == Some(0) => {
                Some(Fault::Scalar(part.clone()))
            }
            _ => None,
        }
    }
}
