//! Comments that speak to kerascope: what to ignore, and what a value is.

use std::cell::Cell;

use diagnostics::Span;

use crate::module::Module;

/// A wish to hear less.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    /// The whole comment from its `#`, which is what to remove if nothing is suppressed.
    pub span: Span,
    /// The line it stands on, from 1.
    pub line: u32,
    /// Whether it holds for the whole file (`ignore-file`) instead of its line (`ignore`).
    pub file: bool,
    /// The rules or groups that it names with their places; none means all.
    pub rules: Vec<(String, Span)>,
    used: Cell<bool>,
}

/// What the user says a value is: `# kerascope: x: float32[60000, 28, 28]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotation {
    /// The place of the annotation after `kerascope:`.
    pub span: Span,
    /// The line it stands on, from 1.
    pub line: u32,
    /// The variable.
    pub name: String,
    /// The dtype as written.
    pub dtype: String,
    /// The dimensions; `None` if they are not said or said to be of any number (`float32`, `float32[...]`).
    pub dims: Option<Vec<AnnotatedDim>>,
    /// The number, where one is said: `int = 28`.
    pub value: Option<i64>,
}

/// A dimension in an annotation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnnotatedDim {
    /// A number.
    Size(u64),
    /// `None` or `?`.
    Unknown,
    /// A name; the same name means the same size.
    Named(String),
}

/// A comment that begins like one of ours and cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// The place.
    pub span: Span,
    /// What is wrong.
    pub message: String,
}

/// All comments of a file that are meant for kerascope.
#[derive(Clone, Debug, Default)]
pub struct Suppressions {
    suppressions: Vec<Suppression>,
    annotations: Vec<Annotation>,
    malformed: Vec<Malformed>,
}

const MARK: &str = "kerascope:";

impl Suppressions {
    /// Reads the comments of a module.
    pub fn of(module: &Module) -> Suppressions {
        let mut found = Suppressions::default();
        for (span, text) in module.comments() {
            // One comment may hold several, each after a `#`: `# type: ignore  # kerascope: ignore`.
            let mut start = span.start;
            for part in text.split_inclusive('#') {
                let end = start + part.len() as u32;
                let begins = start.checked_sub(1).is_some_and(|before| before >= span.start);
                let words = part.strip_suffix('#').unwrap_or(part);
                if begins && let Some(rest) = words.trim_start().strip_prefix(MARK) {
                    let rest_start = start + (words.len() - rest.len()) as u32;
                    let whole = Span::new(start - 1, start + words.trim_end().len() as u32);
                    found.add(rest, rest_start, whole, module.line(span.start));
                }
                start = end;
            }
        }
        found
    }

    fn add(&mut self, text: &str, start: u32, whole: Span, line: u32) {
        let text_start = start + (text.len() - text.trim_start().len()) as u32;
        let text = text.trim();
        let span = Span::new(text_start, text_start + text.len() as u32);
        if let Some((name, kind)) = text.split_once(':').filter(|(name, _)| is_identifier(name.trim())) {
            let (kind, value) = match kind.split_once('=') {
                Some((kind, value)) => (kind, Some(value.trim().replace('_', "").parse().ok())),
                None => (kind, None),
            };
            match (parse_kind(kind.trim()), value) {
                (Some((dtype, dims)), None | Some(Some(_))) if value.is_none() || dtype == "int" => {
                    let (name, dtype) = (name.trim().to_owned(), dtype.to_owned());
                    self.annotations.push(Annotation {
                        span,
                        line,
                        name,
                        dtype,
                        dims,
                        value: value.flatten(),
                    });
                }
                (Some(_), Some(_)) => {
                    self.refuse(span, "only of an `int` can the value be said: `n: int = 28`")
                }
                (Some(_) | None, _) => {
                    self.refuse(span, "expected a dtype and dimensions such as `float32[32, None]`");
                }
            }
            return;
        }
        let (file, rest) = match text.strip_prefix("ignore-file") {
            Some(rest) => (true, rest),
            None => match text.strip_prefix("ignore") {
                Some(rest) => (false, rest),
                None => {
                    return self
                        .refuse(span, "expected `ignore[rule]`, `ignore-file` or `name: dtype[dims]`");
                }
            },
        };
        let rest_start = span.end - rest.len() as u32;
        match parse_rules(rest, rest_start) {
            Ok(rules) => {
                self.suppressions.push(Suppression {
                    span: whole,
                    line,
                    file,
                    rules,
                    used: Cell::new(false),
                });
            }
            Err(message) => self.refuse(span, message),
        }
    }

