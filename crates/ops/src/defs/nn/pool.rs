//! Pooling: `tf.nn.max_pool` and its kin, `keras.ops.max_pool`, `K.pool2d`; depth and space.

use tensor::{DType, Dim, Shape};

use super::window::{
    self, DATA_FORMAT, DILATIONS, PADDING, STRIDES, attribute, channels_first, padding, sequence, text,
};
use crate::defs::rule;
use crate::kernels::layout::transpose;
use crate::kernels::pool;
use crate::kernels::shape::{expand_dims, squeeze};
use crate::spec::{Cx, Tensor, Val, keras, merge, run};
use crate::{Arg, Exc, Infer, Mistake, Op, Param, Stop, Surface, TensorKind};

const INPUT: Param<Arg> = Param::at(0, &["input", "inputs", "x", "value"]);
const KSIZE: Param<Arg> = Param::at(1, &["ksize", "pool_size", "window_shape"]);
const MODE: Param<Arg> = Param::named(&["pool_mode", "pooling_type"]);
const BLOCK: Param<i64> = Param::at(1, &["block_size"]);

/// A row for a pooling function; the kernel's name is that of two spatial axes.
const fn row(
    name: &'static str,
    apis: &'static [&'static str],
    kernel: &'static str,
    infer: fn(&crate::Call<'_>) -> Infer<crate::Outputs>,
) -> Op {
    Op { kernel, ..rule(name, apis, infer, "tensorflow/python/ops/nn_ops.py: max_pool_v2, avg_pool_v2") }
}

pub(in crate::defs) static OPS: &[Op] = &[
    row("max_pool", &["tf.nn.max_pool", "keras.ops.max_pool"], "MaxPool", |c| run(c, any_rank)),
    row("average_pool", &["tf.nn.avg_pool", "keras.ops.average_pool"], "AvgPool", |c| run(c, any_rank)),
    row("max_pool1d", &["tf.nn.max_pool1d"], "MaxPool", |c| run(c, |cx| of_rank(cx, 1))),
    row("max_pool2d", &["tf.nn.max_pool2d"], "MaxPool", |c| run(c, |cx| of_rank(cx, 2))),
    row("max_pool3d", &["tf.nn.max_pool3d"], "MaxPool", |c| run(c, |cx| of_rank(cx, 3))),
    row("avg_pool1d", &["tf.nn.avg_pool1d"], "AvgPool", |c| run(c, |cx| of_rank(cx, 1))),
    row("avg_pool2d", &["tf.nn.avg_pool2d"], "AvgPool", |c| run(c, |cx| of_rank(cx, 2))),
    row("avg_pool3d", &["tf.nn.avg_pool3d"], "AvgPool", |c| run(c, |cx| of_rank(cx, 3))),
    row("pool", &["tf.nn.pool"], "", |c| run(c, pool_op)),
    row("max_pool_with_argmax", &["tf.nn.max_pool_with_argmax"], "MaxPoolWithArgmax", |c| {
        run(c, with_argmax)
    }),
    row("backend_pool2d", &["tf.keras.backend.pool2d"], "", |c| run(c, |cx| of_backend(cx, 2))),
    row("backend_pool3d", &["tf.keras.backend.pool3d"], "", |c| run(c, |cx| of_backend(cx, 3))),
    row("adaptive_max_pool", &["keras.ops.adaptive_max_pool"], "", |c| run(c, adaptive)),
    row("adaptive_average_pool", &["keras.ops.adaptive_average_pool"], "", |c| run(c, adaptive)),
    row("depth_to_space", &["tf.nn.depth_to_space", "keras.ops.depth_to_space"], "DepthToSpace", |c| {
        run(c, blocks)
    }),
    row("space_to_depth", &["tf.nn.space_to_depth", "keras.ops.space_to_depth"], "SpaceToDepth", |c| {
        run(c, blocks)
    }),
];

/// The arguments of a pooling besides its image.
struct How {
    sizes: Val,
    strides: Val,
    padding: Val,
    format: Option<String>,
}

impl How {
    fn read(cx: &Cx<'_>) -> Infer<How> {
        Ok(How {
            sizes: cx.known(KSIZE)?.clone(),
            strides: cx.known(STRIDES)?.clone(),
            padding: cx.known(PADDING)?.clone(),
            format: text(cx.known(DATA_FORMAT)?)?,
        })
    }
}

fn of_rank(cx: &Cx<'_>, n: usize) -> Infer<Val> {
    pooled(cx, cx.call.op.kernel, cx.known(INPUT)?, &How::read(cx)?, n).map(Val::T)
}

