//! The releases of CPython whose bytecode is understood, and sets of them.

use std::fmt;

/// A release of CPython. Bytecode changes with each, and never within one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// Python 3.6.
    V36,
    /// Python 3.7.
    V37,
    /// Python 3.8.
    V38,
    /// Python 3.9.
    V39,
    /// Python 3.10.
    V310,
    /// Python 3.11.
    V311,
    /// Python 3.12.
    V312,
    /// Python 3.13.
    V313,
    /// Python 3.14.
    V314,
}

impl Version {
    /// All releases, the oldest first.
    pub const ALL: [Version; 9] = [
        Version::V36,
        Version::V37,
        Version::V38,
        Version::V39,
        Version::V310,
        Version::V311,
        Version::V312,
        Version::V313,
        Version::V314,
    ];

    /// Returns the `12` of `3.12`.
    pub fn minor(self) -> u8 {
        self as u8 + 6
    }

    /// Returns the release that is written `3.12`.
    pub fn parse(text: &str) -> Option<Version> {
        Version::ALL.into_iter().find(|version| version.to_string() == text)
    }

    /// Returns its place in [`Version::ALL`].
    pub(crate) fn index(self) -> usize {
        self as usize
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "3.{}", self.minor())
    }
}

/// A set of releases, such as those that may have written some code.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Versions(u16);

impl Versions {
    /// No release at all.
    pub const NONE: Versions = Versions(0);
    /// Every release that is understood.
    pub const ALL: Versions = Versions(0x1ff);

    /// Returns the releases from the first to the last, both included.
    pub const fn between(first: Version, last: Version) -> Versions {
        let below = (1 << first as u16) - 1;
        let through = (1 << (last as u16 + 1)) - 1;
        Versions(through & !below)
    }

    /// Returns a set of one.
    pub const fn only(version: Version) -> Versions {
        Versions(1 << version as u16)
    }

    /// Tells whether the release is one of these.
    pub fn contains(self, version: Version) -> bool {
        self.0 & (1 << version as u16) != 0
    }

    /// Adds a release.
    #[must_use]
    pub fn with(self, version: Version) -> Versions {
        Versions(self.0 | 1 << version as u16)
    }

    /// Returns those that are in both.
    #[must_use]
    pub fn and(self, other: Versions) -> Versions {
        Versions(self.0 & other.0)
    }

    /// Returns those that are in one or the other.
    #[must_use]
    pub fn or(self, other: Versions) -> Versions {
        Versions(self.0 | other.0)
    }

    /// Tells whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Returns how many there are.
    pub fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Returns the releases, the oldest first.
    pub fn iter(self) -> impl DoubleEndedIterator<Item = Version> {
        Version::ALL.into_iter().filter(move |version| self.contains(*version))
    }
}

impl FromIterator<Version> for Versions {
    fn from_iter<I: IntoIterator<Item = Version>>(versions: I) -> Versions {
        versions.into_iter().fold(Versions::NONE, Versions::with)
    }
}

impl fmt::Debug for Versions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(|version| version.to_string())).finish()
    }
}

impl fmt::Display for Versions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, version) in self.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{version}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_hold_what_was_put_in() {
        let some = Versions::between(Version::V38, Version::V310);
        assert_eq!(some.to_string(), "3.8, 3.9, 3.10");
        assert_eq!(some.and(Versions::only(Version::V39)).len(), 1);
        assert_eq!(Versions::ALL.iter().count(), Version::ALL.len());
        assert!(some.and(Versions::only(Version::V311)).is_empty());
    }

    #[test]
    fn a_version_is_read_as_it_is_written() {
        assert!(
            Version::ALL.into_iter().all(|version| Version::parse(&version.to_string()) == Some(version))
        );
        assert_eq!(Version::parse("3.5"), None);
    }
}
