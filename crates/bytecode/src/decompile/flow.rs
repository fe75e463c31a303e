//! Carries out all blocks of a code object, in an order in which each one's stack is known.

use std::collections::BTreeSet;

use crate::ops::{Label, Op, When};
use crate::version::Version;

use super::cfg::{Block, Cfg, RETURN, after_cleanup, dropped_at, kept_pop};
use super::graph::{End, Node, Way};
use super::machine::{Does, Machine};
use super::stack::{Id, Item, Setup, SetupKind, State};
use super::tree::Expr;

/// A code object's graph while it grows.
pub(super) struct Flow<'a> {
    pub(super) machine: Machine<'a>,
    pub(super) nodes: Vec<Option<Node>>,
    /// The blocks that go to each block, as far as the graph has grown.
    pub(super) sources: Vec<BTreeSet<Id>>,
    /// Loops inside of an expression that are not one yet.
    pub(super) gathering: BTreeSet<Id>,
    /// Blocks that became a part of the one before them.
    absorbed: Vec<bool>,
    /// Whether the function is one expression.
    pub(super) expression: bool,
    /// Edges that close a loop.
    back: BTreeSet<(Id, Id)>,
    /// The block that was last taken for a `return`.
    returns_at: std::cell::Cell<Option<Id>>,
    /// How often a node was made longer.
    pub(super) live_count: usize,
}

impl<'a> Flow<'a> {
    pub(super) fn new(machine: Machine<'a>, expression: bool) -> Flow<'a> {
        let cfg = machine.cfg;
        let count = cfg.blocks.len();
        let mut sources = cfg.sources.clone();
        for from in &mut sources {
            from.retain(|source| cfg.reachable.get(*source) == Some(&true));
        }
        Flow {
            machine,
            nodes: vec![None; count],
            sources,
            gathering: BTreeSet::new(),
            absorbed: vec![false; count],
            expression,
            back: cfg.back.clone(),
            returns_at: std::cell::Cell::new(None),
            live_count: 0,
        }
    }

    fn cfg(&self) -> &'a Cfg {
        self.machine.cfg
    }

    pub(super) fn node(&self, id: Id) -> Option<&Node> {
        self.nodes.get(id).and_then(Option::as_ref)
    }

    /// Tells whether an edge closes a loop.
    pub(super) fn is_back(&self, from: Id, to: Id) -> bool {
        self.back.contains(&(from, to))
    }

    /// Carries everything out.
    pub(super) fn run(&mut self) -> Does<()> {
        self.execute(0, State::default())?;
        loop {
            let mut progress = false;
            for id in 0..self.nodes.len() {
                if let Some(state) = self.ready(id) {
                    self.execute(id, state)?;
                    progress = true;
                }
            }
            if self.reduce()? {
                continue;
            }
            if !progress {
                break;
            }
        }
        let complete = self.live().iter().all(|id| self.node(*id).is_some());
        if complete && self.gathering.is_empty() {
            Ok(())
        } else {
            Err("a value on its stack depends on the way taken")
        }
    }

    /// Returns the number by which the loop at a node knows its target.
    pub(super) fn loop_key(&self, id: Id) -> Option<Id> {
        match self.node(id)?.end {
            End::Loop { key, .. } => Some(key),
            _ => None,
        }
    }

    /// Returns the blocks that can still be reached.
    pub(super) fn live(&self) -> BTreeSet<Id> {
        let mut live = BTreeSet::from([0]);
        let mut work = vec![0];
        while let Some(id) = work.pop() {
            for target in self.node(id).map(Node::targets).unwrap_or_default() {
                if target != RETURN && live.insert(target) {
                    work.push(target);
                }
            }
        }
        live
    }

