//! Comments that silence rules: `# kerascope: ignore[rule]` and `# kerascope: ignore-file`.

use diagnostics::Diagnostic;
use python::Module;

/// What a suppression names.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Scope {
    Everything,
    /// Rules or groups.
    Named(Vec<String>),
}

impl Scope {
    fn covers(&self, diagnostic: &Diagnostic) -> bool {
        match self {
            Scope::Everything => true,
            Scope::Named(names) => names.iter().any(|n| n == diagnostic.rule || n == diagnostic.group),
        }
    }
}

/// The suppressions of one file.
#[derive(Debug, Default)]
pub(crate) struct Suppressions {
    file: Vec<Scope>,
    /// Lines, from 1, in order.
    lines: Vec<(u32, Scope)>,
}

impl Suppressions {
    /// Reads a module's comments.
    pub(crate) fn of(module: &Module) -> Suppressions {
        let mut found = Suppressions::default();
        for (span, text) in module.comments() {
            match read(text) {
                Some((true, scope)) => found.file.push(scope),
                Some((false, scope)) => found.lines.push((module.line(span.start), scope)),
                None => {}
            }
        }
        found
    }

    /// Tells whether a diagnostic is silenced, by its file or on its first or last line.
    pub(crate) fn silence(&self, diagnostic: &Diagnostic, module: &Module) -> bool {
        if self.file.iter().any(|scope| scope.covers(diagnostic)) {
            return true;
        }
        if self.lines.is_empty() {
            return false;
        }
        let span = diagnostic.primary.span;
        let ends = [module.line(span.start), module.line(span.end.saturating_sub(1).max(span.start))];
        self.lines.iter().any(|(line, scope)| ends.contains(line) && scope.covers(diagnostic))
    }
}

/// Reads a comment: whether it is meant for the whole file, and what it silences.
fn read(comment: &str) -> Option<(bool, Scope)> {
    // More may follow, as in `x  # kerascope: ignore[a]  # noqa`, or come before.
    let (_, rest) = comment.split_once("kerascope:")?;
    let rest = rest.trim_start().strip_prefix("ignore")?;
    let (file, rest) = match rest.strip_prefix("-file") {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    let scope = match rest.strip_prefix('[') {
        Some(names) => {
            let (names, _) = names.split_once(']')?;
            Scope::Named(names.split(',').map(|name| name.trim().to_owned()).collect())
        }
        None if rest.starts_with(|c: char| c.is_alphanumeric() || c == '-' || c == '_') => return None,
        None => Scope::Everything,
    };
    Some((file, scope))
}

#[cfg(test)]
mod tests {
    use diagnostics::{Label, Severity, Span};

    use super::*;

    fn named(names: &[&str]) -> Scope {
        Scope::Named(names.iter().map(|&n| n.to_owned()).collect())
    }

    #[test]
    fn reads_comments() {
        assert_eq!(read("# kerascope: ignore-file"), Some((true, Scope::Everything)));
        assert_eq!(read("# kerascope: ignore-file[shape]"), Some((true, named(&["shape"]))));
        assert_eq!(read("#kerascope:ignore[a, b-c] because"), Some((false, named(&["a", "b-c"]))));
        assert_eq!(read("# noqa: E501  # kerascope: ignore"), Some((false, Scope::Everything)));
        assert_eq!(read("# kerascope: ignored"), None);
        assert_eq!(read("# kerascope: ignore[a"), None);
        assert_eq!(read("# kerascope is ignored here"), None);
    }

    #[test]
    fn silences_by_line_and_file() {
        let source = "x = f(\n    1,\n)  # kerascope: ignore[dim-mismatch]\ny = 2\n";
        let module = python::parse(source);
        let suppressions = Suppressions::of(&module);
        let at = |rule, start, end| {
            let primary = Label { span: Span::new(start, end), text: String::new() };
            Diagnostic::new(rule, "shape", Severity::Error, primary, String::new())
        };
        assert!(suppressions.silence(&at("dim-mismatch", 4, 15), &module));
        assert!(!suppressions.silence(&at("axis-out-of-range", 4, 15), &module));
        let y = source.find('y').unwrap_or(0) as u32;
        assert!(!suppressions.silence(&at("dim-mismatch", y, y + 1), &module));
        let module = python::parse("# kerascope: ignore-file[shape]\nx = 1\n");
        assert!(Suppressions::of(&module).silence(&at("dim-mismatch", 32, 33), &module));
    }
}
