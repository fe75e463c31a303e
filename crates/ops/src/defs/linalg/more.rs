//! Least squares, pseudo-inverses, LU factors, ranks and tridiagonal systems.

use tensor::{DType, Dim, Shape};

use crate::defs::rule;
use crate::kernels::linalg::{Sides, batch_mat_mul, mat_mul, singular, solve, square};
use crate::kernels::pointwise::{binary, cast};
use crate::kernels::reduce::{Axes, reduce};
use crate::kernels::shape::{expand_dims, reshape};
use crate::params::{X, Y};
use crate::spec::{Cx, Tensor, Val, keras, merge, run};
use crate::{Arg, Exc, Infer, Mistake, Op, Param, Stop, Surface, TensorKind};

const SOURCE: &str = "tensorflow/python/ops/linalg/linalg_impl.py";

pub(in crate::defs) static OPS: &[Op] = &[
    rule("pinv", &["tf.linalg.pinv", "keras.ops.pinv", "keras.ops.linalg.pinv"], |c| run(c, pinv), SOURCE),
    rule("matrix_rank", &["tf.linalg.matrix_rank", "keras.ops.linalg.matrix_rank"], |c| run(c, rank), SOURCE),
    rule("lstsq", &["tf.linalg.lstsq"], |c| run(c, lstsq), SOURCE),
    rule("keras_lstsq", &["keras.ops.linalg.lstsq"], |c| run(c, keras_lstsq), SOURCE),
    rule("lu", &["tf.linalg.lu", "keras.ops.linalg.lu_factor"], |c| run(c, lu), SOURCE),
    rule("cholesky_solve", &["tf.linalg.cholesky_solve"], |c| run(c, cholesky_solve), SOURCE),
    rule("cholesky_inverse", &["keras.ops.linalg.cholesky_inverse"], |c| run(c, cholesky_inverse), SOURCE),
    rule("eig", &["tf.linalg.eig", "keras.ops.linalg.eig"], |c| run(c, |cx| eig(cx, true)), SOURCE),
    rule("eigvals", &["tf.linalg.eigvals"], |c| run(c, |cx| eig(cx, false)), SOURCE),
    rule("linalg_normalize", &["tf.linalg.normalize"], |c| run(c, normalize), SOURCE),
    rule("clip_by_global_norm", &["tf.clip_by_global_norm"], |c| run(c, clip_by_global_norm), SOURCE),
];

/// The dims before the matrices, the rows and the columns.
fn parts(x: &Tensor) -> Infer<(Vec<Dim>, Dim, Dim)> {
    match x.shape.dims() {
        Some([outer @ .., rows, columns]) => Ok((outer.to_vec(), *rows, *columns)),
        _ => Err(Stop::Unknown("no matrices, or of unknown rank")),
    }
}

fn with(outer: &[Dim], inner: &[Dim]) -> Shape {
    outer.iter().chain(inner).copied().collect()
}

fn floating(x: &Tensor) -> Infer<()> {
    match x.dtype {
        Some(DType::Float32 | DType::Float64) => Ok(()),
        _ => Err(Stop::Unknown("matrices of another dtype")),
    }
}

/// Refuses what has no matrices: `pinv` and `matrix_rank`.
fn of_matrices(cx: &Cx<'_>, x: &Tensor) -> Infer<()> {
    if cx.symbolic() {
        return super::square::two_d(cx, x);
    }
    let Some(got) = x.rank().filter(|rank| *rank < 2) else { return Ok(()) };
    let text = format!("Input `a` must have at least 2 dimensions (saw: {got}).");
    cx.value_error(text, Mistake::RankMismatch { param: "a", expected: "at least 2".to_owned(), got })
}

