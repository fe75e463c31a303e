//! The table of layers: a file for each kind, two lines here for each file.

mod dense;

use crate::Layer;

/// Every kind. A kind that is not listed is dead code, which the compiler reports.
static KINDS: &[&[Layer]] = &[dense::LAYERS];

/// Returns every layer.
pub fn layers() -> impl Iterator<Item = &'static Layer> {
    KINDS.iter().copied().flatten()
}

/// Finds a layer by its class's name.
pub fn find_layer(name: &str) -> Option<&'static Layer> {
    layers().find(|l| l.name == name)
}
