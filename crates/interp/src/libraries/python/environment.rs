//! Variables of the environment: what a script sets is known, of what it finds there only `KERAS_BACKEND` is.

use crate::heap::ObjId;
use crate::interp::Interp;
use crate::native::native;
use crate::raise::Eval;
use crate::value::{Args, Native, Plain, Value};

/// The class of `os.environ`, a dict to everything else.
const CLASS: &str = "_Environ";
/// The variable that Keras 3 takes its backend from.
pub(crate) const KERAS_BACKEND: &str = "KERAS_BACKEND";

/// Methods of `os.environ`, `update` is that of any dict.
pub(super) static METHODS: &[Native] = &[
    native("get", |interp, args| Ok(read(interp, &args, 1))),
    native("setdefault", |interp, args| {
        let value = read(interp, &args, 1);
        if let Some(name) = args.get(1, "key") {
            interp.set_variable(name.clone(), value.clone())?;
        }
        Ok(value)
    }),
    native("pop", |interp, args| {
        let value = read(interp, &args, 1);
        if let Some(name) = args.get(1, "key") {
            interp.unset_variable(name);
        }
        Ok(value)
    }),
];

/// What is known of a variable.
enum Variable {
    /// Its value.
    Set(Value),
    /// That there is none.
    Unset,
    /// Nothing.
    Unknown,
}

/// Reads the variable whose name is the argument at a position, with a default behind it. Variables that a script
/// asks for are rarely set, so what may be the default is.
pub(super) fn read(interp: &mut Interp<'_>, args: &Args, at: usize) -> Value {
    let known = args.get(at, "key").map_or(Variable::Unknown, |name| interp.variable(name));
    let default = args.get(at + 1, "default");
    match (known, default) {
        (Variable::Set(value), _) => value,
        (Variable::Unset, None) => Value::None,
        (_, Some(default)) if !default.is_none() => default.clone(),
        (Variable::Unset, Some(_)) => Value::None,
        (Variable::Unknown, _) => interp.unknown("a variable of the environment"),
    }
}

impl Interp<'_> {
    /// Makes `os.environ`.
    pub(super) fn environ(&mut self) -> Value {
        let environ = self.lost_dict("the environment");
        if let Value::Dict(id) = environ {
            self.set_kind(id, CLASS);
        }
        environ
    }

    /// Tells whether a dict is `os.environ`.
    pub(crate) fn is_environ(&self, id: ObjId) -> bool {
        self.kind_of(id) == Some(CLASS)
    }

    /// Sets a variable: `os.environ["KERAS_BACKEND"] = "jax"`.
    ///
    /// # Errors
    /// `TypeError` for a name or a value that is no string.
    pub(crate) fn set_variable(&mut self, name: Value, value: Value) -> Eval<()> {
        for text in [&name, &value] {
            if matches!(
                text,
                Value::None
                    | Value::Int(_)
                    | Value::Float(_)
                    | Value::Bool(_)
                    | Value::Any(Plain::Int | Plain::Float | Plain::Bool)
            ) {
                let text = format!("str expected, not {}", self.type_name(text));
                return Err(self.raise(ops::Exc::TypeError, text));
            }
        }
        self.set_item(&Value::Dict(self.environment), name, value)
    }

    /// Deletes a variable, if it is there.
    pub(crate) fn unset_variable(&mut self, name: &Value) {
        let Some(key) = self.key(name) else {
            return self.lose(self.environment, "a variable that is not known was deleted");
        };
        if let Some(variables) = self.heap.dict_mut(self.environment) {
            variables.shift_remove(&key);
        }
    }

    /// Reads `os.environ[name]`.
    pub(crate) fn variable_item(&mut self, name: &Value) -> Value {
        match self.variable(name) {
            Variable::Set(value) => value,
            Variable::Unset | Variable::Unknown => self.unknown("a variable of the environment"),
        }
    }

    /// Tells whether a variable is set; nothing where it cannot be told.
    pub(crate) fn has_variable(&self, name: &Value) -> Option<bool> {
        match self.variable(name) {
            Variable::Set(_) => Some(true),
            Variable::Unset => Some(false),
            Variable::Unknown => None,
        }
    }

    fn variable(&self, name: &Value) -> Variable {
        let (Some(variables), Some(key)) = (self.heap.dict(self.environment), self.key(name)) else {
            return Variable::Unknown;
        };
        match variables.get(&key) {
            Some((_, value)) => Variable::Set(value.clone()),
            None if name.as_str() == Some(KERAS_BACKEND) => Variable::Unset,
            None => Variable::Unknown,
        }
    }
}