    /// Returns the state that a block begins in, once all ways to it are known to agree.
    fn ready(&self, id: Id) -> Option<State> {
        if self.node(id).is_some() || self.absorbed.get(id) == Some(&true) {
            return None;
        }
        let mut found: Option<State> = None;
        for source in self.sources.get(id)? {
            let back = self.is_back(*source, id);
            let Some(node) = self.node(*source) else {
                if back || self.is_dead(*source) {
                    continue;
                }
                return None;
            };
            if !back
                && self.gathering.contains(source)
                && matches!(node.end, End::Loop { done, .. } if done == id)
            {
                return None;
            }
            // To 3.8 the normal way into a `finally` tells its stack; an exception's may be higher.
            let thrown = matches!(node.end, End::Guard { handler, .. } if handler == id);
            if thrown
                && self.sources.get(id).is_some_and(|sources| {
                    sources.iter().any(|other| other != source && self.node(*other).is_some())
                })
            {
                continue;
            }
            for state in self.states(node, id) {
                match &found {
                    None if back => {}
                    None => found = Some(state),
                    Some(known) if back || known.same(&state) => {}
                    Some(_) => return None,
                }
            }
        }
        found
    }

    /// Tells whether nothing goes to a block any more.
    fn is_dead(&self, id: Id) -> bool {
        id != 0 && self.sources.get(id).is_none_or(BTreeSet::is_empty)
    }

    /// Returns the block at which something happens, from one that may only go on.
    pub(super) fn resolved(&self, mut id: Id) -> Id {
        for _ in 0..50 {
            let Some(Block::Code { start, end, next }) = self.cfg().blocks.get(id) else { return id };
            let ops = self.machine.body.ops.get(*start..*end).unwrap_or_default();
            let following = match ops.split_last() {
                Some((last, rest)) if rest.iter().all(|op| op.op == Op::Nop) => match last.op {
                    Op::Jump(label) => self.to(id, label),
                    Op::Nop => self.to(id, *next),
                    _ => return id,
                },
                _ => return id,
            };
            match following {
                Ok(following) if following != id => id = following,
                _ => return id,
            }
        }
        id
    }

    /// Makes the sources of all blocks agree with what a changed node goes to.
    pub(super) fn retarget(&mut self, id: Id) {
        let targets = self.node(id).map(Node::targets).unwrap_or_default();
        for (target, sources) in self.sources.iter_mut().enumerate() {
            if sources.contains(&id) && !targets.contains(&target) {
                sources.remove(&id);
            }
        }
        self.bury();
    }

    /// Takes away blocks that nothing goes to any more.
    fn bury(&mut self) {
        loop {
            let dead = (1..self.sources.len())
                .find(|id| self.is_dead(*id) && self.sources.iter().any(|sources| sources.contains(id)));
            let Some(dead) = dead else { return };
            for sources in &mut self.sources {
                sources.remove(&dead);
            }
            if let Some(slot) = self.nodes.get_mut(dead) {
                *slot = None;
            }
        }
    }

    /// Returns the states in which a node goes to a block; more than one if it goes there in several ways.
    fn states(&self, node: &Node, to: Id) -> Vec<State> {
        match &node.end {
            End::Goto(target) if *target == to => vec![node.state.clone()],
            End::Test { test, yes, no, falls } => {
                let ways = [(yes, *falls), (no, !*falls)];
                let taken = ways.into_iter().filter(|(way, _)| way.to == to).map(|(way, falls)| {
                    let mut state = node.state.clone();
                    // The middle operand of `a < b < c` is only kept on the way to `< c`.
                    if !falls && matches!(state.stack.last(), Some(Item::Link(_))) {
                        state.stack.pop();
                    }
                    if way.keep {
                        state.stack.push(Item::Value(test.clone()));
                    }
                    state
                });
                taken.collect()
            }
            End::Loop { key, body, done, .. } => {
                let mut states = Vec::new();
                if *body == to {
                    let mut state = node.state.clone();
                    state.stack.extend([Item::Loop(*key), Item::Element(*key)]);
                    states.push(state);
                }
                if *done == to {
                    states.push(node.state.clone());
                }
                states
            }
            End::Guard { handler, body, thrown } => {
                let mut states = Vec::new();
                if *body == to {
                    states.push(node.state.clone());
                }
                if *handler == to {
                    states.push(thrown.clone());
                }
                states
            }
            _ => Vec::new(),
        }
    }

