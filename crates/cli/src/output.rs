//! Reports in their formats.

pub(crate) mod concise;
pub(crate) mod json;
pub(crate) mod record;
pub(crate) mod snippet;
pub(crate) mod text;

use checker::FileReport;

/// What a check of several files gave.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// The files that were checked, in order.
    pub(crate) files: Vec<FileReport>,
    /// Those that could not be.
    pub(crate) unchecked: Vec<Unchecked>,
}

/// A file that could not be checked.
#[derive(Debug)]
pub(crate) struct Unchecked {
    /// Its path as it is shown.
    pub(crate) path: String,
    /// Why.
    pub(crate) why: String,
}

/// Writes a number and its noun: `1 error`, `2 errors`.
pub(crate) fn counted(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// Returns a message without control characters, which could steer a terminal; line ends stay.
pub(crate) fn printable(text: &str) -> String {
    let control = |c: char| c.is_control() && c != '\n';
    if !text.contains(control) {
        return text.to_owned();
    }
    text.chars()
        .map(|c| {
            if c == '\t' {
                ' '
            } else if control(c) {
                '\u{fffd}'
            } else {
                c
            }
        })
        .collect()
}
