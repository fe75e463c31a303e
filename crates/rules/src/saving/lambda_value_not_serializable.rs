//! Values of a Lambda that have no form in a file.

use diagnostics::Severity;
use ops::Mistake;

use crate::repair::lambda::lambda_call;
use crate::source;
use crate::{Check, Explanation, Failure, Group, Rule};

/// Finds values in `arguments`, and captured ones, that saving cannot write.
pub(super) static LAMBDA_VALUE_NOT_SERIALIZABLE: Rule = Rule {
    name: "lambda-value-not-serializable",
    group: Group::Saving,
    summary: "a Lambda has a value, in `arguments` or captured by its function, that cannot be saved",
    severity: Severity::Error,
    page: include_str!("lambda_value_not_serializable.md"),
    check: Check::Failure(check),
};

fn check(failure: &Failure<'_>) -> Option<Explanation> {
    let Mistake::Unserialisable { layer, place, kind } = failure.mistake()? else { return None };
    let mut explanation =
        Explanation::new(format!("layer '{layer}' cannot be saved: {place} is a `{kind}`, which has no form in a file"))
            .note(
                "a model's config is written as JSON: numbers, strings, lists, dicts, `None`, and objects that say by \
                 `get_config()` how they are made again",
            )
            .help(
                "hand plain numbers, strings and lists over and make the object in the function, or write a layer class \
                 with `get_config()`",
            );
    if kind.starts_with("_thread.") {
        explanation.notes.push("a lock belongs to the running process".to_owned());
    }
    if kind == "slice" {
        explanation
            .help
            .insert(0, "hand over where the slice begins and ends, and write `t[:, first:last]`".to_owned());
    }
    if let Some(call) = lambda_call(failure.interp, layer) {
        let span = python::span(python::Ranged::range(call));
        explanation =
            explanation.label(source::first_line(failure.program(), span), "the layer is made here");
    }
    Some(explanation)
}
