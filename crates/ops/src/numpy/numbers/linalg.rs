//! Products of arrays, convolutions and covariances.

use array::{Array, Binary, Result, binary, matmul};
use tensor::DType;

use super::Function;
use super::given::{Given, floats, of_floats, place, unknown};
use crate::Arg;

pub(super) fn find(name: &str) -> Option<Function> {
    Some(match name {
        "matmul" => |g| {
            let (a, b) = two(g)?;
            Ok(vec![product(&a, &b)?])
        },
        "dot" => |g| {
            let (a, b) = two(g)?;
            if a.rank() == 0 || b.rank() == 0 {
                return Ok(vec![binary(Binary::Mul, a, &b)?]);
            }
            if b.rank() <= 2 && a.rank() <= 2 {
                return Ok(vec![product(&a, &b)?]);
            }
            let axis = if b.rank() == 1 { 0 } else { b.rank() - 2 };
            Ok(vec![contracted(&a, &b, &[a.rank() - 1], &[axis])?])
        },
        "inner" => |g| {
            let (a, b) = two(g)?;
            if a.rank() == 0 || b.rank() == 0 {
                return Ok(vec![binary(Binary::Mul, a, &b)?]);
            }
            Ok(vec![contracted(&a, &b, &[a.rank() - 1], &[b.rank() - 1])?])
        },
        "vdot" => |g| {
            let (a, b) = two(g)?;
            Ok(vec![product(&a.reshape(&[a.len()])?, &b.reshape(&[b.len()])?)?])
        },
        "outer" => |g| {
            let (a, b) = two(g)?;
            Ok(vec![binary(Binary::Mul, a.reshape(&[a.len(), 1])?, &b.reshape(&[1, b.len()])?)?])
        },
        "tensordot" => tensordot,
        "linalg.matrix_power" => |g| {
            let (x, n) = (g.x()?, g.int(&["n"], 1)?);
            if !(1..=1000).contains(&n) {
                return Err(unknown());
            }
            let mut out = x.clone();
            for _ in 1..n {
                out = matmul(&out, &x)?;
            }
            Ok(vec![out])
        },
        "convolve" => convolve,
        "interp" => interp,
        "polyval" => |g| {
            let (p, x) = (floats(&g.named(&["p"])?)?, g.named(&["x"])?);
            let at = |x: f64| p.iter().fold(0.0, |y, c| y * x + c);
            Ok(vec![of_floats(x.shape(), g.dtype, floats(&x)?.into_iter().map(at).collect())?])
        },
        "cov" => covariance,
        _ => return None,
    })
}

/// The two operands in the dtype of the result.
fn two(g: &Given<'_>) -> Result<(Array, Array)> {
    let second = g.args.get(1).map(|(_, arg)| arg).ok_or_else(unknown)?;
    let dtype = g.dtype.ok_or_else(unknown)?;
    Ok((g.x()?.cast(dtype)?, g.array(second)?.cast(dtype)?))
}

/// The product of matrices or vectors; vectors lend an axis.
fn product(a: &Array, b: &Array) -> Result<Array> {
    if a.dtype().is_integer() || a.dtype() == DType::Bool {
        let dtype = a.dtype();
        let out = product(&a.cast(DType::Float64)?, &b.cast(DType::Float64)?)?;
        return out.cast(dtype);
    }
    let left = if a.rank() == 1 { a.reshape(&[1, a.len()])? } else { a.clone() };
    let right = if b.rank() == 1 { b.reshape(&[b.len(), 1])? } else { b.clone() };
    let out = matmul(&left, &right)?;
    let mut shape = out.shape().to_vec();
    if b.rank() == 1 {
        shape.pop();
    }
    if a.rank() == 1 {
        let at = if b.rank() == 1 { shape.len().wrapping_sub(1) } else { shape.len().wrapping_sub(2) };
        if at < shape.len() {
            shape.remove(at);
        }
    }
    out.reshape(&shape)
}

/// Sums over pairs of axes.
fn contracted(a: &Array, b: &Array, left: &[usize], right: &[usize]) -> Result<Array> {
    let free = |x: &Array, gone: &[usize]| (0..x.rank()).filter(|i| !gone.contains(i)).collect::<Vec<_>>();
    let (kept_a, kept_b) = (free(a, left), free(b, right));
    let sizes = |x: &Array, axes: &[usize]| axes.iter().map(|i| x.shape()[*i]).collect::<Vec<_>>();
    let order_a: Vec<usize> = kept_a.iter().chain(left).copied().collect();
    let order_b: Vec<usize> = right.iter().chain(&kept_b).copied().collect();
    let inner: usize = sizes(a, left).iter().product();
    let (rows, columns): (usize, usize) =
        (sizes(a, &kept_a).iter().product(), sizes(b, &kept_b).iter().product());
    let x = a.permute(&order_a)?.reshape(&[rows, inner])?;
    let y = b.permute(&order_b)?.reshape(&[inner, columns])?;
    let shape: Vec<usize> = sizes(a, &kept_a).into_iter().chain(sizes(b, &kept_b)).collect();
    product(&x, &y)?.reshape(&shape)
}

