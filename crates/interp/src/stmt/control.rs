//! `if`, `assert`, `with`.

use python::Ranged;
use python::ast::{self, Expr, Stmt};

use crate::coroutines::Place;
use crate::interp::Interp;
use crate::raise::{Eval, Halt};
use crate::stmt::Flow;
use crate::value::{Args, Value};

impl<'a> Interp<'a> {
    pub(super) fn exec_if(&mut self, s: &'a ast::StmtIf) -> Eval<Flow> {
        match self.taken_up() {
            Some(Place::Clause(at)) => self.exec_clause(s, at),
            _ => self.exec_clauses(s, 0),
        }
    }

    /// Carries out the first of the clauses from one on whose condition holds; the `if` itself is clause 0.
    fn exec_clauses(&mut self, s: &'a ast::StmtIf, at: usize) -> Eval<Flow> {
        let test = match at.checked_sub(1) {
            None => &*s.test,
            Some(at) => match s.elif_else_clauses.get(at) {
                None => return Ok(Flow::Next),
                Some(ast::ElifElseClause { test: Some(test), .. }) => test,
                Some(_) => return self.exec_clause(s, at + 1),
            },
        };
        let condition = self.eval(test)?;
        self.at(python::span(test.range()));
        match self.truth(&condition)? {
            Some(true) => self.exec_clause(s, at),
            Some(false) => self.exec_clauses(s, at + 1),
            None => {
                self.decides(&condition)?;
                self.both(|i| i.exec_clause(s, at), |i| i.exec_clauses(s, at + 1))
            }
        }
    }

    fn exec_clause(&mut self, s: &'a ast::StmtIf, at: usize) -> Eval<Flow> {
        let clause = at.checked_sub(1).and_then(|at| s.elif_else_clauses.get(at));
        let ended = self.exec_block(clause.map_or(&s.body, |clause| &clause.body));
        self.noting(ended, || Place::Clause(at))
    }

    pub(super) fn exec_assert(&mut self, s: &'a ast::StmtAssert) -> Eval<Flow> {
        let condition = self.eval(&s.test)?;
        let truth = self.truth(&condition)?;
        if truth.is_none() {
            self.decides(&condition)?;
        }
        if truth == Some(false) {
            let message = match &s.msg {
                Some(msg) => {
                    let value = self.eval(msg)?;
                    self.display(&value)?.unwrap_or_default()
                }
                None => String::new(),
            };
            self.at(python::span(s.range()));
            return Err(self.raise(ops::Exc::AssertionError, message));
        }
        Ok(Flow::Next)
    }

    pub(super) fn exec_with(&mut self, s: &'a ast::StmtWith) -> Eval<Flow> {
        self.exec_with_items(python::span(s.range()).start, &s.items, &s.body)
    }

    pub(crate) fn exec_with_items(
        &mut self,
        start: u32,
        items: &'a [ast::WithItem],
        body: &'a [Stmt],
    ) -> Eval<Flow> {
        let Some((item, rest)) = items.split_first() else { return self.exec_block(body) };
        // Entering and leaving happen on the statement's first line.
        let span = diagnostics::Span::new(start, python::span(item.context_expr.range()).end);
        let manager = match self.taken_up() {
            Some(Place::With(manager)) => manager,
            _ => {
                let manager = self.eval(&item.context_expr)?;
                self.at(span);
                if let Some(flow) = self.with_generator(start, item, rest, body, &manager)? {
                    return Ok(flow);
                }
                self.enter_manager(item, &manager)?;
                manager
            }
        };
        let ended = self.exec_with_items(start, rest, body);
        let ended = self.noting(ended, || Place::With(manager.clone()));
        if matches!(ended, Err(Halt::Yield)) {
            return ended;
        }
        self.leave_manager(item, &manager, span, ended)
    }

    fn enter_manager(&mut self, item: &'a ast::WithItem, manager: &Value) -> Eval<()> {
        let entered = match self.find_attr(manager, "__enter__")? {
            Some(enter) => self.call(&enter, Args::default())?,
            None => self.unknown("the value of a context manager"),
        };
        match &item.optional_vars {
            Some(target) => self.assign(target, entered),
            None => Ok(()),
        }
    }

    fn leave_manager(
        &mut self,
        item: &ast::WithItem,
        manager: &Value,
        span: diagnostics::Span,
        ended: Eval<Flow>,
    ) -> Eval<Flow> {
        if matches!(ended, Err(Halt::Exception(_)))
            && manager.is_unknown()
            && expects_exception(&item.context_expr)
        {
            return Ok(Flow::Next);
        }
        let Some(exit) = self.find_attr(manager, "__exit__")? else { return ended };
        match ended {
            Err(Halt::Exception(id)) => {
                let class = self.heap.instance(id).map_or(Value::None, |i| Value::Class(i.class));
                let traceback = Value::unknown("a traceback");
                self.at(span);
                let swallow = self.call(&exit, Args::of([class, Value::Instance(id), traceback]))?;
                match self.truth(&swallow)? {
                    Some(true) => Ok(Flow::Next),
                    _ => Err(Halt::Exception(id)),
                }
            }
            ended => {
                self.at(span);
                self.call(&exit, Args::of([Value::None, Value::None, Value::None]))?;
                ended
            }
        }
    }
}

/// Tells whether a context manager of a library that is not modelled takes exceptions, by its name: those of pytest,
/// of unittest and of NumPy's tests.
fn expects_exception(manager: &Expr) -> bool {
    let Expr::Call(call) = manager else { return false };
    let name = match &*call.func {
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        Expr::Name(name) => name.id.as_str(),
        _ => return false,
    };
    const NAMES: &[&str] =
        &["raises", "assertRaises", "assertRaisesRegex", "assert_raises", "assert_raises_regex", "suppress"];
    NAMES.contains(&name)
}
