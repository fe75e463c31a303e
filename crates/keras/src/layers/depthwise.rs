//! Convolutions that treat channels apart: `DepthwiseConv1D`, `SeparableConv2D`.

use ops::{Arg, Infer, Keras};
use tensor::{Dim, Shape};

use super::conv::{bias, convolve};
use super::conv_init::{Family, Stored, channels2, channels3, filters, init, no_arithmetic, rank};
use super::windows;
use crate::host::WeightArgs;
use crate::python::{known_int, unknown, value_error};
use crate::{CallArgs, Host, InputSpec, Layer, args, dims};

const fn depthwise(name: &'static str, init: fn(&mut dyn Host) -> Infer<()>) -> Layer {
    Layer {
        name,
        init,
        build: build_depthwise,
        call: call_depthwise,
        output_shape: Some(|host, inputs| {
            let shape = dims::of_input(inputs)?;
            let (_, channels) = channels3(host, &shape)?;
            output3(host, &shape, multiplied(host, channels)?).map(dims::tuple)
        }),
        source: "keras/src/layers/convolutional/base_depthwise_conv.py, \
                 tf_keras/src/layers/convolutional/base_depthwise_conv.py",
        ..Layer::BASE
    }
}

const fn separable(name: &'static str, init: fn(&mut dyn Host) -> Infer<()>) -> Layer {
    Layer {
        name,
        init,
        build: build_separable,
        call: call_separable,
        output_shape: Some(|host, inputs| {
            let filters = filters(host)?;
            output3(host, &dims::of_input(inputs)?, filters).map(dims::tuple)
        }),
        source: "keras/src/layers/convolutional/base_separable_conv.py, \
                 tf_keras/src/layers/convolutional/base_separable_conv.py",
        ..Layer::BASE
    }
}

pub(super) static LAYERS: &[Layer] = &[
    depthwise("DepthwiseConv1D", |host| init(host, 1, Family::Depthwise)),
    depthwise("DepthwiseConv2D", |host| init(host, 2, Family::Depthwise)),
    separable("SeparableConv1D", |host| init(host, 1, Family::Separable)),
    separable("SeparableConv2D", |host| init(host, 2, Family::Separable)),
];

fn output3(host: &dyn Host, shape: &[Dim], filters: Dim) -> Infer<Vec<Dim>> {
    let stored = Stored::of(host)?;
    windows::conv_shape(shape, filters, &stored.window(), args::channels_first(host))
}

/// `depth_multiplier * channels`.
fn multiplied(host: &dyn Host, channels: Dim) -> Infer<Dim> {
    let multiplier = known_int(&host.get("depth_multiplier"))?;
    match channels {
        Dim::Symbol(_) => no_arithmetic("*", false),
        _ => Ok(channels.times(Dim::Known(multiplier))),
    }
}

/// The channels of the input and their axis, as the profile's `build` finds them.
fn channels(host: &dyn Host, shape: &[Dim], what: &str) -> Infer<(i64, Dim)> {
    match host.keras() {
        Keras::Three => channels3(host, shape),
        Keras::Two => {
            let axis = if args::channels_first(host) { -1 - rank(host)? as i64 } else { -1 };
            channels2(host, shape, what).map(|dim| (axis, dim))
        }
    }
}

fn build_depthwise(host: &mut dyn Host, shapes: &[Shape]) -> Infer<()> {
    dims::countable(host)?;
    let shape = dims::only(shapes)?;
    let rank = rank(host)?;
    if dims::keras2(host) && shape.len() != rank + 2 {
        let (wanted, got) = (rank + 2, dims::text(&shape));
        let problem =
            format!("Inputs to `DepthwiseConv` should have rank {wanted}. Received input_shape={got}.");
        return value_error("inputs", problem);
    }
    let (axis, channels) = channels(host, &shape, " to `DepthwiseConv`")?;
    let filters = multiplied(host, channels)?;
    let name = if dims::keras2(host) {
        "depthwise_kernel"
    } else {
        output3(host, &shape, filters)?;
        "kernel"
    };
    let multiplier = Dim::Known(known_int(&host.get("depth_multiplier"))?);
    let sizes = args::stored(host, "kernel_size")?;
    let kernel = sizes.into_iter().map(Dim::Known).chain([channels, multiplier]);
    let initializer = host.get("depthwise_initializer");
    host.add_weight(WeightArgs::new(name, kernel, initializer))?;
    bias(host, filters)?;
    host.set_input_spec(vec![InputSpec::at_least(rank + 2).with_dim(axis, channels)]);
    Ok(())
}

fn build_separable(host: &mut dyn Host, shapes: &[Shape]) -> Infer<()> {
    if host.unknown_rank() {
        return crate::python::no_rank("'NoneType' object is not subscriptable");
    }
    let shape = dims::only(shapes)?;
    let rank = rank(host)?;
    let (axis, channels) = channels(host, &shape, "")?;
    let spec = if dims::keras2(host) { InputSpec::rank(rank + 2) } else { InputSpec::at_least(rank + 2) };
    host.set_input_spec(vec![spec.with_dim(axis, channels)]);
    let between = multiplied(host, channels)?;
    let filters = filters(host)?;
    if !dims::keras2(host) {
        output3(host, &shape, filters)?;
    }
    let multiplier = Dim::Known(known_int(&host.get("depth_multiplier"))?);
    let sizes = args::stored(host, "kernel_size")?;
    let depthwise = sizes.into_iter().map(Dim::Known).chain([channels, multiplier]);
    let initializer = host.get("depthwise_initializer");
    host.add_weight(WeightArgs::new("depthwise_kernel", depthwise, initializer))?;
    let pointwise = std::iter::repeat_n(Dim::Known(1), rank).chain([between, filters]);
    let initializer = host.get("pointwise_initializer");
    host.add_weight(WeightArgs::new("pointwise_kernel", pointwise, initializer))?;
    bias(host, filters)
}

fn call_depthwise(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let name = if dims::keras2(host) { "depthwise_kernel" } else { "kernel" };
    let Some(kernel) = host.weight(name) else { return unknown("the layer is not built") };
    convolve(host, "layer_depthwise_conv", [("x", args.inputs.clone()), ("kernel", kernel)])
}

fn call_separable(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let (Some(depthwise), Some(pointwise)) =
        (host.weight("depthwise_kernel"), host.weight("pointwise_kernel"))
    else {
        return unknown("the layer is not built");
    };
    let tensors =
        [("x", args.inputs.clone()), ("depthwise_kernel", depthwise), ("pointwise_kernel", pointwise)];
    convolve(host, "layer_separable_conv", tensors)
}
