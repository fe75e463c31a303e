//! Constants as Python literals.

use std::fmt::Write;

use crate::object::Object;

/// Returns the literal that gives this constant, if there is one and it has at most so many characters.
///
/// Code objects have none. A set is written as the display that the compiler makes a constant of.
pub fn literal(object: &Object, limit: usize) -> Option<String> {
    let mut text = String::new();
    write(object, limit, &mut text).then_some(text)
}

fn write(object: &Object, limit: usize, text: &mut String) -> bool {
    match object {
        Object::None => text.push_str("None"),
        Object::Bool(true) => text.push_str("True"),
        Object::Bool(false) => text.push_str("False"),
        Object::Ellipsis => text.push_str("..."),
        Object::Int(value) => text.push_str(&value.to_string()),
        Object::Float(value) => text.push_str(&float(*value)),
        Object::Complex(real, imaginary) => text.push_str(&complex(*real, *imaginary)),
        Object::Str(value) => text.push_str(&quoted(value.chars().map(u32::from))),
        Object::Surrogates(points) => text.push_str(&quoted(points.iter().copied())),
        Object::Bytes(value) => text.push_str(&bytes(value)),
        Object::Tuple(elements) => {
            let (open, close) = if elements.len() == 1 { ("(", ",)") } else { ("(", ")") };
            return joined(elements, (open, close), limit, text);
        }
        Object::List(elements) => return joined(elements, ("[", "]"), limit, text),
        Object::Set(elements) if elements.is_empty() => text.push_str("set()"),
        Object::Set(elements) => return joined(elements, ("{", "}"), limit, text),
        Object::FrozenSet(elements) if elements.is_empty() => text.push_str("frozenset()"),
        Object::FrozenSet(elements) => return joined(elements, ("frozenset({", "})"), limit, text),
        Object::Dict(entries) => {
            text.push('{');
            for (index, (key, value)) in entries.iter().enumerate() {
                text.push_str(if index == 0 { "" } else { ", " });
                if !write(key, limit, text) {
                    return false;
                }
                text.push_str(": ");
                if !write(value, limit, text) {
                    return false;
                }
            }
            text.push('}');
        }
        Object::Slice(parts) => return joined(&parts[..], ("slice(", ")"), limit, text),
        Object::StopIteration | Object::Code(_) => return false,
    }
    text.len() <= limit
}

fn joined(elements: &[Object], (open, close): (&str, &str), limit: usize, text: &mut String) -> bool {
    text.push_str(open);
    for (index, element) in elements.iter().enumerate() {
        text.push_str(if index == 0 { "" } else { ", " });
        if !write(element, limit, text) {
            return false;
        }
    }
    text.push_str(close);
    text.len() <= limit
}

/// Returns a float as Python's `repr` has it; infinity as the literal that overflows to it.
pub(crate) fn float(value: f64) -> String {
    if value.is_nan() {
        return "(1e309 - 1e309)".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "1e309" } else { "-1e309" }.to_owned();
    }
    let scientific = format!("{value:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if (-4..16).contains(&exponent) {
        let plain = format!("{value}");
        return if plain.contains('.') { plain } else { plain + ".0" };
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}

/// Returns a complex number as a literal or a sum of literals that the compiler makes this number of.
fn complex(real: f64, imaginary: f64) -> String {
    let part = |value: f64| {
        let text = float(value);
        text.strip_suffix(".0").map(str::to_owned).unwrap_or(text) + "j"
    };
    if real == 0.0 && real.is_sign_negative() {
        return format!("-{}", part(-imaginary));
    }
    if real == 0.0 && !imaginary.is_sign_negative() {
        return part(imaginary);
    }
    let whole = float(real);
    let whole = whole.strip_suffix(".0").unwrap_or(&whole);
    let sign = if imaginary.is_sign_negative() { "-" } else { "+" };
    format!("({whole}{sign}{})", part(imaginary.abs()))
}

