//! `softmax` and `log_softmax`.

use tensor::{DType, Dim};

use crate::defs::rule;
use crate::kernels::index::select;
use crate::kernels::layout::transpose;
use crate::kernels::nn::refuse_dim;
use crate::kernels::pointwise::{binary, cast, unary};
use crate::kernels::reduce::{Axes, reduce, scan};
use crate::kernels::shape::{reshape, shape_of, static_sizes};
use crate::params::{AXIS, X};
use crate::spec::{Cx, Tensor, Val, has_attribute, keras, repr, run, text_of};
use crate::{Arg, Flow, Infer, Mistake, Op, Stop, Surface};

const fn row(name: &'static str, apis: &'static [&'static str], kernel: &'static str) -> Op {
    Op { kernel, ..rule(name, apis, |c| run(c, softmax_op), "tensorflow/python/ops/nn_ops.py: softmax_v2") }
}

pub(in crate::defs) static OPS: &[Op] = &[
    row("softmax", &["tf.nn.softmax", "keras.ops.softmax", "tf.keras.backend.softmax"], "Softmax"),
    row("log_softmax", &["tf.nn.log_softmax", "keras.ops.log_softmax"], "LogSoftmax"),
    rule(
        "sparsemax",
        &["keras.ops.sparsemax"],
        |c| run(c, sparsemax),
        "keras/src/backend/tensorflow/nn.py: sparsemax",
    ),
];

fn softmax_op(cx: &Cx<'_>) -> Infer<Val> {
    let kernel = cx.call.op.kernel;
    if cx.call.op.name == "softmax" && cx.call.path.contains("keras.ops.") {
        // It asks the shape whether the axis has size 1.
        has_attribute(cx, cx.known(X)?, "shape", "x")?;
    }
    let x = cx.tensor(X)?;
    let axis = match cx.known(AXIS)? {
        Val::Py(Arg::Missing) => Val::from(-1),
        other => other.clone(),
    };
    match cx.surface() {
        Surface::KerasOps if cx.symbolic() => symbolic(cx, &x, &axis),
        Surface::KerasOps => of_keras(cx, kernel, &x, &axis),
        Surface::Backend => of_backend(cx, &x, &axis),
        _ if axis.is_none() => along(cx, kernel, &x, -1),
        _ => along(cx, kernel, &x, one_axis(cx, &axis)?),
    }
    .map(Val::T)
}

fn one_axis(cx: &Cx<'_>, axis: &Val) -> Infer<i64> {
    match axis {
        Val::Py(Arg::Int(n)) => Ok(*n),
        Val::T(t) if t.rank() == Some(0) => cx.int(axis),
        Val::List(_) | Val::Tuple(_) => {
            // `-shape.ndims <= dim`
            let class = crate::spec::type_name(axis);
            let text = format!("'<=' not supported between instances of 'int' and '{class}'");
            cx.type_error(text.clone(), Mistake::Argument { param: "axis", problem: text })
        }
        _ => Err(Stop::Unknown("an axis that is not one int")),
    }
}

/// `nn_ops._wrap_2d_function`: another axis than the last is swapped with it before and after.
pub(in crate::defs) fn along(cx: &Cx<'_>, kernel: &str, x: &Tensor, axis: i64) -> Infer<Tensor> {
    let Some(dims) = x.shape.dims().filter(|_| axis != -1) else { return last(cx, kernel, x) };
    let rank = dims.len();
    if axis == rank as i64 - 1 {
        return last(cx, kernel, x);
    }
    let at = if axis < 0 { axis + rank as i64 } else { axis };
    let Some(at) = usize::try_from(at).ok().filter(|at| *at < rank) else {
        return refuse_dim(cx, axis, rank);
    };
    let mut order: Vec<i64> = (0..rank as i64).collect();
    order.swap(at, rank - 1);
    let order = Val::ints(&order);
    let turned = if at == rank - 1 { x.clone() } else { transpose(cx, x, order.clone())? };
    let out = last(cx, kernel, &turned)?;
    let out = if at == rank - 1 { out } else { transpose(cx, out, order)? };
    Ok(out.with_shape(x.shape.clone()))
}

/// The kernel along the last axis. Along an axis of size 1 the result is constant: its gradient is zero.
pub(in crate::defs) fn last(cx: &Cx<'_>, kernel: &str, x: &Tensor) -> Infer<Tensor> {
    let node = cx.node(kernel, [Val::T(x.clone())])?;
    let fits = crate::spec::merge::rank_at_least(&node.x(0).shape, 1);
    cx.fit_or(kernel, fits, || format!("logits must have >= 1 dimension, got {}", x.shape.bracketed()))?;
    let mut out = node.out(x.shape.clone());
    if x.shape.dim(-1) == Some(Dim::Known(1)) {
        out.reach = out.reach.at_most(Flow::Zero);
    }
    Ok(out)
}

/// `keras.ops.softmax`.
fn of_keras(cx: &Cx<'_>, kernel: &str, x: &Tensor, axis: &Val) -> Infer<Tensor> {
    match axis {
        v if v.is_none() => {
            let flat = reshape(cx, x, Val::ints(&[-1]))?;
            let out = along(cx, kernel, &flat, -1)?;
            reshape(cx, out, shape_of(x, DType::Int32))
        }
        Val::Tuple(items) => {
            let Some(dims) = x.shape.dims() else { return Err(Stop::Unknown("a tensor of unknown rank")) };
            let axes = cx.ints(&Val::Tuple(items.clone()))?;
            let rank = dims.len() as i64;
            if !cx.symbolic() && dims.iter().all(|d| d.is_known()) {
                for axis in &axes {
                    keras::canonicalize_axis(cx, *axis, dims.len())?;
                }
            }
            if axes.iter().any(|a| !(-rank..rank).contains(a)) || dims.contains(&Dim::Unknown) {
                return Err(Stop::Unknown("a softmax along several axes"));
            }
            let kept: Vec<i64> = (0..rank).filter(|axis| !axes.contains(axis)).collect();
            let order: Vec<i64> = kept.iter().chain(&axes).copied().collect();
            if axes.iter().any(|axis| *axis < 0) {
                // Axes that are counted from the end are kept as well.
                let order: Vec<Val> = order.iter().map(|axis| Val::from(axis.rem_euclid(rank))).collect();
                let text = format!(
                    "`axes` must be a valid permutation of the input dimensions (no duplicates). Received: axes={} for input \
                     of rank {rank}.",
                    repr(&Val::List(order))
                );
                let problem = "names an axis twice".to_owned();
                return cx.value_error(text, Mistake::Argument { param: "axis", problem });
            }
            let turned = transpose(cx, x, Val::ints(&order))?;
            if dims.iter().any(|d| !d.is_known()) {
                // `(*[x.shape[v] for v in axis_to_keep], -1)` has a `None`.
                let size = |d: &i64| dims[*d as usize].known().map_or(Val::Py(Arg::None), Val::from);
                let flat = kept.iter().map(size).chain([Val::from(-1)]).collect();
                let flat = reshape(cx, &turned, Val::Tuple(flat))?;
                let out = along(cx, kernel, &flat, -1)?;
                static_sizes(cx, &turned.shape)?;
                return Ok(out.with_shape(x.shape.clone()).like());
            }
            let sizes = x.shape.all_known().unwrap_or_default();
            let mut flat: Vec<i64> = kept.iter().map(|axis| sizes[*axis as usize]).collect();
            flat.push(-1);
            let out = along(cx, kernel, &reshape(cx, &turned, Val::ints(&flat))?, -1)?;
            let out = reshape(cx, out, Val::ints(&turned.shape.all_known().unwrap_or_default()))?;
            let mut back = vec![0; order.len()];
            order.iter().enumerate().for_each(|(at, axis)| back[*axis as usize] = at as i64);
            let mut out = transpose(cx, out, Val::ints(&back))?;
            let one = axes.iter().all(|a| usize::try_from(*a).is_ok_and(|a| dims[a] == Dim::Known(1)));
            out.reach = x.reach.clone().at_most(if one { Flow::Zero } else { Flow::Ok });
            Ok(out)
        }
        _ => along(cx, kernel, x, one_axis(cx, axis)?),
    }
}

/// `Softmax.compute_output_spec`.
fn symbolic(cx: &Cx<'_>, x: &Tensor, axis: &Val) -> Infer<Tensor> {
    let mut out = keras::spec(x.shape.clone(), x.dtype, &[x]);
    let Some(dims) = x.shape.dims() else { return Ok(out) };
    if axis.is_none() {
        return Ok(out);
    }
    let axes = cx.ints(axis)?;
    let mut one = true;
    for axis in axes {
        let at = keras::canonicalize_axis(cx, axis, dims.len())?;
        one &= dims[at] == Dim::Known(1);
    }
    if one {
        out.reach = out.reach.at_most(Flow::Zero);
    }
    Ok(out)
}

/// `K.softmax`.
pub(in crate::defs) fn of_backend(cx: &Cx<'_>, x: &Tensor, axis: &Val) -> Infer<Tensor> {
    if let Some(rank) = x.rank().filter(|r| *r <= 1) {
        let text = format!(
            "Cannot apply softmax to a tensor that is 1D. Received input: {}",
            text_of(&Val::T(x.clone()))
        );
        let mistake = Mistake::RankMismatch { param: "x", expected: "at least 2".to_owned(), got: rank };
        return cx.value_error(text, mistake);
    }
    if let Val::Py(Arg::Int(axis)) = axis {
        return along(cx, "Softmax", x, *axis);
    }
    let axes = Axes::of(axis);
    let largest = reduce(cx, "Max", x, &axes, true)?;
    let numerator = unary(cx, "Exp", binary(cx, "Sub", x, largest)?)?;
    let denominator = reduce(cx, "Sum", &numerator, &axes, true)?;
    binary(cx, "RealDiv", numerator, denominator)
}

/// `keras.ops.sparsemax`.
pub(in crate::defs) fn sparsemax(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    let axis = match cx.known(AXIS)? {
        Val::Py(Arg::Missing) => Val::from(-1),
        other => other.clone(),
    };
    if cx.symbolic() {
        return symbolic(cx, &x, &axis).map(Val::T);
    }
    let axis = one_axis(cx, &axis)?;
    let Some(rank) = x.rank() else { return Err(Stop::Unknown("a tensor of unknown rank")) };
    if !(-(rank as i64)..rank as i64).contains(&axis) || x.dtype.is_none_or(|d| !d.is_floating()) {
        return Err(Stop::Unknown("an axis or a dtype that does not fit"));
    }
    if cx.eager()
        && let Some(size) = x.shape.dim(axis).and_then(tensor::Dim::known)
    {
        return spared(cx, &x, axis, size, rank).map(Val::T);
    }
    let zero = Val::from(0.0);
    let positive = binary(cx, "Greater", &x, zero.clone())?;
    let kept = select(cx, Val::T(positive), Val::T(x.clone()), zero)?;
    let total = reduce(cx, "Sum", &kept, &Axes::ints(&[axis]), true)?;
    // The threshold is not followed, only how the gradient gets through.
    binary(cx, "Sub", x, total).map(|t| Val::T(t.like()))
}

/// What is left of numbers above a threshold, so chosen that the rest sums to one.
fn spared(cx: &Cx<'_>, x: &Tensor, axis: i64, size: i64, rank: usize) -> Infer<Tensor> {
    let along = Axes::ints(&[axis]);
    let number = |value: f64| cx.convert_like(&Val::from(value), x);
    let ordered = crate::defs::order::sorted(cx, x, axis, false, true)?;
    let sums = scan(cx, "Cumsum", &ordered, Val::from(axis), (false, false))?;
    let counts = (1..=size).map(|n| n as f64).collect();
    let mut wide = vec![1; rank];
    if let Some(own) = usize::try_from(axis.rem_euclid(rank as i64)).ok().and_then(|at| wide.get_mut(at)) {
        *own = size;
    }
    let counts = cast(cx, Tensor::floats(wide, tensor::DType::Float32, counts), x.dtype)?;
    let means = binary(cx, "RealDiv", binary(cx, "Sub", &sums, number(1.0)?)?, counts)?;
    let above = binary(cx, "Greater", binary(cx, "Sub", ordered, means)?, number(0.0)?)?;
    let kept = select(cx, Val::from(&above), Val::T(sums), Val::T(number(0.0)?))?;
    let count = reduce(cx, "Sum", cast(cx, above, x.dtype)?, &along, true)?;
    let total = binary(cx, "Sub", reduce(cx, "Sum", kept, &along, true)?, number(1.0)?)?;
    let threshold = binary(cx, "RealDiv", total, count)?;
    binary(cx, "Maximum", binary(cx, "Sub", x, threshold)?, number(0.0)?)
}
