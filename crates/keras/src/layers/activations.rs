//! Activations that are layers: `ReLU`, `LeakyReLU`, `ELU`, `PReLU`, `Softmax`, `ThresholdedReLU`.

use ops::{Arg, Infer, Keras};
use tensor::{Dim, Shape};

use super::support;
use crate::host::WeightArgs;
use crate::layer::same_shape;
use crate::python::{is_open, known_int, number, text, unknown, value_error};
use crate::{CallArgs, Host, InputSpec, Layer, Mask, dims};

/// One row.
const fn row(
    name: &'static str,
    init: fn(&mut dyn Host) -> Infer<()>,
    call: fn(&mut dyn Host, &CallArgs) -> Infer<Arg>,
    source: &'static str,
) -> Layer {
    Layer { name, init, call, output_shape: Some(same_shape), mask: Mask::Keeps, source, ..Layer::BASE }
}

pub(super) static LAYERS: &[Layer] = &[
    row(
        "ReLU",
        init_relu,
        relu,
        "keras/src/layers/activations/relu.py, tf_keras/src/layers/activation/relu.py",
    ),
    row(
        "LeakyReLU",
        init_leaky,
        leaky,
        "keras/src/layers/activations/leaky_relu.py, tf_keras/src/layers/activation/leaky_relu.py",
    ),
    row(
        "ELU",
        init_elu,
        |host, args| {
            let alpha = host.get("alpha");
            let paths = ["tf.keras.backend.elu", "keras.activations.elu"];
            support::api(host, paths, std::slice::from_ref(&args.inputs), &[("alpha", alpha)])
        },
        "keras/src/layers/activations/elu.py, tf_keras/src/layers/activation/elu.py",
    ),
    Layer {
        build: build_prelu,
        ..row(
            "PReLU",
            init_prelu,
            prelu,
            "keras/src/layers/activations/prelu.py, tf_keras/src/layers/activation/prelu.py",
        )
    },
    row(
        "Softmax",
        |_| Ok(()),
        softmax,
        "keras/src/layers/activations/softmax.py, tf_keras/src/layers/activation/softmax.py",
    ),
    row(
        "ThresholdedReLU",
        init_thresholded,
        thresholded,
        "tf_keras/src/layers/activation/thresholded_relu.py",
    ),
];

const RELU: support::Paths = ["tf.keras.backend.relu", "keras.activations.relu"];

/// Refuses `None` and negative numbers.
fn not_negative(host: &dyn Host, param: &'static str, problem: &str, assigned: bool) -> Infer<()> {
    let given = host.get(param);
    if is_open(&given) {
        return Ok(());
    }
    match number(param, &given, "<", "float")? {
        Some(n) if n >= 0.0 => Ok(()),
        _ => {
            let shown = text(&given);
            let received = if assigned { format!("{param}={shown}") } else { shown };
            value_error(param, format!("{problem} Received: {received}"))
        }
    }
}

fn init_relu(host: &mut dyn Host) -> Infer<()> {
    let three = host.keras() == Keras::Three;
    if !host.get("max_value").is_none() {
        not_negative(host, "max_value", "max_value of a ReLU layer cannot be a negative value.", three)?;
    }
    let what = if three { "None or a negative value." } else { "a negative value." };
    for param in ["negative_slope", "threshold"] {
        not_negative(host, param, &format!("{param} of a ReLU layer cannot be {what}"), three)?;
    }
    Ok(())
}

fn relu(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let [mut slope, mut max, mut threshold] =
        ["negative_slope", "max_value", "threshold"].map(|name| host.get(name));
    let integers = dims::tensor(&args.inputs)?.spec.dtype.is_some_and(tensor::DType::is_integer);
    if dims::keras2(host) && integers {
        // `cast_to_floatx` has made arrays of them, which TensorFlow casts to the input's dtype.
        let whole = |arg: Arg| if let Arg::Float(x) = arg { Arg::Int(x as i64) } else { arg };
        if !max.is_none() || !matches!(&threshold, Arg::Float(0.0) | Arg::Int(0)) {
            slope = whole(slope);
        }
        threshold = whole(threshold);
        max = whole(max);
    }
    rectified(host, args.inputs.clone(), slope, max, threshold)
}

