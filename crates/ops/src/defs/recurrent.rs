//! Recurrent networks over a sequence, as one op: the loops of `SimpleRNN`, `GRU`, `LSTM` and their relatives.
//!
//! The framework loops over a traced step; all that can be told of it is what one step does to shapes, and
//! which of the weights a gradient reaches. Over one step from a state of zeros the recurrent kernel's gradient
//! is exactly zero, since `matmul(zeros, kernel)` does not depend on the kernel. So is the kernel's where the whole
//! sequence is zeros; and where the bias lets the candidate state be zero too, the state never leaves zero.

use tensor::{Content, DType, Dim, Shape};

use crate::kernels::pointwise;
use crate::params::{SHAPE, X};
use crate::spec::{Cx, Misfit, Tensor, Val, merge, run};
use crate::{Arg, Call, Eval, Flow, Gradient, Infer, Mistake, Op, Outputs, Param, Stop};

const INPUTS: Param<Arg> = Param::named(&["inputs"]);
const STATES: Param<Arg> = Param::named(&["states"]);
const KERNEL: Param<Arg> = Param::named(&["kernel"]);
const RECURRENT: Param<Arg> = Param::named(&["recurrent_kernel"]);
const BIAS: Param<Arg> = Param::named(&["bias"]);
const UNITS: Param<i64> = Param::named(&["units"]);
const TIME_MAJOR: Param<bool> = Param::named(&["time_major"]);
/// Whether the activation makes zero of zero.
const KEEPS_ZERO: Param<bool> = Param::named(&["keeps_zero"]);

/// One row: name and number of states.
const fn row(name: &'static str, infer: fn(&Call<'_>) -> Infer<Outputs>) -> Op {
    let source = "keras/src/backend/tensorflow/rnn.py, tf_keras/src/backend.py: rnn";
    Op { name, apis: &[], infer, gradient: Gradient::Kernels, eval: Eval::Missing, source, kernel: "" }
}

/// Each takes `inputs`, `states` (a list, or `None` for zeros), `kernel`, `recurrent_kernel`, `bias` (or
/// `None`), `units`, `time_major` and `keeps_zero`; it gives the last output, all outputs and the last states.
pub(super) static OPS: &[Op] = &[
    row("simple_rnn_loop", |call| recurrent(call, 1)),
    row("gru_loop", |call| recurrent(call, 1)),
    row("lstm_loop", |call| recurrent(call, 2)),
    // `shape` is that of a state, which the layer computes.
    row("conv_lstm_loop", convolutional),
    // One step of a sequence, `x[:, 0]`; and the steps' outputs put together.
    row("time_step", shaped),
    row("all_steps", shaped),
];

/// A tensor of another shape that depends on its input alone.
fn shaped(call: &Call<'_>) -> Infer<Outputs> {
    run(call, |cx| {
        let x = cx.tensor(X)?;
        let out = Tensor::new(cx.get(SHAPE)?, x.dtype);
        Ok(Val::T(Tensor { reach: x.reach, ..out }))
    })
}

fn convolutional(call: &Call<'_>) -> Infer<Outputs> {
    run(call, |cx| {
        let x = cx.tensor(INPUTS)?;
        let (kernel, recurrent) = (cx.tensor(KERNEL)?, cx.tensor(RECURRENT)?);
        let steps = x.shape.dim(1).unwrap_or(Dim::Unknown);
        let mut out = Tensor::new(cx.get(SHAPE)?, x.dtype);
        out.reach.join(&x.reach);
        out.reach.join(&kernel.reach);
        let flow = if steps == Dim::Known(1) { Flow::Zero } else { Flow::Ok };
        out.reach.join(&recurrent.reach.at_most(flow));
        if !cx.val(BIAS).is_none() {
            out.reach.join(&cx.tensor(BIAS)?.reach);
        }
        let mut all = out.shape.dims().ok_or(Stop::Unknown("a state of unknown rank"))?.to_vec();
        all.insert(1.min(all.len()), steps);
        let sequence = out.clone().with_shape(Shape::new(all));
        Ok(Val::tuple([out.clone(), sequence, out.clone(), out]))
    })
}

