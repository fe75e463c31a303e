//! `keras.layers.Layer`: constructor, weights, properties.

use std::rc::Rc;

use ops::Arg;
use tensor::{DType, Dim};

use crate::heap::ObjId;
use crate::interp::Interp;
use crate::native::{NativeClass, NativeState, native};
use crate::raise::Eval;
use crate::value::{Args, Native, Value};

/// `keras.layers.Layer`.
pub(crate) static LAYER: NativeClass = NativeClass {
    path: "keras.layers.Layer",
    state: || NativeState::Layer(Box::default()),
    methods: &[METHODS, super::layer_methods::METHODS, super::weights::METHODS, super::adapt::METHODS],
    properties: &[PROPERTIES, super::layer_methods::PROPERTIES],
};

static METHODS: &[Native] = &[
    native("__init__", init),
    native("__call__", call),
    native("build", build),
    native("add_weight", add_weight),
    native("add_variable", add_variable),
    native("add_loss", super::added_loss::add_loss),
    native("_register_call_context_args", |interp, mut args| {
        if let Some(id) = split_self(&mut args) {
            interp.lose_layer(id, "a layer whose call takes arguments of its context");
        }
        Ok(Value::None)
    }),
    native("compute_mask", compute_mask),
    native("count_params", count_params),
];

static PROPERTIES: &[Native] = &[
    native("name", |i, a| Ok(this(i, &a).map_or(Value::None, |(_, s)| Value::Str(s.name.clone())))),
    native("built", |i, a| Ok(this(i, &a).map_or(Value::None, |(_, s)| Value::Bool(s.is_built(i.keras))))),
    native("trainable", |i, a| Ok(this(i, &a).map_or(Value::None, |(_, s)| Value::Bool(s.trainable)))),
    native("weights", |i, a| variables(i, &a, true, true)),
    native("variables", |i, a| with_seeds(i, &a, None)),
    native("trainable_weights", |i, a| variables(i, &a, true, false)),
    native("trainable_variables", |i, a| variables(i, &a, true, false)),
    native("non_trainable_weights", |i, a| variables(i, &a, false, true)),
    native("non_trainable_variables", |i, a| with_seeds(i, &a, Some(false))),
    native("output", |i, a| symbolic(i, &a, false)),
    native("input", |i, a| symbolic(i, &a, true)),
];

fn this<'i>(interp: &'i Interp<'_>, args: &Args) -> Option<(ObjId, &'i super::layer::LayerState)> {
    match args.positional.first() {
        Some(Value::Instance(id)) => interp.layer(*id).map(|s| (*id, s)),
        _ => None,
    }
}

/// Arguments by the names of their parameters.
type Arguments = Vec<(Rc<str>, Arg)>;

/// Takes the instance off the arguments.
pub(crate) fn split_self(args: &mut Args) -> Option<ObjId> {
    match args.positional.first() {
        Some(Value::Instance(id)) => {
            let id = *id;
            args.positional.remove(0);
            Some(id)
        }
        _ => None,
    }
}

/// The constructor of every layer: `name`, `trainable`, `dtype` of the base, the class's own by its signature.
fn init(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    interp.init_layer(id, args)?;
    Ok(Value::None)
}

/// The lists that the constructor of a layer keeps under names that a script may give its methods.
///
/// source: tf_keras/src/engine/base_layer.py, keras/src/layers/layer.py: `__init__`
/// What stands for a layer's name that is not known: no two of them are the same for that.
pub(super) const UNKNOWN_NAME: &str = "…";

const LISTS_OF_TWO: &[&str] = &["_losses", "_metrics", "_updates", "_callable_losses"];
const LISTS_OF_THREE: &[&str] = &["_losses", "_metrics", "_layers"];

