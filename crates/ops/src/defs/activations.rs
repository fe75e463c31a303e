//! Activation functions: `keras.activations.…` of both profiles.
//!
//! They keep the shape, all but `glu`. What they do to dtypes and elements comes from TensorFlow's kernels
//! where an activation is one, else from the function on reals beside its row.

use tensor::{Content, DType, Dim};

use super::nn::activate;
use crate::kernels::pointwise;
use crate::params::X;
use crate::spec::{Cx, Tensor, Val, fold, run};
use crate::{Arg, Call, Eval, Flow, Gradient, Infer, Mistake, Op, Outputs, Param, Stop};

const SLOPE: Param<f64> = Param::named(&["negative_slope", "alpha"]);
const ALPHA: Param<f64> = Param::named(&["alpha"]);
const MAX: Param<f64> = Param::named(&["max_value"]);
const THRESHOLD: Param<f64> = Param::named(&["threshold"]);
const AXIS: Param<i64> = Param::named(&["axis"]);

const fn row(
    name: &'static str,
    apis: &'static [&'static str],
    kernel: &'static str,
    infer: fn(&Call<'_>) -> Infer<Outputs>,
) -> Op {
    let source = "keras/src/activations/activations.py, tf_keras/src/activations.py";
    Op { name, apis, infer, gradient: Gradient::Kernels, eval: Eval::Kernels, source, kernel }
}

pub(super) static OPS: &[Op] = &[
    row("celu_activation", &["keras.activations.celu"], "", plain),
    row("elu_activation", &["keras.activations.elu"], "Elu", elu),
    row("exponential_activation", &["keras.activations.exponential"], "Exp", one_kernel),
    row("gelu_activation", &["keras.activations.gelu"], "", plain),
    row("glu_activation", &["keras.activations.glu"], "", glu),
    row("hard_shrink_activation", &["keras.activations.hard_shrink"], "", plain),
    row("hard_sigmoid_activation", &["keras.activations.hard_sigmoid"], "", plain),
    row("hard_silu_activation", &["keras.activations.hard_silu"], "", plain),
    row("hard_tanh_activation", &["keras.activations.hard_tanh"], "", plain),
    row("leaky_relu_activation", &["keras.activations.leaky_relu"], "", plain),
    row("linear_activation", &["keras.activations.linear"], "", linear),
    row("log_sigmoid_activation", &["keras.activations.log_sigmoid"], "", plain),
    row("log_softmax_activation", &["keras.activations.log_softmax"], "LogSoftmax", softmax),
    row("mish_activation", &["keras.activations.mish"], "", plain),
    row("relu_activation", &["keras.activations.relu"], "Relu", relu),
    row("relu6_activation", &["keras.activations.relu6"], "Relu6", one_kernel),
    row("selu_activation", &["keras.activations.selu"], "Selu", one_kernel),
    row("sigmoid_activation", &["keras.activations.sigmoid"], "Sigmoid", one_kernel),
    row("silu_activation", &["keras.activations.silu", "keras.activations.swish"], "", plain),
    row("soft_shrink_activation", &["keras.activations.soft_shrink"], "", plain),
    row("softmax_activation", &["keras.activations.softmax"], "Softmax", softmax),
    row("softplus_activation", &["keras.activations.softplus"], "Softplus", one_kernel),
    row("softsign_activation", &["keras.activations.softsign"], "Softsign", one_kernel),
    row("sparse_plus_activation", &["keras.activations.sparse_plus"], "", plain),
    row("sparse_sigmoid_activation", &["keras.activations.sparse_sigmoid"], "", plain),
    row("sparsemax_activation", &["keras.activations.sparsemax"], "", plain),
    row("squareplus_activation", &["keras.activations.squareplus"], "", plain),
    row("tanh_activation", &["keras.activations.tanh"], "Tanh", one_kernel),
    row("tanh_shrink_activation", &["keras.activations.tanh_shrink"], "", plain),
    row("threshold_activation", &["keras.activations.threshold"], "", plain),
];

