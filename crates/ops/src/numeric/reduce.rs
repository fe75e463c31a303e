//! Kernels that reduce, scan or order elements along axes.
//!
//! source: tensorflow/python/ops/math_grad.py, nn_grad.py: _TopKGrad

use array::{Array, Fault, Reduction, Result, Scan};
use smallvec::smallvec;
use tensor::DType;

use super::algebra::{add, binary, conj, div, mul, neg, number, reshape, select, sizes, sub, sum, unary};
use super::{Applied, Arrays, Back, Grads, Row, Vjp};
use crate::kernels::pointwise::cast;
use crate::kernels::{index, reduce};
use crate::spec::{Tensor, Val};
use crate::{Infer, Stop};

pub(super) static ROWS: &[Row] = &[
    Row { kernel: "All", eval: |a| reduced(a, Reduction::All), vjp: Vjp::Never },
    Row { kernel: "Any", eval: |a| reduced(a, Reduction::Any), vjp: Vjp::Never },
    Row { kernel: "ArgMax", eval: |a| extreme(a, true), vjp: Vjp::Never },
    Row { kernel: "ArgMin", eval: |a| extreme(a, false), vjp: Vjp::Never },
    Row { kernel: "Cumprod", eval: |a| scanned(a, Scan::Prod), vjp: Vjp::All(product_scan) },
    Row { kernel: "Cumsum", eval: |a| scanned(a, Scan::Sum), vjp: Vjp::All(sum_scan) },
    Row {
        kernel: "CumulativeLogsumexp",
        eval: |a| scanned(a, Scan::LogSumExp),
        vjp: Vjp::All(log_sum_exp_scan),
    },
    Row { kernel: "EuclideanNorm", eval: |a| reduced(a, Reduction::EuclideanNorm), vjp: Vjp::All(norm) },
    Row { kernel: "HistogramFixedWidth", eval: histogram, vjp: Vjp::Never },
    Row { kernel: "Max", eval: |a| reduced(a, Reduction::Max), vjp: Vjp::All(extreme_back) },
    Row { kernel: "Mean", eval: |a| reduced(a, Reduction::Mean), vjp: Vjp::All(mean) },
    Row { kernel: "Min", eval: |a| reduced(a, Reduction::Min), vjp: Vjp::All(extreme_back) },
    Row { kernel: "Prod", eval: |a| reduced(a, Reduction::Prod), vjp: Vjp::All(product) },
    Row {
        kernel: "Sum",
        eval: |a| reduced(a, Reduction::Sum),
        vjp: Vjp::All(|b| of_input(b, spread(b, b.grad(0)?))),
    },
    Row { kernel: "TopKV2", eval: top_k, vjp: Vjp::All(top_k_back) },
    Row { kernel: "Unique", eval: unique, vjp: Vjp::Never },
    Row { kernel: "UniqueWithCounts", eval: unique, vjp: Vjp::Missing },
];

/// Returns an axis counted from the front.
pub(super) fn axis_of(axis: i64, rank: usize) -> Result<usize> {
    let at = if axis < 0 { axis + rank as i64 } else { axis };
    usize::try_from(at).ok().filter(|at| *at < rank).ok_or(Fault::Index(axis, rank))
}

fn reduced(a: &mut Applied<'_>, how: Reduction) -> Result<Arrays> {
    let x = a.x(0)?;
    let mut marks = vec![false; x.rank()];
    for axis in a.x(1)?.to_ints()? {
        marks[axis_of(axis, x.rank())?] = true;
    }
    Ok(smallvec![array::reduce(how, x, &marks, a.step.flag("keep_dims"))?])
}

/// How many values fall into each bin; what lies outside counts in the first and the last.
///
/// source: tensorflow/core/kernels/histogram_op.cc
fn histogram(a: &mut Applied<'_>) -> Result<Arrays> {
    let (values, range, bins) = (a.x(0)?.to_floats()?, a.x(1)?.to_floats()?, a.x(2)?.to_int()?);
    let ([low, high], Ok(count)) = (&range[..], usize::try_from(bins)) else {
        return Err(Fault::Shape("no range, or a negative number of bins".to_owned()));
    };
    if low >= high || count == 0 {
        return Err(Fault::Shape("a range without an inside, or no bins".to_owned()));
    }
    let step = (high - low) / bins as f64;
    let mut counts = vec![0; count];
    for value in values {
        let place = ((value.max(*low) - low) / step).min((bins - 1) as f64) as usize;
        counts.get_mut(place).into_iter().for_each(|n| *n += 1);
    }
    Ok(smallvec![Array::ints(&[count], a.step.dtype("dtype").unwrap_or(DType::Int32), counts)?])
}

fn extreme(a: &mut Applied<'_>, largest: bool) -> Result<Arrays> {
    let (x, axis) = (a.x(0)?, a.x(1)?.to_int()?);
    let dtype = a.step.dtype("output_type").unwrap_or(DType::Int64);
    Ok(smallvec![array::arg_extreme(x, axis_of(axis, x.rank())?, largest, dtype)?])
}

