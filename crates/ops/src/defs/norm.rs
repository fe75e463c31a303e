//! Norms.

use tensor::Shape;

use super::rule;
use crate::kernels::layout::transpose;
use crate::kernels::linalg::singular;
use crate::kernels::pointwise::{binary, cast, unary};
use crate::kernels::reduce::{Axes, reduce};
use crate::kernels::shape::{expand_dims, squeeze};
use crate::params::{AXIS, KEEPDIMS, X};
use crate::spec::{Cx, Tensor, Val, keras, repr, run};
use crate::{Arg, Infer, Mistake, Op, Param, Stop, Surface};

pub(super) static OPS: &[Op] = &[
    rule(
        "norm",
        &["tf.norm", "keras.ops.norm"],
        |c| run(c, norm),
        "tensorflow/python/ops/linalg_ops.py: norm_v2",
    ),
    rule("normalize", &["keras.ops.normalize"], |c| run(c, normalize), "keras/src/ops/nn.py: _normalize"),
    rule(
        "clip_by_norm",
        &["tf.clip_by_norm"],
        |c| run(c, clip_by_norm),
        "tensorflow/python/ops/clip_ops.py: clip_by_norm",
    ),
    rule("l2_loss", &["tf.nn.l2_loss"], |c| run(c, l2_loss), "tensorflow/core/ops/nn_ops.cc: L2Loss"),
];

const ORD: Param<Arg> = Param::at(1, &["ord"]);

fn norm(cx: &Cx<'_>) -> Infer<Val> {
    let (ord, axis, keepdims) = (cx.known(ORD)?, cx.known(AXIS)?, cx.get(KEEPDIMS)?);
    let x = cx.tensor(X)?;
    if cx.surface() != Surface::KerasOps {
        return tf_norm(cx, &x, ord, axis, keepdims).map(Val::T);
    }
    let Some(rank) = x.rank() else { return Err(Stop::Unknown("a tensor of unknown rank")) };
    let axes = if axis.is_none() { (0..rank as i64).collect() } else { cx.ints(axis)? };
    if cx.symbolic() {
        check_order(cx, ord, axes.len())?;
        let given = if axis.is_none() { None } else { Some(axes.as_slice()) };
        let shape = keras::reduce_shape(cx, &x.shape, given, keepdims)?;
        return Ok(Val::T(keras::spec(shape, x.dtype.map(keras::floated), &[&x])));
    }
    if let Some(axis) = axes.iter().find(|a| !(-(rank as i64)..rank as i64).contains(*a)) {
        let shown = repr(&Val::Tuple(axes.iter().map(|a| Val::from(*a)).collect()));
        let text = format!(
            "All `axis` values must be in the range [-ndim, ndim). Received inputs with ndim={rank}, while axis={shown}"
        );
        return cx.value_error(text, Mistake::AxisOutOfRange { axis: *axis, rank });
    }
    if !(1..=2).contains(&axes.len()) {
        let shown = repr(&Val::Tuple(axes.iter().map(|a| Val::from(*a)).collect()));
        let text = format!("Invalid axis values. Received: axis={shown}");
        return cx.value_error(text.clone(), Mistake::Argument { param: "axis", problem: text });
    }
    check_order(cx, ord, axes.len())?;
    let dtype = x.dtype.map(keras::floated);
    let x = cast(cx, x, dtype)?;
    let along = Axes::ints(&axes);
    if ord.is_none() {
        let squared = binary(cx, "Mul", &x, &x)?;
        return unary(cx, "Sqrt", reduce(cx, "Sum", squared, &along, keepdims)?).map(Val::T);
    }
    let order = order_of(ord);
    let turned = |a: i64| if a < 0 { a + rank as i64 } else { a };
    match (&axes[..], order) {
        ([first, second], _) => of_matrices(cx, &x, ord, [turned(*first), turned(*second)], keepdims),
        (_, Some(order)) => of_vectors(cx, &x, order, &along, keepdims),
        (_, None) => Err(Stop::Unknown("an order that is not known")),
    }
    .map(Val::T)
}

/// An order that is a number.
fn order_of(ord: &Val) -> Option<f64> {
    match ord {
        Val::Py(Arg::Int(n)) => Some(*n as f64),
        Val::Py(Arg::Float(x)) => Some(*x),
        _ => None,
    }
}

