//! What comments silence, and which of them silence nothing.

use diagnostics::Diagnostic;
use python::{Module, Suppressions};

use crate::context::Findings;
use crate::{Check, Context, rules};

/// Findings without those that comments silence.
#[derive(Debug, Default)]
pub struct Silenced {
    /// What is left, in the order of its place.
    pub found: Vec<Diagnostic>,
    /// How many were silenced.
    pub suppressed: usize,
}

/// Takes the findings away that the module's comments silence.
///
/// `complete` tells whether everything that could be found is there: only then is a comment of no use.
pub fn silence(module: &Module, found: Vec<Diagnostic>, complete: bool) -> Silenced {
    let comments = Suppressions::of(module);
    let all = found.len();
    let wanted = |diagnostic: &Diagnostic| !suppresses(&comments, module, diagnostic);
    let mut findings = Findings { found: found.into_iter().filter(wanted).collect(), ..Findings::default() };
    let suppressed = all - findings.found.len();
    if complete && comments.unused().next().is_some() {
        let mut about = Findings::default();
        for rule in rules() {
            if let Check::Comments(check) = rule.check {
                check(&comments, &mut Context::new(rule, module, &[], &mut about));
            }
        }
        // A comment that silences everything on its line does not hide that it silences nothing.
        let asked = |found: &Diagnostic| !names(&comments, module, found);
        findings.found.extend(about.found.into_iter().filter(asked));
    }
    Silenced { found: findings.in_order(), suppressed }
}

fn suppresses(comments: &Suppressions, module: &Module, found: &Diagnostic) -> bool {
    let span = found.primary.span;
    let last = span.end.saturating_sub(1).max(span.start);
    comments.suppresses(found.rule, found.group, module.line(span.start), module.line(last))
}

/// Tells whether a comment names the very rule that made a finding.
fn names(comments: &Suppressions, module: &Module, found: &Diagnostic) -> bool {
    let line = module.line(found.primary.span.start);
    let mut here = comments.all().iter().filter(|comment| comment.file || comment.line == line);
    here.any(|comment| comment.rules.iter().any(|(name, _)| name == found.rule))
}
