//! NumPy arrays from nothing, from numbers and from other arrays.

use tensor::{Content, DType, Data, Dim, Shape};

use super::row;
use crate::numpy::cx::argument;
use crate::numpy::{Nd, Np, Weak, call, convert, elements, promote};
use crate::{Arg, Call, Infer, Op, Operand, Outputs, Param, Stop};

const OBJECT: Param<Operand> = Param::at(0, &["object", "a", "prototype"]);
const SHAPE: Param<Arg> = Param::at(0, &["shape"]);
const DTYPE: Param<Option<DType>> = Param::named(&["dtype"]);
const FILL: Param<Operand> = Param::named(&["fill_value"]);

pub(super) static OPS: &[Op] = &[
    row("np.array", &["np.array"], array),
    row(
        "np.asarray",
        &[
            "np.asarray",
            "np.asanyarray",
            "np.ascontiguousarray",
            "np.asfortranarray",
            "np.copy",
            "np.asarray_chkfinite",
        ],
        asarray,
    ),
    row("np.ndarray.copy", &["np.ndarray.copy", "np.ndarray.__copy__(self)"], asarray),
    row("np.ndarray.view", &["np.ndarray.view(self, dtype=None, type=None)"], view),
    row("np.ndarray.astype", &["np.ndarray.astype", "np.astype"], astype),
    row("np.cast", &[], astype),
    row("np.zeros", &["np.zeros"], zeros),
    row("np.ones", &["np.ones"], ones),
    row("np.empty", &["np.empty", "np.ndarray"], empty),
    row("np.full", &["np.full"], full),
    row("np.zeros_like", &["np.zeros_like"], zeros_like),
    row("np.ones_like", &["np.ones_like"], ones_like),
    row("np.empty_like", &["np.empty_like"], empty_like),
    row("np.full_like", &["np.full_like"], full_like),
    row("np.arange", &["np.arange"], arange),
    row("np.linspace", &["np.linspace"], linspace),
    row("np.logspace", &["np.logspace", "np.geomspace"], logspace),
    row("np.eye", &["np.eye"], eye),
    row("np.identity", &["np.identity"], identity),
    row("np.meshgrid", &["np.meshgrid"], meshgrid),
    row("np.indices", &["np.indices"], indices),
    row("np.tri", &["np.tri"], tri),
    row("np.hanning", &["np.hanning", "np.hamming", "np.blackman", "np.bartlett"], window),
    row(
        "np.load",
        &["np.load", "np.loadtxt", "np.genfromtxt", "np.frombuffer", "np.fromfile", "np.fromstring"],
        loaded,
    ),
];

fn array(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        if let Arg::List(_) = np.arg(DTYPE) {
            // `dtype=[("name", "U10"), ("age", int)]`: each row is one element.
            return Err(Stop::Unknown("an array of records"));
        }
        let dtype = np.dtype(DTYPE)?;
        let mut nd = match np.arg(OBJECT) {
            Arg::Unknown | Arg::Callable(_) => return Ok(Nd::new(Shape::UNKNOWN, dtype).output()),
            arg => convert::array_as(arg, dtype)?,
        };
        let least = usize::try_from(np.int_or(Param::named(&["ndmin"]), 0)?).unwrap_or(0);
        if let Some(dims) = nd.dims()
            && dims.len() < least
        {
            let ones = std::iter::repeat_n(Dim::Known(1), least - dims.len());
            let shape: Shape = ones.chain(dims.iter().copied()).collect();
            nd = nd.picked(shape, |sizes| elements::few(sizes).map(|n| (0..n).collect()));
        }
        Ok(nd.output())
    })
}

fn asarray(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let dtype = np.dtype(DTYPE)?;
        match np.arg(OBJECT) {
            Arg::Unknown | Arg::Callable(_) => Ok(Nd::new(Shape::UNKNOWN, dtype).output()),
            arg => convert::array_as(arg, dtype).map(Nd::output),
        }
    })
}

