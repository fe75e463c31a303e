//! One module for each subcommand.

pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod explain;
pub(crate) mod fix;
pub(crate) mod grad;
pub(crate) mod inspect;
pub(crate) mod predict;
pub(crate) mod rescue;
pub(crate) mod run;
pub(crate) mod trace;
