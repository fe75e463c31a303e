//! `random`: values are never known, their types are.

use crate::heap::Object;
use crate::interp::Interp;
use crate::native::{NativeClass, NativeState, native};
use crate::raise::Eval;
use crate::value::{Args, Native, NativeFn, Plain, Value};

macro_rules! any {
    ($name:literal, $kind:ident) => {
        native($name, {
            const CALL: NativeFn = |_, _| Ok(Value::Any(Plain::$kind));
            CALL
        })
    };
}

pub(super) static FUNCTIONS: &[Native] = &[
    native("random.seed", |_, _| Ok(Value::None)),
    any!("random.random", Float),
    any!("random.uniform", Float),
    any!("random.gauss", Float),
    any!("random.normalvariate", Float),
    any!("random.lognormvariate", Float),
    any!("random.betavariate", Float),
    any!("random.expovariate", Float),
    any!("random.triangular", Float),
    native("random.randint", |interp, args| between(interp, &args, 0)),
    native("random.randrange", |interp, args| between(interp, &args, 1)),
    any!("random.getrandbits", Int),
    native("random.choice", |interp, args| choice(interp, args.positional.first())),
    native("random.choices", choices),
    native("random.sample", choices),
    native("random.shuffle", |interp, args| shuffle(interp, args.positional.first())),
    native("random.getstate", |_, _| Ok(Value::unknown("the state of `random`"))),
    native("random.setstate", |_, _| Ok(Value::None)),
];

pub(super) static RANDOM: NativeClass = NativeClass {
    path: "random.Random",
    state: || NativeState::Plain,
    methods: &[&[
        native("__init__", |_, _| Ok(Value::None)),
        native("seed", |_, _| Ok(Value::None)),
        any!("random", Float),
        any!("uniform", Float),
        any!("gauss", Float),
        any!("normalvariate", Float),
        native("randint", |interp, args| between(interp, &tail(args), 0)),
        native("randrange", |interp, args| between(interp, &tail(args), 1)),
        native("choice", |interp, args| choice(interp, args.positional.get(1))),
        native("choices", |interp, args| choices(interp, tail(args))),
        native("sample", |interp, args| choices(interp, tail(args))),
        native("shuffle", |interp, args| shuffle(interp, args.positional.get(1))),
    ]],
    properties: &[],
};

fn tail(mut args: Args) -> Args {
    if !args.positional.is_empty() {
        args.positional.remove(0);
    }
    args
}

/// `randint(a, b)`: known only where there is no choice.
fn between(interp: &mut Interp<'_>, args: &Args, open: i64) -> Eval {
    let (low, high) = match args.positional.as_slice() {
        [high] => (Some(0), high.as_int()),
        [low, high, ..] => (low.as_int(), high.as_int()),
        [] => (None, None),
    };
    match (low, high) {
        (Some(low), Some(high)) if high.saturating_sub(open) < low => {
            let text = format!("empty range for randrange() ({low}, {}, {})", high + 1 - open, high - low);
            let _ = text;
            Err(interp.raise(ops::Exc::ValueError, "empty range for randrange()"))
        }
        (Some(low), Some(high)) if high.saturating_sub(open) == low => Ok(Value::Int(low)),
        _ => Ok(Value::Any(Plain::Int)),
    }
}

/// Any of the items: what they have in common.
fn choice(interp: &mut Interp<'_>, from: Option<&Value>) -> Eval {
    let Some(from) = from else { return Ok(Value::None) };
    let (items, more) = interp.iterate(from, 10_000)?;
    if more {
        return interp.item_of(from);
    }
    if items.is_empty() {
        return Err(interp.raise(ops::Exc::IndexError, "Cannot choose from an empty sequence"));
    }
    interp.any_of(&items)
}

fn choices(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(from) = args.positional.first().cloned() else { return Ok(Value::None) };
    let count = args.get(1, "k").map_or(Some(1), Value::as_int);
    let any = choice(interp, Some(&from))?;
    Ok(match count.and_then(|n| usize::try_from(n).ok()).filter(|n| *n <= 10_000) {
        Some(count) => interp.new_list(vec![any; count]),
        None => interp.lost_list("drawn a number of times that is not known"),
    })
}

fn shuffle(interp: &mut Interp<'_>, list: Option<&Value>) -> Eval {
    let Some(Value::List(id)) = list else { return Ok(Value::None) };
    if let Some(count) = interp.heap.list(*id).map(Vec::len)
        && count > 0
    {
        let any = choice(interp, list)?;
        *interp.heap.get_mut(*id) = Object::List(vec![any; count]);
    }
    Ok(Value::None)
}
