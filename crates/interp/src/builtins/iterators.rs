//! Methods of iterators and generators.

use crate::heap::ObjId;
use crate::interp::Interp;
use crate::lazy::Pull;
use crate::native::{NativeClass, NativeState, native};
use crate::raise::{Eval, Halt};
use crate::value::{Args, Value};

pub(crate) static GENERATOR: NativeClass = NativeClass {
    path: "builtins.generator",
    state: || NativeState::Plain,
    methods: &[&[
        native("__iter__", |_, args| Ok(args.positional.into_iter().next().unwrap_or(Value::None))),
        native("__next__", next),
        native("send", send),
        native("close", close),
        native("throw", throw),
    ]],
    properties: &[],
};

fn next(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(Value::Iterator(id)) = args.positional.first() else {
        return Ok(interp.unknown("the next item of an iterator"));
    };
    let pulled = interp.pull(*id)?;
    item(interp, *id, pulled)
}

fn item(interp: &mut Interp<'_>, id: ObjId, pulled: Pull) -> Eval {
    match pulled {
        Pull::Item(item) | Pull::Maybe(item) => Ok(item),
        Pull::End => Err(interp.stop_iteration(id)),
    }
}

/// `generator.send(value)`: a generator that has run without the value may have gone on otherwise.
fn send(interp: &mut Interp<'_>, args: Args) -> Eval {
    if let [Value::Iterator(id), value] = args.positional.as_slice()
        && interp.is_coroutine(*id)
    {
        let pulled = interp.resume(*id, Ok(value.clone()))?;
        return item(interp, *id, pulled);
    }
    match args.positional.get(1) {
        None | Some(Value::None) => next(interp, args),
        Some(_) if !interp.carries_out() => next(interp, args),
        Some(_) => Ok(interp.unknown("what a generator makes of a value that is sent to it")),
    }
}

fn close(interp: &mut Interp<'_>, args: Args) -> Eval {
    if let Some(Value::Iterator(id)) = args.positional.first() {
        interp.close_generator(*id)?;
    }
    Ok(Value::None)
}

/// `generator.throw(exception)`: its `yield` raises it.
fn throw(interp: &mut Interp<'_>, args: Args) -> Eval {
    let [Value::Iterator(id), exception, ..] = args.positional.as_slice() else { return Ok(Value::None) };
    let id = *id;
    let raised = match exception {
        Value::Class(_) => interp.call(exception, Args::default())?,
        other => other.clone(),
    };
    let Value::Instance(raised) = raised else { return Ok(interp.unknown("`throw` of a generator")) };
    if interp.exception(raised).is_none() || !interp.is_coroutine(id) {
        interp.close_generator(id)?;
        return Ok(interp.unknown("`throw` of a generator"));
    }
    interp.start_exception(raised);
    let pulled = interp.resume(id, Err(Halt::Exception(raised)))?;
    item(interp, id, pulled)
}
