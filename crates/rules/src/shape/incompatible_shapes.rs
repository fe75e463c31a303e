//! Operands whose shapes do not fit each other.

use diagnostics::{Fix, Severity};
use graph::Source;
use ops::{Mistake, TensorKind};
use tensor::{Dim, Shape};

use super::{extra_axes, gradient_note, mending, whence};
use crate::failure::Operand;
use crate::places::{call_of, owner};
use crate::wording::{axes, axis_from_end, broadcast, functions_of, operand_text, pair, with_axis};
use crate::{Check, Explanation, Failure, Group, Rule};

/// Finds operands that an operation cannot combine.
pub(super) static INCOMPATIBLE_SHAPES: Rule = Rule {
    name: "incompatible-shapes",
    group: Group::Shape,
    summary: "an operation gets operands whose shapes do not fit each other",
    severity: Severity::Error,
    page: include_str!("incompatible_shapes.md"),
    check: Check::Failure(check),
};

fn check(failure: &Failure<'_>) -> Option<Explanation> {
    let operands = failure.operands();
    let explanation = match failure.mistake()? {
        Mistake::NotBroadcastable { left, right, from_end } => {
            not_broadcastable(failure, &operands, *left, *right, *from_end)
        }
        Mistake::DimMismatch { left, right, what } => sizes(failure, &operands, *left, *right, what),
        Mistake::RankMismatch { param, expected, got } => ranks(failure, &operands, param, expected, *got),
        _ => return None,
    };
    Some(gradient_note::add(explanation.operands(failure), failure, &operands))
}

fn not_broadcastable(
    failure: &Failure<'_>,
    operands: &[Operand],
    left: Dim,
    right: Dim,
    from_end: usize,
) -> Explanation {
    let at = axis_from_end(from_end);
    let message = match pair(operands) {
        Some((a, b)) => format!(
            "`{}` {} and `{}` {} do not fit each other: {left} against {right} at {at}",
            a.name, a.spec.shape, b.name, b.spec.shape
        ),
        None => format!(
            "the operands of `{}` do not fit each other: {left} against {right} at {at}",
            failure.callee()
        ),
    };
    let mut explanation = Explanation::new(message).note(
        "shapes are compared from the last axis to the first: two sizes fit if they are equal or one of them is 1",
    );
    if failure.comes_of_run()
        && pair(operands).is_some_and(|(a, b)| {
            a.spec.shape.rank().max(b.spec.shape.rank()) == Some(from_end)
                && a.spec.shape.rank() == b.spec.shape.rank()
        })
    {
        explanation.notes.push(
            "axis 0 is the batch, whose size is not the same for every batch: the last one is often smaller, and `predict` \
             takes 32 samples at a time"
                .to_owned(),
        );
        explanation.help.push(
            "do not write a batch size into the model: `tf.shape(x)[0]` is the size at run time".to_owned(),
        );
    }
    if let Some((a, b)) = pair(operands) {
        let (notes, help) = whence::sizes(failure, &[a, b], from_end);
        explanation.notes.extend(notes);
        explanation.help.extend(help);
    }
    if let Some((a, b)) = pair(operands)
        && let Some(help) = axis_to_add(failure, a, b).or_else(|| axis_to_add(failure, b, a))
    {
        explanation.help.push(help);
    }
    if let Some((a, b)) = pair(operands)
        && explanation.help.is_empty()
        && from_end == 1
    {
        explanation.help.push(even_features(failure, a, b));
    }
    explanation
}

/// What to do about last axes of different sizes.
fn even_features(failure: &Failure<'_>, a: &Operand, b: &Operand) -> String {
    let Some(Dim::Known(size)) = a.spec.shape.dim(-1) else {
        return "give both the same size at the last axis".to_owned();
    };
    let symbolic = failure.interp.trace.node(b.node).kind == TensorKind::Keras;
    let layer = if symbolic {
        format!("; `keras.layers.Dense({size})` behind `{}` brings it to {size}", b.name)
    } else {
        String::new()
    };
    format!(
        "give both one size at the last axis, where they are made: by the units or filters of their layers{layer}"
    )
}

/// An axis of size 1 that makes the first operand fit the second.
fn axis_to_add(failure: &Failure<'_>, narrow: &Operand, wide: &Operand) -> Option<String> {
    let (rank, wide_rank) = (narrow.spec.shape.rank()?, wide.spec.shape.rank()?);
    if rank >= wide_rank {
        return None;
    }
    let fits = |at: usize| {
        let shape = with_axis(&narrow.spec.shape, at)?;
        let result = broadcast(&shape, &wide.spec.shape)?;
        (result.rank() == Some(wide_rank)).then_some(shape)
    };
    let (at, shape) = (0..=rank).rev().find_map(|at| Some((at, fits(at)?)))?;
    let axis = if at == rank { -1 } else { at as i64 };
    let module = functions_of(failure);
    Some(format!(
        "an axis of size 1 makes `{}` {shape}, which fits: `{module}.expand_dims({}, axis={axis})`",
        narrow.name, narrow.name
    ))
}