    /// Carries a block out, and those after it that can only be reached through it.
    fn execute(&mut self, id: Id, state: State) -> Does<()> {
        let base = state.clone();
        self.machine.state = state;
        self.machine.steps = Vec::new();
        let mut end = self.block(id)?;
        let mut last = id;
        // What comes next may belong to the same node: nothing else goes there.
        while let End::Goto(next) = end {
            let only = self.sources.get(next).is_some_and(|from| from.len() == 1 && from.contains(&last));
            if next == RETURN || next == 0 || !only || next == id || self.node(next).is_some() {
                break;
            }
            if let Some(absorbed) = self.absorbed.get_mut(next) {
                *absorbed = true;
            }
            end = self.block(next)?;
            last = next;
        }
        if matches!(end, End::Loop { .. }) && last != id && self.is_header(last) {
            return Err("a loop begins in a way that is not known");
        }
        let mut returns_at = None;
        if let End::Goto(RETURN) = end {
            returns_at = self.returns_at.get();
            end = End::Return(self.returned()?);
        }
        let position = self.machine.position();
        let node = Node {
            steps: std::mem::take(&mut self.machine.steps),
            end,
            state: std::mem::take(&mut self.machine.state),
            base,
            position,
            returns_at,
        };
        if last != id {
            self.move_edges(last, id);
        }
        if let End::Loop { .. } = node.end
            && self.gathers(&node)
        {
            self.gathering.insert(id);
        }
        if let Some(slot) = self.nodes.get_mut(id) {
            *slot = Some(node);
        }
        Ok(())
    }

    pub(super) fn absorb(&mut self, id: Id) {
        if let Some(absorbed) = self.absorbed.get_mut(id) {
            *absorbed = true;
        }
    }

    /// Goes on in a node that now goes to a block that nothing else goes to.
    pub(super) fn extend(&mut self, id: Id) -> Does<()> {
        let Some(node) = self.node(id) else { return Ok(()) };
        let End::Goto(next) = node.end else { return Ok(()) };
        let only = self.sources.get(next).is_some_and(|from| from.len() == 1 && from.contains(&id));
        if next == RETURN || next == 0 || !only || next == id || self.gathering.contains(&id) {
            return Ok(());
        }
        self.absorb(next);
        self.live_count += 1;
        if let Some(after) = self.nodes.get_mut(next).and_then(Option::take) {
            self.move_edges(next, id);
            if self.gathering.remove(&next) {
                self.gathering.insert(id);
            }
            if let Some(Some(node)) = self.nodes.get_mut(id) {
                node.steps.extend(after.steps);
                node.end = after.end;
                node.state = after.state;
                node.position = after.position;
                node.returns_at = after.returns_at;
            }
            return self.extend(id);
        }
        let Some(before) = self.nodes.get_mut(id).and_then(Option::take) else { return Ok(()) };
        self.execute(next, before.state)?;
        let Some(after) = self.nodes.get_mut(next).and_then(Option::take) else { return Ok(()) };
        self.move_edges(next, id);
        if self.gathering.remove(&next) {
            self.gathering.insert(id);
        }
        let mut steps = before.steps;
        steps.extend(after.steps);
        if let Some(slot) = self.nodes.get_mut(id) {
            *slot = Some(Node {
                steps,
                end: after.end,
                state: after.state,
                base: before.base,
                position: after.position,
                returns_at: after.returns_at,
            });
        }
        self.extend(id)
    }

    fn is_header(&self, id: Id) -> bool {
        self.sources.get(id).is_some_and(|from| from.iter().any(|source| self.is_back(*source, id)))
    }

    /// Tells whether a loop fills a collection in the middle of an expression, as since 3.12.
    fn gathers(&self, node: &Node) -> bool {
        let mut below = node.state.stack.iter().rev();
        let collection = matches!(below.next(), Some(Item::Value(value)) if match &**value {
            Expr::Display(_, elements) => elements.is_empty(),
            Expr::Dict(entries) => entries.is_empty(),
            _ => false,
        });
        collection && matches!(below.next(), Some(Item::Saved))
    }

    /// Carries the instructions of a block out.
    fn block(&mut self, id: Id) -> Does<End> {
        match self.cfg().blocks.get(id).cloned() {
            Some(Block::Code { start, end, next }) => self.code(id, (start, end), next),
            Some(Block::Leave { handler, to }) => {
                if self.only_returns(to) && self.machine.state.stack.last().is_some_and(Item::is_value) {
                    // A `return` in a `try` leaves it, and that is all it says.
                    self.returns_at.set(Some(to));
                    return Ok(End::Goto(RETURN));
                }
                self.machine.act(super::graph::Action::Leave(handler));
                Ok(End::Goto(to))
            }
            Some(Block::Enter { handler, to }) => {
                let Some(Block::Code { start, .. }) = self.cfg().blocks.get(handler) else {
                    return Err("a handler is no code");
                };
                let entry = self.machine.body.handlers.iter().find(|entry| entry.handler == *start);
                let entry = entry.ok_or("a handler has no range")?;
                let below =
                    self.machine.state.stack.get(..entry.depth).ok_or("a handler's stack is too high")?;
                let thrown = State { stack: self.machine.thrown(below, entry.lasti), setups: Vec::new() };
                Ok(End::Guard { handler, body: to, thrown })
            }
            None => Err("it goes out of its code"),
        }
    }

