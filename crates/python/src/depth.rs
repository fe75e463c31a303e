//! How deep a text or its tree may nest.
//!
//! The scan of the text counts too much, so its limits are generous; the depth of the tree is what walkers rely
//! on. A level takes about 2 KB of stack to parse, check and drop in a debug build, a fraction in a release.

use std::fmt;

use diagnostics::Span;
use ruff_python_ast as ast;
use ruff_python_ast::AnyNodeRef;
use ruff_python_ast::visitor::source_order::{SourceOrderVisitor, TraversalSignal, walk_body};
use ruff_text_size::{Ranged, TextRange};

/// How deep a text may nest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DepthLimits {
    /// Levels inside one logical line as the scan counts them: brackets, operators, attributes, calls.
    pub expression: u32,
    /// Brackets and replacement fields of f-strings open at once; CPython allows 200.
    pub brackets: u32,
    /// Levels of indentation; CPython allows 99.
    pub indentation: u32,
    /// Levels of the tree; each operator, call, block and so on is one.
    pub tree: u32,
}

impl Default for DepthLimits {
    fn default() -> DepthLimits {
        DepthLimits { expression: 5000, brackets: 200, indentation: 99, tree: 1000 }
    }
}

/// A text that nests deeper than allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TooDeep {
    /// The place where the limit was passed.
    pub span: Span,
    /// What there is too much of, as an error message.
    pub message: String,
    /// The exception that Python raises for it; `None` if it may well accept the text.
    pub exception: Option<&'static str>,
}

impl fmt::Display for TooDeep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for TooDeep {}

/// Returns the first node that is deeper than the limit.
pub(crate) fn find_too_deep(body: &[ast::Stmt], limit: u32) -> Option<TextRange> {
    let mut finder = Finder { depth: 0, limit, found: None };
    walk_body(&mut finder, body);
    finder.found
}

struct Finder {
    depth: u32,
    limit: u32,
    found: Option<TextRange>,
}

impl<'a> SourceOrderVisitor<'a> for Finder {
    fn enter_node(&mut self, node: AnyNodeRef<'a>) -> TraversalSignal {
        self.depth += 1;
        if self.depth > self.limit {
            self.found.get_or_insert(node.range());
        }
        if self.found.is_some() { TraversalSignal::Skip } else { TraversalSignal::Traverse }
    }

    fn leave_node(&mut self, _node: AnyNodeRef<'a>) {
        self.depth -= 1;
    }
}
