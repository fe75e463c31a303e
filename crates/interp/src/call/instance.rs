//! Making and calling instances.

use crate::class::ClassId;
use crate::heap::{Instance, Names, Object};
use crate::interp::Interp;
use crate::native::NativeState;
use crate::raise::Eval;
use crate::value::{Args, Value};

impl Interp<'_> {
    /// Tells whether a class has a built-in base beside `object`.
    fn extends_builtin(&self, id: ClassId) -> bool {
        let paths = self.class(id).mro.iter().filter_map(|class| self.class(*class).path.as_deref());
        paths.into_iter().any(|path| path.starts_with("builtins.") && path != "builtins.object")
    }

    /// Makes an instance of a class: its native state, then `__init__`.
    ///
    /// # Errors
    /// What `__new__` and `__init__` raise.
    pub fn instantiate(&mut self, id: ClassId, args: Args) -> Eval {
        if let Some(value) = self.builtin_instance(id, &args)? {
            return Ok(value);
        }
        // `tf.Variable(0.5)` makes a tensor, `tf.TensorSpec(...)` a plain value: functions stand for the classes.
        if let Some(path) = self.class(id).path.clone() {
            if let Some(native) = self.native_function(&path) {
                return (native.call)(self, args);
            }
            if &*path == "builtins.NoneType" {
                // `type(None)(text)`, as settings are converted that are `None` by default.
                return match args.positional.is_empty() && args.keywords.is_empty() {
                    true => Ok(Value::None),
                    false => Err(self.raise(ops::Exc::TypeError, "NoneType takes no arguments")),
                };
            }
            if let Some(class) = self.modelled(&path)?
                && !matches!(class, Value::Class(own) if own == id)
            {
                return self.call(&class, args);
            }
        }
        if let Some((new, owner)) = self.class_attr(id, "__new__")
            && matches!(new, Value::Function(_) | Value::Wrapped(_))
        {
            return self.instantiate_by(id, &new, owner, args);
        }
        let id = self.class_to_make(id, &args);
        let instance = self.new_instance(id);
        let object = Value::Instance(instance);
        let made = self.here();
        if let Some(state) = self.layer_mut(instance) {
            state.made = made;
        }
        self.prepare_instance(instance, &args);
        if let Some(init) = self.unknown_init(id) {
            self.call(&init, args)?;
            return Ok(self.unknown("an object whose `__init__` is not known"));
        }
        match self.class_attr(id, "__init__") {
            Some((init, owner)) => {
                let bound = self.bind_method(object.clone(), init, Some(owner));
                self.call(&bound, args)?;
                self.after_init(instance)?;
            }
            None if self.class(id).open => {}
            // `class classproperty(property): ...` is made as `property` is, of which nothing is known here.
            None if !self.is_certain_class(id) || self.extends_builtin(id) => {
                return Ok(self.unknown(format!("objects of `{}` are not modelled", self.class(id).name)));
            }
            None => {
                if !args.positional.is_empty() || !args.keywords.is_empty() {
                    let text = format!("{}() takes no arguments", self.class(id).name);
                    return Err(self.raise(ops::Exc::TypeError, text));
                }
            }
        }
        Ok(object)
    }

    /// The constructor of a class, or of one that it hands on to, that a decorator has made anything of.
    fn unknown_init(&self, id: ClassId) -> Option<Value> {
        self.class(id).mro.iter().find_map(|class| {
            let own = self.heap.scope(self.class(*class).dict)?;
            own.names.get("__init__").filter(|init| init.is_unknown()).cloned()
        })
    }

    /// Makes an instance by its class's own `__new__`: `__init__` follows where it gives one of the class.
    fn instantiate_by(&mut self, id: ClassId, new: &Value, owner: ClassId, args: Args) -> Eval {
        let new = match new {
            Value::Wrapped(wrapped) => match &**wrapped {
                crate::value::Wrapped::Static(function) => function.clone(),
                _ => return Ok(self.unknown("an object made by its class's own `__new__`")),
            },
            _ => new.clone(),
        };
        let bound = self.bind_method(Value::Class(id), new, Some(owner));
        let object = self.call(&bound, args.clone())?;
        let Value::Instance(instance) = object else { return Ok(object) };
        let ours = self.heap.instance(instance).is_some_and(|i| self.is_subclass(i.class, id));
        if ours && let Some((init, owner)) = self.class_attr(id, "__init__") {
            let bound = self.bind_method(object.clone(), init, Some(owner));
            self.call(&bound, args)?;
            self.after_init(instance)?;
        }
        Ok(object)
    }

    /// Makes an instance without calling `__init__`.
    pub fn new_instance(&mut self, id: ClassId) -> crate::heap::ObjId {
        let native = self.class(id).mro.iter().find_map(|c| self.class(*c).native);
        let native = native.map_or(NativeState::Plain, |n| (n.state)());
        self.heap.add(Object::Instance(Instance { class: id, attrs: Names::default(), native }))
    }

    pub(super) fn call_instance(&mut self, callee: &Value, args: Args) -> Eval {
        let Value::Instance(id) = callee else { return Ok(Value::None) };
        let Some(class) = self.heap.instance(*id).map(|i| i.class) else {
            return Ok(self.unknown("a call of a lost object"));
        };
        match self.class_attr(class, "__call__") {
            Some((call, owner)) => {
                let bound = self.bind_method(callee.clone(), call, Some(owner));
                self.call(&bound, args)
            }
            None if !self.is_certain_class(class) => {
                Ok(self.unknown(format!("calls of `{}` objects are not modelled", self.class(class).name)))
            }
            None => {
                let text = format!("'{}' object is not callable", self.class(class).name);
                Err(self.raise(ops::Exc::TypeError, text))
            }
        }
    }
}
