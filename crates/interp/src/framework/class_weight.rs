//! `class_weight`: the weights of samples by their classes.
//!
//! source: tf_keras/src/engine/data_adapter.py: _make_class_weight_map_fn,
//! keras/src/trainers/data_adapters/data_adapter_utils.py: class_weight_to_sample_weights

use graph::{NodeId, Source};
use ops::{Exc, Keras, Mistake, TensorKind, Violation};
use tensor::{Content, DType, Data, Dim, Shape, TensorSpec, UNSURE};

use crate::interp::Interp;
use crate::raise::{Eval, Halt};
use crate::value::Value;

impl Interp<'_> {
    /// Tells whether there are weights of classes: Keras 2 asks whether they are true, which an array has no answer to.
    ///
    /// # Errors
    /// `ValueError` for an array in Keras 2.
    pub(super) fn weighs_classes(&mut self, classes: &Value) -> Eval<bool> {
        if let (Keras::Two, Value::Tensor(node)) = (self.keras, classes)
            && self.trace.node(*node).spec.shape.rank() != Some(0)
            && self.truth(classes)?.is_none()
        {
            // There is one for each class, and more classes than one.
            let text =
                "The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()";
            return Err(self.no_dict(Exc::ValueError, text.to_owned()));
        }
        Ok(!classes.is_none() && (self.keras == Keras::Three || self.truth(classes)? != Some(false)))
    }

    /// `class_weight` becomes weights of samples.
    ///
    /// # Errors
    /// `AttributeError` for what is no dict, `ValueError` for other keys than the classes' numbers and for several
    /// outputs.
    pub(super) fn class_weights(&mut self, y: &Value, rows: Dim, classes: &Value) -> Eval {
        let several = matches!(y, Value::Tuple(_) | Value::List(_) | Value::Dict(_));
        let refused = "`class_weight` is only supported for Models with a single output.";
        if several && self.keras == Keras::Three {
            return Err(self.bad_data(Exc::ValueError, refused.to_owned()));
        }
        if matches!(classes, Value::List(_) | Value::Tuple(_) | Value::Tensor(_)) {
            let asked = if self.keras == Keras::Two { "keys" } else { "get" };
            let text = format!("'{}' object has no attribute '{asked}'", self.type_name(classes));
            return Err(self.no_dict(Exc::AttributeError, text));
        }
        if self.keras == Keras::Two {
            self.check_classes(classes)?;
        }
        if several {
            return Err(self.bad_data(Exc::ValueError, refused.to_owned()));
        }
        if let (Keras::Two, Value::Tensor(node), Some(pairs)) = (self.keras, y, self.pairs_of(classes))
            && let Some(class) = self.class_without_weight(*node, pairs.len(), rows)
        {
            return Err(self.no_weight(class, pairs.len()));
        }
        let spec = TensorSpec::new(Shape::new([rows]), DType::Float32);
        let span = self.here();
        let weights = self.trace.add(Source::Constant, TensorKind::Numpy, spec, span);
        if self.computes()
            && let Some(array) = self.class_weight_numbers(y, classes)
        {
            self.set_array(weights, array);
        }
        Ok(Value::Tensor(weights))
    }

    /// What comes of a list or array in place of a dict.
    fn no_dict(&mut self, class: Exc, core: String) -> Halt {
        let mistake = Mistake::Argument { param: "class_weight", problem: "it is no dict".to_owned() };
        self.raise_violation(Violation { class, core, mistake }, "fit".into(), Vec::new())
    }

    /// A class that the labels surely have and that no weight is there for. Keras 2 takes labels of more than one
    /// column for one-hot ones, so labels of steps are classes by the place of the largest.
    fn class_without_weight(&self, labels: NodeId, weights: usize, rows: Dim) -> Option<i64> {
        let node = self.trace.node(labels);
        let size = i64::try_from(weights).ok()?;
        let columns = match node.spec.shape.dims()? {
            [_] => 1,
            [_, columns] => columns.known()?,
            _ => return None,
        };
        if columns == 1 {
            return match &node.content {
                Content::Array(array) => match &array.data {
                    Data::Int(values) => values.iter().copied().find(|class| !(0..size).contains(class)),
                    _ => None,
                },
                drawn => drawn.surely_outside(size, &node.spec.shape.with_dim(0, rows)),
            };
        }
        let Content::Drawn(values) = &node.content else { return None };
        // The chance that a row's first largest value stands in one of the places that have a weight.
        let kinds = values.len() as f64;
        let (first, rest) = (size.min(columns) as i32, (columns - size).max(0) as i32);
        let at_most = |rank: f64, count: i32| (rank / kinds).powi(count);
        let within: f64 = (1..=values.len())
            .map(|rank| {
                let rank = rank as f64;
                (at_most(rank, first) - at_most(rank - 1.0, first)) * at_most(rank, rest)
            })
            .sum();
        (within.powf(rows.known()? as f64) < UNSURE).then_some(size)
    }

    /// What the kernel says that looks weights up while data is read.
    fn no_weight(&mut self, class: i64, weights: usize) -> Halt {
        let core = format!(
            "Graph execution error:\n\nDetected at node GatherV2 defined at (most recent call last):\n<stack traces \
             unavailable>\nError in user-defined function passed to MapDataset:12 transformation with iterator: \
             Iterator::Root::Map: indices[0] = {class} is not in [0, {weights})"
        );
        self.bad_data(Exc::InvalidArgumentError, core)
    }

    /// Keras 2 wants a weight for each of the classes 0, 1, 2, ….
    fn check_classes(&mut self, classes: &Value) -> Eval<()> {
        let Some(pairs) = self.pairs_of(classes) else { return Ok(()) };
        let plain: Vec<Value> = pairs.iter().map(|(key, _)| self.plain_scalar(key)).collect();
        let numbers: Option<Vec<i64>> = plain.iter().map(Value::as_int).collect();
        let fits = match numbers {
            Some(mut numbers) => {
                numbers.sort_unstable();
                numbers.iter().enumerate().all(|(at, number)| *number == at as i64)
            }
            None => !plain.iter().all(|key| matches!(key, Value::Str(_))),
        };
        if fits {
            return Ok(());
        }
        let shown = self.display(classes)?.unwrap_or_default();
        let core = format!(
            "Expected `class_weight` to be a dict with keys from 0 to one less than the number of classes, found {shown}"
        );
        Err(self.bad_data(Exc::ValueError, core))
    }
}