fn sizes(failure: &Failure<'_>, operands: &[Operand], left: Dim, right: Dim, what: &str) -> Explanation {
    let (callee, op) = (failure.callee(), failure.op());
    let subject =
        operands.first().map_or("the tensor".to_owned(), |o| format!("`{}` {}", o.name, o.spec.shape));
    match what {
        "a multiple" => {
            let explanation = Explanation::new(format!(
                "`{callee}` cannot divide {subject} evenly: {left} is not a multiple of {right}"
            ));
            return parted(failure, operands, left, right, explanation);
        }
        "a squeezed axis" => {
            let mut explanation = Explanation::new(format!(
                "`{callee}` cannot take away an axis of {subject} that has {left} elements: only one of size 1"
            ));
            explanation.fix = mending::squeezed(failure, operands);
            return explanation
                .help("name an axis of size 1, or reduce the axis (`mean`, `max`) or pick one of its elements (`x[:, 0]`)");
        }
        "fitted columns" => {
            let explanation = Explanation::new(format!(
                "`{callee}` cannot take {subject}: it has {left} at the last axis, and what it was fitted to has {right}"
            ));
            return explanation.help(if callee.ends_with("inverse_transform") {
                "what is turned back needs all columns; a scaler of its own for the target is fitted to that column alone"
            } else {
                "hand over the columns that `fit` was given, in their order"
            });
        }
        "a fixed dim" if op.contains("transpose") => {
            let mut explanation = Explanation::new(format!(
                "`{callee}` gets an order for another number of axes than {subject} has: {left} against {right}"
            ));
            explanation.fix = mending::order(failure, operands);
            return explanation.help("the order names every axis once, the batch (0) included");
        }
        "a fixed dim" => {
            return Explanation::new(format!(
                "`{callee}` cannot take {subject}: a size is {right}, not {left}"
            ))
            .help(format!("make it {left} where the tensor is made, or say {right} here"));
        }
        _ => {}
    }
    let product = matches!(op, "matmul" | "dot" | "batch_dot" | "tensordot" | "einsum" | "inner");
    let Some((a, b)) = pair(operands) else {
        let message = match operands.first() {
            Some(one) => {
                format!("`{callee}` cannot take `{}` {}: {what} are {left} and {right}", one.name, one.spec)
            }
            None => format!("`{callee}` is given sizes that do not fit: {left} and {right}"),
        };
        return Explanation::new(message);
    };
    if !product {
        let message = format!(
            "`{callee}` cannot combine `{}` {} and `{}` {}: {what} are {left} and {right}",
            a.name, a.spec.shape, b.name, b.spec.shape
        );
        return Explanation::new(message).help(match common_axis(a, b) {
            Some(axis) => {
                format!("at axis {axis} both have the same size: perhaps that one is meant, `axes={axis}`")
            }
            None => {
                format!("make both one size there, {left} or {right}, by what the operands are made with")
            }
        });
    }
    if let Some(explanation) = built_for_another(failure, a, b) {
        return explanation;
    }
    let message = format!(
        "`{callee}` cannot multiply `{}` {} by `{}` {}: the axes that are summed have {left} and {right} elements",
        a.name, a.spec.shape, b.name, b.spec.shape
    );
    let mut explanation = Explanation::new(message);
    if matches!(op, "matmul" | "dot") {
        explanation.notes.push(format!(
            "the last axis of `{}` is summed with the second-to-last axis of `{}`, so both must be of one size",
            a.name, b.name
        ));
        if let Some((help, fix)) = transposed(failure, a, b) {
            explanation.help.push(help);
            explanation.fix = fix;
        }
    }
    if explanation.help.is_empty() {
        explanation.help.push(match axes_that_match(a, b) {
            Some((i, j)) if op == "batch_dot" => format!(
                "axis {i} of `{}` and axis {j} of `{}` are of one size: `axes=[{i}, {j}]` sums these",
                a.name, b.name
            ),
            None if op == "batch_dot" => even_features(failure, a, b),
            _ => format!("make the axes that are summed one size: {left} or {right}, by what the operands are made with"),
        });
    }
    explanation
}

