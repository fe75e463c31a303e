//! Reading JSON as `json.loads` does, in its words where it refuses.

use std::collections::HashMap;
use std::fmt;

use super::Json;

/// The deepest nesting that is read. Python's own limit is about a thousand frames; no config comes near.
pub const MAX_DEPTH: usize = 400;

/// Why a text is not JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonError {
    /// What is wrong, as Python says it: `Expecting value`.
    pub what: String,
    /// Python's exception: `JSONDecodeError`, `UnicodeDecodeError` or `RecursionError`.
    pub exception: &'static str,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The character, from 0.
    pub offset: usize,
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.exception {
            "JSONDecodeError" => {
                write!(f, "{}: line {} column {} (char {})", self.what, self.line, self.column, self.offset)
            }
            _ => f.write_str(&self.what),
        }
    }
}

/// Reads a JSON text.
///
/// # Errors
/// Where `json.loads` raises, and for nesting deeper than [`MAX_DEPTH`].
pub fn read_json(bytes: &[u8]) -> Result<Json, JsonError> {
    let text = decode(bytes)?;
    let mut reader = Reader { text: &text, at: 0, depth: 0 };
    reader.blanks();
    let value = reader.value()?;
    reader.blanks();
    if reader.at < text.len() {
        return Err(reader.error("Extra data"));
    }
    Ok(value)
}

/// Decodes as `json.detect_encoding` does.
fn decode(bytes: &[u8]) -> Result<String, JsonError> {
    let zero = |at: usize| bytes.get(at) == Some(&0);
    match bytes {
        [0xff, 0xfe, 0, 0, rest @ ..] => wide(rest, u32::from_le_bytes),
        [0, 0, 0xfe, 0xff, rest @ ..] => wide(rest, u32::from_be_bytes),
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => utf8(rest),
        [0, 0, ..] if bytes.len() >= 4 => wide(bytes, u32::from_be_bytes),
        [0, ..] if bytes.len() >= 2 => utf16(bytes, u16::from_be_bytes),
        [_, 0, ..] if bytes.len() >= 4 && zero(2) && zero(3) => wide(bytes, u32::from_le_bytes),
        [_, 0, ..] => utf16(bytes, u16::from_le_bytes),
        _ => utf8(bytes),
    }
}

fn undecodable(what: String) -> JsonError {
    JsonError { what, exception: "UnicodeDecodeError", line: 1, column: 1, offset: 0 }
}

fn utf8(bytes: &[u8]) -> Result<String, JsonError> {
    String::from_utf8(bytes.to_vec()).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        undecodable(format!(
            "'utf-8' codec can't decode byte 0x{:02x} in position {at}: invalid byte",
            bytes[at]
        ))
    })
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, JsonError> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(undecodable("'utf-16' codec can't decode: truncated data".to_owned()));
    }
    Ok(char::decode_utf16(pairs.iter().map(|p| unit(*p)))
        .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect())
}

fn wide(bytes: &[u8], unit: fn([u8; 4]) -> u32) -> Result<String, JsonError> {
    let (chunks, rest) = bytes.as_chunks::<4>();
    let text: Option<String> = chunks.iter().map(|c| char::from_u32(unit(*c))).collect();
    match text {
        Some(text) if rest.is_empty() => Ok(text),
        _ => Err(undecodable("'utf-32' codec can't decode: code point not in range(0x110000)".to_owned())),
    }
}

