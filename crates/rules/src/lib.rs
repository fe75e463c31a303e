//! Rules: what kerascope finds in a script and how it says it.
//!
//! A [`Rule`] is a static struct: its name, its page, and a function with what it listens to. The
//! driver loops over the [`rules`]; there is no dispatch to edit. Inference never words a message:
//! the interpreter records structured facts, and the rule that claims them says what is wrong, why,
//! and what to do.

mod backend;
mod context;
mod draws;
mod dtype;
mod explain;
mod failure;
mod gradient;
mod lambda;
mod places;
mod repair;
mod rule;
mod saving;
mod script;
mod shape;
mod silence;
mod source;
mod state;
mod translate;
mod wording;

use diagnostics::Diagnostic;
use interp::Interp;
use interp::record::Outcome;
use python::Module;

use context::Findings;

pub use context::Context;
pub use explain::Explanation;
pub use failure::{Declared, Failure, Operand, Swallowed};
pub use gradient::gradient_stop;
pub use rule::{Check, Group, Rule};
pub use silence::{Silenced, silence};
pub use source::whole as whole_expression;

/// All rules, by group. Where several could explain an exception, the first does: what is particular to a
/// framework goes before what is wrong anywhere.
static RULES: &[&[&Rule]] = &[
    state::RULES,
    backend::RULES,
    lambda::RULES,
    gradient::RULES,
    shape::RULES,
    dtype::RULES,
    saving::RULES,
    script::RULES,
];

/// Returns every rule.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    RULES.iter().copied().flatten().copied()
}

/// Finds a rule by its name.
pub fn find_rule(name: &str) -> Option<&'static Rule> {
    rules().find(|rule| rule.name == name)
}

/// Runs the rules over a script that was interpreted, and returns what they find in the order of its place.
pub fn run(interp: &Interp<'_>) -> Vec<Diagnostic> {
    let mut findings = Findings::default();
    let failures = Failure::collect(interp);
    let script = interp.program.script();
    for rule in rules() {
        let cx = &mut Context::new(rule, script, &failures, &mut findings);
        match (rule.check, &interp.record.outcome) {
            (Check::Module(check), _) => check(script, cx),
            (Check::Event(check), _) => interp.events.iter().for_each(|event| check(event, interp, cx)),
            (Check::Script(check), _) => check(interp, cx),
            (Check::Unknown(check), Outcome::Unknown { why, line }) => {
                let noted = interp.undecided.as_ref().and_then(|reason| reason.span());
                let span = noted.or_else(|| script.line_span((*line)?)).unwrap_or_default();
                check(why, span, cx);
            }
            (Check::Syntax(_) | Check::Unknown(_) | Check::Failure(_) | Check::Comments(_), _) => {}
        }
    }
    for failure in &failures {
        if !findings.explained.iter().any(|exception| failure.is(*exception)) {
            findings.found.extend(explained(failure));
        }
    }
    findings.in_order()
}

/// Makes a failure's one finding: by the first rule that explains it.
fn explained(failure: &Failure<'_>) -> Option<Diagnostic> {
    let (rule, explanation) = explanation(failure, |_| true)?;
    Some(explain::finding(rule, failure, explanation))
}

/// Asks the wanted rules in order to explain a failure.
fn explanation(failure: &Failure<'_>, wanted: fn(&Rule) -> bool) -> Option<(&'static Rule, Explanation)> {
    rules().filter(|rule| wanted(rule)).find_map(|rule| match rule.check {
        Check::Failure(check) => Some((rule, check(failure)?)),
        _ => None,
    })
}

/// Runs the rules over a text that cannot be interpreted: Python refuses it, or it nests too deeply.
pub fn run_refused(module: &Module) -> Vec<Diagnostic> {
    let mut findings = Findings::default();
    let Some(first) = module.errors().first() else { return Vec::new() };
    for rule in rules() {
        let cx = &mut Context::new(rule, module, &[], &mut findings);
        match (rule.check, first.exception) {
            (Check::Module(check), _) => check(module, cx),
            (Check::Syntax(check), Some(_)) => check(module.errors(), cx),
            (Check::Unknown(check), None) => check(&first.message, first.span, cx),
            _ => {}
        }
    }
    findings.in_order()
}
