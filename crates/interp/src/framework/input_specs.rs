//! `layer.input_spec`: read as objects of Keras', and set by a script's layer.
//!
//! source: keras/src/layers/input_spec.py, tf_keras/src/engine/input_spec.py

use keras::InputSpec;
use ops::Keras;
use tensor::{Dim, Shape};

use crate::heap::ObjId;
use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::Value;

/// Keras 2's `RNN` and the classes below it, which keep their spec in a list.
pub(crate) const BELOW_RNN: &[&str] =
    &["ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "GRU", "LSTM", "RNN", "SimpleRNN"];

impl Interp<'_> {
    /// What a layer expects of its input, as the attribute tells it.
    pub(crate) fn told_input_spec(&mut self, id: ObjId) -> Eval {
        let Some(state) = self.layer(id) else { return Ok(Value::None) };
        let (specs, class) = (state.input_spec.clone(), state.decl.map_or("", |decl| decl.name));
        let listed = self.keras == Keras::Two && BELOW_RNN.contains(&class);
        match specs.as_slice() {
            [] => Ok(Value::None),
            [one] if !listed => self.input_spec_object(one),
            several => {
                let objects = several.iter().map(|spec| self.input_spec_object(spec));
                let objects = objects.collect::<Eval<Vec<_>>>()?;
                Ok(self.new_list(objects))
            }
        }
    }

    fn input_spec_object(&mut self, spec: &InputSpec) -> Eval {
        let number = |n: Option<usize>| n.and_then(|n| i64::try_from(n).ok()).map_or(Value::None, Value::Int);
        let axes = spec.axes.iter().map(|(axis, size)| (Value::Int(*axis), Value::Int(*size)));
        let axes = axes.collect::<Vec<_>>();
        let axes = if axes.is_empty() { Value::None } else { self.new_dict(axes) };
        let shape = spec.shape.as_ref().map_or(Value::None, |shape| self.shape_tuple(shape, false));
        let given = [
            spec.dtype.map_or(Value::None, |dtype| Value::str(dtype.name())),
            shape,
            number(spec.ndim),
            number(spec.max_ndim),
            number(spec.min_ndim),
            axes,
            Value::Bool(spec.squeeze),
            spec.name.clone().map_or(Value::None, Value::Str),
            Value::Bool(spec.optional),
        ];
        self.call_model("keras.layers.InputSpec", given)
    }

    /// Takes the spec that a layer of the script's sets: `self.input_spec = InputSpec(ndim=3)`. What is not known of
    /// it expects nothing.
    pub(crate) fn take_input_spec(&mut self, id: ObjId, given: &Value) -> Eval<()> {
        let several = match given {
            Value::List(_) | Value::Tuple(_) => self.iterate(given, 64)?.0,
            one => vec![one.clone()],
        };
        let mut specs = Vec::new();
        for object in &several {
            match self.read_input_spec(object)? {
                Some(spec) => specs.push(spec),
                None => {
                    specs.clear();
                    break;
                }
            }
        }
        if let Some(state) = self.layer_mut(id) {
            state.input_spec = specs;
        }
        Ok(())
    }

    fn read_input_spec(&mut self, object: &Value) -> Eval<Option<InputSpec>> {
        if !matches!(object, Value::Instance(id) if &*self.class_name(*id) == "InputSpec") {
            return Ok(None);
        }
        let mut number = |name: &str| -> Eval<Option<usize>> {
            let value = self.find_attr(object, name)?;
            Ok(value.and_then(|value| match value {
                Value::Int(n) => usize::try_from(n).ok(),
                _ => None,
            }))
        };
        let mut spec = InputSpec {
            ndim: number("ndim")?,
            min_ndim: number("min_ndim")?,
            max_ndim: number("max_ndim")?,
            ..InputSpec::default()
        };
        let shape = self.find_attr(object, "shape")?.filter(|shape| !shape.is_none());
        spec.shape = shape.and_then(|shape| self.dims_of(&shape)).map(|dims| {
            // What is not known here expects nothing of a size.
            dims.into_iter().map(|d| if d.is_known() { d } else { Dim::Unknown }).collect::<Shape>()
        });
        let axes = self.find_attr(object, "axes")?.unwrap_or(Value::None);
        for (axis, size) in self.pairs_of(&axes).unwrap_or_default() {
            if let (Value::Int(axis), Value::Int(size)) = (axis, size) {
                spec.axes.push((axis, size));
            }
        }
        spec.squeeze = matches!(self.find_attr(object, "allow_last_axis_squeeze")?, Some(Value::Bool(true)));
        Ok(Some(spec))
    }
}
