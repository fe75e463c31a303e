//! Keras 2's `LocallyConnected1D` and `LocallyConnected2D`.
//!
//! source: tf_keras/src/layers/locally_connected/

use ops::{Arg, Infer};
use tensor::{Dim, Shape};

use super::{support, windows};
use crate::host::WeightArgs;
use crate::python::{known_int, text, truth, unknown, value_error, window_error};
use crate::{CallArgs, Host, InputSpec, Layer, args, dims};

const fn local(name: &'static str, init: fn(&mut dyn Host) -> Infer<()>) -> Layer {
    Layer {
        name,
        init,
        build,
        call,
        source: "tf_keras/src/layers/locally_connected/locally_connected2d.py",
        ..Layer::BASE
    }
}

pub(super) static LAYERS: &[Layer] =
    &[local("LocallyConnected1D", |host| init(host, 1)), local("LocallyConnected2D", |host| init(host, 2))];

fn init(host: &mut dyn Host, rank: usize) -> Infer<()> {
    host.set("rank", Arg::Int(rank as i64));
    args::store_tuple(host, "kernel_size", rank, false)?;
    args::store_tuple(host, "strides", rank, true)?;
    args::store_padding(host, true)?;
    let (padding, implementation) = (host.get("padding"), known_int(&host.get("implementation"))?);
    if padding != Arg::Str("valid".into()) && implementation == 1 {
        let shown = text(&padding);
        return value_error(
            "padding",
            format!(
                "Invalid border mode for LocallyConnected{rank}D (only \"valid\" is supported if implementation is \
                 1): {shown}"
            ),
        );
    }
    args::store_data_format(host)?;
    host.set_input_spec(vec![InputSpec::rank(rank + 2)]);
    crate::identifiers::check(host)
}

/// What the weights' shapes are made of.
struct Sizes {
    channels: i64,
    input: Vec<i64>,
    output: Vec<i64>,
    kernel: Vec<i64>,
    filters: i64,
}

fn sizes(host: &dyn Host, shape: &[Dim]) -> Infer<Sizes> {
    if shape.len() != known_int(&host.get("rank"))? as usize + 2 {
        return unknown("an input of another rank");
    }
    let (axes, channel_axis) = dims::axes(args::channels_first(host), shape.len());
    let channels = dims::size(dims::at(shape, channel_axis as i64)?)?;
    let spatial: Vec<Option<i64>> = shape[axes].iter().map(|d| dims::size(*d)).collect::<Infer<_>>()?;
    let received = dims::text(shape);
    let open = spatial.contains(&None);
    let Some(channels) = channels else {
        if spatial.len() > 1 {
            return crate::python::no_size("unsupported operand type(s) for *: 'int' and 'NoneType'");
        }
        let problem = format!("('Axis 2 of input should be fully-defined. Found shape:', {received})");
        return value_error("inputs", problem);
    };
    if open && spatial.len() == 1 {
        return crate::python::no_size("'<=' not supported between instances of 'NoneType' and 'int'");
    }
    if open {
        return value_error(
            "inputs",
            format!(
                "The spatial dimensions of the inputs to  a LocallyConnected2D layer should be fully-defined, but \
                 layer received the inputs shape {received}"
            ),
        );
    }
    let (kernel, strides) = (args::stored(host, "kernel_size")?, args::stored(host, "strides")?);
    let Arg::Str(padding) = host.get("padding") else { return unknown("a padding of another kind") };
    let input: Vec<i64> = spatial.into_iter().flatten().collect();
    let output: Vec<i64> = (0..input.len())
        .filter_map(|i| windows::length2(Dim::Known(input[i]), kernel[i], strides[i], 1, &padding).known())
        .collect();
    if output.iter().any(|n| *n <= 0) {
        return window_error(format!(
            "One of the dimensions in the output is <= 0 due to downsampling in {}. Consider increasing the \
                 input size. Received input shape {received} which would produce output shape with a zero or \
                 negative value in a dimension.",
            host.name()
        ));
    }
    Ok(Sizes { channels, input, output, kernel, filters: known_int(&host.get("filters"))? })
}

