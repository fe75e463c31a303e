//! What was found against what was expected.

use std::fmt;

use diagnostics::{Diagnostic, Severity};

use crate::{Expected, Test};

/// Something that was found on a line of a test's code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The line, from 1.
    pub line: usize,
    /// What it is.
    pub found: Found,
}

impl Finding {
    /// Returns the line and the text of something revealed.
    pub(crate) fn revealed(&self) -> Option<(usize, &str)> {
        match &self.found {
            Found::Revealed(text) => Some((self.line, text)),
            Found::Diagnostic(_) => None,
        }
    }
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// What `reveal_type` and its like showed.
    Revealed(String),
    /// A diagnostic.
    Diagnostic(Box<Diagnostic>),
}

/// A difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The line in the Markdown file, from 1.
    pub line: usize,
    /// What is missing or not expected.
    pub message: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.line, self.message)
    }
}

/// Compares what was found with what a test expects. Each expectation takes one finding of its line;
/// left-over findings are failures, but for advice, which need not be expected.
pub fn compare(test: &Test, findings: Vec<Finding>) -> Vec<Failure> {
    let mut left = findings;
    let mut failures = Vec::new();
    for expectation in &test.expectations {
        let fits = |finding: &Finding| {
            finding.line == expectation.line && matches(&expectation.expected, &finding.found)
        };
        if let Some(at) = left.iter().position(fits) {
            left.remove(at);
            continue;
        }
        let line = test.markdown_line(expectation.line);
        failures.push(Failure { line, message: format!("expected {}", shown(&expectation.expected)) });
    }
    for Finding { line, found } in left {
        let message = match found {
            Found::Revealed(text) => format!("found    # revealed: {text}"),
            Found::Diagnostic(d) if d.severity == Severity::Info => continue,
            Found::Diagnostic(d) => {
                format!("found    # {}: [{}] \"{}\"", word(d.severity), d.rule, d.message)
            }
        };
        failures.push(Failure { line: test.markdown_line(line), message });
    }
    failures.sort_by_key(|failure| failure.line);
    failures
}

fn matches(expected: &Expected, found: &Found) -> bool {
    match (expected, found) {
        (Expected::Revealed(wanted), Found::Revealed(text)) => wanted == text,
        (Expected::Diagnostic { severity, rule, text }, Found::Diagnostic(d)) => {
            *severity == d.severity
                && rule == d.rule
                && text.as_ref().is_none_or(|text| {
                    let labels = d.labels.iter().chain([&d.primary]).map(|label| &label.text);
                    let mut said = labels.chain([&d.message]).chain(&d.notes).chain(&d.help);
                    said.any(|said| said.contains(text.as_str()))
                })
        }
        _ => false,
    }
}

fn shown(expected: &Expected) -> String {
    match expected {
        Expected::Revealed(text) => format!("# revealed: {text}"),
        Expected::Diagnostic { severity, rule, text } => {
            let text = text.as_ref().map_or(String::new(), |text| format!(" \"{text}\""));
            format!("# {}: [{rule}]{text}", word(*severity))
        }
    }
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warn",
        Severity::Info => "info",
    }
}

#[cfg(test)]
mod tests {
    use diagnostics::{Label, Span};

    use super::*;
    use crate::{FormError, parse};

    fn finding(line: usize, severity: Severity, message: &str) -> Finding {
        let primary = Label { span: Span::default(), text: String::new() };
        let found = Diagnostic::new("a-b", "shape", severity, primary, message.to_owned());
        Finding { line, found: Found::Diagnostic(Box::new(found)) }
    }

    #[test]
    fn every_finding_is_expected_and_the_reverse() -> Result<(), FormError> {
        let text = "# t\n```py\nx  # error: [a-b] \"3 and 4\"\ny  # revealed: int\n```\n";
        let test = &parse(text)?.tests[0];
        let revealed = |text: &str| Finding { line: 2, found: Found::Revealed(text.to_owned()) };
        let right = vec![finding(1, Severity::Error, "3 and 4 differ"), revealed("int")];
        assert_eq!(compare(test, right), []);

        let wrong = vec![
            finding(1, Severity::Warning, "3 and 4 differ"),
            finding(2, Severity::Info, "advice"),
            revealed("str"),
        ];
        let failures: Vec<String> = compare(test, wrong).iter().map(Failure::to_string).collect();
        assert_eq!(
            failures,
            [
                "3: expected # error: [a-b] \"3 and 4\"",
                "3: found    # warn: [a-b] \"3 and 4 differ\"",
                "4: expected # revealed: int",
                "4: found    # revealed: str",
            ]
        );
        Ok(())
    }
}
