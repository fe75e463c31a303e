//! The variables of an optimizer of Keras' own, where no numbers are followed.
//!
//! source: keras/src/optimizers/base_optimizer.py, tf_keras/src/optimizers/optimizer.py

use graph::VariableId;
use keras::optimizers::Kept;
use ops::Keras;
use tensor::{Shape, TensorSpec};

use crate::heap::ObjId;
use crate::interp::Interp;
use crate::value::Value;

impl Interp<'_> {
    /// `optimizer.variables`: the count of its steps, in Keras 3 a rate that is no schedule, and once it is built what it
    /// keeps for the variables that it was built for; nothing where that is not followed.
    pub(crate) fn told_variables(&mut self, id: ObjId) -> Option<Value> {
        let state = self.config(id).cloned()?;
        let followed = state.path.starts_with("keras.optimizers.")
            && !state.path.contains(".legacy.")
            && state.learning_rate.is_some();
        if !followed || self.computes() || self.is_scripts_own(id) {
            return None;
        }
        let mut all = vec![self.iterations()];
        if self.keras == Keras::Three && state.schedule.is_none() {
            all.extend(state.learning_rate.clone());
        }
        if let Some(built_for) = &state.built_for {
            if state.variables.is_empty() {
                let made = self.make_kept(&state, built_for)?;
                self.config_mut(id)?.variables = made;
            }
            let kept = self.config(id)?.variables.clone();
            all.extend(kept.into_iter().map(|kept| Value::Tensor(self.trace.variable(kept).node)));
        }
        Some(self.new_list(all))
    }

    /// Makes what an optimizer keeps for the variables that it is built for.
    fn make_kept(
        &mut self,
        state: &super::config::ConfigState,
        built_for: &[VariableId],
    ) -> Option<Vec<VariableId>> {
        let class = state.path.rsplit('.').next().unwrap_or_default();
        let settings = keras::Bound { keras: self.keras, class, args: &state.args };
        let mut made = Vec::new();
        for kept in keras::optimizers::kept(class, &settings)? {
            match kept {
                Kept::One(name, _) => {
                    let spec = TensorSpec::new(Shape::scalar(), tensor::DType::Float32);
                    made.push(self.new_variable(name.into(), spec, false));
                }
                Kept::Each(names) => {
                    for variable in built_for {
                        let variable = self.trace.variable(*variable);
                        let (of, spec) = (variable.name.clone(), self.trace.node(variable.node).spec.clone());
                        let of = of.trim_end_matches(":0").replace('/', "_");
                        for (name, _) in &names {
                            let name = format!("{}_{of}_{name}", state.name);
                            made.push(self.new_variable(name.into(), spec.clone(), false));
                        }
                    }
                }
            }
        }
        Some(made)
    }
}
