//! What is known of a value while code is judged, and the text functions that hide names.

use std::rc::Rc;

/// What is known of a value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Known {
    /// A module, or something in one: `os.system`.
    Path(Rc<str>),
    /// Text.
    Text(Rc<str>),
    /// Bytes.
    Bytes(Rc<[u8]>),
    /// A whole number.
    Int(i64),
    /// A list or tuple.
    List(Rc<[Known]>),
    /// A tensor, a number, a result: something that computes and reaches nothing.
    Inert,
    /// Anything; its name where it has one.
    Foreign(Rc<str>),
}

/// The most characters or items that are worked out.
const MAX: usize = 1 << 16;

impl Known {
    pub(super) fn text(text: impl Into<Rc<str>>) -> Known {
        Known::Text(text.into())
    }

    pub(super) fn path(path: impl Into<Rc<str>>) -> Known {
        Known::Path(path.into())
    }

    /// The items of what can be iterated over and is known.
    pub(super) fn items(&self) -> Option<Vec<Known>> {
        match self {
            Known::List(items) => Some(items.to_vec()),
            Known::Text(text) => Some(text.chars().map(|c| Known::text(c.to_string())).collect()),
            Known::Bytes(bytes) => Some(bytes.iter().map(|b| Known::Int(i64::from(*b))).collect()),
            _ => None,
        }
    }

