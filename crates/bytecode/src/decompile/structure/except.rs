//! `try`, `except`, `else`, `finally`.

use crate::version::Version;

use super::super::graph::{Action, End};
use super::super::machine::Does;
use super::super::stack::Id;
use super::super::tree::{Expr, Handler, Shared, Stmt};
use super::{Cursor, Frame, Outcome, Structure, reach};

const ODD: &str = "it handles exceptions in a way that is not known";

impl Structure<'_, '_> {
    /// Makes a `try`: where it goes on, if it does.
    pub(super) fn guard(&mut self, handler: Id, body: Id, found: &mut Vec<Stmt>) -> Does<Option<Cursor>> {
        if self.catches(handler) {
            return self.try_except(handler, body, found);
        }
        if self.flow.machine.version <= Version::V38 {
            return self.try_finally_shared(handler, body, found);
        }
        self.try_finally(handler, body, found)
    }

    /// Tells whether a handler is that of `except` and not of `finally`.
    fn catches(&self, handler: Id) -> bool {
        let Some(node) = self.flow.node(handler) else { return false };
        match node.steps.first() {
            Some(step) => matches!(step.action, Action::Caught(_)),
            None => matches!(&node.end, End::Test { test, .. } if matches!(**test, Expr::Caught(_))),
        }
    }

    fn try_except(&mut self, handler: Id, body: Id, found: &mut Vec<Stmt>) -> Does<Option<Cursor>> {
        let from_body = self.ends(body, |action| *action == Action::Leave(handler));
        let from_handlers = self.ends_of_handler(handler);
        let after = self.choose(&from_body, &from_handlers);
        let frame = Frame::Try { handler, after, finally: None };
        let (statements, outcome) = self.within(frame, (body, 0))?;
        let mut goes_on = match outcome {
            Outcome::Left(next) => Some(next),
            Outcome::Ended => None,
            Outcome::Joined => return Err(ODD),
        };
        let handlers = self.handlers(handler, after, &mut goes_on)?;
        let mut no_exception = Vec::new();
        // What follows the body without being where all goes on is the `else`.
        if let (Outcome::Left(next), Some(after)) = (outcome, after)
            && !self.completes(next, Some(after))
        {
            let (statements, ending) = match after {
                (join, 0) => self.within(Frame::Join(join), next)?,
                _ => return Err(ODD),
            };
            match ending {
                Outcome::Joined | Outcome::Ended => {}
                Outcome::Left(_) => return Err(ODD),
            }
            no_exception = statements;
            goes_on = Some(after);
        }
        found.push(Stmt::Try { body: statements, handlers, no_exception, finally: Vec::new() });
        Ok(goes_on)
    }

    /// Returns the clauses of a handler.
    fn handlers(
        &mut self,
        first: Id,
        after: Option<Cursor>,
        goes_on: &mut Option<Cursor>,
    ) -> Does<Vec<Handler>> {
        let mut found = Vec::new();
        let mut at = first;
        loop {
            self.used.insert(at);
            let node = self.node(at)?;
            match (&node.end, node.steps.is_empty()) {
                (End::Test { test, yes, no, .. }, true) => {
                    let Expr::Caught(class) = &**test else { return Err(ODD) };
                    found.push(self.clause(Some(class.clone()), (yes.to, 0), after, goes_on)?);
                    at = no.to;
                }
                (End::Reraise, true) => return Ok(found),
                (End::Goto(to), true) => at = *to,
                _ => {
                    found.push(self.clause(None, (at, 0), after, goes_on)?);
                    return Ok(found);
                }
            }
        }
    }

    fn clause(
        &mut self,
        class: Option<Shared>,
        from: Cursor,
        after: Option<Cursor>,
        goes_on: &mut Option<Cursor>,
    ) -> Does<Handler> {
        let node = self.node(from.0)?;
        let Some(Action::Caught(name)) = node.steps.first().map(|step| &step.action) else { return Err(ODD) };
        self.used.insert(from.0);
        let mut start = (from.0, 1);
        // To 3.10 the name is taken away in a `finally` of its own.
        let old = self.flow.machine.version <= Version::V310;
        if let (true, Some(_), 1, End::Guard { body, .. }) = (old, name, node.steps.len(), &node.end) {
            start = (*body, 0);
        }
        let (body, outcome) = self.within(Frame::Except { name: name.clone(), after }, start)?;
        match outcome {
            Outcome::Left(next) => *goes_on = goes_on.or(Some(next)),
            Outcome::Ended => {}
            Outcome::Joined => return Err(ODD),
        }
        Ok(Handler { class, name: name.clone(), body })
    }

