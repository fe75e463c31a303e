//! `Bidirectional`: a recurrent layer, forwards and backwards.

use std::rc::Rc;

use ops::{Arg, Exc, Infer, Keras, Stop};
use tensor::Shape;

use crate::config::{refused, shown, value_error};
use crate::tools::Tools;
use crate::{CallArgs, Host, InputSpec, Layer, Mask};

use super::{dims_of, first_shape, flag, keyword, truth};

pub(super) static LAYERS: &[Layer] = &[Layer {
    name: "Bidirectional",
    init,
    build,
    call,
    output_shape: Some(output_shape),
    mask: Mask::Computes(mask),
    source: "keras/src/layers/rnn/bidirectional.py, tf_keras/src/layers/rnn/bidirectional.py",
    ..Layer::BASE
}];

fn init(host: &mut dyn Host) -> Infer<()> {
    let (layer, given) = (host.get("layer"), host.get("backward_layer"));
    check_layers(host, &layer, &given)?;
    let mode = host.get("merge_mode");
    let known = match &mode {
        Arg::Str(s) => matches!(&**s, "sum" | "mul" | "ave" | "concat"),
        Arg::None => true,
        Arg::Unknown => return Err(Stop::Unknown("a merge mode that is not known")),
        _ => false,
    };
    if !known {
        let text = "Merge mode should be one of {\"sum\", \"mul\", \"ave\", \"concat\", None}";
        return Err(value_error(
            "merge_mode",
            format!("Invalid merge mode. Received: {}. {text}", shown(&mode)),
        ));
    }
    if !host.has_attr(&layer, "go_backwards")? {
        return Err(not_recurrent(host));
    }
    let forward = copy(host, &layer, "forward_", None)?;
    let backward = if given.is_none() {
        let backwards = match host.keras() {
            Keras::Two => !truth(&host.attr(&layer, "go_backwards")?)?,
            Keras::Three => true,
        };
        copy(host, &layer, "backward_", Some(backwards))?
    } else {
        given
    };
    verify(host, &forward, &backward)?;
    // The layer given is only a model for the copies: its weights are not the wrapper's.
    host.set("forward_layer", forward);
    host.set("backward_layer", backward);
    for name in ["stateful", "return_sequences", "return_state"] {
        let value = host.attr(&layer, name)?;
        host.set(name, value);
    }
    if matches!(host.layer_class(&layer).as_deref(), Some("LSTM" | "GRU" | "SimpleRNN")) {
        host.set_input_spec(vec![InputSpec::rank(3)]);
    }
    Ok(())
}

fn check_layers(host: &dyn Host, layer: &Arg, backward: &Arg) -> Infer<()> {
    let kind = if host.keras() == Keras::Two { "tf.keras.layers.Layer" } else { "keras.layers.Layer" };
    let is_layer = |a: &Arg| match a {
        Arg::Unknown | Arg::Missing => Err(Stop::Unknown("a layer that is not known")),
        a => Ok(host.layer_class(a).is_some()),
    };
    if !is_layer(layer)? {
        let text = shown(layer);
        let core =
            format!("Please initialize `Bidirectional` layer with a `{kind}` instance. Received: {text}");
        return Err(value_error("layer", core));
    }
    if !backward.is_none() && !is_layer(backward)? {
        let text = shown(backward);
        let core = format!("`backward_layer` need to be a `{kind}` instance. Received: {text}");
        return Err(value_error("backward_layer", core));
    }
    Ok(())
}

/// `Bidirectional(Dense(3))`: a config without `go_backwards`, or a constructor that does not take it.
fn not_recurrent(host: &dyn Host) -> Stop {
    match host.keras() {
        Keras::Two => refused(Exc::KeyError, "layer", "'go_backwards'"),
        Keras::Three => refused(Exc::TypeError, "layer", "the layer could not be deserialized properly"),
    }
}

