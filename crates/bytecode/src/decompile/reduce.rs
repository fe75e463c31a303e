//! Makes one node of several that together compute one value: `and`, `or`, `if … else`, chained
//! comparisons, comprehensions.

use std::rc::Rc;

use crate::ops::Unary;

use super::cfg::RETURN;
use super::flow::Flow;
use super::graph::{End, Node, Way};
use super::machine::Does;
use super::stack::{Id, Item, same, shared};
use super::tree::{Expr, Shared};

/// A node that does nothing but compute a value, which is tested or kept.
struct Pure {
    value: Shared,
    yes: Way,
    no: Way,
    falls: bool,
    /// Whether the ways are those of a `return`.
    returns: bool,
}

/// What a test and the node behind it become.
struct Merged {
    value: Shared,
    yes: Way,
    no: Way,
    falls: bool,
    /// The nodes that are a part of it now.
    taken: Vec<Id>,
}

impl Flow<'_> {
    /// Joins what can be joined once; tells whether anything was.
    pub(super) fn reduce(&mut self) -> Does<bool> {
        let mut changed = false;
        for id in 0..self.nodes.len() {
            while let Some(merged) = self.merged(id) {
                self.merge(id, merged)?;
                changed = true;
            }
        }
        for id in 0..self.nodes.len() {
            let before = self.live_count;
            self.extend(id)?;
            changed |= self.live_count != before;
        }
        let loops: Vec<Id> = self.gathering.iter().copied().collect();
        for id in loops {
            changed |= self.gather(id)?;
        }
        Ok(changed)
    }

    fn merged(&self, id: Id) -> Option<Merged> {
        let node = self.node(id)?;
        let End::Test { test, yes, no, falls } = &node.end else { return None };
        let linked = matches!(node.state.stack.last(), Some(Item::Link(_)));
        let yes_side = (!yes.keep).then(|| self.pure(id, node, yes.to)).flatten();
        let no_side = (!no.keep).then(|| self.pure(id, node, no.to)).flatten();
        if linked {
            let next = yes_side.filter(|_| *falls)?;
            return self.meets(next.no, *no).then(|| chained(test, &next, yes.to)).flatten();
        }
        if let Some(next) = &yes_side {
            let merged =
                |value, yes, no, falls| Merged { value, yes, no, falls, taken: vec![way(node, true)] };
            if self.meets(next.no, *no) {
                return Some(merged(join(true, test, &next.value), next.yes, next.no, next.falls));
            }
            if self.meets(next.yes, *no) && !no.keep {
                // `not a or b` and `a and not b` are one code: what comes next is the body.
                return Some(if next.falls {
                    merged(join(false, &negate(test), &next.value), next.yes, next.no, true)
                } else {
                    merged(join(true, test, &negate(&next.value)), next.no, next.yes, true)
                });
            }
        }
        if let Some(next) = &no_side {
            let merged =
                |value, yes, no, falls| Merged { value, yes, no, falls, taken: vec![way(node, false)] };
            if self.meets(next.yes, *yes) {
                return Some(merged(join(false, test, &next.value), next.yes, next.no, next.falls));
            }
            if self.meets(next.no, *yes) && !yes.keep {
                return Some(if next.falls {
                    merged(join(true, &negate(test), &next.value), next.yes, next.no, true)
                } else {
                    merged(join(false, test, &negate(&next.value)), next.no, next.yes, true)
                });
            }
        }
        self.conditional(node, yes_side?, no_side?)
    }

    /// Tells whether two ways end at the same place.
    fn meets(&self, a: Way, b: Way) -> bool {
        a.keep == b.keep && (a.to == b.to || self.flow_end(a.to) == self.flow_end(b.to))
    }

    fn flow_end(&self, id: Id) -> Id {
        if id == RETURN { id } else { self.resolved(id) }
    }

    fn conditional(&self, node: &Node, yes_side: Pure, no_side: Pure) -> Option<Merged> {
        let End::Test { test, yes, no, falls } = &node.end else { return None };
        if !self.meets(yes_side.yes, no_side.yes) || !self.meets(yes_side.no, no_side.no) || yes.to == no.to {
            return None;
        }
        if yes_side.returns && no_side.returns && !self.one_return(yes.to, no.to) {
            return None;
        }
        // What comes next is what stands first: `a if not c else b` has `c` jump to `b`.
        let value = if *falls {
            Expr::Conditional { test: test.clone(), yes: yes_side.value, no: no_side.value }
        } else {
            Expr::Conditional { test: negate(test), yes: no_side.value, no: yes_side.value }
        };
        let falls = if *falls { no_side.falls } else { yes_side.falls };
        Some(Merged {
            value: shared(value),
            yes: yes_side.yes,
            no: yes_side.no,
            falls,
            taken: vec![yes.to, no.to],
        })
    }

    /// Tells whether two returns are of one statement: `return a if c else b`.
    fn one_return(&self, a: Id, b: Id) -> bool {
        let (Some(a), Some(b)) = (self.node(a), self.node(b)) else { return false };
        let shared = a.returns_at.is_some() && a.returns_at == b.returns_at;
        self.expression || shared || (a.position.line.is_some() && a.position == b.position)
    }

    /// Returns what a node computes if it does nothing else and only comes after this one.
    fn pure(&self, from: Id, before: &Node, id: Id) -> Option<Pure> {
        let node = self.node(id)?;
        let sources = self.sources.get(id)?;
        let only = sources.len() == 1 && sources.contains(&from);
        if !only
            || id == from
            || !node.steps.is_empty()
            || !matches!(&node.base, base if base.setups == node.state.setups)
        {
            return None;
        }
        // A chain of comparisons is first completed by itself.
        if matches!(node.state.stack.last(), Some(Item::Link(_))) {
            return None;
        }
        let below = without_link(&before.state.stack);
        let height = below.len();
        match &node.end {
            End::Test { test, yes, no, falls } => {
                let unchanged = same(without_link(&node.state.stack), below);
                unchanged.then(|| Pure {
                    value: test.clone(),
                    yes: *yes,
                    no: *no,
                    falls: *falls,
                    returns: false,
                })
            }
            End::Goto(to) => {
                let (top, rest) = node.state.stack.split_last()?;
                let Item::Value(value) = top else { return None };
                if !same(rest, below) || node.state.stack.len() != height + 1 || self.is_back(id, *to) {
                    return None;
                }
                let way = Way { to: *to, keep: true };
                Some(Pure { value: value.clone(), yes: way, no: way, falls: true, returns: false })
            }
            End::Return(value) => {
                if !same(&node.state.stack, below) {
                    return None;
                }
                let way = Way { to: RETURN, keep: true };
                Some(Pure { value: value.clone(), yes: way, no: way, falls: true, returns: true })
            }
            _ => None,
        }
    }

    fn merge(&mut self, id: Id, merged: Merged) -> Does<()> {
        let last = merged.taken.last().and_then(|last| self.node(*last)).cloned();
        for taken in &merged.taken {
            self.move_edges(*taken, id);
            if let Some(slot) = self.nodes.get_mut(*taken) {
                *slot = None;
            }
            self.absorb(*taken);
        }
        let Some(Some(node)) = self.nodes.get_mut(id) else { return Ok(()) };
        if let Some(last) = last {
            node.position = last.position;
            node.returns_at = last.returns_at;
            // Only a chain of comparisons leaves another stack: its next operand.
            let linked = matches!(last.state.stack.last(), Some(Item::Link(_)));
            if linked && matches!(last.end, End::Test { .. }) {
                node.state = last.state;
            } else if matches!(node.state.stack.last(), Some(Item::Link(_))) {
                node.state.stack.pop();
            }
        }
        let Merged { value, yes, no, falls, .. } = merged;
        if yes == no && yes.keep {
            if yes.to == RETURN {
                node.end = End::Return(value);
            } else {
                node.state.stack.push(Item::Value(value));
                node.end = End::Goto(yes.to);
            }
        } else {
            node.end = End::Test { test: value, yes, no, falls };
        }
        self.retarget(id);
        self.extend(id)
    }

    /// Makes a loop in the middle of an expression a comprehension, once its body is complete.
    fn gather(&mut self, id: Id) -> Does<bool> {
        let Some(node) = self.node(id).cloned() else { return Ok(false) };
        let End::Loop { iterable, body, done, .. } = &node.end else { return Ok(false) };
        let Some(inside) = self.inside(id, *body) else { return Ok(false) };
        let Some(Item::Value(collection)) = node.state.stack.last() else { return Ok(false) };
        let comprehension = super::comprehension::inline(self, id, iterable, *body, collection)?;
        for taken in inside {
            for sources in &mut self.sources {
                sources.remove(&taken);
            }
            if let Some(slot) = self.nodes.get_mut(taken) {
                *slot = None;
            }
            self.absorb(taken);
        }
        self.gathering.remove(&id);
        if let Some(Some(node)) = self.nodes.get_mut(id) {
            node.state.stack.pop();
            node.state.stack.push(Item::Value(shared(comprehension)));
            node.end = End::Goto(*done);
        }
        self.retarget(id);
        if let Some(sources) = self.sources.get_mut(*body) {
            sources.remove(&id);
        }
        // What comes before it now simply goes on.
        let sources: Vec<Id> = self.sources.get(id).into_iter().flatten().copied().collect();
        if let [source] = sources[..] {
            self.extend(source)?;
            return Ok(true);
        }
        self.extend(id)?;
        Ok(true)
    }

    /// Returns the blocks of a loop's body if all are carried out.
    fn inside(&self, head: Id, body: Id) -> Option<Vec<Id>> {
        let mut found = vec![body];
        let mut next = 0;
        while let Some(id) = found.get(next).copied() {
            next += 1;
            let node = self.node(id)?;
            if self.gathering.contains(&id) {
                return None;
            }
            for target in node.targets() {
                if target == RETURN {
                    return None;
                }
                if target != head && !found.contains(&target) {
                    found.push(target);
                }
            }
        }
        Some(found)
    }
}

