//! Other shapes and orders of the same elements.

use array::{Array, Result};
use tensor::DType;

use super::Function;
use super::create::usizes;
use super::given::{Given, at_least, place, unknown};
use crate::Arg;

pub(super) fn find(name: &str) -> Option<Function> {
    Some(match name {
        "reshape" => reshape,
        "ravel" => |g| {
            let x = in_order(g, g.x()?)?;
            Ok(vec![x.reshape(&[x.len()])?])
        },
        "transpose" => transpose,
        "matrix_transpose" => |g| Ok(vec![g.x()?.transposed()?]),
        "swapaxes" => |g| {
            let x = g.x()?;
            let mut order: Vec<usize> = (0..x.rank()).collect();
            let (a, b) = (g.int(&["axis1"], 0)?, g.int(&["axis2"], 1)?);
            let (a, b) = (place(a, x.rank()), place(b, x.rank()));
            if a.max(b) >= x.rank() {
                return Err(unknown());
            }
            order.swap(a, b);
            Ok(vec![x.permute(&order)?])
        },
        "moveaxis" => moveaxis,
        "squeeze" => |g| {
            let x = g.x()?;
            let axes = g.axes(x.rank())?;
            let kept = x.shape().iter().zip(axes).filter(|(n, gone)| **n != 1 || !gone).map(|(n, _)| *n);
            Ok(vec![x.reshape(&kept.collect::<Vec<_>>())?])
        },
        "expand_dims" => |g| {
            let x = g.x()?;
            let axes = g.sizes(&["axis"])?;
            let rank = x.rank() + axes.len();
            let new: Vec<usize> = axes.iter().map(|axis| place(*axis, rank)).collect();
            let mut sizes = x.shape().iter();
            let size = |i| if new.contains(&i) { Some(1) } else { sizes.next().copied() };
            let shape: Option<Vec<usize>> = (0..rank).map(size).collect();
            Ok(vec![x.reshape(&shape.ok_or_else(unknown)?)?])
        },
        "atleast_1d" | "atleast_2d" => {
            |g| Ok(vec![at_least(&g.x()?, if g.op.name.ends_with("1d") { 1 } else { 2 })?])
        }
        "flip" => |g| {
            let x = g.x()?;
            let marks = g.axes(x.rank())?;
            Ok(vec![flipped(&x, &marks)?])
        },
        "fliplr" => |g| {
            let (x, up) = (g.x()?, g.name() == "flipud");
            let marks: Vec<bool> = (0..x.rank()).map(|i| i == usize::from(!up)).collect();
            Ok(vec![flipped(&x, &marks)?])
        },
        "roll" => roll,
        "tile" => tile,
        "repeat" => repeat,
        "pad" => pad,
        "broadcast_to" => |g| Ok(vec![g.x()?.broadcast_to(&usizes(&g.sizes(&["shape"])?)?)?]),
        "tril" => triangle,
        "diag" => diag,
        _ => return None,
    })
}

/// The array whose rows, one behind the other, have the elements in the order that a call wants. How they lie in memory,
/// which other orders ask for, is not followed.
fn in_order(g: &Given<'_>, x: Array) -> Result<Array> {
    match g.arg(&["order"]) {
        None => Ok(x),
        Some(Arg::Str(order)) if &**order == "C" => Ok(x),
        Some(Arg::Str(order)) if &**order == "F" => backwards(&x),
        Some(_) => Err(unknown()),
    }
}

/// The array with its axes in reverse order.
fn backwards(x: &Array) -> Result<Array> {
    x.permute(&(0..x.rank()).rev().collect::<Vec<_>>())
}

/// The sizes given to a reshape: `(2, 3)`, `2, 3`, with one -1.
fn reshape(g: &Given<'_>) -> Result<Vec<Array>> {
    let x = in_order(g, g.x()?)?;
    let given = g.args.get(1).map(|(_, arg)| g.array(arg)).transpose()?.ok_or_else(unknown)?.to_ints()?;
    let known: i64 = given.iter().filter(|n| **n >= 0).product();
    let len = x.len() as i64;
    let free = || if known > 0 { len / known } else { 0 };
    let mut sizes: Vec<i64> = given.into_iter().map(|n| if n < 0 { free() } else { n }).collect();
    if matches!(g.arg(&["order"]), Some(Arg::Str(order)) if &**order == "F") {
        sizes.reverse();
        return Ok(vec![backwards(&x.reshape(&usizes(&sizes)?)?)?]);
    }
    Ok(vec![x.reshape(&usizes(&sizes)?)?])
}