fn pinv(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    of_matrices(cx, &x)?;
    floating(&x)?;
    let (outer, rows, columns) = parts(&x)?;
    let shape = with(&outer, &[columns, rows]);
    if cx.symbolic() || !cx.known(RCOND)?.is_none() || x.shape.all_known().is_none() {
        return Ok(Val::T(Tensor { shape, ..x.like() }));
    }
    let [s, u, v] = singular(cx, &x)?;
    let kept = binary(cx, "Greater", &s, cutoff(cx, &x, &s, 10.0)?)?;
    let endless = cx.convert(&Val::from(f64::INFINITY), x.dtype)?;
    let s = crate::kernels::index::select(cx, Val::T(kept), Val::T(s), Val::T(endless))?;
    let scaled = binary(cx, "RealDiv", v, crate::kernels::shape::expand_dims(cx, s, Val::from(-2))?)?;
    batch_mat_mul(cx, Val::T(scaled), Val::T(u), false, true).map(|t| Val::T(t.with_shape(shape)))
}

const RCOND: Param<Arg> = Param::named(&["rcond"]);

/// Below which singular values count as zero: `factor * max(m, n) * eps` of the largest.
fn cutoff(cx: &Cx<'_>, x: &Tensor, s: &Tensor, factor: f64) -> Infer<Tensor> {
    let (_, rows, columns) = parts(x)?;
    let largest = reduce(cx, "Max", s, &Axes::ints(&[-1]), true)?;
    let size = rows.known().unwrap_or(0).max(columns.known().unwrap_or(0)) as f64;
    let eps = if x.dtype == Some(DType::Float64) { f64::EPSILON } else { f64::from(f32::EPSILON) };
    let scale = cx.convert(&Val::from(factor * size * eps), x.dtype)?;
    binary(cx, "Mul", largest, scale)
}

fn rank(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    of_matrices(cx, &x)?;
    floating(&x)?;
    let (outer, _, _) = parts(&x)?;
    if cx.symbolic() || !cx.known(TOLERANCE)?.is_none() || x.shape.all_known().is_none() {
        return Ok(Val::T(Tensor::new(Shape::new(outer), DType::Int32)));
    }
    let [s, ..] = singular(cx, &x)?;
    let counts = cast(cx, binary(cx, "Greater", &s, cutoff(cx, &x, &s, 1.0)?)?, Some(DType::Int32))?;
    reduce(cx, "Sum", counts, &Axes::ints(&[-1]), false).map(Val::T)
}

const TOLERANCE: Param<Arg> = Param::named(&["tol"]);

/// `MatrixSolveLs`.
fn lstsq(cx: &Cx<'_>) -> Infer<Val> {
    const KERNEL: &str = "MatrixSolveLs";
    let weight = match cx.known(Param::<Arg>::named(&["l2_regularizer"]))? {
        v if v.is_none() => Val::from(0.0),
        given => given.clone(),
    };
    let node = cx.node(KERNEL, [cx.known(X)?.clone(), cx.known(Y)?.clone(), weight])?;
    for at in 0..2 {
        cx.fit_or(KERNEL, merge::rank_at_least(&node.x(at).shape, 2), || {
            format!("Input tensor {at} must have rank >= 2, got {}", node.x(at).rank().unwrap_or(0))
        })?;
    }
    let ((outer, rows, columns), (more, others, count)) = (parts(node.x(0))?, parts(node.x(1))?);
    // The fast way solves by matrix products, which spread one batch over the other; the kernel does not.
    let (outer, more) = (Shape::new(outer), Shape::new(more));
    let fast = !matches!(cx.val(Param::<Arg>::named(&["fast"])), Val::Py(Arg::Bool(false)));
    let outer =
        cx.fit(KERNEL, if fast { merge::broadcast(&outer, &more) } else { merge::shapes(&outer, &more) })?;
    cx.fit_or(KERNEL, merge::dims(rows, others, "the rows of both sides"), || {
        format!("Input matrix and rhs are incompatible. Number of rows: {rows} vs. {others}")
    })?;
    let mut out = node.out(with(outer.dims().unwrap_or_default(), &[columns, count]));
    if !fast {
        // Its gradient raises: "Gradient not defined for fast=False".
        out.reach = out.reach.at_most(crate::Flow::Unknown);
    }
    Ok(Val::T(out))
}

