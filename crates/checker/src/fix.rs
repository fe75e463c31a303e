//! Fixes: which are offered, and what a text is once they are applied.
//!
//! A fix is offered only if the text with it is predicted to do better: the finding is gone, the script goes
//! further than before, and nothing new is wrong. So every fix costs an analysis of the mended text.

use diagnostics::{Applicability, Diagnostic, Edit, Fix, Severity, apply_edits};
use interp::record::{Outcome, Raised};
use python::NotebookError;

use crate::analyse::{check, examine, is_notebook};
use crate::{FileReport, Input, Settings};

/// So many fixes of one text are tried.
const MAX_TRIED: usize = 24;

/// So often a text is mended: each round removes at least one finding, and may bring the next to light.
const MAX_ROUNDS: usize = 64;

/// A fix that was applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// The rule that offered it.
    pub rule: &'static str,
    /// What it did.
    pub title: String,
    /// Whether it could be applied without asking.
    pub applicability: Applicability,
}

/// A text with its fixes applied.
#[derive(Debug)]
pub struct Fixed {
    /// The text.
    pub source: String,
    /// The fixes, in the order in which they were applied.
    pub applied: Vec<Applied>,
    /// What is left to say of the text.
    pub report: FileReport,
}

/// Gives the new lines of edits the ends that the text's own lines have.
fn with_line_ends(source: &str, fix: &Fix) -> Vec<Edit> {
    let windows = source.contains("\r\n");
    let content =
        |edit: &Edit| if windows { edit.content.replace('\n', "\r\n") } else { edit.content.clone() };
    fix.edits.iter().map(|edit| Edit { span: edit.span, content: content(edit) }).collect()
}

/// Applies the fixes that a script's findings offer, one after the other, until none is left.
///
/// With [`Applicability::Safe`] only those that can be applied without asking. Notebooks stay as they are.
///
/// # Errors
/// When a notebook is none.
pub fn fix_file(
    input: Input<'_>,
    settings: &Settings,
    wanted: Applicability,
) -> Result<Fixed, NotebookError> {
    let (mut source, mut applied) = (input.text.to_owned(), Vec::new());
    let mut report = check(input, settings)?;
    let rounds = if is_notebook(input.path) { 0 } else { MAX_ROUNDS };
    for _ in 0..rounds {
        let asked = |fix: &Fix| fix.applicability == Applicability::Safe || wanted != Applicability::Safe;
        let offered = report.diagnostics.iter().filter_map(|found| Some((found.rule, found.fix.as_ref()?)));
        let Some((rule, fix)) = offered.into_iter().find(|(_, fix)| asked(fix)) else { break };
        let Ok(mended) = apply_edits(&source, &with_line_ends(&source, fix)) else { break };
        applied.push(Applied { rule, title: fix.title.clone(), applicability: fix.applicability });
        source = mended;
        report = check(Input { text: &source, ..input }, settings)?;
    }
    Ok(Fixed { source, applied, report })
}

/// Takes those fixes away that would not make the text better.
pub(crate) fn keep_good(mut report: FileReport, input: Input<'_>, settings: &Settings) -> FileReport {
    let mut tried: Vec<(Fix, bool)> = Vec::new();
    // What a notebook's cells become cannot be tried.
    let count = if is_notebook(input.path) { 0 } else { report.diagnostics.len() };
    for at in 0..count {
        let Some(fix) = report.diagnostics[at].fix.clone() else { continue };
        let known = tried.iter().find(|(other, _)| other.edits == fix.edits).map(|(_, good)| *good);
        let good = known.unwrap_or_else(|| {
            tried.len() < MAX_TRIED && improves(input, settings, &report, &report.diagnostics[at], &fix)
        });
        if known.is_none() {
            tried.push((fix, good));
        }
        if !good {
            report.diagnostics[at].fix = None;
        }
    }
    report
}

/// Tells whether a text is predicted to do better with a fix.
fn improves(
    input: Input<'_>,
    settings: &Settings,
    before: &FileReport,
    found: &Diagnostic,
    fix: &Fix,
) -> bool {
    let source = input.text;
    let Ok(mended) = apply_edits(source, &fix.edits) else { return false };
    if mended == source || !python::parse(&mended).errors().is_empty() {
        return false;
    }
    let Ok(after) = examine(Input { text: &mended, ..input }, settings) else { return false };
    let same = |report: &FileReport| {
        let all = report.diagnostics.iter();
        all.filter(|other| other.rule == found.rule && other.message == found.message).count()
    };
    let added = fix.edits.iter().map(|edit| lines(&edit.content) - lines(&source[range(edit)])).sum();
    let next = || next_on_line((before, source), (&after, &mended), found, added);
    let further = goes_further(before, &after, added) || next();
    same(&after) < same(before) && further && nothing_new(before, &after)
}

