//! `ConvLSTM1D`, `ConvLSTM2D`, `ConvLSTM3D`: an LSTM whose products are convolutions.
//!
//! Keras keeps the weights in a cell that has no public name; here the layer has them itself.

use ops::{Arg, Exc, Infer, Keras, Mistake, Stop, Violation};
use tensor::{Dim, Shape};

use crate::args::channels_first;
use crate::config::{refused, shown, value_error};
use crate::host::WeightArgs;
use crate::tools::Tools;
use crate::{CallArgs, Host, InputSpec, Layer, Mask, Seeds};

use super::recurrent::{outputs, set_spec};
use super::{dims_of, first_shape, flag, sequence, shape, state, step_shape};

const fn layer(
    name: &'static str,
    init: fn(&mut dyn Host) -> Infer<()>,
    build: fn(&mut dyn Host, &[Shape]) -> Infer<()>,
) -> Layer {
    let source =
        "keras/src/layers/rnn/conv_lstm.py, tf_keras/src/layers/rnn/{base_conv_rnn,base_conv_lstm}.py";
    Layer {
        name,
        init,
        build,
        call,
        output_shape: Some(output_shape),
        mask: Mask::Computes(mask),
        seeds: Seeds::One,
        source,
        ..Layer::BASE
    }
}

pub(super) static LAYERS: &[Layer] = &[
    layer("ConvLSTM1D", |host| init(host, 1), |host, shapes| build(host, shapes, 1)),
    layer("ConvLSTM2D", |host| init(host, 2), |host, shapes| build(host, shapes, 2)),
    layer("ConvLSTM3D", |host| init(host, 3), |host, shapes| build(host, shapes, 3)),
];

fn init(host: &mut dyn Host, rank: usize) -> Infer<()> {
    for name in ["kernel_size", "strides", "dilation_rate"] {
        let values = tuple(&host.get(name), rank)?;
        host.set(name, Arg::Tuple(values.into_iter().map(Arg::Int).collect()));
    }
    let (strides, dilation) = (ints(host, "strides")?, ints(host, "dilation_rate")?);
    if host.keras() == Keras::Three && strides.iter().any(|s| *s > 1) && dilation.iter().any(|d| *d > 1) {
        let (s, d) = (shown(&host.get("strides")), shown(&host.get("dilation_rate")));
        return Err(value_error(
            "strides",
            format!(
                "Specifying `strides > 1` is not compatible with `dilation_rate > 1`. Please provide `strides=1` or \
                 `dilation_rate=1`. Received: strides={s} and dilation_rate={d}"
            ),
        ));
    }
    match host.get("padding") {
        Arg::Str(s) if matches!(&*s.to_lowercase(), "valid" | "same") => {
            host.set("padding", Arg::Str(s.to_lowercase().into()));
        }
        _ => return Err(Stop::Unknown("a padding that is not known")),
    }
    if host.keras() == Keras::Two && flag(host, "unroll")? {
        let text = "Unrolling is not possible with convolutional RNNs. Received: unroll=True";
        return Err(refused(Exc::TypeError, "unroll", text));
    }
    host.set_input_spec(vec![InputSpec::rank(rank + 3)]);
    crate::identifiers::check(host)?;
    super::cells::check_dropout(host)
}

/// Makes a tuple of positive ints: `3` or `(3, 3)`.
fn tuple(arg: &Arg, rank: usize) -> Infer<Vec<i64>> {
    let values = match arg {
        Arg::Int(n) => vec![*n; rank],
        Arg::Tuple(items) | Arg::List(items) if items.len() == rank => {
            let int = |a: &Arg| if let Arg::Int(n) = a { Some(*n) } else { None };
            items.iter().map(int).collect::<Option<_>>().ok_or(Stop::Unknown("a window that is not known"))?
        }
        _ => return Err(Stop::Unknown("a window that is not known")),
    };
    if values.iter().all(|n| *n > 0) {
        Ok(values)
    } else {
        Err(Stop::Unknown("a window that is not positive"))
    }
}

