//! Normalizations without running statistics: `LayerNormalization`, `GroupNormalization`, `UnitNormalization`.

use ops::{Arg, Exc, Infer, Keras};
use tensor::{Dim, Shape};

use super::{axes, support};
use crate::host::WeightArgs;
use crate::python::{int, known_int, raise, text, truth, type_error, type_name, unknown, value_error};
use crate::{CallArgs, Host, InputSpec, Layer, Mask, dims};

pub(super) static LAYERS: &[Layer] = &[
    Layer {
        name: "LayerNormalization",
        init: |host| {
            axes::init(host, axes::expected_int)?;
            crate::identifiers::check(host)
        },
        build: build_layer_norm,
        call: layer_norm,
        output_shape: Some(axes::same_shape),
        mask: Mask::Keeps,
        source: "keras/src/layers/normalization/layer_normalization.py, \
                 tf_keras/src/layers/normalization/layer_normalization.py",
        ..Layer::BASE
    },
    Layer {
        name: "RMSNormalization",
        build: build_rms,
        call: |host, args| {
            let Some(scale) = host.weight("scale") else { return unknown("the layer is not built") };
            let out = normalize(host, args.inputs.clone(), "layer_rms_norm", &[])?;
            // The scale is along the last axis, whatever `axis` says.
            host.api("keras.ops.multiply", &[out, scale], &[])
        },
        output_shape: Some(axes::same_shape),
        source: "keras/src/layers/normalization/rms_normalization.py",
        ..Layer::BASE
    },
    Layer {
        name: "UnitNormalization",
        init: |host| {
            axes::init(host, |shown| {
                format!(
                    "Invalid value for `axis` argument: expected an int or a list/tuple of ints. Received: axis={}",
                    shown.trim_matches('\'')
                )
            })
        },
        build: |host, shapes| match host.keras() {
            Keras::Two => axes::validated(host, &axes::shape(host, shapes)?).map(|_| ()),
            Keras::Three => Ok(()),
        },
        call: |host, args| {
            let x = support::cast(host, args.inputs.clone())?;
            let axis = host.get("axis");
            let paths = ["tf.linalg.l2_normalize", "keras.ops.normalize"];
            support::api(host, paths, &[x], &[("axis", axis)])
        },
        output_shape: Some(unit_shape),
        mask: Mask::Keeps,
        source: "keras/src/layers/normalization/unit_normalization.py, \
                 tf_keras/src/layers/normalization/unit_normalization.py",
        ..Layer::BASE
    },
    Layer {
        name: "GroupNormalization",
        init: init_group,
        build: build_group,
        call: group_norm,
        output_shape: Some(axes::same_shape),
        mask: Mask::Keeps,
        source: "keras/src/layers/normalization/group_normalization.py, \
                 tf_keras/src/layers/normalization/group_normalization.py",
        ..Layer::BASE
    },
    Layer {
        name: "SpectralNormalization",
        init: init_spectral,
        build: build_spectral,
        call: |host, args| {
            let layer = host.get("layer");
            if host.computes() && args.training == Some(true) {
                super::numbers::normalize_kernel(host, &layer)?;
            }
            host.call(&layer, vec![args.inputs.clone()], Vec::new())
        },
        output_shape: Some(|host, inputs| {
            let layer = host.get("layer");
            let shape = dims::tensor(inputs)?.spec.shape.clone();
            host.compute_output_shape(&layer, &shape)
        }),
        source: "keras/src/layers/normalization/spectral_normalization.py, \
                 tf_keras/src/layers/normalization/spectral_normalization.py",
        ..Layer::BASE
    },
];

/// The axes and the dims there, with which Keras 3 makes weights; it keeps `axis` as a sorted list.
fn sorted_axes(host: &mut dyn Host, shape: &[Dim]) -> Infer<Vec<Dim>> {
    let axes = match host.keras() {
        Keras::Two => axes::validated(host, shape)?,
        Keras::Three => {
            let mut axes = axes::list(host)?;
            axes.sort_unstable();
            axes
        }
    };
    let param = axes.iter().map(|axis| dims::at(shape, *axis)).collect();
    host.set("axis", Arg::List(axes.into_iter().map(Arg::Int).collect()));
    param
}

