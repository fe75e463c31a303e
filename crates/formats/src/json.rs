//! JSON as Python reads and writes it.
//!
//! Model configs hold what `json.dumps` wrote: `NaN` and `Infinity`, integers of any size, lone surrogates.
//! `json.loads` takes UTF-8, UTF-16 and UTF-32 with or without a mark, and of a key that stands twice the last
//! value counts. A number keeps its text, so that what is written back is what was read.

mod read;
mod write;

pub use read::{JsonError, MAX_DEPTH, read_json};

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number as it stands in the text, `NaN` and `-Infinity` among them.
    Number(String),
    /// A string.
    Str(String),
    /// An array.
    List(Vec<Json>),
    /// An object, in the order of its text; each key stands once.
    Dict(Vec<(String, Json)>),
}

impl Json {
    /// Returns the value of a key; nothing where this is no object or has no such key.
    pub fn get(&self, key: &str) -> Option<&Json> {
        self.pairs().iter().find(|(k, _)| k == key).map(|(_, v)| v)
    }

    /// Returns the value of a key, to change.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Json> {
        match self {
            Json::Dict(pairs) => pairs.iter_mut().find(|(k, _)| k == key).map(|(_, v)| v),
            _ => None,
        }
    }

    /// Sets the value of a key of an object; does nothing to anything else.
    pub fn set(&mut self, key: &str, value: Json) {
        let Json::Dict(pairs) = self else { return };
        match pairs.iter_mut().find(|(k, _)| k == key) {
            Some((_, old)) => *old = value,
            None => pairs.push((key.to_owned(), value)),
        }
    }

    /// Takes a key out of an object.
    pub fn remove(&mut self, key: &str) -> Option<Json> {
        let Json::Dict(pairs) = self else { return None };
        let at = pairs.iter().position(|(k, _)| k == key)?;
        Some(pairs.remove(at).1)
    }

    /// Returns the string of a key.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(Json::as_str)
    }

    /// Returns the string, if this is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Json::Str(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the integer, if this is one that fits.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Json::Number(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// Returns the items of an array; none where this is no array.
    pub fn items(&self) -> &[Json] {
        match self {
            Json::List(items) => items,
            _ => &[],
        }
    }

    /// Returns the pairs of an object; none where this is no object.
    pub fn pairs(&self) -> &[(String, Json)] {
        match self {
            Json::Dict(pairs) => pairs,
            _ => &[],
        }
    }

    /// Returns what an array or an object holds.
    pub fn inner(&self) -> impl Iterator<Item = &Json> {
        self.items().iter().chain(self.pairs().iter().map(|(_, value)| value))
    }

    /// Tells whether this is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Json::Null)
    }

    /// Makes an object.
    pub fn dict<const N: usize>(pairs: [(&str, Json); N]) -> Json {
        Json::Dict(pairs.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Json {
        Json::Str(text.to_owned())
    }
}
