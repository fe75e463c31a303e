//! `Input` and functional models: tensors by symbolic calls, repeated on other tensors.

use std::rc::Rc;

use graph::{NodeId, Source};
use ops::{Keras, TensorKind};
use rustc_hash::FxHashMap;
use tensor::{DType, Dim, Shape, TensorSpec};

use crate::framework::history::Callee;
use crate::interp::Interp;
use crate::native::{NativeClass, NativeState, native};
use crate::raise::Eval;
use crate::value::{Args, Native, Value};

/// `keras.layers.InputLayer`, which a Sequential may be given in place of an Input.
pub(crate) static INPUT_LAYER: NativeClass = NativeClass {
    path: "keras.layers.InputLayer",
    state: || NativeState::Layer(Box::default()),
    methods: &[&[native("__init__", input_layer)]],
    properties: &[],
};

fn input_layer(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = super::layer_class::split_self(&mut args) else { return Ok(Value::None) };
    check_keywords(interp, &args)?;
    let batch_shape = args.keyword("batch_shape").or_else(|| args.keyword("batch_input_shape")).cloned();
    let shape = args.get(0, "shape").or_else(|| args.keyword("input_shape")).cloned().unwrap_or(Value::None);
    let dims = match batch_shape.filter(|s| !s.is_none()) {
        Some(given) => interp.dims_of(&given),
        None => interp.dims_of(&shape).map(|dims| std::iter::once(Dim::Unknown).chain(dims).collect()),
    };
    let dtype = args.get(2, "dtype").cloned().and_then(|d| interp.dtype_of(&d)).unwrap_or(DType::Float32);
    let name = args.keyword("name").cloned();
    let name = interp.input_name(name.as_ref());
    let Some(dims) = dims else {
        interp.lose_layer(id, "an InputLayer whose shape is not known");
        return Ok(Value::None);
    };
    let dims: Vec<Dim> = dims;
    let shape = dims.into_iter().map(|d| if d == Dim::Unknown { interp.new_symbol() } else { d }).collect();
    let span = interp.here();
    let node = interp.trace.add(Source::Input, TensorKind::Keras, TensorSpec::new(shape, dtype), span);
    if let Some(state) = interp.layer_mut(id) {
        state.name = name;
        state.initialised = true;
        state.built = true;
        state.compute_dtype = dtype;
    }
    interp.input_layers.insert(node, id);
    Ok(Value::None)
}

/// Keras 2's InputLayer takes `batch_input_shape` beside its parameters, and not Keras 3's `batch_shape`.
fn check_keywords(interp: &mut Interp<'_>, args: &Args) -> Eval<()> {
    const KNOWN: &[&str] = &[
        "input_shape",
        "batch_size",
        "dtype",
        "input_tensor",
        "sparse",
        "name",
        "ragged",
        "type_spec",
        "batch_input_shape",
    ];
    let other: Vec<&str> = args.keywords.iter().map(|(n, _)| &**n).filter(|n| !KNOWN.contains(n)).collect();
    let Some(first) = other.first().filter(|_| interp.keras == Keras::Two) else { return Ok(()) };
    let misbound = ops::Misbound::Unexpected((*first).to_owned());
    let quoted: Vec<String> = other.iter().map(|name| format!("'{name}'")).collect();
    let text = format!("Unrecognized keyword arguments: [{}]", quoted.join(", "));
    let mistake = ops::Mistake::Signature { problem: text.clone(), misbound };
    let violation = ops::Violation { class: ops::Exc::ValueError, core: text, mistake };
    Err(interp.raise_violation(violation, "keras.layers.InputLayer".into(), Vec::new()))
}

/// Native functions.
pub(crate) static FUNCTIONS: &[Native] = &[native("keras.Input", input), native("keras.layers.Input", input)];

/// `keras.Input(shape=(4,), batch_size=None, dtype="float32", name="x")`.
fn input(interp: &mut Interp<'_>, args: Args) -> Eval {
    let signature = interp.signature("keras.Input", None);
    let shape = args.get(0, "shape").cloned().unwrap_or(Value::None);
    let batch_shape = args.keyword("batch_shape").or_else(|| args.keyword("batch_input_shape")).cloned();
    if let Some(signature) = signature {
        // Only for its TypeError; the arguments are read as they are.
        interp.bind_api(&signature, "Input", args.clone())?;
    }
    let batch = match args.get(1, "batch_size") {
        Some(Value::Int(n)) => Dim::Known(*n),
        _ => interp.new_symbol(),
    };
    let dims = match batch_shape.filter(|s| !s.is_none()) {
        Some(given) => interp.written_dims(&given),
        None => match &shape {
            Value::Int(n) if interp.keras == Keras::Three => {
                let text = format!("Cannot convert '{n}' to a shape.");
                return Err(interp.raise(ops::Exc::ValueError, text));
            }
            Value::Int(_) if interp.keras == Keras::Two => {
                let text = "'int' object is not iterable";
                return Err(interp.raise(ops::Exc::TypeError, text));
            }
            _ => interp.written_dims(&shape).map(|dims| std::iter::once(batch).chain(dims).collect()),
        },
    };
    let dtype_at = if interp.keras == Keras::Two { 3 } else { 2 };
    let dtype = args.get(dtype_at, "dtype").cloned();
    let dtype = dtype.and_then(|d| interp.dtype_of(&d)).unwrap_or(DType::Float32);
    let name = args.keyword("name").cloned();
    let name = interp.input_name(name.as_ref());
    let Some(dims) = dims else { return Ok(interp.unknown("an Input whose shape is not known")) };
    let dims: Vec<Dim> = dims;
    // Keras 2 takes an empty `batch_shape` for none at all.
    let shape = if dims.is_empty() && interp.keras == Keras::Two { Shape::UNKNOWN } else { Shape::new(dims) };
    Ok(Value::Tensor(interp.new_input(shape, dtype, name)))
}

