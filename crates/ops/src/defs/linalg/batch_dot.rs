//! `K.batch_dot`: products along one axis of each operand, for each element of the batch.

use tensor::{DType, Dim};

use super::matmul::{A, B, matmul};
use crate::defs::rule;
use crate::kernels::shape::{expand_dims, reshape, shape_of, squeeze};
use crate::kernels::stride::{item, part};
use crate::kernels::{join, layout};
use crate::spec::{Cx, Tensor, Val, repr, run};
use crate::{Arg, Infer, Keras, Mistake, Op, Param, Stop};

const AXES: Param<Arg> = Param::at(2, &["axes", "axis"]);

pub(in crate::defs) static OPS: &[Op] = &[rule(
    "batch_dot",
    &["tf.keras.backend.batch_dot"],
    |c| run(c, batch_dot),
    "keras/src/legacy/backend.py: batch_dot, tf_keras/src/backend.py: batch_dot",
)];

fn batch_dot(cx: &Cx<'_>) -> Infer<Val> {
    let (x, y) = (cx.tensor(A)?, cx.tensor(B)?);
    let (Some(x_dims), Some(y_dims)) = (x.shape.dims(), y.shape.dims()) else {
        return Err(Stop::Unknown("tensors of unknown rank"));
    };
    let shapes =
        if cx.call.keras == Keras::Three && !cx.call.path.is_empty() { "tf.shapes" } else { "shapes" };
    let both = format!("{} and {}", x.shape.tuple(), y.shape.tuple());
    if x_dims.len() < 2 || y_dims.len() < 2 {
        let text =
            format!("Cannot do batch_dot on inputs with rank < 2. Received inputs with {shapes} {both}.");
        let got = x_dims.len().min(y_dims.len());
        return cx
            .value_error(text, Mistake::RankMismatch { param: "x", expected: "at least 2".to_owned(), got });
    }
    if !x_dims[0].compatible(y_dims[0]) {
        let text = format!(
            "Cannot do batch_dot on inputs with different batch sizes. Received inputs with {shapes} {both}."
        );
        return cx.value_error(
            text,
            Mistake::DimMismatch { left: x_dims[0], right: y_dims[0], what: "batch sizes" },
        );
    }
    let (first, second) = axes(cx, x_dims.len(), y_dims.len())?;
    let (left, right) = (at(x_dims, first)?, at(y_dims, second)?);
    if !left.compatible(right) {
        let text = format!(
            "Cannot do batch_dot on inputs with {shapes} {both} with axes=[{first}, {second}]. \
             x.shape[{first}] != y.shape[{second}] ({left} != {right})."
        );
        return cx.value_error(text, Mistake::DimMismatch { left, right, what: "the axes that are summed" });
    }
    let (first, second) = (index(first)?, index(second)?);
    contract(cx, x, y, first, second).map(Val::T)
}

fn index(axis: i64) -> Infer<usize> {
    usize::try_from(axis).map_err(|_| Stop::Unknown("an axis outside of the rank"))
}

fn at(dims: &[Dim], axis: i64) -> Infer<Dim> {
    index(axis).and_then(|i| dims.get(i).copied().ok_or(Stop::Unknown("an axis outside of the rank")))
}

/// Reads the axes, counted from the front.
fn axes(cx: &Cx<'_>, x_rank: usize, y_rank: usize) -> Infer<(i64, i64)> {
    let given = cx.known(AXES)?;
    let (x_rank, y_rank) = (x_rank as i64, y_rank as i64);
    let (mut first, mut second) = match given {
        val if val.is_none() => (x_rank - 1, if y_rank == 2 { 1 } else { y_rank - 2 }),
        Val::Py(Arg::Int(n)) => (*n, *n),
        Val::List(items) | Val::Tuple(items) => {
            if items.iter().any(|i| i.items().is_some()) {
                let text = format!(
                    "Multiple target dimensions are not supported. Expected: None, int, (int, int), Provided: {}",
                    repr(given)
                );
                return cx.value_error(text.clone(), Mistake::Argument { param: "axes", problem: text });
            }
            match cx.ints(given)?[..] {
                [first, second] => (first, second),
                _ => return Err(Stop::Unknown("axes that are not two")),
            }
        }
        _ => return Err(Stop::Unknown("axes that are not known")),
    };
    if first < 0 {
        first += x_rank;
    }
    if second < 0 {
        second += y_rank;
    }
    if first == 0 || second == 0 {
        let text = "Cannot perform batch_dot over axis 0. If your inputs are not batched, add a dummy batch dimension to \
                    your inputs using K.expand_dims(x, 0)";
        let problem = "the axis of the batch".to_owned();
        return cx.value_error(text, Mistake::Argument { param: "axes", problem });
    }
    Ok((first, second))
}

/// Brings both to matrices, multiplies, and brings the result to its shape.
fn contract(cx: &Cx<'_>, x: Tensor, y: Tensor, first: usize, second: usize) -> Infer<Tensor> {
    let flat = (x.rank() == Some(2), y.rank() == Some(2));
    let (mut x, mut y, mut first) = (x, y, first);
    if flat.0 {
        x = expand_dims(cx, x, Val::from(1))?;
        first += 1;
    }
    if flat.1 {
        y = expand_dims(cx, y, Val::from(2))?;
    }
    let (x_rank, y_rank) = (x.rank().unwrap_or(3), y.rank().unwrap_or(3));
    if first != x_rank - 1 {
        let mut order: Vec<i64> = (0..x_rank as i64).collect();
        let moved = order.remove(first);
        order.push(moved);
        x = layout::transpose(cx, x, Val::ints(&order))?;
    }
    if second != 1 {
        let mut order: Vec<i64> = (0..y_rank as i64).collect();
        let moved = order.remove(second);
        order.insert(1, moved);
        y = layout::transpose(cx, y, Val::ints(&order))?;
    }
    let (mut middle, mut trailing) = (None, None);
    if x_rank > 3 {
        let sizes = shape_of(&x, DType::Int32);
        middle = Some(part(cx, &sizes, Some(1), Some(-1))?);
        let squashed = Val::List(vec![
            Val::T(item(cx, &sizes, 0)?),
            Val::from(-1),
            Val::T(item(cx, &sizes, x_rank as i64 - 1)?),
        ]);
        x = reshape(cx, x, join::pack(cx, squashed, 0)?)?;
    }
    if y_rank > 3 {
        let sizes = shape_of(&y, DType::Int32);
        trailing = Some(part(cx, &sizes, Some(2), None)?);
        let squashed =
            Val::List(vec![Val::T(item(cx, &sizes, 0)?), Val::T(item(cx, &sizes, 1)?), Val::from(-1)]);
        y = reshape(cx, y, join::pack(cx, squashed, 0)?)?;
    }
    let mut out = matmul(cx, x, y)?;
    let mut wanted = shape_of(&out, DType::Int32);
    let reshaped = middle.is_some() || trailing.is_some();
    if let Some(middle) = middle {
        let parts = [part(cx, &wanted, None, Some(1))?, middle, part(cx, &wanted, Some(-1), None)?];
        wanted = join::concat(cx, Val::list(parts), Val::from(0))?;
    }
    if let Some(trailing) = trailing {
        let parts = [part(cx, &wanted, None, Some(-1))?, trailing];
        wanted = join::concat(cx, Val::list(parts), Val::from(0))?;
    }
    if reshaped {
        out = reshape(cx, out, wanted)?;
    }
    match flat {
        (true, _) => squeeze(cx, out, &[1]),
        (_, true) => squeeze(cx, out, &[-1]),
        _ => Ok(out),
    }
}
