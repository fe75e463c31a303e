//! `if`, `elif`, `else`, `assert`.

use crate::version::Version;

use super::super::graph::End;
use super::super::machine::Does;
use super::super::reduce::negate;
use super::super::stack::Id;
use super::super::tree::{Argument, Expr, Shared, Stmt};
use super::{Cursor, Frame, Outcome, Structure};

impl Structure<'_, '_> {
    /// Makes an `if` of a test: where it goes on, or how both of its branches end.
    pub(super) fn branch(
        &mut self,
        id: Id,
        test: &Shared,
        (yes, no): (Id, Id),
        falls: bool,
        found: &mut Vec<Stmt>,
    ) -> Does<Result<Cursor, Outcome>> {
        // What stands next is the body; the jump goes to `else` or behind.
        let (test, then, other) = if falls { (test.clone(), yes, no) } else { (negate(test), no, yes) };
        let (test, then, other) = self.turned(id, test, then, other);
        if let Some((message, raises)) = self.asserts(then) {
            let test = negate(&test);
            self.used.extend(raises);
            found.push(Stmt::Assert(test, message));
            return Ok(Ok((other, 0)));
        }
        let join = self.first_common(&self.reached(then), &self.reached(other));
        if let Some(join) = join {
            let target = self.resolve((then, 0));
            if self.is_stop(join) && (target == (join, 0) || then == join) {
                // An explicit `continue` or `break`.
                let mut body = Vec::new();
                self.stops(join, &mut body)?;
                found.push(Stmt::If { test, yes: body, no: Vec::new() });
                return Ok(Ok((other, 0)));
            }
            return self.joined(test, then, other, join, found).map(|()| Ok((join, 0)));
        }
        let (body, outcome) = self.statements((then, 0))?;
        if outcome == Outcome::Ended {
            found.push(Stmt::If { test, yes: body, no: Vec::new() });
            return Ok(Ok((other, 0)));
        }
        let (rest, ending) = self.statements((other, 0))?;
        found.push(Stmt::If { test, yes: body, no: rest });
        let together = match (outcome, ending) {
            (_, Outcome::Ended) => true,
            (Outcome::Left(a), Outcome::Left(b)) => self.completes(a, Some(b)),
            (a, b) => a == b,
        };
        if !together {
            return Err("the branches of an if go on at different places");
        }
        Ok(Err(outcome))
    }

    fn joined(&mut self, test: Shared, then: Id, other: Id, join: Id, found: &mut Vec<Stmt>) -> Does<()> {
        let arm = |structure: &mut Self, id: Id| -> Does<Vec<Stmt>> {
            if id == join {
                return Ok(Vec::new());
            }
            let (body, outcome) = structure.within(Frame::Join(join), (id, 0))?;
            match outcome {
                Outcome::Left(_) => Err("a branch of an if leaves what encloses it"),
                _ => Ok(body),
            }
        };
        let yes = arm(self, then)?;
        let no = arm(self, other)?;
        found.push(match (yes.is_empty(), no.is_empty()) {
            (true, false) => Stmt::If { test: negate(&test), yes: no, no: yes },
            _ => Stmt::If { test, yes, no },
        });
        Ok(())
    }

    /// Since 3.12 a test that would jump back is turned around and has a jump of its own, of its own line:
    /// turns it back.
    fn turned(&self, id: Id, test: Shared, then: Id, other: Id) -> (Shared, Id, Id) {
        let turned = self.flow.machine.version >= Version::V312 && {
            let jump = self.flow.node(then);
            let line = self.flow.node(id).and_then(|node| node.position.line);
            jump.is_some_and(|jump| {
                let only = jump.steps.is_empty() && matches!(jump.end, End::Goto(to) if self.is_stop(to));
                only && (jump.position.line == line || jump.position.line.is_none())
            })
        };
        if turned { (negate(&test), other, then) } else { (test, then, other) }
    }

    /// Returns the message of an `assert` if all that a branch does is to raise what it raises.
    fn asserts(&self, id: Id) -> Option<(Option<Shared>, Vec<Id>)> {
        let node = self.flow.node(id)?;
        let [step] = &node.steps[..] else { return None };
        let super::super::graph::Action::Do(Stmt::Raise(Some(raised), None)) = &step.action else {
            return None;
        };
        if !matches!(node.end, End::Never) {
            return None;
        }
        let is_error = |expr: &Expr| match expr {
            Expr::AssertionError => true,
            // To 3.8 it is looked up by name.
            Expr::Name(name) => self.flow.machine.version <= Version::V38 && &**name == "AssertionError",
            _ => false,
        };
        match &**raised {
            Expr::Call(callee, arguments) if is_error(callee) => match &arguments[..] {
                [Argument::Positional(message)] => Some((Some(message.clone()), vec![id])),
                _ => None,
            },
            raised if is_error(raised) => Some((None, vec![id])),
            _ => None,
        }
    }
}
