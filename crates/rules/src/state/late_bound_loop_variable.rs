//! Lambdas made in a loop that all use the loop's last value.

use diagnostics::{Applicability, Edit, Fix, Label, Severity, Span};
use interp::Interp;
use interp::events::Event;
use interp::value::{FunctionId, Value};
use python::Ranged;
use python::ast::{self, AnyNodeRef, Expr};

use crate::explain::{consequence, says};
use crate::{Check, Context, Failure, Group, Rule, source};

/// Finds functions of Lambdas that read a loop variable, which has another value when the model runs.
pub(super) static LATE_BOUND_LOOP_VARIABLE: Rule = Rule {
    name: "late-bound-loop-variable",
    group: Group::State,
    summary: "Lambdas made in a loop all use the last value of the loop variable",
    severity: Severity::Warning,
    page: include_str!("late_bound_loop_variable.md"),
    check: Check::Script(check),
};

fn check(interp: &Interp<'_>, cx: &mut Context<'_>) {
    let mut done: Vec<(Span, String)> = Vec::new();
    for event in &interp.events {
        let Event::Captured { layer, function, values, .. } = event else { continue };
        let now = interp.captured(*function);
        let definition = interp.function(*function).span;
        for (name, before) in values {
            let after = now.iter().find(|(known, _)| known == name).map(|(_, value)| value);
            let Some(after) = after.filter(|after| differ(before, after)) else { continue };
            let key = (definition, name.to_string());
            if done.contains(&key) {
                continue;
            }
            let Some(bound) = loop_that_binds(interp, definition, name) else { continue };
            done.push(key);
            report(interp, cx, (layer, name), (Some(before), after), (*function, bound));
        }
    }
    for Late { layer, name, value, function, bound } in called_late(interp) {
        let key = (interp.function(function).span, name.to_owned());
        if !done.contains(&key) {
            done.push(key);
            report(interp, cx, (layer, name), (None, value), (function, bound));
        }
    }
}

/// A variable of a loop that several Lambdas made in it read, one of which is called behind the loop.
struct Late<'i> {
    layer: &'i str,
    name: &'i str,
    /// What the name means at the call.
    value: &'i Value,
    function: FunctionId,
    /// Where the loop binds the name.
    bound: Span,
}

fn called_late<'i>(interp: &'i Interp<'_>) -> Vec<Late<'i>> {
    let mut found = Vec::new();
    let mut seen: Vec<(FunctionId, Span)> = Vec::new();
    for event in &interp.events {
        let Event::Captured { layer, function, values, span } = event else { continue };
        let definition = interp.function(*function).span;
        let call = source::whole(interp.program, *span);
        let other = seen.iter().any(|(known, place)| *place == definition && known != function);
        seen.push((*function, definition));
        for (name, value) in values.iter().filter(|_| other) {
            let Some((bound, rounds)) = variable_of_loop(interp, definition, name) else { continue };
            if !rounds.contains(call) {
                found.push(Late { layer, name, value, function: *function, bound });
            }
        }
    }
    found
}

/// Finds the innermost `for` around a function whose variable a name is: where it is bound, and the whole loop.
fn variable_of_loop(interp: &Interp<'_>, definition: Span, name: &str) -> Option<(Span, Span)> {
    source::around(interp.program, definition).into_iter().rev().find_map(|node| {
        let bound = match node {
            AnyNodeRef::StmtFor(s) => binds(&s.target, name),
            AnyNodeRef::ExprListComp(e) => e.generators.iter().find_map(|g| binds(&g.target, name)),
            AnyNodeRef::ExprDictComp(e) => e.generators.iter().find_map(|g| binds(&g.target, name)),
            _ => None,
        };
        Some((bound?, python::span(node.range())))
    })
}

fn report(
    interp: &Interp<'_>,
    cx: &mut Context<'_>,
    (layer, name): (&str, &str),
    (before, after): (Option<&Value>, &Value),
    (function, bound): (FunctionId, Span),
) {
    let definition = interp.function(function).span;
    let used = use_of(interp, definition, name).unwrap_or(definition);
    let values = match (before.map(shown), shown(after)) {
        (Some(Some(before)), Some(after)) => {
            format!(": {after}, though layer '{layer}' was built with {before}")
        }
        (None, Some(after)) => format!(": {after}"),
        _ => String::new(),
    };
    let when = if before.is_some() { "at run time" } else { "behind the loop" };
    let message =
        format!("{when} `{name}` has the loop's last value in every Lambda made in this loop{values}");
    let failure = cx.failures().iter().find(|f| f.met && f.comes_of_run() && comes_of_loop(f, definition));
    let severity = if failure.is_some_and(|f| f.fatal) { Severity::Error } else { Severity::Warning };
    let found = cx.report_as(severity, used, "looked up each time the function runs", message);
    if let Some(failure) = failure {
        found.labels.push(consequence(failure));
    }
    found.labels.push(Label { span: bound, text: format!("`{name}` changes with every round") });
    let late = match before {
        Some(_) => {
            "the layers get their shapes while the loop is under way, but `fit` and `predict` run the functions again after it"
        }
        None => "the layers are called when the loop is over",
    };
    found
        .notes
        .push(format!("a function finds the names outside of it when it runs, not when it is made; {late}"));
    found.notes.extend(failure.map(says));
    found.help.push(format!("bind the value when the function is made, as a default: `{name}={name}`"));
    found.fix = parameters_end(interp, definition).map(|at| Fix {
        applicability: Applicability::Safe,
        title: format!("bind `{name}` as a default argument"),
        edits: vec![Edit { span: Span::new(at, at), content: format!(", {name}={name}") }],
    });
    if let Some(failure) = failure {
        cx.explains(failure.cause);
    }
}

