//! Python source text to syntax tree, positions, comments and signatures.
//!
//! This is the only crate that names the `ruff_*` crates, whose interfaces change with every release. Others
//! reach the syntax tree as [`ast`].

mod bind;
mod commands;
mod default;
mod depth;
mod library;
mod messages;
mod module;
mod notebook;
mod parse;
mod program;
mod scan;
mod semantic;
mod signature;
mod suppression;

use diagnostics::Span;

pub use ruff_python_ast as ast;
pub use ruff_text_size::{Ranged, TextRange, TextSize};

pub use bind::{BindError, BindErrorKind, Bound, bind};
pub use commands::variable_set;
pub use default::Default;
pub use depth::{DepthLimits, TooDeep};
pub use library::Library;
pub use module::{Module, SyntaxError, docstring};
pub use notebook::{Notebook, NotebookError, notebook};
pub use parse::{parse, parse_with_depth_limit};
pub use program::{Program, SourceFile};
pub use signature::{Parameter, ParameterKind, Signature, parse_signature};
pub use suppression::{AnnotatedDim, Annotation, Malformed, Suppression, Suppressions};

/// Converts a parser range to a span.
pub fn span(range: TextRange) -> Span {
    Span::new(range.start().to_u32(), range.end().to_u32())
}
