//! Which instruction stands for which place in the source: `co_lnotab` to 3.9, `co_linetable` since.

use crate::object::Code;
use crate::version::Version;

/// Where an instruction comes from. What the table does not tell is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Position {
    pub(crate) line: Option<i32>,
    /// The last line, and the columns of begin and end; since 3.11.
    pub(crate) span: Option<(i32, u32, u32)>,
}

/// The places of a code object's instructions.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lines {
    /// Where each range begins, in bytes, and its place.
    ranges: Vec<(u32, Position)>,
}

impl Lines {
    pub(crate) fn of(code: &Code, version: Version) -> Lines {
        let ranges = match version {
            Version::V310 => line_ranges(code),
            Version::V311 | Version::V312 | Version::V313 | Version::V314 => locations(code),
            _ => lnotab(code),
        };
        Lines { ranges }
    }

    /// Returns the place of the instruction at a byte.
    pub(crate) fn at(&self, offset: u32) -> Position {
        let after = self.ranges.partition_point(|(start, _)| *start <= offset);
        after
            .checked_sub(1)
            .and_then(|index| self.ranges.get(index))
            .map_or_else(Position::default, |range| range.1)
    }
}

/// Returns the byte at which a table of pairs of steps, as before 3.11, ends.
pub(crate) fn line_deltas_end(table: &[u8]) -> u32 {
    table.chunks_exact(2).map(|pair| u32::from(pair[0])).sum()
}

/// To 3.9: steps in bytes and lines, each before the range that it begins.
fn lnotab(code: &Code) -> Vec<(u32, Position)> {
    let mut line = code.firstlineno;
    let mut offset = 0;
    let mut ranges = vec![(0, at_line(line))];
    for pair in code.linetable.chunks_exact(2) {
        offset += u32::from(pair[0]);
        line = line.wrapping_add(i32::from(pair[1] as i8));
        ranges.push((offset, at_line(line)));
    }
    ranges
}

/// 3.10: pairs of a range's length and its line's step; -128 says that it has no line.
fn line_ranges(code: &Code) -> Vec<(u32, Position)> {
    let mut line = code.firstlineno;
    let mut offset = 0;
    let mut ranges = Vec::new();
    for pair in code.linetable.chunks_exact(2) {
        let position = if pair[1] == 0x80 {
            Position::default()
        } else {
            line = line.wrapping_add(i32::from(pair[1] as i8));
            at_line(line)
        };
        ranges.push((offset, position));
        offset += u32::from(pair[0]);
    }
    ranges
}

fn at_line(line: i32) -> Position {
    Position { line: Some(line), span: None }
}

/// Since 3.11: entries of a kind, a length in units of two bytes, and steps of lines and columns.
fn locations(code: &Code) -> Vec<(u32, Position)> {
    let mut bytes = code.linetable.iter().copied();
    let mut line = code.firstlineno;
    let mut offset = 0u32;
    let mut ranges = Vec::new();
    while let Some(first) = bytes.next() {
        let length = (u32::from(first & 7) + 1) * 2;
        let kind = first >> 3 & 15;
        let Some(position) = location(kind, &mut line, &mut bytes) else { break };
        ranges.push((offset, position));
        offset = offset.saturating_add(length);
    }
    ranges
}

fn location(kind: u8, line: &mut i32, bytes: &mut impl Iterator<Item = u8>) -> Option<Position> {
    match kind {
        15 => Some(Position::default()),
        14 => {
            *line = line.wrapping_add(signed(bytes)?);
            let last = line.wrapping_add(unsigned(bytes)? as i32);
            let (start, end) = (unsigned(bytes)?, unsigned(bytes)?);
            // Columns are stored one higher; 0 says that there is none.
            let span = start.checked_sub(1).zip(end.checked_sub(1)).map(|(start, end)| (last, start, end));
            Some(Position { line: Some(*line), span })
        }
        13 => {
            *line = line.wrapping_add(signed(bytes)?);
            Some(at_line(*line))
        }
        10..=12 => {
            *line = line.wrapping_add(i32::from(kind - 10));
            let (start, end) = (bytes.next()?, bytes.next()?);
            Some(Position { line: Some(*line), span: Some((*line, start.into(), end.into())) })
        }
        _ => {
            let second = bytes.next()?;
            let start = u32::from(kind) << 3 | u32::from(second >> 4 & 7);
            let end = start + u32::from(second & 15);
            Some(Position { line: Some(*line), span: Some((*line, start, end)) })
        }
    }
}

/// Reads a number of six bits a byte, the lowest first; bit 6 says that more follow.
fn unsigned(bytes: &mut impl Iterator<Item = u8>) -> Option<u32> {
    let mut value = 0u32;
    let mut shift = 0;
    loop {
        let byte = bytes.next()?;
        value |= u32::from(byte & 0x3f).checked_shl(shift)?;
        shift += 6;
        if byte & 0x40 == 0 {
            return Some(value);
        }
    }
}

/// Reads a number whose lowest bit is its sign.
fn signed(bytes: &mut impl Iterator<Item = u8>) -> Option<i32> {
    let value = unsigned(bytes)?;
    let magnitude = (value >> 1) as i32;
    Some(if value & 1 == 1 { -magnitude } else { magnitude })
}
