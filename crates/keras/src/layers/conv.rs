//! Convolutions and their transposes: `Conv1D` to `Conv3D`, `Conv1DTranspose` to `Conv3DTranspose`.

use ops::{Arg, Exc, Infer, Keras};
use tensor::{Dim, Shape};

use super::conv_init::{
    Family, Stored, channels2, channels3, filters, init, no_arithmetic, output_padding, rank,
};
use super::{lora, support, windows};
use crate::host::WeightArgs;
use crate::python::{known_int, raise, truth, unknown, value_error, window_error};
use crate::{Adapted, CallArgs, Host, InputSpec, Layer, args, dims};

const fn conv(name: &'static str, init: fn(&mut dyn Host) -> Infer<()>) -> Layer {
    Layer {
        name,
        init,
        build,
        call,
        output_shape: Some(|host, inputs| output3(host, &dims::of_input(inputs)?).map(dims::tuple)),
        adapted: Some(Adapted::KERNEL),
        source: "keras/src/layers/convolutional/base_conv.py, tf_keras/src/layers/convolutional/base_conv.py",
        ..Layer::BASE
    }
}

const fn transpose(name: &'static str, init: fn(&mut dyn Host) -> Infer<()>) -> Layer {
    Layer {
        name,
        init,
        build: build_transpose,
        call: call_transpose,
        output_shape: Some(|host, inputs| {
            transposed(host, &dims::of_input(inputs)?, windows::transposed).map(dims::tuple)
        }),
        source: "keras/src/layers/convolutional/base_conv_transpose.py, \
                 tf_keras/src/layers/convolutional/conv2d_transpose.py",
        ..Layer::BASE
    }
}

pub(super) static LAYERS: &[Layer] = &[
    conv("Conv1D", |host| init(host, 1, Family::Plain)),
    conv("Conv2D", |host| init(host, 2, Family::Plain)),
    conv("Conv3D", |host| init(host, 3, Family::Plain)),
    transpose("Conv1DTranspose", |host| init(host, 1, Family::Transpose)),
    transpose("Conv2DTranspose", |host| init(host, 2, Family::Transpose)),
    transpose("Conv3DTranspose", |host| init(host, 3, Family::Transpose)),
];

fn output3(host: &dyn Host, shape: &[Dim]) -> Infer<Vec<Dim>> {
    let stored = Stored::of(host)?;
    let filters = filters(host)?;
    windows::conv_shape(shape, filters, &stored.window(), args::channels_first(host))
}

/// Keras 2's `compute_output_shape`, which refuses negative sizes only.
pub(super) fn output2(host: &dyn Host, shape: &[Dim]) -> Infer<Vec<Dim>> {
    let stored = Stored::of(host)?;
    let (window, rank) = (stored.window(), rank(host)?);
    if shape.len() < rank + 2 {
        return unknown("an input of too low a rank");
    }
    let batch = shape.len() - rank - 1;
    let first = args::channels_first(host);
    let spatial = if first { batch + 1 } else { batch };
    let mut out = shape.to_vec();
    for i in 0..rank {
        let Some(dim) = out.get_mut(spatial + i) else { return unknown("an input of too low a rank") };
        *dim = windows::length2(*dim, window.size[i], window.strides[i], window.dilation[i], window.padding);
        if dim.known().is_some_and(|n| n < 0) {
            return window_error(format!(
                "One of the dimensions in the output is <= 0 due to downsampling in {}. Consider increasing the \
                     input size. Received input shape {} which would produce output shape with a zero or negative \
                     value in a dimension.",
                host.name(),
                dims::list_text(shape)
            ));
        }
    }
    let channels = if first { batch } else { shape.len() - 1 };
    out[channels] = filters(host)?;
    Ok(out)
}

