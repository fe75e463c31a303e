//! Losses, metrics, optimizers, initializers and other objects that mostly hold their arguments.

use std::rc::Rc;

use graph::VariableId;
use ops::{Arg, Keras};

use crate::class::ClassId;
use crate::framework::layer_class::split_self;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::native::{NativeClass, NativeState, native};
use crate::raise::Eval;
use crate::value::{Args, DTypeObject, Native, Value};

/// What such an object keeps.
#[derive(Clone, Debug, Default)]
pub struct ConfigState {
    /// The constructor's arguments, defaults included.
    pub args: Vec<(Rc<str>, Arg)>,
    /// The public path of the framework's class: `keras.losses.MeanSquaredError`.
    pub path: Rc<str>,
    /// Its name, where it has one.
    pub name: Rc<str>,
    /// The variables that the object has made: a metric's.
    pub variables: Vec<VariableId>,
    /// The count of an optimizer's steps, once it was asked for.
    pub steps: Option<graph::NodeId>,
    /// The variables that an optimizer was built for.
    pub built_for: Option<Vec<VariableId>>,
    /// The variables that an optimizer's weight decay leaves out, and the parts of names that it does.
    pub undecayed: (Vec<VariableId>, Vec<Rc<str>>),
    /// What an optimizer's `learning_rate` was set to or given: a tensor, or a schedule.
    pub learning_rate: Option<Value>,
    /// The schedule or function that an optimizer takes its learning rate from.
    pub schedule: Option<Value>,
    /// Whether a metric may have been updated, and the shape that its result has from then on, where the data decide.
    pub used: Option<tensor::Shape>,
}