fn build(host: &mut dyn Host, shapes: &[Shape]) -> Infer<()> {
    dims::ranked(host)?;
    let shape = dims::only(shapes)?;
    let sizes = sizes(host, &shape)?;
    let first = args::channels_first(host);
    let product = |sizes: &[i64]| sizes.iter().fold(1_i64, |n, size| n.saturating_mul(*size));
    let (outputs, window) = (product(&sizes.output), product(&sizes.kernel));
    let implementation = host.get("implementation");
    let kernel = match known_int(&implementation)? {
        1 => vec![outputs, window.saturating_mul(sizes.channels), sizes.filters],
        2 => {
            let part = |spatial: &[i64], channels: i64| {
                let mut part = spatial.to_vec();
                part.insert(if first { 0 } else { spatial.len() }, channels);
                part
            };
            [part(&sizes.input, sizes.channels), part(&sizes.output, sizes.filters)].concat()
        }
        3 => vec![product(&[connections(host, &sizes)?, sizes.channels, sizes.filters])],
        other => return value_error("implementation", format!("Unrecognized implementation mode: {other}.")),
    };
    let initializer = host.get("kernel_initializer");
    host.add_weight(WeightArgs::new("kernel", kernel.into_iter().map(Dim::Known), initializer))?;
    if truth(&host.get("use_bias"))? {
        let bias = sizes.output.iter().copied().chain([sizes.filters]).map(Dim::Known);
        let initializer = host.get("bias_initializer");
        host.add_weight(WeightArgs::new("bias", bias, initializer))?;
    }
    let axis = if first { 1 } else { -1 };
    host.set_input_spec(vec![InputSpec::rank(shape.len()).with_axis(axis, sizes.channels)]);
    let output = args::int_arg(&sizes.output);
    host.set("output_sizes", output);
    Ok(())
}

/// Counts the pairs of input and output positions that a kernel connects (`conv_kernel_idxs`).
fn connections(host: &dyn Host, sizes: &Sizes) -> Infer<i64> {
    let strides = args::stored(host, "strides")?;
    if sizes.output.iter().any(|n| *n > 100_000) {
        return unknown("a layer of very many positions");
    }
    let valid = host.get("padding") == Arg::Str("valid".into());
    let along = |axis: usize| -> i64 {
        let kernel = sizes.kernel[axis];
        let left = kernel / 2;
        (0..sizes.output[axis])
            .map(|at| {
                let center = at.saturating_mul(strides[axis]).saturating_add(if valid { left } else { 0 });
                let end = center.saturating_add(kernel - left).min(sizes.input[axis]);
                end.saturating_sub(center.saturating_sub(left).max(0))
            })
            .sum()
    };
    Ok((0..sizes.kernel.len()).map(along).fold(1, i64::saturating_mul))
}

fn call(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let Some(kernel) = host.weight("kernel") else { return unknown("the layer is not built") };
    let output = host.get("output_sizes");
    if output.items().is_none() {
        return unknown("sizes that are not known");
    }
    let [size, strides, filters, format, implementation] =
        ["kernel_size", "strides", "filters", "data_format", "implementation"].map(|name| host.get(name));
    let mut x = host.op(
        "layer_local_conv",
        &[
            ("x", args.inputs.clone()),
            ("kernel", kernel),
            ("kernel_size", size),
            ("strides", strides),
            ("output_sizes", output),
            ("filters", filters),
            ("data_format", format),
            ("implementation", implementation),
        ],
    )?;
    if let Some(bias) = host.weight("bias") {
        if args::channels_first(host) {
            return unknown("a bias for each position with channels first");
        }
        x = support::api(host, support::ADD, &[x, bias], &[])?;
    }
    support::activate(host, x)
}
