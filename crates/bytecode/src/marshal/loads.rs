//! What `marshal.loads` of one release does with bytes that another release, or nobody, wrote.
//!
//! CPython reads the parts of a code object without looking at their types, so bytecode of another layout fails
//! late, where the bytes end or a type's letter makes no sense: this says how.

use crate::object::{Layout, Object};
use crate::version::Version;

use super::reader;

/// What `marshal.loads` gives or raises.
#[derive(Clone, Debug, PartialEq)]
pub enum Loaded {
    /// An object.
    Object(Object),
    /// It raises.
    Raises {
        /// The class's name.
        exception: &'static str,
        /// The message.
        message: &'static str,
    },
    /// It cannot be told: an object that the release takes apart and may not be able to put together.
    Unknown,
}

const NO_OBJECT: Loaded = Loaded::Raises { exception: "EOFError", message: "EOF read where object expected" };
const TOO_SHORT: Loaded = Loaded::Raises { exception: "EOFError", message: "marshal data too short" };
const UNKNOWN_TYPE: Loaded =
    Loaded::Raises { exception: "ValueError", message: "bad marshal data (unknown type code)" };
const BAD_REFERENCE: Loaded =
    Loaded::Raises { exception: "ValueError", message: "bad marshal data (invalid reference)" };
const BAD_SIZE: Loaded =
    Loaded::Raises { exception: "ValueError", message: "bad marshal data (size out of range)" };

/// The depth to which it is followed; CPython itself gives up at 2000.
const MAX_DEPTH: usize = 400;

/// Does what `marshal.loads` of a release does.
pub fn loads(bytes: &[u8], version: Version) -> Loaded {
    let layouts = [Layout::Modern, Layout::Positional, Layout::Old];
    let layout =
        layouts.into_iter().find(|layout| layout.versions().contains(version)).unwrap_or(Layout::Modern);
    let mut skim = Skim { bytes, at: 0, layout, version, references: 0 };
    match skim.object(0) {
        Err(raised) => raised,
        Ok(()) => match reader::read(bytes, layout) {
            Ok(read) => Loaded::Object(read.value),
            Err(_) => Loaded::Unknown,
        },
    }
}

/// Goes through an object without making it.
struct Skim<'a> {
    bytes: &'a [u8],
    at: usize,
    layout: Layout,
    version: Version,
    references: usize,
}

impl Skim<'_> {
    fn byte(&mut self, otherwise: Loaded) -> Result<u8, Loaded> {
        let byte = self.bytes.get(self.at).copied().ok_or(otherwise)?;
        self.at += 1;
        Ok(byte)
    }

    fn skip(&mut self, count: usize) -> Result<(), Loaded> {
        let end = self.at.checked_add(count).filter(|end| *end <= self.bytes.len()).ok_or(TOO_SHORT)?;
        self.at = end;
        Ok(())
    }

    fn long(&mut self) -> Result<i32, Loaded> {
        let start = self.at;
        self.skip(4)?;
        let bytes = self.bytes.get(start..self.at).and_then(|b| b.try_into().ok()).ok_or(TOO_SHORT)?;
        Ok(i32::from_le_bytes(bytes))
    }

    fn size(&mut self) -> Result<usize, Loaded> {
        usize::try_from(self.long()?).map_err(|_| BAD_SIZE)
    }

    fn objects(&mut self, count: usize, depth: usize) -> Result<(), Loaded> {
        (0..count).try_for_each(|_| self.object(depth + 1))
    }

    fn object(&mut self, depth: usize) -> Result<(), Loaded> {
        if depth > MAX_DEPTH {
            return Err(Loaded::Unknown);
        }
        let letter = self.byte(NO_OBJECT)?;
        if letter & 0x80 != 0 {
            self.references += 1;
        }
        match letter & 0x7f {
            b'N' | b'F' | b'T' | b'S' | b'.' => Ok(()),
            b'i' => self.skip(4),
            b'I' | b'g' => self.skip(8),
            b'y' => self.skip(16),
            b'l' => {
                let digits = self.long()?.unsigned_abs() as usize;
                self.skip(digits.saturating_mul(2))
            }
            b'f' => self.short(),
            b'x' => self.short().and_then(|()| self.short()),
            b's' | b'u' | b't' | b'a' | b'A' => {
                let size = self.size()?;
                self.skip(size)
            }
            b'z' | b'Z' => self.short(),
            b'(' | b'[' | b'<' | b'>' => {
                let count = self.size()?;
                self.objects(count, depth)
            }
            b')' => {
                let count = usize::from(self.byte(NO_OBJECT)?);
                self.objects(count, depth)
            }
            b'{' => loop {
                if self.bytes.get(self.at) == Some(&b'0') {
                    self.at += 1;
                    return Ok(());
                }
                self.objects(2, depth)?;
            },
            b'r' => {
                let index = self.long()?;
                let known = usize::try_from(index).is_ok_and(|index| index < self.references);
                if known { Ok(()) } else { Err(BAD_REFERENCE) }
            }
            b':' if self.version >= Version::V314 => self.objects(3, depth),
            b'c' => self.code(depth),
            b'0' => Err(Loaded::Unknown),
            _ => Err(UNKNOWN_TYPE),
        }
    }

    fn short(&mut self) -> Result<(), Loaded> {
        let size = usize::from(self.byte(NO_OBJECT)?);
        self.skip(size)
    }

    fn code(&mut self, depth: usize) -> Result<(), Loaded> {
        // Numbers, objects, the first line, objects.
        let (numbers, before, after) = match self.layout {
            Layout::Old => (5, 8, 1),
            Layout::Positional => (6, 8, 1),
            Layout::Modern => (5, 8, 2),
        };
        self.skip(4 * numbers)?;
        self.objects(before, depth)?;
        self.skip(4)?;
        self.objects(after, depth)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_where_the_bytes_do() {
        assert_eq!(loads(b"", Version::V311), NO_OBJECT);
        assert_eq!(loads(b"i\x01", Version::V311), TOO_SHORT);
        assert_eq!(loads(b"?", Version::V311), UNKNOWN_TYPE);
        assert_eq!(loads(b"r\0\0\0\0", Version::V311), BAD_REFERENCE);
        assert_eq!(loads(b"N", Version::V311), Loaded::Object(Object::None));
        assert_eq!(loads(b":NNN", Version::V313), UNKNOWN_TYPE);
        assert_eq!(loads(b"(\xff\xff\xff\xff", Version::V311), BAD_SIZE);
        assert_eq!(loads(&b"(\x01\0\0\0".repeat(4000), Version::V311), Loaded::Unknown);
    }
}
