//! Methods of iterators and generators.

use crate::heap::Object;
use crate::interp::Interp;
use crate::lazy::Pull;
use crate::native::{NativeClass, NativeState, native};
use crate::raise::Eval;
use crate::value::{Args, Value};

pub(crate) static GENERATOR: NativeClass = NativeClass {
    path: "builtins.generator",
    state: || NativeState::Plain,
    methods: &[&[
        native("__iter__", |_, args| Ok(args.positional.into_iter().next().unwrap_or(Value::None))),
        native("__next__", next),
        native("send", send),
        native("close", close),
        native("throw", |interp, args| {
            close(interp, args)?;
            Ok(interp.unknown("`throw` of a generator"))
        }),
    ]],
    properties: &[],
};

fn next(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(Value::Iterator(id)) = args.positional.first() else {
        return Ok(interp.unknown("the next item of an iterator"));
    };
    match interp.pull(*id)? {
        Pull::Item(item) | Pull::Maybe(item) => Ok(item),
        Pull::End => Err(interp.raise_named("StopIteration", "")),
    }
}

/// `generator.send(value)`: a run does not know what a generator makes of a value, since it has run without one.
fn send(interp: &mut Interp<'_>, args: Args) -> Eval {
    match args.positional.get(1) {
        None | Some(Value::None) => next(interp, args),
        Some(_) if !interp.carries_out() => next(interp, args),
        Some(_) => Ok(interp.unknown("what a generator makes of a value that is sent to it")),
    }
}

fn close(interp: &mut Interp<'_>, args: Args) -> Eval {
    if let Some(Value::Iterator(id)) = args.positional.first() {
        *interp.heap.get_mut(*id) = Object::Iterator(crate::heap::IteratorState::default());
    }
    Ok(Value::None)
}
