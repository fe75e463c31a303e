//! Reading and writing items.

use std::rc::Rc;

use crate::heap::{ObjId, Object};
use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::{Args, Plain, Value};

/// How many items are copied in the time of a step.
const COPIED_A_STEP: usize = 16;

/// What an index means in a sequence.
enum Position {
    /// One item.
    At(usize),
    /// One of the items, nobody knows which.
    Some,
    /// The items of a slice.
    Slice(Box<dyn Iterator<Item = usize>>),
    /// A slice whose bounds are not known.
    Unknown,
}

impl Interp<'_> {
    /// Reads `object[index]`.
    ///
    /// # Errors
    /// What Python or the framework raises for this index.
    pub fn get_item(&mut self, object: &Value, index: &Value) -> Eval {
        let plain = self.plain_index(object, index);
        let index = plain.as_ref().unwrap_or(index);
        match object {
            Value::Tensor(_) => self.tensor_item(object, index),
            Value::Tuple(items) => {
                let items = items.clone();
                self.sequence_item(&items, index, "tuple", |_, items| Value::Tuple(items.into()))
            }
            Value::List(id) if self.kind_of(*id).is_some_and(|k| k.starts_with("dict_")) => {
                let text = format!("'{}' object is not subscriptable", self.type_name(object));
                Err(self.raise(ops::Exc::TypeError, text))
            }
            Value::List(id) => self.list_item(*id, index),
            Value::Str(text) => self.text_item(text, index),
            Value::Range(start, stop, step) => self.range_item((*start, *stop, *step), index),
            Value::Dict(id) if self.is_environ(*id) => Ok(self.variable_item(index)),
            Value::Dict(id) => self.dict_item(*id, index),
            Value::Shape(shape) => {
                let shape = shape.clone();
                self.shape_item(&shape, index)
            }
            Value::Any(Plain::Str) => Ok(Value::Any(Plain::Str)),
            Value::Unknown(_) => Ok(object.clone()),
            // `list[int]`, `Dict[str, int]`: annotations.
            Value::Class(id) => match self.enum_members(*id) {
                Some(members) => self.enum_by_name(&members, index),
                None => Ok(object.clone()),
            },
            // What is a class in Python though a function makes its objects: `UserDict[str, int]`.
            Value::Native(native) if is_class_name(native.name) => Ok(object.clone()),
            Value::Api(_) => Ok(object.clone()),
            Value::Module(_) => {
                let text = "'module' object is not subscriptable";
                Err(self.raise(ops::Exc::TypeError, text))
            }
            Value::None
            | Value::Int(_)
            | Value::Float(_)
            | Value::Bool(_)
            | Value::Any(_)
            | Value::Dim(_)
            | Value::Drawn(_)
            | Value::Function(_) => {
                let text = format!("'{}' object is not subscriptable", self.type_name(object));
                Err(self.raise(ops::Exc::TypeError, text))
            }
            Value::Set(_) | Value::Iterator(_) | Value::Bound(_) | Value::Native(_) | Value::Ellipsis => {
                let text = format!("'{}' object is not subscriptable", self.type_name(object));
                Err(self.raise(ops::Exc::TypeError, text))
            }
            Value::Bytes(bytes) => {
                let items: Vec<Value> = bytes.iter().map(|b| Value::Int(i64::from(*b))).collect();
                self.sequence_item(&items, index, "index", |_, items| {
                    let bytes = items.iter().filter_map(|v| u8::try_from(v.as_int()?).ok());
                    Value::Bytes(bytes.collect())
                })
            }
            _ => match self.find_attr(object, "__getitem__")? {
                Some(method) => self.call(&method, Args::of([index.clone()])),
                None if self.dataset(object).is_some() => {
                    let text = format!("'{}' object is not subscriptable", self.type_name(object));
                    Err(self.raise(ops::Exc::TypeError, text))
                }
                None if self.is_certain(object) => {
                    let text = format!("'{}' object is not subscriptable", self.type_name(object));
                    Err(self.raise(ops::Exc::TypeError, text))
                }
                None => Ok(self.unknown("an item of a value without a model")),
            },
        }
    }

    /// Python's number for an index of a sequence that is an array's scalar, a slice's bounds included.
    fn plain_index(&self, object: &Value, index: &Value) -> Option<Value> {
        if !matches!(
            object,
            Value::List(_) | Value::Tuple(_) | Value::Str(_) | Value::Range(..) | Value::Shape(_)
        ) {
            return None;
        }
        match index {
            Value::Tensor(_) => Some(self.plain_scalar(index)).filter(|plain| plain.as_int().is_some()),
            Value::Slice(parts) if parts.iter().any(|part| matches!(part, Value::Tensor(_))) => {
                Some(Value::Slice(Rc::new(parts.each_ref().map(|part| self.plain_scalar(part)))))
            }
            _ => None,
        }
    }

    /// Reads an item of a list, which is not copied for it.
    fn list_item(&mut self, id: ObjId, index: &Value) -> Eval {
        let Some(len) = self.heap.list(id).map(Vec::len) else {
            if self.kind_of(id) == Some("range") && !matches!(index, Value::Slice(_)) {
                return Ok(Value::Any(Plain::Int));
            }
            return match (self.items_of_list(id), index) {
                (Some(array), Value::Slice(_)) => {
                    let part = self.get_item(&Value::Tensor(array), index)?;
                    self.some_list(&part)
                }
                (Some(array), _) => self.item_of(&Value::Tensor(array)),
                (None, _) => Ok(self.unknown("an item of a list whose contents are not known")),
            };
        };
        // What a script is run with is not known where it is analysed: `sys.argv[1]`.
        let beyond = index.as_int().is_some_and(|at| usize::try_from(at).is_ok_and(|at| at >= len));
        if beyond && self.running.arguments == Some(id) {
            return Ok(self.unknown("an argument that the script is run with"));
        }
        if let Value::Slice(parts) = index
            && let Some((start, stop)) = self.drawn_span(parts, len as i64)
        {
            let items = self.heap.list(id).cloned().unwrap_or_default();
            let any = self.any_of(&items)?;
            let count = usize::try_from(stop - start).unwrap_or(0);
            return Ok(self.new_list(vec![any; count]));
        }
        match self.position(index, len, "list")? {
            Position::At(at) => {
                let item = self.heap.list(id).and_then(|items| items.get(at)).cloned();
                Ok(item.unwrap_or_else(|| Value::unknown("an item that is gone")))
            }
            Position::Some => {
                let items = self.heap.list(id).cloned().unwrap_or_default();
                self.any_of(&items)
            }
            Position::Slice(at) => {
                let items = self.heap.list(id).map_or(&[][..], Vec::as_slice);
                let picked: Vec<Value> = at.filter_map(|i| items.get(i)).cloned().collect();
                self.spend(picked.len() / COPIED_A_STEP)?;
                Ok(self.new_list(picked))
            }
            Position::Unknown => Ok(self.unknown("a slice whose bounds are not known")),
        }
    }

    /// Reads a character of a string, or a part of it.
    fn text_item(&mut self, text: &str, index: &Value) -> Eval {
        self.charge((text.len() / COPIED_A_STEP) as u64);
        let ascii = text.is_ascii();
        let len = if ascii { text.len() } else { text.chars().count() };
        Ok(match self.position(index, len, "string")? {
            Position::At(at) if ascii => text.get(at..=at).map_or(Value::None, Value::str),
            Position::At(at) => {
                text.chars().nth(at).map_or(Value::None, |c| Value::str(c.encode_utf8(&mut [0; 4])))
            }
            Position::Some => Value::Any(Plain::Str),
            Position::Slice(at) => {
                let chars: Vec<char> = text.chars().collect();
                Value::str(&at.filter_map(|i| chars.get(i)).collect::<String>())
            }
            Position::Unknown => Value::Any(Plain::Str),
        })
    }

    fn sequence_item(
        &mut self,
        items: &[Value],
        index: &Value,
        kind: &str,
        make: impl FnOnce(&mut Self, Vec<Value>) -> Value,
    ) -> Eval {
        match self.position(index, items.len(), kind)? {
            Position::At(at) => Ok(items[at].clone()),
            Position::Some => self.any_of(items),
            Position::Slice(at) => {
                let picked = at.map(|i| items[i].clone()).collect();
                Ok(make(self, picked))
            }
            Position::Unknown => Ok(self.unknown("a slice whose bounds are not known")),
        }
    }

    /// Finds what an index means in a sequence of `len` items.
    fn position(&mut self, index: &Value, len: usize, kind: &str) -> Eval<Position> {
        if let Value::Slice(parts) = index {
            return Ok(slice_indices(parts, len).map_or(Position::Unknown, Position::Slice));
        }
        if let Some(at) = index.as_int() {
            let real = if at < 0 { at.saturating_add(len as i64) } else { at };
            return match usize::try_from(real).ok().filter(|i| *i < len) {
                Some(at) => Ok(Position::At(at)),
                None => Err(self.raise(ops::Exc::IndexError, format!("{kind} index out of range"))),
            };
        }
        if let Value::Unknown(_) | Value::Any(_) | Value::Dim(_) | Value::Drawn(_) | Value::Tensor(_) = index
        {
            return Ok(Position::Some);
        }
        let found = self.type_name(index);
        let text = match kind {
            "string" => format!("string indices must be integers, not '{found}'"),
            _ => format!("{kind} indices must be integers or slices, not {found}"),
        };
        Err(self.raise(ops::Exc::TypeError, text))
    }

    fn range_item(&mut self, (start, stop, step): (i64, i64, i64), index: &Value) -> Eval {
        let len = crate::stmt::range_len(start, stop, step);
        let at = |i: i64| start.saturating_add(i.saturating_mul(step));
        if let Value::Slice(parts) = index {
            let picked = usize::try_from(len).ok().and_then(|len| slice_bounds(parts, len));
            return Ok(match picked {
                Some((from, to, by)) => Value::Range(at(from), at(to), step.saturating_mul(by)),
                None => self.unknown("a slice whose bounds are not known"),
            });
        }
        match index.as_int() {
            Some(i) => {
                let real = if i < 0 { i.saturating_add(len) } else { i };
                if (0..len).contains(&real) {
                    Ok(Value::Int(at(real)))
                } else {
                    Err(self.raise(ops::Exc::IndexError, "range object index out of range"))
                }
            }
            None => Ok(Value::Any(Plain::Int)),
        }
    }

    fn dict_item(&mut self, id: ObjId, index: &Value) -> Eval {
        if self.heap.dict(id).is_none() {
            return Ok(self.unknown("an item of a dict whose contents are not known"));
        }
        self.check_hashable(index)?;
        let Some(key) = self.key(index) else {
            return self.any_value(id);
        };
        match self.heap.dict(id).and_then(|items| items.get(&key)) {
            Some((_, value)) => Ok(value.clone()),
            None => match self.missing_item(id, index)? {
                Some(value) => Ok(value),
                None => Err(self.missing_key(id, index)?),
            },
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
        self.sequence_item(&items, index, "tuple", |_, items| Value::Tuple(items.into()))
    }

    /// Writes `object[index] = value`.
    ///
    /// # Errors
    /// What Python or the framework raises for it.
    pub fn set_item(&mut self, object: &Value, index: Value, value: Value) -> Eval<()> {
        let index = self.plain_index(object, &index).unwrap_or(index);
        match object {
            Value::List(id) => {
                if let Value::Slice(parts) = &index {
                    let parts = parts.clone();
                    return self.set_slice(*id, &parts, Some(&value));
                }
                if let Value::Str(_) | Value::Float(_) | Value::None | Value::Tuple(_) | Value::List(_) =
                    index
                {
                    let kind = self.type_name(&index);
                    let text = format!("list indices must be integers or slices, not {kind}");
                    return Err(self.raise(ops::Exc::TypeError, text));
                }
                let len = self.heap.list(*id).map(Vec::len);
                let (Some(len), Some(at)) = (len, index.as_int()) else {
                    self.lose(*id, "written at an index that is not known");
                    return Ok(());
                };
                let real = if at < 0 { at.saturating_add(len as i64) } else { at };
                match usize::try_from(real).ok().filter(|i| *i < len) {
                    Some(i) => {
                        self.adopt_into(*id, &value);
                        if let Some(items) = self.heap.list_mut(*id) {
                            items[i] = value;
                        }
                        Ok(())
                    }
                    None => Err(self.raise(ops::Exc::IndexError, "list assignment index out of range")),
                }
            }
            Value::Dict(id) if self.is_environ(*id) => self.set_variable(index, value),
            Value::Dict(id) => {
                self.check_hashable(&index)?;
                match self.key(&index) {
                    Some(key) => {
                        self.adopt_into(*id, &value);
                        if let Some(items) = self.heap.dict_mut(*id) {
                            match items.entry(key) {
                                indexmap::map::Entry::Occupied(mut slot) => slot.get_mut().1 = value,
                                indexmap::map::Entry::Vacant(slot) => {
                                    slot.insert((index, value));
                                }
                            }
                        }
                    }
                    None => self.lose(*id, "written at a key that is not known"),
                }
                Ok(())
            }
            Value::Tensor(_) => self.tensor_set_item(object, &index, &value),
            Value::Tuple(_)
            | Value::Str(_)
            | Value::None
            | Value::Int(_)
            | Value::Float(_)
            | Value::Bool(_)
            | Value::Set(_)
            | Value::Bytes(_)
            | Value::Range(..)
            | Value::Iterator(_)
            | Value::Function(_) => {
                let text = format!("'{}' object does not support item assignment", self.type_name(object));
                Err(self.raise(ops::Exc::TypeError, text))
            }
            Value::Unknown(_) => Ok(()),
            _ => {
                match self.find_attr(object, "__setitem__")? {
                    Some(method) => {
                        self.call(&method, Args::of([index, value]))?;
                    }
                    None if self.is_certain(object) => {
                        let kind = self.type_name(object);
                        let text = format!("'{kind}' object does not support item assignment");
                        return Err(self.raise(ops::Exc::TypeError, text));
                    }
                    None => {}
                }
                Ok(())
            }
        }
    }

    pub(crate) fn delete_item(&mut self, object: &Value, index: &Value) -> Eval<()> {
        match object {
            Value::Dict(id) if self.is_environ(*id) => self.unset_variable(index),
            Value::Dict(id) => match self.key(index) {
                Some(key) => {
                    let removed = self.heap.dict_mut(*id).map(|items| items.shift_remove(&key).is_some());
                    if removed == Some(false) {
                        return Err(self.missing_key(*id, index)?);
                    }
                }
                None => self.lose(*id, "an item at a key that is not known was deleted"),
            },
            Value::List(id) => {
                if let Value::Slice(parts) = index {
                    return self.set_slice(*id, &parts.clone(), None);
                }
                let at = index.as_int();
                let len = self.heap.list(*id).map(Vec::len);
                match (at, len) {
                    (Some(at), Some(len)) => {
                        let real = if at < 0 { at.saturating_add(len as i64) } else { at };
                        match (usize::try_from(real), self.heap.list_mut(*id)) {
                            (Ok(i), Some(items)) if i < items.len() => {
                                items.remove(i);
                            }
                            _ => {
                                let text = "list assignment index out of range";
                                return Err(self.raise(ops::Exc::IndexError, text));
                            }
                        }
                    }
                    _ => self.lose(*id, "items that are not known were deleted"),
                }
            }
            Value::Tuple(_) | Value::Str(_) | Value::Range(..) | Value::None | Value::Int(_) => {
                let text = format!("'{}' object doesn't support item deletion", self.type_name(object));
                return Err(self.raise(ops::Exc::TypeError, text));
            }
            Value::Instance(_) => {
                if let Some(method) = self.find_attr(object, "__delitem__")? {
                    self.call(&method, Args::of([index.clone()]))?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Writes or deletes a slice of a list.
    fn set_slice(&mut self, id: ObjId, parts: &Rc<[Value; 3]>, value: Option<&Value>) -> Eval<()> {
        let new = match value {
            None => Vec::new(),
            Some(value) => match self.iterate(value, 1_000_000)? {
                (items, false) => items,
                _ => {
                    self.lose(id, "a slice written with something of unknown length");
                    return Ok(());
                }
            },
        };
        let at: Option<Vec<usize>> = match self.heap.list(id) {
            Some(items) => slice_indices(parts, items.len()).map(Iterator::collect),
            None => return Ok(()),
        };
        let Some(at) = at else {
            self.lose(id, "a slice whose bounds are not known was written");
            return Ok(());
        };
        let step = parts[2].as_int().unwrap_or(1);
        if step != 1 && value.is_some() && at.len() != new.len() {
            let text = format!(
                "attempt to assign sequence of size {} to extended slice of size {}",
                new.len(),
                at.len()
            );
            return Err(self.raise(ops::Exc::ValueError, text));
        }
        let start = parts[0].as_int();
        let Some(items) = self.heap.list_mut(id) else { return Ok(()) };
        if step == 1 {
            let len = items.len() as i64;
            let start = start.map_or(0, |n| if n < 0 { n.saturating_add(len) } else { n }).clamp(0, len);
            let start = at.first().copied().unwrap_or(usize::try_from(start).unwrap_or(0));
            items.splice(start..start + at.len(), new);
        } else if value.is_some() {
            for (i, item) in at.into_iter().zip(new) {
                items[i] = item;
            }
        } else {
            let mut position = 0;
            items.retain(|_| {
                position += 1;
                !at.contains(&(position - 1))
            });
        }
        Ok(())
    }

    /// Forgets the contents of a container.
    pub fn lose(&mut self, id: ObjId, why: &'static str) {
        if !matches!(self.heap.get(id), Object::Lost(_)) {
            *self.heap.get_mut(id) = Object::Lost(why);
        }
    }
}

/// The indices that a slice picks of a sequence, or nothing where its bounds are not known.
pub(crate) fn slice_indices(parts: &Rc<[Value; 3]>, len: usize) -> Option<Box<dyn Iterator<Item = usize>>> {
    let (start, stop, step) = slice_bounds(parts, len)?;
    let count = crate::stmt::range_len(start, stop, step);
    Some(Box::new((0..count).filter_map(move |i| usize::try_from(start + i * step).ok())))
}

/// Where a slice of a sequence starts, ends and how far it steps, or nothing where that is not known.
fn slice_bounds(parts: &Rc<[Value; 3]>, len: usize) -> Option<(i64, i64, i64)> {
    let bound = |value: &Value| match value {
        Value::None => Some(None),
        _ => value.as_int().map(Some),
    };
    let len = i64::try_from(len).ok()?;
    let step = bound(&parts[2])?.unwrap_or(1);
    if step == 0 {
        return None;
    }
    let clamp = |n: i64, low: i64, high: i64| {
        (if n < 0 { n.saturating_add(len) } else { n }).clamp(low, high.max(low))
    };
    let (low, high) = if step > 0 { (0, len) } else { (-1, len - 1) };
    let start = bound(&parts[0])?.map_or(if step > 0 { low } else { high }, |n| clamp(n, low, high));
    let stop = bound(&parts[1])?.map_or(if step > 0 { high } else { low }, |n| clamp(n, low, high));
    Some((start, stop, step))
}

fn is_class_name(path: &str) -> bool {
    path.rsplit('.').next().is_some_and(|name| name.starts_with(|c: char| c.is_ascii_uppercase()))
}
