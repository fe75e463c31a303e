//! Basic blocks and the edges between them, before any stack is known.

use std::collections::{BTreeSet, HashMap};

use crate::lower::Body;
use crate::ops::{Label, Op};

use super::stack::Id;

/// Where a function ends with the value on the stack: a block of its own.
pub(super) const RETURN: Id = usize::MAX;

#[derive(Clone, Debug)]
pub(super) enum Block {
    /// Instructions from one label to another, and the label that comes next if they do not go elsewhere.
    Code { start: Label, end: Label, next: Label },
    /// An edge on which a protected range begins.
    Enter { handler: Id, to: Id },
    /// An edge on which a protected range is left.
    Leave { handler: Id, to: Id },
}

/// The blocks of a code object, by number; those of code first, in their order.
pub(super) struct Cfg {
    pub(super) blocks: Vec<Block>,
    /// The blocks from which each can be reached directly.
    pub(super) sources: Vec<BTreeSet<Id>>,
    /// Edges that close a loop.
    pub(super) back: BTreeSet<(Id, Id)>,
    pub(super) reachable: Vec<bool>,
    starts: HashMap<Label, Id>,
    /// The block that an edge goes through first.
    through: HashMap<(Id, Label), Id>,
}

/// The most instructions of a code object.
const MAX_OPS: usize = 20_000;

impl Cfg {
    pub(super) fn new(body: &Body, copies: Copies) -> Result<Cfg, &'static str> {
        if body.ops.len() > MAX_OPS {
            return Err("it is too long");
        }
        let mut leaders = leaders(body);
        let joined = joined_ends(body, &leaders, copies);
        leaders.extend(joined.iter().flat_map(|(copy, first)| [*copy, *first]));
        leaders.insert(0);
        leaders.remove(&body.ops.len());
        let bounds: Vec<Label> = leaders.iter().copied().collect();
        let mut blocks = Vec::new();
        let mut starts = HashMap::new();
        for (id, start) in bounds.iter().enumerate() {
            let end = bounds.get(id + 1).copied().unwrap_or(body.ops.len());
            let copy = joined.iter().find(|(copy, _)| *copy == end);
            blocks.push(Block::Code { start: *start, end, next: copy.map_or(end, |(_, first)| *first) });
            starts.insert(*start, id);
        }
        let mut cfg = Cfg {
            blocks,
            sources: Vec::new(),
            back: BTreeSet::new(),
            reachable: Vec::new(),
            starts,
            through: HashMap::new(),
        };
        cfg.split_edges(body);
        cfg.connect(body);
        Ok(cfg)
    }

    /// Returns the block that an edge from a block to a label goes to.
    pub(super) fn to(&self, from: Id, label: Label) -> Option<Id> {
        self.through.get(&(from, label)).or_else(|| self.starts.get(&label)).copied()
    }

    /// Returns the block that begins at a label.
    pub(super) fn at(&self, label: Label) -> Option<Id> {
        self.starts.get(&label).copied()
    }

    /// Since 3.11: puts blocks on the edges on which protected ranges begin and end.
    fn split_edges(&mut self, body: &Body) {
        if body.handlers.is_empty() {
            return;
        }
        let mut chains: Vec<Vec<Label>> = (0..body.ops.len()).map(|label| chain(body, label)).collect();
        // What can't raise may be in no range, but belongs to what is before and after it.
        for label in 1..body.ops.len() {
            let next = match body.ops.get(label).map(|lowered| &lowered.op) {
                Some(Op::Jump(target)) => *target,
                Some(Op::Nop) => skip_nops(body, label),
                _ => continue,
            };
            let (Some(before), Some(own), Some(after)) =
                (chains.get(label - 1), chains.get(label), chains.get(next))
            else {
                continue;
            };
            let common = before.iter().zip(after).take_while(|(a, b)| a == b).count();
            if common > own.len() && before.starts_with(own) {
                let common = before[..common].to_vec();
                if let Some(own) = chains.get_mut(label) {
                    *own = common;
                }
            }
        }
        let mut known: HashMap<(Vec<Label>, Vec<Label>, Label), Id> = HashMap::new();
        for from in 0..self.blocks.len() {
            let Some(Block::Code { start, end, next }) = self.blocks.get(from).cloned() else { continue };
            let last = end.saturating_sub(1).max(start);
            for label in successors(body, start, end, next) {
                let (Some(before), Some(after)) = (chains.get(last), chains.get(label)) else { continue };
                let common = before.iter().zip(after).take_while(|(a, b)| a == b).count();
                let Some(mut to) = self.at(label) else { continue };
                if common == before.len() && common == after.len() {
                    continue;
                }
                let key = (before[common..].to_vec(), after[common..].to_vec(), label);
                if let Some(shared) = known.get(&key) {
                    self.through.insert((from, label), *shared);
                    continue;
                }
                for handler in after.iter().skip(common).rev() {
                    if let Some(handler) = self.at(*handler) {
                        self.blocks.push(Block::Enter { handler, to });
                        to = self.blocks.len() - 1;
                    }
                }
                for handler in before.iter().skip(common) {
                    if let Some(handler) = self.at(*handler) {
                        self.blocks.push(Block::Leave { handler, to });
                        to = self.blocks.len() - 1;
                    }
                }
                known.insert(key, to);
                self.through.insert((from, label), to);
            }
        }
    }

    /// Returns the blocks that a block goes to, its handler last.
    pub(super) fn targets(&self, body: &Body, id: Id) -> Vec<Id> {
        match self.blocks.get(id) {
            Some(Block::Code { start, end, next }) => successors(body, *start, *end, *next)
                .into_iter()
                .filter_map(|label| self.to(id, label))
                .collect(),
            Some(Block::Enter { handler, to }) => vec![*to, *handler],
            Some(Block::Leave { to, .. }) => vec![*to],
            None => Vec::new(),
        }
    }

    fn connect(&mut self, body: &Body) {
        let count = self.blocks.len();
        self.sources = vec![BTreeSet::new(); count];
        self.reachable = vec![false; count];
        // 0 unseen, 1 on the path, 2 done.
        let mut colors = vec![0u8; count];
        let mut path: Vec<(Id, Vec<Id>)> = Vec::new();
        let open = |id: Id, colors: &mut Vec<u8>, cfg: &Cfg| {
            if let Some(color) = colors.get_mut(id) {
                *color = 1;
            }
            let mut targets = cfg.targets(body, id);
            targets.reverse();
            (id, targets)
        };
        path.push(open(0, &mut colors, self));
        while let Some((id, targets)) = path.last_mut() {
            let id = *id;
            let Some(target) = targets.pop() else {
                if let Some(color) = colors.get_mut(id) {
                    *color = 2;
                }
                path.pop();
                continue;
            };
            if let Some(sources) = self.sources.get_mut(target) {
                sources.insert(id);
            }
            match colors.get(target) {
                Some(0) => path.push(open(target, &mut colors, self)),
                Some(1) => {
                    self.back.insert((id, target));
                }
                _ => {}
            }
        }
        for (id, color) in colors.iter().enumerate() {
            if let Some(reachable) = self.reachable.get_mut(id) {
                *reachable = *color != 0;
            }
        }
    }
}

