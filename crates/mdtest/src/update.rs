//! Rewriting what is revealed.

use crate::expect::comment_start;
use crate::{Expectation, Expected, Finding, Test};

/// Returns a Markdown file in which the `# revealed:` comments of a test say what was found, also where
/// there was none yet.
///
/// Only what is revealed is rewritten: a missing or new diagnostic is for a person to judge.
pub fn update(text: &str, test: &Test, findings: &[Finding]) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let revealed: Vec<(usize, &str)> = findings.iter().filter_map(Finding::revealed).collect();
    for &(line, text) in &revealed {
        // Two on one line cannot be told apart.
        if revealed.iter().filter(|(other, _)| *other == line).count() > 1 {
            continue;
        }
        let of_line = |e: &&Expectation| e.line == line && matches!(e.expected, Expected::Revealed(_));
        let written = test.expectations.iter().find(of_line).map_or(line, |e| e.written);
        let Some(old) = lines.get_mut(test.markdown_line(written) - 1) else { continue };
        match comment_start(old) {
            Some(at) => old.truncate(at),
            None => old.push_str("  "),
        }
        old.push_str("# revealed: ");
        old.push_str(text);
    }
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FormError, Found, parse};

    #[test]
    fn rewrites_what_is_revealed() -> Result<(), FormError> {
        let text = "# t\n```py\nx  # revealed: ?\n# revealed: ?\ny\nz  # error: [a]\nw\n```\n";
        let suite = parse(text)?;
        let revealed = |line, text: &str| Finding { line, found: Found::Revealed(text.to_owned()) };
        let findings = [revealed(1, "int = 3"), revealed(3, "str"), revealed(5, "list")];
        let updated = update(text, &suite.tests[0], &findings);
        let wanted = "# t\n```py\nx  # revealed: int = 3\n# revealed: str\ny\nz  # error: [a]\nw  # revealed: list\n```\n";
        assert_eq!(updated, wanted);
        Ok(())
    }
}
