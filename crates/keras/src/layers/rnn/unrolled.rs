//! Recurrent layers step by step, with numbers: the cell is called for each step of the sequence.
//!
//! source: keras/src/backend/tensorflow/rnn.py: rnn, tf_keras/src/backend.py: rnn

use ops::{Arg, Infer, Stop};
use tensor::Dim;

use super::{Sequence, dims_of, flag, state};
use crate::tools::Tools;
use crate::{CallArgs, Host};

/// Runs a layer's cell over a sequence: the last output, all outputs, and the states.
///
/// # Errors
/// What the cell answers; the sizes of the sequence are not known.
pub(super) fn run(host: &mut dyn Host, sequence: Sequence, args: &CallArgs, time_major: bool) -> Infer<Arg> {
    let unknown = Stop::Unknown("a sequence whose sizes are not known");
    let dims = dims_of(&sequence.inputs)?;
    let (time, batch) = if time_major { (0, 1) } else { (1, 0) };
    let (Some(Dim::Known(_)), Some(Dim::Known(rows))) = (dims.get(time), dims.get(batch)) else {
        return Err(unknown);
    };
    let rows = *rows;
    let mask = match args.mask.items() {
        Some(items) => items.first().cloned().unwrap_or(Arg::None),
        None => args.mask.clone(),
    };
    let cell = host.get("cell");
    let inputs = unstacked(&mut Tools::new(host), &sequence.inputs, time)?;
    let drops = match inputs.first() {
        Some(first) if args.training == Some(true) => Some(Drops::of(host, &cell, first)?),
        _ => None,
    };
    let (stateful, zeros) = (flag(host, "stateful")?, flag(host, "zero_output_for_mask")?);
    let mut states = match &sequence.states {
        Some(states) => states.clone(),
        None => initial(host, rows, stateful)?,
    };
    let kept: Vec<Arg> = if stateful { own_states(host, rows)? } else { Vec::new() };
    let mut order: Vec<usize> = (0..inputs.len()).collect();
    if flag(host, "go_backwards")? {
        order.reverse();
    }
    let masks = if mask.is_none() { Vec::new() } else { unstacked(&mut Tools::new(host), &mask, time)? };
    let mut outputs: Vec<Arg> = Vec::with_capacity(order.len());
    for at in order {
        let mut x = inputs.get(at).cloned().ok_or(unknown.clone())?;
        let mut given = states.clone();
        if let Some(drops) = &drops {
            x = drops.inputs(host, x)?;
            if let Some(state) = given.first_mut() {
                *state = drops.state(host, state.clone())?;
            }
        }
        let given = Arg::List(given.into());
        let training = args.training.map_or(Arg::None, Arg::Bool);
        // A cell of Keras' own takes `training`; it matters to dropout only.
        let own = host.layer_class(&cell).is_some_and(|class| class.ends_with("Cell"));
        let keywords = if own { vec![("training".into(), training)] } else { Vec::new() };
        let result = host.call(&cell, vec![x, given], keywords)?;
        let (output, new) = parts(&result, states.len())?;
        let (output, new) = match masks.get(at) {
            None => (output, new),
            Some(valid) => {
                // `LSTM(4, return_sequences=True, zero_output_for_mask=True)`
                let before = outputs.last().filter(|_| !zeros);
                masked(host, valid, (output, new), (before, &states))?
            }
        };
        states = new;
        outputs.push(output);
    }
    for (variable, value) in kept.iter().zip(&states) {
        host.assign(variable, value)?;
    }
    let Some(last) = outputs.last().cloned() else { return Err(unknown) };
    let t = &mut Tools::new(host);
    let all = t.call(
        ["tf.stack", "keras.ops.stack"],
        &[&Arg::List(outputs.into())],
        &[("axis", Arg::Int(time as i64))],
    )?;
    Ok(Arg::Tuple([last, all].into_iter().chain(states).collect()))
}

/// What a cell drops while training: the same elements of the inputs and of the state at each step.
///
/// source: keras/src/layers/rnn/dropout_rnn_cell.py, tf_keras/src/layers/rnn/dropout_rnn_cell_mixin.py
struct Drops {
    inputs: Arg,
    state: Arg,
}

impl Drops {
    fn of(host: &mut dyn Host, cell: &Arg, first: &Arg) -> Infer<Drops> {
        let own = host.layer_class(cell).is_some_and(|class| class.ends_with("Cell"));
        let mut rates = [Arg::Float(0.0), Arg::Float(0.0)];
        for (rate, name) in rates.iter_mut().zip(["dropout", "recurrent_dropout"]) {
            if own && host.has_attr(cell, name)? {
                *rate = host.attr(cell, name)?;
            }
        }
        let positive = |rate: &Arg| crate::config::number(rate).is_some_and(|rate| rate > 0.0);
        let [inputs, state] = rates;
        let inputs = if positive(&inputs) {
            let ones = Tools::new(host).call(["tf.ones_like", "keras.ops.ones_like"], &[first], &[])?;
            crate::layers::noise::drop_out(host, ones, inputs, Arg::None)?
        } else {
            Arg::None
        };
        let state = if positive(&state) {
            let rows = dims_of(first)?.first().copied().unwrap_or(Dim::Unknown);
            let size = state::size(host)?.flat().first().copied().unwrap_or(0);
            let shape = Arg::List([Arg::Dim(rows), Arg::Int(size)].into());
            let ones = Tools::new(host).call(["tf.ones", "keras.ops.ones"], &[&shape], &[])?;
            crate::layers::noise::drop_out(host, ones, state, Arg::None)?
        } else {
            Arg::None
        };
        Ok(Drops { inputs, state })
    }

