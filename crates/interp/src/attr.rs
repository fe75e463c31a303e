//! Attributes of every kind of value.

use std::rc::Rc;

use crate::class::ClassId;
use crate::function::Body;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::native::NativeState;
use crate::raise::Eval;
use crate::value::{Args, Bound, Native, Value, Wrapped};

/// What every class has of `object` and `type`.
const MACHINERY: &[&str] = &[
    "__annotations__",
    "__base__",
    "__call__",
    "__delattr__",
    "__dir__",
    "__eq__",
    "__format__",
    "__ge__",
    "__getattribute__",
    "__gt__",
    "__hash__",
    "__init__",
    "__init_subclass__",
    "__instancecheck__",
    "__le__",
    "__lt__",
    "__ne__",
    "__new__",
    "__prepare__",
    "__reduce__",
    "__reduce_ex__",
    "__repr__",
    "__setattr__",
    "__sizeof__",
    "__str__",
    "__subclasscheck__",
    "__subclasshook__",
    "__weakref__",
];

/// What every object has, though no model answers for it: how it is pickled, above all.
const OF_EVERY_OBJECT: &[&str] =
    &["__reduce__", "__reduce_ex__", "__getstate__", "__sizeof__", "__subclasshook__"];

/// The names of the outputs of ops that TensorFlow returns as named tuples.
const NAMED_OUTPUTS: &[(&str, &str, &[&str])] = &[
    ("top_k", "TopKV2", &["values", "indices"]),
    ("unique", "Unique", &["y", "idx"]),
    ("unique_with_counts", "UniqueWithCounts", &["y", "idx", "count"]),
    ("qr", "Qr", &["q", "r"]),
    ("slogdet", "LogMatrixDeterminant", &["sign", "log_abs_determinant"]),
];