/// `x.view(dtype)`: the same bytes read as another dtype, so the last axis has more or fewer elements.
fn view(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(OBJECT)?;
        if matches!(np.arg(DTYPE), Arg::Missing | Arg::None) {
            return Ok(x.output());
        }
        let Ok(Some(dtype)) = np.dtype(DTYPE) else { return Err(Stop::Unknown("a view of another kind")) };
        if x.dtype == Some(dtype) {
            return Ok(x.output());
        }
        let sizes = x.dtype.and_then(DType::size).zip(dtype.size());
        let (Some((from, to)), Some([outer @ .., last])) = (sizes, x.dims()) else {
            return Ok(Nd::new(Shape::UNKNOWN, dtype).output());
        };
        let bytes = last.known().map(|last| last * i64::from(from));
        let last = match bytes {
            _ if from == to => *last,
            Some(bytes) if bytes % i64::from(to) == 0 => Dim::Known(bytes / i64::from(to)),
            _ => Dim::Unknown,
        };
        Ok(Nd::new(Shape::new(outer.iter().copied().chain([last])), dtype).output())
    })
}

fn astype(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(OBJECT)?;
        let mut out = match np.dtype(Param::at(1, &["dtype"])) {
            Ok(Some(dtype)) => convert::cast(&x, dtype)?,
            // `astype(None)` is float64.
            Ok(None) => x.cast(Some(DType::Float64)),
            Err(Stop::Unknown(_)) => Nd::new(x.shape, None),
            Err(stop) => return Err(stop),
        };
        out.weak = Weak::No;
        Ok(out.output())
    })
}

/// An array of one value.
fn filled(shape: Shape, dtype: DType, value: f64) -> Nd {
    if value == 0.0 {
        return Nd::new(shape, dtype).with_content(Content::Zeros);
    }
    let known = shape.all_known().and_then(|sizes| {
        let data = crate::spec::fold::filled(elements::few(&sizes)?, value, dtype)?;
        Some(Nd::of(sizes, dtype, data))
    });
    known.unwrap_or_else(|| Nd::new(shape, dtype))
}

fn zeros(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let dtype = np.dtype(DTYPE)?.unwrap_or(DType::Float64);
        Ok(filled(np.shape(np.arg(SHAPE))?, dtype, 0.0).output())
    })
}

fn ones(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let dtype = np.dtype(DTYPE)?.unwrap_or(DType::Float64);
        Ok(filled(np.shape(np.arg(SHAPE))?, dtype, 1.0).output())
    })
}

fn empty(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let dtype = np.dtype(DTYPE)?.unwrap_or(DType::Float64);
        Ok(Nd::new(np.shape(np.arg(SHAPE))?, dtype).output())
    })
}

fn full(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| full_of(np, np.shape(np.arg(SHAPE))?, np.dtype(DTYPE)?))
}

/// An array filled with the argument `fill_value`.
fn full_of(np: &Np<'_>, shape: Shape, dtype: Option<DType>) -> Infer<Outputs> {
    let value = match np.array(FILL) {
        Ok(value) => value,
        Err(Stop::Unknown(_)) => return Ok(Nd::new(shape, dtype).output()),
        Err(stop) => return Err(stop),
    };
    let both = tensor::broadcast(&shape, &value.shape);
    if let (Some(target), Some(from)) = (shape.all_known(), value.shape.all_known())
        && both.as_ref().ok().and_then(Shape::all_known).as_ref() != Some(&target)
    {
        let text = format!(
            "could not broadcast input array from shape {} into shape {}",
            crate::numpy::cx::tuple(&Shape::known(&from)),
            crate::numpy::cx::tuple(&shape)
        );
        return np.value_error(text, argument("fill_value", "does not fit the shape"));
    }
    if let (Some(to), Weak::Int) = (dtype, value.weak) {
        value.int_values().unwrap_or_default().into_iter().try_for_each(|n| convert::in_range(n, to))?;
    }
    let dtype = dtype.or(value.dtype);
    let scalar = value.rank() == Some(0);
    match (dtype, value.floats().as_deref()) {
        (Some(dtype), Some([one])) if scalar => Ok(filled(shape, dtype, *one).output()),
        _ => Ok(Nd::new(shape, dtype).output()),
    }
}

