//! What the comments in a test's code expect.

use diagnostics::Severity;

use crate::FormError;

/// Something that is to be found on a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// The line of the code it is about, from 1.
    pub line: usize,
    /// The line of the code where it stands, from 1.
    pub written: usize,
    /// What is to be found.
    pub expected: Expected,
}

/// What is to be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// The exact text that `reveal_type` and its like show.
    Revealed(String),
    /// A diagnostic.
    Diagnostic {
        /// How bad it is.
        severity: Severity,
        /// Its rule.
        rule: String,
        /// A part of what it says.
        text: Option<String>,
    },
}

/// The words that begin an expectation.
const KINDS: &[(&str, Option<Severity>)] = &[
    ("revealed:", None),
    ("error:", Some(Severity::Error)),
    ("warn:", Some(Severity::Warning)),
    ("info:", Some(Severity::Info)),
];

/// Collects the expectations of some code. Those in lines of their own are about the next line of code.
pub(crate) fn expectations(source: &str) -> Result<Vec<Expectation>, FormError> {
    let mut found = Vec::new();
    let mut waiting: Vec<(usize, Expected)> = Vec::new();
    for (index, line) in source.lines().enumerate() {
        let number = index + 1;
        let Some((code, expected)) = split(line, number)? else {
            if !line.trim().is_empty() && !line.trim_start().starts_with('#') {
                attach(&mut waiting, number, &mut found);
            }
            continue;
        };
        waiting.push((number, expected));
        if !code.trim().is_empty() {
            attach(&mut waiting, number, &mut found);
        }
    }
    match waiting.first() {
        None => Ok(found),
        Some(&(line, _)) => Err(FormError { line, message: "no line of code follows this".to_owned() }),
    }
}

fn attach(waiting: &mut Vec<(usize, Expected)>, line: usize, found: &mut Vec<Expectation>) {
    let about = waiting.drain(..).map(|(written, expected)| Expectation { line, written, expected });
    found.extend(about);
}

/// Splits a line before the comment that holds an expectation.
pub(crate) fn comment_start(line: &str) -> Option<usize> {
    line.match_indices('#').map(|(at, _)| at).find(|&at| {
        let comment = line[at + 1..].trim_start();
        KINDS.iter().any(|(kind, _)| comment.starts_with(kind))
    })
}

fn split(line: &str, number: usize) -> Result<Option<(&str, Expected)>, FormError> {
    let Some(at) = comment_start(line) else { return Ok(None) };
    let comment = line[at + 1..].trim_start();
    let kind = KINDS.iter().find_map(|(kind, severity)| Some((comment.strip_prefix(kind)?, *severity)));
    let Some((rest, severity)) = kind else { return Ok(None) };
    let rest = rest.trim();
    let expected = match severity {
        None => Expected::Revealed(rest.to_owned()),
        Some(severity) => diagnostic(rest, severity).ok_or_else(|| FormError {
            line: number,
            message: format!("`{rest}` is not of the form [rule] or [rule] \"text\""),
        })?,
    };
    Ok(Some((&line[..at], expected)))
}

/// Reads `[rule]` or `[rule] "text"`.
fn diagnostic(text: &str, severity: Severity) -> Option<Expected> {
    let (rule, rest) = text.strip_prefix('[')?.split_once(']')?;
    let rest = rest.trim();
    let text = match rest {
        "" => None,
        _ => Some(rest.strip_prefix('"')?.strip_suffix('"')?.to_owned()),
    };
    Some(Expected::Diagnostic { severity, rule: rule.to_owned(), text })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_comments_on_and_above_lines() -> Result<(), FormError> {
        let source = "\
x = f(1)  # revealed: float32[2, 3]
# error: [a-b] \"3 and # 4\"
# warn: [c]

# prose
g(
)  # info: [d]
";
        let found = expectations(source)?;
        let error = |severity, rule: &str, text: Option<&str>| Expected::Diagnostic {
            severity,
            rule: rule.to_owned(),
            text: text.map(str::to_owned),
        };
        let lines: Vec<(usize, usize)> = found.iter().map(|e| (e.line, e.written)).collect();
        assert_eq!(lines, [(1, 1), (6, 2), (6, 3), (7, 7)]);
        assert_eq!(found[0].expected, Expected::Revealed("float32[2, 3]".to_owned()));
        assert_eq!(found[1].expected, error(Severity::Error, "a-b", Some("3 and # 4")));
        assert_eq!(found[2].expected, error(Severity::Warning, "c", None));
        assert_eq!(found[3].expected, error(Severity::Info, "d", None));
        Ok(())
    }

    #[test]
    fn refuses_what_it_does_not_understand() {
        assert!(expectations("x  # error: missing brackets\n").is_err());
        assert!(expectations("x  # warn: [a] text\n").is_err());
        assert!(expectations("# error: [a]\n").is_err());
    }
}
