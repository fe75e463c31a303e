//! Picking and finding elements.

use array::{Array, Result};
use tensor::DType;

use super::elementwise::choose;
use super::given::{Given, floats, of_floats, place, unknown};
use super::layout::meant_diagonal;
use super::{Function, index};
use crate::Arg;

pub(super) fn find(name: &str) -> Option<Function> {
    Some(match name {
        "getitem" => |g| {
            let index = g.args.iter().find(|(name, _)| &**name == "index").ok_or_else(unknown)?;
            Ok(vec![index::pick(g, &g.x()?, &index.1)?])
        },
        "setitem" => set,
        "take" => |g| {
            let (x, axis) = g.along(g.x()?)?;
            let places = wrapped(&g.named(&["indices"])?, x.shape()[axis])?;
            Ok(vec![array::gather(&x, &places, axis, 0)?])
        },
        "take_along_axis" => |g| {
            let x = g.named(&["arr"])?;
            let axis = g.axis(x.rank())?.ok_or_else(unknown)?;
            let places = wrapped(&g.named(&["indices"])?, x.shape()[axis])?;
            if places.rank() != x.rank() {
                return Err(unknown());
            }
            let (mut own, mut asked) = (x.shape().to_vec(), places.shape().to_vec());
            let (size, number) = (own[axis], asked[axis]);
            (own[axis], asked[axis]) = (1, 1);
            let mut shape = array::broadcast(&own, &asked)?;
            shape[axis] = size;
            let x = x.broadcast_to(&shape)?;
            shape[axis] = number;
            Ok(vec![array::take_along(&x, &places.broadcast_to(&shape)?, axis)?])
        },
        "where" => |g| match (g.maybe(&["x"])?, g.maybe(&["y"])?) {
            (Some(x), Some(y)) => {
                let condition = g.x()?;
                let dtype = g.dtype.ok_or_else(unknown)?;
                Ok(vec![choose(&condition, &x, &y, dtype)?])
            }
            _ => nonzero(&g.x()?),
        },
        "nonzero" => |g| nonzero(&g.x()?),
        "argwhere" => |g| Ok(vec![array::indices_of_true(&g.x()?.cast(DType::Bool)?)?]),
        "flatnonzero" => |g| {
            let x = g.x()?;
            nonzero(&x.reshape(&[x.len()])?)
        },
        "isin" => |g| {
            let (x, among) = (g.x()?, g.named(&["test_elements", "ar2"])?);
            let among = floats(&among)?;
            let invert = g.flag(&["invert"], false)?;
            let values = floats(&x)?.into_iter().map(|v| among.contains(&v) != invert).collect();
            Ok(vec![Array::bools(x.shape(), values)?])
        },
        "searchsorted" => |g| {
            let (sorted, values) = (floats(&g.x()?)?, g.named(&["v"])?);
            let right = matches!(g.arg(&["side"]), Some(Arg::Str(s)) if &**s == "right");
            let at = |v: f64| sorted.partition_point(|x| if right { *x <= v } else { *x < v }) as i64;
            let found = floats(&values)?.into_iter().map(at).collect();
            Ok(vec![Array::ints(values.shape(), DType::Int64, found)?])
        },
        "digitize" => |g| {
            let (x, bins) = (g.x()?, floats(&g.named(&["bins"])?)?);
            let right = g.flag(&["right"], false)?;
            let at = |v: f64| bins.partition_point(|x| if right { *x < v } else { *x <= v }) as i64;
            Ok(vec![Array::ints(x.shape(), DType::Int64, floats(&x)?.into_iter().map(at).collect())?])
        },
        "bincount" => bincount,
        "diagonal" => |g| Ok(vec![meant_diagonal(g)?]),
        _ => return None,
    })
}