/// The shape and dtype of a `…_like` function.
fn like(np: &Np<'_>) -> Infer<(Shape, Option<DType>)> {
    let x = np.array(OBJECT)?;
    let dtype = np.dtype(DTYPE)?.or(x.dtype);
    let shape = np.arg(Param::<Arg>::named(&["shape"]));
    Ok((if shape.is_none() { x.shape } else { np.shape(shape)? }, dtype))
}

fn zeros_like(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let (shape, dtype) = like(np)?;
        Ok(Nd::new(shape, dtype).with_content(Content::Zeros).output())
    })
}

fn ones_like(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let (shape, dtype) = like(np)?;
        Ok(dtype.map_or_else(|| Nd::new(shape.clone(), None), |d| filled(shape.clone(), d, 1.0)).output())
    })
}

fn empty_like(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| like(np).map(|(shape, dtype)| Nd::new(shape, dtype).output()))
}

fn full_like(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let (shape, dtype) = like(np)?;
        full_of(np, shape, dtype)
    })
}

/// `np.arange(start_or_stop, stop=None, step=1)`.
fn arange(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let first = np.array(Param::at(0, &["start_or_stop", "start"]))?;
        let second = np.maybe_array(Param::named(&["stop"]))?;
        let step = match np.arg(Param::<Operand>::named(&["step"])) {
            Arg::None | Arg::Missing => Nd::scalar(DType::Int64, Some(Data::Int(vec![1])), Weak::Int),
            arg => convert::array(arg)?,
        };
        let zero = Nd::scalar(DType::Int64, Some(Data::Int(vec![0])), Weak::Int);
        let (start, stop) = match second {
            Some(stop) => (first, stop),
            None => (zero, first),
        };
        let given = np.dtype(DTYPE)?;
        let natural = promote::result_type(&[&start, &stop, &step])
            .map(|d| if d == DType::Bool { DType::Int64 } else { d });
        let Some(dtype) = given.or(natural) else {
            return Ok(Nd::new(Shape::new([Dim::Unknown]), None).output());
        };
        let number = |nd: &Nd| nd.floats().filter(|v| v.len() == 1).and_then(|v| v.first().copied());
        if number(&step) == Some(0.0) {
            return np.raise(
                crate::Exc::ZeroDivisionError,
                "division by zero",
                argument("step", "a step of 0"),
            );
        }
        let (Some(from), Some(to), Some(by)) = (number(&start), number(&stop), number(&step)) else {
            // `np.arange(n)` of an unknown size.
            let whole = number(&start) == Some(0.0) && number(&step) == Some(1.0);
            let dim = match stop.content.dims().as_deref() {
                Some([dim]) if whole => *dim,
                _ => Dim::Unknown,
            };
            return Ok(Nd::new(Shape::new([dim]), dtype).output());
        };
        let count = ((to - from) / by).ceil().max(0.0);
        if !count.is_finite() || count > 1e12 {
            return Ok(Nd::new(Shape::new([Dim::Unknown]), dtype).output());
        }
        let count = count as i64;
        let known = elements::few(&[count])
            .and_then(|n| elements::of_floats((0..n).map(|i| from + i as f64 * by).collect(), dtype));
        Ok(known
            .map_or_else(|| Nd::new(Shape::known(&[count]), dtype), |data| Nd::of(vec![count], dtype, data))
            .output())
    })
}