    fn as_text(&self) -> Option<&str> {
        match self {
            Known::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// `a + b` and `a * b`, as far as names are hidden by it.
pub(super) fn binary(sign: char, left: &Known, right: &Known) -> Known {
    match (sign, left, right) {
        ('+', Known::Text(a), Known::Text(b)) if a.len() + b.len() <= MAX => Known::text(format!("{a}{b}")),
        ('+', Known::Bytes(a), Known::Bytes(b)) if a.len() + b.len() <= MAX => {
            Known::Bytes([&a[..], &b[..]].concat().into())
        }
        ('+', Known::List(a), Known::List(b)) if a.len() + b.len() <= MAX => {
            Known::List([&a[..], &b[..]].concat().into())
        }
        ('+', Known::Int(a), Known::Int(b)) => a.checked_add(*b).map_or(Known::Inert, Known::Int),
        ('-', Known::Int(a), Known::Int(b)) => a.checked_sub(*b).map_or(Known::Inert, Known::Int),
        ('*', Known::Int(a), Known::Int(b)) => a.checked_mul(*b).map_or(Known::Inert, Known::Int),
        ('^', Known::Int(a), Known::Int(b)) => Known::Int(a ^ b),
        ('/', Known::Int(a), Known::Int(b)) if *b != 0 => {
            a.checked_div_euclid(*b).map_or(Known::Inert, Known::Int)
        }
        ('*', Known::Text(a), Known::Int(n)) => match usize::try_from(*n) {
            Ok(n) if a.len().saturating_mul(n) <= MAX => Known::text(a.repeat(n)),
            _ => Known::Inert,
        },
        // `'%s%s' % ('sys', 'tem')`.
        ('%', Known::Text(a), b) => {
            let items = match b {
                Known::List(items) => items.to_vec(),
                other => vec![other.clone()],
            };
            formatted(a, "%s", &items)
        }
        _ => Known::Inert,
    }
}

fn formatted(pattern: &str, hole: &str, items: &[Known]) -> Known {
    let mut text = String::new();
    let mut items = items.iter();
    let mut parts = pattern.split(hole);
    text.push_str(parts.next().unwrap_or(""));
    for part in parts {
        let Some(item) = items.next().and_then(plain) else { return Known::Inert };
        text.push_str(&item);
        text.push_str(part);
    }
    Known::text(text)
}

fn plain(value: &Known) -> Option<String> {
    match value {
        Known::Text(text) => Some(text.to_string()),
        Known::Int(n) => Some(n.to_string()),
        _ => None,
    }
}

/// A method of a text, of bytes or of a list of known content.
pub(super) fn method(value: &Known, name: &str, args: &[Known]) -> Known {
    let first = args.first();
    match (value, name) {
        (Known::Text(text), "join") => joined(text, first),
        (Known::Text(text), "format") => formatted(text, "{}", args),
        (Known::Text(text), "replace") => {
            match (first.and_then(Known::as_text), args.get(1).and_then(Known::as_text)) {
                (Some(from), Some(to)) if text.len() * (to.len() + 1) <= MAX => {
                    Known::text(text.replace(from, to))
                }
                _ => Known::Inert,
            }
        }
        (Known::Text(text), "lower" | "casefold") => Known::text(text.to_lowercase()),
        (Known::Text(text), "upper") => Known::text(text.to_uppercase()),
        (Known::Text(text), "swapcase") => Known::text(text.chars().map(swapped).collect::<String>()),
        (Known::Text(text), "strip" | "lstrip" | "rstrip") if args.is_empty() => Known::text(text.trim()),
        (Known::Text(text), "split") => {
            let parts: Vec<Known> = match first.and_then(Known::as_text) {
                Some("") => return Known::Inert,
                Some(by) => text.split(by).map(Known::text).collect(),
                None => text.split_whitespace().map(Known::text).collect(),
            };
            Known::List(parts.into())
        }
        (Known::Text(text), "encode") => Known::Bytes(text.as_bytes().into()),
        (Known::Bytes(bytes), "decode") => as_text(bytes),
        (Known::Bytes(bytes), "hex") => {
            Known::text(bytes.iter().map(|b| format!("{b:02x}")).collect::<String>())
        }
        _ => Known::Inert,
    }
}

fn swapped(c: char) -> char {
    if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() }
}

fn joined(by: &str, items: Option<&Known>) -> Known {
    let parts: Option<Vec<String>> = items
        .and_then(Known::items)
        .and_then(|items| items.iter().map(|i| i.as_text().map(str::to_owned)).collect());
    match parts {
        Some(parts) if parts.iter().map(String::len).sum::<usize>() <= MAX => Known::text(parts.join(by)),
        _ => Known::Inert,
    }
}

fn as_text(bytes: &[u8]) -> Known {
    Known::text(String::from_utf8_lossy(bytes).into_owned())
}

/// A function whose result hides names: `chr(101)`, `base64.b64decode("…")`.
pub(super) fn function(path: &str, args: &[Known]) -> Option<Known> {
    let first = args.first()?;
    let bytes = match first {
        Known::Bytes(bytes) => Some(bytes.to_vec()),
        Known::Text(text) => Some(text.as_bytes().to_vec()),
        _ => None,
    };
    Some(match (path, first) {
        ("builtins.chr", Known::Int(n)) => {
            Known::text(u32::try_from(*n).ok().and_then(char::from_u32).unwrap_or('\u{fffd}').to_string())
        }
        ("builtins.ord", Known::Text(text)) => {
            text.chars().next().map_or(Known::Inert, |c| Known::Int(i64::from(u32::from(c))))
        }
        ("builtins.str", Known::Bytes(bytes)) if args.len() > 1 => as_text(bytes),
        ("builtins.str", Known::Text(_) | Known::Bytes(_)) => first.clone(),
        ("builtins.int", Known::Text(text)) => {
            let radix = match args.get(1) {
                Some(Known::Int(n)) => u32::try_from(*n).ok().filter(|n| (2..=36).contains(n)).unwrap_or(10),
                _ => 10,
            };
            i64::from_str_radix(text.trim_start_matches("0x"), radix).map_or(Known::Inert, Known::Int)
        }
        ("builtins.bytes" | "builtins.bytearray", list) => {
            let numbers: Option<Vec<u8>> = list
                .items()?
                .iter()
                .map(|item| if let Known::Int(n) = item { u8::try_from(*n).ok() } else { None })
                .collect();
            numbers.map_or(Known::Inert, |numbers| Known::Bytes(numbers.into()))
        }
        ("builtins.list" | "builtins.tuple" | "builtins.sorted", list) => {
            list.items().map_or(Known::Inert, |i| Known::List(i.into()))
        }
        ("builtins.reversed", list) => {
            let mut items = list.items()?;
            items.reverse();
            Known::List(items.into())
        }
        (
            "base64.b64decode"
            | "base64.decodebytes"
            | "base64.standard_b64decode"
            | "base64.urlsafe_b64decode"
            | "binascii.a2b_base64",
            _,
        ) => {
            let text = String::from_utf8_lossy(&bytes?).replace('-', "+").replace('_', "/");
            formats::decode_base64(&text).map_or(Known::Inert, |bytes| Known::Bytes(bytes.into()))
        }
        (
            "builtins.bytes.fromhex"
            | "builtins.bytearray.fromhex"
            | "binascii.unhexlify"
            | "binascii.a2b_hex"
            | "base64.b16decode",
            _,
        ) => unhex(&bytes?).map_or(Known::Inert, |bytes| Known::Bytes(bytes.into())),
        ("codecs.decode" | "codecs.encode", _) => match args.get(1).and_then(Known::as_text) {
            Some("rot13" | "rot_13") => {
                Known::text(String::from_utf8_lossy(&bytes?).chars().map(rot13).collect::<String>())
            }
            Some("hex") => unhex(&bytes?).map_or(Known::Inert, |bytes| Known::Bytes(bytes.into())),
            Some("base64") => formats::decode_base64(&String::from_utf8_lossy(&bytes?))
                .map_or(Known::Inert, |bytes| Known::Bytes(bytes.into())),
            _ => first.clone(),
        },
        _ => return None,
    })
}

fn rot13(c: char) -> char {
    let turn = |base: u8| char::from((c as u8 - base + 13) % 26 + base);
    match c {
        'a'..='z' => turn(b'a'),
        'A'..='Z' => turn(b'A'),
        _ => c,
    }
}

fn unhex(text: &[u8]) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text.iter().copied().filter(|b| !b.is_ascii_whitespace()).collect();
    let (pairs, rest) = digits.as_chunks::<2>();
    let byte = |pair: &[u8; 2]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    if rest.is_empty() { pairs.iter().map(byte).collect() } else { None }
}
