//! Built-in functions on attributes and classes.

use crate::builtins::arguments::{between, one};
use crate::class::ClassId;
use crate::interp::Interp;
use crate::native::native;
use crate::raise::{Eval, Halt};
use crate::value::{Args, Native, Plain, Value, Wrapped};

pub(super) static FUNCTIONS: &[Native] = &[
    native("builtins.isinstance", isinstance),
    native("builtins.issubclass", issubclass),
    native("builtins.hasattr", hasattr),
    native("builtins.getattr", getattr),
    native("builtins.setattr", setattr),
    native("builtins.delattr", delattr),
    native("builtins.callable", callable),
    native("builtins.vars", vars),
    native("builtins.dir", |interp, _| Ok(interp.lost_list("the names that `dir` lists"))),
    native("builtins.globals", |interp, _| {
        let scope = interp.frames.last().map_or(interp.globals, |f| f.scope);
        let globals = interp.globals_of(scope);
        Ok(interp.open_globals(globals))
    }),
    native("builtins.locals", |interp, _| Ok(interp.local_names())),
];

fn bool_or_any(known: Option<bool>) -> Value {
    known.map_or(Value::Any(Plain::Bool), Value::Bool)
}

fn isinstance(interp: &mut Interp<'_>, args: Args) -> Eval {
    between(interp, "isinstance", &args, 2, 2)?;
    check_class(
        interp,
        &args.positional[1],
        "isinstance() arg 2 must be a type, a tuple of types, or a union",
    )?;
    Ok(bool_or_any(interp.is_instance(&args.positional[0], &args.positional[1])))
}

fn check_class(interp: &mut Interp<'_>, class: &Value, text: &str) -> Eval<()> {
    let bad = match class {
        Value::Tuple(items) => {
            for item in items.clone().iter() {
                check_class(interp, item, text)?;
            }
            false
        }
        Value::None
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Str(_)
        | Value::List(_)
        | Value::Dict(_)
        | Value::Function(_) => true,
        _ => false,
    };
    if bad { Err(interp.raise(ops::Exc::TypeError, text)) } else { Ok(()) }
}

fn issubclass(interp: &mut Interp<'_>, args: Args) -> Eval {
    between(interp, "issubclass", &args, 2, 2)?;
    let class = match &args.positional[0] {
        Value::Class(id) => *id,
        Value::Unknown(_) | Value::Any(_) | Value::DType(..) | Value::Wrapped(_) => {
            return Ok(Value::Any(Plain::Bool));
        }
        _ => return Err(interp.raise(ops::Exc::TypeError, "issubclass() arg 1 must be a class")),
    };
    check_class(
        interp,
        &args.positional[1],
        "issubclass() arg 2 must be a class, a tuple of classes, or a union",
    )?;
    let bases = match &args.positional[1] {
        Value::Tuple(items) => items.to_vec(),
        other => vec![other.clone()],
    };
    let mut best = Some(false);
    for base in bases {
        match base {
            Value::Class(base) if interp.is_subclass(class, base) => return Ok(Value::Bool(true)),
            Value::Class(_) if !interp.class(class).open => {}
            _ => best = None,
        }
    }
    Ok(bool_or_any(best))
}

/// Reads an attribute; an AttributeError counts as there being none.
fn lookup(interp: &mut Interp<'_>, object: &Value, name: &str) -> Eval<Option<Value>> {
    let depth = interp.frames.len();
    match interp.find_attr(object, name) {
        Err(Halt::Exception(id)) if interp.is_exception(id, "AttributeError") => {
            interp.frames.truncate(depth);
            Ok(None)
        }
        found => found,
    }
}

fn hasattr(interp: &mut Interp<'_>, args: Args) -> Eval {
    between(interp, "hasattr", &args, 2, 2)?;
    let Value::Str(name) = &args.positional[1] else { return Ok(Value::Any(Plain::Bool)) };
    Ok(match lookup(interp, &args.positional[0], name)? {
        None => Value::Bool(false),
        // It may be there or not: what is not modelled reads as unknown.
        Some(Value::Unknown(_)) => Value::Any(Plain::Bool),
        Some(_) => Value::Bool(true),
    })
}

