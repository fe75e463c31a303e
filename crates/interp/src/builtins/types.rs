//! Built-in types: their names, instances and tests.

use std::rc::Rc;

use crate::class::ClassId;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::native::{NativeState, native};
use crate::raise::Eval;
use crate::value::{Args, Native, Plain, Value, Wrapped};

/// Types that the interpreter has values for.
const TYPES: &[&str] = &[
    "bool",
    "bytes",
    "bytearray",
    "classmethod",
    "complex",
    "dict",
    "float",
    "frozenset",
    "int",
    "list",
    "memoryview",
    "object",
    "property",
    "range",
    "set",
    "slice",
    "staticmethod",
    "str",
    "super",
    "tuple",
    "type",
];

/// Built-in functions.
const FUNCTIONS: &[&str] = &[
    "abs",
    "aiter",
    "all",
    "anext",
    "any",
    "ascii",
    "bin",
    "breakpoint",
    "callable",
    "chr",
    "compile",
    "delattr",
    "dir",
    "divmod",
    "enumerate",
    "eval",
    "exec",
    "filter",
    "format",
    "getattr",
    "globals",
    "hasattr",
    "hash",
    "help",
    "hex",
    "id",
    "input",
    "isinstance",
    "issubclass",
    "iter",
    "len",
    "locals",
    "map",
    "max",
    "min",
    "next",
    "oct",
    "open",
    "ord",
    "pow",
    "print",
    "repr",
    "reversed",
    "round",
    "setattr",
    "sorted",
    "sum",
    "vars",
    "zip",
    "__import__",
    "__build_class__",
];

/// Tells whether a name is a built-in type.
pub(crate) fn is_type(name: &str) -> bool {
    TYPES.contains(&name)
}

/// Tells whether a name is a built-in function.
pub(crate) fn is_builtin(name: &str) -> bool {
    FUNCTIONS.contains(&name)
}

pub(super) static EXCEPTION_METHODS: &[Native] =
    &[native("__init__", exception_init), native("__str__", exception_str)];

fn exception_init(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    if args.positional.is_empty() {
        return Ok(Value::None);
    }
    let Value::Instance(id) = args.positional.remove(0) else { return Ok(Value::None) };
    let text = match args.positional.as_slice() {
        [] => Some(String::new()),
        [one] => interp.display(one)?,
        many => interp.repr(&Value::tuple(many.iter().cloned()))?,
    };
    let key_error = &*interp.exception_name(id) == "KeyError";
    let text = match args.positional.as_slice() {
        [one] if key_error => interp.repr(one)?,
        _ => text,
    };
    if let Some(instance) = interp.heap.instance_mut(id) {
        instance.attrs.insert("args".into(), Value::tuple(args.positional));
        if let NativeState::Exception(state) = &mut instance.native {
            state.core = text.unwrap_or_default().into();
        }
    }
    Ok(Value::None)
}

fn exception_str(interp: &mut Interp<'_>, args: Args) -> Eval {
    Ok(match args.positional.first() {
        Some(Value::Instance(id)) => match interp.exception(*id) {
            Some(state) => Value::Str(state.core.clone()),
            None => Value::Any(Plain::Str),
        },
        _ => Value::Any(Plain::Str),
    })
}

