//! `Layer.__call__` of both profiles.

use graph::NodeId;
use keras::CallArgs;
use ops::{Keras, Mistake, TensorKind};

use crate::framework::host::LayerHost;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::raise::{Eval, Halt};
use crate::record::Phase;
use crate::value::{Args, Value};

/// The layers whose first argument may be a list of a sequence and its states.
const RECURRENT: &[&str] =
    &["Bidirectional", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "GRU", "LSTM", "RNN", "SimpleRNN"];

/// The layers that make a tensor of a list of plain values.
const LISTS: &[&str] = &[
    "CategoryEncoding",
    "Discretization",
    "Hashing",
    "IntegerLookup",
    "Normalization",
    "StringLookup",
    "TextVectorization",
];

impl Interp<'_> {
    /// Calls a layer or model: checks, builds, calls, and records a symbolic call.
    ///
    /// # Errors
    /// What Keras or the layer's own code raises.
    pub fn call_layer(&mut self, id: ObjId, args: Args) -> Eval {
        if args.positional.is_empty() && args.keywords.is_empty() {
            return Err(self.called_without_input(id));
        }
        let given = args.positional.iter().chain(args.keywords.iter().map(|(_, v)| v));
        let flat: Vec<NodeId> = given.flat_map(|v| self.flat_tensors(v)).collect();
        let symbolic: Vec<NodeId> =
            flat.iter().copied().filter(|n| self.trace.node(*n).kind == TensorKind::Keras).collect();
        // In Keras 2 what a Lambda returned is symbolic even where it is `None`.
        let of_none = self.keras == Keras::Two
            && self.phase == Phase::Build
            && self.graph_depth == 0
            && args.positional.first().is_some_and(|v| self.leaves(v).iter().any(Value::is_none));
        let outer = self.layer_depth == 0 && (!symbolic.is_empty() || of_none);
        let line = self.line();
        if let Some(first) = args.positional.first()
            && self.hides_unknown(first)
        {
            let name = self.layer(id).map(|s| s.name.clone()).unwrap_or_default();
            self.undecided_by(&first.clone(), &format!("the input of layer '{name}' is not known"));
            // What weights it would have got is not known either.
            self.lose_unbuilt(id, 0);
            return Ok(self.unknown(format!("the output of layer '{name}', whose input is not known")));
        }
        self.layer_depth += 1;
        let result = if symbolic.is_empty() {
            self.call_layer_inner(id, args.clone(), false)
        } else {
            // A tensor without data has no numbers.
            self.on_specs(|interp| interp.call_layer_inner(id, args.clone(), true))
        };
        self.layer_depth -= 1;
        match result {
            Ok(outputs) => {
                if !symbolic.is_empty() {
                    self.note_symbolic_call(id, args, &outputs, &symbolic);
                }
                if outer && !symbolic.is_empty() {
                    self.record_layer_call(id, line, &symbolic, &outputs);
                }
                Ok(outputs)
            }
            Err(Halt::Exception(exception)) => {
                if outer {
                    self.record_raised(exception, Phase::Build);
                }
                Err(Halt::Exception(exception))
            }
            Err(halt) => Err(halt),
        }
    }

    /// `layer()`: a call that was meant to be one of the layer's result.
    fn called_without_input(&mut self, id: ObjId) -> Halt {
        let first = self.script_method(id, "call").map(|m| self.parameter_names(&m)).unwrap_or_default();
        let name = first.get(1).cloned().unwrap_or_else(|| "inputs".into());
        let (class, core) = match self.keras {
            Keras::Two => {
                (ops::Exc::ValueError, "The first argument to `Layer.call` must always be passed.".to_owned())
            }
            Keras::Three => (ops::Exc::TypeError, format!("missing a required argument: '{name}'")),
        };
        let problem = "a layer is called on nothing".to_owned();
        let mistake = ops::Mistake::Signature { problem, misbound: ops::Misbound::NoInput };
        let violation = ops::Violation { class, core, mistake };
        let layer = self.layer(id).map(|s| s.name.clone()).unwrap_or_default();
        self.raise_violation(violation, layer, Vec::new())
    }

    /// Tells whether a first argument is unknown, or a container of unknown things.
    pub(crate) fn hides_unknown(&self, value: &Value) -> bool {
        match value {
            Value::Unknown(_) => true,
            Value::Tuple(items) => items.iter().any(|v| self.hides_unknown(v)),
            Value::List(id) => {
                self.heap.list(*id).is_none_or(|items| items.iter().any(|v| self.hides_unknown(v)))
            }
            Value::Dict(id) => {
                self.heap.dict(*id).is_none_or(|items| items.values().any(|(_, v)| self.hides_unknown(v)))
            }
            _ => false,
        }
    }

    pub(super) fn call_layer_inner(&mut self, id: ObjId, args: Args, symbolic: bool) -> Eval {
        let Some(state) = self.layer(id) else { return Ok(self.unknown("a call of a lost layer")) };
        let (state_name, initialised, lost) = (state.name.clone(), state.initialised, state.lost);
        if !initialised && self.class_has_script_init(id) {
            return Err(self.not_initialised(id));
        }
        if let Some(why) = lost {
            self.undecided(why);
            return Ok(self.unknown(why));
        }
        let first = self.first_argument(&args);
        if self.is_composite_value(&first)
            && matches!(self.looks_up(id), Some("StringLookup" | "IntegerLookup"))
        {
            if let Some(rows) = self.rows_looked_up(id, &first, symbolic)? {
                return Ok(rows);
            }
            if self.keras == ops::Keras::Three {
                return Ok(self.unknown("a lookup of ragged or sparse values"));
            }
        }
        let by_specs = std::mem::take(&mut self.running.by_specs);
        if !by_specs {
            self.check_positional(id, &args)?;
            self.check_call_args(id, &args)?;
            self.check_scope_name(&state_name, symbolic)?;
            self.check_input_spec(id, &first, symbolic)?;
            self.check_entrance(id, &first, symbolic)?;
        }
        let open = self.flat_tensors(&first).iter().any(|n| self.has_no_rank(*n));
        let on_values = !symbolic && self.graph_depth == 0;
        if let Some(state) = self.layer_mut(id) {
            state.unknown_rank = open;
            state.on_values = on_values;
        }
        // `layer(x); layer(x)`: what `add_loss` gave in the first call is forgotten in the second. Keras 2 builds
        // functional models elsewhere.
        if self.layer_scopes.len() == self.name_scopes && !(symbolic && self.keras == ops::Keras::Two) {
            self.clear_losses(id);
        }
        self.layer_scopes.push(state_name.clone());
        let label = format!("{} '{state_name}'", self.class_name(id)).into();
        let span = self.here();
        self.trace.enter(label, span);
        let result = if symbolic {
            self.in_new_graph(|interp| interp.build_and_call(id, args.clone(), &first, true))
        } else {
            self.build_and_call(id, args.clone(), &first, false)
        };
        let result = result.and_then(|outputs| self.attach_masks(id, &args, &outputs).map(|()| outputs));
        self.trace.leave();
        self.layer_scopes.pop();
        result
    }

    fn build_and_call(&mut self, id: ObjId, args: Args, first: &Value, symbolic: bool) -> Eval {
        if self.layer(id).is_some_and(|s| s.decl.is_some()) {
            let call = self.declared_args(id, &args);
            let given = std::iter::once(("#0".into(), call.inputs)).chain(call.keywords).collect();
            if let Some(state) = self.layer_mut(id) {
                state.given = given;
            }
        }
        if !self.layer(id).is_some_and(|s| s.built) {
            let shape = self.shape_structure(first);
            self.build_layer(id, shape)?;
            if self.keras == Keras::Three && self.carries_out() && self.script_method(id, "call").is_some() {
                // `call` of a class without a `build` of its own is traced once to build what is in it.
                self.on_specs(|interp| interp.build_by_tracing(id, &args))?;
            }
            if let Some(why) = self.layer(id).and_then(|s| s.lost) {
                self.undecided(why);
                return Ok(self.unknown(why));
            }
        }
        let lambda = self.layer(id).is_some_and(|s| s.lambda.is_some());
        if !lambda {
            self.check_python_call(id, &args)?;
        }
        let result = self.carry_out_call(id, args.clone(), symbolic, lambda);
        self.tell_arguments(id, &args, symbolic, result)
    }

    /// Carries `call` out, of a layer that is built.
    fn carry_out_call(&mut self, id: ObjId, args: Args, symbolic: bool, lambda: bool) -> Eval {
        if lambda {
            let args = if symbolic { args } else { self.cast_arrays(id, args)? };
            return self.call_lambda(id, args, symbolic);
        }
        if !symbolic {
            let args = self.cast_arrays(id, args)?;
            let result = self.run_call(id, args);
            let outputs = self.note_inside(id, result)?;
            let answer = self.regularize_activity(id, &outputs);
            if let Err(why) = self.settle(answer, "activity_regularizer", Vec::new)? {
                self.undecided(why);
            }
            return Ok(outputs);
        }
        self.symbolic_outputs(id, args)
    }

    /// Makes tensors of NumPy's floats in the dtype that a layer computes in, as `Layer.__call__` does. Models take
    /// what they get to their inputs themselves.
    fn cast_arrays(&mut self, id: ObjId, mut args: Args) -> Eval<Args> {
        let Some(dtype) = self.layer(id).filter(|s| s.model.is_none()).map(|s| s.compute_dtype) else {
            if let Some(first) = args.positional.first().cloned()
                && self.carries_out()
            {
                args.positional[0] = self.arrays_as_tensors(&first)?;
            }
            return Ok(args);
        };
        if let Some(Value::Tensor(node)) = args.positional.first()
            && self.trace.node(*node).kind == TensorKind::Numpy
            && self.trace.node(*node).spec.dtype.is_some_and(|own| own.is_floating() && own != dtype)
            && dtype.is_floating()
        {
            let node = self.recast(*node, Some(dtype));
            args.positional[0] = Value::Tensor(node);
        } else if let Some(first @ (Value::Float(_) | Value::Int(_))) = args.positional.first().cloned()
            && self.keras == Keras::Two
        {
            // `layer(3.0)`
            args.positional[0] = self.call_api(&"tf.convert_to_tensor".into(), Args::of([first]))?;
        } else if let Some(first @ Value::List(_)) = args.positional.first().cloned()
            && self.carries_out()
            && self.layer(id).is_some_and(|s| s.decl.is_some_and(|d| LISTS.contains(&d.name)))
        {
            args.positional[0] = self.call_api(&"tf.convert_to_tensor".into(), Args::of([first]))?;
        } else if let Some(first) = args.positional.first().cloned()
            && self.carries_out()
        {
            args.positional[0] = self.arrays_as_tensors(&first)?;
        }
        Ok(args)
    }

    /// Tensors in place of a structure's arrays.
    fn arrays_as_tensors(&mut self, value: &Value) -> Eval {
        let mut made = rustc_hash::FxHashMap::default();
        for node in self.flat_tensors(value) {
            if self.trace.node(node).kind == TensorKind::Numpy && !self.is_numpy_scalar(node) {
                let args = Args::of([Value::Tensor(node)]);
                made.insert(node, self.call_api(&"tf.convert_to_tensor".into(), args)?);
            }
        }
        Ok(if made.is_empty() { value.clone() } else { self.substitute(value, &made) })
    }

    /// Carries a symbolic call out: by the output shape where Keras 3 does so, else by tracing `call`.
    fn symbolic_outputs(&mut self, id: ObjId, args: Args) -> Eval {
        self.refuse_positional_training(id, &args)?;
        let decl = self.layer(id).and_then(|s| s.decl);
        let own_call = self.script_method(id, "call");
        if self.keras == Keras::Three {
            if let Some(method) = self.script_method(id, "compute_output_shape") {
                self.build_by_tracing(id, &args)?;
                let first = self.first_argument(&args);
                let shape = self.shape_structure(&first);
                let shape = self.call(&method, Args::of([shape]))?;
                return self.keras_tensors_of_shape(id, &shape);
            }
            // A class of the script's that derives from one of Keras' has its `compute_output_shape`.
            if let Some(rule) = decl.and_then(|decl| decl.output_shape) {
                let decl_name = decl.map_or("", |decl| decl.name);
                let first = self.first_argument(&args);
                let first = self.arg(&first);
                let answer = rule(&mut LayerHost { interp: self, id }, &first);
                let operands = self.layer_operands(&args);
                let shape = match self.settle(answer, decl_name, || operands)? {
                    Ok(shape) => self.value_of(&shape),
                    Err(why) => {
                        self.undecided(why);
                        return Ok(self.unknown(why));
                    }
                };
                return self.keras_tensors_of_shape(id, &shape);
            }
        }
        let graph = self.model(id).is_some_and(|m| m.graph.is_some() || m.sequential.is_some());
        if self.keras == Keras::Three && own_call.is_none() && graph {
            // Keras 3 takes each layer's `compute_output_spec` instead of tracing the model.
            let before = self.begin_call(&args);
            // What the model consists of was named when it was made.
            let names = self.counters.names.get("keras_tensor").copied();
            let outputs = self.run_call(id, args)?;
            self.counters.names.insert("keras_tensor".into(), names.unwrap_or(0));
            return Ok(self.keras_tensors_like(&outputs, before));
        }
        let before = self.begin_call(&args);
        let traced = self.placeholders(&args);
        self.graph_depth += 1;
        let result = self.run_call(id, traced);
        self.graph_depth -= 1;
        let result = result.and_then(|outputs| self.check_ranks(&outputs).map(|()| outputs));
        let outputs = match result {
            Err(Halt::Exception(exception)) if self.keras == Keras::Three => {
                return Err(self.not_inferred(id, exception));
            }
            result => result?,
        };
        Ok(self.keras_tensors_like(&outputs, before))
    }

    /// Keras 3 traces a layer without a `build` of its own once to build what is in it, and only warns if that fails.
    fn build_by_tracing(&mut self, id: ObjId, args: &Args) -> Eval<()> {
        let sublayers = self.layer(id).map(|s| s.sublayers.clone()).unwrap_or_default();
        let unbuilt = sublayers.iter().any(|l| self.layer(*l).is_some_and(|s| !s.built));
        if !unbuilt || self.script_method(id, "build").is_some() {
            return Ok(());
        }
        let (frames, undecided) = (self.frames.len(), self.undecided.clone());
        let traced = self.placeholders(args);
        let result = self.in_graph(|interp| interp.run_call(id, traced));
        self.undecided = undecided;
        match result {
            Ok(outputs) => {
                let made = self.flat_tensors(&outputs).len();
                self.skip_names("keras_tensor", u32::try_from(made).unwrap_or(u32::MAX));
                Ok(())
            }
            Err(Halt::Exception(_)) => {
                self.frames.truncate(frames);
                Ok(())
            }
            Err(halt) => Err(halt),
        }
    }

    /// Calls a layer's `call`: the script's own, or the declaration's.
    pub(crate) fn run_call(&mut self, id: ObjId, args: Args) -> Eval {
        if self.layer(id).is_some_and(|s| s.lambda.is_some()) {
            return self.run_lambda(id, args);
        }
        let args = self.autocast_inputs(id, args)?;
        self.meet_layer(id, &args);
        if let Some(method) = self.script_method(id, "call") {
            if method.is_unknown() {
                self.lose_layer(id, "its `call` is not known");
            }
            // What is passed counts for all layers within.
            let passed = match args.keyword("training") {
                Some(Value::Bool(training)) => Some(*training),
                _ => None,
            };
            let args = self.with_context(&method, args);
            let before = (self.training, self.running.autocast);
            self.training = passed.or(self.training);
            self.running.autocast =
                self.layer(id).map(|s| s.compute_dtype).filter(|dtype| dtype.is_floating());
            let result = self.call_converted(&method, args);
            (self.training, self.running.autocast) = before;
            return result;
        }
        self.call_inherited(id, args)
    }

    /// Carries out the `call` that a layer has of Keras: its model's, its declaration's or the base class's.
    pub(crate) fn call_inherited(&mut self, id: ObjId, args: Args) -> Eval {
        if self.layer(id).is_some_and(|s| s.lambda.is_some()) {
            return self.run_lambda(id, args);
        }
        if self.layer(id).is_some_and(|s| s.model.is_some()) {
            return self.run_model(id, args);
        }
        let Some(decl) = self.layer(id).and_then(|s| s.decl) else {
            return self.call_base(id, &args);
        };
        if let Some(hook) = self.hook(id) {
            return Ok(self.give_to_hook(id, &hook));
        }
        self.refuse_array_states(decl.name, &args)?;
        let call_args = self.declared_args(id, &args);
        let operands = self.layer_operands(&args);
        let answer = (decl.call)(&mut LayerHost { interp: self, id }, &call_args);
        let answer = self.settle(answer, decl.name, || operands)?;
        if self.computes()
            && let Some(made) = self.words_looked_up(id, &self.first_argument(&args))?
        {
            return Ok(made);
        }
        match answer {
            Ok(arg) => Ok(self.value_of(&arg)),
            Err(why) => {
                self.undecided(why);
                Ok(self.unknown(format!("{}: {why}", decl.name)))
            }
        }
    }

    /// A cell of Keras 2 makes tensors of its inputs alone, and multiplies its states as they are.
    fn refuse_array_states(&mut self, class: &str, args: &Args) -> Eval<()> {
        let cell = matches!(class, "SimpleRNNCell" | "GRUCell" | "LSTMCell");
        let Some(states) = args.get(1, "states").filter(|_| cell && self.keras == Keras::Two) else {
            return Ok(());
        };
        let array = |node: &NodeId| self.trace.node(*node).kind == TensorKind::Numpy;
        if !self.flat_tensors(states).iter().any(array) {
            return Ok(());
        }
        Err(self.raise(ops::Exc::AttributeError, "'tuple' object has no attribute 'rank'"))
    }

    /// Casts the floats among a layer's inputs to the dtype that it computes in, as `Layer.__call__` does in both
    /// profiles: `Dense(3)(np.ones((2, 4)))` gives float32. Models of a graph leave that to their layers.
    fn autocast_inputs(&mut self, id: ObjId, mut args: Args) -> Eval<Args> {
        let hands_on = self.model(id).is_some_and(|m| m.graph.is_some() || m.sequential.is_some());
        let given =
            |name: &str| self.layer(id)?.config.iter().find(|(n, _)| &**n == name).map(|(_, a)| a.clone());
        if hands_on || matches!(given("autocast"), Some(ops::Arg::Bool(false))) {
            return Ok(args);
        }
        // Keras 2 looks at the first argument alone.
        let count = if self.keras == Keras::Two { 1 } else { usize::MAX };
        let values = args.positional.iter_mut().chain(args.keywords.iter_mut().map(|(_, value)| value));
        for value in values.take(count) {
            *value = self.autocast(id, value)?;
        }
        Ok(args)
    }

    /// `Layer.call` of the base class: Keras 2's returns its input, Keras 3's is to be overridden.
    fn call_base(&mut self, id: ObjId, args: &Args) -> Eval {
        let name = self.class_name(id);
        let class = self.heap.instance(id).map(|i| i.class);
        let framework = class.and_then(|class| self.framework_path(class));
        match (self.keras, framework.as_deref()) {
            (Keras::Two, Some("keras.layers.Layer")) => Ok(self.first_argument(args)),
            (Keras::Three, Some("keras.layers.Layer")) => {
                let text = format!("Layer {name} does not have a `call` method implemented.");
                Err(self.raise(ops::Exc::NotImplementedError, text))
            }
            _ => {
                self.undecided(format!("calls of `{name}` are not modelled"));
                Ok(self.unknown(format!("calls of `{name}` are not modelled")))
            }
        }
    }

    pub(crate) fn declared_args(&mut self, id: ObjId, args: &Args) -> CallArgs {
        let mut given = args.clone();
        self.name_context(id, &mut given);
        let training = given.take("training").and_then(|v| self.truth(&v).ok().flatten());
        let mask = given.take("mask");
        let first = if given.positional.is_empty() {
            given.take("inputs").or_else(|| (!given.keywords.is_empty()).then(|| given.keywords.remove(0).1))
        } else {
            Some(given.positional.remove(0))
        };
        let first = first.unwrap_or(Value::None);
        let mask = mask.or_else(|| self.mask_of(&first)).unwrap_or(Value::None);
        let mut keywords: Vec<_> = Vec::new();
        for (i, value) in given.positional.iter().enumerate() {
            // Further positional arguments keep their place as a name: `#1`.
            keywords.push((format!("#{}", i + 1).into(), self.arg(value)));
        }
        for (name, value) in &given.keywords {
            keywords.push((name.clone(), self.arg(value)));
        }
        let training = training.or(self.training);
        CallArgs { inputs: self.arg(&first), keywords, training, mask: self.arg(&mask) }
    }

    /// Adds `training` and `mask` to the arguments of a script's own `call` that takes them.
    fn with_context(&mut self, method: &Value, mut args: Args) -> Args {
        let names = self.parameter_names(method);
        // `call(self, x)` does not get the `training` that its caller passed to the layer.
        if self.takes_no_keywords(method) {
            args.keywords.retain(|(n, _)| !matches!(&**n, "training" | "mask") || names.contains(n));
        }
        if names.iter().any(|n| &**n == "training")
            && args.keyword("training").is_none()
            && let Some(training) = self.training.map(Value::Bool).or_else(|| self.passes_none(method))
            && names.iter().position(|n| &**n == "training").is_none_or(|at| at > args.positional.len())
        {
            args.keywords.push(("training".into(), training));
        }
        if names.iter().any(|n| &**n == "mask")
            && args.keyword("mask").is_none()
            && let Some(first) = args.positional.first().cloned()
            && let Some(mask) = self.mask_of(&first)
        {
            args.keywords.push(("mask".into(), mask));
        }
        args
    }

    /// Keras 2 hands `training` on in any case: `None` where nobody has said and `call` has no default.
    ///
    /// source: tf_keras/src/engine/base_layer.py: _get_propagated_call_context_arguments
    fn passes_none(&self, method: &Value) -> Option<Value> {
        let Value::Bound(bound) = method else { return None };
        let Value::Function(function) = &bound.function else { return None };
        let (_, training) = self.function(*function).signature.position("training")?;
        (self.keras == Keras::Two && training.default.is_none()).then_some(Value::None)
    }

    /// Tells whether a script function has no `**kwargs`.
    fn takes_no_keywords(&self, function: &Value) -> bool {
        match function {
            Value::Function(id) => {
                let params = &self.function(*id).signature.params;
                !params.iter().any(|p| p.kind == python::ParameterKind::KwArgs)
            }
            Value::Bound(bound) => self.takes_no_keywords(&bound.function),
            Value::Wrapped(wrapped) => wrapped.function().is_some_and(|f| self.takes_no_keywords(f)),
            _ => false,
        }
    }

    /// The names of a script function's parameters.
    pub(crate) fn parameter_names(&self, function: &Value) -> Vec<std::rc::Rc<str>> {
        match function {
            Value::Function(id) => {
                self.function(*id).signature.params.iter().map(|p| p.name.clone()).collect()
            }
            Value::Bound(bound) => self.parameter_names(&bound.function),
            Value::Wrapped(wrapped) => match wrapped.function() {
                Some(function) => self.parameter_names(function),
                None => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// Returns a method of the script's own that a layer's class defines, bound.
    pub(crate) fn script_method(&mut self, id: ObjId, name: &str) -> Option<Value> {
        let class = self.heap.instance(id)?.class;
        let own = self.heap.instance(id)?.attrs.get(name).cloned();
        if let Some(function @ (Value::Function(_) | Value::Bound(_))) = own {
            return Some(function);
        }
        let (value, owner) = self.class_attr(class, name)?;
        if matches!(value, Value::Native(_)) {
            return None;
        }
        Some(self.bind_method(Value::Instance(id), value, Some(owner)))
    }

    fn class_has_script_init(&mut self, id: ObjId) -> bool {
        self.script_method(id, "__init__").is_some()
    }

    /// What Keras says of a layer that is called without its own constructor having run.
    fn not_initialised(&mut self, id: ObjId) -> Halt {
        let class = self.class_name(id);
        let core = match self.keras {
            Keras::Two => "You must call `super().__init__()` in the layer constructor.".to_owned(),
            Keras::Three => format!(
                "In layer '{class}', you forgot to call `super().__init__()` as the first statement in the `__init__()` \
                 method. Go add it!"
            ),
        };
        let mistake = Mistake::NotInitialised { class: class.to_string() };
        let violation = ops::Violation { class: ops::Exc::RuntimeError, core, mistake };
        self.raise_violation(violation, class, Vec::new())
    }

    pub(crate) fn first_argument(&self, args: &Args) -> Value {
        args.positional
            .first()
            .or_else(|| args.keyword("inputs"))
            .or_else(|| args.keywords.first().map(|(_, v)| v))
            .cloned()
            .unwrap_or(Value::None)
    }

    /// Checks the inputs against the layer's spec. Keras 2 does so in a symbolic call only before it is built.
    fn check_input_spec(&mut self, id: ObjId, first: &Value, symbolic: bool) -> Eval<()> {
        let Some(state) = self.layer(id) else { return Ok(()) };
        if self.running.executing
            || state.input_spec.is_empty()
            || (self.keras == Keras::Two && symbolic && state.built)
        {
            return Ok(());
        }
        let (specs, name) = (state.input_spec.clone(), state.name.clone());
        self.refuse_no_tensor(&name, first)?;
        let mut nodes = self.flat_tensors(first);
        if nodes.is_empty() && self.keras == Keras::Two {
            nodes = self.inputs_of_numbers(first)?;
        }
        let recurrent =
            self.layer(id).and_then(|s| s.decl).is_some_and(|decl| RECURRENT.contains(&decl.name));
        if self.keras == Keras::Two && recurrent {
            // `LSTM(3)([x, h, c])` takes the states apart before it looks at its spec.
            nodes.truncate(1);
        }
        let named = specs.iter().any(|s| s.name.is_some());
        if nodes.len() != specs.len() && (specs.len() > 1 || (nodes.len() > 1 && !named)) {
            let shown = format!(
                "Layer \"{name}\" expects {} input(s), but it received {} input tensors. Inputs received: [{}]",
                specs.len(),
                nodes.len(),
                self.shown_inputs(&nodes)
            );
            let misfit = ops::Misfitting::Other(shown.clone());
            let mistake = ops::Mistake::LayerInput { layer: name.to_string(), misfit };
            let violation = ops::Violation { class: ops::Exc::ValueError, core: shown, mistake };
            return Err(self.raise_violation(violation, name, Vec::new()));
        }
        for (index, (node, spec)) in nodes.iter().zip(&specs).enumerate() {
            let shape = self.trace.node(*node).spec.shape.clone();
            let answer = keras::check_input(self.keras, &name, index, spec, &shape);
            let callee = format!("{} '{name}'", self.class_name(id));
            let operands = vec![("inputs".into(), *node)];
            let _ = self.settle(answer, &callee, || operands)?;
        }
        Ok(())
    }

    /// Keras 2 opens a name scope for a symbolic call, and TensorFlow takes only certain names at the root.
    fn check_scope_name(&mut self, name: &str, symbolic: bool) -> Eval<()> {
        let first = |c: char| c.is_ascii_alphanumeric() || c == '.';
        let rest = |c: char| first(c) || matches!(c, '_' | '\\' | '/' | '>' | '-');
        let fits = name.is_empty() || name.starts_with(first) && name.chars().all(rest);
        if fits || !symbolic || self.keras == Keras::Three || self.layer_depth > 1 {
            return Ok(());
        }
        let pattern = r"^[A-Za-z0-9.][A-Za-z0-9_.\\/>-]*$";
        let text = format!(
            "'{name}/' is not a valid root scope name. A root scope name has to match the following pattern: {pattern}"
        );
        Err(self.raise(ops::Exc::ValueError, text))
    }

    /// Writes the inputs of a symbolic call as texts show them.
    pub(crate) fn shown_inputs(&self, nodes: &[NodeId]) -> String {
        let shown = |(i, id): (usize, &NodeId)| {
            let spec = &self.trace.node(*id).spec;
            let (shape, dtype) = (spec.shape.tuple(), spec.dtype.map_or("?", tensor::DType::name));
            match self.keras {
                Keras::Two if i == 0 => format!("<tf.Tensor 'Placeholder:0' shape={shape} dtype={dtype}>"),
                Keras::Two => format!("<tf.Tensor 'Placeholder_{i}:0' shape={shape} dtype={dtype}>"),
                Keras::Three => {
                    let layer = self.input_layers.get(id).and_then(|l| self.layer(*l));
                    let name = self.running.tensor_names.get(id).map(|name| &**name);
                    let name = name.or(layer.map(|l| &*l.name)).unwrap_or("keras_tensor");
                    format!(
                        "<KerasTensor shape={shape}, dtype={dtype}, sparse=False, ragged=False, name={name}>"
                    )
                }
            }
        };
        nodes.iter().enumerate().map(shown).collect::<Vec<_>>().join(", ")
    }

    /// Builds a layer for an input shape (or a structure of them).
    ///
    /// # Errors
    /// What `build` raises.
    pub fn build_layer(&mut self, id: ObjId, shape: Value) -> Eval<()> {
        if self.layer(id).is_none_or(|s| s.built) {
            return Ok(());
        }
        let opened = self.open_build_scope(id);
        let result = self.run_build(id, shape);
        if opened {
            self.layer_scopes.pop();
        }
        result
    }

    /// Sets the weights that the constructor of a layer of Keras' was given: `Embedding(10, 4, weights=[array])`.
    fn set_given_weights(&mut self, id: ObjId) -> Eval<()> {
        let Some(state) = self.layer(id).filter(|s| s.decl.is_some() && s.model.is_none()) else {
            return Ok(());
        };
        if self.keras == Keras::Three && !has_table(state) {
            return Ok(());
        }
        let Some(given) = given_weights(state).cloned() else { return Ok(()) };
        let mut given = self.value_of(&given);
        let single = self.children(&given).is_some_and(|items| items.len() == 1);
        if self.keras == Keras::Three && !(matches!(given, Value::List(_)) && single) {
            given = self.new_list(vec![given]);
        }
        self.call_method(&Value::Instance(id), "set_weights", Args::of([given]))?;
        Ok(())
    }

    /// Keras 3 opens a layer's name scope around its `build`: `time_distributed/dense/kernel`.
    pub(crate) fn open_build_scope(&mut self, id: ObjId) -> bool {
        let scope = self.layer(id).map(|s| s.name.clone()).filter(|_| self.keras == Keras::Three);
        let opened = scope.is_some() && self.layer_scopes.last() != scope.as_ref();
        if opened {
            self.layer_scopes.extend(scope);
        }
        opened
    }

    fn run_build(&mut self, id: ObjId, shape: Value) -> Eval<()> {
        if let Some(method) = self.script_method(id, "build") {
            self.call(&method, Args::of([shape.clone()]))?;
        } else {
            self.build_declared(id, &shape)?;
        }
        if let Some(state) = self.layer_mut(id) {
            (state.built, state.built_on) = (true, Some(shape));
        }
        self.set_given_weights(id)
    }

    /// Runs the declared `build` of a layer for a shape or a structure of shapes.
    pub(crate) fn build_declared(&mut self, id: ObjId, shape: &Value) -> Eval<()> {
        let Some(decl) = self.layer(id).and_then(|s| s.decl) else { return Ok(()) };
        let mut shapes = self.shapes_of(shape);
        if self.layer(id).is_some_and(|s| s.on_values) {
            // Values have sizes; that one is not known to us does not make it a `None`.
            shapes = shapes.iter().map(numbers).collect();
        }
        let nested = match shape {
            Value::Shape(_) => false,
            Value::Tuple(items) => items
                .iter()
                .any(|v| !matches!(v, Value::Int(_) | Value::None | Value::Dim(_) | Value::Drawn(_))),
            Value::List(list) => self.heap.list(*list).is_some_and(|items| {
                items
                    .iter()
                    .any(|v| !matches!(v, Value::Int(_) | Value::None | Value::Dim(_) | Value::Drawn(_)))
            }),
            _ => true,
        };
        if let Some(state) = self.layer_mut(id) {
            state.single_input = !nested;
        }
        let answer = (decl.build)(&mut LayerHost { interp: self, id }, &shapes);
        if let Err(why) = self.settle(answer, decl.name, Vec::new)? {
            self.lose_layer(id, why);
        }
        Ok(())
    }

    fn layer_operands(&self, args: &Args) -> Vec<(std::rc::Rc<str>, NodeId)> {
        let mut out = Vec::new();
        for value in &args.positional {
            out.extend(self.flat_tensors(value).into_iter().map(|n| ("inputs".into(), n)));
        }
        for (name, value) in &args.keywords {
            out.extend(self.flat_tensors(value).into_iter().map(|n| (name.clone(), n)));
        }
        out
    }
}

/// The weights that a layer's constructor was given. `Bidirectional` halves its own and never sets them.
fn given_weights(state: &super::layer::LayerState) -> Option<&ops::Arg> {
    if state.decl.is_some_and(|decl| decl.name == "Bidirectional") {
        return None;
    }
    let (_, given) = state.config.iter().find(|(name, _)| &**name == "weights")?;
    matches!(given, ops::Arg::List(_) | ops::Arg::Tuple(_) | ops::Arg::Tensor(_)).then_some(given)
}

/// Tells whether a layer is an `Embedding` that was given its table.
pub(super) fn has_table(state: &super::layer::LayerState) -> bool {
    state.decl.is_some_and(|decl| decl.name == "Embedding") && given_weights(state).is_some()
}

/// The shape with every open dim as a number that is not known.
fn numbers(shape: &tensor::Shape) -> tensor::Shape {
    let number = |d: &tensor::Dim| if d.is_known() { *d } else { tensor::Dim::Unknown };
    shape.dims().map_or(tensor::Shape::UNKNOWN, |dims| dims.iter().map(number).collect())
}
