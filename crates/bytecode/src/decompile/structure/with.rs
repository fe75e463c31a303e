//! `with`.

use crate::version::Version;

use super::super::graph::{Action, End};
use super::super::machine::Does;
use super::super::stack::Id;
use super::super::tree::{Expr, Shared, Stmt};
use super::{Cursor, Frame, Outcome, Structure};

impl Structure<'_, '_> {
    /// Makes a `with`: where it goes on, if it does.
    pub(super) fn with(
        &mut self,
        number: usize,
        context: &Shared,
        asynchronous: bool,
        next: Cursor,
        found: &mut Vec<Stmt>,
    ) -> Does<Option<Cursor>> {
        let node = self.node(next.0)?;
        let End::Guard { handler, body, .. } = &node.end else {
            return Err("a with statement guards nothing");
        };
        if node.steps.len() != next.1 {
            return Err("a with statement does something before its body");
        }
        self.with_handlers.insert(*handler);
        let after = match self.flow.machine.version {
            Version::V36 | Version::V37 | Version::V38 => self.left(*body, number),
            _ => Some(self.swallows(*handler)?),
        };
        let after = after.map(|after| self.resolve(after));
        let (body, outcome) = self.within(Frame::With { number, after }, (*body, 0))?;
        let target = self.flow.machine.with_targets.get(number).cloned().flatten();
        let mut items = vec![(context.clone(), target)];
        let mut body = body;
        // `with a, b:` is a `with b:` as the whole body of `with a:`.
        if let [Stmt::With { items: inner, asynchronous: same, body: rest }] = &body[..]
            && *same == asynchronous
        {
            items.extend(inner.iter().cloned());
            body = rest.clone();
        }
        found.push(Stmt::With { items, asynchronous, body });
        match outcome {
            Outcome::Left(next) => Ok(Some(next)),
            Outcome::Ended => Ok(after.filter(|after| self.flow.node(after.0).is_some())),
            Outcome::Joined => Err("a with statement goes on elsewhere"),
        }
    }

    /// Returns where it goes on after an exception was swallowed, since 3.9.
    fn swallows(&mut self, handler: Id) -> Does<Cursor> {
        const ODD: &str = "a with statement handles exceptions in a way that is not known";
        let node = self.node(handler)?;
        let End::Test { test, yes, no, .. } = &node.end else { return Err(ODD) };
        if !matches!(**test, Expr::Swallowed) || !node.steps.is_empty() {
            return Err(ODD);
        }
        if !matches!(self.node(no.to)?.end, End::Reraise) {
            return Err(ODD);
        }
        let rest = self.node(yes.to)?;
        let ends = rest.steps.iter().position(|step| step.action == Action::EndExcept).ok_or(ODD)?;
        let clean = rest.steps.iter().take(ends).all(|step| matches!(step.action, Action::Caught(None)));
        self.used.extend([handler, no.to, yes.to]);
        if clean { Ok((yes.to, ends + 1)) } else { Err(ODD) }
    }

    /// Returns where a `with` is left, to 3.8.
    fn left(&self, body: Id, number: usize) -> Option<Cursor> {
        let reached = self.reached(body);
        let exits = reached.iter().filter_map(|id| {
            let node = self.flow.node(*id)?;
            let at = node.steps.iter().position(|step| step.action == Action::Exit(number))?;
            let held = node.steps.iter().take(at).any(|step| matches!(step.action, Action::Hold(..)));
            (!held).then_some((*id, at + 1))
        });
        exits.max_by_key(|cursor| cursor.0)
    }

    /// Leaves a `with`: by its end, or on the way out by `return`, `break` or `continue`.
    pub(super) fn leaves_with(&mut self, number: usize, next: Cursor) -> Does<Option<Outcome>> {
        let Some(Frame::With { number: innermost, after }) = self.nearest() else {
            return Err("a with statement is left that was not entered");
        };
        if number != innermost {
            return self.leaves_outer(number).then_some(None).ok_or("a with statement is left out of turn");
        }
        if self.holds.is_empty() && self.completes(next, after) {
            return Ok(Some(Outcome::Left(next)));
        }
        Ok(None)
    }

    /// Tells whether an outer `with` is left after the inner ones were.
    fn leaves_outer(&mut self, number: usize) -> bool {
        self.frames.iter().any(|frame| matches!(frame, Frame::With { number: outer, .. } if *outer == number))
    }

    /// Returns the innermost frame that is no loop or `if`.
    pub(super) fn nearest(&self) -> Option<Frame> {
        let inner =
            self.frames.iter().rev().find(|frame| !matches!(frame, Frame::Join(_) | Frame::Loop { .. }));
        inner.cloned()
    }
}
