//! The default of a parameter, as far as its `repr` spells it out.

use std::rc::Rc;

use crate::signature::find_top_level;

/// Deeper defaults than this are not looked into; recorded ones nest twice.
const MAX_DEPTH: usize = 16;

/// The value of a parameter that was not given.
#[derive(Clone, Debug, PartialEq)]
pub enum Default {
    /// `None`.
    None,
    /// `True` or `False`.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A float, `inf` and `nan` included.
    Float(f64),
    /// A string.
    Str(Rc<str>),
    /// A tuple.
    Tuple(Vec<Default>),
    /// A list.
    List(Vec<Default>),
    /// A dictionary; all recorded ones are empty, others are [`Default::Other`].
    Dict,
    /// A dtype or one of Python's scalar types: `float32`, `int`.
    DType(Rc<str>),
    /// Anything that the text does not spell out, such as `<no value>`.
    Other,
}

impl Default {
    /// Reads the text of a default.
    pub fn parse(text: &str) -> Default {
        parse_nested(text, 0)
    }

    /// Writes the default as a script would. `None` for what has no such text.
    pub fn source(&self) -> Option<String> {
        let listed = |items: &[Default]| -> Option<String> {
            Some(items.iter().map(Default::source).collect::<Option<Vec<_>>>()?.join(", "))
        };
        Some(match self {
            Default::None => "None".to_owned(),
            Default::Bool(true) => "True".to_owned(),
            Default::Bool(false) => "False".to_owned(),
            Default::Int(value) => value.to_string(),
            Default::Float(value) if value.is_finite() => format!("{value:?}"),
            Default::Str(text) if !text.contains(['\'', '\\', '\n']) => format!("'{text}'"),
            Default::Tuple(items) if items.len() == 1 => format!("({},)", listed(items)?),
            Default::Tuple(items) => format!("({})", listed(items)?),
            Default::List(items) => format!("[{}]", listed(items)?),
            Default::Float(_) | Default::Str(_) | Default::Dict | Default::DType(_) | Default::Other => {
                return None;
            }
        })
    }
}

fn parse_nested(text: &str, depth: usize) -> Default {
    let text = text.trim();
    match text {
        "None" => return Default::None,
        "True" => return Default::Bool(true),
        "False" => return Default::Bool(false),
        "{}" => return Default::Dict,
        _ => {}
    }
    match text.as_bytes().first() {
        Some(b'\'' | b'"') => parse_string(text).map_or(Default::Other, |text| Default::Str(text.into())),
        Some(b'(') => items(text, ')', depth).map_or(Default::Other, |(items, trailing)| {
            // `(x)` is not a tuple, but no repr writes it.
            if items.len() == 1 && !trailing { Default::Other } else { Default::Tuple(items) }
        }),
        Some(b'[') => items(text, ']', depth).map_or(Default::Other, |(items, _)| Default::List(items)),
        Some(b'0'..=b'9' | b'-' | b'.') => parse_number(text),
        _ => parse_name(text),
    }
}

/// Reads the items between brackets and whether a comma follows the last.
fn items(text: &str, close: char, depth: usize) -> Option<(Vec<Default>, bool)> {
    if depth >= MAX_DEPTH {
        return None;
    }
    let mut rest = text.get(1..)?.strip_suffix(close)?;
    let mut items = Vec::new();
    let mut trailing = false;
    while !rest.trim().is_empty() {
        let comma = find_top_level(rest, b",");
        trailing = comma.is_some();
        items.push(parse_nested(rest.get(..comma.unwrap_or(rest.len()))?, depth + 1));
        rest = comma.and_then(|at| rest.get(at + 1..)).unwrap_or_default();
    }
    Some((items, trailing))
}

fn parse_number(text: &str) -> Default {
    if let Ok(value) = text.parse::<i64>() {
        return Default::Int(value);
    }
    // Rust reads more as a float than Python writes ("infinity"), but those do not begin with a digit.
    match text.parse::<f64>() {
        Ok(value) if text != "-nan" => Default::Float(value),
        _ => Default::Other,
    }
}

fn parse_name(text: &str) -> Default {
    match text {
        "inf" => return Default::Float(f64::INFINITY),
        "nan" => return Default::Float(f64::NAN),
        _ => {}
    }
    let quoted = |prefix: &str, suffix: &str| text.strip_prefix(prefix)?.strip_suffix(suffix);
    let name = quoted("<dtype: '", "'>")
        .or_else(|| {
            quoted("<class '", "'>").filter(|name| ["bool", "int", "float", "complex"].contains(name))
        })
        .or_else(|| quoted("<class 'numpy.", "'>"))
        .or_else(|| quoted("dtype('", "')"))
        .or_else(|| text.strip_prefix("tf."));
    match name {
        Some(name) if name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') => {
            Default::DType(name.into())
        }
        _ => Default::Other,
    }
}

/// Reads a string literal as `repr` writes it.
fn parse_string(text: &str) -> Option<String> {
    let quote = text.chars().next()?;
    let inner = text.get(1..)?.strip_suffix(quote)?;
    let mut value = String::with_capacity(inner.len());
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        if character == quote {
            return None;
        }
        if character != '\\' {
            value.push(character);
            continue;
        }
        value.push(match characters.next()? {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'x' => {
                let digits: String = characters.by_ref().take(2).collect();
                char::from(u8::from_str_radix(&digits, 16).ok()?)
            }
            same @ ('\\' | '\'' | '"') => same,
            _ => return None,
        });
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::Default;

    #[test]
    fn reads_scalars() {
        let cases = [
            ("None", Default::None),
            ("False", Default::Bool(false)),
            ("-1", Default::Int(-1)),
            ("1e-07", Default::Float(1e-7)),
            ("inf", Default::Float(f64::INFINITY)),
            ("-inf", Default::Float(f64::NEG_INFINITY)),
            ("'a\\n\\x00\\''", Default::Str("a\n\0'".into())),
            ("{}", Default::Dict),
            ("{'a': 1}", Default::Other),
            ("99999999999999999999", Default::Float(1e20)),
        ];
        for (text, expected) in cases {
            assert_eq!(Default::parse(text), expected, "{text}");
        }
    }

    #[test]
    fn reads_dtypes() {
        for text in ["<dtype: 'float32'>", "tf.float32", "<class 'numpy.float32'>", "dtype('float32')"] {
            assert_eq!(Default::parse(text), Default::DType("float32".into()), "{text}");
        }
        assert_eq!(Default::parse("<class 'float'>"), Default::DType("float".into()));
        for text in ["<class 'keras.Model'>", "<no value>", "<function f>", "keras.x", "", "'a", "dtype("] {
            assert_eq!(Default::parse(text), Default::Other, "{text}");
        }
    }

    #[test]
    fn reads_sequences() {
        let pair = Default::Tuple(vec![Default::Int(1), Default::Int(1)]);
        assert_eq!(Default::parse("(1, 1)"), pair);
        assert_eq!(Default::parse("(0.5,)"), Default::Tuple(vec![Default::Float(0.5)]));
        assert_eq!(Default::parse("()"), Default::Tuple(vec![]));
        assert_eq!(Default::parse("[(1, 1), None]"), Default::List(vec![pair, Default::None]));
        let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
        assert!(matches!(Default::parse(&deep), Default::List(_)));
    }
}
