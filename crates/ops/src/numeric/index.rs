//! Kernels that pick or place elements by index.
//!
//! source: tensorflow/python/ops/array_grad.py

use array::{Array, Fault, Result, Rows};
use smallvec::smallvec;
use tensor::DType;

use super::algebra::{add, binary, div, mul, reshape, sizes, transpose, zeros_like};
use super::layout::first;
use super::reduce::axis_of;
use super::{Applied, Arrays, Attr, Back, Grads, Row, Vjp};
use crate::kernels::pointwise::cast;
use crate::kernels::{index, layout};
use crate::spec::{Tensor, Val};
use crate::{Infer, Stop};

pub(super) static ROWS: &[Row] = &[
    Row { kernel: "GatherNd", eval: gather_nd, vjp: Vjp::All(gather_nd_back) },
    Row { kernel: "GatherV2", eval: gather, vjp: Vjp::All(gather_back) },
    Row { kernel: "LowerBound", eval: |a| bound(a, false), vjp: Vjp::Missing },
    Row { kernel: "OneHot", eval: one_hot, vjp: Vjp::Never },
    Row { kernel: "ScatterNd", eval: scatter, vjp: Vjp::All(scatter_back) },
    Row { kernel: "Slice", eval: slice, vjp: Vjp::All(slice_back) },
    Row { kernel: "StridedSlice", eval: strided, vjp: Vjp::All(strided_back) },
    Row {
        kernel: "TensorScatterAdd",
        eval: |a| place(a, Rows::Add),
        vjp: Vjp::All(|b| placed_back(b, false)),
    },
    Row { kernel: "TensorScatterMax", eval: |a| place(a, Rows::Max), vjp: Vjp::All(extreme_back) },
    Row { kernel: "TensorScatterMin", eval: |a| place(a, Rows::Min), vjp: Vjp::All(extreme_back) },
    Row { kernel: "TensorScatterSub", eval: |a| place(a, Rows::Sub), vjp: Vjp::All(subtracted_back) },
    Row {
        kernel: "TensorScatterUpdate",
        eval: |a| place(a, Rows::Set),
        vjp: Vjp::All(|b| placed_back(b, true)),
    },
    Row { kernel: "UpperBound", eval: |a| bound(a, true), vjp: Vjp::Missing },
    Row { kernel: "Where", eval: |a| Ok(smallvec![array::indices_of_true(a.x(0)?)?]), vjp: Vjp::Never },
];

fn slice(a: &mut Applied<'_>) -> Result<Arrays> {
    let (x, starts, counts) = (a.x(0)?, a.x(1)?.to_sizes()?, a.x(2)?.to_ints()?);
    let rest = |axis: usize| x.shape().get(axis).copied().unwrap_or(0).saturating_sub(starts[axis]);
    let counts: Vec<usize> = counts
        .iter()
        .enumerate()
        .map(|(axis, n)| usize::try_from(*n).unwrap_or_else(|_| rest(axis)))
        .collect();
    Ok(smallvec![x.window(&starts, &counts, &vec![1; x.rank()])?])
}

fn slice_back(b: &Back<'_>) -> Infer<Grads> {
    let begin = b.x(1)?.int_values().ok_or(Stop::Unknown("a slice whose start is not known"))?;
    let (own, taken) = (sizes(b.x(0)?)?, sizes(b.y(0)?)?);
    first(b, |g| widen(b, g, &begin, &taken, &own))
}

/// Puts zeros around a part, so that it stands where it was taken.
fn widen(b: &Back<'_>, g: &Tensor, begin: &[i64], taken: &[i64], own: &[i64]) -> Infer<Tensor> {
    let pads = (0..own.len()).flat_map(|axis| [begin[axis], own[axis] - begin[axis] - taken[axis]]).collect();
    layout::pad(b.cx, "Pad", g, Tensor::ints(vec![own.len() as i64, 2], DType::Int32, pads), None)
}

