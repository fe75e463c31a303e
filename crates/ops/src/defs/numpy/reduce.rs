//! NumPy's reductions and scans.

use tensor::{Content, DType, Dim, Shape};

use super::row;
use crate::numpy::cx::argument;
use crate::numpy::{Nd, Np, call, elements, promote};
use crate::spec::fold;
use crate::{Arg, Call, Exc, FromArg, Infer, Mistake, Op, Operand, Outputs, Param, Stop, Violation};

const A: Param<Operand> = Param::at(0, &["a", "x"]);
const AXIS: Param<Arg> = Param::named(&["axis"]);
const KEEPDIMS: Param<bool> = Param::named(&["keepdims"]);
const DTYPE: Param<Option<DType>> = Param::named(&["dtype"]);

/// A reduction: the kernel tells the functions apart.
const fn reduction(name: &'static str, apis: &'static [&'static str]) -> Op {
    Op { kernel: name.split_at(3).1, ..row(name, apis, reduced) }
}

pub(super) static OPS: &[Op] = &[
    reduction("np.sum", &["np.sum", "np.nansum", "np.ndarray.sum"]),
    reduction("np.prod", &["np.prod", "np.nanprod", "np.ndarray.prod"]),
    reduction("np.mean", &["np.mean", "np.nanmean", "np.ndarray.mean"]),
    reduction("np.std", &["np.std", "np.nanstd", "np.ndarray.std"]),
    reduction("np.var", &["np.var", "np.nanvar", "np.ndarray.var"]),
    reduction("np.max", &["np.max", "np.amax", "np.nanmax", "np.ndarray.max"]),
    reduction("np.min", &["np.min", "np.amin", "np.nanmin", "np.ndarray.min"]),
    reduction("np.ptp", &["np.ptp"]),
    reduction("np.all", &["np.all", "np.ndarray.all"]),
    reduction("np.any", &["np.any", "np.ndarray.any"]),
    reduction("np.median", &["np.median", "np.nanmedian"]),
    reduction("np.count_nonzero", &["np.count_nonzero"]),
    row("np.average", &["np.average"], average),
    row("np.percentile", &["np.percentile", "np.quantile", "np.nanpercentile", "np.nanquantile"], quantile),
    row("np.argmax", &["np.argmax", "np.nanargmax", "np.ndarray.argmax"], arg_extreme),
    row("np.argmin", &["np.argmin", "np.nanargmin", "np.ndarray.argmin"], arg_extreme),
    row("np.cumsum", &["np.cumsum", "np.nancumsum", "np.ndarray.cumsum"], scan),
    row("np.cumprod", &["np.cumprod", "np.nancumprod", "np.ndarray.cumprod"], scan),
    row("np.diff", &["np.diff"], diff),
    row("np.gradient", &["np.gradient"], gradient),
    row("np.trace", &["np.trace", "np.ndarray.trace"], trace),
    row("np.linalg.norm", &["np.linalg.norm"], norm),
];

/// The shape that is left when axes are reduced; no axes means all.
fn rest(dims: &[Dim], axes: Option<&[usize]>, keepdims: bool) -> Shape {
    let gone = |i: usize| axes.is_none_or(|axes| axes.contains(&i));
    dims.iter()
        .enumerate()
        .filter_map(|(i, d)| match (gone(i), keepdims) {
            (true, true) => Some(Dim::Known(1)),
            (true, false) => None,
            (false, _) => Some(*d),
        })
        .collect()
}

fn reduced(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        refuse_none(np)?;
        let x = np.array(A)?;
        let keepdims = np.flag(KEEPDIMS, false)?;
        let dtype = np.dtype(DTYPE)?.or(reduced_dtype(np, &x)?);
        let Some(dims) = x.dims() else {
            let whole = np.arg(AXIS).is_none() && !keepdims;
            return Ok(Nd::new(if whole { Shape::scalar() } else { Shape::UNKNOWN }, dtype).output());
        };
        let axes = np.axes(np.arg(AXIS), dims.len())?;
        let shape = rest(dims, axes.as_deref(), keepdims);
        let lost = dims.iter().enumerate().filter(|(i, _)| axes.as_ref().is_none_or(|a| a.contains(i)));
        let empty = lost.fold(Dim::Known(1), |n, (_, d)| n.times(*d)) == Dim::Known(0);
        if empty && matches!(c.op.kernel, "max" | "min") && shape.size() != Dim::Known(0) {
            let name = if c.op.kernel == "max" { "maximum" } else { "minimum" };
            let text = format!("zero-size array to reduction operation {name} which has no identity");
            return np.value_error(text, argument("a", "an empty array"));
        }
        let content = content(c.op.kernel, &x, axes.as_deref(), &shape, dtype);
        Ok(Nd::new(shape, dtype).with_content(content).output())
    })
}

