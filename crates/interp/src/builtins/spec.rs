//! The format specification mini-language: `format(3.14159, ">10.2f")`.

use crate::builtins::number_text;

/// A parsed specification.
#[derive(Clone, Debug, Default)]
pub(crate) struct Spec {
    fill: Option<char>,
    align: Option<char>,
    sign: Option<char>,
    alternate: bool,
    zero: bool,
    width: usize,
    group: Option<char>,
    precision: Option<usize>,
    kind: Option<char>,
}

/// Widths beyond this are not written out.
const MAX_WIDTH: usize = 10_000;

/// Why a value cannot be formatted.
pub(crate) enum FormatError {
    /// A `ValueError` with this text.
    Value(String),
    /// The result is too long to be written out.
    TooLong,
}

/// Reads a specification; nothing where it is malformed.
pub(crate) fn parse(text: &str) -> Option<Spec> {
    let chars: Vec<char> = text.chars().collect();
    let mut spec = Spec::default();
    let mut at = 0;
    let is_align = |c: Option<&char>| matches!(c, Some('<' | '>' | '^' | '='));
    if is_align(chars.get(1)) {
        spec.fill = chars.first().copied();
        spec.align = chars.get(1).copied();
        at = 2;
    } else if is_align(chars.first()) {
        spec.align = chars.first().copied();
        at = 1;
    }
    if let Some(c @ ('+' | '-' | ' ')) = chars.get(at) {
        spec.sign = Some(*c);
        at += 1;
    }
    if chars.get(at) == Some(&'z') {
        at += 1;
    }
    if chars.get(at) == Some(&'#') {
        spec.alternate = true;
        at += 1;
    }
    if chars.get(at) == Some(&'0') && spec.align.is_none() {
        spec.zero = true;
        at += 1;
    }
    let number = |at: &mut usize| {
        let start = *at;
        while chars.get(*at).is_some_and(char::is_ascii_digit) {
            *at += 1;
        }
        chars[start..*at].iter().collect::<String>().parse::<usize>().ok()
    };
    spec.width = number(&mut at).unwrap_or(0);
    if let Some(c @ (',' | '_')) = chars.get(at) {
        spec.group = Some(*c);
        at += 1;
    }
    if chars.get(at) == Some(&'.') {
        at += 1;
        spec.precision = Some(number(&mut at)?);
    }
    if let Some(c) = chars.get(at) {
        spec.kind = Some(*c);
        at += 1;
    }
    (at == chars.len()).then_some(spec)
}

impl Spec {
    /// Formats a string.
    pub(crate) fn text(&self, text: &str) -> Result<String, FormatError> {
        match self.kind {
            None | Some('s') => {}
            Some(kind) => return Err(unknown_code(kind, "str")),
        }
        if self.sign.is_some() {
            return Err(FormatError::Value("Sign not allowed in string format specifier".to_owned()));
        }
        let cut: String = match self.precision {
            Some(precision) => text.chars().take(precision).collect(),
            None => text.to_owned(),
        };
        let fill = if self.zero { '0' } else { ' ' };
        self.pad("", &cut, self.fill.unwrap_or(fill), self.align.unwrap_or('<'))
    }

    /// Formats an int.
    pub(crate) fn int(&self, n: i64) -> Result<String, FormatError> {
        let magnitude = n.unsigned_abs();
        let (prefix, digits, size) = match self.kind {
            None | Some('d' | 'n') => ("", magnitude.to_string(), 3),
            Some('b') => ("0b", format!("{magnitude:b}"), 4),
            Some('o') => ("0o", format!("{magnitude:o}"), 4),
            Some('x') => ("0x", format!("{magnitude:x}"), 4),
            Some('X') => ("0X", format!("{magnitude:X}"), 4),
            Some('c') => {
                let c = u32::try_from(n).ok().and_then(char::from_u32).unwrap_or('?');
                return self.pad("", &c.to_string(), self.fill.unwrap_or(' '), self.align.unwrap_or('<'));
            }
            Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%') => return self.float(n as f64),
            Some(kind) => return Err(unknown_code(kind, "int")),
        };
        if self.precision.is_some() {
            let text = "Precision not allowed in integer format specifier";
            return Err(FormatError::Value(text.to_owned()));
        }
        let prefix = if self.alternate { prefix } else { "" };
        self.number(n < 0, prefix, &digits, "", size)
    }

