//! `enum`: classes whose attributes are members.

use std::rc::Rc;

use crate::class::ClassId;
use crate::heap::{Instance, Names, ObjId, Object};
use crate::interp::Interp;
use crate::native::{NativeState, native};
use crate::raise::Eval;
use crate::value::{Args, Native, Plain, Value};

/// The name under which an enum class keeps its members in order.
const MEMBERS: &str = "_member_list_";

/// Native functions.
pub(crate) static FUNCTIONS: &[Native] = &[
    native("enum.auto", |interp, _| {
        let class = interp.native_class("enum._auto");
        Ok(Value::Instance(interp.new_instance(class)))
    }),
    native("enum.unique", |_, args| Ok(args.positional.into_iter().next().unwrap_or(Value::None))),
];

impl Interp<'_> {
    /// The members of an enum class in order; nothing for other classes.
    pub(crate) fn enum_members(&self, class: ClassId) -> Option<Vec<Value>> {
        match self.heap.scope(self.class(class).dict)?.names.get(MEMBERS)? {
            Value::Tuple(members) => Some(members.to_vec()),
            _ => None,
        }
    }

    /// Tells whether an instance is a member of an enum.
    pub(crate) fn is_enum_member(&self, id: ObjId) -> bool {
        self.heap.instance(id).is_some_and(|i| i.attrs.contains_key("_name_"))
    }

    /// `Color["RED"]`.
    pub(crate) fn enum_by_name(&mut self, members: &[Value], name: &Value) -> Eval {
        let Value::Str(wanted) = name else {
            if name.is_unknown() || matches!(name, Value::Any(_)) {
                return Ok(self.unknown("an enum member whose name is not known"));
            }
            return Err(self.key_error(name)?);
        };
        for member in members {
            if let Value::Instance(id) = member
                && let Some(instance) = self.heap.instance(*id)
                && let Some(Value::Str(name)) = instance.attrs.get("_name_")
                && name == wanted
            {
                return Ok(member.clone());
            }
        }
        Err(self.key_error(name)?)
    }

    /// `Color(1)`; nothing for classes that are no enums.
    pub(crate) fn enum_by_value(&mut self, class: ClassId, args: &Args) -> Eval<Option<Value>> {
        let Some(members) = self.enum_members(class).filter(|m| !m.is_empty()) else { return Ok(None) };
        let Some(wanted) = args.positional.first() else { return Ok(None) };
        let mut known = true;
        for member in &members {
            if self.identical(member, wanted) == Some(true) {
                return Ok(Some(member.clone()));
            }
            let Value::Instance(id) = member else { continue };
            let value = self.heap.instance(*id).and_then(|i| i.attrs.get("_value_")).cloned();
            match value {
                Some(value) => match self.same_or_equal(&value, wanted)? {
                    Some(true) => return Ok(Some(member.clone())),
                    Some(false) => {}
                    None => known = false,
                },
                None => known = false,
            }
        }
        if let (true, Some((hook, owner))) = (known, self.class_attr(class, "_missing_")) {
            let bound = self.bind_method(Value::Class(class), hook, Some(owner));
            let found = self.call(&bound, Args::of([wanted.clone()]))?;
            if !found.is_none() {
                return Ok(Some(found));
            }
        }
        if !known {
            return Ok(Some(self.unknown("an enum member whose value is not known")));
        }
        let shown = self.repr(wanted)?.unwrap_or_default();
        let text = format!("{shown} is not a valid {}", self.class(class).name);
        Err(self.raise(ops::Exc::ValueError, text))
    }

    /// Turns a class's attributes into members.
    pub(crate) fn make_enum(&mut self, class: ClassId) -> Eval<()> {
        let dict = self.class(class).dict;
        let names: Vec<(Rc<str>, Value)> = self
            .heap
            .scope(dict)
            .map(|s| s.names.iter().map(|(k, v)| (k.clone(), v.clone())).collect())
            .unwrap_or_default();
        let mut members: Vec<Value> = Vec::new();
        let mut last = Value::Int(0);
        for (name, value) in names {
            if name.starts_with('_') || !is_member(&value) {
                continue;
            }
            let value = self.auto_value(class, &name, value, &last)?;
            last = value.clone();
            let member = match self.alias(&members, &value)? {
                Some(member) => member,
                None => {
                    let member = self.new_member(class, &name, value)?;
                    members.push(member.clone());
                    member
                }
            };
            if let Some(scope) = self.heap.scope_mut(dict) {
                scope.names.insert(name, member);
            }
        }
        let by_name: Vec<(Value, Value)> = members.iter().filter_map(|m| self.member_pair(m)).collect();
        let by_name = self.new_dict(by_name);
        if let Some(scope) = self.heap.scope_mut(dict) {
            scope.names.insert("__members__".into(), by_name);
            scope.names.insert(MEMBERS.into(), Value::tuple(members));
        }
        Ok(())
    }

    fn member_pair(&self, member: &Value) -> Option<(Value, Value)> {
        let Value::Instance(id) = member else { return None };
        let name = self.heap.instance(*id)?.attrs.get("_name_")?.clone();
        Some((name, member.clone()))
    }

    fn auto_value(&mut self, class: ClassId, name: &Rc<str>, value: Value, last: &Value) -> Eval {
        let auto = match &value {
            Value::Instance(id) => self
                .heap
                .instance(*id)
                .is_some_and(|i| self.class(i.class).path.as_deref() == Some("enum._auto")),
            _ => false,
        };
        if !auto {
            return Ok(value);
        }
        if self.derives_from(class, "enum.StrEnum") {
            return Ok(Value::Str(name.to_lowercase().into()));
        }
        if self.derives_from(class, "enum.Flag") {
            let last = last.as_int().unwrap_or(0);
            return Ok(Value::Int(if last <= 0 { 1 } else { last.checked_mul(2).unwrap_or(1) }));
        }
        Ok(last.as_int().and_then(|n| n.checked_add(1)).map_or(Value::Any(Plain::Int), Value::Int))
    }

    fn alias(&mut self, members: &[Value], value: &Value) -> Eval<Option<Value>> {
        for member in members {
            let Value::Instance(id) = member else { continue };
            let other = self.heap.instance(*id).and_then(|i| i.attrs.get("_value_")).cloned();
            if let Some(other) = other
                && self.same_or_equal(&other, value)? == Some(true)
            {
                return Ok(Some(member.clone()));
            }
        }
        Ok(None)
    }

    fn new_member(&mut self, class: ClassId, name: &Rc<str>, value: Value) -> Eval {
        let mixed = ["builtins.int", "builtins.str", "builtins.float", "builtins.tuple"];
        let data = mixed.iter().any(|path| self.derives_from(class, path));
        let native = if data { NativeState::Data(value.clone()) } else { NativeState::Plain };
        let mut attrs = Names::default();
        for (key, given) in [("_name_", Value::Str(name.clone())), ("_value_", value.clone())] {
            attrs.insert(key.into(), given.clone());
            attrs.insert(key.trim_matches('_').into(), given);
        }
        let id = self.heap.add(Object::Instance(Instance { class, attrs, native }));
        let member = Value::Instance(id);
        if let Some((init, owner)) = self.class_attr(class, "__init__")
            && matches!(init, Value::Function(_))
        {
            let args = match &value {
                Value::Tuple(items) => Args::of(items.iter().cloned()),
                other => Args::of([other.clone()]),
            };
            let bound = self.bind_method(member.clone(), init, Some(owner));
            self.call(&bound, args)?;
        }
        Ok(member)
    }

    /// `str` and `repr` of an enum member; nothing for other instances.
    pub(crate) fn member_text(&mut self, id: ObjId, repr: bool, depth: u32) -> Eval<Option<String>> {
        let Some(instance) = self.heap.instance(id) else { return Ok(None) };
        let (Some(Value::Str(name)), Some(value)) =
            (instance.attrs.get("_name_").cloned(), instance.attrs.get("_value_").cloned())
        else {
            return Ok(None);
        };
        let class = instance.class;
        let shown = format!("{}.{name}", self.class(class).name);
        if repr {
            let value = self.repr_items(&[value], depth)?;
            return Ok(value.map(|value| format!("<{shown}: {value}>")));
        }
        // `IntEnum` and `StrEnum` print as their values.
        if self.derives_from(class, "enum.IntEnum") || self.derives_from(class, "enum.StrEnum") {
            return self.display(&value);
        }
        Ok(Some(shown))
    }
}

/// Functions and descriptors of an enum's body are no members.
fn is_member(value: &Value) -> bool {
    !matches!(
        value,
        Value::Function(_) | Value::Wrapped(_) | Value::Native(_) | Value::Bound(_) | Value::Class(_)
    )
}
