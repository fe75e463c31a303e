//! One instruction that goes nowhere else.

use crate::object::Object;
use crate::ops::{Comparison, Label, Op, Scope};
use crate::version::Version;

use super::super::cfg::is_link;
use super::super::graph::Action;
use super::super::stack::{Item, shared};
use super::super::tree::{Expr, Stmt};
use super::{Does, Machine};

impl Machine<'_> {
    /// Carries out the instruction at a label and returns the label of the next.
    pub(in super::super) fn step(&mut self, label: Label) -> Does<Label> {
        self.at(label);
        let Some(lowered) = self.body.ops.get(label) else { return Err("its instructions end") };
        let op = &lowered.op;
        if let Some(next) = self.idiom(label, op)? {
            return Ok(next);
        }
        self.enters_finally = self.shared_handlers.contains(&(label + 1));
        let known = self.load(op)?
            || self.operator(op)?
            || self.display(op)?
            || self.call(op)?
            || self.store(label, op)?
            || self.except(label, op)?
            || self.moving(label, op)?;
        match op {
            _ if known => Ok(label + 1),
            Op::Unsupported(_) => Err("it has an instruction that no source is known for"),
            _ => Err("it has an instruction where none of its kind is expected"),
        }
    }

    /// Carries out several instructions that mean one thing.
    fn idiom(&mut self, label: Label, op: &Op) -> Does<Option<Label>> {
        if is_link(self.body, label + 2) {
            let Some(Op::Compare(comparison)) = self.body.ops.get(label + 2).map(|lowered| &lowered.op)
            else {
                return Ok(None);
            };
            let right = self.pop()?;
            let left = self.pop()?;
            self.state.stack.push(Item::Link(right.clone()));
            self.push(Expr::Compare(left, vec![(*comparison, right)]));
            return Ok(Some(label + 3));
        }
        match op {
            Op::Import(name) => self.import(label, name).map(Some),
            Op::Rotate(2) | Op::Swap(2) => Ok(self.parallel(2)?.then_some(label + 1)),
            Op::Swap(3) => Ok(self.parallel(3)?.then_some(label + 1)),
            Op::Rotate(3) if self.op(label + 1) == Some(&Op::Rotate(2)) => {
                Ok(self.parallel(3)?.then_some(label + 2))
            }
            _ => Ok(None),
        }
    }

    pub(super) fn op(&self, label: Label) -> Option<&Op> {
        self.body.ops.get(label).map(|lowered| &lowered.op)
    }

    fn load(&mut self, op: &Op) -> Does<bool> {
        match op {
            // To 3.7 the normal way into a `finally` leaves `None` for it.
            Op::Const(Object::None) if self.version <= Version::V37 && self.enters_finally => {
                self.state.stack.push(Item::Finally);
            }
            // Since 3.14 slices can be constants.
            Op::Const(Object::Slice(parts)) => {
                let part =
                    |part: &Object| (*part != Object::None).then(|| shared(Expr::Constant(part.clone())));
                let [start, stop, step] = &**parts;
                self.push(Expr::Slice(part(start), part(stop), part(step)));
            }
            Op::Const(constant) => self.push(Expr::Constant(constant.clone())),
            Op::Load(_, name) => {
                if self.is_cell_for_closure(op) {
                    self.state.stack.push(Item::Cell(name.clone()));
                } else {
                    self.push(Expr::Name(name.clone()));
                }
            }
            Op::LoadCell(name) => self.state.stack.push(Item::Cell(name.clone())),
            Op::SaveAndClear(_) => self.state.stack.push(Item::Saved),
            Op::Null => self.state.stack.push(Item::Null),
            Op::AssertionError => self.push(Expr::AssertionError),
            Op::Attribute(name) => {
                let value = self.pop()?;
                self.push(Expr::Attribute(value, name.clone()));
            }
            Op::Method(name) => {
                let value = self.pop()?;
                self.push(Expr::Attribute(value, name.clone()));
                self.state.stack.push(Item::Null);
            }
            Op::SuperAttribute { name, method, explicit } => {
                let arguments = self.pop_many(2)?;
                let callee = self.pop()?;
                let arguments = if *explicit { arguments } else { Vec::new() };
                let arguments = arguments.into_iter().map(super::super::tree::Argument::Positional).collect();
                let called = shared(Expr::Call(callee, arguments));
                self.push(Expr::Attribute(called, name.clone()));
                if *method {
                    self.state.stack.push(Item::Null);
                }
            }
            Op::Nop | Op::EndFor => {}
            Op::GeneratorStart => self.state.stack.push(Item::Started),
            Op::Yield => {
                let value = self.pop()?;
                self.push(Expr::Yield((!value.is_none()).then_some(value)));
            }
            Op::YieldFrom => {
                // `iter(x)` was taken already, to 3.10 by an instruction of its own.
                let value = match self.pop_item()? {
                    Item::Iterator(value) => value,
                    item => self.value(item)?,
                };
                self.push(Expr::YieldFrom(value));
            }
            Op::Await => {
                let value = self.pop()?;
                self.push(Expr::Await(value));
            }
            Op::Iterate => {
                let value = self.pop()?;
                self.state.stack.push(Item::Iterator(value));
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Since 3.13 a cell for a closure is loaded as a local variable is.
    fn is_cell_for_closure(&self, op: &Op) -> bool {
        let Op::Load(Scope::Local, name) = op else { return false };
        self.version >= Version::V313
            && (self.code.cellvars.contains(name) || self.code.freevars.contains(name))
    }

    fn operator(&mut self, op: &Op) -> Does<bool> {
        match op {
            Op::Unary(operator) => {
                let operand = self.pop()?;
                self.push(Expr::Unary(*operator, operand));
            }
            Op::Binary(operator) => {
                let right = self.pop()?;
                let left = self.pop()?;
                self.push(Expr::Binary(*operator, left, right));
            }
            Op::InPlace(operator) => {
                let right = self.pop()?;
                let left = self.pop()?;
                self.push(Expr::InPlace(*operator, left, right));
            }
            Op::Compare(comparison) => self.compare(*comparison)?,
            Op::Subscript => {
                let index = self.pop()?;
                let value = self.pop()?;
                self.push(Expr::Subscript(value, index));
            }
            Op::SliceSubscript => {
                let index = self.slice(2)?;
                let value = self.pop()?;
                self.push(Expr::Subscript(value, index));
            }
            Op::Slice(count) => {
                let slice = self.slice(*count)?;
                self.push_shared(slice);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn compare(&mut self, comparison: Comparison) -> Does<()> {
        let right = self.pop()?;
        let left = self.pop()?;
        self.push(Expr::Compare(left, vec![(comparison, right)]));
        Ok(())
    }

    /// Tells whether what is copied is then compared with the pattern of a `case`: `1`, `None`, `Color.RED`.
    fn begins_pattern(&self, label: Label) -> bool {
        let mut at = label;
        while self.op(at) == Some(&Op::Copy(1)) {
            at += 1;
        }
        match self.op(at) {
            Some(Op::Const(_)) => at += 1,
            Some(Op::Load(..)) if matches!(self.op(at + 1), Some(Op::Attribute(_))) => {
                at += 1;
                while matches!(self.op(at), Some(Op::Attribute(_))) {
                    at += 1;
                }
            }
            _ => return false,
        }
        matches!(self.op(at), Some(Op::Compare(Comparison::Equal | Comparison::Is)))
    }

    /// Makes what is on top of the stack the subject of a `match`, if it is none yet.
    fn subject(&mut self) -> Does<()> {
        if matches!(self.state.stack.last(), Some(Item::Value(value)) if matches!(**value, Expr::Subject(_)))
        {
            return Ok(());
        }
        let value = self.pop()?;
        let number = self.subjects;
        self.subjects += 1;
        self.emit(Stmt::Subject(number, value));
        self.push(Expr::Subject(number));
        Ok(())
    }

    /// Moves about on the stack, or takes something from it.
    fn moving(&mut self, label: Label, op: &Op) -> Does<bool> {
        let height = self.state.stack.len();
        let place = |count: u32| {
            let found = height.checked_sub(count as usize).filter(|found| *found < height);
            found.ok_or("its stack is too low")
        };
        match op {
            Op::Pop => match self.pop_item()? {
                Item::Value(value) if matches!(*value, Expr::Subject(_)) => {}
                item @ (Item::Value(_) | Item::Assigned(_) | Item::Making(_)) => {
                    let value = self.value(item)?;
                    self.emit(Stmt::Expr(value));
                }
                Item::Entered(_)
                | Item::Loop(_)
                | Item::Link(_)
                | Item::Started
                | Item::Null
                | Item::Outer => {}
                Item::Exit(_) | Item::Finally | Item::Cleaned => {}
                Item::Exception(2) => self.mark(Action::Caught(None)),
                Item::Exception(_) => {}
                _ => return Err("it drops what is needed"),
            },
            Op::Copy(count) => {
                if *count == 1 && self.begins_pattern(label) {
                    self.subject()?;
                }
                let item = self.state.stack.get(place(*count)?).cloned().ok_or("its stack is too low")?;
                self.state.stack.push(item);
            }
            Op::CopyTwo => {
                let items = self.state.stack.get(place(2)?..).unwrap_or_default().to_vec();
                self.state.stack.extend(items);
            }
            Op::Swap(count) => {
                let other = place(*count)?;
                self.state.stack.swap(other, height - 1);
            }
            Op::Rotate(count) => {
                let to = place(*count)?;
                let item = self.pop_item()?;
                self.state.stack.insert(to, item);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }
}
