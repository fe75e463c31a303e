//! Methods of every layer beside calling and building: configs, weights as arrays, shapes.

use graph::{NodeId, Source};
use ops::{Exc, Keras, Mistake, TensorKind, Violation};
use tensor::DType;

use crate::framework::layer_class::split_self;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::native::native;
use crate::raise::{Eval, Halt};
use crate::value::{Args, Native, Plain, Value};

/// Methods; the constructor and those that make weights are beside the class.
pub(crate) static METHODS: &[Native] = &[
    native("get_config", get_config),
    native("add_metric", add_metric),
    native("compute_output_shape", compute_output_shape),
    native("get_build_config", |interp, args| match this(&args) {
        Some(id) => {
            let class = interp.class_name(id);
            interp.call_model("keras.saving._build_config", [Value::Instance(id), Value::Str(class)])
        }
        None => Ok(Value::None),
    }),
    native("build_from_config", |interp, mut args| match split_self(&mut args) {
        Some(id) => {
            let config = args.get(0, "config").cloned().unwrap_or(Value::None);
            interp.call_model("keras.saving._build_from_config", [Value::Instance(id), config])
        }
        None => Ok(Value::None),
    }),
    native("compute_output_spec", compute_output_spec),
];

/// Properties.
pub(crate) static PROPERTIES: &[Native] = &[
    native("losses", losses),
    native("dtype", |i, a| dtype(i, &a, false)),
    native("compute_dtype", |i, a| dtype(i, &a, true)),
    native("variable_dtype", |i, a| dtype(i, &a, false)),
    native("dtype_policy", dtype_policy),
    native("input_shape", |i, a| call_shape(i, &a, true)),
    native("output_shape", |i, a| call_shape(i, &a, false)),
];

/// `reset_states()` of a recurrent layer or both halves of one, in Keras 3 also `reset_state()`: its states are zeros
/// again. In Keras 2 a model does so with its layers.
pub(crate) static RESET: Native = native("reset_states", |interp, args| {
    let Some(id) = this(&args) else { return Ok(Value::None) };
    for layer in interp.layers_within(id) {
        if interp.is_recurrent(layer) {
            interp.reset_slots(&super::training::Owner::Object(layer));
        }
    }
    Ok(Value::None)
});

/// Keras 3's `add_metric` only says that it is gone.
fn add_metric(interp: &mut Interp<'_>, _: Args) -> Eval {
    if interp.keras == Keras::Two {
        return Ok(Value::None);
    }
    let text = "Layer `add_metric()` method is deprecated. Add your metric in `Model.compile(metrics=[...])`, or create \
                metric trackers in init() or build() when subclassing the layer or model, then call \
                `metric.update_state()` whenever necessary.";
    Err(interp.raise(Exc::NotImplementedError, text))
}

fn this(args: &Args) -> Option<ObjId> {
    match args.positional.first() {
        Some(Value::Instance(id)) => Some(*id),
        _ => None,
    }
}

/// `Layer.get_config`.
fn get_config(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    interp.told_config(id)
}

