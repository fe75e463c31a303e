//! Methods of dicts.

use ops::Mistake;

use crate::builtins::arguments::{method_between, method_none};
use crate::builtins::lists;
use crate::heap::{Items, ObjId, Object};
use crate::interp::Interp;
use crate::native::{NativeClass, NativeState, native};
use crate::raise::Eval;
use crate::value::{Args, Native, Value};

/// How many pairs a dict is made of at most.
const ITEMS: usize = 1_000_000;
/// How many keys a dict is said to have in place of one that it lacks.
const MOST_KEYS: usize = 16;

pub(crate) static DICT: NativeClass = NativeClass {
    path: "builtins.dict",
    state: || NativeState::Data(Value::None),
    methods: &[&[
        native("get", get),
        native("keys", |interp, args| view(interp, &args, "keys", |k, _| k)),
        native("values", |interp, args| view(interp, &args, "values", |_, v| v)),
        native("items", |interp, args| view(interp, &args, "items", |k, v| Value::tuple([k, v]))),
        native("pop", pop),
        native("popitem", popitem),
        native("setdefault", setdefault),
        native("update", update),
        native("copy", copy),
        native("clear", |interp, args| {
            method_none(interp, "dict.clear", &args)?;
            if let Some(id) = dict_of(interp, &args) {
                *interp.heap.get_mut(id) = Object::Dict(Items::default());
            }
            Ok(Value::None)
        }),
        native("__init__", update),
        native("__len__", |interp, args| interp.data_method(&args, |interp, dict, _| interp.length(dict))),
        native("__iter__", |interp, args| interp.data_method(&args, |interp, dict, _| interp.iter(dict))),
        native("__getitem__", |interp, args| {
            if let [object @ Value::Instance(id), index] = args.positional.as_slice()
                && let Some(method) = interp.own_method(*id, "__missing__")
                && interp.contains(object, index)? == Some(false)
            {
                return interp.call(&method, Args::of([index.clone()]));
            }
            interp.data_method(&args, lists::item)
        }),
        native("__setitem__", |interp, args| interp.data_method(&args, lists::set_item)),
        native("__delitem__", |interp, args| interp.data_method(&args, lists::delete_item)),
        native("__contains__", |interp, args| interp.data_method(&args, lists::contains)),
    ]],
    properties: &[],
};

/// `dict.fromkeys(keys, value)`.
pub(crate) static FROMKEYS: Native = native("dict.fromkeys", |interp, args| {
    let Some(keys) = args.positional.first() else { return Ok(Value::None) };
    let value = args.positional.get(1).cloned().unwrap_or(Value::None);
    let (keys, more) = interp.iterate(keys, ITEMS)?;
    if more {
        return Ok(interp.lost_dict("made of keys that are not known"));
    }
    Ok(interp.new_dict(keys.into_iter().map(|key| (key, value.clone()))))
});

/// The dict that a method is called on.
pub(crate) fn dict_of(interp: &Interp<'_>, args: &Args) -> Option<ObjId> {
    match interp.plain(args.positional.first()?) {
        Value::Dict(id) => Some(id),
        _ => None,
    }
}

fn get(interp: &mut Interp<'_>, args: Args) -> Eval {
    method_between(interp, "get", &args, 1, 2)?;
    let default = args.positional.get(2).cloned().unwrap_or(Value::None);
    let Some(id) = dict_of(interp, &args) else { return Ok(Value::None) };
    interp.check_hashable(&args.positional[1])?;
    if interp.heap.dict(id).is_none() {
        return Ok(interp.unknown("an item of a dict whose contents are not known"));
    }
    let Some(key) = interp.key(&args.positional[1]) else {
        return Ok(interp.unknown("an item at a key that is not known"));
    };
    Ok(interp.heap.dict(id).and_then(|items| items.get(&key)).map_or(default, |(_, value)| value.clone()))
}

