//! Reductions and scans. Sums are added up in NumPy's order, so that they round as NumPy's do.
//!
//! source: numpy/_core/src/umath/loops_utils.h.src: pairwise_sum

use array::{Array, Binary, Reduction, Result, Scan};
use tensor::DType;

use super::Function;
use super::given::{Given, floats, of_floats, place, unknown};
use super::layout::meant_diagonal;
use crate::Arg;

/// Sums of up to so many elements are added in eight lanes.
const BLOCK: usize = 128;

pub(super) fn find(name: &str) -> Option<Function> {
    Some(match name {
        "sum" => |g| simple(g, Reduction::Sum),
        "prod" => |g| simple(g, Reduction::Prod),
        "max" => |g| simple(g, Reduction::Max),
        "min" => |g| simple(g, Reduction::Min),
        "all" => |g| simple(g, Reduction::All),
        "any" => |g| simple(g, Reduction::Any),
        "mean" | "var" | "std" => moments,
        "median" => |g| lines(g, |line| quantile(line, 0.5, true)),
        "percentile" => percentile,
        "ptp" => |g| {
            lines(g, |line| {
                let fold = |f: fn(f64, f64) -> f64| line.iter().copied().reduce(f).unwrap_or(f64::NAN);
                fold(f64::max) - fold(f64::min)
            })
        },
        "count_nonzero" => |g| lines(g, |line| line.iter().filter(|v| **v != 0.0).count() as f64),
        "average" => average,
        "argmax" | "argmin" => extreme,
        "cumsum" => |g| scan(g, Scan::Sum),
        "cumprod" => |g| scan(g, Scan::Prod),
        "diff" => diff,
        "trace" => |g| {
            let sum = floats(&meant_diagonal(g)?)?.into_iter().sum();
            Ok(vec![of_floats(&[], g.dtype, vec![sum])?])
        },
        "linalg.norm" => norm,
        _ => return None,
    })
}

/// Adds as NumPy does: up to eight in order, up to 128 in eight lanes, more in halves.
fn pairwise(values: &[f64], round: fn(f64) -> f64) -> f64 {
    let add = |a: f64, b: f64| round(a + b);
    match values.len() {
        0..8 => values.iter().fold(0.0, |sum, v| add(sum, *v)),
        n if n <= BLOCK => {
            let mut lanes = [0.0; 8];
            lanes.copy_from_slice(&values[..8]);
            let blocks = values[8..].chunks_exact(8);
            let rest = blocks.remainder();
            for block in blocks {
                lanes.iter_mut().zip(block).for_each(|(lane, v)| *lane = add(*lane, *v));
            }
            let [a, b, c, d, e, f, g, h] = lanes;
            let sum = add(add(add(a, b), add(c, d)), add(add(e, f), add(g, h)));
            rest.iter().fold(sum, |sum, v| add(sum, *v))
        }
        n => {
            let half = n / 2 - (n / 2) % 8;
            add(pairwise(&values[..half], round), pairwise(&values[half..], round))
        }
    }
}

/// How a dtype rounds.
pub(super) fn rounding(dtype: DType) -> fn(f64) -> f64 {
    if dtype == DType::Float32 { |x| f64::from(x as f32) } else { |x| x }
}

/// The sums along the marked axes: along the last ones pairwise, along others one after the other.
fn sums(values: &[f64], shape: &[usize], marks: &[bool], dtype: DType) -> Vec<f64> {
    let round = rounding(dtype);
    let tail = marks.iter().rev().take_while(|gone| **gone).count();
    let inner: usize = shape[shape.len() - tail..].iter().product();
    let (outer, marks) = (&shape[..shape.len() - tail], &marks[..shape.len() - tail]);
    let lines: Vec<f64> = if tail == 0 {
        values.to_vec()
    } else if inner == 0 {
        vec![0.0; outer.iter().product()]
    } else {
        values.chunks_exact(inner).map(|line| pairwise(line, round)).collect()
    };
    let kept: usize = outer.iter().zip(marks).filter(|(_, gone)| !**gone).map(|(n, _)| *n).product();
    let mut out = vec![0.0; kept];
    let mut index = vec![0_usize; outer.len()];
    for value in lines {
        let at = index.iter().zip(outer).zip(marks).filter(|(_, gone)| !**gone);
        let at = at.fold(0, |at, ((i, n), _)| at * n + i);
        if let Some(slot) = out.get_mut(at) {
            *slot = round(*slot + value);
        }
        for axis in (0..outer.len()).rev() {
            index[axis] += 1;
            if index[axis] < outer[axis] {
                break;
            }
            index[axis] = 0;
        }
    }
    out
}

