//! Carries instructions out on expressions instead of values.

mod assign;
mod call;
mod display;
mod except;
mod import;
mod making;
mod step;

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use crate::decode::Position;
use crate::lower::Body;
use crate::object::Code;
use crate::ops::Label;
use crate::version::Version;

use super::cfg::Cfg;
use super::graph::{Action, Declared, Step};
use super::stack::{Id, Item, State, shared};
use super::tree::{Expr, Shared, Stmt};

pub(super) use assign::Unpacking;
pub(super) use making::tuple_elements;

/// Why a code object has no source.
pub(super) type Obstacle = &'static str;
pub(super) type Does<T> = Result<T, Obstacle>;

/// What is known of a code object while its instructions are carried out.
pub(super) struct Machine<'a> {
    pub(super) code: &'a Code,
    pub(super) version: Version,
    pub(super) body: &'a Body,
    pub(super) cfg: &'a Cfg,
    /// How deep the code is inside of other code.
    pub(super) depth: usize,
    pub(super) state: State,
    pub(super) steps: Vec<Step>,
    position: Position,
    pub(super) declared: Declared,
    pub(super) unpackings: Vec<Unpacking>,
    /// The targets of loops, by the block that they begin at.
    pub(super) loop_targets: HashMap<Id, Shared>,
    /// The targets of `with`, by its number; `None` if it has none.
    pub(super) with_targets: Vec<Option<Shared>>,
    pub(super) held: usize,
    /// How many `match` statements were found.
    pub(super) subjects: usize,
    /// Where a `finally` begins that all ways go through, to 3.8.
    pub(super) shared_handlers: BTreeSet<Label>,
    enters_finally: bool,
}

impl<'a> Machine<'a> {
    pub(super) fn new(
        code: &'a Code,
        version: Version,
        body: &'a Body,
        cfg: &'a Cfg,
        depth: usize,
    ) -> Machine<'a> {
        Machine {
            code,
            version,
            body,
            cfg,
            depth,
            state: State::default(),
            steps: Vec::new(),
            position: Position::default(),
            declared: Declared::default(),
            unpackings: Vec::new(),
            loop_targets: HashMap::new(),
            with_targets: Vec::new(),
            held: 0,
            subjects: 0,
            shared_handlers: BTreeSet::new(),
            enters_finally: false,
        }
    }

    pub(super) fn at(&mut self, label: Label) {
        self.position = self.body.ops.get(label).map_or_else(Position::default, |lowered| lowered.position);
    }

    pub(super) fn position(&self) -> Position {
        self.position
    }

    /// Adds a `raise`.
    pub(super) fn raise(&mut self, count: u32) -> Does<()> {
        let cause = if count > 1 { Some(self.pop()?) } else { None };
        let class = if count > 0 { Some(self.pop()?) } else { None };
        self.emit(Stmt::Raise(class, cause));
        Ok(())
    }

    fn push(&mut self, expr: Expr) {
        self.state.stack.push(Item::Value(shared(expr)));
    }

    fn push_shared(&mut self, expr: Shared) {
        self.state.stack.push(Item::Value(expr));
    }

    fn pop_item(&mut self) -> Does<Item> {
        self.state.stack.pop().ok_or("its stack is empty where something is taken from it")
    }

    /// Takes a value.
    pub(super) fn pop(&mut self) -> Does<Shared> {
        let item = self.pop_item()?;
        self.value(item)
    }

    /// Takes that many values, the lowest first.
    fn pop_many(&mut self, count: usize) -> Does<Vec<Shared>> {
        let below = self.state.stack.len().checked_sub(count).ok_or("its stack is too low")?;
        let items = self.state.stack.split_off(below);
        items.into_iter().map(|item| self.value(item)).collect()
    }

    fn value(&mut self, item: Item) -> Does<Shared> {
        match item {
            Item::Value(value) | Item::Link(value) => Ok(value),
            Item::Assigned(assigned) => {
                let (targets, value) = &*assigned;
                targets.iter().try_fold(value.clone(), |value, target| match &**target {
                    Expr::Name(name) => Ok(shared(Expr::Walrus(name.clone(), value))),
                    _ => Err("a value is used after it was assigned to more than a name"),
                })
            }
            Item::Making(making) => self.made(&making),
            _ => Err("a part of the interpreter is used as a value"),
        }
    }

    /// Adds a statement.
    fn emit(&mut self, statement: Stmt) {
        self.act(Action::Do(statement));
    }

    /// Adds what happens, after holding values that were computed before and are used after it.
    pub(super) fn act(&mut self, action: Action) {
        let from = self.state.stack.iter().rposition(|item| !item.is_value()).map_or(0, |marker| marker + 1);
        for index in from..self.state.stack.len() {
            let Some(slot) = self.state.stack.get_mut(index) else { continue };
            let Item::Value(value) = slot else { continue };
            if matches!(**value, Expr::Held(_) | Expr::Subject(_)) {
                continue;
            }
            let number = self.held;
            let held = std::mem::replace(value, Rc::new(Expr::Held(number)));
            self.held += 1;
            self.steps.push(Step { action: Action::Hold(number, held), position: self.position });
        }
        self.mark(action);
    }

    /// Adds what happens without a look at the stack.
    pub(super) fn mark(&mut self, action: Action) {
        self.steps.push(Step { action, position: self.position });
    }
}