    /// In an `except … as e`, takes `e = None; del e` for what it is.
    pub(super) fn name_cleanup(&self, statement: &Stmt, next: Cursor) -> Option<Cursor> {
        let Some(Frame::Except { name: Some(name), .. }) = self.nearest() else { return None };
        let is_name = |expr: &Shared| matches!(&**expr, Expr::Name(other) if *other == name);
        let Stmt::Assign(targets, value) = statement else { return None };
        if !matches!(&targets[..], [target] if is_name(target)) || !value.is_none() {
            return None;
        }
        let next = self.advance(next);
        let step = self.flow.node(next.0)?.steps.get(next.1)?;
        let deletes = matches!(&step.action, Action::Do(Stmt::Delete(targets)) if matches!(&targets[..], [target] if is_name(target)));
        deletes.then_some((next.0, next.1 + 1))
    }

    /// Goes on to the next step.
    pub(super) fn advance(&self, mut at: Cursor) -> Cursor {
        for _ in 0..100 {
            match self.flow.node(at.0) {
                Some(node) if at.1 >= node.steps.len() => match node.end {
                    End::Goto(to) => at = (to, 0),
                    _ => return at,
                },
                _ => return at,
            }
        }
        at
    }

    pub(super) fn leaves_try(&mut self, handler: Id, next: Cursor) -> Does<Result<Cursor, Outcome>> {
        if self.with_handlers.contains(&handler) {
            return Ok(Ok(next));
        }
        match self.nearest() {
            Some(Frame::Try { handler: innermost, after, finally }) if innermost == handler => {
                let next = match finally {
                    Some(start) => {
                        self.copied(start, next).ok_or("a finally differs between the ways through it")?
                    }
                    None => next,
                };
                if !self.holds.is_empty() {
                    return Ok(Ok(next));
                }
                if self.completes(next, after) {
                    return Ok(Err(Outcome::Left(next)));
                }
                // `return 1`, `break` and `continue` leave it on the way; all else is `else`.
                let on_the_way = self.jumps(next) || finally.is_some();
                Ok(if on_the_way { Ok(next) } else { Err(Outcome::Left(next)) })
            }
            // The name of an exception is taken away in a `finally` of its own.
            Some(Frame::Except { name: Some(_), .. }) => Ok(Ok(next)),
            _ if self
                .frames
                .iter()
                .any(|frame| matches!(frame, Frame::Try { handler: outer, .. } if *outer == handler)) =>
            {
                let finally = self.frames.iter().find_map(|frame| match frame {
                    Frame::Try { handler: outer, finally, .. } if *outer == handler => *finally,
                    _ => None,
                });
                match finally {
                    Some(start) => self
                        .copied(start, next)
                        .map(Ok)
                        .ok_or("a finally differs between the ways through it"),
                    None => Ok(Ok(next)),
                }
            }
            _ => Err("a try is left that was not entered"),
        }
    }

    pub(super) fn leaves_except(&mut self, next: Cursor) -> Does<Option<Outcome>> {
        let Some(Frame::Except { name, after }) = self.nearest() else {
            return Err("the handling of an exception ends that has not begun");
        };
        if !self.holds.is_empty() {
            return Ok(None);
        }
        let next = self.without_cleanup(name.is_some(), next);
        if self.completes(next, after) || !self.jumps(next) {
            return Ok(Some(Outcome::Left(next)));
        }
        Ok(None)
    }

    /// Goes past what takes an exception's name away.
    fn without_cleanup(&self, named: bool, mut at: Cursor) -> Cursor {
        if !named {
            return at;
        }
        loop {
            at = self.advance(at);
            let Some(step) = self.flow.node(at.0).and_then(|node| node.steps.get(at.1)) else { return at };
            let past = match &step.action {
                Action::Do(statement) => self.name_cleanup(statement, (at.0, at.1 + 1)),
                Action::EndFinally => Some((at.0, at.1 + 1)),
                _ => None,
            };
            match past {
                Some(past) => at = past,
                None => return at,
            }
        }
    }

