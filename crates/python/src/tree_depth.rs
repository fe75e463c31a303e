//! The depth of a tree, exactly.
//!
//! The scan of the text counts too much, so its limit is generous; this one is what walkers rely on.

use ruff_python_ast as ast;
use ruff_python_ast::AnyNodeRef;
use ruff_python_ast::visitor::source_order::{SourceOrderVisitor, TraversalSignal, walk_body};
use ruff_text_size::{Ranged, TextRange};

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