/// `tf.nn.max_pool` and `avg_pool`: the image's rank decides.
fn any_rank(cx: &Cx<'_>) -> Infer<Val> {
    let kernel = cx.call.op.kernel;
    if cx.surface() == Surface::KerasOps {
        return of_keras(cx, kernel).map(Val::T);
    }
    let (x, how) = (cx.tensor(INPUT)?, How::read(cx)?);
    ranked(cx, kernel, x, &how).map(Val::T)
}

fn ranked(cx: &Cx<'_>, kernel: &'static str, x: Tensor, how: &How) -> Infer<Tensor> {
    let Some(rank) = x.rank() else { return Err(Stop::Unknown("an image of unknown rank")) };
    if !(3..=5).contains(&rank) {
        let text = format!(
            "`input.shape.rank` must be 3, 4 or 5. Received: input.shape={} of rank {rank}.",
            x.shape.tuple()
        );
        let mistake = Mistake::RankMismatch { param: "input", expected: "3, 4 or 5".to_owned(), got: rank };
        return cx.value_error(text, mistake);
    }
    pooled(cx, kernel, &Val::T(x), how, rank - 2)
}

/// `max_pool1d` to `max_pool3d` and the same of averages.
fn pooled(cx: &Cx<'_>, kernel: &'static str, x: &Val, how: &How, n: usize) -> Infer<Tensor> {
    let default = ["NWC", "NHWC", "NDHWC"][n.clamp(1, 3) - 1];
    let format = how.format.as_deref().unwrap_or(default);
    let first = format.starts_with("NC");
    let mut sizes = sequence(cx, &how.sizes, n, first, "ksize")?;
    let mut strides = sequence(cx, &how.strides, n, first, "strides")?;
    let kernel = match (kernel, n) {
        ("MaxPool", 3) => "MaxPool3D",
        ("AvgPool", 3) => "AvgPool3D",
        (other, _) => other,
    };
    let lists = (kernel == "MaxPool").then_some(if n == 1 { 3 } else { 4 });
    let mut padding = padding(cx, kernel, &how.padding, lists)?;
    if n == 3 {
        attribute(cx, kernel, "data_format", format, &["NDHWC", "NCDHW"])?;
    } else if n == 2 {
        let allowed: &[&str] =
            if kernel == "MaxPool" { &["NHWC", "NCHW", "NCHW_VECT_C"] } else { &["NHWC", "NCHW"] };
        attribute(cx, kernel, "data_format", format, allowed)?;
    }
    if sizes.iter().any(|s| *s < 1) && cx.eager() {
        return Err(Stop::Unknown("a window of no size"));
    }
    if n > 1 {
        let window = window::window(strides, Vec::new(), padding, first);
        return pool::pool(cx, kernel, x.clone(), &sizes, &window);
    }
    let axis: i64 = if format == "NWC" { 1 } else { 2 };
    sizes.insert(0, 1);
    strides.insert(0, 1);
    if let crate::kernels::conv::Padding::Explicit(amounts) = &mut padding {
        amounts.splice(0..0, [0, 0]);
    }
    let image = expand_dims(cx, x, Val::from(axis))?;
    let window = window::window(strides, Vec::new(), padding, format != "NWC");
    let out = pool::pool(cx, kernel, Val::T(image), &sizes, &window)?;
    squeeze(cx, out, &[axis])
}

/// `keras.ops.max_pool` and `average_pool`.
fn of_keras(cx: &Cx<'_>, kernel: &'static str) -> Infer<Tensor> {
    let x = cx.tensor(INPUT)?;
    let Some(rank) = x.rank() else { return Err(Stop::Unknown("an image of unknown rank")) };
    let first = channels_first(cx, cx.known(DATA_FORMAT)?)?;
    let mut how = How { format: None, ..How::read(cx)? };
    if how.strides.is_none() {
        how.strides = how.sizes.clone();
    }
    let padding = text(&how.padding)?.unwrap_or_else(|| "valid".to_owned()).to_lowercase();
    if cx.symbolic() {
        return symbolic(cx, &x, &how, &padding, first);
    }
    how.padding = super::conv::text_val(&padding.to_uppercase());
    how.format = Some(super::conv_keras::letters(cx, false, rank)?.to_owned());
    if !first {
        return ranked(cx, kernel, x, &how);
    }
    let n = rank as i64;
    let to_last: Vec<i64> = std::iter::once(0).chain(2..n).chain([1]).collect();
    let to_first: Vec<i64> = [0, n - 1].into_iter().chain(1..n - 1).collect();
    let turned = transpose(cx, x, Val::ints(&to_last))?;
    let out = ranked(cx, kernel, turned, &how)?;
    transpose(cx, out, Val::ints(&to_first))
}

