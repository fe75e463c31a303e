//! What else `tf.keras.backend` has: biases, normalization, local convolutions, questions about tensors.

use std::rc::Rc;

use tensor::{Content, DType, Dim, Shape};

use super::linalg::dot;
use super::nn::normalize::normalized;
use super::nn::window::{DATA_FORMAT, text};
use super::{layout, rule};
use crate::kernels::index::select;
use crate::kernels::pointwise::{binary, cast, unary};
use crate::kernels::shape::{reshape, shape_of};
use crate::kernels::stride::{Bounds, Pick, strided_slice};
use crate::kernels::{join, layout as kernels, nn};
use crate::params::{X, Y};
use crate::spec::{Cx, Tensor, Val, has_attribute, merge, run, type_name};
use crate::{Arg, Exc, Infer, Mistake, Op, Param, Stop, TensorKind};

const SOURCE: &str = "keras/src/legacy/backend.py, tf_keras/src/backend.py";

pub(super) static OPS: &[Op] = &[
    rule("backend_bias_add", &["tf.keras.backend.bias_add"], |c| run(c, bias_add), SOURCE),
    rule(
        "backend_batch_normalization",
        &["tf.keras.backend.batch_normalization"],
        |c| run(c, batch_normalization),
        SOURCE,
    ),
    rule("backend_stop_gradient", &["tf.keras.backend.stop_gradient"], |c| run(c, stop_gradient), SOURCE),
    rule("is_keras_tensor", &["tf.keras.backend.is_keras_tensor"], |c| run(c, is_keras_tensor), SOURCE),
    rule("is_sparse", &["tf.keras.backend.is_sparse"], |c| run(c, is_sparse), SOURCE),
    rule("to_dense", &["tf.keras.backend.to_dense"], |c| run(c, unchanged), SOURCE),
    rule("print_tensor", &["tf.keras.backend.print_tensor"], |c| run(c, print_tensor), SOURCE),
    rule("count_params", &["tf.keras.backend.count_params"], |c| run(c, count_params), SOURCE),
    rule("batch_get_value", &["tf.keras.backend.batch_get_value"], |c| run(c, batch_get_value), SOURCE),
    rule("resize_volumes", &["tf.keras.backend.resize_volumes"], |c| run(c, resize_volumes), SOURCE),
    rule("backend_switch", &[], |c| run(c, switch), SOURCE),
    rule("local_conv1d", &["tf.keras.backend.local_conv1d"], |c| run(c, |cx| local_conv(cx, 1)), SOURCE),
    rule("local_conv2d", &["tf.keras.backend.local_conv2d"], |c| run(c, |cx| local_conv(cx, 2)), SOURCE),
];

/// Reads a data format of Keras; tells whether the channels come first.
fn channels_first(cx: &Cx<'_>) -> Infer<bool> {
    match text(cx.known(DATA_FORMAT)?)?.as_deref() {
        None | Some("channels_last") => Ok(false),
        Some("channels_first") => Ok(true),
        Some(other) => {
            let text = format!("Unknown data_format: {other}");
            cx.value_error(text.clone(), Mistake::Argument { param: "data_format", problem: text })
        }
    }
}

fn bias_add(cx: &Cx<'_>) -> Infer<Val> {
    let first = channels_first(cx)?;
    let (Val::T(x), Val::T(bias)) = (cx.known(X)?, cx.known(Y)?) else {
        return Err(Stop::Unknown("a bias that is no tensor"));
    };
    let (Some(rank), Some(dims)) = (x.rank(), bias.shape.dims()) else {
        return Err(Stop::Unknown("a tensor of unknown rank"));
    };
    if dims.len() != 1 && dims.len() + 1 != rank {
        let (got, expected) = (dims.len(), rank as i64 - 1);
        let text = if cx.keras3() {
            format!("Unexpected bias dimensions {got}. Expected it to be 1 or {expected} dimensions")
        } else {
            format!("Unexpected bias dimensions {got}, expect to be 1 or {expected} dimensions")
        };
        let expected = format!("1 or {expected}");
        return cx.value_error(text, Mistake::RankMismatch { param: "bias", expected, got });
    }
    if dims.len() == 1 || !(3..=5).contains(&rank) {
        let format = if first && dims.len() == 1 { "NCHW" } else { "NHWC" };
        return nn::bias_add(cx, Val::T(x.clone()), Val::T(bias.clone()), format).map(Val::T);
    }
    let moved: Vec<Dim> = if first {
        dims.last().into_iter().chain(&dims[..dims.len() - 1]).copied().collect()
    } else {
        dims.to_vec()
    };
    let sizes = std::iter::once(Dim::Known(1)).chain(moved);
    if cx.keras3() && dims.iter().any(|d| matches!(d, Dim::Symbol(_))) && !cx.eager() {
        // `(1,) + bias.shape` is a `TensorShape`.
        let shape: Shape = sizes.collect();
        let error = crate::spec::partly_known(&shape);
        let text = format!("Tried to convert 'shape' to a tensor and failed. Error: {error}");
        return cx.value_error(text, Mistake::Argument { param: "bias", problem: error });
    }
    let sizes = sizes.map(|d| match d {
        Dim::Known(n) => Ok(Val::from(n)),
        Dim::Symbol(_) => Ok(Val::Py(Arg::None)),
        Dim::Unknown => Err(Stop::Unknown("a bias of unknown size")),
    });
    let bias = reshape(cx, bias, Val::Tuple(sizes.collect::<Infer<_>>()?))?;
    super::arith::add(cx, &Val::T(x.clone()), &Val::T(bias)).map(Val::T)
}

