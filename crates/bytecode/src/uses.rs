//! What code touches, instruction by instruction: for judging code of which no source can be given.

use crate::decode::DecodeError;
use crate::lower::lower;
use crate::object::{Code, Object};
use crate::ops::{Op, Scope};
use crate::version::Version;

/// Something that an instruction touches.
#[derive(Clone, Debug, PartialEq)]
pub enum Use {
    /// A name of the module or a built-in is read.
    Global(String),
    /// A variable of the function or of one around it is read.
    Local(String),
    /// An attribute or method of what came before is read.
    Attribute(String),
    /// A module is imported.
    Import(String),
    /// A name is taken from the module that was imported before.
    ImportFrom(String),
    /// A constant that is no code.
    Constant(Object),
    /// Something is called.
    Call,
    /// A name, an attribute, an item is written or deleted.
    Write(Option<String>),
}

/// Returns what a code object and all code in it touches, in the order of the instructions.
///
/// `os.path.join('a')` gives `Global(os)`, `Attribute(path)`, `Attribute(join)`, `Constant('a')`, `Call`.
///
/// # Errors
/// Fails where the code is not one of that release.
pub fn uses(code: &Code, version: Version) -> Result<Vec<Use>, DecodeError> {
    let mut found = Vec::new();
    for code in code.all() {
        found.extend(lower(code, version)?.ops.into_iter().filter_map(|lowered| of(lowered.op)));
    }
    Ok(found)
}

fn of(op: Op) -> Option<Use> {
    Some(match op {
        Op::Load(Scope::Global | Scope::Named, name) => Use::Global(name.to_string()),
        Op::Load(Scope::Local | Scope::Cell, name) => Use::Local(name.to_string()),
        Op::Attribute(name) | Op::Method(name) | Op::SuperAttribute { name, .. } => {
            Use::Attribute(name.to_string())
        }
        Op::Import(name) => Use::Import(name.to_string()),
        Op::ImportFrom(name) => Use::ImportFrom(name.to_string()),
        Op::ImportStar => Use::ImportFrom("*".to_owned()),
        Op::Const(Object::Code(_)) => return None,
        Op::Const(constant) => Use::Constant(constant),
        Op::Call { .. } | Op::CallKeywords { .. } | Op::CallSpread { .. } => Use::Call,
        Op::Store(_, name) | Op::Delete(_, name) | Op::StoreAttribute(name) | Op::DeleteAttribute(name) => {
            Use::Write(Some(name.to_string()))
        }
        Op::StoreSubscript | Op::DeleteSubscript | Op::StoreSlice => Use::Write(None),
        _ => return None,
    })
}