/// The shape that is left.
fn rest(shape: &[usize], marks: &[bool], keep: bool) -> Vec<usize> {
    let pairs = shape.iter().zip(marks).filter(|(_, gone)| keep || !**gone);
    pairs.map(|(n, gone)| if *gone { 1 } else { *n }).collect()
}

/// Tells whether elements that are no numbers are left out.
fn skips(g: &Given<'_>) -> bool {
    g.name().starts_with("nan")
}

/// Tells whether a function follows `where` and `initial`.
pub(super) fn heeds(g: &Given<'_>) -> bool {
    const NAMES: &[&str] =
        &["np.sum", "np.prod", "np.max", "np.min", "np.all", "np.any", "np.mean", "np.var", "np.std"];
    NAMES.contains(&g.op.name)
}

/// Which elements take part: those that `where` marks, and for `nansum` and its like those that are numbers. Nothing
/// where all do.
fn taken(g: &Given<'_>, x: &Array) -> Result<Option<Array>> {
    let marked = match g.arg(&["where"]) {
        None | Some(Arg::Bool(true)) => None,
        Some(arg) => Some(g.array(arg)?.cast(DType::Bool)?.broadcast_to(x.shape())?.dense()),
    };
    if !skips(g) || !x.dtype().is_floating() {
        return Ok(marked);
    }
    let numbers = Array::bools(x.shape(), floats(x)?.iter().map(|v| !v.is_nan()).collect())?;
    match marked {
        None => Ok(Some(numbers)),
        Some(marked) => array::select(&marked, &numbers, &marked).map(Some),
    }
}

/// The array with a number in the place of all elements that do not take part.
fn replaced(x: &Array, taken: Option<&Array>, by: f64) -> Result<Array> {
    match taken {
        None => Ok(x.clone()),
        Some(taken) => array::select(taken, x, &Array::full(x.shape(), x.dtype(), by)?),
    }
}

fn simple(g: &Given<'_>, how: Reduction) -> Result<Vec<Array>> {
    let x = g.x()?;
    let (marks, keep) = (g.axes(x.rank())?, g.flag(&["keepdims"], false)?);
    let initial = g.maybe(&["initial"])?;
    let taken = taken(g, &x)?;
    let neutral = match how {
        Reduction::Sum | Reduction::Any => 0.0,
        Reduction::Prod | Reduction::All => 1.0,
        // Where nothing takes part, the answer is NaN.
        _ if initial.is_none() && taken.as_ref().is_some_and(|taken| !everywhere(taken, &marks)) => {
            return Err(unknown());
        }
        Reduction::Max if initial.is_none() => f64::NEG_INFINITY,
        Reduction::Min if initial.is_none() => f64::INFINITY,
        _ => initial.as_ref().map_or(Ok(0.0), Array::to_float)?,
    };
    let whole = reduced(g, how, &replaced(&x, taken.as_ref(), neutral)?, &marks, keep)?;
    let Some(initial) = initial else { return Ok(vec![whole]) };
    let combined = match how {
        Reduction::Sum => Binary::Add,
        Reduction::Prod => Binary::Mul,
        Reduction::Max => Binary::Maximum,
        Reduction::Min => Binary::Minimum,
        _ => return Err(unknown()),
    };
    let initial = initial.cast(whole.dtype())?;
    Ok(vec![array::binary(combined, whole, &initial)?])
}

