//! Attributes, items and tests of tensors and arrays.

use graph::NodeId;
use ops::{Arg, Keras, Surface, TensorKind};
use tensor::{DType, Dim};

use crate::builtins::EAGER;
use crate::class::ClassId;
use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::{Args, Bound, DTypeObject, Native, Plain, Value};

impl Interp<'_> {
    /// The surface whose rules hold for operators and methods of these tensors.
    pub(crate) fn surface_of(&self, nodes: &[NodeId]) -> Surface {
        let kinds = || nodes.iter().map(|n| self.trace.node(*n).kind);
        if kinds().all(|k| k == TensorKind::Numpy) {
            Surface::Numpy
        } else if self.keras == Keras::Three && kinds().any(|k| k == TensorKind::Keras) {
            Surface::KerasOps
        } else {
            Surface::Tf
        }
    }

    pub(crate) fn tensor_type_name(&self, id: NodeId) -> String {
        match self.trace.node(id).kind {
            TensorKind::Keras => "KerasTensor",
            TensorKind::Graph => "SymbolicTensor",
            TensorKind::Eager => "EagerTensor",
            TensorKind::Variable => match self.keras {
                Keras::Two => "ResourceVariable",
                Keras::Three => "Variable",
            },
            TensorKind::Numpy => match self.trace.node(id).spec.dtype {
                Some(dtype) if self.is_numpy_scalar(id) => return format!("numpy.{dtype}"),
                _ => "numpy.ndarray",
            },
        }
        .to_owned()
    }

    /// Tells whether a class of the frameworks' is one that no tensor, array or variable is of.
    fn is_no_tensor_class(&self, class: ClassId) -> bool {
        const OTHERS: &[&str] =
            &["tf.TensorShape", "tf.DType", "tf.TensorSpec", "tf.TensorArray", "tf.data.Dataset"];
        let path = self.class(class).path.as_deref();
        path.is_some_and(|path| path.starts_with("keras.") || OTHERS.contains(&path))
    }

    pub(crate) fn tensor_is_instance(&self, id: NodeId, class: ClassId) -> Option<bool> {
        let kind = self.trace.node(id).kind;
        let name = &*self.class(class).name;
        Some(match name {
            "Tensor" => matches!(kind, TensorKind::Graph | TensorKind::Eager),
            "KerasTensor" => kind == TensorKind::Keras,
            // Keras 3's variables are none of TensorFlow's, which they hold.
            "Variable" if self.keras == Keras::Three && kind == TensorKind::Variable => {
                let of_tensorflow = self.class(class).path.as_deref()?.starts_with("tf.Variable");
                self.is_keras_variable(id) != of_tensorflow
            }
            "Variable" => kind == TensorKind::Variable,
            "ResourceVariable" => kind == TensorKind::Variable && !self.is_keras_variable(id),
            "EagerTensor" => kind == TensorKind::Eager,
            // A scalar of NumPy's is no array, where it can be told from an array of rank zero.
            "ndarray" => kind == TensorKind::Numpy,
            "generic" | "number" | "integer" | "inexact" | "floating" => {
                let spec = &self.trace.node(id).spec;
                let (rank, dtype) = (spec.shape.rank()?, spec.dtype?);
                let fits = match name {
                    "integer" => dtype.is_integer(),
                    "floating" => dtype.is_floating(),
                    "inexact" => dtype.is_floating() || dtype.is_complex(),
                    "number" => dtype.is_integer() || dtype.is_floating() || dtype.is_complex(),
                    _ => true,
                };
                kind == TensorKind::Numpy && rank == 0 && fits
            }
            _ if self.class(class).path.is_none() => false,
            "IndexedSlices" if self.may_be_slices(id, "values") => return None,
            "IndexedSlices" => false,
            _ if self.is_composite(class) || self.derives_from(class, "keras.layers.Layer") => false,
            _ => match self.class(class).path.as_deref().and_then(|p| p.strip_prefix("builtins.")) {
                // `np.float64` derives from `float`, `np.str_` from `str`.
                Some(base) if self.is_numpy_scalar(id) => matches!(
                    (base, self.trace.node(id).spec.dtype?),
                    ("float", DType::Float64) | ("str", DType::String) | ("complex", DType::Complex128)
                ),
                Some(_) => false,
                None if self.is_no_tensor_class(class) => false,
                None => return None,
            },
        })
    }

    /// Reads an attribute of a tensor; nothing where there is none.
    pub(crate) fn tensor_attr(&mut self, id: NodeId, name: &str) -> Eval<Option<Value>> {
        let node = self.trace.node(id);
        let (kind, spec) = (node.kind, node.spec.clone());
        if kind == TensorKind::Numpy {
            return self.array_attr(id, name);
        }
        if let Some(value) = self.variable_attr(id, name) {
            return Ok(Some(value));
        }
        let keras3 = self.keras == Keras::Three && kind == TensorKind::Keras;
        Ok(Some(match name {
            "shape" if keras3 => self.shape_tuple(&spec.shape, false),
            "shape" => Value::Shape(spec.shape),
            "dtype" => match spec.dtype {
                Some(dtype) if keras3 || self.is_keras_variable(id) => Value::str(dtype.name()),
                Some(dtype) => Value::DType(dtype, DTypeObject::TensorFlow),
                None => self.unknown("a dtype that is not known"),
            },
            // Keras 2's KerasTensor has none.
            "ndim" if keras3 || kind != TensorKind::Keras => {
                spec.shape.rank().map_or(Value::Any(Plain::Int), |r| Value::Int(r as i64))
            }
            "name" => self.tensor_name(id),
            "device" if kind == TensorKind::Eager && self.carries_out() => {
                Value::str("/job:localhost/replica:0/task:0/device:CPU:0")
            }
            "device" => Value::Any(Plain::Str),
            "numpy" | "_numpy" if matches!(kind, TensorKind::Graph | TensorKind::Keras) => return Ok(None),
            // Where a layer computed a mask, it is kept beside the tensor.
            "_keras_mask" => self.unknown("a tensor's mask"),
            "_keras_history" => return Ok(None),
            "assign" if self.sliced_variable(id).is_some() => {
                Value::bound(Value::Tensor(id), &super::variable_parts::SLICE_ASSIGN)
            }
            _ => {
                if let Some(method) = methods_of(kind, self.keras).find(|m| m.name == name) {
                    let bound =
                        Bound { object: Value::Tensor(id), function: Value::Native(method), owner: None };
                    return Ok(Some(Value::Bound(bound.into())));
                }
                if self.has_no(kind, name) {
                    return Ok(None);
                }
                self.unknown(format!("`{name}` of a tensor is not modelled"))
            }
        }))
    }

    /// Tells whether the class of a tensor is known to have no such attribute.
    fn has_no(&self, kind: TensorKind, name: &str) -> bool {
        // `tf.experimental.numpy.experimental_enable_numpy_behavior()` adds methods.
        if name.starts_with('_') || (self.running.numpy_behavior && kind != TensorKind::Keras) {
            return false;
        }
        let classes: &[&str] = match kind {
            TensorKind::Keras => &["keras.KerasTensor"],
            TensorKind::Graph => &["tensorflow.python.framework.ops:SymbolicTensor", "tf.Tensor"],
            TensorKind::Eager => &["tensorflow.python.framework.ops:EagerTensor", "tf.Tensor"],
            TensorKind::Variable => &["tf.Variable", "keras.Variable"],
            TensorKind::Numpy => return false,
        };
        let profile = crate::value::profile(self.keras);
        let missing = |class: &&str| names::class_member(profile, class, name) == names::Existence::Missing;
        classes
            .iter()
            .filter(|class| class.contains(':') || names::lookup(profile, class).is_some())
            .all(missing)
    }

    /// Tells whether a tensor may be the `IndexedSlices` that a gradient through `tf.gather` is, which has more names.
    pub(crate) fn may_be_slices(&self, id: NodeId, name: &str) -> bool {
        let node = self.trace.node(id);
        matches!(name, "values" | "indices" | "dense_shape")
            && matches!(node.kind, TensorKind::Eager | TensorKind::Graph)
            && !matches!(node.source, graph::Source::Op(_) | graph::Source::Input | graph::Source::Constant)
    }

    /// What Python says of an attribute that a tensor lacks.
    pub(crate) fn missing_tensor_attr(&self, id: NodeId, name: &str) -> String {
        let class = self.tensor_type_name(id);
        let tensorflow = matches!(self.trace.node(id).kind, TensorKind::Graph | TensorKind::Eager);
        if tensorflow && NUMPY_NAMES.contains(&name) {
            return format!(
                "{class} object has no attribute '{name}'. \n        If you are looking for numpy-related methods, \
                 please run the following:\n        \
                 tf.experimental.numpy.experimental_enable_numpy_behavior()"
            );
        }
        // A class written in C says its module too.
        let class = if self.trace.node(id).kind == TensorKind::Eager { EAGER } else { &*class };
        format!("'{class}' object has no attribute '{name}'")
    }

    /// A shape as a tuple of ints; unknown dims of arrays are unknown ints, of KerasTensors `None`.
    pub(crate) fn shape_tuple(&mut self, shape: &tensor::Shape, array: bool) -> Value {
        let Some(dims) = shape.dims() else { return self.unknown("a shape of unknown rank") };
        Value::tuple(dims.iter().map(|d| match d {
            Dim::Known(n) => Value::Int(*n),
            d if array => Value::Dim(*d),
            d => Value::static_dim(*d),
        }))
    }

    fn tensor_name(&mut self, id: NodeId) -> Value {
        match self.trace.node(id).source {
            graph::Source::Variable(v) => Value::Str(self.trace.variable(v).name.clone()),
            _ => match self.running.tensor_names.get(&id).cloned().or_else(|| self.input_tensor_name(id)) {
                Some(name) => Value::Str(name),
                None => Value::Any(Plain::Str),
            },
        }
    }

    /// The name of an Input's KerasTensor: its layer's, which in Keras 3 only a name that was given is.
    fn input_tensor_name(&self, id: NodeId) -> Option<std::rc::Rc<str>> {
        let layer = self.input_layers.get(&id)?;
        let name = self.layer(*layer)?.name.clone();
        (self.keras == Keras::Two || !name.starts_with("input_layer")).then_some(name)
    }

    /// Applies an op by its name to values, with the surface of the tensors among them.
    ///
    /// # Errors
    /// What the framework raises.
    pub fn op_on(&mut self, op: &str, args: &[(&str, Value)]) -> Eval {
        let nodes: Vec<NodeId> = args.iter().flat_map(|(_, v)| self.flat_tensors(v)).collect();
        let surface = self.surface_of(&nodes);
        let args: Vec<(std::rc::Rc<str>, Arg)> =
            args.iter().map(|(n, v)| ((*n).into(), self.arg(v))).collect();
        let numpy = if surface == Surface::Numpy { self.numpy_op(op) } else { None };
        match numpy.or_else(|| ops::find_op(op)) {
            Some(found) => self.call_op(found, "", surface, &args),
            None => Ok(self.unknown(format!("the op `{op}` is not modelled"))),
        }
    }

    pub(crate) fn tensor_item(&mut self, object: &Value, index: &Value) -> Eval {
        if let Value::Tensor(id) = object
            && self.trace.node(*id).kind == TensorKind::Numpy
            && !self.flat_tensors(index).iter().any(|n| self.trace.node(*n).kind == TensorKind::Graph)
        {
            return self.array_item(*id, index);
        }
        let part = self.op_on("getitem", &[("x", object.clone()), ("index", index.clone())])?;
        self.remember_part(&part, index);
        Ok(part)
    }

    pub(crate) fn tensor_set_item(&mut self, object: &Value, index: &Value, value: &Value) -> Eval<()> {
        let Value::Tensor(id) = object else { return Ok(()) };
        let kind = self.trace.node(*id).kind;
        if kind != TensorKind::Numpy {
            let core = format!("'{}' object does not support item assignment", self.tensor_type_name(*id));
            let mistake = ops::Mistake::ItemAssignment;
            let violation = ops::Violation { class: ops::Exc::TypeError, core, mistake };
            return Err(self.raise_violation(violation, "setitem".into(), vec![("x".into(), *id)]));
        }
        self.array_set_item(*id, index, value)
    }

    /// Returns the items along a tensor's first axis.
    pub(crate) fn tensor_items(&mut self, id: NodeId, limit: usize) -> Eval<(Vec<Value>, bool)> {
        if let Some(text) = self.scalar_text(id) {
            return self.iterate(&text, limit);
        }
        if self.is_any_item(id) {
            return Ok((Vec::new(), true));
        }
        let node = self.trace.node(id);
        let (kind, spec) = (node.kind, node.spec.clone());
        // While tracing, no tensor is iterated over, whatever its rank.
        let traced = kind == TensorKind::Graph && !self.autograph();
        if spec.shape.rank() == Some(0) && !traced {
            let text = match kind {
                TensorKind::Numpy if self.is_numpy_scalar(id) => {
                    format!("'{}' object is not iterable", self.tensor_type_name(id))
                }
                TensorKind::Numpy => "iteration over a 0-d array".to_owned(),
                _ => "Cannot iterate over a scalar tensor.".to_owned(),
            };
            return Err(self.raise(ops::Exc::TypeError, text));
        }
        if kind == TensorKind::Keras {
            let text = match self.keras {
                Keras::Two => "Cannot iterate over a Tensor with unknown first dimension.",
                Keras::Three => "Iterating over a symbolic KerasTensor is not supported.",
            };
            let class = match self.keras {
                Keras::Three => ops::Exc::NotImplementedError,
                Keras::Two => ops::Exc::TypeError,
            };
            if self.keras == Keras::Three || spec.shape.dim(0).is_some_and(|d| !d.is_known()) {
                let mistake = ops::Mistake::PythonControlFlow;
                let violation = ops::Violation { class, core: text.to_owned(), mistake };
                return Err(self.raise_violation(violation, "iter".into(), vec![("x".into(), id)]));
            }
        }
        if kind == TensorKind::Graph {
            let violation = ops::Violation::symbolic_iteration();
            return Err(self.raise_violation(violation, "iter".into(), vec![("iterable".into(), id)]));
        }
        let Some(Dim::Known(count)) = spec.shape.dim(0) else { return Ok((Vec::new(), true)) };
        let shown = usize::try_from(count).unwrap_or(0).min(limit);
        let mut items = Vec::with_capacity(shown);
        for i in 0..shown {
            items.push(self.tensor_item(&Value::Tensor(id), &Value::Int(i as i64))?);
        }
        Ok((items, usize::try_from(count).unwrap_or(0) > shown))
    }

    /// Tells whether a tensor is true, or raises what the framework does for a symbolic one.
    pub(crate) fn tensor_truth(&mut self, id: NodeId) -> Eval<Option<bool>> {
        let node = self.trace.node(id);
        match node.kind {
            TensorKind::Keras if self.keras == Keras::Three => {
                let violation = ops::Violation {
                    class: ops::Exc::TypeError,
                    core: "A symbolic KerasTensor cannot be used as a boolean.".to_owned(),
                    mistake: ops::Mistake::PythonControlFlow,
                };
                Err(self.raise_violation(violation, "bool".into(), vec![("condition".into(), id)]))
            }
            // `bool` asks its `__len__`.
            TensorKind::Keras => {
                let core = self.symbolic_length(id).unwrap_or_default();
                let mistake = ops::Mistake::PythonControlFlow;
                let violation = ops::Violation { class: ops::Exc::TypeError, core, mistake };
                Err(self.raise_violation(violation, "bool".into(), vec![("condition".into(), id)]))
            }
            TensorKind::Graph if !self.autograph() => {
                let violation = ops::Violation::symbolic_bool();
                Err(self.raise_violation(violation, "bool".into(), vec![("condition".into(), id)]))
            }
            TensorKind::Eager if node.spec.shape.size().known().is_some_and(|n| n > 1) => {
                let text = "The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()";
                Err(self.raise(ops::Exc::ValueError, text))
            }
            TensorKind::Numpy if node.spec.shape.size().known().is_some_and(|n| n != 1) => {
                let text = match node.spec.shape.size() {
                    Dim::Known(0) => {
                        "The truth value of an empty array is ambiguous. Use `array.size > 0` to check that an array is not empty."
                    }
                    _ => {
                        "The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()"
                    }
                };
                Err(self.raise(ops::Exc::ValueError, text))
            }
            _ => Ok(match (&node.content, node.spec.shape.size()) {
                (tensor::Content::Array(array), Dim::Known(1)) => {
                    array.data.to_floats().and_then(|v| v.first().map(|x| *x != 0.0))
                }
                _ => None,
            }),
        }
    }

    pub(crate) fn tensor_set_attr(&mut self, id: NodeId, name: &str, value: &Value) -> Eval<()> {
        if self.is_keras_variable(id) {
            return self.variable_set_attr(id, name, value);
        }
        if name == "shape"
            && let Value::Tuple(items) = value
        {
            let dims = items.iter().map(|v| v.as_int().map_or(Dim::Unknown, Dim::Known));
            self.trace.node_mut(id).spec.shape = dims.collect();
        }
        Ok(())
    }

    /// The dtype that a class means where a dtype is wanted: `float`, `int`, `bool`, `str`.
    pub(crate) fn class_dtype(&self, class: ClassId) -> Option<DType> {
        match self.class(class).path.as_deref()? {
            "builtins.float" => Some(DType::Float64),
            "builtins.int" => Some(DType::Int64),
            "builtins.bool" => Some(DType::Bool),
            "builtins.str" => Some(DType::String),
            "builtins.object" => Some(DType::Object),
            "builtins.complex" => Some(DType::Complex128),
            _ => None,
        }
    }

    /// Calls a dtype: `np.float32(0.5)` makes an array scalar.
    pub(crate) fn call_dtype(&mut self, dtype: DType, args: Args) -> Eval {
        let value = args.positional.into_iter().next().unwrap_or(Value::Int(0));
        if dtype == DType::Object {
            // `np.object_` makes arrays of lists, of whatever lengths, and leaves others as they are.
            if !matches!(value, Value::List(_) | Value::Tuple(_)) {
                return Ok(value);
            }
            let keywords = vec![("dtype".into(), Value::DType(dtype, DTypeObject::NumPy))];
            return self.call_api(&"numpy.array".into(), Args { positional: vec![value], keywords });
        }
        let list = [("x", value), ("dtype", Value::DType(dtype, DTypeObject::TensorFlow))];
        let bound: Vec<(std::rc::Rc<str>, Arg)> =
            list.iter().map(|(n, v)| ((*n).into(), self.arg(v))).collect();
        match self.numpy_op("cast") {
            Some(op) => self.call_op(op, "", Surface::Numpy, &bound),
            None => Ok(self.unknown("a cast of a number")),
        }
    }
}

