//! From code to Python source.

use crate::disassemble::disassemble;
use crate::object::Code;
use crate::tell;
use crate::version::{Version, Versions};

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
    let _ = given;
    let versions = tell::of_code(code).and(versions);
    let Some(version) = versions.iter().next_back() else {
        return listed(
            code,
            code.layout.versions().iter().next_back(),
            versions,
            "the code fits no release of Python",
        );
    };
    listed(code, Some(version), versions, "not decompiled")
}

/// Returns the instructions, each line a comment, for code of which there is no source.
fn listed(code: &Code, version: Option<Version>, versions: Versions, obstacle: &str) -> Decompiled {
    let mut source = format!("# {}: {obstacle}; its instructions are:\n", code.name);
    if let Some(version) = version {
        for line in disassemble(code, version).lines() {
            source.push_str(format!("# {line}").trim_end());
            source.push('\n');
        }
    }
    Decompiled { source, complete: false, versions, obstacle: Some(obstacle.to_owned()) }
}