const fn family(path: &'static str, methods: &'static [&'static [Native]]) -> NativeClass {
    NativeClass { path, state: || NativeState::Config(Box::default()), methods, properties: &[] }
}

static INIT: &[Native] = &[native("__init__", init), native("get_config", get_config)];

pub(crate) static LOSS: NativeClass = family("keras.losses.Loss", &[INIT, super::losses::METHODS]);
pub(crate) static METRIC: NativeClass = family("keras.metrics.Metric", &[INIT, super::metrics::METHODS]);
pub(crate) static OPTIMIZER: NativeClass =
    family("keras.optimizers.Optimizer", &[INIT, super::optimizers::METHODS]);
pub(crate) static LEGACY: NativeClass =
    family("keras.optimizers.legacy.Optimizer", &[INIT, super::optimizers::METHODS]);
pub(crate) static SCHEDULE: NativeClass =
    family("keras.optimizers.schedules.LearningRateSchedule", &[INIT, super::optimizers::SCHEDULE_METHODS]);
pub(crate) static INITIALIZER: NativeClass =
    family("keras.initializers.Initializer", &[INIT, super::called_objects::INITIALIZER_METHODS]);
pub(crate) static REGULARIZER: NativeClass =
    family("keras.regularizers.Regularizer", &[INIT, super::called_objects::REGULARIZER_METHODS]);
pub(crate) static CONSTRAINT: NativeClass =
    family("keras.constraints.Constraint", &[INIT, super::called_objects::CONSTRAINT_METHODS]);
pub(crate) static CALLBACK: NativeClass =
    family("keras.callbacks.Callback", &[INIT, super::callbacks::METHODS]);

/// The constructor of every such class.
fn init(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    let Some((class, path)) = interp.config_class(id) else { return Ok(Value::None) };
    let name = interp.class(class).name.clone();
    let rate = args.get(0, "learning_rate").cloned();
    interp.refuse_constructor(class, &name, &args)?;
    interp.refuse_abstract(id, &path)?;
    // Keras 2's `Metric` makes its objects in `__new__(*args, **kwargs)`, which is the signature that is recorded.
    let base_metric = (&*path == "keras.metrics.Metric").then(|| args.clone());
    let mut bound = match interp.signature_of_class(class) {
        Some(signature) => {
            let callee = if interp.hands_to_base(&path) { "BaseOptimizer" } else { &name };
            interp.bind_init(signature, callee, id, args)?
        }
        None => args.keywords.iter().map(|(n, v)| (n.clone(), interp.arg(v))).collect(),
    };
    if let Some(given) = base_metric {
        for (at, own) in ["name", "dtype"].into_iter().enumerate() {
            if let Some(value) = given.get(at, own).filter(|_| !bound.iter().any(|(n, _)| &**n == own)) {
                bound.push((own.into(), interp.arg(value)));
            }
        }
    }
    if path.starts_with("keras.metrics.") {
        if interp.keras == Keras::Two {
            interp.check_metric_name(&bound)?;
        }
        let settings = keras::Bound { keras: interp.keras, class: &name, args: &bound };
        let answer = keras::metrics::check_metric(&settings);
        let _ = interp.settle(answer, &name, Vec::new)?;
    }
    if let Some(config) = keras::find_config(&path) {
        let settings = keras::Bound { keras: interp.keras, class: &name, args: &bound };
        let answer = (config.init)(&settings);
        // What cannot be told of the arguments is taken to be in order.
        let _ = interp.settle(answer, &name, Vec::new)?;
    }
    let shown = interp.config_name(id, &bound);
    if let Some(state) = interp.config_mut(id) {
        state.args = bound;
        state.path = path.clone();
        state.name = shown;
    }
    if path.starts_with("keras.optimizers.") && !path.contains(".schedules.") {
        interp.set_learning_rate(id, rate)?;
    }
    if path.starts_with("keras.callbacks.") {
        interp.check_callback(id)?;
    }
    Ok(Value::None)
}

/// `get_config()`: the keys that are recorded of the class, by the arguments or what they became.
fn get_config(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    let Some(state) = interp.config(id).cloned() else { return Ok(Value::None) };
    let Some(keys) = names::config_keys(crate::value::profile(interp.keras), &state.path) else {
        return Ok(interp.unknown("the config of an object that tells none"));
    };
    let mut pairs = Vec::new();
    for (key, recorded) in keys {
        let arg = state.args.iter().find(|(name, _)| &**name == key).map(|(_, arg)| arg);
        let value = match (arg.filter(|arg| !arg.is_none()), recorded) {
            // Keras 2's losses and schedules are not named by themselves.
            (None, _)
                if key == "name"
                    && interp.keras == Keras::Two
                    && !state.path.starts_with("keras.metrics.") =>
            {
                Value::None
            }
            _ if key == "name" => Value::Str(state.name.clone()),
            (None, Some(value)) => interp.json_value(value)?,
            (Some(arg), _) => interp.told_argument(&state, key, arg)?,
            (None, None) if arg.is_some() => Value::None,
            (None, None) => interp.unknown("an entry of a config that no argument gives"),
        };
        pairs.push((Value::str(key), value));
    }
    interp.add_thresholds(id, &state, &mut pairs);
    if state.args.iter().any(|(name, arg)| &**name == "from_sorted_ids" && *arg == Arg::Bool(true)) {
        // Told only where it is so.
        pairs.push((Value::str("from_sorted_ids"), Value::Bool(true)));
    }
    Ok(interp.new_dict(pairs))
}

impl Interp<'_> {
    /// What a config has of an argument that was given.
    fn told_argument(&mut self, state: &ConfigState, key: &str, arg: &Arg) -> Eval {
        let two = self.keras == Keras::Two;
        let single = |value: f64| f64::from(value as f32);
        // What the rate is by now, where it was set anew.
        let now = match (key, &state.learning_rate) {
            ("learning_rate", Some(Value::Tensor(node))) => self.array_of_node(*node),
            _ => None,
        };
        let now = now.and_then(|array| array.to_floats().ok()).and_then(|rates| rates.first().copied());
        let now = now.map(Arg::Float).filter(|_| matches!(arg, Arg::Float(_)));
        let arg = now.as_ref().unwrap_or(arg);
        let value = match (key, arg) {
            ("learning_rate", Arg::Float(_)) if state.path.contains(".legacy.") => self.value_of(arg),
            // The rate is read from a variable: in Keras 2 as a scalar of NumPy's.
            ("learning_rate", Arg::Float(rate)) if two && state.learning_rate.is_some() => {
                return self.call(
                    &Value::DType(tensor::DType::Float32, DTypeObject::Scalar),
                    Args::of([Value::Float(*rate)]),
                );
            }
            ("learning_rate", Arg::Float(rate)) if state.learning_rate.is_some() => {
                return Ok(Value::Float(single(*rate)));
            }
            // Nothing is compiled where there is no GPU.
            ("jit_compile", Arg::Bool(true)) if two => Value::Bool(false),
            ("l1" | "l2" | "factor", arg)
                if two || state.path.ends_with(".L1") || state.path.ends_with(".OrthogonalRegularizer") =>
            {
                return Ok(match arg {
                    Arg::Float(value) => Value::Float(single(*value)),
                    Arg::Int(value) => Value::Float(single(*value as f64)),
                    _ => self.value_of(arg),
                });
            }
            // Of a metric that averages a function.
            ("fn", arg) if !two => {
                let function = self.value_of(arg);
                return self.call_model("keras.saving.serialize_keras_object", [function]);
            }
            ("target_class_ids", Arg::Tuple(ids)) if !two => self.value_of(&Arg::List(ids.clone())),
            _ => self.value_of(arg),
        };
        match value {
            Value::Instance(_) => self.call_model("keras.saving.serialize_keras_object", [value]),
            value => Ok(value),
        }
    }
}

