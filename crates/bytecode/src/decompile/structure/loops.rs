//! `for`, `while`, their `else`.

use std::collections::BTreeSet;

use crate::version::Version;

use super::super::graph::{Action, End};
use super::super::machine::Does;
use super::super::reduce::negate;
use super::super::stack::Id;
use super::super::tree::{Shared, Stmt};
use super::{Cursor, Frame, Outcome, Structure, reach, truth};

impl Structure<'_, '_> {
    /// Tells whether a loop without an iterator begins at a node.
    pub(super) fn loops_at(&self, id: Id) -> bool {
        let entered =
            self.frames.iter().any(|frame| matches!(frame, Frame::Loop { head, .. } if *head == id));
        let each = self
            .flow
            .node(id)
            .is_some_and(|node| matches!(node.end, End::Loop { .. }) && node.steps.is_empty());
        !entered && !each && !self.closing(id).is_empty()
    }

    /// Makes a `while`: where it goes on, if it does.
    pub(super) fn repeat(&mut self, head: Id, found: &mut Vec<Stmt>) -> Does<Option<Cursor>> {
        let members = self.members(head);
        let node = self.node(head)?;
        // In `while True: if c: break` what stands next to the test is the `break`, not the body.
        if let End::Test { test, yes, no, falls } = &node.end
            && node.steps.is_empty()
            && members.contains(&yes.to) != members.contains(&no.to)
            && members.contains(if *falls { &yes.to } else { &no.to })
        {
            let (test, body, done) = if members.contains(&yes.to) {
                (test.clone(), yes.to, no.to)
            } else {
                (negate(test), no.to, yes.to)
            };
            self.used.insert(head);
            let after = self.after_loop(&members, Some(done));
            return self.while_loop(head, test, body, done, after, found);
        }
        let after = self.after_loop(&members, None);
        // The body begins at the head itself, which does not repeat the loop yet.
        self.passing = Some(head);
        let (body, outcome) = self.within(Frame::Loop { head, after }, (head, 0))?;
        if outcome != Outcome::Ended {
            return Err("a loop ends in a way that is not known");
        }
        found.push(Stmt::While { test: truth(), body: without_continue(body), no_break: Vec::new() });
        Ok(after.map(|after| (after, 0)))
    }

    fn while_loop(
        &mut self,
        head: Id,
        test: Shared,
        body: Id,
        done: Id,
        after: Option<Id>,
        found: &mut Vec<Stmt>,
    ) -> Does<Option<Cursor>> {
        let (body, outcome) = self.within(Frame::Loop { head, after }, (body, 0))?;
        if outcome != Outcome::Ended {
            return Err("a loop ends in a way that is not known");
        }
        let (no_break, goes_on) = self.no_break(done, after)?;
        found.push(Stmt::While { test, body: without_continue(body), no_break });
        Ok(goes_on)
    }

    /// Makes a `for`: where it goes on, if it does.
    pub(super) fn for_each(&mut self, head: Id, found: &mut Vec<Stmt>) -> Does<Option<Cursor>> {
        let node = self.node(head)?;
        let End::Loop { key, iterable, body, done } = &node.end else { return Err("a loop has no iterator") };
        let members = self.members(head);
        let after = self.after_loop(&members, Some(*done));
        let (statements, outcome) = self.within(Frame::Loop { head, after }, (*body, 0))?;
        if outcome != Outcome::Ended {
            return Err("a loop ends in a way that is not known");
        }
        let target = self.flow.machine.loop_targets.get(key).cloned().ok_or("a loop has no variable")?;
        let (no_break, goes_on) = self.no_break(*done, after)?;
        found.push(Stmt::For {
            target,
            iterable: iterable.clone(),
            asynchronous: false,
            body: without_continue(statements),
            no_break,
        });
        Ok(goes_on)
    }

    /// Returns the `else` of a loop, and where the loop goes on.
    fn no_break(&mut self, done: Id, after: Option<Id>) -> Does<(Vec<Stmt>, Option<Cursor>)> {
        let Some(after) = after else { return Ok((Vec::new(), Some((done, 0)))) };
        if after == done || after == self.settled(done) {
            return Ok((Vec::new(), Some((after, 0))));
        }
        let (statements, outcome) = self.within(Frame::Join(after), (done, 0))?;
        match outcome {
            Outcome::Left(_) => Err("the else of a loop leaves what encloses it"),
            _ => Ok((statements, Some((after, 0)))),
        }
    }

    /// Returns where `break` goes: behind the loop and its `else`.
    fn after_loop(&self, members: &BTreeSet<Id>, done: Option<Id>) -> Option<Id> {
        let inside = self.with_handlers_of(members);
        let mut exits: BTreeSet<Id> = BTreeSet::new();
        for id in &inside {
            let outside =
                reach::targets(self.flow, *id).into_iter().filter(|target| !inside.contains(target));
            exits.extend(
                outside
                    .map(|target| self.settled(target))
                    .filter(|target| Some(*target) != done && !inside.contains(target)),
            );
        }
        let behind_from = done.unwrap_or_default();
        let done = done.map(|done| self.settled(done));
        let Some(done) = done else { return self.after_endless(members, &exits) };
        let mut after = done;
        let from_done = self.reached(done);
        let place = |id: Id| self.order.get(&id).copied().unwrap_or(0);
        let mut others = Vec::new();
        // `else: continue` goes to where the loop around it repeats; only `break` goes on behind.
        let blocks = self.flow.machine.cfg.blocks.len();
        let behind = exits.iter().copied().filter(|exit| *exit > behind_from && *exit < blocks);
        if self.repeats(done)
            && let Some(behind) = behind.min_by_key(|id| place(*id))
        {
            return Some(behind);
        }
        for exit in exits {
            let reached = self.reached(exit);
            if reached.contains(&after) {
                continue;
            }
            match self.first_common(&reached, &from_done) {
                Some(common) if place(common) > place(after) => after = common,
                Some(_) => {}
                None => others.push((exit, reached)),
            }
        }
        // When what follows the loop's last round ends, as in `else: return`, only `break` goes on: to what
        // stands behind, or to where what stands inside goes on.
        if after == done && !from_done.iter().any(|id| self.is_bound(*id)) {
            let behind = others.iter().filter(|(exit, _)| *exit > done).map(|(exit, _)| *exit);
            let bounds = others
                .iter()
                .flat_map(|(_, reached)| reached.iter().copied().filter(|id| self.is_bound(*id)));
            if let Some(first) = behind.min_by_key(|id| place(*id)).or(bounds.min_by_key(|id| place(*id))) {
                after = first;
            }
        }
        Some(after)
    }