impl Interp<'_> {
    /// Reads an attribute.
    ///
    /// # Errors
    /// `AttributeError`, and what a property raises.
    pub fn get_attr(&mut self, object: &Value, name: &str) -> Eval {
        match self.find_attr(object, name)? {
            Some(value) => Ok(value),
            None if matches!(object, Value::Tensor(id) if self.may_be_slices(*id, name)) => {
                Ok(self.unknown("a gradient that may be slices"))
            }
            None if self.is_machinery(object, name) => {
                Ok(self.unknown(format!("the attribute `{name}` is not modelled")))
            }
            None => {
                let core = self.missing_attr(object, name);
                let mistake = ops::Mistake::MissingName { name: name.to_owned() };
                let violation = ops::Violation { class: ops::Exc::AttributeError, core, mistake };
                let operands = match object {
                    Value::Tensor(id) => vec![("self".into(), *id)],
                    _ => Vec::new(),
                };
                // What lacks the name: a module or class by its path, else an object's type.
                let owner: Rc<str> = match object {
                    Value::Module(path) => path.clone(),
                    Value::Class(id) => {
                        let class = self.class(*id);
                        class.path.clone().unwrap_or_else(|| class.name.clone())
                    }
                    Value::Instance(id) => {
                        let class = self.heap.instance(*id).map(|i| self.class(i.class));
                        class.map(|c| c.path.clone().unwrap_or_else(|| c.name.clone())).unwrap_or_default()
                    }
                    _ => self.type_name(object),
                };
                Err(self.raise_violation(violation, owner, operands))
            }
        }
    }

    /// Tells whether a name is of the kind that Python itself reads and the recordings leave out, of a library's class
    /// or an object of one: `np.dtype[Any].__origin__`.
    fn is_machinery(&self, object: &Value, name: &str) -> bool {
        let class = match object {
            Value::Class(id) => Some(*id),
            Value::Instance(id) => self.heap.instance(*id).map(|instance| instance.class),
            _ => None,
        };
        let foreign = |class: ClassId| {
            let path = self.class(class).path.as_deref();
            path.is_some_and(|path| !path.starts_with("builtins."))
        };
        // Only classes and functions have names: `keras.metrics.get("mae").__name__` asks an object.
        if let Value::Instance(id) = object
            && matches!(name, "__name__" | "__qualname__")
            && (self.config(*id).is_some() || self.layer(*id).is_some())
        {
            return false;
        }
        name.starts_with("__") && name.ends_with("__") && class.is_some_and(foreign)
    }

    fn missing_attr(&self, object: &Value, name: &str) -> String {
        match object {
            Value::Module(path) => names::attribute_error(crate::value::profile(self.keras), path, name)
                .unwrap_or_else(|| format!("module '{}' has no attribute '{name}'", self.module_name(path))),
            Value::Script(scope) => {
                let module = self.heap.scope(*scope).and_then(|scope| scope.names.get("__name__"));
                let module = module.and_then(Value::as_str).unwrap_or_default();
                format!("module '{module}' has no attribute '{name}'")
            }
            Value::Class(id) => format!("type object '{}' has no attribute '{name}'", self.class(*id).name),
            Value::Tensor(id) => self.missing_tensor_attr(*id, name),
            _ => format!("'{}' object has no attribute '{name}'", self.type_name(object)),
        }
    }

    /// Reads an attribute; nothing where there is none.
    ///
    /// # Errors
    /// What a property raises.
    pub fn find_attr(&mut self, object: &Value, name: &str) -> Eval<Option<Value>> {
        let found = self.modelled_attr(object, name)?;
        if found.is_none() && self.has_unmodelled(object, name) {
            return Ok(Some(self.unknown(format!("the attribute `{name}` is not modelled"))));
        }
        Ok(found)
    }

    /// An output of an op whose results are a named tuple: `tf.math.top_k(x).values`.
    fn named_output(&self, items: &[Value], name: &str) -> Option<Value> {
        let (_, names) = self.named_outputs(items)?;
        items.get(names.iter().position(|n| *n == name)?).cloned()
    }

    /// The class and the fields of the named tuple that an op's results are.
    pub(crate) fn named_outputs(&self, items: &[Value]) -> Option<(&'static str, &'static [&'static str])> {
        let Some(Value::Tensor(first)) = items.first() else { return None };
        let graph::Source::Op(op) = self.trace.node(*first).source else { return None };
        let (_, class, names) = NAMED_OUTPUTS.iter().find(|(kernel, ..)| *kernel == op.name)?;
        Some((*class, *names))
    }

    /// Tells whether an object of Python's own libraries has an attribute that no model answers for.
    fn has_unmodelled(&self, object: &Value, name: &str) -> bool {
        if OF_EVERY_OBJECT.contains(&name) {
            return true;
        }
        let has = crate::libraries::has_unmodelled;
        match object {
            Value::Module(_) | Value::Script(_) | Value::Unknown(_) => false,
            _ if name == "__class__" => true,
            Value::Instance(id) => self.heap.instance(*id).is_some_and(|instance| {
                let mut classes = self.class(instance.class).mro.iter().map(|class| self.class(*class));
                classes.any(|class| has(class.path.as_deref().unwrap_or_default(), name))
            }),
            _ => has(&self.type_name(object), name),
        }
    }

    fn modelled_attr(&mut self, object: &Value, name: &str) -> Eval<Option<Value>> {
        match object {
            Value::Unknown(_) => Ok(Some(object.clone())),
            Value::Tuple(items) => match self.named_output(items, name) {
                Some(output) => Ok(Some(output)),
                None => self.builtin_attr(object, name),
            },
            Value::Tensor(id) => self.tensor_attr(*id, name),
            Value::Shape(shape) => Ok(self.shape_attr(&shape.clone(), name)),
            Value::DType(dtype, object) => Ok(self.dtype_attr(*dtype, *object, name)),
            Value::Instance(id) => self.instance_attr(*id, name),
            Value::Class(id) => self.class_member(*id, name),
            Value::Module(path) => self.module_attr(path, name),
            Value::Script(scope) => self.script_attr(*scope, name),
            Value::Wrapped(wrapped) => {
                let wrapped = wrapped.clone();
                self.wrapped_attr(object, &wrapped, name)
            }
            Value::Function(id) => {
                let function = self.function(*id);
                let attr = self.heap.scope(function.attrs).and_then(|s| s.names.get(name)).cloned();
                Ok(attr.or_else(|| match name {
                    "__name__" => Some(Value::Str(function.name.clone())),
                    "__qualname__" => Some(Value::Str(function.qualname.clone())),
                    "__doc__" => Some(match function.body {
                        Body::Def(body) => python::docstring(body).map_or(Value::None, Value::str),
                        Body::Lambda(_) | Body::Fields(_) => Value::None,
                    }),
                    "__module__" | "__code__" | "__defaults__" | "__kwdefaults__" | "__type_params__"
                    | "__closure__" | "__globals__" | "__dict__" | "__annotations__" | "__wrapped__"
                    | "__call__" => Some(Value::unknown("an attribute of a function")),
                    _ => None,
                }))
            }
            Value::Bound(bound) => match name {
                "__self__" => Ok(Some(bound.object.clone())),
                "__func__" => Ok(Some(bound.function.clone())),
                _ => {
                    let function = bound.function.clone();
                    self.find_attr(&function, name)
                }
            },
            Value::Native(native) => Ok(match name {
                "__name__" => Some(Value::str(native.name.rsplit('.').next().unwrap_or(native.name))),
                // `itertools.chain.from_iterable`
                _ => match crate::native::find_function(&format!("{}.{name}", native.name)) {
                    Some(function) => Some(Value::Native(function)),
                    None => Some(Value::unknown("an attribute of a built-in function")),
                },
            }),
            Value::Api(path) => Ok(match name {
                "__name__" => Some(Value::str(path.rsplit('.').next().unwrap_or(path))),
                // `np.add.at(x, places, values)` changes an array.
                "at" if path.starts_with("np.") => crate::native::find_function("np.ufunc.at")
                    .map(|function| Value::bound(object.clone(), function)),
                _ => Some(Value::unknown("an attribute of a framework's function")),
            }),
            _ => self.builtin_attr(object, name),
        }
    }

    fn instance_attr(&mut self, id: ObjId, name: &str) -> Eval<Option<Value>> {
        let Some(instance) = self.heap.instance(id) else { return Ok(Some(Value::unknown("a lost object"))) };
        let class = instance.class;
        let own = instance.attrs.get(name).cloned();
        let inherited = self.class_attr(class, name).filter(|(value, _)| !self.lacks_native(class, value));
        let object = Value::Instance(id);
        // A property goes before the instance's own attributes.
        if let Some((Value::Wrapped(wrapped), _)) = &inherited
            && let Wrapped::Property(getter, _) = &**wrapped
        {
            let getter = getter.clone();
            // Keras 2's metrics are layers, but what they keep is a metric's.
            if matches!(getter, Value::Native(_))
                && let Some(value) = self.config_attr(id, name)
            {
                return Ok(Some(value));
            }
            return self.call(&getter, Args::of([object])).map(Some);
        }
        // So does a descriptor of the script's that sets.
        if let Some((Value::Instance(descriptor), _)) = &inherited {
            let descriptor = *descriptor;
            if (own.is_none() || self.own_method(descriptor, "__set__").is_some())
                && let Some(method) = self.own_method(descriptor, "__get__")
            {
                return self.call(&method, Args::of([object, Value::Class(class)])).map(Some);
            }
        }
        if self.is_placeholder(id, own.as_ref(), inherited.as_ref().map(|(value, _)| value)) {
            return Ok(Some(
                self.unknown(format!("`{name}`, which may be set before the function is called")),
            ));
        }
        if own.is_some() {
            return Ok(own);
        }
        if let Some((value, owner)) = inherited {
            return Ok(Some(self.bind_method(object, value, Some(owner))));
        }
        if let Some(value) = self.native_attr(id, name)? {
            return Ok(Some(value));
        }
        if let Some(value) = self.exception_attr(id, name) {
            return Ok(Some(value));
        }
        match name {
            "__class__" => return Ok(Some(Value::Class(class))),
            "__dict__" => return Ok(Some(self.instance_dict(id))),
            "__doc__" | "__module__" => return Ok(Some(Value::Any(crate::value::Plain::Str))),
            _ => {}
        }
        if !name.starts_with("__")
            && let Some((getter, owner)) = self.class_attr(class, "__getattr__")
        {
            let bound = self.bind_method(object, getter, Some(owner));
            return self.call(&bound, Args::of([Value::str(name)])).map(Some);
        }
        if self.dataset_class(id).is_some() && !name.starts_with('_') {
            let profile = crate::value::profile(self.keras);
            // The recording has them since one that is read from a folder gets them as attributes of its own.
            let own = matches!(name, "class_names" | "file_paths");
            let known = !own && names::class_member(profile, "tf.data.Dataset", name).entry().is_some();
            return Ok(if known { self.unrecorded_member(class, name) } else { None });
        }
        if self.is_lost(id) && !name.starts_with("__") {
            return Ok(Some(self.unknown(format!("`{name}` of a layer that cannot be followed"))));
        }
        if let Some(answer) = self.layer_attr(id, name)? {
            return Ok(answer);
        }
        if let Some(function) = self.inherited_call(class, name) {
            return Ok(Some(self.bind_method(object, function, None)));
        }
        let member = self.unrecorded_member(class, name);
        Ok(member.map(|member| self.bound_to_stream(id, member)))
    }

    /// What to say of a member that is not modelled: unknown where the class has it or may have it.
    fn unrecorded_member(&mut self, class: ClassId, name: &str) -> Option<Value> {
        if self.class(class).open {
            return (!name.starts_with("__"))
                .then(|| self.unknown(format!("`{name}` of a class with an unknown base")));
        }
        let paths: Vec<Rc<str>> =
            self.class(class).mro.iter().filter_map(|c| self.class(*c).path.clone()).collect();
        if let Some(found) = paths.iter().find_map(|path| self.numpy_member(path, name)) {
            return Some(found);
        }
        let profile = crate::value::profile(self.keras);
        for path in paths {
            if path.starts_with("builtins.") || crate::libraries::is_transparent(&path) {
                continue;
            }
            let recorded = match (&*path == crate::framework::model::FUNCTIONAL, self.keras) {
                (true, ops::Keras::Two) => "tf_keras.src.engine.functional:Functional",
                (true, ops::Keras::Three) => "keras.src.models.functional:Functional",
                (false, _) => &path,
            };
            match names::class_member(profile, recorded, name) {
                names::Existence::Missing => {}
                names::Existence::Exists(_)
                | names::Existence::NotRecorded
                | names::Existence::ImportOnly
                    if name.starts_with("__") => {}
                // `keras.losses.Reduction.NONE`
                names::Existence::Exists(entry) if entry.kind == names::Kind::Constant => {
                    return Some(self.recorded_constant(&path, entry.signature));
                }
                names::Existence::Exists(_) => {
                    return Some(self.unknown(format!("`{path}.{name}` is not modelled")));
                }
                names::Existence::ImportOnly | names::Existence::NotRecorded => {
                    return Some(self.unknown(format!("`{path}.{name}` is not recorded")));
                }
            }
        }
        None
    }

    fn class_member(&mut self, id: ClassId, name: &str) -> Eval<Option<Value>> {
        // A property of the class's own class comes first.
        if let Some((Value::Wrapped(wrapped), _)) =
            self.class(id).meta.and_then(|meta| self.class_attr(meta, name))
            && let Wrapped::Property(getter, _) = &*wrapped
        {
            return self.call(getter, Args::of([Value::Class(id)])).map(Some);
        }
        let attr = self.class_attr(id, name);
        if name == "from_config"
            && !matches!(attr, Some((Value::Wrapped(_), _)))
            && self
                .class(id)
                .mro
                .iter()
                .any(|base| self.class(*base).path.as_deref() == Some("keras.layers.Layer"))
        {
            let function = Value::Native(&crate::framework::deserialise::FROM_CONFIG);
            return Ok(Some(Value::Bound(Rc::new(Bound {
                object: Value::Class(id),
                function,
                owner: None,
            }))));
        }
        if let Some((value, owner)) = attr {
            return Ok(Some(match &value {
                Value::Wrapped(wrapped) => match &**wrapped {
                    Wrapped::Static(function) => function.clone(),
                    Wrapped::ClassMethod(function) => {
                        let function = function.clone();
                        Value::Bound(Rc::new(Bound {
                            object: Value::Class(id),
                            function,
                            owner: Some(owner),
                        }))
                    }
                    _ => value,
                },
                _ => value,
            }));
        }
        if let Some(function) = self.inherited_call(id, name) {
            return Ok(Some(function));
        }
        Ok(match name {
            "__name__" | "__qualname__" => Some(Value::Str(self.class(id).name.clone())),
            "__doc__" | "__module__" => Some(Value::Any(crate::value::Plain::Str)),
            "__mro__" => Some(Value::tuple(self.class(id).mro.iter().map(|c| Value::Class(*c)))),
            "__bases__" => Some(Value::tuple(self.class(id).mro.get(1).map(|c| Value::Class(*c)))),
            "__dict__" => {
                let dict = self.class(id).dict;
                Some(self.scope_dict(dict))
            }
            "from_config" if self.takes_config(id) => Some(Value::Bound(Rc::new(Bound {
                object: Value::Class(id),
                function: Value::Native(&crate::framework::lookups::FROM_CONFIG),
                owner: None,
            }))),
            "__subclasses__" | "mro" => Some(Value::unknown("a class's own machinery")),
            _ => match self.inherited_builtin(id, name) {
                Some(value) => Some(value),
                None => self.unrecorded_member(id, name).or_else(|| {
                    // `collections.abc.Mapping` has methods of its own: `__contains__`, `get`.
                    let exists = MACHINERY.contains(&name)
                        || self.derives_of(id, &["collections.abc."])
                        || (name == "register" && self.takes_registrations(id));
                    exists.then(|| Value::unknown("a class's own machinery"))
                }),
            },
        })
    }

    /// What a class has of Python's, its own or what is known of a base: `OrderedDict.fromkeys`.
    fn inherited_builtin(&mut self, id: ClassId, name: &str) -> Option<Value> {
        if let Some(own) = self.builtin_class_attr(id, name) {
            return Some(own);
        }
        let mro = self.class(id).mro.clone();
        let mut bases = mro.iter().skip(1).filter_map(|class| self.builtin_class_attr(*class, name));
        bases.find(|value| !value.is_unknown())
    }

    /// Tells whether a class is an abstract one of Python's, which classes can be registered with.
    fn takes_registrations(&self, id: ClassId) -> bool {
        self.derives_of(id, &["abc.", "numbers.", "collections.abc."])
    }

    /// Tells whether a class is one of these modules' or derives from one.
    fn derives_of(&self, id: ClassId, modules: &[&str]) -> bool {
        let paths = self.class(id).mro.iter().filter_map(|class| self.class(*class).path.as_deref());
        paths.into_iter().any(|path| modules.iter().any(|module| path.starts_with(module)))
    }

    /// Binds what was found in a class to an object.
    pub fn bind_method(&mut self, object: Value, value: Value, owner: Option<ClassId>) -> Value {
        match &value {
            Value::Function(_) | Value::Native(_) => {
                Value::Bound(Rc::new(Bound { object, function: value, owner }))
            }
            Value::Wrapped(wrapped) => match &**wrapped {
                Wrapped::Static(function) => function.clone(),
                Wrapped::ClassMethod(function) => {
                    let object = match &object {
                        Value::Instance(id) => {
                            self.heap.instance(*id).map_or(object.clone(), |i| Value::Class(i.class))
                        }
                        _ => object,
                    };
                    Value::Bound(Rc::new(Bound { object, function: function.clone(), owner }))
                }
                // A decorated method: `@tf.function def call(self, x)`.
                Wrapped::Graph(_) | Wrapped::CustomGradient(_) => {
                    Value::Bound(Rc::new(Bound { object, function: value, owner }))
                }
                // `@contextmanager def timed(self, name)`; a `functools.partial` is not bound.
                Wrapped::Partial(function, _) if crate::libraries::makes_manager(function) => {
                    Value::Bound(Rc::new(Bound { object, function: value, owner }))
                }
                _ => value,
            },
            _ => value,
        }
    }

    fn wrapped_attr(&mut self, object: &Value, wrapped: &Wrapped, name: &str) -> Eval<Option<Value>> {
        match wrapped {
            Wrapped::Super(target, after) => {
                let class = match target {
                    Value::Instance(id) => self.heap.instance(*id).map(|i| i.class),
                    Value::Class(id) => Some(*id),
                    _ => None,
                };
                let Some(class) = class else {
                    return Ok(Some(Value::unknown("`super()` of an unknown object")));
                };
                let mro = self.class(class).mro.clone();
                let from = mro.iter().position(|c| c == after).map_or(0, |i| i + 1);
                if let Some((value, owner)) = self.class_attr_in(&mro[from..], name) {
                    if let Value::Wrapped(property) = &value
                        && let Wrapped::Property(getter, _) = &**property
                    {
                        let getter = getter.clone();
                        return self.call(&getter, Args::of([target.clone()])).map(Some);
                    }
                    return Ok(Some(self.bind_method(target.clone(), value, Some(owner))));
                }
                if let Some(function) = self.inherited_call(class, name) {
                    return Ok(Some(self.bind_method(target.clone(), function, None)));
                }
                // `object.__init__` takes what it is given.
                match name {
                    "__init__" | "__init_subclass__" => return Ok(Some(Value::Native(&NOTHING))),
                    "__setattr__" | "__new__" => {
                        let object = self.builtin_class("object");
                        if let Some(value) = self.builtin_class_attr(object, name) {
                            let target = target.clone();
                            // `super().__new__(cls)` is given the class, `super().__setattr__` its object.
                            return Ok(Some(match name {
                                "__new__" => value,
                                _ => self.bind_method(target, value, None),
                            }));
                        }
                    }
                    _ => {}
                }
                let open =
                    self.class(class).open || mro[from..].iter().any(|c| self.class(*c).path.is_some());
                Ok(open.then(|| self.unknown(format!("`super().{name}` is not modelled"))))
            }
            Wrapped::Property(getter, _) => Ok(match name {
                "deleter" | "getter" => Some(Value::Bound(Rc::new(Bound {
                    object: object.clone(),
                    function: Value::Native(&SAME_PROPERTY),
                    owner: None,
                }))),
                "setter" => Some(Value::Bound(Rc::new(Bound {
                    object: object.clone(),
                    function: Value::Native(&SETTER),
                    owner: None,
                }))),
                "fget" => Some(getter.clone()),
                "fset"
                | "fdel"
                | "__doc__"
                | "__get__"
                | "__set__"
                | "__delete__"
                | "__isabstractmethod__" => Some(Value::unknown("a property's own machinery")),
                _ => None,
            }),
            Wrapped::Partial(function, _) => match name {
                "func" => Ok(Some(function.clone())),
                _ => Ok(Some(Value::unknown("an attribute of a partial"))),
            },
            Wrapped::Graph(_) | Wrapped::CustomGradient(_) => match (name, wrapped.function()) {
                ("python_function" | "__wrapped__", Some(function)) => Ok(Some(function.clone())),
                ("__name__" | "__doc__" | "__qualname__", Some(function)) => {
                    self.find_attr(&function.clone(), name)
                }
                _ => Ok(Some(self.unknown("an attribute of a tf.function"))),
            },
            Wrapped::Static(_) | Wrapped::ClassMethod(_) => {
                Ok(Some(Value::unknown("an attribute of a method")))
            }
        }
    }

    /// Sets an attribute.
    ///
    /// # Errors
    /// What a setter raises.
    pub fn set_attr(&mut self, object: &Value, name: &str, value: Value) -> Eval<()> {
        match object {
            Value::Instance(id) => {
                let Some(class) = self.heap.instance(*id).map(|i| i.class) else { return Ok(()) };
                if let Some((Value::Wrapped(wrapped), _)) = self.class_attr(class, name)
                    && let Wrapped::Property(getter, setter) = &*wrapped
                {
                    if let Some(setter) = setter {
                        self.call(&setter.clone(), Args::of([object.clone(), value]))?;
                        return Ok(());
                    }
                    let text = match getter {
                        Value::Function(_) => {
                            let class = self.type_name(object);
                            Some(format!("property '{name}' of '{class}' object has no setter"))
                        }
                        // A named tuple's field; a cached property is a bound function as well.
                        Value::Bound(bound) if matches!(bound.object, Value::Int(_)) => {
                            Some("can't set attribute".to_owned())
                        }
                        _ => None,
                    };
                    if let Some(text) = text {
                        return Err(self.raise(ops::Exc::AttributeError, text));
                    }
                }
                if let Some((Value::Instance(descriptor), _)) = self.class_attr(class, name)
                    && let Some(method) = self.own_method(descriptor, "__set__")
                {
                    self.call(&method, Args::of([object.clone(), value]))?;
                    return Ok(());
                }
                if let Some((setter, owner)) = self.class_attr(class, "__setattr__") {
                    let bound = self.bind_method(object.clone(), setter, Some(owner));
                    self.call(&bound, Args::of([Value::str(name), value]))?;
                    return Ok(());
                }
                self.set_own_attr(*id, name, value)
            }
            Value::Class(id) => {
                let dict = self.class(*id).dict;
                if let Some(scope) = self.heap.scope_mut(dict) {
                    scope.names.insert(name.into(), value);
                }
                Ok(())
            }
            Value::Script(scope) => {
                if let Some(scope) = self.heap.scope_mut(*scope) {
                    scope.names.insert(name.into(), value);
                }
                Ok(())
            }
            // `tf.model = tf.keras.Sequential()`.
            Value::Module(path) => {
                let value = if self.heap.is_branching() {
                    self.unknown("a member that a module may have got")
                } else {
                    value
                };
                self.members.insert(format!("{path}.{name}").into(), value);
                Ok(())
            }
            Value::Function(id) => {
                let attrs = self.function(*id).attrs;
                if let Some(scope) = self.heap.scope_mut(attrs) {
                    scope.names.insert(name.into(), value);
                }
                Ok(())
            }
            Value::Tensor(id) => {
                if self.trace.node(*id).kind == ops::TensorKind::Numpy {
                    return self.array_set_attr(*id, name, &value);
                }
                self.tensor_set_attr(*id, name, &value)
            }
            Value::None
            | Value::Int(_)
            | Value::Float(_)
            | Value::Str(_)
            | Value::List(_)
            | Value::Dict(_)
            | Value::Tuple(_) => {
                let text = format!("'{}' object has no attribute '{name}'", self.type_name(object));
                Err(self.raise(ops::Exc::AttributeError, text))
            }
            _ => Ok(()),
        }
    }

    /// Deletes an attribute.
    ///
    /// # Errors
    /// `AttributeError` where there is none.
    pub(crate) fn delete_attr(&mut self, object: &Value, name: &str) -> Eval<()> {
        let removed = match object {
            Value::Instance(id) => self.heap.instance_mut(*id).map(|i| i.attrs.shift_remove(name).is_some()),
            Value::Class(id) => {
                let dict = self.class(*id).dict;
                self.heap.scope_mut(dict).map(|s| s.names.shift_remove(name).is_some())
            }
            _ => None,
        };
        let property = match object {
            Value::Instance(id) => {
                let class = self.heap.instance(*id).map(|i| i.class);
                class.is_some_and(|class| self.class_attr(class, name).is_some())
            }
            _ => false,
        };
        if removed == Some(false) && self.is_certain(object) && !property {
            let text = format!("'{}' object has no attribute '{name}'", self.type_name(object));
            return Err(self.raise(ops::Exc::AttributeError, text));
        }
        Ok(())
    }

    /// Sets an instance's own attribute; layers track what they are given.
    ///
    /// # Errors
    /// What Keras raises for an attribute it refuses.
    pub fn set_own_attr(&mut self, id: ObjId, name: &str, value: Value) -> Eval<()> {
        if let Some(NativeState::Layer(_)) = self.heap.instance(id).map(|i| &i.native) {
            self.layer_set_attr(id, name, &value)?;
        }
        if self.config_set_attr(id, name, &value)? {
            return Ok(());
        }
        if let Some(instance) = self.heap.instance_mut(id) {
            instance.attrs.insert(name.into(), value);
        }
        Ok(())
    }
}

static NOTHING: Native = Native { name: "object.__init__", call: |_, _| Ok(Value::None) };

/// `@x.deleter`: what deleting does is not followed.
static SAME_PROPERTY: Native = Native {
    name: "property.deleter",
    call: |_, args| Ok(args.positional.into_iter().next().unwrap_or(Value::None)),
};

static SETTER: Native = Native {
    name: "property.setter",
    call: |_, args| {
        let mut given = args.positional.into_iter();
        let (property, setter) = (given.next(), given.next());
        Ok(match (property, setter) {
            (Some(Value::Wrapped(wrapped)), Some(setter)) => match &*wrapped {
                Wrapped::Property(getter, _) => {
                    Value::Wrapped(Rc::new(Wrapped::Property(getter.clone(), Some(setter))))
                }
                _ => Value::Wrapped(wrapped),
            },
            _ => Value::None,
        })
    },
};
