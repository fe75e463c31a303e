//! The gradients of a script's functions, for people.

use std::io::{self, Write};

use checker::Severity;
use checker::grad::{Finding, Graded, Level, Seen, Tried, Verdict};
use clap::builder::styling::{AnsiColor, Style};

use super::super::snippet::{MAX_TEXT_WIDTH, wrapped};
use super::super::{counted, printable, severity_style, table, trace::text::ending};
use super::{level_name, verdict_name};
use crate::terminal::Terminal;

/// What is said of a function stands behind this.
const INDENT: &str = "  ";

/// Writes each function with its inputs and what is to be said of it.
pub(crate) fn write(graded: &Graded, terminal: &mut Terminal) -> io::Result<()> {
    let profile = &graded.profile;
    let first = format!("Gradients tried for {} ({})", profile.title(), profile.reason);
    let first = terminal.paint(Style::new().dimmed(), &wrapped(&first, terminal.width()));
    writeln!(terminal, "{first}")?;
    for tried in &graded.functions {
        function(graded, tried, terminal)?;
    }
    if let Some(text) = ending(&graded.outcome) {
        writeln!(terminal, "\n{}", wrapped(&text, terminal.width()))?;
    }
    writeln!(terminal, "\n{}", wrapped(&summary(graded), terminal.width()))
}

fn function(graded: &Graded, tried: &Tried, terminal: &mut Terminal) -> io::Result<()> {
    let mut kind = tried.kind.to_owned();
    if let Some(letter) = kind.get_mut(..1) {
        letter.make_ascii_uppercase();
    }
    let place = graded.pages.first_line(tried.span);
    let heading = format!("{kind} '{}', called on line {place}", printable(&tried.name));
    let heading = terminal.paint(AnsiColor::Green.on_default().bold(), &wrapped(&heading, terminal.width()));
    writeln!(terminal, "\n{heading}")?;
    match &tried.result {
        Err(why) => {
            let text = format!("It could not be tried: {}", printable(why).replace('\n', " "));
            indented(&text, terminal)
        }
        Ok(seen) => {
            inputs(seen, terminal)?;
            seen.findings.iter().try_for_each(|found| finding(graded, found, terminal))
        }
    }
}

fn inputs(seen: &Seen, terminal: &mut Terminal) -> io::Result<()> {
    let rows: Vec<[String; 4]> = seen
        .inputs
        .iter()
        .map(|input| {
            let verdict = match input.verdict {
                Verdict::NotFloat => "no floats",
                verdict => verdict_name(verdict),
            };
            let error = match input.error {
                None => String::new(),
                Some(error) if error < 1e-3 => format!("{error:.1e}"),
                Some(error) => format!("{error:.3}"),
            };
            [printable(&input.name), input.spec.to_string(), verdict.to_owned(), error]
        })
        .collect();
    table::write(["Input", "Tried with", "Gradient", "Largest error"], &rows, terminal)
}

fn finding(graded: &Graded, found: &Finding, terminal: &mut Terminal) -> io::Result<()> {
    let style = severity_style(match found.level {
        Level::Warning => Severity::Warning,
        Level::Note => Severity::Info,
    });
    let at = found.span.map_or_else(String::new, |span| format!(" (line {})", graded.pages.first_line(span)));
    let title = format!("{}[{}]", level_name(found.level), found.name);
    let text = format!("{title}: {}{at}", printable(&found.message));
    let text = wrapped(&text, width(terminal));
    // The title has no blank in it, so it is never broken.
    let rest = text.strip_prefix(&title).unwrap_or(&text);
    let painted = terminal.paint(style, &title);
    for (at, part) in rest.lines().enumerate() {
        let title = if at == 0 { painted.as_str() } else { INDENT };
        writeln!(terminal, "{INDENT}{title}{part}")?;
    }
    if let Some((name, elements)) = &found.input {
        let text = format!("{INDENT}with {name} = {elements}");
        writeln!(terminal, "{INDENT}{}", terminal.paint(Style::new().dimmed(), &text))?;
    }
    Ok(())
}

fn indented(text: &str, terminal: &mut Terminal) -> io::Result<()> {
    let text = wrapped(text, width(terminal));
    text.lines().try_for_each(|part| writeln!(terminal, "{INDENT}{part}"))
}

fn width(terminal: &Terminal) -> usize {
    terminal.width().min(MAX_TEXT_WIDTH).saturating_sub(2 * INDENT.len())
}

fn summary(graded: &Graded) -> String {
    let functions = graded.functions.len();
    if functions == 0 {
        return "No Lambda, layer, loss or custom gradient of the script's own is called".to_owned();
    }
    let seen = || graded.functions.iter().filter_map(|tried| tried.result.as_ref().ok());
    let count = |level| seen().flat_map(|s| &s.findings).filter(|found| found.level == level).count();
    format!(
        "Tried {} of {}: {}, {}",
        seen().count(),
        counted(functions, "function"),
        counted(count(Level::Warning), "warning"),
        counted(count(Level::Note), "note")
    )
}