/// Norms of vectors in `keras/src/backend/tensorflow/linalg.py: norm`.
fn of_vectors(cx: &Cx<'_>, x: &Tensor, order: f64, along: &Axes, keepdims: bool) -> Infer<Tensor> {
    if order == 2.0 {
        return unary(cx, "Sqrt", reduce(cx, "Sum", binary(cx, "Mul", x, x)?, along, keepdims)?);
    }
    if order == 0.0 {
        // How many are not zero: a comparison has no slope.
        let zero = cx.convert_like(&Val::from(0), x)?;
        let counted = cast(cx, binary(cx, "NotEqual", x, zero)?, x.dtype)?;
        return reduce(cx, "Sum", counted, along, keepdims);
    }
    let absolute = unary(cx, "Abs", x)?;
    if order.is_infinite() {
        return reduce(cx, if order > 0.0 { "Max" } else { "Min" }, absolute, along, keepdims);
    }
    let order = cx.convert_like(&Val::from(order), x)?;
    let sum = reduce(cx, "Sum", binary(cx, "Pow", absolute, &order)?, along, keepdims)?;
    let one = cx.convert_like(&Val::from(1.0), x)?;
    binary(cx, "Pow", sum, binary(cx, "RealDiv", one, order)?)
}

/// Norms of matrices there.
fn of_matrices(cx: &Cx<'_>, x: &Tensor, ord: &Val, [row, column]: [i64; 2], keepdims: bool) -> Infer<Tensor> {
    let lines = |over: i64, then: i64, kernel: &str| {
        let then = if !keepdims && then > over { then - 1 } else { then };
        let sums = reduce(cx, "Sum", unary(cx, "Abs", x)?, &Axes::ints(&[over]), keepdims)?;
        reduce(cx, kernel, sums, &Axes::ints(&[then]), keepdims)
    };
    match order_of(ord) {
        Some(1.0) => lines(row, column, "Max"),
        Some(-1.0) => lines(row, column, "Min"),
        Some(f64::INFINITY) => lines(column, row, "Max"),
        Some(f64::NEG_INFINITY) => lines(column, row, "Min"),
        // `"nuc"` is the sum of the singular values.
        Some(2.0) => by_singular(cx, x, [row, column], keepdims, "Max"),
        Some(-2.0) => by_singular(cx, x, [row, column], keepdims, "Min"),
        Some(_) => Err(Stop::Unknown("a matrix norm of this order")),
        None if matches!(ord, Val::Py(Arg::Str(s)) if &**s == "nuc") => {
            by_singular(cx, x, [row, column], keepdims, "Sum")
        }
        None => unary(
            cx,
            "Sqrt",
            reduce(cx, "Sum", binary(cx, "Mul", x, x)?, &Axes::ints(&[row, column]), keepdims)?,
        ),
    }
}

/// What a reduction makes of the singular values of the matrices along two axes.
fn by_singular(cx: &Cx<'_>, x: &Tensor, axes: [i64; 2], keepdims: bool, kernel: &str) -> Infer<Tensor> {
    let rank = x.rank().unwrap_or(0) as i64;
    let perm: Vec<i64> = (0..rank).filter(|a| !axes.contains(a)).chain(axes).collect();
    let in_order = perm.iter().enumerate().all(|(at, axis)| at as i64 == *axis);
    let turned = if in_order { x.clone() } else { transpose(cx, x, Val::ints(&perm))? };
    let [values, ..] = singular(cx, &turned)?;
    let mut out = reduce(cx, kernel, values, &Axes::ints(&[-1]), false)?;
    if keepdims {
        let [first, second] = if axes[0] < axes[1] { axes } else { [axes[1], axes[0]] };
        out = expand_dims(cx, expand_dims(cx, out, first)?, second)?;
    }
    Ok(out)
}

/// Refuses an order that there is not for so many axes.
fn check_order(cx: &Cx<'_>, ord: &Val, axes: usize) -> Infer<()> {
    let number = match ord {
        Val::Py(Arg::Int(n)) => Some(*n as f64),
        Val::Py(Arg::Float(x)) => Some(*x),
        _ => None,
    };
    let what = match (axes, ord, number) {
        (1, Val::Py(Arg::Str(_)), _) => "vector",
        (2, Val::Py(Arg::Str(s)), _) if !matches!(&**s, "fro" | "nuc") => "matrix",
        (2, _, Some(n)) if !n.is_infinite() && ![1.0, -1.0, 2.0, -2.0].contains(&n) => "matrix",
        _ => return Ok(()),
    };
    let shown = if let Val::Py(Arg::Str(s)) = ord { s.to_string() } else { repr(ord) };
    let text = format!("Invalid `ord` argument for {what} norm. Received: ord={shown}");
    cx.value_error(text.clone(), Mistake::Argument { param: "ord", problem: text })
}

