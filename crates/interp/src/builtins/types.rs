//! Built-in types: their names, instances and tests.

use std::rc::Rc;

use crate::class::ClassId;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::native::{NativeState, native};
use crate::raise::Eval;
use crate::value::{Args, DTypeObject, Native, Plain, Value, Wrapped};

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

/// `object.__setattr__`.
pub(super) static OBJECT_SETATTR: Native = native("object.__setattr__", |interp, args| {
    if let [object, Value::Str(name), value] = args.positional.as_slice() {
        let (object, name, value) = (object.clone(), name.clone(), value.clone());
        match object {
            Value::Instance(id) => interp.set_own_attr(id, &name, value)?,
            _ => interp.set_attr(&object, &name, value)?,
        }
    }
    Ok(Value::None)
});

/// `object.__init__`.
pub(super) static OBJECT_INIT: Native = native("object.__init__", |_, _| Ok(Value::None));

/// `object.__new__`.
pub(super) static OBJECT_NEW: Native = native("object.__new__", |interp, args| {
    Ok(match args.positional.first() {
        Some(Value::Class(class)) => {
            let id = interp.new_instance(*class);
            interp.prepare_instance(id, &Args::of(args.positional[1..].iter().cloned()));
            Value::Instance(id)
        }
        _ => interp.unknown("an object of a class that is not known"),
    })
});

pub(super) static EXCEPTION_METHODS: &[Native] = &[
    native("__init__", exception_init),
    native("__str__", exception_str),
    native("with_traceback", |_, args| Ok(args.positional.into_iter().next().unwrap_or(Value::None))),
    native("add_note", |_, _| Ok(Value::None)),
];

fn exception_init(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    if args.positional.is_empty() {
        return Ok(Value::None);
    }
    let Value::Instance(id) = args.positional.remove(0) else { return Ok(Value::None) };
    interp.set_exception_args(id, args.positional)?;
    Ok(Value::None)
}

fn exception_str(interp: &mut Interp<'_>, args: Args) -> Eval {
    Ok(match args.positional.first() {
        Some(Value::Instance(id)) => {
            interp.exception_text(*id).map_or(Value::Any(Plain::Str), |text| Value::Str(text.into()))
        }
        _ => Value::Any(Plain::Str),
    })
}

/// Tells whether a value is of one of Python's own classes, whatever library made it.
fn is_python_value(value: &Value) -> bool {
    matches!(value, Value::Set(_) | Value::Function(_)) || crate::framework::call_args::is_uncallable(value)
}

/// Tells whether a class's path is that of an array, a tensor or another object of TensorFlow's or Keras', which no value
/// of Python's own is. NumPy's scalars are left out, since `np.float64` is a float too.
fn is_class_of_arrays(path: &str) -> bool {
    path == "np.ndarray"
        || (path.starts_with("tf.")
            && !path.starts_with("tf.types.")
            && !path.starts_with("tf.experimental.numpy"))
        || path.starts_with("keras.")
}

