//! Calls with arguments that a function does not have.

use diagnostics::Severity;
use interp::value::{Value, profile};
use ops::Mistake;

use crate::{Check, Explanation, Failure, Group, Rule, source};

/// Finds calls whose arguments do not fit the signature.
pub(super) static CALL_DOES_NOT_FIT_SIGNATURE: Rule = Rule {
    name: "call-does-not-fit-signature",
    group: Group::Script,
    summary: "a call lacks an argument or has one that the function does not take",
    severity: Severity::Error,
    page: include_str!("call_does_not_fit_signature.md"),
    check: Check::Failure(check),
};

fn check(failure: &Failure<'_>) -> Option<Explanation> {
    let Mistake::Signature { problem } = failure.mistake()? else { return None };
    let mut explanation = Explanation::new(format!("the call does not fit the function: {problem}"));
    if let Some(definition) = own_function(failure) {
        let span = source::first_line(failure.module(), definition);
        explanation = explanation.label(span, "the function is defined here");
    } else if let Some(signature) = recorded(failure) {
        explanation = explanation.note(format!("its parameters are {signature}"));
    }
    Some(explanation)
}

/// The script's own function that is called.
fn own_function(failure: &Failure<'_>) -> Option<diagnostics::Span> {
    let interp = failure.interp;
    match interp.global(failure.op())? {
        Value::Function(id) => Some(interp.function(id).span),
        _ => None,
    }
}

/// The parameters of a framework's function, if they fit into a line or two.
fn recorded(failure: &Failure<'_>) -> Option<String> {
    let interp = failure.interp;
    let callee = failure.callee();
    let (root, rest) = callee.split_once('.').unwrap_or((&callee, ""));
    let path = match interp.global(root)? {
        Value::Module(path) if !rest.is_empty() => format!("{path}.{rest}"),
        Value::Api(path) if rest.is_empty() => path.to_string(),
        Value::Class(class) if rest.is_empty() => interp.class(class).path.as_deref()?.to_owned(),
        _ => return None,
    };
    let entry = names::lookup(profile(interp.keras), &path)?;
    (!entry.signature.is_empty() && entry.signature.len() < 200).then(|| format!("`{}`", entry.signature))
}
