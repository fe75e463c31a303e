//! Element-wise functions of one tensor.

use crate::{Call, Eval, Gradient, Infer, Op, Outputs, params::X};

/// One row: name, public paths, evaluation, gradient.
const fn unary(
    name: &'static str,
    apis: &'static [&'static str],
    eval: fn(f64) -> f64,
    gradient: Gradient,
) -> Op {
    Op {
        name,
        apis,
        infer: same,
        gradient,
        eval: Eval::Unary(eval),
        source: "tensorflow/core/ops/math_ops.cc: UNARY",
    }
}

pub(super) static OPS: &[Op] = &[
    unary("exp", &["tf.exp", "keras.ops.exp", "tf.keras.backend.exp", "np.exp"], f64::exp, Gradient::Flows),
    unary(
        "round",
        &["tf.round", "keras.ops.round", "tf.keras.backend.round", "np.round"],
        f64::round_ties_even,
        Gradient::NotDifferentiable,
    ),
];

/// The result has the operand's shape and dtype.
fn same(call: &Call<'_>) -> Infer<Outputs> {
    let x = call.get(X)?;
    Ok(Outputs::tensor(x.spec.shape, x.spec.dtype))
}
