//! From code to Python source.
//!
//! ```text
//! ops ──cfg──▶ blocks ──flow, machine──▶ graph of statements ──reduce──▶ expressions are whole
//!                                               │
//!                                           structure ──▶ tree ──print──▶ source
//! ```
//!
//! The stack is followed with expressions on it instead of values; ways that only differ in one value are
//! joined to `and`, `or`, `if … else` and comprehensions; what is left is the graph of an ordinary program,
//! in which loops, branches and handlers are found. Wherever something is not as a compiler would have it,
//! the answer is the listing of the instructions: there is no source that only looks right.

mod cfg;
mod comprehension;
mod flow;
mod function;
mod graph;
mod machine;
mod print;
mod reduce;
mod residue;
mod stack;
mod structure;
mod tree;
mod valid;

use crate::disassemble::disassemble;
use crate::object::{Code, flags};
use crate::tell;
use crate::version::{Version, Versions};

use print::Printed;
use tree::Stmt;

/// What a function has that is not in its code, as Python literals.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// The default values of its last positional parameters.
    pub defaults: Vec<String>,
    /// Keyword-only parameters and their default values.
    pub keyword_defaults: Vec<(String, String)>,
}

/// A function's source, or what stands for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decompiled {
    /// Python source; a commented listing of the instructions if it is not complete.
    pub source: String,
    /// Whether it is source that means the same as the code.
    pub complete: bool,
    /// The releases that the code is taken to be of. There is more than one if they read it alike.
    pub versions: Versions,
    /// Why it is not complete.
    pub obstacle: Option<String>,
}

/// Returns the source of code that is of one of these releases.
pub fn decompile(code: &Code, versions: Versions) -> Decompiled {
    decompile_given(code, versions, &Given::default())
}

/// Returns the source of a function's code with the default values that it was made with.
pub fn decompile_given(code: &Code, versions: Versions, given: &Given) -> Decompiled {
    let versions = tell::of_code(code).and(versions);
    let mut obstacle = None;
    let mut read = Versions::NONE;
    let mut found: Option<String> = None;
    // Releases that read the code differently are not told apart by their opcodes, so the first that gives
    // source decides, and those that give the same are as good.
    for version in versions.iter().rev() {
        match source(code, version, given) {
            Ok(text) => {
                if found.as_ref().is_none_or(|known| *known == text) {
                    read = read.with(version);
                    found = Some(text);
                }
            }
            Err(why) => obstacle = obstacle.or(Some(why)),
        }
    }
    match (found, versions.iter().next_back()) {
        (Some(source), _) => Decompiled { source, complete: true, versions: read, obstacle: None },
        (None, Some(version)) => {
            listed(code, Some(version), versions, obstacle.unwrap_or("it has no instructions"))
        }
        (None, None) => {
            let version = code.layout.versions().iter().next_back();
            listed(code, version, versions, "it fits no release of Python")
        }
    }
}

fn source(code: &Code, version: Version, given: &Given) -> Result<String, &'static str> {
    if code.flags & flags::OPTIMIZED == 0 {
        return print::print(&Printed::Statements(&function::body_alone(code, version)?), version);
    }
    let expr = function::alone(code, version, given)?;
    match function::as_statement(expr) {
        Stmt::Expr(expr) => print::print(&Printed::Expression(&expr), version),
        statement => print::print(&Printed::Statements(&[statement]), version),
    }
}

/// Returns the instructions, each line a comment, for code of which there is no source.
fn listed(code: &Code, version: Option<Version>, versions: Versions, obstacle: &str) -> Decompiled {
    let listing = version.map(|version| disassemble(code, version)).unwrap_or_default();
    let text = format!("{} is not decompiled: {obstacle}. Its instructions:\n{listing}", code.name);
    let mut source = String::new();
    for line in text.lines() {
        source.push_str("# ");
        // Names may hold anything, such as a `\r`, which would end the comment.
        line.trim_end().chars().for_each(|c| match c.is_control() {
            true => source.extend(c.escape_default()),
            false => source.push(c),
        });
        source.truncate(source.trim_end().len());
        source.push('\n');
    }
    Decompiled { source, complete: false, versions, obstacle: Some(obstacle.to_owned()) }
}
