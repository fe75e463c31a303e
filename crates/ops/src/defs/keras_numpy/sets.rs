//! Choices, sets and counts: `select`, `nonzero`, `unique`, `isin`, `multi_hot`, `histogram`, `correlate`.

use tensor::{DType, Dim, Shape};

use crate::defs::nn::conv;
use crate::defs::order::sorted;
use crate::defs::{linspace, rule};
use crate::kernels::index::{gather, gather_nd, one_hot, scatter_nd, select, slice, where_};
use crate::kernels::join;
use crate::kernels::layout::pad;
use crate::kernels::pointwise::{binary, cast, unary};
use crate::kernels::reduce::{Axes, reduce, top_k};
use crate::kernels::shape::{expand_dims, reshape, shape_of, squeeze, static_sizes};
use crate::params::{X, Y};
use crate::spec::keras::{self, Promoted};
use crate::spec::{Cx, Tensor, Val, has_attribute, repr, run, type_name};
use crate::{Arg, Exc, Infer, Mistake, Op, Param, Stop, Violation};

const SOURCE: &str = "keras/src/backend/tensorflow/numpy.py, keras/src/ops/numpy.py";

pub(in crate::defs) static OPS: &[Op] = &[
    rule("select", &["keras.ops.select"], |c| run(c, select_op), SOURCE),
    rule("nonzero", &["keras.ops.nonzero"], |c| run(c, nonzero), SOURCE),
    rule("keras_unique", &["keras.ops.unique"], |c| run(c, unique), SOURCE),
    rule("isin", &["keras.ops.isin"], |c| run(c, isin), SOURCE),
    rule("multi_hot", &["keras.ops.multi_hot"], |c| run(c, multi_hot), SOURCE),
    rule("histogram", &["keras.ops.histogram"], |c| run(c, histogram), SOURCE),
    rule("argpartition", &["keras.ops.argpartition"], |c| run(c, argpartition), SOURCE),
    rule("keras_unravel_index", &["keras.ops.unravel_index"], |c| run(c, unravel_index), SOURCE),
    rule("correlate", &["keras.ops.correlate"], |c| run(c, correlate), SOURCE),
];

const DEFAULT: Param<Arg> = Param::at(2, &["default"]);

fn select_op(cx: &Cx<'_>) -> Infer<Val> {
    let (conditions, choices) = (cx.known(X)?, cx.known(Y)?);
    let (Some(conds), Some(picks)) = (conditions.items(), choices.items()) else {
        if [conditions, choices].iter().any(|v| matches!(v, Val::Py(Arg::Object(_)))) {
            return Err(Stop::Unknown("lists that are not known"));
        }
        let text = format!(
            "condlist and choicelist must be lists. Received: type(condlist) = <class '{}'>, type(choicelist) = <class '{}'>",
            type_name(conditions),
            type_name(choices)
        );
        let problem = "is no list".to_owned();
        return cx.value_error(text, Mistake::Argument { param: "condlist", problem });
    };
    if conds.is_empty() || picks.is_empty() {
        let text = format!(
            "condlist and choicelist must not be empty. Received: condlist = {}, choicelist = {}",
            repr(&Val::List(conds.to_vec())),
            repr(&Val::List(picks.to_vec()))
        );
        let problem = "is empty".to_owned();
        return cx.value_error(text, Mistake::Argument { param: "condlist", problem });
    }
    let tensors: Vec<Tensor> = picks.iter().map(|v| cx.convert(v, None)).collect::<Infer<_>>()?;
    if cx.symbolic() {
        let first = &tensors[0];
        return Ok(Val::T(keras::spec(
            first.shape.clone(),
            first.dtype,
            &tensors.iter().collect::<Vec<_>>(),
        )));
    }
    let dtype = tensors[0].dtype;
    let default = match cx.known(DEFAULT)? {
        Val::Py(Arg::Missing) => Val::from(0),
        other => other.clone(),
    };
    let weak = match (&default, dtype) {
        (Val::Py(Arg::Int(_)), Some(d)) => d != DType::Bool,
        (Val::Py(Arg::Float(_)), Some(d)) => d.is_floating(),
        (Val::T(t), d) => t.dtype == d,
        _ => false,
    };
    if conds.len() != picks.len() {
        let text =
            format!("condlist must have length equal to choicelist ({} vs {})", conds.len(), picks.len());
        let problem = "is of another length than choicelist".to_owned();
        return cx.value_error(text, Mistake::Argument { param: "condlist", problem });
    }
    if dtype.is_none() || !weak || tensors.iter().any(|t| t.dtype != dtype) {
        return Err(Stop::Unknown("choices of different dtypes"));
    }
    let mut out = cx.convert(&default, dtype)?;
    for (condition, choice) in conds.iter().zip(tensors).rev() {
        let condition = cast(cx, condition, Some(DType::Bool))?;
        out = select(cx, Val::T(condition), Val::T(choice), Val::T(out))?;
    }
    Ok(Val::T(out))
}

