//! Errors against what CPython 3.11 said of the same texts.

use crate::parse;

/// Source, exception or `ok`, line, message (`?` where ours is another); `\n`, `\t` and `\\` escaped.
const CASES: &str = include_str!("cases.tsv");

fn unescape(text: &str) -> String {
    let mut result = String::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        result.push(match character {
            '\\' => match characters.next() {
                Some('n') => '\n',
                Some('t') => '\t',
                other => other.unwrap_or('\\'),
            },
            same => same,
        });
    }
    result
}

#[test]
fn agrees_with_cpython() {
    for case in CASES.lines() {
        let [source, exception, line, message] = case.split('\t').collect::<Vec<_>>()[..] else {
            panic!("malformed case {case}");
        };
        let module = parse(&unescape(source));
        let Some(error) = module.errors().first() else {
            assert_eq!(exception, "ok", "{source}");
            continue;
        };
        assert_eq!((error.exception, error.line.to_string().as_str()), (Some(exception), line), "{source}");
        if message != "?" {
            assert_eq!(error.message, message, "{source}");
        }
    }
    assert!(CASES.lines().count() > 100);
}

#[test]
fn tells_python_s_refusals_from_its_own() {
    let exception = |source: &str| parse(source).errors()[0].exception;
    assert_eq!(exception(&format!("x = 1{}", " + 1".repeat(10_000))), None);
    assert_eq!(exception(&format!("x = {}1{}", "(".repeat(300), ")".repeat(300))), Some("SyntaxError"));
}
