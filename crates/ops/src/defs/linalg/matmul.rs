//! Products of matrices and vectors.

use tensor::{DType, Dim, Shape};

use crate::defs::rule;
use crate::kernels::linalg::{batch_mat_mul, mat_mul};
use crate::kernels::pointwise::{cast, unary};
use crate::kernels::shape::{expand_dims, reshape, squeeze};
use crate::kernels::{join, layout, stride};
use crate::spec::keras::{self, Promoted, promoted};
use crate::spec::{Cx, Tensor, Val, run};
use crate::{Arg, Exc, Infer, Mistake, Op, Param, Stop, Surface};

/// The left operand.
pub(super) const A: Param<Arg> = Param::at(0, &["a", "x1", "x"]);
/// The right operand.
pub(super) const B: Param<Arg> = Param::at(1, &["b", "x2", "y"]);
const TRANSPOSE_A: Param<bool> = Param::named(&["transpose_a"]);
const TRANSPOSE_B: Param<bool> = Param::named(&["transpose_b"]);
const ADJOINT_A: Param<bool> = Param::named(&["adjoint_a"]);
const ADJOINT_B: Param<bool> = Param::named(&["adjoint_b"]);
const OUTPUT_TYPE: Param<Option<DType>> = Param::named(&["output_type"]);
const SPARSE_A: Param<bool> = Param::named(&["a_is_sparse"]);
const SPARSE_B: Param<bool> = Param::named(&["b_is_sparse"]);

pub(in crate::defs) static OPS: &[Op] = &[
    rule(
        "matmul",
        &["tf.matmul", "keras.ops.matmul"],
        |c| run(c, matmul_op),
        "tensorflow/python/ops/math_ops.py: matmul",
    ),
    rule("matvec", &["tf.linalg.matvec"], |c| run(c, matvec), "tensorflow/python/ops/math_ops.py: matvec"),
    rule(
        "backend_dot",
        &["tf.keras.backend.dot"],
        |c| run(c, backend_dot),
        "keras/src/legacy/backend.py: dot, tf_keras/src/backend.py: dot",
    ),
];

/// How the operands of a product are turned before.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::defs) struct Turned {
    /// The left one is transposed.
    pub transpose_a: bool,
    /// The right one is transposed.
    pub transpose_b: bool,
    /// The left one is transposed and conjugated.
    pub adjoint_a: bool,
    /// The right one is transposed and conjugated.
    pub adjoint_b: bool,
}

fn matmul_op(cx: &Cx<'_>) -> Infer<Val> {
    let (a, b) = (cx.known(A)?, cx.known(B)?);
    if cx.surface() == Surface::KerasOps {
        return of_keras(cx, a, b).map(Val::T);
    }
    let turned = Turned {
        transpose_a: cx.get(TRANSPOSE_A)?,
        transpose_b: cx.get(TRANSPOSE_B)?,
        adjoint_a: cx.get(ADJOINT_A)?,
        adjoint_b: cx.get(ADJOINT_B)?,
    };
    if cx.get(OUTPUT_TYPE)?.is_some() || cx.get(SPARSE_A)? || cx.get(SPARSE_B)? {
        return Err(Stop::Unknown("a product of sparse matrices or to another dtype"));
    }
    for (which, transpose, adjoint) in
        [("a", turned.transpose_a, turned.adjoint_a), ("b", turned.transpose_b, turned.adjoint_b)]
    {
        if transpose && adjoint {
            let text = format!(
                "Only one of `transpose_{which}` and `adjoint_{which}` can be True. Received `transpose_{which}`=True, \
                 `adjoint_{which}`=True."
            );
            return cx.value_error(text.clone(), Mistake::Argument { param: "transpose_a", problem: text });
        }
    }
    product(cx, a, b, turned).map(Val::T)
}

/// `tf.matmul(a, b)`.
pub(in crate::defs) fn matmul(cx: &Cx<'_>, a: impl Into<Val>, b: impl Into<Val>) -> Infer<Tensor> {
    product(cx, &a.into(), &b.into(), Turned::default())
}