/// The only pair of axes behind the batch that have one known size.
fn axes_that_match(a: &Operand, b: &Operand) -> Option<(usize, usize)> {
    let (x, y) = (a.spec.shape.dims()?, b.spec.shape.dims()?);
    let pairs = (1..x.len()).flat_map(|i| (1..y.len()).map(move |j| (i, j)));
    let mut equal = pairs.filter(|(i, j)| x[*i].is_known() && x[*i] == y[*j]);
    let first = equal.next()?;
    equal.next().is_none().then_some(first)
}

/// The only axis behind the batch at which two tensors have one known size.
fn common_axis(a: &Operand, b: &Operand) -> Option<usize> {
    let (x, y) = (a.spec.shape.dims()?, b.spec.shape.dims()?);
    let mut common =
        x.iter().zip(y).enumerate().skip(1).filter(|(_, (x, y))| x.is_known() && x == y).map(|(at, _)| at);
    let first = common.next()?;
    (x.len() == y.len() && common.next().is_none()).then_some(first)
}

/// Which sizes can be divided, and where the one that cannot comes from.
fn parted(
    failure: &Failure<'_>,
    operands: &[Operand],
    size: Dim,
    parts: Dim,
    mut explanation: Explanation,
) -> Explanation {
    let (Dim::Known(size), Dim::Known(parts)) = (size, parts) else { return explanation };
    if let Some(one) = operands.first()
        && let Some(dims) = one.spec.shape.dims()
        && let Some(at) = dims.iter().rposition(|dim| *dim == Dim::Known(size))
    {
        explanation.notes.extend(whence::sizes(failure, &[one], dims.len() - at).0);
    }
    if parts > 1 && size > 0 {
        let below = size - size % parts;
        let near = if below > 0 { format!("{below} or {}", below + parts) } else { parts.to_string() };
        explanation.help.push(format!("{parts} equal parts need a multiple of {parts}: {near} for {size}"));
    }
    explanation
}

/// A layer's own product: its weight is for another size.
fn built_for_another(failure: &Failure<'_>, x: &Operand, weight: &Operand) -> Option<Explanation> {
    let interp = failure.interp;
    let Source::Variable(id) = interp.trace.node(weight.node).source else { return None };
    if weight.expression.is_some() {
        return None;
    }
    let name = interp.trace.variable(id).name.trim_end_matches(":0");
    let layer = owner(name)?;
    let input = match x.expression {
        Some(_) => format!("`{}` {}", x.name, x.spec.shape),
        None => format!("its input {}", x.spec.shape),
    };
    let size = weight.spec.shape.dim(0)?;
    let message =
        format!("layer '{layer}' cannot take {input}: it was built for {size} elements at the last axis");
    let mut explanation = Explanation::new(message)
        .note(format!("its weight `{name}` is {}", weight.spec.shape))
        .help("a layer's weights have the size of its first input: make a second layer for another size");
    if let Some(span) = call_of(interp, layer).filter(|span| !span.contains(failure.span())) {
        explanation = explanation.label(span, "the layer was built here");
    }
    Some(explanation)
}

/// A transposition that makes a matrix product possible.
fn transposed(failure: &Failure<'_>, a: &Operand, b: &Operand) -> Option<(String, Option<Fix>)> {
    let (x, y) = (&a.spec.shape, &b.spec.shape);
    let equal = |left: Option<Dim>, right: Option<Dim>| left.is_some_and(Dim::is_known) && left == right;
    let module = functions_of(failure);
    if y.rank()? >= 2 && equal(x.dim(-1), y.dim(-1)) {
        let turned =
            if y.rank()? == 2 { format!("{module}.transpose({})", b.name) } else { swapped(&module, b)? };
        let help = format!("the last axes are of one size: `{turned}` turns `{}` round", b.name);
        return Some((help, mending::turned(failure, b, &turned)));
    }
    if x.rank()? == 2 && y.rank()? == 2 && equal(x.dim(0), y.dim(0)) {
        let help = format!("the first axes are of one size: `{module}.transpose({})` turns it round", a.name);
        return Some((help, None));
    }
    None
}

fn swapped(module: &str, operand: &Operand) -> Option<String> {
    let rank = operand.spec.shape.rank()?;
    let mut order: Vec<String> = (0..rank).map(|axis| axis.to_string()).collect();
    order.swap(rank - 1, rank - 2);
    let order = order.join(", ");
    Some(match module {
        "K" => format!("K.permute_dimensions({}, ({order}))", operand.name),
        _ => format!("{module}.transpose({}, ({order}))", operand.name),
    })
}

