//! Where a syntax error is put, and what is said of it.

use rules::run_refused;

/// Returns what is underlined, the message and the labels.
fn found(source: &str) -> Option<(String, String, Vec<String>)> {
    let module = python::parse(source);
    let found = run_refused(&module).into_iter().next()?;
    let labels = found.labels.iter().map(|label| label.text.clone()).collect();
    Some((module.text(found.primary.span).to_owned(), found.message, labels))
}

#[test]
fn an_unclosed_bracket_is_underlined_and_where_it_is_noticed() {
    let source = "x = '(' # (\nm = f([\n    1,  # ]\n    '''\n]'''\nm.fit()\n";
    let found = found(source);
    let expected = ("[".to_owned(), "invalid syntax: '[' was never closed".to_owned());
    assert_eq!(found.as_ref().map(|f| (f.0.clone(), f.1.clone())), Some(expected));
    assert_eq!(found.map(|f| f.2.len()), Some(1));
}

#[test]
fn says_what_python_says() {
    for (source, text, message) in [
        ("x = = 1\n", "=", "invalid syntax"),
        ("if x\n    y\n", "\n", "invalid syntax: expected ':'"),
        ("x = 1\n  y = 2\n", "  ", "wrong indentation: unexpected indent"),
    ] {
        let found = found(source);
        let found = found.as_ref().map(|f| (f.0.as_str(), f.1.as_str()));
        assert_eq!(found, Some((text, message)), "{source}");
    }
    assert_eq!(found("x = 1\n"), None);
}

#[test]
fn what_only_this_program_refuses_is_no_error() {
    let module = python::parse(&format!("x = 1{}\n", " + 1".repeat(2000)));
    let rules: Vec<&str> = run_refused(&module).iter().map(|found| found.rule).collect();
    assert_eq!(rules, ["analysis-incomplete"]);
}
