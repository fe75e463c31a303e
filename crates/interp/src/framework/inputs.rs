//! `keras.Input` and `InputLayer`: what a functional model begins with.
//!
//! source: keras/src/layers/core/input_layer.py, tf_keras/src/engine/input_layer.py

use std::rc::Rc;

use graph::{NodeId, Source};
use ops::{Exc, Keras, TensorKind};
use tensor::{DType, Dim, Shape, TensorSpec};

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
    interp.check_input_keywords(&args, KNOWN_TO_LAYER, "keras.layers.InputLayer")?;
    let shape = args.get(0, "shape").or_else(|| args.keyword("input_shape")).cloned().unwrap_or(Value::None);
    let set = |name: &str| matches!(args.keyword(name), Some(Value::Bool(true)));
    if set("sparse") && set("ragged") {
        let text = match interp.keras {
            Keras::Two => "Cannot set both sparse and ragged to True in a TF-Keras input.",
            Keras::Three => "KerasTensor cannot have `sparse=True` and `ragged=True` at the same time.",
        };
        return Err(interp.raise(Exc::ValueError, text));
    }
    let lone = interp.keras == Keras::Two && interp.input_without_shape(&args, &shape)?;
    let dims = if lone { None } else { interp.input_dims(&args, shape)? };
    let dtype = args.get(2, "dtype").cloned();
    let dtype = interp.input_dtype(&args, dtype)?;
    let name = args.keyword("name").cloned();
    let name = interp.input_name(name.as_ref());
    let shape = match dims {
        Some(dims) => Shape::new(dims),
        None if lone => Shape::UNKNOWN,
        None => {
            interp.lose_layer(id, "an InputLayer whose shape is not known");
            return Ok(Value::None);
        }
    };
    let span = interp.here();
    let spec = TensorSpec::new(shape, dtype);
    let node = interp.trace.add(Source::Input, TensorKind::Keras, spec, span);
    if let Some(state) = interp.layer_mut(id) {
        state.name = name;
        state.initialised = true;
        state.built = true;
        state.compute_dtype = dtype;
    }
    interp.input_layers.insert(node, id);
    Ok(Value::None)
}

/// What Keras 2's InputLayer takes: `batch_input_shape` beside its parameters, and not Keras 3's `batch_shape`.
const KNOWN_TO_LAYER: &[&str] = &[
    "input_shape",
    "batch_size",
    "dtype",
    "input_tensor",
    "sparse",
    "name",
    "ragged",
    "type_spec",
    "optional",
    "batch_input_shape",
];

/// What Keras 2's Input takes.
const KNOWN_TO_INPUT: &[&str] = &[
    "shape",
    "batch_size",
    "name",
    "dtype",
    "sparse",
    "tensor",
    "ragged",
    "type_spec",
    "optional",
    "batch_input_shape",
    "batch_shape",
];

/// Native functions.
pub(crate) static FUNCTIONS: &[Native] = &[
    native("keras.Input", input),
    native("keras.layers.Input", input),
    native("keras.KerasTensor", keras_tensor),
];

/// `keras.KerasTensor((None, 3), dtype="float32")`: a shape and a dtype that belong to no model yet.
fn keras_tensor(interp: &mut Interp<'_>, args: Args) -> Eval {
    if interp.keras == Keras::Two {
        return Ok(interp.unknown("a KerasTensor of Keras 2 made by hand"));
    }
    if let Some(signature) = interp.signature("keras.KerasTensor", Some("__init__")) {
        // Only for its TypeError; the arguments are read as they are.
        let mut bound = args.clone();
        bound.positional.insert(0, Value::None);
        interp.bind_api(&signature, "KerasTensor.__init__", bound)?;
    }
    let shape = args.get(0, "shape").cloned().unwrap_or(Value::None);
    interp.check_input_shape(&shape)?;
    let dtype = interp.input_dtype(&args, args.get(1, "dtype").cloned())?;
    let Some(dims) = interp.written_dims(&shape) else {
        return Ok(interp.unknown("a KerasTensor whose shape is not known"));
    };
    let node = interp.keras_tensor(TensorSpec::new(Shape::new(dims), dtype), &[]);
    if let Some(Value::Str(name)) = args.get(5, "name") {
        interp.running.tensor_names.insert(node, name.clone());
    }
    Ok(Value::Tensor(node))
}

