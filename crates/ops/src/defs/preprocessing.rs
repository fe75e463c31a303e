//! What preprocessing layers do to data, of which only shapes and dtypes are told.

use tensor::DType;

use super::augment::{CHANGE, changed};
use crate::params::{SHAPE, X};
use crate::spec::{Reach, Tensor, Val, run};
use crate::{Arg, Call, Eval, Gradient, Infer, Op, Outputs, Param};

const TO: Param<DType> = Param::named(&["dtype"]);
const ALL: Param<Arg> = Param::named(&["x"]);

const fn row(name: &'static str, infer: fn(&Call<'_>) -> Infer<Outputs>) -> Op {
    let source = "keras/src/layers/preprocessing, tf_keras/src/layers/preprocessing";
    Op { name, apis: &[], infer, gradient: Gradient::Kernels, eval: Eval::Missing, source, kernel: "" }
}

/// Each takes `x`, and the `shape` and `dtype` that the layer computes.
pub(super) static OPS: &[Op] = &[
    // Images flipped, turned, cropped, resized: a gradient reaches them.
    row("augmented", augmented),
    // Categories looked up, hashed, binned, encoded: nothing reaches them.
    row("encoded", encoded),
];

fn augmented(call: &Call<'_>) -> Infer<Outputs> {
    run(call, |cx| {
        let x = cx.tensor(X)?;
        let out = Tensor::new(cx.get(SHAPE)?, cx.get(TO)?);
        // Its numbers are asked for only where a run is recorded.
        if let (Val::Py(Arg::Str(change)), Some(_), Some(dtype)) = (cx.val(CHANGE), call.recorder, out.dtype)
            && let Ok(made) = changed(cx, &x, change, dtype)
        {
            return Ok(Val::T(Tensor { reach: x.reach, ..made.with_shape(out.shape) }));
        }
        Ok(Val::T(Tensor { reach: x.reach, ..out }))
    })
}

fn encoded(call: &Call<'_>) -> Infer<Outputs> {
    run(call, |cx| {
        cx.known(ALL)?;
        let out = Tensor::new(cx.get(SHAPE)?, cx.get(TO)?);
        Ok(Val::T(Tensor { reach: Reach::default(), ..out }))
    })
}
