//! Steps of optimizers with numbers.

use std::rc::Rc;

use graph::{NodeId, VariableId};
use keras::Bound;
use keras::optimizers::Updates;
use ops::{Arg, Infer, Keras, Stop};
use tensor::DType;

use super::batches::Source;
use super::fit::Rounds;
use super::keeper::{Keep, Owner};
use crate::framework::config::ConfigState;
use crate::framework::dataset::Count;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::{Args, Value};

/// The name of the variable that counts an optimizer's steps.
pub(crate) const ITERATIONS: &str = "iterations";

impl Interp<'_> {
    /// The variable that counts an optimizer's steps.
    pub(crate) fn iterations_of(&mut self, id: ObjId) -> Option<NodeId> {
        self.slot(&Owner::Object(id), ITERATIONS, &[], DType::Int64, 0.0).ok()
    }

    /// The learning rate of an optimizer's next step, where numbers are computed.
    pub(crate) fn rate_number(&mut self, id: ObjId) -> Infer<Arg> {
        let unknown = Stop::Unknown("a learning rate that is not known");
        let state = self.config(id).cloned().unwrap_or_default();
        if let Some(schedule) = state.schedule {
            let iterations = self.iterations_of(id).ok_or(unknown.clone())?;
            return self.scheduled_rate(&schedule, Value::Tensor(iterations));
        }
        match state.learning_rate {
            Some(Value::Tensor(node)) => Ok(Arg::Tensor(self.trace.operand(node))),
            _ => Err(unknown),
        }
    }

    fn scheduled_rate(&mut self, schedule: &Value, step: Value) -> Infer<Arg> {
        let steps = self.is_of_family(schedule, "keras.optimizers.schedules.LearningRateSchedule")
            || !self.parameter_names(schedule).is_empty();
        let rate = self.call(schedule, if steps { Args::of([step]) } else { Args::default() });
        self.inferred(rate)
    }

    /// The learning rate that an optimizer shows: in Keras 2, with a schedule, that of the last step.
    ///
    /// source: tf_keras/src/optimizers/optimizer.py: `_current_learning_rate`
    pub(crate) fn shown_rate(&mut self, id: ObjId) -> Infer<Arg> {
        let state = self.config(id).filter(|state| !state.path.contains(".legacy."));
        match state.and_then(|state| state.schedule.clone()) {
            Some(schedule @ Value::Instance(_)) if self.keras == Keras::Two => {
                let counter = self.iterations_of(id).ok_or(Stop::Unknown("a count of steps"))?;
                let count = Arg::Tensor(self.trace.operand(counter));
                let before = keras::Runner::api(self, "tf.subtract", &[count, Arg::Int(1)], &[])?;
                let last = keras::Runner::api(self, "tf.maximum", &[before, Arg::Int(0)], &[])?;
                let last = self.value_of(&last);
                self.scheduled_rate(&schedule, last)
            }
            _ => self.rate_number(id),
        }
    }

    /// Computes the learning rate of a schedule at a step.
    pub(crate) fn schedule_number(&mut self, id: ObjId, step: &Value) -> Eval {
        let state = self.config(id).cloned().unwrap_or_default();
        let class = state.path.rsplit('.').next().unwrap_or_default().to_owned();
        let settings = Bound { keras: self.keras, class: &class, args: &state.args };
        let step = match step {
            Value::Tensor(_) => step.clone(),
            value => self.call_api(&"tf.convert_to_tensor".into(), Args::of([value.clone()]))?,
        };
        let step = self.arg(&step);
        let answer = keras::optimizers::scheduled(self, &class, &settings, &step);
        match self.settle(answer, &class, Vec::new)? {
            Ok(rate) => Ok(self.value_of(&rate)),
            Err(why) => Ok(self.unknown(why)),
        }
    }

    /// Makes a step of an optimizer; the variables that it may have changed are lost where that is not known.
    pub(crate) fn optimize(&mut self, id: ObjId, grads: &[Value], variables: &[NodeId]) -> Eval<()> {
        if !self.computes() {
            return Ok(());
        }
        let answer = match self.scaled_optimizer(id) {
            Some(inner) => self.scaled_step([id, inner], grads, variables),
            None => self.optimizer_step(id, grads, variables, None),
        };
        if let Err(why) = self.settle(answer, "apply_gradients", Vec::new)? {
            self.without_number(&format!("a step of an optimizer: {why}"));
            for variable in variables {
                self.lose_number(*variable);
            }
        }
        Ok(())
    }

    /// Makes an optimizer's update of one variable; its numbers are lost where that is not known.
    ///
    /// # Errors
    /// What an op of the update raises.
    pub(crate) fn update_one(
        &mut self,
        id: ObjId,
        gradient: &Value,
        variable: NodeId,
        rate: Option<Value>,
    ) -> Eval<()> {
        let rate = rate.map(|rate| self.arg(&rate));
        let answer = self.one_update(id, gradient, variable, rate);
        if let Err(why) = self.settle(answer, "update_step", Vec::new)? {
            self.without_number(&format!("a step of an optimizer: {why}"));
            self.lose_number(variable);
        }
        Ok(())
    }

    fn one_update(&mut self, id: ObjId, gradient: &Value, variable: NodeId, rate: Option<Arg>) -> Infer<()> {
        let state = self.config(id).cloned().unwrap_or_default();
        let class = state.path.rsplit('.').next().unwrap_or_default().to_owned();
        let built = state.built_for.unwrap_or_default();
        let at = self.variable_of(variable).and_then(|v| built.iter().position(|b| *b == v));
        let (Some(at), Value::Tensor(gradient)) = (at, gradient) else {
            return Err(Stop::Unknown("an update of a variable that the optimizer was not built for"));
        };
        let counter = self.iterations_of(id).ok_or(Stop::Unknown("a count of steps"))?;
        let rate = match rate {
            Some(rate) => rate,
            None => self.rate_number(id)?,
        };
        let operand = |node: NodeId| Arg::Tensor(self.trace.operand(node));
        let pairs = [(at, operand(variable), operand(*gradient), false)];
        let iterations = operand(counter);
        let settings = Bound { keras: self.keras, class: &class, args: &state.args };
        let traced = self.graph_depth > 0;
        let updates = Updates { class: &class, settings, rate, iterations, traced, pairs: &pairs };
        keras::optimizers::update_alone(&mut Keep { interp: self, owner: Owner::Object(id) }, &updates)
    }

    /// Tells whether an optimizer's weight decay is for a variable, by the variables and the parts of names that it leaves
    /// out.
    fn decays(&self, variable: VariableId, (variables, names): &(Vec<VariableId>, Vec<Rc<str>>)) -> bool {
        let name = &self.trace.variable(variable).name;
        let own = match self.keras {
            Keras::Two => name,
            Keras::Three => name.rsplit('/').next().unwrap_or(name),
        };
        !variables.contains(&variable) && !names.iter().any(|part| own.contains(&**part))
    }

    /// Updates variables, where `holds` is given only if that is true.
    pub(super) fn optimizer_step(
        &mut self,
        id: ObjId,
        grads: &[Value],
        variables: &[NodeId],
        holds: Option<&Arg>,
    ) -> Infer<()> {
        let state = self.config(id).cloned().unwrap_or_default();
        let built = state.built_for.clone().unwrap_or_default();
        let class = state.path.rsplit('.').next().unwrap_or_default().to_owned();
        let mut pairs = Vec::new();
        for (gradient, node) in grads.iter().zip(variables) {
            if gradient.is_none() {
                continue;
            }
            let Value::Tensor(gradient) = gradient else {
                return Err(Stop::Unknown("a gradient that is not known"));
            };
            let variable = self.variable_of(*node);
            let named = |v: VariableId| self.trace.variable(v).name.to_lowercase().contains("embedding");
            if class == "Muon" && variable.is_some_and(named) {
                return Err(Stop::Unknown("a variable that Muon may leave out by its name"));
            }
            if variable.is_some_and(|v| self.running.overwritten.contains(&v)) {
                if state.args.iter().any(|(n, a)| &**n == "gradient_accumulation_steps" && !a.is_none()) {
                    return Err(Stop::Unknown("a variable that several gradients overwrite"));
                }
                if !self.assign_number(*node, *gradient) {
                    return Err(Stop::Unknown("a gradient that is not known"));
                }
                continue;
            }
            let at = variable.and_then(|v| built.iter().position(|b| *b == v));
            let at = at.unwrap_or(pairs.len());
            let operand = |node: NodeId| Arg::Tensor(self.trace.operand(node));
            let decays = variable.is_none_or(|v| self.decays(v, &state.undecayed));
            pairs.push((at, operand(*node), operand(*gradient), decays));
        }
        let rate = self.rate_number(id)?;
        let counter = self.iterations_of(id).ok_or(Stop::Unknown("a count of steps"))?;
        let iterations = Arg::Tensor(self.trace.operand(counter));
        let settings = Bound { keras: self.keras, class: &class, args: &state.args };
        let traced = self.graph_depth > 0;
        let updates = Updates { class: &class, settings, rate, iterations, traced, pairs: &pairs };
        let keeper = &mut Keep { interp: self, owner: Owner::Object(id) };
        match holds {
            Some(holds) => keras::optimizers::apply_where(keeper, holds, &updates)?,
            None => keras::optimizers::apply(keeper, &updates)?,
        }
        for (_, variable, _, _) in &pairs {
            if let Arg::Tensor(operand) = variable
                && let Some(node) = operand.node
            {
                self.constrain_variable(NodeId(node))?;
            }
        }
        self.count_step(counter, holds)
    }

    /// The step with which Keras notices that data has ended whose number of batches nobody tells. The traced step
    /// fails at its data, but what hangs on none is done: the step is counted, and weights decay. Keras 2 knows the number
    /// after one epoch.
    ///
    /// source: tf_keras/src/engine/data_adapter.py: catch_stop_iteration, keras/src/trainers/epoch_iterator.py
    pub(super) fn step_without_data(&mut self, id: ObjId, rounds: &mut Rounds) -> Eval<()> {
        let untold = match &rounds.source {
            Source::Iterable(dataset) => {
                let count = self.dataset(dataset).map_or(Count::Unknown, |state| state.count);
                !matches!(count, Count::Known(_) | Count::Infinite)
            }
            Source::Iterator(..) => true,
            Source::Arrays(_) | Source::Indexed(_) => false,
        };
        let counted = std::mem::replace(&mut rounds.rest.counted, true) && self.keras == Keras::Two;
        if !untold || counted || rounds.steps.is_some() || self.runs_eagerly(id) {
            return Ok(());
        }
        let Some(Value::Instance(optimizer)) = self.compiled(id).map(|c| c.optimizer.clone()) else {
            return Ok(());
        };
        let Some(state) = self.config(optimizer).cloned() else { return Ok(()) };
        if state.path.contains(".legacy.") || state.path.ends_with("LossScaleOptimizer") {
            return Ok(());
        }
        if state.path.ends_with(".Nadam") {
            self.without_number("the momentum's product of a step without data is not followed");
            return Ok(());
        }
        let answer = self.decayed_and_counted(optimizer, &state);
        if let Err(why) = self.settle(answer, "apply_gradients", Vec::new)? {
            self.without_number(&format!("a step of an optimizer: {why}"));
        }
        Ok(())
    }

    fn decayed_and_counted(&mut self, id: ObjId, state: &ConfigState) -> Infer<()> {
        let class = state.path.rsplit('.').next().unwrap_or_default().to_owned();
        let built = state.built_for.clone().unwrap_or_default();
        let mut pairs = Vec::new();
        for (at, variable) in built.into_iter().enumerate() {
            let operand = Arg::Tensor(self.trace.operand(self.trace.variable(variable).node));
            pairs.push((at, operand, Arg::Missing, self.decays(variable, &state.undecayed)));
        }
        let rate = self.rate_number(id)?;
        let counter = self.iterations_of(id).ok_or(Stop::Unknown("a count of steps"))?;
        let iterations = Arg::Tensor(self.trace.operand(counter));
        let settings = Bound { keras: self.keras, class: &class, args: &state.args };
        let updates = Updates { class: &class, settings, rate, iterations, traced: false, pairs: &pairs };
        keras::optimizers::decay_alone(&mut Keep { interp: self, owner: Owner::Object(id) }, &updates)?;
        self.count_step(counter, None)
    }

    /// Counts a step of an optimizer.
    fn count_step(&mut self, counter: NodeId, holds: Option<&Arg>) -> Infer<()> {
        let count = Arg::Tensor(self.trace.operand(counter));
        let more = match holds {
            Some(holds) => {
                keras::Runner::api(self, "tf.cast", &[holds.clone(), Arg::Str("int64".into())], &[])?
            }
            None => Arg::Int(1),
        };
        let next = keras::Runner::api(self, "tf.add", &[count, more], &[])?;
        self.assign_slot(counter, &next)
    }

    /// Gives an optimizer the learning rate that it was made with, or was assigned.
    pub(crate) fn set_rate_number(&mut self, id: ObjId, given: Option<Value>) -> Eval<()> {
        let Some(state) = self.config(id) else { return Ok(()) };
        let Some(Value::Tensor(node)) = state.learning_rate.clone() else { return Ok(()) };
        let bound = state.args.iter().find(|(n, _)| &**n == "learning_rate").map(|(_, a)| a.clone());
        let given = match (given, bound) {
            (Some(given), _) => given,
            (None, Some(arg)) => self.value_of(&arg),
            (None, None) => return Ok(()),
        };
        let schedule = matches!(&given, Value::Instance(_)) || self.is_callable(&given);
        if let Some(state) = self.config_mut(id) {
            state.schedule = schedule.then(|| given.clone());
        }
        if !schedule {
            self.initialise_with(node, &given);
        }
        Ok(())
    }

    /// The present learning rate as a script reads it, where numbers are computed.
    pub(crate) fn read_rate(&mut self, id: ObjId) -> Option<Value> {
        self.config(id).filter(|s| s.schedule.is_some())?;
        if !self.computes() {
            return None;
        }
        let rate = self.shown_rate(id).ok()?;
        Some(self.value_of(&rate))
    }

    /// At the end of a training with moving averages these become the variables.
    pub(crate) fn finalize_averages(&mut self, id: ObjId) {
        let state = self.config(id).cloned().unwrap_or_default();
        let averages = state.args.iter().any(|(n, a)| &**n == "use_ema" && *a == Arg::Bool(true));
        if !averages || !self.computes() {
            return;
        }
        for (at, variable) in state.built_for.unwrap_or_default().into_iter().enumerate() {
            let node = self.trace.variable(variable).node;
            if let Some(average) = self.existing_slot(&Owner::Object(id), &format!("{at}/average"))
                && let Some(array) = self.array_of_node(average)
            {
                self.set_array(node, array);
            }
        }
    }
}