/// `keys()`, `values()`, `items()`: a list of what is there now; views are rarely kept while the dict changes.
fn view(interp: &mut Interp<'_>, args: &Args, name: &str, of: fn(Value, Value) -> Value) -> Eval {
    method_none(interp, &format!("dict.{name}"), args)?;
    let Some(id) = dict_of(interp, args) else { return Ok(Value::None) };
    let items: Option<Vec<Value>> =
        interp.heap.dict(id).map(|items| items.values().map(|(k, v)| of(k.clone(), v.clone())).collect());
    let list = match items {
        Some(items) => interp.new_list(items),
        None => interp.lost_list("a view of a dict whose contents are not known"),
    };
    if let Value::List(list) = &list {
        let kind = match name {
            "keys" => "dict_keys",
            "values" => "dict_values",
            _ => "dict_items",
        };
        interp.set_kind_with(*list, kind, Value::Dict(id));
    }
    Ok(list)
}

fn pop(interp: &mut Interp<'_>, args: Args) -> Eval {
    method_between(interp, "pop", &args, 1, 2)?;
    let Some(id) = dict_of(interp, &args) else { return Ok(Value::None) };
    let key = interp.key(&args.positional[1]);
    let (Some(key), true) = (key, interp.heap.dict(id).is_some()) else {
        interp.lose(id, "an item at a key that is not known was taken out");
        return Ok(interp.unknown("an item at a key that is not known"));
    };
    match interp.heap.dict_mut(id).and_then(|items| items.shift_remove(&key)) {
        Some((_, value)) => Ok(value),
        None => match args.positional.get(2) {
            Some(default) => Ok(default.clone()),
            None => Err(interp.missing_key(id, &args.positional[1].clone())?),
        },
    }
}

fn popitem(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(id) = dict_of(interp, &args) else { return Ok(Value::None) };
    let first = args.get(1, "last").is_some_and(|last| matches!(last, Value::Bool(false)));
    match interp.heap.dict_mut(id) {
        Some(items) => match if first { items.shift_remove_index(0) } else { items.pop() } {
            Some((_, (key, value))) => Ok(Value::tuple([key, value])),
            None => {
                let text = Value::str("popitem(): dictionary is empty");
                Err(interp.key_error(&text)?)
            }
        },
        None => Ok(interp.unknown("an item of a dict whose contents are not known")),
    }
}

fn setdefault(interp: &mut Interp<'_>, args: Args) -> Eval {
    method_between(interp, "setdefault", &args, 1, 2)?;
    let default = args.positional.get(2).cloned().unwrap_or(Value::None);
    let Some(id) = dict_of(interp, &args) else { return Ok(Value::None) };
    let name = args.positional[1].clone();
    interp.check_hashable(&name)?;
    match (interp.key(&name), interp.heap.dict_mut(id)) {
        (Some(key), Some(items)) => Ok(items.entry(key).or_insert((name, default)).1.clone()),
        _ => {
            interp.lose(id, "written at a key that is not known");
            Ok(interp.unknown("an item at a key that is not known"))
        }
    }
}

fn update(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    if args.positional.is_empty() {
        return Ok(Value::None);
    }
    let target = args.positional.remove(0);
    let target = interp.plain(&target);
    interp.update_dict(&target, &args)?;
    Ok(Value::None)
}

fn copy(interp: &mut Interp<'_>, args: Args) -> Eval {
    method_none(interp, "dict.copy", &args)?;
    let Some(id) = dict_of(interp, &args) else { return Ok(Value::None) };
    let object = interp.heap.get(id).clone();
    let copy = interp.heap.add(object);
    if let Some(kind) = interp.kinds.get(&id).cloned() {
        interp.kinds.insert(copy, kind);
    }
    Ok(Value::Dict(copy))
}

