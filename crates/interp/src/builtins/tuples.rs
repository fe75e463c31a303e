//! Methods of tuples, ranges and slices.

use crate::builtins::arguments::{method_between, method_one};
use crate::builtins::lists;
use crate::interp::Interp;
use crate::native::{NativeClass, NativeState, native};
use crate::raise::Eval;
use crate::value::{Args, Plain, Value};

pub(crate) static TUPLE: NativeClass = NativeClass {
    path: "builtins.tuple",
    state: || NativeState::Data(Value::None),
    methods: &[&[
        native("count", count),
        native("index", index),
        native("__len__", |interp, args| interp.data_method(&args, |interp, t, _| interp.length(t))),
        native("__iter__", |interp, args| interp.data_method(&args, |interp, t, _| interp.iter(t))),
        native("__getitem__", |interp, args| interp.data_method(&args, lists::item)),
        native("__contains__", |interp, args| interp.data_method(&args, lists::contains)),
    ]],
    properties: &[],
};

pub(crate) static RANGE: NativeClass = NativeClass {
    path: "builtins.range",
    state: || NativeState::Plain,
    methods: &[&[
        native("count", count),
        native("index", index),
        native("__len__", |interp, args| interp.data_method(&args, |interp, t, _| interp.length(t))),
    ]],
    properties: &[&[
        native("start", |_, args| Ok(part(&args, 0))),
        native("stop", |_, args| Ok(part(&args, 1))),
        native("step", |_, args| Ok(part(&args, 2))),
    ]],
};

pub(crate) static SLICE: NativeClass = NativeClass {
    path: "builtins.slice",
    state: || NativeState::Plain,
    methods: &[],
    properties: &[&[
        native("start", |_, args| Ok(part(&args, 0))),
        native("stop", |_, args| Ok(part(&args, 1))),
        native("step", |_, args| Ok(part(&args, 2))),
    ]],
};

fn part(args: &Args, at: usize) -> Value {
    match args.positional.first() {
        Some(Value::Range(start, stop, step)) => Value::Int([*start, *stop, *step][at]),
        Some(Value::Slice(parts)) => parts[at].clone(),
        _ => Value::None,
    }
}

fn items(interp: &mut Interp<'_>, args: &Args) -> Eval<Option<Vec<Value>>> {
    let Some(object) = args.positional.first() else { return Ok(None) };
    let data = interp.plain(object);
    let (items, more) = interp.iterate(&data, 100_000)?;
    Ok((!more).then_some(items))
}

fn count(interp: &mut Interp<'_>, args: Args) -> Eval {
    method_one(interp, "tuple.count", &args)?;
    match items(interp, &args)? {
        Some(items) => lists::count_items(interp, &items, &args.positional[1]),
        None => Ok(Value::Any(Plain::Int)),
    }
}

fn index(interp: &mut Interp<'_>, args: Args) -> Eval {
    method_between(interp, "index", &args, 1, 3)?;
    let Some(items) = items(interp, &args)? else { return Ok(Value::Any(Plain::Int)) };
    match lists::position(interp, &items, &args.positional[1])? {
        Some(Some(at)) => Ok(Value::Int(at as i64)),
        Some(None) => Err(interp.raise(ops::Exc::ValueError, "tuple.index(x): x not in tuple")),
        None => Ok(Value::Any(Plain::Int)),
    }
}
