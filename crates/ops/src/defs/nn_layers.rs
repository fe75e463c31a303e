//! What layers compute as one op: convolutions, pools, normalizations and noise in terms of a layer's settings.
//!
//! No public function means these; the public ones take their settings in other forms (`tf.nn.conv2d`'s strides
//! count the batch). A layer has checked its arguments before.

use std::rc::Rc;

use tensor::{Content, DType, Dim, Shape};

use crate::kernels::window::Window;
use crate::params::{SHAPE, X};
use crate::spec::{Cx, Misfit, Node, Tensor, Val, merge, run};
use crate::{Arg, Call, Eval, Gradient, Infer, Mistake, Op, Outputs, Param, Stop};

const KERNEL: Param<Arg> = Param::named(&["kernel", "depthwise_kernel"]);
const POINTWISE: Param<Arg> = Param::named(&["pointwise_kernel"]);
const SIZE: Param<Vec<i64>> = Param::named(&["pool_size"]);
const STRIDES: Param<Vec<i64>> = Param::named(&["strides"]);
const DILATION: Param<Vec<i64>> = Param::named(&["dilation_rate"]);
const PADDING: Param<Rc<str>> = Param::named(&["padding"]);
const FORMAT: Param<Rc<str>> = Param::named(&["data_format"]);
const OUTPUT: Param<Shape> = Param::named(&["output_shape"]);
const OUTPUT_SIZES: Param<Vec<i64>> = Param::named(&["output_sizes"]);
const FILTERS: Param<i64> = Param::named(&["filters"]);
const RATE: Param<Arg> = Param::named(&["rate"]);

/// One row: name, rule and TensorFlow's kernel.
const fn row(name: &'static str, infer: fn(&Call<'_>) -> Infer<Outputs>, kernel: &'static str) -> Op {
    let source = "tensorflow/python/ops/nn_ops.py, tensorflow/core/framework/common_shape_fns.cc";
    Op { name, apis: &[], infer, gradient: Gradient::Kernels, eval: Eval::Missing, source, kernel }
}

pub(super) static OPS: &[Op] = &[
    row("layer_conv", conv, "Conv2D"),
    row("layer_conv_transpose", conv_transpose, "Conv2D"),
    row("layer_depthwise_conv", depthwise_conv, "DepthwiseConv2dNative"),
    row("layer_separable_conv", separable_conv, "DepthwiseConv2dNative"),
    row("layer_local_conv", local_conv, "BatchMatMulV2"),
    row("layer_max_pool", pool, "MaxPool"),
    row("layer_average_pool", pool, "AvgPool"),
    row("layer_set_shape", set_shape, ""),
    row("layer_batch_norm", normalized, ""),
    row("layer_norm", normalized, ""),
    row("layer_rms_norm", normalized, ""),
    row("layer_group_norm", normalized, ""),
    row("layer_dropout", dropout, ""),
    row("layer_gaussian_dropout", noise, ""),
    row("layer_gaussian_noise", noise, ""),
    row("layer_alpha_dropout", noise, ""),
];

/// How a layer's window slides.
struct Slide {
    strides: Vec<i64>,
    dilation: Vec<i64>,
    padding: Rc<str>,
    channels_first: bool,
}

impl Slide {
    fn read(cx: &Cx<'_>) -> Infer<Slide> {
        let padding = cx.get(PADDING)?;
        if !matches!(&*padding, "valid" | "same" | "causal") {
            return Err(Stop::Unknown("a padding of another kind"));
        }
        let dilation = if cx.val(DILATION).is_none() { Vec::new() } else { cx.get(DILATION)? };
        let channels_first = &*cx.get(FORMAT)? == "channels_first";
        Ok(Slide { strides: cx.get(STRIDES)?, dilation, padding, channels_first })
    }

    /// Slides windows of these sizes over the last axes, channels left out; axes before them are a batch.
    fn over(&self, cx: &Cx<'_>, kernel: &str, shape: &[Dim], sizes: &[i64]) -> Infer<Vec<Dim>> {
        let batch = shape.len() - sizes.len() - 1;
        let mut out = shape.to_vec();
        for (i, size) in sizes.iter().enumerate() {
            let axis = batch + i + usize::from(self.channels_first);
            let stride = self.strides.get(i).copied().unwrap_or(1);
            if stride <= 0 {
                let text = format!("Stride must be > 0, but got {stride}");
                return cx.refuse(kernel, Misfit::argument("strides", text));
            }
            let dilation = self.dilation.get(i).copied().unwrap_or(1);
            let same = &*self.padding == "same";
            let window = Window { size: *size, stride, dilation, same };
            let mut input = shape[axis];
            if &*self.padding == "causal" {
                input = input.map(|n| n.saturating_add(size.saturating_sub(1).saturating_mul(dilation)));
            }
            out[axis] = cx.fit_or(kernel, window.slide(input), || window.too_large(input))?;
        }
        Ok(out)
    }

    fn channel_axis(&self, rank: usize, spatial: usize) -> usize {
        if self.channels_first { rank - spatial - 1 } else { rank - 1 }
    }
}

