//! Arguments with values that a function does not take.

use diagnostics::Severity;
use ops::Mistake;

use crate::{Check, Explanation, Failure, Group, Rule};

/// Finds arguments of a kind or value that the function refuses.
pub(super) static WRONG_ARGUMENT: Rule = Rule {
    name: "wrong-argument",
    group: Group::Script,
    summary: "an argument has a value that the function does not take",
    severity: Severity::Error,
    page: include_str!("wrong_argument.md"),
    check: Check::Failure(check),
};

/// A problem longer than this is told in a note.
const MAX_PROBLEM: usize = 110;

fn check(failure: &Failure<'_>) -> Option<Explanation> {
    let Mistake::Argument { param, problem } = failure.mistake()? else { return None };
    let callee = failure.callee();
    if let Some(explanation) = known(param, problem) {
        return Some(explanation.operands(failure));
    }
    let problem = problem.lines().next().unwrap_or_default().trim_end_matches('.');
    let message = if problem.is_empty() || problem.chars().count() > MAX_PROBLEM {
        format!("`{callee}` refuses its argument `{param}`")
    } else {
        format!("`{callee}` refuses its argument `{param}`: {problem}")
    };
    Some(Explanation::new(message).operands(failure))
}

/// What can be said better than by naming the argument.
fn known(param: &str, problem: &str) -> Option<Explanation> {
    Some(match (param, problem) {
        ("name", "an attribute that a model has") => {
            Explanation::new("this attribute is one that every model has, and it cannot be set")
                .help("give it another name: `layers`, `inputs`, `weights` and the like belong to the model")
        }
        ("arguments", problem) => Explanation::new(format!("the Lambda's `arguments` is {problem}"))
            .help("write `arguments={\"name\": value}`, with the names of the function's parameters"),
        ("get_config", _) => Explanation::new("an object of this class cannot be made anew from its config")
            .note("cloning and loading call the class with what `get_config` returns, `name`, `trainable` and `dtype` included")
            .help(
                "let `__init__` take `**kwargs` and hand them to `super().__init__(**kwargs)`, and let `get_config` return all \
                 that `__init__` needs",
            ),
        _ => return None,
    })
}
