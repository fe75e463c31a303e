//! Reductions that leave NaN out, and other reductions.

use tensor::{DType, Dim, Shape};

use crate::defs::rule;
use crate::kernels::layout::transpose;
use crate::kernels::pointwise::{binary, cast};
use crate::kernels::reduce::{Axes, reduce};
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
        if matches!(call.op.name, "nanargmax" | "nanargmin") {
            return Ok(Val::T(Tensor::new(out.shape, dtype)));
        }
        // NaNs among known elements are left out, which the kernel does not do.
        Ok(Val::T(cast(cx, out, Some(dtype))?.like()))
    })
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
    Ok(Val::T(Tensor { shape, ..x.like() }))
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
        out.reach.join(&points.reach);
    }
    Ok(Val::T(out.like()))
}

/// The trapezoids between numbers that are `dx` apart.
fn heights(cx: &Cx<'_>, y: &Tensor, axis: usize) -> Infer<Tensor> {
    const DX: Param<Arg> = Param::named(&["dx"]);
    let rank = y.rank().unwrap_or(0);
    let mut order: Vec<i64> = (0..rank as i64).filter(|at| *at != axis as i64).collect();
    order.push(axis as i64);
    let y = transpose(cx, y, Val::ints(&order))?;
    let all = Pick::Range(Bounds { start: None, stop: None, step: None });
    let mut picks = vec![all; rank];
    let mut part = |start: Option<i64>, stop: Option<i64>| {
        let (start, stop) = (start.map(Dim::Known), stop.map(Dim::Known));
        if let Some(last) = picks.last_mut() {
            *last = Pick::Range(Bounds { start, stop, step: None });
        }
        strided_slice(cx, &y, &picks)
    };
    let sum = binary(cx, "AddV2", part(Some(1), None)?, part(None, Some(-1))?)?;
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
        Some([]) => Ok(Val::T(Tensor::new(Shape::scalar(), DType::Float32))),
        Some([rows, _]) => {
            let x = cast(cx, x.clone(), Some(dtype))?;
            let columns = binary(cx, "Mul", &x, &x)?;
            Ok(Val::T(Tensor { shape: Shape::new([*rows, *rows]), ..columns.like() }))
        }
        _ => Err(Stop::Unknown("a correlation of tensors that are no matrices")),
    }
}