/// Returns text in quotes, with the quotes and escapes that Python's `repr` has.
fn quoted(points: impl Iterator<Item = u32> + Clone) -> String {
    let has = |quote: char| points.clone().any(|point| point == u32::from(quote));
    let quote = if has('\'') && !has('"') { '"' } else { '\'' };
    let mut text = String::from(quote);
    for point in points {
        escape(point, quote, &mut text);
    }
    text.push(quote);
    text
}

/// Writes a character as it stands in a text between these quotes.
pub(crate) fn escape(point: u32, quote: char, text: &mut String) {
    let written = match (char::from_u32(point), point) {
        (Some('\n'), _) => {
            text.push_str("\\n");
            Ok(())
        }
        (Some('\r'), _) => {
            text.push_str("\\r");
            Ok(())
        }
        (Some('\t'), _) => {
            text.push_str("\\t");
            Ok(())
        }
        (Some(character), _) if character == quote || character == '\\' => {
            text.push('\\');
            text.push(character);
            Ok(())
        }
        (Some(character), _) if prints(character) => {
            text.push(character);
            Ok(())
        }
        (_, 0..=0xff) => write!(text, "\\x{point:02x}"),
        (_, 0x100..=0xffff) => write!(text, "\\u{point:04x}"),
        _ => write!(text, "\\U{point:08x}"),
    };
    // Writing to a string can't fail.
    let _ = written;
}

/// Tells whether a character can stand for itself: not one that is invisible or changes its neighbours.
fn prints(character: char) -> bool {
    match character {
        ' '..='~' => true,
        '\0'..='\u{a0}' | '\u{ad}' => false,
        '\u{2000}'..='\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{205f}'..='\u{206f}' => false,
        '\u{3000}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}' | '\u{e000}'..='\u{f8ff}' => false,
        _ => !character.is_control() && !(character.is_whitespace()) && u32::from(character) < 0xe0000,
    }
}

fn bytes(value: &[u8]) -> String {
    let quote = if value.contains(&b'\'') && !value.contains(&b'"') { '"' } else { '\'' };
    let mut text = format!("b{quote}");
    for byte in value {
        match byte {
            b' '..=b'~' | b'\n' | b'\r' | b'\t' => escape(u32::from(*byte), quote, &mut text),
            _ => {
                // Writing to a string can't fail.
                let _ = write!(text, "\\x{byte:02x}");
            }
        }
    }
    text.push(quote);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_as_python_writes_them() {
        let cases = [
            (1.0, "1.0"),
            (0.1, "0.1"),
            (-0.0, "-0.0"),
            (1e16, "1e+16"),
            (123456789012345.0, "123456789012345.0"),
            (1e-7, "1e-07"),
            (1.5e308, "1.5e+308"),
            (0.0001, "0.0001"),
            (f64::INFINITY, "1e309"),
        ];
        for (value, expected) in cases {
            assert_eq!(float(value), expected);
        }
    }

    #[test]
    fn texts_are_quoted_as_python_quotes_them() {
        let text = |value: &str| literal(&Object::Str(value.into()), 100);
        assert_eq!(text("it's").as_deref(), Some("\"it's\""));
        assert_eq!(text("a\n\"\\'").as_deref(), Some("'a\\n\"\\\\\\''"));
        assert_eq!(text("é\u{7f}☃\u{200b}").as_deref(), Some("'é\\x7f☃\\u200b'"));
        let bytes = Object::Bytes(b"\x00'\xff".as_slice().into());
        assert_eq!(literal(&bytes, 100).as_deref(), Some("b\"\\x00'\\xff\""));
    }

    #[test]
    fn complex_numbers_keep_their_signs() {
        assert_eq!(complex(0.0, 1.0), "1j");
        assert_eq!(complex(2.0, -3.5), "(2-3.5j)");
        assert_eq!(complex(-0.0, -1.0), "-1j");
        assert_eq!(complex(0.0, -1.0), "(0-1j)");
    }

    #[test]
    fn what_is_too_long_has_no_literal() {
        let mut object = Object::None;
        for _ in 0..40 {
            object = Object::Tuple(vec![object.clone(), object].into());
        }
        assert_eq!(literal(&object, 1000), None);
    }
}
