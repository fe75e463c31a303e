//! Picking elements by an index: numbers, slices, new axes, lists and arrays of numbers or bools.

use array::{Array, Result};
use tensor::DType;

use super::given::{Given, place, unknown};
use crate::Arg;

/// One part of an index, with the axis of the array that it is about.
enum Part {
    /// A number.
    At(i64),
    /// A slice.
    Slice(Option<i64>, Option<i64>, Option<i64>),
    /// A new axis.
    New,
    /// An array of numbers.
    Many(Array),
}

/// Returns the elements that an index picks.
///
/// # Errors
/// The index is not known, or does not fit.
pub(super) fn pick(g: &Given<'_>, x: &Array, index: &Arg) -> Result<Array> {
    let parts = parts(g, x, index)?;
    let (mut starts, mut sizes, mut steps) = (Vec::new(), Vec::new(), Vec::new());
    // The axes that are left after numbers and slices: a size, or an array of numbers.
    let mut left: Vec<(usize, Option<Array>)> = Vec::new();
    let many = parts.iter().any(|part| matches!(part, Part::Many(_)));
    let mut axis = 0;
    for part in parts {
        if let Part::New = part {
            left.push((1, None));
            continue;
        }
        let size = *x.shape().get(axis).ok_or_else(unknown)?;
        axis += 1;
        let (start, count, step) = match part {
            Part::Slice(start, stop, step) => slice(size, start, stop, step)?,
            Part::At(at) => (inside(at, size)?, 1, 1),
            Part::Many(_) | Part::New => (0, size, 1),
        };
        starts.push(if count == 0 { 0 } else { start });
        sizes.push(count);
        steps.push(step);
        match part {
            // Beside arrays, a number is an array as well.
            Part::At(_) if many => left.push((1, Some(Array::ints(&[], DType::Int64, vec![0])?))),
            Part::At(_) => {}
            Part::Many(places) => left.push((size, Some(places))),
            _ => left.push((count, None)),
        }
    }
    let window = x.window(&starts, &sizes, &steps)?;
    let shape: Vec<usize> = left.iter().map(|(size, _)| *size).collect();
    let window = window.reshape(&shape)?;
    if many { gathered(&window, &left) } else { Ok(window) }
}

/// Splits an index up, so that every axis of the array has a part.
fn parts(g: &Given<'_>, x: &Array, index: &Arg) -> Result<Vec<Part>> {
    let items: &[Arg] = match index {
        Arg::Tuple(items) => items,
        one => std::slice::from_ref(one),
    };
    let mut parts = Vec::new();
    let mut gap = None;
    for item in items {
        match item {
            Arg::None => parts.push(Part::New),
            Arg::Ellipsis => gap = Some(parts.len()),
            Arg::Slice(bounds) => {
                let bound = |arg: &Arg| match arg {
                    Arg::None | Arg::Missing => Ok(None),
                    arg => g.array(arg)?.to_int().map(Some),
                };
                parts.push(Part::Slice(bound(&bounds[0])?, bound(&bounds[1])?, bound(&bounds[2])?));
            }
            Arg::Int(n) => parts.push(Part::At(*n)),
            other => {
                let array = g.array(other)?;
                match (array.dtype(), array.rank()) {
                    (DType::Bool, 0) => return Err(unknown()),
                    (DType::Bool, _) => {
                        parts.extend(super::pick::nonzero(&array)?.into_iter().map(Part::Many));
                    }
                    (d, 0) if d.is_integer() && !matches!(other, Arg::List(_)) => {
                        parts.push(Part::At(array.to_int()?));
                    }
                    (d, _) if d.is_integer() || array.is_empty() => {
                        parts.push(Part::Many(array.cast(DType::Int64)?));
                    }
                    _ => return Err(unknown()),
                }
            }
        }
    }
    let used = parts.iter().filter(|part| !matches!(part, Part::New)).count();
    let missing = x.rank().checked_sub(used).ok_or_else(unknown)?;
    let at = gap.unwrap_or(parts.len());
    parts.splice(at..at, (0..missing).map(|_| Part::Slice(None, None, None)));
    Ok(parts)
}

fn inside(at: i64, size: usize) -> Result<usize> {
    let place = place(at, size);
    if place < size { Ok(place) } else { Err(array::Fault::Index(at, size)) }
}

/// The start, count and step of a slice, as Python reads it.
fn slice(
    size: usize,
    start: Option<i64>,
    stop: Option<i64>,
    step: Option<i64>,
) -> Result<(usize, usize, isize)> {
    let (n, step) = (size as i64, step.unwrap_or(1));
    if step == 0 {
        return Err(unknown());
    }
    let (low, high) = if step > 0 { (0, n) } else { (-1, n - 1) };
    let bound = |at: i64| if at < 0 { (at + n).max(low) } else { at.min(high) };
    let from = start.map_or(if step > 0 { 0 } else { n - 1 }, bound);
    let to = stop.map_or(if step > 0 { n } else { -1 }, bound);
    let count = if step > 0 { (to - from + step - 1) / step } else { (from - to - step - 1) / -step };
    Ok((usize::try_from(from).unwrap_or(0), usize::try_from(count).unwrap_or(0), step as isize))
}

/// Picks by arrays: those are broadcast, and their axes stand where they stood if they stood together, else first.
fn gathered(x: &Array, left: &[(usize, Option<Array>)]) -> Result<Array> {
    let at: Vec<usize> = (0..left.len()).filter(|i| left[*i].1.is_some()).collect();
    let together = at.windows(2).all(|pair| pair[1] == pair[0] + 1);
    let arrays: Vec<&Array> = left.iter().filter_map(|(_, places)| places.as_ref()).collect();
    let mut spread: array::Sizes = array::Sizes::new();
    for places in &arrays {
        spread = array::broadcast(&spread, places.shape())?;
    }
    // The picked axes first, as one.
    let rest: Vec<usize> = (0..x.rank()).filter(|axis| !at.contains(axis)).collect();
    let order: Vec<usize> = at.iter().chain(&rest).copied().collect();
    let inner: Vec<usize> = rest.iter().map(|axis| x.shape()[*axis]).collect();
    let picked: usize = at.iter().map(|axis| x.shape()[*axis]).product();
    let lines: Vec<usize> = std::iter::once(picked).chain(inner.iter().copied()).collect();
    let flat = x.permute(&order)?.reshape(&lines)?;
    let mut places = vec![0_i64; spread.iter().product()];
    for (axis, array) in at.iter().zip(&arrays) {
        let size = x.shape()[*axis];
        for (slot, n) in places.iter_mut().zip(array.broadcast_to(&spread)?.to_ints()?) {
            *slot = *slot * size as i64 + inside(n, size)? as i64;
        }
    }
    let places = Array::ints(&spread, DType::Int64, places)?;
    let out = array::gather(&flat, &places, 0, 0)?;
    let before = if together { at.first().copied().unwrap_or(0) } else { 0 };
    if before == 0 {
        return Ok(out);
    }
    let (new, kept) = (spread.len(), rest.len());
    let order: Vec<usize> = (new..new + before).chain(0..new).chain(new + before..new + kept).collect();
    out.permute(&order)
}
