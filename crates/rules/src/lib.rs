//! Rules: what kerascope finds in a script and how it says it.
//!
//! A [`Rule`] is a static struct: its name, its page, and a function with what it listens to. The
//! driver loops over the [`rules`]; there is no dispatch to edit. Inference never words a message:
//! the interpreter records structured facts, and the rule that claims them says what is wrong, why,
//! and what to do.

mod context;
mod rule;
mod script;

use diagnostics::Diagnostic;
use interp::Interp;
use python::Module;

pub use context::Context;
pub use rule::{Check, Group, Rule};
pub use script::{Refusal, refusal};

/// All rules, by group.
static RULES: &[&[&Rule]] = &[script::RULES];

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
    run_with(interp.module, |check, cx| match check {
        Check::Syntax(_) => {}
        Check::Event(check) => interp.events.iter().for_each(|event| check(event, interp, cx)),
        Check::Script(check) => check(interp, cx),
    })
}

/// Runs the rules over a text that Python refuses, which cannot be interpreted.
pub fn run_refused(module: &Module) -> Vec<Diagnostic> {
    run_with(module, |check, cx| match check {
        Check::Syntax(check) => check(module.errors(), cx),
        Check::Event(_) | Check::Script(_) => {}
    })
}

fn run_with(module: &Module, mut hear: impl FnMut(Check, &mut Context<'_>)) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for rule in rules() {
        hear(rule.check, &mut Context::new(rule, module, &mut found));
    }
    found.sort_by(|a, b| (a.primary.span, a.rule).cmp(&(b.primary.span, b.rule)));
    found
}
