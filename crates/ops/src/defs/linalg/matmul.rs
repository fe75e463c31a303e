//! Products of matrices: matmul, matvec, tensordot.

use tensor::{DType, Dim, Shape};

use crate::defs::arith::tried_by_array;
use crate::defs::rule;
use crate::kernels::index::gather;
use crate::kernels::join;
use crate::kernels::layout::transpose;
use crate::kernels::linalg::{batch_mat_mul, mat_mul};
use crate::kernels::pointwise::{cast, unary};
use crate::kernels::reduce::{Axes, reduce};
use crate::kernels::shape::{expand_dims, reshape, shape_of, squeeze};
use crate::params::{X, Y};
use crate::spec::keras::{self, Promoted};
use crate::spec::{Cx, Tensor, Val, repr, run};
use crate::{Arg, Exc, Infer, Mistake, Op, Param, Stop, Surface};

pub(in crate::defs) static OPS: &[Op] = &[
    rule(
        "matmul",
        &["tf.matmul", "keras.ops.matmul"],
        |c| run(c, matmul_op),
        "tensorflow/python/ops/math_ops.py: matmul",
    ),
    rule("matvec", &["tf.linalg.matvec"], |c| run(c, matvec), "tensorflow/python/ops/math_ops.py: matvec"),
    rule(
        "tensordot",
        &["tf.tensordot", "keras.ops.tensordot"],
        |c| run(c, tensordot_op),
        "tensorflow/python/ops/math_ops.py: tensordot",
    ),
];

const FLAGS: [Param<bool>; 4] = [
    Param::named(&["transpose_a"]),
    Param::named(&["transpose_b"]),
    Param::named(&["adjoint_a"]),
    Param::named(&["adjoint_b"]),
];

fn matmul_op(cx: &Cx<'_>) -> Infer<Val> {
    let (a, b) = (cx.known(X)?, cx.known(Y)?);
    match cx.surface() {
        Surface::KerasOps if cx.symbolic() => symbolic_matmul(cx, a, b),
        Surface::KerasOps => keras_matmul(cx, a, b),
        _ => {
            let mut flags = [false; 4];
            for (flag, param) in flags.iter_mut().zip(FLAGS) {
                *flag = cx.get(param)?;
            }
            for (i, name) in [(0, "a"), (1, "b")] {
                if flags[i] && flags[i + 2] {
                    let text = format!(
                        "Only one of `transpose_{name}` and `adjoint_{name}` can be True. Received `transpose_{name}`=True, `adjoint_{name}`=True."
                    );
                    return cx.value_error(text.clone(), Mistake::Argument { param: "transpose_a", problem: text });
                }
            }
            // `1 @ x` converts the left side to the right side's dtype.
            let a = match (a, b) {
                (Val::T(t), _) if t.is_tf() => a.clone(),
                (_, Val::T(t)) if cx.call.path.is_empty() => Val::T(cx.convert(a, t.dtype)?),
                _ => a.clone(),
            };
            let out = tf_matmul(cx, &a, b, flags);
            if cx.call.path.is_empty() { tried_by_array(&a, b, out) } else { out }
        }
    }
    .map(Val::T)
}

/// `tf.matmul` with its flags: whether a side is transposed, then whether it is the adjoint.
fn tf_matmul(cx: &Cx<'_>, a: &Val, b: &Val, flags: [bool; 4]) -> Infer<Tensor> {
    let a = cx.convert(a, None)?;
    let b = cx.convert_hint(b, a.dtype)?;
    let plain = [&a, &b].into_iter().all(|t| t.rank().is_some_and(|rank| rank <= 2));
    // Complex sides are conjugated first where the kernel does the other of both.
    let side = |t: Tensor, other: bool| match t.dtype {
        Some(dtype) if other && dtype.is_complex() => unary(cx, "Conj", t),
        _ => Ok(t),
    };
    let (a, b) = if plain {
        (side(a, flags[2])?, side(b, flags[3])?)
    } else {
        (side(a, flags[0])?, side(b, flags[1])?)
    };
    let (left, right) = (flags[0] || flags[2], flags[1] || flags[3]);
    let wanted = cx.get(OUTPUT_TYPE)?;
    match wanted {
        Some(_) if wanted != a.dtype || wanted != b.dtype => widened(cx, &a, &b, left, right, wanted),
        _ if plain => mat_mul(cx, Val::T(a), Val::T(b), left, right),
        _ => batch_mat_mul(cx, Val::T(a), Val::T(b), left, right),
    }
}

