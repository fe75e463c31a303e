//! Regularizers and constraints of weights with numbers.

use graph::NodeId;
use keras::{Activity, Attached, Bound};
use ops::{Arg, Infer, Stop};

use crate::heap::ObjId;
use crate::interp::Interp;
use crate::value::Value;

fn penalty_node(penalty: &Arg) -> Infer<NodeId> {
    match penalty {
        Arg::Tensor(operand) => operand.node.map(NodeId).ok_or(Stop::Unknown("a penalty")),
        _ => Err(Stop::Unknown("a penalty that is no tensor")),
    }
}

impl Interp<'_> {
    /// What is attached to a new weight of a layer, by the layer's arguments.
    pub(crate) fn attach_to_weight(&mut self, id: ObjId, weight: &str, node: NodeId) {
        for kind in Attached::ALL {
            let Some(state) = self.layer(id) else { return };
            if let Some(given) = kind.of(weight, &state.config).cloned() {
                self.attach(node, kind, given);
            }
        }
    }

    /// Attaches a regularizer or constraint to a weight.
    pub(crate) fn attach(&mut self, node: NodeId, kind: Attached, what: Arg) {
        self.running.attached.insert((node, kind), what);
    }

    /// Returns what is attached to a weight.
    pub(crate) fn attached(&self, node: NodeId, kind: Attached) -> Option<Arg> {
        self.running.attached.get(&(node, kind)).cloned()
    }

    /// The penalty of a weight or of a layer's output, by a regularizer as an argument gives it.
    pub(crate) fn penalty_number(&mut self, regularizer: &Arg, x: NodeId) -> Infer<NodeId> {
        let operand = Arg::Tensor(self.trace.operand(x));
        let penalty = match regularizer {
            Arg::Str(name) => Attached::Regularizer.apply_named(self, name, &operand)?,
            callee => keras::Runner::call(self, callee, vec![operand], Vec::new())?,
        };
        penalty_node(&penalty)
    }

    /// The penalty that one of Keras' regularizers gives, by its path and arguments.
    fn own_penalty(&mut self, path: &str, args: &[(std::rc::Rc<str>, Arg)], x: NodeId) -> Infer<NodeId> {
        let settings = Bound { keras: self.keras, class: "", args };
        let x = Arg::Tensor(self.trace.operand(x));
        let penalty = Attached::Regularizer.apply(self, path, &settings, &x)?;
        penalty_node(&penalty)
    }

    /// The penalties of a layer's or model's trained weights.
    pub(crate) fn weight_penalties(&mut self, id: ObjId) -> Vec<NodeId> {
        let mut penalties = Vec::new();
        for variable in self.weights_of(id).0 {
            let node = self.trace.variable(variable).node;
            let Some(regularizer) = self.attached(node, Attached::Regularizer) else { continue };
            match self.penalty_number(&regularizer, node) {
                Ok(penalty) => penalties.push(penalty),
                Err(_) => self.without_number("the penalty of a weight is not known"),
            }
        }
        penalties
    }

    /// The sum of losses; nothing where one has no number.
    pub(crate) fn number_sum(&mut self, losses: &[NodeId]) -> Option<NodeId> {
        let mut losses = losses.iter().copied();
        let mut sum = losses.next()?;
        for loss in losses {
            let (x, y) = (Value::Tensor(sum), Value::Tensor(loss));
            match self.op_on("add", &[("x", x), ("y", y)]).ok()? {
                Value::Tensor(node) => sum = node,
                _ => return None,
            }
        }
        Some(sum)
    }

    /// Applies the constraint of a variable after a step.
    pub(crate) fn constrain_variable(&mut self, node: NodeId) -> Infer<()> {
        let Some(constraint) = self.attached(node, Attached::Constraint) else { return Ok(()) };
        let w = Arg::Tensor(self.trace.operand(node));
        let value = match &constraint {
            Arg::Str(name) => Attached::Constraint.apply_named(self, name, &w)?,
            callee => keras::Runner::call(self, callee, vec![w], Vec::new())?,
        };
        let value = match value {
            Arg::Tensor(operand) => operand.node,
            _ => None,
        };
        let done = value.is_some_and(|value| self.assign_number(node, NodeId(value)));
        if done { Ok(()) } else { Err(Stop::Unknown("a constraint that is not known")) }
    }

    /// What Keras' own regularizers and constraints compute when they are called.
    pub(crate) fn called_number(&mut self, id: ObjId, x: &Value) -> Infer<Arg> {
        let state = self.config(id).cloned().unwrap_or_default();
        let settings = Bound { keras: self.keras, class: "", args: &state.args };
        let x = self.arg(x);
        let constrains = state.path.starts_with("keras.constraints.");
        let kind = if constrains { Attached::Constraint } else { Attached::Regularizer };
        kind.apply(self, &state.path, &settings, &x)
    }

    /// Adds to a layer's losses what its activity regularizer makes of its outputs. Without numbers, what a
    /// regularizer of the script's own raises is all that matters of it.
    pub(crate) fn regularize_activity(&mut self, id: ObjId, outputs: &Value) -> Infer<()> {
        let Some(state) = self.layer(id) else { return Ok(()) };
        let config = state.config.clone();
        let Some(regularizer) = Activity::of(state.decl.map_or("", |d| d.name), &config) else {
            return Ok(());
        };
        if !self.computes() {
            let Activity::Given(callee) = regularizer else { return Ok(()) };
            if matches!(callee, Arg::Str(_)) {
                return Ok(());
            }
            for node in self.flat_tensors(outputs) {
                match self.penalty_number(callee, node) {
                    Ok(_) | Err(Stop::Unknown(_)) => {}
                    Err(raised) => return Err(raised),
                }
            }
            return Ok(());
        }
        for node in self.flat_tensors(outputs) {
            let penalty = match regularizer {
                Activity::Given(regularizer) => self.penalty_number(regularizer, node)?,
                Activity::Own(args) => self.own_penalty(Activity::OWN, args, node)?,
            };
            let (sum, output) = (self.trace.operand(penalty), self.trace.operand(node));
            let mean = keras::mean_penalty(self, Arg::Tensor(sum), &Arg::Tensor(output))?;
            let Arg::Tensor(mean) = mean else { return Err(Stop::Unknown("a penalty")) };
            let penalty = mean.node.map(NodeId).ok_or(Stop::Unknown("a penalty"))?;
            self.keep_losses(id, [penalty]);
        }
        Ok(())
    }
}
