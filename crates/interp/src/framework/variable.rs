//! Variables: layers' weights, `tf.Variable`, `keras.Variable`.

use std::rc::Rc;

use graph::{Node, NodeId, ScopeId, Source, VariableId};
use ops::{Exc, Flow, Keras, TensorKind};
use smallvec::SmallVec;
use tensor::{Content, DType, Shape, TensorSpec};

use crate::framework::variable_parts;
use crate::interp::Interp;
use crate::native::native;
use crate::raise::Eval;
use crate::value::{Args, Bound, DTypeObject, Native, Value};

/// Native functions. Calling the classes makes tensors of their own kind, no instances.
pub(crate) static FUNCTIONS: &[Native] =
    &[native("tf.Variable", tf_variable), native("keras.Variable", keras_variable)];

static METHODS: &[Native] = &[
    native("assign", assign),
    native("assign_add", |i, a| update(i, &a, "add")),
    native("assign_sub", |i, a| update(i, &a, "subtract")),
    native("read_value", read),
    native("initialized_value", read),
    native("value", read),
];

/// `tf.Variable(initial_value=None, trainable=None, validate_shape=True, caching_device=None, name=None,
/// variable_def=None, dtype=None, …, shape=None)`.
fn tf_variable(interp: &mut Interp<'_>, args: Args) -> Eval {
    let given = args.get(0, "initial_value").cloned().unwrap_or(Value::None);
    if given.is_none() {
        let text = "The `initial_value` arg to `tf.Variable` must be specified except when you are not providing a \
                    `variable_def`. You provided neither.";
        return Err(interp.raise(Exc::ValueError, text));
    }
    let name = args.get(4, "name").and_then(Value::as_str).unwrap_or("Variable");
    let given = if interp.is_callable(&given) {
        interp.call(&given, Args::default())?
    } else {
        interp.check_lifted(&given, name)?;
        given
    };
    let dtype = args.get(6, "dtype").cloned().unwrap_or(Value::None);
    let trainable = args.get(1, "trainable").cloned();
    let trainable = !matches!(trainable, Some(Value::Bool(false)));
    interp.note_creation()?;
    let Some(mut spec) = interp.spec_as_tensor(&given, &dtype)? else {
        return Ok(interp.unknown("a variable whose initial value is not known"));
    };
    if let Some(shape) = args.keyword("shape").filter(|s| !s.is_none()).cloned() {
        spec.shape = interp.dims_of(&shape).map_or(Shape::UNKNOWN, Shape::new);
    }
    let name: Rc<str> = format!("{name}:0").into();
    let id = interp.new_variable(name, spec, trainable);
    interp.running.loose.insert(id);
    let node = interp.trace.variable(id).node;
    interp.initialise_with(node, &given);
    Ok(Value::Tensor(node))
}

/// `keras.Variable(initializer, shape=None, dtype=None, trainable=True, …, name=None)`.
fn keras_variable(interp: &mut Interp<'_>, args: Args) -> Eval {
    let initializer = args.get(0, "initializer").cloned().unwrap_or(Value::None);
    let shape = args.get(1, "shape").cloned().unwrap_or(Value::None);
    let dtype = args.get(2, "dtype").cloned().unwrap_or(Value::None);
    let trainable = !matches!(args.get(3, "trainable"), Some(Value::Bool(false)));
    interp.note_creation()?;
    let spec = match interp.dims_of(&shape) {
        Some(dims) if !shape.is_none() => {
            let dtype = interp.dtype_of(&dtype).unwrap_or(DType::Float32);
            Some(TensorSpec::new(Shape::new(dims), dtype))
        }
        _ => interp.spec_as_tensor(&initializer, &dtype)?,
    };
    let Some(spec) = spec else { return Ok(interp.unknown("a variable whose shape is not known")) };
    let name: Rc<str> = match args.keyword("name") {
        Some(Value::Str(name)) => name.clone(),
        _ => interp.unique_name("variable"),
    };
    let scopes: Vec<&str> = interp.layer_scopes.iter().map(|s| &**s).chain([&*name]).collect();
    let id = interp.new_variable(scopes.join("/").into(), spec, trainable);
    if !matches!(args.keyword("autocast"), Some(Value::Bool(false))) {
        interp.running.autocasting.insert(id);
    }
    let node = interp.trace.variable(id).node;
    match &initializer {
        Value::Str(_) | Value::Instance(_) | Value::Function(_) | Value::Class(_) => {
            let initializer = interp.arg(&initializer);
            interp.initialise(node, &initializer);
        }
        value => interp.initialise_with(node, value),
    }
    Ok(Value::Tensor(node))
}

