//! From the graph to statements: which nodes are the body of what.

mod branch;
mod copies;
mod except;
mod finish;
mod loops;
mod matches;
mod reach;
mod unify;
mod with;

use std::collections::{BTreeSet, HashMap};

use crate::ops::Name;

use super::flow::Flow;
use super::graph::{Action, End, Node};
use super::machine::Does;
use super::stack::{Id, shared};
use super::tree::{Expr, Shared, Stmt};

pub(super) use finish::finish;
pub(super) use matches::with_matches;
pub(super) use unify::unify;

/// A place between two steps: the node and how many of its steps are done.
pub(super) type Cursor = (Id, usize);

/// What encloses a place.
#[derive(Clone, Debug)]
pub(super) enum Frame {
    /// The branches of an `if` end at this node.
    Join(Id),
    Loop {
        head: Id,
        after: Option<Id>,
    },
    /// The body of a `try`: its handler, and where it goes on.
    Try {
        handler: Id,
        after: Option<Cursor>,
        finally: Option<Cursor>,
    },
    /// The body of an `except` clause.
    Except {
        name: Option<Name>,
        after: Option<Cursor>,
    },
    With {
        number: usize,
        after: Option<Cursor>,
    },
    /// The body of a `finally`, which ends by raising again or by going on.
    Finally,
}

/// How a run of statements ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Outcome {
    /// It returns, raises, breaks or continues.
    Ended,
    /// It comes to where the enclosing `if` goes on.
    Joined,
    /// It leaves the enclosing `try`, `with`, `except` or `finally` and goes on there.
    Left(Cursor),
}

/// The statements of a code object while they are found.
pub(super) struct Structure<'s, 'a> {
    pub(super) flow: &'s Flow<'a>,
    frames: Vec<Frame>,
    /// Values that wait for their `return`.
    holds: HashMap<usize, Shared>,
    /// Nodes that are a part of a statement already.
    used: BTreeSet<Id>,
    /// Nodes that are copies of others, for one piece of source.
    copies: std::cell::RefCell<BTreeSet<Id>>,
    /// The place of each node in an order in which ways go up.
    order: HashMap<Id, usize>,
    depth: usize,
    /// The handlers of `with` statements, whose ranges are left by leaving these.
    with_handlers: BTreeSet<Id>,
    /// The head of a loop whose body is just beginning.
    passing: Option<Id>,
}

/// How deep statements may be nested.
const MAX_DEPTH: usize = 60;

impl<'s, 'a> Structure<'s, 'a> {
    pub(super) fn new(flow: &'s Flow<'a>) -> Structure<'s, 'a> {
        let order = reach::order(flow);
        Structure {
            flow,
            frames: Vec::new(),
            holds: HashMap::new(),
            used: BTreeSet::new(),
            order,
            copies: std::cell::RefCell::default(),
            depth: 0,
            with_handlers: BTreeSet::new(),
            passing: None,
        }
    }