/// The sizes of a kernel's windows, and its last two dims, which channels that are not known leave open.
fn kernel_sizes(kernel: &Tensor) -> Infer<(Vec<i64>, [Dim; 2])> {
    const WHY: Stop = Stop::Unknown("a kernel of unknown size");
    let Some([sizes @ .., from, to]) = kernel.shape.dims() else { return Err(WHY) };
    let sizes: Option<Vec<i64>> = sizes.iter().map(|size| size.known()).collect();
    Ok((sizes.filter(|sizes| !sizes.is_empty()).ok_or(WHY)?, [*from, *to]))
}

/// Returns the dims of an input that has at least the window's axes, a batch and channels.
fn input_dims(cx: &Cx<'_>, kernel: &str, x: &Tensor, spatial: usize) -> Infer<Vec<Dim>> {
    cx.fit(kernel, merge::rank_at_least(&x.shape, spatial + 2))?;
    match x.shape.dims() {
        Some(dims) => Ok(dims.to_vec()),
        None => Err(Stop::Unknown("an input of unknown rank")),
    }
}

fn conv(call: &Call<'_>) -> Infer<Outputs> {
    run(call, |cx| {
        let slide = Slide::read(cx)?;
        let (sizes, [depth, filters]) = kernel_sizes(&cx.tensor(KERNEL)?)?;
        let spatial = sizes.len();
        let name = if spatial == 3 { "Conv3D" } else { "Conv2D" };
        let node = cx.node(name, [cx.known(X)?.clone(), cx.known(KERNEL)?.clone()])?;
        let dims = input_dims(cx, name, node.x(0), spatial)?;
        let axis = slide.channel_axis(dims.len(), spatial);
        if let (Dim::Known(n), Dim::Known(depth)) = (dims[axis], depth)
            && (depth == 0 || n % depth != 0)
        {
            let text = format!("Depth of input ({n}) is not a multiple of input depth of filter ({depth})");
            let (left, right) = (dims[axis], Dim::Known(depth));
            return cx
                .refuse(name, Misfit::new(text, Mistake::DimMismatch { left, right, what: "the channels" }));
        }
        let mut out = slide.over(cx, name, &dims, &sizes)?;
        out[axis] = filters;
        Ok(Val::T(node.out(Shape::new(out))))
    })
}

/// The layer has computed the shape, by the arithmetic of its profile.
fn conv_transpose(call: &Call<'_>) -> Infer<Outputs> {
    run(call, |cx| {
        let node = cx.node(call.op.kernel, [cx.known(X)?.clone(), cx.known(KERNEL)?.clone()])?;
        Ok(Val::T(node.out(cx.get(OUTPUT)?)))
    })
}

/// Slides each channel's own windows; `Node` is `DepthwiseConv2dNative`'s.
fn depthwise<'a>(cx: &Cx<'a>, slide: &Slide) -> Infer<(Node<'a>, Vec<Dim>, usize)> {
    const NAME: &str = "DepthwiseConv2dNative";
    let (sizes, [depth, multiplier]) = kernel_sizes(&cx.tensor(KERNEL)?)?;
    let spatial = sizes.len();
    let node = cx.node(NAME, [cx.known(X)?.clone(), cx.known(KERNEL)?.clone()])?;
    // One dimension is carried out as two.
    let extra = usize::from(spatial == 1);
    let shape = &node.x(0).shape;
    if shape.rank().is_some_and(|rank| rank != spatial + 2) {
        let lifted = Shape::of_rank(shape.rank().unwrap_or_default() + extra);
        cx.fit(NAME, merge::rank(&lifted, 4))?;
    }
    let dims = input_dims(cx, NAME, node.x(0), spatial)?;
    let axis = slide.channel_axis(dims.len(), spatial);
    cx.fit(NAME, merge::dims(dims[axis], depth, "the channels"))?;
    let mut out = slide.over(cx, NAME, &dims, &sizes)?;
    out[axis] = match (depth, multiplier) {
        (Dim::Known(depth), Dim::Known(each)) => Dim::Known(depth.saturating_mul(each)),
        _ => Dim::Unknown,
    };
    Ok((node, out, axis))
}

fn depthwise_conv(call: &Call<'_>) -> Infer<Outputs> {
    run(call, |cx| {
        let slide = Slide::read(cx)?;
        let (node, out, _) = depthwise(cx, &slide)?;
        Ok(Val::T(node.out(Shape::new(out))))
    })
}

fn separable_conv(call: &Call<'_>) -> Infer<Outputs> {
    run(call, |cx| {
        let slide = Slide::read(cx)?;
        let (node, mut out, axis) = depthwise(cx, &slide)?;
        let between = node.out(Shape::new(out.clone()));
        let pointwise = cx.tensor(POINTWISE)?;
        out[axis] = pointwise.shape.dim(-1).unwrap_or(Dim::Unknown);
        let node = cx.node("Conv2D", [Val::T(between), Val::T(pointwise)])?;
        Ok(Val::T(node.out(Shape::new(out))))
    })
}

