//! Reductions of segments: `tf.math.segment_sum`, `tf.math.unsorted_segment_mean`, `keras.ops.segment_max`.

use tensor::{DType, Dim, Shape};

use super::rule;
use crate::kernels::pointwise::{binary, cast, unary};
use crate::kernels::reduce::{Axes, reduce, unique};
use crate::kernels::segment::{sorted, unsorted};
use crate::kernels::shape::{fill, reshape, shape_of};
use crate::kernels::stride::item;
use crate::kernels::{join, shape};
use crate::params::{X, Y};
use crate::spec::{Cx, Val, has_attribute, keras, run};
use crate::{Arg, Call, Exc, Infer, Mistake, Op, Outputs, Param, Stop};

const NUM: Param<Arg> = Param::at(2, &["num_segments"]);
const SORTED: Param<bool> = Param::named(&["sorted"]);

/// One row: name, path and kernel.
const fn row(
    name: &'static str,
    apis: &'static [&'static str],
    kernel: &'static str,
    infer: fn(&Call<'_>) -> Infer<Outputs>,
) -> Op {
    Op { kernel, ..rule(name, apis, infer, "tensorflow/core/ops/math_ops.cc: SegmentReductionShapeFn") }
}

pub(super) static OPS: &[Op] = &[
    row("segment_sum", &["tf.math.segment_sum"], "SegmentSum", by_order),
    row("segment_mean", &["tf.math.segment_mean"], "SegmentMean", by_order),
    row("segment_max", &["tf.math.segment_max"], "SegmentMax", by_order),
    row("segment_min", &["tf.math.segment_min"], "SegmentMin", by_order),
    row("segment_prod", &["tf.math.segment_prod"], "SegmentProd", by_order),
    row("unsorted_segment_sum", &["tf.math.unsorted_segment_sum"], "UnsortedSegmentSum", by_id),
    row("unsorted_segment_max", &["tf.math.unsorted_segment_max"], "UnsortedSegmentMax", by_id),
    row("unsorted_segment_min", &["tf.math.unsorted_segment_min"], "UnsortedSegmentMin", by_id),
    row("unsorted_segment_prod", &["tf.math.unsorted_segment_prod"], "UnsortedSegmentProd", by_id),
    row("unsorted_segment_mean", &["tf.math.unsorted_segment_mean"], "", |c| run(c, |cx| scaled(cx, false))),
    row("unsorted_segment_sqrt_n", &["tf.math.unsorted_segment_sqrt_n"], "", |c| {
        run(c, |cx| scaled(cx, true))
    }),
    row("keras_segment_sum", &["keras.ops.segment_sum"], "SegmentSum", of_keras),
    row("keras_segment_max", &["keras.ops.segment_max"], "SegmentMax", of_keras),
    row("keras_segment_min", &["keras.ops.segment_min"], "SegmentMin", of_keras),
    row("keras_segment_prod", &["keras.ops.segment_prod"], "SegmentProd", of_keras),
];

fn by_order(call: &Call<'_>) -> Infer<Outputs> {
    run(call, |cx| sorted(cx, call.op.kernel, cx.known(X)?.clone(), cx.known(Y)?.clone()).map(Val::T))
}

fn by_id(call: &Call<'_>) -> Infer<Outputs> {
    run(call, |cx| {
        let (data, ids, count) = (cx.known(X)?.clone(), cx.known(Y)?.clone(), cx.known(NUM)?.clone());
        unsorted(cx, call.op.kernel, data, ids, count).map(Val::T)
    })
}

/// The sum of a segment over the number of its rows, or over the root of it.
fn scaled(cx: &Cx<'_>, root: bool) -> Infer<Val> {
    let (data, ids) = (cx.tensor(X)?, cx.tensor(Y)?);
    let count = cx.convert(cx.known(NUM)?, None)?;
    if [data.dtype, ids.dtype, count.dtype].contains(&None) {
        return Err(Stop::Unknown("segments of a dtype that is not known"));
    }
    let one = cx.convert_like(&Val::from(1), &data)?;
    let ones = fill(cx, shape_of(&ids, DType::Int32), one)?;
    let rows = unsorted(cx, "UnsortedSegmentSum", Val::T(ones), Val::T(ids.clone()), Val::T(count.clone()))?;
    let more = binary(cx, "Sub", shape::rank_of(&data), shape::rank_of(&ids))?;
    let more = join::pack_tensors(cx, &[more], 0)?;
    let ones = fill(cx, more, cx.convert_like(&Val::from(1), &count)?)?;
    let wanted =
        join::concat(cx, Val::list([shape::expand_dims(cx, &count, Val::from(0))?, ones]), Val::from(0))?;
    let rows = binary(cx, "Maximum", reshape(cx, rows, wanted)?, Val::from(1))?;
    let sum = unsorted(cx, "UnsortedSegmentSum", Val::T(data), Val::T(ids), Val::T(count))?;
    let rows = if root { unary(cx, "Sqrt", rows)? } else { rows };
    super::arith::truediv(cx, &Val::T(sum), &Val::T(rows)).map(Val::T)
}