/// `tf.norm`.
pub(super) fn tf_norm(cx: &Cx<'_>, x: &Tensor, ord: &Val, axis: &Val, keepdims: bool) -> Infer<Tensor> {
    let matrix = axis.items().is_some_and(|i| i.len() == 2);
    let refuse_axis = || {
        let text =
            format!("'axis' must be None, an integer, or a tuple of 2 unique integers, got {}", repr(axis));
        cx.value_error(text.clone(), Mistake::Argument { param: "axis", problem: text })
    };
    let axes = match axis {
        v if v.is_none() => None,
        Val::Py(Arg::Int(n)) => Some(vec![*n]),
        v if matrix => {
            let axes = cx.ints(v)?;
            if axes[0] == axes[1] {
                return refuse_axis();
            }
            Some(axes)
        }
        Val::List(_) | Val::Tuple(_) | Val::Py(Arg::Float(_) | Arg::Str(_)) => return refuse_axis(),
        _ => return Err(Stop::Unknown("an axis that is not known")),
    };
    let other = matrix && order_of(ord).is_some_and(|n| ![1.0, 2.0, f64::INFINITY].contains(&n));
    let euclidean = match ord {
        Val::Py(Arg::Int(_) | Arg::Float(_)) if other => return refuse_order(cx, ord, matrix),
        Val::Py(Arg::Str(s)) if &**s == "euclidean" || (&**s == "fro" && matrix) => true,
        Val::Py(Arg::Int(2)) if !matrix => true,
        Val::Py(Arg::Float(f)) if *f == 2.0 && !matrix => true,
        Val::Py(Arg::Int(n)) if *n > 0 => false,
        Val::Py(Arg::Float(f)) if *f > 0.0 => false,
        v if v.is_none() => true,
        Val::Py(Arg::Int(_) | Arg::Float(_) | Arg::Str(_)) => return refuse_order(cx, ord, matrix),
        _ => return Err(Stop::Unknown("an order that is not known")),
    };
    let over = axes.as_ref().map_or(Axes::All, |a| Axes::ints(a));
    let result = if euclidean {
        let squared = binary(cx, "Mul", x, x)?;
        unary(cx, "Sqrt", reduce(cx, "Sum", squared, &over, true)?)?
    } else if let (true, Some([first, second])) = (matrix, axes.as_deref()) {
        let lines = |over: i64, then: i64| {
            let sums = reduce(cx, "Sum", unary(cx, "Abs", x)?, &Axes::ints(&[over]), true)?;
            reduce(cx, "Max", sums, &Axes::ints(&[then]), true)
        };
        match order_of(ord) {
            Some(1.0) => lines(*first, *second)?,
            Some(2.0) => spectral(cx, x, [*first, *second])?,
            _ => lines(*second, *first)?,
        }
    } else {
        let absolute = unary(cx, "Abs", x)?;
        match ord {
            Val::Py(Arg::Int(1)) => reduce(cx, "Sum", absolute, &single(&axes), true)?,
            Val::Py(Arg::Float(f)) if *f == 1.0 => reduce(cx, "Sum", absolute, &single(&axes), true)?,
            Val::Py(Arg::Float(f)) if f.is_infinite() => reduce(cx, "Max", absolute, &over, true)?,
            _ => {
                let powered = binary(cx, "Pow", absolute, ord)?;
                let sum = reduce(cx, "Sum", powered, &over, true)?;
                let order = match ord {
                    Val::Py(Arg::Int(n)) => *n as f64,
                    Val::Py(Arg::Float(f)) => *f,
                    _ => 1.0,
                };
                binary(cx, "Pow", sum, Val::from(1.0 / order))?
            }
        }
    };
    if keepdims {
        return Ok(result);
    }
    squeeze(cx, result, &axes.unwrap_or_default())
}

fn refuse_order<R>(cx: &Cx<'_>, ord: &Val, matrix: bool) -> Infer<R> {
    let what = if matrix { "matrix norm in ['euclidean', 'fro', 1, 2, inf]" } else { "vector norm" };
    let shown = if let Val::Py(Arg::Str(s)) = ord { s.to_string() } else { repr(ord) };
    let text = format!("'ord' must be a supported {what}, got {shown}.");
    cx.value_error(text.clone(), Mistake::Argument { param: "ord", problem: text })
}

