//! Tensors that cannot be joined.

use diagnostics::Severity;
use ops::Mistake;
use python::Ranged;
use python::ast::AnyNodeRef;
use tensor::Dim;

use super::{gradient_note, mending, whence};
use crate::failure::Operand;
use crate::wording::{functions_of, listed};
use crate::{Check, Explanation, Failure, Group, Rule, source};

/// Finds tensors that are stacked or concatenated although their shapes differ.
pub(super) static STACK_OR_CONCAT_MISMATCH: Rule = Rule {
    name: "stack-or-concat-mismatch",
    group: Group::Shape,
    summary: "tensors are stacked or concatenated although their shapes differ",
    severity: Severity::Error,
    page: include_str!("stack_or_concat_mismatch.md"),
    check: Check::Failure(check),
};

fn check(failure: &Failure<'_>) -> Option<Explanation> {
    let op = failure.op().to_ascii_lowercase();
    let stacks = op.contains("stack") || op == "pack";
    let joins = stacks || op.contains("concat");
    if !joins {
        return None;
    }
    let (ranks_differ, dims) = match failure.mistake()? {
        Mistake::RankMismatch { .. } => (true, None),
        Mistake::DimMismatch { left, right, .. } => (false, Some((*left, *right))),
        Mistake::LayerInput { .. } | Mistake::Other => (false, None),
        _ => return None,
    };
    let operands = failure.operands();
    if operands.len() < 2 {
        return None;
    }
    let callee = failure.callee();
    let specs: Vec<String> = operands.iter().map(|o| format!("`{}` {}", o.name, o.spec.shape)).collect();
    let shown = if specs.len() > 4 { format!("{} tensors", specs.len()) } else { listed(&specs) };
    let problem = match dims {
        _ if ranks_differ || rank_count(&operands) > 1 => {
            let mut ranks: Vec<String> =
                operands.iter().filter_map(|o| o.spec.shape.rank()).map(|r| r.to_string()).collect();
            ranks.dedup();
            format!("their ranks are {}", listed(&ranks))
        }
        Some((left, right)) => format!("{} against {}", sized(left), sized(right)),
        None => "their shapes differ".to_owned(),
    };
    let verb = if stacks { "stack" } else { "join" };
    let mut explanation = Explanation::new(format!("`{callee}` cannot {verb} {shown}: {problem}"));
    explanation.notes.push(if stacks {
        "stacking makes a new axis, so all tensors must have one and the same shape".to_owned()
    } else {
        "concatenating makes one axis longer, so all tensors must have the same rank and the same sizes at every other \
         axis"
            .to_owned()
    });
    explanation.help.extend(rows_help(failure, &operands).or_else(|| axis_help(failure, &operands)));
    if !stacks {
        explanation.fix = mending::joined(failure, &operands);
    }
    let odd = dims.and_then(|dims| odd_one(&operands, dims));
    let (notes, help) = odd.map(|(odd, at)| whence::sizes(failure, &[odd], at)).unwrap_or_default();
    explanation.notes.extend(notes);
    explanation.help.extend(help);
    if explanation.help.is_empty() && explanation.fix.is_none() {
        explanation.help.push(even_sizes(stacks, ranks_differ).to_owned());
    }
    Some(gradient_note::add(explanation.operands(failure), failure, &operands))
}

/// The operand that differs from the first one in the two sizes, and the axis, counted from the end.
fn odd_one(operands: &[Operand], (left, right): (Dim, Dim)) -> Option<(&Operand, usize)> {
    let first = operands.first()?.spec.shape.dims()?;
    let differs = |operand: &Operand| {
        let dims = operand.spec.shape.dims().filter(|dims| dims.len() == first.len())?;
        let at = first
            .iter()
            .zip(dims)
            .position(|(a, b)| (*a, *b) == (left, right) || (*b, *a) == (left, right))?;
        Some(first.len() - at)
    };
    operands.iter().skip(1).find_map(|operand| Some((operand, differs(operand)?)))
}

/// What to do where nothing closer can be said.
fn even_sizes(stacks: bool, ranks_differ: bool) -> &'static str {
    match (stacks, ranks_differ) {
        (true, _) => {
            "bring them to one shape first: by the sizes that they are made with, `reshape`, padding or slicing"
        }
        (false, true) => "bring them to one rank first, by `expand_dims` or by `Flatten`",
        (false, false) => {
            "bring them to one size at the other axes first: by the strides and the padding of the layers that make them, \
             `ZeroPadding`, `Cropping`, `Resizing` or slicing"
        }
    }
}

fn rank_count(operands: &[Operand]) -> usize {
    let mut ranks: Vec<Option<usize>> = operands.iter().map(|o| o.spec.shape.rank()).collect();
    ranks.sort_unstable();
    ranks.dedup();
    ranks.len()
}

fn sized(dim: Dim) -> String {
    dim.known().map_or("an unknown size".to_owned(), |n| n.to_string())
}

/// `tf.gather_nd(x, tf.stack([rows, positions], axis=1))` means to pick one element per row.
fn rows_help(failure: &Failure<'_>, operands: &[Operand]) -> Option<String> {
    let [_, positions] = operands else { return None };
    let within = source::around(failure.program(), failure.span());
    let picks = within.iter().rev().find_map(|node| match node {
        AnyNodeRef::ExprCall(call) => {
            let function = failure.program().text(python::span(call.func.range()));
            function.ends_with("gather_nd").then_some(*call)
        }
        _ => None,
    })?;
    let data = picks.arguments.args.first()?;
    let data = source::plain(failure.program(), python::span(data.range()))?;
    let rank = positions.spec.shape.rank().filter(|rank| *rank > 0)?;
    Some(format!(
        "to pick by position along the axis after the first {rank}, no rows are needed: `tf.gather({data}, {}, \
         batch_dims={rank})`",
        positions.name
    ))
}

/// One tensor lacks an axis of size 1.
fn axis_help(failure: &Failure<'_>, operands: &[Operand]) -> Option<String> {
    let ranks: Vec<usize> = operands.iter().map(|o| o.spec.shape.rank()).collect::<Option<_>>()?;
    let most = ranks.iter().copied().max()?;
    let mut narrow = operands.iter().zip(&ranks).filter(|(_, rank)| **rank < most);
    let (narrow, rank) = narrow.next().filter(|_| narrow.next().is_none())?;
    if rank + 1 != most {
        return None;
    }
    let module = functions_of(failure);
    Some(format!("`{module}.expand_dims({}, axis=...)` gives it the axis that it lacks", narrow.name))
}
