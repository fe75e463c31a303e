//! The objects of the format; code objects are in [`super::code`].

use std::sync::Arc;

use super::error::{MarshalError, Problem};
use crate::integer::Integer;
use crate::object::{Layout, Object};

/// How deep objects may be nested. CPython allows 2000; code that people write needs a dozen.
const MAX_DEPTH: usize = 200;
/// Set in a type code when later objects may refer to the object.
const FLAG_REF: u8 = 0x80;

/// What was read.
pub(super) struct Read {
    pub(super) value: Object,
    pub(super) length: usize,
    pub(super) has_code: bool,
}

/// Reads an object whose code objects have this layout.
pub(super) fn read(bytes: &[u8], layout: Layout) -> Result<Read, MarshalError> {
    let mut reader = Reader { bytes, at: 0, layout, has_code: false, depth: 0, seen: Vec::new() };
    let value = reader.object("an object")?;
    Ok(Read { value, length: reader.at, has_code: reader.has_code })
}

pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    pub(super) layout: Layout,
    pub(super) has_code: bool,
    depth: usize,
    /// The objects that may be referred to; `None` while one is being read.
    seen: Vec<Option<Object>>,
}

impl<'a> Reader<'a> {
    /// Fails at a place before this one.
    pub(super) fn fail<T>(&self, offset: usize, problem: Problem) -> Result<T, MarshalError> {
        Err(MarshalError { offset, problem })
    }

    pub(super) fn position(&self) -> usize {
        self.at
    }

