//! `BatchNormalization`, and Keras 2's `SyncBatchNormalization`, which is the same on one device.

use ops::{Arg, Infer, Keras};
use tensor::{Dim, Shape};

use super::{axes, support};
use crate::host::WeightArgs;
use crate::python::{ints, known_int, text, truth, type_error, type_name, unknown, value_error};
use crate::{CallArgs, Host, InputSpec, Layer, Mask, dims};

/// One row.
const fn row(name: &'static str, init: fn(&mut dyn Host) -> Infer<()>) -> Layer {
    Layer {
        name,
        init,
        build,
        call,
        output_shape: Some(axes::same_shape),
        mask: Mask::Keeps,
        source: "keras/src/layers/normalization/batch_normalization.py, \
                 tf_keras/src/layers/normalization/batch_normalization.py",
        ..Layer::BASE
    }
}

pub(super) static LAYERS: &[Layer] = &[
    row("BatchNormalization", init),
    row("SyncBatchNormalization", |host| {
        axes::init(host, axes::expected_int)?;
        crate::identifiers::check(host)
    }),
];

fn init(host: &mut dyn Host) -> Infer<()> {
    match host.keras() {
        Keras::Two => {
            axes::init(host, axes::expected_int)?;
            let fused = support::keyword(host, "fused");
            if truth(&support::keyword(host, "synchronized"))? && truth(&fused)? {
                return value_error("fused", "`fused=True` is not supported when `synchronized=True`.");
            }
            if truth(&fused)?
                && let Some(problem) = unfusable(host)?
            {
                return value_error("fused", problem);
            }
        }
        Keras::Three => {
            let given = host.get("axis");
            let axis = match &given {
                Arg::Float(x) => *x as i64,
                Arg::Str(s) => match s.trim().parse() {
                    Ok(axis) => axis,
                    Err(_) => {
                        let problem = format!("invalid literal for int() with base 10: '{s}'");
                        return value_error("axis", problem);
                    }
                },
                Arg::Tuple(_) | Arg::List(_) | Arg::None | Arg::Dict(_) => {
                    let kind = type_name(&given);
                    let problem = format!(
                        "int() argument must be a string, a bytes-like object or a real number, not '{kind}'"
                    );
                    return type_error("axis", problem);
                }
                _ => known_int(&given)?,
            };
            host.set("axis", Arg::Int(axis));
            for param in ["momentum", "epsilon"] {
                check_float(param, &host.get(param))?;
            }
        }
    }
    if truth(&support::keyword(host, "renorm"))? {
        check_clipping(host)?;
    }
    crate::identifiers::check(host)
}

/// What `float(x)` refuses.
fn check_float(param: &'static str, given: &Arg) -> Infer<()> {
    match given {
        Arg::Str(s) if s.trim().parse::<f64>().is_err() => {
            value_error(param, format!("could not convert string to float: '{s}'"))
        }
        Arg::Tuple(_) | Arg::List(_) | Arg::None | Arg::Dict(_) => {
            let kind = type_name(given);
            type_error(param, format!("float() argument must be a string or a real number, not '{kind}'"))
        }
        _ => Ok(()),
    }
}

fn check_clipping(host: &dyn Host) -> Infer<()> {
    let given = support::keyword(host, "renorm_clipping");
    let Arg::Dict(items) = &given else { return Ok(()) };
    if items.iter().any(|(key, _)| !matches!(&**key, "rmax" | "rmin" | "dmax")) {
        let shown = text(&given);
        return value_error(
            "renorm_clipping",
            format!(
                "Received invalid keys for `renorm_clipping` argument: {shown}. Supported values: ['rmax', 'rmin', \
                 'dmax']."
            ),
        );
    }
    Ok(())
}

/// Says why Keras 2 cannot use the fused kernel.
pub(super) fn unfusable(host: &dyn Host) -> Infer<Option<String>> {
    if truth(&support::keyword(host, "renorm"))? {
        return Ok(Some("Passing both `fused=True` and `renorm=True` is not supported".to_owned()));
    }
    let axis = axes::list(host)?;
    if axis.len() > 1 || !matches!(axis.first(), Some(-4 | -3 | -1 | 1 | 3 | 4)) {
        let shown = crate::python::repr(&Arg::List(axis.into_iter().map(Arg::Int).collect()));
        return Ok(Some(format!(
            "Passing `fused=True` is only supported when axis is 1 or 3 for input rank = 4 or 1 or 4 for input rank = \
             5. Got axis {shown}"
        )));
    }
    if !support::keyword(host, "virtual_batch_size").is_none() {
        let problem = "Passing `fused=True` is not supported when `virtual_batch_size` is specified.";
        return Ok(Some(problem.to_owned()));
    }
    if !matches!(host.compute_dtype().name(), "float16" | "bfloat16" | "float32") {
        return Ok(Some(format!(
            "Passing `fused=True` is only supported when the compute dtype is float16, bfloat16, or float32. Got \
             dtype: {}",
            host.compute_dtype()
        )));
    }
    Ok(None)
}

