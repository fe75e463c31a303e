//! `K.rnn(step_function, inputs, initial_states)`: a step for each time of the inputs.
//!
//! source: tf_keras/src/backend.py: rnn, keras/src/legacy/backend.py: rnn

use graph::NodeId;
use ops::{Exc, Flow, TensorKind};
use tensor::{Dim, Shape, TensorSpec};

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
    /// Whether only the last step's output is kept.
    last_only: bool,
    constants: Vec<Value>,
}

fn rnn(interp: &mut Interp<'_>, args: Args) -> Eval {
    let get = |at, name: &str| args.get(at, name).cloned().unwrap_or(Value::None);
    let (step, inputs, states) = (get(0, "step_function"), get(1, "inputs"), get(2, "initial_states"));
    let mut flag = |at, name: &str| interp.truth(&get(at, name)).map(|t| t == Some(true));
    let (unrolled, time_major) = (flag(6, "unroll")?, flag(8, "time_major")?);
    let all = match args.get(10, "return_all_outputs") {
        Some(given) => interp.truth(given)?,
        None => Some(true),
    };
    let Some(all) = all else { return Ok(interp.unknown("whether all outputs are wanted")) };
    let Value::Tensor(node) = inputs else { return Ok(interp.unknown("a recurrence over several inputs")) };
    if !get(4, "mask").is_none() || interp.trace.node(node).kind == TensorKind::Keras {
        return Ok(interp.unknown("a recurrence with a mask, or over symbolic tensors"));
    }
    let Some(states) = interp.children(&states) else {
        return Ok(interp.unknown("a recurrence from states that are not known"));
    };
    let constants = match get(5, "constants") {
        Value::None => Vec::new(),
        constants => interp.children(&constants).unwrap_or_default(),
    };
    repeat(interp, &step, node, states, &Plan { time_major, unrolled, last_only: !all, constants })
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
    let element = TensorSpec::new(std::iter::once(batch).chain(rest.iter().copied()).collect(), spec.dtype);
    let mut current = states.clone();
    let mut output = Value::None;
    // The first step is made on its own, to see the output; the others see what the loop carries.
    let steps = if time == Dim::Known(1) && plan.unrolled { 1 } else { 2 };
    for _ in 0..steps {
        let x = Value::Tensor(interp.opaque("an element", element.clone(), &[(inputs, Flow::Ok)]));
        let given = Value::tuple(current.iter().chain(&plan.constants).cloned());
        let result = interp.call(step, Args::of([x, given]))?;
        let Some([made, next]) = interp.children(&result).and_then(|c| <[Value; 2]>::try_from(c).ok()) else {
            return Ok(interp.unknown("a step that returns no pair"));
        };
        let next = interp.children(&next).unwrap_or_default();
        if !plan.unrolled {
            for (state, new) in states.iter().zip(&next) {
                keep_shape(interp, state, new)?;
            }
        }
        (output, current) = (made, next);
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
