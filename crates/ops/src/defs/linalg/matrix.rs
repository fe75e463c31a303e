//! Matrices: diagonals, triangles, inverses, decompositions.

use tensor::{DType, Dim, Shape};

use super::square::{checked, fit, is_square, one_d, two_d};
use crate::defs::rule;
use crate::kernels::index;
use crate::kernels::layout::{pad, transpose};
use crate::kernels::linalg::{
    Diagonals, Sides, band_part, inverse, matrix_diag, matrix_diag_in, matrix_diag_part, solve, square,
};
use crate::kernels::pointwise::{binary, broadcast, cast, unary};
use crate::kernels::reduce::{Axes, reduce};
use crate::kernels::shape::{broadcast_to, reshape, shape_of, squeeze};
use crate::kernels::stride::item;
use crate::params::{X, Y};
use crate::spec::{Cx, Misfit, Tensor, Val, keras, merge, run};
use crate::{Arg, Infer, Mistake, Op, Param, Stop, Surface};

pub(in crate::defs) static OPS: &[Op] = &[
    rule(
        "matrix_diag",
        &["tf.linalg.diag"],
        |c| run(c, matrix_diag_op),
        "tensorflow/core/ops/array_ops.cc: MatrixDiagV2Shape",
    ),
    rule(
        "matrix_diag_part",
        &["tf.linalg.diag_part"],
        |c| run(c, |cx| matrix_diag_part(cx, cx.known(X)?, diagonals(cx)?).map(Val::T)),
        "tensorflow/core/ops/array_ops.cc: MatrixDiagPartV2Shape",
    ),
    rule("diag", &["keras.ops.diag"], |c| run(c, diag), "keras/src/backend/tensorflow/numpy.py: diag"),
    rule(
        "diagonal",
        &["keras.ops.diagonal"],
        |c| run(c, diagonal_op),
        "keras/src/backend/tensorflow/numpy.py: diagonal",
    ),
    rule(
        "trace",
        &["tf.linalg.trace", "keras.ops.trace"],
        |c| run(c, trace),
        "tensorflow/python/ops/math_ops.py: trace",
    ),
    rule(
        "band_part",
        &["tf.linalg.band_part"],
        |c| run(c, band),
        "tensorflow/core/ops/array_ops.cc: MatrixBandPart",
    ),
    rule(
        "triu",
        &["keras.ops.triu"],
        |c| run(c, |cx| triangle(cx, true)),
        "keras/src/backend/tensorflow/numpy.py: triu",
    ),
    rule(
        "tril",
        &["keras.ops.tril"],
        |c| run(c, |cx| triangle(cx, false)),
        "keras/src/backend/tensorflow/numpy.py: tril",
    ),
    rule("tri", &["keras.ops.tri"], |c| run(c, tri), "keras/src/backend/tensorflow/numpy.py: tri"),
    rule(
        "det",
        &["tf.linalg.det", "keras.ops.det"],
        |c| run(c, |cx| matrix(cx, "MatrixDeterminant", false)),
        "tensorflow/core/ops/linalg_ops.cc",
    ),
    rule(
        "inv",
        &["tf.linalg.inv", "keras.ops.inv"],
        |c| run(c, |cx| matrix(cx, "MatrixInverse", true)),
        "tensorflow/core/ops/linalg_ops.cc",
    ),
    rule(
        "cholesky",
        &["tf.linalg.cholesky", "keras.ops.cholesky"],
        |c| run(c, |cx| matrix(cx, "Cholesky", true)),
        "tensorflow/core/ops/linalg_ops.cc",
    ),
    rule(
        "expm",
        &["tf.linalg.expm"],
        |c| run(c, |cx| matrix(cx, "MatrixExponential", true)),
        "tensorflow/core/ops/linalg_ops.cc",
    ),
    rule(
        "logm",
        &["tf.linalg.logm"],
        |c| run(c, |cx| matrix(cx, "MatrixLogarithm", true)),
        "tensorflow/core/ops/linalg_ops.cc",
    ),
    rule(
        "sqrtm",
        &["tf.linalg.sqrtm"],
        |c| run(c, |cx| matrix(cx, "MatrixSquareRoot", true)),
        "tensorflow/core/ops/linalg_ops.cc",
    ),
    rule(
        "solve",
        &["tf.linalg.solve", "keras.ops.solve"],
        |c| run(c, |cx| solved(cx, "MatrixSolve")),
        "tensorflow/core/ops/linalg_ops.cc: MatrixSolveShapeFn",
    ),
    rule(
        "triangular_solve",
        &["tf.linalg.triangular_solve", "keras.ops.solve_triangular"],
        |c| run(c, |cx| solved(cx, "MatrixTriangularSolve")),
        "tensorflow/core/ops/linalg_ops.cc: MatrixTriangularSolveShapeFn",
    ),
    rule(
        "slogdet",
        &["tf.linalg.slogdet", "keras.ops.slogdet"],
        |c| run(c, slogdet),
        "tensorflow/core/ops/linalg_ops.cc: LogMatrixDeterminant",
    ),
    rule(
        "svd",
        &["tf.linalg.svd", "keras.ops.svd"],
        |c| run(c, svd),
        "tensorflow/core/ops/linalg_ops.cc: SvdShapeFn",
    ),
    rule(
        "qr",
        &["tf.linalg.qr", "keras.ops.qr"],
        |c| run(c, qr),
        "tensorflow/core/ops/linalg_ops.cc: QrShapeFn",
    ),
    rule(
        "eigh",
        &["tf.linalg.eigh", "keras.ops.eigh"],
        |c| run(c, eigh),
        "tensorflow/core/ops/linalg_ops.cc: SelfAdjointEigV2ShapeFn",
    ),
    rule(
        "eigvalsh",
        &["tf.linalg.eigvalsh"],
        |c| run(c, eigvalsh),
        "tensorflow/core/ops/linalg_ops.cc: SelfAdjointEigV2ShapeFn",
    ),
    rule(
        "cross",
        &["tf.linalg.cross", "keras.ops.cross"],
        |c| run(c, cross),
        "tensorflow/core/ops/math_ops.cc: Cross",
    ),
    rule(
        "set_diag",
        &["tf.linalg.set_diag"],
        |c| run(c, set_diag),
        "tensorflow/core/ops/array_ops.cc: MatrixSetDiagV2Shape",
    ),
    rule(
        "tensor_diag",
        &["tf.linalg.tensor_diag"],
        |c| run(c, tensor_diag),
        "tensorflow/core/ops/array_ops.cc: Diag",
    ),
    rule(
        "tensor_diag_part",
        &["tf.linalg.tensor_diag_part"],
        |c| run(c, tensor_diag_part),
        "tensorflow/core/ops/array_ops.cc: DiagPart",
    ),
    rule(
        "adjoint",
        &["tf.linalg.adjoint"],
        |c| run(c, adjoint),
        "tensorflow/python/ops/linalg/linalg_impl.py: adjoint",
    ),
    rule(
        "logdet",
        &["tf.linalg.logdet", "keras.ops.logdet"],
        |c| run(c, logdet),
        "tensorflow/python/ops/linalg/linalg_impl.py: logdet",
    ),
    rule(
        "global_norm",
        &["tf.linalg.global_norm"],
        |c| run(c, global_norm),
        "tensorflow/python/ops/clip_ops.py: global_norm",
    ),
];