impl Interp<'_> {
    /// Makes the config that a layer or model tells a script: the keys that are recorded of its class, a Lambda's
    /// function, a model's layers. It is remembered whose config it is.
    ///
    /// # Errors
    /// What a layer's own `get_config` raises, and `TypeError` for a Lambda's value that has no config.
    pub(crate) fn told_config(&mut self, id: ObjId) -> Eval {
        let class = self.heap.instance(id).map(|instance| instance.class);
        let told = if class.and_then(|class| self.framework_path(class)).as_deref()
            == Some("keras.layers.InputLayer")
        {
            self.call_model("keras.saving._input_config", [Value::Instance(id)])?
        } else if self.tells_what_it_was_made_with(id) {
            self.call_model("keras.saving._auto_config", [Value::Instance(id)])?
        } else if self.model(id).is_some() {
            self.call_model("keras.saving._model_config", [Value::Instance(id)])?
        } else {
            self.told_by_itself(id)?
        };
        if let Value::Dict(dict) = told {
            self.configs.insert(dict, id);
        }
        Ok(told)
    }

    /// Tells whether Keras makes a layer's config of its constructor's arguments: that of a class of the script's
    /// which derives from no class with a config, and defines none.
    ///
    /// source: keras/src/ops/operation.py: `get_config`, tf_keras/src/engine/base_layer.py: `get_config`
    pub(crate) fn tells_what_it_was_made_with(&mut self, id: ObjId) -> bool {
        let Some(state) = self.layer(id) else { return false };
        let connected = state.model.as_ref().is_some_and(|m| m.sequential.is_some() || m.graph.is_some());
        let plain = state.decl.is_none() && state.lambda.is_none() && !connected;
        let class = self.heap.instance(id).map(|instance| instance.class);
        plain
            && class.is_some_and(|class| self.class(class).path.is_none())
            && self.script_method(id, "get_config").is_none()
    }

    /// What an object tells of itself, without the layers that a model is made of.
    ///
    /// # Errors
    /// As [`Interp::told_config`].
    pub(crate) fn told_by_itself(&mut self, id: ObjId) -> Eval {
        let given = self.given_config(id)?;
        Ok(match self.recorded_keys(id)?.filter(|_| self.model(id).is_none()) {
            Some((class, keys)) => {
                let policy = self.layer(id).map(|s| policy_name(s.compute_dtype, s.variable_dtype));
                let policy = Value::str(&policy.unwrap_or_default());
                let shape = self.told_input(id);
                self.call_model(
                    "keras.saving._layer_config",
                    [given, Value::str(&class), policy, keys, shape],
                )?
            }
            None => given,
        })
    }

    /// The shape that the constructor's arguments give to a layer's input, which Keras 2 tells.
    fn told_input(&mut self, id: ObjId) -> Value {
        let Some(asked) = self.input_asked_for(id).filter(|_| self.keras == Keras::Two) else {
            return Value::None;
        };
        let batch = self.layer_arg(id, "batch_size").filter(|size| !size.is_none()).cloned();
        let size = |size: Option<tensor::Dim>| match size {
            Some(tensor::Dim::Known(size)) => Value::Int(size),
            Some(size) => Value::Dim(size),
            None => Value::None,
        };
        let mut sizes: Vec<Value> = asked.into_iter().map(size).collect();
        if let (Some(batch), Some(first @ Value::None)) = (batch, sizes.first_mut()) {
            *first = self.value_of(&batch);
        }
        Value::tuple(sizes)
    }

    /// The name of the class of Keras' that an object is of or derives from, and the keys that it tells, each with the
    /// value that it has where no argument gives one: `[("units",), ("implementation", 2)]`.
    fn recorded_keys(&mut self, id: ObjId) -> Eval<Option<(String, Value)>> {
        let Some(class) = self.heap.instance(id).map(|i| i.class) else { return Ok(None) };
        let path = self.framework_path(class);
        let profile = crate::value::profile(self.keras);
        let Some(path) = path else { return Ok(None) };
        let Some(recorded) = names::config_keys(profile, &path) else { return Ok(None) };
        let mut keys = Vec::new();
        for (key, value) in recorded {
            let value = value.map(|value| self.json_value(value)).transpose()?;
            keys.push(Value::tuple(std::iter::once(Value::str(key)).chain(value)));
        }
        let own = names::canonical(profile, &path).and_then(|d| d.rsplit(':').next()).unwrap_or(&path);
        let own = own.rsplit('.').next().unwrap_or(own).to_owned();
        Ok(Some((own, self.new_list(keys))))
    }

    /// Reads a value that is recorded as JSON.
    pub(crate) fn json_value(&mut self, text: &str) -> Eval {
        match crate::native::find_function("json.loads") {
            Some(read) => (read.call)(self, Args::of([Value::str(text)])),
            None => Ok(Value::None),
        }
    }

    /// What a layer or model was given: its name and flags, a declared class's arguments, a Lambda's function.
    fn given_config(&mut self, id: ObjId) -> Eval {
        let Some(state) = self.layer(id) else { return Ok(Value::None) };
        let (name, trainable, config) = (state.name.clone(), state.trainable, state.config.clone());
        let lambda = state.lambda.clone();
        let mut pairs =
            vec![(Value::str("name"), Value::Str(name)), (Value::str("trainable"), Value::Bool(trainable))];
        for (key, arg) in config {
            if !pairs.iter().any(|(k, _)| k.as_str() == Some(&key)) {
                pairs.push((Value::Str(key), self.value_of(&arg)));
            }
        }
        if let Some(lambda) = lambda {
            if self.keras == Keras::Three {
                self.check_lambda_serialisable(id, super::serialise::Form::Config)?;
            }
            pairs.retain(|(key, _)| !matches!(key.as_str(), Some("function" | "arguments")));
            pairs.push((Value::str("function"), Value::Any(Plain::Str)));
            pairs.push((Value::str("arguments"), lambda.arguments));
        }
        Ok(self.new_dict(pairs))
    }

    /// Reads an attribute of one of Keras' layers that is there whatever the class is; the inner `None` says that there
    /// is none: `build` makes the weights.
    ///
    /// # Errors
    /// `AttributeError` where Keras 3's property refuses to be read before the layer is built.
    pub(crate) fn layer_attr(&mut self, id: ObjId, name: &str) -> Eval<Option<Option<Value>>> {
        if let Some(answer) = self.training_attr(id, name) {
            return Ok(Some(answer));
        }
        if self.keras == Keras::Two
            && matches!(name, "stateful" | "dynamic")
            && self.input_layers.values().any(|input| *input == id)
        {
            return Ok(Some(Some(Value::Bool(false))));
        }
        let Some(state) =
            self.layer(id).filter(|s| s.decl.is_some() && s.lost.is_none() && s.model.is_none())
        else {
            return Ok(None);
        };
        let class = state.decl.map_or("", |decl| decl.name);
        // Not even `None` before `build`.
        let makes = match name {
            "bias" => MAKES_BIAS.iter().any(|kind| class.starts_with(kind)),
            "gamma" | "beta" => matches!(class, "LayerNormalization" | "GroupNormalization"),
            "depthwise_kernel" | "pointwise_kernel" => class.starts_with("Separable"),
            _ => false,
        };
        if makes && !state.built {
            return Ok(Some(None));
        }
        let guarded = match name {
            "kernel" => matches!(class, "Dense" | "EinsumDense" | "Conv1D" | "Conv2D" | "Conv3D"),
            "embeddings" => class == "Embedding",
            _ => false,
        };
        if self.keras == Keras::Three {
            if guarded && !state.built {
                let text = format!("You must build the layer before accessing `{name}`.");
                return Err(self.raise(Exc::AttributeError, text));
            }
            return Ok(None);
        }
        Ok(self.layer2_attr(id, name))
    }

    fn layer2_attr(&mut self, id: ObjId, name: &str) -> Option<Option<Value>> {
        let state = self.layer(id)?;
        match name {
            "updates" => Some(Some(self.new_list(Vec::new()))),
            "inbound_nodes" | "outbound_nodes" if state.calls.is_empty() => {
                Some(Some(self.new_list(Vec::new())))
            }
            "stateful" | "dynamic" => match self.layer_arg(id, name).cloned() {
                None | Some(ops::Arg::Missing) => Some(Some(Value::Bool(false))),
                Some(given) => Some(Some(self.value_of(&given))),
            },
            "mean" | "variance" if self.lacks_statistics(id) => Some(None),
            "kernel" | "recurrent_kernel" | "bias" | "depthwise_kernel" | "pointwise_kernel"
            | "embeddings" | "gamma" | "beta"
                if !state.built =>
            {
                Some(None)
            }
            _ => None,
        }
    }

    /// Tells whether a `Normalization` of Keras 2 is still without the attributes that `build` and `adapt` set.
    pub(crate) fn lacks_statistics(&self, id: ObjId) -> bool {
        let new = |s: &super::layer::LayerState| {
            s.decl.is_some_and(|decl| decl.name == "Normalization") && !s.built && s.lost.is_none()
        };
        self.keras == Keras::Two && self.layer(id).is_some_and(new) && !self.has_adapted(id)
    }

    /// Tells whether a layer or one within adds what its activity regularizer makes of outputs, which is followed only
    /// with numbers.
    fn penalises_activity(&self, id: ObjId, depth: u32) -> bool {
        let Some(state) = self.layer(id).filter(|_| depth < 16 && !self.computes()) else { return false };
        let own = keras::Activity::of(state.decl.map_or("", |decl| decl.name), &state.config).is_some();
        (own && state.built) || state.sublayers.iter().any(|l| self.penalises_activity(*l, depth + 1))
    }

    /// Tells whether a class of Keras' layers has a method from the base class of all layers.
    pub(crate) fn inherits(&self, class: &str, method: &str) -> bool {
        let path = format!("keras.layers.{class}");
        let member = names::class_member(crate::value::profile(self.keras), &path, method).entry();
        member.is_some_and(|entry| entry.path.ends_with(&format!(":Layer.{method}")))
    }

    /// What Keras 2's `compute_output_shape` answers of the classes in which it is `return input_shape`.
    fn input_shape_back(&mut self, id: ObjId, shape: &Value) -> Option<Value> {
        let class = self.class_name(id);
        if !RETURNS_INPUT.contains(&&*class) && !CONVERTS_INPUT.contains(&&*class) {
            return None;
        }
        let mode = self.layer_arg(id, "output_mode");
        if mode.is_some_and(|mode| !matches!(mode, ops::Arg::Str(mode) if &**mode == "int")) {
            return None;
        }
        if RETURNS_INPUT.contains(&&*class) {
            return Some(shape.clone());
        }
        // `@tf_utils.shape_type_conversion`
        self.dims_of(shape).map(|dims| Value::Shape(tensor::Shape::new(dims)))
    }

    /// What a class of Keras 2 answers whose `compute_output_shape` is a formula of its own, which
    /// `libraries/models/keras_shapes.py` has; nothing where it is none, or an argument of the layer is not known.
    fn shape_by_formula(&mut self, id: ObjId, shape: &Value) -> Eval<Option<Value>> {
        let Some(state) = self.layer(id).filter(|s| s.lost.is_none()) else { return Ok(None) };
        let known = state.config.iter().all(|(_, arg)| !matches!(arg, ops::Arg::Unknown));
        let Some(decl) = state.decl.filter(|_| known) else { return Ok(None) };
        let given = [Value::Instance(id), Value::str(decl.name), shape.clone()];
        let answer = self.call_model("keras.layers._output_shape", given)?;
        Ok(Some(answer).filter(|answer| !answer.is_none()))
    }

    /// The shapes that `compute_output_shape` is asked about, in which `None` is a size that Keras leaves open.
    fn asked_shapes(&mut self, given: &Value) -> Vec<tensor::Shape> {
        let shapes = self.shapes_of(given);
        if self.hides_size(given, 0) {
            return shapes;
        }
        let open = |dim: &tensor::Dim| matches!(dim, tensor::Dim::Unknown);
        let named = shapes.into_iter().map(|shape| match shape.dims() {
            Some(dims) if dims.iter().any(open) => {
                let dims: Vec<_> = dims.to_vec();
                let dims = dims.into_iter().map(|d| if open(&d) { self.new_symbol() } else { d });
                tensor::Shape::new(dims.collect::<Vec<_>>())
            }
            _ => shape,
        });
        named.collect()
    }

    /// Tells whether one of the sizes in shapes is a number that is not known.
    fn hides_size(&self, given: &Value, depth: u32) -> bool {
        let within = |items: &[Value]| items.iter().any(|item| self.hides_size(item, depth + 1));
        match given {
            Value::None | Value::Int(_) | Value::Str(_) => false,
            _ if depth > 16 => true,
            Value::Tuple(items) => within(items),
            Value::List(id) => self.heap.list(*id).is_none_or(|items| within(items)),
            _ => true,
        }
    }

    /// Raises what Keras 3's base class raises for a class that does not say what shape it answers.
    fn refuse_base_shape(&mut self, id: ObjId) -> Eval<()> {
        let Some(state) = self.layer(id).filter(|s| self.keras == Keras::Three && s.model.is_none()) else {
            return Ok(());
        };
        let class = self.heap.instance(id).map(|instance| instance.class);
        let path = class.and_then(|class| self.framework_path(class));
        let base = match state.decl {
            Some(decl) => self.inherits(decl.name, "compute_output_shape"),
            // A class that derives from nothing else, or one that only stands for an input.
            None => matches!(path.as_deref(), Some("keras.layers.Layer" | "keras.layers.InputLayer")),
        };
        if !base || class.is_none_or(|class| self.class(class).open) {
            return Ok(());
        }
        let text = format!(
            "Layer {} does not have a `compute_output_shape` method implemented. Should implement `def \
             compute_output_shape(self, input_shape)`.",
            self.class_name(id)
        );
        Err(self.raise(Exc::NotImplementedError, text))
    }
}

