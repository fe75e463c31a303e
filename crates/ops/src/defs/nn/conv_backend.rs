//! Convolutions of `keras.backend`, old style.

use tensor::{DType, Dim, Shape};

use super::conv::{self, FILTERS, INPUT, POINTWISE, text_val};
use super::conv_transpose as back;
use super::window::{DATA_FORMAT, DILATIONS, PADDING, STRIDES, text};
use crate::defs::rule;
use crate::kernels::layout::{pad, transpose};
use crate::kernels::shape::{expand_dims, shape_of, squeeze};
use crate::kernels::stride::item;
use crate::spec::{Cx, Tensor, Val, run};
use crate::{Arg, Infer, Mistake, Op, Param, Stop};

const SOURCE: &str = "keras/src/legacy/backend.py, tf_keras/src/backend.py";

pub(in crate::defs) static OPS: &[Op] = &[
    rule("backend_conv1d", &["tf.keras.backend.conv1d"], |c| run(c, |cx| plain(cx, 1)), SOURCE),
    rule("backend_conv2d", &["tf.keras.backend.conv2d"], |c| run(c, |cx| plain(cx, 2)), SOURCE),
    rule("backend_conv3d", &["tf.keras.backend.conv3d"], |c| run(c, |cx| plain(cx, 3)), SOURCE),
    rule("backend_depthwise_conv2d", &["tf.keras.backend.depthwise_conv2d"], |c| run(c, depthwise), SOURCE),
    rule(
        "backend_separable_conv1d",
        &["tf.keras.backend.separable_conv1d"],
        |c| run(c, |cx| separable(cx, 1)),
        SOURCE,
    ),
    rule(
        "backend_separable_conv2d",
        &["tf.keras.backend.separable_conv2d"],
        |c| run(c, |cx| separable(cx, 2)),
        SOURCE,
    ),
    rule(
        "backend_conv2d_transpose",
        &["tf.keras.backend.conv2d_transpose"],
        |c| run(c, |cx| transposed(cx, 2)),
        SOURCE,
    ),
    rule(
        "backend_conv3d_transpose",
        &["tf.keras.backend.conv3d_transpose"],
        |c| run(c, |cx| transposed(cx, 3)),
        SOURCE,
    ),
];

/// Whether channels come first, and whether the image is turned so that they come last: Keras 2 does so on a
/// machine without a GPU.
fn format(cx: &Cx<'_>) -> Infer<(bool, bool)> {
    let given = text(cx.known(DATA_FORMAT)?)?;
    match given.as_deref() {
        None | Some("channels_last") => Ok((false, false)),
        Some("channels_first") => Ok((true, !cx.keras3())),
        Some(other) => {
            let text = format!("Unknown data_format: {other}");
            cx.value_error(text.clone(), Mistake::Argument { param: "data_format", problem: text })
        }
    }
}

/// `_preprocess_padding`.
fn padding(cx: &Cx<'_>, given: &str) -> Infer<Val> {
    match given {
        "same" => Ok(text_val("SAME")),
        "valid" => Ok(text_val("VALID")),
        other => {
            let text = format!("Invalid padding: {other}");
            cx.value_error(text.clone(), Mistake::Argument { param: "padding", problem: text })
        }
    }
}

fn given_padding(cx: &Cx<'_>) -> Infer<String> {
    Ok(text(cx.known(PADDING)?)?.unwrap_or_else(|| "valid".to_owned()))
}

/// Puts the channels last, or back.
fn turn(cx: &Cx<'_>, x: Tensor, n: usize, last: bool) -> Infer<Tensor> {
    let rank = n as i64 + 2;
    let order: Vec<i64> = if last {
        std::iter::once(0).chain(2..rank).chain([1]).collect()
    } else {
        [0, rank - 1].into_iter().chain(1..rank - 1).collect()
    };
    transpose(cx, x, Val::ints(&order))
}

fn letters(n: usize, first: bool) -> Option<String> {
    let name = match (n, first) {
        (1, false) => "NWC",
        (1, true) => "NCW",
        (2, false) => "NHWC",
        (2, true) => "NCHW",
        (_, false) => "NDHWC",
        (_, true) => "NCDHW",
    };
    Some(name.to_owned())
}