const K: Param<Arg> = Param::named(&["k", "offset"]);

/// Reads which diagonals are meant, and of matrices of which sizes.
fn diagonals(cx: &Cx<'_>) -> Infer<Diagonals> {
    const ROWS: Param<Arg> = Param::named(&["num_rows"]);
    const COLUMNS: Param<Arg> = Param::named(&["num_cols"]);
    let size = |param| -> Infer<Option<i64>> {
        let val = cx.val(param);
        if val.is_none() { Ok(None) } else { cx.int(val).map(|n| (n != -1).then_some(n)) }
    };
    let (lower, upper) = match cx.known(K)? {
        k if k.is_none() => (0, 0),
        k => match cx.ints(k)?[..] {
            [k] => (k, k),
            [lower, upper] if lower <= upper => (lower, upper),
            _ => return Err(Stop::Unknown("diagonals that are neither one nor a band")),
        },
    };
    Ok(Diagonals { lower, upper, rows: size(ROWS)?, columns: size(COLUMNS)? })
}

/// Reads which diagonal is meant; one, not a band.
pub(in crate::defs) fn offset(cx: &Cx<'_>) -> Infer<i64> {
    let k = cx.known(K)?;
    if k.is_none() { Ok(0) } else { cx.int(k) }
}

/// `array_ops.matrix_diag`: the elements beside the diagonals are given.
fn matrix_diag_op(cx: &Cx<'_>) -> Infer<Val> {
    const PADDING: Param<Arg> = Param::named(&["padding_value"]);
    let (x, of) = (cx.known(X)?, diagonals(cx)?);
    match cx.known(PADDING)? {
        given if given.is_none() => matrix_diag(cx, x, of),
        Val::Py(Arg::Int(0)) => matrix_diag(cx, x, of),
        given => matrix_diag_in(cx, x.clone(), of, given.clone()),
    }
    .map(Val::T)
}

