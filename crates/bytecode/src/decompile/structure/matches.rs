//! `match` statements: chains of branches that compare one value with patterns.
//!
//! Patterns that take a value apart or bind names are compiled to other instructions and are not known here.

use crate::object::Object;
use crate::ops::{Comparison, Unary};

use super::super::machine::Does;
use super::super::reduce::join;
use super::super::tree::{Case, Expr, Shared, Stmt};

const UNKNOWN: &str = "a match in it is not understood";

/// A branch that is a case: what it says before its colon, its body, and what is done where it does not match.
struct Branch {
    values: Vec<Shared>,
    guard: Option<Shared>,
    body: Vec<Stmt>,
    otherwise: Vec<Stmt>,
}

/// Makes each subject and the branches behind it a `match`, in nested statements too.
pub(in super::super) fn with_matches(statements: Vec<Stmt>) -> Does<Vec<Stmt>> {
    let mut found = Vec::new();
    let mut rest = statements.into_iter();
    while let Some(statement) = rest.next() {
        if let Stmt::Subject(number, subject) = statement {
            let mut cases = Vec::new();
            let after = gather(number, rest.collect(), &mut cases)?;
            found.push(Stmt::Match { subject, cases });
            found.extend(with_matches(after)?);
            return Ok(found);
        }
        found.push(nested(statement)?);
    }
    Ok(found)
}

/// Takes the cases of a subject from the statements behind it; returns the statements behind those.
fn gather(number: usize, mut statements: Vec<Stmt>, cases: &mut Vec<Case>) -> Does<Vec<Stmt>> {
    loop {
        if statements.is_empty() {
            return Err(UNKNOWN);
        }
        let Branch { values, guard, body, otherwise } =
            branch(number, statements.remove(0)).ok_or(UNKNOWN)?;
        let ended = ends(&body);
        cases.push(Case { patterns: values, guard, body: with_matches(body)? });
        if otherwise.is_empty() {
            // Where a case ends the function or a round of the loop, the others need no `else`.
            if !ended {
                return Ok(statements);
            }
            match &statements[..] {
                [next, ..] if is_case(number, next) => continue,
                [Stmt::Raise(..)] => cases.push(wildcard(std::mem::take(&mut statements))),
                [Stmt::Return(Some(value))] if !value.is_none() => {
                    cases.push(wildcard(std::mem::take(&mut statements)));
                }
                _ => {}
            }
            return Ok(statements);
        }
        if otherwise.first().is_some_and(|first| is_case(number, first)) {
            let after = gather(number, otherwise, cases)?;
            return if after.is_empty() { Ok(statements) } else { Err(UNKNOWN) };
        }
        cases.push(wildcard(with_matches(otherwise)?));
        return Ok(statements);
    }
}

fn wildcard(body: Vec<Stmt>) -> Case {
    Case { patterns: Vec::new(), guard: None, body }
}

fn is_case(number: usize, statement: &Stmt) -> bool {
    matches!(statement, Stmt::If { test, .. } if head(number, test).is_some())
}

fn branch(number: usize, statement: Stmt) -> Option<Branch> {
    let Stmt::If { test, yes, no } = statement else { return None };
    let (values, guard, negated) = head(number, &test)?;
    let (body, otherwise) = if negated { (no, yes) } else { (yes, no) };
    Some(Branch { values, guard, body, otherwise })
}

/// What a case says before its colon, and whether the test is turned round: its body is only `pass`.
fn head(number: usize, test: &Shared) -> Option<(Vec<Shared>, Option<Shared>, bool)> {
    if let Some((values, guard)) = pattern(number, test) {
        return Some((values, guard, false));
    }
    let Expr::Unary(Unary::Not, inner) = &**test else { return None };
    let (values, guard) = pattern(number, inner)?;
    Some((values, guard, true))
}

/// `case 1 | 2 if guard`, of `(subject == 1 or subject == 2) and guard`.
fn pattern(number: usize, test: &Shared) -> Option<(Vec<Shared>, Option<Shared>)> {
    match &**test {
        Expr::Bool { and: false, parts } => {
            let values = parts.iter().map(|part| compared(number, part)).collect::<Option<_>>()?;
            Some((values, None))
        }
        Expr::Bool { and: true, parts } => {
            let (first, guards) = parts.split_first()?;
            let (values, None) = pattern(number, first)? else { return None };
            Some((values, guards.iter().cloned().reduce(|a, b| join(true, &a, &b))))
        }
        _ => Some((vec![compared(number, test)?], None)),
    }
}

/// The value that the subject is compared with.
fn compared(number: usize, test: &Shared) -> Option<Shared> {
    let Expr::Compare(left, operands) = &**test else { return None };
    let [(comparison, value)] = &operands[..] else { return None };
    let singleton = matches!(&**value, Expr::Constant(Object::None | Object::Bool(_)));
    let known = match comparison {
        Comparison::Is => singleton,
        Comparison::Equal => !singleton && matches!(&**value, Expr::Constant(_) | Expr::Attribute(..)),
        _ => false,
    };
    (**left == Expr::Subject(number) && known).then(|| value.clone())
}

fn ends(body: &[Stmt]) -> bool {
    matches!(body.last(), Some(Stmt::Return(_) | Stmt::Raise(..) | Stmt::Break | Stmt::Continue))
}

/// A statement with the `match` statements in it.
fn nested(statement: Stmt) -> Does<Stmt> {
    Ok(match statement {
        Stmt::If { test, yes, no } => Stmt::If { test, yes: with_matches(yes)?, no: with_matches(no)? },
        Stmt::While { test, body, no_break } => {
            Stmt::While { test, body: with_matches(body)?, no_break: with_matches(no_break)? }
        }
        Stmt::For { target, iterable, asynchronous, body, no_break } => Stmt::For {
            target,
            iterable,
            asynchronous,
            body: with_matches(body)?,
            no_break: with_matches(no_break)?,
        },
        Stmt::With { items, asynchronous, body } => {
            Stmt::With { items, asynchronous, body: with_matches(body)? }
        }
        Stmt::Try { body, mut handlers, no_exception, finally } => {
            for handler in &mut handlers {
                handler.body = with_matches(std::mem::take(&mut handler.body))?;
            }
            Stmt::Try {
                body: with_matches(body)?,
                handlers,
                no_exception: with_matches(no_exception)?,
                finally: with_matches(finally)?,
            }
        }
        other => other,
    })
}