const THEN: Param<Arg> = Param::at(1, &["then_expression"]);
const ELSE: Param<Arg> = Param::at(2, &["else_expression"]);

/// `K.switch` with a condition that is no scalar: it is repeated up to the shape of the first expression.
fn switch(cx: &Cx<'_>) -> Infer<Val> {
    has_attribute(cx, cx.known(X)?, "dtype", "condition")?;
    has_attribute(cx, cx.known(THEN)?, "shape", "then_expression")?;
    let (mut condition, then) = (cx.tensor(X)?, cx.tensor(THEN)?);
    if condition.dtype != Some(DType::Bool) {
        condition = cast(cx, condition, Some(DType::Bool))?;
    }
    let (Some(own), Some(rank)) = (condition.rank(), then.rank()) else {
        return Err(Stop::Unknown("a choice between tensors of unknown rank"));
    };
    if own > rank {
        let text = format!(
            "Rank of `condition` should be less than or equal to rank of `then_expression` and `else_expression`. \
             ndim(condition)={own}, ndim(then_expression)={rank}"
        );
        let expected = format!("at most {rank}");
        return cx.value_error(text, Mistake::RankMismatch { param: "condition", expected, got: own });
    }
    if own > 1 {
        let ones = Val::ints(&vec![1; rank - own]);
        let sizes = Val::List(vec![Val::T(shape_of(&condition, DType::Int32)), ones]);
        let sizes = join::concat(cx, sizes, Val::from(0))?;
        condition = reshape(cx, condition, &sizes)?;
        let wanted = shape_of(&then, DType::Int32);
        let larger = binary(cx, "Greater", binary(cx, "Sub", &wanted, &sizes)?, Val::from(0))?;
        let once = unary(cx, "OnesLike", &wanted)?;
        let times = select(cx, Val::T(larger), Val::T(wanted), Val::T(once))?;
        condition = kernels::tile(cx, condition, times)?;
    }
    select(cx, Val::T(condition), Val::T(then), cx.known(ELSE)?.clone()).map(Val::T)
}

const MEAN: Param<Arg> = Param::at(1, &["mean"]);
const VARIANCE: Param<Arg> = Param::at(2, &["var"]);
const BETA: Param<Arg> = Param::named(&["beta"]);
const GAMMA: Param<Arg> = Param::named(&["gamma"]);
const AXIS: Param<Arg> = Param::named(&["axis"]);
const EPSILON: Param<Arg> = Param::named(&["epsilon"]);

fn batch_normalization(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    let (mean, variance) = (cx.known(MEAN)?, cx.known(VARIANCE)?);
    let (beta, gamma) = (cx.known(BETA)?, cx.known(GAMMA)?);
    if !cx.keras3() {
        match x.rank() {
            None => return Err(Stop::Unknown("a tensor of unknown rank")),
            Some(4) => return fused(cx, &x, [mean, variance, beta, gamma]).map(Val::T),
            Some(_) => {}
        }
    }
    let optional = |v: &Val| if v.is_none() { Ok(None) } else { cx.convert(v, None).map(Some) };
    let (mean, variance) = (cx.convert(mean, None)?, cx.convert(variance, None)?);
    let (beta, gamma) = (optional(beta)?, optional(gamma)?);
    let epsilon = match cx.known(EPSILON)? {
        v if v.is_none() => Val::from(1e-3),
        other => other.clone(),
    };
    normalized(cx, &x, &mean, &variance, beta.as_ref(), gamma.as_ref(), &epsilon).map(Val::T)
}

