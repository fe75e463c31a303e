//! Methods of sets.

use python::ast::Operator;

use crate::builtins::arguments::{method_none, method_one};
use crate::builtins::lists;
use crate::heap::{ObjId, Object};
use crate::interp::Interp;
use crate::native::{NativeClass, NativeState, native};
use crate::raise::Eval;
use crate::value::{Args, Plain, Value};

/// How many items a set is made of at most.
const ITEMS: usize = 1_000_000;

pub(crate) static SET: NativeClass = NativeClass {
    path: "builtins.set",
    state: || NativeState::Data(Value::None),
    methods: &[&[
        native("add", add),
        native("remove", |interp, args| remove(interp, &args, true)),
        native("discard", |interp, args| remove(interp, &args, false)),
        native("pop", pop),
        native("clear", |interp, args| {
            method_none(interp, "set.clear", &args)?;
            if let Some(id) = set_of(interp, &args) {
                *interp.heap.get_mut(id) = Object::Set(indexmap::IndexMap::default());
            }
            Ok(Value::None)
        }),
        native("copy", |interp, args| {
            let Some(id) = set_of(interp, &args) else { return Ok(Value::None) };
            let object = interp.heap.get(id).clone();
            Ok(Value::Set(interp.heap.add(object)))
        }),
        native("union", |interp, args| combine(interp, &args, Operator::BitOr)),
        native("intersection", |interp, args| combine(interp, &args, Operator::BitAnd)),
        native("difference", |interp, args| combine(interp, &args, Operator::Sub)),
        native("symmetric_difference", |interp, args| combine(interp, &args, Operator::BitXor)),
        native("update", |interp, args| update(interp, &args, Operator::BitOr)),
        native("intersection_update", |interp, args| update(interp, &args, Operator::BitAnd)),
        native("difference_update", |interp, args| update(interp, &args, Operator::Sub)),
        native("symmetric_difference_update", |interp, args| update(interp, &args, Operator::BitXor)),
        native("issubset", |interp, args| relation(interp, &args, |a, b| a.iter().all(|k| b.contains(k)))),
        native("issuperset", |interp, args| relation(interp, &args, |a, b| b.iter().all(|k| a.contains(k)))),
        native("isdisjoint", |interp, args| relation(interp, &args, |a, b| !a.iter().any(|k| b.contains(k)))),
        native("__init__", init),
        native("__len__", |interp, args| interp.data_method(&args, |interp, set, _| interp.length(set))),
        native("__iter__", |interp, args| interp.data_method(&args, |interp, set, _| interp.iter(set))),
        native("__contains__", |interp, args| interp.data_method(&args, lists::contains)),
    ]],
    properties: &[],
};

/// The set that a method is called on.
fn set_of(interp: &Interp<'_>, args: &Args) -> Option<ObjId> {
    match interp.plain(args.positional.first()?) {
        Value::Set(id) => Some(id),
        _ => None,
    }
}

fn init(interp: &mut Interp<'_>, args: Args) -> Eval {
    if let (Some(id), Some(items)) = (set_of(interp, &args), args.positional.get(1)) {
        let made = interp.set_from(&items.clone())?;
        *interp.heap.get_mut(id) = interp.heap.get(made).clone();
    }
    Ok(Value::None)
}

fn add(interp: &mut Interp<'_>, args: Args) -> Eval {
    method_one(interp, "set.add", &args)?;
    let Some(id) = set_of(interp, &args) else { return Ok(Value::None) };
    let item = args.positional[1].clone();
    interp.check_hashable(&item)?;
    match interp.key(&item) {
        Some(key) => {
            if let Object::Set(items) = interp.heap.get_mut(id) {
                items.entry(key).or_insert(item);
            }
        }
        None => interp.lose(id, "an item that is not known was added"),
    }
    Ok(Value::None)
}

fn remove(interp: &mut Interp<'_>, args: &Args, must: bool) -> Eval {
    method_one(interp, if must { "set.remove" } else { "set.discard" }, args)?;
    let Some(id) = set_of(interp, args) else { return Ok(Value::None) };
    let item = &args.positional[1];
    match interp.key(item) {
        Some(key) => {
            let Object::Set(items) = interp.heap.get_mut(id) else { return Ok(Value::None) };
            if items.shift_remove(&key).is_none() && must {
                return Err(interp.key_error(item)?);
            }
        }
        None => interp.lose(id, "an item that is not known was removed"),
    }
    Ok(Value::None)
}

fn pop(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(id) = set_of(interp, &args) else { return Ok(Value::None) };
    let Object::Set(items) = interp.heap.get_mut(id) else {
        return Ok(interp.unknown("an item of a set whose contents are not known"));
    };
    match items.len() {
        0 => {
            let text = Value::str("pop from an empty set");
            Err(interp.key_error(&text)?)
        }
        1 => Ok(items.pop().map_or(Value::None, |(_, item)| item)),
        _ => {
            // Any of them: the order of a set is not known.
            let all: Vec<Value> = items.values().cloned().collect();
            interp.lose(id, "an item that is not known was taken out");
            interp.any_of(&all)
        }
    }
}

fn combine(interp: &mut Interp<'_>, args: &Args, op: Operator) -> Eval {
    let Some(id) = set_of(interp, args) else { return Ok(Value::None) };
    let mut result = id;
    for other in &args.positional[1..] {
        let other = interp.set_from(other)?;
        if let Value::Set(combined) = interp.combine_sets(op, result, other) {
            result = combined;
        }
    }
    if result == id {
        let object = interp.heap.get(id).clone();
        result = interp.heap.add(object);
    }
    Ok(Value::Set(result))
}

fn update(interp: &mut Interp<'_>, args: &Args, op: Operator) -> Eval {
    let Some(id) = set_of(interp, args) else { return Ok(Value::None) };
    if let Value::Set(result) = combine(interp, args, op)? {
        let object = interp.heap.get(result).clone();
        *interp.heap.get_mut(id) = object;
    }
    Ok(Value::None)
}

type Keys<'k> = [&'k crate::heap::Key];

fn relation(interp: &mut Interp<'_>, args: &Args, holds: fn(&Keys<'_>, &Keys<'_>) -> bool) -> Eval {
    let Some(id) = set_of(interp, args) else { return Ok(Value::Any(Plain::Bool)) };
    let Some(other) = args.positional.get(1) else { return Ok(Value::Any(Plain::Bool)) };
    let other = interp.set_from(&other.clone())?;
    Ok(match (interp.heap.get(id), interp.heap.get(other)) {
        (Object::Set(a), Object::Set(b)) => {
            let (a, b): (Vec<_>, Vec<_>) = (a.keys().collect(), b.keys().collect());
            Value::Bool(holds(&a, &b))
        }
        _ => Value::Any(Plain::Bool),
    })
}

impl Interp<'_> {
    /// The set of an iterable's items.
    ///
    /// # Errors
    /// `TypeError` for what is not iterable.
    pub(crate) fn set_from(&mut self, value: &Value) -> Eval<ObjId> {
        if let Value::Set(id) = self.plain(value) {
            return Ok(id);
        }
        let (items, more) = self.iterate(value, ITEMS)?;
        let set = match more {
            true => Value::Set(self.heap.add(Object::Lost("made of unknown items"))),
            false => self.new_set(items)?,
        };
        match set {
            Value::Set(id) => Ok(id),
            _ => Ok(self.heap.add(Object::Lost("made of unknown items"))),
        }
    }
}
