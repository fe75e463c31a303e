//! Operators of strings, containers and sets: `[1] + [2]`, `"ab" * 3`, `"%d" % n`, `a | b`.

use python::ast::Operator;

use crate::heap::{ObjId, Object};
use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::{Plain, Value};

/// Repetitions longer than this are not carried out.
const LENGTH: usize = 1_000_000;

impl Interp<'_> {
    /// Sequences' own operators; nothing for other operands.
    ///
    /// # Errors
    /// What formatting raises.
    pub(crate) fn sequence_binary(
        &mut self,
        op: Operator,
        left: &Value,
        right: &Value,
    ) -> Eval<Option<Value>> {
        if let (Value::Dict(a), Value::Dict(b)) = (left, right)
            && self.kind_of(*a) == Some("Counter")
            && self.kind_of(*b) == Some("Counter")
        {
            return self.combine_counters(*a, *b, op);
        }
        match op {
            Operator::Add => self.concatenate(left, right),
            Operator::Mult => match (is_sequence(left), is_sequence(right)) {
                (true, false) => Ok(self.repeat(left, right)),
                (false, true) => Ok(self.repeat(right, left)),
                _ => Ok(None),
            },
            Operator::Mod => match left {
                Value::Str(text) => {
                    let text = text.clone();
                    self.percent(&text, right).map(Some)
                }
                Value::Any(Plain::Str) => Ok(Some(Value::Any(Plain::Str))),
                _ => Ok(None),
            },
            Operator::BitOr | Operator::BitAnd | Operator::Sub | Operator::BitXor => {
                self.set_binary(op, left, right)
            }
            _ => Ok(None),
        }
    }

    fn concatenate(&mut self, left: &Value, right: &Value) -> Eval<Option<Value>> {
        let length = |value: &Value| match value {
            Value::List(id) => self.heap.list(*id).map_or(0, Vec::len),
            Value::Tuple(items) => items.len(),
            Value::Bytes(bytes) => bytes.len(),
            _ => 0,
        };
        let items = length(left).saturating_add(length(right));
        self.spend(items)?;
        Ok(match (left, right) {
            (Value::Str(a), Value::Str(b)) if a.len() + b.len() <= 64 * LENGTH => {
                Some(Value::Str(format!("{a}{b}").into()))
            }
            (Value::Str(_) | Value::Any(Plain::Str), Value::Str(_) | Value::Any(Plain::Str)) => {
                Some(Value::Any(Plain::Str))
            }
            (Value::Bytes(a), Value::Bytes(b)) => {
                Some(Value::Bytes(a.iter().chain(b.iter()).copied().collect()))
            }
            (Value::Tuple(a), Value::Tuple(b)) => Some(Value::tuple(a.iter().chain(b.iter()).cloned())),
            (Value::Shape(a), Value::Shape(b)) => match (a.dims(), b.dims()) {
                (Some(a), Some(b)) => Some(Value::Shape(a.iter().chain(b).copied().collect())),
                _ => None,
            },
            (Value::Shape(_), Value::Tuple(_) | Value::List(_)) | (Value::Tuple(_), Value::Shape(_)) => {
                let (Some(a), Some(b)) = (self.static_dims(left), self.static_dims(right)) else {
                    return Ok(None);
                };
                Some(Value::Shape(a.into_iter().chain(b).collect()))
            }
            (Value::List(a), Value::List(b)) => match (self.heap.list(*a), self.heap.list(*b)) {
                (Some(a), Some(b)) => {
                    let items = a.iter().chain(b).cloned().collect();
                    Some(self.new_list(items))
                }
                _ => Some(self.lost_list("made of a list whose contents are not known")),
            },
            _ => None,
        })
    }

    fn static_dims(&self, value: &Value) -> Option<Vec<tensor::Dim>> {
        let dim = |v: &Value| match v {
            Value::None => Some(tensor::Dim::Unknown),
            Value::Dim(d) => Some(*d),
            Value::Drawn(_) => Some(tensor::Dim::Unknown),
            _ => v.as_int().map(tensor::Dim::Known),
        };
        match value {
            Value::Shape(shape) => shape.dims().map(<[_]>::to_vec),
            Value::Tuple(items) => items.iter().map(dim).collect(),
            Value::List(id) => self.heap.list(*id)?.iter().map(dim).collect(),
            _ => None,
        }
    }

    fn repeat(&mut self, sequence: &Value, count: &Value) -> Option<Value> {
        let times = match count.as_int() {
            Some(n) => usize::try_from(n.max(0)).ok(),
            None if matches!(
                count,
                Value::Any(Plain::Int | Plain::Bool) | Value::Dim(_) | Value::Drawn(_)
            ) =>
            {
                None
            }
            None => return None,
        };
        let short = |len: usize| times.filter(|t| len.checked_mul(*t).is_some_and(|n| n <= LENGTH));
        Some(match sequence {
            Value::Str(text) => match short(text.len()) {
                Some(times) => Value::Str(text.repeat(times).into()),
                None => Value::Any(Plain::Str),
            },
            Value::Bytes(bytes) => match short(bytes.len()) {
                Some(times) => Value::Bytes(bytes.repeat(times).into()),
                None => self.unknown("bytes repeated very often"),
            },
            Value::Tuple(items) => match short(items.len()) {
                Some(times) => Value::Tuple(repeated(items, times)),
                None => self.unknown("a tuple repeated a number of times that is not known"),
            },
            Value::List(id) => match self.heap.list(*id) {
                Some(items) => match short(items.len()) {
                    Some(times) => {
                        let items = repeated(items, times);
                        self.new_list(items)
                    }
                    None => self.lost_list("repeated a number of times that is not known"),
                },
                None => self.lost_list("a repetition of a list whose contents are not known"),
            },
            Value::Any(Plain::Str) => Value::Any(Plain::Str),
            _ => return None,
        })
    }

    fn set_binary(&mut self, op: Operator, left: &Value, right: &Value) -> Eval<Option<Value>> {
        match (left, right, op) {
            (Value::Dict(a), Value::Dict(b), Operator::BitOr) => {
                let (Some(a), Some(b)) = (self.heap.dict(*a).cloned(), self.heap.dict(*b).cloned()) else {
                    return Ok(Some(Value::Dict(self.heap.add(Object::Lost("made of an unknown dict")))));
                };
                let mut items = a;
                for (key, (name, value)) in b {
                    items.entry(key).and_modify(|slot| slot.1 = value.clone()).or_insert((name, value));
                }
                Ok(Some(Value::Dict(self.heap.add(Object::Dict(items)))))
            }
            (Value::Set(a), Value::Set(b), _) => {
                let (a, b) = (*a, *b);
                Ok(Some(self.combine_sets(op, a, b)))
            }
            // `int | None` in an annotation.
            (Value::Class(_) | Value::None, Value::Class(_) | Value::None, Operator::BitOr) => {
                Ok(Some(Value::unknown("a union of types")))
            }
            _ => Ok(None),
        }
    }

    pub(crate) fn combine_sets(&mut self, op: Operator, a: ObjId, b: ObjId) -> Value {
        let (Object::Set(a), Object::Set(b)) = (self.heap.get(a), self.heap.get(b)) else {
            return Value::Set(self.heap.add(Object::Lost("made of a set whose contents are not known")));
        };
        let mut out = a.clone();
        match op {
            Operator::BitOr => out.extend(b.iter().map(|(k, v)| (k.clone(), v.clone()))),
            Operator::BitAnd => out.retain(|k, _| b.contains_key(k)),
            Operator::Sub => out.retain(|k, _| !b.contains_key(k)),
            _ => {
                out.retain(|k, _| !b.contains_key(k));
                for (key, value) in b {
                    if !a.contains_key(key) {
                        out.insert(key.clone(), value.clone());
                    }
                }
            }
        }
        Value::Set(self.heap.add(Object::Set(out)))
    }
}

fn is_sequence(value: &Value) -> bool {
    matches!(
        value,
        Value::Str(_) | Value::Bytes(_) | Value::Tuple(_) | Value::List(_) | Value::Any(Plain::Str)
    )
}

fn repeated<T: FromIterator<Value>>(items: &[Value], times: usize) -> T {
    std::iter::repeat_n(items, times).flatten().cloned().collect()
}