/// Names for which TensorFlow's tensors point at NumPy's methods (`tensorflow/python/framework/tensor.py`:
/// `Tensor.__getattr__`).
const NUMPY_NAMES: &[&str] =
    &["T", "astype", "ravel", "transpose", "reshape", "clip", "size", "tolist", "data"];

/// Methods of TensorFlow's tensors and variables, and of Keras 2's KerasTensor.
static TF_METHODS: &[Native] = &[
    Native { name: "get_shape", call: get_shape },
    Native { name: "set_shape", call: set_shape },
    Native { name: "numpy", call: to_numpy },
];

/// Methods of Keras 3's KerasTensor.
static KERAS_METHODS: &[Native] = &[
    Native { name: "reshape", call: |interp, args| method_op(interp, "reshape", "newshape", &args) },
    Native { name: "squeeze", call: |interp, args| method_op(interp, "squeeze", "axis", &args) },
];

/// Applies a method of one argument that is an op.
fn method_op(interp: &mut Interp<'_>, op: &str, parameter: &str, args: &Args) -> Eval {
    let object = args.positional.first().cloned().unwrap_or(Value::None);
    let argument = args.get(1, parameter).cloned().unwrap_or(Value::None);
    interp.op_on(op, &[("x", object), (parameter, argument)])
}

