//! `Rescaling` and `Normalization`.

use ops::{Arg, Exc, Infer, Keras};
use tensor::{DType, Dim, Shape};

use crate::dims;
use crate::host::WeightArgs;
use crate::layer::{no_build, no_init, same_shape};
use crate::python::{int, raise, text, unknown, value_error};
use crate::tools::Tools;
use crate::{CallArgs, Host, Layer, Mask};

use super::{Made, result};

pub(super) static LAYERS: &[Layer] = &[
    Layer {
        name: "Rescaling",
        init: no_init,
        build: no_build,
        call: rescale,
        output_shape: Some(same_shape),
        mask: Mask::Keeps,
        source: "keras/src/layers/preprocessing/rescaling.py",
        ..Layer::BASE
    },
    Layer {
        name: "Normalization",
        init,
        build,
        call: normalize,
        output_shape: Some(same_shape),
        mask: Mask::Keeps,
        source: "keras/src/layers/preprocessing/normalization.py, tf_keras/src/layers/preprocessing/normalization.py",
        ..Layer::BASE
    },
];

fn rescale(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let dtype = host.compute_dtype();
    let (scale, offset) = (host.get("scale"), host.get("offset"));
    let t = &mut Tools::new(host);
    let x = t.cast(&args.inputs, dtype)?;
    let scale = t.cast(&scale, dtype)?;
    let offset = t.cast(&offset, dtype)?;
    let product = t.mul(&x, &scale)?;
    t.add(&product, &offset)
}

/// The axes kept, as the constructor got them.
fn axes(host: &dyn Host) -> Infer<Vec<i64>> {
    match host.get("axis") {
        Arg::None => Ok(Vec::new()),
        Arg::Tuple(items) | Arg::List(items) => items.iter().map(crate::python::known_int).collect(),
        one => match int(&one)? {
            Some(axis) => Ok(vec![axis]),
            None => unknown("axes that are not known"),
        },
    }
}

fn init(host: &mut dyn Host) -> Infer<()> {
    let (mean, variance) = (host.get("mean"), host.get("variance"));
    if matches!(mean, Arg::Unknown) || matches!(variance, Arg::Unknown) {
        return unknown("a mean that is not known");
    }
    let (m, v) = (text(&mean), text(&variance));
    if mean.is_none() != variance.is_none() {
        let message = "When setting values directly, both `mean` and `variance` must be set.";
        return value_error(
            "mean",
            match host.keras() {
                Keras::Two => format!("{message} Got mean: {m} and variance: {v}"),
                Keras::Three => format!("{message} Received: mean={m} and variance={v}"),
            },
        );
    }
    if mean.is_none() || host.keras() == Keras::Two {
        return Ok(());
    }
    let (Some(mean), Some(variance)) = (dims::of_numbers(&mean), dims::of_numbers(&variance)) else {
        return Ok(());
    };
    if mean != variance {
        let (m, v) = (mean.tuple(), variance.tuple());
        return value_error(
            "mean",
            format!(
                "When setting values directly, `mean` and `variance` must have the same shape. Received: mean shape {m} and \
             variance shape {v}"
            ),
        );
    }
    let axes = axes(host)?;
    if mean.rank().is_some_and(|r| r > axes.len()) {
        let (m, count) = (mean.tuple(), axes.len());
        let axis = text(&Arg::Tuple(axes.into_iter().map(Arg::Int).collect()));
        return value_error(
            "mean",
            format!(
                "The rank of `mean` must be less than or equal to the number of axes ({count}). Received: mean shape {m} for \
             axis {axis}"
            ),
        );
    }
    Ok(())
}

