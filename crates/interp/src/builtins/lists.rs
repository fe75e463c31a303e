//! Methods of lists.

use crate::builtins::arguments::{keywords, method_between, method_none, method_one};
use crate::heap::{ObjId, Object};
use crate::interp::Interp;
use crate::native::{NativeClass, NativeState, native};
use crate::raise::Eval;
use crate::value::{Args, Value};

/// How many items a list is extended by at most.
const ITEMS: usize = 1_000_000;

pub(crate) static LIST: NativeClass = NativeClass {
    path: "builtins.list",
    state: || NativeState::Data(Value::None),
    methods: &[&[
        native("append", append),
        native("extend", extend),
        native("insert", insert),
        native("pop", pop),
        native("remove", remove),
        native("index", index),
        native("count", count),
        native("copy", copy),
        native("clear", |interp, args| {
            method_none(interp, "list.clear", &args)?;
            if let Some(id) = list_of(interp, &args) {
                *interp.heap.get_mut(id) = Object::List(Vec::new());
            }
            Ok(Value::None)
        }),
        native("reverse", |interp, args| {
            method_none(interp, "list.reverse", &args)?;
            if let Some(items) = list_of(interp, &args).and_then(|id| interp.heap.list_mut(id)) {
                items.reverse();
            }
            Ok(Value::None)
        }),
        native("sort", sort),
        native("__init__", init),
        native("__len__", |interp, args| interp.data_method(&args, |interp, list, _| interp.length(list))),
        native("__iter__", |interp, args| interp.data_method(&args, |interp, list, _| interp.iter(list))),
        native("__getitem__", |interp, args| interp.data_method(&args, item)),
        native("__setitem__", |interp, args| interp.data_method(&args, set_item)),
        native("__delitem__", |interp, args| interp.data_method(&args, delete_item)),
        native("__contains__", |interp, args| interp.data_method(&args, contains)),
    ]],
    properties: &[],
};

/// `list.__getitem__`, for classes that derive from a container.
pub(super) fn item(interp: &mut Interp<'_>, data: &Value, args: &[Value]) -> Eval {
    match args.first() {
        Some(index) => interp.get_item(data, index),
        None => Ok(Value::None),
    }
}

/// `list.__setitem__`.
pub(super) fn set_item(interp: &mut Interp<'_>, data: &Value, args: &[Value]) -> Eval {
    if let [index, value] = args {
        interp.set_item(data, index.clone(), value.clone())?;
    }
    Ok(Value::None)
}

/// `list.__delitem__`.
pub(super) fn delete_item(interp: &mut Interp<'_>, data: &Value, args: &[Value]) -> Eval {
    if let Some(index) = args.first() {
        interp.delete_item(data, index)?;
    }
    Ok(Value::None)
}

/// `list.__contains__`.
pub(super) fn contains(interp: &mut Interp<'_>, data: &Value, args: &[Value]) -> Eval {
    match args.first() {
        Some(item) => interp.compare(python::ast::CmpOp::In, item, data),
        None => Ok(Value::None),
    }
}

impl Interp<'_> {
    /// Calls a method of a built-in type on the plain value of its object.
    pub(super) fn data_method(
        &mut self,
        args: &Args,
        method: fn(&mut Self, &Value, &[Value]) -> Eval,
    ) -> Eval {
        let Some((object, rest)) = args.positional.split_first() else { return Ok(Value::None) };
        match self.plain(object) {
            Value::Instance(_) | Value::None => Ok(self.unknown("a method of an object without a model")),
            data => method(self, &data, rest),
        }
    }
}

/// The list that a method is called on.
pub(crate) fn list_of(interp: &Interp<'_>, args: &Args) -> Option<ObjId> {
    match interp.plain(args.positional.first()?) {
        Value::List(id) => Some(id),
        _ => None,
    }
}

fn init(interp: &mut Interp<'_>, args: Args) -> Eval {
    if let (Some(id), Some(items)) = (list_of(interp, &args), args.positional.get(1)) {
        let (items, more) = interp.iterate(items, ITEMS)?;
        *interp.heap.get_mut(id) =
            if more { Object::Lost("made of unknown items") } else { Object::List(items) };
    }
    Ok(Value::None)
}

fn append(interp: &mut Interp<'_>, args: Args) -> Eval {
    method_one(interp, "list.append", &args)?;
    if let Some(id) = list_of(interp, &args) {
        if let Some(items) = interp.heap.list_mut(id) {
            items.push(args.positional[1].clone());
        }
        interp.adopt_into(id, &args.positional[1]);
        interp.trim_deque(id, true);
    }
    Ok(Value::None)
}

fn extend(interp: &mut Interp<'_>, args: Args) -> Eval {
    method_one(interp, "list.extend", &args)?;
    let (items, more) = interp.iterate(&args.positional[1], ITEMS)?;
    if let Some(id) = list_of(interp, &args) {
        if more {
            interp.lose(id, "extended by something of unknown length");
        } else if let Some(list) = interp.heap.list_mut(id) {
            list.extend(items.iter().cloned());
        }
        items.iter().for_each(|item| interp.adopt_into(id, item));
        interp.trim_deque(id, true);
    }
    Ok(Value::None)
}

fn insert(interp: &mut Interp<'_>, args: Args) -> Eval {
    method_between(interp, "insert", &args, 2, 2)?;
    let Some(id) = list_of(interp, &args) else { return Ok(Value::None) };
    match args.positional[1].as_int() {
        Some(at) => {
            if let Some(items) = interp.heap.list_mut(id) {
                let len = items.len() as i64;
                let at = if at < 0 { (at + len).max(0) } else { at.min(len) };
                items.insert(usize::try_from(at).unwrap_or(0), args.positional[2].clone());
            }
            interp.adopt_into(id, &args.positional[2]);
        }
        None => interp.lose(id, "inserted at an index that is not known"),
    }
    Ok(Value::None)
}

