//! `quantile`, `percentile` and `median`.

use tensor::{Content, DType, Data, Dim, Shape};

use crate::defs::rule;
use crate::kernels::index::{gather, select};
use crate::kernels::join;
use crate::kernels::layout::{pad, transpose};
use crate::kernels::pointwise::{binary, cast, unary};
use crate::kernels::reduce::{Axes, reduce, top_k};
use crate::kernels::shape::{expand_dims, fill, reshape, shape_of};
use crate::params::{AXIS, KEEPDIMS, X};
use crate::spec::keras::{self, Promoted};
use crate::spec::{Cx, Tensor, Val, run};
use crate::{Arg, Infer, Mistake, Op, Param, Stop};

const SOURCE: &str = "keras/src/backend/tensorflow/numpy.py: _quantile";
const Q: Param<Arg> = Param::at(1, &["q"]);
const METHOD: Param<Arg> = Param::named(&["method"]);

pub(in crate::defs) static OPS: &[Op] = &[
    rule("median", &["keras.ops.median"], |c| run(c, |cx| quantile(cx, &Val::from(0.5))), SOURCE),
    rule("quantile", &["keras.ops.quantile"], |c| run(c, |cx| quantile(cx, cx.known(Q)?)), SOURCE),
    rule("percentile", &["keras.ops.percentile"], |c| run(c, |cx| quantile(cx, cx.known(Q)?)), SOURCE),
    rule("nanmedian", &["keras.ops.nanmedian"], |c| run(c, |cx| quantile(cx, &Val::from(0.5))), SOURCE),
    rule("nanquantile", &["keras.ops.nanquantile"], |c| run(c, |cx| quantile(cx, cx.known(Q)?)), SOURCE),
    rule("nanpercentile", &["keras.ops.nanpercentile"], |c| run(c, |cx| quantile(cx, cx.known(Q)?)), SOURCE),
];

fn quantile(cx: &Cx<'_>, q: &Val) -> Infer<Val> {
    let x = cx.tensor(X)?;
    let (axis, keepdims) = (cx.known(AXIS)?, cx.get(KEEPDIMS)?);
    let axes = if axis.is_none() { None } else { Some(cx.ints(axis)?) };
    let Some(own) = x.dtype else { return Err(Stop::Unknown("a dtype that is not known")) };
    if cx.symbolic() {
        return symbolic(cx, &x, q, axes.as_deref(), keepdims).map(Val::T);
    }
    let q = match q {
        Val::T(t) => t.clone(),
        other => cx.convert(other, None)?,
    };
    if let Val::Py(Arg::Str(method)) = cx.known(METHOD)?
        && !matches!(&**method, "linear" | "lower" | "higher" | "nearest" | "midpoint")
    {
        return Err(Stop::Unknown("a method that there is not"));
    }
    let dtype = keras::common_dtype(cx, &[Promoted::Of(own), Promoted::Float])?;
    let x = cast(cx, x, Some(dtype))?;
    if cx.call.op.name.starts_with("nan") && !cx.eager() {
        return without_nan(cx, &x, &q, axes.as_deref(), keepdims).map(Val::T);
    }
    let out = computed(cx, &x, &q, axes.as_deref(), keepdims)?;
    // What `nanquantile` leaves out is not computed.
    Ok(Val::T(if cx.call.op.name.starts_with("nan") { out.like() } else { out }))
}

