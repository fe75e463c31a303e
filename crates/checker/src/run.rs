//! A script carried out: what it prints goes to its world; how it ends, and what it leaves, comes back.

use diagnostics::{Severity, Span};
use interp::record::Outcome;
use interp::results::Numeric;
use interp::{Interp, World};
use python::{NotebookError, SyntaxError};

use crate::analyse::{Input, internal_failure, refused};
use crate::guard::guarded;
use crate::{FileReport, Pages, Settings};

/// How much of a run is carried out before it is given up.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// The number of steps of the interpreter.
    pub steps: u64,
    /// The number of objects and tensors that are made.
    pub objects: usize,
}

impl Default for Budget {
    /// About ten minutes of plain Python, and some gigabytes.
    fn default() -> Budget {
        Budget { steps: 2_000_000_000, objects: 20_000_000 }
    }
}

/// What came of a run.
#[derive(Debug)]
pub struct Ran {
    /// How it ended, and what the rules say of an exception that ended it.
    pub report: FileReport,
    /// The exception that ended it.
    pub traceback: Option<Traceback>,
    /// The numbers under the global names that were asked for.
    pub results: Vec<(&'static str, Numeric)>,
    /// What else there is to tell: files that were not written.
    pub notes: Vec<String>,
}

/// An exception on its way out of the script.
#[derive(Clone, Debug)]
pub struct Traceback {
    /// The calls that it went through, outermost first.
    pub frames: Vec<Place>,
    /// The class's name, with its module where Python shows that.
    pub exception: String,
    /// `str(exception)`.
    pub message: String,
}

/// One line of a traceback.
#[derive(Clone, Debug)]
pub struct Place {
    /// The file.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// The function's name.
    pub function: String,
    /// The line's text.
    pub text: String,
}

/// Carries a script out in a world, and reads the numbers under some of its global names.
///
/// # Errors
/// When a notebook is none.
pub fn carry_out(
    input: Input<'_>,
    settings: &Settings,
    budget: Budget,
    world: &dyn World,
    names: &[&'static str],
) -> Result<Ran, NotebookError> {
    guarded(|| carried_out(input, settings, budget, world, names)).unwrap_or_else(|panic| {
        let pages = Pages::of_script(input.path, input.text);
        let report = FileReport::empty(pages, settings.profile(input.text), internal_failure(&panic));
        Ok(Ran { report, traceback: None, results: Vec::new(), notes: Vec::new() })
    })
}

fn carried_out(
    input: Input<'_>,
    settings: &Settings,
    budget: Budget,
    world: &dyn World,
    names: &[&'static str],
) -> Result<Ran, NotebookError> {
    let program = input.program()?;
    let profile = settings.profile(program.script().source());
    if let Some(error) = program.script().errors().first() {
        let pages = Pages::of(&program);
        let traceback = error.exception.map(|exception| refusal(error, exception, &pages));
        let report = FileReport::empty(pages, profile, refused(error));
        return Ok(Ran { report, traceback, results: Vec::new(), notes: Vec::new() });
    }
    let mut options = settings.options(&profile);
    (options.steps, options.objects) = (budget.steps, budget.objects);
    let mut interp = interp::carry_out(&program, input.sources, options, world);
    let found = match interp.record.outcome {
        Outcome::Raises(_) => rules::run(&interp),
        Outcome::Ok { .. } | Outcome::Unknown { .. } => Vec::new(),
    };
    let results =
        names.iter().filter_map(|name| Some((*name, interp.global_numbers(name)?))).collect::<Vec<_>>();
    let pages = Pages::of(&program);
    let traceback = traceback(&mut interp, &pages);
    let notes = interp.notes().to_vec();
    let mut report = FileReport::empty(pages, profile, interp.record);
    report.diagnostics = found.into_iter().filter(|d| d.severity == Severity::Error).collect();
    Ok(Ran { report, traceback, results, notes })
}

/// What Python says of a text that is no program.
fn refusal(error: &SyntaxError, exception: &str, pages: &Pages) -> Traceback {
    let place = place(pages, error.span, "<module>");
    Traceback { frames: vec![place], exception: exception.to_owned(), message: error.message.clone() }
}

fn place(pages: &Pages, span: Span, function: &str) -> Place {
    let page = pages.at(span.start);
    let (start, _) = page.positions(span);
    let text = page.text.lines().nth(start.line.saturating_sub(1)).unwrap_or_default();
    Place {
        path: page.title(),
        line: start.line,
        function: function.to_owned(),
        text: text.trim().to_owned(),
    }
}

/// The traceback of the exception that ended the run.
fn traceback(interp: &mut Interp<'_>, pages: &Pages) -> Option<Traceback> {
    let id = interp.fatal()?;
    let state = interp.exception(id)?.clone();
    let script = interp.program.script();
    let frames = state.frames.iter().enumerate().map(|(at, frame)| {
        // An exception that was raised again has other lines than when it was made.
        let known = state.places.get(at).filter(|_| state.places.len() == state.frames.len());
        let span = match known {
            Some(span) => *span,
            None => script.line_span(frame.line).unwrap_or_default(),
        };
        place(pages, span, &frame.function)
    });
    let frames = frames.collect();
    let message = interp.message(id).unwrap_or_else(|| state.core.to_string());
    Some(Traceback { frames, exception: interp.exception_path(id), message })
}
