//! Generators of a run, which go to their next `yield` and later on from there, as in Python.
//!
//! The interpreter walks the syntax tree, so a `yield` has to leave every statement that it stands in. On the way out
//! each of them notes where it was ([`Place`]); on the way back in each takes its note and goes on from it. What is
//! evaluated of a statement before its `yield` would be evaluated twice, so only functions are carried out like that
//! whose `yield`s come first in their statements: `x = yield y`, but not `f(a(), (yield y))`.
//! A check follows several ways at once and does without (`generators.rs`).

use python::ast::visitor::{Visitor, walk_expr, walk_stmt};
use python::ast::{Expr, Stmt};

use crate::function::Yields;
use crate::heap::{IteratorState, ObjId, Object};
use crate::interp::{CallFrame, Interp};
use crate::lazy::{Pull, Source};
use crate::raise::{Eval, Halt};
use crate::stmt::Flow;
use crate::value::{Args, FunctionId, Value};

/// Where a statement was when a `yield` inside of it paused its generator.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    /// Statements: at the one of this index.
    Statement(usize),
    /// An `if` or `match`: in the body of the clause of this index.
    Clause(usize),
    /// A `for`: in a round, with what it goes over and the iterator.
    Round(Value, ObjId),
    /// A `while`: in a round.
    Body,
    /// A loop or `try`: in its `else`.
    Else,
    /// A `with`: in its body, with the manager.
    With(Value),
    /// A `try`: in its body.
    Try,
    /// A `try`: in the handler of this index, with its exception and the one that was being handled before.
    Handler(usize, ObjId, Option<ObjId>),
    /// A `try`: in its `finally`, with how it ends after that.
    Finally(Box<Eval<Flow>>),
    /// A `yield from`: with the iterator.
    From(ObjId),
}

/// The notes of a generator that pauses, or goes on.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    /// Where its statements were, the outermost last.
    places: Vec<Place>,
    /// Whether it is on its way back to its `yield`.
    returning: bool,
    /// What it has yielded.
    item: Option<Value>,
    /// What its `yield` gives or raises.
    sent: Option<Eval>,
    /// How many bodies of others were being carried out inside of it when it went on.
    lent: usize,
}

/// A generator that waits.
#[derive(Debug)]
pub(crate) struct Waiting<'a> {
    function: FunctionId,
    frame: CallFrame<'a>,
    started: bool,
}

/// Tells how a function with these statements yields.
pub(crate) fn yields(body: &[Stmt]) -> Yields {
    let mut finder = Finder(Yields::Never);
    body.iter().for_each(|stmt| finder.visit_stmt(stmt));
    finder.0
}

struct Finder(Yields);

impl<'a> Visitor<'a> for Finder {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        let value = match stmt {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => return,
            Stmt::Expr(s) => Some(&*s.value),
            Stmt::Assign(s) => Some(&*s.value),
            Stmt::AnnAssign(s) => s.value.as_deref(),
            Stmt::Return(s) => s.value.as_deref(),
            _ => None,
        };
        match value.and_then(first) {
            Some(operand) => {
                self.0 = self.0.max(Yields::First);
                operand.into_iter().for_each(|operand| self.visit_expr(operand));
            }
            None => walk_stmt(self, stmt),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Yield(_) | Expr::YieldFrom(_) => self.0 = Yields::Within,
            Expr::Lambda(_) => {}
            _ => walk_expr(self, expr),
        }
    }
}

/// The operand of the `yield` that an expression consists of.
fn first(expr: &Expr) -> Option<Option<&Expr>> {
    match expr {
        Expr::Yield(e) => Some(e.value.as_deref()),
        Expr::YieldFrom(e) => Some(Some(&*e.value)),
        _ => None,
    }
}

impl<'a> Interp<'a> {
    /// Tells whether a generator's function is carried out from one `yield` to the next.
    pub(crate) fn pauses(&self, function: FunctionId) -> bool {
        self.carries_out() && self.function(function).yields == Yields::First
    }

    /// Tells whether an iterator is a generator that is carried out from one `yield` to the next.
    pub(crate) fn is_coroutine(&self, id: ObjId) -> bool {
        let Object::Iterator(IteratorState { source: Some(source), .. }) = self.heap.get(id) else {
            return false;
        };
        match &**source {
            Source::Generator(function, _) => self.pauses(*function),
            Source::Waiting(_) => true,
            _ => false,
        }
    }

    /// Makes a generator's frame, in which nothing is carried out yet.
    pub(crate) fn prepare(&mut self, function: FunctionId, args: Args) -> Eval<Source> {
        self.enter(function, args)?;
        let Some(frame) = self.frames.pop() else { return Err(Halt::Budget("a generator's frame was lost")) };
        let at = self.prepared;
        self.prepared += 1;
        self.waiting.insert(at, Waiting { function, frame, started: false });
        Ok(Source::Waiting(at))
    }

