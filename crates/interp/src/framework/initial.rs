//! The first numbers of variables, where a script is carried out with numbers.

use array::Array;
use graph::NodeId;
use keras::Named;
use ops::Arg;
use tensor::TensorSpec;

use crate::heap::ObjId;
use crate::interp::Interp;
use crate::value::{Args, DTypeObject, Value};

impl Interp<'_> {
    /// Gives a new weight the numbers that its initializer makes; none where that cannot be carried out.
    pub(crate) fn initialise(&mut self, node: NodeId, initializer: &Arg) {
        if self.numbers.is_none() {
            return;
        }
        let spec = self.trace.node(node).spec.clone();
        if let Some(array) = self.outside(|interp| interp.initial_array(initializer, &spec)) {
            self.outside(|interp| interp.set_array(node, array));
        }
    }

    /// Makes some of a new weight's numbers ones.
    pub(crate) fn initialise_ones(&mut self, node: NodeId, places: &std::ops::Range<usize>) {
        if let Some(array) = self.array_of_node(node)
            && let Some(array) = keras::initial::with_ones(&array, places)
        {
            self.set_array(node, array);
        }
    }

    /// Gives a new variable the elements of another tensor, or a plain value.
    pub(crate) fn initialise_with(&mut self, node: NodeId, value: &Value) {
        if self.numbers.is_none() {
            return;
        }
        self.outside(|interp| {
            if let Some(array) = interp.array_for(value, node) {
                interp.set_array(node, array);
            }
        });
    }

    /// The elements of a value as a variable takes them: in its dtype, and with its shape.
    pub(crate) fn array_for(&mut self, value: &Value, variable: NodeId) -> Option<Array> {
        let spec = self.trace.node(variable).spec.clone();
        let dtype = spec.dtype?;
        let array = self.numbers_of(value)?;
        let array = if array.dtype() == dtype { array } else { array.cast(dtype).ok()? };
        let shape: Vec<i64> = array.shape().iter().map(|n| i64::try_from(*n).ok()).collect::<Option<_>>()?;
        spec.shape.compatible(&tensor::Shape::known(&shape)).then_some(array)
    }

    /// The elements of a tensor, number or list of numbers.
    pub(crate) fn numbers_of(&mut self, value: &Value) -> Option<Array> {
        if let Value::Tensor(node) = value {
            return self.array_of_node(*node);
        }
        match self.call_api(&"tf.convert_to_tensor".into(), Args::of([value.clone()])).ok()? {
            Value::Tensor(node) => self.array_of_node(node),
            _ => None,
        }
    }

    /// Gives a tensor that one of Keras' initializers makes its numbers.
    pub(crate) fn initialise_drawn(&mut self, node: NodeId, initializer: ObjId, spec: &TensorSpec) {
        if !self.computes() {
            return;
        }
        let state = self.config(initializer).cloned().unwrap_or_default();
        let shape: Option<Vec<usize>> =
            spec.shape.all_known().and_then(|s| s.into_iter().map(|n| usize::try_from(n).ok()).collect());
        if let Some((shape, dtype)) = shape.zip(spec.dtype)
            && let Some(array) = self.drawn(&state.path, &state.args, &shape, dtype)
        {
            self.set_array(node, array);
        }
    }

    fn initial_array(&mut self, initializer: &Arg, spec: &TensorSpec) -> Option<Array> {
        let shape: Vec<usize> =
            spec.shape.all_known()?.into_iter().map(|n| usize::try_from(n).ok()).collect::<Option<_>>()?;
        let dtype = spec.dtype?;
        let path = match initializer {
            Arg::Str(name) => match keras::initializers::INITIALIZERS.find(self.keras, name).ok()? {
                Named::Class(path) | Named::Function(path) => path.into(),
                Named::Itself => return None,
            },
            arg if arg.is_none() && dtype.is_floating() => "keras.initializers.GlorotUniform".into(),
            arg if arg.is_none() => "keras.initializers.Zeros".into(),
            Arg::Callable(callable) => {
                let callee = self.callable_value(*callable);
                match &callee {
                    Value::Instance(id) if self.is_own_initializer(*id) => {
                        let state = self.config(*id)?.clone();
                        return self.drawn(&state.path, &state.args, &shape, dtype);
                    }
                    Value::Class(class) if self.class(*class).path.is_some() => {
                        self.class(*class).path.clone()?
                    }
                    _ => return self.called_initial(&callee, spec),
                }
            }
            _ => return None,
        };
        self.drawn(&path, &[], &shape, dtype)
    }

    /// Tells whether an object's numbers are those of one of Keras' initializers, not of the script's own code.
    fn is_own_initializer(&mut self, id: ObjId) -> bool {
        self.config(id).is_some() && self.script_method(id, "__call__").is_none()
    }

    fn drawn(
        &mut self,
        path: &str,
        args: &[(std::rc::Rc<str>, Arg)],
        shape: &[usize],
        dtype: tensor::DType,
    ) -> Option<Array> {
        let settings = keras::Bound { keras: self.keras, class: "", args };
        // `Constant(table)`, `Constant([[1.0, 2.0], [3.0, 4.0]])`
        if path == "keras.initializers.Constant"
            && let given @ (Arg::Tensor(_) | Arg::List(_) | Arg::Tuple(_)) = settings.get("value")
        {
            let value = self.value_of(&given);
            let array = self.numbers_of(&value)?;
            return array.cast(dtype).ok()?.broadcast_to(shape).ok();
        }
        let stream = &mut self.numbers.as_mut()?.random;
        keras::initial::initial(path, &settings, shape, dtype, stream)
    }

    /// The numbers of a script's own initializer: `initializer(shape, dtype=dtype)`.
    fn called_initial(&mut self, callee: &Value, spec: &TensorSpec) -> Option<Array> {
        let shape = self.shape_tuple(&spec.shape, false);
        let names = self.parameter_names(callee);
        let mut args = Args::of([shape]);
        if names.iter().any(|n| &**n == "dtype" || &**n == "kwargs") {
            let dtype = spec.dtype?;
            let dtype = match self.keras {
                ops::Keras::Two => Value::DType(dtype, DTypeObject::TensorFlow),
                ops::Keras::Three => Value::str(dtype.name()),
            };
            args.keywords.push(("dtype".into(), dtype));
        }
        let frames = self.frames.len();
        let Ok(made) = self.call(callee, args) else {
            self.frames.truncate(frames);
            return None;
        };
        let array = self.numbers_of(&made)?;
        array.cast(spec.dtype?).ok()
    }
}
