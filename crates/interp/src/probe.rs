//! Functions and classes that a script only defines, carried out with arguments that are not known.
//!
//! `def build_model(n): …` in a library is never called there. Carried out on unknown arguments it ends with an
//! exception only if it does so whatever it is given, since a condition that is unknown takes both branches. What
//! only its default arguments lead to is found in a second pass, and is no certainty.

use python::ast::{Expr, Parameters, Stmt, StmtClassDef};
use tensor::{DType, Dim, Shape, TensorSpec};

use crate::class::ClassId;
use crate::events::Event;
use crate::function::Yields;
use crate::heap::{Names, ObjId, Object};
use crate::interp::Interp;
use crate::raise::Halt;
use crate::record::Outcome;
use crate::value::{Args, FunctionId, Plain, Value};

/// So many steps are taken in one function.
const STEPS: u64 = 60_000;
/// So many functions are looked at.
const MAX_FUNCTIONS: usize = 200;

/// What stands for the arguments.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pass {
    /// Nothing is known of any.
    Unknown,
    /// Those that have a default have it.
    Defaults,
}

impl<'a> Interp<'a> {
    /// Carries out what the script only defines. Its record stays as it is.
    pub(crate) fn probe(&mut self) {
        if !matches!(self.record.outcome, Outcome::Ok { .. }) {
            return;
        }
        let record = self.record.clone();
        let (undecided, explain) = (self.undecided.clone(), self.options.explain_unknown);
        self.options.explain_unknown = false;
        self.reopen();
        self.probed_from = Some(ObjId(u32::try_from(self.heap.len()).unwrap_or(u32::MAX)));
        let mut left = MAX_FUNCTIONS;
        for statement in self.program.script().body() {
            if left == 0 {
                break;
            }
            match statement {
                Stmt::FunctionDef(s) => {
                    let function = self.global(&s.name).and_then(|value| self.uncalled(&value));
                    if let Some(id) = function {
                        left -= 1;
                        self.probe_function(id, &s.parameters, None);
                    }
                }
                Stmt::ClassDef(s) => {
                    if let Some(Value::Class(class)) = self.global(&s.name) {
                        self.probe_class(class, s, &mut left);
                    }
                }
                _ => {}
            }
        }
        self.frames.clear();
        self.probed_from = None;
        self.options.explain_unknown = explain;
        self.undecided = undecided;
        self.record = record;
    }

    /// Tells whether an attribute of an object of the script's own may be another one by the time that a function is
    /// called which the script only defines: what a module's object holds, a class's data, and what is empty or
    /// `None` in wait for a value.
    pub(crate) fn is_placeholder(&self, id: ObjId, own: Option<&Value>, inherited: Option<&Value>) -> bool {
        let Some(from) = self.probed_from else { return false };
        let Some(class) = self.heap.instance(id).map(|instance| instance.class) else { return false };
        let data = |value: &Value| !matches!(value, Value::Function(_) | Value::Wrapped(_) | Value::Class(_));
        match (own, inherited) {
            (Some(own), _) => {
                let plain = |class: &ClassId| {
                    self.class(*class).path.as_deref().is_none_or(|path| path == "builtins.object")
                };
                self.is_empty_yet(own) || (id < from && data(own) && self.class(class).mro.iter().all(plain))
            }
            (None, Some(value)) => {
                self.is_empty_yet(value) || matches!(value, Value::Int(_) | Value::Float(_) | Value::Str(_))
            }
            _ => false,
        }
    }

    fn is_empty_yet(&self, value: &Value) -> bool {
        match value {
            Value::None => true,
            Value::List(id) | Value::Dict(id) | Value::Set(id) => match self.heap.get(*id) {
                Object::List(items) => items.is_empty(),
                Object::Dict(items) => items.is_empty(),
                Object::Set(items) => items.is_empty(),
                _ => false,
            },
            _ => false,
        }
    }

    /// The function that a value is, if it was never called and does not yield.
    fn uncalled(&self, value: &Value) -> Option<FunctionId> {
        let id = match value {
            Value::Function(id) => *id,
            Value::Wrapped(wrapped) => match wrapped.function()? {
                Value::Function(id) => *id,
                _ => return None,
            },
            _ => return None,
        };
        let function = self.function(id);
        (function.own && function.yields == Yields::Never && !self.called.contains(&id)).then_some(id)
    }