/// The beginnings of the names of the classes whose `bias` is an attribute that `build` makes.
const MAKES_BIAS: &[&str] = &["Dense", "EinsumDense", "Conv1D", "Conv2D", "Conv3D", "Depthwise", "Separable"];

/// The name of the policy that computes in one dtype and keeps variables in another: `mixed_float16`.
pub(crate) fn policy_name(compute: DType, variable: DType) -> String {
    if compute == variable { compute.name().to_owned() } else { format!("mixed_{}", compute.name()) }
}

fn losses(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(id) = this(&args) else { return Ok(Value::None) };
    if interp.model(id).is_some_and(|m| m.with_losses.is_some()) {
        return Ok(interp.unknown("the losses that are computed of a model's tensors"));
    }
    if interp.penalises_activity(id, 0) {
        return Ok(interp.unknown("the losses of what a layer was called on"));
    }
    let settled = interp.computes() && interp.graph_depth == 0;
    let mut nodes = if settled { interp.traced_losses(id) } else { Vec::new() };
    nodes.extend(interp.added_losses(id));
    Ok(interp.new_list(nodes.into_iter().map(Value::Tensor).collect()))
}

fn dtype(interp: &mut Interp<'_>, args: &Args, compute: bool) -> Eval {
    let state = this(args).and_then(|id| interp.layer(id));
    if state.is_some_and(|s| s.lost.is_some() && s.decl.is_some()) {
        return Ok(interp.unknown("the policy of a layer that cannot be followed"));
    }
    let dtype = state.map_or(DType::Float32, |s| if compute { s.compute_dtype } else { s.variable_dtype });
    Ok(Value::str(dtype.name()))
}

