//! `def`, `class`, `global` and `nonlocal`.

use std::rc::Rc;

use python::Ranged;
use python::ast::{self, Decorator};

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
        let scope = self.frames.last().map_or(self.globals, |f| f.scope);
        let name: Rc<str> = s.name.as_str().into();
        let attrs = self.new_attrs();
        let (module, main) = self.frames.last().map_or((None, false), |f| (f.module, f.main));
        let function = Function {
            qualname: self.qualname(&name),
            name: name.clone(),
            signature: Rc::new(signature_of(&s.parameters)),
            defaults,
            body: Body::Def(&s.body),
            scope: self.closure_scope(scope),
            owner: self.class_being_defined(),
            generator: crate::locals::has_yield(&s.body),
            module,
            main,
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
            let base = self.eval(arg)?;
            match self.as_base(&base) {
                Some(id) => bases.push(id),
                None => open = true,
            }
        }
        if bases.is_empty() {
            bases.push(self.builtin_class("object"));
        }
        let name: Rc<str> = s.name.as_str().into();
        let id = self.add_class(name.clone(), &bases, None, None);
        self.classes[id.0 as usize].open |= open;
        self.class_body(s, id)?;
        let mut value = Value::Class(id);
        for (decorator, node) in decorators.iter().zip(&s.decorator_list).rev() {
            self.at(python::span(Decorator::range(node)));
            value = self.call(decorator, Args::of([value]))?;
        }
        self.set_name(&name, value);
        Ok(Flow::Next)
    }

    fn class_body(&mut self, s: &'a ast::StmtClassDef, id: ClassId) -> Eval<()> {
        let dict = self.class(id).dict;
        let around = self.frames.last().map_or(self.globals, |f| f.scope);
        let around = self.closure_scope(around);
        if let Object::Scope(scope) = self.heap.get_mut(dict) {
            *scope = ScopeObject { parent: Some(around), ..ScopeObject::default() };
        }
        let (module, main) = self.frames.last().map_or((None, false), |f| (f.module, f.main));
        self.push_frame(s.name.as_str().into(), dict, module, main);
        if let Some(frame) = self.frames.last_mut() {
            frame.method = Some((Value::Ellipsis, id));
        }
        let ended = self.exec_block(&s.body);
        self.frames.pop();
        // Methods look free names up past the class, but the class's own scope must not be one to them.
        ended.map(|_| ())
    }

    /// Returns the class that a base expression names; an API class is made at first use.
    fn as_base(&mut self, base: &Value) -> Option<ClassId> {
        match base {
            Value::Class(id) => Some(*id),
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
