//! Runs every Markdown test of the repository: `cargo test --test mdtest -- PART-OF-A-NAME`.
//!
//! A test's name is its file and its headings. `UPDATE_MD=1` rewrites what is revealed; read the diff.
//! A rule's page is a test as well: its example must give the rule, and what stands instead must not.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use checker::{
    Applicability, FileReport, Input, Keras, Settings, Severity, check_source, find_rule, fix_file,
};
use libtest_mimic::{Arguments, Failed, Trial};
use mdtest::{Finding, FixedText, Found, Test, compare, parse, update};

fn main() -> Result<()> {
    let arguments = Arguments::from_args();
    checker::capture_panics();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("the crate has a parent")?;
    let mut trials = Vec::new();
    for path in markdown_files(root)? {
        let shown = path.strip_prefix(root).unwrap_or(&path).display().to_string();
        if env::var_os("UPDATE_MD").is_some() {
            rewrite(&path)?;
        }
        let text = fs::read_to_string(&path).with_context(|| shown.clone())?;
        match parse(&text) {
            Ok(suite) => trials.extend(suite.tests.into_iter().map(|test| trial(&shown, test))),
            Err(error) => trials.push(Trial::test(shown, move || Err(Failed::from(error.to_string())))),
        }
    }
    libtest_mimic::run(&arguments, trials).exit();
}

fn trial(file: &str, test: Test) -> Trial {
    let file = file.to_owned();
    let name = format!("{file}: {}", test.name);
    Trial::test(name, move || {
        let problems = problems(&file, &test);
        if problems.is_empty() { Ok(()) } else { Err(Failed::from(problems.join("\n"))) }
    })
}

fn problems(file: &str, test: &Test) -> Vec<String> {
    let report = run(test);
    let mut problems: Vec<String> = Vec::new();
    match page_part(file, test) {
        Some((rule, "Example")) => {
            if !report.diagnostics.iter().any(|d| d.rule == rule) {
                problems.push(format!("the example does not give {rule}: {}", summary(&report)));
            }
        }
        Some((rule, "Instead")) => {
            let wrong = |d: &checker::Diagnostic| d.rule == rule || d.severity == Severity::Error;
            if report.diagnostics.iter().any(wrong) {
                problems.push(format!("what stands instead is wrong as well: {}", summary(&report)));
            }
        }
        _ => problems.extend(compare(test, findings(&report)).iter().map(|f| format!("{file}:{f}"))),
    }
    problems.extend(test.fixed.as_ref().and_then(|wanted| unlike(test, wanted)));
    problems
}

/// Says how the code after its fixes differs from what it is to become.
fn unlike(test: &Test, wanted: &FixedText) -> Option<String> {
    let keras = if test.keras == 2 { Keras::Two } else { Keras::Three };
    let applicability = if wanted.risky { Applicability::Unsafe } else { Applicability::Safe };
    let source = test.plain_source();
    let fixed =
        fix_file(Input::alone("test.py", &source), &Settings::for_keras(keras), applicability).ok()?;
    (fixed.source != wanted.source).then(|| format!("the fixes give:\n{}", fixed.source))
}

/// Returns the rule and the heading of a test that is part of a rule's page.
fn page_part<'a>(file: &str, test: &'a Test) -> Option<(&'static str, &'a str)> {
    let name = Path::new(file).file_stem()?.to_str()?.replace('_', "-");
    let rule = find_rule(&name).filter(|_| file.starts_with("rules/src/"))?;
    let heading = test.name.trim_end_matches(" (Keras 2)").rsplit(" - ").next()?;
    Some((rule.name, heading))
}

fn run(test: &Test) -> FileReport {
    let keras = if test.keras == 2 { Keras::Two } else { Keras::Three };
    check_source(&test.source, "test.py", &Settings { explain_unknown: true, ..Settings::for_keras(keras) })
}

fn findings(report: &FileReport) -> Vec<Finding> {
    let diagnostics = report.diagnostics.iter().map(|found| Finding {
        line: report.pages.at(found.primary.span.start).positions(found.primary.span).0.line,
        found: Found::Diagnostic(Box::new(found.clone())),
    });
    let revealed = report
        .revealed
        .iter()
        .map(|(line, text)| Finding { line: *line as usize, found: Found::Revealed(text.clone()) });
    diagnostics.chain(revealed).collect()
}

fn summary(report: &FileReport) -> String {
    let found: Vec<String> =
        report.diagnostics.iter().map(|d| format!("{} [{}] {}", d.severity, d.rule, d.message)).collect();
    format!("found [{}], outcome {:?}", found.join("; "), report.record.outcome)
}

fn rewrite(path: &Path) -> Result<()> {
    let mut text = fs::read_to_string(path)?;
    let Ok(suite) = parse(&text) else { return Ok(()) };
    let before = text.clone();
    for test in &suite.tests {
        text = update(&text, test, &findings(&run(test)));
    }
    if text != before {
        fs::write(path, text)?;
    }
    Ok(())
}

/// Finds the Markdown files of all crates but READMEs, which are for reading only.
fn markdown_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    paths.sort();
    for path in paths {
        if path.is_dir() {
            files.append(&mut markdown_files(&path)?);
        } else if path.extension().is_some_and(|e| e == "md") && !path.ends_with("README.md") {
            files.push(path);
        }
    }
    Ok(files)
}