fn build(host: &mut dyn Host, shapes: &[Shape]) -> Infer<()> {
    if host.unknown_rank() {
        return crate::python::no_rank("'NoneType' object is not subscriptable");
    }
    let shape = dims::only(shapes)?;
    let groups = known_int(&host.get("groups"))?;
    let rank = rank(host)?;
    let (axis, channels) = match host.keras() {
        Keras::Two => {
            let axis = if args::channels_first(host) { -1 - rank as i64 } else { -1 };
            (axis, channels2(host, &shape, "")?)
        }
        Keras::Three => match channels3(host, &shape)? {
            (_, Dim::Symbol(_)) => return no_arithmetic("%", true),
            found => found,
        },
    };
    if let Dim::Known(channels) = channels
        && channels % groups != 0
    {
        return value_error(
            "groups",
            format!(
                "The number of input channels must be evenly divisible by the number of groups. Received \
                 groups={groups}, but the input has {channels} channels (full input shape is {}).",
                dims::text(&shape)
            ),
        );
    }
    match host.keras() {
        // Only another layer's `build` comes here with too few axes; the call then refuses them.
        Keras::Two if shape.len() < rank + 2 => {}
        Keras::Two => {
            output2(host, &shape)?;
        }
        Keras::Three if matches!(host.get("filters"), Arg::Float(_)) => {}
        Keras::Three => {
            output3(host, &shape)?;
        }
    }
    let each = channels.map(|n| n / groups);
    if let (Keras::Three, Arg::Float(filters)) = (host.keras(), host.get("filters")) {
        return fractional(host, each, filters);
    }
    let filters = filters(host)?;
    let shape = weights(host, [each, filters])?;
    host.set_input_spec(vec![InputSpec::at_least(rank + 2).with_dim(axis, channels)]);
    lora::add(host, Adapted::KERNEL, &shape)
}

/// Refuses a float in the kernel's shape: `Conv2D(4.0, 3)`.
fn fractional(host: &dyn Host, channels: Dim, filters: f64) -> Infer<()> {
    let Dim::Known(channels) = channels else { return unknown("the number of channels is not known") };
    let shown = ops::spec::repr::float(filters);
    let mut sizes: Vec<String> = args::stored(host, "kernel_size")?.iter().map(ToString::to_string).collect();
    sizes.extend([channels.to_string(), shown.clone()]);
    let shape = sizes.join(", ");
    value_error(
        "filters",
        format!(
            "Cannot convert '({shape})' to a shape. Found invalid dimension '{shown}' of type '<class 'float'>'."
        ),
    )
}

/// Makes the kernel, whose last two dims are given, and the bias; gives the kernel's shape.
fn weights(host: &mut dyn Host, last: [Dim; 2]) -> Infer<Vec<Dim>> {
    let shape: Vec<Dim> =
        args::stored(host, "kernel_size")?.into_iter().map(Dim::Known).chain(last).collect();
    let initializer = host.get("kernel_initializer");
    let mut kernel = WeightArgs::new("kernel", shape.iter().copied(), initializer);
    kernel.trainable = lora::rank(host)?.is_none();
    host.add_weight(kernel)?;
    let filters = filters(host)?;
    bias(host, filters)?;
    Ok(shape)
}

/// Makes the bias, where the layer has one.
pub(super) fn bias(host: &mut dyn Host, size: Dim) -> Infer<()> {
    if truth(&host.get("use_bias"))? {
        let initializer = host.get("bias_initializer");
        host.add_weight(WeightArgs::new("bias", [size], initializer))?;
    }
    Ok(())
}

/// Adds the bias and applies the activation.
fn finish(host: &mut dyn Host, mut x: Arg) -> Infer<Arg> {
    if let Some(bias) = host.weight("bias") {
        let (first, rank) = (args::channels_first(host), rank(host)?);
        let out = dims::tensor(&x)?.spec.shape.rank();
        x = if first && dims::keras2(host) && (rank == 1 || out.is_some_and(|r| r > rank + 2)) {
            // `BiasAdd` knows neither three axes with channels first nor further axes of a batch.
            let mut shape = vec![Arg::Int(1); rank + 1];
            // A depthwise convolution has no `filters`.
            shape[0] = dims::of_input(&bias)?.first().map_or(Arg::Unknown, |size| Arg::Dim(*size));
            let bias = support::api(host, support::RESHAPE, &[bias, Arg::Tuple(shape.into())], &[])?;
            support::api(host, support::ADD, &[x, bias], &[])?
        } else {
            support::add_bias(host, x, bias, first.then_some(rank))?
        };
    }
    support::activate(host, x)
}