/// `tf.matmul`, which multiplies matrices, or batches of them where a rank is above 2 or not known.
pub(in crate::defs) fn product(cx: &Cx<'_>, a: &Val, b: &Val, turned: Turned) -> Infer<Tensor> {
    let mut a = cx.convert(a, None)?;
    let mut b = cx.convert_hint(b, a.dtype)?;
    let conj = |t: Tensor| if t.dtype.is_some_and(DType::is_complex) { unary(cx, "Conj", t) } else { Ok(t) };
    let batched = |t: &Tensor| t.rank().is_none_or(|r| r > 2);
    if batched(&a) || batched(&b) {
        if turned.transpose_a {
            a = conj(a)?;
        }
        if turned.transpose_b {
            b = conj(b)?;
        }
        let (first, second) =
            (turned.transpose_a || turned.adjoint_a, turned.transpose_b || turned.adjoint_b);
        return batch_mat_mul(cx, Val::T(a), Val::T(b), first, second);
    }
    if turned.adjoint_a {
        a = conj(a)?;
    }
    if turned.adjoint_b {
        b = conj(b)?;
    }
    let (first, second) = (turned.transpose_a || turned.adjoint_a, turned.transpose_b || turned.adjoint_b);
    mat_mul(cx, Val::T(a), Val::T(b), first, second)
}

/// `keras.ops.matmul`.
pub(in crate::defs) fn of_keras(cx: &Cx<'_>, a: &Val, b: &Val) -> Infer<Tensor> {
    if cx.symbolic() {
        return symbolic(cx, a, b);
    }
    let (x1, x2) = (keras::tensor(cx, a, None)?, keras::tensor(cx, b, None)?);
    let (Some(d1), Some(d2)) = (x1.dtype, x2.dtype) else {
        return Err(Stop::Unknown("a product of tensors whose dtypes are not known"));
    };
    let int8 = d1 == DType::Int8 && d2 == DType::Int8;
    if int8 {
        return Err(Stop::Unknown("a product of 8-bit integers"));
    }
    let own = [Promoted::Of(d1), Promoted::Of(d2)];
    let compute = keras::common_dtype(cx, &[own[0], own[1], Promoted::Float])?;
    let result = keras::common_dtype(cx, &own)?;
    let (x1, x2) = (cast(cx, x1, Some(compute))?, cast(cx, x2, Some(compute))?);
    let out = match (x1.rank(), x2.rank()) {
        (Some(2), Some(2)) => matmul(cx, x1, x2)?,
        (_, Some(1)) => super::tensordot::contract(cx, x1, x2, &Val::from(1))?,
        (Some(1), _) => super::tensordot::contract(cx, x1, x2, &pairs(0, -2))?,
        (Some(n), Some(2)) if n > 2 => super::tensordot::contract(cx, x1, x2, &pairs(-1, 0))?,
        _ => matmul(cx, x1, x2)?,
    };
    cast(cx, out, Some(result))
}

/// Axes `[[a], [b]]` of a tensordot.
pub(super) fn pairs(a: i64, b: i64) -> Val {
    Val::List(vec![Val::ints(&[a]), Val::ints(&[b])])
}

/// `Matmul.compute_output_spec`.
fn symbolic(cx: &Cx<'_>, a: &Val, b: &Val) -> Infer<Tensor> {
    let (x1, x2) = (cx.convert(a, None)?, cx.convert(b, None)?);
    let (Some(d1), Some(d2)) = (x1.shape.dims(), x2.shape.dims()) else {
        return Err(Stop::Unknown("a product of tensors of unknown rank"));
    };
    if d1.is_empty() || d2.is_empty() {
        return Err(Stop::Unknown("a symbolic product with a scalar"));
    }
    let (one, two) = (d1.len() == 1, d2.len() == 1);
    let d1 = if one { vec![Dim::Known(1), d1[0]] } else { d1.to_vec() };
    let d2 = if two { vec![d2[0], Dim::Known(1)] } else { d2.to_vec() };
    let (left, right) = (d1[d1.len() - 1], d2[d2.len() - 2]);
    if !left.compatible(right) {
        let text = format!(
            "Inner dimensions (`x1.shape[-1]` and `x2.shape[-2]`) must be equal, but received `x1.shape={}` and `x2.shape={}`.",
            Shape::new(d1.iter().copied()).tuple(),
            Shape::new(d2.iter().copied()).tuple()
        );
        return cx.value_error(text, Mistake::DimMismatch { left, right, what: "inner dims" });
    }
    let batch = |d: &[Dim]| Shape::new(d[..d.len() - 2].iter().copied());
    let lead = keras::broadcast_shapes(cx, &batch(&d1), &batch(&d2))?;
    let mut out = lead.dims().unwrap_or_default().to_vec();
    if !one {
        out.push(d1[d1.len() - 2]);
    }
    if !two {
        out.push(d2[d2.len() - 1]);
    }
    let dtype = match (x1.dtype, x2.dtype) {
        (Some(DType::Int8), Some(DType::Int8)) => DType::Int32,
        _ => keras::common_dtype(cx, &[promoted(&Val::T(x1.clone()))?, promoted(&Val::T(x2.clone()))?])?,
    };
    Ok(keras::spec(Shape::new(out), dtype, &[&x1, &x2]))
}