    fn inputs(&self, host: &mut dyn Host, x: Arg) -> Infer<Arg> {
        if self.inputs.is_none() { Ok(x) } else { Tools::new(host).mul(&x, &self.inputs) }
    }

    fn state(&self, host: &mut dyn Host, h: Arg) -> Infer<Arg> {
        if self.state.is_none() { Ok(h) } else { Tools::new(host).mul(&h, &self.state) }
    }
}

/// What a cell returned: the output and the new states.
fn parts(result: &Arg, count: usize) -> Infer<(Arg, Vec<Arg>)> {
    let unknown = Stop::Unknown("what a cell returns is not known");
    let Some([output, states]) = result.items() else { return Err(unknown) };
    let states = match states {
        Arg::List(items) | Arg::Tuple(items) => items.to_vec(),
        state @ Arg::Tensor(_) => vec![state.clone()],
        _ => return Err(unknown),
    };
    if states.len() == count { Ok((output.clone(), states)) } else { Err(unknown) }
}

/// The tensors of all steps. They are taken apart at once, as the framework does, so that one kernel puts the
/// gradients of all of them together.
///
/// # Errors
/// What the op answers.
pub(super) fn unstacked(t: &mut Tools<'_>, x: &Arg, time: usize) -> Infer<Vec<Arg>> {
    let axis = [("axis", Arg::Int(time as i64))];
    let steps = t.call(["tf.unstack", "keras.ops.unstack"], &[x], &axis)?;
    steps.items().map(<[Arg]>::to_vec).ok_or(Stop::Unknown("a sequence that is not known"))
}

/// Where a step is masked, the output and the states are those of the step before.
fn masked(
    host: &mut dyn Host,
    valid: &Arg,
    (output, new): (Arg, Vec<Arg>),
    (before, states): (Option<&Arg>, &[Arg]),
) -> Infer<(Arg, Vec<Arg>)> {
    let t = &mut Tools::new(host);
    let output = chosen(t, valid, &output, before)?;
    let states =
        new.iter().zip(states).map(|(new, old)| chosen(t, valid, new, Some(old))).collect::<Infer<_>>()?;
    Ok((output, states))
}

/// The new value of the rows that are valid, the old one of the others, zeros where there is none.
fn chosen(t: &mut Tools<'_>, valid: &Arg, new: &Arg, old: Option<&Arg>) -> Infer<Arg> {
    if let (Some(new), Some(old)) = (new.items(), old.and_then(Arg::items)) {
        let items = new.iter().zip(old).map(|(new, old)| chosen(t, valid, new, Some(old)));
        return Ok(Arg::List(items.collect::<Infer<_>>()?));
    }
    let mut valid = valid.clone();
    let rank = dims_of(new)?.len();
    while dims_of(&valid)?.len() < rank {
        valid = t.expand_dims(&valid, -1)?;
    }
    let old = match old {
        Some(old) => old.clone(),
        None => t.call(["tf.zeros_like", "keras.ops.zeros_like"], &[new], &[])?,
    };
    t.choose(&valid, new, &old)
}

/// The states that a layer begins with: zeros, or where it left off.
fn initial(host: &mut dyn Host, rows: i64, stateful: bool) -> Infer<Vec<Arg>> {
    if stateful {
        return own_states(host, rows);
    }
    sizes(host)?
        .into_iter()
        .map(|size| {
            let shape = Arg::List([Arg::Int(rows), Arg::Int(size)].into());
            Tools::new(host).call(["tf.zeros", "keras.ops.zeros"], &[&shape], &[])
        })
        .collect()
}

/// The variables that a stateful layer keeps its states in.
fn own_states(host: &mut dyn Host, rows: i64) -> Infer<Vec<Arg>> {
    let sizes = sizes(host)?;
    sizes.into_iter().enumerate().map(|(at, size)| host.slot(&format!("state/{at}"), &[rows, size])).collect()
}

/// The sizes of the cell's states, which must be vectors.
fn sizes(host: &mut dyn Host) -> Infer<Vec<i64>> {
    let size = state::size(host)?;
    let states = size.states();
    let flat = size.flat();
    let vectors = states.len() == flat.len();
    if vectors { Ok(flat) } else { Err(Stop::Unknown("states that are no vectors")) }
}
