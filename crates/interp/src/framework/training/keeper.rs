//! The variables that optimizers and metrics keep.

use std::rc::Rc;

use array::Array;
use graph::NodeId;
use keras::{Keeper, Within};
use ops::{Arg, Infer, Stop};
use rustc_hash::FxHashMap;
use tensor::{DType, Shape, TensorSpec};

use crate::heap::ObjId;
use crate::interp::Interp;

/// The variables by the object that keeps them and their names, with the number that they begin with.
#[derive(Debug, Default)]
pub(crate) struct Slots {
    by_name: FxHashMap<(Owner, Rc<str>), NodeId>,
    /// Each owner's, in the order in which they were made.
    by_owner: FxHashMap<Owner, Vec<(NodeId, f64)>>,
}

/// What variables belong to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Owner {
    /// An optimizer or metric.
    Object(ObjId),
    /// One of a model's logs, by its name: the loss, its parts, a compiled metric.
    Log(ObjId, Rc<str>),
}

/// An object that keeps variables.
pub(crate) struct Keep<'i, 'a> {
    /// The interpreter.
    pub(crate) interp: &'i mut Interp<'a>,
    /// The optimizer or metric.
    pub(crate) owner: Owner,
}

impl<'a> Within for Keep<'_, 'a> {
    type Engine = Interp<'a>;

    fn engine(&self) -> &Self::Engine {
        self.interp
    }

    fn engine_mut(&mut self) -> &mut Self::Engine {
        self.interp
    }
}

impl Keeper for Keep<'_, '_> {
    fn slot(&mut self, name: &str, shape: &[i64], dtype: DType, initial: f64) -> Infer<Arg> {
        let node = self.interp.slot(&self.owner, name, shape, dtype, initial)?;
        Ok(Arg::Tensor(self.interp.trace.operand(node)))
    }

    fn assign(&mut self, variable: &Arg, value: &Arg) -> Infer<()> {
        let unknown = Stop::Unknown("a value that is assigned is not known");
        let (Arg::Tensor(variable), Arg::Tensor(value)) = (variable, value) else { return Err(unknown) };
        let (Some(variable), Some(value)) = (variable.node, value.node) else { return Err(unknown) };
        if self.interp.assign_number(NodeId(variable), NodeId(value)) { Ok(()) } else { Err(unknown) }
    }
}

impl Interp<'_> {
    /// Returns the variable of an object and a name, which is made at its first use and filled with a number.
    pub(crate) fn slot(
        &mut self,
        owner: &Owner,
        name: &str,
        shape: &[i64],
        dtype: DType,
        initial: f64,
    ) -> Infer<NodeId> {
        let unknown = Stop::Unknown("a variable of an optimizer or metric without numbers");
        let key = (owner.clone(), Rc::from(name));
        if let Some(node) = self.numbers.as_ref().and_then(|n| n.slots.by_name.get(&key)) {
            return Ok(*node);
        }
        let sizes: Option<Vec<usize>> = shape.iter().map(|n| usize::try_from(*n).ok()).collect();
        let array = sizes.and_then(|s| Array::full(&s, dtype, initial).ok()).ok_or(unknown.clone())?;
        let shown = self.slot_name(owner, name);
        let variable = self.new_variable(shown, TensorSpec::new(Shape::known(shape), dtype), false);
        let node = self.trace.variable(variable).node;
        self.outside(|interp| interp.set_array(node, array));
        let slots = &mut self.numbers.as_mut().ok_or(unknown)?.slots;
        slots.by_name.insert(key, node);
        slots.by_owner.entry(owner.clone()).or_default().push((node, initial));
        Ok(node)
    }

    /// The name that a variable of an optimizer or a metric shows: `sgd/iteration`, `total:0`.
    fn slot_name(&mut self, owner: &Owner, name: &str) -> Rc<str> {
        let Owner::Object(id) = owner else { return name.into() };
        if name == "u_product" && self.keras == ops::Keras::Three {
            return self.unique_name("variable");
        }
        let Some(state) = self.config(*id) else { return name.into() };
        // What is kept for one of the variables: `0/momentum`.
        if let Some((at, kept)) = name.split_once('/')
            && let Some(of) = at.parse().ok().and_then(|at: usize| state.built_for.as_ref()?.get(at).copied())
        {
            return self.kept_name(state, of, kept);
        }
        let name = match name {
            super::ITERATIONS => "iteration",
            "total_cm" => "total_confusion_matrix",
            name => name,
        };
        match self.keras {
            ops::Keras::Three => format!("{}/{name}", state.name).into(),
            ops::Keras::Two => format!("{name}:0").into(),
        }
    }

    /// Returns a variable that was made before.
    pub(crate) fn existing_slot(&self, owner: &Owner, name: &str) -> Option<NodeId> {
        self.numbers.as_ref()?.slots.by_name.get(&(owner.clone(), name.into())).copied()
    }

    /// Gives one object the variables of another, with their present numbers.
    pub(crate) fn copy_slots(&mut self, from: &Owner, to: &Owner) {
        let slots = self.numbers.as_ref().map(|n| &n.slots.by_name);
        let of_owner = slots.into_iter().flatten().filter(|((owner, _), _)| owner == from);
        let mut names: Vec<(Rc<str>, NodeId)> =
            of_owner.map(|((_, name), node)| (name.clone(), *node)).collect();
        names.sort_unstable_by_key(|(_, node)| *node);
        for (name, node) in names {
            let spec = self.trace.node(node).spec.clone();
            let (Some(sizes), Some(dtype), Some(array)) =
                (spec.shape.all_known(), spec.dtype, self.array_of_node(node))
            else {
                continue;
            };
            if let Ok(copy) = self.slot(to, &name, &sizes, dtype, 0.0) {
                self.set_array(copy, array);
            }
        }
    }

    /// Forgets the variables of a model's logs, which an earlier `compile` made.
    pub(crate) fn forget_logs(&mut self, model: ObjId) {
        if let Some(numbers) = &mut self.numbers {
            let other = |owner: &Owner| !matches!(owner, Owner::Log(id, _) if *id == model);
            numbers.slots.by_name.retain(|(owner, _), _| other(owner));
            numbers.slots.by_owner.retain(|owner, _| other(owner));
        }
    }

    /// The variables that an object keeps so far.
    pub(crate) fn slots_of(&self, owner: &Owner) -> Vec<NodeId> {
        let slots = self.numbers.as_ref().and_then(|n| n.slots.by_owner.get(owner));
        slots.map(|s| s.iter().map(|(node, _)| *node).collect()).unwrap_or_default()
    }

    /// Gives an object's variables the numbers again that they began with.
    pub(crate) fn reset_slots(&mut self, owner: &Owner) {
        let slots = self.numbers.as_ref().and_then(|n| n.slots.by_owner.get(owner)).cloned();
        for (node, initial) in slots.unwrap_or_default() {
            let spec = self.trace.node(node).spec.clone();
            let sizes: Option<Vec<usize>> =
                spec.shape.all_known().and_then(|s| s.iter().map(|n| usize::try_from(*n).ok()).collect());
            if let Some(array) = sizes.zip(spec.dtype).and_then(|(s, d)| Array::full(&s, d, initial).ok()) {
                self.set_array(node, array);
            }
        }
    }
}
