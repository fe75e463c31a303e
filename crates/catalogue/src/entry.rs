//! The entries and where they come from.

use std::sync::LazyLock;

use serde::Deserialize;

/// The catalogue: errors of layers, Lambdas and tensors, then those of training and those of files around them.
const TEXTS: [&str; 3] = [
    include_str!("../data/errors.toml"),
    include_str!("../data/training.toml"),
    include_str!("../data/saving.toml"),
];

/// How an error shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// An exception is raised.
    Error,
    /// A warning is printed.
    Warning,
    /// Nothing is said at all.
    Silent,
}

/// One error that people meet.
#[derive(Clone, Debug, Deserialize)]
pub struct Entry {
    /// Its name, in kebab-case.
    pub id: String,
    /// What is wrong, in a line without a full stop.
    pub title: String,
    /// How it shows.
    pub kind: Kind,
    /// Which entry counts where several match: the higher.
    pub priority: u32,
    /// The versions of Keras that show it: `2.0-2.3`, `tf.keras 2.x`, `3.x`.
    pub versions: Vec<String>,
    /// The rules of kerascope that find it in a script.
    pub rules: Vec<String>,
    /// How its texts read, as regular expressions; what they name is worth showing.
    pub patterns: Vec<String>,
    /// What it comes from, the likeliest first.
    pub causes: Vec<Cause>,
}

/// What an error comes from and what to do then.
#[derive(Clone, Debug, Deserialize)]
pub struct Cause {
    /// What is the matter, in a sentence or two.
    pub cause: String,
    /// What to do.
    pub fix: String,
}

#[derive(Deserialize)]
struct Catalogue {
    errors: Vec<Entry>,
}

static ENTRIES: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    // A test reads the data, so that it is never wrong here.
    TEXTS
        .iter()
        .filter_map(|text| toml::from_str::<Catalogue>(text).ok())
        .flat_map(|read| read.errors)
        .collect()
});

/// Returns all entries, the most common first.
pub fn entries() -> &'static [Entry] {
    &ENTRIES
}

/// Finds an entry by its name.
pub fn find_entry(id: &str) -> Option<&'static Entry> {
    entries().iter().find(|entry| entry.id == id)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_data_is_sound() {
        let mut ids = BTreeSet::new();
        let read = |text: &&str| toml::from_str::<Catalogue>(text).expect("the data is TOML").errors;
        for entry in TEXTS.iter().flat_map(read) {
            let Entry { id, title, causes, kind, patterns, .. } = &entry;
            assert!(ids.insert(id.clone()), "{id} stands twice");
            assert!(id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'), "{id}");
            assert!(!title.is_empty() && !title.ends_with('.'), "{id}: {title}");
            assert!(!causes.is_empty(), "{id} has no cause");
            assert!(*kind == Kind::Silent || !patterns.is_empty(), "{id} has no pattern");
            for Cause { cause, fix } in causes {
                for text in [cause, fix] {
                    assert!(text.ends_with(['.', ')']) || text.ends_with('`'), "{id}: {text}");
                    assert_eq!(text.matches('`').count() % 2, 0, "{id}: {text}");
                }
            }
        }
        assert!(ids.len() > 120);
    }
}
