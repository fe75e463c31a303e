//! Attributes of plain values: the methods of strings, lists, dicts and their like.

use crate::builtins::{bytes, dicts, lists, numbers, sets, strings, tuples};
use crate::class::ClassId;
use crate::interp::Interp;
use crate::native::NativeClass;
use crate::raise::Eval;
use crate::value::{Bound, Plain, Value};

/// Every public attribute of the built-in types, in Python 3.11.
const NAMES: &[(&str, &str)] = &[
    (
        "str",
        "capitalize casefold center count encode endswith expandtabs find format format_map index isalnum \
         isalpha isascii isdecimal isdigit isidentifier islower isnumeric isprintable isspace istitle isupper \
         join ljust lower lstrip maketrans partition removeprefix removesuffix replace rfind rindex rjust \
         rpartition rsplit rstrip split splitlines startswith strip swapcase title translate upper zfill",
    ),
    (
        "bytes",
        "capitalize center count decode endswith expandtabs find fromhex hex index isalnum isalpha isascii \
         isdigit islower isspace istitle isupper join ljust lower lstrip maketrans partition removeprefix \
         removesuffix replace rfind rindex rjust rpartition rsplit rstrip split splitlines startswith strip \
         swapcase title translate upper zfill",
    ),
    ("list", "append clear copy count extend index insert pop remove reverse sort"),
    ("dict", "clear copy fromkeys get items keys pop popitem setdefault update values"),
    (
        "set",
        "add clear copy difference difference_update discard intersection intersection_update isdisjoint \
         issubset issuperset pop remove symmetric_difference symmetric_difference_update union update",
    ),
    ("frozenset", "copy difference intersection isdisjoint issubset issuperset symmetric_difference union"),
    ("tuple", "count index"),
    (
        "int",
        "as_integer_ratio bit_count bit_length conjugate denominator from_bytes imag numerator real to_bytes",
    ),
    ("float", "as_integer_ratio conjugate fromhex hex imag is_integer real"),
    ("range", "count index start step stop"),
    ("slice", "indices start step stop"),
    ("NoneType", ""),
    ("ellipsis", ""),
    ("generator", "close gi_code gi_frame gi_running gi_suspended gi_yieldfrom send throw"),
];

/// The attributes that every object has, and those of the types' own operators.
fn has_dunder(kind: &str, name: &str) -> bool {
    const OBJECT: &str = "__class__ __delattr__ __dir__ __doc__ __eq__ __format__ __ge__ __getattribute__ \
        __getstate__ __gt__ __hash__ __init__ __init_subclass__ __le__ __lt__ __ne__ __new__ __reduce__ \
        __reduce_ex__ __repr__ __setattr__ __sizeof__ __str__ __subclasshook__";
    const CONTAINER: &str = "__len__ __iter__ __contains__ __getitem__ __setitem__ __delitem__ __add__ __mul__ \
        __rmul__ __iadd__ __imul__ __reversed__ __or__ __ror__ __ior__ __and__ __sub__ __xor__ \
        __class_getitem__ __getnewargs__ __mod__ __rmod__";
    const NUMBER: &str = "__abs__ __add__ __and__ __bool__ __ceil__ __divmod__ __float__ __floor__ \
        __floordiv__ __index__ __int__ __invert__ __lshift__ __mod__ __mul__ __neg__ __or__ __pos__ __pow__ \
        __radd__ __rmul__ __rsub__ __round__ __rshift__ __sub__ __truediv__ __trunc__ __xor__ \
        __rtruediv__ __rfloordiv__ __rpow__ __rmod__ __getnewargs__";
    const GENERATOR: &str = "__iter__ __next__ __del__ __name__ __qualname__";
    let has = |names: &str| names.split_ascii_whitespace().any(|n| n == name);
    has(OBJECT)
        || match kind {
            "int" | "float" | "bool" => has(NUMBER),
            "generator" => has(GENERATOR),
            "NoneType" => name == "__bool__",
            "ellipsis" | "slice" => false,
            _ => has(CONTAINER),
        }
}

/// The native class of a built-in type.
fn table(kind: &str) -> Option<&'static NativeClass> {
    Some(match kind {
        "str" => &strings::STR,
        "bytes" => &bytes::BYTES,
        "list" => &lists::LIST,
        "dict" => &dicts::DICT,
        "set" | "frozenset" => &sets::SET,
        "tuple" => &tuples::TUPLE,
        "range" => &tuples::RANGE,
        "slice" => &tuples::SLICE,
        "int" | "bool" => &numbers::INT,
        "float" => &numbers::FLOAT,
        "generator" => &super::iterators::GENERATOR,
        _ => return None,
    })
}

