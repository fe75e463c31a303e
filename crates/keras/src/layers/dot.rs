//! `Dot`.

use ops::{Arg, Exc, Infer, Mistake, Violation};
use tensor::{Dim, Shape};

use super::merging::{input_dims, shapes_text, tensors};
use super::support;
use crate::python::{int, known_int, raise, text, truth, type_error, unknown, value_error};
use crate::{CallArgs, Host, Layer, Mask, dims};

pub(super) static LAYERS: &[Layer] = &[Layer {
    name: "Dot",
    init,
    build,
    call,
    output_shape: Some(output_shape),
    mask: Mask::Computes(|_, _| Ok(Arg::None)),
    source: "keras/src/layers/merging/dot.py, tf_keras/src/layers/merging/dot.py",
    ..Layer::BASE
}];

fn init(host: &mut dyn Host) -> Infer<()> {
    let given = host.get("axes");
    let items = match &given {
        Arg::Tuple(items) | Arg::List(items) => items,
        _ => {
            if int(&given)?.is_some() {
                return Ok(());
            }
            let problem = "Invalid type for argument `axes`: it should be a list or an int.";
            return type_error("axes", format!("{problem} Received: axes={}", text(&given)));
        }
    };
    let problem = if items.len() != 2 {
        "it should contain two elements."
    } else if int(&items[0])?.is_none() || int(&items[1])?.is_none() {
        "list elements should be integers."
    } else {
        return Ok(());
    };
    value_error(
        "axes",
        format!("Invalid format for argument `axes`: {problem} Received: axes={}", text(&given)),
    )
}

/// The axes of the two inputs as `build` and `compute_output_shape` see them: those of a pair as given.
fn axes(host: &dyn Host, ranks: [usize; 2]) -> Infer<[i64; 2]> {
    let given = host.get("axes");
    if let Some([a, b]) = given.items() {
        return Ok([known_int(a)?, known_int(b)?]);
    }
    let axis = known_int(&given)?;
    if axis >= 0 {
        return Ok([axis; 2]);
    }
    if ranks.contains(&0) {
        return raise(Exc::ZeroDivisionError, "axes", "integer modulo by zero");
    }
    Ok(ranks.map(|rank| axis.rem_euclid(rank as i64)))
}

fn build(host: &mut dyn Host, shapes: &[Shape]) -> Infer<()> {
    dims::ranked(host)?;
    let shapes: Vec<Vec<Dim>> = shapes.iter().map(dims::of_shape).collect::<Infer<_>>()?;
    let [left, right] = shapes.as_slice() else {
        let received = match shapes.as_slice() {
            [] => return unknown("a product of nothing"),
            [only] if host.single_input() => {
                dims::at(only, 0)?;
                dims::text(only)
            }
            _ => shapes_text(&shapes),
        };
        return value_error(
            "inputs",
            format!("A `Dot` layer should be called on a list of 2 inputs. Received: input_shape={received}"),
        );
    };
    let [a, b] = axes(host, [left.len(), right.len()])?;
    let (first, second) = (dims::at(left, a)?, dims::at(right, b)?);
    let differ = match (first, second) {
        (Dim::Known(m), Dim::Known(n)) => m != n,
        // `None != 5`.
        (Dim::Known(_), Dim::Symbol(_)) | (Dim::Symbol(_), Dim::Known(_)) => true,
        _ => false,
    };
    if differ {
        let core = format!(
            "Incompatible input shapes: axis values {first} (at axis {a}) != {second} (at axis {b}). Full input \
             shapes: {}, {}",
            dims::text(left),
            dims::text(right)
        );
        let mistake = Mistake::DimMismatch { left: first, right: second, what: "the axes that are summed" };
        return Err(Violation::stop(Exc::ValueError, core, mistake));
    }
    Ok(())
}

fn call(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let tensors = tensors(&args.inputs)?;
    let shapes = input_dims(&args.inputs)?;
    let ([left, right], [x, y]) = (shapes.as_slice(), tensors.as_slice()) else {
        return unknown("a product of other than two inputs");
    };
    let ranks = [left.len(), right.len()];
    let mut axes = axes(host, ranks)?;
    for (axis, rank) in axes.iter_mut().zip(ranks) {
        if *axis < 0 && rank > 0 {
            *axis = axis.rem_euclid(rank as i64);
        }
    }
    let (mut x, mut y) = (x.clone(), y.clone());
    if truth(&host.get("normalize"))? {
        let paths = ["tf.linalg.l2_normalize", "keras.ops.normalize"];
        x = support::api(host, paths, &[x], &[("axis", Arg::Int(axes[0]))])?;
        y = support::api(host, paths, &[y], &[("axis", Arg::Int(axes[1]))])?;
    }
    let axes = Arg::List(axes.iter().map(|a| Arg::Int(*a)).collect());
    host.api("tf.keras.backend.batch_dot", &[x, y, axes], &[])
}

/// `list.pop(at)`.
fn pop(list: &mut Vec<Dim>, at: i64) -> Infer<()> {
    match dims::place(list.len(), at) {
        Some(at) => {
            list.remove(at);
            Ok(())
        }
        None if list.is_empty() => raise(Exc::IndexError, "axes", "pop from empty list"),
        None => raise(Exc::IndexError, "axes", "pop index out of range"),
    }
}

fn output_shape(host: &mut dyn Host, inputs: &Arg) -> Infer<Arg> {
    let shapes = input_dims(inputs)?;
    let [left, right] = shapes.as_slice() else { return unknown("a product of other than two inputs") };
    let [a, b] = axes(host, [left.len(), right.len()])?;
    let (mut out, mut rest) = (left.clone(), right.clone());
    pop(&mut out, a)?;
    pop(&mut rest, b)?;
    pop(&mut rest, 0)?;
    out.extend(rest);
    if out.len() == 1 {
        out.push(Dim::Known(1));
    }
    Ok(dims::tuple(out))
}
