//! Dot products: dot, batch_dot, outer, inner, vdot.

use tensor::{DType, Shape};

use super::matmul::{pairs, shape_in, tensordot, times};
use crate::defs::rule;
use crate::kernels::join;
use crate::kernels::layout::transpose;
use crate::kernels::pointwise::{binary, cast};
use crate::kernels::shape::{expand_dims, reshape, shape_of, squeeze};
use crate::kernels::stride::{item, part};
use crate::params::{X, Y};
use crate::spec::keras::{self, Promoted};
use crate::spec::{Cx, Tensor, Val, has_attribute, run};
use crate::{Arg, Exc, Infer, Mistake, Op, Param, Stop, Surface};

pub(in crate::defs) static OPS: &[Op] = &[
    rule(
        "dot",
        &["tf.keras.backend.dot", "keras.ops.dot"],
        |c| run(c, dot),
        "keras/src/legacy/backend.py: dot",
    ),
    rule(
        "batch_dot",
        &["tf.keras.backend.batch_dot"],
        |c| run(c, batch_dot),
        "keras/src/legacy/backend.py: batch_dot",
    ),
    rule("outer", &["keras.ops.outer"], |c| run(c, outer), "keras/src/backend/tensorflow/numpy.py: outer"),
    rule("inner", &["keras.ops.inner"], |c| run(c, inner), "keras/src/backend/tensorflow/numpy.py: inner"),
    rule("vdot", &["keras.ops.vdot"], |c| run(c, vdot), "keras/src/backend/tensorflow/numpy.py: vdot"),
];

fn dot(cx: &Cx<'_>) -> Infer<Val> {
    let (a, b) = (cx.known(X)?, cx.known(Y)?);
    match cx.surface() {
        Surface::KerasOps if cx.symbolic() => symbolic_dot(cx, a, b),
        Surface::KerasOps => keras_dot(cx, a, b),
        _ => {
            // `x.shape.rank` of both is asked first.
            for side in [a, b] {
                has_attribute(cx, side, "shape", "y")?;
            }
            backend_dot(cx, &cx.convert(a, None)?, &cx.convert(b, None)?)
        }
    }
    .map(Val::T)
}

/// `K.dot`: beyond matrices, the last axis of the one against the second to last of the other.
fn backend_dot(cx: &Cx<'_>, x: &Tensor, y: &Tensor) -> Infer<Tensor> {
    let (Some(rx), Some(ry)) = (x.rank(), y.rank()) else {
        return match (x.rank(), y.rank()) {
            (Some(0..=2), _) | (None, _) => Ok(x.clone().like().with_shape(Shape::UNKNOWN)),
            _ => Err(Stop::Unknown("a dot of tensors of unknown rank")),
        };
    };
    if rx <= 2 && ry <= 2 {
        return times(cx, x, y);
    }
    let sizes = |t: &Tensor| -> Infer<Vec<Val>> {
        let whole = shape_of(t, DType::Int32);
        let rank = t.rank().unwrap_or(0) as i64;
        let parts = join::unpack(cx, whole, rank, 0)?;
        let dims = t.shape.dims().unwrap_or_default();
        Ok(dims.iter().zip(parts).map(|(d, p)| d.known().map_or(Val::T(p), Val::from)).collect())
    };
    let (xs, ys) = (sizes(x)?, sizes(y)?);
    if ry < 2 {
        // `list(range(ndim(y))).pop(-2)`.
        let text = if ry == 0 { "pop from empty list" } else { "pop index out of range" };
        return cx.raise(
            Exc::IndexError,
            text,
            Mistake::RankMismatch { param: "y", expected: "at least 2".to_owned(), got: ry },
        );
    }
    let Some(last) = xs.last() else {
        let mistake = Mistake::RankMismatch { param: "x", expected: "at least 1".to_owned(), got: rx };
        return cx.raise(Exc::IndexError, "tuple index out of range", mistake);
    };
    let mut order: Vec<i64> = (0..ry as i64).collect();
    let moved = order.remove(ry - 2);
    order.insert(0, moved);
    let left = reshape(cx, x, Val::List(vec![Val::from(-1), last.clone()]))?;
    let turned = transpose(cx, y, Val::ints(&order))?;
    let right = reshape(cx, turned, Val::List(vec![ys[ry - 2].clone(), Val::from(-1)]))?;
    let product = times(cx, &left, &right)?;
    let out = xs[..rx - 1].iter().chain(&ys[..ry - 2]).chain(&ys[ry - 1..]).cloned().collect();
    reshape(cx, product, Val::Tuple(out))
}