    /// Tells whether a place is where all goes on.
    pub(super) fn completes(&self, next: Cursor, after: Option<Cursor>) -> bool {
        let Some(after) = after else { return false };
        let (next, after) = (self.resolve(next), self.resolve(after));
        next == after || self.alike(next, after)
    }

    /// Goes past what leaves the statements around a place, with what they do then.
    fn unwound(&self, mut at: Cursor) -> Cursor {
        for frame in self.frames.iter().rev() {
            let next = self.advance(at);
            let Some(step) = self.flow.node(next.0).and_then(|node| node.steps.get(next.1)) else {
                return at;
            };
            let past = (next.0, next.1 + 1);
            let left = match (frame, &step.action) {
                (Frame::Try { handler, finally, .. }, Action::Leave(left)) if handler == left => {
                    match finally {
                        Some(start) => self.copied(*start, past),
                        None => Some(past),
                    }
                }
                (Frame::Except { .. }, Action::EndExcept) => Some(self.past_name(past)),
                (Frame::With { number, .. }, Action::Exit(left)) if number == left => Some(past),
                _ => None,
            };
            at = left.unwrap_or(at);
        }
        at
    }

    /// Tells whether all that happens at a place is `return`, `break` or `continue`.
    fn jumps(&self, next: Cursor) -> bool {
        let next = self.resolve(self.unwound(next));
        if next.1 == 0 && self.is_stop(next.0) {
            return true;
        }
        let Some(node) = self.flow.node(next.0) else { return false };
        // What else is left on the way out has steps of its own.
        let leaves = node
            .steps
            .iter()
            .skip(next.1)
            .all(|step| !matches!(step.action, Action::Do(_) | Action::Enter { .. }));
        match &node.end {
            End::Return(value) => leaves && matches!(**value, Expr::Constant(_) | Expr::Held(_)),
            _ => false,
        }
    }

    /// Returns the places at which a body is left with such an action, but for a `return`'s.
    fn ends(&self, body: Id, is_end: impl Fn(&Action) -> bool) -> Vec<Cursor> {
        let mut found = Vec::new();
        for id in self.reached(body) {
            let Some(node) = self.flow.node(id) else { continue };
            for (at, step) in node.steps.iter().enumerate() {
                let held = node.steps.iter().take(at).any(|step| matches!(step.action, Action::Hold(..)));
                if is_end(&step.action) && !held {
                    found.push((id, at + 1));
                }
            }
        }
        found
    }

    /// Returns the places at which the clauses of a handler end, those of handlers inside left out.
    fn ends_of_handler(&self, handler: Id) -> Vec<Cursor> {
        let mut found = Vec::new();
        let mut seen = std::collections::BTreeSet::from([(handler, 0usize)]);
        let mut work = vec![(handler, 0usize)];
        while let Some((id, level)) = work.pop() {
            let Some(node) = self.flow.node(id) else { continue };
            let mut level = level;
            let mut left = false;
            for (at, step) in node.steps.iter().enumerate() {
                if step.action != Action::EndExcept {
                    continue;
                }
                if level == 0 {
                    let held = node.steps.iter().take(at).any(|step| matches!(step.action, Action::Hold(..)));
                    if !held {
                        found.push(self.past_name((id, at + 1)));
                    }
                    left = true;
                    break;
                }
                level -= 1;
            }
            if left {
                continue;
            }
            for target in reach::targets(self.flow, id) {
                let next = (target, level + usize::from(self.handles(id, target)));
                if level < 20 && seen.insert(next) {
                    work.push(next);
                }
            }
        }
        found
    }

    /// Tells whether a handler ends the handling of its exception: not one that only takes a name away.
    pub(super) fn ends_except(&self, handler: Id) -> bool {
        self.catches(handler)
            || self.flow.node(handler).is_some_and(
                |node| matches!(&node.end, End::Test { test, .. } if matches!(**test, Expr::Swallowed)),
            )
    }

