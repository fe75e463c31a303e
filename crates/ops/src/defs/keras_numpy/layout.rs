//! Functions that move elements, split and join, and make tensors.

use tensor::{DType, Dim, Shape};

use crate::defs::join::{keras_split, symbolic_split};
use crate::defs::linalg::matrix;
use crate::defs::{linspace, rule};
use crate::kernels::join;
use crate::kernels::layout::{quarter_turns, reverse};
use crate::kernels::linalg::Diagonals;
use crate::kernels::pointwise::{binary, cast, unary};
use crate::kernels::shape::{expand_dims, reshape};
use crate::params::{X, Y};
use crate::spec::keras::{self, Promoted};
use crate::spec::{Cx, Misfit, Tensor, Val, repr, run};
use crate::{Arg, Exc, Infer, Mistake, Mode, Op, Param, Stop, Violation};

const SOURCE: &str = "keras/src/backend/tensorflow/numpy.py, keras/src/ops/numpy.py";

pub(in crate::defs) static OPS: &[Op] = &[
    rule("fliplr", &["keras.ops.fliplr"], |c| run(c, |cx| flipped(cx, 1)), SOURCE),
    rule("flipud", &["keras.ops.flipud"], |c| run(c, |cx| flipped(cx, 0)), SOURCE),
    rule("rot90", &["keras.ops.rot90"], |c| run(c, rot90), SOURCE),
    rule("dstack", &["keras.ops.dstack"], |c| run(c, dstack), SOURCE),
    rule("diagflat", &["keras.ops.diagflat"], |c| run(c, diagflat), SOURCE),
    rule("hsplit", &["keras.ops.hsplit"], |c| run(c, |cx| split(cx, 1)), SOURCE),
    rule("vsplit", &["keras.ops.vsplit"], |c| run(c, |cx| split(cx, 2)), SOURCE),
    rule("dsplit", &["keras.ops.dsplit"], |c| run(c, |cx| split(cx, 3)), SOURCE),
    rule("array_split", &["keras.ops.array_split"], |c| run(c, array_split), SOURCE),
    rule("kron", &["keras.ops.kron"], |c| run(c, kron), SOURCE),
    rule("vander", &["keras.ops.vander"], |c| run(c, vander), SOURCE),
    rule("logspace", &["keras.ops.logspace"], |c| run(c, spaced), SOURCE),
    rule("geomspace", &["keras.ops.geomspace"], |c| run(c, spaced), SOURCE),
    rule("bartlett", &["keras.ops.bartlett"], |c| run(c, window), SOURCE),
    rule("blackman", &["keras.ops.blackman"], |c| run(c, window), SOURCE),
    rule("hamming", &["keras.ops.hamming"], |c| run(c, window), SOURCE),
    rule("hanning", &["keras.ops.hanning"], |c| run(c, window), SOURCE),
    rule("kaiser", &["keras.ops.kaiser"], |c| run(c, window), SOURCE),
    rule("view", &["keras.ops.view"], |c| run(c, view), SOURCE),
];

/// Refuses a symbolic tensor of too low a rank.
fn too_low<R>(cx: &Cx<'_>, text: String, rank: usize, shape: &Shape) -> Infer<R> {
    let got = shape.rank().unwrap_or(0);
    cx.value_error(text, Mistake::RankMismatch { param: "x", expected: format!("at least {rank}"), got })
}

fn flipped(cx: &Cx<'_>, axis: i64) -> Infer<Val> {
    let x = cx.tensor(X)?;
    if !cx.symbolic() {
        return reverse(cx, x, Val::ints(&[axis])).map(Val::T);
    }
    let least = usize::try_from(axis + 1).unwrap_or(0);
    if x.rank().is_some_and(|r| r < least) {
        let shown = x.shape.tuple();
        let name = cx.call.op.name;
        let text =
            format!("`{name}` requires input with {least} or more dimensions. Received: x.shape={shown}");
        return too_low(cx, text, least, &x.shape);
    }
    Ok(Val::T(keras::spec(x.shape.clone(), x.dtype, &[&x])))
}

const TURNS: Param<Arg> = Param::at(1, &["k"]);
const AXES: Param<Arg> = Param::named(&["axes"]);