/// `nanquantile` and its kin while tracing: along axes a function is mapped, whose signature has a traced shape.
fn without_nan(cx: &Cx<'_>, x: &Tensor, q: &Tensor, along: Option<&[i64]>, keepdims: bool) -> Infer<Tensor> {
    if let Some(axes) = along {
        let (Some(rank), Some(own)) = (q.rank(), x.rank()) else {
            return Err(Stop::Unknown("a tensor of unknown rank"));
        };
        // The axes come last, however many there are.
        let own = own as i64;
        let axes: Vec<i64> = axes.iter().map(|a| if *a >= 0 { *a } else { a + own }).collect();
        let order: Vec<i64> = (0..own).filter(|i| !axes.contains(i)).chain(axes.iter().copied()).collect();
        transpose(cx, x, Val::ints(&order))?;
        let text = format!(
            "Dimension value must be integer or None or have an __index__ method, got value '<tf.Tensor 'Shape_1:0' \
             shape=({rank},) dtype=int32>' with type '<class 'tensorflow.python.framework.ops.SymbolicTensor'>'"
        );
        return cx.type_error(text, Mistake::PythonControlFlow);
    }
    let whole = x.rank().filter(|_| keepdims).map_or(0, |rank| rank);
    match q.rank() {
        // One branch gives the quantiles, the other a number.
        Some(0) => Ok(x.clone().with_shape(Shape::new(vec![Dim::Known(1); whole])).like()),
        _ => Ok(x.clone().with_shape(Shape::UNKNOWN).like()),
    }
}

fn symbolic(cx: &Cx<'_>, x: &Tensor, q: &Val, axes: Option<&[i64]>, keepdims: bool) -> Infer<Tensor> {
    let name = cx.call.op.name;
    let shape = keras::reduce_shape(cx, &x.shape, axes, keepdims)?;
    let dtype = match (name, x.dtype) {
        ("percentile", Some(d)) if d.is_floating() => Some(d),
        ("percentile", Some(_)) => Some(DType::Float32),
        (_, d) => d.map(keras::floated),
    };
    let first = match q {
        Val::T(t) => t.shape.dim(0),
        Val::List(items) | Val::Tuple(items) if items.len() > 1 || name.ends_with("percentile") => {
            Some(Dim::Known(items.len() as i64))
        }
        _ => None,
    };
    let Some(dims) = shape.dims() else { return Err(Stop::Unknown("a tensor of unknown rank")) };
    let out = first.into_iter().chain(dims.iter().copied()).collect();
    Ok(keras::spec(out, dtype, &[x]))
}

/// `_quantile`: sorts along the axes, which come last, and picks.
fn computed(cx: &Cx<'_>, x: &Tensor, q: &Tensor, axes: Option<&[i64]>, keepdims: bool) -> Infer<Tensor> {
    let (Some(dims), Some(q_rank)) = (x.shape.dims(), q.rank()) else {
        return Err(Stop::Unknown("a tensor of unknown rank"));
    };
    let rank = dims.len();
    let axes = match axes {
        None => None,
        Some(list) => {
            let list = list.iter().map(|a| keras::canonicalize_axis(cx, *a, rank).map(|a| a as i64));
            Some(list.collect::<Infer<Vec<i64>>>()?)
        }
    };
    let flat = match &axes {
        None => reshape(cx, x, Val::ints(&[-1]))?,
        Some(axes) => last(cx, x, axes)?,
    };
    let mut out = picked(cx, &flat, q)?;
    let reduced = axes.as_ref().map_or_else(|| Axes::of(&Val::Py(Arg::None)), |a| Axes::ints(a));
    let nan = reduce(cx, "Any", unary(cx, "IsNan", x)?, &reduced, false)?;
    let more = Val::List(vec![Val::ints(&[0, q_rank as i64])]);
    let wanted = pad(cx, "PadV2", shape_of(&nan, DType::Int32), more, Some(Val::from(1)))?;
    let nan = reshape(cx, nan, wanted)?;
    let number = cx.convert(&Val::from(f64::NAN), x.dtype)?;
    out = select(cx, Val::T(nan), Val::T(number), Val::T(out))?;
    if keepdims {
        out = match &axes {
            None => {
                let ones = Tensor::vector(&vec![1; rank + q_rank]);
                let one = cx.convert(&Val::from(1.0), x.dtype)?;
                binary(cx, "Mul", out, fill(cx, ones, one)?)?
            }
            Some(axes) => {
                let mut axes = axes.clone();
                axes.sort_unstable();
                axes.iter().try_fold(out, |out, axis| expand_dims(cx, out, Val::from(*axis)))?
            }
        };
    }
    let Some(ndims) = out.rank().filter(|n| *n >= 2) else { return Ok(out) };
    let shift = q_rank % ndims;
    if shift == 0 {
        return Ok(out);
    }
    let mut order: Vec<i64> = (0..ndims as i64).collect();
    order.rotate_right(shift);
    transpose(cx, out, Val::ints(&order))
}

