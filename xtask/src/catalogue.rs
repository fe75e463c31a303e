//! How many of a catalogue's errors are found, and by the rule that explains their cause.
//!
//! The catalogue is a JSON list of errors, each with causes; a cause may have a script that shows it (`before`)
//! and scripts without it (`after`), with the versions of Keras that they are for. Which rules explain which
//! cause, and on which line, stands in `causes.tsv`. A rule that is named there only by `-` is one that is
//! missing.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use checker::{FileReport, Keras, Settings, Severity, check_source};
use serde_json::Value as Json;

const CAUSES: &str = include_str!("../catalogue/causes.tsv");

/// The rules that explain a cause, and the lines on which they have to report it.
struct Wanted<'a> {
    lines: Vec<usize>,
    rules: Vec<&'a str>,
}

/// What was counted, and the cases that are not as they should be.
#[derive(Default)]
struct Score {
    before: usize,
    found: usize,
    after: usize,
    clean: usize,
    misses: Vec<String>,
}

/// Checks every script of a catalogue and prints the score and the misses.
///
/// # Errors
/// When the catalogue cannot be read or the table of causes is malformed.
pub(crate) fn run(path: &str) -> Result<ExitCode> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {path}"))?;
    let catalogue: Json = serde_json::from_str(&text).with_context(|| format!("{path} is not JSON"))?;
    let wanted = table()?;
    let mut score = Score::default();
    for entry in list(&catalogue) {
        let id = entry["id"].as_str().unwrap_or_default();
        for (at, cause) in list(&entry["causes"]).iter().enumerate() {
            let key = (id, at + 1);
            let name = format!("{id} {}", at + 1);
            before(&mut score, &name, cause, wanted.get(&key));
            after(&mut score, &name, cause, wanted.get(&key));
        }
    }
    print(&score);
    Ok(if score.misses.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn list(json: &Json) -> &[Json] {
    json.as_array().map_or(&[], Vec::as_slice)
}

fn table<'a>() -> Result<BTreeMap<(&'a str, usize), Wanted<'a>>> {
    let mut out = BTreeMap::new();
    for line in CAUSES.lines().filter(|line| !line.starts_with('#')) {
        let [entry, cause, lines, rules] = line.split('\t').collect::<Vec<_>>()[..] else {
            bail!("causes.tsv: four columns are needed: {line}");
        };
        let lines = lines.split(',').map(str::parse).collect::<Result<_, _>>();
        let lines = lines.with_context(|| format!("causes.tsv: no lines: {line}"))?;
        let rules: Vec<&str> = rules.split(',').filter(|rule| *rule != "-").collect();
        if let Some(unknown) = rules.iter().find(|rule| checker::find_rule(rule).is_none()) {
            bail!("causes.tsv: there is no rule `{unknown}`");
        }
        out.insert((entry, cause.parse()?), Wanted { lines, rules });
    }
    Ok(out)
}

/// The versions of Keras that a script is for.
fn versions(json: &Json) -> impl Iterator<Item = (&str, Keras)> {
    list(json).iter().filter_map(|profile| match profile.as_str()? {
        "keras2" => Some(("Keras 2", Keras::Two)),
        "keras3" => Some(("Keras 3", Keras::Three)),
        _ => None,
    })
}

fn checked(code: &Json, keras: Keras) -> FileReport {
    check_source(code.as_str().unwrap_or_default(), "script.py", &Settings::for_keras(keras))
}

fn before(score: &mut Score, name: &str, cause: &Json, wanted: Option<&Wanted<'_>>) {
    for (version, keras) in versions(&cause["before_profiles"]) {
        score.before += 1;
        let report = checked(&cause["before"], keras);
        let seen: Vec<(&str, usize)> = findings(&report).collect();
        let right = |(rule, line): &(&str, usize)| {
            wanted.is_some_and(|wanted| wanted.lines.contains(line) && wanted.rules.contains(rule))
        };
        if seen.iter().any(right) {
            score.found += 1;
        } else {
            let wanted = wanted.map(|wanted| wanted.rules.join(" or ")).filter(|rules| !rules.is_empty());
            let wanted = wanted.unwrap_or_else(|| "a rule that is missing".to_owned());
            score.misses.push(format!("{name} ({version}): {wanted} is wanted, found: {}", shown(&seen)));
        }
    }
}

fn after(score: &mut Score, name: &str, cause: &Json, wanted: Option<&Wanted<'_>>) {
    for script in list(&cause["after"]) {
        for (version, keras) in versions(&script["profiles"]) {
            score.after += 1;
            let report = checked(&script["code"], keras);
            let errors = report.count(Severity::Error) > 0;
            let same = |rule: &str| wanted.is_some_and(|wanted| wanted.rules.contains(&rule));
            let seen: Vec<(&str, usize)> = findings(&report).collect();
            if errors || seen.iter().any(|(rule, _)| same(rule)) {
                score.misses.push(format!("{name} ({version}), mended: found: {}", shown(&seen)));
            } else {
                score.clean += 1;
            }
        }
    }
}

/// The errors and warnings of a report: their rules and lines.
fn findings(report: &FileReport) -> impl Iterator<Item = (&'static str, usize)> {
    let serious = report.diagnostics.iter().filter(|found| found.severity > Severity::Info);
    serious.map(|found| {
        let (start, _) = report.pages.at(found.primary.span.start).positions(found.primary.span);
        (found.rule, start.line)
    })
}

fn shown(seen: &[(&str, usize)]) -> String {
    if seen.is_empty() {
        return "nothing".to_owned();
    }
    seen.iter().map(|(rule, line)| format!("{rule} on line {line}")).collect::<Vec<_>>().join(", ")
}

#[expect(clippy::print_stdout, reason = "the score is the command's output")]
fn print(score: &Score) {
    let mut out = String::new();
    for miss in &score.misses {
        let _ = writeln!(out, "{miss}");
    }
    let share = |part: usize, whole: usize| 100.0 * part as f64 / whole.max(1) as f64;
    let _ = writeln!(
        out,
        "{} of {} causes are found by the rule that explains them ({:.1} %)",
        score.found,
        score.before,
        share(score.found, score.before)
    );
    let _ = writeln!(
        out,
        "{} of {} mended scripts are clean ({:.1} %)",
        score.clean,
        score.after,
        share(score.clean, score.after)
    );
    print!("{out}");
}