fn ranks(
    failure: &Failure<'_>,
    operands: &[Operand],
    param: &str,
    expected: &str,
    got: usize,
) -> Explanation {
    let callee = failure.callee();
    if failure.op() == "dot"
        && let Some((x, w)) = pair(operands)
        && let (Some(x_rank), Some(w_rank)) = (x.spec.shape.rank(), w.spec.shape.rank())
        && w_rank < 2
    {
        return vector_product(failure, x, w, (x_rank, w_rank));
    }
    let names = crate::wording::listed(
        &operands.iter().map(|o| format!("`{}` {}", o.name, o.spec.shape)).collect::<Vec<_>>(),
    );
    let which = operands.iter().find(|o| o.name == param || o.spec.shape.rank() == Some(got));
    let message = match which {
        Some(one) if !expected.is_empty() => {
            format!(
                "`{callee}` cannot take `{}` {}: its rank is {got}, not {expected}",
                one.name, one.spec.shape
            )
        }
        _ if names.is_empty() => format!("`{callee}` is given a tensor of rank {got}, not {expected}"),
        _ => format!("`{callee}` cannot take {names}: a rank is {got}, not {expected}"),
    };
    let mut explanation = Explanation::new(message);
    let operand = which.or(operands.first());
    match operand.filter(|one| failure.interp.trace.node(one.node).kind == TensorKind::Numpy) {
        Some(table) if expected == "2" => explanation.help.push(table_advice(failure, table, got)),
        _ => explanation.help.extend(rank_advice(failure, operand, got)),
    }
    explanation
}

/// What to do about an array that is to be a table: a row for each sample, a column for each feature.
fn table_advice(failure: &Failure<'_>, array: &Operand, got: usize) -> String {
    let name = operand_text(failure, array);
    if got < 2 {
        return format!(
            "`{name}.reshape(-1, 1)` makes a column of it (one feature), `{name}.reshape(1, -1)` a row (one sample)"
        );
    }
    let extra = extra_axes::left_by(failure.interp, array.node).map(|extra| extra.help);
    extra.unwrap_or_else(|| format!("`{name}.reshape(len({name}), -1)` makes one row of each sample"))
}

/// What to do about a rank, for operations of which that can be said.
fn rank_advice(failure: &Failure<'_>, operand: Option<&Operand>, got: usize) -> Option<String> {
    let rank = operand.and_then(|operand| operand.spec.shape.rank()).unwrap_or(got);
    match failure.op() {
        "pad" => Some(format!(
            "`paddings` has a pair for each of the {rank} axes, the batch (`[0, 0]`) and the channels included"
        )),
        "repeat" => Some(
            "it repeats what has [batch, features] along a new axis 1; `tf.repeat`, `tf.tile` and \
                  `keras.ops.repeat` take any rank"
                .to_owned(),
        ),
        _ => Some(
            "`expand_dims` adds an axis, `squeeze` and a reduction take one away, `reshape` sets them all"
                .to_owned(),
        ),
    }
}

/// `K.dot` of a tensor and a vector.
fn vector_product(failure: &Failure<'_>, x: &Operand, w: &Operand, ranks: (usize, usize)) -> Explanation {
    let (callee, module) = (failure.callee(), functions_of(failure));
    let (x_name, w_name) = (operand_text(failure, x), operand_text(failure, w));
    let message = format!(
        "`{callee}` cannot multiply `{}`, which has {}, by `{}`, which has {}",
        x.name,
        axes(ranks.0),
        w.name,
        axes(ranks.1)
    );
    let note = format!(
        "where an operand has more than two axes, `{callee}` sums the last axis of the first with the second-to-last \
         axis of the second; it looks for that axis with `list.pop(-2)`, and `{}` has only {}",
        w.name,
        axes(ranks.1)
    );
    let mut explanation = Explanation::new(message).note(note);
    let fits = matches!((x.spec.shape.dim(-1), w.spec.shape.dim(0)), (Some(a), Some(b)) if a.compatible(b));
    if ranks.1 == 1 && fits {
        explanation.fix = mending::weighted_sum(failure, x, w);
        let result = Shape::new(x.spec.shape.dims().unwrap_or_default()[..ranks.0 - 1].iter().copied());
        explanation.help.push(format!(
            "for a sum over the last axis weighted by `{}` write `{module}.sum({x_name} * {w_name}, axis=-1)`, which \
             gives {result}; `tf.tensordot({}, {}, axes=1)` and `tf.einsum(\"...d,d->...\", {}, {})` are the same",
            w.name, x.name, w.name, x.name, w.name
        ));
        if let Some(declared) = failure.declared.as_ref().filter(|d| !d.shape.compatible(&result)) {
            let given =
                |shape: &Shape| Shape::new(shape.dims().unwrap_or_default().iter().skip(1).copied()).tuple();
            explanation.help.push(format!(
                "then `output_shape` has to be {}, not {}, or be left out",
                given(&result),
                given(&declared.shape)
            ));
        }
    }
    explanation
}
