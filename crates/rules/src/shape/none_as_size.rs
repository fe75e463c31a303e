//! `None` where a size is needed.

use diagnostics::{Severity, Span};
use ops::{Keras, Mistake};
use python::Ranged;
use python::ast::{AnyNodeRef, Expr, Stmt};

use crate::{Check, Explanation, Failure, Group, Rule, source};

/// Finds sizes that are not known and are used as numbers.
pub(super) static NONE_AS_SIZE: Rule = Rule {
    name: "none-as-size",
    group: Group::Shape,
    summary: "a size that is not known yet, `None`, is used as a number",
    severity: Severity::Error,
    page: include_str!("none_as_size.md"),
    check: Check::Failure(check),
};

fn check(failure: &Failure<'_>) -> Option<Explanation> {
    match failure.mistake()? {
        Mistake::NoneValue => {}
        Mistake::Argument { problem, .. } if problem.contains("None") => {}
        _ => return None,
    }
    let size = static_size(failure, failure.span())?;
    let text = failure.program().text(size);
    let mut explanation =
        Explanation::new(format!("`{text}` is `None` here: that size is only known when data comes"));
    if size != failure.span() {
        explanation = explanation.label(size, "`None`");
    }
    let dynamic = match failure.interp.keras {
        Keras::Two => "`tf.shape(x)[0]` (`K.shape(x)[0]`)",
        Keras::Three => "`keras.ops.shape(x)[0]` (`tf.shape(x)[0]`)",
    };
    Some(
        explanation
            .note("`x.shape` and `K.int_shape(x)` tell what is known before the model runs; the batch and lengths that vary are not")
            .help(format!("{dynamic} is the size at run time, a tensor; in a reshape, `-1` stands for it"))
            .operands(failure),
    )
}

/// Finds `x.shape[0]` or `K.int_shape(x)[0]` in an expression, or in what one of its names was assigned.
fn static_size(failure: &Failure<'_>, span: Span) -> Option<Span> {
    let nodes = source::around(failure.program(), span);
    let mut sizes = Sizes { names: Vec::new(), found: None };
    match nodes.last()? {
        AnyNodeRef::ExprCall(e) => python::ast::visitor::walk_expr(&mut sizes, &Expr::Call((*e).clone())),
        AnyNodeRef::ExprBinOp(e) => python::ast::visitor::walk_expr(&mut sizes, &Expr::BinOp((*e).clone())),
        _ => return None,
    }
    if sizes.found.is_some() {
        return sizes.found;
    }
    let body = nodes.iter().rev().find_map(|node| match node {
        AnyNodeRef::StmtFunctionDef(s) => Some(&s.body[..]),
        _ => None,
    });
    let names = sizes.names;
    body.unwrap_or(failure.program().module_at(span.start).body())
        .iter()
        .filter_map(|s| assigned(s, &names))
        .next()
}

/// The size that a statement assigns to one of the names.
fn assigned(statement: &Stmt, names: &[String]) -> Option<Span> {
    let Stmt::Assign(s) = statement else { return None };
    let bound = s.targets.iter().any(|target| match target {
        Expr::Name(name) => names.iter().any(|n| n == name.id.as_str()),
        Expr::Tuple(tuple) => tuple
            .elts
            .iter()
            .any(|e| matches!(e, Expr::Name(name) if names.iter().any(|n| n == name.id.as_str()))),
        _ => false,
    });
    (bound && is_size(&s.value)).then(|| python::span(s.value.range()))
}

/// Collects the names in an expression and the first size.
struct Sizes {
    names: Vec<String>,
    found: Option<Span>,
}

impl<'a> python::ast::visitor::Visitor<'a> for Sizes {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if self.found.is_none() && is_size(expr) {
            self.found = Some(python::span(expr.range()));
        }
        if let Expr::Name(name) = expr {
            self.names.push(name.id.to_string());
        }
        python::ast::visitor::walk_expr(self, expr);
    }
}

/// Tells whether an expression is a static shape or a part of one.
fn is_size(expr: &Expr) -> bool {
    match expr {
        Expr::Subscript(e) => is_size(&e.value),
        Expr::Attribute(e) => e.attr.as_str() == "shape",
        Expr::Call(e) => match &*e.func {
            Expr::Attribute(f) => matches!(f.attr.as_str(), "int_shape" | "get_shape" | "as_list"),
            Expr::Name(f) => f.id.as_str() == "int_shape",
            _ => false,
        },
        _ => false,
    }
}
