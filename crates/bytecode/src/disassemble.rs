//! Code as a list of instructions, for people, where no source can be given.

use std::fmt::Write;

use crate::decode::{Lines, instructions, protected};
use crate::literal::literal;
use crate::object::{Code, Object};
use crate::version::Version;

/// The longest constant that is shown.
const MAX_CONSTANT: usize = 200;
/// The most lines of a listing.
const MAX_LINES: usize = 5_000;

/// Returns the instructions of a code object and of all code in it, one in a line, with what their arguments
/// mean.
pub fn disassemble(code: &Code, version: Version) -> String {
    let mut text = String::new();
    for code in code.all() {
        // Writing to a string can't fail.
        let _ = writeln!(text, "{} ({}), line {}:", code.name, parameters(code), code.firstlineno);
        listing(code, version, &mut text);
        if text.lines().count() > MAX_LINES {
            text.push_str("...\n");
            break;
        }
    }
    text
}

fn parameters(code: &Code) -> String {
    code.varnames.iter().take(code.parameters()).map(|name| &**name).collect::<Vec<_>>().join(", ")
}

fn listing(code: &Code, version: Version, text: &mut String) {
    let found = match instructions(code, version) {
        Ok(found) => found,
        Err(error) => {
            let _ = writeln!(text, "  {error}");
            return;
        }
    };
    let lines = Lines::of(code, version);
    let mut line = None;
    for instruction in found.iter().take(MAX_LINES) {
        let at = lines.at(instruction.offset).line;
        let shown = if at == line { String::new() } else { at.map(|at| at.to_string()).unwrap_or_default() };
        line = at;
        let meaning = match instruction.target {
            Some(target) => format!("to {target}"),
            None => meaning(code, instruction.opcode.name, instruction.arg, version).unwrap_or_default(),
        };
        let argument = if instruction.opcode.has_arg { instruction.arg.to_string() } else { String::new() };
        let row = format!(
            "{shown:>5} {:>5} {:<28} {argument:>4} {meaning}",
            instruction.offset, instruction.opcode.name
        );
        let _ = writeln!(text, "{}", row.trim_end());
    }
    for entry in protected(&code.exceptiontable) {
        let _ = writeln!(text, "      {} to {}: handled at {}", entry.start, entry.end, entry.handler);
    }
}

/// Returns what an argument points to.
fn meaning(code: &Code, opcode: &str, arg: u32, version: Version) -> Option<String> {
    let modern = version >= Version::V311;
    let index = arg as usize;
    let name = |names: &[std::sync::Arc<str>], index: usize| names.get(index).map(|name| name.to_string());
    if opcode.ends_with("CONST") || opcode == "KW_NAMES" {
        return code.consts.get(index).map(|constant| match constant {
            Object::Code(code) => format!("<code of {}>", code.name),
            other => literal(other, MAX_CONSTANT).unwrap_or_else(|| "<long>".to_owned()),
        });
    }
    match opcode {
        "LOAD_GLOBAL" if modern => name(&code.names, index >> 1),
        "LOAD_ATTR" if version >= Version::V312 => name(&code.names, index >> 1),
        "LOAD_SUPER_ATTR" => name(&code.names, index >> 2),
        _ if opcode.ends_with("_NAME") || opcode.ends_with("_GLOBAL") || opcode.ends_with("_ATTR") => {
            name(&code.names, index)
        }
        "LOAD_METHOD" | "IMPORT_FROM" => name(&code.names, index),
        _ if opcode.contains("FAST_LOAD_FAST")
            || opcode.contains("FAST_STORE_FAST")
            || opcode.contains("BORROW_LOAD") =>
        {
            let pair =
                [index >> 4, index & 15].map(|index| name(&code.localsplus, index).unwrap_or_default());
            Some(pair.join(", "))
        }
        _ if opcode.contains("_FAST") => name(if modern { &code.localsplus } else { &code.varnames }, index),
        _ if opcode.ends_with("DEREF") || opcode.ends_with("_CLOSURE") || opcode == "MAKE_CELL" => {
            if modern {
                return name(&code.localsplus, index);
            }
            code.cellvars.iter().chain(&code.freevars).nth(index).map(|name| name.to_string())
        }
        _ => None,
    }
}
