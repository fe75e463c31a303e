//! Statements: one file per group of forms.

mod assign;
mod control;
mod define;
mod import;
mod loops;
pub(crate) use import::STARRED;
pub(crate) use loops::range_len;
mod matching;
mod trying;

use python::Ranged;
use python::ast::Stmt;

use crate::coroutines::Place;
use crate::interp::Interp;
use crate::raise::{Eval, Halt};
use crate::value::Value;

/// How a statement ends.
#[derive(Clone, Debug)]
pub enum Flow {
    /// The next statement follows.
    Next,
    /// The function returns.
    Return(Value),
    /// The innermost loop ends.
    Break,
    /// The innermost loop goes on.
    Continue,
}

impl<'a> Interp<'a> {
    /// Carries out statements in order.
    ///
    /// # Errors
    /// The exception that leaves them, or a budget that ran out.
    pub fn exec_block(&mut self, body: &'a [Stmt]) -> Eval<Flow> {
        let mut before = None;
        let start = match self.taken_up() {
            Some(Place::Statement(at)) => at,
            _ => 0,
        };
        for (at, stmt) in body.iter().enumerate().skip(start) {
            let flow =
                if self.stated.is_empty() { self.exec(stmt) } else { self.exec_with_comments(before, stmt) };
            match self.noting(flow, || Place::Statement(at))? {
                Flow::Next => before = Some(stmt),
                flow => return Ok(flow),
            }
        }
        Ok(Flow::Next)
    }

    /// Carries out one statement.
    ///
    /// # Errors
    /// The exception that leaves it, or a budget that ran out.
    pub fn exec(&mut self, stmt: &'a Stmt) -> Eval<Flow> {
        self.step()?;
        self.at(python::span(stmt.range()));
        match stmt {
            Stmt::Expr(s) => self.eval(&s.value).map(|_| Flow::Next),
            Stmt::Assign(s) => self.exec_assign(s),
            Stmt::AugAssign(s) => self.exec_aug_assign(s),
            Stmt::AnnAssign(s) => self.exec_ann_assign(s),
            Stmt::If(s) => self.exec_if(s),
            Stmt::For(s) => self.exec_for(s),
            Stmt::While(s) => self.exec_while(s),
            Stmt::FunctionDef(s) => self.exec_function_def(s),
            Stmt::ClassDef(s) => self.exec_class_def(s),
            Stmt::Return(s) => {
                let value = s.value.as_deref().map_or(Ok(Value::None), |v| self.eval(v))?;
                Ok(Flow::Return(value))
            }
            Stmt::Import(s) => self.exec_import(s).map(|()| Flow::Next),
            Stmt::ImportFrom(s) => self.exec_import_from(s).map(|()| Flow::Next),
            Stmt::Try(s) => self.exec_try(s),
            Stmt::Raise(s) => self.exec_raise(s),
            Stmt::With(s) => self.exec_with(s),
            Stmt::Assert(s) => self.exec_assert(s),
            Stmt::Delete(s) => self.exec_delete(s),
            Stmt::Global(s) => {
                self.declare_elsewhere(&s.names, true);
                Ok(Flow::Next)
            }
            Stmt::Nonlocal(s) => {
                self.declare_elsewhere(&s.names, false);
                Ok(Flow::Next)
            }
            Stmt::Match(s) => self.exec_match(s),
            Stmt::Break(_) => Ok(Flow::Break),
            Stmt::Continue(_) => Ok(Flow::Continue),
            Stmt::IpyEscapeCommand(s) => {
                if let Some((name, value)) = python::variable_set(&s.value) {
                    self.set_variable(Value::str(name), Value::str(value))?;
                }
                Ok(Flow::Next)
            }
            Stmt::Pass(_) | Stmt::TypeAlias(_) => Ok(Flow::Next),
        }
    }

    /// Tells whether an early end is an exception that `except` can catch.
    pub(crate) fn caught(halt: Halt) -> Result<crate::heap::ObjId, Halt> {
        match halt {
            Halt::Exception(id) => Ok(id),
            other => Err(other),
        }
    }
}
