//! The report for people.

use std::io::{self, Write};

use checker::record::Outcome;
use checker::{FileReport, Severity};
use clap::builder::styling::{AnsiColor, Style as Paint};

use super::snippet::{Style, wrapped};
use super::{Report, counted, printable};
use crate::terminal::Terminal;

/// So many different profiles are explained one by one.
const MAX_PROFILES: usize = 4;

/// Writes which profile was checked for and why, the findings with their source, and a summary.
pub(crate) fn write(report: &Report, terminal: &mut Terminal) -> io::Result<()> {
    if report.files.is_empty() {
        return Ok(());
    }
    for line in profiles(report) {
        let line = terminal.paint(Paint::new().dimmed(), &wrapped(&line, terminal.width()));
        writeln!(terminal, "{line}")?;
    }
    writeln!(terminal)?;
    let style = Style::new(terminal.styled(), terminal.width());
    for file in &report.files {
        for found in &file.diagnostics {
            writeln!(terminal, "{}\n", style.render(found, file))?;
        }
    }
    for line in summary(report) {
        let paint = Paint::new().bold();
        let paint = match report.files.iter().flat_map(|f| &f.diagnostics).map(|d| d.severity).max() {
            Some(Severity::Error) => paint.fg_color(Some(AnsiColor::BrightRed.into())),
            Some(Severity::Warning) => paint.fg_color(Some(AnsiColor::Yellow.into())),
            _ => paint.fg_color(Some(AnsiColor::Green.into())),
        };
        let line = terminal.paint(paint, &wrapped(&line, terminal.width()));
        writeln!(terminal, "{line}")?;
    }
    Ok(())
}

/// Says which Keras was checked for, and why.
fn profiles(report: &Report) -> Vec<String> {
    let mut groups: Vec<(&FileReport, usize)> = Vec::new();
    for file in &report.files {
        match groups.iter_mut().find(|(known, _)| known.profile == file.profile) {
            Some((_, files)) => *files += 1,
            None => groups.push((file, 1)),
        }
    }
    if let [(file, _)] = groups[..] {
        return vec![format!("Checking for {} ({})", file.profile.title(), file.profile.reason)];
    }
    if groups.len() <= MAX_PROFILES {
        let line = |(file, files): &(&FileReport, usize)| {
            let subject = if *files == 1 { file.path().to_owned() } else { counted(*files, "file") };
            format!("Checking {subject} for {} ({})", file.profile.title(), file.profile.reason)
        };
        return groups.iter().map(line).collect();
    }
    let mut titles: Vec<(&str, usize)> = Vec::new();
    for (file, files) in groups {
        match titles.iter_mut().find(|(known, _)| *known == file.profile.title()) {
            Some((_, count)) => *count += files,
            None => titles.push((file.profile.title(), files)),
        }
    }
    let line = |(title, files): &(&str, usize)| {
        format!("Checking {} for {title} (each project's own version)", counted(*files, "file"))
    };
    titles.iter().map(line).collect()
}

/// Sums up what was found.
fn summary(report: &Report) -> Vec<String> {
    let files = &report.files;
    let total = |severity| files.iter().map(|f| f.count(severity)).sum::<usize>();
    let kinds = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Info, "hint")];
    let found: Vec<String> = kinds
        .into_iter()
        .filter_map(|(severity, noun)| match total(severity) {
            0 => None,
            number => Some(counted(number, noun)),
        })
        .collect();
    let suppressed: usize = files.iter().map(|f| f.suppressed).sum();
    let aside = if suppressed > 0 { format!(" ({suppressed} suppressed)") } else { String::new() };
    if let [file] = &files[..] {
        let end = ending(file);
        return vec![match &found[..] {
            [] if matches!(file.record.outcome, Outcome::Raises(_)) => {
                format!("Nothing to report{aside}: {end}")
            }
            [] => format!("No problems found{aside}: {end}"),
            _ => format!("Found {}{aside}: {end}", listed(&found)),
        }];
    }
    let mut lines = vec![match &found[..] {
        [] => format!("No problems found in {}{aside}", counted(files.len(), "file")),
        _ => {
            let with = files.iter().filter(|f| !f.diagnostics.is_empty()).count();
            format!("Found {} in {with} of {}{aside}", listed(&found), counted(files.len(), "file"))
        }
    }];
    lines.push(endings(files));
    lines
}

/// Says how the one script ends.
fn ending(file: &FileReport) -> String {
    let path = file.path();
    match &file.record.outcome {
        Outcome::Ok { exit: None | Some(0) } => format!("{path} runs to its end"),
        Outcome::Ok { exit: Some(code) } => format!("{path} exits with {code}"),
        Outcome::Raises(raised) => match raised.trace.first() {
            Some(frame) => format!("{path} ends on {} with {}", place(file, frame.line), raised.exception),
            None => format!("{path} ends with {}", raised.exception),
        },
        Outcome::Unknown { line: Some(line), .. } => {
            format!("how {path} ends cannot be told after {}", place(file, *line))
        }
        Outcome::Unknown { line: None, why } => {
            format!("how {path} ends cannot be told: {}", printable(why).replace('\n', " "))
        }
    }
}

/// Names a line of a script, or of a notebook's cell.
fn place(file: &FileReport, line: u32) -> String {
    match file.pages.cell_line(line) {
        (Some(cell), line) => format!("line {line} of cell {cell}"),
        (None, line) => format!("line {line}"),
    }
}

/// Counts how the scripts end.
fn endings(files: &[FileReport]) -> String {
    let count = |wanted: fn(&Outcome) -> bool| files.iter().filter(|f| wanted(&f.record.outcome)).count();
    let parts: Vec<String> = [
        (count(|o| matches!(o, Outcome::Ok { .. })), ["runs to its end", "run to their end"]),
        (count(|o| matches!(o, Outcome::Raises(_))), ["ends with an exception", "end with an exception"]),
        (count(|o| matches!(o, Outcome::Unknown { .. })), ["cannot be told", "cannot be told"]),
    ]
    .into_iter()
    .filter(|(number, _)| *number > 0)
    .enumerate()
    .map(|(at, (number, verb))| {
        let noun = match (at, number) {
            (0, 1) => " script",
            (0, _) => " scripts",
            _ => "",
        };
        format!("{number}{noun} {}", verb[usize::from(number != 1)])
    })
    .collect();
    parts.join(", ")
}

/// Joins `a`, `b` and `c` as prose does.
fn listed(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
