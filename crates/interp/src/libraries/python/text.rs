//! `string`, `textwrap`.

use crate::value::{Native, Plain, Value};

pub(super) static FUNCTIONS: &[Native] = &[
    gives!("textwrap.dedent", Value::Any(Plain::Str)),
    gives!("textwrap.indent", Value::Any(Plain::Str)),
    gives!("textwrap.fill", Value::Any(Plain::Str)),
    gives!("textwrap.shorten", Value::Any(Plain::Str)),
];

/// Constants of `string`.
pub(super) fn constant(name: &str) -> Option<Value> {
    const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
    const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    const DIGITS: &str = "0123456789";
    const PUNCTUATION: &str = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
    const SPACE: &str = " \t\n\r\u{b}\u{c}";
    Some(match name {
        "ascii_lowercase" => Value::str(LOWER),
        "ascii_uppercase" => Value::str(UPPER),
        "ascii_letters" => Value::Str(format!("{LOWER}{UPPER}").into()),
        "digits" => Value::str(DIGITS),
        "hexdigits" => Value::str("0123456789abcdefABCDEF"),
        "octdigits" => Value::str("01234567"),
        "punctuation" => Value::str(PUNCTUATION),
        "whitespace" => Value::str(SPACE),
        "printable" => Value::Str(format!("{DIGITS}{LOWER}{UPPER}{PUNCTUATION}{SPACE}").into()),
        _ => return None,
    })
}