/// An activation by name, as a function on reals.
type OnReals = (&'static str, fn(f64) -> f64);

/// Composites with no settings of their own; each keeps zero.
const REALS: &[OnReals] = &[
    ("hard_tanh_activation", |x| x.clamp(-1.0, 1.0)),
    ("mish_activation", |x| x * (x.max(0.0) + (-x.abs()).exp().ln_1p()).tanh()),
    ("silu_activation", |x| x / (1.0 + (-x).exp())),
    ("tanh_shrink_activation", |x| x - x.tanh()),
];

/// Activations that map zero to zero.
const KEEPS_ZERO: &[&str] = &[
    "celu_activation",
    "elu_activation",
    "gelu_activation",
    "hard_shrink_activation",
    "hard_silu_activation",
    "hard_tanh_activation",
    "leaky_relu_activation",
    "mish_activation",
    "relu_activation",
    "relu6_activation",
    "selu_activation",
    "silu_activation",
    "soft_shrink_activation",
    "softsign_activation",
    "tanh_activation",
    "tanh_shrink_activation",
];

fn keep_zero(call: &Call<'_>, x: &Tensor, out: Tensor) -> Tensor {
    if x.content == Content::Zeros && KEEPS_ZERO.contains(&call.op.name) {
        return out.with_content(Content::Zeros);
    }
    out
}

/// An activation that is one kernel.
fn one_kernel(call: &Call<'_>) -> Infer<Outputs> {
    run(call, |cx| {
        let mut x = cx.tensor(X)?;
        // Keras 3 goes through `keras.ops.tanh` and `keras.ops.exp`, which take integers and truth values.
        let whole = |dtype: DType| dtype.is_integer() || dtype == DType::Bool;
        if cx.keras3() && matches!(call.op.kernel, "Exp" | "Tanh") && x.dtype.is_some_and(whole) {
            x = pointwise::cast(cx, &x, Some(DType::Float32))?;
        }
        if keeps_spec(cx, &x) {
            return Ok(Val::T(x.like()));
        }
        let out = pointwise::unary(cx, call.op.kernel, &x)?;
        Ok(Val::T(keep_zero(call, &x, out)))
    })
}

/// `elu`, whose numbers below zero are scaled by `alpha`.
fn elu(call: &Call<'_>) -> Infer<Outputs> {
    if call.recorder.is_none() || matches!(call.arg(ALPHA), Arg::Missing | Arg::Float(1.0)) {
        return one_kernel(call);
    }
    run(call, activate::elu)
}

/// Tells whether Keras 3 says of an activation's KerasTensor, whose kernel takes floats only, that it is like its input.
fn keeps_spec(cx: &Cx<'_>, x: &Tensor) -> bool {
    cx.symbolic() && cx.keras3() && x.dtype.is_some_and(|d| !d.is_floating())
}

/// An activation of several kernels that keeps shape and dtype.
fn plain(call: &Call<'_>) -> Infer<Outputs> {
    run(call, |cx| {
        let x = cx.tensor(X)?;
        if cx.symbolic() && cx.keras3() {
            // These convert what they get to a tensor first.
            if matches!(
                call.path,
                "keras.activations.hard_silu"
                    | "keras.activations.hard_swish"
                    | "keras.activations.mish"
                    | "keras.activations.sparsemax"
            ) {
                return Err(crate::spec::keras::no_values(call.path).raised());
            }
            return Ok(Val::T(x.like()));
        }
        // What other dtypes come to is decided by the kernels that the activation consists of.
        if let (Err(stop), false) = (floating(&x), call.path == "keras.activations.sparsemax") {
            return activate::composed(call.op.name)
                .filter(|_| x.dtype.is_some())
                .map_or(Err(stop), |f| f(cx));
        }
        floating(&x)?;
        if call.recorder.is_some() && call.path == "keras.activations.sparsemax" {
            return super::nn::softmax::sparsemax(cx);
        }
        if call.recorder.is_some() {
            // Numbers need the kernels that the activation consists of.
            return match activate::composed(call.op.name) {
                Some(compose) => compose(cx),
                None => Ok(Val::T(x.like())),
            };
        }
        let content = match (REALS.iter().find(|(n, _)| *n == call.op.name), x.shape.all_known(), x.dtype) {
            (Some((_, f)), Some(sizes), Some(dtype)) => fold::unary(&x.content, &sizes, dtype, dtype, *f),
            _ => Content::Unknown,
        };
        let out = x.clone().with_content(content);
        Ok(Val::T(keep_zero(call, &x, out)))
    })
}

/// What composites do to other dtypes is not modelled.
fn floating(x: &Tensor) -> Infer<()> {
    match x.dtype {
        Some(dtype) if dtype.is_floating() => Ok(()),
        _ => Err(Stop::Unknown("an activation of a tensor that may not be floating")),
    }
}

fn linear(call: &Call<'_>) -> Infer<Outputs> {
    run(call, |cx| Ok(cx.known(X)?.clone()))
}

/// `relu` with a slope, a maximum and a threshold.
fn relu(call: &Call<'_>) -> Infer<Outputs> {
    run(call, |cx| {
        let x = cx.tensor(X)?;
        let is_zero = |p: Param<f64>| matches!(call.arg(p), Arg::Float(0.0) | Arg::Int(0) | Arg::Missing);
        if is_zero(SLOPE) && is_zero(THRESHOLD) && call.arg(MAX).is_none() {
            let out = pointwise::unary(cx, "Relu", &x)?;
            return Ok(Val::T(keep_zero(call, &x, out)));
        }
        if cx.symbolic() && cx.keras3() {
            return Ok(Val::T(x.like()));
        }
        if !cx.keras3() && x.dtype.is_some_and(DType::is_integer) {
            return activate::backend_relu(cx);
        }
        floating(&x)?;
        if call.recorder.is_some() {
            return activate::backend_relu(cx);
        }
        Ok(Val::T(x.like()))
    })
}

/// `softmax` and `log_softmax`. Along an axis of size 1 the result is constant: its gradient is zero.
fn softmax(call: &Call<'_>) -> Infer<Outputs> {
    run(call, |cx| {
        let x = cx.tensor(X)?;
        let scalar =
            x.rank() == Some(0) && (cx.symbolic() || (call.op.kernel == "LogSoftmax" && !cx.keras3()));
        let Some(rank) = x.rank().filter(|_| !scalar) else {
            return Err(Stop::Unknown("a softmax of a tensor of unknown rank, or of a scalar"));
        };
        if keeps_spec(cx, &x) {
            return Ok(Val::T(x.like()));
        }
        let axis = match call.arg(AXIS) {
            Arg::Missing => -1,
            Arg::Int(axis) => *axis,
            // Several axes are put together first.
            Arg::Tuple(axes)
                if call.recorder.is_none()
                    && axes
                        .iter()
                        .all(|axis| matches!(axis, Arg::Int(n) if (0..rank as i64).contains(n))) =>
            {
                return Ok(Val::T(x.like()));
            }
            _ => return Err(Stop::Unknown("an axis that is not one int")),
        };
        // Keras 2's is the backend's, which takes no vectors.
        if !cx.keras3() && call.op.kernel == "Softmax" {
            return super::nn::softmax::of_backend(cx, &x, &Val::from(axis)).map(Val::T);
        }
        if rank == 0 && axis == -1 {
            // The last axis is taken by the kernel, which asks for one.
            return super::nn::softmax::last(cx, call.op.kernel, &x).map(Val::T);
        }
        let Some(size) = x.shape.dim(axis) else { return outside(cx, axis, rank) };
        let mut out = match call.recorder.is_some() {
            // The kernel goes along the last axis: for numbers the axes are swapped.
            true => super::nn::softmax::along(cx, call.op.kernel, &x, axis)?,
            false => cx.node(call.op.kernel, [Val::T(x.clone())])?.out(x.shape.clone()),
        };
        if size == Dim::Known(1) {
            out.reach = out.reach.at_most(Flow::Zero);
        }
        Ok(Val::T(out))
    })
}

fn outside(cx: &Cx<'_>, axis: i64, rank: usize) -> Infer<Val> {
    if cx.symbolic() {
        return Err(Stop::Unknown("an axis outside of the rank"));
    }
    let core = format!(
        "`dim` must be in the range [{}, {rank}) where {rank} is the number of dimensions in the input. Received: \
         dim={axis}",
        -(rank as i64)
    );
    cx.raise(crate::Exc::InvalidArgumentError, core, Mistake::AxisOutOfRange { axis, rank })
}

/// `glu`: halves an axis.
fn glu(call: &Call<'_>) -> Infer<Outputs> {
    run(call, |cx| {
        let x = cx.tensor(X)?;
        floating(&x)?;
        if call.recorder.is_some() {
            return activate::glu(cx);
        }
        let axis = match call.arg(AXIS) {
            Arg::Missing => -1,
            Arg::Int(axis) => *axis,
            _ => return Err(Stop::Unknown("an axis that is not one int")),
        };
        let Some(rank) = x.rank() else { return Err(Stop::Unknown("a tensor of unknown rank")) };
        let at = if axis < 0 { axis + rank as i64 } else { axis };
        if !(0..rank as i64).contains(&at) {
            return cx.raise(
                crate::Exc::IndexError,
                "tuple index out of range",
                Mistake::AxisOutOfRange { axis, rank },
            );
        }
        let (Some(Dim::Known(size)), Ok(at)) = (x.shape.dim(axis), usize::try_from(at)) else {
            return Err(Stop::Unknown("an axis of unknown size"));
        };
        if size % 2 != 0 {
            let shape = x.shape.tuple();
            let core =
                format!("axis size must be divisible by 2. Received: x.shape={shape} with axis={axis}");
            let problem = format!("the size {size} of axis {axis} is odd");
            return cx.value_error(core, Mistake::Argument { param: "axis", problem });
        }
        let shape = x.shape.with_dim(at, Dim::Known(size / 2));
        let out = Tensor { reach: x.reach.clone(), ..Tensor::new(shape, x.dtype.or(Some(DType::Float32))) };
        Ok(Val::T(out))
    })
}
