//! Generators of a check. There are no coroutines here: a `for` or `with` that consumes a generator runs its body at
//! the generator's `yield`, so that both take turns as in Python; other consumers get all items at once. Runs have
//! coroutines (`coroutines.rs`), and come here for functions that those do not take and while they trace.

use python::Ranged;
use python::ast;

use crate::coroutines::Place;
use crate::heap::{IteratorState, ObjId, Object};
use crate::interp::{Interp, Share};
use crate::lazy::{Pull, Source};
use crate::raise::{Eval, Halt};
use crate::stmt::Flow;
use crate::value::{Args, FunctionId, Value};

/// How many items a generator is run for that nobody takes one by one.
const ITEMS: usize = 512;

/// How many more items than it takes a training leaves in a generator for what comes after it.
const SPARE: usize = 16;

/// A generator that has run.
#[derive(Debug)]
pub struct Run {
    /// What it yielded.
    pub items: Vec<Value>,
    /// What further items are like, nobody knows how many: it was cut off and would go on, or yielded in a branch
    /// that need not be taken.
    pub then: Option<Value>,
    /// What it returned or raised.
    pub ended: Eval,
}

/// Who takes a generator's items as they come.
#[derive(Debug)]
pub(crate) struct Consumer<'a> {
    body: Taker<'a>,
    /// How the consumer's body ended, if not by going on to the next item.
    ended: Option<Eval<Flow>>,
    /// Where the loop began, which is cut short once it has taken its share.
    share: Option<Share>,
}

/// The items of a generator under way.
#[derive(Debug)]
pub struct Yields {
    items: Vec<Value>,
    /// How many branches that need not be taken were open when it began.
    branches: usize,
    /// How many of the items surely come, where not all do: `if unknown: yield x`.
    sure: Option<usize>,
}