fn build_layer_norm(host: &mut dyn Host, shapes: &[Shape]) -> Infer<()> {
    let shape = axes::shape(host, shapes)?;
    let param = sorted_axes(host, &shape)?;
    if truth(&support::keyword(host, "rms_scaling"))? {
        let initializer = host.get("gamma_initializer");
        return host.add_weight(WeightArgs::new("gamma", param, initializer)).map(|_| ());
    }
    axes::scale_and_center(host, &param)?;
    if host.keras() == Keras::Two { comparable(&host.get("epsilon")) } else { Ok(()) }
}

/// Keras 2 compares `epsilon` with the least that the fused kernel takes, `_fused_can_be_used`: no text, no `None`.
fn comparable(epsilon: &Arg) -> Infer<()> {
    match epsilon {
        Arg::Str(_) | Arg::None | Arg::List(_) | Arg::Tuple(_) | Arg::Dict(_) => {
            let kind = type_name(epsilon);
            type_error("epsilon", format!("'<' not supported between instances of '{kind}' and 'float'"))
        }
        _ => Ok(()),
    }
}

fn layer_norm(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let [gamma, beta] = ["gamma", "beta"].map(|name| host.weight(name).unwrap_or(Arg::None));
    let x = if dims::keras2(host) { support::cast(host, args.inputs.clone())? } else { args.inputs.clone() };
    let rank = |arg: &Arg| dims::tensor(arg).ok().and_then(|t| t.spec.shape.rank());
    let wide = [&gamma, &beta].into_iter().any(|w| rank(w).is_some_and(|r| r > 1 && Some(r) == rank(&x)));
    if dims::keras2(host) && wide {
        // Weights along every axis are not put into the order of the axes.
        let mut out = normalize(host, x, "layer_norm", &[])?;
        for (paths, weight) in [(support::MULTIPLY, gamma), (support::ADD, beta)] {
            if !weight.is_none() {
                out = support::api(host, paths, &[out, weight], &[])?;
            }
        }
        return Ok(out);
    }
    let out = normalize(host, x, "layer_norm", &[("gamma", gamma), ("beta", beta)])?;
    support::cast(host, out)
}

/// Applies a normalizing op with the layer's axis and epsilon.
fn normalize(host: &mut dyn Host, x: Arg, op: &'static str, weights: &[(&'static str, Arg)]) -> Infer<Arg> {
    if host.computes() {
        return super::numbers::normalize(host, x, op, weights);
    }
    let mut args = vec![("x", x)];
    args.extend(weights.iter().cloned());
    args.push(("axis", host.get("axis")));
    args.push(("epsilon", host.get("epsilon")));
    host.op(op, &args)
}

fn build_rms(host: &mut dyn Host, shapes: &[Shape]) -> Infer<()> {
    let shape = dims::only(shapes)?;
    let param = sorted_axes(host, &shape)?;
    host.add_weight(WeightArgs::new("scale", param, Arg::Str("ones".into()))).map(|_| ())
}

fn unit_shape(host: &mut dyn Host, inputs: &Arg) -> Infer<Arg> {
    let shape = dims::of_input(inputs)?;
    if axes::list(host)?.into_iter().any(|axis| dims::place(shape.len(), axis).is_none()) {
        let (axis, shape) = (axes::shown(host), dims::text(&shape));
        return value_error("axis", format!("Axis {axis} is out of bounds for input shape {shape}."));
    }
    Ok(dims::tuple(shape))
}

fn init_group(host: &mut dyn Host) -> Infer<()> {
    let given = host.get("groups");
    if host.keras() == Keras::Three
        && !crate::python::is_open(&given)
        && !int(&given)?.is_some_and(|n| n > 0 || n == -1)
    {
        return value_error(
            "groups",
            format!(
                "Received an invalid value for argument `groups`, expected a positive integer (or `-1` for instance \
                 normalization). Received: groups={}",
                text(&given)
            ),
        );
    }
    crate::identifiers::check(host)
}

