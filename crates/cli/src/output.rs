//! Reports in their formats.

pub(crate) mod concise;
pub(crate) mod entry;
pub(crate) mod github;
pub(crate) mod gitlab;
pub(crate) mod grad;
pub(crate) mod inspection;
pub(crate) mod inspection_json;
pub(crate) mod json;
pub(crate) mod junit;
pub(crate) mod record;
pub(crate) mod rule;
pub(crate) mod run;
pub(crate) mod sarif;
pub(crate) mod snippet;
pub(crate) mod statistics;
mod table;
pub(crate) mod text;
pub(crate) mod trace;

use std::io;

use checker::{Diagnostic, FileReport, Rule, Severity};
use clap::builder::styling::{AnsiColor, Style};

use crate::args::OutputFormat;
use crate::terminal::Terminal;

/// Where a rule's page is.
const PAGES: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/crates/rules/src");

/// What a check of several files gave.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// The files that were checked, in order.
    pub(crate) files: Vec<FileReport>,
    /// Those that could not be.
    pub(crate) unchecked: Vec<Unchecked>,
}

/// A file that could not be checked.
#[derive(Debug)]
pub(crate) struct Unchecked {
    /// Its path as it is shown.
    pub(crate) path: String,
    /// Why.
    pub(crate) why: String,
}

impl Report {
    /// Writes the report in a format.
    pub(crate) fn write(&self, format: OutputFormat, terminal: &mut Terminal) -> io::Result<()> {
        match format {
            OutputFormat::Text => text::write(self, terminal),
            OutputFormat::Concise => concise::write(self, terminal),
            OutputFormat::Json => json::write(self, terminal),
            OutputFormat::Sarif => sarif::write(self, terminal),
            OutputFormat::Github => github::write(self, terminal),
            OutputFormat::Gitlab => gitlab::write(self, terminal),
            OutputFormat::Junit => junit::write(self, terminal),
        }
    }

    /// Tells whether there are errors or warnings.
    pub(crate) fn is_wrong(&self) -> bool {
        self.findings().any(|(_, found)| found.severity > Severity::Info)
    }

    /// Returns every finding with its file.
    pub(crate) fn findings(&self) -> impl Iterator<Item = (&FileReport, &Diagnostic)> {
        self.files.iter().flat_map(|file| file.diagnostics.iter().map(move |found| (file, found)))
    }
}

/// Returns the address of a rule's page.
pub(crate) fn page(rule: &Rule) -> String {
    format!("{PAGES}/{}/{}.md", rule.group.name(), rule.name.replace('-', "_"))
}

/// Returns what is wrong and why as plain text: the message, the notes, the help.
pub(crate) fn full_message(found: &Diagnostic) -> String {
    let mut text = printable(&found.message);
    for note in &found.notes {
        text += &format!("\nnote: {}", printable(note));
    }
    for help in &found.help {
        text += &format!("\nhelp: {}", printable(help));
    }
    text
}

/// Writes a number and its noun: `1 error`, `2 errors`.
pub(crate) fn counted(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// Paints a severity's name and fills its column, which is as wide as the longest name.
pub(crate) fn severity_column(severity: Severity, terminal: &Terminal) -> String {
    let name = severity.to_string();
    let gap = " ".repeat(SEVERITY_WIDTH.saturating_sub(name.len()));
    terminal.paint(severity_style(severity), &name) + &gap
}

/// The columns of a severity's name.
pub(crate) const SEVERITY_WIDTH: usize = "warning".len();

/// Returns the style of a severity's name, which is that of the findings' heads.
pub(crate) fn severity_style(severity: Severity) -> Style {
    let colour = match severity {
        Severity::Error => AnsiColor::BrightRed,
        Severity::Warning => AnsiColor::Yellow,
        Severity::Info => AnsiColor::BrightBlue,
    };
    colour.on_default().bold()
}

/// Returns a message without control characters, which could steer a terminal; line ends stay.
pub(crate) fn printable(text: &str) -> String {
    let control = |c: char| c.is_control() && c != '\n';
    if !text.contains(control) {
        return text.to_owned();
    }
    text.chars()
        .map(|c| {
            if c == '\t' {
                ' '
            } else if control(c) {
                '\u{fffd}'
            } else {
                c
            }
        })
        .collect()
}