/// `layer.dtype_policy`: an object by the policy's name.
fn dtype_policy(interp: &mut Interp<'_>, args: Args) -> Eval {
    let state = this(&args).and_then(|id| interp.layer(id)).filter(|state| state.lost.is_none());
    let Some(name) = state.map(|s| policy_name(s.compute_dtype, s.variable_dtype)) else {
        return Ok(interp.unknown("the policy of a layer that cannot be followed"));
    };
    let class = match interp.keras {
        Keras::Two => "keras.mixed_precision.Policy",
        Keras::Three => "keras.DTypePolicy",
    };
    interp.call_model(class, [Value::str(&name)])
}

/// `layer.output_shape`: the shapes of the first symbolic call's inputs or outputs.
fn call_shape(interp: &mut Interp<'_>, args: &Args, input: bool) -> Eval {
    let Some(id) = this(args) else { return Ok(Value::None) };
    if interp.keras == Keras::Three {
        let name = if input { "input_shape" } else { "output_shape" };
        // It is a name like any other, which a layer of the script's may set.
        if let Some(own) = interp.heap.instance(id).and_then(|instance| instance.attrs.get(name)) {
            return Ok(own.clone());
        }
        let class = interp.class_name(id);
        let core = format!("'{class}' object has no attribute '{name}'");
        let mistake = Mistake::MissingName { name: name.to_owned() };
        let violation = Violation { class: Exc::AttributeError, core, mistake };
        return Err(interp.raise_violation(violation, format!("keras.layers.{class}").into(), Vec::new()));
    }
    let call = interp.layer(id).and_then(|s| s.calls.first()).copied();
    let call = call.and_then(|c| interp.keras_calls.get(c as usize)).cloned();
    let Some(call) = call else {
        let node = interp.input_layers.iter().find(|(_, l)| **l == id).map(|(n, _)| *n);
        return match node {
            // An Input layer's call has lists of tensors.
            Some(node) => {
                let shape = shape_value(interp, &[node]);
                Ok(interp.new_list(vec![shape]))
            }
            None if interp.layer(id).is_some_and(|s| s.decl.is_some() && s.lost.is_none()) => {
                let name = interp.layer(id).map(|s| s.name.clone()).unwrap_or_default();
                let what = if input { "input" } else { "output" };
                let note = " Note that the `input_shape` property is only available for Functional and Sequential models.";
                let text = format!(
                    "The layer \"{name}\" has never been called and thus has no defined {what} shape.{}",
                    if input { note } else { "" }
                );
                Err(interp.raise(Exc::AttributeError, text))
            }
            None => Ok(interp.unknown("the shape of a layer that was not called")),
        };
    };
    let nodes = if input { call.inputs } else { interp.flat_tensors(&call.outputs) };
    Ok(shape_value(interp, &nodes))
}

