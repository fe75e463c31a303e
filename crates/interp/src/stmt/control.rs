//! `if`, `assert`, `with`.

use python::Ranged;
use python::ast::{self, Expr, Stmt};

use crate::interp::Interp;
use crate::raise::{Eval, Halt};
use crate::stmt::Flow;
use crate::value::{Args, Value};

impl<'a> Interp<'a> {
    pub(super) fn exec_if(&mut self, s: &'a ast::StmtIf) -> Eval<Flow> {
        let clauses: &'a [ast::ElifElseClause] = &s.elif_else_clauses;
        self.exec_clauses(&s.test, &s.body, clauses)
    }

    fn exec_clauses(
        &mut self,
        test: &'a Expr,
        body: &'a [Stmt],
        rest: &'a [ast::ElifElseClause],
    ) -> Eval<Flow> {
        let condition = self.eval(test)?;
        self.at(python::span(test.range()));
        match self.truth(&condition)? {
            Some(true) => self.exec_block(body),
            Some(false) => self.exec_else(rest),
            None => {
                self.decides(&condition)?;
                self.both(|s| s.exec_block(body), |s| s.exec_else(rest))
            }
        }
    }

    fn exec_else(&mut self, rest: &'a [ast::ElifElseClause]) -> Eval<Flow> {
        match rest.split_first() {
            None => Ok(Flow::Next),
            Some((clause, rest)) => match &clause.test {
                Some(test) => self.exec_clauses(test, &clause.body, rest),
                None => self.exec_block(&clause.body),
            },
        }
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
        let manager = self.eval(&item.context_expr)?;
        // Entering and leaving happen on the statement's first line.
        let span = diagnostics::Span::new(start, python::span(item.context_expr.range()).end);
        self.at(span);
        if let Some(flow) = self.with_generator(start, item, rest, body, &manager)? {
            return Ok(flow);
        }
        let entered = match self.find_attr(&manager, "__enter__")? {
            Some(enter) => self.call(&enter, Args::default())?,
            None => self.unknown("the value of a context manager"),
        };
        if let Some(target) = &item.optional_vars {
            self.assign(target, entered)?;
        }
        let ended = self.exec_with_items(start, rest, body);
        if matches!(ended, Err(Halt::Exception(_)))
            && manager.is_unknown()
            && expects_exception(&item.context_expr)
        {
            return Ok(Flow::Next);
        }
        let Some(exit) = self.find_attr(&manager, "__exit__")? else { return ended };
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
