//! Evenly spaced values: `linspace`.

use tensor::{Content, DType, Dim, Shape};

use super::rule;
use crate::kernels::index::slice;
use crate::kernels::join::concat;
use crate::kernels::pointwise::{binary, broadcast, cast};
use crate::kernels::shape;
use crate::params::{AXIS, DTYPE, X, Y};
use crate::spec::{Cx, Tensor, Val, fold, keras, run};
use crate::{Arg, Infer, Mistake, Op, Param, Stop, Surface};

const NUM: Param<Arg> = Param::at(2, &["num"]);

pub(super) static OPS: &[Op] = &[rule(
    "linspace",
    &["tf.linspace", "keras.ops.linspace"],
    |c| run(c, linspace),
    "tensorflow/python/ops/math_ops.py: linspace_nd",
)];

fn linspace(cx: &Cx<'_>) -> Infer<Val> {
    let (start, stop, num) = (cx.known(X)?, cx.known(Y)?, cx.known(NUM)?);
    let axis = cx.known(AXIS)?;
    let axis = if axis.is_none() { 0 } else { cx.int(axis)? };
    let keras_ops = cx.surface() == Surface::KerasOps;
    if let (true, Val::Py(Arg::Int(count @ ..0))) = (keras_ops, num) {
        let text = format!("`num` must be a non-negative integer. Received: num={count}");
        return cx.value_error(text, Mistake::Argument { param: "num", problem: "is negative".to_owned() });
    }
    let dtype = if keras_ops {
        match cx.get(DTYPE)? {
            Some(dtype) => Some(dtype),
            None => Some(keras::common_dtype(
                cx,
                &[keras::promoted(start)?, keras::promoted(stop)?, keras::Promoted::Float],
            )?),
        }
    } else {
        None
    };
    let (mut start, mut stop) = if keras_ops {
        (keras::tensor(cx, start, dtype)?, keras::tensor(cx, stop, dtype)?)
    } else {
        let start = cx.convert(start, dtype)?;
        let stop = cx.convert(stop, start.dtype)?;
        (start, stop)
    };
    if !keras_ops && start.dtype.is_some_and(DType::is_integer) {
        start = cast(cx, start, Some(DType::Float64))?;
        stop = cast(cx, stop, Some(DType::Float64))?;
    }
    let with_step = match cx.known(Param::<Arg>::named(&["retstep"]))? {
        Val::Py(Arg::Bool(false) | Arg::Missing | Arg::None) => false,
        Val::Py(Arg::Bool(true)) => true,
        _ => return Err(Stop::Unknown("whether the step is asked for")),
    };
    let outer = broadcast(cx, "BroadcastArgs", &start.shape, &stop.shape)?;
    let count = super::layout::integral(cx, &cx.convert(num, None)?, "num")?;
    let count = fold::scalar_dim(&count.content);
    let Some(dims) = outer.dims() else { return Ok(Val::T(Tensor::new(Shape::UNKNOWN, start.dtype))) };
    let rank = dims.len() as i64 + 1;
    let at = usize::try_from(if axis < 0 { axis + rank } else { axis }).unwrap_or(0).min(dims.len());
    let mut out = dims.to_vec();
    if cx.call.mode == crate::Mode::Graph
        && (start.shape.all_known().is_none() || stop.shape.all_known().is_none())
    {
        // `broadcast_to` by a shape that is known in part keeps only the first operand's sizes above 1.
        let own = start.shape.dims().unwrap_or_default();
        let before = out.len() - own.len();
        for (at, dim) in out.iter_mut().enumerate() {
            let mine = at.checked_sub(before).and_then(|at| own.get(at)).copied().unwrap_or(Dim::Unknown);
            *dim = if mine == Dim::Known(1) { Dim::Unknown } else { mine };
        }
    }
    out.insert(at, count);
    let endpoint =
        matches!(cx.val(Param::<Arg>::named(&["endpoint"])), Val::Py(Arg::Bool(true) | Arg::Missing));
    let step = binary(cx, "Sub", &stop, &start)?.like();
    let mut result = step.clone();
    result.content = if endpoint { spaced(&start, &stop, count, dims.is_empty()) } else { Content::Unknown };
    let mut result = result.with_shape(Shape::new(out));
    if let (true, false, Dim::Known(count @ 1..)) = (cx.eager(), endpoint, count)
        && start.dtype.is_some_and(DType::is_floating)
    {
        // One step less: what would be the last value is left out.
        let number = cast(cx, Val::from(count), stop.dtype)?;
        let step = binary(cx, "RealDiv", binary(cx, "Sub", &stop, &start)?, number)?;
        let last = if count > 1 { binary(cx, "Sub", &stop, step)? } else { stop.clone() };
        result = between(cx, &start, &last, &outer, at as i64, count)?;
    }
    if let (true, true, Content::Unknown, Dim::Known(count)) = (cx.eager(), endpoint, &result.content, count)
    {
        result = between(cx, &start, &stop, &outer, at as i64, count)?;
    }
    if !with_step {
        return Ok(Val::T(result));
    }
    match count {
        // There is no step between less than two values: `np.nan` stands for it.
        Dim::Known(..=1) => Ok(Val::tuple([result, Tensor::new(Shape::scalar(), DType::Float32)])),
        Dim::Known(_) => Ok(Val::tuple([result, step])),
        _ => Err(Stop::Unknown("the step between values of unknown number")),
    }
}