fn strided(a: &mut Applied<'_>) -> Result<Arrays> {
    let x = a.x(0)?;
    let (starts, steps, counts, shape) =
        (a.step.ints("starts"), a.step.ints("steps"), a.step.ints("counts"), a.step.ints("shape"));
    if steps.len() != x.rank() || starts.len() != x.rank() {
        return Err(Fault::Unsupported("a slice whose bounds are not known"));
    }
    let size = |n: &i64| usize::try_from(*n).map_err(|_| Fault::Shape("a negative size".to_owned()));
    let sizes = |list: &[i64]| list.iter().map(size).collect::<Result<Vec<usize>>>();
    if counts.contains(&0) {
        return Ok(smallvec![Array::zeros(&sizes(shape)?, x.dtype())?]);
    }
    let steps: Vec<isize> = steps.iter().map(|n| *n as isize).collect();
    Ok(smallvec![x.window(&sizes(starts)?, &sizes(counts)?, &steps)?.reshape(&sizes(shape)?)?])
}

/// Spreads the gradient out in the steps of the slice and puts zeros between and around.
fn strided_back(b: &Back<'_>) -> Infer<Grads> {
    let list = |name: &str| match b.step.attr(name) {
        Some(Attr::Ints(list)) => Ok(list.to_vec()),
        _ => Err(Stop::Unknown("a slice whose bounds are not known")),
    };
    let (starts, steps, counts) = (list("starts")?, list("steps")?, list("counts")?);
    let own = sizes(b.x(0)?)?;
    let mut g = reshape(b.cx, b.grad(0)?, &counts)?;
    let backwards: Vec<i64> =
        (0..own.len()).filter(|axis| steps[*axis] < 0).map(|axis| axis as i64).collect();
    if !backwards.is_empty() {
        g = layout::reverse(b.cx, &g, Tensor::vector(&backwards))?;
    }
    let lowest = |axis: usize| {
        if steps[axis] < 0 { starts[axis] + steps[axis] * (counts[axis] - 1) } else { starts[axis] }
    };
    let begin: Vec<i64> =
        (0..own.len()).map(|axis| if counts[axis] == 0 { 0 } else { lowest(axis) }).collect();
    let mut taken = counts.clone();
    if steps.iter().any(|step| step.abs() > 1) {
        // Each element gets a stretch of zeros behind it; the last one's is cut off.
        let apart: Vec<i64> = counts.iter().flat_map(|n| [*n, 1]).collect();
        let pads = steps.iter().flat_map(|step| [0, 0, 0, step.abs() - 1]).collect();
        let pads = Tensor::ints(vec![2 * own.len() as i64, 2], DType::Int32, pads);
        let wide = layout::pad(b.cx, "Pad", reshape(b.cx, &g, &apart)?, pads, None)?;
        let flat: Vec<i64> = counts.iter().zip(&steps).map(|(n, step)| n * step.abs()).collect();
        taken = counts.iter().zip(&steps).map(|(n, step)| ((n - 1) * step.abs() + 1).max(0)).collect();
        let whole = reshape(b.cx, &wide, &flat)?;
        let none = Tensor::vector(&vec![0; own.len()]);
        g = index::slice(b.cx, &whole, none, Tensor::vector(&taken))?;
    }
    let mut grads: Grads = smallvec![None; b.xs().len()];
    grads[0] = Some(widen(b, &g, &begin, &taken, &own)?);
    Ok(grads)
}

fn gather(a: &mut Applied<'_>) -> Result<Arrays> {
    let (params, indices) = (a.x(0)?, a.x(1)?);
    let axis = axis_of(a.x(2)?.to_int()?, params.rank())?;
    let batch = a.step.int("batch_dims").unwrap_or(0);
    let batch = if batch < 0 { batch + indices.rank() as i64 } else { batch };
    Ok(smallvec![array::gather(params, indices, axis, usize::try_from(batch).unwrap_or(0))?])
}