    fn code(&mut self, id: Id, (start, end): (Label, Label), next: Label) -> Does<End> {
        let mut label = start;
        while label < end {
            let Some(op) = self.machine.body.ops.get(label).map(|lowered| lowered.op.clone()) else { break };
            // The copy that `a and b` tests since 3.12 is not a value of its own.
            if op == Op::Copy(1) && self.tests_copy(label, end) {
                label += 1;
                continue;
            }
            if let Some(done) = self.end(id, label, end, &op)? {
                return Ok(done);
            }
            label = self.machine.step(label)?;
        }
        if label > end {
            return Err("a jump goes into the middle of what belongs together");
        }
        self.to(id, next).map(End::Goto)
    }

    fn tests_copy(&self, label: Label, end: Label) -> bool {
        let body = self.machine.body;
        let branch =
            (label + 1..end).find(|at| body.ops.get(*at).is_some_and(|lowered| lowered.op != Op::Nop));
        branch.is_some_and(|branch| kept_pop(body, branch).is_some())
    }

    /// Carries out an instruction that ends a block.
    fn end(&mut self, id: Id, label: Label, end: Label, op: &Op) -> Does<Option<End>> {
        self.machine.at(label);
        let to = |flow: &Flow<'_>, label: Label| flow.to(id, label);
        Ok(Some(match op {
            Op::Jump(target) => End::Goto(to(self, *target)?),
            Op::ContinueLoop(target) => {
                self.unwind(false);
                End::Goto(to(self, *target)?)
            }
            Op::BreakLoop => {
                let handler = self.unwind(true).ok_or("a loop is left where there is none")?;
                End::Goto(handler)
            }
            Op::Branch(when, target) => {
                let pop = kept_pop(self.machine.body, label);
                let dropped = dropped_at(self.machine.body, label);
                let target = after_cleanup(self.machine.body, label).or(dropped).unwrap_or(*target);
                if matches!(when, When::None | When::NotNone) {
                    self.machine.none_test()?;
                }
                let jump = Way { to: to(self, target)?, keep: pop.is_some() && dropped.is_none() };
                let fall = Way { to: to(self, pop.unwrap_or(end))?, keep: false };
                self.test(*when, jump, fall)?
            }
            Op::BranchKeep(when, target) => {
                let target = after_cleanup(self.machine.body, label).unwrap_or(*target);
                let jump = Way { to: to(self, target)?, keep: true };
                let fall = Way { to: to(self, end)?, keep: false };
                self.test(*when, jump, fall)?
            }
            Op::ForEach(target) => {
                let iterable = match self.machine.state.stack.pop() {
                    Some(Item::Iterator(iterable)) => iterable,
                    Some(Item::Value(value)) if matches!(&*value, Expr::Name(name) if &**name == ".0") => {
                        value
                    }
                    _ => return Err("a loop has no iterator"),
                };
                {
                    let real = |label| self.cfg().to(id, label).ok_or("it goes out of its code");
                    End::Loop { key: id, iterable, body: real(end)?, done: real(*target)? }
                }
            }
            Op::Return => End::Return(self.returned()?),
            Op::Raise(count) => {
                self.machine.raise(*count)?;
                End::Never
            }
            Op::Reraise => End::Reraise,
            Op::EndFinally if matches!(self.machine.state.stack.last(), Some(Item::Exception(_))) => {
                End::Reraise
            }
            Op::SetupExcept(target) | Op::SetupFinally(target) => self.guard(id, *target, end, op)?,
            Op::SetupWith(target) | Op::SetupAsyncWith(target) => {
                self.machine.enter(matches!(op, Op::SetupAsyncWith(_)), false)?;
                self.guard(id, *target, end, op)?
            }
            _ => return Ok(None),
        }))
    }

