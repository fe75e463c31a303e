//! Sorting, unique elements, histograms, comparisons of whole arrays.

use array::{Array, Result};
use tensor::DType;

use super::Function;
use super::given::{Given, floats, of_floats, place, unknown};
use crate::Arg;

pub(super) fn find(name: &str) -> Option<Function> {
    Some(match name {
        "sort" => |g| {
            let x = g.x()?;
            let (x, axis) = along(g, x)?;
            let order = array::sort_order(&x, axis, false, DType::Int64)?;
            Ok(vec![array::take_along(&x, &order, axis)?])
        },
        "argsort" => |g| {
            let x = g.x()?;
            let (x, axis) = along(g, x)?;
            Ok(vec![array::sort_order(&x, axis, false, DType::Int64)?])
        },
        "unique" => unique,
        "unique_values" => |g| Ok(vec![values(&g.x()?)?.elements]),
        "histogram" => histogram,
        _ => return None,
    })
}

/// The array and the axis to sort along; without one, all elements in a row.
fn along(g: &Given<'_>, x: Array) -> Result<(Array, usize)> {
    let flat = g.args.iter().any(|(name, arg)| &**name == "axis" && matches!(arg, Arg::None));
    if flat {
        return Ok((x.reshape(&[x.len()])?, 0));
    }
    let axis = place(g.int(&["axis"], -1)?, x.rank());
    if axis < x.rank() { Ok((x, axis)) } else { Err(unknown()) }
}

/// The different elements of an array.
struct Values {
    /// They, in order.
    elements: Array,
    /// Where each first stands.
    first: Vec<i64>,
    /// Which of them each element of the array is.
    inverse: Vec<i64>,
    /// How many there are of each.
    counts: Vec<i64>,
}

/// Numbers in the order of the elements: they themselves, or the places of texts among all.
fn ranks(flat: &Array) -> Result<Array> {
    if flat.dtype() != DType::String {
        return Ok(flat.clone());
    }
    let texts = flat.to_texts()?;
    let mut sorted: Vec<_> = texts.iter().collect();
    sorted.sort();
    let place = |text| i64::try_from(sorted.partition_point(|other| *other < text)).unwrap_or(i64::MAX);
    Array::ints(&[texts.len()], DType::Int64, texts.iter().map(place).collect())
}

fn values(x: &Array) -> Result<Values> {
    let flat = x.reshape(&[x.len()])?;
    let ranks = ranks(&flat)?;
    let order = array::sort_order(&ranks, 0, false, DType::Int64)?.to_ints()?;
    let numbers = floats(&ranks)?;
    let (mut first, mut inverse, mut counts) = (Vec::new(), vec![0; numbers.len()], Vec::new());
    let mut last: Option<f64> = None;
    for at in order {
        let value = numbers[at as usize];
        let same = last.is_some_and(|l| l == value || (l.is_nan() && value.is_nan()));
        if !same {
            first.push(at);
            counts.push(0);
            last = Some(value);
        }
        inverse[at as usize] = first.len() as i64 - 1;
        if let Some(count) = counts.last_mut() {
            *count += 1;
        }
    }
    let places = Array::ints(&[first.len()], DType::Int64, first.clone())?;
    Ok(Values { elements: array::gather(&flat, &places, 0, 0)?, first, inverse, counts })
}

fn unique(g: &Given<'_>) -> Result<Vec<Array>> {
    let x = g.x()?;
    if g.arg(&["axis"]).is_some() && x.rank() != 1 {
        return Err(unknown());
    }
    let Values { elements, first, inverse, counts } = values(&x)?;
    let ints = |v: Vec<i64>| Array::ints(&[v.len()], DType::Int64, v);
    let mut out = vec![elements];
    if g.flag(&["return_index"], false)? {
        out.push(ints(first)?);
    }
    if g.flag(&["return_inverse"], false)? {
        out.push(ints(inverse)?.reshape(x.shape())?);
    }
    if g.flag(&["return_counts"], false)? {
        out.push(ints(counts)?);
    }
    Ok(out)
}

fn histogram(g: &Given<'_>) -> Result<Vec<Array>> {
    let x = floats(&g.x()?)?;
    let bins =
        g.arg(&["bins"]).map_or_else(|| Array::ints(&[], DType::Int64, vec![10]), |arg| g.array(arg))?;
    if g.arg(&["weights"]).is_some() {
        return Err(unknown());
    }
    let edges: Vec<f64> = match bins.rank() {
        0 => {
            let count = bins.to_int()?;
            let given = g.maybe(&["range"])?.map(|r| floats(&r)).transpose()?;
            let (mut low, mut high) = match given.as_deref() {
                Some([low, high]) => (*low, *high),
                _ => (
                    x.iter().copied().reduce(f64::min).unwrap_or(0.0),
                    x.iter().copied().reduce(f64::max).unwrap_or(1.0),
                ),
            };
            if low == high {
                (low, high) = (low - 0.5, high + 0.5);
            }
            let step = (high - low) / count as f64;
            (0..=count).map(|i| if i == count { high } else { low + i as f64 * step }).collect()
        }
        _ => floats(&bins)?,
    };
    let (Some(low), Some(high)) = (edges.first().copied(), edges.last().copied()) else {
        return Err(unknown());
    };
    let mut counts = vec![0.0; edges.len().saturating_sub(1)];
    for v in x.into_iter().filter(|v| (low..=high).contains(v)) {
        let at = edges.partition_point(|e| *e <= v).saturating_sub(1).min(counts.len().saturating_sub(1));
        counts[at] += 1.0;
    }
    let dtype = if g.flag(&["density"], false)? {
        let all: f64 = counts.iter().sum();
        counts.iter_mut().zip(edges.windows(2)).for_each(|(n, e)| *n = *n / (e[1] - e[0]) / all);
        DType::Float64
    } else {
        DType::Int64
    };
    Ok(vec![
        of_floats(&[counts.len()], Some(dtype), counts)?,
        if bins.rank() == 0 { of_floats(&[edges.len()], Some(DType::Float64), edges)? } else { bins },
    ])
}
