//! Reductions of the rows of each segment, and counts.
//!
//! source: tensorflow/python/ops/math_grad.py: _SegmentSumGrad and those after it

use array::{Array, Binary, Fault, Result, Rows};
use smallvec::smallvec;
use tensor::DType;

use super::algebra::{binary, div, mul, number, ones_like, select, zeros_like};
use super::{Applied, Arrays, Back, Grads, Row, Vjp};
use crate::Infer;
use crate::kernels::pointwise::cast;
use crate::kernels::{index, segment};
use crate::spec::{Tensor, Val};

pub(super) static ROWS: &[Row] = &[
    Row { kernel: "DenseBincount", eval: counted, vjp: Vjp::Missing },
    Row { kernel: "SegmentMax", eval: |a| by_order(a, Rows::Max), vjp: Vjp::All(extreme_back) },
    Row { kernel: "SegmentMean", eval: means, vjp: Vjp::All(mean_back) },
    Row { kernel: "SegmentMin", eval: |a| by_order(a, Rows::Min), vjp: Vjp::All(extreme_back) },
    Row { kernel: "SegmentProd", eval: |a| by_order(a, Rows::Mul), vjp: Vjp::All(product_back) },
    Row { kernel: "SegmentSum", eval: |a| by_order(a, Rows::Add), vjp: Vjp::All(sum_back) },
    Row { kernel: "UnsortedSegmentMax", eval: |a| by_id(a, Rows::Max), vjp: Vjp::All(extreme_back) },
    Row { kernel: "UnsortedSegmentMin", eval: |a| by_id(a, Rows::Min), vjp: Vjp::All(extreme_back) },
    Row { kernel: "UnsortedSegmentProd", eval: |a| by_id(a, Rows::Mul), vjp: Vjp::All(product_back) },
    Row { kernel: "UnsortedSegmentSum", eval: |a| by_id(a, Rows::Add), vjp: Vjp::All(sum_back) },
];

/// The ids of sorted segments, and how many there are.
fn sorted(a: &Applied<'_>) -> Result<(Array, usize)> {
    let ids = a.x(1)?;
    let numbers = ids.to_sizes()?;
    if numbers.windows(2).any(|pair| pair[0] > pair[1]) {
        return Err(Fault::Shape("segment ids are not increasing".to_owned()));
    }
    Ok((ids.clone(), numbers.last().map_or(0, |last| last + 1)))
}

/// A segment between others that has no rows is zero, or the empty product.
fn by_order(a: &mut Applied<'_>, how: Rows) -> Result<Arrays> {
    let (ids, count) = sorted(a)?;
    let empty = if how == Rows::Mul { 1.0 } else { 0.0 };
    Ok(smallvec![array::segments(how, a.x(0)?, &ids, count, empty)?])
}

fn means(a: &mut Applied<'_>) -> Result<Arrays> {
    let (x, (ids, count)) = (a.x(0)?, sorted(a)?);
    let sums = array::segments(Rows::Add, x, &ids, count, 0.0)?;
    let ones = Array::full(x.shape(), x.dtype(), 1.0)?;
    let rows = array::segments(Rows::Add, &ones, &ids, count, 1.0)?;
    Ok(smallvec![array::binary(Binary::Div, sums, &rows)?])
}

/// The extreme of no rows is the other end of the dtype's range.
fn by_id(a: &mut Applied<'_>, how: Rows) -> Result<Arrays> {
    let count =
        usize::try_from(a.x(2)?.to_int()?).map_err(|_| Fault::Shape("a negative count".to_owned()))?;
    let (low, high) = array::extremes(a.x(0)?.dtype());
    let empty = match how {
        Rows::Max => low,
        Rows::Min => high,
        Rows::Mul => 1.0,
        Rows::Add | Rows::Sub | Rows::Set => 0.0,
    };
    Ok(smallvec![array::segments(how, a.x(0)?, a.x(1)?, count, empty)?])
}

