//! Functions of Keras 2's backend that Keras 3 does not have.

use std::rc::Rc;

use diagnostics::{Edit, Fix, Severity, Span};
use interp::Interp;
use interp::value::Value;
use ops::{Keras, Mistake};
use python::ast::{self, AnyNodeRef, Expr};
use python::{Module, Ranged};

use super::keras_ops_of::instead;
use crate::wording::listed;
use crate::{Check, Explanation, Failure, Group, Rule, repair, source, translate};

/// Finds functions of `keras.backend` that only Keras 2 has.
pub(super) static KERAS2_BACKEND_FUNCTION: Rule = Rule {
    name: "keras2-backend-function",
    group: Group::Backend,
    summary: "a function of `keras.backend` that Keras 3 does not have",
    severity: Severity::Error,
    page: include_str!("keras2_backend_function.md"),
    check: Check::Failure(check),
};

fn check(failure: &Failure<'_>) -> Option<Explanation> {
    let Mistake::MissingName { name } = failure.mistake()? else { return None };
    let interp = failure.interp;
    if interp.keras != Keras::Three || !failure.op().ends_with("keras.backend") || !is_gone(name) {
        return None;
    }
    let written = failure.program().text(failure.span());
    let shown = if written.ends_with(name.as_str()) && written.len() < 60 { written } else { name };
    let mut explanation =
        Explanation::new(format!("Keras 3's `keras.backend` has no `{name}`: it was a function of Keras 2"));
    explanation.help.push(match instead(name) {
        Some(text) => format!("in place of `{shown}` there is {text}"),
        None => "look for it in `keras.ops`, which has the functions for tensors".to_owned(),
    });
    let module = interp.program.module_at(failure.span().start);
    let uses = uses(interp, module, failure.op());
    let others = others(interp, &uses, failure.span());
    if !others.is_empty() {
        explanation.notes.push(format!("the same goes for {}", listed(&others)));
    }
    explanation.fix = fix(interp, &uses);
    Some(explanation)
}

/// Tells whether a name was one of Keras 2's backend and is not one of Keras 3's.
fn is_gone(name: &str) -> bool {
    let path = format!("keras.backend.{name}");
    names::lookup(names::Profile::Keras2, &path).is_some()
        && names::lookup(names::Profile::Keras3, &path).is_none()
}

/// `K.name` in the script.
struct Use<'a> {
    name: &'a str,
    span: Span,
    alias: &'a str,
}

/// Finds every use in a module of a function that is gone.
fn uses<'a>(interp: &Interp<'a>, module: &'a Module, backend: &str) -> Vec<Use<'a>> {
    struct Finder<'a, 'i> {
        interp: &'i Interp<'a>,
        backend: &'i str,
        found: Vec<Use<'a>>,
    }
    impl<'a> ast::visitor::Visitor<'a> for Finder<'a, '_> {
        fn visit_expr(&mut self, expr: &'a Expr) {
            if let Expr::Attribute(e) = expr
                && let Expr::Name(object) = &*e.value
                && matches!(self.interp.global(&object.id), Some(Value::Module(path)) if path == Rc::from(self.backend))
                && is_gone(&e.attr)
            {
                let span = python::span(e.range());
                self.found.push(Use { name: &e.attr, span, alias: &object.id });
            }
            ast::visitor::walk_expr(self, expr);
        }
    }
    let mut finder = Finder { interp, backend, found: Vec::new() };
    module.body().iter().for_each(|s| ast::visitor::Visitor::visit_stmt(&mut finder, s));
    finder.found
}

fn others(interp: &Interp<'_>, uses: &[Use<'_>], own: Span) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for other in uses.iter().filter(|other| other.span != own) {
        let text =
            format!("`{}.{}` on line {}", other.alias, other.name, interp.program.line(other.span.start));
        if !out.contains(&text) && out.len() < 6 {
            out.push(text);
        }
    }
    out
}

/// Translates every use that can be.
fn fix(interp: &Interp<'_>, uses: &[Use<'_>]) -> Option<Fix> {
    let mut edits: Vec<Edit> = Vec::new();
    for one in uses {
        let called = source::around(interp.program, one.span).into_iter().rev().find_map(|node| match node {
            AnyNodeRef::ExprCall(call) if python::span(call.func.range()) == one.span => Some(call),
            _ => None,
        });
        let path = format!("keras.backend.{}", one.name);
        let Some(call) = called else { continue };
        for edit in translate::call(interp, call, &path).unwrap_or_default() {
            if !edits.contains(&edit) {
                edits.push(edit);
            }
        }
    }
    (!edits.is_empty()).then(|| repair::safe("use the functions of `keras.ops`", edits))
}
