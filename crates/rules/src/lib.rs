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

/// Runs every rule over a module, and returns what they find in the order of its place.
pub fn run(module: &Module) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for rule in rules() {
        let mut cx = Context::new(rule, module, &mut found);
        match rule.check {
            Check::Syntax(check) => {
                if !module.errors().is_empty() {
                    check(module.errors(), &mut cx);
                }
            }
        }
    }
    found.sort_by(|a, b| (a.primary.span, a.rule).cmp(&(b.primary.span, b.rule)));
    found
}
