//! What comments silence, and which of them silence nothing.

use diagnostics::Diagnostic;
use python::{Module, Program, Suppressions};

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

/// Takes the findings away that comments silence, in the module that each lies in.
///
/// `complete` tells whether everything that could be found in the script is there: only then is a comment of no use.
pub fn silence(program: &Program, found: Vec<Diagnostic>, complete: bool) -> Silenced {
    let texts: Vec<(&Module, Suppressions)> =
        program.files().map(|file| (file.module(), Suppressions::of(file.module()))).collect();
    let all = found.len();
    let wanted = |diagnostic: &Diagnostic| {
        let within = program.module_at(diagnostic.primary.span.start);
        let comments = texts.iter().find(|(module, _)| std::ptr::eq(*module, within));
        !comments.is_some_and(|(module, comments)| suppresses(comments, module, diagnostic))
    };
    let mut findings = Findings { found: found.into_iter().filter(wanted).collect(), ..Findings::default() };
    let suppressed = all - findings.found.len();
    // Whether a comment of an imported module is of use shows only where that is checked itself.
    if let Some((script, comments)) = texts.first().filter(|_| complete) {
        findings.found.extend(useless(script, comments));
    }
    Silenced { found: findings.in_order(), suppressed }
}

/// Finds the comments that silence nothing.
fn useless(script: &Module, comments: &Suppressions) -> Vec<Diagnostic> {
    if comments.unused().next().is_none() {
        return Vec::new();
    }
    let mut about = Findings::default();
    for rule in rules() {
        if let Check::Comments(check) = rule.check {
            check(comments, &mut Context::new(rule, script, &[], &mut about));
        }
    }
    // A comment that silences everything on its line does not hide that it silences nothing.
    about.found.retain(|found| !names(comments, script, found));
    about.found
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