fn diag(cx: &Cx<'_>) -> Infer<Val> {
    let x = keras::tensor(cx, cx.known(X)?, None)?;
    let k = offset(cx)?;
    let (word, verb) =
        if cx.symbolic() { ("1-D or 2-D", "but received shape") } else { ("1d or 2d", "Received: x.shape=") };
    match x.shape.dims() {
        Some([n]) if cx.symbolic() => {
            let size = n.map(|n| n + k.abs());
            Ok(Val::T(keras::spec(Shape::new([size, size]), x.dtype, &[&x])))
        }
        Some([_]) => matrix_diag(cx, x, Diagonals::one(k)).map(Val::T),
        Some([_, _]) => diagonal(cx, &x, k, 0, 1).map(Val::T),
        Some(dims) => {
            let shown = x.shape.tuple();
            let text = if cx.symbolic() {
                format!("`x` must be {word}, {verb} {shown}.")
            } else {
                format!("`x` must be {word}. {verb}{shown}")
            };
            cx.value_error(
                text,
                Mistake::RankMismatch { param: "x", expected: "1 or 2".to_owned(), got: dims.len() },
            )
        }
        None => Err(Stop::Unknown("a tensor of unknown rank")),
    }
}

const AXIS1: Param<Option<i64>> = Param::named(&["axis1"]);
const AXIS2: Param<Option<i64>> = Param::named(&["axis2"]);

fn diagonal_op(cx: &Cx<'_>) -> Infer<Val> {
    let x = keras::tensor(cx, cx.known(X)?, None)?;
    let (first, second) = (cx.get(AXIS1)?.unwrap_or(0), cx.get(AXIS2)?.unwrap_or(1));
    let rank = x.rank().ok_or(Stop::Unknown("a tensor of unknown rank"))?;
    if keras::canonicalize_axis(cx, first, rank)? == keras::canonicalize_axis(cx, second, rank)? {
        let text = format!("`axis1` and `axis2` cannot be the same. Received: axis1={first}, axis2={second}");
        return cx.value_error(text.clone(), Mistake::Argument { param: "axis2", problem: text });
    }
    diagonal(cx, &x, offset(cx)?, first, second).map(Val::T)
}

/// `diagonal` of `keras/src/backend/tensorflow/numpy.py` and its `compute_output_spec`.
fn diagonal(cx: &Cx<'_>, x: &Tensor, k: i64, first: i64, second: i64) -> Infer<Tensor> {
    let Some(dims) = x.shape.dims() else { return Err(Stop::Unknown("a tensor of unknown rank")) };
    let rank = dims.len() as i64;
    if cx.symbolic() {
        if rank < 2 {
            let text = format!(
                "`diagonal` requires an array of at least two dimensions, but `x` is of shape {}.",
                x.shape.tuple()
            );
            return cx.value_error(
                text,
                Mistake::RankMismatch { param: "x", expected: "at least 2".to_owned(), got: dims.len() },
            );
        }
        let (a, b) = (
            keras::canonicalize_axis(cx, first, dims.len())?,
            keras::canonicalize_axis(cx, second, dims.len())?,
        );
        let length = dims[a].map2(dims[b], |m, n| {
            let rest = if k > 0 { n - k } else { m + k };
            Some(rest.min(m.min(n)).max(0))
        });
        let kept = (0..dims.len()).filter(|i| *i != a && *i != b).map(|i| dims[i]).chain([length]).collect();
        return Ok(keras::spec(kept, x.dtype, &[x]));
    }
    let last = (first == rank - 2 || first == -2) && (second == rank - 1 || second == -1);
    if k == 0 && last {
        return matrix_diag_part(cx, x, Diagonals::one(0));
    }
    let moved = crate::defs::shape::moveaxis(cx, x, &[first, second], &[-2, -1])?;
    if let (Some(Dim::Known(rows)), Some(Dim::Known(columns))) = (moved.shape.dim(-2), moved.shape.dim(-1))
        && (k <= -rows || k >= columns)
    {
        return Ok(moved.clone().with_shape(moved.shape.with_dim(dims.len() - 1, Dim::Known(0))));
    }
    matrix_diag_part(cx, moved, Diagonals::one(k))
}

