//! Keras 3's convolutions: `keras.ops.conv`, `depthwise_conv`, `separable_conv`.

use tensor::{Dim, Shape};

use super::conv::{self, FILTERS, How, INPUT, POINTWISE, text_val};
use super::window::{DATA_FORMAT, DILATIONS, PADDING, STRIDES, channels_first, spatial, text, tuple};
use crate::defs::rule;
use crate::kernels::layout::transpose;
use crate::kernels::shape::{expand_dims, squeeze};
use crate::spec::{Cx, Tensor, Val, keras, run};
use crate::{Arg, Infer, Mistake, Op, Param, Stop};

pub(in crate::defs) static OPS: &[Op] = &[
    rule("conv", &["keras.ops.conv"], |c| run(c, conv_op), "keras/src/backend/tensorflow/nn.py: conv"),
    rule(
        "depthwise_conv",
        &["keras.ops.depthwise_conv"],
        |c| run(c, depthwise_op),
        "keras/src/backend/tensorflow/nn.py: depthwise_conv",
    ),
    rule(
        "separable_conv",
        &["keras.ops.separable_conv"],
        |c| run(c, separable_op),
        "keras/src/backend/tensorflow/nn.py: separable_conv",
    ),
];

/// The arguments that Keras' convolutions share.
pub(in crate::defs) struct Plan {
    /// Steps of the spatial axes.
    pub strides: Vec<i64>,
    /// Dilations of the spatial axes.
    pub dilations: Vec<i64>,
    /// `valid` or `same`, in small letters.
    pub padding: String,
    /// Whether channels come first.
    pub first: bool,
}

impl Plan {
    /// Reads the arguments for an image of `n` spatial axes.
    pub(in crate::defs) fn read(cx: &Cx<'_>, n: usize) -> Infer<Plan> {
        let padding = text(cx.known(PADDING)?)?.unwrap_or_else(|| "valid".to_owned()).to_lowercase();
        Ok(Plan {
            strides: spatial(cx, cx.known(STRIDES)?, n)?,
            dilations: spatial(cx, cx.known(DILATIONS)?, n)?,
            padding,
            first: channels_first(cx, cx.known(DATA_FORMAT)?)?,
        })
    }
}

/// Returns the dims, which must be known in number.
fn known(shape: &Shape) -> Infer<&[Dim]> {
    shape.dims().ok_or(Stop::Unknown("an image or filter of unknown rank"))
}

