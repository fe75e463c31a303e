//! Turned and resized arrays, choices by condition, sets, slopes and areas.

use array::{Array, Binary, Result, binary};
use tensor::DType;

use super::Function;
use super::create::usizes;
use super::given::{Given, common, floats, of_floats, place, unknown};
use super::layout::flipped;
use crate::Arg;

pub(super) fn find(name: &str) -> Option<Function> {
    Some(match name {
        "rot90" => turned,
        "gradient" => slopes,
        "trapezoid" => area,
        "select" => selected,
        "compress" => compressed,
        "union1d" => sets,
        "kron" => kronecker,
        "cross" => crossed,
        "einsum" => summed,
        "tril_indices" => triangle,
        "unravel_index" => unraveled,
        "resize" => |g| {
            let (x, sizes) = (g.x()?, usizes(&g.sizes(&["new_shape"])?)?);
            let count: usize = sizes.iter().product();
            let at = (0..count).map(|i| (i % x.len().max(1)) as i64).collect();
            let at = Array::ints(&[count], DType::Int64, at)?;
            Ok(vec![array::gather(&x.reshape(&[x.len()])?, &at, 0, 0)?.reshape(&sizes)?])
        },
        "dstack" => |g| {
            let parts = g.arrays(g.first()?)?.into_iter().map(|x| deep(&x)).collect::<Result<_>>()?;
            Ok(vec![array::concatenate(&common(parts)?, 2)?])
        },
        "atleast_3d" => |g| Ok(vec![deep(&g.x()?)?]),
        "polyfit" => super::factor::polynomial,
        _ => return None,
    })
}

/// An array of at least three axes: a vector is a row, a matrix has one layer.
fn deep(x: &Array) -> Result<Array> {
    match *x.shape() {
        [] => x.reshape(&[1, 1, 1]),
        [n] => x.reshape(&[1, n, 1]),
        [m, n] => x.reshape(&[m, n, 1]),
        _ => Ok(x.clone()),
    }
}

/// Backwards along an axis.
fn backwards(x: &Array, axis: usize) -> Result<Array> {
    flipped(x, &(0..x.rank()).map(|own| own == axis).collect::<Vec<_>>())
}

fn turned(g: &Given<'_>) -> Result<Vec<Array>> {
    let x = g.x()?;
    let axes = if g.arg(&["axes"]).is_some() { g.sizes(&["axes"])? } else { vec![0, 1] };
    let [first, second] = axes[..] else { return Err(unknown()) };
    let (a, b) = (place(first, x.rank()), place(second, x.rank()));
    if a >= x.rank() || b >= x.rank() || a == b {
        return Err(unknown());
    }
    let mut order: Vec<usize> = (0..x.rank()).collect();
    order.swap(a, b);
    Ok(vec![match g.int(&["k"], 1)?.rem_euclid(4) {
        0 => x,
        1 => backwards(&x, b)?.permute(&order)?,
        2 => backwards(&backwards(&x, a)?, b)?,
        _ => backwards(&x.permute(&order)?, b)?,
    }])
}

/// Differences of the neighbours on both sides, at the ends of the one there is; of samples that are evenly spaced, or of
/// a vector whose places are given.
///
/// source: numpy/lib/_function_base_impl.py: gradient
fn slopes(g: &Given<'_>) -> Result<Vec<Array>> {
    let x = g.x()?;
    let spacing = match g.arg(&["varargs"]) {
        None => 1.0,
        Some(Arg::Tuple(items)) if items.is_empty() => 1.0,
        Some(Arg::Tuple(items)) if items.len() == 1 => {
            let one = g.array(&items[0])?;
            if one.rank() > 0 {
                return uneven(g, &x, &one).map(|slopes| vec![slopes]);
            }
            one.to_float()?
        }
        Some(_) => return Err(unknown()),
    };
    if g.int(&["edge_order"], 1)? != 1 || x.dtype().is_complex() {
        return Err(unknown());
    }
    let axes: Vec<usize> = match g.axis(x.rank())? {
        Some(axis) => vec![axis],
        None => (0..x.rank()).collect(),
    };
    axes.into_iter().map(|axis| slope(&x.cast(DType::Float64)?, axis, spacing)).collect()
}