fn build(host: &mut dyn Host, shapes: &[Shape]) -> Infer<()> {
    dims::ranked(host)?;
    let shape = dims::only(shapes)?;
    let axes = axes(host)?;
    let two = host.keras() == Keras::Two;
    let axis = text(&Arg::Tuple(axes.iter().map(|a| Arg::Int(*a)).collect()));
    let rank = shape.len();
    if axes.iter().any(|a| dims::place(rank, *a).is_none()) {
        let message = "All `axis` values must be in the range [-ndim, ndim).";
        return value_error(
            "axis",
            if two {
                format!("{message} Found ndim: `{rank}`, axis: {axis}")
            } else {
                format!("{message} Received inputs with ndim={rank}, while axis={axis}")
            },
        );
    }
    let mut kept: Vec<usize> = axes.iter().filter_map(|a| dims::place(rank, *a)).collect();
    kept.sort_unstable();
    for at in &kept {
        if dims::size(shape[*at])?.is_none() {
            return value_error(
                "axis",
                if two {
                    let full = dims::list_text(&shape);
                    format!(
                        "All `axis` values to be kept must have known shape. Got axis: {axis}, input shape: {full}, with \
                     unknown axis at index: {at}"
                    )
                } else {
                    let full = dims::text(&shape);
                    format!(
                        "All `axis` values to be kept must have a known shape. Received axis={axis}, inputs.shape={full}, \
                     with unknown axis at index {at}"
                    )
                },
            );
        }
    }
    let sizes: Vec<Dim> = kept.iter().map(|at| shape[*at]).collect();
    let given = host.get("mean");
    if !given.is_none() {
        return check_mean(host, &given, &sizes, (&kept, rank));
    }
    let mut weight = |name: &str, sizes: &[Dim], initializer: &str, dtype: Option<DType>| {
        let mut weight = WeightArgs::new(name, sizes.iter().copied(), Arg::Str(initializer.into()));
        weight.trainable = false;
        weight.dtype = dtype;
        host.add_weight(weight).map(|_| ())
    };
    weight("mean", &sizes, "zeros", None)?;
    weight("variance", &sizes, "ones", None)?;
    weight("count", &[], "zeros", Some(if two { DType::Int64 } else { DType::Int32 }))
}

/// A mean that does not broadcast to the axes kept, of an input of some rank.
fn check_mean(host: &dyn Host, mean: &Arg, sizes: &[Dim], (kept, rank): (&[usize], usize)) -> Infer<()> {
    let Some(mean) = dims::of_numbers(mean) else { return unknown("a mean of a shape that is not known") };
    let have = mean.dims().unwrap_or_default();
    let pairs = || have.iter().rev().zip(sizes.iter().rev());
    let fits = have.len() <= sizes.len() && pairs().all(|(a, b)| *a == Dim::Known(1) || a == b);
    if fits || host.keras() == Keras::Three && have.is_empty() {
        return Ok(());
    }
    let (m, s) = (mean.tuple(), Shape::new(sizes.iter().copied()).tuple());
    let one = Dim::Known(1);
    if host.keras() == Keras::Two
        && have.len() <= sizes.len()
        && pairs().all(|(a, b)| *a == one || *b == one || a == b)
    {
        // NumPy broadcasts the ones, and what comes of it does not fit back.
        let size = sizes.iter().fold(Dim::Known(1), |n, d| n.times(*d));
        let grown = pairs().fold(size, |n, (a, b)| if *b == one { n.times(*a) } else { n });
        let core = format!(
            "{{{{function_node __wrapped__Reshape_device_/job:localhost/replica:0/task:0/device:CPU:0}}}} Input to reshape is \
             a tensor with {grown} values, but the requested shape has {size} [Op:Reshape]"
        );
        return raise(Exc::InvalidArgumentError, "mean", core);
    }
    if host.keras() == Keras::Two {
        let core = format!("operands could not be broadcast together with shapes {m} {s} ");
        return value_error("mean", core);
    }
    let spread = |sizes: &[Dim]| {
        let mut all = vec![one; rank];
        for (at, size) in kept.iter().rev().zip(sizes.iter().rev()) {
            all[*at] = *size;
        }
        dims::list_text(&all).replace(' ', "")
    };
    let (from, to) = (spread(have), spread(sizes));
    let problem = if pairs().all(|(a, b)| *a == one || *b == one || a == b) {
        format!("Unable to broadcast tensor of shape {from} to tensor of shape {to}")
    } else {
        format!("Incompatible shapes: {from} vs. {to}")
    };
    let core = format!(
        "{{{{function_node __wrapped__BroadcastTo_device_/job:localhost/replica:0/task:0/device:CPU:0}}}} {problem} \
         [Op:BroadcastTo]"
    );
    raise(Exc::InvalidArgumentError, "mean", core)
}

