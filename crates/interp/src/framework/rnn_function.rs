//! `K.rnn(step_function, inputs, initial_states)`: a step for each time of the inputs.
//!
//! source: tf_keras/src/backend.py: rnn, keras/src/legacy/backend.py: rnn

use std::rc::Rc;

use graph::NodeId;
use ops::{Exc, Flow, TensorKind};
use tensor::{DType, Dim, Shape, TensorSpec};

use crate::interp::Interp;
use crate::native::native;
use crate::raise::Eval;
use crate::value::{Args, Native, Value};

/// Native functions.
pub(crate) static FUNCTIONS: &[Native] = &[native("tf.keras.backend.rnn", rnn)];

/// How the steps are made.
struct Plan {
    time_major: bool,
    unrolled: bool,
    backwards: bool,
    /// Whether only the last step's output is kept.
    last_only: bool,
    /// Which steps count, and whether the others give zeros rather than what the step before gave.
    mask: Option<NodeId>,
    zero_for_mask: bool,
    constants: Vec<Value>,
}

impl Plan {
    /// What picks a step of the inputs: `x[t]` or `x[:, t]`.
    fn at(&self, time: usize) -> Vec<Value> {
        let time = Value::Int(i64::try_from(time).unwrap_or(i64::MAX));
        if self.time_major { vec![time] } else { vec![everything(), time] }
    }
}

/// `:`
fn everything() -> Value {
    Value::Slice(Rc::new([Value::None, Value::None, Value::None]))
}

fn rnn(interp: &mut Interp<'_>, args: Args) -> Eval {
    let get = |at, name: &str| args.get(at, name).cloned().unwrap_or(Value::None);
    let (step, inputs, states) = (get(0, "step_function"), get(1, "inputs"), get(2, "initial_states"));
    let mut flag = |at, name: &str| interp.truth(&get(at, name)).map(|t| t == Some(true));
    let (unrolled, time_major) = (flag(6, "unroll")?, flag(8, "time_major")?);
    let (backwards, zero_for_mask) = (flag(3, "go_backwards")?, flag(9, "zero_output_for_mask")?);
    let all = match args.get(10, "return_all_outputs") {
        Some(given) => interp.truth(given)?,
        None => Some(true),
    };
    let Some(all) = all else { return Ok(interp.unknown("whether all outputs are wanted")) };
    let Value::Tensor(node) = inputs else { return Ok(interp.unknown("a recurrence over several inputs")) };
    let mask = match get(4, "mask") {
        Value::None => None,
        Value::Tensor(mask) => Some(mask),
        _ => return Ok(interp.unknown("a mask that is no tensor")),
    };
    let symbolic =
        [Some(node), mask].into_iter().flatten().any(|n| interp.trace.node(n).kind == TensorKind::Keras);
    if symbolic || matches!(get(7, "input_length"), Value::Tensor(_) | Value::Unknown(_)) {
        return Ok(interp.unknown("a recurrence over symbolic tensors, or of lengths that are a tensor"));
    }
    let ranks = mask.map(|mask| interp.trace.node(mask).spec.shape.rank());
    if ranks.is_some_and(|rank| !matches!(rank, Some(2 | 3))) {
        return Ok(interp.unknown("a mask of another rank"));
    }
    let wide = |mask: NodeId| {
        let shape = &interp.trace.node(mask).spec.shape;
        shape.rank() == Some(3) && shape.dim(-1) != Some(Dim::Known(1))
    };
    if unrolled && mask.is_some_and(wide) {
        // Unrolled, a step's mask is repeated as often as the output is wide.
        return Ok(interp.unknown("a mask with several elements for each step"));
    }
    let Some(states) = interp.children(&states) else {
        return Ok(interp.unknown("a recurrence from states that are not known"));
    };
    let constants = match get(5, "constants") {
        Value::None => Vec::new(),
        constants => interp.children(&constants).unwrap_or_default(),
    };
    let last_only = !all;
    let plan = Plan { time_major, unrolled, backwards, last_only, mask, zero_for_mask, constants };
    repeat(interp, &step, node, states, &plan)
}