fn copy(host: &mut dyn Host, layer: &Arg, prefix: &str, backwards: Option<bool>) -> Infer<Arg> {
    let name = match host.attr(layer, "name")? {
        Arg::Str(name) => name,
        _ => return Err(Stop::Unknown("a layer's name that is not known")),
    };
    // Keras 3 does not say `forward_forward_lstm`.
    let bare: &str = match host.keras() {
        Keras::Two => &name,
        Keras::Three => name.strip_prefix(prefix).unwrap_or(&name),
    };
    let mut changes: Vec<(Rc<str>, Arg)> = vec![keyword("name", Arg::Str(format!("{prefix}{bare}").into()))];
    if let Some(backwards) = backwards {
        changes.push(keyword("go_backwards", Arg::Bool(backwards)));
    }
    // Sequences that are read from both ends have zeros where they are masked, whatever the layer given says.
    if matches!(host.layer_class(layer).as_deref(), Some("LSTM" | "GRU" | "SimpleRNN" | "RNN")) {
        changes.push(keyword("zero_output_for_mask", host.attr(layer, "return_sequences")?));
    }
    host.copy_layer(layer, changes)
}

fn verify(host: &mut dyn Host, forward: &Arg, backward: &Arg) -> Infer<()> {
    let mut pair =
        |name: &str| -> Infer<(Arg, Arg)> { Ok((host.attr(forward, name)?, host.attr(backward, name)?)) };
    let (one, two) = pair("go_backwards")?;
    let mut different = Vec::new();
    for name in ["stateful", "return_sequences", "return_state"] {
        let (a, b) = pair(name)?;
        if a != b {
            different.push((name, a, b));
        }
    }
    if truth(&one)? == truth(&two)? {
        let (a, b) = (shown(&one), shown(&two));
        let text = "Forward layer and backward layer should have different `go_backwards` value.";
        return Err(value_error(
            "backward_layer",
            match host.keras() {
                Keras::Two => {
                    format!("{text}forward_layer.go_backwards = {a},backward_layer.go_backwards = {b}")
                }
                Keras::Three => {
                    format!(
                        "{text} Received: forward_layer.go_backwards {a}, backward_layer.go_backwards={b}"
                    )
                }
            },
        ));
    }
    if let Some((name, a, b)) = different.first() {
        let (a, b) = (shown(a), shown(b));
        return Err(value_error(
            "backward_layer",
            format!(
                "Forward layer and backward layer are expected to have the same value for attribute \"{name}\", got \
                 \"{a}\" for forward layer and \"{b}\" for backward layer"
            ),
        ));
    }
    Ok(())
}

fn build(host: &mut dyn Host, shapes: &[Shape]) -> Infer<()> {
    let shape = first_shape(host, shapes)?;
    for name in ["forward_layer", "backward_layer"] {
        let layer = host.get(name);
        host.build_sublayer(&layer, std::slice::from_ref(shape))?;
    }
    Ok(())
}

/// The states the forward layer starts with, and those of the backward layer.
type States = (Vec<Arg>, Vec<Arg>);

/// The sequence, and the states of each direction: the first half of those given, and the second.
fn halves(host: &dyn Host, args: &CallArgs) -> Infer<(Arg, Option<States>)> {
    let sequence = super::sequence(host, args)?;
    let halves = sequence.states.map(|states| {
        let half = states.len() / 2;
        (states[..half].to_vec(), states[half..].to_vec())
    });
    if host.keras() == Keras::Two
        && let Some((a, b)) = &halves
        && a.len() != b.len()
    {
        return Err(value_error(
            "initial_state",
            "When passing `initial_state` to a Bidirectional RNN, the state should be a list containing the states of \
             the underlying RNNs. Received: …",
        ));
    }
    Ok((sequence.inputs, halves))
}

fn call(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let (x, states) = halves(host, args)?;
    let (forward, backward) = match states {
        Some((a, b)) => (Some(a), Some(b)),
        None => (None, None),
    };
    let mut run = |layer: &str, states: Option<Vec<Arg>>| {
        let layer = host.get(layer);
        let mut keywords = Vec::new();
        if let Some(states) = states {
            keywords.push(keyword("initial_state", Arg::List(states.into())));
        }
        if !args.mask.is_none() {
            keywords.push(keyword("mask", args.mask.clone()));
        }
        host.call(&layer, vec![x.clone()], keywords)
    };
    let (y, reversed) = (run("forward_layer", forward)?, run("backward_layer", backward)?);
    let (y, reversed, states) =
        if flag(host, "return_state")? { with_states(&y, &reversed)? } else { (y, reversed, Vec::new()) };
    let sequences = flag(host, "return_sequences")?;
    let mode = host.get("merge_mode");
    let reversed = if sequences { turned(host, &reversed)? } else { reversed };
    let output = merged(host, &mode, y, reversed)?;
    if !flag(host, "return_state")? {
        return Ok(output);
    }
    let first: Vec<Arg> = match (&mode, output.items()) {
        (Arg::None, Some(items)) => items.to_vec(),
        _ => vec![output],
    };
    let items = first.into_iter().chain(states).collect();
    Ok(if host.keras() == Keras::Two { Arg::List(items) } else { Arg::Tuple(items) })
}

