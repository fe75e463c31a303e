//! `SimpleRNN`, `GRU` and `LSTM`: a cell and its loop.

use ops::{Arg, Exc, Infer, Keras, Mistake, Stop, Violation};
use tensor::{Dim, Shape};

use crate::config::{shown, value_error};
use crate::{CallArgs, Host, InputSpec, Layer, Mask};

use super::{dims_of, first_shape, flag, keyword, mask, sequence, shape, state, step_shape};

const fn layer(
    name: &'static str,
    init: fn(&mut dyn Host) -> Infer<()>,
    call: fn(&mut dyn Host, &CallArgs) -> Infer<Arg>,
) -> Layer {
    let source = "keras/src/layers/rnn/{rnn,simple_rnn,gru,lstm}.py, tf_keras/src/layers/rnn/base_rnn.py";
    Layer {
        name,
        init,
        build,
        call,
        output_shape: Some(output_shape),
        mask: Mask::Computes(mask),
        source,
        ..Layer::BASE
    }
}

pub(super) static LAYERS: &[Layer] = &[
    layer(
        "SimpleRNN",
        |host| init(host, "SimpleRNNCell", "simple_rnn_cell"),
        |host, args| call(host, args, "simple_rnn_loop"),
    ),
    layer("GRU", |host| init(host, "GRUCell", "gru_cell"), |host, args| call(host, args, "gru_loop")),
    layer("LSTM", |host| init(host, "LSTMCell", "lstm_cell"), |host, args| call(host, args, "lstm_loop")),
];

/// The arguments that a layer hands to its cell.
const CELL: &[&str] = &[
    "units",
    "activation",
    "recurrent_activation",
    "use_bias",
    "kernel_initializer",
    "recurrent_initializer",
    "bias_initializer",
    "unit_forget_bias",
    "kernel_regularizer",
    "recurrent_regularizer",
    "bias_regularizer",
    "kernel_constraint",
    "recurrent_constraint",
    "bias_constraint",
    "dropout",
    "recurrent_dropout",
    "reset_after",
    "implementation",
    "seed",
    "dtype",
    "trainable",
];

/// Activations that make zero of zero, as far as recurrent layers are given them.
const KEEPS_ZERO: &[&str] = &["elu", "linear", "relu", "selu", "tanh"];

fn init(host: &mut dyn Host, cell: &str, name: &str) -> Infer<()> {
    let mut keywords = vec![keyword("name", Arg::Str(name.into()))];
    // Keras 2's layers take `seed` for themselves.
    let own = |n: &str| host.keras() == Keras::Two && n == "seed";
    for name in CELL.iter().filter(|n| !own(n)) {
        match host.get(name) {
            Arg::Missing => {}
            value => keywords.push(keyword(name, value)),
        }
    }
    let made = host.make_layer(cell, keywords)?;
    host.set("cell", made);
    if let (Keras::Two, "LSTMCell", Arg::Float(units)) = (host.keras(), cell, host.get("units")) {
        // The states' specs are made of it.
        return crate::python::no_dimension("units", units);
    }
    host.set_input_spec(vec![InputSpec::rank(3)]);
    let cudnn = host.get("use_cudnn");
    if matches!(&cudnn, Arg::Str(s) if &**s != "auto") || cudnn == Arg::None {
        let text = "Invalid valid received for argument `use_cudnn`. Expected one of {'auto', True, False}. Received: \
                    use_cudnn=";
        return Err(value_error("use_cudnn", format!("{text}{}", shown(&cudnn))));
    }
    Ok(())
}

fn build(host: &mut dyn Host, shapes: &[Shape]) -> Infer<()> {
    let shape = first_shape(host, shapes)?;
    let time_major = flag(host, "time_major")?;
    let step = step_shape(shape, time_major)?;
    let cell = host.get("cell");
    host.build_sublayer(&cell, &[step])?;
    if host.keras() == Keras::Two {
        set_spec(host, shape, time_major)?;
    }
    if flag(host, "stateful")? {
        state::check_batch(host, shape)?;
    }
    Ok(())
}

/// Keras 2 expects the same features from then on, and the same batch of a stateful layer.
pub(super) fn set_spec(host: &mut dyn Host, shape: &Shape, time_major: bool) -> Infer<()> {
    let Some(dims) = shape.dims() else { return Ok(()) };
    let (batch, time) = if time_major { (1, 0) } else { (0, 1) };
    let stateful = flag(host, "stateful")?;
    let open = |i: usize| i == time || (i == batch && !stateful);
    let expected = dims.iter().enumerate().map(|(i, d)| if open(i) { Dim::Unknown } else { *d });
    let spec = InputSpec { ndim: Some(dims.len()), shape: Some(expected.collect()), ..InputSpec::default() };
    host.set_input_spec(vec![spec]);
    Ok(())
}