impl Interp<'_> {
    /// Refuses the tensor of a graph that is built by no `tf.function`, such as that of a Lambda's inference, as a
    /// variable's initial value.
    ///
    /// source: `tensorflow/python/ops/resource_variable_ops.py`, ResourceVariable._init_from_args
    fn check_lifted(&mut self, initial: &Value, name: &str) -> Eval<()> {
        let Value::Tensor(node) = initial else { return Ok(()) };
        let of_graph = self.trace.node(*node).kind == TensorKind::Graph;
        if !of_graph || self.graph_depth == 0 || self.running.creations.is_some() {
            return Ok(());
        }
        let core = format!(
            "Argument `initial_value` ({}) could not be lifted out of a `tf.function`. (Tried to create variable with \
             name='{name}'). To avoid this error, when constructing `tf.Variable`s inside of `tf.function` you can create \
             the `initial_value` tensor in a `tf.init_scope` or pass a callable `initial_value` (e.g., `tf.Variable(lambda : \
             tf.truncated_normal([10, 40]))`). Please file a feature request if this restriction inconveniences you.",
            self.repr(initial)?.unwrap_or_default()
        );
        let violation = ops::Violation { class: Exc::ValueError, core, mistake: ops::Mistake::MadeInCall };
        Err(self.raise_violation(violation, "tf.Variable".into(), Vec::new()))
    }

    /// Returns the variable behind a node, if it is one.
    pub fn variable_of(&self, node: NodeId) -> Option<VariableId> {
        match self.trace.node(node).source {
            Source::Variable(id) => Some(id),
            _ => None,
        }
    }

    pub(crate) fn variable_trainable(&self, node: NodeId) -> bool {
        self.variable_of(node).is_some_and(|v| self.trace.variable(v).trainable)
    }

    /// Makes a variable.
    pub fn new_variable(&mut self, name: Rc<str>, spec: TensorSpec, trainable: bool) -> VariableId {
        let span = self.here();
        self.trace.add_variable(name, spec, trainable, span)
    }

    /// Returns the `tf.Variable` that a tensor is a slice of: `v[0, 1]`.
    pub(crate) fn sliced_variable(&self, node: NodeId) -> Option<NodeId> {
        let slice = self.trace.node(node);
        let Source::Op(op) = slice.source else { return None };
        let (of, _) = *slice.inputs.first()?;
        let variable = self.variable_of(of).is_some() && !self.is_keras_variable(of);
        (op.name == "getitem" && variable).then_some(of)
    }

    /// Tells whether Keras follows a variable that is an attribute: Keras 3 does not follow `tf.Variable`.
    pub(crate) fn keras_tracks(&self, variable: VariableId) -> bool {
        self.keras == Keras::Two || !self.running.loose.contains(&variable)
    }

    /// Tells whether a value can be called without asking its class.
    pub(crate) fn is_callable(&self, value: &Value) -> bool {
        matches!(
            value,
            Value::Function(_)
                | Value::Bound(_)
                | Value::Native(_)
                | Value::Api(_)
                | Value::Wrapped(_)
                | Value::Class(_)
        )
    }

    /// The spec that a value has as a tensor; nothing where it is not known.
    ///
    /// # Errors
    /// What `tf.convert_to_tensor` raises.
    pub(crate) fn spec_as_tensor(&mut self, value: &Value, dtype: &Value) -> Eval<Option<TensorSpec>> {
        if let Some(plain) = self.plain_spec(value, 0) {
            let dtype = self.dtype_of(dtype).or(plain.dtype);
            return Ok(Some(TensorSpec::new(plain.shape, dtype)));
        }
        let mut args = Args::of([value.clone()]);
        if !dtype.is_none() {
            args.keywords.push(("dtype".into(), dtype.clone()));
        }
        let converted = self.call_api(&"tf.convert_to_tensor".into(), args)?;
        Ok(match converted {
            Value::Tensor(id) => Some(self.trace.node(id).spec.clone()),
            _ => None,
        })
    }

    /// The spec of a number, or of a list of lists of numbers; nothing for anything else or for ragged lists.
    pub(crate) fn plain_spec(&self, value: &Value, depth: usize) -> Option<TensorSpec> {
        use crate::value::Plain;
        let items: Vec<Value> = match value {
            Value::Bool(_) | Value::Any(Plain::Bool) => {
                return Some(TensorSpec::new(Shape::scalar(), DType::Bool));
            }
            Value::Int(_) | Value::Any(Plain::Int) | Value::Dim(_) | Value::Drawn(_) => {
                return Some(TensorSpec::new(Shape::scalar(), DType::Int32));
            }
            Value::Float(_) | Value::Any(Plain::Float) => {
                return Some(TensorSpec::new(Shape::scalar(), DType::Float32));
            }
            Value::Str(_) | Value::Any(Plain::Str) => {
                return Some(TensorSpec::new(Shape::scalar(), DType::String));
            }
            Value::Tuple(items) => items.to_vec(),
            Value::List(id) => self.heap.list(*id)?.clone(),
            _ => return None,
        };
        let first = self.plain_spec(items.first().filter(|_| depth < 8)?, depth + 1)?;
        let mut dtype = first.dtype?;
        for item in &items[1..] {
            let spec = self.plain_spec(item, depth + 1)?;
            if spec.shape != first.shape {
                return None;
            }
            // Ints among floats are floats.
            match (dtype, spec.dtype?) {
                (a, b) if a == b => {}
                (DType::Int32, DType::Float32) => dtype = DType::Float32,
                (DType::Float32, DType::Int32) => {}
                _ => return None,
            }
        }
        let count = i64::try_from(items.len()).ok()?;
        let dims = std::iter::once(tensor::Dim::Known(count)).chain(first.shape.dims()?.iter().copied());
        Some(TensorSpec::new(Shape::new(dims), dtype))
    }

    /// Reads an attribute that only variables have; nothing for others.
    pub(crate) fn variable_attr(&mut self, id: NodeId, name: &str) -> Option<Value> {
        let variable = self.variable_of(id)?;
        let keras = self.keras == Keras::Three && !self.running.loose.contains(&variable);
        match name {
            // A Keras 3 variable's value is a property, a `tf.Variable`'s a method.
            "value" if keras => return Some(Value::Tensor(id)),
            "name" if keras => {
                let path = self.trace.variable(variable).name.clone();
                return Some(Value::str(path.rsplit('/').next().unwrap_or(&path)));
            }
            "trainable" => return Some(Value::Bool(self.trace.variable(variable).trainable)),
            "path" if keras => return Some(Value::Str(self.trace.variable(variable).name.clone())),
            "regularizer" if keras => return self.attached_object(id, keras::Attached::Regularizer).ok(),
            "constraint" if keras => return self.attached_object(id, keras::Attached::Constraint).ok(),
            "overwrite_with_gradient" if keras => {
                return Some(Value::Bool(self.running.overwritten.contains(&variable)));
            }
            _ => {}
        }
        let method = METHODS.iter().chain(variable_parts::METHODS).find(|m| m.name == name)?;
        let bound = Bound { object: Value::Tensor(id), function: Value::Native(method), owner: None };
        Some(Value::Bound(bound.into()))
    }

    /// Gives a variable the number of a value, in the variable's dtype; where that is not known it is lost.
    pub(crate) fn assign_value(&mut self, id: NodeId, value: &Value) -> Eval<()> {
        if !self.computes() {
            return Ok(());
        }
        let value = self.as_variable_takes(id, value)?;
        let assigned = matches!(&value, Value::Tensor(node) if self.assign_number(id, *node));
        if !assigned {
            self.without_number("the numbers that a variable is assigned are not known");
            self.lose_number(id);
        }
        Ok(())
    }

    /// A value as a tensor of a variable's dtype.
    pub(super) fn as_variable_takes(&mut self, id: NodeId, value: &Value) -> Eval {
        let Some(dtype) = self.trace.node(id).spec.dtype else { return Ok(value.clone()) };
        if let Value::Tensor(node) = value
            && self.trace.node(*node).spec.dtype == Some(dtype)
            && self.trace.node(*node).kind != TensorKind::Numpy
        {
            return Ok(value.clone());
        }
        let keywords = vec![("dtype".into(), Value::DType(dtype, DTypeObject::TensorFlow))];
        self.call_api(&"tf.cast".into(), Args { positional: vec![value.clone()], keywords })
    }

    /// What assigning to a `tf.Variable` returns where numbers are computed: an object that shows the value and assigns
    /// to the same variable. A script is only seen to print it.
    ///
    /// source: `tensorflow/python/ops/resource_variable_ops.py`, _UnreadVariable
    pub(crate) fn assigned(&mut self, id: NodeId) -> Value {
        if !self.computes() || self.graph_depth > 0 || self.is_keras_variable(id) {
            return Value::Tensor(id);
        }
        let node = self.trace.node(id);
        let (source, kind, spec) = (node.source, node.kind, node.spec.clone());
        let inputs = SmallVec::from_slice(&[(id, Flow::Ok)]);
        let (content, scope, span) = (Content::Unknown, ScopeId::default(), self.here());
        let new = self.trace.push(Node { source, kind, spec, content, inputs, span, scope });
        self.share_number(id, new);
        Value::Tensor(new)
    }

    /// The variable itself where a node is what assigning to it returned.
    pub(super) fn variable_itself(&self, id: NodeId) -> NodeId {
        self.variable_of(id).map_or(id, |variable| self.trace.variable(variable).node)
    }

    /// Forgets what a variable is known to hold, as its value changes.
    pub(crate) fn forget_content(&mut self, id: NodeId) {
        self.trace.node_mut(id).content = Content::Unknown;
    }
}

