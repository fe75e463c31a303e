//! `copy`.

use rustc_hash::FxHashMap;

use crate::heap::{ObjId, Object};
use crate::interp::Interp;
use crate::native::{NativeState, native};
use crate::raise::Eval;
use crate::value::{Args, Native, Value};

/// How deep containers are copied.
const DEPTH: u32 = 60;

pub(super) static FUNCTIONS: &[Native] = &[native("copy.copy", copy), native("copy.deepcopy", deep)];

fn copy(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(value) = args.positional.first() else { return Ok(Value::None) };
    if let Value::Instance(id) = value
        && let Some(method) = interp.own_method(*id, "__copy__")
    {
        return interp.call(&method, Args::default());
    }
    Ok(match value {
        Value::List(id) => Value::List(twin(interp, *id)),
        Value::Dict(id) => Value::Dict(twin(interp, *id)),
        Value::Set(id) => Value::Set(twin(interp, *id)),
        Value::Instance(id) => match interp.heap.instance(*id).map(|i| &i.native) {
            Some(NativeState::Plain | NativeState::Data(_)) => Value::Instance(twin(interp, *id)),
            _ => interp.unknown("a copy of a framework's object"),
        },
        _ => value.clone(),
    })
}

fn twin(interp: &mut Interp<'_>, id: ObjId) -> ObjId {
    let object = interp.heap.get(id).clone();
    let copy = interp.heap.add(object);
    if let Some(kind) = interp.kinds.get(&id).cloned() {
        interp.kinds.insert(copy, kind);
    }
    copy
}

fn deep(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(value) = args.positional.first() else { return Ok(Value::None) };
    deep_copy(interp, value, &mut FxHashMap::default(), 0)
}

fn deep_copy(interp: &mut Interp<'_>, value: &Value, done: &mut FxHashMap<ObjId, Value>, depth: u32) -> Eval {
    interp.step()?;
    let id = match value {
        Value::Tuple(items) => {
            let items = items.clone();
            let items: Vec<Value> =
                items.iter().map(|v| deep_copy(interp, v, done, depth + 1)).collect::<Eval<_>>()?;
            return Ok(Value::tuple(items));
        }
        Value::List(id) | Value::Dict(id) | Value::Set(id) | Value::Instance(id) => *id,
        _ => return Ok(value.clone()),
    };
    if let Some(copy) = done.get(&id) {
        return Ok(copy.clone());
    }
    if depth > DEPTH {
        return Ok(interp.unknown("a copy of something very deep"));
    }
    if let Value::Instance(_) = value {
        match interp.heap.instance(id).map(|i| &i.native) {
            Some(NativeState::Plain | NativeState::Data(_)) => {}
            _ => return Ok(interp.unknown("a copy of a framework's object")),
        }
        if interp.is_enum_member(id) {
            return Ok(value.clone());
        }
    }
    let copy = twin(interp, id);
    let made = match value {
        Value::List(_) => Value::List(copy),
        Value::Dict(_) => Value::Dict(copy),
        Value::Set(_) => Value::Set(copy),
        _ => Value::Instance(copy),
    };
    done.insert(id, made.clone());
    let mut object = interp.heap.get(copy).clone();
    match &mut object {
        Object::List(items) => {
            for item in items {
                *item = deep_copy(interp, &item.clone(), done, depth + 1)?;
            }
        }
        Object::Dict(items) => {
            for (_, value) in items.values_mut() {
                *value = deep_copy(interp, &value.clone(), done, depth + 1)?;
            }
        }
        Object::Instance(instance) => {
            for value in instance.attrs.values_mut() {
                *value = deep_copy(interp, &value.clone(), done, depth + 1)?;
            }
            if let NativeState::Data(data) = &mut instance.native {
                *data = deep_copy(interp, &data.clone(), done, depth + 1)?;
            }
        }
        _ => {}
    }
    *interp.heap.get_mut(copy) = object;
    Ok(made)
}
