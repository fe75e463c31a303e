//! Repairs of axes, orders and products.

use diagnostics::{Edit, Fix, Span};
use interp::Interp;
use python::Ranged;
use python::ast::{self, Expr};
use tensor::Dim;

use crate::Failure;
use crate::failure::Operand;
use crate::repair::{argument, literal_int, replace, risky, safe};
use crate::source;
use crate::wording::{functions_of, operand_text};

/// The call that a failure is about, and the call of the layer's constructor where that is called at once:
/// `Concatenate(axis=3)([a, b])`.
fn calls<'a>(failure: &Failure<'a>) -> Vec<&'a ast::ExprCall> {
    let Some(call) = source::call_at(failure.program(), failure.span()) else { return Vec::new() };
    match &*call.func {
        Expr::Call(inner) => vec![call, inner],
        _ => vec![call],
    }
}

/// The expressions that spell an axis out as a number, alone or in a list, where the last axis is not listed as well.
fn axes_written<'a>(failure: &Failure<'a>, axis: i64, rank: usize) -> Vec<&'a Expr> {
    let mut found = Vec::new();
    let is_last = |e: &Expr| literal_int(e).is_some_and(|n| n == -1 || n + 1 == rank as i64);
    let outside = |e: &Expr| literal_int(e).is_some_and(|n| n >= rank as i64 || n < -(rank as i64));
    let within = |items: &'a [Expr]| {
        // `reduce_sum(x, axis=(1, 2, 3))` of three axes names the last one already; of two, one is not enough to mend.
        let other = items.len() > 1 && items.iter().any(is_last);
        let other = other || items.iter().filter(|e| outside(e)).count() > 1;
        items.iter().filter(move |e| !other && literal_int(e) == Some(axis))
    };
    for call in calls(failure) {
        let keywords = call.arguments.keywords.iter().filter(|keyword| {
            matches!(keyword.arg.as_deref(), Some("axis" | "axes" | "dim" | "dims" | "batch_dims"))
        });
        let named: Vec<&Expr> = keywords.map(|keyword| &keyword.value).collect();
        // By position, the axis comes behind the tensor.
        let placed = call.arguments.args.iter().skip(1).filter(|_| named.is_empty());
        for value in named.iter().copied().chain(placed) {
            match value {
                Expr::Tuple(items) => found.extend(within(&items.elts)),
                Expr::List(items) => found.extend(within(&items.elts)),
                _ if literal_int(value) == Some(axis) => found.push(value),
                _ => {}
            }
        }
    }
    found
}

/// An axis one behind the last one means the last; where there is only one axis beside the batch, any other
/// means that one.
pub(super) fn axis(failure: &Failure<'_>, axis: i64, rank: usize) -> Option<Fix> {
    let [written] = axes_written(failure, axis, rank)[..] else { return None };
    let edits = vec![replace(python::span(written.range()), "-1")];
    // The last of one axis is the batch.
    let last = rank > 1 && axis == rank as i64;
    (last || rank == 2).then(|| {
        if last {
            safe("count the last axis from the end: `-1`", edits)
        } else {
            risky("use the only axis beside the batch: `-1`", edits)
        }
    })
}

/// A squeeze means the axis of size 1, where there is only one.
pub(super) fn squeezed(failure: &Failure<'_>, operands: &[Operand]) -> Option<Fix> {
    let dims = operands.first()?.spec.shape.dims()?;
    let ones: Vec<usize> =
        dims.iter().enumerate().skip(1).filter(|(_, d)| **d == Dim::Known(1)).map(|(at, _)| at).collect();
    let [only] = ones[..] else { return None };
    let call = source::call_at(failure.program(), failure.span())?;
    let value = argument(call, 1, "axis")?;
    let written = match value {
        Expr::List(list) if list.elts.len() == 1 => list.elts.first()?,
        Expr::Tuple(tuple) if tuple.elts.len() == 1 => tuple.elts.first()?,
        _ => value,
    };
    let written = Some(written).filter(|value| literal_int(value).is_some())?;
    let content = if only + 1 == dims.len() { "-1".to_owned() } else { only.to_string() };
    let title = format!("take the axis of size 1 away: `{content}`");
    Some(safe(title, vec![replace(python::span(written.range()), content)]))
}

