//! TensorFlow's convolutions: `tf.nn.conv1d` to `conv3d`, `convolution`, depthwise and separable ones.

use tensor::{Dim, Shape};

use super::window::{self, DATA_FORMAT, DILATIONS, PADDING, STRIDES, attribute, padding, sequence, text};
use crate::defs::rule;
use crate::kernels::conv::{self, Padding};
use crate::kernels::shape::{expand_dims, squeeze};
use crate::spec::{Cx, Misfit, Tensor, Val, run};
use crate::{Arg, Infer, Mistake, Op, Param, Stop};

/// The image.
pub(super) const INPUT: Param<Arg> = Param::at(0, &["input", "inputs", "x", "value"]);
/// The filter.
pub(super) const FILTERS: Param<Arg> = Param::at(1, &["filters", "filter", "kernel"]);
/// The filter of the second step of a separable convolution.
pub(super) const POINTWISE: Param<Arg> = Param::at(2, &["pointwise_filter", "pointwise_kernel"]);

pub(in crate::defs) static OPS: &[Op] = &[
    rule(
        "conv1d",
        &["tf.nn.conv1d"],
        |c| run(c, |cx| of_rank(cx, 1)),
        "tensorflow/python/ops/nn_ops.py: conv1d",
    ),
    rule(
        "conv2d",
        &["tf.nn.conv2d"],
        |c| run(c, |cx| of_rank(cx, 2)),
        "tensorflow/python/ops/nn_ops.py: conv2d",
    ),
    rule(
        "conv3d",
        &["tf.nn.conv3d"],
        |c| run(c, |cx| of_rank(cx, 3)),
        "tensorflow/python/ops/nn_ops.py: conv3d_v2",
    ),
    rule(
        "convolution",
        &["tf.nn.convolution"],
        |c| run(c, |cx| convolution(cx, cx.known(INPUT)?, cx.known(FILTERS)?, &How::read(cx)?).map(Val::T)),
        "tensorflow/python/ops/nn_ops.py: convolution_internal",
    ),
    rule(
        "atrous_conv2d",
        &["tf.nn.atrous_conv2d"],
        |c| run(c, atrous),
        "tensorflow/python/ops/nn_ops.py: atrous_conv2d",
    ),
    rule(
        "depthwise_conv2d",
        &["tf.nn.depthwise_conv2d"],
        |c| run(c, |cx| depthwise(cx, cx.known(INPUT)?, cx.known(FILTERS)?, &How::read(cx)?).map(Val::T)),
        "tensorflow/python/ops/nn_impl.py: depthwise_conv2d",
    ),
    rule(
        "separable_conv2d",
        &["tf.nn.separable_conv2d"],
        |c| run(c, separable_op),
        "tensorflow/python/ops/nn_impl.py: separable_conv2d",
    ),
    rule(
        "dilation2d",
        &["tf.nn.dilation2d", "tf.nn.erosion2d"],
        |c| run(c, dilation),
        "tensorflow/core/ops/nn_ops.cc: Dilation2D",
    ),
];

/// The arguments of a convolution that are no tensors.
pub(in crate::defs) struct How {
    /// The strides.
    pub strides: Val,
    /// The padding.
    pub padding: Val,
    /// The data format, in TensorFlow's letters.
    pub format: Option<String>,
    /// The dilations.
    pub dilations: Val,
}

impl How {
    fn read(cx: &Cx<'_>) -> Infer<How> {
        Ok(How {
            strides: cx.known(STRIDES)?.clone(),
            padding: match cx.known(PADDING)? {
                Val::Py(Arg::Missing) => text_val("VALID"),
                other => other.clone(),
            },
            format: text(cx.known(DATA_FORMAT)?)?,
            dilations: cx.known(DILATIONS)?.clone(),
        })
    }
}

/// Makes a string.
pub(in crate::defs) fn text_val(text: &str) -> Val {
    Val::Py(Arg::Str(text.into()))
}

fn of_rank(cx: &Cx<'_>, n: usize) -> Infer<Val> {
    let (x, filter, how) = (cx.known(INPUT)?, cx.known(FILTERS)?, How::read(cx)?);
    match n {
        1 => one(cx, x, filter, &how),
        2 => two(cx, x, filter, &how),
        _ => three(cx, x, filter, &how),
    }
    .map(Val::T)
}