const OUTPUT_TYPE: Param<Option<DType>> = Param::named(&["output_type"]);

/// `BatchMatMulV3`: a product whose dtype is said, which sums in it. Few dtypes have such a kernel.
fn widened(
    cx: &Cx<'_>,
    a: &Tensor,
    b: &Tensor,
    adjoint_a: bool,
    adjoint_b: bool,
    wanted: Option<DType>,
) -> Infer<Tensor> {
    cx.node("BatchMatMulV3", [Val::from(a), Val::from(b)])?;
    let eight = |t: &Tensor| matches!(t.dtype, Some(DType::Int8 | DType::UInt8));
    let halves = a.dtype == Some(DType::BFloat16) && b.dtype == a.dtype && wanted == Some(DType::Float32);
    if cx.eager() && !halves && !(eight(a) && eight(b) && wanted == Some(DType::Int32)) {
        return Err(Stop::Unknown("a product of these dtypes"));
    }
    batch_mat_mul(cx, cast(cx, a, wanted)?.into(), cast(cx, b, wanted)?.into(), adjoint_a, adjoint_b)
}

/// `tf.matmul` without its flags for adjoints.
pub(super) fn matmul(cx: &Cx<'_>, a: &Val, b: &Val, transpose_a: bool, transpose_b: bool) -> Infer<Tensor> {
    let a = cx.convert(a, None)?;
    let b = cx.convert_hint(b, a.dtype)?;
    let plain = |t: &Tensor| t.rank().is_some_and(|r| r <= 2);
    if plain(&a) && plain(&b) {
        mat_mul(cx, Val::T(a), Val::T(b), transpose_a, transpose_b)
    } else {
        batch_mat_mul(cx, Val::T(a), Val::T(b), transpose_a, transpose_b)
    }
}

pub(super) fn times(cx: &Cx<'_>, a: &Tensor, b: &Tensor) -> Infer<Tensor> {
    matmul(cx, &a.into(), &b.into(), false, false)
}

/// `matmul` of `keras/src/backend/tensorflow/numpy.py`.
pub(super) fn keras_matmul(cx: &Cx<'_>, a: &Val, b: &Val) -> Infer<Tensor> {
    let (a, b) = (keras::tensor(cx, a, None)?, keras::tensor(cx, b, None)?);
    let (Some(da), Some(db)) = (a.dtype, b.dtype) else { return times(cx, &a, &b) };
    let vectors = a.rank() == Some(1) || b.rank() == Some(1);
    let (compute, result) = if da == DType::Int8 && db == DType::Int8 && !vectors {
        // TensorFlow has a kernel for these that sums in int32.
        (DType::Int32, DType::Int32)
    } else {
        let of = [Promoted::Of(da), Promoted::Of(db), Promoted::Float];
        (keras::common_dtype(cx, &of)?, keras::common_dtype(cx, &of[..2])?)
    };
    let (a, b) = (cast(cx, a, Some(compute))?, cast(cx, b, Some(compute))?);
    let out = match (a.rank(), b.rank()) {
        (Some(2), Some(2)) => times(cx, &a, &b)?,
        (_, Some(1)) => tensordot(cx, &a, &b, &Val::from(1))?,
        (Some(1), _) => tensordot(cx, &a, &b, &pairs(&[0], &[-2]))?,
        (Some(r), Some(2)) if r > 2 && compute == result => tensordot(cx, &a, &b, &pairs(&[-1], &[0]))?,
        _ => times(cx, &a, &b)?,
    };
    cast(cx, out, Some(result))
}

pub(super) fn pairs(a: &[i64], b: &[i64]) -> Val {
    Val::List(vec![Val::ints(a), Val::ints(b)])
}

pub(super) fn shape_in(val: &Val) -> Infer<Shape> {
    match val {
        Val::T(t) => Ok(t.shape.clone()),
        Val::Py(Arg::Unknown) => Err(Stop::Unknown("an operand is not known")),
        _ => Ok(Shape::scalar()),
    }
}