    fn probe_class(&mut self, class: ClassId, s: &'a StmtClassDef, left: &mut usize) {
        let dict = self.class(class).dict;
        let member =
            |interp: &Self, name: &str| interp.heap.scope(dict).and_then(|d| d.names.get(name)).cloned();
        let methods = s.body.iter().filter_map(|statement| match statement {
            Stmt::FunctionDef(method) if *method.name != *"__init__" => Some(method),
            _ => None,
        });
        let mut methods: Vec<_> = methods
            .filter_map(|method| {
                let id = member(self, &method.name).and_then(|value| self.uncalled(&value))?;
                Some((id, method))
            })
            .collect();
        if methods.is_empty() && member(self, "__init__").and_then(|value| self.uncalled(&value)).is_none() {
            return;
        }
        // What `build` makes is there when `call` runs.
        methods.sort_by_key(|(_, method)| *method.name != *"build");
        let Some(object) = self.probe_instance(class) else { return };
        for (id, method) in methods {
            if *left == 0 {
                return;
            }
            *left -= 1;
            self.probe_function(id, &method.parameters, Some(&object));
        }
    }

    /// An instance made of unknown arguments; nothing where that raises.
    fn probe_instance(&mut self, class: ClassId) -> Option<Value> {
        let init = self.class_attr(class, "__init__").map(|(value, _)| value);
        let mut args = Args::default();
        // Nothing stands for what comes in `*args`, and it does not end for want of that.
        let mut certain = true;
        if let Some(Value::Function(id)) = init {
            let signature = self.function(id).signature.clone();
            for parameter in signature.params.iter().skip(1) {
                let value = self.any_argument(&parameter.name);
                match parameter.kind {
                    python::ParameterKind::PositionalOnly => args.positional.push(value),
                    python::ParameterKind::Standard | python::ParameterKind::KeywordOnly => {
                        args.keywords.push((parameter.name.clone(), value));
                    }
                    python::ParameterKind::VarArgs => certain = false,
                    python::ParameterKind::KwArgs => {}
                }
            }
        }
        let before = self.events.len();
        self.steps = STEPS;
        let depth = self.frames.len();
        let made = self.instantiate(class, args);
        self.frames.truncate(depth);
        if certain {
            self.judge(&made, before, true);
        } else {
            self.events.truncate(before);
        }
        made.ok()
    }

    fn probe_function(&mut self, id: FunctionId, parameters: &'a Parameters, object: Option<&Value>) {
        let defaults = self.function(id).defaults.clone();
        let told = |value: &Value| !matches!(value, Value::None | Value::Unknown(_));
        let passes = [(Pass::Unknown, true), (Pass::Defaults, defaults.iter().any(|(_, value)| told(value)))];
        for (pass, wanted) in passes {
            if !wanted {
                continue;
            }
            let names = self.argument_names(id, parameters, object, pass);
            let before = self.events.len();
            self.steps = STEPS;
            let depth = self.frames.len();
            let ended = self.run_with(id, names, object.cloned());
            self.frames.truncate(depth);
            if self.judge(&ended, before, pass == Pass::Unknown) {
                return;
            }
        }
    }

    /// Keeps of what a probe told only an exception that is certain; tells whether there is one.
    fn judge(&mut self, ended: &Result<Value, Halt>, before: usize, certain: bool) -> bool {
        let told = self.events.split_off(before);
        let Err(Halt::Exception(id)) = ended else { return false };
        let id = *id;
        if !self.is_claim(id) {
            return false;
        }
        let hides = |event: &Event| matches!(event, Event::Swallowed { shown, .. } if *shown == id);
        self.events.extend(told.into_iter().filter(hides));
        self.events.push(Event::Raised { exception: id, fatal: certain });
        true
    }