    fn node(&self, id: Id) -> Does<&'s Node> {
        self.flow.node(id).ok_or("a way leads to no statements")
    }

    /// Returns the statements from a place on.
    pub(super) fn statements(&mut self, from: Cursor) -> Does<(Vec<Stmt>, Outcome)> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err("its statements are nested too deep");
        }
        let mut found = Vec::new();
        let outcome = self.run(from, &mut found)?;
        self.depth -= 1;
        Ok((found, outcome))
    }

    /// Returns the body of a loop that stands in the middle of an expression.
    pub(super) fn gathering(&mut self, head: Id, body: Id) -> Does<Vec<Stmt>> {
        let (found, outcome) = self.within(Frame::Loop { head, after: None }, (body, 0))?;
        if outcome != Outcome::Ended {
            return Err("a comprehension in it is not understood");
        }
        Ok(loops::without_continue(found))
    }

    /// Checks that all that the code does is in a statement, or is a copy of what is.
    pub(super) fn complete(&self) -> Does<()> {
        let copies = self.copies.borrow();
        let missing = self.flow.live().into_iter().any(|id| {
            let does = |node: &Node| {
                node.steps
                    .iter()
                    .any(|step| matches!(&step.action, Action::Do(statement) if !is_cleanup(statement)))
            };
            !self.used.contains(&id) && !copies.contains(&id) && self.flow.node(id).is_some_and(does)
        });
        if missing { Err("a part of it is in no statement") } else { Ok(()) }
    }

    /// Returns the statements from a place on, within one more frame.
    fn within(&mut self, frame: Frame, from: Cursor) -> Does<(Vec<Stmt>, Outcome)> {
        self.frames.push(frame);
        let result = self.statements(from);
        self.frames.pop();
        result
    }

    fn run(&mut self, from: Cursor, found: &mut Vec<Stmt>) -> Does<Outcome> {
        let mut at = from;
        loop {
            if at.1 == 0 {
                let passing = self.passing.take() == Some(at.0);
                if let Some(outcome) = (!passing).then(|| self.stops(at.0, found)).transpose()?.flatten() {
                    return Ok(outcome);
                }
                if !passing && self.loops_at(at.0) {
                    match self.repeat(at.0, found)? {
                        Some(next) => {
                            at = next;
                            continue;
                        }
                        None => return Ok(Outcome::Ended),
                    }
                }
                if !self.used.insert(at.0) && !self.may_repeat(at.0) {
                    return Err("its jumps are not those of statements");
                }
            }
            let node = self.node(at.0)?;
            let Some(step) = node.steps.get(at.1) else {
                match self.end(at.0, node, found)? {
                    Ok(next) => at = next,
                    Err(outcome) => return Ok(outcome),
                }
                continue;
            };
            let next = (at.0, at.1 + 1);
            at = match &step.action {
                Action::Do(statement) => {
                    if let Some(after) = self.name_cleanup(statement, next) {
                        after
                    } else {
                        if !self.holds.is_empty() {
                            return Err("a value is computed before statements and used after them");
                        }
                        found.push(statement.clone());
                        next
                    }
                }
                Action::Hold(number, value) => {
                    self.holds.insert(*number, value.clone());
                    next
                }
                Action::Enter { number, context, asynchronous } => {
                    match self.with(*number, context, *asynchronous, next, found)? {
                        Some(next) => next,
                        None => return Ok(Outcome::Ended),
                    }
                }
                Action::Exit(number) => match self.leaves_with(*number, next)? {
                    Some(outcome) => return Ok(outcome),
                    None => next,
                },
                Action::Leave(handler) => match self.leaves_try(*handler, next)? {
                    Ok(next) => next,
                    Err(outcome) => return Ok(outcome),
                },
                Action::EndExcept => match self.leaves_except(next)? {
                    Some(outcome) => return Ok(outcome),
                    None => next,
                },
                Action::EndFinally => match self.frames.last() {
                    Some(Frame::Finally) => return Ok(Outcome::Left(next)),
                    // The name of an exception is taken away in a `finally` of its own.
                    Some(Frame::Except { .. }) => next,
                    _ => return Err("a finally ends elsewhere"),
                },
                Action::Caught(_) => return Err("an exception is caught elsewhere"),
            };
        }
    }

    /// Tells whether a node may be a part of several statements: it only returns.
    fn may_repeat(&self, id: Id) -> bool {
        self.flow
            .node(id)
            .is_some_and(|node| node.steps.is_empty() && matches!(node.end, End::Return(_) | End::Goto(_)))
    }

    /// Tells whether a node is where something that encloses the place goes on.
    fn stops(&self, id: Id, found: &mut Vec<Stmt>) -> Does<Option<Outcome>> {
        let mut in_loop = false;
        for frame in self.frames.iter().rev() {
            match frame {
                Frame::Join(join) if *join == id => {
                    return if in_loop {
                        Err("a loop is left in a way that is not known")
                    } else {
                        Ok(Some(Outcome::Joined))
                    };
                }
                Frame::Loop { head, after } if !in_loop => {
                    if *head == id {
                        found.push(Stmt::Continue);
                        return Ok(Some(Outcome::Ended));
                    }
                    if *after == Some(id) {
                        found.push(Stmt::Break);
                        return Ok(Some(Outcome::Ended));
                    }
                    in_loop = true;
                }
                _ => {}
            }
        }
        Ok(None)
    }

    /// What a node ends with: where it goes on, or how the statements end.
    fn end(&mut self, id: Id, node: &'s Node, found: &mut Vec<Stmt>) -> Does<Result<Cursor, Outcome>> {
        match &node.end {
            End::Goto(to) => Ok(Ok((*to, 0))),
            End::Test { test, yes, no, falls } => {
                if yes.keep || no.keep {
                    return Err("a value on its stack depends on the way taken");
                }
                self.branch(id, test, (yes.to, no.to), *falls, found)
            }
            End::Loop { .. } => match self.for_each(id, found)? {
                Some(next) => Ok(Ok(next)),
                None => Ok(Err(Outcome::Ended)),
            },
            End::Guard { handler, body, .. } => match self.guard(*handler, *body, found)? {
                Some(next) => Ok(Ok(next)),
                None => Ok(Err(Outcome::Ended)),
            },
            End::Return(value) => {
                let value = self.released(value)?;
                found.push(Stmt::Return(Some(value)));
                Ok(Err(Outcome::Ended))
            }
            End::Reraise => match self.frames.last() {
                Some(Frame::Finally) => Ok(Err(Outcome::Ended)),
                _ => Err("an exception is raised again elsewhere"),
            },
            End::Never => Ok(Err(Outcome::Ended)),
        }
    }

    /// Returns a value with what waited for it.
    fn released(&mut self, value: &Shared) -> Does<Shared> {
        let released = match &**value {
            Expr::Held(number) => self.holds.remove(number).ok_or("a value is used twice")?,
            _ => value.clone(),
        };
        if self.holds.is_empty() {
            Ok(released)
        } else {
            Err("a value is computed before statements and used after them")
        }
    }

    /// Returns the first place from here on at which something happens.
    fn resolve(&self, mut at: Cursor) -> Cursor {
        for _ in 0..100 {
            let Some(node) = self.flow.node(at.0) else { return at };
            match node.end {
                End::Goto(to) if at.1 >= node.steps.len() && !self.is_stop(to) && !self.is_stop(at.0) => {
                    at = (to, 0)
                }
                End::Goto(to) if at.1 >= node.steps.len() && at.1 > 0 => return (to, 0),
                End::Goto(to) if at.1 >= node.steps.len() && self.is_stop(to) && !self.is_stop(at.0) => {
                    return (to, 0);
                }
                _ => return at,
            }
        }
        at
    }

    /// Tells whether a node is where the innermost loop repeats or ends.
    fn is_stop(&self, id: Id) -> bool {
        let innermost = self.frames.iter().rev().find_map(|frame| match frame {
            Frame::Loop { head, after } => Some((*head, *after)),
            _ => None,
        });
        innermost.is_some_and(|(head, after)| head == id || after == Some(id))
    }
}

/// Tells whether a statement may be one of those that take an exception's name away.
fn is_cleanup(statement: &Stmt) -> bool {
    match statement {
        Stmt::Assign(targets, value) => {
            value.is_none() && matches!(&targets[..], [target] if matches!(**target, Expr::Name(_)))
        }
        Stmt::Delete(targets) => matches!(&targets[..], [target] if matches!(**target, Expr::Name(_))),
        _ => false,
    }
}

/// Makes a constant `True`.
fn truth() -> Shared {
    shared(Expr::Constant(crate::object::Object::Bool(true)))
}