/// Runs a convolution on its tensors with the layer's settings, then adds the bias and activates.
pub(super) fn convolve(
    host: &mut dyn Host,
    op: &'static str,
    tensors: impl IntoIterator<Item = (&'static str, Arg)>,
) -> Infer<Arg> {
    let settings = ["strides", "padding", "data_format", "dilation_rate"].map(|name| (name, host.get(name)));
    let args: Vec<_> = tensors.into_iter().chain(settings).collect();
    if host.computes() {
        let x = super::numbers::convolve(host, op, &args)?;
        return finish(host, x);
    }
    let x = host.op(op, &args)?;
    finish(host, x)
}

fn call(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let Some(kernel) = host.weight("kernel") else { return unknown("the layer is not built") };
    let kernel = lora::merge(host, kernel, Adapted::KERNEL)?;
    convolve(host, "layer_conv", [("x", args.inputs.clone()), ("kernel", kernel)])
}

/// The output shape of a transposed convolution, with the profile's arithmetic for an axis.
fn transposed(
    host: &dyn Host,
    shape: &[Dim],
    length: fn(Dim, i64, i64, i64, bool, Option<i64>) -> Dim,
) -> Infer<Vec<Dim>> {
    let stored = Stored::of(host)?;
    let window = stored.window();
    let extra = output_padding(host)?;
    let (axes, channels) = dims::axes(args::channels_first(host), shape.len());
    let mut out = shape.to_vec();
    for (i, axis) in axes.enumerate() {
        let Some(size) = window.size.get(i) else { return dims::out_of_range("tuple") };
        let same = window.padding == "same";
        let extra = extra.as_ref().map(|extra| extra[i]);
        out[axis] = length(shape[axis], *size, window.strides[i], window.dilation[i], same, extra);
    }
    match out.get_mut(channels) {
        Some(dim) => *dim = filters(host)?,
        None => return unknown("an input of too low a rank"),
    }
    Ok(out)
}

fn build_transpose(host: &mut dyn Host, shapes: &[Shape]) -> Infer<()> {
    dims::countable(host)?;
    let shape = dims::only(shapes)?;
    let rank = rank(host)?;
    if host.keras() == Keras::Three {
        let (axis, channels) = channels3(host, &shape)?;
        host.set_input_spec(vec![InputSpec::at_least(rank + 2).with_dim(axis, channels)]);
        let sizes = args::stored(host, "kernel_size")?;
        let filters = filters(host)?;
        let shape = sizes.into_iter().map(Dim::Known).chain([filters, channels]);
        let initializer = host.get("kernel_initializer");
        host.add_weight(WeightArgs::new("kernel", shape, initializer))?;
        return bias(host, filters);
    }
    if shape.len() != rank + 2 {
        let (wanted, got) = (rank + 2, dims::text(&shape));
        let problem = format!("Inputs should have rank {wanted}. Received input_shape={got}.");
        return value_error("inputs", problem);
    }
    let channels = channels2(host, &shape, &format!(" to `Conv{rank}DTranspose`"))?;
    let axis = if args::channels_first(host) { -1 - rank as i64 } else { -1 };
    host.set_input_spec(vec![InputSpec::rank(rank + 2).with_dim(axis, channels)]);
    let filters = filters(host)?;
    weights(host, [filters, channels]).map(|_| ())
}

fn call_transpose(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let Some(kernel) = host.weight("kernel") else { return unknown("the layer is not built") };
    let shape = dims::of_input(&args.inputs)?;
    let out = match host.keras() {
        Keras::Three => transposed(host, &shape, windows::transposed)?,
        Keras::Two => {
            let dilation = args::stored(host, "dilation_rate")?;
            match (host.get("padding"), dilation.as_slice()) {
                (Arg::Str(padding), _) if &*padding == "causal" => {
                    return raise(Exc::AssertionError, "padding", "");
                }
                (_, [rows, columns]) if rows != columns => {
                    return value_error(
                        "dilation_rate",
                        format!(
                            "Expected the 2 dimensions of the `dilation_rate` argument to be equal to each other. \
                             Received: dilation_rate=({rows}, {columns})"
                        ),
                    );
                }
                (_, [_, _, _]) => transposed(host, &shape, |d, size, stride, _, same, extra| {
                    // Three dimensions know no dilation here.
                    windows::transposed2(d, size, stride, 1, same, extra)
                })?,
                _ => transposed(host, &shape, windows::transposed2)?,
            }
        }
    };
    let sizes = out.iter().map(|d| d.known().map_or(Arg::Dim(*d), Arg::Int)).collect();
    let tensors = [("x", args.inputs.clone()), ("kernel", kernel), ("output_shape", Arg::Tuple(sizes))];
    convolve(host, "layer_conv_transpose", tensors)
}
