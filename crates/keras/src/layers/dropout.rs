//! Layers that are random while training: `Dropout`, `SpatialDropout2D`, `GaussianNoise`, `AlphaDropout`.

use ops::{Arg, Exc, Infer, Keras};

use crate::layer::same_shape;
use crate::python::{int, is_open, number_behind, raise, repr, text, truth, type_name, unknown, value_error};
use crate::{CallArgs, Host, InputSpec, Layer, Mask, Seeds, args, dims};

/// One row: the class, the parameter that sets the strength, and what is done while training.
const fn row(
    name: &'static str,
    strength: &'static str,
    init: fn(&mut dyn Host) -> Infer<()>,
    call: fn(&mut dyn Host, &CallArgs) -> Infer<Arg>,
    source: &'static str,
) -> Layer {
    let (output_shape, seeds) = (Some(same_shape as crate::OutputShape), Seeds::Above(strength));
    Layer { name, init, call, output_shape, mask: Mask::Keeps, seeds, source, ..Layer::BASE }
}

const SPATIAL: &str = "keras/src/layers/regularization/spatial_dropout.py, \
                       tf_keras/src/layers/regularization/spatial_dropout2d.py";

pub(super) static LAYERS: &[Layer] = &[
    row(
        "Dropout",
        "rate",
        |host| {
            check_rate(host)?;
            check_noise_shape(host)
        },
        |host, args| {
            let noise = host.get("noise_shape");
            drop_out(host, args, noise)
        },
        "keras/src/layers/regularization/dropout.py, tf_keras/src/layers/regularization/dropout.py",
    ),
    row("SpatialDropout1D", "rate", |host| init_spatial(host, 1), spatial, SPATIAL),
    row("SpatialDropout2D", "rate", |host| init_spatial(host, 2), spatial, SPATIAL),
    row("SpatialDropout3D", "rate", |host| init_spatial(host, 3), spatial, SPATIAL),
    row(
        "GaussianDropout",
        "rate",
        |host| unit_interval(host, "rate"),
        |host, args| {
            // Keras 2 divides by NumPy.
            if host.keras() == Keras::Three
                && acts(args)
                && matches!(host.get("rate"), Arg::Int(1) | Arg::Float(1.0))
            {
                return raise(Exc::ZeroDivisionError, "rate", "float division by zero".to_owned());
            }
            noise(host, args, "rate", "layer_gaussian_dropout")
        },
        "keras/src/layers/regularization/gaussian_dropout.py, \
         tf_keras/src/layers/regularization/gaussian_dropout.py",
    ),
    row(
        "GaussianNoise",
        "stddev",
        |host| unit_interval(host, "stddev"),
        |host, args| noise(host, args, "stddev", "layer_gaussian_noise"),
        "keras/src/layers/regularization/gaussian_noise.py, \
         tf_keras/src/layers/regularization/gaussian_noise.py",
    ),
    row(
        "AlphaDropout",
        "rate",
        |host| unit_interval(host, "rate"),
        alpha_drop_out,
        "keras/src/layers/regularization/alpha_dropout.py, \
         tf_keras/src/layers/regularization/alpha_dropout.py",
    ),
];

/// Keras 3 takes a number from 0 to 1; Keras 2 checks that of `Dropout` only.
fn unit_interval(host: &mut dyn Host, param: &'static str) -> Infer<()> {
    if host.keras() == Keras::Two {
        return Ok(());
    }
    let given = host.get(param);
    if is_open(&given) {
        return Ok(());
    }
    match number_behind(param, "int", "<=", &given)? {
        Some(rate) if (0.0..=1.0).contains(&rate) => check_seed(host),
        Some(_) => value_error(
            param,
            format!(
                "Invalid value received for argument `{param}`. Expected a float value between 0 and 1. Received: \
                 {param}={}",
                text(&given)
            ),
        ),
        None => crate::python::no_number("'<=' not supported between instances of 'int' and 'NoneType'"),
    }
}