/// `dot` of `keras/src/backend/tensorflow/numpy.py`.
fn keras_dot(cx: &Cx<'_>, a: &Val, b: &Val) -> Infer<Tensor> {
    let (a, b) = (keras::tensor(cx, a, None)?, keras::tensor(cx, b, None)?);
    let result = keras::common_dtype(
        cx,
        &[keras::promoted(&Val::T(a.clone()))?, keras::promoted(&Val::T(b.clone()))?],
    )?;
    let compute = keras::common_dtype(cx, &[Promoted::Of(result), Promoted::Float])?;
    let (a, b) = (cast(cx, a, Some(compute))?, cast(cx, b, Some(compute))?);
    let out = match (a.rank(), b.rank()) {
        (Some(0), _) | (_, Some(0)) => binary(cx, "Mul", a, b)?,
        (_, Some(1)) => tensordot(cx, &a, &b, &pairs(&[-1], &[-1]))?,
        _ => tensordot(cx, &a, &b, &pairs(&[-1], &[-2]))?,
    };
    cast(cx, out, Some(result))
}

/// `Dot.compute_output_spec`.
fn symbolic_dot(cx: &Cx<'_>, a: &Val, b: &Val) -> Infer<Tensor> {
    let (one, two) = (shape_in(a)?, shape_in(b)?);
    let dtype = keras::common_dtype(cx, &[keras::promoted(a)?, keras::promoted(b)?])?;
    let operands: Vec<&Tensor> = [a, b].into_iter().filter_map(Val::as_tensor).collect();
    let (Some(da), Some(db)) = (one.dims(), two.dims()) else {
        return Ok(keras::spec(Shape::UNKNOWN, dtype, &operands));
    };
    let shapes = (one.tuple(), two.tuple());
    let out: Shape = match (da.len(), db.len()) {
        (0, _) | (_, 0) => keras::broadcast_shapes(cx, &one, &two)?,
        (1, 1) => Shape::scalar(),
        (n, 1) => {
            if da[n - 1] != db[0] && da[n - 1].is_known() && db[0].is_known() {
                let text = format!(
                    "Shape must match on the last axis of `x1` and `x2` when `x1` is N-d array while `x2` is 1-D, but receive shape `x1.shape={}` and x2.shape=`{}`.",
                    shapes.0, shapes.1
                );
                return cx.value_error(
                    text,
                    Mistake::DimMismatch { left: da[n - 1], right: db[0], what: "inner dims" },
                );
            }
            da[..n - 1].iter().copied().collect()
        }
        (n, m) => {
            let (inner, outer) = (da[n - 1], db[m - 2]);
            if !inner.compatible(outer) {
                let text = format!(
                    "Shape must match on the last axis of `x1` and second last axis of `x2` when `x1` is N-d array while `x2` is M-D, but received `x1.shape={}` and x2.shape=`{}`.",
                    shapes.0, shapes.1
                );
                return cx.value_error(
                    text,
                    Mistake::DimMismatch { left: inner, right: outer, what: "inner dims" },
                );
            }
            da[..n - 1].iter().chain(&db[..m - 2]).chain(&db[m - 1..]).copied().collect()
        }
    };
    Ok(keras::spec(out, dtype, &operands))
}

const AXES: Param<Arg> = Param::at(2, &["axes"]);

