//! Loops: known iterables run; the rest runs a few times and joins.

use python::Ranged;
use python::ast;

use crate::coroutines::Place;
use crate::heap::{Changes, ObjId};
use crate::interp::{Interp, Leave};
use crate::lazy::Pull;
use crate::raise::{Eval, Halt};
use crate::stmt::Flow;
use crate::value::{Plain, Value};

/// How often a loop of unknown length runs before its results are joined.
const UNKNOWN_ROUNDS: usize = 2;

impl<'a> Interp<'a> {
    pub(super) fn exec_for(&mut self, s: &'a ast::StmtFor) -> Eval<Flow> {
        // The iterator is asked for items on the statement's first line.
        let span = diagnostics::Span::new(python::span(s.range()).start, python::span(s.iter.range()).end);
        let (iterable, within) = match self.taken_up() {
            Some(Place::Round(iterable, iterator)) => (iterable, Some(iterator)),
            Some(Place::Else) => return self.exec_else(&s.orelse),
            _ => (self.eval(&s.iter)?, None),
        };
        self.at(span);
        if let (None, Some(flow)) = (within, self.for_in_generator(s, &iterable)?) {
            return Ok(flow);
        }
        if let Value::Tensor(node) = iterable
            && self.rewrites_loop(node)
        {
            let item = self.item_of(&iterable)?;
            return self.maybe_rounds(|interp| interp.round(s, item.clone()));
        }
        // A traced function's loop over a tensor is traced once, whatever a run on values does.
        let quiet = self.prints_nothing();
        let flow = self.as_loop(|interp, broken| interp.rounds_over(s, &iterable, within, span, broken));
        self.beyond_trace(quiet);
        if let (Ok(_), Value::Iterator(id), true) = (&flow, &iterable, s.iter.is_call_expr())
            && self.is_coroutine(*id)
        {
            // Nobody else holds the generator that the loop leaves by a `break` or `return`.
            self.close_generator(*id)?;
        }
        flow
    }

    /// The `else` of a loop.
    fn exec_else(&mut self, body: &'a [ast::Stmt]) -> Eval<Flow> {
        let ended = self.exec_block(body);
        self.noting(ended, || Place::Else)
    }

    /// Carries the rounds of a `for` out, `within` the one that its generator waited in.
    fn rounds_over(
        &mut self,
        s: &'a ast::StmtFor,
        iterable: &Value,
        mut within: Option<ObjId>,
        span: diagnostics::Span,
        broken: &mut bool,
    ) -> Eval<Flow> {
        let iterator = within.map_or_else(|| self.iter_id(iterable), Ok)?;
        let once = matches!(iterable, Value::Tensor(_)) || self.dataset(iterable).is_some();
        let share = self.share();
        loop {
            if within.take().is_none() {
                self.at(span);
                let item = match self.pull(iterator)? {
                    Pull::Item(item) => item,
                    Pull::End => return self.exec_else(&s.orelse),
                    Pull::Maybe(item) => {
                        return self.maybe_rounds(|interp| interp.round(s, item.clone()));
                    }
                };
                if self.has_taken(share) {
                    let item = self.rest_of(iterable, item)?;
                    return self.maybe_rounds(|interp| interp.round(s, item.clone()));
                }
                self.begin_round(s, item)?;
            }
            let ended = self.exec_round(&s.body, broken);
            match self.noting(ended, || Place::Round(iterable.clone(), iterator))? {
                Flow::Next | Flow::Continue => {}
                Flow::Break => return Ok(Flow::Next),
                flow @ Flow::Return(_) => return Ok(flow),
            }
            if once {
                self.beyond_trace(true);
            }
        }
    }

    /// What stands for all items that a long loop has not come to.
    fn rest_of(&mut self, iterable: &Value, next: Value) -> Eval {
        Ok(match (iterable, &next) {
            (Value::Range(..), _) | (_, Value::Int(_)) => Value::Any(Plain::Int),
            (Value::Str(_), _) | (_, Value::Str(_)) => Value::Any(Plain::Str),
            (_, Value::Float(_)) => Value::Any(Plain::Float),
            (_, Value::Tuple(items)) => {
                let items = items.clone();
                let rest = items.iter().map(|item| self.rest_of(&Value::None, item.clone()));
                Value::Tuple(rest.collect::<Eval<_>>()?)
            }
            _ => next,
        })
    }

    /// Carries a round out that need not come.
    pub(crate) fn round(&mut self, s: &'a ast::StmtFor, item: Value) -> Eval<Flow> {
        self.begin_round(s, item)?;
        // What follows the loop sees it both with and without this round anyway.
        self.exec_round(&s.body, &mut true)
    }