fn assign(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(Value::Tensor(id)) = args.positional.first() else { return Ok(Value::None) };
    let id = interp.variable_itself(*id);
    let value = args.get(1, "value").cloned().unwrap_or(Value::None);
    interp.forget_content(id);
    let given = match interp.flat_tensors(&value).as_slice() {
        [node] => Some(interp.trace.node(*node).spec.shape.clone()),
        _ => interp.spec_as_tensor(&value, &Value::None)?.map(|s| s.shape),
    };
    let own = interp.trace.node(id).spec.shape.clone();
    let Some(given) = given.filter(|g| !g.compatible(&own)) else {
        interp.assign_value(id, &value)?;
        return Ok(interp.assigned(id));
    };
    let loose = interp.variable_of(id).is_some_and(|v| interp.running.loose.contains(&v));
    let core = if interp.keras == Keras::Three && !loose {
        let shown = interp.repr(&Value::Tensor(id))?.unwrap_or_else(|| "<variable>".to_owned());
        format!(
            "The shape of the target variable and the shape of the target value in `variable.assign(value)` must \
             match. variable.shape={}, Received: value.shape={}. Target variable: {shown}",
            own.tuple(),
            given.tuple()
        )
    } else {
        let name = interp.variable_of(id).map(|v| interp.trace.variable(v).name.clone()).unwrap_or_default();
        format!(
            "Cannot assign value to variable ' {name}': Shape mismatch.The variable shape {}, and the assigned value \
             shape {} are incompatible.",
            own.tuple(),
            given.tuple()
        )
    };
    let mistake = ops::Mistake::Argument { param: "value", problem: "another shape".to_owned() };
    let violation = ops::Violation { class: Exc::ValueError, core, mistake };
    Err(interp.raise_violation(violation, "assign".into(), vec![("self".into(), id)]))
}