fn scanned(a: &mut Applied<'_>, how: Scan) -> Result<Arrays> {
    let (x, axis) = (a.x(0)?, a.x(1)?.to_int()?);
    let (exclusive, reverse) = (a.step.flag("exclusive"), a.step.flag("reverse"));
    Ok(smallvec![array::scan(how, x, axis_of(axis, x.rank())?, exclusive, reverse)?])
}

fn top_k(a: &mut Applied<'_>) -> Result<Arrays> {
    let k = usize::try_from(a.x(1)?.to_int()?).map_err(|_| Fault::Shape("a negative k".to_owned()))?;
    let places = array::top_k(a.x(0)?, k, a.step.dtype("index_type").unwrap_or(DType::Int32))?;
    let axis = a.x(0)?.rank() - 1;
    Ok(smallvec![array::take_along(a.x(0)?, &places, axis)?, places])
}

/// The distinct elements in the order in which they come.
fn unique(a: &mut Applied<'_>) -> Result<Arrays> {
    let x = a.x(0)?;
    let keys: Vec<u64> = match x.dtype() {
        d if d.is_integer() || d == DType::Bool => x.to_ints()?.into_iter().map(i64::cast_unsigned).collect(),
        d if d.is_floating() => x.to_floats()?.into_iter().map(f64::to_bits).collect(),
        _ => return Err(Fault::Unsupported("the distinct elements of strings")),
    };
    let mut seen = rustc_hash::FxHashMap::default();
    let (mut first, mut places) = (Vec::new(), Vec::with_capacity(keys.len()));
    for (at, key) in keys.into_iter().enumerate() {
        let place = *seen.entry(key).or_insert_with(|| {
            first.push(at as i64);
            first.len() as i64 - 1
        });
        places.push(place);
    }
    let mut counts = vec![0; first.len()];
    for place in &places {
        usize::try_from(*place).ok().and_then(|at| counts.get_mut(at)).into_iter().for_each(|n| *n += 1);
    }
    let index = a.step.dtype("out_idx").unwrap_or(DType::Int32);
    let first = Array::ints(&[first.len()], DType::Int64, first)?;
    let counts = Array::ints(&[counts.len()], index, counts)?;
    let places = Array::ints(x.shape(), index, places)?;
    Ok(smallvec![array::gather(x, &first, 0, 0)?, places, counts])
}

/// The gradient of the first input; the others are axes.
fn of_input(b: &Back<'_>, grad: Infer<Tensor>) -> Infer<Grads> {
    let mut grads: Grads = smallvec![None; b.xs().len()];
    grads[0] = Some(grad?);
    Ok(grads)
}

/// The input's sizes with 1 at the reduced axes.
fn kept(b: &Back<'_>) -> Infer<Vec<i64>> {
    let mut kept = sizes(b.x(0)?)?;
    for axis in axes(b)? {
        kept[axis] = 1;
    }
    Ok(kept)
}

fn axes(b: &Back<'_>) -> Infer<Vec<usize>> {
    let rank = b.x(0)?.rank().unwrap_or(0);
    let axes = b.x(1)?.int_values().ok_or(Stop::Unknown("a reduction along axes that are not known"))?;
    axes.into_iter()
        .map(|axis| axis_of(axis, rank).map_err(|_| Stop::Unknown("an axis that is not there")))
        .collect()
}

/// Spreads a gradient of the result over the reduced axes.
fn spread(b: &Back<'_>, g: &Tensor) -> Infer<Tensor> {
    super::algebra::broadcast_to(b.cx, &reshape(b.cx, g, &kept(b)?)?, &sizes(b.x(0)?)?)
}

fn mean(b: &Back<'_>) -> Infer<Grads> {
    let g = spread(b, b.grad(0)?)?;
    let count: i64 = {
        let sizes = sizes(b.x(0)?)?;
        axes(b)?.into_iter().map(|axis| sizes[axis]).product()
    };
    of_input(b, div(b.cx, &g, &number(b.cx, count as f64, &g)?))
}

/// Elements that tie share the gradient.
fn extreme_back(b: &Back<'_>) -> Infer<Grads> {
    let kept = kept(b)?;
    let (y, g) = (reshape(b.cx, b.y(0)?, &kept)?, reshape(b.cx, b.grad(0)?, &kept)?);
    let hits = cast(b.cx, binary(b.cx, "Equal", &y, b.x(0)?)?, g.dtype)?;
    let axes: Vec<i64> = axes(b)?.into_iter().map(|axis| axis as i64).collect();
    let count = sum(b.cx, &hits, &axes, true)?;
    of_input(b, mul(b.cx, &div(b.cx, &hits, &count)?, &g))
}

fn norm(b: &Back<'_>) -> Infer<Grads> {
    let kept = kept(b)?;
    let (y, g) = (reshape(b.cx, b.y(0)?, &kept)?, reshape(b.cx, b.grad(0)?, &kept)?);
    of_input(b, mul(b.cx, b.x(0)?, &div(b.cx, &g, &y)?))
}

