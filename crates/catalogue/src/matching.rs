//! Which entries a text matches.

use std::sync::{LazyLock, OnceLock};

use regex::{Regex, RegexBuilder, RegexSet, RegexSetBuilder};

use crate::clean::cleaned;
use crate::entry::{Entry, entries};

/// The patterns together may take this much memory, which is about thrice what they do.
const SIZE_LIMIT: usize = 64 * 1024 * 1024;
/// So much of a long text is looked at: the end, where the exception stands.
const MAX_TEXT: usize = 512 * 1024;

/// An entry that a text matches.
#[derive(Clone, Debug)]
pub struct Match {
    /// The entry.
    pub entry: &'static Entry,
    /// What of the text matches, on one line.
    pub text: String,
    /// What the pattern's groups caught, in their order: `layer`, `expected`, `found`.
    pub captures: Vec<(String, String)>,
    /// Where in the text it is.
    at: usize,
}

/// All patterns as one set, which tells at once which of them match, and each by itself, which tells where.
struct Patterns {
    set: RegexSet,
    each: Vec<Pattern>,
}

/// A pattern, and the entry that it belongs to.
struct Pattern {
    text: &'static str,
    entry: &'static Entry,
    /// Compiled when it first matches.
    regex: OnceLock<Option<Regex>>,
}

impl Pattern {
    fn regex(&self) -> Option<&Regex> {
        let compiled = || RegexBuilder::new(self.text).multi_line(true).size_limit(SIZE_LIMIT).build().ok();
        self.regex.get_or_init(compiled).as_ref()
    }
}

static PATTERNS: LazyLock<Option<Patterns>> = LazyLock::new(|| {
    let of = |entry: &'static Entry| {
        entry.patterns.iter().map(move |text| Pattern { text, entry, regex: OnceLock::new() })
    };
    let each: Vec<Pattern> = entries().iter().flat_map(of).collect();
    let set = RegexSetBuilder::new(each.iter().map(|pattern| pattern.text))
        .multi_line(true)
        .size_limit(SIZE_LIMIT)
        .dfa_size_limit(SIZE_LIMIT)
        .build()
        .ok()?;
    Some(Patterns { set, each })
});

/// Returns the entries that an error text or a traceback matches, the best first.
///
/// An entry of higher priority comes first; of two alike, that which matches nearer to the end, where a
/// traceback has its last word.
pub fn matches(text: &str) -> Vec<Match> {
    let text = end_of(text);
    let clean = cleaned(text);
    let mut found = in_text(&clean, |at| at);
    // Where lines were broken to fit a window, or an exception was printed with its line ends escaped.
    let Joined { text: joined, places } = joined(&clean);
    for other in in_text(&joined, |at| places.get(at).copied().unwrap_or(at)) {
        if !found.iter().any(|known| known.entry.id == other.entry.id) {
            found.push(other);
        }
    }
    found.sort_by_key(|found| std::cmp::Reverse((found.entry.priority, found.at)));
    found
}

/// Returns the end of a text that is too long to be looked at as a whole.
fn end_of(text: &str) -> &str {
    let mut start = text.len().saturating_sub(MAX_TEXT);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    &text[start..]
}

fn in_text(text: &str, place: impl Fn(usize) -> usize) -> Vec<Match> {
    let Some(patterns) = PATTERNS.as_ref() else { return Vec::new() };
    let mut found: Vec<Match> = Vec::new();
    for index in patterns.set.matches(text) {
        let Some(pattern) = patterns.each.get(index) else { continue };
        let entry = pattern.entry;
        // The first pattern of an entry that matches is the one that says most.
        if found.iter().any(|known| known.entry.id == entry.id) {
            continue;
        }
        let Some(regex) = pattern.regex() else { continue };
        let Some(last) = regex.captures_iter(text).last() else { continue };
        let whole = last.get(0).map_or("", |whole| whole.as_str());
        let at = place(last.get(0).map_or(0, |whole| whole.start()));
        let named = regex.capture_names().flatten();
        let captures = named.filter_map(|name| Some((name.to_owned(), one_line(last.name(name)?.as_str()))));
        found.push(Match { entry, text: one_line(whole), captures: captures.collect(), at });
    }
    found
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text with every run of blanks and line ends as one blank.
struct Joined {
    text: String,
    /// For each byte of the text, where it stood before.
    places: Vec<usize>,
}

fn joined(text: &str) -> Joined {
    let mut joined = Joined { text: String::with_capacity(text.len()), places: Vec::new() };
    let mut push = |c: char, at: usize| {
        if c.is_whitespace() && (joined.text.is_empty() || joined.text.ends_with(' ')) {
            return;
        }
        joined.text.push(if c.is_whitespace() { ' ' } else { c });
        joined.places.resize(joined.text.len(), at);
    };
    let mut characters = text.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        // `ValueError('... shapes\n(2, 3) isn\'t ...')`, as `repr` prints it.
        let escaped = if c == '\\' { characters.peek().map(|(_, next)| *next) } else { None };
        match escaped {
            Some('n' | 't') => {
                characters.next();
                push(' ', at);
            }
            Some(quote @ ('\'' | '"')) => {
                characters.next();
                push(quote, at);
            }
            _ => push(c, at),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(text: &str) -> Option<&'static str> {
        matches(text).first().map(|found| found.entry.id.as_str())
    }

    #[test]
    fn every_pattern_compiles() {
        let patterns = PATTERNS.as_ref().expect("the patterns compile together");
        for pattern in &patterns.each {
            assert!(pattern.regex().is_some(), "{}: {}", pattern.entry.id, pattern.text);
        }
    }

    #[test]
    fn priority_then_the_end_decides() {
        let pop = "IndexError: pop index out of range";
        let shape = "We could not automatically infer the shape of the Lambda's output. Please specify the \
                     `output_shape` argument for this Lambda layer.";
        assert_eq!(first(&format!("{shape}\n{pop}")), Some("lambda-output-shape-not-inferred"));
        let squeeze = "Can not squeeze dim[1], expected a dimension of 1, got 3";
        assert_eq!(first(&format!("{pop}\n{squeeze}")), Some("squeeze-axis-not-one"));
        assert_eq!(first(&format!("{squeeze}\n{pop}")), Some("kdot-pop-index-out-of-range"));
    }

    #[test]
    fn broken_and_escaped_lines_match() {
        let text = "ValueError: Input 0 of layer \"dense\" is incompatible with the layer: expected axis\n   -1 \
                    of input shape to have value 4, but received input with shape\n (None, 5)";
        assert_eq!(first(text), Some("layer-input-axis-mismatch"));
        let text = "ValueError('Input 0 of layer \"dense\" is incompatible with the layer: expected \
                    min_ndim=2, found ndim=1. Full shape received: (None,)\\n\\nArguments')";
        assert_eq!(first(text), Some("layer-input-ndim-mismatch"));
    }

    #[test]
    fn what_is_caught_is_told() {
        let found = matches("module 'keras.backend' has no attribute 'square'");
        assert_eq!(found[0].entry.id, "keras-backend-no-attribute");
        assert!(found[0].captures.contains(&("name".to_owned(), "square".to_owned())));
        assert!(matches("nothing of the kind").is_empty());
    }
}
