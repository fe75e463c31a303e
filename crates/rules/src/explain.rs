//! From a failure and what a rule says of it to a finding.

use diagnostics::{Diagnostic, Fix, Label, Severity, Span};
use graph::{NodeId, Source};
use ops::{Exc, TensorKind};

use crate::failure::{Failure, Operand};
use crate::{Group, Rule, source};

/// What a rule says of a failure. What holds of all failures is added to it: where it is raised, by whom it
/// is hidden or caught, what the framework says.
#[derive(Default)]
pub struct Explanation {
    /// What is wrong, in one line.
    pub message: String,
    /// The place, if it is not the expression that raised.
    pub span: Option<Span>,
    /// What is said of the place.
    pub label: String,
    /// Other places.
    pub labels: Vec<Label>,
    /// Why.
    pub notes: Vec<String>,
    /// What to do.
    pub help: Vec<String>,
    /// A repair.
    pub fix: Option<Fix>,
    /// Whether the message is what is raised, so that it need not be repeated.
    pub quotes: bool,
}

impl Explanation {
    /// Makes an explanation of a message.
    pub fn new(message: impl Into<String>) -> Explanation {
        Explanation { message: message.into(), ..Explanation::default() }
    }

    /// Puts the mistake where it is made; where it shows gets a label.
    pub(crate) fn elsewhere(mut self, failure: &Failure<'_>, span: Span, label: &str) -> Explanation {
        self.span = Some(span);
        self.label = label.to_owned();
        self.labels.push(consequence(failure));
        self
    }