    fn begin_round(&mut self, s: &'a ast::StmtFor, item: Value) -> Eval<()> {
        self.step()?;
        self.at(python::span(s.target.range()));
        self.assign(&s.target, item)
    }

    /// Carries a loop's body out once. Where a branch that may be taken leaves the round before (`if unknown:
    /// continue`), an exception that comes after it need not come. Where it ends the loop, all that comes after this
    /// round need not: `broken` then says so, and a branch is open.
    fn exec_round(&mut self, body: &'a [ast::Stmt], broken: &mut bool) -> Eval<Flow> {
        let depth = self.frames.len();
        let outer = self.frames.last_mut().and_then(|frame| frame.may_leave.take());
        let flow = self.exec_block(body);
        let left = self
            .frames
            .get_mut(depth.saturating_sub(1))
            .and_then(|frame| std::mem::replace(&mut frame.may_leave, outer));
        match (flow, left) {
            (Err(Halt::Exception(_)), Some(leave)) => {
                self.frames.truncate(depth);
                Ok(if leave == Leave::Break { Flow::Break } else { Flow::Continue })
            }
            (flow, left) => {
                if left == Some(Leave::Break) && !std::mem::replace(broken, true) {
                    self.heap.open();
                }
                flow
            }
        }
    }

    /// Carries a whole loop out. Where a branch that may be taken has left it by a `break`, what follows sees both how
    /// things were when that was first met, and how they are in the end.
    fn as_loop(&mut self, run: impl FnOnce(&mut Self, &mut bool) -> Eval<Flow>) -> Eval<Flow> {
        let depth = self.frames.len();
        let mut broken = false;
        let flow = run(self, &mut broken);
        if !broken {
            return flow;
        }
        match flow {
            Err(halt) if halt.is_final() => {
                self.heap.keep();
                Err(halt)
            }
            // It need not come to a `return` or to an exception.
            Ok(Flow::Return(value)) => {
                self.heap.undo();
                if let Some(frame) = self.frames.last_mut() {
                    frame.returns.push(value);
                }
                Ok(Flow::Next)
            }
            Err(_) => {
                self.frames.truncate(depth);
                self.heap.undo();
                Ok(Flow::Next)
            }
            Ok(flow) => {
                let before = self.heap.before_branch();
                let changed = self.heap.undo();
                self.join_changes(Changes::default(), changed, before)?;
                Ok(flow)
            }
        }
    }

    /// Runs a loop's round an unknown number of times: each time it may happen or not.
    ///
    /// What follows the loop sees both, also of a round that ends it: `for batch in dataset: x = batch; break`. Where
    /// already the first round raises, the script goes on only if there is none, and nobody knows that: neither that it
    /// runs to its end nor an exception that follows is then what happens.
    pub(crate) fn maybe_rounds(&mut self, mut round: impl FnMut(&mut Self) -> Eval<Flow>) -> Eval<Flow> {
        for at in 0..UNKNOWN_ROUNDS {
            let (mut broken, mut raised) = (false, false);
            let once = |interp: &mut Self| {
                let flow = round(interp);
                raised = matches!(flow, Err(Halt::Exception(_)));
                let flow = flow?;
                broken = matches!(flow, Flow::Break);
                Ok(if let Flow::Return(_) = flow { flow } else { Flow::Next })
            };
            if let flow @ Flow::Return(_) = self.both(once, |_| Ok(Flow::Next))? {
                return Ok(flow);
            }
            if raised && at == 0 && !self.heap.is_branching() {
                self.undecided("a loop that raises if it goes round at all");
                self.past_raising_loop = true;
            }
            if broken {
                break;
            }
        }
        Ok(Flow::Next)
    }

    pub(super) fn exec_while(&mut self, s: &'a ast::StmtWhile) -> Eval<Flow> {
        let within = match self.taken_up() {
            Some(Place::Else) => return self.exec_else(&s.orelse),
            place => place.is_some(),
        };
        self.as_loop(|interp, broken| interp.rounds_while(s, within, broken))
    }

