//! The wire format of protocol buffers, as much as a SavedModel needs: fields of a message, one after another.

/// The value of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field<'a> {
    /// A number of any kind.
    Number(u64),
    /// Bytes: a string, or a message within.
    Bytes(&'a [u8]),
}

/// Reads the fields of a message: their numbers and values. Ends with an error where the bytes are no message.
pub(crate) struct Fields<'a> {
    rest: &'a [u8],
    failed: bool,
}

/// The bytes are no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BadMessage;

impl<'a> Fields<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Fields<'a> {
        Fields { rest: bytes, failed: false }
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0_u64;
        for at in 0..10 {
            let (byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            value |= u64::from(byte & 0x7f) << (7 * at).min(63);
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn take(&mut self, size: u64) -> Option<&'a [u8]> {
        let size = usize::try_from(size).ok().filter(|size| *size <= self.rest.len())?;
        let (taken, rest) = self.rest.split_at(size);
        self.rest = rest;
        Some(taken)
    }

    fn field(&mut self) -> Option<(u64, Field<'a>)> {
        let key = self.varint()?;
        let value = match key & 7 {
            0 => Field::Number(self.varint()?),
            1 => Field::Number(u64::from_le_bytes(self.take(8)?.try_into().ok()?)),
            2 => {
                let size = self.varint()?;
                Field::Bytes(self.take(size)?)
            }
            5 => Field::Number(u64::from(u32::from_le_bytes(self.take(4)?.try_into().ok()?))),
            _ => return None,
        };
        Some((key >> 3, value))
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u64, Field<'a>), BadMessage>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed || self.rest.is_empty() {
            return None;
        }
        let field = self.field();
        self.failed = field.is_none();
        Some(field.ok_or(BadMessage))
    }
}

/// Returns the bytes of all fields of a number; stops at what is no field.
pub(crate) fn bytes_of(message: &[u8], number: u64) -> impl Iterator<Item = &[u8]> {
    Fields::new(message).map_while(Result::ok).filter_map(move |(found, field)| match field {
        Field::Bytes(bytes) if found == number => Some(bytes),
        _ => None,
    })
}

/// Returns the text of the first field of a number.
pub(crate) fn text_of(message: &[u8], number: u64) -> Option<&str> {
    bytes_of(message, number).next().and_then(|bytes| std::str::from_utf8(bytes).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_fields() {
        let message = [0x08, 0x96, 0x01, 0x12, 0x02, b'h', b'i', 0x1d, 1, 0, 0, 0];
        let fields: Result<Vec<_>, _> = Fields::new(&message).collect();
        assert_eq!(
            fields,
            Ok(vec![(1, Field::Number(150)), (2, Field::Bytes(b"hi")), (3, Field::Number(1))])
        );
        assert_eq!(text_of(&message, 2), Some("hi"));
    }

    #[test]
    fn refuses_what_is_no_message() {
        for bytes in [&[0x12, 0x7f, 0][..], &[0xff; 12], &[0x0b], &[0x12]] {
            assert!(Fields::new(bytes).any(|field| field.is_err()), "{bytes:?}");
        }
    }
}