    /// Adds a label.
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Explanation {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Adds a note.
    pub fn note(mut self, text: impl Into<String>) -> Explanation {
        self.notes.push(text.into());
        self
    }

    /// Adds what to do.
    pub fn help(mut self, text: impl Into<String>) -> Explanation {
        self.help.push(text.into());
        self
    }

    /// Offers a repair, if there is one.
    pub(crate) fn mended(mut self, fix: Option<Fix>) -> Explanation {
        self.fix = fix;
        self
    }

    /// Labels the operands: each with its spec where it is used, and where it was made if that is elsewhere.
    pub fn operands(mut self, failure: &Failure<'_>) -> Explanation {
        let operands = failure.operands();
        for operand in &operands {
            if let Some(span) = operand.expression {
                self.labels.push(Label { span, text: operand.spec.to_string() });
            }
            if let Some(label) = origin(failure, operand) {
                self.labels.push(label);
            }
        }
        self
    }
}

/// Says where an operand was made, if it is used by a name and was made by an expression of the script.
fn origin(failure: &Failure<'_>, operand: &Operand) -> Option<Label> {
    let used = operand.expression;
    if used.is_some() && source::name_at(failure.program(), used?).is_none() {
        return None;
    }
    let (span, how) = made_at(failure, operand.node)?;
    let overlaps = |other: Span| span.contains(other) || other.contains(span);
    if used.is_some_and(overlaps) || overlaps(failure.span()) {
        return None;
    }
    let text = match used {
        Some(_) => format!("`{}` {how}", operand.name),
        None => format!("`{}` {how}: {}", operand.name, operand.spec),
    };
    Some(Label { span, text })
}

/// Finds the expression that made a node, through the placeholders of traced functions.
pub(crate) fn made_at(failure: &Failure<'_>, node: NodeId) -> Option<(Span, &'static str)> {
    let trace = &failure.interp.trace;
    let mut at = node;
    for _ in 0..16 {
        let known = trace.node(at);
        match known.source {
            // A placeholder stands for what the layer was called on.
            Source::Input if !known.inputs.is_empty() => at = known.inputs.first()?.0,
            Source::Input if known.kind != TensorKind::Keras => return None,
            _ if at != node => return placed(failure, at, "comes from here"),
            Source::Input => return placed(failure, at, "comes from here"),
            _ => return placed(failure, at, "is made here"),
        }
    }
    None
}

fn placed(failure: &Failure<'_>, node: NodeId, how: &'static str) -> Option<(Span, &'static str)> {
    let noted = failure.interp.trace.node(node).span;
    let span = source::whole(failure.program(), noted);
    // What a run makes stands on the line of `fit`, which says nothing of where it comes from.
    let runs = source::callee(failure.program(), noted).is_some_and(|callee| source::is_run(&callee));
    (span.start < span.end && !runs).then_some((span, how))
}

/// Makes the finding.
pub(crate) fn finding(rule: &Rule, failure: &Failure<'_>, explanation: Explanation) -> Diagnostic {
    let Explanation { message, span, label, labels, notes, help, fix, quotes } = explanation;
    // Only what ends the script is claimed as an error: what is caught, or not certain to be reached, is not.
    let severity = if failure.fatal { rule.severity } else { rule.severity.min(Severity::Warning) };
    let span = span.unwrap_or_else(|| failure.span());
    let raises = raises(failure);
    let (label, says) = match (label.is_empty(), raises) {
        (true, Some(short)) => (format!("raises {short}"), None),
        (_, _) => (label, (!quotes && !message.contains(failure.core())).then(|| says(failure))),
    };
    let mut found =
        Diagnostic::new(rule.name, rule.group.name(), severity, Label { span, text: label }, message);
    found.labels = labels;
    add_frames(&mut found, failure);
    if let Some(run) = failure.run() {
        let span = source::first_line(failure.program(), run);
        found.labels.push(Label { span, text: format!("raises `{}` when this runs", failure.exception()) });
    }
    if let Some(handler) = failure.caught.filter(|_| !failure.fatal) {
        let span = source::first_line(failure.program(), handler);
        found.labels.push(Label { span, text: "caught here, so the script goes on".to_owned() });
    }
    found.notes = notes;
    match (&failure.swallowed, says) {
        (Some(swallowed), _) => found.notes.push(format!(
            "Keras runs the function to learn its output's shape, catches the exception and says only \"We could not \
             automatically infer the shape of the Lambda's output\" (`NotImplementedError`); the traceback ends at the \
             call of layer '{}' and has no line of the function",
            swallowed.layer
        )),
        (None, Some(says)) => found.notes.push(says),
        (None, None) => {}
    }
    add_declared(&mut found, failure);
    found.help = help;
    found.fix = fix;
    tidy(&mut found);
    found
}

/// The framework's words, where they fit into a label.
fn raises(failure: &Failure<'_>) -> Option<String> {
    let (class, core) = (failure.exception(), failure.core());
    match core.lines().collect::<Vec<_>>()[..] {
        [] | [""] => Some(format!("`{class}`")),
        [line] if line.chars().count() <= 48 => Some(format!("`{class}`: {line}")),
        _ => None,
    }
}

/// Labels the call at which a mistake made elsewhere shows.
pub(crate) fn consequence(failure: &Failure<'_>) -> Label {
    let span = source::first_line(failure.program(), failure.span());
    Label { span, text: format!("raises `{}`", failure.exception()) }
}

/// The framework's words, as a note.
pub(crate) fn says(failure: &Failure<'_>) -> String {
    let words: Vec<&str> = failure.core().split_whitespace().collect();
    let words = words.join(" ").replace('`', "'");
    let short: String = words.chars().take(240).collect();
    let more = if short.len() < words.len() { "..." } else { "" };
    format!("what is raised: {}: {}{more}", failure.exception(), short.trim_end())
}

/// Labels the calls that lead to the expression.
fn add_frames(found: &mut Diagnostic, failure: &Failure<'_>) {
    let Some(state) = failure.state() else { return };
    let module = failure.program();
    let Some((_, outer)) = state.frames.split_last() else { return };
    for (at, frame) in outer.iter().enumerate() {
        let noted = state.places.get(at).filter(|span| module.line(span.start) == frame.line);
        let span =
            noted.map_or_else(|| source::line(module, frame.line), |span| source::whole(module, *span));
        // A statement of many lines is shown by its first.
        let span = source::first_line(module, span);
        if span.contains(found.primary.span) {
            continue;
        }
        let text = if failure.swallowed.is_some() && at + 1 == outer.len() {
            "the layer is called here"
        } else {
            "called from here"
        };
        found.labels.push(Label { span, text: text.to_owned() });
    }
}

fn add_declared(found: &mut Diagnostic, failure: &Failure<'_>) {
    let Some(declared) = &failure.declared else { return };
    let span = source::first_line(failure.program(), source::whole(failure.program(), declared.span));
    if failure.met {
        let text = "its `output_shape` is believed here";
        found.labels.push(Label { span, text: text.to_owned() });
    }
    let later = if failure.met {
        "only a run with data meets the exception"
    } else {
        "only a run with data will meet the exception"
    };
    found.notes.push(format!(
        "Keras 3 believes the `output_shape` of layer '{}' and does not run its function when the layer is called: \
         {later}",
        declared.layer
    ));
}

/// Drops labels that say nothing new, and moves what is said of the place itself there.
fn tidy(found: &mut Diagnostic) {
    let primary = found.primary.span;
    if found.primary.text.is_empty()
        && let Some(at) = found.labels.iter().position(|label| label.span == primary)
    {
        found.primary.text = found.labels.remove(at).text;
    }
    let mut seen: Vec<(Span, String)> = Vec::new();
    found.labels.retain(|label| {
        let known = seen.iter().any(|(span, text)| *span == label.span && *text == label.text);
        seen.push((label.span, label.text.clone()));
        !known
            && label.span.start < label.span.end
            && !(label.span == primary && label.text == found.primary.text)
    });
}

/// Tells whether a failure is of a class.
pub(crate) fn is_class(failure: &Failure<'_>, class: Exc) -> bool {
    failure.exception() == class.name()
}

/// Tells whether a rule is about what surrounds a mistake and not the mistake itself.
pub(crate) fn is_general(rule: &Rule) -> bool {
    matches!(rule.group, Group::Shape | Group::Dtype | Group::Script | Group::Saving | Group::Gradient)
}
