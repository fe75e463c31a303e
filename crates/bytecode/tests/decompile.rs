//! What each release compiled is decompiled to what was compiled.
#![allow(clippy::unwrap_used)]

mod support;

use bytecode::{Object, Version, decompile_given, read};
use python::ast::comparable::ComparableStmt;
use support::{recorded, sources};

fn same(a: &str, b: &str) -> bool {
    let (a, b) = (python::parse(a), python::parse(b));
    a.errors().is_empty()
        && a.body().len() == b.body().len()
        && a.body().iter().zip(b.body()).all(|(a, b)| ComparableStmt::from(a) == ComparableStmt::from(b))
}

fn check(version: Version) {
    let sources = sources();
    let functions = recorded(version);
    assert!(functions.len() > 40);
    let mut wrong = Vec::new();
    for function in functions {
        let marshalled = read(&function.bytes).unwrap();
        assert!(marshalled.versions.contains(version), "{}: told {}", function.name, marshalled.versions);
        let Object::Code(code) = &marshalled.value else { panic!("{} is no code", function.name) };
        let found = decompile_given(code, marshalled.versions, &function.given);
        let expected = &sources[&function.name];
        if !found.complete || !expected.iter().any(|source| same(&found.source, source)) {
            wrong.push(format!("{}:\n{}\nis not\n{}", function.name, found.source, expected.join("\n")));
        }
    }
    assert!(wrong.is_empty(), "{version}, {} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

macro_rules! releases {
    ($($name:ident: $version:ident,)*) => {
        $(#[test] fn $name() { check(Version::$version); })*
    };
}

releases! {
    python_3_6: V36,
    python_3_7: V37,
    python_3_8: V38,
    python_3_9: V39,
    python_3_10: V310,
    python_3_11: V311,
    python_3_12: V312,
    python_3_13: V313,
    python_3_14: V314,
}
