//! How new a version a requirement allows.

/// The upper end of the versions that a specifier allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Upper {
    /// Any version.
    Open,
    /// This version and older ones.
    Inclusive(Vec<u64>),
    /// Versions older than this one.
    Exclusive(Vec<u64>),
}

impl Upper {
    /// Tells whether a version at or above `threshold` is allowed.
    pub(super) fn reaches(&self, threshold: &[u64]) -> bool {
        match self {
            Upper::Open => true,
            Upper::Inclusive(version) => padded(version) >= padded(threshold),
            Upper::Exclusive(version) => padded(version) > padded(threshold),
        }
    }

    fn sort_key(&self) -> (Vec<u64>, bool) {
        match self {
            Upper::Open => (vec![u64::MAX], true),
            Upper::Inclusive(version) => (padded(version), true),
            Upper::Exclusive(version) => (padded(version), false),
        }
    }
}

fn padded(version: &[u64]) -> Vec<u64> {
    let mut version = version.to_vec();
    version.resize(version.len().max(4), 0);
    version
}

/// Returns the newest version that a specifier allows: PEP 440's, Poetry's, or conda's.
pub(super) fn newest_allowed(specifier: &str) -> Upper {
    specifier.split(',').map(clause).min_by_key(Upper::sort_key).unwrap_or(Upper::Open)
}

fn clause(clause: &str) -> Upper {
    let clause = clause.trim();
    let end = clause.find(|c: char| !"=<>~!^".contains(c)).unwrap_or(clause.len());
    let (operator, version) = clause.split_at(end);
    let (release, wildcard) = release(version.trim());
    if release.is_empty() {
        return Upper::Open;
    }
    match operator {
        ">" | ">=" | "!=" => Upper::Open,
        "<" => Upper::Exclusive(release),
        "<=" => Upper::Inclusive(release),
        "~=" => Upper::Exclusive(bumped(&release, release.len().saturating_sub(1).max(1))),
        // Poetry: `^2.12` is below 3, `~2.12` below 2.13.
        "^" => Upper::Exclusive(bumped(&release, 1)),
        "~" => Upper::Exclusive(bumped(&release, release.len().min(2))),
        // `==2.*`, conda's `=2.12`, and an exact version.
        _ if wildcard || operator == "=" => Upper::Exclusive(bumped(&release, release.len())),
        _ => Upper::Inclusive(release),
    }
}

/// Returns the leading numbers of a version, and whether a `*` follows them.
fn release(version: &str) -> (Vec<u64>, bool) {
    let mut numbers = Vec::new();
    for part in version.split('.') {
        if part == "*" {
            return (numbers, true);
        }
        let digits = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
        let Ok(number) = part[..digits].parse() else { break };
        numbers.push(number);
        if digits < part.len() {
            break;
        }
    }
    (numbers, false)
}

/// Returns the first version after all that share the first `kept` numbers.
fn bumped(release: &[u64], kept: usize) -> Vec<u64> {
    let mut version = release[..kept.min(release.len())].to_vec();
    if let Some(last) = version.last_mut() {
        *last += 1;
    }
    version
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_specifiers() {
        let cases = [
            ("", true),
            ("*", true),
            ("==3.4.1", true),
            ("==2.15.0", false),
            (">=2.4", true),
            (">=2.4,<3", false),
            ("<3.0.0", false),
            ("<=3", true),
            ("~=2.12", false),
            ("~=3.0", true),
            ("^2.12", false),
            ("^3", true),
            ("~2.12", false),
            ("==2.*", false),
            ("=2.11", false),
            ("2.15.0", false),
            ("3.0rc1", true),
            ("!=2.13", true),
            (" >= 2.0 , < 3.1 ", true),
            ("@ https://example.org/keras.whl", true),
        ];
        for (specifier, three) in cases {
            assert_eq!(newest_allowed(specifier).reaches(&[3, 0]), three, "{specifier}");
        }
        assert!(!newest_allowed("~=2.12.0").reaches(&[2, 16]));
        assert!(newest_allowed("~=2.12").reaches(&[2, 16]));
        assert!(!newest_allowed("==2.15.*").reaches(&[2, 16]));
    }
}