/// The largest singular value of each matrix. The axes are moved by loops over tensors, so that tracing knows
/// no size of the result, not even those of the axes that stay.
fn spectral(cx: &Cx<'_>, x: &Tensor, axes: [i64; 2]) -> Infer<Tensor> {
    let Some(rank) = x.rank().map(|rank| rank as i64) else {
        return Err(Stop::Unknown("a tensor of unknown rank"));
    };
    let [first, second] = axes.map(|a| if a < 0 { a + rank } else { a });
    if !matches!(x.dtype, Some(tensor::DType::Float32 | tensor::DType::Float64))
        || [first, second].iter().any(|a| !(0..rank).contains(a))
        || first == second
    {
        return Err(Stop::Unknown("a matrix norm of this dtype, or along axes that are not there"));
    }
    if !cx.eager() {
        let open = (0..rank).map(|_| tensor::Dim::Unknown).collect();
        return Ok(x.clone().like().with_shape(open));
    }
    by_singular(cx, x, [first, second], true, "Max")
}

/// The axis itself instead of a list of one, as `ord=1` reduces.
fn single(axes: &Option<Vec<i64>>) -> Axes {
    match axes.as_deref() {
        Some([axis]) => Axes::Some(Val::from(*axis)),
        _ => Axes::All,
    }
}

fn normalize(cx: &Cx<'_>) -> Infer<Val> {
    let x = keras::tensor(cx, cx.known(X)?, None)?;
    let axis = cx.known(AXIS)?;
    if cx.symbolic() {
        let axes = match axis {
            Val::Py(Arg::Missing) => vec![-1],
            axis if axis.is_none() => Vec::new(),
            axis => cx.ints(axis)?,
        };
        if let Some(rank) = x.rank() {
            axes.iter().try_for_each(|axis| keras::canonicalize_axis(cx, *axis, rank).map(|_| ()))?;
        }
        // `KerasTensor(shape=x.shape)`
        return Ok(Val::T(keras::spec(x.shape.clone(), tensor::DType::Float32, &[&x])));
    }
    let x = if x.rank() == Some(0) { expand_dims(cx, x, 0)? } else { x };
    let axes = match axis {
        Val::Py(Arg::Missing) => Axes::ints(&[-1]),
        // `normalize(x, axis=None)`: the norm of all elements.
        axis => Axes::of(axis),
    };
    let order = cx.known(Param::<Arg>::named(&["order"]))?;
    if !cx.symbolic() && matches!(order, Val::Py(Arg::Int(..=0) | Arg::Float(_) | Arg::Str(_) | Arg::None)) {
        let text =
            format!("Argument `order` must be an int >= 1. Received: order={}", crate::spec::text_of(order));
        let problem = "is no int above zero".to_owned();
        return cx.value_error(text, Mistake::Argument { param: "order", problem });
    }
    if !matches!(order, Val::Py(Arg::Int(2) | Arg::Missing)) {
        reduce(cx, "Sum", &x, &axes, true)?;
        return Ok(Val::T(x.like()));
    }
    let sum = reduce(cx, "Sum", unary(cx, "Square", &x)?, &axes, true)?;
    let inverse = unary(cx, "Rsqrt", sum)?;
    // `minimum(inverse, 1 / epsilon)`: what is all zeros stays so.
    let most = cx.convert_like(&Val::Py(Arg::Float(1e7)), &inverse)?;
    let inverse = binary(cx, "Minimum", inverse, most)?;
    binary(cx, "Mul", x, inverse).map(Val::T)
}

const CLIP_NORM: Param<Arg> = Param::at(1, &["clip_norm"]);

fn clip_by_norm(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    let axes = Axes::of(cx.known(Param::<Arg>::named(&["axes"]))?);
    clipped(cx, &x, cx.known(CLIP_NORM)?, &axes).map(Val::T)
}

/// What is scaled down where its norm along axes is above a limit.
pub(super) fn clipped(cx: &Cx<'_>, x: &Tensor, limit: &Val, axes: &Axes) -> Infer<Tensor> {
    let sum = reduce(cx, "Sum", binary(cx, "Mul", x, x)?, axes, true)?;
    let root = unary(cx, "Sqrt", sum)?;
    let scaled = binary(cx, "Mul", x, limit)?;
    super::make::same_shape(cx, &x.shape, &scaled.shape)?;
    let out = binary(cx, "RealDiv", scaled, binary(cx, "Maximum", root, limit)?)?;
    Ok(out.with_shape(x.shape.clone()))
}

fn l2_loss(cx: &Cx<'_>) -> Infer<Val> {
    let node = cx.node("L2Loss", [cx.known(X)?.clone()])?;
    Ok(Val::T(node.out(Shape::scalar())))
}
