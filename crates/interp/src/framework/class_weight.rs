//! `class_weight`: the weights of samples by their classes.
//!
//! source: tf_keras/src/engine/data_adapter.py: _make_class_weight_map_fn,
//! keras/src/trainers/data_adapters/data_adapter_utils.py: class_weight_to_sample_weights

use graph::Source;
use ops::{Exc, Keras, TensorKind};
use tensor::{DType, Dim, Shape, TensorSpec};

use crate::interp::Interp;
use crate::raise::Eval;
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
            return Err(self.raise(Exc::ValueError, text));
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
            return Err(self.raise(Exc::AttributeError, text));
        }
        if self.keras == Keras::Two {
            self.check_classes(classes)?;
        }
        if several {
            return Err(self.bad_data(Exc::ValueError, refused.to_owned()));
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
