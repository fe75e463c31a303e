//! What is left to do when all statements are known.

use super::super::graph::Declared;
use super::super::tree::Stmt;

/// Adds declarations, and takes away the `return None` that every function ends with.
pub(in super::super) fn finish(body: &mut Vec<Stmt>, declared: &Declared) {
    trim_returns(body);
    if !declared.nonlocals.is_empty() {
        body.insert(0, Stmt::Nonlocal(declared.nonlocals.iter().cloned().collect()));
    }
    if !declared.globals.is_empty() {
        body.insert(0, Stmt::Global(declared.globals.iter().cloned().collect()));
    }
}

/// Takes away `return None` where the function ends anyhow.
pub(in super::super) fn trim_returns(body: &mut Vec<Stmt>) {
    if let Some(Stmt::Return(value)) = body.last()
        && value.as_ref().is_none_or(|value| value.is_none())
    {
        body.pop();
    }
    match body.last_mut() {
        Some(Stmt::If { yes, no, .. }) => {
            // A branch that only returns would be left empty.
            if yes.len() > 1 {
                trim_returns(yes);
            }
            if no.len() > 1 || matches!(no.first(), Some(Stmt::If { .. })) {
                trim_returns(no);
            } else if matches!(no.first(), Some(Stmt::Return(value)) if value.as_ref().is_none_or(|value| value.is_none()))
            {
                no.clear();
            }
        }
        Some(Stmt::With { body, .. }) if body.len() > 1 => trim_returns(body),
        Some(Stmt::Match { cases, .. }) => {
            cases.iter_mut().filter(|case| case.body.len() > 1).for_each(|case| trim_returns(&mut case.body));
        }
        _ => {}
    }
}