/// Values between tensors, or too many of them to be known while tracing: the ends as they are, and between them the
/// start with so many steps.
pub(super) fn between(
    cx: &Cx<'_>,
    start: &Tensor,
    stop: &Tensor,
    outer: &Shape,
    axis: i64,
    count: i64,
) -> Infer<Tensor> {
    let Some(sizes) = outer.all_known() else { return Err(Stop::Unknown("ends of unknown sizes")) };
    let spread = |t: &Tensor| {
        let whole = shape::broadcast_to(cx, t, Val::ints(&sizes))?;
        shape::expand_dims(cx, whole, Val::from(axis))
    };
    let (start, stop) = (spread(start)?, spread(stop)?);
    let steps = cast(cx, Val::from((count - 1).max(1)), stop.dtype)?;
    let delta = binary(cx, "RealDiv", binary(cx, "Sub", &stop, &start)?, steps)?;
    let inner = shape::range(cx, Val::from(1), Val::from((count - 1).max(1)), Val::from(1))?;
    let mut wanted = vec![1; sizes.len() + 1];
    if let Some(own) = usize::try_from(axis).ok().and_then(|at| wanted.get_mut(at)) {
        *own = -1;
    }
    let inner = shape::reshape(cx, cast(cx, inner, delta.dtype)?, Val::ints(&wanted))?;
    let middle = binary(cx, "AddV2", &start, binary(cx, "Mul", delta, inner)?)?;
    let whole = concat(cx, Val::list([start, middle, stop]), Val::from(axis))?;
    let mut wanted = sizes;
    wanted.insert(usize::try_from(axis).unwrap_or(0), count);
    slice(cx, whole, Val::ints(&vec![0; wanted.len()]), Val::ints(&wanted))
}

/// Evenly spaced values between two known scalars.
fn spaced(start: &Tensor, stop: &Tensor, count: Dim, scalars: bool) -> Content {
    let value = |t: &Tensor| match &t.content {
        Content::Array(a) => a.data.to_floats().and_then(|v| v.first().copied()),
        Content::Zeros => Some(0.0),
        _ => None,
    };
    let (Some(a), Some(b), Dim::Known(n), true) = (value(start), value(stop), count, scalars) else {
        return Content::Unknown;
    };
    if !(1..=tensor::MAX_ELEMENTS as i64).contains(&n) {
        return Content::Unknown;
    }
    let step = if n > 1 { (b - a) / (n - 1) as f64 } else { 0.0 };
    let values = (0..n).map(|i| a + step * i as f64).collect();
    Content::floats(vec![n], start.dtype.unwrap_or(DType::Float32), values)
}
