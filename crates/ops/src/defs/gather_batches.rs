//! `tf.gather_nd` with axes of a batch, which is Python above kernels.
//!
//! source: tensorflow/python/ops/array_ops.py, batch_gather_nd

use tensor::{DType, Dim, Shape};

use crate::kernels::index::gather_nd;
use crate::kernels::join;
use crate::kernels::shape::reshape;
use crate::params::X;
use crate::spec::{Cx, Tensor, Val};
use crate::{Arg, Infer, Mistake, Param};

const INDICES: Param<Arg> = Param::at(1, &["indices"]);

/// The batch's sizes are those of `params`, to which the result is reshaped.
pub(super) fn batch_gather_nd(cx: &Cx<'_>, batch: i64) -> Infer<Tensor> {
    let (params, indices) = (cx.tensor(X)?, cx.convert(cx.known(INDICES)?, None)?);
    let refuse = |text: String| {
        let mistake = Mistake::Argument { param: "batch_dims", problem: text.clone() };
        cx.value_error(text, mistake)
    };
    let Ok(at) = usize::try_from(batch) else {
        return refuse("tf.gather_nd does not allow negative batch_dims.".to_owned());
    };
    for (name, rank) in [("indices", indices.rank()), ("params", params.rank())] {
        if let Some(rank) = rank.filter(|rank| at >= *rank) {
            return refuse(format!(
                "Argument `batch_dims` = {batch} must be less than rank(`{name}`) = {rank}"
            ));
        }
    }
    let (Some(p), Some(i)) = (params.shape.dims(), indices.shape.dims()) else {
        return Ok(params.with_shape(Shape::UNKNOWN));
    };
    if !i.last().is_some_and(|depth| depth.is_known()) {
        return Ok(params.clone().with_shape(Shape::UNKNOWN));
    }
    // Sizes as the elements of a shape: what is not known stays open.
    let size = |dim: Dim| match dim {
        Dim::Known(n) => Val::from(n),
        _ => Val::T(Tensor::new(Shape::scalar(), DType::Int32)),
    };
    let sizes = |dims: &[Dim]| dims.iter().copied().map(size).collect::<Vec<Val>>();
    let batches = p[..at].iter().try_fold(1, |all, dim| dim.known().map(|n| all * n));
    let rows = batches.map_or(Dim::Unknown, Dim::Known);
    let inner = &i[at..i.len() - 1];
    let flat: Vec<Val> = std::iter::once(size(rows)).chain(sizes(&i[at..])).collect();
    let flat = reshape(cx, &indices, Val::List(flat))?;
    let grid: Shape =
        std::iter::once(rows).chain(inner.iter().copied()).chain([Dim::Known(at as i64)]).collect();
    let places = grid.all_known().and_then(|sizes| {
        let whole: Vec<i64> = p[..at].iter().filter_map(|dim| dim.known()).collect();
        batch_places(&whole, sizes)
    });
    let grid = match places {
        Some((sizes, values)) => Tensor::ints(sizes, indices.dtype.unwrap_or(DType::Int32), values),
        None => Tensor { dtype: indices.dtype, ..Tensor::new(grid, DType::Int32) },
    };
    let whole = join::concat(cx, Val::List(vec![Val::T(grid), Val::T(flat)]), -1)?;
    let out = gather_nd(cx, &params, whole)?;
    let Some((_, rest)) = out.shape.dims().and_then(<[Dim]>::split_first) else { return Ok(out) };
    let target: Vec<Val> = sizes(&p[..at]).into_iter().chain(sizes(rest)).collect();
    reshape(cx, out, Val::List(target))
}

/// The places of a batch's elements, row by row, each as often as it has indices; nothing if they are too many.
fn batch_places(batch: &[i64], sizes: Vec<i64>) -> Option<(Vec<i64>, Vec<i64>)> {
    const MOST: i64 = 1 << 16;
    let total = sizes.iter().try_fold(1_i64, |all, n| all.checked_mul(*n)).filter(|n| *n <= MOST)?;
    let each: i64 = sizes[1..sizes.len() - 1].iter().product();
    let mut values = Vec::with_capacity(usize::try_from(total).ok()?);
    for row in 0..*sizes.first()? {
        let mut place = vec![0; batch.len()];
        let mut left = row;
        for (at, n) in batch.iter().enumerate().rev() {
            place[at] = left % n.max(&1);
            left /= n.max(&1);
        }
        for _ in 0..each {
            values.extend(&place);
        }
    }
    Some((sizes, values))
}