    /// Goes past `e = None; del e`, whatever the name is.
    fn past_name(&self, at: Cursor) -> Cursor {
        let step = |at: Cursor| {
            let at = self.advance(at);
            let action = self.flow.node(at.0).and_then(|node| node.steps.get(at.1)).map(|step| &step.action);
            (action, (at.0, at.1 + 1))
        };
        let (Some(Action::Do(Stmt::Assign(targets, value))), next) = step(at) else { return at };
        let (Some(Action::Do(Stmt::Delete(deleted))), next) = step(next) else { return at };
        if targets != deleted || !value.is_none() {
            return at;
        }
        match step(next) {
            (Some(Action::EndFinally), past) => past,
            _ => next,
        }
    }

    /// Chooses where a `try` goes on from where its body and its clauses end.
    fn choose(&self, body: &[Cursor], clauses: &[Cursor]) -> Option<Cursor> {
        let resolved = |ends: &[Cursor]| ends.iter().map(|at| self.resolve(*at)).collect::<Vec<_>>();
        let (body, clauses) = (resolved(body), resolved(clauses));
        let plain =
            |ends: &[Cursor]| ends.iter().copied().filter(|at| !self.jumps(*at)).max_by_key(|at| at.0);
        if let Some(after) = plain(&clauses) {
            return Some(after);
        }
        let agreed =
            clauses.iter().find(|at| body.iter().any(|other| *other == **at || self.alike(*other, **at)));
        agreed
            .copied()
            .or_else(|| plain(&body))
            .or_else(|| clauses.first().copied())
            .or_else(|| body.first().copied())
    }

    /// To 3.8: `finally` stands once, and all ways go through it.
    fn try_finally_shared(&mut self, handler: Id, body: Id, found: &mut Vec<Stmt>) -> Does<Option<Cursor>> {
        let frame = Frame::Try { handler, after: Some((handler, 0)), finally: None };
        let (statements, outcome) = self.within(frame, (body, 0))?;
        match outcome {
            Outcome::Joined => return Err(ODD),
            Outcome::Left(next) if self.resolve(next) != (handler, 0) => return Err(ODD),
            _ => {}
        }
        let (finally, ending) = self.within(Frame::Finally, (handler, 0))?;
        found.push(finally_of(statements, finally));
        match (outcome, ending) {
            (Outcome::Left(_), Outcome::Left(next)) => Ok(Some(next)),
            (Outcome::Ended, Outcome::Left(_)) | (_, Outcome::Ended) => Ok(None),
            _ => Err(ODD),
        }
    }

    /// Since 3.9: each way out has a copy of what is in `finally`.
    fn try_finally(&mut self, handler: Id, body: Id, found: &mut Vec<Stmt>) -> Does<Option<Cursor>> {
        let start = (handler, 0);
        let ends = self.ends(body, |action| *action == Action::Leave(handler));
        let ends: Vec<Cursor> = ends.into_iter().filter_map(|end| self.copied(start, end)).collect();
        let after = self.choose(&ends, &[]);
        let frame = Frame::Try { handler, after, finally: Some(start) };
        let (statements, outcome) = self.within(frame, (body, 0))?;
        let (finally, ending) = self.within(Frame::Finally, start)?;
        if ending != Outcome::Ended {
            return Err(ODD);
        }
        found.push(finally_of(statements, finally));
        match outcome {
            Outcome::Left(next) => Ok(Some(next)),
            Outcome::Ended => Ok(None),
            Outcome::Joined => Err(ODD),
        }
    }
}

/// Returns a `try` with a `finally`, which may be that of a `try` with clauses.
fn finally_of(mut body: Vec<Stmt>, finally: Vec<Stmt>) -> Stmt {
    let finally = if finally.is_empty() { vec![Stmt::Pass] } else { finally };
    if let [Stmt::Try { finally: inner, .. }] = &body[..]
        && inner.is_empty()
        && let Some(Stmt::Try { body, handlers, no_exception, .. }) = body.pop()
    {
        return Stmt::Try { body, handlers, no_exception, finally };
    }
    Stmt::Try { body, handlers: Vec::new(), no_exception: Vec::new(), finally }
}
