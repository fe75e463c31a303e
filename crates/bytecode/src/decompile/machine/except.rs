//! What instructions say of exceptions, `with` and generators' ends.

use crate::ops::{Label, Op};
use crate::version::Version;

use super::super::graph::Action;
use super::super::stack::{Item, Setup, SetupKind};
use super::super::tree::Expr;
use super::{Does, Machine};

impl Machine<'_> {
    pub(super) fn except(&mut self, label: Label, op: &Op) -> Does<bool> {
        match op {
            Op::SetupLoop(label) => {
                let handler = self.cfg.at(*label).unwrap_or(usize::MAX);
                let height = self.state.stack.len();
                self.state.setups.push(Setup { kind: SetupKind::Loop, handler, height });
            }
            Op::PopBlock => {
                let setup = self.state.setups.pop().ok_or("it leaves no block")?;
                let returns = setup.kind == SetupKind::Try && self.op(label + 1) == Some(&Op::Return);
                // A `return` in a `try` leaves it, and that is all it says.
                if setup.kind != SetupKind::Loop && !returns {
                    self.act(Action::Leave(setup.handler));
                }
            }
            Op::BeginFinally => self.state.stack.push(Item::Finally),
            Op::BeforeWith { asynchronous, null } => {
                self.enter(*asynchronous, *null)?;
            }
            Op::PushException => {
                let exception = self.pop_item()?;
                self.state.stack.push(Item::Outer);
                self.state.stack.push(exception);
            }
            Op::MatchException { keep } => {
                let class = self.pop()?;
                if *keep {
                    if !matches!(self.state.stack.last(), Some(Item::Exception(2))) {
                        return Err("something else than an exception is matched");
                    }
                } else if !matches!(self.pop_item()?, Item::Exception(1)) {
                    return Err("something else than an exception is matched");
                }
                self.push(Expr::Caught(class));
            }
            Op::PopExcept => self.pop_except()?,
            Op::EndFinally => match self.pop_item()? {
                Item::Finally => self.mark(Action::EndFinally),
                Item::Cleaned => {}
                _ => return Err("a finally ends that has not begun"),
            },
            Op::PopFinally if matches!(self.pop_item()?, Item::Cleaned) => {}
            Op::PopFinally => return Err("a finally is left on the way"),
            Op::CallFinally(_) => {}
            Op::WithCleanupStart => {
                if !matches!(self.pop_item()?, Item::Finally) {
                    return Err("a with statement is left in a way that is not known");
                }
                let Item::Exit(number) = self.pop_item()? else {
                    return Err("a with statement is left that was not entered");
                };
                self.act(Action::Exit(number));
                self.state.stack.push(Item::Cleaned);
            }
            Op::WithCleanupFinish => {}
            Op::WithExceptStart => self.push(Expr::Swallowed),
            Op::SetupAnnotations => {}
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Enters a `with`: what leaves it stays on the stack below what `__enter__` gave.
    pub(in super::super) fn enter(&mut self, asynchronous: bool, null: bool) -> Does<usize> {
        let context = self.pop()?;
        let number = self.with_targets.len();
        self.with_targets.push(None);
        self.act(Action::Enter { number, context, asynchronous });
        self.state.stack.push(Item::Exit(number));
        if null {
            self.state.stack.push(Item::Null);
        }
        self.state.stack.push(Item::Entered(number));
        Ok(number)
    }

    fn pop_except(&mut self) -> Does<()> {
        let parts = if self.version <= Version::V310 { 3 } else { 1 };
        for _ in 0..parts {
            if !matches!(self.pop_item()?, Item::Outer) {
                return Err("the handling of an exception ends that has not begun");
            }
        }
        self.mark(Action::EndExcept);
        Ok(())
    }

    /// Returns the stack that a handler begins with.
    pub(in super::super) fn thrown(&self, below: &[Item], lasti: bool) -> Vec<Item> {
        let mut stack = below.to_vec();
        if self.version <= Version::V310 {
            stack.extend([Item::Outer, Item::Outer, Item::Outer]);
            stack.extend([Item::Exception(3), Item::Exception(2), Item::Exception(1)]);
        } else {
            if lasti {
                stack.push(Item::Started);
            }
            stack.push(Item::Exception(2));
        }
        stack
    }

    /// Pushes a test's value for a branch on whether it is `None`.
    pub(in super::super) fn none_test(&mut self) -> Does<()> {
        let value = self.pop()?;
        let none = Expr::none();
        self.push(Expr::Compare(value, vec![(crate::ops::Comparison::Is, none)]));
        Ok(())
    }
}
