//! Tells which releases may have compiled some code, since nothing in a file says so.

use crate::decode::{Instruction, instructions, line_deltas_end};
use crate::lower::lower;
use crate::object::{Code, Layout, Object};
use crate::ops::{Op, Scope};
use crate::version::{Version, Versions};

/// Returns the releases that all code in an object fits.
pub(crate) fn versions(value: &Object) -> Versions {
    let mut found = Versions::ALL;
    let mut work = vec![value];
    let mut steps = 0usize;
    while let Some(object) = work.pop() {
        steps += 1;
        match object {
            // Shared containers are walked through as often as they stand somewhere, within reason.
            _ if steps > 1_000_000 => break,
            Object::Code(code) => found = found.and(of_code(code)),
            Object::Tuple(elements) | Object::List(elements) => work.extend(elements.iter()),
            Object::Set(elements) | Object::FrozenSet(elements) => work.extend(elements.iter()),
            Object::Dict(entries) => work.extend(entries.iter().flat_map(|(key, value)| [key, value])),
            _ => {}
        }
    }
    found
}

/// Returns the releases that may have compiled a code object and all code in it.
pub fn of_code(code: &Code) -> Versions {
    let all = code.all();
    let candidates =
        code.layout.versions().iter().filter(|version| all.iter().all(|code| fits(code, *version)));
    candidates.collect()
}

/// Tells whether a release may have compiled the code: whether it can read it, and would have written it so.
fn fits(code: &Code, version: Version) -> bool {
    if !code.layout.versions().contains(version) || !line_table_fits(code, version) {
        return false;
    }
    let Ok(instructions) = instructions(code, version) else { return false };
    let Ok(body) = lower(code, version) else { return false };
    let known = body.ops.iter().all(|lowered| match &lowered.op {
        Op::Load(scope, name) | Op::Store(scope, name) => *scope != Scope::Local || !name.is_empty(),
        _ => true,
    });
    let named = |name: &str| instructions.iter().any(|instruction| instruction.opcode.name == name);
    let habits = match version {
        Version::V36 => !named("LOAD_METHOD"),
        Version::V37 => !calls_attribute(&instructions) && !named("STORE_ANNOTATION"),
        Version::V38 | Version::V39 | Version::V310 => !calls_attribute(&instructions),
        Version::V311 => starts_with_resume(&instructions),
        Version::V312 | Version::V313 | Version::V314 => {
            starts_with_resume(&instructions) && uses_all_constants(code, &instructions)
        }
    };
    known && habits && ends(&instructions)
}

/// Tells whether the last instruction leaves the code or goes elsewhere, as each release's compiler has it.
fn ends(instructions: &[Instruction]) -> bool {
    instructions.last().is_some_and(|last| {
        let name = last.opcode.name;
        name.starts_with("RETURN")
            || name.starts_with("JUMP")
            || name.starts_with("RAISE")
            || matches!(name, "RERAISE" | "INTERPRETER_EXIT" | "CONTINUE_LOOP" | "BREAK_LOOP")
    })
}

/// The table of lines must end where the code ends in 3.10, and before in older releases.
fn line_table_fits(code: &Code, version: Version) -> bool {
    if code.layout == Layout::Modern {
        return true;
    }
    let end = line_deltas_end(&code.linetable) as usize;
    if version == Version::V310 { end == code.code.len() } else { end < code.code.len() }
}

/// Tells whether a method is called as 3.6 does it: `x.name` is loaded, plain arguments, `CALL_FUNCTION`.
///
/// 3.7 and later have `LOAD_METHOD` for that, unless there are keywords or stars.
fn calls_attribute(instructions: &[Instruction]) -> bool {
    let simple = |name: &str| matches!(name, "LOAD_FAST" | "LOAD_CONST" | "LOAD_GLOBAL" | "LOAD_DEREF");
    instructions.iter().enumerate().any(|(index, instruction)| {
        instruction.opcode.name == "LOAD_ATTR" && {
            let rest = instructions.get(index + 1..).unwrap_or_default();
            let arguments = rest.iter().take_while(|next| simple(next.opcode.name)).count();
            rest.get(arguments)
                .is_some_and(|call| call.opcode.name == "CALL_FUNCTION" && call.arg as usize == arguments)
        }
    })
}

/// Since 3.11 each function begins with `RESUME`, after its cells and what makes it a generator.
fn starts_with_resume(instructions: &[Instruction]) -> bool {
    let first = instructions.iter().find(|instruction| {
        !matches!(
            instruction.opcode.name,
            "MAKE_CELL" | "COPY_FREE_VARS" | "RETURN_GENERATOR" | "POP_TOP" | "NOP"
        )
    });
    first.is_some_and(|first| first.opcode.name == "RESUME" && first.arg & 3 == 0)
}

/// Since 3.12 the compiler drops the constants that nothing uses, but for the first, which may be a docstring.
fn uses_all_constants(code: &Code, instructions: &[Instruction]) -> bool {
    let mut used = vec![false; code.consts.len()];
    for instruction in instructions {
        if matches!(instruction.opcode.name, "LOAD_CONST" | "RETURN_CONST" | "KW_NAMES")
            && let Some(used) = used.get_mut(instruction.arg as usize)
        {
            *used = true;
        }
    }
    used.iter().skip(1).all(|used| *used)
}
