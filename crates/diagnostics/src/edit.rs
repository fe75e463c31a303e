//! Applying edits to a source text.

use std::fmt;

use crate::Edit;

/// Why edits could not be applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApplyError {
    /// Two edits touch the same text.
    Overlap,
    /// An edit reaches past the text's end or into the middle of a character.
    OutOfRange,
}

impl fmt::Display for ApplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ApplyError::Overlap => "two edits touch the same text",
            ApplyError::OutOfRange => "an edit lies outside the text",
        })
    }
}

impl std::error::Error for ApplyError {}

/// Applies edits to a text, in order of their place.
///
/// # Errors
/// When two overlap or one lies outside the text; nothing is applied then.
pub fn apply_edits(text: &str, edits: &[Edit]) -> Result<String, ApplyError> {
    let mut order: Vec<&Edit> = edits.iter().collect();
    order.sort_by_key(|e| e.span);
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for edit in order {
        let (start, end) = (edit.span.start as usize, edit.span.end as usize);
        if start < done {
            return Err(ApplyError::Overlap);
        }
        out.push_str(text.get(done..start).ok_or(ApplyError::OutOfRange)?);
        if text.get(start..end).is_none() {
            return Err(ApplyError::OutOfRange);
        }
        out.push_str(&edit.content);
        done = end;
    }
    out.push_str(text.get(done..).ok_or(ApplyError::OutOfRange)?);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Span;

    fn edit(start: u32, end: u32, content: &str) -> Edit {
        Edit { span: Span::new(start, end), content: content.to_owned() }
    }

    #[test]
    fn applies_in_order_of_place() {
        assert_eq!(
            apply_edits("abcdef", &[edit(4, 5, "E"), edit(0, 1, ""), edit(2, 2, "-")]),
            Ok("b-cdEf".to_owned())
        );
    }

    #[test]
    fn refuses_overlaps_and_places_outside() {
        assert_eq!(apply_edits("abc", &[edit(0, 2, "x"), edit(1, 3, "y")]), Err(ApplyError::Overlap));
        assert_eq!(apply_edits("abc", &[edit(2, 9, "x")]), Err(ApplyError::OutOfRange));
        assert_eq!(apply_edits("é", &[edit(1, 2, "x")]), Err(ApplyError::OutOfRange));
    }
}
