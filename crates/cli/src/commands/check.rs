//! `kerascope check`: what is wrong with scripts and folders.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use checker::{FileReport, Input, Settings, check, map_in_parallel};

use crate::Exit;
use crate::args::{Check, OutputFormat};
use crate::files::{self, Found};
use crate::modules::Modules;
use crate::output::{Report, Unchecked, statistics};
use crate::progress::Progress;
use crate::settings::{Named, Resolver};
use crate::terminal::Terminal;
use crate::watch::Watched;

/// Runs the command.
pub(crate) fn run(arguments: &Check, terminal: &mut Terminal) -> Result<Exit> {
    use OutputFormat::{Concise, Json, Text};
    let format = arguments.output_format;
    if arguments.statistics && !matches!(format, Text | Concise | Json) {
        bail!("--statistics can be printed as text or json");
    }
    if !arguments.watch {
        return once(arguments, terminal);
    }
    if !matches!(format, Text | Concise) {
        bail!("--watch is for people: it goes with the formats text and concise");
    }
    if arguments.paths.iter().any(|path| path.as_os_str() == "-") {
        bail!("standard input cannot be watched");
    }
    let watched = Watched::new(&arguments.paths)?;
    loop {
        terminal.clear()?;
        // What is wrong now may be right after the next change.
        if let Err(error) = once(arguments, terminal) {
            terminal.complain(&format!("{error:#}"));
        }
        terminal.announce("Watching for changes; Ctrl-C ends it")?;
        watched.wait()?;
    }
}

fn once(arguments: &Check, terminal: &mut Terminal) -> Result<Exit> {
    let named = Named {
        select: arguments.select.clone(),
        extend: arguments.extend_select.clone(),
        ignore: arguments.ignore.clone(),
    };
    let mut resolver = Resolver::new(&arguments.target, named)?;
    let Found { files, problems } = files::find(&arguments.paths);
    for problem in &problems {
        terminal.complain(problem);
    }
    let report = check_files(files, arguments, &mut resolver)?;
    match (arguments.statistics, arguments.output_format) {
        (false, format) => report.write(format, terminal)?,
        (true, OutputFormat::Json) => statistics::write_json(&report, terminal)?,
        (true, _) => statistics::write(&report, terminal)?,
    }
    for Unchecked { why, .. } in &report.unchecked {
        terminal.complain(why);
    }
    let broken = !problems.is_empty() || !report.unchecked.is_empty();
    Ok(match (broken, report.is_wrong() && !arguments.exit_zero) {
        (true, _) => Exit::Failure,
        (false, true) => Exit::Findings,
        (false, false) => Exit::Clean,
    })
}

/// A file, the path it is taken for, and how it is to be checked.
struct Asked {
    file: PathBuf,
    path: PathBuf,
    settings: Settings,
}

fn check_files(files: Vec<PathBuf>, arguments: &Check, resolver: &mut Resolver<'_>) -> Result<Report> {
    let asked: Vec<Asked> = files
        .into_iter()
        .map(|file| {
            let path = match &arguments.stdin_filename {
                Some(path) if file.as_os_str() == "-" => path.clone(),
                _ => file.clone(),
            };
            let settings = resolver.settings(&path)?;
            Ok(Asked { file, path, settings })
        })
        .collect::<Result<_>>()?;
    let progress = Progress::new(asked.len());
    let checked = map_in_parallel(asked, |asked| {
        let result = check_file(&asked.file, &asked.path, &asked.settings)
            .map_err(|error| Unchecked { path: files::shown(&asked.path), why: format!("{error:#}") });
        progress.advance();
        result
    });
    let mut report = Report::default();
    for result in checked {
        match result {
            Ok(file) => report.files.push(file),
            Err(unchecked) => report.unchecked.push(unchecked),
        }
    }
    Ok(report)
}

/// Checks a file, which is taken for `path`, together with the modules of its project.
pub(crate) fn check_file(file: &Path, path: &Path, settings: &Settings) -> Result<FileReport> {
    let (text, shown) = (files::read(file)?, files::shown(path));
    let sources = Modules::around(path);
    let input = Input { path: &shown, text: &text, sources: &sources };
    check(input, settings).with_context(|| format!("cannot check {shown}"))
}
