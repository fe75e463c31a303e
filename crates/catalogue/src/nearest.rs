//! What comes nearest to a text that no entry matches.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use crate::clean::cleaned;
use crate::entry::{Entry, entries};
use crate::traceback::Traceback;

/// So many are offered.
const MAX_OFFERED: usize = 3;
/// An entry has to share this part of what is particular to a text.
const MIN_SHARED: f64 = 0.2;

/// The words of each entry's patterns and title, and in how many entries a word stands.
struct Words {
    of: Vec<(&'static Entry, BTreeSet<String>)>,
    spread: BTreeMap<String, usize>,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let mut words = Words { of: Vec::new(), spread: BTreeMap::new() };
    for entry in entries() {
        let mut own: BTreeSet<String> = words_in(&entry.title).collect();
        for pattern in &entry.patterns {
            own.extend(words_in(&literal(pattern)));
        }
        for word in &own {
            *words.spread.entry(word.clone()).or_default() += 1;
        }
        words.of.push((entry, own));
    }
    words
});

/// Returns the entries whose words are most like those of an error text, the likest first; none where there
/// is little in common.
pub fn nearest(text: &str) -> Vec<&'static Entry> {
    let clean = cleaned(text);
    let message = Traceback::of(&clean).message.unwrap_or(clean);
    let asked: BTreeSet<String> = words_in(&message).collect();
    let entries = WORDS.of.len() as f64;
    // A word that stands in few entries tells more than one that stands in many; unknown words tell nothing
    // of which entry it is, but that it may be none.
    let weight = |word: &String| (entries / WORDS.spread.get(word).map_or(1.0, |n| *n as f64)).ln() + 0.1;
    let total: f64 = asked.iter().map(weight).sum();
    let mut scored: Vec<(f64, &Entry)> = WORDS
        .of
        .iter()
        .map(|(entry, own)| (asked.intersection(own).map(weight).sum::<f64>() / total.max(1.0), *entry))
        .filter(|(score, _)| *score >= MIN_SHARED)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    scored.into_iter().take(MAX_OFFERED).map(|(_, entry)| entry).collect()
}

/// Returns the words of three and more letters in lower case, without classes of exceptions: errors of one
/// class need have nothing else in common.
fn words_in(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| word.len() > 2 && !word.starts_with(|c: char| c.is_ascii_digit()))
        .filter(|word| !word.ends_with("Error"))
        .map(str::to_lowercase)
}

/// Returns what a pattern matches word for word: without groups' names, classes and escapes.
fn literal(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut characters = pattern.chars().peekable();
    let mut previous = ' ';
    while let Some(c) = characters.next() {
        match c {
            '\\' => {
                let next = characters.next();
                out.push(next.filter(|c| !c.is_alphanumeric()).unwrap_or(' '));
            }
            '[' => {
                while characters.next_if(|c| *c != ']').is_some() {}
                characters.next();
                out.push(' ');
            }
            '<' if previous == 'P' => {
                out.pop();
                while characters.next_if(|c| *c != '>').is_some() {}
                characters.next();
                out.push(' ');
            }
            _ => out.push(c),
        }
        previous = c;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn like_texts_are_near() {
        let near =
            nearest("ValueError: Inputs of the merge have incompatible shapes and cannot be broadcast");
        assert!(near.iter().any(|entry| entry.id == "merge-layer-shapes-incompatible"), "{near:?}");
        assert!(nearest("KeyError: 'customer'").is_empty());
        assert!(nearest("").is_empty());
    }

    #[test]
    fn patterns_are_read_as_words() {
        assert_eq!(literal(r"a\s+(?P<name>[^']+) is b\."), "a +(?  +) is b.");
    }
}
