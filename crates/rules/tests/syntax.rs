//! Where a syntax error is put, and what is said of it.

use rules::{refusal, run_refused};

/// Returns what is underlined, the message and the labels.
fn found(source: &str) -> Option<(String, String, Vec<String>)> {
    let module = python::parse(source);
    let found = run_refused(&module).into_iter().next()?;
    let labels = found.labels.iter().map(|label| label.text.clone()).collect();
    Some((module.text(found.primary.span).to_owned(), found.message, labels))
}

#[test]
fn blames_the_bracket_that_is_not_closed() {
    let source = "x = '(' # (\nm = f([\n    1,  # ]\n    '''\n]'''\nm.fit()\n";
    let expected = ("[", "invalid syntax: `[` is never closed");
    let found = found(source);
    assert_eq!(found.as_ref().map(|f| (f.0.as_str(), f.1.as_str())), Some(expected), "{found:?}");
}

#[test]
fn blames_the_place_otherwise() {
    for (source, text) in [("x = = 1\n", "="), ("f(1 2)\n", "2"), ("if x\n    y\n", "\n")] {
        let found = found(source);
        assert_eq!(found.as_ref().map(|f| f.0.as_str()), Some(text), "{source}: {found:?}");
        assert!(found.is_some_and(|f| f.1.starts_with("invalid syntax: ")), "{source}");
    }
    assert_eq!(found("x = 1\n"), None);
}

#[test]
fn knows_how_python_refuses() {
    let of = |source| refusal(&python::parse(source)).and_then(|r| Some((r.exception?, r.line)));
    assert_eq!(of("x = (\n\ny = 1\n"), Some(("SyntaxError", 1)));
    assert_eq!(of("x = 1\ny = = 2\n"), Some(("SyntaxError", 2)));
    assert_eq!(of("if x:\ny = 1\n"), Some(("IndentationError", 2)));
    assert_eq!(of("x = 1\n  y = 2\n"), Some(("IndentationError", 2)));
    assert_eq!(of("if x:\n    y\n  z\n"), Some(("IndentationError", 3)));
    assert_eq!(of("x = 1\n"), None);
}

#[test]
fn a_text_too_deep_for_us_is_not_called_wrong() {
    let module = python::parse(&format!("x = 1{}\n", " + 1".repeat(10_000)));
    assert_eq!(refusal(&module).map(|refusal| refusal.exception), Some(None));
    let found = run_refused(&module);
    assert_eq!(
        found.iter().map(|found| found.severity).collect::<Vec<_>>(),
        [diagnostics::Severity::Warning]
    );
}
