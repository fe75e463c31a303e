//! Keys that a dict does not have.

use diagnostics::{Fix, Severity};
use ops::Mistake;
use python::Ranged;
use python::ast::{AnyNodeRef, Expr};

use crate::repair::{replace, risky};
use crate::wording::listed;
use crate::{Check, Explanation, Failure, Group, Rule, source};

/// Finds items that are asked for by a key which the dict lacks.
pub(super) static MISSING_KEY: Rule = Rule {
    name: "missing-key",
    group: Group::Script,
    summary: "a dict is asked for a key that it does not have",
    severity: Severity::Error,
    page: include_str!("missing_key.md"),
    check: Check::Failure(check),
};

/// So many keys are listed.
const MOST: usize = 8;
/// A dict that is written longer than this is not repeated.
const MAX_NAME: usize = 40;

fn check(failure: &Failure<'_>) -> Option<Explanation> {
    let Mistake::MissingKey { key, keys } = failure.mistake().filter(|_| failure.fatal)? else { return None };
    let (owner, written) = subscript(failure).unzip();
    let owner = owner.flatten().unwrap_or_else(|| "the dict".to_owned());
    let mut explanation = Explanation::new(format!("{owner} has no key {key}"));
    explanation.notes.push(contents(keys));
    let near = meant(key, keys);
    if let Some(near) = near {
        explanation.help.push(format!("there is {near}"));
        explanation.fix = written.flatten().and_then(|expr| respelt(expr, near));
    }
    if owner.contains("history") || owner.contains("logs") {
        explanation.help.push(
            "the keys are 'loss' and the metrics by the names that `compile` is given: `metrics=[\"acc\"]` gives 'acc', \
             `metrics=[\"accuracy\"]` 'accuracy'; those with 'val_' need validation data"
                .to_owned(),
        );
    }
    explanation.label = format!("raises `KeyError`: {key}");
    explanation.quotes = true;
    Some(explanation)
}

/// What the dict has instead.
fn contents(keys: &[String]) -> String {
    match keys {
        [] => "it is empty".to_owned(),
        keys if keys.len() <= MOST => format!("it has {}", listed(keys)),
        keys => format!("it has {} and more", keys[..MOST].join(", ")),
    }
}

/// The dict as it is written, and the key, of a subscript.
fn subscript<'a>(failure: &Failure<'a>) -> Option<(Option<String>, Option<&'a Expr>)> {
    let program = failure.program();
    let node = source::around(program, failure.span()).into_iter().rev().find_map(|node| match node {
        AnyNodeRef::ExprSubscript(e) => Some(e),
        _ => None,
    })?;
    let owner =
        source::plain(program, python::span(node.value.range())).filter(|text| text.len() <= MAX_NAME);
    Some((owner.map(|text| format!("`{text}`")), Some(&*node.slice)))
}

/// The key that was probably meant: one that is spelt alike, or of which the other is the beginning, as 'acc' is of
/// 'accuracy'.
fn meant<'a>(key: &str, keys: &'a [String]) -> Option<&'a str> {
    let bare = key.trim_matches('\'');
    let begins = |known: &&String| {
        let known = known.trim_matches('\'');
        bare.len() >= 3 && (known.starts_with(bare) || known.len() >= 3 && bare.starts_with(known))
    };
    let mut alike = keys.iter().filter(|known| known.starts_with('\'')).filter(begins);
    let first = alike.next();
    let only = first.filter(|_| alike.next().is_none()).map(String::as_str);
    only.or_else(|| key.starts_with('\'').then(|| names::nearest(key, keys.iter().map(String::as_str)))?)
}

/// Writes the key that there is.
fn respelt(written: &Expr, near: &str) -> Option<Fix> {
    let span = python::span(written.range());
    let quoted = format!("\"{}\"", near.trim_matches('\''));
    written.is_string_literal_expr().then(|| risky(format!("write {near}"), vec![replace(span, quoted)]))
}
