//! `kerascope check`: what is wrong with scripts and folders.

use std::path::PathBuf;

use anyhow::Result;
use checker::{FileReport, Selection, Settings, Severity, check_source, map_in_parallel};

use crate::Exit;
use crate::args::{Check, OutputFormat};
use crate::files::{self, Found};
use crate::output::{self, Report, Unchecked};
use crate::project::Projects;
use crate::terminal::Terminal;

/// Runs the command.
pub(crate) fn run(arguments: &Check, terminal: &mut Terminal) -> Result<Exit> {
    let selection = Selection::new(arguments.select.clone(), arguments.ignore.clone())?;
    let Found { files, problems } = files::find(&arguments.paths);
    for problem in &problems {
        terminal.complain(problem);
    }
    let report = check_files(files, arguments, &selection);
    match arguments.output_format {
        OutputFormat::Text => output::text::write(&report, terminal)?,
        OutputFormat::Concise => output::concise::write(&report, terminal)?,
        OutputFormat::Json => output::json::write(&report, terminal)?,
    }
    for Unchecked { why, .. } in &report.unchecked {
        terminal.complain(why);
    }
    let broken = !problems.is_empty() || !report.unchecked.is_empty();
    let found = report.files.iter().any(|f| f.diagnostics.iter().any(|d| d.severity > Severity::Info));
    Ok(match (broken, found && !arguments.exit_zero) {
        (true, _) => Exit::Failure,
        (false, true) => Exit::Findings,
        (false, false) => Exit::Clean,
    })
}

fn check_files(files: Vec<PathBuf>, arguments: &Check, selection: &Selection) -> Report {
    let mut projects = Projects::default();
    let asked: Vec<(PathBuf, Settings)> = files
        .into_iter()
        .map(|path| {
            let keras = arguments.keras;
            let project = if keras.is_none() { projects.profile(&path) } else { None };
            (path, Settings { keras, project, selection: selection.clone() })
        })
        .collect();
    let checked = map_in_parallel(asked, |(path, settings)| {
        let source = files::read(&path)
            .map_err(|error| Unchecked { path: files::shown(&path), why: format!("{error:#}") })?;
        Ok(check_source(source, &files::shown(&path), &settings))
    });
    let mut report = Report::default();
    for result in checked {
        match result {
            Ok::<FileReport, Unchecked>(file) => report.files.push(file),
            Err(unchecked) => report.unchecked.push(unchecked),
        }
    }
    report
}