/// `relu` of both profiles with its parameters.
fn rectified(host: &mut dyn Host, x: Arg, slope: Arg, max: Arg, threshold: Arg) -> Infer<Arg> {
    let slope_name = if dims::keras2(host) { "alpha" } else { "negative_slope" };
    let paths = ["tf.keras.backend.relu", "keras.activations.relu"];
    let keywords = [(slope_name, slope), ("max_value", max), ("threshold", threshold)];
    support::api(host, paths, &[x], &keywords)
}

/// `x * cast(x > threshold, dtype)`.
fn over(host: &mut dyn Host, x: Arg, threshold: Arg) -> Infer<Arg> {
    let kept = support::api(host, support::GREATER, &[x.clone(), threshold], &[])?;
    let dtype = dims::tensor(&x)?.spec.dtype.unwrap_or_else(|| host.compute_dtype());
    let kept = support::cast_to(host, kept, dtype)?;
    support::api(host, support::MULTIPLY, &[x, kept], &[])
}

fn init_leaky(host: &mut dyn Host) -> Infer<()> {
    match host.keras() {
        Keras::Two => {
            let given = host.get("alpha");
            if given == Arg::None {
                let problem = "The alpha value of a Leaky ReLU layer cannot be None, Expecting a float.";
                return value_error("alpha", format!("{problem} Received: None"));
            }
            host.set("slope", given);
        }
        Keras::Three => {
            // `alpha` is the old name; it comes in `**kwargs`.
            let old = match host.get("kwargs") {
                Arg::Dict(items) => items.iter().find(|(name, _)| &**name == "alpha").map(|(_, v)| v.clone()),
                _ => None,
            };
            if let Some(old) = old.or_else(|| Some(host.get("alpha")).filter(|a| *a != Arg::Missing)) {
                host.set("negative_slope", old);
            }
            let problem = "The negative_slope value of a Leaky ReLU layer cannot be None or negative value. Expected a \
                           float.";
            not_negative(host, "negative_slope", problem, true)?;
            let slope = host.get("negative_slope");
            host.set("slope", slope);
        }
    }
    Ok(())
}

fn leaky(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let slope = host.get("slope");
    rectified(host, args.inputs.clone(), slope, Arg::None, Arg::Float(0.0))
}

fn init_elu(host: &mut dyn Host) -> Infer<()> {
    if host.keras() == Keras::Two && host.get("alpha") == Arg::None {
        let problem = "Alpha of an ELU layer cannot be None, expecting a float. Received: None";
        return value_error("alpha", problem);
    }
    if let (Keras::Two, Arg::Str(text)) = (host.keras(), host.get("alpha"))
        && text.trim().parse::<f64>().is_err()
    {
        return value_error("alpha", format!("could not convert string to float: '{text}'"));
    }
    Ok(())
}

fn init_prelu(host: &mut dyn Host) -> Infer<()> {
    let shared = match host.get("shared_axes") {
        arg if arg.is_none() => Arg::None,
        Arg::Tuple(items) | Arg::List(items) => Arg::List(items),
        one => Arg::List([one].into()),
    };
    host.set("shared_axes", shared);
    crate::identifiers::check(host)
}

fn build_prelu(host: &mut dyn Host, shapes: &[Shape]) -> Infer<()> {
    dims::ranked(host)?;
    let shape = dims::only(shapes)?;
    let mut param: Vec<Dim> = shape.get(1..).unwrap_or_default().to_vec();
    let shared: Vec<i64> = match host.get("shared_axes").items() {
        Some(items) => items.iter().map(known_int).collect::<Infer<_>>()?,
        None => Vec::new(),
    };
    for axis in &shared {
        match dims::place(param.len(), axis - 1) {
            Some(at) => param[at] = Dim::Known(1),
            None => return dims::out_of_range("list assignment"),
        }
    }
    let initializer = host.get("alpha_initializer");
    host.add_weight(WeightArgs::new("alpha", param, initializer))?;
    let mut spec = InputSpec::rank(shape.len());
    if !shared.is_empty() {
        for (axis, dim) in (0_i64..).zip(&shape).skip(1).filter(|(axis, _)| !shared.contains(axis)) {
            spec = spec.with_dim(axis, *dim);
        }
    }
    host.set_input_spec(vec![spec]);
    Ok(())
}

