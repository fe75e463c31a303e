//! One step of training, testing or prediction, as Keras' own methods carry it out.

use std::rc::Rc;

use graph::{Node, NodeId, ScopeId, Source};
use ops::{Arg, Exc, Flow, Keras, Mistake, TensorKind};
use tensor::{Content, DType, Shape, TensorSpec};

use crate::framework::layer_class::split_self;
use crate::framework::tape::TapeState;
use crate::framework::training::Owner;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::native::native;
use crate::raise::Eval;
use crate::value::{Args, Native, Value};

/// Methods of models that steps are made of.
pub(crate) static METHODS: &[Native] = &[
    native("train_step", |i, a| step(i, a, Step::Train)),
    native("test_step", |i, a| step(i, a, Step::Test)),
    native("predict_step", |i, a| step(i, a, Step::Predict)),
    native("compute_loss", compute_loss),
    native("compiled_loss", compiled_loss),
    native("compute_metrics", compute_metrics),
    native("get_metrics_result", get_metrics_result),
    native("reset_metrics", |interp, mut args| {
        if let Some(id) = split_self(&mut args)
            && interp.computes()
        {
            interp.reset_model_metrics(id)?;
        }
        Ok(Value::None)
    }),
];

/// Properties.
pub(crate) static PROPERTIES: &[Native] = &[
    native("metrics", metrics),
    native("metrics_names", metrics_names),
    native("compiled_metrics", super::compile_metrics::compiled_metrics),
    native("run_eagerly", run_eagerly),
];

/// Which kind of step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// `train_step`.
    Train,
    /// `test_step`.
    Test,
    /// `predict_step`.
    Predict,
}

impl Step {
    /// The method's name.
    pub(crate) fn method(self) -> &'static str {
        match self {
            Step::Train => "train_step",
            Step::Test => "test_step",
            Step::Predict => "predict_step",
        }
    }
}

fn step(interp: &mut Interp<'_>, mut args: Args, step: Step) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    let data = args.get(0, "data").cloned().unwrap_or(Value::None);
    let (x, y, weight) = interp.parts_of_step(&data)?;
    if step == Step::Predict {
        return interp.forward(id, &x, false);
    }
    let since = interp.mark();
    if step == Step::Train {
        interp.running.tapes += 1;
    }
    let result = interp.forward_and_loss(id, &x, &y, &weight, step == Step::Train);
    if step == Step::Train {
        interp.running.tapes = interp.running.tapes.saturating_sub(1);
    }
    let (y_pred, loss) = result?;
    // What a model that is not followed adds to the loss is not known.
    if interp.hides_unknown(&y_pred) {
        return Ok(interp.unknown("the logs of a step whose outputs are not known"));
    }
    if interp.keras == Keras::Three {
        interp.track_loss(id, "loss", &loss, &x)?;
    }
    if step == Step::Train {
        interp.check_target(id, &y, &loss)?;
        interp.train_on(id, since, &loss)?;
    }
    let args = [x, y, y_pred, weight];
    interp.call_step_method(id, "compute_metrics", &["x", "y", "y_pred", "sample_weight"], &args)
}

