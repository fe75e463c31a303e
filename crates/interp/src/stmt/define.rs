//! `def`, `class`, `global` and `nonlocal`.

use std::rc::Rc;

use python::Ranged;
use python::ast::{self, Decorator, Stmt};

use crate::class::ClassId;
use crate::function::{Body, Function, signature_of};
use crate::heap::{ObjId, Object, ScopeObject};
use crate::interp::Interp;
use crate::raise::Eval;
use crate::stmt::Flow;
use crate::value::{Args, Value};

impl<'a> Interp<'a> {
    pub(super) fn exec_function_def(&mut self, s: &'a ast::StmtFunctionDef) -> Eval<Flow> {
        let decorators: Vec<Value> =
            s.decorator_list.iter().map(|d| self.eval(&d.expression)).collect::<Eval<_>>()?;
        let defaults = self.eval_defaults(&s.parameters)?;
        self.eval_annotations(s)?;
        let scope = self.frames.last().map_or(self.globals, |f| f.scope);
        let name: Rc<str> = s.name.as_str().into();
        let attrs = self.new_attrs();
        let (module, own) = self.frames.last().map_or((None, false), |f| (f.module, f.own));
        let function = Function {
            qualname: self.qualname(&name),
            name: name.clone(),
            signature: Rc::new(signature_of(&s.parameters)),
            defaults,
            body: Body::Def(&s.body),
            scope: self.closure_scope(scope),
            owner: self.class_being_defined(),
            class: self.frames.last().and_then(|f| f.class),
            yields: crate::coroutines::yields(&s.body),
            module,
            own,
            span: python::span(s.name.range()),
            attrs,
        };
        let mut value = self.add_function(function);
        for (decorator, node) in decorators.iter().zip(&s.decorator_list).rev() {
            self.at(python::span(Decorator::range(node)));
            value = self.call(decorator, Args::of([value]))?;
        }
        self.set_name(&name, value);
        Ok(Flow::Next)
    }

    /// A function in a class body does not see the class's names: its scope is the one around.
    pub(crate) fn closure_scope(&self, scope: ObjId) -> ObjId {
        match self.frames.last().filter(|f| f.scope == scope).and_then(|f| f.method.as_ref()) {
            Some((Value::Ellipsis, _)) => self.heap.scope(scope).and_then(|s| s.parent).unwrap_or(scope),
            _ => scope,
        }
    }

    /// The class whose body is being carried out; its frame is marked with `...` as its object.
    pub(crate) fn class_being_defined(&self) -> Option<ClassId> {
        match self.frames.last()?.method.as_ref()? {
            (Value::Ellipsis, class) => Some(*class),
            _ => None,
        }
    }

    /// `__qualname__`: the class's name in front of a method's, `outer.<locals>.inner` for closures.
    pub(crate) fn qualname(&self, name: &str) -> Rc<str> {
        let Some(frame) = self.frames.last() else { return name.into() };
        if let Some(class) = self.class_being_defined() {
            return format!("{}.{name}", self.class(class).name).into();
        }
        if &*frame.function == "<module>" {
            name.into()
        } else {
            format!("{}.<locals>.{name}", frame.function).into()
        }
    }

    pub(super) fn exec_class_def(&mut self, s: &'a ast::StmtClassDef) -> Eval<Flow> {
        let decorators: Vec<Value> =
            s.decorator_list.iter().map(|d| self.eval(&d.expression)).collect::<Eval<_>>()?;
        let mut bases = Vec::new();
        let mut open = false;
        for arg in s.arguments.iter().flat_map(|a| a.args.iter()) {
            let given = match arg {
                ast::Expr::Starred(starred) => {
                    let starred = self.eval(&starred.value)?;
                    let (items, more) = self.iterate(&starred, 64)?;
                    open |= more;
                    items
                }
                _ => vec![self.eval(arg)?],
            };
            for base in given {
                match self.as_base(&base) {
                    Some(id) => bases.push(id),
                    None => open = true,
                }
            }
        }
        let (mut keywords, mut meta) = (Vec::new(), None);
        for keyword in s.arguments.iter().flat_map(|a| a.keywords.iter()) {
            let value = self.eval(&keyword.value)?;
            match keyword.arg.as_ref().map(ast::Identifier::as_str) {
                // `metaclass=abc.ABCMeta` changes little; others may change everything.
                Some("metaclass") => match &value {
                    Value::Class(id) => match self.class(*id).path.as_deref() {
                        Some("abc.ABCMeta") => bases.push(self.native_class("abc.ABC")),
                        _ => (open, meta) = (true, Some(*id)),
                    },
                    _ => open = true,
                },
                Some(name) => keywords.push((Rc::from(name), value)),
                None => open = true,
            }
        }
        if bases.is_empty() {
            bases.push(self.builtin_class("object"));
        }
        let name: Rc<str> = s.name.as_str().into();
        let id = self.add_class(name.clone(), &bases, None, None);
        let class = &mut self.classes[id.0 as usize];
        class.open |= open;
        class.meta = meta.or(class.meta);
        self.class_body(s, id)?;
        self.at(python::span(s.name.range()));
        self.finish_class(id, keywords)?;
        let mut value = Value::Class(id);
        for (decorator, node) in decorators.iter().zip(&s.decorator_list).rev() {
            self.at(python::span(Decorator::range(node)));
            value = self.call(decorator, Args::of([value]))?;
        }
        self.set_name(&name, value);
        Ok(Flow::Next)
    }