fn rot90(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    let Some(dims) = x.shape.dims() else { return Err(Stop::Unknown("a tensor of unknown rank")) };
    if dims.len() < 2 {
        let shown = if cx.symbolic() {
            format!("array.shape={}", keras::list(&x.shape))
        } else {
            format!("array.ndim={}", dims.len())
        };
        let text = format!("Input array must have at least 2 dimensions. Received: {shown}");
        return too_low(cx, text, 2, &x.shape);
    }
    let axes = match cx.known(AXES)? {
        Val::Py(Arg::Missing) => vec![0, 1],
        other => cx.ints(other)?,
    };
    let turns = match cx.known(TURNS)? {
        Val::Py(Arg::Missing) => 1,
        other => cx.int(other)?,
    };
    let shown = if axes.len() == 2 { format!("({}, {})", axes[0], axes[1]) } else { repr(cx.known(AXES)?) };
    if axes.len() != 2 || axes[0] == axes[1] {
        let text = format!("Invalid axes: {shown}. Axes must be a tuple of two different dimensions.");
        return cx.value_error(text.clone(), Mistake::Argument { param: "axes", problem: text });
    }
    let rank = dims.len() as i64;
    let place = |axis: i64| usize::try_from(axis.rem_euclid(rank)).unwrap_or(0);
    if axes.iter().any(|a| !(-rank..rank).contains(a)) {
        return Err(Stop::Unknown("an axis outside of the rank"));
    }
    let mut out = dims.to_vec();
    // The symbolic rule swaps the axes however often the array is turned.
    if cx.symbolic() || turns.rem_euclid(2) == 1 {
        out.swap(place(axes[0]), place(axes[1]));
    }
    if cx.symbolic() {
        return Ok(Val::T(Tensor { shape: Shape::new(out), ..x.like() }));
    }
    let turned = quarter_turns(cx, x, [place(axes[0]), place(axes[1])], turns)?;
    Ok(Val::T(turned.with_shape(Shape::new(out))))
}

fn dstack(cx: &Cx<'_>) -> Infer<Val> {
    let Some(items) = cx.known(X)?.items() else { return Err(Stop::Unknown("no list of tensors")) };
    let tensors: Vec<Tensor> = items.iter().map(|v| cx.convert(v, None)).collect::<Infer<_>>()?;
    if tensors.is_empty() || tensors.iter().any(|t| t.rank().is_none()) {
        return Err(Stop::Unknown("tensors of unknown rank"));
    }
    let dtypes: Vec<Promoted> =
        tensors.iter().map(|t| keras::promoted(&Val::T(t.clone()))).collect::<Infer<_>>()?;
    let dtype = keras::common_dtype(cx, &dtypes)?;
    let mut deep = Vec::with_capacity(tensors.len());
    for t in tensors {
        let t = cast(cx, t, Some(dtype))?;
        deep.push(match t.rank() {
            Some(0) => reshape(cx, t, Val::ints(&[1, 1, 1]))?,
            Some(1) => expand_dims(cx, expand_dims(cx, t, Val::from(0))?, Val::from(2))?,
            Some(2) => expand_dims(cx, t, Val::from(2))?,
            _ => t,
        });
    }
    if cx.symbolic() {
        return Err(Stop::Unknown("a symbolic stack along the third axis"));
    }
    join::concat(cx, Val::list(deep), Val::from(2)).map(Val::T)
}

fn diagflat(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    let k = matrix::offset(cx)?;
    if !cx.symbolic() {
        let flat = reshape(cx, x, Val::ints(&[-1]))?;
        return crate::kernels::linalg::matrix_diag(cx, flat, Diagonals::one(k)).map(Val::T);
    }
    let Some(_) = x.rank() else { return Err(Stop::Unknown("a tensor of unknown rank")) };
    let size = x.shape.size().map(|n| n + k.abs());
    Ok(Val::T(keras::spec(Shape::new([size, size]), x.dtype, &[&x])))
}

const PARTS: Param<Arg> = Param::at(1, &["indices_or_sections"]);

/// `hsplit`, `vsplit` and `dsplit`; `least` is the rank that they ask for.
fn split(cx: &Cx<'_>, least: usize) -> Infer<Val> {
    let (x, parts) = (cx.tensor(X)?, cx.known(PARTS)?);
    let Some(rank) = x.rank() else { return Err(Stop::Unknown("a tensor of unknown rank")) };
    let axis = match (cx.call.op.name, rank) {
        ("hsplit", 1) | ("vsplit", _) => 0,
        ("hsplit", _) => 1,
        _ => 2,
    };
    if !cx.symbolic() {
        return keras_split(cx, &x, parts, &Val::from(axis)).map(Val::list);
    }
    if rank < least {
        let (name, shown) = (cx.call.op.name, x.shape.tuple());
        let plural = if least == 1 { "dimension" } else { "dimensions" };
        let text = format!(
            "`{name}` only works on arrays of at least {least} {plural}. Received array with shape {shown}."
        );
        return too_low(cx, text, least, &x.shape);
    }
    symbolic_split(cx, &Val::T(x), parts, &Val::from(axis)).map(Val::list)
}