/// `keras.ops.segment_sum` and its like.
fn of_keras(call: &Call<'_>) -> Infer<Outputs> {
    run(call, |cx| {
        for given in [cx.known(X)?, cx.known(Y)?] {
            has_attribute(cx, given, "shape", "x")?;
        }
        let (data, ids) = (cx.tensor(X)?, cx.tensor(Y)?);
        validate(cx, &data.shape, &ids.shape)?;
        let (count, by_order) = (cx.known(NUM)?, cx.get(SORTED)?);
        if cx.symbolic() {
            let Some(dims) = data.shape.dims() else { return Err(Stop::Unknown("data of unknown rank")) };
            let first = if count.is_none() { Dim::Unknown } else { Dim::Known(cx.int(count)?) };
            let out = std::iter::once(first).chain(dims[1..].iter().copied()).collect();
            return Ok(Val::T(keras::spec(out, data.dtype, &[&data])));
        }
        if by_order {
            if !count.is_none() {
                let text = format!(
                    "Argument `num_segments` cannot be set when sorted is True when using the tensorflow backend.Received: num_segments={}, sorted=True.",
                    crate::spec::repr(count)
                );
                let problem = "is set, though the ids are sorted".to_owned();
                return cx.value_error(text, Mistake::Argument { param: "num_segments", problem });
            }
            return sorted(cx, call.op.kernel, Val::T(data), Val::T(ids)).map(Val::T);
        }
        let count = if !count.is_none() {
            count.clone()
        } else if call.op.kernel == "SegmentSum" {
            let (values, _) = unique(cx, &ids, DType::Int32)?;
            Val::T(item(cx, &shape_of(&values, DType::Int32), 0)?)
        } else {
            let largest = reduce(cx, "Max", &ids, &Axes::of(&Val::Py(Arg::None)), false)?;
            Val::T(cast(cx, binary(cx, "AddV2", largest, Val::from(1))?, Some(DType::Int32))?)
        };
        let kernel = match call.op.kernel {
            "SegmentSum" => "UnsortedSegmentSum",
            "SegmentMax" => "UnsortedSegmentMax",
            "SegmentMin" => "UnsortedSegmentMin",
            _ => "UnsortedSegmentProd",
        };
        unsorted(cx, kernel, Val::T(data), Val::T(ids), count).map(Val::T)
    })
}

/// `_segment_reduce_validation`.
fn validate(cx: &Cx<'_>, data: &Shape, ids: &Shape) -> Infer<()> {
    let Some(rank) = ids.rank() else { return Ok(()) };
    if rank > 1 {
        let text = format!(
            "Argument `segment_ids` should be an 1-D vector, got shape: {rank}. Consider either flatten input with \
             segment_ids.reshape((-1)) and data.reshape((-1, ) + data.shape[len(segment_ids.shape):]) or vectorize with \
             vmap."
        );
        let mistake = Mistake::RankMismatch { param: "segment_ids", expected: "1".to_owned(), got: rank };
        return cx.value_error(text, mistake);
    }
    if rank == 0 || data.rank() == Some(0) {
        let param = if rank == 0 { "segment_ids" } else { "data" };
        let mistake = Mistake::RankMismatch { param, expected: "at least 1".to_owned(), got: 0 };
        return cx.raise(Exc::IndexError, "tuple index out of range", mistake);
    }
    if let (Some(left @ Dim::Known(_)), Some(right @ Dim::Known(_))) = (data.dim(0), ids.dim(0))
        && left != right
    {
        let text = format!(
            "Argument `segment_ids` and `data` should have same leading dimension. Got {} v.s. {}.",
            ids.tuple(),
            data.tuple()
        );
        return cx.value_error(text, Mistake::DimMismatch { left, right, what: "rows and their ids" });
    }
    Ok(())
}