impl Interp<'_> {
    /// The name of an Input: as given, or the next automatic one (`input_1` in Keras 2, `input_layer` in 3).
    pub(crate) fn input_name(&mut self, given: Option<&Value>) -> Rc<str> {
        match given {
            Some(Value::Str(name)) => name.clone(),
            _ if self.keras == Keras::Three => self.unique_name("input_layer"),
            _ => {
                let count = self.counters.names.entry("input".into()).or_insert(0);
                *count += 1;
                format!("input_{count}").into()
            }
        }
    }

    /// Makes an Input's KerasTensor and its InputLayer.
    pub(crate) fn new_input(&mut self, shape: Shape, dtype: DType, name: Rc<str>) -> NodeId {
        let span = self.here();
        let node = self.trace.add(Source::Input, TensorKind::Keras, TensorSpec::new(shape, dtype), span);
        let class = self.native_class("keras.layers.InputLayer");
        let layer = self.new_instance(class);
        if let Some(state) = self.layer_mut(layer) {
            state.name = name;
            state.initialised = true;
            state.built = true;
            state.compute_dtype = dtype;
        }
        self.input_layers.insert(node, layer);
        node
    }
}

/// The part of the history between a model's inputs and outputs.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    /// The input KerasTensors, flattened.
    pub inputs: Vec<NodeId>,
    /// The inputs in their structure.
    pub input_structure: Option<Value>,
    /// The outputs in their structure.
    pub outputs: Option<Value>,
    /// The symbolic calls, in an order in which they can be repeated.
    pub calls: Vec<u32>,
}

impl Interp<'_> {
    /// Returns the InputLayer behind an `Input`.
    pub fn input_layer(&self, node: NodeId) -> Option<crate::heap::ObjId> {
        self.input_layers.get(&node).copied()
    }

    /// Returns the tensor of an InputLayer.
    pub fn input_of(&self, layer: crate::heap::ObjId) -> Option<NodeId> {
        self.input_layers.iter().find_map(|(node, id)| (*id == layer).then_some(*node))
    }

    /// Repeats a graph's calls on other tensors.
    ///
    /// # Errors
    /// What a layer raises for them.
    pub(crate) fn repeat_graph(&mut self, graph: &Graph, tensors: &[NodeId], training: Option<bool>) -> Eval {
        let mut known: FxHashMap<NodeId, Value> = FxHashMap::default();
        for (input, tensor) in graph.inputs.iter().zip(tensors) {
            known.insert(*input, Value::Tensor(*tensor));
        }
        for index in &graph.calls {
            let Some(call) = self.keras_calls.get(*index as usize).cloned() else { continue };
            let result = match &call.callee {
                Callee::Layer(id) => {
                    let mut args = Args {
                        positional: call.args.positional.iter().map(|v| self.substitute(v, &known)).collect(),
                        keywords: call
                            .args
                            .keywords
                            .iter()
                            .map(|(n, v)| (n.clone(), self.substitute(v, &known)))
                            .collect(),
                    };
                    // Keras 3 puts the model's `training` in the place of one that the call was made with.
                    if let (Some(training), ops::Keras::Three) = (training, self.keras)
                        && let Some((_, own)) = args.keywords.iter_mut().find(|(n, _)| &**n == "training")
                    {
                        *own = Value::Bool(training);
                    }
                    let before = self.training;
                    self.training = training.or(before);
                    let result = self.call_layer(*id, args);
                    self.training = before;
                    result?
                }
                Callee::Op { op, path, surface, args } => {
                    let args: Vec<_> =
                        args.iter().map(|(n, a)| (n.clone(), self.substitute_arg(a, &known))).collect();
                    self.call_op(op, path, *surface, &args)?
                }
            };
            if result.is_unknown() {
                return Ok(result);
            }
            // What is no tensor goes on as it is: a Lambda that forgot to return gives `None` to the next layer.
            let (old, new) = (self.leaves(&call.outputs), self.leaves(&result));
            for (old, new) in old.into_iter().zip(new) {
                if let Value::Tensor(old) = old {
                    known.insert(old, new);
                }
            }
        }
        let outputs = graph.outputs.clone().unwrap_or(Value::None);
        Ok(self.substitute(&outputs, &known))
    }

    pub(crate) fn substitute(&mut self, value: &Value, known: &FxHashMap<NodeId, Value>) -> Value {
        if self.flat_tensors(value).is_empty() {
            return value.clone();
        }
        self.map_leaves(value, &mut |_, leaf| match leaf {
            Value::Tensor(id) => known.get(id).unwrap_or(leaf).clone(),
            _ => leaf.clone(),
        })
    }

    pub(crate) fn substitute_arg(&mut self, arg: &ops::Arg, known: &FxHashMap<NodeId, Value>) -> ops::Arg {
        use ops::Arg;
        match arg {
            Arg::Tensor(operand) => match operand.node.and_then(|n| known.get(&NodeId(n))) {
                Some(Value::Tensor(new)) => Arg::Tensor(self.trace.operand(*new)),
                _ => arg.clone(),
            },
            Arg::Tuple(items) => Arg::Tuple(items.iter().map(|a| self.substitute_arg(a, known)).collect()),
            Arg::List(items) => Arg::List(items.iter().map(|a| self.substitute_arg(a, known)).collect()),
            Arg::Slice(parts) => {
                let [a, b, c] = &**parts;
                let parts = [
                    self.substitute_arg(a, known),
                    self.substitute_arg(b, known),
                    self.substitute_arg(c, known),
                ];
                Arg::Slice(parts.into())
            }
            _ => arg.clone(),
        }
    }
}
