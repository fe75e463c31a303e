//! One file, from its text to its report.

use diagnostics::{Diagnostic, Label, Severity, Span};
use interp::record::{Frame, Outcome, Phase, Raised};
use interp::{Options, Record};
use ops::Keras;
use python::SyntaxError;
use rules::{Group, Silenced};

use crate::guard::guarded;
use crate::report::unknown_record;
use crate::selection::INTERNAL_ERROR;
use crate::{FileReport, Settings};

/// Checks a source text.
pub fn check_source(source: String, path: &str, settings: &Settings) -> FileReport {
    let profile = settings.profile(&source);
    let keras = profile.keras;
    match guarded(|| examine(&source, keras)) {
        Ok(examined) => {
            let mut report = FileReport::empty(path, source, profile, examined.record);
            report.revealed = examined.revealed;
            report.suppressed = examined.suppressed;
            report.diagnostics = examined.diagnostics;
            report.diagnostics.retain(|d| settings.selection.wants(d));
            report
        }
        Err(panic) => {
            let mut report = FileReport::empty(path, source, profile, internal_failure(&panic));
            report.diagnostics.push(internal_error(&panic));
            report
        }
    }
}

/// Predicts what a run of the script under a version of Keras would record.
pub fn predict(source: &str, keras: Keras) -> Record {
    match guarded(|| record(source, keras)) {
        Ok(record) => record,
        Err(panic) => internal_failure(&panic),
    }
}

/// What is wanted of an examination.
struct Examined {
    record: Record,
    revealed: Vec<(u32, String)>,
    diagnostics: Vec<Diagnostic>,
    suppressed: usize,
}

fn examine(source: &str, keras: Keras) -> Examined {
    let module = python::parse(source);
    let (record, revealed, diagnostics) = match module.errors().first() {
        Some(error) => (refused(error), Vec::new(), rules::run_refused(&module)),
        None => {
            let interp = interp::analyse(&module, Options::new(keras));
            let diagnostics = rules::run(&interp);
            (interp.record, interp.revealed, diagnostics)
        }
    };
    let complete = module.errors().is_empty() && !matches!(record.outcome, Outcome::Unknown { .. });
    let Silenced { found, suppressed } = rules::silence(&module, diagnostics, complete);
    Examined { record, revealed, suppressed, diagnostics: found }
}

fn record(source: &str, keras: Keras) -> Record {
    let module = python::parse(source);
    match module.errors().first() {
        Some(error) => refused(error),
        None => interp::analyse(&module, Options::new(keras)).record,
    }
}

/// What Python does with a text that is no program: it raises before the first line runs.
fn refused(error: &SyntaxError) -> Record {
    let mut record = unknown_record(error.message.clone());
    if let Some(exception) = error.exception {
        record.outcome = Outcome::Raises(Raised {
            phase: Phase::Import,
            exception: exception.to_owned(),
            core: error.message.clone(),
            trace: vec![Frame { line: error.line, function: "<module>".to_owned() }],
        });
    }
    record
}

fn internal_failure(panic: &str) -> Record {
    unknown_record(format!("internal error: {panic}"))
}

fn internal_error(panic: &str) -> Diagnostic {
    let primary = Label { span: Span::default(), text: String::new() };
    let message = "kerascope itself failed on this file".to_owned();
    let mut found =
        Diagnostic::new(INTERNAL_ERROR, Group::Script.name(), Severity::Warning, primary, message);
    found.notes.push(panic.to_owned());
    found.help.push("nothing is known about the file; please report this with the script".to_owned());
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_syntax_errors_and_obeys_comments() {
        let settings = Settings::default();
        let report = check_source("x = (\n".to_owned(), "a.py", &settings);
        assert_eq!(report.diagnostics.iter().map(|d| d.rule).collect::<Vec<_>>(), ["syntax-error"]);
        for silenced in ["# kerascope: ignore-file\nx = = 1\n", "x = = 1  # kerascope: ignore[script]\n"] {
            let report = check_source(silenced.to_owned(), "a.py", &settings);
            assert_eq!((report.diagnostics.len(), report.suppressed), (0, 1), "{silenced}");
        }
        let other = "x = = 1  # kerascope: ignore[shape]\n".to_owned();
        assert_eq!(check_source(other, "a.py", &settings).diagnostics.len(), 1);
    }

    #[test]
    fn survives_deep_and_odd_sources() {
        for source in [
            "(".repeat(10_000),
            "-".repeat(100_000) + "1",
            (0..10_000).map(|n| format!("{}if x:\n", " ".repeat(n % 1000))).collect(),
            "\0".to_owned(),
            "\u{feff}x = 1".to_owned(),
            String::new(),
        ] {
            check_source(source, "a.py", &Settings::default());
        }
    }
}
