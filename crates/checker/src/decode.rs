//! From a file's bytes to its text, or to the reason why it is none.

use std::fmt;

/// The largest source file that is read, in bytes.
pub const MAX_BYTES: u64 = 4 * 1024 * 1024;
/// The largest notebook that is read, in bytes: most of one are the pictures that its cells have shown.
pub const MAX_NOTEBOOK_BYTES: u64 = 64 * 1024 * 1024;
/// The most lines a source file may have.
pub const MAX_LINES: usize = 200_000;

/// Why a file's bytes are not a source text that can be analysed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// It holds NUL bytes: a program, an image, an archive.
    Binary,
    /// It is UTF-16, which Python does not read.
    Utf16,
    /// A byte is not UTF-8, and no other encoding is declared.
    NotUtf8 {
        /// The first such byte.
        byte: u8,
        /// Its line, from 1.
        line: usize,
    },
    /// It declares an encoding that is not known here.
    Encoding(String),
    /// It is larger than is read.
    TooLarge {
        /// Its size in bytes.
        size: u64,
        /// The largest size that is read.
        limit: u64,
    },
    /// It has more lines than [`MAX_LINES`].
    TooManyLines(usize),
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unreadable::Binary => f.write_str("this is a binary file, not Python source"),
            Unreadable::Utf16 => {
                f.write_str("this is UTF-16 text, which Python does not read: save it as UTF-8")
            }
            Unreadable::NotUtf8 { byte, line } => write!(
                f,
                "byte 0x{byte:02x} on line {line} is not UTF-8: save the file as UTF-8, or declare its \
                 encoding in the first line, `# -*- coding: latin-1 -*-`"
            ),
            Unreadable::Encoding(name) => {
                write!(f, "the declared encoding `{name}` is not supported: save the file as UTF-8")
            }
            Unreadable::TooLarge { size, limit } => write!(
                f,
                "the file has {:.1} MB; files of more than {} MB are not analysed",
                *size as f64 / (1024.0 * 1024.0),
                limit / (1024 * 1024)
            ),
            Unreadable::TooManyLines(lines) => {
                write!(f, "the file has {lines} lines; files of more than {MAX_LINES} are not analysed")
            }
        }
    }
}

impl std::error::Error for Unreadable {}

/// Decodes a source file as Python does: UTF-8, or the encoding declared in its first two lines.
///
/// # Errors
/// When the bytes are no text, or more of it than is analysed.
pub fn decode(bytes: Vec<u8>) -> Result<String, Unreadable> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(Unreadable::Utf16);
    }
    if bytes.contains(&0) {
        return Err(Unreadable::Binary);
    }
    if bytes.len() as u64 > MAX_BYTES {
        return Err(Unreadable::TooLarge { size: bytes.len() as u64, limit: MAX_BYTES });
    }
    let lines = bytes.iter().filter(|&&b| b == b'\n').count();
    if lines > MAX_LINES {
        return Err(Unreadable::TooManyLines(lines));
    }
    let declared = declared_encoding(&bytes);
    match declared.as_deref() {
        None | Some("utf-8" | "utf8" | "utf-8-sig" | "ascii" | "us-ascii") => from_utf8(bytes),
        // Each byte is the character of that number. In cp1252 a few dozen punctuation marks differ,
        // which only ever stand in strings and comments.
        Some(
            "latin-1" | "latin1" | "iso-8859-1" | "iso8859-1" | "iso-8859-15" | "cp1252" | "windows-1252",
        ) => Ok(bytes.into_iter().map(char::from).collect()),
        Some(other) => {
            let name = other.to_owned();
            // Source that is plain ASCII reads alike in nearly every encoding.
            if bytes.is_ascii() { from_utf8(bytes) } else { Err(Unreadable::Encoding(name)) }
        }
    }
}

/// Decodes a notebook, which is UTF-8.
///
/// # Errors
/// When the bytes are no text, or more of it than is read.
pub fn decode_notebook(bytes: Vec<u8>) -> Result<String, Unreadable> {
    let size = bytes.len() as u64;
    if size > MAX_NOTEBOOK_BYTES {
        return Err(Unreadable::TooLarge { size, limit: MAX_NOTEBOOK_BYTES });
    }
    if bytes.contains(&0) { Err(Unreadable::Binary) } else { from_utf8(bytes) }
}

fn from_utf8(bytes: Vec<u8>) -> Result<String, Unreadable> {
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let bytes = error.as_bytes();
        // Nobody's encoding: text has few control characters.
        let controls = bytes.iter().filter(|b| b.is_ascii_control() && !b.is_ascii_whitespace()).count();
        if controls * 20 > bytes.len() {
            return Unreadable::Binary;
        }
        let line = bytes[..at].iter().filter(|&&b| b == b'\n').count() + 1;
        Unreadable::NotUtf8 { byte: bytes.get(at).copied().unwrap_or(0), line }
    })
}

/// Returns the encoding named by PEP 263's comment in the first two lines, in lower case.
fn declared_encoding(bytes: &[u8]) -> Option<String> {
    for line in bytes.split(|&b| b == b'\n').take(2) {
        let line = std::str::from_utf8(line).ok()?.trim_start();
        if !line.starts_with('#') {
            if line.is_empty() {
                continue;
            }
            return None;
        }
        let Some((_, rest)) = line.split_once("coding") else { continue };
        let Some(rest) = rest.strip_prefix([':', '=']) else { continue };
        let rest = rest.trim_start_matches([' ', '\t']);
        let end =
            rest.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c))).unwrap_or(rest.len());
        if end > 0 {
            return Some(rest[..end].to_ascii_lowercase().replace('_', "-"));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_text() {
        assert_eq!(decode("x = 'é'\n".into()), Ok("x = 'é'\n".to_owned()));
        assert_eq!(decode(Vec::new()), Ok(String::new()));
        let latin = b"#!/usr/bin/python\n# -*- coding: latin-1 -*-\nx = '\xe9'\n".to_vec();
        assert_eq!(decode(latin).map(|s| s.ends_with("'é'\n")), Ok(true));
        assert!(decode(b"# vim: set fileencoding=euc_kr :\nx = 1\n".to_vec()).is_ok());
    }

    #[test]
    fn says_why_not() {
        assert_eq!(decode(b"\x7fELF\0\0".to_vec()), Err(Unreadable::Binary));
        assert_eq!(decode(vec![0x1f, 0x8b, 8, 1, 2, 3, 0xee]), Err(Unreadable::Binary));
        assert_eq!(decode(vec![0xff, 0xfe, b'x', 0]), Err(Unreadable::Utf16));
        let text = b"# a comment\nname = 'caf\xe9'\n".to_vec();
        assert_eq!(decode(text), Err(Unreadable::NotUtf8 { byte: 0xe9, line: 2 }));
        let korean = b"# coding: euc-kr\nx = '\xb0\xa1'\n".to_vec();
        assert_eq!(decode(korean), Err(Unreadable::Encoding("euc-kr".to_owned())));
        assert_eq!(decode(vec![b'\n'; MAX_LINES + 1]), Err(Unreadable::TooManyLines(MAX_LINES + 1)));
        assert!(matches!(decode(vec![b' '; MAX_BYTES as usize + 1]), Err(Unreadable::TooLarge { .. })));
    }
}