/// Tells whether an exception is about a tensor that one of the loop's Lambdas made.
fn comes_of_loop(failure: &Failure<'_>, definition: Span) -> bool {
    let interp = failure.interp;
    interp.events.iter().any(|event| match event {
        Event::Captured { layer, function, .. } => {
            interp.function(*function).span == definition && failure.comes_through(layer)
        }
        _ => false,
    })
}

/// Tells whether two values are surely different.
fn differ(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => a != b,
        (Value::Float(a), Value::Float(b)) => a != b,
        (Value::Bool(a), Value::Bool(b)) => a != b,
        (Value::Str(a), Value::Str(b)) => a != b,
        (Value::Instance(a), Value::Instance(b)) => a != b,
        (Value::Tensor(a), Value::Tensor(b)) => a != b,
        (Value::Function(a), Value::Function(b)) => a != b,
        (Value::Api(a), Value::Api(b)) => a != b,
        (Value::Tuple(a), Value::Tuple(b)) => {
            a.len() != b.len() || a.iter().zip(b.iter()).any(|(a, b)| differ(a, b))
        }
        _ => false,
    }
}

fn shown(value: &Value) -> Option<String> {
    match value {
        Value::Int(n) => Some(n.to_string()),
        Value::Float(x) => Some(x.to_string()),
        Value::Str(text) if text.len() < 30 => Some(format!("'{text}'")),
        _ => None,
    }
}

/// Finds the loop or comprehension around a function that binds a name.
fn loop_that_binds(interp: &Interp<'_>, definition: Span, name: &str) -> Option<Span> {
    source::around(interp.program, definition).into_iter().rev().find_map(|node| match node {
        AnyNodeRef::StmtFor(s) => binds(&s.target, name).or_else(|| assigned(&s.body, name)),
        AnyNodeRef::StmtWhile(s) => assigned(&s.body, name),
        AnyNodeRef::ExprListComp(e) => e.generators.iter().find_map(|g| binds(&g.target, name)),
        AnyNodeRef::ExprDictComp(e) => e.generators.iter().find_map(|g| binds(&g.target, name)),
        AnyNodeRef::ExprGenerator(e) => e.generators.iter().find_map(|g| binds(&g.target, name)),
        _ => None,
    })
}

fn binds(target: &Expr, name: &str) -> Option<Span> {
    match target {
        Expr::Name(e) if e.id.as_str() == name => Some(python::span(e.range)),
        Expr::Tuple(e) => e.elts.iter().find_map(|e| binds(e, name)),
        Expr::List(e) => e.elts.iter().find_map(|e| binds(e, name)),
        Expr::Starred(e) => binds(&e.value, name),
        _ => None,
    }
}

fn assigned(body: &[ast::Stmt], name: &str) -> Option<Span> {
    body.iter().find_map(|statement| match statement {
        ast::Stmt::Assign(s) => s.targets.iter().find_map(|t| binds(t, name)),
        ast::Stmt::AugAssign(s) => binds(&s.target, name),
        _ => None,
    })
}

/// Finds the first use of a name in a function.
fn use_of(interp: &Interp<'_>, definition: Span, name: &str) -> Option<Span> {
    struct Finder<'n> {
        name: &'n str,
        found: Option<Span>,
    }
    impl<'a> ast::visitor::Visitor<'a> for Finder<'_> {
        fn visit_expr(&mut self, expr: &'a Expr) {
            if let Expr::Name(e) = expr
                && e.id.as_str() == self.name
                && self.found.is_none()
            {
                self.found = Some(python::span(e.range));
            }
            ast::visitor::walk_expr(self, expr);
        }
    }
    let mut finder = Finder { name, found: None };
    match function_at(interp, definition)? {
        AnyNodeRef::ExprLambda(e) => ast::visitor::Visitor::visit_expr(&mut finder, &e.body),
        AnyNodeRef::StmtFunctionDef(s) => {
            s.body.iter().for_each(|s| ast::visitor::Visitor::visit_stmt(&mut finder, s));
        }
        _ => {}
    }
    finder.found
}

fn function_at<'a>(interp: &Interp<'a>, definition: Span) -> Option<AnyNodeRef<'a>> {
    source::around(interp.program, definition).into_iter().rev().find(|node| {
        matches!(node, AnyNodeRef::ExprLambda(_) | AnyNodeRef::StmtFunctionDef(_))
            && python::span(node.range()).contains(definition)
    })
}

/// Finds where a parameter can be added: behind the last one, if that takes no more.
fn parameters_end(interp: &Interp<'_>, definition: Span) -> Option<u32> {
    let parameters = match function_at(interp, definition)? {
        AnyNodeRef::ExprLambda(e) => e.parameters.as_deref()?,
        AnyNodeRef::StmtFunctionDef(s) => &s.parameters,
        _ => return None,
    };
    if parameters.kwarg.is_some() || parameters.vararg.is_some() || parameters.args.is_empty() {
        return None;
    }
    let last =
        parameters.args.iter().chain(&parameters.kwonlyargs).map(|p| python::span(p.range()).end).max();
    last.filter(|_| parameters.posonlyargs.is_empty())
}
