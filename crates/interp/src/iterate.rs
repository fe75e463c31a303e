//! Iteration: the items of a value, as far as they are known.

use crate::heap::{Key, Object};
use crate::interp::Interp;
use crate::raise::{Eval, Halt};
use crate::value::{Args, Plain, Value};

impl Interp<'_> {
    /// Returns the items of an iterable, at most `limit`, and whether there may be more. An iterator
    /// is used up by as many items.
    ///
    /// # Errors
    /// `TypeError` for what is not iterable, and what a generator raises.
    pub fn iterate(&mut self, value: &Value, limit: usize) -> Eval<(Vec<Value>, bool)> {
        let cut = |mut items: Vec<Value>| {
            let more = items.len() > limit;
            items.truncate(limit);
            (items, more)
        };
        Ok(match value {
            Value::Tuple(items) => cut(items.to_vec()),
            Value::List(id) => self.heap.list(*id).map_or((Vec::new(), true), |items| cut(items.clone())),
            Value::Dict(id) => {
                let keys = self.heap.dict(*id).map(|items| items.values().map(|(k, _)| k.clone()).collect());
                keys.map_or((Vec::new(), true), cut)
            }
            Value::Set(id) => match self.heap.get(*id) {
                Object::Set(items) => cut(items.values().cloned().collect()),
                _ => (Vec::new(), true),
            },
            Value::Str(text) => {
                cut(text.chars().take(limit + 1).map(|c| Value::str(&c.to_string())).collect())
            }
            Value::Range(start, stop, step) => {
                let count = crate::stmt::range_len(*start, *stop, *step);
                let shown = count.min(i64::try_from(limit).unwrap_or(i64::MAX));
                let items = (0..shown).map(|i| Value::Int(start + i * step)).collect();
                (items, count > shown)
            }
            Value::Iterator(id) => return self.advance(*id, limit),
            Value::Shape(shape) => match shape.dims() {
                Some(dims) => cut(dims.iter().map(|d| Value::static_dim(*d)).collect()),
                None => (Vec::new(), true),
            },
            Value::Tensor(id) => return self.tensor_items(*id, limit),
            Value::Bytes(bytes) => cut(bytes.iter().map(|b| Value::Int(i64::from(*b))).collect()),
            Value::Unknown(_) | Value::Any(Plain::Str) => (Vec::new(), true),
            Value::None
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::Any(_)
            | Value::Dim(_)
            | Value::Function(_) => {
                let text = format!("'{}' object is not iterable", self.type_name(value));
                return Err(self.raise(ops::Exc::TypeError, text));
            }
            Value::Instance(_) => return self.iterate_instance(value, limit),
            _ => (Vec::new(), true),
        })
    }

    fn iterate_instance(&mut self, value: &Value, limit: usize) -> Eval<(Vec<Value>, bool)> {
        if let Some(method) = self.find_attr(value, "__iter__")? {
            let iterator = self.call(&method, Args::default())?;
            return match &iterator {
                Value::Instance(_) => self.drain(&iterator, limit),
                _ => self.iterate(&iterator, limit),
            };
        }
        let (Some(length), Some(getter)) =
            (self.find_attr(value, "__len__")?, self.find_attr(value, "__getitem__")?)
        else {
            return Ok((Vec::new(), true));
        };
        let length = self.call(&length, Args::default())?;
        let Some(length) = length.as_int().and_then(|n| usize::try_from(n).ok()) else {
            return Ok((Vec::new(), true));
        };
        let mut items = Vec::new();
        for i in 0..length.min(limit).min(64) {
            items.push(self.call(&getter, Args::of([Value::Int(i as i64)]))?);
        }
        let more = length > items.len();
        Ok((items, more))
    }

    /// Calls `__next__` until it stops or the limit is reached.
    fn drain(&mut self, iterator: &Value, limit: usize) -> Eval<(Vec<Value>, bool)> {
        let Some(next) = self.find_attr(iterator, "__next__")? else { return Ok((Vec::new(), true)) };
        let mut items = Vec::new();
        while items.len() < limit.min(512) {
            match self.call(&next, Args::default()) {
                Ok(item) => items.push(item),
                Err(Halt::Exception(id)) if &*self.exception_name(id) == "StopIteration" => {
                    return Ok((items, false));
                }
                Err(halt) => return Err(halt),
            }
        }
        Ok((items, true))
    }

    /// Takes items from an iterator.
    pub(crate) fn advance(&mut self, id: crate::heap::ObjId, limit: usize) -> Eval<(Vec<Value>, bool)> {
        self.start_iterator(id)?;
        let Object::Iterator(state) = self.heap.get_mut(id) else { return Ok((Vec::new(), true)) };
        let take = limit.min(state.rest.len());
        let items: Vec<Value> = state.rest.drain(state.rest.len() - take..).rev().collect();
        let more = !state.rest.is_empty() || state.then.is_some();
        Ok((items, more))
    }

    /// Runs the function of a generator that has not started. It runs to its end at once: generators
    /// whose side effects interleave with their consumer's are seen in another order.
    fn start_iterator(&mut self, id: crate::heap::ObjId) -> Eval<()> {
        let Object::Iterator(state) = self.heap.get_mut(id) else { return Ok(()) };
        let Some(start) = state.start.take() else { return Ok(()) };
        let (Value::Function(function), args) = *start else { return Ok(()) };
        let (items, endless) = self.run_generator(function, args)?;
        let last = items.last().cloned();
        if let Object::Iterator(state) = self.heap.get_mut(id) {
            state.then = if endless { last } else { None };
            state.rest = items.into_iter().rev().collect();
        }
        Ok(())
    }

    /// Takes the next item of an iterator: nothing when it is used up.
    ///
    /// # Errors
    /// What a generator raises.
    pub fn next_item(&mut self, id: crate::heap::ObjId) -> Eval<Option<Value>> {
        let (mut items, more) = self.advance(id, 1)?;
        if let Some(item) = items.pop() {
            return Ok(Some(item));
        }
        if more {
            return self.item_of(&Value::Iterator(id)).map(Some);
        }
        Ok(None)
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
            Value::Any(_) | Value::Unknown(_) => None,
            Value::Tensor(id) => return self.tensor_truth(*id),
            Value::Instance(_) => {
                if let Some(method) = self.find_attr(value, "__bool__")? {
                    let result = self.call(&method, Args::default())?;
                    return self.truth(&result);
                }
                if let Some(method) = self.find_attr(value, "__len__")? {
                    let result = self.call(&method, Args::default())?;
                    return self.truth(&result);
                }
                Some(true)
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
                Some(k) => {
                    items.insert(k, (key, value));
                }
                None => return Value::Dict(self.heap.add(Object::Lost("a key that is not known"))),
            }
        }
        Value::Dict(self.heap.add(Object::Dict(items)))
    }

    /// Makes a set.
    ///
    /// # Errors
    /// None yet; unhashable items make its contents unknown.
    pub fn new_set(&mut self, items: Vec<Value>) -> Eval {
        let mut set = indexmap::IndexMap::default();
        for item in items {
            match self.key(&item) {
                Some(key) => {
                    set.entry(key).or_insert(item);
                }
                None => return Ok(Value::Set(self.heap.add(Object::Lost("an item that is not known")))),
            }
        }
        Ok(Value::Set(self.heap.add(Object::Set(set))))
    }

    /// Returns the pairs of a dict, or nothing where they are not known.
    pub fn pairs_of(&self, value: &Value) -> Option<Vec<(Value, Value)>> {
        let Value::Dict(id) = value else { return None };
        Some(self.heap.dict(*id)?.values().cloned().collect())
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
            Value::Instance(id) => object("instance", id.0),
            Value::Function(id) => object("function", id.0),
            Value::Class(id) => object("class", id.0),
            Value::Tensor(id) => object("tensor", id.0),
            Value::Api(path) => Some(Key::Str(format!("api {path}").into())),
            Value::DType(d) => Some(Key::Str(format!("dtype {d}").into())),
            Value::Native(n) => Some(Key::Str(format!("native {}", n.name).into())),
            _ => value.as_int().map(Key::Int),
        }
    }

    /// Tells whether a dict or set has a key; nothing where it cannot be told.
    pub(crate) fn has_key(&self, id: crate::heap::ObjId, item: &Value) -> Option<bool> {
        let key = self.key(item)?;
        match self.heap.get(id) {
            Object::Dict(items) => Some(items.contains_key(&key)),
            Object::Set(items) => Some(items.contains_key(&key)),
            _ => None,
        }
    }
}
