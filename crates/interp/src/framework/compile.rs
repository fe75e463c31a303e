//! `Model.compile`.

use std::rc::Rc;

use diagnostics::Span;
use keras::Named;
use ops::{Exc, Keras, Mistake};

use crate::framework::given_metric::Metric;
use crate::framework::layer_class::split_self;
use crate::framework::losses::Loss;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::native::native;
use crate::raise::Eval;
use crate::record::Phase;
use crate::value::{Args, Native, Plain, Value};

/// Methods of models around `compile`.
pub(crate) static METHODS: &[Native] = &[native("compile", compile)];

/// What `compile` was given.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// The optimizer: an object or `None`.
    pub optimizer: Value,
    /// All that was given, by name.
    pub given: Rc<[(Rc<str>, Value)]>,
    /// `loss` as given.
    pub loss: Value,
    /// `loss_weights` as given.
    pub loss_weights: Value,
    /// `metrics` as given.
    pub metrics: Value,
    /// `weighted_metrics` as given.
    pub weighted_metrics: Value,
    /// `run_eagerly`.
    pub run_eagerly: bool,
    /// The call.
    pub span: Span,
    /// The losses, once an output was seen.
    pub losses: Option<Rc<[OutputLoss]>>,
    /// The metrics, once an output was seen.
    pub built_metrics: Option<Rc<[OutputMetric]>>,
    /// Whether a step had the metrics at hand.
    pub metrics_seen: bool,
    /// The keys of what the last step returned.
    pub logs: Vec<Rc<str>>,
}

/// The loss of one output.
#[derive(Clone, Debug)]
pub struct OutputLoss {
    /// Which of the flattened outputs it is for.
    pub output: usize,
    /// The loss.
    pub loss: Loss,
    /// Its weight in the total, or `None`.
    pub weight: Value,
    /// The name of its part in logs, where there are several.
    pub name: Option<Rc<str>>,
}

/// A metric of one output.
#[derive(Clone, Debug)]
pub struct OutputMetric {
    /// Which of the flattened outputs it is for.
    pub output: usize,
    /// The metric.
    pub metric: Metric,
    /// Its name in logs.
    pub name: Rc<str>,
    /// Whether samples are weighted.
    pub weighted: bool,
}

fn compile(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    interp.phased(Phase::Compile, |interp| interp.compile_model(id, &args))?;
    Ok(Value::None)
}

