//! From a release's instructions to those that all releases share.
//!
//! What differs between releases is here and in [`crate::decode`], and nowhere else if possible.

mod calls;
mod jumps;
mod operators;
mod variables;

use std::sync::Arc;

use crate::decode::{DecodeError, Instruction, Lines, Protected, instructions, protected};
use crate::object::{Code, Object};
use crate::ops::{Label, Lowered, Name, Op};
use crate::version::Version;

/// A code object's instructions.
#[derive(Debug)]
pub(crate) struct Body {
    pub(crate) ops: Vec<Lowered>,
    /// Since 3.11, which are protected by which handler, by labels.
    pub(crate) handlers: Vec<Handler>,
}

/// A range of instructions and their handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Handler {
    pub(crate) start: Label,
    pub(crate) end: Label,
    pub(crate) handler: Label,
    pub(crate) depth: usize,
    pub(crate) lasti: bool,
}

/// Lowers a code object's instructions as a release reads them.
///
/// # Errors
/// Fails where the bytes are no instructions, and where an argument points to nothing.
pub(crate) fn lower(code: &Code, version: Version) -> Result<Body, DecodeError> {
    let instructions = instructions(code, version)?;
    let lines = Lines::of(code, version);
    let mut lowering = Lowering { code, version, keywords: None, ops: Vec::new() };
    let mut starts = Vec::new();
    let mut index = 0;
    while let Some(instruction) = instructions.get(index) {
        starts.push((instruction.offset, lowering.ops.len()));
        let rest = instructions.get(index..).unwrap_or_default();
        let (ops, used) = lowering.instruction(instruction, rest)?;
        for skipped in rest.iter().take(used).skip(1) {
            starts.push((skipped.offset, lowering.ops.len()));
        }
        let position = lines.at(instruction.offset);
        lowering.ops.extend(ops.into_iter().map(|op| Lowered { position, op }));
        index += used.max(1);
    }
    let Lowering { mut ops, .. } = lowering;
    let end = ops.len();
    let label = |offset: u32| match starts.binary_search_by_key(&offset, |start| start.0) {
        Ok(found) => starts.get(found).map_or(end, |start| start.1),
        Err(found) => starts.get(found).map_or(end, |start| start.1),
    };
    for lowered in &mut ops {
        if let Some(target) = target(&mut lowered.op) {
            *target = label(*target as u32);
        }
    }
    let handlers = handlers(protected(&code.exceptiontable), label);
    Ok(Body { ops, handlers })
}

fn handlers(protected: Vec<Protected>, label: impl Fn(u32) -> Label) -> Vec<Handler> {
    let labelled = protected.into_iter().map(|entry| Handler {
        start: label(entry.start),
        end: label(entry.end),
        handler: label(entry.handler),
        depth: entry.depth as usize,
        lasti: entry.lasti,
    });
    labelled.collect()
}

/// Returns where an instruction may go other than to the next one.
pub(crate) fn target(op: &mut Op) -> Option<&mut Label> {
    match op {
        Op::Jump(label)
        | Op::ContinueLoop(label)
        | Op::Branch(_, label)
        | Op::BranchKeep(_, label)
        | Op::ForEach(label)
        | Op::SetupFinally(label)
        | Op::SetupExcept(label)
        | Op::SetupWith(label)
        | Op::SetupAsyncWith(label)
        | Op::SetupLoop(label)
        | Op::CallFinally(label) => Some(label),
        _ => None,
    }
}

struct Lowering<'a> {
    code: &'a Code,
    version: Version,
    /// The names that `KW_NAMES` has left for the next call.
    keywords: Option<Vec<Name>>,
    ops: Vec<Lowered>,
}

/// What an instruction becomes and how many instructions that took.
type Lowers = (Vec<Op>, usize);

impl Lowering<'_> {
    fn instruction(&mut self, first: &Instruction, rest: &[Instruction]) -> Result<Lowers, DecodeError> {
        if let Some(lowered) = self.idiom(rest)? {
            return Ok(lowered);
        }
        let lowered = match self.variable(first)? {
            Some(ops) => Some(ops),
            None => match self.operator(first)? {
                Some(ops) => Some(ops),
                None => match self.call(first)? {
                    Some(ops) => Some(ops),
                    None => self.jump(first),
                },
            },
        };
        Ok((lowered.unwrap_or_else(|| vec![Op::Unsupported(first.opcode.name)]), 1))
    }

    fn fail<T>(&self, instruction: &Instruction, problem: &'static str) -> Result<T, DecodeError> {
        Err(DecodeError { offset: instruction.offset, problem })
    }

    fn constant(&self, instruction: &Instruction, index: u32) -> Result<Object, DecodeError> {
        match self.code.consts.get(index as usize) {
            Some(object) => Ok(object.clone()),
            None => self.fail(instruction, "there is no such constant"),
        }
    }

    fn name(&self, instruction: &Instruction, index: u32) -> Result<Name, DecodeError> {
        match self.code.names.get(index as usize) {
            Some(name) => Ok(name.clone()),
            None => self.fail(instruction, "there is no such name"),
        }
    }

    /// Returns a tuple of names that is a constant.
    fn names(&self, instruction: &Instruction, index: u32) -> Result<Vec<Name>, DecodeError> {
        let constant = self.constant(instruction, index)?;
        let names: Option<Vec<Name>> = constant
            .as_tuple()
            .and_then(|names| names.iter().map(|name| name.as_str().map(Arc::from)).collect());
        match names {
            Some(names) => Ok(names),
            None => self.fail(instruction, "the constant is no tuple of names"),
        }
    }
}
