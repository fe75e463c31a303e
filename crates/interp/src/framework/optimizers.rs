//! Optimizers and learning rate schedules.

use graph::{NodeId, VariableId};
use ops::{Arg, Exc, Keras};
use tensor::{DType, Shape, TensorSpec};

use crate::framework::layer_class::split_self;
use crate::framework::tape::TapeState;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::native::native;
use crate::raise::Eval;
use crate::value::{Args, Native, Value};

/// Methods of `keras.optimizers.Optimizer`.
pub(crate) static METHODS: &[Native] = &[
    native("apply_gradients", apply_gradients),
    native("apply", apply),
    native("minimize", minimize),
    native("build", build),
    native("update_step", update_step),
    native("scale_loss", scale_loss),
    native("finalize_variable_values", |_, _| Ok(Value::None)),
    native("set_weights", set_weights),
    native("exclude_from_weight_decay", exclude_from_weight_decay),
    native("save_own_variables", |_, _| Ok(Value::None)),
    native("compute_gradients", compute_gradients),
    native("assign", |_, _| Ok(Value::None)),
    native("assign_add", |_, _| Ok(Value::None)),
    native("assign_sub", |_, _| Ok(Value::None)),
];

/// Methods of `keras.optimizers.schedules.LearningRateSchedule`.
pub(crate) static SCHEDULE_METHODS: &[Native] = &[native("__call__", |interp, mut args| {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    let state = interp.config(id).cloned().unwrap_or_default();
    if &*state.path == "keras.optimizers.schedules.LearningRateSchedule" {
        let class = interp.class_name(id);
        let text = format!("Learning rate schedule '{class}' must override `__call__(self, step)`.");
        return Err(interp.raise(Exc::NotImplementedError, text));
    }
    if args.positional.is_empty() && args.keyword("step").is_none() {
        let class = interp.class_name(id);
        let text = format!("{class}.__call__() missing 1 required positional argument: 'step'");
        return Err(interp.raise(Exc::TypeError, text));
    }
    if state.args.iter().any(|(n, a)| &**n != "name" && matches!(a, ops::Arg::Str(_))) {
        return Ok(interp.unknown("a learning rate of texts"));
    }
    if !interp.computes() {
        let node = interp.scalar("a learning rate");
        // The schedules compute element by element.
        if let Some(Value::Tensor(step)) = args.get(0, "step") {
            interp.trace.node_mut(node).spec.shape = interp.trace.node(*step).spec.shape.clone();
        }
        if state.path.ends_with(".PiecewiseConstantDecay") {
            // Keras 2 takes one of the numbers as it is.
            let of = &mut interp.trace.node_mut(node).spec;
            if interp.keras == Keras::Two {
                of.shape = Shape::scalar();
            }
            let values =
                state.args.iter().find(|(name, _)| &**name == "values").and_then(|(_, arg)| arg.items());
            if values.and_then(<[_]>::first).is_some_and(|first| matches!(first, ops::Arg::Int(_))) {
                of.dtype = Some(DType::Int32);
            }
        }
        return Ok(Value::Tensor(node));
    }
    let step = args.get(0, "step").cloned().unwrap_or(Value::None);
    interp.schedule_number(id, &step)
})];

/// `optimizer.apply_gradients(zip(gradients, variables))`.
fn apply_gradients(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    let pairs = args.get(0, "grads_and_vars").cloned().unwrap_or(Value::None);
    if pairs.is_none() {
        let text = "'NoneType' object is not iterable";
        return Err(interp.raise(Exc::TypeError, text));
    }
    let (items, more) = interp.iterate(&pairs, 100_000)?;
    let mut grads = Vec::new();
    let mut variables = Vec::new();
    let mut lost = more;
    for item in &items {
        let (pair, _) = interp.iterate(item, 3)?;
        match pair.as_slice() {
            // A set of variables is asked for their places; Keras 2 has left those without a gradient out by then.
            [gradient, Value::Tensor(other)]
                if interp.is_computed(*other) && !(gradient.is_none() && interp.keras == Keras::Two) =>
            {
                let class = match interp.trace.node(*other).kind {
                    ops::TensorKind::Graph => "SymbolicTensor",
                    _ => "tensorflow.python.framework.ops.EagerTensor",
                };
                let text = format!("'{class}' object has no attribute '_unique_id'");
                return Err(interp.raise(Exc::AttributeError, text));
            }
            [gradient, Value::Tensor(variable)] => {
                grads.push(gradient.clone());
                variables.push(*variable);
            }
            _ => lost = true,
        }
    }
    if lost {
        return Ok(interp.applied());
    }
    if grads.is_empty() && interp.keras == Keras::Three {
        let text = "not enough values to unpack (expected 2, got 0)";
        return Err(interp.raise(Exc::ValueError, text));
    }
    interp.unscaled(id, &mut grads)?;
    interp.apply_updates(id, &grads, &variables)?;
    Ok(interp.applied())
}

