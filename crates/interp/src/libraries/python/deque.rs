//! Methods of `collections.deque` beyond a list's.

use crate::heap::Object;
use crate::interp::Interp;
use crate::native::native;
use crate::raise::Eval;
use crate::value::{Args, Native, Value};

pub(super) static METHODS: &[Native] = &[
    native("appendleft", |interp, args| {
        let [Value::List(id), item] = args.positional.as_slice() else { return Ok(Value::None) };
        if let Some(items) = interp.heap.list_mut(*id) {
            items.insert(0, item.clone());
        }
        interp.trim_deque(*id, false);
        Ok(Value::None)
    }),
    native("extendleft", |interp, args| {
        let [Value::List(id), of] = args.positional.as_slice() else { return Ok(Value::None) };
        let (items, more) = interp.iterate(of, 1_000_000)?;
        if more {
            interp.lose(*id, "extended by something of unknown length");
        }
        if let Some(list) = interp.heap.list_mut(*id) {
            list.splice(0..0, items.into_iter().rev());
        }
        interp.trim_deque(*id, false);
        Ok(Value::None)
    }),
    native("popleft", |interp, args| pop(interp, &args, true)),
    native("pop", |interp, args| pop(interp, &args, false)),
    native("rotate", rotate),
];

fn pop(interp: &mut Interp<'_>, args: &Args, left: bool) -> Eval {
    let Some(Value::List(id)) = args.positional.first() else { return Ok(Value::None) };
    match interp.heap.get_mut(*id) {
        Object::List(items) if items.is_empty() => {
            Err(interp.raise(ops::Exc::IndexError, "pop from an empty deque"))
        }
        Object::List(items) => Ok(if left { items.remove(0) } else { items.pop().unwrap_or(Value::None) }),
        _ => Ok(interp.unknown("an item of a deque whose contents are not known")),
    }
}

fn rotate(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(Value::List(id)) = args.positional.first() else { return Ok(Value::None) };
    let by = args.positional.get(1).map_or(Some(1), Value::as_int);
    match (by, interp.heap.list_mut(*id)) {
        (Some(by), Some(items)) if !items.is_empty() => {
            let len = items.len() as i64;
            items.rotate_right(usize::try_from(by.rem_euclid(len)).unwrap_or(0));
        }
        (None, _) => interp.lose(*id, "rotated by a number that is not known"),
        _ => {}
    }
    Ok(Value::None)
}