/// `K.conv1d` to `K.conv3d`.
fn plain(cx: &Cx<'_>, n: usize) -> Infer<Val> {
    let (mut x, filter) = (cx.tensor(INPUT)?, cx.tensor(FILTERS)?);
    let (first, turns) = format(cx)?;
    let (strides, dilations) = (cx.known(STRIDES)?.clone(), cx.known(DILATIONS)?.clone());
    let mut how = given_padding(cx)?;
    if n == 1 && how == "causal" {
        let rate = if dilations.is_none() { 1 } else { cx.int(&dilations)? };
        let Some(Dim::Known(length)) = filter.shape.dim(0) else {
            return Err(Stop::Unknown("a causal padding by a filter of unknown length"));
        };
        x = pad(cx, "Pad", x, paddings(&[(0, 0), (rate * (length - 1), 0), (0, 0)]), None)?;
        how = "valid".to_owned();
    }
    let how =
        conv::How { strides, padding: padding(cx, &how)?, format: letters(n, first && !turns), dilations };
    if turns {
        x = turn(cx, x, n, true)?;
    }
    let out = conv::convolution(cx, &Val::T(x), &Val::T(filter), &how)?;
    if turns { turn(cx, out, n, false).map(Val::T) } else { Ok(Val::T(out)) }
}

/// Makes the rows of a padding.
pub(super) fn paddings(rows: &[(i64, i64)]) -> Val {
    Val::List(rows.iter().map(|(a, b)| Val::ints(&[*a, *b])).collect())
}

/// Strides with the entries of batch and channels.
fn around(strides: &[i64], first: bool) -> Val {
    let list = if first { [&[1, 1], strides].concat() } else { [&[1], strides, &[1]].concat() };
    Val::Tuple(list.into_iter().map(Val::from).collect())
}

fn pair(cx: &Cx<'_>, val: &Val) -> Infer<Vec<i64>> {
    match val {
        v if v.is_none() => Ok(vec![1, 1]),
        Val::Py(Arg::Int(_)) => Err(Stop::Unknown("strides that are no tuple")),
        given => cx.ints(given),
    }
}

fn depthwise(cx: &Cx<'_>) -> Infer<Val> {
    let (mut x, filter) = (cx.tensor(INPUT)?, cx.tensor(FILTERS)?);
    let (first, turns) = format(cx)?;
    if turns {
        x = turn(cx, x, 2, true)?;
    }
    let front = first && !turns;
    let how = conv::How {
        strides: around(&pair(cx, cx.known(STRIDES)?)?, front),
        padding: padding(cx, &given_padding(cx)?)?,
        format: letters(2, front),
        dilations: Val::ints(&pair(cx, cx.known(DILATIONS)?)?),
    };
    let out = conv::depthwise(cx, &Val::T(x), &Val::T(filter), &how)?;
    if turns { turn(cx, out, 2, false).map(Val::T) } else { Ok(Val::T(out)) }
}

/// `K.separable_conv1d` and `K.separable_conv2d`.
fn separable(cx: &Cx<'_>, n: usize) -> Infer<Val> {
    let mut x = cx.tensor(INPUT)?;
    let mut filter = cx.tensor(Param::<Arg>::at(1, &["depthwise_kernel"]))?;
    let mut pointwise = cx.tensor(POINTWISE)?;
    let (first, turns) = format(cx)?;
    let list = |val: &Val| -> Infer<Vec<i64>> {
        match val {
            v if v.is_none() => Ok(vec![1; n]),
            Val::Py(Arg::Int(one)) => Ok(vec![*one; n]),
            given => cx.ints(given),
        }
    };
    let (mut strides, mut rates) = (list(cx.known(STRIDES)?)?, list(cx.known(DILATIONS)?)?);
    if turns {
        x = turn(cx, x, n, true)?;
    }
    let front = first && !turns;
    if n == 1 {
        let axis = if front { 2 } else { 1 };
        x = expand_dims(cx, x, Val::from(axis))?;
        filter = expand_dims(cx, filter, Val::from(0))?;
        pointwise = expand_dims(cx, pointwise, Val::from(0))?;
        strides = strides.repeat(2);
        rates.insert(0, 1);
    }
    let how = conv::How {
        strides: around(&strides, front),
        padding: padding(cx, &given_padding(cx)?)?,
        format: letters(2, front),
        dilations: Val::ints(&rates),
    };
    let mut out = conv::separable(cx, &Val::T(x), &Val::T(filter), &Val::T(pointwise), &how)?;
    if n == 1 {
        out = squeeze(cx, out, &[if front { 2 } else { 1 }])?;
    }
    if turns { turn(cx, out, n, false).map(Val::T) } else { Ok(Val::T(out)) }
}

