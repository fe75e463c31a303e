//! The variables of an optimizer of Keras' own, where no numbers are followed.
//!
//! source: keras/src/optimizers/{base_optimizer,adafactor}.py, tf_keras/src/optimizers/*.py

use graph::{NodeId, VariableId};
use keras::optimizers::Kept;
use ops::Keras;
use tensor::{Shape, TensorSpec};

use crate::heap::ObjId;
use crate::interp::Interp;
use crate::value::Value;

impl Interp<'_> {
    /// `optimizer.variables`: the count of its steps, in Keras 3 a rate that is no schedule, and once it is built what it
    /// keeps for the variables that it was built for; nothing where that is not followed. Keras 2's list can be called.
    pub(crate) fn told_variables(&mut self, id: ObjId) -> Option<Value> {
        let state = self.config(id).cloned()?;
        let followed = state.path.starts_with("keras.optimizers.")
            && !state.path.contains(".legacy.")
            && state.learning_rate.is_some();
        if !followed || self.is_scripts_own(id) {
            return None;
        }
        let listed = self.listed_variables(id, &state);
        if self.keras == Keras::Three {
            return listed;
        }
        let variables = listed.unwrap_or_else(|| self.unknown("the variables of an optimizer"));
        self.call_model("keras.optimizers._callable_list", [variables]).ok()
    }

    fn listed_variables(&mut self, id: ObjId, state: &super::config::ConfigState) -> Option<Value> {
        if self.computes() {
            return self.counted_variables(id, state);
        }
        let steps = self.iteration_variable(id)?;
        let mut all = vec![Value::Tensor(steps)];
        if self.keras == Keras::Three && state.schedule.is_none() {
            all.extend(state.learning_rate.clone());
        }
        if let Some(built_for) = &state.built_for {
            if state.variables.is_empty() {
                let made = self.make_kept(state, built_for)?;
                self.config_mut(id)?.variables = made;
            }
            let kept = self.config(id)?.variables.clone();
            all.extend(kept.into_iter().map(|kept| Value::Tensor(self.trace.variable(kept).node)));
        }
        Some(self.new_list(all))
    }

    /// The same where numbers are followed.
    fn counted_variables(&mut self, id: ObjId, state: &super::config::ConfigState) -> Option<Value> {
        let class = state.path.rsplit('.').next().unwrap_or_default();
        let still =
            |arg: &ops::Arg| matches!(arg, ops::Arg::Float(x) if *x == 0.0) || *arg == ops::Arg::Int(0);
        if class == "SGD"
            && self.keras == Keras::Two
            && state.args.iter().any(|(name, arg)| &**name == "momentum" && still(arg))
        {
            // It keeps its last updates as momenta that nothing is made of, and that are not followed.
            return None;
        }
        let all = self.optimizer_variables(id)?.into_iter().map(Value::Tensor).collect();
        Some(self.new_list(all))
    }

    /// The variable in which an optimizer counts its steps; nothing where it is computed of another.
    pub(crate) fn iteration_variable(&mut self, id: ObjId) -> Option<NodeId> {
        let state = self
            .config(id)
            .filter(|s| s.path.starts_with("keras.optimizers.") && !s.path.contains(".legacy."))?;
        if state.steps.is_some() {
            return state.steps;
        }
        let name = match self.keras {
            Keras::Two => "iteration:0".to_owned(),
            Keras::Three => format!("{}/iteration", state.name),
        };
        let spec = TensorSpec::new(Shape::scalar(), tensor::DType::Int64);
        let made = self.new_variable(name.into(), spec, false);
        let node = self.trace.variable(made).node;
        self.config_mut(id)?.steps = Some(node);
        Some(node)
    }

    /// Tells whether an optimizer of Keras 2 has a schedule that it was set to later, of which nothing is read before
    /// the first step.
    ///
    /// source: tf_keras/src/optimizers/optimizer.py: `_current_learning_rate`
    pub(crate) fn lacks_rate(&self, id: ObjId) -> bool {
        let Some(state) = self.config(id) else { return false };
        let given = state.args.iter().find(|(name, _)| &**name == "learning_rate").map(|(_, arg)| arg);
        self.keras == Keras::Two
            && !self.computes()
            && matches!(state.schedule, Some(Value::Instance(_)))
            && state.built_for.is_none()
            && !state.path.contains(".legacy.")
            && matches!(given, Some(ops::Arg::Float(_)))
    }

    /// Makes what an optimizer keeps for the variables that it is built for.
    fn make_kept(
        &mut self,
        state: &super::config::ConfigState,
        built_for: &[VariableId],
    ) -> Option<Vec<VariableId>> {
        let class = state.path.rsplit('.').next().unwrap_or_default();
        let mut made = Vec::new();
        let settings = keras::Bound { keras: self.keras, class, args: &state.args };
        for kept in keras::optimizers::kept(class, &settings)? {
            match kept {
                Kept::One(..) => {
                    // Keras 3 makes it without a name.
                    let spec = TensorSpec::new(Shape::scalar(), tensor::DType::Float32);
                    let name = self.unique_name("variable");
                    made.push(self.new_variable(name, spec, false));
                }
                Kept::Each(names) => {
                    for variable in built_for {
                        for (name, _) in &names {
                            made.push(self.kept_beside(state, *variable, name));
                        }
                    }
                }
                Kept::Factors => {
                    for variable in built_for {
                        self.keep_factors(state, *variable, &mut made)?;
                    }
                }
            }
        }
        Some(made)
    }

    /// Makes a variable like one that an optimizer is built for: `w_0_momentum`, in Keras 2 `m/w:0`.
    fn kept_beside(&mut self, state: &super::config::ConfigState, of: VariableId, name: &str) -> VariableId {
        let spec = self.trace.node(self.trace.variable(of).node).spec.clone();
        let name = self.kept_name(state, of, name);
        self.new_variable(name, spec, false)
    }

    /// The name of what an optimizer keeps for a variable.
    pub(crate) fn kept_name(
        &self,
        state: &super::config::ConfigState,
        of: VariableId,
        name: &str,
    ) -> std::rc::Rc<str> {
        let class = state.path.rsplit('.').next().unwrap_or_default();
        let own = &self.trace.variable(of).name;
        match self.keras {
            Keras::Two => format!("{}/{}:0", short(class, name), own.trim_end_matches(":0")).into(),
            Keras::Three => format!("{}/{}_{name}", state.name, own.replace(['/', ':'], "_")).into(),
        }
    }

    /// What `Adafactor` keeps for a variable: factors of its last two axes, or in their place numbers that are of no use.
    fn keep_factors(
        &mut self,
        state: &super::config::ConfigState,
        of: VariableId,
        made: &mut Vec<VariableId>,
    ) -> Option<()> {
        let variable = self.trace.variable(of);
        let (own, spec) = (variable.name.clone(), self.trace.node(variable.node).spec.clone());
        let dims = spec.shape.dims()?.to_vec();
        let two = self.keras == Keras::Two;
        let last = own.rsplit('/').next().unwrap_or(&own).to_owned();
        let named = |letter: &str| match two {
            true => format!("{letter}/{}:0", own.trim_end_matches(":0")),
            false => format!("{}/{last}", state.name),
        };
        if let [front @ .., rows, columns] = &dims[..] {
            for (letter, kept) in [("r", rows), ("c", columns)] {
                let shape = Shape::new(front.iter().chain([kept]).copied());
                let spec = TensorSpec::new(shape, spec.dtype);
                made.push(self.new_variable(named(letter).into(), spec, false));
            }
        } else if !two {
            for _ in 0..2 {
                let spec = TensorSpec::new(Shape::scalar(), tensor::DType::Float32);
                made.push(self.new_variable(last.clone().into(), spec, false));
            }
        }
        made.push(self.kept_beside(state, of, "velocity"));
        Some(())
    }
}

/// The name that Keras 2 has for what an optimizer keeps.
fn short<'n>(class: &str, name: &'n str) -> &'n str {
    match (class, name) {
        ("RMSprop" | "Adagrad" | "Adadelta" | "Ftrl", name) => name,
        (_, "momentum") => "m",
        (_, "velocity") => "v",
        (_, "velocity_hat") => "vhat",
        (_, "norm") => "u",
        (_, name) => name,
    }
}
