//! Cells: one step of a recurrent layer.

use ops::{Arg, Exc, Infer, Keras, Stop};
use tensor::{Dim, Shape};

use crate::config::{number, shown, value_error};
use crate::host::WeightArgs;
use crate::tools::Tools;
use crate::{CallArgs, Host, Layer, Mask, Seeds};

use super::{argument, first_shape, flag};

const fn cell(
    name: &'static str,
    init: fn(&mut dyn Host) -> Infer<()>,
    build: fn(&mut dyn Host, &[Shape]) -> Infer<()>,
    call: fn(&mut dyn Host, &CallArgs) -> Infer<Arg>,
) -> Layer {
    let source =
        "keras/src/layers/rnn/{simple_rnn,gru,lstm}.py, tf_keras/src/layers/rnn/{simple_rnn,gru,lstm}.py";
    Layer {
        name,
        init,
        build,
        call,
        output_shape: None,
        mask: Mask::Drops,
        seeds: Seeds::One,
        source,
        ..Layer::BASE
    }
}

pub(super) static LAYERS: &[Layer] = &[
    cell("SimpleRNNCell", |host| init(host, 1), |host, shapes| build(host, shapes, 1), simple),
    cell("GRUCell", |host| init(host, 1), |host, shapes| build(host, shapes, 3), gru),
    cell("LSTMCell", |host| init(host, 2), |host, shapes| build(host, shapes, 4), lstm),
];

/// Checks `units` and says how many states there are.
fn init(host: &mut dyn Host, states: usize) -> Infer<()> {
    let units = check_units(host)?;
    crate::identifiers::check(host)?;
    check_dropout(host)?;
    let size = match states {
        1 => Arg::Int(units),
        _ => Arg::List(std::iter::repeat_n(Arg::Int(units), states).collect()),
    };
    host.set("state_size", size);
    host.set("output_size", Arg::Int(units));
    Ok(())
}

/// `min(1.0, max(0.0, dropout))`, and the same of `recurrent_dropout`.
pub(super) fn check_dropout(host: &dyn Host) -> Infer<()> {
    for name in ["dropout", "recurrent_dropout"] {
        let given = host.get(name);
        if matches!(given, Arg::Str(_) | Arg::None | Arg::Tuple(_) | Arg::List(_)) {
            let kind = crate::python::type_name(&given);
            let text = format!("'>' not supported between instances of '{kind}' and 'float'");
            return crate::python::type_error(name, text);
        }
    }
    Ok(())
}

/// Checks that there are units at all.
pub(super) fn check_units(host: &dyn Host) -> Infer<i64> {
    let units = host.get("units");
    if number(&units).is_some_and(|n| n <= 0.0) {
        let text = "Received an invalid value for argument `units`, expected a positive integer, got";
        return Err(value_error("units", format!("{text} {}.", shown(&units))));
    }
    match units {
        Arg::Int(n) => Ok(n),
        Arg::None => {
            let text = "'<=' not supported between instances of 'NoneType' and 'int'";
            Err(crate::config::refused(ops::Exc::TypeError, "units", text))
        }
        Arg::Str(_) => {
            let text = "'<=' not supported between instances of 'str' and 'int'";
            Err(crate::config::refused(ops::Exc::TypeError, "units", text))
        }
        _ => Err(Stop::Unknown("the number of units is not known")),
    }
}

/// Makes the kernels and the bias for a number of gates.
fn build(host: &mut dyn Host, shapes: &[Shape], gates: i64) -> Infer<()> {
    let features = match first_shape(host, shapes)?.dims() {
        Some([.., features]) => *features,
        Some([]) if host.keras() == Keras::Three => {
            return Err(crate::config::refused(Exc::IndexError, "sequence", "tuple index out of range"));
        }
        _ => return Err(Stop::Unknown("an input of unknown rank")),
    };
    if let (Keras::Two, Arg::Float(units)) = (host.keras(), host.get("units"))
        && units > 0.0
    {
        return crate::python::no_dimension("units", units * gates as f64);
    }
    let units = check_units(host)?;
    let width = Dim::Known(gates * units);
    let initializer = host.get("kernel_initializer");
    host.add_weight(WeightArgs::new("kernel", [features, width], initializer))?;
    let initializer = host.get("recurrent_initializer");
    host.add_weight(WeightArgs::new("recurrent_kernel", [Dim::Known(units), width], initializer))?;
    if flag(host, "use_bias")? {
        let initializer = host.get("bias_initializer");
        // An LSTM's forget gate begins with ones.
        let forget = !matches!(host.get("unit_forget_bias"), Arg::Missing | Arg::Bool(false));
        let ones = usize::try_from(units).ok().filter(|_| forget).map(|units| units..2 * units);
        // A GRU that resets after the product has a bias for each of the two products.
        let dims =
            if gates == 3 && flag(host, "reset_after")? { vec![Dim::Known(2), width] } else { vec![width] };
        host.add_weight(WeightArgs { ones, ..WeightArgs::new("bias", dims, initializer) })?;
    }
    Ok(())
}

fn weight(host: &mut dyn Host, name: &str) -> Infer<Arg> {
    host.weight(name).ok_or(Stop::Unknown("the cell is not built"))
}

/// Returns the states that a cell was called with, one or several.
fn states(args: &CallArgs) -> Infer<Vec<Arg>> {
    match argument(args, "states", "#1") {
        Arg::List(items) | Arg::Tuple(items) => Ok(items.to_vec()),
        state @ Arg::Tensor(_) => Ok(vec![state]),
        _ => Err(Stop::Unknown("the states of a cell are not known")),
    }
}