/// A reshape to a fixed number of rows leaves the batch alone with `-1` in its place, where the other sizes are those of
/// one sample: `reshape(x, (32, 24))`.
pub(super) fn batch_kept(interp: &Interp<'_>, place: Span, sample: i64) -> Option<Fix> {
    let call = source::call_at(interp.program, place)?;
    let sizes = ["shape", "newshape", "target_shape"].iter().find_map(|name| argument(call, 1, name))?;
    let items = match sizes {
        Expr::Tuple(items) => &items.elts,
        Expr::List(items) => &items.elts,
        _ => return None,
    };
    let (rows, others) = items.split_first()?;
    let known: Option<i64> =
        others.iter().try_fold(1i64, |product, size| product.checked_mul(literal_int(size)?));
    let fixed = literal_int(rows).is_none_or(|rows| rows > 0);
    let inferred = others.iter().any(|size| literal_int(size) == Some(-1));
    if !fixed || inferred || others.is_empty() {
        return None;
    }
    let edits = vec![replace(python::span(rows.range()), "-1")];
    match known {
        Some(product) if product == sample => Some(safe("leave the number of rows open: `-1`", edits)),
        Some(_) => None,
        None => Some(risky("leave the number of rows open: `-1`", edits)),
    }
}

/// An order of all axes but the batch lacks only that.
pub(super) fn order(failure: &Failure<'_>, operands: &[Operand]) -> Option<Fix> {
    let rank = operands.first()?.spec.shape.rank()?;
    let call = source::call_at(failure.program(), failure.span())?;
    let named = ["perm", "axes", "pattern"].iter().find_map(|name| argument(call, 1, name))?;
    let items = match named {
        Expr::Tuple(items) => &items.elts,
        Expr::List(items) => &items.elts,
        _ => return None,
    };
    let given: Vec<i64> = items.iter().map(literal_int).collect::<Option<_>>()?;
    let mut sorted = given.clone();
    sorted.sort_unstable();
    let complete = |from: i64| sorted.iter().copied().eq(from..from + given.len() as i64);
    if given.len() + 1 != rank || !(complete(0) || complete(1)) {
        return None;
    }
    let shift = if complete(0) { 1 } else { 0 };
    let order: Vec<String> = std::iter::once(0)
        .chain(given.iter().map(|axis| axis + shift))
        .map(|axis| axis.to_string())
        .collect();
    let (open, close) = if named.is_list_expr() { ("[", "]") } else { ("(", ")") };
    let content = format!("{open}{}{close}", order.join(", "));
    Some(safe("name the batch in the order as well", vec![replace(python::span(named.range()), content)]))
}

/// Tensors that differ at one axis only can be joined along that one.
pub(super) fn joined(failure: &Failure<'_>, operands: &[Operand]) -> Option<Fix> {
    let first = operands.first()?.spec.shape.dims()?;
    let mut differing: Vec<usize> = Vec::new();
    for operand in operands.iter().skip(1) {
        let dims = operand.spec.shape.dims().filter(|dims| dims.len() == first.len())?;
        differing.extend(
            first.iter().zip(dims).enumerate().filter(|(_, (a, b))| !a.compatible(**b)).map(|(at, _)| at),
        );
    }
    differing.sort_unstable();
    differing.dedup();
    let [only] = differing[..] else { return None };
    let written = calls(failure).into_iter().rev().find_map(|call| {
        let value = call.arguments.find_keyword("axis").map(|keyword| &keyword.value);
        value.or_else(|| call.arguments.args.last()).filter(|value| literal_int(value).is_some())
    })?;
    let content = only.to_string();
    let title = format!("join along the axis at which they differ: `{content}`");
    (only > 0).then(|| risky(title, vec![replace(python::span(written.range()), content)]))
}

/// `K.dot(x, v)` of a vector is a weighted sum over the last axis.
pub(super) fn weighted_sum(failure: &Failure<'_>, x: &Operand, weights: &Operand) -> Option<Fix> {
    let call = source::call_at(failure.program(), failure.span())?;
    let module = functions_of(failure);
    let (x, weights) = (operand_text(failure, x), operand_text(failure, weights));
    let content = format!("{module}.sum({x} * {weights}, axis=-1)");
    let title = "sum over the last axis, weighted".to_owned();
    Some(risky(title, vec![replace(python::span(call.range()), content)]))
}

/// `tf.matmul` and `K.batch_dot` of tensors whose last axes are of one size mean the second one turned round.
pub(super) fn turned(failure: &Failure<'_>, b: &Operand, turned: &str) -> Option<Fix> {
    let place = b.expression?;
    let call = source::call_at(failure.program(), failure.span())?;
    let edits: Vec<Edit> = if failure.op() == "matmul" && failure.callee().starts_with("tf.") {
        vec![crate::repair::add_keyword(failure.program(), call, "transpose_b=True")]
    } else {
        vec![replace(place, turned)]
    };
    Some(risky(format!("turn `{}` round", b.name), edits))
}