/// Takes the outputs from the states behind them.
fn with_states(y: &Arg, reversed: &Arg) -> Infer<(Arg, Arg, Vec<Arg>)> {
    match (y.items(), reversed.items()) {
        (Some([y, a @ ..]), Some([reversed, b @ ..])) => {
            Ok((y.clone(), reversed.clone(), a.iter().chain(b).cloned().collect()))
        }
        _ => Err(Stop::Unknown("the states of a recurrent layer are not known")),
    }
}

/// Turns the backward layer's outputs round in time.
fn turned(host: &mut dyn Host, x: &Arg) -> Infer<Arg> {
    let forward = host.get("forward_layer");
    let time_major = host.has_attr(&forward, "time_major")? && truth(&host.attr(&forward, "time_major")?)?;
    let axis = Arg::Int(i64::from(!time_major));
    let t = &mut Tools::new(host);
    if t.keras3() {
        return t.call(["", "keras.ops.flip"], &[x], &[("axis", axis)]);
    }
    t.call(["tf.keras.backend.reverse", ""], &[x, &axis], &[])
}

fn merged(host: &mut dyn Host, mode: &Arg, y: Arg, reversed: Arg) -> Infer<Arg> {
    let two = host.keras() == Keras::Two;
    let t = &mut Tools::new(host);
    let mode = match mode {
        Arg::Str(s) => &**s,
        _ => {
            let items = [y, reversed].into();
            return Ok(if two { Arg::List(items) } else { Arg::Tuple(items) });
        }
    };
    match mode {
        "concat" => {
            let both = Arg::List([y, reversed].into());
            t.call(
                ["tf.keras.backend.concatenate", "keras.ops.concatenate"],
                &[&both],
                &[("axis", Arg::Int(-1))],
            )
        }
        "sum" => t.add(&y, &reversed),
        "mul" => t.mul(&y, &reversed),
        _ => {
            let sum = t.add(&y, &reversed)?;
            t.div(&sum, &Arg::Int(2))
        }
    }
}

fn output_shape(host: &mut dyn Host, inputs: &Arg) -> Infer<Arg> {
    let dims = dims_of(inputs)?;
    let forward = host.get("forward_layer");
    let all = host.compute_output_shape(&forward, &Shape::new(dims))?;
    let state = flag(host, "return_state")?;
    let (output, states) = match (state, all.items()) {
        (true, Some([output, states @ ..])) => (output.clone(), states.to_vec()),
        (false, _) => (all, Vec::new()),
        _ => return Err(Stop::Unknown("the shapes of states are not known")),
    };
    let mode = host.get("merge_mode");
    let mut result = match (&mode, output.items()) {
        (Arg::None, _) => vec![output.clone(), output],
        (Arg::Str(s), Some([rest @ .., Arg::Int(last)])) if &**s == "concat" => {
            let last = Arg::Int(last.saturating_mul(2));
            vec![Arg::Tuple(rest.iter().cloned().chain([last]).collect())]
        }
        (Arg::Str(s), _) if &**s == "concat" => {
            return Err(Stop::Unknown("an output width that is not known"));
        }
        _ => vec![output],
    };
    if result.len() == 1 && !state {
        return result.pop().ok_or(Stop::Unknown("no output"));
    }
    result.extend(states.iter().cloned());
    result.extend(states);
    Ok(Arg::Tuple(result.into()))
}

fn mask(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let mask = match &args.mask {
        Arg::List(items) => items.first().cloned().unwrap_or(Arg::None),
        mask => mask.clone(),
    };
    let mask = if flag(host, "return_sequences")? { mask } else { Arg::None };
    let mut masks = match host.get("merge_mode") {
        Arg::None => vec![mask.clone(), mask],
        _ => vec![mask],
    };
    if flag(host, "return_state")? {
        return Err(Stop::Unknown("masks of states"));
    }
    if masks.len() == 1 { Ok(masks.pop().unwrap_or(Arg::None)) } else { Ok(Arg::Tuple(masks.into())) }
}
