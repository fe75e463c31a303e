//! Boxes that overlap better ones are suppressed: `tf.image.non_max_suppression` and its kin.

use tensor::{DType, Dim, Shape};

use crate::defs::rule;
use crate::spec::{Cx, Tensor, Val, merge, run};
use crate::{Arg, Infer, Op, Param, Stop};

const BOXES: Param<Arg> = Param::at(0, &["boxes", "overlaps"]);
const SCORES: Param<Arg> = Param::at(1, &["scores"]);
const PAD: Param<bool> = Param::named(&["pad_to_max_output_size", "pad_per_class"]);
const SOURCE: &str = "tensorflow/core/ops/image_ops.cc: NMSShapeFn, CombinedNMSShapeFn";

pub(in crate::defs) static OPS: &[Op] = &[
    rule(
        "non_max_suppression",
        &["tf.image.non_max_suppression"],
        |c| run(c, |cx| Ok(Val::T(selected(cx, "NonMaxSuppressionV3")?.0))),
        SOURCE,
    ),
    rule(
        "non_max_suppression_with_scores",
        &["tf.image.non_max_suppression_with_scores"],
        with_scores,
        SOURCE,
    ),
    rule(
        "non_max_suppression_padded",
        &["tf.image.non_max_suppression_padded"],
        |c| run(c, padded),
        "tensorflow/python/ops/image_ops_impl.py: non_max_suppression_padded",
    ),
    rule(
        "non_max_suppression_overlaps",
        &["tf.image.non_max_suppression_overlaps"],
        |c| run(c, overlaps),
        SOURCE,
    ),
    rule(
        "combined_non_max_suppression",
        &["tf.image.combined_non_max_suppression"],
        |c| run(c, combined),
        SOURCE,
    ),
];

fn dim(shape: &Shape, at: i64) -> Dim {
    shape.dim(at).unwrap_or(Dim::Unknown)
}

fn scalar(dtype: Option<DType>) -> Val {
    Val::T(Tensor::new(Shape::scalar(), dtype))
}

const MOST: Param<Arg> = Param::named(&["max_output_size"]);

/// The numbers of the boxes that are left, and their scores.
fn selected(cx: &Cx<'_>, kernel: &str) -> Infer<(Tensor, Tensor)> {
    let boxes = cx.tensor(BOXES)?;
    let threshold = || scalar(boxes.dtype);
    let (boxes, scores) = (Val::T(boxes.clone()), cx.known(SCORES)?.clone());
    let count = scalar(Some(DType::Int32));
    let given = |param: Param<Arg>, default: f64, like: Val| -> Infer<Val> {
        Ok(match cx.known(param)? {
            v if v.is_none() => Val::from(default),
            known @ Val::Py(_) => known.clone(),
            Val::T(t) => Val::T(t.clone()),
            _ => like,
        })
    };
    let node = if kernel == "NonMaxSuppressionV3" {
        let overlap = given(Param::named(&["iou_threshold"]), 0.5, threshold())?;
        let least = given(Param::named(&["score_threshold"]), f64::NEG_INFINITY, threshold())?;
        let most = Some(cx.known(MOST)?).filter(|v| !v.is_none()).map_or(count, Val::clone);
        cx.node(kernel, [boxes, scores, most, overlap, least])?
    } else if kernel == "NonMaxSuppressionV5" {
        cx.node(kernel, [boxes, scores, count, threshold(), threshold(), threshold()])?
    } else {
        cx.node(kernel, [boxes, scores, count, threshold(), threshold()])?
    };
    let boxes = cx.fit(kernel, merge::rank(&node.x(0).shape, 2))?;
    let scores = cx.fit(kernel, merge::rank(&node.x(1).shape, 1))?;
    cx.fit(kernel, merge::dims(dim(&boxes, 0), dim(&scores, 0), "boxes and scores"))?;
    cx.fit(kernel, merge::value(dim(&boxes, 1), 4))?;
    let out = Shape::new([Dim::Unknown]);
    Ok((node.out(out.clone()), Tensor::new(out, node.x(1).dtype)))
}

fn with_scores(call: &crate::Call<'_>) -> Infer<crate::Outputs> {
    run(call, |cx| {
        let (indices, scores) = selected(cx, "NonMaxSuppressionV5")?;
        Ok(Val::tuple([indices, scores]))
    })
}