fn prelu(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let Some(alpha) = host.weight("alpha") else { return unknown("the layer is not built") };
    let x = args.inputs.clone();
    let positive = support::api(host, RELU, std::slice::from_ref(&x), &[])?;
    let flipped = support::api(host, support::NEGATIVE, &[x], &[])?;
    let flipped = support::api(host, RELU, &[flipped], &[])?;
    let alpha = support::api(host, support::NEGATIVE, &[alpha], &[])?;
    let negative = support::api(host, support::MULTIPLY, &[alpha, flipped], &[])?;
    support::api(host, support::ADD, &[positive, negative], &[])
}

fn softmax(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    if !args.mask.is_none() {
        return masked_softmax(host, args);
    }
    plain_softmax(host, args.inputs.clone())
}

fn plain_softmax(host: &mut dyn Host, x: Arg) -> Infer<Arg> {
    let axis = match host.get("axis") {
        Arg::Tuple(items) | Arg::List(items) if items.len() == 1 => items[0].clone(),
        axis => axis,
    };
    if let Some(axes) = axis.items() {
        if axes.is_empty() {
            let kind = if matches!(axis, Arg::Tuple(_)) { "tuple" } else { "list" };
            return crate::python::raise(ops::Exc::IndexError, "axis", format!("{kind} index out of range"));
        }
        let axes = Arg::Tuple(axes.into());
        let sum = support::api(
            host,
            ["tf.reduce_logsumexp", "keras.ops.logsumexp"],
            std::slice::from_ref(&x),
            &[("axis", axes), ("keepdims", Arg::Bool(true))],
        )?;
        let rest = support::api(host, support::SUBTRACT, &[x, sum], &[])?;
        return support::api(host, ["tf.exp", "keras.ops.exp"], &[rest], &[]);
    }
    if dims::keras2(host) && host.unknown_rank() {
        return crate::python::no_rank("'<=' not supported between instances of 'NoneType' and 'int'");
    }
    if dims::keras2(host) && dims::tensor(&x)?.spec.shape.rank().is_some_and(|rank| rank <= 1) {
        let t = dims::tensor(&x)?;
        let dtype = t.spec.dtype.map_or("float32", tensor::DType::name);
        let shown = format!("Tensor(\"{}\", shape={}, dtype={dtype})", t.graph_name(), t.spec.shape.tuple());
        return value_error(
            "inputs",
            format!("Cannot apply softmax to a tensor that is 1D. Received input: {shown}"),
        );
    }
    let paths = ["tf.keras.backend.softmax", "keras.activations.softmax"];
    support::api(host, paths, &[x], &[("axis", axis)])
}

/// Masked entries get a large negative number first; in Keras 3 also zero afterwards.
fn masked_softmax(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let (x, mask) = (args.inputs.clone(), args.mask.clone());
    let low = Arg::Float(-1e9);
    if dims::keras2(host) {
        let dtype = dims::tensor(&x)?.spec.dtype.unwrap_or_else(|| host.compute_dtype());
        let kept = support::cast_to(host, mask, dtype)?;
        let dropped = support::api(host, support::SUBTRACT, &[Arg::Float(1.0), kept], &[])?;
        let adder = support::api(host, support::MULTIPLY, &[dropped, low], &[])?;
        let x = support::api(host, support::ADD, &[x, adder], &[])?;
        return plain_softmax(host, x);
    }
    let x = host.api("keras.ops.where", &[mask.clone(), x, low], &[])?;
    let out = plain_softmax(host, x)?;
    host.api("keras.ops.where", &[mask, out, Arg::Float(0.0)], &[])
}

fn init_thresholded(host: &mut dyn Host) -> Infer<()> {
    let given = host.get("theta");
    match number("theta", &given, "<", "int")? {
        Some(n) if n >= 0.0 => Ok(()),
        Some(_) => value_error(
            "theta",
            format!("The theta value of a Thresholded ReLU layer should be >=0. Received: {}", text(&given)),
        ),
        None => value_error(
            "theta",
            "Theta of a Thresholded ReLU layer cannot be None, expecting a float. Received: None",
        ),
    }
}

fn thresholded(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let theta = host.get("theta");
    over(host, args.inputs.clone(), theta)
}
