//! Objects that make arrays when they are indexed: `np.r_[0, x]`, `np.c_[x, y]`, `np.mgrid[0:3, 0:4]`.

use graph::Source;
use ops::TensorKind;
use tensor::{DType, Dim, Shape, TensorSpec};

use crate::interp::Interp;
use crate::native::{NativeClass, NativeState, native};
use crate::raise::Eval;
use crate::value::{Args, Native, Value};

const fn class(path: &'static str, methods: &'static [&'static [Native]]) -> NativeClass {
    NativeClass { path, state: || NativeState::Plain, methods, properties: &[] }
}

/// `np.r_`.
pub(super) static ROWS: NativeClass =
    class("np.lib._index_tricks_impl.RClass", &[&[native("__getitem__", rows)]]);
/// `np.c_`.
pub(super) static COLUMNS: NativeClass =
    class("np.lib._index_tricks_impl.CClass", &[&[native("__getitem__", columns)]]);
/// `np.mgrid`.
pub(super) static GRID: NativeClass =
    class("np.lib._index_tricks_impl.MGridClass", &[&[native("__getitem__", grid)]]);
/// `np.ogrid`.
pub(super) static OPEN_GRID: NativeClass =
    class("np.lib._index_tricks_impl.OGridClass", &[&[native("__getitem__", open_grid)]]);
/// `np.s_`.
pub(super) static SLICES: NativeClass = class(
    "np.lib._index_tricks_impl.IndexExpression",
    &[&[native("__getitem__", |_, args| Ok(args.positional.into_iter().nth(1).unwrap_or(Value::None)))]],
);

/// The items of an index.
fn items(args: &Args) -> Vec<Value> {
    match args.positional.get(1) {
        Some(Value::Tuple(items)) => items.to_vec(),
        Some(one) => vec![one.clone()],
        None => Vec::new(),
    }
}

/// Joins along the first axis; scalars are vectors of one.
fn rows(interp: &mut Interp<'_>, args: Args) -> Eval {
    let mut arrays = Vec::new();
    for item in items(&args) {
        arrays.push(match item {
            Value::Slice(_) | Value::Str(_) => item,
            _ => interp.call_api(&"np.atleast_1d".into(), Args::of([item]))?,
        });
    }
    joined(interp, arrays, "np.concatenate")
}

fn columns(interp: &mut Interp<'_>, args: Args) -> Eval {
    joined(interp, items(&args), "np.column_stack")
}

/// Joins arrays; slices in them stand for ranges. A text gives orders that are not followed.
fn joined(interp: &mut Interp<'_>, items: Vec<Value>, function: &str) -> Eval {
    let mut arrays = Vec::new();
    for item in items {
        arrays.push(match &item {
            Value::Str(_) => return Ok(interp.unknown("`np.r_` with directives")),
            Value::Slice(parts) => match axis(parts) {
                Some((count, dtype)) => vector(interp, count, dtype),
                None => return Ok(interp.unknown("`np.r_` of a range that is not known")),
            },
            _ => item.clone(),
        });
    }
    let arrays = interp.new_list(arrays);
    interp.call_api(&function.into(), Args::of([arrays]))
}

fn vector(interp: &mut Interp<'_>, count: Dim, dtype: DType) -> Value {
    array(interp, Shape::new([count]), dtype)
}

/// An array of unknown elements.
fn array(interp: &mut Interp<'_>, shape: Shape, dtype: DType) -> Value {
    let span = interp.here();
    let spec = TensorSpec::new(shape, dtype);
    Value::Tensor(interp.trace.add(Source::Constant, TensorKind::Numpy, spec, span))
}

/// The length and dtype of a range as `np.mgrid` reads a slice: `0:3`, `0:1:0.1`, `0:1:5j`.
fn axis(parts: &[Value; 3]) -> Option<(Dim, DType)> {
    let number = |value: &Value, default: f64| match value {
        Value::None => Some(default),
        Value::Float(x) => Some(*x),
        other => other.as_int().map(|n| n as f64),
    };
    let (start, stop, step) = (number(&parts[0], 0.0)?, number(&parts[1], 0.0)?, number(&parts[2], 1.0)?);
    if step == 0.0 {
        return None;
    }
    let count = ((stop - start) / step).ceil().max(0.0);
    let float = parts.iter().any(|p| matches!(p, Value::Float(_)));
    (count < 1e12).then_some((Dim::Known(count as i64), if float { DType::Float64 } else { DType::Int64 }))
}

/// The axes of a grid.
fn axes(args: &Args) -> Option<Vec<(Dim, DType)>> {
    items(args)
        .iter()
        .map(|item| match item {
            Value::Slice(parts) => axis(parts),
            _ => None,
        })
        .collect()
}

fn common(axes: &[(Dim, DType)]) -> DType {
    if axes.iter().any(|(_, d)| *d == DType::Float64) { DType::Float64 } else { DType::Int64 }
}

fn grid(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(axes) = axes(&args) else { return Ok(interp.unknown("a grid whose axes are not known")) };
    let dims = axes.iter().map(|(d, _)| *d);
    let shape = if matches!(args.positional.get(1), Some(Value::Tuple(_))) {
        std::iter::once(Dim::Known(axes.len() as i64)).chain(dims).collect()
    } else {
        dims.collect()
    };
    let dtype = common(&axes);
    Ok(array(interp, shape, dtype))
}

fn open_grid(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(axes) = axes(&args) else { return Ok(interp.unknown("a grid whose axes are not known")) };
    let (rank, dtype) = (axes.len(), common(&axes));
    let mut parts = Vec::new();
    for (own, (size, _)) in axes.iter().enumerate() {
        let dims = (0..rank).map(|i| if i == own { *size } else { Dim::Known(1) });
        parts.push(array(interp, dims.collect(), dtype));
    }
    Ok(Value::tuple(parts))
}
