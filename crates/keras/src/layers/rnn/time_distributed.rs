//! `TimeDistributed` and `Wrapper`: a layer inside of a layer.

use ops::{Arg, Infer, Keras, Stop};
use tensor::{Dim, Shape};

use crate::config::value_error;
use crate::python::unknown;
use crate::{CallArgs, Host, InputSpec, Layer, Mask};

use super::unrolled::unstacked;
use super::{dims_of, step_shape};
use crate::tools::Tools;

pub(super) static LAYERS: &[Layer] = &[
    Layer {
        name: "TimeDistributed",
        init: |host| init(host, "TimeDistributed"),
        build,
        call,
        output_shape: Some(output_shape),
        mask: Mask::Keeps,
        source: "keras/src/layers/rnn/time_distributed.py, tf_keras/src/layers/rnn/time_distributed.py",
        ..Layer::BASE
    },
    Layer {
        name: "Wrapper",
        init: |host| init(host, "Wrapper"),
        build: |host, shapes| {
            let layer = host.get("layer");
            host.build_wrapped(&layer, shapes)
        },
        call: |_, _| Err(Stop::Unknown("a wrapper without a call of its own")),
        output_shape: None,
        mask: Mask::Drops,
        source: "keras/src/layers/core/wrapper.py, tf_keras/src/layers/rnn/base_wrapper.py",
        ..Layer::BASE
    },
];

/// Takes the layer that a wrapper is given.
///
/// # Errors
/// The wrapper's `ValueError` for what is no layer.
pub(in crate::layers) fn init(host: &mut dyn Host, class: &str) -> Infer<()> {
    let layer = host.get("layer");
    if matches!(layer, Arg::Unknown | Arg::Missing) {
        return Err(Stop::Unknown("a layer that is not known"));
    }
    if host.layer_class(&layer).is_some() {
        host.set("layer", layer);
        return Ok(());
    }
    let text = host.shown(&layer);
    let core = match (class, host.keras()) {
        ("Wrapper", Keras::Two) => format!(
            "Layer {text} supplied to wrapper is not a supported layer type. Please ensure wrapped layer is a valid \
             TF-Keras layer."
        ),
        ("Wrapper", Keras::Three) => format!(
            "Layer {text} supplied to Wrapper isn't a supported layer type. Please ensure wrapped layer is a valid \
             Keras layer."
        ),
        (_, keras) => {
            let kind = if keras == Keras::Two { "tf.keras.layers.Layer" } else { "keras.layers.Layer" };
            format!("Please initialize `{class}` layer with a `{kind}` instance. Received: {text}")
        }
    };
    Err(value_error("layer", core))
}

/// Refuses inputs without a time axis of their own.
fn check_rank(host: &dyn Host, shapes: &[Shape]) -> Infer<Shape> {
    let one = match shapes {
        [one] => one,
        // The list of shapes is taken for one that is too short.
        [one, other] if host.keras() == Keras::Three && one.rank().and(other.rank()).is_some() => {
            let core = format!(
                "`TimeDistributed` Layer should be passed an `input_shape` with at least 3 dimensions, received: [{}, {}]",
                one.tuple(),
                other.tuple()
            );
            return Err(value_error("input_shape", core));
        }
        _ => return Err(Stop::Unknown("several inputs of a time-distributed layer")),
    };
    let rank = one.rank().ok_or(Stop::Unknown("an input of unknown rank"))?;
    if rank >= 3 {
        return Ok(one.clone());
    }
    // Keras 2's text has a space before the closing quote.
    let gap = if host.keras() == Keras::Two { " " } else { "" };
    let core = format!(
        "`TimeDistributed` Layer should be passed an `input_shape{gap}` with at least 3 dimensions, received: {}",
        one.tuple()
    );
    Err(value_error("input_shape", core))
}

fn build(host: &mut dyn Host, shapes: &[Shape]) -> Infer<()> {
    if host.unknown_rank() {
        return crate::python::no_rank("'<' not supported between instances of 'NoneType' and 'int'");
    }
    let shape = check_rank(host, shapes)?;
    if host.keras() == Keras::Two {
        let open = |(i, d): (usize, &Dim)| if i < 2 { Dim::Unknown } else { *d };
        let dims = shape.dims().unwrap_or_default();
        let expected: Shape = dims.iter().enumerate().map(open).collect();
        host.set_input_spec(vec![InputSpec {
            ndim: Some(dims.len()),
            shape: Some(expected),
            ..InputSpec::default()
        }]);
    }
    let layer = host.get("layer");
    host.build_wrapped(&layer, &[step_shape(&shape, false)?])
}

fn output_shape(host: &mut dyn Host, inputs: &Arg) -> Infer<Arg> {
    let dims = dims_of(inputs)?;
    let full = check_rank(host, &[Shape::new(dims.clone())])?;
    let layer = host.get("layer");
    let child = host.compute_output_shape(&layer, &step_shape(&full, false)?)?;
    let steps = dims.get(1).copied().unwrap_or(Dim::Unknown);
    match child.items() {
        Some([batch, rest @ ..]) if !matches!(batch, Arg::Tuple(_) | Arg::List(_)) => {
            let steps = steps.known().map_or(Arg::Dim(steps), Arg::Int);
            Ok(Arg::Tuple([batch.clone(), steps].into_iter().chain(rest.iter().cloned()).collect()))
        }
        _ => Err(Stop::Unknown("several outputs of a time-distributed layer")),
    }
}