fn trace(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    if cx.surface() != Surface::KerasOps {
        let diagonal = matrix_diag_part(cx, x, Diagonals::one(0))?;
        return reduce(cx, "Sum", diagonal, &Axes::ints(&[-1]), false).map(Val::T);
    }
    let dtype = match x.dtype {
        Some(DType::Bool | DType::Int8 | DType::Int16) => Some(DType::Int32),
        Some(DType::UInt8 | DType::UInt16) => Some(DType::UInt32),
        other => other,
    };
    let (first, second) = (cx.get(AXIS1)?.unwrap_or(0), cx.get(AXIS2)?.unwrap_or(1));
    let Some(dims) = x.shape.dims() else { return Err(Stop::Unknown("a tensor of unknown rank")) };
    if cx.symbolic() {
        let (a, b) = (
            keras::canonicalize_axis(cx, first, dims.len())?,
            keras::canonicalize_axis(cx, second, dims.len())?,
        );
        if a == b {
            let text =
                format!("`axis1` and `axis2` must be different. Received: axis1={first}, axis2={second}");
            let problem = "is the same axis as the other".to_owned();
            return cx.value_error(text, Mistake::Argument { param: "axis2", problem });
        }
        let kept = (0..dims.len()).filter(|i| *i != a && *i != b).map(|i| dims[i]).collect();
        return Ok(Val::T(keras::spec(kept, dtype, &[&x])));
    }
    let x = cast(cx, x, dtype)?;
    let moved = crate::defs::shape::moveaxis(cx, &x, &[first, second], &[-2, -1])?;
    // `x = tf.where(eye(…), x, tf.zeros_like(x))`.
    let k = offset(cx)?;
    let sizes = moved.shape.dim(-2).zip(moved.shape.dim(-1));
    let moved = match sizes {
        Some(_) if k == 0 => band_part(cx, moved, Val::from(0), Val::from(0))?,
        Some((Dim::Known(rows), Dim::Known(columns))) if rows.saturating_mul(columns) < 1 << 16 => {
            let mask = (0..rows * columns).map(|at| i64::from(at / columns + k == at % columns)).collect();
            let mask = Tensor::ints(vec![rows, columns], DType::Int32, mask);
            let mask = cast(cx, mask, Some(DType::Bool))?;
            let zeros = unary(cx, "ZerosLike", &moved)?;
            crate::kernels::index::select(cx, Val::T(mask), Val::T(moved), Val::T(zeros))?
        }
        _ => moved.like(),
    };
    reduce(cx, "Sum", moved, &Axes::ints(&[-2, -1]), false).map(Val::T)
}

const LOWER: Param<Arg> = Param::at(1, &["num_lower"]);
const UPPER: Param<Arg> = Param::at(2, &["num_upper"]);

fn band(cx: &Cx<'_>) -> Infer<Val> {
    band_part(cx, cx.known(X)?, cx.known(LOWER)?, cx.known(UPPER)?).map(Val::T)
}

fn triangle(cx: &Cx<'_>, upper: bool) -> Infer<Val> {
    let x = keras::tensor(cx, cx.known(X)?, None)?;
    if cx.symbolic() {
        return Ok(Val::T(keras::spec(x.shape.clone(), x.dtype, &[&x])));
    }
    let k = offset(cx)?;
    match (upper, k) {
        (true, k) if k <= 0 => band_part(cx, x, Val::from(-k), Val::from(-1)),
        (false, k) if k >= 0 => band_part(cx, x, Val::from(-1), Val::from(k)),
        _ => {
            // A mask selects between the matrix and zeros: `rows, cols = shape[-2], shape[-1]`.
            if x.rank().is_some_and(|r| r < 2) {
                item(cx, &shape_of(&x, DType::Int32), -2)?;
                return Err(Stop::Unknown("a triangle of a vector"));
            }
            masked(cx, &x, upper, k)
        }
    }
    .map(Val::T)
}

/// What lies above or below a diagonal that is not the main one.
fn masked(cx: &Cx<'_>, x: &Tensor, upper: bool, k: i64) -> Infer<Tensor> {
    let side = |axis: i64| x.shape.dim(axis).and_then(Dim::known).unwrap_or(-1);
    let (rows, columns) = (side(-2), side(-1));
    if rows.min(columns) < 1 || rows.saturating_mul(columns) > tensor::MAX_ELEMENTS as i64 {
        return Ok(x.clone().like());
    }
    let inside = |at: i64| {
        let (row, column) = (at / columns, at % columns);
        i64::from(if upper { row <= column - k } else { row >= column - k })
    };
    let mask = Tensor::ints(vec![rows, columns], DType::Int32, (0..rows * columns).map(inside).collect());
    let mask = cast(cx, mask, Some(DType::Bool))?;
    let out = index::select(cx, Val::T(mask), Val::from(x), Val::T(unary(cx, "ZerosLike", x)?))?;
    Ok(out.with_shape(x.shape.clone()))
}

fn tri(cx: &Cx<'_>) -> Infer<Val> {
    let rows = cx.int(cx.known(X)?)?;
    let columns = cx.known(Param::<Arg>::at(1, &["M"]))?;
    let columns = if columns.is_none() { rows } else { cx.int(columns)? };
    let dtype = cx.get(crate::params::DTYPE)?.unwrap_or(DType::Float32);
    let k = offset(cx)?;
    let mut values = Vec::new();
    if (0..=4096).contains(&(rows.max(0) * columns.max(0))) {
        crate::spec::fold::for_each_index(&[rows.max(0), columns.max(0)], |i| {
            values.push(if i[1] <= i[0] + k { 1.0 } else { 0.0 });
        });
    }
    let sizes = vec![rows, columns];
    let content = crate::spec::fold::data(values, dtype)
        .and_then(|data| tensor::Array::new(sizes.clone(), dtype, data))
        .map_or(tensor::Content::Unknown, |a| tensor::Content::Array(a.into()));
    Ok(Val::T(Tensor::new(Shape::known(&sizes), dtype).with_content(content)))
}

