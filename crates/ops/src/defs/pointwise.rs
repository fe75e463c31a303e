//! Element-wise functions of one tensor.

use crate::kernels::pointwise;
use crate::params::X;
use crate::spec::{Val, run};
use crate::{Call, Eval, Gradient, Infer, Op, Outputs};

/// One row: name, public paths, kernel.
const fn unary(name: &'static str, apis: &'static [&'static str], kernel: &'static str) -> Op {
    Op {
        name,
        apis,
        infer: same,
        gradient: Gradient::Kernels,
        eval: Eval::Kernels,
        source: "tensorflow/core/ops/math_ops.cc: UNARY",
        kernel,
    }
}

pub(super) static OPS: &[Op] = &[
    unary("exp", &["tf.exp", "keras.ops.exp", "tf.keras.backend.exp", "np.exp"], "Exp"),
    unary("round", &["tf.round", "keras.ops.round", "tf.keras.backend.round", "np.round"], "Round"),
];

/// The result has the operand's shape and dtype.
fn same(call: &Call<'_>) -> Infer<Outputs> {
    run(call, |cx| pointwise::unary(cx, call.op.kernel, cx.known(X)?).map(Val::T))
}