/// Returns the handlers that protect an instruction, the outermost first. Those that only tidy up for the
/// interpreter are left out.
fn chain(body: &Body, label: Label) -> Vec<Label> {
    let mut found = Vec::new();
    let mut at = label;
    for _ in 0..40 {
        let covering = body.handlers.iter().find(|handler| handler.start <= at && at < handler.end);
        let Some(covering) = covering else { break };
        if body.ops.get(covering.handler).is_some_and(|op| op.op == Op::PushException) {
            found.push(covering.handler);
        }
        if covering.handler == at {
            break;
        }
        at = covering.handler;
    }
    found.reverse();
    found
}

fn leaders(body: &Body) -> BTreeSet<Label> {
    let mut leaders = BTreeSet::new();
    for (index, lowered) in body.ops.iter().enumerate() {
        let mut op = lowered.op.clone();
        if let Some(target) = crate::lower::target(&mut op) {
            leaders.insert(*target);
            if !matches!(lowered.op, Op::CallFinally(_)) {
                leaders.insert(index + 1);
            }
            leaders.extend(after_cleanup(body, index));
            leaders.extend(kept_pop(body, index));
            leaders.extend(dropped_at(body, index));
        }
        if ends(&lowered.op) {
            leaders.insert(index + 1);
        }
    }
    for handler in &body.handlers {
        leaders.extend([handler.start, handler.end, handler.handler]);
    }
    leaders
}

/// Finds ends of the function that compilers since 3.10 copy to where they are jumped to: pairs of the labels
/// at which a copy and the first one begin.
fn joined_ends(body: &Body, leaders: &BTreeSet<Label>, copies: Copies) -> Vec<(Label, Label)> {
    let longest = match copies {
        Copies::Exact => usize::MAX,
        Copies::UpTo(longest) => longest,
    };
    let mut found: Vec<(Label, Label)> = Vec::new();
    let mut firsts: Vec<(Label, Label)> = Vec::new();
    for (label, lowered) in body.ops.iter().enumerate() {
        if !matches!(lowered.op, Op::Return | Op::Raise(_)) {
            continue;
        }
        let start = leaders.range(..=label).next_back().copied().unwrap_or(0);
        let best = firsts.iter().map(|(from, end)| {
            let same = |back: &usize| {
                let (Some(a), Some(b)) = (body.ops.get(label - back), body.ops.get(end - back)) else {
                    return false;
                };
                let exact = copies != Copies::Exact || a.position.span.is_some();
                a.op == b.op && a.position == b.position && a.position.line.is_some() && exact
            };
            let room = (label - start).min(end - from) + 1;
            ((0..room.min(longest)).take_while(same).count(), *end)
        });
        match best.max_by_key(|(count, _)| *count) {
            Some((count, end)) if count > 1 => found.push((label + 1 - count, end + 1 - count)),
            _ => {}
        }
        firsts.push((start, label));
    }
    found
}

