//! The names that are built into each release.

use crate::version::Version;

/// A row for each name: since which release, until which.
const DATA: &str = include_str!("../data/builtins.tsv");

/// Tells whether a release has a built-in of that name.
pub fn is_builtin(name: &str, version: Version) -> bool {
    DATA.lines().skip(1).any(|row| {
        let mut cells = row.split('\t');
        cells.next() == Some(name) && {
            let mut bound = || cells.next().and_then(Version::parse);
            bound().is_some_and(|since| since <= version) && bound().is_some_and(|until| version <= until)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_ins_come_with_releases() {
        assert!(is_builtin("len", Version::V36));
        assert!(!is_builtin("aiter", Version::V39));
        assert!(is_builtin("aiter", Version::V310));
        assert!(!is_builtin("tf", Version::V314));
    }
}
