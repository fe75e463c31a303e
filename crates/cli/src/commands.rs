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

use std::path::Path;

use anyhow::Result;
use checker::{Input, Settings};

use crate::args::Target;
use crate::files::{self, shown};
use crate::modules::{Modules, Shelf};
use crate::settings::{Named, Resolver};

/// Reads a script with the settings that are for it and the modules around it, for a command that looks at one.
fn with_script<T>(
    path: &Path,
    target: &Target,
    look: impl FnOnce(Input<'_>, &Settings) -> Result<T>,
) -> Result<T> {
    let settings = Resolver::new(target, Named::default())?.settings(path)?;
    let (text, name) = (files::read(path)?, shown(path));
    let shelf = Shelf::default();
    let sources = Modules::around(path, &shelf);
    look(Input { path: &name, text: &text, sources: &sources }, &settings)
}