/// Applies a kernel that takes one batch axis to an image with several: `squeeze_batch_dims`.
fn batched(cx: &Cx<'_>, x: &Val, rank: usize, apply: impl Fn(Val) -> Infer<Tensor>) -> Infer<Tensor> {
    let x = cx.convert(x, None)?;
    let Some(dims) = x.shape.dims().filter(|d| d.len() > rank).map(<[Dim]>::to_vec) else {
        return apply(Val::T(x));
    };
    let split = dims.len() - (rank - 1);
    let batch = dims[..split].iter().fold(Dim::Known(1), |n, d| n.times(*d));
    let flat = std::iter::once(batch).chain(dims[split..].iter().copied());
    let out = apply(Val::T(x.with_shape(Shape::new(flat))))?;
    let inner = out.shape.dims().map_or_else(|| vec![Dim::Unknown; rank - 1], |d| d[1..].to_vec());
    Ok(out.with_shape(dims[..split].iter().copied().chain(inner).collect()))
}

/// `tf.nn.conv1d`: a `Conv2D` over images of height 1.
pub(in crate::defs) fn one(cx: &Cx<'_>, x: &Val, filter: &Val, how: &How) -> Infer<Tensor> {
    let first = match how.format.as_deref() {
        None | Some("NHWC" | "NWC") => false,
        Some("NCHW" | "NCW") => true,
        Some(other) => {
            let text = format!("`data_format` must be 'NWC' or 'NCW'. Received: data_format={other}");
            return cx.value_error(text.clone(), Mistake::Argument { param: "data_format", problem: text });
        }
    };
    let start = if first { -2 } else { -3 };
    let strides = [vec![1], sequence(cx, &how.strides, 1, first, "stride")?].concat();
    let dilations = [vec![1], sequence(cx, &how.dilations, 1, first, "dilations")?].concat();
    let value = expand_dims(cx, x, Val::from(start))?;
    let filter = expand_dims(cx, filter, Val::from(0))?;
    let padding = padding(cx, "Conv2D", &how.padding, None)?;
    let window = window::window(strides, dilations, padding, first);
    let out =
        batched(cx, &Val::T(value), 4, |v| conv::conv(cx, "Conv2D", v, Val::T(filter.clone()), &window))?;
    squeeze(cx, out, &[start])
}

/// `tf.nn.conv2d`.
pub(super) fn two(cx: &Cx<'_>, x: &Val, filter: &Val, how: &How) -> Infer<Tensor> {
    let padding = padding(cx, "Conv2D", &how.padding, Some(4))?;
    let format = how.format.as_deref().unwrap_or("NHWC");
    let first = format.starts_with("NC");
    let strides = sequence(cx, &how.strides, 2, first, "strides")?;
    let dilations = sequence(cx, &how.dilations, 2, first, "dilations")?;
    attribute(cx, "Conv2D", "data_format", format, &["NHWC", "NCHW"])?;
    let window = window::window(strides, dilations, padding, first);
    batched(cx, x, 4, |v| conv::conv(cx, "Conv2D", v, filter.clone(), &window))
}

/// Reads a list attribute of a kernel that takes nothing else.
fn list(
    cx: &Cx<'_>,
    kernel: &str,
    function: &str,
    val: &Val,
    name: &'static str,
    least: usize,
) -> Infer<Vec<i64>> {
    match val {
        Val::List(_) | Val::Tuple(_) => {
            let list = cx.ints(val)?;
            if list.len() < least {
                let text = format!(
                    "Attr '{name}' of '{kernel}' Op passed list of length {} less than minimum {least}.",
                    list.len()
                );
                return cx.value_error(text.clone(), Mistake::Argument { param: name, problem: text });
            }
            Ok(list)
        }
        Val::Py(Arg::Int(n)) => {
            let text = format!("Expected list for '{name}' argument to '{function}' Op, not {n}.");
            cx.type_error(text.clone(), Mistake::Argument { param: name, problem: text })
        }
        _ => Err(Stop::Unknown("strides that are not known")),
    }
}