/// The numbers are filled up to the most that were asked for.
fn padded(cx: &Cx<'_>) -> Infer<Val> {
    const COUNT: Param<Arg> = Param::at(2, &["max_output_size"]);
    if !cx.get(PAD)? {
        // A single image is what the kernel knows; the boxes are then only as many as there are.
        let (indices, _) = selected(cx, "NonMaxSuppressionV4")?;
        return Ok(Val::tuple([indices, Tensor::new(Shape::scalar(), DType::Int32)]));
    }
    let (boxes, count) = (cx.tensor(BOXES)?, cx.convert(cx.known(COUNT)?, None)?);
    let count = count.content.dims().and_then(|d| d.first().copied()).unwrap_or(Dim::Unknown);
    let Some([outer @ .., _, _]) = boxes.shape.dims() else {
        return Err(Stop::Unknown("boxes of unknown rank, or too few axes"));
    };
    // The batch is flattened and restored by a shape that is a tensor.
    let batch: Vec<Dim> = outer.iter().map(|_| Dim::Unknown).collect();
    let indices = Shape::new(batch.iter().copied().chain([count]));
    Ok(Val::tuple([Tensor::new(indices, DType::Int32), Tensor::new(Shape::new(batch), DType::Int32)]))
}

fn overlaps(cx: &Cx<'_>) -> Infer<Val> {
    const KERNEL: &str = "NonMaxSuppressionWithOverlaps";
    let threshold = || scalar(Some(DType::Float32));
    let (boxes, scores) = (cx.known(BOXES)?.clone(), cx.known(SCORES)?.clone());
    let node = cx.node(KERNEL, [boxes, scores, scalar(Some(DType::Int32)), threshold(), threshold()])?;
    let boxes = cx.fit(KERNEL, merge::rank(&node.x(0).shape, 2))?;
    let scores = cx.fit(KERNEL, merge::rank(&node.x(1).shape, 1))?;
    cx.fit(KERNEL, merge::dims(dim(&boxes, 0), dim(&scores, 0), "boxes and scores"))?;
    cx.fit(KERNEL, merge::dims(dim(&boxes, 0), dim(&boxes, 1), "both axes of the overlaps"))?;
    Ok(Val::T(node.out(Shape::new([Dim::Unknown]))))
}

fn combined(cx: &Cx<'_>) -> Infer<Val> {
    const KERNEL: &str = "CombinedNonMaxSuppression";
    const PER_CLASS: Param<i64> = Param::named(&["max_output_size_per_class"]);
    const TOTAL: Param<i64> = Param::named(&["max_total_size"]);
    let (boxes, scores) = (cx.known(BOXES)?.clone(), cx.known(SCORES)?.clone());
    let (count, threshold) = (|| scalar(Some(DType::Int32)), || scalar(Some(DType::Float32)));
    let node = cx.node(KERNEL, [boxes, scores, count(), count(), threshold(), threshold()])?;
    let boxes = cx.fit(KERNEL, merge::rank(&node.x(0).shape, 4))?;
    let scores = cx.fit(KERNEL, merge::rank(&node.x(1).shape, 3))?;
    cx.fit(KERNEL, merge::dims(dim(&boxes, 0), dim(&scores, 0), "the batches of boxes and scores"))?;
    cx.fit(KERNEL, merge::dims(dim(&boxes, 1), dim(&scores, 1), "boxes and scores"))?;
    cx.fit(KERNEL, merge::value(dim(&boxes, 3), 4))?;
    let most = match dim(&scores, 2) {
        Dim::Known(classes) if cx.get(PAD)? => {
            Dim::Known(cx.get(TOTAL)?.min(cx.get(PER_CLASS)?.saturating_mul(classes)))
        }
        _ if cx.get(PAD)? => Dim::Unknown,
        _ => Dim::Known(cx.get(TOTAL)?),
    };
    let batch = dim(&boxes, 0);
    let of = |at, dims: &[Dim]| node.nth(at, Shape::new(dims.iter().copied()));
    Ok(Val::tuple([
        of(0, &[batch, most, Dim::Known(4)]),
        of(1, &[batch, most]),
        of(2, &[batch, most]),
        of(3, &[batch]),
    ]))
}
