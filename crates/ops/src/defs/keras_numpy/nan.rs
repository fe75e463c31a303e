//! Reductions that leave NaN out, and other reductions.

use tensor::{DType, Dim, Shape};

use crate::defs::rule;
use crate::kernels::index::select;
use crate::kernels::layout::transpose;
use crate::kernels::linalg::{Diagonals, mat_mul, matrix_diag_part};
use crate::kernels::pointwise::{binary, cast, unary};
use crate::kernels::reduce::{Axes, arg, reduce, scan};
use crate::kernels::shape::expand_dims;
use crate::kernels::stride::{Bounds, Pick, strided_slice};
use crate::params::{AXIS, KEEPDIMS, X};
use crate::spec::keras::{self, Promoted};
use crate::spec::{Cx, Tensor, Val, run};
use crate::{Arg, Call, Infer, Mistake, Op, Outputs, Param, Stop, Violation};

const SOURCE: &str = "keras/src/backend/tensorflow/numpy.py, keras/src/ops/numpy.py";

/// One row: name, path and the kernel whose shape it has.
const fn row(name: &'static str, apis: &'static [&'static str], kernel: &'static str) -> Op {
    Op { kernel, ..rule(name, apis, infer, SOURCE) }
}

pub(in crate::defs) static OPS: &[Op] = &[
    row("nanmax", &["keras.ops.nanmax"], "Max"),
    row("nanmin", &["keras.ops.nanmin"], "Min"),
    row("nanmean", &["keras.ops.nanmean"], "Mean"),
    row("nanprod", &["keras.ops.nanprod"], "Prod"),
    row("nansum", &["keras.ops.nansum"], "Sum"),
    row("nanstd", &["keras.ops.nanstd"], "Mean"),
    row("nanvar", &["keras.ops.nanvar"], "Mean"),
    row("nanargmax", &["keras.ops.nanargmax"], "Max"),
    row("nanargmin", &["keras.ops.nanargmin"], "Min"),
    row("ptp", &["keras.ops.ptp"], "Max"),
    rule("nancumsum", &["keras.ops.nancumsum"], |c| run(c, cumulative), SOURCE),
    rule("nancumprod", &["keras.ops.nancumprod"], |c| run(c, cumulative), SOURCE),
    rule("trapezoid", &["keras.ops.trapezoid"], |c| run(c, trapezoid), SOURCE),
    rule("corrcoef", &["keras.ops.corrcoef"], |c| run(c, corrcoef), SOURCE),
];

/// The dtype of the result.
fn dtype_of(cx: &Cx<'_>, name: &str, own: DType) -> Infer<DType> {
    Ok(match name {
        "nanargmax" | "nanargmin" => DType::Int32,
        "nanmean" | "nanstd" | "nanvar" => keras::common_dtype(cx, &[Promoted::Of(own), Promoted::Float])?,
        "nansum" | "nanprod" => match own {
            DType::Bool | DType::Int8 | DType::Int16 => DType::Int32,
            DType::UInt8 | DType::UInt16 => DType::UInt32,
            other => other,
        },
        _ => own,
    })
}

fn infer(call: &Call<'_>) -> Infer<Outputs> {
    run(call, |cx| {
        let x = cx.tensor(X)?;
        let (axis, keepdims) = (cx.known(AXIS)?, cx.get(KEEPDIMS)?);
        let Some(own) = x.dtype else { return Err(Stop::Unknown("a dtype that is not known")) };
        let dtype = dtype_of(cx, call.op.name, own)?;
        if cx.symbolic() {
            let axes = if axis.is_none() { None } else { Some(cx.ints(axis)?) };
            let shape = keras::reduce_shape(cx, &x.shape, axes.as_deref(), keepdims)?;
            return Ok(Val::T(keras::spec(shape, dtype, &[&x])));
        }
        if own.is_floating() && !matches!(call.op.name, "ptp") {
            return without_nan(cx, &x, &Axes::of(axis), keepdims).map(Val::T);
        }
        let kernel = match (call.op.kernel, own) {
            ("Max", DType::Bool) => "Any",
            ("Min", DType::Bool) => "All",
            (other, _) => other,
        };
        let before = match call.op.name {
            "nanargmax" | "nanargmin" | "ptp" => own,
            _ => dtype,
        };
        let x = cast(cx, x, Some(before))?;
        let out = reduce(cx, kernel, &x, &Axes::of(axis), keepdims)?;
        if call.op.name == "ptp" && kernel == "Max" {
            let least = reduce(cx, "Min", &x, &Axes::of(axis), keepdims)?;
            return binary(cx, "Sub", out, least).map(Val::T);
        }
        match call.op.name {
            "nanargmax" | "nanargmin" => Ok(Val::T(Tensor::new(out.shape, dtype))),
            "nanvar" | "nanstd" => {
                let variance = crate::defs::reduce::variance(cx, &x, &Axes::of(axis), keepdims)?;
                let root = call.op.name == "nanstd";
                if root { unary(cx, "Sqrt", variance).map(Val::T) } else { Ok(Val::T(variance)) }
            }
            // Integers have no NaN.
            _ => cast(cx, out, Some(dtype)).map(Val::T),
        }
    })
}

/// A reduction of floats in which NaN does not count.
fn without_nan(cx: &Cx<'_>, x: &Tensor, axes: &Axes, keepdims: bool) -> Infer<Tensor> {
    let name = cx.call.op.name;
    let missing = unary(cx, "IsNan", x)?;
    let instead = |value: f64| {
        let value = cx.convert_like(&Val::from(value), x)?;
        select(cx, Val::from(&missing), Val::T(value), Val::from(x))
    };
    let sum = |t: Tensor, keepdims: bool| reduce(cx, "Sum", t, axes, keepdims);
    let valid = || cast(cx, unary(cx, "LogicalNot", &missing)?, x.dtype);
    let mean =
        |keepdims: bool| binary(cx, "RealDiv", sum(instead(0.0)?, keepdims)?, sum(valid()?, keepdims)?);
    let all = || reduce(cx, "All", &missing, axes, keepdims);
    match name {
        "nansum" => sum(instead(0.0)?, keepdims),
        "nanprod" => reduce(cx, "Prod", instead(1.0)?, axes, keepdims),
        "nanmean" => mean(keepdims),
        "nanvar" | "nanstd" => {
            let apart = binary(cx, "Sub", x, mean(true)?)?;
            let zeros = unary(cx, "ZerosLike", x)?;
            let apart = select(cx, Val::from(&missing), Val::T(zeros), Val::T(apart))?;
            let squares = sum(unary(cx, "Square", apart)?, keepdims)?;
            let variance = binary(cx, "RealDiv", squares, sum(valid()?, keepdims)?)?;
            if name == "nanstd" { unary(cx, "Sqrt", variance) } else { Ok(variance) }
        }
        "nanargmax" | "nanargmin" => {
            let most = name == "nanargmax";
            let filled = instead(if most { f64::NEG_INFINITY } else { f64::INFINITY })?;
            let shape = reduce(cx, "Max", &filled, axes, keepdims)?.shape;
            let (filled, axis) = match cx.known(AXIS)? {
                v if v.is_none() => {
                    (crate::kernels::shape::reshape(cx, filled, Val::ints(&[-1]))?, Val::from(0))
                }
                given => (filled, given.clone()),
            };
            let place = arg(cx, if most { "ArgMax" } else { "ArgMin" }, filled, axis, DType::Int32)?;
            let place = match shape.all_known() {
                Some(sizes) => crate::kernels::shape::reshape(cx, place, Val::ints(&sizes))?,
                None => Tensor::new(shape, DType::Int32),
            };
            select(cx, Val::T(all()?), Val::from(-1), Val::T(place))
        }
        _ => {
            let most = name == "nanmax";
            let filled = instead(if most { f64::NEG_INFINITY } else { f64::INFINITY })?;
            let found = reduce(cx, if most { "Max" } else { "Min" }, filled, axes, keepdims)?;
            let nan = cx.convert_like(&Val::from(f64::NAN), x)?;
            select(cx, Val::T(all()?), Val::T(nan), Val::T(found))
        }
    }
}

fn cumulative(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    let axis = cx.known(AXIS)?;
    let Some(own) = x.dtype else { return Err(Stop::Unknown("a dtype that is not known")) };
    let dtype = match cx.get(crate::params::DTYPE)?.unwrap_or(own) {
        DType::Bool => DType::Int32,
        other => other,
    };
    let shape = if axis.is_none() {
        Shape::new([x.shape.size()])
    } else {
        let (axis, rank) = (cx.int(axis)?, x.rank().unwrap_or(usize::MAX));
        if !cx.symbolic() && !(-(rank as i64)..rank as i64).contains(&axis) {
            return Err(Stop::Unknown("an axis outside of the rank"));
        }
        x.shape.clone()
    };
    let x = cast(cx, x, Some(dtype))?;
    if cx.symbolic() {
        return Ok(Val::T(Tensor { shape, ..x.like() }));
    }
    let product = cx.call.op.name == "nancumprod";
    let filled = if dtype.is_floating() {
        let neutral = cx.convert_like(&Val::from(if product { 1.0 } else { 0.0 }), &x)?;
        let most = |value: f64| cx.convert_like(&Val::from(value), &x);
        let filled = select(cx, Val::T(unary(cx, "IsNan", &x)?), Val::T(neutral), Val::from(&x))?;
        let largest = if dtype == DType::Float32 { f64::from(f32::MAX) } else { f64::MAX };
        if !matches!(dtype, DType::Float32 | DType::Float64) {
            return Ok(Val::T(Tensor { shape, ..x.like() }));
        }
        // `nan_to_num` has the largest numbers for infinity.
        let filled = binary(cx, "Minimum", filled, most(largest)?)?;
        binary(cx, "Maximum", filled, most(-largest)?)?
    } else {
        x
    };
    let (filled, axis) = match axis {
        v if v.is_none() => (crate::kernels::shape::reshape(cx, filled, Val::ints(&[-1]))?, 0),
        given => (filled, cx.int(given)?),
    };
    let kernel = if product { "Cumprod" } else { "Cumsum" };
    scan(cx, kernel, filled, Val::from(axis), (false, false)).map(|out| Val::T(out.with_shape(shape)))
}

const POINTS: Param<Arg> = Param::at(1, &["x"]);

fn trapezoid(cx: &Cx<'_>) -> Infer<Val> {
    let y = cx.tensor(X)?;
    let axis = match cx.known(AXIS)? {
        Val::Py(Arg::Missing) => -1,
        other => cx.int(other)?,
    };
    let Some(own) = y.dtype else { return Err(Stop::Unknown("a dtype that is not known")) };
    let dtype = keras::common_dtype(cx, &[Promoted::Of(own), Promoted::Float])?;
    let Some(dims) = y.shape.dims() else { return Err(Stop::Unknown("a tensor of unknown rank")) };
    let rank = dims.len() as i64;
    if !cx.symbolic() && !cx.eager() {
        // `_move_axis_to_last` counts a negative axis from the end by a tensor, and `tf.constant` takes none.
        if axis < -1 {
            let text =
                "Expected int32, but got Tensor(\"add:0\", shape=(), dtype=int32) of type 'SymbolicTensor'.";
            return cx.type_error(text, Mistake::AxisOutOfRange { axis, rank: dims.len() });
        }
        if axis >= rank {
            let text = format!("Requires start <= limit when delta > 0: {}/{rank}", axis + 1);
            return cx.value_error(text, Mistake::AxisOutOfRange { axis, rank: dims.len() });
        }
    }
    if !(-rank..rank).contains(&axis) {
        return Err(Stop::Unknown("an axis outside of the rank"));
    }
    if cx.eager() && axis < -1 {
        let text = "TypeError: Scalar tensor has no `len()`";
        return cx.value_error(text, Mistake::AxisOutOfRange { axis, rank: dims.len() });
    }
    let at = usize::try_from(axis.rem_euclid(rank)).unwrap_or(0);
    if !cx.symbolic() && cx.known(POINTS)?.is_none() && dims[at].known().is_some_and(|n| n > 0) {
        return heights(cx, &cast(cx, &y, Some(dtype))?, at).map(Val::T);
    }
    let mut kept = dims.to_vec();
    let size = kept.remove(at);
    let mut out = Tensor { shape: Shape::new(kept), ..cast(cx, &y, Some(dtype))? };
    if !cx.symbolic() && !cx.known(POINTS)?.is_none() {
        let points = cx.convert(cx.known(POINTS)?, None)?;
        let alike = points.shape.rank() == Some(1) && points.shape.dim(0) == Some(size);
        let same = points.rank() == Some(dims.len())
            && points
                .shape
                .dims()
                .unwrap_or_default()
                .iter()
                .zip(dims)
                .all(|(a, b)| a == b || matches!((a, b), (Dim::Symbol(_), Dim::Symbol(_))));
        if !alike && !same {
            return Err(Stop::Unknown("points of another shape"));
        }
        if cx.eager() && axis == -1 {
            let (points, y) = (cast(cx, points, Some(dtype))?, cast(cx, &y, Some(dtype))?);
            let steps = binary(cx, "Sub", tail(cx, &points)?, head(cx, &points)?)?;
            let mean = binary(cx, "AddV2", tail(cx, &y)?, head(cx, &y)?)?;
            let mean = binary(cx, "Mul", cx.convert_like(&Val::from(0.5), &mean)?, mean)?;
            return reduce(cx, "Sum", binary(cx, "Mul", mean, steps)?, &Axes::ints(&[-1]), false).map(Val::T);
        }
        out.reach.join(&points.reach);
    }
    Ok(Val::T(out.like()))
}

/// `x[..., 1:]`
fn tail(cx: &Cx<'_>, x: &Tensor) -> Infer<Tensor> {
    last_axis(cx, x, Some(1), None)
}

/// `x[..., :-1]`
fn head(cx: &Cx<'_>, x: &Tensor) -> Infer<Tensor> {
    last_axis(cx, x, None, Some(-1))
}

fn last_axis(cx: &Cx<'_>, x: &Tensor, start: Option<i64>, stop: Option<i64>) -> Infer<Tensor> {
    let all = Pick::Range(Bounds { start: None, stop: None, step: None });
    let mut picks = vec![all; x.rank().unwrap_or(0)];
    if let Some(last) = picks.last_mut() {
        *last = Pick::Range(Bounds { start: start.map(Dim::Known), stop: stop.map(Dim::Known), step: None });
    }
    strided_slice(cx, x, &picks)
}

/// The trapezoids between numbers that are `dx` apart.
fn heights(cx: &Cx<'_>, y: &Tensor, axis: usize) -> Infer<Tensor> {
    const DX: Param<Arg> = Param::named(&["dx"]);
    let rank = y.rank().unwrap_or(0);
    let mut order: Vec<i64> = (0..rank as i64).filter(|at| *at != axis as i64).collect();
    order.push(axis as i64);
    let y = transpose(cx, y, Val::ints(&order))?;
    let sum = binary(cx, "AddV2", tail(cx, &y)?, head(cx, &y)?)?;
    let mean = binary(cx, "Mul", cx.convert_like(&Val::from(0.5), &y)?, sum)?;
    let step = match cx.known(DX)? {
        Val::Py(Arg::Missing) => cx.convert_like(&Val::from(1.0), &y)?,
        given => cast(cx, cx.convert(given, None)?, y.dtype)?,
    };
    reduce(cx, "Sum", binary(cx, "Mul", mean, step)?, &Axes::ints(&[-1]), false)
}

fn corrcoef(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    let Some(own) = x.dtype else { return Err(Stop::Unknown("a dtype that is not known")) };
    if cx.symbolic() {
        let dtype = if own == DType::Int64 { DType::Float64 } else { keras::floated(own) };
        return Ok(Val::T(keras::spec(x.shape.clone(), dtype, &[&x])));
    }
    if !cx.eager() {
        // `if tf.rank(x) == 0` asks a traced tensor.
        return Err(Violation::symbolic_bool().raised());
    }
    let dtype = if own.is_floating() || own == DType::Int64 { own } else { DType::Float32 };
    if !dtype.is_floating() {
        return Err(Stop::Unknown("the correlation of integers"));
    }
    match x.shape.dims() {
        Some([]) => Ok(Val::T(Tensor::floats(Vec::new(), DType::Float32, vec![f64::NAN]))),
        Some([rows, _]) => {
            let shape = Shape::new([*rows, *rows]);
            let x = cast(cx, x.clone(), Some(dtype))?;
            correlation(cx, &x).map(|out| Val::T(out.with_shape(shape)))
        }
        _ => Err(Stop::Unknown("a correlation of tensors that are no matrices")),
    }
}

/// How the rows of a matrix go together: their covariances over the products of their deviations.
fn correlation(cx: &Cx<'_>, x: &Tensor) -> Infer<Tensor> {
    let samples = x.shape.dim(-1).and_then(Dim::known).ok_or(Stop::Unknown("rows of unknown length"))?;
    let apart = binary(cx, "Sub", x, reduce(cx, "Mean", x, &Axes::ints(&[-1]), true)?)?;
    let sums = mat_mul(cx, Val::from(&apart), Val::from(&apart), false, true)?;
    let covariances = binary(cx, "RealDiv", sums, cx.convert_like(&Val::from((samples - 1) as f64), x)?)?;
    let deviations = unary(cx, "Sqrt", matrix_diag_part(cx, &covariances, Diagonals::one(0))?)?;
    let (rows, columns) =
        (expand_dims(cx, &deviations, Val::from(1))?, expand_dims(cx, &deviations, Val::from(0))?);
    let ratio = binary(cx, "RealDiv", covariances, binary(cx, "Mul", rows, columns)?)?;
    let bound = |value: f64| cx.convert_like(&Val::from(value), x);
    binary(cx, "Maximum", binary(cx, "Minimum", ratio, bound(1.0)?)?, bound(-1.0)?)
}
