//! `RNN`: a loop over any cell.

use ops::spec::merge;
use ops::{Arg, Exc, Infer, Keras, Stop};
use tensor::{Dim, Shape};

use crate::config::{refused, value_error};
use crate::{CallArgs, Host, Layer, Mask};

use super::recurrent::{check_unroll, output_shape, outputs, set_spec};
use super::{Sequence, dims_of, first_shape, flag, keyword, mask, sequence, state, step_shape};

pub(super) static LAYERS: &[Layer] = &[Layer {
    name: "RNN",
    init,
    build,
    call,
    output_shape: Some(output_shape),
    mask: Mask::Computes(mask),
    source: "keras/src/layers/rnn/rnn.py, tf_keras/src/layers/rnn/base_rnn.py",
    ..Layer::BASE
}];

fn init(host: &mut dyn Host) -> Infer<()> {
    let mut cell = host.get("cell");
    if matches!(cell, Arg::List(_) | Arg::Tuple(_)) {
        cell = host.make_layer("StackedRNNCells", vec![keyword("cells", cell)])?;
    }
    if cell == Arg::Unknown {
        return Err(Stop::Unknown("a cell that is not known"));
    }
    let layer = host.layer_class(&cell);
    let text = host.shown(&cell);
    // A layer has a `call` in any case.
    if layer.is_none() && !host.has_attr(&cell, "call")? {
        let who = if host.keras() == Keras::Two { "The RNN was passed:" } else { "Received:" };
        let core = format!("Argument `cell` should have a `call` method. {who} cell={text}");
        return Err(value_error("cell", core));
    }
    if !host.has_attr(&cell, "state_size")? {
        let core = match host.keras() {
            Keras::Two => format!(
                "The RNN cell should have a `state_size` attribute (tuple of integers, one integer per RNN state). \
                 Received: cell={text}"
            ),
            Keras::Three => format!(
                "The RNN cell should have a `state_size` attribute (single integer or list of integers, one integer \
                 per RNN state). Received: cell={text}"
            ),
        };
        return Err(value_error("cell", core));
    }
    host.set("cell", cell);
    Ok(())
}

fn build(host: &mut dyn Host, shapes: &[Shape]) -> Infer<()> {
    let shape = first_shape(host, shapes)?;
    let time_major = flag(host, "time_major")?;
    let rank = shape.rank().ok_or(Stop::Unknown("a sequence of unknown rank"))?;
    if rank < 2 && host.keras() == Keras::Two {
        return Err(refused(Exc::IndexError, "inputs", "list assignment index out of range"));
    }
    // A slice of a tuple that is too short is empty: Keras 3 builds its cell for the batch alone.
    let step = if rank < 2 { shape.clone() } else { step_shape(shape, time_major)? };
    if host.keras() == Keras::Two {
        set_spec(host, shape, time_major)?;
    }
    let cell = host.get("cell");
    if host.layer_class(&cell).is_some() {
        host.build_sublayer(&cell, &[step])?;
    }
    if flag(host, "stateful")? {
        state::check_batch(host, shape)?;
    }
    Ok(())
}

fn call(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    if !super::argument(args, "constants", "#2").is_none() {
        return Err(Stop::Unknown("constants of a recurrent layer are not modelled"));
    }
    let sequence = sequence(host, args)?;
    let time_major = flag(host, "time_major")?;
    let dims = dims_of(&sequence.inputs)?;
    check_unroll(host, &dims, time_major, true)?;
    if flag(host, "stateful")? {
        state::same_batch(host, dims.first().copied().unwrap_or(Dim::Unknown), None)?;
    }
    if let Some(states) = &sequence.states {
        state::check(host, states)?;
    }
    check_rank(host, &dims)?;
    let batch = dims.get(usize::from(time_major)).copied().unwrap_or(Dim::Unknown);
    let steps = dims.get(usize::from(!time_major)).copied().unwrap_or(Dim::Unknown);
    if host.computes() {
        let stateful = flag(host, "stateful")?;
        let states = if stateful { sequence.states } else { Some(initial_states(host, &sequence, batch)?) };
        let result = super::unrolled::run(host, Sequence { states, ..sequence }, args, time_major)?;
        return outputs(host, &result);
    }
    let states = initial_states(host, &sequence, batch)?;
    let x = state::step(host, &sequence.inputs, time_major)?;
    let (mut output, mut new) = step(host, &x, states.clone())?;
    if host.keras() == Keras::Two {
        keep_shapes(&states, &new)?;
    }
    if steps != Dim::Known(1) {
        // The second step runs from states that depend on the weights.
        (output, new) = step(host, &x, new)?;
    }
    let all = stacked(host, &output, steps, time_major)?;
    let result = Arg::List([output, all].into_iter().chain(new).collect());
    outputs(host, &result)
}