/// Tells whether something takes part in each line.
fn everywhere(taken: &Array, marks: &[bool]) -> bool {
    let any = array::reduce(Reduction::Any, taken, marks, false);
    any.and_then(|any| any.to_ints()).is_ok_and(|any| any.iter().all(|one| *one != 0))
}

/// Reduces all elements.
fn reduced(g: &Given<'_>, how: Reduction, x: &Array, marks: &[bool], keep: bool) -> Result<Array> {
    let dtype = g.dtype.unwrap_or(x.dtype());
    if how == Reduction::Sum && dtype.is_floating() {
        let sums = sums(&floats(&x.cast(dtype)?)?, x.shape(), marks, dtype);
        return of_floats(&rest(x.shape(), marks, keep), Some(dtype), sums);
    }
    let x =
        if matches!(how, Reduction::All | Reduction::Any) { x.cast(DType::Bool)? } else { x.cast(dtype)? };
    if x.dtype() == DType::Bool && matches!(how, Reduction::Max | Reduction::Min) {
        let how = if how == Reduction::Max { Reduction::Any } else { Reduction::All };
        return array::reduce(how, &x, marks, keep);
    }
    // The least and the largest of numbers and NaN are NaN.
    if x.dtype().is_floating() && floats(&x)?.iter().any(|v| v.is_nan()) {
        return match how {
            Reduction::Max => lined(g, &x, |l| l.iter().copied().fold(f64::NEG_INFINITY, larger)),
            Reduction::Min => lined(g, &x, |l| l.iter().copied().fold(f64::INFINITY, |a, b| -larger(-a, -b))),
            _ => array::reduce(how, &x, marks, keep),
        };
    }
    array::reduce(how, &x, marks, keep)
}

fn larger(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() { f64::NAN } else { a.max(b) }
}

/// Means, variances and deviations, in NumPy's steps.
fn moments(g: &Given<'_>) -> Result<Vec<Array>> {
    let x = g.x()?;
    let (marks, keep) = (g.axes(x.rank())?, g.flag(&["keepdims"], false)?);
    let taken = taken(g, &x)?;
    let dtype = g.dtype.unwrap_or(DType::Float64);
    // Halves are averaged in single precision.
    let dtype = if dtype == DType::Float16 { DType::Float32 } else { dtype };
    let round = rounding(dtype);
    let values = floats(&replaced(&x, taken.as_ref(), 0.0)?.cast(dtype)?)?;
    let ones = taken.map(|taken| taken.cast(DType::Float64)?.to_floats()).transpose()?;
    let all: usize = x.shape().iter().zip(&marks).filter(|(_, gone)| **gone).map(|(n, _)| *n).product();
    let counts = ones.as_deref().map(|ones| sums(ones, x.shape(), &marks, DType::Float64));
    let count = |at: usize| counts.as_ref().map_or(all as f64, |counts| counts[at]);
    let mean = sums(&values, x.shape(), &marks, dtype).into_iter().enumerate();
    let mean: Vec<f64> = mean.map(|(at, sum)| round(sum / count(at))).collect();
    let shape = rest(x.shape(), &marks, keep);
    if matches!(g.op.name, "np.mean" | "np.average") {
        return Ok(vec![of_floats(&shape, g.dtype, mean)?]);
    }
    let means = of_floats(&rest(x.shape(), &marks, true), Some(DType::Float64), mean)?;
    let means = means.broadcast_to(x.shape())?.to_floats()?;
    let squares: Vec<f64> = values
        .iter()
        .zip(means)
        .enumerate()
        .map(|(at, (v, mean))| {
            let d = round(v - mean) * ones.as_ref().map_or(1.0, |ones| ones[at]);
            round(d * d)
        })
        .collect();
    let less = g.float(&["ddof", "correction"], 0.0)?;
    let variance = sums(&squares, x.shape(), &marks, dtype).into_iter().enumerate();
    let variance = variance.map(|(at, sum)| round(sum / (count(at) - less).max(0.0)));
    let out = if g.op.name == "np.std" { variance.map(f64::sqrt).collect() } else { variance.collect() };
    Ok(vec![of_floats(&shape, g.dtype, out)?])
}