/// `optimizer.set_weights(weights)`, which needs an optimizer that is built.
fn set_weights(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    let state = interp.config(id);
    if interp.is_scripts_own(id) || state.is_none_or(|s| s.built_for.is_some() || s.path.contains(".legacy."))
    {
        return Ok(Value::None);
    }
    let text = "You are calling `set_weights()` on an optimizer that has not yet been built. Please call \
                `optimizer.build(trainable_variables)` to create the optimizer weights before calling \
                `set_weights()`.";
    Err(interp.raise(Exc::ValueError, text))
}

/// `optimizer.exclude_from_weight_decay(var_list=None, var_names=None)`, which Keras 2 takes only before it is built.
fn exclude_from_weight_decay(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    let built = interp.config(id).is_some_and(|s| s.built_for.is_some());
    if built && interp.keras == Keras::Two && !interp.is_scripts_own(id) {
        let text = "`exclude_from_weight_decay()` can only be configued before the optimizer is built.";
        return Err(interp.raise(Exc::ValueError, text));
    }
    let variables = args.get(0, "var_list").cloned().unwrap_or(Value::None);
    let variables: Vec<VariableId> =
        interp.flat_tensors(&variables).into_iter().filter_map(|n| interp.variable_of(n)).collect();
    let mut names = Vec::new();
    if let Some(given) = args.get(1, "var_names").filter(|given| !given.is_none()).cloned() {
        for name in interp.iterate(&given, 1000)?.0 {
            match name {
                // Names are patterns; those of letters alone are parts of names.
                Value::Str(name) if name.chars().all(|c| c.is_alphanumeric() || "_/".contains(c)) => {
                    names.push(name);
                }
                _ if interp.computes() => interp.undecided("weights that do not decay"),
                _ => {}
            }
        }
    }
    if let Some(state) = interp.config_mut(id) {
        state.undecayed = (variables, names);
    }
    Ok(Value::None)
}

/// Keras 2's `optimizer.compute_gradients(loss, var_list, tape=None)`.
fn compute_gradients(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    split_self(&mut args);
    let loss = args.get(0, "loss").cloned().unwrap_or(Value::None);
    let tape = args.get(2, "tape").filter(|t| !t.is_none()).cloned();
    if interp.is_callable(&loss) && tape.is_none() {
        let loss = interp.call(&loss, Args::default())?;
        interp.refuse_plain_loss(&loss)?;
    }
    Ok(interp.unknown("the gradients that an optimizer computes"))
}

/// Keras 3's `optimizer.apply(gradients, variables=None)`.
fn apply(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    if interp.keras == Keras::Two {
        let text = format!("'{}' object has no attribute 'apply'", interp.class_name(id));
        return Err(interp.raise(Exc::AttributeError, text));
    }
    let (mut grads, more) = match args.get(0, "grads").cloned() {
        Some(grads) => interp.iterate(&grads, 100_000)?,
        None => return Ok(Value::None),
    };
    let variables = match args.get(1, "trainable_variables").cloned() {
        Some(given) if !given.is_none() => interp.flat_tensors(&given),
        _ => {
            let built = interp.config(id).and_then(|s| s.built_for.clone());
            if built.is_none() && !grads.is_empty() && !interp.is_scripts_own(id) {
                let text = "When passing `grads` without `variables`, the optimizer must already be built on a list \
                            of variables. Call `optimizer.build(trainable_variables)` first.";
                return Err(interp.raise(Exc::ValueError, text));
            }
            built.unwrap_or_default().into_iter().map(|v| interp.trace.variable(v).node).collect()
        }
    };
    if !more && grads.len() == variables.len() {
        interp.unscaled(id, &mut grads)?;
        interp.apply_updates(id, &grads, &variables)?;
    }
    Ok(Value::None)
}

