//! Transposed convolutions: `tf.nn.conv_transpose` and its kin, `keras.ops.conv_transpose`.

use tensor::{DType, Dim, Shape};

use super::conv::{FILTERS, INPUT, text_val};
use super::conv_keras::{Plan, check_channels, letters};
use super::window::{self, DATA_FORMAT, DILATIONS, PADDING, STRIDES, attribute, padding, sequence, text};
use crate::defs::rule;
use crate::kernels::conv::transposed;
use crate::kernels::join;
use crate::kernels::shape::{expand_dims, squeeze};
use crate::kernels::stride::{item, part};
use crate::spec::{Cx, Tensor, Val, keras, run};
use crate::{Arg, Infer, Mistake, Op, Param, Stop, Surface};

const OUTPUT_SHAPE: Param<Arg> = Param::at(2, &["output_shape"]);
const OUTPUT_PADDING: Param<Arg> = Param::named(&["output_padding"]);

pub(in crate::defs) static OPS: &[Op] = &[
    rule(
        "conv_transpose",
        &["tf.nn.conv_transpose", "keras.ops.conv_transpose"],
        |c| run(c, conv_transpose),
        "tensorflow/python/ops/nn_ops.py: conv_transpose, keras/src/backend/tensorflow/nn.py: conv_transpose",
    ),
    rule(
        "conv1d_transpose",
        &["tf.nn.conv1d_transpose"],
        |c| run(c, |cx| of_rank(cx, 1)),
        "tensorflow/python/ops/nn_ops.py: conv1d_transpose",
    ),
    rule(
        "conv2d_transpose",
        &["tf.nn.conv2d_transpose"],
        |c| run(c, |cx| of_rank(cx, 2)),
        "tensorflow/python/ops/nn_ops.py: conv2d_transpose_v2",
    ),
    rule(
        "conv3d_transpose",
        &["tf.nn.conv3d_transpose"],
        |c| run(c, |cx| of_rank(cx, 3)),
        "tensorflow/python/ops/nn_ops.py: conv3d_transpose_v2",
    ),
];

/// The arguments of a transposed convolution besides its tensors.
pub(super) struct How {
    /// The result's shape.
    pub shape: Val,
    /// The strides.
    pub strides: Val,
    /// The padding.
    pub padding: Val,
    /// TensorFlow's letters for the data format.
    pub format: Option<String>,
    /// The dilations.
    pub dilations: Val,
}

impl How {
    fn read(cx: &Cx<'_>) -> Infer<How> {
        Ok(How {
            shape: cx.known(OUTPUT_SHAPE)?.clone(),
            strides: cx.known(STRIDES)?.clone(),
            padding: match cx.known(PADDING)? {
                Val::Py(Arg::Missing) => text_val("SAME"),
                other => other.clone(),
            },
            format: text(cx.known(DATA_FORMAT)?)?,
            dilations: cx.known(DILATIONS)?.clone(),
        })
    }
}

fn of_rank(cx: &Cx<'_>, n: usize) -> Infer<Val> {
    by_rank(cx, cx.known(INPUT)?, cx.known(FILTERS)?, &How::read(cx)?, n).map(Val::T)
}

fn conv_transpose(cx: &Cx<'_>) -> Infer<Val> {
    if cx.surface() == Surface::KerasOps {
        return of_keras(cx).map(Val::T);
    }
    let how = How::read(cx)?;
    any_rank(cx, cx.known(INPUT)?, cx.known(FILTERS)?, &how).map(Val::T)
}

/// `tf.nn.conv_transpose`: the length of the result's shape decides.
fn any_rank(cx: &Cx<'_>, x: &Val, filter: &Val, how: &How) -> Infer<Tensor> {
    let length = match &how.shape {
        Val::List(items) | Val::Tuple(items) => items.len(),
        Val::T(t) => match t.shape.dim(0).and_then(Dim::known).and_then(|n| usize::try_from(n).ok()) {
            Some(n) => n,
            None => return Err(Stop::Unknown("a shape of unknown length")),
        },
        _ => return Err(Stop::Unknown("a shape that is not known")),
    };
    if !(3..=5).contains(&length) {
        let text = format!(
            "`output_shape` must be of length 3, 4 or 5. Received: output_shape={} of length {length}.",
            crate::spec::repr(&how.shape)
        );
        return cx.value_error(text.clone(), Mistake::Argument { param: "output_shape", problem: text });
    }
    by_rank(cx, x, filter, how, length - 2)
}

/// `tf.nn.conv1d_transpose` to `conv3d_transpose`.
pub(super) fn by_rank(cx: &Cx<'_>, x: &Val, filter: &Val, how: &How, n: usize) -> Infer<Tensor> {
    if n == 1 {
        return one(cx, x, filter, how);
    }
    let (kernel, default, allowed) = if n == 2 {
        ("Conv2DBackpropInput", "NHWC", ["NHWC", "NCHW"])
    } else {
        ("Conv3DBackpropInputV2", "NDHWC", ["NDHWC", "NCDHW"])
    };
    let format = how.format.as_deref().unwrap_or(default);
    let first = format.starts_with("NC");
    let strides = sequence(cx, &how.strides, n, first, "strides")?;
    let dilations = sequence(cx, &how.dilations, n, first, "dilations")?;
    let padding = padding(cx, kernel, &how.padding, (n == 2).then_some(4))?;
    attribute(cx, kernel, "data_format", format, &allowed)?;
    let window = window::window(strides, dilations, padding, first);
    transposed(cx, kernel, how.shape.clone(), filter.clone(), x.clone(), &window)
}

