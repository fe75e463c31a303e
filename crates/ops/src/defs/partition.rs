//! Functions that move rows: between tensors, into the batch, backwards. And functions of several tensors that
//! leave each as it is.

use tensor::{Content, DType, Dim, Shape};

use super::rule;
use crate::kernels::image::volume_patches;
use crate::kernels::partition::{blocks, partition, reverse_sequence, stitch};
use crate::kernels::pointwise::unary;
use crate::kernels::shape::shape_of;
use crate::params::{X, Y};
use crate::spec::{Cx, Misfit, Tensor, Val, merge, run};
use crate::{Arg, Exc, Infer, Mistake, Op, Param, Stop};

const SOURCE: &str = "tensorflow/python/ops/array_ops.py";

pub(super) static OPS: &[Op] = &[
    rule(
        "space_to_batch",
        &["tf.space_to_batch", "tf.space_to_batch_nd"],
        |c| run(c, |cx| blocked(cx, "SpaceToBatchND")),
        SOURCE,
    ),
    rule("batch_to_space", &["tf.batch_to_space"], |c| run(c, |cx| blocked(cx, "BatchToSpaceND")), SOURCE),
    rule("reverse_sequence", &["tf.reverse_sequence"], |c| run(c, backwards), SOURCE),
    rule("dynamic_partition", &["tf.dynamic_partition"], |c| run(c, parted), SOURCE),
    rule("dynamic_stitch", &["tf.dynamic_stitch"], |c| run(c, stitched), SOURCE),
    rule("parallel_stack", &["tf.parallel_stack"], |c| run(c, parallel), SOURCE),
    rule("extract_volume_patches", &["tf.extract_volume_patches"], |c| run(c, patched), SOURCE),
    rule("unravel_index", &["tf.unravel_index"], |c| run(c, unraveled), SOURCE),
    rule("shape_n", &["tf.shape_n"], |c| run(c, shapes), SOURCE),
    rule("identity_n", &["tf.identity_n", "tf.tuple"], |c| run(c, each), SOURCE),
    rule("guarantee_const", &["tf.guarantee_const"], |c| run(c, constant), SOURCE),
    rule("fingerprint", &["tf.fingerprint"], |c| run(c, fingerprint), SOURCE),
    rule("edit_distance", &["tf.edit_distance"], |c| run(c, edit_distance), SOURCE),
    rule("timestamp", &["tf.timestamp"], |c| run(c, |_| Ok(Val::T(scalar(DType::Float64)))), SOURCE),
];

fn scalar(dtype: DType) -> Tensor {
    Tensor::new(Shape::scalar(), dtype)
}

const THIRD: Param<Arg> = Param::place(2, "third");

fn blocked(cx: &Cx<'_>, kernel: &str) -> Infer<Val> {
    let (x, edges) = (cx.known(X)?.clone(), cx.known(THIRD)?.clone());
    blocks(cx, kernel, x, cx.known(Y)?.clone(), edges).map(Val::T)
}

fn backwards(cx: &Cx<'_>) -> Infer<Val> {
    const AXIS: Param<Arg> = Param::named(&["seq_axis"]);
    const BATCH: Param<Arg> = Param::named(&["batch_axis"]);
    let batch = match cx.known(BATCH)? {
        v if v.is_none() => 0,
        v => cx.int(v)?,
    };
    let axis = match cx.known(AXIS)? {
        v if v.is_none() => return Err(Stop::Unknown("no axis of the sequence")),
        v => cx.int(v)?,
    };
    reverse_sequence(cx, cx.known(X)?.clone(), cx.known(Y)?.clone(), axis, batch).map(Val::T)
}

fn parted(cx: &Cx<'_>) -> Infer<Val> {
    const COUNT: Param<i64> = Param::named(&["num_partitions"]);
    let count = cx.get(COUNT)?;
    if count < 1 {
        let text = format!("Value for attr 'num_partitions' of {count} must be at least minimum 1");
        return cx.refuse("DynamicPartition", Misfit::argument("num_partitions", text));
    }
    let count = usize::try_from(count).unwrap_or(0).min(tensor::MAX_ELEMENTS);
    partition(cx, cx.known(X)?.clone(), cx.known(Y)?.clone(), count).map(Val::list)
}

fn stitched(cx: &Cx<'_>) -> Infer<Val> {
    stitch(cx, "DynamicStitch", cx.known(X)?.clone(), cx.known(Y)?.clone()).map(Val::T)
}