/// `np.prod(x.shape)` where a size is `None`: an array of objects, whose elements Python combines.
fn refuse_none(np: &Np<'_>) -> Infer<()> {
    let sign = match np.call.op.kernel {
        "sum" => '+',
        "prod" => '*',
        _ => return Ok(()),
    };
    let given: Option<Vec<bool>> = match np.arg(A) {
        Arg::Shape(shape) => shape.dims().and_then(|dims| {
            let none = |d: &Dim| match d {
                Dim::Known(_) => Some(false),
                Dim::Symbol(_) => Some(true),
                Dim::Unknown => None,
            };
            dims.iter().map(none).collect()
        }),
        Arg::Tuple(items) | Arg::List(items) => {
            let none = |item: &Arg| match item {
                Arg::Int(_) => Some(false),
                Arg::None => Some(true),
                _ => None,
            };
            items.iter().map(none).collect()
        }
        _ => None,
    };
    let none: Vec<bool> = given.unwrap_or_default();
    if none.len() < 2 || !none.contains(&true) {
        return Ok(());
    }
    let class = |none: bool| if none { "NoneType" } else { "int" };
    let (left, right) = if none[0] { (true, none[1]) } else { (false, true) };
    let text = format!("unsupported operand type(s) for {sign}: '{}' and '{}'", class(left), class(right));
    Err(Violation::stop(Exc::TypeError, text, Mistake::NoneValue))
}

fn reduced_dtype(np: &Np<'_>, x: &Nd) -> Infer<Option<DType>> {
    let kernel = np.call.op.kernel;
    let Some(dtype) = x.dtype else {
        return Ok(match kernel {
            "all" | "any" => Some(DType::Bool),
            "count_nonzero" => Some(DType::Int64),
            _ => None,
        });
    };
    if dtype == DType::Object {
        return Ok(if matches!(kernel, "count_nonzero") { Some(DType::Int64) } else { Some(DType::Object) });
    }
    if dtype == DType::String && !matches!(kernel, "max" | "min" | "all" | "any" | "count_nonzero") {
        return Err(Stop::Unknown("a reduction of strings"));
    }
    Ok(match kernel {
        "sum" | "prod" => promote::summed(dtype),
        "mean" | "median" => promote::averaged(dtype),
        "std" | "var" => promote::averaged(dtype).map(|d| match d {
            DType::Complex64 => DType::Float32,
            DType::Complex128 => DType::Float64,
            d => d,
        }),
        "all" | "any" => Some(DType::Bool),
        "count_nonzero" => Some(DType::Int64),
        _ => Some(dtype),
    })
}

