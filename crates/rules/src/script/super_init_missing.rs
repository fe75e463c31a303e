//! Layers and models whose `__init__` does not begin with `super().__init__()`.

use diagnostics::{Edit, Fix, Severity, Span};
use interp::Interp;
use ops::Mistake;
use python::Ranged;
use python::ast::{Expr, Stmt, StmtClassDef, StmtFunctionDef};

use crate::repair::{insert, replace, safe};
use crate::{Check, Explanation, Failure, Group, Rule, source};

/// Finds layers and models that are used before Keras' own constructor has run.
pub(super) static SUPER_INIT_MISSING: Rule = Rule {
    name: "super-init-missing",
    group: Group::Script,
    summary: "a layer or model is used before `super().__init__()` has run",
    severity: Severity::Error,
    page: include_str!("super_init_missing.md"),
    check: Check::Failure(check),
};

fn check(failure: &Failure<'_>) -> Option<Explanation> {
    let Mistake::NotInitialised { class } = failure.mistake()? else { return None };
    let mut explanation = Explanation::new(format!(
        "`{class}` has not called `super().__init__()`, which makes a layer of it"
    ))
    .note("layers, weights and losses are kept in what Keras' own constructor sets up")
    .help("`super().__init__()` has to be the first statement of `__init__`, before any attribute is set");
    if let Some(init) = constructor(failure.interp, class) {
        let place = python::span(init.name.range());
        if !failure.span().contains(place) {
            explanation = explanation.label(place, "does not begin with `super().__init__()`");
        }
        explanation.fix = begin_with_super(failure.interp, init);
    }
    Some(explanation)
}

/// The `__init__` that the script writes for a class.
fn constructor<'a>(interp: &Interp<'a>, class: &str) -> Option<&'a StmtFunctionDef> {
    let classes = interp.program.script().body().iter().filter_map(Stmt::as_class_def_stmt);
    let StmtClassDef { body, .. } = classes.into_iter().find(|c| c.name.as_str() == class)?;
    body.iter().filter_map(Stmt::as_function_def_stmt).find(|f| f.name.as_str() == "__init__")
}

/// Puts `super().__init__()` first: the one that comes later, or a new one.
fn begin_with_super(interp: &Interp<'_>, init: &StmtFunctionDef) -> Option<Fix> {
    let documented = init.body.first().is_some_and(|s| match s {
        Stmt::Expr(s) => s.value.is_string_literal_expr(),
        _ => false,
    });
    let first = init.body.get(usize::from(documented))?;
    let at = python::span(first.range()).start;
    let later = init.body.iter().find(|statement| calls_super(interp, statement));
    let call =
        later.map_or("super().__init__()", |statement| interp.program.text(python::span(statement.range())));
    let (line, column) = interp.program.script().line_column(at);
    let indent = " ".repeat((column as usize).saturating_sub(1));
    if line == interp.program.script().line_column(python::span(init.range()).start).0 {
        return None;
    }
    let mut edits: Vec<Edit> = vec![insert(at, format!("{call}\n{indent}"))];
    if let Some(statement) = later {
        // The whole line goes, with its indentation and its end.
        let whole = python::span(statement.range());
        let source = interp.program.script().source();
        let from = source.get(..whole.start as usize)?.rfind('\n')? as u32;
        edits.push(replace(Span::new(from, whole.end), ""));
    }
    Some(safe("begin with `super().__init__()`", edits))
}

/// Tells whether a statement is `super().__init__(...)`.
fn calls_super(interp: &Interp<'_>, statement: &Stmt) -> bool {
    let Stmt::Expr(s) = statement else { return false };
    let Expr::Call(call) = &*s.value else { return false };
    let callee = source::plain(interp.program, python::span(call.func.range())).unwrap_or_default();
    callee.starts_with("super(") && callee.ends_with(".__init__")
}