fn matrix(cx: &Cx<'_>, kernel: &str, keep: bool) -> Infer<Val> {
    let x = cx.tensor(X)?;
    checked(cx, &x)?;
    if cx.symbolic() {
        let dims = x.shape.dims().ok_or(Stop::Unknown("a tensor of unknown rank"))?;
        let out = if keep { dims } else { &dims[..dims.len() - 2] };
        return Ok(Val::T(keras::spec(out.iter().copied().collect(), x.dtype, &[&x])));
    }
    let out = match kernel {
        "MatrixInverse" => inverse(cx, x, flag(cx, ADJOINT, false)?)?,
        // Python above products and a solution, through which gradients go.
        "MatrixExponential" => {
            let (reach, own) = (x.reach.clone(), x.shape.clone());
            let made = square(cx, kernel, x, keep)?;
            // It ends in the sizes of the matrix as they are given.
            let shape = if made.rank() == own.rank() { own } else { made.shape.clone() };
            Tensor { reach, ..made.with_shape(shape) }
        }
        _ => square(cx, kernel, x, keep)?,
    };
    // `cholesky(x, upper=True)` of Keras.
    if kernel == "Cholesky" && flag(cx, UPPER_TRIANGLE, false)? { turned(cx, out) } else { Ok(out) }
        .map(Val::T)
}

const ADJOINT: Param<Arg> = Param::named(&["adjoint"]);
const LOWER_TRIANGLE: Param<Arg> = Param::named(&["lower"]);
const UPPER_TRIANGLE: Param<Arg> = Param::named(&["upper"]);

/// Reads a flag that not every function has.
fn flag(cx: &Cx<'_>, param: Param<Arg>, default: bool) -> Infer<bool> {
    match cx.known(param)? {
        Val::Py(Arg::Bool(flag)) => Ok(*flag),
        v if v.is_none() => Ok(default),
        _ => Err(Stop::Unknown("a flag that is not known")),
    }
}

/// Matrices with rows and columns swapped.
fn turned(cx: &Cx<'_>, x: Tensor) -> Infer<Tensor> {
    let Some(rank) = x.rank() else { return Ok(x.with_shape(Shape::UNKNOWN)) };
    if rank < 2 {
        return Err(Stop::Unknown("the adjoint of a vector"));
    }
    let mut order: Vec<i64> = (0..rank as i64).collect();
    order.swap(rank - 1, rank - 2);
    transpose(cx, x, Val::ints(&order))
}

fn solved(cx: &Cx<'_>, kernel: &str) -> Infer<Val> {
    let keras_ops = cx.surface() == Surface::KerasOps;
    let matrix = cx.tensor(X)?;
    // The kernel converts a Python value to the matrix' dtype.
    let right = match cx.known(Y)? {
        right @ Val::T(_) => cx.convert(right, None)?,
        right if keras_ops => cx.convert(right, None)?,
        right => cx.convert_like(right, &matrix)?,
    };
    if keras_ops {
        checked(cx, &matrix)?;
        one_d(cx, &right)?;
        fit(cx, &matrix.shape, &right.shape)?;
    }
    if cx.symbolic() {
        return Ok(Val::T(keras::spec(right.shape.clone(), right.dtype, &[&matrix, &right])));
    }
    if keras_ops && (matrix.rank().is_none() || right.rank().is_none()) {
        return Err(Stop::Unknown("a right side of unknown rank"));
    }
    let lower = flag(cx, LOWER_TRIANGLE, !keras_ops)?;
    let sides = Sides { lower, adjoint: flag(cx, ADJOINT, false)? };
    // A right side of one rank less is a vector for each matrix.
    if keras_ops && matrix.rank().zip(right.rank()).is_some_and(|(a, b)| b + 1 == a) {
        let column = crate::kernels::shape::expand_dims(cx, &right, Val::from(-1))?;
        let out = solve(cx, kernel, Val::T(matrix), Val::T(column), sides)?;
        return crate::kernels::shape::squeeze(cx, out, &[-1]).map(Val::T);
    }
    solve(cx, kernel, Val::T(matrix), Val::T(right), sides).map(Val::T)
}

/// The dims before the matrices, their rows and columns.
type Sizes = (Vec<Dim>, Dim, Dim);

/// Splits the dims of a tensor of matrices.
fn sizes(cx: &Cx<'_>, kernel: &str, x: &Tensor) -> Infer<Option<Sizes>> {
    cx.fit_or(kernel, merge::rank_at_least(&x.shape, 2), || {
        format!("Input tensor 0 must have rank >= 2, got {}", x.rank().unwrap_or(0))
    })?;
    Ok(x.shape.dims().map(|d| (d[..d.len() - 2].to_vec(), d[d.len() - 2], d[d.len() - 1])))
}