fn array_split(cx: &Cx<'_>) -> Infer<Val> {
    let (x, parts) = (cx.tensor(X)?, cx.known(PARTS)?);
    if parts.items().is_some() || matches!(parts, Val::Py(Arg::Float(_) | Arg::Str(_) | Arg::None)) {
        let text = format!(
            "Argument `indices_or_sections` must be of type `int`. Received: indices_or_sections={}",
            repr(parts)
        );
        let problem = "is no int".to_owned();
        return cx.type_error(text, Mistake::Argument { param: "indices_or_sections", problem });
    }
    let count = cx.int(parts)?;
    let axis = match cx.known(crate::params::AXIS)? {
        Val::Py(Arg::Missing) => 0,
        other => cx.int(other)?,
    };
    let Some(rank) = x.rank() else { return Err(Stop::Unknown("a tensor of unknown rank")) };
    let Some(size) = x.shape.dim(axis) else {
        let mistake = Mistake::AxisOutOfRange { axis, rank };
        return cx.raise(Exc::IndexError, "tuple index out of range", mistake);
    };
    let at = usize::try_from(axis.rem_euclid(rank as i64)).unwrap_or(0);
    if !(1..=10_000).contains(&count) || (!size.is_known() && !cx.symbolic()) {
        return Err(Stop::Unknown("a split of a size that is not known"));
    }
    let part = |i: i64| {
        let size = size.map(|n| n / count + i64::from(i < n % count));
        Tensor { shape: x.shape.with_dim(at, size), ..x.clone().like() }
    };
    if let (Dim::Known(size), false) = (size, cx.symbolic()) {
        let sizes: Vec<i64> = (0..count).map(|i| size / count + i64::from(i < size % count)).collect();
        return join::split_v(cx, x, Val::ints(&sizes), Val::from(axis), count).map(Val::list);
    }
    Ok(Val::list((0..count).map(part)))
}

fn kron(cx: &Cx<'_>) -> Infer<Val> {
    let (both, dtype) = keras::cast_all(cx, &[cx.known(X)?, cx.known(Y)?], false)?;
    if !cx.eager() && !cx.symbolic() {
        // `for _ in range(num)`, which both branches of a condition are traced for.
        let text = "'SymbolicTensor' object cannot be interpreted as an integer";
        return cx.type_error(text, Mistake::PythonControlFlow);
    }
    let (Some(a), Some(b)) = (both[0].shape.dims(), both[1].shape.dims()) else {
        return Err(Stop::Unknown("tensors of unknown rank"));
    };
    if let (true, Some(a), Some(b)) = (cx.eager(), both[0].shape.all_known(), both[1].shape.all_known()) {
        return blocks(cx, [&both[0], &both[1]], [a, b]).map(Val::T);
    }
    if a.len() != b.len() {
        return Err(Stop::Unknown("a Kronecker product of tensors of different rank"));
    }
    let shape = Shape::new(a.iter().zip(b).map(|(a, b)| a.times(*b)));
    Ok(Val::T(keras::spec(shape, dtype, &[&both[0], &both[1]])))
}

/// A Kronecker product: each element of the first tensor times the whole second one.
fn blocks(cx: &Cx<'_>, tensors: [&Tensor; 2], sizes: [Vec<i64>; 2]) -> Infer<Tensor> {
    let rank = sizes[0].len().max(sizes[1].len());
    let padded = sizes.map(|s| [vec![1; rank - s.len()], s].concat());
    let apart = |of: usize| -> Vec<i64> {
        padded[of].iter().flat_map(|n| if of == 0 { [*n, 1] } else { [1, *n] }).collect()
    };
    let left = reshape(cx, tensors[0], Val::ints(&apart(0)))?;
    let right = reshape(cx, tensors[1], Val::ints(&apart(1)))?;
    let out: Vec<i64> = padded[0].iter().zip(&padded[1]).map(|(a, b)| a * b).collect();
    reshape(cx, binary(cx, "Mul", left, right)?, Val::ints(&out))
}

const COUNT: Param<Arg> = Param::at(1, &["N"]);
const INCREASING: Param<Arg> = Param::named(&["increasing"]);