    /// What Python does with a class once its body has run.
    fn finish_class(&mut self, id: ClassId, keywords: Vec<(Rc<str>, Value)>) -> Eval<()> {
        let dict = self.class(id).dict;
        let names: Vec<(Rc<str>, Value)> = self
            .heap
            .scope(dict)
            .map(|s| s.names.iter().map(|(k, v)| (k.clone(), v.clone())).collect())
            .unwrap_or_default();
        for (name, value) in names {
            if let Value::Instance(object) = &value
                && let Some(method) = self.own_method(*object, "__set_name__")
            {
                self.call(&method, Args::of([Value::Class(id), Value::Str(name)]))?;
            }
        }
        if self.derives_from(id, "enum.Enum") {
            self.make_enum(id)?;
        }
        if self
            .class(id)
            .mro
            .get(1)
            .is_some_and(|c| self.class(*c).path.as_deref() == Some("typing.NamedTuple"))
        {
            self.make_named_tuple(id)?;
        }
        let mro = self.class(id).mro.clone();
        if let Some((hook, owner)) = self.class_attr_in(&mro[1..], "__init_subclass__")
            && matches!(hook, Value::Function(_) | Value::Wrapped(_))
        {
            let hook = match hook {
                Value::Wrapped(wrapped) => match &*wrapped {
                    crate::value::Wrapped::ClassMethod(function) => function.clone(),
                    _ => Value::Wrapped(wrapped),
                },
                hook => hook,
            };
            let bound = self.bind_method(Value::Class(id), hook, Some(owner));
            self.call(&bound, Args { positional: Vec::new(), keywords })?;
        }
        Ok(())
    }

    /// Evaluates a function's annotations, which may name what is not there.
    fn eval_annotations(&mut self, s: &'a ast::StmtFunctionDef) -> Eval<()> {
        if self.annotations_are_text() {
            return Ok(());
        }
        let p = &s.parameters;
        let plain = p.posonlyargs.iter().chain(&p.args).chain(&p.kwonlyargs).map(|p| &p.parameter);
        let starred = p.vararg.iter().chain(&p.kwarg).map(|p| &**p);
        for parameter in plain.chain(starred) {
            if let Some(annotation) = &parameter.annotation {
                self.eval(annotation)?;
            }
        }
        if let Some(returns) = &s.returns {
            self.eval(returns)?;
        }
        Ok(())
    }

    /// Tells whether the module says `from __future__ import annotations`.
    pub(crate) fn annotations_are_text(&self) -> bool {
        let Some(module) = self.frames.last().and_then(|f| f.module) else { return false };
        for stmt in module.body() {
            match stmt {
                Stmt::ImportFrom(s) if s.module.as_ref().is_some_and(|m| m.as_str() == "__future__") => {
                    if s.names.iter().any(|n| n.name.as_str() == "annotations") {
                        return true;
                    }
                }
                // A docstring may stand in front.
                Stmt::Expr(_) => {}
                _ => return false,
            }
        }
        false
    }

    fn class_body(&mut self, s: &'a ast::StmtClassDef, id: ClassId) -> Eval<()> {
        let dict = self.class(id).dict;
        let around = self.frames.last().map_or(self.globals, |f| f.scope);
        let around = self.closure_scope(around);
        if let Object::Scope(scope) = self.heap.get_mut(dict) {
            *scope = ScopeObject { parent: Some(around), ..ScopeObject::default() };
        }
        let (module, own) = self.frames.last().map_or((None, false), |f| (f.module, f.own));
        self.push_frame(s.name.as_str().into(), dict, module, own);
        if let Some(frame) = self.frames.last_mut() {
            frame.method = Some((Value::Ellipsis, id));
            frame.class = Some(id);
        }
        let name = self.heap.scope(self.globals_of(around)).and_then(|s| s.names.get("__name__").cloned());
        if let Some(name @ Value::Str(_)) = name {
            self.set_name("__module__", name);
        }
        self.set_name("__doc__", python::docstring(&s.body).map_or(Value::None, Value::str));
        let ended = self.exec_block(&s.body);
        self.frames.pop();
        // Methods look free names up past the class, but the class's own scope must not be one to them.
        ended.map(|_| ())
    }

    /// Returns the class that a base expression names; an API class is made at first use.
    fn as_base(&mut self, base: &Value) -> Option<ClassId> {
        match base {
            Value::Class(id) => Some(*id),
            // `class P(NamedTuple)`: a function to Python, a class to everybody else.
            Value::Api(path) if path.starts_with("typing.") => Some(self.builtin_class("object")),
            _ => None,
        }
    }

    pub(super) fn declare_elsewhere(&mut self, names: &'a [ast::Identifier], global: bool) {
        let Some(scope) = self.frames.last().map(|f| f.scope) else { return };
        let mut target = self.globals_of(scope);
        for name in names {
            if !global {
                let found = self.scope_with(scope, name, true);
                target = found.unwrap_or(target);
            }
            if let Some(object) = self.heap.scope_mut(scope) {
                object.elsewhere.insert(name.as_str().into(), target);
            }
        }
    }
}