fn with(outer: &[Dim], inner: &[Dim]) -> Shape {
    outer.iter().chain(inner).copied().collect()
}

fn smaller(a: Dim, b: Dim) -> Dim {
    if a == b { a } else { a.map2(b, |a, b| Some(a.min(b))) }
}

fn slogdet(cx: &Cx<'_>) -> Infer<Val> {
    let node = cx.node("LogMatrixDeterminant", [cx.known(X)?.clone()])?;
    let Some((outer, rows, columns)) = sizes(cx, "LogMatrixDeterminant", node.x(0))? else {
        return Ok(Val::tuple([node.out(Shape::UNKNOWN), node.nth(1, Shape::UNKNOWN)]));
    };
    cx.fit("LogMatrixDeterminant", merge::dims(rows, columns, "a square matrix"))?;
    let out = with(&outer, &[]);
    if cx.symbolic() {
        // `Slogdet.compute_output_spec` says that there is one sign.
        let sign = node.out(Shape::scalar());
        return Ok(Val::tuple([sign, node.nth(1, out)]));
    }
    Ok(Val::Named(vec![
        ("sign", Val::T(node.out(out.clone()))),
        ("log_abs_determinant", Val::T(node.nth(1, out))),
    ]))
}

const FULL: Param<bool> = Param::named(&["full_matrices"]);
const COMPUTE_UV: Param<Arg> = Param::named(&["compute_uv"]);

fn svd(cx: &Cx<'_>) -> Infer<Val> {
    if cx.surface() == Surface::KerasOps {
        two_d(cx, &cx.tensor(X)?)?;
    }
    let mut node = cx.node("Svd", [cx.known(X)?.clone()])?;
    let compute = !matches!(cx.val(COMPUTE_UV), Val::Py(Arg::Bool(false)));
    let keras_ops = cx.surface() == Surface::KerasOps;
    let full = if keras_ops { !matches!(cx.val(FULL), Val::Py(Arg::Bool(false))) } else { cx.get(FULL)? };
    let Some((outer, m, n)) = sizes(cx, "Svd", node.x(0))? else {
        return Err(Stop::Unknown("matrices of unknown rank"));
    };
    node.with("full_matrices", full);
    let p = smaller(m, n);
    let s = node.nth(0, with(&outer, &[p]));
    if !compute {
        return Ok(Val::T(s));
    }
    let u = node.nth(1, with(&outer, &[m, if full { m } else { p }]));
    let v = node.nth(2, with(&outer, &[n, if full { n } else { p }]));
    // `_SvdGrad` lacks whole matrices of vectors, but for those that are nearly square.
    let near = |m: Dim, n: Dim| m.known().zip(n.known()).is_some_and(|(m, n)| (m - n).abs() <= 1);
    let hidden = full && !near(m, n);
    let [s, u, v] = [s, u, v].map(|part| if hidden { without_slope(part) } else { part });
    // Keras gives the adjoint, as NumPy does.
    Ok(if keras_ops { Val::tuple([u, s, turned(cx, v)?]) } else { Val::tuple([s, u, v]) })
}

/// Leaves open what asking for a gradient gives.
fn without_slope(mut x: Tensor) -> Tensor {
    x.reach = x.reach.at_most(crate::Flow::Unknown);
    x
}

const MODE: Param<Arg> = Param::named(&["mode"]);

fn qr(cx: &Cx<'_>) -> Infer<Val> {
    if let (Surface::KerasOps, Val::Py(Arg::Str(mode))) = (cx.surface(), cx.val(MODE))
        && !matches!(&**mode, "reduced" | "complete")
    {
        let text = format!(
            "`mode` argument value not supported. Expected one of {{'reduced', 'complete'}}. Received: mode={mode}"
        );
        return cx.value_error(text.clone(), Mistake::Argument { param: "mode", problem: text });
    }
    let mut node = cx.node("Qr", [cx.known(X)?.clone()])?;
    let complete = matches!(cx.val(MODE), Val::Py(Arg::Str(s)) if &**s == "complete");
    let full = complete || cx.get(FULL)?;
    let Some((outer, m, n)) = sizes(cx, "Qr", node.x(0))? else {
        return Err(Stop::Unknown("matrices of unknown rank"));
    };
    node.with("full_matrices", full);
    let p = if full { m } else { smaller(m, n) };
    let (q, r) = (node.nth(0, with(&outer, &[m, p])), node.nth(1, with(&outer, &[p, n])));
    // `_QrGrad` lacks the whole factors of upright matrices.
    let hidden = full && m.known().zip(n.known()).is_none_or(|(m, n)| m > n);
    let [q, r] = [q, r].map(|part| if hidden { without_slope(part) } else { part });
    Ok(Val::Named(vec![("q", Val::T(q)), ("r", Val::T(r))]))
}