/// Reduces known elements.
fn content(kernel: &str, x: &Nd, axes: Option<&[usize]>, shape: &Shape, dtype: Option<DType>) -> Content {
    let known = || {
        let (array, sizes, dtype) = (x.array()?, shape.all_known()?, dtype?);
        let values = array.data.to_floats()?;
        let gone = |i: usize| axes.is_none_or(|axes| axes.contains(&i));
        let kept: Vec<i64> =
            array.shape.iter().enumerate().filter(|(i, _)| !gone(*i)).map(|(_, n)| *n).collect();
        let mut groups: Vec<Vec<f64>> = vec![Vec::new(); elements::few(&kept)?];
        let strides = elements::strides(&kept);
        let mut at = 0;
        fold::for_each_index(&array.shape, |index| {
            let own: Vec<i64> =
                index.iter().enumerate().filter(|(i, _)| !gone(*i)).map(|(_, n)| *n).collect();
            if let Some(group) = groups.get_mut(elements::place(&own, &strides)) {
                group.push(values[at]);
            }
            at += 1;
        });
        let out: Option<Vec<f64>> = groups.iter().map(|g| one(kernel, g)).collect();
        let out = out?;
        if dtype.is_integer() && out.iter().any(|v| v.abs() > 9e15) {
            return None;
        }
        Some(Nd::of(sizes, dtype, elements::of_floats(out, dtype)?).content)
    };
    known()
        .or_else(|| drawn_end(kernel, x, axes, shape, dtype))
        .or_else(|| summed_draws(kernel, x, axes, shape))
        .unwrap_or(Content::Unknown)
}

/// The sums or means of draws, each of others.
fn summed_draws(kernel: &str, x: &Nd, axes: Option<&[usize]>, shape: &Shape) -> Option<Content> {
    let Content::Spread(spread) = x.content else { return None };
    let (all, left) = (x.shape.all_known()?, shape.all_known()?);
    let (all, left) = (all.iter().product::<i64>(), left.iter().product::<i64>());
    if axes.is_none() || left == 0 || all % left != 0 {
        return None;
    }
    let count = (all / left) as f64;
    let sum = spread.times(count);
    match kernel {
        "sum" => Some(Content::Spread(sum)),
        "mean" => sum.through(|x| x / count).map(Content::Spread),
        _ => None,
    }
}

/// The largest or smallest of draws, where it is sure to be among them.
fn drawn_end(
    kernel: &str,
    x: &Nd,
    axes: Option<&[usize]>,
    shape: &Shape,
    dtype: Option<DType>,
) -> Option<Content> {
    let all = axes.is_none_or(|axes| Some(axes.len()) == x.rank());
    let values = x.content.surely(x.shape.size().known()).filter(|_| all)?;
    let at = match kernel {
        "max" => values.len().checked_sub(1)?,
        "min" => 0,
        _ => return None,
    };
    Some(Nd::of(shape.all_known()?, dtype?, elements::pick(values, &[at])?).content)
}

fn one(kernel: &str, values: &[f64]) -> Option<f64> {
    if values.iter().any(|v| v.is_nan()) {
        return None;
    }
    let count = values.len() as f64;
    let sum = || values.iter().sum::<f64>();
    let variance = || {
        let mean = sum() / count;
        values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / count
    };
    let most = || values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let least = || values.iter().copied().fold(f64::INFINITY, f64::min);
    Some(match kernel {
        "sum" => sum(),
        "prod" => values.iter().product(),
        "all" => f64::from(u8::from(values.iter().all(|v| *v != 0.0))),
        "any" => f64::from(u8::from(values.iter().any(|v| *v != 0.0))),
        "count_nonzero" => values.iter().filter(|v| **v != 0.0).count() as f64,
        _ if values.is_empty() => return None,
        "mean" => sum() / count,
        "var" => variance(),
        "std" => variance().sqrt(),
        "max" => most(),
        "min" => least(),
        "ptp" => most() - least(),
        _ => return None,
    })
}