impl Interp<'_> {
    /// The name of a value's type, as error messages print it.
    pub fn type_name(&self, value: &Value) -> Rc<str> {
        match value {
            Value::None => "NoneType",
            Value::Bool(_) | Value::Any(Plain::Bool) => "bool",
            Value::Int(_) | Value::Any(Plain::Int) | Value::Dim(_) => "int",
            Value::Float(_) | Value::Any(Plain::Float) => "float",
            Value::Str(_) | Value::Any(Plain::Str) => "str",
            Value::Bytes(_) => "bytes",
            Value::Ellipsis => "ellipsis",
            Value::NotImplemented => "NotImplementedType",
            Value::Tuple(_) => "tuple",
            Value::List(_) => "list",
            Value::Dict(_) => "dict",
            Value::Set(_) => "set",
            Value::Slice(_) => "slice",
            Value::Range(..) => "range",
            Value::Iterator(_) => "generator",
            Value::Tensor(id) => return self.tensor_type_name(*id).into(),
            Value::DType(_) => "DType",
            Value::Shape(_) => "TensorShape",
            Value::Function(_) | Value::Api(_) => "function",
            Value::Bound(_) => "method",
            Value::Native(_) => "builtin_function_or_method",
            Value::Module(_) | Value::Script(_) => "module",
            Value::Class(_) => "type",
            Value::Instance(id) => {
                return self
                    .heap
                    .instance(*id)
                    .map_or_else(|| "object".into(), |i| self.class(i.class).name.clone());
            }
            Value::Wrapped(wrapped) => match &**wrapped {
                Wrapped::Property(..) => "property",
                Wrapped::Static(_) => "staticmethod",
                Wrapped::ClassMethod(_) => "classmethod",
                Wrapped::Partial(..) => "functools.partial",
                Wrapped::Super(..) => "super",
                Wrapped::Graph(_) | Wrapped::CustomGradient(_) => "Function",
            },
            Value::Unknown(_) => "object",
        }
        .into()
    }

    /// Tells whether a value is an instance of a class or of one in a tuple; nothing where unknown.
    pub fn is_instance(&mut self, value: &Value, class: &Value) -> Option<bool> {
        match class {
            Value::Tuple(classes) => {
                let mut best = Some(false);
                for class in classes.iter() {
                    match self.is_instance(value, class) {
                        Some(true) => return Some(true),
                        None => best = None,
                        Some(false) => {}
                    }
                }
                best
            }
            Value::Class(class) => self.is_instance_of(value, *class),
            Value::DType(dtype) => match value {
                Value::Tensor(id) => {
                    let node = self.trace.node(*id);
                    Some(
                        node.kind == ops::TensorKind::Numpy
                            && node.spec.dtype? == *dtype
                            && node.spec.shape.rank()? == 0,
                    )
                }
                Value::Unknown(_) => None,
                _ => Some(false),
            },
            _ => None,
        }
    }

    fn is_instance_of(&mut self, value: &Value, class: ClassId) -> Option<bool> {
        if self.class(class).path.as_deref() == Some("builtins.object") {
            return Some(true);
        }
        match value {
            Value::Unknown(_) | Value::Api(_) | Value::Wrapped(_) => None,
            Value::Instance(id) => {
                let own = self.heap.instance(*id)?.class;
                if self.is_subclass(own, class) {
                    return Some(true);
                }
                if self.class(own).open { None } else { Some(false) }
            }
            Value::Tensor(id) => self.tensor_is_instance(*id, class),
            _ => {
                let path = self.class(class).path.clone();
                let name = self.type_name(value);
                match path.as_deref().and_then(|p| p.strip_prefix("builtins.")) {
                    Some(builtin) => Some(builtin == &*name || (builtin == "int" && &*name == "bool")),
                    // Abstract classes of `collections.abc`, `numbers`: not modelled.
                    None if path.is_some() => None,
                    None => Some(false),
                }
            }
        }
    }

    /// Makes an instance of a built-in type; nothing for other classes.
    pub(crate) fn builtin_instance(&mut self, id: ClassId, args: &Args) -> Eval<Option<Value>> {
        let Some(path) = self.class(id).path.clone() else { return Ok(None) };
        let Some(name) = path.strip_prefix("builtins.") else { return Ok(None) };
        if !is_type(name) {
            return Ok(None);
        }
        super::functions::construct(self, name, args).map(Some)
    }

    /// What an exception or other native class gets before `__init__`.
    pub(crate) fn prepare_instance(&mut self, id: ObjId, args: &Args) {
        let span = self.here();
        let exception = self.exception(id).is_some();
        if exception {
            if let Some(instance) = self.heap.instance_mut(id) {
                instance.attrs.insert("args".into(), Value::tuple(args.positional.iter().cloned()));
            }
            let core = match args.positional.first() {
                Some(first) => self.display(first).ok().flatten().unwrap_or_default(),
                None => String::new(),
            };
            if let Some(state) = self.exception_mut(id) {
                state.core = core.into();
                // Raising it sets the place.
                state.span = diagnostics::Span::default();
            }
        }
        self.prepare_keras_instance(id, span);
    }
}