fn ints(host: &dyn Host, name: &str) -> Infer<Vec<i64>> {
    let arg = host.get(name);
    let items = arg.items().ok_or(Stop::Unknown("a window that is not known"))?;
    let int = |a: &Arg| if let Arg::Int(n) = a { Some(*n) } else { None };
    items.iter().map(int).collect::<Option<_>>().ok_or(Stop::Unknown("a window that is not known"))
}

fn filters(host: &dyn Host) -> Infer<i64> {
    match host.get("filters") {
        Arg::Int(n) if n > 0 => Ok(n),
        _ => Err(Stop::Unknown("the number of filters is not known")),
    }
}

fn build(host: &mut dyn Host, shapes: &[Shape], rank: usize) -> Infer<()> {
    let full = first_shape(host, shapes)?;
    let step = step_shape(full, false)?;
    let dims = step.dims().unwrap_or_default().to_vec();
    if dims.len() != rank + 2 {
        return Err(Stop::Unknown("a sequence of another rank"));
    }
    let first = channels_first(host);
    let (spatial, channels) = if first { (2..rank + 2, dims[1]) } else { (1..rank + 1, dims[rank + 1]) };
    let text = step.tuple();
    let open = |d: &Dim| matches!(d, Dim::Symbol(_));
    if host.keras() == Keras::Three && dims[spatial].iter().any(open) {
        return Err(value_error(
            "inputs",
            format!(
                "ConvLSTM layers only support static input shapes for the spatial dimension. Received invalid input \
                 shape: input_shape={text}"
            ),
        ));
    }
    if open(&channels) {
        return Err(value_error(
            "inputs",
            format!(
                "The channel dimension of the inputs (last axis) should be defined. Found None. Full input shape \
                 received: input_shape={text}"
            ),
        ));
    }
    let (filters, window) = (filters(host)?, ints(host, "kernel_size")?);
    let window: Vec<Dim> = window.into_iter().map(Dim::Known).collect();
    let width = Dim::Known(filters * 4);
    let cell = (host.keras() == Keras::Three).then_some("conv_lstm_cell");
    let mut kernel = |name: &str, initializer: &str, channels: Dim| {
        let dims = window.iter().copied().chain([channels, width]);
        let initializer = host.get(initializer);
        host.add_weight(WeightArgs { cell, ..WeightArgs::new(name, dims, initializer) })
    };
    kernel("kernel", "kernel_initializer", channels)?;
    kernel("recurrent_kernel", "recurrent_initializer", Dim::Known(filters))?;
    if flag(host, "use_bias")? {
        let initializer = host.get("bias_initializer");
        // The forget gate begins with ones.
        let forget = !matches!(host.get("unit_forget_bias"), Arg::Bool(false));
        let ones = usize::try_from(filters).ok().filter(|_| forget).map(|filters| filters..2 * filters);
        host.add_weight(WeightArgs { ones, cell, ..WeightArgs::new("bias", [width], initializer) })?;
    }
    if host.keras() == Keras::Two {
        set_spec(host, full, false)?;
    }
    if flag(host, "stateful")? {
        state::check_batch(host, full)?;
    }
    Ok(())
}

/// The shape of a state, which is that of the input's convolution.
fn state_dims(host: &dyn Host, step: &[Dim]) -> Infer<Vec<Dim>> {
    let (window, strides, dilation) =
        (ints(host, "kernel_size")?, ints(host, "strides")?, ints(host, "dilation_rate")?);
    let same = matches!(host.get("padding"), Arg::Str(s) if &*s == "same");
    let filters = Dim::Known(filters(host)?);
    let start = if channels_first(host) { 2 } else { 1 };
    let mut dims = step.to_vec();
    for (i, ((k, s), d)) in window.iter().zip(&strides).zip(&dilation).enumerate() {
        let Some(dim) = dims.get_mut(start + i) else {
            return Err(Stop::Unknown("a sequence of another rank"));
        };
        let reach = (k - 1) * d + 1;
        if let Dim::Known(n) = *dim {
            let size = if same { (n + s - 1) / s } else { (n - reach + s) / s };
            if !same && n < reach {
                return Err(too_small(host, step, n, reach));
            }
            *dim = Dim::Known(size);
        }
    }
    let channel = if channels_first(host) { 1 } else { dims.len().saturating_sub(1) };
    if let Some(slot) = dims.get_mut(channel) {
        *slot = filters;
    }
    Ok(dims)
}

