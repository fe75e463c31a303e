//! Values that are unpacked into another number of names than they have items.

use diagnostics::Severity;
use interp::Interp;
use interp::value::Value;
use ops::Mistake;
use python::ast::Expr;

use crate::wording::counted;
use crate::{Check, Explanation, Failure, Group, Rule, source};

/// Finds assignments to more or fewer names than there are values.
pub(super) static UNPACKING: Rule = Rule {
    name: "unpacking",
    group: Group::Script,
    summary: "a value is unpacked into another number of names than it has items",
    severity: Severity::Error,
    page: include_str!("unpacking.md"),
    check: Check::Failure(check),
};

/// A value that is written longer than this is not repeated.
const MAX_NAME: usize = 40;

fn check(failure: &Failure<'_>) -> Option<Explanation> {
    let Mistake::Unpacking { names, items } = *failure.mistake().filter(|_| failure.fatal)? else {
        return None;
    };
    let value = failure.program().text(failure.span());
    let short = value.len() <= MAX_NAME && !value.contains('\n') && !value.is_empty();
    let value = if short { format!("`{value}`") } else { "the value".to_owned() };
    let given = match items {
        Some(items) => counted(items, "item"),
        None => format!("more than {}", counted(names, "item")),
    };
    let mut explanation =
        Explanation::new(format!("{value} has {given}, and {} are to take them", counted(names, "name")));
    explanation.label = given;
    explanation.notes.extend(scores(failure));
    explanation.help.push(match items {
        Some(items) => format!("write {} on the left, or one name for all of them", counted(items, "name")),
        None => "write one name more for each further item, or `*rest` for all of them".to_owned(),
    });
    Some(explanation)
}

/// What `evaluate` and its like give.
fn scores(failure: &Failure<'_>) -> Option<String> {
    let call = source::call_at(failure.program(), failure.span())?;
    let Expr::Attribute(method) = &*call.func else { return None };
    let scores = matches!(method.attr.as_str(), "evaluate" | "train_on_batch" | "test_on_batch");
    (scores && is_model(failure.interp, &method.value)).then(|| {
        format!(
            "`{}` gives the loss and one number for each metric that `compile` is given; without metrics the loss alone",
            method.attr
        )
    })
}

/// Tells whether an expression is the name of a model.
fn is_model(interp: &Interp<'_>, value: &Expr) -> bool {
    let Expr::Name(name) = value else { return false };
    matches!(interp.global(&name.id), Some(Value::Instance(id)) if interp.model(id).is_some())
}