/// `tf.nn.conv3d`, which takes lists only.
pub(super) fn three(cx: &Cx<'_>, x: &Val, filter: &Val, how: &How) -> Infer<Tensor> {
    let strides = list(cx, "Conv3D", "conv3d", &how.strides, "strides", 5)?;
    let padding = padding(cx, "Conv3D", &how.padding, None)?;
    let format = how.format.as_deref().unwrap_or("NDHWC");
    attribute(cx, "Conv3D", "data_format", format, &["NDHWC", "NCDHW"])?;
    let dilations = match &how.dilations {
        v if v.is_none() => vec![1; 5],
        given => list(cx, "Conv3D", "conv3d", given, "dilations", 5)?,
    };
    let window = window::window(strides, dilations, padding, format.starts_with("NC"));
    batched(cx, x, 5, |v| conv::conv(cx, "Conv3D", v, filter.clone(), &window))
}

/// `tf.nn.convolution`: as many spatial axes as the filter has.
pub(super) fn convolution(cx: &Cx<'_>, x: &Val, filter: &Val, how: &How) -> Infer<Tensor> {
    let (x, filter) = (cx.convert(x, None)?, cx.convert(filter, None)?);
    let n = match (filter.rank(), x.rank()) {
        (Some(rank), _) | (None, Some(rank)) if rank > 0 => rank as i64 - 2,
        _ => return Err(Stop::Unknown("a convolution of tensors of unknown rank")),
    };
    if !(1..=3).contains(&n) {
        let text = format!("`num_spatial_dims` must be 1, 2, or 3. Received: num_spatial_dims={n}.");
        let (expected, got) = ("3, 4 or 5".to_owned(), filter.rank().unwrap_or(0));
        return cx.value_error(text, Mistake::RankMismatch { param: "filters", expected, got });
    }
    let batch = x.rank().filter(|r| *r > 0).map_or(1, |r| r as i64 - n - 1);
    let format = how.format.as_deref();
    let last = format.is_none_or(|f| !f.starts_with("NC"));
    let front = batch == 1 && !last || batch + n == 1 && last;
    let spatial = usize::try_from(n).unwrap_or(1);
    let dilations = sequence(cx, &how.dilations, spatial, front, "dilations")?;
    let strides = sequence(cx, &how.strides, spatial, front, "strides")?;
    if dilations.iter().any(|d| *d != 1) {
        let inner = |list: &[i64]| if front { list[2..].to_vec() } else { list[1..list.len() - 1].to_vec() };
        let how = Dilated {
            strides: inner(&strides),
            dilations: inner(&dilations),
            padding: &how.padding,
            first: !last,
        };
        return dilated_convolution(cx, &x, &filter, &how);
    }
    let plain = How {
        strides: Val::ints(&strides),
        padding: how.padding.clone(),
        format: how.format.clone(),
        dilations: Val::ints(&dilations),
    };
    let (x, filter) = (Val::T(x), Val::T(filter));
    match spatial {
        1 => one(cx, &x, &filter, &plain),
        2 => two(cx, &x, &filter, &plain),
        _ => three(cx, &x, &filter, &plain),
    }
}

/// A convolution that TensorFlow carries out on parts of the image: strides and dilations of the spatial axes.
struct Dilated<'a> {
    strides: Vec<i64>,
    dilations: Vec<i64>,
    padding: &'a Val,
    first: bool,
}

