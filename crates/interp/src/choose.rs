//! One of several values, nobody knows which: `items[unknown]`, `groups[unknown]`, `random.choice(items)`.
//!
//! What is read so has what the candidates have in common. Where they are containers, a change to what was read
//! (`groups[unknown].append(x)`) is a change to one of them, so that none is known any longer.

use std::rc::Rc;

use crate::heap::{ObjId, Object};
use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::{Plain, Value};

/// How many values are joined one by one; of more, only a common type is told.
const JOINED: usize = 512;
/// How many values a step looks at where nothing is made of them.
const LOOKED_AT: usize = 64;

/// The kinds of containers, which are found again by what was read of them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Container {
    List,
    Dict,
    Set,
}

impl Interp<'_> {
    /// Returns what is known of a value that is one of `items`.
    ///
    /// # Errors
    /// A budget that ran out.
    pub(crate) fn any_of(&mut self, items: &[Value]) -> Eval {
        self.charge((items.len() / LOOKED_AT) as u64);
        let Some((first, rest)) = items.split_first() else {
            return Ok(self.unknown("one of values of which there is none"));
        };
        if let Some(plain) = common_type(items) {
            return Ok(if rest.is_empty() { first.clone() } else { Value::Any(plain) });
        }
        let joined = if items.len() > JOINED {
            self.unknown("one of many values")
        } else {
            rest.iter().try_fold(first.clone(), |all, one| self.join(&all, one))?
        };
        Ok(self.standing_for(joined, items))
    }

    /// Returns what is known of a dict's value at a key that is not known. A `defaultdict` may make one.
    pub(crate) fn any_value(&mut self, id: ObjId) -> Eval {
        let makes = self.kind_of(id) == Some("defaultdict");
        let values: Vec<Value> = self
            .heap
            .dict(id)
            .map(|items| items.values().map(|(_, v)| v.clone()).collect())
            .unwrap_or_default();
        let mut found = self.any_of(&values)?;
        if makes {
            if let Some(made) = self.made_by_default(id)? {
                found = match (&found, values.is_empty()) {
                    (_, true) => made,
                    _ => self.join(&found, &made)?,
                };
                found = self.standing_for(found, &values);
            }
            self.lose(id, "read at a key that is not known");
        }
        Ok(found)
    }

    /// Remembers which containers a joined value stands for; it is a container itself then.
    fn standing_for(&mut self, joined: Value, items: &[Value]) -> Value {
        let containers: Vec<(Container, ObjId)> = items.iter().filter_map(|v| self.container(v)).collect();
        let Some((kind, first)) = containers.first().copied() else { return joined };
        if containers.iter().all(|(_, id)| *id == first) && containers.len() == items.len() {
            return joined;
        }
        let same = containers.len() == items.len() && containers.iter().all(|(k, _)| *k == kind);
        let stands = match (&joined, kind, same) {
            (Value::List(_) | Value::Dict(_) | Value::Set(_), ..) => joined,
            (_, Container::List, true) => self.lost_list("one of several lists"),
            (_, Container::Dict, true) => self.lost_dict("one of several dicts"),
            (_, Container::Set, true) => Value::Set(self.heap.add(Object::Lost("one of several sets"))),
            // Nobody sees what an unknown value does to what it stands for.
            (_, _, false) => joined,
        };
        if let Some((_, id)) = self.container(&stands) {
            let candidates: Rc<[ObjId]> =
                containers.iter().map(|(_, id)| *id).filter(|of| *of != id).collect();
            self.heap.stand_for(id, candidates);
        }
        stands
    }

    fn container(&self, value: &Value) -> Option<(Container, ObjId)> {
        match self.plain(value) {
            Value::List(id) => Some((Container::List, id)),
            Value::Dict(id) => Some((Container::Dict, id)),
            Value::Set(id) => Some((Container::Set, id)),
            _ => None,
        }
    }
}

/// The type of plain values that all have the same; numbers of which some are floats are not of one type.
fn common_type(items: &[Value]) -> Option<Plain> {
    let plain = |value: &Value| match value {
        Value::Bool(_) | Value::Any(Plain::Bool) => Some(Plain::Bool),
        Value::Int(_) | Value::Dim(_) | Value::Drawn(_) | Value::Any(Plain::Int) => Some(Plain::Int),
        Value::Float(_) | Value::Any(Plain::Float) => Some(Plain::Float),
        Value::Str(_) | Value::Any(Plain::Str) => Some(Plain::Str),
        _ => None,
    };
    let first = plain(items.first()?)?;
    items.iter().all(|value| plain(value) == Some(first)).then_some(first)
}