/// A window larger than the image.
fn too_small(host: &dyn Host, step: &[Dim], size: i64, reach: i64) -> Stop {
    let core = match host.keras() {
        Keras::Two => format!("Negative dimension size caused by subtracting {reach} from {size}"),
        Keras::Three => {
            let shape = Shape::new(step.iter().copied()).tuple();
            let channel = if channels_first(host) { step.get(1) } else { step.last() };
            let window = ints(host, "kernel_size").unwrap_or_default();
            let filters = filters(host).unwrap_or_default();
            let kernel: Shape = window
                .into_iter()
                .map(Dim::Known)
                .chain(channel.copied())
                .chain([Dim::Known(filters)])
                .collect();
            let dilation: Vec<String> =
                ints(host, "dilation_rate").unwrap_or_default().iter().map(ToString::to_string).collect();
            format!(
                "Computed output size would be zero or negative. Received `inputs shape={shape}`, `kernel shape={}`, \
                 `dilation_rate=[{}]`, `strides={}`, `padding=valid`.",
                kernel.tuple(),
                dilation.join(" "),
                shown(&host.get("strides"))
            )
        }
    };
    let problem = "the window is larger than the image".to_owned();
    Violation::stop(
        Exc::ValueError,
        core,
        Mistake::LayerInput { layer: host.name().to_string(), misfit: ops::Misfitting::Other(problem) },
    )
}

fn call(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let sequence = sequence(host, args)?;
    if sequence.states.is_some() {
        return Err(Stop::Unknown("the initial states of a convolutional layer"));
    }
    let dims = dims_of(&sequence.inputs)?;
    let [batch, _, rest @ ..] = dims.as_slice() else { return Err(Stop::Unknown("a sequence without time")) };
    let step: Vec<Dim> = std::iter::once(*batch).chain(rest.iter().copied()).collect();
    let state = state_dims(host, &step)?;
    let mut weight = |name: &str| host.weight(name).ok_or(Stop::Unknown("the layer is not built"));
    let (kernel, recurrent) = (weight("kernel")?, weight("recurrent_kernel")?);
    let bias = host.weight("bias").unwrap_or(Arg::None);
    let state = Arg::List(state.into_iter().map(Arg::Dim).collect());
    if host.computes() {
        let result = with_numbers(host, args, &sequence.inputs, [kernel, recurrent, bias], state)?;
        return outputs(host, &result);
    }
    let result = host.op(
        "conv_lstm_loop",
        &[
            ("inputs", sequence.inputs),
            ("kernel", kernel),
            ("recurrent_kernel", recurrent),
            ("bias", bias),
            ("shape", state),
        ],
    )?;
    outputs(host, &result)
}