impl Interp<'_> {
    /// Calls the model for a step.
    pub(crate) fn forward(&mut self, id: ObjId, x: &Value, training: bool) -> Eval {
        let mut args = Args::of([x.clone()]);
        let takes = self.takes_training(id);
        if takes {
            args.keywords.push(("training".into(), Value::Bool(training)));
        }
        self.clear_losses(id);
        // Keras 3 does not say which it is to a model whose own `call` does not take it, so layers within do not know.
        let told = (takes || self.keras == Keras::Two).then_some(training);
        let before = self.training;
        self.training = told.or(before);
        let result = self.call_layer(id, args);
        self.training = before;
        result
    }

    /// Tells whether a model's `call` takes `training`.
    fn takes_training(&mut self, id: ObjId) -> bool {
        match self.script_method(id, "call") {
            Some(method) => match &method {
                Value::Bound(bound) => {
                    let names = self.parameter_names(&bound.function);
                    names.iter().any(|n| &**n == "training")
                }
                _ => false,
            },
            None => true,
        }
    }

    fn forward_and_loss(
        &mut self,
        id: ObjId,
        x: &Value,
        y: &Value,
        weight: &Value,
        training: bool,
    ) -> Eval<(Value, Value)> {
        let y_pred = self.forward(id, x, training)?;
        let args = [x.clone(), y.clone(), y_pred.clone(), weight.clone()];
        let names = ["x", "y", "y_pred", "sample_weight"];
        let loss = self.call_step_method(id, "compute_loss", &names, &args)?;
        Ok((y_pred, loss))
    }

    /// Calls a method that the script may have overridden, positionally as Keras does.
    fn call_step_method(&mut self, id: ObjId, name: &str, _: &[&str], args: &[Value]) -> Eval {
        let object = Value::Instance(id);
        let mut call = Args::of(args.iter().cloned());
        if let Some(method) = self.script_method(id, name) {
            if name == "compute_loss"
                && self.keras == Keras::Three
                && self.parameter_names(&method).iter().any(|n| &**n == "training")
            {
                call.keywords.push(("training".into(), Value::Bool(self.training != Some(false))));
            }
            return self.call(&method, call);
        }
        match name {
            "compute_loss" => compute_loss(self, call.with_self(object)),
            _ => compute_metrics(self, call.with_self(object)),
        }
    }

    /// Keras 2 wants labels for a compiled loss, and some loss.
    fn check_target(&mut self, id: ObjId, y: &Value, loss: &Value) -> Eval<()> {
        if self.keras == Keras::Three {
            return Ok(());
        }
        let given = self.compiled(id).map_or(Value::None, |c| c.loss.clone());
        let core = if !given.is_none() && y.is_none() {
            let shown = match &given {
                Value::Str(name) => name.to_string(),
                _ => self.display(&given)?.unwrap_or_default(),
            };
            format!(
                "Target data is missing. Your model was compiled with loss={shown}, and therefore expects target data to \
                 be provided in `fit()`."
            )
        } else if loss.is_none() {
            "No loss found. You may have forgotten to provide a `loss` argument in the `compile()` method."
                .to_owned()
        } else {
            return Ok(());
        };
        Err(self.bad_data_of(Exc::ValueError, core, ops::Mistake::NoLabels))
    }

    /// Differentiates the loss and updates the model's variables.
    fn train_on(&mut self, id: ObjId, since: u32, loss: &Value) -> Eval<()> {
        let variables: Vec<NodeId> =
            self.weights_of(id).0.into_iter().map(|v| self.trace.variable(v).node).collect();
        if loss.is_unknown() || self.is_lost(id) {
            return Ok(());
        }
        if variables.is_empty() {
            // Keras 3 warns; both go on.
            return Ok(());
        }
        let tape = TapeState {
            recorded: std::iter::once(since..self.mark()).collect(),
            steps: std::iter::once(0..u32::MAX).collect(),
            watch_variables: true,
            ..TapeState::default()
        };
        let sources = self.new_list(variables.iter().copied().map(Value::Tensor).collect());
        let (gradients, status) = self.gradients_of(&tape, loss, &sources, false)?;
        self.record_tape(&status);
        let (gradients, _) = self.iterate(&gradients, variables.len())?;
        let optimizer = self.compiled(id).map_or(Value::None, |c| c.optimizer.clone());
        if self.minimizes_itself(&optimizer) {
            self.undecided("the gradients that an optimizer of the script's computes");
            return Ok(());
        }
        if let Value::Instance(own) = &optimizer
            && let Some(method) = self.script_method(*own, "apply_gradients")
        {
            // The script's own class changes them first.
            let pairs = gradients.iter().zip(&variables);
            let pairs = pairs.map(|(gradient, node)| Value::tuple([gradient.clone(), Value::Tensor(*node)]));
            let pairs = pairs.collect();
            let pairs = self.new_list(pairs);
            self.call(&method, Args::of([pairs]))?;
            return Ok(());
        }
        match &optimizer {
            Value::Instance(optimizer) if self.config(*optimizer).is_some() => {
                self.apply_updates(*optimizer, &gradients, &variables)
            }
            Value::None => {
                let text = "'NoneType' object has no attribute 'apply_gradients'";
                Err(self.raise(Exc::AttributeError, text))
            }
            _ => {
                if self.computes() {
                    self.without_number("a step of an optimizer that is not modelled");
                    for variable in variables {
                        self.lose_number(variable);
                    }
                }
                Ok(())
            }
        }
    }

    /// Tells whether an optimizer of Keras 2 computes the gradients of a step by a method of the script's.
    ///
    /// source: tf_keras/src/optimizers/legacy/optimizer_v2.py, tf_keras/src/optimizers/optimizer.py: minimize
    fn minimizes_itself(&mut self, optimizer: &Value) -> bool {
        let Value::Instance(id) = optimizer else { return false };
        self.keras == Keras::Two
            && ["minimize", "compute_gradients", "_compute_gradients"]
                .iter()
                .any(|name| self.script_method(*id, name).is_some())
    }

    /// The losses beside the compiled one: `add_loss`, regularizers of weights.
    pub(crate) fn added_losses(&mut self, id: ObjId) -> Vec<NodeId> {
        let mut nodes = Vec::new();
        let mut penalised = Vec::new();
        for id in self.layers_within(id) {
            if let Some(state) = self.layer(id) {
                nodes.extend(state.losses.iter().copied());
                for weight in &state.weights {
                    let variable = self.trace.variable(weight.variable);
                    if variable.trainable && state.trainable && is_penalised(&state.config, &weight.name) {
                        penalised.push(variable.node);
                    }
                }
            }
        }
        if self.computes() {
            nodes.extend(self.weight_penalties(id));
            return nodes;
        }
        for weight in penalised {
            let kind = if self.graph_depth > 0 { TensorKind::Graph } else { TensorKind::Eager };
            let spec = TensorSpec::new(Shape::scalar(), self.trace.node(weight).spec.dtype);
            let span = self.here();
            nodes.push(self.trace.push(Node {
                source: Source::Opaque("a regularizer"),
                kind,
                spec,
                content: Content::Unknown,
                inputs: std::iter::once((weight, Flow::Ok)).collect(),
                span,
                scope: ScopeId::default(),
            }));
        }
        nodes
    }

    /// Forgets what `add_loss` gave in an earlier call.
    pub(crate) fn clear_losses(&mut self, id: ObjId) {
        let mut todo = vec![id];
        let mut seen = rustc_hash::FxHashSet::default();
        while let Some(id) = todo.pop() {
            if !seen.insert(id) {
                continue;
            }
            self.running.traced_losses.remove(&id);
            let Some(state) = self.layer(id) else { continue };
            let (losses, sublayers) = (state.losses.is_empty(), state.sublayers.clone());
            if !losses && let Some(state) = self.layer_mut(id) {
                state.losses.clear();
            }
            todo.extend(sublayers);
        }
    }
}

