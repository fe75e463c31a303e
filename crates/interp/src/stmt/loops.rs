//! Loops: known iterables run; the rest runs a few times and joins.

use python::Ranged;
use python::ast;

use crate::interp::Interp;
use crate::raise::Eval;
use crate::stmt::Flow;
use crate::value::{Plain, Value};

/// How often a loop of unknown length runs before its results are joined.
const UNKNOWN_ROUNDS: usize = 2;

/// How many items of a known iterable run; longer loops are cut to their first and last rounds.
const KNOWN_ROUNDS: usize = 2048;

impl<'a> Interp<'a> {
    pub(super) fn exec_for(&mut self, s: &'a ast::StmtFor) -> Eval<Flow> {
        let iterable = self.eval(&s.iter)?;
        self.at(python::span(s.iter.range()));
        if let Value::Range(start, stop, step) = iterable {
            return self.exec_range(s, start, stop, step);
        }
        let (items, more) = self.iterate(&iterable, KNOWN_ROUNDS)?;
        for item in items {
            match self.round(s, item)? {
                Flow::Next | Flow::Continue => {}
                Flow::Break => return Ok(Flow::Next),
                flow @ Flow::Return(_) => return Ok(flow),
            }
        }
        if !more {
            return self.exec_block(&s.orelse);
        }
        let item = self.item_of(&iterable)?;
        self.maybe_rounds(|interp| interp.round(s, item.clone()))
    }

    fn round(&mut self, s: &'a ast::StmtFor, item: Value) -> Eval<Flow> {
        self.step()?;
        self.assign(&s.target, item)?;
        self.exec_block(&s.body)
    }

    fn exec_range(&mut self, s: &'a ast::StmtFor, start: i64, stop: i64, step: i64) -> Eval<Flow> {
        let count = range_len(start, stop, step);
        let shown = count.min(KNOWN_ROUNDS as i64);
        for i in 0..shown {
            // After many rounds of a long loop, skip to the last one: `for step in range(100_000)`.
            let skip = i + 1 == shown && count > shown;
            let at = if skip { count - 1 } else { i };
            let item = Value::Int(start.saturating_add(at.saturating_mul(step)));
            match self.round(s, item)? {
                Flow::Next | Flow::Continue => {}
                Flow::Break => return Ok(Flow::Next),
                flow @ Flow::Return(_) => return Ok(flow),
            }
            if count > shown && self.steps_left() < self.options.steps / 2 {
                break;
            }
        }
        self.exec_block(&s.orelse)
    }

    /// Runs a loop's round an unknown number of times: each time it may happen or not.
    fn maybe_rounds(&mut self, mut round: impl FnMut(&mut Self) -> Eval<Flow>) -> Eval<Flow> {
        for _ in 0..UNKNOWN_ROUNDS {
            let flow = self.both(&mut round, |_| Ok(Flow::Next))?;
            match flow {
                Flow::Next | Flow::Continue => {}
                Flow::Break => return Ok(Flow::Next),
                flow @ Flow::Return(_) => return Ok(flow),
            }
        }
        Ok(Flow::Next)
    }

    pub(super) fn exec_while(&mut self, s: &'a ast::StmtWhile) -> Eval<Flow> {
        loop {
            self.step()?;
            let condition = self.eval(&s.test)?;
            self.at(python::span(s.test.range()));
            match self.truth(&condition)? {
                Some(true) => {}
                Some(false) => return self.exec_block(&s.orelse),
                None => return self.maybe_rounds(|interp| interp.exec_block(&s.body)),
            }
            match self.exec_block(&s.body)? {
                Flow::Next | Flow::Continue => {}
                Flow::Break => return Ok(Flow::Next),
                flow @ Flow::Return(_) => return Ok(flow),
            }
        }
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
            _ => self.unknown("an item of something that is not known"),
        })
    }
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