/// The slopes of a vector at places that are given.
fn uneven(g: &Given<'_>, x: &Array, places: &Array) -> Result<Array> {
    let edges = g.int(&["edge_order"], 1)?;
    if x.rank() != 1 || places.shape() != x.shape() || x.len() < 2 || edges != 1 || x.dtype().is_complex() {
        return Err(unknown());
    }
    let (f, at) = (floats(x)?, floats(places)?);
    let over = |i: usize| (f[i + 1] - f[i]) / (at[i + 1] - at[i]);
    let last = f.len() - 2;
    // Of the slopes on both sides, that of the nearer neighbour counts more.
    let inner = (1..=last).map(|i| {
        let (before, after) = (at[i] - at[i - 1], at[i + 1] - at[i]);
        (over(i - 1) * after + over(i) * before) / (before + after)
    });
    let slopes = std::iter::once(over(0)).chain(inner).chain([over(last)]).collect();
    of_floats(&[f.len()], Some(DType::Float64), slopes)
}

fn slope(x: &Array, axis: usize, spacing: f64) -> Result<Array> {
    let size = x.shape()[axis];
    if size < 2 {
        return Err(unknown());
    }
    let over = |start: usize, stop: usize, by: usize| {
        let apart =
            binary(Binary::Sub, x.narrow(axis, start + by, stop + by)?, &x.narrow(axis, start, stop)?)?;
        binary(Binary::Div, apart, &Array::scalar(DType::Float64, by as f64 * spacing)?)
    };
    let mut parts = vec![over(0, 1, 1)?];
    if size > 2 {
        parts.push(over(0, size - 2, 2)?);
    }
    parts.push(over(size - 2, size - 1, 1)?);
    array::concatenate(&parts, axis)
}

fn area(g: &Given<'_>) -> Result<Vec<Array>> {
    let (y, x) = (g.x()?, g.maybe(&["x"])?);
    if y.rank() != 1 {
        return Err(unknown());
    }
    let (y, dx) = (floats(&y)?, g.float(&["dx"], 1.0)?);
    let x = x.map(|x| floats(&x)).transpose()?;
    let width = |i: usize| x.as_ref().map_or(dx, |x| x.get(i + 1).unwrap_or(&0.0) - x.get(i).unwrap_or(&0.0));
    let sum = y.windows(2).enumerate().map(|(i, pair)| width(i) * (pair[1] + pair[0]) / 2.0).sum();
    Ok(vec![of_floats(&[], g.dtype, vec![sum])?])
}

/// `np.select(conditions, choices, default)`: the first condition that holds decides.
fn selected(g: &Given<'_>) -> Result<Vec<Array>> {
    let conditions = g.arrays(g.first()?)?;
    let mut choices = g.arrays(g.arg(&["choicelist"]).ok_or_else(unknown)?)?;
    choices.push(g.maybe(&["default"])?.map_or_else(|| Array::ints(&[], DType::Int64, vec![0]), Ok)?);
    let dtype = g.dtype.ok_or_else(unknown)?;
    let mut out = choices.pop().ok_or_else(unknown)?.cast(dtype)?;
    for (condition, choice) in conditions.iter().zip(&choices).rev() {
        out = array::select(condition, &choice.cast(dtype)?, &out)?;
    }
    Ok(vec![out])
}

/// `np.compress(condition, a, axis)` and `np.extract(condition, arr)`.
fn compressed(g: &Given<'_>) -> Result<Vec<Array>> {
    let condition = g.x()?.cast(DType::Bool)?;
    let (x, axis) = g.along(g.named(&["a", "arr"])?)?;
    let held = condition.to_bools()?.into_iter().enumerate().filter(|(_, held)| *held);
    let at: Vec<i64> = held.map(|(i, _)| i as i64).collect();
    Ok(vec![array::gather(&x, &Array::ints(&[at.len()], DType::Int64, at)?, axis, 0)?])
}

/// The elements of both, of either, or of one of two arrays, in order.
fn sets(g: &Given<'_>) -> Result<Vec<Array>> {
    if g.flag(&["return_indices"], false)? {
        return Err(unknown());
    }
    let both = common(vec![g.x()?, g.named(&["ar2"])?])?;
    let [a, b] = &both[..] else { return Err(unknown()) };
    let sorted = |x: &Array| -> Result<Vec<f64>> {
        let mut values = floats(x)?;
        values.sort_by(f64::total_cmp);
        values.dedup();
        Ok(values)
    };
    let (first, second) = (sorted(a)?, sorted(b)?);
    let inside = |values: &[f64], v: &f64| values.binary_search_by(|own| own.total_cmp(v)).is_ok();
    let mut out: Vec<f64> = match g.name() {
        "intersect1d" => first.into_iter().filter(|v| inside(&second, v)).collect(),
        "setdiff1d" => first.into_iter().filter(|v| !inside(&second, v)).collect(),
        "setxor1d" => {
            let alone = second.iter().filter(|v| !inside(&first, v)).copied().collect::<Vec<_>>();
            first.into_iter().filter(|v| !inside(&second, v)).chain(alone).collect()
        }
        _ => first.into_iter().chain(second).collect(),
    };
    out.sort_by(f64::total_cmp);
    out.dedup();
    Ok(vec![Array::floats(&[out.len()], a.dtype(), out)?])
}