fn normalize(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let dims = dims::of_input(&args.inputs)?;
    let dtype = host.compute_dtype();
    if host.computes() {
        return scaled(host, &args.inputs, &dims, dtype);
    }
    refuse_width(host, &dims)?;
    result(host, "augmented", args.inputs.clone(), Made { dims, dtype })
}

/// Values of another width than those that the layer was built for do not broadcast with the mean.
fn refuse_width(host: &mut dyn Host, dims: &[Dim]) -> Infer<()> {
    if host.mode() != ops::Mode::Eager || !host.get("mean").is_none() {
        return Ok(());
    }
    let Some(Arg::Tensor(mean)) = host.weight("mean") else { return Ok(()) };
    let Some(sizes) = mean.spec.shape.all_known() else { return Ok(()) };
    let kept: Vec<usize> = axes(host)?.iter().filter_map(|axis| dims::place(dims.len(), *axis)).collect();
    if kept.len() != sizes.len() {
        return Ok(());
    }
    let mut whole = vec![Dim::Known(1); dims.len()];
    for (at, size) in kept.iter().zip(&sizes) {
        whole[*at] = Dim::Known(*size);
    }
    let (own, mean) = (Shape::new(dims.iter().copied()), Shape::new(whole));
    if tensor::broadcast(&own, &mean).is_ok() {
        return Ok(());
    }
    let text = format!("Incompatible shapes: {} vs. {}", own.bracketed(), mean.bracketed());
    raise(Exc::InvalidArgumentError, "inputs", ops::spec::on_values("Sub", &text))
}

/// `(x - mean) / max(sqrt(variance), epsilon)`, with the numbers that were given or adapted to.
fn scaled(host: &mut dyn Host, x: &Arg, shape: &[Dim], dtype: DType) -> Infer<Arg> {
    let mut kept = Vec::new();
    for axis in axes(host)? {
        kept.extend(dims::place(shape.len(), axis));
    }
    let size = |at: usize| if kept.contains(&at) { shape[at].known() } else { Some(1) };
    let Some(sizes) = (0..shape.len()).map(size).collect::<Option<Vec<i64>>>() else {
        return unknown("a normalization along an axis of unknown size");
    };
    let mut parts = Vec::new();
    for name in ["mean", "variance"] {
        let given = host.get(name);
        let part = if given.is_none() { host.weight(name) } else { Some(given) };
        let Some(part) = part else { return unknown("the layer is not built") };
        let t = &mut Tools::new(host);
        let part = t.convert(&part, None)?;
        let part = t.cast(&part, dtype)?;
        let count: i64 = sizes.iter().product();
        let whole = if crate::tools::shape_of(&part).size().known() == Some(count) {
            let sizes = Arg::List(sizes.iter().map(|n| Arg::Int(*n)).collect());
            t.call(["tf.reshape", "keras.ops.reshape"], &[&part, &sizes], &[])?
        } else {
            part
        };
        parts.push(whole);
    }
    let [mean, variance] = &parts[..] else { return unknown("the layer is not built") };
    let inverts = crate::python::truth(&host.get("invert"))?;
    let t = &mut Tools::new(host);
    let x = t.cast(x, dtype)?;
    let root = t.sqrt(variance)?;
    let least = t.convert(&Arg::Float(1e-7), Some(dtype))?;
    let spread = t.maximum(&root, &least)?;
    if inverts {
        let wide = t.mul(&x, &spread)?;
        return t.add(&wide, mean);
    }
    let away = t.sub(&x, mean)?;
    t.div(&away, &spread)
}
