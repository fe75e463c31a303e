//! Pooling: `MaxPooling2D`, `GlobalAveragePooling1D`, `AdaptiveMaxPooling3D`.

use ops::{Arg, Infer, Keras};
use tensor::{Dim, Shape};

use super::support;
use super::windows::{self, Window};
use crate::python::{int, text, truth, type_error, type_name, unknown, value_error};
use crate::{CallArgs, Host, InputSpec, Layer, Mask, args, dims};

/// A constructor's checks for a number of spatial axes, and the call.
type Init = fn(&mut dyn Host) -> Infer<()>;
type Call = fn(&mut dyn Host, &CallArgs) -> Infer<Arg>;

/// One row: what the layers of a kind have in common, and what this one has.
const fn row(kind: Layer, name: &'static str, init: Init, call: Call) -> Layer {
    Layer { name, init, call, ..kind }
}

/// Pooling by a window.
const WINDOW: Layer = Layer {
    output_shape: Some(output_shape),
    source: "keras/src/layers/pooling/base_pooling.py, tf_keras/src/layers/pooling/base_pooling2d.py",
    ..Layer::BASE
};

/// Pooling over all steps.
const GLOBAL: Layer = Layer {
    build: build_global,
    output_shape: Some(global_shape),
    source: "keras/src/layers/pooling/base_global_pooling.py, tf_keras/src/layers/pooling/base_global_pooling2d.py",
    ..Layer::BASE
};

/// Pooling to a given size.
const ADAPTIVE: Layer = Layer {
    output_shape: Some(adaptive_shape),
    source: "keras/src/layers/pooling/base_adaptive_pooling.py",
    ..Layer::BASE
};

const MEAN: support::Paths = ["tf.keras.backend.mean", "keras.ops.mean"];
const MAX: Call = |host, args| pool(host, args, "layer_max_pool");
const AVERAGE: Call = |host, args| pool(host, args, "layer_average_pool");
const AVERAGE_2D: Call = |host, args| {
    // `tf.nn.avg_pool` counts axes where those for one and three do not.
    dims::countable(host)?;
    AVERAGE(host, args)
};
const GLOBAL_MAX: Call = |host, args| reduce(host, args, ["tf.keras.backend.max", "keras.ops.max"]);
const GLOBAL_AVERAGE: Call = |host, args| reduce(host, args, MEAN);
const ADAPTIVE_MAX: Call = |host, args| adapt(host, args, "keras.ops.adaptive_max_pool");
const ADAPTIVE_AVERAGE: Call = |host, args| adapt(host, args, "keras.ops.adaptive_average_pool");

pub(super) static LAYERS: &[Layer] = &[
    row(WINDOW, "MaxPooling1D", |host| init(host, 1), MAX),
    row(WINDOW, "MaxPooling2D", |host| init(host, 2), MAX),
    row(WINDOW, "MaxPooling3D", |host| init(host, 3), MAX),
    row(WINDOW, "AveragePooling1D", |host| init(host, 1), AVERAGE),
    row(WINDOW, "AveragePooling2D", |host| init(host, 2), AVERAGE_2D),
    row(WINDOW, "AveragePooling3D", |host| init(host, 3), AVERAGE),
    row(GLOBAL, "GlobalMaxPooling1D", |host| init_global(host, 1), GLOBAL_MAX),
    row(GLOBAL, "GlobalMaxPooling2D", |host| init_global(host, 2), GLOBAL_MAX),
    row(GLOBAL, "GlobalMaxPooling3D", |host| init_global(host, 3), GLOBAL_MAX),
    Layer {
        mask: Mask::Computes(|_, _| Ok(Arg::None)),
        ..row(GLOBAL, "GlobalAveragePooling1D", |host| init_global(host, 1), masked_average)
    },
    row(GLOBAL, "GlobalAveragePooling2D", |host| init_global(host, 2), GLOBAL_AVERAGE),
    row(GLOBAL, "GlobalAveragePooling3D", |host| init_global(host, 3), GLOBAL_AVERAGE),
    row(ADAPTIVE, "AdaptiveMaxPooling1D", |host| init_adaptive(host, 1), ADAPTIVE_MAX),
    row(ADAPTIVE, "AdaptiveMaxPooling2D", |host| init_adaptive(host, 2), ADAPTIVE_MAX),
    row(ADAPTIVE, "AdaptiveMaxPooling3D", |host| init_adaptive(host, 3), ADAPTIVE_MAX),
    row(ADAPTIVE, "AdaptiveAveragePooling1D", |host| init_adaptive(host, 1), ADAPTIVE_AVERAGE),
    row(ADAPTIVE, "AdaptiveAveragePooling2D", |host| init_adaptive(host, 2), ADAPTIVE_AVERAGE),
    row(ADAPTIVE, "AdaptiveAveragePooling3D", |host| init_adaptive(host, 3), ADAPTIVE_AVERAGE),
];

