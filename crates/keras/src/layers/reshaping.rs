//! Layers that move elements without changing them: `Flatten`, `Reshape`, `Permute`, `RepeatVector`.

use ops::{Arg, Infer, Keras, Mode};
use tensor::{Dim, Shape};

use super::support::{self, with_shape};
use crate::python::{int, is_open, repr, text, type_error, type_name, unknown, value_error};
use crate::{CallArgs, Host, InputSpec, Layer, args, dims};

pub(super) static LAYERS: &[Layer] = &[
    Layer {
        name: "Flatten",
        init: |host| {
            args::store_data_format(host)?;
            host.set_input_spec(vec![InputSpec::at_least(1)]);
            Ok(())
        },
        call: flatten,
        output_shape: Some(|_, inputs| {
            let shape = dims::of_input(inputs)?;
            with_shape(inputs, flattened(&shape)?)
        }),
        source: "keras/src/layers/reshaping/flatten.py, tf_keras/src/layers/reshaping/flatten.py",
        ..Layer::BASE
    },
    Layer {
        name: "Reshape",
        init: init_reshape,
        call: reshape,
        output_shape: Some(|host, inputs| {
            let shape = dims::of_input(inputs)?;
            let mut out = vec![dims::at(&shape, 0)?];
            out.extend(resolved3(&shape[1..], &target(host)?)?);
            with_shape(inputs, Shape::new(out))
        }),
        source: "keras/src/layers/reshaping/reshape.py, tf_keras/src/layers/reshaping/reshape.py",
        ..Layer::BASE
    },
    Layer {
        name: "Permute",
        init: init_permute,
        call: permute,
        output_shape: Some(|host, inputs| {
            let shape = dims::of_input(inputs)?;
            let order = std::iter::once(Ok(0)).chain(args::stored(host, "dims")?.into_iter().map(Ok));
            let out = order.map(|axis: Infer<i64>| dims::at(&shape, axis?)).collect::<Infer<Vec<Dim>>>()?;
            with_shape(inputs, Shape::new(out))
        }),
        source: "keras/src/layers/reshaping/permute.py, tf_keras/src/layers/reshaping/permute.py",
        ..Layer::BASE
    },
    Layer {
        name: "RepeatVector",
        init: init_repeat,
        call: repeat,
        output_shape: Some(|host, inputs| {
            let shape = dims::of_input(inputs)?;
            let n = crate::python::size(&host.get("n"))?;
            Ok(dims::tuple([dims::at(&shape, 0)?, n, dims::at(&shape, 1)?]))
        }),
        source: "keras/src/layers/reshaping/repeat_vector.py, tf_keras/src/layers/reshaping/repeat_vector.py",
        ..Layer::BASE
    },
];

fn flattened(shape: &[Dim]) -> Infer<Shape> {
    Ok(Shape::new([dims::at(shape, 0)?, dims::product(&shape[1..])]))
}

/// Makes an item of a target shape: what is known of a dim.
fn item(dim: Dim) -> Arg {
    match dim {
        Dim::Known(n) => Arg::Int(n),
        dims::NONE => Arg::None,
        dim => Arg::Dim(dim),
    }
}

fn flatten(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let mut x = args.inputs.clone();
    let Some(mut shape) = dims::tensor(&x)?.spec.shape.dims().map(<[Dim]>::to_vec) else {
        let target = Arg::List([Arg::Dim(Dim::Unknown), Arg::Int(-1)].into());
        return support::api(host, support::RESHAPE, &[x, target], &[]);
    };
    if args::channels_first(host) && shape.len() > 1 {
        let order: Vec<usize> = std::iter::once(0).chain(2..shape.len()).chain(std::iter::once(1)).collect();
        shape = order.iter().map(|axis| shape[*axis]).collect();
        x = transpose(host, x, &order)?;
    }
    if shape.len() == 1 {
        return support::api(host, support::EXPAND_DIMS, &[x, Arg::Int(1)], &[]);
    }
    let batch = dims::at(&shape, 0)?;
    let size = dims::product(&shape[1..]);
    // Only one of the two may stay open.
    let target = match (batch, size) {
        (_, Dim::Known(size)) if host.keras() == Keras::Two => [Arg::Int(-1), Arg::Int(size)],
        (_, Dim::Known(size)) => [item(batch), Arg::Int(size)],
        _ => [item(batch), Arg::Int(-1)],
    };
    support::api(host, support::RESHAPE, &[x, Arg::List(target.into())], &[])
}