impl Interp<'_> {
    /// The name of a value's type, as error messages print it.
    pub fn type_name(&self, value: &Value) -> Rc<str> {
        match value {
            Value::None => "NoneType",
            Value::Bool(_) | Value::Any(Plain::Bool) => "bool",
            Value::Int(_) | Value::Any(Plain::Int) | Value::Dim(_) | Value::Drawn(_) => "int",
            Value::Float(_) | Value::Any(Plain::Float) => "float",
            Value::Str(_) | Value::Any(Plain::Str) => "str",
            Value::Bytes(_) => "bytes",
            Value::Ellipsis => "ellipsis",
            Value::NotImplemented => "NotImplementedType",
            Value::Tuple(_) => "tuple",
            Value::List(id) => {
                self.kind_of(*id).map_or("list", |k| if k == "deque" { "collections.deque" } else { k })
            }
            Value::Dict(id) => match self.kind_of(*id) {
                Some("defaultdict") => "collections.defaultdict",
                Some(kind) => kind,
                None => "dict",
            },
            Value::Set(id) => self.kind_of(*id).unwrap_or("set"),
            Value::Slice(_) => "slice",
            Value::Range(..) => "range",
            Value::Iterator(_) => "generator",
            Value::Tensor(id) => return self.tensor_type_name(*id).into(),
            Value::DType(..) => "DType",
            Value::Shape(_) => "TensorShape",
            Value::Function(_) | Value::Api(_) => "function",
            Value::Bound(_) => "method",
            Value::Native(_) => "builtin_function_or_method",
            Value::Module(_) | Value::Script(_) => "module",
            Value::Class(_) => "type",
            Value::Instance(id) => {
                if let Some(class) = self.dataset_class(*id) {
                    return class.into();
                }
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
            Value::DType(dtype, _) => match value {
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
            // `isinstance([1.0, 2.0], (np.ndarray, tf.Tensor))`: what Python itself makes is of no library's class.
            _ if is_python_value(value)
                && self.class(class).path.as_deref().is_some_and(is_class_of_arrays) =>
            {
                Some(false)
            }
            Value::Instance(id) => {
                let own = self.heap.instance(*id)?.class;
                if self.is_subclass(own, class) {
                    return Some(true);
                }
                let open = self.class(own).open;
                match self.class(class).path.clone() {
                    Some(path) => match self.abstract_instance(value, &path) {
                        Some(known) => Some(known),
                        None if open => None,
                        None => Some(false),
                    },
                    None => {
                        if open {
                            None
                        } else {
                            Some(false)
                        }
                    }
                }
            }
            Value::Tensor(id) => self.tensor_is_instance(*id, class),
            // `np.float32` is a class; the other kinds of dtypes are objects of theirs.
            Value::DType(_, DTypeObject::Scalar) => {
                Some(self.class(class).path.as_deref() == Some("builtins.type"))
            }
            _ if self.is_composite(class) => Some(false),
            _ => {
                let path = self.class(class).path.clone();
                if let Value::List(id) | Value::Dict(id) | Value::Set(id) = value
                    && let Some(kind) = self.kind_of(*id)
                {
                    return self.kind_is_instance(value, kind, path.as_deref()?);
                }
                let name = self.type_name(value);
                match path.as_deref().and_then(|p| p.strip_prefix("builtins.")) {
                    Some(builtin) => Some(builtin == &*name || (builtin == "int" && &*name == "bool")),
                    None => match path {
                        Some(path) => self.abstract_instance(value, &path),
                        None => Some(false),
                    },
                }
            }
        }
    }

    /// Makes an instance of a built-in type; nothing for other classes.
    pub(crate) fn builtin_instance(&mut self, id: ClassId, args: &Args) -> Eval<Option<Value>> {
        let Some(path) = self.class(id).path.clone() else {
            if let Some(member) = self.enum_by_value(id, args)? {
                return Ok(Some(member));
            }
            if self.derives_from(id, "typing.TypedDict") {
                return super::construct::construct(self, "dict", args).map(Some);
            }
            self.check_abstract(id)?;
            return self.named_instance(id, args);
        };
        if let Some(made) = crate::libraries::construct(self, &path, args)? {
            return Ok(Some(made));
        }
        let Some(name) = path.strip_prefix("builtins.") else { return Ok(None) };
        if !is_type(name) {
            return Ok(None);
        }
        super::construct::construct(self, name, args).map(Some)
    }

    /// Raises for a class with abstract methods.
    fn check_abstract(&mut self, id: ClassId) -> Eval<()> {
        if !self.derives_from(id, "abc.ABC") {
            return Ok(());
        }
        let mut names: Vec<Rc<str>> = Vec::new();
        for class in self.class(id).mro.iter() {
            let Some(scope) = self.heap.scope(self.class(*class).dict) else { continue };
            for (name, value) in &scope.names {
                if self.is_abstract(value) && !names.contains(name) {
                    names.push(name.clone());
                }
            }
        }
        names.retain(|name| self.class_attr(id, name).is_some_and(|(value, _)| self.is_abstract(&value)));
        if names.is_empty() {
            return Ok(());
        }
        names.sort();
        let s = if names.len() == 1 { "" } else { "s" };
        let text = format!(
            "Can't instantiate abstract class {} with abstract method{s} {}",
            self.class(id).name,
            names.join(", ")
        );
        Err(self.raise(ops::Exc::TypeError, text))
    }

    fn is_abstract(&self, value: &Value) -> bool {
        match value {
            Value::Function(id) => self
                .heap
                .scope(self.function(*id).attrs)
                .is_some_and(|s| s.names.contains_key("__isabstractmethod__")),
            Value::Wrapped(wrapped) => match &**wrapped {
                Wrapped::Property(f, _) | Wrapped::Static(f) | Wrapped::ClassMethod(f) => self.is_abstract(f),
                _ => false,
            },
            _ => false,
        }
    }

    /// Tells whether a container of another class is an instance of a class, by the class's path.
    fn kind_is_instance(&mut self, value: &Value, kind: &str, path: &str) -> Option<bool> {
        let plain = match value {
            Value::Dict(_) => "builtins.dict",
            Value::Set(_) => "builtins.frozenset",
            _ => "",
        };
        if path == plain || path.rsplit('.').next() == Some(kind) {
            return Some(true);
        }
        if path.starts_with("builtins.") {
            return Some(false);
        }
        self.abstract_instance(value, path)
    }

    /// Tells whether a value is an instance of an abstract class: `collections.abc.Iterable`, `numbers.Number`.
    fn abstract_instance(&mut self, value: &Value, path: &str) -> Option<bool> {
        let (module, name) = path.rsplit_once('.')?;
        let has = |interp: &mut Self, name: &str| {
            let Value::Instance(id) = value else { return false };
            let class = interp.heap.instance(*id).map(|i| i.class);
            class.is_some_and(|c| interp.class_attr(c, name).is_some())
        };
        let mapping = matches!(value, Value::Dict(_));
        let sequence = matches!(
            value,
            Value::List(_)
                | Value::Tuple(_)
                | Value::Str(_)
                | Value::Range(..)
                | Value::Bytes(_)
                | Value::Any(Plain::Str)
        );
        let sized = mapping || sequence || matches!(value, Value::Set(_));
        let integral = matches!(
            value,
            Value::Int(_)
                | Value::Bool(_)
                | Value::Dim(_)
                | Value::Drawn(_)
                | Value::Any(Plain::Int | Plain::Bool)
        );
        let real = integral || matches!(value, Value::Float(_) | Value::Any(Plain::Float));
        match (module, name) {
            ("numbers", "Number" | "Complex" | "Real") => Some(real),
            ("numbers", "Integral" | "Rational") => Some(integral),
            ("collections.abc" | "typing", "Iterable") => {
                Some(sized || matches!(value, Value::Iterator(_)) || has(self, "__iter__"))
            }
            ("collections.abc" | "typing", "Iterator" | "Generator") => {
                Some(matches!(value, Value::Iterator(_)) || has(self, "__next__"))
            }
            ("collections.abc" | "typing", "Sequence") => Some(sequence),
            ("collections.abc" | "typing", "MutableSequence") => Some(matches!(value, Value::List(_))),
            ("collections.abc" | "typing", "Mapping" | "MutableMapping") => Some(mapping),
            ("collections.abc" | "typing", "Set" | "MutableSet") => Some(matches!(value, Value::Set(_))),
            ("collections.abc" | "typing", "Sized" | "Collection" | "Container") => {
                Some(sized || has(self, "__len__"))
            }
            ("collections.abc" | "typing", "Callable") => Some(match value {
                Value::Function(_) | Value::Bound(_) | Value::Native(_) | Value::Api(_) | Value::Class(_) => {
                    true
                }
                _ => has(self, "__call__"),
            }),
            ("collections.abc" | "typing", "Hashable") => {
                Some(!matches!(value, Value::List(_) | Value::Dict(_) | Value::Set(_)))
            }
            _ => None,
        }
    }

    /// What an exception or other native class gets before `__init__`.
    pub(crate) fn prepare_instance(&mut self, id: ObjId, args: &Args) {
        let exception = self.exception(id).is_some();
        if exception {
            // What its `str` raises shows only when it is printed.
            let _ = self.set_exception_args(id, args.positional.clone());
            if let Some(state) = self.exception_mut(id) {
                // Raising it sets the place.
                state.span = diagnostics::Span::default();
            }
        }
        self.prepare_data(id, args);
        self.prepare_keras_instance(id, args);
    }

    /// An exception's own attributes: `__cause__`, `__traceback__`; nothing for other instances and names.
    pub(crate) fn exception_attr(&mut self, id: ObjId, name: &str) -> Option<Value> {
        let hidden = self.exception(id)?.hidden;
        Some(match name {
            "__cause__" | "__context__" => match hidden {
                Some(cause) => Value::Instance(cause),
                None if name == "__cause__" => Value::None,
                None => Value::unknown("an exception's context"),
            },
            "__traceback__" => Value::unknown("a traceback"),
            "__suppress_context__" => Value::Any(Plain::Bool),
            "__notes__" => self.lost_list("an exception's notes"),
            "errno" | "filename" | "strerror" if self.is_exception(id, "OSError") => {
                Value::unknown("an attribute of an OSError")
            }
            "name" | "path" if self.is_exception(id, "ImportError") => Value::Any(Plain::Str),
            "name" | "obj"
                if self.is_exception(id, "AttributeError") || self.is_exception(id, "NameError") =>
            {
                Value::unknown("an attribute of an exception")
            }
            "value" | "code"
                if self.is_exception(id, if name == "value" { "StopIteration" } else { "SystemExit" }) =>
            {
                match self.heap.instance(id).and_then(|i| i.attrs.get("args")) {
                    Some(Value::Tuple(args)) => args.first().cloned().unwrap_or(Value::None),
                    _ => Value::None,
                }
            }
            // TensorFlow's errors.
            "message" if self.is_exception(id, "OpError") => {
                self.exception_text(id).map_or(Value::Any(Plain::Str), |text| Value::Str(text.into()))
            }
            "op" | "node_def" | "error_code" | "experimental_payloads"
                if self.is_exception(id, "OpError") =>
            {
                Value::unknown("an attribute of an error of TensorFlow")
            }
            _ => return None,
        })
    }

    /// Gives an exception its arguments and, of them, its message.
    ///
    /// # Errors
    /// What a `__str__` of the script raises.
    pub(crate) fn set_exception_args(&mut self, id: ObjId, args: Vec<Value>) -> Eval<()> {
        let text = match args.as_slice() {
            [] => Some(String::new()),
            // A missing key shows as its `repr`.
            [one] if self.is_exception(id, "KeyError") => self.repr(one)?,
            [one] => self.display(one)?,
            many => self.repr(&Value::tuple(many.iter().cloned()))?,
        };
        if let Some(instance) = self.heap.instance_mut(id) {
            instance.attrs.insert("args".into(), Value::tuple(args));
        }
        if let Some(state) = self.exception_mut(id) {
            state.unsure = text.is_none();
            state.core = text.unwrap_or_default().into();
        }
        Ok(())
    }

    /// Gives an instance of a class that derives from `dict`, `str` or the like its plain value.
    fn prepare_data(&mut self, id: ObjId, args: &Args) {
        let Some(instance) = self.heap.instance(id) else { return };
        if !matches!(instance.native, NativeState::Data(_)) {
            return;
        }
        let mro = self.class(instance.class).mro.clone();
        let base = mro.iter().find_map(|c| {
            let path = self.class(*c).path.clone()?;
            path.strip_prefix("builtins.").filter(|name| *name != "object").map(str::to_owned)
        });
        let Some(base) = base else { return };
        // Mutable ones are filled by `__init__`.
        let given = match &*base {
            "list" | "dict" | "set" => Args::default(),
            _ => args.clone(),
        };
        let value = super::construct::construct(self, &base, &given);
        let value = value.unwrap_or_else(|_| self.unknown(format!("the value of a `{base}`")));
        if let Some(instance) = self.heap.instance_mut(id) {
            instance.native = NativeState::Data(value);
        }
    }
}