fn tensordot(g: &Given<'_>) -> Result<Vec<Array>> {
    let (a, b) = two(g)?;
    let (left, right): (Vec<usize>, Vec<usize>) = match g.arg(&["axes"]) {
        Some(Arg::Tuple(pair) | Arg::List(pair)) if pair.len() == 2 => {
            let axes = |arg: &Arg, rank: usize| -> Result<Vec<usize>> {
                Ok(g.array(arg)?.to_ints()?.into_iter().map(|i| place(i, rank)).collect())
            };
            (axes(&pair[0], a.rank())?, axes(&pair[1], b.rank())?)
        }
        other => {
            let n = other.map_or(Ok(2), |arg| g.array(arg)?.to_int())?;
            let n = usize::try_from(n).ok().filter(|n| *n <= a.rank().min(b.rank())).ok_or_else(unknown)?;
            ((a.rank() - n..a.rank()).collect(), (0..n).collect())
        }
    };
    if left.iter().any(|i| *i >= a.rank()) || right.iter().any(|i| *i >= b.rank()) {
        return Err(unknown());
    }
    Ok(vec![contracted(&a, &b, &left, &right)?])
}

fn convolve(g: &Given<'_>) -> Result<Vec<Array>> {
    let correlates = g.name() == "correlate";
    let (a, mut v) = (floats(&g.x()?)?, floats(&g.named(&["v"])?)?);
    if a.is_empty() || v.is_empty() || (correlates && v.len() > a.len()) {
        return Err(unknown());
    }
    if correlates {
        v.reverse();
    }
    let (a, v) = if v.len() > a.len() { (v, a) } else { (a, v) };
    let mut full = vec![0.0; (a.len() + v.len()).saturating_sub(1)];
    for (i, x) in a.iter().enumerate() {
        v.iter().enumerate().for_each(|(j, y)| full[i + j] += x * y);
    }
    let mode = match g.arg(&["mode"]) {
        Some(Arg::Str(mode)) => &**mode,
        _ if correlates => "valid",
        _ => "full",
    };
    let out = match mode {
        "full" => full,
        "same" => full[(v.len() - 1) / 2..][..a.len()].to_vec(),
        "valid" => full[v.len() - 1..a.len()].to_vec(),
        _ => return Err(unknown()),
    };
    Ok(vec![of_floats(&[out.len()], g.dtype, out)?])
}

fn interp(g: &Given<'_>) -> Result<Vec<Array>> {
    let (x, xp, fp) = (g.x()?, floats(&g.named(&["xp"])?)?, floats(&g.named(&["fp"])?)?);
    let (Some(first), Some(last)) = (fp.first().copied(), fp.last().copied()) else { return Err(unknown()) };
    let (left, right) = (g.float(&["left"], first)?, g.float(&["right"], last)?);
    let at = |v: f64| {
        let i = xp.partition_point(|p| *p <= v);
        match (i.checked_sub(1), xp.get(i)) {
            (None, _) => left,
            (Some(j), None) => {
                if v == xp[j] {
                    last
                } else {
                    right
                }
            }
            (Some(j), Some(next)) => (fp[i] - fp[j]) / (next - xp[j]) * (v - xp[j]) + fp[j],
        }
    };
    Ok(vec![of_floats(x.shape(), g.dtype, floats(&x)?.into_iter().map(at).collect())?])
}

/// Covariances of variables, which are the rows.
fn covariance(g: &Given<'_>) -> Result<Vec<Array>> {
    let x = g.x()?;
    if g.arg(&["fweights", "aweights"]).is_some() {
        return Err(unknown());
    }
    let rowvar = g.flag(&["rowvar"], true)?;
    let rows = |x: Array| -> Result<Array> {
        match x.rank() {
            0 | 1 => x.reshape(&[1, x.len()]),
            _ if rowvar => Ok(x),
            _ => x.transposed(),
        }
    };
    // Further variables lie below.
    let x = match g.maybe(&["y"])? {
        Some(y) => array::concatenate(&[rows(x)?.dense(), rows(y)?.dense()], 0)?,
        None => rows(x)?,
    };
    let [rows, count] = *x.shape() else { return Err(unknown()) };
    let mut values = floats(&x.dense())?;
    for line in values.chunks_exact_mut(count.max(1)) {
        let mean = line.iter().sum::<f64>() / count as f64;
        line.iter_mut().for_each(|v| *v -= mean);
    }
    let free = g.float(&["ddof"], if g.flag(&["bias"], false)? { 0.0 } else { 1.0 })?;
    let line = |i: usize| &values[i * count..(i + 1) * count];
    let pair = |i, j| line(i).iter().zip(line(j)).map(|(a, b)| a * b).sum::<f64>() / (count as f64 - free);
    let out: Vec<f64> =
        (0..rows).flat_map(|i| (0..rows).map(move |j| (i, j))).map(|(i, j)| pair(i, j)).collect();
    let out = if g.name() == "corrcoef" { correlations(&out, rows) } else { out };
    let shape = if rows == 1 { Vec::new() } else { vec![rows, rows] };
    Ok(vec![of_floats(&shape, g.dtype, out)?])
}

/// Covariances divided by the deviations of both variables, as far as rounding lets them be.
fn correlations(covariances: &[f64], rows: usize) -> Vec<f64> {
    let deviation = |i: usize| covariances[i * rows + i].sqrt();
    let by_rows = |at: usize| covariances[at] / deviation(at / rows.max(1));
    (0..covariances.len()).map(|at| (by_rows(at) / deviation(at % rows)).clamp(-1.0, 1.0)).collect()
}
