//! Tensors, variables and arrays as text.
//!
//! source: tensorflow/python/framework/ops.py: numpy_text; resource_variable_ops.py: __repr__;
//! keras/src/backend/common/variables.py: __repr__

use array::Array;
use graph::{NodeId, Source};
use ops::{Keras, TensorKind};
use tensor::{Content, DType, Data, Dim};

use crate::framework::history::Callee;
use crate::interp::Interp;
use crate::libraries::numpy::print;
use crate::value::Value;

impl Interp<'_> {
    /// `str(tensor)` of a graph's placeholder: `Tensor("x:0", shape=(None, 5), dtype=float32)`.
    pub(crate) fn placeholder_str(&mut self, id: NodeId) -> Option<String> {
        let (name, shape, dtype) = self.traced(id)?;
        Some(format!("Tensor(\"{name}\", shape={shape}, dtype={dtype})"))
    }

    /// `repr(tensor)` of a graph's placeholder.
    pub(crate) fn placeholder_repr(&mut self, id: NodeId) -> Option<String> {
        let (name, shape, dtype) = self.traced(id)?;
        Some(format!("<tf.Tensor '{name}' shape={shape} dtype={dtype}>"))
    }

    /// The name, shape and dtype of a traced tensor whose name is known.
    fn traced(&self, id: NodeId) -> Option<(&str, String, DType)> {
        let node = self.trace.node(id);
        let known = node.kind == TensorKind::Graph && !node.spec.shape.dims()?.contains(&Dim::Unknown);
        let name = self.trace.name_of(id).filter(|_| known)?;
        Some((name, node.spec.shape.tuple(), node.spec.dtype?))
    }

    /// `str(tensor)`, where a script is carried out and the elements are known; of one of NumPy's words, integers and
    /// truths it is known without that.
    pub(crate) fn elements_str(&mut self, id: NodeId) -> Option<String> {
        if !self.carries_out() {
            return self.scalar_str(id);
        }
        let kind = self.trace.node(id).kind;
        let options = self.print_options();
        if let Some(text) = self.placeholder_in_trace(id, false) {
            return text;
        }
        match kind {
            TensorKind::Keras => self.keras_tensor_text(id, false),
            TensorKind::Numpy if self.shows_objects(id) => self.objects_text(id, false),
            TensorKind::Numpy => print::str(&self.array_of_node(id)?, &options),
            TensorKind::Eager => {
                let array = self.array_of_node(id)?;
                let options = print::Options { bytes: true, ..options };
                let (text, shape) = (broken(print::str(&array, &options)?), self.shape_text(id));
                Some(format!("tf.Tensor({text}, shape={shape}, dtype={})", array.dtype()))
            }
            _ => self.elements_repr(id),
        }
    }

    /// `str(np.array(["a", "b"])[0])`
    fn scalar_str(&self, id: NodeId) -> Option<String> {
        let node = self.trace.node(id);
        let (TensorKind::Numpy, Some(0), Content::Array(array)) =
            (node.kind, node.spec.shape.rank(), &node.content)
        else {
            return None;
        };
        match &array.data {
            Data::Str(words) => words.first().map(ToString::to_string),
            Data::Int(numbers) => numbers.first().map(ToString::to_string),
            Data::Bool(truths) => truths.first().map(|t| if *t { "True" } else { "False" }.to_owned()),
            Data::Float(_) => None,
        }
    }

    /// `repr(tensor)`, where a script is carried out and the elements are known.
    pub(crate) fn elements_repr(&mut self, id: NodeId) -> Option<String> {
        if !self.carries_out() {
            return None;
        }
        let shape = self.shape_text(id);
        let kind = self.trace.node(id).kind;
        if kind == TensorKind::Keras {
            return self.keras_tensor_text(id, true);
        }
        if kind == TensorKind::Graph {
            return None;
        }
        if let Some(text) = self.placeholder_in_trace(id, true) {
            return text;
        }
        if kind == TensorKind::Numpy && self.shows_objects(id) {
            return self.objects_text(id, true);
        }
        // What assigning returned reads the variable when it is shown.
        let read = self.variable_of(id).map_or(id, |variable| self.trace.variable(variable).node);
        let array = self.array_of_node(read)?;
        let dtype = array.dtype();
        let options = self.print_options();
        let bytes = print::Options { bytes: true, ..options };
        Some(match kind {
            TensorKind::Numpy if self.python_complexes.contains(&id) => print::number_text(&array)?,
            TensorKind::Numpy if self.is_numpy_scalar(id) => {
                let text = print::number_text(&array)?;
                match dtype {
                    dtype if dtype.is_complex() => {
                        // The parentheses of the number are those of the call.
                        let inner = text.strip_prefix('(').and_then(|text| text.strip_suffix(')'));
                        format!("np.{dtype}({})", inner.unwrap_or(&text))
                    }
                    DType::Bool => format!("np.{text}_"),
                    DType::String => format!("np.str_({})", crate::builtins::text::quoted(&text)),
                    dtype => format!("np.{dtype}({text})"),
                }
            }
            TensorKind::Numpy => print::repr(&array, &options)?,
            TensorKind::Variable => {
                let path = self.shown_name(id);
                if self.is_keras_variable(id) {
                    // One number is formatted as Python's.
                    let value = match array.rank() {
                        0 => print::python_text(&array)?,
                        _ => print::str(&array, &bytes)?,
                    };
                    format!("<Variable path={path}, shape={shape}, dtype={dtype}, value={value}>")
                } else {
                    let text = value_text(&array, &bytes)?;
                    let unread = self.variable_of(id).is_some_and(|v| self.trace.variable(v).node != id);
                    let path = if unread { "UnreadVariable" } else { &path };
                    format!("<tf.Variable '{path}' shape={shape} dtype={dtype}, numpy={text}>")
                }
            }
            _ => format!("<tf.Tensor: shape={shape}, dtype={dtype}, numpy={}>", value_text(&array, &bytes)?),
        })
    }

    fn shows_objects(&self, id: NodeId) -> bool {
        self.object_items.contains_key(&id) || self.object_tables.contains_key(&id)
    }

    /// An array of objects: each as `repr` shows it, lists with their type.
    ///
    /// source: numpy/_core/arrayprint.py: _object_format
    fn objects_text(&mut self, id: NodeId, repr: bool) -> Option<String> {
        let table = self.object_tables.get(&id).cloned();
        let items = table.or_else(|| self.objects_of(&Value::Tensor(id)))?;
        let sizes = self.trace.node(id).spec.shape.all_known()?;
        let sizes: Vec<usize> = sizes.into_iter().map(|n| usize::try_from(n).ok()).collect::<Option<_>>()?;
        let options = self.print_options();
        let mut words: Vec<std::sync::Arc<str>> = Vec::with_capacity(items.len());
        for item in items.iter() {
            // What raises in a `__repr__` of the script's is not followed.
            let text = self.repr(item).ok().flatten()?;
            words.push(if matches!(item, Value::List(_)) {
                format!("list({text})").into()
            } else {
                text.into()
            });
        }
        let words = Array::texts(&sizes, words).ok()?;
        match repr {
            false => print::worded(&words, " ", "", &options),
            true if items.is_empty() => Some("array([], dtype=object)".to_owned()),
            true => print::worded_repr(&words, "dtype=object", &options),
        }
    }

    /// `str` and `repr` of a tensor without data.
    ///
    /// source: keras/src/backend/common/keras_tensor.py; tf_keras/src/engine/keras_tensor.py
    fn keras_tensor_text(&mut self, id: NodeId, repr: bool) -> Option<String> {
        let node = self.trace.node(id);
        let dtype = node.spec.dtype?;
        if node.spec.shape.dims()?.contains(&Dim::Unknown) {
            return None;
        }
        let shape = node.spec.shape.tuple();
        if self.keras == Keras::Three {
            let named = self.running.tensor_names.contains_key(&id) || self.input_layers.contains_key(&id);
            return named.then(|| self.shown_inputs(&[id]));
        }
        let input = self.input_layers.contains_key(&id);
        let layer = match self.input_layers.get(&id).and_then(|layer| self.layer(*layer)) {
            Some(state) => state.name.clone(),
            None => self.layer_that_made(id)?,
        };
        if repr {
            return Some(format!("<KerasTensor: shape={shape} dtype={dtype} (created by layer '{layer}')>"));
        }
        // Of others the name is that of the last op in the layer.
        let (name, own) = match input {
            true => (layer.to_string(), format!("'{layer}'")),
            false => (format!("{layer}/{}", self.last_op(id)?), "None".to_owned()),
        };
        Some(format!(
            "KerasTensor(type_spec=TensorSpec(shape={shape}, dtype=tf.{dtype}, name={own}), name='{name}', \
             description=\"created by layer '{layer}'\")"
        ))
    }

    /// The output of the op in a layer of Keras 2's that makes its result, at the layer's first call.
    fn last_op(&self, id: NodeId) -> Option<String> {
        let Source::LayerCall(call) = self.trace.node(id).source else { return None };
        let call = self.keras_calls.get(call as usize)?;
        let Callee::Layer(layer) = &call.callee else { return None };
        let state = self.layer(*layer).filter(|state| state.calls.len() == 1)?;
        let class = state.decl?.name;
        if class == "LSTM" {
            let returns = |name: &str| matches!(self.layer_arg(*layer, name), Some(ops::Arg::Bool(true)));
            let place = self.flat_tensors(&call.outputs).iter().position(|output| *output == id)?;
            let output = if place > 0 { place + 1 } else { usize::from(returns("return_sequences")) };
            return Some(format!("PartitionedCall:{output}"));
        }
        let op = match class {
            "Dense" | "Conv2D" => match self.layer_arg(*layer, "activation") {
                Some(ops::Arg::Str(name)) => match &**name {
                    "relu" => "Relu",
                    "sigmoid" => "Sigmoid",
                    "softmax" => "Softmax",
                    "tanh" => "Tanh",
                    _ => return None,
                },
                Some(ops::Arg::None | ops::Arg::Missing)
                    if matches!(self.layer_arg(*layer, "use_bias"), Some(ops::Arg::Bool(true))) =>
                {
                    "BiasAdd"
                }
                _ => return None,
            },
            "MaxPooling2D" => "MaxPool",
            "AveragePooling2D" => "AvgPool",
            "Flatten" | "Reshape" => "Reshape",
            "Concatenate" => "concat",
            "Add" => "add",
            _ => return None,
        };
        Some(format!("{op}:0"))
    }

    /// The name of the layer that made a tensor without data.
    fn layer_that_made(&self, id: NodeId) -> Option<std::rc::Rc<str>> {
        let Source::LayerCall(call) = self.trace.node(id).source else { return None };
        let Callee::Layer(layer) = &self.keras_calls.get(call as usize)?.callee else { return None };
        self.layer(*layer).map(|state| state.name.clone())
    }

    /// `format(tensor, spec)` and `format(array, spec)` where they are not those of a number: TensorFlow's tensors are
    /// formatted as their arrays, and arrays with a specification are refused.
    ///
    /// # Errors
    /// `TypeError` for a specification.
    pub(crate) fn format_elements(&mut self, id: NodeId, spec: &str) -> crate::raise::Eval<Option<String>> {
        let kind = self.trace.node(id).kind;
        if !matches!(kind, TensorKind::Eager | TensorKind::Numpy) || self.running.printing.is_some() {
            return Ok(None);
        }
        let rank = self.trace.node(id).spec.shape.rank();
        match (rank, spec.is_empty()) {
            // `f"{loss}"` is formatted as the number that it has.
            (Some(0), true) if kind == TensorKind::Eager => {
                let options = print::Options { bytes: true, ..self.print_options() };
                Ok(self.array_of_node(id).and_then(|array| print::str(&array, &options)))
            }
            (Some(0), _) | (None, _) => Ok(None),
            (Some(_), true) => {
                let options = print::Options { bytes: kind == TensorKind::Eager, ..self.print_options() };
                Ok(self.array_of_node(id).and_then(|array| print::str(&array, &options)))
            }
            (Some(_), false) => {
                let text = "unsupported format string passed to numpy.ndarray.__format__";
                Err(self.raise(ops::Exc::TypeError, text))
            }
        }
    }

    /// How arrays are written at present.
    pub(crate) fn print_options(&self) -> print::Options {
        self.numbers.as_ref().map_or_else(print::Options::default, |numbers| numbers.print)
    }

    fn shape_text(&mut self, id: NodeId) -> String {
        let shape = self.trace.node(id).spec.shape.clone();
        let tuple = self.shape_tuple(&shape, false);
        self.repr(&tuple).ok().flatten().unwrap_or_default()
    }

    /// Tells whether a variable is one of Keras 3.
    pub(crate) fn is_keras_variable(&self, id: NodeId) -> bool {
        let Source::Variable(variable) = self.trace.node(id).source else { return false };
        self.keras == Keras::Three && !self.running.loose.contains(&variable)
    }

    /// The name that a variable shows.
    fn shown_name(&mut self, id: NodeId) -> String {
        let variable = Value::Tensor(id);
        let keras = self.is_keras_variable(id);
        let name = self.get_attr(&variable, if keras { "path" } else { "name" });
        match name {
            Ok(Value::Str(name)) => name.to_string(),
            _ => String::new(),
        }
    }
}

/// The elements as TensorFlow shows them in a `repr`.
fn value_text(array: &Array, options: &print::Options) -> Option<String> {
    Some(broken(if array.rank() == 0 { print::python_text(array)? } else { print::repr(array, options)? }))
}

/// A text of several lines begins on a line of its own.
fn broken(text: String) -> String {
    if text.contains('\n') { format!("\n{text}") } else { text }
}