impl Interp<'_> {
    /// Names the positional arguments of `Layer.__init__`, of which Keras 3 takes none.
    fn bind_base(&mut self, id: ObjId, mut args: Args) -> Eval<Args> {
        const PLACES: [&str; 4] = ["trainable", "name", "dtype", "dynamic"];
        let given = args.positional.len();
        if given == 0 || self.layer(id).is_none_or(|state| state.model.is_some()) {
            return Ok(args);
        }
        let problem = match self.keras {
            ops::Keras::Three => format!("takes 1 positional argument but {} were given", given + 1),
            ops::Keras::Two if given > PLACES.len() => {
                format!("takes from 1 to 5 positional arguments but {} were given", given + 1)
            }
            ops::Keras::Two => {
                let twice = PLACES[..given].iter().find(|name| args.keyword(name).is_some());
                match twice {
                    Some(name) => format!("got multiple values for argument '{name}'"),
                    None => {
                        let named = PLACES.iter().map(|name| Rc::from(*name));
                        args.keywords.extend(named.zip(args.positional.drain(..)));
                        return Ok(args);
                    }
                }
            }
        };
        Err(self.raise(ops::Exc::TypeError, format!("Layer.__init__() {problem}")))
    }

    /// Carries out `Layer.__init__` and a declared class's constructor.
    ///
    /// # Errors
    /// `TypeError` for arguments that do not fit, and what the constructor checks.
    pub fn init_layer(&mut self, id: ObjId, args: Args) -> Eval<()> {
        let class_name = self.class_name(id);
        let decl = self.layer(id).and_then(|s| s.decl);
        let undeclared = decl.is_none() && self.is_undeclared(id);
        let (config, base) = if let Some(decl) = decl {
            let (mut config, base) = self.bind_constructor(id, decl.name, args)?;
            self.make_named_objects(&mut config)?;
            (config, base)
        } else {
            let args = if undeclared { args } else { self.bind_base(id, args)? };
            let keywords: Vec<_> =
                args.keywords.iter().map(|(name, v)| (name.clone(), self.arg(v))).collect();
            (keywords.clone(), keywords)
        };
        if undeclared {
            self.lose_layer(id, "a layer of a class that is not modelled");
        } else {
            self.check_base(id, &config, &base)?;
        }
        let base_arg = |name: &str| config.iter().find(|(n, _)| &**n == name).map(|(_, a)| a.clone());
        let (name, trainable) = (base_arg("name"), base_arg("trainable"));
        let dtype = base_arg("dtype").filter(|d| !d.is_none() && *d != Arg::Missing);
        if !undeclared && let Some(state) = self.layer_mut(id) {
            // Of a class of the script's own this keeps `Lambda(f, input_shape=(3,))`, which makes a Sequential's Input.
            state.config = config;
        }
        let name: Rc<str> = match name {
            Some(Arg::Str(name)) => name,
            Some(Arg::None | Arg::Missing) | None => self.unique_name(&keras::snake_case(&class_name)),
            Some(_) => {
                self.unknown("a layer's name that is not known");
                UNKNOWN_NAME.into()
            }
        };
        let policy = dtype.map_or(Some(self.policy), |dtype| {
            let dtype = self.value_of(&dtype);
            self.policy_of(&dtype)
        });
        let (compute, variable) = policy.unwrap_or(self.policy);
        if let Some(state) = self.layer_mut(id) {
            state.name = name;
            state.initialised = true;
            state.compute_dtype = compute;
            state.variable_dtype = variable;
        }
        self.hide_methods(id);
        // `class Pool(Layer): input_spec = InputSpec(ndim=4)`
        let class = self.heap.instance(id).map(|instance| instance.class);
        if let Some((spec, _)) = class.and_then(|class| self.class_attr(class, "input_spec"))
            && matches!(spec, Value::Instance(_) | Value::List(_) | Value::Tuple(_))
        {
            self.take_input_spec(id, &spec)?;
        }
        if policy.is_none() {
            // `Dense(2, dtype="int8_from_float32")` has other variables than a `Dense`.
            self.lose_layer(id, "a layer of a dtype policy that is not followed");
        }
        if let Some(trainable) = trainable.filter(|t| *t != Arg::Missing) {
            let trainable = self.value_of(&trainable);
            if let Some(truth) = self.truth(&trainable)? {
                self.set_trainable(id, truth);
            }
        }
        if let Some(decl) = decl {
            let answer = (decl.init)(&mut super::host::LayerHost { interp: self, id });
            if let Err(why) = self.settle(answer, decl.name, Vec::new)? {
                self.lose_layer(id, why);
            }
            // `Embedding(10, 4, weights=table)` is built at once in Keras 3.
            if self.keras == ops::Keras::Three && self.layer(id).is_some_and(super::layer_call::has_table) {
                self.build_layer(id, Value::None)?;
            }
        }
        Ok(())
    }

    /// Checks what `Layer.__init__` gets: `config` has all arguments of the constructor, `extra` those of which the
    /// class's own signature says nothing.
    fn check_base(&mut self, id: ObjId, config: &[(Rc<str>, Arg)], extra: &[(Rc<str>, Arg)]) -> Eval<()> {
        let strange: Vec<_> =
            extra.iter().filter(|(keyword, _)| !self.takes_keyword(id, keyword)).cloned().collect();
        let class = self.class_name(id);
        let base = keras::BaseArgs {
            keras: self.keras,
            class: &class,
            keywords: config,
            has_custom_objects: self.registers_objects(),
        };
        let answer = keras::check_base(&base, &strange);
        if let Err(why) = self.settle(answer, &class, Vec::new)? {
            self.lose_layer(id, why);
        }
        Ok(())
    }

    /// Tells whether a constructor of Keras' that an instance's class has or inherits takes a keyword: the one of
    /// the layer's class by itself, those of its base classes through `**kwargs`.
    fn takes_keyword(&self, id: ObjId, keyword: &str) -> bool {
        let Some(class) = self.heap.instance(id).map(|i| i.class) else { return true };
        let framework = self.framework_path(class);
        let Some(path) = framework.filter(|path| &**path != super::model::FUNCTIONAL) else { return true };
        let name = path.rsplit('.').next().unwrap_or(&path);
        if keras::knows_keyword(self.keras, name, keyword) {
            return true;
        }
        let profile = crate::value::profile(self.keras);
        names::mro(profile, &path).into_iter().take_while(|c| !c.ends_with(":Layer")).any(|class| {
            let names::Existence::Exists(init) = names::class_member(profile, class, "__init__") else {
                return false;
            };
            let signature = python::parse_signature(init.signature);
            signature.is_none_or(|s| s.params.iter().any(|p| &*p.name == keyword))
        })
    }

    /// Tells whether an instance is of a class of Keras' that has neither a declaration nor native code.
    fn is_undeclared(&self, id: ObjId) -> bool {
        let Some(class) = self.heap.instance(id).map(|i| i.class) else { return false };
        let mut framework = self.class(class).mro.iter().filter(|c| self.class(**c).path.is_some());
        framework.next().is_some_and(|c| {
            let class = self.class(*c);
            class.native.is_none() && class.path.as_deref() != Some(super::model::FUNCTIONAL)
        })
    }

    /// Says that a layer's state can no longer be followed.
    pub(crate) fn lose_layer(&mut self, id: ObjId, why: &'static str) {
        if let Some(state) = self.layer_mut(id)
            && state.lost.is_none()
        {
            state.lost = Some(why);
        }
    }

    /// Puts Keras' own lists before methods of the script's that have their names, as `Layer.__init__` does.
    fn hide_methods(&mut self, id: ObjId) {
        let names = match self.keras {
            ops::Keras::Two => LISTS_OF_TWO,
            ops::Keras::Three => LISTS_OF_THREE,
        };
        for name in names {
            if self.script_method(id, name).is_some() {
                let list = self.new_list(Vec::new());
                if let Some(instance) = self.heap.instance_mut(id) {
                    instance.attrs.insert((*name).into(), list);
                }
            }
        }
    }

    /// Loses a layer, and all in it, that a call on what is not known may have built.
    pub(crate) fn lose_unbuilt(&mut self, id: ObjId, depth: u32) {
        let Some(state) = self.layer(id).filter(|_| depth < 64) else { return };
        let (built, within) = (state.built, state.sublayers.clone());
        if !built {
            self.lose_layer(id, "a layer was built on an input that is not known");
        }
        within.into_iter().for_each(|layer| self.lose_unbuilt(layer, depth + 1));
    }

    /// Binds constructor arguments to the recorded signature of a class that Keras defines; what its `**kwargs` took
    /// is in both lists.
    fn bind_constructor(&mut self, id: ObjId, class: &str, args: Args) -> Eval<(Arguments, Arguments)> {
        let signature = ["keras.layers", "keras.layers.experimental"]
            .iter()
            .find_map(|module| self.signature(&format!("{module}.{class}"), None));
        let Some(signature) = signature.map(Rc::unwrap_or_clone) else { return Ok(Default::default()) };
        let bound = self.bind_init(signature, class, id, args)?;
        let mut config = Vec::with_capacity(bound.len());
        let mut extra = Vec::new();
        for (name, arg) in bound {
            match arg {
                Arg::Dict(items) if &*name == "kwargs" => extra.extend(items.iter().cloned()),
                _ => config.push((name, arg)),
            }
        }
        config.extend(extra.iter().cloned());
        Ok((config, extra))
    }

    /// Binds arguments to the recorded signature of a class, which lacks the `self` that Python counts in its messages.
    ///
    /// # Errors
    /// Python's `TypeError` for arguments that do not fit.
    pub(crate) fn bind_init(
        &mut self,
        mut signature: python::Signature,
        class: &str,
        id: ObjId,
        args: Args,
    ) -> Eval<Arguments> {
        let this =
            python::Parameter { name: "self".into(), kind: python::ParameterKind::Standard, default: None };
        signature.params.insert(0, this);
        let mut bound =
            self.bind_api(&signature, &format!("{class}.__init__"), args.with_self(Value::Instance(id)))?;
        bound.remove(0);
        Ok(bound)
    }

    /// `layer.dtype_policy = "mixed_bfloat16"`.
    pub(super) fn take_policy(&mut self, id: ObjId, policy: &Value) {
        let taken = self.policy_of(policy);
        let Some(state) = self.layer_mut(id).filter(|state| state.initialised) else { return };
        match taken {
            Some((compute, variable)) => {
                state.compute_dtype = compute;
                state.variable_dtype = variable;
            }
            None => self.lose_layer(id, "a layer of a dtype policy that is not followed"),
        }
    }

    /// The dtypes of computing and of variables that a layer's `dtype` asks for, which may name a policy; nothing for
    /// policies that quantize or that are not known.
    fn policy_of(&self, dtype: &Value) -> Option<(DType, DType)> {
        // A config has the policy as a config.
        let within = self.policy_name(dtype);
        let dtype = within.as_ref().unwrap_or(dtype);
        let named = self.policy_text(dtype).as_deref().and_then(super::backend::policy_named);
        named.or_else(|| self.dtype_of(dtype).map(|dtype| (dtype, dtype)))
    }

    /// The dtype that a value names: a dtype, its name, a class.
    pub(crate) fn dtype_of(&self, value: &Value) -> Option<DType> {
        match value {
            Value::DType(d, _) => Some(*d),
            Value::Str(s) => DType::parse(s),
            Value::Class(id) => self.class_dtype(*id),
            _ => None,
        }
    }
}