fn average(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(A)?;
        let keepdims = np.flag(KEEPDIMS, false)?;
        let weights = np.maybe_array(Param::named(&["weights"]))?;
        let sizes = weights.as_ref().and_then(|w| x.shape.all_known().zip(w.shape.all_known()));
        if sizes.is_some_and(|(own, given)| own != given) && np.arg(AXIS).is_none() {
            let text = "Axis must be specified when shapes of a and weights differ.";
            return np.type_error(text, argument("axis", "None"));
        }
        let dtype = match &weights {
            None => x.dtype.and_then(promote::averaged),
            Some(w) => x.dtype.zip(w.dtype).and_then(|(a, b)| {
                let both = tensor::numpy_result_type(a, b)?;
                if a.is_floating() { Some(both) } else { tensor::numpy_result_type(both, DType::Float64) }
            }),
        };
        let shape = match x.dims() {
            Some(dims) => rest(dims, np.axes(np.arg(AXIS), dims.len())?.as_deref(), keepdims),
            None if np.arg(AXIS).is_none() => Shape::scalar(),
            None => Shape::UNKNOWN,
        };
        Ok(Nd::new(shape, dtype).output())
    })
}

fn quantile(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(A)?;
        let q = np.array(Param::at(1, &["q"]))?;
        let keepdims = np.flag(KEEPDIMS, false)?;
        let dtype = x.dtype.and_then(promote::averaged);
        let shape = match x.dims() {
            Some(dims) => rest(dims, np.axes(np.arg(AXIS), dims.len())?.as_deref(), keepdims),
            None if np.arg(AXIS).is_none() => Shape::scalar(),
            None => Shape::UNKNOWN,
        };
        let shape = match (q.dims(), shape.dims()) {
            (Some(q), Some(rest)) => q.iter().chain(rest).copied().collect(),
            _ => Shape::UNKNOWN,
        };
        Ok(Nd::new(shape, dtype).output())
    })
}

fn arg_extreme(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(A)?;
        let keepdims = np.flag(KEEPDIMS, false)?;
        let axis = np.arg(AXIS);
        let Some(dims) = x.dims() else {
            let whole = axis.is_none() && !keepdims;
            return Ok(Nd::new(if whole { Shape::scalar() } else { Shape::UNKNOWN }, DType::Int64).output());
        };
        if let Arg::Tuple(_) | Arg::List(_) = axis {
            let class = if matches!(axis, Arg::List(_)) { "list" } else { "tuple" };
            let text = format!("'{class}' object cannot be interpreted as an integer");
            return np.type_error(text, argument("axis", "more than one axis"));
        }
        let at = match (axis.is_none(), dims.len()) {
            (true, _) => None,
            (false, 0) => np.axis(i64::from_arg(axis)?, 1).map(|_| None)?,
            (false, rank) => Some(np.axis(i64::from_arg(axis)?, rank)?),
        };
        let size = at.map_or(x.shape.size(), |at| dims[at]);
        if size == Dim::Known(0) {
            let name = c.op.name.trim_start_matches("np.");
            let text = format!("attempt to get {name} of an empty sequence");
            return np.value_error(text, argument("a", "an empty array"));
        }
        let shape = rest(dims, at.map(|a| vec![a]).as_deref(), keepdims);
        let found = match (at, x.floats()) {
            (None, Some(values)) if !values.iter().any(|v| v.is_nan()) => {
                Some(best(&values, c.op.name == "np.argmax"))
            }
            _ => None,
        };
        Ok(match (found, shape.all_known()) {
            (Some(n), Some(sizes)) => Nd::of(sizes, DType::Int64, tensor::Data::Int(vec![n])),
            _ => Nd::new(shape, DType::Int64),
        }
        .output())
    })
}

/// The first place of the largest or smallest value.
fn best(values: &[f64], largest: bool) -> i64 {
    let mut at = 0;
    for (i, value) in values.iter().enumerate() {
        if (largest && *value > values[at]) || (!largest && *value < values[at]) {
            at = i;
        }
    }
    at as i64
}