fn linspace(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let start = np.array(Param::named(&["start"]));
        let stop = np.array(Param::named(&["stop"]));
        let num: Param<Arg> = Param::named(&["num"]);
        let count = match np.arg(num) {
            Arg::Missing => Dim::Known(50),
            Arg::Int(n) | Arg::Dim(Dim::Known(n)) => Dim::Known(*n),
            Arg::Dim(d) => *d,
            Arg::Float(_) => {
                let text = "'float' object cannot be interpreted as an integer";
                return np.type_error(text, argument("num", "a float"));
            }
            arg => <i64 as crate::FromArg>::from_arg(arg).map_or(Dim::Unknown, Dim::Known),
        };
        if let Dim::Known(n) = count
            && n < 0
        {
            let text = format!("Number of samples, {n}, must be non-negative.");
            return np.value_error(text, argument("num", "below 0"));
        }
        let dtype = np.dtype(DTYPE)?.unwrap_or(DType::Float64);
        let (Ok(start), Ok(stop)) = (start, stop) else {
            return Ok(Nd::new(Shape::UNKNOWN, dtype).output());
        };
        let rest = np.broadcast(&[&start.shape, &stop.shape])?;
        let out = match (rest.dims(), start.floats().as_deref(), stop.floats().as_deref(), count) {
            (Some([]), Some([from]), Some([to]), Dim::Known(n)) if elements::few(&[n]).is_some() => {
                let endpoint = np.flag(Param::named(&["endpoint"]), true)?;
                spaced(*from, *to, n, endpoint, dtype)
            }
            (Some(dims), ..) => {
                let axis = np.int_or(Param::named(&["axis"]), 0)?;
                let at = np.axis(axis, dims.len() + 1)?;
                let mut dims = dims.to_vec();
                dims.insert(at, count);
                Nd::new(Shape::new(dims), dtype)
            }
            _ => Nd::new(Shape::UNKNOWN, dtype),
        };
        if np.flag(Param::named(&["retstep"]), false)? {
            return Ok(Outputs::Tuple(vec![out.output(), Nd::new(rest, DType::Float64).output()]));
        }
        Ok(out.output())
    })
}

fn spaced(from: f64, to: f64, count: i64, endpoint: bool, dtype: DType) -> Nd {
    let gaps = if endpoint { count - 1 } else { count };
    let step = if gaps > 0 { (to - from) / gaps as f64 } else { 0.0 };
    let mut values: Vec<f64> = (0..count).map(|i| from + i as f64 * step).collect();
    if let (true, Some(last)) = (endpoint && count > 1, values.last_mut()) {
        *last = to;
    }
    if dtype.is_integer() {
        values.iter_mut().for_each(|v| *v = v.floor());
    }
    match elements::of_floats(values, dtype) {
        Some(data) => Nd::of(vec![count], dtype, data),
        None => Nd::new(Shape::known(&[count]), dtype),
    }
}

fn logspace(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let count = np.int_or(Param::named(&["num"]), 50).map_or(Dim::Unknown, Dim::Known);
        let dtype = np.dtype(DTYPE)?.unwrap_or(DType::Float64);
        let shape = match (np.array(Param::named(&["start"])), np.array(Param::named(&["stop"]))) {
            (Ok(a), Ok(b)) => np.broadcast(&[&a.shape, &b.shape])?,
            _ => Shape::UNKNOWN,
        };
        let shape = shape.dims().map(|dims| std::iter::once(count).chain(dims.iter().copied()).collect());
        Ok(Nd::new(shape.unwrap_or(Shape::UNKNOWN), dtype).output())
    })
}

/// Reads a size of a square-ish array.
fn side(np: &Np<'_>, param: Param<Arg>) -> Infer<Dim> {
    let shape = np.shape(np.arg(param))?;
    Ok(shape.dims().and_then(|d| d.first().copied()).unwrap_or(Dim::Unknown))
}

fn eye(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let rows = side(np, Param::named(&["N"]))?;
        let m: Param<Arg> = Param::named(&["M"]);
        let columns = if np.arg(m).is_none() { rows } else { side(np, m)? };
        let shift = np.int_or(Param::named(&["k"]), 0);
        let dtype = np.dtype(DTYPE)?.unwrap_or(DType::Float64);
        Ok(diagonal(rows, columns, shift.ok(), dtype, |i, j, k| j == i + k))
    })
}

fn identity(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let rows = side(np, Param::named(&["n"]))?;
        let dtype = np.dtype(DTYPE)?.unwrap_or(DType::Float64);
        Ok(diagonal(rows, rows, Some(0), dtype, |i, j, k| j == i + k))
    })
}