fn call(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    interp.call_layer(id, args)
}

/// `Layer.build` of the base class: it only says that the layer is built.
pub(super) fn build(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    // `layer.build(input_shape=(None, 3))`, `attention.build(query_shape=q, value_shape=v)`
    let named = |name: &str| args.keyword(name).cloned();
    let first = args.positional.first().cloned();
    let first =
        first.or_else(|| ["input_shape", "query_shape", "sequences_shape"].into_iter().find_map(named));
    let shape = first.unwrap_or(Value::None);
    let further: Vec<Value> = [(1, "value_shape"), (2, "key_shape")]
        .iter()
        .map_while(|(at, name)| args.get(*at, name))
        .cloned()
        .collect();
    interp.note_build_shapes(id, &further);
    interp.refuse_build_shape(id, &shape)?;
    if interp.layer(id).is_some_and(|s| !s.built) {
        let opened = interp.open_build_scope(id);
        let result = interp.build_declared(id, &shape);
        if opened {
            interp.layer_scopes.pop();
        }
        result?;
    }
    if let Some(state) = interp.layer_mut(id) {
        state.built = true;
        state.built_on.get_or_insert(shape);
    }
    Ok(Value::None)
}

impl Interp<'_> {
    /// Keeps the shapes of value and key for the `build` of an attention, which else sees what the layer is called on.
    fn note_build_shapes(&mut self, id: ObjId, shapes: &[Value]) {
        let attends = |state: &&super::layer::LayerState| {
            state.decl.is_some_and(|decl| matches!(decl.name, "MultiHeadAttention" | "GroupQueryAttention"))
        };
        let Some(dtype) = self.layer(id).filter(attends).map(|state| state.compute_dtype) else { return };
        let mut given: Vec<(Rc<str>, Arg)> = Vec::new();
        for (name, shape) in ["value", "key"].into_iter().zip(shapes) {
            let Some(dims) = self.dims_of(shape) else { return };
            let spec = tensor::TensorSpec::new(tensor::Shape::new(dims), dtype);
            let node = self.keras_tensor(spec, &[]);
            given.push((name.into(), Arg::Tensor(self.trace.operand(node))));
        }
        if let Some(state) = self.layer_mut(id).filter(|_| !given.is_empty()) {
            state.given = given;
        }
    }
}