fn range(edit: &diagnostics::Edit) -> std::ops::Range<usize> {
    edit.span.start as usize..edit.span.end as usize
}

fn lines(text: &str) -> i64 {
    i64::try_from(text.matches('\n').count()).unwrap_or(0)
}

/// Tells whether a script comes at least as far as before; one that ended with an exception, further.
fn goes_further(before: &FileReport, after: &FileReport, added: i64) -> bool {
    match (&before.record.outcome, &after.record.outcome) {
        (Outcome::Ok { .. }, Outcome::Ok { .. }) => true,
        (Outcome::Ok { .. }, _) => false,
        (_, Outcome::Ok { .. }) => true,
        (Outcome::Unknown { .. }, Outcome::Raises(_)) => false,
        // What cannot be told from the same line on may be the same mistake.
        (Outcome::Raises(before), Outcome::Unknown { line: Some(after), .. }) => {
            i64::from(*after) > line(before) + added.max(0)
        }
        (_, Outcome::Unknown { .. }) => true,
        (Outcome::Raises(before), Outcome::Raises(after)) => line(after) > line(before) + added.max(0),
    }
}

/// Tells whether a script that ended with what was found ends with the next of its kind on the same line now:
/// `f(a) + f(b)` has the mistake twice, and so has `f(g(a))`.
///
/// That the same expression is still wrong, in other words, is no progress: labels that fit neither loss.
fn next_on_line(
    (before, source): (&FileReport, &str),
    (after, mended): (&FileReport, &str),
    found: &Diagnostic,
    added: i64,
) -> bool {
    let (Outcome::Raises(first), Outcome::Raises(next)) = (&before.record.outcome, &after.record.outcome)
    else {
        return false;
    };
    fn text<'a>(all: &'a str, found: &Diagnostic) -> Option<&'a str> {
        let span = found.primary.span;
        all.get(span.start as usize..span.end as usize)
    }
    let later = |other: &Diagnostic| {
        other.severity == Severity::Error
            && other.rule == found.rule
            && other.primary.span.end > found.primary.span.start
            && text(mended, other) != text(source, found)
    };
    found.severity == Severity::Error
        && line(next) == line(first) + added
        && after.diagnostics.iter().any(later)
}

/// The line of the module that an exception comes through.
fn line(raised: &Raised) -> i64 {
    raised.trace.first().map_or(0, |frame| i64::from(frame.line))
}

/// Tells whether a text has no errors but those that only a script can have that goes further, and no warnings
/// that it did not have.
fn nothing_new(before: &FileReport, after: &FileReport) -> bool {
    let count = |report: &FileReport, severity| {
        report.diagnostics.iter().filter(|found| found.severity == severity).count()
    };
    if count(after, Severity::Error) > count(before, Severity::Error) {
        return false;
    }
    // Behind an exception there may be anything.
    let ended = matches!(before.record.outcome, Outcome::Raises(_));
    ended || count(after, Severity::Warning) <= count(before, Severity::Warning)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fixed(source: &str, wanted: Applicability) -> Fixed {
        let settings = Settings::for_keras(ops::Keras::Three);
        fix_file(Input::alone("a.py", source), &settings, wanted).expect("a script is no notebook")
    }

    #[test]
    fn applies_what_is_offered_until_nothing_is_left() {
        let source = "import keras\nfrom keras import backend as K\n\nx = keras.ops.ones((2, 3))\ny = K.sum(x)\nz = K.mean(x)\n";
        let fixed = fixed(source, Applicability::Safe);
        assert_eq!(
            fixed.source,
            source.replace("K.sum", "keras.ops.sum").replace("K.mean", "keras.ops.mean")
        );
        assert_eq!(fixed.report.diagnostics, []);
        assert!(!fixed.applied.is_empty());
    }

    #[test]
    fn mends_calls_within_each_other() {
        let source = "import keras\nimport tensorflow as tf\n\nx = keras.Input((3, 5))\ny = tf.abs(tf.reduce_max(x, 1))\n";
        let mended = "y = keras.ops.abs(keras.ops.max(x, 1))\n";
        assert!(fixed(source, Applicability::Safe).source.ends_with(mended));
    }

    #[test]
    fn leaves_a_text_alone_that_is_in_order() {
        let source = "import keras\n\nx = keras.ops.ones((2, 3))\n";
        let fixed = fixed(source, Applicability::Unsafe);
        assert_eq!((fixed.source.as_str(), fixed.applied.len()), (source, 0));
    }
}