fn call(host: &mut dyn Host, args: &CallArgs, op: &'static str) -> Infer<Arg> {
    if host.keras() == Keras::Two && host.unknown_rank() {
        return crate::python::no_rank("'NoneType' object is not subscriptable");
    }
    let sequence = sequence(host, args)?;
    let time_major = flag(host, "time_major")?;
    let dims = dims_of(&sequence.inputs)?;
    check_unroll(host, &dims, time_major, op == "simple_rnn_loop")?;
    if flag(host, "stateful")? {
        let gates = if op == "lstm_loop" { 4 } else { 1 };
        let width = if let Arg::Int(units) = host.get("units") { Some(gates * units) } else { None };
        state::same_batch(host, dims.first().copied().unwrap_or(Dim::Unknown), width)?;
    }
    if let Some(states) = &sequence.states {
        state::check(host, states)?;
        if host.keras() == Keras::Three
            && host.mode() == ops::Mode::Eager
            && op == "lstm_loop"
            && states.len() == 1
            && !matches!(states[0], Arg::List(_) | Arg::Tuple(_))
        {
            let text = "list index out of range";
            return Err(crate::config::refused(Exc::IndexError, "initial_state", text));
        }
    }
    let cell = host.get("cell");
    if host.computes() {
        let result = super::unrolled::run(host, sequence, args, time_major)?;
        return outputs(host, &result);
    }
    let units = host.attr(&cell, "units")?;
    let mut weights = Vec::new();
    for name in ["kernel", "recurrent_kernel"] {
        weights.push((name, host.attr(&cell, name)?));
    }
    let bias = match host.get("use_bias") {
        Arg::Bool(false) => Arg::None,
        _ => host.attr(&cell, "bias")?,
    };
    let activation = host.get("activation");
    let keeps_zero = matches!(&activation, Arg::Str(name) if KEEPS_ZERO.contains(&&**name));
    let states = sequence.states.map_or(Arg::None, |s| Arg::List(s.into()));
    let [(_, kernel), (_, recurrent)] = weights.as_slice() else { return Err(Stop::Unknown("no kernels")) };
    let result = host.op(
        op,
        &[
            ("inputs", sequence.inputs),
            ("states", states),
            ("kernel", kernel.clone()),
            ("recurrent_kernel", recurrent.clone()),
            ("bias", bias),
            ("units", units),
            ("time_major", Arg::Bool(time_major)),
            ("keeps_zero", Arg::Bool(keeps_zero)),
        ],
    )?;
    outputs(host, &result)
}

/// Chooses what a layer returns of the last output, all outputs and the states.
pub(super) fn outputs(host: &mut dyn Host, result: &Arg) -> Infer<Arg> {
    let Some([last, all, states @ ..]) = result.items() else {
        return Err(Stop::Unknown("the outputs of a loop"));
    };
    let output = if flag(host, "return_sequences")? { all } else { last };
    if !flag(host, "return_state")? {
        return Ok(output.clone());
    }
    let items = std::iter::once(output).chain(states).cloned().collect();
    Ok(if host.keras() == Keras::Two { Arg::List(items) } else { Arg::Tuple(items) })
}

/// The shape of a state, or a list of those of a cell that has several.
fn state_shape(batch: Dim, size: &state::Size) -> Arg {
    match size {
        state::Size::One(n) => shape([batch, Dim::Known(*n)]),
        state::Size::Many(items) => Arg::List(items.iter().map(|s| state_shape(batch, s)).collect()),
    }
}

/// Unrolling needs a known number of steps.
pub(super) fn check_unroll(host: &dyn Host, dims: &[Dim], time_major: bool, base: bool) -> Infer<()> {
    let steps = dims.get(usize::from(!time_major)).copied().unwrap_or(Dim::Unknown);
    if !flag(host, "unroll")? || steps.is_known() {
        return Ok(());
    }
    if steps == Dim::Unknown {
        return Err(Stop::Unknown("a number of steps that is not known"));
    }
    let start = "Cannot unroll a RNN if the time dimension is undefined. \n- If using a Sequential model, specify the \
                 time dimension by passing an";
    let core = match host.keras() {
        // `GRU` and `LSTM` of Keras 2 go straight to the backend's loop.
        Keras::Two if !base => "Unrolling requires a fixed number of timesteps.".to_owned(),
        Keras::Two => format!(
            "{start} `input_shape` or `batch_input_shape` argument to your first layer. If your first layer is an \
             Embedding, you can also use the `input_length` argument.\n- If using the functional API, specify the time \
             dimension by passing a `shape` or `batch_shape` argument to your Input layer."
        ),
        Keras::Three => format!(
            "{start} `Input()` as your first layer.\n- If using the functional API, specify the time dimension by \
             passing a `shape` or `batch_shape` argument to your `Input()`."
        ),
    };
    let problem = "unrolling needs a known number of steps".to_owned();
    Err(Violation::stop(
        Exc::ValueError,
        core,
        Mistake::LayerInput { layer: host.name().to_string(), misfit: ops::Misfitting::Other(problem) },
    ))
}

/// `RNN.compute_output_shape` for a cell whose states are vectors.
pub(super) fn output_shape(host: &mut dyn Host, inputs: &Arg) -> Infer<Arg> {
    let dims = dims_of(inputs)?;
    let (Some(batch), Some(steps)) = (dims.first().copied(), dims.get(1).copied()) else {
        let text = "tuple index out of range";
        return Err(crate::config::refused(Exc::IndexError, "sequences", text));
    };
    let cell = host.get("cell");
    let size = state::size(host)?;
    let states = size.states();
    let output =
        if host.has_attr(&cell, "output_size")? { host.attr(&cell, "output_size")? } else { Arg::None };
    let units = match (&output, states.first()) {
        (Arg::Int(n), _) => *n,
        (Arg::None, Some(state::Size::One(n))) => *n,
        (Arg::None, _) => return Err(value_error("cell", "output_size must be an integer.")),
        (Arg::Tuple(_) | Arg::List(_), _) => {
            return Err(value_error("cell", "output_size must be an integer."));
        }
        _ => return Err(Stop::Unknown("an output size that is not known")),
    };
    let units = Dim::Known(units);
    let output =
        if flag(host, "return_sequences")? { shape([batch, steps, units]) } else { shape([batch, units]) };
    if !flag(host, "return_state")? {
        return Ok(output);
    }
    Ok(Arg::Tuple(std::iter::once(output).chain(states.iter().map(|s| state_shape(batch, s))).collect()))
}