fn vander(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    let Some(dims) = x.shape.dims() else { return Err(Stop::Unknown("a tensor of unknown rank")) };
    let [rows] = dims else {
        let text = format!("Input tensor must be 1-dimensional. Received: input.shape={}", x.shape.tuple());
        let mistake = Mistake::RankMismatch { param: "x", expected: "1".to_owned(), got: dims.len() };
        return cx.value_error(text, mistake);
    };
    let columns = match cx.known(COUNT)? {
        v if v.is_none() => *rows,
        other => Dim::Known(cx.int(other)?),
    };
    let shape = dims.iter().copied().chain([columns]).collect();
    let increasing = matches!(cx.known(INCREASING)?, Val::Py(Arg::Bool(true)));
    let (Dim::Known(count @ 0..4096), Some(own), false) = (columns, x.dtype, cx.symbolic()) else {
        return Ok(Val::T(Tensor { shape, ..x.like() }));
    };
    let wide = Some(keras::common_dtype(cx, &[Promoted::Of(own), Promoted::Of(DType::Float32)])?);
    let powers = (0..count).map(|n| if increasing { n } else { count - 1 - n } as f64).collect();
    let powers = cast(cx, Tensor::floats(vec![count], DType::Float32, powers), wide)?;
    let rows = expand_dims(cx, cast(cx, x, wide)?, Val::from(-1))?;
    cast(cx, binary(cx, "Pow", rows, powers)?, Some(own)).map(|t| Val::T(t.with_shape(shape)))
}

const NUM: Param<Arg> = Param::at(2, &["num"]);

/// `logspace` and `geomspace`.
fn spaced(cx: &Cx<'_>) -> Infer<Val> {
    let (start, stop) = (cx.known(X)?, cx.known(Y)?);
    let count = match cx.known(NUM)? {
        Val::Py(Arg::Missing) => 50,
        other => cx.int(other)?,
    };
    let axis = match cx.known(crate::params::AXIS)? {
        Val::Py(Arg::Missing) => 0,
        other => cx.int(other)?,
    };
    let dtype = match cx.get(crate::params::DTYPE)? {
        Some(dtype) => dtype,
        None => keras::common_dtype(cx, &[keras::promoted(start)?, keras::promoted(stop)?, Promoted::Float])?,
    };
    let (start, stop) = (cx.convert(start, None)?, cx.convert(stop, None)?);
    let (start, stop) = (cast(cx, start, Some(dtype))?, cast(cx, stop, Some(dtype))?);
    let between = binary(cx, "Sub", &stop, &start)?;
    let Some(dims) = between.shape.dims() else { return Err(Stop::Unknown("tensors of unknown rank")) };
    let at = keras::canonicalize_axis(cx, axis, dims.len() + 1)?;
    let mut out = dims.to_vec();
    out.insert(at, Dim::Known(count));
    let endpoint =
        matches!(cx.val(Param::<Arg>::named(&["endpoint"])), Val::Py(Arg::Bool(true) | Arg::Missing));
    if !cx.eager() || !endpoint || !dtype.is_floating() || count < 1 {
        return Ok(Val::T(Tensor { shape: Shape::new(out), ..between.like() }));
    }
    let outer = between.shape.clone();
    let number = |x: f64| cast(cx, Val::from(x), Some(dtype));
    if cx.call.op.name == "logspace" {
        let base = match cx.known(Param::<Arg>::named(&["base"]))? {
            Val::Py(Arg::Missing) => number(10.0)?,
            given => cast(cx, given, Some(dtype))?,
        };
        let exponents = linspace::between(cx, &start, &stop, &outer, at as i64, count)?;
        return binary(cx, "Pow", base, exponents).map(Val::T);
    }
    let log = |t: &Tensor| unary(cx, "Log", unary(cx, "Abs", t)?);
    let ten = unary(cx, "Log", number(10.0)?)?;
    let (first, last) =
        (binary(cx, "RealDiv", log(&start)?, &ten)?, binary(cx, "RealDiv", log(&stop)?, &ten)?);
    let exponents = linspace::between(cx, &first, &last, &outer, at as i64, count)?;
    let sizes = binary(cx, "Pow", number(10.0)?, exponents)?;
    binary(cx, "Mul", sizes, unary(cx, "Sign", &start)?).map(Val::T)
}