/// `nn_ops.Convolution`.
fn dilated_convolution(cx: &Cx<'_>, x: &Tensor, filter: &Tensor, how: &Dilated<'_>) -> Infer<Tensor> {
    let n = how.dilations.len();
    let (Some(dims), Some(weights)) = (x.shape.dims(), filter.shape.dims()) else {
        return Err(Stop::Unknown("a dilated convolution of tensors of unknown rank"));
    };
    if dims.len() < n + 2 {
        let text = format!(
            "`input.shape.rank` must be >= than `num_spatial_dims + 2`. Received: input.shape={} of rank {} and \
             num_spatial_dims={n}",
            x.shape.tuple(),
            dims.len()
        );
        let (expected, got) = (format!("at least {}", n + 2), dims.len());
        return cx.value_error(text, Mistake::RankMismatch { param: "input", expected, got });
    }
    let batch = dims.len() - n - 1;
    let channels = dims[if how.first { batch } else { batch + n }];
    if let (Dim::Known(have), Dim::Known(want)) = (channels, weights[n])
        && (want == 0 || have % want != 0)
    {
        let text = format!(
            "The number of input channels is not divisible by the corresponding number of output filters. Received: \
             input.shape={} with {have} channels and filters.shape={} with {want} output filters.",
            x.shape.tuple(),
            filter.shape.tuple()
        );
        let what = "channels of the input and the filter";
        return cx.value_error(text, Mistake::DimMismatch { left: channels, right: weights[n], what });
    }
    check_rates(cx, &how.strides, &how.dilations)?;
    if how.dilations.iter().all(|d| *d == 1) {
        return Err(Stop::Unknown("a dilation along the batch"));
    }
    let padding = space_to_batch_padding(cx, how.padding)?;
    if padding == Padding::Same && weights.contains(&Dim::Unknown) {
        return Err(Stop::Unknown("a filter of unknown size"));
    }
    if padding == Padding::Same && filter.shape.all_known().is_none() {
        let text = crate::spec::partly_known(&filter.shape);
        return cx.value_error(text.clone(), Mistake::Argument { param: "filters", problem: text });
    }
    let kernel = if n == 3 { "Conv3D" } else { "Conv2D" };
    let start = batch + usize::from(how.first);
    let out = by_parts(x, &weights[..n], &how.dilations, &padding, start, |image| {
        let strides = vec![1; n + 2];
        let ones = vec![1; n + 2];
        let window = window::window(strides, ones, Padding::Valid, how.first);
        if n == 1 {
            let plain = How {
                strides: Val::from(1),
                padding: text_val("VALID"),
                format: how.first.then(|| "NCW".to_owned()),
                dilations: Val::Py(Arg::None),
            };
            return one(cx, &Val::T(image), &Val::T(filter.clone()), &plain);
        }
        batched(cx, &Val::T(image), n + 2, |v| conv::conv(cx, kernel, v, Val::T(filter.clone()), &window))
    })?;
    in_one(cx, out, [x, filter], &how.dilations, padding, how.first)
}

/// Gives what was computed by parts the number of one dilated convolution, which is the same; over one spatial
/// axis it is carried out over two.
fn in_one(
    cx: &Cx<'_>,
    mut out: Tensor,
    [x, filter]: [&Tensor; 2],
    dilations: &[i64],
    padding: Padding,
    first: bool,
) -> Infer<Tensor> {
    out.value = None;
    let n = dilations.len();
    if cx.call.recorder.is_none() || x.value.is_none() || x.rank() != Some(n + 2) {
        return Ok(out);
    }
    let (mut x, mut filter, mut rates) = (x.clone(), filter.clone(), dilations.to_vec());
    let axis = if first { 2 } else { 1 };
    if n == 1 {
        (x, filter) = (expand_dims(cx, x, Val::from(axis))?, expand_dims(cx, filter, Val::from(0))?);
        rates.insert(0, 1);
    }
    let around = window::around(&rates, first);
    let window = window::window(vec![1; around.len()], around, padding, first);
    let kernel = if n == 3 { "Conv3D" } else { "Conv2D" };
    let mut whole = conv::conv(cx, kernel, Val::T(x), Val::T(filter), &window)?;
    if n == 1 {
        whole = squeeze(cx, whole, &[axis])?;
    }
    out.value = whole.value.filter(|_| whole.shape == out.shape);
    Ok(out)
}

/// `nn_ops._get_strides_and_dilation_rate`.
pub(super) fn check_rates(cx: &Cx<'_>, strides: &[i64], dilations: &[i64]) -> Infer<()> {
    let argument = |param: &'static str, text: String| {
        cx.value_error(text.clone(), Mistake::Argument { param, problem: text })
    };
    let (shown_strides, shown_rates) = (window::array(strides), window::array(dilations));
    if dilations.iter().any(|d| *d < 1) {
        let text =
            format!("all values of `dilation_rate` must be positive. Received: dilation_rate={shown_rates}");
        return argument("dilations", text);
    }
    if strides.iter().any(|s| *s < 1) {
        let text = format!("all values of `strides` must be positive. Received: strides={shown_strides}");
        return argument("strides", text);
    }
    if strides.iter().any(|s| *s > 1) && dilations.iter().any(|d| *d > 1) {
        let text = format!(
            "`strides > 1` not supported in conjunction with `dilation_rate > 1`. Received: strides={shown_strides} and \
             dilation_rate={shown_rates}"
        );
        return argument("strides", text);
    }
    Ok(())
}

