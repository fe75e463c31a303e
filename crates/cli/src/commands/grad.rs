//! `kerascope grad`: the gradients of a script's functions, tried with numbers.

use anyhow::{Context, Result};
use checker::grad::grad;
use checker::record::Outcome;

use crate::Exit;
use crate::args::{Grad, PlainFormat};
use crate::commands::with_script;
use crate::output;
use crate::terminal::Terminal;

/// Runs the command.
pub(crate) fn run(arguments: &Grad, terminal: &mut Terminal) -> Result<Exit> {
    let graded = with_script(&arguments.file, &arguments.target, |input, settings| {
        grad(input, settings).with_context(|| format!("cannot try the gradients of {}", input.path))
    })?;
    match arguments.output_format {
        PlainFormat::Text => output::grad::text::write(&graded, terminal)?,
        PlainFormat::Json => output::grad::json::write(&graded, terminal)?,
    }
    // A script that raises before its functions are called is no better than one whose gradients are wrong.
    let raises = matches!(graded.outcome, Outcome::Raises(_));
    Ok(if raises || graded.has_warnings() { Exit::Findings } else { Exit::Clean })
}
