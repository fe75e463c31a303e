//! Which rules are reported.

use std::fmt;

use diagnostics::Diagnostic;
use rules::{Group, rules};

/// The rules and groups that are wanted and those that are not.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// If any, only these rules and groups are reported.
    select: Vec<String>,
    /// These are reported too.
    extend: Vec<String>,
    /// These are not reported; a rule's own name in the others wins over its group's here.
    ignore: Vec<String>,
    /// These are not reported whatever else is said: they are ignored for one file.
    ignore_here: Vec<String>,
}

/// A name that is neither a rule's nor a group's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownName {
    /// The name given.
    pub name: String,
    /// The most similar name there is.
    pub similar: Option<&'static str>,
}

impl UnknownName {
    /// Checks that a name is a rule's or a group's.
    ///
    /// # Errors
    /// When it is not.
    pub(crate) fn check(name: &str) -> Result<(), UnknownName> {
        if names().chain(OWN).any(|known| known == name) {
            return Ok(());
        }
        Err(UnknownName { name: name.to_owned(), similar: similar_rule(name) })
    }
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
    /// Makes a selection of names of rules and groups: those to report and nothing else, those to report as
    /// well, and those not to report.
    ///
    /// # Errors
    /// When a name is neither a rule's nor a group's.
    pub fn new(
        select: Vec<String>,
        extend: Vec<String>,
        ignore: Vec<String>,
    ) -> Result<Selection, UnknownName> {
        select.iter().chain(&extend).chain(&ignore).try_for_each(|name| UnknownName::check(name))?;
        Ok(Selection { select, extend, ignore, ignore_here: Vec::new() })
    }

    /// Returns the selection without rules and groups that are ignored for one file.
    #[must_use]
    pub fn without(mut self, names: impl IntoIterator<Item = String>) -> Selection {
        self.ignore_here.extend(names);
        self
    }

    /// Tells whether a finding is to be reported.
    pub(crate) fn wants(&self, diagnostic: &Diagnostic) -> bool {
        let named = |names: &[String], name: &str| names.iter().any(|n| n == name);
        let either = |names: &[String]| named(names, diagnostic.rule) || named(names, diagnostic.group);
        if either(&self.ignore_here) {
            return false;
        }
        if named(&self.select, diagnostic.rule) || named(&self.extend, diagnostic.rule) {
            return true;
        }
        if either(&self.ignore) {
            return false;
        }
        self.select.is_empty()
            || named(&self.select, diagnostic.group)
            || named(&self.extend, diagnostic.group)
    }
}

/// The names of findings about the analysis itself, which no rule makes.
pub(crate) const OWN: [&str; 1] = [INTERNAL_ERROR];
/// A failure of this program.
pub(crate) const INTERNAL_ERROR: &str = "internal-error";

/// Returns the names of all rules and groups.
fn names() -> impl Iterator<Item = &'static str> {
    rules().map(|r| r.name).chain(Group::ALL.iter().map(|g| g.name()))
}

/// Returns the rule or group whose name is most like the given one, if any is.
pub fn similar_rule(name: &str) -> Option<&'static str> {
    names::nearest(name, self::names())
}

#[cfg(test)]
mod tests {
    use diagnostics::{Label, Severity, Span};

    use super::*;

    fn selection(select: &[&str], extend: &[&str], ignore: &[&str]) -> Result<Selection, UnknownName> {
        let owned = |names: &[&str]| names.iter().map(|&n| n.to_owned()).collect();
        Selection::new(owned(select), owned(extend), owned(ignore))
    }

    #[test]
    fn names_beat_groups() {
        let primary = Label { span: Span::default(), text: String::new() };
        let found = Diagnostic::new("syntax-error", "script", Severity::Error, primary, String::new());
        let wants = |select: &[&str], extend: &[&str], ignore: &[&str]| {
            selection(select, extend, ignore).map(|s| s.wants(&found))
        };
        assert_eq!(wants(&[], &[], &[]), Ok(true));
        assert_eq!(wants(&["shape"], &[], &[]), Ok(false));
        assert_eq!(wants(&["script"], &[], &[]), Ok(true));
        assert_eq!(wants(&["script"], &[], &["syntax-error"]), Ok(false));
        assert_eq!(wants(&["syntax-error"], &[], &["script"]), Ok(true));
        assert_eq!(wants(&[], &[], &["script"]), Ok(false));
        assert_eq!(wants(&["shape"], &["script"], &[]), Ok(true));
        assert_eq!(wants(&[], &["shape"], &[]), Ok(true));
        assert_eq!(wants(&[], &["syntax-error"], &["script"]), Ok(true));
        let here = selection(&["syntax-error"], &[], &[]).map(|s| s.without(["script".to_owned()]));
        assert_eq!(here.map(|s| s.wants(&found)), Ok(false));
    }

    #[test]
    fn suggests_names() {
        let unknown = selection(&["syntx-error"], &[], &[]).map(|_| ());
        assert_eq!(
            unknown,
            Err(UnknownName { name: "syntx-error".to_owned(), similar: Some("syntax-error") })
        );
        assert_eq!(similar_rule("lamda"), Some("lambda"));
    }
}