    /// Carries a generator on to its next `yield`, where `sent` comes out of the one it waits at. What it returns, it
    /// leaves in the source.
    pub(crate) fn go_on(&mut self, source: &mut Source, sent: Eval) -> Eval<Pull> {
        let Source::Waiting(at) = *source else { return Ok(Pull::End) };
        let Some(waiting) = self.waiting.remove(&at) else { return Ok(Pull::End) };
        let (depth, body) = (self.frames.len(), self.function(waiting.function).body);
        if depth >= self.options.depth {
            return Err(self.raise_named("RecursionError", "maximum recursion depth exceeded"));
        }
        let mut frame = waiting.frame;
        let notes = frame.notes.get_or_insert_default();
        (notes.lent, notes.returning) = (self.lent, waiting.started);
        notes.sent = waiting.started.then_some(sent);
        self.frames.push(frame);
        let ended = self.carry_out(body);
        if let Err(Halt::Yield) = ended
            && let Some(mut frame) = self.frames.pop()
        {
            let item = frame.notes.as_mut().and_then(|notes| notes.item.take()).unwrap_or(Value::None);
            self.waiting.insert(at, Waiting { function: waiting.function, frame, started: true });
            return Ok(Pull::Item(item));
        }
        let ended = ended.and_then(|flow| self.leave(depth, flow));
        let ended = self.no_stop(ended);
        self.frames.truncate(depth);
        *source = Source::Returned(ended?);
        Ok(Pull::End)
    }

    /// A `StopIteration` does not leave a generator.
    fn no_stop(&mut self, ended: Eval) -> Eval {
        match ended {
            Err(Halt::Exception(id)) if self.is_exception(id, "StopIteration") => {
                Err(self.raise(ops::Exc::RuntimeError, "generator raised StopIteration"))
            }
            ended => ended,
        }
    }

    /// Carries a generator on that waits or has not started: `generator.send(value)`, `generator.throw(exception)`.
    pub(crate) fn resume(&mut self, id: ObjId, sent: Eval) -> Eval<Pull> {
        let Object::Iterator(state) = self.heap.get_mut(id) else { return Ok(Pull::End) };
        let Some(mut source) = state.source.take() else { return Ok(Pull::End) };
        if let Source::Generator(function, args) = *source {
            source = Box::new(self.prepare(function, args)?);
        }
        let started = match *source {
            Source::Waiting(at) => self.waiting.get(&at).is_some_and(|waiting| waiting.started),
            _ => true,
        };
        let pulled = match sent {
            Err(halt) if !started => return Err(halt),
            Ok(value) if !started && !value.is_none() => {
                let text = "can't send non-None value to a just-started generator";
                Err(self.raise(ops::Exc::TypeError, text))
            }
            sent => self.outside(|interp| interp.go_on(&mut source, sent)),
        };
        if let (true, Object::Iterator(state)) = (pulled.is_ok(), self.heap.get_mut(id)) {
            state.source = Some(source);
        }
        pulled
    }

    /// Ends a generator at the `yield` where it waits; its `finally` clauses are carried out.
    pub(crate) fn close_generator(&mut self, id: ObjId) -> Eval<()> {
        let ended = match self.is_coroutine(id) {
            true => self.resume(id, Err(Halt::Enough)),
            false => Ok(Pull::End),
        };
        *self.heap.get_mut(id) = Object::Iterator(IteratorState::default());
        match ended {
            Ok(Pull::End) | Err(Halt::Enough) => Ok(()),
            Ok(_) => Err(self.raise(ops::Exc::RuntimeError, "generator ignored GeneratorExit")),
            Err(halt) => Err(halt),
        }
    }

    fn pausing(&mut self) -> Option<&mut Notes> {
        self.frames.last_mut()?.notes.as_deref_mut()
    }

    /// Where the statement that is entered goes on, if its generator is on the way back to its `yield`.
    pub(crate) fn taken_up(&mut self) -> Option<Place> {
        self.pausing().filter(|notes| notes.returning)?.places.pop()
    }

    /// What comes out of the `yield` that is evaluated, if its generator has waited there.
    pub(crate) fn sent(&mut self) -> Option<Eval> {
        let notes = self.pausing().filter(|notes| notes.returning)?;
        notes.returning = false;
        notes.sent.take()
    }

    /// Notes where a statement is that a `yield` leaves.
    pub(crate) fn noting<T>(&mut self, ended: Eval<T>, place: impl FnOnce() -> Place) -> Eval<T> {
        if matches!(ended, Err(Halt::Yield))
            && let Some(notes) = self.pausing()
        {
            notes.places.push(place());
        }
        ended
    }

    /// Leaves a generator's statements at a `yield`.
    pub(crate) fn pause(&mut self, item: Value) -> Eval {
        let lent = self.lent;
        let Some(notes) = self.pausing() else { return Ok(Value::None) };
        if notes.lent != lent {
            return Err(self.stuck(&Value::None, "a `yield` in the body of a `with` over a traced generator"));
        }
        notes.item = Some(item);
        Err(Halt::Yield)
    }
}