fn keras_lstsq(cx: &Cx<'_>) -> Infer<Val> {
    let (a, b) = (cx.tensor(X)?, cx.tensor(Y)?);
    if !cx.symbolic() {
        lines_fit(cx, &a, &b)?;
    }
    let (Some([rows, columns]), Some(dims)) = (a.shape.dims(), b.shape.dims()) else {
        return Err(Stop::Unknown("no matrix, or tensors of unknown rank"));
    };
    if !(1..=2).contains(&dims.len()) || !rows.compatible(dims[0]) {
        return Err(Stop::Unknown("sides that do not fit"));
    }
    if !cx.symbolic() && cx.val(Param::<Arg>::named(&["rcond"])).is_none() {
        // `max(n, m)` of the columns and rows.
        let word = |dim: Dim| match dim {
            Dim::Symbol(_) => Some("NoneType"),
            Dim::Known(_) => Some("int"),
            Dim::Unknown => None,
        };
        if let (Some(first), Some(second)) = (word(*rows), word(*columns))
            && (first, second) != ("int", "int")
        {
            let text = format!("'>' not supported between instances of '{first}' and '{second}'");
            return cx.type_error(text, Mistake::NoneValue);
        }
    }
    let shape: Shape = std::iter::once(*columns).chain(dims[1..].iter().copied()).collect();
    if cx.eager() && a.shape.all_known().is_some() && floating(&a).is_ok() && a.dtype == b.dtype {
        return least_squares(cx, &a, &b).map(|out| Val::T(out.with_shape(shape)));
    }
    Ok(Val::T(keras::spec(shape, a.dtype, &[&a, &b])))
}

/// `lstsq` of `keras/src/backend/tensorflow/linalg.py`: by the singular values that are large enough.
fn least_squares(cx: &Cx<'_>, a: &Tensor, b: &Tensor) -> Infer<Tensor> {
    let (_, rows, columns) = parts(a)?;
    let flat = b.rank() == Some(1);
    let b = if flat { expand_dims(cx, b, Val::from(1))? } else { b.clone() };
    let [s, u, v] = singular(cx, a)?;
    let eps = if a.dtype == Some(DType::Float64) { f64::EPSILON } else { f64::from(f32::EPSILON) };
    let least = match cx.known(Param::<Arg>::named(&["rcond"]))? {
        v if v.is_none() => eps * rows.known().unwrap_or(0).max(columns.known().unwrap_or(0)) as f64,
        Val::Py(Arg::Float(given)) => {
            if *given < 0.0 {
                eps
            } else {
                *given
            }
        }
        _ => return Err(Stop::Unknown("a bound that is not known")),
    };
    let largest = reduce(cx, "Max", &s, &Axes::ints(&[-1]), true)?;
    let least = binary(cx, "Mul", cx.convert(&Val::from(least), a.dtype)?, largest)?;
    let kept = binary(cx, "GreaterEqual", &s, least)?;
    let one = cx.convert(&Val::from(1.0), a.dtype)?;
    let safe = crate::kernels::index::select(cx, Val::from(&kept), Val::T(s), Val::from(&one))?;
    let zero = cx.convert(&Val::from(0.0), a.dtype)?;
    let inverse = binary(cx, "RealDiv", one, safe)?;
    let inverse = crate::kernels::index::select(cx, Val::T(kept), Val::T(inverse), Val::T(zero))?;
    let right = mat_mul(cx, Val::T(u), Val::T(b), true, false)?;
    let scaled = binary(cx, "Mul", expand_dims(cx, inverse, Val::from(1))?, right)?;
    let out = mat_mul(cx, Val::T(v), Val::T(scaled), false, false)?;
    if flat { reshape(cx, out, Val::ints(&[-1])) } else { Ok(out) }
}

