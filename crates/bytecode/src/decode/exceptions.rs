//! The exception table of 3.11 and later: which instructions are protected by which handler.

/// A range of instructions and their handler, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Protected {
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) handler: u32,
    /// The height to which the stack is cut before the exception is pushed.
    pub(crate) depth: u32,
    /// Whether the place of the raising instruction is pushed, too.
    pub(crate) lasti: bool,
}

/// Reads the table; what is no entry ends it.
pub(crate) fn protected(table: &[u8]) -> Vec<Protected> {
    let mut bytes = table.iter().copied();
    let mut found = Vec::new();
    while let Some(entry) = entry(&mut bytes) {
        found.push(entry);
    }
    found
}

fn entry(bytes: &mut impl Iterator<Item = u8>) -> Option<Protected> {
    let start = number(bytes)?.checked_mul(2)?;
    let length = number(bytes)?.checked_mul(2)?;
    let handler = number(bytes)?.checked_mul(2)?;
    let depth = number(bytes)?;
    Some(Protected {
        start,
        end: start.checked_add(length)?,
        handler,
        depth: depth >> 1,
        lasti: depth & 1 == 1,
    })
}

/// Reads a number of six bits a byte, the highest first; bit 6 says that more follow.
fn number(bytes: &mut impl Iterator<Item = u8>) -> Option<u32> {
    let mut value = 0u32;
    loop {
        let byte = bytes.next()?;
        value = value.checked_mul(64)? | u32::from(byte & 0x3f);
        if byte & 0x40 == 0 {
            return Some(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_read() {
        // Bit 7 of an entry's first byte is set.
        let table = [0x82, 0x09, 0x0c, 0x00, 0x8c, 0x02, 0x0f, 0x03];
        let expected = [
            Protected { start: 4, end: 22, handler: 24, depth: 0, lasti: false },
            Protected { start: 24, end: 28, handler: 30, depth: 1, lasti: true },
        ];
        assert_eq!(protected(&table), expected);
        assert_eq!(protected(&table[..6]), expected[..1]);
    }
}