    fn refuse(&mut self, span: Span, message: &str) {
        self.malformed.push(Malformed { span, message: message.to_owned() });
    }

    /// Tells whether a finding is not to be reported, and notes that what says so was of use.
    ///
    /// `first` and `last` are the lines of the finding's expression: the comment may stand at the end of either.
    pub fn suppresses(&self, rule: &str, group: &str, first: u32, last: u32) -> bool {
        let mut any = false;
        for suppression in &self.suppressions {
            let here = suppression.file || suppression.line == first || suppression.line == last;
            let mut rules = suppression.rules.iter();
            let named = suppression.rules.is_empty() || rules.any(|(name, _)| name == rule || name == group);
            if here && named {
                suppression.used.set(true);
                any = true;
            }
        }
        any
    }

    /// Returns the suppressions that no call of [`Suppressions::suppresses`] has needed so far.
    pub fn unused(&self) -> impl Iterator<Item = &Suppression> {
        self.suppressions.iter().filter(|suppression| !suppression.used.get())
    }

    /// Returns all suppressions in order.
    pub fn all(&self) -> &[Suppression] {
        &self.suppressions
    }

    /// Returns what the user says values are, in order.
    pub fn annotations(&self) -> &[Annotation] {
        &self.annotations
    }

    /// Returns the comments that cannot be understood.
    pub fn malformed(&self) -> &[Malformed] {
        &self.malformed
    }
}

/// Reads `[rule-a, rule-b]` or nothing.
fn parse_rules(text: &str, start: u32) -> Result<Vec<(String, Span)>, &'static str> {
    if text.is_empty() || text.starts_with(char::is_whitespace) {
        return Ok(Vec::new());
    }
    // Words may follow the bracket: why it is ignored.
    let list = text.strip_prefix('[').and_then(|rest| rest.split_once(']')).map(|(list, _)| list);
    let Some(list) = list else { return Err("expected the names of rules in brackets after `ignore`") };
    let mut rules = Vec::new();
    let mut at = start + 1;
    for part in list.split(',') {
        let name = part.trim();
        let name_start = at + (part.len() - part.trim_start().len()) as u32;
        at += part.len() as u32 + 1;
        if !name.is_empty() {
            rules.push((name.to_owned(), Span::new(name_start, name_start + name.len() as u32)));
        }
    }
    if rules.is_empty() { Err("no rule is named between the brackets") } else { Ok(rules) }
}

/// Reads `float32[28, None]`.
fn parse_kind(text: &str) -> Option<(&str, Option<Vec<AnnotatedDim>>)> {
    let Some((dtype, dims)) = text.split_once('[') else {
        return is_identifier(text).then_some((text, None));
    };
    let dims = dims.trim_end().strip_suffix(']')?.trim();
    let dtype = Some(dtype.trim()).filter(|dtype| is_identifier(dtype))?;
    if dims == "..." {
        return Some((dtype, None));
    }
    // A trailing comma is allowed as in a tuple.
    let dims = dims.strip_suffix(',').unwrap_or(dims).trim();
    if dims.is_empty() {
        return Some((dtype, Some(Vec::new())));
    }
    let dims: Option<Vec<AnnotatedDim>> = dims.split(',').map(|dim| parse_dim(dim.trim())).collect();
    Some((dtype, Some(dims?)))
}