/// `optimizer.update_step(gradient, variable, learning_rate)` of one of Keras' own: the rule alone.
fn update_step(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    let variable = args.get(1, "variable").map(|v| interp.flat_tensors(v)).unwrap_or_default();
    let [variable] = variable[..] else { return Ok(Value::None) };
    interp.forget_content(variable);
    if interp.computes() {
        let gradient = args.get(0, "gradient").cloned().unwrap_or(Value::None);
        let rate = args.get(2, "learning_rate").cloned();
        interp.update_one(id, &gradient, variable, rate)?;
    }
    Ok(Value::None)
}

/// Keras 3's `optimizer.scale_loss(loss)`.
fn scale_loss(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    let loss = args.get(0, "loss").cloned().unwrap_or(Value::None);
    match interp.loss_scale(id) {
        Some(Arg::None | Arg::Missing) => Ok(loss),
        Some(factor) => {
            let factor = interp.value_of(&factor);
            interp.call_api(&"keras.ops.multiply".into(), Args::of([loss, factor]))
        }
        None => match interp.scale_variable(id, "dynamic_scale").filter(|_| interp.computes()) {
            Some(scale) => {
                interp.call_api(&"keras.ops.multiply".into(), Args::of([loss, Value::Tensor(scale)]))
            }
            None => Ok(interp.unknown("a loss that is scaled")),
        },
    }
}

/// Keras 2's `optimizer.minimize(loss, var_list, tape=None)`.
fn minimize(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    if interp.keras == Keras::Three {
        let text = format!("'{}' object has no attribute 'minimize'", interp.class_name(id));
        return Err(interp.raise(Exc::AttributeError, text));
    }
    let loss = args.get(0, "loss").cloned().unwrap_or(Value::None);
    let list = args.get(1, "var_list").cloned().unwrap_or(Value::None);
    let tape = args.get(2, "tape").filter(|t| !t.is_none()).cloned();
    let called = interp.is_callable(&loss);
    let (gradients, status) = match tape {
        Some(Value::Instance(tape)) if !called => {
            let list =
                if interp.is_callable(&list) { interp.call(&list, Args::default())? } else { list.clone() };
            interp.tape_gradient(tape, &loss, &[], &list, false)?
        }
        None if called => {
            let since = interp.mark();
            let loss = interp.call(&loss, Args::default())?;
            interp.refuse_plain_loss(&loss)?;
            let list =
                if interp.is_callable(&list) { interp.call(&list, Args::default())? } else { list.clone() };
            let watched = interp.flat_tensors(&list).into_iter().map(|n| (n, since)).collect();
            let state = TapeState {
                recorded: std::iter::once(since..interp.mark()).collect(),
                steps: std::iter::once(0..u32::MAX).collect(),
                watched,
                watch_variables: true,
                ..TapeState::default()
            };
            interp.gradients_of(&state, &loss, &list, false)?
        }
        None if !loss.is_unknown() => {
            let text = "`tape` is required when a `Tensor` loss is passed.";
            let shown = interp.display(&loss)?.unwrap_or_default();
            let text = format!("{text} Received: loss={shown}, tape=None.");
            return Err(interp.raise(Exc::ValueError, text));
        }
        _ => return Ok(Value::None),
    };
    interp.record_tape(&status);
    let list = if interp.is_callable(&list) { interp.call(&list, Args::default())? } else { list };
    let (grads, more) = interp.iterate(&gradients, 100_000)?;
    let variables = interp.flat_tensors(&list);
    if !more && grads.len() == variables.len() {
        interp.apply_updates(id, &grads, &variables)?;
    }
    if interp.config(id).is_some_and(|state| !state.path.contains(".legacy.")) {
        return Ok(Value::None);
    }
    Ok(interp.applied())
}

fn build(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    let given = args.positional.first().cloned().unwrap_or(Value::None);
    let variables: Vec<VariableId> =
        interp.flat_tensors(&given).into_iter().filter_map(|n| interp.variable_of(n)).collect();
    if let Some(state) = interp.config_mut(id) {
        state.built_for = Some(variables);
    }
    Ok(Value::None)
}