/// `tf.parallel_stack`: shapes must be known altogether.
fn parallel(cx: &Cx<'_>) -> Infer<Val> {
    cx.known(X)?;
    if cx.eager() {
        let text = "tf.parallel_stack() is not compatible with eager execution.";
        let mistake = Mistake::Argument { param: "values", problem: "are executed eagerly".to_owned() };
        return cx.raise(Exc::RuntimeError, text, mistake);
    }
    let node = cx.node("ParallelConcat", [cx.known(X)?.clone()])?;
    let [first, rest @ ..] = node.xs(0) else { return Err(Stop::Unknown("no tensors")) };
    let mut shape = first.shape.clone();
    for one in rest {
        shape = cx.fit("ParallelConcat", merge::shapes(&shape, &one.shape))?;
    }
    let Some(sizes) = shape.dims() else { return Err(Stop::Unknown("tensors of unknown rank")) };
    if sizes.iter().any(|d| matches!(d, Dim::Symbol(_))) {
        return cx.refuse("ParallelConcat", Misfit::argument("values", "shape attr must be fully defined."));
    }
    let count = Dim::Known(node.xs(0).len() as i64);
    Ok(Val::T(node.out(std::iter::once(count).chain(sizes.iter().copied()).collect())))
}

fn patched(cx: &Cx<'_>) -> Infer<Val> {
    const SIZES: Param<Vec<i64>> = Param::named(&["ksizes"]);
    const STRIDES: Param<Vec<i64>> = Param::named(&["strides"]);
    const PADDING: Param<std::rc::Rc<str>> = Param::named(&["padding"]);
    let (sizes, strides, padding) = (cx.get(SIZES)?, cx.get(STRIDES)?, cx.get(PADDING)?);
    volume_patches(cx, cx.known(X)?.clone(), &sizes, &strides, &padding).map(Val::T)
}

fn unraveled(cx: &Cx<'_>) -> Infer<Val> {
    let node = cx.node("UnravelIndex", [cx.known(X)?.clone(), cx.known(Y)?.clone()])?;
    let (indices, dims) = (&node.x(0).shape, &node.x(1).shape);
    let rank = cx.fit("UnravelIndex", merge::rank(dims, 1))?.dim(0).unwrap_or(Dim::Unknown);
    if let (true, Some(2..), Some(sizes)) = (cx.eager(), indices.rank(), indices.all_known()) {
        let sizes: Vec<String> = sizes.iter().map(i64::to_string).collect();
        let text = format!("The indices can only be scalar or vector, got \"[{}]\"", sizes.join(","));
        let expected = "a scalar or vector".to_owned();
        let mistake = Mistake::RankMismatch { param: "indices", expected, got: sizes.len() };
        return cx.raise(Exc::InvalidArgumentError, text, mistake);
    }
    Ok(Val::T(match indices.dims() {
        None => node.out(Shape::UNKNOWN),
        Some([]) => node.out(Shape::new([rank])),
        Some(_) => node.out(Shape::new([rank, indices.size()])),
    }))
}

fn shapes(cx: &Cx<'_>) -> Infer<Val> {
    const TYPE: Param<Option<DType>> = Param::named(&["out_type"]);
    let node = cx.node("ShapeN", [cx.known(X)?.clone()])?;
    let dtype = cx.get(TYPE)?.unwrap_or(DType::Int32);
    Ok(Val::list(node.xs(0).iter().map(|x| shape_of(x, dtype))))
}

/// `tf.identity_n([x, y])`: each tensor for itself.
fn each(cx: &Cx<'_>) -> Infer<Val> {
    let Some(items) = cx.known(X)?.items() else { return Err(Stop::Unknown("no list of tensors")) };
    let copies = items.iter().map(|item| {
        if item.is_none() { Ok(item.clone()) } else { unary(cx, "Identity", item.clone()).map(Val::T) }
    });
    copies.collect::<Infer<_>>().map(Val::List)
}

fn constant(cx: &Cx<'_>) -> Infer<Val> {
    unary(cx, "GuaranteeConst", cx.known(X)?.clone()).map(Val::T)
}

/// `tf.fingerprint`: eight bytes for each row.
fn fingerprint(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    cx.fit("Fingerprint", merge::rank_at_least(&x.shape, 1))?;
    let rows = x.shape.dim(0).unwrap_or(Dim::Unknown);
    Ok(Val::T(Tensor::new(Shape::new([rows, Dim::Known(8)]), DType::UInt8).with_content(Content::Unknown)))
}

/// `tf.edit_distance` takes sparse tensors only.
fn edit_distance(cx: &Cx<'_>) -> Infer<Val> {
    match cx.known(X)? {
        Val::T(_) => {
            let problem = "is no sparse tensor".to_owned();
            let mistake = Mistake::Argument { param: "hypothesis", problem };
            cx.type_error("Hypothesis must be a SparseTensor.", mistake)
        }
        _ => Err(Stop::Unknown("a distance of sparse tensors")),
    }
}
