//! Layers that merge several inputs element by element: `Add`, `Subtract`, `Maximum`.

use ops::{Arg, Infer, Keras};
use tensor::{Dim, Shape};

use super::support;
use crate::python::{unknown, value_error};
use crate::{CallArgs, Host, Layer, Mask, dims};

/// One row: the class and how it puts two inputs together.
const fn merge(name: &'static str, call: fn(&mut dyn Host, &CallArgs) -> Infer<Arg>) -> Layer {
    Layer {
        name,
        build,
        call,
        output_shape: Some(output_shape),
        mask: Mask::Computes(mask),
        source: "keras/src/layers/merging/base_merge.py, tf_keras/src/layers/merging/base_merge.py",
        ..Layer::BASE
    }
}

pub(super) static LAYERS: &[Layer] = &[
    merge("Add", |host, args| fold(host, args, support::ADD)),
    merge("Multiply", |host, args| fold(host, args, support::MULTIPLY)),
    merge("Maximum", |host, args| fold(host, args, ["tf.maximum", "keras.ops.maximum"])),
    merge("Minimum", |host, args| fold(host, args, ["tf.minimum", "keras.ops.minimum"])),
    merge("Average", average),
    Layer { build: build_two, ..merge("Subtract", |host, args| fold(host, args, support::SUBTRACT)) },
];

/// Returns the shapes of the inputs, of which there are several.
fn all_dims(shapes: &[Shape]) -> Infer<Vec<Vec<Dim>>> {
    shapes.iter().map(dims::of_shape).collect()
}

/// Writes the shapes of the inputs as `input_shape` is written.
pub(super) fn shapes_text(shapes: &[Vec<Dim>]) -> String {
    let shapes: Vec<String> = shapes.iter().map(|s| dims::text(s)).collect();
    format!("[{}]", shapes.join(", "))
}

fn build(host: &mut dyn Host, shapes: &[Shape]) -> Infer<()> {
    dims::ranked(host)?;
    let shapes = all_dims(shapes)?;
    if let (true, [only]) = (host.single_input(), shapes.as_slice()) {
        dims::at(only, 0)?;
        let received = dims::text(only);
        return value_error(
            "inputs",
            format!(
                "A merge layer should be called on a list of inputs. Received: input_shape={received} (not a list of \
                 shapes)"
            ),
        );
    }
    let mut batches: Vec<i64> =
        shapes.iter().filter_map(|s| s.first().copied().and_then(Dim::known)).collect();
    batches.dedup();
    if batches.len() > 1 {
        let got = if dims::keras2(host) { "Got" } else { "Received" };
        let received = shapes_text(&shapes);
        return value_error(
            "inputs",
            format!("Cannot merge tensors with different batch sizes. {got} tensors with shapes {received}"),
        );
    }
    merged(&shapes).map(|_| ())
}

fn build_two(host: &mut dyn Host, shapes: &[Shape]) -> Infer<()> {
    build(host, shapes)?;
    if shapes.len() != 2 {
        let received = shapes_text(&all_dims(shapes)?);
        return value_error(
            "inputs",
            format!(
                "A `Subtract` layer should be called on exactly 2 inputs. Received: input_shape={received}"
            ),
        );
    }
    Ok(())
}

/// Merges the shapes without their batch.
fn merged(shapes: &[Vec<Dim>]) -> Infer<Vec<Dim>> {
    let mut rest = shapes.iter().map(|s| s.get(1..).unwrap_or_default());
    let Some(first) = rest.next() else { return unknown("a merge of nothing") };
    rest.try_fold(first.to_vec(), |merged, shape| elementwise(&merged, shape))
}