/// The steps one by one: the last output, all outputs, the states. The convolutions of the four gates are one, of
/// as many filters.
///
/// source: keras/src/layers/rnn/conv_lstm.py: ConvLSTMCell.call
fn with_numbers(
    host: &mut dyn Host,
    args: &CallArgs,
    x: &Arg,
    [kernel, recurrent, bias]: [Arg; 3],
    state: Arg,
) -> Infer<Arg> {
    let drops = |name: &str| crate::config::number(&host.get(name)).is_some_and(|rate| rate > 0.0);
    let random = args.training == Some(true) && (drops("dropout") || drops("recurrent_dropout"));
    let known = dims_of(x)?.get(1).is_some_and(|steps| steps.is_known());
    // It begins with zeros, which a stateful layer does only once.
    let other = random || channels_first(host) || flag(host, "stateful")?;
    if !known || other || !args.mask.is_none() {
        return Err(Stop::Unknown("a convolutional recurrence of another kind"));
    }
    let rank = dims_of(&kernel)?.len().saturating_sub(2);
    let ones = Arg::Tuple(vec![Arg::Int(1); rank].into());
    let (strides, rates, padding) = (host.get("strides"), host.get("dilation_rate"), host.get("padding"));
    let convolved =
        |host: &mut dyn Host, x: &Arg, kernel: &Arg, strides: &Arg, rates: &Arg, padding: &Arg| {
            let settings = [
                ("x", x.clone()),
                ("kernel", kernel.clone()),
                ("strides", strides.clone()),
                ("dilation_rate", rates.clone()),
                ("padding", padding.clone()),
            ];
            crate::layers::numbers::convolve(host, "layer_conv", &settings)
        };
    let zeros = ["tf.zeros", "keras.ops.zeros"];
    let (mut h, mut c) =
        (Tools::new(host).call(zeros, &[&state], &[])?, Tools::new(host).call(zeros, &[&state], &[])?);
    let (activation, gate) = (host.get("activation"), host.get("recurrent_activation"));
    let mut steps = super::unrolled::unstacked(&mut Tools::new(host), x, 1)?;
    if flag(host, "go_backwards")? {
        steps.reverse();
    }
    let mut outputs = Vec::new();
    for step in steps {
        let mut sum = convolved(host, &step, &kernel, &strides, &rates, &padding)?;
        if !bias.is_none() {
            sum = Tools::new(host).add(&sum, &bias)?;
        }
        let own = convolved(host, &h, &recurrent, &ones, &ones, &Arg::Str("same".into()))?;
        let t = &mut Tools::new(host);
        let sum = t.add(&sum, &own)?;
        let parts =
            t.call(["tf.split", "keras.ops.split"], &[&sum, &Arg::Int(4)], &[("axis", Arg::Int(-1))])?;
        let Some([i, f, new, o]) = parts.items() else { return Err(Stop::Unknown("the gates")) };
        let [i, f, o] = [i, f, o].map(|x| host.activate(&gate, x.clone()));
        let (i, f, o, new) = (i?, f?, o?, host.activate(&activation, new.clone())?);
        let t = &mut Tools::new(host);
        let (kept, new) = (t.mul(&f, &c)?, t.mul(&i, &new)?);
        c = t.add(&kept, &new)?;
        let shown = host.activate(&activation, c.clone())?;
        h = Tools::new(host).mul(&o, &shown)?;
        outputs.push(h.clone());
    }
    let all = Arg::List(outputs.into());
    let all = Tools::new(host).call(["tf.stack", "keras.ops.stack"], &[&all], &[("axis", Arg::Int(1))])?;
    Ok(Arg::Tuple([h.clone(), all, h, c].into()))
}

fn output_shape(host: &mut dyn Host, inputs: &Arg) -> Infer<Arg> {
    let dims = dims_of(inputs)?;
    let [batch, steps, rest @ ..] = dims.as_slice() else {
        return Err(Stop::Unknown("a sequence without time"));
    };
    let step: Vec<Dim> = std::iter::once(*batch).chain(rest.iter().copied()).collect();
    let state = state_dims(host, &step)?;
    let output = if flag(host, "return_sequences")? {
        shape([*batch, *steps].into_iter().chain(state[1..].iter().copied()))
    } else {
        shape(state.iter().copied())
    };
    if !flag(host, "return_state")? {
        return Ok(output);
    }
    let state = shape(state);
    Ok(Arg::Tuple([output, state.clone(), state].into()))
}

fn mask(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let mask = match args.mask.items() {
        Some(items) => items.first().cloned().unwrap_or(Arg::None),
        None => args.mask.clone(),
    };
    let output = if flag(host, "return_sequences")? { mask } else { Arg::None };
    if flag(host, "return_state")? {
        Ok(Arg::List([output, Arg::None, Arg::None].into()))
    } else {
        Ok(output)
    }
}