/// `compute_matmul_output_shape`.
fn symbolic_matmul(cx: &Cx<'_>, a: &Val, b: &Val) -> Infer<Tensor> {
    let (one, two) = (shape_in(a)?, shape_in(b)?);
    let dtype = keras::common_dtype(cx, &[keras::promoted(a)?, keras::promoted(b)?])?;
    let operands: Vec<&Tensor> = [a, b].into_iter().filter_map(Val::as_tensor).collect();
    let (Some(da), Some(db)) = (one.dims(), two.dims()) else {
        return Ok(keras::spec(Shape::UNKNOWN, dtype, &operands));
    };
    if da.is_empty() || db.is_empty() {
        return cx.raise(Exc::IndexError, "tuple index out of range", Mistake::Other);
    }
    let left: Vec<Dim> = if da.len() == 1 { vec![Dim::Known(1), da[0]] } else { da.to_vec() };
    let right: Vec<Dim> = if db.len() == 1 { vec![db[0], Dim::Known(1)] } else { db.to_vec() };
    let (inner, outer) = (left[left.len() - 1], right[right.len() - 2]);
    if !inner.compatible(outer) {
        let text = format!(
            "Inner dimensions (`x1.shape[-1]` and `x2.shape[-2]`) must be equal, but received `x1.shape={}` and `x2.shape={}`.",
            Shape::new(left.iter().copied()).tuple(),
            Shape::new(right.iter().copied()).tuple()
        );
        return cx.value_error(text, Mistake::DimMismatch { left: inner, right: outer, what: "inner dims" });
    }
    let batch = keras::broadcast_shapes(
        cx,
        &left[..left.len() - 2].iter().copied().collect(),
        &right[..right.len() - 2].iter().copied().collect(),
    )?;
    let mut out = batch.dims().unwrap_or_default().to_vec();
    if da.len() > 1 {
        out.push(left[left.len() - 2]);
    }
    if db.len() > 1 {
        out.push(right[right.len() - 1]);
    }
    Ok(keras::spec(Shape::new(out), dtype, &operands))
}

fn matvec(cx: &Cx<'_>) -> Infer<Val> {
    let (a, b) = (cx.known(X)?, cx.known(Y)?);
    let column = expand_dims(cx, b, Val::from(-1))?;
    let transposed = cx.get(FLAGS[0])? || cx.get(FLAGS[2])?;
    let out = matmul(cx, a, &Val::T(column), transposed, false)?;
    squeeze(cx, out, &[-1]).map(Val::T)
}

const AXES: Param<Arg> = Param::at(2, &["axes"]);

fn tensordot_op(cx: &Cx<'_>) -> Infer<Val> {
    let (a, b, axes) = (cx.known(X)?, cx.known(Y)?, cx.known(AXES)?);
    let axes = if axes.is_none() { Val::from(2) } else { axes.clone() };
    if cx.surface() != Surface::KerasOps {
        let (a, b) = (cx.convert(a, None)?, cx.convert(b, None)?);
        return tensordot(cx, &a, &b, &axes).map(Val::T);
    }
    let result = keras::common_dtype(cx, &[keras::promoted(a)?, keras::promoted(b)?])?;
    if cx.symbolic() {
        return symbolic_tensordot(cx, a, b, &axes, result).map(Val::T);
    }
    let compute = match result {
        DType::Int32 | DType::Int64 => result,
        d if d.is_floating() || d.is_complex() => d,
        d => keras::floated(d),
    };
    let a = cast(cx, keras::tensor(cx, a, None)?, Some(compute))?;
    let b = cast(cx, keras::tensor(cx, b, None)?, Some(compute))?;
    let out = tensordot(cx, &a, &b, &axes)?;
    cast(cx, out, Some(result)).map(Val::T)
}