/// TensorFlow's letters for a format: `_convert_data_format`.
pub(super) fn letters(cx: &Cx<'_>, first: bool, rank: usize) -> Infer<&'static str> {
    Ok(match (first, rank) {
        (false, 3) => "NWC",
        (false, 4) => "NHWC",
        (false, 5) => "NDHWC",
        (true, 3) => "NCW",
        (true, 4) => "NCHW",
        (true, 5) => "NCDHW",
        _ => {
            let text = format!("Input rank not supported: {rank}. Expected values are [3, 4, 5]");
            let mistake =
                Mistake::RankMismatch { param: "inputs", expected: "3, 4 or 5".to_owned(), got: rank };
            return cx.value_error(text, mistake);
        }
    })
}

/// `check_conv_input_channels`; `at` is where the filter has the input's channels.
pub(super) fn check_channels(cx: &Cx<'_>, x: &[Dim], filter: &[Dim], first: bool, at: usize) -> Infer<()> {
    let have = channels_of(cx, x, first)?;
    let Some(want) = filter.len().checked_sub(at).and_then(|i| filter.get(i)) else {
        return Err(Stop::Unknown("a filter of too low a rank"));
    };
    if have.compatible(*want) {
        return Ok(());
    }
    let format = if first { "channels_first" } else { "channels_last" };
    let text = format!(
        "The number of input channels must match the kernel's input channels. Received: input channels={have}, kernel \
         input channels={want}, data_format='{format}'."
    );
    let what = "channels of the input and the filter";
    cx.value_error(text, Mistake::DimMismatch { left: *have, right: *want, what })
}

/// `inputs.shape[-1]`, or `inputs.shape[1]`, which a shape may be too short for.
fn channels_of<'a>(cx: &Cx<'_>, x: &'a [Dim], first: bool) -> Infer<&'a Dim> {
    match if first { x.get(1) } else { x.last() } {
        Some(dim) => Ok(dim),
        None => {
            let expected = if first { "at least 2" } else { "at least 1" }.to_owned();
            let mistake = Mistake::RankMismatch { param: "inputs", expected, got: x.len() };
            cx.raise(crate::Exc::IndexError, "tuple index out of range", mistake)
        }
    }
}

fn conv_op(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(INPUT)?;
    let filter = cx.tensor(FILTERS)?;
    let (dims, weights) = (known(&x.shape)?, known(&filter.shape)?);
    if weights.len() < 2 {
        return Err(Stop::Unknown("a filter of too low a rank"));
    }
    let plan = Plan::read(cx, dims.len().saturating_sub(2))?;
    if cx.symbolic() {
        check_channels(cx, dims, weights, plan.first, 2)?;
        let out =
            output_shape(cx, &x.shape, weights[weights.len() - 1], &weights[..weights.len() - 2], &plan)?;
        return Ok(Val::T(keras::spec(out, x.dtype, &[&x, &filter])));
    }
    convolved(cx, &x, &filter, cx.known(STRIDES)?, cx.known(DILATIONS)?, &plan).map(Val::T)
}

/// `backend.nn.conv`: a convolution of tensors, which must leave something.
pub(in crate::defs) fn convolved(
    cx: &Cx<'_>,
    x: &Tensor,
    filter: &Tensor,
    strides: &Val,
    dilations: &Val,
    plan: &Plan,
) -> Infer<Tensor> {
    let dims = known(&x.shape)?;
    channels_of(cx, dims, plan.first)?;
    let how = How {
        strides: strides.clone(),
        padding: text_val(&plan.padding.to_uppercase()),
        format: Some(letters(cx, plan.first, dims.len())?.to_owned()),
        dilations: dilations.clone(),
    };
    let out = conv::convolution(cx, &Val::T(x.clone()), &Val::T(filter.clone()), &how)?;
    if let (Some(sizes), Some(from)) = (out.shape.all_known(), x.shape.all_known())
        && sizes.contains(&0)
        && !from.contains(&0)
    {
        let text = format!(
            "The convolution operation resulted in an empty output. Output shape: {}. This can happen if the input is too \
             small for the given kernel size, strides, dilation rate, and padding mode. Please check the input shape and \
             convolution parameters.",
            out.shape.tuple()
        );
        return cx.value_error(text.clone(), Mistake::Argument { param: "kernel", problem: text });
    }
    Ok(out)
}

/// `operation_utils.compute_conv_output_shape`.
pub(super) fn output_shape(
    cx: &Cx<'_>,
    x: &Shape,
    filters: Dim,
    kernel: &[Dim],
    plan: &Plan,
) -> Infer<Shape> {
    output_shape_of(cx, x, &x.tuple(), filters, kernel, plan)
}

/// As [`output_shape`], for an input whose shape is shown as `shown`.
pub(in crate::defs) fn output_shape_of(
    cx: &Cx<'_>,
    x: &Shape,
    shown: &str,
    filters: Dim,
    kernel: &[Dim],
    plan: &Plan,
) -> Infer<Shape> {
    let dims = known(x)?;
    let channels = if plan.first { 1 } else { dims.len().saturating_sub(1) };
    let Some(depth) = dims.get(channels) else { return Err(Stop::Unknown("an image of too low a rank")) };
    let whole: Shape = kernel.iter().copied().chain([*depth, filters]).collect();
    if kernel.len() + 2 != dims.len() {
        let text = format!(
            "Kernel shape must have the same length as input, but received kernel of shape {} and input of shape {}.",
            whole.tuple(),
            shown
        );
        let (expected, got) = (dims.len().to_string(), kernel.len() + 2);
        return cx.value_error(text, Mistake::RankMismatch { param: "kernel", expected, got });
    }
    let n = kernel.len();
    if plan.dilations.len() != n {
        let text = format!(
            "Dilation must be None, scalar or tuple/list of length of inputs' spatial shape, but received \
             `dilation_rate={}` and input of shape {}.",
            tuple(&plan.dilations),
            shown
        );
        return cx.value_error(text.clone(), Mistake::Argument { param: "dilation_rate", problem: text });
    }
    if plan.strides.len() != n || plan.strides.iter().any(|s| *s < 1) {
        return Err(Stop::Unknown("strides that do not fit"));
    }
    let start = if plan.first { 2 } else { 1 };
    let mut out = dims.to_vec();
    out[channels] = filters;
    for i in 0..n {
        let (stride, rate) = (plan.strides[i], plan.dilations[i]);
        let (Dim::Known(size), Dim::Known(window)) = (dims[start + i], kernel[i]) else {
            if !matches!(plan.padding.as_str(), "valid" | "same" | "causal") {
                return refuse_padding(cx, &plan.padding);
            }
            out[start + i] = Dim::Unknown;
            continue;
        };
        let length = match plan.padding.as_str() {
            "valid" => (size - rate * (window - 1) - 1).div_euclid(stride) + 1,
            "same" | "causal" => (size - 1).div_euclid(stride) + 1,
            other => return refuse_padding(cx, other),
        };
        if plan.padding == "valid" && length <= 0 {
            let text = format!(
                "Computed output size would be zero or negative. Received `inputs shape={}`, `kernel shape={}`, \
                 `dilation_rate={}`, `strides={}`, `padding=valid`.",
                shown,
                whole.tuple(),
                super::window::array(&plan.dilations),
                tuple(&plan.strides)
            );
            let what = "a window larger than the image";
            let mistake = Mistake::DimMismatch { left: dims[start + i], right: kernel[i], what };
            return cx.value_error(text, mistake);
        }
        out[start + i] = Dim::Known(length);
    }
    Ok(Shape::new(out))
}

fn refuse_padding<R>(cx: &Cx<'_>, padding: &str) -> Infer<R> {
    let text = format!("`padding` must be either `'valid'` or `'same'`. Received {padding}.");
    cx.value_error(text.clone(), Mistake::Argument { param: "padding", problem: text })
}

fn depthwise_op(cx: &Cx<'_>) -> Infer<Val> {
    let (x, filter) = (cx.tensor(INPUT)?, cx.tensor(FILTERS)?);
    spatial_conv(cx, &x, &filter, None).map(Val::T)
}

fn separable_op(cx: &Cx<'_>) -> Infer<Val> {
    let filter = cx.tensor(Param::<Arg>::at(1, &["depthwise_kernel", "depthwise_filter"]))?;
    let (x, pointwise) = (cx.tensor(INPUT)?, cx.tensor(POINTWISE)?);
    spatial_conv(cx, &x, &filter, Some(&pointwise)).map(Val::T)
}

/// `depthwise_conv` and `separable_conv`, over images of one or two spatial axes.
fn spatial_conv(cx: &Cx<'_>, x: &Tensor, filter: &Tensor, pointwise: Option<&Tensor>) -> Infer<Tensor> {
    let (dims, weights) = (known(&x.shape)?, known(&filter.shape)?);
    let n = dims.len().saturating_sub(2);
    let plan = Plan::read(cx, n)?;
    if cx.symbolic() || n <= 2 {
        check_channels(cx, dims, weights, plan.first, 2)?;
    }
    if dims.len() < 2 {
        return Err(Stop::Unknown("an image of too low a rank"));
    }
    if cx.symbolic() {
        let last = weights.len() - 1;
        let filters = weights[last].times(weights[last - 1]);
        let mut out = output_shape(cx, &x.shape, filters, &weights[..last - 1], &plan)?;
        if let Some(pointwise) = pointwise {
            let channels = if plan.first { 1 } else { dims.len() - 1 };
            out = out.with_dim(channels, pointwise.shape.dim(-1).unwrap_or(Dim::Unknown));
        }
        let from: Vec<&Tensor> = [x, filter].into_iter().chain(pointwise).collect();
        return Ok(keras::spec(out, x.dtype, &from));
    }
    if n > 2 {
        let (text, got) = match pointwise {
            None => (
                format!("`inputs` rank must be 3 (1D conv) or 4 (2D conv). Received: {}.", dims.len()),
                dims.len(),
            ),
            Some(_) => {
                (format!("`num_spatial_dims` must be 1 or 2. Received: num_spatial_dims={n}."), dims.len())
            }
        };
        let mistake = Mistake::RankMismatch { param: "inputs", expected: "3 or 4".to_owned(), got };
        return cx.value_error(text, mistake);
    }
    if plan.strides.len() != n || plan.dilations.len() != n || n == 0 {
        return Err(Stop::Unknown("strides or an image that do not fit"));
    }
    if plan.strides.iter().any(|s| *s > 1) && plan.dilations.iter().any(|d| *d > 1) {
        return decomposed(x, filter, pointwise, &plan);
    }
    flat_conv(cx, x, filter, pointwise, &plan, n)
}

/// The usual way: by TensorFlow's two-dimensional functions, with the channels last.
fn flat_conv(
    cx: &Cx<'_>,
    x: &Tensor,
    filter: &Tensor,
    pointwise: Option<&Tensor>,
    plan: &Plan,
    n: usize,
) -> Infer<Tensor> {
    let mut image = x.clone();
    if plan.first {
        let order: &[i64] = if n == 1 { &[0, 2, 1] } else { &[0, 2, 3, 1] };
        image = transpose(cx, image, Val::ints(order))?;
    }
    let one = |t: &Tensor| if n == 1 { expand_dims(cx, t, Val::from(0)) } else { Ok(t.clone()) };
    let strides = match (n, &plan.strides[..]) {
        (1, [s]) => vec![1, *s, *s, 1],
        (_, [a, b]) => vec![1, *a, *b, 1],
        _ => return Err(Stop::Unknown("strides that do not fit")),
    };
    let dilations = if n == 1 { vec![1, plan.dilations[0]] } else { plan.dilations.clone() };
    if n == 1 {
        image = expand_dims(cx, image, Val::from(1))?;
    }
    let how = How {
        strides: Val::ints(&strides),
        padding: text_val(&plan.padding.to_uppercase()),
        format: Some("NHWC".to_owned()),
        dilations: Val::ints(&dilations),
    };
    let filter = one(filter)?;
    let mut out = match pointwise {
        None => conv::depthwise(cx, &Val::T(image), &Val::T(filter), &how)?,
        Some(p) => conv::separable(cx, &Val::T(image), &Val::T(filter), &Val::T(one(p)?), &how)?,
    };
    if n == 1 {
        out = squeeze(cx, out, &[1])?;
    }
    if plan.first {
        let order: &[i64] = if n == 1 { &[0, 2, 1] } else { &[0, 3, 1, 2] };
        out = transpose(cx, out, Val::ints(order))?;
    }
    Ok(out)
}

/// Strides and dilations at once: a dilated convolution of which every stride-th element is taken.
fn decomposed(x: &Tensor, filter: &Tensor, pointwise: Option<&Tensor>, plan: &Plan) -> Infer<Tensor> {
    let (dims, weights) = (known(&x.shape)?, known(&filter.shape)?);
    let start = if plan.first { 2 } else { 1 };
    let channels = if plan.first { 1 } else { dims.len() - 1 };
    let mut out = dims.to_vec();
    for (i, (stride, rate)) in plan.strides.iter().zip(&plan.dilations).enumerate() {
        let (Dim::Known(size), Some(Dim::Known(window))) = (dims[start + i], weights.get(i)) else {
            out[start + i] = Dim::Unknown;
            continue;
        };
        let length = match plan.padding.as_str() {
            "same" => (size - 1).div_euclid(*stride) + 1,
            "valid" => {
                let whole = size - rate * (window - 1);
                if whole <= 0 {
                    return Err(Stop::Unknown("a window larger than the image"));
                }
                (whole - 1).div_euclid(*stride) + 1
            }
            _ => return Err(Stop::Unknown("a padding that is neither valid nor same")),
        };
        out[start + i] = Dim::Known(length);
    }
    let last = weights.len() - 1;
    out[channels] = match pointwise {
        Some(p) => p.shape.dim(-1).unwrap_or(Dim::Unknown),
        None => weights[last].times(weights[last - 1]),
    };
    let from: Vec<&Tensor> = [x, filter].into_iter().chain(pointwise).collect();
    let made = keras::spec(Shape::new(out), x.dtype, &from);
    Ok(Tensor { kind: x.kind, ..made })
}
