//! Losses averaged over replicas, and isotonic regression.

use tensor::{DType, Shape};

use crate::defs::rule;
use crate::kernels::pointwise::binary;
use crate::kernels::reduce::{Axes, reduce};
use crate::params::X;
use crate::spec::{Cx, Val, run};
use crate::{Arg, Infer, Op, Param};

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
fn average(cx: &Cx<'_>) -> Infer<Val> {
    let losses = cx.tensor(X)?;
    let weighted = match cx.known(WEIGHT)? {
        v if v.is_none() => losses,
        weight => binary(cx, "Mul", &losses, cx.convert_like(weight, &losses)?)?,
    };
    sum(cx, Val::T(weighted))
}

fn total(cx: &Cx<'_>) -> Infer<Val> {
    sum(cx, Val::T(cx.tensor(X)?))
}

fn isotonic(cx: &Cx<'_>) -> Infer<Val> {
    let mut node = cx.node("IsotonicRegression", [cx.known(X)?.clone()])?;
    let dtype = match node.x(0).dtype {
        Some(d) if d.is_floating() => Some(d),
        Some(_) => Some(DType::Float32),
        None => None,
    };
    node.set("output_dtype", dtype);
    let shape: Shape = node.x(0).shape.clone();
    Ok(Val::tuple([node.out(shape.clone()), node.nth(1, shape)]))
}