/// `K.conv2d_transpose` and `K.conv3d_transpose`.
fn transposed(cx: &Cx<'_>, n: usize) -> Infer<Val> {
    const OUTPUT_SHAPE: Param<Arg> = Param::at(2, &["output_shape"]);
    let (mut x, filter) = (cx.tensor(INPUT)?, cx.tensor(FILTERS)?);
    let (first, turns) = format(cx)?;
    let rates = cx.known(DILATIONS)?;
    if n == 2 && !rates.is_none() && pair(cx, rates)?.iter().any(|r| *r != 1) {
        return atrous(cx, &x, &filter, first);
    }
    let mut sizes = match cx.known(OUTPUT_SHAPE)? {
        Val::List(items) | Val::Tuple(items) => items.clone(),
        given => return finish(cx, &x, &filter, given.clone(), n, first && !turns).map(Val::T),
    };
    if turns {
        x = turn(cx, x, n, true)?;
        if sizes.len() == n + 2 {
            let channels = sizes.remove(1);
            sizes.push(channels);
        }
    }
    if sizes.first().is_some_and(Val::is_none) {
        sizes[0] = Val::T(item(cx, &shape_of(&x, DType::Int32), 0)?);
    }
    let sizes = Val::T(crate::kernels::join::pack(cx, Val::List(sizes), 0)?);
    let out = finish(cx, &x, &filter, sizes, n, first && !turns)?;
    if turns { turn(cx, out, n, false).map(Val::T) } else { Ok(Val::T(out)) }
}

fn finish(cx: &Cx<'_>, x: &Tensor, filter: &Tensor, sizes: Val, n: usize, front: bool) -> Infer<Tensor> {
    let strides = match cx.known(STRIDES)? {
        v if v.is_none() => vec![1; n],
        Val::Py(Arg::Int(_)) => return Err(Stop::Unknown("strides that are no tuple")),
        given => cx.ints(given)?,
    };
    let how = back::How {
        shape: sizes,
        strides: around(&strides, front),
        padding: padding(cx, &given_padding(cx)?)?,
        format: letters(n, front),
        dilations: Val::Py(Arg::None),
    };
    back::by_rank(cx, &Val::T(x.clone()), &Val::T(filter.clone()), &how, n)
}

/// A dilated transposed convolution has the shape that is asked for.
fn atrous(cx: &Cx<'_>, x: &Tensor, filter: &Tensor, first: bool) -> Infer<Val> {
    const OUTPUT_SHAPE: Param<Arg> = Param::at(2, &["output_shape"]);
    let shape = cx.shape(cx.known(OUTPUT_SHAPE)?)?;
    if shape.rank() != Some(4) || x.rank() != Some(4) || filter.rank() != Some(4) {
        return Err(Stop::Unknown("a dilated transposed convolution of other than images"));
    }
    let Some(dims) = shape.dims() else { return Err(Stop::Unknown("a shape of unknown rank")) };
    let mut out = vec![x.shape.dim(0).unwrap_or(Dim::Unknown)];
    out.extend_from_slice(&dims[1..]);
    let _ = first;
    let mut made = Tensor::new(Shape::new(out), x.dtype);
    made.reach.join(&x.reach);
    made.reach.join(&filter.reach);
    Ok(Val::T(made))
}
