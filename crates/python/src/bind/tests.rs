//! Binding against what CPython 3.11 said of the same calls.

use std::rc::Rc;

use super::*;
use crate::parse_signature;

/// Signature, number of positional arguments, names of keyword arguments, CPython's answer. Positional
/// arguments are 1, 2, 3 …; keyword arguments are their own names.
const CASES: &str = include_str!("cases.tsv");

fn show(signature: &Signature, bound: &[Bound<'_, String>]) -> String {
    let pairs = signature.params.iter().zip(bound).map(|(parameter, bound)| {
        let value = match bound {
            Bound::Given(value) => value.clone(),
            Bound::VarArgs(values) if values.len() == 1 => format!("({},)", values[0]),
            Bound::VarArgs(values) => format!("({})", values.join(",")),
            Bound::KwArgs(pairs) => {
                let pairs: Vec<_> = pairs.iter().map(|(name, value)| format!("'{name}':'{value}'")).collect();
                format!("{{{}}}", pairs.join(","))
            }
            Bound::Default(Default::None) => "None".to_owned(),
            Bound::Default(Default::Int(value)) => value.to_string(),
            Bound::Default(other) => format!("{other:?}"),
        };
        (parameter.kind, format!("{}={value}", parameter.name))
    });
    // `locals()` lists `*args` after the keyword-only parameters.
    let (mut first, mut star) = (Vec::new(), Vec::new());
    for (kind, text) in pairs {
        match kind {
            ParameterKind::VarArgs | ParameterKind::KwArgs => star.push(text),
            _ => first.push(text),
        }
    }
    first.append(&mut star);
    format!("ok {}", first.join(" "))
}

#[test]
fn agrees_with_cpython() {
    let mut count = 0;
    for case in CASES.lines() {
        let [text, positional, keywords, expected] = case.split('\t').collect::<Vec<_>>()[..] else {
            panic!("malformed case {case}");
        };
        let signature = parse_signature(text).expect("a signature");
        let positional: Vec<String> =
            (1..=positional.parse().expect("a count")).map(|n: u32| n.to_string()).collect();
        let keywords: Vec<(Rc<str>, String)> =
            keywords.split_whitespace().map(|name| (Rc::from(name), name.to_owned())).collect();
        let result = match bind(&signature, "f", &positional, &keywords) {
            Ok(bound) => show(&signature, &bound),
            Err(error) => error.message,
        };
        assert_eq!(result.trim_end(), expected.trim_end(), "f{text} called with {positional:?} {keywords:?}");
        count += 1;
    }
    assert!(count > 300);
}

#[test]
fn errors_are_data_too() {
    let signature = parse_signature("(self, x)").expect("a signature");
    let error = bind(&signature, "A.f", &[1], &[]).expect_err("must not fit");
    assert_eq!(error.message, "A.f() missing 1 required positional argument: 'x'");
    assert_eq!(error.kind, BindErrorKind::Missing(vec!["x".into()]));
    let error = bind(&signature, "A.f", &[1, 2, 3], &[]).expect_err("must not fit");
    assert_eq!(error.kind, BindErrorKind::TooManyPositional);
}