/// Layers of Keras 3 whose `build` reads a size of the shape at once.
const SUBSCRIPTS: &[&str] = &[
    "BatchNormalization",
    "Conv1D",
    "Conv2D",
    "Conv3D",
    "Dense",
    "GRU",
    "LSTM",
    "LayerNormalization",
    "SimpleRNN",
];

/// `add_variable`, the name that `add_weight` had before.
fn add_variable(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    if interp.keras == ops::Keras::Three && matches!(args.positional.get(1), Some(Value::Str(_))) {
        // `self.add_variable("kernel", shape=(3, 4))` of old: two shapes for Python.
        let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
        interp.lose_layer(id, "a weight whose shape is a name");
        return Ok(interp.unknown("a weight whose shape is a name"));
    }
    let initialized = args.positional.len() > 2 || args.keyword("initializer").is_some();
    if interp.keras == ops::Keras::Three && !initialized {
        let text = "Layer.add_variable() missing 1 required positional argument: 'initializer'";
        return Err(interp.raise(ops::Exc::TypeError, text));
    }
    add_weight(interp, args)
}

/// `add_weight` of both profiles: K2 `(name, shape, dtype, initializer, …)`, K3 `(shape, initializer, dtype, …)`.
fn add_weight(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    let order: &[&str] = match interp.keras {
        ops::Keras::Two => &["name", "shape", "dtype", "initializer", "regularizer", "trainable"],
        ops::Keras::Three => &["shape", "initializer", "dtype", "trainable", "autocast", "regularizer"],
    };
    let get = |name: &str| {
        let at = order.iter().position(|n| *n == name);
        at.and_then(|at| args.positional.get(at)).or_else(|| args.keyword(name)).cloned()
    };
    if let (ops::Keras::Three, Some(Value::Str(name))) = (interp.keras, args.positional.first()) {
        let text = format!(
            "`name` must be passed as a keyword argument. Received: add_weight('{name}', ...). Use: \
             add_weight(shape=..., name='{name}')."
        );
        return Err(interp.raise(ops::Exc::ValueError, text));
    }
    let shape = get("shape").unwrap_or(Value::tuple([]));
    let Some(dims) = interp.written_dims(&shape) else {
        interp.lose_layer(id, "the shape of a weight is not known");
        return Ok(interp.unknown("a weight of unknown shape"));
    };
    let initializer = get("initializer").unwrap_or(Value::None);
    let weight = keras::WeightArgs {
        name: get("name").and_then(|n| n.as_str().map(Rc::from)).unwrap_or_else(|| "variable".into()),
        shape: dims,
        dtype: get("dtype").and_then(|d| interp.dtype_of(&d)),
        initializer: interp.arg(&initializer),
        trainable: !matches!(get("trainable"), Some(Value::Bool(false))),
        ones: None,
        cell: None,
    };
    let answer = interp.check_weight(id, &weight);
    let name = weight.name.clone();
    if let Err(why) = interp.settle(answer, &name, Vec::new)? {
        interp.lose_layer(id, why);
        return Ok(interp.unknown(why));
    }
    interp.note_weight()?;
    let node = interp.add_weight(id, weight);
    let casts = get("autocast").or_else(|| args.keyword("experimental_autocast").cloned());
    if !matches!(casts, Some(Value::Bool(false))) {
        interp.running.autocasting.extend(interp.variable_of(node));
    }
    for kind in keras::Attached::ALL {
        let given = get(kind.word()).or_else(|| args.keyword(kind.word()).cloned());
        if let Some(given) = given.filter(|v| !v.is_none()) {
            let given = interp.arg(&given);
            interp.attach(node, kind, given);
        }
    }
    Ok(Value::Tensor(node))
}