fn methods_of(kind: TensorKind, keras: Keras) -> impl Iterator<Item = &'static Native> {
    let operators = match kind {
        TensorKind::Graph | TensorKind::Eager => super::dunders::METHODS,
        TensorKind::Keras | TensorKind::Variable | TensorKind::Numpy => &[],
    };
    match (kind, keras) {
        (TensorKind::Keras, Keras::Three) => KERAS_METHODS,
        _ => TF_METHODS,
    }
    .iter()
    .chain(operators)
}

fn this(args: &Args) -> Option<NodeId> {
    match args.positional.first() {
        Some(Value::Tensor(id)) => Some(*id),
        _ => None,
    }
}

/// `x.get_shape()`: the static shape.
fn get_shape(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(id) = this(&args) else { return Ok(Value::None) };
    Ok(Value::Shape(interp.trace.node(id).spec.shape.clone()))
}

/// `x.set_shape(shape)`: what the script knows better than TensorFlow.
fn set_shape(interp: &mut Interp<'_>, args: Args) -> Eval {
    let (Some(id), Some(shape)) = (this(&args), args.get(1, "shape").cloned()) else {
        return Ok(Value::None);
    };
    let Some(dims) = interp.dims_of(&shape) else { return Ok(Value::None) };
    let (own, given) = (interp.trace.node(id).spec.shape.clone(), tensor::Shape::new(dims));
    // `None` leaves a dim as it is: one that differs from batch to batch goes on to be that one.
    let kept = given.dims().unwrap_or_default().iter().enumerate().map(|(at, dim)| {
        match (dim, own.dim(at as i64)) {
            (tensor::Dim::Symbol(_), Some(have @ tensor::Dim::Symbol(_))) => have,
            _ => *dim,
        }
    });
    match own.merge(&kept.collect()) {
        Some(merged) => {
            interp.trace.node_mut(id).spec.shape = merged;
            Ok(Value::None)
        }
        None => {
            let graph = interp.trace.node(id).kind == TensorKind::Graph;
            let text = if graph {
                super::rnn_function::mismatch(&own, &given)
            } else {
                format!(
                    "Tensor's shape {} is not compatible with supplied shape {}.",
                    own.tuple(),
                    given.tuple()
                )
            };
            Err(interp.raise(ops::Exc::ValueError, text))
        }
    }
}

/// `x.numpy()` of a tensor with data.
fn to_numpy(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(id) = this(&args) else { return Ok(Value::None) };
    if interp.computes() {
        return Ok(interp.as_numpy(id));
    }
    let node = interp.trace.node(id);
    let (spec, content) = (node.spec.clone(), node.content.clone());
    let span = interp.here();
    let new = interp.trace.add(graph::Source::Constant, TensorKind::Numpy, spec, span);
    interp.trace.node_mut(new).content = content;
    Ok(Value::Tensor(new))
}
