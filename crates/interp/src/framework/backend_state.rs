//! `keras.backend`: the learning phase, values of variables.

use graph::Source;
use ops::{Exc, TensorKind};

use crate::interp::Interp;
use crate::native::native;
use crate::raise::Eval;
use crate::value::{Args, Native, Plain, Value};

/// Native functions.
pub(crate) static FUNCTIONS: &[Native] = &[
    native("keras.backend.learning_phase", learning_phase),
    native("keras.backend.set_learning_phase", set_learning_phase),
    native("tf.config.run_functions_eagerly", run_eagerly),
    native("tf.experimental.numpy.experimental_enable_numpy_behavior", |interp, _| {
        interp.running.numpy_behavior = true;
        Ok(Value::None)
    }),
    native("keras.backend.get_value", get_value),
    native("keras.backend.eval", get_value),
    native("keras.backend.set_value", set_value),
    native("keras.backend.update", |i, a| update(i, a, "assign")),
    native("keras.backend.update_add", |i, a| update(i, a, "assign_add")),
    native("keras.backend.update_sub", |i, a| update(i, a, "assign_sub")),
];

/// `tf.compat.v1.assign(x, new_x)` and its like, which ask the variable itself.
fn update(interp: &mut Interp<'_>, args: Args, method: &str) -> Eval {
    let second = match method {
        "assign" => "new_x",
        "assign_add" => "increment",
        _ => "decrement",
    };
    let (variable, change) = (args.get(0, "x").cloned(), args.get(1, second).cloned());
    let (Some(variable), Some(change)) = (variable, change) else {
        return Ok(interp.unknown("an update of something that is not given"));
    };
    match &variable {
        Value::Tensor(node)
            if matches!(interp.trace.node(*node).kind, TensorKind::Graph | TensorKind::Eager) =>
        {
            let text = format!("'{}' object has no attribute '{method}'", interp.tensor_type_name(*node));
            Err(interp.raise(Exc::AttributeError, text))
        }
        Value::Tensor(_) => {
            Ok(interp.call_method(&variable, method, Args::of([change]))?.unwrap_or(Value::None))
        }
        _ => Ok(interp.unknown("an update of what is no variable")),
    }
}

fn learning_phase(interp: &mut Interp<'_>, _: Args) -> Eval {
    Ok(match interp.running.learning_phase {
        Some(phase) => Value::Int(i64::from(phase)),
        None => Value::Any(Plain::Int),
    })
}

fn set_learning_phase(interp: &mut Interp<'_>, args: Args) -> Eval {
    let value = args.get(0, "value").cloned().unwrap_or(Value::None);
    interp.running.learning_phase = interp.truth(&value)?;
    Ok(Value::None)
}

/// The value of a variable or tensor as an array; a graph's tensors have none.
fn get_value(interp: &mut Interp<'_>, args: Args) -> Eval {
    let given = args.get(0, "x").cloned().unwrap_or(Value::None);
    let Value::Tensor(node) = given else { return Ok(given) };
    match interp.trace.node(node).kind {
        TensorKind::Graph | TensorKind::Keras => {
            let name = interp.tensor_type_name(node);
            let text = format!("'{name}' object has no attribute 'numpy'");
            Err(interp.raise(Exc::AttributeError, text))
        }
        _ => {
            if let Some(array) = interp.array_of_node(node).filter(|_| interp.carries_out()) {
                return Ok(interp.array_value(array));
            }
            let new = interp.stand_in(node, TensorKind::Numpy, Source::Opaque("a tensor's value"));
            interp.trace.node_mut(new).inputs.clear();
            Ok(Value::Tensor(new))
        }
    }
}

fn set_value(interp: &mut Interp<'_>, args: Args) -> Eval {
    if let Some(Value::Tensor(node)) = args.get(0, "x").cloned() {
        if matches!(interp.trace.node(node).kind, TensorKind::Graph | TensorKind::Eager) {
            let text = format!("'{}' object has no attribute 'assign'", interp.tensor_type_name(node));
            return Err(interp.raise(Exc::AttributeError, text));
        }
        interp.forget_content(node);
        if matches!(interp.trace.node(node).kind, TensorKind::Variable) {
            // `x.assign(np.asarray(value))`
            let value = args.get(1, "value").cloned().unwrap_or(Value::None);
            let value = interp.array_like(value)?;
            if let Value::Tensor(_) = value {
                interp.call_method(&Value::Tensor(node), "assign", Args::of([value]))?;
            } else {
                interp.assign_value(node, &value)?;
            }
        }
    }
    Ok(Value::None)
}

fn run_eagerly(interp: &mut Interp<'_>, args: Args) -> Eval {
    let value = args.get(0, "run_eagerly").cloned().unwrap_or(Value::None);
    interp.running.eager_functions = interp.truth(&value)? == Some(true);
    Ok(Value::None)
}