impl Interp<'_> {
    /// Raises what `build` raises that is given no shape.
    fn refuse_build_shape(&mut self, id: ObjId, shape: &Value) -> Eval<()> {
        let Some(decl) = self.layer(id).and_then(|s| s.decl) else { return Ok(()) };
        let kind = match shape {
            Value::None => "NoneType",
            Value::Int(_) => "int",
            _ => return Ok(()),
        };
        match self.keras {
            ops::Keras::Three if SUBSCRIPTS.contains(&decl.name) => {
                let text = format!("'{kind}' object is not subscriptable");
                Err(self.raise(ops::Exc::TypeError, text))
            }
            ops::Keras::Two if decl.name == "Dense" && kind == "NoneType" => {
                let text = "The last dimension of the inputs to a Dense layer should be defined. Found None. Full input \
                            shape received: <unknown>";
                Err(self.raise(ops::Exc::ValueError, text))
            }
            _ => Ok(()),
        }
    }

    /// Reads dims from a shape-like value: a tuple, list, `TensorShape` or int. A `None` becomes a symbol; of an
    /// int that is not known it cannot be told whether Keras sees a number there.
    pub fn dims_of(&mut self, value: &Value) -> Option<Vec<Dim>> {
        // A named tuple is a tuple.
        let items = match self.plain(value) {
            Value::Tuple(items) => items.to_vec(),
            Value::List(id) => self.heap.list(id)?.clone(),
            Value::Shape(shape) => return shape.dims().map(<[Dim]>::to_vec),
            Value::Int(n) => return Some(vec![Dim::Known(n)]),
            _ => return None,
        };
        let dim = |v: &Value| match v {
            Value::None => Some(self.new_symbol()),
            Value::Dim(d) => Some(*d),
            Value::Any(_) | Value::Drawn(_) | Value::Unknown(_) => Some(Dim::Unknown),
            _ => v.as_int().map(Dim::Known),
        };
        items.iter().map(dim).collect()
    }

    /// Reads dims from what a script wrote, where a dim of an array is a number, though not a known one.
    pub(crate) fn written_dims(&mut self, value: &Value) -> Option<Vec<Dim>> {
        let items = match value {
            Value::Tuple(items) => items.to_vec(),
            Value::List(id) => self.heap.list(*id)?.clone(),
            _ => Vec::new(),
        };
        let mut dims = self.dims_of(value)?;
        for (dim, item) in dims.iter_mut().zip(&items) {
            if matches!(item, Value::Dim(d) if !d.is_known()) {
                *dim = Dim::Unknown;
            }
        }
        Some(dims)
    }

    /// Makes a weight of a layer and returns its node.
    pub fn add_weight(&mut self, id: ObjId, weight: keras::WeightArgs) -> graph::NodeId {
        let Some(state) = self.layer(id) else { return graph::NodeId(0) };
        let dtype = weight.dtype.unwrap_or(state.variable_dtype);
        let path = self.variable_path(id, &weight.name, weight.cell);
        let spec = tensor::TensorSpec::new(tensor::Shape::new(weight.shape), dtype);
        let variable = self.new_variable(path, spec, weight.trainable);
        let node = self.trace.variable(variable).node;
        if crate::framework::host::is_zeros(&weight.initializer, self) {
            self.trace.node_mut(node).content = match &weight.ones {
                None => tensor::Content::Zeros,
                Some(places) => self.zeros_with_ones(node, places),
            };
        }
        self.initialise(node, &weight.initializer);
        if let Some(range) = weight.ones {
            self.initialise_ones(node, &range);
        }
        self.attach_to_weight(id, &weight.name, node);
        if let Some(state) = self.layer_mut(id) {
            let made_trainable = weight.trainable;
            state.weights.push(super::layer::Weight { name: weight.name.clone(), variable, made_trainable });
        }
        // The attribute `mean` of a `Normalization` is not its weight of that name.
        let scales = self.layer(id).is_some_and(|s| s.decl.is_some_and(|decl| decl.name == "Normalization"));
        let lost = self.layer(id).is_some_and(|s| s.decl.is_some() && s.lost.is_some());
        if let Some(instance) = self.heap.instance_mut(id)
            && instance.native_is_declared()
            && !scales
            && !lost
        {
            instance.attrs.insert(weight.name, Value::Tensor(node));
        }
        node
    }

    /// The content of a new vector of zeros with ones at some places.
    fn zeros_with_ones(&self, node: graph::NodeId, places: &std::ops::Range<usize>) -> tensor::Content {
        let spec = &self.trace.node(node).spec;
        let (Some(sizes), Some(dtype)) = (spec.shape.all_known(), spec.dtype) else {
            return tensor::Content::Unknown;
        };
        let count = usize::try_from(sizes.iter().product::<i64>()).unwrap_or(usize::MAX);
        if count > tensor::MAX_ELEMENTS {
            return tensor::Content::Unknown;
        }
        let values = (0..count).map(|at| if places.contains(&at) { 1.0 } else { 0.0 }).collect();
        tensor::Content::floats(sizes, dtype, values)
    }

    /// The name under which reports show a weight: `encoder/kernel`, with `:0` in Keras 2.
    pub(super) fn variable_path(&self, id: ObjId, name: &str, cell: Option<&str>) -> Rc<str> {
        let state = self.layer(id);
        let own = state.map(|s| s.name.clone()).unwrap_or_default();
        // A layer that is built keeps its path: `dense.enable_lora(2)` makes `sequential/dense/lora_kernel_a`.
        if self.keras == ops::Keras::Three
            && self.layer_scopes.is_empty()
            && let Some(first) = state.and_then(|s| s.weights.first())
            && let Some((path, _)) = self.trace.variable(first.variable).name.rsplit_once('/')
            && path.rsplit('/').next() == Some(&*own)
        {
            return [path].into_iter().chain(cell).chain([name]).collect::<Vec<_>>().join("/").into();
        }
        let mut scopes: Vec<&str> = self.layer_scopes.iter().map(|s| &**s).collect();
        // Keras 2 opens a layer's scope when the layer is called only: `Dense(3).build((None, 4))` makes `kernel:0`.
        if self.keras == ops::Keras::Three && scopes.last() != Some(&&*own) {
            scopes.push(&own);
        }
        scopes.extend(cell);
        scopes.push(name);
        let suffix = if self.keras == ops::Keras::Two { ":0" } else { "" };
        format!("{}{suffix}", scopes.join("/")).into()
    }
}