/// What `lstsq` in `keras/src/backend/tensorflow/linalg.py` asks of both sides, in its order.
fn lines_fit(cx: &Cx<'_>, a: &Tensor, b: &Tensor) -> Infer<()> {
    let (Some(first), Some(second)) = (a.shape.dims(), b.shape.dims()) else {
        return Err(Stop::Unknown("tensors of unknown rank"));
    };
    let (Some(left), Some(right)) = (first.first(), second.first()) else {
        let mistake = Mistake::RankMismatch { param: "a", expected: "at least 1".to_owned(), got: 0 };
        return cx.raise(Exc::IndexError, "tuple index out of range", mistake);
    };
    match keras::differ(*left, *right) {
        Some(true) => {
            let mistake = Mistake::DimMismatch { left: *left, right: *right, what: "the rows of both sides" };
            return cx.value_error("Leading dimensions of input arrays must match", mistake);
        }
        Some(false) => {}
        None => return Err(Stop::Unknown("sides of unknown size")),
    }
    for (rank, allowed, param) in [(first.len(), "two", "a"), (second.len().max(2), "one or two", "b")] {
        if rank != 2 {
            let text = format!("{rank}-dimensional array given. Array must be {allowed}-dimensional");
            return cx.type_error(text, Mistake::RankMismatch { param, expected: "2".to_owned(), got: rank });
        }
    }
    Ok(())
}

fn lu(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    if cx.surface() == Surface::KerasOps && !cx.symbolic() {
        super::square::two_d(cx, &x)?;
        super::square::is_square(cx, &x).map_err(|stop| match stop {
            Stop::Violation(mut violation) => {
                violation.core = format!(
                    "LU decomposition failed: {}. LU decomposition is only supported for square matrices in Tensorflow.",
                    violation.core
                );
                Stop::Violation(violation)
            }
            other => other,
        })?;
    }
    let (outer, rows, columns) = parts(&x)?;
    floating(&x)?;
    let smaller = if rows == columns { rows } else { rows.map2(columns, |a, b| Some(a.min(b))) };
    if cx.surface() == Surface::Tf {
        let node = cx.node("Lu", [x.into()])?;
        let shape = crate::kernels::linalg::squared(cx, "Lu", node.x(0), true)?;
        return Ok(Val::tuple([node.nth(0, shape), node.nth(1, with(&outer, &[smaller]))]));
    }
    let pivots = Tensor::new(with(&outer, &[smaller]), DType::Int32);
    let reach = match cx.symbolic() {
        true => x.reach.clone(),
        false => x.reach.clone().at_most(crate::Flow::unregistered("Lu")),
    };
    Ok(Val::tuple([Tensor { reach, ..x.like() }, pivots]))
}

fn cholesky_solve(cx: &Cx<'_>) -> Infer<Val> {
    let solved = |right: Val, adjoint| {
        solve(cx, "MatrixTriangularSolve", cx.known(X)?.clone(), right, Sides { lower: true, adjoint })
    };
    solved(Val::T(solved(cx.known(Y)?.clone(), false)?), true).map(Val::T)
}

fn cholesky_inverse(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    super::square::checked(cx, &x)?;
    if cx.symbolic() {
        return Ok(Val::T(keras::spec(x.shape.clone(), x.dtype, &[&x])));
    }
    floating(&x)?;
    let inverse = square(cx, "MatrixInverse", &x, true)?;
    batch_mat_mul(cx, Val::from(&inverse), Val::T(inverse), true, false).map(Val::T)
}

fn eig(cx: &Cx<'_>, vectors: bool) -> Infer<Val> {
    if cx.surface() == Surface::KerasOps && !cx.symbolic() {
        super::square::is_square(cx, &cx.tensor(X)?)?;
    }
    let x = square(cx, "Eig", cx.known(X)?.clone(), true)?;
    let (outer, rows, _) = parts(&x)?;
    let dtype = match cx.tensor(X)?.dtype {
        Some(DType::Float64 | DType::Complex128) => DType::Complex128,
        Some(_) => DType::Complex64,
        None => return Err(Stop::Unknown("matrices whose dtype is not known")),
    };
    let values = Tensor { shape: with(&outer, &[rows]), dtype: Some(dtype), ..x.clone() };
    if !vectors {
        return Ok(Val::T(values));
    }
    Ok(Val::tuple([values, Tensor { dtype: Some(dtype), ..x }]))
}