fn getattr(interp: &mut Interp<'_>, args: Args) -> Eval {
    between(interp, "getattr", &args, 2, 3)?;
    let object = &args.positional[0];
    let Value::Str(name) = &args.positional[1] else {
        return Ok(interp.unknown("an attribute whose name is not known"));
    };
    match args.positional.get(2) {
        None => interp.get_attr(object, name),
        Some(default) => Ok(lookup(interp, object, name)?.unwrap_or_else(|| default.clone())),
    }
}

fn setattr(interp: &mut Interp<'_>, args: Args) -> Eval {
    between(interp, "setattr", &args, 3, 3)?;
    if let Value::Str(name) = &args.positional[1] {
        let name = name.clone();
        interp.set_attr(&args.positional[0], &name, args.positional[2].clone())?;
    } else {
        // Any name may be set.
        match &args.positional[0] {
            Value::Class(class) => interp.open_own_class(*class),
            Value::Instance(id) => {
                if let Some(class) = interp.heap.instance(*id).map(|i| i.class) {
                    interp.open_own_class(class);
                }
            }
            _ => {}
        }
    }
    Ok(Value::None)
}

fn delattr(interp: &mut Interp<'_>, args: Args) -> Eval {
    between(interp, "delattr", &args, 2, 2)?;
    if let Value::Str(name) = &args.positional[1] {
        let name = name.clone();
        interp.delete_attr(&args.positional[0], &name)?;
    }
    Ok(Value::None)
}

fn callable(interp: &mut Interp<'_>, args: Args) -> Eval {
    one(interp, "callable", &args)?;
    let value = &args.positional[0];
    Ok(match value {
        Value::Unknown(_) => Value::Any(Plain::Bool),
        Value::Function(_)
        | Value::Bound(_)
        | Value::Native(_)
        | Value::Api(_)
        | Value::Class(_)
        | Value::DType(..) => Value::Bool(true),
        Value::Wrapped(wrapped) => {
            Value::Bool(!matches!(&**wrapped, Wrapped::Property(..) | Wrapped::Super(..)))
        }
        Value::Instance(_) if interp.dataset(value).is_some() => Value::Bool(false),
        Value::Instance(_) => match interp.find_attr(value, "__call__")? {
            Some(_) => Value::Bool(true),
            None if interp.is_certain(value) => Value::Bool(false),
            None => Value::Any(Plain::Bool),
        },
        _ => Value::Bool(false),
    })
}

fn vars(interp: &mut Interp<'_>, args: Args) -> Eval {
    match args.positional.first() {
        Some(Value::Instance(id)) => Ok(interp.instance_dict(*id)),
        None => Ok(interp.local_names()),
        _ => Ok(interp.unknown("`vars` of an object")),
    }
}

/// `type("Name", (Base,), {...})`.
pub(super) fn new_class(interp: &mut Interp<'_>, args: &Args) -> Eval {
    let [Value::Str(name), Value::Tuple(bases), Value::Dict(dict)] = args.positional.as_slice() else {
        if matches!(args.positional.len(), 1 | 3) {
            return Ok(interp.unknown("a class made by `type`"));
        }
        return Err(interp.raise(ops::Exc::TypeError, "type() takes 1 or 3 arguments"));
    };
    let mut classes = Vec::new();
    let mut open = false;
    for base in bases.iter() {
        match base {
            Value::Class(id) => classes.push(*id),
            _ => open = true,
        }
    }
    if classes.is_empty() {
        classes.push(interp.builtin_class("object"));
    }
    let pairs = interp.pairs_of(&Value::Dict(*dict)).unwrap_or_default();
    let id = interp.add_class(name.clone(), &classes, None, None);
    interp.classes[id.0 as usize].open |= open;
    for (key, value) in pairs {
        if let Value::Str(key) = key {
            interp.set_attr(&Value::Class(id), &key, value)?;
        }
    }
    Ok(Value::Class(id))
}

