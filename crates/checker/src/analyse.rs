//! One file, from its text to its report.

use diagnostics::{Diagnostic, Fix, Label, Severity, Span};
use interp::record::{Frame, Outcome, Phase, Raised};
use interp::{Alone, Backend, Options, Record, Sources};
use ops::Keras;
use python::{NotebookError, Program, SyntaxError};
use rules::{Group, Silenced};

use crate::fix;
use crate::guard::guarded;
use crate::report::unknown_record;
use crate::selection::INTERNAL_ERROR;
use crate::{FileReport, Pages, Settings};

/// A file to be analysed.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The path as it is to be shown; a notebook's ends with `.ipynb`.
    pub path: &'a str,
    /// The text: Python, or a notebook's JSON.
    pub text: &'a str,
    /// Where the modules of its project are found.
    pub sources: &'a dyn Sources,
}

impl<'a> Input<'a> {
    /// Makes an input of a script that stands alone.
    pub fn alone(path: &'a str, text: &'a str) -> Input<'a> {
        Input { path, text, sources: &Alone }
    }

    pub(crate) fn program(&self) -> Result<Program, NotebookError> {
        let program = if is_notebook(self.path) {
            Program::of_notebook(self.path, python::notebook(self.text)?)
        } else {
            Program::new(self.path, python::parse(self.text))
        };
        Ok(program.with_library(self.sources.library()))
    }
}

/// Tells whether a file is a notebook, by its name.
pub fn is_notebook(path: &str) -> bool {
    path.ends_with(".ipynb")
}

/// Checks a file.
///
/// # Errors
/// When a notebook is none.
pub fn check(input: Input<'_>, settings: &Settings) -> Result<FileReport, NotebookError> {
    match guarded(|| Ok(fix::keep_good(examine(input, settings)?, input, settings))) {
        Ok(report) => report,
        Err(panic) => {
            let mut report = FileReport::empty(
                Pages::of_script(input.path, input.text),
                settings.profile(input.text),
                internal_failure(&panic),
            );
            report.diagnostics.push(internal_error(&panic));
            Ok(report)
        }
    }
}

/// Checks the text of a script that stands alone.
pub fn check_source(source: &str, path: &str, settings: &Settings) -> FileReport {
    check(Input::alone(path, source), settings).unwrap_or_else(|error| {
        FileReport::empty(
            Pages::of_script(path, source),
            settings.profile(source),
            unknown_record(error.message),
        )
    })
}

/// Predicts what a run of the script under a version of Keras would record; a notebook's lines count on from cell
/// to cell.
///
/// # Errors
/// When a notebook is none.
pub fn predict(input: Input<'_>, keras: Keras) -> Result<Record, NotebookError> {
    guarded(|| Ok(record(&input.program()?, input.sources, keras)))
        .unwrap_or_else(|panic| Ok(internal_failure(&panic)))
}

/// Examines a file; its fixes are not tried yet.
pub(crate) fn examine(input: Input<'_>, settings: &Settings) -> Result<FileReport, NotebookError> {
    let program = input.program()?;
    let profile = settings.profile(program.script().source());
    let mut options = settings.options(&profile);
    options.explain_unknown = settings.explain_unknown;
    options.probe = true;
    let (record, revealed, diagnostics) = match program.script().errors().first() {
        Some(error) => (refused(error), Vec::new(), rules::run_refused(program.script())),
        None => {
            let interp = interp::analyse(&program, input.sources, options);
            let diagnostics = rules::run(&interp);
            (interp.record, interp.revealed, diagnostics)
        }
    };
    let complete = program.script().errors().is_empty() && !matches!(record.outcome, Outcome::Unknown { .. });
    let Silenced { mut found, suppressed } = rules::silence(&program, diagnostics, complete);
    found.retain(|d| settings.selection.wants(d));
    let mut report = FileReport::empty(Pages::of(&program), profile, record);
    for finding in &mut found {
        // A module is mended where it is checked itself.
        let own = |fix: &Fix| fix.edits.iter().all(|edit| report.pages.in_script(edit.span.start));
        finding.fix = finding.fix.take().filter(own);
    }
    report.revealed = revealed;
    report.suppressed = suppressed;
    report.diagnostics = found;
    Ok(report)
}

fn record(program: &Program, sources: &dyn Sources, keras: Keras) -> Record {
    match program.script().errors().first() {
        Some(error) => refused(error),
        None => {
            // A record is of Keras on TensorFlow, whatever else the script would take.
            let options = Options { backend: Backend::TensorFlow, ..Options::new(keras) };
            interp::analyse(program, sources, options).record
        }
    }
}

/// What Python does with a text that is no program: it raises before the first line runs.
pub(crate) fn refused(error: &SyntaxError) -> Record {
    let mut record = unknown_record(error.message.clone());
    if let Some(exception) = error.exception {
        record.outcome = Outcome::Raises(Raised {
            phase: Phase::Import,
            exception: exception.to_owned(),
            core: error.message.clone(),
            trace: vec![Frame { line: error.line, function: "<module>".to_owned(), imported: false }],
        });
    }
    record
}

pub(crate) fn internal_failure(panic: &str) -> Record {
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
        let report = check_source("x = (\n", "a.py", &settings);
        assert_eq!(report.diagnostics.iter().map(|d| d.rule).collect::<Vec<_>>(), ["syntax-error"]);
        for silenced in ["# kerascope: ignore-file\nx = = 1\n", "x = = 1  # kerascope: ignore[script]\n"] {
            let report = check_source(silenced, "a.py", &settings);
            assert_eq!((report.diagnostics.len(), report.suppressed), (0, 1), "{silenced}");
        }
        let other = "x = = 1  # kerascope: ignore[shape]\n";
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
            check_source(&source, "a.py", &Settings::default());
        }
    }
}
