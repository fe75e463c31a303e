//! `typing`, `abc`, `types`, `enum`, `dataclasses`: names that mean little at run time.

use crate::interp::Interp;
use crate::native::{NativeClass, NativeState, native};
use crate::value::{Native, Value};

pub(super) static FUNCTIONS: &[Native] = &[
    native("typing.cast", |_, args| Ok(args.positional.into_iter().nth(1).unwrap_or(Value::None))),
    native("typing.overload", first),
    native("typing.final", first),
    native("typing.runtime_checkable", first),
    native("typing.no_type_check", first),
    native("typing.TypeVar", any),
    native("typing.ParamSpec", any),
    native("typing.NewType", |_, args| {
        // `UserId = NewType("UserId", int)`: calling it gives its argument.
        let _ = args;
        Ok(Value::Native(&SAME))
    }),
    native("typing.get_type_hints", |interp, _| Ok(interp.lost_dict("type hints"))),
    native("abc.abstractmethod", |interp, args| {
        let function = args.positional.into_iter().next().unwrap_or(Value::None);
        if let Value::Function(_) = function {
            interp.set_attr(&function, "__isabstractmethod__", Value::Bool(true))?;
        }
        Ok(function)
    }),
    native("abc.abstractproperty", |_, args| {
        let getter = args.positional.into_iter().next().unwrap_or(Value::None);
        Ok(Value::Wrapped(crate::value::Wrapped::Property(getter, None).into()))
    }),
    native("types.MethodType", |_, args| {
        let mut given = args.positional.into_iter();
        let (Some(function), Some(object)) = (given.next(), given.next()) else { return Ok(Value::None) };
        Ok(Value::Bound(crate::value::Bound { object, function, owner: None }.into()))
    }),
];

static SAME: Native = native("typing.NewType.call", first);

/// A decorator that changes nothing.
fn first(_: &mut Interp<'_>, args: crate::value::Args) -> crate::raise::Eval {
    Ok(args.positional.into_iter().next().unwrap_or(Value::None))
}

/// A value that stands for a type in annotations.
fn any(_: &mut Interp<'_>, _: crate::value::Args) -> crate::raise::Eval {
    Ok(Value::Api("typing.TypeVar".into()))
}

/// `types.SimpleNamespace(a=1)`.
pub(super) static NAMESPACE: NativeClass = NativeClass {
    path: "types.SimpleNamespace",
    state: || NativeState::Plain,
    methods: &[&[native("__init__", |interp, args| {
        if let Some(Value::Instance(id)) = args.positional.first()
            && let Some(instance) = interp.heap.instance_mut(*id)
        {
            instance.attrs.extend(args.keywords);
        }
        Ok(Value::None)
    })]],
    properties: &[],
};

/// Members that are no functions.
pub(super) fn member(interp: &mut Interp<'_>, module: &str, name: &str) -> Option<Value> {
    if module == "typing_extensions" {
        let full = format!("typing.{name}");
        if let Some(function) = crate::native::find_function(&full) {
            return Some(Value::Native(function));
        }
        return super::member(interp, "typing", name);
    }
    if matches!(module, "typing" | "collections.abc") && super::ABSTRACT.contains(&name) {
        return Some(Value::Class(interp.native_class(&format!("collections.abc.{name}"))));
    }
    match (module, name) {
        ("typing", "List") => Some(Value::Class(interp.builtin_class("list"))),
        ("typing", "Dict") => Some(Value::Class(interp.builtin_class("dict"))),
        ("typing", "Tuple") => Some(Value::Class(interp.builtin_class("tuple"))),
        ("typing", "Set") => Some(Value::Class(interp.builtin_class("set"))),
        ("typing", "TYPE_CHECKING") => Some(Value::Bool(false)),
        ("typing", _) => Some(Value::Api(format!("typing.{name}").into())),
        ("types", "FunctionType" | "LambdaType") => Some(Value::Class(interp.builtin_class("function"))),
        ("types", "ModuleType") => Some(Value::Class(interp.builtin_class("module"))),
        ("types", "GeneratorType") => Some(Value::Class(interp.builtin_class("generator"))),
        ("types", "NoneType") => Some(Value::Class(interp.builtin_class("NoneType"))),
        ("dataclasses", "MISSING") => Some(Value::unknown("a field's missing default")),
        ("dataclasses", "KW_ONLY" | "InitVar") => Some(Value::Api(format!("dataclasses.{name}").into())),
        ("dataclasses", "FrozenInstanceError") => Some(Value::Class(interp.frozen_error())),
        _ => None,
    }
}
