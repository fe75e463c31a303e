//! `Dense`.

use ops::{Arg, Infer, Keras};
use tensor::Shape;

use super::{lora, support};
use crate::dims;
use crate::host::WeightArgs;
use crate::python::{int, is_open, no_numpy_scalar, size, text, type_error, type_name, unknown, value_error};
use crate::{Adapted, CallArgs, Host, InputSpec, Layer, Mask};

pub(super) static LAYERS: &[Layer] = &[Layer {
    name: "Dense",
    init,
    build,
    call,
    output_shape: Some(output_shape),
    mask: Mask::Keeps,
    adapted: Some(Adapted::KERNEL),
    source: "keras/src/layers/core/dense.py, tf_keras/src/layers/core/dense.py",
    ..Layer::BASE
}];

fn init(host: &mut dyn Host) -> Infer<()> {
    let given = host.get("units");
    host.set_input_spec(vec![InputSpec::at_least(2)]);
    if host.keras() == Keras::Three {
        no_numpy_scalar(&given, invalid_units)?;
    }
    if is_open(&given) {
        return crate::identifiers::check(host);
    }
    let units = match host.keras() {
        Keras::Two => units2(&given)?,
        Keras::Three => int(&given)?.filter(|n| *n > 0),
    };
    let Some(units) = units else {
        return invalid_units(&text(&given));
    };
    if !matches!(given, Arg::Bool(_)) {
        host.set("units", Arg::Int(units));
    }
    crate::identifiers::check(host)
}

fn invalid_units(received: &str) -> Infer<()> {
    let problem = "Received an invalid value for `units`, expected a positive integer.";
    value_error("units", format!("{problem} Received: units={received}"))
}

/// Keras 2 takes what `int()` takes, and zero: `Dense(16.0)`.
fn units2(given: &Arg) -> Infer<Option<i64>> {
    let units = match given {
        Arg::Float(x) if x.is_finite() => x.trunc() as i64,
        Arg::Str(s) => match s.trim().parse() {
            Ok(n) => n,
            Err(_) => return value_error("units", format!("invalid literal for int() with base 10: '{s}'")),
        },
        Arg::None | Arg::Tuple(_) | Arg::List(_) | Arg::Dict(_) => {
            let kind = type_name(given);
            return type_error(
                "units",
                format!(
                    "int() argument must be a string, a bytes-like object or a real number, not '{kind}'"
                ),
            );
        }
        _ => match int(given)? {
            Some(n) => n,
            None => return unknown("the number of units is not known"),
        },
    };
    Ok((units >= 0).then_some(units))
}

fn build(host: &mut dyn Host, shapes: &[Shape]) -> Infer<()> {
    if host.unknown_rank() {
        let problem = "The last dimension of the inputs to a Dense layer should be defined. Found None.";
        let core = format!("{problem} Full input shape received: <unknown>");
        return Err(ops::Violation::stop(ops::Exc::ValueError, core, ops::Mistake::UnknownDim));
    }
    let shape = dims::only(shapes)?;
    let last = dims::at(&shape, -1)?;
    let units = size(&host.get("units"))?;
    if dims::keras2(host) {
        let dtype = host.compute_dtype();
        if !dtype.is_differentiable() {
            let problem = format!(
                "A Dense layer can only be built with a floating-point dtype. Received: dtype=<dtype: '{dtype}'>"
            );
            return type_error("dtype", problem);
        }
        if dims::is_none(last) {
            let full = dims::text(&shape);
            let problem = "The last dimension of the inputs to a Dense layer should be defined. Found None.";
            let core = format!("{problem} Full input shape received: {full}");
            return Err(ops::Violation::stop(ops::Exc::ValueError, core, ops::Mistake::UnknownDim));
        }
        if matches!(host.get("units"), Arg::Bool(_)) {
            let field = "Field tensorflow.TensorShapeProto.Dim.size";
            return type_error("units", format!("{field}: Expected an int, got a boolean."));
        }
    }
    let initializer = host.get("kernel_initializer");
    let mut kernel = WeightArgs::new("kernel", [last, units], initializer);
    kernel.trainable = lora::rank(host)?.is_none();
    host.add_weight(kernel)?;
    if crate::python::truth(&host.get("use_bias"))? {
        let initializer = host.get("bias_initializer");
        host.add_weight(WeightArgs::new("bias", [units], initializer))?;
    }
    host.set_input_spec(vec![InputSpec::at_least(2).with_dim(-1, last)]);
    lora::add(host, Adapted::KERNEL, &[last, units])
}

fn call(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let Some(kernel) = host.weight("kernel") else { return unknown("the layer is not built") };
    let kernel = lora::merge(host, kernel, Adapted::KERNEL)?;
    let rank = dims::tensor(&args.inputs)?.spec.shape.rank();
    let mut x = args.inputs.clone();
    if dims::keras2(host) {
        x = support::cast(host, x)?;
    }
    x = match rank {
        Some(rank) if dims::keras2(host) && rank != 2 => {
            let last = Arg::Int(rank as i64 - 1);
            let axes = Arg::List([Arg::List([last].into()), Arg::List([Arg::Int(0)].into())].into());
            host.api("tf.tensordot", &[x, kernel, axes], &[])?
        }
        _ => support::api(host, support::MATMUL, &[x, kernel], &[])?,
    };
    if let Some(bias) = host.weight("bias") {
        x = support::add_bias(host, x, bias, None)?;
    }
    support::activate(host, x)
}

fn output_shape(host: &mut dyn Host, inputs: &Arg) -> Infer<Arg> {
    let mut shape = dims::of_input(inputs)?;
    let units = size(&host.get("units"))?;
    match shape.last_mut() {
        Some(last) => *last = units,
        None => return dims::out_of_range("list assignment"),
    }
    Ok(dims::tuple(shape))
}