fn pop(interp: &mut Interp<'_>, args: Args) -> Eval {
    method_between(interp, "pop", &args, 0, 1)?;
    let Some(id) = list_of(interp, &args) else { return Ok(Value::None) };
    let Some(len) = interp.heap.list(id).map(Vec::len) else {
        return Ok(interp.unknown("an item of a list whose contents are not known"));
    };
    if len == 0 {
        return Err(interp.raise(ops::Exc::IndexError, "pop from empty list"));
    }
    let at = match args.positional.get(1) {
        None => -1,
        Some(at) => match at.as_int() {
            Some(at) => at,
            None => {
                interp.lose(id, "an item at an index that is not known was taken out");
                return Ok(interp.unknown("an item at an index that is not known"));
            }
        },
    };
    let at = if at < 0 { at + len as i64 } else { at };
    match usize::try_from(at).ok().filter(|at| *at < len) {
        Some(at) => match interp.heap.list_mut(id) {
            Some(items) => Ok(items.remove(at)),
            None => Ok(Value::None),
        },
        None => Err(interp.raise(ops::Exc::IndexError, "pop index out of range")),
    }
}

/// Finds an item; nothing where it cannot be told.
pub(super) fn position(
    interp: &mut Interp<'_>,
    items: &[Value],
    wanted: &Value,
) -> Eval<Option<Option<usize>>> {
    for (i, item) in items.iter().enumerate() {
        match interp.same_or_equal(item, wanted)? {
            Some(true) => return Ok(Some(Some(i))),
            Some(false) => {}
            None => return Ok(None),
        }
    }
    Ok(Some(None))
}

fn remove(interp: &mut Interp<'_>, args: Args) -> Eval {
    method_one(interp, "list.remove", &args)?;
    let Some(id) = list_of(interp, &args) else { return Ok(Value::None) };
    let Some(items) = interp.heap.list(id).cloned() else { return Ok(Value::None) };
    match position(interp, &items, &args.positional[1])? {
        Some(Some(at)) => {
            if let Some(items) = interp.heap.list_mut(id) {
                items.remove(at);
            }
            Ok(Value::None)
        }
        Some(None) => Err(interp.raise(ops::Exc::ValueError, "list.remove(x): x not in list")),
        None => {
            interp.lose(id, "an item that is not known was removed");
            Ok(Value::None)
        }
    }
}

fn index(interp: &mut Interp<'_>, args: Args) -> Eval {
    method_between(interp, "index", &args, 1, 3)?;
    let unknown = Value::Any(crate::value::Plain::Int);
    let Some(items) = list_of(interp, &args).and_then(|id| interp.heap.list(id)).cloned() else {
        return Ok(unknown);
    };
    let from = args.positional.get(2).map_or(Some(0), Value::as_int);
    let Some(from) = from.and_then(|n| usize::try_from(n).ok()) else { return Ok(unknown) };
    match position(interp, items.get(from..).unwrap_or_default(), &args.positional[1])? {
        Some(Some(at)) => Ok(Value::Int((at + from) as i64)),
        Some(None) => {
            let shown = interp.repr(&args.positional[1])?.unwrap_or_default();
            Err(interp.raise(ops::Exc::ValueError, format!("{shown} is not in list")))
        }
        None => Ok(unknown),
    }
}

fn count(interp: &mut Interp<'_>, args: Args) -> Eval {
    method_one(interp, "list.count", &args)?;
    let items = list_of(interp, &args).and_then(|id| interp.heap.list(id)).cloned();
    match items {
        Some(items) => count_items(interp, &items, &args.positional[1]),
        None => Ok(Value::Any(crate::value::Plain::Int)),
    }
}

/// How often an item is among others.
pub(super) fn count_items(interp: &mut Interp<'_>, items: &[Value], wanted: &Value) -> Eval {
    let mut count = 0;
    for item in items {
        match interp.same_or_equal(item, wanted)? {
            Some(true) => count += 1,
            Some(false) => {}
            None => return Ok(Value::Any(crate::value::Plain::Int)),
        }
    }
    Ok(Value::Int(count))
}

fn copy(interp: &mut Interp<'_>, args: Args) -> Eval {
    method_none(interp, "list.copy", &args)?;
    let Some(id) = list_of(interp, &args) else { return Ok(Value::None) };
    let object = interp.heap.get(id).clone();
    let copy = interp.heap.add(object);
    if let Some(kind) = interp.kinds.get(&id).cloned() {
        interp.kinds.insert(copy, kind);
    }
    Ok(Value::List(copy))
}

fn sort(interp: &mut Interp<'_>, args: Args) -> Eval {
    if args.positional.len() > 1 {
        return Err(interp.raise(ops::Exc::TypeError, "sort() takes no positional arguments"));
    }
    keywords(interp, "sort", &args, &["key", "reverse"])?;
    let Some(id) = list_of(interp, &args) else { return Ok(Value::None) };
    let Some(items) = interp.heap.list(id).cloned() else { return Ok(Value::None) };
    let sorted = interp.sort(items, args.keyword("key"), args.keyword("reverse"))?;
    match sorted {
        Some(items) => *interp.heap.get_mut(id) = Object::List(items),
        None => interp.shuffle_list(id)?,
    }
    Ok(Value::None)
}
