//! Which rules are reported.

use std::fmt;

use diagnostics::Diagnostic;
use rules::{Group, rules};

/// The rules and groups that are wanted and those that are not.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// If any, only these rules and groups are reported.
    select: Vec<String>,
    /// These are not reported; a rule's own name in `select` wins over its group's here.
    ignore: Vec<String>,
}

/// A name that is neither a rule's nor a group's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownName {
    /// The name given.
    pub name: String,
    /// The most similar name there is.
    pub similar: Option<&'static str>,
}

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no rule or group `{}`", self.name)?;
        match self.similar {
            Some(similar) => write!(f, "; did you mean `{similar}`?"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for UnknownName {}

impl Selection {
    /// Makes a selection of names of rules and groups.
    ///
    /// # Errors
    /// When a name is neither a rule's nor a group's.
    pub fn new(select: Vec<String>, ignore: Vec<String>) -> Result<Selection, UnknownName> {
        for name in select.iter().chain(&ignore) {
            let mut known = rules().map(|r| r.name).chain(Group::ALL.iter().map(|g| g.name())).chain(OWN);
            if !known.any(|k| k == name) {
                return Err(UnknownName { name: name.clone(), similar: similar_rule(name) });
            }
        }
        Ok(Selection { select, ignore })
    }

    /// Tells whether a finding is to be reported.
    pub(crate) fn wants(&self, diagnostic: &Diagnostic) -> bool {
        let named = |names: &[String], name: &str| names.iter().any(|n| n == name);
        if named(&self.select, diagnostic.rule) {
            return true;
        }
        if named(&self.ignore, diagnostic.rule) || named(&self.ignore, diagnostic.group) {
            return false;
        }
        self.select.is_empty() || named(&self.select, diagnostic.group)
    }
}

/// The names of findings about the analysis itself, which no rule makes.
pub(crate) const OWN: [&str; 1] = [INTERNAL_ERROR];
/// A failure of this program.
pub(crate) const INTERNAL_ERROR: &str = "internal-error";

/// Returns the rule or group whose name is most like the given one, if any is.
pub fn similar_rule(name: &str) -> Option<&'static str> {
    let known = rules().map(|r| r.name).chain(Group::ALL.iter().map(|g| g.name()));
    let nearest = known.map(|k| (distance(name, k), k)).min()?;
    (nearest.0 <= name.len().max(3) / 3).then_some(nearest.1)
}

/// Returns the number of single-character edits between two names.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use diagnostics::{Label, Severity, Span};

    use super::*;

    fn selection(select: &[&str], ignore: &[&str]) -> Result<Selection, UnknownName> {
        let owned = |names: &[&str]| names.iter().map(|&n| n.to_owned()).collect();
        Selection::new(owned(select), owned(ignore))
    }

    #[test]
    fn names_beat_groups() {
        let primary = Label { span: Span::default(), text: String::new() };
        let found = Diagnostic::new("syntax-error", "script", Severity::Error, primary, String::new());
        let wants = |select: &[&str], ignore: &[&str]| selection(select, ignore).map(|s| s.wants(&found));
        assert_eq!(wants(&[], &[]), Ok(true));
        assert_eq!(wants(&["shape"], &[]), Ok(false));
        assert_eq!(wants(&["script"], &[]), Ok(true));
        assert_eq!(wants(&["script"], &["syntax-error"]), Ok(false));
        assert_eq!(wants(&["syntax-error"], &["script"]), Ok(true));
        assert_eq!(wants(&[], &["script"]), Ok(false));
    }

    #[test]
    fn suggests_names() {
        let unknown = selection(&["syntx-error"], &[]).map(|_| ());
        assert_eq!(
            unknown,
            Err(UnknownName { name: "syntx-error".to_owned(), similar: Some("syntax-error") })
        );
        assert_eq!(similar_rule("lamda"), Some("lambda"));
        assert_eq!(similar_rule("zzzzzz"), None);
    }
}