/// `operation_utils.compute_pooling_output_shape`.
fn symbolic(cx: &Cx<'_>, x: &Tensor, how: &How, padding: &str, first: bool) -> Infer<Tensor> {
    let dims = x.shape.dims().unwrap_or_default();
    let Some(n) = dims.len().checked_sub(2) else { return Err(Stop::Unknown("an image of too low a rank")) };
    let (sizes, strides) = (window::spatial(cx, &how.sizes, n)?, window::spatial(cx, &how.strides, n)?);
    if sizes.len() != n || strides.len() != n || strides.iter().any(|s| *s < 1) {
        return Err(Stop::Unknown("a window that does not fit the image"));
    }
    let start = if first { 2 } else { 1 };
    let mut out = dims.to_vec();
    for i in 0..n {
        let size = dims[start + i];
        let length = match padding {
            "valid" => size.map(|s| (s - sizes[i]).div_euclid(strides[i]) + 1),
            "same" => size.map(|s| (s - 1).div_euclid(strides[i]) + 1),
            _ => {
                let text = format!(
                    "Argument `padding` must be either 'valid' or 'same'. Received: padding={padding}"
                );
                return cx.value_error(text.clone(), Mistake::Argument { param: "padding", problem: text });
            }
        };
        if padding == "valid" && length.known().is_some_and(|n| n <= 0) {
            let shown = |val: &Val, list: &[i64]| match val {
                Val::Py(Arg::Int(n)) => n.to_string(),
                _ => window::tuple(list),
            };
            let pool_size = match &how.sizes {
                Val::Py(Arg::Int(n)) => n.to_string(),
                _ => window::array(&sizes),
            };
            let all: Vec<String> = dims.iter().map(Dim::to_string).collect();
            let text = format!(
                "Computed output size would be zero or negative. Received: `inputs.shape=[{}]`, `pool_size={pool_size}`, \
                 `strides={}`, `padding={padding}`.",
                all.join(" "),
                shown(&how.strides, &strides)
            );
            let (right, what) = (Dim::Known(sizes[i]), "a window larger than the image");
            return cx.value_error(text, Mistake::DimMismatch { left: size, right, what });
        }
        out[start + i] = length;
    }
    Ok(keras::spec(Shape::new(out), x.dtype, &[x]))
}

/// `tf.nn.pool`.
fn pool_op(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(INPUT)?;
    let sizes = cx.ints(cx.known(KSIZE)?)?;
    let n = sizes.len();
    let argument = |param: &'static str, text: String| {
        cx.value_error(text.clone(), Mistake::Argument { param, problem: text })
    };
    if !(1..=3).contains(&n) {
        let shown = crate::spec::repr(cx.known(KSIZE)?);
        let text =
            format!("`len(window_shape)` must be 1, 2, or 3. Received: window_shape={shown} of length {n}");
        return argument("window_shape", text);
    }
    if let Some(rank) = x.rank().filter(|r| *r != n + 2) {
        let text = format!("Shape {} must have rank {}", x.shape.tuple(), n + 2);
        let mistake = Mistake::RankMismatch { param: "input", expected: (n + 2).to_string(), got: rank };
        return cx.value_error(text, mistake);
    }
    let (strides, rates) = (cx.known(STRIDES)?, cx.known(DILATIONS)?);
    let strides = if strides.is_none() { vec![1; n] } else { cx.ints(strides)? };
    let rates = if rates.is_none() { vec![1; n] } else { cx.ints(rates)? };
    if strides.len() != n || rates.len() != n {
        return Err(Stop::Unknown("strides that do not fit the window"));
    }
    super::conv::check_rates(cx, &strides, &rates)?;
    if rates.iter().any(|r| *r > 1) {
        return Err(Stop::Unknown("a dilated pooling"));
    }
    if strides.iter().zip(&sizes).any(|(s, w)| s > w) {
        let text = format!(
            "`strides` > `window_shape` not supported due to inconsistency between CPU and GPU implementations. Received: \
             strides={} and window_shape={}",
            window::array(&strides),
            crate::spec::repr(cx.known(KSIZE)?)
        );
        return argument("strides", text);
    }
    let kernel = match text(cx.known(MODE)?)?.as_deref() {
        Some("MAX") => "MaxPool",
        Some("AVG") => "AvgPool",
        other => {
            return argument(
                "pooling_type",
                format!("{n}-D {} pooling is not supported.", other.unwrap_or("None")),
            );
        }
    };
    let padding = match cx.known(PADDING)? {
        Val::Py(Arg::Missing) => super::conv::text_val("VALID"),
        other => other.clone(),
    };
    let how = How {
        sizes: Val::ints(&sizes),
        strides: Val::ints(&strides),
        padding,
        format: text(cx.known(DATA_FORMAT)?)?,
    };
    pooled(cx, kernel, &Val::T(x), &how, n).map(Val::T)
}