fn transpose(g: &Given<'_>) -> Result<Vec<Array>> {
    let x = g.x()?;
    let rank = x.rank();
    let given = match g.arg(&["axes"]) {
        // `x.transpose(1, 0)` and `x.transpose((1, 0))`.
        Some(arg) => g.array(arg)?.to_ints()?,
        None => Vec::new(),
    };
    let order: Vec<usize> = match given.len() {
        0 => (0..rank).rev().collect(),
        _ => given.into_iter().map(|axis| place(axis, rank)).collect(),
    };
    Ok(vec![x.permute(&order)?])
}

fn moveaxis(g: &Given<'_>) -> Result<Vec<Array>> {
    let x = g.x()?;
    let at = |names: &[&str]| -> Result<Vec<usize>> {
        Ok(g.sizes(names)?.into_iter().map(|axis| place(axis, x.rank())).collect())
    };
    let (from, to) = (at(&["source"])?, at(&["destination"])?);
    let mut order: Vec<usize> = (0..x.rank()).filter(|axis| !from.contains(axis)).collect();
    let mut pairs: Vec<(usize, usize)> = to.into_iter().zip(from).collect();
    pairs.sort_unstable();
    for (to, from) in pairs {
        order.insert(to.min(order.len()), from);
    }
    Ok(vec![x.permute(&order)?])
}

/// Reverses the marked axes.
pub(super) fn flipped(x: &Array, marks: &[bool]) -> Result<Array> {
    let starts: Vec<usize> =
        x.shape().iter().zip(marks).map(|(n, back)| if *back { n.saturating_sub(1) } else { 0 }).collect();
    let steps: Vec<isize> = marks.iter().map(|back| if *back { -1 } else { 1 }).collect();
    x.window(&starts, x.shape(), &steps)
}

fn roll(g: &Given<'_>) -> Result<Vec<Array>> {
    let x = g.x()?;
    let shifts = g.sizes(&["shift"])?;
    let Some(arg) = g.arg(&["axis"]) else {
        let flat = x.reshape(&[x.len()])?;
        let rolled = rolled(&flat, 0, shifts.iter().sum())?;
        return Ok(vec![rolled.reshape(x.shape())?]);
    };
    let axes = g.array(arg)?.to_ints()?;
    let mut out = x.clone();
    for (i, axis) in axes.iter().enumerate() {
        let shift = shifts.get(i).or(shifts.first()).copied().unwrap_or(0);
        out = rolled(&out, place(*axis, x.rank()), shift)?;
    }
    Ok(vec![out])
}

fn rolled(x: &Array, axis: usize, shift: i64) -> Result<Array> {
    let size = *x.shape().get(axis).ok_or_else(unknown)?;
    if size == 0 {
        return Ok(x.clone());
    }
    let cut = size - usize::try_from(shift.rem_euclid(size as i64)).unwrap_or(0);
    array::concatenate(&[x.narrow(axis, cut, size)?, x.narrow(axis, 0, cut)?], axis)
}

fn tile(g: &Given<'_>) -> Result<Vec<Array>> {
    let mut times = usizes(&g.sizes(&["reps"])?)?;
    let x = at_least(&g.x()?, times.len())?;
    while times.len() < x.rank() {
        times.insert(0, 1);
    }
    Ok(vec![array::tile(&x, &times)?])
}

fn repeat(g: &Given<'_>) -> Result<Vec<Array>> {
    let (x, axis) = g.along(g.x()?)?;
    let times = g.sizes(&["repeats"])?;
    let size = *x.shape().get(axis).ok_or_else(unknown)?;
    let count = |i: usize| times.get(i).or(times.first()).copied().unwrap_or(0).max(0) as usize;
    let order: Vec<i64> = (0..size).flat_map(|i| std::iter::repeat_n(i as i64, count(i))).collect();
    let order = Array::ints(&[order.len()], DType::Int64, order)?;
    Ok(vec![array::gather(&x, &order, axis, 0)?])
}

