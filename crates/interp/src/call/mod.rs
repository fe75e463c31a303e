//! Calls: dispatch to functions, classes, layers and the frameworks' API.

mod api;
pub(crate) use api::{dispatcher_misfit, named_nodes};
mod convert;
mod escape;
pub(crate) use escape::changed_in_functions;
mod instance;

use std::rc::Rc;

use diagnostics::Span;

use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::{Args, Value, Wrapped};

impl Interp<'_> {
    /// Calls a value from the expression at `span`, which the callee's nodes and errors then name.
    pub(crate) fn call_spanned(&mut self, callee: &Value, args: Args, span: Span) -> Eval {
        let _ = span;
        self.call(callee, args)
    }

    /// Calls a value.
    ///
    /// # Errors
    /// What the callee raises, and `TypeError` for what cannot be called.
    pub fn call(&mut self, callee: &Value, args: Args) -> Eval {
        self.step()?;
        match callee {
            Value::Function(id) => self.call_function(*id, args),
            Value::Native(native) => (native.call)(self, args),
            Value::Bound(bound) => {
                let bound = bound.clone();
                let args = args.with_self(bound.object.clone());
                self.check_method_args(&bound, &args)?;
                self.call(&bound.function, args)
            }
            Value::Class(id) => self.instantiate(*id, args),
            Value::Api(path) => {
                let path = path.clone();
                self.call_api(&path, args)
            }
            Value::Instance(_) => self.call_instance(callee, args),
            Value::DType(dtype, _) => self.call_dtype(*dtype, args),
            Value::Wrapped(wrapped) => {
                let wrapped = wrapped.clone();
                self.call_wrapped(&wrapped, args)
            }
            Value::Unknown(_) => {
                self.escape(&args);
                Ok(callee.clone())
            }
            Value::Script(_) | Value::Module(_) => Err(self.not_callable(callee)),
            Value::None
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::Str(_)
            | Value::Bytes(_)
            | Value::Tuple(_)
            | Value::List(_)
            | Value::Dict(_)
            | Value::Set(_)
            | Value::Any(_)
            | Value::Dim(_)
            | Value::Drawn(_)
            | Value::Ellipsis
            | Value::NotImplemented
            | Value::Slice(_)
            | Value::Range(..)
            | Value::Shape(_)
            | Value::Iterator(_) => Err(self.not_callable(callee)),
            Value::Tensor(_) => Err(self.not_callable(callee)),
        }
    }

    fn not_callable(&mut self, callee: &Value) -> crate::raise::Halt {
        let text = format!("'{}' object is not callable", self.type_name(callee));
        self.raise(ops::Exc::TypeError, text)
    }

    fn call_wrapped(&mut self, wrapped: &Rc<Wrapped>, args: Args) -> Eval {
        match &**wrapped {
            Wrapped::Partial(function, first) => {
                let mut all = first.clone();
                all.positional.extend(args.positional);
                for (name, value) in args.keywords {
                    match all.keywords.iter_mut().find(|(n, _)| *n == name) {
                        Some(slot) => slot.1 = value,
                        None => all.keywords.push((name, value)),
                    }
                }
                self.call(function, all)
            }
            Wrapped::Static(function) | Wrapped::ClassMethod(function) => self.call(function, args),
            Wrapped::Graph(traced) => self.call_graph(traced, args),
            Wrapped::CustomGradient(function) => self.call_custom_gradient(function, args),
            Wrapped::Property(..) | Wrapped::Super(..) => {
                let value = Value::Wrapped(wrapped.clone());
                Err(self.not_callable(&value))
            }
        }
    }

    /// Tells whether a callee belongs to a framework, so that a call of it decides the outcome.
    pub(crate) fn calls_framework(&self, callee: &Value) -> bool {
        match callee {
            Value::Api(path) => path.contains("keras"),
            Value::Bound(bound) => {
                matches!(bound.function, Value::Native(_)) && matches!(bound.object, Value::Instance(_))
            }
            Value::Instance(id) => self
                .heap
                .instance(*id)
                .is_some_and(|i| matches!(i.native, crate::native::NativeState::Layer(_))),
            Value::Class(id) => self.class(*id).path.as_deref().is_some_and(|p| p.contains("keras")),
            _ => false,
        }
    }
}