/// `layer.compute_mask(inputs, mask)`: what becomes of a mask.
fn compute_mask(interp: &mut Interp<'_>, args: Args) -> Eval {
    let given = args.positional.get(2).cloned().unwrap_or(Value::None);
    let Some(Value::Instance(id)) = args.positional.first().cloned() else { return Ok(given) };
    let Some(decl) = interp.layer(id).and_then(|s| s.decl) else { return Ok(given) };
    let profile = crate::value::profile(interp.keras);
    let member = names::class_member(profile, &format!("keras.layers.{}", decl.name), "compute_mask");
    let Some((entry, signature)) =
        member.entry().and_then(|entry| Some((entry, python::parse_signature(entry.signature)?)))
    else {
        return Ok(given);
    };
    // `module:Class.compute_mask`
    let name = entry.path.rsplit(':').next().unwrap_or(entry.path);
    if let Err(error) = python::bind(&signature, name, &args.positional, &args.keywords) {
        return Err(interp.raise(ops::Exc::TypeError, error.to_string()));
    }
    let parameter = |at: usize| signature.params.get(at).map_or("", |p| &*p.name);
    let [inputs, mask] = [1, 2].map(|at| args.get(at, parameter(at)).cloned().unwrap_or(Value::None));
    let (inputs, mask) = (interp.arg(&inputs), interp.arg(&mask));
    match decl.mask {
        keras::Mask::Drops if interp.keras == ops::Keras::Two => {
            if mask.is_none() {
                return Ok(Value::None);
            }
            let layer = interp.layer(id).map(|s| s.name.clone()).unwrap_or_default();
            let mask = interp.value_of(&mask);
            let shown = interp.keras_repr(&mask);
            let text =
                format!("Layer {layer} does not support masking, but was passed an input_mask: {shown}");
            Err(interp.raise(ops::Exc::TypeError, text))
        }
        keras::Mask::Drops | keras::Mask::Keeps | keras::Mask::Takes => Ok(interp.value_of(&mask)),
        keras::Mask::Computes(compute) => {
            let call = keras::CallArgs { inputs, keywords: Vec::new(), training: None, mask };
            let answer = compute(&mut super::host::LayerHost { interp, id }, &call);
            match interp.settle(answer, decl.name, Vec::new)? {
                Ok(mask) => Ok(interp.value_of(&mask)),
                Err(why) => Ok(interp.unknown(why)),
            }
        }
    }
}

