//! `kerascope check --fix` and `--diff`: findings mended, or shown as the difference that mending them makes.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use checker::{Applicability, Applied};
use clap::builder::styling::{AnsiColor, Style};
use inspect::formats::write_whole;
use similar::TextDiff;

use crate::args::Check;
use crate::files;
use crate::output::{Report, counted};
use crate::terminal::Terminal;

/// What is to be done with the fixes that a check finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mending {
    /// They are only mentioned.
    No,
    /// The files are rewritten.
    Write(Applicability),
    /// The difference is shown, and nothing is written.
    Show(Applicability),
}

impl Mending {
    /// Reads the options.
    pub(crate) fn asked(arguments: &Check) -> Mending {
        let wanted = if arguments.unsafe_fixes { Applicability::Unsafe } else { Applicability::Safe };
        match (arguments.diff, arguments.fix) {
            (true, _) => Mending::Show(wanted),
            (false, true) => Mending::Write(wanted),
            (false, false) => Mending::No,
        }
    }

    /// Which fixes are wanted.
    pub(crate) fn wanted(self) -> Option<Applicability> {
        match self {
            Mending::No => None,
            Mending::Write(wanted) | Mending::Show(wanted) => Some(wanted),
        }
    }
}

/// A file and what its text becomes.
pub(crate) struct Mended {
    /// The file.
    pub(crate) file: PathBuf,
    /// The text before.
    pub(crate) before: String,
    /// The text after.
    pub(crate) after: String,
    /// What was done.
    pub(crate) applied: Vec<Applied>,
}

/// Writes the mended files. Returns what is to be said of it.
///
/// # Errors
/// When a file cannot be written; those before it are.
pub(crate) fn write(mended: &[Mended], terminal: &mut Terminal) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    let (mut fixes, mut changed) = (0, 0);
    for Mended { file, before, after, applied } in mended {
        if file.as_os_str() == "-" {
            // The text goes on its way, mended or not.
            print(after, terminal)?;
        } else if before != after {
            rewrite(file, before, after)?;
        } else {
            continue;
        }
        fixes += applied.len();
        changed += 1;
        for applied in applied {
            lines.push(format!("{}: {} ({})", files::shown(file), applied.title, applied.rule));
        }
    }
    if fixes > 0 {
        lines.push(format!("Applied {} in {}", fixes_counted(fixes), counted(changed, "file")));
    }
    Ok(lines)
}

/// Shows what would be written. Returns whether there is anything.
///
/// # Errors
/// When the terminal cannot be written to.
pub(crate) fn show(mended: &[Mended], terminal: &mut Terminal) -> Result<bool> {
    let mut any = false;
    for Mended { file, before, after, .. } in mended.iter().filter(|one| one.before != one.after) {
        any = true;
        let name = files::shown(file);
        let diff = TextDiff::from_lines(before.as_str(), after.as_str());
        let text = diff.unified_diff().header(&name, &name).to_string();
        print(&text.split_inclusive('\n').map(|line| painted(line, terminal)).collect::<String>(), terminal)?;
    }
    Ok(any)
}

/// Colours a line of a difference as version control does.
fn painted(line: &str, terminal: &Terminal) -> String {
    let text = line.trim_end_matches(['\r', '\n']);
    let style = match text.get(..1) {
        _ if text.starts_with("---") || text.starts_with("+++") => Style::new().bold(),
        Some("@") => AnsiColor::Cyan.on_default(),
        Some("-") => AnsiColor::Red.on_default(),
        Some("+") => AnsiColor::Green.on_default(),
        _ => return line.to_owned(),
    };
    format!("{}{}", terminal.paint(style, text), &line[text.len()..])
}

/// Rewrites a file that is still as it was read, and whose bytes are what was read of it.
fn rewrite(file: &Path, before: &str, after: &str) -> Result<()> {
    let shown = files::shown(file);
    let bytes = fs::read(file).with_context(|| format!("cannot read {shown}"))?;
    if bytes != before.as_bytes() {
        bail!("cannot fix {shown}: it has changed, or is not plain UTF-8");
    }
    write_whole(file, after.as_bytes()).with_context(|| format!("cannot write {shown}"))
}

fn print(text: &str, terminal: &mut Terminal) -> Result<()> {
    use std::io::Write;
    Ok(terminal.write_all(text.as_bytes())?)
}

fn fixes_counted(number: usize) -> String {
    if number == 1 { "1 fix".to_owned() } else { format!("{number} fixes") }
}

/// What can still be mended of a report, in a line.
pub(crate) fn offers(report: &Report, wanted: Option<Applicability>) -> Option<String> {
    let count = |applicability| {
        let all = report.findings().filter_map(|(_, found)| found.fix.as_ref());
        all.filter(|fix| fix.applicability == applicability).count()
    };
    match (wanted, count(Applicability::Safe), count(Applicability::Unsafe)) {
        (_, 0, 0) => None,
        (None, 0, risky) => Some(format!(
            "{} to be looked at: --fix --unsafe-fixes applies, --diff --unsafe-fixes shows",
            fixes_counted(risky)
        )),
        (None, safe, 0) => {
            Some(format!("{} can be applied by --fix, or shown by --diff", fixes_counted(safe)))
        }
        (None, safe, risky) => Some(format!(
            "{} can be applied by --fix, or shown by --diff; {} more with --unsafe-fixes",
            fixes_counted(safe),
            risky
        )),
        (Some(_), _, 0) => None,
        (Some(_), _, risky) => Some(format!("{} more with --unsafe-fixes", fixes_counted(risky))),
    }
}