fn way(node: &Node, side: bool) -> Id {
    match &node.end {
        End::Test { yes, no, .. } => {
            if side {
                yes.to
            } else {
                no.to
            }
        }
        _ => RETURN,
    }
}

fn without_link(stack: &[Item]) -> &[Item] {
    match stack.split_last() {
        Some((Item::Link(_), rest)) => rest,
        _ => stack,
    }
}

/// Joins `a < b` and `b < c`.
fn chained(first: &Shared, next: &Pure, taken: Id) -> Option<Merged> {
    let (Expr::Compare(start, operands), Expr::Compare(middle, more)) = (&**first, &*next.value) else {
        return None;
    };
    let (_, last) = operands.last()?;
    if !Rc::ptr_eq(last, middle) {
        return None;
    }
    let operands = operands.iter().chain(more).cloned().collect();
    let value = shared(Expr::Compare(start.clone(), operands));
    Some(Merged { value, yes: next.yes, no: next.no, falls: next.falls, taken: vec![taken] })
}

/// Returns `a and b` or `a or b`, without parentheses for what is joined alike.
pub(super) fn join(and: bool, first: &Shared, second: &Shared) -> Shared {
    let mut parts = Vec::new();
    for part in [first, second] {
        match &**part {
            Expr::Bool { and: inner, parts: more } if *inner == and => parts.extend(more.iter().cloned()),
            _ => parts.push(part.clone()),
        }
    }
    shared(Expr::Bool { and, parts })
}

/// Returns `not a`.
pub(super) fn negate(test: &Shared) -> Shared {
    use crate::ops::Comparison;
    if let Expr::Unary(Unary::Not, inner) = &**test {
        return inner.clone();
    }
    if let Expr::Compare(left, rest) = &**test
        && let [(comparison, right)] = &rest[..]
    {
        let opposite = match comparison {
            Comparison::Is => Some(Comparison::IsNot),
            Comparison::IsNot => Some(Comparison::Is),
            Comparison::In => Some(Comparison::NotIn),
            Comparison::NotIn => Some(Comparison::In),
            _ => None,
        };
        if let Some(opposite) = opposite {
            return shared(Expr::Compare(left.clone(), vec![(opposite, right.clone())]));
        }
    }
    shared(Expr::Unary(Unary::Not, test.clone()))
}