fn count_params(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    let own_model = interp.script_method(id, "call").is_none()
        && interp.script_method(id, "build").is_none()
        && interp.model(id).is_some_and(|m| m.graph.is_none() && m.sequential.is_none());
    let unbuilt = interp.layer(id).is_some_and(|s| {
        let stack = s.model.as_ref().is_some_and(|model| model.sequential.is_some());
        // A model of the script's that was never called: its `train_step` calls what it is made of.
        let uncalled = s.model.is_some() && own_model && interp.carries_out();
        !s.is_built(interp.keras)
            && s.lost.is_none()
            && (s.decl.is_some() || s.lambda.is_some() || stack || uncalled)
    });
    if unbuilt {
        let name = interp.layer(id).map(|s| s.name.clone()).unwrap_or_default();
        let (shown, way) = match interp.keras {
            ops::Keras::Two => (name.to_string(), format!("{name}.build(batch_input_shape)")),
            ops::Keras::Three => (format!("'{name}'"), "layer.build(input_shape)".to_owned()),
        };
        let text = format!(
            "You tried to call `count_params` on layer {shown}, but the layer isn't built. You can build it manually via: \
             `{way}`."
        );
        return Err(interp.raise(ops::Exc::ValueError, text));
    }
    let (trainable, rest) = interp.weights_of(id);
    let followed = interp.follows_weights(id);
    let count = interp.count(&trainable).zip(interp.count(&rest)).filter(|_| followed);
    Ok(count.map_or(Value::Any(crate::value::Plain::Int), |(a, b)| Value::Int(a + b)))
}