impl Interp<'_> {
    /// Returns what a loss, metric, optimizer or other such object keeps.
    pub(crate) fn config(&self, id: ObjId) -> Option<&ConfigState> {
        match &self.heap.instance(id)?.native {
            NativeState::Config(state) => Some(state),
            _ => None,
        }
    }

    /// Returns what such an object keeps, to change.
    pub(crate) fn config_mut(&mut self, id: ObjId) -> Option<&mut ConfigState> {
        match &mut self.heap.instance_mut(id)?.native {
            NativeState::Config(state) => Some(state),
            _ => None,
        }
    }

    /// The framework's class that an object is of or derives from, and its public path.
    pub(crate) fn config_class(&self, id: ObjId) -> Option<(ClassId, Rc<str>)> {
        let class = self.heap.instance(id)?.class;
        let mro = self.class(class).mro.clone();
        let own = mro.iter().copied().find(|c| self.class(*c).path.is_some())?;
        let family = mro.iter().find_map(|c| self.class(*c).native)?.path;
        let family = family.rsplit_once('.').map_or(family, |(family, _)| family);
        Some((own, format!("{family}.{}", self.class(own).name).into()))
    }

    /// Tells whether an object is of a class of the script.
    pub(crate) fn is_scripts_own(&self, id: ObjId) -> bool {
        self.heap.instance(id).is_some_and(|i| self.class(i.class).path.is_none())
    }

    /// A metric of Keras 2 is a layer, whose name is a string.
    fn check_metric_name(&mut self, bound: &[(Rc<str>, Arg)]) -> Eval<()> {
        match bound.iter().find(|(name, _)| &**name == "name") {
            Some((_, name @ (Arg::Int(_) | Arg::Float(_) | Arg::Bool(_) | Arg::List(_) | Arg::Tuple(_)))) => {
                let shown = self.value_of(name);
                let shown = self.display(&shown)?.unwrap_or_default();
                let text = format!("Expected `name` argument to be a string, but got: {shown}");
                Err(self.raise(ops::Exc::TypeError, text))
            }
            _ => Ok(()),
        }
    }

    /// Refuses arguments to a class without a constructor, and classes that only say that they are gone.
    fn refuse_constructor(&mut self, class: ClassId, name: &str, args: &Args) -> Eval<()> {
        if self.keras == Keras::Three && name == "LegacyOptimizerWarning" {
            let text = "`keras.optimizers.legacy` is not supported in Keras 3. When using `tf.keras`, to continue using a \
                        `tf.keras.optimizers.legacy` optimizer, you can install the `tf_keras` package (Keras 2) and set the \
                        environment variable `TF_USE_LEGACY_KERAS=True` to configure TensorFlow to use `tf_keras` when \
                        accessing `tf.keras`.";
            return Err(self.raise(ops::Exc::ImportError, text));
        }
        if args.positional.is_empty() && args.keywords.is_empty() {
            return Ok(());
        }
        let Some(path) = self.class(class).path.clone() else { return Ok(()) };
        let profile = crate::value::profile(self.keras);
        let has_init = names::mro(profile, &path)
            .into_iter()
            .any(|c| matches!(names::class_member(profile, c, "__init__"), names::Existence::Exists(_)));
        if has_init || names::lookup(profile, &path).is_none_or(|entry| entry.signature != "()") {
            return Ok(());
        }
        Err(self.raise(ops::Exc::TypeError, format!("{name}() takes no arguments")))
    }

    /// Refuses to make a metric of Keras 2 whose class lacks a method that it has to define.
    fn refuse_abstract(&mut self, id: ObjId, path: &str) -> Eval<()> {
        if self.keras == Keras::Three || path != "keras.metrics.Metric" {
            return Ok(());
        }
        let Some(class) = self.heap.instance(id).map(|i| i.class) else { return Ok(()) };
        let inherits =
            |method: &&&str| matches!(self.class_attr(class, method), None | Some((Value::Native(_), _)));
        let missing: Vec<&str> = ["result", "update_state"].iter().filter(inherits).copied().collect();
        if missing.is_empty() {
            return Ok(());
        }
        let plural = if missing.len() > 1 { "s" } else { "" };
        let name = self.class(class).name.clone();
        let text = format!(
            "Can't instantiate abstract class {name} with abstract method{plural} {}",
            missing.join(", ")
        );
        Err(self.raise(ops::Exc::TypeError, text))
    }

    /// The recorded signature of a framework's class.
    pub(crate) fn signature_of_class(&mut self, class: ClassId) -> Option<python::Signature> {
        let path = self.class(class).path.clone()?;
        let own = self.hands_to_base(&path).then_some(keras::optimizers::BASE);
        self.signature(&path, own).map(Rc::unwrap_or_clone)
    }

    /// Tells whether a class's recorded signature is not the one that its arguments are bound to:
    /// `super().__init__(learning_rate=rate)` in an optimizer of the script's own, under Keras 3.
    fn hands_to_base(&self, path: &str) -> bool {
        self.keras == Keras::Three && path == "keras.optimizers.Optimizer"
    }

    /// The name that such an object gets: as given, the signature's default, or its class's.
    fn config_name(&mut self, id: ObjId, bound: &[(Rc<str>, Arg)]) -> Rc<str> {
        let given = bound.iter().find(|(n, _)| &**n == "name").map(|(_, a)| a.clone());
        let class = self.class_name(id);
        match given {
            Some(Arg::Str(name)) => name,
            // Metrics are numbered as layers are.
            Some(_) if self.is_metric(&Value::Instance(id)) => self.unique_name(&keras::snake_case(&class)),
            // So are Keras 3's optimizers.
            Some(_)
                if self.keras == Keras::Three
                    && self.is_of_family(&Value::Instance(id), "keras.optimizers.Optimizer") =>
            {
                self.unique_name(&keras::snake_case(&class))
            }
            _ => keras::snake_case(&class).into(),
        }
    }

    /// Tells whether a value is an instance of a family's base class: `keras.metrics.Metric`.
    pub(crate) fn is_of_family(&mut self, value: &Value, base: &str) -> bool {
        let Value::Instance(id) = value else { return false };
        let base = self.native_class(base);
        self.heap.instance(*id).is_some_and(|i| self.is_subclass(i.class, base))
    }

    /// Tells whether a value is a metric.
    pub(crate) fn is_metric(&mut self, value: &Value) -> bool {
        self.is_of_family(value, "keras.metrics.Metric")
    }

    /// What such an object makes of its state whenever it is asked: a rate, variables.
    fn made_when_asked(&mut self, id: ObjId, name: &str) -> Option<Value> {
        if let Some(of_inner) = self.scaled_attr(id, name) {
            return Some(of_inner);
        }
        if name == "learning_rate"
            && let Some(rate) = self.read_rate(id)
        {
            return Some(rate);
        }
        if name == "learning_rate"
            && self.keras == Keras::Three
            && let Some(schedule) = self.config(id).and_then(|s| s.schedule.clone())
            && !matches!(schedule, Value::Instance(_))
        {
            // A function of no arguments is called whenever it is asked.
            return self.call(&schedule, Args::default()).ok();
        }
        if matches!(name, "l1" | "l2" | "factor")
            && let Some(number) = self.kept_number(id, name)
        {
            return Some(number);
        }
        if let Some(variables) = self.variables_of_data(id, name) {
            return Some(variables);
        }
        if matches!(name, "variables" | "weights" | "non_trainable_variables")
            && self.config(id).is_some_and(|s| s.variables.is_empty())
        {
            self.make_first_variables(id);
        }
        if let Some(variable) = self.metric_variable(id, name).or_else(|| self.counted_variable(id, name)) {
            return Some(variable);
        }
        if name == "variables"
            && let Some(variables) = self.told_variables(id)
        {
            return Some(variables);
        }
        None
    }

    /// Reads an attribute that such an object has natively.
    pub(crate) fn config_attr(&mut self, id: ObjId, name: &str) -> Option<Value> {
        if let Some(made) = self.made_when_asked(id, name) {
            return Some(made);
        }
        let state = self.config(id)?;
        if self.carries_out()
            && state.path.starts_with("keras.metrics.")
            && let Some(node) = self.existing_slot(&super::training::Owner::Object(id), name)
        {
            // What a metric keeps: `mean.total`, `precision.true_positives`.
            return Some(Value::Tensor(node));
        }
        match name {
            "learning_rate" if state.learning_rate.is_some() => return state.learning_rate.clone(),
            "lr" | "_learning_rate" if state.learning_rate.is_some() && self.keras == ops::Keras::Two => {
                return state.learning_rate.clone();
            }
            // A schedule keeps what it was given.
            "name" if state.path.contains(".schedules.") => {}
            // Keras 2's older optimizers keep it privately.
            "name" if state.path.contains(".legacy.") => return None,
            "_name" if state.path.contains(".legacy.") => return Some(Value::Str(state.name.clone())),
            // A loss of Keras 2 is called what it is given: `MeanSquaredError(name=None)`.
            "name"
                if self.keras == Keras::Two
                    && state.path.starts_with("keras.losses.")
                    && state.args.iter().any(|(own, arg)| &**own == "name" && arg.is_none()) =>
            {
                return Some(Value::None);
            }
            "name" => return Some(Value::Str(state.name.clone())),
            // Optimizers call them `variables`, and so do Keras 3's metrics.
            "weights"
                if !self.is_scripts_own(id)
                    && ((state.path.starts_with("keras.optimizers.")
                        && !state.path.contains(".legacy."))
                        || (state.path.starts_with("keras.metrics.") && self.keras == Keras::Three)) =>
            {
                return None;
            }
            // Those of the framework's own metrics and optimizers are not all followed.
            "variables" | "weights" | "trainable_variables" | "non_trainable_variables"
                if state.variables.is_empty()
                    && (state.path.starts_with("keras.metrics.")
                        || state.path.starts_with("keras.optimizers."))
                    && !self.is_scripts_own(id) =>
            {
                let path = state.path.clone();
                if let Some(made) = self.mean_variables(id, &path) {
                    return Some(made);
                }
                return Some(self.unknown("the variables of a metric or an optimizer"));
            }
            "variables" | "weights" | "trainable_variables" | "non_trainable_variables" => {
                let nodes: Vec<_> =
                    state.variables.iter().map(|v| Value::Tensor(self.trace.variable(*v).node)).collect();
                return Some(self.new_list(nodes));
            }
            "iterations" if state.path.contains(".legacy.") => {
                return Some(self.unknown("the steps of an older optimizer"));
            }
            "iterations" if state.learning_rate.is_some() => {
                let several = state.args.iter().find(|(n, _)| &**n == "gradient_accumulation_steps");
                let several = several.map(|(_, steps)| steps.clone());
                return self.steps_taken(id, several);
            }
            "built" if state.path.starts_with("keras.optimizers.") && self.keras == Keras::Three => {
                let own = self.computes() || self.is_scripts_own(id);
                let built = state.built_for.is_some();
                return Some(if own {
                    self.unknown("whether an optimizer is built")
                } else {
                    Value::Bool(built)
                });
            }
            "built" if state.path.starts_with("keras.metrics.") => {
                return Some(self.unknown("whether a metric is built"));
            }
            _ => {}
        }
        if let Some(derived) = self.derived_attr(id, name) {
            return Some(derived);
        }
        let state = self.config(id)?;
        let arg = state.args.iter().find(|(n, _)| &**n == name).map(|(_, a)| a.clone())?;
        if !self.keeps_argument(state, name) {
            return None;
        }
        if let Some(made) = self.made_of_argument(id, name, &arg) {
            return Some(made);
        }
        let state = self.config(id)?;
        if name == "dtype"
            && arg.is_none()
            && (state.path.starts_with("keras.metrics.") || state.path.starts_with("keras.losses."))
        {
            return Some(Value::str("float32"));
        }
        Some(self.value_of(&arg))
    }

    /// `optimizer.iterations`: in Keras 3 the updates, of which one may take several steps.
    fn steps_taken(&mut self, id: ObjId, several: Option<Arg>) -> Option<Value> {
        if self.computes()
            && let Some(node) = self.iterations_of(id)
        {
            return match several {
                Some(Arg::Int(steps)) if steps > 1 && self.keras == Keras::Three => {
                    let args = Args::of([Value::Tensor(node), Value::Int(steps)]);
                    self.call_api(&"keras.ops.floor_divide".into(), args).ok()
                }
                _ => Some(Value::Tensor(node)),
            };
        }
        Some(match self.iteration_variable(id) {
            Some(node) => Value::Tensor(node),
            None => self.iterations(),
        })
    }

    /// Tells whether a class keeps an argument as an attribute of the same name: a loss hands most of its on to its
    /// function.
    fn keeps_argument(&self, state: &ConfigState, name: &str) -> bool {
        let settled = ["keras.losses.", "keras.metrics."].iter().any(|family| state.path.starts_with(family));
        let profile = crate::value::profile(self.keras);
        !settled
            || name == "dtype"
            || names::class_member(profile, &state.path, name) != names::Existence::Missing
    }

    /// What a class makes of an argument that it keeps: members of enumerations, what depends on the machine.
    fn made_of_argument(&mut self, id: ObjId, name: &str, arg: &Arg) -> Option<Value> {
        let state = self.config(id)?;
        let optimizer = state.path.starts_with("keras.optimizers.");
        match (name, arg) {
            ("curve" | "summation_method", Arg::Str(_)) if &*state.path == "keras.metrics.AUC" => {
                let given = [Value::str(name), self.value_of(arg)];
                self.call_model("keras.metrics._auc_setting", given).ok()
            }
            // A variable of its own.
            ("rho" | "momentum" | "beta_1" | "beta_2", Arg::Float(_)) if state.path.contains(".legacy.") => {
                Some(Value::Tensor(self.scalar("a setting of an optimizer")))
            }
            // Nothing is compiled where there is no GPU.
            ("jit_compile", Arg::Bool(true)) if optimizer && self.keras == Keras::Two => {
                Some(Value::Bool(false))
            }
            _ => None,
        }
    }

    /// What a regularizer makes of a number that it is given: Keras 2 a scalar of NumPy's, Keras 3 in two classes a
    /// tensor.
    fn kept_number(&mut self, id: ObjId, name: &str) -> Option<Value> {
        let state = self.config(id).filter(|s| s.path.starts_with("keras.regularizers."))?;
        let class = state.path.rsplit('.').next()?.to_owned();
        let (_, Arg::Float(number)) = state.args.iter().find(|(n, _)| &**n == name)? else { return None };
        let number = Value::Float(*number);
        match self.keras {
            Keras::Two => {
                let scalar = Value::DType(tensor::DType::Float32, DTypeObject::Scalar);
                self.call(&scalar, Args::of([number])).ok()
            }
            Keras::Three if matches!(&*class, "L1" | "OrthogonalRegularizer") => {
                self.call_api(&"tf.convert_to_tensor".into(), Args::of([number])).ok()
            }
            Keras::Three => None,
        }
    }

    /// Makes the variables that a metric of Keras' own keeps from the start, where no numbers are followed.
    fn make_first_variables(&mut self, id: ObjId) {
        if self.computes() || self.is_scripts_own(id) {
            return;
        }
        let Some(state) = self.config(id).filter(|s| s.path.starts_with("keras.metrics.")).cloned() else {
            return;
        };
        let settings = keras::Bound { keras: self.keras, class: "", args: &state.args };
        let Some(kept) = keras::metrics::kept(&state.path, &settings) else { return };
        let dtype = match state.args.iter().find(|(name, _)| &**name == "dtype") {
            None | Some((_, Arg::None | Arg::Missing)) => Some(tensor::DType::Float32),
            Some((_, Arg::Str(name))) => tensor::DType::parse(name),
            Some(_) => None,
        };
        // Keras 3 counts pairs of classes as integers.
        let counts = self.keras == Keras::Three && kept.iter().any(|(name, _)| *name == "total_cm");
        let dtype =
            if counts && dtype == Some(tensor::DType::Float32) { Some(tensor::DType::Int64) } else { dtype };
        // It hands its dtype to some of them.
        let handed =
            self.keras == Keras::Two || kept.iter().any(|(name, _)| matches!(*name, "total" | "total_cm"));
        let dtype = if handed { dtype } else { Some(tensor::DType::Float32) };
        let suffix = if self.keras == Keras::Two { ":0" } else { "" };
        let made: Vec<VariableId> = kept
            .into_iter()
            .map(|(attribute, shape)| {
                let name = if attribute == "total_cm" { "total_confusion_matrix" } else { attribute };
                self.new_variable(
                    format!("{name}{suffix}").into(),
                    tensor::TensorSpec::new(shape, dtype),
                    false,
                )
            })
            .collect();
        if let Some(state) = self.config_mut(id) {
            state.variables = made;
        }
    }

    /// The two variables of a metric that is a mean, which it has made once it has seen a value.
    fn mean_variables(&mut self, id: ObjId, path: &str) -> Option<Value> {
        let owner = crate::framework::training::Owner::Object(id);
        let made = if path.starts_with("keras.metrics.") { self.slots_of(&owner) } else { Vec::new() };
        (made.len() == 2).then(|| self.new_list(made.into_iter().map(Value::Tensor).collect()))
    }

    /// `loss.fn`: the function of the same name that a loss of Keras' own averages.
    pub(crate) fn loss_function_of(&self, id: ObjId) -> Option<Rc<str>> {
        let state =
            self.config(id).filter(|s| s.path.starts_with("keras.losses.") && !self.is_scripts_own(id))?;
        let class = state.path.rsplit('.').next()?;
        let path = format!("keras.losses.{}", keras::snake_case(class));
        let found = names::lookup(crate::value::profile(self.keras), &path)?;
        (found.kind == names::Kind::Function).then(|| path.into())
    }

    /// What a class makes of its arguments, or has from the start.
    fn derived_attr(&mut self, id: ObjId, name: &str) -> Option<Value> {
        let callback = self.kept_by_callback(id, name).or_else(|| self.callback_attr(id, name));
        callback.or_else(|| match name {
            "thresholds" => self.thresholds_of(id),
            "num_thresholds" => self.count_of_thresholds(id).map(Value::Int),
            "fn" => self.loss_function_of(id).map(Value::Api),
            _ => None,
        })
    }

    /// An `AUC` that was given its thresholds tells them, and counts the two that it adds.
    fn add_thresholds(&mut self, id: ObjId, state: &ConfigState, pairs: &mut Vec<(Value, Value)>) {
        let given = state.args.iter().find(|(name, _)| &**name == "thresholds").map(|(_, arg)| arg);
        let Some(given) = given.and_then(Arg::items).filter(|_| &*state.path == "keras.metrics.AUC") else {
            return;
        };
        let Some(count) = self.count_of_thresholds(id) else { return };
        for (key, value) in pairs.iter_mut() {
            if key.as_str() == Some("num_thresholds") {
                *value = Value::Int(count);
            }
        }
        // Those between the first and the last, which are added.
        let own = match self.thresholds_of(id) {
            Some(Value::List(list)) => self.heap.list(list).cloned().unwrap_or_default(),
            _ => Vec::new(),
        };
        let inner: Vec<Value> = own.into_iter().skip(1).take(given.len()).collect();
        let inner = self.new_list(inner);
        pairs.push((Value::str("thresholds"), inner));
    }

    /// `AUC.num_thresholds`: of thresholds that are given, with the two that are added.
    fn count_of_thresholds(&self, id: ObjId) -> Option<i64> {
        let state =
            self.config(id).filter(|s| &*s.path == "keras.metrics.AUC" && !self.is_scripts_own(id))?;
        let given = state.args.iter().find(|(name, _)| &**name == "thresholds")?.1.items()?;
        i64::try_from(given.len()).ok().map(|count| count + 2)
    }

    /// `thresholds` of a metric that counts at some: a list, by default of the middle alone.
    fn thresholds_of(&mut self, id: ObjId) -> Option<Value> {
        let own = self.is_scripts_own(id);
        let state = self.config(id).filter(|s| !own && s.path.starts_with("keras.metrics."))?;
        let class = state.path.rsplit('.').next()?.to_owned();
        let get = |name: &str| state.args.iter().find(|(n, _)| &**n == name).map(|(_, arg)| arg.clone());
        let (given, top) = (get("thresholds"), get("top_k"));
        if class == "AUC" {
            let settings = keras::Bound { keras: self.keras, class: "", args: &state.args };
            let all = keras::metrics::Tally { class: &class, settings }.thresholds().ok()?;
            let scalar = Value::DType(tensor::DType::Float64, DTypeObject::Scalar);
            let all = all.into_iter().take(1000).map(|x| self.call(&scalar, Args::of([Value::Float(x)])));
            let all = all.collect::<Eval<Vec<Value>>>().ok()?;
            return Some(self.new_list(all));
        }
        match (&*class, given?) {
            ("Precision" | "Recall", Arg::None) if top.as_ref().is_some_and(|top| !top.is_none()) => None,
            (
                "Precision" | "Recall" | "TruePositives" | "TrueNegatives" | "FalsePositives"
                | "FalseNegatives",
                given,
            ) => match given {
                Arg::None => Some(self.new_list(vec![Value::Float(0.5)])),
                Arg::Float(one) => Some(self.new_list(vec![Value::Float(one)])),
                Arg::List(_) | Arg::Tuple(_) => {
                    let items = given.items().map(<[Arg]>::to_vec)?;
                    let items = items.iter().map(|item| self.value_of(item)).collect();
                    Some(self.new_list(items))
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// The variable that a metric of Keras' own keeps as an attribute: `Mean().count`.
    fn metric_variable(&mut self, id: ObjId, name: &str) -> Option<Value> {
        let own = self.is_scripts_own(id) || self.computes();
        let state = self.config(id).filter(|s| !own && s.path.starts_with("keras.metrics."))?;
        let settings = keras::Bound { keras: self.keras, class: "", args: &state.args };
        let kept = keras::metrics::kept(&state.path, &settings)?;
        let at = kept.iter().position(|(attribute, _)| *attribute == name)?;
        if state.variables.is_empty() {
            self.make_first_variables(id);
        }
        let variable = *self.config(id)?.variables.get(at)?;
        Some(Value::Tensor(self.trace.variable(variable).node))
    }

    /// The variables of a metric of Keras' own where numbers are computed, or one of them by its attribute.
    fn counted_variable(&mut self, id: ObjId, name: &str) -> Option<Value> {
        let own = self.is_scripts_own(id) || !self.computes();
        let state = self.config(id).filter(|s| !own && s.path.starts_with("keras.metrics."))?.clone();
        let settings = keras::Bound { keras: self.keras, class: "", args: &state.args };
        let kept = keras::metrics::kept(&state.path, &settings)?;
        let all = name == "variables"
            || self.keras == Keras::Two && matches!(name, "weights" | "non_trainable_variables");
        if !all && !kept.iter().any(|(attribute, _)| *attribute == name) {
            return None;
        }
        let matrix = keras::metrics::Tally { class: "", settings }.matrix_dtype(self.keras == Keras::Three);
        let owner = crate::framework::training::Owner::Object(id);
        let mut nodes = Vec::new();
        for (attribute, shape) in kept {
            if attribute == "accumulator" {
                return None;
            }
            let dtype = if attribute == "total_cm" { matrix } else { tensor::DType::Float32 };
            let node = self.slot(&owner, attribute, &shape.all_known()?, dtype, 0.0).ok()?;
            if attribute == name {
                return Some(Value::Tensor(node));
            }
            nodes.push(Value::Tensor(node));
        }
        Some(self.new_list(nodes))
    }

    /// Notes that a metric may have been updated by what is not followed.
    pub(crate) fn note_used(&mut self, value: &Value) {
        if let Value::Instance(id) = value
            && let Some(state) = self.config_mut(*id)
            && state.used.is_none()
        {
            state.used = Some(tensor::Shape::UNKNOWN);
        }
    }

    /// Sets an attribute that such an object keeps natively; tells whether it did.
    ///
    /// # Errors
    /// `TypeError` for a number in the place of a schedule.
    pub(crate) fn config_set_attr(&mut self, id: ObjId, name: &str, value: &Value) -> Eval<bool> {
        let is_rate = matches!(name, "learning_rate" | "lr");
        if !is_rate || self.config(id).is_none_or(|s| s.learning_rate.is_none()) {
            if let Value::Tensor(node) = value
                && let Some(variable) = self.variable_of(*node)
                && let Some(state) = self.config_mut(id)
                && !state.variables.contains(&variable)
            {
                state.variables.push(variable);
            }
            return Ok(false);
        }
        let id = self.stepping_optimizer(id);
        self.refuse_rate_for_schedule(id, value)?;
        self.set_learning_rate(id, Some(value.clone()))?;
        Ok(true)
    }

    /// An optimizer whose rate is a schedule takes no number in its place.
    fn refuse_rate_for_schedule(&mut self, id: ObjId, value: &Value) -> Eval<()> {
        const BASE: &str = "keras.optimizers.schedules.LearningRateSchedule";
        let schedule = self.config(id).and_then(|s| s.schedule.clone()).unwrap_or(Value::None);
        let number = matches!(value, Value::Float(_) | Value::Int(_) | Value::Tensor(_));
        if !number || !self.is_of_family(&schedule, BASE) {
            return Ok(());
        }
        let text = "This optimizer was created with a `LearningRateSchedule` object as its `learning_rate` constructor \
                    argument, hence its learning rate is not settable. If you need the learning rate to be settable, \
                    you should instantiate the optimizer with a float `learning_rate` argument.";
        Err(self.raise(ops::Exc::TypeError, text))
    }
}
