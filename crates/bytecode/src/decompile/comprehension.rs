//! Comprehensions and generator expressions: loops that fill a collection.

use crate::ops::Collection;

use super::flow::Flow;
use super::function::is_empty_collection;
use super::machine::Does;
use super::reduce::negate;
use super::stack::Id;
use super::structure::Structure;
use super::tree::{Clause, Comprehension, Expr, Gathers, Shared, Stmt};

const ODD: &str = "a comprehension in it is not understood";

/// Returns the comprehension that stands in the middle of other code, as since 3.12.
pub(super) fn inline(
    flow: &Flow<'_>,
    head: Id,
    iterable: &Shared,
    body: Id,
    collection: &Shared,
) -> Does<Expr> {
    let key = flow.loop_key(head).ok_or(ODD)?;
    let target = flow.machine.loop_targets.get(&key).cloned().ok_or(ODD)?;
    let statements = Structure::new(flow).gathering(head, body)?;
    let gathers = match &**collection {
        Expr::Display(Collection::List, _) => Gathers::List,
        Expr::Display(Collection::Set, _) => Gathers::Set,
        Expr::Dict(_) => Gathers::Dict,
        _ => return Err(ODD),
    };
    let first = Clause::For { target, iterable: iterable.clone(), asynchronous: false };
    clauses(gathers, vec![first], &statements)
}

/// Returns the comprehension that is a function of its own.
pub(super) fn gathered(name: &str, mut body: Vec<Stmt>, iterable: &Shared) -> Does<Expr> {
    let gathers = match name {
        "<listcomp>" => Gathers::List,
        "<setcomp>" => Gathers::Set,
        "<dictcomp>" => Gathers::Dict,
        _ => Gathers::Generator,
    };
    match body.pop() {
        Some(Stmt::Return(Some(value))) if gathers != Gathers::Generator && is_empty_collection(&value) => {}
        Some(Stmt::Return(Some(value))) if gathers == Gathers::Generator && value.is_none() => {}
        _ => return Err(ODD),
    }
    match &body[..] {
        [Stmt::For { target, iterable: first, asynchronous, body, no_break }] if no_break.is_empty() => {
            if !matches!(&**first, Expr::Name(name) if &**name == ".0") {
                return Err(ODD);
            }
            let clause = Clause::For {
                target: target.clone(),
                iterable: iterable.clone(),
                asynchronous: *asynchronous,
            };
            clauses(gathers, vec![clause], body)
        }
        _ => Err(ODD),
    }
}

fn clauses(gathers: Gathers, mut found: Vec<Clause>, body: &[Stmt]) -> Does<Expr> {
    let mut body = body;
    loop {
        match body {
            [Stmt::For { target, iterable, asynchronous, body: inner, no_break }] if no_break.is_empty() => {
                found.push(Clause::For {
                    target: target.clone(),
                    iterable: iterable.clone(),
                    asynchronous: *asynchronous,
                });
                body = inner;
            }
            [Stmt::If { test, yes, no }] if no.is_empty() => {
                found.push(Clause::If(test.clone()));
                body = yes;
            }
            // `if not c: continue` before the rest.
            [Stmt::If { test, yes, no }, rest @ ..] if no.is_empty() && yes[..] == [Stmt::Continue] => {
                found.push(Clause::If(negate(test)));
                body = rest;
            }
            [Stmt::Gather(element, value)] if gathers != Gathers::Generator => {
                return Ok(made(gathers, element, value.as_ref(), found));
            }
            [Stmt::Expr(value)] if gathers == Gathers::Generator => {
                let Expr::Yield(element) = &**value else { return Err(ODD) };
                let element = element.clone().unwrap_or_else(Expr::none);
                return Ok(made(gathers, &element, None, found));
            }
            _ => return Err(ODD),
        }
    }
}

fn made(gathers: Gathers, element: &Shared, value: Option<&Shared>, clauses: Vec<Clause>) -> Expr {
    Expr::Comprehension(Box::new(Comprehension {
        gathers,
        element: element.clone(),
        value: value.cloned(),
        clauses,
    }))
}