fn eigh(cx: &Cx<'_>) -> Infer<Val> {
    if cx.surface() == Surface::KerasOps {
        is_square(cx, &cx.tensor(X)?)?;
    }
    let node = cx.node("SelfAdjointEigV2", [cx.known(X)?.clone()])?;
    let Some((outer, m, n)) = sizes(cx, "SelfAdjointEigV2", node.x(0))? else {
        return Err(Stop::Unknown("matrices of unknown rank"));
    };
    let n = cx.fit("SelfAdjointEigV2", merge::dims(m, n, "a square matrix"))?;
    Ok(Val::tuple([node.nth(0, with(&outer, &[n])), node.nth(1, with(&outer, &[n, n]))]))
}

fn eigvalsh(cx: &Cx<'_>) -> Infer<Val> {
    match eigh(cx)? {
        Val::Tuple(parts) => parts.into_iter().next().ok_or(Stop::Unknown("no eigenvalues")),
        other => Ok(other),
    }
}

const AXIS_A: Param<Arg> = Param::named(&["axisa"]);
const AXIS_B: Param<Arg> = Param::named(&["axisb"]);
const AXIS_C: Param<Arg> = Param::named(&["axisc"]);

fn cross(cx: &Cx<'_>) -> Infer<Val> {
    let (x, y) = (cx.known(X)?, cx.known(Y)?);
    if cx.surface() != Surface::KerasOps {
        return crossed(cx, x, y).map(Val::T);
    }
    let (mut both, dtype) = keras::cast_all(cx, &[x, y], false)?;
    let all = cx.val(crate::params::AXIS);
    let axis = |own: Param<Arg>| match (all.is_none(), cx.val(own)) {
        (true, Val::Py(Arg::Missing)) => Ok(-1),
        (true, own) => cx.int(own),
        (false, _) => cx.int(all),
    };
    let axes = [axis(AXIS_A)?, axis(AXIS_B)?, axis(AXIS_C)?];
    for (t, axis) in both.iter_mut().zip(axes) {
        // `moveaxis(x, axis, -1)`.
        if let Some(rank) = t.rank() {
            keras::canonicalize_axis(cx, axis, rank)?;
            if axis != -1 && !cx.symbolic() {
                *t = crate::defs::shape::moveaxis(cx, t, &[axis], &[-1])?;
            }
        }
    }
    let last = |t: &Tensor| t.shape.dim(-1).unwrap_or(Dim::Unknown);
    let padded = |t: &Tensor| -> Infer<Tensor> {
        if last(t) != Dim::Known(2) {
            return Ok(t.clone());
        }
        let rank = t.rank().unwrap_or(1);
        let mut rows = vec![Val::ints(&[0, 0]); rank - 1];
        rows.push(Val::ints(&[0, 1]));
        pad(cx, "Pad", t, Val::List(rows), None)
    };
    if cx.symbolic() || both.iter().any(|t| !last(t).is_known()) {
        return Err(Stop::Unknown("a cross product along other axes or of unknown sizes"));
    }
    let flat = last(&both[0]) == Dim::Known(2) && last(&both[1]) == Dim::Known(2);
    let (x, y) = (padded(&both[0])?, padded(&both[1])?);
    let together = |t: &Tensor, other: &Tensor| -> Infer<Tensor> {
        let (Some(mine), Some(theirs)) = (t.rank(), other.rank()) else {
            return Err(Stop::Unknown("a cross product of unknown rank"));
        };
        // A graph cannot evaluate a `BroadcastArgs` that fails, and goes on with its length.
        let shape = match (t.shape.all_known(), other.shape.all_known()) {
            (Some(a), Some(b)) if cx.eager() => {
                broadcast(cx, "BroadcastArgs", &Shape::known(&a), &Shape::known(&b))?
            }
            _ => {
                tensor::broadcast(&t.shape, &other.shape).unwrap_or_else(|_| Shape::of_rank(mine.max(theirs)))
            }
        };
        let sizes = shape.dims().unwrap_or_default().to_vec();
        broadcast_to(cx, t, Val::T(Tensor::dims(sizes, DType::Int32)))
    };
    let (a, b) = (together(&x, &y)?, together(&y, &x)?);
    let out = crossed(cx, &Val::T(a), &Val::T(b))?;
    let out = if flat {
        // Of vectors in a plane only what stands upright on it is kept.
        let before = out.rank().unwrap_or(1).saturating_sub(1);
        let (mut starts, mut sizes) = (vec![0; before], vec![-1; before]);
        starts.push(2);
        sizes.push(1);
        squeeze(cx, index::slice(cx, &out, Val::ints(&starts), Val::ints(&sizes))?, &[-1])?
    } else if axes[2] == -1 {
        out
    } else {
        crate::defs::shape::moveaxis(cx, &out, &[-1], &[axes[2]])?
    };
    Ok(Val::T(Tensor { dtype: Some(dtype), ..out }))
}