/// `_compute_elemwise_op_output_shape`.
fn elementwise(left: &[Dim], right: &[Dim]) -> Infer<Vec<Dim>> {
    let (long, short) = if left.len() < right.len() { (right, left) } else { (left, right) };
    let mut out = long[..long.len() - short.len()].to_vec();
    for (at, (i, j)) in long[long.len() - short.len()..].iter().zip(short).enumerate() {
        out.push(match (*i, *j) {
            (i, j) if i == j => i,
            (Dim::Unknown, _) | (_, Dim::Unknown) => Dim::Unknown,
            (Dim::Symbol(_), _) | (_, Dim::Symbol(_)) => dims::NONE,
            (Dim::Known(1), j) => j,
            (i, Dim::Known(1)) => i,
            _ => {
                let (a, b) = (dims::text(long), dims::text(short));
                let core = format!("Inputs have incompatible shapes. Received shapes {a} and {b}");
                let (left, right, from_end) = (*i, *j, short.len() - at);
                let mistake = ops::Mistake::NotBroadcastable { left, right, from_end };
                return Err(ops::Violation::stop(ops::Exc::ValueError, core, mistake));
            }
        });
    }
    Ok(out)
}

/// Returns the tensors of the inputs' list.
pub(super) fn tensors(inputs: &Arg) -> Infer<Vec<Arg>> {
    match inputs.items() {
        Some(items) => Ok(items.to_vec()),
        None => unknown("inputs that are not a known list"),
    }
}

/// Returns the dims of the inputs' list.
pub(super) fn input_dims(inputs: &Arg) -> Infer<Vec<Vec<Dim>>> {
    tensors(inputs)?.iter().map(dims::of_input).collect()
}

fn output_shape(_: &mut dyn Host, inputs: &Arg) -> Infer<Arg> {
    let shapes = input_dims(inputs)?;
    let rest = merged(&shapes)?;
    let mut batch: Option<Dim> = None;
    for shape in &shapes {
        let own = dims::at(shape, 0)?;
        batch = Some(match (batch, own) {
            (None, own) => own,
            (Some(Dim::Known(n)), _) | (_, Dim::Known(n)) => Dim::Known(n),
            (Some(known), own) if known == own => own,
            (Some(Dim::Unknown), _) | (_, Dim::Unknown) => Dim::Unknown,
            _ => dims::NONE,
        });
    }
    Ok(dims::tuple(batch.into_iter().chain(rest)))
}

/// Gives every input the highest rank: `expand_dims(x, axis=1)` until it has it.
fn same_rank(host: &mut dyn Host, inputs: &Arg) -> Infer<Vec<Arg>> {
    let mut tensors = tensors(inputs)?;
    let ranks: Vec<usize> = input_dims(inputs)?.iter().map(Vec::len).collect();
    let highest = ranks.iter().copied().max().unwrap_or_default();
    for (tensor, rank) in tensors.iter_mut().zip(ranks) {
        for _ in rank..highest {
            *tensor = support::api(host, support::EXPAND_DIMS, &[tensor.clone(), Arg::Int(1)], &[])?;
        }
    }
    Ok(tensors)
}

fn fold(host: &mut dyn Host, args: &CallArgs, paths: support::Paths) -> Infer<Arg> {
    let mut tensors = same_rank(host, &args.inputs)?.into_iter();
    let Some(mut out) = tensors.next() else { return unknown("a merge of nothing") };
    for tensor in tensors {
        out = support::api(host, paths, &[out, tensor], &[])?;
    }
    Ok(out)
}

fn average(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let count = tensors(&args.inputs)?.len() as i64;
    let sum = fold(host, args, support::ADD)?;
    // The operator is TensorFlow's in both profiles: a mean of integers is of float64.
    host.api("tf.divide", &[sum, Arg::Int(count)], &[])
}

/// Keras 2 takes what all masks keep and lets inputs without one be; Keras 3 what any keeps, and nothing
/// where an input has none.
fn mask(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let Some(masks) = args.mask.items() else { return Ok(Arg::None) };
    let known: Vec<Arg> = masks.iter().filter(|m| !m.is_none()).cloned().collect();
    let op = match host.keras() {
        Keras::Two => "tf.logical_and",
        Keras::Three if known.len() < masks.len() => return Ok(Arg::None),
        Keras::Three => "keras.ops.logical_or",
    };
    let mut known = known.into_iter();
    let Some(mut out) = known.next() else { return Ok(Arg::None) };
    for mask in known {
        out = host.api(op, &[out, mask], &[])?;
    }
    Ok(out)
}