/// A kernel of its own for every position; the layer knows the sizes of the output.
fn local_conv(call: &Call<'_>) -> Infer<Outputs> {
    run(call, |cx| {
        let (x, kernel) = (cx.tensor(X)?, cx.tensor(KERNEL)?);
        let batch = x.shape.dim(0).unwrap_or(Dim::Unknown);
        let filters = Dim::Known(cx.get(FILTERS)?);
        let mut dims: Vec<Dim> = cx.get(OUTPUT_SIZES)?.into_iter().map(Dim::Known).collect();
        let at = if &*cx.get(FORMAT)? == "channels_first" { 0 } else { dims.len() };
        dims.insert(at, filters);
        dims.insert(0, batch);
        let mut out = Tensor::new(Shape::new(dims), x.dtype);
        out.reach.join(&x.reach);
        out.reach.join(&kernel.reach);
        Ok(Val::T(out))
    })
}

fn pool(call: &Call<'_>) -> Infer<Outputs> {
    run(call, |cx| {
        let slide = Slide::read(cx)?;
        let sizes = cx.get(SIZE)?;
        if &*slide.padding == "causal" {
            if sizes.len() > 1 {
                return Err(Stop::Unknown("a padding that pools do not take"));
            }
            // One axis is pooled by `K.pool2d`, which looks at it.
            let text = "Invalid padding: causal".to_owned();
            return cx.value_error(text.clone(), Mistake::Argument { param: "padding", problem: text });
        }
        let name = call.op.kernel;
        let node = cx.node(name, [cx.known(X)?.clone()])?;
        if node.x(0).rank().is_none() {
            return Ok(Val::T(node.out(Shape::of_rank(sizes.len() + 2))));
        }
        let dims = input_dims(cx, name, node.x(0), sizes.len())?;
        let out = slide.over(cx, name, &dims, &sizes)?;
        Ok(Val::T(node.out(Shape::new(out))))
    })
}

/// `x.set_shape(shape)`: adds what is known of a shape.
fn set_shape(call: &Call<'_>) -> Infer<Outputs> {
    run(call, |cx| {
        let x = cx.tensor(X)?;
        let wanted = cx.get(SHAPE)?;
        match x.shape.merge(&wanted) {
            Some(shape) => Ok(Val::T(x.with_shape(shape))),
            None => {
                let text = format!("Shapes {} and {} are incompatible", x.shape.tuple(), wanted.tuple());
                let mistake = Mistake::Argument { param: "shape", problem: text.clone() };
                cx.value_error(text, mistake)
            }
        }
    })
}

/// A normalization keeps the shape and depends on the input and all its weights.
fn normalized(call: &Call<'_>) -> Infer<Outputs> {
    run(call, |cx| {
        let x = cx.tensor(X)?;
        let dtype = x.dtype.map(|d| if d.is_floating() { d } else { DType::Float32 });
        let mut out = Tensor::new(x.shape.clone(), dtype);
        for val in cx.vals() {
            if let Val::T(t) = val {
                out.reach.join(&t.reach);
            }
        }
        Ok(Val::T(out))
    })
}

fn dropout(call: &Call<'_>) -> Infer<Outputs> {
    run(call, |cx| {
        let x = cx.tensor(X)?;
        let rate = match cx.val(RATE) {
            Val::Py(Arg::Float(x)) => Some(*x),
            Val::Py(Arg::Int(n)) => Some(*n as f64),
            _ => None,
        };
        if rate.is_some_and(|rate| !(0.0..1.0).contains(&rate)) {
            let shown = crate::spec::repr(cx.val(RATE));
            let text = format!(
                "`rate` must be a scalar tensor or a float in the range [0, 1). Received: rate={shown}"
            );
            return cx.value_error(text.clone(), Mistake::Argument { param: "rate", problem: text });
        }
        if let Some(dtype) = x.dtype.filter(|d| !d.is_floating()) {
            let text = format!(
                "`x.dtype` must be a floating point tensor as `x` will be scaled. Received: x_dtype=<dtype: '{dtype}'>"
            );
            let expected = "a floating-point dtype".to_owned();
            return cx.value_error(text, Mistake::DType { param: "x", got: dtype.to_string(), expected });
        }
        // What is dropped or scaled of zeros are zeros.
        let kept = if x.content.is_zero() { Content::Zeros } else { Content::Unknown };
        Ok(Val::T(changed(&x).with_content(kept)))
    })
}

fn noise(call: &Call<'_>) -> Infer<Outputs> {
    run(call, |cx| {
        let x = cx.tensor(X)?;
        if x.dtype.is_some_and(|d| !d.is_floating()) {
            return Err(Stop::Unknown("noise on other than floats"));
        }
        Ok(Val::T(changed(&x)))
    })
}

/// A tensor of the same spec whose elements are not known.
fn changed(x: &Tensor) -> Tensor {
    let out = Tensor::new(x.shape.clone(), x.dtype);
    Tensor { reach: x.reach.clone(), ..out }
}