impl Interp<'_> {
    /// Refuses what a `tf.Variable` cannot be changed by: nothing broadcasts.
    ///
    /// source: `tensorflow/core/ops/resource_variable_ops.cc`, AssignAddVariableOp
    fn check_update(&mut self, id: NodeId, change: &Value, op: &str) -> Eval<()> {
        if change.is_unknown() {
            return Ok(());
        }
        let kernel = if op == "add" { "AssignAddVariableOp" } else { "AssignSubVariableOp" };
        let Some(found) = ops::find_op("variable_update") else { return Ok(()) };
        let given: Vec<(Rc<str>, ops::Arg)> = [("variable", &Value::Tensor(id)), ("change", change)]
            .map(|(name, value)| (name.into(), self.arg(value)))
            .into();
        self.call_op(found, kernel, ops::Surface::Tf, &given)?;
        Ok(())
    }
}

/// Changes a variable by an op of its value and something, or in a way that numbers are not known of.
fn update(interp: &mut Interp<'_>, args: &Args, op: &'static str) -> Eval {
    let Some(Value::Tensor(id)) = args.positional.first() else { return Ok(Value::None) };
    let id = interp.variable_itself(*id);
    interp.forget_content(id);
    let change = args.get(1, if interp.is_keras_variable(id) { "value" } else { "delta" }).cloned();
    if let Some(change) = change.as_ref().filter(|_| !interp.is_keras_variable(id)) {
        interp.check_update(id, change, op)?;
    }
    if interp.computes() {
        match &change {
            Some(change) => {
                // A variable changes in its own dtype, whatever it is read as.
                let read_as = interp.running.autocast.take();
                let change = interp.as_variable_takes(id, &change.clone())?;
                let sum = interp.op_on(op, &[("x", Value::Tensor(id)), ("y", change)]);
                interp.running.autocast = read_as;
                let sum = sum?;
                interp.assign_value(id, &sum)?;
            }
            None => interp.lose_number(id),
        }
    }
    Ok(interp.assigned(id))
}

/// Reads a variable's value as a tensor.
fn read(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(Value::Tensor(id)) = args.positional.first() else { return Ok(Value::None) };
    let spec = interp.trace.node(*id).spec.clone();
    let kind = if interp.graph_depth > 0 { TensorKind::Graph } else { TensorKind::Eager };
    let inputs = SmallVec::from_slice(&[(*id, Flow::Ok)]);
    let span = interp.here();
    let (content, source) = (Content::Unknown, Source::Opaque("a variable's value"));
    let scope = ScopeId::default();
    let new = interp.trace.push(Node { source, kind, spec, content, inputs, span, scope });
    interp.share_number(*id, new);
    Ok(Value::Tensor(new))
}