/// `keras.Input(shape=(4,), batch_size=None, dtype="float32", name="x")`.
fn input(interp: &mut Interp<'_>, args: Args) -> Eval {
    let signature = interp.signature("keras.Input", None);
    let shape = args.get(0, "shape").cloned().unwrap_or(Value::None);
    if let Some(signature) = signature {
        // Only for its TypeError; the arguments are read as they are.
        interp.bind_api(&signature, "Input", args.clone())?;
    }
    let dims = interp.input_dims(&args, shape)?;
    interp.check_input_keywords(&args, KNOWN_TO_INPUT, "keras.Input")?;
    let dtype_at = if interp.keras == Keras::Two { 3 } else { 2 };
    let dtype = args.get(dtype_at, "dtype").cloned();
    let dtype = interp.input_dtype(&args, dtype)?;
    let given = args.keyword("name").cloned();
    let name = interp.input_name(given.as_ref());
    let Some(dims) = dims else { return Ok(interp.unknown("an Input whose shape is not known")) };
    // Keras 2 takes an empty `batch_shape` for none at all.
    let shape = if dims.is_empty() && interp.keras == Keras::Two { Shape::UNKNOWN } else { Shape::new(dims) };
    let input = interp.new_input(shape, dtype, name);
    if args.keyword("tensor").is_some_and(|t| !t.is_none()) {
        interp.running.inputs_of_tensors.insert(input);
    }
    if !matches!(given, Some(Value::Str(_))) {
        interp.name_tensor(input);
    }
    Ok(Value::Tensor(input))
}