/// The backend's loop wants a sequence of vectors at least.
fn check_rank(host: &dyn Host, dims: &[Dim]) -> Infer<()> {
    if dims.len() >= 3 {
        return Ok(());
    }
    let mut turned = dims.to_vec();
    if turned.len() == 2 && host.get("time_major") != Arg::Bool(true) {
        turned.swap(0, 1);
    }
    let core = format!("Shape {} must have rank at least 3", Shape::new(turned).tuple());
    Err(value_error("inputs", core))
}

/// The states given, else what the cell makes: zeros, unless it says otherwise.
fn initial_states(host: &mut dyn Host, sequence: &Sequence, batch: Dim) -> Infer<Vec<Arg>> {
    if let Some(states) = &sequence.states {
        return Ok(states.clone());
    }
    let cell = host.get("cell");
    let declared = host.layer_class(&cell).is_some_and(|c| c.ends_with("Cell") || &*c == "StackedRNNCells");
    if !declared && host.has_attr(&cell, "get_initial_state")? {
        let made = host.attr(&cell, "get_initial_state")?;
        let size = batch.known().map_or(Arg::Dim(batch), Arg::Int);
        let mut keywords = vec![keyword("batch_size", size)];
        if host.keras() == Keras::Two {
            keywords.insert(0, keyword("inputs", Arg::None));
            keywords.push(keyword("dtype", Arg::DType(host.compute_dtype())));
        }
        let states = host.call(&made, Vec::new(), keywords)?;
        return Ok(states.items().map_or_else(|| vec![states.clone()], <[Arg]>::to_vec));
    }
    let size = state::size(host)?;
    // Each of Keras 3's stacked cells has a list of states.
    let listed =
        host.keras() == Keras::Three && host.layer_class(&cell).as_deref() == Some("StackedRNNCells");
    let mut states = Vec::new();
    for size in size.states() {
        let state = state::zeros(host, batch, &size)?;
        states.push(if listed && state.items().is_none() { Arg::List([state].into()) } else { state });
    }
    Ok(states)
}

/// The backend's loop gives each new state the shape of the state before it, which must fit: `set_shape` in `K.rnn`.
fn keep_shapes(states: &[Arg], new: &[Arg]) -> Infer<()> {
    for (state, new) in states.iter().zip(new) {
        match (state, new) {
            (Arg::Tensor(state), Arg::Tensor(new)) => {
                merge::shapes(&new.spec.shape, &state.spec.shape)
                    .map_err(|misfit| value_error("inputs", misfit.text))?;
            }
            (state, new) => {
                if let (Some(states), Some(new)) = (state.items(), new.items()) {
                    keep_shapes(states, new)?;
                }
            }
        }
    }
    Ok(())
}

/// Calls the cell: `output, states = cell(x, states)`.
fn step(host: &mut dyn Host, x: &Arg, states: Vec<Arg>) -> Infer<(Arg, Vec<Arg>)> {
    let cell = host.get("cell");
    let result = host.call(&cell, vec![x.clone(), Arg::List(states.into())], Vec::new())?;
    match result.items() {
        Some([output, new]) => {
            let new = new.items().map_or_else(|| vec![new.clone()], <[Arg]>::to_vec);
            Ok((output.clone(), new))
        }
        _ => Err(Stop::Unknown("what a cell returns is not known")),
    }
}

/// Stacks the outputs of all steps.
fn stacked(host: &mut dyn Host, output: &Arg, steps: Dim, time_major: bool) -> Infer<Arg> {
    let Arg::Tensor(operand) = output else { return Err(Stop::Unknown("a cell's output that is no tensor")) };
    let Some(dims) = operand.spec.shape.dims() else {
        return Err(Stop::Unknown("an output of unknown rank"));
    };
    let mut all = dims.to_vec();
    all.insert(usize::from(!time_major).min(all.len()), steps);
    host.op(
        "all_steps",
        &[("x", output.clone()), ("shape", Arg::List(all.into_iter().map(Arg::Dim).collect()))],
    )
}