/// Keras 2 normalizes images by one kernel.
fn fused(cx: &Cx<'_>, x: &Tensor, statistics: [&Val; 4]) -> Infer<Tensor> {
    let axis = match cx.known(AXIS)? {
        Val::Py(Arg::Missing) => -1,
        other => cx.int(other)?,
    };
    if !matches!(axis, 3 | -1) {
        return Err(Stop::Unknown("a normalization along another axis"));
    }
    let mut flat = Vec::new();
    for val in statistics {
        match val {
            Val::T(t) => match t.rank() {
                None => return Err(Stop::Unknown("a tensor of unknown rank")),
                Some(0 | 1) => flat.push(t.clone()),
                Some(_) => flat.push(reshape(cx, t, Val::ints(&[-1]))?),
            },
            // `beta = zeros_like(mean)`.
            v if v.is_none() && flat.len() >= 2 => {
                flat.push(Tensor::new(flat[0].shape.clone(), flat[0].dtype))
            }
            Val::Py(Arg::Int(_) | Arg::Float(_)) => has_attribute(cx, val, "shape", "mean")?,
            _ => return Err(Stop::Unknown("statistics that are not known")),
        }
    }
    let [mean, variance, beta, gamma] = flat.try_into().map_err(|_| Stop::Unknown("statistics"))?;
    let inputs = [x.clone(), gamma, beta, mean, variance].map(Val::T);
    let node = cx.node("FusedBatchNormV3", inputs)?;
    let mut shape = cx.fit("FusedBatchNormV3", merge::rank(&node.x(0).shape, 4))?;
    for at in 1..5 {
        let vector = cx.fit("FusedBatchNormV3", merge::rank(&node.x(at).shape, 1))?;
        let (have, size) = (shape.dim(3).unwrap_or(Dim::Unknown), vector.dim(0).unwrap_or(Dim::Unknown));
        let merged =
            cx.fit("FusedBatchNormV3", merge::dims(have, size, "the channels and the statistics"))?;
        shape = shape.with_dim(3, merged);
    }
    Ok(node.out(shape))
}

fn stop_gradient(cx: &Cx<'_>) -> Infer<Val> {
    match cx.known(X)? {
        Val::List(items) | Val::Tuple(items) => items
            .iter()
            .map(|v| unary(cx, "StopGradient", v).map(Val::T))
            .collect::<Infer<_>>()
            .map(Val::List),
        x => unary(cx, "StopGradient", x).map(Val::T),
    }
}

fn is_keras_tensor(cx: &Cx<'_>) -> Infer<Val> {
    match cx.known(X)? {
        Val::T(t) if t.is_tf() => Ok(Val::from(t.kind == TensorKind::Keras)),
        _ if cx.keras3() => Ok(Val::from(false)),
        Val::T(_) => Err(Stop::Unknown("an array")),
        Val::Py(Arg::Object(_) | Arg::Callable(_)) => Err(Stop::Unknown("an object")),
        other => {
            let text = format!(
                "Unexpectedly found an instance of type `<class '{}'>`. Expected a symbolic tensor instance.",
                type_name(other)
            );
            let problem = "is no tensor".to_owned();
            cx.value_error(text, Mistake::Argument { param: "x", problem })
        }
    }
}

fn is_sparse(cx: &Cx<'_>) -> Infer<Val> {
    match cx.known(X)? {
        Val::T(_) => Ok(Val::from(false)),
        _ => Err(Stop::Unknown("no tensor")),
    }
}

fn unchanged(cx: &Cx<'_>) -> Infer<Val> {
    cx.known(X).cloned()
}

fn print_tensor(cx: &Cx<'_>) -> Infer<Val> {
    match cx.known(X)? {
        Val::T(t) if t.kind != TensorKind::Eager => unary(cx, "Identity", t).map(Val::T),
        other => Ok(other.clone()),
    }
}

fn count_params(cx: &Cx<'_>) -> Infer<Val> {
    let Val::T(x) = cx.known(X)? else { return Err(Stop::Unknown("no tensor")) };
    match x.shape.size() {
        // Keras 2 asks NumPy for the product.
        Dim::Known(n) if !cx.keras3() => {
            // The product of nothing is a float.
            let product = if x.rank() == Some(0) {
                Tensor::floats(Vec::new(), DType::Float64, vec![1.0])
            } else {
                let content = Content::ints(Vec::new(), DType::Int64, vec![n]);
                Tensor::new(Shape::scalar(), DType::Int64).with_content(content)
            };
            Ok(Val::T(Tensor { kind: TensorKind::Numpy, ..product }))
        }
        Dim::Known(n) => Ok(Val::from(n)),
        // `None` among the factors; alone it is its own product in Keras 2, which asks NumPy.
        _ => match x.shape.dims() {
            Some([Dim::Symbol(_)]) if !cx.keras3() => Ok(Val::Py(Arg::None)),
            Some(dims) if dims.iter().any(|d| matches!(d, Dim::Symbol(_))) => {
                let factors = if cx.keras3() { "'int' and 'NoneType'" } else { "'NoneType' and 'int'" };
                cx.type_error(format!("unsupported operand type(s) for *: {factors}"), Mistake::NoneValue)
            }
            _ => Err(Stop::Unknown("a tensor of unknown size")),
        },
    }
}