/// `Tensordot.compute_output_spec`.
pub(super) fn symbolic_tensordot(cx: &Cx<'_>, a: &Val, b: &Val, axes: &Val, dtype: DType) -> Infer<Tensor> {
    let (one, two) = (shape_in(a)?, shape_in(b)?);
    let operands: Vec<&Tensor> = [a, b].into_iter().filter_map(Val::as_tensor).collect();
    let (Some(da), Some(db)) = (one.dims(), two.dims()) else {
        return Ok(keras::spec(Shape::UNKNOWN, dtype, &operands));
    };
    if let Val::Py(Arg::Int(n)) = axes {
        let n = usize::try_from(*n).unwrap_or(0);
        let kept = da[..da.len().saturating_sub(n)].iter().chain(db.get(n..).unwrap_or_default());
        return Ok(keras::spec(kept.copied().collect(), dtype, &operands));
    }
    let [left, right] = axes.items().ok_or(Stop::Unknown("axes that are not known"))? else {
        return Err(Stop::Unknown("axes that are not two"));
    };
    let (left, right) = (cx.ints(left)?, cx.ints(right)?);
    let place = |axis: &i64, rank: usize| {
        usize::try_from(if *axis < 0 { axis + rank as i64 } else { *axis }).unwrap_or(usize::MAX)
    };
    let gone_a: Vec<usize> = left.iter().map(|x| place(x, da.len())).collect();
    let gone_b: Vec<usize> = right.iter().map(|x| place(x, db.len())).collect();
    if gone_a.iter().any(|i| *i >= da.len()) || gone_b.iter().any(|i| *i >= db.len()) {
        return cx.raise(Exc::IndexError, "list index out of range", Mistake::Other);
    }
    if let Some((i, j)) = gone_a.iter().zip(&gone_b).find(|(i, j)| !da[**i].compatible(db[**j])) {
        let list = |dims: &[Dim], at: &[usize]| keras::list(&at.iter().map(|i| dims[*i]).collect());
        let text = format!(
            "Shape mismatch on `x1[axes[0]]` and `x2[axes[1]]`, received {} and {}.",
            list(da, &gone_a),
            list(db, &gone_b)
        );
        return cx.value_error(
            text,
            Mistake::DimMismatch { left: da[*i], right: db[*j], what: "the contracted axes" },
        );
    }
    let kept = |dims: &[Dim], gone: &[usize]| -> Vec<Dim> {
        (0..dims.len()).filter(|i| !gone.contains(i)).map(|i| dims[i]).collect()
    };
    let out = kept(da, &gone_a).into_iter().chain(kept(db, &gone_b)).collect();
    Ok(keras::spec(out, dtype, &operands))
}

/// One side of a tensordot, brought to a matrix.
struct Side {
    matrix: Tensor,
    free: Vec<Dim>,
    /// The free sizes as a tensor, where they are not all static.
    dynamic: Option<Tensor>,
}

/// `tf.tensordot`.
pub(in crate::defs) fn tensordot(cx: &Cx<'_>, a: &Tensor, b: &Tensor, axes: &Val) -> Infer<Tensor> {
    let (Some(ra), Some(rb)) = (a.rank(), b.rank()) else {
        return Err(Stop::Unknown("a tensordot of tensors of unknown rank"));
    };
    let (axes_a, axes_b) = match axes {
        Val::Py(Arg::Int(n)) => {
            let n = *n;
            if n < 0 {
                let text = format!("`axes` must be at least 0. Received: {n}.");
                return cx.value_error(text.clone(), Mistake::Argument { param: "axes", problem: text });
            }
            if n > ra as i64 {
                let text = format!(
                    "`axes` must not be larger than the number of dimensions of tensor {}.  Received {n}, vs tensor dimensions {ra}.",
                    crate::spec::text_of(&a.into())
                );
                return cx.value_error(
                    text,
                    Mistake::RankMismatch { param: "a", expected: format!("at least {n}"), got: ra },
                );
            }
            ((ra as i64 - n..ra as i64).collect::<Vec<_>>(), (0..n).collect::<Vec<_>>())
        }
        other => {
            let items = other.items().ok_or(Stop::Unknown("axes that are not known"))?;
            let [left, right] = items else {
                let text = format!("`axes` must be an integer or have length 2. Received {}.", repr(axes));
                return cx.value_error(text.clone(), Mistake::Argument { param: "axes", problem: text });
            };
            (cx.ints(left)?, cx.ints(right)?)
        }
    };
    if axes_a.len() != axes_b.len() {
        let text = format!(
            "Different number of contraction axes `a` and `b`, {} != {}.",
            axes_a.len(),
            axes_b.len()
        );
        return cx.value_error(text.clone(), Mistake::Argument { param: "axes", problem: text });
    }
    let left = side(cx, a, &axes_a, false)?;
    let right = side(cx, b, &axes_b, true)?;
    debug_assert!(rb == right.free.len() + axes_b.len() || rb < axes_b.len());
    let product = times(cx, &left.matrix, &right.matrix)?;
    let free: Vec<Dim> = left.free.iter().chain(&right.free).copied().collect();
    if left.dynamic.is_none() && right.dynamic.is_none() {
        let wanted: Vec<i64> = free.iter().filter_map(|d| d.known()).collect();
        if product.shape.all_known().as_deref() == Some(&wanted[..]) {
            return Ok(product);
        }
        return reshape(cx, product, Val::ints(&wanted));
    }
    let sizes = |side: Side| -> Infer<Tensor> {
        match side.dynamic {
            Some(sizes) => Ok(sizes),
            None => Ok(Tensor::dims(side.free, DType::Int32)),
        }
    };
    let wanted = join::concat(cx, Val::list([sizes(left)?, sizes(right)?]), Val::from(0))?;
    let out = reshape(cx, product, wanted)?;
    // `product.set_shape(...)`.
    let known = Shape::new(free);
    let merged = out.shape.merge(&known).unwrap_or(known);
    Ok(out.with_shape(merged))
}

