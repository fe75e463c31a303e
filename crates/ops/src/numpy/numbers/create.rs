//! Arrays from nothing, from numbers and from other arrays.

use array::{Array, Result};
use tensor::DType;

use super::Function;
use super::given::{Given, at_least, of_floats, unknown};
use crate::Arg;

pub(super) fn find(name: &str) -> Option<Function> {
    Some(match name {
        "array" | "asarray" | "ndarray.copy" | "ndarray.astype" | "cast" => |g| {
            let x = g.x()?;
            let dtype = g.dtype.unwrap_or(x.dtype());
            let x = x.cast(dtype)?;
            let least = usize::try_from(g.int(&["ndmin"], 0)?).unwrap_or(0);
            Ok(vec![at_least(&x, least)?])
        },
        "zeros" | "empty" => |g| filled(g, 0.0),
        "ones" => |g| filled(g, 1.0),
        "full" => |g| full(g, &usizes(&g.sizes(&["shape"])?)?),
        "zeros_like" | "empty_like" => |g| like(g, 0.0),
        "ones_like" => |g| like(g, 1.0),
        "full_like" => |g| full(g, &like_shape(g)?),
        "arange" => arange,
        "linspace" => linspace,
        "logspace" => logspace,
        "eye" | "identity" => eye,
        "tri" => |g| {
            let rows = g.int(&["N"], 0)?;
            diagonal(g, rows, g.int(&["M"], rows)?, |i, j, k| j <= i + k)
        },
        "meshgrid" => meshgrid,
        "indices" => |g| indices(g, &usizes(&g.sizes(&["dimensions"])?)?),
        "hanning" => window,
        _ => return None,
    })
}

pub(super) fn usizes(sizes: &[i64]) -> Result<Vec<usize>> {
    sizes.iter().map(|n| usize::try_from(*n).map_err(|_| unknown())).collect()
}

fn filled(g: &Given<'_>, value: f64) -> Result<Vec<Array>> {
    let shape = usizes(&g.sizes(&["shape"])?)?;
    Ok(vec![Array::full(&shape, g.dtype.ok_or_else(unknown)?, value)?])
}

fn like_shape(g: &Given<'_>) -> Result<Vec<usize>> {
    match g.arg(&["shape"]) {
        Some(_) => usizes(&g.sizes(&["shape"])?),
        None => Ok(g.x()?.shape().to_vec()),
    }
}

fn like(g: &Given<'_>, value: f64) -> Result<Vec<Array>> {
    Ok(vec![Array::full(&like_shape(g)?, g.dtype.ok_or_else(unknown)?, value)?])
}

fn full(g: &Given<'_>, shape: &[usize]) -> Result<Vec<Array>> {
    let value = g.named(&["fill_value"])?;
    Ok(vec![value.cast(g.dtype.unwrap_or(value.dtype()))?.broadcast_to(shape)?.dense()])
}

/// `start + i * step`, where the step is the difference of the first two elements.
fn arange(g: &Given<'_>) -> Result<Vec<Array>> {
    let dtype = g.dtype.ok_or_else(unknown)?;
    let given: Vec<Array> = ["start_or_stop", "start", "stop", "step"]
        .iter()
        .filter_map(|name| g.arg(&[name]))
        .map(|arg| g.array(arg))
        .collect::<Result<_>>()?;
    let numbers: Vec<f64> = given.iter().map(Array::to_float).collect::<Result<_>>()?;
    let step_only = g.arg(&["step"]).is_some() && numbers.len() == 2;
    let (start, stop, step) = match numbers[..] {
        [stop] => (0.0, stop, 1.0),
        [stop, step] if step_only => (0.0, stop, step),
        [start, stop] => (start, stop, 1.0),
        [start, stop, step, ..] => (start, stop, step),
        [] => return Err(unknown()),
    };
    let count = ((stop - start) / step).ceil().max(0.0);
    if !count.is_finite() || count > array::MAX_LEN as f64 {
        return Err(unknown());
    }
    let count = count as usize;
    if dtype.is_integer() {
        let (start, step) = (start as i64, step as i64);
        return Ok(vec![Array::ints(
            &[count],
            dtype,
            (0..count as i64).map(|i| start + i * step).collect(),
        )?]);
    }
    let delta = (start + step) - start;
    Ok(vec![of_floats(&[count], g.dtype, (0..count).map(|i| start + i as f64 * delta).collect())?])
}

/// The numbers between two: `start + i * ((stop - start) / div)`, the last one exactly `stop`.
fn spaced(g: &Given<'_>, start: f64, stop: f64) -> Result<Vec<f64>> {
    let (count, end) = (g.int(&["num"], 50)?, g.flag(&["endpoint"], true)?);
    if !(0..=array::MAX_LEN as i64).contains(&count) {
        return Err(unknown());
    }
    let parts = if end { count - 1 } else { count };
    let (delta, step) = (stop - start, (stop - start) / parts as f64);
    let value = |i: i64| match i {
        i if end && count > 1 && i == count - 1 => stop,
        i if parts > 0 && step != 0.0 => i as f64 * step + start,
        i if parts > 0 => i as f64 / parts as f64 * delta + start,
        i => i as f64 * delta + start,
    };
    Ok((0..count).map(value).collect())
}