impl Interp<'_> {
    /// Refuses keywords that Keras 2 does not know; Keras 3's are bound to a signature.
    fn check_input_keywords(&mut self, args: &Args, known: &[&str], callee: &str) -> Eval<()> {
        let other: Vec<&str> =
            args.keywords.iter().map(|(n, _)| &**n).filter(|n| !known.contains(n)).collect();
        let Some(first) = other.first().filter(|_| self.keras == Keras::Two) else { return Ok(()) };
        let misbound = ops::Misbound::Unexpected((*first).to_owned());
        let quoted: Vec<String> = other.iter().map(|name| format!("'{name}'")).collect();
        let text = format!("Unrecognized keyword arguments: [{}]", quoted.join(", "));
        let mistake = ops::Mistake::Signature { problem: text.clone(), misbound };
        let violation = ops::Violation { class: Exc::ValueError, core: text, mistake };
        Err(self.raise_violation(violation, callee.into(), Vec::new()))
    }

    /// Whether Keras 2's InputLayer gets no shape, and so stands for tensors of any rank; an empty one of a batch counts
    /// for none.
    fn input_without_shape(&mut self, args: &Args, shape: &Value) -> Eval<bool> {
        let given = |name: &str| args.keyword(name).filter(|v| !v.is_none());
        let batch_shape = given("batch_input_shape").cloned();
        let batch_shape = batch_shape.filter(|v| !matches!(v, Value::Tuple(items) if items.is_empty()));
        if batch_shape.is_some() && !matches!(shape, Value::None) {
            let text = "Only provide the input_shape OR batch_input_shape argument to InputLayer, not both at the same time.";
            return Err(self.raise(Exc::ValueError, text));
        }
        Ok(batch_shape.is_none()
            && shape.is_none()
            && given("input_tensor").is_none()
            && given("type_spec").is_none())
    }

    /// Refuses what Keras 3 is told beside a tensor that an Input stands for, and that the tensor is not like.
    fn refuse_beside_tensor(
        &mut self,
        args: &Args,
        (shape, batch_size): (&Value, &Value),
        batch_shape: Option<&Value>,
        tensor: NodeId,
    ) -> Eval<()> {
        let spec = self.trace.node(tensor).spec.clone();
        let Some(dims) = spec.shape.dims() else { return Ok(()) };
        let differ = |a: &[Dim], b: &[Dim]| {
            a.len() != b.len()
                || a.iter()
                    .zip(b)
                    .any(|(a, b)| *a != Dim::Unknown && *b != Dim::Unknown && a.known() != b.known())
        };
        let size = match batch_size {
            Value::Int(n) => Some(*n),
            _ => None,
        };
        let rows = dims.first().copied();
        let own = self.written_dims(shape).filter(|_| !shape.is_none());
        let all = batch_shape.and_then(|given| self.written_dims(given));
        let dtype = args.get(2, "dtype").cloned().and_then(|given| self.dtype_of(&given));
        // A list is no tuple.
        let listed = |value: Option<&Value>| matches!(value, Some(Value::List(_)));
        let what = if size.is_some() && rows != Some(Dim::Unknown) && rows.and_then(|d| d.known()) != size {
            "batch_size"
        } else if own
            .is_some_and(|own| listed(Some(shape)) || differ(&own, dims.get(1..).unwrap_or_default()))
        {
            "shape"
        } else if all.is_some_and(|all| listed(batch_shape) || differ(&all, dims)) {
            "batch_shape"
        } else if dtype.is_some() && spec.dtype.is_some() && dtype != spec.dtype {
            "dtype"
        } else {
            return Ok(());
        };
        let text = format!(
            "When providing the `input_tensor` argument, you cannot provide an incompatible `{what}` argument."
        );
        Err(self.raise(Exc::ValueError, text))
    }

    /// The dims of an Input or InputLayer, the batch's included; nothing where they are not known.
    fn input_dims(&mut self, args: &Args, shape: Value) -> Eval<Option<Vec<Dim>>> {
        // Keras 2 takes a number for the only size.
        let shape = match shape {
            Value::Int(_) if self.keras == Keras::Two => Value::tuple([shape]),
            shape => shape,
        };
        let batch_shape = args.keyword("batch_shape").or_else(|| args.keyword("batch_input_shape")).cloned();
        let batch_size = args.get(1, "batch_size").cloned().unwrap_or(Value::None);
        let empty = |s: &Value| matches!(s, Value::Tuple(items) if items.is_empty());
        let fallen = self.keras == Keras::Two && !shape.is_none();
        let batch_shape = batch_shape.filter(|s| !(s.is_none() || fallen && empty(s)));
        let tensor_given = ["tensor", "input_tensor", "type_spec"]
            .iter()
            .any(|n| args.keyword(n).is_some_and(|v| !v.is_none()));
        self.check_input_shapes(&shape, batch_shape.as_ref(), &batch_size, tensor_given)?;
        let tensor = args.keyword("tensor").or_else(|| args.keyword("input_tensor")).cloned();
        if let Some(Value::Tensor(node)) = &tensor {
            if self.keras == Keras::Three && self.trace.node(*node).kind != TensorKind::Keras {
                let class = self.type_name(&Value::Tensor(*node));
                let shown = self.display(&Value::Tensor(*node))?.unwrap_or_default();
                let text = format!(
                    "Argument `input_tensor` must be a KerasTensor. Received invalid type: input_tensor={shown} (of type \
                     <class '{class}'>)"
                );
                return Err(self.raise(Exc::ValueError, text));
            }
            if self.keras == Keras::Three {
                self.refuse_beside_tensor(args, (&shape, &batch_size), batch_shape.as_ref(), *node)?;
            }
            return Ok(self.trace.node(*node).spec.shape.dims().map(<[Dim]>::to_vec));
        }
        if let Some(given) = batch_shape {
            self.check_input_shape(&given)?;
            return Ok(self.written_dims(&given));
        }
        self.check_input_shape(&shape)?;
        let batch = match batch_size {
            Value::Int(n) => Dim::Known(n),
            _ => self.new_symbol(),
        };
        Ok(self.written_dims(&shape).map(|dims| std::iter::once(batch).chain(dims).collect()))
    }

    /// The dtype of an Input: as given, or that of the tensor that it stands for; the default for one that is not known.
    fn input_dtype(&mut self, args: &Args, given: Option<Value>) -> Eval<DType> {
        if let Some(Value::Str(name)) = &given
            && DType::parse(name).is_none()
        {
            let (class, text) = match self.keras {
                Keras::Three => (Exc::ValueError, format!("Invalid dtype: {name}")),
                Keras::Two => (
                    Exc::TypeError,
                    format!("Cannot convert the argument `type_value`: '{name}' to a TensorFlow DType."),
                ),
            };
            return Err(self.raise(class, text));
        }
        let tensor = args.keyword("tensor").or_else(|| args.keyword("input_tensor"));
        let of_tensor = match tensor {
            Some(Value::Tensor(node)) => self.trace.node(*node).spec.dtype,
            _ => None,
        };
        let asked = given.as_ref().filter(|_| self.keras == Keras::Two).and_then(|d| self.dtype_of(d));
        if let (Some(asked), Some(own)) = (asked, of_tensor.filter(|own| Some(*own) != asked)) {
            let text = format!(
                "`input_tensor.dtype` differs from `dtype`. Received: input_tensor.dtype=<dtype: '{own}'> but expected \
                 dtype={asked}"
            );
            return Err(self.raise(Exc::ValueError, text));
        }
        Ok(given.and_then(|d| self.dtype_of(&d)).or(of_tensor).unwrap_or(DType::Float32))
    }

    /// Refuses an Input without a shape, or with two.
    fn check_input_shapes(
        &mut self,
        shape: &Value,
        batch_shape: Option<&Value>,
        batch_size: &Value,
        tensor_given: bool,
    ) -> Eval<()> {
        let text = match (self.keras, !shape.is_none(), batch_shape.is_some()) {
            _ if tensor_given => return Ok(()),
            (Keras::Three, true, true) => "You cannot pass both `shape` and `batch_shape` at the same time.",
            (Keras::Three, false, true) if !batch_size.is_none() => {
                "You cannot pass both `batch_size` and `batch_shape` at the same time."
            }
            (Keras::Three, false, false) => "You must pass a `shape` argument.",
            (Keras::Two, true, true) => {
                "Only provide the `shape` OR `batch_input_shape` argument to Input, not both at the same time."
            }
            (Keras::Two, false, false) => {
                "Please provide to Input a `shape` or a `tensor` or a `type_spec` argument. Note that `shape` does not \
                 include the batch dimension."
            }
            _ => return Ok(()),
        };
        Err(self.raise(Exc::ValueError, text))
    }

    /// Refuses what is no shape: `standardize_shape`, and what `TensorShape` says in Keras 2.
    fn check_input_shape(&mut self, given: &Value) -> Eval<()> {
        if let Value::Int(_) | Value::Float(_) | Value::Bool(_) = given {
            let (class, text) = match self.keras {
                Keras::Two => (Exc::TypeError, format!("'{}' object is not iterable", self.type_name(given))),
                Keras::Three => {
                    let shown = self.display(given)?.unwrap_or_default();
                    (Exc::ValueError, format!("Cannot convert '{shown}' to a shape."))
                }
            };
            return Err(self.raise(class, text));
        }
        let items = match given {
            Value::Str(text) => text.chars().map(|c| Value::str(&c.to_string())).collect(),
            _ => self.children(given).unwrap_or_default(),
        };
        for item in items {
            let why = match (self.keras, &item) {
                (Keras::Three, Value::Str(_) | Value::Float(_)) => {
                    let shown = self.display(&item)?.unwrap_or_default();
                    let class = self.type_name(&item);
                    format!(" Found invalid dimension '{shown}' of type '<class '{class}'>'.")
                }
                (Keras::Three, Value::Int(..0)) => " Negative dimensions are not allowed.".to_owned(),
                (Keras::Two, Value::Str(_) | Value::Float(_)) => {
                    let shown = self.repr(&item)?.unwrap_or_default();
                    let text = format!(
                        "Dimension value must be integer or None or have an __index__ method, got value '{shown}' with type \
                         '<class '{}'>'",
                        self.type_name(&item)
                    );
                    return Err(self.raise(Exc::TypeError, text));
                }
                (Keras::Two, Value::Int(n @ ..0)) => {
                    return Err(self.raise(Exc::ValueError, format!("Dimension {n} must be >= 0")));
                }
                _ => continue,
            };
            let shown = self.display(given)?.unwrap_or_default();
            return Err(self.raise(Exc::ValueError, format!("Cannot convert '{shown}' to a shape.{why}")));
        }
        Ok(())
    }

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