fn matvec(cx: &Cx<'_>) -> Infer<Val> {
    let turned =
        Turned { transpose_a: cx.get(TRANSPOSE_A)?, adjoint_a: cx.get(ADJOINT_A)?, ..Turned::default() };
    let b = expand_dims(cx, cx.known(B)?, Val::from(-1))?;
    let out = product(cx, cx.known(A)?, &Val::T(b), turned)?;
    squeeze(cx, out, &[-1]).map(Val::T)
}

/// Returns the sizes of a tensor as the old backend reads them: an int where it is static, else a scalar of
/// `tf.shape`.
pub(super) fn sizes(cx: &Cx<'_>, x: &Tensor) -> Infer<Vec<Val>> {
    let Some(dims) = x.shape.dims() else { return Err(Stop::Unknown("a tensor of unknown rank")) };
    let whole = crate::kernels::shape::shape_of(x, DType::Int32);
    dims.iter()
        .enumerate()
        .map(|(i, dim)| match dim {
            Dim::Known(n) => Ok(Val::from(*n)),
            _ => stride::item(cx, &whole, i as i64).map(Val::T),
        })
        .collect()
}

/// `K.dot`: flattens both operands to matrices where a rank is above 2.
fn backend_dot(cx: &Cx<'_>) -> Infer<Val> {
    let (x, y) = (cx.tensor(A)?, cx.tensor(B)?);
    let (Some(left), Some(right)) = (x.rank(), y.rank()) else {
        return Err(Stop::Unknown("a product of tensors of unknown rank"));
    };
    if left <= 2 && right <= 2 {
        return matmul(cx, x, y).map(Val::T);
    }
    let (x_sizes, y_sizes) = (scalar_checked(cx, &x)?, scalar_checked(cx, &y)?);
    if right < 2 {
        let mistake = Mistake::RankMismatch { param: "y", expected: "at least 2".to_owned(), got: right };
        // `list(range(ndim(y))).pop(-2)`.
        let text = if right == 0 { "pop from empty list" } else { "pop index out of range" };
        return cx.raise(Exc::IndexError, text, mistake);
    }
    let Some(inner) = x_sizes.last() else {
        let mistake = Mistake::RankMismatch { param: "x", expected: "at least 1".to_owned(), got: 0 };
        return cx.raise(Exc::IndexError, "tuple index out of range", mistake);
    };
    let mut order: Vec<i64> = (0..right as i64).collect();
    let moved = order.remove(right - 2);
    order.insert(0, moved);
    let xt = reshape(cx, &x, Val::List(vec![Val::from(-1), inner.clone()]))?;
    let yt = layout::transpose(cx, &y, Val::ints(&order))?;
    let yt = reshape(cx, yt, Val::List(vec![y_sizes[right - 2].clone(), Val::from(-1)]))?;
    let out = matmul(cx, xt, yt)?;
    let mut wanted = x_sizes[..left - 1].to_vec();
    wanted.extend_from_slice(&y_sizes[..right - 2]);
    wanted.push(y_sizes[right - 1].clone());
    reshape(cx, out, packed(cx, wanted)?).map(Val::T)
}

/// `tf.unstack(tf.shape(x))` of a scalar is an empty list.
fn scalar_checked(cx: &Cx<'_>, x: &Tensor) -> Infer<Vec<Val>> {
    sizes(cx, x)
}

/// Packs sizes to a vector where tensors are among them.
pub(super) fn packed(cx: &Cx<'_>, sizes: Vec<Val>) -> Infer<Val> {
    if sizes.iter().any(|v| matches!(v, Val::T(_))) {
        return join::pack(cx, Val::List(sizes), 0).map(Val::T);
    }
    Ok(Val::List(sizes))
}