/// The type of a plain value as the tables name it; nothing where its attributes are not listed.
fn kind_of(interp: &Interp<'_>, value: &Value) -> Option<&'static str> {
    Some(match value {
        Value::None => "NoneType",
        Value::Bool(_) | Value::Any(Plain::Bool) => "bool",
        Value::Int(_) | Value::Any(Plain::Int) | Value::Dim(_) | Value::Drawn(_) => "int",
        Value::Float(_) | Value::Any(Plain::Float) => "float",
        Value::Str(_) | Value::Any(Plain::Str) => "str",
        Value::Bytes(_) => "bytes",
        Value::Ellipsis => "ellipsis",
        Value::Tuple(_) => "tuple",
        Value::List(_) => "list",
        Value::Dict(_) => "dict",
        Value::Set(id) if interp.kind_of(*id).is_some() => "frozenset",
        Value::Set(_) => "set",
        Value::Slice(_) => "slice",
        Value::Range(..) => "range",
        Value::Iterator(_) => "generator",
        _ => return None,
    })
}

impl Interp<'_> {
    /// Reads an attribute of a plain value: a method of a string, list or dict.
    pub(crate) fn builtin_attr(&mut self, object: &Value, name: &str) -> Eval<Option<Value>> {
        if let Value::List(id) | Value::Dict(id) = object
            && let Some(class) = self.kind_of(*id)
            && let Some(method) = crate::libraries::container_method(class, name)
        {
            return Ok(Some(self.bind_method(object.clone(), Value::Native(method), None)));
        }
        let Some(kind) = kind_of(self, object) else {
            return Ok(Some(self.unknown(format!("`{name}` of a value without a model"))));
        };
        if let Some(found) = table(kind).and_then(|t| t.attr(name)) {
            return Ok(Some(match &found {
                Value::Wrapped(wrapped) => match &**wrapped {
                    crate::value::Wrapped::Property(getter, _) => {
                        let getter = getter.clone();
                        self.call(&getter, crate::value::Args::of([object.clone()]))?
                    }
                    _ => found,
                },
                _ => Value::Bound(Bound { object: object.clone(), function: found, owner: None }.into()),
            }));
        }
        match name {
            "__class__" => return Ok(Some(self.class_of(object))),
            "__doc__" => return Ok(Some(Value::Any(Plain::Str))),
            _ => {}
        }
        // An iterator may be of a file, a zip or a library: only a generator's attributes are listed.
        if matches!(object, Value::Iterator(_)) {
            return Ok(Some(self.unknown(format!("`{name}` of an iterator"))));
        }
        let lookup = if kind == "bool" { "int" } else { kind };
        let names = NAMES.iter().find(|(k, _)| *k == lookup).map_or("", |(_, names)| names);
        let exists = names.split_ascii_whitespace().any(|n| n == name) || has_dunder(kind, name);
        Ok(exists.then(|| self.unknown(format!("`{kind}.{name}` is not modelled"))))
    }

    /// Reads an attribute of a built-in class: `dict.fromkeys`, `str.upper`.
    pub(crate) fn builtin_class_attr(&mut self, class: ClassId, name: &str) -> Option<Value> {
        let path = self.class(class).path.clone()?;
        let kind = path.strip_prefix("builtins.")?;
        if let Some(found) = table(kind).and_then(|t| t.attr(name)) {
            return Some(found);
        }
        match (kind, name) {
            ("type", "__name__") => return Some(Value::str("type")),
            ("dict", "fromkeys") => return Some(Value::Native(&dicts::FROMKEYS)),
            ("object", "__setattr__") => return Some(Value::Native(&super::types::OBJECT_SETATTR)),
            ("object", "__init__") => return Some(Value::Native(&super::types::OBJECT_INIT)),
            ("object", "__new__") => return Some(Value::Native(&super::types::OBJECT_NEW)),
            _ => {}
        }
        let names = NAMES.iter().find(|(k, _)| *k == kind).map(|(_, names)| *names);
        let exists = names.is_none_or(|names| names.split_ascii_whitespace().any(|n| n == name))
            || has_dunder(kind, name);
        exists.then(|| self.unknown(format!("`{kind}.{name}` is not modelled")))
    }
}