fn pad(g: &Given<'_>) -> Result<Vec<Array>> {
    let x = g.x()?;
    let width = g.named(&["pad_width"])?;
    let (values, rank) = (usizes(&width.to_ints()?)?, x.rank());
    let pairs: Vec<(usize, usize)> = match (width.rank(), &values[..]) {
        (_, [one]) => vec![(*one, *one); rank],
        (1, [before, after]) | (2, [before, after]) if width.shape().first() != Some(&rank) || rank == 1 => {
            vec![(*before, *after); rank]
        }
        (2, all) if all.len() == 2 * rank => all.chunks(2).map(|c| (c[0], c[1])).collect(),
        _ => return Err(unknown()),
    };
    let mode = match g.arg(&["mode"]) {
        Some(Arg::Str(mode)) => &**mode,
        None => "constant",
        Some(_) => return Err(unknown()),
    };
    Ok(vec![match mode {
        "constant" => {
            let constant = g.args.iter().find_map(|(name, arg)| match arg {
                Arg::Dict(items) if &**name == "kwargs" => {
                    items.iter().find(|(name, _)| &**name == "constant_values").map(|(_, arg)| arg)
                }
                arg if &**name == "constant_values" => Some(arg),
                _ => None,
            });
            let value = match constant {
                Some(arg) => g.array(arg)?,
                None => Array::scalar(x.dtype(), 0.0)?,
            };
            if value.len() != 1 {
                return Err(unknown());
            }
            let value = value.reshape(&[])?;
            array::pad(&x, &pairs, &value.cast(x.dtype())?)?
        }
        "reflect" => array::mirror_pad(&x, &pairs, false)?,
        "symmetric" => array::mirror_pad(&x, &pairs, true)?,
        "edge" => {
            let mut out = x;
            for (axis, (before, after)) in pairs.into_iter().enumerate() {
                let size = out.shape()[axis] as i64;
                let order: Vec<i64> =
                    (-(before as i64)..size + after as i64).map(|i| i.clamp(0, size - 1)).collect();
                let order = Array::ints(&[order.len()], DType::Int64, order)?;
                out = array::gather(&out, &order, axis, 0)?;
            }
            out
        }
        _ => return Err(unknown()),
    }])
}

fn triangle(g: &Given<'_>) -> Result<Vec<Array>> {
    let (x, k, upper) = (g.x()?, g.int(&["k"], 0)?, g.name() == "triu");
    let [.., rows, columns] = *x.shape() else { return Err(unknown()) };
    let mask: Vec<bool> = (0..rows as i64)
        .flat_map(|i| (0..columns as i64).map(move |j| if upper { j >= i + k } else { j <= i + k }))
        .collect();
    let mask = Array::bools(&[rows, columns], mask)?.broadcast_to(x.shape())?;
    Ok(vec![array::select(&mask, &x, &Array::zeros(x.shape(), x.dtype())?)?])
}

fn diag(g: &Given<'_>) -> Result<Vec<Array>> {
    let (x, k) = (g.x()?, g.int(&["k"], 0)?);
    let x = if g.name() == "diagflat" { x.reshape(&[x.len()])? } else { x };
    match *x.shape() {
        [count] => {
            let size = count + k.unsigned_abs() as usize;
            let mut places = Vec::with_capacity(2 * count);
            for i in 0..count as i64 {
                places.extend([i + (-k).max(0), i + k.max(0)]);
            }
            let places = Array::ints(&[count, 2], DType::Int64, places)?;
            let base = Array::zeros(&[size, size], x.dtype())?;
            Ok(vec![array::scatter_nd(&base, &places, &x, array::Rows::Set)?])
        }
        _ => Ok(vec![diagonal(&x, k)?]),
    }
}

/// The diagonal that a call means: `offset` columns to the right, where `axis1` counts the rows.
pub(super) fn meant_diagonal(g: &Given<'_>) -> Result<Array> {
    let x = g.x()?;
    let x = if place(g.int(&["axis1"], 0)?, x.rank()) == 1 { x.transposed()? } else { x };
    diagonal(&x, g.int(&["offset"], 0)?)
}

/// The diagonal of a matrix, `k` columns to the right.
fn diagonal(x: &Array, k: i64) -> Result<Array> {
    let [rows, columns] = *x.shape() else { return Err(unknown()) };
    let places: Vec<i64> = (0..rows as i64)
        .filter(|i| (0..columns as i64).contains(&(i + k)))
        .map(|i| i * columns as i64 + i + k)
        .collect();
    let places = Array::ints(&[places.len()], DType::Int64, places)?;
    array::gather(&x.reshape(&[x.len()])?, &places, 0, 0)
}
