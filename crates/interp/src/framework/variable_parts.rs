//! Changes of parts of a `tf.Variable`: `scatter_nd_update`, `scatter_add`, `v[0, 1].assign(42)`.
//!
//! source: `tensorflow/python/ops/resource_variable_ops.py`, `tensorflow/python/ops/array_ops.py`

use graph::NodeId;

use crate::interp::Interp;
use crate::native::native;
use crate::raise::Eval;
use crate::value::{Args, Native, Value};

/// Methods of variables.
pub(super) static METHODS: &[Native] = &[
    native("scatter_nd_update", |i, a| scatter_nd(i, &a, "tf.tensor_scatter_nd_update")),
    native("scatter_nd_add", |i, a| scatter_nd(i, &a, "tf.tensor_scatter_nd_add")),
    native("scatter_nd_sub", |i, a| scatter_nd(i, &a, "tf.tensor_scatter_nd_sub")),
    native("scatter_nd_max", |i, a| scatter_nd(i, &a, "tf.tensor_scatter_nd_max")),
    native("scatter_nd_min", |i, a| scatter_nd(i, &a, "tf.tensor_scatter_nd_min")),
    native("scatter_update", |i, a| scatter_rows(i, &a, "tf.tensor_scatter_nd_update")),
    native("scatter_add", |i, a| scatter_rows(i, &a, "tf.tensor_scatter_nd_add")),
    native("scatter_sub", |i, a| scatter_rows(i, &a, "tf.tensor_scatter_nd_sub")),
    native("scatter_max", |i, a| scatter_rows(i, &a, "tf.tensor_scatter_nd_max")),
    native("scatter_min", |i, a| scatter_rows(i, &a, "tf.tensor_scatter_nd_min")),
];

/// `assign` of a slice of a `tf.Variable`: `v[0, 1].assign(42)`.
///
/// source: `tensorflow/python/ops/array_ops.py`, strided_slice
pub(super) static SLICE_ASSIGN: Native = native("assign", assign_slice);

/// `scatter_nd_add(indices, updates)`: what the function of tensors makes of the variable's value.
fn scatter_nd(interp: &mut Interp<'_>, args: &Args, function: &str) -> Eval {
    let Some(Value::Tensor(id)) = args.positional.first() else { return Ok(Value::None) };
    let id = interp.variable_itself(*id);
    interp.forget_content(id);
    if interp.computes() {
        let given = (args.get(1, "indices").cloned(), args.get(2, "updates").cloned());
        match given {
            (Some(indices), Some(updates)) => interp.scatter(id, &indices, &updates, function)?,
            _ => interp.lose_number(id),
        }
    }
    Ok(interp.assigned(id))
}

/// `scatter_add(sparse_delta)`: the same for whole rows, which `IndexedSlices` name.
fn scatter_rows(interp: &mut Interp<'_>, args: &Args, function: &str) -> Eval {
    let Some(Value::Tensor(id)) = args.positional.first() else { return Ok(Value::None) };
    let id = interp.variable_itself(*id);
    interp.forget_content(id);
    if interp.computes() {
        let delta = args.get(1, "sparse_delta").cloned().unwrap_or(Value::None);
        match (interp.find_attr(&delta, "indices")?, interp.find_attr(&delta, "values")?) {
            (Some(rows), Some(values)) => {
                let at = interp.call_api(&"tf.expand_dims".into(), Args::of([rows, Value::Int(-1)]))?;
                interp.scatter(id, &at, &values, function)?;
            }
            _ => interp.lose_number(id),
        }
    }
    Ok(interp.assigned(id))
}

fn assign_slice(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(Value::Tensor(slice)) = args.positional.first() else { return Ok(Value::None) };
    let Some(variable) = interp.sliced_variable(*slice) else { return Ok(Value::None) };
    interp.forget_content(variable);
    if interp.computes() {
        let index = interp.running.parts.get(slice).cloned();
        match (index, args.get(1, "value").cloned()) {
            (Some(index), Some(value)) => interp.assign_part(variable, *slice, &index, &value)?,
            _ => interp.lose_number(variable),
        }
    }
    Ok(Value::Tensor(variable))
}

impl Interp<'_> {
    /// Remembers which part of a variable a tensor is, for which it may be assigned to.
    pub(super) fn remember_part(&mut self, part: &Value, index: &Value) {
        if let Value::Tensor(node) = part
            && self.computes()
            && self.sliced_variable(*node).is_some()
        {
            self.running.parts.insert(*node, index.clone());
        }
    }

    /// Assigns a variable what a function of tensors makes of it, of places and of what is meant for them.
    fn scatter(&mut self, variable: NodeId, indices: &Value, updates: &Value, function: &str) -> Eval<()> {
        let updates = self.as_variable_takes(variable, updates)?;
        let given = [Value::Tensor(variable), indices.clone(), updates];
        let changed = self.call_api(&function.into(), Args::of(given))?;
        self.assign_value(variable, &changed)
    }

    /// Assigns to the part of a variable that an index picks: by the places that it picks of their numbers.
    fn assign_part(&mut self, variable: NodeId, slice: NodeId, index: &Value, value: &Value) -> Eval<()> {
        let sizes = self.trace.node(variable).spec.shape.all_known();
        let part = self.trace.node(slice).spec.shape.all_known();
        let (Some(sizes), Some(part)) = (sizes, part) else {
            self.without_number("the part of a variable that is assigned to is not known");
            self.lose_number(variable);
            return Ok(());
        };
        let list = |interp: &mut Self, items: &[i64]| {
            interp.new_list(items.iter().map(|n| Value::Int(*n)).collect())
        };
        let (whole, line, column) = (list(self, &sizes), list(self, &[-1]), list(self, &[-1, 1]));
        let part = list(self, &part);
        let reshape = |interp: &mut Self, of: Value, shape: &Value| {
            interp.call_api(&"tf.reshape".into(), Args::of([of, shape.clone()]))
        };
        let places =
            self.call_api(&"tf.range".into(), Args::of([Value::Int(sizes.iter().product::<i64>())]))?;
        let places = reshape(self, places, &whole)?;
        let picked = self.op_on("getitem", &[("x", places), ("index", index.clone())])?;
        let picked = reshape(self, picked, &column)?;
        let value = self.as_variable_takes(variable, value)?;
        let value = self.call_api(&"tf.broadcast_to".into(), Args::of([value, part]))?;
        let value = reshape(self, value, &line)?;
        let flat = reshape(self, Value::Tensor(variable), &line)?;
        let changed =
            self.call_api(&"tf.tensor_scatter_nd_update".into(), Args::of([flat, picked, value]))?;
        let changed = reshape(self, changed, &whole)?;
        self.assign_value(variable, &changed)
    }
}
