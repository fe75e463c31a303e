//! Statements: every branch is taken, every body looked at once.

use python::ast::{self, Expr, Stmt};

use super::super::value::Known;
use super::{Judge, element};

impl Judge {
    pub(super) fn statement(&mut self, statement: &Stmt) {
        if !self.step() {
            return;
        }
        match statement {
            Stmt::Expr(s) => drop(self.eval(&s.value)),
            Stmt::Return(s) => s.value.iter().for_each(|value| drop(self.eval(value))),
            Stmt::Assign(s) => {
                let value = self.raw(&s.value);
                s.targets.iter().for_each(|target| self.assign(target, &value));
            }
            Stmt::AnnAssign(s) => {
                if let Some(value) = &s.value {
                    let value = self.raw(value);
                    self.assign(&s.target, &value);
                }
            }
            Stmt::AugAssign(s) => {
                self.eval(&s.value);
                self.eval(&s.target);
            }
            Stmt::Import(s) => {
                for alias in &s.names {
                    let top = alias.name.split('.').next().unwrap_or(&alias.name);
                    match &alias.asname {
                        Some(name) => self.bind(name, Known::path(alias.name.as_str())),
                        None => self.bind(top, Known::path(top)),
                    }
                }
            }
            Stmt::ImportFrom(s) => {
                let module = s.module.as_ref().map_or("", |module| module.as_str());
                for alias in &s.names {
                    let name = alias.asname.as_ref().unwrap_or(&alias.name);
                    let path = Known::path(super::canonical(&format!("{module}.{}", alias.name)));
                    if &*alias.name == "*" {
                        self.check(&Known::path(module));
                    }
                    self.bind(name, path);
                }
            }
            Stmt::FunctionDef(s) => self.function(s),
            Stmt::ClassDef(s) => {
                s.decorator_list.iter().for_each(|d| drop(self.eval(&d.expression)));
                s.bases().iter().for_each(|base| drop(self.eval(base)));
                self.scoped(|judge| judge.block(&s.body));
                self.bind(&s.name, Known::Inert);
            }
            other => self.compound(other),
        }
    }

    fn compound(&mut self, statement: &Stmt) {
        match statement {
            Stmt::If(s) => {
                self.eval(&s.test);
                self.block(&s.body);
                for clause in &s.elif_else_clauses {
                    clause.test.iter().for_each(|test| drop(self.eval(test)));
                    self.block(&clause.body);
                }
            }
            Stmt::For(s) => {
                let iterated = self.eval(&s.iter);
                self.assign(&s.target, &element(&iterated));
                self.block(&s.body);
                self.block(&s.orelse);
            }
            Stmt::While(s) => {
                self.eval(&s.test);
                self.block(&s.body);
                self.block(&s.orelse);
            }
            Stmt::With(s) => {
                for item in &s.items {
                    let value = self.eval(&item.context_expr);
                    item.optional_vars.iter().for_each(|target| self.assign(target, &value));
                }
                self.block(&s.body);
            }
            Stmt::Try(s) => {
                self.block(&s.body);
                for handler in &s.handlers {
                    let ast::ExceptHandler::ExceptHandler(handler) = handler;
                    handler.type_.iter().for_each(|class| drop(self.eval(class)));
                    handler.name.iter().for_each(|name| self.bind(name, Known::Inert));
                    self.block(&handler.body);
                }
                self.block(&s.orelse);
                self.block(&s.finalbody);
            }
            Stmt::Match(s) => {
                self.eval(&s.subject);
                for case in &s.cases {
                    case.guard.iter().for_each(|guard| drop(self.eval(guard)));
                    self.block(&case.body);
                }
            }
            Stmt::Assert(s) => {
                self.eval(&s.test);
                s.msg.iter().for_each(|message| drop(self.eval(message)));
            }
            Stmt::Raise(s) => [&s.exc, &s.cause].into_iter().flatten().for_each(|part| drop(self.eval(part))),
            Stmt::Delete(s) => s.targets.iter().for_each(|target| drop(self.eval(target))),
            _ => {}
        }
    }

    fn block(&mut self, body: &[Stmt]) {
        body.iter().for_each(|statement| self.statement(statement));
    }

    fn function(&mut self, function: &ast::StmtFunctionDef) {
        function.decorator_list.iter().for_each(|d| drop(self.eval(&d.expression)));
        // It is there for itself and for those beside it.
        self.bind(&function.name, Known::Inert);
        self.scoped(|judge| {
            judge.parameters(Some(&function.parameters), &[]);
            judge.block(&function.body);
        });
    }

    pub(super) fn assign(&mut self, target: &Expr, value: &Known) {
        match target {
            Expr::Name(name) => self.bind(&name.id, value.clone()),
            Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) => {
                let items = value.items().unwrap_or_default();
                for (at, part) in elts.iter().enumerate() {
                    self.assign(part, items.get(at).unwrap_or(&Known::Inert));
                }
            }
            Expr::Starred(starred) => self.assign(&starred.value, &Known::Inert),
            // `sys.modules['os'] = x`, `os.environ['A'] = x`.
            other => {
                self.eval(other);
                self.check(value);
            }
        }
    }
}