fn batch_get_value(cx: &Cx<'_>) -> Infer<Val> {
    cx.known(X)?;
    if cx.keras3() && cx.known(X)?.items().is_some_and(<[Val]>::is_empty) {
        return Ok(Val::List(Vec::new()));
    }
    if cx.keras3() && !cx.eager() {
        let text = "'SymbolicTensor' object has no attribute 'numpy'";
        let problem = "values exist only outside of traced functions".to_owned();
        return cx.raise(Exc::AttributeError, text, Mistake::Argument { param: "tensors", problem });
    }
    if cx.eager() {
        return Err(Stop::Unknown("the values of tensors"));
    }
    let text = "Cannot get value inside Tensorflow graph function.";
    let problem = "values exist only outside of traced functions".to_owned();
    cx.raise(Exc::RuntimeError, text, Mistake::Argument { param: "tensors", problem })
}

const FACTORS: [Param<i64>; 3] =
    [Param::named(&["depth_factor"]), Param::named(&["height_factor"]), Param::named(&["width_factor"])];

fn resize_volumes(cx: &Cx<'_>) -> Infer<Val> {
    let format: Rc<str> = cx.get(Param::named(&["data_format"]))?;
    let from = match &*format {
        "channels_first" => 2,
        "channels_last" => 1,
        other => {
            let text = format!("Invalid data_format: {other}");
            return cx.value_error(text.clone(), Mistake::Argument { param: "data_format", problem: text });
        }
    };
    let mut x = cx.tensor(X)?;
    for (i, factor) in FACTORS.into_iter().enumerate() {
        x = layout::repeated(cx, &x, cx.get(factor)?, from + i as i64)?;
    }
    Ok(Val::T(x))
}

const SIZE: Param<Vec<i64>> = Param::named(&["kernel_size"]);
const STRIDES: Param<Vec<i64>> = Param::named(&["strides"]);
const OUTPUT: Param<Vec<i64>> = Param::named(&["output_shape"]);

/// A convolution whose kernel differs from place to place.
fn local_conv(cx: &Cx<'_>, spatial: usize) -> Infer<Val> {
    let (x, kernel) = (cx.tensor(X)?, cx.tensor(Y)?);
    let first = channels_first(cx)?;
    let (Some(sizes), Some(_)) = (kernel.shape.all_known().filter(|k| k.len() == 3), x.rank()) else {
        return Err(Stop::Unknown("a kernel of unknown size"));
    };
    let places = if spatial == 1 { vec![sizes[0]] } else { cx.get(OUTPUT)? };
    let (window, strides) = (cx.get(SIZE)?, cx.get(STRIDES)?);
    let count: i64 = places.iter().product();
    if places.len() != spatial || window.len() < spatial || strides.len() < spatial || count < 1 {
        return Err(Stop::Unknown("sizes that do not fit"));
    }
    // All windows but those that leave the input are alike: the first and the last stand for them.
    let seen = |last: bool| -> Infer<Tensor> {
        let whole = Pick::Range(Bounds { start: None, stop: None, step: None });
        let mut picks = vec![whole];
        if first {
            picks.push(whole);
        }
        for axis in 0..spatial {
            let start = if last { (places[axis] - 1) * strides[axis] } else { 0 };
            let (start, stop) = (Some(Dim::Known(start)), Some(Dim::Known(start + window[axis])));
            picks.push(Pick::Range(Bounds { start, stop, step: None }));
        }
        if !first {
            picks.push(whole);
        }
        reshape(cx, strided_slice(cx, &x, &picks)?, Val::Tuple([1, -1, sizes[1]].map(Val::from).to_vec()))
    };
    let both = join::concat(cx, Val::list([seen(false)?, seen(true)?]), Val::from(0))?;
    let joined = both.shape.with_dim(0, Dim::Known(count));
    let both = both.with_shape(joined);
    let out = dot::batched(cx, both, kernel, 2, 1)?;
    let mut wanted = places.clone();
    wanted.extend([-1, sizes[2]]);
    let out = reshape(cx, out, Val::ints(&wanted))?;
    let axes = 0..spatial as i64;
    let n = spatial as i64;
    let order: Vec<i64> = if first {
        [n, n + 1].into_iter().chain(axes).collect()
    } else {
        [n].into_iter().chain(axes).chain([n + 1]).collect()
    };
    kernels::transpose(cx, out, Val::ints(&order)).map(Val::T)
}
