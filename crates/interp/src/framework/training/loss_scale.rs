//! `LossScaleOptimizer` of Keras 3: steps whose gradients are not finite are left out, and the scale follows.
//!
//! source: keras/src/optimizers/loss_scale_optimizer.py

use graph::NodeId;
use ops::{Arg, Infer, Keras, Stop};
use tensor::DType;

use super::keeper::Owner;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::value::Value;

impl Interp<'_> {
    /// The optimizer inside of one that scales losses.
    pub(crate) fn scaled_optimizer(&mut self, id: ObjId) -> Option<ObjId> {
        let state = self.config(id).filter(|state| state.path.ends_with(".LossScaleOptimizer"))?;
        if self.keras == Keras::Two {
            return None;
        }
        let given =
            state.args.iter().find(|(name, _)| &**name == "inner_optimizer").map(|(_, a)| a.clone())?;
        match self.value_of(&given) {
            Value::Instance(inner) if self.config(inner).is_some() => Some(inner),
            _ => None,
        }
    }

    /// The optimizer that makes the steps: the one inside of one that scales losses, any other itself.
    pub(crate) fn stepping_optimizer(&mut self, id: ObjId) -> ObjId {
        self.scaled_optimizer(id).unwrap_or(id)
    }

    /// What such an optimizer multiplies losses by, or the count of steps since that changed.
    pub(crate) fn scale_variable(&mut self, id: ObjId, name: &str) -> Option<NodeId> {
        self.scaled_optimizer(id)?;
        let owner = Owner::Object(id);
        match name {
            "dynamic_scale" => {
                let initial = self.callback_number(id, "initial_scale", 32768.0);
                self.slot(&owner, name, &[], DType::Float32, initial).ok()
            }
            "step_counter" => self.slot(&owner, name, &[], DType::Int32, 0.0).ok(),
            _ => None,
        }
    }

    /// What such an optimizer has of the one inside, or of its own variables.
    pub(crate) fn scaled_attr(&mut self, id: ObjId, name: &str) -> Option<Value> {
        if !self.computes()
            || !matches!(name, "learning_rate" | "iterations" | "dynamic_scale" | "step_counter")
        {
            return None;
        }
        let inner = self.scaled_optimizer(id)?;
        let own = self.scale_variable(id, name).map(Value::Tensor);
        own.or_else(|| self.config_attr(inner, name))
    }

    /// Makes a step with gradients that are not scaled any more.
    pub(super) fn scaled_step(
        &mut self,
        [id, inner]: [ObjId; 2],
        grads: &[Value],
        variables: &[NodeId],
    ) -> Infer<()> {
        let unknown = Stop::Unknown("the scale of a loss");
        let built = self.config(id).and_then(|state| state.built_for.clone());
        if let Some(state) = self.config_mut(inner) {
            state.built_for = built;
        }
        let mut finite: Option<Arg> = None;
        for gradient in grads {
            let Value::Tensor(node) = gradient else { continue };
            let gradient = Arg::Tensor(self.trace.operand(*node));
            let each = keras::Runner::api(self, "tf.math.is_finite", &[gradient], &[])?;
            let all = keras::Runner::api(self, "tf.reduce_all", &[each], &[])?;
            finite = Some(match finite {
                Some(before) => keras::Runner::api(self, "tf.logical_and", &[before, all], &[])?,
                None => all,
            });
        }
        let finite = finite.ok_or(unknown.clone())?;
        self.optimizer_step(inner, grads, variables, Some(&finite))?;
        let scale = self.scale_variable(id, "dynamic_scale").ok_or(unknown.clone())?;
        let counter = self.scale_variable(id, "step_counter").ok_or(unknown)?;
        let every = self.callback_number(id, "dynamic_growth_steps", 2000.0) as i64;
        let operand = |interp: &Self, node| Arg::Tensor(interp.trace.operand(node));
        let (old, count) = (operand(self, scale), operand(self, counter));
        let full = keras::Runner::api(self, "tf.equal", &[count.clone(), Arg::Int(every - 1)], &[])?;
        let mut pick = |name: &'static str, args: &[Arg]| keras::Runner::api(self, name, args, &[]);
        let (double, half) = (
            pick("tf.multiply", &[old.clone(), Arg::Float(2.0)])?,
            pick("tf.multiply", &[old.clone(), Arg::Float(0.5)])?,
        );
        let grown = pick("tf.where", &[full.clone(), double, old])?;
        let new = pick("tf.where", &[finite.clone(), grown, half])?;
        let next = pick("tf.add", &[count.clone(), Arg::Int(1)])?;
        let none = pick("tf.zeros_like", &[count])?;
        let next = pick("tf.where", &[full, none.clone(), next])?;
        let next = pick("tf.where", &[finite, next, none])?;
        self.assign_slot(scale, &new)?;
        self.assign_slot(counter, &next)
    }

    /// Assigns a tensor to a variable.
    pub(super) fn assign_slot(&mut self, variable: NodeId, value: &Arg) -> Infer<()> {
        let Arg::Tensor(value) = value else { return Err(Stop::Unknown("a count of steps")) };
        let done = value.node.is_some_and(|value| self.assign_number(variable, NodeId(value)));
        if done { Ok(()) } else { Err(Stop::Unknown("a count of steps")) }
    }
}