/// The padding of an image that is taken apart.
fn space_to_batch_padding(cx: &Cx<'_>, given: &Val) -> Infer<Padding> {
    match given {
        Val::Py(Arg::Str(s)) if &**s == "SAME" => Ok(Padding::Same),
        Val::Py(Arg::Str(s)) if &**s == "VALID" => Ok(Padding::Valid),
        Val::Py(Arg::Str(s)) => {
            let text = format!("`padding` must be one of 'SAME' or 'VALID'. Received: padding={s}");
            cx.value_error(text.clone(), Mistake::Argument { param: "padding", problem: text })
        }
        _ => Err(Stop::Unknown("an explicit padding of a dilated convolution")),
    }
}

/// Takes an image apart by its dilations, applies a kernel to the parts and puts them together again:
/// `_WithSpaceToBatch`. The sizes are static where all of them are.
fn by_parts(
    x: &Tensor,
    filter: &[Dim],
    dilations: &[i64],
    padding: &Padding,
    start: usize,
    apply: impl FnOnce(Tensor) -> Infer<Tensor>,
) -> Infer<Tensor> {
    let Some(dims) = x.shape.dims() else { return Err(Stop::Unknown("an image of unknown rank")) };
    let sizes: Option<Vec<i64>> = (0..dilations.len()).map(|i| dims.get(start + i)?.known()).collect();
    let filters: Option<Vec<i64>> = filter.iter().map(|d| d.known()).collect();
    let (Some(sizes), Some(filters)) =
        (sizes, filters.or_else(|| (*padding == Padding::Valid).then(|| vec![1; dilations.len()])))
    else {
        let mut open = dims.to_vec();
        open.iter_mut().skip(start).take(dilations.len()).for_each(|d| *d = Dim::Unknown);
        return apply(x.clone().with_shape(Shape::new(open)));
    };
    let (mut parts, mut extra) = (dims.to_vec(), Vec::new());
    for (i, rate) in dilations.iter().enumerate() {
        let base = if *padding == Padding::Same { (filters[i] - 1) * rate } else { 0 };
        let whole = sizes[i] + base;
        let rest = (rate - whole % rate) % rate;
        parts[start + i] = Dim::Known((whole + rest) / rate);
        extra.push(rest);
    }
    let out = apply(x.clone().with_shape(Shape::new(parts)))?;
    let mut shape = out.shape.clone();
    for (i, rate) in dilations.iter().enumerate() {
        let size = out.shape.dim((start + i) as i64).unwrap_or(Dim::Unknown);
        shape = shape.with_dim(start + i, size.map(|n| n * rate - extra[i]));
    }
    Ok(out.with_shape(shape))
}

fn atrous(cx: &Cx<'_>) -> Infer<Val> {
    const RATE: Param<Arg> = Param::at(2, &["rate"]);
    let rate = match cx.known(RATE)? {
        Val::Py(Arg::Int(n)) => Val::ints(&[*n, *n]),
        other => other.clone(),
    };
    let how = How {
        strides: Val::Py(Arg::None),
        padding: cx.known(PADDING)?.clone(),
        format: None,
        dilations: rate,
    };
    convolution(cx, cx.known(INPUT)?, cx.known(FILTERS)?, &how).map(Val::T)
}

