//! Iteration: the items of a value, as far as they are known.

use std::rc::Rc;

use crate::heap::{IteratorState, Key, ObjId, Object};
use crate::interp::Interp;
use crate::lazy::{Pull, Source};
use crate::native::NativeState;
use crate::raise::Eval;
use crate::value::{Args, Plain, Value};

/// How many items of a value without lazy items are looked at.
const ITEMS: usize = 100_000;

impl Interp<'_> {
    /// `iter(value)`: an iterator of ours, or an instance of the script's that has `__next__`.
    ///
    /// # Errors
    /// `TypeError` for what is not iterable, and what an `__iter__` raises.
    pub fn iter(&mut self, value: &Value) -> Eval {
        Ok(match value {
            Value::Iterator(_) => value.clone(),
            Value::List(id) => self.lazy(Source::List(*id, 0)),
            Value::Dict(id) => {
                let length = self.heap.dict(*id).map_or(0, indexmap::IndexMap::len);
                self.lazy(Source::Dict(*id, 0, length))
            }
            Value::Range(start, stop, step) => {
                let count = crate::stmt::range_len(*start, *stop, *step);
                self.lazy(Source::Range(*start, count, *step))
            }
            Value::Tensor(id) => match self.tensor_rows(*id) {
                Some(count) => self.lazy(Source::Tensor(*id, 0, count)),
                None => {
                    let (items, more) = self.tensor_items(*id, ITEMS)?;
                    self.iterator_of(items, more, value)?
                }
            },
            Value::Instance(id) => match self.data(*id) {
                Some(data) if self.find_attr(value, "__iter__")?.is_none() => self.iter(&data)?,
                _ => self.iter_instance(value)?,
            },
            _ => {
                let (items, more) = self.known_items(value, ITEMS)?;
                self.iterator_of(items, more, value)?
            }
        })
    }

    fn iterator_of(&mut self, items: Vec<Value>, more: bool, of: &Value) -> Eval {
        let then = if more { Some(self.item_of(of)?) } else { None };
        let iterator = self.new_iterator(items);
        if let Value::Iterator(id) = &iterator
            && let Object::Iterator(state) = self.heap.get_mut(*id)
        {
            state.then = then;
        }
        Ok(iterator)
    }

    fn iter_instance(&mut self, value: &Value) -> Eval {
        if let Some(method) = self.find_attr(value, "__iter__")? {
            let iterator = self.call(&method, Args::default())?;
            return Ok(match &iterator {
                Value::Iterator(_) => iterator,
                Value::Instance(_) => self.lazy(Source::Instance(iterator)),
                Value::Unknown(_) => self.endless(iterator),
                _ => {
                    let kind = self.type_name(&iterator);
                    let text = format!("iter() returned non-iterator of type '{kind}'");
                    return Err(self.raise(ops::Exc::TypeError, text));
                }
            });
        }
        if let Some(getter) = self.find_attr(value, "__getitem__")? {
            // Keras' sequences have a length and do not end by an IndexError.
            let length = match self.find_attr(value, "__len__")? {
                Some(length) => self.call(&length, Args::default())?.as_int(),
                None => None,
            };
            return Ok(match length {
                Some(length) => {
                    let mut items = Vec::new();
                    for i in 0..length.clamp(0, 64) {
                        items.push(self.call(&getter, Args::of([Value::Int(i)]))?);
                    }
                    let then = if length > 64 { items.last().cloned() } else { None };
                    self.iterator_then(items, then)
                }
                None => self.lazy(Source::Items(value.clone(), 0)),
            });
        }
        if self.is_certain(value) {
            return Err(self.not_iterable(value));
        }
        let item = self.unknown("an item of an object without a model");
        Ok(self.endless(item))
    }

    fn iterator_then(&mut self, mut items: Vec<Value>, then: Option<Value>) -> Value {
        items.reverse();
        let state = IteratorState { rest: items, then, ..IteratorState::default() };
        Value::Iterator(self.heap.add(Object::Iterator(state)))
    }

    pub(crate) fn not_iterable(&mut self, value: &Value) -> crate::raise::Halt {
        let text = format!("'{}' object is not iterable", self.type_name(value));
        self.raise(ops::Exc::TypeError, text)
    }

    /// Tells whether all attributes of an instance are known: no base is a framework's or unknown.
    pub(crate) fn is_certain(&self, value: &Value) -> bool {
        let Value::Instance(id) = value else { return false };
        let Some(class) = self.heap.instance(*id).map(|i| i.class) else { return false };
        self.is_certain_class(class)
    }

    /// Tells whether all attributes of a class are known.
    pub(crate) fn is_certain_class(&self, class: crate::class::ClassId) -> bool {
        let class = self.class(class);
        !class.open
            && class
                .mro
                .iter()
                .filter_map(|c| self.class(*c).path.as_deref())
                .all(|path| path.starts_with("builtins.") || crate::libraries::is_transparent(path))
    }

    /// The plain value inside an instance of a class that derives from a built-in type.
    pub(crate) fn data(&self, id: ObjId) -> Option<Value> {
        match &self.heap.instance(id)?.native {
            NativeState::Data(value) => Some(value.clone()),
            _ => None,
        }
    }

    /// The plain value inside an instance of a class that derives from a built-in type, or the value itself.
    pub(crate) fn plain(&self, value: &Value) -> Value {
        match value {
            Value::Instance(id) => self.data(*id).unwrap_or_else(|| value.clone()),
            _ => value.clone(),
        }
    }

    /// The plain value that formatting sees: in a run also the number inside of a tensor or array of one.
    pub(crate) fn formatted(&self, value: &Value) -> Value {
        let plain = self.plain(value);
        if self.carries_out() { self.plain_scalar(&plain) } else { plain }
    }

    /// Returns the items of an iterable, at most `limit`, and whether there may be more. An iterator
    /// is used up by as many items.
    ///
    /// # Errors
    /// `TypeError` for what is not iterable, and what a generator raises.
    pub fn iterate(&mut self, value: &Value, limit: usize) -> Eval<(Vec<Value>, bool)> {
        match value {
            Value::Iterator(id) => self.advance(*id, limit),
            Value::Instance(id) => match self.data(*id) {
                Some(data) if self.find_attr(value, "__iter__")?.is_none() => self.iterate(&data, limit),
                _ => {
                    let id = self.iter_id(value)?;
                    self.advance(id, limit)
                }
            },
            Value::Tensor(id) => self.tensor_items(*id, limit),
            _ => self.known_items(value, limit),
        }
    }

    /// The items of a plain value.
    fn known_items(&mut self, value: &Value, limit: usize) -> Eval<(Vec<Value>, bool)> {
        let cut = |items: &mut dyn Iterator<Item = Value>| {
            let found: Vec<Value> = items.take(limit).collect();
            let more = items.next().is_some();
            (found, more)
        };
        Ok(match value {
            Value::Tuple(items) => cut(&mut items.iter().cloned()),
            Value::List(id) => match self.heap.list(*id) {
                Some(items) => cut(&mut items.iter().cloned()),
                None => (Vec::new(), true),
            },
            Value::Dict(id) => match self.heap.dict(*id) {
                Some(items) => cut(&mut items.values().map(|(k, _)| k.clone())),
                None => (Vec::new(), true),
            },
            Value::Set(id) => match self.heap.get(*id) {
                Object::Set(items) => cut(&mut items.values().cloned()),
                _ => (Vec::new(), true),
            },
            Value::Str(text) => cut(&mut text.chars().map(|c| Value::str(c.encode_utf8(&mut [0; 4])))),
            Value::Range(start, stop, step) => {
                let count = crate::stmt::range_len(*start, *stop, *step);
                let item = |i: i64| Value::Int(start.saturating_add(i.saturating_mul(*step)));
                cut(&mut (0..count).map(item))
            }
            Value::Shape(shape) => match shape.dims() {
                Some(dims) => cut(&mut dims.iter().map(|d| Value::static_dim(*d))),
                None => (Vec::new(), true),
            },
            Value::Bytes(bytes) => cut(&mut bytes.iter().map(|b| Value::Int(i64::from(*b)))),
            Value::Unknown(_) | Value::Any(Plain::Str) => (Vec::new(), true),
            Value::None
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::Any(_)
            | Value::Dim(_)
            | Value::Drawn(_)
            | Value::Ellipsis
            | Value::NotImplemented
            | Value::Slice(_)
            | Value::Bound(_)
            | Value::Native(_)
            | Value::Api(_)
            | Value::Module(_)
            | Value::Script(_)
            | Value::Function(_) => return Err(self.not_iterable(value)),
            Value::Class(id) => match self.enum_members(*id) {
                Some(members) => cut(&mut members.into_iter()),
                None if self.is_certain_class(*id) => return Err(self.not_iterable(value)),
                None => (Vec::new(), true),
            },
            _ => (Vec::new(), true),
        })
    }

    /// Takes items from an iterator.
    pub(crate) fn advance(&mut self, id: ObjId, limit: usize) -> Eval<(Vec<Value>, bool)> {
        let mut items = Vec::new();
        while items.len() < limit {
            match self.pull(id)? {
                Pull::Item(item) => items.push(item),
                Pull::Maybe(_) => return Ok((items, true)),
                Pull::End => return Ok((items, false)),
            }
        }
        // Looking ahead tells whether there are more; the item is put back.
        match self.pull(id)? {
            Pull::Item(item) => {
                if let Object::Iterator(state) = self.heap.get_mut(id) {
                    state.rest.push(item);
                }
                Ok((items, true))
            }
            Pull::Maybe(_) => Ok((items, true)),
            Pull::End => Ok((items, false)),
        }
    }

    /// Takes the next item of an iterator: nothing when it is used up.
    ///
    /// # Errors
    /// What a generator raises.
    pub fn next_item(&mut self, id: ObjId) -> Eval<Option<Value>> {
        Ok(match self.pull(id)? {
            Pull::Item(item) | Pull::Maybe(item) => Some(item),
            Pull::End => None,
        })
    }

    /// The number of items along the first axis of an array or eager tensor, where it is known.
    fn tensor_rows(&self, id: graph::NodeId) -> Option<i64> {
        let node = self.trace.node(id);
        match node.kind {
            ops::TensorKind::Numpy | ops::TensorKind::Eager | ops::TensorKind::Variable => {
                node.spec.shape.dim(0)?.known()
            }
            _ => None,
        }
    }

    /// Tells whether a value is true; nothing where it cannot be told.
    ///
    /// # Errors
    /// What the framework raises for a symbolic tensor, and what a `__bool__` of the script raises.
    pub fn truth(&mut self, value: &Value) -> Eval<Option<bool>> {
        Ok(match value {
            Value::None => Some(false),
            Value::Bool(b) => Some(*b),
            Value::Int(n) => Some(*n != 0),
            Value::Float(x) => Some(*x != 0.0),
            Value::Str(s) => Some(!s.is_empty()),
            Value::Bytes(b) => Some(!b.is_empty()),
            Value::Tuple(items) => Some(!items.is_empty()),
            Value::List(id) => self.heap.list(*id).map(|l| !l.is_empty()),
            Value::Dict(id) => self.heap.dict(*id).map(|d| !d.is_empty()),
            Value::Set(id) => match self.heap.get(*id) {
                Object::Set(items) => Some(!items.is_empty()),
                _ => None,
            },
            Value::Range(start, stop, step) => Some(crate::stmt::range_len(*start, *stop, *step) > 0),
            Value::Dim(d) => d.known().map(|n| n != 0),
            Value::Shape(s) => s.rank().map(|r| r > 0),
            Value::Any(_) | Value::Drawn(_) | Value::Unknown(_) => None,
            Value::Tensor(id) => return self.tensor_truth(*id),
            Value::Instance(id) => {
                let id = *id;
                if let Some(method) = self.find_attr(value, "__bool__")? {
                    let result = self.call(&method, Args::default())?;
                    return self.truth(&result);
                }
                if let Some(method) = self.find_attr(value, "__len__")? {
                    let result = self.call(&method, Args::default())?;
                    return self.truth(&result);
                }
                match self.data(id) {
                    Some(data) => return self.truth(&data),
                    None if self.heap.instance(id).is_none_or(|i| self.class(i.class).open) => None,
                    None => Some(true),
                }
            }
            _ => Some(true),
        })
    }

    /// Makes a list.
    pub fn new_list(&mut self, items: Vec<Value>) -> Value {
        Value::List(self.heap.add(Object::List(items)))
    }

    /// Makes a dict; items under keys that are not known make its contents unknown.
    pub fn new_dict(&mut self, pairs: impl IntoIterator<Item = (Value, Value)>) -> Value {
        let mut items = crate::heap::Items::default();
        for (key, value) in pairs {
            match self.key(&key) {
                Some(k) => match items.entry(k) {
                    // The key stays as it was first given: `{1: "a", True: "b"}` has the key 1.
                    indexmap::map::Entry::Occupied(mut slot) => slot.get_mut().1 = value,
                    indexmap::map::Entry::Vacant(slot) => {
                        slot.insert((key, value));
                    }
                },
                None => return Value::Dict(self.heap.add(Object::Lost("a key that is not known"))),
            }
        }
        Value::Dict(self.heap.add(Object::Dict(items)))
    }

    /// Makes a set.
    ///
    /// # Errors
    /// `TypeError` for an item that has no hash.
    pub fn new_set(&mut self, items: Vec<Value>) -> Eval {
        let mut set = indexmap::IndexMap::default();
        for item in items {
            self.check_hashable(&item)?;
            match self.key(&item) {
                Some(key) => {
                    set.entry(key).or_insert(item);
                }
                None => {
                    return Ok(Value::Set(self.heap.add(Object::Lost("an item that is not known"))));
                }
            }
        }
        Ok(Value::Set(self.heap.add(Object::Set(set))))
    }

    /// Returns the pairs of a dict, or nothing where they are not known.
    pub fn pairs_of(&self, value: &Value) -> Option<Vec<(Value, Value)>> {
        let Value::Dict(id) = self.plain(value) else { return None };
        Some(self.heap.dict(id)?.values().cloned().collect())
    }

    /// Returns a dict's pairs as keyword arguments; nothing where a key is no string.
    pub(crate) fn keywords_of(&self, value: &Value) -> Option<Vec<(Rc<str>, Value)>> {
        let keyword = |(key, value): (Value, Value)| match key {
            Value::Str(name) => Some((name, value)),
            _ => None,
        };
        self.pairs_of(value)?.into_iter().map(keyword).collect()
    }

    /// Returns a value as a dict's key, or nothing where it is not known or not hashable.
    pub fn key(&self, value: &Value) -> Option<Key> {
        let object = |kind, id: u32| Some(Key::Object(kind, u64::from(id)));
        match value {
            Value::None => Some(Key::None),
            Value::Float(x) if x.fract() == 0.0 && x.abs() < 9e15 => Some(Key::Int(*x as i64)),
            Value::Float(x) => Some(Key::Float(x.to_bits())),
            Value::Str(s) => Some(Key::Str(s.clone())),
            Value::Bytes(b) => Some(Key::Bytes(b.clone())),
            Value::Tuple(items) => {
                Some(Key::Tuple(items.iter().map(|i| self.key(i)).collect::<Option<_>>()?))
            }
            Value::Instance(id) => match self.data(*id) {
                // A named tuple or a `StrEnum` member is equal to its plain value.
                Some(data @ (Value::Str(_) | Value::Int(_) | Value::Tuple(_) | Value::Float(_))) => {
                    self.key(&data)
                }
                _ => object("instance", id.0),
            },
            Value::Function(id) => object("function", id.0),
            Value::Class(id) => object("class", id.0),
            Value::Tensor(id) => self.array_key(*id),
            Value::Api(path) => Some(Key::Str(format!("api {path}").into())),
            Value::DType(d, _) => Some(Key::Str(format!("dtype {d}").into())),
            Value::Native(n) => Some(Key::Str(format!("native {}", n.name).into())),
            _ => value.as_int().map(Key::Int),
        }
    }

    /// An array's scalar is equal to its Python value; other tensors are themselves.
    fn array_key(&self, id: graph::NodeId) -> Option<Key> {
        let node = self.trace.node(id);
        if node.kind != ops::TensorKind::Numpy {
            return Some(Key::Object("tensor", u64::from(id.0)));
        }
        match self.plain_scalar(&Value::Tensor(id)) {
            Value::Tensor(_) => None,
            value => self.key(&value),
        }
    }

    /// Tells whether a dict or set has a key; nothing where it cannot be told.
    pub(crate) fn has_key(&self, id: crate::heap::ObjId, item: &Value) -> Option<bool> {
        if self.is_environ(id) {
            return self.has_variable(item);
        }
        let key = self.key(item)?;
        match self.heap.get(id) {
            Object::Dict(items) => Some(items.contains_key(&key)),
            Object::Set(items) => Some(items.contains_key(&key)),
            _ => None,
        }
    }
}
