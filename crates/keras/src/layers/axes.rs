//! The `axis` argument of normalizations.

use ops::{Arg, Infer};
use tensor::Dim;

use crate::host::WeightArgs;
use crate::python::{ints, known_int, repr, text, truth, value_error};
use crate::{Host, args, dims};

/// Stores `axis`: one int, or a list.
pub(super) fn init(host: &mut dyn Host, wording: impl FnOnce(&str) -> String) -> Infer<()> {
    let given = host.get("axis");
    let axes = args::axis_list(&given, wording)?;
    if given.items().is_some() {
        host.set("axis", Arg::List(axes.into_iter().map(Arg::Int).collect()));
    }
    Ok(())
}

/// Words Keras' refusal of an `axis` of another type.
pub(super) fn expected_int(shown: &str) -> String {
    format!("Expected an int or a list/tuple of ints for the argument 'axis', but received: {shown}")
}

/// Returns `axis` as a list.
pub(super) fn list(host: &dyn Host) -> Infer<Vec<i64>> {
    let given = host.get("axis");
    match given.items() {
        Some(items) => items.iter().map(known_int).collect(),
        None => Ok(vec![known_int(&given)?]),
    }
}

/// Returns the dims of the only input's shape, where Keras 2 says what it says of one of unknown rank.
pub(super) fn shape(host: &dyn Host, shapes: &[tensor::Shape]) -> Infer<Vec<Dim>> {
    if host.unknown_rank() {
        return value_error("inputs", "Input has undefined rank. Received: input_shape=<unknown>");
    }
    dims::only(shapes)
}

/// Keras 2's `validate_axis`: the axes counted from the front.
///
/// source: tf_keras/src/utils/tf_utils.py
pub(super) fn validated(host: &dyn Host, shape: &[Dim]) -> Infer<Vec<i64>> {
    let rank = shape.len() as i64;
    if rank == 0 {
        return value_error("inputs", "Input has undefined rank. Received: input_shape=()");
    }
    let axes: Vec<i64> = list(host)?.into_iter().map(|x| if x < 0 { rank + x } else { x }).collect();
    if axes.iter().any(|x| !(0..rank).contains(x)) {
        return value_error(
            "axis",
            format!(
                "Invalid value for `axis` argument. Expected 0 <= axis < inputs.rank (with inputs.rank={rank}). \
                 Received: axis={}",
                ints(&axes)
            ),
        );
    }
    let twice = axes.iter().enumerate().any(|(i, x)| axes[..i].contains(x));
    if twice {
        return value_error("axis", format!("Duplicate axis: {}", ints(&axes)));
    }
    Ok(axes)
}

/// Keras 3's `compute_output_shape` of normalizations: the input's shape, if it has the axes.
pub(super) fn same_shape(host: &mut dyn Host, inputs: &Arg) -> Infer<Arg> {
    let shape = dims::of_input(inputs)?;
    for axis in list(host)? {
        if dims::place(shape.len(), axis).is_none() {
            let given = host.get("axis");
            return value_error(
                "axis",
                format!(
                    "Axis {axis} is out of bounds for input shape {}. Received: axis={}",
                    dims::text(&shape),
                    repr(&given)
                ),
            );
        }
    }
    Ok(dims::tuple(shape))
}

/// Makes the weights `gamma` and `beta`, where the layer has them.
pub(super) fn scale_and_center(host: &mut dyn Host, shape: &[Dim]) -> Infer<()> {
    for (name, flag) in [("gamma", "scale"), ("beta", "center")] {
        if truth(&host.get(flag))? {
            let initializer = host.get(&format!("{name}_initializer"));
            host.add_weight(WeightArgs::new(name, shape.iter().copied(), initializer))?;
        }
    }
    Ok(())
}

/// Writes `axis` as the layer has it.
pub(super) fn shown(host: &dyn Host) -> String {
    text(&host.get("axis"))
}