fn with_argmax(cx: &Cx<'_>) -> Infer<Val> {
    const OUTPUT: Param<Option<DType>> = Param::named(&["output_dtype"]);
    let how = How::read(cx)?;
    if let Some(format) = how.format.as_deref().filter(|f| *f != "NHWC") {
        let text = format!(
            "`data_format` values other  than 'NHWC' are not supported. Received: data_format={format}"
        );
        return cx.value_error(text.clone(), Mistake::Argument { param: "data_format", problem: text });
    }
    let sizes = sequence(cx, &how.sizes, 2, false, "ksize")?;
    let strides = sequence(cx, &how.strides, 2, false, "strides")?;
    let padding = padding(cx, "MaxPoolWithArgmax", &how.padding, None)?;
    let window = window::window(strides, Vec::new(), padding, false);
    let index = cx.get(OUTPUT)?.unwrap_or(DType::Int64);
    let (values, places) = pool::with_argmax(cx, cx.known(INPUT)?.clone(), &sizes, &window, index)?;
    Ok(Val::Named(vec![("output", Val::T(values)), ("argmax", Val::T(places))]))
}

/// `K.pool2d` and `K.pool3d`.
fn of_backend(cx: &Cx<'_>, n: usize) -> Infer<Val> {
    let mut x = cx.tensor(INPUT)?;
    let given = text(cx.known(DATA_FORMAT)?)?;
    if let Some(other) = given.as_deref().filter(|f| !matches!(*f, "channels_first" | "channels_last")) {
        let text = format!("Unknown data_format: {other}");
        return cx.value_error(text.clone(), Mistake::Argument { param: "data_format", problem: text });
    }
    let first = given.as_deref() == Some("channels_first");
    if let (2, Val::Py(Arg::Int(_))) = (n, cx.known(KSIZE)?) {
        let problem = "is a number, not one for each axis".to_owned();
        let mistake = Mistake::Argument { param: "pool_size", problem };
        return cx.type_error("object of type 'int' has no len()", mistake);
    }
    let (sizes, strides) = (cx.ints(cx.known(KSIZE)?)?, cx.known(STRIDES)?);
    let strides = if strides.is_none() { vec![1; n] } else { cx.ints(strides)? };
    if sizes.len() != n || strides.len() != n {
        if n == 2 {
            let (param, name) =
                if sizes.len() == n { ("strides", "strides") } else { ("pool_size", "pool_size") };
            let text = format!("`{name}` must be a tuple of 2 integers.");
            return cx.value_error(text.clone(), Mistake::Argument { param, problem: text });
        }
        return Err(Stop::Unknown("a window that does not fit the image"));
    }
    let turns = first && !cx.keras3();
    let rank = n as i64 + 2;
    if turns {
        let order: Vec<i64> = std::iter::once(0).chain(2..rank).chain([1]).collect();
        x = transpose(cx, x, Val::ints(&order))?;
    }
    let padding = text(cx.known(PADDING)?)?;
    let padding = match padding.as_deref() {
        None | Some("valid") => "VALID",
        Some("same") => "SAME",
        Some(other) => {
            let text = format!("Invalid padding: {other}");
            return cx.value_error(text.clone(), Mistake::Argument { param: "padding", problem: text });
        }
    };
    let front = first && !turns;
    let format = match (front, n) {
        (false, 2) => "NHWC",
        (true, 2) => "NCHW",
        (false, _) => "NDHWC",
        (true, _) => "NCDHW",
    };
    let kernel = match text(cx.known(MODE)?)?.as_deref() {
        None | Some("max") => "MaxPool",
        Some("avg") => "AvgPool",
        Some(other) => {
            let text = format!("Invalid pooling mode: {other}");
            return cx.value_error(text.clone(), Mistake::Argument { param: "pool_mode", problem: text });
        }
    };
    let how = How {
        sizes: Val::ints(&sizes),
        strides: Val::ints(&strides),
        padding: super::conv::text_val(padding),
        format: Some(format.to_owned()),
    };
    let out = pooled(cx, kernel, &Val::T(x), &how, n)?;
    if !turns {
        return Ok(Val::T(out));
    }
    let order: Vec<i64> = [0, rank - 1].into_iter().chain(1..rank - 1).collect();
    transpose(cx, out, Val::ints(&order)).map(Val::T)
}