    fn to(&self, from: Id, label: Label) -> Does<Id> {
        let id = self.cfg().to(from, label).ok_or("it goes out of its code")?;
        if !self.only_returns(id) {
            return Ok(id);
        }
        self.returns_at.set(Some(id));
        Ok(RETURN)
    }

    /// Tells whether a block does nothing but return what is on the stack.
    fn only_returns(&self, id: Id) -> bool {
        let Some(Block::Code { start, end, .. }) = self.cfg().blocks.get(id) else { return false };
        let ops = self.machine.body.ops.get(*start..*end).unwrap_or_default();
        matches!(ops.split_last(), Some((last, rest)) if last.op == Op::Return && rest.iter().all(|op| op.op == Op::Nop))
    }

    fn test(&mut self, when: When, jump: Way, fall: Way) -> Does<End> {
        let test = self.machine.pop()?;
        // When the branch is taken on true, what comes next is for false.
        Ok(match when {
            When::True | When::None => End::Test { test, yes: jump, no: fall, falls: false },
            When::False | When::NotNone => End::Test { test, yes: fall, no: jump, falls: true },
        })
    }

    /// Leaves blocks up to the nearest loop, and that too if it is broken; returns the block after it.
    fn unwind(&mut self, broken: bool) -> Option<Id> {
        let state = &mut self.machine.state;
        let at = state.setups.iter().rposition(|setup| setup.kind == SetupKind::Loop)?;
        let keep = if broken { at } else { at + 1 };
        let height = state.setups.get(keep).map(|setup| setup.height);
        let handler = state.setups.get(at).map(|setup| setup.handler);
        // What a `with` has below its block is left with it.
        if let Some(height) = height {
            let with = !broken && state.setups.get(keep).is_some_and(|setup| setup.kind == SetupKind::With);
            state.stack.truncate(if with { height.saturating_sub(1) } else { height });
        }
        state.setups.truncate(keep);
        handler
    }

    fn returned(&mut self) -> Does<super::tree::Shared> {
        let value = self.machine.pop()?;
        if self.machine.state.stack.iter().any(Item::is_value) {
            return Err("values are left on its stack");
        }
        Ok(value)
    }

    /// Begins a protected range, to 3.10.
    fn guard(&mut self, id: Id, target: Label, end: Label, op: &Op) -> Does<End> {
        let version = self.machine.version;
        let handler = self.cfg().to(id, target).ok_or("it goes out of its code")?;
        let kind = match op {
            Op::SetupExcept(_) => SetupKind::Try,
            Op::SetupFinally(_) if version <= Version::V37 => SetupKind::Finally,
            // A handler of exceptions begins with a look at the exception, a `finally` does not.
            Op::SetupFinally(_) => match self.machine.body.ops.get(target).map(|lowered| &lowered.op) {
                Some(Op::Copy(1) | Op::Pop) => SetupKind::Try,
                _ => SetupKind::Finally,
            },
            _ => SetupKind::With,
        };
        let state = &mut self.machine.state;
        let entered = (kind == SetupKind::With).then(|| state.stack.pop()).flatten();
        let below = state.stack.clone();
        let setups = state.setups.clone();
        state.setups.push(Setup { kind, handler, height: below.len() });
        state.stack.extend(entered);
        let shared = version <= Version::V38 && kind != SetupKind::Try;
        let stack = if shared {
            self.machine.shared_handlers.insert(target);
            let mut stack = below;
            stack.push(Item::Finally);
            stack
        } else {
            self.machine.thrown(&below, false)
        };
        let body = self.cfg().to(id, end).ok_or("it goes out of its code")?;
        Ok(End::Guard { handler, body, thrown: State { stack, setups } })
    }

    /// Makes the edges of a block those of another, which it became a part of.
    pub(super) fn move_edges(&mut self, from: Id, to: Id) {
        for sources in &mut self.sources {
            if sources.remove(&from) {
                sources.insert(to);
            }
        }
        let moved: Vec<(Id, Id)> = self.back.iter().filter(|(source, _)| *source == from).copied().collect();
        for edge in moved {
            self.back.remove(&edge);
            self.back.insert((to, edge.1));
        }
    }
}