fn repeat(interp: &mut Interp<'_>, step: &Value, inputs: NodeId, states: Vec<Value>, plan: &Plan) -> Eval {
    let spec = interp.trace.node(inputs).spec.clone();
    let Some(dims) = spec.shape.dims().map(<[Dim]>::to_vec) else {
        return Ok(interp.unknown("a recurrence over inputs of unknown rank"));
    };
    let [first, second, rest @ ..] = &dims[..] else {
        let text =
            if plan.time_major { "tuple index out of range" } else { "list assignment index out of range" };
        return Err(interp.raise(Exc::IndexError, text));
    };
    let (batch, time) = if plan.time_major { (*second, *first) } else { (*first, *second) };
    if rest.is_empty() {
        let shown = Shape::new([time, batch]);
        let text = format!("Shape {} must have rank at least 3", shown.tuple());
        return Err(interp.raise(Exc::ValueError, text));
    }
    if plan.unrolled && !time.is_known() {
        return Err(interp.raise(Exc::ValueError, "Unrolling requires a fixed number of timesteps."));
    }
    if let (Dim::Known(time), true) = (time, interp.computes())
        && let Some(result) = rounds(interp, step, inputs, &states, time, plan)?
    {
        return Ok(result);
    }
    let element = TensorSpec::new(std::iter::once(batch).chain(rest.iter().copied()).collect(), spec.dtype);
    let counts = plan.mask.map(|mask| {
        let one = TensorSpec::new(Shape::new([batch, Dim::Known(1)]), DType::Bool);
        Value::Tensor(interp.opaque("an element of the mask", one, &[(mask, Flow::None)]))
    });
    let mut current = states.clone();
    let mut output = Value::None;
    // The first step is made on its own, to see the output; the others see what the loop carries.
    let steps = if time == Dim::Known(1) && plan.unrolled { 1 } else { 2 };
    for _ in 0..steps {
        let x = Value::Tensor(interp.opaque("an element", element.clone(), &[(inputs, Flow::Ok)]));
        let Some((made, next)) = one_step(interp, step, x, &current, plan)? else {
            return Ok(interp.unknown("a step that returns no pair"));
        };
        if !plan.unrolled {
            for (state, new) in states.iter().zip(&next) {
                keep_shape(interp, state, new)?;
            }
        }
        (output, current) = match &counts {
            Some(counts) => masked_step(interp, counts, (made, next), &output, &current, plan)?,
            None => (made, next),
        };
    }
    let Value::Tensor(last) = output else { return Ok(interp.unknown("a step whose output is no tensor")) };
    let own = interp.trace.node(last).spec.clone();
    let behind = own.shape.dims().and_then(|d| d.get(1..)).map(<[Dim]>::to_vec);
    let shape = match behind {
        Some(behind) if plan.time_major => {
            let kept = if plan.last_only { Dim::Known(1) } else { time };
            [kept, batch].into_iter().chain(behind).collect()
        }
        // Only the last output is kept: `return_all_outputs=False`.
        Some(behind) if plan.last_only => [batch, Dim::Known(1)].into_iter().chain(behind).collect(),
        Some(behind) => [batch, time].into_iter().chain(behind).collect(),
        None => Shape::UNKNOWN,
    };
    let all = interp.opaque("outputs of all steps", TensorSpec::new(shape, own.dtype), &[(last, Flow::Ok)]);
    let states = interp.new_list(current);
    Ok(Value::tuple([Value::Tensor(last), Value::Tensor(all), states]))
}

/// Calls the step function: its output and the next states, where it returns such a pair.
fn one_step(
    interp: &mut Interp<'_>,
    step: &Value,
    x: Value,
    states: &[Value],
    plan: &Plan,
) -> Eval<Option<(Value, Vec<Value>)>> {
    let given = Value::tuple(states.iter().chain(&plan.constants).cloned());
    let result = interp.call(step, Args::of([x, given]))?;
    let Some([made, next]) = interp.children(&result).and_then(|c| <[Value; 2]>::try_from(c).ok()) else {
        return Ok(None);
    };
    let next = interp.children(&next).unwrap_or_default();
    Ok(Some((made, next)))
}

/// A step that counts only where the mask says so: elsewhere the states stay, and the output is that of the step
/// before, or zeros.
fn masked_step(
    interp: &mut Interp<'_>,
    counts: &Value,
    (made, next): (Value, Vec<Value>),
    before: &Value,
    states: &[Value],
    plan: &Plan,
) -> Eval<(Value, Vec<Value>)> {
    let fresh = before.is_none() || (plan.zero_for_mask && !plan.unrolled);
    let before = if fresh { interp.op_on("zeros_like", &[("input", made.clone())])? } else { before.clone() };
    let output = chosen(interp, counts, &made, &before)?;
    let mut kept = Vec::with_capacity(next.len());
    for (new, old) in next.iter().zip(states) {
        kept.push(chosen(interp, counts, new, old)?);
    }
    Ok((output, kept))
}

