//! Layers as their sources compose them of functions that have numbers: convolutions, pools, normalizations.
//!
//! A check takes the shapes of these from an op that knows a layer's settings; with numbers the same layer calls
//! the functions that the frameworks' layers call.

use ops::{Arg, Infer, Keras, Stop};
use tensor::DType;

use super::support::{self, api};
use crate::config::number;
use crate::tools::{Tools, dtype_of};
use crate::{CallArgs, Host, args as arguments, dims};

/// An argument by its name.
fn named(args: &[(&'static str, Arg)], name: &str) -> Arg {
    args.iter().find(|(n, _)| *n == name).map_or(Arg::Missing, |(_, a)| a.clone())
}

/// A word in capitals: `"same"` is `"SAME"` to TensorFlow.
fn capitals(word: &Arg) -> Arg {
    match word {
        Arg::Str(s) => Arg::Str(s.to_uppercase().into()),
        other => other.clone(),
    }
}

/// Runs a convolution by its name in [`super::conv`].
///
/// # Errors
/// What the functions answer.
pub(super) fn convolve(host: &mut dyn Host, op: &str, args: &[(&'static str, Arg)]) -> Infer<Arg> {
    let first = arguments::channels_first(host);
    let mut x = named(args, "x");
    let (strides, dilations) = (named(args, "strides"), named(args, "dilation_rate"));
    let mut padding = named(args, "padding");
    let kernel =
        [named(args, "kernel"), named(args, "depthwise_kernel")].into_iter().find(|k| *k != Arg::Missing);
    let kernel = kernel.ok_or(Stop::Unknown("a convolution without a kernel"))?;
    let rank = dims::tensor(&kernel)?.spec.shape.rank().unwrap_or(2).saturating_sub(2);
    if matches!(&padding, Arg::Str(s) if &**s == "causal") {
        x = causal(host, x, &kernel, first)?;
        padding = Arg::Str("valid".into());
    }
    let format = match host.keras() {
        Keras::Two => Arg::Str(support::tf_format(first, rank).into()),
        Keras::Three => host.get("data_format"),
    };
    let mut keywords =
        vec![("strides", strides.clone()), ("padding", padding.clone()), ("data_format", format)];
    if host.keras() == Keras::Three {
        keywords.push(("dilation_rate", dilations));
        return match op {
            "layer_conv" => host.api("keras.ops.conv", &[x, kernel], &keywords),
            "layer_depthwise_conv" => host.api("keras.ops.depthwise_conv", &[x, kernel], &keywords),
            "layer_separable_conv" => {
                let pointwise = named(args, "pointwise_kernel");
                host.api("keras.ops.separable_conv", &[x, kernel, pointwise], &keywords)
            }
            "layer_conv_transpose" => {
                let extra = host.get("output_padding");
                if !matches!(extra, Arg::None | Arg::Missing) {
                    keywords.push(("output_padding", extra));
                }
                host.api("keras.ops.conv_transpose", &[x, kernel], &keywords)
            }
            _ => Err(Stop::Unknown("a convolution without numbers")),
        };
    }
    convolve2(host, op, args, [x, kernel], [strides, padding, dilations], rank)
}

/// Keras 2's functions for convolutions.
fn convolve2(
    host: &mut dyn Host,
    op: &str,
    args: &[(&'static str, Arg)],
    [x, kernel]: [Arg; 2],
    [strides, padding, dilations]: [Arg; 3],
    rank: usize,
) -> Infer<Arg> {
    let first = arguments::channels_first(host);
    let format = |rank: usize| Arg::Str(support::tf_format(first, rank).into());
    if op == "layer_conv" {
        let keywords = [
            ("strides", strides),
            ("padding", capitals(&padding)),
            ("data_format", format(rank)),
            ("dilations", dilations),
        ];
        return host.api("tf.nn.convolution", &[x, kernel], &keywords);
    }
    let pointwise = named(args, "pointwise_kernel");
    match (op, rank) {
        ("layer_depthwise_conv", 2) => {
            let keywords = [
                ("strides", spread(&strides, first)),
                ("padding", capitals(&padding)),
                ("data_format", format(2)),
                ("dilations", dilations),
            ];
            host.api("tf.nn.depthwise_conv2d", &[x, kernel], &keywords)
        }
        ("layer_separable_conv", 2) => {
            let keywords = [
                ("strides", spread(&strides, first)),
                ("padding", capitals(&padding)),
                ("data_format", format(2)),
                ("dilations", dilations),
            ];
            host.api("tf.nn.separable_conv2d", &[x, kernel, pointwise], &keywords)
        }
        ("layer_conv_transpose", 2) => {
            let keywords = [
                ("strides", spread(&strides, first)),
                ("padding", capitals(&padding)),
                ("data_format", format(2)),
            ];
            let sizes = named(args, "output_shape");
            host.api("tf.nn.conv2d_transpose", &[x, kernel, sizes], &keywords)
        }
        ("layer_conv_transpose", 1 | 3) => {
            let keywords = [
                ("strides", strides),
                ("padding", capitals(&padding)),
                ("data_format", format(rank)),
                ("dilations", dilations),
            ];
            let sizes = named(args, "output_shape");
            let path = if rank == 1 { "tf.nn.conv1d_transpose" } else { "tf.nn.conv3d_transpose" };
            host.api(path, &[x, kernel, sizes], &keywords)
        }
        // One dimension is carried out as two, of which the first has size 1.
        ("layer_depthwise_conv" | "layer_separable_conv", 1) => {
            let axis = [("axis", Arg::Int(if first { 2 } else { 1 }))];
            let x = host.api("tf.expand_dims", &[x], &axis)?;
            let lift =
                |host: &mut dyn Host, k: Arg| host.api("tf.expand_dims", &[k], &[("axis", Arg::Int(0))]);
            let kernel = lift(host, kernel)?;
            let one = strides.items().and_then(|s| s.first().cloned()).unwrap_or(Arg::Int(1));
            let strides = Arg::List([one.clone(), one].into());
            let wide = dilations.items().and_then(|s| s.first().cloned()).unwrap_or(Arg::Int(1));
            let keywords = [
                ("strides", spread(&strides, first)),
                ("padding", capitals(&padding)),
                ("data_format", format(2)),
                ("dilations", Arg::List([Arg::Int(1), wide].into())),
            ];
            let out = if op == "layer_depthwise_conv" {
                host.api("tf.nn.depthwise_conv2d", &[x, kernel], &keywords)?
            } else {
                let pointwise = lift(host, pointwise)?;
                host.api("tf.nn.separable_conv2d", &[x, kernel, pointwise], &keywords)?
            };
            host.api("tf.squeeze", &[out], &axis)
        }
        _ => Err(Stop::Unknown("a convolution without numbers")),
    }
}

/// Strides with those of the batch and the channels.
fn spread(strides: &Arg, first: bool) -> Arg {
    let own = strides.items().map(<[Arg]>::to_vec).unwrap_or_default();
    let one = || Arg::Int(1);
    let all: Vec<Arg> = if first {
        [one(), one()].into_iter().chain(own).collect()
    } else {
        std::iter::once(one()).chain(own).chain([one()]).collect()
    };
    Arg::List(all.into())
}

/// Pads the past of a sequence, so that no output sees what comes after it.
fn causal(host: &mut dyn Host, x: Arg, kernel: &Arg, first: bool) -> Infer<Arg> {
    let size = dims::tensor(kernel)?.spec.shape.dim(0).and_then(tensor::Dim::known).unwrap_or(1);
    let dilation = arguments::stored(host, "dilation_rate")?.first().copied().unwrap_or(1);
    let pair = |before: i64| Arg::List([Arg::Int(before), Arg::Int(0)].into());
    let before = pair(dilation * (size - 1));
    let pads = if first { [pair(0), pair(0), before] } else { [pair(0), before, pair(0)] };
    api(host, ["tf.pad", "keras.ops.pad"], &[x, Arg::List(pads.into())], &[])
}

/// Runs a pool.
///
/// # Errors
/// What the functions answer.
pub(super) fn pool(host: &mut dyn Host, x: Arg, max: bool) -> Infer<Arg> {
    let [size, strides, padding, format] =
        ["pool_size", "strides", "padding", "data_format"].map(|name| host.get(name));
    if host.keras() == Keras::Three {
        let path = if max { "keras.ops.max_pool" } else { "keras.ops.average_pool" };
        let keywords = [("strides", strides), ("padding", padding), ("data_format", format)];
        return host.api(path, &[x, size], &keywords);
    }
    let rank = dims::of_input(&x)?.len().saturating_sub(2);
    let format = Arg::Str(support::tf_format(arguments::channels_first(host), rank).into());
    let path = match (max, rank) {
        (true, 1) => "tf.nn.max_pool1d",
        (true, 2) => "tf.nn.max_pool2d",
        (true, _) => "tf.nn.max_pool3d",
        (false, 1) => "tf.nn.avg_pool1d",
        (false, 2) => "tf.nn.avg_pool2d",
        (false, _) => "tf.nn.avg_pool3d",
    };
    let keywords =
        [("ksize", size), ("strides", strides), ("padding", capitals(&padding)), ("data_format", format)];
    host.api(path, &[x], &keywords)
}

/// The mean and the variance along axes, which stay with size 1.
fn moments(t: &mut Tools<'_>, x: &Arg, axes: &Arg) -> Infer<(Arg, Arg)> {
    let keywords = [("axis", axes.clone()), ("keepdims", Arg::Bool(true))];
    let paths = ["tf.reduce_mean", "keras.ops.mean"];
    let mean = t.call(paths, &[x], &keywords)?;
    let away = t.sub(x, &mean)?;
    let squares = t.square(&away)?;
    let variance = t.call(paths, &[&squares], &keywords)?;
    Ok((mean, variance))
}

/// `1 / sqrt(variance + epsilon)`.
fn inverse_root(t: &mut Tools<'_>, variance: &Arg, epsilon: &Arg) -> Infer<Arg> {
    let spread = t.add(variance, epsilon)?;
    t.call(["tf.math.rsqrt", "keras.ops.rsqrt"], &[&spread], &[])
}

/// `(x - mean) / sqrt(variance + epsilon) * gamma + beta`.
fn standardised(
    t: &mut Tools<'_>,
    x: &Arg,
    [mean, variance]: [&Arg; 2],
    epsilon: &Arg,
    [gamma, beta]: [&Arg; 2],
) -> Infer<Arg> {
    let mut factor = inverse_root(t, variance, epsilon)?;
    if !gamma.is_none() {
        factor = t.mul(&factor, gamma)?;
    }
    let away = t.sub(x, mean)?;
    let out = t.mul(&away, &factor)?;
    if beta.is_none() { Ok(out) } else { t.add(&out, beta) }
}

/// Gives a weight the rank of the input: its sizes along these axes, 1 along the others.
fn along(t: &mut Tools<'_>, weight: &Arg, shape: &[tensor::Dim], axes: &[usize]) -> Infer<Arg> {
    if weight.is_none() || (axes.len() == 1 && axes[0] + 1 == shape.len()) {
        return Ok(weight.clone());
    }
    let size = |(at, dim): (usize, &tensor::Dim)| {
        if axes.contains(&at) { Arg::Int(dim.known().unwrap_or(-1)) } else { Arg::Int(1) }
    };
    let sizes = Arg::List(shape.iter().enumerate().map(size).collect());
    t.call(["tf.reshape", "keras.ops.reshape"], &[weight, &sizes], &[])
}

/// The axes of a layer's `axis`, from the front.
fn axes_of(host: &dyn Host, rank: usize) -> Infer<Vec<usize>> {
    let unknown = Stop::Unknown("axes that are not known");
    let given = host.get("axis");
    let items = given.items().map_or_else(|| vec![given.clone()], <[Arg]>::to_vec);
    items
        .iter()
        .map(|axis| match axis {
            Arg::Int(n) => dims::place(rank, *n).ok_or(unknown.clone()),
            _ => Err(unknown.clone()),
        })
        .collect()
}

fn int_list(axes: impl IntoIterator<Item = usize>) -> Arg {
    Arg::List(axes.into_iter().map(|axis| Arg::Int(axis as i64)).collect())
}

/// Runs a normalization by the name of its op in [`super::normalization`].
///
/// # Errors
/// What the functions answer.
pub(super) fn normalize(
    host: &mut dyn Host,
    x: Arg,
    op: &str,
    weights: &[(&'static str, Arg)],
) -> Infer<Arg> {
    let weight = |name: &str| match named(weights, name) {
        Arg::Missing => Arg::None,
        weight => weight,
    };
    let (gamma, beta, epsilon) = (weight("gamma"), weight("beta"), host.get("epsilon"));
    let shape = dims::of_input(&x)?;
    let axes = axes_of(host, shape.len())?;
    if op == "layer_group_norm" {
        return group_norm(host, &x, [&gamma, &beta], &epsilon);
    }
    let scaled = op == "layer_norm" && matches!(host.get("rms_scaling"), Arg::Bool(true));
    let t = &mut Tools::new(host);
    let (gamma, beta) = (along(t, &gamma, &shape, &axes)?, along(t, &beta, &shape, &axes)?);
    if op == "layer_rms_norm" {
        let squares = t.square(&x)?;
        let keywords = [("axis", int_list(axes)), ("keepdims", Arg::Bool(true))];
        let mean = t.call(["tf.reduce_mean", "keras.ops.mean"], &[&squares], &keywords)?;
        let factor = inverse_root(t, &mean, &epsilon)?;
        return t.mul(&x, &factor);
    }
    let half = dtype_of(&x).filter(|dtype| matches!(dtype, DType::Float16 | DType::BFloat16));
    if let (Keras::Two, Some(half)) = (t.keras(), half) {
        let fused = number(&epsilon).is_none_or(|epsilon| epsilon >= 1.001e-5);
        return half_norm(t, &x, half, &int_list(axes), &epsilon, [&gamma, &beta], fused);
    }
    let (mean, variance) = moments(t, &x, &int_list(axes))?;
    if scaled {
        // `LayerNormalization(rms_scaling=True)` divides by the deviation and takes no mean away.
        let factor = inverse_root(t, &variance, &epsilon)?;
        let out = t.mul(&x, &factor)?;
        return if gamma.is_none() { Ok(out) } else { t.mul(&out, &gamma) };
    }
    standardised(t, &x, [&mean, &variance], &epsilon, [&gamma, &beta])
}

/// Keras 2's layer normalization of half precision, which is standardised in float32; the fused kernel rounds before the
/// scale comes in.
fn half_norm(
    t: &mut Tools<'_>,
    x: &Arg,
    half: DType,
    axes: &Arg,
    epsilon: &Arg,
    [gamma, beta]: [&Arg; 2],
    fused: bool,
) -> Infer<Arg> {
    let x = t.cast(x, DType::Float32)?;
    let (mean, variance) = moments(t, &x, axes)?;
    if !fused {
        let out = standardised(t, &x, [&mean, &variance], epsilon, [gamma, beta])?;
        return t.cast(&out, half);
    }
    let out = standardised(t, &x, [&mean, &variance], epsilon, [&Arg::None; 2])?;
    let mut out = t.cast(&out, half)?;
    if !gamma.is_none() {
        let gamma = t.cast(gamma, half)?;
        out = t.mul(&out, &gamma)?;
    }
    if beta.is_none() {
        return Ok(out);
    }
    let beta = t.cast(beta, half)?;
    t.add(&out, &beta)
}

/// Divides a wrapped layer's kernel by its largest singular value, which is approached by power iteration from the
/// vector that the last step left.
///
/// # Errors
/// What the functions answer; the kernel is not known.
///
/// source: keras/src/layers/normalization/spectral_normalization.py: normalized_weights
pub(super) fn normalize_kernel(host: &mut dyn Host, layer: &Arg) -> Infer<()> {
    let unknown = Stop::Unknown("a kernel that is not known");
    // A recorded step reads a variable once, and the gradient is taken of what is read after this.
    if !matches!(host.mode(), ops::Mode::Eager | ops::Mode::Running) {
        return Err(Stop::Unknown("a kernel that is changed within a step"));
    }
    let variable = super::normalization::wrapped_kernel(host, layer)?;
    let vector = host.weight("vector_u").ok_or(unknown.clone())?;
    let Arg::Int(rounds) = host.get("power_iterations") else { return Err(unknown) };
    let shape = dims::of_input(&variable)?;
    let sizes = Arg::List(shape.iter().map(|d| Arg::Int(d.known().unwrap_or(-1))).collect());
    let width = shape.last().and_then(|d| d.known()).ok_or(unknown)?;
    let t = &mut Tools::new(host);
    let reshape = ["tf.reshape", "keras.ops.reshape"];
    let weights = t.call(reshape, &[&variable, &Arg::List([Arg::Int(-1), Arg::Int(width)].into())], &[])?;
    let turned = t.call(["tf.transpose", "keras.ops.transpose"], &[&weights], &[])?;
    let unit = |t: &mut Tools<'_>, x: &Arg, y: &Arg| {
        let product = t.call(["tf.matmul", "keras.ops.matmul"], &[x, y], &[])?;
        t.call(["tf.math.l2_normalize", "keras.ops.normalize"], &[&product], &[])
    };
    let (mut u, mut v) = (vector.clone(), vector.clone());
    for _ in 0..rounds {
        v = unit(t, &u, &turned)?;
        u = unit(t, &v, &weights)?;
    }
    let matmul = ["tf.matmul", "keras.ops.matmul"];
    let left = t.call(matmul, &[&v, &weights], &[])?;
    let column = t.call(["tf.transpose", "keras.ops.transpose"], &[&u], &[])?;
    let sigma = t.call(matmul, &[&left, &column], &[])?;
    let normal = t.div(&weights, &sigma)?;
    let normal = t.call(reshape, &[&normal, &sizes], &[])?;
    host.assign(&vector, &u)?;
    host.assign(&variable, &normal)
}

/// Normalizes each group of channels, which come last.
fn group_norm(host: &mut dyn Host, x: &Arg, [gamma, beta]: [&Arg; 2], epsilon: &Arg) -> Infer<Arg> {
    let shape = dims::of_input(x)?;
    let (Arg::Int(groups), Some(channels)) = (host.get("groups"), shape.last().and_then(|d| d.known()))
    else {
        return Err(Stop::Unknown("groups that are not known"));
    };
    if axes_of(host, shape.len())? != [shape.len() - 1] || groups <= 0 {
        return Err(Stop::Unknown("groups of channels that do not come last"));
    }
    let sizes: Option<Vec<i64>> = shape.iter().map(|d| d.known()).collect();
    let sizes = sizes.ok_or(Stop::Unknown("an input whose sizes are not known"))?;
    let list = |sizes: &[i64]| Arg::List(sizes.iter().map(|n| Arg::Int(*n)).collect());
    let split = [&sizes[..sizes.len() - 1], &[groups, channels / groups]].concat();
    let t = &mut Tools::new(host);
    let reshape = ["tf.reshape", "keras.ops.reshape"];
    let parts = t.call(reshape, &[x, &list(&split)], &[])?;
    let axes = int_list((1..split.len()).filter(|axis| *axis != split.len() - 2));
    let (mean, variance) = moments(t, &parts, &axes)?;
    let mut own = |weight: &Arg| {
        if weight.is_none() {
            return Ok(Arg::None);
        }
        t.call(reshape, &[weight, &list(&[groups, channels / groups])], &[])
    };
    let (gamma, beta) = (own(gamma)?, own(beta)?);
    let out = standardised(t, &parts, [&mean, &variance], epsilon, [&gamma, &beta])?;
    t.call(reshape, &[&out, &list(&sizes)], &[])
}

/// The weights of a batch normalization.
pub(super) struct BatchWeights {
    /// The moving mean.
    pub(super) mean: Arg,
    /// The moving variance.
    pub(super) variance: Arg,
    /// The factor, or `Arg::None`.
    pub(super) gamma: Arg,
    /// What is added, or `Arg::None`.
    pub(super) beta: Arg,
}

/// Runs a batch normalization; while training it moves the averages.
///
/// # Errors
/// What the functions answer.
pub(super) fn batch_norm(host: &mut dyn Host, x: Arg, weights: &BatchWeights, args: &CallArgs) -> Infer<Arg> {
    // Half precision is computed in float32: by the fused kernel in Keras 2, by a cast elsewhere.
    match dims::tensor(&x)?.spec.dtype {
        Some(half @ (DType::Float16 | DType::BFloat16)) => {
            let x = Tools::new(host).cast(&x, DType::Float32)?;
            let out = batch_norm_in_full(host, x, weights, args)?;
            Tools::new(host).cast(&out, half)
        }
        _ => batch_norm_in_full(host, x, weights, args),
    }
}

fn batch_norm_in_full(host: &mut dyn Host, x: Arg, weights: &BatchWeights, args: &CallArgs) -> Infer<Arg> {
    let shape = dims::of_input(&x)?;
    let axes = axes_of(host, shape.len())?;
    let epsilon = host.get("epsilon");
    let trains = args.training == Some(true) && host.is_trained();
    if trains && (!args.mask.is_none() || support::keyword(host, "renorm") == Arg::Bool(true)) {
        return Err(Stop::Unknown("a batch normalization with a mask or of another kind"));
    }
    let t = &mut Tools::new(host);
    let (gamma, beta) = (along(t, &weights.gamma, &shape, &axes)?, along(t, &weights.beta, &shape, &axes)?);
    if !trains {
        let mean = along(t, &weights.mean, &shape, &axes)?;
        let variance = along(t, &weights.variance, &shape, &axes)?;
        return standardised(t, &x, [&mean, &variance], &epsilon, [&gamma, &beta]);
    }
    let others: Vec<usize> = (0..shape.len()).filter(|axis| !axes.contains(axis)).collect();
    let (mean, variance) = moments(t, &x, &int_list(others.iter().copied()))?;
    let out = standardised(t, &x, [&mean, &variance], &epsilon, [&gamma, &beta])?;
    let count: Option<i64> = others.iter().map(|axis| shape[*axis].known()).product();
    let corrected = fused(host, shape.len())?;
    let momentum = match host.get("momentum") {
        Arg::Float(x) => x,
        Arg::Int(n) => n as f64,
        _ => return Err(Stop::Unknown("a momentum that is not known")),
    };
    for (moving, new, correct) in [(&weights.mean, mean, false), (&weights.variance, variance, corrected)] {
        let t = &mut Tools::new(host);
        let sizes = dims::of_input(moving)?.iter().map(|d| Arg::Int(d.known().unwrap_or(-1))).collect();
        let mut new = t.call(["tf.reshape", "keras.ops.reshape"], &[&new, &Arg::List(sizes)], &[])?;
        if correct {
            let count = count.ok_or(Stop::Unknown("a batch of unknown size"))? as f64;
            new = t.mul(&new, &Arg::Float(count / (count - 1.0).max(1.0)))?;
        }
        let old = t.mul(moving, &Arg::Float(momentum))?;
        let new = t.mul(&new, &Arg::Float(1.0 - momentum))?;
        let value = t.add(&old, &new)?;
        host.assign(moving, &value)?;
    }
    Ok(out)
}

/// Tells whether Keras 2 uses the fused kernel, whose variance has Bessel's correction.
fn fused(host: &mut dyn Host, rank: usize) -> Infer<bool> {
    if host.keras() == Keras::Three {
        return Ok(false);
    }
    Ok(match support::keyword(host, "fused") {
        Arg::Bool(asked) => asked,
        _ => matches!(rank, 4 | 5) && super::batch_norm::unfusable(host)?.is_none(),
    })
}