/// Tells whether a layer's config has a regularizer for a weight: `kernel_regularizer` for `kernel`.
fn is_penalised(config: &[(Rc<str>, Arg)], weight: &str) -> bool {
    config.iter().any(|(name, arg)| {
        let Some(prefix) = name.strip_suffix("_regularizer") else { return false };
        let own = match prefix {
            "recurrent" => "recurrent_kernel",
            "depthwise" => "depthwise_kernel",
            "pointwise" => "pointwise_kernel",
            prefix => prefix,
        };
        own == weight && !matches!(arg, Arg::None | Arg::Missing)
    })
}

/// `Model.compute_loss(x, y, y_pred, sample_weight)`.
fn compute_loss(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    let get = |at, name: &str| args.get(at, name).cloned().unwrap_or(Value::None);
    let (y, y_pred, weight) = (get(1, "y"), get(2, "y_pred"), get(3, "sample_weight"));
    if interp.keras == Keras::Two && interp.compiled(id).is_none() {
        return Err(interp.raise(Exc::TypeError, "'NoneType' object is not callable"));
    }
    let compiled = interp.compiled_loss(id, &y, &y_pred, &weight)?;
    let added = interp.added_losses(id);
    if compiled.is_none() && added.is_empty() {
        if interp.hides_unknown(&y_pred) {
            return Ok(interp.unknown("a loss of outputs that are not known"));
        }
        if interp.keras == Keras::Two {
            return Ok(Value::None);
        }
        let core = "No loss to compute. Provide a `loss` argument in `compile()`.";
        let mistake = Mistake::Argument { param: "loss", problem: "missing".to_owned() };
        let violation = ops::Violation { class: Exc::ValueError, core: core.to_owned(), mistake };
        return Err(interp.raise_violation(violation, "compute_loss".into(), Vec::new()));
    }
    let loss = interp.sum_losses(compiled, &added);
    if interp.keras == Keras::Two {
        let batch = interp.leaves(&y).into_iter().find(|v| !v.is_none()).unwrap_or_else(|| get(0, "x"));
        interp.track_loss(id, "loss", &loss, &batch)?;
    }
    Ok(loss)
}