fn window(cx: &Cx<'_>) -> Infer<Val> {
    if let Val::T(t) = cx.known(X)?
        && let Some(got) = t.rank().filter(|rank| *rank > 0)
        && !cx.symbolic()
        && cx.call.op.name != "bartlett"
    {
        let mistake = Mistake::RankMismatch { param: "x", expected: "0".to_owned(), got };
        if cx.call.op.name == "blackman" {
            let text = format!("Shape must be rank 0 but is rank {got}\n\t for 'limit'");
            return cx.refuse("Range", Misfit::new(text, mistake));
        }
        return cx.value_error(format!("Shape {} must have rank 0", t.shape.tuple()), mistake);
    }
    let size = match cx.known(X)? {
        Val::Py(Arg::Int(n)) => Dim::Known(*n),
        Val::T(t) => t.int_value().map_or(Dim::Unknown, Dim::Known),
        _ => return Err(Stop::Unknown("a length that is not known")),
    };
    if cx.call.op.name == "bartlett" && !cx.eager() {
        // `if x == 0` asks a traced tensor.
        return Err(Violation::symbolic_bool().raised());
    }
    let Some(length) = size.known().filter(|n| (1..4096).contains(n)) else {
        return Ok(Val::T(Tensor::new(Shape::new([size]), DType::Float32)));
    };
    let beta = match cx.val(Param::<Arg>::named(&["beta"])) {
        Val::Py(Arg::Float(x)) => Some(*x),
        Val::Py(Arg::Int(n)) => Some(*n as f64),
        _ => None,
    };
    match weights(cx.call.op.name, length, beta) {
        Some(weights) => Ok(Val::T(Tensor::floats(vec![length], DType::Float32, weights))),
        None => Ok(Val::T(Tensor::new(Shape::new([size]), DType::Float32))),
    }
}

/// The weights of a window that is not periodic.
fn weights(name: &str, length: i64, beta: Option<f64>) -> Option<Vec<f64>> {
    use std::f64::consts::PI;
    if length == 1 {
        return Some(vec![1.0]);
    }
    let last = (length - 1) as f64;
    let cosine = |turns: f64, at: f64| (turns * PI * at / last).cos();
    let weight: Box<dyn Fn(f64) -> f64> = match (name, beta) {
        ("bartlett", _) => Box::new(move |at| 1.0 - (2.0 * at / last - 1.0).abs()),
        ("blackman", _) => Box::new(move |at| 0.42 - 0.5 * cosine(2.0, at) + 0.08 * cosine(4.0, at)),
        ("hamming", _) => Box::new(move |at| 0.54 - 0.46 * cosine(2.0, at)),
        ("hanning", _) => Box::new(move |at| 0.5 - 0.5 * cosine(2.0, at)),
        ("kaiser", Some(beta)) => Box::new(move |at| {
            let inner = (1.0 - (2.0 * at / last - 1.0).powi(2)).max(0.0);
            bessel(beta * inner.sqrt()) / bessel(beta)
        }),
        _ => return None,
    };
    Some((0..length).map(|at| weight(at as f64)).collect())
}

/// The modified Bessel function of order zero, by its series.
pub(in crate::defs) fn bessel(x: f64) -> f64 {
    let (mut term, mut sum) = (1.0, 1.0);
    for k in 1..500 {
        term *= (x / (2.0 * f64::from(k))).powi(2);
        sum += term;
        if term < sum * 1e-17 {
            break;
        }
    }
    sum
}

fn view(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    let wanted = cx.get(crate::params::DTYPE)?.or(x.dtype);
    let (Some(from), Some(to)) = (x.dtype, wanted) else {
        return Err(Stop::Unknown("a dtype that is not known"));
    };
    let (Some(have), Some(want)) = (from.size(), to.size()) else {
        return Err(Stop::Unknown("a dtype without a size"));
    };
    let (have, want) = (have as i64, want as i64);
    let Some(dims) = x.shape.dims() else { return Err(Stop::Unknown("a tensor of unknown rank")) };
    let fits = match dims.last() {
        None => have == want,
        Some(Dim::Known(n)) => n * have % want == 0,
        // `if last_dim_size == -1` asks a traced tensor.
        Some(Dim::Symbol(_)) if cx.call.mode == Mode::Graph => {
            return Err(Violation::symbolic_bool().raised());
        }
        Some(_) => return Err(Stop::Unknown("a size that is not known")),
    };
    if !fits {
        let text = format!(
            "Cannot view array of shape {} and dtype <dtype: '{from}'> as dtype <dtype: '{to}'> because the total number of \
             bytes is not divisible by the new itemsize.",
            x.shape.tuple()
        );
        return cx.value_error(
            text,
            Mistake::DType { param: "dtype", got: to.to_string(), expected: from.to_string() },
        );
    }
    let mut out = dims.to_vec();
    if let (Some(Dim::Known(n)), true) = (out.last_mut(), have != want) {
        *n = *n * have / want;
    }
    Ok(Val::T(Tensor::new(Shape::new(out), to)))
}
