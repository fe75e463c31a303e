//! Recurrent layers: cells, loops over them, and wrappers that treat time.
//!
//! source: keras/src/layers/rnn/*.py, tf_keras/src/layers/rnn/*.py

mod bidirectional;
mod cells;
mod conv_lstm;
mod generic;
mod recurrent;
mod stacked;
mod state;
mod time_distributed;
mod unrolled;

pub(super) use time_distributed::init as init_wrapper;

use std::rc::Rc;

use ops::{Arg, Infer, Keras, Stop};
use tensor::{Dim, Shape};

use crate::{CallArgs, Host, Layer};

/// Every kind of recurrent layer.
pub(super) static KINDS: [&[Layer]; 7] = [
    bidirectional::LAYERS,
    cells::LAYERS,
    conv_lstm::LAYERS,
    generic::LAYERS,
    recurrent::LAYERS,
    stacked::LAYERS,
    time_distributed::LAYERS,
];

/// The sequence that a layer is called on, and the states it starts from.
struct Sequence {
    /// The tensor of `(batch, time, ...)`.
    inputs: Arg,
    /// The states given; nothing where the layer makes its own.
    states: Option<Vec<Arg>>,
}

/// Reads the sequence and the initial states of a call: `lstm(x, initial_state=[h, c])`, `lstm(x, [h, c])`,
/// in Keras 2 `lstm([x, h, c])`.
fn sequence(host: &dyn Host, args: &CallArgs) -> Infer<Sequence> {
    let given = argument(args, "initial_state", "#1");
    let states = match &given {
        Arg::None | Arg::Missing => None,
        Arg::List(items) | Arg::Tuple(items) => Some(items.to_vec()),
        Arg::Tensor(_) => Some(vec![given.clone()]),
        _ => return Err(Stop::Unknown("initial states that are not known")),
    };
    match &args.inputs {
        Arg::Tensor(_) => Ok(Sequence { inputs: args.inputs.clone(), states }),
        Arg::List(items) if host.keras() == Keras::Two && states.is_none() => match &**items {
            [inputs @ Arg::Tensor(_)] => Ok(Sequence { inputs: inputs.clone(), states: None }),
            [inputs @ Arg::Tensor(_), rest @ ..] => {
                Ok(Sequence { inputs: inputs.clone(), states: Some(rest.to_vec()) })
            }
            _ => Err(Stop::Unknown("a sequence that is no tensor")),
        },
        _ => Err(Stop::Unknown("a sequence that is no tensor")),
    }
}

/// Returns a further argument of a call, by its name or its place.
fn argument(args: &CallArgs, name: &str, place: &str) -> Arg {
    let found = args.keywords.iter().find(|(n, _)| &**n == name || &**n == place);
    found.map_or(Arg::Missing, |(_, arg)| arg.clone())
}

/// Tells whether a flag is set.
fn flag(host: &dyn Host, name: &str) -> Infer<bool> {
    truth(&host.get(name))
}

/// Tells what `if arg:` decides.
fn truth(arg: &Arg) -> Infer<bool> {
    match arg {
        Arg::Bool(b) => Ok(*b),
        Arg::None | Arg::Missing => Ok(false),
        Arg::Int(n) => Ok(*n != 0),
        Arg::Str(s) => Ok(!s.is_empty()),
        _ => Err(Stop::Unknown("a flag that is not known")),
    }
}

/// Returns the dims of a tensor.
fn dims_of(x: &Arg) -> Infer<Vec<Dim>> {
    match x {
        Arg::Tensor(t) => t.spec.shape.dims().map(<[Dim]>::to_vec),
        _ => None,
    }
    .ok_or(Stop::Unknown("a sequence of unknown rank"))
}

/// Makes the shape that `compute_output_shape` returns. A `None` stays one, whatever its symbol.
fn shape(dims: impl IntoIterator<Item = Dim>) -> Arg {
    let arg = |d| match d {
        Dim::Known(n) => Arg::Int(n),
        d => Arg::Dim(d),
    };
    Arg::Tuple(dims.into_iter().map(arg).collect())
}

/// Returns the shape of the sequence, the first of what a layer is built for.
///
/// # Errors
/// What Keras 2 raises for one without a rank.
fn first_shape<'s>(host: &dyn Host, shapes: &'s [Shape]) -> Infer<&'s Shape> {
    let shape = shapes.first().ok_or(Stop::Unknown("no sequence"))?;
    if shape.rank().is_none() {
        crate::dims::ranked(host)?;
    }
    Ok(shape)
}

/// Leaves the time axis out of a shape: what a cell is built for.
fn step_shape(shape: &Shape, time_major: bool) -> Infer<Shape> {
    let dims = shape.dims().ok_or(Stop::Unknown("a sequence of unknown rank"))?;
    let at = usize::from(!time_major);
    Ok(dims.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, d)| *d).collect())
}

/// The mask of a recurrent layer's outputs: of the sequence where it returns one, of no state.
fn mask(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let mask = match args.mask.items() {
        Some(items) => items.first().cloned().unwrap_or(Arg::None),
        None => args.mask.clone(),
    };
    let output = if flag(host, "return_sequences")? { mask } else { Arg::None };
    if !flag(host, "return_state")? {
        return Ok(output);
    }
    let states = state::count(host)?;
    Ok(Arg::List(std::iter::once(output).chain(std::iter::repeat_n(Arg::None, states)).collect()))
}

/// A keyword argument.
fn keyword(name: &str, value: Arg) -> (Rc<str>, Arg) {
    (name.into(), value)
}