const ORD: Param<Arg> = Param::at(1, &["ord"]);

fn normalize(cx: &Cx<'_>) -> Infer<Val> {
    let (x, axis) = (cx.tensor(X)?, cx.known(crate::params::AXIS)?);
    let norm = crate::defs::norm::tf_norm(cx, &x, cx.known(ORD)?, axis, true)?;
    Ok(Val::tuple([binary(cx, "RealDiv", &x, &norm)?, norm]))
}

const CLIP: Param<Arg> = Param::at(1, &["clip_norm"]);
const USE: Param<Arg> = Param::at(2, &["use_norm"]);

/// The tensors of `t_list`.
///
/// source: tensorflow/python/ops/clip_ops.py: global_norm
pub(super) fn sequence<'v>(cx: &Cx<'_>, list: &'v Val) -> Infer<&'v [Val]> {
    if let Some(items) = list.items() {
        return Ok(items);
    }
    let Val::T(tensor) = list else { return Err(Stop::Unknown("no list of tensors")) };
    let class = if tensor.kind == TensorKind::Graph { "SymbolicTensor" } else { "EagerTensor" };
    let text = format!(
        "`t_list` should be a sequence of tensors. Received <class 'tensorflow.python.framework.ops.{class}'>."
    );
    cx.type_error(text, Mistake::Argument { param: "t_list", problem: "is no list".to_owned() })
}

fn clip_by_global_norm(cx: &Cx<'_>) -> Infer<Val> {
    let items = sequence(cx, cx.known(X)?)?;
    let tensors: Vec<Option<Tensor>> = items
        .iter()
        .map(|v| if v.is_none() { Ok(None) } else { cx.convert(v, None).map(Some) })
        .collect::<Infer<_>>()?;
    let Some(first) = tensors.iter().flatten().next() else {
        return Err(Stop::Unknown("a list without tensors"));
    };
    let bound = cx.known(CLIP)?.clone();
    let norm = match cx.known(USE)? {
        v if v.is_none() => super::matrix::summed_norm(cx, tensors.iter().flatten())?,
        other => cx.convert(other, None)?,
    };
    let scale = clipping(cx, &norm, &bound, first.dtype)?;
    let mut out = Vec::with_capacity(tensors.len());
    for t in &tensors {
        out.push(match t {
            None => Val::Py(Arg::None),
            Some(t) => {
                let scale = cast(cx, &scale, t.dtype)?;
                let scale = if scale.rank() == Some(0) { scale } else { reshape(cx, scale, Val::ints(&[]))? };
                Val::T(binary(cx, "Mul", t, scale)?)
            }
        });
    }
    Ok(Val::Tuple(vec![Val::List(out), Val::T(norm)]))
}

/// `clip_norm * minimum(1 / norm, 1 / clip_norm) + (norm - norm)`, where what is not finite becomes no number.
fn clipping(cx: &Cx<'_>, norm: &Tensor, bound: &Val, dtype: Option<DType>) -> Infer<Tensor> {
    if norm.rank() != Some(0) || norm.dtype != dtype {
        return Ok(norm.clone().like());
    }
    let one = || cx.convert(&Val::from(1.0), norm.dtype);
    let (free, most) = (binary(cx, "RealDiv", one()?, norm)?, binary(cx, "RealDiv", one()?, bound)?);
    let least = binary(cx, "Minimum", free, most)?;
    let scale = binary(cx, "Mul", cx.convert_like(bound, &least)?, &least)?;
    binary(cx, "AddV2", scale, binary(cx, "Sub", norm, norm)?)
}