/// `Cross`: the last axis is 3 long.
fn crossed(cx: &Cx<'_>, x: &Val, y: &Val) -> Infer<Tensor> {
    let node = cx.node("Cross", [x.clone(), y.clone()])?;
    cx.fit("Cross", merge::rank_at_least(&node.x(0).shape, 1))?;
    cx.fit("Cross", merge::rank_at_least(&node.x(1).shape, 1))?;
    let same = cx.fit_or("Cross", merge::shapes(&node.x(0).shape, &node.x(1).shape), || {
        format!(
            "Both inputs must be of same shape: {} vs. {}",
            node.x(0).shape.bracketed(),
            node.x(1).shape.bracketed()
        )
    })?;
    if let Some(last) = same.dim(-1) {
        cx.fit_or("Cross", merge::value(last, 3), || {
            "Cross-products are only defined for 3-element vectors.".to_owned()
        })?;
    }
    Ok(node.out(same))
}

fn set_diag(cx: &Cx<'_>) -> Infer<Val> {
    crate::kernels::linalg::set_diag(cx, cx.known(X)?.clone(), cx.known(Y)?.clone(), offset(cx)?).map(Val::T)
}

fn tensor_diag(cx: &Cx<'_>) -> Infer<Val> {
    let node = cx.node("Diag", [cx.known(X)?.clone()])?;
    cx.fit("Diag", merge::rank_at_least(&node.x(0).shape, 1))?;
    if let (true, Some(sizes)) = (cx.eager(), node.x(0).shape.all_known()) {
        // The elements on the diagonal of a matrix, whose axes are those of the tensor twice.
        let flat = reshape(cx, node.x(0), Val::ints(&[-1]))?;
        let matrix = matrix_diag(cx, flat, Diagonals::one(0))?;
        return reshape(cx, matrix, Val::ints(&[sizes.clone(), sizes].concat())).map(Val::T);
    }
    let dims = node.x(0).shape.dims();
    Ok(Val::T(node.out(dims.map_or(Shape::UNKNOWN, |d| with(d, d)))))
}

fn tensor_diag_part(cx: &Cx<'_>) -> Infer<Val> {
    let node = cx.node("DiagPart", [cx.known(X)?.clone()])?;
    let Some(dims) = node.x(0).shape.dims() else { return Ok(Val::T(node.out(Shape::UNKNOWN))) };
    if dims.len() % 2 != 0 || dims.is_empty() {
        let text = format!("Input must have even and non-zero rank, input rank is {}", dims.len());
        return cx.refuse("DiagPart", Misfit::argument("input", text));
    }
    let (first, second) = dims.split_at(dims.len() / 2);
    let mut out = Vec::new();
    for (a, b) in first.iter().zip(second) {
        out.push(cx.fit("DiagPart", merge::dims(*a, *b, "both halves of the shape"))?);
    }
    Ok(Val::T(node.out(Shape::new(out))))
}

fn adjoint(cx: &Cx<'_>) -> Infer<Val> {
    crate::defs::shape::matrix_transpose(cx)
}

fn logdet(cx: &Cx<'_>) -> Infer<Val> {
    let root = square(cx, "Cholesky", cx.known(X)?, true)?;
    let diagonal = matrix_diag_part(cx, root, Diagonals::one(0))?;
    let log = crate::kernels::pointwise::unary(cx, "Log", diagonal)?;
    let sum = reduce(cx, "Sum", log, &Axes::ints(&[-1]), false)?;
    binary(cx, "Mul", Val::from(2.0), sum).map(Val::T)
}

fn global_norm(cx: &Cx<'_>) -> Infer<Val> {
    let values = super::more::sequence(cx, cx.known(X)?)?;
    let tensors: Vec<Tensor> =
        values.iter().filter(|v| !v.is_none()).map(|v| cx.convert(v, None)).collect::<Infer<_>>()?;
    summed_norm(cx, tensors.iter()).map(Val::T)
}

/// The norm of tensors together: `sqrt(sum(l2_loss(t)) * 2)`.
///
/// source: tensorflow/python/ops/clip_ops.py: global_norm
pub(super) fn summed_norm<'t>(cx: &Cx<'_>, tensors: impl Iterator<Item = &'t Tensor>) -> Infer<Tensor> {
    let mut total: Option<Tensor> = None;
    for tensor in tensors {
        let half = cx.node("L2Loss", [tensor.into()])?.out(Shape::scalar());
        total = Some(match total {
            Some(known) => binary(cx, "AddV2", known, half)?,
            None => half,
        });
    }
    let total = total.ok_or(Stop::Unknown("the norm of nothing"))?;
    let twice = binary(cx, "Mul", &total, Val::from(2.0))?;
    crate::kernels::pointwise::unary(cx, "Sqrt", twice)
}