impl Interp<'_> {
    /// A dict whose contents are not known.
    pub(crate) fn lost_dict(&mut self, why: &'static str) -> Value {
        Value::Dict(self.heap.add(Object::Lost(why)))
    }

    /// Makes a KeyError: its message is the `repr` of the key.
    ///
    /// # Errors
    /// What a `__repr__` of the script raises.
    pub(crate) fn key_error(&mut self, key: &Value) -> Eval<crate::raise::Halt> {
        let text = self.repr(key)?;
        let unsure = text.is_none();
        let halt = self.raise(ops::Exc::KeyError, text.unwrap_or_default());
        if let crate::raise::Halt::Exception(id) = &halt {
            if let Some(instance) = self.heap.instance_mut(*id) {
                instance.attrs.insert("args".into(), Value::tuple([key.clone()]));
            }
            if let Some(state) = self.exception_mut(*id) {
                state.unsure = unsure;
            }
        }
        Ok(halt)
    }

    /// Makes the KeyError of a dict that is known to lack a key.
    ///
    /// # Errors
    /// What a `__repr__` of the script raises.
    pub(crate) fn missing_key(&mut self, dict: ObjId, key: &Value) -> Eval<crate::raise::Halt> {
        let halt = self.key_error(key)?;
        let shown = |value: &Value| match value {
            Value::Str(text) => Some(format!("'{text}'")),
            Value::Int(number) => Some(number.to_string()),
            _ => None,
        };
        let items = self.heap.dict(dict).into_iter().flat_map(|items| items.values());
        let keys: Vec<String> = items.filter_map(|(key, _)| shown(key)).take(MOST_KEYS).collect();
        if let (crate::raise::Halt::Exception(id), Some(key)) = (&halt, shown(key)) {
            self.blame(*id, Mistake::MissingKey { key, keys }, "dict", Vec::new());
        }
        Ok(halt)
    }

    /// Puts the items of a mapping, pairs or named arguments into a dict.
    ///
    /// # Errors
    /// `TypeError` and `ValueError` for what are no pairs.
    pub(crate) fn update_dict(&mut self, target: &Value, args: &Args) -> Eval<()> {
        let Value::Dict(id) = target else { return Ok(()) };
        let mut pairs = Vec::new();
        if let Some(source) = args.positional.first() {
            match self.mapping_pairs(source)? {
                Some(found) => pairs.extend(found),
                None => {
                    self.lose(*id, "updated from something that is not known");
                    return Ok(());
                }
            }
        }
        pairs.extend(args.keywords.iter().map(|(k, v)| (Value::Str(k.clone()), v.clone())));
        for (key, value) in pairs {
            self.set_item(target, key, value)?;
        }
        Ok(())
    }

    /// The pairs of a mapping or of an iterable of pairs; nothing where they are not known.
    fn mapping_pairs(&mut self, source: &Value) -> Eval<Option<Vec<(Value, Value)>>> {
        let plain = self.plain(source);
        if let Value::Dict(_) = plain {
            return Ok(self.pairs_of(&plain));
        }
        if let Value::Instance(_) = plain
            && let Some(keys) = self.find_attr(&plain, "keys")?
        {
            let keys = self.call(&keys, Args::default())?;
            let (keys, more) = self.iterate(&keys, ITEMS)?;
            if more {
                return Ok(None);
            }
            let pairs = keys.into_iter().map(|key| Ok((key.clone(), self.get_item(&plain, &key)?)));
            return pairs.collect::<Eval<_>>().map(Some);
        }
        let (items, more) = self.iterate(&plain, ITEMS)?;
        if more {
            return Ok(None);
        }
        let mut pairs = Vec::with_capacity(items.len());
        for (i, item) in items.iter().enumerate() {
            if item.is_unknown() {
                return Ok(None);
            }
            if matches!(item, Value::Int(_) | Value::Float(_) | Value::None | Value::Bool(_)) {
                let text = format!("cannot convert dictionary update sequence element #{i} to a sequence");
                return Err(self.raise(ops::Exc::TypeError, text));
            }
            let (pair, more) = self.iterate(item, 3)?;
            match pair.as_slice() {
                [key, value] if !more => pairs.push((key.clone(), value.clone())),
                _ if more => return Ok(None),
                _ => {
                    let text = format!(
                        "dictionary update sequence element #{i} has length {}; 2 is required",
                        pair.len()
                    );
                    return Err(self.raise(ops::Exc::ValueError, text));
                }
            }
        }
        Ok(Some(pairs))
    }
}
