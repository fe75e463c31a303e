//! Kernels of losses.

use tensor::{DType, Dim, Shape};

use crate::spec::merge;
use crate::spec::{Cx, Misfit, Tensor, Val};
use crate::{Infer, Mistake};

/// `SoftmaxCrossEntropyWithLogits`: the loss of each row.
///
/// # Errors
/// The matrices cannot be broadcast against each other.
pub fn softmax_cross_entropy(cx: &Cx<'_>, logits: Val, labels: Val) -> Infer<Tensor> {
    const KERNEL: &str = "SoftmaxCrossEntropyWithLogits";
    let node = cx.node(KERNEL, [logits, labels])?;
    let (logits, labels) = (node.x(0), node.x(1));
    let both = cx.fit_or(KERNEL, merge::broadcast(&logits.shape, &labels.shape), || {
        format!(
            "logits and labels must be broadcastable: logits_size={} labels_size={}",
            logits.shape.bracketed(),
            labels.shape.bracketed()
        )
    })?;
    let whole = match (logits.shape.rank(), logits.shape.merge(&labels.shape)) {
        (Some(2) | None, Some(merged)) => merged,
        _ => both,
    };
    if let Some(rank) = whole.rank().filter(|r| *r != 2) {
        let text = format!("Shape must be broadcasted with rank 2, but is rank {rank}");
        let mistake = Mistake::RankMismatch { param: "logits", expected: "2".to_owned(), got: rank };
        return cx.refuse(KERNEL, Misfit::new(text, mistake));
    }
    let mut out = node.out(Shape::new([whole.dim(0).unwrap_or(Dim::Unknown)]));
    if logits.shape.all_known() != labels.shape.all_known() && !logits.shape.compatible(&labels.shape) {
        // The gradient is of the broadcast shape, which fits one of the two at most.
        out.reach = out.reach.at_most(crate::Flow::Unknown);
    }
    Ok(out)
}

/// `SparseSoftmaxCrossEntropyWithLogits`: the loss of each row, by the number of its class.
///
/// # Errors
/// The logits are no matrix, the labels no vector, or there are other than one for each row.
pub fn sparse_softmax_cross_entropy(cx: &Cx<'_>, logits: Val, labels: Val) -> Infer<Tensor> {
    const KERNEL: &str = "SparseSoftmaxCrossEntropyWithLogits";
    let node = cx.node(KERNEL, [logits, labels])?;
    let (logits, labels) = (node.x(0), node.x(1));
    let features = cx.fit_or(KERNEL, merge::rank(&logits.shape, 2), || {
        format!("logits must be 2-D, but got shape {}", logits.shape.bracketed())
    })?;
    let classes = cx.fit_or(KERNEL, merge::rank(&labels.shape, 1), || {
        format!("labels must be 1-D, but got shape {}", labels.shape.bracketed())
    })?;
    let dim = |s: &Shape| s.dim(0).unwrap_or(Dim::Unknown);
    let batch = cx.fit_or(KERNEL, merge::dims(dim(&features), dim(&classes), "rows and labels"), || {
        format!(
            "logits and labels must have the same first dimension, got logits shape {} and labels shape {}",
            logits.shape.bracketed(),
            labels.shape.bracketed()
        )
    })?;
    let size = features.dim(1).and_then(Dim::known);
    let outside = size.and_then(|size| match labels.int_values() {
        Some(values) => values.into_iter().find(|n| !(0..size).contains(n)).map(|n| (n, 0.0)),
        None => labels.content.outside(&(0..size), &labels.shape),
    });
    if let (true, Some((label, spared)), Some(size)) = (cx.eager(), outside, size) {
        let text = format!(
            "Received a label value of {label} which is outside the valid range of [0, {size}).  Label values: {label}"
        );
        cx.call.risk(spared, cx.refuse(KERNEL, Misfit::argument("labels", text)))?;
    }
    Ok(node.out(Shape::new([batch])))
}

/// `CTCLoss`, of which only the logits and lengths are looked at. In the place of sparse labels it gets dense ones and
/// how many there are of each sequence, of which TensorFlow makes sparse ones. The class that stands for no label is the
/// last, but for the `blank` that is given.
///
/// # Errors
/// The logits are not of rank 3, or there are other than one length for each sequence.
pub fn ctc(
    cx: &Cx<'_>,
    logits: Val,
    labels: Val,
    counts: Val,
    lengths: Val,
    blank: Option<i64>,
) -> Infer<Tensor> {
    let mut node = cx.node("CTCLoss", [logits, labels, counts, lengths])?;
    if let Some(blank) = blank {
        node.with("blank", blank);
    }
    let (batch, _) = sequences(cx, "CTCLoss", node.x(0), node.x(3))?;
    Ok(node.out(Shape::new([batch])))
}

/// `CTCGreedyDecoder` and `CTCBeamSearchDecoder`: the log probabilities, one for each sequence and path.
///
/// # Errors
/// As [`ctc`].
pub fn ctc_scores(cx: &Cx<'_>, kernel: &'static str, logits: Val, lengths: Val, paths: i64) -> Infer<Tensor> {
    let node = cx.node(kernel, [logits, lengths])?;
    let (batch, dtype) = sequences(cx, kernel, node.x(0), node.x(1))?;
    Ok(Tensor::new(Shape::new([batch, Dim::Known(paths)]), dtype))
}

/// Checks sequences in the order of time, and their lengths; returns how many there are.
fn sequences(cx: &Cx<'_>, kernel: &str, logits: &Tensor, lengths: &Tensor) -> Infer<(Dim, Option<DType>)> {
    let inputs =
        cx.fit_or(kernel, merge::rank(&logits.shape, 3), || "inputs is not a 3-Tensor".to_owned())?;
    let counts =
        cx.fit_or(kernel, merge::rank(&lengths.shape, 1), || "sequence_length is not a vector".to_owned())?;
    let (batch, count) = (inputs.dim(1).unwrap_or(Dim::Unknown), counts.dim(0).unwrap_or(Dim::Unknown));
    let merged = cx.fit_or(kernel, merge::dims(batch, count, "sequences and lengths"), || {
        format!("len(sequence_length) != batch_size.  len(sequence_length):  {count} batch_size: {batch}")
    })?;
    Ok((merged, logits.dtype))
}
