//! Functions of the script: definition, binding, calling.

use std::rc::Rc;

use diagnostics::Span;
use python::ast::{self, Parameters, Stmt};
use python::{Bound as BoundArg, Module, ParameterKind, Signature};
use rustc_hash::FxHashSet;

use crate::class::ClassId;
use crate::heap::{Names, ObjId, Object, ScopeObject};
use crate::interp::Interp;
use crate::lazy::Source;
use crate::raise::{Eval, Halt};
use crate::stmt::Flow;
use crate::value::{Args, FunctionId, Value};

/// What a function carries out.
#[derive(Clone, Copy, Debug)]
pub enum Body<'a> {
    /// A `def`'s statements.
    Def(&'a [Stmt]),
    /// A lambda's expression.
    Lambda(&'a ast::Expr),
    /// The `__init__` that `@dataclass` makes: it sets the class's fields.
    Fields(ClassId),
}

/// How a function yields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Yields {
    /// Not at all: it is no generator's function.
    Never,
    /// In statements that evaluate nothing before: `x = yield y`.
    First,
    /// Within other expressions, too: `f(a(), (yield y))`.
    Within,
}

/// A function or lambda of the script.
#[derive(Clone, Debug)]
pub struct Function<'a> {
    /// `__name__`.
    pub name: Rc<str>,
    /// `__qualname__`, which TypeErrors print.
    pub qualname: Rc<str>,
    /// The parameters.
    pub signature: Rc<Signature>,
    /// The defaults of parameters that have one, by parameter index.
    pub defaults: Vec<(usize, Value)>,
    /// What it carries out.
    pub body: Body<'a>,
    /// The scope around it, where free names are looked up when it runs (late binding).
    pub scope: ObjId,
    /// The class whose body defines it.
    pub owner: Option<ClassId>,
    /// The class whose body it is written in, however deep, which mangles its private names.
    pub class: Option<ClassId>,
    /// How it yields.
    pub yields: Yields,
    /// The module it is written in.
    pub module: Option<&'a Module>,
    /// Whether that is the script or a module of its project.
    pub own: bool,
    /// The definition.
    pub span: Span,
    /// Attributes, which functions may have too.
    pub attrs: ObjId,
}

/// Reads parameters into a signature.
pub(crate) fn signature_of(parameters: &Parameters) -> Signature {
    let mut params = Vec::new();
    let mut add = |name: &str, kind, has_default: bool| {
        let default = has_default.then_some(python::Default::Other);
        params.push(python::Parameter { name: name.into(), kind, default });
    };
    for p in &parameters.posonlyargs {
        add(p.name(), ParameterKind::PositionalOnly, p.default.is_some());
    }
    for p in &parameters.args {
        add(p.name(), ParameterKind::Standard, p.default.is_some());
    }
    if let Some(p) = &parameters.vararg {
        add(p.name(), ParameterKind::VarArgs, false);
    }
    for p in &parameters.kwonlyargs {
        add(p.name(), ParameterKind::KeywordOnly, p.default.is_some());
    }
    if let Some(p) = &parameters.kwarg {
        add(p.name(), ParameterKind::KwArgs, false);
    }
    Signature { params }
}

impl<'a> Interp<'a> {
    /// Evaluates the defaults of parameters, by parameter index.
    pub fn eval_defaults(&mut self, parameters: &'a Parameters) -> Eval<Vec<(usize, Value)>> {
        let mut defaults = Vec::new();
        let positional = parameters.posonlyargs.iter().chain(&parameters.args).enumerate();
        let offset =
            parameters.posonlyargs.len() + parameters.args.len() + usize::from(parameters.vararg.is_some());
        let keyword = parameters.kwonlyargs.iter().enumerate().map(|(i, p)| (offset + i, p));
        for (at, parameter) in positional.chain(keyword) {
            if let Some(default) = &parameter.default {
                let value = self.eval(default)?;
                defaults.push((at, value));
            }
        }
        Ok(defaults)
    }

    /// Adds a function and returns its value.
    pub fn add_function(&mut self, function: Function<'a>) -> Value {
        let id = FunctionId(u32::try_from(self.functions.len()).unwrap_or(u32::MAX));
        self.functions.push(function);
        Value::Function(id)
    }

    /// Makes an empty attribute dict for a function.
    pub fn new_attrs(&mut self) -> ObjId {
        self.heap.add(Object::Scope(ScopeObject::default()))
    }

    /// Calls a function of the script.
    pub fn call_function(&mut self, id: FunctionId, args: Args) -> Eval {
        let function = self.function(id);
        if function.yields != Yields::Never {
            return Ok(self.lazy(Source::Generator(id, args)));
        }
        self.run_function(id, args)
    }

    fn run_function(&mut self, id: FunctionId, args: Args) -> Eval {
        let depth = self.frames.len();
        let body = self.enter(id, args)?;
        self.finish(depth, body)
    }