fn init(host: &mut dyn Host, rank: usize) -> Infer<()> {
    let size = host.get("pool_size");
    args::store_tuple(host, "pool_size", rank, false)?;
    if host.get("strides").is_none() {
        host.set("strides", size);
    }
    args::store_tuple(host, "strides", rank, true)?;
    if dims::keras2(host) {
        args::store_padding(host, true)?;
    }
    args::store_data_format(host)?;
    host.set_input_spec(vec![InputSpec::rank(rank + 2)]);
    Ok(())
}

fn output_shape(host: &mut dyn Host, inputs: &Arg) -> Infer<Arg> {
    let (size, strides) = (args::stored(host, "pool_size")?, args::stored(host, "strides")?);
    let padding = match host.get("padding") {
        Arg::Str(s) => s,
        _ => return unknown("a padding of another kind"),
    };
    let window = Window { size: &size, strides: &strides, dilation: &[], padding: &padding };
    let shape = dims::of_input(inputs)?;
    windows::pool_shape(&shape, &window, args::channels_first(host)).map(dims::tuple)
}

fn pool(host: &mut dyn Host, args: &CallArgs, op: &'static str) -> Infer<Arg> {
    let [size, strides, padding, format] =
        ["pool_size", "strides", "padding", "data_format"].map(|name| host.get(name));
    if host.computes() {
        return super::numbers::pool(host, args.inputs.clone(), op == "layer_max_pool");
    }
    host.op(
        op,
        &[
            ("x", args.inputs.clone()),
            ("pool_size", size),
            ("strides", strides),
            ("padding", padding),
            ("data_format", format),
        ],
    )
}

fn init_global(host: &mut dyn Host, rank: usize) -> Infer<()> {
    args::store_data_format(host)?;
    host.set_input_spec(vec![InputSpec::rank(rank + 2)]);
    Ok(())
}

/// Keras 2 refuses to reduce an axis of size zero.
fn build_global(host: &mut dyn Host, shapes: &[Shape]) -> Infer<()> {
    if host.keras() == Keras::Three {
        return Ok(());
    }
    dims::ranked(host)?;
    let shape = dims::only(shapes)?;
    let (mut axes, _) = dims::axes(args::channels_first(host), shape.len());
    if let Some(axis) = axes.find(|axis| shape[*axis] == Dim::Known(0)) {
        let problem = format!(
            "Incorrect input shape {} with dimension 0 at reduction axis {axis}.",
            dims::list_text(&shape)
        );
        return value_error("inputs", problem);
    }
    Ok(())
}

fn global_shape(host: &mut dyn Host, inputs: &Arg) -> Infer<Arg> {
    let shape = dims::of_input(inputs)?;
    let (axes, _) = dims::axes(args::channels_first(host), shape.len());
    let keep = truth(&host.get("keepdims"))?;
    let reduced = |(axis, dim): (usize, &Dim)| match axes.contains(&axis) {
        true => keep.then_some(Dim::Known(1)),
        false => Some(*dim),
    };
    Ok(dims::tuple(shape.iter().enumerate().filter_map(reduced)))
}

/// The spatial axes, as a list; Keras gives a single one as an int.
fn spatial(host: &dyn Host, inputs: &Arg) -> Infer<Arg> {
    let rank = dims::of_input(inputs)?.len();
    let (axes, _) = dims::axes(args::channels_first(host), rank);
    let axes: Vec<Arg> = axes.map(|axis| Arg::Int(axis as i64)).collect();
    Ok(match axes.as_slice() {
        [one] => one.clone(),
        _ => Arg::List(axes.into()),
    })
}

