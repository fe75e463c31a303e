//! What a function needs from around it.

use std::collections::{BTreeSet, HashSet};

use crate::builtins::is_builtin;
use crate::decode::DecodeError;
use crate::lower::lower;
use crate::object::Code;
use crate::ops::{Op, Scope};
use crate::version::Version;

/// The names that a function, with all functions in it, takes from around it, sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Names of the module that are not built in, and that the code does not make itself.
    pub globals: BTreeSet<String>,
    /// Names that are built in.
    pub builtins: BTreeSet<String>,
    /// Variables of functions around it.
    pub free: Vec<String>,
}

impl Needs {
    /// Returns what code of a release needs.
    ///
    /// # Errors
    /// Fails where the code is not one of that release.
    pub fn of(code: &Code, version: Version) -> Result<Needs, DecodeError> {
        let mut needs =
            Needs { free: code.freevars.iter().map(|name| name.to_string()).collect(), ..Needs::default() };
        let mut made = HashSet::new();
        let mut loaded = BTreeSet::new();
        for code in code.all() {
            for lowered in lower(code, version)?.ops {
                match lowered.op {
                    Op::Load(Scope::Global | Scope::Named, name) => {
                        loaded.insert(name);
                    }
                    // A class body's own names are stored under `Named`.
                    Op::Store(Scope::Named, name) => {
                        made.insert(name);
                    }
                    _ => {}
                }
            }
        }
        for name in loaded {
            if is_builtin(&name, version) {
                needs.builtins.insert(name.to_string());
            } else if !made.contains(&name) {
                needs.globals.insert(name.to_string());
            }
        }
        Ok(needs)
    }
}
