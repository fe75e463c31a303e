//! What the arguments of a function that is not known may become while it runs.

use std::rc::Rc;

use python::Module;
use python::ast::visitor::{self, Visitor};
use python::ast::{Expr, Stmt};

use crate::function::Body;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::value::{Args, FunctionId, Value};

/// The methods by which lists, dicts and sets change.
const CHANGES: [&str; 14] = [
    "add",
    "append",
    "clear",
    "difference_update",
    "discard",
    "extend",
    "insert",
    "intersection_update",
    "pop",
    "popitem",
    "remove",
    "setdefault",
    "symmetric_difference_update",
    "update",
];

/// How many values are looked at that a call is given, those in lists included.
const MOST_GIVEN: usize = 256;

fn is_code(value: &Value) -> bool {
    matches!(value, Value::Function(_) | Value::Bound(_))
}

impl Interp<'_> {
    /// Lets go of what a function that is not known may change by what it is given: a class may get more than its
    /// body says (`@patch(Model)`), and a function may be called any number of times (`rows.apply(seen.update)`).
    /// Lists and dicts themselves stay as they are known: such a function rarely grows them.
    pub(crate) fn escape(&mut self, args: &Args) {
        let given: Vec<Value> =
            args.positional.iter().chain(args.keywords.iter().map(|(_, v)| v)).cloned().collect();
        let mut reached = given;
        let mut at = 0;
        while let Some(value) = reached.get(at).cloned() {
            at += 1;
            self.note_used(&value);
            match &value {
                Value::Class(class) => self.open_own_class(*class),
                Value::Function(function) => self.lose_changed(*function),
                Value::Bound(bound) => match &bound.function {
                    Value::Function(function) => self.lose_changed(*function),
                    Value::Native(native) if CHANGES.contains(&native.name) => {
                        self.lose_container(&bound.object)
                    }
                    _ => {}
                },
                // `Driver(observers=[keep_frame])`
                Value::List(id) if reached.len() < MOST_GIVEN => {
                    reached.extend(self.heap.list(*id).into_iter().flatten().filter(|v| is_code(v)).cloned());
                }
                Value::Tuple(items) if reached.len() < MOST_GIVEN => {
                    reached.extend(items.iter().filter(|v| is_code(v)).cloned());
                }
                _ => {}
            }
        }
    }

    /// Forgets the containers from around a function that its body changes.
    fn lose_changed(&mut self, id: FunctionId) {
        let function = self.function(id);
        let (scope, mut changed) = (function.scope, Changed::default());
        match function.body {
            Body::Def(statements) => statements.iter().for_each(|s| changed.visit_stmt(s)),
            Body::Lambda(value) => changed.visit_expr(value),
            Body::Fields(_) => {}
        }
        let mut own = rustc_hash::FxHashSet::default();
        if let Body::Def(statements) = function.body {
            crate::locals::collect(statements, &mut own);
        }
        let signature = Rc::clone(&function.signature);
        for name in changed.names {
            if own.contains(name) || signature.position(name).is_some() {
                continue;
            }
            let mut at = Some(scope);
            while let Some(scope) = at.and_then(|id| self.heap.scope(id)) {
                if let Some(value) = scope.names.get(name) {
                    let value = value.clone();
                    self.lose_container(&value);
                    break;
                }
                at = scope.parent;
            }
        }
    }

    /// Forgets the containers of a module that its functions change, whoever calls them.
    pub(crate) fn lose_registries(&mut self, changed: &[Rc<str>], scope: ObjId) {
        for name in changed {
            let value = self.heap.scope(scope).and_then(|scope| scope.names.get(name)).cloned();
            value.iter().for_each(|value| self.lose_container(value));
        }
    }

    fn lose_container(&mut self, value: &Value) {
        if let Value::List(id) | Value::Dict(id) | Value::Set(id) = value {
            self.lose(*id, "a function that is not known may have changed it");
        }
    }
}

/// The names of the containers that a module's functions change.
pub(crate) fn changed_in_functions(module: &Module) -> Rc<[Rc<str>]> {
    let mut changed = InFunctions::default();
    module.body().iter().for_each(|stmt| changed.visit_stmt(stmt));
    let mut names = changed.0.names;
    names.sort_unstable();
    names.dedup();
    names.into_iter().map(Rc::from).collect()
}

/// Collects the names of the containers that a module's functions change.
#[derive(Default)]
struct InFunctions<'a>(Changed<'a>);

impl<'a> Visitor<'a> for InFunctions<'a> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::FunctionDef(_) => self.0.visit_stmt(stmt),
            _ => visitor::walk_stmt(self, stmt),
        }
    }
}

/// Collects the names of the containers that code changes.
#[derive(Default)]
struct Changed<'a> {
    names: Vec<&'a str>,
}

impl<'a> Changed<'a> {
    fn add(&mut self, container: &'a Expr) {
        if let Expr::Name(name) = container {
            self.names.push(&name.id);
        }
    }
}

impl<'a> Visitor<'a> for Changed<'a> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        let targets = match stmt {
            Stmt::Assign(s) => s.targets.as_slice(),
            Stmt::Delete(s) => s.targets.as_slice(),
            Stmt::AugAssign(s) => std::slice::from_ref(&*s.target),
            _ => &[],
        };
        for target in targets {
            if let Expr::Subscript(place) = target {
                self.add(&place.value);
            }
        }
        visitor::walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr
            && let Expr::Attribute(method) = &*call.func
            && CHANGES.contains(&&*method.attr)
        {
            self.add(&method.value);
        }
        visitor::walk_expr(self, expr);
    }
}