impl Interp<'_> {
    /// Returns what a model was compiled with.
    pub(crate) fn compiled(&self, id: ObjId) -> Option<&Compiled> {
        self.model(id)?.compiled.as_deref()
    }

    /// Returns what a model was compiled with, to change.
    pub(crate) fn compiled_mut(&mut self, id: ObjId) -> Option<&mut Compiled> {
        self.model_mut(id)?.compiled.as_deref_mut()
    }

    fn compile_model(&mut self, id: ObjId, args: &Args) -> Eval<()> {
        let given = self.bind_method_args("keras.Model.compile", Value::Instance(id), args)?;
        if self.keras == Keras::Three && !self.layer(id).is_some_and(|s| s.initialised) {
            let core = format!("'{}' object has no attribute '_dtype_policy'", self.class_name(id));
            let mistake = Mistake::NotInitialised { class: self.class_name(id).to_string() };
            let violation = ops::Violation { class: Exc::AttributeError, core, mistake };
            return Err(self.raise_violation(violation, "compile".into(), Vec::new()));
        }
        if self.keras == Keras::Two {
            self.check_compile_keywords(&given.get("kwargs"))?;
        }
        let optimizer = self.optimizer_of(&given.get("optimizer"))?;
        let before = self.compiled(id).cloned();
        let mut loss = given.get("loss");
        let mut loss_weights = given.get("loss_weights");
        if self.keras == Keras::Three {
            if !loss.is_none() {
                self.check_loss_weights(&loss_weights)?;
            } else if let Some(before) = &before {
                // Without a loss, that of an earlier `compile` stays.
                loss = before.loss.clone();
                loss_weights = before.loss_weights.clone();
            }
            for name in ["metrics", "weighted_metrics"] {
                self.check_metrics(name, &given.get(name))?;
            }
        }
        let (mut metrics, mut weighted_metrics) = (given.get("metrics"), given.get("weighted_metrics"));
        let (mut built_metrics, mut metrics_seen) = (None, false);
        if let Some(before) = before
            && self.keras == Keras::Three
            && metrics.is_none()
            && weighted_metrics.is_none()
        {
            // So do its metrics.
            (metrics, weighted_metrics) = (before.metrics, before.weighted_metrics);
            (built_metrics, metrics_seen) = (before.built_metrics, before.metrics_seen);
        }
        for metric in self.leaves(&metrics).into_iter().chain(self.leaves(&weighted_metrics)) {
            self.note_used(&metric);
        }
        let eagerly = given.get("run_eagerly");
        let run_eagerly = self.truth(&eagerly)? == Some(true);
        let names = [
            "optimizer",
            "loss",
            "metrics",
            "loss_weights",
            "weighted_metrics",
            "run_eagerly",
            "steps_per_execution",
            "jit_compile",
        ];
        let compiled = Compiled {
            optimizer: optimizer.clone(),
            given: names.into_iter().map(|name| (name.into(), given.get(name))).collect(),
            loss: loss.clone(),
            loss_weights,
            metrics,
            weighted_metrics,
            run_eagerly,
            span: self.here(),
            losses: None,
            built_metrics,
            metrics_seen,
            logs: Vec::new(),
        };
        if let Some(model) = self.model_mut(id) {
            model.compiled = Some(Box::new(compiled));
            model.traced = Default::default();
            model.spoilt = Default::default();
        }
        self.forget_plans(id);
        self.forget_logs(id);
        self.meet_compiled_loss(id, &loss);
        // Keras 2 puts a `LossScaleOptimizer` around it, which has more methods.
        let scales =
            self.keras == Keras::Two && self.global_policy_name() == "mixed_float16" && !self.carries_out();
        let optimizer =
            if scales { self.unknown("an optimizer around which losses are scaled") } else { optimizer };
        if let Some(instance) = self.heap.instance_mut(id) {
            instance.attrs.insert("optimizer".into(), optimizer);
            instance.attrs.insert("stop_training".into(), Value::Bool(false));
            // Without a loss, `model.loss` keeps what it was.
            if !loss.is_none() {
                instance.attrs.insert("loss".into(), loss);
            }
        }
        Ok(())
    }

    fn check_compile_keywords(&mut self, kwargs: &Value) -> Eval<()> {
        const KNOWN: &[&str] = &[
            "experimental_steps_per_execution",
            "from_serialized",
            "cloning",
            "experimental_run_tf_function",
            "distribute",
            "target_tensors",
            "sample_weight_mode",
        ];
        let pairs = self.pairs_of(kwargs).unwrap_or_default();
        let names: Vec<&str> = pairs.iter().filter_map(|(k, _)| k.as_str()).collect();
        let unknown: Vec<&str> = names.into_iter().filter(|n| !KNOWN.contains(n)).collect();
        let Some(first) = unknown.first() else { return Ok(()) };
        let misbound = ops::Misbound::Unexpected((*first).to_owned());
        let bad: Vec<String> = unknown.iter().map(|n| format!("'{n}'")).collect();
        let core = format!(
            "Invalid keyword argument(s) in `compile()`: ({{{}}},). Valid keyword arguments include \"cloning\", \
             \"experimental_run_tf_function\", \"distribute\", \"target_tensors\", or \"sample_weight_mode\".",
            bad.join(", ")
        );
        let mistake = Mistake::Signature { problem: core.clone(), misbound };
        let violation = ops::Violation { class: Exc::TypeError, core, mistake };
        Err(self.raise_violation(violation, "compile".into(), Vec::new()))
    }

    /// What `compile(optimizer=...)` means.
    ///
    /// # Errors
    /// What Keras raises for a name or object that it does not know.
    pub(crate) fn optimizer_of(&mut self, given: &Value) -> Eval {
        match given {
            Value::Str(name) => {
                let answer = keras::optimizers::optimizer_named(self.keras, name);
                let path = match self.settle(answer, "compile", Vec::new)? {
                    Ok(Named::Class(path)) => path,
                    _ => return Ok(self.unknown("an optimizer that is not known")),
                };
                let class = self.native_class(path);
                self.instantiate(class, Args::default())
            }
            Value::Class(_) if self.keras == Keras::Three => self.call(given, Args::default()),
            Value::None if self.keras == Keras::Three => Ok(Value::None),
            Value::Int(_) | Value::Float(_) | Value::None => {
                self.refuse_identifier(&keras::optimizers::OPTIMIZERS, given, "compile")?;
                Ok(Value::None)
            }
            _ => Ok(given.clone()),
        }
    }

    fn check_loss_weights(&mut self, weights: &Value) -> Eval<()> {
        let wrong = match weights {
            Value::Int(n) => *n != 0,
            Value::Str(s) => !s.is_empty(),
            Value::Bool(b) => *b,
            _ => false,
        };
        if !wrong {
            return Ok(());
        }
        let (shown, kind) = (self.display(weights)?.unwrap_or_default(), self.type_name(weights));
        let core = format!(
            "Expected `loss_weights` argument to be a float (single output case) or a list, tuple, or dict (multiple \
             output case). Received instead: loss_weights={shown} of type <class '{kind}'>"
        );
        Err(self.bad_argument("loss_weights", core))
    }

    fn check_metrics(&mut self, name: &'static str, metrics: &Value) -> Eval<()> {
        let wrong = match metrics {
            Value::Str(s) => !s.is_empty(),
            Value::Int(n) => *n != 0,
            Value::Function(_) | Value::Api(_) => true,
            _ => false,
        };
        if !wrong {
            return Ok(());
        }
        let (shown, kind) = (self.display(metrics)?.unwrap_or_default(), self.type_name(metrics));
        let core = format!(
            "Expected `{name}` argument to be a list, tuple, or dict. Received instead: {name}={shown} of type <class \
             '{kind}'>"
        );
        Err(self.bad_argument(name, core))
    }

    pub(crate) fn bad_argument(&mut self, param: &'static str, core: String) -> crate::raise::Halt {
        let mistake = Mistake::Argument { param, problem: core.clone() };
        let violation = ops::Violation { class: Exc::ValueError, core, mistake };
        self.raise_violation(violation, "compile".into(), Vec::new())
    }

    /// Attributes that a model has already and that nobody can set.
    ///
    /// # Errors
    /// `AttributeError`, in the words of each profile.
    pub(crate) fn check_model_attr(&mut self, id: ObjId, name: &str, value: &Value) -> Eval<()> {
        let early = self.keras == Keras::Two
            && self.model(id).is_some()
            && !self.layer(id).is_some_and(|s| s.initialised);
        if early
            && self.leaves(value).iter().all(|v| {
                self.as_layer(v).is_some() || matches!(v, Value::Tensor(n) if self.variable_of(*n).is_some())
            })
        {
            let core = "It looks like you are subclassing `Model` and you forgot to call `super().__init__()`. Always \
                        start with this line.";
            let mistake = Mistake::NotInitialised { class: self.class_name(id).to_string() };
            let violation = ops::Violation { class: Exc::RuntimeError, core: core.to_owned(), mistake };
            return Err(self.raise_violation(violation, "Model.__setattr__".into(), Vec::new()));
        }
        let reserved =
            matches!(name, "layers" | "metrics" | "losses" | "weights" | "variables" | "metrics_names");
        if !reserved || self.model(id).is_none() {
            return Ok(());
        }
        // A property of the script's own may have a setter.
        let owner =
            self.heap.instance(id).and_then(|i| self.class_attr(i.class, name)).map(|(_, owner)| owner);
        if owner.is_some_and(|o| self.class(o).path.is_none()) {
            return Ok(());
        }
        let core = match self.keras {
            Keras::Two => format!(
                "Can't set the attribute \"{name}\", likely because it conflicts with an existing read-only @property of \
                 the object. Please choose a different name."
            ),
            Keras::Three if name == "layers" => {
                "`Model.layers` attribute is reserved and should not be used. Please use another name."
                    .to_owned()
            }
            Keras::Three => {
                format!("property '{name}' of '{}' object has no setter", self.class_name(id))
            }
        };
        let violation =
            ops::Violation { class: Exc::AttributeError, core, mistake: Mistake::ReservedAttribute };
        Err(self.raise_violation(violation, "Model.__setattr__".into(), Vec::new()))
    }

    /// Training needs a compiled model.
    ///
    /// # Errors
    /// What Keras raises for one that is not.
    pub(crate) fn check_compiled(&mut self, id: ObjId) -> Eval<()> {
        if self.compiled(id).is_some() {
            return Ok(());
        }
        let (class, core) = match self.keras {
            Keras::Two => (
                Exc::RuntimeError,
                "You must compile your model before training/testing. Use `model.compile(optimizer, loss)`.",
            ),
            Keras::Three => (Exc::ValueError, "You must call `compile()` before using the model."),
        };
        let mistake = Mistake::Argument { param: "self", problem: "the model is not compiled".to_owned() };
        let violation = ops::Violation { class, core: core.to_owned(), mistake };
        Err(self.raise_violation(violation, "fit".into(), Vec::new()))
    }

    /// The names of a model's outputs: the layers that make them; nothing for a subclassed model.
    pub(crate) fn output_names(&self, id: ObjId) -> Option<Vec<Rc<str>>> {
        let graph = self.model(id)?.graph.as_ref()?;
        let outputs = self.flat_tensors(graph.outputs.as_ref()?);
        let names: Option<Vec<Rc<str>>> = outputs
            .into_iter()
            .map(|node| match self.trace.node(node).source {
                graph::Source::LayerCall(call) => match &self.keras_calls.get(call as usize)?.callee {
                    super::history::Callee::Layer(layer) => self.layer(*layer).map(|s| s.name.clone()),
                    super::history::Callee::Op { op, .. } => Some(op.name.into()),
                },
                _ => self.input_layers.get(&node).and_then(|l| self.layer(*l)).map(|s| s.name.clone()),
            })
            .collect();
        if self.keras == Keras::Three { names } else { names.map(told_apart) }
    }

    /// A dict of logs: a number for each name.
    pub(crate) fn logs_dict(&mut self, names: &[Rc<str>]) -> Value {
        let pairs: Vec<_> = names.iter().map(|n| (Value::Str(n.clone()), Value::Any(Plain::Float))).collect();
        self.new_dict(pairs)
    }
}

/// The names of outputs, of which one layer may make several: `out`, `out_1`.
///
/// source: tf_keras/src/engine/functional.py: `_set_output_names`
fn told_apart(names: Vec<Rc<str>>) -> Vec<Rc<str>> {
    let mut all: Vec<Rc<str>> = Vec::with_capacity(names.len());
    for name in names {
        let mut own = name.clone();
        let mut count = 1;
        while all.contains(&own) {
            own = format!("{name}_{count}").into();
            count += 1;
        }
        all.push(own);
    }
    all
}
