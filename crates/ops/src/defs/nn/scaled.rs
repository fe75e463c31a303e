//! Losses averaged over replicas, and isotonic regression.

use tensor::{DType, Shape};

use crate::defs::arith::divisible;
use crate::defs::rule;
use crate::kernels::pointwise::{binary, cast};
use crate::kernels::reduce::{Axes, reduce};
use crate::kernels::shape::{reshape, shape_of};
use crate::kernels::stride::part;
use crate::params::X;
use crate::spec::{Cx, Val, run, text_of};
use crate::{Arg, Infer, Mistake, Op, Param};

const BATCH_SIZE: Param<Arg> = Param::named(&["global_batch_size"]);

const WEIGHT: Param<Arg> = Param::named(&["sample_weight"]);
const SOURCE: &str = "tensorflow/python/ops/nn_impl.py";

pub(in crate::defs) static OPS: &[Op] = &[
    rule("compute_average_loss", &["tf.nn.compute_average_loss"], |c| run(c, average), SOURCE),
    rule("scale_regularization_loss", &["tf.nn.scale_regularization_loss"], |c| run(c, total), SOURCE),
    rule("isotonic_regression", &["tf.nn.isotonic_regression"], |c| run(c, isotonic), SOURCE),
];

fn sum(cx: &Cx<'_>, x: Val) -> Infer<Val> {
    reduce(cx, "Sum", x, &Axes::of(&Val::Py(Arg::None)), false).map(Val::T)
}

/// `tf.nn.compute_average_loss`: the sum of the weighted losses over the global batch.
///
/// source: tensorflow/python/ops/nn_impl_distribute.py
fn average(cx: &Cx<'_>) -> Infer<Val> {
    let losses = cx.tensor(X)?;
    let weighted = match cx.known(WEIGHT)? {
        v if v.is_none() => losses,
        weight => binary(cx, "Mul", &losses, cx.convert_like(weight, &losses)?)?,
    };
    if weighted.rank() == Some(0) {
        let text = format!(
            "Invalid value passed for `per_example_loss`. Expected a tensor with at least rank 1. Received \
             per_example_loss={}",
            text_of(&Val::T(weighted))
        );
        let mistake = Mistake::RankMismatch { param: "per_example_loss", expected: "1".to_owned(), got: 0 };
        return cx.value_error(text, mistake);
    }
    let batch = match cx.known(BATCH_SIZE)? {
        v if v.is_none() => part(cx, &shape_of(&weighted, DType::Int32), Some(0), Some(1))?,
        given => cx.convert(given, None)?,
    };
    let batch = reshape(cx, batch, Val::ints(&[]))?;
    let dtype = weighted.dtype;
    let loss = reduce(cx, "Sum", weighted, &Axes::All, false)?;
    let (loss, batch) = divisible(cx, loss, cast(cx, batch, dtype)?)?;
    binary(cx, "DivNoNan", loss, batch).map(Val::T)
}

fn total(cx: &Cx<'_>) -> Infer<Val> {
    sum(cx, Val::T(cx.tensor(X)?))
}

fn isotonic(cx: &Cx<'_>) -> Infer<Val> {
    let mut node = cx.node("IsotonicRegression", [cx.known(X)?.clone()])?;
    let dtype = match node.x(0).dtype {
        Some(d) if d.is_floating() => Some(d),
        Some(DType::Int8 | DType::Int16) => Some(DType::Float32),
        Some(_) => Some(DType::Float64),
        None => None,
    };
    node.set("output_dtype", dtype);
    let shape: Shape = node.x(0).shape.clone();
    Ok(Val::tuple([node.out(shape.clone()), node.nth(1, shape)]))
}
