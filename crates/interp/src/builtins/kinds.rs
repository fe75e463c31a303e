//! Kinds of containers: `OrderedDict`, `defaultdict`, `Counter`, `deque` and `frozenset` are a dict, list or
//! set to everything else, and differ in a few methods.

use crate::heap::{ObjId, Object};
use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::{Args, Value};

/// What a container is beside a plain dict, list or set.
#[derive(Clone, Debug)]
pub(crate) struct Kind {
    /// The class's name.
    pub(crate) name: &'static str,
    /// A defaultdict's factory, a deque's `maxlen`.
    pub(crate) extra: Value,
}

impl Interp<'_> {
    /// The name of a container's class, where it is not the plain one.
    pub(crate) fn kind_of(&self, id: ObjId) -> Option<&'static str> {
        self.kinds.get(&id).map(|k| k.name)
    }

    /// Makes a container one of another class.
    pub(crate) fn set_kind(&mut self, id: ObjId, name: &'static str) {
        self.kinds.insert(id, Kind { name, extra: Value::None });
    }

    /// Makes a container one of another class with a factory or a length.
    pub(crate) fn set_kind_with(&mut self, id: ObjId, name: &'static str, extra: Value) {
        self.kinds.insert(id, Kind { name, extra });
    }

    /// What a dict's class gives for a missing key; nothing for plain dicts.
    ///
    /// # Errors
    /// What a default factory raises.
    pub(crate) fn missing_item(&mut self, id: ObjId, index: &Value) -> Eval<Option<Value>> {
        let Some(kind) = self.kinds.get(&id).cloned() else { return Ok(None) };
        match (kind.name, &kind.extra) {
            ("Counter", _) => Ok(Some(Value::Int(0))),
            ("defaultdict", factory) if !factory.is_none() => {
                let value = self.call(factory, Args::default())?;
                if let (Some(key), Some(items)) = (self.key(index), self.heap.dict_mut(id)) {
                    items.insert(key, (index.clone(), value.clone()));
                }
                Ok(Some(value))
            }
            _ => Ok(None),
        }
    }

    /// What a `defaultdict` makes for a key that is not known; nothing where it makes nothing.
    ///
    /// # Errors
    /// What the default factory raises.
    pub(crate) fn made_by_default(&mut self, id: ObjId) -> Eval<Option<Value>> {
        match self.kinds.get(&id).map(|kind| kind.extra.clone()) {
            Some(factory) if !factory.is_none() => self.call(&factory, Args::default()).map(Some),
            _ => Ok(None),
        }
    }

    /// Drops a deque's oldest items beyond its `maxlen`.
    pub(crate) fn trim_deque(&mut self, id: ObjId, from_left: bool) {
        let Some(limit) = self.kinds.get(&id).and_then(|k| k.extra.as_int()) else { return };
        let Ok(limit) = usize::try_from(limit) else { return };
        if let Object::List(items) = self.heap.get_mut(id) {
            let extra = items.len().saturating_sub(limit);
            if from_left {
                items.drain(..extra);
            } else {
                items.truncate(limit);
            }
        }
    }
}