/// Pooling to a given size.
fn adaptive(cx: &Cx<'_>) -> Infer<Val> {
    const OUTPUT: Param<Arg> = Param::at(1, &["output_size"]);
    let x = cx.tensor(INPUT)?;
    let Some(dims) = x.shape.dims() else { return Err(Stop::Unknown("an image of unknown rank")) };
    let n = dims.len().saturating_sub(2);
    if x.kind == TensorKind::Numpy && !cx.symbolic() {
        // The shape of an array is a tuple, of which a list is asked for.
        let text = "'tuple' object has no attribute 'as_list'";
        let problem = "is an array, not a tensor".to_owned();
        return cx.raise(Exc::AttributeError, text, Mistake::Argument { param: "inputs", problem });
    }
    if !(1..=3).contains(&n) {
        if cx.symbolic() {
            return Err(Stop::Unknown("an image of another rank"));
        }
        let text = format!("{} supports 1D, 2D, or 3D inputs only.", cx.call.op.name);
        let (expected, got) = ("3 to 5".to_owned(), dims.len());
        return cx.value_error(text, Mistake::RankMismatch { param: "inputs", expected, got });
    }
    let sizes = window::spatial(cx, cx.known(OUTPUT)?, n)?;
    let first = channels_first(cx, cx.known(DATA_FORMAT)?)?;
    let start = if first { 2 } else { 1 };
    if sizes.len() != n {
        return Err(Stop::Unknown("an output size that does not fit the image"));
    }
    if !cx.symbolic() && dims[start..start + n].contains(&Dim::Unknown) {
        return Err(Stop::Unknown("an image of unknown size"));
    }
    if !cx.symbolic() && dims[start..start + n].iter().any(|d| !d.is_known()) {
        let text = if n == 1 {
            "Input length must be statically known for adaptive pooling"
        } else {
            "Input spatial dimensions must be statically known for adaptive pooling"
        };
        return cx.value_error(text, Mistake::Argument { param: "inputs", problem: text.to_owned() });
    }
    let mut out = dims.to_vec();
    for (i, size) in sizes.iter().enumerate() {
        // Two windows are pooled by, the larger one by one more than would do.
        let larger = dims[start + i].known().filter(|_| *size > 0).map(|n| (n + size - 1) / size + 1);
        if let (Dim::Known(n), Some(larger), false) = (dims[start + i], larger, cx.symbolic())
            && larger > n
        {
            let fit = merge::subtract(Dim::Known(n), Dim::Known(larger));
            cx.fit(if cx.call.op.kernel.is_empty() { "AvgPool" } else { cx.call.op.kernel }, fit)?;
        }
        out[start + i] = Dim::Known(*size);
    }
    Ok(Val::T(x.clone().with_shape(Shape::new(out)).like()))
}

/// `depth_to_space` and `space_to_depth`.
fn blocks(cx: &Cx<'_>) -> Infer<Val> {
    let kernel = cx.call.op.kernel;
    let block = cx.get(BLOCK)?;
    let keras = cx.surface() == Surface::KerasOps;
    let format = text(cx.known(DATA_FORMAT)?)?;
    if !keras {
        let format = format.as_deref().unwrap_or("NHWC");
        attribute(cx, kernel, "data_format", format, &["NHWC", "NCHW", "NCHW_VECT_C"])?;
        return pool::blocks(cx, kernel, cx.known(INPUT)?.clone(), block, format != "NHWC").map(Val::T);
    }
    let first = channels_first(cx, cx.known(DATA_FORMAT)?)?;
    if block < 2 {
        let text = format!("`block_size` must be at least 2. Received: block_size={block}");
        return cx.value_error(text.clone(), Mistake::Argument { param: "block_size", problem: text });
    }
    let x = cx.tensor(INPUT)?;
    if cx.symbolic() {
        let Ok(out) = pool::blocks(cx, kernel, Val::T(x.clone()), block, first) else {
            return Err(Stop::Unknown("blocks that do not fit the image"));
        };
        return Ok(Val::T(keras::spec(out.shape, x.dtype, &[&x])));
    }
    if !first {
        return pool::blocks(cx, kernel, Val::T(x), block, false).map(Val::T);
    }
    let turned = transpose(cx, x, Val::ints(&[0, 2, 3, 1]))?;
    let out = pool::blocks(cx, kernel, Val::T(turned), block, false)?;
    transpose(cx, out, Val::ints(&[0, 3, 1, 2])).map(Val::T)
}