fn tri(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let rows = side(np, Param::named(&["N"]))?;
        let m: Param<Arg> = Param::named(&["M"]);
        let columns = if np.arg(m).is_none() { rows } else { side(np, m)? };
        let shift = np.int_or(Param::named(&["k"]), 0);
        let dtype = np.dtype(DTYPE)?.unwrap_or(DType::Float64);
        Ok(diagonal(rows, columns, shift.ok(), dtype, |i, j, k| j <= i + k))
    })
}

/// A matrix of ones where `one` says so, and zeros.
fn diagonal(
    rows: Dim,
    columns: Dim,
    shift: Option<i64>,
    dtype: DType,
    one: fn(i64, i64, i64) -> bool,
) -> Outputs {
    let known = (|| {
        let (rows, columns, k) = (rows.known()?, columns.known()?, shift?);
        elements::few(&[rows, columns])?;
        let values = (0..rows).flat_map(|i| (0..columns).map(move |j| f64::from(u8::from(one(i, j, k)))));
        Some(Nd::of(vec![rows, columns], dtype, elements::of_floats(values.collect(), dtype)?))
    })();
    known.unwrap_or_else(|| Nd::new(Shape::new([rows, columns]), dtype)).output()
}

fn meshgrid(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let given = c.args.first().and_then(|(_, arg)| arg.items()).unwrap_or_default();
        let arrays = given.iter().map(convert::array).collect::<Infer<Vec<Nd>>>()?;
        let mut dims: Vec<Dim> = arrays.iter().map(|a| a.shape.size()).collect();
        let swapped = !matches!(np.arg(Param::<Arg>::named(&["indexing"])), Arg::Str(s) if &**s == "ij");
        if swapped && dims.len() > 1 {
            dims.swap(0, 1);
        }
        let sparse = np.flag(Param::named(&["sparse"]), false)?;
        let grids = arrays.into_iter().enumerate().map(|(i, a)| {
            let own = if swapped && i < 2 && given.len() > 1 { 1 - i } else { i };
            let shape: Shape = match sparse {
                true => {
                    (0..dims.len()).map(|axis| if axis == own { dims[axis] } else { Dim::Known(1) }).collect()
                }
                false => dims.iter().copied().collect(),
            };
            let sizes = shape.all_known();
            a.picked(shape, |_| {
                let mut places = Vec::new();
                crate::spec::fold::for_each_index(&sizes?, |index| places.push(index[own] as usize));
                Some(places)
            })
            .output()
        });
        Ok(Outputs::Tuple(grids.collect()))
    })
}

fn indices(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let shape = np.shape(np.arg(Param::<Arg>::named(&["dimensions"])))?;
        let dtype = np.dtype(DTYPE)?.unwrap_or(DType::Int64);
        let Some(dims) = shape.dims() else { return Ok(Nd::new(Shape::UNKNOWN, dtype).output()) };
        if np.flag(Param::named(&["sparse"]), false)? {
            let one = |own: usize| -> Shape {
                dims.iter().enumerate().map(|(i, d)| if i == own { *d } else { Dim::Known(1) }).collect()
            };
            return Ok(Outputs::Tuple((0..dims.len()).map(|i| Nd::new(one(i), dtype).output()).collect()));
        }
        let count = Dim::Known(dims.len() as i64);
        Ok(Nd::new(std::iter::once(count).chain(dims.iter().copied()).collect(), dtype).output())
    })
}

fn window(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let count = np.int_or(Param::at(0, &["M"]), 0).map_or(Dim::Unknown, |n| Dim::Known(n.max(0)));
        Ok(Nd::new(Shape::new([count]), DType::Float64).output())
    })
}

/// Data from a file: an array of which nothing is known.
fn loaded(c: &Call<'_>) -> Infer<Outputs> {
    match c.path {
        // It may be an archive of arrays.
        "np.load" => Err(Stop::Unknown("the contents of a file")),
        _ => call(c, |np| Ok(Nd::new(Shape::UNKNOWN, np.dtype(DTYPE).ok().flatten()).output())),
    }
}
