//! `kerascope check`: what is wrong with scripts and folders.

use std::collections::HashSet;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use checker::{Diagnostic, FileReport, Fixed, Input, Settings, check, fix_file, map_in_parallel};

use crate::Exit;
use crate::args::{Check, OutputFormat};
use crate::commands::fix::{self, Mended, Mending};
use crate::files::{self, Found};
use crate::modules::{Modules, Shelf};
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
    if arguments.unsafe_fixes && !arguments.fix && !arguments.diff {
        bail!("--unsafe-fixes goes with --fix or --diff");
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
        explain_unknown: arguments.explain_unknown,
    };
    let mut resolver = Resolver::new(&arguments.target, named)?;
    let Found { files, problems } = files::find(&arguments.paths);
    for problem in &problems {
        terminal.complain(problem);
    }
    let mending = Mending::asked(arguments);
    let (report, mended) = check_files(files, arguments, mending, &mut resolver)?;
    let broken = !problems.is_empty() || !report.unchecked.is_empty();
    if let Mending::Show(_) = mending {
        let any = fix::show(&mended, terminal)?;
        report.unchecked.iter().for_each(|unchecked| terminal.complain(&unchecked.why));
        return Ok(ended(broken, any && !arguments.exit_zero));
    }
    let done = fix::write(&mended, terminal)?;
    if mending != Mending::No && arguments.paths.iter().any(|path| path.as_os_str() == "-") {
        // The mended text is the output.
        return Ok(ended(broken, report.is_wrong() && !arguments.exit_zero));
    }
    match (arguments.statistics, arguments.output_format) {
        (false, format) => report.write(format, terminal)?,
        (true, OutputFormat::Json) => statistics::write_json(&report, terminal)?,
        (true, _) => statistics::write(&report, terminal)?,
    }
    if matches!(arguments.output_format, OutputFormat::Text | OutputFormat::Concise) {
        for line in done.into_iter().chain(fix::offers(&report, mending.wanted())) {
            writeln!(terminal, "{line}")?;
        }
    }
    for Unchecked { why, .. } in &report.unchecked {
        terminal.complain(why);
    }
    Ok(ended(broken, report.is_wrong() && !arguments.exit_zero))
}

fn ended(broken: bool, found: bool) -> Exit {
    match (broken, found) {
        (true, _) => Exit::Failure,
        (false, true) => Exit::Findings,
        (false, false) => Exit::Clean,
    }
}

/// A file, the path it is taken for, and how it is to be checked.
struct Asked {
    file: PathBuf,
    path: PathBuf,
    settings: Settings,
}

fn check_files(
    files: Vec<PathBuf>,
    arguments: &Check,
    mending: Mending,
    resolver: &mut Resolver<'_>,
) -> Result<(Report, Vec<Mended>)> {
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
    let (progress, shelf) = (Progress::new(asked.len()), Shelf::default());
    let checked = map_in_parallel(asked, |asked| {
        let result = mend_file(&asked, mending, &shelf)
            .map_err(|error| Unchecked { path: files::shown(&asked.path), why: format!("{error:#}") });
        progress.advance();
        result
    });
    let (mut report, mut mended) = (Report::default(), Vec::new());
    for result in checked {
        match result {
            Ok((file, changed)) => {
                report.files.push(file);
                mended.extend(changed);
            }
            Err(unchecked) => report.unchecked.push(unchecked),
        }
    }
    once_each(&mut report.files);
    Ok((report, mended))
}

/// Leaves of what is found in modules one of each: several scripts may import one, which may be checked itself.
fn once_each(files: &mut [FileReport]) {
    let place = |file: &FileReport, found: &Diagnostic| {
        let page = file.pages.at(found.primary.span.start);
        (page.path.clone(), page.offset(found.primary.span.start), found.rule, found.message.clone())
    };
    let mut seen = HashSet::new();
    for own in [true, false] {
        for file in files.iter_mut() {
            let found = std::mem::take(&mut file.diagnostics);
            file.diagnostics = found
                .into_iter()
                .filter(|found| {
                    let in_script = file.pages.in_script(found.primary.span.start);
                    // The same finding twice in a script is the rules' business.
                    in_script != own || seen.insert(place(file, found)) || own
                })
                .collect();
        }
    }
}

/// Checks a file, which is taken for `path`, together with the modules of its project.
pub(crate) fn check_file(file: &Path, path: &Path, settings: &Settings) -> Result<FileReport> {
    let asked = Asked { file: file.to_path_buf(), path: path.to_path_buf(), settings: settings.clone() };
    let (report, _) = mend_file(&asked, Mending::No, &Shelf::default())?;
    Ok(report)
}

/// Checks a file, and mends a copy of its text where that is asked for.
fn mend_file(asked: &Asked, mending: Mending, shelf: &Shelf) -> Result<(FileReport, Option<Mended>)> {
    let Asked { file, path, settings } = asked;
    let (text, shown) = (files::read(file)?, files::shown(path));
    let sources = Modules::around(path, shelf);
    let input = Input { path: &shown, text: &text, sources: &sources };
    let unreadable = || format!("cannot check {shown}");
    let Some(wanted) = mending.wanted() else {
        return Ok((check(input, settings).with_context(unreadable)?, None));
    };
    let Fixed { source, applied, report } = fix_file(input, settings, wanted).with_context(unreadable)?;
    Ok((report, Some(Mended { file: file.clone(), before: text, after: source, applied })))
}