fn batch_dot(cx: &Cx<'_>) -> Infer<Val> {
    let (x, y) = (cx.tensor(X)?, cx.tensor(Y)?);
    let (Some(dx), Some(dy)) = (x.shape.dims(), y.shape.dims()) else {
        return Err(Stop::Unknown("a batch_dot of tensors of unknown rank"));
    };
    let word = if cx.keras3() { "tf.shapes" } else { "shapes" };
    let shapes = format!("{word} {} and {}", x.shape.tuple(), y.shape.tuple());
    let (rx, ry) = (dx.len(), dy.len());
    if rx < 2 || ry < 2 {
        let text = format!("Cannot do batch_dot on inputs with rank < 2. Received inputs with {shapes}.");
        let (param, got) = if rx < 2 { ("x", rx) } else { ("y", ry) };
        return cx.value_error(text, Mistake::RankMismatch { param, expected: "at least 2".to_owned(), got });
    }
    if !dx[0].compatible(dy[0]) {
        let text = format!(
            "Cannot do batch_dot on inputs with different batch sizes. Received inputs with {shapes}."
        );
        return cx.value_error(text, Mistake::DimMismatch { left: dx[0], right: dy[0], what: "batch sizes" });
    }
    let axes = cx.known(AXES)?;
    let axes = match axes {
        v if v.is_none() => [rx as i64 - 1, if ry == 2 { 1 } else { ry as i64 - 2 }],
        v => match cx.ints(v)?[..] {
            [both] => [both, both],
            [a, b] => [a, b],
            _ => return Err(Stop::Unknown("axes that are not two")),
        },
    };
    let place = |axis: i64, rank: usize| if axis < 0 { axis + rank as i64 } else { axis };
    let (a0, a1) = (place(axes[0], rx), place(axes[1], ry));
    if a0 == 0 || a1 == 0 {
        let text = "Cannot perform batch_dot over axis 0. If your inputs are not batched, add a dummy batch dimension to your inputs using K.expand_dims(x, 0)";
        return cx.value_error(text, Mistake::Argument { param: "axes", problem: text.to_owned() });
    }
    let (Some(d1), Some(d2)) = (x.shape.dim(a0).filter(|_| a0 > 0), y.shape.dim(a1).filter(|_| a1 > 0))
    else {
        let mistake = Mistake::AxisOutOfRange { axis: axes[0], rank: rx };
        return cx.raise(Exc::IndexError, "tuple index out of range", mistake);
    };
    if !d1.compatible(d2) {
        let text = format!(
            "Cannot do batch_dot on inputs with {shapes} with axes=[{a0}, {a1}]. x.shape[{a0}] != y.shape[{a1}] ({d1} != {d2})."
        );
        return cx
            .value_error(text, Mistake::DimMismatch { left: d1, right: d2, what: "the contracted axes" });
    }
    batched(cx, x.clone(), y.clone(), a0 as usize, a1 as usize).map(Val::T)
}

/// The body of `K.batch_dot`: both are brought to rank 3 and multiplied.
pub(in crate::defs) fn batched(
    cx: &Cx<'_>,
    mut x: Tensor,
    mut y: Tensor,
    mut a0: usize,
    a1: usize,
) -> Infer<Tensor> {
    let (flat_x, flat_y) = (x.rank() == Some(2), y.rank() == Some(2));
    if flat_x {
        x = expand_dims(cx, x, Val::from(1))?;
        a0 += 1;
    }
    if flat_y {
        y = expand_dims(cx, y, Val::from(2))?;
    }
    let (rx, ry) = (x.rank().unwrap_or(3), y.rank().unwrap_or(3));
    if a0 != rx - 1 {
        let mut order: Vec<i64> = (0..rx as i64).collect();
        let moved = order.remove(a0);
        order.push(moved);
        x = transpose(cx, x, Val::ints(&order))?;
    }
    if a1 != 1 {
        let mut order: Vec<i64> = (0..ry as i64).collect();
        let moved = order.remove(a1);
        order.insert(1, moved);
        y = transpose(cx, y, Val::ints(&order))?;
    }
    let mut middle = None;
    if rx > 3 {
        let shape = shape_of(&x, DType::Int32);
        middle = Some(part(cx, &shape, Some(1), Some(-1))?);
        let wanted = vec![Val::T(item(cx, &shape, 0)?), Val::from(-1), Val::T(item(cx, &shape, -1)?)];
        x = reshape(cx, x, crate::defs::join::stacked(cx, &Val::List(wanted), 0)?)?;
    }
    let mut trail = None;
    if ry > 3 {
        let shape = shape_of(&y, DType::Int32);
        trail = Some(part(cx, &shape, Some(2), None)?);
        let wanted = vec![Val::T(item(cx, &shape, 0)?), Val::T(item(cx, &shape, 1)?), Val::from(-1)];
        y = reshape(cx, y, crate::defs::join::stacked(cx, &Val::List(wanted), 0)?)?;
    }
    let mut out = times(cx, &x, &y)?;
    let mut shape = shape_of(&out, DType::Int32);
    let reshaped = middle.is_some() || trail.is_some();
    if let Some(middle) = middle {
        let (first, last) = (part(cx, &shape, None, Some(1))?, part(cx, &shape, Some(-1), None)?);
        shape = join::concat(cx, Val::list([first, middle, last]), Val::from(0))?;
    }
    if let Some(trail) = trail {
        let first = part(cx, &shape, None, Some(-1))?;
        shape = join::concat(cx, Val::list([first, trail]), Val::from(0))?;
    }
    if reshaped {
        out = reshape(cx, out, shape)?;
    }
    if flat_x {
        squeeze(cx, out, &[1])
    } else if flat_y {
        squeeze(cx, out, &[-1])
    } else {
        Ok(out)
    }
}