fn build(host: &mut dyn Host, shapes: &[Shape]) -> Infer<()> {
    let shape = axes::shape(host, shapes)?;
    let (param, spec) = match host.keras() {
        Keras::Two => param_shape2(host, &shape)?,
        Keras::Three => {
            let axis = known_int(&host.get("axis"))?;
            let dim = dims::at(&shape, axis)?;
            (vec![dim], InputSpec::rank(shape.len()).with_dim(axis, dim))
        }
    };
    axes::scale_and_center(host, &param)?;
    let [mean, variance] =
        ["moving_mean_initializer", "moving_variance_initializer"].map(|name| host.get(name));
    let mut frozen = |name: &'static str, initializer: Arg| -> Infer<()> {
        let weight = WeightArgs::new(name, param.iter().copied(), initializer);
        host.add_weight(WeightArgs { trainable: false, ..weight }).map(|_| ())
    };
    frozen("moving_mean", mean.clone())?;
    frozen("moving_variance", variance.clone())?;
    if truth(&support::keyword(host, "renorm"))? {
        // The root of what variances begin with.
        let deviation = match &variance {
            Arg::Str(name) if matches!(name.to_lowercase().as_str(), "ones" | "zeros") => variance.clone(),
            _ => Arg::Unknown,
        };
        for (name, initializer) in
            [("moving_stddev", &deviation), ("renorm_mean", &mean), ("renorm_stddev", &deviation)]
        {
            let weight = WeightArgs::new(name, param.iter().copied(), initializer.clone());
            host.add_weight(WeightArgs { trainable: false, ..weight })?;
        }
    }
    host.set_input_spec(vec![spec]);
    Ok(())
}

/// Keras 2's shape of the parameters, its checks of the axes included.
fn param_shape2(host: &mut dyn Host, shape: &[Dim]) -> Infer<(Vec<Dim>, InputSpec)> {
    let axis = axes::validated(host, shape)?;
    if !support::keyword(host, "virtual_batch_size").is_none() {
        return unknown("virtual batches are not modelled");
    }
    let asked = support::keyword(host, "fused");
    let rank = shape.len();
    let fused = match asked {
        Arg::None | Arg::Missing => matches!(rank, 4 | 5) && unfusable(host)?.is_none(),
        _ => truth(&asked)?,
    };
    if fused && !matches!(rank, 4 | 5) {
        return value_error(
            "fused",
            format!(
                "Batch normalization layers with `fused=True` only support 4D or 5D input tensors. Received tensor \
                 with shape: {}",
                dims::text(shape)
            ),
        );
    }
    if fused && rank == 4 && !matches!(axis.as_slice(), [1 | 3]) {
        return value_error(
            "axis",
            format!(
                "Unsupported axis. The use of `fused=True` is only possible with `axis=1` or `axis=3` for 4D input \
                 tensors. Received: axis={}",
                ints(&axis)
            ),
        );
    }
    let mut spec = InputSpec::rank(rank);
    for x in &axis {
        let dim = dims::at(shape, *x)?;
        if dims::is_none(dim) {
            return value_error(
                "inputs",
                format!(
                    "Input has undefined `axis` dimension. Received input with shape {} and axis={}",
                    dims::text(shape),
                    ints(&axis)
                ),
            );
        }
        spec = spec.with_dim(*x, dim);
    }
    let param = match axis.as_slice() {
        [x] => vec![dims::at(shape, *x)?],
        _ => (0..)
            .zip(shape)
            .map(|(i, dim): (i64, _)| if axis.contains(&i) { *dim } else { Dim::Known(1) })
            .collect(),
    };
    host.set("axis", Arg::List(axis.into_iter().map(Arg::Int).collect()));
    Ok((param, spec))
}

fn call(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let x = super::support::cast(host, args.inputs.clone())?;
    let (Some(mean), Some(variance)) = (host.weight("moving_mean"), host.weight("moving_variance")) else {
        return unknown("the layer is not built");
    };
    let [gamma, beta] = ["gamma", "beta"].map(|name| host.weight(name).unwrap_or(Arg::None));
    if host.computes() {
        let weights = super::numbers::BatchWeights { mean, variance, gamma, beta };
        return super::numbers::batch_norm(host, x, &weights, args);
    }
    let [axis, epsilon] = ["axis", "epsilon"].map(|name| host.get(name));
    let training = args.training.map_or(Arg::None, Arg::Bool);
    host.op(
        "layer_batch_norm",
        &[
            ("x", x),
            ("mean", mean),
            ("variance", variance),
            ("gamma", gamma),
            ("beta", beta),
            ("axis", axis),
            ("epsilon", epsilon),
            ("training", training),
        ],
    )
}
