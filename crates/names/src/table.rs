//! Binary search in sorted text.

use crate::memo::Memo;

thread_local! {
    static FOUND: Memo<Option<Row>> = Memo::new();
}

/// Lines `key, kind, definition, signature` with tabs between them, sorted bytewise by key.
#[derive(Clone, Copy)]
pub(crate) struct Table(pub(crate) &'static str);

/// One line of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) key: &'static str,
    /// One letter; `data/README.md` lists them.
    pub(crate) kind: &'static str,
    pub(crate) definition: &'static str,
    pub(crate) signature: &'static str,
}

pub(crate) static TF: Table = Table(include_str!("../data/tf.tsv"));
pub(crate) static KERAS2: Table = Table(include_str!("../data/keras2.tsv"));
pub(crate) static KERAS3: Table = Table(include_str!("../data/keras3.tsv"));
/// What `tf.keras` has otherwise than `keras` in Keras 3.
pub(crate) static TF_KERAS3: Table = Table(include_str!("../data/tfkeras3.tsv"));
pub(crate) static NUMPY: Table = Table(include_str!("../data/numpy.tsv"));
pub(crate) static CLASSES: Table = Table(include_str!("../data/classes.tsv"));
/// What Keras' objects tell in `get_config`: definition and keys.
pub(crate) static CONFIGS: Table = Table(include_str!("../data/configs.tsv"));
/// The names that Keras 2's op layers get: path and symbol, where they differ.
pub(crate) static SYMBOLS: Table = Table(include_str!("../data/symbols.tsv"));
/// The functions whose arguments TensorFlow's dispatcher binds before they get them.
pub(crate) static DISPATCHED: Table = Table(include_str!("../data/dispatched.tsv"));
/// Names with an `AttributeError` of their own: key and message.
pub(crate) static NUMPY_REMOVED: Table = Table(include_str!("../data/numpy_removed.tsv"));

impl Row {
    fn parse(line: &'static str) -> Row {
        let mut columns = line.splitn(4, '\t');
        let mut next = || columns.next().unwrap_or_default();
        Row { key: next(), kind: next(), definition: next(), signature: next() }
    }
}

impl Table {
    /// Returns the row with that key.
    pub(crate) fn find(self, key: &str) -> Option<Row> {
        let search = || self.rows_from(key).next().filter(|row| row.key == key);
        FOUND.with(|found| found.get(self.0, key, search))
    }

    /// Returns the rows from the first whose key is not before the given one.
    pub(crate) fn rows_from(self, key: &str) -> impl Iterator<Item = Row> {
        let (mut low, mut high) = (0, self.0.len());
        // Both are beginnings of lines; the lines before `low` are too small, those from `high` are not.
        while low < high {
            let middle = self.line_start(low + (high - low) / 2);
            let line = self.line_at(middle);
            if key_of(line) < key {
                low = middle + line.len() + 1;
            } else {
                high = middle;
            }
        }
        self.0.get(low..).unwrap_or_default().lines().map(Row::parse)
    }

    /// Returns the rows of all keys that begin so.
    pub(crate) fn rows_with_prefix(self, prefix: &str) -> impl Iterator<Item = Row> {
        self.rows_from(prefix).take_while(move |row| row.key.starts_with(prefix))
    }

    /// Returns the rows that have a text somewhere, each as often as it has it.
    pub(crate) fn rows_with(self, text: &str) -> impl Iterator<Item = Row> {
        let finder = memchr::memmem::Finder::new(text).into_owned();
        let mut from = 0;
        std::iter::from_fn(move || {
            let at = from + finder.find(self.0.as_bytes().get(from..)?)?;
            from = at + 1;
            Some(Row::parse(self.line_at(self.line_start(at))))
        })
    }

    fn line_start(self, at: usize) -> usize {
        let before = self.0.as_bytes().get(..at).unwrap_or_default();
        memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1)
    }

    fn line_at(self, start: usize) -> &'static str {
        let rest = self.0.get(start..).unwrap_or_default();
        // Not `lines`, whose line would lack a byte where the text does not end in a line break.
        until(rest, b'\n')
    }
}

fn key_of(line: &str) -> &str {
    until(line, b'\t')
}

/// Returns what stands before a byte of ASCII. A script makes some 500 lookups of 20 lines each, so this is what
/// looking names up costs.
fn until(text: &str, end: u8) -> &str {
    memchr::memchr(end, text.as_bytes()).and_then(|at| text.get(..at)).unwrap_or(text)
}