fn linspace(g: &Given<'_>) -> Result<Vec<Array>> {
    let (start, stop) = (g.named(&["start"])?, g.named(&["stop"])?);
    if start.rank() + stop.rank() > 0 {
        return Err(unknown());
    }
    let values = spaced(g, start.to_float()?, stop.to_float()?)?;
    let integer = g.dtype.is_some_and(DType::is_integer);
    let values: Vec<f64> = if integer { values.into_iter().map(f64::floor).collect() } else { values };
    let (all, step) =
        (of_floats(&[values.len()], g.dtype, values.clone())?, values.get(1).zip(values.first()));
    if g.flag(&["retstep"], false)? {
        let step = step.map_or(f64::NAN, |(b, a)| b - a);
        return Ok(vec![all, Array::scalar(DType::Float64, step)?]);
    }
    Ok(vec![all])
}

fn logspace(g: &Given<'_>) -> Result<Vec<Array>> {
    if g.name() == "geomspace" {
        return Err(unknown());
    }
    let base = g.float(&["base"], 10.0)?;
    let values = spaced(g, g.float(&["start"], 0.0)?, g.float(&["stop"], 0.0)?)?;
    let values: Vec<f64> = values.into_iter().map(|x| base.powf(x)).collect();
    Ok(vec![of_floats(&[values.len()], g.dtype, values)?])
}

fn eye(g: &Given<'_>) -> Result<Vec<Array>> {
    let rows = g.int(&["N", "n"], 0)?;
    diagonal(g, rows, g.int(&["M"], rows)?, |i, j, k| j == i + k)
}

fn diagonal(g: &Given<'_>, rows: i64, columns: i64, one: fn(i64, i64, i64) -> bool) -> Result<Vec<Array>> {
    let k = g.int(&["k"], 0)?;
    let shape = usizes(&[rows, columns])?;
    Array::zeros(&shape, DType::Bool)?;
    let ones = (0..rows).flat_map(|i| (0..columns).map(move |j| f64::from(u8::from(one(i, j, k)))));
    Ok(vec![of_floats(&shape, g.dtype, ones.collect())?])
}

fn meshgrid(g: &Given<'_>) -> Result<Vec<Array>> {
    let axes = g.arrays(g.first()?)?;
    let matrix = matches!(g.arg(&["indexing"]), Some(Arg::Str(s)) if &**s == "ij");
    if g.flag(&["sparse"], false)? || axes.iter().any(|x| x.rank() > 1) {
        return Err(unknown());
    }
    let rank = axes.len();
    let at = |i: usize| if !matrix && rank > 1 && i < 2 { 1 - i } else { i };
    let mut shape = vec![1; rank];
    axes.iter().enumerate().for_each(|(i, x)| shape[at(i)] = x.len());
    let spread = |(i, x): (usize, &Array)| {
        let mut own = vec![1; rank];
        own[at(i)] = x.len();
        Ok(x.reshape(&own)?.broadcast_to(&shape)?.dense())
    };
    axes.iter().enumerate().map(spread).collect()
}

fn indices(g: &Given<'_>, shape: &[usize]) -> Result<Vec<Array>> {
    let axis = |i: usize| {
        let mut own = vec![1; shape.len()];
        own[i] = shape[i];
        let line = Array::ints(&own, g.dtype.unwrap_or(DType::Int64), (0..shape[i] as i64).collect())?;
        Ok(line.broadcast_to(shape)?.dense())
    };
    let parts: Vec<Array> = (0..shape.len()).map(axis).collect::<Result<_>>()?;
    Ok(vec![array::stack(&parts, 0)?])
}

/// Windows of signal processing, symmetric around their middle.
fn window(g: &Given<'_>) -> Result<Vec<Array>> {
    let count = g.int(&["M"], 0)?;
    let value: fn(f64) -> f64 = match g.name() {
        "hanning" => |x| 0.5 - 0.5 * x.cos(),
        "hamming" => |x| 0.54 - 0.46 * x.cos(),
        "blackman" => |x| 0.42 - 0.5 * x.cos() + 0.08 * (2.0 * x).cos(),
        _ => return Err(unknown()),
    };
    let turn = std::f64::consts::TAU / (count - 1) as f64;
    let values: Vec<f64> =
        (0..count).map(|i| if count == 1 { 1.0 } else { value(turn * i as f64) }).collect();
    Ok(vec![of_floats(&[values.len()], g.dtype, values)?])
}