fn recurrent(call: &Call<'_>, states: usize) -> Infer<Outputs> {
    run(call, |cx| {
        let x = cx.tensor(INPUTS)?;
        let (kernel, recurrent) = (cx.tensor(KERNEL)?, cx.tensor(RECURRENT)?);
        let units = Dim::Known(cx.get(UNITS)?);
        let Some([first, second, features]) = x.shape.dims() else {
            return Err(Stop::Unknown("a sequence of another rank"));
        };
        let (batch, steps) = if cx.get(TIME_MAJOR)? { (*second, *first) } else { (*first, *second) };
        let step = Tensor { shape: Shape::new([batch, *features]), ..x.clone() };
        multiplied(cx, &step, &kernel)?;
        let given: Vec<Tensor> = match cx.val(STATES).items() {
            Some(items) => items.iter().map(|s| cx.convert(s, None)).collect::<Infer<_>>()?,
            None => Vec::new(),
        };
        for state in given.iter().take(1) {
            multiplied(cx, state, &recurrent)?;
            // `z + h`: a state for four rows cannot be added to what a last batch of two gives.
            let width = if states == 2 { kernel.shape.dim(-1).unwrap_or(Dim::Unknown) } else { units };
            let rows = state.shape.dim(0).unwrap_or(Dim::Unknown);
            pointwise::broadcast(cx, "AddV2", &Shape::new([batch, width]), &Shape::new([rows, width]))?;
        }
        let zero = given.iter().all(|s| s.content.is_zero() || s.content == Content::Zeros);
        let mut out = Tensor::new(Shape::new([batch, units]), x.dtype);
        out.reach.join(&x.reach);
        let silent = x.content.is_zero();
        let flow = |zero: bool| if zero { Flow::Zero } else { Flow::Ok };
        out.reach.join(&kernel.reach.clone().at_most(flow(silent)));
        let bias = if cx.val(BIAS).is_none() { None } else { Some(cx.tensor(BIAS)?) };
        let keeps = matches!(call.arg(KEEPS_ZERO), Arg::Bool(true));
        let still = silent && zero && keeps && bias.as_ref().is_none_or(|b| drives_nothing(b, states == 2));
        out.reach.join(&recurrent.reach.clone().at_most(flow(zero && (steps == Dim::Known(1) || still))));
        if let Some(bias) = &bias {
            out.reach.join(&bias.reach);
        }
        if still {
            out.content = Content::Zeros;
        }
        given.iter().for_each(|s| out.reach.join(&s.reach));
        let all = if cx.get(TIME_MAJOR)? { [steps, batch, units] } else { [batch, steps, units] };
        let sequence = out.clone().with_shape(Shape::new(all));
        let last = vec![out.clone(); states];
        Ok(Val::tuple([out, sequence].into_iter().chain(last)))
    })
}

/// Tells whether a bias leaves a state of zeros alone. What an LSTM adds to its state comes of the third quarter; its
/// forget gate, which begins with ones, only keeps what is there.
fn drives_nothing(bias: &Tensor, lstm: bool) -> bool {
    match &bias.content {
        Content::Array(array) if lstm => {
            let quarter = array.data.len() / 4;
            let values = array.data.to_floats().unwrap_or_default();
            values.get(2 * quarter..3 * quarter).is_some_and(|cell| cell.iter().all(|x| *x == 0.0))
        }
        content => content.is_zero(),
    }
}

/// Checks that a matrix multiplication fits, as `matmul(step, kernel)` in the loop's body does.
fn multiplied(cx: &Cx<'_>, x: &Tensor, kernel: &Tensor) -> Infer<()> {
    cx.node("MatMul", [Val::T(x.clone()), Val::T(kernel.clone())])?;
    let (Some(have), Some(want)) = (x.shape.dim(-1), kernel.shape.dim(0)) else { return Ok(()) };
    let fits = merge::dims(have, want, "the inner dims of a matrix product");
    cx.fit_or("MatMul", fits, || {
        let (a, b) = (x.shape.bracketed(), kernel.shape.bracketed());
        format!("Matrix size-incompatible: In[0]: {a}, In[1]: {b}")
    })?;
    if x.shape.rank().is_some_and(|r| r != 2) {
        let got = x.shape.rank().unwrap_or_default();
        let text = format!("Shape must be rank 2 but is rank {got}");
        let mistake = Mistake::RankMismatch { param: "states", expected: "2".to_owned(), got };
        return cx.refuse("MatMul", Misfit::new(text, mistake));
    }
    let floating = kernel.dtype.is_none_or(DType::is_floating);
    if floating { Ok(()) } else { Err(Stop::Unknown("a kernel that is not floating")) }
}