/// The class of tensors with data.
pub(crate) const EAGER: &str = "tensorflow.python.framework.ops.EagerTensor";

impl Interp<'_> {
    /// `type(value)`.
    pub(crate) fn class_of(&mut self, value: &Value) -> Value {
        match value {
            Value::Unknown(_) => value.clone(),
            Value::Instance(id) => match self.heap.instance(*id) {
                Some(instance) => Value::Class(instance.class),
                None => self.unknown("the class of a lost object"),
            },
            Value::Tensor(_) | Value::Shape(_) if self.carries_out() => self
                .class_of_tensor(value)
                .unwrap_or_else(|| self.unknown("the class of a framework's object")),
            Value::DType(_, crate::value::DTypeObject::TensorFlow) if self.carries_out() => {
                Value::Class(self.native_class("tf.DType"))
            }
            Value::DType(dtype, crate::value::DTypeObject::NumPy) if self.carries_out() => {
                Value::Class(self.numpy_dtype_class(*dtype))
            }
            // n_vars = 1 if type(data) is list else data.shape[1]
            Value::Tensor(id) if self.is_array(*id) => Value::Class(self.native_class("np.ndarray")),
            Value::Tensor(_) | Value::DType(..) | Value::Shape(_) | Value::Wrapped(_) => {
                self.unknown("the class of a framework's object")
            }
            Value::List(id) | Value::Dict(id) | Value::Set(id) => {
                let id = *id;
                match self.kind_of(id) {
                    Some("frozenset") | None => {}
                    Some(view) if view.starts_with("dict_") && self.carries_out() => {
                        let view = view.to_owned();
                        return Value::Class(self.shown_class(&view, &view));
                    }
                    Some(kind) => {
                        let path = format!("collections.{kind}");
                        return Value::Class(self.native_class(&path));
                    }
                }
                let name = self.type_name(value);
                Value::Class(self.builtin_class(&name))
            }
            _ => {
                let name = self.type_name(value);
                Value::Class(self.builtin_class(&name))
            }
        }
    }

    /// Tells whether a value is surely an array with axes, and no object of another library's.
    fn is_array(&self, id: graph::NodeId) -> bool {
        let node = self.trace.node(id);
        node.kind == ops::TensorKind::Numpy
            && node.spec.shape.rank().is_some_and(|rank| rank > 0)
            && self.object_kind(id).is_none()
    }

    /// The class of an array, a scalar of NumPy's, a tensor or a shape.
    fn class_of_tensor(&mut self, value: &Value) -> Option<Value> {
        let Value::Tensor(id) = value else { return Some(Value::Class(self.native_class("tf.TensorShape"))) };
        let node = self.trace.node(*id);
        let (kind, spec) = (node.kind, node.spec.clone());
        match kind {
            ops::TensorKind::Numpy if spec.shape.rank()? == 0 => {
                Some(Value::DType(spec.dtype?, crate::value::DTypeObject::Scalar))
            }
            ops::TensorKind::Numpy => Some(Value::Class(self.native_class("np.ndarray"))),
            ops::TensorKind::Eager => Some(Value::Class(self.eager_class())),
            ops::TensorKind::Keras if self.keras == ops::Keras::Three => {
                Some(Value::Class(self.native_class("keras.KerasTensor")))
            }
            ops::TensorKind::Variable if self.is_keras_variable(*id) => {
                Some(Value::Class(self.native_class("keras.Variable")))
            }
            ops::TensorKind::Variable => {
                let path = "tensorflow.python.ops.resource_variable_ops.ResourceVariable";
                Some(Value::Class(self.shown_class("ResourceVariable", path)))
            }
            ops::TensorKind::Keras | ops::TensorKind::Graph => None,
        }
    }

    /// A class without a public name, and what `repr` shows of it.
    fn shown_class(&mut self, name: &str, path: &str) -> ClassId {
        if let Some(id) = self.class_paths.get(path) {
            return *id;
        }
        let base = self.builtin_class("object");
        let id = self.add_class(name.into(), &[base], None, Some(path.into()));
        self.class_paths.insert(path.into(), id);
        id
    }

    /// The class of an array's dtype: `numpy.dtypes.Float64DType`.
    fn numpy_dtype_class(&mut self, dtype: tensor::DType) -> ClassId {
        let name = match dtype {
            tensor::DType::UInt8 => "UInt8DType".to_owned(),
            tensor::DType::UInt16 => "UInt16DType".to_owned(),
            tensor::DType::UInt32 => "UInt32DType".to_owned(),
            tensor::DType::UInt64 => "UInt64DType".to_owned(),
            tensor::DType::String => "StrDType".to_owned(),
            other => {
                let (first, rest) = other.name().split_at(1);
                format!("{}{rest}DType", first.to_uppercase())
            }
        };
        self.shown_class(&name, &format!("numpy.dtypes.{name}"))
    }

    /// The class of tensors with data, which has no public name.
    fn eager_class(&mut self) -> ClassId {
        if let Some(id) = self.class_paths.get(EAGER) {
            return *id;
        }
        let base = self.native_class("tf.Tensor");
        let id = self.add_class("EagerTensor".into(), &[base], None, Some(EAGER.into()));
        self.class_paths.insert(EAGER.into(), id);
        id
    }

    /// Tells whether an exception is of a built-in class or one derived from it.
    pub(crate) fn is_exception(&mut self, id: crate::heap::ObjId, class: &str) -> bool {
        let base = self.builtin_class(class);
        self.heap.instance(id).is_some_and(|i| self.is_subclass(i.class, base))
    }

    /// `globals()`: what is written into it makes names that are not seen here.
    fn open_globals(&mut self, scope: crate::heap::ObjId) -> Value {
        let complete = self.heap.scope(scope).is_none_or(|s| !s.names.contains_key(crate::stmt::STARRED));
        let names = self.scope_dict(scope);
        let why = Value::unknown("names that may come by way of `globals()`");
        self.add_starred(&why);
        if complete { names } else { self.lost_dict("the names of a module that not all is known of") }
    }

    /// `locals()`, `vars()`: in a method that has `super()` or `__class__` the class that it is written in, too.
    fn local_names(&mut self) -> Value {
        let scope = self.frames.last().map_or(self.globals, |f| f.scope);
        let names = self.scope_dict(scope);
        if let (Value::Dict(id), Some(class)) = (&names, self.class_cell())
            && let Some(items) = self.heap.dict_mut(*id)
        {
            items.insert(
                crate::heap::Key::Str("__class__".into()),
                (Value::str("__class__"), Value::Class(class)),
            );
        }
        names
    }

    /// The class in the cell `__class__` of the function under way, which has one only if it asks for it.
    fn class_cell(&self) -> Option<ClassId> {
        let frame = self.frames.last()?;
        let (class, module) = (frame.class?, frame.module?);
        let def = crate::locals::function_around(module.body(), frame.at)?;
        let text = module.source().get(def)?;
        (text.contains("super()") || text.contains("__class__")).then_some(class)
    }

    /// The names of a scope as a dict: a copy, as changes of it are rare.
    pub(crate) fn scope_dict(&mut self, scope: crate::heap::ObjId) -> Value {
        let names = self.heap.scope(scope).map(|s| s.names.clone()).unwrap_or_default();
        self.new_dict(names.into_iter().map(|(name, value)| (Value::Str(name), value)))
    }

    /// `vars(object)`, `object.__dict__`: a copy of the attributes.
    pub(crate) fn instance_dict(&mut self, id: crate::heap::ObjId) -> Value {
        let attrs = self.heap.instance(id).map(|i| i.attrs.clone()).unwrap_or_default();
        self.new_dict(attrs.into_iter().map(|(name, value)| (Value::Str(name), value)))
    }
}