/// `tf.nn.conv1d_transpose`: over images of height 1.
fn one(cx: &Cx<'_>, x: &Val, filter: &Val, how: &How) -> Infer<Tensor> {
    let first = match how.format.as_deref() {
        None | Some("NWC") => false,
        Some("NCW") => true,
        Some(other) => {
            let text = format!("`data_format` must be 'NWC' or 'NCW'. Received: data_format={other}");
            return cx.value_error(text.clone(), Mistake::Argument { param: "data_format", problem: text });
        }
    };
    let start: i64 = if first { 2 } else { 1 };
    let strides = [vec![1], sequence(cx, &how.strides, 1, first, "stride")?].concat();
    let dilations = [vec![1], sequence(cx, &how.dilations, 1, first, "dilations")?].concat();
    let image = expand_dims(cx, x, Val::from(start))?;
    let filter = expand_dims(cx, filter, Val::from(0))?;
    let sizes = cx.convert(&how.shape, Some(DType::Int32))?;
    let parts =
        [part(cx, &sizes, None, Some(start))?, Tensor::vector(&[1]), part(cx, &sizes, Some(start), None)?];
    let sizes = join::concat(cx, Val::list(parts), Val::from(0))?;
    let padding = padding(cx, "Conv2DBackpropInput", &how.padding, None)?;
    let window = window::window(strides, dilations, padding, first);
    let out = transposed(cx, "Conv2DBackpropInput", Val::T(sizes), Val::T(filter), Val::T(image), &window)?;
    squeeze(cx, out, &[start])
}

/// `keras.ops.conv_transpose`.
fn of_keras(cx: &Cx<'_>) -> Infer<Tensor> {
    let (x, filter) = (cx.tensor(INPUT)?, cx.tensor(FILTERS)?);
    let (Some(dims), Some(weights)) = (x.shape.dims(), filter.shape.dims()) else {
        return Err(Stop::Unknown("a transposed convolution of tensors of unknown rank"));
    };
    let n = dims.len().saturating_sub(2);
    let plan = Plan::read(cx, n)?;
    check_channels(cx, dims, weights, plan.first, 1)?;
    if dims.len() < 2 {
        return Err(Stop::Unknown("an image of too low a rank"));
    }
    let format = if cx.symbolic() { "" } else { letters(cx, plan.first, dims.len())? };
    if weights.len() < 2 || plan.strides.len() != n || plan.dilations.len() != n || weights.len() - 2 < n {
        return Err(Stop::Unknown("a filter or strides that do not fit the image"));
    }
    let extra = match cx.known(OUTPUT_PADDING)? {
        v if v.is_none() => None,
        Val::Py(Arg::Int(one)) => Some(vec![*one; n]),
        given => Some(cx.ints(given)?),
    };
    let start = if plan.first { 2 } else { 1 };
    let mut out = dims.to_vec();
    out[if plan.first { 1 } else { dims.len() - 1 }] = weights[weights.len() - 2];
    for i in 0..n {
        let extra = extra.as_ref().and_then(|e| e.get(i).copied());
        out[start + i] = upsampled(cx, dims[start + i], weights[i], &plan, i, extra)?;
    }
    let shape = Shape::new(out.iter().copied());
    if cx.symbolic() {
        return Ok(keras::spec(shape, x.dtype, &[&x, &filter]));
    }
    let whole = crate::kernels::shape::shape_of(&x, DType::Int32);
    let mut sizes = Vec::with_capacity(out.len());
    for (i, dim) in out.iter().enumerate() {
        sizes.push(match dim {
            Dim::Known(n) => Val::from(*n),
            _ if i == 0 => Val::T(item(cx, &whole, 0)?),
            // A size that is computed from the dynamic shape, or a filter's that is not known, stays open.
            _ => Val::T(Tensor::new(Shape::scalar(), DType::Int32)),
        });
    }
    let how = How {
        shape: Val::List(sizes),
        strides: cx.known(STRIDES)?.clone(),
        padding: text_val(&plan.padding.to_uppercase()),
        format: Some(format.to_owned()),
        dilations: cx.known(DILATIONS)?.clone(),
    };
    let how = How {
        strides: if how.strides.is_none() { Val::from(1) } else { how.strides },
        dilations: if how.dilations.is_none() { Val::from(1) } else { how.dilations },
        ..how
    };
    any_rank(cx, &Val::T(x), &Val::T(filter), &how)
}

/// `_get_output_shape_given_tf_padding`.
fn upsampled(cx: &Cx<'_>, size: Dim, window: Dim, plan: &Plan, i: usize, extra: Option<i64>) -> Infer<Dim> {
    let (stride, rate) = (plan.strides[i], plan.dilations[i]);
    if !matches!(plan.padding.as_str(), "valid" | "same") {
        if cx.symbolic() && !size.is_known() {
            return Ok(Dim::Unknown);
        }
        let text = format!(
            "The `padding` argument must be one of 'valid', 'same'. Received: padding={}",
            plan.padding
        );
        return cx.value_error(text.clone(), Mistake::Argument { param: "padding", problem: text });
    }
    let (Dim::Known(size), Dim::Known(window)) = (size, window) else { return Ok(Dim::Unknown) };
    let window = (window - 1) * rate + 1;
    Ok(Dim::Known(match (plan.padding.as_str(), extra) {
        ("valid", extra) => {
            (size - 1) * stride + window + extra.unwrap_or_else(|| window.max(stride) - window)
        }
        (_, None) => size * stride,
        (_, Some(extra)) => (size - 1) * stride + window % 2 + extra,
    }))
}