impl Interp<'_> {
    /// Counts the elements of variables; nothing where a size is not known.
    pub fn count(&self, variables: &[graph::VariableId]) -> Option<i64> {
        variables
            .iter()
            .try_fold(0_i64, |n, v| n.checked_add(self.trace.variable(*v).spec.shape.size().known()?))
    }
}

fn variables(interp: &mut Interp<'_>, args: &Args, trainable: bool, rest: bool) -> Eval {
    let Some((id, state)) = this(interp, args) else { return Ok(Value::None) };
    if !interp.follows_weights(id) {
        return Ok(interp.unknown("the weights of a layer that is not followed"));
    }
    let stack =
        state.model.as_ref().is_some_and(|model| model.sequential.is_some() && model.compiled.is_none());
    if stack && interp.keras == ops::Keras::Two && !state.is_built(interp.keras) && state.calls.is_empty() {
        // A shape that is not known builds it as well.
        if interp.undecided.is_some() || interp.mentions(&["build", "load_weights"]) {
            return Ok(interp.unknown("the weights of a model that may be built"));
        }
        let text = format!(
            "Weights for model '{}' have not yet been created. Weights are created when the model is first called on inputs \
             or `build()` is called with an `input_shape`.",
            state.name
        );
        return Err(interp.raise(ops::Exc::ValueError, text));
    }
    let (a, b) = interp.weights_of(id);
    let mut all = Vec::new();
    if trainable {
        all.extend(a);
    }
    if rest {
        all.extend(b);
    }
    if trainable && rest {
        // Keras 3 names them layer by layer.
        let ordered = interp.weights_in_order(id);
        if ordered.len() == all.len() && ordered.iter().all(|v| all.contains(v)) {
            all = ordered;
        }
    }
    let items = all.into_iter().map(|v| Value::Tensor(interp.trace.variable(v).node)).collect();
    Ok(interp.new_list(items))
}

/// `layer.variables`, or those that are not trained.
fn with_seeds(interp: &mut Interp<'_>, args: &Args, trainable: Option<bool>) -> Eval {
    let plain = variables(interp, args, trainable.is_none(), true)?;
    let id = this(interp, args).map(|(id, _)| id).filter(|_| !plain.is_unknown());
    Ok(id.and_then(|id| interp.seeded_variables(id, trainable)).unwrap_or(plain))
}

fn symbolic(interp: &mut Interp<'_>, args: &Args, input: bool) -> Eval {
    let Some((id, state)) = this(interp, args) else { return Ok(Value::None) };
    if let Some((node, _)) = interp.input_layers.iter().find(|(_, layer)| **layer == id) {
        return Ok(Value::Tensor(*node));
    }
    let known = state.decl.is_some() || state.lambda.is_some();
    let never = state.calls.is_empty() && state.lost.is_none() && known && state.model.is_none();
    if never {
        let (name, what) = (&state.name, if input { "input" } else { "output" });
        let text = match interp.keras {
            ops::Keras::Three => {
                format!("The layer {name} has never been called and thus has no defined {what}.")
            }
            ops::Keras::Two if input => format!("Layer {name} is not connected, no input to return."),
            ops::Keras::Two => format!("Layer {name} has no inbound nodes."),
        };
        return Err(interp.raise(ops::Exc::AttributeError, text));
    }
    let Some(call) = state.calls.first().and_then(|c| interp.keras_calls.get(*c as usize)) else {
        return Ok(interp.unknown("the input or output of a layer that was not called"));
    };
    Ok(if input {
        call.args.positional.first().cloned().unwrap_or(Value::None)
    } else {
        call.outputs.clone()
    })
}