    /// Tells whether a node is where an enclosing loop repeats.
    fn repeats(&self, id: Id) -> bool {
        self.frames.iter().any(|frame| matches!(frame, Frame::Loop { head, .. } if *head == id))
    }

    /// Returns the node at which something happens, from one that may only go on.
    fn settled(&self, mut id: Id) -> Id {
        for _ in 0..100 {
            match self.flow.node(id) {
                Some(node) if node.steps.is_empty() && !self.is_bound(id) => match node.end {
                    End::Goto(to) => id = to,
                    _ => return id,
                },
                _ => return id,
            }
        }
        id
    }

    /// Adds the handlers of what is in a loop, which need not come back to its head.
    fn with_handlers_of(&self, members: &BTreeSet<Id>) -> BTreeSet<Id> {
        let mut found = members.clone();
        let mut seen = BTreeSet::new();
        let mut work: Vec<(Id, bool)> = members.iter().map(|id| (*id, false)).collect();
        while let Some((id, handled)) = work.pop() {
            let Some(node) = self.flow.node(id) else { continue };
            if handled && node.steps.iter().any(|step| step.action == Action::EndExcept) {
                continue;
            }
            let next = match &node.end {
                End::Guard { handler, .. } if !handled => vec![*handler],
                _ if handled => reach::targets(self.flow, id),
                _ => Vec::new(),
            };
            found.extend(next.iter().copied());
            work.extend(next.into_iter().filter(|next| seen.insert(*next)).map(|next| (next, true)));
        }
        found
    }

    /// Returns where `break` goes from a `while True`.
    fn after_endless(&self, members: &BTreeSet<Id>, exits: &BTreeSet<Id>) -> Option<Id> {
        // What only returns or raises can stand inside.
        let goes_on = |id: Id| {
            let inside = self.flow.node(id).is_some_and(|node| {
                !node.steps.is_empty() || matches!(node.end, End::Return(_) | End::Never | End::Reraise)
            });
            let reached = self.reached(id);
            let bounded = reached.iter().any(|id| self.flow.node(*id).is_some() && self.is_bound(*id));
            !inside || bounded
        };
        let raises = |id: Id| self.flow.node(id).is_some_and(|node| matches!(node.end, End::Reraise));
        let last = members.iter().copied().max().unwrap_or_default();
        let mut candidates =
            exits.iter().copied().filter(|exit| goes_on(*exit) || (*exit > last && !raises(*exit)));

        let first = candidates.next()?;
        let common = candidates
            .try_fold(first, |common, exit| self.first_common(&self.reached(common), &self.reached(exit)));
        let common = common.unwrap_or(first);
        // `if c: return x` as the last statement of the loop stands where code after it would.
        let falls = members.iter().any(|member| self.falls_to(*member, common));
        let ends = self.reached(common).iter().all(|id| !self.is_bound(*id));
        if falls && ends && exits.len() == 1 { None } else { Some(common) }
    }

    fn is_bound(&self, id: Id) -> bool {
        self.frames.iter().any(|frame| match frame {
            Frame::Join(join) => *join == id,
            Frame::Loop { head, after } => *head == id || *after == Some(id),
            _ => false,
        })
    }

    /// Tells whether a test has a node for its body rather than for what it jumps to.
    fn falls_to(&self, id: Id, target: Id) -> bool {
        match self.flow.node(id).map(|node| &node.end) {
            Some(End::Test { yes, no, falls, .. }) => {
                let (next, jump) = if *falls { (yes.to, no.to) } else { (no.to, yes.to) };
                let back = |next: Id| {
                    self.flow
                        .node(next)
                        .is_some_and(|node| node.steps.is_empty() && matches!(node.end, End::Goto(_)))
                };
                // Since 3.12 a test that would jump back is turned around.
                target == next || (target == jump && self.flow.machine.version >= Version::V312 && back(next))
            }
            _ => false,
        }
    }
}

/// Takes away the `continue` at the end of a loop's body, which says nothing.
pub(super) fn without_continue(mut body: Vec<Stmt>) -> Vec<Stmt> {
    trim(&mut body);
    body
}

fn trim(body: &mut Vec<Stmt>) {
    if body.last() == Some(&Stmt::Continue) {
        body.pop();
    }
    match body.last_mut() {
        Some(Stmt::If { yes, no, .. }) => {
            // `if c: continue` at the end is what is left of `if c: pass`, or stood there.
            if !no.is_empty() || yes.len() > 1 {
                trim(yes);
            }
            trim(no);
        }
        Some(Stmt::With { body, .. }) => trim(body),
        Some(Stmt::Try { body, handlers, no_exception, finally }) if finally.is_empty() => {
            if no_exception.is_empty() {
                trim(body);
            } else {
                trim(no_exception);
            }
            handlers.iter_mut().for_each(|handler| trim(&mut handler.body));
        }
        _ => {}
    }
}
