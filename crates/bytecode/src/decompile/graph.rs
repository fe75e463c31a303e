//! The graph of statements: what blocks of instructions become when they are carried out on expressions.

use std::collections::BTreeSet;

use crate::decode::Position;
use crate::ops::Name;

use super::stack::{Id, State};
use super::tree::{Shared, Stmt};

/// What happens in a block, in order.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Action {
    Do(Stmt),
    /// `with` is entered.
    Enter {
        number: usize,
        context: Shared,
        asynchronous: bool,
    },
    /// `with` is left.
    Exit(usize),
    /// The range that a handler protects ends.
    Leave(Id),
    /// An exception is caught, under a name or not.
    Caught(Option<Name>),
    /// The handling of an exception ends.
    EndExcept,
    /// A `finally` that all ways share ends.
    EndFinally,
    /// A value is computed that is used after the statements that follow.
    Hold(usize, Shared),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Step {
    pub(super) action: Action,
    pub(super) position: Position,
}

/// Where a test goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Way {
    pub(super) to: Id,
    /// Whether the tested value is left on the stack.
    pub(super) keep: bool,
}

#[derive(Clone, Debug)]
pub(super) enum End {
    Goto(Id),
    Test {
        test: Shared,
        yes: Way,
        no: Way,
        falls: bool,
    },
    /// The loop over an iterable; its target is found in its body.
    Loop {
        key: Id,
        iterable: Shared,
        body: Id,
        done: Id,
    },
    /// A range that a handler protects begins; what the handler finds.
    Guard {
        handler: Id,
        body: Id,
        thrown: State,
    },
    /// A return's value is left on the stack until the graph is complete.
    Return(Shared),
    Reraise,
    /// After `raise`.
    Never,
}

#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) steps: Vec<Step>,
    pub(super) end: End,
    /// What is on the stack at its end, without what is tested.
    pub(super) state: State,
    /// How high the stack was at its beginning.
    pub(super) base: State,
    /// Where its last instruction stands.
    pub(super) position: Position,
    /// The block that returns its value, if that is one that others may share.
    pub(super) returns_at: Option<Id>,
}

impl Node {
    /// Returns the blocks that it goes to.
    pub(super) fn targets(&self) -> Vec<Id> {
        match &self.end {
            End::Goto(to) => vec![*to],
            End::Test { yes, no, .. } => vec![yes.to, no.to],
            End::Loop { body, done, .. } => vec![*body, *done],
            End::Guard { handler, body, .. } => vec![*body, *handler],
            End::Return(_) | End::Reraise | End::Never => Vec::new(),
        }
    }
}

/// The names that a function declares.
#[derive(Clone, Debug, Default)]
pub(super) struct Declared {
    pub(super) globals: BTreeSet<Name>,
    pub(super) nonlocals: BTreeSet<Name>,
}
