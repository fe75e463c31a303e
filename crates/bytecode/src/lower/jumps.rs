//! Jumps, loops, generators, exceptions, and idioms of several instructions that mean one thing.

use super::{Lowering, Lowers};
use crate::decode::{DecodeError, Instruction};
use crate::object::Object;
use crate::ops::{Op, When};
use crate::version::Version;

impl Lowering<'_> {
    pub(super) fn jump(&self, at: &Instruction) -> Option<Vec<Op>> {
        // Labels are bytes until all instructions are lowered.
        let label = at.target.unwrap_or_default() as usize;
        let name = at.opcode.name;
        if let Some(when) = branch(name) {
            return Some(vec![Op::Branch(when, label)]);
        }
        Some(vec![match name {
            "JUMP_FORWARD" | "JUMP_ABSOLUTE" | "JUMP_BACKWARD" | "JUMP_BACKWARD_NO_INTERRUPT" => {
                Op::Jump(label)
            }
            "CONTINUE_LOOP" => Op::ContinueLoop(label),
            "JUMP_IF_TRUE_OR_POP" => Op::BranchKeep(When::True, label),
            "JUMP_IF_FALSE_OR_POP" => Op::BranchKeep(When::False, label),
            "JUMP_IF_NOT_EXC_MATCH" => {
                return Some(vec![Op::MatchException { keep: false }, Op::Branch(When::False, label)]);
            }
            "CHECK_EXC_MATCH" => Op::MatchException { keep: true },
            "GET_ITER" => Op::Iterate,
            "FOR_ITER" => Op::ForEach(label),
            "END_FOR" | "POP_ITER" => Op::EndFor,
            "RETURN_VALUE" => Op::Return,
            "RAISE_VARARGS" => Op::Raise(at.arg),
            "RERAISE" => Op::Reraise,
            "YIELD_VALUE" => Op::Yield,
            "GET_AITER" => Op::AsyncIterate,
            "GET_ANEXT" => Op::AsyncNext,
            "END_ASYNC_FOR" => Op::AsyncEnd,
            "SETUP_FINALLY" => Op::SetupFinally(label),
            "SETUP_EXCEPT" => Op::SetupExcept(label),
            "SETUP_WITH" => Op::SetupWith(label),
            "SETUP_ASYNC_WITH" => Op::SetupAsyncWith(label),
            "SETUP_LOOP" => Op::SetupLoop(label),
            "POP_BLOCK" => Op::PopBlock,
            "BREAK_LOOP" => Op::BreakLoop,
            "POP_EXCEPT" => Op::PopExcept,
            "END_FINALLY" => Op::EndFinally,
            "BEGIN_FINALLY" => Op::BeginFinally,
            "CALL_FINALLY" => Op::CallFinally(label),
            "POP_FINALLY" => Op::PopFinally,
            "WITH_CLEANUP_START" => Op::WithCleanupStart,
            "WITH_CLEANUP_FINISH" => Op::WithCleanupFinish,
            "WITH_EXCEPT_START" => Op::WithExceptStart,
            "BEFORE_WITH" => Op::BeforeWith { asynchronous: false, null: false },
            "BEFORE_ASYNC_WITH" => Op::BeforeWith { asynchronous: true, null: false },
            "PUSH_EXC_INFO" => Op::PushException,
            "GEN_START" => return Some(Vec::new()),
            "RETURN_GENERATOR" => Op::GeneratorStart,
            _ => return None,
        }])
    }

    /// Lowers several instructions that together mean one thing, if they come next.
    pub(super) fn idiom(&self, rest: &[Instruction]) -> Result<Option<Lowers>, DecodeError> {
        let Some(first) = rest.first() else { return Ok(None) };
        let name = |index: usize| rest.get(index).map_or("", |next: &Instruction| next.opcode.name);
        match first.opcode.name {
            // In 3.13 the iterator is dropped after a loop, but only on the way of its exhaustion.
            "END_FOR" if name(1) == "POP_TOP" && self.version == Version::V313 => {
                Ok(Some((vec![Op::EndFor], 2)))
            }
            "RETURN_CONST" => {
                let constant = self.constant(first, first.arg)?;
                Ok(Some((vec![Op::Const(constant), Op::Return], 1)))
            }
            "GET_AWAITABLE" | "GET_YIELD_FROM_ITER" if self.is_none(rest.get(1)) => {
                let op = if name(0) == "GET_AWAITABLE" { Op::Await } else { Op::YieldFrom };
                Ok(self.delegation(rest).map(|used| (vec![op], used)))
            }
            // `for t in x: …` in a generator expression of 3.14 that `all`, `any` or `tuple` takes at once:
            // the way without a call is left out, the call does the same.
            "COPY"
                if name(1) == "LOAD_COMMON_CONSTANT"
                    && name(2) == "IS_OP"
                    && name(3) == "POP_JUMP_IF_FALSE" =>
            {
                let label = rest.get(3).and_then(|jump| jump.target).unwrap_or_default() as usize;
                Ok(Some((vec![Op::Jump(label)], 4)))
            }
            "COPY" if self.version >= Version::V314 => Ok(with_of_314(rest)),
            _ => Ok(None),
        }
    }

    fn is_none(&self, instruction: Option<&Instruction>) -> bool {
        instruction.is_some_and(|at| {
            at.opcode.name == "LOAD_CONST" && self.code.consts.get(at.arg as usize) == Some(&Object::None)
        })
    }

    /// Returns how many instructions `await x` or `yield from x` takes from `GET_AWAITABLE` on.
    fn delegation(&self, rest: &[Instruction]) -> Option<usize> {
        let name = |index: usize| rest.get(index).map_or("", |next: &Instruction| next.opcode.name);
        if name(2) == "YIELD_FROM" {
            return Some(3);
        }
        let loops = ["SEND", "YIELD_VALUE", "RESUME", "JUMP_BACKWARD_NO_INTERRUPT"];
        if !loops.iter().enumerate().all(|(index, expected)| name(index + 2) == *expected) {
            return None;
        }
        Some(if name(6) == "END_SEND" { 7 } else { 6 })
    }
}

fn branch(name: &str) -> Option<When> {
    let condition = name.strip_prefix("POP_JUMP_")?;
    let condition = condition.strip_prefix("FORWARD_").unwrap_or(condition);
    let condition = condition.strip_prefix("BACKWARD_").unwrap_or(condition);
    Some(match condition {
        "IF_TRUE" => When::True,
        "IF_FALSE" => When::False,
        "IF_NONE" => When::None,
        "IF_NOT_NONE" => When::NotNone,
        _ => return None,
    })
}

/// Lowers how 3.14 enters a `with`: `COPY 1; LOAD_SPECIAL __exit__; SWAP 2; SWAP 3; LOAD_SPECIAL __enter__; CALL 0`.
fn with_of_314(rest: &[Instruction]) -> Option<Lowers> {
    let is = |index: usize, name: &str, arg: u32| {
        rest.get(index).is_some_and(|at: &Instruction| at.opcode.name == name && at.arg == arg)
    };
    let asynchronous = is(1, "LOAD_SPECIAL", 3);
    let (enter, exit) = if asynchronous { (2, 3) } else { (0, 1) };
    let enters = is(0, "COPY", 1)
        && is(1, "LOAD_SPECIAL", exit)
        && is(2, "SWAP", 2)
        && is(3, "SWAP", 3)
        && is(4, "LOAD_SPECIAL", enter)
        && is(5, "CALL", 0);
    enters.then(|| (vec![Op::BeforeWith { asynchronous, null: true }], 6))
}