impl Interp<'_> {
    /// The sum of a compiled loss and others.
    fn sum_losses(&mut self, compiled: Option<Value>, added: &[NodeId]) -> Value {
        match &compiled {
            Some(value) if added.is_empty() || value.is_unknown() => return value.clone(),
            _ => {}
        }
        let all: Vec<NodeId> =
            compiled.iter().flat_map(|v| self.flat_tensors(v)).chain(added.iter().copied()).collect();
        if self.computes()
            && let Some(sum) = self.number_sum(&all)
        {
            return Value::Tensor(sum);
        }
        let graph = all.iter().any(|n| self.trace.node(*n).kind == TensorKind::Graph) || self.graph_depth > 0;
        let kind = if graph { TensorKind::Graph } else { TensorKind::Eager };
        let spec = TensorSpec::new(Shape::scalar(), DType::Float32);
        let span = self.here();
        let inputs = all
            .into_iter()
            .map(|n| {
                let float = self.trace.node(n).spec.dtype.is_none_or(DType::is_differentiable);
                (n, if float { Flow::Ok } else { Flow::None })
            })
            .collect();
        let source = Source::Opaque("a sum of losses");
        let (content, scope) = (Content::Unknown, ScopeId::default());
        Value::Tensor(self.trace.push(Node { source, kind, spec, content, inputs, span, scope }))
    }

    /// The names in a model's logs, in order: the loss, its parts, the metrics.
    pub(crate) fn log_names(&mut self, id: ObjId) -> Vec<Rc<str>> {
        let mut names: Vec<Rc<str>> = Vec::new();
        let tracked = !self.leaves_loss_out(id);
        if let Some(compiled) = self.compiled(id) {
            names.extend(tracked.then(|| "loss".into()));
            let metrics = compiled.built_metrics.iter().flat_map(|m| m.iter().map(|m| m.name.clone()));
            let parts = compiled.losses.iter().flat_map(|l| l.iter().filter_map(|l| l.name.clone()));
            match self.keras {
                Keras::Two => names.extend(parts.chain(metrics)),
                Keras::Three => names.extend(metrics.chain(parts)),
            }
        }
        for metric in self.own_metrics(id) {
            let name = self.callable_name(&metric);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// Tells whether the script's own `compute_loss` never comes to Keras 2's, which makes what tracks the loss.
    ///
    /// source: tf_keras/src/engine/compile_utils.py: LossesContainer.metrics
    fn leaves_loss_out(&mut self, id: ObjId) -> bool {
        self.keras == Keras::Two
            && self.computes()
            && self.script_method(id, "compute_loss").is_some()
            && self.compiled(id).is_some_and(|c| c.losses.is_none())
            && self.existing_slot(&Owner::Log(id, "loss".into()), "total").is_none()
    }

    /// Tells whether `compile` was given metrics that no step has made yet, or a loss that is not known.
    pub(crate) fn metrics_are_unknown(&self, id: ObjId) -> bool {
        let Some(compiled) = self.compiled(id) else { return false };
        let given = [&compiled.metrics, &compiled.weighted_metrics];
        let some = given.iter().any(|m| self.leaves(m).iter().any(|v| !v.is_none()));
        (some && compiled.built_metrics.is_none()) || (!compiled.loss.is_none() && compiled.losses.is_none())
    }

    /// The metric objects among a model's attributes.
    pub(crate) fn own_metrics(&mut self, id: ObjId) -> Vec<Value> {
        let Some(instance) = self.heap.instance(id) else { return Vec::new() };
        let values: Vec<Value> = instance.attrs.values().cloned().collect();
        let mut found = Vec::new();
        for value in values {
            for leaf in self.leaves(&value) {
                if self.is_metric(&leaf) {
                    found.push(leaf);
                }
            }
        }
        found
    }
}

/// Keras' old `self.compiled_loss(y, y_pred, sample_weight, regularization_losses=None)`.
fn compiled_loss(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    let get = |at, name: &str| args.get(at, name).cloned().unwrap_or(Value::None);
    let (y, y_pred, weight) = (get(0, "y_true"), get(1, "y_pred"), get(2, "sample_weight"));
    let y = if y.is_none() { get(0, "y") } else { y };
    let compiled = interp.compiled_loss(id, &y, &y_pred, &weight)?;
    let added = match interp.keras {
        Keras::Three => interp.added_losses(id),
        Keras::Two => {
            let given = get(3, "regularization_losses");
            interp.flat_tensors(&given)
        }
    };
    if compiled.is_none() && added.is_empty() {
        return Ok(Value::None);
    }
    Ok(interp.sum_losses(compiled, &added))
}

/// `Model.compute_metrics(x, y, y_pred, sample_weight)`: updates the compiled metrics, gives all results.
fn compute_metrics(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    let get = |at, name: &str| args.get(at, name).cloned().unwrap_or(Value::None);
    let (y, y_pred, weight) = (get(1, "y"), get(2, "y_pred"), get(3, "sample_weight"));
    interp.update_compiled_metrics(id, &y, &y_pred, &weight)?;
    get_metrics_result(interp, Args::of([Value::Instance(id)]))
}

fn get_metrics_result(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    interp.hand_out_metrics(id);
    if interp.metrics_are_unknown(id) {
        return Ok(interp.unknown("the metrics of a step on data that is not known"));
    }
    let names = interp.log_names(id);
    let mut pairs = Vec::new();
    for name in names {
        let value = match interp.log_number(id, &name)? {
            Some(value) => value,
            None => Value::Tensor(interp.scalar("a metric's result")),
        };
        pairs.push((Value::Str(name), value));
    }
    Ok(interp.new_dict(pairs))
}

/// The name of the one metric that Keras 3 makes of all that `compile` was given.
const COMPILED: &str = "compile_metrics";

/// `model.metrics`: the compiled ones are objects that only give results here.
fn metrics(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    interp.hand_out_metrics(id);
    if interp.may_have_metrics(id) {
        return Ok(interp.unknown("the metrics of a model that was trained on what is not known"));
    }
    let compiled = interp.log_names(id);
    let mut items = Vec::new();
    if interp.compiled(id).is_some() && !interp.has_no_metrics_yet(id) {
        let class = interp.native_class("keras.metrics.Mean");
        let compiled = if interp.keras == Keras::Three { interp.named_trackers(id) } else { compiled };
        for name in compiled {
            let keywords = vec![("name".into(), Value::Str(name.clone()))];
            let made = interp.instantiate(class, Args { positional: Vec::new(), keywords })?;
            if let (Value::Instance(object), Keras::Three, COMPILED) = (&made, interp.keras, &*name) {
                interp.running.compiled_trackers.insert(*object, id);
            }
            if let (Value::Instance(object), Some(numbers)) = (&made, &mut interp.numbers) {
                numbers.stand_ins.insert(*object, (id, name));
            }
            items.push(made);
        }
    } else {
        items = interp.own_metrics(id);
    }
    Ok(interp.new_list(items))
}

/// `model.run_eagerly`, as `compile` was told.
fn run_eagerly(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let model = split_self(&mut args);
    Ok(Value::Bool(model.map_or(interp.running.eager_functions, |id| interp.runs_eagerly(id))))
}

fn metrics_names(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    if interp.may_have_metrics(id) {
        return Ok(interp.unknown("the metrics of a model that was trained on what is not known"));
    }
    let none = interp.has_no_metrics_yet(id) && interp.own_metrics(id).is_empty();
    let names = match interp.keras {
        _ if none => Vec::new(),
        Keras::Three => interp.named_trackers(id),
        Keras::Two => interp.log_names(id),
    };
    let names = names.into_iter().map(Value::Str).collect();
    Ok(interp.new_list(names))
}

impl Interp<'_> {
    /// Tells whether the metrics that `compile` was given are still to be made: in Keras 2 there are none before the
    /// first batch.
    fn has_no_metrics_yet(&self, id: ObjId) -> bool {
        // A step of the script's own has made them once it has computed the loss.
        let made = self.compiled(id).is_some_and(|c| c.losses.is_some() || c.built_metrics.is_some());
        self.keras == Keras::Two && !made && !self.ran(id) && self.undecided.is_none()
    }

    /// Tells whether Keras 2 may have made the compiled metrics in a training that could not be followed.
    fn may_have_metrics(&self, id: ObjId) -> bool {
        let open = self.compiled(id).is_some_and(|c| {
            c.built_metrics.is_none() && !(c.metrics.is_none() && c.weighted_metrics.is_none())
        });
        self.keras == Keras::Two && self.undecided.is_some() && open
    }

    /// Tells whether a model has been trained or evaluated.
    fn ran(&self, id: ObjId) -> bool {
        let counted = Owner::Log(id, "loss".into());
        (self.computes() && self.existing_slot(&counted, "total").is_some())
            || self.model(id).is_some_and(|m| m.traced.iter().take(2).any(Option::is_some))
    }

    /// The names of a model's metrics in Keras 3, where one object holds all that `compile` was given.
    fn named_trackers(&mut self, id: ObjId) -> Vec<Rc<str>> {
        let given = self.compiled(id).map(|c| [&c.metrics, &c.weighted_metrics]);
        let some =
            given.is_some_and(|given| given.iter().any(|m| self.leaves(m).iter().any(|v| !v.is_none())));
        self.trackers_around(id, some.then(|| COMPILED.into()).into_iter().collect())
    }

    /// The names of a model's metrics in Keras 3, those that `compile` was given by the names that are handed in: the
    /// loss, these, the losses of several outputs, the model's own (`Trainer.metrics`).
    pub(crate) fn trackers_around(&mut self, id: ObjId, given: Vec<Rc<str>>) -> Vec<Rc<str>> {
        let mut names: Vec<Rc<str>> = Vec::new();
        if let Some(compiled) = self.compiled(id) {
            names.push("loss".into());
            names.extend(given);
            names.extend(compiled.losses.iter().flat_map(|l| l.iter().filter_map(|l| l.name.clone())));
        }
        for metric in self.own_metrics(id) {
            names.push(self.callable_name(&metric));
        }
        names
    }
}