pub(in crate::defs) fn nonzero(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    let Some(rank) = x.rank() else { return Err(Stop::Unknown("a tensor of unknown rank")) };
    if cx.symbolic() {
        let one = keras::spec(Shape::new([Dim::Unknown]), DType::Int32, &[]);
        return Ok(Val::tuple(vec![one; rank]));
    }
    let places = where_(cx, cast(cx, x, Some(DType::Bool))?)?;
    let parts = join::unpack(cx, places, rank as i64, 1)?;
    let parts = parts.into_iter().map(|p| cast(cx, p, Some(DType::Int32)));
    Ok(Val::list(parts.collect::<Infer<Vec<_>>>()?))
}

fn flag(cx: &Cx<'_>, name: &'static [&'static str]) -> Infer<bool> {
    match cx.known(Param::<Arg>::named(name))? {
        Val::Py(Arg::Missing) => Ok(false),
        Val::Py(Arg::Bool(b)) => Ok(*b),
        _ => Err(Stop::Unknown("a flag that is not known")),
    }
}

fn unique(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    let Some(dims) = x.shape.dims() else { return Err(Stop::Unknown("a tensor of unknown rank")) };
    let count = match cx.known(Param::<Arg>::named(&["size"]))? {
        v if v.is_none() => Dim::Unknown,
        other => Dim::Known(cx.int(other)?),
    };
    let axis = match cx.known(crate::params::AXIS)? {
        v if v.is_none() => None,
        other => Some(keras::canonicalize_axis(cx, cx.int(other)?, dims.len())?),
    };
    let values = match axis {
        None => Shape::new([count]),
        Some(at) if cx.symbolic() => x.shape.with_dim(at, count),
        // `UniqueV2` says of its values how many axes they have.
        Some(at) => Shape::of_rank(dims.len()).with_dim(at, count),
    };
    if axis.is_none() && count == Dim::Unknown && cx.eager() {
        return distinct(cx, &x);
    }
    let mut out = vec![Tensor::new(values, x.dtype)];
    if !cx.symbolic() {
        // No gradient is registered for `Unique`: asking for one raises.
        out[0].reach = x.reach.clone().at_most(crate::Flow::Unknown);
    }
    if flag(cx, &["return_index"])? {
        out.push(Tensor::new(Shape::new([count]), DType::Int32));
    }
    if flag(cx, &["return_inverse"])? {
        let shape = axis.map_or_else(|| x.shape.clone(), |at| Shape::new([dims[at]]));
        out.push(Tensor::new(shape, DType::Int32));
    }
    if flag(cx, &["return_counts"])? {
        out.push(Tensor::new(Shape::new([count]), DType::Int32));
    }
    Ok(if let [only] = out.as_slice() { Val::T(only.clone()) } else { Val::tuple(out) })
}

/// The distinct elements of all of a tensor, in order unless that is not wanted.
fn distinct(cx: &Cx<'_>, x: &Tensor) -> Infer<Val> {
    let flat = reshape(cx, x, Val::ints(&[-1]))?;
    let size = flat.shape.clone();
    let node = cx.node("UniqueWithCounts", [Val::T(flat)])?;
    let open = || Shape::new([Dim::Unknown]);
    let (mut values, mut places, mut counts) = (node.out(open()), node.nth(1, size), node.nth(2, open()));
    // No gradient is registered for `Unique`: asking for one raises.
    values.reach = x.reach.clone().at_most(crate::Flow::Unknown);
    let index = flag(cx, &["return_index"])?;
    let sort = !matches!(cx.known(Param::<Arg>::named(&["sorted"]))?, Val::Py(Arg::Bool(false)));
    if sort {
        let order = sorted(cx, &values, -1, true, false)?;
        values = gather(cx, values, &order, Val::from(0), 0)?;
        counts = gather(cx, counts, &order, Val::from(0), 0)?;
        let back = cx.node("InvertPermutation", [Val::T(order.clone())])?;
        let back = back.out(order.shape.clone());
        places = gather(cx, back, places, Val::from(0), 0)?;
    }
    let mut out = vec![values.clone()];
    if index {
        out.push(Tensor::new(values.shape.clone(), DType::Int32));
    }
    if flag(cx, &["return_inverse"])? {
        out.push(places);
    }
    if flag(cx, &["return_counts"])? {
        out.push(counts);
    }
    Ok(if let [only] = out.as_slice() { Val::T(only.clone()) } else { Val::tuple(out) })
}

fn isin(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    if !cx.eager() && !cx.symbolic() {
        // `if tf.size(x1) == 0` asks a traced tensor.
        return Err(Violation::symbolic_bool().raised());
    }
    if cx.symbolic() {
        return Ok(Val::T(Tensor::new(x.shape, DType::Bool)));
    }
    let (mut both, _) = keras::cast_all(cx, &[&Val::T(x.clone()), cx.known(OF)?], false)?;
    let (Some(of), Some(all)) = (both.pop(), both.pop()) else { return Err(Stop::Unknown("an operand")) };
    let flat = |t: Tensor| reshape(cx, t, Val::ints(&[-1]));
    let (rows, columns) =
        (expand_dims(cx, flat(all)?, Val::from(1))?, expand_dims(cx, flat(of)?, Val::from(0))?);
    let found = reduce(cx, "Any", binary(cx, "Equal", rows, columns)?, &Axes::ints(&[1]), false)?;
    let found = match cx.get(Param::<bool>::named(&["invert"]))? {
        true => unary(cx, "LogicalNot", found)?,
        false => found,
    };
    reshape(cx, found, shape_of(&x, DType::Int32)).map(Val::T)
}

const OF: Param<Arg> = Param::at(1, &["x2"]);
const CLASSES: Param<Arg> = Param::at(1, &["num_classes"]);

fn multi_hot(cx: &Cx<'_>) -> Infer<Val> {
    if cx.get(Param::<bool>::named(&["sparse"]))? {
        return Err(Stop::Unknown("a sparse tensor"));
    }
    if !cx.known(CLASSES)?.is_none() {
        has_attribute(cx, cx.known(X)?, "shape", "x")?;
    }
    let (x, classes) = (cx.tensor(X)?, cx.known(CLASSES)?);
    if classes.is_none() {
        let text = "Argument `num_classes` must be specified.";
        let problem = "is not given".to_owned();
        return cx.value_error(text, Mistake::Argument { param: "num_classes", problem });
    }
    let axis = match cx.known(crate::params::AXIS)? {
        Val::Py(Arg::Missing) => -1,
        other => cx.int(other)?,
    };
    let Some(dims) = x.shape.dims() else { return Err(Stop::Unknown("a tensor of unknown rank")) };
    if cx.symbolic() {
        let count = Dim::Known(cx.int(classes)?);
        let mut out = dims.to_vec();
        match usize::try_from(axis) {
            _ if axis == -1 => out.push(count),
            Ok(at) if at < dims.len() => out.insert(at, count),
            _ => {
                let text = format!("axis must be -1 or between [0, {}), but received {axis}.", dims.len());
                return cx.value_error(text, Mistake::AxisOutOfRange { axis, rank: dims.len() });
            }
        }
        if out.len() < 2 {
            return Err(Stop::Unknown("a scalar"));
        }
        out.remove(if out.len() == 2 { 0 } else { 1 });
        return Ok(Val::T(keras::spec(Shape::new(out), x.dtype, &[])));
    }
    let dtype = cx.get(crate::params::DTYPE)?.unwrap_or(DType::Float32);
    let indices = keras::tensor(cx, &Val::T(x.clone()), Some(DType::Int64))?;
    let value = |n: i64| {
        let val = if dtype == DType::Bool { Val::from(n == 1) } else { Val::from(n) };
        cx.convert(&val, Some(dtype)).map(Val::T)
    };
    let hot = one_hot(cx, Val::T(indices), classes.clone(), value(1)?, value(0)?, axis)?;
    let kernel = if dtype == DType::Bool { "Any" } else { "Max" };
    let along = i64::from(dims.len() > 1);
    reduce(cx, kernel, hot, &Axes::ints(&[along]), false).map(Val::T)
}

const BINS: Param<Arg> = Param::at(1, &["bins"]);

const RANGE: Param<Arg> = Param::at(2, &["range"]);

/// The checks of the range.
fn check_range(cx: &Cx<'_>) -> Infer<()> {
    let given = cx.known(RANGE)?;
    let pair = match given {
        Val::Tuple(items) | Val::List(items) if items.is_empty() => return Ok(()),
        Val::Tuple(items) => Some(items.as_slice()).filter(|items| items.len() >= 2),
        Val::List(_) => None,
        _ => return Ok(()),
    };
    let refuse = |text: &str, problem: &str| {
        let text = format!("{text} Received: range={}", crate::spec::text_of(given));
        cx.value_error(text, Mistake::Argument { param: "range", problem: problem.to_owned() })
    };
    let Some([low, high, ..]) = pair else {
        return refuse("Argument `range` must be a tuple of two elements.", "is no tuple of two");
    };
    if low.number().zip(high.number()).is_some_and(|(low, high)| high < low) {
        let text = "The second element of `range` must be greater than the first.";
        return refuse(text, "ends before it begins");
    }
    Ok(())
}

fn histogram(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    let bins = match cx.known(BINS)? {
        Val::Py(Arg::Missing) => 10,
        other => cx.int(other)?,
    };
    if bins < 0 {
        let text = format!("Argument `bins` should be a non-negative integer. Received: bins={bins}");
        return cx.value_error(text, Mistake::Argument { param: "bins", problem: "is negative".to_owned() });
    }
    if let (Some(got @ 2..), false) = (x.rank(), cx.symbolic()) {
        let text = format!("Input tensor must be 1-dimensional. Received: input.shape={}", x.shape.tuple());
        return cx.value_error(text, Mistake::RankMismatch { param: "x", expected: "1".to_owned(), got });
    }
    if x.rank() == Some(0) && !cx.symbolic() {
        let mistake = Mistake::RankMismatch { param: "x", expected: "1".to_owned(), got: 0 };
        return cx.value_error("mask cannot be scalar.", mistake);
    }
    check_range(cx)?;
    if bins == 0 || x.dtype.is_none_or(|d| !d.is_floating() && !d.is_integer()) {
        return Err(Stop::Unknown("a histogram of another dtype, or of no bins"));
    }
    let out = |n: i64| Tensor::new(Shape::known(&[n]), x.dtype);
    if !cx.eager() || x.rank() != Some(1) || x.shape.all_known().is_none() {
        return Ok(Val::tuple([out(bins), out(bins + 1)]));
    }
    counted(cx, &x, bins).map(Val::tuple)
}

/// How many of the values within a range lie between neighbouring edges, and the edges.
fn counted(cx: &Cx<'_>, x: &Tensor, bins: i64) -> Infer<[Tensor; 2]> {
    let (low, high) = match cx.known(Param::<Arg>::named(&["range"]))? {
        v if v.is_none() => {
            let all = |kernel| reduce(cx, kernel, x, &Axes::All, false);
            (all("Min")?, all("Max")?)
        }
        given => match given.items() {
            Some([low, high]) => (cx.convert_like(low, x)?, cx.convert_like(high, x)?),
            _ => return Err(Stop::Unknown("a range that is not known")),
        },
    };
    let (above, below) = (binary(cx, "GreaterEqual", x, &low)?, binary(cx, "LessEqual", x, &high)?);
    let inside = gather_nd(cx, x, where_(cx, binary(cx, "LogicalAnd", above, below)?)?)?;
    let wide = if x.dtype.is_some_and(DType::is_floating) { x.dtype } else { Some(DType::Float64) };
    let (low, high) = (cast(cx, low, wide)?, cast(cx, high, wide)?);
    let edges = linspace::between(cx, &low, &high, &Shape::scalar(), 0, bins + 1)?;
    let edges = cast(cx, edges, x.dtype)?;
    let row = |t: Tensor| expand_dims(cx, t, Val::from(0));
    let inner = slice(cx, &edges, Val::ints(&[1]), Val::ints(&[bins - 1]))?;
    let node = cx.node("UpperBound", [Val::T(row(inner)?), Val::T(row(inside.clone())?)])?;
    let places = squeeze(cx, node.out(node.x(1).shape.clone()), &[0])?;
    let ones = cast(cx, unary(cx, "OnesLike", &places)?, x.dtype)?;
    let places = expand_dims(cx, places, Val::from(-1))?;
    let counts = scatter_nd(cx, Val::T(places), Val::T(ones), Val::ints(&[bins]))?;
    Ok([counts, edges])
}

const KTH: Param<Arg> = Param::at(1, &["kth"]);

fn argpartition(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    let kth = cx.known(KTH)?;
    if cx.symbolic() && matches!(kth, Val::List(_) | Val::Tuple(_) | Val::Py(Arg::Float(_) | Arg::None)) {
        let text = format!("kth must be an integer. Received:kth = {}", crate::spec::text_of(kth));
        return cx.value_error(text, Mistake::Argument { param: "kth", problem: "is no int".to_owned() });
    }
    let axis = cx.known(crate::params::AXIS)?;
    let flat = matches!(axis, Val::Py(Arg::None));
    if let (false, false, Some(rank)) = (cx.symbolic(), flat, x.rank()) {
        let axis = if matches!(axis, Val::Py(Arg::Missing)) { -1 } else { cx.int(axis)? };
        keras::canonicalize_axis(cx, axis, rank)?;
    }
    let shape = if flat { Shape::new([x.shape.size()]) } else { x.shape.clone() };
    if let (true, Some([size])) = (cx.eager(), shape.all_known().as_deref()) {
        return parted(cx, &x, *size).map(|out| Val::T(out.with_shape(shape)));
    }
    if cx.eager() {
        // Above a vector the places are mixed up among the rows, or refused.
        return Err(Stop::Unknown("a partition of more than a vector"));
    }
    Ok(Val::T(keras::spec(shape, DType::Int32, &[])))
}

/// The places of the least elements of a vector, then those of the largest of the others, which the framework finds
/// by putting zeros where the least ones were.
fn parted(cx: &Cx<'_>, x: &Tensor, size: i64) -> Infer<Tensor> {
    let kth = cx.int(cx.known(KTH)?)?.min(size - 1).max(0);
    let x = reshape(cx, cast(cx, x, Some(DType::Int32))?, Val::ints(&[-1]))?;
    let (_, least) = top_k(cx, unary(cx, "Neg", &x)?, Val::from(kth + 1), DType::Int32)?;
    let hot = one_hot(cx, Val::T(least.clone()), Val::from(size), Val::from(1), Val::from(0), -1)?;
    let mask = reduce(cx, "Sum", hot, &Axes::ints(&[0]), false)?;
    let zeros = unary(cx, "ZerosLike", &x)?;
    let taken = binary(cx, "NotEqual", mask, &zeros)?;
    let rest = select(cx, Val::T(taken), Val::T(zeros), Val::T(x))?;
    let (_, most) = top_k(cx, rest, Val::from(size - kth - 1), DType::Int32)?;
    join::concat(cx, Val::list([least, most]), Val::from(0))
}

fn unravel_index(cx: &Cx<'_>) -> Infer<Val> {
    let (x, sizes) = (cx.tensor(X)?, cx.known(Y)?);
    let Some(items) = sizes.items() else { return Err(Stop::Unknown("a shape that is not known")) };
    if items.iter().any(Val::is_none) {
        let text = format!("`shape` argument cannot contain `None`. Received: shape={}", repr(sizes));
        return cx.value_error(text, Mistake::NoneValue);
    }
    if !cx.symbolic() && x.rank() != Some(1) {
        // The coordinates are reshaped to `indices.shape`, which must be known for that.
        static_sizes(cx, &x.shape)?;
    }
    if !cx.symbolic() && x.dtype.is_some_and(DType::is_integer) {
        return coordinates(cx, x, items).map(Val::tuple);
    }
    let out = Tensor::new(x.shape.clone(), x.dtype);
    let parts = vec![out; items.len()];
    Ok(if cx.symbolic() { Val::list(parts) } else { Val::tuple(parts) })
}

/// The coordinates of places; those of a vector are counted from the last size, all others from the first.
fn coordinates(cx: &Cx<'_>, x: Tensor, sizes: &[Val]) -> Infer<Vec<Tensor>> {
    let (shape, vector) = (x.shape.clone(), x.rank() == Some(1));
    let mut order: Vec<&Val> = sizes.iter().collect();
    if vector {
        order.reverse();
    }
    let mut places = x;
    let mut out = Vec::with_capacity(order.len());
    for size in order {
        let size = cx.convert_like(size, &places)?;
        out.push(binary(cx, "FloorMod", &places, &size)?.with_shape(shape.clone()));
        places = binary(cx, "FloorDiv", places, size)?;
    }
    out.reverse();
    Ok(out)
}

const MODE: Param<Arg> = Param::named(&["mode"]);

/// The dtype that a correlation computes in.
fn wide(dtype: DType) -> DType {
    match dtype {
        DType::Int64 => DType::Float64,
        DType::BFloat16 | DType::Float16 | DType::Float64 => dtype,
        _ => DType::Float32,
    }
}

fn correlate(cx: &Cx<'_>) -> Infer<Val> {
    let mode = match cx.known(MODE)? {
        Val::Py(Arg::Missing) => "valid".to_owned(),
        Val::Py(Arg::Str(s)) => s.to_string(),
        _ => return Err(Stop::Unknown("a mode that is not known")),
    };
    if cx.symbolic() {
        return Err(Stop::Unknown("a symbolic correlation"));
    }
    let (a, b) = (cx.tensor(X)?, cx.tensor(Y)?);
    let dtypes: Vec<Promoted> =
        [&a, &b].into_iter().map(|t| keras::promoted(&Val::from(t))).collect::<Infer<_>>()?;
    let dtype = wide(keras::common_dtype(cx, &dtypes)?);
    let (mut a, b) = (cast(cx, a, Some(dtype))?, cast(cx, b, Some(dtype))?);
    for t in [&a, &b] {
        if t.rank() == Some(0) {
            let mistake = Mistake::RankMismatch { param: "x1", expected: "1".to_owned(), got: 0 };
            return cx.raise(Exc::IndexError, "tuple index out of range", mistake);
        }
    }
    let first = |t: &Tensor| -> Infer<Val> {
        match crate::defs::shape::keras_shape(cx, t)?.first() {
            Some(size) => Ok(size.clone()),
            None => Err(Stop::Unknown("a tensor of unknown rank")),
        }
    };
    let sizes = (a.shape.dim(0).unwrap_or(Dim::Unknown), b.shape.dim(0).unwrap_or(Dim::Unknown));
    if !matches!(&*mode, "valid" | "full" | "same") {
        let text = format!("Invalid mode: '{mode}'. Mode must be one of: 'full', 'same', 'valid'.");
        return cx.value_error(text.clone(), Mistake::Argument { param: "mode", problem: text });
    }
    if mode != "valid" {
        let (Dim::Known(m), Some(1)) = (sizes.1, a.rank()) else {
            return Err(Stop::Unknown("a correlation of unknown size"));
        };
        let more = (m - 1).max(0);
        a = pad(cx, "Pad", a, Val::List(vec![Val::ints(&[more, more])]), None)?;
    }
    let one = || Val::from(1);
    let left = reshape(cx, &a, Val::Tuple(vec![one(), first(&a)?, one()]))?;
    let right = reshape(cx, &b, Val::Tuple(vec![first(&b)?, one(), one()]))?;
    let how = conv::How {
        strides: one(),
        padding: conv::text_val("VALID"),
        format: None,
        dilations: Val::Py(Arg::None),
    };
    let out = conv::one(cx, &Val::T(left), &Val::T(right), &how)?;
    let mut out = squeeze(cx, out, &[0, 2])?;
    if mode == "same" {
        let size = sizes.0.map2(sizes.1, |n, m| Some(n.max(m)));
        if let (true, Dim::Known(whole), Dim::Known(n), Dim::Known(m)) = (cx.eager(), size, sizes.0, sizes.1)
        {
            // The middle of the full correlation.
            let start = (n + m - 1 - whole) / 2;
            return slice(cx, out, Val::ints(&[start]), Val::ints(&[whole])).map(Val::T);
        }
        out = Tensor { shape: Shape::new([size]), ..out.like() };
    }
    Ok(Val::T(out))
}
