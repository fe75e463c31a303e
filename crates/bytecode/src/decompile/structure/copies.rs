//! Code that stands several times for one piece of source: `finally`, the code behind a `with`.

use std::collections::{BTreeMap, BTreeSet};

use super::super::graph::{Action, End, Step};
use super::super::stack::Id;
use super::super::tree::{Expr, Shared};
use super::{Cursor, Structure};

impl Structure<'_, '_> {
    /// For a copy of the body of a `finally`: returns where it goes on after what the handler has.
    pub(super) fn copied(&self, handler: Cursor, copy: Cursor) -> Option<Cursor> {
        let mut walk = Walk {
            structure: self,
            seen: BTreeSet::new(),
            end: None,
            numbers: BTreeMap::new(),
            positions: false,
        };
        walk.pair(handler, copy)?;
        self.copies.borrow_mut().extend(walk.seen.iter().map(|(_, copy)| copy.0));
        walk.end
    }

    /// Tells whether two places go on alike, whatever lines they come from.
    fn same_code(&self, a: Cursor, b: Cursor) -> bool {
        let mut walk = Walk {
            structure: self,
            seen: BTreeSet::new(),
            end: None,
            numbers: BTreeMap::new(),
            positions: false,
        };
        let same = walk.pair(a, b).is_some() && walk.end.is_none();
        if same {
            self.copies.borrow_mut().extend(walk.seen.iter().flat_map(|(a, b)| [a.0, b.0]));
        }
        same
    }

    /// Tells whether two places go on alike, and come from the same lines.
    pub(super) fn alike(&self, a: Cursor, b: Cursor) -> bool {
        let mut walk = Walk {
            structure: self,
            seen: BTreeSet::new(),
            end: None,
            numbers: BTreeMap::new(),
            positions: true,
        };
        let alike = walk.pair(a, b).is_some();
        if alike {
            self.copies.borrow_mut().extend(walk.seen.iter().flat_map(|(a, b)| [a.0, b.0]));
        }
        alike
    }
}

struct Walk<'w, 's, 'a> {
    structure: &'w Structure<'s, 'a>,
    seen: BTreeSet<(Cursor, Cursor)>,
    /// Where the copy goes on when the first raises again.
    end: Option<Cursor>,
    /// Numbers of held values and `with` that are each other's.
    numbers: BTreeMap<usize, usize>,
    positions: bool,
}

impl Walk<'_, '_, '_> {
    fn pair(&mut self, a: Cursor, b: Cursor) -> Option<()> {
        let mut work = vec![(a, b)];
        while let Some((a, b)) = work.pop() {
            if self.seen.len() > 2_000 {
                return None;
            }
            let (a, b) = (self.skip(a), self.skip(b));
            if a == b || !self.seen.insert((a, b)) {
                continue;
            }
            let (first, second) = (self.structure.flow.node(a.0)?, self.structure.flow.node(b.0)?);
            if let Some(step) = first.steps.get(a.1) {
                self.step(step, second.steps.get(b.1)?)?;
                work.push(((a.0, a.1 + 1), (b.0, b.1 + 1)));
                continue;
            }
            if matches!(first.end, End::Reraise) && !self.positions {
                match self.end {
                    Some(end) if end != b && !self.structure.same_code(end, b) => return None,
                    Some(_) => {}
                    None => self.end = Some(b),
                }
                continue;
            }
            if second.steps.len() > b.1 {
                return None;
            }
            self.ends(&first.end, &second.end, &mut work)?;
            let goes = matches!(first.end, End::Goto(_) | End::Guard { .. });
            if self.positions && !goes && first.position.line != second.position.line {
                return None;
            }
        }
        Some(())
    }

    /// Goes on to where something happens.
    fn skip(&self, mut at: Cursor) -> Cursor {
        for _ in 0..100 {
            let Some(node) = self.structure.flow.node(at.0) else { return at };
            match (&node.end, node.steps.get(at.1)) {
                (End::Goto(to), None) => at = (*to, 0),
                // In the exceptional way the inner handler is also left by falling out of its range.
                _ => return at,
            }
        }
        at
    }

    fn step(&mut self, a: &Step, b: &Step) -> Option<()> {
        let marks = matches!(a.action, Action::Leave(_) | Action::EndExcept | Action::EndFinally);
        if self.positions && !marks && a.position.line != b.position.line {
            return None;
        }
        let same = match (&a.action, &b.action) {
            (
                Action::Enter { number: a, context: x, asynchronous: s },
                Action::Enter { number: b, context: y, asynchronous: t },
            ) => {
                self.numbers.insert(*a, *b);
                x == y && s == t
            }
            (Action::Exit(a), Action::Exit(b)) => a == b || self.numbers.get(a) == Some(b),
            (Action::Hold(a, x), Action::Hold(b, y)) => {
                self.numbers.insert(*a, *b);
                x == y
            }
            (Action::Leave(_), Action::Leave(_)) => true,
            (a, b) => a == b,
        };
        same.then_some(())
    }

    fn ends(&mut self, a: &End, b: &End, work: &mut Vec<(Cursor, Cursor)>) -> Option<()> {
        let mut both = |a: Id, b: Id| work.push(((a, 0), (b, 0)));
        match (a, b) {
            (End::Goto(a), End::Goto(b)) => both(*a, *b),
            (End::Test { test: s, yes: a, no: c, .. }, End::Test { test: t, yes: b, no: d, .. })
                if s == t =>
            {
                both(a.to, b.to);
                both(c.to, d.to);
            }
            (
                End::Loop { iterable: s, body: a, done: c, key: k },
                End::Loop { iterable: t, body: b, done: d, key: l },
            ) if s == t => {
                let targets = &self.structure.flow.machine.loop_targets;
                if targets.get(k) != targets.get(l) {
                    return None;
                }
                both(*a, *b);
                both(*c, *d);
            }
            (End::Guard { handler: a, body: c, .. }, End::Guard { handler: b, body: d, .. }) => {
                both(*a, *b);
                both(*c, *d);
            }
            (End::Return(a), End::Return(b)) if self.same_value(a, b) => {}
            (End::Never, End::Never) | (End::Reraise, End::Reraise) => {}
            _ => return None,
        }
        Some(())
    }

    fn same_value(&self, a: &Shared, b: &Shared) -> bool {
        match (&**a, &**b) {
            (Expr::Held(a), Expr::Held(b)) => self.numbers.get(a) == Some(b),
            _ => a == b,
        }
    }
}