/// A shape with `None` for the sizes that Keras leaves open.
fn static_sizes(shape: Value) -> Value {
    match shape {
        Value::Tuple(items) => Value::tuple(items.iter().map(|item| match item {
            Value::Dim(dim) => Value::static_dim(*dim),
            other => other.clone(),
        })),
        other => other,
    }
}

/// The shape of a tensor, or a list of those of several.
pub(super) fn shape_value(interp: &mut Interp<'_>, nodes: &[NodeId]) -> Value {
    let shapes: Vec<tensor::Shape> = nodes.iter().map(|n| interp.trace.node(*n).spec.shape.clone()).collect();
    let mut values: Vec<Value> = shapes.iter().map(|s| interp.shape_tuple(s, false)).collect();
    if values.len() == 1 { values.remove(0) } else { interp.new_list(values) }
}

/// `MultiHeadAttention.compute_output_shape(query_shape, value_shape, key_shape=None)`.
fn attention_shape(interp: &mut Interp<'_>, id: ObjId, args: &Args) -> Eval {
    let own = interp.layer_arg(id, "output_shape").cloned().unwrap_or(ops::Arg::None);
    let mut given = vec![interp.value_of(&own)];
    for (at, name) in ["query_shape", "value_shape", "key_shape"].into_iter().enumerate() {
        given.push(args.get(at, name).cloned().unwrap_or(Value::None));
    }
    if given[1].is_none() || given[2].is_none() {
        return Ok(interp.unknown("the output shape of an attention"));
    }
    interp.call_model("keras.layers._attention_shape", given)
}

