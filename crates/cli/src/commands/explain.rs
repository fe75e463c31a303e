//! `kerascope explain`: a rule's page, or the list of rules.

use std::io::Write;

use anyhow::{Result, bail};
use checker::{Group, Rule, Severity, find_rule, rules, similar_rule};
use clap::builder::styling::{AnsiColor, Style};

use crate::Exit;
use crate::args::Explain;
use crate::terminal::Terminal;

/// Runs the command.
pub(crate) fn run(arguments: &Explain, terminal: &mut Terminal) -> Result<Exit> {
    match &arguments.rule {
        None => list(terminal)?,
        Some(name) => match find_rule(name) {
            Some(rule) => page(rule, terminal)?,
            None => match similar_rule(name) {
                Some(similar) => bail!("there is no rule `{name}`; did you mean `{similar}`?"),
                None => bail!("there is no rule `{name}`; `kerascope explain` lists them"),
            },
        },
    }
    Ok(Exit::Clean)
}

fn list(terminal: &mut Terminal) -> Result<()> {
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
            let severity = terminal.paint(severity_style(rule.severity), &format!("{:<7}", rule.severity));
            writeln!(
                terminal,
                "  {name}{}  {severity}  {}",
                " ".repeat(width - rule.name.len()),
                rule.summary
            )?;
        }
    }
    Ok(())
}

fn page(rule: &Rule, terminal: &mut Terminal) -> Result<()> {
    let mut in_code = false;
    for line in rule.page.lines() {
        if !terminal.styled() {
            writeln!(terminal, "{line}")?;
            continue;
        }
        if line.starts_with("```") {
            in_code = !in_code;
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
fn inline_code(line: &str, terminal: &Terminal) -> String {
    let parts = line.split('`').enumerate();
    parts
        .map(|(at, part)| match at % 2 {
            0 => part.to_owned(),
            _ => terminal.paint(AnsiColor::Cyan.on_default(), part),
        })
        .collect()
}

fn severity_style(severity: Severity) -> Style {
    match severity {
        Severity::Error => AnsiColor::BrightRed.on_default(),
        Severity::Warning => AnsiColor::Yellow.on_default(),
        Severity::Info => AnsiColor::BrightBlue.on_default(),
    }
}
