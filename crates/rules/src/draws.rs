//! Random draws.

use graph::{Node, Source};

/// Tells whether a node is drawn at random.
pub(crate) fn is_draw(node: &Node) -> bool {
    matches!(node.source, Source::Op(op) if is_random(op.name))
}

/// Tells whether an op draws at random, by its name.
fn is_random(name: &str) -> bool {
    // A shuffle or a choice is drawn from what it is given.
    name.contains("random_") && !matches!(name, "random_shuffle" | "random_categorical")
}
