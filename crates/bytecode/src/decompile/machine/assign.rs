//! Assignments: to names, attributes and items, several at once, in place, on the way.

use std::rc::Rc;

use crate::ops::{Collection, Label, Name, Op, Scope};

use super::super::graph::Action;
use super::super::stack::{Item, shared};
use super::super::tree::{Expr, Shared, Stmt};
use super::{Does, Machine};

/// A value that is being unpacked.
#[derive(Clone, Debug)]
pub(in super::super) struct Unpacking {
    value: Item,
    targets: Vec<Option<Shared>>,
    /// Which of the targets takes the rest.
    star: Option<usize>,
}

impl Machine<'_> {
    pub(super) fn store(&mut self, label: Label, op: &Op) -> Does<bool> {
        match op {
            Op::Store(scope, name) => self.store_name(label, *scope, name)?,
            Op::Delete(scope, name) => {
                self.declare(*scope, name);
                self.emit(Stmt::Delete(vec![shared(Expr::Name(name.clone()))]));
            }
            Op::StoreAttribute(name) => {
                let value = self.pop()?;
                let target = shared(Expr::Attribute(value, name.clone()));
                self.assign(target)?;
            }
            Op::DeleteAttribute(name) => {
                let value = self.pop()?;
                self.emit(Stmt::Delete(vec![shared(Expr::Attribute(value, name.clone()))]));
            }
            Op::StoreSubscript => {
                let index = self.pop()?;
                let value = self.pop()?;
                self.assign(shared(Expr::Subscript(value, index)))?;
            }
            Op::StoreSlice => {
                let index = self.slice(2)?;
                let value = self.pop()?;
                self.assign(shared(Expr::Subscript(value, index)))?;
            }
            Op::DeleteSubscript => {
                let index = self.pop()?;
                let value = self.pop()?;
                self.emit(Stmt::Delete(vec![shared(Expr::Subscript(value, index))]));
            }
            Op::UnpackSequence(count) => self.unpack(*count as usize, None)?,
            Op::UnpackRest(before, after) => {
                let before = *before as usize;
                self.unpack(before + 1 + *after as usize, Some(before))?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Notes that a name must be declared because it is assigned and not the function's own.
    pub(super) fn declare(&mut self, scope: Scope, name: &Name) {
        match scope {
            Scope::Global => {
                self.declared.globals.insert(name.clone());
            }
            Scope::Cell if self.code.freevars.contains(name) => {
                self.declared.nonlocals.insert(name.clone());
            }
            Scope::Cell | Scope::Local | Scope::Named => {}
        }
    }

    fn store_name(&mut self, label: Label, scope: Scope, name: &Name) -> Does<()> {
        self.declare(scope, name);
        let target = shared(Expr::Name(name.clone()));
        match self.state.stack.last() {
            // The variable that a comprehension had cleared is put back.
            Some(Item::Saved) => {
                self.state.stack.pop();
                Ok(())
            }
            Some(Item::Making(_)) => self.define(name),
            Some(Item::Value(_)) if self.reordered(label) => {
                let count = self.pending();
                let values = self.pop_many(count)?;
                self.unpack_values(values, true);
                self.assign(target)
            }
            _ => self.assign(target),
        }
    }

    /// Returns how many values are on top of the last marker.
    fn pending(&self) -> usize {
        self.state.stack.iter().rev().take_while(|item| matches!(item, Item::Value(_))).count()
    }

    /// Since 3.12 `a, b = b, a` has no exchange on the stack, but the names stored in reverse.
    fn reordered(&self, label: Label) -> bool {
        let pending = self.pending();
        let height = self.state.stack.len();
        let copied = match (self.state.stack.get(height.wrapping_sub(2)), self.state.stack.last()) {
            (Some(below), Some(top)) => below.same(top),
            _ => false,
        };
        let stores = (label..).take_while(|at| matches!(self.op(*at), Some(Op::Store(Scope::Local, _))));
        pending > 1 && !copied && stores.take(pending).count() == pending
    }

    /// Takes that many values that are assigned at once after they were turned around on the stack.
    pub(super) fn parallel(&mut self, count: usize) -> Does<bool> {
        let height = self.state.stack.len();
        let Some(top) = height.checked_sub(count).and_then(|from| self.state.stack.get(from..)) else {
            return Ok(false);
        };
        let plain = top.iter().all(|item| matches!(item, Item::Value(value) if !matches!(**value, Expr::InPlace(..) | Expr::Held(_))));
        let copied = top.windows(2).any(|pair| pair[0].same(&pair[1]));
        // `a[i] += 1` moves its parts about, too.
        let in_place = self
            .state
            .stack
            .iter()
            .any(|item| matches!(item, Item::Value(value) if matches!(**value, Expr::InPlace(..))));
        if !plain || copied || in_place {
            return Ok(false);
        }
        let values = self.pop_many(count)?;
        self.unpack_values(values, false);
        Ok(true)
    }

    fn unpack_values(&mut self, values: Vec<Shared>, reversed: bool) {
        let count = values.len();
        let value = Item::Value(shared(Expr::Display(Collection::Tuple, values)));
        self.push_slots(value, count, None);
        if reversed {
            let from = self.state.stack.len() - count;
            if let Some(slots) = self.state.stack.get_mut(from..) {
                slots.reverse();
            }
        }
    }

    fn unpack(&mut self, count: usize, star: Option<usize>) -> Does<()> {
        let value = self.pop_item()?;
        self.push_slots(value, count, star);
        if count == 0 {
            let number = self.unpackings.len() - 1;
            self.unpacked(number)?;
        }
        Ok(())
    }

    fn push_slots(&mut self, value: Item, count: usize, star: Option<usize>) {
        let number = self.unpackings.len();
        self.unpackings.push(Unpacking { value, targets: vec![None; count], star });
        self.state.stack.extend((0..count).rev().map(|index| Item::Slot(number, index)));
    }

    fn unpacked(&mut self, number: usize) -> Does<()> {
        let Some(unpacking) = self.unpackings.get(number).cloned() else { return Ok(()) };
        let Some(targets) = unpacking.targets.into_iter().collect::<Option<Vec<Shared>>>() else {
            return Ok(());
        };
        let starred = targets.into_iter().enumerate().map(|(index, target)| {
            if unpacking.star == Some(index) { shared(Expr::Starred(target)) } else { target }
        });
        let target = shared(Expr::Display(Collection::Tuple, starred.collect()));
        self.bind(unpacking.value, target)
    }

    /// Assigns the top of the stack.
    fn assign(&mut self, target: Shared) -> Does<()> {
        let item = self.pop_item()?;
        self.bind(item, target)
    }

    fn bind(&mut self, item: Item, target: Shared) -> Does<()> {
        match item {
            Item::Slot(number, index) => {
                let slot =
                    self.unpackings.get_mut(number).and_then(|unpacking| unpacking.targets.get_mut(index));
                *slot.ok_or("it unpacks nothing")? = Some(target);
                self.unpacked(number)
            }
            Item::Element(at) => {
                if !self.steps.is_empty() || self.loop_targets.insert(at, target).is_some() {
                    return Err("a loop's variable is not assigned first");
                }
                Ok(())
            }
            Item::Entered(number) => {
                let slot = self.with_targets.get_mut(number).ok_or("it enters nothing")?;
                *slot = Some(target);
                Ok(())
            }
            Item::Exception(2) => match &*target {
                Expr::Name(name) => {
                    self.mark(Action::Caught(Some(name.clone())));
                    Ok(())
                }
                _ => Err("an exception is caught under no name"),
            },
            Item::Value(value) => self.bind_value(vec![], value, target),
            Item::Assigned(assigned) => {
                let (targets, value) = &*assigned;
                self.bind_assigned(&assigned, targets.clone(), value.clone(), target)
            }
            item @ Item::Making(_) => {
                let value = self.value(item)?;
                self.bind_value(vec![], value, target)
            }
            _ => Err("a part of the interpreter is assigned"),
        }
    }

    pub(super) fn bind_value(&mut self, mut targets: Vec<Shared>, value: Shared, target: Shared) -> Does<()> {
        if let Some(Item::Value(below)) = self.state.stack.last()
            && Rc::ptr_eq(below, &value)
        {
            self.state.stack.pop();
            targets.push(target);
            self.state.stack.push(Item::Assigned(Rc::new((targets, value))));
            return Ok(());
        }
        if let Expr::InPlace(operator, left, right) = &*value {
            if !same_place(left, &target) {
                return Err("an assignment in place goes elsewhere");
            }
            let statement = Stmt::Augment(*operator, left.clone(), right.clone());
            self.emit(statement);
            return Ok(());
        }
        targets.push(target);
        self.emit(Stmt::Assign(targets, value));
        Ok(())
    }

    fn bind_assigned(
        &mut self,
        assigned: &Rc<(Vec<Shared>, Shared)>,
        mut targets: Vec<Shared>,
        value: Shared,
        target: Shared,
    ) -> Does<()> {
        if let Some(Item::Assigned(below)) = self.state.stack.last()
            && Rc::ptr_eq(below, assigned)
        {
            self.state.stack.pop();
            targets.push(target);
            self.state.stack.push(Item::Assigned(Rc::new((targets, value))));
            return Ok(());
        }
        targets.push(target);
        self.emit(Stmt::Assign(targets, value));
        Ok(())
    }
}

/// Tells whether what an operator in place was applied to is what its result is assigned to.
fn same_place(value: &Shared, target: &Shared) -> bool {
    match (&**value, &**target) {
        (Expr::Name(a), Expr::Name(b)) => a == b,
        (Expr::Attribute(a, name), Expr::Attribute(b, other)) => Rc::ptr_eq(a, b) && name == other,
        (Expr::Subscript(a, i), Expr::Subscript(b, j)) => {
            let same_slice = match (&**i, &**j) {
                (Expr::Slice(a, b, None), Expr::Slice(c, d, None)) => same_part(a, c) && same_part(b, d),
                _ => false,
            };
            Rc::ptr_eq(a, b) && (Rc::ptr_eq(i, j) || same_slice)
        }
        _ => false,
    }
}

fn same_part(a: &Option<Shared>, b: &Option<Shared>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => Rc::ptr_eq(a, b),
        (None, None) => true,
        _ => false,
    }
}
