//! Functions and tensors where layers are needed.

use diagnostics::{Edit, Fix, Severity};
use ops::Mistake;
use python::Ranged;
use python::ast::Expr;

use crate::repair::lambda::lambda_class;
use crate::repair::{safe, wrap};
use crate::{Check, Explanation, Failure, Group, Rule, source};

/// Finds what is added to a Sequential model and is no layer.
pub(super) static NOT_A_LAYER: Rule = Rule {
    name: "not-a-layer",
    group: Group::Script,
    summary: "something that is no layer is put into a Sequential model",
    severity: Severity::Error,
    page: include_str!("not_a_layer.md"),
    check: Check::Failure(check),
};

fn check(failure: &Failure<'_>) -> Option<Explanation> {
    let Mistake::NotALayer = failure.mistake()? else { return None };
    Some(
        Explanation::new("only layers can be put into a Sequential model")
            .mended(fix(failure))
            .help("a function becomes a layer by `keras.layers.Lambda(function)`")
            .help(
                "a layer is added without being called: `model.add(Dense(4))`, not `model.add(Dense(4)(x))`",
            ),
    )
}

/// Makes a Lambda of a function that is added.
fn fix(failure: &Failure<'_>) -> Option<Fix> {
    let call = source::call_at(failure.program(), failure.span())?;
    let functions: Vec<&Expr> = match call.arguments.args.first()? {
        Expr::List(list) => list.elts.iter().filter(|e| e.is_lambda_expr()).collect(),
        lambda @ Expr::Lambda(_) => vec![lambda],
        _ => return None,
    };
    let class = lambda_class(failure.interp)?;
    let wrapped = |function: &&Expr| wrap(python::span(function.range()), &format!("{class}("), ")");
    let edits: Vec<Edit> = functions.iter().flat_map(wrapped).collect();
    (!edits.is_empty()).then(|| safe("make a Lambda of the function", edits))
}