fn kronecker(g: &Given<'_>) -> Result<Vec<Array>> {
    let (a, b) = (g.x()?, g.named(&["b"])?);
    let dtype = g.dtype.ok_or_else(unknown)?;
    let rank = a.rank().max(b.rank());
    let padded = |x: &Array| [&vec![1; rank - x.rank()][..], x.shape()].concat();
    let (left, right) = (padded(&a), padded(&b));
    let spread: Vec<usize> = left.iter().flat_map(|n| [*n, 1]).collect();
    let inner: Vec<usize> = right.iter().flat_map(|n| [1, *n]).collect();
    let product = binary(Binary::Mul, a.cast(dtype)?.reshape(&spread)?, &b.cast(dtype)?.reshape(&inner)?)?;
    let shape: Vec<usize> = left.iter().zip(&right).map(|(m, n)| m * n).collect();
    Ok(vec![product.reshape(&shape)?])
}

/// The cross product of vectors of three along the last axis.
fn crossed(g: &Given<'_>) -> Result<Vec<Array>> {
    if g.arg(&["axisa", "axisb", "axisc"]).is_some_and(|arg| !matches!(arg, Arg::Int(-1)))
        || g.arg(&["axis"]).is_some()
    {
        return Err(unknown());
    }
    let dtype = g.dtype.ok_or_else(unknown)?;
    let (a, b) = (g.x()?.cast(dtype)?, g.named(&["b"])?.cast(dtype)?);
    if a.shape().last() != Some(&3) || b.shape().last() != Some(&3) {
        return Err(unknown());
    }
    Ok(vec![crate::numeric::cross_of(&a, &b)?])
}

/// `np.einsum("ij,jk->ik", a, b)`.
fn summed(g: &Given<'_>) -> Result<Vec<Array>> {
    let operands = match g.args {
        [(_, Arg::Tuple(all) | Arg::List(all)), ..] => all.clone(),
        [(_, first), (_, Arg::Tuple(rest) | Arg::List(rest)), ..] => {
            std::iter::once(first.clone()).chain(rest.iter().cloned()).collect()
        }
        _ => return Err(unknown()),
    };
    let [Arg::Str(equation), arrays @ ..] = &operands[..] else { return Err(unknown()) };
    let dtype = g.dtype.ok_or_else(unknown)?;
    let arrays: Vec<Array> = arrays.iter().map(|arg| g.array(arg)?.cast(dtype)).collect::<Result<_>>()?;
    let equation = crate::kernels::einsum::Equation::parse(equation);
    crate::numeric::einsum_of(&equation, &arrays).map(|array| vec![array])
}

/// The rows and columns of a triangle.
fn triangle(g: &Given<'_>) -> Result<Vec<Array>> {
    let (rows, k) = (g.int(&["n"], 0)?, g.int(&["k"], 0)?);
    let columns = g.int(&["m"], rows)?;
    if rows.saturating_mul(columns) > 1 << 24 {
        return Err(unknown());
    }
    let upper = g.name() == "triu_indices";
    let inside = |r: i64, c: i64| if upper { c - r >= k } else { c - r <= k };
    let all = (0..rows).flat_map(|r| (0..columns).map(move |c| (r, c)));
    let (at, along): (Vec<i64>, Vec<i64>) = all.filter(|(r, c)| inside(*r, *c)).unzip();
    let array = |values: Vec<i64>| Array::ints(&[values.len()], DType::Int64, values);
    Ok(vec![array(at)?, array(along)?])
}

fn unraveled(g: &Given<'_>) -> Result<Vec<Array>> {
    let (x, sizes) = (g.x()?, usizes(&g.sizes(&["shape"])?)?);
    if g.arg(&["order"]).is_some_and(|arg| !matches!(arg, Arg::Str(order) if &**order == "C")) {
        return Err(unknown());
    }
    let flat = x.to_ints()?;
    let along = |axis: usize| {
        let inner = sizes[axis + 1..].iter().product::<usize>().max(1) as i64;
        let size = sizes[axis].max(1) as i64;
        Array::ints(x.shape(), DType::Int64, flat.iter().map(|n| n / inner % size).collect())
    };
    (0..sizes.len()).map(along).collect()
}