/// How often each number occurs, or the sum of its weights; in each row, where there are rows.
fn counted(a: &mut Applied<'_>) -> Result<Arrays> {
    let (x, weights) = (a.x(0)?, a.x(2)?);
    let size = usize::try_from(a.x(1)?.to_int()?).map_err(|_| Fault::Shape("a negative count".to_owned()))?;
    let weights = if weights.is_empty() && !x.is_empty() {
        Array::full(x.shape(), weights.dtype(), 1.0)?
    } else {
        weights.reshape(x.shape())?
    };
    let numbers = x.to_sizes()?;
    let width = if x.rank() > 1 { x.shape()[x.rank() - 1] } else { numbers.len() };
    let rows = if x.rank() > 1 { x.shape()[0] } else { 1 };
    // A number that is too large is counted nowhere.
    let ids = numbers
        .iter()
        .enumerate()
        .map(|(at, n)| if *n < size { (at / width.max(1) * size + n) as i64 } else { -1 });
    let ids = Array::ints(x.shape(), DType::Int64, ids.collect())?;
    let mut counts = array::segments(Rows::Add, &weights, &ids, rows * size, 0.0)?;
    if a.step.flag("binary_output") {
        let zero = Array::scalar(counts.dtype(), 0.0)?;
        counts = array::compare(array::Compare::NotEqual, &counts, &zero)?.cast(counts.dtype())?;
    }
    Ok(smallvec![if x.rank() > 1 { counts.reshape(&[rows, size])? } else { counts }])
}

/// Picks the row of each id; rows of no segment get zeros.
///
/// source: tensorflow/python/ops/math_grad.py: _GatherDropNegatives
fn spread(b: &Back<'_>, rows: &Tensor) -> Infer<Tensor> {
    let (cx, ids) = (b.cx, b.x(1)?);
    let zero = number(cx, 0.0, ids)?;
    let at = binary(cx, "Maximum", ids, &zero)?;
    let picked = index::gather(cx, rows, Val::T(at), Val::from(0), 0)?;
    if b.xs().len() == 2 {
        return Ok(picked);
    }
    let mut kept = binary(cx, "GreaterEqual", ids, &zero)?;
    for _ in ids.rank().unwrap_or(0)..picked.rank().unwrap_or(0) {
        kept = crate::kernels::shape::expand_dims(cx, kept, Val::from(-1))?;
    }
    select(cx, &kept, &picked, &zeros_like(cx, &picked)?)
}

/// Reduces by the ids of the step.
fn reduced(b: &Back<'_>, how: &str, x: Tensor) -> Infer<Tensor> {
    match b.xs() {
        [_, ids] => segment::sorted(b.cx, &format!("Segment{how}"), Val::T(x), ids.into()),
        [_, ids, count] => {
            segment::unsorted(b.cx, &format!("UnsortedSegment{how}"), Val::T(x), ids.into(), count.into())
        }
        _ => Err(crate::Stop::Unknown("segments without ids")),
    }
}

/// The gradient of the data; ids and counts have none.
fn of_data(b: &Back<'_>, grad: Tensor) -> Infer<Grads> {
    let mut grads: Grads = smallvec![None; b.xs().len()];
    grads[0] = Some(grad);
    Ok(grads)
}

fn sum_back(b: &Back<'_>) -> Infer<Grads> {
    of_data(b, spread(b, b.grad(0)?)?)
}

fn mean_back(b: &Back<'_>) -> Infer<Grads> {
    let rows = reduced(b, "Sum", ones_like(b.cx, b.x(0)?)?)?;
    let rows = binary(b.cx, "Maximum", &rows, &number(b.cx, 1.0, &rows)?)?;
    of_data(b, spread(b, &div(b.cx, b.grad(0)?, &rows)?)?)
}

/// Rows that tie share the gradient.
fn extreme_back(b: &Back<'_>) -> Infer<Grads> {
    let (cx, g) = (b.cx, b.grad(0)?);
    let hit = binary(cx, "Equal", b.x(0)?, &spread(b, b.y(0)?)?)?;
    let count = reduced(b, "Sum", cast(cx, &hit, g.dtype)?)?;
    let share = spread(b, &div(cx, g, &count)?)?;
    of_data(b, select(cx, &hit, &share, &zeros_like(cx, &share)?)?)
}

/// The product of the other rows: the whole by the row itself, where that is not zero.
fn product_back(b: &Back<'_>) -> Infer<Grads> {
    let (cx, x, g) = (b.cx, b.x(0)?, b.grad(0)?);
    let zero = binary(cx, "Equal", x, &number(cx, 0.0, x)?)?;
    let zeros = reduced(b, "Sum", cast(cx, &zero, Some(DType::Int32))?)?;
    let several = binary(cx, "Greater", &zeros, &number(cx, 1.0, &zeros)?)?;
    let g = select(cx, &several, &zeros_like(cx, g)?, g)?;
    let safe = select(cx, &zero, &ones_like(cx, x)?, x)?;
    let others = spread(b, &reduced(b, "Prod", safe.clone())?)?;
    let whole = div(cx, &spread(b, b.y(0)?)?, &safe)?;
    let slope = select(cx, &zero, &others, &whole)?;
    of_data(b, mul(cx, &spread(b, &g)?, &slope)?)
}