fn parse_dim(text: &str) -> Option<AnnotatedDim> {
    match text {
        "None" | "?" => Some(AnnotatedDim::Unknown),
        _ if is_identifier(text) => Some(AnnotatedDim::Named(text.to_owned())),
        _ => text.replace('_', "").parse().ok().map(AnnotatedDim::Size),
    }
}

fn is_identifier(text: &str) -> bool {
    !text.starts_with(|c: char| c.is_ascii_digit())
        && !text.is_empty()
        && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse;

    fn read(source: &str) -> Suppressions {
        Suppressions::of(&parse(source))
    }

    #[test]
    fn a_line_is_ignored() {
        let found = read("x = f()  # kerascope: ignore[rule-a, group] because\ny = 1\n");
        assert!(found.suppresses("rule-a", "shape", 1, 1));
        assert!(found.suppresses("rule-b", "group", 1, 1));
        assert!(!found.suppresses("rule-c", "shape", 1, 1));
        assert!(!found.suppresses("rule-a", "shape", 2, 2));
        assert!(found.suppresses("rule-a", "shape", 0, 1), "the last line of a longer expression");
        assert_eq!(found.unused().count(), 0);
    }

    #[test]
    fn everything_and_the_file() {
        let found = read("x = 1  # noqa # kerascope: ignore\n");
        assert!(found.suppresses("any", "any", 1, 1));
        assert_eq!(found.all()[0].span, Span::new(14, 33));
        let found = read("# kerascope: ignore-file\nx = 1\n");
        assert!(found.suppresses("any", "any", 2, 2));
        let found = read("# kerascope: ignore-file[rule-a]\nx = 1\n");
        assert!(found.suppresses("rule-a", "any", 2, 2) && !found.suppresses("rule-b", "any", 2, 2));
    }

    #[test]
    fn what_is_never_needed_can_be_told() {
        let source = "x = 1  # kerascope: ignore[rule-a]\n";
        let found = read(source);
        assert_eq!(found.unused().count(), 1);
        let (name, span) = &found.all()[0].rules[0];
        assert_eq!(source.get(span.start as usize..span.end as usize), Some(name.as_str()));
    }

    #[test]
    fn annotations() {
        use AnnotatedDim::*;
        let dims = |source: &str| read(source).annotations()[0].dims.clone();
        let found = read("x = load()  # kerascope: x: float32[60_000, None, n]\n");
        assert_eq!((found.annotations()[0].name.as_str(), found.annotations()[0].line), ("x", 1));
        assert_eq!(found.annotations()[0].dtype, "float32");
        assert_eq!(found.annotations()[0].dims, Some(vec![Size(60_000), Unknown, Named("n".to_owned())]));
        assert_eq!(dims("# kerascope: ignore: int32[]"), Some(vec![]));
        assert_eq!(dims("# kerascope: y: int32[3,]"), Some(vec![Size(3)]));
        assert_eq!(dims("# kerascope: y: int32[...]"), None);
        assert_eq!(dims("# kerascope: y: int32"), None);
        assert_eq!(read("# kerascope: n: int = 1_000").annotations()[0].value, Some(1000));
    }

    #[test]
    fn what_cannot_be_understood_is_told() {
        for text in [
            "# kerascope: ignroe[x]",
            "# kerascope: ignore[x",
            "# kerascope: ignore[]",
            "# kerascope: ignored",
            "# kerascope: x: float32[a b]",
            "# kerascope: x: 3",
            "# kerascope:",
            "# kerascope: x: f[-1]",
            "# kerascope: x: float = 3",
            "# kerascope: x: int = y",
        ] {
            let found = read(text);
            assert_eq!(found.malformed().len(), 1, "{text}");
            assert!(found.all().is_empty() && found.annotations().is_empty(), "{text}");
        }
        assert!(read("# about kerascope: nothing\nx = '# kerascope: ignore'\n").malformed().is_empty());
    }
}
