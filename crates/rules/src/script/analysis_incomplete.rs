//! The place after which nothing certain can be said.

use diagnostics::{Severity, Span};

use crate::{Check, Context, Group, Rule};

/// Says where the analysis lost track of how the script ends.
pub(super) static ANALYSIS_INCOMPLETE: Rule = Rule {
    name: "analysis-incomplete",
    group: Group::Script,
    summary: "how the script ends could not be told",
    severity: Severity::Info,
    page: include_str!("analysis_incomplete.md"),
    check: Check::Unknown(check),
};

fn check(why: &str, span: Span, cx: &mut Context<'_>) {
    let found = cx.report(span, "", "how the script ends cannot be told");
    found.notes.push(why.to_owned());
}