/// Wraps a new state as the old one was: `[h]` stays a list.
fn like_given(args: &CallArgs, state: Arg) -> Arg {
    match argument(args, "states", "#1") {
        Arg::List(_) | Arg::Tuple(_) => Arg::List([state].into()),
        _ => state,
    }
}

fn product(t: &mut Tools<'_>, x: &Arg, kernel: &Arg) -> Infer<Arg> {
    t.call(["tf.keras.backend.dot", "keras.ops.matmul"], &[x, kernel], &[])
}

fn plus_bias(t: &mut Tools<'_>, x: Arg, bias: Option<&Arg>) -> Infer<Arg> {
    match bias {
        Some(bias) => t.call(["tf.keras.backend.bias_add", "keras.ops.add"], &[&x, bias], &[]),
        None => Ok(x),
    }
}

fn split(t: &mut Tools<'_>, x: &Arg, parts: i64, axis: i64) -> Infer<Vec<Arg>> {
    let parts = Arg::Int(parts);
    let found = t.call(["tf.split", "keras.ops.split"], &[x, &parts], &[("axis", Arg::Int(axis))])?;
    found.items().map(<[Arg]>::to_vec).ok_or(Stop::Unknown("a split that is not known"))
}

fn simple(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let states = states(args)?;
    let Some(before) = states.first() else { return Err(Stop::Unknown("a cell without a state")) };
    let (kernel, recurrent, bias) =
        (weight(host, "kernel")?, weight(host, "recurrent_kernel")?, host.weight("bias"));
    let t = &mut Tools::new(host);
    let x = product(t, &args.inputs, &kernel)?;
    let x = plus_bias(t, x, bias.as_ref())?;
    let h = product(t, before, &recurrent)?;
    let sum = t.add(&x, &h)?;
    let activation = host.get("activation");
    let output = host.activate(&activation, sum)?;
    let state = like_given(args, output.clone());
    Ok(Arg::Tuple([output, state].into()))
}

fn gru(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let states = states(args)?;
    let Some(before) = states.first() else { return Err(Stop::Unknown("a cell without a state")) };
    let (kernel, recurrent, bias) =
        (weight(host, "kernel")?, weight(host, "recurrent_kernel")?, host.weight("bias"));
    let after = flag(host, "reset_after")?;
    let t = &mut Tools::new(host);
    let mut biases = [None, None];
    if let Some(bias) = bias {
        if after {
            let parts = split(t, &bias, 2, 0)?;
            for (slot, part) in biases.iter_mut().zip(parts) {
                *slot = Some(t.squeeze(&part, 0)?);
            }
        } else {
            biases[0] = Some(bias);
        }
    }
    let x = product(t, &args.inputs, &kernel)?;
    let x = plus_bias(t, x, biases[0].as_ref())?;
    let x = split(t, &x, 3, -1)?;
    let h = product(t, before, &recurrent)?;
    let h = plus_bias(t, h, biases[1].as_ref())?;
    let h = split(t, &h, 3, -1)?;
    let ([xz, xr, xh], [hz, hr, hh]) = (&x[..], &h[..]) else {
        return Err(Stop::Unknown("a split that is not known"));
    };
    let (z, r) = (t.add(xz, hz)?, t.add(xr, hr)?);
    let gates = host.get("recurrent_activation");
    let (z, r) = (host.activate(&gates, z)?, host.activate(&gates, r)?);
    let t = &mut Tools::new(host);
    let gated = if after {
        t.mul(&r, hh)?
    } else {
        // Without `reset_after` the state is reset before it is multiplied.
        let reset = t.mul(&r, before)?;
        let own = split(t, &recurrent, 3, -1)?;
        let Some(own) = own.get(2) else { return Err(Stop::Unknown("a split that is not known")) };
        product(t, &reset, own)?
    };
    let candidate = t.add(xh, &gated)?;
    let candidate = host.activate(&host.get("activation"), candidate)?;
    let t = &mut Tools::new(host);
    let kept = t.mul(&z, before)?;
    let rest = t.sub(&Arg::Int(1), &z)?;
    let new = t.mul(&rest, &candidate)?;
    let output = t.add(&kept, &new)?;
    let state = like_given(args, output.clone());
    Ok(Arg::Tuple([output, state].into()))
}

fn lstm(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let states = states(args)?;
    let [before, carry, ..] = states.as_slice() else {
        return Err(Stop::Unknown("a cell without two states"));
    };
    let (kernel, recurrent, bias) =
        (weight(host, "kernel")?, weight(host, "recurrent_kernel")?, host.weight("bias"));
    let t = &mut Tools::new(host);
    let x = product(t, &args.inputs, &kernel)?;
    let h = product(t, before, &recurrent)?;
    let z = t.add(&x, &h)?;
    let z = plus_bias(t, z, bias.as_ref())?;
    let gates = split(t, &z, 4, 1)?;
    let [z0, z1, z2, z3] = gates.as_slice() else { return Err(Stop::Unknown("a split that is not known")) };
    let (recurrent, plain) = (host.get("recurrent_activation"), host.get("activation"));
    let input = host.activate(&recurrent, z0.clone())?;
    let forget = host.activate(&recurrent, z1.clone())?;
    let candidate = host.activate(&plain, z2.clone())?;
    let output = host.activate(&recurrent, z3.clone())?;
    let t = &mut Tools::new(host);
    let kept = t.mul(&forget, carry)?;
    let new = t.mul(&input, &candidate)?;
    let carry = t.add(&kept, &new)?;
    let shown = host.activate(&plain, carry.clone())?;
    let t = &mut Tools::new(host);
    let hidden = t.mul(&output, &shown)?;
    Ok(Arg::Tuple([hidden.clone(), Arg::List([hidden, carry].into())].into()))
}