/// Reduces every line along the marked axes by a function of its elements.
fn lines(g: &Given<'_>, f: impl Fn(&[f64]) -> f64) -> Result<Vec<Array>> {
    Ok(vec![lined(g, &g.x()?, f)?])
}

fn lined(g: &Given<'_>, x: &Array, f: impl Fn(&[f64]) -> f64) -> Result<Array> {
    let (marks, keep) = (g.axes(x.rank())?, g.flag(&["keepdims"], false)?);
    let skip = skips(g);
    let kept = (0..x.rank()).filter(|axis| !marks[*axis]);
    let order: Vec<usize> = kept.chain((0..x.rank()).filter(|axis| marks[*axis])).collect();
    let values = floats(&x.permute(&order)?.dense())?;
    let size: usize = x.shape().iter().zip(&marks).filter(|(_, gone)| **gone).map(|(n, _)| *n).product();
    let shape = rest(x.shape(), &marks, keep);
    if size == 0 {
        return Err(unknown());
    }
    let out = values.chunks_exact(size).map(|line| {
        if skip { f(&line.iter().copied().filter(|v| !v.is_nan()).collect::<Vec<_>>()) } else { f(line) }
    });
    of_floats(&shape, g.dtype, out.collect())
}

/// The value below which a share of the elements lies, between neighbours as NumPy interpolates.
fn quantile(line: &[f64], share: f64, median: bool) -> f64 {
    if line.is_empty() || line.iter().any(|v| v.is_nan()) {
        return f64::NAN;
    }
    let mut sorted = line.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len();
    if median {
        let (low, high) = (sorted[(n - 1) / 2], sorted[n / 2]);
        return if n % 2 == 1 { low } else { (low + high) / 2.0 };
    }
    let at = share * (n - 1) as f64;
    let (low, t) = (at.floor() as usize, at - at.floor());
    let (a, b) = (sorted[low.min(n - 1)], sorted[(low + 1).min(n - 1)]);
    if t >= 0.5 { b - (b - a) * (1.0 - t) } else { a + (b - a) * t }
}

fn percentile(g: &Given<'_>) -> Result<Vec<Array>> {
    let q = g.named(&["q"])?;
    if g.arg(&["method"]).is_some_and(|m| !matches!(m, Arg::Str(s) if &**s == "linear")) {
        return Err(unknown());
    }
    let scale = if g.name().ends_with("quantile") { 1.0 } else { 100.0 };
    let parts: Vec<Array> = floats(&q)?
        .into_iter()
        .map(|q| lines(g, |line| quantile(line, q / scale, false)))
        .collect::<Result<Vec<_>>>()?
        .into_iter()
        .flatten()
        .collect();
    match (q.rank(), parts.first()) {
        (0, Some(one)) => Ok(vec![one.clone()]),
        (1, Some(_)) => Ok(vec![array::stack(&parts, 0)?]),
        _ => Err(unknown()),
    }
}

fn average(g: &Given<'_>) -> Result<Vec<Array>> {
    let Some(weights) = g.maybe(&["weights"])? else { return moments(g) };
    let x = g.x()?;
    let marks = g.axes(x.rank())?;
    let weights = match (weights.rank(), g.axis(x.rank())) {
        (1, Ok(Some(axis))) if x.rank() > 1 => {
            let shape: Vec<usize> =
                (0..x.rank()).map(|i| if i == axis { weights.len() } else { 1 }).collect();
            weights.reshape(&shape)?
        }
        _ if weights.shape() == x.shape() => weights,
        _ => return Err(unknown()),
    };
    let weights = weights.cast(DType::Float64)?.broadcast_to(x.shape())?.to_floats()?;
    let weighted: Vec<f64> = floats(&x)?.iter().zip(&weights).map(|(x, w)| x * w).collect();
    let sums = |values: &[f64]| sums(values, x.shape(), &marks, DType::Float64);
    let out = sums(&weighted).into_iter().zip(sums(&weights)).map(|(sum, all)| sum / all).collect();
    Ok(vec![of_floats(&rest(x.shape(), &marks, g.flag(&["keepdims"], false)?), g.dtype, out)?])
}