/// Adds the gradients of the picks up where they were picked.
fn gather_back(b: &Back<'_>) -> Infer<Grads> {
    let (cx, params, indices, g) = (b.cx, b.x(0)?, b.x(1)?, b.grad(0)?);
    let (own, picks) = (sizes(params)?, sizes(indices)?);
    let axis = b.x(2)?.int_value().ok_or(Stop::Unknown("an axis that is not known"))?;
    let axis = axis_of(axis, own.len()).map_err(|_| Stop::Unknown("an axis that is not there"))?;
    let batch = b.step.int("batch_dims").unwrap_or(0);
    let batch = usize::try_from(if batch < 0 { batch + picks.len() as i64 } else { batch }).unwrap_or(0);
    // The axes of the picks come first, then the others, as rows that are placed.
    let count = picks.len() - batch;
    let rank = axis + count + own.len() - axis - 1;
    let mut order: Vec<i64> = (0..batch as i64).collect();
    order.extend((axis..axis + count).map(|a| a as i64));
    order.extend((batch..axis).chain(axis + count..rank).map(|a| a as i64));
    // Whole rows, the usual case, stay what the optimizers of Keras 3 take apart: [`super::Recorder::placed_rows`].
    let moves = batch > 0 || axis > 0;
    let rows = if moves { transpose(cx, g, &order)? } else { g.clone() };
    let batches: i64 = own[..batch].iter().product();
    let each: i64 = picks[batch..].iter().product();
    let others: Vec<i64> = own[batch..axis].iter().chain(&own[axis + 1..]).copied().collect();
    let inner: i64 = others.iter().product();
    let rows = reshape(cx, &rows, &[batches * each, inner])?;
    let flat = reshape(cx, &cast(cx, indices, Some(DType::Int64))?, &[batches, each])?;
    let starts = (0..batches).map(|at| at * own[axis]).collect();
    let starts = Tensor::ints(vec![batches, 1], DType::Int64, starts);
    let flat = if moves { add(cx, &flat, &starts)? } else { flat };
    let at = reshape(cx, &flat, &[batches * each, 1])?;
    let shape = Tensor::ints(vec![2], DType::Int64, vec![batches * own[axis], inner]);
    let summed = index::scatter_nd(cx, Val::T(at), Val::T(rows), Val::T(shape))?;
    let wide: Vec<i64> = own[..batch].iter().copied().chain([own[axis]]).chain(others).collect();
    let summed = reshape(cx, &summed, &wide)?;
    if !moves {
        return Ok(smallvec![Some(summed), None, None]);
    }
    let mut back: Vec<i64> = (0..batch as i64).collect();
    back.extend((batch..axis).map(|a| a as i64 + 1));
    back.push(batch as i64);
    back.extend((axis + 1..own.len()).map(|a| a as i64));
    Ok(smallvec![Some(transpose(cx, &summed, &back)?), None, None])
}

fn gather_nd(a: &mut Applied<'_>) -> Result<Arrays> {
    Ok(smallvec![array::gather_nd(a.x(0)?, a.x(1)?, 0)?])
}

fn gather_nd_back(b: &Back<'_>) -> Infer<Grads> {
    let shape = Tensor::ints(
        vec![b.x(0)?.rank().unwrap_or(0) as i64],
        b.x(1)?.dtype.unwrap_or(DType::Int64),
        sizes(b.x(0)?)?,
    );
    first(b, |g| index::scatter_nd(b.cx, b.x(1)?.into(), g.into(), Val::T(shape.clone())))
}

fn one_hot(a: &mut Applied<'_>) -> Result<Arrays> {
    let depth = usize::try_from(a.x(1)?.to_int()?).unwrap_or(0);
    let indices = a.x(0)?;
    let axis = axis_of(a.step.int("axis").unwrap_or(-1), indices.rank() + 1)?;
    Ok(smallvec![array::one_hot(indices, depth, a.x(2)?, a.x(3)?, axis)?])
}