/// `tf.nn.depthwise_conv2d`.
pub(super) fn depthwise(cx: &Cx<'_>, x: &Val, filter: &Val, how: &How) -> Infer<Tensor> {
    const KERNEL: &str = "DepthwiseConv2dNative";
    let (x, filter) = (cx.convert(x, None)?, cx.convert(filter, None)?);
    let rates = match &how.dilations {
        v if v.is_none() => vec![1, 1],
        Val::Py(Arg::Int(_)) => return Err(Stop::Unknown("a dilation that is no list")),
        given => cx.ints(given)?,
    };
    let format = how.format.as_deref().unwrap_or("NHWC");
    let first = format.starts_with("NC");
    let native = |image: Tensor, filter: &Tensor, given: &Val| -> Infer<Tensor> {
        let padding = padding(cx, KERNEL, given, Some(4))?;
        let strides = list(cx, KERNEL, "depthwise_conv2d_native", &how.strides, "strides", 0)?;
        attribute(cx, KERNEL, "data_format", format, &["NHWC", "NCHW"])?;
        if strides.len() != 4 {
            let text = format!(
                "DepthwiseConv2D requires the stride attribute to contain 4 values, but got: {}",
                strides.len()
            );
            return cx.refuse(KERNEL, Misfit::argument("strides", text));
        }
        let window = window::window(strides, vec![1; 4], padding, first);
        conv::depthwise(cx, Val::T(image), Val::T(filter.clone()), &window)
    };
    let least = rates.len() + usize::from(!first);
    if let Some(rank) = x.rank().filter(|r| *r < least) {
        let text = format!(
            "`input.shape.rank` must be at least {least}. Received: input.shape={} with rank {rank}",
            x.shape.tuple()
        );
        let expected = format!("at least {least}");
        return cx.value_error(text, Mistake::RankMismatch { param: "input", expected, got: rank });
    }
    if rates.iter().any(|r| *r < 1) {
        let text =
            format!("`dilation_rate` must be positive. Received: dilation_rate={}", window::array(&rates));
        return cx.value_error(text.clone(), Mistake::Argument { param: "dilations", problem: text });
    }
    if rates.iter().all(|r| *r == 1) {
        return native(x, &filter, &how.padding);
    }
    let padding = space_to_batch_padding(cx, &how.padding)?;
    let weights = filter.shape.dims().map_or_else(|| vec![Dim::Unknown; 4], <[Dim]>::to_vec);
    let spatial: Vec<Dim> = weights.into_iter().take(2).collect();
    let mut out = by_parts(&x, &spatial, &rates, &padding, 1 + usize::from(first), |image| {
        native(image, &filter, &text_val("VALID"))
    })?;
    // The parts together are one dilated convolution.
    out.value = None;
    if cx.call.recorder.is_some() && x.value.is_some() {
        let around = window::around(&rates, first);
        let window = window::window(vec![1; 4], around, padding, first);
        let whole = conv::depthwise(cx, Val::T(x), Val::T(filter), &window)?;
        out.value = whole.value.filter(|_| whole.shape == out.shape);
    }
    Ok(out)
}

fn separable_op(cx: &Cx<'_>) -> Infer<Val> {
    let filter = cx.known(Param::<Arg>::at(1, &["depthwise_filter", "depthwise_kernel"]))?;
    separable(cx, cx.known(INPUT)?, filter, cx.known(POINTWISE)?, &How::read(cx)?).map(Val::T)
}

/// `tf.nn.separable_conv2d`.
pub(super) fn separable(cx: &Cx<'_>, x: &Val, filter: &Val, pointwise: &Val, how: &How) -> Infer<Tensor> {
    let pointwise = cx.convert(pointwise, None)?;
    if let Some(dims) = pointwise.shape.dims() {
        if dims.len() != 4 {
            let text = format!("Shape {} must have rank 4", pointwise.shape.tuple());
            let (expected, got) = ("4".to_owned(), dims.len());
            return cx.value_error(text, Mistake::RankMismatch { param: "pointwise_filter", expected, got });
        }
        if let Some(dim) = dims[..2].iter().find(|d| !d.compatible(Dim::Known(1))) {
            let text = format!("Dimensions {dim} and 1 are not compatible");
            let what = "the pointwise filter's spatial sizes";
            return cx.value_error(text, Mistake::DimMismatch { left: *dim, right: Dim::Known(1), what });
        }
    }
    let depthwise = depthwise(cx, x, filter, how)?;
    let plain = How {
        strides: Val::ints(&[1, 1, 1, 1]),
        padding: text_val("VALID"),
        format: how.format.clone(),
        dilations: Val::Py(Arg::None),
    };
    two(cx, &Val::T(depthwise), &Val::T(pointwise), &plain)
}

fn dilation(cx: &Cx<'_>) -> Infer<Val> {
    let how = How::read(cx)?;
    if let Some(format) = how.format.as_deref().filter(|f| *f != "NHWC") {
        let text = format!(
            "`data_format` values other  than 'NHWC' are not supported. Received: data_format={format}"
        );
        return cx.value_error(text.clone(), Mistake::Argument { param: "data_format", problem: text });
    }
    let strides = list(cx, "Dilation2D", "dilation2d", &how.strides, "strides", 4)?;
    let rates = list(cx, "Dilation2D", "dilation2d", &how.dilations, "rates", 4)?;
    let padding = padding(cx, "Dilation2D", &how.padding, None)?;
    let window = window::window(strides, rates, padding, false);
    conv::dilation(cx, cx.known(INPUT)?.clone(), cx.known(FILTERS)?.clone(), &window).map(Val::T)
}