fn extreme(g: &Given<'_>) -> Result<Vec<Array>> {
    let x = g.x()?;
    let least = if g.op.name == "np.argmax" { f64::NEG_INFINITY } else { f64::INFINITY };
    let x = replaced(&x, taken(g, &x)?.as_ref(), least)?;
    let axis = g.axis(x.rank())?;
    let (flat, at) = match axis {
        Some(axis) => (x.clone(), axis),
        None => (x.reshape(&[x.len()])?, 0),
    };
    let flat = if flat.dtype() == DType::Bool { flat.cast(DType::Int64)? } else { flat };
    let found = array::arg_extreme(&flat, at, g.op.name == "np.argmax", DType::Int64)?;
    if g.flag(&["keepdims"], false)? {
        let mut shape = x.shape().to_vec();
        shape.iter_mut().enumerate().for_each(|(i, n)| *n = if axis.is_none_or(|a| a == i) { 1 } else { *n });
        return Ok(vec![found.reshape(&shape)?]);
    }
    Ok(vec![found])
}

fn scan(g: &Given<'_>, how: Scan) -> Result<Vec<Array>> {
    let x = g.x()?;
    let neutral = if how == Scan::Prod { 1.0 } else { 0.0 };
    let x = replaced(&x, taken(g, &x)?.as_ref(), neutral)?.cast(g.dtype.unwrap_or(x.dtype()))?;
    let (x, axis) = g.along(x)?;
    Ok(vec![array::scan(how, &x, axis, false, false)?])
}

fn diff(g: &Given<'_>) -> Result<Vec<Array>> {
    let mut x = g.x()?;
    let axis = place(g.int(&["axis"], -1)?, x.rank());
    for _ in 0..g.int(&["n"], 1)? {
        let size = *x.shape().get(axis).ok_or_else(unknown)?;
        if size == 0 {
            break;
        }
        let (later, earlier) = (x.narrow(axis, 1, size)?, x.narrow(axis, 0, size - 1)?);
        x = array::binary(array::Binary::Sub, later.dense(), &earlier)?;
    }
    Ok(vec![x])
}

fn norm(g: &Given<'_>) -> Result<Vec<Array>> {
    let x = g.x()?;
    let order = match g.arg(&["ord"]) {
        None => 2.0,
        Some(Arg::Str(s)) if &**s == "fro" => 2.0,
        Some(arg) => g.array(arg)?.to_float()?,
    };
    let vectors = g.arg(&["axis"]).is_some_and(|arg| !matches!(arg, Arg::Tuple(_))) || x.rank() < 2;
    if g.arg(&["ord"]).is_some_and(|arg| !matches!(arg, Arg::Str(_))) && !vectors {
        return Err(unknown());
    }
    let round = rounding(g.dtype.unwrap_or(DType::Float64));
    lines(g, |line| match order {
        2.0 => round(line.iter().map(|v| v * v).sum::<f64>()).sqrt(),
        1.0 => line.iter().map(|v| v.abs()).sum(),
        f64::INFINITY => line.iter().fold(0.0, |a, v| a.max(v.abs())),
        f64::NEG_INFINITY => line.iter().fold(f64::INFINITY, |a, v| a.min(v.abs())),
        0.0 => line.iter().filter(|v| **v != 0.0).count() as f64,
        p => line.iter().map(|v| v.abs().powf(p)).sum::<f64>().powf(1.0 / p),
    })
}