    /// Carries out the function whose frame is at `depth`.
    fn finish(&mut self, depth: usize, body: Body<'a>) -> Eval {
        let flow = match self.carry_out(body) {
            // `if unknown: return x`, and then an exception: it need not come.
            Err(Halt::Exception(_)) if self.may_have_returned(depth) => {
                let returned = self.frames.get_mut(depth).and_then(|frame| frame.returns.pop());
                Ok(returned.map_or(Flow::Next, Flow::Return))
            }
            flow => flow,
        };
        let result = flow.and_then(|flow| self.leave(depth, flow));
        self.frames.truncate(depth);
        result
    }

    /// Tells whether a branch that may be taken has returned from the function whose frame is at `depth`.
    fn may_have_returned(&self, depth: usize) -> bool {
        self.frames.get(depth).is_some_and(|frame| !frame.returns.is_empty())
    }

    /// Carries a function out on names that its parameters are bound to.
    pub(crate) fn run_with(&mut self, id: FunctionId, names: Names, first: Option<Value>) -> Eval {
        let depth = self.frames.len();
        let body = self.enter_bound(id, names, first);
        self.finish(depth, body)
    }

    /// Binds the arguments and pushes the function's frame.
    pub(crate) fn enter(&mut self, id: FunctionId, args: Args) -> Eval<Body<'a>> {
        if self.frames.len() >= self.options.depth {
            return Err(self.raise_named("RecursionError", "maximum recursion depth exceeded"));
        }
        self.step()?;
        let function = self.function(id).clone();
        let first = args.positional.first().cloned();
        let names = self.bind_function(&function, args)?;
        Ok(self.enter_bound(id, names, first))
    }

    fn enter_bound(&mut self, id: FunctionId, names: Names, first: Option<Value>) -> Body<'a> {
        self.called.insert(id);
        let function = self.function(id).clone();
        let scope = self.heap.add(Object::Scope(ScopeObject {
            names,
            parent: Some(function.scope),
            elsewhere: rustc_hash::FxHashMap::default(),
        }));
        let locals = self.locals_of(&function);
        self.push_frame(function.name.clone(), scope, function.module, function.own);
        if let Some(frame) = self.frames.last_mut() {
            frame.locals = locals;
            frame.at = function.span;
            frame.method = first.zip(function.owner);
            frame.class = function.class;
        }
        function.body
    }

    pub(crate) fn carry_out(&mut self, body: Body<'a>) -> Eval<Flow> {
        match body {
            Body::Def(body) => self.exec_block(body),
            Body::Lambda(body) => self.eval(body).map(Flow::Return),
            Body::Fields(class) => self.set_fields(class).map(|()| Flow::Next),
        }
    }

    /// What the function returns, with what it may have returned in branches.
    pub(crate) fn leave(&mut self, depth: usize, flow: Flow) -> Eval {
        let returns = self.frames.get_mut(depth).map(|f| std::mem::take(&mut f.returns)).unwrap_or_default();
        let value = match flow {
            Flow::Return(value) => value,
            _ => Value::None,
        };
        returns.into_iter().try_fold(value, |all, one| self.join(&all, &one))
    }

    /// What a function is called by the `TypeError` that its call raises: AutoGraph makes another one of it, within two of
    /// its own. Constructors it leaves as they are; a lambda's source it does not always find.
    ///
    /// source: tensorflow/python/autograph/pyct/transpiler.py: _wrap_into_factory, naming.py: function_name
    fn converted_name(&self, function: &Function<'a>) -> Rc<str> {
        let converts = self.autograph() && matches!(function.body, Body::Def(_));
        if !converts || function.name.starts_with("__") {
            return function.qualname.clone();
        }
        format!("outer_factory.<locals>.inner_factory.<locals>.tf__{}", function.name).into()
    }

    fn bind_function(&mut self, function: &Function<'a>, args: Args) -> Eval<Names> {
        let name = self.converted_name(function);
        let bound = match python::bind(&function.signature, &name, &args.positional, &args.keywords) {
            Ok(bound) => bound,
            Err(error) => {
                let violation = binding::Misfit::from(error).violation();
                return Err(self.raise_violation(violation, name, Vec::new()));
            }
        };
        let mut names = Names::default();
        for (at, (parameter, arg)) in function.signature.params.iter().zip(bound).enumerate() {
            let value = match arg {
                BoundArg::Given(value) => value,
                BoundArg::VarArgs(items) => Value::tuple(items),
                BoundArg::KwArgs(items) => self.new_dict(items.into_iter().map(|(k, v)| (Value::Str(k), v))),
                BoundArg::Default(_) => function
                    .defaults
                    .iter()
                    .find(|(i, _)| *i == at)
                    .map_or_else(|| Value::unknown("a default that is gone"), |(_, v)| v.clone()),
            };
            names.insert(parameter.name.clone(), value);
        }
        Ok(names)
    }

    /// The names that a function assigns, found once per definition.
    fn locals_of(&mut self, function: &Function<'a>) -> Option<Rc<FxHashSet<&'a str>>> {
        let Body::Def(body) = function.body else { return None };
        let key = body.as_ptr() as usize;
        if let Some(found) = self.local_names.get(&key) {
            return Some(found.clone());
        }
        let mut found = FxHashSet::default();
        crate::locals::collect(body, &mut found);
        let found = Rc::new(found);
        self.local_names.insert(key, found.clone());
        Some(found)
    }
}
