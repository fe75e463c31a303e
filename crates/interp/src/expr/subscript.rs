//! Reading and writing items.

use std::rc::Rc;

use crate::heap::Object;
use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::{Args, Plain, Value};

impl Interp<'_> {
    /// Reads `object[index]`.
    ///
    /// # Errors
    /// What Python or the framework raises for this index.
    pub fn get_item(&mut self, object: &Value, index: &Value) -> Eval {
        match object {
            Value::Tensor(_) => self.tensor_item(object, index),
            Value::Tuple(items) => {
                let items = items.clone();
                self.sequence_item(&items, index, "tuple", |_, items| Value::Tuple(items.into()))
            }
            Value::List(id) => match self.heap.list(*id).cloned() {
                Some(items) => self.sequence_item(&items, index, "list", Interp::new_list),
                None => Ok(self.unknown("an item of a list whose contents are not known")),
            },
            Value::Str(text) => {
                let chars: Vec<Value> = text.chars().map(|c| Value::str(&c.to_string())).collect();
                self.sequence_item(&chars, index, "string", |_, items| {
                    Value::Str(items.iter().filter_map(Value::as_str).collect::<String>().into())
                })
            }
            Value::Range(start, stop, step) => {
                let (items, more) = self.iterate(&Value::Range(*start, *stop, *step), 100_000)?;
                if more {
                    return Ok(Value::Any(Plain::Int));
                }
                self.sequence_item(&items, index, "range object", Interp::new_list)
            }
            Value::Dict(id) => self.dict_item(*id, index),
            Value::Shape(shape) => {
                let shape = shape.clone();
                self.shape_item(&shape, index)
            }
            Value::Any(Plain::Str) => Ok(Value::Any(Plain::Str)),
            Value::Unknown(_) => Ok(object.clone()),
            // `list[int]`, `Dict[str, int]`: annotations.
            Value::Class(_) | Value::Module(_) | Value::Api(_) => Ok(object.clone()),
            Value::None
            | Value::Int(_)
            | Value::Float(_)
            | Value::Bool(_)
            | Value::Any(_)
            | Value::Dim(_)
            | Value::Function(_) => {
                let text = format!("'{}' object is not subscriptable", self.type_name(object));
                Err(self.raise(ops::Exc::TypeError, text))
            }
            _ => match self.find_attr(object, "__getitem__")? {
                Some(method) => self.call(&method, Args::of([index.clone()])),
                None => Ok(self.unknown("an item of a value without a model")),
            },
        }
    }

    fn sequence_item(
        &mut self,
        items: &[Value],
        index: &Value,
        kind: &str,
        make: impl FnOnce(&mut Self, Vec<Value>) -> Value,
    ) -> Eval {
        match index {
            Value::Slice(parts) => match slice_indices(parts, items.len()) {
                Some(at) => {
                    let picked = at.map(|i| items[i].clone()).collect();
                    Ok(make(self, picked))
                }
                None => Ok(self.unknown("a slice whose bounds are not known")),
            },
            Value::Unknown(_) | Value::Any(_) | Value::Dim(_) | Value::Tensor(_)
                if index.as_int().is_none() =>
            {
                // Any of the items: what they have in common.
                let Some((first, rest)) = items.split_first() else {
                    return Ok(self.unknown("an item at an index that is not known"));
                };
                rest.iter().try_fold(first.clone(), |all, one| self.join(&all, one))
            }
            _ => match index.as_int() {
                Some(at) => {
                    let len = items.len() as i64;
                    let real = if at < 0 { at + len } else { at };
                    match usize::try_from(real).ok().and_then(|i| items.get(i)) {
                        Some(item) => Ok(item.clone()),
                        None => Err(self.raise(ops::Exc::IndexError, format!("{kind} index out of range"))),
                    }
                }
                None => {
                    let text =
                        format!("{kind} indices must be integers or slices, not {}", self.type_name(index));
                    Err(self.raise(ops::Exc::TypeError, text))
                }
            },
        }
    }

    fn dict_item(&mut self, id: crate::heap::ObjId, index: &Value) -> Eval {
        if self.heap.dict(id).is_none() {
            return Ok(self.unknown("an item of a dict whose contents are not known"));
        }
        let Some(key) = self.key(index) else {
            return Ok(self.unknown("an item at a key that is not known"));
        };
        match self.heap.dict(id).and_then(|items| items.get(&key)) {
            Some((_, value)) => Ok(value.clone()),
            None => {
                let text = self.repr(index)?.unwrap_or_default();
                Err(self.raise(ops::Exc::KeyError, text))
            }
        }
    }

    fn shape_item(&mut self, shape: &tensor::Shape, index: &Value) -> Eval {
        let Some(dims) = shape.dims() else { return Ok(self.unknown("a dim of a shape of unknown rank")) };
        let items: Vec<Value> = dims.iter().map(|d| Value::static_dim(*d)).collect();
        if let Value::Slice(parts) = index {
            return Ok(match slice_indices(parts, dims.len()) {
                Some(at) => Value::Shape(at.map(|i| dims[i]).collect()),
                None => self.unknown("a slice whose bounds are not known"),
            });
        }
        self.sequence_item(&items, index, "list", |_, items| Value::Tuple(items.into()))
    }

    /// Writes `object[index] = value`.
    ///
    /// # Errors
    /// What Python or the framework raises for it.
    pub fn set_item(&mut self, object: &Value, index: Value, value: Value) -> Eval<()> {
        match object {
            Value::List(id) => {
                let len = self.heap.list(*id).map(Vec::len);
                let (Some(len), Some(at)) = (len, index.as_int()) else {
                    self.lose(*id, "written at an index that is not known");
                    return Ok(());
                };
                let real = if at < 0 { at + len as i64 } else { at };
                match usize::try_from(real).ok().filter(|i| *i < len) {
                    Some(i) => {
                        if let Some(items) = self.heap.list_mut(*id) {
                            items[i] = value;
                        }
                        Ok(())
                    }
                    None => Err(self.raise(ops::Exc::IndexError, "list assignment index out of range")),
                }
            }
            Value::Dict(id) => {
                match self.key(&index) {
                    Some(key) => {
                        if let Some(items) = self.heap.dict_mut(*id) {
                            items.insert(key, (index, value));
                        }
                    }
                    None => self.lose(*id, "written at a key that is not known"),
                }
                Ok(())
            }
            Value::Tensor(_) => self.tensor_set_item(object, &index, &value),
            Value::Tuple(_) | Value::Str(_) => {
                let text = format!("'{}' object does not support item assignment", self.type_name(object));
                Err(self.raise(ops::Exc::TypeError, text))
            }
            Value::Unknown(_) => Ok(()),
            _ => {
                if let Some(method) = self.find_attr(object, "__setitem__")? {
                    self.call(&method, Args::of([index, value]))?;
                }
                Ok(())
            }
        }
    }

    pub(crate) fn delete_item(&mut self, object: &Value, index: &Value) -> Eval<()> {
        match object {
            Value::Dict(id) => match self.key(index) {
                Some(key) => {
                    let removed = self.heap.dict_mut(*id).map(|items| items.shift_remove(&key).is_some());
                    if removed == Some(false) {
                        let text = self.repr(index)?.unwrap_or_default();
                        return Err(self.raise(ops::Exc::KeyError, text));
                    }
                }
                None => self.lose(*id, "an item at a key that is not known was deleted"),
            },
            Value::List(id) => {
                let at = index.as_int();
                let len = self.heap.list(*id).map(Vec::len);
                match (at, len) {
                    (Some(at), Some(len)) => {
                        let real = if at < 0 { at + len as i64 } else { at };
                        if let (Ok(i), Some(items)) = (usize::try_from(real), self.heap.list_mut(*id))
                            && i < items.len()
                        {
                            items.remove(i);
                        }
                    }
                    _ => self.lose(*id, "items that are not known were deleted"),
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Forgets the contents of a container.
    pub fn lose(&mut self, id: crate::heap::ObjId, why: &'static str) {
        if !matches!(self.heap.get(id), Object::Lost(_)) {
            *self.heap.get_mut(id) = Object::Lost(why);
        }
    }
}

/// The indices that a slice picks of a sequence, or nothing where its bounds are not known.
pub(crate) fn slice_indices(parts: &Rc<[Value; 3]>, len: usize) -> Option<Box<dyn Iterator<Item = usize>>> {
    let bound = |value: &Value| match value {
        Value::None => Some(None),
        _ => value.as_int().map(Some),
    };
    let len = i64::try_from(len).ok()?;
    let step = bound(&parts[2])?.unwrap_or(1);
    if step == 0 {
        return None;
    }
    let clamp = |n: i64, low: i64, high: i64| (if n < 0 { n + len } else { n }).clamp(low, high);
    let (low, high) = if step > 0 { (0, len) } else { (-1, len - 1) };
    let start = bound(&parts[0])?.map_or(if step > 0 { low } else { high }, |n| clamp(n, low, high));
    let stop = bound(&parts[1])?.map_or(if step > 0 { high } else { low }, |n| clamp(n, low, high));
    let count = crate::stmt::range_len(start, stop, step);
    Some(Box::new((0..count).filter_map(move |i| usize::try_from(start + i * step).ok())))
}
