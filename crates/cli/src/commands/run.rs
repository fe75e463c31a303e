//! `kerascope run`: a script carried out with numbers.

use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context, Result};
use checker::record::Outcome;
use checker::run::{Budget, Ran, carry_out};
use checker::world::Screen;

use crate::Exit;
use crate::args::{PlainFormat, Run};
use crate::commands::with_script;
use crate::files::shown;
use crate::output;
use crate::terminal::Terminal;
use crate::world::Outside;

/// The exit code of a script that cannot be carried out to its end.
const STOPPED: u8 = 125;

/// The global names whose numbers are printed as JSON.
const NAMES: &[&str] = &["history", "prediction", "weights", "gradients", "outputs"];

/// Runs the command.
pub(crate) fn run(arguments: &Run, terminal: &mut Terminal) -> Result<Exit> {
    let path = &arguments.file;
    let json = arguments.output_format == PlainFormat::Json;
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let own = path.to_string_lossy().into_owned();
    let world = Outside {
        arguments: std::iter::once(own).chain(arguments.arguments.iter().cloned()).collect(),
        folder: folder.to_path_buf(),
        reads: arguments.allow_read,
        writes: arguments.allow_write,
        aside: json,
        screen: if json { Screen::default() } else { terminal.screen() },
    };
    let mut budget = Budget::default();
    budget.steps = arguments.max_steps.unwrap_or(budget.steps);
    let names = if json { NAMES } else { &[] };
    let ran = with_script(path, &arguments.target, |input, settings| {
        carry_out(input, settings, budget, &world, names)
            .with_context(|| format!("cannot run {}", input.path))
    })?;
    io::stdout().flush()?;
    output::run::explain(&ran, terminal)?;
    if json {
        output::run::write_json(&shown(path), &ran, terminal)?;
    }
    Ok(exit(&ran))
}

/// The exit code that Python would end with, of which the system keeps eight bits.
fn exit(ran: &Ran) -> Exit {
    match &ran.report.record.outcome {
        Outcome::Ok { exit } => Exit::Script((exit.unwrap_or(0) & 0xff) as u8),
        Outcome::Raises(_) => Exit::Script(1),
        Outcome::Unknown { .. } => Exit::Script(STOPPED),
    }
}
