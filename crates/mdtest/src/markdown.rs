//! From Markdown to tests.

use std::fmt;

use crate::Expectation;
use crate::expect::{comment_start, expectations};

/// The tests of one Markdown file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suite {
    /// The tests, in order.
    pub tests: Vec<Test>,
}

/// The code under one heading, for one version of Keras.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Test {
    /// The headings from the top one down, joined by ` - `, and the version where it is not 3.
    pub name: String,
    /// The version of Keras, 2 or 3.
    pub keras: u8,
    /// The code.
    pub source: String,
    /// For each line of the code, its line in the Markdown file, from 1.
    pub lines: Vec<usize>,
    /// What is to be found, in order of the lines.
    pub expectations: Vec<Expectation>,
    /// What the code is to become by its fixes.
    pub fixed: Option<FixedText>,
}

/// The text of a `fixed` block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FixedText {
    /// The code, without comments that expect something.
    pub source: String,
    /// Whether those fixes are to be applied as well that a person should look at: a `fixed unsafe` block.
    pub risky: bool,
}

impl Test {
    /// Returns the code without the comments that expect something.
    pub fn plain_source(&self) -> String {
        let written = |at: usize| self.expectations.iter().any(|e| e.written == at + 1);
        let plain = |(at, line): (usize, &str)| match comment_start(line).filter(|_| written(at)) {
            Some(start) if line[..start].trim().is_empty() => String::new(),
            Some(start) => format!("{}\n", line[..start].trim_end()),
            None => format!("{line}\n"),
        };
        self.source.lines().enumerate().map(plain).collect()
    }

    /// Returns the line in the Markdown file of a line of the code, both from 1.
    pub fn markdown_line(&self, line: usize) -> usize {
        let last = self.lines.last().copied().unwrap_or(1);
        self.lines.get(line.saturating_sub(1)).copied().unwrap_or(last)
    }
}

/// A place where a file is not a suite of tests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for FormError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for FormError {}

/// A heading and what stands under it up to the next.
#[derive(Default)]
struct Section {
    level: usize,
    title: String,
    /// The versions of its own `toml` block.
    versions: Option<Vec<u8>>,
    source: String,
    lines: Vec<usize>,
    fixed: Option<FixedText>,
}

/// Reads a Markdown file. Sections without `py` blocks are prose and give no test.
///
/// # Errors
/// When a block is not closed, a setting or an expectation is malformed, or two tests have one name.
pub fn parse(text: &str) -> Result<Suite, FormError> {
    let mut suite = Suite { tests: Vec::new() };
    let mut open: Vec<Section> = vec![Section::default()];
    let mut lines = text.lines().enumerate().map(|(index, line)| (index + 1, line));
    while let Some((number, line)) = lines.next() {
        if let Some((level, title)) = heading(line) {
            finish(&mut open, &mut suite)?;
            open.retain(|section| section.level < level);
            open.push(Section { level, title: title.to_owned(), ..Section::default() });
        } else if let Some(language) = line.strip_prefix("```") {
            let mut body = Vec::new();
            let closed = lines.by_ref().any(|(number, line)| {
                let end = line.trim_end() == "```";
                if !end {
                    body.push((number, line));
                }
                end
            });
            if !closed {
                return Err(FormError { line: number, message: "this block is not closed".to_owned() });
            }
            let Some(section) = open.last_mut() else { continue };
            match language.trim() {
                "py" | "python" => {
                    for (number, line) in body {
                        section.lines.push(number);
                        section.source.push_str(line);
                        section.source.push('\n');
                    }
                }
                "fixed" | "fixed unsafe" => {
                    let source = body.iter().map(|(_, line)| format!("{line}\n")).collect();
                    section.fixed = Some(FixedText { source, risky: language.trim() != "fixed" });
                }
                "toml" => section.versions = Some(settings(&body)?),
                _ => {}
            }
        }
    }
    finish(&mut open, &mut suite)?;
    Ok(suite)
}

