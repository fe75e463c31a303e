//! Models that are asked too early.

use diagnostics::Severity;
use ops::Mistake;
use python::Ranged;
use python::ast::AnyNodeRef;

use crate::repair::{replace, safe};
use crate::{Check, Explanation, Failure, Group, Rule, source};

/// Finds models that are asked for what they have only once they are built.
pub(super) static MODEL_NOT_BUILT: Rule = Rule {
    name: "model-not-built",
    group: Group::Script,
    summary: "a model is asked for its summary, weights or ends before it is built",
    severity: Severity::Error,
    page: include_str!("model_not_built.md"),
    check: Check::Failure(check),
};

fn check(failure: &Failure<'_>) -> Option<Explanation> {
    match failure.mistake()? {
        Mistake::NotBuilt => {}
        Mistake::NeverCalled => return Some(never_called(failure)),
        _ => return None,
    }
    Some(
        Explanation::new("the model is not built yet: it does not know the shape of its inputs")
            .note("weights are made for a shape, so a model without an Input gets them with its first call")
            .help("begin with an Input: `Sequential([Input((8,)), ...])`; or `model.build((None, 8))`"),
    )
}

/// `model.output` of a Sequential under Keras 3, which has `model.outputs`.
fn never_called(failure: &Failure<'_>) -> Explanation {
    let end = failure.op();
    let program = failure.program();
    let attribute = source::around(program, failure.span()).into_iter().rev().find_map(|node| match node {
        AnyNodeRef::ExprAttribute(e) if e.attr.as_str() == end => Some(&e.attr),
        _ => None,
    });
    let edit = attribute.map(|name| replace(python::span(name.range()), format!("{end}s[0]")));
    Explanation::new(format!("a Sequential that was not called on anything has no `{end}`"))
        .note("to Keras 3 it is a layer here: what it was called on and what it gave counts, not what it consists of")
        .help(format!("`{end}s` has the tensors that it consists of: `model.{end}s[0]`"))
        .mended(edit.map(|edit| safe(format!("write `{end}s[0]`"), vec![edit])))
}