    fn take(&mut self, count: usize, expected: &'static str) -> Result<&'a [u8], MarshalError> {
        match self.bytes.get(self.at..).and_then(|rest| rest.get(..count)) {
            Some(bytes) => {
                self.at += count;
                Ok(bytes)
            }
            None => self.fail(self.at, Problem::Truncated { expected }),
        }
    }

    fn byte(&mut self, expected: &'static str) -> Result<u8, MarshalError> {
        self.take(1, expected).map(|bytes| bytes.first().copied().unwrap_or_default())
    }

    fn array<const N: usize>(&mut self, expected: &'static str) -> Result<[u8; N], MarshalError> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N, expected)?);
        Ok(array)
    }

    /// Reads a number of 32 bits.
    pub(super) fn int(&mut self, expected: &'static str) -> Result<i32, MarshalError> {
        self.array(expected).map(i32::from_le_bytes)
    }

    /// Reads a length of something whose every element takes a byte at least.
    fn length(&mut self, of: &'static str) -> Result<usize, MarshalError> {
        let offset = self.at;
        let length = self.int(of)?;
        self.fits(offset, i64::from(length), of)
    }

    fn fits(&self, offset: usize, length: i64, of: &'static str) -> Result<usize, MarshalError> {
        match usize::try_from(length) {
            Ok(fits) if fits <= self.bytes.len() - self.at => Ok(fits),
            _ => self.fail(offset, Problem::Length { of, length }),
        }
    }

    /// Reads an object, which a dictionary's end is not.
    pub(super) fn object(&mut self, expected: &'static str) -> Result<Object, MarshalError> {
        let offset = self.at;
        match self.object_or_end(expected)? {
            Some(object) => Ok(object),
            None => self.fail(offset, Problem::WrongType { expected }),
        }
    }

    /// Reads an object or the end of a dictionary.
    fn object_or_end(&mut self, expected: &'static str) -> Result<Option<Object>, MarshalError> {
        let offset = self.at;
        let tag = self.byte(expected)?;
        let kind = tag & !FLAG_REF;
        if self.depth >= MAX_DEPTH {
            return self.fail(offset, Problem::TooDeep);
        }
        // Objects are numbered in the order in which they begin, those that contain others first.
        let slot = (tag & FLAG_REF != 0 && kind != b'r').then(|| {
            self.seen.push(None);
            self.seen.len() - 1
        });
        self.depth += 1;
        let object = match kind {
            b'0' => None,
            b'(' | b')' | b'[' | b'{' | b'<' | b'>' | b':' => Some(self.container(kind)?),
            b'c' => {
                self.has_code = true;
                Some(Object::Code(Arc::new(self.code()?)))
            }
            _ => Some(self.plain(kind, offset)?),
        };
        self.depth -= 1;
        if let (Some(slot), Some(object)) = (slot.and_then(|slot| self.seen.get_mut(slot)), &object) {
            *slot = Some(object.clone());
        }
        Ok(object)
    }

    fn plain(&mut self, kind: u8, offset: usize) -> Result<Object, MarshalError> {
        Ok(match kind {
            b'N' => Object::None,
            b'F' => Object::Bool(false),
            b'T' => Object::Bool(true),
            b'S' => Object::StopIteration,
            b'.' => Object::Ellipsis,
            b'i' => Object::Int(i64::from(self.int("an int of 4 bytes")?).into()),
            b'I' => Object::Int(i64::from_le_bytes(self.array("an int of 8 bytes")?).into()),
            b'l' => Object::Int(self.long()?),
            b'f' => Object::Float(self.written_float()?),
            b'g' => Object::Float(self.binary_float()?),
            b'x' => Object::Complex(self.written_float()?, self.written_float()?),
            b'y' => Object::Complex(self.binary_float()?, self.binary_float()?),
            b's' => {
                let length = self.length("bytes")?;
                Object::Bytes(self.take(length, "bytes")?.into())
            }
            b't' | b'u' => {
                let length = self.length("text")?;
                text(self.take(length, "text")?)
                    .map_or_else(|| self.fail(offset, Problem::Malformed { expected: "text in UTF-8" }), Ok)?
            }
            b'a' | b'A' => {
                let length = self.length("text")?;
                Object::Str(latin(self.take(length, "text")?))
            }
            b'z' | b'Z' => {
                let length = usize::from(self.byte("the length of a text")?);
                Object::Str(latin(self.take(length, "text")?))
            }
            b'r' => {
                let index = u32::from_le_bytes(self.array("a reference")?);
                match self.seen.get(index as usize) {
                    Some(Some(object)) => object.clone(),
                    _ => return self.fail(offset, Problem::Reference(index)),
                }
            }
            _ => return self.fail(offset, Problem::UnknownType(kind)),
        })
    }

    fn container(&mut self, kind: u8) -> Result<Object, MarshalError> {
        Ok(match kind {
            b')' => {
                let offset = self.at;
                let length = i64::from(self.byte("the length of a tuple")?);
                let length = self.fits(offset, length, "a tuple")?;
                Object::Tuple(self.elements(length)?.into())
            }
            b'(' => Object::Tuple(self.sized_elements("a tuple")?.into()),
            b'[' => Object::List(self.sized_elements("a list")?.into()),
            b'<' => Object::Set(self.sized_elements("a set")?.into()),
            b'>' => Object::FrozenSet(self.sized_elements("a frozen set")?.into()),
            b':' => {
                let parts = [self.object("a start")?, self.object("a stop")?, self.object("a step")?];
                Object::Slice(Arc::new(parts))
            }
            _ => {
                let mut entries = Vec::new();
                while let Some(key) = self.object_or_end("a key")? {
                    entries.push((key, self.object("a value")?));
                }
                Object::Dict(entries.into())
            }
        })
    }

    fn sized_elements(&mut self, of: &'static str) -> Result<Vec<Object>, MarshalError> {
        let length = self.length(of)?;
        self.elements(length)
    }

    fn elements(&mut self, length: usize) -> Result<Vec<Object>, MarshalError> {
        let mut elements = Vec::new();
        for _ in 0..length {
            elements.push(self.object("an element")?);
        }
        Ok(elements)
    }

    /// Reads a number of any size: its count of digits, negative for a negative number, and the digits.
    fn long(&mut self) -> Result<Integer, MarshalError> {
        let offset = self.at;
        let count = i64::from(self.int("the digits of an int")?);
        let size = self.fits(offset, count.abs() * 2, "an int")?;
        let bytes = self.take(size, "an int")?;
        let digits: Vec<u16> =
            bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
        if digits.iter().any(|digit| *digit > 0x7fff) || (count != 0 && digits.last() == Some(&0)) {
            return self.fail(offset, Problem::Malformed { expected: "an int's digits" });
        }
        Ok(Integer::new(count < 0, digits))
    }

    fn written_float(&mut self) -> Result<f64, MarshalError> {
        let offset = self.at;
        let length = usize::from(self.byte("the length of a float")?);
        let text = self.take(length, "a float")?;
        match std::str::from_utf8(text).ok().and_then(|text| text.parse().ok()) {
            Some(value) => Ok(value),
            None => self.fail(offset, Problem::Malformed { expected: "a float" }),
        }
    }

    fn binary_float(&mut self) -> Result<f64, MarshalError> {
        self.array("a float of 8 bytes").map(f64::from_le_bytes)
    }
}

/// Reads text that is stored a byte a character.
fn latin(bytes: &[u8]) -> Arc<str> {
    bytes.iter().copied().map(char::from).collect::<String>().into()
}

/// Reads UTF-8, in which surrogates may stand as `surrogatepass` writes them.
fn text(bytes: &[u8]) -> Option<Object> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Some(Object::Str(text.into()));
    }
    let mut points = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        if let [0xed, second @ 0xa0..=0xbf, third @ 0x80..=0xbf, after @ ..] = rest {
            points.push(0xd000 | u32::from(*second & 0x3f) << 6 | u32::from(*third & 0x3f));
            rest = after;
            continue;
        }
        let length = match rest.first()? {
            0x00..=0x7f => 1,
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            _ => 4,
        };
        let (character, after) = rest.split_at_checked(length)?;
        points.extend(std::str::from_utf8(character).ok()?.chars().map(u32::from));
        rest = after;
    }
    Some(Object::Surrogates(points.into()))
}