    /// Formats a float.
    pub(crate) fn float(&self, x: f64) -> Result<String, FormatError> {
        let precision = self.precision.unwrap_or(6);
        if precision > MAX_WIDTH {
            return Err(FormatError::TooLong);
        }
        let magnitude = x.abs();
        let text = match self.kind {
            None if self.precision.is_none() => number_text::repr(magnitude),
            None => {
                let text = number_text::general(magnitude, precision, false);
                let whole = !text.contains(['.', 'e', 'n', 'i']);
                if whole { text + ".0" } else { text }
            }
            Some('f' | 'F') => number_text::fixed(magnitude, precision),
            Some('e') => number_text::exponential(magnitude, precision),
            Some('E') => number_text::exponential(magnitude, precision).to_uppercase(),
            Some('g' | 'n') => number_text::general(magnitude, precision, self.alternate),
            Some('G') => number_text::general(magnitude, precision, self.alternate).to_uppercase(),
            Some('%') => number_text::fixed(magnitude * 100.0, precision) + "%",
            Some(kind) => return Err(unknown_code(kind, "float")),
        };
        let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (whole, rest) = text.split_at(end);
        self.number(x.is_sign_negative() && !x.is_nan(), "", whole, rest, 3)
    }

    fn number(
        &self,
        negative: bool,
        prefix: &str,
        whole: &str,
        rest: &str,
        group: usize,
    ) -> Result<String, FormatError> {
        let sign = match (negative, self.sign) {
            (true, _) => "-",
            (false, Some('+')) => "+",
            (false, Some(' ')) => " ",
            _ => "",
        };
        let head = format!("{sign}{prefix}");
        let zero = self.zero || (self.fill == Some('0') && self.align == Some('='));
        let whole = match self.group {
            None => whole.to_owned(),
            Some(mark) => {
                let wanted = if zero { self.width.saturating_sub(head.len() + rest.len()) } else { 0 };
                grouped(whole, mark, group, wanted.min(MAX_WIDTH))
            }
        };
        let fill = if self.zero { '0' } else { ' ' };
        let align = if self.zero { '=' } else { '>' };
        self.pad(&head, &format!("{whole}{rest}"), self.fill.unwrap_or(fill), self.align.unwrap_or(align))
    }

    fn pad(&self, head: &str, body: &str, fill: char, align: char) -> Result<String, FormatError> {
        if self.width > MAX_WIDTH {
            return Err(FormatError::TooLong);
        }
        let missing = self.width.saturating_sub(head.chars().count() + body.chars().count());
        let run = |n: usize| fill.to_string().repeat(n);
        Ok(match align {
            '<' => format!("{head}{body}{}", run(missing)),
            '^' => format!("{}{head}{body}{}", run(missing / 2), run(missing - missing / 2)),
            '=' => format!("{head}{}{body}", run(missing)),
            _ => format!("{}{head}{body}", run(missing)),
        })
    }
}

fn grouped(digits: &str, mark: char, size: usize, wanted: usize) -> String {
    let mut digits = digits.to_owned();
    // Zeros that fill up are grouped as well: `f"{1234:010,}"`.
    while digits.len() + digits.len().saturating_sub(1) / size < wanted {
        digits.insert(0, '0');
    }
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(size) {
            out.push(mark);
        }
        out.push(c);
    }
    out
}

fn unknown_code(kind: char, of: &str) -> FormatError {
    FormatError::Value(format!("Unknown format code '{kind}' for object of type '{of}'"))
}