/// Keras 3's `layer.compute_output_spec(x)` of a class that says what shape it answers.
fn compute_output_spec(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(id) = this(&args) else { return Ok(Value::None) };
    if interp.keras == Keras::Two {
        let text = format!("'{}' object has no attribute 'compute_output_spec'", interp.class_name(id));
        return Err(interp.raise(Exc::AttributeError, text));
    }
    let declared = interp.layer(id).is_some_and(|s| {
        s.lost.is_none() && s.model.is_none() && s.decl.is_some_and(|decl| decl.output_shape.is_some())
    });
    let [_, Value::Tensor(node)] = args.positional[..] else {
        return Ok(interp.unknown("what a layer answers for what is no tensor"));
    };
    if !declared || !args.keywords.is_empty() {
        return Ok(interp.unknown("what a layer would answer"));
    }
    let shape = interp.trace.node(node).spec.shape.clone();
    let shape = interp.shape_tuple(&shape, false);
    let shape = compute_output_shape(interp, Args::of([Value::Instance(id), shape]))?;
    if shape.is_unknown() {
        return Ok(shape);
    }
    interp.keras_tensors_of_shape(id, &shape)
}

/// `layer.compute_output_shape(shape)`: the shape of a call on a tensor of that shape.
fn compute_output_shape(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    if interp.layer(id).is_some_and(|s| s.decl.is_some_and(|d| d.name == "MultiHeadAttention")) {
        return attention_shape(interp, id, &args);
    }
    interp.refuse_base_shape(id)?;
    let unbuilt = |s: &super::layer::LayerState| {
        s.decl.is_some_and(|decl| decl.name == "EinsumDense") && !s.built && s.lost.is_none()
    };
    if interp.keras == Keras::Two && interp.layer(id).is_some_and(unbuilt) {
        let text = format!("'{}' object has no attribute 'full_output_shape'", interp.class_name(id));
        return Err(interp.raise(Exc::AttributeError, text));
    }
    let shape = args.get(0, "input_shape").cloned().unwrap_or(Value::None);
    if interp.keras == Keras::Two
        && interp.script_method(id, "call").is_none()
        && let Some(answer) = interp.input_shape_back(id, &shape)
    {
        return Ok(answer);
    }
    if interp.keras == Keras::Two
        && interp.script_method(id, "call").is_none()
        && let Some(answer) = interp.shape_by_formula(id, &shape)?
    {
        return Ok(answer);
    }
    let shapes = interp.asked_shapes(&shape);
    let dtype = interp.layer(id).map(|s| s.compute_dtype);
    let span = interp.here();
    let tensors: Vec<Value> = shapes
        .into_iter()
        .map(|shape| {
            let spec = tensor::TensorSpec::new(shape, dtype);
            Value::Tensor(interp.trace.add(Source::Input, TensorKind::Keras, spec, span))
        })
        .collect();
    let input = match tensors.as_slice() {
        [] => return Ok(interp.unknown("the output shape for a shape that is not known")),
        [one] => one.clone(),
        _ => interp.new_list(tensors),
    };
    let rule = interp.layer(id).and_then(|s| s.decl).and_then(|d| d.output_shape);
    if let (Keras::Three, Some(rule)) = (interp.keras, rule)
        && interp.script_method(id, "call").is_none()
    {
        // The class defines it; it neither builds the layer nor looks at the input spec.
        let input = interp.arg(&input);
        let answer = rule(&mut super::host::LayerHost { interp, id }, &input);
        let name = interp.class_name(id);
        let shape = match interp.settle(answer, &name, Vec::new)? {
            Ok(shape) => static_sizes(interp.value_of(&shape)),
            Err(why) => return Ok(interp.unknown(why)),
        };
        let nodes = interp.flat_tensors(&shape);
        return Ok(if nodes.is_empty() { shape } else { shape_value(interp, &nodes) });
    }
    interp.layer_depth += 1;
    let before = interp.layer(id).map(|s| s.calls.len()).unwrap_or(0);
    let result = interp.call_layer(id, Args::of([input]));
    interp.layer_depth -= 1;
    if let Some(state) = interp.layer_mut(id) {
        state.calls.truncate(before);
    }
    let class = interp.class_name(id);
    let declared = interp.layer(id).is_some_and(|s| s.decl.is_some());
    let output = match result {
        // A class of Keras 2 that says itself what it answers looks at less than a call does.
        Err(Halt::Exception(_)) if interp.keras == Keras::Two && declared && !class.ends_with("Cell") => {
            return Ok(interp.unknown("the output shape of a layer that refuses its input"));
        }
        Err(Halt::Exception(e))
            if interp.keras == Keras::Two && &*interp.exception_name(e) == "TypeError" =>
        {
            let text = format!(
                "We could not automatically infer the static shape of the layer's output. Please implement the \
                 `compute_output_shape` method on your layer ({}).",
                class
            );
            return Err(interp.raise(Exc::NotImplementedError, text));
        }
        result => result?,
    };
    if output.is_unknown() {
        return Ok(output);
    }
    let nodes = interp.flat_tensors(&output);
    if interp.keras == Keras::Three {
        return Ok(shape_value(interp, &nodes));
    }
    let shapes: Vec<tensor::Shape> = nodes.iter().map(|n| interp.trace.node(*n).spec.shape.clone()).collect();
    Ok(match shapes.as_slice() {
        [one] => Value::Shape(one.clone()),
        _ => interp.new_list(shapes.into_iter().map(Value::Shape).collect()),
    })
}

/// The classes of Keras 2 whose `compute_output_shape` gives back what it gets.
const RETURNS_INPUT: &[&str] = &[
    "Activation",
    "ActivityRegularization",
    "BatchNormalization",
    "Discretization",
    "Dropout",
    "GroupNormalization",
    "Hashing",
    "IntegerLookup",
    "LayerNormalization",
    "Masking",
    "Normalization",
    "RandomContrast",
    "RandomFlip",
    "RandomRotation",
    "RandomTranslation",
    "RandomZoom",
    "Rescaling",
    "StringLookup",
    "UnitNormalization",
];

/// Those whose answer a decorator makes a `TensorShape`.
const CONVERTS_INPUT: &[&str] = &[
    "AlphaDropout",
    "ELU",
    "GaussianDropout",
    "GaussianNoise",
    "LeakyReLU",
    "PReLU",
    "ReLU",
    "Softmax",
    "ThresholdedReLU",
];