/// What is done about copies of the end of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Copies {
    /// Those of the same columns are joined.
    Exact,
    /// Those of the same line are joined, up to that many instructions.
    UpTo(usize),
}

fn ends(op: &Op) -> bool {
    matches!(op, Op::Jump(_) | Op::ContinueLoop(_) | Op::Return | Op::Raise(_) | Op::Reraise | Op::BreakLoop)
}

/// Returns the labels to which the last instruction of a block may go; a handler last.
fn successors(body: &Body, start: Label, end: Label, next: Label) -> Vec<Label> {
    let Some(last) = end.checked_sub(1).filter(|last| *last >= start).and_then(|last| body.ops.get(last))
    else {
        return Vec::new();
    };
    match &last.op {
        Op::Jump(label) | Op::ContinueLoop(label) => vec![*label],
        Op::Return | Op::Raise(_) | Op::Reraise => Vec::new(),
        Op::BreakLoop => break_target(body, end - 1).into_iter().collect(),
        Op::Branch(_, label) => {
            let target = after_cleanup(body, end - 1).or(dropped_at(body, end - 1)).unwrap_or(*label);
            vec![kept_pop(body, end - 1).unwrap_or(end), target]
        }
        Op::BranchKeep(_, label) => vec![end, after_cleanup(body, end - 1).unwrap_or(*label)],
        Op::ForEach(label) => vec![end, *label],
        Op::SetupFinally(label)
        | Op::SetupExcept(label)
        | Op::SetupWith(label)
        | Op::SetupAsyncWith(label) => {
            vec![end, *label]
        }
        _ => vec![next],
    }
}

/// Returns the label after the loop that encloses an instruction, to 3.7.
fn break_target(body: &Body, label: Label) -> Option<Label> {
    let inside = body.ops.iter().enumerate().take(label).rev().find_map(|(at, lowered)| match lowered.op {
        Op::SetupLoop(end) if end > label => Some((at, end)),
        _ => None,
    });
    inside.map(|(_, end)| end)
}

fn skip_nops(body: &Body, mut label: Label) -> Label {
    while body.ops.get(label).is_some_and(|lowered| lowered.op == Op::Nop) {
        label += 1;
    }
    label
}

/// Returns the last instruction before a label that does something.
fn before(body: &Body, label: Label) -> Option<Label> {
    (0..label).rev().find(|at| body.ops.get(*at).is_some_and(|lowered| lowered.op != Op::Nop))
}

/// Since 3.12 `a and b` copies `a`, branches, and pops it on the way on: returns the label after the pop.
pub(super) fn kept_pop(body: &Body, branch: Label) -> Option<Label> {
    if !matches!(body.ops.get(branch)?.op, Op::Branch(crate::ops::When::True | crate::ops::When::False, _)) {
        return None;
    }
    let copy = before(body, branch)?;
    let pop = skip_nops(body, branch + 1);
    (body.ops.get(copy)?.op == Op::Copy(1) && body.ops.get(pop)?.op == Op::Pop).then_some(pop + 1)
}

/// For a branch that keeps what it tests: returns the label after the instruction at its target that drops it.
pub(super) fn dropped_at(body: &Body, branch: Label) -> Option<Label> {
    kept_pop(body, branch)?;
    let Op::Branch(_, label) = body.ops.get(branch)?.op else { return None };
    let pop = skip_nops(body, label);
    (after_cleanup(body, branch).is_none() && body.ops.get(pop)?.op == Op::Pop).then_some(pop + 1)
}

/// Tells whether the comparison at a label keeps its right operand for the next: `a < b < c`.
pub(super) fn is_link(body: &Body, compare: Label) -> bool {
    let (Some(last), Some(first)) = (compare.checked_sub(1), compare.checked_sub(2)) else { return false };
    let op = |label: Label| body.ops.get(label).map(|lowered| &lowered.op);
    matches!(op(compare), Some(Op::Compare(_)))
        && matches!(
            (op(first), op(last)),
            (Some(Op::Copy(1)), Some(Op::Rotate(3))) | (Some(Op::Swap(2)), Some(Op::Copy(2)))
        )
}

/// For a branch after the first comparison of `a < b < c`: returns the label after the instructions at its
/// target that take `b` away.
pub(super) fn after_cleanup(body: &Body, branch: Label) -> Option<Label> {
    let label = match &body.ops.get(branch)?.op {
        Op::Branch(_, label) | Op::BranchKeep(_, label) => *label,
        _ => return None,
    };
    let mut compare = before(body, branch)?;
    if body.ops.get(compare)?.op == Op::Copy(1) {
        compare = before(body, compare)?;
    }
    if !is_link(body, compare) {
        return None;
    }
    let first = skip_nops(body, label);
    let op = |label: Label| body.ops.get(label).map(|lowered| &lowered.op);
    match (op(first), op(first + 1)) {
        (Some(Op::Rotate(2) | Op::Swap(2)), Some(Op::Pop)) => Some(first + 2),
        (Some(Op::Pop), _) => Some(first + 1),
        _ => None,
    }
}