    /// Tells whether an exception is a framework's answer and not one that the script raises on purpose, or that
    /// comes of names which others may bind.
    fn is_claim(&self, id: crate::heap::ObjId) -> bool {
        let mut at = id;
        for _ in 0..8 {
            let Some(state) = self.exception(at) else { return false };
            if state.unsure {
                return false;
            }
            match (&state.details, state.hidden) {
                (Some(details), _) => {
                    let framework = crate::modules::is_framework(&details.callee);
                    // Of the script's own names and functions others may make what they have to be.
                    let own = match &details.mistake {
                        ops::Mistake::MissingName { .. } | ops::Mistake::Signature { .. } => true,
                        // `options = {}` and `**options` wait for whoever uses the module.
                        ops::Mistake::MissingKey { keys, .. } => keys.is_empty(),
                        _ => false,
                    };
                    return framework || !own;
                }
                (None, Some(hidden)) => at = hidden,
                (None, None) => return false,
            }
        }
        false
    }

    fn any_argument(&mut self, name: &str) -> Value {
        self.unknown(format!("the argument `{name}` of a function that is only defined"))
    }

    /// The names that the function's frame begins with.
    fn argument_names(
        &mut self,
        id: FunctionId,
        parameters: &'a Parameters,
        object: Option<&Value>,
        pass: Pass,
    ) -> Names {
        let function = self.function(id);
        let (signature, defaults) = (function.signature.clone(), function.defaults.clone());
        let mut names = Names::default();
        for (at, parameter) in signature.params.iter().enumerate() {
            let default = defaults.iter().find(|(index, _)| *index == at).map(|(_, value)| value);
            let default = default.filter(|value| pass == Pass::Defaults && !value.is_none());
            let annotation =
                parameters.iter().find(|p| *p.name() == *parameter.name).and_then(|p| p.annotation());
            let value = match (object.filter(|_| at == 0), default) {
                (Some(object), _) => object.clone(),
                (None, Some(default)) => default.clone(),
                (None, None) => match annotation.and_then(|annotation| self.annotated_argument(annotation)) {
                    Some(value) => value,
                    None => self.any_argument(&parameter.name),
                },
            };
            names.insert(parameter.name.clone(), value);
        }
        names
    }

    /// What an annotation says of an argument: `int`, `Float[Tensor, "batch 28 28"]`.
    fn annotated_argument(&mut self, annotation: &Expr) -> Option<Value> {
        let last = |expr: &Expr| match expr {
            Expr::Name(name) => Some(name.id.to_string()),
            Expr::Attribute(attribute) => Some(attribute.attr.to_string()),
            _ => None,
        };
        let Expr::Subscript(subscript) = annotation else {
            return Some(Value::Any(match last(annotation)?.as_str() {
                "int" => Plain::Int,
                "float" => Plain::Float,
                "str" => Plain::Str,
                "bool" => Plain::Bool,
                _ => return None,
            }));
        };
        let dtype = match last(&subscript.value)?.as_str() {
            "Float" | "Int" | "UInt" | "Integer" | "Num" | "Inexact" | "Real" | "Shaped" => None,
            name => Some(DType::parse(&name.to_ascii_lowercase())?),
        };
        let Expr::Tuple(parts) = &*subscript.slice else { return None };
        let [array, Expr::StringLiteral(axes)] = &parts.elts[..] else { return None };
        let spec = TensorSpec::new(self.axes(axes.value.to_str()), dtype);
        let kind = match last(array)?.as_str() {
            "ndarray" | "Array" => ops::TensorKind::Numpy,
            _ => ops::TensorKind::Eager,
        };
        let span = self.here();
        Some(Value::Tensor(self.trace.add(graph::Source::Constant, kind, spec, span)))
    }

    /// Reads the axes of an annotation: `batch 28 28`, `... channels`, `*shape 3`.
    fn axes(&self, text: &str) -> Shape {
        let mut dims = Vec::new();
        for axis in text.split_whitespace() {
            if axis == "..." || axis.starts_with('*') {
                return Shape::UNKNOWN;
            }
            // `#4` may be 1 as well.
            let size = axis.rsplit('=').next().and_then(|size| size.parse().ok());
            dims.push(size.map_or(Dim::Unknown, Dim::Known));
        }
        Shape::new(dims)
    }
}