/// Permutes the axes of a tensor.
pub(super) fn transpose(host: &mut dyn Host, x: Arg, order: &[usize]) -> Infer<Arg> {
    let order = Arg::Tuple(order.iter().map(|axis| Arg::Int(*axis as i64)).collect());
    let path = if dims::keras2(host) { "tf.transpose" } else { "keras.ops.transpose" };
    host.api(path, &[x, order], &[])
}

fn init_reshape(host: &mut dyn Host) -> Infer<()> {
    let given = host.get("target_shape");
    let Some(items) = given.items() else {
        return match given {
            Arg::Int(_) | Arg::Bool(_) | Arg::Float(_) | Arg::None => {
                type_error("target_shape", format!("'{}' object is not iterable", type_name(&given)))
            }
            _ => unknown("a target shape that is not known"),
        };
    };
    let shape = Arg::Tuple(items.into());
    if host.keras() == Keras::Three {
        let received = repr(&shape);
        let mut open = 0;
        for item in items {
            match item {
                Arg::Int(n) if *n < -1 => {
                    return value_error(
                        "target_shape",
                        format!(
                            "Each dimension in `target_shape` must be a non-negative integer, or `-1` for a single \
                             unknown dimension. Received: target_shape={received}."
                        ),
                    );
                }
                Arg::Int(-1) => open += 1,
                _ => {}
            }
        }
        if open > 1 {
            return value_error(
                "target_shape",
                format!(
                    "There must be at most one unknown dimension (-1) in `target_shape`. Received: \
                     target_shape={received}."
                ),
            );
        }
    }
    host.set("target_shape", shape);
    Ok(())
}

/// The target shape: numbers, `-1` and `None`.
fn target(host: &dyn Host) -> Infer<Vec<Dim>> {
    let given = host.get("target_shape");
    let Some(items) = given.items() else { return unknown("a target shape that is not known") };
    items
        .iter()
        .map(|item| match item {
            Arg::None => Ok(dims::NONE),
            item if is_open(item) => Ok(Dim::Unknown),
            _ => match int(item)? {
                Some(n) => Ok(Dim::Known(n)),
                None => unknown("a target shape of other than integers"),
            },
        })
        .collect()
}

/// Replaces `-1` by what is known of it where some sizes are not known.
fn open(target: &[Dim], by: Dim) -> Vec<Dim> {
    target.iter().map(|d| if *d == Dim::Known(-1) { by } else { *d }).collect()
}

/// `compute_reshape_output_shape`.
fn resolved3(shape: &[Dim], target: &[Dim]) -> Infer<Vec<Dim>> {
    let is_none = |d: &Dim| matches!(d, Dim::Symbol(_));
    if shape.iter().chain(target).any(is_none) {
        return Ok(open(target, dims::NONE));
    }
    let (Dim::Known(size), Some(known)) = (dims::product(shape), sizes(target)) else {
        return Ok(open(target, Dim::Unknown));
    };
    let shapes = || format!("input_shape={}, target_shape={}", dims::text(shape), dims::text(target));
    if !target.contains(&Dim::Known(-1)) {
        if size != known {
            let problem = "The total size of the tensor must be unchanged.";
            return resized(size, known, format!("{problem} Received: {}", shapes()));
        }
        return Ok(target.to_vec());
    }
    if known == 0 || size % known != 0 {
        return resized(
            size,
            known,
            format!(
                "The total size of the tensor must be unchanged, however, the input size cannot by divided by the \
                 specified dimensions in target_shape. Received: {}",
                shapes()
            ),
        );
    }
    Ok(open(target, Dim::Known(size / known)))
}