impl Interp<'_> {
    /// What an optimizer of Keras 3 multiplies losses by; nothing where that changes from step to step.
    fn loss_scale(&self, id: ObjId) -> Option<Arg> {
        let state = self.config(id).filter(|s| !s.path.ends_with(".LossScaleOptimizer"))?;
        let given = state.args.iter().find(|(name, _)| &**name == "loss_scale_factor");
        Some(given.map_or(Arg::Missing, |(_, factor)| factor.clone()))
    }

    /// Divides gradients by what the loss was multiplied by.
    fn unscaled(&mut self, id: ObjId, grads: &mut [Value]) -> Eval<()> {
        let factor = match self.loss_scale(id) {
            Some(factor @ (Arg::Float(_) | Arg::Int(_))) => self.value_of(&factor),
            None if self.computes() => match self.scale_variable(id, "dynamic_scale") {
                Some(scale) => Value::Tensor(scale),
                None => return Ok(()),
            },
            _ => return Ok(()),
        };
        for gradient in grads.iter_mut().filter(|gradient| matches!(gradient, Value::Tensor(_))) {
            let args = Args::of([gradient.clone(), factor.clone()]);
            *gradient = self.call_api(&"keras.ops.divide".into(), args)?;
        }
        Ok(())
    }

    /// Tells whether a tensor is certainly no variable.
    fn is_computed(&self, node: NodeId) -> bool {
        use graph::Source;
        use ops::TensorKind;
        let of = self.trace.node(node);
        let computed = match of.kind {
            TensorKind::Eager => matches!(of.source, Source::Constant | Source::Op(_)),
            // A function's argument is another tensor within it.
            TensorKind::Graph => matches!(of.source, Source::Constant | Source::Op(_) | Source::Input),
            _ => false,
        };
        computed && self.variable_of(node).is_none()
    }

    /// What a tape makes of a loss that is a plain number.
    fn refuse_plain_loss(&mut self, loss: &Value) -> Eval<()> {
        if !matches!(loss, Value::Float(_) | Value::Int(_) | Value::Bool(_) | Value::Str(_)) {
            return Ok(());
        }
        let text = format!("'{}' object has no attribute '_id'", self.type_name(loss));
        Err(self.raise(Exc::AttributeError, text))
    }

    /// Refuses gradients whose shapes an update cannot take.
    fn check_gradients(&mut self, id: ObjId, grads: &[Value], variables: &[NodeId]) -> Eval<()> {
        let state = self.config(id).cloned().unwrap_or_default();
        if self.is_scripts_own(id) || state.path.contains(".legacy.") {
            return Ok(());
        }
        let class = state.path.rsplit('.').next().unwrap_or_default().to_owned();
        let settings = keras::Bound { keras: self.keras, class: &class, args: &state.args };
        for (gradient, variable) in grads.iter().zip(variables) {
            let (Value::Tensor(gradient), Some(id)) = (gradient, self.variable_of(*variable)) else {
                continue;
            };
            let shape = |node: NodeId| self.trace.node(node).spec.shape.clone();
            let (given, own) = (shape(*gradient), shape(*variable));
            let name = self.trace.variable(id).name.clone();
            let name = match self.keras {
                Keras::Two => name.trim_end_matches(":0").to_owned(),
                Keras::Three => format!("{}/{}", state.name, name.replace(['/', ':'], "_")),
            };
            let answer = keras::optimizers::check_gradient(
                &class,
                &settings,
                &given,
                &own,
                &name,
                self.graph_depth > 0,
            );
            let _ = self.settle(answer, &class, Vec::new)?;
        }
        Ok(())
    }

    /// What applying gradients answers: the number of steps.
    fn applied(&mut self) -> Value {
        self.iterations()
    }

    /// Gives an optimizer its learning rate: a variable that holds a number.
    ///
    /// # Errors
    /// What a schedule of the script raises.
    pub(crate) fn set_learning_rate(&mut self, id: ObjId, given: Option<Value>) -> Eval<()> {
        if self.config(id).is_some_and(|s| s.learning_rate.is_some()) {
            return self.set_rate_number(id, given);
        }
        let spec = TensorSpec::new(Shape::scalar(), DType::Float32);
        let name = match (self.keras, self.config(id)) {
            (Keras::Two, _) => "learning_rate:0".to_owned(),
            (Keras::Three, Some(state)) => format!("{}/learning_rate", state.name),
            (Keras::Three, None) => "learning_rate".to_owned(),
        };
        let variable = self.new_variable(name.into(), spec, false);
        let node = self.trace.variable(variable).node;
        if let Some(state) = self.config_mut(id) {
            state.learning_rate = Some(Value::Tensor(node));
        }
        self.set_rate_number(id, given)
    }

    /// Updates variables by their gradients.
    ///
    /// # Errors
    /// When there is no gradient at all, and for variables that the optimizer was not built for.
    pub(crate) fn apply_updates(&mut self, id: ObjId, grads: &[Value], variables: &[NodeId]) -> Eval<()> {
        if grads.is_empty() {
            return Ok(());
        }
        let ids: Vec<VariableId> = variables.iter().filter_map(|n| self.variable_of(*n)).collect();
        // Keras 2 builds before it looks at the gradients' values, but filters first.
        if self.keras == Keras::Three {
            self.check_known(id, &ids)?;
        }
        if grads.iter().all(Value::is_none) {
            return Err(self.no_gradients(grads, variables));
        }
        if self.keras == Keras::Two {
            self.check_known(id, &ids)?;
        }
        self.check_gradients(id, grads, variables)?;
        for (gradient, variable) in grads.iter().zip(variables) {
            let zero = matches!(gradient, Value::Tensor(n) if self.trace.node(*n).content.is_zero());
            if !gradient.is_none() && !zero {
                self.forget_content(*variable);
            }
        }
        self.optimize(id, grads, variables)
    }

    /// An optimizer serves the variables that it first saw.
    fn check_known(&mut self, id: ObjId, variables: &[VariableId]) -> Eval<()> {
        let built = self.config(id).and_then(|s| s.built_for.clone());
        let Some(built) = built else {
            if let Some(state) = self.config_mut(id) {
                state.built_for = Some(variables.to_vec());
            }
            return Ok(());
        };
        let Some(stranger) = variables.iter().find(|v| !built.contains(v)) else { return Ok(()) };
        let (class, core) = match self.keras {
            Keras::Two => {
                let name = self.trace.variable(*stranger).name.clone();
                // The text of a `KeyError` is in quotes.
                let core = format!(
                    "'The optimizer cannot recognize variable {name}. This usually means you are trying to call the \
                     optimizer to update different parts of the model separately. Please call \
                     `optimizer.build(variables)` with the full list of trainable variables before the training loop \
                     or use legacy optimizer `tf.keras.optimizers.legacy.{}`.'",
                    self.class_name(id)
                );
                (Exc::KeyError, core)
            }
            Keras::Three => {
                let core = "Unknown variable: <variable>. This optimizer can only be called for the variables it was \
                            originally built with. When working with a new set of variables, you should recreate a new \
                            optimizer instance.";
                (Exc::ValueError, core.to_owned())
            }
        };
        let mistake = ops::Mistake::Argument {
            param: "grads_and_vars",
            problem: "other variables than before".to_owned(),
        };
        let node = self.trace.variable(*stranger).node;
        let violation = ops::Violation { class, core, mistake };
        Err(self.raise_violation(violation, "apply_gradients".into(), vec![("variable".into(), node)]))
    }

    /// What Keras says when no variable gets a gradient.
    fn no_gradients(&mut self, _: &[Value], variables: &[NodeId]) -> crate::raise::Halt {
        let core = match self.keras {
            Keras::Three => "No gradients provided for any variable.".to_owned(),
            Keras::Two => {
                let name = |n: &NodeId| {
                    self.variable_of(*n).map(|v| self.trace.variable(v).name.to_string()).unwrap_or_default()
                };
                let names: Vec<String> = variables.iter().map(|n| format!("'{}'", name(n))).collect();
                let pair = |n: &NodeId| {
                    let spec = &self.trace.node(*n).spec;
                    let dtype = spec.dtype.map_or("float32", DType::name);
                    format!("(None, <tf.Variable '{}' shape={} dtype={dtype}>)", name(n), spec.shape.tuple())
                };
                let pairs: Vec<String> = variables.iter().map(pair).collect();
                let comma = if pairs.len() == 1 { "," } else { "" };
                format!(
                    "No gradients provided for any variable: ([{}],). Provided `grads_and_vars` is ({}{comma}).",
                    names.join(", "),
                    pairs.join(", ")
                )
            }
        };
        let mistake =
            ops::Mistake::Argument { param: "grads_and_vars", problem: "every gradient is None".to_owned() };
        let operands = variables.iter().map(|n| ("variable".into(), *n)).collect();
        let violation = ops::Violation { class: Exc::ValueError, core, mistake };
        self.raise_violation(violation, "apply_gradients".into(), operands)
    }
}
