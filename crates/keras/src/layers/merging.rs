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
    merge("Multiply", |host, args| {
        if masks3(host, args) { masked_product(host, args) } else { fold(host, args, support::MULTIPLY) }
    }),
    merge("Maximum", |host, args| extreme(host, args, ["tf.maximum", "keras.ops.maximum"])),
    merge("Minimum", |host, args| extreme(host, args, ["tf.minimum", "keras.ops.minimum"])),
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

/// Tells whether Keras 3 merges inputs of which some have masks, to which `Multiply` and the like pay heed.
fn masks3(host: &dyn Host, args: &CallArgs) -> bool {
    host.keras() == Keras::Three
        && args.mask.items().is_some_and(|masks| masks.iter().any(|mask| !mask.is_none()))
}

/// The inputs with their masks, which have an axis more than they were given with: what is masked is of all features.
fn masked_inputs(host: &mut dyn Host, args: &CallArgs) -> Infer<Vec<(Arg, Option<Arg>)>> {
    let (tensors, masks) = (tensors(&args.inputs)?, args.mask.items().unwrap_or_default().to_vec());
    let ranks: Vec<usize> = input_dims(&args.inputs)?.iter().map(Vec::len).collect();
    if ranks.iter().any(|rank| Some(rank) != ranks.first()) || masks.len() != tensors.len() {
        return unknown("a merge of masked inputs of several ranks");
    }
    let mut inputs = Vec::with_capacity(tensors.len());
    for (tensor, mask) in tensors.into_iter().zip(masks) {
        let mask = match mask {
            Arg::None => None,
            mask => Some(support::api(host, support::EXPAND_DIMS, &[mask, Arg::Int(-1)], &[])?),
        };
        inputs.push((tensor, mask));
    }
    Ok(inputs)
}

const WHERE: support::Paths = ["tf.where", "keras.ops.where"];

/// `Maximum` and `Minimum`: where one input is masked, the other stands alone.
///
/// source: keras/src/layers/merging/base_merge.py: _apply_merge_op_and_or_mask
fn extreme(host: &mut dyn Host, args: &CallArgs, paths: support::Paths) -> Infer<Arg> {
    if !masks3(host, args) {
        return fold(host, args, paths);
    }
    let mut inputs = masked_inputs(host, args)?.into_iter();
    let Some((mut out, mut out_mask)) = inputs.next() else { return unknown("a merge of nothing") };
    for (mut x, mask) in inputs {
        if let Some(mask) = &mask {
            x = support::api(host, WHERE, &[mask.clone(), x, out.clone()], &[])?;
        }
        if let Some(own) = &out_mask {
            out = support::api(host, WHERE, &[own.clone(), out, x.clone()], &[])?;
        }
        out_mask = match (out_mask, mask) {
            (Some(own), Some(mask)) => Some(host.api("keras.ops.logical_or", &[own, mask], &[])?),
            _ => None,
        };
        out = support::api(host, paths, &[out, x], &[])?;
    }
    Ok(out)
}

/// `Multiply`: what is masked is one, and zero where all are masked.
///
/// source: keras/src/layers/merging/multiply.py
fn masked_product(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let inputs = masked_inputs(host, args)?;
    let all = inputs.iter().all(|(_, mask)| mask.is_some());
    let (mut out, mut any): (Option<Arg>, Option<Arg>) = (None, None);
    for (x, mask) in inputs {
        let x = match &mask {
            Some(mask) => {
                let ones = support::api(
                    host,
                    ["tf.ones_like", "keras.ops.ones_like"],
                    std::slice::from_ref(&x),
                    &[],
                )?;
                support::api(host, WHERE, &[mask.clone(), x, ones], &[])?
            }
            None => x,
        };
        any = match (any, mask) {
            (Some(any), Some(mask)) => Some(host.api("keras.ops.logical_or", &[any, mask], &[])?),
            (any, mask) => any.or(mask),
        };
        out = Some(match out {
            Some(out) => support::api(host, support::MULTIPLY, &[out, x], &[])?,
            None => x,
        });
    }
    match (out, any) {
        (Some(out), Some(any)) if all => {
            let zeros = support::api(
                host,
                ["tf.zeros_like", "keras.ops.zeros_like"],
                std::slice::from_ref(&out),
                &[],
            )?;
            support::api(host, WHERE, &[any, out, zeros], &[])
        }
        (Some(out), _) => Ok(out),
        _ => unknown("a merge of nothing"),
    }
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
