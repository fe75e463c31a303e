//! `fit(…, validation_split=…)`: the last part of the data is held back.
//!
//! source: tf_keras/src/engine/data_adapter.py, keras/src/trainers/data_adapters/array_slicing.py:
//! train_validation_split

use ops::{Exc, Keras, TensorKind};
use tensor::Dim;

use crate::framework::binding::Given;
use crate::framework::fit::float_text;
use crate::interp::Interp;
use crate::native::NativeState;
use crate::raise::Eval;
use crate::value::Value;

impl Interp<'_> {
    /// Takes the validation data off, as `validation_data` or `validation_split` says.
    ///
    /// # Errors
    /// `ValueError` for what cannot be cut, and for too few samples.
    pub(super) fn split_validation(&mut self, mut given: Given) -> Eval<(Given, Value)> {
        let data = given.get("validation_data");
        let split = match given.get("validation_split") {
            Value::Float(x) if x != 0.0 => x,
            _ => return Ok((given, data)),
        };
        if !data.is_none() {
            return Ok((given, data));
        }
        let parts = [
            self.keras_array(&given.get("x"))?,
            self.keras_array(&given.get("y"))?,
            self.keras_array(&given.get("sample_weight"))?,
        ];
        self.refuse_uncut(&parts)?;
        if parts.iter().any(|v| self.hides_unknown(v)) || self.flat_tensors(&parts[0]).is_empty() {
            return Ok((given, Value::None));
        }
        let first = self.flat_tensors(&parts[0])[0];
        let Some(Dim::Known(rows)) = self.trace.node(first).spec.shape.dim(0) else {
            return Ok((given, Value::unknown("validation data of unknown size")));
        };
        let at = keras::training::split_at(rows, split, &float_text(split))
            .map_err(|core| self.bad_data(Exc::ValueError, core))?;
        let mut cut = |value: &Value, start: i64, stop: i64| {
            self.map_tensors(value, &mut |interp, id| {
                // Each array is cut by itself: one that is too short gives what it has.
                let own = interp.trace.node(id).spec.shape.dim(0).and_then(Dim::known);
                let (start, stop) = own.map_or((start, stop), |own| (start.min(own), stop.min(own)));
                let size = stop - start;
                let new = interp.stand_in(id, TensorKind::Numpy, graph::Source::Constant);
                let array = if interp.computes() { interp.array_of_node(id) } else { None };
                let content = interp.rows_content(id, start, size);
                let shape = interp.trace.node(new).spec.shape.with_dim(0, Dim::Known(size));
                interp.trace.node_mut(new).spec.shape = shape;
                interp.trace.node_mut(new).content = content;
                let range = usize::try_from(start).ok().zip(usize::try_from(start + size).ok());
                if let Some((array, (start, stop))) = array.zip(range)
                    && let Ok(part) = array.narrow(0, start, stop)
                {
                    interp.set_array(new, part.dense());
                }
                new
            })
        };
        let held = Value::tuple(parts.iter().map(|p| cut(p, at, rows)).collect::<Vec<_>>());
        for (name, part) in ["x", "y", "sample_weight"].into_iter().zip(&parts) {
            let value = cut(part, 0, at);
            given.set(name, value);
        }
        Ok((given, held))
    }
    /// Numbers in lists, datasets, generators: what has no rows to cut.
    fn refuse_uncut(&mut self, parts: &[Value]) -> Eval<()> {
        let leaves: Vec<Value> = parts.iter().flat_map(|part| self.leaves(part)).collect();
        let whole = |value: &Value| match value {
            Value::Int(_)
            | Value::Float(_)
            | Value::Bool(_)
            | Value::Str(_)
            | Value::Any(_)
            | Value::Drawn(_) => true,
            Value::Iterator(_) => true,
            Value::Instance(id) => {
                self.heap.instance(*id).is_some_and(|i| matches!(i.native, NativeState::Dataset(_)))
            }
            _ => false,
        };
        let types: Vec<String> = leaves
            .iter()
            .filter(|leaf| whole(leaf))
            .map(|leaf| format!("<class '{}'>", self.type_name(leaf)))
            .collect();
        if types.is_empty() {
            return Ok(());
        }
        let types = types.join(", ");
        let core = match self.keras {
            Keras::Two => format!(
                "`validation_split` is only supported for Tensors or NumPy arrays, found following types in the input: \
                 [{types}]"
            ),
            Keras::Three => format!(
                "Argument `validation_split` is only supported for tensors or NumPy arrays.Found incompatible type in the \
                 input: [{types}]"
            ),
        };
        Err(self.bad_data(Exc::ValueError, core))
    }
}
