//! The table of ops: a file for each family, two lines here for each file.

mod activations;
mod pointwise;
mod recurrent;

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::Op;

/// Every family. A family that is not listed is dead code, which the compiler reports.
static FAMILIES: &[&[Op]] = &[activations::OPS, pointwise::OPS, recurrent::OPS];

static BY_NAME: LazyLock<FxHashMap<&'static str, &'static Op>> =
    LazyLock::new(|| ops().map(|op| (op.name, op)).collect());

/// Returns every op.
pub fn ops() -> impl Iterator<Item = &'static Op> {
    FAMILIES.iter().copied().flatten()
}

/// Returns the index of ops by name.
pub fn ops_by_name() -> &'static FxHashMap<&'static str, &'static Op> {
    &BY_NAME
}

/// Finds an op by its name.
pub fn find_op(name: &str) -> Option<&'static Op> {
    BY_NAME.get(name).copied()
}
