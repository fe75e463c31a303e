//! The `kerascope` command.
//!
//! Everything that touches the outside is here: arguments, files, the terminal, exit codes. What is
//! found is decided in `checker`.

mod args;
mod commands;
mod files;
mod model_files;
mod modules;
mod output;
mod progress;
mod project;
mod settings;
mod terminal;
mod watch;
mod world;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use args::{Arguments, Command};
use terminal::Terminal;

/// How a run ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exit {
    /// Nothing is wrong.
    Clean,
    /// There are errors or warnings.
    Findings,
    /// Something asked for could not be done.
    Failure,
    /// A script that was carried out ended with this code.
    Script(u8),
}

impl Exit {
    /// Returns the worse of two.
    fn worse(self, other: Exit) -> Exit {
        if self.code() > other.code() { self } else { other }
    }

    fn code(self) -> u8 {
        match self {
            Exit::Clean => 0,
            Exit::Findings => 1,
            Exit::Failure => 2,
            Exit::Script(code) => code,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit.code())
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut terminal = Terminal::new(arguments.color);
    checker::capture_panics();
    let ended = match &arguments.command {
        Command::Check(check) => commands::check::run(check, &mut terminal),
        Command::Predict(predict) => commands::predict::run(predict, &mut terminal),
        Command::Explain(explain) => commands::explain::run(explain, &mut terminal),
        Command::Inspect(inspect) => commands::inspect::run(inspect, &mut terminal),
        Command::Rescue(rescue) => commands::rescue::run(rescue, &mut terminal),
        Command::Trace(trace) => commands::trace::run(trace, &mut terminal),
        Command::Run(run) => commands::run::run(run, &mut terminal),
        Command::Grad(grad) => commands::grad::run(grad, &mut terminal),
        Command::Completions(completions) => commands::completions::run(completions, &mut terminal),
    };
    let ended = ended.and_then(|exit| terminal.flush().map(|()| exit).map_err(Into::into));
    match ended {
        Ok(exit) => exit.into(),
        // Whoever reads the output has seen enough: `kerascope check | head`.
        Err(error) if terminal::is_broken_pipe(&error) => Exit::Findings.into(),
        Err(error) => {
            terminal.complain(&format!("{error:#}"));
            Exit::Failure.into()
        }
    }
}