struct Reader<'a> {
    text: &'a str,
    /// The byte that is read next.
    at: usize,
    depth: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn error(&self, what: &str) -> JsonError {
        self.error_at(what, self.at)
    }

    fn error_at(&self, what: &str, at: usize) -> JsonError {
        let before = self.text.get(..at.min(self.text.len())).unwrap_or("");
        let last = before.rsplit('\n').next().unwrap_or("");
        JsonError {
            what: what.to_owned(),
            exception: "JSONDecodeError",
            line: before.matches('\n').count() + 1,
            column: last.chars().count() + 1,
            offset: before.chars().count(),
        }
    }

    fn value(&mut self) -> Result<Json, JsonError> {
        for (word, value) in [
            ("null", Json::Null),
            ("true", Json::Bool(true)),
            ("false", Json::Bool(false)),
            ("NaN", Json::Number("NaN".to_owned())),
            ("Infinity", Json::Number("Infinity".to_owned())),
            ("-Infinity", Json::Number("-Infinity".to_owned())),
        ] {
            if self.rest().starts_with(word) {
                self.at += word.len();
                return Ok(value);
            }
        }
        match self.peek() {
            Some(b'"') => self.string().map(Json::Str),
            Some(b'[') => self.nested(Self::list),
            Some(b'{') => self.nested(Self::dict),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => Err(self.error("Expecting value")),
        }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Json, JsonError>) -> Result<Json, JsonError> {
        if self.depth == MAX_DEPTH {
            let mut error = self.error("maximum recursion depth exceeded while decoding a JSON object");
            error.exception = "RecursionError";
            return Err(error);
        }
        self.depth += 1;
        self.at += 1;
        let value = read(self);
        self.depth -= 1;
        value
    }

    fn list(&mut self) -> Result<Json, JsonError> {
        let mut items = Vec::new();
        self.blanks();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Json::List(items));
        }
        loop {
            self.blanks();
            items.push(self.value()?);
            self.blanks();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => break self.at += 1,
                _ => return Err(self.error("Expecting ',' delimiter")),
            }
        }
        Ok(Json::List(items))
    }

    fn dict(&mut self) -> Result<Json, JsonError> {
        let mut pairs: Vec<(String, Json)> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        self.blanks();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Json::Dict(pairs));
        }
        loop {
            self.blanks();
            if self.peek() != Some(b'"') {
                return Err(self.error("Expecting property name enclosed in double quotes"));
            }
            let key = self.string()?;
            self.blanks();
            if self.peek() != Some(b':') {
                return Err(self.error("Expecting ':' delimiter"));
            }
            self.at += 1;
            self.blanks();
            let value = self.value()?;
            // The last of equal keys wins, at the place of the first: `{"a": 1, "b": 2, "a": 3}`.
            match places.get(&key).and_then(|at| pairs.get_mut(*at)) {
                Some(pair) => pair.1 = value,
                None => {
                    places.insert(key.clone(), pairs.len());
                    pairs.push((key, value));
                }
            }
            self.blanks();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => break self.at += 1,
                _ => return Err(self.error("Expecting ',' delimiter")),
            }
        }
        Ok(Json::Dict(pairs))
    }

    fn number(&mut self) -> Result<Json, JsonError> {
        let start = self.at;
        let digits = |reader: &mut Self| {
            let from = reader.at;
            while matches!(reader.peek(), Some(b'0'..=b'9')) {
                reader.at += 1;
            }
            reader.at > from
        };
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else if !digits(self) {
            self.at = start;
            return Err(self.error("Expecting value"));
        }
        let end = self.at;
        if self.peek() == Some(b'.') {
            self.at += 1;
            if !digits(self) {
                self.at = end;
            }
        }
        let end = self.at;
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            if !digits(self) {
                self.at = end;
            }
        }
        Ok(Json::Number(self.text.get(start..self.at).unwrap_or("0").to_owned()))
    }

    fn string(&mut self) -> Result<String, JsonError> {
        let start = self.at;
        self.at += 1;
        let mut text = String::new();
        loop {
            let rest = self.rest();
            let plain = rest.find(|c: char| c == '"' || c == '\\' || c < ' ').unwrap_or(rest.len());
            text.push_str(rest.get(..plain).unwrap_or(""));
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text);
                }
                Some(b'\\') => self.escape(&mut text)?,
                Some(_) => return Err(self.error("Invalid control character at")),
                None => return Err(self.error_at("Unterminated string starting at", start)),
            }
        }
    }

    fn escape(&mut self, text: &mut String) -> Result<(), JsonError> {
        let start = self.at;
        self.at += 2;
        let plain = match self.text.as_bytes().get(start + 1) {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                let mut unit = self.unit(start)?;
                if (0xd800..0xdc00).contains(&unit) && self.rest().starts_with("\\u") {
                    let second = self.at;
                    self.at += 2;
                    let low = self.unit(second)?;
                    if (0xdc00..0xe000).contains(&low) {
                        unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
                    } else {
                        self.at = second;
                    }
                }
                // A lone surrogate is no character here; Python keeps it.
                char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            _ => return Err(self.error_at("Invalid \\escape", start)),
        };
        text.push(plain);
        Ok(())
    }

    fn unit(&mut self, start: usize) -> Result<u32, JsonError> {
        let digits = self.text.get(self.at..self.at + 4).filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
        let unit = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        self.at += 4;
        unit.ok_or_else(|| self.error_at("Invalid \\uXXXX escape", start + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> String {
        read_json(text.as_bytes()).map_or_else(|e| e.to_string(), |v| v.to_string())
    }

    #[test]
    fn reads_what_python_reads() {
        assert_eq!(
            message(r#" {"a": [1, -2.5e3, NaN, -Infinity], "b": null} "#),
            r#"{"a": [1, -2.5e3, NaN, -Infinity], "b": null}"#
        );
        assert_eq!(message(r#"{"a": 1, "b": 2, "a": 3}"#), r#"{"a": 3, "b": 2}"#);
        assert_eq!(message(r#""\ud83d\ude00é\n""#), r#""\ud83d\ude00\u00e9\n""#);
        let utf16: Vec<u8> = "\u{feff}[1]".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(read_json(&utf16).map(|v| v.to_string()), Ok("[1]".to_owned()));
        assert_eq!(read_json(b"\xef\xbb\xbf[1]").map(|v| v.to_string()), Ok("[1]".to_owned()));
    }

    #[test]
    fn refuses_in_pythons_words() {
        for (text, words) in [
            ("", "Expecting value: line 1 column 1 (char 0)"),
            ("{a}", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
            ("{\"a\" 1}", "Expecting ':' delimiter: line 1 column 6 (char 5)"),
            ("[1\n 2]", "Expecting ',' delimiter: line 2 column 2 (char 4)"),
            ("[1] 2", "Extra data: line 1 column 5 (char 4)"),
            ("\"abc", "Unterminated string starting at: line 1 column 1 (char 0)"),
            ("[01]", "Expecting ',' delimiter: line 1 column 3 (char 2)"),
            ("\"\\x\"", "Invalid \\escape: line 1 column 2 (char 1)"),
        ] {
            assert_eq!(message(text), words, "{text}");
        }
    }

    #[test]
    fn bounds_the_depth() {
        let deep = "[".repeat(100_000);
        assert_eq!(read_json(deep.as_bytes()).map_err(|e| e.exception), Err("RecursionError"));
        assert!(read_json(&[0xff, 0xfe, 0x00]).is_err());
    }
}