/// Makes the tests of the innermost section.
fn finish(open: &mut [Section], suite: &mut Suite) -> Result<(), FormError> {
    let titles: Vec<&str> = open.iter().map(|s| s.title.as_str()).filter(|title| !title.is_empty()).collect();
    let name = titles.join(" - ");
    let inherited = open.iter().rev().find_map(|section| section.versions.clone());
    let versions = inherited.unwrap_or_else(|| vec![3]);
    let Some(section) = open.last_mut() else { return Ok(()) };
    if section.lines.is_empty() {
        return Ok(());
    }
    let source = std::mem::take(&mut section.source);
    let lines = std::mem::take(&mut section.lines);
    let fixed = section.fixed.take();
    let expectations = expectations(&source).map_err(|error| FormError {
        line: lines.get(error.line - 1).copied().unwrap_or(1),
        message: error.message,
    })?;
    for keras in versions {
        let name = if keras == 3 { name.clone() } else { format!("{name} (Keras {keras})") };
        if suite.tests.iter().any(|test| test.name == name) {
            let message = format!("there is another test with the name \"{name}\"");
            return Err(FormError { line: lines[0], message });
        }
        suite.tests.push(Test {
            name,
            keras,
            source: source.clone(),
            lines: lines.clone(),
            expectations: expectations.clone(),
            fixed: fixed.clone(),
        });
    }
    Ok(())
}

/// Reads `## title`, without the backticks of code in it.
fn heading(line: &str) -> Option<(usize, String)> {
    let level = line.bytes().take_while(|&b| b == b'#').count();
    let title = line[level..].strip_prefix(' ')?;
    (1..=6).contains(&level).then(|| (level, title.trim().replace('`', "")))
}

/// Reads a `toml` block. The form is small on purpose: `keras = 2`, `keras = 3`, `keras = [2, 3]`.
fn settings(body: &[(usize, &str)]) -> Result<Vec<u8>, FormError> {
    let mut versions = None;
    for &(line, text) in body {
        let text = text.split('#').next().unwrap_or("").trim();
        if text.is_empty() {
            continue;
        }
        let known = match text.split_once('=').map(|(key, value)| (key.trim(), value.trim())) {
            Some(("keras", "2")) => vec![2],
            Some(("keras", "3")) => vec![3],
            Some(("keras", "[2, 3]")) => vec![2, 3],
            _ => {
                let message = format!("`{text}` is no setting: expected keras = 2, 3 or [2, 3]");
                return Err(FormError { line, message });
            }
        };
        versions = Some(known);
    }
    versions.ok_or_else(|| FormError {
        line: body.first().map_or(1, |(line, _)| *line),
        message: "this block sets nothing".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
# `concatenate`

```toml
keras = [2, 3]
```

## Shapes

Sizes add up.

```py
a = 1
```

And so on.

```py
b = 2  # error: [x]
```

## Only new

```toml
keras = 3
```

```py
c = 3
```

```text
not code
```
";

    #[test]
    fn headings_name_tests_and_blocks_merge() -> Result<(), FormError> {
        let suite = parse(TEXT)?;
        let names: Vec<(&str, u8)> = suite.tests.iter().map(|t| (t.name.as_str(), t.keras)).collect();
        assert_eq!(
            names,
            [
                ("concatenate - Shapes (Keras 2)", 2),
                ("concatenate - Shapes", 3),
                ("concatenate - Only new", 3)
            ]
        );
        let shapes = &suite.tests[1];
        assert_eq!(shapes.source, "a = 1\nb = 2  # error: [x]\n");
        assert_eq!((shapes.markdown_line(1), shapes.markdown_line(2)), (12, 18));
        assert_eq!(shapes.expectations.len(), 1);
        Ok(())
    }

    #[test]
    fn reads_what_code_is_to_become() -> Result<(), FormError> {
        let suite = parse("# a\n```py\nx = 1  # warn: [b]\n```\n```fixed unsafe\nx = 2\n```\n")?;
        let test = &suite.tests[0];
        assert_eq!(test.plain_source(), "x = 1\n");
        assert_eq!(test.fixed, Some(FixedText { source: "x = 2\n".to_owned(), risky: true }));
        Ok(())
    }

    #[test]
    fn says_what_is_malformed() {
        let error = |text: &str| parse(text).err().map(|e| e.to_string()).unwrap_or_default();
        assert_eq!(error("```py\nx\n"), "line 1: this block is not closed");
        assert!(error("# a\n```toml\nkeras = 4\n```\n").starts_with("line 3: `keras = 4` is no setting"));
        assert!(error("# a\n```py\n1\n```\n# a\n```py\n1\n```\n").contains("another test"));
        assert!(error("# a\n```py\nx  # error: foo\n```\n").starts_with("line 3: "));
    }
}
