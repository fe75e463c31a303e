//! `try` and `raise`.

use python::Ranged;
use python::ast::{self, ExceptHandler};

use crate::coroutines::Place;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::raise::{Eval, Halt};
use crate::stmt::Flow;
use crate::value::{Args, Value};

impl<'a> Interp<'a> {
    pub(super) fn exec_try(&mut self, s: &'a ast::StmtTry) -> Eval<Flow> {
        let tried = match self.taken_up() {
            None | Some(Place::Try) => self.exec_tried(s),
            Some(Place::Else) => self.exec_otherwise(s),
            Some(Place::Handler(at, id, before)) => match s.handlers.get(at) {
                Some(ExceptHandler::ExceptHandler(handler)) => self.exec_handler(handler, at, id, before),
                None => Ok(Flow::Next),
            },
            Some(Place::Finally(tried)) => *tried,
            Some(_) => Ok(Flow::Next),
        };
        if s.finalbody.is_empty() || matches!(tried, Err(Halt::Yield)) {
            return tried;
        }
        let ended = self.exec_block(&s.finalbody);
        match self.noting(ended, || Place::Finally(Box::new(tried.clone())))? {
            Flow::Next => tried,
            flow => Ok(flow),
        }
    }

    fn exec_tried(&mut self, s: &'a ast::StmtTry) -> Eval<Flow> {
        let depth = self.frames.len();
        let ended = self.exec_block(&s.body);
        match self.noting(ended, || Place::Try) {
            Ok(Flow::Next) => self.exec_otherwise(s),
            Ok(flow) => Ok(flow),
            Err(halt) => match Self::caught(halt) {
                Ok(id) => {
                    self.frames.truncate(depth);
                    self.handle(s, id)
                }
                Err(halt) => Err(halt),
            },
        }
    }

    fn exec_otherwise(&mut self, s: &'a ast::StmtTry) -> Eval<Flow> {
        let ended = self.exec_block(&s.orelse);
        self.noting(ended, || Place::Else)
    }

    fn handle(&mut self, s: &'a ast::StmtTry, id: ObjId) -> Eval<Flow> {
        for (at, ExceptHandler::ExceptHandler(handler)) in s.handlers.iter().enumerate() {
            let matches = match &handler.type_ {
                None => Some(true),
                Some(class) => {
                    let class = self.eval(class)?;
                    self.is_instance(&Value::Instance(id), &class)
                }
            };
            if matches == Some(false) {
                continue;
            }
            let outer = self.frames.iter().filter(|f| f.own).count().saturating_sub(1);
            if let Some(state) = self.exception_mut(id) {
                state.caught = Some(outer);
            }
            if matches.is_none() {
                self.undecided("an `except` whose class is not known");
            }
            let span = python::span(handler.range());
            self.events.push(crate::events::Event::Caught { exception: id, span });
            if let Some(name) = &handler.name {
                self.set_name(name, Value::Instance(id));
            }
            let before = self.frames.last_mut().and_then(|f| f.handling.replace(id));
            return self.exec_handler(handler, at, id, before);
        }
        Err(Halt::Exception(id))
    }

    /// Carries out the body of an `except` that an exception is bound to.
    fn exec_handler(
        &mut self,
        handler: &'a ast::ExceptHandlerExceptHandler,
        at: usize,
        id: ObjId,
        before: Option<ObjId>,
    ) -> Eval<Flow> {
        let ended = self.exec_block(&handler.body);
        let ended = self.noting(ended, || Place::Handler(at, id, before));
        if matches!(ended, Err(Halt::Yield)) {
            return ended;
        }
        if let Some(frame) = self.frames.last_mut() {
            frame.handling = before;
        }
        if let Some(name) = &handler.name {
            self.delete_name(name);
        }
        ended
    }

    pub(super) fn exec_raise(&mut self, s: &'a ast::StmtRaise) -> Eval<Flow> {
        let Some(exc) = &s.exc else {
            let handling = self.frames.iter().rev().find_map(|f| f.handling);
            return match handling {
                Some(id) => {
                    self.raise_again(id, false);
                    Err(Halt::Exception(id))
                }
                None => Err(self.raise(ops::Exc::RuntimeError, "No active exception to reraise")),
            };
        };
        let raised = self.eval(exc)?;
        let cause = s.cause.as_deref().map(|c| self.eval(c)).transpose()?;
        self.at(python::span(s.range()));
        let raised = match raised {
            Value::Class(_) => self.call(&raised, Args::default())?,
            other => other,
        };
        match raised {
            Value::Instance(id) if self.exception(id).is_some() => {
                self.start_exception(id);
                if let (Some(Value::Instance(cause)), Some(state)) = (cause, self.exception_mut(id)) {
                    state.hidden = Some(cause);
                }
                Err(Halt::Exception(id))
            }
            Value::Unknown(_) => {
                let class = self.builtin_class("Exception");
                self.undecided_by(&raised, "the exception raised is not known");
                Err(Halt::Exception(self.new_exception(class, "".into(), None)))
            }
            _ => Err(self.raise(ops::Exc::TypeError, "exceptions must derive from BaseException")),
        }
    }

    /// Gives an exception the traceback of here; one that is raised again keeps its inner lines.
    pub(crate) fn start_exception(&mut self, id: ObjId) {
        if self.exception(id).is_some_and(|state| state.caught.is_some()) {
            return self.raise_again(id, true);
        }
        let outer = self.traceback();
        let span = self.here();
        if let Some(state) = self.exception_mut(id) {
            let inner = state.frames.split_off(outer.len().saturating_sub(1).min(state.frames.len()));
            let again = state.span != diagnostics::Span::default();
            state.frames = outer;
            if again {
                state.frames.extend(inner);
            } else {
                state.span = span;
            }
        }
    }

    /// Puts the lines that lead here before those an exception had when it was caught. `raise e` adds the
    /// line of the `raise` itself, a bare `raise` does not.
    fn raise_again(&mut self, id: ObjId, named: bool) {
        let mut outer = self.traceback();
        if !named {
            outer.pop();
        }
        if let Some(state) = self.exception_mut(id)
            && let Some(caught) = state.caught
        {
            let inner = state.frames.split_off(caught.min(state.frames.len()));
            state.frames = outer;
            state.frames.extend(inner);
            state.caught = None;
        }
    }
}