fn resized<T>(from: i64, to: i64, core: String) -> Infer<T> {
    let mistake = ops::Mistake::ReshapeSize { from: Dim::Known(from), to: Dim::Known(to) };
    Err(ops::Violation::stop(ops::Exc::ValueError, core, mistake))
}

/// The product of the sizes that are not `-1`; nothing where one is not known.
fn sizes(target: &[Dim]) -> Option<i64> {
    target.iter().filter(|d| **d != Dim::Known(-1)).try_fold(1_i64, |n, d| n.checked_mul(d.known()?))
}

/// Keras 2's `_fix_unknown_dimension`.
fn resolved2(shape: &[Dim], target: &[Dim]) -> Infer<Vec<Dim>> {
    let none = shape.iter().any(|d| matches!(d, Dim::Symbol(_)));
    let (false, Dim::Known(size), Some(_)) = (none, dims::product(shape), sizes(target)) else {
        return Ok(open(target, if none { dims::NONE } else { Dim::Unknown }));
    };
    let is_open = |d: &&Dim| d.known().is_some_and(|n| n < 0);
    let sizes = target.iter().filter(|d| !is_open(d)).filter_map(|d| d.known());
    let known = sizes.fold(1_i64, i64::saturating_mul);
    let fits = match target.iter().filter(is_open).count() {
        0 => size == known,
        1 => known != 0 && size % known == 0,
        _ => {
            let received = dims::list_text(target);
            let problem = "There must be at most one unknown dimension in output_shape.";
            return value_error("target_shape", format!("{problem} Received: output_shape={received}."));
        }
    };
    if !fits {
        let (from, to) = (dims::list_text(shape), dims::list_text(target));
        return resized(
            size,
            known,
            format!("total size of new array must be unchanged, input_shape = {from}, output_shape = {to}"),
        );
    }
    let fixed = |d: &Dim| if is_open(&d) { Dim::Known(size / known.max(1)) } else { *d };
    Ok(target.iter().map(fixed).collect())
}

fn reshape(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let x = args.inputs.clone();
    let target = target(host)?;
    if host.keras() == Keras::Two {
        return reshape2(host, x, &target);
    }
    let shape = dims::of_input(&x)?;
    // What is still open is left to the backend.
    let open = |d: Dim| if d == dims::NONE { Dim::Known(-1) } else { d };
    let batch = dims::at(&shape, 0)?;
    let resolved = resolved3(&shape[1..], &target)?.into_iter().map(open);
    let whole = std::iter::once(batch).chain(resolved).map(item).collect();
    host.api("keras.ops.reshape", &[x, Arg::Tuple(whole)], &[])
}

/// `tf.reshape(x, (tf.shape(x)[0],) + target_shape)`, to which the computed shape is added.
fn reshape2(host: &mut dyn Host, x: Arg, target: &[Dim]) -> Infer<Arg> {
    if matches!(host.mode(), Mode::Eager | Mode::Running) {
        let batch = dims::at(&dims::of_input(&x)?, 0)?;
        let whole = std::iter::once(batch).chain(target.iter().copied()).map(item).collect();
        return host.api("tf.reshape", &[x, Arg::Tuple(whole)], &[]);
    }
    let sizes = host.api("tf.shape", std::slice::from_ref(&x), &[])?;
    let batch = host.op("getitem", &[("x", sizes), ("index", Arg::Int(0))])?;
    // Packed with a tensor, a negative size is as good as unknown.
    let open = |d: Dim| if d.known().is_some_and(|n| n < 0) { Dim::Unknown } else { d };
    let whole = std::iter::once(batch).chain(target.iter().copied().map(open).map(item)).collect();
    let out = host.api("tf.reshape", &[x.clone(), Arg::Tuple(whole)], &[])?;
    dims::ranked(host)?;
    let shape = dims::of_input(&x)?;
    let batch = dims::at(&shape, 0)?;
    let resolved = resolved2(&shape[1..], target)?;
    if let Some(low) = resolved.iter().filter_map(|d| d.known()).find(|n| *n < 0) {
        return value_error("target_shape", format!("Dimension {low} must be >= 0"));
    }
    // A `None` among them is one in the static shape too: nothing else tells the size.
    let whole = std::iter::once(batch).chain(resolved).map(Arg::Dim).collect();
    host.op("layer_set_shape", &[("x", out), ("shape", Arg::Tuple(whole))])
}

