//! NumPy with numbers: what its functions compute.
//!
//! A function's rule says what shape and dtype it gives and what it raises; where a script is carried out, the
//! functions here give the elements. A function is named by its op, and what the rule said of the result is at
//! hand, so that nothing is checked twice. One that is not written has no elements, which ends a run where they
//! would matter.

mod create;
mod elementwise;
mod factor;
mod given;
mod index;
mod join;
mod layout;
mod linalg;
mod more;
mod order;
mod pick;
mod reduce;

use array::{Array, Result};

use super::cx::changes_elements;
pub use given::Given;

/// What a function computes: one array, or the several that it returns.
type Function = fn(&Given<'_>) -> Result<Vec<Array>>;

/// Computes what a call gives: as many arrays as it has results, in their order; nothing where the function is
/// not written or refuses its arguments.
pub fn compute(given: &Given<'_>) -> Option<Vec<Array>> {
    let function = find(given.op.name)?;
    if changes_elements(given.op, given.args) && !reduce::heeds(given) {
        return None;
    }
    function(given).ok()
}

/// Finds the function behind an op's name.
fn find(name: &str) -> Option<Function> {
    let name = name.strip_prefix("np.")?;
    let families = [
        create::find,
        layout::find,
        join::find,
        pick::find,
        reduce::find,
        order::find,
        linalg::find,
        factor::find,
        more::find,
        elementwise::find,
    ];
    families.into_iter().find_map(|find| find(name))
}
