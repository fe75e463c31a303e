//! Which number means which opcode in which release.
//!
//! The table was written by each release's own `opcode` module: a row for each opcode, a column for each
//! release with the number and, after `+`, how many units of inline cache follow.

use std::sync::LazyLock;

use crate::version::Version;

const DATA: &str = include_str!("../../data/opcodes.tsv");

/// An opcode of a release.
#[derive(Debug, PartialEq)]
pub struct Opcode {
    /// Its name in that release.
    pub name: &'static str,
    /// The units of two bytes that follow it and that the running interpreter fills.
    pub caches: u8,
    /// Whether it has an argument; if not, the byte is to be ignored.
    pub has_arg: bool,
}

type Table = Vec<Option<Opcode>>;

static TABLES: LazyLock<Vec<Table>> = LazyLock::new(|| Version::ALL.into_iter().map(table).collect());

/// Returns what a number means.
pub(super) fn opcode(version: Version, number: u8) -> Option<&'static Opcode> {
    TABLES.get(version.index())?.get(usize::from(number))?.as_ref()
}

fn table(version: Version) -> Table {
    let mut table: Table = (0..256).map(|_| None).collect();
    for row in DATA.lines().skip(1) {
        let mut cells = row.split('\t');
        let (Some(name), Some(cell)) = (cells.next(), cells.nth(version.index())) else { continue };
        let (number, caches) = cell.split_once('+').unwrap_or((cell, "0"));
        let (Ok(number), Ok(caches)) = (number.parse::<u8>(), caches.parse()) else { continue };
        // Opcodes from this on have an argument.
        let first_with_argument = match version {
            Version::V313 => 44,
            Version::V314 => 43,
            _ => 90,
        };
        if let Some(slot) = table.get_mut(usize::from(number)) {
            *slot = Some(Opcode { name, caches, has_arg: number >= first_with_argument });
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_differ_between_releases() {
        let name = |version, number| opcode(version, number).map(|opcode| opcode.name);
        assert_eq!(name(Version::V36, 100), Some("LOAD_CONST"));
        assert_eq!(name(Version::V312, 151), Some("RESUME"));
        assert_eq!(name(Version::V313, 149), Some("RESUME"));
        assert_eq!(name(Version::V314, 128), Some("RESUME"));
        assert_eq!(name(Version::V310, 151), None);
    }
}