/// `tf.where` of a mask with an axis for each step's features, spread over more axes where there are more.
fn chosen(interp: &mut Interp<'_>, counts: &Value, new: &Value, old: &Value) -> Eval {
    let (Value::Tensor(node), Value::Tensor(mask)) = (new, counts) else { return Ok(new.clone()) };
    let rank = |interp: &Interp<'_>, node: NodeId| interp.trace.node(node).spec.shape.rank();
    let (Some(wanted), Some(have)) = (rank(interp, *node), rank(interp, *mask)) else {
        return Ok(new.clone());
    };
    let mut counts = counts.clone();
    for _ in have..wanted {
        counts = interp.op_on("expand_dims", &[("input", counts), ("axis", Value::Int(-1))])?;
    }
    interp.op_on("where", &[("condition", counts), ("x", new.clone()), ("y", old.clone())])
}

/// Carries every step out, where the inputs are known.
fn rounds(
    interp: &mut Interp<'_>,
    step: &Value,
    inputs: NodeId,
    states: &[Value],
    time: i64,
    plan: &Plan,
) -> Eval<Option<Value>> {
    let Some(count) = usize::try_from(time).ok().filter(|count| (1..=MAX_STEPS).contains(count)) else {
        return Ok(None);
    };
    let mut current = states.to_vec();
    let (mut outputs, mut before) = (Vec::with_capacity(count), Value::None);
    for at in 0..count {
        let index = plan.at(if plan.backwards { count - 1 - at } else { at });
        let x = interp.tensor_item(&Value::Tensor(inputs), &Value::tuple(index.clone()))?;
        let Some((made, next)) = one_step(interp, step, x, &current, plan)? else { return Ok(None) };
        let Value::Tensor(_) = made else { return Ok(None) };
        if !plan.unrolled {
            for (state, new) in states.iter().zip(&next) {
                keep_shape(interp, state, new)?;
            }
        }
        let Some(mask) = plan.mask else {
            (before, current) = (made.clone(), next);
            outputs.push(made);
            continue;
        };
        let flat = interp.trace.node(mask).spec.shape.rank() == Some(2);
        let index = if flat { index.into_iter().chain(wide(plan)).collect() } else { index };
        let counts = interp.tensor_item(&Value::Tensor(mask), &Value::tuple(index))?;
        let counts = interp.op_on("cast", &[("x", counts), ("dtype", Value::str("bool"))])?;
        (before, current) = masked_step(interp, &counts, (made, next), &before, &current, plan)?;
        if plan.zero_for_mask && plan.unrolled {
            let zeros = interp.op_on("zeros_like", &[("input", before.clone())])?;
            outputs.push(chosen(interp, &counts, &before, &zeros)?);
        } else {
            outputs.push(before.clone());
        }
    }
    let Some(last) = outputs.last().cloned() else { return Ok(None) };
    let kept = if plan.last_only { vec![last.clone()] } else { outputs };
    let list = interp.new_list(kept);
    let axis = Value::Int(i64::from(!plan.time_major));
    let all = interp.op_on("stack", &[("values", list), ("axis", axis)])?;
    let states = interp.new_list(current);
    Ok(Some(Value::tuple([last, all, states])))
}

/// What gives a step of a mask without an axis for features one: `mask[:, t, None]`, `mask[t, :, None]`.
fn wide(plan: &Plan) -> Vec<Value> {
    if plan.time_major { vec![everything(), Value::None] } else { vec![Value::None] }
}

/// The most steps that are carried out one by one.
const MAX_STEPS: usize = 10_000;

/// A state keeps the shape that it begins with.
fn keep_shape(interp: &mut Interp<'_>, state: &Value, new: &Value) -> Eval<()> {
    let (Value::Tensor(state), Value::Tensor(new)) = (state, new) else { return Ok(()) };
    let (wanted, given) =
        (interp.trace.node(*state).spec.shape.clone(), interp.trace.node(*new).spec.shape.clone());
    match given.merge(&wanted) {
        Some(merged) => interp.trace.node_mut(*new).spec.shape = merged,
        None => {
            let text = mismatch(&given, &wanted);
            return Err(interp.raise(Exc::ValueError, text));
        }
    }
    Ok(())
}

/// What `Tensor.set_shape` says of a shape that does not fit.
pub(super) fn mismatch(own: &Shape, given: &Shape) -> String {
    let (Some(a), Some(b)) = (own.dims(), given.dims()) else { return String::new() };
    if a.len() != b.len() {
        return format!("Shapes must be equal rank, but are {} and {}", a.len(), b.len());
    }
    let pair = a.iter().zip(b).enumerate().find(|(_, (x, y))| !x.compatible(**y));
    match pair {
        Some((at, (x, y))) => format!(
            "Dimension {at} in both shapes must be equal, but are {x} and {y}. Shapes are {} and {}.",
            own.bracketed(),
            given.bracketed()
        ),
        None => String::new(),
    }
}