fn init_permute(host: &mut dyn Host) -> Infer<()> {
    let given = host.get("dims");
    let Some(items) = given.items() else {
        return match given {
            Arg::Int(_) | Arg::Bool(_) | Arg::Float(_) | Arg::None => {
                type_error("dims", format!("'{}' object is not iterable", type_name(&given)))
            }
            // The letters of a text are no numbers.
            Arg::Str(ref letters) if !letters.is_empty() => not_consecutive(&given),
            _ => unknown("a permutation that is not known"),
        };
    };
    let order: Vec<i64> = items.iter().map(crate::python::known_int).collect::<Infer<_>>()?;
    let mut sorted = order.clone();
    sorted.sort_unstable();
    if !sorted.iter().copied().eq(1..=order.len() as i64) {
        return not_consecutive(&given);
    }
    host.set("dims", args::int_arg(&order));
    host.set_input_spec(vec![InputSpec::rank(order.len() + 1)]);
    Ok(())
}

fn not_consecutive(given: &Arg) -> Infer<()> {
    let rule = "The set of indices in `dims` must be consecutive and start from 1.";
    let given = text(given);
    value_error(
        "dims",
        format!("Invalid permutation argument `dims` for Permute Layer. {rule} Received dims={given}"),
    )
}

fn permute(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let order = args::stored(host, "dims")?;
    let order: Vec<usize> =
        std::iter::once(0).chain(order.iter().filter_map(|axis| usize::try_from(*axis).ok())).collect();
    transpose(host, args.inputs.clone(), &order)
}

fn init_repeat(host: &mut dyn Host) -> Infer<()> {
    let given = host.get("n");
    match (host.keras(), &given) {
        // Keras 2 takes a bool for an int.
        (Keras::Two, Arg::Bool(_)) => {}
        (_, given) if is_open(given) => {}
        _ => {
            let n = args::strict_int("n", &given)?;
            if n <= 0 && host.keras() == Keras::Three {
                return value_error(
                    "n",
                    format!("Argument `n` should be a positive integer. Received: n={n}"),
                );
            }
        }
    }
    host.set_input_spec(vec![InputSpec::rank(2)]);
    Ok(())
}

fn repeat(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    if host.unknown_rank() {
        return crate::python::raise(ops::Exc::AssertionError, "inputs", "");
    }
    let n = host.get("n");
    let x = support::api(host, support::EXPAND_DIMS, &[args.inputs.clone(), Arg::Int(1)], &[])?;
    if dims::keras2(host) {
        let multiples = Arg::List([Arg::Int(1), n, Arg::Int(1)].into());
        return host.api("tf.tile", &[x, multiples], &[]);
    }
    host.api("keras.ops.repeat", &[x, n], &[("axis", Arg::Int(1))])
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn known(n: i64) -> Dim {
        Dim::Known(n)
    }

    #[test]
    fn resolves_the_open_size() {
        assert_eq!(resolved3(&[known(4), known(6)], &[known(-1), known(8)]), Ok(vec![known(3), known(8)]));
        assert_eq!(resolved2(&[known(4), known(6)], &[known(8), known(-1)]), Ok(vec![known(8), known(3)]));
        assert_eq!(
            resolved3(&[dims::NONE, known(6)], &[known(-1), known(8)]),
            Ok(vec![dims::NONE, known(8)])
        );
        assert_eq!(resolved3(&[Dim::Unknown], &[known(7)]), Ok(vec![known(7)]));
        assert!(resolved3(&[known(5)], &[known(7)]).is_err());
        assert!(resolved2(&[known(5)], &[known(-1), known(-1)]).is_err());
    }
}