fn reduce(host: &mut dyn Host, args: &CallArgs, paths: support::Paths) -> Infer<Arg> {
    let axes = spatial(host, &args.inputs)?;
    let keep = Arg::Bool(truth(&host.get("keepdims"))?);
    support::api(host, paths, std::slice::from_ref(&args.inputs), &[("axis", axes), ("keepdims", keep)])
}

/// `GlobalAveragePooling1D` averages over the steps that its mask keeps.
fn masked_average(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    if args.mask.is_none() {
        return reduce(host, args, MEAN);
    }
    let axis = if args::channels_first(host) { 1 } else { 2 };
    let mask = support::api(host, support::EXPAND_DIMS, &[args.mask.clone(), Arg::Int(axis)], &[])?;
    let dtype = dims::tensor(&args.inputs)?.spec.dtype.unwrap_or_else(|| host.compute_dtype());
    let mask = support::cast_to(host, mask, dtype)?;
    let kept = support::api(host, support::MULTIPLY, &[args.inputs.clone(), mask.clone()], &[])?;
    let steps = spatial(host, &args.inputs)?;
    let keep = Arg::Bool(truth(&host.get("keepdims"))?);
    let total =
        support::api(host, support::SUM, &[kept], &[("axis", steps.clone()), ("keepdims", keep.clone())])?;
    let count = support::api(host, support::SUM, &[mask], &[("axis", steps), ("keepdims", keep)])?;
    support::api(host, support::DIVIDE, &[total, count], &[])
}

fn init_adaptive(host: &mut dyn Host, rank: usize) -> Infer<()> {
    let given = host.get("output_size");
    let size = match given.items() {
        Some(items) if items.len() == rank => items.to_vec(),
        Some(_) if rank == 1 => {
            let problem = "For 1D input, `output_size` tuple must have length 1.";
            return value_error("output_size", format!("{problem} Received: {}", text(&given)));
        }
        Some(_) => return bad_size(rank, &given),
        None => match int(&given)? {
            Some(n) => vec![Arg::Int(n); rank],
            None => return bad_size(rank, &given),
        },
    };
    host.set("output_size", Arg::Tuple(size.into()));
    let format = host.get("data_format");
    if truth(&format)? {
        let known = matches!(&format, Arg::Str(s) if matches!(&**s, "channels_first" | "channels_last"));
        if !known {
            let problem = format!(
                "Invalid data_format: {}. Expected 'channels_first' or 'channels_last'.",
                text(&format)
            );
            return value_error("data_format", problem);
        }
    }
    Ok(())
}

fn bad_size(rank: usize, given: &Arg) -> Infer<()> {
    let wanted = ["tuple of 1 integer", "(height, width) tuple", "(depth, height, width) tuple"]
        .get(rank - 1)
        .copied()
        .unwrap_or("tuple");
    type_error(
        "output_size",
        format!(
            "`output_size` must be an integer or {wanted}. Received: {} of type <class '{}'>",
            text(given),
            type_name(given)
        ),
    )
}

fn adaptive_shape(host: &mut dyn Host, inputs: &Arg) -> Infer<Arg> {
    let shape = dims::of_input(inputs)?;
    let size = args::stored(host, "output_size")?.into_iter().map(Dim::Known);
    let batch = dims::at(&shape, 0)?;
    Ok(if args::channels_first(host) {
        let channels = dims::at(&shape, 1)?;
        dims::tuple([batch, channels].into_iter().chain(size))
    } else {
        let channels = dims::at(&shape, -1)?;
        dims::tuple(std::iter::once(batch).chain(size).chain(std::iter::once(channels)))
    })
}

fn adapt(host: &mut dyn Host, args: &CallArgs, op: &'static str) -> Infer<Arg> {
    let [size, format] = ["output_size", "data_format"].map(|name| host.get(name));
    host.api(op, &[args.inputs.clone(), size], &[("data_format", format)])
}