impl Yields {
    /// Tells whether nothing has been yielded yet.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}

#[derive(Clone, Copy, Debug)]
enum Taker<'a> {
    For(&'a ast::StmtFor),
    With(u32, &'a ast::WithItem, &'a [ast::WithItem], &'a [ast::Stmt]),
}

impl<'a> Interp<'a> {
    /// Runs a generator's function to its end.
    ///
    /// # Errors
    /// A budget that ran out; an exception comes after the items.
    pub fn run_generator(&mut self, id: FunctionId, args: Args) -> Eval<Run> {
        let depth = self.frames.len();
        let body = self.enter(id, args)?;
        if let Some(frame) = self.frames.last_mut() {
            let branches = self.heap.branches();
            frame.yields = Some(Yields { items: Vec::new(), branches, sure: None });
        }
        let result = self.carry_out(body);
        let yields = self.frames.get_mut(depth).and_then(|f| f.yields.take());
        let (items, unsure) = match yields {
            Some(mut yields) => {
                let unsure = yields.sure.map(|sure| yields.items.split_off(sure)).unwrap_or_default();
                (yields.items, self.like_all(unsure)?)
            }
            None => (Vec::new(), None),
        };
        match result {
            Err(halt) if halt.is_final() => {
                self.frames.truncate(depth);
                Err(halt)
            }
            Err(Halt::Enough) => {
                self.frames.truncate(depth);
                let then = unsure.or_else(|| items.last().cloned());
                Ok(Run { items, then, ended: Ok(Value::None) })
            }
            result => {
                let ended = result.and_then(|flow| self.leave(depth, flow));
                self.frames.truncate(depth);
                Ok(Run { items, then: unsure, ended })
            }
        }
    }

    /// What any of several values may be.
    fn like_all(&mut self, values: Vec<Value>) -> Eval<Option<Value>> {
        let mut values = values.into_iter();
        let Some(mut all) = values.next() else { return Ok(None) };
        for value in values {
            all = self.join(&all, &value)?;
        }
        Ok(Some(all))
    }

    /// Carries out what takes so many items at most of a generator that is begun in it.
    pub(crate) fn wanting<T>(&mut self, items: Option<usize>, f: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.wanted, items);
        let result = f(self);
        self.wanted = outer;
        result
    }

    /// Takes the call of a generator that has not started out of its iterator, unless it can wait at its `yield`s.
    fn taking_turns(&mut self, id: ObjId) -> Option<(FunctionId, Args)> {
        if self.graph_depth == 0 && self.is_coroutine(id) { None } else { self.unstarted(id) }
    }

    /// Takes the call of a generator that has not started out of its iterator.
    fn unstarted(&mut self, id: ObjId) -> Option<(FunctionId, Args)> {
        let Object::Iterator(state) = self.heap.get(id) else { return None };
        if !state.rest.is_empty() {
            return None;
        }
        let Source::Generator(function, args) = state.source.as_deref()? else { return None };
        let call = (*function, args.clone());
        *self.heap.get_mut(id) = Object::Iterator(IteratorState::default());
        Some(call)
    }

    /// Runs a `for` over a generator: its body runs at each `yield`. Nothing for other iterables.
    pub(crate) fn for_in_generator(&mut self, s: &'a ast::StmtFor, of: &Value) -> Eval<Option<Flow>> {
        let Value::Iterator(id) = of else { return Ok(None) };
        let Some((function, args)) = self.taking_turns(*id) else { return Ok(None) };
        let share = Some(self.share());
        let consumer = Consumer { body: Taker::For(s), ended: None, share };
        let (result, ended) = self.consume(function, args, consumer)?;
        match (result, ended) {
            (_, Some(Ok(Flow::Break))) => Ok(Some(Flow::Next)),
            (_, Some(ended)) => ended.map(Some),
            (Err(Halt::Enough), None) => Ok(Some(Flow::Next)),
            (Err(halt), None) => Err(halt),
            (Ok(_), None) => self.exec_block(&s.orelse).map(Some),
        }
    }

    /// Runs a `with` over a `contextlib.contextmanager`: its body runs at the `yield`.
    pub(crate) fn with_generator(
        &mut self,
        start: u32,
        item: &'a ast::WithItem,
        rest: &'a [ast::WithItem],
        body: &'a [ast::Stmt],
        manager: &Value,
    ) -> Eval<Option<Flow>> {
        let Some(id) = self.managed_generator(manager) else { return Ok(None) };
        let Some((function, args)) = self.taking_turns(id) else { return Ok(None) };
        let consumer = Consumer { body: Taker::With(start, item, rest, body), ended: None, share: None };
        let (result, ended) = self.consume(function, args, consumer)?;
        match (result, ended) {
            (Err(halt), _) => Err(halt),
            (Ok(_), Some(Ok(flow))) => Ok(Some(flow)),
            (Ok(_), Some(Err(_))) => Ok(Some(Flow::Next)),
            (Ok(_), None) => Err(self.raise(ops::Exc::RuntimeError, "generator didn't yield")),
        }
    }

    /// Runs a generator's function with someone who takes its items.
    fn consume(
        &mut self,
        function: FunctionId,
        args: Args,
        consumer: Consumer<'a>,
    ) -> Eval<(Eval, Option<Eval<Flow>>)> {
        let depth = self.frames.len();
        let body = self.enter(function, args)?;
        if let Some(frame) = self.frames.last_mut() {
            frame.consumer = Some(consumer);
        }
        let result = self.carry_out(body).and_then(|flow| self.leave(depth, flow));
        let ended = self.frames.get_mut(depth).and_then(|f| f.consumer.take()).and_then(|c| c.ended);
        self.frames.truncate(depth);
        if let Err(halt) = &result
            && halt.is_final()
        {
            return Err(halt.clone());
        }
        Ok((result, ended))
    }

    /// `yield value`.
    pub(crate) fn yield_item(&mut self, value: Value) -> Eval {
        let Some(frame) = self.frames.last_mut() else { return Ok(Value::None) };
        if frame.notes.is_some() {
            return self.pause(value);
        }
        if let Some(consumer) = &frame.consumer {
            let (body, share) = (consumer.body, consumer.share);
            return self.hand_over(body, share, value);
        }
        if let Some(yields) = &mut frame.yields {
            if self.heap.branches() > yields.branches {
                yields.sure.get_or_insert(yields.items.len());
            }
            yields.items.push(value);
            let count = yields.items.len();
            let enough = match self.wanted.filter(|_| self.carries_out()) {
                Some(wanted) => count >= wanted + SPARE,
                None => count > ITEMS || self.has_seen_enough(count),
            };
            if enough {
                return Err(Halt::Enough);
            }
        }
        Ok(Value::None)
    }

    /// Tells whether a generator has cost enough for the items that it has yielded.
    fn has_seen_enough(&self, items: usize) -> bool {
        let sixteenth = self.options.steps / 16;
        items > 8 && self.steps < sixteenth * 12 || items > 64 && self.steps < sixteenth * 15
    }

    /// Runs the consumer's body in its own frame with an item.
    fn hand_over(&mut self, body: Taker<'a>, share: Option<Share>, value: Value) -> Eval {
        let depth = self.frames.len().saturating_sub(1);
        let suspended = self.frames.split_off(depth);
        let last = share.is_some_and(|share| self.has_taken(share));
        self.lent += 1;
        let result = match body {
            Taker::For(s) if last => self.both(|i| i.round(s, value), |_| Ok(Flow::Next)),
            Taker::For(s) => self.round(s, value),
            Taker::With(start, item, rest, body) => {
                let bound = match &item.optional_vars {
                    Some(target) => self.assign(target, value),
                    None => Ok(()),
                };
                bound.and_then(|()| self.exec_with_items(start, rest, body))
            }
        };
        self.lent -= 1;
        self.frames.truncate(depth);
        // What the generator raises next, it raises for the statement's first line.
        self.at(match body {
            Taker::For(s) => {
                diagnostics::Span::new(python::span(s.range()).start, python::span(s.iter.range()).end)
            }
            Taker::With(start, item, ..) => {
                diagnostics::Span::new(start, python::span(item.context_expr.range()).end)
            }
        });
        self.frames.extend(suspended);
        let goes_on = matches!((&body, &result), (Taker::For(_), Ok(Flow::Next | Flow::Continue)));
        if goes_on && !last {
            return Ok(Value::None);
        }
        let thrown = match (&body, &result) {
            // A context manager sees the exception at its `yield`; a loop's generator does not.
            (Taker::With(..), Err(halt)) => Some(halt.clone()),
            (_, Err(halt)) if halt.is_final() => Some(halt.clone()),
            (Taker::For(_), _) => Some(Halt::Enough),
            (Taker::With(..), Ok(_)) => None,
        };
        if !goes_on && let Some(consumer) = self.frames.last_mut().and_then(|f| f.consumer.as_mut()) {
            consumer.ended = Some(result);
        }
        match thrown {
            Some(halt) => Err(halt),
            None => Ok(Value::None),
        }
    }

    /// `yield from iterator`: its value is what a generator returns.
    pub(crate) fn yield_from(&mut self, iterator: ObjId) -> Eval {
        let mut sent = self.sent();
        loop {
            let pulled = match sent.take() {
                Some(sent) if self.is_coroutine(iterator) => self.resume(iterator, sent)?,
                Some(Err(halt)) => return Err(halt),
                _ => self.pull(iterator)?,
            };
            match pulled {
                Pull::Item(item) => {
                    let ended = self.yield_item(item);
                    self.noting(ended, || Place::From(iterator))?;
                }
                Pull::End => return Ok(self.returned(iterator)),
                Pull::Maybe(item) => {
                    self.yield_item(item)?;
                    return Err(Halt::Enough);
                }
            }
        }
    }

    /// The generator of a `contextlib.contextmanager` object.
    fn managed_generator(&self, manager: &Value) -> Option<ObjId> {
        let Value::Instance(id) = manager else { return None };
        let instance = self.heap.instance(*id)?;
        if self.class(instance.class).path.as_deref() != Some("contextlib._GeneratorContextManager") {
            return None;
        }
        match instance.attrs.get("gen")? {
            Value::Iterator(id) => Some(*id),
            _ => None,
        }
    }
}