fn outer(cx: &Cx<'_>) -> Infer<Val> {
    let (x, y) = (cx.known(X)?, cx.known(Y)?);
    let (both, dtype) = keras::cast_all(cx, &[x, y], false)?;
    if cx.symbolic() {
        let out = Shape::new([both[0].shape.size(), both[1].shape.size()]);
        return Ok(Val::T(keras::spec(out, dtype, &[&both[0], &both[1]])));
    }
    let left = reshape(cx, &both[0], Val::ints(&[-1, 1]))?;
    let right = reshape(cx, &both[1], Val::ints(&[-1]))?;
    binary(cx, "Mul", left, right).map(Val::T)
}

fn inner(cx: &Cx<'_>) -> Infer<Val> {
    let (both, result) = keras::cast_all(cx, &[cx.known(X)?, cx.known(Y)?], false)?;
    let (x, y) = (&both[0], &both[1]);
    let (Some(dx), Some(dy)) = (x.shape.dims(), y.shape.dims()) else {
        return Err(Stop::Unknown("tensors of unknown rank"));
    };
    if cx.symbolic() {
        let out: Shape = if dx.is_empty() {
            y.shape.clone()
        } else if dy.is_empty() {
            x.shape.clone()
        } else {
            let (a, b) = (dx[dx.len() - 1], dy[dy.len() - 1]);
            if !a.compatible(b) {
                let text = format!(
                    "`inner` requires the last dimension of `x1` and `x2` to match. Received: x1.shape={}, x2.shape={}.",
                    x.shape.tuple(),
                    y.shape.tuple()
                );
                return cx.value_error(text, Mistake::DimMismatch { left: a, right: b, what: "last dims" });
            }
            dx[..dx.len() - 1].iter().chain(&dy[..dy.len() - 1]).copied().collect()
        };
        return Ok(Val::T(keras::spec(out, result, &[x, y])));
    }
    let compute = keras::floated(result);
    let (x, y) = (cast(cx, x, Some(compute))?, cast(cx, y, Some(compute))?);
    // Both branches of the condition are traced, the product and the contraction.
    let scalar = x.rank() == Some(0) || y.rank() == Some(0);
    let out = if cx.eager() {
        if scalar { binary(cx, "Mul", x, y)? } else { tensordot(cx, &x, &y, &pairs(&[-1], &[-1]))? }
    } else {
        let product = binary(cx, "Mul", &x, &y)?;
        let contracted = tensordot(cx, &x, &y, &pairs(&[-1], &[-1]))?;
        let joined = product.shape.join(&contracted.shape);
        product.with_shape(joined)
    };
    cast(cx, out, Some(result)).map(Val::T)
}

fn vdot(cx: &Cx<'_>) -> Infer<Val> {
    let (both, result) = keras::cast_all(cx, &[cx.known(X)?, cx.known(Y)?], false)?;
    if cx.symbolic() {
        return Ok(Val::T(keras::spec(Shape::scalar(), result, &[&both[0], &both[1]])));
    }
    let compute = keras::floated(result);
    let flat = |t: &Tensor| reshape(cx, cast(cx, t, Some(compute))?, Val::ints(&[-1]));
    let (x, y) = (flat(&both[0])?, flat(&both[1])?);
    let out = keras_dot(cx, &Val::T(x), &Val::T(y))?;
    cast(cx, out, Some(result)).map(Val::T)
}