fn call(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let dims = dims_of(&args.inputs)?;
    let [batch, steps, rest @ ..] = dims.as_slice() else {
        return Err(Stop::Unknown("an input without a time axis"));
    };
    if host.keras() == Keras::Three {
        check_mask(args, *batch, *steps)?;
    }
    let layer = host.get("layer");
    if host.computes() {
        if !args.mask.is_none() && host.takes_mask(&layer) != Some(false) {
            return unknown("steps of a layer that may pay heed to a mask");
        }
        return with_numbers(host, &layer, &args.inputs, &dims);
    }
    // Keras 2 puts batch and time into one axis, Keras 3 runs the layer on each step.
    let first = match host.keras() {
        Keras::Two => both(*batch, *steps),
        Keras::Three => *batch,
    };
    let step = Shape::new(std::iter::once(first).chain(rest.iter().copied()));
    let x = host
        .op("time_step", &[("x", args.inputs.clone()), ("axis", Arg::Int(1)), ("shape", dims_arg(&step))])?;
    let output = host.call(&layer, vec![x], Vec::new())?;
    let out = dims_of(&output)?;
    let Some([_, after @ ..]) = out.get(..) else { return Err(Stop::Unknown("an output without a batch")) };
    let all = Shape::new([*batch, *steps].into_iter().chain(after.iter().copied()));
    host.op("all_steps", &[("x", output), ("shape", dims_arg(&all))])
}

/// Keras 2 calls the layer once on the steps of all rows, Keras 3 on each step.
fn with_numbers(host: &mut dyn Host, layer: &Arg, x: &Arg, dims: &[Dim]) -> Infer<Arg> {
    let unknown = Stop::Unknown("a sequence whose sizes are not known");
    let sizes: Option<Vec<i64>> = dims.iter().map(|d| d.known()).collect();
    let sizes = sizes.ok_or(unknown.clone())?;
    let [batch, steps, rest @ ..] = sizes.as_slice() else { return Err(unknown) };
    if host.keras() == Keras::Three {
        let mut outputs = Vec::new();
        for step in unstacked(&mut Tools::new(host), x, 1)? {
            outputs.push(host.call(layer, vec![step], Vec::new())?);
        }
        return host.api("keras.ops.stack", &[Arg::List(outputs.into())], &[("axis", Arg::Int(1))]);
    }
    let list = |sizes: &[i64]| Arg::List(sizes.iter().map(|n| Arg::Int(*n)).collect());
    let joined = [&[batch * steps], rest].concat();
    let x = host.api("tf.reshape", &[x.clone(), list(&joined)], &[])?;
    let output = host.call(layer, vec![x], Vec::new())?;
    let out: Option<Vec<i64>> = dims_of(&output)?.iter().skip(1).map(|d| d.known()).collect();
    let whole = [&[*batch, *steps], &out.ok_or(unknown)?[..]].concat();
    host.api("tf.reshape", &[output, list(&whole)], &[])
}

/// The size of two axes joined: `None` where one is.
fn both(batch: Dim, steps: Dim) -> Dim {
    match batch.times(steps) {
        Dim::Unknown if batch != Dim::Unknown && steps != Dim::Unknown => {
            Dim::Symbol(tensor::Symbol(u32::MAX))
        }
        size => size,
    }
}

fn dims_arg(shape: &Shape) -> Arg {
    Arg::List(shape.dims().unwrap_or_default().iter().map(|d| Arg::Dim(*d)).collect())
}

fn check_mask(args: &CallArgs, batch: Dim, steps: Dim) -> Infer<()> {
    let Arg::Tensor(mask) = &args.mask else { return Ok(()) };
    let Some(dims) = mask.spec.shape.dims() else { return Ok(()) };
    let text = mask.spec.shape.tuple();
    let [b, t, ..] = dims else {
        let core = format!(
            "The `mask` passed to the `TimeDistributed` layer must be at least 2D (e.g., `(batch_size, timesteps)`), \
             but it has {} dimension(s) with shape {text}.",
            dims.len()
        );
        return Err(value_error("mask", core));
    };
    if b.compatible(batch) && t.compatible(steps) {
        return Ok(());
    }
    let input = match &args.inputs {
        Arg::Tensor(x) => x.spec.shape.tuple(),
        _ => String::new(),
    };
    let core = format!(
        "The `mask` passed to the `TimeDistributed` layer has a shape {text} that is incompatible with the input shape \
         {input}. The first two dimensions of the mask (batch size and timesteps) must match the input's first two \
         dimensions. Expected mask shape prefix: ({batch}, {steps})."
    );
    Err(value_error("mask", core))
}
