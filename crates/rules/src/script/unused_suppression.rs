//! Comments that silence what is not there.

use diagnostics::{Applicability, Edit, Fix, Severity, Span};
use python::{Suppression, Suppressions};

use crate::{Check, Context, Group, Rule, find_rule};

/// Finds comments that silence nothing.
pub(super) static UNUSED_SUPPRESSION: Rule = Rule {
    name: "unused-suppression",
    group: Group::Script,
    summary: "a comment silences findings that there are none of",
    severity: Severity::Info,
    page: include_str!("unused_suppression.md"),
    check: Check::Comments(check),
};

fn check(comments: &Suppressions, cx: &mut Context<'_>) {
    let known = |name: &str| find_rule(name).is_some() || Group::ALL.iter().any(|g| g.name() == name);
    for Suppression { span, rules, file, .. } in comments.unused() {
        // A name that does not exist is a mistake of its own; a comment that silences this rule is of use here.
        if rules.iter().any(|(name, _)| !known(name) || name == UNUSED_SUPPRESSION.name) {
            continue;
        }
        let place = if *file { "this file" } else { "this line" };
        let names: Vec<&str> = rules.iter().map(|(name, _)| name.as_str()).collect();
        let what =
            if names.is_empty() { "nothing".to_owned() } else { format!("nothing of {}", listed(&names)) };
        let edit = removal(cx.module().source(), *span);
        let found = cx.report(*span, "", format!("{what} is found in {place}, so the comment is of no use"));
        found.fix = Some(Fix {
            applicability: Applicability::Safe,
            title: "remove the comment".to_owned(),
            edits: vec![edit],
        });
    }
}

fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// Removes a comment with the blanks before it, or with its line where nothing else stands there.
fn removal(source: &str, span: Span) -> Edit {
    let (start, end) = (span.start as usize, span.end as usize);
    let before = source.get(..start).unwrap_or_default();
    let after = source.get(end..).unwrap_or_default();
    let ends_line = after.is_empty() || after.starts_with(['\n', '\r']);
    let mut removed = span;
    if ends_line {
        let kept = before.trim_end_matches([' ', '\t', '\u{c}']);
        removed.start = kept.len() as u32;
        if kept.is_empty() || kept.ends_with(['\n', '\r']) {
            let line_end = if after.starts_with("\r\n") { 2 } else { usize::from(!after.is_empty()) };
            removed.end += line_end as u32;
        }
    } else {
        removed.end += (after.len() - after.trim_start_matches([' ', '\t']).len()) as u32;
    }
    Edit { span: removed, content: String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_of_the_comment() {
        let removed = |source: &str, comment: &str| {
            let start = source.find(comment).unwrap();
            let edit = removal(source, Span::new(start as u32, (start + comment.len()) as u32));
            diagnostics::apply_edits(source, &[edit]).unwrap()
        };
        assert_eq!(removed("x = 1  # a\ny\n", "# a"), "x = 1\ny\n");
        assert_eq!(removed("x = 1  # b  # a", "# a"), "x = 1  # b");
        assert_eq!(removed("x = 1  # a # b\n", "# a"), "x = 1  # b\n");
        assert_eq!(removed("x\r\n  # a\r\ny\r\n", "# a"), "x\r\ny\r\n");
        assert_eq!(removed("# a\nx\n", "# a"), "x\n");
    }
}