/// What Keras 3's generator of seeds takes.
fn check_seed(host: &dyn Host) -> Infer<()> {
    match host.get("seed") {
        given @ (Arg::Str(_) | Arg::Float(_) | Arg::Tuple(_) | Arg::List(_)) => value_error(
            "seed",
            format!("Argument `seed` must be an integer. Received: seed={}", text(&given)),
        ),
        _ => Ok(()),
    }
}

fn check_rate(host: &mut dyn Host) -> Infer<()> {
    if host.keras() == Keras::Three {
        return unit_interval(host, "rate");
    }
    let given = host.get("rate");
    let rate = match &given {
        Arg::Float(x) => *x,
        Arg::Int(n) => *n as f64,
        _ => return Ok(()),
    };
    if (0.0..=1.0).contains(&rate) {
        return Ok(());
    }
    let shown = text(&given);
    value_error(
        "rate",
        format!("Invalid value {shown} received for `rate`, expected a value between 0 and 1."),
    )
}

/// Keras 3's `_validate_noise_shape`.
fn check_noise_shape(host: &mut dyn Host) -> Infer<()> {
    let given = host.get("noise_shape");
    if host.keras() == Keras::Two || given.is_none() {
        return Ok(());
    }
    let start = "Invalid value received for argument `noise_shape`. Expected";
    let Some(items) = given.items() else {
        let shown = text(&given);
        return match given {
            Arg::Str(_) => value_error(
                "noise_shape",
                format!("{start} a tuple or list of integers. Received: noise_shape={shown}"),
            ),
            Arg::Int(_) | Arg::Bool(_) | Arg::Float(_) => value_error(
                "noise_shape",
                format!(
                    "{start} an iterable of integers (e.g., a tuple or list). Received: noise_shape={shown}"
                ),
            ),
            _ => unknown("a noise shape that is not known"),
        };
    };
    for (i, item) in items.iter().enumerate() {
        if matches!(item, Arg::None | Arg::Dim(_)) {
            continue;
        }
        match int(item)? {
            Some(n) if n > 0 => {}
            Some(n) => {
                let problem = format!(
                    "{start} all dimensions to be positive integers or None. Received negative or zero value at index \
                     {i}: {n}"
                );
                return value_error("noise_shape", problem);
            }
            None => {
                let (shown, kind) = (repr(item), type_name(item));
                let problem = format!(
                    "{start} all elements to be integers or None. Received element at index {i}: {shown} (type: {kind})"
                );
                return value_error("noise_shape", problem);
            }
        }
    }
    // `return tuple(noise_shape)`
    host.set("noise_shape", Arg::Tuple(items.to_vec().into()));
    Ok(())
}

fn init_spatial(host: &mut dyn Host, rank: usize) -> Infer<()> {
    check_rate(host)?;
    if rank > 1 {
        let given = host.get("data_format");
        let known = matches!(&given, Arg::Str(s) if matches!(&**s, "channels_first" | "channels_last"));
        let telling = matches!(given, Arg::Str(_) | Arg::Int(_) | Arg::Bool(_) | Arg::Float(_));
        if host.keras() == Keras::Two && telling && !known {
            let shown = text(&given);
            return value_error(
                "data_format",
                format!(
                    "`data_format` must be \"channels_last\" or \"channels_first\". Received: data_format={shown}."
                ),
            );
        }
        args::store_data_format(host)?;
    }
    host.set_input_spec(vec![InputSpec::rank(rank + 2)]);
    Ok(())
}

/// Tells whether a call changes anything: only while training, which a symbolic call is not.
fn acts(args: &CallArgs) -> bool {
    args.training == Some(true)
}

fn drop_out(host: &mut dyn Host, args: &CallArgs, noise_shape: Arg) -> Infer<Arg> {
    let rate = host.get("rate");
    let off = matches!(rate, Arg::Int(0)) || rate == Arg::Float(0.0);
    let several = args.inputs.items().is_some();
    if off || !acts(args) {
        // `tf.identity`, which makes one tensor of several.
        return match host.keras() {
            Keras::Two if several => host.op("identity", &[("x", args.inputs.clone())]),
            _ => Ok(args.inputs.clone()),
        };
    }
    let x = args.inputs.clone();
    fits_noise(host, &x, &noise_shape)?;
    if host.computes() {
        return super::noise::drop_out(host, x, rate, noise_shape);
    }
    host.op("layer_dropout", &[("x", x), ("rate", rate), ("noise_shape", noise_shape)])
}