/// The products of all others along the axes, which are moved to the front and made one.
fn product(b: &Back<'_>) -> Infer<Grads> {
    let (cx, x) = (b.cx, b.x(0)?);
    let (sizes, gone) = (sizes(x)?, axes(b)?);
    let order: Vec<usize> =
        gone.iter().copied().chain((0..sizes.len()).filter(|axis| !gone.contains(axis))).collect();
    let (count, rest) = order.split_at(gone.len());
    let count: i64 = count.iter().map(|axis| sizes[*axis]).product();
    let rest: i64 = rest.iter().map(|axis| sizes[*axis]).product();
    let moved_sizes: Vec<i64> = order.iter().map(|axis| sizes[*axis]).collect();
    let ints: Vec<i64> = order.iter().map(|axis| *axis as i64).collect();
    let rows = reshape(cx, &super::algebra::transpose(cx, x, &ints)?, &[count, rest])?;
    let before = reduce::scan(cx, "Cumprod", &rows, Val::from(0), (true, false))?;
    let after = reduce::scan(cx, "Cumprod", &rows, Val::from(0), (true, true))?;
    let others = mul(cx, &conj(cx, &before)?, &conj(cx, &after)?)?;
    let mut back = vec![0; order.len()];
    order.iter().enumerate().for_each(|(at, axis)| back[*axis] = at as i64);
    let others = super::algebra::transpose(cx, &reshape(cx, &others, &moved_sizes)?, &back)?;
    of_input(b, mul(cx, &spread(b, b.grad(0)?)?, &others))
}

fn ways(b: &Back<'_>) -> (bool, bool) {
    (b.step.flag("exclusive"), b.step.flag("reverse"))
}

fn sum_scan(b: &Back<'_>) -> Infer<Grads> {
    let (exclusive, reverse) = ways(b);
    of_input(b, reduce::scan(b.cx, "Cumsum", b.grad(0)?, b.x(1)?, (exclusive, !reverse)))
}

/// source: tensorflow/python/ops/math_grad.py: _CumprodGrad
fn product_scan(b: &Back<'_>) -> Infer<Grads> {
    let (exclusive, reverse) = ways(b);
    let product = reduce::scan(b.cx, "Cumprod", b.x(0)?, b.x(1)?, (exclusive, reverse))?;
    let out = reduce::scan(b.cx, "Cumsum", mul(b.cx, &product, b.grad(0)?)?, b.x(1)?, (exclusive, !reverse))?;
    of_input(b, binary(b.cx, "DivNoNan", &out, &conj(b.cx, b.x(0)?)?))
}

/// The parts of either sign are scanned as logarithms, so that large elements do not overflow.
///
/// source: tensorflow/python/ops/math_grad.py: _CumulativeLogsumexpGrad
fn log_sum_exp_scan(b: &Back<'_>) -> Infer<Grads> {
    let (cx, g, x) = (b.cx, b.grad(0)?, b.x(0)?);
    let (exclusive, reverse) = ways(b);
    let (least, _) = array::extremes(g.dtype.unwrap_or(DType::Float32));
    let (zero, least) = (number(cx, 0.0, g)?, number(cx, least, g)?);
    let part = |positive: &Tensor| -> Infer<Tensor> {
        let log = unary(cx, "Log", positive)?;
        let log = select(cx, &binary(cx, "Greater", positive, &zero)?, &log, &least)?;
        let scanned =
            reduce::scan(cx, "CumulativeLogsumexp", sub(cx, &log, b.y(0)?)?, b.x(1)?, (exclusive, !reverse))?;
        unary(cx, "Exp", &add(cx, &scanned, x)?)
    };
    of_input(b, sub(cx, &part(g)?, &part(&neg(cx, g)?)?))
}

/// Places the gradients where the largest elements were.
fn top_k_back(b: &Back<'_>) -> Infer<Grads> {
    let (cx, g, places) = (b.cx, b.grad(0)?, b.y(1)?);
    let sizes = sizes(b.x(0)?)?;
    let picks = super::algebra::sizes(places)?;
    let (Some((last, _)), Some((k, outer))) = (sizes.split_last(), picks.split_last()) else {
        return Err(Stop::Unknown("the largest of a scalar"));
    };
    let rows: i64 = outer.iter().product();
    let flat = reshape(cx, places, &[rows, *k])?;
    let first = Tensor::ints(vec![rows, 1], DType::Int32, (0..rows).map(|row| row * last).collect());
    let flat = binary(cx, "AddV2", &cast(cx, flat, Some(DType::Int32))?, &first)?;
    let at = reshape(cx, &flat, &[rows * k, 1])?;
    let shape = Tensor::vector(&[rows * last]);
    let placed = index::scatter_nd(cx, (&at).into(), (&reshape(cx, g, &[rows * k])?).into(), shape.into())?;
    of_input(b, reshape(cx, &placed, &sizes))
}
