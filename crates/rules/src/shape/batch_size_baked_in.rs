//! Batch sizes that are written into a function.

use diagnostics::{Severity, Span};
use graph::{NodeId, Source};
use interp::Interp;
use interp::framework::history::Callee;
use ops::Mistake;
use tensor::Dim;

use crate::{Check, Context, Explanation, Failure, Group, Rule, source};

/// Finds tensors of a fixed number of rows that are combined with a batch.
pub(super) static BATCH_SIZE_BAKED_IN: Rule = Rule {
    name: "batch-size-baked-in",
    group: Group::Shape,
    summary: "a batch is combined with a tensor that has a fixed number of rows",
    severity: Severity::Error,
    page: include_str!("batch_size_baked_in.md"),
    check: Check::Script(check),
};

/// So many tensors are looked at to find out whether another is computed from an input.
const MAX_ANCESTORS: usize = 5000;

const NOTE: &str = "axis 0 is the batch: its size differs from call to call, and the last batch of an epoch is smaller where \
                    the batch size does not divide the number of samples";

const HELP: &str = "make the tensor for one sample, so that it is repeated for each; or take the size of the batch at run time: \
                    `tf.shape(x)[0]`, `keras.ops.shape(x)[0]`, `tf.ones_like(x)`";

fn check(interp: &Interp<'_>, cx: &mut Context<'_>) {
    let mut done: Vec<Span> = Vec::new();
    for failure in cx.failures() {
        if let Some(explanation) = baked(failure) {
            done.push(failure.span());
            cx.explain(failure, explanation);
        }
    }
    for call in &interp.keras_calls {
        let Callee::Layer(id) = &call.callee else { continue };
        let Some(state) = interp.layer(*id).filter(|state| state.lambda.is_some()) else { continue };
        let [output] = interp.flat_tensors(&call.outputs)[..] else { continue };
        let Some((node, rows)) = fixed_rows(interp, output) else { continue };
        let span = source::whole(interp.program, interp.trace.node(node).span);
        if done.contains(&span) {
            continue;
        }
        done.push(span);
        let shape = &interp.trace.node(output).spec.shape;
        let message = format!(
            "layer '{}' combines its input with a tensor of {rows} rows: it gives {shape}",
            state.name
        );
        let found =
            cx.report_as(Severity::Warning, span, format!("works for batches of {rows} only"), message);
        found.notes.push(NOTE.to_owned());
        found.help.push(HELP.to_owned());
    }
}

/// Finds the operation behind a Lambda's output that combines a batch with a tensor of a fixed number of rows,
/// and that number.
pub(super) fn fixed_rows(interp: &Interp<'_>, output: NodeId) -> Option<(NodeId, i64)> {
    let (made, _) = interp.trace.node(output).inputs.first()?;
    let node = interp.trace.node(*made);
    let Source::Op(_) = node.source else { return None };
    let shape = |id: NodeId| &interp.trace.node(id).spec.shape;
    let [(a, _), (b, _)] = node.inputs[..] else { return None };
    let rank = node.spec.shape.rank()?;
    if shape(a).rank() != Some(rank) || shape(b).rank() != Some(rank) {
        return None;
    }
    match (shape(a).dim(0)?, shape(b).dim(0)?) {
        (Dim::Known(rows), Dim::Symbol(_)) | (Dim::Symbol(_), Dim::Known(rows))
            if rows > 1 && node.spec.shape.dim(0) == Some(Dim::Known(rows)) =>
        {
            Some((*made, rows))
        }
        _ => None,
    }
}

/// Explains operands that differ at axis 0, of which one is computed from the data and the other is not.
fn baked(failure: &Failure<'_>) -> Option<Explanation> {
    let Mistake::NotBroadcastable { left, right, from_end } = failure.mistake()? else { return None };
    let operands = failure.operands();
    let [a, b] = &operands[..] else { return None };
    let rank = |o: &crate::Operand| o.spec.shape.rank();
    if !failure.comes_of_run() || rank(a) != Some(*from_end) || rank(b) != Some(*from_end) || *from_end < 2 {
        return None;
    }
    let (of_data, fixed) = match (of_data(failure.interp, a.node), of_data(failure.interp, b.node)) {
        (true, false) => (a, b),
        (false, true) => (b, a),
        _ => return None,
    };
    let (rows, batch) = if std::ptr::eq(fixed, a) { (left, right) } else { (right, left) };
    let (rows, batch) = (rows.known()?, batch.known()?);
    Some(
        Explanation::new(format!(
            "`{}` has {rows} rows and fits no batch of another size: here is one of {batch}",
            fixed.name
        ))
        .operands(failure)
        .note(format!("`{}` is the batch; {NOTE}", of_data.name))
        .help(HELP),
    )
}

/// Tells whether a tensor is computed from what a model is given.
fn of_data(interp: &Interp<'_>, node: NodeId) -> bool {
    let mut todo = vec![node];
    let mut seen = rustc_hash::FxHashSet::default();
    while let Some(id) = todo.pop() {
        if seen.len() > MAX_ANCESTORS || !seen.insert(id) {
            continue;
        }
        let node = interp.trace.node(id);
        // A batch stands for the array that it is cut from.
        let batch = matches!(node.source, Source::Constant) && !node.inputs.is_empty();
        if batch || matches!(node.source, Source::Input) {
            return true;
        }
        todo.extend(node.inputs.iter().map(|(input, _)| *input));
    }
    false
}