fn scatter(a: &mut Applied<'_>) -> Result<Arrays> {
    let base = Array::zeros(&a.x(2)?.to_sizes()?, a.x(1)?.dtype())?;
    Ok(smallvec![array::scatter_nd(&base, a.x(0)?, a.x(1)?, Rows::Add)?])
}

fn scatter_back(b: &Back<'_>) -> Infer<Grads> {
    Ok(smallvec![None, Some(index::gather_nd(b.cx, b.grad(0)?, b.x(0)?)?), None])
}

fn place(a: &mut Applied<'_>, how: Rows) -> Result<Arrays> {
    Ok(smallvec![array::scatter_nd(a.x(0)?, a.x(1)?, a.x(2)?, how)?])
}

/// The gradient of the tensor, with zeros where something else was placed, and that of what was placed.
fn placed_back(b: &Back<'_>, replaced: bool) -> Infer<Grads> {
    let g = b.grad(0)?;
    let own = || {
        if !replaced {
            return Ok(g.clone());
        }
        let zeros = zeros_like(b.cx, b.x(2)?)?;
        index::tensor_scatter(b.cx, "TensorScatterUpdate", g.into(), b.x(1)?.into(), Val::T(zeros))
    };
    Ok(smallvec![b.when(0, own)?, None, b.when(2, || index::gather_nd(b.cx, g, b.x(1)?))?])
}

fn subtracted_back(b: &Back<'_>) -> Infer<Grads> {
    let g = b.grad(0)?;
    let taken = || super::algebra::neg(b.cx, &index::gather_nd(b.cx, g, b.x(1)?)?);
    Ok(smallvec![Some(g.clone()), None, b.when(2, taken)?])
}

/// What is equal to the result, among the elements and the rows that are placed, shares the gradient.
///
/// source: tensorflow/python/ops/array_grad.py: _TensorScatterMinOrMaxGrad
fn extreme_back(b: &Back<'_>) -> Infer<Grads> {
    let (cx, g, x, at) = (b.cx, b.grad(0)?, b.x(0)?, b.x(1)?);
    let hits = |x: &Tensor, y: &Tensor| cast(cx, binary(cx, "Equal", x, y)?, g.dtype);
    let own = hits(x, b.y(0)?)?;
    let placed = hits(b.x(2)?, &index::gather_nd(cx, b.y(0)?, at)?)?;
    let shape = Tensor::ints(vec![x.rank().unwrap_or(0) as i64], at.dtype.unwrap_or(DType::Int32), sizes(x)?);
    let all = index::scatter_nd(cx, at.into(), (&placed).into(), shape.into())?;
    let share = div(cx, g, &add(cx, &own, &all)?)?;
    Ok(smallvec![
        b.when(0, || mul(cx, &share, &own))?,
        None,
        b.when(2, || mul(cx, &index::gather_nd(cx, &share, at)?, &placed))?,
    ])
}

/// Where values belong in the sorted row that has their number: before equal elements, or behind them.
fn bound(a: &mut Applied<'_>, upper: bool) -> Result<Arrays> {
    let (sorted, values) = (a.x(0)?, a.x(1)?);
    let (&[rows, columns], &[other, width]) = (sorted.shape(), values.shape()) else {
        return Err(Fault::Shape("rows of sorted numbers".to_owned()));
    };
    if rows != other {
        return Err(Fault::Shape(format!("{other} rows of values for {rows} sorted ones")));
    }
    let (numbers, wanted) = (sorted.to_floats()?, values.to_floats()?);
    let place = |(at, value): (usize, &f64)| {
        let row = at / width.max(1) * columns;
        let line = numbers.get(row..row + columns).unwrap_or_default();
        line.partition_point(|own| if upper { own <= value } else { own < value }) as i64
    };
    let places = wanted.iter().enumerate().map(place).collect();
    Ok(smallvec![Array::ints(values.shape(), a.step.dtype("out_type").unwrap_or(DType::Int32), places)?])
}
