//! `kerascope grad`: the gradients of a script's functions, tried with numbers.

use anyhow::{Context, Result};
use checker::Input;
use checker::grad::grad;
use checker::record::Outcome;

use crate::Exit;
use crate::args::{Grad, PlainFormat};
use crate::files::{self, shown};
use crate::modules::{Modules, Shelf};
use crate::output;
use crate::settings::{Named, Resolver};
use crate::terminal::Terminal;

/// Runs the command.
pub(crate) fn run(arguments: &Grad, terminal: &mut Terminal) -> Result<Exit> {
    let path = &arguments.file;
    let settings = Resolver::new(&arguments.target, Named::default())?.settings(path)?;
    let (text, name) = (files::read(path)?, shown(path));
    let shelf = Shelf::default();
    let sources = Modules::around(path, &shelf);
    let input = Input { path: &name, text: &text, sources: &sources };
    let graded = grad(input, &settings).with_context(|| format!("cannot try the gradients of {name}"))?;
    match arguments.output_format {
        PlainFormat::Text => output::grad::text::write(&graded, terminal)?,
        PlainFormat::Json => output::grad::json::write(&graded, terminal)?,
    }
    // A script that raises before its functions are called is no better than one whose gradients are wrong.
    let raises = matches!(graded.outcome, Outcome::Raises(_));
    Ok(if raises || graded.has_warnings() { Exit::Findings } else { Exit::Clean })
}