fn scan(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(A)?;
        let dtype = np.dtype(DTYPE)?.or(x.dtype.and_then(promote::summed));
        let axis = np.arg(AXIS);
        let shape = match x.dims() {
            Some(dims) if !axis.is_none() => {
                np.axis(i64::from_arg(axis)?, dims.len().max(1))?;
                if dims.is_empty() { Shape::known(&[1]) } else { x.shape.clone() }
            }
            _ if axis.is_none() => Shape::new([x.shape.size()]),
            _ => Shape::UNKNOWN,
        };
        let sum = c.op.name == "np.cumsum";
        let known = (|| {
            let (dtype, values, sizes) = (dtype?, x.floats()?, shape.all_known()?);
            let [_] = sizes[..] else { return None };
            let mut total = if sum { 0.0 } else { 1.0 };
            let values = values.into_iter().map(|v| {
                total = if sum { total + v } else { total * v };
                total
            });
            Some(Nd::of(sizes, dtype, elements::of_floats(values.collect(), dtype)?))
        })();
        Ok(known.unwrap_or_else(|| Nd::new(shape, dtype)).output())
    })
}

fn diff(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(A)?;
        let n = np.int_or(Param::named(&["n"]), 1)?;
        let Some(dims) = x.dims() else { return Ok(Nd::new(Shape::UNKNOWN, x.dtype).output()) };
        if dims.is_empty() {
            let text = "diff requires input that is at least one dimensional";
            return np.value_error(text, argument("a", "a scalar"));
        }
        let at = np.axis(np.int_or(Param::named(&["axis"]), -1)?, dims.len())?;
        let more = |name: &'static [&'static str]| -> Infer<Dim> {
            Ok(match np.maybe_array(Param::named(name))? {
                None => Dim::Known(0),
                Some(nd) if nd.rank() == Some(0) => Dim::Known(1),
                Some(nd) => nd.shape.dim(at as i64).unwrap_or(Dim::Unknown),
            })
        };
        let mut dims = dims.to_vec();
        dims[at] = dims[at].plus(more(&["prepend"])?).plus(more(&["append"])?).map(|d| (d - n).max(0));
        Ok(Nd::new(Shape::new(dims), x.dtype).output())
    })
}

fn gradient(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(Param::at(0, &["f"]))?;
        let Some(rank) = x.rank() else { return Err(Stop::Unknown("gradients of an array of unknown rank")) };
        let dtype = x.dtype.and_then(promote::averaged);
        let axes = np.axes(np.arg(AXIS), rank)?.map_or(rank, |a| a.len());
        let one = Nd::new(x.shape, dtype).output();
        Ok(if axes == 1 { one } else { Outputs::Tuple(vec![one; axes]) })
    })
}

fn trace(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(A)?;
        let dtype = x.dtype.and_then(promote::summed);
        let Some(dims) = x.dims() else { return Ok(Nd::new(Shape::UNKNOWN, dtype).output()) };
        if dims.len() < 2 {
            let text = "diag requires an array of at least two dimensions";
            let expected = "at least 2".to_owned();
            return np.value_error(text, Mistake::RankMismatch { param: "a", expected, got: dims.len() });
        }
        let one = np.axis(np.int_or(Param::named(&["axis1"]), 0)?, dims.len())?;
        let two = np.axis(np.int_or(Param::named(&["axis2"]), 1)?, dims.len())?;
        Ok(Nd::new(rest(dims, Some(&[one, two]), false), dtype).output())
    })
}

fn norm(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(A)?;
        let keepdims = np.flag(KEEPDIMS, false)?;
        let dtype = x.dtype.and_then(|d| match d {
            DType::Complex64 => Some(DType::Float32),
            DType::Complex128 => Some(DType::Float64),
            d => promote::averaged(d),
        });
        let shape = match x.dims() {
            Some(dims) => {
                let axes = np.axes(np.arg(AXIS), dims.len())?;
                let ord = np.arg(Param::<Arg>::named(&["ord"]));
                if axes.is_none() && !ord.is_none() && dims.len() > 2 {
                    let text = "Improper number of dimensions to norm.";
                    return np.value_error(text, argument("ord", "more than two axes"));
                }
                rest(dims, axes.as_deref(), keepdims)
            }
            None if np.arg(AXIS).is_none() && !keepdims => Shape::scalar(),
            None => Shape::UNKNOWN,
        };
        Ok(Nd::new(shape, dtype).output())
    })
}