/// Refuses noise that does not broadcast with the input, which Keras 2 selects elements by. A `None` is the input's
/// size at the same place, counted from the front.
fn fits_noise(host: &dyn Host, x: &Arg, noise: &Arg) -> Infer<()> {
    let Some(sizes) = noise.items().filter(|_| host.keras() == Keras::Two) else { return Ok(()) };
    let shape = dims::of_input(x)?;
    let mut full = Vec::with_capacity(sizes.len());
    for (at, size) in sizes.iter().enumerate() {
        full.push(match size {
            Arg::None | Arg::Dim(_) => match shape.get(at) {
                Some(dim) => dim.known(),
                None => {
                    let core = format!("slice index {at} of dimension 0 out of bounds.");
                    return value_error("noise_shape", core);
                }
            },
            Arg::Int(size) => Some(*size),
            _ => None,
        });
    }
    if full.len() > shape.len() {
        return unknown("noise of more axes than the input");
    }
    for (size, own) in full.iter().rev().zip(shape.iter().rev()) {
        if let (Some(size), Some(own)) = (size, own.known())
            && *size != own
            && *size != 1
            && own != 1
        {
            let core = format!("Dimensions must be equal, but are {size} and {own}");
            return value_error("noise_shape", core);
        }
    }
    Ok(())
}

/// `AlphaDropout`: Keras 2 hands the shape of the noise on as it is, so that a `None` in it is refused.
fn alpha_drop_out(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let (noise_shape, rate) = (host.get("noise_shape"), host.get("rate"));
    let drops = crate::config::number(&rate).is_none_or(|rate| 0.0 < rate && rate < 1.0);
    if host.keras() == Keras::Two && !drops {
        return Ok(args.inputs.clone());
    }
    if host.keras() == Keras::Two && acts(args) && truth(&noise_shape)? {
        let items = noise_shape.items().unwrap_or_default();
        if items.iter().any(Arg::is_none) && items.iter().any(|item| !item.is_none()) {
            let core = format!(
                "Failed to convert elements of {} to Tensor. Consider casting elements to a supported type. See \
                 https://www.tensorflow.org/api_docs/python/tf/dtypes for supported TF dtypes.",
                repr(&noise_shape)
            );
            return raise(Exc::TypeError, "noise_shape", core);
        }
        if items.iter().any(Arg::is_none) {
            return unknown("noise of no size");
        }
        fits_noise(host, &args.inputs, &noise_shape)?;
    }
    noise(host, args, "rate", "layer_alpha_dropout")
}

/// Whole maps are dropped: the noise is of size 1 along the spatial axes.
fn spatial(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    if !acts(args) {
        return Ok(args.inputs.clone());
    }
    let shape = dims::of_input(&args.inputs)?;
    let (axes, _) = dims::axes(args::channels_first(host), shape.len());
    let size = |(axis, dim): (usize, &tensor::Dim)| match dim {
        _ if axes.contains(&axis) => Arg::Int(1),
        tensor::Dim::Known(n) => Arg::Int(*n),
        _ => Arg::None,
    };
    let noise = shape.iter().enumerate().map(size).collect();
    drop_out(host, args, Arg::Tuple(noise))
}

fn noise(host: &mut dyn Host, args: &CallArgs, param: &'static str, op: &'static str) -> Infer<Arg> {
    let strength = host.get(param);
    let positive = match &strength {
        Arg::Float(x) => *x > 0.0,
        Arg::Int(n) => *n > 0,
        _ => true,
    };
    if !positive || !acts(args) {
        return Ok(args.inputs.clone());
    }
    if host.computes() {
        return super::noise::noised(host, op, &args.inputs, &strength);
    }
    host.op(op, &[("x", args.inputs.clone()), (param, strength)])
}
