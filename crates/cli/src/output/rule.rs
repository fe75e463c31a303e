//! Rules: their list, and the page of each.

use std::io::{self, Write};

use checker::{Group, Rule, rules};
use clap::builder::styling::{AnsiColor, Style};
use serde::Serialize;

use super::snippet::{MAX_TEXT_WIDTH, wrapped};
use super::{SEVERITY_WIDTH, page as address, severity_column};
use crate::terminal::Terminal;

/// A rule in its JSON form.
#[derive(Serialize)]
pub(crate) struct RuleJson {
    name: &'static str,
    group: &'static str,
    severity: String,
    summary: &'static str,
    page: &'static str,
    url: String,
}

impl From<&Rule> for RuleJson {
    fn from(rule: &Rule) -> RuleJson {
        RuleJson {
            name: rule.name,
            group: rule.group.name(),
            severity: rule.severity.to_string(),
            summary: rule.summary,
            page: rule.page,
            url: address(rule),
        }
    }
}

/// Summaries are not set narrower than this.
const MIN_SUMMARY: usize = 24;

/// Lists the rules by group.
pub(crate) fn list(terminal: &mut Terminal) -> io::Result<()> {
    let width = rules().map(|rule| rule.name.len()).max().unwrap_or(0);
    let mut first = true;
    for group in Group::ALL {
        let members: Vec<&Rule> = rules().filter(|rule| rule.group == *group).collect();
        if members.is_empty() {
            continue;
        }
        let title = terminal.paint(Style::new().bold(), group.name());
        writeln!(terminal, "{}{title}", if std::mem::take(&mut first) { "" } else { "\n" })?;
        for rule in members {
            let name = terminal.paint(AnsiColor::Cyan.on_default(), rule.name);
            let severity = severity_column(rule.severity, terminal);
            let gap = " ".repeat(width - rule.name.len());
            // "  " stands before the columns and between them.
            let before = width + SEVERITY_WIDTH + 6;
            let room = terminal.width().saturating_sub(before).max(MIN_SUMMARY);
            let summary = wrapped(rule.summary, room).replace('\n', &format!("\n{}", " ".repeat(before)));
            writeln!(terminal, "  {name}{gap}  {severity}  {summary}")?;
        }
    }
    Ok(())
}

/// Writes a rule's page.
pub(crate) fn page(rule: &Rule, terminal: &mut Terminal) -> io::Result<()> {
    let width = terminal.width().min(MAX_TEXT_WIDTH);
    let mut in_code = false;
    for line in rule.page.lines() {
        let fence = line.starts_with("```");
        in_code ^= fence;
        let prose = if in_code || fence { line.to_owned() } else { wrapped(line, width) };
        let line = prose.as_str();
        if !terminal.styled() {
            writeln!(terminal, "{line}")?;
            continue;
        }
        if fence {
            continue;
        }
        let styled = if in_code {
            terminal.paint(AnsiColor::Cyan.on_default(), &format!("    {line}"))
        } else if line.starts_with("# ") {
            let title = terminal.paint(Style::new().bold(), rule.name);
            format!("{title} ({}, {})", rule.severity, rule.group.name())
        } else if let Some(heading) = line.strip_prefix("## ") {
            terminal.paint(AnsiColor::Green.on_default().bold(), heading)
        } else {
            inline_code(line, terminal)
        };
        writeln!(terminal, "{}", styled.trim_end())?;
    }
    Ok(())
}

/// Colours what stands between backticks.
pub(crate) fn inline_code(line: &str, terminal: &Terminal) -> String {
    let parts = line.split('`').enumerate();
    parts
        .map(|(at, part)| match at % 2 {
            0 => part.to_owned(),
            _ => terminal.paint(AnsiColor::Cyan.on_default(), part),
        })
        .collect()
}
