//! Functions of Keras 2's backend that Keras 3 does not have.

use std::rc::Rc;

use diagnostics::{Applicability, Edit, Fix, Severity, Span};
use interp::Interp;
use interp::value::Value;
use ops::{Keras, Mistake};
use python::ast::{self, Expr};
use python::{Module, Ranged};

use super::keras_ops_of::{Instead, instead};
use crate::wording::listed;
use crate::{Check, Explanation, Failure, Group, Rule};

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
        Some(Instead::Same(same)) => format!("write `keras.ops.{same}`, which takes the same arguments"),
        Some(Instead::Other(text)) => format!("in place of `{shown}` there is {text}"),
        None => "look for it in `keras.ops`, which has the functions for tensors".to_owned(),
    });
    let module = interp.program.module_at(failure.span().start);
    let uses = uses(interp, module, failure.op());
    let others = others(interp, &uses, failure.span());
    if !others.is_empty() {
        explanation.notes.push(format!("the same goes for {}", listed(&others)));
    }
    explanation.fix = fix(interp, module, &uses);
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

/// Renames all that only have to be renamed, if that is all there is to do.
fn fix(interp: &Interp<'_>, module: &Module, uses: &[Use<'_>]) -> Option<Fix> {
    let mut edits = Vec::new();
    let keras = matches!(interp.global("keras"), Some(Value::Module(path)) if &*path == "keras");
    for one in uses {
        let Some(Instead::Same(name)) = instead(one.name) else { return None };
        let content = if keras { format!("keras.ops.{name}") } else { format!("ops.{name}") };
        edits.push(Edit { span: one.span, content });
    }
    if edits.is_empty() {
        return None;
    }
    if !keras {
        if interp.global("ops").is_some() {
            return None;
        }
        let at = import_place(module)?;
        edits.insert(0, Edit { span: Span::new(at, at), content: "from keras import ops\n".to_owned() });
    }
    let title = "use the functions of `keras.ops`".to_owned();
    Some(Fix { applicability: Applicability::Safe, title, edits })
}

/// Where an import can be put: before the first one that is not of `__future__`.
fn import_place(module: &Module) -> Option<u32> {
    module.body().iter().find_map(|statement| match statement {
        ast::Stmt::Import(s) => Some(python::span(s.range()).start),
        ast::Stmt::ImportFrom(s) if s.module.as_deref() != Some("__future__") => {
            Some(python::span(s.range()).start)
        }
        _ => None,
    })
}
