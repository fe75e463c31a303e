//! An exception of a layer or model that the script catches and that no other rule explains.

use diagnostics::Severity;

use super::uncaught_exception::plain;
use crate::{Check, Explanation, Failure, Group, Rule};

/// Reports an exception that leaves a layer or a model's method and is caught.
pub(super) static CAUGHT_EXCEPTION: Rule = Rule {
    name: "caught-exception",
    group: Group::Script,
    summary: "a layer or a model's method raises an exception, which the script catches",
    severity: Severity::Warning,
    page: include_str!("caught_exception.md"),
    check: Check::Failure(check),
};

fn check(failure: &Failure<'_>) -> Option<Explanation> {
    (!failure.fatal && failure.met && failure.caught.is_some()).then(|| plain(failure))
}