/// `_tensordot_reshape`.
fn side(cx: &Cx<'_>, x: &Tensor, axes: &[i64], flipped: bool) -> Infer<Side> {
    let dims = x.shape.dims().unwrap_or_default().to_vec();
    let rank = dims.len() as i64;
    let axes: Vec<i64> = axes.iter().map(|a| if *a >= 0 { *a } else { a + rank }).collect();
    let free: Vec<i64> = (0..rank).filter(|i| !axes.contains(i)).collect();
    for axis in &axes {
        // Python counts a negative index from the end once more.
        if !(-rank..rank).contains(axis) {
            let mistake = Mistake::AxisOutOfRange { axis: *axis, rank: dims.len() };
            return cx.raise(Exc::IndexError, "list index out of range", mistake);
        }
    }
    let at = |i: &i64| dims[usize::try_from(if *i < 0 { i + rank } else { *i }).unwrap_or(0)];
    let free_dims: Vec<Dim> = free.iter().map(at).collect();
    let order: Vec<i64> = if flipped {
        axes.iter().chain(&free).copied().collect()
    } else {
        free.iter().chain(&axes).copied().collect()
    };
    if dims.iter().all(|d| d.is_known()) {
        let product = |of: &[i64]| of.iter().map(|i| at(i).known().unwrap_or(1)).product::<i64>();
        let (outer, inner) = (product(&free), product(&axes));
        let wanted = if flipped { [inner, outer] } else { [outer, inner] };
        let mut turned = x.clone();
        if order.iter().enumerate().any(|(i, a)| i as i64 != *a) {
            turned = transpose(cx, turned, Val::ints(&order))?;
        }
        if turned.shape.all_known().as_deref() != Some(&wanted[..]) {
            turned = reshape(cx, turned, Val::ints(&wanted))?;
        }
        return Ok(Side { matrix: turned, free: free_dims, dynamic: None });
    }
    let whole = shape_of(x, DType::Int32);
    let sizes = gather(cx, &whole, Tensor::vector(&free), Val::from(0), 0)?;
    let contracted = gather(cx, &whole, Tensor::vector(&axes), Val::from(0), 0)?;
    let outer = reduce(cx, "Prod", &sizes, &Axes::All, false)?;
    let inner = reduce(cx, "Prod", contracted, &Axes::All, false)?;
    let pair = if flipped { [inner, outer] } else { [outer, inner] };
    let wanted = join::pack_tensors(cx, &pair, 0)?;
    let turned = transpose(cx, x, Val::ints(&order))?;
    Ok(Side { matrix: reshape(cx, turned, wanted)?, free: free_dims, dynamic: Some(sizes) })
}
