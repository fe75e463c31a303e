//! Entries of the catalogue of errors, for people and as JSON.

use std::collections::BTreeMap;
use std::io::{self, Write};

use catalogue::{Cause, Entry, Kind, Match};
use clap::builder::styling::{AnsiColor, Style};
use serde::Serialize;

use super::printable;
use super::rule::inline_code;
use super::snippet::wrapped;
use super::table::cut;
use crate::terminal::Terminal;

/// Text is not set wider than this, however wide the terminal is.
const MAX_WIDTH: usize = 100;
/// What is quoted of a text is not longer than this.
const MAX_QUOTE: usize = 300;

/// An entry in its JSON form.
#[derive(Serialize)]
pub(crate) struct EntryJson<'a> {
    id: &'a str,
    title: &'a str,
    kind: &'static str,
    versions: &'a [String],
    rules: &'a [String],
    causes: Vec<CauseJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    captures: BTreeMap<&'a str, &'a str>,
}

#[derive(Serialize)]
struct CauseJson<'a> {
    cause: &'a str,
    fix: &'a str,
}

impl<'a> From<&'a Entry> for EntryJson<'a> {
    fn from(entry: &'a Entry) -> EntryJson<'a> {
        let json = |Cause { cause, fix }: &'a Cause| CauseJson { cause, fix };
        EntryJson {
            id: &entry.id,
            title: &entry.title,
            kind: match entry.kind {
                Kind::Error => "error",
                Kind::Warning => "warning",
                Kind::Silent => "silent",
            },
            versions: &entry.versions,
            rules: &entry.rules,
            causes: entry.causes.iter().map(json).collect(),
            text: None,
            captures: BTreeMap::new(),
        }
    }
}

impl<'a> From<&'a Match> for EntryJson<'a> {
    fn from(found: &'a Match) -> EntryJson<'a> {
        EntryJson {
            text: Some(&found.text),
            captures: found.captures.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect(),
            ..EntryJson::from(found.entry)
        }
    }
}

/// Writes an entry, and of the text that it was found by what matches.
pub(crate) fn write(entry: &Entry, found: Option<&Match>, terminal: &mut Terminal) -> io::Result<()> {
    let bold = Style::new().bold();
    let title = paragraphs(&entry.title, "", terminal);
    writeln!(terminal, "{}", terminal.paint(bold, &title))?;
    let shows = match entry.kind {
        Kind::Error => "an exception",
        Kind::Warning => "a warning",
        Kind::Silent => "nothing is said",
    };
    let about = format!("{} ({shows}; seen in {})", entry.id, entry.versions.join(", "));
    let about = paragraphs(&about, "  ", terminal);
    writeln!(terminal, "{}", terminal.paint(Style::new().dimmed(), &about))?;
    if let Some(found) = found {
        quote(found, terminal)?;
    }
    let several = entry.causes.len() > 1;
    for (at, Cause { cause, fix }) in entry.causes.iter().enumerate() {
        let number = if several { format!("  {}. ", at + 1) } else { "  ".to_owned() };
        let text = hanging(&number, cause, terminal);
        writeln!(terminal, "\n{}", inline_code(&text, terminal))?;
        let text = hanging(&format!("{}=> ", " ".repeat(number.len())), fix, terminal);
        let arrow = terminal.paint(AnsiColor::Green.on_default().bold(), "=>");
        writeln!(terminal, "{}", inline_code(&text, terminal).replacen("=>", &arrow, 1))?;
    }
    if !entry.rules.is_empty() {
        let names: Vec<String> = entry.rules.iter().map(|rule| format!("`{rule}`")).collect();
        let text = format!("`kerascope check` finds it in a script as {}.", names.join(" or "));
        let text = paragraphs(&text, "  ", terminal);
        writeln!(terminal, "\n{}", inline_code(&text, terminal))?;
    }
    Ok(())
}

/// Writes what of the text matches, and what is caught in it.
fn quote(found: &Match, terminal: &mut Terminal) -> io::Result<()> {
    let text = cut(&printable(&found.text), MAX_QUOTE);
    writeln!(terminal, "\n{}", hanging("  In the text: ", &text, terminal))?;
    let caught: Vec<String> = found
        .captures
        .iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(name, text)| format!("{} {}", name.replace('_', " "), cut(&printable(text), MAX_QUOTE / 3)))
        .collect();
    if !caught.is_empty() {
        writeln!(terminal, "{}", hanging("  There: ", &caught.join("; "), terminal))?;
    }
    Ok(())
}

/// Writes entries by their names and titles only.
pub(crate) fn list<'a>(entries: impl Iterator<Item = &'a Entry>, terminal: &mut Terminal) -> io::Result<()> {
    for entry in entries {
        let text = hanging("  - ", &format!("{} ({})", entry.title, entry.id), terminal);
        writeln!(terminal, "{}", inline_code(&text, terminal))?;
    }
    Ok(())
}

fn width(terminal: &Terminal) -> usize {
    terminal.width().min(MAX_WIDTH)
}

fn paragraphs(text: &str, indent: &str, terminal: &Terminal) -> String {
    let text = wrapped(text, width(terminal) - indent.len());
    let lines: Vec<String> = text.lines().map(|line| format!("{indent}{line}")).collect();
    lines.join("\n")
}

/// Sets a text so that its lines begin below the first one's text.
fn hanging(first: &str, text: &str, terminal: &Terminal) -> String {
    let indent = first.chars().count();
    let text = wrapped(text, width(terminal).saturating_sub(indent));
    format!("{first}{}", text.replace('\n', &format!("\n{}", " ".repeat(indent))))
}