    /// Carries the rounds of a `while` out, `within` one that its generator waited in.
    fn rounds_while(&mut self, s: &'a ast::StmtWhile, within: bool, broken: &mut bool) -> Eval<Flow> {
        let share = self.share();
        let mut flow = if within { Some(self.round_while(s, broken)?) } else { None };
        loop {
            match flow {
                None | Some(Flow::Next | Flow::Continue) => {}
                Some(Flow::Break) => return Ok(Flow::Next),
                Some(flow @ Flow::Return(_)) => return Ok(flow),
            }
            self.step()?;
            let condition = self.eval(&s.test)?;
            self.at(python::span(s.test.range()));
            let truth = self.truth(&condition)?;
            if truth.is_none() {
                self.decides(&condition)?;
            }
            let long = truth == Some(true) && self.has_taken(share);
            // An endless generator has told what its items are like.
            if long && self.frames.last().and_then(|f| f.yields.as_ref()).is_some_and(|y| !y.is_empty()) {
                return Err(Halt::Enough);
            }
            if truth.is_none() || long {
                return self.unbounded_while(s);
            }
            if truth == Some(false) {
                return self.exec_else(&s.orelse);
            }
            flow = Some(self.round_while(s, broken)?);
        }
    }

    fn round_while(&mut self, s: &'a ast::StmtWhile, broken: &mut bool) -> Eval<Flow> {
        let ended = self.exec_round(&s.body, broken);
        self.noting(ended, || Place::Body)
    }

    /// A `while` of which nobody knows how often it goes round.
    fn unbounded_while(&mut self, s: &'a ast::StmtWhile) -> Eval<Flow> {
        let returned = self.frames.last().map_or(0, |f| f.returns.len());
        let flow = self.maybe_rounds(|interp| interp.exec_round(&s.body, &mut true))?;
        if !matches!(flow, Flow::Next) {
            return Ok(flow);
        }
        let condition = self.eval(&s.test)?;
        if self.truth(&condition)? == Some(true) && !contains_break(&s.body) {
            // `while True:` that is left by `return` only, or not at all.
            let frame = self.frames.last_mut();
            if let Some(value) =
                frame.and_then(|f| if f.returns.len() > returned { f.returns.pop() } else { None })
            {
                return Ok(Flow::Return(value));
            }
            return Err(Halt::Budget("a loop that does not end"));
        }
        self.exec_block(&s.orelse)
    }

    /// Returns an item of something whose items are not known one by one.
    pub fn item_of(&mut self, iterable: &Value) -> Eval {
        Ok(match iterable {
            Value::Any(Plain::Str) => Value::Any(Plain::Str),
            Value::Unknown(_) => iterable.clone(),
            Value::Tensor(_) => {
                let index = Value::Any(Plain::Int);
                self.get_item(iterable, &index)?
            }
            Value::Iterator(id) => match self.heap.get(*id) {
                crate::heap::Object::Iterator(state) => {
                    state.then.clone().unwrap_or_else(|| Value::unknown("an item of an iterator"))
                }
                _ => Value::unknown("an item of an iterator"),
            },
            Value::Range(..) => Value::Any(Plain::Int),
            Value::List(id) if self.kind_of(*id) == Some("range") => Value::Any(Plain::Int),
            Value::List(id) if let Some(array) = self.items_of_list(*id) => {
                return self.item_of(&Value::Tensor(array));
            }
            _ => self.unknown("an item of something that is not known"),
        })
    }
}

/// Tells whether a loop's body contains a `break` of this loop.
fn contains_break(body: &[ast::Stmt]) -> bool {
    use ast::Stmt;
    body.iter().any(|stmt| match stmt {
        Stmt::Break(_) => true,
        Stmt::If(s) => contains_break(&s.body) || s.elif_else_clauses.iter().any(|c| contains_break(&c.body)),
        Stmt::For(s) => contains_break(&s.orelse),
        Stmt::While(s) => contains_break(&s.orelse),
        Stmt::With(s) => contains_break(&s.body),
        Stmt::Match(s) => s.cases.iter().any(|c| contains_break(&c.body)),
        Stmt::Try(s) => {
            let handled = s.handlers.iter().any(|h| match h {
                ast::ExceptHandler::ExceptHandler(h) => contains_break(&h.body),
            });
            handled || contains_break(&s.body) || contains_break(&s.orelse) || contains_break(&s.finalbody)
        }
        _ => false,
    })
}

/// The number of items of a range; a step of zero has none.
pub(crate) fn range_len(start: i64, stop: i64, step: i64) -> i64 {
    let span = if step > 0 { stop.saturating_sub(start) } else { start.saturating_sub(stop) };
    let size = step.unsigned_abs();
    if span <= 0 || size == 0 {
        return 0;
    }
    i64::try_from((span as u64).div_ceil(size)).unwrap_or(i64::MAX)
}
