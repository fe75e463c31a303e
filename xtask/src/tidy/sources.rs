//! The form of a source file: its size, its functions' sizes, its first line, and names that belong to
//! one crate only.

/// The most lines of a file.
const MAX_FILE: usize = 800;
/// The most lines of a function, its signature included.
const MAX_FUNCTION: usize = 100;
/// Words that only some crates may use, and those crates.
const RESERVED: &[(&str, &[&str])] =
    &[("ruff_", &["python", "xtask"]), ("serde", &["catalogue", "cli", "formats", "lsp", "xtask"])];

/// Checks a source file.
pub(super) fn check(path: &str, package: &str, text: &str, problems: &mut Vec<String>) {
    let lines = text.lines().count();
    if lines > MAX_FILE {
        problems.push(format!("{path}: {lines} lines are more than {MAX_FILE}"));
    }
    if !text.starts_with("//!") {
        problems.push(format!("{path}: does not begin with a //! comment that says what it is"));
    }
    for (line, name, length) in functions(text) {
        if length > MAX_FUNCTION {
            problems.push(format!("{path}:{line}: fn {name} has {length} lines, more than {MAX_FUNCTION}"));
        }
    }
    for (word, crates) in RESERVED {
        if crates.contains(&package) {
            continue;
        }
        for (index, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or("");
            if names(code, word) {
                problems.push(format!("{path}:{}: names {word}, which is for {crates:?}", index + 1));
            }
        }
    }
}

/// Tells whether code has the word at the start of a name, outside of a longer name.
fn names(code: &str, word: &str) -> bool {
    code.match_indices(word).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '"')
    })
}

/// Returns each function's first line (from 1), its name and its length. Relies on rustfmt: a body ends
/// at the first closing brace that stands as far left as its signature.
fn functions(text: &str) -> Vec<(usize, &str, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let indent = line.len() - line.trim_start().len();
        let Some(name) = function_name(line.trim_start()) else { continue };
        let end = lines[index..].iter().position(|l| {
            let closes = l.len() - l.trim_start().len() == indent && l.trim_start().starts_with('}');
            closes || (l.trim_end().ends_with(';') && l.len() - l.trim_start().len() == indent)
        });
        found.push((index + 1, name, end.map_or(1, |end| end + 1)));
    }
    found
}

/// Returns the name in a line that begins a function.
fn function_name(line: &str) -> Option<&str> {
    let (before, rest) = line.split_once("fn ")?;
    let qualifiers = ["", "pub", "const", "async", "extern", "\"C\""];
    let plain = before.split_whitespace().all(|word| qualifiers.contains(&word) || word.starts_with("pub("));
    let name = rest.split(|c: char| !(c.is_alphanumeric() || c == '_')).next()?;
    (plain && !name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(package: &str, text: &str) -> Vec<String> {
        let mut found = Vec::new();
        check("a.rs", package, text, &mut found);
        found
    }

    #[test]
    fn finds_large_files_and_functions() {
        let body = "    x();\n".repeat(120);
        let text = format!("//! A file.\n\npub(crate) fn long(a: u8) {{\n{body}}}\n\nfn short() {{}}\n");
        assert_eq!(problems("ops", &text), ["a.rs:3: fn long has 122 lines, more than 100"]);
        let text = format!("//! A file.\n{}", "// more\n".repeat(800));
        assert_eq!(problems("ops", &text), ["a.rs: 801 lines are more than 800"]);
    }

    #[test]
    fn finds_missing_descriptions_and_reserved_names() {
        assert_eq!(problems("ops", "use x;\n").len(), 1);
        let text = "//! A file.\nuse ruff_python_ast as ast; // serde\nlet preserved = 1;\n";
        assert_eq!(problems("ops", text).len(), 1);
        assert_eq!(problems("python", text), [""; 0]);
    }

    #[test]
    fn measures_functions() {
        let text = "impl A {\n    const fn a() -> u8 {\n        1\n    }\n    fn b();\n}\n";
        assert_eq!(functions(text), [(2, "a", 3), (5, "b", 1)]);
    }
}