/// The array as it is after `x[index] = value`: the places that the index picks of all places get it.
fn set(g: &Given<'_>) -> Result<Vec<Array>> {
    let x = g.x()?;
    let named =
        |name: &str| g.args.iter().find(|(n, _)| &**n == name).map(|(_, arg)| arg).ok_or_else(unknown);
    if let Some(block) = block_of(named("index")?, x.shape()) {
        // `x[row, step] = value`: a part that lies in one piece.
        let rest = &x.shape()[block.len()..];
        let value = g.array(named("value")?)?.cast(x.dtype())?;
        if value.rank() <= rest.len() {
            let inner: Vec<usize> = std::iter::once(1).chain(rest.iter().copied()).collect();
            let value = value.broadcast_to(rest)?.dense().reshape(&inner)?;
            let at = Array::ints(&[1, block.len()], DType::Int64, block)?;
            return Ok(vec![array::scatter_nd(&x, &at, &value, array::Rows::Set)?]);
        }
    }
    let all = Array::ints(x.shape(), DType::Int64, (0..x.len() as i64).collect())?;
    let places = index::pick(g, &all, named("index")?)?;
    let mut value = g.array(named("value")?)?.cast(x.dtype())?;
    // Axes of size 1 in front of a value do not count.
    while value.rank() > places.rank() && value.shape().first() == Some(&1) {
        value = value.reshape(&value.shape()[1..])?;
    }
    let value = value.broadcast_to(places.shape())?;
    Ok(vec![placed(&x, &places, &value)?])
}

/// The places along the first axes that an index of plain ints names.
fn block_of(index: &Arg, shape: &[usize]) -> Option<Vec<i64>> {
    let items = match index {
        Arg::Int(_) => std::slice::from_ref(index),
        Arg::Tuple(items) => items,
        _ => return None,
    };
    if items.is_empty() || items.len() > shape.len() {
        return None;
    }
    let place = |(item, size): (&Arg, &usize)| match item {
        Arg::Int(n) => {
            Some(if *n < 0 { n + *size as i64 } else { *n }).filter(|n| (0..*size as i64).contains(n))
        }
        _ => None,
    };
    items.iter().zip(shape).map(place).collect()
}

/// Puts values at places counted through the whole array.
fn placed(x: &Array, places: &Array, values: &Array) -> Result<Array> {
    let count = places.len();
    let places = places.reshape(&[count, 1])?;
    let flat = x.reshape(&[x.len()])?;
    array::scatter_nd(&flat, &places, &values.reshape(&[count])?, array::Rows::Set)?.reshape(x.shape())
}

/// Places along an axis, of which negative ones count from its end.
fn wrapped(places: &Array, size: usize) -> Result<Array> {
    let wrapped = places.to_ints()?.into_iter().map(|i| if i < 0 { i + size as i64 } else { i });
    Array::ints(places.shape(), DType::Int64, wrapped.collect())
}

/// The places of elements that are not zero, an array for each axis.
pub(super) fn nonzero(x: &Array) -> Result<Vec<Array>> {
    let places = array::indices_of_true(&x.cast(DType::Bool)?)?;
    let column = |axis: usize| {
        let column = places.narrow(1, axis, axis + 1)?.dense();
        column.reshape(&[column.len()])
    };
    (0..x.rank()).map(column).collect()
}

fn bincount(g: &Given<'_>) -> Result<Vec<Array>> {
    let values: Vec<usize> = g.x()?.to_ints()?.into_iter().map(|n| place(n, 0)).collect();
    let least = usize::try_from(g.int(&["minlength"], 0)?).unwrap_or(0);
    let count = values.iter().max().map_or(0, |n| n + 1).max(least);
    if count > array::MAX_LEN {
        return Err(unknown());
    }
    if let Some(weights) = g.maybe(&["weights"])? {
        let mut sums = vec![0.0; count];
        values.iter().zip(floats(&weights)?).for_each(|(at, w)| sums[*at] += w);
        return Ok(vec![of_floats(&[count], Some(DType::Float64), sums)?]);
    }
    let mut counts = vec![0; count];
    values.iter().for_each(|at| counts[*at] += 1);
    Ok(vec![Array::ints(&[count], DType::Int64, counts)?])
}
