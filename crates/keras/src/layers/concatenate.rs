//! `Concatenate`.

use ops::{Arg, Exc, Infer, Mistake, Violation};
use tensor::{DType, Dim, Shape};

use super::merging::{input_dims, shapes_text, tensors};
use super::support;
use crate::python::{known_int, raise, type_error, type_name, unknown, value_error};
use crate::{CallArgs, Host, Layer, Mask, dims};

pub(super) static LAYERS: &[Layer] = &[Layer {
    name: "Concatenate",
    build,
    call,
    output_shape: Some(output_shape),
    mask: Mask::Computes(mask),
    source: "keras/src/layers/merging/concatenate.py, tf_keras/src/layers/merging/concatenate.py",
    ..Layer::BASE
}];

fn build(host: &mut dyn Host, shapes: &[Shape]) -> Infer<()> {
    dims::ranked(host)?;
    let shapes: Vec<Vec<Dim>> = shapes.iter().map(dims::of_shape).collect::<Infer<_>>()?;
    if let (true, [only]) = (host.single_input(), shapes.as_slice()) {
        let received = dims::text(only);
        return value_error(
            "inputs",
            format!(
                "A `Concatenate` layer should be called on a list of at least 1 input. Received: \
                 input_shape={received}"
            ),
        );
    }
    no_index(host)?;
    let axis = known_int(&host.get("axis"))?;
    let mut reduced = Vec::with_capacity(shapes.len());
    for shape in &shapes {
        let mut rest = shape.clone();
        if rest.is_empty() && !dims::keras2(host) {
            // `self.axis % len(shape)`.
            return raise(Exc::ZeroDivisionError, "axis", "integer modulo by zero");
        }
        match dims::place(rest.len(), axis) {
            Some(at) => {
                rest.remove(at);
            }
            // Keras 3 leaves the shape as it is where a positive axis is too large.
            None if axis >= 0 && !dims::keras2(host) => {}
            None => return dims::out_of_range("list assignment"),
        }
        reduced.push(rest);
    }
    let Some(rank) = reduced.first().map(Vec::len) else { return unknown("a concatenation of nothing") };
    let differ = |axis: usize| {
        let mut sizes = reduced.iter().filter_map(|shape| shape[axis].known());
        let first = sizes.next();
        sizes.any(|size| Some(size) != first)
    };
    let other_rank = reduced.iter().map(Vec::len).find(|got| *got != rank);
    let mistake = match (other_rank, (0..rank).find(|axis| other_rank.is_none() && differ(*axis))) {
        (Some(got), _) => {
            Mistake::RankMismatch { param: "inputs", expected: (rank + 1).to_string(), got: got + 1 }
        }
        (None, Some(axis)) => {
            let left = reduced[0][axis];
            let right = reduced.iter().map(|shape| shape[axis]).find(|dim| !dim.compatible(left));
            Mistake::DimMismatch { left, right: right.unwrap_or(left), what: "dims off the axis" }
        }
        (None, None) => return Ok(()),
    };
    let core = format!(
        "A `Concatenate` layer requires inputs with matching shapes except for the concatenation axis. Received: \
         input_shape={}",
        shapes_text(&shapes)
    );
    Err(Violation::stop(Exc::ValueError, core, mistake))
}

/// What `del shape[axis]`, in Keras 3 `axis % len(shape)`, raises for an axis that is no index.
fn no_index(host: &dyn Host) -> Infer<()> {
    let axis = host.get("axis");
    let kind = type_name(&axis);
    match (&axis, dims::keras2(host)) {
        (Arg::Str(_) | Arg::None | Arg::Tuple(_) | Arg::List(_), true) | (Arg::Float(_), _) => {
            type_error("axis", format!("list indices must be integers or slices, not {kind}"))
        }
        (Arg::Str(_), false) => type_error("axis", "not all arguments converted during string formatting"),
        (Arg::None | Arg::Tuple(_) | Arg::List(_), false) => {
            type_error("axis", format!("unsupported operand type(s) for %: '{kind}' and 'int'"))
        }
        _ => Ok(()),
    }
}

fn call(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let axis = host.get("axis");
    support::api(host, support::CONCATENATE, std::slice::from_ref(&args.inputs), &[("axis", axis)])
}

fn output_shape(host: &mut dyn Host, inputs: &Arg) -> Infer<Arg> {
    let axis = known_int(&host.get("axis"))?;
    let shapes = input_dims(inputs)?;
    let mut out = shapes.first().cloned().unwrap_or_default();
    for shape in shapes.iter().skip(1) {
        let Some(at) = dims::place(out.len(), axis) else { return dims::out_of_range("list") };
        let sum = match (out[at], dims::at(shape, axis)?) {
            (Dim::Known(a), Dim::Known(b)) => Dim::Known(a.saturating_add(b)),
            (Dim::Unknown, _) | (_, Dim::Unknown) => Dim::Unknown,
            _ => dims::NONE,
        };
        out[at] = sum;
        if sum == dims::NONE {
            break;
        }
    }
    Ok(dims::tuple(out))
}

/// Joins the masks along the axis, an input without one counting as kept.
fn mask(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let Some(masks) = args.mask.items() else { return Ok(Arg::None) };
    if masks.iter().all(Arg::is_none) {
        return Ok(Arg::None);
    }
    let mut whole = Vec::with_capacity(masks.len());
    for (input, mask) in tensors(&args.inputs)?.into_iter().zip(masks) {
        let dtype = Arg::Str(DType::Bool.name().into());
        let rank = |arg: &Arg| dims::of_input(arg).map(|d| d.len());
        whole.push(if mask.is_none() {
            support::api(host, ["tf.ones_like", "keras.ops.ones_like"], &[input], &[("dtype", dtype)])?
        } else if rank(mask)? < rank(&input)? {
            let mask = support::api(host, support::EXPAND_DIMS, &[mask.clone(), Arg::Int(-1)], &[])?;
            if dims::keras2(host) {
                mask
            } else {
                let zeros = host.api("keras.ops.zeros_like", &[input], &[("dtype", dtype)])?;
                host.api("keras.ops.logical_or", &[mask, zeros], &[])?
            }
        } else {
            mask.clone()
        });
    }
    let axis = host.get("axis");
    let joined = support::api(host, support::CONCATENATE, &[Arg::List(whole.into())], &[("axis", axis)])?;
    let paths = ["tf.keras.backend.all", "keras.ops.any"];
    support::api(host, paths, &[joined], &[("axis", Arg::Int(-1)), ("keepdims", Arg::Bool(false))])
}