/// The parts that are asked for, where they are written in the call.
fn parts_of(q: &Tensor) -> Option<Vec<f64>> {
    let Content::Array(array) = &q.content else { return None };
    match &array.data {
        Data::Float(parts) => Some(parts.to_vec()),
        Data::Int(parts) => Some(parts.iter().map(|n| *n as f64).collect()),
        _ => None,
    }
}

/// The elements of the last axis in order, at parts of the way through it.
fn picked(cx: &Cx<'_>, x: &Tensor, q: &Tensor) -> Infer<Tensor> {
    let places = Tensor::new(q.shape.clone(), DType::Int32);
    let sizes = q.shape.all_known();
    let (Some(Dim::Known(length @ 1..)), Some(parts), Some(sizes)) = (x.shape.dim(-1), parts_of(q), sizes)
    else {
        return Ok(gather(cx, x, Val::T(places), Val::from(-1), 0)?.like());
    };
    let scale = if cx.call.op.name.ends_with("percentile") { 0.01 } else { 1.0 };
    let at: Vec<f64> = parts.iter().map(|part| part * scale * (length - 1) as f64).collect();
    // The largest come first.
    let (falling, _) = top_k(cx, x, Val::from(length), DType::Int32)?;
    let taken = |round: fn(f64) -> f64| {
        let rows = at.iter().map(|at| length - 1 - (round(*at) as i64).clamp(0, length - 1)).collect();
        let rows = Tensor::ints(sizes.clone(), DType::Int32, rows);
        gather(cx, &falling, Val::T(rows), Val::from(-1), 0)
    };
    let method = match cx.known(METHOD)? {
        Val::Py(Arg::Str(method)) => method.to_string(),
        _ => "linear".to_owned(),
    };
    match &*method {
        "lower" => taken(f64::floor),
        "higher" => taken(f64::ceil),
        "nearest" => taken(f64::round_ties_even),
        method => {
            let share = |at: &f64| if method == "midpoint" { 0.5 } else { at - at.floor() };
            let share = Tensor::floats(sizes.clone(), DType::Float64, at.iter().map(share).collect());
            let (low, high) = (taken(f64::floor)?, taken(f64::ceil)?);
            let share = cast(cx, share, x.dtype)?;
            let more = binary(cx, "Mul", binary(cx, "Sub", high, &low)?, share)?;
            binary(cx, "AddV2", low, more)
        }
    }
}

/// Brings the axes to the end and makes one of them.
fn last(cx: &Cx<'_>, x: &Tensor, axes: &[i64]) -> Infer<Tensor> {
    let rank = x.rank().unwrap_or(0) as i64;
    let others: Vec<i64> = (0..rank).filter(|i| !axes.contains(i)).collect();
    let order: Vec<i64> = others.iter().chain(axes).copied().collect();
    let turned = transpose(cx, x, Val::ints(&order))?;
    if let Some(sizes) = x.shape.all_known() {
        let size = |i: &i64| usize::try_from(*i).map_or(0, |i| sizes[i]);
        let mut wanted: Vec<i64> = others.iter().map(size).collect();
        wanted.push(axes.iter().map(size).product());
        return reshape(cx, turned, Val::ints(&wanted));
    }
    let places = Tensor::ints(vec![others.len() as i64], DType::Int64, others);
    let sizes = gather(cx, shape_of(x, DType::Int32), Val::T(places), Val::from(0), 0)?;
    let wanted = join::concat(cx, Val::List(vec![Val::T(sizes), Val::ints(&[-1])]), Val::from(0))?;
    reshape(cx, turned, wanted)
}
