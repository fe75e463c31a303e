//! From bytes to instructions: numbers of opcodes, wide arguments, inline caches, targets of jumps.

mod exceptions;
mod lines;
mod opcodes;

use std::error::Error;
use std::fmt;

use crate::object::Code;
use crate::version::Version;

pub(crate) use exceptions::{Protected, protected};
pub(crate) use lines::{Lines, Position, line_deltas_end};
pub use opcodes::Opcode;

/// An instruction with the prefixes that widen its argument.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Instruction {
    /// The byte at which it begins, prefixes included. Jumps go there.
    pub offset: u32,
    /// The byte after it and its inline caches.
    pub end: u32,
    /// What it does.
    pub opcode: &'static Opcode,
    /// Its argument; 0 if it has none.
    pub arg: u32,
    /// The byte that it may jump to.
    pub target: Option<u32>,
}

/// Why bytes are not the instructions of a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    /// The byte in the code at which it was noticed.
    pub offset: u32,
    /// What is wrong.
    pub problem: &'static str,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "instruction at {}: {}", self.offset, self.problem)
    }
}

impl Error for DecodeError {}

/// Returns the instructions of a code object as a release reads them.
///
/// # Errors
/// Fails at an opcode that the release has not, at a cut instruction, and at a jump into the middle of one.
pub fn instructions(code: &Code, version: Version) -> Result<Vec<Instruction>, DecodeError> {
    let bytes = &code.code;
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let instruction = instruction(bytes, at, version)?;
        at = instruction.end as usize;
        found.push(instruction);
    }
    for instruction in &found {
        let lands = |target| found.binary_search_by_key(&target, |other| other.offset).is_ok();
        if instruction.target.is_some_and(|target| !lands(target)) {
            return Err(DecodeError { offset: instruction.offset, problem: "a jump to no instruction" });
        }
    }
    Ok(found)
}

fn instruction(bytes: &[u8], start: usize, version: Version) -> Result<Instruction, DecodeError> {
    let offset = start as u32;
    let fail = |problem| DecodeError { offset, problem };
    let mut at = start;
    let mut arg = 0u32;
    let opcode = loop {
        let (Some(number), Some(low)) = (bytes.get(at), bytes.get(at + 1)) else {
            return Err(fail("it is cut"));
        };
        let opcode = opcodes::opcode(version, *number).ok_or_else(|| fail("an unknown opcode"))?;
        at += 2;
        arg = arg.checked_mul(256).ok_or_else(|| fail("its argument is too wide"))? | u32::from(*low);
        if opcode.name != "EXTENDED_ARG" {
            break opcode;
        }
    };
    if opcode.name == "CACHE" {
        return Err(fail("a cache without an instruction"));
    }
    let caches =
        bytes.get(at..at + 2 * usize::from(opcode.caches)).ok_or_else(|| fail("its caches are cut"))?;
    if caches.iter().any(|byte| *byte != 0) {
        return Err(fail("its caches are not empty"));
    }
    let end = (at + caches.len()) as u32;
    if !opcode.has_arg {
        arg = 0;
    }
    let target = match target(opcode, arg, end, version) {
        Some(target) => Some(target.ok_or_else(|| fail("a jump out of the code"))?),
        None => None,
    };
    Ok(Instruction { offset, end, opcode, arg, target })
}

/// Returns where an instruction may jump to; `Some(None)` if that is before the code.
fn target(opcode: &Opcode, arg: u32, end: u32, version: Version) -> Option<Option<u32>> {
    let name = opcode.name;
    let jumps = name.contains("JUMP")
        || (name.starts_with("SETUP_") && name != "SETUP_ANNOTATIONS")
        || matches!(name, "FOR_ITER" | "SEND" | "CALL_FINALLY" | "CONTINUE_LOOP");
    if !jumps {
        return None;
    }
    // Arguments count instructions since 3.10, bytes before.
    let distance = if version >= Version::V310 { arg.checked_mul(2) } else { Some(arg) };
    let absolute = version <= Version::V310
        && (matches!(name, "JUMP_ABSOLUTE" | "CONTINUE_LOOP")
            || (name.contains("JUMP") && name.contains("IF")));
    Some(distance.and_then(|distance| {
        if absolute {
            Some(distance)
        } else if name.contains("BACKWARD") {
            end.checked_sub(distance)
        } else {
            end.checked_add(distance)
        }
    }))
}