fn build_group(host: &mut dyn Host, shapes: &[Shape]) -> Infer<()> {
    let shape = axes::shape(host, shapes)?;
    let axis = known_int(&host.get("axis"))?;
    if dims::keras2(host) {
        axes::validated(host, &shape)?;
    }
    let channels = dims::at(&shape, axis)?;
    if dims::is_none(channels) {
        return value_error(
            "inputs",
            format!(
                "Axis {axis} of input tensor should have a defined dimension but the layer received an input with \
                 shape {}.",
                dims::text(&shape)
            ),
        );
    }
    host.set_input_spec(vec![InputSpec::rank(shape.len()).with_dim(axis, channels)]);
    if let Dim::Known(channels) = channels {
        check_groups(host, channels)?;
    }
    axes::scale_and_center(host, &[channels])
}

/// Checks that the groups divide the channels.
fn check_groups(host: &mut dyn Host, channels: i64) -> Infer<()> {
    let given = host.get("groups");
    if crate::python::is_open(&given) {
        return Ok(());
    }
    let groups = match known_int(&given)? {
        -1 => channels,
        groups => groups,
    };
    host.set("groups", Arg::Int(groups));
    if channels < groups {
        let problem = "cannot be more than the number of channels";
        return value_error("groups", format!("Number of groups ({groups}) {problem} ({channels})."));
    }
    if groups == 0 {
        return raise(Exc::ZeroDivisionError, "groups", "integer modulo by zero");
    }
    if channels % groups != 0 {
        let problem = "must be a multiple of the number of channels";
        return value_error("groups", format!("Number of groups ({groups}) {problem} ({channels})."));
    }
    Ok(())
}

fn group_norm(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let [gamma, beta] = ["gamma", "beta"].map(|name| host.weight(name).unwrap_or(Arg::None));
    if dims::keras2(host) && !args.mask.is_none() {
        // A mask of steps does not broadcast to features, and Keras 2 tries to.
        return unknown("a group normalization with a mask");
    }
    if dims::of_input(&args.inputs).is_ok_and(|dims| dims.len() == 1) {
        // `group_reduction_axes.pop(-2)` of the only axis.
        return crate::python::raise(ops::Exc::IndexError, "inputs", "pop index out of range");
    }
    let groups = host.get("groups");
    let weights = [("gamma", gamma), ("beta", beta), ("groups", groups)];
    let out = normalize(host, args.inputs.clone(), "layer_group_norm", &weights)?;
    if dims::keras2(host) { Ok(out) } else { support::cast(host, out) }
}

fn init_spectral(host: &mut dyn Host) -> Infer<()> {
    super::rnn::init_wrapper(host, "Wrapper")?;
    let given = host.get("power_iterations");
    match crate::python::number("power_iterations", &given, "<=", "int")? {
        Some(n) if n <= 0.0 => value_error(
            "power_iterations",
            format!(
                "`power_iterations` should be greater than zero. Received: `power_iterations={}`",
                text(&given)
            ),
        ),
        _ => Ok(()),
    }
}

/// The weight of a wrapped layer that is normalized.
///
/// # Errors
/// `ValueError` for a layer without one.
pub(super) fn wrapped_kernel(host: &mut dyn Host, layer: &Arg) -> Infer<Arg> {
    for name in ["kernel", "embeddings"] {
        if host.has_attr(layer, name)? {
            return host.attr(layer, name);
        }
    }
    let class = host.layer_class(layer).unwrap_or_default();
    value_error("layer", format!("{class} object has no attribute 'kernel' nor 'embeddings'"))
}

fn build_spectral(host: &mut dyn Host, shapes: &[Shape]) -> Infer<()> {
    let layer = host.get("layer");
    host.build_wrapped(&layer, shapes)?;
    let shape = if host.unknown_rank() { Vec::new() } else { dims::only(shapes)? };
    let spec = match host.keras() {
        Keras::Two => {
            let rest = shape.get(1..).unwrap_or_default();
            InputSpec::shaped(Shape::new(std::iter::once(dims::NONE).chain(rest.iter().copied())))
        }
        Keras::Three => InputSpec::at_least(1).with_dim(-1, dims::at(&shape, -1)?),
    };
    host.set_input_spec(vec![spec]);
    let kernel = wrapped_kernel(host, &layer)?;
    let last = dims::tensor(&kernel)?.spec.shape.dim(-1).unwrap_or(Dim::Unknown);
    let vector = WeightArgs::new("vector_u", [Dim::Known(1), last], Arg::Str("truncated_normal".into()));
    host.add_weight(WeightArgs { trainable: false, ..vector }).map(|_| ())
}
