//! What the symbolic stack holds: expressions, and markers for what only the interpreter sees.

use std::rc::Rc;
use std::sync::Arc;

use crate::object::Code;
use crate::ops::Name;

use super::tree::{Argument, Expr, Shared};

/// A block of the graph.
pub(super) type Id = usize;

#[derive(Clone, Debug)]
pub(super) enum Item {
    /// A value that is not used yet.
    Value(Shared),
    /// A value that was assigned on its way: `a = (b := v)`.
    Assigned(Rc<(Vec<Shared>, Shared)>),
    /// The middle operand of `a < b < c`.
    Link(Shared),
    /// The null beside a callable.
    Null,
    /// A cell for a closure.
    Cell(Name),
    /// A function that is being made.
    Making(Rc<Making>),
    BuildClass,
    /// `iter(value)`.
    Iterator(Shared),
    /// The iterator of the loop at a block.
    Loop(Id),
    /// What the loop at a block gives.
    Element(Id),
    /// A part of what is being unpacked.
    Slot(usize, usize),
    /// A variable that a comprehension will put back.
    Saved,
    /// What leaves the `with` of that number.
    Exit(usize),
    /// What `__enter__` gave.
    Entered(usize),
    /// Parts of an exception: from the top 1 the class, 2 the value, 3 the traceback.
    Exception(u8),
    /// Parts of the exception that was handled before.
    Outer,
    /// What `finally` begins with.
    Finally,
    /// What is left of that after a `with`.
    Cleaned,
    /// What a generator begins with.
    Started,
}

/// What a function is made of before it is one.
#[derive(Clone, Debug)]
pub(super) struct Making {
    pub(super) code: Arc<Code>,
    pub(super) defaults: Option<Shared>,
    pub(super) keyword_defaults: Option<Shared>,
    pub(super) annotations: Option<Shared>,
    pub(super) decorators: Vec<Shared>,
    /// The arguments of a class, if it is one.
    pub(super) class: Option<Vec<Argument>>,
}

impl Item {
    /// Tells whether it is a value and not a marker of the interpreter.
    pub(super) fn is_value(&self) -> bool {
        matches!(self, Item::Value(_) | Item::Assigned(_) | Item::Making(_) | Item::Link(_))
    }

    /// Tells whether both are the same, not just alike.
    pub(super) fn same(&self, other: &Item) -> bool {
        match (self, other) {
            (Item::Value(a), Item::Value(b))
            | (Item::Link(a), Item::Link(b))
            | (Item::Iterator(a), Item::Iterator(b)) => Rc::ptr_eq(a, b),
            (Item::Assigned(a), Item::Assigned(b)) => Rc::ptr_eq(a, b),
            (Item::Making(a), Item::Making(b)) => Rc::ptr_eq(a, b),
            (Item::Cell(a), Item::Cell(b)) => a == b,
            (Item::Loop(a), Item::Loop(b)) | (Item::Element(a), Item::Element(b)) => a == b,
            (Item::Exit(a), Item::Exit(b)) | (Item::Entered(a), Item::Entered(b)) => a == b,
            (Item::Slot(a, b), Item::Slot(c, d)) => a == c && b == d,
            (Item::Exception(a), Item::Exception(b)) => a == b,
            _ => std::mem::discriminant(self) == std::mem::discriminant(other) && !self.is_value(),
        }
    }
}

/// Tells whether two stacks hold the same.
pub(super) fn same(a: &[Item], b: &[Item]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.same(b))
}

/// A block of a release that has them on a stack of their own, to 3.10.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Setup {
    pub(super) kind: SetupKind,
    pub(super) handler: Id,
    pub(super) height: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SetupKind {
    Loop,
    Try,
    Finally,
    With,
}

/// The stack and the blocks between two instructions.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    pub(super) stack: Vec<Item>,
    pub(super) setups: Vec<Setup>,
}

impl State {
    pub(super) fn same(&self, other: &State) -> bool {
        same(&self.stack, &other.stack) && self.setups == other.setups
    }
}

pub(super) fn shared(expr: Expr) -> Shared {
    Rc::new(expr)
}
