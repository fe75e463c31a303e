//! `kerascope completions`: a script for a shell.

use anyhow::Result;
use clap::CommandFactory;

use crate::Exit;
use crate::args::{Arguments, Completions};
use crate::terminal::Terminal;

/// Runs the command.
pub(crate) fn run(arguments: &Completions, terminal: &mut Terminal) -> Result<Exit> {
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "kerascope", terminal);
    Ok(Exit::Clean)
}
