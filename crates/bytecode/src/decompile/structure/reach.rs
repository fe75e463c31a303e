//! Which nodes can be reached from where.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::super::cfg::RETURN;
use super::super::flow::Flow;
use super::super::graph::{Action, End};
use super::super::stack::Id;
use super::{Frame, Structure};

/// Returns each node's place in an order in which all ways but those that close loops go up.
pub(super) fn order(flow: &Flow<'_>) -> HashMap<Id, usize> {
    let mut done = Vec::new();
    let mut seen = HashSet::from([0]);
    let mut path = vec![(0, targets(flow, 0))];
    while let Some((id, rest)) = path.last_mut() {
        match rest.pop() {
            Some(next) if seen.insert(next) => path.push((next, targets(flow, next))),
            Some(_) => {}
            None => {
                done.push(*id);
                path.pop();
            }
        }
    }
    done.into_iter().rev().enumerate().map(|(place, id)| (id, place)).collect()
}

pub(super) fn targets(flow: &Flow<'_>, id: Id) -> Vec<Id> {
    let all = flow.node(id).map(|node| node.targets()).unwrap_or_default();
    all.into_iter().filter(|target| *target != RETURN).collect()
}

impl Structure<'_, '_> {
    /// Returns the nodes that can be reached from one, itself included, without going through where an
    /// enclosing statement goes on, repeats or is left; such nodes are included.
    pub(super) fn reached(&self, from: Id) -> BTreeSet<Id> {
        let frame = self.nearest();
        let mut found = BTreeSet::from([from]);
        let mut seen = BTreeSet::from([(from, 0)]);
        let mut work = vec![(from, 0)];
        while let Some((id, level)) = work.pop() {
            let Some(level) =
                (!self.bounds(id)).then(|| self.level_after(id, level, frame.as_ref())).flatten()
            else {
                continue;
            };
            for target in targets(self.flow, id) {
                let next = (target, level + usize::from(self.handles(id, target)));
                found.insert(target);
                if next.1 < 20 && seen.insert(next) {
                    work.push(next);
                }
            }
        }
        found
    }

    /// Returns how many handlers a way is inside of behind a node; `None` if it leaves the statement around it.
    fn level_after(&self, id: Id, level: usize, frame: Option<&Frame>) -> Option<usize> {
        let node = self.flow.node(id)?;
        let mut level = level;
        for step in &node.steps {
            match (&step.action, frame) {
                (Action::Leave(left), Some(Frame::Try { handler, .. })) if left == handler => return None,
                (Action::Exit(left), Some(Frame::With { number, .. })) if left == number => return None,
                (Action::EndExcept, Some(Frame::Except { .. })) => level = level.checked_sub(1)?,
                _ => {}
            }
        }
        Some(level)
    }

    /// Tells whether an edge goes to a handler that ends the handling of its exception.
    pub(super) fn handles(&self, id: Id, target: Id) -> bool {
        let guarded = self
            .flow
            .node(id)
            .is_some_and(|node| matches!(&node.end, End::Guard { handler, .. } if *handler == target));
        guarded && self.ends_except(target)
    }

    fn bounds(&self, id: Id) -> bool {
        self.frames.iter().any(|frame| match frame {
            Frame::Join(join) => *join == id,
            Frame::Loop { head, after } => *head == id || *after == Some(id),
            Frame::Try { after: Some((after, 0)), .. }
            | Frame::Except { after: Some((after, 0)), .. }
            | Frame::With { after: Some((after, 0)), .. } => *after == id,
            _ => false,
        })
    }

    /// Returns the first node, in order, that is in both; where an enclosing loop repeats comes last.
    pub(super) fn first_common(&self, a: &BTreeSet<Id>, b: &BTreeSet<Id>) -> Option<Id> {
        let repeats =
            |id: Id| self.frames.iter().any(|frame| matches!(frame, Frame::Loop { head, .. } if *head == id));
        a.intersection(b)
            .copied()
            .min_by_key(|id| (repeats(*id), self.order.get(id).copied().unwrap_or(usize::MAX)))
    }

    /// Returns the nodes from which an edge closes the loop at a node.
    pub(super) fn closing(&self, head: Id) -> Vec<Id> {
        let place = |id: &Id| self.order.get(id).copied().unwrap_or(usize::MAX);
        let closes = |id: &Id| place(id) >= place(&head) && targets(self.flow, *id).contains(&head);
        let sources: Vec<Id> = self.order.keys().copied().filter(|id| closes(id)).collect();
        // An edge back in order closes a loop only if its source can be reached from its target.
        if sources.is_empty() {
            return sources;
        }
        let mut found = BTreeSet::from([head]);
        let mut work = vec![head];
        while let Some(id) = work.pop() {
            for target in targets(self.flow, id) {
                if found.insert(target) {
                    work.push(target);
                }
            }
        }
        sources.into_iter().filter(|source| found.contains(source)).collect()
    }

    /// Returns the nodes of the loop at a node: those from which it is reached again.
    pub(super) fn members(&self, head: Id) -> BTreeSet<Id> {
        let mut sources: HashMap<Id, Vec<Id>> = HashMap::new();
        for id in self.order.keys() {
            for target in targets(self.flow, *id) {
                sources.entry(target).or_default().push(*id);
            }
        }
        let mut found = BTreeSet::from([head]);
        let mut work: Vec<Id> = self.closing(head);
        found.extend(work.iter().copied());
        while let Some(id) = work.pop() {
            if id == head {
                continue;
            }
            for source in sources.get(&id).into_iter().flatten() {
                if found.insert(*source) {
                    work.push(*source);
                }
            }
        }
        found
    }
}
